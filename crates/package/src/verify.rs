//! The check, in the order an attacker would have to get past it: container, list of files, manifest
//! signature, each file, checkpoint signature, each item's digests → leaf → inclusion proof → root, time
//! stamps, and last what the checker holds from elsewhere.
//!
//! It goes on after a fault wherever it can, so that every altered file is named and not only the first.

use std::collections::{BTreeMap, HashMap, HashSet};

use probity_ledger::{Hash, checkpoint, leaf, sha256, stamp, tree};
use rayon::prelude::*;

use crate::Pins;
use crate::container::{Archive, Entry, Flaw, MAX_PARSED, MAX_STAMP};
use crate::format::{self, Earlier, ItemFile, Log, Manifest, ManifestFile, ManifestStamp, Said, Signature};
use crate::report::{Finding, Problem, Report, StampFact, rfc3339};

/// Files without which it is no package, whatever its manifest says.
const REQUIRED: [&str; 8] = [format::CHECKPOINT, format::EARLIER, "custody.json", "law.json", "catalogue.csv", "README.md", "README.zh-CN.md", "verifier.html"];

/// Verifies a whole package held in memory.
pub fn verify(bytes: &[u8], pins: &Pins) -> Report {
    let mut report = Report::default();
    let archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(flaw) => {
            report.add(Problem::Altered, "", format!("无法作为证据包打开：{flaw}"), format!("cannot be opened: {flaw}"));
            return report;
        }
    };
    for (path, flaw) in &archive.flaws {
        let (problem, zh) = match flaw {
            Flaw::Duplicate => (Problem::Duplicate, "同名文件出现多次"),
            Flaw::CaseTwin => (Problem::Duplicate, "与另一文件仅大小写不同"),
            Flaw::Unsafe(_) => (Problem::Unsafe, "路径可能写到别处"),
            Flaw::Hidden => (Problem::Extra, "藏在压缩包内、目录未列出"),
            Flaw::TooLarge => (Problem::Invalid, "超出大小上限"),
            _ => (Problem::Altered, "压缩包结构被改动"),
        };
        report.add(problem, path, zh, flaw.to_string());
    }
    if archive.flaws.iter().any(|(_, flaw)| flaw.forbids_reading()) {
        report.note("为免受解压炸弹之害，未解压任何文件", "nothing was unpacked, as a guard against archive bombs");
        return sorted(report);
    }
    let mut entries: HashMap<&str, &Entry> = HashMap::with_capacity(archive.entries.len());
    for entry in &archive.entries {
        entries.insert(&entry.path, entry);
    }
    let (manifest, signed) = manifest(&archive, &entries, &mut report);
    let manifest = match manifest {
        Some(manifest) if signed => manifest,
        changed => {
            report.note(
                "文件清单本身不可信：其余各件仅按检查点核对，不再与清单比对",
                "the list of files itself cannot be trusted: the rest is checked against the checkpoint alone",
            );
            match without_list(&archive, &entries, changed) {
                Some(manifest) => manifest,
                None => return sorted(report),
            }
        }
    };
    facts(&manifest, &mut report);
    if signed {
        listing(&manifest, &entries, &mut report);
    }
    let read = files(&archive, &manifest, &entries, &mut report);
    checkpoint_of(&manifest, &read.kept, &mut report);
    if let Some(pin) = &pins.key {
        report.key_confirmed = pin.0 == report.fingerprint;
        if !report.key_confirmed {
            report.add(
                Problem::Pin,
                "",
                format!("签名密钥是 {}，不是您指定的 {}", report.fingerprint, pin.0),
                format!("signed by key {}, not by the one you pinned, {}", report.fingerprint, pin.0),
            );
        }
    }
    earlier(&manifest, &read, pins, &mut report);
    stamps(&manifest, &read.kept, pins, signed, &mut report);
    if report.withheld > 0 {
        report.note(
            "隐去的字段只有摘要：摘要受日志约束，字段名由公司陈述，待展示盐与文本后方可核对",
            "of a withheld member only the digest is bound by the log; which member it is, is the company's word until salt and text are shown",
        );
    }
    sorted(report)
}

fn sorted(mut report: Report) -> Report {
    report.findings.sort_by(|a, b| (&a.path, a.problem).cmp(&(&b.path, b.problem)));
    report.findings.dedup();
    report
}

