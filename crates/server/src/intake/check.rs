//! What depends on the company: is the source registered and lawful, was consent refused, does a correction's
//! record exist. One query a question for the whole batch, never one an item.

use super::{
    Sender,
    envelope::Turned,
    kinds,
    leave::Leaves,
    model::{consent, source},
    reason::{self, Reason},
    sources::Registration,
};
use crate::{
    company::Company,
    error::Result,
    records::{Draft, model::record, model::subject},
    said::Said,
    store::bulk,
};
use probity_lexicon::Lexicon;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// What the batch needs to know, asked once.
pub struct Known {
    lexicon: Arc<Lexicon>,
    sources: HashMap<String, Registration>,
    consents: Consents,
    leaves: Leaves,
    originals: HashMap<(String, String), Original>,
}

struct Original {
    kind: String,
    at: i64,
    subjects: Vec<String>,
    /// Of the last correction of it.
    corrected: Vec<String>,
}

/// (employee, channel) → external (empty: the employee's own) → changes in time order.
#[derive(Default)]
struct Consents(HashMap<(String, String), HashMap<String, Vec<(i64, bool)>>>);

impl Known {
    pub async fn of(company: &Company, drafts: &[&Draft], lexicon: Arc<Lexicon>) -> Result<Self> {
        let originals = originals(company, drafts).await?;
        Ok(Self {
            lexicon,
            sources: sources(company, drafts).await?,
            consents: consents(company, drafts, &originals).await?,
            leaves: Leaves::of(company, drafts).await?,
            originals,
        })
    }

    /// Checks a draft, and adds to a correction whom its record concerns.
    pub fn check(&self, sender: &Sender, draft: &mut Draft) -> Result<(), Box<Turned>> {
        let turn = |draft: &Draft, reason, detail| Err(Box::new(of(draft, reason, detail)));
        if draft.source == "/probity" || draft.source.starts_with("/probity/") {
            return turn(draft, Reason::SourceNotAllowed, reason::reserved_source());
        }
        if !sender.may_write_to(&draft.source) {
            return turn(draft, Reason::SourceNotAllowed, reason::source_not_allowed(&draft.source));
        }
        let Some(source) = self.sources.get(&draft.source) else {
            return turn(draft, Reason::UnknownSource, reason::unknown_source(&draft.source));
        };
        let original = (draft.kind == kinds::RECORD_CORRECTED).then(|| self.original(draft));
        let covered = match &original {
            // To correct what one may send needs no further leave.
            Some(Ok((_, original))) => source.covers(&draft.kind) || source.covers(&original.kind),
            // That there is no such record is the answer, whatever the source may send.
            Some(Err(_)) => true,
            None => source.covers(&draft.kind),
        };
        if !covered {
            return turn(draft, Reason::KindNotCovered, reason::kind_not_covered(&draft.source, &draft.kind));
        }
        if !source.is_lawful() {
            return turn(draft, Reason::NoBasis, reason::no_basis(&draft.source));
        }
        if let Some((data, at)) = spoken(draft, &self.originals)
            && self.consents.refused(data, at)
        {
            return turn(draft, Reason::ConsentRefused, reason::consent_refused());
        }
        if self.leaves.forbid(draft) {
            return turn(draft, Reason::OffDuty, reason::off_duty());
        }
        match original {
            None => Ok(()),
            Some(Err((reason, detail))) => turn(draft, reason, detail),
            Some(Ok((name, original))) => {
                if !sender.may_write_to(&name.0) {
                    return turn(draft, Reason::SourceNotAllowed, reason::other_source());
                }
                self.correct(draft, original)
            }
        }
    }

    /// A correction that is taken: the next one of the same record comes after it.
    pub fn taken(&mut self, draft: &Draft) {
        let original = corrected_name(draft).filter(|_| draft.kind == kinds::RECORD_CORRECTED).and_then(|name| self.originals.get_mut(&name));
        if let (Some(original), Some(right)) = (original, draft.spoken())
            && let Some(who) = kinds::find(&original.kind).map(|kind| kind.concerned(right))
        {
            let employees = who.employees.iter().map(|n| crate::records::employee_subject(n));
            original.corrected = employees.chain(who.customers.iter().map(|c| crate::records::customer_subject(c))).collect();
        }
    }

    fn original(&self, draft: &Draft) -> Result<((String, String), &Original), (Reason, Said)> {
        let name = corrected_name(draft).unwrap_or_default();
        match self.originals.get(&name) {
            Some(original) => Ok((name, original)),
            None => Err((Reason::UnknownRecord, reason::unknown_record())),
        }
    }

