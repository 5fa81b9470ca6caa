//! Time stamps inside a package: by the pinned authority, by another, by none; one changed byte; and the very lines of
//! the READMEs, run by openssl on the unpacked files.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "fixture/authority.rs"]
mod authority;
mod fixture;

use authority::Authority;
use fixture::{contents, key, note_of, zip};
use probity_package::{
    Contents, Pins, Problem, StampFile,
    container::{Archive, pack, write},
    verify,
};

/// One stamp on the package's own checkpoint, one on an earlier one of the same log.
fn stamped(authority: &Authority) -> Contents {
    let mut contents = contents(6, false);
    let earlier = note_of(&contents, 1, &key());
    contents.stamps = vec![
        StampFile { name: "0001-2".into(), der: authority.stamp(earlier.as_bytes()), covers: Some(earlier), consistency: contents.earlier[1].proof.clone() },
        StampFile { name: "0002-9".into(), der: authority.stamp(contents.checkpoint.as_bytes()), covers: None, consistency: vec![] },
    ];
    contents
}

fn pinned(ca: &Authority) -> Pins {
    Pins { tsa_ca: Some(std::fs::read(ca.root()).unwrap()), ..Pins::default() }
}

#[test]
fn stamps_are_confirmed_by_the_pinned_authority_only() {
    let (ours, other) = (Authority::new(), Authority::new());
    let bytes = zip(&stamped(&ours));
    let report = verify(&bytes, &pinned(&ours));
    assert!(report.ok(), "{}", report.text());
    assert_eq!(report.stamps.iter().map(|s| (s.size, s.confirmed)).collect::<Vec<_>>(), [(2, true), (9, true)]);
    assert!(report.text().contains("authority confirmed 机构已确认"));

    let report = verify(&bytes, &Pins::default());
    assert!(report.ok() && report.stamps.iter().all(|s| !s.confirmed), "{}", report.text());

    let report = verify(&bytes, &pinned(&other));
    assert_eq!(report.findings.iter().map(|f| f.problem).collect::<Vec<_>>(), [Problem::Pin]);
    assert!(report.stamps.iter().all(|s| !s.confirmed));
}

#[test]
fn a_changed_byte_of_a_stamp_or_its_note_is_named_even_when_the_manifest_is_signed_anew() {
    let authority = Authority::new();
    let good = stamped(&authority);
    // Somebody unpacks, changes and packs again: the manifest's hash tells.
    let bytes = zip(&good);
    let archive = Archive::open(&bytes).unwrap();
    let files: Vec<(String, Vec<u8>)> = archive.entries.iter().map(|e| (e.path.clone(), archive.read(e).unwrap())).collect();
    for path in ["timestamps/0001-2.tsr", "timestamps/0001-2.checkpoint", "timestamps/0002-9.tsr"] {
        let mut changed = files.clone();
        let file = changed.iter_mut().find(|(p, _)| p == path).unwrap();
        let middle = file.1.len() / 2;
        file.1[middle] ^= 1;
        let mut out = Vec::new();
        write(changed.iter().map(|(p, b)| pack(p.clone(), b)).collect(), &mut out).unwrap();
        let report = verify(&out, &Pins::default());
        assert!(report.findings.iter().any(|f| f.path == path && f.problem == Problem::Altered), "{path}: {}", report.text());
    }
    // The company itself changes it and signs: the stamp tells.
    let length = good.stamps[0].der.len();
    for at in (0..length).step_by(37) {
        let mut lie = stamped(&authority);
        lie.stamps[0].der.clone_from(&good.stamps[0].der);
        lie.stamps[0].der[at] ^= 1;
        let report = verify(&zip(&lie), &pinned(&authority));
        let named = report.findings.iter().any(|f| f.path == "timestamps/0001-2.tsr");
        // What is not signed (a version, an unsigned serial of the certificate's own signature) may differ, and then
        // the authority is not confirmed any more or the stamp says exactly the same.
        let same = report.stamps.iter().any(|s| s.size == 2 && s.time == verify(&bytes, &Pins::default()).stamps[0].time);
        assert!(named || same, "byte {at}: {}", report.text());
    }
    // A true stamp of another note, and of another log.
    let mut lie = stamped(&authority);
    lie.stamps[0].der = authority.stamp(b"something else");
    assert_eq!(verify(&zip(&lie), &Pins::default()).findings[0].path, "timestamps/0001-2.tsr");
    let mut lie = stamped(&authority);
    lie.stamps[0].consistency.clear();
    assert_eq!(verify(&zip(&lie), &Pins::default()).findings[0].path, "timestamps/0001-2.checkpoint");
}

#[test]
fn the_lines_of_the_readmes_hold() {
    let (ours, other) = (Authority::new(), Authority::new());
    let bytes = zip(&stamped(&ours));
    let archive = Archive::open(&bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for entry in &archive.entries {
        let to = folder.path().join(&entry.path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, archive.read(entry).unwrap()).unwrap();
    }
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = std::fs::read_to_string(folder.path().join(readme)).unwrap();
        let lines: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("    openssl ")).collect();
        assert_eq!(lines.len(), 2, "{readme}");
        for (line, name) in lines.into_iter().zip(["0001-2", "0002-9"]) {
            let line = line.replace("/X.", &format!("/{name}."));
            let arguments: Vec<&str> = line.split(' ').collect();
            std::fs::copy(ours.root(), folder.path().join("CA.pem")).unwrap();
            let said = authority::openssl(folder.path(), &arguments).unwrap();
            assert!(said.contains("Verification: OK"), "{line}: {said}");
            std::fs::copy(other.root(), folder.path().join("CA.pem")).unwrap();
            assert!(authority::openssl(folder.path(), &arguments).is_err(), "{line}");
        }
    }
}
