//! People who sign in, their sessions, tokens, failed sign-ins, and the answers kept for `Idempotency-Key`.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "CREATE TABLE users (
                    id TEXT PRIMARY KEY, login TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, employee TEXT,
                    password TEXT, demo BOOLEAN NOT NULL, title TEXT, disabled BOOLEAN NOT NULL,
                    created_at BIGINT NOT NULL, last_sign_in_at BIGINT)",
                "CREATE UNIQUE INDEX users_login ON users (login)",
                "CREATE TABLE sessions (hash {blob} PRIMARY KEY, user_id TEXT NOT NULL, created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL)",
                "CREATE INDEX sessions_user ON sessions (user_id)",
                "CREATE TABLE tokens (
                    id TEXT PRIMARY KEY, prefix TEXT NOT NULL, hash {blob} NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
                    sources TEXT, created_at BIGINT NOT NULL, created_by TEXT NOT NULL, expires_at BIGINT,
                    last_used_at BIGINT, revoked_at BIGINT)",
                "CREATE INDEX tokens_prefix ON tokens (prefix)",
                "CREATE TABLE sign_in_failures (
                    login_hash {blob} PRIMARY KEY, failures INTEGER NOT NULL, last_at BIGINT NOT NULL, locked_until BIGINT NOT NULL)",
                "CREATE TABLE idempotency_keys (
                    name {blob} PRIMARY KEY, body {blob} NOT NULL, at BIGINT NOT NULL, status INTEGER, content_type TEXT, answer {blob})",
                "CREATE INDEX idempotency_keys_at ON idempotency_keys (at)",
            ],
        )
        .await
    }
}
