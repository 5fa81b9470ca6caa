//! Sources 数据来源: where records come from and why that is lawful (LAW R01, R03, R16).
//!
//! A registration is versioned and is itself a record. A change of the basis waits for a second person once there
//! is one who may approve it. What is *not* here: the check of a record against its source (`check`).

use super::{
    kinds,
    model::{source, source_count},
    quarantine,
};
use crate::{
    access::{Caller, Permission, tokens, users},
    company::Company,
    error::{FieldError, Problem, Result},
    http::instant,
    said::Lang,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BasisKind {
    HrNecessity,
    Contract,
    Consent,
    LegalDuty,
}

/// Why the company may process these records, and the notice that told people so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceBasis {
    pub kind: BasisKind,
    /// Name or address of the notice 告知书.
    #[serde(default)]
    pub notice: String,
    #[serde(default)]
    pub notice_version: String,
    /// Day of the impact assessment 个人信息保护影响评估.
    #[serde(default)]
    pub assessed_on: String,
}

impl BasisKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::HrNecessity => "hr_necessity",
            Self::Contract => "contract",
            Self::Consent => "consent",
            Self::LegalDuty => "legal_duty",
        }
    }
}

impl SourceBasis {
    fn is_complete(&self) -> bool {
        !self.notice.trim().is_empty() && self.assessed_on.parse::<jiff::civil::Date>().is_ok()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewSource {
    /// Begins with `/`, e.g. `/crm/main`.
    pub source: String,
    #[serde(default)]
    pub name: String,
    /// Kinds, where `customer.*` and `*` stand for many.
    pub kinds: Vec<String>,
    pub basis: Option<SourceBasis>,
}

/// What intake needs to know of a source.
#[derive(Debug, Clone)]
pub struct Registration {
    pub version: i32,
    kinds: Vec<String>,
    lawful: bool,
}

impl Registration {
    pub fn of_row(row: &source::Model) -> Self {
        Self { version: row.version, kinds: list(&row.kinds), lawful: basis(row).is_some_and(|b| b.is_complete()) }
    }

    pub fn covers(&self, kind: &str) -> bool {
        self.kinds.iter().any(|k| glob(k, kind))
    }

    pub fn is_lawful(&self) -> bool {
        self.lawful
    }
}

fn glob(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(front) => kind.starts_with(front),
        None => pattern == kind,
    }
}

fn list(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}

fn basis(row: &source::Model) -> Option<SourceBasis> {
    serde_json::from_str(row.basis.as_deref()?).ok()
}

/// The name of these sources, and why the company may hold what they send.
pub async fn bases(db: &impl ConnectionTrait, sources: &[String]) -> Result<HashMap<String, (String, Option<SourceBasis>)>> {
    let rows = source::Entity::find().filter(source::Column::Source.is_in(sources.iter().cloned())).all(db).await?;
    Ok(rows.into_iter().map(|r| (r.source.clone(), (r.name.clone(), basis(&r)))).collect())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    pub source: String,
    pub name: String,
    pub kinds: Vec<String>,
    pub basis: Option<SourceBasis>,
    pub version: i32,
    pub registered_at: String,
    /// Records taken in so far.
    pub records: i64,
    pub last_received_at: Option<String>,
    /// A change of the basis that waits for a second person.
    pub pending: Option<Pending>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    pub change: NewSource,
    pub by: String,
    /// User or token id of who asked; somebody else has to approve.
    pub by_id: String,
    pub at: String,
}

pub async fn all(company: &Company) -> Result<Vec<Source>> {
    let rows = source::Entity::find().order_by_asc(source::Column::Source).all(company.store.read()).await?;
    let counts = source_count::Entity::find().all(company.store.read()).await?;
    let mut counts: HashMap<String, source_count::Model> = counts.into_iter().map(|c| (c.source.clone(), c)).collect();
    Ok(rows
        .into_iter()
        .map(|r| {
            let count = counts.remove(&r.source);
            shown(&r, count)
        })
        .collect())
}

fn shown(row: &source::Model, count: Option<source_count::Model>) -> Source {
    Source {
        source: row.source.clone(),
        name: row.name.clone(),
        kinds: list(&row.kinds),
        basis: basis(row),
        version: row.version,
        registered_at: instant(row.registered_at),
        records: count.as_ref().map_or(0, |c| c.records),
        last_received_at: count.map(|c| instant(c.last_received_at)),
        pending: row.pending.as_deref().and_then(|p| serde_json::from_str(p).ok()),
    }
}

async fn find(company: &Company, name: &str) -> Result<Option<source::Model>> {
    Ok(source::Entity::find_by_id(name).one(company.store.read()).await?)
}

/// Registers a source or a new version of it. A change of the basis of one that has a basis waits for a second
/// person, if there is another who may approve.
pub async fn put(company: &Company, caller: &Caller, new: NewSource, lang: Lang) -> Result<Source> {
    validate(&new, lang)?;
    let old = find(company, &new.source).await?;
    if let Some(old) = &old {
        let before = basis(old);
        let unchanged = before == new.basis && old.name == new.name && list(&old.kinds) == new.kinds;
        if unchanged && old.pending.is_none() {
            return Ok(shown(old, None));
        }
        if before.is_some() && before != new.basis && there_is_a_second_person(company).await? {
            return ask(company, caller, old, new).await;
        }
    }
    let version = old.as_ref().map_or(1, |o| o.version + 1);
    apply(company, caller, new, version, "source.registered").await
}

/// The second person says yes to the change that waits.
pub async fn approve(company: &Company, caller: &Caller, name: &str) -> Result<Source> {
    let row = find(company, name).await?.ok_or_else(Problem::not_found)?;
    let Some(pending) = row.pending.as_deref().and_then(|p| serde_json::from_str::<Pending>(p).ok()) else {
        return Err(Problem::conflict("nothing_pending", "这个来源没有等待批准的变更。", "No change of this source waits for approval.").into());
    };
    // A program approves nothing, and nobody what a token of theirs asked for.
    let own_token = tokens::list(company).await?.iter().any(|t| t.id == pending.by_id && t.created_by == caller.name);
    if pending.by_id == caller.id || caller.user_id().is_none() || own_token {
        return Err(Problem::new(
            403,
            "second_person",
            "变更合法依据需要另一位有权限的人批准，申请人不能批准自己的变更。",
            "A change of the lawful basis is approved by another person than the one who asked for it.",
        )
        .with_rule("R02")
        .into());
    }
    apply(company, caller, pending.change, row.version + 1, "source.approved").await
}

/// A second person who may change sources.
async fn there_is_a_second_person(company: &Company) -> Result<bool> {
    let roles = company.roles();
    let may = |role: &str| roles.get(role).is_some_and(|r| r.grants.has(Permission::SourcesEdit));
    Ok(users::list(company).await?.iter().filter(|u| !u.disabled && may(&u.role)).count() >= 2)
}

async fn ask(company: &Company, caller: &Caller, old: &source::Model, change: NewSource) -> Result<Source> {
    let now = company.now();
    let mut data = Map::new();
    data.insert("source".into(), json!(change));
    company.publish("intake", "source.change_asked", &caller.actor(), None, Vec::new(), data).await?;
    let pending = Pending { change, by: caller.name.clone(), by_id: caller.id.clone(), at: instant(now) };
    let text = serde_json::to_string(&pending)?;
    let tx = company.store.write().await?;
    source::Entity::update(source::ActiveModel { source: Set(old.source.clone()), pending: Set(Some(text)), ..Default::default() }).exec(&tx).await?;
    tx.commit().await?;
    let row = find(company, &old.source).await?.ok_or_else(Problem::not_found)?;
    Ok(shown(&row, None))
}

async fn apply(company: &Company, caller: &Caller, new: NewSource, version: i32, kind: &'static str) -> Result<Source> {
    // The registration is in the log before it has effect.
    let mut data = Map::new();
    data.insert("source".into(), json!(new));
    data.insert("version".into(), json!(version));
    company.publish("intake", kind, &caller.actor(), None, Vec::new(), data).await?;
    let row = source::Model {
        source: new.source,
        version,
        name: new.name,
        kinds: serde_json::to_string(&new.kinds)?,
        basis: new.basis.map(|b| serde_json::to_string(&b)).transpose()?,
        pending: None,
        registered_at: company.now(),
        registered_by: caller.id.clone(),
    };
    let tx = company.store.write().await?;
    source::Entity::insert(source::ActiveModel::from(row.clone()).reset_all())
        .on_conflict(
            OnConflict::column(source::Column::Source)
                .update_columns([
                    source::Column::Version,
                    source::Column::Name,
                    source::Column::Kinds,
                    source::Column::Basis,
                    source::Column::Pending,
                    source::Column::RegisteredAt,
                    source::Column::RegisteredBy,
                ])
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
    quarantine::retry_later(&tx, company, &row.source).await?;
    tx.commit().await?;
    company.jobs.wake();
    let count = source_count::Entity::find_by_id(&row.source).one(company.store.read()).await?;
    Ok(shown(&row, count))
}

fn validate(new: &NewSource, lang: Lang) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, zh: &str, en: &str| {
        errors.push(FieldError { pointer: pointer.into(), code: "invalid".into(), detail: crate::said::Said::new(zh, en).pick(lang).to_owned() });
    };
    if !new.source.starts_with('/') || new.source.len() < 2 || !kinds::is_identifier(&new.source) || new.source.contains(char::is_whitespace) {
        wrong("/source", "来源名以“/”开头，不含空格，如 /crm/main。", "A source's name begins with “/” and has no spaces, like /crm/main.");
    }
    if new.source == "/probity" || new.source.starts_with("/probity/") {
        wrong("/source", "“/probity/”开头的来源名留给系统自身。", "Names under “/probity/” are the system's own.");
    }
    if new.kinds.is_empty() {
        wrong("/kinds", "至少写一个种类，如 customer.*。", "Name at least one kind, such as customer.*.");
    }
    for (i, pattern) in new.kinds.iter().enumerate() {
        if !kinds::all().iter().any(|k| glob(pattern, k.name)) {
            wrong(&format!("/kinds/{i}"), "没有这样的记录种类，见 docs/records.md。", "There is no such kind of record; see docs/records.md.");
        }
    }
    if let Some(basis) = &new.basis
        && !basis.assessed_on.is_empty()
        && basis.assessed_on.parse::<jiff::civil::Date>().is_err()
    {
        wrong("/basis/assessed_on", "评估日期写作 2026-01-05。", "Write the day of the assessment as 2026-01-05.");
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Problem::bad_request("bad_source", "来源登记有误，请按提示修改后重试。", "The registration has mistakes; mend them and try again.")
        .with_errors(errors)
        .into())
}

/// Names of the sources, for a choice on a page or the check of a command.
pub async fn is_registered(company: &Company, name: &str) -> Result<bool> {
    Ok(source::Entity::find().filter(source::Column::Source.eq(name)).one(company.store.read()).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn kinds_may_end_in_a_star() {
        assert!(glob("customer.*", "customer.lost") && glob("*", "x") && glob("call.made", "call.made"));
        assert!(!glob("customer.*", "order.placed") && !glob("call", "call.made"));
    }
}
