//! One call of JavaScript as a promise that its caller can give up on.

use core::cell::RefCell;
use core::future::{poll_fn, Future};
use core::ops::RangeInclusive;
use core::pin::Pin;
use core::task::{Poll, Waker};
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::arguments::Options;
use super::errors::to_js_error;
use crate::error::Error;
use crate::http::{first, First, MAX_TIMER_MS};

/// What `timeoutMs` may be.
pub(super) const TIMEOUT_MS: RangeInclusive<u32> = 1..=MAX_TIMER_MS;

/// What every call takes.
pub(super) struct CallOptions {
    pub(super) timeout_ms: Option<u32>,
    pub(super) signal: Option<AbortSignal>,
}

impl CallOptions {
    /// `more`: the options that this call has besides.
    pub(super) fn read(options: &JsValue, more: &[&str]) -> Result<Self, Error> {
        if options.is_undefined() {
            return Ok(CallOptions { timeout_ms: None, signal: None });
        }
        let options = Options::of(options, "options")?;
        options.only(&[&["signal", "timeoutMs"], more].concat())?;
        let signal = match options.get("signal")? {
            None => None,
            Some(signal) => {
                // A proxy around a signal is an instance of it, too, and throws as soon as it is used.
                let works = Reflect::get(&signal, &"aborted".into()).is_ok_and(|aborted| aborted.as_bool().is_some());
                let signal = signal.dyn_into::<AbortSignal>().ok().filter(|_| works);
                Some(signal.ok_or_else(|| Error::invalid("signal must be an AbortSignal"))?)
            }
        };
        Ok(CallOptions { timeout_ms: options.integer("timeoutMs", TIMEOUT_MS)?, signal })
    }
}

/// Runs `work`; rejects with an `AstrolabeError`, or, when the caller's signal is aborted, with its reason.
pub(super) fn call<W: Future<Output = Result<JsValue, Error>> + 'static>(
    options: &JsValue,
    work: impl FnOnce(CallOptions) -> W,
) -> Promise {
    match CallOptions::read(options, &[]) {
        Ok(options) => {
            let signal = options.signal.clone();
            run(signal, Box::pin(work(options)))
        }
        Err(error) => Promise::reject(&to_js_error(&error)),
    }
}

/// Not generic, so that it stands in the wasm once and not once for every method.
pub(super) fn run(signal: Option<AbortSignal>, work: Pin<Box<dyn Future<Output = Result<JsValue, Error>>>>) -> Promise {
    future_to_promise(async move {
        let result = match signal {
            None => work.await,
            Some(signal) if signal.aborted() => return Err(signal.reason()),
            Some(signal) => match first(work, aborted(&signal)).await {
                First::A(result) => result,
                First::B(()) => return Err(signal.reason()),
            },
        };
        result.map_err(|error| to_js_error(&error))
    })
}

#[wasm_bindgen(raw_module = "../abort.js")]
extern "C" {
    #[wasm_bindgen(js_name = onAbort)]
    fn on_abort(signal: &AbortSignal, callback: &JsValue) -> Function;
}

/// Done when the signal is aborted; listens no longer than it is waited for.
async fn aborted(signal: &AbortSignal) {
    struct Listener {
        stop: Function,
        _callback: Closure<dyn FnMut()>,
    }
    impl Drop for Listener {
        fn drop(&mut self) {
            let _ = self.stop.call0(&JsValue::UNDEFINED);
        }
    }
    let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
    let of_callback = waker.clone();
    let callback = Closure::<dyn FnMut()>::new(move || {
        if let Some(waker) = of_callback.take() {
            waker.wake();
        }
    });
    let _listener = Listener { stop: on_abort(signal, callback.as_ref()), _callback: callback };
    poll_fn(|context| {
        if signal.aborted() {
            return Poll::Ready(());
        }
        waker.replace(Some(context.waker().clone()));
        Poll::Pending
    })
    .await
}
