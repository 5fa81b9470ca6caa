//! When an assignment ends in effect: as declared, or where a later one that overlaps it while it is open begins.

use super::{Assigned, model::assignment};
use std::collections::HashMap;

pub fn shown(row: assignment::Model) -> Assigned {
    Assigned {
        idx: row.idx,
        customer: row.customer,
        employee: row.employee,
        from: row.valid_from,
        until: row.ends_at,
        known_at: row.known_at,
        reason: row.reason,
    }
}

/// The assignments among `rows` that were known at `known_by`, with their ends as they looked then; by customer and
/// time. An assignment that a later one closes at its own beginning was never in force and is left out.
pub fn in_effect(rows: Vec<assignment::Model>, known_by: Option<i64>) -> Vec<Assigned> {
    let mut by_customer: HashMap<String, Vec<assignment::Model>> = HashMap::new();
    for row in rows {
        let known = match known_by {
            Some(k) => row.known_at <= k && row.corrected_at.is_none_or(|c| c > k),
            None => row.corrected_at.is_none(),
        };
        if known {
            by_customer.entry(row.customer.clone()).or_default().push(row);
        }
    }
    let mut all: Vec<Assigned> = by_customer
        .into_values()
        .flat_map(|mut rows| {
            close(&mut rows);
            rows.into_iter().map(shown)
        })
        .filter(|a| a.until.is_none_or(|end| end > a.from))
        .collect();
    all.sort_by(|a, b| (&a.customer, a.from, a.idx).cmp(&(&b.customer, b.from, b.idx)));
    all
}

/// Sets `ends_at` of one customer's assignments.
pub fn close(rows: &mut [assignment::Model]) {
    rows.sort_by_key(|r| (r.valid_from, r.idx));
    for i in 0..rows.len() {
        rows[i].ends_at = match rows[i].valid_until {
            Some(end) => Some(end),
            None => rows.get(i + 1).map(|next| next.valid_from),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(idx: i64, employee: &str, from: i64, until: Option<i64>, known_at: i64) -> assignment::Model {
        assignment::Model {
            idx,
            customer: "C1".into(),
            employee: employee.into(),
            valid_from: from,
            valid_until: until,
            ends_at: None,
            known_at,
            corrected_at: None,
            reason: None,
        }
    }

    fn spans(rows: Vec<assignment::Model>, known_by: Option<i64>) -> Vec<(String, i64, Option<i64>)> {
        in_effect(rows, known_by).into_iter().map(|a| (a.employee, a.from, a.until)).collect()
    }

    #[test]
    fn a_later_assignment_closes_the_open_one() {
        let rows = vec![row(1, "A", 10, None, 100), row(2, "B", 20, None, 200)];
        assert_eq!(spans(rows.clone(), None), [("A".into(), 10, Some(20)), ("B".into(), 20, None)]);
        // Before we knew of B, A's was open.
        assert_eq!(spans(rows, Some(150)), [("A".into(), 10, None)]);
    }

    #[test]
    fn one_learnt_late_takes_its_place_in_time() {
        let rows = vec![row(1, "B", 20, None, 100), row(2, "A", 10, None, 200)];
        assert_eq!(spans(rows, None), [("A".into(), 10, Some(20)), ("B".into(), 20, None)]);
    }

    #[test]
    fn a_correction_stands_in_the_place_of_what_it_corrects() {
        let mut wrong = row(2, "X", 20, None, 200);
        wrong.corrected_at = Some(300);
        let rows = vec![row(1, "A", 10, None, 100), wrong, row(3, "B", 30, None, 300)];
        assert_eq!(spans(rows.clone(), None), [("A".into(), 10, Some(30)), ("B".into(), 30, None)]);
        assert_eq!(spans(rows, Some(250)), [("A".into(), 10, Some(20)), ("X".into(), 20, None)]);
    }

    #[test]
    fn a_closed_one_ends_as_declared() {
        let rows = vec![row(1, "A", 10, Some(40), 1), row(2, "B", 20, None, 2)];
        assert_eq!(spans(rows, None), [("A".into(), 10, Some(40)), ("B".into(), 20, None)]);
    }
}
