//! The chains of one employee over HTTP, as the pages ask for them: diverters, look-alikes, people with tens of
//! thousands of records of their own, and ordinary ones.

use crate::{
    Plan,
    filled::{self, Filled},
    report::{Row, Unit, percentile},
};
use anyhow::{Context, Result};
use std::time::Instant;

/// Each is asked this often; the first finds nothing in memory.
const TIMES: usize = 3;
/// People without a story who are asked for in a company that has no other.
const FEW: usize = 5;

pub fn size(plan: &Plan) -> usize {
    if plan.short { 16_000 } else { 1_000_000 }
}

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let filled = filled::take(plan, size(plan)).await?;
    if plan.short {
        let row = against_a_page(&filled).await?;
        filled::give_back(filled);
        return Ok(vec![row]);
    }
    let cpu = filled.server.cpu()?;
    let times = Times::of(&filled).await?;
    let each = (filled.server.cpu()? - cpu) * 1000.0 / times.all.len() as f64;
    let about = &filled.about;
    let own = busiest(&filled).await?;
    let row = Row {
        what: format!("chains of one employee among {} records, p99", crate::curve::plain(about.records as f64)),
        figure: percentile(&times.all, 0.99),
        unit: Unit::Milliseconds,
        reach: Some(100.0),
        aim: Some(20.0),
        note: format!(
            "{} employees; p50 {:.1} ms; {each:.1} ms of processor time each; with a chain: {} people, p50 {:.1} ms, p99 {:.1} ms; the busiest has {own} records, p99 of the busy {:.1} ms",
            times.employees,
            percentile(&times.all, 0.5),
            times.with_chain,
            percentile(&times.chained, 0.5),
            percentile(&times.chained, 0.99),
            percentile(&times.busy, 0.99),
        ),
        samples: times.all,
    };
    filled::give_back(filled);
    Ok(vec![row])
}

/// For a short run: the time of a plain page of the busy people's records ÷ that of their chains. In so small a company
/// one or the other has no chain in the end; looking for it is the same work.
async fn against_a_page(filled: &Filled) -> Result<Row> {
    let mut samples = Vec::new();
    let mut note = String::new();
    for _ in 0..9 {
        let (mut page, mut found) = (0.0, 0.0);
        for employee in &filled.about.busy {
            page += ms(filled, &format!("/api/v1/records?employee={employee}&limit=500")).await?;
            found += ms(filled, &format!("/api/v1/employees/{employee}/chains")).await?;
        }
        samples.push(page / found);
        note = format!("{page:.0} ms ÷ {found:.0} ms for {} people, the last time", filled.about.busy.len());
    }
    Ok(Row::ratio("page of 500 records ÷ chains of the same person", samples, 0.0, 1.0, note))
}

async fn ms(filled: &Filled, path: &str) -> Result<f64> {
    let began = Instant::now();
    filled.server.get(path).await?;
    Ok(began.elapsed().as_secs_f64() * 1000.0)
}

/// Milliseconds.
pub struct Times {
    pub all: Vec<f64>,
    pub chained: Vec<f64>,
    /// Of the busy, who have a share of all records, and of everybody else.
    pub busy: Vec<f64>,
    pub others: Vec<f64>,
    pub employees: usize,
    pub with_chain: usize,
}

impl Times {
    pub async fn of(filled: &Filled) -> Result<Self> {
        let about = &filled.about;
        let mut times = Self { all: Vec::new(), chained: Vec::new(), busy: Vec::new(), others: Vec::new(), employees: 0, with_chain: 0 };
        // As many without a story as with one, and some where nobody has one.
        let suspected: Vec<&String> = about.diverters.iter().chain(&about.look_alikes).filter(|e| !about.busy.contains(e)).collect();
        let plain = about.ordinary.iter().filter(|e| !about.busy.contains(e)).take(suspected.len().max(FEW));
        for employee in about.busy.iter().chain(suspected.iter().copied()).chain(plain) {
            let mut found = false;
            let mut own = Vec::new();
            for _ in 0..TIMES {
                let began = Instant::now();
                let chains = filled.server.get(&format!("/api/v1/employees/{employee}/chains")).await?;
                own.push(began.elapsed().as_secs_f64() * 1000.0);
                found |= chains["items"].as_array().is_some_and(|all| !all.is_empty());
            }
            times.employees += 1;
            times.all.extend(&own);
            if found {
                times.with_chain += 1;
                times.chained.extend(&own);
            }
            let of_his_kind = if about.busy.contains(employee) { &mut times.busy } else { &mut times.others };
            of_his_kind.extend(&own);
        }
        Ok(times)
    }
}

/// How many records concern the busiest.
async fn busiest(filled: &Filled) -> Result<u64> {
    use probity_server::records::model::subject;
    use sea_orm::{ColumnTrait, Database, EntityTrait, PaginatorTrait, QueryFilter};
    let database = Database::connect(&filled.server.place.database_url).await?;
    let mut most = 0;
    for employee in &filled.about.busy {
        let count = subject::Entity::find().filter(subject::Column::Subject.eq(format!("e:{employee}"))).count(&database).await;
        most = most.max(count.context("counting a person's records")?);
    }
    database.close().await?;
    Ok(most)
}
