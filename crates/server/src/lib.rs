//! Probity 守正: everything that has a database or a socket. The binary is `probity`; ARCHITECTURE.md is the map.

pub mod access;
pub mod alerts;
pub mod app;
pub mod backup;
pub mod cases;
pub mod cli;
pub mod companies;
pub mod company;
pub mod config;
pub mod contracts;
pub mod customers;
pub mod doctor;
pub mod documents;
pub mod error;
pub mod events;
pub mod evidence;
pub mod handover;
pub mod http;
pub mod intake;
pub mod jobs;
pub mod notify;
pub mod people;
pub mod policies;
pub mod privacy;
pub mod records;
pub mod requests;
pub mod restrictions;
pub mod said;
pub mod settings;
pub mod sheets;
pub mod signals;
pub mod simulation;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod todo;
