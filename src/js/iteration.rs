//! A stream as something that `pkg/iteration.js` makes an async generator of.

use core::cell::RefCell;
use core::future::poll_fn;
use core::pin::Pin;
use std::rc::Rc;

use futures_core::Stream;
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::promise::run;
use crate::fetch::Fetch;
use crate::platform::{first, Event, First, Runtime};

pub(super) type Items = Pin<Box<dyn Stream<Item = Result<JsValue, JsValue>>>>;

#[wasm_bindgen(module = "/pkg/iteration.js")]
extern "C" {
    /// An async generator of what `source` gives.
    fn iterate(source: Iteration) -> JsValue;
}

/// Not for users: what stands behind an async generator.
#[wasm_bindgen(js_name = __Iteration, skip_typescript)]
pub struct Iteration {
    /// `None` while the next item is waited for, and after the end.
    items: Rc<RefCell<Option<Items>>>,
    is_left: Event,
    signal: Option<AbortSignal>,
}

/// The async generator of `items`, which ends with the signal's reason when that is aborted.
pub(super) fn generator(items: Items, signal: Option<AbortSignal>, runtime: &Fetch) -> JsValue {
    iterate(Iteration { items: Rc::new(RefCell::new(Some(items))), is_left: runtime.event(), signal })
}

#[wasm_bindgen(js_class = __Iteration)]
impl Iteration {
    /// An array of one item; `undefined` at the end.
    #[wasm_bindgen(skip_typescript)]
    pub fn next(&self) -> Promise {
        let (items, is_left) = (self.items.clone(), self.is_left.clone());
        let work = async move {
            // Dropped with this, should the caller give up.
            let Some(mut found) = items.take() else { return Ok(JsValue::UNDEFINED) };
            let next = Box::pin(poll_fn(|context| found.as_mut().poll_next(context)));
            match first(next, is_left.wait()).await {
                First::A(Some(Ok(item))) => {
                    items.replace(Some(found));
                    Ok(Array::of1(&item).into())
                }
                First::A(Some(Err(error))) => Err(error),
                First::A(None) | First::B(()) => Ok(JsValue::UNDEFINED),
            }
        };
        run(self.signal.clone(), Box::pin(work))
    }

    /// What is under way ends; the item that is waited for is none.
    #[wasm_bindgen(skip_typescript)]
    pub fn leave(&self) {
        let items = self.items.take();
        drop(items);
        self.is_left.happen();
    }
}
