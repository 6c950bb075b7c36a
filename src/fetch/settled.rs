use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::callbacks::{bound, Waiting};

#[wasm_bindgen]
extern "C" {
    type Thenable;
    #[wasm_bindgen(method, catch)]
    fn then(this: &Thenable, fulfilled: &JsValue, rejected: &JsValue) -> Result<JsValue, JsValue>;
}

thread_local! {
    static WAITING: RefCell<Waiting<Rc<RefCell<State>>>> = const { RefCell::new(Waiting::new()) };
    static FULFILLED: JsValue = callback(Ok);
    static REJECTED: JsValue = callback(Err);
}

fn callback(outcome: fn(JsValue) -> Result<JsValue, JsValue>) -> JsValue {
    Closure::<dyn Fn(f64, JsValue)>::new(move |number, value| settle(number, outcome(value))).into_js_value()
}

/// What a promise comes to. Unlike a `JsFuture`, one that is dropped leaves nothing behind where the promise never settles,
/// as those of a Worker's request that has ended never do.
pub(crate) struct Settled {
    number: f64,
    state: Rc<RefCell<State>>,
}

#[derive(Default)]
struct State {
    result: Option<Result<JsValue, JsValue>>,
    waker: Option<Waker>,
}

impl Settled {
    /// One that somebody has tampered with may throw; what it throws is a rejection.
    pub(crate) fn of(promise: &Promise) -> Self {
        let state = Rc::new(RefCell::new(State::default()));
        let number = WAITING.with_borrow_mut(|waiting| waiting.add(state.clone()));
        let then = || {
            let fulfilled = FULFILLED.with(|callback| bound(callback, number))?;
            let rejected = REJECTED.with(|callback| bound(callback, number))?;
            promise.unchecked_ref::<Thenable>().then(&fulfilled, &rejected)
        };
        if let Err(thrown) = then() {
            settle(number, Err(thrown));
        }
        Settled { number, state }
    }
}

fn settle(number: f64, result: Result<JsValue, JsValue>) {
    let Some(state) = WAITING.with_borrow_mut(|waiting| waiting.take(number)) else { return };
    let waker = {
        let mut state = state.borrow_mut();
        state.result = Some(result);
        state.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Future for Settled {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.state.borrow_mut();
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
        // Dropped outside: it may hold what waits in turn.
        let state = WAITING.with_borrow_mut(|waiting| waiting.take(self.number));
        drop(state);
    }
}
