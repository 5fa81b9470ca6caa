//! Group commit: drafts from many requests become rows, leaves and effects in one transaction.
//!
//! Sealing and hashing happen before, in parallel and outside any lock; the writer task then takes what has queued
//! up, locks the one `log_head` row (the single serial point, also across replicas), gives out log indices, inserts,
//! lets every [`Effect`] write what follows, stores the new root and commits. Callers hear only after the commit.

use super::{
    COMPANY_SUBJECT,
    keys::{KeyRing, SubjectKeys},
    model::{head, record},
    seal,
};
use crate::{
    company::Company,
    error::{Error, Problem, Result},
    evidence::checkpoints::guard,
    store::{
        Store,
        bulk::{self, Cells},
    },
};
use anyhow::{Context, anyhow};
use probity_ledger::{leaf, tree};
use rayon::prelude::*;
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value, json};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
    sync::{
        Arc, Weak,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::{mpsc, oneshot};

/// Rows in one transaction before the group is closed; more only makes the first caller wait longer.
const GROUP: usize = 4000;
/// Records inserted at a time, names in one question: the engines limit the values bound in a statement, and PostgreSQL
/// is handed all of them in one piece.
const PART: usize = 1024;
/// With so many records on their way they pour in: an import, a system that brings its past.
const POURING: usize = 1000;
/// A record this much later than its event is history: it raises no immediate notice.
pub const BACKFILL_US: i64 = 7 * 24 * 3600 * 1_000_000;

/// A record before it has a place in the log.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The whole CloudEvent as accepted; this is what is sealed and what the leaf is made of.
    pub event: Map<String, Value>,
    pub source: String,
    pub source_id: String,
    pub kind: String,
    /// When it happened, UTC microseconds.
    pub at: i64,
    pub employee: Option<String>,
    /// `e:…` and `c:…` concerned, the employee included; empty means the company alone.
    pub subjects: Vec<String>,
    /// What the lexicon read in a message's text.
    pub reading: Option<probity_lexicon::Reading>,
    /// For a correction: when that happened which it puts right.
    pub corrects_at: Option<i64>,
}

impl Draft {
    /// A draft of the system's own making; the event is built here.
    pub fn new(
        source: String,
        source_id: String,
        kind: String,
        at: i64,
        employee: Option<String>,
        mut subjects: Vec<String>,
        data: Map<String, Value>,
    ) -> Self {
        let time = jiff::Timestamp::from_microsecond(at).map(|t| t.to_string()).unwrap_or_default();
        let mut event = Map::new();
        event.insert("specversion".into(), "1.0".into());
        event.insert("id".into(), source_id.clone().into());
        event.insert("source".into(), source.clone().into());
        event.insert("type".into(), kind.clone().into());
        event.insert("time".into(), time.into());
        if let Some(number) = &employee {
            event.insert("subject".into(), json!(number));
            let own = super::employee_subject(number);
            if !subjects.contains(&own) {
                subjects.push(own);
            }
        }
        event.insert("data".into(), Value::Object(data));
        Self { event, source, source_id, kind, at, employee, subjects, reading: None, corrects_at: None }
    }

    /// The event's `data` member, if it is an object.
    pub fn data(&self) -> Option<&Map<String, Value>> {
        self.event.get("data").and_then(Value::as_object)
    }

    /// The data it speaks with: a correction speaks with the right version.
    pub fn spoken(&self) -> Option<&Map<String, Value>> {
        let data = self.data()?;
        if self.kind == "record.corrected" { data.get("data")?.as_object() } else { Some(data) }
    }

    /// When that happened which it speaks of.
    pub fn spoken_at(&self) -> i64 {
        self.corrects_at.unwrap_or(self.at)
    }
}

/// What became of a draft. The number is the log index (of the earlier record for the last two).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Accepted(i64),
    /// The same (source, id) with the same content was there.
    Duplicate(i64),
    /// The same (source, id) with other content was there; nothing was kept.
    Conflict(i64),
}

/// A record that has its place, inside the transaction that gives it.
#[derive(Clone, Copy)]
pub struct Appended<'a> {
    pub idx: i64,
    pub received_at: i64,
    pub draft: &'a Draft,
}

impl Appended<'_> {
    /// 补录: learnt of more than seven days after it happened.
    pub fn backfilled(&self) -> bool {
        self.received_at - self.draft.spoken_at() > BACKFILL_US
    }
}

