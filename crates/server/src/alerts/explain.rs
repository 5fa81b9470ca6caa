//! The sentences of an alert: what it says, what is missing, what innocent reasons there are — for this case.

use super::{
    model::{Body, Explanation, Word, alert},
    rules::{CHAIN, Rule, WORDS},
};
use crate::{
    error::Result,
    evidence::chain::{Chain, Role},
    people,
    said::Said,
    signals::links::model::{chain_fact, class},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

const BASELINE_US: i64 = 90 * 24 * 3600 * 1_000_000;

/// What is known beside the signal itself; asked once an alert.
pub struct Around {
    pub paid_on_file: bool,
    pub calls_on_file: bool,
    pub policy_signed: bool,
    pub before: u64,
    pub declared: Vec<String>,
    /// Sentences name days as the company counts them.
    pub zone: jiff::tz::TimeZone,
}

impl Around {
    pub async fn of(db: &impl ConnectionTrait, zone: jiff::tz::TimeZone, rule: &Rule, employee: &str, happened_at: i64) -> Result<Self> {
        let some = |kind_or_class: chain_fact::Column, value: &'static str| {
            chain_fact::Entity::find()
                .select_only()
                .column(chain_fact::Column::Idx)
                .filter(chain_fact::Column::Employee.eq(employee))
                .filter(kind_or_class.eq(value))
                .limit(1)
                .into_tuple::<i64>()
        };
        let before = alert::Entity::find()
            .filter(alert::Column::Rule.eq(rule.id))
            .filter(alert::Column::Employee.eq(employee))
            .filter(alert::Column::HappenedAt.between(happened_at - BASELINE_US, happened_at - 1))
            .count(db)
            .await?;
        Ok(Self {
            paid_on_file: some(chain_fact::Column::Class, class::PAID).one(db).await?.is_some(),
            calls_on_file: some(chain_fact::Column::Kind, "call.made").one(db).await?.is_some(),
            policy_signed: people::documents_of(db, employee).await?.iter().any(|d| matches!(d.document.as_str(), "policy" | "contract" | "nda")),
            zone,
            before,
            declared: people::interests_of(db, employee).await?.into_iter().map(|i| i.company).collect(),
        })
    }

    fn baseline(&self) -> Said {
        Said::new(
            format!("该员工此前 90 天同类预警 {} 条", self.before),
            format!("{} alerts of this rule about this employee in the 90 days before", self.before),
        )
    }

    fn missing(&self) -> Vec<Said> {
        let mut all = Vec::new();
        if !self.paid_on_file {
            all.push(Said::new(
                "没有该员工自愿提交或法院调取的收款流水，有没有收钱无从核对",
                "No statement handed in by the employee or obtained by a court: whether money was received cannot be checked",
            ));
        }
        if !self.calls_on_file {
            all.push(Said::new(
                "没有该员工与客户的通话记录，电话里说过什么不在其中",
                "No call records with customers: what was said on the phone is not in here",
            ));
        }
        if !self.policy_signed {
            all.push(Said::new(
                "没有该员工签收制度或合同的记录，处理时可能缺少依据",
                "No policy or contract signed by this employee on record: there may be nothing to rely on later",
            ));
        }
        all
    }
}

/// The alert over these hits. `outsider_known`: the conversation is with somebody who belongs to a customer.
pub fn words(words: Vec<Word>, customer: Option<&str>, consent: Option<&str>, threshold: f64, around: &Around) -> Body {
    let mut named: Vec<&str> = Vec::new();
    for w in &words {
        if !named.contains(&w.word.as_str()) {
            named.push(&w.word);
        }
    }
    let shown = |open: &str, close: &str, sep: &str| named.iter().take(4).map(|w| format!("{open}{w}{close}")).collect::<Vec<_>>().join(sep);
    let title = Said::new(
        format!("对外消息出现{}（{} 处）", shown("“", "”", "、"), words.len()),
        format!("{} in a message to an outsider ({} {})", shown("“", "”", ", "), words.len(), if words.len() == 1 { "hit" } else { "hits" }),
    );
    let mut missing = around.missing();
    if customer.is_none() {
        missing.push(Said::new("对方不在客户资料中，属于哪个客户未知", "The outsider is not in the customer data; whose contact this is is unknown"));
    }
    match consent {
        Some("agreed") => {}
        _ => missing
            .push(Said::new("对方是否同意会话存档未知，证据可采性降级", "Whether the outsider agreed to the archive is unknown, which lowers admissibility")),
    }
    let why = words
        .iter()
        .map(|w| {
            Said::new(
                format!("{} 发给外部联系人，命中词条“{}”（{}）", day(around, w.at), w.word, step_zh(&w.step)),
                format!("{} to an outsider: entry “{}” ({})", day(around, w.at), w.word, w.step.replace('_', " ")),
            )
        })
        .collect();
    Body {
        title,
        explanation: Explanation {
            value: words.len() as f64,
            threshold,
            numerator: Some(words.len() as f64),
            denominator: None,
            unit: WORDS.unit(),
            window: WORDS.window(),
            baseline: Some(around.baseline()),
            formula: WORDS.formula(),
            why,
            missing,
            innocent: innocent_words(&named),
        },
        words,
    }
}

