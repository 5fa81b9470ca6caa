//! What was found in the talk round a word, and what it weighs. A fact either holds or not; its weight, in tenths, says how
//! much it speaks for an offer (above zero) or for talk about one. The weights (`data/weights.txt`) are fitted to the kept
//! rounds of traps and offers by `examples/weigh.rs`, which also prints what they come to on each round when they were
//! fitted without it.

use std::sync::OnceLock;

use super::words::{Class, Set};

/// A fact and its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    pub name: &'static str,
    pub weight: i32,
}

/// A word spelled in one of the weak disguises; the rounds have too few to fit it. Who hides a word so, and names a sum
/// beside it, hardly teaches or warns.
const HIDDEN: (&str, i32) = ("hidden", 10);

/// Facts beside the words of a class, with what an explanation says of them.
const OTHER: &[(&str, &str, &str)] = &[
    ("to.you", "给的是对方", "given to who is written to"),
    ("to.me", "给的是说话人", "given to the writer"),
    ("to.firm", "给的是公司", "given to a company"),
    ("to.other", "给的是别人", "given to others"),
    ("from.me", "说话人给", "the writer gives"),
    ("from.firm", "公司给", "a company gives"),
    ("from.other", "别人给", "others give"),
    ("takes.you", "对方收", "who is written to takes"),
    ("takes.other", "别人收", "others take"),
    ("takes.not", "不收", "not taken"),
    ("undone", "推辞、禁止被收回", "a refusal or prohibition is taken back"),
    ("or else", "没有就不办", "without it nothing is done"),
    ("neg.before", "词前有否定", "denied before the word"),
    ("neg.after", "词后有否定", "denied after the word"),
    ("share", "同句有比例", "a share in the sentence"),
    ("sum", "同句有金额", "a sum in the sentence"),
    ("disguised", "写法有伪装", "spelled in disguise"),
    ("hides", "词本身就是绕开、瞒着", "the word itself goes around or hides"),
    ("mine", "词本身指向说话人", "the word itself points to the writer"),
    (HIDDEN.0, "写法瞒人", "spelled so that few can read it"),
    ("phrase", "整句就是交易的说法", "a turn of speech of a deal"),
    ("given share", "比例连着给付", "a share with what gives it"),
    ("sign", "半句迹象", "half of an offer"),
    ("beside", "另有一处迹象", "another sign beside it"),
    ("beside.more", "另有几处迹象", "several other signs beside it"),
    ("quoted", "加了引号", "in quotation marks"),
    ("asks", "后面是问句", "a question follows"),
    ("latin", "英文", "English"),
    ("rest.none", "没有别的话", "nothing else is said"),
    ("rest.few", "别的话很少", "little else is said"),
    ("rest.many", "别的话较多", "other things are said"),
    ("length.short", "很短", "short"),
    ("length.long", "较长", "long"),
    ("private_contact", "类别：私下联系", "of leaving company channels"),
    ("private_payment", "类别：私下收款", "of private payment"),
    ("kickback", "类别：好处回扣", "of kickbacks and cuts"),
];

/// What an explanation says of the words of a class.
const CLASSES: &[(Class, &str, &str)] = &[
    (Class::Me, "说话人自己", "the writer"),
    (Class::Duo, "你我之间", "the two of us"),
    (Class::We, "我方公司", "the writer's company"),
    (Class::You, "对方", "who is written to"),
    (Class::Yours, "对方公司", "the company of who is written to"),
    (Class::Voc, "称呼", "somebody addressed"),
    (Class::Third, "别人", "others"),
    (Class::Staff, "某类人员", "people of a trade"),
    (Class::Firm, "公司、单位", "a company"),
    (Class::Paper, "规定、条款", "rules and papers"),
    (Class::Court, "案件、查处", "courts and cases"),
    (Class::News, "新闻、听说", "news and hearsay"),
    (Class::Study, "培训、考题、词义", "lessons and meanings"),
    (Class::Punish, "后果、憎恶", "consequences and contempt"),
    (Class::Report, "举报、提防", "reports and warnings"),
    (Class::Forbid, "禁止", "prohibition"),
    (Class::Decline, "推辞", "refusal"),
    (Class::Neg, "否定", "negation"),
    (Class::Hide, "避人耳目、绕开公司", "kept from others or from the company"),
    (Class::Pledge, "许诺", "a pledge"),
    (Class::Deal, "眼前的交易", "a deal at hand"),
    (Class::Soon, "不久", "a time soon"),
    (Class::Private, "私人收付", "private means"),
    (Class::Give, "给付", "giving"),
    (Class::Take, "收受", "taking"),
    (Class::Ask, "讲价、征询", "bargaining"),
    (Class::Arrange, "商量、安排", "arrangement"),
    (Class::Joke, "玩笑、零食", "jokes and trifles"),
    (Class::Books, "公司账、结算", "the company's books"),
    (Class::Promo, "促销、退款", "promotions and refunds"),
    (Class::Past, "已过去", "the past"),
    (Class::If, "泛指的条件", "a condition at large"),
    (Class::Denial, "我从不", "the writer never does"),
    (Class::Lead, "转述", "told of another"),
    (Class::City, "日常事物", "everyday things"),
    (Class::Excuse, "大家都这样", "what everybody does"),
    (Class::Else, "不然就", "or else"),
    (Class::Assured, "说明不会被查、不入账", "assured of no consequence and no entry"),
    (Class::Conceded, "先退后转", "conceded before a turn"),
];

