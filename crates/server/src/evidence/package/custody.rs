//! `custody.json` 保管记录: who opened, added, attached or asked for what in this case, in order, up to the cut-off.

use crate::{
    cases,
    company::Company,
    error::Result,
    http::instant,
    records::{id_of, model::looked},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

pub async fn log(company: &Company, case: &str, until: i64) -> Result<Value> {
    let mut acts: Vec<(i64, Value)> = Vec::new();
    let looks = looked::Entity::find()
        .filter(looked::Column::CaseId.eq(case))
        .filter(looked::Column::At.lte(until))
        .order_by_asc(looked::Column::Idx)
        .all(company.store.read())
        .await?;
    for look in looks {
        let records: Value = serde_json::from_str(&look.records)?;
        acts.push((
            look.idx,
            json!({ "at": instant(look.at), "act": "content.looked", "by": look.actor_name, "by_kind": look.actor_kind,
                    "reason": look.reason, "records": records, "record": id_of(look.idx) }),
        ));
    }
    for event in cases::read::events_of(company, case).await? {
        if event.at > until {
            continue;
        }
        let mut data: Value = serde_json::from_str(&event.data)?;
        if let Some(data) = data.as_object_mut() {
            // Who and which case stand beside it.
            data.remove("by");
            data.remove("case");
            // What was written for those who work on the case is not for the other side; that it was written is.
            if event.kind == "noted" {
                data.remove("text");
            }
        }
        acts.push((
            event.idx,
            json!({ "at": instant(event.at), "act": format!("case.{}", event.kind), "by": event.actor_name,
                    "record": id_of(event.idx), "data": data }),
        ));
    }
    acts.sort_by_key(|(idx, _)| *idx);
    Ok(json!({
        "until": instant(until),
        "note": { "zh": "每一项都是日志中的一条记录；record 为其编号。", "en": "Each entry is itself a record in the log; “record” is its id." },
        "acts": acts.into_iter().map(|(_, act)| act).collect::<Vec<_>>(),
    }))
}
