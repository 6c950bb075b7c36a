use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::value::RawValue;

use super::documents::{array_of, json, members_of, name, number, object, style, Json};
use super::{cases, text};
use crate::json::{integer, Object, Value};

/// What is before the point of a decimal number is worked out digit by digit, however long it is.
fn integer_part(number: &str) -> (bool, String) {
    let (is_negative, number) = number.strip_prefix('-').map_or((false, number), |number| (true, number));
    let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let point = whole.len() as i64 + exponent.parse::<i64>().expect("an exponent of a few digits");
    let digits = [whole, fraction].concat();
    let integer: String =
        (0..point).map(|at| digits.as_bytes().get(at as usize).map_or('0', |digit| char::from(*digit))).collect();
    (is_negative, integer.trim_start_matches('0').to_string())
}

/// Whether `found` is what was written.
fn is_same(found: Value<'_>, written: &Json) -> bool {
    match (found, written) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(found), Json::Bool(is)) => found == *is,
        (Value::Number(found), Json::Number(number)) => found == number,
        (Value::Text(found), Json::Text(text)) => found.decode() == *text,
        (Value::Array(found), Json::Array(items)) => {
            found.items().count() == items.len() && found.items().zip(items).all(|(found, item)| is_same(found, item))
        }
        (Value::Object(found), Json::Object(members)) => {
            found.members().count() == members.len()
                && found
                    .members()
                    .zip(members)
                    .all(|((key, found), (name, value))| key.decode() == *name && is_same(found, value))
        }
        _ => false,
    }
}

