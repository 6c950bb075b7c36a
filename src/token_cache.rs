//! The access token, what discovery found, and the one request under way that all callers share.

use core::cell::{Cell, RefCell};
use core::future::{poll_fn, Future};
use core::pin::Pin;
use core::task::{Poll, Waker};
use std::rc::Rc;

use crate::error::Error;
use crate::http::{first, First, Transport};
use crate::oauth::Metadata;
use crate::secret::Secret;

/// How long before its end a token counts as old, in seconds, unless a client says otherwise.
pub const DEFAULT_EARLY_REFRESH_S: u32 = 60;

/// A token and when it ends.
#[derive(Debug, Clone)]
pub struct StoredToken {
    pub access_token: Secret,
    /// Unix milliseconds, as the server told it; `None` where nobody knows.
    pub expires_at_ms: Option<i64>,
}

impl StoredToken {
    pub(crate) fn is_fresh(&self, now_ms: i64, early_refresh_s: u32) -> bool {
        self.expires_at_ms.is_none_or(|end| now_ms < end.saturating_sub(i64::from(early_refresh_s) * 1000))
    }
}

type Outcome = Result<StoredToken, Error>;
type Work = Pin<Box<dyn Future<Output = Outcome>>>;

/// A token request under way. When the last caller that waits for it has gone, it ends.
struct Flight<F> {
    generation: u32,
    handle: RefCell<Option<F>>,
    work: RefCell<Option<Work>>,
    outcome: RefCell<Option<Outcome>>,
    waiters: Cell<u32>,
    waker: RefCell<Option<Waker>>,
}

/// One caller's interest in a flight.
struct Ticket<F>(Rc<Flight<F>>);

impl<F> Ticket<F> {
    fn new(flight: Rc<Flight<F>>) -> Self {
        flight.waiters.set(flight.waiters.get() + 1);
        Ticket(flight)
    }
}

impl<F> Drop for Ticket<F> {
    fn drop(&mut self) {
        let left = self.0.waiters.get() - 1;
        self.0.waiters.set(left);
        if left == 0 {
            // Dropping the work ends its request; waking the task lets it see that there is nothing left to do.
            let work = self.0.work.try_borrow_mut().ok().and_then(|mut work| work.take());
            if work.is_some() {
                if let Some(waker) = self.0.waker.take() {
                    waker.wake();
                }
            }
        }
    }
}

struct State<F> {
    /// Whose token and metadata these are; `None` after reading them from JSON that does not say.
    key: Option<String>,
    token: Option<StoredToken>,
    metadata: Option<Metadata>,
    flight: Option<(String, Rc<Flight<F>>)>,
    /// Flights are numbered, so that one that comes in late does not replace what a newer one brought.
    begun: u32,
    newest: u32,
}

/// Keeps the token between calls. Any number of clients can share one; each uses only what was stored under its own
/// key. `F` is the platform's handle of work under way.
pub struct TokenCache<F> {
    early_refresh_s: u32,
    state: RefCell<State<F>>,
}

/// Everything of a cache that can be written down.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    pub key: Option<String>,
    pub token: Option<StoredToken>,
    pub metadata: Option<Metadata>,
}

