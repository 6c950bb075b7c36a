//! The one token request under way that all callers share.

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::time::Duration;
use std::rc::Rc;

use crate::config::Owner;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::platform::{first, Background, Event, First, Runtime, Task, UnixTime};
use crate::token_cache::{Fetched, TokenCache};

/// How old a token request that another caller began may be for one to wait for it alone; half the call's time limit
/// where that is less.
const PATIENCE: Duration = Duration::from_secs(3);

/// A Worker's module scope has no timers: there, a sleep ends at once, and would for ever.
const MOST_WOKEN_IN_VAIN: u32 = 8;

type Outcome = Result<Fetched, Error>;

/// A token request under way. When the last caller that waits for it has gone, it ends.
pub(crate) struct Flight {
    owner: Rc<Owner>,
    /// Flights are numbered as they begin.
    generation: u32,
    begun_at: UnixTime,
    /// That of the call which began it.
    timeout: Duration,
    waiters: Cell<u32>,
    has_ended: Cell<bool>,
    work: RefCell<Option<Background>>,
    outcome: RefCell<Option<Outcome>>,
}

impl Flight {
    pub(crate) fn owner(&self) -> &Rc<Owner> {
        &self.owner
    }

    pub(crate) fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether it had ended before.
    pub(crate) fn end(&self) -> bool {
        self.has_ended.replace(true)
    }

    pub(crate) fn stop(&self) {
        let work = self.work.take();
        drop(work);
    }
}

/// Those under way: at most one of each owner that new callers join.
#[derive(Default)]
pub(crate) struct Flights {
    under_way: Vec<Rc<Flight>>,
    begun: u32,
    change: Option<Event>,
}

impl Flights {
    /// The generation from which on what flights bring is kept again.
    pub(crate) fn clear(&mut self) -> u32 {
        self.under_way.clear();
        self.begun += 1;
        self.begun
    }

    pub(crate) fn give_up(&mut self, flight: &Rc<Flight>) {
        self.under_way.retain(|other| !Rc::ptr_eq(other, flight));
    }

    pub(crate) fn next_change(&mut self, runtime: &impl Runtime) -> Event {
        self.change.get_or_insert_with(|| runtime.event()).clone()
    }

    pub(crate) fn take_change(&mut self) -> Option<Event> {
        self.change.take()
    }

    /// The one of `owner` that `fits`.
    fn find(&self, owner: &Rc<Owner>, fits: impl Fn(&Flight) -> bool) -> Option<Rc<Flight>> {
        self.under_way.iter().find(|flight| flight.owner == *owner && fits(flight)).cloned()
    }

    fn begin(&mut self, owner: &Rc<Owner>, timeout: Duration, now: UnixTime) -> Rc<Flight> {
        self.begun += 1;
        let flight = Rc::new(Flight {
            owner: owner.clone(),
            generation: self.begun,
            begun_at: now,
            timeout,
            waiters: Cell::new(0),
            has_ended: Cell::new(false),
            work: RefCell::new(None),
            outcome: RefCell::new(None),
        });
        self.under_way.retain(|older| older.owner != *owner);
        self.under_way.push(flight.clone());
        flight
    }
}

/// One caller's interest in a flight.
struct Ticket<'a> {
    cache: &'a TokenCache,
    flight: Rc<Flight>,
}

impl<'a> Ticket<'a> {
    fn new(cache: &'a TokenCache, flight: Rc<Flight>) -> Self {
        flight.waiters.set(flight.waiters.get() + 1);
        Ticket { cache, flight }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let left = self.flight.waiters.get() - 1;
        self.flight.waiters.set(left);
        if left == 0 {
            self.cache.abandon(&self.flight);
        }
    }
}

