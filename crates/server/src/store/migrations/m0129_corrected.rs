//! What a resignation was overruled by; and rows of records that were put right more than once, or came together with
//! what puts them right, of which all but the last used to stand beside each other. Written as statements alone, for
//! tables as they are here. Posts, resignations and interests that stood so are left: what else was said of the person
//! since cannot be told from their rows.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

pub const STATEMENTS: &[&str] = &[
    // What no longer stands, and since when we know.
    "CREATE TABLE superseded (idx {key}, since BIGINT NOT NULL)",
    "INSERT INTO superseded (idx, since) SELECT one.idx, MIN(one.since) FROM (
        SELECT c.corrects AS idx, r.received_at AS since FROM corrections c JOIN records r ON r.idx = c.idx
        UNION ALL
        SELECT e.idx, r.received_at FROM corrections e JOIN corrections n ON n.corrects = e.corrects AND n.idx > e.idx JOIN records r ON r.idx = n.idx
    ) AS one GROUP BY one.idx",
    "DELETE FROM consents WHERE idx IN (SELECT idx FROM superseded)",
    "DELETE FROM leaves WHERE idx IN (SELECT idx FROM superseded)",
    "DELETE FROM person_documents WHERE idx IN (SELECT idx FROM superseded)",
    "DELETE FROM chain_facts WHERE idx IN (SELECT idx FROM superseded)",
    "UPDATE customer_assignments SET corrected_at = (SELECT s.since FROM superseded s WHERE s.idx = customer_assignments.idx)
        WHERE corrected_at IS NULL AND idx IN (SELECT idx FROM superseded)",
    "UPDATE customer_assignments SET ends_at = COALESCE(valid_until, (
            SELECT MIN(n.valid_from) FROM customer_assignments n WHERE n.customer = customer_assignments.customer AND n.corrected_at IS NULL
            AND (n.valid_from > customer_assignments.valid_from OR (n.valid_from = customer_assignments.valid_from AND n.idx > customer_assignments.idx))))
        WHERE corrected_at IS NULL AND customer IN (SELECT customer FROM customer_assignments WHERE idx IN (SELECT idx FROM superseded))",
    "UPDATE customers SET unserved = NOT EXISTS (
            SELECT 1 FROM customer_assignments a WHERE a.customer = customers.customer AND a.corrected_at IS NULL AND a.ends_at IS NULL
            AND a.valid_from <= (SELECT MAX(received_at) FROM records))
        WHERE customer IN (SELECT customer FROM customer_assignments WHERE idx IN (SELECT idx FROM superseded))",
    "UPDATE customer_dealings SET newest = FALSE, corrected_at = COALESCE(corrected_at, (SELECT s.since FROM superseded s WHERE s.idx = customer_dealings.idx))
        WHERE idx IN (SELECT idx FROM superseded)",
    "UPDATE customer_dealings SET newest = TRUE WHERE corrected_at IS NULL
        AND thing IN (SELECT thing FROM customer_dealings WHERE thing IS NOT NULL AND idx IN (SELECT idx FROM superseded))
        AND NOT EXISTS (SELECT 1 FROM customer_dealings n WHERE n.kind = customer_dealings.kind AND n.thing = customer_dealings.thing
            AND n.corrected_at IS NULL AND (n.at > customer_dealings.at OR (n.at = customer_dealings.at AND n.idx > customer_dealings.idx)))",
    // Chains that were found in what stands no longer.
    "INSERT INTO jobs (kind, unique_key, payload, run_at, attempts, leased_until, background)
        SELECT 'chains.follow_all', 'all', '{}', 0, 0, 0, TRUE WHERE EXISTS (SELECT 1 FROM superseded)",
    "DROP TABLE superseded",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All of it or nothing, on SQLite as well.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, &["ALTER TABLE resignations ADD COLUMN overruled_by BIGINT"]).await?;
        super::run(manager, STATEMENTS).await
    }
}