impl<F: Clone + 'static> TokenCache<F> {
    pub fn new(early_refresh_s: u32, contents: Contents) -> Self {
        let Contents { key, token, metadata } = contents;
        TokenCache { early_refresh_s, state: RefCell::new(State { key, token, metadata, flight: None, begun: 0, newest: 0 }) }
    }

    pub fn early_refresh_s(&self) -> u32 {
        self.early_refresh_s
    }

    pub fn contents(&self) -> Contents {
        let state = self.state.borrow();
        Contents { key: state.key.clone(), token: state.token.clone(), metadata: state.metadata.clone() }
    }

    pub fn is_fresh(&self, now_ms: i64) -> bool {
        self.state.borrow().token.as_ref().is_some_and(|token| token.is_fresh(now_ms, self.early_refresh_s))
    }

    /// Forgets everything. What is under way still serves those who wait for it, and is not kept.
    pub fn clear(&self) {
        let mut state = self.state.borrow_mut();
        state.begun += 1;
        state.newest = state.begun;
        state.key = None;
        state.token = None;
        state.metadata = None;
        state.flight = None;
    }

    /// The token of `key`, if it is fresh.
    pub(crate) fn fresh(&self, key: &str, early_refresh_s: u32, now_ms: i64) -> Option<Secret> {
        let state = self.state.borrow();
        let token = state.token.as_ref().filter(|_| state.key.as_deref().is_none_or(|owner| owner == key))?;
        token.is_fresh(now_ms, early_refresh_s).then(|| token.access_token.clone())
    }

    /// Forgets the token, if it is still this one: the server has refused it.
    pub(crate) fn forget(&self, access_token: &Secret) {
        let mut state = self.state.borrow_mut();
        if state.token.as_ref().is_some_and(|token| token.access_token == *access_token) {
            state.token = None;
        }
    }

    pub(crate) fn metadata(&self, key: &str) -> Option<Metadata> {
        let state = self.state.borrow();
        state.metadata.clone().filter(|_| state.key.as_deref().is_none_or(|owner| owner == key))
    }

    pub(crate) fn keep_metadata(&self, key: &str, metadata: Option<Metadata>) {
        let mut state = self.state.borrow_mut();
        if state.key.as_deref() != Some(key) {
            state.key = Some(key.to_string());
            state.token = None;
        }
        state.metadata = metadata;
    }

    fn keep(&self, key: &str, generation: u32, outcome: &Outcome, now_ms: i64) {
        let mut state = self.state.borrow_mut();
        if state.flight.as_ref().is_some_and(|(_, flight)| flight.generation == generation) {
            state.flight = None;
        }
        let Ok(token) = outcome else { return };
        if generation < state.newest || token.expires_at_ms.is_some_and(|end| end <= now_ms) {
            return;
        }
        state.newest = generation;
        if state.key.as_deref() != Some(key) {
            state.key = Some(key.to_string());
            state.metadata = None;
        }
        state.token = Some(token.clone());
    }

    fn flight_of(&self, key: &str) -> Option<Ticket<F>> {
        let state = self.state.borrow();
        let (_, flight) = state.flight.as_ref().filter(|(owner, flight)| owner == key && flight.work.try_borrow().map_or(true, |work| work.is_some()))?;
        Some(Ticket::new(flight.clone()))
    }

    fn begin<T: Transport<Flight = F>>(self: &Rc<Self>, transport: &Rc<T>, key: &str, work: Work) -> Ticket<F> {
        let flight = {
            let mut state = self.state.borrow_mut();
            state.begun += 1;
            let flight = Rc::new(Flight {
                generation: state.begun,
                handle: RefCell::new(None),
                work: RefCell::new(Some(work)),
                outcome: RefCell::new(None),
                waiters: Cell::new(0),
                waker: RefCell::new(None),
            });
            state.flight = Some((key.to_string(), flight.clone()));
            flight
        };
        let ticket = Ticket::new(flight.clone());
        let (cache, clock, key) = (self.clone(), transport.clone(), key.to_string());
        let running = flight.clone();
        let handle = transport.share(Box::pin(async move {
            let outcome = poll_fn(|context| {
                *running.waker.borrow_mut() = Some(context.waker().clone());
                match running.work.borrow_mut().as_mut() {
                    Some(work) => work.as_mut().poll(context).map(Some),
                    None => Poll::Ready(None),
                }
            })
            .await;
            running.work.replace(None);
            running.waker.replace(None);
            if let Some(outcome) = outcome {
                cache.keep(&key, running.generation, &outcome, clock.now_ms());
                running.outcome.replace(Some(outcome));
            }
        }));
        flight.handle.replace(Some(handle));
        ticket
    }

    /// The token of the request under way; begins one where there is none.
    ///
    /// Who joins a request that another caller began gives up on it after `patience_ms` and begins one of its own: in
    /// a Worker, what another caller began ends without a word when that caller's request ends.
    pub(crate) async fn renew<T: Transport<Flight = F>>(self: &Rc<Self>, transport: &Rc<T>, key: &str, patience_ms: u64, work: impl Fn() -> Work) -> Outcome {
        loop {
            let (ticket, joined) = match self.flight_of(key) {
                Some(ticket) => (ticket, true),
                None => (self.begin(transport, key, work()), false),
            };
            let handle = ticket.0.handle.borrow().clone();
            if let Some(handle) = handle {
                let done = transport.join(&handle);
                if joined {
                    if let First::B(()) = first(done, transport.sleep(patience_ms)).await {
                        self.give_up(ticket.0.generation);
                    }
                } else {
                    done.await;
                }
            }
            let outcome = ticket.0.outcome.borrow().clone();
            match outcome {
                Some(outcome) => return outcome,
                None => self.give_up(ticket.0.generation),
            }
        }
    }

    fn give_up(&self, generation: u32) {
        let mut state = self.state.borrow_mut();
        if state.flight.as_ref().is_some_and(|(_, flight)| flight.generation == generation) {
            state.flight = None;
        }
    }
}
