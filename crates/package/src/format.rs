//! What is written inside a package: the JSON shapes of `manifest.json`, `items/*.json` and
//! `checkpoints.json`, and the text of `manifest.sig`.
//!
//! A verifier written by somebody else needs this file, RFC 6962 and the C2SP note format, nothing more.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Names the layout; a reader refuses what it does not know.
pub const FORMAT: &str = "probity-package/1";
/// What the manifest's signature covers: this, then the exact bytes of `manifest.json`. The prefix keeps a
/// signature over a manifest from ever being one over a checkpoint, which the same key signs.
pub const SIGNATURE_DOMAIN: &[u8] = b"probity-package-manifest/1\n";

pub const MANIFEST: &str = "manifest.json";
pub const SIGNATURE: &str = "manifest.sig";
pub const CHECKPOINT: &str = "checkpoint";
pub const EARLIER: &str = "checkpoints.json";
pub const ITEMS: &str = "items/";

/// A text shown to people: both languages always travel together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub zh: String,
    pub en: String,
}

impl Said {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub case: Case,
    pub reason: String,
    pub log: Log,
    /// Version of the templates behind the catalogue and the READMEs: part of what makes a package
    /// come out the same again.
    pub template_version: String,
    /// Custody and time stamps are included up to this moment (RFC 3339).
    pub custody_until: String,
    pub items: u64,
    /// Members of records that were withheld; their digests stay and still verify.
    pub withheld: u64,
    pub catalogue_pdf: CataloguePdf,
    pub documents: Vec<ManifestDocument>,
    pub stamps: Vec<ManifestStamp>,
    pub files: Vec<ManifestFile>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub id: String,
    pub number: String,
    pub title: String,
    pub revision: u64,
    pub company: String,
}

/// The log the package rests on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Log {
    pub origin: String,
    pub epoch: u64,
    /// `name+hash+base64`, the C2SP verifier key.
    pub vkey: String,
    /// Lower-case hex SHA-256 of the 32-byte public key.
    pub fingerprint: String,
    pub size: u64,
    pub root_hash: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum CataloguePdf {
    Built { parts: u64 },
    Missing { why: Said },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ManifestDocument {
    pub path: String,
    /// As the file was called when it was attached.
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ManifestStamp {
    /// The RFC 3161 token (a verifier takes a whole answer too).
    pub file: String,
    /// The signed note whose exact bytes were stamped.
    pub covers: String,
    /// Links the stamped checkpoint with the package's own (RFC 6962 consistency proof from the smaller to
    /// the larger, hex); empty when they are the same.
    pub consistency: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ManifestFile {
    pub path: String,
    pub size: u64,
    pub sha256: String,
}

/// `items/000001.json`: one record. A verifier reads it with `IgnoredAny` for what is not checked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ItemFile<'a, About = serde_json::Value> {
    pub record: Cow<'a, str>,
    pub index: u64,
    /// The log entry: version byte and Merkle root over the members' digests, hex.
    pub leaf: Cow<'a, str>,
    /// In the order of the pointers' bytes. Empty when the content was lawfully erased: the log still holds
    /// the leaf, nobody can open it any more.
    #[serde(borrow)]
    pub members: Vec<MemberFile<'a>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// Audit path of RFC 6962 from this entry to the checkpoint's root, hex, leaf side first.
    pub proof: Vec<Cow<'a, str>>,
    /// What the product says about the record (when it arrived, its grade, what is missing). Covered by the
    /// manifest's signature, not by the log.
    pub about: About,
}

/// A shown member has salt and text, a withheld one its digest only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MemberFile<'a> {
    pub pointer: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Cow<'a, str>>,
    /// Canonical JSON text: what is hashed, byte for byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Cow<'a, str>>,
}

/// `checkpoints.json`: earlier published checkpoints, so that whoever kept one can tie it to this package.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Earlier {
    pub earlier: Vec<EarlierFile>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EarlierFile {
    pub size: u64,
    pub root_hash: String,
    /// Consistency proof from this size to the package's checkpoint, hex.
    pub proof: Vec<String>,
}

/// The text of `manifest.sig`. The manifest's hash is repeated here so that a changed manifest and a changed
/// signature can be told apart by name.
pub fn signature_text(manifest: &[u8], vkey: &str, signature: &[u8; 64]) -> String {
    use base64::Engine as _;
    format!(
        "{}sha256 {}\nkey {}\nsignature {}\n",
        String::from_utf8_lossy(SIGNATURE_DOMAIN),
        hex::encode(probity_ledger::sha256(manifest)),
        vkey,
        base64::engine::general_purpose::STANDARD.encode(signature),
    )
}

/// The parts of `manifest.sig`; `None` when it is not of that form to the byte.
pub struct Signature {
    pub sha256: String,
    pub vkey: String,
    pub signature: [u8; 64],
}

impl Signature {
    pub fn parse(text: &[u8]) -> Option<Self> {
        use base64::Engine as _;
        let text = std::str::from_utf8(text).ok()?;
        let rest = text.strip_prefix(std::str::from_utf8(SIGNATURE_DOMAIN).ok()?)?;
        let mut lines = rest.strip_suffix('\n')?.split('\n');
        let sha256 = lines.next()?.strip_prefix("sha256 ")?.to_owned();
        let vkey = lines.next()?.strip_prefix("key ")?.to_owned();
        let signature = lines.next()?.strip_prefix("signature ")?;
        let signature = base64::engine::general_purpose::STANDARD.decode(signature).ok()?;
        if lines.next().is_some() {
            return None;
        }
        Some(Self { sha256, vkey, signature: signature.try_into().ok()? })
    }
}

/// What is signed.
pub fn signed_bytes(manifest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SIGNATURE_DOMAIN.len() + manifest.len());
    bytes.extend_from_slice(SIGNATURE_DOMAIN);
    bytes.extend_from_slice(manifest);
    bytes
}
