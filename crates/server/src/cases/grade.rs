//! 可采性等级: how an item would stand before a court, from what was recorded about it, never from what it says.
//!
//! The eight questions are those of 民诉解释 106, 证据规定 14, 15, 90, 93, 94, 在线诉讼规则 16–19 (LAW part E). Each answers
//! with what is missing. A: nothing weighty is missing. B: one weighty gap. C: two or three. D: more, or a fault that
//! a court would not overlook (content erased, no lawful basis). The grade advises; it decides nothing (LAW R10).

use crate::{
    company::Company,
    error::Result,
    intake::sources::{self, Source},
    people,
    records::{
        machine::{self, Opened},
        model::record,
    },
    said::Said,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use serde_json::Value;
use std::{collections::HashMap, sync::RwLock};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    /// `A` to `D`.
    pub letter: char,
    pub missing: Vec<Said>,
    /// Name of the source as registered.
    pub source_name: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Worth saying; opposing counsel will ask.
    Light,
    Weighty,
    Fatal,
}

/// What the log says about integrity, the same for every item of a case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Integrity {
    /// Size of the newest published checkpoint.
    pub published: i64,
    /// Size of the newest checkpoint with an RFC 3161 time stamp.
    pub stamped: i64,
}

/// Grades these records for a case opened at `case_opened_at`. The rules read, no person does: this is no look.
pub async fn of_records(company: &Company, case_opened_at: i64, indices: &[i64], integrity: Integrity) -> Result<HashMap<i64, Grade>> {
    let known = company.graded.of(company, indices).await?;
    of_known(company, case_opened_at, &known, integrity).await
}

/// The same for records that are open already.
pub async fn of_opened(company: &Company, case_opened_at: i64, opened: &[Opened], integrity: Integrity) -> Result<HashMap<i64, Grade>> {
    let known: Vec<Known> = opened.iter().map(Known::of).collect();
    of_known(company, case_opened_at, &known, integrity).await
}

/// What a grade asks of a record: its envelope, and of its content no more than these.
struct Known {
    idx: i64,
    kind: String,
    source: String,
    employee: Option<String>,
    at: i64,
    received_at: i64,
    /// `None` where the content was erased.
    content: Option<Traits>,
}

/// What never changes about a record's content.
#[derive(Debug, Clone, Copy)]
struct Traits {
    /// The original system's own data came along.
    native: bool,
    /// Private books, handed over voluntarily.
    voluntary: bool,
}

impl Known {
    fn of(o: &Opened) -> Self {
        let content = o.content.as_ref().map(|_| Traits {
            native: o.data().is_some_and(|d| ["raw", "attachments", "photo", "file"].iter().any(|name| d.contains_key(*name))),
            voluntary: o.data().is_some_and(|d| d.get("basis").and_then(Value::as_str) == Some("voluntary_submission")),
        });
        Self {
            idx: o.row.idx,
            kind: o.row.kind.clone(),
            source: o.row.source.clone(),
            employee: o.row.employee.clone(),
            at: o.row.at,
            received_at: o.row.received_at,
            content,
        }
    }
}

/// Remembers the traits of records that were opened for a grade: a case is looked at often, and what is in a record
/// never changes. Whether it was erased is asked each time.
#[derive(Default)]
pub struct Graded(RwLock<HashMap<i64, Traits>>);

/// Traits are two flags; this many take some megabytes.
const MOST_REMEMBERED: usize = 200_000;
type Envelope = (i64, String, String, Option<String>, i64, i64, i32);

impl Graded {
    async fn of(&self, company: &Company, indices: &[i64]) -> Result<Vec<Known>> {
        let mut all = Vec::with_capacity(indices.len());
        let remembered: HashMap<i64, Traits> = {
            let traits = self.0.read().expect("no holder of this lock panics");
            indices.iter().filter_map(|idx| Some((*idx, *traits.get(idx)?))).collect()
        };
        let (known, unknown): (Vec<i64>, Vec<i64>) = indices.iter().copied().partition(|idx| remembered.contains_key(idx));
        for part in known.chunks(1000) {
            let rows: Vec<Envelope> = record::Entity::find()
                .select_only()
                .columns([record::Column::Idx, record::Column::Kind, record::Column::Source, record::Column::Employee])
                .columns([record::Column::At, record::Column::ReceivedAt])
                .expr_as(Expr::cust("LENGTH(sealed)"), "held")
                .filter(record::Column::Idx.is_in(part.iter().copied()))
                .into_tuple()
                .all(company.store.read())
                .await?;
            all.extend(rows.into_iter().map(|(idx, kind, source, employee, at, received_at, held)| Known {
                content: remembered.get(&idx).copied().filter(|_| held > 0),
                idx,
                kind,
                source,
                employee,
                at,
                received_at,
            }));
        }
        let opened: Vec<Known> = machine::open(company, &unknown).await?.iter().map(Known::of).collect();
        let mut traits = self.0.write().expect("no holder of this lock panics");
        if traits.len() > MOST_REMEMBERED {
            traits.clear();
        }
        traits.extend(opened.iter().filter_map(|k| Some((k.idx, k.content?))));
        drop(traits);
        all.extend(opened);
        Ok(all)
    }
}

