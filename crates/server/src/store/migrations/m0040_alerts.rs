//! What chains are made of, the chains last found, alerts and what was done about them.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                // Which records may carry a role for whom; neither text nor amounts.
                "CREATE TABLE chain_facts (
                    employee TEXT NOT NULL, class TEXT NOT NULL, at BIGINT NOT NULL, idx BIGINT NOT NULL, customer TEXT NOT NULL,
                    kind TEXT NOT NULL, PRIMARY KEY (employee, class, at, idx, customer)) {clustered}",
                "CREATE INDEX chain_facts_customer ON chain_facts (customer, class, at)",
                "CREATE INDEX chain_facts_idx ON chain_facts (idx)",
                // How outsiders are recognised as a customer: its name, and the people and numbers it is known by.
                "CREATE TABLE customer_keys (
                    customer TEXT NOT NULL, what TEXT NOT NULL, key TEXT NOT NULL, written TEXT NOT NULL, at BIGINT NOT NULL,
                    PRIMARY KEY (customer, what, key)) {clustered}",
                "CREATE INDEX customer_keys_key ON customer_keys (key, what)",
                "CREATE TABLE chains (
                    id TEXT PRIMARY KEY, employee TEXT NOT NULL, customer TEXT, score DOUBLE PRECISION NOT NULL,
                    since BIGINT NOT NULL, until BIGINT NOT NULL, steps TEXT NOT NULL, found_at BIGINT NOT NULL)",
                "CREATE INDEX chains_employee ON chains (employee)",
                "CREATE INDEX chains_score ON chains (score)",
                "CREATE TABLE alerts (
                    id TEXT PRIMARY KEY, rule TEXT NOT NULL, employee TEXT NOT NULL, subject TEXT NOT NULL, conversation TEXT, chain TEXT,
                    customer TEXT, severity TEXT NOT NULL, status TEXT NOT NULL, outcome TEXT, reason TEXT, backfilled BOOLEAN NOT NULL,
                    raised_at BIGINT NOT NULL, happened_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, assignee TEXT,
                    snoozed_until BIGINT, closed_at BIGINT, value DOUBLE PRECISION NOT NULL, body TEXT NOT NULL)",
                // One alert not yet closed per rule, employee and conversation or chain; the engines hold it, not only the code.
                "CREATE UNIQUE INDEX alerts_open ON alerts (rule, employee, subject) WHERE status <> 'closed'",
                "CREATE INDEX alerts_raised ON alerts (raised_at, id)",
                "CREATE INDEX alerts_employee ON alerts (employee, raised_at)",
                "CREATE INDEX alerts_snoozed ON alerts (status, snoozed_until)",
                "CREATE TABLE alert_records (
                    alert TEXT NOT NULL, idx BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (alert, idx)) {clustered}",
                "CREATE INDEX alert_records_idx ON alert_records (idx)",
                "CREATE TABLE alert_events (
                    seq {serial}, alert TEXT NOT NULL, employee TEXT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, by_id TEXT NOT NULL, by_name TEXT NOT NULL, body TEXT NOT NULL)",
                "CREATE INDEX alert_events_alert ON alert_events (alert, seq)",
            ],
        )
        .await
    }
}
