//! Assets 公司资产: what of the company's somebody holds — laptop, phone, samples, seal, vehicle, documents, work accounts —
//! since when, acknowledged by whom, given back when.
//!
//! Issue and return are kinds of record that any source may send (`asset.issued`, `asset.returned`), so a list of assets
//! comes in as a sheet like every other; what a person enters here is the same record under our own source. A work account
//! that is issued with a snapshot of its contacts (customers) is one of them. Start with [`follow`], then [`acts`]. What is
//! *not* here: what a thing cost and what it is worth, which the books know; the list a leaver hands over (handover), which
//! asks [`held_by`].

pub mod acts;
pub mod api;
mod follow;
pub mod model;
#[cfg(test)]
mod tests;

pub use follow::FollowAssets;

use crate::{error::Result, said::Said};
use model::asset;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// The room's source name in the log.
pub const ROOM: &str = "assets";
pub const SOURCE: &str = "/probity/assets";
pub const ISSUED: &str = "asset.issued";
pub const RETURNED: &str = "asset.returned";
pub const ACKNOWLEDGED: &str = "asset.acknowledged";
/// 工作账号: its identifier is a field of its own (`people.accounts`).
pub const WORK_ACCOUNT: &str = "work_account";
/// How the number of an account begins that was issued with a snapshot: `account:<system>:<account>`. Nobody else gives one.
pub const NOTED: &str = "account:";

/// What an employee holds now, the oldest first.
pub async fn held_by(db: &impl ConnectionTrait, employee: &str) -> Result<Vec<asset::Model>> {
    let held = asset::Entity::find()
        .filter(asset::Column::Employee.eq(employee))
        .filter(asset::Column::ReturnedOn.is_null())
        .order_by_asc(asset::Column::IssuedOn)
        .order_by_asc(asset::Column::Idx);
    Ok(held.all(db).await?)
}

/// What somebody has no more by this record: it was given back, or went into other hands.
pub async fn ended_by(db: &impl ConnectionTrait, idx: i64) -> Result<Vec<asset::Model>> {
    Ok(asset::Entity::find().filter(asset::Column::ReturnedIdx.eq(idx)).all(db).await?)
}

/// What a thing is called, in both languages, without the account that a role may mask.
pub fn called(row: &asset::Model) -> Said {
    let (zh, en) = match row.system.as_deref().filter(|_| row.kind == WORK_ACCOUNT) {
        Some("wecom") => ("企业微信工作账号", "WeCom work account"),
        Some("phone") => ("工作手机号", "Work telephone number"),
        Some("dingtalk") => ("钉钉工作账号", "DingTalk work account"),
        Some("feishu") => ("飞书工作账号", "Feishu work account"),
        Some("email") => ("工作邮箱", "Work mailbox"),
        _ if row.kind == WORK_ACCOUNT => ("工作账号", "Work account"),
        _ => return Said::new(row.name.clone(), row.name.clone()),
    };
    Said::new(zh, en)
}

/// Who holds this thing now.
pub async fn held(db: &impl ConnectionTrait, thing: &str) -> Result<Option<asset::Model>> {
    Ok(asset::Entity::find().filter(asset::Column::Asset.eq(thing)).filter(asset::Column::ReturnedOn.is_null()).one(db).await?)
}
