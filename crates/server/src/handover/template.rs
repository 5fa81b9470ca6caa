//! Processes 流程 for people's work: nodes that say who does what by when and who reviews it in which order. Pure.
//!
//! What is *not* here: running one ([`super::work`]), keeping versions ([`super::processes`]).

use crate::{
    error::{FieldError, Problem, Result},
    said::{Lang, Said},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap, HashSet};
use utoipa::ToSchema;

/// Who may do or review: seen from the handover, not from the office.
pub const ROLES: [&str; 5] = ["leaver", "receiver", "manager", "hr", "legal"];
pub const GROUPS: [&str; 5] = ["customers", "progress", "property", "other", "task"];
pub const PER: [&str; 7] = ["once", "customer", "deal", "order", "receivable", "promise", "asset"];
const MOST_NODES: usize = 20;
const MOST_WHAT: usize = 50;
const MOST_DAYS: i32 = 365;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Process {
    pub name: Said,
    pub nodes: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProcessNode)]
pub struct Node {
    pub id: String,
    pub name: Said,
    /// `leaver`, `receiver`, `manager`, `hr` or `legal`.
    pub who: String,
    /// Nodes that must be complete before work on this one may be submitted.
    #[serde(default)]
    pub after: Vec<String>,
    pub what: Vec<What>,
    /// In this order; each accepts or returns.
    pub reviewers: Vec<String>,
    /// Days from the start; never later than the last day.
    pub days: i32,
    /// Days before the deadline on which to remind; 0 is the deadline itself.
    #[serde(default)]
    pub reminders: Vec<i32>,
    /// With this node complete the handover is signed off.
    #[serde(default)]
    pub signs_off: bool,
}

/// Something to hand over or do: once, or for each thing of a kind that the person holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProcessItem)]
pub struct What {
    pub id: String,
    /// `customers` 客户资料, `progress` 工作进度, `property` 公司财产, `other` 其他 or `task`.
    pub group: String,
    pub name: Said,
    /// `once`, or for each `customer`, `deal`, `order`, `receivable`, `promise` or `asset`.
    pub per: String,
    #[serde(default)]
    pub must_upload: bool,
    #[serde(default)]
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProcessField)]
pub struct Field {
    pub id: String,
    pub name: Said,
    #[serde(default)]
    pub required: bool,
}

impl Process {
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|n| n.id == id)
    }
}

/// The process of those who leave, and of those who change their work.
pub const LEAVING: &str = "handover";
pub const TRANSFER: &str = "transfer";

/// The process for a kind of handover.
pub fn of_kind(kind: &str) -> &'static str {
    if kind == "transfer" { TRANSFER } else { LEAVING }
}

pub fn shipped_as(id: &str) -> Option<Process> {
    match id {
        LEAVING => Some(shipped()),
        TRANSFER => Some(shipped_transfer()),
        _ => None,
    }
}

fn said(zh: &str, en: &str) -> Said {
    Said::new(zh, en)
}

fn fields(list: &[(&str, &str, &str, bool)]) -> Vec<Field> {
    list.iter().map(|(id, zh, en, required)| Field { id: (*id).into(), name: said(zh, en), required: *required }).collect()
}

fn what(id: &str, group: &str, zh: &str, en: &str, per: &str, must_upload: bool, list: &[(&str, &str, &str, bool)]) -> What {
    What { id: id.into(), group: group.into(), name: said(zh, en), per: per.into(), must_upload, fields: fields(list) }
}

fn node(id: &str, zh: &str, en: &str, who: &str, after: &[&str], reviewers: &[&str], days: i32, what: Vec<What>) -> Node {
    let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    Node {
        id: id.into(),
        name: said(zh, en),
        who: who.into(),
        after: list(after),
        what,
        reviewers: list(reviewers),
        days,
        reminders: vec![3, 0],
        signs_off: false,
    }
}

