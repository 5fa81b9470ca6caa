//! Files in: statements, exports and tables become the same events the API takes, and go through the same intake.
//!
//! `table` reads a file, `statements` and `events` know the known layouts, `mapping` turns any table into a kind's
//! fields, `plan` makes events with stable ids, `run` sends them
//! through a `door`: this process, or the server that is running. What is *not* here: checks of a record (intake).

pub mod api;
pub mod cli;
mod door;
mod events;
pub mod forget;
mod mapping;
pub mod model;
mod plan;
mod run;
mod statements;
mod superiors;
mod table;
#[cfg(test)]
pub(crate) mod tests;

pub use door::Running;
#[cfg(feature = "testing")]
pub use mapping::put as put_cell;
pub use plan::{File, Made, Options, Plan};
pub use run::{EXPIRE_JOB, RUN_JOB, is_whole, place, run_expire, run_given_up, run_job};

use crate::said::Said;
use aws_lc_rs::digest as sha;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A layout that is recognised by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    Alipay,
    Wechat,
    Icbc,
    IcbcCredit,
    Northwind,
    WecomArchive,
    Events,
}

impl Layout {
    pub fn name(self) -> &'static str {
        match self {
            Self::Alipay => "alipay",
            Self::Wechat => "wechat",
            Self::Icbc => "icbc",
            Self::IcbcCredit => "icbc_credit",
            Self::Northwind => "northwind",
            Self::WecomArchive => "wecom_archive",
            Self::Events => "events",
        }
    }

    /// Somebody's account: the company has to say why it may hold it.
    pub fn needs_basis(self) -> bool {
        matches!(self, Self::Alipay | Self::Wechat | Self::Icbc | Self::IcbcCredit)
    }

    pub fn kind(self) -> Option<&'static str> {
        match self {
            Self::Alipay | Self::Wechat | Self::Icbc | Self::IcbcCredit => Some("transfer.booked"),
            Self::Northwind => Some("order.placed"),
            Self::WecomArchive => Some("message.sent"),
            Self::Events => None,
        }
    }
}

/// Why a row becomes no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip(pub Said);

impl Skip {
    fn no_direction() -> Self {
        Self(Said::new("看不出是收入还是支出，已跳过。", "It does not say whether money came or went; skipped."))
    }
    fn closed() -> Self {
        Self(Said::new("交易已关闭且没有收支方向，没有资金往来，已跳过。", "A closed trade without a direction: no money moved; skipped."))
    }
    fn no_amount() -> Self {
        Self(Said::new("金额无法读取，已跳过。", "The amount cannot be read; skipped."))
    }
    fn unreadable() -> Self {
        Self(Said::new("缺少编号或当事人，已跳过。", "Its id or its people are missing; skipped."))
    }
    fn no_time() -> Self {
        Self(Said::new("时间无法读取，已跳过。", "Its time cannot be read; skipped."))
    }
}

/// SHA-256 over parts with their lengths, as hexadecimal: a row's own name.
fn digest(parts: &[&str]) -> String {
    let mut context = sha::Context::new(&sha::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex::encode(context.finish())
}
