//! Finding people, customers and companies by name, pinyin or initials: 周启明, zhouqm…, zqm.

use pinyin::ToPinyin;
use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr},
};

/// The searchable text of a row: each form between line breaks, so that a form can be matched from its beginning.
pub fn text(id: &str, names: &[&str]) -> String {
    let mut out = format!("\n{}\n", folded(id));
    for name in names {
        let mut whole = String::new();
        let mut initials = String::new();
        for c in name.chars() {
            match c.to_pinyin() {
                Some(p) => {
                    whole.push_str(p.plain());
                    initials.push_str(p.first_letter());
                }
                None if c.is_alphanumeric() => {
                    whole.extend(c.to_lowercase());
                    initials.extend(c.to_lowercase());
                }
                None => {}
            }
        }
        for form in [folded(name), whole, initials] {
            if !form.is_empty() && !out.contains(&format!("\n{form}\n")) {
                out.push_str(&form);
                out.push('\n');
            }
        }
    }
    out
}

fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).flat_map(char::to_lowercase).collect()
}

/// Rows that fit what was typed: anywhere in a Chinese name, from the beginning of a Latin form.
pub fn matching(column: impl ColumnTrait, typed: &str) -> SimpleExpr {
    let typed = folded(typed);
    let escaped: String = typed.chars().flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
    let pattern = if typed.is_ascii() { format!("%\n{escaped}%") } else { format!("%{escaped}%") };
    Expr::col(column).like(LikeExpr::new(pattern).escape('\\'))
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn names_are_found_by_pinyin_and_initials() {
        let row = text("E1001", &["周启明", "Zhou Qi"]);
        for form in ["\ne1001\n", "\n周启明\n", "\nzhouqiming\n", "\nzqm\n", "\nzhouqi\n"] {
            assert!(row.contains(form), "{form:?} in {row:?}");
        }
    }
}