/// Something that must be written with a record, in its transaction: a projection, a hit, an alert, a job.
///
/// `apply` may use only `tx`: another write transaction would wait for this one for ever on SQLite, and
/// `company.store.read()` does not see what this group wrote. It runs again when the transaction is retried, so
/// anything kept in memory belongs in `committed`.
#[async_trait::async_trait]
pub trait Effect: Send + Sync {
    async fn apply(&self, company: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()>;
    /// After the commit, with the same batch: refresh caches, wake workers.
    async fn committed(&self, _company: &Company, _batch: &[Appended<'_>]) {}
}

struct Prepared {
    draft: Draft,
    fingerprint: Vec<u8>,
    leaf: seal::Leaf,
    sealed: Vec<u8>,
    wraps: Vec<(String, Vec<u8>)>,
}

struct Submission {
    prepared: Vec<Prepared>,
    /// Of the subject keys the wraps were made with.
    key_epoch: i64,
    reply: oneshot::Sender<Result<Answer>>,
}

enum Answer {
    Written(Vec<Outcome>),
    /// Subject keys were dropped in the meantime: to be sealed again.
    SealAgain(Vec<Draft>),
}

enum Committed {
    Done(Vec<Vec<Outcome>>),
    /// Some of it was sealed with keys of an earlier epoch than this.
    KeysMovedOn(i64),
}

pub struct Writer {
    queue: mpsc::Sender<Submission>,
    company: Weak<Company>,
    /// Records that are being sealed or wait for their commit.
    on_their_way: AtomicUsize,
}

/// Records on their way, until they are there or turned away.
struct OnTheirWay<'a> {
    writer: &'a Writer,
    company: &'a Company,
    count: usize,
}

impl<'a> OnTheirWay<'a> {
    fn of(writer: &'a Writer, company: &'a Company, count: usize) -> Self {
        writer.on_their_way.fetch_add(count, Ordering::Relaxed);
        Self { writer, company, count }
    }
}

impl Drop for OnTheirWay<'_> {
    fn drop(&mut self) {
        let before = self.writer.on_their_way.fetch_sub(self.count, Ordering::Relaxed);
        if before >= POURING && before - self.count < POURING {
            // What waited for them to be in.
            self.company.jobs.wake();
        }
    }
}

impl Writer {
    pub fn start(company: Weak<Company>, effects: Vec<Arc<dyn Effect>>) -> Self {
        let (queue, inbox) = mpsc::channel(64);
        tokio::spawn(run(company.clone(), effects, inbox));
        Self { queue, company, on_their_way: AtomicUsize::new(0) }
    }

    /// Whether records pour in, so that what is worth doing once for many of them had better wait.
    pub fn pours(&self) -> bool {
        self.on_their_way.load(Ordering::Relaxed) >= POURING
    }

    /// Writes the drafts and answers after the durable commit, in the order given.
    pub async fn append(&self, mut drafts: Vec<Draft>) -> Result<Vec<Outcome>> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let company = self.company.upgrade().context("the company is shutting down")?;
        let _counted = OnTheirWay::of(self, &company, drafts.len());
        refuse_if_stopped(&company)?;
        // In order, so that two requests that bring the same new people wait for each other and never both.
        let subjects: BTreeSet<&str> = drafts.iter().flat_map(|d| &d.subjects).map(String::as_str).chain([COMPANY_SUBJECT]).collect();
        let subjects: Vec<String> = subjects.into_iter().map(str::to_owned).collect();
        loop {
            let keys = company.keys.ensure(&company.store, &subjects, company.now()).await?;
            let (with, key_epoch) = (company.clone(), keys.epoch);
            let prepared = tokio::task::spawn_blocking(move || prepare(&with, &keys, drafts)).await.context("sealing")??;
            let (reply, answer) = oneshot::channel();
            self.queue.send(Submission { prepared, key_epoch, reply }).await.map_err(|_| anyhow!("the writer has stopped"))?;
            match answer.await.context("the writer has stopped")?? {
                Answer::Written(outcomes) => return Ok(outcomes),
                Answer::SealAgain(back) => drafts = back,
            }
        }
    }
}

fn refuse_if_stopped(company: &Company) -> Result<()> {
    match company.write_stop() {
        None => Ok(()),
        Some(why) => Err(Problem::new(503, "log_behind", why.zh, why.en).into()),
    }
}

