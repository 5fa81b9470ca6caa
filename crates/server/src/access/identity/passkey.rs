//! What an authenticator answers, held against what it was asked: Web Authentication level 2, §7.1 and §7.2, for the one
//! use made of it here — no attestation, user verification required. No SQL, no clock, no HTTP.
//!
//! The browser hands out the public key as SubjectPublicKeyInfo (§5.2.1.1, for relying parties that ask for no
//! attestation), so nothing here reads CBOR. docs/decisions/018-passkeys.md says why this is not a library.

use aws_lc_rs::{
    digest,
    signature::{ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// COSE algorithms asked for, the most wanted first: ES256, EdDSA, RS256.
pub const ALGORITHMS: [i32; 3] = [-7, -8, -257];

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;
/// rpIdHash, flags, counter.
const HEAD: usize = 32 + 1 + 4;
/// AAGUID, then the length of the credential id.
const AAGUID: usize = 16;
const LONGEST_CREDENTIAL: usize = 1023;

/// The pages' own origin, and the name keys are bound to: its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub origin: String,
    pub host: String,
}

/// Which step of the specification failed; for the log, since the person is told nothing more than “not accepted”.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the client data is no JSON of the expected form")]
    ClientData,
    #[error("made for another act")]
    Act,
    #[error("made on another site")]
    Origin,
    #[error("the authenticator data is too short or too long")]
    Length,
    #[error("bound to another host")]
    Host,
    #[error("the person was not verified")]
    NotVerified,
    #[error("the credential is not the one that was named")]
    Credential,
    #[error("an algorithm that was not asked for, or no key of it")]
    Key,
    #[error("the signature does not fit")]
    Signature,
    #[error("the counter did not grow: the key may have been copied")]
    Counter,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Base64url with or without its padding.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

fn algorithm(cose: i32) -> Option<&'static dyn VerificationAlgorithm> {
    match cose {
        -7 => Some(&ECDSA_P256_SHA256_ASN1),
        -8 => Some(&ED25519),
        -257 => Some(&RSA_PKCS1_2048_8192_SHA256),
        _ => None,
    }
}

fn client_data(bytes: &[u8], act: &str, site: &Site) -> Result<String, Refused> {
    let data: ClientData = serde_json::from_slice(bytes).map_err(|_| Refused::ClientData)?;
    if data.r#type != act {
        return Err(Refused::Act);
    }
    if data.origin != site.origin || data.cross_origin {
        return Err(Refused::Origin);
    }
    Ok(data.challenge)
}

/// Flags and counter of authenticator data that is for this host and whose person was verified.
fn head(data: &[u8], site: &Site) -> Result<(u8, u32), Refused> {
    let (hash, rest) = data.split_at_checked(32).ok_or(Refused::Length)?;
    let [flags, a, b, c, d, ..] = *rest else { return Err(Refused::Length) };
    if hash != sha256(site.host.as_bytes()) {
        return Err(Refused::Host);
    }
    if flags & USER_PRESENT == 0 || flags & USER_VERIFIED == 0 {
        return Err(Refused::NotVerified);
    }
    Ok((flags, u32::from_be_bytes([a, b, c, d])))
}

/// What comes back from `navigator.credentials.create`.
pub struct Registration<'a> {
    pub client_data: &'a [u8],
    pub authenticator_data: &'a [u8],
    pub credential: &'a [u8],
    pub public_key: &'a [u8],
    pub algorithm: i32,
}

impl Registration<'_> {
    /// Answers the challenge it was made for, in base64url, and the counter.
    pub fn check(&self, site: &Site) -> Result<(String, u32), Refused> {
        let challenge = client_data(self.client_data, "webauthn.create", site)?;
        let (flags, counter) = head(self.authenticator_data, site)?;
        let attested = self.authenticator_data.get(HEAD + AAGUID..).ok_or(Refused::Length)?;
        let [high, low, rest @ ..] = attested else { return Err(Refused::Length) };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if flags & ATTESTED == 0 || length == 0 || length > LONGEST_CREDENTIAL || rest.get(..length) != Some(self.credential) {
            return Err(Refused::Credential);
        }
        let algorithm = algorithm(self.algorithm).ok_or(Refused::Key)?;
        ParsedPublicKey::new(algorithm, self.public_key).map_err(|_| Refused::Key)?;
        Ok((challenge, counter))
    }
}

/// What comes back from `navigator.credentials.get`.
pub struct Assertion<'a> {
    pub client_data: &'a [u8],
    pub authenticator_data: &'a [u8],
    pub signature: &'a [u8],
}

