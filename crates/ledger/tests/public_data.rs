//! Others' logs and proofs, read by us: C2SP and RFC 6962 data that we did not make.
//!
//! The data lies beside the repository (`../shared/data`, or where `PROBITY_SHARED` says). Where that is set it has to
//! be there; else the tests say so and pass.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use probity_ledger::checkpoint::{self, VerifierKey};
use probity_ledger::{Hash, stamp, tile, tree};
use serde_json::Value;

fn data(folder: &str) -> Option<PathBuf> {
    let named = std::env::var_os("PROBITY_SHARED").filter(|v| !v.is_empty());
    let root = named.as_ref().map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let found = Some(root.join("data").join(folder)).filter(|path| path.is_dir());
    assert!(found.is_some() || named.is_none(), "no folder {folder} in what PROBITY_SHARED names");
    if found.is_none() {
        println!("skipped: no folder {folder} beside the repository (set PROBITY_SHARED)");
    }
    found
}

fn files(under: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn bytes(value: &Value) -> Vec<u8> {
    value.as_str().map(|text| STANDARD.decode(text).unwrap()).unwrap_or_default()
}

/// What is not 32 bytes long never becomes a hash of ours: refused before any proof is looked at.
fn hash(value: &Value) -> Option<Hash> {
    Hash::try_from(bytes(value)).ok()
}

/// The consistency vectors also use words where roots do not matter, once in a proof that holds (a tree
/// with itself): such a word is stood for by a digest of it, which keeps equal ones equal, others apart.
fn root_of(value: &Value) -> Hash {
    let bytes = bytes(value);
    Hash::try_from(bytes.as_slice()).unwrap_or_else(|_| probity_ledger::sha256(&bytes))
}

/// A proof with a piece of another length never becomes one of ours.
fn proof(value: &Value) -> Option<Vec<Hash>> {
    let items = value.as_array().cloned().unwrap_or_default();
    items.iter().map(|item| Hash::try_from(bytes(item)).ok()).collect()
}

#[test]
fn proofs_of_another_implementation_get_the_expected_verdicts() {
    let Some(root) = data("ev_merkle_rfc6962") else { return };
    let mut seen = 0;
    for kind in ["inclusion", "consistency"] {
        for path in files(&root.join("testdata").join(kind)) {
            let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let number = |key: &str| case[key].as_u64().unwrap();
            let good = proof(&case["proof"]).is_some_and(|proof| {
                if kind == "inclusion" {
                    let (index, size) = (number("leafIdx"), number("treeSize"));
                    hash(&case["leafHash"])
                        .zip(hash(&case["root"]))
                        .is_some_and(|(leaf, root)| tree::verify_inclusion(index, size, &leaf, &proof, &root).is_ok())
                } else {
                    let (old, new) = (root_of(&case["root1"]), root_of(&case["root2"]));
                    tree::verify_consistency(number("size1"), number("size2"), &proof, &old, &new).is_ok()
                }
            });
            assert_eq!(good, !case["wantErr"].as_bool().unwrap(), "{}", path.display());
            seen += 1;
        }
    }
    assert_eq!(seen, 196);
}

#[test]
fn a_log_of_another_implementation_reads_with_its_key() {
    let Some(root) = data("ev_tlog_tessera") else { return };
    let source = std::fs::read_to_string(root.join("SOURCE.txt")).unwrap();
    let vkey = source.lines().find_map(|line| line.strip_prefix("verifier key of this log: ")).unwrap();
    let key = VerifierKey::parse(vkey).unwrap();
    assert_eq!(key.vkey(), vkey.trim());
    let log = root.join("testdata/log");
    let mut old: Option<(u64, Hash)> = None;
    for size in 0..=15_u64 {
        let note = std::fs::read_to_string(log.join(format!("checkpoint.{size}"))).unwrap();
        let checkpoint = checkpoint::open(&note, &key).unwrap();
        assert_eq!(checkpoint.size, size);
        if size == 0 {
            assert_eq!(checkpoint.root, tree::empty_root());
            continue;
        }
        let width = u16::try_from(size).unwrap();
        let hashes = tile::decode_hashes(&std::fs::read(log.join(tile::path(0, 0, width))).unwrap()).unwrap();
        let entries = tile::decode_entries(&std::fs::read(log.join(tile::entries_path(0, width))).unwrap()).unwrap();
        assert_eq!(tile::entry_hashes(&entries), hashes);
        let mut frontier = tree::Frontier::new();
        hashes.iter().for_each(|hash| frontier.append(*hash));
        assert_eq!((frontier.size(), frontier.root()), (size, checkpoint.root));

        let tile = Tile(hashes);
        for (index, leaf) in tile.0.iter().enumerate() {
            let proof = tree::inclusion_proof(index as u64, size, &tile).unwrap();
            tree::verify_inclusion(index as u64, size, leaf, &proof, &checkpoint.root).unwrap();
        }
        if let Some((old_size, old_root)) = old {
            let proof = tree::consistency_proof(old_size, size, &tile).unwrap();
            tree::verify_consistency(old_size, size, &proof, &old_root, &checkpoint.root).unwrap();
        }
        old = Some((size, checkpoint.root));
    }
    let last = std::fs::read_to_string(log.join("checkpoint")).unwrap();
    assert_eq!(checkpoint::open(&last, &key).unwrap().size, 15);
}

struct Tile(Vec<Hash>);

impl tree::HashReader for Tile {
    type Error = &'static str;
    fn tile_hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        let (place, start, count) = tile::place(level, index);
        if (place.level, place.index) != (0, 0) {
            return Err("outside the tile");
        }
        tile::subtree(&self.0, start, count).ok_or("outside the tile")
    }
}

