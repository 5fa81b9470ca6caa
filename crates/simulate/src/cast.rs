//! Who does what: some sales people divert customers, some only look like it, most just work.

use crate::company::Company;
use crate::look_alikes::{self, LOOK_ALIKES};
use crate::schemes::{self, SCHEMES, TELLING};
use crate::truth::{Expected, Person, Role};

/// Hands out the parts. Every kind comes once before any comes twice, the best known first, so that a small
/// company has the telling ones.
pub(crate) fn assign(company: &mut Company) {
    let mut dice = company.dice("cast", 0, 0);
    let mut sellers: Vec<usize> = (0..company.staff.len()).filter(|index| company.staff[*index].seller).collect();
    dice.shuffle(&mut sellers);
    let diverters = (sellers.len() * 21 / 100).max(1);
    let look_alikes = sellers.len() * 40 / 100;
    let mut pool = sellers.into_iter();
    let mut parts = SCHEMES.to_vec();
    dice.shuffle(&mut parts[TELLING..]);
    for turn in 0..diverters {
        let Some(who) = pool.next() else { break };
        let part = parts[turn % parts.len()];
        let other = if part.needs_other() { pool.next() } else { None };
        schemes::play(company, who, part, turn, other);
    }
    // A part may need a colleague as well, who is then taken from the rest.
    let mut honest = LOOK_ALIKES.to_vec();
    dice.shuffle(&mut honest[look_alikes::TELLING..]);
    for turn in 0..look_alikes {
        let Some(who) = pool.next() else { break };
        let part = honest[turn % honest.len()];
        let other = if part.needs_other() { pool.next() } else { None };
        look_alikes::play(company, who, part, other);
    }
    let known: std::collections::HashSet<String> = company.persons.iter().map(|person| person.employee.clone()).collect();
    for person in company.staff.iter().filter(|person| !known.contains(&person.number)) {
        company.persons.push(Person {
            employee: person.number.clone(),
            name: person.name.clone(),
            role: Role::Ordinary,
            kind: "ordinary",
            note: String::new(),
            customers: Vec::new(),
            companies: Vec::new(),
            share_ppm: None,
            promised_fen: None,
            moved_fen: None,
            paid_fen: None,
            records: Vec::new(),
            expected: Expected { chain_min: 0.0, chain_max: 0.69, word_alert: Some(false) },
        });
    }
    company.persons.sort_by(|a, b| (a.employee.len(), &a.employee).cmp(&(b.employee.len(), &b.employee)));
}
