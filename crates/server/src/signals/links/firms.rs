//! Companies and their sites in the form the chains use.

use super::position::{RADIUS_M, Site, point};
use crate::{companies, company::Company, error::Result, evidence::chain::directory};
use serde_json::Value;

/// Every company somebody entered. One that only a record names is known by that name alone, as if it were not listed.
pub async fn all(company: &Company) -> Result<(Vec<directory::Company>, Vec<Site>)> {
    let mut firms = Vec::new();
    let mut sites = Vec::new();
    for known in companies::all(company.store.read()).await?.into_iter().filter(|c| !c.placeholder) {
        if known.kind != "own" {
            sites.extend(known.sites.iter().filter_map(Value::as_object).filter_map(|site| {
                let at = point(site.get("position")?.as_object()?, None)?;
                let radius_m = site.get("radius_m").and_then(Value::as_f64).filter(|r| *r > 0.0).unwrap_or(RADIUS_M);
                Some(Site { company: known.id.clone(), at, radius_m })
            }));
        }
        firms.push(directory::Company {
            id: known.id,
            name: known.name,
            kind: known.kind,
            aliases: known.aliases,
            persons: known.persons,
            accounts: known.accounts,
        });
    }
    Ok((firms, sites))
}
