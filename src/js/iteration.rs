//! A stream as something that `pkg/iteration.js` makes an async generator of.

use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Poll, Waker};
use std::rc::Rc;

use futures_core::Stream;
use futures_util::StreamExt;
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

/// Whether the loop was left, or given up by its signal; who waits for an item, and who waits for the signal, are woken. No
/// promise: each item that is waited for would leave two closures on it.
#[derive(Default)]
struct Left {
    is: Cell<bool>,
    reader: Cell<Option<Waker>>,
    watcher: Cell<Option<Waker>>,
}

impl Left {
    fn happen(&self) {
        self.is.set(true);
        [&self.reader, &self.watcher].into_iter().filter_map(Cell::take).for_each(Waker::wake);
    }

    /// `place`: one of its own, for the waker of whoever waits.
    async fn wait(&self, place: &Cell<Option<Waker>>) {
        poll_fn(|context| {
            if self.is.get() {
                return Poll::Ready(());
            }
            place.set(Some(context.waker().clone()));
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
    let iteration = Iteration { items: Rc::new(RefCell::new(Some(items))), left: Rc::default(), signal };
    if let Some(signal) = iteration.signal.clone() {
        // While nobody waits for an item, too, what is under way ends.
        let (items, left) = (Rc::downgrade(&iteration.items), iteration.left.clone());
        spawn_local(async move {
            if let First::A(()) = first(Box::pin(signal::aborted(&signal)), left.wait(&left.watcher)).await {
                let items = items.upgrade().and_then(|items| items.take());
                drop(items);
                left.happen();
            }
        });
    }
    iterate(iteration)
}

#[wasm_bindgen(js_class = __Iteration)]
impl Iteration {
    /// An array of one item; `undefined` at the end.
    #[wasm_bindgen(skip_typescript)]
    pub fn next(&self) -> Promise {
        let (items, left, signal) = (self.items.clone(), self.left.clone(), self.signal.clone());
        let work = async move {
            let given_up = || signal.as_ref().filter(|signal| signal::is_aborted(signal)).map(signal::reason);
            if let Some(reason) = given_up() {
                return Err(reason);
            }
            // Dropped with this, should the loop be left.
            let Some(mut found) = items.take() else { return Ok(JsValue::UNDEFINED) };
            match first(Box::pin(found.next()), left.wait(&left.reader)).await {
                First::A(Some(Ok(item))) => {
                    items.replace(Some(found));
                    Ok(Array::of1(&item).into())
                }
                First::A(Some(Err(error))) => Err(error),
                First::A(None) => Ok(JsValue::UNDEFINED),
                First::B(()) => given_up().map_or(Ok(JsValue::UNDEFINED), Err),
            }
        };
        // The signal has one who watches it already.
        run(None, Box::pin(work))
    }

    /// What is under way ends; the item that is waited for is none.
    #[wasm_bindgen(skip_typescript)]
    pub fn leave(&self) {
        let items = self.items.take();
        drop(items);
        self.left.happen();
    }
}
