//! A good package holds; one changed byte of any file is named; nothing hides in the container.
#![expect(clippy::unwrap_used, reason = "tests")]

mod fixture;

use fixture::{contents, key, note_of, zip};
use probity_ledger::checkpoint::{Checkpoint, LogKey, sign};
use probity_package::{
    Document, Pins, Problem, Report, StampFile,
    build::BuildError,
    container::{Archive, check_limits, pack, write},
    pins::KeyPin,
    verify,
};

type Files = Vec<(String, Vec<u8>)>;

fn unzip(bytes: &[u8]) -> Files {
    let archive = Archive::open(bytes).unwrap();
    archive.entries.iter().map(|e| (e.path.clone(), archive.read(e).unwrap())).collect()
}
fn rezip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    write(files.iter().map(|(p, b)| pack(p.clone(), b)).collect(), &mut out).unwrap();
    out
}
fn named(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|f| f.path.as_str()).collect()
}
fn check(bytes: &[u8]) -> Report {
    verify(bytes, &Pins::default())
}
fn pinned(key: &str) -> Pins {
    Pins { key: Some(KeyPin::parse(key).unwrap()), ..Pins::default() }
}

#[test]
fn a_good_package_holds_and_comes_out_the_same_again() {
    let bytes = zip(&contents(9, false));
    assert_eq!(bytes, zip(&contents(9, false)));
    let report = check(&bytes);
    assert!(report.ok(), "{}", report.text());
    assert!(!report.key_confirmed);
    assert_eq!((report.items, report.withheld, report.size), (9, 0, 12));
    assert!(report.text().contains("consistent, signer not confirmed"));
    assert!(report.text().contains(&key().fingerprint()));
}

#[test]
fn pins_confirm_or_refuse() {
    let contents = contents(9, false);
    let bytes = zip(&contents);
    let (own, other) = (key(), LogKey::from_seed(fixture::ORIGIN, &[8; 32]).unwrap());
    let colons: Vec<String> = own.fingerprint().as_bytes().chunks(2).map(|c| String::from_utf8_lossy(c).to_uppercase()).collect();
    let file = format!("# our log\nkey: {}\n", own.vkey());
    for pin in [own.fingerprint(), own.vkey(), format!("SHA256:{}", colons.join(":")), file] {
        assert!(verify(&bytes, &pinned(&pin)).key_confirmed, "{pin}");
    }
    assert!(KeyPin::parse("not a key").is_err());
    let report = verify(&bytes, &pinned(&other.fingerprint()));
    assert_eq!(report.findings[0].problem, Problem::Pin);

    let at = |note: String| verify(&bytes, &Pins { checkpoint: Some(note), ..Pins::default() });
    for i in 0..3 {
        assert!(at(note_of(&contents, i, &own)).checkpoint_confirmed);
    }
    assert!(at(contents.checkpoint.clone()).checkpoint_confirmed);
    assert!(!at(note_of(&contents, 1, &other)).ok(), "signed by somebody else");
    let mut forked = fixture::contents(9, false);
    forked.earlier[1].root = [1; 32];
    assert!(!at(note_of(&forked, 1, &own)).ok(), "another history");
    forked.earlier[1].size = 99;
    assert!(!at(note_of(&forked, 1, &own)).ok(), "newer than the package");
    assert!(!verify(&bytes, &Pins { tsa_ca: Some(vec![]), ..Pins::default() }).ok(), "no time stamp in it");
}

#[test]
fn a_checkpoint_of_another_origin_confirms_only_beside_a_pinned_key() {
    // Whoever has the public hashes of a log can go on from it: the same leaves, another name, another key.
    let contents = contents(9, false);
    let bytes = zip(&contents);
    let elsewhere = LogKey::from_seed("elsewhere.example/log", &[9; 32]).unwrap();
    let old = &contents.earlier[2];
    let kept = sign(&Checkpoint { origin: "elsewhere.example/log".into(), size: old.size, root: old.root, extensions: vec![] }, &elsewhere);
    let report = verify(&bytes, &Pins { checkpoint: Some(kept.clone()), ..Pins::default() });
    assert!(report.ok() && !report.checkpoint_confirmed, "{}", report.text());
    assert!(report.text().contains("signer not confirmed") && report.text().contains("confirms nobody"));
    // After a restore the log has a new name and key; who pins the new key may tie his old checkpoint to it.
    let report = verify(&bytes, &Pins { checkpoint: Some(kept), ..pinned(&key().fingerprint()) });
    assert!(report.ok() && report.checkpoint_confirmed && report.key_confirmed, "{}", report.text());
}