/// The token of the request under way; begins one by `work` where there is none. `limits` are those of the whole call.
///
/// In a Worker, what another caller began may end without a word when that caller's request ends. So nobody waits for
/// another's request alone once it is so old, but begins one of their own besides; and whichever brings a token first
/// serves all, whoever began the first included. It is the age of the request that counts, so that callers who leave
/// early do not keep a dead one alive. Another caller's time limit is no failure of one's own.
pub(crate) fn share_token_request<'a, R: Runtime>(
    cache: &'a Rc<TokenCache>,
    runtime: &'a Rc<R>,
    owner: &'a Rc<Owner>,
    limits: &'a Limits,
    work: impl Fn() -> Task<Outcome> + 'a,
) -> impl Future<Output = Outcome> + 'a {
    let mut wait = Wait { cache, runtime, owner, timeout: limits.timeout, tickets: Vec::with_capacity(1), own: None };
    let mut woken_in_vain = 0;
    async move {
        loop {
            // What happens from here on is not missed.
            let change = cache.next_change(&**runtime);
            if let Some(outcome) = wait.outcome() {
                return outcome;
            }
            let now = runtime.limit_clock();
            let patience = wait.join(now, &work).filter(|_| woken_in_vain < MOST_WOKEN_IN_VAIN);
            match patience {
                Some(patience) => {
                    if let First::B(()) = first(change.wait(), runtime.sleep(patience)).await {
                        woken_in_vain += u32::from(runtime.limit_clock() == now);
                    }
                }
                None => change.wait().await,
            }
        }
    }
}

/// A caller that waits for a token.
struct Wait<'a, R> {
    cache: &'a Rc<TokenCache>,
    runtime: &'a Rc<R>,
    owner: &'a Rc<Owner>,
    timeout: Duration,
    tickets: Vec<Ticket<'a>>,
    /// The flight that it began.
    own: Option<Rc<Flight>>,
}

impl<R: Runtime> Wait<'_, R> {
    /// What decides of those that it waited for.
    fn outcome(&mut self) -> Option<Outcome> {
        for ticket in &self.tickets {
            let outcome = ticket.flight.outcome.borrow().clone();
            match outcome {
                Some(Err(error)) => {
                    let is_own = self.own.as_ref().is_some_and(|own| Rc::ptr_eq(own, &ticket.flight));
                    // With a request of one's own under way another's failure decides nothing; nor does one that had less
                    // time to pass.
                    let had_less_time = ticket.flight.timeout < self.timeout && error.retryable;
                    let decides = self.own.is_none() && !had_less_time && error.code != ErrorCode::Timeout;
                    if is_own || decides {
                        return Some(Err(error));
                    }
                }
                Some(fetched) => return Some(fetched),
                None => {}
            }
        }
        self.tickets.retain(|ticket| ticket.flight.outcome.borrow().is_none());
        None
    }

    /// Joins a flight, or begins one. Gives how long it may be waited for alone, unless that is for good.
    fn join(&mut self, now: UnixTime, work: &impl Fn() -> Task<Outcome>) -> Option<Duration> {
        let Wait { cache, runtime, owner, timeout, tickets, own } = self;
        let patience = PATIENCE.min(*timeout / 2);
        let is_young = |flight: &Flight| flight.begun_at > now - patience;
        let joined = cache.with_flights(|flights| flights.find(owner, |flight| own.is_some() || is_young(flight)));
        // One that a newer took the place of, or that was cleared, is still waited for where the newer came to nothing.
        let known = || tickets.iter().map(|ticket| &ticket.flight).find(|flight| is_young(flight)).cloned();
        let flight = match joined.or_else(known) {
            Some(flight) => flight,
            None if own.is_some() => return None,
            None => own.insert(begin(cache, runtime, owner, *timeout, work())).clone(),
        };
        let rest = (flight.begun_at + patience).since(now);
        if tickets.iter().all(|ticket| !Rc::ptr_eq(&ticket.flight, &flight)) {
            tickets.push(Ticket::new(cache, flight));
        }
        own.is_none().then_some(rest)
    }
}

/// Whoever asks from within `work` finds the flight under way already.
fn begin<R: Runtime>(
    cache: &Rc<TokenCache>,
    runtime: &Rc<R>,
    owner: &Rc<Owner>,
    timeout: Duration,
    work: Task<Outcome>,
) -> Rc<Flight> {
    let now = runtime.limit_clock();
    let flight = cache.with_flights(|flights| flights.begin(owner, timeout, now));
    let (landing, cache_of_flight, clock) = (flight.clone(), cache.clone(), runtime.clone());
    let background = Background::spawn(
        &**runtime,
        Box::pin(async move {
            let outcome = work.await;
            cache_of_flight.land(&landing, &outcome, clock.now());
            landing.outcome.replace(Some(outcome));
            cache_of_flight.announce();
        }),
    );
    // Unless it is done already.
    if flight.outcome.borrow().is_none() {
        flight.work.replace(Some(background));
    }
    cache.announce();
    flight
}