fn prepare(company: &Company, keys: &SubjectKeys, drafts: Vec<Draft>) -> Result<Vec<Prepared>> {
    let one = |draft: Draft| -> Result<Prepared> {
        let seed = seal::random();
        let key = seal::random();
        let (leaf, bytes) = leaf::with_canonical(&seed, &draft.event);
        let sealed = seal::seal(&bytes, &seed, &key, &leaf);
        let fingerprint = company.keys.fingerprint(&bytes);
        let company_alone = [COMPANY_SUBJECT.to_owned()];
        let subjects = if draft.subjects.is_empty() { &company_alone[..] } else { &draft.subjects[..] };
        let mut wraps: Vec<(String, Vec<u8>)> = Vec::with_capacity(subjects.len());
        let mut seen = HashSet::new();
        for subject in subjects {
            if subjects.len() > 1 && !seen.insert(subject) {
                continue;
            }
            let outer = keys.get(subject).ok_or_else(|| anyhow!("a subject's key went missing while sealing"))?;
            wraps.push((subject.clone(), seal::wrap(outer, &key, &leaf).to_vec()));
        }
        Ok(Prepared { draft, fingerprint, leaf, sealed, wraps })
    };
    if drafts.len() < 16 {
        return drafts.into_iter().map(one).collect();
    }
    drafts.into_par_iter().with_min_len(128).map(one).collect()
}

async fn run(company: Weak<Company>, effects: Vec<Arc<dyn Effect>>, mut inbox: mpsc::Receiver<Submission>) {
    let mut repeats = false;
    while let Some(first) = inbox.recv().await {
        let Some(company) = company.upgrade() else { return };
        let mut rows = first.prepared.len();
        let mut group = vec![first];
        while rows < GROUP {
            let Ok(next) = inbox.try_recv() else { break };
            rows += next.prepared.len();
            group.push(next);
        }
        match commit(&company, &effects, &group, repeats).await {
            Ok(committed) => {
                if let Committed::Done(outcomes) = &committed {
                    repeats = outcomes.iter().flatten().any(|o| !matches!(o, Outcome::Accepted(_)));
                }
                answer(&company, group, committed);
            }
            Err(e) if group.len() == 1 => {
                for submission in group {
                    let _ = submission.reply.send(Err(clone(&e)));
                }
            }
            // One caller's trouble must not become the others': each alone.
            Err(_) => {
                for submission in group {
                    let alone = vec![submission];
                    match commit(&company, &effects, &alone, repeats).await {
                        Ok(committed) => answer(&company, alone, committed),
                        Err(e) => alone.into_iter().for_each(|submission| drop(submission.reply.send(Err(clone(&e))))),
                    }
                }
            }
        }
    }
}

/// Tells the callers of a group. One that went away does not change what was written.
fn answer(company: &Company, group: Vec<Submission>, committed: Committed) {
    match committed {
        Committed::Done(outcomes) => {
            let mut written = Vec::with_capacity(group.len());
            for (submission, outcome) in group.into_iter().zip(outcomes) {
                let _ = submission.reply.send(Ok(Answer::Written(outcome)));
                written.push(submission.prepared);
            }
            // Thousands of parsed events take a while to free; the next group does not wait for it.
            rayon::spawn(move || drop(written));
        }
        Committed::KeysMovedOn(epoch) => {
            company.keys.move_on(epoch);
            for submission in group {
                let drafts = submission.prepared.into_iter().map(|p| p.draft).collect();
                let _ = submission.reply.send(Ok(Answer::SealAgain(drafts)));
            }
        }
    }
}

fn clone(e: &Error) -> Error {
    match e {
        Error::Problem(p) => Error::Problem(p.clone()),
        Error::Internal(e) => Error::Internal(anyhow!("{e:#}")),
    }
}

/// `look` asks first which names are known. Records are mostly new, so it is off unless the last group held repeats: the
/// unique index finds what was there, and then the group is taken again with a look.
async fn commit(company: &Company, effects: &[Arc<dyn Effect>], group: &[Submission], mut look: bool) -> Result<Committed> {
    let (mut tries, mut emptied) = (0, false);
    loop {
        match commit_once(company, effects, group, look).await {
            Err(e) if !look && Store::is_taken(&e) => look = true,
            Err(Error::Problem(p)) if p.code == "disk_full" && !emptied && company.store.make_room().await => emptied = true,
            Err(e) if tries < 5 && Store::is_retryable(&e) => {
                tries += 1;
                tokio::time::sleep(std::time::Duration::from_millis(10 << tries)).await;
            }
            other => return other,
        }
    }
}

