//! 经过: the acts of a handover in words, one language at a time. Names are looked up when they are read, so that an erased
//! person stands in no line. What is *not* here: writing them ([`super::follow`]).

use super::model::event;
use crate::{
    company::Company,
    error::Result,
    http::instant,
    people,
    records::id_of,
    said::{Lang, Said},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverEvent)]
pub struct EventView {
    pub record: String,
    pub at: String,
    pub actor: String,
    pub kind: String,
    pub item: Option<String>,
    pub text: Option<String>,
}

/// What is looked into about somebody is shown to those who look, not to them.
pub const NOT_FOR_THE_LEAVER: [&str; 2] = ["reconciled", "finding_decided"];

/// Who takes over how many, as the history keeps it.
#[derive(Deserialize)]
struct Named {
    count: usize,
    receiver: Option<String>,
}

/// A line of the history in one language; what a person wrote stays as written.
pub(super) fn spoken(text: String, people: &HashMap<String, people::model::person::Model>, lang: Lang) -> String {
    if let Ok(Named { count, receiver }) = serde_json::from_str(&text) {
        let name = |number: String| people.get(&number).map_or(number, |p| p.name.clone());
        let said = match receiver.map(name) {
            Some(name) => Said::new(format!("{count} 项由{name}接收"), format!("{name} takes over {count}")),
            None => Said::new(format!("{count} 项取消接收人"), format!("{count} without a receiver again")),
        };
        return said.pick(lang).to_owned();
    }
    serde_json::from_str::<Said>(&text).map_or(text, |said| said.pick(lang).to_owned())
}

pub(super) async fn of(company: &Company, id: &str, leaver: bool, lang: Lang) -> Result<Vec<EventView>> {
    let rows = event::Entity::find().filter(event::Column::Handover.eq(id)).order_by_desc(event::Column::Idx).limit(500).all(company.store.read()).await?;
    let named = |e: &event::Model| Some(serde_json::from_str::<Named>(e.text.as_deref()?).ok().filter(|_| e.kind == "receivers_set")?.receiver?);
    let numbers: Vec<String> = rows.iter().filter_map(named).collect();
    let people = people::find_all(company.store.read(), &numbers).await?;
    // A deduction that was withdrawn says so itself, and its withdrawal says which one it was.
    let withdrawn: HashMap<i64, (String, bool)> =
        rows.iter().filter_map(|e| Some((e.withdrawn?, (e.text.clone().map(|t| spoken(t, &people, lang)).unwrap_or_default(), e.taken)))).collect();
    let told = |e: &event::Model| {
        let text = e.text.clone().map(|t| spoken(t, &people, lang));
        match (e.withdrawn, withdrawn.get(&e.idx)) {
            (Some(_), _) => text.map(|t| Said::new(format!("（已撤回）{t}"), format!("(withdrawn) {t}")).pick(lang).to_owned()),
            // To whom it is about: what was taken is owed.
            (_, Some((what, true))) => text.map(|t| {
                let zh = format!("{t}（原登记：{what}；已从工资中扣款，须补发给本人）");
                Said::new(zh, format!("{t} (it was: {what}; taken from a wage already, to be paid back)")).pick(lang).to_owned()
            }),
            (_, Some((what, false))) => text.map(|t| Said::new(format!("{t}（原登记：{what}）"), format!("{t} (it was: {what})")).pick(lang).to_owned()),
            _ => text,
        }
    };
    Ok(rows
        .into_iter()
        .filter(|e| !(leaver && NOT_FOR_THE_LEAVER.contains(&e.kind.as_str())))
        .map(|e| EventView { text: told(&e), record: id_of(e.idx), at: instant(e.at), actor: e.actor_name, kind: e.kind, item: e.item })
        .collect())
}
