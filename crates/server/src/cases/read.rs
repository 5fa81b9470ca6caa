//! What a case looks like from outside: the list and the file.

use super::{
    find, grade,
    model::{case, case_alert, case_event, case_file, case_record},
    recuse,
};
use crate::{
    access::Caller,
    company::Company,
    error::Result,
    evidence::package,
    http::{List, Page, instant},
    people,
    records::{id_of, idx_of, model::record},
    said::Lang,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::SelectStatement,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    pub employee: Option<String>,
    /// `open` or `closed`.
    pub status: Option<String>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseItem {
    pub id: String,
    /// 案2026-0001
    pub number: String,
    pub title: String,
    pub employee: String,
    pub employee_name: Option<String>,
    /// `open` or `closed`.
    pub status: String,
    pub outcome: Option<String>,
    pub opened_at: String,
    pub opened_by: String,
    pub closed_at: Option<String>,
    pub records: i64,
    pub alerts: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRecord {
    pub id: String,
    pub kind: String,
    pub source: String,
    pub at: String,
    pub received_at: String,
    pub added_at: String,
    pub added_by: String,
    pub reason: String,
    /// `A` complete … `D` do not rely on it.
    pub grade: String,
    /// What is missing for a better grade, in the caller's language.
    pub missing: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFile {
    pub sha256: String,
    pub name: String,
    pub size: i64,
    pub added_at: String,
    pub added_by: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseEvent {
    pub at: String,
    pub by: String,
    /// `opened`, `records_added`, `noted`, `file_added`, `retitled`, `closed`, `reopened`, `package_requested`, `package_built`, `recused`, `told`.
    pub kind: String,
    pub text: Option<String>,
    /// The act's own record.
    pub record: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDetail {
    pub id: String,
    pub number: String,
    pub title: String,
    pub employee: String,
    pub employee_name: Option<String>,
    pub status: String,
    pub outcome: Option<String>,
    pub opened_at: String,
    pub opened_by: String,
    pub closed_at: Option<String>,
    pub reason: String,
    pub revision: i64,
    /// Alert ids.
    pub alerts: Vec<String>,
    pub records: Vec<CaseRecord>,
    pub files: Vec<CaseFile>,
    pub events: Vec<CaseEvent>,
    pub packages: Vec<package::Status>,
    /// Who is kept out, and which managers of the subject may read it.
    pub ties: Vec<recuse::CaseTie>,
    /// When the employee was told of it.
    pub told_at: Option<String>,
}

#[derive(FromQueryResult)]
struct Count {
    case_id: String,
    n: i64,
}

/// Cases, newest first.
pub async fn list(company: &Company, caller: &Caller, filter: &Filter) -> Result<List<CaseItem>> {
    let page = Page { limit: filter.limit, cursor: filter.cursor.clone() };
    let mut query = case::Entity::find().order_by_desc(case::Column::OpenedAt).order_by_desc(case::Column::Id);
    query = query.filter(case::Column::Employee.is_not_in(caller.recusals()));
    if let Some(employee) = &filter.employee {
        query = query.filter(case::Column::Employee.eq(employee));
    }
    if let Some(status) = &filter.status {
        query = query.filter(case::Column::Status.eq(status));
    }
    if let Some((at, id)) = page.after::<(i64, String)>()? {
        query = query
            .filter(Condition::any().add(case::Column::OpenedAt.lt(at)).add(Condition::all().add(case::Column::OpenedAt.eq(at)).add(case::Column::Id.lt(id))));
    }
    let db = company.store.read();
    let rows = query.limit(page.limit() + 1).all(db).await?;
    let rows = page.close(rows, |row| (row.opened_at, row.id.clone()));
    let ids: Vec<String> = rows.items.iter().map(|r| r.id.clone()).collect();
    let records: Vec<Count> = case_record::Entity::find()
        .select_only()
        .column(case_record::Column::CaseId)
        .column_as(case_record::Column::Idx.count(), "n")
        .filter(case_record::Column::CaseId.is_in(ids.clone()))
        .group_by(case_record::Column::CaseId)
        .into_model()
        .all(db)
        .await?;
    let alerts: Vec<Count> = case_alert::Entity::find()
        .select_only()
        .column(case_alert::Column::CaseId)
        .column_as(case_alert::Column::Alert.count(), "n")
        .filter(case_alert::Column::CaseId.is_in(ids))
        .group_by(case_alert::Column::CaseId)
        .into_model()
        .all(db)
        .await?;
    let by_case = |counts: Vec<Count>| -> HashMap<String, i64> { counts.into_iter().map(|c| (c.case_id, c.n)).collect() };
    let (records, alerts) = (by_case(records), by_case(alerts));
    let numbers: Vec<String> = rows.items.iter().map(|r| r.employee.clone()).collect();
    let names = people::names_of(db, &numbers).await?;
    let items = rows
        .items
        .into_iter()
        .map(|row| CaseItem {
            records: records.get(&row.id).copied().unwrap_or(0),
            alerts: alerts.get(&row.id).copied().unwrap_or(0),
            employee_name: names.get(&row.employee).cloned(),
            id: row.id,
            number: row.number,
            title: row.title,
            employee: row.employee,
            status: row.status,
            outcome: row.outcome,
            opened_at: instant(row.opened_at),
            opened_by: row.opened_by,
            closed_at: row.closed_at.map(instant),
        })
        .collect();
    Ok(List { items, next_cursor: rows.next_cursor })
}

/// The records of a case, in log order.
pub async fn records_of(company: &Company, id: &str) -> Result<Vec<case_record::Model>> {
    let query = case_record::Entity::find().filter(case_record::Column::CaseId.eq(id)).order_by_asc(case_record::Column::Idx);
    Ok(query.all(company.store.read()).await?)
}

pub async fn files_of(company: &Company, id: &str) -> Result<Vec<case_file::Model>> {
    let query =
        case_file::Entity::find().filter(case_file::Column::CaseId.eq(id)).order_by_asc(case_file::Column::AddedAt).order_by_asc(case_file::Column::Sha256);
    Ok(query.all(company.store.read()).await?)
}

/// What a case held at a revision.
#[derive(Debug, Default)]
pub struct Held {
    /// Log index of each record and why it was put in.
    pub records: BTreeMap<i64, String>,
    pub files: Vec<case_file::Model>,
}

/// What the case held at this revision, read back from its acts: what was put in later is not in it.
pub async fn held_at(company: &Company, id: &str, revision: i64) -> Result<Held> {
    let mut held = Held::default();
    let mut named = HashSet::new();
    // Acts of packages make no revision (`follow`).
    let acts = events_of(company, id).await?.into_iter().filter(|act| !act.kind.starts_with("package_"));
    for act in acts.take(usize::try_from(revision).unwrap_or_default()) {
        let data: Value = serde_json::from_str(&act.data)?;
        for idx in data["records"].as_array().into_iter().flatten().filter_map(|r| idx_of(r.as_str()?)) {
            // Already in the case: it stays with the reason it came in with.
            held.records.entry(idx).or_insert_with(|| data["reason"].as_str().unwrap_or_default().to_owned());
        }
        if act.kind == "file_added" {
            named.extend(data["sha256"].as_str().map(str::to_owned));
        }
    }
    held.files = files_of(company, id).await?.into_iter().filter(|file| named.contains(&file.sha256)).collect();
    Ok(held)
}

/// Cases that hold any of these records.
pub async fn holding(db: &impl ConnectionTrait, records: &[i64]) -> Result<Vec<String>> {
    let mut cases = BTreeSet::new();
    for part in records.chunks(1000) {
        let found: Vec<String> = case_record::Entity::find()
            .select_only()
            .column(case_record::Column::CaseId)
            .distinct()
            .filter(case_record::Column::Idx.is_in(part.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        cases.extend(found);
    }
    Ok(cases.into_iter().collect())
}

/// Those of these files that are attached to some case.
pub async fn attached(db: &impl ConnectionTrait, digests: &[String]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for part in digests.chunks(500) {
        let query = case_file::Entity::find().select_only().column(case_file::Column::Sha256).filter(case_file::Column::Sha256.is_in(part.iter().cloned()));
        found.extend(query.into_tuple::<String>().all(db).await?);
    }
    Ok(found)
}

/// Papers and cases of an employee.
pub async fn of_employee(db: &impl ConnectionTrait, employee: &str) -> Result<(Vec<String>, Vec<String>)> {
    let cases: Vec<String> =
        case::Entity::find().select_only().column(case::Column::Id).filter(case::Column::Employee.eq(employee)).into_tuple().all(db).await?;
    let mut papers = Vec::new();
    for part in cases.chunks(500) {
        let query = case_file::Entity::find().select_only().column(case_file::Column::Sha256).filter(case_file::Column::CaseId.is_in(part.iter().cloned()));
        papers.extend(query.into_tuple::<String>().all(db).await?);
    }
    Ok((cases, papers))
}

/// The act that put a file into the case, and the file's name.
pub async fn file_act(company: &Company, id: &str, sha256: &str) -> Result<Option<(i64, String)>> {
    let Some(file) = case_file::Entity::find_by_id((id.to_owned(), sha256.to_owned())).one(company.store.read()).await? else { return Ok(None) };
    let act = events_of(company, id).await?.into_iter().find(|e| e.kind == "file_added" && e.data.contains(sha256));
    Ok(act.map(|act| (act.idx, file.name)))
}

pub async fn events_of(company: &Company, id: &str) -> Result<Vec<case_event::Model>> {
    let query = case_event::Entity::find().filter(case_event::Column::CaseId.eq(id)).order_by_asc(case_event::Column::Idx);
    Ok(query.all(company.store.read()).await?)
}

/// The whole file of a case.
pub async fn detail(company: &Company, id: &str, lang: Lang) -> Result<CaseDetail> {
    let case = find(company, id).await?;
    let db = company.store.read();
    let alerts: Vec<String> =
        case_alert::Entity::find().select_only().column(case_alert::Column::Alert).filter(case_alert::Column::CaseId.eq(id)).into_tuple().all(db).await?;
    let inside = records_of(company, id).await?;
    let indices: Vec<i64> = inside.iter().map(|r| r.idx).collect();
    let grades = grade::of_records(company, case.opened_at, &indices, package::integrity(company).await?).await?;
    let mut envelopes: HashMap<i64, (String, String, i64, i64)> = HashMap::with_capacity(indices.len());
    for part in indices.chunks(1000) {
        let rows: Vec<(i64, String, String, i64, i64)> = record::Entity::find()
            .select_only()
            .columns([record::Column::Idx, record::Column::Kind, record::Column::Source, record::Column::At, record::Column::ReceivedAt])
            .filter(record::Column::Idx.is_in(part.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        envelopes.extend(rows.into_iter().map(|(idx, kind, source, at, received)| (idx, (kind, source, at, received))));
    }
    let mut records: Vec<(i64, CaseRecord)> = inside
        .into_iter()
        .map(|row| {
            let (kind, source, at, received_at) = envelopes.remove(&row.idx).unwrap_or_default();
            let grade = grades.get(&row.idx);
            let shown = CaseRecord {
                id: id_of(row.idx),
                kind,
                source,
                at: instant(at),
                received_at: instant(received_at),
                added_at: instant(row.added_at),
                added_by: row.added_by,
                reason: row.reason,
                grade: grade.map_or('D', |g| g.letter).to_string(),
                missing: grade.map(|g| g.missing.iter().map(|m| m.pick(lang).to_owned()).collect()).unwrap_or_default(),
            };
            (at, shown)
        })
        .collect();
    records.sort_by_key(|(at, _)| *at);
    let names = people::names_of(db, std::slice::from_ref(&case.employee)).await?;
    let acts = events_of(company, id).await?;
    let told = acts.iter().find(|e| e.kind == "told").map(|e| e.at);
    let events =
        acts.into_iter().map(|row| CaseEvent { at: instant(row.at), by: row.actor_name, kind: row.kind, text: row.text, record: Some(id_of(row.idx)) });
    let files = files_of(company, id).await?.into_iter().map(|row| CaseFile {
        sha256: row.sha256,
        name: row.name,
        size: row.size,
        added_at: instant(row.added_at),
        added_by: row.added_by,
    });
    Ok(CaseDetail {
        employee_name: names.get(&case.employee).cloned(),
        alerts,
        records: records.into_iter().map(|(_, r)| r).collect(),
        files: files.collect(),
        events: events.collect(),
        packages: package::of_case(company, id, lang).await?,
        ties: recuse::ties(company, &case).await?,
        told_at: told.map(instant),
        id: case.id,
        number: case.number,
        title: case.title,
        employee: case.employee,
        status: case.status,
        outcome: case.outcome,
        opened_at: instant(case.opened_at),
        opened_by: case.opened_by,
        closed_at: case.closed_at.map(instant),
        reason: case.reason,
        revision: case.revision,
    })
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CaseOfAlert {
    pub id: String,
    pub number: String,
    pub status: String,
}

/// The cases that these alerts were taken into, newest first.
pub async fn of_alerts(db: &impl ConnectionTrait, alerts: &[String]) -> Result<HashMap<String, Vec<CaseOfAlert>>> {
    let mut all: HashMap<String, Vec<CaseOfAlert>> = HashMap::new();
    for part in alerts.chunks(500) {
        let taken = case_alert::Entity::find().filter(case_alert::Column::Alert.is_in(part.iter().cloned())).all(db).await?;
        if taken.is_empty() {
            continue;
        }
        let ids: BTreeSet<String> = taken.iter().map(|row| row.case_id.clone()).collect();
        let cases =
            case::Entity::find().filter(case::Column::Id.is_in(ids)).order_by_desc(case::Column::OpenedAt).order_by_desc(case::Column::Id).all(db).await?;
        for case in cases {
            for row in taken.iter().filter(|row| row.case_id == case.id) {
                let one = CaseOfAlert { id: case.id.clone(), number: case.number.clone(), status: case.status.clone() };
                all.entry(row.alert.clone()).or_default().push(one);
            }
        }
    }
    Ok(all)
}

pub fn alerts_in_open_cases() -> SelectStatement {
    case_alert::Entity::find()
        .select_only()
        .column(case_alert::Column::Alert)
        .filter(
            case_alert::Column::CaseId
                .in_subquery(case::Entity::find().select_only().column(case::Column::Id).filter(case::Column::Status.eq("open")).into_query()),
        )
        .into_query()
}
