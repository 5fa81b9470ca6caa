//! Finding people, customers and companies by name, pinyin or initials: 周启明, zhouqm…, zqm. Large lists are found through
//! an index of the beginnings (`names`).

use pinyin::ToPinyin;
use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr},
};
use std::collections::BTreeSet;

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

/// Texts to be searched from any place within, each between line breaks: numbers and names of things.
pub fn plain<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(folded).filter(|t| !t.is_empty()).fold("\n".to_owned(), |out, text| out + &text + "\n")
}

fn escaped(typed: &str) -> String {
    folded(typed).chars().flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] }).collect()
}

/// Rows whose [`plain`] text holds what was typed. Folded here and not by the database: SQLite's LOWER knows ASCII only.
pub fn holding(column: impl ColumnTrait, typed: &str) -> SimpleExpr {
    Expr::col(column.as_column_ref()).like(LikeExpr::new(format!("%{}%", escaped(typed))).escape('\\'))
}

/// Rows that fit what was typed: anywhere in a Chinese name, from the beginning of a Latin form.
pub fn matching(column: impl ColumnTrait, typed: &str) -> SimpleExpr {
    let escaped = escaped(typed);
    let pattern = if escaped.is_ascii() { format!("%\n{escaped}%") } else { format!("%{escaped}%") };
    Expr::col(column).like(LikeExpr::new(pattern).escape('\\'))
}

const CHARS: usize = 4;
const BYTES: usize = 12;
/// Of a long text, how many places are tried for something few have.
const WINDOWS: usize = 8;

/// The beginnings of what can be typed to find a row with this text: of a Latin line (id, pinyin, initials) its start, of a
/// Chinese name each of its characters with the next three. Bytes, so that a range of them means the same to every
/// database.
pub fn forms(text: &str) -> BTreeSet<Vec<u8>> {
    let mut all = BTreeSet::new();
    for line in text.split('\n').filter(|l| !l.is_empty()) {
        all.insert(beginning(line));
        if !line.is_ascii() {
            all.extend(line.char_indices().skip(1).map(|(at, _)| start(&line[at..]).as_bytes().to_vec()));
        }
    }
    all
}

/// The first characters.
fn start(text: &str) -> &str {
    text.char_indices().nth(CHARS).map_or(text, |(end, _)| &text[..end])
}

/// The first characters, or as many as fit into the bytes of as many Chinese ones.
fn beginning(line: &str) -> Vec<u8> {
    let mut end = line.len().min(BYTES);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let end = end.max(start(line).len());
    line.as_bytes()[..end].to_vec()
}

/// What to look for among forms when this was typed: each begins a form of every name that fits.
pub fn keys(typed: &str) -> Vec<Vec<u8>> {
    let folded = folded(typed);
    if folded.is_ascii() {
        return vec![folded.as_bytes()[..folded.len().min(BYTES)].to_vec()];
    }
    let whole = folded.chars().count().saturating_sub(CHARS);
    folded.char_indices().take(whole.min(WINDOWS) + 1).map(|(at, _)| start(&folded[at..]).as_bytes().to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::{folded, forms, keys, text};

    /// What [`matching`](super::matching) asks of a row.
    fn fits(text: &str, typed: &str) -> bool {
        let typed = folded(typed);
        if typed.is_ascii() { text.contains(&format!("\n{typed}")) } else { text.contains(&typed) }
    }

    #[test]
    fn names_are_found_by_pinyin_and_initials() {
        let row = text("E1001", &["周启明", "Zhou Qi"]);
        for form in ["\ne1001\n", "\n周启明\n", "\nzhouqiming\n", "\nzqm\n", "\nzhouqi\n"] {
            assert!(row.contains(form), "{form:?} in {row:?}");
        }
    }

    #[test]
    fn whatever_fits_the_text_is_among_those_its_form_finds() {
        let names = ["上海恒达建材有限公司", "AB电子", "恒达", "Nokia 上海", "𠮷野家餐饮"];
        for name in names {
            let text = text("C-0001", &[name]);
            let all = forms(&text);
            let folded: String = name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
            let chars: Vec<char> = folded.chars().collect();
            let mut typed: Vec<String> =
                text.split('\n').filter(|l| l.is_ascii() && !l.is_empty()).flat_map(|l| (1..=l.len()).map(move |n| l[..n].to_owned())).collect();
            for from in 0..chars.len() {
                for until in from + 1..=chars.len() {
                    let part: String = chars[from..until].iter().collect();
                    // As before: Latin letters are found from a line's beginning.
                    if !part.is_ascii() || from == 0 {
                        typed.push(part);
                    }
                }
            }
            for t in typed {
                assert!(fits(&text, &t), "{t:?} of {name:?}");
                for key in keys(&t) {
                    assert!(all.iter().any(|f| f.starts_with(&key)), "{t:?} of {name:?}");
                }
            }
        }
        assert!(forms(&text("C-0001", &["上海恒达建材有限公司"])).len() < 16);
    }
}
