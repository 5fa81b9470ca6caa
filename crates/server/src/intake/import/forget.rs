//! Which uploads are about a person: they lie here for a week, sealed, with the file, its preview and its choices.

use super::{model::import, plan::Options, run, table};
use crate::{company::Company, error::Result, privacy::Names};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use std::sync::Arc;

/// Ids of the uploads since `since` that name the person, in their file, its name or the choices made for it.
pub async fn naming(company: &Company, db: &impl ConnectionTrait, names: &Arc<Names>, since: i64) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for row in import::Entity::find().filter(import::Column::CreatedAt.gte(since)).all(db).await? {
        let options: Options = row.options.as_deref().and_then(|o| serde_json::from_str(o).ok()).unwrap_or_default();
        let about = names.in_text(&row.name) || options.employee.as_deref().is_some_and(|e| names.is_number(e));
        if about || in_file(company, &row.id, names).await? {
            found.push(row.id);
        }
    }
    Ok(found)
}

async fn in_file(company: &Company, id: &str, names: &Arc<Names>) -> Result<bool> {
    let Some(bytes) = run::sealed_file(company, id).await? else { return Ok(false) };
    let names = names.clone();
    let search = move || match table::read(&bytes) {
        Ok(table::Content::Sheets(sheets)) => sheets.iter().flat_map(|s| &s.rows).flat_map(|r| &r.cells).any(|c| names.is_number(c) || names.in_text(c)),
        Ok(table::Content::Json(items)) => items.iter().any(|(_, item)| names.in_json(item.as_bytes())),
        Err(_) => names.in_json(&bytes),
    };
    Ok(tokio::task::spawn_blocking(search).await.map_err(anyhow::Error::from)?)
}

/// Takes out these uploads; answers where their files lie, to be deleted after the commit. One that runs ends with its
/// present group of rows.
pub async fn forget(tx: &DatabaseTransaction, ids: &[String]) -> Result<Vec<String>> {
    for part in ids.chunks(500) {
        import::Entity::delete_many().filter(import::Column::Id.is_in(part.iter().cloned())).exec(tx).await?;
    }
    Ok(ids.iter().map(|id| run::place(id)).collect())
}