/// 任务分配 → 资料提交 → 审核确认 → 权限回收, with the groups of LAW T7.
pub fn shipped() -> Process {
    let done = [("note", "说明", "Note", false)];
    let mut confirm = node(
        "confirm",
        "审核确认",
        "Review and sign-off",
        "manager",
        &["submit"],
        &["hr"],
        25,
        vec![what(
            "sign",
            "task",
            "核对全部交接内容并签署",
            "Check everything handed over and sign",
            "once",
            false,
            &[("result", "核对结论", "Result", true), ("disputes", "存在的争议", "Disputes", false)],
        )],
    );
    confirm.signs_off = true;
    Process {
        name: said("离职交接", "Leaver's handover"),
        nodes: vec![
            node(
                "assign",
                "任务分配",
                "Assignment",
                "hr",
                &[],
                &["manager"],
                3,
                vec![what("plan", "task", "核对交接清单并指定接收人", "Check the list and name receivers", "once", false, &done)],
            ),
            node("submit", "资料提交", "Submission", "leaver", &["assign"], &["receiver", "manager"], 20, submitted()),
            confirm,
            node(
                "revoke",
                "权限回收",
                "Access recalled",
                "hr",
                &["confirm"],
                &["manager"],
                30,
                vec![what("access", "task", "收回系统账号、工作群和门禁", "Recall accounts, work chats and door cards", "once", false, &done)],
            ),
        ],
    }
}

/// 调岗: what the old work consists of goes to others; accounts of the old post are changed, nobody leaves and nothing is
/// given back that the new work needs.
pub fn shipped_transfer() -> Process {
    let mut process = shipped();
    process.name = said("调岗交接", "Handover of a change of work");
    let done = [("note", "说明", "Note", false)];
    for node in &mut process.nodes {
        match node.id.as_str() {
            "submit" => node.what.retain(|w| !["asset", "devices", "secrets"].contains(&w.id.as_str())),
            "revoke" => {
                node.name = said("权限调整", "Access changed");
                node.what = vec![what("access", "task", "按新岗位调整系统权限和工作群", "Change access and work chats to the new post", "once", false, &done)];
            }
            _ => {}
        }
    }
    process
}

fn submitted() -> Vec<What> {
    vec![
        what(
            "customer",
            "customers",
            "客户资料",
            "Customer",
            "customer",
            false,
            &[
                ("basic", "基本资料（联系人、电话、决策人）", "Basics: contacts, phones, who decides", true),
                ("cooperation", "合作情况（合同、到期日、价格、未了事项）", "Cooperation: contracts, expiry, prices, open matters", true),
                ("preferences", "偏好与注意事项", "Preferences and cautions", false),
                ("proof", "凭证所在（合同、对账单、往来记录）", "Where the proof is: contracts, statements, correspondence", false),
            ],
        ),
        what("contracts", "customers", "客户合同与凭证", "Customers' contracts and proof", "once", true, &[("list", "清单", "List", false)]),
        what("deal", "progress", "进行中的商机", "Open deal", "deal", false, &[("state", "进展与下一步", "Progress and next step", true)]),
        what("order", "progress", "未完结订单", "Open order", "order", false, &[("state", "履行情况与待办", "State and what is left to do", true)]),
        what("receivable", "progress", "应收款", "Receivable", "receivable", false, &[("state", "对账与催收情况", "Reconciliation and collection", true)]),
        what(
            "projects",
            "progress",
            "其他进行中的工作",
            "Other work in progress",
            "once",
            false,
            &[("state", "事项、进展、下一步", "Matters, progress, next steps", true)],
        ),
        what("asset", "property", "公司财产", "Company asset", "asset", false, &[("state", "归还情况", "Returned how", true)]),
        what(
            "devices",
            "property",
            "电脑、手机、门禁与印章",
            "Computer, phone, door card, seals",
            "once",
            false,
            &[("state", "归还明细（无则写“无”）", "What is returned (“none” if none)", true)],
        ),
        what(
            "secrets",
            "property",
            "保密资料归还与清除",
            "Secrets returned and erased",
            "once",
            false,
            &[("state", "归还或清除的资料", "What was returned or erased", true)],
        ),
        what(
            "fees",
            "other",
            "与客户未结清的费用",
            "Fees not settled with customers",
            "once",
            false,
            &[("state", "客户、金额、原因（无则写“无”）", "Customer, amount, why (“none” if none)", true)],
        ),
        what(
            "promise",
            "other",
            "对客户的承诺",
            "Promise to a customer",
            "promise",
            false,
            &[("state", "兑现情况与待办", "Kept how, what is left to do", true)],
        ),
        what(
            "promises",
            "other",
            "其他向客户承诺的服务",
            "Other promises made to customers",
            "once",
            false,
            &[("state", "客户、承诺、期限（无则写“无”）", "Customer, promise, until when (“none” if none)", true)],
        ),
    ]
}

