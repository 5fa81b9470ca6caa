//! Any table to a kind's fields: which column is which, guessed from its header, and a cell's text to the field's form.

use super::statements;
use crate::{
    intake::{facts, kinds},
    said::Said,
    settings::Settings,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Column header → field: `time`, `id` or `data.<member>[.<member>]`.
pub type Mapping = BTreeMap<String, String>;

/// Headers as people write them → the end of a field's path. Longer ones first, so 客户编号 is not taken for 客户.
const ALIASES: &[(&str, &str)] = &[
    ("客户编号", "customer"),
    ("客户id", "customer"),
    ("客户代码", "customer"),
    ("customer id", "customer"),
    ("account id", "customer"),
    ("customer", "customer"),
    ("cust", "customer"),
    ("客户", "customer"),
    ("客户名称", "name"),
    ("公司名称", "name"),
    ("account name", "name"),
    ("company name", "name"),
    ("customer name", "name"),
    ("工号", "number"),
    ("员工编号", "number"),
    ("employee number", "number"),
    ("姓名", "name"),
    ("名称", "name"),
    ("name", "name"),
    ("员工工号", "employee"),
    ("负责人工号", "employee"),
    ("负责人", "employee"),
    ("客户负责人", "employee"),
    ("所有人", "employee"),
    ("业务员", "employee"),
    ("销售", "employee"),
    ("account owner", "employee"),
    ("company owner", "employee"),
    ("owner", "employee"),
    ("employee", "employee"),
    ("sales_agent", "employee"),
    ("员工", "employee"),
    ("emp", "employee"),
    ("订单号", "order"),
    ("订单编号", "order"),
    ("order id", "order"),
    ("order", "order"),
    ("oid", "order"),
    ("金额", "amount"),
    ("订单金额", "amount"),
    ("交易金额", "amount"),
    ("发生额", "amount"),
    ("amount", "amount"),
    ("close_value", "amount"),
    ("时间", "time"),
    ("创建时间", "time"),
    ("下单时间", "time"),
    ("下单日期", "time"),
    ("日期", "time"),
    ("create date", "time"),
    ("date", "time"),
    ("time", "time"),
    ("分配时间", "from"),
    ("领取时间", "from"),
    ("开始时间", "from"),
    ("开始日期", "from"),
    ("结束时间", "until"),
    ("结束日期", "until"),
    ("原因", "reason"),
    ("备注", "remark"),
    ("摘要", "remark"),
    ("用途", "remark"),
    ("部门", "department"),
    ("所属部门", "department"),
    ("部门名称", "department"),
    ("职位", "title"),
    ("岗位", "title"),
    ("职务", "title"),
    ("岗位名称", "title"),
    ("职级", "grade"),
    ("上级工号", "manager"),
    ("直属上级工号", "manager"),
    ("汇报对象", "manager"),
    ("直属上级", "manager"),
    ("直接上级", "manager"),
    ("试用期至", "probation_until"),
    ("试用期到期日", "probation_until"),
    ("试用期结束日期", "probation_until"),
    ("入职日期", "hired_on"),
    ("入职时间", "hired_on"),
    ("离职日期", "left_on"),
    ("离职时间", "left_on"),
    ("员工状态", "status"),
    ("在职状态", "status"),
    ("人员状态", "status"),
    ("状态", "status"),
    ("手机", "phones"),
    ("手机号", "phones"),
    ("手机号码", "phones"),
    ("联系电话", "phones"),
    ("电话", "phones"),
    ("phone", "phones"),
    ("手机", "phone"),
    ("手机号", "phone"),
    ("电话", "phone"),
    ("邮箱", "emails"),
    ("email", "emails"),
    ("邮箱", "email"),
    ("联系人", "contacts.name"),
    ("等级", "tier"),
    ("客户级别", "tier"),
    ("客户等级", "tier"),
    ("成立日期", "since"),
    ("合作开始", "since"),
    ("对方户名", "counterparty.name"),
    ("对方单位", "counterparty.name"),
    ("对方账户名称", "counterparty.name"),
    ("收(付)方名称", "counterparty.name"),
    ("交易对方", "counterparty.name"),
    ("对方名称", "counterparty.name"),
    ("对方账号", "counterparty.account"),
    ("对方账户", "counterparty.account"),
    ("收(付)方账号", "counterparty.account"),
    ("借贷标志", "direction"),
    ("收支", "direction"),
    ("收/支", "direction"),
    ("方向", "direction"),
    ("direction", "direction"),
    ("记账日期", "booked_on"),
    ("交易日期", "booked_on"),
    ("入账日期", "booked_on"),
    ("交易时间", "booked_on"),
    ("公司", "company"),
    ("公司编号", "company"),
    ("关系", "relation"),
    ("阶段", "stage"),
    ("deal_stage", "stage"),
    ("商机编号", "deal"),
    ("opportunity_id", "deal"),
    ("主题", "topic"),
    ("跟进方式", "channel"),
    ("跟进内容", "note"),
    ("号码", "number"),
    ("通话时长", "duration_s"),
    ("时长", "duration_s"),
    ("去向公司", "to_company"),
    ("转入公司", "to_company"),
    ("类型", "kind"),
    ("假别", "kind"),
    ("绩效周期", "period"),
    ("得分", "score"),
    ("分数", "score"),
    ("绩效等级", "grade"),
    ("最后工作日", "last_day"),
    ("提交日期", "submitted_on"),
    ("动作", "action"),
    ("操作", "action"),
    ("资产编号", "asset"),
    ("资产编码", "asset"),
    ("固定资产编号", "asset"),
    ("设备编号", "asset"),
    ("asset tag", "asset"),
    ("asset id", "asset"),
    ("asset", "asset"),
    ("资产名称", "name"),
    ("设备名称", "name"),
    ("物品名称", "name"),
    ("asset name", "name"),
    ("资产类别", "kind"),
    ("资产类型", "kind"),
    ("资产分类", "kind"),
    ("领用人工号", "employee"),
    ("使用人工号", "employee"),
    ("保管人工号", "employee"),
    ("领用人", "employee"),
    ("使用人", "employee"),
    ("保管人", "employee"),
    ("assigned to", "employee"),
    ("序列号", "identifier"),
    ("设备序列号", "identifier"),
    ("车牌号", "identifier"),
    ("imei", "identifier"),
    ("serial number", "identifier"),
    ("serial", "identifier"),
    ("领用日期", "issued_on"),
    ("领用时间", "issued_on"),
    ("发放日期", "issued_on"),
    ("issued on", "issued_on"),
    ("归还日期", "returned_on"),
    ("归还时间", "returned_on"),
    ("退还日期", "returned_on"),
    ("returned on", "returned_on"),
    ("成色", "condition"),
    ("状况", "condition"),
    ("condition", "condition"),
    ("账户编号", "customer"),
    ("account", "customer"),
];

/// Chinese for the choices of a field.
const CHOICES: &[(&str, &str)] = &[
    ("在职", "active"),
    ("正式", "active"),
    ("正式员工", "active"),
    ("试用", "active"),
    ("试用期", "active"),
    ("实习", "active"),
    ("待离职", "resigning"),
    ("离职中", "resigning"),
    ("离职", "left"),
    ("已离职", "left"),
    ("普通", "normal"),
    ("高价值", "high_value"),
    ("重点", "high_value"),
    ("vip", "high_value"),
    ("收入", "in"),
    ("收", "in"),
    ("贷", "in"),
    ("c", "in"),
    ("入", "in"),
    ("支出", "out"),
    ("支", "out"),
    ("付", "out"),
    ("借", "out"),
    ("d", "out"),
    ("出", "out"),
    ("竞争对手", "competitor"),
    ("竞对", "competitor"),
    ("本公司", "own"),
    ("关联", "related"),
    ("合作伙伴", "partner"),
    ("供应商", "supplier"),
    ("未知", "unknown"),
    ("查看", "view"),
    ("导出", "export"),
    ("编辑", "edit"),
    ("删除", "delete"),
    ("呼入", "in"),
    ("呼出", "out"),
    ("主叫", "out"),
    ("被叫", "in"),
    ("合同", "contract"),
    ("制度", "policy"),
    ("保密协议", "nda"),
    ("告知书", "notice"),
    ("培训", "training"),
    ("笔记本", "computer"),
    ("笔记本电脑", "computer"),
    ("电脑", "computer"),
    ("台式机", "computer"),
    ("手机", "phone"),
    ("门禁卡", "access_card"),
    ("工牌", "access_card"),
    ("印章", "seal"),
    ("公章", "seal"),
    ("车辆", "vehicle"),
    ("样品", "sample"),
    ("文件", "document"),
    ("资料", "document"),
    ("工作账号", "work_account"),
    ("工具", "tool"),
    ("其他", "other"),
    ("电子设备", "other"),
    ("办公设备", "other"),
    ("企业微信", "wecom"),
    ("钉钉", "dingtalk"),
    ("飞书", "feishu"),
    ("邮件", "email"),
    ("短信", "sms"),
    ("同意", "agreed"),
    ("拒绝", "refused"),
    ("撤回", "withdrawn"),
];

/// Columns of a 花名册 that look like something a record has and are not: a birthday is no time of a record, and an
/// identity number has no place here at all (个保法 6: no more than the purpose needs).
const NEVER_GUESSED: &[&str] = &[
    "出生",
    "生日",
    "身份证",
    "证件",
    "转正",
    "合同",
    "学历",
    "毕业",
    "院校",
    "籍贯",
    "户口",
    "户籍",
    "民族",
    "婚姻",
    "银行卡",
    "开户",
    "社保",
    "公积金",
    "紧急联系",
    "工龄",
    "年龄",
    "性别",
    "住址",
];

fn folded(header: &str) -> String {
    header.trim().trim_end_matches("(必填)").trim_end_matches("（必填）").replace(['*', '：', ':', '\u{feff}', '\u{3000}'], "").trim().to_lowercase()
}

/// The fields of a kind that a column may be: path and whether it is required.
pub fn fields(kind: &str) -> Vec<(String, bool)> {
    let mut out = vec![("time".to_owned(), false), ("id".to_owned(), false)];
    if let Some(kind) = kinds::find(kind) {
        walk(&kind.schema, "data", true, &mut out);
    }
    out
}

fn plain(schema: &Value) -> &Value {
    schema["anyOf"].as_array().and_then(|a| a.iter().find(|s| s["type"] != "null")).unwrap_or(schema)
}

fn is(schema: &Value, name: &str) -> bool {
    schema["type"] == name || schema["type"].as_array().is_some_and(|t| t.iter().any(|x| x == name))
}

fn walk(schema: &Value, path: &str, needed: bool, out: &mut Vec<(String, bool)>) {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let member = plain(member);
        let path = format!("{path}.{name}");
        let must = needed && required.contains(&name.as_str());
        if is(member, "object") && member["format"] != "money" && member["properties"].is_object() {
            walk(member, &path, must, out);
        } else if is(member, "array") && is(plain(&member["items"]), "object") {
            walk(plain(&member["items"]), &path, must, out);
        } else {
            out.push((path, must));
        }
    }
}

