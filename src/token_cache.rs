//! The access token and what discovery found, between calls.

use core::cell::RefCell;
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::config::Owner;
use crate::error::Error;
use crate::oauth::Metadata;
use crate::platform::{Event, Runtime, UnixTime};
use crate::secret::Secret;
use crate::single_flight::{Flight, Flights};
#[cfg(any(feature = "component", feature = "js"))]
use crate::text::is_bearer_token;

/// A token and when it ends.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredToken {
    /// The token.
    pub access_token: Secret,
    /// As the server told it; `None` where nobody knows.
    pub expires_at: Option<UnixTime>,
}

impl StoredToken {
    pub(crate) fn is_fresh(&self, now: UnixTime, early_refresh: Duration) -> bool {
        self.expires_at.is_none_or(|end| now < end - early_refresh)
    }
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

/// The latest moment that is believed, before and after 1970: a `Date` of JavaScript can hold no later one (ECMAScript).
#[cfg(any(feature = "component", feature = "js"))]
const LAST_MS: u64 = 8_640_000_000_000_000;

/// What somebody has kept of a cache, each of its type.
#[cfg(any(feature = "component", feature = "js"))]
pub(crate) struct Kept {
    pub(crate) key: Option<String>,
    pub(crate) access_token: Option<Secret>,
    pub(crate) expires_at_ms: Option<i64>,
    pub(crate) token_endpoint: Option<String>,
    pub(crate) basic_only: bool,
}

#[cfg(any(feature = "component", feature = "js"))]
impl Kept {
    /// What can be used of it, or what is wrong. That does not repeat anything: it may be the token.
    pub(crate) fn contents(self) -> Result<Contents, &'static str> {
        if self.access_token.as_ref().is_some_and(|token| !is_bearer_token(token.expose())) {
            return Err("accessToken is empty, longer than 16 kB, or holds characters that no header can carry");
        }
        if self.expires_at_ms.is_some_and(|ms| ms.unsigned_abs() > LAST_MS) {
            return Err("expiresAtMs is no time in Unix milliseconds");
        }
        let expires_at = self.expires_at_ms.map(UnixTime::from_millis);
        Ok(Contents {
            key: self.key,
            token: self.access_token.map(|access_token| StoredToken { access_token, expires_at }),
            metadata: self.token_endpoint.map(|token_endpoint| Metadata::new(token_endpoint, self.basic_only)),
        })
    }
}

/// How many tokens that were refused are remembered.
const MOST_REFUSED: usize = 16;

/// Keeps the token between calls. Any number of clients can share one; each uses only what was stored under its own
/// key.
pub struct TokenCache {
    early_refresh: Duration,
    state: RefCell<State>,
}

struct State {
    /// `None` after reading a cache from JSON that does not say; then it is the first client's that asks.
    owner: Option<Rc<Owner>>,
    token: Option<StoredToken>,
    metadata: Option<Metadata>,
    /// Tokens that the server has refused, or that were cleared, wherever else they may still be kept.
    refused: VecDeque<Secret>,
    /// Whether the last login failed: what discovery found, wherever it is kept, may be to blame.
    is_distrustful: bool,
    /// How many token requests in a row everybody has left before they were done.
    stopped: u32,
    flights: Flights,
    /// The flight that brought the token: one that comes in late does not replace what a newer one brought.
    newest: u32,
}

/// What a token request brought, or the token store.
#[derive(Clone)]
pub(crate) struct Fetched {
    pub(crate) token: StoredToken,
    pub(crate) metadata: Option<Metadata>,
    /// Whether it is out of the store.
    pub(crate) is_stored: bool,
}

impl State {
    /// Whether what is stored is `owner`'s; what was nobody's is from then on.
    fn is_of(&mut self, owner: &Rc<Owner>) -> bool {
        let is = match &self.owner {
            Some(found) if Rc::ptr_eq(found, owner) || found == owner => return true,
            Some(found) => found.secret.is_none() && found.key == owner.key,
            None => true,
        };
        if is {
            self.owner = Some(owner.clone());
        }
        is
    }

    fn refuse(&mut self, access_token: &Secret) {
        if self.refused.len() == MOST_REFUSED {
            self.refused.pop_front();
        }
        self.refused.push_back(access_token.clone());
    }

    /// The provider may have moved since `owner` found it.
    fn distrust(&mut self, owner: &Rc<Owner>) {
        self.is_distrustful = true;
        if self.owner.as_ref() == Some(owner) {
            self.metadata = None;
        }
    }
}

