//! One call of JavaScript as a promise that its caller can give up on.

use core::ops::RangeInclusive;
use core::time::Duration;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;

use super::arguments::Properties;
use super::signal;
use crate::call;
use crate::error::Error;
use crate::platform::{first, First, Task};

/// What `timeoutMs` may be: what `setTimeout` takes.
pub(super) const TIMEOUT_MS: RangeInclusive<u32> = 1..=i32::MAX as u32;

#[wasm_bindgen(module = "/pkg/guard.js")]
extern "C" {
    type Call;
    #[wasm_bindgen(constructor)]
    fn new() -> Call;
    /// Does not stay pending should this wasm stop in the middle of the call.
    #[wasm_bindgen(method, getter)]
    fn promise(this: &Call) -> Promise;
    #[wasm_bindgen(method)]
    fn resolve(this: &Call, value: &JsValue);
    #[wasm_bindgen(method)]
    fn reject(this: &Call, error: &JsValue);
}

/// What every call takes.
pub(super) struct CallOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) signal: Option<AbortSignal>,
}

impl CallOptions {
    /// `more`: the options that this call has besides.
    pub(super) fn read(options: &JsValue, more: &[&str]) -> Result<Self, Error> {
        if options.is_undefined() {
            return Ok(CallOptions { timeout: None, signal: None });
        }
        let options = Properties::of(options, "options")?;
        options.only(&[&["signal", "timeoutMs"], more].concat())?;
        let signal = signal::read(&options)?;
        let timeout_ms = options.integer("timeoutMs", TIMEOUT_MS)?;
        Ok(CallOptions { timeout: timeout_ms.map(|ms| Duration::from_millis(ms.into())), signal })
    }

    pub(super) fn for_call(&self) -> call::CallOptions {
        call::CallOptions { timeout: self.timeout }
    }
}

/// A call that `begin` begins, once its options are read.
pub(super) fn call(
    options: &JsValue,
    begin: impl FnOnce(call::CallOptions) -> Result<Task<Result<JsValue, JsValue>>, Error>,
) -> Promise {
    let begun = CallOptions::read(options, &[]).and_then(|options| Ok((begin(options.for_call())?, options.signal)));
    match begun {
        Ok((work, signal)) => run(signal, work),
        Err(error) => Promise::reject(&JsValue::from(error)),
    }
}

/// Not generic, so that it stands in the wasm once and not once for every method. Rejects with the signal's reason when that
/// is aborted; what was begun ends with it.
pub(super) fn run(signal: Option<AbortSignal>, work: Task<Result<JsValue, JsValue>>) -> Promise {
    let work = match signal {
        None => work,
        Some(signal) => Box::pin(until_aborted(signal, work)),
    };
    let call = Call::new();
    let promise = call.promise();
    spawn_local(async move {
        match work.await {
            Ok(value) => call.resolve(&value),
            Err(error) => call.reject(&error),
        }
    });
    promise
}

async fn until_aborted(signal: AbortSignal, work: Task<Result<JsValue, JsValue>>) -> Result<JsValue, JsValue> {
    if signal::is_aborted(&signal) {
        return Err(signal::reason(&signal));
    }
    match first(work, signal::aborted(&signal)).await {
        First::A(result) => result,
        First::B(()) => Err(signal::reason(&signal)),
    }
}
