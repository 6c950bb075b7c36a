//! Keys of PEM text by RustCrypto's crates, as OpenSSL makes them and checks what they sign.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use astrolabe_client::{ErrorCode, RustCryptoKey, SigningAlgorithm};

use crate::transport::World;

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("astrolabe-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }

    fn openssl(&self, arguments: &str) -> bool {
        let done = Command::new("openssl").args(arguments.split(' ')).current_dir(&self.0).output().expect("openssl");
        done.status.success()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(Path::new(&self.0).join(name), bytes).expect("a file");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The numbers r and s as ASN.1 has them, which OpenSSL checks.
fn as_asn1(signature: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let mut digits: Vec<u8> = number.iter().copied().skip_while(|&byte| byte == 0).collect();
        if digits.first().is_some_and(|&byte| byte >= 0x80) {
            digits.insert(0, 0);
        }
        [&[2, digits.len() as u8], digits.as_slice()].concat()
    };
    let both = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [&[0x30, both.len() as u8], both.as_slice()].concat()
}

#[test]
fn what_a_key_signs_openssl_takes() {
    let world = World::new();
    let folder = Folder::new("signatures");
    for (make, algorithm, verify) in [
        (
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
            SigningAlgorithm::Es256,
            "dgst -sha256 -verify public.pem -signature signature message",
        ),
        (
            "genpkey -algorithm ed25519 -out key.pem",
            SigningAlgorithm::EdDsa,
            "pkeyutl -verify -pubin -inkey public.pem -rawin -in message -sigfile signature",
        ),
    ] {
        assert!(folder.openssl(make) && folder.openssl("pkey -in key.pem -pubout -out public.pem"));
        let key = RustCryptoKey::from_pem(&folder.read("key.pem")).expect("a key");
        assert_eq!(key.signer.algorithms(), [algorithm]);
        let signature = world.run(key.signer.sign(algorithm, b"a message".to_vec())).expect("a signature");
        assert_eq!(signature.len(), 64);
        let signature = if algorithm == SigningAlgorithm::Es256 { as_asn1(&signature) } else { signature };
        folder.write("signature", &signature);
        folder.write("message", b"a message");
        assert!(folder.openssl(verify), "{algorithm:?}");
        folder.write("message", b"another");
        assert!(!folder.openssl(verify), "{algorithm:?}");

        let again = RustCryptoKey::from_pem(&folder.read("key.pem")).expect("a key");
        assert_eq!(again.signer.identity(), key.signer.identity());
        assert!(folder.openssl(make));
        let other = RustCryptoKey::from_pem(&folder.read("key.pem")).expect("a key");
        assert_ne!(other.signer.identity(), key.signer.identity());
    }
}

#[test]
fn a_certificate_beside_the_key_is_named_by_its_thumbprint() {
    let folder = Folder::new("thumbprint");
    assert!(folder.openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=a -keyout key.pem -out cert.pem"
    ));
    let both = [folder.read("cert.pem"), folder.read("key.pem")].concat();
    let thumbprint = RustCryptoKey::from_pem(&both).expect("a key").certificate_thumbprint.expect("a thumbprint");
    assert!(folder.openssl("x509 -in cert.pem -outform DER -out cert.der"));
    assert!(folder.openssl("dgst -sha256 -binary -out digest cert.der"));
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use base64::Engine;
    assert_eq!(thumbprint, URL_SAFE_NO_PAD.encode(fs::read(folder.0.join("digest")).expect("a digest")));
}

#[test]
fn what_is_no_key_for_this_is_told_by_its_name() {
    let folder = Folder::new("no-keys");
    for (make, expected) in [
        ("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out it.pem", "RUSTSEC-2023-0071"),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out it.pem", "does not sign with"),
        ("genpkey -algorithm x25519 -out it.pem", "does not sign with"),
        ("ecparam -name prime256v1 -genkey -out it.pem", "SEC 1"),
        ("genrsa -traditional -out it.pem 2048", "PKCS#1"),
        ("genpkey -algorithm ed25519 -aes256 -pass pass:x -out it.pem", "encrypted under a password"),
        ("pkey -in key.pem -pubout -out it.pem", "is a public key"),
        ("req -x509 -key key.pem -days 2 -subj /CN=a -out it.pem", "is a certificate"),
    ] {
        assert!(folder.openssl("genpkey -algorithm ed25519 -out key.pem") && folder.openssl(make), "{make}");
        let text = folder.read("it.pem");
        let error = RustCryptoKey::from_pem(&text).err().unwrap_or_else(|| panic!("{make} was taken"));
        assert_eq!(error.code, ErrorCode::InvalidArgument);
        assert!(error.message().contains(expected), "{make}: {error}");
        let body = text.lines().filter(|line| line.len() > 40 && !line.starts_with('-'));
        for line in body {
            assert!(!format!("{error} {error:?}").contains(line), "{make}");
        }
    }
}
