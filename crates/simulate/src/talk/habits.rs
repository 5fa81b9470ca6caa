//! How people type: slips, dialect, dropped punctuation, particles, faces. Changes how a message looks, never what it
//! says: numbers, names and telling words stay as they are.

use crate::dice::Dice;

/// What comes out of hasty fingers or another part of the country, instead of the written form.
const SLIPS: &[(&str, &str)] = &[
    ("已经", "以经"),
    ("怎么", "咋"),
    ("怎么", "怎麽"),
    ("什么", "啥"),
    ("什么时候", "啥时候"),
    ("没有", "木有"),
    ("账号", "帐号"),
    ("尽快", "尽块"),
    ("稍等", "稍等下哈"),
    ("知道", "晓得"),
    ("可以", "阔以"),
    ("好的", "好滴"),
    ("谢谢", "蟹蟹"),
    ("收到", "收到收到"),
    ("这样", "介样"),
    ("不好意思", "8好意思"),
    ("麻烦", "麻烦哈"),
    ("再", "在"),
    ("我们", "咱们"),
    ("晚上", "晚上头"),
    ("明天", "明儿"),
    ("今天", "今儿"),
];
const PARTICLES: &[&str] = &["哈", "呀", "哦", "嘞", "咯", "哇", "啦", "呢", "噻", "嘛"];
const FACES: &[&str] = &["😂", "👍", "🌹", "[呲牙]", "[抱拳]", "🙂", "…", "！", "。", "~~"];

pub(super) fn typed(mut text: String, dice: &mut Dice) -> String {
    if dice.chance(120) {
        let (written, typed) = *dice.pick(SLIPS);
        text = text.replacen(written, typed, 1);
    }
    if dice.chance(180) {
        text = text.replace('，', *dice.pick(&[" ", ",", "，，", " ", "。"]));
    }
    let ends_in_word = text.chars().last().is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    if ends_in_word && dice.chance(90) {
        text.push_str(*dice.pick(PARTICLES));
    }
    if dice.chance(60) {
        text.push_str(*dice.pick(FACES));
    }
    text
}
