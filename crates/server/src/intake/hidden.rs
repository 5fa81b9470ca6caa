//! Which records a caller may not even know of. That somebody is looked into is itself a secret: acts of a case,
//! looks at content and answers to alerts are seen only by those who may see cases, looks and alerts — and by nobody
//! where they concern the caller or somebody the caller is recused from.

use crate::{
    access::{Caller, Permission},
    records::{employee_subject, model::subject},
};
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Query},
};

/// Kinds by their beginning, and what (any of it) one needs to see that they are there. Intake lets none of them in from outside.
const SECRET: [(&str, &[Permission]); 3] =
    [("case.", &[Permission::CasesSee]), ("content.", &[Permission::LooksSee, Permission::CasesSee]), ("alert.", &[Permission::AlertsSee])];

/// What this caller is not shown.
pub struct Hidden {
    kinds: Vec<&'static str>,
    /// Whom the caller is recused from, oneself first.
    recused: Vec<String>,
}

impl Hidden {
    pub fn from(caller: &Caller) -> Self {
        let kinds = SECRET.iter().filter(|(_, needed)| !needed.iter().any(|n| caller.has(*n))).map(|(kind, _)| *kind).collect();
        Self { kinds, recused: caller.recusals() }
    }

    /// As for a colleague of `recused` who sees no cases.
    #[cfg(test)]
    pub(super) fn for_plans(recused: &str) -> Self {
        Self { kinds: vec!["case."], recused: vec![recused.to_owned()] }
    }

    /// A condition on a table that has the record's kind and index.
    pub fn filter<C: ColumnTrait>(&self, kind: C, idx: C) -> Condition {
        let mut all = Condition::all();
        for hidden in &self.kinds {
            all = all.add(kind.starts_with(*hidden).not());
        }
        if self.recused.is_empty() {
            return all;
        }
        let secret = SECRET.iter().fold(Condition::any(), |any, (kind_of, _)| any.add(kind.starts_with(*kind_of)));
        let about = Query::select()
            .expr(Expr::val(1))
            .from_as(subject::Entity, "about")
            .and_where(Expr::col(("about", subject::Column::Subject)).is_in(self.recused.iter().map(|n| employee_subject(n))))
            .and_where(Expr::col(("about", subject::Column::Idx)).equals((idx.entity_name(), idx)))
            .to_owned();
        // Not both: a secret, and about somebody the caller is recused from.
        all.add(Condition::all().add(secret).add(Expr::exists(about)).not())
    }
}
