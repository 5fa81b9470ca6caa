//! People, customers, companies: what the newest records say of them, and who served whom when.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE people (
                    number TEXT PRIMARY KEY, name TEXT NOT NULL, department TEXT, title TEXT, manager TEXT, hired_on TEXT,
                    status TEXT, left_on TEXT, accounts TEXT NOT NULL, phones TEXT NOT NULL, emails TEXT NOT NULL,
                    search TEXT NOT NULL, placeholder BOOLEAN NOT NULL, as_of BIGINT NOT NULL)",
                "CREATE INDEX people_manager ON people (manager)",
                "CREATE TABLE person_documents (
                    idx {key}, employee TEXT NOT NULL, document TEXT NOT NULL, title TEXT NOT NULL, version TEXT NOT NULL,
                    signed_at BIGINT NOT NULL, method TEXT, clauses TEXT NOT NULL)",
                "CREATE INDEX person_documents_employee ON person_documents (employee)",
                "CREATE TABLE interests (
                    idx {key}, employee TEXT NOT NULL, company TEXT NOT NULL, relation TEXT NOT NULL, at BIGINT NOT NULL)",
                "CREATE INDEX interests_employee ON interests (employee)",
                "CREATE TABLE customers (
                    customer TEXT PRIMARY KEY, name TEXT NOT NULL, tier TEXT, since TEXT, sites TEXT NOT NULL, contacts TEXT NOT NULL,
                    search TEXT NOT NULL, placeholder BOOLEAN NOT NULL, as_of BIGINT NOT NULL)",
                // As declared; `ends_at` is where it ends in effect, since a later assignment closes an open one.
                "CREATE TABLE customer_assignments (
                    idx {key}, customer TEXT NOT NULL, employee TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT,
                    ends_at BIGINT, known_at BIGINT NOT NULL, corrected_at BIGINT, reason TEXT)",
                "CREATE INDEX customer_assignments_customer ON customer_assignments (customer)",
                "CREATE INDEX customer_assignments_employee ON customer_assignments (employee)",
                "CREATE TABLE companies (
                    company TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, aliases TEXT NOT NULL, persons TEXT NOT NULL,
                    accounts TEXT NOT NULL, sites TEXT NOT NULL, search TEXT NOT NULL, placeholder BOOLEAN NOT NULL,
                    as_of BIGINT NOT NULL, idx BIGINT NOT NULL)",
                "CREATE INDEX companies_idx ON companies (idx)",
                // The record browser goes by time when it is not asked for a person.
                "CREATE INDEX records_at ON records (at)",
            ],
        )
        .await
    }
}
