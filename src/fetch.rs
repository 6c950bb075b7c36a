//! The platform of Workers, pages and Node.js: its own `fetch`, timers and promises, and a token store that is sealed by its
//! WebCrypto.

mod callbacks;
mod crypto;
mod event;
mod runtime;
mod sealed_store;
mod settled;
mod timer;
mod transport;
mod web_crypto_key;

use core::cell::RefCell;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

pub use sealed_store::SealedStore;
pub(crate) use settled::Settled;
pub use web_crypto_key::WebCryptoKey;

use crate::http::DEFAULT_MAX_RESPONSE_BYTES;

/// [`Transport`](crate::Transport) and [`Runtime`](crate::Runtime) by what a Worker, a page or Node.js has.
pub struct Fetch {
    own: Option<Function>,
    max_response_bytes: u32,
    /// What every request begins with.
    init: Object,
    names_itself: bool,
}

impl Fetch {
    /// Over `own`, or the platform's `fetch`; an answer of more than `max_response_bytes` is refused.
    pub fn new(own: Option<Function>, max_response_bytes: u32) -> Self {
        Fetch { own, max_response_bytes, init: transport::init(), names_itself: transport::names_itself() }
    }
}

impl Default for Fetch {
    /// The platform's `fetch`, with answers of up to [`DEFAULT_MAX_RESPONSE_BYTES`].
    fn default() -> Self {
        Fetch::new(None, DEFAULT_MAX_RESPONSE_BYTES)
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Promise, catch)]
    fn resolve(value: &JsValue) -> Result<Promise, JsValue>;
}

/// A promise of whatever a call returned, a promise or not. One that somebody has tampered with throws when it is used, or comes
/// to another promise; what it throws becomes a rejection, and the other is waited for in turn.
pub(crate) fn promise_of(returned: &JsValue) -> Promise {
    match resolve(returned) {
        Ok(promise) if is_plain(&promise) => promise,
        _ => Promise::new(&mut |resolve, _| {
            let _ = resolve.call1(&JsValue::UNDEFINED, returned);
        }),
    }
}

/// Whether its `then` is the platform's.
fn is_plain(promise: &Promise) -> bool {
    thread_local! {
        static PLAIN: Option<JsValue> = then_of(&Promise::resolve(&JsValue::UNDEFINED));
    }
    PLAIN.with(|plain| then_of(promise) == *plain)
}

fn then_of(promise: &Promise) -> Option<JsValue> {
    Reflect::get(promise, &name("then")).ok()
}

thread_local! {
    static NAMES: RefCell<Vec<(&'static str, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// The name as a string of JavaScript, which is made once: on its way each costs more than what is done with it.
pub(crate) fn name(name: &'static str) -> JsValue {
    NAMES.with_borrow_mut(|names| match names.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => value.clone(),
        None => {
            let value = JsValue::from(name);
            names.push((name, value.clone()));
            value
        }
    })
}

/// What a call comes to that returned this, or threw.
pub(crate) fn settle(returned: Result<JsValue, JsValue>) -> Settled {
    match returned {
        Ok(returned) => Settled::of(&promise_of(&returned)),
        Err(thrown) => Settled::rejected(thrown),
    }
}
