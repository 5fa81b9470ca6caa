//! How long a person waits for a list, a search or a file among a hundred thousand people and two million customers, for
//! every reach: everybody's, the own, a team of a handful, a team of five thousand; and how long five thousand customers
//! take to change hands. Over HTTP, signed in as people are.

use crate::{
    Plan,
    curve::plain,
    large::{self, DIRECTOR, KEY_CUSTOMERS, KEY_SELLER, Large, MANAGER, RECEIVER, SALES, SELLER, TEAM, Visitor, customer_name, person_name},
    report::{Row, Unit, percentile},
    serve::engines,
};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::time::{Duration, Instant};

const REACH_MS: f64 = 150.0;
const REASSIGNED_S: f64 = 10.0;
const MAY_GROW: f64 = 0.15;

pub async fn measure(plan: &Plan) -> Result<Vec<Row>> {
    // The same people at both sizes, so that only the customers grow.
    let (people, sizes): (u32, &[u32]) = if plan.short { (8_000, &[20_000, 80_000]) } else { (100_000, &[200_000, 2_000_000]) };
    let mut rows = Vec::new();
    for engine in engines() {
        let mut before: Vec<Group> = Vec::new();
        for size in sizes {
            let large = large::take(plan, engine, people, *size).await?;
            let groups = groups(&large, if plan.short { 15 } else { 60 }).await?;
            let last = sizes.last() == Some(size);
            if last && !plan.short {
                rows.extend(groups.iter().map(|g| row(g, &large)));
                rows.push(memory(&large)?);
                rows.push(reassigned(&large).await?);
            }
            if last {
                rows.push(growth(&before, &groups, sizes, engine));
            }
            before = groups;
        }
    }
    Ok(rows)
}

/// What is asked of one kind of page by somebody with one reach.
struct Group {
    what: &'static str,
    questions: Vec<Question>,
}

struct Question {
    what: &'static str,
    samples: Vec<f64>,
}

