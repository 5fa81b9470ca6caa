//! A certificate as far as time stamping needs it, and the signatures on it and by it.

use aws_lc_rs::{digest, signature};
use der::Decode;

use super::StampError;
use super::tlv::{self, Element, Read, Reader};

/// A digest that is accepted in imprints and signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub fn of_oid(oid: &[u8]) -> Option<Self> {
        match oid {
            // 2.16.840.1.101.3.4.2.{1,2,3}
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last] => match last {
                1 => Some(Self::Sha256),
                2 => Some(Self::Sha384),
                3 => Some(Self::Sha512),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn of(self, message: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, message).as_ref().to_vec()
    }
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const POLICIES: &[u8] = &[0x55, 0x1d, 0x20];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
const TIME_STAMPING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];
const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];

/// A certificate, borrowed from its DER.
#[derive(Clone, Debug)]
pub(super) struct Certificate<'a> {
    pub der: &'a [u8],
    pub serial: &'a [u8],
    pub issuer: &'a [u8],
    pub subject: &'a [u8],
    pub key_id: Option<&'a [u8]>,
    /// The signed part.
    tbs: &'a [u8],
    algorithm: Element<'a>,
    signature: &'a [u8],
    not_before_us: i64,
    not_after_us: i64,
    key_algorithm: Element<'a>,
    key: &'a [u8],
    authority: bool,
    path_length: Option<i64>,
    /// The first byte of the usage bits, where the certificate limits its use.
    usage: Option<u8>,
    purposes: Option<Vec<&'a [u8]>>,
    purposes_critical: bool,
    unknown_critical: bool,
}

impl<'a> Certificate<'a> {
    /// `None` for what cannot be read: a stranger's extra certificate is passed over, not believed.
    pub fn read(der: &'a [u8]) -> Option<Self> {
        Self::try_read(der).ok()
    }

    fn try_read(der: &'a [u8]) -> Read<Self> {
        let mut outer = tlv::only(der)?.inside();
        let tbs = outer.expect(tlv::SEQUENCE)?;
        let algorithm = outer.expect(tlv::SEQUENCE)?;
        let signature = bits(&outer.expect(tlv::BIT_STRING)?)?;
        outer.end()?;

        let mut fields = tbs.inside();
        fields.optional(tlv::context(0, true))?;
        let serial = fields.expect(tlv::INTEGER)?.body;
        let inner_algorithm = fields.expect(tlv::SEQUENCE)?;
        if inner_algorithm.whole != algorithm.whole {
            return Err(StampError::Malformed("a certificate names two algorithms"));
        }
        let issuer = fields.expect(tlv::SEQUENCE)?.whole;
        let mut validity = fields.enter(tlv::SEQUENCE)?;
        let not_before_us = tlv::time_us(&validity.any()?)?;
        let not_after_us = tlv::time_us(&validity.any()?)?;
        let subject = fields.expect(tlv::SEQUENCE)?.whole;
        let mut key_info = fields.enter(tlv::SEQUENCE)?;
        let key_algorithm = key_info.expect(tlv::SEQUENCE)?;
        let key = bits(&key_info.expect(tlv::BIT_STRING)?)?;

        let mut this = Self {
            der,
            serial,
            issuer,
            subject,
            key_id: None,
            tbs: tbs.whole,
            algorithm,
            signature,
            not_before_us,
            not_after_us,
            key_algorithm,
            key,
            authority: false,
            path_length: None,
            usage: None,
            purposes: None,
            purposes_critical: false,
            unknown_critical: false,
        };
        fields.optional(tlv::context(1, false))?;
        fields.optional(tlv::context(2, false))?;
        if let Some(extensions) = fields.optional(tlv::context(3, true))? {
            let mut list = extensions.inside().enter(tlv::SEQUENCE)?;
            while !list.is_empty() {
                this.read_extension(list.enter(tlv::SEQUENCE)?)?;
            }
        }
        fields.end()?;
        Ok(this)
    }

    fn read_extension(&mut self, mut extension: Reader<'a>) -> Read<()> {
        let oid = extension.expect(tlv::OID)?.body;
        let critical = extension.optional(tlv::BOOLEAN)?.is_some_and(|flag| flag.body != [0]);
        let value = tlv::only(extension.expect(tlv::OCTET_STRING)?.body)?;
        match oid {
            BASIC_CONSTRAINTS => {
                let mut fields = value.inside();
                self.authority = fields.optional(tlv::BOOLEAN)?.is_some_and(|flag| flag.body != [0]);
                self.path_length = fields.optional(tlv::INTEGER)?.map(|n| tlv::small(n.body)).transpose()?;
            }
            KEY_USAGE => self.usage = Some(value.body.get(1).copied().unwrap_or(0)),
            EXTENDED_KEY_USAGE => {
                let mut list = value.inside();
                let mut purposes = Vec::new();
                while !list.is_empty() {
                    purposes.push(list.expect(tlv::OID)?.body);
                }
                self.purposes = Some(purposes);
                self.purposes_critical = critical;
            }
            SUBJECT_KEY_ID => self.key_id = Some(value.body),
            POLICIES => {}
            _ => self.unknown_critical |= critical,
        }
        Ok(())
    }

    pub fn valid_at(&self, time_us: i64) -> bool {
        // The last second is valid to its end.
        self.not_before_us <= time_us && time_us < self.not_after_us + 1_000_000
    }

