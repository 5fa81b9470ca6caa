//! Whatever leads a list (a name few have, a name many have, one seller, a team of a handful, a team of thousands, nobody)
//! it shows what going through everything shows, page after page.

use crate::{
    customers::{api::CustomerFilter, list, reach::Whose},
    people::{names::SOME, search},
    testing::{NOW, TestCompany, on_each_engine},
};
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;

const CUSTOMERS: usize = 6_000;
/// Below the director; the first 20 below M20, the first 300 below M300.
const SELLERS: usize = 1_200;
/// More than this many customers have forms that begin like that, so all are gone through.
const MANY: &str = "长安";

struct One {
    id: String,
    name: String,
    high: bool,
    holder: Option<usize>,
}

/// Some held now, some no longer, some not yet, some only by mistake; holders of the first customers have no others.
fn customers() -> Vec<One> {
    (0..CUSTOMERS)
        .map(|n| {
            let place = ["上海", "广州", "北京"][n % 3];
            let rare = if n % 1500 == 7 { "鱻" } else { "" };
            let trade = if n % 2 == 0 {
                "建材"
            } else if n % 7 == 0 {
                MANY
            } else {
                "五金"
            };
            let holder = match n % 11 {
                0 => None,
                // Sellers of a team of thousands who hold the last of all only.
                _ if n > CUSTOMERS - 400 => Some(SELLERS - 1 - n % 40),
                _ => Some((n * 7919) % (SELLERS - 40)),
            };
            One { id: format!("C{n:05}"), name: format!("{place}{rare}{trade}{n}号"), high: n % 13 == 0, holder }
        })
        .collect()
}

