//! What stands round a number and says that it is no money: clocks, counted things, ordinals, order numbers.

use super::number::Number;
use super::{Glyph, ends_with, is};
use crate::chars::Kind;

fn next_in(text: &[Glyph], i: usize, set: &str) -> bool {
    text.get(i).is_some_and(|g| set.contains(g.plain))
}

fn starts_any(text: &[Glyph], i: usize, words: &[&str]) -> bool {
    words.iter().any(|w| is(text, i, w))
}

fn after_any(text: &[Glyph], i: usize, words: &[&str]) -> bool {
    words.iter().any(|w| ends_with(text, i, w))
}

/// 90% 棉, 95%酒精: a composition, no share.
pub(super) fn percent_is_quality(text: &[Glyph], end: usize) -> bool {
    let at = if text.get(end).is_some_and(|g| g.plain == ' ') { end + 1 } else { end };
    starts_any(text, at, &["纯", "棉", "羊毛", "真丝", "酒精", "浓度", "电量", "的电", "湿度", "好评", "off", "正品", "果汁", "可可"])
}

/// 三个点子, 两个点位: things.
pub(super) fn points_are_things(text: &[Glyph], end: usize) -> bool {
    next_in(text, end, "子位赞评心击名餐缀滴钟头菜播")
}

pub(super) fn is_ordinal(text: &[Glyph], i: usize) -> bool {
    after_any(text, i, &["第", "初", "周", "星期", "礼拜"])
}

/// 返8点, 抽5点 is a share where no clock follows.
pub(super) fn points_after_lead(text: &[Glyph], i: usize, end: usize) -> bool {
    after_any(text, i, &["返", "返你", "返您", "返给你", "返给您", "返我", "抽", "抽你", "提", "让", "让你", "返到", "返回"])
        && !next_in(text, end, "钟半整多前后左以之分到至开见集上下起出过的就去来回睡吃")
}

/// 成 belongs to another word, or 八成 means “probably”.
pub(super) fn tenth_is_word(text: &[Glyph], i: usize, end: usize, many: bool) -> bool {
    if next_in(text, end, "立员功为本长绩人熟都果交不就品型效语家分套份新群名片对天全") || is_ordinal(text, i) {
        return true;
    }
    many && !(after_any(text, i, &["返", "给", "分", "拿", "抽", "提", "让", "占", "返你", "给你", "分你", "你", "我"])
        || starts_any(text, end, &["给", "归", "返", "利润", "提成", "佣金", "的利", "回扣", "分"]))
}

/// Letters, digits, dates or times run into the number from the left.
pub(super) fn glued_before(text: &[Glyph], i: usize) -> bool {
    let Some(before) = i.checked_sub(1).map(|k| text[k]) else {
        return false;
    };
    match before.kind {
        Kind::Digit | Kind::Latin => true,
        Kind::Han => matches!(before.plain, '第' | '号') || super::number::digit(before.plain).is_some(),
        _ => matches!(before.plain, '.' | ':' | '#' | '№' | '_' | '/') && i >= 2 && text[i - 2].kind != Kind::Han,
    }
}

/// 两块 pieces, 元素, 元旦: no currency.
pub(super) fn currency_is_thing(text: &[Glyph], unit: usize, end: usize, number: &Number) -> bool {
    if end == unit + 1 && text[unit].plain == '元' {
        return next_in(text, end, "素旦件月气宵老首帅宝");
    }
    if end == unit + 1 && text[unit].plain == '块' {
        let few = number.millionths < 5_000_000;
        let decimal = text.get(end).is_some_and(|g| super::number::digit(g.plain).is_some());
        return (few && !decimal) || next_in(text, end, "儿地头屏田板牌肉糖玻砖石电表布饼豆骨蛋腹面");
    }
    text[unit].kind == Kind::Latin && text.get(end).is_some_and(|g| g.kind == Kind::Latin)
}

pub(super) const COUNTED: &str = "人个次米斤年天公里步字张台件套平户家吨份条克号度毫升瓶箱名位岁页集部本层栋间座辆头只匹棵颗粒片遍回倍强夜分秒小种项款首句声杯碗盒包袋支根把双对组批车单场届期章级亩方立瓦兆像赞粉播阅点星帧卡焦多来余几屏画视电高显超清p票篇轮通则封艘架门课节顿趟点刀枚股手册字员元以上下内外辈日月时兵军亿士众姓科口匹尺寸丈转毛钟帕伏安码家吃块秋古载丝滴堆排样般";

/// 两百个, 三千人, 4k屏, 几百: counted or vague, no sum.
pub(super) fn counts_things(text: &[Glyph], i: usize, end: usize) -> bool {
    if after_any(text, i, &["第", "几", "数", "上", "成", "近", "零", "年薪百", "编号", "单号", "型号", "房间"]) {
        return true;
    }
    let at = if text.get(end).is_some_and(|g| g.plain == ' ') { end + 1 } else { end };
    if text.get(at).is_some_and(|g| g.kind == Kind::Digit || g.kind == Kind::Latin) {
        return true;
    }
    if matches!(text.get(at).map(|g| g.plain), Some('多' | '来' | '余')) {
        return next_in(text, at + 1, COUNTED) && !next_in(text, at + 1, "元块");
    }
    next_in(text, at, COUNTED)
}

const GIVING: &[&str] = &[
    "给你",
    "给您",
    "转你",
    "转您",
    "打你",
    "转给你",
    "转给您",
    "打给你",
    "打给您",
    "返你",
    "返您",
    "返给你",
    "发你",
    "红包",
    "好处费",
    "介绍费",
    "辛苦费",
    "茶水费",
    "回扣",
    "给我",
    "转我",
    "打我",
    "提",
    "返",
    "给你个",
    "给您个",
    "卡上",
    "付你",
    "补你",
    "塞你",
    "给到你",
];

/// 给你3000: a bare number that someone is given.
pub(super) fn sum_after_lead(text: &[Glyph], i: usize, number: &Number) -> bool {
    let from = if i > 0 && text[i - 1].plain == ' ' { i - 1 } else { i };
    (50_000_000..=10_000_000_000_000).contains(&number.millionths)
        && number.digits <= 7
        && after_any(text, from, GIVING)
        && text.get(number.end).is_none_or(|g| match g.kind {
            Kind::Gap => !matches!(g.plain, '-' | ':' | '/' | '~' | '%') || text.get(number.end + 1).is_none_or(|n| n.kind != Kind::Digit),
            Kind::Han => !COUNTED.contains(g.plain),
            _ => false,
        })
}
