//! May a customer change hands like that? One judgement for a single assignment, for many, and for the record writer,
//! which asks again in the transaction so that of two people at once the second is refused.
//!
//! Records that come through intake are judged by nobody: what the CRM says was so, was so, and a later assignment
//! closes the earlier one (`assign`).

use super::{Assigned, SOURCE, assign, model::assignment};
use crate::{
    error::{Problem, Result},
    intake::facts,
    people,
    records::Appended,
    said::Said,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::{HashMap, HashSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    UnknownCustomer,
    /// Another assignment covers or follows that time.
    Overlaps,
    AlreadyTheirs,
    /// Somebody else holds it, or nobody does.
    NotHolder,
    /// Whoever asks may not give away this customer.
    OutOfReach,
    /// What is undone took it from nobody.
    NobodyBefore,
    ReceiverUnknown,
    ReceiverLeaving,
    /// The receiver holds as many as the company allows.
    Limit,
}

impl Refusal {
    const ALL: [Refusal; 9] = [
        Self::UnknownCustomer,
        Self::Overlaps,
        Self::AlreadyTheirs,
        Self::NotHolder,
        Self::OutOfReach,
        Self::NobodyBefore,
        Self::ReceiverUnknown,
        Self::ReceiverLeaving,
        Self::Limit,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownCustomer => "unknown_customer",
            Self::Overlaps => "assignments_overlap",
            Self::AlreadyTheirs => "already_theirs",
            Self::NotHolder => "holder_changed",
            Self::OutOfReach => "out_of_reach",
            Self::NobodyBefore => "nobody_before",
            Self::ReceiverUnknown => "receiver_unknown",
            Self::ReceiverLeaving => "receiver_leaving",
            Self::Limit => "receiver_limit",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// Why, and what to do; `who` stands in the way or is the receiver.
    pub fn said(self, who: Option<&str>) -> Said {
        let who = who.unwrap_or("—");
        match self {
            Self::UnknownCustomer => Said::new("没有这个客户。请从客户列表中选择。", "There is no such customer. Choose one from the list."),
            Self::Overlaps => Said::new(
                format!("该时间已由 {who} 负责，两段归属不能重叠。请改为从其名下转出，或选择更晚的日期。"),
                format!("{who} serves the customer at that time, and two assignments may not overlap. Take it over from them, or choose a later day."),
            ),
            Self::AlreadyTheirs => Said::new(format!("已由 {who} 负责，无需再转。"), format!("{who} serves this customer already.")),
            Self::NotHolder => Said::new(
                format!("现由 {who} 负责，与要求的转出人不同。请刷新后重试。"),
                format!("It is {who} who serves this customer now, not who it was to be taken from. Reload and try again."),
            ),
            Self::OutOfReach => Said::new(
                "该客户不在您可以调整归属的范围内。请联系其负责人的上级或人事。",
                "This customer is not among those you may assign. Ask the manager of whoever serves it, or HR.",
            ),
            Self::NobodyBefore => {
                Said::new("转移前无人负责，不能退回。请指定新的负责人。", "Nobody served it before, so it cannot go back. Assign it to somebody.")
            }
            Self::ReceiverUnknown => Said::new(
                format!("没有工号为 {who} 的员工资料。请从员工列表中选择接收人。"),
                format!("Nothing is known of an employee {who}. Choose the receiver from the list of employees."),
            ),
            Self::ReceiverLeaving => Said::new(
                format!("{who} 正在离职或已离职，不能接收客户。请另选接收人。"),
                format!("{who} is leaving or has left and cannot take over customers. Choose another receiver."),
            ),
            Self::Limit => Said::new(
                format!("{who} 名下客户已达公司设定的上限。请另选接收人，或由管理员调整上限。"),
                format!("{who} holds as many customers as the company allows. Choose another receiver, or have the limit changed."),
            ),
        }
    }

    pub fn problem(self, who: Option<&str>) -> Problem {
        let said = self.said(who);
        let status = match self {
            Self::UnknownCustomer => 404,
            Self::OutOfReach => 403,
            Self::ReceiverUnknown | Self::ReceiverLeaving => 422,
            _ => 409,
        };
        let problem = Problem::new(status, self.code(), said.zh, said.en);
        if self == Self::OutOfReach { problem.with_rule("customers.assign") } else { problem }
    }
}

/// A refusal with whoever stands in the way.
pub type Refused = (Refusal, Option<String>);

/// May `to` serve the customer from `at` on, taking it from `giver`? `served` are its assignments in effect. Answers who
/// holds it at that moment.
pub fn judge<'a>(served: &'a [Assigned], at: i64, to: &str, giver: Option<&str>) -> std::result::Result<Option<&'a Assigned>, Refused> {
    if let Some(later) = served.iter().find(|a| a.from > at) {
        return Err((Refusal::Overlaps, Some(later.employee.clone())));
    }
    let holder = served.iter().find(|a| a.holds_at(at));
    match holder {
        Some(h) if h.employee == to => Err((Refusal::AlreadyTheirs, Some(to.to_owned()))),
        // No later one closes it, so it ends as it was declared to: a term that is not cut short.
        Some(h) if h.until.is_some() => Err((Refusal::Overlaps, Some(h.employee.clone()))),
        Some(h) if giver != Some(h.employee.as_str()) => {
            let refusal = if giver.is_none() { Refusal::Overlaps } else { Refusal::NotHolder };
            Err((refusal, Some(h.employee.clone())))
        }
        None if giver.is_some() => Err((Refusal::NotHolder, None)),
        _ => Ok(holder),
    }
}

