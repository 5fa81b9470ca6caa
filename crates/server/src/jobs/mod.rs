//! Follow-up work as rows: enqueued in the transaction that causes it, run by whichever process leases it first,
//! tried again with growing pauses, kept with its error when it never works. Handlers must be idempotent.
//! What is *not* here: what the jobs do; each room registers its own in `app.rs`.

mod lease;
mod run;
#[cfg(test)]
mod tests;

pub use lease::hold;
pub use run::start;

use crate::{company::Company, error::Result};
use futures::future::BoxFuture;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr};
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::Notify;

pub mod model {
    pub mod job {
        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
        #[sea_orm(table_name = "jobs")]
        pub struct Model {
            #[sea_orm(primary_key)]
            pub id: i64,
            pub kind: String,
            /// At most one waiting job per (kind, key).
            pub unique_key: Option<String>,
            pub payload: String,
            pub run_at: i64,
            /// How often it was begun; counted when it is leased, so that a job that takes its process with it counts.
            pub attempts: i32,
            /// 0 while it waits; else until when its worker has it. Tells one lease from the next.
            pub leased_until: i64,
            /// Set when it was given up; the row stays for whoever looks after the system.
            pub failed: Option<String>,
            /// Done when nothing else is due: the looking again at everybody must not keep an import waiting.
            pub background: bool,
        }
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}
        impl ActiveModelBehavior for ActiveModel {}
    }
    pub mod lease {
        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
        #[sea_orm(table_name = "leases")]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub name: String,
            pub holder: String,
            pub until: i64,
        }
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}
        impl ActiveModelBehavior for ActiveModel {}
    }
}
use model::job;

pub type Handler = Arc<dyn Fn(Arc<Company>, Value) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// Which room does which kind of job, and the bell that wakes the workers.
#[derive(Default)]
pub struct Registry {
    handlers: HashMap<&'static str, Handler>,
    given_up: HashMap<&'static str, Handler>,
    patient: Vec<&'static str>,
    bell: Notify,
}

impl Registry {
    pub fn on<F, Fut>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Arc<Company>, Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.handlers.insert(kind, Arc::new(move |company, payload| Box::pin(handler(company, payload))));
        self
    }

    /// What a room does when a job of this kind is given up, with the job's payload: to tell whoever waits for it.
    pub fn when_given_up<F, Fut>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Arc<Company>, Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.given_up.insert(kind, Arc::new(move |company, payload| Box::pin(handler(company, payload))));
        self
    }

    /// A kind of which one job does for all records that came meanwhile: while records pour in it waits a little.
    pub fn patient(mut self, kind: &'static str) -> Self {
        self.patient.push(kind);
        self
    }

    /// Looks for work now instead of at the next turn.
    pub fn wake(&self) {
        self.bell.notify_one();
    }
}

/// Queues a job within a transaction. With a `key`, a job of the same kind and key that still waits is enough.
/// Call `company.jobs.wake()` after the commit (the record writer does).
pub async fn enqueue(tx: &impl ConnectionTrait, kind: &str, key: Option<&str>, payload: &Value, run_at: i64) -> Result<()> {
    queue(tx, kind, key, payload, run_at, false).await
}

/// Queues a job that is done when nothing else is due.
pub async fn enqueue_background(tx: &impl ConnectionTrait, kind: &str, key: Option<&str>, payload: &Value, run_at: i64) -> Result<()> {
    queue(tx, kind, key, payload, run_at, true).await
}

async fn queue(tx: &impl ConnectionTrait, kind: &str, key: Option<&str>, payload: &Value, run_at: i64, background: bool) -> Result<()> {
    if let Some(key) = key {
        // Locked, so that no worker takes it before this transaction commits: it would look too early, and what is
        // written here would never be looked at.
        let waiting = job::Entity::find()
            .filter(job::Column::Kind.eq(kind))
            .filter(job::Column::UniqueKey.eq(key))
            .filter(job::Column::LeasedUntil.eq(0))
            .filter(job::Column::Failed.is_null())
            .lock_exclusive()
            .one(tx)
            .await?;
        if let Some(waiting) = waiting {
            if waiting.background && !background {
                job::Entity::update_many().col_expr(job::Column::Background, Expr::value(false)).filter(job::Column::Id.eq(waiting.id)).exec(tx).await?;
            }
            return Ok(());
        }
    }
    job::Entity::insert(job::ActiveModel {
        kind: Set(kind.into()),
        unique_key: Set(key.map(str::to_owned)),
        payload: Set(payload.to_string()),
        run_at: Set(run_at),
        attempts: Set(0),
        leased_until: Set(0),
        background: Set(background),
        ..Default::default()
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Takes back a waiting job: what it was for is done.
pub async fn withdraw(db: &impl ConnectionTrait, kind: &str, key: &str) -> Result<()> {
    job::Entity::delete_many().filter(job::Column::Kind.eq(kind)).filter(job::Column::UniqueKey.eq(key)).exec(db).await?;
    Ok(())
}

/// Jobs that are due, run or are to be tried again, and jobs given up. What is planned for a later day waits for nothing.
pub async fn pending(db: &impl ConnectionTrait, now: i64) -> Result<(u64, u64)> {
    let begun = Condition::any().add(job::Column::RunAt.lte(now)).add(job::Column::Attempts.gt(0));
    let waiting = job::Entity::find().filter(job::Column::Failed.is_null()).filter(begun).count(db).await?;
    let failed = job::Entity::find().filter(job::Column::Failed.is_not_null()).count(db).await?;
    Ok((waiting, failed))
}
