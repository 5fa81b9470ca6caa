//! The workers of one process.

use super::model::job;
use crate::{
    company::Company,
    error::{Error, Result},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QueryTrait, UpdateMany,
    sea_query::{Expr, Query, SelectStatement},
};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::task::JoinHandle;

const WORKERS: usize = 2;
/// A job that was not renewed for this long is taken to have died with its process.
const LEASE_US: i64 = 10 * 60 * 1_000_000;
const RENEW_EVERY: Duration = Duration::from_secs(120);
/// So long a patient kind of job waits while records pour in. What pours into another replica only that one knows.
pub(super) const PATIENCE_US: i64 = 3_000_000;
const GIVE_UP_AFTER: i32 = 8;
/// A job that was begun this often and never ended takes its process with it.
pub(super) const DIED_AT_MOST: i32 = 20;
/// What has nothing to do with the job is waited out with the pause of this attempt, half a minute.
const PASSING_AT_MOST: i32 = 5;

/// Starts the workers; they end when the company is dropped.
pub fn start(company: &Arc<Company>) {
    tokio::spawn(begin(company.clone()));
}

async fn begin(company: Arc<Company>) {
    // Where one process works on a database, what is leased at its start was left behind by one that was killed.
    if !company.store.is_shared()
        && let Err(e) = free(&company).await
    {
        tracing::warn!(error = %e, "jobs of a process that died wait for their lease to end");
    }
    for _ in 0..WORKERS {
        tokio::spawn(work(Arc::downgrade(&company)));
    }
}

async fn free(company: &Company) -> Result<()> {
    let tx = company.store.write().await?;
    job::Entity::update_many().col_expr(job::Column::LeasedUntil, Expr::value(0)).filter(job::Column::LeasedUntil.gt(0)).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}

