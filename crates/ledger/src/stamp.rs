//! Time stamps of an outside authority: RFC 3161 with the certificate identifiers of RFC 5816, signed as
//! RFC 5652 says.
//!
//! A stamp says: this authority saw this SHA-256 at this time. The log stamps its checkpoints, and so
//! everything below them. What is checked here, all of it on the bytes as they came:
//!
//! - exactly one signer, whose certificate is the one named by the signed attributes (issuer and serial
//!   or key identifier, *and* the hash in ESSCertID/ESSCertIDv2): a certificate slipped into the token
//!   beside the true one is never taken for it;
//! - content type, message digest and signature over the signed attributes;
//! - the imprint is the one asked about;
//! - the certificate is for time stamping only, critically so, and was valid at the stamped time;
//! - where a CA file is given: a path to it whose every certificate signs, may sign, and was valid then.
//!
//! **Absences.** No revocation lists, no request is sent, no BER (definite lengths only), no SHA-1 beside
//! the certificate identifier of RFC 3161 itself, no SM2. The certificates in the token may stand in any
//! order: several authorities do not sort that SET as DER asks.
//!
//! Where to read next: `token.rs` for the shape of a token, `path.rs` for the way to the CA.

mod certificate;
mod path;
mod tlv;
mod token;

use aws_lc_rs::digest;
use der::asn1::{Int, OctetString};
use der::oid::db::rfc5912::ID_SHA_256;
use der::{Any, Encode};
use x509_cert::spki::AlgorithmIdentifier;
use x509_tsp::{MessageImprint, TimeStampReq, TspVersion};

use crate::Hash;
use certificate::{Certificate, Digest};
use token::Token;

/// A token that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The stamped time, UTC microseconds.
    pub time_us: i64,
    /// How exact the authority says that is, in microseconds, where it says so.
    pub accuracy_us: Option<i64>,
    /// The subject of the certificate that signed, e.g. `CN=…,O=…`.
    pub authority: String,
    /// The token's serial number, lowercase hex.
    pub serial: String,
    /// The authority's policy, a dotted object identifier.
    pub policy: String,
    /// The nonce of the request, big-endian without leading zeros.
    pub nonce: Option<Vec<u8>>,
    /// Lowercase hex SHA-256 of the certificate that signed.
    pub certificate_sha256: String,
    /// Whether a path to a certificate of the given CA file was found. False where none was given.
    pub confirmed: bool,
}

impl Stamp {
    /// Whether the authority answered this very request.
    pub fn answers(&self, nonce: u64) -> bool {
        let bytes = nonce.to_be_bytes();
        let from = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
        self.nonce.as_deref() == Some(&bytes[from..])
    }
}

