//! A whole server on loopback for tests, spoken to over real HTTP.

use super::{AppState, Server, bind};
use crate::{
    access::{TokenScope, matrix::Role, tokens, users},
    company::Actor,
    config::Config,
    said::Lang,
    testing::{TestCompany, company_on, engines},
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::sync::oneshot;

/// Runs `test` against a fresh server on every engine there is.
pub async fn on_each_server<F, Fut>(test: F)
where
    F: Fn(TestServer) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in engines() {
        test(TestServer::start(engine).await).await;
    }
}

/// Stops when it is dropped.
pub struct TestServer {
    pub company: TestCompany,
    pub app: AppState,
    pub base: String,
    pub client: Client,
    _stop: oneshot::Sender<()>,
}

impl TestServer {
    /// `sqlite` or `postgresql`.
    pub async fn start(engine: &'static str) -> Self {
        Self::start_with(engine, false, |_| {}).await
    }

    pub async fn start_with(engine: &'static str, demo: bool, change: impl FnOnce(&mut Config)) -> Self {
        let company = company_on(engine).await;
        let mut config = Config::in_folder(company.dir.path()).expect("a folder is enough");
        config.database_url.clone_from(&company.database_url);
        config.listen = ([127, 0, 0, 1], 0).into();
        change(&mut config);
        if demo {
            crate::access::demo::ensure(&company.company).await.expect("people of the demo");
        }
        crate::evidence::checkpoints::start(&company.company, config.checkpoint_dir.clone()).await.expect("the log is published");
        crate::jobs::start(&company.company);
        let listener = bind(config.listen).await.expect("a free port");
        let app = AppState::new(company.company.clone(), config, demo).await.expect("the server starts");
        let server = Server::new(listener, app.clone());
        let base = format!("http://{}", server.address().expect("it listens"));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { company, app, base, client: Client::new(), _stop: stop }
    }

    /// A second server over the same database, as another replica.
    pub async fn replica(&self) -> Self {
        let shared = &self.company;
        let company = TestCompany {
            company: crate::testing::reopen(&shared.database_url, shared.dir.path(), shared.clock.clone()).await.expect("the same company opens"),
            clock: shared.clock.clone(),
            engine: shared.engine,
            database_url: shared.database_url.clone(),
            dir: tempfile::tempdir().expect("a temporary folder"),
            _database: None,
        };
        let mut config = self.app.config.clone();
        config.listen = ([127, 0, 0, 1], 0).into();
        let listener = bind(config.listen).await.expect("a free port");
        let app = AppState::new(company.company.clone(), config, self.app.demo).await.expect("the server starts");
        let server = Server::new(listener, app.clone());
        let base = format!("http://{}", server.address().expect("it listens"));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { company, app, base, client: Client::new(), _stop: stop }
    }

    /// Somebody known to another replica, speaking to this one.
    pub fn visited_by(&self, visitor: &Visitor<'_>) -> Visitor<'_> {
        Visitor { server: self, token: visitor.token.clone(), cookie: visitor.cookie.clone(), csrf: visitor.csrf.clone() }
    }

    /// A token with these scopes (`ingest`, `read`, `cases`, `admin`) for every source.
    pub async fn token(&self, scopes: &[&str]) -> String {
        self.token_for(scopes, None).await
    }

    pub async fn token_for(&self, scopes: &[&str], sources: Option<Vec<String>>) -> String {
        let new = tokens::NewToken {
            name: "test".into(),
            scopes: scopes.iter().map(|s| TokenScope::from_name(s).expect("a scope")).collect(),
            sources,
            expires_at: None,
        };
        tokens::create(&self.company, new, &Actor::system("test")).await.expect("a token").1
    }

    /// A caller with these scopes.
    pub async fn with(&self, scopes: &[&str]) -> Visitor<'_> {
        Visitor { server: self, token: Some(self.token(scopes).await), cookie: None, csrf: None }
    }

    /// A caller without anything.
    pub fn anyone(&self) -> Visitor<'_> {
        Visitor { server: self, token: None, cookie: None, csrf: None }
    }

    /// A person of that role, signed in by password. An employee has one account: asked for again, it is signed in to
    /// once more, with the role that is named now.
    pub async fn person(&self, role: &str, employee: Option<&str>) -> Visitor<'_> {
        use crate::access::model::user;
        use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
        let password = "correct horse battery".to_owned();
        if let Some(number) = employee {
            let same =
                user::Entity::find().filter(user::Column::Employee.eq(number)).filter(user::Column::Disabled.eq(false)).filter(user::Column::Demo.eq(false));
            if let Some(had) = same.one(self.company.store.read()).await.expect("users") {
                let tx = self.company.store.write().await.expect("a transaction");
                let changed = user::ActiveModel { id: Set(had.id), role: Set(role.to_owned()), name: Set(role.to_owned()), ..Default::default() };
                user::Entity::update(changed).exec(&tx).await.expect("another role");
                tx.commit().await.expect("a commit");
                return self.sign_in(&serde_json::json!({ "login": had.login, "password": password })).await;
            }
        }
        let login = format!("{role}-{}", uuid::Uuid::now_v7().simple());
        let new = users::NewUser {
            login: login.clone(),
            name: role.into(),
            role: Role::from_name(role).expect("a role"),
            employee: employee.map(str::to_owned),
            password: password.clone(),
        };
        users::create(&self.company, new, false, None, Lang::Zh).await.expect("a user");
        self.sign_in(&serde_json::json!({ "login": login, "password": password })).await
    }

    pub async fn sign_in(&self, body: &Value) -> Visitor<'_> {
        let response = self.client.post(format!("{}/api/v1/session", self.base)).json(body).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "sign-in");
        let cookie = response.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("a cookie").to_owned();
        let body: Value = response.json().await.expect("JSON");
        Visitor { server: self, token: None, cookie: Some(cookie), csrf: body["csrf"].as_str().map(str::to_owned) }
    }

    /// Waits until no job is due; what waits for a later day stays.
    pub async fn settled(&self) {
        use crate::jobs::model::job;
        use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
        for _ in 0..1500 {
            let db = self.company.store.read();
            let failed = job::Entity::find().filter(job::Column::Failed.is_not_null()).count(db).await.expect("a count");
            assert_eq!(failed, 0, "no job was given up");
            let due = job::Entity::find().filter(job::Column::RunAt.lte(self.company.now())).count(db).await.expect("a count");
            if due == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("jobs are left");
    }

    /// A bare request for what the shortcuts do not cover.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }
}

/// Someone who speaks to the server: a token, a session, or neither.
pub struct Visitor<'a> {
    server: &'a TestServer,
    pub token: Option<String>,
    pub cookie: Option<String>,
    pub csrf: Option<String>,
}

impl Visitor<'_> {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.server.request(method, path);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        request
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(method, path).json(body).send().await.expect("an answer")).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, body).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path).send().await.expect("an answer")).await
    }
}

/// Status and body; null where the body is no JSON.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("a whole body").to_vec();
        Self { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default(), bytes }
    }

    /// The body, after making sure of the status.
    #[track_caller]
    pub fn ok(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.body
    }

    /// The problem's code, after making sure that it is one in the right form.
    #[track_caller]
    pub fn problem(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.headers["content-type"], "application/problem+json");
        for member in ["type", "title", "detail", "code", "request_id"] {
            assert!(self.body[member].as_str().is_some_and(|t| !t.is_empty()), "{member}: {}", self.body);
        }
        assert_eq!(self.body["status"], status);
        self.body["code"].as_str().unwrap_or_default().to_owned()
    }
}
