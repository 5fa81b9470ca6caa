//! Which lexicon is in force. Until a person changes it, the one that ships; each change is a record that holds the whole.

use super::model::version;
use crate::{
    company::{Actor, Company},
    error::{Problem, Result},
    records::{Appended, Effect},
};
use anyhow::Context;
use probity_lexicon::{Definition, Lexicon, LexiconError};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

const ROOM: &str = "lexicon";
/// The kind of the record of a change.
pub const CHANGED: &str = "lexicon.changed";

/// A compiled lexicon, by the log it belongs to and the record that brought it (-1: shipped). Compiling takes longer than
/// reading a thousand messages.
type Compiled = HashMap<String, (i64, Arc<Lexicon>)>;
static COMPILED: Mutex<Option<Compiled>> = Mutex::new(None);

fn kept(company: &Company, idx: i64) -> Option<Arc<Lexicon>> {
    let compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let (of, lexicon) = compiled.as_ref()?.get(if idx < 0 { "" } else { company.log.origin.as_str() })?;
    (*of == idx).then(|| lexicon.clone())
}

fn keep(company: &Company, idx: i64, lexicon: &Arc<Lexicon>) {
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let name = if idx < 0 { String::new() } else { company.log.origin.clone() };
    compiled.get_or_insert_default().insert(name, (idx, lexicon.clone()));
}

/// The lexicon in force, compiled once a version.
pub async fn lexicon(company: &Company) -> Result<Arc<Lexicon>> {
    let newest: Option<i64> = version::Entity::find()
        .select_only()
        .column(version::Column::Idx)
        .order_by_desc(version::Column::Idx)
        .limit(1)
        .into_tuple()
        .one(company.store.read())
        .await?;
    let idx = newest.unwrap_or(-1);
    if let Some(lexicon) = kept(company, idx) {
        return Ok(lexicon);
    }
    let definition = definition(company).await?;
    let lexicon = tokio::task::spawn_blocking(move || Lexicon::compile(&definition)).await.context("compiling the lexicon")?;
    let lexicon = Arc::new(lexicon.map_err(|e| anyhow::anyhow!("the stored lexicon no longer compiles: {e}"))?);
    keep(company, idx, &lexicon);
    Ok(lexicon)
}

/// The words in force as people write them.
pub async fn definition(company: &Company) -> Result<Definition> {
    let newest = version::Entity::find().order_by_desc(version::Column::Idx).one(company.store.read()).await?;
    match newest {
        Some(row) => Ok(serde_json::from_str(&row.definition)?),
        None => Ok(Definition::shipped()),
    }
}

/// A version, newest first; the shipped one is not a row and comes last.
pub struct Version {
    pub version: String,
    /// None for the one that shipped.
    pub at: Option<i64>,
    pub by: String,
}

pub async fn versions(company: &Company) -> Result<Vec<Version>> {
    let rows: Vec<(String, i64, String)> = version::Entity::find()
        .select_only()
        .columns([version::Column::Version, version::Column::At, version::Column::ByName])
        .order_by_desc(version::Column::Idx)
        .limit(200)
        .into_tuple()
        .all(company.store.read())
        .await?;
    let mut all: Vec<Version> = rows.into_iter().map(|(version, at, by)| Version { version, at: Some(at), by }).collect();
    all.push(Version { version: Definition::shipped().version, at: None, by: "Probity".into() });
    Ok(all)
}

/// Brings a new version into force. It is compiled first, so that one that cannot be read is refused.
pub async fn save(company: &Company, definition: Definition, by: &Actor) -> Result<()> {
    let version = definition.version.trim().to_owned();
    let taken = version::Entity::find().filter(version::Column::Version.eq(&version)).count(company.store.read()).await?;
    if taken > 0 || version == Definition::shipped().version {
        return Err(Problem::conflict(
            "version_taken",
            format!("版本名“{version}”已经用过。请换一个版本名再保存。"),
            format!("The version name “{version}” is taken. Save under another name."),
        )
        .into());
    }
    let before = self::definition(company).await?;
    let data = json!({
        "version": version,
        "before": before.version,
        "added": only_in(&definition, &before),
        "removed": only_in(&before, &definition),
        "definition": serde_json::to_value(&definition)?,
    });
    let compiled = tokio::task::spawn_blocking(move || Lexicon::compile(&definition).map(|_| ())).await.context("compiling the lexicon")?;
    compiled.map_err(refusal)?;
    let Value::Object(data) = data else { return Ok(()) };
    company.publish(ROOM, CHANGED, by, None, Vec::new(), data).await?;
    Ok(())
}

fn only_in<'a>(these: &'a Definition, those: &'a Definition) -> Vec<&'a str> {
    let known: HashSet<&str> = those.entries.iter().map(|e| e.word.as_str()).collect();
    these.entries.iter().map(|e| e.word.as_str()).filter(|w| !known.contains(w)).collect()
}

fn refusal(e: LexiconError) -> Problem {
    let zh = match &e {
        LexiconError::UnknownCategory(word, category) => format!("词条“{word}”的类别“{category}”不存在。请先添加该类别，或另选一个。"),
        LexiconError::TooShort(word) => format!("“{word}”不足两个可匹配的字。请写长一些。"),
        LexiconError::TooLong(word) => format!("“{word}”太长，最多 40 个字。请写短一些。"),
        LexiconError::Twice(word) => format!("词条“{word}”重复。请删去一个。"),
        LexiconError::TooMany => "词条和变体合计超过 20000 个。请删去一些。".to_owned(),
        LexiconError::TooManyWays(cue) => format!("例外“{cue}”展开后说法过多。请拆成几条。"),
        LexiconError::Brackets(cue) => format!("例外“{cue}”的括号没有配对，或一层套一层。请写成并列的 (甲|乙)。"),
        LexiconError::NoAnchor(cue) => format!("例外“{cue}”没有一段在每种说法里都有两个汉字。请把其中一段写长一些。"),
        LexiconError::NoVersion => "缺少版本名。请填写。".to_owned(),
        LexiconError::Automaton(_) => "词库无法编译。请检查最近添加的词条。".to_owned(),
    };
    Problem::new(422, "bad_lexicon", zh, e.to_string())
}

/// Keeps the versions table in step with the records.
pub struct FollowVersions;

#[async_trait::async_trait]
impl Effect for FollowVersions {
    async fn apply(&self, _: &Company, tx: &DatabaseTransaction, batch: &[Appended<'_>]) -> Result<()> {
        for change in batch.iter().filter(|a| a.draft.kind == CHANGED && a.draft.source == "/probity/lexicon") {
            let Some(data) = change.draft.data() else { continue };
            let text = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or_default().to_owned();
            version::Entity::insert(version::ActiveModel {
                idx: Set(change.idx),
                version: Set(text(data.get("version"))),
                at: Set(change.draft.at),
                by_name: Set(text(data.get("by").and_then(|b| b.get("name")))),
                definition: Set(data.get("definition").map(Value::to_string).unwrap_or_default()),
            })
            .exec_without_returning(tx)
            .await?;
        }
        Ok(())
    }
}