/// Inflates a file that is going to be parsed.
fn read_at_most(archive: &Archive<'_>, entry: &Entry, most: u64) -> Result<Vec<u8>, Flaw> {
    if entry.size > most { Err(Flaw::TooLarge) } else { archive.read(entry) }
}

/// Reads the manifest and its signature, and tells which of the two was changed when they do not fit; the flag
/// says whether the manifest may be relied on.
fn manifest(archive: &Archive<'_>, entries: &HashMap<&str, &Entry>, report: &mut Report) -> (Option<Manifest>, bool) {
    let mut open = |path: &str| match entries.get(path) {
        None => {
            report.add(Problem::Missing, path, "证据包缺少该文件", "the package has no such file");
            None
        }
        Some(entry) => read_at_most(archive, entry, MAX_PARSED).map_err(|flaw| report.add(Problem::Altered, path, "文件已损坏", flaw.to_string())).ok(),
    };
    let bytes = open(format::MANIFEST);
    let signature = open(format::SIGNATURE);
    let Some(bytes) = bytes else { return (None, false) };
    let manifest: Option<Manifest> = serde_json::from_slice(&bytes).ok();
    let Some(signature) = signature else { return (manifest, true) };
    let own = manifest.as_ref().and_then(|m| checkpoint::VerifierKey::parse(&m.log.vkey).ok());
    let (holds, same_hash, same_key) = match Signature::parse(&signature) {
        None => (false, true, false),
        Some(signed) => (
            own.is_some_and(|key| key.verify_bytes(&format::signed_bytes(&bytes), &signed.signature)),
            hex::encode(sha256(&bytes)) == signed.sha256,
            manifest.as_ref().is_some_and(|m| m.log.vkey == signed.vkey),
        ),
    };
    match (holds, same_hash, same_key) {
        (true, true, true) => {}
        // The signature file repeats the hash: it still names the manifest that was signed.
        (false, false, _) => {
            report.add(Problem::Altered, format::MANIFEST, "内容与签名不符", "its content does not match its signature");
            return (manifest, false);
        }
        _ => report.add(Problem::Altered, format::SIGNATURE, "签名不成立", "the signature does not hold"),
    }
    if manifest.as_ref().is_none_or(|m| m.format != format::FORMAT) {
        report.add(Problem::Invalid, format::MANIFEST, "不是本核验程序所知的版式", "this verifier does not know its format");
        return (None, false);
    }
    (manifest, true)
}

/// What can still be checked when the list of files was changed: every item against the checkpoint, with the
/// key the signature file names. Nothing is taken from the changed list but the case it claims.
fn without_list(archive: &Archive<'_>, entries: &HashMap<&str, &Entry>, changed: Option<Manifest>) -> Option<Manifest> {
    let text = |path: &str| entries.get(path).and_then(|entry| read_at_most(archive, entry, MAX_STAMP).ok());
    let signed = Signature::parse(&text(format::SIGNATURE)?)?;
    let key = checkpoint::VerifierKey::parse(&signed.vkey).ok()?;
    let note = checkpoint::open(std::str::from_utf8(&text(format::CHECKPOINT)?).ok()?, &key).ok()?;
    let files = entries.values().filter(|e| e.path != format::MANIFEST && e.path != format::SIGNATURE);
    let files = files.map(|e| ManifestFile { path: e.path.clone(), size: e.size, sha256: String::new() }).collect();
    let case = changed.map(|m| m.case).unwrap_or_default();
    Some(Manifest {
        format: format::FORMAT.into(),
        case,
        reason: String::new(),
        log: Log { origin: note.origin, epoch: 0, vkey: signed.vkey, fingerprint: key.fingerprint(), size: note.size, root_hash: hex::encode(note.root) },
        template_version: String::new(),
        custody_until: String::new(),
        items: 0,
        withheld: 0,
        catalogue_pdf: format::CataloguePdf::Built { parts: 0 },
        documents: vec![],
        stamps: vec![],
        files,
    })
}

fn facts(manifest: &Manifest, report: &mut Report) {
    let key = checkpoint::VerifierKey::parse(&manifest.log.vkey).ok();
    match &key {
        Some(key) if key.fingerprint() == manifest.log.fingerprint => {}
        Some(_) => report.add(Problem::Invalid, format::MANIFEST, "指纹与密钥不符", "the fingerprint is not that of the key"),
        None => report.add(Problem::Invalid, format::MANIFEST, "密钥无法读取", "the key cannot be read"),
    }
    report.case = Some(manifest.case.clone());
    report.fingerprint = key.map(|key| key.fingerprint()).unwrap_or_default();
    report.origin = manifest.log.origin.clone();
    report.epoch = manifest.log.epoch;
    report.size = manifest.log.size;
    report.root_hash = manifest.log.root_hash.clone();
    if let format::CataloguePdf::Missing { why } = &manifest.catalogue_pdf {
        report.note(format!("没有 PDF 清单：{}", why.zh), format!("no PDF catalogue: {}", why.en));
    }
}

