//! What a company is made of: the effects that follow a record and the jobs each room does.

use crate::{
    access, alerts, assets, cases, companies,
    company::{Clock, Company, Parts},
    contracts, customers,
    error::Result,
    evidence::package,
    handover, intake, jobs, notify, people, policies, privacy,
    records::{self, Effect},
    requests, restrictions, signals,
    store::{Blobs, Store},
};
use std::{path::Path, sync::Arc};

/// In this order, in the record's transaction: projections first, then what reads them.
fn effects() -> Vec<Arc<dyn Effect>> {
    vec![
        Arc::new(records::FollowLooks),
        Arc::new(intake::Projection),
        Arc::new(intake::attached::Follow),
        Arc::new(people::Projection),
        Arc::new(contracts::FollowContracts),
        Arc::new(policies::FollowPolicies),
        Arc::new(requests::FollowRequests),
        Arc::new(customers::Projection),
        Arc::new(customers::Follow),
        Arc::new(assets::FollowAssets),
        Arc::new(companies::Projection),
        Arc::new(people::FollowMatches),
        Arc::new(access::FollowRoles),
        Arc::new(access::FollowLeaving),
        Arc::new(restrictions::Follow),
        Arc::new(cases::FollowCases),
        Arc::new(handover::FollowHandovers),
        Arc::new(notify::FollowNotices),
        Arc::new(signals::words::FollowVersions),
        Arc::new(signals::words::Keep),
        Arc::new(signals::links::Projection),
        Arc::new(alerts::Raise),
        Arc::new(alerts::RaiseLeavers),
        Arc::new(alerts::RaiseInterests),
    ]
}

fn jobs() -> jobs::Registry {
    jobs::Registry::default()
        .on(people::day::JOB, people::day::run)
        .on(package::job::KIND, package::job::run)
        .on(intake::quarantine::RELEASE_JOB, intake::quarantine::run_release)
        .on(intake::quarantine::EXPIRE_JOB, intake::quarantine::run_expire)
        .on(intake::attached::SWEEP_JOB, intake::attached::run_sweep)
        .on(privacy::erase::FINISH_JOB, privacy::erase::run_finish)
        .on(intake::import::RUN_JOB, intake::import::run_job)
        .when_given_up(intake::import::RUN_JOB, intake::import::run_given_up)
        .on(intake::import::EXPIRE_JOB, intake::import::run_expire)
        .on(customers::reassign::JOB, customers::reassign::run)
        .on(restrictions::EXPIRE_JOB, restrictions::run_expire)
        .on(access::views::SEAL_JOB, access::views::run_seal)
        .on(access::identity::changes::LAPSE_JOB, access::identity::changes::run_lapse)
        .on(signals::links::FOLLOW, alerts::run_follow)
        .patient(signals::links::FOLLOW)
        .on(signals::links::FOLLOW_ALL, alerts::run_follow_all)
        .on(alerts::SNOOZE_ENDS, alerts::run_snooze_ends)
        .on(handover::start::FOLLOW_JOB, handover::start::run_follow)
        .on(handover::start::LATER_JOB, handover::start::run_later)
        .on(handover::clock::CLOCK_JOB, handover::clock::run)
        .on(handover::property::JOB, handover::property::run)
        .on(notify::outbox::SEND_JOB, notify::outbox::run_send)
}

/// Opens a company without starting any of its background work.
pub async fn open(database_url: &str, blobs_url: &str, data_dir: &Path, clock: Arc<dyn Clock>) -> Result<Arc<Company>> {
    Company::open(Parts {
        store: Store::connect(database_url).await?,
        blobs: Blobs::open(blobs_url)?,
        data_dir: data_dir.to_owned(),
        clock,
        effects: effects(),
        jobs: jobs(),
    })
    .await
}
