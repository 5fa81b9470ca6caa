//! What a schema cannot say: rules between members, and whom a record concerns.

use super::shape::{Fault, breach};
use serde_json::{Map, Value};

/// The people and customers a record is about, as the caller names them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Concerned<'a> {
    /// The employee it is mostly about.
    pub employee: Option<&'a str>,
    pub employees: Vec<&'a str>,
    pub customers: Vec<&'a str>,
}

impl<'a> Concerned<'a> {
    fn employee(&mut self, number: Option<&'a str>) {
        if let Some(number) = number {
            self.employee = self.employee.or(Some(number));
            if !self.employees.contains(&number) {
                self.employees.push(number);
            }
        }
    }
    fn customer(&mut self, id: Option<&'a str>) {
        if let Some(id) = id.filter(|id| !self.customers.contains(id)) {
            self.customers.push(id);
        }
    }
}

fn text<'a>(data: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    data.get(name).and_then(Value::as_str)
}

pub fn concerned<'a>(kind: &str, data: &'a Map<String, Value>) -> Concerned<'a> {
    let mut who = Concerned::default();
    match kind {
        "employee.upserted" => who.employee(text(data, "number")),
        super::MESSAGE_SENT => {
            let others = data.get("to").and_then(Value::as_array).into_iter().flatten();
            for party in data.get("from").into_iter().chain(others).filter_map(Value::as_object) {
                who.employee(text(party, "employee"));
                who.customer(text(party, "customer"));
            }
        }
        _ => {
            who.employee(text(data, "employee"));
            who.customer(text(data, "customer"));
        }
    }
    who
}

pub fn between_members(kind: &str, data: &Map<String, Value>, at: &str, faults: &mut Vec<Fault>) {
    match kind {
        "asset.issued" | "asset.returned" if text(data, "asset").is_some_and(|number| number.starts_with(crate::assets::NOTED)) => {
            breach(
                faults,
                format!("{at}/asset"),
                "account: 开头的编号留给随联系人快照登记的工作账号，请改用资产编号，账号写在 identifier。",
                "Numbers that begin with account: are kept for work accounts noted with a snapshot; use a number of your own and put the account into identifier.",
            );
        }
        "customer.assigned" | "leave.taken" => {
            if let (Some(from), Some(until)) = (text(data, "from"), text(data, "until"))
                && ends_before(from, until)
            {
                breach(faults, format!("{at}/until"), "结束不能早于开始（from）。", "The end may not lie before the start (from).");
            }
        }
        "employee.upserted" => {
            // They stand in indices, which hold no text of any length.
            for member in ["name", "department", "title", "grade"] {
                if text(data, member).is_some_and(|t| t.chars().count() > 200) {
                    breach(faults, format!("{at}/{member}"), "最多 200 个字。", "At most 200 characters.");
                }
            }
            for member in ["number", "name", "department", "title", "grade", "manager"] {
                if text(data, member).is_some_and(|t| t.chars().any(super::turns_text)) {
                    breach(
                        faults,
                        format!("{at}/{member}"),
                        "含有看不见的文字方向控制字符，显示的内容会与实际不同。请在来源处删去后重新发送。",
                        "There is an invisible character in it that turns the direction of text; what is shown would differ from what is kept. Delete it at the source and send it again.",
                    );
                }
            }
        }
        super::MESSAGE_SENT => {
            let mut party = |value: &Value, pointer: String| {
                let Some(one) = value.as_object() else { return };
                if one.get("employee").is_none_or(Value::is_null) && one.get("external").is_none_or(Value::is_null) {
                    breach(
                        faults,
                        pointer,
                        "应写明 employee（本公司员工工号）或 external（外部联系人编号）之一。",
                        "Name one of employee (a number of ours) or external (the outsider's id).",
                    );
                }
            };
            if let Some(from) = data.get("from") {
                party(from, format!("{at}/from"));
            }
            if data.get("to").and_then(Value::as_array).is_some_and(|to| to.len() > super::MOST_CONCERNED) {
                return super::too_many_concerned(faults, &format!("{at}/to"));
            }
            for (i, to) in data.get("to").and_then(Value::as_array).into_iter().flatten().enumerate() {
                party(to, format!("{at}/to/{i}"));
            }
        }
        super::TRANSFER_BOOKED => {
            let other = data.get("counterparty").and_then(Value::as_object);
            if other.is_some_and(|c| ["name", "company", "account"].iter().all(|n| text(c, n).is_none_or(str::is_empty))) {
                breach(
                    faults,
                    format!("{at}/counterparty"),
                    "应至少写明对方的 name、company、account 之一。",
                    "Name at least one of the other side's name, company or account.",
                );
            }
        }
        super::RECORD_CORRECTED => {
            if data.get("data").and_then(Value::as_object).is_none_or(Map::is_empty) {
                breach(faults, format!("{at}/data"), "应写出更正后的完整 data。", "Give the whole corrected data.");
            }
        }
        _ => {}
    }
}

/// Compares dates or times; a date against a time compares the days as written.
fn ends_before(from: &str, until: &str) -> bool {
    match (super::time_us(from), super::time_us(until)) {
        (Some(a), Some(b)) => b < a,
        _ => until.get(..10) < from.get(..10),
    }
}
