//! The record browser: envelopes by person, customer, kind, source and time. Content never, save by [`open`], which
//! is a look under a case.

use super::{
    blobs, facts,
    hidden::Hidden,
    kinds,
    model::{correction, source_count},
};
use crate::{
    access::Caller,
    company::Company,
    error::{Problem, Result},
    evidence::checkpoints,
    http::{Cursor, List, instant},
    records::{self, customer_subject, employee_subject, id_of, idx_of, model::record, model::subject},
    said::Lang,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Employee number.
    pub employee: Option<String>,
    pub customer: Option<String>,
    pub kind: Option<String>,
    pub source: Option<String>,
    pub source_id: Option<String>,
    /// Day or time, inclusive.
    pub from: Option<String>,
    /// Day (inclusive) or time.
    pub until: Option<String>,
    /// `desc` (newest first, the default) or `asc`.
    pub order: Option<String>,
    /// How many at most, 1–500; 50 if absent.
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// A record without its content.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Envelope {
    pub id: String,
    pub index: i64,
    pub source: String,
    pub source_id: String,
    pub kind: String,
    pub at: String,
    pub received_at: String,
    pub employee: Option<String>,
    /// `e:<employee>` and `c:<customer>` concerned.
    pub subjects: Vec<String>,
    /// What the kind is called.
    pub label: String,
    pub erased: bool,
    /// The record this one puts right.
    pub corrects: Option<String>,
    pub corrected_by: Option<String>,
}

/// Columns of a list: never the sealed content, which is most of a row.
type Row = (i64, String, String, String, i64, i64, Option<String>, Vec<u8>);
const COLUMNS: [record::Column; 8] = [
    record::Column::Idx,
    record::Column::Source,
    record::Column::SourceId,
    record::Column::Kind,
    record::Column::At,
    record::Column::ReceivedAt,
    record::Column::Employee,
    record::Column::Fingerprint,
];

/// A source with no more records than this is read whole and put in order here.
const FEW: i64 = if cfg!(test) { 3 } else { 20_000 };

pub async fn list(company: &Company, caller: &Caller, filter: &Filter, lang: Lang) -> Result<List<Envelope>> {
    let hidden = Hidden::from(caller);
    let limit = filter.limit.unwrap_or(50).clamp(1, 500);
    let newest_first = filter.order.as_deref() != Some("asc");
    let after: Option<(i64, i64)> = filter.cursor.as_deref().map(Cursor::open).transpose()?;
    let from = filter.from.as_deref().map(|t| moment(company, t, false)).transpose()?;
    let until = filter.until.as_deref().map(|t| moment(company, t, true)).transpose()?;

    // A person's or customer's records lie together in time order; only without one are all records asked.
    let who = match (&filter.employee, &filter.customer) {
        (Some(number), _) => Some(employee_subject(number)),
        (None, Some(id)) => Some(customer_subject(id)),
        (None, None) => None,
    };
    let mut rows: Vec<(i64, i64)> = match &who {
        Some(who) => by_subject(company, filter, &hidden, who, (from, until), after, newest_first, limit + 1).await?,
        None => by_time(company, filter, &hidden, (from, until), after, newest_first, limit + 1).await?,
    };
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next_cursor = if more { rows.last().map(Cursor::seal) } else { None };
    let indices: Vec<i64> = rows.into_iter().map(|(_, idx)| idx).collect();
    Ok(List { items: envelopes(company, &indices, lang).await?, next_cursor })
}

fn within(
    at: impl ColumnTrait + Copy,
    idx: impl ColumnTrait + Copy,
    (from, until): (Option<i64>, Option<i64>),
    after: Option<(i64, i64)>,
    newest_first: bool,
) -> Condition {
    let mut all = Condition::all();
    if let Some(from) = from {
        all = all.add(at.gte(from));
    }
    if let Some(until) = until {
        all = all.add(at.lt(until));
    }
    if let Some((t, i)) = after {
        all = all.add(if newest_first {
            Condition::any().add(at.lt(t)).add(Condition::all().add(at.eq(t)).add(idx.lt(i)))
        } else {
            Condition::any().add(at.gt(t)).add(Condition::all().add(at.eq(t)).add(idx.gt(i)))
        });
        // Beside the exact condition, a plain bound that an index can use.
        all = all.add(if newest_first { at.lte(t) } else { at.gte(t) });
    }
    all
}