    /// RFC 3161 §2.3: one extended key usage, time stamping, and critical.
    pub fn is_for_time_stamping(&self) -> bool {
        let may_sign = self.usage.is_none_or(|bits| bits & 0xc0 != 0);
        may_sign
            && !self.unknown_critical
            && self.purposes_critical
            && self.purposes.as_deref().is_some_and(|all| matches!(all, [one] if *one == TIME_STAMPING))
    }

    /// Whether it may have issued certificates for time stamping, with `below` further authorities
    /// between it and the signer.
    pub fn may_issue(&self, below: i64) -> bool {
        self.authority
            && !self.unknown_critical
            && self.usage.is_none_or(|bits| bits & 0x04 != 0)
            && self.path_length.is_none_or(|most| below <= most)
            && self.purposes.as_deref().is_none_or(|all| all.iter().any(|purpose| *purpose == TIME_STAMPING || *purpose == ANY_PURPOSE))
    }

    /// Whether this certificate's key signed that one.
    pub fn issued(&self, other: &Certificate<'_>) -> bool {
        self.subject == other.issuer && self.check(&other.algorithm, None, other.tbs, other.signature).is_ok()
    }

    /// Checks a signature by this certificate's key. `digest` is the one named beside the signature, used
    /// where the algorithm itself names none.
    pub fn check(&self, algorithm: &Element<'_>, digest: Option<Digest>, message: &[u8], signature: &[u8]) -> Result<(), StampError> {
        let verification = self.verification(algorithm, digest)?;
        signature::UnparsedPublicKey::new(verification, self.key).verify(message, signature).map_err(|_| StampError::Signature)
    }

    fn verification(&self, algorithm: &Element<'_>, beside: Option<Digest>) -> Result<&'static dyn signature::VerificationAlgorithm, StampError> {
        let mut key_algorithm = self.key_algorithm.inside();
        let key_kind = key_algorithm.expect(tlv::OID)?.body;
        let mut fields = algorithm.inside();
        let oid = fields.expect(tlv::OID)?.body;
        let digest = match oid {
            // 1.2.840.113549.1.1.{11,12,13}: RSA PKCS #1 v1.5 with its digest.
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 11] => Some(Digest::Sha256),
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 12] => Some(Digest::Sha384),
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 13] => Some(Digest::Sha512),
            // 1.2.840.10045.4.3.{2,3,4}: ECDSA with its digest.
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 2] => Some(Digest::Sha256),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 3] => Some(Digest::Sha384),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 4] => Some(Digest::Sha512),
            RSA_PSS => Some(pss_digest(fields)?),
            RSA | EC => beside,
            ED25519 if key_kind == ED25519 => return Ok(&signature::ED25519),
            _ => None,
        };
        let digest = digest.ok_or(StampError::Algorithm)?;
        match key_kind {
            RSA if oid == RSA_PSS => Ok(match digest {
                Digest::Sha256 => &signature::RSA_PSS_2048_8192_SHA256,
                Digest::Sha384 => &signature::RSA_PSS_2048_8192_SHA384,
                Digest::Sha512 => &signature::RSA_PSS_2048_8192_SHA512,
            }),
            RSA if oid.starts_with(&RSA[..8]) => Ok(match digest {
                Digest::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
                Digest::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                Digest::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            }),
            EC if oid.starts_with(&EC[..4]) => {
                let curve = key_algorithm.expect(tlv::OID)?.body;
                Ok(match (curve, digest) {
                    (P256, Digest::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
                    (P256, Digest::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
                    (P256, Digest::Sha512) => &signature::ECDSA_P256_SHA512_ASN1,
                    (P384, Digest::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
                    (P384, Digest::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
                    (P384, Digest::Sha512) => &signature::ECDSA_P384_SHA512_ASN1,
                    (P521, Digest::Sha256) => &signature::ECDSA_P521_SHA256_ASN1,
                    (P521, Digest::Sha384) => &signature::ECDSA_P521_SHA384_ASN1,
                    (P521, Digest::Sha512) => &signature::ECDSA_P521_SHA512_ASN1,
                    _ => return Err(StampError::Algorithm),
                })
            }
            _ => Err(StampError::Algorithm),
        }
    }

    /// The subject as people write it.
    pub fn subject_text(&self) -> String {
        match x509_cert::name::Name::from_der(self.subject) {
            Ok(name) => name.to_string(),
            Err(_) => hex::encode(self.subject),
        }
    }
}

fn pss_digest(mut fields: Reader<'_>) -> Read<Digest> {
    let mut parameters = fields.enter(tlv::SEQUENCE)?;
    // Without the first parameter the digest is SHA-1, which is not accepted.
    let hash = parameters.optional(tlv::context(0, true))?.ok_or(StampError::Algorithm)?;
    let oid = hash.inside().enter(tlv::SEQUENCE)?.expect(tlv::OID)?.body;
    Digest::of_oid(oid).ok_or(StampError::Algorithm)
}

/// A bit string of whole bytes.
fn bits<'a>(element: &Element<'a>) -> Read<&'a [u8]> {
    match element.body {
        [0, rest @ ..] => Ok(rest),
        _ => Err(StampError::Malformed("a bit string is not of whole bytes")),
    }
}
