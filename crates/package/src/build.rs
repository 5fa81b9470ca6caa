//! Contents in, zip out: a pure function. Everything that could differ from one run to the next — time,
//! randomness, the state of the database — is the caller's and arrives as data.

use std::borrow::Cow;
use std::io::{self, Write};

use probity_ledger::{Hash, checkpoint};
use rayon::prelude::*;
use serde::Serialize;

use crate::catalogue::{self, Row};
use crate::container::{self, Packed, pack};
use crate::format::{
    self, Case, CataloguePdf, Earlier, EarlierFile, FORMAT, ItemFile, Log, Manifest, ManifestDocument, ManifestFile, ManifestStamp, MemberFile, Said,
};

/// Everything a package holds.
pub struct Contents {
    pub case: Case,
    pub reason: String,
    pub epoch: u64,
    /// The log's verifier key (`name+hash+base64`); the signer of [`build`] must be its private half.
    pub vkey: String,
    /// The exact signed note every proof ends in.
    pub checkpoint: String,
    pub items: Vec<Item>,
    pub stamps: Vec<StampFile>,
    pub earlier: Vec<EarlierCheckpoint>,
    /// Who opened, added, moved or handed over what, and when.
    pub custody: serde_json::Value,
    /// The articles the package was gathered under.
    pub law: serde_json::Value,
    pub documents: Vec<Document>,
    pub rows: Vec<Row>,
    pub pdf: Pdf,
    pub template_version: String,
    /// RFC 3339.
    pub custody_until: String,
}

/// One record, opened by the caller.
pub struct Item {
    pub record: String,
    pub index: u64,
    pub leaf: [u8; 33],
    /// Sorted by pointer. Empty for erased content.
    pub members: Vec<Member>,
    pub erased: bool,
    pub proof: Vec<Hash>,
    pub about: serde_json::Value,
}

pub enum Member {
    Shown { pointer: String, salt: [u8; 32], text: String },
    Withheld { pointer: String, digest: Hash },
}

pub struct StampFile {
    /// Short and file-safe, without suffix; unique within the package.
    pub name: String,
    /// RFC 3161 token, DER: what `openssl ts -verify -token_in` reads, as the READMEs say.
    pub der: Vec<u8>,
    /// The note that was stamped when it is another one than the package's.
    pub covers: Option<String>,
    /// Consistency proof between that note and the package's.
    pub consistency: Vec<Hash>,
}

pub struct EarlierCheckpoint {
    pub size: u64,
    pub root: Hash,
    pub proof: Vec<Hash>,
}

pub struct Document {
    pub name: String,
    pub bytes: Vec<u8>,
}

pub enum Pdf {
    Parts(Vec<Vec<u8>>),
    Missing(Said),
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub size: u64,
    pub files: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("the checkpoint cannot be read")]
    Checkpoint,
    #[error("the verifier key cannot be read")]
    Key,
    #[error("a package holds at most {0} items; split the case into several packages")]
    TooMany(usize),
    #[error("too large for one package: {0}; split the case into several packages")]
    TooLarge(String),
    #[error("two files of the package would be called {0}")]
    SamePath(String),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Room for documents, stamps and the fixed files beside the items.
pub const MAX_ITEMS: usize = 50_000;

