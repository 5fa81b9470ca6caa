//! The way from the signer's certificate to a certificate the checker trusts.

use super::StampError;
use super::certificate::Certificate;

/// No real chain is longer.
const MOST_AUTHORITIES: i64 = 6;
/// Signatures that are checked before giving up: certificates that all name each other as issuer would
/// else keep a checker busy for ever.
const MOST_CHECKS: u32 = 100;

/// The certificates (DER) of a PEM file.
pub(super) fn read_pem(pem: &[u8]) -> Result<Vec<Vec<u8>>, StampError> {
    let text = std::str::from_utf8(pem).map_err(|_| StampError::CaFile)?;
    let mut all = Vec::new();
    let mut rest = text;
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    while let Some(start) = rest.find(BEGIN) {
        let body = &rest[start + BEGIN.len()..];
        let end = body.find(END).ok_or(StampError::CaFile)?;
        let base64: String = body[..end].split_whitespace().collect();
        let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, base64);
        all.push(der.map_err(|_| StampError::CaFile)?);
        rest = &body[end + END.len()..];
    }
    if all.is_empty() { Err(StampError::CaFile) } else { Ok(all) }
}

/// Looks for a path from `signer` to an authority among the `given` certificates, through `embedded`
/// ones. What the checker gave is trusted because the checker gave it: an intermediate authority in
/// the file is an end of the path as good as a root. A mere signer in the file is not.
pub(super) fn find(signer: &Certificate<'_>, embedded: &[Certificate<'_>], given: &[Certificate<'_>], time_us: i64) -> Result<(), StampError> {
    let mut climb = Climb { embedded, given, time_us, checks_left: MOST_CHECKS };
    if climb.from(signer, 0) { Ok(()) } else { Err(StampError::NoPath) }
}

struct Climb<'a> {
    embedded: &'a [Certificate<'a>],
    given: &'a [Certificate<'a>],
    time_us: i64,
    checks_left: u32,
}

impl Climb<'_> {
    /// Whether `below`, with `depth` authorities under it, leads to a given one.
    fn from(&mut self, below: &Certificate<'_>, depth: i64) -> bool {
        if depth >= MOST_AUTHORITIES {
            return false;
        }
        let (given, embedded) = (self.given, self.embedded);
        given.iter().any(|issuer| self.fits(issuer, below, depth))
            || embedded.iter().any(|issuer| self.fits(issuer, below, depth) && self.from(issuer, depth + 1))
    }

    fn fits(&mut self, issuer: &Certificate<'_>, below: &Certificate<'_>, depth: i64) -> bool {
        let named = issuer.subject == below.issuer && issuer.der != below.der;
        if !named || !issuer.may_issue(depth) || !issuer.valid_at(self.time_us) || self.checks_left == 0 {
            return false;
        }
        self.checks_left -= 1;
        issuer.issued(below)
    }
}
