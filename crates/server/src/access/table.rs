//! docs/access.md: every route, by shipped role and by where a person stands, generated from the rules. The committed
//! table is the one the rules give; `UPDATE=1` writes it anew.

use super::{
    Permission, Reach, Standing,
    matrix::{ROUTES, Role, Rule},
};
use std::fmt::Write;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/access.md");

fn letter(rule: Rule, role: Role, standing: Standing) -> &'static str {
    let grants = standing.leaves(role.grants());
    if !rule.admits(Some(&grants)) {
        return "·";
    }
    let Rule::Any(list) = rule else { return "●" };
    match list.iter().map(|p| grants.reach(*p)).max().unwrap_or_default() {
        Reach::None => "·",
        Reach::Own => "own",
        Reach::Team => "team",
        Reach::All => "●",
    }
}

fn words(rule: Rule) -> String {
    match rule {
        Rule::Anyone => "anyone".into(),
        Rule::SignedIn => "signed in".into(),
        Rule::Any(list) => list.iter().map(|p| p.name()).collect::<Vec<_>>().join(" or "),
        Rule::LogReader | Rule::Metrics => Permission::LogSee.name().into(),
    }
}

fn table() -> String {
    let mut out = String::from(
        "# Who may call what\n\nGenerated from `access::matrix` and `access::standing` (`UPDATE=1 cargo nextest run -p probity-server table`); a test holds that it is\ncurrent. ● everything within reach of the handler · own · team · `·` refused. A route that is not here is refused to everyone.\n\
         Roles are as shipped; a company changes them on the page of roles. A role it changed before there were rights to assets\nis given, on upgrade, what the shipped role it is a kind of has of them (`m0125_asset_rights`), unless it ever said something\nof assets itself. Beyond the route, every handler asks whose rows may be shown, and nobody reaches a case or an alert they\nare recused from.\n",
    );
    for standing in Standing::ALL {
        let _ = write!(out, "\n## {}\n\n| route | rule |", standing.name());
        for role in Role::ALL {
            let _ = write!(out, " {} |", role.name());
        }
        out.push_str("\n|---|---|");
        out.push_str(&"---|".repeat(Role::ALL.len()));
        out.push('\n');
        for (method, path, rule) in ROUTES {
            let _ = write!(out, "| {method} {path} | {} |", words(*rule));
            for role in Role::ALL {
                let _ = write!(out, " {} |", letter(*rule, role, standing));
            }
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_committed_table_is_what_the_rules_give() {
    let fresh = table();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PATH, &fresh).expect("docs can be written");
    }
    let committed = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(committed == fresh, "docs/access.md is out of date: UPDATE=1 cargo nextest run -p probity-server the_committed_table");
}

#[test]
fn who_has_left_reaches_the_own_page_and_nothing_of_the_company() {
    let open = ["/api/v1/session", "/api/v1/company", "/api/v1/events", "/api/v1/overview"];
    for role in Role::ALL {
        for (method, path, rule) in ROUTES {
            // Passwords and sessions of their own are everyone's, as long as they can sign in.
            if *rule == Rule::Anyone || open.contains(path) && *method == "GET" || path.starts_with("/api/v1/account") {
                continue;
            }
            let reach = letter(*rule, role, Standing::Left);
            assert!(matches!(reach, "·" | "own"), "{method} {path} for {} after leaving: {reach}", role.name());
        }
    }
}

#[test]
fn resigning_takes_nothing_but_what_is_listed() {
    let withheld = [
        Permission::PeopleExport,
        Permission::CustomersExport,
        Permission::CustomersAssign,
        Permission::HandoversExport,
        Permission::CasesExport,
        Permission::ImportsRun,
        Permission::TokensEdit,
        Permission::UsersEdit,
        Permission::UsersApprove,
        Permission::RolesEdit,
    ];
    for role in Role::ALL {
        let (before, after) = (role.grants(), Standing::Resigning.leaves(role.grants()));
        for p in Permission::ALL {
            let expected = if withheld.contains(p) { Reach::None } else { before.reach(*p) };
            assert_eq!(after.reach(*p), expected, "{p} of {}", role.name());
        }
    }
}
