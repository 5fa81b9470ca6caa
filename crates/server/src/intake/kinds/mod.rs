//! The kinds of record that intake accepts: their types, their checks, whom they concern.
//!
//! A kind is a Rust type in `data`; its JSON schema documents it (docs/records.md, OpenAPI) and, compiled into a
//! [`Shape`], checks it. Rules between members are in `rules`. What is *not* here: the envelope, sources and the
//! law's refusals, which are the same for all kinds (`envelope`, `check`).

pub mod data;
mod docs;
pub mod fields;
mod rules;
mod shape;

pub use docs::{components, markdown};
pub use rules::Concerned;
pub use shape::{Fault, Form, Shape, breach, is_identifier, is_sha256, missing, time_us, turns_text};

use crate::said::Said;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value};
use std::{collections::HashMap, sync::LazyLock};

pub struct Kind {
    /// The CloudEvents `type`.
    pub name: &'static str,
    pub title: Said,
    /// JSON schema of `data`.
    pub schema: Value,
    shape: Shape,
}

pub const MESSAGE_SENT: &str = "message.sent";
pub const TRANSFER_BOOKED: &str = "transfer.booked";
pub const CONSENT_CHANGED: &str = "consent.changed";
pub const RECORD_CORRECTED: &str = "record.corrected";

/// Most people or parties of one record; the largest group chats have some thousand.
pub const MOST_CONCERNED: usize = 2_000;

pub fn too_many_concerned(faults: &mut Vec<Fault>, pointer: &str) {
    breach(
        faults,
        pointer,
        &format!("一条记录最多涉及 {MOST_CONCERNED} 人，请拆分为几条。"),
        &format!("A record may concern {MOST_CONCERNED} people at most; split it."),
    );
}

fn kind<T: JsonSchema>(name: &'static str, zh: &str, en: &str) -> Kind {
    let mut generator = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true).into_generator();
    let schema = generator.subschema_for::<T>().to_value();
    Kind { name, title: Said::new(zh, en), shape: Shape::of_schema(&schema), schema }
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    vec![
        kind::<data::EmployeeUpserted>("employee.upserted", "员工资料", "Employee data"),
        kind::<data::DocumentSigned>("document.signed", "签署文件", "Document signed"),
        kind::<data::CompanyUpserted>("company.upserted", "公司资料", "Company data"),
        kind::<data::InterestDeclared>("interest.declared", "利益申报", "Interest declared"),
        kind::<data::CustomerUpserted>("customer.upserted", "客户资料", "Customer data"),
        kind::<data::CustomerAssigned>("customer.assigned", "客户分配", "Customer assigned"),
        kind::<data::CustomerFollowedUp>("customer.followed_up", "客户跟进", "Customer followed up"),
        kind::<data::CustomerAccessed>("customer.accessed", "客户资料访问", "Customer data accessed"),
        kind::<data::CustomerLost>("customer.lost", "客户流失", "Customer lost"),
        kind::<data::InquiryReceived>("inquiry.received", "收到询价", "Inquiry received"),
        kind::<data::DealStageChanged>("deal.stage_changed", "商机阶段变化", "Deal stage changed"),
        kind::<data::OrderPlaced>("order.placed", "下单", "Order placed"),
        kind::<data::OrderCompleted>("order.completed", "订单完成", "Order completed"),
        kind::<data::OrderCancelled>("order.cancelled", "取消订单", "Order cancelled"),
        kind::<data::OrderTransferred>("order.transferred", "订单转出", "Order moved away"),
        kind::<data::ReceivableBooked>("receivable.booked", "应收款", "Receivable booked"),
        kind::<data::MessageSent>(MESSAGE_SENT, "聊天消息", "Message"),
        kind::<data::ConsentChanged>(CONSENT_CHANGED, "会话存档同意", "Consent to archiving"),
        kind::<data::CallMade>("call.made", "通话", "Call"),
        kind::<data::TransferBooked>(TRANSFER_BOOKED, "资金往来", "Transfer"),
        kind::<data::VisitCheckedIn>("visit.checked_in", "外勤签到", "Visit check-in"),
        kind::<data::TrackRecorded>("track.recorded", "外勤轨迹", "Track"),
        kind::<data::AttendanceRecorded>("attendance.recorded", "考勤", "Attendance"),
        kind::<data::LeaveTaken>("leave.taken", "休假", "Leave"),
        kind::<data::PerformanceRated>("performance.rated", "绩效", "Performance rating"),
        kind::<data::ResignationSubmitted>("resignation.submitted", "提出离职", "Resignation"),
        kind::<data::AssetIssued>("asset.issued", "领用公司资产", "Asset issued"),
        kind::<data::AssetReturned>("asset.returned", "归还公司资产", "Asset returned"),
        kind::<data::RecordCorrected>(RECORD_CORRECTED, "更正记录", "Correction"),
    ]
});

