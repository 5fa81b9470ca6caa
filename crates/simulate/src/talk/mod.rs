//! What people write. Sentences are shapes: `[a|b|c]` is one of several, `<slot>` is filled from the scene.
//! None of this is read from, or written into, the lexicon: these are the simulation's own sentences.

pub(crate) mod colleagues;
pub(crate) mod customers;
mod habits;
pub(crate) mod innocent;
pub(crate) mod promises;

use crate::dice::Dice;
use crate::trades::Trade;

/// Who writes a line of a dialogue.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The company's own person.
    Us,
    /// The other side.
    Them,
}

/// A dialogue: lines in the order they are written.
pub(crate) type Dialogue = &'static [(Who, &'static str)];

/// What a scene fills in.
pub(crate) struct Scene<'a> {
    pub trade: &'a Trade,
    /// How the other side is spoken to, such as 孙经理.
    pub them: &'a str,
    /// How our person is spoken to, such as 小周.
    pub us: &'a str,
    /// Extra slots, such as `("rival", "翊泽")`.
    pub slots: &'a [(&'a str, String)],
}

/// Words that stay the same through one dialogue.
pub(crate) struct Voice<'a> {
    scene: Scene<'a>,
    product: usize,
    other_product: usize,
    quantity: i64,
    unit_price: i64,
}

impl<'a> Voice<'a> {
    pub(crate) fn new(scene: Scene<'a>, dice: &mut Dice) -> Self {
        let product = dice.below(scene.trade.products.len());
        let other_product = (product + 1 + dice.below(scene.trade.products.len() - 1)) % scene.trade.products.len();
        let (_, _, low, high) = scene.trade.products[product];
        let (low_yuan, high_yuan) = scene.trade.order_yuan;
        let quantity = round(dice.between(low, high));
        let unit_price = (dice.between(low_yuan, high_yuan) / quantity.max(1)).max(1);
        Self { scene, product, other_product, quantity, unit_price }
    }

    /// One message from a shape, typed the way people type.
    pub(crate) fn say(&self, shape: &str, dice: &mut Dice) -> String {
        let text = self.fill(shape, dice);
        habits::typed(text, dice)
    }

    fn fill(&self, shape: &str, dice: &mut Dice) -> String {
        let mut out = String::with_capacity(shape.len());
        let mut rest = shape;
        while let Some(open) = rest.find(['[', '<']) {
            out.push_str(&rest[..open]);
            let close = if rest[open..].starts_with('[') { ']' } else { '>' };
            let Some(length) = rest[open..].find(close) else { break };
            let inside = &rest[open + 1..open + length];
            if close == ']' {
                let options: Vec<&str> = inside.split('|').collect();
                let option = *dice.pick(&options);
                if option.contains('<') { out.push_str(&self.fill(option, dice)) } else { out.push_str(option) }
            } else {
                out.push_str(&self.slot(inside, dice));
            }
            rest = &rest[open + length + 1..];
        }
        out.push_str(rest);
        out
    }

    fn slot(&self, name: &str, dice: &mut Dice) -> String {
        if let Some((_, value)) = self.scene.slots.iter().find(|(slot, _)| *slot == name) {
            return value.clone();
        }
        let trade = self.scene.trade;
        let (product, unit, _, _) = trade.products[self.product];
        match name {
            "them" => self.scene.them.to_owned(),
            "us" => self.scene.us.to_owned(),
            "p" => product.to_owned(),
            "p2" => trade.products[self.other_product].0.to_owned(),
            "q" => format!("{}{unit}", self.quantity),
            "q2" => format!("{}{unit}", round((self.quantity / 2).max(1))),
            "price" => self.unit_price.to_string(),
            "price2" => (self.unit_price * 97 / 100).max(1).to_string(),
            "total" => self.quantity.saturating_mul(self.unit_price).to_string(),
            "place" => (*dice.pick(trade.places)).to_owned(),
            "matter" => (*dice.pick(trade.matters)).to_owned(),
            "n" => dice.between(2, 9).to_string(),
            "day" => (*dice.pick(&["明天", "后天", "周三", "周四", "周五", "下周一", "下周二", "这周五", "月底"])).to_owned(),
            "clock" => (*dice.pick(&["上午九点半", "上午10点", "下午两点", "下午3点", "三点半", "4点前", "下班前", "中午", "8点半"])).to_owned(),
            "date" => format!("{}号", dice.between(3, 28)),
            "no" => format!("{}", dice.between(10_000, 99_999)),
            "face" => (*dice.pick(&["", "", "", "", "👌", "[微笑]", "[握手]", "🙏", "😄", "[OK]", "~"])).to_owned(),
            // An unknown slot shows in the tests, which look for its brackets.
            unknown => format!("<{unknown}>"),
        }
    }
}

/// People order round numbers.
fn round(quantity: i64) -> i64 {
    match quantity {
        ..=20 => quantity.max(1),
        21..=200 => quantity / 10 * 10,
        _ => quantity / 50 * 50,
    }
}