#[test]
fn a_checkpoint_confirms_what_it_covers_and_no_more() {
    let contents = contents(9, false);
    let report = verify(&zip(&contents), &Pins { checkpoint: Some(note_of(&contents, 1, &key())), ..Pins::default() });
    assert_eq!((report.checkpoint_confirmed, report.checkpoint_items, report.items), (true, 2, 9));
    assert!(report.text().contains("checkpoint confirmed for 2 of 9 items, key not pinned"), "{}", report.text());
    assert!(report.text().contains("covers 2 items; 7 came into the log after it"), "{}", report.text());
    let report = verify(&zip(&contents), &Pins { checkpoint: Some(note_of(&contents, 2, &key())), ..Pins::default() });
    assert_eq!(report.checkpoint_items, 9);
    assert!(report.text().contains("OK: consistent, checkpoint confirmed, key not pinned"));
}

#[test]
fn one_changed_byte_of_any_file_is_named() {
    let files = unzip(&zip(&contents(5, true)));
    assert!(files.len() > 14);
    for (i, (path, original)) in files.iter().enumerate() {
        let places = [0, original.len() / 3, original.len() / 2, original.len() - 1];
        for at in places {
            let mut changed = files.clone();
            changed[i].1[at] ^= 1;
            let report = check(&rezip(&changed));
            assert!(named(&report).contains(&path.as_str()), "{path} at {at}: {}", report.text());
            assert_eq!(report.findings[0].problem, Problem::Altered, "{path} at {at}: {}", report.text());
            let others: Vec<_> = named(&report).into_iter().filter(|p| p != path).collect();
            assert!(others.is_empty(), "{path} at {at} also accuses {others:?}");
        }
    }
}

#[test]
fn any_byte_of_the_signature_and_manifest_counts() {
    let files = unzip(&zip(&contents(2, false)));
    for path in ["manifest.sig", "manifest.json"] {
        let i = files.iter().position(|(p, _)| p == path).unwrap();
        for at in (0..files[i].1.len()).step_by(7) {
            let mut changed = files.clone();
            changed[i].1[at] ^= 4;
            assert_eq!(named(&check(&rezip(&changed))), [path], "byte {at}");
        }
    }
}

#[test]
fn a_changed_byte_of_the_zip_itself_never_passes_unseen_in_content() {
    let good = zip(&contents(2, false));
    let files = unzip(&good);
    for at in (0..good.len()).step_by(23) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        if check(&bad).ok() {
            // Only the container's own dates and versions may change, never a file.
            assert_eq!(unzip(&bad), files, "byte {at}");
        }
    }
}

#[test]
fn withheld_members_still_verify() {
    let bytes = zip(&contents(5, true));
    let report = check(&bytes);
    assert!(report.ok(), "{}", report.text());
    assert_eq!(report.withheld, 1);
    assert!(report.text().contains("which member it is, is the company's word"), "{}", report.text());
    let all: Vec<u8> = unzip(&bytes).into_iter().flat_map(|(_, b)| b).collect();
    assert!(!String::from_utf8_lossy(&all).contains("返10%"));
}