/// Exactly the listed files are there, no more and no fewer.
fn listing(manifest: &Manifest, entries: &HashMap<&str, &Entry>, report: &mut Report) {
    let mut listed = HashSet::with_capacity(manifest.files.len());
    for file in &manifest.files {
        if !listed.insert(file.path.as_str()) {
            report.add(Problem::Duplicate, &file.path, "清单中列出两次", "listed twice in the manifest");
        }
        if !entries.contains_key(file.path.as_str()) {
            report.add(Problem::Missing, &file.path, "清单中有，包内没有", "listed in the manifest, not in the package");
        }
    }
    for path in entries.keys() {
        if !listed.contains(path) && *path != format::MANIFEST && *path != format::SIGNATURE {
            report.add(Problem::Extra, *path, "包内有，清单中没有", "in the package, not listed in the manifest");
        }
    }
    for path in REQUIRED.into_iter().filter(|path| !listed.contains(path)) {
        report.add(Problem::Missing, path, "清单未列出必备文件", "a required file is not listed in the manifest");
    }
    for path in manifest.stamps.iter().flat_map(|s| [&s.file, &s.covers]).filter(|p| !listed.contains(p.as_str())) {
        report.add(Problem::Missing, path, "时间戳引用了未列出的文件", "a time stamp refers to a file that is not listed");
    }
}

/// What one worker found in one file.
#[derive(Default)]
struct Checked {
    findings: Vec<Finding>,
    notes: Vec<Said>,
    /// Kept for files that are looked at again.
    kept: Option<(String, Vec<u8>)>,
    item: Option<(u64, String)>,
    withheld: u64,
    erased: u64,
}

/// What the later checks need of the files.
struct Read {
    /// Notes and time stamps.
    kept: BTreeMap<String, Vec<u8>>,
    /// Log indices of the items.
    indices: HashSet<u64>,
}

/// Size and hash of every file, and in the same pass the proof of every item.
fn files(archive: &Archive<'_>, manifest: &Manifest, entries: &HashMap<&str, &Entry>, report: &mut Report) -> Read {
    let root: Option<Hash> = hash_of(&manifest.log.root_hash);
    let stamped: HashSet<&str> = manifest.stamps.iter().flat_map(|s| [s.file.as_str(), s.covers.as_str()]).collect();
    // Each once, however often the manifest names it: a thousand mentions of a large file are no thousand inflations.
    let mut named = HashSet::with_capacity(manifest.files.len());
    let listed: Vec<&ManifestFile> = manifest.files.iter().filter(|file| named.insert(file.path.as_str())).collect();
    let checked: Vec<Checked> = listed
        .into_par_iter()
        .filter_map(|file| {
            let entry = entries.get(file.path.as_str())?;
            let (is_item, is_note) = (file.path.starts_with(format::ITEMS), [format::CHECKPOINT, format::EARLIER].contains(&file.path.as_str()));
            let is_stamp = stamped.contains(file.path.as_str());
            let mut checked = Checked::default();
            let mut fault = |problem, zh: &str, en: String| {
                checked.findings.push(Finding { problem, path: file.path.clone(), why: Said::new(zh, en) });
            };
            if entry.size != file.size {
                // Not inflated at all: this is also the guard against zip bombs.
                fault(Problem::Altered, "大小与清单不符", format!("{} bytes, the manifest says {}", entry.size, file.size));
                return Some(checked);
            }
            let most = if is_stamp && !is_note { MAX_STAMP } else { MAX_PARSED };
            if (is_item || is_note || is_stamp) && entry.size > most {
                fault(Problem::Invalid, "超出大小上限", Flaw::TooLarge.to_string());
                return Some(checked);
            }
            let bytes = match archive.read(entry) {
                Ok(bytes) => bytes,
                Err(flaw) => {
                    fault(Problem::Altered, "文件已损坏", flaw.to_string());
                    return Some(checked);
                }
            };
            if !file.sha256.is_empty() && hex::encode(sha256(&bytes)) != file.sha256 {
                fault(Problem::Altered, "SHA-256 与清单不符", "its SHA-256 is not the one in the manifest".into());
            }
            if is_item {
                item(&file.path, &bytes, manifest.log.size, root.as_ref(), &mut checked);
            } else if is_note || is_stamp {
                checked.kept = Some((file.path.clone(), bytes));
            }
            Some(checked)
        })
        .collect();
    let mut kept = BTreeMap::new();
    let (mut indices, mut records) = (HashSet::new(), HashSet::new());
    for checked in checked {
        report.files += 1;
        report.findings.extend(checked.findings);
        report.notes.extend(checked.notes);
        report.withheld += checked.withheld;
        report.erased += checked.erased;
        kept.extend(checked.kept);
        if let Some((index, record)) = checked.item {
            report.items += 1;
            if !indices.insert(index) || !records.insert(record.clone()) {
                report.add(Problem::Duplicate, "items/", format!("{record} 出现两次"), format!("{record} is in it twice"));
            }
        }
    }
    if report.items != manifest.items && report.findings.is_empty() {
        report.add(
            Problem::Invalid,
            format::MANIFEST,
            format!("清单称有 {} 件，实有 {} 件", manifest.items, report.items),
            format!("it says {} items, there are {}", manifest.items, report.items),
        );
    }
    report.notes.dedup();
    Read { kept, indices }
}

