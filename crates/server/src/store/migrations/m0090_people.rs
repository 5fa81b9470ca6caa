//! A working life: where somebody stands, posts as of any day, resignations, contracts, policies, requests.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "ALTER TABLE people ADD COLUMN grade TEXT",
                // Time of the record that the status is from: a resignation must not be undone by an older list.
                "ALTER TABLE people ADD COLUMN status_at BIGINT",
                "ALTER TABLE people ADD COLUMN last_day TEXT",
                "ALTER TABLE people ADD COLUMN probation_until TEXT",
                "ALTER TABLE people ADD COLUMN confirmed_on TEXT",
                "CREATE INDEX people_status ON people (status, number)",
                "CREATE TABLE resignations (
                    idx {key}, employee TEXT NOT NULL, submitted_on TEXT NOT NULL, last_day TEXT NOT NULL, state TEXT NOT NULL, at BIGINT NOT NULL)",
                "CREATE INDEX resignations_employee ON resignations (employee)",
                "CREATE INDEX resignations_open ON resignations (state, last_day)",
                // As with customers: when it was so, and since when we know. `due` waits for its day.
                "CREATE TABLE posts (
                    idx {key}, employee TEXT NOT NULL, department TEXT, title TEXT, manager TEXT, grade TEXT, employed BOOLEAN NOT NULL,
                    what TEXT NOT NULL, valid_from BIGINT NOT NULL, ends_at BIGINT, known_at BIGINT NOT NULL, corrected_at BIGINT, due BOOLEAN NOT NULL)",
                "CREATE INDEX posts_employee ON posts (employee)",
                "CREATE INDEX posts_manager ON posts (manager)",
                "CREATE INDEX posts_due ON posts (due, valid_from)",
                "CREATE TABLE contracts (
                    id TEXT PRIMARY KEY, employee TEXT NOT NULL, number TEXT, kind TEXT NOT NULL, from_on TEXT NOT NULL, until_on TEXT,
                    probation_until TEXT, post TEXT, place TEXT, pay TEXT, signed_on TEXT, state TEXT NOT NULL, ended_on TEXT, reason TEXT,
                    file TEXT, reminded BOOLEAN NOT NULL, idx BIGINT NOT NULL, changed_at BIGINT NOT NULL)",
                "CREATE INDEX contracts_employee ON contracts (employee)",
                "CREATE INDEX contracts_until ON contracts (state, until_on)",
                "CREATE TABLE policies (id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at BIGINT NOT NULL)",
                "CREATE TABLE policy_versions (
                    policy TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, clauses TEXT NOT NULL, steps TEXT NOT NULL,
                    state TEXT NOT NULL, effective_on TEXT, published_at BIGINT, published_by TEXT, changed_at BIGINT NOT NULL, changed_by TEXT NOT NULL,
                    idx BIGINT NOT NULL, PRIMARY KEY (policy, version))",
                // Whose signature is missing is asked for a whole version at once. A version is whatever a source calls it,
                // and an index holds no text of any length.
                "CREATE INDEX person_documents_version ON person_documents (document, SUBSTR(version, 1, 40))",
                "CREATE TABLE interest_reviews (
                    name TEXT PRIMARY KEY, employee TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL, by_name TEXT NOT NULL,
                    idx BIGINT NOT NULL)",
                "CREATE TABLE requests (
                    id TEXT PRIMARY KEY, employee TEXT NOT NULL, kind TEXT NOT NULL, field TEXT, text TEXT NOT NULL, state TEXT NOT NULL, made_at BIGINT NOT NULL,
                    due_on TEXT NOT NULL, outcome TEXT, answer TEXT, answered_at BIGINT, answered_by TEXT, told_late BOOLEAN NOT NULL, idx BIGINT NOT NULL)",
                "CREATE INDEX requests_employee ON requests (employee)",
                "CREATE INDEX requests_open ON requests (state, due_on)",
            ],
        )
        .await
    }
}
