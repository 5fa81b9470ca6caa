//! One company: its database, log, keys, files and clock. Everything below HTTP takes this and nothing global;
//! one server may hold several, and no table has a company column.

use crate::{
    access::roles::Roles,
    error::Result,
    jobs,
    records::{self, Draft, Effect, KeyRing, Outcome, Writer},
    settings::Settings,
    store::{Blobs, Store},
};
use probity_ledger::checkpoint::LogKey;
use serde_json::{Map, Value, json};
use std::{
    path::PathBuf,
    sync::{Arc, RwLock},
    time::Duration,
};
use tokio::sync::watch;

const SETTINGS_EVERY: Duration = Duration::from_secs(1);

/// Where the time comes from; tests set their own.
pub trait Clock: Send + Sync {
    /// UTC microseconds.
    fn now(&self) -> i64;
}

pub struct SystemClock;
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> i64 {
        jiff::Timestamp::now().as_microsecond()
    }
}

/// The log's name and signer in the present epoch.
pub struct LogIdentity {
    pub epoch: i64,
    pub origin: String,
    pub key: LogKey,
}

pub struct Company {
    pub store: Store,
    pub blobs: Blobs,
    pub keys: KeyRing,
    pub log: LogIdentity,
    pub clock: Arc<dyn Clock>,
    pub writer: Writer,
    /// Follow-up work; runs in this process once `jobs::start` was called.
    pub jobs: jobs::Registry,
    pub data_dir: PathBuf,
    settings: RwLock<Arc<Settings>>,
    roles: RwLock<Arc<Roles>>,
    /// Size of the log after the newest commit of this process; the publisher and the event tail wait on it.
    pub committed: watch::Sender<i64>,
    /// The companies by which chains recognise payers and receivers.
    pub firms: crate::signals::links::Firms,
    /// What is known about records for grading them.
    pub graded: crate::cases::grade::Graded,
    /// Who opened which page, not written yet.
    pub views: crate::access::views::Views,
    /// What must not come back with an older backup.
    pub journal: crate::privacy::Journal,
    /// Why writes are refused (a log behind its published checkpoint), if they are.
    pub write_stop: RwLock<Option<crate::said::Said>>,
}

/// Who did something: written into looks, case events and the system's own records.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Actor {
    /// `user`, `token` or `system`.
    pub kind: &'static str,
    pub id: String,
    pub name: String,
}

impl Actor {
    pub fn system(room: &str) -> Self {
        Self { kind: "system", id: room.to_owned(), name: "Probity".to_owned() }
    }
}

pub struct Parts {
    pub store: Store,
    pub blobs: Blobs,
    pub data_dir: PathBuf,
    pub clock: Arc<dyn Clock>,
    pub effects: Vec<Arc<dyn Effect>>,
    pub jobs: jobs::Registry,
}

impl Company {
    /// Opens the company: keys are read or, at the very first start, made.
    pub async fn open(parts: Parts) -> Result<Arc<Self>> {
        let Parts { store, blobs, data_dir, clock, effects, jobs } = parts;
        let (keys, log) = records::KeyRing::open(&store, &data_dir, clock.now()).await?;
        let settings = Settings::load(&store).await?;
        let roles = Roles::load(&store).await?;
        let (committed, _) = watch::channel(0);
        let company = Arc::new_cyclic(|me| Self {
            writer: Writer::start(me.clone(), effects),
            store,
            blobs,
            keys,
            log,
            clock,
            jobs,
            journal: crate::privacy::Journal::in_folder(&data_dir),
            firms: crate::signals::links::Firms::default(),
            graded: crate::cases::grade::Graded::default(),
            views: crate::access::views::Views::default(),
            data_dir,
            settings: RwLock::new(Arc::new(settings)),
            roles: RwLock::new(Arc::new(roles)),
            committed,
            write_stop: RwLock::new(None),
        });
        company.committed.send_replace(company.writer_size().await?);
        Ok(company)
    }

    async fn writer_size(&self) -> Result<i64> {
        use sea_orm::EntityTrait;
        let head = records::model::head::Entity::find_by_id(1).one(self.store.read()).await?;
        Ok(head.map_or(0, |h| h.size))
    }

    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The business date in the company's zone.
    pub fn today(&self) -> jiff::civil::Date {
        let now = jiff::Timestamp::from_microsecond(self.now()).unwrap_or_default();
        now.to_zoned(self.settings().time_zone.clone()).date()
    }

    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().expect("no holder of this lock panics").clone()
    }

    pub fn roles(&self) -> Arc<Roles> {
        self.roles.read().expect("no holder of this lock panics").clone()
    }

    /// Reads the settings and roles again after they were changed.
    pub async fn reload_settings(&self) -> Result<()> {
        let fresh = Arc::new(Settings::load(&self.store).await?);
        *self.settings.write().expect("no holder of this lock panics") = fresh;
        let fresh = Arc::new(Roles::load(&self.store).await?);
        *self.roles.write().expect("no holder of this lock panics") = fresh;
        Ok(())
    }

    /// Reads the settings again every moment: another replica may have changed them, and all must count days and money
    /// alike and let in the same people. Ends when the company is dropped.
    pub fn follow_settings(self: &Arc<Self>) {
        let company = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(SETTINGS_EVERY).await;
                let Some(company) = company.upgrade() else { return };
                if let Err(error) = company.reload_settings().await {
                    tracing::warn!(%error, "the settings could not be read again");
                }
            }
        });
    }

    /// The sentence to refuse writes with, if the log may not grow.
    pub fn write_stop(&self) -> Option<crate::said::Said> {
        self.write_stop.read().expect("no holder of this lock panics").clone()
    }

    /// Records an act of the system or of a person in it. `room` gives the source `/probity/<room>`; `kind` is the
    /// record's type, e.g. `case.opened`; `subjects` are `e:…` and `c:…` concerned.
    pub async fn publish(&self, room: &str, kind: &str, by: &Actor, employee: Option<&str>, subjects: Vec<String>, data: Map<String, Value>) -> Result<i64> {
        let draft = self.draft(room, kind, by, employee, subjects, data);
        match self.writer.append(vec![draft]).await?.remove(0) {
            Outcome::Accepted(idx) | Outcome::Duplicate(idx) | Outcome::Conflict(idx) => Ok(idx),
        }
    }

    /// The same, not yet written: acts that stand or fall together go to the writer as one group.
    pub fn draft(&self, room: &str, kind: &str, by: &Actor, employee: Option<&str>, subjects: Vec<String>, mut data: Map<String, Value>) -> Draft {
        data.insert("by".into(), json!({ "kind": by.kind, "id": by.id, "name": by.name }));
        let id = uuid::Uuid::now_v7().to_string();
        Draft::new(format!("/probity/{room}"), id, kind.to_owned(), self.now(), employee.map(str::to_owned), subjects, data)
    }
}
