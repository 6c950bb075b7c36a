//! `TokenCache`: what JavaScript sees of the token.

use core::cell::RefCell;
use core::time::Duration;
use std::rc::Rc;

use js_sys::{Date, Function, Reflect, JSON};
use serde::Serialize;
use wasm_bindgen::convert::TryFromJsValue;
use wasm_bindgen::prelude::*;

use super::arguments::{invalid, thrown, Properties};
use super::results::{date, to_js};
use crate::config::DEFAULT_EARLY_REFRESH;
use crate::error::Error;
use crate::platform::UnixTime;
use crate::secret::Secret;
use crate::token_cache::{self, Contents, Kept};

/// The access token, when it ends, and what discovery found. One cache can serve any number of clients.
#[wasm_bindgen]
pub struct TokenCache {
    inner: Rc<token_cache::TokenCache>,
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
    early_refresh_seconds: f64,
}

#[wasm_bindgen]
impl TokenCache {
    /// An empty cache.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> TokenCache {
        TokenCache::with(DEFAULT_EARLY_REFRESH, Contents::default())
    }

    /// A cache with what `toJSON` gave, as an object or as JSON text. It does not know the client secret: it serves the first
    /// client of the same host, provider, id and scope that asks.
    ///
    /// @throws {AstrolabeError} `invalid_argument`: it is no object, no JSON, or a property is of the wrong type.
    #[wasm_bindgen(js_name = fromJSON)]
    pub fn from_json(
        #[wasm_bindgen(unchecked_param_type = "TokenCacheJSON | string")] data: JsValue,
    ) -> Result<TokenCache, Error> {
        read(&data)
    }

    /// For `JSON.stringify`. Holds the token: keep it as you would keep a password.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "TokenCacheJSON")]
    pub fn to_json(&self) -> JsValue {
        let Contents { key, token, metadata } = self.inner.contents();
        to_js(&Json {
            key,
            expires_at_ms: token.as_ref().and_then(|token| token.expires_at).map(|end| end.as_millis() as f64),
            access_token: token.map(|token| token.access_token.expose().to_string()),
            basic_only: metadata.as_ref().map(|metadata| metadata.basic_only),
            token_endpoint: metadata.map(|metadata| metadata.token_endpoint),
            early_refresh_seconds: self.inner.early_refresh().as_secs() as f64,
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
        self.inner.contents().token.and_then(|token| token.expires_at).map_or(JsValue::NULL, date)
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
        self.inner.is_fresh(UnixTime::from_millis(Date::now() as i64))
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
    fn with(early_refresh: Duration, contents: Contents) -> Self {
        TokenCache::of(Rc::new(token_cache::TokenCache::new(early_refresh, contents)))
    }

    pub(super) fn of(inner: Rc<token_cache::TokenCache>) -> Self {
        TokenCache { inner }
    }

    /// The cache behind an object that JavaScript handed in. One that went with the wasm, which has stopped since, is as good
    /// as an empty one: what lives at module scope could not be replaced.
    pub(super) fn shared_by(object: &JsValue) -> Result<Rc<token_cache::TokenCache>, Error> {
        let share = Reflect::get(object, &"__share".into()).ok().filter(JsValue::is_function);
        let shared = share.map(|share| share.unchecked_ref::<Function>().call0(object));
        let inner = match shared {
            Some(Ok(shared)) => TokenCache::try_from_js_value(shared).ok().map(|cache| cache.inner.clone()),
            Some(Err(thrown)) if is_stopped(&thrown) => Some(TokenCache::new().inner.clone()),
            _ => None,
        };
        inner.ok_or_else(|| {
            Error::invalid(
                "tokenCache must be a TokenCache of this copy of astrolabe-client, and not freed",
                "make one with new TokenCache() or TokenCache.fromJSON(data)",
            )
        })
    }
}

/// Whether it is the error of an object that was made before the wasm stopped.
fn is_stopped(thrown: &JsValue) -> bool {
    let code = Reflect::get(thrown, &"code".into()).ok().and_then(|code| code.as_string());
    code.as_deref() == Some("internal_error")
}

/// The token given last, and a promise of it: what is there already is given in a promise that was resolved before.
#[derive(Default)]
pub(super) struct ResolvedToken(RefCell<Option<(Secret, js_sys::Promise)>>);

impl ResolvedToken {
    pub(super) fn promise_of(&self, token: &Secret) -> js_sys::Promise {
        let mut resolved = self.0.borrow_mut();
        match &*resolved {
            Some((of, promise)) if of == token => promise.clone(),
            _ => {
                let promise = js_sys::Promise::resolve(&JsValue::from(token.expose()));
                *resolved = Some((token.clone(), promise.clone()));
                promise
            }
        }
    }
}

/// Nothing of the data is repeated in an error: it may be the token.
fn read(data: &JsValue) -> Result<TokenCache, Error> {
    let parsed;
    let data = match data.as_string() {
        Some(text) => {
            parsed = JSON::parse(&text)
                .map_err(|_| Error::invalid("data is no JSON", "give what JSON.stringify(tokenCache) gave"))?;
            &parsed
        }
        None => data,
    };
    // A cache itself, given for what its toJSON gives, is taken for that.
    let written;
    let data = match Properties::of(data, "data")?.function("toJSON")? {
        Some(to_json) => {
            written = to_json.call0(data).map_err(|cause| thrown(&["data cannot be read: its toJSON threw"], cause))?;
            &written
        }
        None => data,
    };
    let json = Properties::of(data, "data")?;
    let kept = Kept {
        key: json.text("key")?,
        access_token: json.text("accessToken")?.map(Secret::new),
        // As a cast would have it, what is no number were the beginning of 1970.
        expires_at_ms: json.number("expiresAtMs")?.map(|ms| if ms.is_nan() { i64::MAX } else { ms as i64 }),
        token_endpoint: json.text("tokenEndpoint")?,
        basic_only: json.boolean("basicOnly")?.unwrap_or(false),
    };
    let early_refresh = json.integer("earlyRefreshSeconds", 0..=u32::MAX)?;
    let early_refresh = early_refresh.map_or(DEFAULT_EARLY_REFRESH, |seconds| Duration::from_secs(seconds.into()));
    Ok(TokenCache::with(early_refresh, kept.contents().map_err(|what| invalid(&[what]))?))
}
