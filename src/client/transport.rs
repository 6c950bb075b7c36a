//! The world that a client runs in, as a trait, and futures that have a time limit.

use alloc::boxed::Box;
use core::future::{poll_fn, Future};
use core::pin::{pin, Pin};
use core::task::Poll;

use super::error::Error;
use super::http::{Request, Response};

/// A network, a clock, and work that several callers wait for.
pub trait Transport: 'static {
    /// Work under way that any number of callers can wait for.
    type Flight: Clone + 'static;

    /// Sends one request and reads the whole answer. Never follows a redirect on its own, unless the request says so;
    /// sends and keeps no cookies. Dropping the future ends the request.
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, Error>>;

    /// Done after that many milliseconds.
    fn sleep(&self, ms: u64) -> impl Future<Output = ()>;

    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;

    /// Evenly distributed over all values.
    fn random(&self) -> u32;

    /// Begins `work`, which goes on without whoever began it.
    fn share(&self, work: Pin<Box<dyn Future<Output = ()>>>) -> Self::Flight;

    /// Waits until the work is done.
    fn join(&self, flight: &Self::Flight) -> impl Future<Output = ()>;
}

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TimeLimit {
    pub(crate) timeout_ms: u32,
    /// When it began, by the transport's clock.
    pub(crate) begun_ms: i64,
}

impl TimeLimit {
    pub(crate) fn deadline_ms(self) -> i64 {
        self.begun_ms.saturating_add(i64::from(self.timeout_ms))
    }

    pub(crate) fn start<T: Transport>(transport: &T, timeout_ms: u32) -> Self {
        TimeLimit { timeout_ms, begun_ms: transport.now_ms() }
    }
}

pub(crate) enum First<A, B> {
    A(A),
    B(B),
}

/// Runs both until one is done, and drops the other.
pub(crate) async fn first<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> First<A, B> {
    let mut a = pin!(a);
    let mut b = pin!(b);
    poll_fn(|context| match a.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(First::A(done)),
        Poll::Pending => b.as_mut().poll(context).map(First::B),
    })
    .await
}

/// Runs `work` for as long as the limit allows; `None` where that was not enough.
pub(crate) async fn within<T: Transport, R>(
    transport: &T,
    limit: TimeLimit,
    work: impl Future<Output = R>,
) -> Option<R> {
    let left_ms = u64::try_from(limit.deadline_ms().saturating_sub(transport.now_ms())).unwrap_or(0);
    // Not more than the whole, should the clock be set back meanwhile.
    match first(work, transport.sleep(left_ms.min(u64::from(limit.timeout_ms)))).await {
        First::A(result) => Some(result),
        First::B(()) => None,
    }
}
