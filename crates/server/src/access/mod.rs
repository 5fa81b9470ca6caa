//! Who may do what: people who sign in, sessions, tokens, the permission matrix. How people prove who they are: [`identity`].
//!
//! Every request passes `http::guard`, which finds its [`Caller`] and holds it against the route's rule in
//! [`matrix`]; a route without a rule is refused. Handlers ask [`Caller::require`] for what depends on the thing
//! asked for and [`scope`] for whose rows may be shown. What is *not* here: opening sealed content (records, under
//! a case) and who is told of an alert (alerts).

pub mod api;
mod caller;
pub mod company_api;
pub mod demo;
pub mod grants;
pub mod identity;
mod lockout;
pub mod looks;
pub mod matrix;
pub mod model;
pub mod overview;
mod passwords;
mod publish;
pub mod roles;
mod scope;
pub mod secret;
pub mod sessions;
pub mod setup;
pub mod standing;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod users;
pub mod users_api;

pub use caller::{Caller, CallerKind, sign_in_needed};
pub use grants::{Field, Grants, Permission, Reach};
pub use matrix::{Role, TokenScope};
pub use scope::{Scope, scope};
pub use standing::Standing;
