//! The shape of a reply and of a token, and the signature over it.

use aws_lc_rs::digest;

use super::StampError;
use super::certificate::{Certificate, Digest};
use super::tlv::{self, Element, Read, Reader};

const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0c];
const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f];

/// What the authority states.
#[derive(Debug)]
pub(super) struct Info<'a> {
    pub policy: &'a [u8],
    pub imprint_algorithm: &'a [u8],
    pub imprint: &'a [u8],
    pub serial: &'a [u8],
    pub time_us: i64,
    pub accuracy_us: Option<i64>,
    pub nonce: Option<&'a [u8]>,
}

/// A token taken apart; nothing of it is believed yet.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub info: Info<'a>,
    pub certificates: Vec<&'a [u8]>,
    content: &'a [u8],
    signer_id: Element<'a>,
    digest: Digest,
    attributes: Element<'a>,
    algorithm: Element<'a>,
    signature: &'a [u8],
}

/// The token's bytes in a TimeStampResp.
pub(super) fn of_response(der: &[u8]) -> Read<&[u8]> {
    let outer = tlv::only(der)?;
    if outer.tag != tlv::SEQUENCE {
        return Err(StampError::Malformed("it is no time-stamp reply"));
    }
    let mut fields = outer.inside();
    let mut status = fields.enter(tlv::SEQUENCE)?;
    let code = tlv::small(status.expect(tlv::INTEGER)?.body)?;
    if code > 1 {
        let text = status.optional(tlv::SEQUENCE)?.map_or_else(String::new, |texts| free_text(&texts));
        return Err(StampError::Refused { status: u8::try_from(code).unwrap_or(u8::MAX), text });
    }
    let token = fields.expect(tlv::SEQUENCE)?.whole;
    fields.end()?;
    Ok(token)
}

/// The authority's words, without control characters and not without end.
fn free_text(texts: &Element<'_>) -> String {
    let mut reader = texts.inside();
    let mut words = Vec::new();
    while let Ok(text) = reader.any() {
        words.push(String::from_utf8_lossy(text.body).into_owned());
    }
    words.join("; ").chars().filter(|c| !c.is_control()).take(200).collect()
}

impl<'a> Token<'a> {
    pub fn read(der: &'a [u8]) -> Read<Self> {
        let mut content_info = tlv::only(der)?.inside();
        if content_info.expect(tlv::OID)?.body != SIGNED_DATA {
            return Err(StampError::Malformed("it is no signed data"));
        }
        let mut wrapped = content_info.enter(tlv::context(0, true))?;
        content_info.end()?;
        let mut data = wrapped.enter(tlv::SEQUENCE)?;
        wrapped.end()?;

        data.expect(tlv::INTEGER)?;
        data.expect(tlv::SET)?;
        let mut encapsulated = data.enter(tlv::SEQUENCE)?;
        if encapsulated.expect(tlv::OID)?.body != TST_INFO {
            return Err(StampError::Malformed("it signs something else than a time stamp"));
        }
        let mut explicit = encapsulated.enter(tlv::context(0, true))?;
        encapsulated.end()?;
        let content = explicit.expect(tlv::OCTET_STRING)?.body;
        explicit.end()?;
        let mut certificates = Vec::new();
        if let Some(set) = data.optional(tlv::context(0, true))? {
            let mut set = set.inside();
            while !set.is_empty() {
                certificates.push(set.any()?.whole);
            }
        }
        data.optional(tlv::context(1, true))?;
        let mut signers = data.enter(tlv::SET)?;
        data.end()?;
        let mut signer = signers.enter(tlv::SEQUENCE)?;
        // RFC 3161 §2.4.2: no signature but the authority's.
        signers.end()?;

        signer.expect(tlv::INTEGER)?;
        let signer_id = signer.any()?;
        let digest = signer.enter(tlv::SEQUENCE)?.expect(tlv::OID)?.body;
        let attributes = signer.expect(tlv::context(0, true))?;
        let algorithm = signer.expect(tlv::SEQUENCE)?;
        let signature = signer.expect(tlv::OCTET_STRING)?.body;
        signer.optional(tlv::context(1, true))?;
        signer.end()?;
        Ok(Self {
            info: Info::read(content)?,
            certificates,
            content,
            signer_id,
            digest: Digest::of_oid(digest).ok_or(StampError::Algorithm)?,
            attributes,
            algorithm,
            signature,
        })
    }