/// digests → leaf → inclusion proof → root.
fn item(path: &str, bytes: &[u8], size: u64, root: Option<&Hash>, checked: &mut Checked) {
    let mut fault = |zh: &str, en: &str| {
        checked.findings.push(Finding { problem: Problem::Invalid, path: path.to_owned(), why: Said::new(zh, en) });
    };
    // What is said about the record is not checked, so it is not built up in memory either.
    let Ok(file) = serde_json::from_slice::<ItemFile<'_, serde::de::IgnoredAny>>(bytes) else {
        return fault("无法作为记录读取", "cannot be read as a record");
    };
    let mut stated = [0_u8; 33];
    if hex::decode_to_slice(file.leaf.as_bytes(), &mut stated).is_err() || stated[0] != leaf::VERSION {
        return fault("叶值无法读取", "its leaf cannot be read");
    }
    if file.members.is_empty() != file.erased {
        fault("没有内容却未注明已删除", "it has no members, or is marked erased and has some");
    }
    if !file.members.windows(2).all(|pair| pair[0].pointer.as_bytes() < pair[1].pointer.as_bytes()) {
        fault("字段顺序不对或重复", "its members are not in order, or one is there twice");
    }
    let mut digests = Vec::with_capacity(file.members.len());
    let mut withheld = 0;
    let mut ambiguous = false;
    for member in &file.members {
        let digest = match (&member.salt, &member.text, &member.digest) {
            (Some(salt), Some(text), None) => {
                let mut bytes = [0_u8; 32];
                // A digest is over salt ‖ pointer ‖ text without a mark between the last two, so a figure can be
                // cut in two places ("/data/n" 12 and "/data/n1" 2). Said, not failed: the field may be called so.
                ambiguous |= text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                    && member.pointer.ends_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
                hex::decode_to_slice(salt.as_bytes(), &mut bytes)
                    .ok()
                    .filter(|()| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
                    .map(|()| leaf::digest(&bytes, &member.pointer, text.as_bytes()))
            }
            (None, None, Some(digest)) => {
                withheld += 1;
                hash_of(digest)
            }
            _ => None,
        };
        match digest {
            Some(digest) => digests.push(digest),
            None => fault("有字段无法读取", "one of its members cannot be read"),
        }
    }
    if !file.erased && digests.len() == file.members.len() && leaf::leaf(digests) != stated {
        fault("内容与日志中的叶值不符", "its content does not give the leaf in the log");
    }
    let proof: Option<Vec<Hash>> = file.proof.iter().map(|hash| hash_of(hash)).collect();
    let included = match (&proof, root) {
        (Some(proof), Some(root)) => tree::verify_inclusion(file.index, size, &tree::leaf_hash(&stated), proof, root).is_ok(),
        _ => false,
    };
    if !included {
        fault("不在检查点所述的日志中", "its proof does not lead to the checkpoint's root");
    }
    if file.record != format!("rec_{}", file.index) {
        fault("记录编号与日志序号不符", "its record id is not that of its log index");
    }
    if ambiguous {
        checked.notes.push(Said::new(
            format!("{path}：有以数字结尾的字段名，其值为数字，两者的分界由公司陈述"),
            format!("{path}: a field whose name ends in a digit has a number as its value; where one ends and the other begins is the company's word"),
        ));
    }
    checked.withheld = withheld;
    checked.erased = u64::from(file.erased);
    checked.item = Some((file.index, file.record.into_owned()));
}