#[expect(clippy::too_many_arguments, reason = "each narrows the list in its own way")]
async fn by_subject(
    company: &Company,
    filter: &Filter,
    hidden: &Hidden,
    who: &str,
    span: (Option<i64>, Option<i64>),
    after: Option<(i64, i64)>,
    newest_first: bool,
    limit: u64,
) -> Result<Vec<(i64, i64)>> {
    use subject::Column::{At, Idx, Kind, Subject};
    let mut query = subject::Entity::find()
        .select_only()
        .columns([At, Idx])
        .filter(Subject.eq(who))
        .filter(within(At, Idx, span, after, newest_first))
        .filter(hidden.filter(Kind, Idx));
    if let Some(kind) = &filter.kind {
        query = query.filter(Kind.eq(kind));
    }
    if let (Some(_), Some(customer)) = (&filter.employee, &filter.customer) {
        let both = Query::select()
            .column(Idx)
            .from_as(subject::Entity, "other")
            .and_where(Expr::col(("other", Subject)).eq(customer_subject(customer)))
            .and_where(Expr::col(("other", Idx)).equals((subject::Entity, Idx)))
            .to_owned();
        query = query.filter(Expr::exists(both));
    }
    if filter.source.is_some() || filter.source_id.is_some() {
        let mut named = Query::select();
        named.expr(Expr::val(1)).from(record::Entity).and_where(Expr::col((record::Entity, record::Column::Idx)).equals((subject::Entity, Idx)));
        if let Some(source) = &filter.source {
            named.and_where(record::Column::Source.eq(source));
        }
        if let Some(id) = &filter.source_id {
            named.and_where(record::Column::SourceId.eq(id));
        }
        query = query.filter(Expr::exists(named));
    }
    query = if newest_first { query.order_by_desc(At).order_by_desc(Idx) } else { query.order_by_asc(At).order_by_asc(Idx) };
    Ok(query.limit(limit).into_tuple().all(company.store.read()).await?)
}

async fn by_time(
    company: &Company,
    filter: &Filter,
    hidden: &Hidden,
    span: (Option<i64>, Option<i64>),
    after: Option<(i64, i64)>,
    newest_first: bool,
    limit: u64,
) -> Result<Vec<(i64, i64)>> {
    let db = company.store.read();
    let few = match &filter.source {
        Some(source) => source_count::Entity::find_by_id(source).one(db).await?.is_none_or(|c| c.records <= FEW),
        None => false,
    };
    let query = over_time(filter, hidden, few).filter(within(record::Column::At, record::Column::Idx, span, after, newest_first));
    if few {
        let mut rows: Vec<(i64, i64)> = query.into_tuple().all(db).await?;
        rows.sort_unstable();
        if newest_first {
            rows.reverse();
        }
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        return Ok(rows);
    }
    Ok(ordered(query, newest_first).limit(limit).into_tuple().all(db).await?)
}

fn ordered(query: Select<record::Entity>, newest_first: bool) -> Select<record::Entity> {
    use record::Column::{At, Idx};
    if newest_first { query.order_by_desc(At).order_by_desc(Idx) } else { query.order_by_asc(At).order_by_asc(Idx) }
}

