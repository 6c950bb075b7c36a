use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use wasm_bindgen::prelude::*;

use super::callbacks::{bound, Waiting};
use crate::http::MAX_WAIT;
use crate::platform::millis;

/// How late a deadline is when nobody else will see to it.
const LATE_MS: f64 = 1_000.0;

// A Worker's module scope has no timers, and says so by throwing.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(callback: &JsValue, ms: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = clearTimeout, catch)]
    fn clear_timeout(handle: &JsValue) -> Result<(), JsValue>;
    // A clock that nobody sets. What has none knows no deadline but its own timers.
    #[wasm_bindgen(js_namespace = performance, js_name = now, catch)]
    fn performance_now() -> Result<f64, JsValue>;
}

/// Done after a time; its timer begins when it is first waited for, and ends with it.
pub(super) struct Sleep {
    ms: u32,
    is_deadline: bool,
    timer: Option<Timer>,
}

struct Timer {
    handle: JsValue,
    number: f64,
}

thread_local! {
    static WAITING: RefCell<Waiting<State>> = const { RefCell::new(Waiting::new()) };
    static CALLBACK: JsValue = Closure::<dyn Fn(f64)>::new(fire).into_js_value();
    /// When it was last looked whether a deadline is past, by the clock that nobody sets.
    static LOOKED_AT_MS: Cell<f64> = const { Cell::new(0.0) };
}

struct State {
    has_fired: bool,
    waker: Option<Waker>,
    /// Of a deadline, by the clock that nobody sets.
    due_ms: Option<f64>,
}

impl State {
    /// Gives whom to wake.
    fn set_fired(&mut self) -> Option<Waker> {
        self.has_fired = true;
        self.waker.take()
    }
}

impl Sleep {
    pub(super) fn new(time: Duration) -> Self {
        Sleep { ms: timer_ms(time), is_deadline: false, timer: None }
    }

    /// It comes, late, also where the platform has forgotten its timer.
    pub(super) fn deadline(time: Duration) -> Self {
        Sleep { ms: timer_ms(time), is_deadline: true, timer: None }
    }
}

/// What `setTimeout` takes.
fn timer_ms(time: Duration) -> u32 {
    u32::try_from(millis(time.min(MAX_WAIT))).unwrap_or(u32::MAX)
}

impl Timer {
    fn start(ms: u32, is_deadline: bool) -> Self {
        let now = is_deadline.then(performance_now).and_then(Result::ok);
        if let Some(now) = now {
            look(now);
        }
        let due_ms = now.map(|now| now + f64::from(ms));
        let number = WAITING.with_borrow_mut(|waiting| waiting.add(State { has_fired: false, waker: None, due_ms }));
        let handle = CALLBACK.with(|callback| set_timeout(&bound(callback, number)?, ms)).unwrap_or_else(|_| {
            // Better no wait than one that never ends. But where there are no timers there is no `fetch` either, and the
            // call is to end by what that says.
            if !is_deadline {
                fire(number);
            }
            JsValue::UNDEFINED
        });
        Timer { handle, number }
    }
}

fn fire(number: f64) {
    let waker = WAITING.with_borrow_mut(|waiting| waiting.get(number).and_then(State::set_fired));
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// A Worker's timers end with the request that began them, without a word, and what waits for one would stay for good. So
/// whoever begins a call sees to the deadlines that are past.
fn look(now: f64) {
    // Looked at again also where that clock went back.
    if (0.0..=LATE_MS).contains(&(now - LOOKED_AT_MS.get())) {
        return;
    }
    LOOKED_AT_MS.set(now);
    let is_past = |state: &&mut State| state.due_ms.is_some_and(|due| now - due > LATE_MS);
    let woken: Vec<Waker> =
        WAITING.with_borrow_mut(|waiting| waiting.iter_mut().filter(is_past).filter_map(State::set_fired).collect());
    woken.into_iter().for_each(Waker::wake);
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let (ms, is_deadline) = (this.ms, this.is_deadline);
        let timer = this.timer.get_or_insert_with(|| Timer::start(ms, is_deadline));
        // What it woke before is dropped outside, as below.
        let (poll, _before) = WAITING.with_borrow_mut(|waiting| match waiting.get(timer.number) {
            Some(state) if !state.has_fired => (Poll::Pending, state.waker.replace(context.waker().clone())),
            _ => (Poll::Ready(()), None),
        });
        poll
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = clear_timeout(&self.handle);
        // Dropped outside: it may hold what waits in turn.
        let state = WAITING.with_borrow_mut(|waiting| waiting.take(self.number));
        drop(state);
    }
}
