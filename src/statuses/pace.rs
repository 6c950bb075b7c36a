//! How many at a time, when to slow down, when to stop. Pure: the clock is an argument.

use core::time::Duration;

use crate::error::{Error, ErrorCode};
use crate::http::{backoff, can_pass};
use crate::platform::UnixTime;

/// The longest that a server's `Retry-After` is waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A server that at least so many users in a row do not reach is not there for the others either.
const UNREACHED_USERS: u32 = 20;

/// What becomes of a user whose call failed.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// Asked about once more.
    Again,
    /// A row with the error.
    Row,
    /// The error concerns everyone.
    Stop,
}

pub(super) struct Pace {
    concurrency: u32,
    max_retries: u32,
    /// How many may be under way now.
    limit: f64,
    paused_until: Option<UnixTime>,
    /// Users in a row for whom the server could not be reached.
    unreached: u32,
    /// Whether each wrong password counts towards a lock, and none was accepted yet.
    may_lock: bool,
}

impl Pace {
    pub(super) fn new(concurrency: u32, max_retries: u32, may_lock: bool) -> Self {
        // With room for nobody the rows would never end.
        let concurrency = concurrency.max(1);
        let limit = f64::from(concurrency);
        Pace { concurrency, max_retries, limit, paused_until: None, unreached: 0, may_lock }
    }

    /// How long nobody may be asked.
    pub(super) fn pause(&self, now: UnixTime) -> Option<Duration> {
        Some(self.paused_until?.since(now)).filter(|pause| !pause.is_zero())
    }

    pub(super) fn has_room(&self, under_way: usize) -> bool {
        let limit = if self.may_lock { 1 } else { self.limit as usize };
        under_way < limit
    }

    pub(super) fn went_well(&mut self) {
        // One more at a time for every round that went well.
        self.limit = f64::from(self.concurrency).min(self.limit + 1.0 / self.limit);
        self.unreached = 0;
        self.may_lock = false;
    }

    /// `random` is evenly distributed over all its values.
    pub(super) fn meet(&mut self, error: &Error, tries: u32, now: UnixTime, random: u32) -> Verdict {
        let is_gateways = error.status.is_some_and(can_pass) && error.code != ErrorCode::Maintenance;
        let is_unreached = is_gateways || matches!(error.code, ErrorCode::Network | ErrorCode::Timeout);
        // Not for a time limit, which would be that long once more.
        let can_pass = is_gateways || error.status == Some(429) || error.code == ErrorCode::Network;
        let pause = error.retry_after.unwrap_or(backoff(random, tries));
        if can_pass && tries < self.max_retries && pause <= LONGEST_PAUSE {
            // Half as many from now on; but those that fail together count as one.
            if self.pause(now).is_none() {
                self.limit = (self.limit / 2.0).max(1.0);
            }
            self.paused_until = self.paused_until.max(Some(now + pause));
            return Verdict::Again;
        }
        if error.code.concerns_all() {
            return Verdict::Stop;
        }
        if is_unreached {
            self.unreached += 1;
            if self.unreached >= UNREACHED_USERS.max(self.concurrency.saturating_mul(2)) {
                return Verdict::Stop;
            }
        } else {
            self.unreached = 0;
            self.may_lock &= error.status.is_none();
        }
        Verdict::Row
    }
}
