//! Who may do what: people who sign in, sessions, tokens, the permission matrix. How people prove who they are: [`identity`].
//!
//! Every request passes `http::guard`, which finds its [`Caller`] and holds it against the route's rule in
//! [`matrix`]; a route without a rule is refused. Handlers ask [`Caller::require`] for what depends on the thing
//! asked for and [`scope`] for whose rows may be shown. A person's caller is made in [`person`] alone: role, less what
//! [`standing`] and restrictions take away. [`leaving`] ends what a leaver has open, [`freeze`] bounds what somebody who
//! is leaving may look through, [`views`] keeps who opened which page. What is *not* here: opening sealed content
//! (records, under a case), who is told of an alert (alerts), restrictions as acts (restrictions), recusal (cases).

pub mod accesses;
pub mod api;
mod caller;
pub mod company_api;
pub mod demo;
pub mod freeze;
pub mod grants;
pub mod identity;
mod leaving;
mod lockout;
pub mod looks;
pub mod matrix;
pub mod model;
pub mod overview;
mod passwords;
pub mod person;
mod publish;
pub mod roles;
mod scope;
pub mod secret;
pub mod sessions;
pub mod setup;
pub mod standing;
#[cfg(test)]
mod table;
#[cfg(test)]
pub mod tests;
pub mod tokens;
mod tried;
pub mod users;
pub mod users_api;
pub mod views;

pub use caller::{Caller, CallerKind, sign_in_needed};
pub use grants::{Field, Grants, Permission, Power, Reach};
pub use leaving::FollowLeaving;
pub use matrix::{Role, TokenScope};
pub use publish::act as publish_act;
pub use roles::FollowRoles;
pub use scope::{Scope, reaches, scope, within};
pub use standing::Standing;
pub use tried::note as note_refusal;
