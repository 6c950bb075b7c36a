use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::rc::{Rc, Weak};

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
    state: Rc<RefCell<State>>,
}

thread_local! {
    static WAITING: RefCell<Waiting<Rc<RefCell<State>>>> = const { RefCell::new(Waiting::new()) };
    static CALLBACK: JsValue = Closure::<dyn Fn(f64)>::new(|number| {
        if let Some(state) = WAITING.with_borrow_mut(|waiting| waiting.take(number)) {
            fire(&state);
        }
    })
    .into_js_value();
}

#[derive(Default)]
struct State {
    has_fired: bool,
    waker: Option<Waker>,
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
        let state = Rc::new(RefCell::new(State::default()));
        let number = WAITING.with_borrow_mut(|waiting| waiting.add(state.clone()));
        let handle = CALLBACK.with(|callback| set_timeout(&bound(callback, number)?, ms)).unwrap_or_else(|_| {
            // Better no wait than one that never ends. But where there are no timers there is no `fetch` either, and the
            // call is to end by what that says.
            state.borrow_mut().has_fired = !is_deadline;
            JsValue::UNDEFINED
        });
        Timer { handle, number, state }
    }
}

fn fire(state: &RefCell<State>) {
    let waker = {
        let mut state = state.borrow_mut();
        state.has_fired = true;
        state.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let (ms, is_deadline) = (this.ms, this.is_deadline);
        let timer = this.timer.get_or_insert_with(|| {
            let timer = Timer::start(ms, is_deadline);
            if is_deadline {
                DEADLINES.with_borrow_mut(|deadlines| deadlines.add(&timer.state, ms));
            }
            timer
        });
        let mut state = timer.state.borrow_mut();
        if state.has_fired {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = clear_timeout(&self.handle);
        WAITING.with_borrow_mut(|waiting| waiting.take(self.number));
    }
}

thread_local! {
    static DEADLINES: RefCell<Deadlines> = const { RefCell::new(Deadlines { waiting: Vec::new(), looked_at: 0.0, room: 0 }) };
}

/// A Worker's timers end with the request that began them, without a word, and what waits for one would stay for good. So
/// whoever begins a call sees to the deadlines that are past.
struct Deadlines {
    /// When each is due.
    waiting: Vec<(f64, Weak<RefCell<State>>)>,
    looked_at: f64,
    /// How many there may be before those that are done with are taken out.
    room: usize,
}

impl Deadlines {
    fn add(&mut self, state: &Rc<RefCell<State>>, ms: u32) {
        let Ok(now) = performance_now() else { return };
        if self.waiting.len() > self.room || now - self.looked_at > LATE_MS {
            self.look(now);
        }
        self.waiting.push((now + f64::from(ms), Rc::downgrade(state)));
    }

    fn look(&mut self, now: f64) {
        self.waiting.retain(|(due, state)| match state.upgrade() {
            Some(state) if now - due > LATE_MS => {
                fire(&state);
                false
            }
            Some(_) => true,
            None => false,
        });
        self.looked_at = now;
        self.room = self.waiting.len() * 2 + 16;
    }
}