    /// The one certificate that both the signer's name and the signed hash mean.
    pub fn signer<'c, 'd: 'c>(&self, candidates: impl Iterator<Item = &'c Certificate<'d>>) -> Result<&'c Certificate<'d>, StampError> {
        let ids = self.certificate_ids()?;
        let mut seen = false;
        for certificate in candidates {
            seen = true;
            if self.names(certificate)? && ids.iter().all(|id| id.is(certificate)) {
                return Ok(certificate);
            }
        }
        Err(if seen { StampError::WrongCertificate } else { StampError::NoCertificate })
    }

    pub fn check_signature(&self, signer: &Certificate<'_>) -> Result<(), StampError> {
        if self.attribute(CONTENT_TYPE)?.map(|value| (value.tag, value.body)) != Some((tlv::OID, TST_INFO)) {
            return Err(StampError::Attributes("the content type is not a time stamp's"));
        }
        let digest = self.attribute(MESSAGE_DIGEST)?.filter(|value| value.tag == tlv::OCTET_STRING);
        if digest.map(|value| value.body) != Some(self.digest.of(self.content).as_slice()) {
            return Err(StampError::Attributes("the message digest is another one"));
        }
        // RFC 5652 §5.4: signed as the SET it is, not under the tag it has in the message.
        let mut signed = self.attributes.whole.to_vec();
        signed[0] = tlv::SET;
        signer.check(&self.algorithm, Some(self.digest), &signed, self.signature)
    }

    /// Whether the SignerIdentifier means this certificate.
    fn names(&self, certificate: &Certificate<'_>) -> Read<bool> {
        if self.signer_id.tag == tlv::context(0, false) {
            return Ok(certificate.key_id == Some(self.signer_id.body));
        }
        if self.signer_id.tag != tlv::SEQUENCE {
            return Err(StampError::Malformed("the signer is not identified"));
        }
        let mut fields = self.signer_id.inside();
        let issuer = fields.expect(tlv::SEQUENCE)?.whole;
        let serial = fields.expect(tlv::INTEGER)?.body;
        Ok(issuer == certificate.issuer && serial == certificate.serial)
    }

    /// The single value of a signed attribute; a type given twice is refused.
    fn attribute(&self, wanted: &[u8]) -> Read<Option<Element<'a>>> {
        let mut list = self.attributes.inside();
        let mut found = None;
        while !list.is_empty() {
            let mut attribute = list.enter(tlv::SEQUENCE)?;
            let oid = attribute.expect(tlv::OID)?.body;
            let values = attribute.expect(tlv::SET)?;
            attribute.end()?;
            if oid != wanted {
                continue;
            }
            if found.is_some() {
                return Err(StampError::Attributes("one stands twice"));
            }
            found = Some(tlv::only(values.body).map_err(|_| StampError::Attributes("one has several values"))?);
        }
        Ok(found)
    }

    /// The certificate identifiers of RFC 3161 (SHA-1) and RFC 5816; at least one, and all must fit.
    fn certificate_ids(&self) -> Result<Vec<CertificateId<'a>>, StampError> {
        let mut ids = Vec::new();
        for (oid, newer) in [(SIGNING_CERTIFICATE, false), (SIGNING_CERTIFICATE_V2, true)] {
            if let Some(value) = self.attribute(oid)? {
                // The first is the signer's; further ones are of its authorities.
                let first = value.inside().enter(tlv::SEQUENCE)?.enter(tlv::SEQUENCE)?;
                ids.push(CertificateId::read(first, newer)?);
            }
        }
        if ids.is_empty() {
            return Err(StampError::Attributes("the signing certificate is not named"));
        }
        Ok(ids)
    }
}

