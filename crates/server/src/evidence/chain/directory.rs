//! Who is who: companies by name, alias, person and account; customers by name and contact.
//! A company nobody entered is still somebody: it is known by its name alone.

use super::names::{Name, Text, Wanted, plain};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

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

/// Made once for a look at an employee and then asked for every message, deed and payment: names are taken apart and
/// indexed here and nowhere else.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    listed: Arc<Listed>,
    customers: BTreeMap<String, Buyer>,
    customers_by_core: HashMap<String, Vec<String>>,
    contacts: BTreeMap<String, BTreeSet<String>>,
}

/// The companies somebody entered: the same for every employee.
#[derive(Debug, Default)]
pub struct Listed {
    companies: BTreeMap<String, Known>,
    names: Vec<(Name, String, Via)>,
    /// Places in `names` by core: names that agree have the same one.
    by_core: HashMap<String, Vec<usize>>,
    /// Companies by account and by person, as they are written.
    accounts: HashMap<String, Vec<String>>,
    persons: HashMap<String, Vec<String>>,
}

#[derive(Debug, Clone)]
struct Known {
    kind: String,
    name: String,
    /// What it is called, each whole and reduced to its core.
    called: Vec<(Via, Wanted, Wanted)>,
    persons: Vec<Wanted>,
    /// Places in `names`.
    names: Vec<usize>,
}

#[derive(Debug, Clone)]
struct Buyer {
    written: String,
    name: Name,
    whole: Wanted,
    core: Wanted,
}

impl Listed {
    pub fn new(companies: Vec<Company>, own_names: &[String]) -> Self {
        let mut listed = Self::default();
        let own = own_names.iter().filter(|n| !n.trim().is_empty()).enumerate().map(|(i, n)| Company {
            id: format!("own:{i}"),
            name: n.clone(),
            kind: "own".into(),
            ..Company::default()
        });
        for c in companies.into_iter().chain(own) {
            listed.add(c);
        }
        listed
    }

    fn add(&mut self, c: Company) {
        let mut known = Known { kind: c.kind, name: c.name.clone(), called: Vec::new(), persons: Vec::new(), names: Vec::new() };
        for (via, written) in std::iter::once((Via::Name, &c.name)).chain(c.aliases.iter().map(|a| (Via::Alias, a))) {
            let name = Name::of(written);
            known.called.push((via, Wanted::of(written), Wanted::of(&name.core)));
            known.names.push(self.names.len());
            self.by_core.entry(name.core.clone()).or_default().push(self.names.len());
            self.names.push((name, c.id.clone(), via));
        }
        for account in c.accounts.iter().map(|a| plain(a)).filter(|a| !a.is_empty()) {
            self.accounts.entry(account).or_default().push(c.id.clone());
        }
        for person in c.persons.into_iter().filter(|p| !p.is_empty()) {
            if person.chars().count() >= 2 {
                known.persons.push(Wanted::of(&person));
            }
            self.persons.entry(person).or_default().push(c.id.clone());
        }
        self.companies.insert(c.id, known);
    }
}

impl Directory {
    pub fn new(companies: Vec<Company>, customers: Vec<Customer>, own_names: &[String]) -> Self {
        Self::of(Arc::new(Listed::new(companies, own_names)), customers)
    }

    pub fn of(listed: Arc<Listed>, customers: Vec<Customer>) -> Self {
        let mut d = Self { listed, ..Self::default() };
        for c in customers {
            for contact in &c.contacts {
                let key = plain(contact);
                // 王经理 is at every customer; a messenger id or number is at one.
                if key.chars().count() >= 3 || key.is_ascii() {
                    d.contacts.entry(key).or_default().insert(c.id.clone());
                }
            }
            let name = Name::of(&c.name);
            d.customers_by_core.entry(name.core.clone()).or_default().push(c.id.clone());
            let (whole, core) = (Wanted::of(&c.name), Wanted::of(&name.core));
            d.customers.insert(c.id, Buyer { written: c.name, name, whole, core });
        }
        d
    }

    pub fn is_own(&self, firm: &Firm) -> bool {
        match firm {
            Firm::Listed(id) => self.listed.companies.get(id).is_some_and(|c| c.kind == "own"),
            Firm::Named(_) => false,
        }
    }

    pub fn is_competitor(&self, firm: &Firm) -> bool {
        match firm {
            Firm::Listed(id) => self.listed.companies.get(id).is_some_and(|c| c.kind == "competitor"),
            Firm::Named(_) => false,
        }
    }

    pub fn name_of(&self, firm: &Firm) -> String {
        match firm {
            Firm::Listed(id) => self.listed.companies.get(id).map_or_else(|| id.clone(), |c| c.name.clone()),
            Firm::Named(n) => n.written.clone(),
        }
    }

    pub fn customer_name(&self, id: &str) -> Option<&str> {
        self.customers.get(id).map(|c| c.written.as_str())
    }

