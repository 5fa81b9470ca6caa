#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

/// A mail server on loopback that keeps what it is given: RFC 5321 as far as a client needs it.
pub struct MailServer {
    pub url: String,
    kept: Arc<Mutex<Vec<(String, String)>>>,
    /// So many letters are put off with 451 first.
    pub busy: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let kept = Arc::new(Mutex::new(Vec::new()));
        let busy = Arc::new(AtomicUsize::new(0));
        let (keep, wait) = (kept.clone(), busy.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, keep.clone(), wait.clone()));
            }
        });
        Self { url, kept, busy, task }
    }

    /// (to, the letter as it came), in order.
    pub fn letters(&self) -> Vec<(String, String)> {
        self.kept.lock().unwrap().clone()
    }
}

async fn talk(stream: tokio::net::TcpStream, kept: Arc<Mutex<Vec<(String, String)>>>, busy: Arc<AtomicUsize>) {
    let mut wire = BufReader::new(stream);
    let mut to = String::new();
    let mut say = b"220 test\r\n".to_vec();
    loop {
        if wire.write_all(&say).await.is_err() {
            return;
        }
        let mut line = String::new();
        if wire.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let upper = line.to_uppercase();
        say = match upper.split_whitespace().next().unwrap_or_default() {
            "EHLO" => b"250-test\r\n250 8BITMIME\r\n".to_vec(),
            "RCPT" if busy.load(Ordering::SeqCst) > 0 => {
                busy.fetch_sub(1, Ordering::SeqCst);
                b"451 later\r\n".to_vec()
            }
            "RCPT" if upper.contains("NOBODY@") => b"550 no such mailbox\r\n".to_vec(),
            "RCPT" => {
                line.trim().trim_start_matches(|c| c != '<').trim_matches(['<', '>']).clone_into(&mut to);
                b"250 ok\r\n".to_vec()
            }
            "DATA" => {
                wire.write_all(b"354 go on\r\n").await.unwrap();
                let mut letter = String::new();
                loop {
                    let mut line = String::new();
                    wire.read_line(&mut line).await.unwrap();
                    if line == ".\r\n" {
                        break;
                    }
                    letter.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                kept.lock().unwrap().push((to.clone(), letter));
                b"250 kept\r\n".to_vec()
            }
            "QUIT" => {
                let _ = wire.write_all(b"221 bye\r\n").await;
                return;
            }
            _ => b"250 ok\r\n".to_vec(),
        };
    }
}

/// The body of a letter, decoded.
pub fn body(letter: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let sent = letter.split("\r\n\r\n").nth(1).unwrap().replace("\r\n", "");
    String::from_utf8(STANDARD.decode(sent).unwrap()).unwrap()
}
