//! A [`Signer`] by RustCrypto's crates: for programs that have the key as text, and no platform that would keep it.

use std::rc::Rc;

use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::Signer as _;

use crate::error::Error;
use crate::login::{unusable_key, ClientKey, Pem, Signer, SigningAlgorithm, SigningError};
use crate::platform::Task;
use crate::secret::Secret;
use crate::text::{hex, sha256};

/// A private key of the curve P-256 (ES256) or of Ed25519 (EdDSA), in memory, which is cleared when it is dropped. Not of
/// RSA: RustCrypto's crate for that takes a time that tells of the key (RUSTSEC-2023-0071, without a remedy). Who has such a
/// key implements [`Signer`] by another library, or by what keeps the key.
#[derive(Clone)]
pub struct RustCryptoKey {
    key: Rc<Key>,
    algorithms: &'static [SigningAlgorithm],
    /// Of the public half.
    hash: String,
}

enum Key {
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl RustCryptoKey {
    /// Of PEM text with a key in PKCS#8; of a certificate that stands beside it the thumbprint comes with it.
    ///
    /// # Errors
    /// `InvalidArgument`: it is none, or its key cannot sign here.
    pub fn from_pem(text: &str) -> Result<ClientKey, Error> {
        let pem = Pem::read(text)?;
        let unreadable = || unusable_key("cannot be read", "give the private key as it was made, in PKCS#8");
        let (key, public) = match pem.algorithms {
            [SigningAlgorithm::Es256] => {
                let key = p256::ecdsa::SigningKey::from_pkcs8_der(&pem.key).map_err(|_| unreadable())?;
                let public = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                (Key::P256(key), public)
            }
            [SigningAlgorithm::EdDsa] => {
                let key = ed25519_dalek::SigningKey::from_pkcs8_der(&pem.key).map_err(|_| unreadable())?;
                let public = key.verifying_key().as_bytes().to_vec();
                (Key::Ed25519(key), public)
            }
            _ => {
                return Err(unusable_key(
                    "is a key of RSA, with which RustCrypto's crate is not safe to sign (RUSTSEC-2023-0071)",
                    match cfg!(feature = "component") {
                        true => "give one of P-256 or Ed25519",
                        false => "give one of P-256 or Ed25519, or a Signer of your own",
                    },
                ))
            }
        };
        let signer = RustCryptoKey { key: Rc::new(key), algorithms: pem.algorithms, hash: hex(&sha256(&public)) };
        Ok(ClientKey { certificate_thumbprint: pem.certificate_thumbprint, ..ClientKey::new(signer) })
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        match &*self.key {
            Key::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(message)?;
                Ok(signature.to_bytes().to_vec())
            }
            Key::Ed25519(key) => Ok(key.try_sign(message)?.to_bytes().to_vec()),
        }
    }
}

impl Signer for RustCryptoKey {
    fn algorithms(&self) -> &[SigningAlgorithm] {
        self.algorithms
    }

    /// In the one way that the key has.
    fn sign(&self, _: SigningAlgorithm, message: Vec<u8>) -> Task<Result<Vec<u8>, SigningError>> {
        let signature = self.signature(&message);
        Box::pin(async move { signature.map_err(|_| SigningError { name: "SignatureError".to_string() }) })
    }

    fn identity(&self) -> Secret {
        Secret::new(self.hash.as_str())
    }
}
