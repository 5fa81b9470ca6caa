//! The small values that kinds are made of: identifiers, dates, money, positions.
//!
//! Each is a plain string or object on the wire; its JSON schema carries the `format` from which [`super::shape`]
//! builds the check, so the type, the documentation and the check cannot drift apart.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

macro_rules! text_form {
    ($(#[$doc:meta])* $name:ident, $format:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }
        }

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text_form!(
    /// The caller's own stable identifier: 1 to 200 characters, no control characters.
    Id, "identifier");
text_form!(
    /// A calendar day, `2026-03-31`, in the company's zone.
    Date, "date");
text_form!(
    /// RFC 3339 with offset, `2026-03-31T18:00:00+08:00`.
    DateTime, "date-time");
text_form!(
    /// A calendar day or RFC 3339 with offset.
    DateOrTime, "date-or-time");
text_form!(
    /// SHA-256 as 64 lowercase hexadecimal digits.
    Sha256, "sha256");

/// An amount of money: a decimal string and the currency's three letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    pub amount: String,
    pub currency: String,
}

impl JsonSchema for Money {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "format": "money",
            "properties": {
                "amount": { "type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,3})?$" },
                "currency": { "type": "string", "pattern": "^[A-Z]{3}$" }
            },
            "required": ["amount", "currency"]
        })
    }
}

impl Money {
    /// Minor units (分); `None` if it is no amount. Records that passed intake always have one.
    pub fn minor(&self) -> Option<i64> {
        crate::intake::money::minor(&self.amount, &self.currency)
    }
}

/// 坐标系: which map the numbers belong to. Chinese maps shift them by up to 700 m.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Datum {
    Wgs84,
    Gcj02,
    Bd09,
}

/// A place on earth, in degrees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Position {
    #[schemars(range(min = -90.0, max = 90.0))]
    pub lat: f64,
    #[schemars(range(min = -180.0, max = 180.0))]
    pub lng: f64,
    pub datum: Datum,
    #[schemars(range(min = 0.0))]
    pub accuracy_m: Option<f64>,
}

/// A named place, with the radius that still counts as there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Site {
    pub name: Option<String>,
    pub position: Position,
    #[schemars(range(min = 0.0))]
    pub radius_m: Option<f64>,
}

/// A file named by its digest; the bytes go to `PUT /api/v1/blobs/{sha256}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct File {
    pub name: Option<String>,
    pub sha256: Sha256,
    pub kind: Option<String>,
}

/// One side of a conversation: somebody of ours (`employee`) or an outsider (`external`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Party {
    pub employee: Option<Id>,
    pub external: Option<Id>,
    pub name: Option<String>,
    pub company: Option<String>,
    pub customer: Option<Id>,
}

/// The other side of a transfer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Counterparty {
    pub name: Option<String>,
    pub company: Option<Id>,
    pub account: Option<String>,
}

/// A score as a number or as text (`86.5`, `"86.5"`, `"A"`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(pub serde_json::Value);

impl JsonSchema for Score {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Score".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number"] })
    }
}