async fn fill(t: &TestCompany, all: &[One]) {
    let tx = t.store.write().await.unwrap();
    let (before, later) = (NOW - 1_000_000, NOW + 1_000_000_000_000);
    let mut rows = vec![("D".to_owned(), "NULL".to_owned()), ("M300".into(), "'D'".into()), ("M20".into(), "'M300'".into())];
    rows.extend((0..SELLERS).map(|s| {
        (
            format!("S{s:04}"),
            format!(
                "'{}'",
                if s < 20 {
                    "M20"
                } else if s < 300 {
                    "M300"
                } else {
                    "D"
                }
            ),
        )
    }));
    let people: Vec<String> = rows.iter().map(|(n, m)| format!("('{n}','{n}',{m},'active','[]','[]','[]','',FALSE,0)")).collect();
    let mut forms = Vec::new();
    let (mut described, mut served) = (Vec::new(), Vec::new());
    for (n, one) in all.iter().enumerate() {
        let text = search::text(&one.id, &[&one.name]);
        forms.extend(search::forms(&text).into_iter().map(|f| (f, one.id.clone())));
        let tier = if one.high { "high_value" } else { "normal" };
        let unserved = if one.holder.is_some() { "FALSE" } else { "TRUE" };
        described.push(format!("('{}','{}','{tier}','[]','[]','{text}',FALSE,0,{unserved})", one.id, one.name));
        let mut assign = |k: usize, seller: usize, from: i64, end: &str, corrected: &str| {
            served.push(format!("({},'{}','S{seller:04}',{from},{end},{from},{corrected})", 1_000_000 + 10 * n + k, one.id));
        };
        if let Some(holder) = one.holder {
            assign(0, holder, before, "NULL", "NULL");
            assign(1, (n * 31) % SELLERS, before, &before.to_string(), "NULL");
        }
        if n % 5 == 0 {
            assign(2, (n * 37) % SELLERS, before, "NULL", &before.to_string());
        }
        if n % 22 == 0 {
            assign(3, (n * 41) % SELLERS, later, "NULL", "NULL");
        }
    }
    for (into, rows) in [
        ("people (number,name,manager,status,accounts,phones,emails,search,placeholder,as_of)", people),
        ("customers (customer,name,tier,sites,contacts,search,placeholder,as_of,unserved)", described),
        ("customer_assignments (idx,customer,employee,valid_from,ends_at,known_at,corrected_at)", served),
    ] {
        for part in rows.chunks(500) {
            tx.execute_unprepared(&format!("INSERT INTO {into} VALUES {}", part.join(","))).await.unwrap();
        }
    }
    forms.extend((0..=SOME).map(|n| (format!("{MANY}{n}").into_bytes(), format!("X{n}"))));
    crate::customers::names::CUSTOMERS.add(&tx, forms).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_through_a_list_shows_what_going_through_everything_shows() {
    on_each_engine(|t| async move {
        let all = customers();
        fill(&t, &all).await;
        let team = |most: usize| (0..SELLERS).filter(|s| *s < most).collect::<BTreeSet<_>>();
        let reaches = [
            (Whose::Everyones, None),
            (Whose::Teams("D".into()), Some(team(SELLERS))),
            (Whose::Teams("M300".into()), Some(team(300))),
            (Whose::Teams("M20".into()), Some(team(20))),
            (Whose::Own("S0777".into()), Some(BTreeSet::from([777]))),
            (Whose::Own(format!("S{:04}", SELLERS - 1)), Some(BTreeSet::from([SELLERS - 1]))),
            (Whose::Nobodys, Some(BTreeSet::new())),
        ];
        let filters = [
            (None, None, None, None),
            (Some("鱻"), None, None, None),
            (Some("建材"), None, None, None),
            (Some(MANY), None, None, None),
            (Some("建材123号"), None, None, None),
            (Some("没有的"), None, None, None),
            (None, None, Some("high_value"), None),
            (Some("建材"), None, Some("high_value"), None),
            (None, Some(5), None, None),
            (Some("建材"), Some(5), None, None),
            (None, None, None, Some("nobody")),
            (Some("建材"), None, None, Some("nobody")),
            (Some(MANY), None, None, Some("nobody")),
        ];
        for (whose, team) in &reaches {
            for (q, employee, tier, held) in &filters {
                let text = |t: &Option<&str>| t.map(str::to_owned);
                let filter = CustomerFilter { q: text(q), employee: employee.map(|s| format!("S{s:04}")), tier: text(tier), held: text(held) };
                let expected: Vec<&str> = all
                    .iter()
                    .filter(|c| team.as_ref().is_none_or(|team| c.holder.is_some_and(|h| team.contains(&h))))
                    .filter(|c| q.is_none_or(|q| c.name.contains(q)))
                    .filter(|c| employee.is_none_or(|e| c.holder == Some(e)))
                    .filter(|c| tier.is_none() || c.high)
                    .filter(|c| held.is_none() || c.holder.is_none())
                    .map(|c| c.id.as_str())
                    .collect();
                let (mut shown, mut after) = (Vec::new(), None);
                // The first pages are short ones, as a person sees them.
                for limit in [7, 51].into_iter().chain(std::iter::repeat(2_000)) {
                    let rows = list::page(&t, whose, &filter, after, limit).await.unwrap();
                    assert!(rows.len() as u64 <= limit);
                    let ended = (rows.len() as u64) < limit;
                    shown.extend(rows.into_iter().map(|r| r.customer));
                    after = shown.last().cloned();
                    if ended {
                        break;
                    }
                }
                assert!(shown == expected, "{}: {whose:?} {filter:?}: {} of {}", t.engine, shown.len(), expected.len());
            }
        }
    })
    .await;
}

/// A team of twenty with thousands of customers, and a name that thousands bear: what both have lies here and there, is read
/// in many steps, and some are served by two assignments.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_small_team_and_a_frequent_name_have_in_common_is_found_step_by_step() {
    on_each_engine(|t| async move {
        let of_the_team = |n: usize| (1_500..4_500).contains(&n) || n == CUSTOMERS - 1;
        let named = |n: usize| n < 1_600 || (n > 2_900 && n % 3 == 0) || n == CUSTOMERS - 1;
        let all: Vec<One> = (0..CUSTOMERS)
            .map(|n| One {
                id: format!("C{n:05}"),
                name: format!("{}{n}号", if named(n) { "建材" } else { "五金" }),
                high: n % 2 == 0,
                holder: Some(if of_the_team(n) { n % 20 } else { 400 + n % 200 }),
            })
            .collect();
        fill(&t, &all).await;
        let tx = t.store.write().await.unwrap();
        for n in (1_500..4_500).step_by(4) {
            let (idx, before, until) = (5_000_000 + n, NOW - 500_000, NOW + 9_000_000_000);
            let row = format!("({idx},'C{n:05}','S{:04}',{before},{until},{before},NULL)", n % 20);
            tx.execute_unprepared(&format!("INSERT INTO customer_assignments (idx,customer,employee,valid_from,ends_at,known_at,corrected_at) VALUES {row}"))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        for tier in [None, Some("high_value")] {
            for q in [None, Some("建材")] {
                let filter = CustomerFilter { q: q.map(str::to_owned), tier: tier.map(str::to_owned), ..CustomerFilter::default() };
                let fits = |(n, c): &(usize, &One)| of_the_team(*n) && (q.is_none() || named(*n)) && (tier.is_none() || c.high);
                let expected: Vec<&str> = all.iter().enumerate().filter(fits).map(|(_, c)| c.id.as_str()).collect();
                for limit in [50, 700, 2_000] {
                    let (mut shown, mut after) = (Vec::new(), None);
                    loop {
                        let rows = list::page(&t, &Whose::Teams("M20".into()), &filter, after, limit).await.unwrap();
                        let ended = (rows.len() as u64) < limit;
                        shown.extend(rows.into_iter().map(|r| r.customer));
                        after = shown.last().cloned();
                        if ended {
                            break;
                        }
                    }
                    assert!(shown == expected, "{}: {filter:?} by {limit}: {} of {}", t.engine, shown.len(), expected.len());
                }
            }
        }
    })
    .await;
}
