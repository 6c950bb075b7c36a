//! The access token, what discovery found, and the one request under way that all callers share.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::{poll_fn, Future};
use core::pin::Pin;
use core::task::{Poll, Waker};

use super::error::{Error, ErrorCode};
use super::login::Metadata;
use super::secret::Secret;
use super::transport::{first, First, Transport};

/// How long before its end a token counts as old, in seconds, unless a client says otherwise.
pub const DEFAULT_EARLY_REFRESH_S: u32 = 60;

/// A token and when it ends.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// The token.
    pub access_token: Secret,
    /// Unix milliseconds, as the server told it; `None` where nobody knows.
    pub expires_at_ms: Option<i64>,
}

impl StoredToken {
    pub(crate) fn is_fresh(&self, now_ms: i64, early_refresh_s: u32) -> bool {
        self.expires_at_ms.is_none_or(|end| now_ms < end.saturating_sub(i64::from(early_refresh_s) * 1000))
    }
}

/// What a token request brought.
pub(crate) struct Fetched {
    pub(crate) token: Result<StoredToken, Error>,
    /// What discovery found, where it is worth keeping: after a failure the provider may have moved.
    pub(crate) metadata: Option<Metadata>,
}

type Outcome = Result<StoredToken, Error>;
type Work = Pin<Box<dyn Future<Output = Fetched>>>;

/// Whose token it is. A client of another owner neither uses nor joins what is this one's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Owner {
    /// Server, provider, client and scope.
    pub(crate) key: String,
    /// Not written down, but compared: who does not know the secret does not get the token either.
    pub(crate) secret: Option<Secret>,
}

/// A token request under way. When the last caller that waits for it has gone, it ends.
struct Flight<F> {
    owner: Owner,
    generation: u32,
    begun_at_ms: i64,
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

/// A flight that one caller waits for.
struct Waiting<'a, F> {
    ticket: Ticket<F>,
    done: Pin<Box<dyn Future<Output = ()> + 'a>>,
}

struct State<F> {
    /// `None` after reading a cache from JSON that does not say; then it is the first client's that asks.
    owner: Option<Owner>,
    token: Option<StoredToken>,
    metadata: Option<Metadata>,
    /// At most one of each owner.
    flights: Vec<Rc<Flight<F>>>,
    /// Flights are numbered, so that one that comes in late does not replace what a newer one brought.
    begun: u32,
    newest: u32,
}

impl<F> State<F> {
    /// Whether what is stored is `owner`'s; what was nobody's is from then on.
    fn is_of(&mut self, owner: &Owner) -> bool {
        let is = match &self.owner {
            Some(found) if found == owner => return true,
            Some(found) => found.secret.is_none() && found.key == owner.key,
            None => true,
        };
        if is {
            self.owner = Some(owner.clone());
        }
        is
    }
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
    /// Whose it is: made of server, provider, client and scope.
    pub key: Option<String>,
    /// The token, if there is one.
    pub token: Option<StoredToken>,
    /// What discovery found, if it did.
    pub metadata: Option<Metadata>,
}

