//! What stands in a store that others can read: a text of one form, whoever seals it.

use crate::json::{self, Value};
use crate::oauth::Metadata;
use crate::platform::UnixTime;
use crate::secret::Secret;
use crate::text::{cut, decode_base64, encode_base64, hex, signed_decimal};
use crate::token_cache::StoredToken;
use crate::token_store::StoredLogin;

/// More letters than any entry of this client has: what is longer is not looked at.
pub(crate) const MAX_ENTRY_LENGTH: u32 = 100_000;

/// Of AES-GCM.
pub(crate) const IV_BYTES: usize = 12;

/// Of HKDF: what the key is for.
pub(crate) const KEY_INFO: &[u8] = b"astrolabe-client token store";

/// Under which an entry is kept; `digest` is that of the owner's key.
pub(crate) fn name(digest: &[u8]) -> String {
    ["astrolabe-client/", &hex(digest)].concat()
}

/// The entry itself.
pub(crate) fn of_parts(iv: &[u8], data: &[u8]) -> String {
    [&encode_base64(iv), ".", &encode_base64(data)].concat()
}

/// Of an entry that is as this client writes them.
pub(crate) fn parts(entry: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let (iv, data) = cut(entry, b'.');
    let iv = decode_base64(iv).filter(|iv| iv.len() == IV_BYTES)?;
    Some((iv, decode_base64(data)?))
}

pub(crate) fn write_login(login: &StoredLogin) -> Secret {
    let expires_at = login.token.as_ref().and_then(|token| token.expires_at).map_or(0, UnixTime::as_millis);
    let mut parts = vec!["{".to_string()];
    if let Some(token) = &login.token {
        parts.push(["\"accessToken\":", &json::quoted(token.access_token.expose()), ","].concat());
    }
    if let Some(metadata) = &login.metadata {
        let found_at = metadata.discovered_at.map_or(0, UnixTime::as_millis);
        parts.push(["\"metadata\":{\"tokenEndpoint\":", &json::quoted(&metadata.token_endpoint)].concat());
        parts.push([",\"basicOnly\":", if metadata.basic_only { "true" } else { "false" }].concat());
        parts.push([",\"discoveredAtMs\":", &signed_decimal(found_at)].concat());
        for (name, value) in [("audience", &metadata.audience), ("signingAlgorithms", &metadata.signing_algorithms)] {
            if let Some(value) = value {
                parts.push([",\"", name, "\":", &json::quoted(value)].concat());
            }
        }
        parts.push("},".to_string());
    }
    parts.push(["\"expiresAtMs\":", &signed_decimal(expires_at), "}"].concat());
    Secret::new(parts.concat())
}

/// The parts of what was kept that are of the right type.
pub(crate) fn read_login(text: &str) -> Option<StoredLogin> {
    let login = json::Object::parse(text)?;
    let time = |object: json::Object<'_>, name: &str| match object.get(name)? {
        Value::Number(number) => json::integer(number).map(UnixTime::from_millis),
        _ => None,
    };
    let token = login.text("accessToken").and_then(|token| {
        let expires_at = Some(time(login, "expiresAtMs")?);
        Some(StoredToken { access_token: Secret::new(token), expires_at })
    });
    let metadata = login.object("metadata").and_then(|found| {
        let discovered_at = time(found, "discoveredAtMs");
        let (audience, signing_algorithms) = (found.text("audience"), found.text("signingAlgorithms"));
        let metadata = Metadata::new(found.text("tokenEndpoint")?, found.is_true("basicOnly"));
        Some(Metadata { discovered_at, audience, signing_algorithms, ..metadata })
    });
    Some(StoredLogin { token, metadata })
}
