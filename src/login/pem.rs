//! A private key as PEM text (RFC 7468): PKCS#8 (RFC 5208) is what WebCrypto and RustCrypto read. What else people have in such a
//! file is told by its name.

use zeroize::Zeroizing;

use super::SigningAlgorithm::{self, EdDsa, Es256, Ps256, Rs256};
use crate::error::Error;
use crate::setting::Setting;
use crate::text::{base64url, contains, decode_base64, sha256};

/// What a PEM text holds.
pub(crate) struct Pem {
    /// PKCS#8.
    pub(crate) key: Zeroizing<Vec<u8>>,
    pub(crate) algorithms: &'static [SigningAlgorithm],
    /// SHA-256 of the first certificate beside it, in base64url.
    pub(crate) certificate_thumbprint: Option<String>,
}

impl Pem {
    /// An error where there is no private key in it that can sign. Nothing of the text is repeated.
    pub(crate) fn read(text: &str) -> Result<Pem, Error> {
        let blocks = blocks(text);
        let Some(Block { body, .. }) = blocks.iter().find(|block| block.label == "PRIVATE KEY") else {
            return Err(no_key(blocks.first().map(|block| block.label)));
        };
        let key = bytes(body).filter(|key| key.first() == Some(&SEQUENCE)).ok_or_else(|| {
            unusable_key("holds something that is no PKCS#8 in base64", "copy the file once more, with all its lines")
        })?;
        let algorithms = algorithms(&key).ok_or_else(unknown_kind)?;
        let certificate = blocks.iter().find(|block| block.label == "CERTIFICATE").and_then(|block| bytes(block.body));
        let certificate_thumbprint = certificate.map(|certificate| base64url(&sha256(&certificate)));
        Ok(Pem { key, algorithms, certificate_thumbprint })
    }
}

/// What is wrong with the key, and what to do about it.
pub(crate) fn unusable_key(what: &str, to_do: &str) -> Error {
    Error::invalid([Setting::ClientPrivateKey.name(), " ", what].concat(), to_do)
}

pub(crate) fn unknown_kind() -> Error {
    unusable_key(
        "is of a kind that this client does not sign with",
        match cfg!(feature = "fetch") {
            true => "give a key of RSA (RS256, PS256), of the curve P-256 (ES256) or of Ed25519 (EdDSA)",
            false => "give a key of the curve P-256 (ES256) or of Ed25519 (EdDSA)",
        },
    )
}

pub(crate) fn is_public() -> Error {
    unusable_key(
        "is a public key, which cannot sign",
        "give the private one; the public one is for the identity provider",
    )
}

fn no_key(label: Option<&str>) -> Error {
    const CONVERT: &str = "make PKCS#8 of it: openssl pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem";
    match label {
        None => unusable_key(
            "is no PEM text",
            match cfg!(feature = "fetch") {
                true => "give all of the file, from '-----BEGIN PRIVATE KEY-----' on; or a CryptoKey, or a JWK",
                false => "give all of the file, from '-----BEGIN PRIVATE KEY-----' on",
            },
        ),
        Some("ENCRYPTED PRIVATE KEY") => unusable_key(
            "is encrypted under a password",
            "take that off: openssl pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem",
        ),
        Some("RSA PRIVATE KEY") => unusable_key("is of the older form PKCS#1 ('BEGIN RSA PRIVATE KEY')", CONVERT),
        Some("EC PRIVATE KEY" | "EC PARAMETERS") => {
            unusable_key("is of the older form SEC 1 ('BEGIN EC PRIVATE KEY')", CONVERT)
        }
        Some("PUBLIC KEY" | "RSA PUBLIC KEY") => is_public(),
        Some("CERTIFICATE" | "TRUSTED CERTIFICATE" | "CERTIFICATE REQUEST") => unusable_key(
            "is a certificate, without the key that belongs to it",
            "give the private key; the certificate may stand beside it",
        ),
        Some(_) => unusable_key(
            "is a PEM text without a private key in PKCS#8",
            "it must have the line '-----BEGIN PRIVATE KEY-----'",
        ),
    }
}

struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, begun)) = cut_at(rest, "-----BEGIN ") {
        let Some((label, begun)) = cut_at(begun, "-----") else { break };
        let Some((body, after)) = cut_at(begun, "-----END ") else { break };
        blocks.push(Block { label, body });
        rest = after;
    }
    blocks
}

/// What comes before and after `part`.
fn cut_at<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let at = (0..text.len()).find(|&at| text.get(at..).is_some_and(|rest| rest.starts_with(part)))?;
    Some((text.get(..at)?, text.get(at + part.len()..)?))
}

/// Without line breaks, also those that have become two characters on their way through a variable of the environment.
fn bytes(body: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut letters = Zeroizing::new(String::with_capacity(body.len()));
    let mut characters = body.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => matches!(characters.next(), Some('n' | 'r')).then_some(())?,
            ' ' | '\t' | '\r' | '\n' => {}
            letter => letters.push(letter),
        }
    }
    decode_base64(&letters).map(Zeroizing::new)
}

const SEQUENCE: u8 = 0x30;

/// By the object identifier at its beginning: `SEQUENCE { INTEGER 0, SEQUENCE { OBJECT IDENTIFIER …`.
fn algorithms(pkcs8: &[u8]) -> Option<&'static [SigningAlgorithm]> {
    const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    const P256: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    const ED25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];
    let beginning = pkcs8.get(..28)?;
    let is = |identifier| contains(beginning, identifier);
    match () {
        () if is(RSA) => Some(&[Rs256, Ps256]),
        () if is(P256) => Some(&[Es256]),
        () if is(ED25519) => Some(&[EdDsa]),
        () => None,
    }
}