impl Assertion<'_> {
    /// The challenge it was made for, before anything is known about the key.
    pub fn challenge(&self, site: &Site) -> Result<String, Refused> {
        client_data(self.client_data, "webauthn.get", site)
    }

    /// Held against the key that is kept; answers its new counter.
    pub fn check(&self, site: &Site, cose: i32, public_key: &[u8], counter_before: i64) -> Result<u32, Refused> {
        self.challenge(site)?;
        let (_, counter) = head(self.authenticator_data, site)?;
        let key = ParsedPublicKey::new(algorithm(cose).ok_or(Refused::Key)?, public_key).map_err(|_| Refused::Key)?;
        let signed = [self.authenticator_data, &sha256(self.client_data)].concat();
        key.verify_sig(&signed, self.signature).map_err(|_| Refused::Signature)?;
        // Authenticators that are synchronised keep no counter and say 0 each time.
        if (counter != 0 || counter_before != 0) && i64::from(counter) <= counter_before {
            return Err(Refused::Counter);
        }
        Ok(counter)
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use aws_lc_rs::{
        encoding::AsDer,
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
    };
    use serde_json::json;

    /// An authenticator in a few lines: one key, a counter, and whatever flags a test wants.
    pub struct Authenticator {
        key: EcdsaKeyPair,
        pub credential: Vec<u8>,
        pub counter: u32,
        pub flags: u8,
    }

    impl Authenticator {
        pub fn new() -> Self {
            Self {
                key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
                credential: vec![7; 32],
                counter: 1,
                flags: USER_PRESENT | USER_VERIFIED,
            }
        }
        pub fn public_key(&self) -> Vec<u8> {
            self.key.public_key().as_der().unwrap().as_ref().to_vec()
        }
        fn head(&self, host: &str, more: u8) -> Vec<u8> {
            [&sha256(host.as_bytes())[..], &[self.flags | more], &self.counter.to_be_bytes()].concat()
        }
        pub fn attested(&self, host: &str) -> Vec<u8> {
            let length = u16::try_from(self.credential.len()).unwrap().to_be_bytes();
            [&self.head(host, ATTESTED)[..], &[0; AAGUID], &length, &self.credential, &[0xa0]].concat()
        }
        pub fn sign(&mut self, host: &str, client_data: &[u8]) -> (Vec<u8>, Vec<u8>) {
            let data = self.head(host, 0);
            let signed = [&data[..], &sha256(client_data)].concat();
            self.counter += 1;
            (data, self.key.sign(&SystemRandom::new(), &signed).unwrap().as_ref().to_vec())
        }
    }

    pub fn client(act: &str, challenge: &str, origin: &str) -> Vec<u8> {
        json!({ "type": act, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string().into_bytes()
    }

    fn site() -> Site {
        Site { origin: "https://hr.example.com".into(), host: "hr.example.com".into() }
    }

    fn assertion(signer: &mut Authenticator, host: &str, act: &str, origin: &str) -> Result<u32, Refused> {
        let client = client(act, "c2FsdA", origin);
        let (data, signature) = signer.sign(host, &client);
        let key = signer.public_key();
        Assertion { client_data: &client, authenticator_data: &data, signature: &signature }.check(&site(), -7, &key, 0)
    }

    #[test]
    fn a_right_answer_is_accepted_and_each_wrong_one_is_not() {
        let (host, origin) = ("hr.example.com", "https://hr.example.com");
        let mut a = Authenticator::new();
        assert_eq!(assertion(&mut a, host, "webauthn.get", origin), Ok(1));
        assert_eq!(assertion(&mut a, host, "webauthn.create", origin), Err(Refused::Act));
        assert_eq!(assertion(&mut a, host, "webauthn.get", "https://hr.example.com.evil.example"), Err(Refused::Origin));
        assert_eq!(assertion(&mut a, "evil.example", "webauthn.get", origin), Err(Refused::Host));
        a.flags = USER_PRESENT;
        assert_eq!(assertion(&mut a, host, "webauthn.get", origin), Err(Refused::NotVerified));

        let mut a = Authenticator::new();
        let client_data = client("webauthn.get", "c2FsdA", origin);
        let (data, signature) = a.sign(host, &client_data);
        let answer = |client: &[u8], data: &[u8], signature: &[u8], key: &[u8], before: i64| {
            Assertion { client_data: client, authenticator_data: data, signature }.check(&site(), -7, key, before)
        };
        let key = a.public_key();
        assert_eq!(answer(&client_data, &data, &signature, &key, 0), Ok(1));
        assert_eq!(answer(&client_data, &data, &signature, &Authenticator::new().public_key(), 0), Err(Refused::Signature));
        assert_eq!(answer(&client("webauthn.get", "b3RoZXI", origin), &data, &signature, &key, 0), Err(Refused::Signature));
        assert_eq!(answer(&client_data, &data, &signature, &key, 1), Err(Refused::Counter));
        assert_eq!(answer(&client_data, &data[..36], &signature, &key, 0), Err(Refused::Length));
        assert_eq!(answer(b"{}", &data, &signature, &key, 0), Err(Refused::ClientData));
    }

    #[test]
    fn a_new_key_is_the_one_that_was_named() {
        let a = Authenticator::new();
        let client_data = client("webauthn.create", "c2FsdA", "https://hr.example.com");
        let (data, key) = (a.attested("hr.example.com"), a.public_key());
        let make = |credential: &[u8], algorithm: i32, data: &[u8]| {
            Registration { client_data: &client_data, authenticator_data: data, credential, public_key: &key, algorithm }.check(&site())
        };
        assert_eq!(make(&a.credential, -7, &data), Ok(("c2FsdA".into(), 1)));
        assert_eq!(make(&[8; 32], -7, &data), Err(Refused::Credential));
        assert_eq!(make(&a.credential, -8, &data), Err(Refused::Key), "an elliptic key is none of Edwards");
        assert_eq!(make(&a.credential, -65535, &data), Err(Refused::Key));
        assert_eq!(make(&a.credential, -7, &data[..40]), Err(Refused::Length));
    }
}
