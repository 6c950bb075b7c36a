use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::http::MAX_WAIT;
use crate::platform::millis;

// A Worker's module scope has no timers, and says so by throwing.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(callback: &Closure<dyn FnMut()>, ms: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = clearTimeout, catch)]
    fn clear_timeout(handle: &JsValue) -> Result<(), JsValue>;
}

/// Done after a time; its timer begins when it is first waited for, and ends with it.
pub(super) struct Sleep {
    time: Duration,
    timer: Option<Timer>,
}

struct Timer {
    handle: JsValue,
    state: Rc<RefCell<State>>,
    _callback: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    has_fired: bool,
    waker: Option<Waker>,
}

impl Sleep {
    pub(super) fn new(time: Duration) -> Self {
        Sleep { time, timer: None }
    }
}

impl Timer {
    fn start(time: Duration) -> Self {
        let state = Rc::new(RefCell::new(State::default()));
        let of_callback = state.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            let waker = {
                let mut state = of_callback.borrow_mut();
                state.has_fired = true;
                state.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        let handle = set_timeout(&callback, millis(time.min(MAX_WAIT)) as f64).unwrap_or_else(|_| {
            // Better no wait than one that never ends.
            state.borrow_mut().has_fired = true;
            JsValue::UNDEFINED
        });
        Timer { handle, state, _callback: callback }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let time = this.time;
        let timer = this.timer.get_or_insert_with(|| Timer::start(time));
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
    }
}
