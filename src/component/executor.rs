//! Runs the client's futures, and waits for the host where they do.
//!
//! A call of a component returns when it is done, so work goes on only while there is a call.

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::{pin, Pin};
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Wake;

use super::bindings::wasi::clocks::monotonic_clock::{self, Instant};
use super::bindings::wasi::io::poll::{poll, Pollable};
use crate::platform::Task;

thread_local! {
    static TASKS: RefCell<Vec<Spawned>> = const { RefCell::new(Vec::new()) };
    static WAITING: RefCell<Vec<Rc<Waiting>>> = const { RefCell::new(Vec::new()) };
    static PAUSES: Pauses = const { Pauses { since: Cell::new(None), total: Cell::new(0) } };
}

/// Whether somebody is to be polled.
struct Flag(AtomicBool);

impl Flag {
    fn new() -> (Arc<Self>, Waker) {
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        (flag.clone(), flag.into())
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Work that goes on in whichever call there is.
struct Spawned {
    work: Task,
    flag: Arc<Flag>,
    waker: Waker,
}

pub(super) fn spawn(work: Task) {
    let (flag, waker) = Flag::new();
    TASKS.with_borrow_mut(|tasks| tasks.push(Spawned { work, flag, waker }));
}

/// Runs `work`, and what was spawned, until `work` is done.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> T {
    PAUSES.with(Pauses::end);
    let mut work = pin!(work);
    let (flag, waker) = Flag::new();
    let done = loop {
        let is_woken = flag.take();
        if is_woken {
            if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                break done;
            }
        }
        let has_run = run_spawned();
        if !is_woken && !has_run {
            wait_for_host();
        }
    };
    PAUSES.with(Pauses::begin);
    done
}

/// Polls those that were woken; whether there were any.
fn run_spawned() -> bool {
    // Taken out: they may spawn.
    let mut tasks = TASKS.take();
    let mut has_run = false;
    tasks.retain_mut(|task| {
        let is_woken = task.flag.take();
        has_run |= is_woken;
        !is_woken || task.work.as_mut().poll(&mut Context::from_waker(&task.waker)).is_pending()
    });
    TASKS.with_borrow_mut(|spawned| {
        tasks.append(spawned);
        *spawned = tasks;
    });
    has_run
}

/// Something of the host's that a future waits for.
struct Waiting {
    pollable: Pollable,
    is_ready: Cell<bool>,
    waker: RefCell<Waker>,
}

/// All at once: each question to a host may cost it a message to another thread.
fn wait_for_host() {
    let waiting = WAITING.with_borrow(Vec::clone);
    let pollables: Vec<&Pollable> = waiting.iter().map(|waiting| &waiting.pollable).collect();
    for ready in poll(&pollables) {
        if let Some(waiting) = waiting.get(ready as usize) {
            waiting.is_ready.set(true);
            waiting.waker.borrow().wake_by_ref();
        }
    }
}

/// Done when the host says so; never at once, so that nobody who always has something to do holds up the others. To be dropped
/// before what the pollable is of.
pub(super) struct Ready {
    pollable: Option<Pollable>,
    waiting: Option<Rc<Waiting>>,
}

impl Ready {
    pub(super) fn new(pollable: Pollable) -> Self {
        Ready { pollable: Some(pollable), waiting: None }
    }
}

impl Future for Ready {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if let Some(pollable) = self.pollable.take() {
            let waker = RefCell::new(context.waker().clone());
            let waiting = Rc::new(Waiting { pollable, is_ready: Cell::new(false), waker });
            WAITING.with_borrow_mut(|others| others.push(waiting.clone()));
            self.waiting = Some(waiting);
        }
        match &self.waiting {
            Some(waiting) if !waiting.is_ready.get() => {
                waiting.waker.borrow_mut().clone_from(context.waker());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        if let Some(own) = &self.waiting {
            WAITING.with_borrow_mut(|waiting| waiting.retain(|waiting| !Rc::ptr_eq(waiting, own)));
        }
    }
}

/// Calls the host for what may take it long, and holds everybody up: no time limit counts it.
#[cfg(feature = "hosted-component")]
pub(super) fn uncounted<T>(call: impl FnOnce() -> T) -> T {
    PAUSES.with(Pauses::begin);
    let returned = call();
    PAUSES.with(Pauses::end);
    returned
}

/// The time in which nobody called, or the host was busy with a call of its own.
struct Pauses {
    since: Cell<Option<Instant>>,
    total: Cell<u64>,
}

impl Pauses {
    fn begin(&self) {
        self.since.set(Some(monotonic_clock::now()));
    }

    fn end(&self) {
        if let Some(since) = self.since.take() {
            self.total.set(self.total.get() + monotonic_clock::now().saturating_sub(since));
        }
    }
}

/// How long that was so far, in nanoseconds.
pub(super) fn paused() -> u64 {
    PAUSES.with(|pauses| pauses.total.get())
}