/// Refuses a process that could never end, or end without anybody having looked.
pub fn check(process: &Process, lang: Lang) -> Result<()> {
    let mut faults = Faults { lang, all: Vec::new() };
    if !fits(&process.name) {
        faults.add("/name", "name", "请填写中英文名称", "give the name in both languages");
    }
    if process.nodes.is_empty() || process.nodes.len() > MOST_NODES {
        faults.add("/nodes", "nodes", "流程有 1 到 20 个环节", "a process has 1 to 20 nodes");
    }
    let ids: HashSet<&str> = process.nodes.iter().map(|n| n.id.as_str()).collect();
    let mut seen = HashSet::new();
    let mut things = HashSet::new();
    for (i, node) in process.nodes.iter().enumerate() {
        let at = format!("/nodes/{i}");
        check_node(node, &at, &ids, &mut faults);
        if !seen.insert(node.id.as_str()) || node.id.trim().is_empty() {
            faults.add(&format!("{at}/id"), "duplicate", "环节编号不能为空或重复", "a node's id is neither empty nor used twice");
        }
        for (j, what) in node.what.iter().enumerate() {
            check_what(what, &format!("{at}/what/{j}"), &mut faults);
            if !things.insert(what.id.as_str()) || what.id.trim().is_empty() {
                faults.add(&format!("{at}/what/{j}/id"), "duplicate", "事项编号不能为空或重复", "an item's id is neither empty nor used twice");
            }
        }
    }
    if process.nodes.iter().filter(|n| n.signs_off).count() != 1 {
        faults.add("/nodes", "no_sign_off", "必须有且只有一个环节作为签署完成的环节", "exactly one node signs the handover off");
    }
    if let Some(node) = circle(process) {
        let i = process.nodes.iter().position(|n| n.id == node).unwrap_or_default();
        faults.add(&format!("/nodes/{i}/after"), "loop", "环节互相等待，永远走不完", "these nodes wait for one another and would never end");
    }
    if faults.all.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        422,
        "bad_process",
        "流程不能这样保存，见 errors 中的位置和说明。请改正后再保存；进行中的交接不受影响。",
        "The process cannot be kept like this; see the places and reasons in errors. Mend them and save again; running handovers are not touched.",
    )
    .with_errors(faults.all)
    .into())
}

struct Faults {
    lang: Lang,
    all: Vec<FieldError>,
}

impl Faults {
    fn add(&mut self, pointer: &str, code: &str, zh: &str, en: &str) {
        let detail = if self.lang == Lang::En { en } else { zh };
        self.all.push(FieldError { pointer: pointer.into(), code: code.into(), detail: detail.into() });
    }
}

fn fits(name: &Said) -> bool {
    [&name.zh, &name.en].into_iter().all(|t| (1..=100).contains(&t.trim().chars().count()))
}

fn check_node(node: &Node, at: &str, ids: &HashSet<&str>, faults: &mut Faults) {
    if !fits(&node.name) {
        faults.add(&format!("{at}/name"), "name", "请填写中英文名称", "give the name in both languages");
    }
    if !ROLES.contains(&node.who.as_str()) {
        faults.add(&format!("{at}/who"), "unknown_role", "没有这个角色", "there is no such role");
    }
    if node.reviewers.is_empty() {
        faults.add(&format!("{at}/reviewers"), "no_reviewer", "每个环节至少要有一位审核人", "every node has at least one reviewer");
    }
    let mut named = BTreeSet::new();
    for (j, role) in node.reviewers.iter().enumerate() {
        let at = format!("{at}/reviewers/{j}");
        if !ROLES.contains(&role.as_str()) {
            faults.add(&at, "unknown_role", "没有这个角色", "there is no such role");
        }
        if *role == node.who || role == "leaver" {
            faults.add(&at, "own_review", "不能审核自己的工作；离职人不作审核人", "nobody reviews their own work, and the leaver reviews none");
        }
        if !named.insert(role) {
            faults.add(&at, "duplicate", "同一审核人不必列两次", "a reviewer is listed once");
        }
    }
    for (j, before) in node.after.iter().enumerate() {
        if !ids.contains(before.as_str()) {
            faults.add(&format!("{at}/after/{j}"), "unknown_node", "没有这个环节", "there is no such node");
        }
    }
    if !(0..=MOST_DAYS).contains(&node.days) {
        faults.add(&format!("{at}/days"), "days", "期限为 0 到 365 天", "a deadline is 0 to 365 days");
    }
    if node.reminders.len() > 10 || node.reminders.iter().any(|d| !(0..=60).contains(d)) {
        faults.add(&format!("{at}/reminders"), "reminders", "提醒为到期前 0 到 60 天，至多 10 次", "reminders are 0 to 60 days before, at most ten");
    }
    if node.what.is_empty() || node.what.len() > MOST_WHAT {
        faults.add(&format!("{at}/what"), "what", "每个环节有 1 到 50 个事项", "a node has 1 to 50 items");
    }
}

