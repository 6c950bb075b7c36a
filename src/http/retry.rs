//! Whether to send a request once more, and when.

use core::time::Duration;

use super::response::Response;
use crate::platform::{TransportError, UnixTime};

/// The longest time that JavaScript's `setTimeout` takes; with more it fires at once. Nobody is told to wait longer.
pub(crate) const MAX_WAIT: Duration = Duration::from_millis(i32::MAX as u64);

/// Whether a failure of this status is one of a gateway, or of a server that is busy: asking again can help. 520 to 524
/// are Cloudflare's, of a server behind it.
pub(crate) fn can_pass(status: u16) -> bool {
    matches!(status, 502..=504 | 520..=524)
}

/// Full jitter: anything from nothing to 500 ms, 1 s, 2 s and so on, so that clients that failed together do not
/// come back together. `random` is evenly distributed over all its values.
pub(crate) fn backoff(random: u32, tries: u32) -> Duration {
    Duration::from_millis((u64::from(random) * (500 << tries.min(6))) >> 32)
}

/// How long to wait before another try, or `None` where none would help. `sends_password`: of an account.
pub(crate) fn pause(
    result: &Result<Response, TransportError>,
    tries: u32,
    now: UnixTime,
    random: u32,
    sends_password: bool,
) -> Option<Duration> {
    match result {
        Err(TransportError::Network { .. }) => Some(backoff(random, tries)),
        Err(_) => None,
        Ok(response) => {
            let asked = response.retry_after(now);
            match response.status {
                // Where a password was sent, this may be Nextcloud's brute-force lock, which each try would make longer.
                429 if sends_password => asked,
                429 => Some(asked.unwrap_or(backoff(random, tries))),
                // Maintenance takes minutes: only the server can know how many.
                503 if response.is_maintenance() => asked,
                status if can_pass(status) => Some(asked.unwrap_or(backoff(random, tries))),
                _ => None,
            }
        }
    }
}
