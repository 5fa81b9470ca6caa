//! Finding a customer among millions by a part of its name. A form is the beginning of what can be typed: of a Latin line
//! (id, pinyin, initials) its start, of a Chinese name each of its characters with the next three. Forms are bytes, so that
//! a range of them means the same to every database.
//!
//! What few customers have is found through its form; what many have is found soonest by going through the customers in
//! order (`list`). What is *not* here: which form a name has (`people::search`).

use super::model::form;
use crate::error::Result;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};
use std::collections::BTreeSet;

const CHARS: usize = 4;
const BYTES: usize = 12;
/// Of a long text, how many places are tried for something few have.
const WINDOWS: usize = 8;
/// More customers than this have a form: going through all in order finds a page of them sooner.
pub const FEW: usize = 2000;

/// The forms of a row's search text (`people::search::text`).
pub fn forms(search: &str) -> BTreeSet<Vec<u8>> {
    let mut all = BTreeSet::new();
    for line in search.split('\n').filter(|l| !l.is_empty()) {
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

/// What to look for when this was typed: each begins a form of every name that fits.
fn keys(typed: &str) -> Vec<Vec<u8>> {
    let folded: String = typed.chars().filter(|c| !c.is_whitespace() && !c.is_control()).flat_map(char::to_lowercase).collect();
    if folded.is_ascii() {
        return vec![folded.as_bytes()[..folded.len().min(BYTES)].to_vec()];
    }
    let whole = folded.chars().count().saturating_sub(CHARS);
    folded.char_indices().take(whole.min(WINDOWS) + 1).map(|(at, _)| start(&folded[at..]).as_bytes().to_vec()).collect()
}

/// Customers that may fit what was typed, if they are few. They are candidates: a longer text is compared with the row.
pub async fn candidates(db: &impl ConnectionTrait, typed: &str) -> Result<Option<Vec<String>>> {
    for from in keys(typed) {
        // No UTF-8 text has this byte.
        let until = [from.clone(), vec![0xff]].concat();
        let found: Vec<String> = form::Entity::find()
            .select_only()
            .column(form::Column::Customer)
            .filter(form::Column::Form.gte(from))
            .filter(form::Column::Form.lt(until))
            .limit(FEW as u64 + 1)
            .into_tuple()
            .all(db)
            .await?;
        if found.len() <= FEW {
            return Ok(Some(found.into_iter().collect::<BTreeSet<_>>().into_iter().collect()));
        }
    }
    Ok(None)
}

/// What a customer's name was and what it is now, as search texts.
pub struct Renamed {
    pub customer: String,
    pub before: Option<String>,
    pub now: String,
}

/// Keeps the forms of these customers.
pub async fn follow(tx: &impl ConnectionTrait, renamed: &[Renamed]) -> Result<()> {
    let (mut fresh, mut gone) = (Vec::new(), Vec::new());
    for one in renamed {
        let before = one.before.as_deref().map(forms).unwrap_or_default();
        let now = forms(&one.now);
        fresh.extend(now.difference(&before).map(|f| form::Model { form: f.clone(), customer: one.customer.clone() }));
        gone.extend(before.difference(&now).map(|f| (f.clone(), one.customer.clone())));
    }
    keep(tx, fresh).await?;
    for part in gone.chunks(200) {
        let these = part.iter().fold(Condition::any(), |any, (f, customer)| {
            any.add(Condition::all().add(form::Column::Form.eq(f.clone())).add(form::Column::Customer.eq(customer)))
        });
        form::Entity::delete_many().filter(these).exec(tx).await?;
    }
    Ok(())
}

pub async fn keep(db: &impl ConnectionTrait, forms: Vec<form::Model>) -> Result<()> {
    use sea_orm::{ActiveModelTrait, IntoActiveModel};
    for part in forms.chunks(2000) {
        let rows = part.iter().cloned().map(|f| f.into_active_model().reset_all());
        let again = OnConflict::columns([form::Column::Form, form::Column::Customer]).do_nothing().to_owned();
        form::Entity::insert_many(rows).on_conflict(again).exec_without_returning(db).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::search;

    #[test]
    fn whatever_fits_the_text_is_among_those_its_form_finds() {
        let names = ["上海恒达建材有限公司", "AB电子", "恒达", "Nokia 上海", "𠮷野家餐饮"];
        for name in names {
            let text = search::text("C-0001", &[name]);
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
                for key in keys(&t) {
                    assert!(all.iter().any(|f| f.starts_with(&key)), "{t:?} of {name:?}");
                }
            }
        }
        assert!(forms(&search::text("C-0001", &["上海恒达建材有限公司"])).len() < 16);
    }
}
