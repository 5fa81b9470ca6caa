//! Rows of records that were put right more than once, or came together with what puts them right: all but the last
//! used to stand beside each other. Written as statements alone, for tables as they are here.

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
    "DELETE FROM interest_matches WHERE interest IN (SELECT idx FROM superseded)",
    "DELETE FROM interests WHERE idx IN (SELECT idx FROM superseded)",
    "DELETE FROM chain_facts WHERE idx IN (SELECT idx FROM superseded)",
    "UPDATE people SET status = 'active', last_day = NULL WHERE status = 'resigning'
        AND number IN (SELECT employee FROM resignations WHERE idx IN (SELECT idx FROM superseded))
        AND number NOT IN (SELECT employee FROM resignations WHERE state = 'open' AND idx NOT IN (SELECT idx FROM superseded))",
    "DELETE FROM resignations WHERE idx IN (SELECT idx FROM superseded)",
    "UPDATE posts SET corrected_at = (SELECT s.since FROM superseded s WHERE s.idx = posts.idx)
        WHERE corrected_at IS NULL AND idx IN (SELECT idx FROM superseded)",
    "UPDATE posts SET ends_at = (
            SELECT MIN(n.valid_from) FROM posts n WHERE n.employee = posts.employee AND n.corrected_at IS NULL
            AND (n.valid_from > posts.valid_from OR (n.valid_from = posts.valid_from AND n.idx > posts.idx)))
        WHERE corrected_at IS NULL AND employee IN (SELECT employee FROM posts WHERE idx IN (SELECT idx FROM superseded))",
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
    "DROP TABLE superseded",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, STATEMENTS).await
    }
}
