//! Customers taken out as a file 导出: only with `customers.export`, only those within reach, without what is masked. Every
//! file says who took it, when and under which number, in its head and foot and in a hidden column of every row; no cell
//! is a formula. The log has the export with its digest before the file is given, and a `customer.accessed` for every
//! customer, so that the rules see it. Whoever is leaving takes none (LAW P16).

use super::{
    SOURCE,
    api::{CustomerFilter, CustomerItem, items},
    dealings::Kind,
    list,
    model::{customer, dealing},
    reach::Whose,
};
use crate::{
    access::{Caller, Field, Permission, views},
    company::Company,
    error::{Problem, Result},
    http::{AppState, Body, instant},
    intake::money,
    records::{Draft, customer_subject},
    said::Lang,
    sheets::{self, Sheet},
};
use aws_lc_rs::digest;
use axum::{
    extract::State,
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, sync::Arc};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Customers in one file.
pub const MOST: usize = 20_000;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export_customers))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    Csv,
    Xlsx,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Export {
    pub format: FileFormat,
    #[serde(default)]
    pub filter: CustomerFilter,
    /// What it is for; stands in the record.
    pub reason: String,
}

/// Export customers as CSV or XLSX
///
/// Logged as `customers.exported`; refused while the caller is leaving (P16).
#[utoipa::path(post, path = "/api/v1/customers/export", tag = "customers", request_body = Export,
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 422)))]
pub async fn export_customers(State(company): State<Arc<Company>>, caller: Caller, lang: Lang, Body(body): Body<Export>) -> Result<Response> {
    caller.require(Permission::CustomersExport)?;
    let reason = body.reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(super::acts::wrong(lang, "/reason", "请写明导出用途（1–500 字）。", "Say what the export is for (1–500 characters)."));
    }
    // Both permissions bound it: nothing is taken out that may not be seen.
    let whose = narrower(Whose::of(&caller, Permission::CustomersExport), Whose::of(&caller, Permission::CustomersSee));
    let rows = list::page(&company, &whose, &body.filter, None, MOST as u64 + 1).await?;
    if rows.len() > MOST {
        return Err(Problem::new(
            422,
            "too_many",
            format!("一次最多导出 {MOST} 个客户。请缩小筛选范围后分批导出。"),
            format!("At most {MOST} customers in one file. Narrow the filter and export in parts."),
        )
        .into());
    }
    let id = uuid::Uuid::now_v7().to_string();
    let (sheet, customers) = sheet(&company, &caller, lang, &id, rows).await?;
    let count = sheet.rows.len();
    let format = body.format;
    let bytes = tokio::task::spawn_blocking(move || match format {
        FileFormat::Csv => sheets::csv(&sheet),
        FileFormat::Xlsx => sheets::write(&sheet),
    })
    .await
    .map_err(anyhow::Error::from)??;
    let digest = hex::encode(digest::digest(&digest::SHA256, &bytes).as_ref());
    // What is not in the log does not leave.
    write(&company, &caller, &body, &id, &customers, count, &digest).await?;
    views::note(&company, &caller.id, "export", "customers", "", reason);
    let (media, ending) = match format {
        FileFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        FileFormat::Xlsx => (sheets::MEDIA_TYPE, "xlsx"),
    };
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=customers-{}.{ending}", &id[..13])),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static("x-probity-export"), id),
    ];
    Ok((headers, bytes).into_response())
}

fn narrower(a: Whose, b: Whose) -> Whose {
    let width = |w: &Whose| match w {
        Whose::Nobodys => 0,
        Whose::Own(_) => 1,
        Whose::Teams(_) => 2,
        Whose::Everyones => 3,
    };
    if width(&a) <= width(&b) { a } else { b }
}

