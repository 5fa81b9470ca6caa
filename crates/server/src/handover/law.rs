//! The law's own track 法定手续: what an employer owes at the end of employment whatever becomes of the handover, and
//! what it may not hold back until the handover is done (LAW P12–P19). Pure: dates and figures come in as arguments.
//!
//! What is *not* here: doing it ([`super::exit`]).

use crate::{
    error::{Error, Problem},
    said::Said,
};
use jiff::civil::Date;

/// 证明、工资、档案社保转移、公积金: name, days after the last day, rule, article.
pub struct Duty {
    pub name: &'static str,
    pub days: i64,
    pub rule: &'static str,
    pub title: (&'static str, &'static str),
    pub article: (&'static str, &'static str),
}

pub const DUTIES: [Duty; 4] = [
    Duty {
        name: "certificate",
        days: 0,
        rule: "P12",
        title: ("出具解除（终止）劳动合同证明", "Certificate of termination"),
        article: (
            "《劳动合同法》第五十条第一款、《实施条例》第二十四条：解除或终止时出具",
            "Labour Contract Law art. 50(1), Regulations art. 24: at termination",
        ),
    },
    Duty {
        name: "wages",
        days: 0,
        rule: "P13",
        title: ("一次付清全部工资（含已得提成）", "All wages paid, earned commission included"),
        article: ("《工资支付暂行规定》第九条：解除或终止时一次付清", "Provisions on Wage Payment art. 9: in full at termination"),
    },
    Duty {
        name: "transfer",
        days: 15,
        rule: "P12",
        title: ("办理档案和社会保险关系转移", "File and social insurance transferred"),
        article: ("《劳动合同法》第五十条第一款：十五日内", "Labour Contract Law art. 50(1): within 15 days"),
    },
    Duty {
        name: "housing_fund",
        days: 30,
        rule: "P12",
        title: ("办理住房公积金转移或封存", "Housing fund transferred or sealed"),
        article: ("《住房公积金管理条例》第十五条：三十日内", "Regulations on the Housing Fund art. 15: within 30 days"),
    },
];

pub fn duty(name: &str) -> Option<&'static Duty> {
    DUTIES.iter().find(|d| d.name == name)
}

impl Duty {
    pub fn due(&self, last_day: Date) -> Date {
        last_day.checked_add(jiff::Span::new().days(self.days)).unwrap_or(last_day)
    }
}

fn refused(rule: &str, zh: impl Into<String>, en: impl Into<String>) -> Error {
    Problem::unlawful(rule, zh, en).into()
}

/// What a hold or a deduction is called in the history.
pub fn called(what: &str) -> (&str, &str) {
    match what {
        "severance" => ("经济补偿", "severance"),
        "sign_off" => ("内部签署", "sign-off"),
        "certificate" => ("离职证明", "certificate"),
        "wages" => ("工资", "wages"),
        "commission" => ("提成", "commission"),
        "file" => ("档案", "file"),
        "social_insurance" => ("社会保险转移", "social insurance"),
        "housing_fund" => ("住房公积金", "housing fund"),
        "belongings" => ("个人物品", "belongings"),
        "resignation" => ("离职日期", "last day"),
        "statutory" => ("代扣", "statutory deduction"),
        "tax" => ("代扣个人所得税", "income tax withheld"),
        "social_insurance_withheld" => ("代扣社会保险费", "social insurance withheld"),
        "housing_fund_withheld" => ("代扣住房公积金", "housing fund withheld"),
        "judgment" => ("按法院文书代扣", "withheld by judgment"),
        "loss" => ("赔偿损失", "loss"),
        "fine" => ("罚款", "fine"),
        "handover" => ("交接未完成", "unfinished handover"),
        other => (other, other),
    }
}

