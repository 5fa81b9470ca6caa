//! The `data` of every kind, one type each (DESIGN §5.2). `Option` is an optional member; members not listed here
//! are kept as they came.

use super::fields::{Counterparty, Date, DateOrTime, DateTime, Datum, File, Id, Money, Party, Position, Score, Sha256, Site};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[schemars(inline)]
        pub enum $name { $($variant),+ }
    };
}

macro_rules! data {
    ($(#[$doc:meta])* $name:ident { $($body:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
        #[schemars(inline)]
        pub struct $name { $($body)* }
    };
}

choice!(EmployeeStatus { Active, Resigning, Left });
data!(Account { pub system: Id, pub account: Id });
data!(EmployeeUpserted {
    pub number: Id,
    pub name: String,
    pub department: Option<String>,
    pub title: Option<String>,
    /// Number of the person's superior.
    pub manager: Option<Id>,
    pub hired_on: Option<Date>,
    pub status: Option<EmployeeStatus>,
    pub left_on: Option<Date>,
    pub accounts: Option<Vec<Account>>,
    pub phones: Option<Vec<String>>,
    pub emails: Option<Vec<String>>,
    /// 职级
    pub grade: Option<String>,
    /// Last day of the probation 试用期.
    pub probation_until: Option<Date>,
});

choice!(Document { Contract, Policy, Nda, Notice, Training, AddressConfirmation });
choice!(SigningMethod { ESignature, Paper, Click, Attendance });
data!(Clause { pub id: Option<String>, pub text: Option<String>, pub serious: Option<bool> });
data!(DocumentSigned {
    pub employee: Id,
    pub document: Document,
    pub title: String,
    pub version: String,
    pub signed_at: DateOrTime,
    pub method: Option<SigningMethod>,
    pub clauses: Option<Vec<Clause>>,
    pub file: Option<File>,
});

choice!(CompanyKind { Own, Competitor, Related, Partner, Supplier, Unknown });
data!(CompanyUpserted {
    pub company: Id,
    pub name: String,
    pub kind: Option<CompanyKind>,
    pub aliases: Option<Vec<String>>,
    /// People who act for the company: owners, buyers, relatives who lend their account.
    pub persons: Option<Vec<String>>,
    pub accounts: Option<Vec<String>>,
    pub sites: Option<Vec<Site>>,
});

data!(InterestDeclared { pub employee: Id, pub company: Id, pub relation: String });

choice!(Tier { Normal, HighValue });
data!(Contact { pub name: Option<String>, pub phone: Option<String>, pub email: Option<String>, pub im: Option<String> });
data!(CustomerUpserted {
    pub customer: Id,
    pub name: String,
    pub tier: Option<Tier>,
    pub sites: Option<Vec<Site>>,
    pub contacts: Option<Vec<Contact>>,
    pub since: Option<Date>,
});
data!(CustomerAssigned {
    pub customer: Id,
    pub employee: Id,
    pub from: DateOrTime,
    /// Last day, or the moment, the assignment ends; absent while it is open.
    pub until: Option<DateOrTime>,
    pub reason: Option<String>,
});
data!(CustomerFollowedUp { pub customer: Id, pub employee: Id, pub channel: Option<String>, pub note: Option<String> });
choice!(AccessAction { View, Export, Edit, Delete });
data!(CustomerAccessed {
    pub customer: Id,
    pub employee: Id,
    pub action: AccessAction,
    pub fields: Option<Vec<String>>,
    #[schemars(range(min = 0))]
    pub count: Option<i64>,
    pub device: Option<String>,
    pub ip: Option<String>,
});
data!(CustomerLost { pub customer: Id, pub employee: Id, pub to_company: Option<Id>, pub reason: Option<String> });
data!(InquiryReceived { pub customer: Id, pub employee: Option<Id>, pub topic: Option<String> });
data!(DealStageChanged {
    pub deal: Id,
    pub customer: Id,
    pub employee: Id,
    pub stage: String,
    pub amount: Option<Money>,
    pub from_stage: Option<String>,
});
data!(OrderPlaced { pub order: Id, pub customer: Id, pub employee: Id, pub amount: Option<Money>, pub reason: Option<String> });
data!(OrderCancelled { pub order: Id, pub customer: Id, pub employee: Id, pub amount: Option<Money>, pub reason: Option<String> });
data!(OrderCompleted { pub order: Id, pub customer: Id, pub employee: Id, pub amount: Option<Money> });
data!(OrderTransferred {
    pub order: Id,
    pub customer: Id,
    pub employee: Id,
    pub to_company: Option<Id>,
    pub amount: Option<Money>,
});

data!(
    /// What a customer owes, as the books have it; sent again when something was paid.
    ReceivableBooked {
    pub receivable: Id,
    pub customer: Id,
    pub employee: Option<Id>,
    pub order: Option<Id>,
    pub amount: Money,
    pub due: Option<Date>,
    /// Paid so far; absent is nothing.
    pub settled: Option<Money>,
});

choice!(Channel { Wecom, Dingtalk, Feishu, Email, Sms, Other });
data!(Attachment { pub name: Option<String>, pub sha256: Option<Sha256>, pub kind: Option<String> });
data!(MessageSent {
    pub channel: Channel,
    pub conversation: Id,
    pub from: Party,
    #[schemars(length(min = 1))]
    pub to: Vec<Party>,
    pub text: Option<String>,
    pub msgtype: Option<String>,
    pub attachments: Option<Vec<Attachment>>,
    pub revoked: Option<bool>,
    /// The platform's own message, kept whole.
    pub raw: Option<Value>,
});
choice!(ConsentState { Agreed, Refused, Withdrawn });
data!(ConsentChanged {
    pub employee: Id,
    /// The outside party; absent when it is the employee's own.
    pub external: Option<Id>,
    pub channel: Channel,
    pub state: ConsentState,
});
choice!(Direction { In, Out });
data!(CallMade {
    pub employee: Id,
    pub direction: Direction,
    pub number: String,
    #[schemars(range(min = 0))]
    pub duration_s: i64,
    pub company: Option<Id>,
    pub customer: Option<Id>,
});
choice!(Basis { CompanyAccount, VoluntarySubmission, CourtOrder });
data!(TransferBooked {
    /// As the owner of the account sees it: the company for `company_account`, else the employee.
    pub direction: Direction,
    pub amount: Money,
    pub counterparty: Counterparty,
    pub booked_on: Date,
    /// Whose receipt or payment it is.
    pub employee: Option<Id>,
    pub remark: Option<String>,
    /// Why the company may hold it; required as soon as an employee is concerned (R07).
    pub basis: Option<Basis>,
});
data!(VisitCheckedIn {
    pub employee: Id,
    pub position: Position,
    pub customer: Option<Id>,
    pub task: Option<String>,
    pub photo: Option<File>,
    pub device: Option<String>,
    pub mock_location: Option<bool>,
});
data!(TrackPoint {
    pub at: DateTime,
    #[schemars(range(min = -90.0, max = 90.0))]
    pub lat: f64,
    #[schemars(range(min = -180.0, max = 180.0))]
    pub lng: f64,
    #[schemars(range(min = 0.0))]
    pub accuracy_m: Option<f64>,
});
data!(TrackRecorded {
    pub employee: Id,
    pub datum: Datum,
    #[schemars(length(min = 1))]
    pub points: Vec<TrackPoint>,
});
data!(AttendanceRecorded {
    pub employee: Id,
    pub date: Date,
    #[serde(rename = "in")]
    pub clock_in: Option<DateTime>,
    #[serde(rename = "out")]
    pub clock_out: Option<DateTime>,
    pub status: Option<String>,
});
data!(LeaveTaken { pub employee: Id, pub from: DateOrTime, pub until: DateOrTime, pub kind: Option<String> });
data!(PerformanceRated { pub employee: Id, pub period: String, pub score: Score, pub grade: Option<String> });
choice!(AssetKind { Computer, Phone, AccessCard, Seal, Vehicle, Sample, Document, WorkAccount, Tool, Other });
data!(
    /// 领用: somebody has something of the company's from that day on.
    AssetIssued {
    /// 资产编号
    pub asset: Id,
    pub employee: Id,
    pub name: String,
    pub issued_on: Date,
    /// Absent is `other`.
    pub kind: Option<AssetKind>,
    /// 序列号、车牌号、账号: what tells this one from the next.
    pub identifier: Option<String>,
    /// Of a work account: `wecom`, `phone`, `dingtalk`, `feishu`, `email` …
    pub system: Option<String>,
    pub condition: Option<String>,
    pub issued_by: Option<String>,
});
data!(AssetReturned {
    pub asset: Id,
    /// Who had it.
    pub employee: Id,
    pub returned_on: Date,
    pub condition: Option<String>,
    pub received_by: Option<String>,
});
data!(ResignationSubmitted { pub employee: Id, pub submitted_on: Date, pub last_day: Option<Date>, pub reason: Option<String> });

data!(RecordName { pub source: Id, pub id: Id });
data!(RecordCorrected {
    /// The record put right, by the source and id it was sent with.
    pub record: RecordName,
    /// The whole right `data`, of the same kind as the record's.
    pub data: Map<String, Value>,
    pub reason: Option<String>,
});
