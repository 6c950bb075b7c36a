//! A stream as something that `pkg/iteration.js` makes an async generator of.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Poll, Waker};
use std::rc::Rc;

use futures_core::Stream;
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;

use super::promise::run;
use super::signal;
use crate::platform::{first, First};

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
    left: Rc<Left>,
    signal: Option<AbortSignal>,
}

/// Whether the loop was left; who waits for an item, and who waits for the signal, are woken. No promise: each item that is
/// waited for would leave two closures on it.
#[derive(Default)]
struct Left {
    is: Cell<bool>,
    wakers: [Cell<Option<Waker>>; 2],
}

impl Left {
    fn happen(&self) {
        self.is.set(true);
        self.wakers.iter().filter_map(Cell::take).for_each(Waker::wake);
    }

    async fn wait(&self, place: usize) {
        poll_fn(|context| {
            if self.is.get() {
                return Poll::Ready(());
            }
            if let Some(waker) = self.wakers.get(place) {
                waker.set(Some(context.waker().clone()));
            }
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Iteration {
    fn drop(&mut self) {
        self.left.happen();
    }
}

/// The async generator of `items`, which ends with the signal's reason when that is aborted.
pub(super) fn generator(items: Items, signal: Option<AbortSignal>) -> JsValue {
    let (items, left) = (Rc::new(RefCell::new(Some(items))), Rc::<Left>::default());
    if let Some(signal) = signal.clone() {
        // While nobody waits for an item, too, what is under way ends.
        let (items, left) = (Rc::downgrade(&items), left.clone());
        spawn_local(async move {
            if let First::A(()) = first(Box::pin(signal::aborted(&signal)), left.wait(1)).await {
                let items = items.upgrade().and_then(|items| items.take());
                drop(items);
            }
        });
    }
    iterate(Iteration { items, left, signal })
}

#[wasm_bindgen(js_class = __Iteration)]
impl Iteration {
    /// An array of one item; `undefined` at the end.
    #[wasm_bindgen(skip_typescript)]
    pub fn next(&self) -> Promise {
        let (items, left) = (self.items.clone(), self.left.clone());
        let work = async move {
            // Dropped with this, should the caller give up.
            let Some(mut found) = items.take() else { return Ok(JsValue::UNDEFINED) };
            let next = Box::pin(poll_fn(|context| found.as_mut().poll_next(context)));
            match first(next, left.wait(0)).await {
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
        self.left.happen();
    }
}