/// The article behind a hold or a deduction, as the history shows it: a rule's number means nothing to whom it is about.
pub fn article(rule: &str, what: &str) -> (&'static str, &'static str) {
    match (rule, what) {
        ("P14", "certificate") => ("《劳动合同法》第五十条第一款、第八十九条", "Labour Contract Law arts. 50(1) and 89"),
        ("P14", "wages") => ("《工资支付暂行规定》第九条、《劳动合同法》第八十五条", "Provisions on Wage Payment art. 9, Labour Contract Law art. 85"),
        ("P14", "file" | "social_insurance") => ("《劳动合同法》第五十条第一款、第八十四条第三款", "Labour Contract Law arts. 50(1) and 84(3)"),
        ("P14", "housing_fund") => ("《住房公积金管理条例》第十五条", "Regulations on the Housing Fund art. 15"),
        ("P14", "belongings") => ("《劳动合同法》第八十四条", "Labour Contract Law art. 84"),
        ("P14", _) => ("《劳动合同法》第五十条第二款", "Labour Contract Law art. 50(2)"),
        ("P15", _) => ("《劳动合同法》第三十七条", "Labour Contract Law art. 37"),
        ("P17", _) => ("《工资支付暂行规定》第十五条、第十六条", "Provisions on Wage Payment arts. 15 and 16"),
        ("P18", _) => ("《劳动合同法》第二十五条", "Labour Contract Law art. 25"),
        ("P19", _) => ("《劳动合同法》第三十条、第八十五条", "Labour Contract Law arts. 30 and 85"),
        _ => ("法律规定", "the law"),
    }
}

/// What somebody wants to hold back until the handover is done. `Ok` says under which rule it may wait.
pub fn may_wait(what: &str) -> Result<&'static str, Error> {
    match what {
        "severance" | "sign_off" => Ok("P14"),
        "certificate" => Err(refused(
            "P14",
            "不能以交接未完成为由扣留离职证明：《劳动合同法》第五十条第一款要求在解除或终止时出具，第八十九条规定未出具造成损害的要赔偿。请照常出具；只有经济补偿可以等到办结交接时支付（第五十条第二款）。",
            "The certificate may not be held until the handover is done: Labour Contract Law art. 50(1) wants it at termination, art. 89 makes the employer liable. Issue it; only severance may wait for the handover (art. 50(2)).",
        )),
        "wages" => Err(refused(
            "P14",
            "不能以交接未完成为由扣留工资：《工资支付暂行规定》第九条要求在解除或终止时一次付清，《劳动合同法》第八十五条规定逾期加付赔偿金。请照常结清；只有经济补偿可以等待。",
            "Wages may not be held until the handover is done: Provisions on Wage Payment art. 9 wants them in full at termination, Labour Contract Law art. 85 adds compensation. Pay them; only severance may wait.",
        )),
        "commission" => Err(refused(
            "P19",
            "已得提成是劳动报酬，不能因离职或交接未完成而不发：《劳动合同法》第三十条、第八十五条，《工资支付暂行规定》第九条。如确有损失，请另行举证并按第十六条在限额内主张。",
            "Earned commission is pay and may not be withheld because of leaving or an unfinished handover: Labour Contract Law arts. 30 and 85, Provisions on Wage Payment art. 9. A proven loss is claimed separately, within the limits of art. 16.",
        )),
        "file" | "social_insurance" => Err(refused(
            "P14",
            "不能以交接未完成为由扣留档案或不转社保：《劳动合同法》第五十条第一款要求十五日内办理，第八十四条第三款规定扣押档案的要处罚并赔偿。",
            "File and social insurance may not be held: Labour Contract Law art. 50(1) gives 15 days, art. 84(3) punishes holding a file.",
        )),
        "housing_fund" => Err(refused(
            "P14",
            "不能以交接未完成为由不办公积金转移：《住房公积金管理条例》第十五条要求三十日内办理。",
            "The housing fund may not be held: Regulations on the Housing Fund art. 15 gives 30 days.",
        )),
        "belongings" => Err(refused(
            "P14",
            "不能扣押劳动者的证件或其他物品：《劳动合同法》第八十四条。请立即归还。",
            "An employee's papers and belongings may not be held: Labour Contract Law art. 84. Give them back at once.",
        )),
        "resignation" => Err(refused(
            "P15",
            "不能以交接未完成为由推迟离职日：《劳动合同法》第三十七条，提前三十日（试用期三日）书面通知即可解除，不需要批准。",
            "The last day may not be put off: under Labour Contract Law art. 37 thirty days' written notice (three in probation) ends the contract; no approval is needed.",
        )),
        _ => Err(Problem::new(
            422,
            "unknown_hold",
            "没有这一项。可选：severance、certificate、wages、commission、file、social_insurance、housing_fund、belongings、resignation。",
            "There is no such thing to hold. One of severance, certificate, wages, commission, file, social_insurance, housing_fund, belongings, resignation.",
        )
        .into()),
    }
}