impl TokenCache {
    /// Begins with `contents`: [`Contents::default`], or what another cache held. `early_refresh` is for
    /// [`TokenCache::is_fresh`]; each client has its own.
    pub fn new(early_refresh: Duration, contents: Contents) -> Self {
        let Contents { key, token, metadata } = contents;
        // An address that the secret would go to must be somebody's.
        let metadata = metadata.filter(|_| key.is_some());
        let owner = key.map(|key| Rc::new(Owner { key, secret: None }));
        let state = State {
            owner,
            token,
            metadata,
            refused: VecDeque::new(),
            is_distrustful: false,
            stopped: 0,
            flights: Flights::default(),
            newest: 0,
        };
        TokenCache { early_refresh, state: RefCell::new(state) }
    }

    /// How long before its end a token counts as old for [`TokenCache::is_fresh`].
    pub fn early_refresh(&self) -> Duration {
        self.early_refresh
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
    pub fn is_fresh(&self, now: UnixTime) -> bool {
        self.state.borrow().token.as_ref().is_some_and(|token| token.is_fresh(now, self.early_refresh))
    }

    /// Forgets everything. What is under way still serves those who wait for it, and is not kept.
    pub fn clear(&self) {
        let mut state = self.state.borrow_mut();
        if let Some(token) = state.token.take() {
            state.refuse(&token.access_token);
        }
        state.newest = state.flights.clear();
        state.owner = None;
        state.metadata = None;
    }

    /// What `look` makes of the token of `owner`, if that is fresh.
    pub(crate) fn with_fresh<R>(
        &self,
        owner: &Rc<Owner>,
        early_refresh: Duration,
        now: UnixTime,
        look: impl FnOnce(&Secret) -> R,
    ) -> Option<R> {
        let mut state = self.state.borrow_mut();
        if !state.token.as_ref()?.is_fresh(now, early_refresh) || !state.is_of(owner) {
            return None;
        }
        state.token.as_ref().map(|token| look(&token.access_token))
    }

    /// Forgets the token, if it is still this one: the server has refused it.
    pub(crate) fn forget(&self, access_token: &Secret) {
        let mut state = self.state.borrow_mut();
        state.refuse(access_token);
        if state.token.as_ref().is_some_and(|token| token.access_token == *access_token) {
            state.token = None;
        }
    }

    /// Whether the server has refused it, or it was cleared.
    pub(crate) fn has_refused(&self, access_token: &Secret) -> bool {
        self.state.borrow().refused.contains(access_token)
    }

    /// Whether what discovery found may be to blame for a login that failed.
    pub(crate) fn is_distrustful(&self) -> bool {
        self.state.borrow().is_distrustful
    }

    pub(crate) fn metadata(&self, owner: &Rc<Owner>) -> Option<Metadata> {
        let mut state = self.state.borrow_mut();
        state.metadata.as_ref()?;
        if state.is_of(owner) {
            state.metadata.clone()
        } else {
            None
        }
    }

    /// The next time that a flight begins or ends.
    pub(crate) fn next_change(&self, runtime: &impl Runtime) -> Event {
        self.state.borrow_mut().flights.next_change(runtime)
    }

    /// Tells those who wait that a flight has begun or ended.
    pub(crate) fn announce(&self) {
        // Whoever waits may ask for something else at once.
        let change = self.state.borrow_mut().flights.take_change();
        if let Some(change) = change {
            change.happen();
        }
    }

    pub(crate) fn with_flights<R>(&self, look: impl FnOnce(&mut Flights) -> R) -> R {
        look(&mut self.state.borrow_mut().flights)
    }

    /// Takes what a flight brought.
    pub(crate) fn land(&self, flight: &Rc<Flight>, outcome: &Result<Fetched, Error>, now: UnixTime) {
        let mut state = self.state.borrow_mut();
        state.flights.give_up(flight);
        if flight.end() || flight.generation() < state.newest {
            return;
        }
        state.stopped = 0;
        match outcome {
            Ok(Fetched { token, metadata, .. }) => {
                state.is_distrustful = false;
                state.newest = flight.generation();
                state.owner = Some(flight.owner().clone());
                state.metadata.clone_from(metadata);
                state.token = Some(token.clone()).filter(|token| token.expires_at.is_none_or(|end| end > now));
            }
            Err(_) => state.distrust(flight.owner()),
        }
    }

    /// Nobody waits for a flight any more.
    pub(crate) fn abandon(&self, flight: &Rc<Flight>) {
        let mut state = self.state.borrow_mut();
        if flight.end() {
            return;
        }
        state.flights.give_up(flight);
        state.stopped += 1;
        // Once may be the caller's haste. Twice, and what discovery found may lead to where nobody answers.
        if state.stopped > 1 {
            state.distrust(flight.owner());
        }
        drop(state);
        flight.stop();
    }
}
