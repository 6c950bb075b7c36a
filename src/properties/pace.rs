use core::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::cases;
use crate::error::{Error, ErrorCode, ErrorKind};
use crate::platform::UnixTime;

/// The module itself is seen by its parent alone.
#[allow(clippy::duplicate_mod)]
#[path = "../statuses/pace.rs"]
mod itself;

use itself::{Pace, Verdict};

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What comes back of one user, some time after the one before.
#[derive(Debug, Clone)]
struct Event {
    after_ms: u64,
    outcome: Outcome,
    tries: u32,
    random: u32,
}

#[derive(Debug, Clone, Copy)]
enum Outcome {
    Well,
    Network,
    Timeout,
    /// Of this status, with this time to stay away in seconds.
    Status(u16, Option<u64>),
    Mismatch,
}

impl Outcome {
    fn error(self) -> Option<Error> {
        let of = |status: u16, kind: fn(u16, Option<String>) -> ErrorKind| {
            Error::new(kind(status, None)).with_status(status)
        };
        Some(match self {
            Outcome::Well => return None,
            Outcome::Network => Error::new(ErrorKind::Network { reason: None }),
            Outcome::Timeout => Error::new(ErrorKind::Timeout { limit: Duration::from_secs(10) }),
            Outcome::Mismatch => Error::new(ErrorKind::AnotherAnswer).with_status(200),
            Outcome::Status(429, wait) => of(429, ErrorKind::too_many).with_retry_after(wait.map(Duration::from_secs)),
            Outcome::Status(status, wait) => {
                let failed = |status, said| ErrorKind::DiscoveryServerFailed { status, said };
                let kind = if status == 500 { ErrorKind::NotConfirmed { said: None } } else { failed(status, None) };
                Error::new(kind).with_status(status).with_retry_after(wait.map(Duration::from_secs))
            }
        })
    }
}

fn event() -> impl Strategy<Value = Event> {
    let wait = prop::option::of(prop_oneof![0..5u64, 0..200u64]);
    let outcome = prop_oneof![
        3 => Just(Outcome::Well),
        2 => Just(Outcome::Network),
        1 => Just(Outcome::Timeout),
        1 => Just(Outcome::Mismatch),
        4 => (select(vec![429u16, 500, 502, 503, 504, 520]), wait).prop_map(|(status, wait)| Outcome::Status(status, wait)),
    ];
    let after_ms = prop_oneof![Just(0), 0..90_000u64];
    (after_ms, outcome, 0..4u32, any::<u32>()).prop_map(|(after_ms, outcome, tries, random)| Event {
        after_ms,
        outcome,
        tries,
        random,
    })
}

/// How many may be under way.
fn room(pace: &Pace, concurrency: u32) -> u32 {
    let room = (0..=concurrency as usize).take_while(|under_way| pace.has_room(*under_way)).count();
    u32::try_from(room).expect("not so many")
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn there_is_always_room_for_one_and_never_for_more_than_was_allowed(
        concurrency in 1..20u32, max_retries in 0..4u32, may_lock: bool, events in vec(event(), 0..60),
    ) {
        let mut pace = Pace::new(concurrency, max_retries, may_lock);
        let mut now = UnixTime::from_millis(1_795_422_076_000);
        prop_assert_eq!(room(&pace, concurrency), if may_lock { 1 } else { concurrency });
        prop_assert_eq!(pace.pause(now), None);
        let mut is_locked = may_lock;
        for event in events {
            now = now + Duration::from_millis(event.after_ms);
            let (before, paused) = (room(&pace, concurrency), pace.pause(now));
            match event.outcome.error() {
                None => {
                    pace.went_well();
                    is_locked = false;
                    prop_assert!(room(&pace, concurrency) >= before);
                    prop_assert_eq!(pace.pause(now), paused);
                }
                Some(error) => {
                    let verdict = pace.meet(&error, event.tries, now, event.random);
                    is_locked &= !(matches!(event.outcome, Outcome::Mismatch | Outcome::Status(500, _)) && verdict == Verdict::Row);
                    let wait = error.retry_after.unwrap_or(Duration::ZERO);
                    match verdict {
                        Verdict::Again => {
                            prop_assert!(event.tries < max_retries && wait <= LONGEST_PAUSE);
                            // No sooner than the server wants.
                            prop_assert!(pace.pause(now).unwrap_or(Duration::ZERO) >= wait);
                            prop_assert!(room(&pace, concurrency) <= before);
                            // Those that fail together count as one.
                            prop_assert!(paused.is_none() || room(&pace, concurrency) == before);
                        }
                        Verdict::Row | Verdict::Stop => prop_assert_eq!(pace.pause(now), paused),
                    }
                }
            }
            prop_assert!((1..=concurrency).contains(&room(&pace, concurrency)));
            prop_assert!(!is_locked || room(&pace, concurrency) == 1);
            prop_assert!(pace.pause(now).is_none_or(|pause| !pause.is_zero() && pause <= LONGEST_PAUSE));
        }
    }

    /// A server that is gone is gone for all; it takes a number of users in a row to say so.
    #[test]
    fn users_in_a_row_that_are_not_reached_are_the_end(concurrency in 1..30u32, reached in 0..19u32) {
        let mut pace = Pace::new(concurrency, 0, false);
        let now = UnixTime::from_millis(0);
        let gone = Error::new(ErrorKind::Network { reason: None });
        for _ in 0..reached {
            prop_assert_eq!(pace.meet(&gone, 0, now, 0), Verdict::Row);
        }
        pace.went_well();
        let most = 20.max(2 * concurrency);
        for _ in 1..most {
            prop_assert_eq!(pace.meet(&gone, 0, now, 0), Verdict::Row);
        }
        prop_assert_eq!(pace.meet(&gone, 0, now, 0), Verdict::Stop);
    }

    /// What concerns everyone ends it, but for what passes; nothing else does at once.
    #[test]
    fn what_concerns_everyone_ends_it(event in event(), max_retries in 0..3u32) {
        let Some(error) = event.outcome.error() else { return Ok(()) };
        let verdict = Pace::new(8, max_retries, false).meet(&error, event.tries, UnixTime::from_millis(0), event.random);
        prop_assert_eq!(verdict == Verdict::Stop, error.code.concerns_all() && verdict != Verdict::Again);
        if error.code == ErrorCode::RateLimited && event.tries >= max_retries {
            prop_assert_eq!(verdict, Verdict::Stop);
        }
    }
}

/// What a program may want by mistake stands still for ever otherwise.
#[test]
fn none_at_a_time_is_one_at_a_time() {
    let mut pace = Pace::new(0, 0, false);
    assert!(pace.has_room(0));
    pace.went_well();
    assert!(pace.has_room(0));
}

#[test]
fn any_number_at_a_time_can_be_wanted() {
    let mut pace = Pace::new(u32::MAX, 0, false);
    assert_eq!(
        pace.meet(&Error::new(ErrorKind::Network { reason: None }), 0, UnixTime::from_millis(0), 0),
        Verdict::Row
    );
    assert!(pace.has_room(1_000_000));
}