/// A deduction somebody wants to make from the last wage. Minor units of the company's currency.
#[derive(Debug, Clone, Copy)]
pub struct Deduction<'a> {
    /// `statutory` (工资支付暂行规定 15), `loss` (16), `fine`, `commission`, `handover`.
    pub ground: &'a str,
    /// Of a statutory one which: a name of [`WITHHELD`].
    pub kind: Option<&'a str>,
    /// A paper shows it: the tax statement, the notice of contributions, the judgment or order.
    pub paper: bool,
    pub amount: i64,
    /// The month's wage.
    pub wage: i64,
    /// The local minimum wage.
    pub minimum: i64,
    /// For `loss`: the employee's fault, the contract's clause, the loss proven.
    pub fault: bool,
    pub clause: bool,
    pub proof: bool,
    /// What was noted for losses in the same month already.
    pub noted: i64,
}

/// What noting a deduction says, and what it does not.
pub fn registered(ground: &str) -> Said {
    if ground == "loss" {
        return Said::new(
            "已登记：过错、约定和损失由用人单位举证，本系统只核对了第十六条的限额。",
            "Noted. Fault, clause and loss are the employer's to prove; only the bound of article 16 was checked here.",
        );
    }
    Said::new(
        "已登记代扣项目和依据。税费金额未经本系统核算，请以税务、社保、公积金机构核定或法院文书为准。",
        "The withholding and its paper are noted. The amount was not computed here: the authorities' or the court's paper counts.",
    )
}

/// The most that art. 16 lets be deducted in a month.
pub fn most_deducted(wage: i64, minimum: i64) -> i64 {
    (wage / 5).min(wage - minimum).max(0)
}

/// 代扣: what 工资支付暂行规定 15 lets an employer withhold, in both languages, and what shows it.
pub const WITHHELD: [(&str, (&str, &str), (&str, &str)); 4] = [
    ("tax", ("个人所得税", "income tax"), ("个人所得税扣缴申报表或计算单", "the tax return or its computation")),
    ("social_insurance", ("应由本人缴纳的社会保险费", "the employee's own social insurance"), ("社保缴费通知或核定单", "the notice of contributions")),
    ("housing_fund", ("应由本人缴存的住房公积金", "the employee's own housing fund"), ("公积金汇缴清册", "the statement of the fund")),
    (
        "judgment",
        ("法院判决、裁定中要求代扣的抚养费、赡养费等", "maintenance and the like by judgment"),
        ("判决书、裁定书或协助执行通知书", "the judgment, ruling or order to assist"),
    ),
];

/// The top rate of 个人所得税法 3 on wages, in hundredths: cumulative withholding of a month never exceeds it.
const TOP_TAX_PERCENT: i64 = 45;

