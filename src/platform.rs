//! What a client needs of the world it runs in: a network, and a clock with which work can wait.

use core::any::Any;
use core::cell::{Cell, RefCell};
use core::future::{poll_fn, Future};
use core::ops::{Add, Sub};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::rc::Rc;

use pin_project_lite::pin_project;

use crate::http::{Request, Response};

/// Work that is polled where it is, of whatever kind.
pub type Task<T = ()> = Pin<Box<dyn Future<Output = T>>>;

/// What a platform or an application threw, unchanged: in JavaScript a `JsValue`.
pub type Cause = Rc<dyn Any>;

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(i64);

impl UnixTime {
    /// That many milliseconds after 1970-01-01T00:00:00Z; before it, where negative.
    pub const fn from_millis(ms: i64) -> Self {
        UnixTime(ms)
    }

    /// In milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The time from `earlier` to this; none where that is later.
    pub fn since(self, earlier: UnixTime) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for UnixTime {
    type Output = UnixTime;

    fn add(self, time: Duration) -> UnixTime {
        UnixTime(self.0.saturating_add_unsigned(millis(time)))
    }
}

impl Sub<Duration> for UnixTime {
    type Output = UnixTime;

    fn sub(self, time: Duration) -> UnixTime {
        UnixTime(self.0.saturating_sub_unsigned(millis(time)))
    }
}

/// A time in whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    // `Duration::as_millis` divides 128-bit numbers.
    time.as_secs().saturating_mul(1000).saturating_add(time.subsec_millis().into())
}

/// The network: one round trip.
pub trait Transport: 'static {
    /// Sends one request and reads the whole answer. Follows no redirect, unless the request says so; sends and keeps no
    /// cookies; answers out of no cache. It may begin as soon as it is called; dropping the future ends the request.
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, TransportError>>;

    /// As `send`; `again` makes the same request anew. To be overridden where a platform may refuse a request before it has sent
    /// anything and takes it in another form then, as the `fetch` of another realm does without a signal.
    fn send_in_any_form<'a>(
        &'a self,
        request: Request,
        _again: &'a dyn Fn() -> Request,
    ) -> impl Future<Output = Result<Response, TransportError>> + 'a {
        self.send(request)
    }

    /// What the platform calls a failure, in one word such as `ECONNREFUSED`, where it has one that holds no secret.
    fn reason(&self, _cause: &Cause) -> Option<String> {
        None
    }
}

/// Why there is no answer. It cannot be one of the client's errors: only the client knows what to do.
#[derive(Clone)]
pub enum TransportError {
    /// The connection failed, or broke before the answer was complete.
    Network {
        /// The status, where that much had come.
        status: Option<u16>,
        /// What the platform threw.
        cause: Option<Cause>,
    },
    /// The answer is larger than the transport reads.
    TooLarge {
        /// Its status.
        status: u16,
        /// How much is read, in bytes.
        max_response_bytes: u32,
    },
    /// The application's own `fetch` gave something that is no response.
    NoResponse,
}

/// A clock, chance, and work that waits.
pub trait Runtime: 'static {
    /// What the clock shows.
    fn now(&self) -> UnixTime;

    /// The clock that time limits are measured by. To be overridden where a host holds work up, as those of components do between
    /// two calls: there it stands meanwhile.
    fn limit_clock(&self) -> UnixTime {
        self.now()
    }

    /// Evenly distributed over all values; for jitter, not for secrets.
    fn random(&self) -> u32;

    /// Done after that time. Dropping the future ends the wait.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()>;

    /// As `sleep`, for the time limit of a call. To be overridden where a host forgets the timers of what it has given up, as
    /// Workers do with those of a request that has ended: such a call is to end all the same, if later.
    fn deadline(&self, time: Duration) -> impl Future<Output = ()> {
        self.sleep(time)
    }

    /// Begins `work`, which goes on whether or not whoever began it still waits.
    fn spawn(&self, work: Task);

    /// Something that several callers can wait for. To be overridden where the callers belong to different requests of a
    /// host that keeps those apart, as Workers do: there no waker may wake another request's work.
    fn event(&self) -> Event {
        Event::new(LocalEvent::default())
    }
}

/// Something that happens once, and that any number of callers can wait for. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Event(Rc<dyn Occurrence>);

impl Event {
    /// As the platform has it.
    pub fn new(occurrence: impl Occurrence + 'static) -> Self {
        Event(Rc::new(occurrence))
    }

    pub(crate) fn happen(&self) {
        self.0.happen();
    }

    pub(crate) fn wait(&self) -> Task {
        self.0.clone().wait()
    }
}

/// How a platform does an [`Event`].
pub trait Occurrence {
    /// It happens; whoever waits goes on. Again, it does nothing.
    fn happen(&self);

    /// Done once it has happened.
    fn wait(self: Rc<Self>) -> Task;
}

/// An [`Event`] between tasks of one executor.
#[derive(Default)]
struct LocalEvent {
    has_happened: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Occurrence for LocalEvent {
    fn happen(&self) {
        self.has_happened.set(true);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    fn wait(self: Rc<Self>) -> Task {
        Box::pin(poll_fn(move |context| {
            if self.has_happened.get() {
                return Poll::Ready(());
            }
            self.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        }))
    }
}

/// Which of two came first.
pub(crate) enum First<A, B> {
    A(A),
    B(B),
}

/// Runs both until one is done.
pub(crate) fn first<A: Future, B: Future>(a: A, b: B) -> Race<A, B> {
    Race { a, b }
}

pin_project! {
    /// Not an `async fn`, in which each of them would have its place twice.
    pub(crate) struct Race<A, B> {
        #[pin]
        a: A,
        #[pin]
        b: B,
    }
}

impl<A: Future, B: Future> Future for Race<A, B> {
    type Output = First<A::Output, B::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let race = self.project();
        match race.a.poll(context) {
            Poll::Ready(done) => Poll::Ready(First::A(done)),
            Poll::Pending => race.b.poll(context).map(First::B),
        }
    }
}

/// Work that goes on by itself, until it is done or this is dropped.
pub(crate) struct Background(Rc<Running>);

struct Running {
    work: RefCell<Option<Task>>,
    /// Of the task that runs it, to let that see that there is nothing left to do.
    waker: RefCell<Option<Waker>>,
    is_stopped: Cell<bool>,
}

impl Background {
    pub(crate) fn spawn(runtime: &impl Runtime, work: Task) -> Self {
        let running = Rc::new(Running {
            work: RefCell::new(Some(work)),
            waker: RefCell::new(None),
            is_stopped: Cell::new(false),
        });
        let polled = running.clone();
        runtime.spawn(Box::pin(poll_fn(move |context| {
            polled.waker.replace(Some(context.waker().clone()));
            let mut work = polled.work.borrow_mut();
            let is_done = match work.as_mut() {
                Some(work) => work.as_mut().poll(context).is_ready() || polled.is_stopped.get(),
                None => true,
            };
            if !is_done {
                return Poll::Pending;
            }
            // Dropped last: it may hold what ends this very task.
            let done = work.take();
            drop(work);
            drop(done);
            Poll::Ready(())
        })));
        Background(running)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.0.is_stopped.set(true);
        // While it is being polled it ends right after that.
        let work = self.0.work.try_borrow_mut().ok().and_then(|mut work| work.take());
        if work.is_some() {
            if let Some(waker) = self.0.waker.take() {
                waker.wake();
            }
        }
    }
}