async fn work(company: Weak<Company>) {
    loop {
        let Some(company) = company.upgrade() else { return };
        match step(&company).await {
            Ok(true) => {
                // One bell wakes one worker; while there is work, the next one is woken too.
                company.jobs.wake();
                continue;
            }
            Ok(false) => {}
            Err(e) => tracing::warn!(error = %e, "looking for jobs failed"),
        }
        tokio::select! {
            () = company.jobs.bell.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
    }
}

/// Runs one due job; false when there is none.
pub(super) async fn step(company: &Arc<Company>) -> Result<bool> {
    step_while(company, company.writer.pours()).await
}

pub(super) async fn step_while(company: &Arc<Company>, pours: bool) -> Result<bool> {
    let now = company.now();
    let patient = Condition::any().add(job::Column::Kind.is_not_in(company.jobs.patient.iter().copied())).add(job::Column::RunAt.lte(now - PATIENCE_US));
    let due = job::Entity::find()
        .filter(job::Column::RunAt.lte(now))
        .apply_if(pours.then_some(patient), QueryFilter::filter)
        .filter(job::Column::LeasedUntil.lt(now))
        .filter(job::Column::Failed.is_null())
        .filter(Expr::not_exists(at_work_on_the_same(now)))
        .order_by_asc(job::Column::Background)
        .order_by_asc(job::Column::RunAt)
        .order_by_asc(job::Column::Id)
        .one(company.store.read())
        .await?;
    let Some(job) = due else { return Ok(false) };
    let Some(mut lease) = Lease::take(company, job).await? else { return Ok(true) };
    if lease.job.attempts > DIED_AT_MOST {
        lease.fail(company, &anyhow::anyhow!("the process died while it was at work, {DIED_AT_MOST} times").into()).await?;
        return Ok(true);
    }
    let result = match company.jobs.handlers.get(lease.job.kind.as_str()) {
        Some(handler) => {
            let payload = serde_json::from_str(&lease.job.payload)?;
            // A panic in one job must not take the worker with it.
            let work = tokio::spawn(handler(company.clone(), payload));
            let Some(result) = lease.watch(company, work).await else { return Ok(true) };
            result
        }
        None => Err(anyhow::anyhow!("no room does this kind of job").into()),
    };
    match result {
        Ok(()) => lease.done(company).await?,
        Err(e) => lease.fail(company, &e).await?,
    }
    Ok(true)
}

/// Another job of this kind about the same, which somebody is at. Two of them would each write what they read before the
/// other wrote; whoever queued the second one did so because the first may have read too early.
fn at_work_on_the_same(now: i64) -> SelectStatement {
    use job::Column::{Id, Kind, LeasedUntil, UniqueKey};
    use sea_orm::ExprTrait;
    let other = |column: job::Column| Expr::col(("other", column));
    let this = |column: job::Column| (job::Entity, column);
    Query::select()
        .expr(Expr::val(1))
        .from_as(job::Entity, "other")
        .and_where(other(Kind).equals(this(Kind)))
        .and_where(other(UniqueKey).equals(this(UniqueKey)))
        .and_where(other(Id).not_equals(this(Id)))
        .and_where(other(LeasedUntil).gte(now))
        .to_owned()
}

/// A job that is this worker's until `leased_until`; that value tells this lease from any later one.
pub(super) struct Lease {
    job: job::Model,
}

impl Lease {
    /// Takes a job that was found due; `None` when another worker was faster.
    pub(super) async fn take(company: &Company, mut job: job::Model) -> Result<Option<Self>> {
        let until = company.now() + LEASE_US;
        let tx = company.store.write().await?;
        let won = job::Entity::update_many()
            .col_expr(job::Column::LeasedUntil, Expr::value(until))
            .col_expr(job::Column::Attempts, Expr::value(job.attempts + 1))
            .filter(job::Column::Id.eq(job.id))
            .filter(job::Column::LeasedUntil.eq(job.leased_until))
            .filter(job::Column::Failed.is_null())
            .filter(Expr::not_exists(at_work_on_the_same(company.now())))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        (job.leased_until, job.attempts) = (until, job.attempts + 1);
        Ok((won.rows_affected > 0).then_some(Self { job }))
    }

    /// Waits for the work and renews the lease meanwhile; `None` when it was lost, and the work is then broken off.
    async fn watch(&mut self, company: &Company, mut work: JoinHandle<Result<()>>) -> Option<Result<()>> {
        loop {
            tokio::select! {
                ended = &mut work => return Some(ended.unwrap_or_else(|e| Err(anyhow::anyhow!("the job broke off: {e}").into()))),
                () = tokio::time::sleep(RENEW_EVERY) => match self.renew(company).await {
                    Ok(true) => {}
                    Ok(false) => {
                        tracing::warn!(job = self.job.id, kind = self.job.kind, "another worker has this job by now");
                        work.abort();
                        return None;
                    }
                    Err(error) => tracing::warn!(job = self.job.id, %error, "a lease could not be renewed"),
                },
            }
        }
    }

    pub(super) async fn renew(&mut self, company: &Company) -> Result<bool> {
        let until = company.now() + LEASE_US;
        let tx = company.store.write().await?;
        let renewed = self.own().col_expr(job::Column::LeasedUntil, Expr::value(until)).exec(&tx).await?;
        tx.commit().await?;
        if renewed.rows_affected > 0 {
            self.job.leased_until = until;
        }
        Ok(renewed.rows_affected > 0)
    }

    /// The row, as long as it is this lease's.
    fn own(&self) -> UpdateMany<job::Entity> {
        job::Entity::update_many().filter(job::Column::Id.eq(self.job.id)).filter(job::Column::LeasedUntil.eq(self.job.leased_until))
    }

    pub(super) async fn done(self, company: &Company) -> Result<()> {
        let tx = company.store.write().await?;
        job::Entity::delete_many().filter(job::Column::Id.eq(self.job.id)).filter(job::Column::LeasedUntil.eq(self.job.leased_until)).exec(&tx).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn fail(self, company: &Arc<Company>, error: &Error) -> Result<()> {
        let job = &self.job;
        // A full disk and a database that was away say nothing about the job: it is tried until they have passed.
        let attempts = if error.is_passing() { Ord::min(job.attempts - 1, PASSING_AT_MOST) } else { job.attempts };
        let given_up = attempts >= GIVE_UP_AFTER;
        match error {
            Error::Internal(e) => tracing::warn!(job = job.id, kind = job.kind, attempts, error = format!("{e:#}"), "a job failed"),
            Error::Problem(p) => tracing::warn!(job = job.id, kind = job.kind, attempts, code = p.code, "a job was refused"),
        }
        let pause = 1_000_000_i64 << attempts.min(12);
        let tx = company.store.write().await?;
        let written = self
            .own()
            .col_expr(job::Column::LeasedUntil, Expr::value(0))
            .col_expr(job::Column::Attempts, Expr::value(attempts))
            .col_expr(job::Column::RunAt, Expr::value(company.now() + pause))
            .col_expr(job::Column::Failed, Expr::value(given_up.then(|| error.to_string())))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        if given_up
            && written.rows_affected > 0
            && let Some(tell) = company.jobs.given_up.get(job.kind.as_str())
        {
            tell(company.clone(), serde_json::from_str(&job.payload)?).await?;
        }
        Ok(())
    }
}
