//! The assertion by which a client with a key proves who it is: RFC 7523 §3, OpenID Connect Core §9.
//!
//! Its audience is the issuer: RFC 10070 lets it be nothing else, since an assertion for the address of an endpoint can be had
//! by whoever makes a client believe that the endpoint is his. oidc-provider, Keycloak and Auth0 take it. Who came before that
//! asks for the token endpoint's address (RFC 7523 §3): Entra ID does, as AADSTS700023. No metadata says which, so one that is
//! refused as `invalid_client` is made once more for that address, to which alone it is sent, and what worked is remembered.

use core::time::Duration;

use crate::error::ErrorKind;
use crate::json::quoted;
use crate::login::{ClientKey, SigningAlgorithm};
use crate::oauth::Metadata;
use crate::platform::UnixTime;
use crate::secret::Secret;
use crate::text::{base64url, cut, push_item, signed_decimal};

/// For one token request, which is sent at once.
const LIFETIME: Duration = Duration::from_secs(60);

/// The first algorithm of the key that the token endpoint takes.
pub(crate) fn choose_algorithm(key: &ClientKey, metadata: &Metadata) -> Result<SigningAlgorithm, ErrorKind> {
    let algorithms = key.signer.algorithms();
    let announced = metadata.signing_algorithms.as_deref();
    let is_taken =
        |algorithm: &SigningAlgorithm| announced.is_none_or(|announced| lists(announced, algorithm.as_str()));
    algorithms.iter().copied().find(is_taken).ok_or_else(|| {
        let mut of_key = String::new();
        algorithms.iter().for_each(|algorithm| push_item(&mut of_key, " or ", algorithm.as_str()));
        ErrorKind::NoSigningAlgorithm { of_key, announced: announced.unwrap_or("").to_string() }
    })
}

/// Of a list with spaces between.
fn lists(mut list: &str, wanted: &str) -> bool {
    while !list.is_empty() {
        let (name, rest) = cut(list, b' ');
        if name == wanted {
            return true;
        }
        list = rest;
    }
    false
}

/// What is signed: header and claims. `id` is another each time.
pub(crate) fn signing_input(
    key: &ClientKey,
    algorithm: SigningAlgorithm,
    client_id: &str,
    audience: &str,
    id: &str,
    now: UnixTime,
) -> String {
    let mut header = ["{\"alg\":\"", algorithm.as_str(), "\",\"typ\":\"JWT\""].concat();
    for (name, value) in [("kid", &key.key_id), ("x5t#S256", &key.certificate_thumbprint)] {
        if let Some(value) = value {
            header.push_str(&[",\"", name, "\":", &quoted(value)].concat());
        }
    }
    header.push('}');
    let client_id = quoted(client_id);
    let claims = [
        "{\"iss\":",
        &client_id,
        ",\"sub\":",
        &client_id,
        ",\"aud\":",
        &quoted(audience),
        ",\"jti\":",
        &quoted(id),
        ",\"iat\":",
        &seconds(now),
        ",\"exp\":",
        &seconds(now + LIFETIME),
        "}",
    ];
    [&base64url(header.as_bytes()), ".", &base64url(claims.concat().as_bytes())].concat()
}

/// The whole of it, with its signature.
pub(crate) fn signed(signing_input: &str, signature: &[u8]) -> Secret {
    Secret::new([signing_input, ".", &base64url(signature)].concat())
}

fn seconds(time: UnixTime) -> String {
    signed_decimal(time.as_millis().div_euclid(1000))
}
