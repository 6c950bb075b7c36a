//! `token-cache`

use core::time::Duration;
use std::rc::Rc;

use super::{runtime, wit};
use crate::config::DEFAULT_EARLY_REFRESH;
use crate::error::Error;
use crate::json::{self, Object, Value};
use crate::platform::UnixTime;
use crate::secret::Secret;
use crate::text::{decimal, signed_decimal};
use crate::token_cache::{self, Contents, Kept};

pub(super) struct TokenCache(pub(super) Rc<token_cache::TokenCache>);

impl TokenCache {
    fn with(early_refresh: Duration, contents: Contents) -> Self {
        TokenCache(Rc::new(token_cache::TokenCache::new(early_refresh, contents)))
    }
}

impl wit::GuestTokenCache for TokenCache {
    fn new() -> Self {
        TokenCache::with(DEFAULT_EARLY_REFRESH, Contents::default())
    }

    fn from_json(json: String) -> Result<wit::TokenCache, wit::Error> {
        Ok(wit::TokenCache::new(read(&Secret::new(json))?))
    }

    /// As the `toJSON` of the JavaScript face names it.
    fn to_json(&self) -> String {
        let Contents { key, token, metadata } = self.0.contents();
        let text = |text: &str| json::quoted(text);
        let members = [
            key.map(|key| ("key", text(&key))),
            token.as_ref().map(|token| ("accessToken", text(token.access_token.expose()))),
            token.and_then(|token| token.expires_at).map(|end| ("expiresAtMs", signed_decimal(end.as_millis()))),
            metadata.as_ref().map(|metadata| ("tokenEndpoint", text(&metadata.token_endpoint))),
            metadata.map(|metadata| ("basicOnly", metadata.basic_only.to_string())),
            Some(("earlyRefreshSeconds", decimal(self.0.early_refresh().as_secs()))),
        ];
        let members: Vec<String> =
            members.into_iter().flatten().map(|(name, value)| ["\"", name, "\":", &value].concat()).collect();
        ["{", &members.join(","), "}"].concat()
    }

    fn access_token(&self) -> Option<String> {
        self.0.contents().token.map(|token| token.access_token.expose().to_string())
    }

    fn expires_at_ms(&self) -> Option<i64> {
        self.0.contents().token.and_then(|token| token.expires_at).map(UnixTime::as_millis)
    }

    fn token_endpoint(&self) -> Option<String> {
        self.0.contents().metadata.map(|metadata| metadata.token_endpoint)
    }

    fn is_fresh(&self) -> bool {
        self.0.is_fresh(runtime::now())
    }

    fn clear(&self) {
        self.0.clear();
    }
}

/// Nothing of the text is repeated in an error: it may be the token.
fn read(json: &Secret) -> Result<TokenCache, Error> {
    let wrong = |what: &str| Error::invalid(what, "give what to-json gave");
    let json = Object::parse(json.expose()).ok_or_else(|| wrong("the text is no JSON object"))?;
    let given = |name| json.get(name).filter(|value| *value != Value::Null);
    let text = |name| match given(name) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.decode())),
        Some(_) => Err(wrong(&[name, " is no string"].concat())),
    };
    let number = |name| match given(name) {
        None => Ok(None),
        Some(Value::Number(number)) if number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
            Ok(json::integer(number))
        }
        Some(_) => Err(wrong(&[name, " is no whole number"].concat())),
    };
    let kept = Kept {
        key: text("key")?,
        access_token: text("accessToken")?.map(Secret::new),
        expires_at_ms: number("expiresAtMs")?,
        token_endpoint: text("tokenEndpoint")?,
        basic_only: match given("basicOnly") {
            None => false,
            Some(Value::Bool(basic_only)) => basic_only,
            Some(_) => return Err(wrong("basicOnly is no boolean")),
        },
    };
    let early_refresh = match number("earlyRefreshSeconds")?.map(u32::try_from) {
        None => DEFAULT_EARLY_REFRESH,
        Some(Ok(seconds)) => Duration::from_secs(seconds.into()),
        Some(Err(_)) => return Err(wrong("earlyRefreshSeconds must be a whole number from 0 to 4294967295")),
    };
    Ok(TokenCache::with(early_refresh, kept.contents().map_err(wrong)?))
}
