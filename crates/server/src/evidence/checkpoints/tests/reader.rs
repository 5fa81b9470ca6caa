//! A stranger reads our log: this reader knows C2SP tlog-tiles, tlog-checkpoint and signed-note, and nothing of ours.

use crate::{
    evidence::checkpoints::{published_beyond, tests::append},
    http::testing::{TestServer, Visitor},
    testing::engines,
};
use aws_lc_rs::{digest, signature};
use base64::{Engine, engine::general_purpose::STANDARD};

type Hash = [u8; 32];

fn sha256(parts: &[&[u8]]) -> Hash {
    let digest = digest::digest(&digest::SHA256, &parts.concat());
    digest.as_ref().try_into().unwrap()
}

/// RFC 6962 §2.1, from the leaf hashes.
fn root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => sha256(&[]),
        [one] => *one,
        more => {
            let mut split = 1;
            while split * 2 < more.len() {
                split *= 2;
            }
            sha256(&[&[1], &root(&more[..split]), &root(&more[split..])])
        }
    }
}

fn path(mut n: usize) -> String {
    let mut text = format!("{:03}", n % 1000);
    while n >= 1000 {
        n /= 1000;
        text = format!("x{:03}/{text}", n % 1000);
    }
    text
}

async fn fetch(reader: &Visitor<'_>, path: &str) -> Vec<u8> {
    let answer = reader.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.bytes));
    assert!(!answer.headers.contains_key("content-encoding"), "{path}");
    answer.bytes
}

/// Opens the checkpoint and answers size and root.
async fn checkpoint(reader: &Visitor<'_>) -> (usize, Hash) {
    let vkey = String::from_utf8(fetch(reader, "/log/vkey").await).unwrap();
    let mut parts = vkey.trim().splitn(3, '+');
    let (name, id, key) = (parts.next().unwrap(), parts.next().unwrap(), STANDARD.decode(parts.next().unwrap()).unwrap());
    assert_eq!(key[0], 1, "Ed25519");
    let expected = sha256(&[name.as_bytes(), b"\n", &key]);
    assert_eq!(hex::decode(id).unwrap(), expected[..4]);

    let note = String::from_utf8(fetch(reader, "/log/checkpoint").await).unwrap();
    let (body, signatures) = note.split_once("\n\n").unwrap();
    let body = format!("{body}\n");
    let line = signatures.lines().find(|l| l.starts_with(&format!("\u{2014} {name} "))).unwrap();
    let signed = STANDARD.decode(line.rsplit(' ').next().unwrap()).unwrap();
    assert_eq!(signed[..4], expected[..4]);
    signature::UnparsedPublicKey::new(&signature::ED25519, &key[1..]).verify(body.as_bytes(), &signed[4..]).unwrap();
    let lines: Vec<&str> = body.lines().collect();
    assert_eq!(lines[0], name);
    (lines[1].parse().unwrap(), STANDARD.decode(lines[2]).unwrap().try_into().unwrap())
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks(32).map(|hash| hash.try_into().unwrap()).collect()
}

/// Every entry and every tile of the log of that size, held against its root.
async fn walk(reader: &Visitor<'_>, size: usize, expected: &Hash) {
    let mut below: Vec<Hash> = Vec::new();
    for at in (0..size).step_by(256) {
        let width = (size - at).min(256);
        let suffix = if width == 256 { String::new() } else { format!(".p/{width}") };
        let mut bundle = &fetch(reader, &format!("/log/tile/entries/{}{suffix}", path(at / 256))).await[..];
        let mut count = 0;
        while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
            let (entry, rest) = rest.split_at(u16::from_be_bytes(*length).into());
            below.push(sha256(&[&[0], entry]));
            bundle = rest;
            count += 1;
        }
        assert_eq!(count, width);
    }
    assert_eq!(root(&below), *expected, "the entries give the root");
    for level in 0.. {
        if below.is_empty() {
            break;
        }
        for at in (0..below.len()).step_by(256) {
            let width = (below.len() - at).min(256);
            let suffix = if width == 256 { String::new() } else { format!(".p/{width}") };
            let tile = fetch(reader, &format!("/log/tile/{level}/{}{suffix}", path(at / 256))).await;
            assert_eq!(hashes(&tile), below[at..at + width], "level {level}");
        }
        below = below.chunks_exact(256).map(root).collect();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_implementation_reads_our_log() {
    for engine in engines() {
        let server = TestServer::start(engine).await;
        let reader = server.with(&["read"]).await;
        checkpoint(&reader).await;
        append(&server.company, 0, 300).await;
        let first = published_beyond(&server.company, 299).await.unwrap();
        append(&server.company, 300, 600).await;
        published_beyond(&server.company, i64::try_from(first.size).unwrap() + 299).await.unwrap();
        let (size, newest_root) = checkpoint(&reader).await;
        assert!(size >= 600);
        walk(&reader, size, &newest_root).await;
        // The partial tiles of the size published before are still there.
        walk(&reader, first.size as usize, &first.root).await;

        let tile = reader.get("/log/tile/0/000").await;
        assert_eq!(tile.headers["content-type"], "application/octet-stream");
        assert!(tile.headers["cache-control"].to_str().unwrap().contains("immutable"));
        let note = reader.get("/log/checkpoint").await;
        assert!(note.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
        let beyond = format!("/log/tile/0/{}.p/{}", path(size / 256), size % 256 + 1);
        for missing in [beyond.as_str(), "/log/tile/0/999", "/log/tile/0/000.p/0", "/log/tile/0/0", "/log/tile/9/000", "/log/tile/entries/x999/000"] {
            assert_eq!(reader.get(missing).await.status, 404, "{missing}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_for_whoever_may_read_it() {
    let closed = TestServer::start("sqlite").await;
    for path in ["/log/checkpoint", "/log/vkey", "/log/tile/0/000"] {
        assert_eq!(closed.anyone().get(path).await.status, 401, "{path}");
        assert_eq!(closed.with(&["ingest"]).await.get(path).await.status, 403, "{path}");
    }
    let open = TestServer::start_with("sqlite", false, |config| config.log_public = true).await;
    assert_eq!(open.anyone().get("/log/checkpoint").await.status, 200);
    assert_eq!(open.anyone().get("/log/vkey").await.status, 200);
}
