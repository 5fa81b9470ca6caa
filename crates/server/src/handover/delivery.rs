//! 送达: how the certificate of leaving reached whom it is about — handed over, by post, by mail — and that they have it.
//! Making it out is one thing (`exit`), that it arrived is what the employer has to prove. Each is a record and stands with
//! the certificate's duty.

use super::{Part, act, bad, certificate, day, find, read, sentence, today};
use crate::{
    access::{Caller, Permission},
    company::{Actor, Company},
    error::{Problem, Result},
    http::{AppState, Body, PathParam, instant},
    said::{Lang, Said},
};
use axum::{Json, extract::State};
use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(deliver_certificate)).routes(routes!(receive_certificate))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveredBy {
    /// 当面交付
    HandedOver,
    /// 邮寄
    Post,
    /// 电子邮件
    Mail,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct DeliverCertificate {
    pub how: DeliveredBy,
    pub on: String,
    /// 收件地址、快递单号或在场人: needed unless it was handed over.
    #[serde(default)]
    pub reference: String,
    /// The number of the certificate that was delivered: the present one where it is not named. An earlier one, delivered
    /// before it was corrected, stays proof that the company was in time.
    pub number: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReceiveCertificate {
    /// The number of the certificate that was read.
    pub number: String,
}

pub async fn deliver(company: &Company, by: &Actor, part: &Part, handover: &super::model::handover::Model, new: &DeliverCertificate, lang: Lang) -> Result<()> {
    part.hr_only(Permission::LeavingAct)?;
    let content = certificate::numbered(company, &handover.id, new.number.as_deref()).await?;
    let on = day("/on", &new.on, lang)?;
    if on > today(company) {
        return Err(bad("/on", "future", "送达日期不能晚于今天。", "It cannot have been delivered after today.", lang));
    }
    if content["issued_on"].as_str().is_some_and(|issued| on.to_string().as_str() < issued) {
        return Err(bad("/on", "before_issue", "送达日期不能早于出具日期。", "It cannot have been delivered before it was issued.", lang));
    }
    let reference = if new.how == DeliveredBy::HandedOver && new.reference.trim().is_empty() {
        String::new()
    } else {
        sentence("/reference", &new.reference, 2, 300, lang)?
    };
    let times = content["deliveries"].as_array().map_or(0, Vec::len);
    let data = json!({ "duty": "certificate", "number": content["number"], "how": new.how, "on": on.to_string(), "reference": reference });
    // Of two at the same moment the log keeps one.
    act(company, by, handover, "handover.certificate_delivered", Some(format!("delivered:{}:{}:{times}", handover.id, certificate::version(&content))), data)
        .await
        .map(drop)
}

/// The person it is about says that they have the one with this number.
pub async fn receive(company: &Company, by: &Actor, part: &Part, handover: &super::model::handover::Model, number: &str) -> Result<()> {
    if !part.leaver {
        return Err(Problem::new(403, "not_yours", "只有本人可以签收自己的离职证明。", "Only the person it is about acknowledges the certificate.")
            .with_rule("handovers.see")
            .into());
    }
    let content = certificate::issued(company, &handover.id).await?;
    // A page that stood open while it was corrected must not acknowledge a paper nobody has read.
    if content["number"] != number {
        return Err(Problem::conflict(
            "superseded",
            "这份离职证明已经更正并另行出具。请刷新页面，查看新的一份后再签收。",
            "This certificate was corrected and issued anew. Reload the page and read the new one before you acknowledge it.",
        )
        .into());
    }
    if content["received"].is_object() {
        return Err(Problem::conflict("already_acknowledged", "已经签收过了。", "It was acknowledged already.").into());
    }
    let data = json!({ "duty": "certificate", "number": content["number"], "digest": content["file"]["sha256"] });
    act(company, by, handover, "handover.certificate_received", Some(format!("received:{}:{}", handover.id, certificate::version(&content))), data)
        .await
        .map(drop)
}

/// What the record adds to the content of the certificate it is about, in its transaction.
pub(super) async fn keep(tx: &DatabaseTransaction, handover: &str, kind: &str, data: &Map<String, Value>, at: i64, record: String) -> Result<()> {
    let by = data.get("by").map(|by| by["name"].clone()).unwrap_or_default();
    certificate::add(tx, handover, data.get("number").and_then(Value::as_str), |content| {
        if kind == "certificate_received" {
            content.insert("received".into(), json!({ "at": instant(at), "by": by, "record": record }));
            return;
        }
        let one = json!({ "how": data.get("how"), "on": data.get("on"), "reference": data.get("reference"), "by": by, "record": record });
        if let Some(all) = content.entry("deliveries").or_insert_with(|| json!([])).as_array_mut() {
            all.push(one);
        }
    })
    .await
}

/// How it is called in the history.
pub(super) fn said(data: &Map<String, Value>) -> Said {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let (zh, en) = match text("how") {
        "handed_over" => ("当面交付", "handed over"),
        "post" => ("邮寄", "by post"),
        _ => ("电子邮件", "by e-mail"),
    };
    let more = |lead: &str| format!("{lead} {} {}", text("on"), text("reference")).trim().to_owned();
    Said::new(more(zh), more(en))
}

/// Note how the certificate of termination was delivered 送达
#[utoipa::path(post, path = "/api/v1/handovers/{id}/certificate/delivery", tag = "handovers", params(("id" = String, Path)),
    request_body = DeliverCertificate, responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409), (status = 422)))]
pub async fn deliver_certificate(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<DeliverCertificate>,
) -> Result<Json<read::HandoverDetail>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    caller.require(Permission::LeavingAct)?;
    deliver(&company, &caller.actor(), &part, &row, &body, lang).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}

/// Acknowledge one's own certificate of termination 签收
///
/// Also after leaving.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/certificate/receipt", tag = "handovers", params(("id" = String, Path)),
    request_body = ReceiveCertificate, responses((status = 200, body = read::HandoverDetail), (status = 404), (status = 409)))]
pub async fn receive_certificate(
    State(company): State<Arc<Company>>,
    caller: Caller,
    lang: Lang,
    PathParam(id): PathParam<String>,
    Body(body): Body<ReceiveCertificate>,
) -> Result<Json<read::HandoverDetail>> {
    let row = find(&company, &id).await?;
    let part = Part::of(&company, &caller, &row).await?;
    part.whole_only()?;
    receive(&company, &caller.actor(), &part, &row, &body.number).await?;
    Ok(Json(read::detail(&company, &caller, &id, lang).await?))
}
