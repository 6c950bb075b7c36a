//! The key of `private_key_jwt`: what signs, and what is said of the key beside the signature.

use core::fmt;
use std::rc::Rc;

use crate::platform::Task;
use crate::secret::Secret;

/// How an assertion is signed, as JSON Web Algorithms (RFC 7518 §3.1, RFC 8037 §3.1) names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    Ps256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl SigningAlgorithm {
    /// As the header of an assertion names it.
    pub fn as_str(self) -> &'static str {
        match self {
            SigningAlgorithm::Rs256 => "RS256",
            SigningAlgorithm::Ps256 => "PS256",
            SigningAlgorithm::Es256 => "ES256",
            SigningAlgorithm::EdDsa => "EdDSA",
        }
    }

    /// Whether the same key signs the same bytes the same way each time.
    pub(crate) fn is_deterministic(self) -> bool {
        matches!(self, SigningAlgorithm::Rs256 | SigningAlgorithm::EdDsa)
    }
}

/// What holds a private key and signs by it: WebCrypto, RustCrypto, a key vault. The key itself never leaves it.
pub trait Signer {
    /// What this key can, what it does best first; not empty.
    fn algorithms(&self) -> &[SigningAlgorithm];

    /// Whether the key can sign at all, as far as that can be told without signing; asked before anything is sent.
    fn check(&self) -> Task<Result<(), SigningError>> {
        Box::pin(async { Ok(()) })
    }

    /// The signature of `message` as RFC 7518 §3 writes it: of ES256 the 64 bytes of r and s.
    fn sign(&self, algorithm: SigningAlgorithm, message: Vec<u8>) -> Task<Result<Vec<u8>, SigningError>>;

    /// What tells this key from another, such as a hash of its public half: of clients that share a cache, one with another
    /// key does not get this one's token. Never sent.
    fn identity(&self) -> Secret;
}

/// Why a key did not sign.
#[derive(Debug, Clone, PartialEq)]
pub struct SigningError {
    /// The name of what went wrong, to be shown: without anything of the key.
    pub name: String,
}

/// A key whose public half the identity provider knows.
#[derive(Clone)]
pub struct ClientKey {
    /// What signs.
    pub signer: Rc<dyn Signer>,
    /// The name under which the provider knows the key (`kid`, RFC 7515 §4.1.4).
    pub key_id: Option<String>,
    /// SHA-256 of the certificate of the key, in base64url (`x5t#S256`, RFC 7515 §4.1.8): Entra ID finds the key by it.
    pub certificate_thumbprint: Option<String>,
}

impl ClientKey {
    /// That key, which its provider finds without a name.
    pub fn new(signer: impl Signer + 'static) -> Self {
        ClientKey { signer: Rc::new(signer), key_id: None, certificate_thumbprint: None }
    }

    /// The first algorithm of the key that signs the same each time.
    pub(crate) fn deterministic(&self) -> Option<SigningAlgorithm> {
        self.signer.algorithms().iter().copied().find(|algorithm| algorithm.is_deterministic())
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientKey")
    }
}
