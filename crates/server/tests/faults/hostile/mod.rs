//! What an attacker, or a broken client, sends: a clear refusal or inert text, never a 5xx (but 503 and 507 as designed),
//! never a dead server, and never more memory than the work is worth.

mod bodies;
mod shown;
mod uploads;
mod wire;

use super::server::{Place, Server, answer};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use std::io::Write;

/// One hostile request may make the server hold this much more than it held before, at most (MiB): some copies of
/// the 32 MiB that a body may have.
const MOST_GROWTH: u64 = 700;

/// A body of any kind for any address; what came back.
async fn send(place: &Place, method: reqwest::Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Value) {
    let mut request = place.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request.body(body).send().await.unwrap()).await
}

/// The answer is a refusal in words.
#[track_caller]
fn assert_refused(what: &str, (status, body): &(u16, Value)) {
    assert!((400..500).contains(status), "{what}: {status} {body}");
    for member in ["code", "detail", "request_id"] {
        assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{what} is refused without a {member}: {body}");
    }
}

/// The server lives, answers, and holds no more than it may.
async fn assert_sound(place: &Place, server: &mut Server, before: u64, what: &str) -> u64 {
    assert!(server.is_alive(), "{what}: the server died: {}", server.said());
    place.get("/api/v1/records?limit=1").await;
    let (_, peak) = server.memory();
    assert!(peak < before + MOST_GROWTH, "{what}: {before} MiB grew to {peak} MiB");
    // Of our own code; a stranger's that gives up on a workbook is caught, and the file refused.
    assert!(!server.said().contains("panicked at crates/"), "{what}: {}", server.said());
    peak
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).expect("memory");
    out.finish().expect("memory")
}

/// As many zeros as asked for, packed without ever being there.
fn gzip_bomb(mib: usize) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    (0..mib).for_each(|_| out.write_all(&zeros).expect("memory"));
    out.finish().expect("memory")
}
