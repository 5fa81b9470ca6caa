//! The signed state of the log: C2SP tlog-checkpoint inside C2SP signed-note, with Ed25519.
//!
//! ```text
//! <origin>
//! <size, decimal>
//! <root hash, base64>
//! <extension lines, if any>
//!
//! — <key name> <base64 of 4 key-hash bytes ‖ signature>
//! ```
//!
//! A verifier key is `<name>+<8 hex digits>+<base64 of 0x01 ‖ public key>`. Unknown signatures (witnesses)
//! are passed over; a checkpoint is accepted when the log's own signature holds and the origin is the
//! key's name. Deliberately absent: cosignatures, other signature algorithms, and where keys are kept.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::{Hash, sha256};

/// The signature type byte of Ed25519 in a signed note's key.
const ED25519_KIND: u8 = 1;
/// More lines than any log has witnesses: a note beyond this is not ours to read.
const MAX_SIGNATURES: usize = 100;
const SIGNATURE_START: &str = "\u{2014} ";

/// The state of a log: its first `size` entries have this root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, unique in the world, e.g. `probity.example.com/7f3a…`.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    /// Further lines; none of ours today.
    pub extensions: Vec<String>,
}

/// Why a note or a key was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("not a signed note: {0}")]
    Note(&'static str),
    #[error("not a checkpoint: {0}")]
    Body(&'static str),
    #[error("not a verifier key: {0}")]
    Key(&'static str),
    #[error("the checkpoint is not signed by {0}")]
    Unsigned(String),
    #[error("the signature of {0} does not hold")]
    Signature(String),
    #[error("the checkpoint is of the log {found}, not of {expected}")]
    Origin { expected: String, found: String },
}

impl Checkpoint {
    /// The text that is signed.
    pub fn body(&self) -> String {
        let mut body = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root));
        for line in &self.extensions {
            body.push_str(line);
            body.push('\n');
        }
        body
    }

    /// Reads the text that is signed.
    pub fn from_body(body: &str) -> Result<Self, CheckpointError> {
        let text = body.strip_suffix('\n').ok_or(CheckpointError::Body("it does not end its last line"))?;
        let mut lines = text.split('\n');
        let origin = lines.next().filter(|line| !line.is_empty());
        let origin = origin.ok_or(CheckpointError::Body("no origin"))?.to_owned();
        let size = lines.next().ok_or(CheckpointError::Body("no size"))?;
        let plain = size.bytes().all(|b| b.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size = size.parse().ok().filter(|_| plain).ok_or(CheckpointError::Body("the size is no number"))?;
        let root = lines.next().ok_or(CheckpointError::Body("no root hash"))?;
        let root = STANDARD.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        let root = root.ok_or(CheckpointError::Body("the root hash is not 32 bytes of base64"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Body("an extension line is empty"));
        }
        Ok(Self { origin, size, root, extensions })
    }
}

/// The log's signing key.
pub struct LogKey {
    name: String,
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl LogKey {
    /// The key that these 32 random bytes make. `name` is the log's origin.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, CheckpointError> {
        check_name(name)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| CheckpointError::Key("the seed makes no Ed25519 key"))?;
        let public = <[u8; 32]>::try_from(pair.public_key().as_ref()).map_err(|_| CheckpointError::Key("an Ed25519 public key has 32 bytes"))?;
        let verifier = VerifierKey::new(name, public)?;
        Ok(Self { name: name.to_owned(), pair, verifier })
    }

    /// The log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The public half as text that other tools read.
    pub fn vkey(&self) -> String {
        self.verifier.vkey()
    }

    /// Lowercase hex SHA-256 of the 32-byte public key: what people read to each other.
    pub fn fingerprint(&self) -> String {
        self.verifier.fingerprint()
    }

    /// A bare Ed25519 signature; the caller puts a domain prefix into `message`.
    pub fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(message).as_ref());
        signature
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The public half of a log's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// From the name and the 32 bytes.
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self, CheckpointError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), public })
    }

    /// Reads `name+hash+base64`.
    pub fn parse(vkey: &str) -> Result<Self, CheckpointError> {
        let mut parts = vkey.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(CheckpointError::Key("it has the form name+hash+key"));
        };
        let key = STANDARD.decode(key).map_err(|_| CheckpointError::Key("the key is no base64"))?;
        let (kind, public) = key.split_first().ok_or(CheckpointError::Key("the key is empty"))?;
        if *kind != ED25519_KIND {
            return Err(CheckpointError::Key("only Ed25519 (type 1) is read here"));
        }
        let public = public.try_into().map_err(|_| CheckpointError::Key("an Ed25519 key has 32 bytes"))?;
        let key = Self::new(name, public)?;
        if !id.eq_ignore_ascii_case(&hex::encode(key.id())) {
            return Err(CheckpointError::Key("the hash does not fit the name and key"));
        }
        Ok(key)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// `name+hash+base64`.
    pub fn vkey(&self) -> String {
        format!("{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(self.typed()))
    }

    /// Lowercase hex SHA-256 of the 32-byte public key.
    pub fn fingerprint(&self) -> String {
        hex::encode(sha256(&self.public))
    }

    /// Checks a bare Ed25519 signature.
    pub fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(message, signature).is_ok()
    }

    /// The first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ key): which key a signature line means.
    fn id(&self) -> [u8; 4] {
        let mut bytes = self.name.clone().into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.typed());
        let [a, b, c, d, ..] = sha256(&bytes);
        [a, b, c, d]
    }

    fn typed(&self) -> [u8; 33] {
        let mut typed = [ED25519_KIND; 33];
        typed[1..].copy_from_slice(&self.public);
        typed
    }
}