async fn write(company: &Company, caller: &Caller, body: &Export, id: &str, customers: &[String], count: usize, digest: &str) -> Result<()> {
    let by = caller.actor();
    let by = json!({ "kind": by.kind, "id": by.id, "name": by.name });
    let at = company.now();
    let data = json!({
        "export": id, "employee": caller.employee, "format": body.format, "filter": body.filter, "reason": body.reason.trim(), "count": count,
        "masked": caller.grants.masked().iter().map(|f| f.name()).collect::<Vec<_>>(), "digest": digest, "customers": customers, "by": by,
    });
    let object = |value: Value| match value {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let mut drafts = vec![Draft::new(SOURCE.into(), id.to_owned(), "customers.exported".into(), at, caller.employee.clone(), Vec::new(), object(data))];
    if let Some(employee) = &caller.employee {
        drafts.extend(customers.iter().map(|customer| {
            let data = json!({ "customer": customer, "employee": employee, "action": "export", "count": count, "export": id });
            let name = format!("{id}/{customer}");
            Draft::new(SOURCE.into(), name, "customer.accessed".into(), at, Some(employee.clone()), vec![customer_subject(customer)], object(data))
        }));
    }
    company.writer.append(drafts).await?;
    Ok(())
}

async fn sheet(company: &Company, caller: &Caller, lang: Lang, id: &str, rows: Vec<customer::Model>) -> Result<(Sheet, Vec<String>)> {
    let contacts: HashMap<String, String> = rows.iter().map(|r| (r.customer.clone(), people_of(&r.contacts))).collect();
    let items: Vec<CustomerItem> = items(company, rows).await?;
    let ids: Vec<String> = items.iter().map(|i| i.customer.clone()).collect();
    let (sees_contacts, sees_amounts) = (caller.sees(Field::CustomersContacts), caller.sees(Field::CustomersAmounts));
    let owed = if sees_amounts { owed(company, &ids).await? } else { HashMap::new() };
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::En { en } else { zh };
    let mut columns = vec![
        (pick("客户编号", "Customer"), 16.0),
        (pick("名称", "Name"), 30.0),
        (pick("等级", "Tier"), 12.0),
        (pick("建档日期", "Since"), 12.0),
        (pick("负责人工号", "Employee"), 12.0),
        (pick("负责人", "In charge"), 14.0),
    ];
    if sees_contacts {
        columns.push((pick("联系人", "Contacts"), 40.0));
    }
    if sees_amounts {
        columns.push((pick("未收款", "Owed"), 18.0));
    }
    let rows = items
        .into_iter()
        .map(|i| {
            let contact = contacts.get(&i.customer).cloned();
            let rest = owed.get(&i.customer).cloned();
            let mut row = vec![Some(i.customer), Some(i.name), i.tier, i.since, i.employee, i.employee_name];
            if sees_contacts {
                row.push(contact);
            }
            if sees_amounts {
                row.push(rest);
            }
            row
        })
        .collect();
    let (name, who, when) = (company.settings().name.clone(), &caller.name, instant(company.now()));
    let mark = match lang {
        Lang::Zh => format!("{name} 内部资料 · 导出人 {who}（{}）· {when} · 编号 {id} · 不得外传", caller.employee.as_deref().unwrap_or(&caller.id)),
        Lang::En => {
            format!("{name} internal · exported by {who} ({}) · {when} · no. {id} · not to be passed on", caller.employee.as_deref().unwrap_or(&caller.id))
        }
    };
    let columns = columns.into_iter().map(|(title, width)| (title.to_owned(), width)).collect();
    Ok((Sheet { name: "customers", mark, columns, rows, id: Some(id.to_owned()) }, ids))
}

/// Contacts in one cell.
fn people_of(json: &str) -> String {
    let list: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    let line = |c: &Value| ["name", "phone", "email", "im"].iter().filter_map(|m| c[*m].as_str()).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    list.iter().map(line).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ")
}

/// What each of these customers still has to pay.
async fn owed(company: &Company, customers: &[String]) -> Result<HashMap<String, String>> {
    let mut sums: HashMap<(String, String), i64> = HashMap::new();
    for part in customers.chunks(500) {
        let rows = dealing::Entity::find()
            .filter(dealing::Column::Customer.is_in(part.iter().cloned()))
            .filter(dealing::Column::Kind.eq(Kind::Receivable.name()))
            .filter(dealing::Column::Newest.eq(true))
            .all(company.store.read())
            .await?;
        for row in rows {
            let (Some(amount), Some(currency)) = (row.amount, row.currency) else { continue };
            let sum = sums.entry((row.customer, currency)).or_default();
            *sum = sum.saturating_add((amount - row.settled.unwrap_or(0)).max(0));
        }
    }
    let mut texts: HashMap<String, String> = HashMap::new();
    let mut sums: Vec<_> = sums.into_iter().filter(|(_, sum)| *sum > 0).collect();
    sums.sort();
    for ((customer, currency), sum) in sums {
        let text = texts.entry(customer).or_default();
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&format!("{} {currency}", money::decimal(sum, &currency)));
    }
    Ok(texts)
}
