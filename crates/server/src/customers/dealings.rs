//! What goes on with a customer 往来: deals, orders, receivables, promises, preferences, follow-ups, as of a day and as
//! known on a day. Rows are one a record; here they are folded to what stands. What is *not* here: how the rows come
//! to be (`follow`), who may see amounts (`api`).

use super::model::dealing;
use crate::error::Result;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 跟进
    FollowUp,
    /// 商机
    Deal,
    /// 订单
    Order,
    /// 应收
    Receivable,
    /// 承诺
    Promise,
    /// 偏好
    Preference,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::FollowUp => "follow_up",
            Self::Deal => "deal",
            Self::Order => "order",
            Self::Receivable => "receivable",
            Self::Promise => "promise",
            Self::Preference => "preference",
        }
    }
}

pub const PLACED: &str = "placed";
pub const COMPLETED: &str = "completed";
pub const CANCELLED: &str = "cancelled";
pub const TRANSFERRED: &str = "transferred";
pub const BOOKED: &str = "booked";
pub const OPEN: &str = "open";
pub const NOTED: &str = "noted";
pub const REMOVED: &str = "removed";

/// Which two moments are looked from: how it was at `on`, as known at `known`. `None` is now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clocks {
    pub on: Option<i64>,
    pub known: Option<i64>,
}

impl Clocks {
    fn filter(self) -> Condition {
        let mut all = Condition::all();
        if let Some(on) = self.on {
            all = all.add(dealing::Column::At.lt(on));
        }
        match self.known {
            None => all.add(dealing::Column::CorrectedAt.is_null()),
            Some(known) => all
                .add(dealing::Column::KnownAt.lt(known))
                .add(Condition::any().add(dealing::Column::CorrectedAt.is_null()).add(dealing::Column::CorrectedAt.gte(known))),
        }
    }
}

/// Rows of one thing, newest first, up to what was asked for.
pub type Thing = Vec<dealing::Model>;

/// How many rows of one customer are read at most; a customer with more is shown by the newest.
const MOST: u64 = 4000;

/// Everything but follow-ups of one customer: each thing with its history, the newest change first.
pub async fn things(db: &impl ConnectionTrait, customer: &str, clocks: Clocks) -> Result<HashMap<&'static str, Vec<Thing>>> {
    let kinds = [Kind::Deal, Kind::Order, Kind::Receivable, Kind::Promise, Kind::Preference];
    let rows = dealing::Entity::find()
        .filter(dealing::Column::Customer.eq(customer))
        .filter(dealing::Column::Kind.is_in(kinds.map(Kind::name)))
        .filter(clocks.filter())
        .order_by_desc(dealing::Column::At)
        .order_by_desc(dealing::Column::Idx)
        .limit(MOST)
        .all(db)
        .await?;
    Ok(kinds.into_iter().map(|kind| (kind.name(), fold(&rows, kind))).collect())
}

/// Rows of one kind, newest first, as things: in the order of their newest change.
fn fold(rows: &[dealing::Model], kind: Kind) -> Vec<Thing> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut things: Vec<Thing> = Vec::new();
    for row in rows.iter().filter(|r| r.kind == kind.name()) {
        let Some(id) = row.thing.as_deref() else { continue };
        match places.get(id) {
            Some(place) => things[*place].push(row.clone()),
            None => {
                places.insert(id, things.len());
                things.push(vec![row.clone()]);
            }
        }
    }
    things
}

/// The newest follow-ups of a customer.
pub async fn follow_ups(db: &impl ConnectionTrait, customer: &str, clocks: Clocks, limit: u64) -> Result<Vec<dealing::Model>> {
    Ok(dealing::Entity::find()
        .filter(dealing::Column::Customer.eq(customer))
        .filter(dealing::Column::Kind.eq(Kind::FollowUp.name()))
        .filter(clocks.filter())
        .order_by_desc(dealing::Column::At)
        .order_by_desc(dealing::Column::Idx)
        .limit(limit)
        .all(db)
        .await?)
}

/// Words by which a deal's stage says that it is over, won or lost; stages are the CRM's own words.
const OVER: [&str; 17] =
    ["won", "lost", "closed", "cancel", "abandon", "赢单", "输单", "丢单", "成交", "签约", "签单", "关闭", "流失", "作废", "取消", "结束", "归档"];

/// Is a deal at this stage still to be worked on?
pub fn is_open_stage(stage: &str) -> bool {
    let stage = stage.to_lowercase();
    !OVER.iter().any(|word| stage.contains(word))
}

/// Is there still something to do about the thing this row speaks for? `paid` are orders whose receivables are settled.
pub fn is_open(row: &dealing::Model, paid: &std::collections::HashSet<&str>) -> bool {
    let state = row.state.as_deref().unwrap_or_default();
    match row.kind.as_str() {
        "deal" => is_open_stage(state),
        "order" => state == PLACED && row.thing.as_deref().is_none_or(|id| !paid.contains(id)),
        "receivable" => row.settled.unwrap_or(0) < row.amount.unwrap_or(0),
        "promise" => state == OPEN,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_open_until_it_says_that_it_is_over() {
        for open in ["初步接洽", "报价", "negotiation", "合同审批", "proposal"] {
            assert!(is_open_stage(open), "{open}");
        }
        for over in ["赢单", "Closed Won", "已关闭", "输单（价格）", "LOST"] {
            assert!(!is_open_stage(over), "{over}");
        }
    }
}