impl Ground {
    /// What it says, in Chinese.
    pub fn zh(&self) -> String {
        self.said(|(zh, _)| zh, ["本句", "他处"], "：")
    }

    pub fn en(&self) -> String {
        self.said(|(_, en)| en, ["in the clause", "elsewhere"], ": ")
    }

    fn said(&self, tongue: impl Fn((&'static str, &'static str)) -> &'static str, places: [&str; 2], between: &str) -> String {
        if let Some(&(_, zh, en)) = OTHER.iter().find(|(name, ..)| *name == self.name) {
            return tongue((zh, en)).to_owned();
        }
        let (place, class) = self.name.split_once('.').unwrap_or(("t", self.name));
        let said = CLASSES.iter().find(|(c, ..)| c.name() == class).map_or(class, |&(_, zh, en)| tongue((zh, en)));
        format!("{}{between}{said}", places[usize::from(place != "c")])
    }
}

struct Table {
    bias: i32,
    /// By fact: the classes in the clause, the classes elsewhere, the others.
    grounds: Vec<Ground>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = include_str!("../data/weights.txt").lines().filter(|l| !l.starts_with('#'));
        let written: Vec<(&'static str, i32)> = lines.filter_map(|l| l.rsplit_once(' ')).filter_map(|(name, w)| Some((name, w.parse().ok()?))).collect();
        let weight = |name: &str| written.iter().find(|(n, _)| *n == name).map_or(0, |(_, w)| *w);
        let facts = |place: usize| Class::ALL.iter().map(move |c| c.facts()[place]);
        let names = facts(0).chain(facts(1)).chain(OTHER.iter().map(|&(name, ..)| name));
        Table { bias: weight("bias"), grounds: names.map(|name| Ground { name, weight: if name == HIDDEN.0 { HIDDEN.1 } else { weight(name) } }).collect() }
    })
}

/// The facts that hold of one hit.
#[derive(Default)]
pub(crate) struct Facts(u128);

impl Facts {
    /// A word of these classes stands in the clause of the hit, or elsewhere.
    pub(crate) fn words(&mut self, here: bool, set: Set) {
        let n = Class::ALL.len();
        for (i, _) in Class::ALL.iter().enumerate().filter(|(_, c)| set.has(**c)) {
            self.0 |= 1 << if here { i } else { n + i };
        }
    }

    /// A fact that has no weight is let pass.
    pub(crate) fn say(&mut self, name: &str) {
        if let Some(i) = OTHER.iter().position(|(n, ..)| *n == name) {
            self.0 |= 1 << (2 * Class::ALL.len() + i);
        }
    }

    pub(crate) fn set(&mut self, name: &str, on: bool) {
        if on {
            self.say(name);
        }
    }

    /// The sum, and what it is made of, the heaviest first.
    pub(crate) fn weigh(&self) -> (i32, Vec<Ground>) {
        let table = table();
        let holds = |(i, _): &(usize, &Ground)| self.0 >> i & 1 == 1;
        let mut grounds: Vec<Ground> = table.grounds.iter().enumerate().filter(holds).map(|(_, g)| *g).collect();
        grounds.sort_by_key(|g| (-g.weight.abs(), g.name));
        (table.bias + grounds.iter().map(|g| g.weight).sum::<i32>(), grounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weight_has_a_fact_and_every_fact_a_saying() {
        let facts = 2 * Class::ALL.len() + OTHER.len();
        assert!(facts <= 128, "{facts} facts");
        assert_eq!(CLASSES.len(), Class::ALL.len());
        for line in include_str!("../data/weights.txt").lines().filter(|l| !l.starts_with('#')) {
            let name = line.rsplit_once(' ').map_or("", |(name, _)| name);
            let known = name == "bias" || table().grounds.iter().any(|g| g.name == name);
            assert!(known, "{name} is a fact");
        }
    }
}
