//! Companies for tests: each test runs on SQLite and, when `TEST_DATABASE_URL` names a PostgreSQL server, there too,
//! in a database of its own that is dropped at the end.

use crate::{
    app,
    company::{Clock, Company},
    error::Result,
};
use sea_orm::{ConnectionTrait, Database};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// 2026-11-20 09:00 in Shanghai: the tests' “now” unless they move it.
pub const NOW: i64 = 1_795_136_400_000_000;

pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> i64 {
        // Never the same twice, as with a real clock.
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl TestClock {
    pub fn set(&self, at: i64) {
        self.0.store(at, Ordering::Relaxed);
    }
    pub fn advance(&self, us: i64) {
        self.0.fetch_add(us, Ordering::Relaxed);
    }
}

/// One company on one engine, with its temporary folder and database.
pub struct TestCompany {
    pub company: Arc<Company>,
    pub clock: Arc<TestClock>,
    pub engine: &'static str,
    pub database_url: String,
    pub dir: tempfile::TempDir,
    pub(crate) _database: Option<TestDatabase>,
}

impl std::ops::Deref for TestCompany {
    type Target = Arc<Company>;
    fn deref(&self) -> &Self::Target {
        &self.company
    }
}

/// Runs `test` on every engine there is.
pub async fn on_each_engine<F, Fut>(test: F)
where
    F: Fn(TestCompany) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in engines() {
        test(company_on(engine).await).await;
    }
}

pub fn engines() -> Vec<&'static str> {
    if std::env::var("TEST_DATABASE_URL").is_ok() { vec!["sqlite", "postgresql"] } else { vec!["sqlite"] }
}

pub async fn company_on(engine: &'static str) -> TestCompany {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (url, database) = match engine {
        "sqlite" => (format!("sqlite://{}", dir.path().join("probity.db").display()), None),
        _ => {
            let database = TestDatabase::create().await;
            (database.url.clone(), Some(database))
        }
    };
    let clock = Arc::new(TestClock(AtomicI64::new(NOW)));
    let company = reopen(&url, dir.path(), clock.clone()).await.expect("a new company opens");
    TestCompany { company, clock, engine, database_url: url, dir, _database: database }
}

/// The same company again, as after a restart.
pub async fn reopen(url: &str, dir: &std::path::Path, clock: Arc<TestClock>) -> Result<Arc<Company>> {
    let blobs = dir.join("blobs").display().to_string();
    app::open(url, &blobs, dir, clock).await
}

/// A PostgreSQL database of one test; dropped with it.
pub struct TestDatabase {
    pub url: String,
    admin_url: String,
    name: String,
}

impl TestDatabase {
    pub async fn create() -> Self {
        Self::create_as("").await
    }

    /// With these words after its name.
    pub async fn create_as(how: &str) -> Self {
        let admin_url = std::env::var("TEST_DATABASE_URL").expect("checked by the caller");
        let name = format!("probity_test_{}", uuid::Uuid::now_v7().simple());
        let admin = Database::connect(&admin_url).await.expect("the test PostgreSQL answers");
        admin.execute_unprepared(&format!("CREATE DATABASE {name} {how}")).await.expect("a database for this test");
        admin.close().await.expect("closing");
        let cut = admin_url.rfind('/').expect("a database URL has a path");
        Self { url: format!("{}/{name}", &admin_url[..cut]), admin_url, name }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (url, name) = (self.admin_url.clone(), self.name.clone());
        // Dropping happens outside async code; a small runtime of its own finishes the job before the test ends.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let admin = Database::connect(&url).await.ok()?;
                admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.ok()?;
                admin.close().await.ok()
            })
        });
        let _ = dropped.join();
    }
}
