use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::value::RawValue;

use super::documents::{json, members_of, style, Json};
use super::{cases, text};
use crate::json::Object;

fn is_object(text: &str) -> bool {
    Object::parse(text).is_some()
}

/// As serde_json sees it. It does not look at the values, so that none is too large for it.
fn oracle(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok_and(|value| value.get().starts_with('{'))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_object_is_one_in_every_style(members in members_of(json()), style in style()) {
        let text = style.write(&Json::Object(members));
        prop_assert!(oracle(&text) && is_object(&text), "{text}");
    }

    #[test]
    fn what_else_there_is_is_none(value in json(), style in style()) {
        let text = style.write(&value);
        prop_assert_eq!(is_object(&text), oracle(&text), "{}", text);
    }

    #[test]
    fn an_object_with_a_character_more_or_less_is_what_serde_json_says(
        members in members_of(json()), style in style(), at: Index, removed in 0..2usize, added in "[\\PC\0-\u{1f}\"\\\\{}\\[\\],:0-9.eE+tfnu-]{0,2}",
    ) {
        let whole = style.write(&Json::Object(members));
        let mut characters: Vec<char> = whole.chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..(at + removed).min(characters.len()), added.chars());
        let text = String::from_iter(characters);
        prop_assert_eq!(is_object(&text), oracle(&text), "{}", text);
    }

    #[test]
    fn of_what_is_nearly_a_number_serde_json_says_the_same(number in "[-+]?[01]{0,3}(\\.[0-9]{0,2})?([eE][-+]?[0-9]{0,2})?") {
        let text = format!("{{\"a\":{number}}}");
        prop_assert_eq!(is_object(&text), oracle(&text), "{}", text);
    }

    #[test]
    fn of_any_text_serde_json_says_the_same(text in text()) {
        for text in [format!("{{{text}}}"), format!("{{\"a\":{text}}}"), text] {
            prop_assert_eq!(is_object(&text), oracle(&text), "{}", text);
        }
    }
}

#[test]
fn of_each_character_in_a_string_and_each_escape_serde_json_says_the_same() {
    for character in '\0'..'\u{300}' {
        for before in ["", "\\", "\\u00", "\\u000"] {
            let text = format!("{{\"a\":\"{before}{character}\"}}");
            assert_eq!(is_object(&text), oracle(&text), "{text}");
        }
    }
}
