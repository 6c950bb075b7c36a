use core::time::Duration;

use super::bindings::wasi::clocks::{monotonic_clock, wall_clock};
use super::bindings::wasi::random::random::get_random_u64;
use super::executor::{self, Ready};
use super::Wasi;
use crate::platform::{Runtime, Task, UnixTime};

pub(super) fn now() -> UnixTime {
    let wall_clock::Datetime { seconds, nanoseconds } = wall_clock::now();
    UnixTime::from_millis(0) + Duration::new(seconds, nanoseconds)
}

fn nanoseconds(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000_000_000).saturating_add(time.subsec_nanos().into())
}

impl Runtime for Wasi {
    fn now(&self) -> UnixTime {
        now()
    }

    fn limit_clock(&self) -> UnixTime {
        now() - Duration::from_nanos(executor::paused())
    }

    fn random(&self) -> u32 {
        get_random_u64() as u32
    }

    async fn sleep(&self, time: Duration) {
        Ready::new(monotonic_clock::subscribe_duration(nanoseconds(time))).await;
    }

    /// A host that takes its time between two rows does not make those under way fail: they could not go on.
    async fn deadline(&self, time: Duration) {
        let (begun_at, paused_before) = (monotonic_clock::now(), executor::paused());
        loop {
            let paused = executor::paused() - paused_before;
            let due = begun_at.saturating_add(nanoseconds(time)).saturating_add(paused);
            if monotonic_clock::now() >= due {
                return;
            }
            Ready::new(monotonic_clock::subscribe_instant(due)).await;
        }
    }

    fn spawn(&self, work: Task) {
        executor::spawn(work);
    }
}