#[test]
fn a_lie_signed_by_the_right_key_is_still_caught_by_the_log() {
    // The company itself changes a text, and signs the manifest anew: the leaf no longer fits.
    let mut lie = contents(5, false);
    if let probity_package::Member::Shown { text, .. } = &mut lie.items[2].members[3] {
        *text = text.replace("86000", "96000");
    }
    for member in &mut lie.items[2].members {
        if let probity_package::Member::Shown { text, .. } = member {
            *text = text.replace("86000", "96000");
        }
    }
    let report = check(&zip(&lie));
    assert_eq!(named(&report), ["items/000003.json"]);

    // Somebody without the key changes a text and the manifest's hash of it: both are named.
    let mut files = unzip(&zip(&contents(5, false)));
    let (old, new) = {
        let item = &mut files.iter_mut().find(|(p, _)| p == "items/000003.json").unwrap().1;
        let old = hex::encode(probity_ledger::sha256(item));
        *item = String::from_utf8_lossy(item).replace("86000", "96000").into_bytes();
        (old, hex::encode(probity_ledger::sha256(item)))
    };
    let list = &mut files.iter_mut().find(|(p, _)| p == "manifest.json").unwrap().1;
    *list = String::from_utf8_lossy(list).replace(&old, &new).into_bytes();
    assert_eq!(named(&check(&rezip(&files))), ["items/000003.json", "manifest.json"]);

    // A record that never was in the log.
    let mut invented = contents(5, false);
    invented.items[1].leaf = contents(9, false).items[8].leaf;
    assert!(!check(&zip(&invented)).ok());

    // The same record twice, under two numbers.
    let mut twice = contents(5, false);
    let again = contents(5, false).items.remove(0);
    twice.items.push(again);
    assert!(check(&zip(&twice)).findings.iter().any(|f| f.problem == Problem::Duplicate));
}

#[test]
fn extra_missing_duplicate_and_unsafe_paths_are_named() {
    let files = unzip(&zip(&contents(3, false)));
    let with = |path: &str| {
        let mut files = files.clone();
        files.push((path.to_owned(), b"x".to_vec()));
        check(&rezip(&files))
    };
    for (path, problem) in [
        ("items/000099.json", Problem::Extra),
        ("note.txt", Problem::Extra),
        ("items/000001.json", Problem::Duplicate),
        ("ITEMS/000001.json", Problem::Duplicate),
        ("../evil", Problem::Unsafe),
        ("/etc/evil", Problem::Unsafe),
        ("c:\\evil", Problem::Unsafe),
        ("a//b", Problem::Unsafe),
    ] {
        let report = with(path);
        assert!(report.findings.iter().any(|f| f.path == path && f.problem == problem), "{path}: {}", report.text());
    }
    for i in 0..files.len() {
        let mut fewer = files.clone();
        let (path, _) = fewer.remove(i);
        let report = check(&rezip(&fewer));
        assert!(report.findings.iter().any(|f| f.path == path && f.problem == Problem::Missing), "{path}");
    }
}

#[test]
fn nothing_hides_between_the_files() {
    // A second copy of the checkpoint that only readers of local headers see.
    let good = zip(&contents(2, false));
    let hidden = rezip(&[("custody.json".to_owned(), b"[]".to_vec())]);
    let end = u32::from_le_bytes(hidden[hidden.len() - 6..hidden.len() - 2].try_into().unwrap()) as usize;
    let hidden = &hidden[..end];
    let mut bad = [hidden, &good].concat();
    // Shift every offset of the central directory by what was put in front.
    let at = bad.len() - 6;
    let start = u32::from_le_bytes(bad[at..at + 4].try_into().unwrap()) + hidden.len() as u32;
    bad[at..at + 4].copy_from_slice(&start.to_le_bytes());
    let mut place = start as usize;
    while bad[place..place + 4] == *b"PK\x01\x02" {
        let offset = u32::from_le_bytes(bad[place + 42..place + 46].try_into().unwrap()) + hidden.len() as u32;
        bad[place + 42..place + 46].copy_from_slice(&offset.to_le_bytes());
        place += 46 + u16::from_le_bytes(bad[place + 28..place + 30].try_into().unwrap()) as usize;
    }
    let report = check(&bad);
    assert!(report.findings.iter().any(|f| f.path == "custody.json" && f.problem == Problem::Extra), "{}", report.text());

    // A local header that gives another name than the directory.
    let mut renamed = good.clone();
    let at = renamed.windows(10).position(|w| w == b"checkpoint").unwrap();
    renamed[at] = b'C';
    assert!(!check(&renamed).ok());
}

#[test]
fn bombs_and_rubbish_are_refused() {
    let mut files = unzip(&zip(&contents(1, false)));
    let i = files.iter().position(|(p, _)| p == "custody.json").unwrap();
    files[i].1 = vec![0; 80 << 20];
    let report = check(&rezip(&files));
    assert_eq!(named(&report), ["custody.json"]);
    for rubbish in [&b""[..], b"PK", b"PK\x05\x06", &[0; 22], &[0x50; 100]] {
        assert!(!check(rubbish).ok());
    }
    let mut cut = zip(&contents(1, false));
    cut.truncate(cut.len() - 1);
    assert!(!check(&cut).ok());
}

