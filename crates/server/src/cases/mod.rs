//! Cases 案件: why somebody's records are being looked at, by whom, with what, and how it ended.
//!
//! Every act is first a record (`/probity/cases`) and the tables here follow from it in the same transaction
//! ([`FollowCases`]), so a case can be read back from the log alone. `grade` says how well an item would stand
//! before a court (LAW part E). What is *not* here: the legal process with its steps and clocks (a later room),
//! opening content (records), the package (evidence). Start with [`acts`].

pub mod acts;
pub mod api;
mod follow;
pub mod grade;
pub mod model;
pub mod read;
pub mod recuse;
#[cfg(test)]
pub mod tests;

pub use follow::FollowCases;

use crate::{
    access::Caller,
    company::Company,
    error::{Problem, Result},
    records::{employee_subject, model::subject},
};
use model::{case, case_record};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use std::collections::HashSet;

/// The room's source name in the log.
pub const ROOM: &str = "cases";
pub const SOURCE: &str = "/probity/cases";

/// The case, or “not found”: whether a case exists is itself a secret.
pub async fn find(company: &Company, id: &str) -> Result<case::Model> {
    Ok(case::Entity::find_by_id(id).one(company.store.read()).await?.ok_or_else(Problem::not_found)?)
}

/// The same for somebody: nobody reads, works on, or learns of a case about themselves, a relative, or a matter they
/// are implicated in ([`recuse`]).
pub async fn find_for(company: &Company, caller: &Caller, id: &str) -> Result<case::Model> {
    let case = find(company, id).await?;
    if caller.is_recused_from(&case.employee) { Err(Problem::not_found().into()) } else { Ok(case) }
}

/// Do records about this employee have to stay because of a case: an open one about them, or one that holds such records?
pub async fn holds(company: &Company, employee: &str) -> Result<bool> {
    let db = company.store.read();
    let about = subject::Entity::find().select_only().column(subject::Column::Idx).filter(subject::Column::Subject.eq(employee_subject(employee)));
    let with = case_record::Entity::find().select_only().column(case_record::Column::CaseId).filter(case_record::Column::Idx.in_subquery(about.into_query()));
    let open = case::Entity::find()
        .filter(case::Column::Status.eq("open"))
        .filter(Condition::any().add(case::Column::Employee.eq(employee)).add(case::Column::Id.in_subquery(with.into_query())));
    Ok(open.one(db).await?.is_some())
}

/// A case that may still be worked on.
pub async fn find_open(company: &Company, id: &str) -> Result<case::Model> {
    let case = find(company, id).await?;
    if case.status != "open" {
        return Err(Problem::conflict("case_closed", "案件已结案。请先写明理由重新打开，再继续。", "The case is closed. Reopen it with a reason first.").into());
    }
    Ok(case)
}

/// Content may be opened under a case only where it belongs to it: records in the case, and records about its
/// employee. Others have to be put into the case first, with a reason.
pub async fn check_look(company: &Company, caller: &Caller, id: &str, indices: &[i64]) -> Result<case::Model> {
    find_for(company, caller, id).await?;
    belong(company, id, indices).await
}

/// The same where it is known who asked.
pub async fn belong(company: &Company, id: &str, indices: &[i64]) -> Result<case::Model> {
    let case = find_open(company, id).await?;
    let mut outside: HashSet<i64> = indices.iter().copied().collect();
    for part in indices.chunks(1000) {
        let inside: Vec<i64> = case_record::Entity::find()
            .select_only()
            .column(case_record::Column::Idx)
            .filter(case_record::Column::CaseId.eq(&case.id))
            .filter(case_record::Column::Idx.is_in(part.iter().copied()))
            .into_tuple()
            .all(company.store.read())
            .await?;
        let about: Vec<i64> = subject::Entity::find()
            .select_only()
            .column(subject::Column::Idx)
            .filter(subject::Column::Idx.is_in(part.iter().copied()))
            .filter(subject::Column::Subject.eq(employee_subject(&case.employee)))
            .into_tuple()
            .all(company.store.read())
            .await?;
        for idx in inside.into_iter().chain(about) {
            outside.remove(&idx);
        }
    }
    if let Some(idx) = outside.into_iter().min() {
        return Err(Problem::new(
            403,
            "not_in_case",
            format!("rec_{idx} 不属于本案。请先写明理由把它加入案件，再打开。"),
            format!("rec_{idx} does not belong to this case. Add it to the case with a reason, then open it."),
        )
        .with_rule("R08")
        .into());
    }
    Ok(case)
}