/// Innocent reasons that fit these words; general ones last.
fn innocent_words(named: &[&str]) -> Vec<Said> {
    let any = |list: &[&str]| named.iter().any(|n| list.contains(n));
    let mut all = Vec::new();
    if any(&["返点", "回扣", "介绍费", "好处费"]) {
        all.push(Said::new("公司对客户的正常折扣、返利或老带新活动", "A discount, rebate or referral programme of the company itself"));
        all.push(Said::new("谈的是供应商给公司的返点，走公司账户", "A supplier's rebate to the company, through the company's account"));
    }
    if any(&["私单", "飞单", "跑单"]) {
        all.push(Said::new("在说别人的事，或“跑单”指送货、催单、客户漏付", "Talk about somebody else, or “跑单” in the sense of deliveries or unpaid bills"));
    }
    if any(&["加我微信"]) {
        all.push(Said::new("公司允许的工作微信号，或客户主动要求换联系方式", "A work account the company allows, or the customer asked for it"));
    }
    if any(&["私下转账", "私下结", "走私账", "打我卡上"]) {
        all.push(Said::new("垫付、拼餐或借款的结清，与订单无关", "Settling an advance, a shared meal or a loan, nothing to do with an order"));
    }
    if any(&["转给朋友公司", "介绍客户", "那边更便宜"]) {
        all.push(Said::new("公司不做的品类，经同意转介给合作方", "A product the company does not sell, passed on to a partner with consent"));
    }
    if any(&["别走公司"]) {
        all.push(Said::new("指路线或见面地点，不是付款或下单渠道", "A route or a place to meet, not a channel of payment or order"));
    }
    all.push(Said::new("玩笑、转述、拒绝或培训举例，需看上下文", "A joke, a quotation, a refusal or an example; the context decides"));
    all
}

/// The alert over a chain.
pub fn chain(c: &Chain, customer_name: Option<&str>, threshold: f64, around: &Around) -> Body {
    let has = |role| c.steps.iter().any(|s| s.role == role);
    let roles_zh: Vec<&str> =
        [(Role::Said, "说"), (Role::Could, "能"), (Role::Did, "做"), (Role::Paid, "收")].iter().filter(|(r, _)| has(*r)).map(|(_, n)| *n).collect();
    let roles_en: Vec<&str> =
        [(Role::Said, "said"), (Role::Could, "could"), (Role::Did, "did"), (Role::Paid, "paid")].iter().filter(|(r, _)| has(*r)).map(|(_, n)| *n).collect();
    let who = customer_name.or(c.customer.as_deref()).unwrap_or_default();
    let to = c.companies.first().map(|f| f.name.as_str());
    let title = Said::new(
        match to {
            Some(to) => format!("客户“{who}”可能被转给{to}：{}已连成链", roles_zh.join("、")),
            None => format!("客户“{who}”可能被转走：{}已连成链", roles_zh.join("、")),
        },
        match to {
            Some(to) => format!("Customer “{who}” may have been passed to {to}: {} link up", roles_en.join(", ")),
            None => format!("Customer “{who}” may have been passed on: {} link up", roles_en.join(", ")),
        },
    );
    let mut missing: Vec<Said> = c.gaps.clone();
    missing.extend(around.missing());
    Body {
        title,
        explanation: Explanation {
            value: c.score,
            threshold,
            numerator: Some(roles_zh.len() as f64),
            denominator: Some(4.0),
            unit: CHAIN.unit(),
            window: CHAIN.window(),
            baseline: Some(around.baseline()),
            formula: CHAIN.formula(),
            why: c.steps.iter().map(|s| Said::new(format!("{} {}", day(around, s.at), s.why.zh), format!("{} {}", day(around, s.at), s.why.en))).collect(),
            missing,
            innocent: innocent_chain(c, around),
        },
        words: Vec::new(),
    }
}

fn innocent_chain(c: &Chain, around: &Around) -> Vec<Said> {
    let mut all = Vec::new();
    let has = |role| c.steps.iter().any(|s| s.role == role);
    if has(Role::Did) {
        all.push(Said::new("客户自己比价后改换供应商，员工并不知情", "The customer compared prices and changed supplier without the employee"));
        all.push(Said::new("公司缺货、停做该品类或经批准移交", "Out of stock, a discontinued product, or an approved handover"));
    }
    if has(Role::Paid) {
        all.push(Said::new("付款是借款归还、退款、租金或亲友往来", "The payment is a loan paid back, a refund, rent or between friends and family"));
        if c.companies.iter().any(|f| f.company.as_ref().is_some_and(|id| around.declared.contains(id))) {
            all.push(Said::new(
                "员工已向公司申报与收单公司的关系，请核对申报内容",
                "The employee has declared his relation to the receiving company; check what was declared",
            ));
        } else {
            all.push(Said::new(
                "已报备的兼职报酬，或金额凑巧相符（整数尤其如此）",
                "Paid for declared side work, or an amount that fits by chance, round sums above all",
            ));
        }
    }
    if has(Role::Said) {
        all.push(Said::new("玩笑、转述或谈的是另一件事", "A joke, a quotation, or talk of something else"));
    }
    all
}

fn day(around: &Around, at: i64) -> String {
    day_in(&around.zone, at)
}

/// The day as the company counts it.
pub fn day_in(zone: &jiff::tz::TimeZone, at: i64) -> String {
    jiff::Timestamp::from_microsecond(at).map(|t| t.to_zoned(zone.clone()).date().to_string()).unwrap_or_default()
}

fn step_zh(step: &str) -> &str {
    match step {
        "exact" => "原文",
        "traditional" => "繁体",
        "compatibility" => "变体字",
        "invisible" => "夹带不可见字符",
        "gaps" => "拆开书写",
        "split" => "拆字",
        "same_sound" => "同音",
        "pinyin" | "pinyin_mixed" => "拼音",
        "initials" => "首字母",
        "similar_shape" => "形近",
        "reversed" => "倒序",
        other => other,
    }
}
