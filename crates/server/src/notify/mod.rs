//! Notify 通知: what the company sends to people outside, through an outbox that somebody looks at before it goes.
//!
//! draft → previewed → approved → sending → sent, or failed after several tries. Every step but the sending itself is a
//! record (`/probity/notify`) and the table follows from it. A text that names a reason or blames anybody is refused
//! (LAW T8). Colleagues who are to be reminded of a handover get their mail the same way, unpreviewed ([`reminder`]). Mail goes by SMTP; customers without an address wait for the connector of their channel. Delivery is at
//! least once: a process that dies between the server's “accepted” and our record sends again, under the same
//! Message-ID. What is *not* here: who is told what (handover). Start with [`outbox`].

pub mod api;
mod follow;
pub mod letter;
pub mod model;
pub mod outbox;
pub mod reminder;
pub mod smtp;
pub mod stated;
#[cfg(test)]
pub mod tests;
pub mod text;

pub use follow::FollowNotices;

pub const ROOM: &str = "notify";
pub const SOURCE: &str = "/probity/notify";