/// The kind that a list of employees 花名册 holds.
pub const ROSTER: &str = "employee.upserted";

/// Which column is which field, as far as headers tell; a field is given to one column.
pub fn guess(kind: &str, columns: &[String]) -> Mapping {
    let fields = fields(kind);
    let mut mapping = Mapping::new();
    for exact in [true, false] {
        for column in columns.iter().filter(|c| !c.is_empty()) {
            if mapping.contains_key(column) {
                continue;
            }
            let header = folded(column);
            if kind == ROSTER && NEVER_GUESSED.iter().any(|word| header.contains(word)) {
                continue;
            }
            let wanted = ALIASES.iter().filter(|(alias, _)| if exact { *alias == header } else { header.contains(alias) && alias.chars().count() > 1 });
            let own = fields.iter().filter(|(path, _)| exact && (path.trim_start_matches("data.") == header || *path == header)).map(|(path, _)| path.clone());
            let by_alias = wanted.flat_map(|(_, field)| {
                fields.iter().filter(move |(path, _)| path == field || path.ends_with(&format!(".{field}"))).map(|(path, _)| path.clone())
            });
            // A customer's own name before the names of its contacts and sites.
            let free = own.chain(by_alias).filter(|path| !mapping.values().any(|taken| taken == path)).min_by_key(|path| path.matches('.').count());
            if let Some(path) = free {
                mapping.insert(column.clone(), path);
            }
        }
    }
    mapping
}

