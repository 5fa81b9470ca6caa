//! Random secrets and how they are kept: 256 random bits need no slow hash, so the database holds their SHA-256
//! and a copy of the database signs nobody in.

use aws_lc_rs::{constant_time, digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// `n` bytes from the system's generator.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the system has a random generator");
    bytes
}

/// A new secret in 43 URL-safe characters.
pub fn new() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What is stored of a secret.
pub fn hash(secret: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, secret.as_bytes()).as_ref().to_vec()
}

pub fn same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// A short code for a person to type: 10 characters without look-alikes, 49 bits.
pub fn code() -> String {
    const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    let mut out = String::with_capacity(11);
    while out.len() < 11 {
        if out.len() == 5 {
            out.push('-');
            continue;
        }
        // 31 letters: values above the last whole multiple are thrown away so that none is likelier.
        let [byte] = random::<1>();
        if usize::from(byte) < 256 / LETTERS.len() * LETTERS.len() {
            out.push(LETTERS[usize::from(byte) % LETTERS.len()] as char);
        }
    }
    out
}
