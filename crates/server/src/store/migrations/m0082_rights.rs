//! Every version of a role, where employees stand, restrictions with their appeals, who opened which
//! page, and who is kept out of a case.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                // The key is what lets only one of two changes made at once through.
                "CREATE TABLE role_versions (
                    role TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL, like_role TEXT NOT NULL,
                    definition TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL, by_id TEXT NOT NULL, decided_at BIGINT,
                    decided_by TEXT, idx BIGINT NOT NULL, PRIMARY KEY (role, version))",
                "CREATE TABLE standings (employee TEXT PRIMARY KEY, standing TEXT NOT NULL, since BIGINT NOT NULL)",
                "CREATE TABLE restrictions (
                    id TEXT PRIMARY KEY, employee TEXT NOT NULL, limits TEXT NOT NULL, reason TEXT NOT NULL, rule TEXT NOT NULL,
                    from_at BIGINT NOT NULL, until_at BIGINT NOT NULL, status TEXT NOT NULL, preview TEXT NOT NULL,
                    proposed_at BIGINT NOT NULL, proposed_by TEXT NOT NULL, decided_at BIGINT, decided_by TEXT, decision TEXT,
                    ended_at BIGINT, ended_by TEXT, end_reason TEXT)",
                "CREATE INDEX restrictions_employee ON restrictions (employee, status, until_at)",
                "CREATE TABLE restriction_appeals (
                    idx {key}, restriction TEXT NOT NULL, employee TEXT NOT NULL, at BIGINT NOT NULL, body TEXT NOT NULL,
                    answered_at BIGINT, answered_by TEXT, answer TEXT, outcome TEXT)",
                "CREATE INDEX restriction_appeals_of ON restriction_appeals (restriction)",
                // One row a person, hour and thing, so that opening pages costs little.
                "CREATE TABLE views (
                    viewer TEXT NOT NULL, hour BIGINT NOT NULL, what TEXT NOT NULL, thing TEXT NOT NULL, employee TEXT NOT NULL,
                    reason TEXT NOT NULL, times BIGINT NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
                    PRIMARY KEY (viewer, hour, what, thing)) {clustered}",
                "CREATE INDEX views_hour ON views (hour)",
                "CREATE INDEX views_employee ON views (employee, hour)",
                "CREATE INDEX views_thing ON views (thing, hour)",
                "CREATE TABLE case_recusals (
                    case_id TEXT NOT NULL, employee TEXT NOT NULL, why TEXT NOT NULL, at BIGINT NOT NULL, by_id TEXT NOT NULL,
                    PRIMARY KEY (case_id, employee))",
                "CREATE INDEX case_recusals_employee ON case_recusals (employee)",
            ],
        )
        .await
    }
}
