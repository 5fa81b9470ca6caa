//! Companies and their sites in the form the chains use.

use super::position::{RADIUS_M, Site, point};
use crate::{
    companies,
    company::Company,
    error::Result,
    evidence::chain::directory::{self, Listed},
};
use serde_json::Value;
use std::sync::{Arc, RwLock};

/// Every company somebody entered, with its sites. One that only a record names is known by that name alone, as if it
/// were not listed.
pub struct Firms {
    pub listed: Arc<Listed>,
    pub sites: Vec<Site>,
}

/// The list and what it was made from: its version and our own name.
type Made = ((i64, String), Arc<Firms>);

/// The list as it was last made: names are taken apart once a version of it and not for every employee.
#[derive(Default)]
pub struct Kept(RwLock<Option<Made>>);

/// The list as it is now.
pub async fn all(company: &Company) -> Result<Arc<Firms>> {
    // The version before the rows: these are at least as new.
    let made_from = (companies::version(company.store.read()).await?, company.settings().name.clone());
    let kept = company.firms.0.read().expect("no holder of this lock panics").clone();
    if let Some((_, firms)) = kept.filter(|(from, _)| *from == made_from) {
        return Ok(firms);
    }
    let firms = Arc::new(read(company, &made_from.1).await?);
    *company.firms.0.write().expect("no holder of this lock panics") = Some((made_from, firms.clone()));
    Ok(firms)
}

async fn read(company: &Company, own_name: &str) -> Result<Firms> {
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
    Ok(Firms { listed: Arc::new(Listed::new(firms, &[own_name.to_owned()])), sites })
}
