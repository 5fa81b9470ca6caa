//! Ours against `openssl ts`, both ways: it answers our requests, we check its tokens, it checks them too.
//!
//! Without the `openssl` command the tests say so and pass.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::Command;

use probity_ledger::checkpoint::{self, Checkpoint, LogKey};
use probity_ledger::stamp::{self, StampError};
use probity_ledger::{sha256, tree};

/// An authority in a folder of its own, with the keys this test wants.
struct Authority {
    folder: tempfile::TempDir,
}

#[derive(Clone, Copy)]
struct Wish {
    key: &'static [&'static str],
    extensions: &'static str,
    digest: &'static str,
    days: &'static str,
}

const USUAL: Wish = Wish { key: &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], extensions: "authority", digest: "sha256", days: "30" };

fn has_openssl() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok_and(|out| out.status.success());
    if !there {
        println!("skipped: the openssl command is not installed");
    }
    there
}

impl Authority {
    fn new(wish: Wish) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cnf = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/tsa/tsa.cnf"));
        let cnf = cnf.unwrap().replace("signer_digest = sha256", &format!("signer_digest = {}", wish.digest));
        let this = Self { folder };
        this.write("tsa.cnf", cnf.as_bytes());
        this.write("serial", b"1000");
        let key = |file| [&["genpkey"], wish.key, &["-out", file]].concat();
        this.run(&key("root.key"));
        this.run(&key("tsa.key"));
        this.run(&[
            "req",
            "-new",
            "-x509",
            "-config",
            "tsa.cnf",
            "-extensions",
            "root",
            "-key",
            "root.key",
            "-days",
            "30",
            "-subj",
            "/CN=Probity test root",
            "-out",
            "root.crt",
        ]);
        this.issue("tsa", wish.extensions, wish.days, "5");
        this
    }

    fn issue(&self, name: &str, extensions: &str, days: &str, serial: &str) {
        let (key, csr, crt) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.crt"));
        self.run(&["req", "-new", "-config", "tsa.cnf", "-key", &key, "-out", &csr]);
        self.run(&[
            "x509",
            "-req",
            "-in",
            &csr,
            "-CA",
            "root.crt",
            "-CAkey",
            "root.key",
            "-set_serial",
            serial,
            "-days",
            days,
            "-extfile",
            "tsa.cnf",
            "-extensions",
            extensions,
            "-out",
            &crt,
        ]);
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }

    fn try_run(&self, arguments: &[&str]) -> Result<String, String> {
        let out = Command::new("openssl").args(arguments).current_dir(self.folder.path()).output().unwrap();
        let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
        if out.status.success() { Ok(text) } else { Err(text) }
    }

    fn run(&self, arguments: &[&str]) -> String {
        self.try_run(arguments).unwrap_or_else(|text| panic!("openssl {arguments:?}: {text}"))
    }

    /// The token for this content, by way of our request.
    fn stamp(&self, content: &[u8], nonce: u64) -> Vec<u8> {
        self.write("request.tsq", &stamp::request(&sha256(content), nonce));
        self.run(&["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "reply.tsr"]);
        stamp::token_of_response(&self.read("reply.tsr")).unwrap()
    }
}

fn note() -> String {
    let key = LogKey::from_seed("probity.example/log", &[5; 32]).unwrap();
    let root = tree::empty_root();
    checkpoint::sign(&Checkpoint { origin: key.name().to_owned(), size: 0, root, extensions: vec![] }, &key)
}

#[test]
fn a_checkpoint_is_stamped_and_both_sides_accept_the_token() {
    if !has_openssl() {
        return;
    }
    let note = note();
    let wishes = [
        USUAL,
        Wish { digest: "sha384", ..USUAL },
        Wish { key: &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], digest: "sha512", ..USUAL },
        Wish { key: &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], digest: "sha384", ..USUAL },
    ];
    for wish in wishes {
        let authority = Authority::new(wish);
        let ca = authority.read("root.crt");
        let token = authority.stamp(note.as_bytes(), 0xfedc_ba98_7654_3210);
        let stamp = stamp::verify(&token, &sha256(note.as_bytes()), Some(&ca)).unwrap();
        assert!(stamp.confirmed && stamp.answers(0xfedc_ba98_7654_3210) && !stamp.answers(1));
        assert_eq!(stamp.policy, "1.3.6.1.4.1.99999.1.1");
        assert_eq!(stamp.authority, "CN=Probity test authority");
        assert_eq!(stamp.accuracy_us, Some(1_500_000));
        assert_eq!(stamp.serial, "1001");

        authority.write("note", note.as_bytes());
        authority.write("token", &token);
        let check = ["ts", "-verify", "-data", "note", "-in", "token", "-token_in", "-CAfile", "root.crt"];
        assert!(authority.run(&check).contains("Verification: OK"));
        let text = authority.run(&["ts", "-query", "-in", "request.tsq", "-text"]);
        assert!(text.contains("Certificate required: yes") && text.contains("sha256"), "{text}");

        // Another's root, another's content.
        let other = Authority::new(wish);
        assert_eq!(stamp::verify(&token, &sha256(note.as_bytes()), Some(&other.read("root.crt"))), Err(StampError::NoPath));
        assert_eq!(stamp::verify(&token, &sha256(b"else"), Some(&ca)), Err(StampError::Imprint));
        assert_eq!(stamp::verify(&token, &sha256(note.as_bytes()), Some(b"no pem")), Err(StampError::CaFile));
        // The signer's own certificate vouches for nothing.
        assert_eq!(stamp::verify(&token, &sha256(note.as_bytes()), Some(&authority.read("tsa.crt"))), Err(StampError::NoPath));
    }
}

