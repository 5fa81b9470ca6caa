//! The workers of one process.

use super::model::job;
use crate::{
    company::Company,
    error::{Error, Result},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

const WORKERS: usize = 2;
/// A job that runs longer than this is taken to have died with its process; long jobs renew nothing, they split.
const LEASE_US: i64 = 10 * 60 * 1_000_000;
const GIVE_UP_AFTER: i32 = 8;
/// A job that was begun this often and never ended takes its process with it.
const DIED_AT_MOST: i32 = 20;
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
async fn step(company: &Arc<Company>) -> Result<bool> {
    let now = company.now();
    let due = job::Entity::find()
        .filter(job::Column::RunAt.lte(now))
        .filter(job::Column::LeasedUntil.lt(now))
        .filter(job::Column::Failed.is_null())
        .order_by_asc(job::Column::RunAt)
        .order_by_asc(job::Column::Id)
        .one(company.store.read())
        .await?;
    let Some(job) = due else { return Ok(false) };
    if job.attempts >= DIED_AT_MOST {
        finish(company, &job, Err(anyhow::anyhow!("the process died while it was at work, {} times", job.attempts).into())).await?;
        return Ok(true);
    }
    let tx = company.store.write().await?;
    let won = job::Entity::update_many()
        .col_expr(job::Column::LeasedUntil, Expr::value(now + LEASE_US))
        .col_expr(job::Column::Attempts, Expr::value(job.attempts + 1))
        .filter(job::Column::Id.eq(job.id))
        .filter(job::Column::LeasedUntil.eq(job.leased_until))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    if won.rows_affected == 0 {
        return Ok(true);
    }
    let result = match company.jobs.handlers.get(job.kind.as_str()) {
        Some(handler) => {
            let payload = serde_json::from_str(&job.payload)?;
            // A panic in one job must not take the worker with it.
            match tokio::spawn(handler(company.clone(), payload)).await {
                Ok(result) => result,
                Err(e) => Err(anyhow::anyhow!("the job broke off: {e}").into()),
            }
        }
        None => Err(anyhow::anyhow!("no room does this kind of job").into()),
    };
    finish(company, &job, result).await?;
    Ok(true)
}

async fn finish(company: &Company, job: &job::Model, result: Result<()>) -> Result<()> {
    let tx = company.store.write().await?;
    match result {
        Ok(()) => {
            job::Entity::delete_by_id(job.id).exec(&tx).await?;
        }
        Err(e) => {
            // A full disk and a database that was away say nothing about the job: it is tried until they have passed.
            let attempts = if e.is_passing() { job.attempts.min(PASSING_AT_MOST) } else { job.attempts + 1 };
            let given_up = attempts >= GIVE_UP_AFTER;
            match &e {
                Error::Internal(e) => tracing::warn!(job = job.id, kind = job.kind, attempts, error = format!("{e:#}"), "a job failed"),
                Error::Problem(p) => tracing::warn!(job = job.id, kind = job.kind, attempts, code = p.code, "a job was refused"),
            }
            let pause = 1_000_000_i64 << attempts.min(12);
            job::Entity::update_many()
                .col_expr(job::Column::LeasedUntil, Expr::value(0))
                .col_expr(job::Column::Attempts, Expr::value(attempts))
                .col_expr(job::Column::RunAt, Expr::value(company.now() + pause))
                .col_expr(job::Column::Failed, Expr::value(given_up.then(|| e.to_string())))
                .filter(job::Column::Id.eq(job.id))
                .exec(&tx)
                .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