async fn commit_once(company: &Company, effects: &[Arc<dyn Effect>], group: &[Submission], look: bool) -> Result<Committed> {
    refuse_if_stopped(company)?;
    let tx = company.store.write().await?;
    let head = in_turn(&tx).await?;
    let size = u64::try_from(head.size).context("the log has a size")?;
    // The database knows less than this process was told it kept: it was set back while we run.
    let seen = u64::try_from(*company.committed.borrow()).unwrap_or(0);
    if size < seen {
        let why = guard::behind(size, seen);
        return Err(Problem::new(503, "log_behind", why.zh, why.en).into());
    }
    if group.iter().any(|s| s.key_epoch != head.key_epoch) {
        tx.rollback().await?;
        return Ok(Committed::KeysMovedOn(head.key_epoch));
    }
    let mut frontier = tree::Frontier::from_bytes(size, &head.frontier).map_err(|e| anyhow!("log_head is damaged: {e}"))?;
    let all: Vec<&Prepared> = group.iter().flat_map(|s| &s.prepared).collect();
    let mut known = if look { find_known(&tx, &all).await? } else { Known::with_capacity(all.len()) };

    let received_at = company.now();
    let mut next = head.size;
    let mut fresh: Vec<(i64, &Prepared)> = Vec::with_capacity(all.len());
    let mut outcomes = Vec::with_capacity(group.len());
    for submission in group {
        let mut own = Vec::with_capacity(submission.prepared.len());
        for p in &submission.prepared {
            let name = (p.draft.source.as_str(), p.draft.source_id.as_str());
            own.push(match known.get(&name) {
                // An erased record keeps its name: sending it again must not bring it back.
                Some((idx, print)) if print.is_empty() || print.starts_with(&p.fingerprint) => Outcome::Duplicate(*idx),
                Some((idx, _)) => Outcome::Conflict(*idx),
                None => {
                    known.insert(name, (next, Cow::Borrowed(&p.fingerprint)));
                    fresh.push((next, p));
                    next += 1;
                    Outcome::Accepted(next - 1)
                }
            });
        }
        outcomes.push(own);
    }
    if fresh.is_empty() {
        tx.rollback().await?;
        return Ok(Committed::Done(outcomes));
    }

    insert(&tx, &company.keys, &fresh, received_at).await?;
    for (_, p) in &fresh {
        frontier.append(tree::leaf_hash(&p.leaf));
    }
    let appended: Vec<Appended> = fresh.iter().map(|(idx, p)| Appended { idx: *idx, received_at, draft: &p.draft }).collect();
    for effect in effects {
        effect.apply(company, &tx, &appended).await?;
    }
    let grown =
        head::ActiveModel { id: Set(1), size: Set(next), frontier: Set(frontier.to_bytes()), root: Set(frontier.root().to_vec()), ..Default::default() };
    head::Entity::update(grown).exec(&tx).await?;
    tx.commit().await?;

    for effect in effects {
        effect.committed(company, &appended).await;
    }
    company.committed.send_modify(|size| *size = next.max(*size));
    company.jobs.wake();
    Ok(Committed::Done(outcomes))
}

/// Takes the turn of whoever writes records and what follows from them, until the transaction ends; the log as it is.
/// Two that wrote side by side would not see each other's rows.
pub async fn in_turn(tx: &DatabaseTransaction) -> Result<head::Model> {
    Ok(head::Entity::find_by_id(1).lock_exclusive().one(tx).await?.context("log_head is missing")?)
}

type Known<'a> = HashMap<(&'a str, &'a str), (i64, Cow<'a, [u8]>)>;

/// The records that already bear these names.
async fn find_known<'a>(tx: &DatabaseTransaction, all: &[&'a Prepared]) -> Result<Known<'a>> {
    let mut by_source: HashMap<&'a str, HashMap<&'a str, &'a str>> = HashMap::new();
    for p in all {
        by_source.entry(&p.draft.source).or_default().insert(&p.draft.source_id, &p.draft.source_id);
    }
    let mut known = HashMap::with_capacity(all.len());
    for (source, ids) in by_source {
        let names: Vec<&str> = ids.keys().copied().collect();
        for part in names.chunks(PART) {
            let rows: Vec<(i64, String, Vec<u8>)> = record::Entity::find()
                .select_only()
                .columns([record::Column::Idx, record::Column::SourceId, record::Column::Fingerprint])
                .filter(record::Column::Source.eq(source))
                .filter(record::Column::SourceId.is_in(part.iter().copied()))
                .into_tuple()
                .all(tx)
                .await?;
            for (idx, id, print) in rows {
                if let Some(id) = ids.get(id.as_str()) {
                    known.insert((source, *id), (idx, Cow::Owned(print)));
                }
            }
        }
    }
    Ok(known)
}

