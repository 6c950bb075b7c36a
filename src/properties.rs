//! What holds for every input, a file for each module, judged by other people's readers and writers where there are
//! some.
//!
//! `PROPTEST_CASES=20000 cargo test properties` looks longer. What has once failed is kept in
//! `tests/regressions`, and tried first from then on.

mod answers;
mod config;
mod diagnose;
mod documents;
mod error;
mod http;
mod http_date;
mod json;
mod json_syntax;
mod nextcloud;
mod oauth;
mod pace;
mod redaction;
mod text;
mod url;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

use crate::platform::UnixTime;

fn cases() -> ProptestConfig {
    let kept = FileFailurePersistence::SourceParallel("tests/regressions");
    ProptestConfig { failure_persistence: Some(Box::new(kept)), ..ProptestConfig::default() }
}

/// Any text, most often of what means something to one of the readers.
fn text() -> impl Strategy<Value = String> {
    const MEANT: &str = "\0\t\n\r \"\\/{}[]()<>&;#?%+=:,.-_~*'@aAbuxn019é\u{7f}\u{80}\u{9f}\u{a0}\u{fffd}\u{ff0f}😀";
    let meant: Vec<char> = MEANT.chars().collect();
    let character = prop_oneof![3 => select(meant), 1 => any::<char>()];
    vec(character, 0..24).prop_map(String::from_iter)
}

/// Whether `text` does nothing in a log or on a terminal but stand there: it begins no line, moves no cursor, does not turn
/// the direction of what follows (Unicode's Bidi_Control).
fn is_harmless(text: &str) -> bool {
    !text.contains(|one: char| {
        let turns =
            matches!(one, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        turns || one.is_control()
    })
}

/// A secret as people have them, too long to stand in a text by chance: visible, or an app password.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof!["[!-~]{20,40}", app_password()]
}

fn app_password() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9]{5}(-[a-zA-Z0-9]{5}){4}"
}

/// What a clock may show: within what a `Date` can hold.
fn time() -> impl Strategy<Value = UnixTime> {
    const MAX_MS: i64 = 8_640_000_000_000_000;
    prop_oneof![Just(1_795_422_076_000), -MAX_MS..=MAX_MS].prop_map(UnixTime::from_millis)
}
