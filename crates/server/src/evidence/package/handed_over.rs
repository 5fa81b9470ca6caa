//! A handover as a package: every act of it, the customers passed on, the notices sent and the files given, with the same
//! proofs and the same verifier as a case's. Made at once and kept nowhere; that it was made is itself an act.

use super::{
    job::{self, About},
    model::package,
};
use crate::{
    access::{Caller, Field},
    cases::read::Held,
    company::Company,
    error::{Problem, Result},
    evidence::checkpoints,
    handover::{self, model::handover as row},
    http::instant,
    intake::kinds,
    people,
    records::{id_of, machine},
    said::Lang,
};
use serde_json::{Value, json};

/// What the records of a handover hold: amounts of its list, the customers' contacts and addresses, what was typed under
/// them, how to reach the receivers. A package is whole or none: with parts left out its proofs would prove less than
/// it says.
const HOLDS: [Field; 6] =
    [Field::CustomersContacts, Field::CustomersAmounts, Field::CustomersPreferences, Field::PeoplePhones, Field::PeopleEmails, Field::PeopleAccounts];

/// Whether the caller sees all that a handover holds.
pub fn sees_whole(caller: &Caller) -> Result<()> {
    let Some(field) = HOLDS.into_iter().find(|f| !caller.sees(*f)) else { return Ok(()) };
    Err(Problem::new(
        403,
        "package_masked",
        format!("交接档案含有您的角色看不到的内容（{field}），不能由您导出。请由能看到全部内容的同事（如法务）导出。"),
        format!("The package holds what your role does not see ({field}), so you cannot take it out. A colleague who sees all of it, for instance legal, can."),
    )
    .with_rule(field.name())
    .into())
}

/// The zip's bytes.
pub async fn zip(company: &Company, caller: &Caller, of: &row::Model, reason: &str, lang: Lang) -> Result<Vec<u8>> {
    sees_whole(caller)?;
    let by = &caller.actor();
    let reason = handover::sentence("/reason", reason, 2, 2000, lang)?;
    // First that it is made: the checkpoint covers it.
    let made = handover::read::packaged(company, by, of, &reason).await?;
    let published = checkpoints::published_beyond(company, made).await?;
    let until = company.now();
    let acts = handover::read::records_of(company, &of.id).await?;
    let opened = machine::open(company, &acts).await?;
    let mut held = Held::default();
    for o in &opened {
        held.records.insert(o.row.idx, format!("{}：{}", of.number, kinds::label(&o.row.kind).zh));
    }
    // A deduction that was withdrawn does not stand in the catalogue as if it counted.
    for (noted, withdrawal) in handover::deduction::noted_of(company, &of.id).await? {
        if let (Some(why), Some(w)) = (held.records.get_mut(&noted.idx), withdrawal) {
            let owed = if noted.taken { "；已从工资中扣款，须补发给本人" } else { "" };
            let on = handover::date_of(company, w.at);
            why.push_str(&format!("（已撤回：{on} {}，{}{owed}）", w.actor_name, w.text.unwrap_or_default()));
        }
    }
    let custody = custody(company, of, until).await?;
    let names = people::names_of(company.store.read(), std::slice::from_ref(&of.employee)).await?;
    let about = About {
        id: of.id.clone(),
        number: of.number.clone(),
        title: format!("{} 工作交接", names.get(&of.employee).unwrap_or(&of.employee)),
        employee: of.employee.clone(),
        opened_at: of.started_at,
    };
    let asked = package::Model {
        id: uuid::Uuid::now_v7().to_string(),
        case_id: of.id.clone(),
        revision: of.revision,
        status: "building".into(),
        progress: 0,
        error: None,
        reason,
        redact: "{}".into(),
        actor: serde_json::to_string(by)?,
        created_at: until,
        look: Some(made),
        checkpoint: Some(published.note.clone()),
        custody_until: Some(until),
        size: None,
        sha256: None,
        built_at: None,
        pdf: None,
        pdf_note: None,
    };
    let contents = job::assemble(company, about, &asked, by, published.note, until, opened, &held, custody, &|_, _| {}).await?;
    job::write(company, &contents)
}

/// `custody.json`: who opened its files and had packages made, in order.
async fn custody(company: &Company, of: &row::Model, until: i64) -> Result<Value> {
    let acts: Vec<Value> = handover::read::looks_of(company, &of.id)
        .await?
        .into_iter()
        .map(|e| json!({ "at": instant(e.at), "act": format!("handover.{}", e.kind), "by": e.actor_name, "record": id_of(e.idx), "reason": e.text }))
        .collect();
    Ok(json!({
        "until": instant(until),
        "note": { "zh": "每一项都是日志中的一条记录；record 为其编号。", "en": "Each entry is itself a record in the log; “record” is its id." },
        "acts": acts,
    }))
}
