//! `TokenCache`: what JavaScript sees of the token.

use std::rc::Rc;

use js_sys::{Function, Promise, Reflect, JSON};
use serde::Serialize;
use wasm_bindgen::convert::TryFromJsValue;
use wasm_bindgen::prelude::*;

use super::arguments::Options;
use super::errors::to_js_error;
use super::{date, to_js};
use crate::error::Error;
use crate::oauth::Metadata;
use crate::secret::Secret;
use crate::text::is_visible_ascii;
use crate::token_cache::{self, Contents, StoredToken, DEFAULT_EARLY_REFRESH_S};

/// The access token, when it ends, and what discovery found. One cache can serve any number of clients.
#[wasm_bindgen]
pub struct TokenCache {
    inner: Rc<token_cache::TokenCache<Promise>>,
}

/// What `toJSON` gives and `fromJSON` takes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    key: Option<String>,
    access_token: Option<String>,
    expires_at_ms: Option<f64>,
    token_endpoint: Option<String>,
    basic_only: Option<bool>,
    early_refresh_seconds: u32,
}

#[wasm_bindgen]
impl TokenCache {
    /// An empty cache.
    #[wasm_bindgen(constructor)]
    pub fn new() -> TokenCache {
        TokenCache::with(DEFAULT_EARLY_REFRESH_S, Contents::default())
    }

    /// A cache with what `toJSON` gave, as an object or as JSON text.
    ///
    /// @throws {AstrolabeError} `invalid_argument`: it is no object, no JSON, or a property is of the wrong type.
    #[wasm_bindgen(js_name = fromJSON)]
    pub fn from_json(
        #[wasm_bindgen(unchecked_param_type = "TokenCacheJSON | string")] data: JsValue,
    ) -> Result<TokenCache, JsValue> {
        read(&data).map_err(|error| to_js_error(&error))
    }

    /// For `JSON.stringify`. Holds the token: keep it as you would keep a password.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "TokenCacheJSON")]
    pub fn to_json(&self) -> JsValue {
        let Contents { key, token, metadata } = self.inner.contents();
        to_js(&Json {
            key,
            expires_at_ms: token.as_ref().and_then(|token| token.expires_at_ms).map(|ms| ms as f64),
            access_token: token.map(|token| token.access_token.expose().to_string()),
            basic_only: metadata.as_ref().map(|metadata| metadata.basic_only),
            token_endpoint: metadata.map(|metadata| metadata.token_endpoint),
            early_refresh_seconds: self.inner.early_refresh_s(),
        })
    }

    /// The token, fresh or not; `null` where there is none.
    #[wasm_bindgen(getter, js_name = accessToken, unchecked_return_type = "string | null")]
    pub fn access_token(&self) -> JsValue {
        self.inner.contents().token.map_or(JsValue::NULL, |token| JsValue::from(token.access_token.expose()))
    }

    /// When the token ends, as the server told it; `null` where there is none or nobody knows.
    #[wasm_bindgen(getter, js_name = expiresAt, unchecked_return_type = "Date | null")]
    pub fn expires_at(&self) -> JsValue {
        self.inner.contents().token.and_then(|token| token.expires_at_ms).map_or(JsValue::NULL, date)
    }

    /// The token endpoint that discovery found; `null` where it has not looked yet.
    #[wasm_bindgen(getter, js_name = tokenEndpoint, unchecked_return_type = "string | null")]
    pub fn token_endpoint(&self) -> JsValue {
        self.inner.contents().metadata.map_or(JsValue::NULL, |metadata| JsValue::from(metadata.token_endpoint))
    }

    /// Whether there is a token that lives longer than the early refresh: 60 s, or the `earlyRefreshSeconds` of the
    /// client that made this cache.
    #[wasm_bindgen(js_name = isFresh)]
    pub fn is_fresh(&self) -> bool {
        self.inner.is_fresh(js_sys::Date::now() as i64)
    }

    /// Forgets the token and what discovery found. What a request under way brings is not kept.
    pub fn clear(&self) {
        self.inner.clear();
    }

    /// Another handle of the same cache. wasm-bindgen can only take a handle out of an object together with the
    /// object itself, and the application's own must stay as it is.
    #[wasm_bindgen(js_name = __share, skip_typescript)]
    pub fn share(&self) -> TokenCache {
        TokenCache { inner: self.inner.clone() }
    }
}

impl TokenCache {
    fn with(early_refresh_s: u32, contents: Contents) -> Self {
        TokenCache::of(Rc::new(token_cache::TokenCache::new(early_refresh_s, contents)))
    }

    pub(super) fn of(inner: Rc<token_cache::TokenCache<Promise>>) -> Self {
        TokenCache { inner }
    }

    /// The cache behind an object that JavaScript handed in.
    pub(super) fn shared_by(object: &JsValue) -> Result<Rc<token_cache::TokenCache<Promise>>, Error> {
        let share = || {
            let share = Reflect::get(object, &"__share".into()).ok()?.dyn_into::<Function>().ok()?;
            TokenCache::try_from_js_value(share.call0(object).ok()?).ok()
        };
        let cache = share().ok_or_else(|| Error::invalid("tokenCache must be a TokenCache that has not been freed: make one with new TokenCache() or TokenCache.fromJSON(data)"))?;
        Ok(cache.inner.clone())
    }
}

/// Nothing of the data is repeated in an error: it may be the token.
fn read(data: &JsValue) -> Result<TokenCache, Error> {
    let parsed;
    let data = match data.as_string() {
        Some(text) => {
            parsed = JSON::parse(&text)
                .map_err(|_| Error::invalid("data is no JSON: give what JSON.stringify(tokenCache) gave"))?;
            &parsed
        }
        None => data,
    };
    // A cache itself, given for what its toJSON gives, is taken for that.
    let written;
    let data = match Options::of(data, "data")?.function("toJSON")? {
        Some(to_json) => {
            written = to_json.call0(data).map_err(|cause| {
                Error::invalid("data cannot be read: its toJSON threw")
                    .with(|details| details.cause = Some(Rc::new(cause)))
            })?;
            &written
        }
        None => data,
    };
    let json = Options::of(data, "data")?;
    let token = match json.string("accessToken")? {
        None => None,
        Some(token) if !is_visible_ascii(&token) => {
            return Err(Error::invalid("accessToken is empty or holds characters that no header can carry"))
        }
        Some(token) => {
            // As large as a Date can be.
            let expires_at_ms = json.number("expiresAtMs")?.map(|ms| {
                if ms.abs() <= 8.64e15 {
                    Ok(ms as i64)
                } else {
                    Err(Error::invalid("expiresAtMs is no time in Unix milliseconds"))
                }
            });
            Some(StoredToken { access_token: Secret::new(token), expires_at_ms: expires_at_ms.transpose()? })
        }
    };
    let basic_only = json.boolean("basicOnly")?.unwrap_or(false);
    let metadata = json.string("tokenEndpoint")?.map(|token_endpoint| Metadata { token_endpoint, basic_only });
    let early_refresh_s = json.integer("earlyRefreshSeconds", 0..=u32::MAX)?.unwrap_or(DEFAULT_EARLY_REFRESH_S);
    Ok(TokenCache::with(early_refresh_s, Contents { key: json.string("key")?, token, metadata }))
}
