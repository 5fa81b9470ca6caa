//! The sentences of a chain. Before a case they name parties, times, words of the lexicon and relations
//! (“10 % of the order that moved”), never text or amounts.

use super::{
    directory::{Directory, Firm, Via},
    fit::Fit,
    roles::{Deed, DidFact, PaidFact, SaidFact, Tie},
};
use crate::said::Said;

/// Parts of a sentence in both languages, joined at the end.
#[derive(Default)]
pub struct Parts(Vec<(String, String)>);

impl Parts {
    pub fn add(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        let part = (zh.into(), en.into());
        if !self.0.contains(&part) {
            self.0.push(part);
        }
    }
    pub fn said(self) -> Said {
        let (zh, en): (Vec<_>, Vec<_>) = self.0.into_iter().unzip();
        Said::new(zh.join("；"), en.join("; "))
    }
}

pub fn date(day: i32) -> String {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(day))).map(|d| d.to_string()).unwrap_or_default()
}

/// `100000` parts per million as “10%”.
pub fn percent(ppm: u32) -> String {
    let whole = ppm / 10_000;
    let rest = ppm % 10_000;
    if rest == 0 {
        return format!("{whole}%");
    }
    format!("{whole}.{}%", format!("{rest:04}").trim_end_matches('0'))
}

fn how_named(via: Via) -> (&'static str, &'static str) {
    match via {
        Via::Id | Via::Name => ("", ""),
        Via::Account => ("（账号一致）", " (by its account)"),
        Via::Alias => ("（别名）", " (by an alias)"),
        Via::ShortName => ("（简称）", " (by its short name)"),
        Via::Person => ("（其人员）", " (by one of its people)"),
    }
}

fn step_zh(step: &str) -> &str {
    match step {
        "exact" => "原文",
        "traditional" => "繁体写法",
        "compatibility" => "变体字写法",
        "invisible" => "夹带不可见字符",
        "gaps" => "拆开书写",
        "split" => "拆字写法",
        "same_sound" => "同音写法",
        "pinyin" | "pinyin_mixed" => "拼音写法",
        "initials" => "首字母写法",
        "similar_shape" => "形近写法",
        "reversed" => "倒序写法",
        other => other,
    }
}

pub fn said(directory: &Directory, said: &SaidFact<'_>, tie: Tie, firms: &[(Firm, Via)]) -> Said {
    let mut parts = Parts::default();
    match said.hit() {
        Some(hit) => parts.add(
            format!("员工对外消息命中词条“{}”（{}）", hit.word, step_zh(&hit.step)),
            format!("The employee's message to an outsider contains the entry “{}” ({})", hit.word, hit.step.replace('_', " ")),
        ),
        None if said.answers.is_empty() => {
            parts.add("员工对外消息点名接收方并提到份额或数额", "The employee's message to an outsider names the receiver with a share or a sum");
        }
        None => parts.add("员工的消息应允了对方提出的份额或数额", "The employee's message accepts a share or a sum that the other side put forward"),
    }
    match tie {
        Tie::Customer => parts.add("收件方属于该客户", "it went to this customer"),
        Tie::NamesCustomer => parts.add("消息点名该客户", "it names this customer"),
        Tie::Firm | Tie::None => {}
    }
    for (firm, _) in firms {
        if let Some(via) = said.names(directory, firm) {
            let (zh, en) = how_named(via);
            let name = directory.name_of(firm);
            parts.add(format!("提到接收订单的公司{name}{zh}"), format!("it names the receiving company {name}{en}"));
        }
    }
    for ppm in &said.message.shares {
        let p = percent(*ppm);
        parts.add(format!("承诺份额 {p}"), format!("it promises a share of {p}"));
    }
    if said.message.shares.is_empty() && !said.message.amounts.is_empty() {
        parts.add("提到具体数额", "it names a sum");
    }
    parts.said()
}

pub fn did(directory: &Directory, did: &DidFact<'_>, named_on: Option<i32>) -> Said {
    let mut parts = Parts::default();
    if did.colleague {
        parts.add("由同事经手，客户当时由该员工负责", "a colleague handled it while the customer was this employee's");
    }
    let to = did.firms.first().map(|(f, _)| directory.name_of(f));
    match (did.how, &to) {
        (Deed::Order, Some(to)) => parts.add(format!("该客户的订单转到了{to}"), format!("An order of this customer moved to {to}")),
        (Deed::Order, None) => parts.add("该客户的订单转走，去向未记录", "An order of this customer moved; the record does not say where"),
        (Deed::Customer, Some(to)) => parts.add(format!("该客户流失到{to}"), format!("This customer was lost to {to}")),
        (Deed::Customer, None) => parts.add("该客户流失，去向未记录", "This customer was lost; the record does not say where"),
        (Deed::Cancelled, Some(to)) => {
            parts.add(format!("该客户取消订单，原因指向{to}"), format!("This customer cancelled an order; the reason points to {to}"));
        }
        (Deed::Cancelled, None) => parts.add("该客户取消订单，随后有相符的收款", "This customer cancelled an order; a payment that fits followed"),
        (Deed::Stop, to) => {
            let to = to.clone().unwrap_or_default();
            parts.add(format!("员工外勤停留在{to}的地点"), format!("The employee stopped at a site of {to}"));
        }
    }
    if let Some(day) = named_on {
        let day = date(day);
        parts.add(format!("与 {day} 的消息中提到的公司一致"), format!("the company is the one named in the message of {day}"));
    }
    parts.said()
}