/// Makes every entry of a zip claim another size, in both its headers.
fn claiming(bytes: &[u8], size: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = bytes.len() - 6;
    let mut place = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    while bytes[place..place + 4] == *b"PK\x01\x02" {
        let local = u32::from_le_bytes(bytes[place + 42..place + 46].try_into().unwrap()) as usize;
        for at in [place + 24, local + 22] {
            bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
        }
        place += 46 + u16::from_le_bytes(bytes[place + 28..place + 30].try_into().unwrap()) as usize;
    }
    bytes
}

#[test]
fn an_archive_that_unpacks_to_too_much_or_overlaps_is_not_unpacked_at_all() {
    let good = zip(&contents(1, false));
    // More than the total, though each file is within its own limit: nothing but the size is said of it.
    let report = check(&claiming(&good, 1 << 29));
    assert_eq!(report.findings.iter().map(|f| (f.path.as_str(), f.problem)).collect::<Vec<_>>(), [("", Problem::Invalid)], "{}", report.text());
    assert_eq!(report.files, 0);
    // Two entries with one body.
    let mut bad = good.clone();
    let at = bad.len() - 6;
    let first = u32::from_le_bytes(bad[at..at + 4].try_into().unwrap()) as usize;
    let second = first + 46 + u16::from_le_bytes(bad[first + 28..first + 30].try_into().unwrap()) as usize;
    bad.copy_within(first + 42..first + 46, second + 42);
    let report = check(&bad);
    assert!(report.findings.iter().any(|f| f.why.en == "overlaps another file") && report.files == 0, "{}", report.text());
}

#[test]
fn what_is_parsed_has_limits_of_its_own_and_a_repeated_name_is_read_once() {
    // A stamp of 2 MiB, listed and signed as if it were one.
    let mut large = contents(1, false);
    large.stamps.push(StampFile { name: "x".into(), der: vec![0; 2 << 20], covers: None, consistency: vec![] });
    let report = check(&zip(&large));
    assert!(report.findings.iter().any(|f| f.path == "timestamps/x.tsr" && f.why.en == "too large"), "{}", report.text());
    // What is said about a record is not built up in memory.
    let mut about = contents(1, false);
    about.items[0].about = serde_json::json!({ "nested": vec![serde_json::json!([[[1]]]); 1000] });
    assert!(check(&zip(&about)).ok());
}

#[test]
fn the_builder_refuses_what_the_verifier_would() {
    let many = (0..65_001).map(|i| (format!("documents/{i}"), 1));
    let many: Vec<(String, u64)> = many.collect();
    assert!(check_limits(many.iter().map(|(p, s)| (p.as_str(), *s))).unwrap_err().contains("65000"));
    assert!(check_limits([("a", 1 << 30), ("b", 1 << 30), ("c", 1 << 30)]).is_ok());
    assert!(check_limits([("a", 1 << 30), ("b", 1 << 30), ("c", 1 << 30), ("d", 1)]).is_err());
    assert!(check_limits([("a", (1 << 30) + 1)]).unwrap_err().starts_with("a has"));
    let mut too_many = contents(1, false);
    too_many.documents = (0..65_000).map(|i| Document { name: format!("{i}"), bytes: vec![] }).collect();
    let key = key();
    let built = probity_package::build::build(&too_many, &|bytes| key.sign_bytes(bytes), &mut Vec::new());
    assert!(matches!(built, Err(BuildError::TooLarge(_))), "{built:?}");
}

#[test]
fn the_browser_verifier_may_run_only_its_own_script() {
    use base64::Engine as _;
    let html = probity_package::VERIFIER_HTML;
    for tag in ["style", "script"] {
        let start = html.find(&format!("<{tag}>")).unwrap() + tag.len() + 2;
        let end = html.find(&format!("</{tag}>")).unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(probity_ledger::sha256(html[start..end].as_bytes()));
        assert!(html.contains(&format!("{tag}-src 'sha256-{hash}'")), "the policy of verifier.html wants {tag}-src 'sha256-{hash}'");
    }
    for outside in ["http:", "https:", "import ", "eval("] {
        assert!(!html.contains(outside), "verifier.html reaches outside: {outside}");
    }
}