fn hash_of(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
}

fn hashes_of(texts: &[String]) -> Option<Vec<Hash>> {
    texts.iter().map(|text| hash_of(text)).collect()
}

/// The signed note is by the same key and says what the manifest says.
fn checkpoint_of(manifest: &Manifest, read: &BTreeMap<String, Vec<u8>>, report: &mut Report) {
    let Some(bytes) = read.get(format::CHECKPOINT) else { return };
    let Ok(key) = checkpoint::VerifierKey::parse(&manifest.log.vkey) else { return };
    let opened = std::str::from_utf8(bytes).ok().and_then(|note| checkpoint::open(note, &key).ok());
    match opened {
        None => report.add(Problem::Invalid, format::CHECKPOINT, "检查点签名不成立", "its signature does not hold"),
        Some(note) => {
            if note.origin != manifest.log.origin || note.size != manifest.log.size || hex::encode(note.root) != manifest.log.root_hash {
                report.add(Problem::Invalid, format::CHECKPOINT, "与清单所述日志不符", "it is not the log the manifest names");
            }
        }
    }
}

/// Earlier checkpoints, and the one the checker holds.
fn earlier(manifest: &Manifest, read: &Read, pins: &Pins, report: &mut Report) {
    let Some(root) = hash_of(&manifest.log.root_hash) else { return };
    let size = manifest.log.size;
    let mut known: HashMap<u64, Vec<Hash>> = HashMap::new();
    if let Some(bytes) = read.kept.get(format::EARLIER) {
        let parsed: Option<Earlier> = serde_json::from_slice(bytes).ok();
        let Some(parsed) = parsed else {
            return report.add(Problem::Invalid, format::EARLIER, "无法读取", "cannot be read");
        };
        for one in &parsed.earlier {
            let parts = hash_of(&one.root_hash).zip(hashes_of(&one.proof));
            let holds = parts.as_ref().is_some_and(|(old, proof)| tree::verify_consistency(one.size, size, proof, old, &root).is_ok());
            if !holds {
                report.add(
                    Problem::Invalid,
                    format::EARLIER,
                    format!("大小 {} 的检查点不是本日志的前段", one.size),
                    format!("the checkpoint of size {} is not a beginning of this log", one.size),
                );
            }
            if let Some((_, proof)) = parts {
                known.insert(one.size, proof);
            }
        }
    }
    let Some(pinned) = &pins.checkpoint else { return };
    let Ok(pin) = checkpoint::parse_unverified(pinned) else {
        return report.add(Problem::Pin, "", "您给的检查点无法读取", "the checkpoint you gave cannot be read");
    };
    let own = pin.origin == manifest.log.origin;
    if own {
        let signed = checkpoint::VerifierKey::parse(&manifest.log.vkey).ok().is_some_and(|key| checkpoint::open(pinned, &key).is_ok());
        if !signed {
            return report.add(Problem::Pin, "", "您给的检查点不是由本包的密钥签署", "the checkpoint you gave is not signed by the key of this package");
        }
    }
    let fits = if pin.size == size {
        Some(pin.root == root)
    } else if pin.size == 0 {
        None
    } else {
        known.get(&pin.size).map(|proof| tree::verify_consistency(pin.size, size, proof, &pin.root, &root).is_ok())
    };
    match fits {
        // Whoever has the public hashes of another log can go on from it under a key of their own: that it fits says
        // something about the signer only when the signer is known.
        Some(true) if !own && !report.key_confirmed => report.note(
            format!("您给的检查点来自 {}，本包的日志确以它开头，但未指定密钥时这不能确认签名者：请用 --key 指定", pin.origin),
            format!(
                "the checkpoint you gave is of {}; this log does begin with it, but without a pinned key that confirms nobody: pin it with --key",
                pin.origin
            ),
        ),
        Some(true) => {
            report.checkpoint_confirmed = true;
            report.checkpoint_items = read.indices.iter().filter(|index| **index < pin.size).count() as u64;
            if report.checkpoint_items < report.items {
                let later = report.items - report.checkpoint_items;
                report.note(
                    format!("您的检查点（大小 {}）涵盖 {} 件，另 {later} 件在其后才进入日志", pin.size, report.checkpoint_items),
                    format!("your checkpoint (size {}) covers {} items; {later} came into the log after it", pin.size, report.checkpoint_items),
                );
            }
        }
        Some(false) => report.add(
            Problem::Pin,
            "",
            format!("大小 {} 的检查点与本包的日志不一致：历史被改写", pin.size),
            format!("the checkpoint of size {} does not fit this log: history was rewritten", pin.size),
        ),
        None if pin.size > size => report.add(
            Problem::Pin,
            "",
            format!("您的检查点（大小 {}）比本包（大小 {size}）新，请要求按更新的检查点重新出具", pin.size),
            format!("your checkpoint (size {}) is newer than the package (size {size}): ask for one built on a later checkpoint", pin.size),
        ),
        None => report.add(
            Problem::Pin,
            "",
            format!("本包没有从大小 {} 到 {size} 的一致性证明，请要求补充", pin.size),
            format!("the package has no consistency proof from size {} to {size}: ask for it", pin.size),
        ),
    }
}

