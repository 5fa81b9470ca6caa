//! The main job through a real server in a process of its own: the story, its quiet twins, and the simulated company
//! against its known truth. On SQLite and, when `TEST_DATABASE_URL` names a server, on PostgreSQL.

mod commands;
mod end_to_end;
mod other_company;
mod spawned;
mod truth;
mod twins;
