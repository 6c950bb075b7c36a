use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// What a promise comes to. Unlike a `JsFuture`, one that is dropped leaves nothing behind where the promise never settles,
/// as those of a Worker's request that has ended never do.
pub(crate) struct Settled(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    result: Option<Result<JsValue, JsValue>>,
    waker: Option<Waker>,
    /// Until it settles. They hold this state in turn.
    callbacks: Option<[Callback; 2]>,
}

type Callback = Closure<dyn FnMut(JsValue)>;

impl Settled {
    pub(crate) fn of(promise: &Promise) -> Self {
        let state = Rc::new(RefCell::new(State::default()));
        let callback = |outcome: fn(JsValue) -> Result<JsValue, JsValue>| {
            let state = state.clone();
            Callback::new(move |value| settle(&state, outcome(value)))
        };
        let callbacks = [callback(Ok), callback(Err)];
        let [fulfilled, rejected] = &callbacks;
        let _ = promise.then2(fulfilled, rejected);
        state.borrow_mut().callbacks = Some(callbacks);
        Settled(state)
    }
}

fn settle(state: &RefCell<State>, result: Result<JsValue, JsValue>) {
    let (callbacks, waker) = {
        let mut state = state.borrow_mut();
        state.result = Some(result);
        (state.callbacks.take(), state.waker.take())
    };
    if let Some(waker) = waker {
        waker.wake();
    }
    drop(callbacks);
}

impl Future for Settled {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.0.borrow_mut();
        match state.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Settled {
    fn drop(&mut self) {
        let (callbacks, waker) = {
            let mut state = self.0.borrow_mut();
            (state.callbacks.take(), state.waker.take())
        };
        drop(waker);
        // The promise may still call them: from here on they are JavaScript's, and go when the promise goes.
        callbacks.into_iter().flatten().for_each(|callback| drop(callback.into_js_value()));
    }
}
