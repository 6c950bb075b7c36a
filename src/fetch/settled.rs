use core::cell::RefCell;
use core::future::Future;
use core::mem::replace;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

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
    static WAITING: RefCell<Waiting<State>> = const { RefCell::new(Waiting::new()) };
    static FULFILLED: JsValue = callback(Ok);
    static REJECTED: JsValue = callback(Err);
}

fn callback(outcome: fn(JsValue) -> Result<JsValue, JsValue>) -> JsValue {
    Closure::<dyn Fn(f64, JsValue)>::new(move |number, value| deliver(number, outcome(value))).into_js_value()
}

/// What a promise comes to. Unlike a `JsFuture`, one that is dropped leaves nothing behind where the promise never settles,
/// as those of a Worker's request that has ended never do.
pub(crate) struct Settled {
    number: f64,
}

enum State {
    Pending(Option<Waker>),
    Settled(Result<JsValue, JsValue>),
}

impl Settled {
    /// One that somebody has tampered with may throw; what it throws is a rejection.
    pub(crate) fn of(promise: &Promise) -> Self {
        let number = add(State::Pending(None));
        let then = || {
            let fulfilled = FULFILLED.with(|callback| bound(callback, number))?;
            let rejected = REJECTED.with(|callback| bound(callback, number))?;
            promise.unchecked_ref::<Thenable>().then(&fulfilled, &rejected)
        };
        if let Err(thrown) = then() {
            deliver(number, Err(thrown));
        }
        Settled { number }
    }

    /// As a promise that was rejected already.
    pub(crate) fn rejected(reason: JsValue) -> Self {
        Settled { number: add(State::Settled(Err(reason))) }
    }
}

fn add(state: State) -> f64 {
    WAITING.with_borrow_mut(|waiting| waiting.add(state))
}

/// The first that comes counts.
fn deliver(number: f64, result: Result<JsValue, JsValue>) {
    let before = WAITING.with_borrow_mut(|waiting| match waiting.get(number) {
        Some(state @ State::Pending(_)) => Some(replace(state, State::Settled(result))),
        _ => None,
    });
    if let Some(State::Pending(Some(waker))) = before {
        waker.wake();
    }
}

impl Future for Settled {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // What it woke before is dropped outside, as below.
        let (poll, _before) = WAITING.with_borrow_mut(|waiting| {
            if let Some(State::Pending(waker)) = waiting.get(self.number) {
                return (Poll::Pending, waker.replace(context.waker().clone()));
            }
            match waiting.take(self.number) {
                Some(State::Settled(result)) => (Poll::Ready(result), None),
                _ => (Poll::Pending, None),
            }
        });
        poll
    }
}

impl Drop for Settled {
    fn drop(&mut self) {
        // Dropped outside: it may hold what waits in turn.
        let state = WAITING.with_borrow_mut(|waiting| waiting.take(self.number));
        drop(state);
    }
}