impl<F: Clone + 'static> TokenCache<F> {
    /// Begins with `contents`: [`Contents::default`], or what another cache held.
    pub fn new(early_refresh_s: u32, contents: Contents) -> Self {
        let Contents { key, token, metadata } = contents;
        // An address that the secret would go to must be somebody's.
        let metadata = metadata.filter(|_| key.is_some());
        let owner = key.map(|key| Owner { key, secret: None });
        TokenCache {
            early_refresh_s,
            state: RefCell::new(State { owner, token, metadata, flights: Vec::new(), begun: 0, newest: 0 }),
        }
    }

    /// How long before its end a token counts as old for [`TokenCache::is_fresh`], in seconds.
    pub fn early_refresh_s(&self) -> u32 {
        self.early_refresh_s
    }

    /// What is in it now. The token is a secret: mind where it is written.
    pub fn contents(&self) -> Contents {
        let state = self.state.borrow();
        Contents {
            key: state.owner.as_ref().map(|owner| owner.key.clone()),
            token: state.token.clone(),
            metadata: state.metadata.clone(),
        }
    }

    /// Whether there is a token that is not old.
    pub fn is_fresh(&self, now_ms: i64) -> bool {
        self.state.borrow().token.as_ref().is_some_and(|token| token.is_fresh(now_ms, self.early_refresh_s))
    }

    /// Forgets everything. What is under way still serves those who wait for it, and is not kept.
    pub fn clear(&self) {
        let mut state = self.state.borrow_mut();
        state.begun += 1;
        state.newest = state.begun;
        state.owner = None;
        state.token = None;
        state.metadata = None;
        state.flights.clear();
    }

    /// The token of `owner`, if it is fresh.
    pub(crate) fn fresh(&self, owner: &Owner, early_refresh_s: u32, now_ms: i64) -> Option<Secret> {
        let mut state = self.state.borrow_mut();
        if !state.token.as_ref()?.is_fresh(now_ms, early_refresh_s) || !state.is_of(owner) {
            return None;
        }
        state.token.as_ref().map(|token| token.access_token.clone())
    }

    /// Forgets the token, if it is still this one: the server has refused it.
    pub(crate) fn forget(&self, access_token: &Secret) {
        let mut state = self.state.borrow_mut();
        if state.token.as_ref().is_some_and(|token| token.access_token == *access_token) {
            state.token = None;
        }
    }

    pub(crate) fn metadata(&self, owner: &Owner) -> Option<Metadata> {
        let mut state = self.state.borrow_mut();
        state.metadata.as_ref()?;
        if state.is_of(owner) {
            state.metadata.clone()
        } else {
            None
        }
    }

    fn keep(&self, flight: &Flight<F>, fetched: &Fetched, now_ms: i64) {
        self.give_up(flight.generation);
        let mut state = self.state.borrow_mut();
        if flight.generation < state.newest {
            return;
        }
        match &fetched.token {
            Ok(token) => {
                state.newest = flight.generation;
                state.owner = Some(flight.owner.clone());
                state.token = Some(token.clone()).filter(|token| token.expires_at_ms.is_none_or(|end| end > now_ms));
                state.metadata.clone_from(&fetched.metadata);
            }
            Err(_) if state.owner.as_ref() == Some(&flight.owner) => state.metadata.clone_from(&fetched.metadata),
            Err(_) => {}
        }
    }

    /// The request of `owner` under way, unless it has been for too long.
    fn join(&self, owner: &Owner, begun_after_ms: i64) -> Option<Ticket<F>> {
        let state = self.state.borrow();
        let is_under_way = |flight: &Flight<F>| flight.work.try_borrow().map_or(true, |work| work.is_some());
        let flight = state
            .flights
            .iter()
            .find(|flight| flight.owner == *owner && flight.begun_at_ms > begun_after_ms && is_under_way(flight))?;
        Some(Ticket::new(flight.clone()))
    }

    fn begin<T: Transport<Flight = F>>(self: &Rc<Self>, transport: &Rc<T>, owner: &Owner, work: Work) -> Ticket<F> {
        let flight = {
            let mut state = self.state.borrow_mut();
            state.begun += 1;
            let flight = Rc::new(Flight {
                owner: owner.clone(),
                generation: state.begun,
                begun_at_ms: transport.now_ms(),
                handle: RefCell::new(None),
                work: RefCell::new(Some(work)),
                outcome: RefCell::new(None),
                waiters: Cell::new(0),
                waker: RefCell::new(None),
            });
            state.flights.retain(|older| older.owner != *owner);
            state.flights.push(flight.clone());
            flight
        };
        let ticket = Ticket::new(flight.clone());
        let (cache, clock, running) = (self.clone(), transport.clone(), flight.clone());
        let handle = transport.share(Box::pin(async move {
            let fetched = poll_fn(|context| {
                *running.waker.borrow_mut() = Some(context.waker().clone());
                match running.work.borrow_mut().as_mut() {
                    Some(work) => work.as_mut().poll(context).map(Some),
                    None => Poll::Ready(None),
                }
            })
            .await;
            running.work.replace(None);
            running.waker.replace(None);
            if let Some(fetched) = fetched {
                cache.keep(&running, &fetched, clock.now_ms());
                running.outcome.replace(Some(fetched.token));
            }
        }));
        flight.handle.replace(Some(handle));
        ticket
    }

    /// The token of the request under way; begins one where there is none.
    ///
    /// In a Worker, what another caller began may end without a word when that caller's request ends. So nobody waits
    /// for another's request alone once it is `patience_ms` old, but begins one of their own besides; and whichever
    /// brings a token first serves all. It is the age of the request that counts, so that callers who leave early do
    /// not keep a dead one alive. Another caller's time limit is no failure of one's own.
    pub(crate) async fn renew<T: Transport<Flight = F>>(
        self: &Rc<Self>,
        transport: &Rc<T>,
        owner: &Owner,
        patience_ms: u32,
        work: impl Fn() -> Work,
    ) -> Outcome {
        let patience_ms = i64::from(patience_ms);
        let mut waiting: Vec<Waiting<'_, F>> = Vec::new();
        let mut own = None;
        loop {
            let now_ms = transport.now_ms();
            let mut patience_ends_ms = None;
            if own.is_none() {
                let ticket = match self.join(owner, now_ms.saturating_sub(patience_ms)) {
                    Some(ticket) => {
                        patience_ends_ms = Some(ticket.0.begun_at_ms.saturating_add(patience_ms));
                        ticket
                    }
                    None => {
                        let ticket = self.begin(transport, owner, work());
                        own = Some(ticket.0.generation);
                        ticket
                    }
                };
                if waiting.iter().all(|other| other.ticket.0.generation != ticket.0.generation) {
                    let handle = ticket.0.handle.borrow().clone();
                    let transport = transport.clone();
                    let done = Box::pin(async move {
                        if let Some(handle) = handle {
                            transport.join(&handle).await;
                        }
                    });
                    waiting.push(Waiting { ticket, done });
                }
            }
            let any_done = poll_fn(|context| {
                let done = waiting.iter_mut().position(|one| one.done.as_mut().poll(context).is_ready());
                done.map_or(Poll::Pending, Poll::Ready)
            });
            let done = match patience_ends_ms {
                None => any_done.await,
                Some(end_ms) => {
                    let left_ms = u64::try_from(end_ms.saturating_sub(now_ms)).unwrap_or(0);
                    match first(any_done, transport.sleep(left_ms)).await {
                        First::A(done) => done,
                        First::B(()) => continue,
                    }
                }
            };
            let Waiting { ticket, .. } = waiting.swap_remove(done);
            let generation = ticket.0.generation;
            let is_own = own == Some(generation);
            let outcome = ticket.0.outcome.borrow().clone();
            match outcome {
                Some(Ok(token)) => return Ok(token),
                Some(Err(error)) if is_own => return Err(error),
                // With a request of one's own under way another's failure decides nothing.
                Some(Err(error)) if own.is_none() && error.code != ErrorCode::Timeout => return Err(error),
                _ => {
                    self.give_up(generation);
                    if is_own {
                        own = None;
                    }
                }
            }
        }
    }

    fn give_up(&self, generation: u32) {
        self.state.borrow_mut().flights.retain(|flight| flight.generation != generation);
    }
}