/// Each time stamp covers its note, and the note is of this log.
fn stamps(manifest: &Manifest, read: &BTreeMap<String, Vec<u8>>, pins: &Pins, signed: bool, report: &mut Report) {
    let mut seen = HashSet::new();
    for one in &manifest.stamps {
        if !seen.insert(one.file.as_str()) {
            report.add(Problem::Duplicate, &one.file, "清单中列出两次", "listed twice in the manifest");
            continue;
        }
        let (Some(token), Some(note)) = (read.get(&one.file), read.get(&one.covers)) else { continue };
        match stamp_of(manifest, one, token, note, pins) {
            Ok(fact) => report.stamps.push(fact),
            Err((path, why)) => report.findings.push(Finding { problem: Problem::Invalid, path, why }),
        }
    }
    if signed && pins.tsa_ca.is_some() && !report.stamps.iter().any(|stamp| stamp.confirmed) {
        let (zh, en) = if manifest.stamps.is_empty() {
            ("包内没有时间戳", "the package has no time stamp")
        } else {
            ("没有时间戳由您指定的机构出具", "no time stamp is by the authority you pinned")
        };
        report.add(Problem::Pin, "", zh, en);
    }
}

fn stamp_of(manifest: &Manifest, one: &ManifestStamp, token: &[u8], note: &[u8], pins: &Pins) -> Result<StampFact, (String, Said)> {
    let log = &manifest.log;
    let of_note = |zh: &str, en: &str| (one.covers.clone(), Said::new(zh, en));
    let of_stamp = |zh: &str, en: String| (one.file.clone(), Said::new(zh, en));
    let key = checkpoint::VerifierKey::parse(&log.vkey).map_err(|_| of_note("密钥无法读取", "the key cannot be read"))?;
    let covered = std::str::from_utf8(note)
        .ok()
        .and_then(|note| checkpoint::open(note, &key).ok())
        .ok_or_else(|| of_note("检查点签名不成立", "the signature of the stamped checkpoint does not hold"))?;
    let root = hash_of(&log.root_hash).ok_or_else(|| of_note("根值无法读取", "the root cannot be read"))?;
    let proof = hashes_of(&one.consistency);
    let linked = match covered.size.cmp(&log.size) {
        std::cmp::Ordering::Equal => covered.root == root,
        std::cmp::Ordering::Less => proof.is_some_and(|proof| tree::verify_consistency(covered.size, log.size, &proof, &covered.root, &root).is_ok()),
        std::cmp::Ordering::Greater => proof.is_some_and(|proof| tree::verify_consistency(log.size, covered.size, &proof, &root, &covered.root).is_ok()),
    };
    if !linked {
        return Err(of_note("被盖时间戳的检查点不属于本日志", "the stamped checkpoint does not belong to this log"));
    }
    let unwrapped = stamp::token_of_response(token);
    let token = unwrapped.as_deref().unwrap_or(token);
    let imprint = sha256(note);
    let plain = stamp::verify(token, &imprint, None).map_err(|why| of_stamp("时间戳不成立", format!("the time stamp does not hold: {why}")))?;
    let confirmed = pins.tsa_ca.as_deref().is_some_and(|ca| stamp::verify(token, &imprint, Some(ca)).is_ok());
    Ok(StampFact { file: one.file.clone(), authority: plain.authority, time: rfc3339(plain.time_us), size: covered.size, confirmed })
}