/// Time and index of the records that a filter without a person names. With `few`, by the names of the source's records.
fn over_time(filter: &Filter, hidden: &Hidden, few: bool) -> Select<record::Entity> {
    use record::Column::{At, Idx, Kind, Source, SourceId};
    let mut query = record::Entity::find().select_only().columns([At, Idx]).filter(hidden.filter(Kind, Idx));
    if let Some(kind) = &filter.kind {
        query = query.filter(Kind.eq(kind));
        if kind != kinds::MESSAGE_SENT {
            // Word for word what the index of the rarer kinds is restricted to: a bound value would not bring it in.
            query = query.filter(Expr::cust("records.kind <> 'message.sent'"));
        }
    }
    if let Some(id) = &filter.source_id {
        query = query.filter(SourceId.eq(id));
    }
    match &filter.source {
        Some(source) if few || filter.source_id.is_some() => query.filter(Source.eq(source)),
        // Met soon on the way through time; by the index of names all of them would have to be put in order.
        Some(source) => query.filter(ExprTrait::eq(Expr::cust("records.source || ''"), source.as_str())),
        None => query,
    }
}

/// The envelopes of these records, in the order given; unknown ones are left out.
pub async fn envelopes(company: &Company, indices: &[i64], lang: Lang) -> Result<Vec<Envelope>> {
    let db = company.store.read();
    let mut found: HashMap<i64, Row> = HashMap::new();
    let mut subjects: HashMap<i64, Vec<String>> = HashMap::new();
    let mut corrects: HashMap<i64, i64> = HashMap::new();
    for part in indices.chunks(1000) {
        let rows: Vec<Row> =
            record::Entity::find().select_only().columns(COLUMNS).filter(record::Column::Idx.is_in(part.iter().copied())).into_tuple().all(db).await?;
        found.extend(rows.into_iter().map(|r| (r.0, r)));
        let rows: Vec<(i64, String)> = subject::Entity::find()
            .select_only()
            .columns([subject::Column::Idx, subject::Column::Subject])
            .filter(subject::Column::Idx.is_in(part.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        for (idx, who) in rows {
            if who != records::COMPANY_SUBJECT {
                subjects.entry(idx).or_default().push(who);
            }
        }
        let rows = correction::Entity::find().filter(correction::Column::Idx.is_in(part.iter().copied())).all(db).await?;
        corrects.extend(rows.into_iter().map(|r| (r.idx, r.corrects)));
    }
    let corrected = facts::corrections_of(db, indices).await?;
    Ok(indices
        .iter()
        .filter_map(|idx| found.remove(idx))
        .map(|(idx, source, source_id, kind, at, received_at, employee, fingerprint)| {
            let mut subjects = subjects.remove(&idx).unwrap_or_default();
            // Employees before customers.
            subjects.sort_by(|a, b| b.cmp(a));
            subjects.sort_by_key(|s| !s.starts_with("e:"));
            Envelope {
                id: id_of(idx),
                index: idx,
                source,
                source_id,
                label: kinds::label(&kind).pick(lang).to_owned(),
                kind,
                at: instant(at),
                received_at: instant(received_at),
                employee,
                subjects,
                erased: fingerprint.is_empty(),
                corrects: corrects.get(&idx).map(|i| id_of(*i)),
                corrected_by: corrected.get(&idx).map(|i| id_of(*i)),
            }
        })
        .collect())
}

/// A day of the company's zone or an instant, as a bound of a list; as an end, a day is inclusive.
pub fn moment(company: &Company, text: &str, end: bool) -> Result<i64> {
    // A plus sign in a query is a space unless it was escaped; people forget.
    facts::moment(company, &text.replace(' ', "+"), end).ok_or_else(|| {
        Problem::bad_request("bad_time", "时间写作 2026-03-31 或 2026-03-31T18:00:00+08:00。", "Write times as 2026-03-31 or 2026-03-31T18:00:00+08:00.").into()
    })
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Detail {
    #[serde(flatten)]
    pub envelope: Envelope,
    /// The log entry: version byte and Merkle root over the members, hexadecimal.
    pub leaf: String,
    /// That the entry is in the log; null until a checkpoint covers it, a moment after the commit.
    pub proof: Option<Inclusion>,
}

/// RFC 9162 §2.1.3: hashing the leaf with the path gives the root that the checkpoint signs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inclusion {
    pub index: i64,
    /// The signed checkpoint, as it is published under `/log/checkpoint`.
    pub checkpoint: String,
    pub size: u64,
    pub root_hash: String,
    /// Hashes from the leaf's sibling up, hexadecimal.
    pub path: Vec<String>,
}

pub async fn detail(company: &Company, caller: &Caller, id: &str, lang: Lang) -> Result<Detail> {
    let idx = idx_of(id).ok_or_else(Problem::not_found)?;
    let seen = record::Entity::find_by_id(idx).filter(Hidden::from(caller).filter(record::Column::Kind, record::Column::Idx));
    seen.select_only().column(record::Column::Idx).into_tuple::<i64>().one(company.store.read()).await?.ok_or_else(Problem::not_found)?;
    let envelope = envelopes(company, &[idx], lang).await?.pop().ok_or_else(Problem::not_found)?;
    let leaf: Option<Vec<u8>> = record::Entity::find_by_id(idx).select_only().column(record::Column::Leaf).into_tuple().one(company.store.read()).await?;
    Ok(Detail { envelope, leaf: hex::encode(leaf.unwrap_or_default()), proof: inclusion(company, idx).await? })
}

async fn inclusion(company: &Company, idx: i64) -> Result<Option<Inclusion>> {
    let index = u64::try_from(idx).map_err(anyhow::Error::from)?;
    let Some(newest) = checkpoints::proofs::newest(company).await?.filter(|p| p.size > index) else { return Ok(None) };
    let path = checkpoints::inclusion(company, newest.size, &[index]).await?.into_iter().flatten().map(hex::encode).collect();
    Ok(Some(Inclusion { index: idx, size: newest.size, root_hash: hex::encode(newest.root), checkpoint: newest.note, path }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct OpenRequest {
    /// `rec_…`, at most 500.
    pub records: Vec<String>,
    /// The case under which they are opened.
    pub case: String,
    /// Why; recorded with the look.
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct OpenFile {
    /// The case under which it is opened.
    pub case: String,
    /// Why; recorded with the look.
    pub reason: String,
}

pub struct OpenedFile {
    pub bytes: Vec<u8>,
    pub media: &'static str,
    pub name: String,
    /// The record that says who looked, at what and why.
    pub look: String,
}

/// Opens a file for a person: one that the case holds, or that a record in the case names. A look like any other.
pub async fn open_file(company: &Company, caller: &Caller, sha256: &str, request: &OpenFile) -> Result<OpenedFile> {
    crate::cases::find_for(company, caller, &request.case).await?;
    let inside = crate::cases::find_open(company, &request.case).await?;
    let Some((idx, name)) = naming(company, &inside.id, sha256).await? else {
        return Err(Problem::new(
            404,
            "file_not_in_case",
            "本案中没有哪条记录或附件是这个文件。请先把提到它的记录加入案件。",
            "No record and no paper of this case is this file. Add the record that names it to the case first.",
        )
        .with_rule("R08")
        .into());
    };
    let Some(bytes) = blobs::read(company, sha256).await? else {
        return Err(Problem::new(
            404,
            "file_absent",
            "记录提到了这个文件，但来源没有上传它。请让来源补传（PUT /api/v1/blobs/…）。",
            "A record names this file, but its source never sent it. Have the source send it (PUT /api/v1/blobs/…).",
        )
        .into());
    };
    let look = records::open_for_person(company, &caller.actor(), &inside.id, &request.reason, &[idx]).await?;
    let media = blobs::kind_of(&bytes).unwrap_or("application/octet-stream");
    Ok(OpenedFile { bytes, media, name, look: id_of(look.idx) })
}

/// The record of the case that names the file, and what the file is called there.
async fn naming(company: &Company, case: &str, sha256: &str) -> Result<Option<(i64, String)>> {
    if let Some(found) = crate::cases::read::file_act(company, case, sha256).await? {
        return Ok(Some(found));
    }
    let inside: Vec<i64> = crate::cases::read::records_of(company, case).await?.into_iter().map(|r| r.idx).collect();
    // Which record names the file is found by machine; what it says is shown to nobody.
    let found = records::machine::open(company, &inside).await?.into_iter().find_map(|o| {
        let named = o.data().is_some_and(|data| blobs::named_in(data).contains(&sha256));
        named.then(|| (o.row.idx, format!("{}-{}", id_of(o.row.idx), &sha256[..8])))
    });
    Ok(found)
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Looked {
    /// The record that says who looked, at what and why.
    pub look: String,
    pub items: Vec<OpenedRecord>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedRecord {
    pub id: String,
    /// The whole event as it was accepted; null where the content was erased.
    #[schema(value_type = Option<Object>)]
    pub event: Option<Value>,
}

/// Opens content for a person. One call is one look.
pub async fn open(company: &Company, caller: &Caller, request: &OpenRequest) -> Result<Looked> {
    if request.records.is_empty() || request.records.len() > 500 {
        return Err(Problem::bad_request("records", "一次查看 1 到 500 条记录。", "Open 1 to 500 records at a time.").into());
    }
    let indices: Option<Vec<i64>> = request.records.iter().map(|id| idx_of(id)).collect();
    let Some(indices) = indices else { return Err(Problem::not_found().into()) };
    crate::cases::check_look(company, caller, &request.case, &indices).await?;
    let look = records::open_for_person(company, &caller.actor(), &request.case, &request.reason, &indices).await?;
    let items = look.items.into_iter().map(|o| OpenedRecord { id: id_of(o.row.idx), event: o.content.map(|c| Value::Object(c.event)) }).collect();
    Ok(Looked { look: id_of(look.idx), items })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::company_on;
    use sea_orm::{ConnectionTrait, QueryTrait, Statement};

    /// A list over time reads as many entries as it shows and passes over, in their order, whatever it is asked for.
    #[tokio::test(flavor = "multi_thread")]
    async fn every_list_over_time_has_an_index_to_go_by() {
        let t = company_on("sqlite").await;
        let engine = t.store.read().get_database_backend();
        let (kind, source) = (|k: &str| Some(k.to_owned()), Some("/im/a".to_owned()));
        let asked = [
            (Filter::default(), false, "records_time"),
            (Filter { kind: kind(kinds::MESSAGE_SENT), ..Filter::default() }, false, "records_time"),
            (Filter { kind: kind("order.placed"), ..Filter::default() }, false, "records_kind"),
            (Filter { source: source.clone(), ..Filter::default() }, false, "records_time"),
            (Filter { source: source.clone(), kind: kind("order.placed"), ..Filter::default() }, false, "records_kind"),
            (Filter { source: source.clone(), ..Filter::default() }, true, "records_source"),
            (Filter { source, source_id: kind("m1"), ..Filter::default() }, false, "records_source"),
        ];
        for (filter, few, index) in asked {
            for newest_first in [true, false] {
                let after = within(record::Column::At, record::Column::Idx, (Some(5), Some(500)), Some((50, 7)), newest_first);
                let query = over_time(&filter, &Hidden::for_plans("E1"), few).filter(after);
                let query = if few { query } else { ordered(query, newest_first).limit(51) };
                let built = query.build(engine);
                let explain = Statement::from_sql_and_values(engine, format!("EXPLAIN QUERY PLAN {}", built.sql), built.values.unwrap().0);
                let rows = t.store.read().query_all_raw(explain).await.unwrap();
                let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
                assert!(plan.iter().any(|line| line.contains(&format!("INDEX {index} "))), "{filter:?}: {plan:?}");
                // One record has one name: there is nothing to put in order.
                assert!(index == "records_source" || !plan.iter().any(|line| line.contains("ORDER BY")), "{filter:?}: {plan:?}");
            }
        }
    }
}
