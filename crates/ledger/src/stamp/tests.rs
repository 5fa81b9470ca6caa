#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

#[test]
fn a_nonce_is_recognised_whatever_its_length() {
    for nonce in [0, 1, 0x7f, 0x80, 0xff00, u64::MAX] {
        let request = request(&[1; 32], nonce);
        let mut fields = tlv::only(&request).unwrap().inside();
        fields.any().unwrap();
        fields.any().unwrap();
        let body = fields.expect(tlv::INTEGER).unwrap().body;
        let stamp = Stamp {
            time_us: 0,
            accuracy_us: None,
            authority: String::new(),
            serial: String::new(),
            policy: String::new(),
            nonce: Some(tlv::unsigned(body).unwrap().to_vec()),
            certificate_sha256: String::new(),
            confirmed: false,
        };
        assert!(stamp.answers(nonce), "{nonce}");
        assert!(!stamp.answers(nonce ^ 2));
    }
}

#[test]
fn a_refusal_is_told_in_the_authoritys_words() {
    let reply = [0x30, 0x0b, 0x30, 0x09, 0x02, 0x01, 0x02, 0x30, 0x04, 0x0c, 0x02, b'n', b'o'];
    let error = token_of_response(&reply).unwrap_err();
    assert_eq!(error, StampError::Refused { status: 2, text: "no".into() });
    assert_eq!(error.to_string(), "the authority refused (status 2): no");
}

proptest! {
    #[test]
    fn strange_bytes_are_only_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(verify(&bytes, &[0; 32], Some(&bytes)).is_err());
        prop_assert!(token_of_response(&bytes).is_err());
    }
}
