//! Who signs in: invitations, second factors, devices, and changes that wait for a second person.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(
            manager,
            &[
                "ALTER TABLE users ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE",
                // One employee, one account: of several from before the oldest keeps the number.
                "UPDATE users SET employee = NULL WHERE employee IS NOT NULL AND NOT disabled AND NOT demo AND EXISTS (
                    SELECT 1 FROM users older WHERE older.employee = users.employee AND NOT older.disabled AND NOT older.demo
                    AND (older.created_at < users.created_at OR (older.created_at = users.created_at AND older.id < users.id)))",
                "CREATE UNIQUE INDEX users_employee ON users (employee) WHERE employee IS NOT NULL AND NOT disabled AND NOT demo",
                "ALTER TABLE sessions ADD COLUMN address TEXT",
                "ALTER TABLE sessions ADD COLUMN agent TEXT",
                "ALTER TABLE sessions ADD COLUMN new_device BOOLEAN NOT NULL DEFAULT FALSE",
                "ALTER TABLE tokens ADD COLUMN made_by TEXT",
                "CREATE TABLE invitations (
                    hash {blob} PRIMARY KEY, user_id TEXT NOT NULL, purpose TEXT NOT NULL, drops_factors BOOLEAN NOT NULL,
                    made_at BIGINT NOT NULL, made_by TEXT NOT NULL, expires_at BIGINT NOT NULL)",
                "CREATE INDEX invitations_user ON invitations (user_id)",
                "CREATE TABLE totp_secrets (user_id TEXT PRIMARY KEY, secret {blob} NOT NULL, confirmed_at BIGINT, last_step BIGINT NOT NULL)",
                "CREATE TABLE recovery_codes (hash {blob} PRIMARY KEY, user_id TEXT NOT NULL, used_at BIGINT)",
                "CREATE INDEX recovery_codes_user ON recovery_codes (user_id)",
                "CREATE TABLE passkeys (
                    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, credential {blob} NOT NULL, public_key {blob} NOT NULL, algorithm INTEGER NOT NULL,
                    uses BIGINT NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL, last_used_at BIGINT)",
                "CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential)",
                "CREATE INDEX passkeys_user ON passkeys (user_id)",
                "CREATE TABLE challenges (hash {blob} PRIMARY KEY, user_id TEXT, expires_at BIGINT NOT NULL)",
                "CREATE TABLE devices (
                    user_id TEXT NOT NULL, hash {blob} NOT NULL, first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, PRIMARY KEY (user_id, hash))",
                "CREATE TABLE user_changes (
                    id TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT, wanted TEXT NOT NULL, asked_by TEXT NOT NULL, asked_for TEXT,
                    asked_at BIGINT NOT NULL, status TEXT NOT NULL, decided_by TEXT, decided_at BIGINT, reason TEXT, collected_at BIGINT)",
                "CREATE INDEX user_changes_status ON user_changes (status)",
            ],
        )
        .await
    }
}
