//! A restriction as the API shows it.

use super::{
    Limit, act,
    model::{appeal, restriction},
    preview::{self, RestrictionPreview},
};
use crate::{access::model::user, company::Company, error::Result, http::instant, people, records::id_of, said::Lang};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct LimitView {
    pub limit: Limit,
    pub title: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AppealView {
    /// The appeal's record.
    pub id: String,
    pub at: String,
    pub text: String,
    pub answered_at: Option<String>,
    pub answered_by: Option<String>,
    pub answer: Option<String>,
    /// `kept` or `lifted`.
    pub outcome: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RestrictionView {
    pub id: String,
    pub employee: String,
    pub employee_name: Option<String>,
    pub limits: Vec<LimitView>,
    pub reason: String,
    /// `P16` or `P19`.
    pub rule: String,
    pub from: String,
    pub until: String,
    /// The last day on which it holds, in the company's zone.
    pub last_day: String,
    /// `proposed`, `refused`, `withdrawn`, `in_force`, `lifted`, `expired`.
    pub status: String,
    pub proposed_at: String,
    pub proposed_by: Option<String>,
    pub decided_at: Option<String>,
    pub decided_by: Option<String>,
    pub decision: Option<String>,
    pub ended_at: Option<String>,
    pub end_reason: Option<String>,
    pub appeals: Vec<AppealView>,
    /// What it would touch now; only while somebody has to decide.
    pub preview: Option<RestrictionPreview>,
    /// The caller proposed it, so somebody else decides.
    pub own_proposal: bool,
}

/// As shown to `viewer` (a user's id). `previews`: also what the proposed ones would touch now.
pub async fn views(company: &Company, rows: Vec<restriction::Model>, viewer: &str, previews: bool, lang: Lang) -> Result<Vec<RestrictionView>> {
    let db = company.store.read();
    let ids: Vec<String> = rows.iter().map(|r| r.id.clone()).collect();
    let mut appeals: HashMap<String, Vec<appeal::Model>> = HashMap::new();
    for part in ids.chunks(500) {
        let found = appeal::Entity::find().filter(appeal::Column::Restriction.is_in(part.iter().cloned())).order_by_asc(appeal::Column::Idx).all(db).await?;
        for row in found {
            appeals.entry(row.restriction.clone()).or_default().push(row);
        }
    }
    let mut users: BTreeSet<String> = rows.iter().flat_map(|r| [Some(r.proposed_by.clone()), r.decided_by.clone()]).flatten().collect();
    users.extend(appeals.values().flatten().filter_map(|a| a.answered_by.clone()));
    let users: HashMap<String, String> =
        user::Entity::find().filter(user::Column::Id.is_in(users)).all(db).await?.into_iter().map(|u| (u.id, u.name)).collect();
    let numbers: Vec<String> = rows.iter().map(|r| r.employee.clone()).collect();
    let names = people::names_of(db, &numbers).await?;
    let mut all = Vec::with_capacity(rows.len());
    for r in rows {
        let limits = Limit::read(&r.limits);
        let preview = if previews && r.status == "proposed" { Some(preview::of(company, &r.employee, &limits, lang).await?) } else { None };
        let of_it = appeals.remove(&r.id).unwrap_or_default();
        all.push(RestrictionView {
            employee_name: names.get(&r.employee).cloned(),
            limits: limits.into_iter().map(|limit| LimitView { limit, title: limit.title().pick(lang).to_owned() }).collect(),
            own_proposal: r.proposed_by == viewer,
            proposed_by: users.get(&r.proposed_by).cloned(),
            decided_by: r.decided_by.as_ref().and_then(|u| users.get(u).cloned()),
            appeals: of_it
                .into_iter()
                .map(|a| AppealView {
                    id: id_of(a.idx),
                    at: instant(a.at),
                    text: a.body,
                    answered_at: a.answered_at.map(instant),
                    answered_by: a.answered_by.as_ref().and_then(|u| users.get(u).cloned()),
                    answer: a.answer,
                    outcome: a.outcome,
                })
                .collect(),
            preview,
            id: r.id,
            employee: r.employee,
            reason: r.reason,
            rule: r.rule,
            from: instant(r.from_at),
            last_day: act::last_day(company, r.until_at),
            until: instant(r.until_at),
            status: r.status,
            proposed_at: instant(r.proposed_at),
            decided_at: r.decided_at.map(instant),
            decision: r.decision,
            ended_at: r.ended_at.map(instant),
            end_reason: r.end_reason,
        });
    }
    Ok(all)
}