/// The kind a table most likely holds: the one whose required fields its headers cover best.
pub fn likely_kind(columns: &[String]) -> Option<&'static str> {
    kinds::all()
        .iter()
        .rev()
        .filter(|k| k.name != kinds::RECORD_CORRECTED && k.name != kinds::MESSAGE_SENT)
        .filter_map(|k| {
            let mapping = guess(k.name, columns);
            let required: Vec<String> = fields(k.name).into_iter().filter(|(_, must)| *must).map(|(p, _)| p).collect();
            let met = required.iter().filter(|p| mapping.values().any(|m| m == *p)).count();
            (met == required.len() && met > 0).then_some((met, mapping.len(), k.name))
        })
        .max_by_key(|(met, mapped, _)| (*met, *mapped))
        .map(|(_, _, name)| name)
}

/// Fields lie no deeper than this; a path of a million steps would be a value nobody can even drop.
const DEEPEST: usize = 8;

/// Puts a cell's text into an event's data in the field's form; the sentence says why it cannot.
pub fn put(settings: &Settings, kind: &kinds::Kind, data: &mut Map<String, Value>, path: &str, text: &str) -> Result<(), Said> {
    let Some(rest) = path.strip_prefix("data.") else { return Ok(()) };
    let mut schema = &kind.schema;
    let mut at = data;
    let parts: Vec<&str> = rest.split('.').take(DEEPEST + 1).collect();
    if parts.len() > DEEPEST {
        return Err(Said::new("映射的字段层级过深。", "The column is mapped to a field that lies too deep."));
    }
    for (i, part) in parts.iter().enumerate() {
        schema = plain(&schema["properties"][*part]);
        if i + 1 == parts.len() {
            at.insert((*part).to_owned(), value(settings, schema, text)?);
            return Ok(());
        }
        let listed = is(schema, "array");
        if listed {
            schema = plain(&schema["items"]);
        }
        let slot = at.entry((*part).to_owned()).or_insert_with(|| if listed { json!([{}]) } else { json!({}) });
        let inner = if listed { slot.get_mut(0) } else { Some(slot) };
        let Some(next) = inner.and_then(Value::as_object_mut) else {
            return Err(Said::new("这一列与另一列映射到了同一处。", "This column and another are mapped to the same place."));
        };
        at = next;
    }
    Ok(())
}