/// Whether a withholding may be noted: which it is, a paper, and the bounds that law itself sets. Bases and rates of
/// social insurance and fund are a city's and a year's and are not known here, so no amount is called right.
fn may_withhold(d: &Deduction<'_>, shown: impl Fn(i64) -> String) -> Result<(), Error> {
    let Some((kind, (zh, en), (paper_zh, paper_en))) = WITHHELD.iter().find(|(name, ..)| d.kind == Some(*name)).copied() else {
        return Err(refused(
            "P17",
            "代扣须写明是哪一项：《工资支付暂行规定》第十五条只列了个人所得税、本人社会保险费（含住房公积金）、法院判决裁定中要求代扣的抚养费赡养费，以及法律法规规定的其他费用。请选择代扣项目。",
            "Say which withholding it is: Provisions on Wage Payment art. 15 lists income tax, the employee's own social insurance and fund, and maintenance by judgment. Choose one.",
        ));
    };
    if !d.paper {
        return Err(refused(
            "P17",
            format!("代扣“{zh}”须有依据：请上传{paper_zh}。没有依据的扣款由用人单位举证不能（《工资支付暂行规定》第十五条；司法解释（一）第四十四条）。"),
            format!(
                "Withholding {en} needs its paper: send {paper_en}. Without it the employer cannot prove the ground (Provisions on Wage Payment art. 15; Judicial Interpretation I art. 44)."
            ),
        ));
    }
    let most = if kind == "tax" { d.wage / 100 * TOP_TAX_PERCENT + d.wage % 100 * TOP_TAX_PERCENT / 100 } else { d.wage };
    if d.amount > most {
        let (why_zh, why_en) = match kind {
            "tax" => ("工资薪金所得的最高税率为 45%（《个人所得税法》第三条）", "the top rate on wages is 45 % (Individual Income Tax Law art. 3)"),
            "judgment" => (
                "执行须保留本人及所扶养家属的生活必需费用（《民事诉讼法》第二百五十四条），不会超过当月工资",
                "an execution leaves the necessary living expenses (Civil Procedure Law art. 254) and is never more than the wage",
            ),
            _ => ("本人应缴部分不会超过当月工资", "the employee's own part is never more than the wage"),
        };
        return Err(refused(
            "P17",
            format!("超过限额：{why_zh}，本月至多 {}。请核对金额。", shown(most)),
            format!("Above the limit: {why_en}; at most {} this month. Check the amount.", shown(most)),
        ));
    }
    Ok(())
}

/// P17, P18, P19: what may be deducted, and why not.
pub fn may_deduct(d: &Deduction<'_>, shown: impl Fn(i64) -> String) -> Result<(), Error> {
    if d.amount <= 0 {
        return Err(Problem::new(422, "amount", "扣款金额须大于零。", "A deduction is more than nothing.").into());
    }
    match d.ground {
        "statutory" => may_withhold(d, shown),
        "loss" => {
            let lacking: Vec<(&str, &str)> = [
                (d.fault, ("劳动者的过错", "the employee's fault")),
                (d.clause, ("劳动合同的赔偿约定", "the contract's clause")),
                (d.proof, ("有证据的实际损失", "a proven loss")),
            ]
            .into_iter()
            .filter(|(there, _)| !there)
            .map(|(_, name)| name)
            .collect();
            if !lacking.is_empty() {
                let zh: Vec<&str> = lacking.iter().map(|l| l.0).collect();
                let en: Vec<&str> = lacking.iter().map(|l| l.1).collect();
                return Err(refused(
                    "P17",
                    format!(
                        "不能扣：《工资支付暂行规定》第十六条要求同时具备过错、合同约定和有证据的损失，现缺{}。请补齐，或另行协商、仲裁主张。",
                        zh.join("、")
                    ),
                    format!(
                        "Not deductible: Provisions on Wage Payment art. 16 wants fault, a clause and a proven loss; missing: {}. Supply it, or claim by agreement or arbitration.",
                        en.join(", ")
                    ),
                ));
            }
            let most = (most_deducted(d.wage, d.minimum) - d.noted).max(0);
            if d.amount > most {
                return Err(refused(
                    "P17",
                    format!(
                        "超过限额：《工资支付暂行规定》第十六条，每月扣除不超过当月工资的 20%，且剩余不低于当地最低工资，连同已登记的，本月至多再扣 {}。",
                        shown(most)
                    ),
                    format!(
                        "Above the limit of Provisions on Wage Payment art. 16: at most 20 % of the month's wage, and the minimum wage must remain; with what was noted already, at most {} more this month.",
                        shown(most)
                    ),
                ));
            }
            Ok(())
        }
        "fine" => Err(refused(
            "P18",
            "企业无权罚款或约定违约金：《劳动合同法》第二十五条，只有服务期和竞业限制可以约定违约金。",
            "An employer may not fine; liquidated damages exist only for training and non-compete: Labour Contract Law art. 25.",
        )),
        "commission" => may_wait("commission").map(drop),
        "handover" => Err(refused(
            "P17",
            "交接未完成不是扣工资的理由：《工资支付暂行规定》第十五条列明了可以代扣的项目，第十六条要求过错、约定和有证据的损失。",
            "An unfinished handover is no ground for a deduction: Provisions on Wage Payment art. 15 lists what may be withheld, art. 16 wants fault, a clause and a proven loss.",
        )),
        _ => Err(Problem::new(
            422,
            "unknown_ground",
            "没有这种扣款依据。可选：statutory、loss、fine、commission、handover。",
            "There is no such ground. One of statutory, loss, fine, commission, handover.",
        )
        .into()),
    }
}