    /// A correction has to have the form of the record's kind, and concerns whom the record concerned.
    fn correct(&self, draft: &mut Draft, original: &Original) -> Result<(), Box<Turned>> {
        let Some(right) = draft.data().and_then(|d| d.get("data")).and_then(Value::as_object) else { return Ok(()) };
        let Some(kind) = kinds::find(&original.kind).filter(|k| k.name != kinds::RECORD_CORRECTED) else {
            let detail = Said::new(
                "更正本身和系统记录不能再被更正；请直接更正原记录。",
                "A correction or a record of the system cannot be corrected; correct the first record itself.",
            );
            return Err(Box::new(of(draft, Reason::BadShape, detail)));
        };
        let faults = kind.check(right, "/data/data");
        if let Some(first) = faults.first() {
            let detail = Said::new(format!("{}：{}", first.pointer, first.detail.zh), format!("{}: {}", first.pointer, first.detail.en));
            let mut turned = of(draft, Reason::BadShape, detail);
            turned.faults = faults;
            return Err(Box::new(turned));
        }
        let who = kind.concerned(right);
        // Whom the last correction named by mistake is told of this one as well.
        let mut subjects = [&original.subjects[..], &original.corrected].concat();
        subjects.extend(who.employees.iter().map(|n| crate::records::employee_subject(n)));
        subjects.extend(who.customers.iter().map(|c| crate::records::customer_subject(c)));
        let employee = draft.employee.clone().or_else(|| who.employee.map(str::to_owned));
        // What is put right is read like what was sent: a word that appears only in the correction counts too.
        draft.reading = if kind.name == kinds::MESSAGE_SENT { super::envelope::reading(right, &self.lexicon) } else { None };
        draft.employee = employee;
        draft.corrects_at = Some(original.at);
        for subject in subjects {
            if subject != crate::records::COMPANY_SUBJECT && !draft.subjects.contains(&subject) {
                draft.subjects.push(subject);
            }
        }
        Ok(())
    }
}

/// What was said and when, if the draft says something: a message, or the right version of one.
fn spoken<'a>(draft: &'a Draft, originals: &HashMap<(String, String), Original>) -> Option<(&'a Map<String, Value>, i64)> {
    match draft.kind.as_str() {
        kinds::MESSAGE_SENT => Some((draft.data()?, draft.at)),
        kinds::RECORD_CORRECTED => {
            let original = originals.get(&corrected_name(draft)?).filter(|o| o.kind == kinds::MESSAGE_SENT)?;
            Some((draft.spoken()?, original.at))
        }
        _ => None,
    }
}

/// Turned away after it was read: its canonical text stands for it.
fn of(draft: &Draft, reason: Reason, detail: Said) -> Turned {
    Turned::text(&serde_json::to_string(&draft.event).unwrap_or_default(), reason, detail)
}

fn corrected_name(draft: &Draft) -> Option<(String, String)> {
    let record = draft.data()?.get("record")?;
    Some((record.get("source")?.as_str()?.to_owned(), record.get("id")?.as_str()?.to_owned()))
}

async fn sources(company: &Company, drafts: &[&Draft]) -> Result<HashMap<String, Registration>> {
    let names: HashSet<&str> = drafts.iter().map(|d| d.source.as_str()).collect();
    let mut found = HashMap::new();
    for part in names.into_iter().collect::<Vec<_>>().chunks(500) {
        let rows = source::Entity::find().filter(source::Column::Source.is_in(part.iter().copied())).all(company.store.read()).await?;
        found.extend(rows.into_iter().map(|r| (r.source.clone(), Registration::of_row(&r))));
    }
    Ok(found)
}

