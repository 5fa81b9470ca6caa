//! The index of customers' names; how it works is in `people::names`.

use crate::people::names::Index;

pub const CUSTOMERS: Index = Index { table: "customer_forms", id: "customer" };