/// Words of blame; searched without blanks and what is put between letters to hide them.
/// Bare “调查”, “投诉”, “严重” and “盗” are none: they stand in names, posts and channels; what is said with them is.
const BLAME: [&str; 36] = [
    "违纪",
    "违规",
    "违法",
    "开除",
    "辞退",
    "解雇",
    "过错",
    "过失",
    "失职",
    "泄密",
    "泄露",
    "侵占",
    "舞弊",
    "贪污",
    "受贿",
    "回扣",
    "飞单",
    "私单",
    "跑单",
    "处分",
    "起诉",
    "诉讼",
    "仲裁",
    "纠纷",
    "造假",
    "欺骗",
    "盗窃",
    "盗取",
    "盗卖",
    "监守自盗",
    "被调查",
    "接受调查",
    "正在调查",
    "立案调查",
    "被投诉",
    "遭投诉",
];
/// English words of blame, by how they begin.
const BLAME_EN: [&str; 12] =
    ["fault", "misconduct", "dismiss", "fired", "breach", "fraud", "theft", "investigat", "disciplin", "lawsuit", "terminat", "dishonest"];
/// Words that give leaving, or anything else, as the reason.
const REASON: [&str; 12] = ["离职", "辞职", "离开公司", "不再任职", "离任", "走人", "竞争对手", "竞品", "跳槽", "因为", "由于", "原因"];
const REASON_EN: [&str; 9] = ["resign", "quit", "quits", "leaving", "left", "leaves", "because", "owing", "competitor"];

