//! What the server holds in memory: a minute after a restart with a company in it, after the first requests, and
//! while `probity fsck` looks at everything.

use crate::{
    Plan,
    chains::size,
    filled::{self, Filled},
    report::{Row, Unit},
};
use anyhow::Result;
use std::time::Duration;

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let Filled { server, about } = filled::take(plan, size(plan)).await?;
    let server = server.stop()?.serve()?;
    tokio::time::sleep(Duration::from_secs(if plan.short { 10 } else { 60 })).await;
    let idle = server.resident_mib()?;
    // What the alert queue asks for.
    for path in ["/api/v1/session", "/api/v1/alerts?status=open&limit=50", "/api/v1/alerts/summary", "/api/v1/employees?limit=500"] {
        server.get(path).await?;
    }
    let queue = server.resident_mib()?;
    for employee in about.busy.iter().chain(about.diverters.iter().take(20)) {
        server.get(&format!("/api/v1/employees/{employee}/chains")).await?;
    }
    let chains = server.resident_mib()?;
    let row = Row {
        what: format!("resident memory {} s after a restart with {} records", if plan.short { 10 } else { 60 }, crate::curve::plain(about.records as f64)),
        figure: idle,
        unit: Unit::Mebibytes,
        reach: Some(150.0),
        aim: Some(60.0),
        note: format!("{queue:.0} MiB after opening the alert queue, {chains:.0} MiB after the chains of 25 people"),
        samples: vec![idle],
    };
    filled::give_back(Filled { server, about });
    Ok(vec![row])
}