/// The same value as serde_json's, which is only that of this text.
fn is_of(found: Value<'_>, raw: &str) -> bool {
    match found {
        Value::Null => raw == "null",
        Value::Bool(is) => raw == is.to_string(),
        Value::Number(number) => raw == number,
        Value::Text(text) => serde_json::from_str::<String>(raw).is_ok_and(|expected| text.decode() == expected),
        Value::Array(array) => serde_json::from_str::<Vec<Box<RawValue>>>(raw).is_ok_and(|expected| {
            array.items().count() == expected.len()
                && array.items().zip(expected).all(|(found, expected)| is_of(found, expected.get()))
        }),
        Value::Object(object) => serde_json::from_str::<HashMap<String, Box<RawValue>>>(raw).is_ok_and(|expected| {
            expected.iter().all(|(name, expected)| object.get(name).is_some_and(|found| is_of(found, expected.get())))
                && object.members().all(|(name, _)| expected.contains_key(&name.decode()))
        }),
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_member_is_the_one_that_serde_json_finds(members in members_of(json()), other in name(), style in style()) {
        let text = style.write(&Json::Object(members.clone()));
        let object = Object::parse(&text).expect("an object");
        let oracle: HashMap<String, Box<RawValue>> = serde_json::from_str(&text).expect("JSON");
        for name in members.iter().map(|(name, _)| name).chain([&other]) {
            match (object.get(name), oracle.get(name)) {
                (None, None) => {}
                (Some(found), Some(expected)) => prop_assert!(is_of(found, expected.get()), "{name} of {text}"),
                _ => prop_assert!(false, "{name} of {text}"),
            }
        }
    }

    #[test]
    fn members_and_items_are_those_that_were_written(members in members_of(json()), style in style()) {
        let text = style.write(&Json::Object(members.clone()));
        let object = Object::parse(&text).expect("an object");
        prop_assert!(is_same(Value::Object(object), &Json::Object(members)), "{text}");
    }

    #[test]
    fn a_member_is_taken_for_what_it_is_and_for_nothing_else(value in json(), style in style()) {
        let text = style.write(&object([("a", value.clone())]));
        let object = Object::parse(&text).expect("an object");
        let expected = if let Json::Text(text) = &value { Some(text.clone()) } else { None };
        prop_assert_eq!(object.text("a"), expected);
        prop_assert_eq!(object.array("a").is_some(), matches!(value, Json::Array(_)));
        prop_assert_eq!(object.object("a").is_some(), matches!(value, Json::Object(_)));
        prop_assert_eq!(object.is_true("a"), matches!(value, Json::Bool(true)));
    }

    #[test]
    fn items_are_those_that_serde_json_finds(array in array_of(json()), style in style(), wanted in name()) {
        let text = style.write(&object([("a", Json::Array(array.clone()))]));
        let found = Object::parse(&text).and_then(|object| object.array("a")).expect("an array");
        let oracle: HashMap<String, Vec<Box<RawValue>>> = serde_json::from_str(&text).expect("JSON");
        prop_assert_eq!(found.items().count(), oracle["a"].len());
        for (found, expected) in found.items().zip(&oracle["a"]) {
            prop_assert!(is_of(found, expected.get()), "{expected} in {text}");
        }
        for wanted in array.iter().filter_map(|item| if let Json::Text(text) = item { Some(text) } else { None }) {
            prop_assert!(found.lists(wanted));
        }
        prop_assert_eq!(found.lists(&wanted), array.iter().any(|item| matches!(item, Json::Text(text) if *text == wanted)));
    }

    #[test]
    fn a_text_is_decoded_as_serde_json_does(text in text(), style in style()) {
        let written = style.write(&object([("a", Json::Text(text.clone()))]));
        let oracle: HashMap<String, String> = serde_json::from_str(&written).expect("JSON");
        prop_assert_eq!(&oracle["a"], &text);
        prop_assert_eq!(Object::parse(&written).and_then(|object| object.text("a")), Some(text));
    }

    #[test]
    fn halves_of_pairs_are_decoded_as_the_standard_library_does(
        units in vec(prop_oneof![any::<u16>(), 0xd7fe..0xe002u16, Just(0x41), Just(0)], 0..8),
    ) {
        let written: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let text = format!("{{\"a\":\"{written}\",\"{written}\":1}}");
        let object = Object::parse(&text).expect("an object");
        let expected = String::from_utf16_lossy(&units);
        prop_assert!(object.get(&expected).is_some());
        if expected != "a" {
            prop_assert_eq!(object.text("a"), Some(expected));
        }
    }

    #[test]
    fn an_integer_is_exact_up_to_17_digits_and_saturates_beyond_19(number in number()) {
        let (is_negative, digits) = integer_part(&number);
        let found = integer(&number).expect("an integer");
        let magnitude = if is_negative { -found } else { found };
        match digits.len() {
            0 => prop_assert_eq!(found, 0),
            1..=17 => prop_assert_eq!(magnitude.to_string(), digits),
            // Of one that long the last two digits may be missing.
            18 | 19 => {
                let expected = digits.parse::<i64>().unwrap_or(i64::MAX);
                prop_assert!((expected - 99..=expected).contains(&magnitude), "{found}");
            }
            _ => prop_assert_eq!(magnitude, i64::MAX),
        }
    }

    #[test]
    fn what_is_no_number_is_no_integer(text in prop_oneof![text(), "[-+.eE0-9 ]{0,6}"]) {
        let is_number = serde_json::from_str::<&RawValue>(&text).is_ok() && text.ends_with(|last: char| last.is_ascii_digit());
        if is_number && !text.starts_with([' ', '\t', '\n', '\r']) {
            prop_assert!(integer(&text).is_some());
        }
        if integer(&text).is_some() {
            prop_assert!(text.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit()));
            prop_assert!(text.bytes().all(|byte| b"-+.eE0123456789".contains(&byte)));
        }
    }

    /// What is cut off and spliced is an object or is none, and what is one can be read to its end.
    #[test]
    fn whatever_is_taken_for_an_object_is_read_without_a_panic(
        members in members_of(json()), style in style(), at: prop::sample::Index, more in text(), name in name(),
    ) {
        let mut characters: Vec<char> = style.write(&Json::Object(members)).chars().collect();
        let at = at.index(characters.len() + 1);
        characters.splice(at..at, more.chars());
        let text = String::from_iter(characters);
        if let Some(object) = Object::parse(&text) {
            let _ = object.get(&name);
            for (name, value) in object.members() {
                prop_assert!(object.get(&name.decode()).is_some());
                if let Value::Number(number) = value {
                    prop_assert!(integer(number).is_some());
                }
            }
        }
    }
}