fn value(settings: &Settings, schema: &Value, text: &str) -> Result<Value, Said> {
    let must = |zh: &str, en: &str| Said::new(format!("应为{zh}。"), format!("Should be {en}."));
    if let Some(choices) = schema["enum"].as_array() {
        let low = text.trim().to_lowercase();
        let named = |v: &str| choices.iter().any(|c| c == v);
        if named(&low) {
            return Ok(json!(low));
        }
        let known = CHOICES.iter().find(|(zh, en)| *zh == low && named(en)).map(|(_, en)| *en);
        let list = choices.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" / ");
        return known.map(|v| json!(v)).ok_or_else(|| must(&format!("{list} 之一"), &format!("one of {list}")));
    }
    match schema["format"].as_str() {
        Some("money") => {
            let currency = settings.currency.clone();
            return statements::amount(text, &currency)
                .map(|a| json!({ "amount": a, "currency": currency }))
                .ok_or_else(|| must("金额，如 1,234.56", "an amount like 1,234.56"));
        }
        Some("date") => return day(text).map(|d| json!(d)).ok_or_else(|| must("日期，如 2026-03-31", "a date like 2026-03-31")),
        Some("date-or-time") if day(text).is_some() && !text.contains(':') => return Ok(json!(day(text))),
        Some("date-or-time" | "date-time") => {
            return moment(settings, text).map(|t| json!(t)).ok_or_else(|| must("时间，如 2026-03-31 18:00", "a time like 2026-03-31 18:00"));
        }
        _ => {}
    }
    if is(schema, "array") {
        let parts = text.split([';', '；', '、', ',', '，', '\n', '|']).map(str::trim).filter(|p| !p.is_empty());
        return Ok(parts.map(Value::from).collect());
    }
    if is(schema, "integer") {
        return text.replace(',', "").parse::<i64>().map(Value::from).map_err(|_| must("整数", "a whole number"));
    }
    if is(schema, "boolean") {
        return match text.to_lowercase().as_str() {
            "true" | "1" | "是" | "yes" | "y" => Ok(json!(true)),
            "false" | "0" | "否" | "no" | "n" => Ok(json!(false)),
            _ => Err(must("是或否", "yes or no")),
        };
    }
    if is(schema, "number") && !is(schema, "string") {
        return text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number).ok_or_else(|| must("数字", "a number"));
    }
    Ok(json!(text))
}