static BY_NAME: LazyLock<HashMap<&'static str, &'static Kind>> = LazyLock::new(|| KINDS.iter().map(|k| (k.name, k)).collect());

pub fn all() -> &'static [Kind] {
    &KINDS
}

pub fn find(name: &str) -> Option<&'static Kind> {
    BY_NAME.get(name).copied()
}

impl Kind {
    /// Everything wrong with `data`; pointers begin at `at` (`/data`, or `/data/data` inside a correction).
    pub fn check(&self, data: &Map<String, Value>, at: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut pointer = at.to_owned();
        if let Shape::Object(members) = &self.shape {
            shape::check_members(members, data, &mut pointer, &mut faults);
        }
        if faults.is_empty() {
            rules::between_members(self.name, data, at, &mut faults);
        }
        faults
    }

    pub fn concerned<'a>(&self, data: &'a Map<String, Value>) -> Concerned<'a> {
        rules::concerned(self.name, data)
    }
}

/// What a list calls a record of this kind, the system's own acts included.
pub fn label(name: &str) -> Said {
    if let Some(kind) = find(name) {
        return kind.title.clone();
    }
    let (zh, en) = match name {
        "source.registered" => ("登记数据来源", "Source registered"),
        "source.approved" => ("批准来源变更", "Source change approved"),
        "record.looked" | "content.opened" => ("查看内容", "Content opened"),
        "quarantine.released" => ("放行隔离记录", "Quarantine released"),
        "case.opened" => ("立案", "Case opened"),
        "case.closed" => ("结案", "Case closed"),
        "employee.joined" => ("入职", "Joined"),
        "employee.amended" => ("更正档案", "File put right"),
        "employee.transferred" => ("调岗", "Transferred"),
        "employee.promoted" => ("晋升", "Promoted"),
        "employee.confirmed" => ("转正", "Probation passed"),
        "employee.left" => ("离职生效", "Left"),
        "resignation.withdrawn" => ("撤回离职", "Resignation withdrawn"),
        "resignation.rescheduled" => ("变更最后工作日", "Last day changed"),
        "interest.reviewed" => ("核查利益冲突", "Interest looked at"),
        "people.exported" => ("导出花名册", "List of employees exported"),
        "contract.made" => ("签订劳动合同", "Contract made"),
        "contract.ended" => ("合同结束", "Contract ended"),
        "asset.acknowledged" => ("确认领用资产", "Asset acknowledged"),
        "policy.drafted" => ("起草制度", "Policy drafted"),
        "policy.published" => ("发布制度", "Policy published"),
        "policy.withdrawn" => ("废止制度", "Policy withdrawn"),
        "request.made" => ("员工申请", "Request made"),
        "request.answered" => ("答复申请", "Request answered"),
        "request.erasure_asked" => ("同意删除，待第二人", "Erasure agreed to, waiting for a second person"),
        "customer.promised" => ("对客户承诺", "Promise to a customer"),
        "customer.promise_ended" => ("承诺有了结果", "Promise ended"),
        "customer.preference_noted" => ("记录客户偏好", "Preference noted"),
        "customer.preference_removed" => ("移除客户偏好", "Preference removed"),
        "customers.exported" => ("导出客户", "Customers exported"),
        "customers.reassignment_started" => ("发起客户移交", "Reassignment started"),
        "customers.reassigned" => ("客户移交完成", "Reassignment done"),
        "contacts.snapshot_taken" => ("联系人快照", "Contact snapshot"),
        "contacts.snapshot_acknowledged" => ("确认联系人快照", "Contact snapshot acknowledged"),
        "package.built" => ("生成证据包", "Package built"),
        "handover.started" => ("交接清单", "Handover started"),
        "handover.item_submitted" => ("提交交接事项", "Handover item submitted"),
        "handover.item_reviewed" => ("审核交接事项", "Handover item reviewed"),
        "handover.reassigned" => ("移交客户", "Customers passed on"),
        "handover.certificate_filed" => ("离职证明存档", "Certificate of termination kept as a file"),
        "handover.certificate_issued" => ("出具离职证明", "Certificate of termination issued"),
        "handover.certificate_corrected" => ("更正离职证明", "Certificate of termination corrected"),
        "handover.certificate_delivered" => ("送达离职证明", "Certificate of termination delivered"),
        "handover.certificate_received" => ("签收离职证明", "Certificate of termination received"),
        "handover.checklist_made" => ("生成交接清单文书", "Handover list made as a paper"),
        "handover.asset_returned" => ("交接中的资产已归还", "Asset of a handover given back"),
        "handover.hold_refused" => ("拒绝扣留", "Withholding refused"),
        "handover.closed" => ("关闭交接", "Handover closed"),
        "handover.item_added" => ("补充交接事项", "Handover item added"),
        "handover.item_waived" => ("免除交接事项", "Handover item waived"),
        "handover.receivers_set" => ("指定接收人", "Receivers named"),
        "handover.reassign_undone" => ("撤回客户移交", "Passing on taken back"),
        "handover.last_day_changed" => ("最后工作日变更", "Last day changed"),
        "handover.reminded" => ("交接提醒", "Handover reminder"),
        "handover.escalated" => ("交接逾期上报", "Overdue handover told to the manager"),
        "handover.duty_done" => ("法定手续办结", "Statutory step done"),
        "handover.duty_overdue" => ("法定手续逾期", "Statutory step overdue"),
        "handover.hold_noted" => ("登记等待交接", "Waiting for the handover noted"),
        "handover.deduction_noted" => ("登记扣款", "Deduction noted"),
        "handover.deduction_withdrawn" => ("撤回扣款登记", "Deduction withdrawn"),
        "handover.deduction_refused" => ("拒绝扣款", "Deduction refused"),
        "handover.objected" => ("交接异议", "Objection"),
        "handover.objection_answered" => ("答复交接异议", "Objection answered"),
        "handover.file_opened" => ("查看交接文件", "Handover file opened"),
        "handover.package_made" => ("导出交接档案", "Handover package made"),
        "handover.reconciled" => ("核对交接清单", "Handover list reconciled"),
        "handover.finding_decided" => ("处理核对结果", "Finding decided"),
        "notice.drafted" => ("起草客户通知", "Notice drafted"),
        "notice.edited" => ("修改客户通知", "Notice changed"),
        "notice.previewed" => ("预览客户通知", "Notice previewed"),
        "notice.approved" => ("批准客户通知", "Notice approved"),
        "notice.queued" => ("交接提醒邮件", "Reminder of a handover by mail"),
        "notice.sent" => ("客户通知已发出", "Notice sent"),
        "notice.failed" => ("客户通知未发出", "Notice not sent"),
        "notice.told" => ("以其他方式告知客户", "Customer told otherwise"),
        "notice.cancelled" => ("取消客户通知", "Notice cancelled"),
        "outbox.settings_changed" => ("发件箱设置变更", "Outbox settings changed"),
        "restriction.proposed" => ("提出限制", "Restriction proposed"),
        "restriction.approved" => ("限制生效", "Restriction in force"),
        "restriction.refused" => ("不同意限制", "Restriction refused"),
        "restriction.withdrawn" => ("撤回限制提议", "Proposal withdrawn"),
        "restriction.lifted" => ("解除限制", "Restriction lifted"),
        "restriction.expired" => ("限制到期", "Restriction ended"),
        "restriction.appealed" => ("对限制的申诉", "Appeal"),
        "restriction.answered" => ("答复申诉", "Appeal answered"),
        other => (other, other),
    };
    Said::new(zh, en)
}

#[cfg(test)]
mod tests;