/// The signed note of a checkpoint.
pub fn sign(checkpoint: &Checkpoint, key: &LogKey) -> String {
    let body = checkpoint.body();
    let mut signature = key.verifier.id().to_vec();
    signature.extend_from_slice(&key.sign_bytes(body.as_bytes()));
    format!("{body}\n{SIGNATURE_START}{} {}\n", key.name, STANDARD.encode(signature))
}

/// Reads a note and checks that this key signed it and that it is of this key's log.
pub fn open(note: &str, key: &VerifierKey) -> Result<Checkpoint, CheckpointError> {
    let (body, signatures) = split(note)?;
    let mut signed = false;
    for (name, signature) in &signatures {
        let Some((id, signature)) = signature.split_first_chunk::<4>() else { continue };
        if *name != key.name || *id != key.id() {
            continue;
        }
        // A signature in our name that fails damns the note, even where another one holds.
        if !key.verify_bytes(body.as_bytes(), signature) {
            return Err(CheckpointError::Signature(key.name.clone()));
        }
        signed = true;
    }
    if !signed {
        return Err(CheckpointError::Unsigned(key.name.clone()));
    }
    let checkpoint = Checkpoint::from_body(body)?;
    if checkpoint.origin != key.name {
        return Err(CheckpointError::Origin { expected: key.name.clone(), found: checkpoint.origin });
    }
    Ok(checkpoint)
}

/// Reads a note without believing it.
pub fn parse_unverified(note: &str) -> Result<Checkpoint, CheckpointError> {
    let (body, _) = split(note)?;
    Checkpoint::from_body(body)
}

type Signatures<'a> = Vec<(&'a str, Vec<u8>)>;

/// The signed text (with its last newline) and the signature lines of a note.
fn split(note: &str) -> Result<(&str, Signatures<'_>), CheckpointError> {
    if note.chars().any(|c| c.is_control() && c != '\n') {
        return Err(CheckpointError::Note("it has control characters"));
    }
    // The last blank line: a body may itself contain blank lines.
    let at = note.rfind("\n\n").ok_or(CheckpointError::Note("no blank line before the signatures"))?;
    let (body, lines) = (&note[..=at], &note[at + 2..]);
    let lines = lines.strip_suffix('\n').ok_or(CheckpointError::Note("the last signature line does not end"))?;
    let mut signatures = Vec::new();
    for line in lines.split('\n') {
        let line = line.strip_prefix(SIGNATURE_START);
        let (name, signature) = line.and_then(|line| line.split_once(' ')).ok_or(CheckpointError::Note("a signature line is malformed"))?;
        check_name(name).map_err(|_| CheckpointError::Note("a signature line is malformed"))?;
        let signature = STANDARD.decode(signature).ok().filter(|bytes| bytes.len() > 4);
        let signature = signature.ok_or(CheckpointError::Note("a signature is no base64"))?;
        signatures.push((name, signature));
        if signatures.len() > MAX_SIGNATURES {
            return Err(CheckpointError::Note("too many signatures"));
        }
    }
    Ok((body, signatures))
}

