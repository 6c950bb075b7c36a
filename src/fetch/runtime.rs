use core::future::Future;
use core::time::Duration;

use js_sys::{Date, Math};
use wasm_bindgen_futures::spawn_local;

use super::event::PromiseEvent;
use super::timer::Sleep;
use super::Fetch;
use crate::platform::{Event, Runtime, Task, UnixTime};

impl Runtime for Fetch {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(Date::now() as i64)
    }

    fn random(&self) -> u32 {
        (Math::random() * 4_294_967_296.0) as u32
    }

    fn sleep(&self, time: Duration) -> impl Future<Output = ()> {
        Sleep::new(time)
    }

    fn deadline(&self, time: Duration) -> impl Future<Output = ()> {
        Sleep::deadline(time)
    }

    fn spawn(&self, work: Task) {
        spawn_local(work);
    }

    fn event(&self) -> Event {
        Event::new(PromiseEvent::new())
    }
}
