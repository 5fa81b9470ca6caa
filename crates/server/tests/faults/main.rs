//! Survival: each fault is done for real to a real `probity serve` in a process of its own, on SQLite and, when
//! `TEST_DATABASE_URL` names a server, on PostgreSQL. `make test` runs a short form; `make faults` the long one
//! (`FAULTS_ROUNDS`, `FAULTS_SECONDS`) and prints the table that [`table`] collects.
//!
//! Deliberately absent: anything that reaches into the server's own code. What is checked is what an administrator,
//! a client or an attacker could do and see. [`server`] starts and kills, [`traffic`] sends and remembers what was
//! acknowledged, [`postgres`] is a database server that may itself be killed.

mod contract;
mod disk_full;
mod flipped;
mod hostile;
mod killed;
mod postgres;
mod restored;
mod server;
mod set_back;
mod table;
mod traffic;
