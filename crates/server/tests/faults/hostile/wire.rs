//! Below HTTP's good manners: headers without end, lengths that lie, bodies that never come, listeners that never
//! leave, paths that climb.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::assert_sound;
use crate::{
    server::{Place, Server},
    table::{Line, rounds},
    traffic::{event, register},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// Writes and reads on a bare connection; what came back before the other side closed or `patience` was over.
fn exchange(place: &Place, request: &[u8], patience: Duration) -> String {
    let address = place.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(patience)).unwrap();
    stream.set_write_timeout(Some(patience)).unwrap();
    // The other side may have had enough before all of it was sent.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    let begun = Instant::now();
    while begun.elapsed() < patience {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(n) => answer.extend_from_slice(&buffer[..n]),
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

async fn serving() -> (Place, Server) {
    let place = Place::new("sqlite").await;
    let server = place.start();
    place.make_token();
    register(&place).await;
    (place, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_out_of_order() {
    let mut line = Line::new("hostile headers and lengths", "sqlite");
    let (place, mut server) = serving().await;
    let before = server.memory().0;
    let auth = format!("Authorization: Bearer {}\r\n", place.token());
    let post = |headers: &str, body: &str| format!("POST /api/v1/records HTTP/1.1\r\nHost: x\r\n{auth}Content-Type: application/json\r\n{headers}\r\n{body}");
    let long = "a".repeat(1 << 20);
    let many: String = (0..5000).map(|i| format!("X-{i}: 1\r\n")).collect();
    let requests: Vec<(&str, String)> = vec![
        ("one header of 1 MiB", format!("GET /api/v1/records HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n")),
        ("5,000 headers", format!("GET /api/v1/records HTTP/1.1\r\nHost: x\r\n{many}\r\n")),
        ("an address of 1 MiB", format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        ("no HTTP", "hello\r\n\r\n".to_owned()),
        ("another version", "GET / HTTP/9.9\r\nHost: x\r\n\r\n".to_owned()),
        ("no length", post("Content-Length: \r\n", "[]")),
        ("a length below nothing", post("Content-Length: -1\r\n", "[]")),
        ("a length beyond all memory", post("Content-Length: 18446744073709551615\r\n", "[]")),
        ("a length beyond 64 bits", post("Content-Length: 99999999999999999999999\r\n", "[]")),
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "[]")),
        ("a length and chunks", post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        ("a chunk that lies", post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n[]\r\n")),
        ("no chunk", post("Transfer-Encoding: chunked\r\n", "zz\r\n\r\n")),
        ("a NUL in a header", "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n".to_owned()),
        ("another host", "GET /api/v1/session HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n".to_owned()),
        ("two tokens", format!("GET /api/v1/records HTTP/1.1\r\nHost: x\r\n{auth}{auth}Connection: close\r\n\r\n")),
        ("a token of 100 KiB", format!("GET /api/v1/records HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", "t".repeat(100 << 10))),
        ("a strange token", "GET /api/v1/records HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \u{ff}\u{fe}\r\n\r\n".to_owned()),
        ("a cookie of noise", format!("GET /api/v1/records HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "a=b;".repeat(500))),
    ];
    let place = std::sync::Arc::new(place);
    let tries = requests.into_iter().map(|(what, request)| {
        let place = place.clone();
        tokio::task::spawn_blocking(move || (what, exchange(&place, request.as_bytes(), Duration::from_secs(4))))
    });
    for tried in tries.collect::<Vec<_>>() {
        let (what, answer) = tried.await.unwrap();
        let status: u16 = answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        // 0: closed, or still waiting for the rest, without a word; that is a client's own doing.
        assert!(status < 500, "{what}: {}", &answer[..answer.len().min(300)]);
        line.rounds += 1;
    }
    assert_sound(&place, &mut server, before, "headers and lengths").await;
    climbing(&place).await;
    server.stop();
    line.note("none answered 5xx, server alive");
}

/// Paths that lead out of a folder lead nowhere.
async fn climbing(place: &Place) {
    let auth = format!("Authorization: Bearer {}\r\n", place.token());
    for path in [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2fetc/passwd",
        "/assets/%2e%2e/%2e%2e/keys.json",
        "//etc/passwd",
        "/log/tile/../../keys.json",
        "/log/tile/..%2f..%2f..%2fkeys.json",
        "/log/tile/0/..%2f..%2f..%2f..%2fkeys.json",
        "/log/tile/entries/x000/../../../../keys.json",
        "/log/tile/0/000%00",
        "/log/tile/255/000",
        "/log/tile/0/99999999999999999999",
        "/docs/..%2f..%2fkeys.json",
        "/docs/%2e%2e",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{auth}Connection: close\r\n\r\n");
        let answer = exchange(place, request.as_bytes(), Duration::from_secs(5));
        let status: u16 = answer.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        assert!(status != 0 && status < 500, "{path}: {answer}");
        assert!(!answer.contains("root:") && !answer.contains("master_key"), "{path} leads out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_never_finish() {
    let mut line = Line::new("slow and idle clients", "sqlite");
    let (place, mut server) = serving().await;
    let before = server.memory().0;
    let address = place.url().trim_start_matches("http://").to_owned();
    let auth = format!("Authorization: Bearer {}\r\n", place.token());
    let open = |text: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    // Heads that never end, bodies that never come, and listeners that never leave.
    let heads: Vec<TcpStream> = (0..300).map(|_| open("GET /api/v1/records HTTP/1.1\r\nHost: x\r\nX-A: ")).collect();
    let mut body = open(&format!("POST /api/v1/records HTTP/1.1\r\nHost: x\r\n{auth}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{{"));
    let listeners: Vec<TcpStream> = (0..500).map(|_| open(&format!("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n{auth}\r\n"))).collect();
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    // Others are served as ever.
    for n in 0..20 {
        let asked = Instant::now();
        assert_eq!(place.send(&[event(&format!("s{n}"), n)]).await.unwrap().0, 200);
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
    let after = assert_sound(&place, &mut server, before, "slow and idle clients").await;
    line.note(format!("300 half heads and 500 idle listeners: {} MiB more, others served", after - before));
    // A listener still hears.
    let mut one = &listeners[7];
    one.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut heard = [0; 2000];
    let n = one.read(&mut heard).unwrap();
    assert!(String::from_utf8_lossy(&heard[..n]).contains("text/event-stream"));
    // What never comes is not waited for: the half body is refused, the half heads are closed.
    let answer = tokio::task::block_in_place(|| {
        body.set_read_timeout(Some(Duration::from_secs(45))).unwrap();
        let mut buffer = [0; 2000];
        let n = body.read(&mut buffer).unwrap_or(0);
        String::from_utf8_lossy(&buffer[..n]).into_owned()
    });
    assert!(answer.starts_with("HTTP/1.1 4"), "a body that never comes: {answer}");
    let told = begun.elapsed();
    line.note(format!("half body refused after {} s", told.as_secs()));
    // Half heads are given as long as a balancer keeps an idle connection; the short form does not wait for that.
    if rounds(1) > 1 {
        let closed = tokio::task::block_in_place(|| heads.iter().take(5).all(|stream| is_closed(stream, Duration::from_secs(90))));
        assert!(closed, "a head that never ends holds its connection for ever");
        line.note(format!("half heads closed after {} s", begun.elapsed().as_secs()));
    }
    drop((heads, listeners));
    line.rounds = 1;
    server.stop();
    place.assert_clean();
}

/// Whether the other side closes within that time.
fn is_closed(mut stream: &TcpStream, within: Duration) -> bool {
    stream.set_read_timeout(Some(within)).unwrap();
    let mut buffer = [0; 2000];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(e) => return e.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}
