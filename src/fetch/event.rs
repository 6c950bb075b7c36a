use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use super::Settled;
use crate::platform::{Occurrence, Task};

/// A promise: of several requests of a Worker each goes on in its own context, which a waker of Rust's would not see to.
pub(super) struct PromiseEvent {
    promise: Promise,
    resolve: Option<Function>,
}

impl PromiseEvent {
    pub(super) fn new() -> Self {
        let mut resolve = None;
        let promise = Promise::new(&mut |settle, _| resolve = Some(settle));
        PromiseEvent { promise, resolve }
    }
}

impl Occurrence for PromiseEvent {
    fn happen(&self) {
        if let Some(resolve) = &self.resolve {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    }

    fn wait(self: Rc<Self>) -> Task {
        Box::pin(async move {
            // It never rejects.
            let _ = Settled::of(&self.promise).await;
        })
    }
}