/// The refusals that matter: `openssl ts -reply` itself will not sign with a certificate that is not for
/// time stamping, so such a token is made by swapping certificates below.
#[test]
fn a_certificate_beside_the_true_one_is_not_taken_for_it() {
    if !has_openssl() {
        return;
    }
    let honest = Authority::new(USUAL);
    let token = honest.stamp(b"content", 7);
    let imprint = sha256(b"content");
    let der = |authority: &Authority, name: &str| {
        authority.run(&["x509", "-in", &format!("{name}.crt"), "-outform", "DER", "-out", &format!("{name}.der")]);
        authority.read(&format!("{name}.der"))
    };
    let true_one = der(&honest, "tsa");

    // Same issuer, same serial, same subject, another key: what an injected certificate looks like.
    honest.run(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "twin.key"]);
    honest.issue("twin", "authority", "30", "5");
    let twin = der(&honest, "twin");
    let ca = honest.read("root.crt");
    assert_eq!(true_one.len(), twin.len(), "the test replaces bytes in place");
    let at = token.windows(true_one.len()).position(|window| window == true_one).unwrap();
    let mut swapped = token.clone();
    swapped[at..at + twin.len()].copy_from_slice(&twin);
    assert_eq!(stamp::verify(&swapped, &imprint, Some(&ca)), Err(StampError::WrongCertificate));

    // The same twin given as a CA file, first: still the named one signs.
    let both = [honest.read("twin.crt"), ca.clone()].concat();
    assert!(stamp::verify(&token, &imprint, Some(&both)).unwrap().confirmed);
}

/// An authority that is careless about its certificate is not believed, whatever it signs.
#[test]
fn a_certificate_for_other_purposes_is_refused() {
    if !has_openssl() {
        return;
    }
    for extensions in ["not_critical", "two_purposes"] {
        let authority = Authority::new(Wish { extensions, ..USUAL });
        authority.write("request.tsq", &stamp::request(&sha256(b"x"), 1));
        let made = authority.try_run(&["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "reply.tsr"]);
        // openssl refuses it at its own end, which is as good.
        if made.is_ok() {
            let token = stamp::token_of_response(&authority.read("reply.tsr"));
            let verdict = token.and_then(|token| stamp::verify(&token, &sha256(b"x"), None));
            assert!(matches!(verdict, Err(StampError::Purpose | StampError::Refused { .. } | StampError::Malformed(_))), "{extensions}: {verdict:?}");
        }
    }
}

/// A token whose authority is reached over an intermediate certificate, with the certificates in the
/// order their sender liked.
#[test]
fn a_path_over_an_intermediate_holds_in_any_order_of_certificates() {
    if !has_openssl() {
        return;
    }
    let authority = Authority::new(USUAL);
    for name in ["middle", "low"] {
        authority.run(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", &format!("{name}.key")]);
    }
    let issue = |name: &str, subject: &str, by: &str, extensions: &str, serial: &str| {
        let (key, csr, crt) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.crt"));
        authority.run(&["req", "-new", "-config", "tsa.cnf", "-key", &key, "-subj", subject, "-out", &csr]);
        authority.run(&[
            "x509",
            "-req",
            "-in",
            &csr,
            "-CA",
            &format!("{by}.crt"),
            "-CAkey",
            &format!("{by}.key"),
            "-set_serial",
            serial,
            "-days",
            "30",
            "-extfile",
            "tsa.cnf",
            "-extensions",
            extensions,
            "-out",
            &crt,
        ]);
    };
    issue("middle", "/CN=Middle", "root", "root", "11");
    issue("low", "/CN=Low", "middle", "authority", "12");
    let cnf = String::from_utf8(authority.read("tsa.cnf")).unwrap();
    let cnf = cnf.replace("./tsa.", "./low.").replace("certs = ./root.crt", "certs = ./chain.crt");
    authority.write("tsa.cnf", cnf.as_bytes());
    for order in [["middle", "root"], ["root", "middle"]] {
        let chain = order.map(|name| authority.read(&format!("{name}.crt"))).concat();
        authority.write("chain.crt", &chain);
        let token = authority.stamp(b"content", 3);
        let imprint = sha256(b"content");
        assert!(stamp::verify(&token, &imprint, Some(&authority.read("root.crt"))).unwrap().confirmed);
        // The intermediate given alone is an end of the path too.
        assert!(stamp::verify(&token, &imprint, Some(&authority.read("middle.crt"))).unwrap().confirmed);
        assert_eq!(stamp::verify(&token, &imprint, Some(&authority.read("tsa.crt"))), Err(StampError::NoPath));
    }
}