async fn of_known(company: &Company, case_opened_at: i64, known: &[Known], integrity: Integrity) -> Result<HashMap<i64, Grade>> {
    let sources: HashMap<String, Source> = sources::all(company).await?.into_iter().map(|s| (s.source.clone(), s)).collect();
    let mut signed: HashMap<String, Vec<(i64, String, String)>> = HashMap::new();
    let mut employees: Vec<String> = known.iter().filter_map(|o| o.employee.clone()).collect();
    employees.sort_unstable();
    employees.dedup();
    for number in employees {
        let documents = people::documents_of(company.store.read(), &number).await?;
        signed.insert(number, documents.into_iter().map(|d| (d.signed_at, d.document, d.title)).collect());
    }
    Ok(known
        .iter()
        .map(|o| {
            let papers = o.employee.as_ref().and_then(|number| signed.get(number)).map_or(&[][..], Vec::as_slice);
            (o.idx, one(o, sources.get(&o.source), papers, case_opened_at, integrity))
        })
        .collect())
}

fn one(o: &Known, source: Option<&Source>, signed: &[(i64, String, String)], case_opened_at: i64, integrity: Integrity) -> Grade {
    let mut gaps: Vec<(Weight, Said)> = Vec::new();
    let mut gap = |weight, zh: &str, en: &str| gaps.push((weight, Said::new(zh, en)));
    let own = o.source.starts_with("/probity/");
    // Lawfully obtained: 个保法 13–17, 民诉解释 106.
    let basis = source.and_then(|s| s.basis.as_ref());
    match basis {
        _ if own => {}
        None => gap(Weight::Fatal, "来源没有登记处理的合法性基础（个保法第13条）", "the source has no registered lawful basis (PIPL 13)"),
        Some(b) => {
            if b.notice.trim().is_empty() {
                gap(Weight::Weighty, "来源没有登记告知书（个保法第17条）", "no notice is registered for the source (PIPL 17)");
            }
            if b.notice_version.trim().is_empty() {
                gap(
                    Weight::Light,
                    "告知书没有版本号，难以证明当时的内容（个保法第17条）",
                    "the notice has no version, so its text at the time is hard to prove (PIPL 17)",
                );
            }
        }
    }
    let told = |kinds: &[&str]| signed.iter().any(|(at, document, _)| *at <= o.at && kinds.contains(&document.as_str()));
    let observes = matches!(o.kind.as_str(), "message.sent" | "call.made" | "track.recorded" | "visit.checked_in" | "customer.accessed");
    if observes && o.employee.is_some() && !told(&["notice", "policy", "contract"]) {
        gap(
            Weight::Weighty,
            "未见该员工在此之前签收告知书或制度的记录（劳动合同法第4条、个保法第17条）",
            "no record that the employee had acknowledged the notice or policy before this (LCL 4, PIPL 17)",
        );
    }
    if o.kind == "transfer.booked"
        && o.content.is_some_and(|c| c.voluntary)
        && !signed.iter().any(|(_, _, title)| title.contains("流水") || title.contains("声明") || title.to_lowercase().contains("statement"))
    {
        gap(
            Weight::Weighty,
            "未见自愿提供流水的签字声明（民法典第1033条）",
            "no signed statement that the books were handed over voluntarily (Civil Code 1033)",
        );
    }

    // Source and original: 证据规定 14, 15.
    match o.content {
        None => gap(Weight::Fatal, "内容已依法删除，只剩日志中的指纹", "the content was lawfully erased; only its fingerprint in the log is left"),
        Some(content) if own || content.native => {}
        Some(_) => gap(
            Weight::Light,
            "未附原系统的原始数据，庭审时需出示原始载体或由对方确认（民事证据规定第15条）",
            "the original system's own data is not attached; its carrier has to be shown, or the other side has to agree (Civil Evidence Rules 15)",
        ),
    }
    // Normal business, before or after the dispute: 证据规定 94.
    if o.received_at >= case_opened_at && !own {
        gap(
            Weight::Weighty,
            "在立案之后才采集，不是日常业务中形成的留存（民事证据规定第94条）",
            "collected after the case was opened, not kept in the ordinary course of business (Civil Evidence Rules 94)",
        );
    } else if o.received_at - o.at > 7 * 86_400_000_000 && !own {
        gap(
            Weight::Light,
            "事后补录（超过 7 天），采集前是否完整需另行说明（民事证据规定第94条）",
            "recorded more than 7 days afterwards; that it was whole before has to be shown otherwise (Civil Evidence Rules 94)",
        );
    }
    // Unaltered: 电子签名法 5, 在线诉讼规则 16, 18.
    if integrity.published <= o.idx {
        gap(Weight::Weighty, "尚未进入已公布的检查点（电子签名法第5条）", "not yet covered by a published checkpoint (Electronic Signature Law 5)");
    }
    if integrity.stamped <= o.idx {
        gap(Weight::Weighty, "尚无可信时间戳覆盖（电子签名法第5条）", "no trusted time stamp covers it yet (Electronic Signature Law 5)");
    }
    // Environment: 证据规定 93(1)–(3).
    if !own {
        gap(
            Weight::Light,
            "原系统的运行环境与时钟未经第三方检查（民事证据规定第93条）",
            "the original system and its clock were not checked by a third party (Civil Evidence Rules 93)",
        );
    }

    let weighty = gaps.iter().filter(|(w, _)| *w == Weight::Weighty).count();
    let fatal = gaps.iter().any(|(w, _)| *w == Weight::Fatal);
    let letter = match weighty {
        _ if fatal => 'D',
        0 => 'A',
        1 => 'B',
        2 | 3 => 'C',
        _ => 'D',
    };
    gaps.sort_by_key(|(w, _)| match w {
        Weight::Fatal => 0,
        Weight::Weighty => 1,
        Weight::Light => 2,
    });
    let source_name = source.map(|s| s.name.clone()).filter(|n| !n.is_empty());
    let source_name = source_name.unwrap_or_else(|| if own { "守正 Probity".to_owned() } else { o.source.clone() });
    Grade { letter, missing: gaps.into_iter().map(|(_, said)| said).collect(), source_name }
}