#[derive(Debug)]
struct CertificateId<'a> {
    algorithm: &'static digest::Algorithm,
    hash: &'a [u8],
    issuer_serial: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> CertificateId<'a> {
    fn read(mut fields: Reader<'a>, newer: bool) -> Read<Self> {
        let mut algorithm = if newer { &digest::SHA256 } else { &digest::SHA1_FOR_LEGACY_USE_ONLY };
        if newer && let Some(named) = fields.optional(tlv::SEQUENCE)? {
            algorithm = match Digest::of_oid(named.inside().expect(tlv::OID)?.body) {
                Some(Digest::Sha256) => &digest::SHA256,
                Some(Digest::Sha384) => &digest::SHA384,
                Some(Digest::Sha512) => &digest::SHA512,
                None => return Err(StampError::Algorithm),
            };
        }
        let hash = fields.expect(tlv::OCTET_STRING)?.body;
        let mut issuer_serial = None;
        if let Some(both) = fields.optional(tlv::SEQUENCE)? {
            let mut both = both.inside();
            let mut names = both.enter(tlv::SEQUENCE)?;
            let issuer = names.enter(tlv::context(4, true))?.expect(tlv::SEQUENCE)?.whole;
            issuer_serial = Some((issuer, both.expect(tlv::INTEGER)?.body));
        }
        Ok(Self { algorithm, hash, issuer_serial })
    }

    fn is(&self, certificate: &Certificate<'_>) -> bool {
        digest::digest(self.algorithm, certificate.der).as_ref() == self.hash
            && self.issuer_serial.is_none_or(|named| named == (certificate.issuer, certificate.serial))
    }
}

impl<'a> Info<'a> {
    /// TSTInfo, RFC 3161 §2.4.2. Read here and not by x509-tsp: its time type refuses the fractions of a
    /// second that the RFC allows and many authorities write.
    fn read(content: &'a [u8]) -> Read<Self> {
        let outer = tlv::only(content)?;
        if outer.tag != tlv::SEQUENCE {
            return Err(StampError::Malformed("it states no time"));
        }
        let mut fields = outer.inside();
        if tlv::small(fields.expect(tlv::INTEGER)?.body)? != 1 {
            return Err(StampError::Malformed("it is of an unknown version"));
        }
        let policy = fields.expect(tlv::OID)?.body;
        let mut message = fields.enter(tlv::SEQUENCE)?;
        let imprint_algorithm = message.enter(tlv::SEQUENCE)?.expect(tlv::OID)?.body;
        let imprint = message.expect(tlv::OCTET_STRING)?.body;
        message.end()?;
        let serial = tlv::unsigned(fields.expect(tlv::INTEGER)?.body)?;
        let time_us = tlv::time_us(&fields.expect(tlv::GENERALIZED_TIME)?)?;
        let accuracy_us = fields.optional(tlv::SEQUENCE)?.map(|a| accuracy_us(a.inside())).transpose()?;
        fields.optional(tlv::BOOLEAN)?;
        let nonce = fields.optional(tlv::INTEGER)?.map(|nonce| tlv::unsigned(nonce.body)).transpose()?;
        fields.optional(tlv::context(0, true))?;
        // Extensions may be critical, and this reader knows none.
        if let Some(extensions) = fields.optional(tlv::context(1, true))? {
            let mut list = extensions.inside();
            while !list.is_empty() {
                let mut extension = list.enter(tlv::SEQUENCE)?;
                extension.expect(tlv::OID)?;
                if extension.optional(tlv::BOOLEAN)?.is_some_and(|flag| flag.body != [0]) {
                    return Err(StampError::Malformed("it has a critical extension nobody here knows"));
                }
            }
        }
        fields.end()?;
        Ok(Self { policy, imprint_algorithm, imprint, serial, time_us, accuracy_us, nonce })
    }
}

fn accuracy_us(mut fields: Reader<'_>) -> Read<i64> {
    let part = |element: Option<Element<'_>>| element.map_or(Ok(0), |e| tlv::small(e.body));
    let seconds = part(fields.optional(tlv::INTEGER)?)?;
    let millis = part(fields.optional(tlv::context(0, false))?)?;
    let micros = part(fields.optional(tlv::context(1, false))?)?;
    Ok(seconds.saturating_mul(1_000_000).saturating_add(millis.saturating_mul(1_000)).saturating_add(micros))
}