impl Group {
    /// Of its slowest question.
    fn slowest(&self, part: f64) -> Option<(&Question, f64)> {
        self.questions.iter().map(|q| (q, percentile(&q.samples, part))).max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

fn row(group: &Group, large: &Large) -> Row {
    let (slowest, figure) = group.slowest(0.95).map_or(("", f64::NAN), |(q, figure)| (q.what, figure));
    let others: Vec<String> = group.questions.iter().map(|q| format!("{} {:.0}", q.what, percentile(&q.samples, 0.95))).collect();
    Row {
        what: format!(
            "{}, {} people and {} customers, {}, p95",
            group.what,
            plain(f64::from(large.people)),
            plain(f64::from(large.customers)),
            large.server.place.engine
        ),
        figure,
        unit: Unit::Milliseconds,
        reach: Some(REACH_MS),
        aim: None,
        note: format!("the slowest of {} questions, “{slowest}”; each in ms: {}", group.questions.len(), others.join(", ")),
        samples: group.questions.iter().flat_map(|q| q.samples.clone()).collect(),
    }
}

/// The power of the number of customers that the page which grows most grows with, by medians: of few samples the slowest
/// is the machine's. What takes no longer than a request takes anyway does not count as growing.
fn growth(before: &[Group], after: &[Group], sizes: &[u32], engine: &str) -> Row {
    let times = f64::from(sizes[sizes.len() - 1]) / f64::from(sizes[0]);
    let mut all: Vec<(f64, String)> = Vec::new();
    for (small, large) in before.iter().zip(after) {
        let middle = |g: &Group| percentile(&g.questions.iter().map(|q| percentile(&q.samples, 0.5)).collect::<Vec<_>>(), 0.5);
        let (small_ms, large_ms) = (middle(small), middle(large));
        all.push(((large_ms / small_ms).ln() / times.ln(), format!("{} {small_ms:.1} → {large_ms:.1} ms", small.what)));
    }
    let powers: Vec<f64> = all.iter().map(|(power, _)| *power).collect();
    Row {
        what: format!("growth: lists, searches and files of people and customers, {engine}, as a power of the number of customers"),
        figure: percentile(&powers, 0.5),
        unit: Unit::Power,
        reach: Some(MAY_GROW),
        aim: None,
        note: format!(
            "the middle of {} kinds of page, from {} to {} customers: {}",
            all.len(),
            plain(f64::from(sizes[0])),
            plain(f64::from(sizes[sizes.len() - 1])),
            all.iter().map(|(_, told)| told.as_str()).collect::<Vec<_>>().join(", ")
        ),
        samples: powers,
    }
}

fn memory(large: &Large) -> Result<Row> {
    Ok(Row {
        what: format!("resident memory after all these pages, {}", large.server.place.engine),
        figure: large.server.resident_mib()?,
        unit: Unit::Mebibytes,
        reach: None,
        aim: None,
        note: String::new(),
        samples: Vec::new(),
    })
}

type Asked<'a> = (&'static str, &'a Visitor, Vec<String>);

async fn groups(large: &Large, times: usize) -> Result<Vec<Group>> {
    let n = large.customers;
    let customers = |query: &str| vec![format!("/api/v1/customers{query}")];
    let people = |query: &str| vec![format!("/api/v1/employees?limit=50{query}")];
    let some = |path: &dyn Fn(u32) -> String| (1..40).map(|i| path(i * 9_973 % n)).collect::<Vec<_>>();
    // Every fourth has deals, orders, receivables and notes; the first are the key seller's.
    let files = |query: &str| some(&|i| format!("/api/v1/customers/C{:07}{query}", i / 4 * 4));
    let named = some(&|i| format!("/api/v1/customers?q={}", customer_name(i)));
    let later = cursor(large, "/api/v1/customers?limit=500").await?;
    let later_people = cursor(large, "/api/v1/employees?limit=500").await?;
    let (hr, seller, manager, last, director) = (&large.hr, &large.seller, &large.manager, &large.last_manager, &large.director);
    let asked: Vec<(&'static str, Vec<Asked<'_>>)> = vec![
        (
            "customers: everybody's list",
            vec![
                ("first page", hr, customers("")),
                ("a later page", hr, customers(&format!("?cursor={later}"))),
                ("by tier", hr, customers("?tier=high_value")),
                ("nobody's", hr, customers("?held=nobody")),
                ("of an employee", hr, customers("?employee=E00123")),
                ("of one with 5,000", hr, customers(&format!("?employee={KEY_SELLER}"))),
                ("promises due", hr, vec!["/api/v1/promises".into()]),
            ],
        ),
        ("customers: the own list", vec![("first page", seller, customers("")), ("by tier", seller, customers("?tier=high_value"))]),
        (
            "customers: list of a team of 50",
            vec![
                ("first page", manager, customers("")),
                ("by tier", manager, customers("?tier=high_value")),
                ("whose customers are the last", last, customers("")),
                ("promises due", manager, vec!["/api/v1/promises".into()]),
            ],
        ),
        (
            "customers: list of a team of 5,000",
            vec![
                ("first page", director, customers("")),
                ("by tier", director, customers("?tier=high_value")),
                ("of an employee", director, customers("?employee=E00123")),
                ("promises due", director, vec!["/api/v1/promises".into()]),
            ],
        ),
        (
            "customers: search, everybody's",
            vec![
                ("one hit", hr, named.clone()),
                ("common", hr, customers("?q=建材")),
                ("most", hr, customers("?q=有限公司")),
                ("hundreds", hr, customers("?q=恒达建材")),
                ("initials", hr, customers("?q=shhd")),
                ("pinyin", hr, customers("?q=shanghaiheng")),
                ("by id", hr, some(&|i| format!("/api/v1/customers?q=c{i:07}"))),
                ("nothing", hr, customers("?q=zzzqqq")),
                ("nothing, Chinese", hr, customers("?q=鱻鱻")),
                ("common, by tier", hr, customers("?q=建材&tier=high_value")),
            ],
        ),
        (
            "customers: search, own and teams",
            vec![
                ("own, common", seller, customers("?q=建材")),
                ("own, nothing", seller, customers("?q=鱻鱻")),
                ("team of 50, common", manager, customers("?q=建材")),
                ("team of 50, initials", manager, customers("?q=shhd")),
                ("team of 50, one hit", manager, named.clone()),
                ("the last team, common", last, customers("?q=建材")),
                ("team of 5,000, one hit", director, named),
                ("team of 5,000, common", director, customers("?q=建材")),
                ("team of 5,000, initials", director, customers("?q=shhd")),
                ("team of 5,000, nothing", director, customers("?q=鱻鱻")),
            ],
        ),
        (
            "customers: file",
            vec![
                ("now", hr, files("")),
                ("on a day, as known then", hr, files("?on=2026-06-01&known=2026-06-01")),
                ("of the team", director, {
                    // The director does not see what nobody or the key seller serves.
                    (1..40).map(|i| format!("/api/v1/customers/C{:07}", i * 9_973 % (n / 50 * 49) / 10 * 10)).collect()
                }),
            ],
        ),
        (
            "people: list",
            vec![
                ("first page", hr, people("")),
                ("a later page", hr, people(&format!("&cursor={later_people}"))),
                ("a department", hr, people("&department=事业部7/部门397")),
                ("resigning", hr, people("&status=resigning")),
                ("team of 50", manager, people("")),
                ("team of 5,000", director, people("")),
                ("departments", hr, vec!["/api/v1/departments".into()]),
                ("departments, team of 5,000", director, vec!["/api/v1/departments".into()]),
            ],
        ),
        (
            "people: search",
            vec![
                ("a common name", hr, people("&q=张")),
                ("a rare name", hr, (1..40).map(|i| format!("/api/v1/employees?limit=50&q={}", person_name(i * 97))).collect()),
                ("pinyin", hr, people("&q=zhouqiming")),
                ("beginning of pinyin", hr, people("&q=zhouq")),
                ("initials", hr, people("&q=zqm")),
                ("number", hr, people(&format!("&q={SELLER}"))),
                ("nobody", hr, people("&q=xyzzy")),
                ("nobody, Chinese", hr, people("&q=鱻鱻")),
                ("resigning, by name", hr, people("&status=resigning&q=张")),
                ("team of 50, by name", manager, people("&q=张")),
                ("team of 5,000, by name", director, people("&q=周启明")),
                ("team of 5,000, nobody", director, people("&q=xyzzy")),
            ],
        ),
        (
            "people: file",
            vec![
                ("anybody's", hr, (1..40).map(|i| format!("/api/v1/employees/P{:06}", i * 17)).collect()),
                ("a seller's", hr, vec![format!("/api/v1/employees/{SELLER}")]),
                ("of one with 5,000 customers", hr, vec![format!("/api/v1/employees/{KEY_SELLER}")]),
                ("the customers of that one", hr, vec![format!("/api/v1/employees/{KEY_SELLER}/customers")]),
                ("the customers of that one, by name", hr, vec![format!("/api/v1/employees/{KEY_SELLER}/customers?q=鱻鱻")]),
                ("of the team", director, vec![format!("/api/v1/employees/{SELLER}"), format!("/api/v1/employees/{MANAGER}")]),
                ("the head of 5,000", hr, vec![format!("/api/v1/employees/{DIRECTOR}")]),
            ],
        ),
    ];
    let mut groups = Vec::new();
    for (what, questions) in asked {
        let mut group = Group { what, questions: Vec::new() };
        for (what, who, paths) in questions {
            let mut samples = Vec::with_capacity(times);
            for path in paths.iter().cycle().take(times) {
                let began = Instant::now();
                large.get(who, path).await?;
                samples.push(began.elapsed().as_secs_f64() * 1000.0);
            }
            group.questions.push(Question { what, samples });
        }
        for question in &group.questions {
            eprintln!(
                "  {} of {n}: {}: {}: p50 {:.1} ms, p95 {:.1} ms",
                large.server.place.engine,
                group.what,
                question.what,
                percentile(&question.samples, 0.5),
                percentile(&question.samples, 0.95)
            );
        }
        groups.push(group);
    }
    check(large).await?;
    Ok(groups)
}

/// The answers are those that are timed: what each may see is there.
async fn check(large: &Large) -> Result<()> {
    let count = async |who: &Visitor, path: &str| anyhow::Ok(large.get(who, path).await?["items"].as_array().context("a list")?.len());
    for (who, path, least) in [
        (&large.hr, "/api/v1/customers", 50),
        (&large.seller, "/api/v1/customers", 5),
        (&large.manager, "/api/v1/customers", 50),
        (&large.last_manager, "/api/v1/customers", 50),
        (&large.director, "/api/v1/customers", 50),
        (&large.director, "/api/v1/customers?q=建材", 50),
        (&large.hr, "/api/v1/customers?held=nobody", 50),
        (&large.hr, "/api/v1/employees?q=zhouqiming", 1),
        (&large.director, "/api/v1/employees", 50),
    ] {
        let found = count(who, path).await?;
        ensure!(found >= least, "{path}: {found} rows of at least {least}");
    }
    ensure!(count(&large.hr, "/api/v1/customers?q=鱻鱻").await? == 0, "a name that nobody has is found");
    Ok(())
}

async fn cursor(large: &Large, path: &str) -> Result<String> {
    Ok(large.get(&large.hr, path).await?["next_cursor"].as_str().context("there is a next page")?.to_owned())
}

/// One person's five thousand customers, with the progress a page shows meanwhile.
async fn reassigned(large: &Large) -> Result<Row> {
    // In a company that was kept they may have changed hands in the run before: then they go back.
    let hers = large.get(&large.hr, &format!("/api/v1/customers?employee={KEY_SELLER}&limit=1")).await?;
    let (from, to) = if hers["items"].as_array().is_some_and(Vec::is_empty) { (RECEIVER, KEY_SELLER) } else { (KEY_SELLER, RECEIVER) };
    let wanted = json!({ "from": from, "to": to, "reason": "离职交接" });
    let began = Instant::now();
    let made = large.post(&large.hr, "/api/v1/customers/reassign", &wanted).await?;
    let path = format!("/api/v1/reassignments/{}", made["id"].as_str().context("it has an id")?);
    let mut steps: Vec<i64> = Vec::new();
    loop {
        let now = large.get(&large.hr, &path).await?;
        let done = now["done"].as_i64().unwrap_or_default();
        if steps.last() != Some(&done) {
            steps.push(done);
        }
        if now["status"] == "done" {
            ensure!(done == i64::from(KEY_CUSTOMERS), "of {KEY_CUSTOMERS} were {done} reassigned: {now}");
            break;
        }
        ensure!(began.elapsed() < Duration::from_secs(120), "the reassignment does not end: {now}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(Row {
        what: format!("{} customers of one person reassigned, {}", plain(f64::from(KEY_CUSTOMERS)), large.server.place.engine),
        figure: began.elapsed().as_secs_f64(),
        unit: Unit::Seconds,
        reach: Some(REASSIGNED_S),
        aim: None,
        note: format!(
            "done as a page saw it: {}; {} sellers in teams of {TEAM}",
            steps.iter().map(i64::to_string).collect::<Vec<_>>().join(", "),
            plain(f64::from(SALES))
        ),
        samples: Vec::new(),
    })
}