/// Why a reply or token was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    #[error("the reply is malformed: {0}")]
    Malformed(&'static str),
    #[error("the authority refused (status {status}){}", text_of(.text))]
    Refused { status: u8, text: String },
    #[error("the token is not about this content: another imprint")]
    Imprint,
    #[error("the imprint uses a digest that is not accepted here")]
    ImprintAlgorithm,
    #[error("the token's certificate is not in it, nor in the CA file")]
    NoCertificate,
    #[error("the certificates at hand are not the one the token names")]
    WrongCertificate,
    #[error("the signed attributes are wrong: {0}")]
    Attributes(&'static str),
    #[error("the signature does not hold")]
    Signature,
    #[error("the signature algorithm is not accepted here")]
    Algorithm,
    #[error("the certificate is not one for time stamping only")]
    Purpose,
    #[error("the certificate was not valid at the stamped time")]
    NotValidThen,
    #[error("the CA file has no certificate that can be read")]
    CaFile,
    #[error("no path from the certificate to the CA file")]
    NoPath,
}

fn text_of(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

/// A request (DER) for a stamp of this SHA-256, asking for the certificate to be put into the token.
pub fn request(imprint: &Hash, nonce: u64) -> Vec<u8> {
    build_request(imprint, nonce).expect("a request of fixed shape always encodes")
}

fn build_request(imprint: &Hash, nonce: u64) -> der::Result<Vec<u8>> {
    // INTEGER is signed: a leading zero byte keeps a large nonce positive, and DER allows only one.
    let mut number = vec![0];
    number.extend_from_slice(&nonce.to_be_bytes());
    let from = number.iter().position(|b| *b != 0).unwrap_or(number.len() - 1);
    let from = if number[from] >= 0x80 { from - 1 } else { from };
    TimeStampReq {
        version: TspVersion::V1,
        message_imprint: MessageImprint {
            hash_algorithm: AlgorithmIdentifier { oid: ID_SHA_256, parameters: Some(Any::null()) },
            hashed_message: OctetString::new(imprint.as_slice())?,
        },
        req_policy: None,
        nonce: Some(Int::new(&number[from..])?),
        cert_req: true,
        extensions: None,
    }
    .to_der()
}

/// The token in a reply (DER), or what the authority said instead.
pub fn token_of_response(der: &[u8]) -> Result<Vec<u8>, StampError> {
    token::of_response(der).map(<[u8]>::to_vec)
}

/// Checks a token about a SHA-256. Without a CA file the stamp is consistent in itself and
/// [`Stamp::confirmed`] is false: anybody could have made the certificate.
pub fn verify(token: &[u8], imprint: &Hash, ca_pem: Option<&[u8]>) -> Result<Stamp, StampError> {
    verify_imprint(token, ca_pem, |algorithm| match algorithm {
        Digest::Sha256 => Ok(imprint.to_vec()),
        _ => Err(StampError::ImprintAlgorithm),
    })
}

/// Checks a token about a message, whose imprint may be SHA-256, SHA-384 or SHA-512.
pub fn verify_message(token: &[u8], message: &[u8], ca_pem: Option<&[u8]>) -> Result<Stamp, StampError> {
    verify_imprint(token, ca_pem, |algorithm| Ok(algorithm.of(message)))
}

fn verify_imprint(token: &[u8], ca_pem: Option<&[u8]>, expected: impl Fn(Digest) -> Result<Vec<u8>, StampError>) -> Result<Stamp, StampError> {
    let token = Token::read(token)?;
    let info = &token.info;
    let algorithm = Digest::of_oid(info.imprint_algorithm).ok_or(StampError::ImprintAlgorithm)?;
    if expected(algorithm)? != info.imprint {
        return Err(StampError::Imprint);
    }

    let given = ca_pem.map(path::read_pem).transpose()?.unwrap_or_default();
    let given: Vec<Certificate<'_>> = given.iter().filter_map(|der| Certificate::read(der)).collect();
    if ca_pem.is_some() && given.is_empty() {
        return Err(StampError::CaFile);
    }
    let embedded: Vec<Certificate<'_>> = token.certificates.iter().filter_map(|der| Certificate::read(der)).collect();

    let signer = token.signer(embedded.iter().chain(&given))?;
    token.check_signature(signer)?;
    if !signer.is_for_time_stamping() {
        return Err(StampError::Purpose);
    }
    if !signer.valid_at(info.time_us) {
        return Err(StampError::NotValidThen);
    }
    if ca_pem.is_some() {
        path::find(signer, &embedded, &given, info.time_us)?;
    }
    Ok(Stamp {
        time_us: info.time_us,
        accuracy_us: info.accuracy_us,
        authority: signer.subject_text(),
        serial: hex::encode(info.serial),
        policy: tlv::oid_text(info.policy).ok_or(StampError::Malformed("the policy is no object identifier"))?,
        nonce: info.nonce.map(<[u8]>::to_vec),
        certificate_sha256: hex::encode(digest::digest(&digest::SHA256, signer.der)),
        confirmed: ca_pem.is_some(),
    })
}

/// Everything a stranger's bytes can do is be refused.
#[cfg(test)]
mod tests;
