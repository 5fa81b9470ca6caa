//! Whom a list of employees 花名册 means by a superior: usually a name, while a record wants the number.

use super::{mapping::Mapping, table::Row};
use crate::said::Said;
use std::collections::{HashMap, HashSet};

pub const MANAGER: &str = "data.manager";

pub struct Superiors {
    numbers: HashSet<String>,
    /// Name → number; `None` where two have it.
    names: HashMap<String, Option<String>>,
}

impl Superiors {
    /// Numbers and names of the list itself.
    pub fn of(rows: &[Row], columns: &[String], mapping: &Mapping) -> Self {
        let place = |path: &str| columns.iter().position(|c| mapping.get(c).is_some_and(|p| p == path));
        let mut found = Self { numbers: HashSet::new(), names: HashMap::new() };
        let (Some(number), Some(name)) = (place("data.number"), place("data.name")) else { return found };
        for row in rows.iter().filter(|r| !r.is_blank()) {
            let (number, name) = (row.cell(number).trim(), row.cell(name).trim());
            if number.is_empty() {
                continue;
            }
            found.numbers.insert(number.to_owned());
            found
                .names
                .entry(name.to_owned())
                .and_modify(|known| {
                    if known.as_deref() != Some(number) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(number.to_owned()));
        }
        found
    }

    /// The number that a cell means. A number that the list does not have may be somebody of an earlier list.
    pub fn number<'a>(&'a self, cell: &'a str) -> Result<&'a str, Said> {
        let cell = cell.trim();
        if self.numbers.contains(cell) {
            return Ok(cell);
        }
        match self.names.get(cell) {
            Some(Some(number)) => Ok(number),
            Some(None) => Err(Said::new(
                format!("名单里有多位“{cell}”，请改填上级的工号。"),
                format!("Several people in the list are called “{cell}”; give the superior's number."),
            )),
            None if cell.chars().all(|c| c.is_ascii_graphic()) => Ok(cell),
            None => {
                Err(Said::new(format!("名单里没有“{cell}”，请改填上级的工号。"), format!("Nobody in the list is called “{cell}”; give the superior's number.")))
            }
        }
    }
}