/// `2026/3/1`, `2026年3月1日`, `20260301`, with or without a time after it.
pub fn day(text: &str) -> Option<String> {
    let head = text.trim().split([' ', 'T']).next()?;
    let parts: Vec<&str> = head.split(['-', '/', '.', '年', '月', '日']).filter(|p| !p.is_empty()).collect();
    let (y, m, d) = match parts.as_slice() {
        [y, m, d] => (y.parse().ok()?, m.parse().ok()?, d.parse().ok()?),
        [all] if all.len() == 8 && all.is_ascii() => (all[..4].parse().ok()?, all[4..6].parse().ok()?, all[6..].parse().ok()?),
        _ => return None,
    };
    let date = jiff::civil::Date::new(y, m, d).ok()?;
    (1900..=2200).contains(&date.year()).then(|| date.to_string())
}

/// A local time of the company's zone as RFC 3339 with offset; one that has an offset keeps it.
pub fn moment(settings: &Settings, text: &str) -> Option<String> {
    let text = text.trim();
    if kinds::time_us(text).is_some() {
        return Some(text.to_owned());
    }
    let date: jiff::civil::Date = day(text)?.parse().ok()?;
    let clock = text.split_once([' ', 'T']).map_or("", |(_, t)| t.trim());
    let mut parts = clock.split(':').map(|p| p.trim().split('.').next().unwrap_or("0").parse::<i8>().ok());
    let mut next = || parts.next().flatten();
    let (h, m, s) = if clock.is_empty() { (0, 0, 0) } else { (next()?, next().unwrap_or(0), next().unwrap_or(0)) };
    let zoned = date.to_datetime(jiff::civil::Time::new(h, m, s, 0).ok()?).to_zoned(settings.time_zone.clone()).ok()?;
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// When a row happened, from the field of its kind that says so.
pub fn own_time(settings: &Settings, data: &Map<String, Value>) -> Option<String> {
    let found = ["booked_on", "signed_at", "from", "submitted_on", "issued_on", "returned_on", "date", "in"].iter().find_map(|m| facts::text(data, m))?;
    moment(settings, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_guessed_in_both_languages() {
        let columns: Vec<String> = ["客户编号", "客户名称", "负责人", "手机"].map(String::from).into();
        let mapping = guess("customer.upserted", &columns);
        assert_eq!(mapping.get("客户编号").map(String::as_str), Some("data.customer"));
        assert_eq!(mapping.get("客户名称").map(String::as_str), Some("data.name"));
        let columns: Vec<String> = ["Order ID", "Customer ID", "Owner", "Amount", "Date"].map(String::from).into();
        assert_eq!(likely_kind(&columns), Some("order.placed"));
    }

    #[test]
    fn days_in_the_ways_people_write_them() {
        for text in ["2026/3/1", "2026-03-01", "2026年3月1日", "20260301", "2026.3.1", "2026-03-01 08:00"] {
            assert_eq!(day(text).as_deref(), Some("2026-03-01"), "{text}");
        }
        assert_eq!(day("Jan 5"), None);
        assert_eq!(day("2026-02-30"), None);
    }
}