/// Why a payment belongs here.
#[derive(Clone)]
pub struct PaidWhy {
    /// The payer's company, and how the payer was recognised as it.
    pub firm: Option<(Firm, Via)>,
    /// It is known to have received the order or the customer.
    pub received: bool,
    /// Day of the message that named the payer's company.
    pub named_on: Option<i32>,
    pub fit: Option<Fit>,
    /// How many payments of the same payer add up to the fit.
    pub parts: usize,
}

pub fn paid(directory: &Directory, _paid: &PaidFact<'_>, why: &PaidWhy) -> Said {
    let mut parts = Parts::default();
    if let Some((firm, via)) = &why.firm {
        let (zh, en) = how_named(*via);
        let name = directory.name_of(firm);
        if why.received {
            parts.add(format!("付款方是接收订单的公司{name}{zh}"), format!("The payer is the receiving company {name}{en}"));
        } else {
            parts.add(format!("去向未记录；付款方是{name}{zh}"), format!("Where it went is not recorded; the payer is {name}{en}"));
        }
    }
    if let Some(day) = why.named_on {
        let day = date(day);
        parts.add(format!("付款方与 {day} 消息中提到的公司一致"), format!("the payer is the company named in the message of {day}"));
    }
    let several = why.parts > 1;
    let (sum_zh, sum_en) = if several {
        (format!("同一付款方的 {} 笔合计", why.parts), format!("{} payments of the same payer together are ", why.parts))
    } else {
        ("金额".to_owned(), "the amount is ".to_owned())
    };
    let less = why.fit.map_or(0, Fit::less);
    let (less_zh, less_en) = match less {
        0 => (String::new(), String::new()),
        rate => (format!("（扣除 {} 税点后）", percent(rate)), format!(" (less {} kept back for tax)", percent(rate))),
    };
    match why.fit {
        Some(Fit::Share { ppm, orders: 1, .. }) => {
            parts.add(format!("{sum_zh}等于转出订单的 {}{less_zh}", percent(ppm)), format!("{sum_en}{} of the order that moved{less_en}", percent(ppm)));
        }
        Some(Fit::Share { ppm, orders, .. }) => parts.add(
            format!("{sum_zh}等于转出的 {orders} 张订单合计的 {}{less_zh}", percent(ppm)),
            format!("{sum_en}{} of the {orders} orders that moved{less_en}", percent(ppm)),
        ),
        Some(Fit::Sum { .. }) => parts.add(format!("{sum_zh}等于消息中承诺的数额{less_zh}"), format!("{sum_en}the sum promised in the message{less_en}")),
        None => {}
    }
    parts.said()
}

pub fn assigned(day: i32) -> Said {
    let day = date(day);
    Said::new(format!("事发时由该员工负责该客户（自 {day} 起）"), format!("The customer was assigned to the employee at the time (since {day})"))
}

pub fn acted(kind: &str) -> Said {
    match kind {
        "customer.accessed" => Said::new("事发前该员工访问过该客户的资料", "The employee had opened this customer's data before"),
        "customer.followed_up" => Said::new("事发前该员工跟进过该客户", "The employee had followed up this customer before"),
        "visit.checked_in" => Said::new("事发前该员工上门拜访过该客户", "The employee had visited this customer before"),
        "order.placed" => Said::new("事发前该员工经手过该客户的订单", "The employee had handled orders of this customer before"),
        _ => Said::new("事发前该员工与该客户有业务往来", "The employee had dealt with this customer before"),
    }
}

pub fn gap_said(out_of_order: bool) -> Said {
    if out_of_order {
        return Said::new(
            "说在做之后：相关消息晚于订单转出，不能说明转单的缘由。可查更早的会话存档。",
            "The talk came after the order had moved and cannot explain it. Earlier archived chats would show whether there was one before.",
        );
    }
    Said::new(
        "缺“说”：没有该员工对外谈及此事的消息。会话存档、邮件或客户自愿提供的聊天记录可以补上。",
        "No “said”: no message of the employee to an outsider about it. The chat archive, mail, or chats the customer hands over would show it.",
    )
}
pub fn gap_could() -> Said {
    Said::new(
        "缺“能”：事发时没有客户分配或访问记录。CRM 的分配记录与访问日志可以补上。",
        "No “could”: no assignment or access at the time. The CRM's assignments and access log would show it.",
    )
}
pub fn gap_did() -> Said {
    Said::new(
        "缺“做”：没有该客户的订单转出、流失或到接收公司的外勤停留。订单系统、客户回访或工商信息可以补上。",
        "No “did”: no moved order, lost customer or stop at a receiving company. The order system, a call to the customer or registry data would show it.",
    )
}
pub fn gap_paid() -> Said {
    Said::new(
        "缺“收”：没有与之相符的收款。员工自愿提交的流水或法院调取的流水可以补上；没有不等于没收。",
        "No “paid”: no receipt that fits. A statement handed in voluntarily or obtained by a court would show it; absence here proves nothing.",
    )
}
pub fn gap_amount() -> Said {
    Said::new(
        "转出订单没有金额，无法核对收款与承诺份额。订单系统的金额可以补上。",
        "The moved order has no amount, so receipts cannot be checked against the promised share. The order system has it.",
    )
}
pub fn gap_unlisted(name: &str) -> Said {
    Said::new(
        format!("{name}不在公司名录中，其别名、人员和账号未知，可能漏掉相关收款。请在“公司”页补充。"),
        format!("{name} is not on the company list, so payments by its people or accounts may be missed. Add it on the companies page."),
    )
}
