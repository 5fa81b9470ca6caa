//! What of the company's somebody holds, the papers made of a handover, and what became of a notice that no mail reaches.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                // One row an issue, keyed by the log index of its record: who had a thing before stays known.
                "CREATE TABLE assets (
                    idx {key}, asset TEXT NOT NULL, employee TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, identifier TEXT,
                    system TEXT, snapshot TEXT, issued_on TEXT NOT NULL, issued_by TEXT, condition TEXT, acknowledged_at BIGINT,
                    acknowledged_idx BIGINT, remark TEXT, returned_on TEXT, returned_condition TEXT, returned_by TEXT, returned_idx BIGINT)",
                "CREATE INDEX assets_employee ON assets (employee, returned_on)",
                "CREATE INDEX assets_returned ON assets (returned_idx) WHERE returned_idx IS NOT NULL",
                "CREATE INDEX assets_asset ON assets (asset, issued_on)",
                "CREATE INDEX assets_snapshot ON assets (snapshot) WHERE snapshot IS NOT NULL",
                "CREATE TABLE handover_papers (
                    idx {key}, handover TEXT NOT NULL, number TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL, size BIGINT NOT NULL,
                    digest TEXT NOT NULL, revision BIGINT NOT NULL, made_at BIGINT NOT NULL, made_by TEXT NOT NULL)",
                "CREATE INDEX handover_papers_handover ON handover_papers (handover, idx)",
                // Of a deduction for a loss; the law's bound is a month's.
                "ALTER TABLE handover_events ADD COLUMN amount BIGINT",
                // How, when and by whom a customer was told otherwise, as JSON.
                "ALTER TABLE outbox_messages ADD COLUMN told TEXT",
            ],
        )
        .await
    }
}