    /// The company a field names: an id, a name or an alias. Of equally good ones an own company wins, so that none is
    /// taken for a stranger.
    pub fn firm(&self, text: &str) -> Option<(Firm, Via)> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if self.listed.companies.contains_key(text) {
            return Some((Firm::Listed(text.to_owned()), Via::Id));
        }
        let name = Name::of(text);
        let mut found: Vec<(bool, bool, Via, &String)> = self
            .alike(&name)
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

    /// Names of the same core; no other can agree.
    fn alike(&self, name: &Name) -> impl Iterator<Item = &(Name, String, Via)> {
        self.listed.by_core.get(&name.core).into_iter().flatten().map(|at| &self.listed.names[*at])
    }

    /// The company behind a payer: by its name, its account or one of its people.
    pub fn payer(&self, name: &str, company: &str, account: &str) -> Vec<(Firm, Via)> {
        let mut all = Vec::new();
        for text in [company, name] {
            if let Some(hit) = self.firm(text) {
                all.push(hit);
            }
        }
        let listed = |ids: &Vec<String>, via| ids.iter().map(|id| (Firm::Listed(id.clone()), via)).collect::<Vec<_>>();
        all.extend(self.listed.accounts.get(&plain(account)).into_iter().flat_map(|ids| listed(ids, Via::Account)));
        let person = name.trim();
        if person.contains(['*', '＊']) {
            all.extend(self.listed.persons.iter().filter(|(known, _)| same_person(known, person)).flat_map(|(_, ids)| listed(ids, Via::Person)));
        } else {
            all.extend(self.listed.persons.get(person).into_iter().flat_map(|ids| listed(ids, Via::Person)));
        }
        all.sort();
        all.dedup();
        all
    }

    /// Two ways of naming a company that can be the same one.
    pub fn same(&self, a: &Firm, b: &Firm) -> bool {
        match (a, b) {
            // The same company may have been entered twice.
            (Firm::Listed(x), Firm::Listed(y)) => x == y || self.names_of(x).any(|name| self.alike(name).any(|(n, other, _)| other == y && n.agrees(name))),
            (Firm::Named(x), Firm::Named(y)) => x.may_be(y),
            (Firm::Listed(id), Firm::Named(n)) | (Firm::Named(n), Firm::Listed(id)) => self.alike(n).any(|(known, listed, _)| listed == id && known.may_be(n)),
        }
    }

    /// The same only by the short name: 鼎新建材 and 鼎新商贸.
    pub fn by_short_name(&self, a: &Firm, b: &Firm) -> bool {
        self.same(a, b)
            && match (a, b) {
                (Firm::Listed(_), Firm::Listed(_)) => false,
                (Firm::Named(x), Firm::Named(y)) => !x.agrees(y),
                (Firm::Listed(id), Firm::Named(n)) | (Firm::Named(n), Firm::Listed(id)) => {
                    !self.alike(n).any(|(known, listed, _)| listed == id && known.agrees(n))
                }
            }
    }

    fn names_of(&self, company: &str) -> impl Iterator<Item = &Name> {
        self.listed.companies.get(company).into_iter().flat_map(|c| &c.names).map(|at| &self.listed.names[*at].0)
    }

    /// Whether a text names this company: by name, alias, short name or one of its people.
    pub fn names(&self, text: &Text, firm: &Firm) -> Option<Via> {
        match firm {
            Firm::Named(n) => text.names(&Wanted::of(&n.core)).then_some(Via::ShortName),
            Firm::Listed(id) => {
                let c = self.listed.companies.get(id)?;
                let mut best = None;
                for (via, whole, core) in &c.called {
                    if text.names(whole) {
                        best = best.max(Some(*via));
                    } else if text.names(core) {
                        best = best.max(Some(Via::ShortName));
                    }
                }
                if c.persons.iter().any(|p| text.names(p)) {
                    best = best.max(Some(Via::Person));
                }
                best
            }
        }
    }

    /// Outside companies that a text names, from those on the list.
    pub fn listed_in(&self, text: &str) -> Vec<Firm> {
        let text = Text::of(text);
        let outside = self.listed.companies.iter().filter(|(_, c)| c.kind != "own");
        outside.map(|(id, _)| Firm::Listed(id.clone())).filter(|f| self.names(&text, f).is_some()).collect()
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
            let by_id = self.customers.contains_key(company);
            let alike = self.customers_by_core.get(&wanted.core).into_iter().flatten().filter_map(|id| Some((id, &self.customers.get(id)?.name)));
            let alike: Vec<(&String, &Name)> = alike.filter(|(_, name)| name.agrees(&wanted)).collect();
            // 恒达建材 written out is not 恒达建材 of another town as well.
            let whole = by_id || alike.iter().any(|(_, name)| name.equals(&wanted));
            all.extend(by_id.then(|| company.to_owned()));
            all.extend(alike.into_iter().filter(|(_, name)| !whole || name.equals(&wanted)).map(|(id, _)| id.clone()));
        }
        all
    }

    /// Whether a text names this customer.
    pub fn names_customer(&self, text: &Text, id: &str) -> bool {
        self.customers.get(id).is_some_and(|c| text.names(&c.whole) || text.names(&c.core))
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