/// Of these employees, who may not receive customers, and why. `leaving_too` lets those receive who have not left yet.
pub async fn unfit(db: &impl ConnectionTrait, numbers: &[String], leaving_too: bool) -> Result<HashMap<String, Refusal>> {
    let known = people::find_all(db, numbers).await?;
    let unfit = |number: &String| match known.get(number) {
        None => Some(Refusal::ReceiverUnknown),
        Some(p) if p.placeholder => Some(Refusal::ReceiverUnknown),
        Some(p) => match p.status.as_deref() {
            Some("left") => Some(Refusal::ReceiverLeaving),
            Some("resigning") if !leaving_too => Some(Refusal::ReceiverLeaving),
            _ => None,
        },
    };
    Ok(numbers.iter().filter_map(|n| Some((n.clone(), unfit(n)?))).collect())
}

/// Holds the assignments that people make against what is there, under the lock of the record writer.
pub async fn hold(company: &crate::company::Company, tx: &impl ConnectionTrait, batch: &[Appended<'_>]) -> Result<()> {
    let mine: Vec<_> =
        batch.iter().filter(|a| a.draft.source == SOURCE && a.draft.kind == "customer.assigned").filter_map(|a| Some((a, a.draft.data()?))).collect();
    if mine.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = mine.iter().filter_map(|(_, data)| facts::text(data, "customer")).map(str::to_owned).collect();
    let mut served: HashMap<String, Vec<Assigned>> = HashMap::new();
    for part in ids.chunks(500) {
        let rows = assignment::Entity::find().filter(assignment::Column::Customer.is_in(part.iter().cloned())).all(tx).await?;
        for a in assign::in_effect(rows, None) {
            served.entry(a.customer.clone()).or_default().push(a);
        }
    }
    let mut once = HashSet::new();
    for (_, data) in mine {
        let text = |name| facts::text(data, name);
        let (Some(customer), Some(to), Some(at)) = (text("customer"), text("employee"), text("from").and_then(|t| facts::moment(company, t, false))) else {
            continue;
        };
        // Two in one group: neither sees the other in the table.
        if !once.insert(customer) {
            return Err(Refusal::NotHolder.problem(None).into());
        }
        let served = served.get(customer).map(Vec::as_slice).unwrap_or_default();
        if let Err((refusal, who)) = judge(served, at, to, text("replaces")) {
            return Err(refusal.problem(who.as_deref()).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(employee: &str, from: i64, until: Option<i64>) -> Assigned {
        Assigned { idx: from, customer: "C1".into(), employee: employee.into(), from, until, known_at: from, reason: None }
    }

    #[test]
    fn a_customer_changes_hands_only_from_whoever_holds_it_and_never_twice_at_a_time() {
        let open = [served("A", 10, None)];
        assert_eq!(judge(&open, 20, "B", Some("A")).map(|h| h.map(|h| h.idx)), Ok(Some(10)));
        assert_eq!(judge(&[], 20, "B", None), Ok(None));
        let refused = |served: &[Assigned], at, to, giver| judge(served, at, to, giver).expect_err("refused").0;
        assert_eq!(refused(&open, 20, "B", None), Refusal::Overlaps);
        assert_eq!(refused(&open, 20, "B", Some("X")), Refusal::NotHolder);
        assert_eq!(refused(&open, 20, "A", Some("A")), Refusal::AlreadyTheirs);
        // Before the present one began.
        assert_eq!(refused(&open, 5, "B", None), Refusal::Overlaps);
        // A declared term is not cut short.
        assert_eq!(refused(&[served("A", 10, Some(40))], 20, "B", Some("A")), Refusal::Overlaps);
        assert_eq!(judge(&[served("A", 10, Some(40))], 40, "B", None), Ok(None));
        assert_eq!(refused(&[], 20, "B", Some("A")), Refusal::NotHolder);
    }

    #[test]
    fn codes_go_both_ways() {
        for r in Refusal::ALL {
            assert_eq!(Refusal::from_code(r.code()), Some(r));
        }
    }
}
