//! What holds for every input, a file for each module, judged by other people's readers and writers where there are
//! some. Those of the client's own modules are in `client/properties`.
//!
//! `PROPTEST_CASES=20000 cargo test properties` looks longer. What has once failed is kept in
//! `tests/regressions`, and tried first from then on.

mod diagnose;
pub(crate) mod documents;
mod exchange;
mod json;
mod nextcloud;
mod oauth;
mod questions;
mod setup;
mod text;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

pub(crate) fn config() -> ProptestConfig {
    let kept = FileFailurePersistence::SourceParallel("tests/regressions");
    ProptestConfig { failure_persistence: Some(Box::new(kept)), ..ProptestConfig::default() }
}

/// Any text, most often of what means something to one of the readers.
pub(crate) fn text() -> impl Strategy<Value = String> {
    const MEANT: &str = "\0\t\n\r \"\\/{}[]()<>&;#?%+=:,.-_~*'@aAbuxn019é\u{7f}\u{80}\u{9f}\u{a0}\u{fffd}\u{ff0f}😀";
    let meant: Vec<char> = MEANT.chars().collect();
    let character = prop_oneof![3 => select(meant), 1 => any::<char>()];
    vec(character, 0..24).prop_map(String::from_iter)
}

/// The same without NUL, which separates the fields of a question.
pub(crate) fn field() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace('\0', ""))
}

/// A secret as people have them, too long to stand in a text by chance: visible, or an app password.
pub(crate) fn secret() -> impl Strategy<Value = String> {
    prop_oneof!["[!-~]{20,40}", "[a-zA-Z0-9]{5}(-[a-zA-Z0-9]{5}){4}"]
}