async fn originals(company: &Company, drafts: &[&Draft]) -> Result<HashMap<(String, String), Original>> {
    let wanted: HashSet<(String, String)> = drafts.iter().filter(|d| d.kind == kinds::RECORD_CORRECTED).filter_map(|d| corrected_name(d)).collect();
    let mut found = HashMap::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    // A record and its correction may come in one batch.
    for draft in drafts {
        let name = (draft.source.clone(), draft.source_id.clone());
        if wanted.contains(&name) {
            found.insert(name, Original { kind: draft.kind.clone(), at: draft.at, subjects: draft.subjects.clone(), corrected: Vec::new() });
        }
    }
    let mut by_source: HashMap<&str, Vec<&str>> = HashMap::new();
    for (source, id) in &wanted {
        by_source.entry(source).or_default().push(id);
    }
    for (source, ids) in by_source {
        for part in ids.chunks(500) {
            let rows: Vec<(i64, String, String, i64)> = record::Entity::find()
                .select_only()
                .columns([record::Column::Idx, record::Column::SourceId, record::Column::Kind, record::Column::At])
                .filter(record::Column::Source.eq(source))
                .filter(record::Column::SourceId.is_in(part.iter().copied()))
                .into_tuple()
                .all(company.store.read())
                .await?;
            let corrections: HashMap<i64, i64> = super::facts::corrections_of(company.store.read(), &rows.iter().map(|r| r.0).collect::<Vec<_>>()).await?;
            let versions = rows.iter().map(|r| r.0).chain(corrections.values().copied());
            let mut concerned: HashMap<i64, Vec<String>> = HashMap::new();
            for (idx, subject) in subject::Entity::find()
                .select_only()
                .columns([subject::Column::Idx, subject::Column::Subject])
                .filter(bulk::among_numbers(company.store.read(), subject::Column::Idx, versions))
                .into_tuple::<(i64, String)>()
                .all(company.store.read())
                .await?
            {
                concerned.entry(idx).or_default().push(subject);
            }
            for (idx, id, kind, at) in rows {
                let mut of = |idx: i64| concerned.remove(&idx).unwrap_or_default();
                let (subjects, corrected) = (of(idx), corrections.get(&idx).map(|last| of(*last)).unwrap_or_default());
                found.insert((source.to_owned(), id), Original { kind, at, subjects, corrected });
            }
        }
    }
    Ok(found)
}

/// More than this many who-with-whom of one batch are asked for by employee alone.
const MOST_PAIRS: usize = 4_000;

async fn consents(company: &Company, drafts: &[&Draft], originals: &HashMap<(String, String), Original>) -> Result<Consents> {
    use consent::Column::{At, Channel, Employee, External, Idx};
    let mut known = Consents::default();
    let mut pairs: BTreeSet<[&str; 3]> = BTreeSet::new();
    let mut employees: BTreeSet<&str> = BTreeSet::new();
    for (data, _) in drafts.iter().filter_map(|d| spoken(d, originals)) {
        let channel = text(data, "channel");
        for employee in parties(data).filter_map(|p| p.get("employee")?.as_str()) {
            employees.insert(employee);
            // A message to thousands would ask for each with each.
            if pairs.len() <= MOST_PAIRS {
                let externals = parties(data).filter_map(|p| p.get("external")?.as_str());
                pairs.extend(externals.chain([""]).map(|external| [employee, channel, external]));
            }
        }
    }
    if !pairs.is_empty() {
        let db = company.store.read();
        // An employee may have thousands of contacts who were asked; only those of these messages matter.
        let asked = if pairs.len() <= MOST_PAIRS {
            bulk::among_triples(db, [Employee, Channel, External], &pairs.into_iter().collect::<Vec<_>>())
        } else {
            bulk::among(db, Employee, employees)
        };
        for row in consent::Entity::find().filter(asked).order_by_asc(At).order_by_asc(Idx).all(db).await? {
            known.add(row.employee, row.channel, row.external, row.at, &row.state);
        }
    }
    // Consents of the same batch count for its messages.
    for draft in drafts.iter().filter(|d| d.kind == kinds::CONSENT_CHANGED) {
        if let Some(data) = draft.data() {
            let own = |m| text(data, m).to_owned();
            known.add(own("employee"), own("channel"), own("external"), draft.at, text(data, "state"));
        }
    }
    Ok(known)
}

impl Consents {
    fn add(&mut self, employee: String, channel: String, external: String, at: i64, state: &str) {
        let changes = self.0.entry((employee, channel)).or_default().entry(external).or_default();
        changes.push((at, matches!(state, "refused" | "withdrawn")));
        changes.sort_by_key(|c| c.0);
    }

    /// Whether anybody in the conversation had refused or withdrawn when the message was sent. Unknown is no refusal
    /// (it lowers the grade later).
    fn refused(&self, data: &Map<String, Value>, at: i64) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let channel = text(data, "channel");
        let externals: Vec<&str> = parties(data).filter_map(|p| p.get("external")?.as_str()).collect();
        parties(data).filter_map(|p| p.get("employee")?.as_str()).any(|employee| {
            let Some(of) = self.0.get(&(employee.to_owned(), channel.to_owned())) else { return false };
            externals.iter().copied().chain([""]).any(|external| {
                let changes = of.get(external).map(Vec::as_slice).unwrap_or_default();
                changes.iter().take_while(|(since, _)| *since <= at).last().is_some_and(|(_, refused)| *refused)
            })
        })
    }
}

fn text<'a>(data: &'a Map<String, Value>, name: &str) -> &'a str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn parties(data: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let to = data.get("to").and_then(Value::as_array).into_iter().flatten();
    data.get("from").into_iter().chain(to).filter_map(Value::as_object)
}