/// Writes the package. `sign` is the log key.
pub fn build(contents: &Contents, sign: &dyn Fn(&[u8]) -> [u8; 64], out: &mut impl Write) -> Result<Built, BuildError> {
    if contents.items.len() > MAX_ITEMS {
        return Err(BuildError::TooMany(MAX_ITEMS));
    }
    let note = checkpoint::parse_unverified(&contents.checkpoint).map_err(|_| BuildError::Checkpoint)?;
    let key = checkpoint::VerifierKey::parse(&contents.vkey).map_err(|_| BuildError::Key)?;

    let mut files = items(&contents.items)?;
    let mut plain: Vec<(String, Cow<'_, [u8]>)> = vec![
        (format::CHECKPOINT.into(), contents.checkpoint.as_bytes().into()),
        (format::EARLIER.into(), json(&earlier(&contents.earlier))?.into()),
        ("custody.json".into(), json(&contents.custody)?.into()),
        ("law.json".into(), json(&contents.law)?.into()),
        ("catalogue.csv".into(), catalogue::csv(&contents.rows)?.into()),
        ("README.md".into(), include_bytes!("texts/README.md").into()),
        ("README.zh-CN.md".into(), include_bytes!("texts/README.zh-CN.md").into()),
        ("verifier.html".into(), crate::VERIFIER_HTML.as_bytes().into()),
    ];
    let catalogue_pdf = match &contents.pdf {
        Pdf::Parts(parts) => {
            for (i, part) in parts.iter().enumerate() {
                plain.push((format!("catalogue/{:03}.pdf", i + 1), part.as_slice().into()));
            }
            CataloguePdf::Built { parts: parts.len() as u64 }
        }
        Pdf::Missing(why) => CataloguePdf::Missing { why: why.clone() },
    };
    let mut documents = Vec::with_capacity(contents.documents.len());
    for (i, document) in contents.documents.iter().enumerate() {
        let path = format!("documents/{:04}-{}", i + 1, safe_name(&document.name));
        plain.push((path.clone(), document.bytes.as_slice().into()));
        documents.push(ManifestDocument { path, name: document.name.clone() });
    }
    let mut stamps = Vec::with_capacity(contents.stamps.len());
    for stamp in &contents.stamps {
        let file = format!("timestamps/{}.tsr", safe_name(&stamp.name));
        plain.push((file.clone(), stamp.der.as_slice().into()));
        let covers = match &stamp.covers {
            None => format::CHECKPOINT.to_owned(),
            Some(note) => {
                let covers = format!("timestamps/{}.checkpoint", safe_name(&stamp.name));
                plain.push((covers.clone(), note.as_bytes().into()));
                covers
            }
        };
        let consistency = stamp.consistency.iter().map(hex::encode).collect();
        stamps.push(ManifestStamp { file, covers, consistency });
    }
    // Items are small and many, the rest large and few: what is refused is refused before it is compressed.
    let large = plain.iter().map(|(path, bytes)| (path.as_str(), bytes.len() as u64));
    let later = [(format::MANIFEST, 0), (format::SIGNATURE, 0)];
    container::check_limits(large.chain(files.iter().map(|f| (f.path.as_str(), f.size))).chain(later)).map_err(BuildError::TooLarge)?;
    let packed: Vec<Packed> = plain.into_par_iter().map(|(path, bytes)| pack(path, &bytes)).collect();
    files.extend(packed);
    files.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    if let Some(pair) = files.windows(2).find(|pair| pair[0].path == pair[1].path) {
        return Err(BuildError::SamePath(pair[0].path.clone()));
    }

    let withheld = contents.items.iter().flat_map(|item| &item.members);
    let manifest = Manifest {
        format: FORMAT.into(),
        case: contents.case.clone(),
        reason: contents.reason.clone(),
        log: Log {
            origin: note.origin,
            epoch: contents.epoch,
            vkey: contents.vkey.clone(),
            fingerprint: key.fingerprint(),
            size: note.size,
            root_hash: hex::encode(note.root),
        },
        template_version: contents.template_version.clone(),
        custody_until: contents.custody_until.clone(),
        items: contents.items.len() as u64,
        withheld: withheld.filter(|m| matches!(m, Member::Withheld { .. })).count() as u64,
        catalogue_pdf,
        documents,
        stamps,
        files: files.iter().map(|f| ManifestFile { path: f.path.clone(), size: f.size, sha256: hex::encode(f.sha256) }).collect(),
    };
    let manifest = json(&manifest)?;
    let signature = sign(&format::signed_bytes(&manifest));
    let signature = format::signature_text(&manifest, &contents.vkey, &signature);
    files.push(pack(format::MANIFEST.into(), &manifest));
    files.push(pack(format::SIGNATURE.into(), signature.as_bytes()));
    let count = files.len();
    let size = container::write(files, out)?;
    Ok(Built { size, files: count })
}

/// Pretty, because lawyers open these files; ends in a line feed.
fn json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// All item files, compressed on every core: the bulk of a package.
fn items(items: &[Item]) -> Result<Vec<Packed>, serde_json::Error> {
    items.par_iter().enumerate().map(|(i, item)| Ok(pack(format!("{}{:06}.json", format::ITEMS, i + 1), &item_file(item)?))).collect()
}

/// The bytes of an item's file, for who wants another digest of them in the catalogue.
pub fn item_file(item: &Item) -> Result<Vec<u8>, serde_json::Error> {
    let members = item
        .members
        .iter()
        .map(|member| match member {
            Member::Shown { pointer, salt, text } => {
                MemberFile { pointer: pointer.into(), salt: Some(hex::encode(salt).into()), text: Some(text.into()), digest: None }
            }
            Member::Withheld { pointer, digest } => MemberFile { pointer: pointer.into(), salt: None, text: None, digest: Some(hex::encode(digest).into()) },
        })
        .collect();
    json(&ItemFile {
        record: (&item.record).into(),
        index: item.index,
        leaf: hex::encode(item.leaf).into(),
        members,
        erased: item.erased,
        proof: item.proof.iter().map(|hash| hex::encode(hash).into()).collect(),
        about: &item.about,
    })
}

fn earlier(earlier: &[EarlierCheckpoint]) -> Earlier {
    Earlier {
        earlier: earlier
            .iter()
            .map(|e| EarlierFile { size: e.size, root_hash: hex::encode(e.root), proof: e.proof.iter().map(hex::encode).collect() })
            .collect(),
    }
}

/// A file name that no system trips over; the original name stands in the manifest.
fn safe_name(name: &str) -> String {
    let mut safe: String =
        name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '(' | ')' | '（' | '）') { c } else { '_' }).take(80).collect();
    while safe.ends_with('.') || safe.starts_with('.') {
        safe = safe.trim_matches('.').to_owned();
    }
    if safe.is_empty() { "file".to_owned() } else { safe }
}
