//! Roles that a company changed before there were rights to assets are given what the shipped role they are a kind of has.
//!
//! Only where the role says nothing of assets, never did, and was first changed before the rights came: whoever took
//! them away since then meant it.

use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::prelude::*;
use serde_json::{Value, json};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// As shipped when this was written.
const SHIPPED: [(&str, &str, &str); 4] =
    [("hr", "assets.see", "all"), ("hr", "assets.edit", "all"), ("legal", "assets.see", "all"), ("sales_manager", "assets.see", "team")];

const REACHES: [&str; 4] = ["none", "own", "team", "all"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        give(manager.get_connection()).await
    }
}

async fn give(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let ask = |sql: &str, values: Vec<sea_orm::Value>| Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    // When the rights came, in seconds; roles tell their time in microseconds.
    let came = db.query_one_raw(ask("SELECT applied_at FROM seaql_migrations WHERE version = $1", vec!["m0122_assets".into()])).await?;
    let came: i64 = came.map_or(Ok(i64::MAX), |row| row.try_get_by_index(0))?;
    for row in db.query_all_raw(ask("SELECT id, like_role, definition, changed_at FROM roles", Vec::new())).await? {
        let (id, like, definition, changed): (String, String, String, i64) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        let versions = db.query_all_raw(ask("SELECT definition, at FROM role_versions WHERE role = $1", vec![id.clone().into()])).await?;
        let mut first = changed;
        let mut spoken = names_assets(&definition);
        for version in &versions {
            let (definition, at): (String, i64) = (version.try_get_by_index(0)?, version.try_get_by_index(1)?);
            first = Ord::min(first, at);
            spoken |= names_assets(&definition);
        }
        if spoken || first >= came.saturating_mul(1_000_000) {
            continue;
        }
        let Ok(mut definition) = serde_json::from_str::<Value>(&definition) else { continue };
        for (_, permission, reach) in SHIPPED.iter().filter(|(role, ..)| *role == like) {
            // No further than the company lets this role reach into the files of people: who was narrowed stays narrow.
            let files = if *permission == "assets.edit" { "people.edit" } else { "people.see" };
            let has = definition["grants"][files].as_str().unwrap_or("none");
            let wide = |reach: &str| REACHES.iter().position(|r| *r == reach).unwrap_or(0);
            if wide(has) > wide("own") {
                definition["grants"][*permission] = json!(if wide(has) < wide(reach) { has } else { reach });
            }
        }
        db.execute_raw(ask("UPDATE roles SET definition = $1 WHERE id = $2", vec![definition.to_string().into(), id.into()])).await?;
    }
    Ok(())
}

fn names_assets(definition: &str) -> bool {
    let read: Value = serde_json::from_str(definition).unwrap_or_default();
    read["grants"].as_object().is_some_and(|grants| grants.keys().any(|name| name.starts_with("assets.")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::on_each_engine;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_role_changed_before_there_were_assets_is_given_what_its_kind_has_and_no_other() {
        on_each_engine(|t| async move {
            let tx = t.store.write().await.unwrap();
            let sql = |text: String| Statement::from_string(tx.get_database_backend(), text);
            let now = tx.query_one_raw(sql("SELECT applied_at FROM seaql_migrations WHERE version = 'm0122_assets'".into())).await.unwrap().unwrap();
            let came: i64 = now.try_get_by_index::<i64>(0).unwrap() * 1_000_000;
            let without = r#"{"grants":{"people.see":"all","people.edit":"all"},"masked":[]}"#;
            let team = r#"{"grants":{"people.see":"team"},"masked":[]}"#;
            let nobody = r#"{"grants":{"alerts.see":"all"},"masked":[]}"#;
            let none = r#"{"grants":{"people.see":"all","assets.see":"none"},"masked":[]}"#;
            let with = r#"{"grants":{"people.see":"all","assets.see":"own"},"masked":[]}"#;
            // (role, base, what it says, first changed, what an earlier version said)
            let roles = [
                ("hr", "hr", without, -5, without),
                ("boss", "sales_manager", without, -5, without),
                ("clerk", "union", without, -5, without),
                ("branch", "hr", team, -5, team),
                ("investigator", "hr", nobody, -5, nobody),
                ("late", "hr", without, 5, without),
                ("took", "hr", without, -5, with),
                ("said", "hr", none, -5, without),
            ];
            for (id, like, definition, at, before) in roles {
                let at = came + at;
                let insert = format!("INSERT INTO roles (id, name, like_role, definition, version, changed_at, changed_by) VALUES ('{id}', '{id}', '{like}', '{definition}', 2, {at}, 'u')");
                tx.execute_raw(sql(insert)).await.unwrap();
                for (version, definition) in [(1, before), (2, definition)] {
                    let insert = format!(
                        "INSERT INTO role_versions (role, version, state, name, like_role, definition, reason, at, by_id, idx)
                         VALUES ('{id}', {version}, 'past', '{id}', '{like}', '{definition}', 'r', {at}, 'u', {version})"
                    );
                    tx.execute_raw(sql(insert)).await.unwrap();
                }
            }
            give(&tx).await.unwrap();
            give(&tx).await.unwrap();
            let rows = tx.query_all_raw(sql("SELECT id, definition FROM roles ORDER BY id".into())).await.unwrap();
            let reach = |name: &str, permission: &str| {
                let row = rows.iter().find(|r| r.try_get_by_index::<String>(0).unwrap() == name).unwrap();
                let definition: Value = serde_json::from_str(&row.try_get_by_index::<String>(1).unwrap()).unwrap();
                definition["grants"][permission].as_str().map(str::to_owned)
            };
            assert_eq!((reach("hr", "assets.see").as_deref(), reach("hr", "assets.edit").as_deref()), (Some("all"), Some("all")), "{}", t.engine);
            assert_eq!((reach("boss", "assets.see").as_deref(), reach("boss", "assets.edit")), (Some("team"), None));
            assert_eq!((reach("branch", "assets.see").as_deref(), reach("branch", "assets.edit")), (Some("team"), None), "no further than people's files");
            for role in ["clerk", "late", "took", "investigator"] {
                assert_eq!(reach(role, "assets.see"), None, "{role}");
            }
            assert_eq!(reach("said", "assets.see").as_deref(), Some("none"));
        })
        .await;
    }
}
