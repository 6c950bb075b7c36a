//! The answers in `tests/fuzz/corpus`, each held against all that holds for its kind.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use crate::fuzzed;

fn replay(kind: &str, holds: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The crate that is published has no corpus; cargo leaves this in it.
    if root.join("Cargo.toml.orig").exists() {
        return;
    }
    let folder = root.join("tests/fuzz/corpus").join(kind);
    let files: Vec<_> = fs::read_dir(&folder).expect("a corpus").map(|entry| entry.expect("a file").path()).collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        let input = fs::read(&file).expect("an answer");
        assert!(catch_unwind(|| holds(&input)).is_ok(), "{}", file.display());
    }
}

#[test]
fn kept_answers_to_discovery() {
    replay("discovery", fuzzed::discovery);
}

#[test]
fn kept_answers_of_the_token_endpoint() {
    replay("token", fuzzed::token);
}

#[test]
fn kept_answers_to_the_status_of_a_user() {
    replay("status", fuzzed::status);
}

#[test]
fn kept_answers_to_a_page_of_users() {
    replay("user_list", fuzzed::user_list);
}

#[test]
fn kept_answers_that_say_when_to_come_back() {
    replay("retry_after", fuzzed::retry_after);
}