fn check_name(name: &str) -> Result<(), CheckpointError> {
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+') {
        return Err(CheckpointError::Key("a key name has no spaces, no plus and is not empty"));
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> LogKey {
        LogKey::from_seed("probity.example/log", &[9; 32]).unwrap()
    }

    fn checkpoint(size: u64) -> Checkpoint {
        Checkpoint { origin: "probity.example/log".into(), size, root: [3; 32], extensions: vec![] }
    }

    #[test]
    fn a_checkpoint_is_read_back_by_its_key_only() {
        let key = key();
        let note = sign(&checkpoint(0), &key);
        let vkey = VerifierKey::parse(&key.vkey()).unwrap();
        assert_eq!(open(&note, &vkey).unwrap(), checkpoint(0));
        assert_eq!(parse_unverified(&note).unwrap(), checkpoint(0));
        let other = LogKey::from_seed("probity.example/log", &[8; 32]).unwrap();
        assert!(matches!(open(&note, other.verifier()), Err(CheckpointError::Unsigned(_))));
        let renamed = VerifierKey::new("other.example/log", *vkey.public()).unwrap();
        assert!(open(&note, &renamed).is_err());
    }

    #[test]
    fn a_witness_line_does_not_disturb() {
        let key = key();
        let witness = LogKey::from_seed("witness.example", &[1; 32]).unwrap();
        let note = sign(&checkpoint(7), &key);
        let extra = sign(&checkpoint(7), &witness);
        let line = extra.lines().last().unwrap();
        assert_eq!(open(&format!("{note}{line}\n"), key.verifier()).unwrap().size, 7);
    }

    #[test]
    fn a_checkpoint_of_another_log_signed_by_our_key_is_refused() {
        let key = key();
        let mut foreign = checkpoint(1);
        foreign.origin = "elsewhere".into();
        assert!(matches!(open(&sign(&foreign, &key), key.verifier()), Err(CheckpointError::Origin { .. })));
    }

    #[test]
    fn sizes_and_keys_have_one_spelling() {
        for size in ["", "+1", "01", "-1", "1 ", "18446744073709551616"] {
            let body = format!("o\n{size}\n{}\n", STANDARD.encode([0; 32]));
            assert!(Checkpoint::from_body(&body).is_err(), "{size:?}");
        }
        assert!(VerifierKey::parse("a+00000000+AQ==").is_err());
        assert!(LogKey::from_seed("a b", &[0; 32]).is_err());
        let vkey = key().vkey();
        assert!(VerifierKey::parse(&vkey.replace("probity", "improbity")).is_err());
    }

    #[test]
    fn extensions_are_kept() {
        let key = key();
        let with = Checkpoint { extensions: vec!["next".into()], ..checkpoint(1) };
        assert_eq!(open(&sign(&with, &key), key.verifier()).unwrap(), with);
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_found(at in any::<usize>(), to in any::<u8>()) {
            let key = key();
            let note = sign(&checkpoint(123), &key);
            let mut bytes = note.clone().into_bytes();
            let at = at % bytes.len();
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            if let Ok(changed) = String::from_utf8(bytes) {
                prop_assert!(open(&changed, key.verifier()).is_err());
            }
        }

        #[test]
        fn strange_notes_are_only_refused(note in "[a-z0-9\n\u{2014} =+]{0,80}") {
            let _ = open(&note, key().verifier());
            let _ = VerifierKey::parse(&note);
        }
    }
}
