//! What the checker holds from elsewhere. Without any of it a package can only be consistent with itself.

use probity_ledger::checkpoint::VerifierKey;

#[derive(Debug, Default, Clone)]
pub struct Pins {
    pub key: Option<KeyPin>,
    /// Root certificate(s) of the time stamp authority, PEM.
    pub tsa_ca: Option<Vec<u8>>,
    /// A signed checkpoint of the same log, obtained earlier or elsewhere.
    pub checkpoint: Option<String>,
}

/// The signer, by fingerprint: a vkey is reduced to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPin(pub String);

#[derive(Debug, thiserror::Error)]
#[error("no key fingerprint (64 hex digits) and no verifier key (name+hash+key) in it")]
pub struct NoKey;

impl KeyPin {
    /// Reads a fingerprint in the usual spellings (`sha256:`, colons, spaces, capitals), a vkey, or a text
    /// with either of them on a line of its own or as a word.
    pub fn parse(text: &str) -> Result<Self, NoKey> {
        let whole = Self::fingerprint(text);
        let words = || text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '`' | '<' | '>'));
        whole
            .or_else(|| {
                text.lines().map(str::trim).chain(words()).find_map(|word| {
                    // A log's name may hold spaces neither by C2SP nor by us, so a vkey is one word.
                    VerifierKey::parse(word).ok().map(|key| key.fingerprint()).or_else(|| Self::fingerprint(word))
                })
            })
            .map(Self)
            .ok_or(NoKey)
    }

    fn fingerprint(text: &str) -> Option<String> {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_prefix("sha256:").unwrap_or(&text);
        let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ' | '-' | '\n' | '\r')).collect();
        (digits.len() == 64 && digits.chars().all(|c| c.is_ascii_hexdigit())).then_some(digits)
    }
}