fn check_what(what: &What, at: &str, faults: &mut Faults) {
    if !fits(&what.name) {
        faults.add(&format!("{at}/name"), "name", "请填写中英文名称", "give the name in both languages");
    }
    if !GROUPS.contains(&what.group.as_str()) {
        faults.add(&format!("{at}/group"), "unknown_group", "没有这个分组", "there is no such group");
    }
    if !PER.contains(&what.per.as_str()) {
        faults.add(&format!("{at}/per"), "unknown_kind", "没有这类事项", "there is no such kind");
    }
    let mut seen = HashSet::new();
    for (j, field) in what.fields.iter().enumerate() {
        if field.id.trim().is_empty() || !seen.insert(field.id.as_str()) || !fits(&field.name) || j >= 30 {
            faults.add(
                &format!("{at}/fields/{j}"),
                "field",
                "字段需有不重复的编号和中英文名称，至多 30 个",
                "a field has an id of its own and a name in both languages; at most 30",
            );
        }
    }
}

/// A node that waits, by whatever way, for itself.
fn circle(process: &Process) -> Option<&str> {
    fn visit<'a>(id: &'a str, of: &HashMap<&'a str, &'a Node>, done: &mut HashSet<&'a str>, path: &mut HashSet<&'a str>) -> Option<&'a str> {
        if done.contains(id) {
            return None;
        }
        if !path.insert(id) {
            return Some(id);
        }
        for before in of.get(id).into_iter().flat_map(|n| &n.after) {
            if let Some(found) = visit(before, of, done, path) {
                return Some(found);
            }
        }
        path.remove(id);
        done.insert(id);
        None
    }
    let of: HashMap<&str, &Node> = process.nodes.iter().map(|n| (n.id.as_str(), n)).collect();
    let mut done = HashSet::new();
    process.nodes.iter().find_map(|n| visit(&n.id, &of, &mut done, &mut HashSet::new()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::error::Error;

    fn codes(process: &Process) -> Vec<(String, String)> {
        match check(process, Lang::En) {
            Ok(()) => Vec::new(),
            Err(Error::Problem(p)) => p.errors.into_iter().map(|e| (e.pointer, e.code)).collect(),
            Err(e) => panic!("{e}"),
        }
    }

    #[test]
    fn the_shipped_one_is_sound() {
        assert_eq!((codes(&shipped()), codes(&shipped_transfer())), (vec![], vec![]));
        let text = serde_json::to_string(&shipped()).unwrap();
        assert_eq!(serde_json::from_str::<Process>(&text).unwrap(), shipped());
    }

    #[test]
    fn what_could_never_end_or_is_never_looked_at_is_refused() {
        let mut looped = shipped();
        looped.nodes[0].after = vec!["revoke".into()];
        assert_eq!(codes(&looped), [("/nodes/0/after".into(), "loop".into())]);
        let mut own = shipped();
        own.nodes[1].after.push("submit".into());
        assert_eq!(codes(&own), [("/nodes/1/after".into(), "loop".into())]);
        let mut alone = shipped();
        alone.nodes[1].reviewers.clear();
        assert_eq!(codes(&alone), [("/nodes/1/reviewers".into(), "no_reviewer".into())]);
        let mut stranger = shipped();
        stranger.nodes[0].who = "ceo".into();
        stranger.nodes[2].reviewers = vec!["board".into()];
        assert_eq!(codes(&stranger), [("/nodes/0/who".into(), "unknown_role".into()), ("/nodes/2/reviewers/0".into(), "unknown_role".into())]);
        let mut self_review = shipped();
        self_review.nodes[0].reviewers = vec!["hr".into()];
        assert_eq!(codes(&self_review), [("/nodes/0/reviewers/0".into(), "own_review".into())]);
        let mut unsigned = shipped();
        unsigned.nodes[2].signs_off = false;
        assert_eq!(codes(&unsigned), [("/nodes".into(), "no_sign_off".into())]);
        let mut nowhere = shipped();
        nowhere.nodes[3].after = vec!["x".into()];
        nowhere.nodes[3].days = -1;
        assert_eq!(codes(&nowhere).into_iter().map(|c| c.1).collect::<Vec<_>>(), ["unknown_node", "days"]);
    }
}
