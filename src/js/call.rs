//! One call of JavaScript as a promise that its caller can give up on.

use core::cell::RefCell;
use core::future::{poll_fn, Future};
use core::ops::RangeInclusive;
use core::task::{Poll, Waker};
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::arguments::Options;
use super::errors::to_js_error;
use crate::error::Error;
use crate::http::{first, First};

/// What `timeoutMs` may be: timers take no more than 31 bits.
pub(super) const TIMEOUT_MS: RangeInclusive<u32> = 1..=i32::MAX as u32;

/// What every call takes.
pub(super) struct CallOptions {
    pub(super) timeout_ms: Option<u32>,
    signal: Option<AbortSignal>,
}

impl CallOptions {
    fn read(options: &JsValue) -> Result<Self, Error> {
        if options.is_undefined() {
            return Ok(CallOptions { timeout_ms: None, signal: None });
        }
        let options = Options::of(options, "options")?;
        let signal = match options.get("signal")? {
            Some(signal) => Some(signal.dyn_into::<AbortSignal>().map_err(|_| Error::invalid("signal must be an AbortSignal"))?),
            None => None,
        };
        Ok(CallOptions { timeout_ms: options.integer("timeoutMs", TIMEOUT_MS)?, signal })
    }
}

/// Runs `work`; rejects with an `AstrolabeError`, or, when the caller's signal is aborted, with its reason.
pub(super) fn call<W: Future<Output = Result<JsValue, Error>>>(options: &JsValue, work: impl FnOnce(CallOptions) -> W + 'static) -> Promise {
    let options = match CallOptions::read(options) {
        Ok(options) => options,
        Err(error) => return Promise::reject(&to_js_error(&error)),
    };
    future_to_promise(async move {
        let result = match options.signal.clone() {
            None => work(options).await,
            Some(signal) => {
                if signal.aborted() {
                    return Err(signal.reason());
                }
                match first(work(options), aborted(&signal)).await {
                    First::A(result) => result,
                    First::B(()) => return Err(signal.reason()),
                }
            }
        };
        result.map_err(|error| to_js_error(&error))
    })
}

/// Done when the signal is aborted; listens no longer than it is waited for.
async fn aborted(signal: &AbortSignal) {
    struct Listener<'a> {
        signal: &'a AbortSignal,
        callback: Closure<dyn FnMut()>,
    }
    impl Drop for Listener<'_> {
        fn drop(&mut self) {
            let _ = self.signal.remove_event_listener_with_callback("abort", self.callback.as_ref().unchecked_ref());
        }
    }
    let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
    let of_callback = waker.clone();
    let listener = Listener {
        signal,
        callback: Closure::new(move || {
            if let Some(waker) = of_callback.take() {
                waker.wake();
            }
        }),
    };
    let _ = signal.add_event_listener_with_callback("abort", listener.callback.as_ref().unchecked_ref());
    poll_fn(|context| {
        if signal.aborted() {
            return Poll::Ready(());
        }
        waker.replace(Some(context.waker().clone()));
        Poll::Pending
    })
    .await
}
