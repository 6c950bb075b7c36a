//! The signal of a caller who may give up.

use core::cell::RefCell;
use core::future::poll_fn;
use core::task::{Poll, Waker};
use std::rc::Rc;

use js_sys::{Function, Reflect, Set, WeakMap};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::arguments::{invalid, Properties};
use crate::error::Error;

/// The option `signal`.
pub(super) fn read(options: &Properties<'_>) -> Result<Option<AbortSignal>, Error> {
    let Some(signal) = options.get("signal")? else { return Ok(None) };
    // By what it can do: one of another realm, as tests in a made-up browser have it, is no instance of this one's class, and
    // a proxy around a signal is an instance that throws as soon as it is used.
    let has =
        |name: &str, fits: fn(&JsValue) -> bool| Reflect::get(&signal, &name.into()).is_ok_and(|value| fits(&value));
    if signal.is_object()
        && has("aborted", |value| value.as_bool().is_some())
        && has("addEventListener", JsValue::is_function)
    {
        return Ok(Some(signal.unchecked_into()));
    }
    Err(invalid(&["signal must be an AbortSignal"]))
}

/// An application's own property may stand before the platform's, and throw.
pub(super) fn is_aborted(signal: &AbortSignal) -> bool {
    Reflect::get(signal, &"aborted".into()).is_ok_and(|aborted| aborted.is_truthy())
}

pub(super) fn reason(signal: &AbortSignal) -> JsValue {
    Reflect::get(signal, &"reason".into()).unwrap_or_else(|thrown| thrown)
}

thread_local! {
    /// What each signal calls: one listener a signal, however many calls it is given to. Node.js warns of more than ten.
    static CALLBACKS: WeakMap = WeakMap::new();
}

#[wasm_bindgen]
extern "C" {
    type Target;
    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    fn add_event_listener(this: &Target, kind: &str, listener: &JsValue) -> Result<(), JsValue>;
}

fn callbacks_of(signal: &AbortSignal) -> Set {
    CALLBACKS.with(|all| {
        let known = all.get(signal);
        if !known.is_undefined() {
            return known.unchecked_into();
        }
        let callbacks = Set::new(&JsValue::UNDEFINED);
        all.set(signal, &callbacks);
        let called = callbacks.clone();
        let listener = Closure::<dyn FnMut()>::new(move || {
            called.for_each(&mut |callback, _, _| {
                let _ = callback.unchecked_ref::<Function>().call0(&JsValue::UNDEFINED);
            });
        });
        let _ = signal.unchecked_ref::<Target>().add_event_listener("abort", &listener.into_js_value());
        callbacks
    })
}

/// Done when the signal is aborted; listens no longer than it is waited for.
pub(super) async fn aborted(signal: &AbortSignal) {
    struct Listening {
        callbacks: Set,
        callback: Closure<dyn FnMut()>,
    }
    impl Drop for Listening {
        fn drop(&mut self) {
            self.callbacks.delete(self.callback.as_ref());
        }
    }
    let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
    let of_callback = waker.clone();
    let callback = Closure::<dyn FnMut()>::new(move || {
        if let Some(waker) = of_callback.take() {
            waker.wake();
        }
    });
    let callbacks = callbacks_of(signal);
    callbacks.add(callback.as_ref());
    let _listening = Listening { callbacks, callback };
    poll_fn(|context| {
        if is_aborted(signal) {
            return Poll::Ready(());
        }
        waker.replace(Some(context.waker().clone()));
        Poll::Pending
    })
    .await
}
