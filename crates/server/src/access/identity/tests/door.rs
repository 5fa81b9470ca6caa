//! Sessions, devices, and how tries at the door are slowed down.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_seen_and_ended_and_a_new_device_is_a_record() {
    on_each_server(|server| async move {
        let first = server.person("hr", None).await;
        let login = login_of(&first).await;
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36";
        let body = json!({ "login": login, "password": PASSWORD });
        let again = async |cookie: Option<String>| {
            let mut request = server.request(Method::POST, "/api/v1/session").header("user-agent", agent).json(&body);
            if let Some(cookie) = cookie {
                request = request.header("cookie", cookie);
            }
            let response = request.send().await.unwrap();
            let cookies: Vec<String> =
                response.headers().get_all("set-cookie").iter().map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
            cookies.into_iter().find(|c| c.starts_with("probity_device=")).unwrap()
        };
        let device = again(None).await;
        again(Some(device.clone())).await;
        let list = first.get("/api/v1/account/sessions").await.ok(200)["items"].as_array().unwrap().clone();
        assert_eq!(list.len(), 3);
        assert_eq!(list.iter().filter(|s| s["this"] == true).count(), 1);
        assert_eq!(list.iter().filter(|s| s["new_device"] == true).count(), 1, "known the second time");
        assert!(list.iter().any(|s| s["device"] == "Chrome · Windows" && s["address"] == "127.0.0.1"));
        assert_eq!(kinds(&server).await.iter().filter(|k| *k == "access.new_device").count(), 1);
        let secret = device.split_once('=').unwrap().1;
        assert!(device::Entity::find().all(server.company.store.read()).await.unwrap().iter().all(|d| d.hash != secret.as_bytes()));

        let other = server.person("employee", None).await;
        let theirs = list.iter().find(|s| s["this"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(other.delete(&format!("/api/v1/account/sessions/{theirs}")).await.problem(404), "not_found", "another's session is none");
        first.delete(&format!("/api/v1/account/sessions/{theirs}")).await.ok(204);
        assert_eq!(first.post("/api/v1/account/sessions/end-others", &json!({})).await.ok(200)["sessions"], 1);
        assert_eq!(first.get("/api/v1/account/sessions").await.ok(200)["items"].as_array().unwrap().len(), 1);
        let admin = server.person("admin", None).await;
        assert_eq!(admin.delete(&format!("/api/v1/users/{}/sessions", id_of(&first).await)).await.ok(200)["sessions"], 1);
        assert_eq!(first.get("/api/v1/account").await.status, 401);
        assert_eq!(server.with(&["admin"]).await.get("/api/v1/account/sessions").await.problem(403), "people_only");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_password_needs_the_old_one_and_ends_the_other_sessions() {
    on_each_server(|server| async move {
        let who = server.person("hr", None).await;
        let login = login_of(&who).await;
        let other = server.sign_in(&json!({ "login": login, "password": PASSWORD })).await;
        let change = async |old: &str, new: &str| who.post("/api/v1/account/password", &json!({ "password": old, "new_password": new })).await;
        assert_eq!(change("wrong password", "a new battery horse").await.problem(422), "wrong_password");
        assert_eq!(change(PASSWORD, "short").await.problem(422), "weak_password");
        change(PASSWORD, "a new battery horse").await.ok(204);
        assert_eq!(other.get("/api/v1/account").await.status, 401);
        who.get("/api/v1/account").await.ok(200);
        assert_eq!(sign_in(&server, &login, PASSWORD, None).await.problem(401), "wrong_sign_in");
        sign_in(&server, &login, "a new battery horse", None).await.ok(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_that_tries_many_names_waits_and_cannot_choose_its_address() {
    for engine in crate::testing::engines() {
        let server = TestServer::start(engine).await;
        let login = login_of(&server.person("hr", None).await).await;
        let from = async |server: &TestServer, address: &str, login: &str, password: &str| {
            let request = server.request(Method::POST, "/api/v1/session").header("x-forwarded-for", address);
            Answer::of(request.json(&json!({ "login": login, "password": password })).send().await.unwrap()).await
        };
        // Thirty names, each from “elsewhere”: nobody trusts the header, so it is one address.
        let mut statuses = Vec::new();
        for n in 0..31 {
            statuses.push(from(&server, &format!("198.51.100.{n}"), &format!("name-{n}"), "wrong password").await.status);
        }
        assert_eq!((statuses[29], statuses[30]), (401, 429), "{statuses:?}");
        assert_eq!(from(&server, "198.51.100.99", &login, PASSWORD).await.problem(429), "sign_in_locked");
        server.company.clock.advance(31 * SECOND);
        from(&server, "198.51.100.99", &login, PASSWORD).await.ok(200);
        // Whoever has an account of their own gains no more guesses by signing in between.
        assert_eq!(from(&server, "198.51.100.99", "name-77", "wrong password").await.status, 429, "the address is not wiped clean by it");

        let behind = TestServer::start_with(engine, false, |c| c.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
        let login = login_of(&behind.person("hr", None).await).await;
        for n in 0..31 {
            from(&behind, "198.51.100.7", &format!("name-{n}"), "wrong password").await;
        }
        assert_eq!(from(&behind, "198.51.100.7", &login, PASSWORD).await.status, 429);
        from(&behind, "198.51.100.8", &login, PASSWORD).await.ok(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_tries_at_once_are_a_hundred_tries() {
    on_each_server(|server| async move {
        let tries = (0..40).map(|_| sign_in(&server, "nobody", "wrong password", None));
        let answers = futures::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|a| a.status == 401).count(), 5, "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    })
    .await;
}