fn half_width(c: char) -> char {
    match u32::from(c) {
        n @ 0xff01..=0xff5e => char::from_u32(n - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn found<'a>(text: &str, words: &[&'a str], begins: &[&'a str]) -> Option<&'a str> {
    let text: String = text.chars().map(half_width).flat_map(char::to_lowercase).collect();
    let hidden = |c: &char| c.is_whitespace() || matches!(c, '·' | '.' | '-' | '_' | '*' | '、' | '~' | '\u{200b}'..='\u{200f}' | '\u{feff}');
    let close: String = text.chars().filter(|c| !hidden(c)).collect();
    let spoken: Vec<&str> = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty()).collect();
    let zh = words.iter().find(|w| close.contains(**w));
    zh.or_else(|| begins.iter().find(|b| spoken.iter().any(|w| if b.len() > 5 { w.starts_with(**b) } else { w == *b }))).copied()
}

/// The text without names that stand in it by right, whatever they are called: “诉讼仲裁专员” is a post, not a reproach.
pub fn without(text: &str, names: &[&str]) -> String {
    let mut own: Vec<&str> = names.iter().map(|n| n.trim()).filter(|n| n.chars().count() > 1).collect();
    // The longer first: one name may stand in another.
    own.sort_by_key(|n| std::cmp::Reverse(n.len()));
    own.into_iter().fold(text.to_owned(), |rest, name| rest.replace(name, "\u{1}"))
}

/// A certificate says the term, the date, the post and the years of service and nothing else (P12, T6): no fault.
/// `posts` are those the person is known to have held.
pub fn certificate_text(text: &str, posts: &[&str]) -> Result<(), Error> {
    match found(&without(text, posts), &BLAME, &BLAME_EN) {
        None => Ok(()),
        Some(word) => Err(refused(
            "P12",
            format!("离职证明只写合同期限、解除或终止日期、岗位和工作年限（《劳动合同法实施条例》第二十四条），不能写“{word}”这类内容。请删去。"),
            format!(
                "A certificate states term, date, post and years of service only (Regulations on the Labour Contract Law art. 24), nothing like “{word}”. Remove it."
            ),
        )),
    }
}

/// A notice of a new contact says who and from when; no reason and no accusation (T8).
pub fn notice_text(text: &str) -> Result<(), Error> {
    match found(text, &BLAME, &BLAME_EN).or_else(|| found(text, &REASON, &REASON_EN)) {
        None => Ok(()),
        Some(word) => Err(Problem::new(
            422,
            "notice_words",
            format!("客户通知只写新的对接人和生效日期，不写变更的理由，也不作任何指责；“{word}”不能出现。请改写后再存。"),
            format!("A notice to customers names the new contact and the date: no reason, no accusation. “{word}” may not stand in it; rewrite it."),
        )
        .with_rule("T8")
        .into()),
    }
}

/// For lists: what waits for the handover and what never does.
pub fn track_note() -> Said {
    Said::new(
        "法定手续与交接互不牵制：只有内部签署和经济补偿等待交接办结（《劳动合同法》第五十条第二款）。",
        "The statutory steps never wait for the handover; only internal sign-off and severance do (Labour Contract Law art. 50(2)).",
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use jiff::civil::date;

    fn rule(e: Error) -> String {
        match e {
            Error::Problem(p) => p.rule.unwrap_or(p.code.to_owned()),
            Error::Internal(e) => panic!("{e}"),
        }
    }

    #[test]
    fn the_clocks_run_from_the_last_day() {
        let last = date(2026, 12, 20);
        let due: Vec<String> = DUTIES.iter().map(|d| format!("{} {}", d.name, d.due(last))).collect();
        assert_eq!(due, ["certificate 2026-12-20", "wages 2026-12-20", "transfer 2027-01-04", "housing_fund 2027-01-19"]);
    }

    #[test]
    fn only_severance_waits() {
        assert_eq!(may_wait("severance").unwrap(), "P14");
        let refused: Vec<String> = ["certificate", "wages", "commission", "file", "social_insurance", "housing_fund", "belongings", "resignation"]
            .map(|w| rule(may_wait(w).unwrap_err()))
            .into();
        assert_eq!(refused, ["P14", "P14", "P19", "P14", "P14", "P14", "P14", "P15"]);
    }

    #[test]
    fn a_deduction_has_its_ground_and_its_limit() {
        let loss = Deduction {
            ground: "loss",
            kind: None,
            paper: false,
            amount: 2_000_00,
            wage: 10_000_00,
            minimum: 2_740_00,
            fault: true,
            clause: true,
            proof: true,
            noted: 0,
        };
        let check = |d: Deduction<'_>| may_deduct(&d, |m| format!("{}", m / 100)).map_err(rule);
        assert_eq!(check(loss), Ok(()));
        assert_eq!(check(Deduction { amount: 2_000_01, ..loss }), Err("P17".into()));
        // The bound is a month's: what was noted in it counts.
        assert_eq!(check(Deduction { noted: 1_500_00, amount: 500_00, ..loss }), Ok(()));
        assert_eq!(check(Deduction { noted: 1_500_00, amount: 500_01, ..loss }), Err("P17".into()));
        // 20 % of 3,000 is 600, but 2,740 must remain.
        assert_eq!(most_deducted(3_000_00, 2_740_00), 260_00);
        assert_eq!(most_deducted(2_000_00, 2_740_00), 0);
        assert_eq!(check(Deduction { clause: false, ..loss }), Err("P17".into()));
        assert_eq!(check(Deduction { ground: "fine", ..loss }), Err("P18".into()));
        assert_eq!(check(Deduction { ground: "commission", ..loss }), Err("P19".into()));
        assert_eq!(check(Deduction { ground: "handover", ..loss }), Err("P17".into()));
        // A withholding says which it is and shows its paper; of tax no month takes more than the top rate.
        let tax = Deduction { ground: "statutory", kind: Some("tax"), paper: true, amount: 4_500_00, ..loss };
        assert_eq!(check(tax), Ok(()));
        for bad in [
            Deduction { kind: None, ..tax },
            Deduction { kind: Some("bonus"), ..tax },
            Deduction { paper: false, ..tax },
            Deduction { amount: 4_500_01, ..tax },
            Deduction { kind: Some("judgment"), amount: 10_000_01, ..tax },
        ] {
            assert_eq!(check(bad), Err("P17".into()), "{bad:?}");
        }
        for kind in ["social_insurance", "housing_fund", "judgment"] {
            assert_eq!(check(Deduction { kind: Some(kind), ..tax }), Ok(()), "{kind}");
        }
        // Odd amounts lose nothing in the reckoning.
        assert_eq!(check(Deduction { wage: 3_333_33, amount: 1_499_99, ..tax }), Ok(()));
        assert_eq!(check(Deduction { wage: 3_333_33, amount: 1_500_00, ..tax }), Err("P17".into()));
    }

    #[test]
    fn words_are_found_however_they_are_written() {
        for bad in ["因个人原因离职", "已被开 除", "ＦＩＲＥＤ", "正在接受调·查", "He resigned.", "because of a move", "违　规", "Left us."]
        {
            assert_eq!(rule(notice_text(bad).unwrap_err()), "T8", "{bad}");
        }
        notice_text("自2026年12月1日起，贵司业务的对接人变更为李经理，电话 13800000000。").unwrap();
        notice_text("From 1 December your contact is Ms Li, li@firm.example; quite the default.").unwrap();
        assert_eq!(rule(certificate_text("因严重违纪解除", &[]).unwrap_err()), "P12");
        certificate_text("销售经理；2020-03-01 至 2026-12-20", &[]).unwrap();
        // Posts are called what they are called; blame beside one, or made to look like one, stays refused.
        for post in ["投诉处理专员", "市场调查员", "防盗系统工程师", "严重事故应急岗"] {
            certificate_text(post, &[]).unwrap();
        }
        for post in ["诉讼仲裁专员", "合规与违规审核岗", "Fraud Analyst"] {
            assert_eq!(rule(certificate_text(post, &[]).unwrap_err()), "P12", "{post}");
            certificate_text(post, &[post]).unwrap();
            assert_eq!(rule(certificate_text(&format!("{post}，因违纪解除"), &[post]).unwrap_err()), "P12", "{post}");
        }
        for bad in ["盗窃公司财物", "正被调 查", "曾被投诉"] {
            assert_eq!(rule(certificate_text(bad, &["岗"]).unwrap_err()), "P12", "{bad}");
        }
    }
}
