//! Sign-ins, users and tokens as records of the log (source `/probity/access`); never a secret among them.

use crate::{
    company::{Actor, Company},
    error::Result,
    records::employee_subject,
};
use serde_json::Value;
use std::sync::Arc;

/// Records an act and waits for it: what is not in the log did not happen. With an `employee` in its data it is sealed
/// for that person, so that it goes when the person is erased.
pub async fn act(company: &Company, kind: &str, by: &Actor, data: Value) -> Result<()> {
    let Value::Object(data) = data else { return Ok(()) };
    let concerned = data.get("employee").and_then(Value::as_str).map(employee_subject).into_iter().collect();
    company.publish("access", kind, by, None, concerned, data).await?;
    Ok(())
}

/// Records an act beside the answer: a failed sign-in must take as long for a name that exists as for one that does
/// not.
pub fn act_aside(company: &Arc<Company>, kind: &'static str, by: Actor, data: Value) {
    let company = company.clone();
    tokio::spawn(async move {
        if let Err(error) = act(&company, kind, &by, data).await {
            tracing::warn!(%error, kind, "an access record could not be written");
        }
    });
}
