//! What the law forbids to take in (LAW.md, part R), as far as one record shows it.
//!
//! R01 (basis) is the source's registration, see `sources`; R08 (consent) needs the company's consents, see `check`.
//! R06 binds our own capture; what a source sends is held against known leave, see `leave`.

use super::{
    kinds,
    reason::{self, Reason},
};
use crate::said::Said;
use serde_json::{Map, Value};

/// Records of which nothing may be kept but id, keyed digest and reason. Asked before the shape is checked: a
/// private statement with a misspelt date is still a private statement.
pub fn never_held(event: &Map<String, Value>) -> Option<(Reason, Said)> {
    let data = event.get("data")?.as_object()?;
    let kind = event.get("type").and_then(Value::as_str)?;
    // A correction carries the same content as what it corrects.
    let inner = (kind == kinds::RECORD_CORRECTED).then(|| data.get("data").and_then(Value::as_object)).flatten();
    if kind == kinds::TRANSFER_BOOKED && private_books(event, data) {
        return Some((Reason::PrivateBooks, reason::private_books()));
    }
    if let Some(inner) = inner
        && looks_like_transfer(inner)
        && private_books(event, inner)
    {
        return Some((Reason::PrivateBooks, reason::private_books()));
    }
    let body = inner.unwrap_or(data);
    let flag = |name: &str| body.get(name) == Some(&Value::Bool(true));
    if flag("recovered") || flag("recovered_deletion") || flag("hidden_recording") || flag("covert") {
        return Some((Reason::UnlawfulCapture, reason::unlawful_capture()));
    }
    None
}

/// The ways in which the company may have an employee's books; any other word is none.
const WAYS: [&str; 3] = ["company_account", "voluntary_submission", "court_order"];

/// R07: about an employee, and no way named in which the company may have it.
fn private_books(event: &Map<String, Value>, data: &Map<String, Value>) -> bool {
    let named = |v: Option<&Value>| v.is_some_and(|v| !v.is_null() && v != "");
    let further = event.get("subjects").and_then(Value::as_array).is_some_and(|s| !s.is_empty());
    let about_employee = named(data.get("employee")) || named(event.get("subject")) || further;
    let lawful = data.get("basis").and_then(Value::as_str).is_some_and(|basis| WAYS.contains(&basis));
    about_employee && !lawful
}

fn looks_like_transfer(data: &Map<String, Value>) -> bool {
    ["direction", "amount", "counterparty", "booked_on"].iter().all(|m| data.contains_key(*m))
}
