//! Who is who: companies by name, alias, person and account; customers by name and contact.
//! A company nobody entered is still somebody: it is known by its name alone.

use super::names::{Name, named_in, plain};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default)]
pub struct Company {
    pub id: String,
    pub name: String,
    /// `own`, `competitor`, `related`, `partner`, `supplier`, `unknown`.
    pub kind: String,
    pub aliases: Vec<String>,
    pub persons: Vec<String>,
    pub accounts: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Customer {
    pub id: String,
    pub name: String,
    /// Names, telephone numbers, addresses and messenger ids of its people.
    pub contacts: Vec<String>,
}

/// A company as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Firm {
    Listed(String),
    /// Known by name only.
    Named(Name),
}

/// How a company was recognised; orders by certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    Person,
    ShortName,
    Alias,
    Account,
    Name,
    Id,
}

#[derive(Debug, Clone, Default)]
pub struct Directory {
    companies: BTreeMap<String, Company>,
    names: Vec<(Name, String, Via)>,
    customers: BTreeMap<String, Customer>,
    contacts: BTreeMap<String, BTreeSet<String>>,
}

impl Directory {
    pub fn new(companies: Vec<Company>, customers: Vec<Customer>, own_names: &[String]) -> Self {
        let mut d = Self::default();
        let own = own_names.iter().filter(|n| !n.trim().is_empty()).enumerate().map(|(i, n)| Company {
            id: format!("own:{i}"),
            name: n.clone(),
            kind: "own".into(),
            ..Company::default()
        });
        for c in companies.into_iter().chain(own) {
            d.names.push((Name::of(&c.name), c.id.clone(), Via::Name));
            d.names.extend(c.aliases.iter().map(|a| (Name::of(a), c.id.clone(), Via::Alias)));
            d.companies.insert(c.id.clone(), c);
        }
        for c in customers {
            for contact in &c.contacts {
                let key = plain(contact);
                // 王经理 is at every customer; a messenger id or number is at one.
                if key.chars().count() >= 3 || key.is_ascii() {
                    d.contacts.entry(key).or_default().insert(c.id.clone());
                }
            }
            d.customers.insert(c.id.clone(), c);
        }
        d
    }

    pub fn is_own(&self, firm: &Firm) -> bool {
        match firm {
            Firm::Listed(id) => self.companies.get(id).is_some_and(|c| c.kind == "own"),
            Firm::Named(_) => false,
        }
    }

    pub fn is_competitor(&self, firm: &Firm) -> bool {
        match firm {
            Firm::Listed(id) => self.companies.get(id).is_some_and(|c| c.kind == "competitor"),
            Firm::Named(_) => false,
        }
    }

    pub fn name_of(&self, firm: &Firm) -> String {
        match firm {
            Firm::Listed(id) => self.companies.get(id).map_or_else(|| id.clone(), |c| c.name.clone()),
            Firm::Named(n) => n.written.clone(),
        }
    }

    pub fn customer_name(&self, id: &str) -> Option<&str> {
        self.customers.get(id).map(|c| c.name.as_str())
    }