/// The engine works on a thread or in a process of its own: while it takes in rows, the next are made ready here.
async fn insert(tx: &DatabaseTransaction, keys: &KeyRing, fresh: &[(i64, &Prepared)], received_at: i64) -> Result<()> {
    let mut parts = fresh.chunks(PART).peekable();
    let mut records = parts.peek().map(|part| record_columns(keys, part, received_at));
    while let (Some(part), Some(columns)) = (parts.next(), records.take()) {
        let (inserted, concerned) = futures::join!(bulk::insert(tx, "records", columns), async { subject_columns(part) });
        inserted?;
        let next = async { parts.peek().map(|part| record_columns(keys, part, received_at)) };
        let (inserted, next) = futures::join!(bulk::insert(tx, "record_subjects", concerned), next);
        inserted?;
        records = next;
    }
    Ok(())
}

fn record_columns(keys: &KeyRing, part: &[(i64, &Prepared)], received_at: i64) -> Vec<(&'static str, Cells)> {
    let text = |of: fn(&Prepared) -> &str| part.iter().map(|(_, p)| of(p).to_owned()).collect::<Vec<_>>();
    let bytes = |of: fn(&Prepared) -> &[u8]| Cells::Bytes(part.iter().map(|(_, p)| of(p).to_vec()).collect());
    vec![
        ("idx", Cells::Whole(part.iter().map(|(idx, _)| *idx).collect())),
        ("source", Cells::Text(text(|p| &p.draft.source))),
        ("source_id", Cells::Text(text(|p| &p.draft.source_id))),
        ("kind", Cells::Text(text(|p| &p.draft.kind))),
        ("at", Cells::Whole(part.iter().map(|(_, p)| p.draft.at).collect())),
        ("received_at", Cells::Whole(vec![received_at; part.len()])),
        ("employee", Cells::TextOrNull(text(|p| p.draft.employee.as_deref().unwrap_or_default()))),
        ("fingerprint", Cells::Bytes(part.iter().map(|(idx, p)| [&p.fingerprint[..], &keys.receipt(&p.fingerprint, *idx, received_at)].concat()).collect())),
        ("leaf", bytes(|p| &p.leaf)),
        ("sealed", bytes(|p| &p.sealed)),
    ]
}

fn subject_columns(part: &[(i64, &Prepared)]) -> Vec<(&'static str, Cells)> {
    let rows: Vec<(i64, &Prepared, &(String, Vec<u8>))> = part.iter().flat_map(|(idx, p)| p.wraps.iter().map(|w| (*idx, *p, w))).collect();
    vec![
        ("idx", Cells::Whole(rows.iter().map(|(idx, ..)| *idx).collect())),
        ("subject", Cells::Text(rows.iter().map(|(.., (who, _))| who.clone()).collect())),
        ("at", Cells::Whole(rows.iter().map(|(_, p, _)| p.draft.at).collect())),
        ("kind", Cells::Text(rows.iter().map(|(_, p, _)| p.draft.kind.clone()).collect())),
        ("wrap", Cells::Bytes(rows.iter().map(|(.., (_, wrap))| wrap.clone()).collect())),
    ]
}

#[cfg(test)]
mod tests {
    use super::{OnTheirWay, POURING};
    use crate::testing::company_on;

    #[tokio::test(flavor = "multi_thread")]
    async fn records_pour_in_until_they_are_there_or_turned_away() {
        let t = company_on("sqlite").await;
        let some = OnTheirWay::of(&t.writer, &t.company, POURING - 1);
        assert!(!t.writer.pours());
        let more = OnTheirWay::of(&t.writer, &t.company, 1);
        assert!(t.writer.pours());
        drop(some);
        assert!(!t.writer.pours());
        drop(more);
        assert_eq!(t.writer.on_their_way.load(std::sync::atomic::Ordering::Relaxed), 0);
    }
}