#[test]
fn replies_of_a_public_authority_get_the_expected_verdicts() {
    let Some(root) = data("ev_rfc3161") else { return };
    let read = |name: &str| std::fs::read(root.join("sigstage").join(name)).unwrap();
    let ca = read("ts_chain.pem");
    for name in ["response-sha256.tsr", "response-sha384.tsr", "response-sha512.tsr"] {
        let token = stamp::token_of_response(&read(name)).unwrap();
        let stamp = stamp::verify_message(&token, b"hello", Some(&ca)).unwrap();
        assert!(stamp.confirmed);
        assert_eq!(stamp.policy, "1.3.6.1.4.1.57264.2");
        assert!(stamp.authority.contains("CN=sigstore-tsa"), "{}", stamp.authority);
        assert!(!stamp::verify_message(&token, b"hello", None).unwrap().confirmed);
        assert_eq!(stamp::verify_message(&token, b"hallo", Some(&ca)), Err(stamp::StampError::Imprint));
    }
    let token = stamp::token_of_response(&read("response-sha256.tsr")).unwrap();
    let stamp = stamp::verify(&token, &probity_ledger::sha256(b"hello"), Some(&ca)).unwrap();
    assert_eq!(stamp.time_us, 1_746_791_935_000_000);
    assert_eq!(stamp.accuracy_us, Some(1_000_000));
    assert_eq!(stamp.serial, "784b4c5e57aaa63b570f15cba4df95251668ae9e");

    let invalid = stamp::token_of_response(&read("response-invalid-signature.tsr")).unwrap();
    assert_eq!(stamp::verify_message(&invalid, b"hello", Some(&ca)), Err(stamp::StampError::Signature));

    // The certificate is not in the token; the CA file happens to hold it.
    let bare = stamp::token_of_response(&read("response-no-embedded-cert.tsr")).unwrap();
    let message = [&b"hello"[..], b"hello\n"].into_iter().find(|message| stamp::verify_message(&bare, message, None) == Err(stamp::StampError::NoCertificate));
    let message = message.expect("the reply is about one of these");
    assert!(stamp::verify_message(&bare, message, Some(&ca)).unwrap().confirmed);
}

/// Every bit of a good token matters, or does not change what it says.
#[test]
fn a_flipped_bit_never_yields_another_stamp() {
    let Some(root) = data("ev_rfc3161") else { return };
    let ca = std::fs::read(root.join("sigstage/ts_chain.pem")).unwrap();
    let reply = std::fs::read(root.join("sigstage/response-sha256.tsr")).unwrap();
    let token = stamp::token_of_response(&reply).unwrap();
    let good = stamp::verify_message(&token, b"hello", Some(&ca)).unwrap();
    for at in 0..token.len() {
        let mut changed = token.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(stamp) = stamp::verify_message(&changed, b"hello", Some(&ca)) {
            assert_eq!(stamp, good, "byte {at}");
        }
    }
}