    /// The company a field names: an id, a name or an alias. Of equally good ones an own company wins, so that none is
    /// taken for a stranger.
    pub fn firm(&self, text: &str) -> Option<(Firm, Via)> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if self.companies.contains_key(text) {
            return Some((Firm::Listed(text.to_owned()), Via::Id));
        }
        let name = Name::of(text);
        let mut found: Vec<(bool, bool, Via, &String)> = self
            .names
            .iter()
            .filter(|(n, ..)| n.agrees(&name))
            .map(|(n, id, via)| {
                let whole = n.equals(&name);
                (whole, self.is_own(&Firm::Listed(id.clone())), if whole { *via } else { Via::ShortName }, id)
            })
            .collect();
        found.sort();
        if let Some((.., via, id)) = found.pop() {
            return Some((Firm::Listed(id.clone()), via));
        }
        (name.core.chars().count() >= 2).then_some((Firm::Named(name), Via::Name))
    }

    /// The company behind a payer: by its name, its account or one of its people.
    pub fn payer(&self, name: &str, company: &str, account: &str) -> Vec<(Firm, Via)> {
        let mut all = Vec::new();
        for text in [company, name] {
            if let Some(hit) = self.firm(text) {
                all.push(hit);
            }
        }
        let account = plain(account);
        let person = name.trim();
        for c in self.companies.values() {
            if !account.is_empty() && c.accounts.iter().any(|a| plain(a) == account) {
                all.push((Firm::Listed(c.id.clone()), Via::Account));
            }
            if c.persons.iter().any(|p| same_person(p, person)) {
                all.push((Firm::Listed(c.id.clone()), Via::Person));
            }
        }
        all.sort();
        all.dedup();
        all
    }

    /// Two ways of naming a company that can be the same one.
    pub fn same(&self, a: &Firm, b: &Firm) -> bool {
        match (a, b) {
            // The same company may have been entered twice.
            (Firm::Listed(x), Firm::Listed(y)) => {
                x == y || self.names.iter().any(|(a, id, _)| id == x && self.names.iter().any(|(b, other, _)| other == y && a.agrees(b)))
            }
            (Firm::Named(x), Firm::Named(y)) => x.may_be(y),
            (Firm::Listed(id), Firm::Named(n)) | (Firm::Named(n), Firm::Listed(id)) => {
                self.names.iter().any(|(known, listed, _)| listed == id && known.may_be(n))
            }
        }
    }

    /// The same only by the short name: 鼎新建材 and 鼎新商贸.
    pub fn by_short_name(&self, a: &Firm, b: &Firm) -> bool {
        self.same(a, b)
            && match (a, b) {
                (Firm::Listed(_), Firm::Listed(_)) => false,
                (Firm::Named(x), Firm::Named(y)) => !x.agrees(y),
                (Firm::Listed(id), Firm::Named(n)) | (Firm::Named(n), Firm::Listed(id)) => {
                    !self.names.iter().any(|(known, listed, _)| listed == id && known.agrees(n))
                }
            }
    }

    /// Whether a text names this company: by name, alias, short name or one of its people.
    pub fn names(&self, text: &str, firm: &Firm) -> Option<Via> {
        let flat = plain(text);
        match firm {
            Firm::Named(n) => (named_in(&flat, text, &n.core)).then_some(Via::ShortName),
            Firm::Listed(id) => {
                let c = self.companies.get(id)?;
                let mut best = None;
                for (via, name) in std::iter::once((Via::Name, &c.name)).chain(c.aliases.iter().map(|a| (Via::Alias, a))) {
                    if named_in(&flat, text, name) {
                        best = best.max(Some(via));
                    } else if named_in(&flat, text, &Name::of(name).core) {
                        best = best.max(Some(Via::ShortName));
                    }
                }
                if c.persons.iter().any(|p| p.chars().count() >= 2 && named_in(&flat, text, p)) {
                    best = best.max(Some(Via::Person));
                }
                best
            }
        }
    }

    /// Outside companies that a text names, from those on the list.
    pub fn listed_in(&self, text: &str) -> Vec<Firm> {
        self.companies.values().filter(|c| c.kind != "own").map(|c| Firm::Listed(c.id.clone())).filter(|f| self.names(text, f).is_some()).collect()
    }

    /// The customers an outside party of a message can belong to.
    pub fn customers_of(&self, external: &str, name: &str, company: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for key in [external, name] {
            // A contact known at several customers points to none of them.
            if let Some(ids) = self.contacts.get(&plain(key)).filter(|ids| ids.len() == 1) {
                all.extend(ids.iter().cloned());
            }
        }
        if !company.is_empty() {
            let wanted = Name::of(company);
            let named: Vec<(&Customer, Name)> =
                self.customers.values().map(|c| (c, Name::of(&c.name))).filter(|(c, n)| c.id == company || n.agrees(&wanted)).collect();
            // 恒达建材 written out is not 恒达建材 of another town as well.
            let whole = named.iter().any(|(c, n)| c.id == company || n.equals(&wanted));
            all.extend(named.iter().filter(|(c, n)| !whole || c.id == company || n.equals(&wanted)).map(|(c, _)| c.id.clone()));
        }
        all
    }

    /// Whether a text names this customer.
    pub fn names_customer(&self, text: &str, id: &str) -> bool {
        self.customers.get(id).is_some_and(|c| {
            let flat = plain(text);
            named_in(&flat, text, &c.name) || named_in(&flat, text, &Name::of(&c.name).core)
        })
    }
}

/// 李建国, or as payment services print it: *建国, 李**, **国.
fn same_person(known: &str, written: &str) -> bool {
    if known.is_empty() || written.is_empty() {
        return false;
    }
    if known == written {
        return true;
    }
    let (known, written): (Vec<char>, Vec<char>) = (known.chars().collect(), written.chars().collect());
    let shown = written.iter().filter(|c| **c != '*' && **c != '＊').count();
    shown >= 2 && shown < written.len() && known.len() == written.len() && known.iter().zip(&written).all(|(k, w)| *w == '*' || *w == '＊' || k == w)
}
