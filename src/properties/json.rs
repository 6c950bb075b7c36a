use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::value::RawValue;

use super::documents::{array_of, json, members_of, name, number, style, Json};
use super::{config, text};
use crate::json::{integer, items, member, text as decoded};

/// NUL separates what goes to JavaScript, so it never comes out of a text.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

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

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_member_is_the_one_that_serde_json_finds(members in members_of(json()), other in name(), style in style()) {
        let object = style.write(&Json::Object(members.clone()));
        let oracle: HashMap<String, Box<RawValue>> = serde_json::from_str(&object).expect("JSON");
        for name in members.iter().map(|(name, _)| name).chain([&other]).filter(|name| !name.contains(['\0', '\u{fffd}'])) {
            let expected = oracle.get(name).map_or("", |value| value.get());
            prop_assert_eq!(member(&object, name), expected, "{} of {}", name, object);
        }
    }

    #[test]
    fn items_are_those_that_serde_json_finds(array in array_of(json()), style in style()) {
        let array = style.write(&Json::Array(array));
        let oracle: Vec<Box<RawValue>> = serde_json::from_str(&array).expect("JSON");
        let expected: Vec<_> = oracle.iter().map(|value| value.get()).collect();
        prop_assert_eq!(items(&array).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_text_is_decoded_as_serde_json_does(text in text(), style in style()) {
        let written = style.write(&Json::Text(text.clone()));
        prop_assert_eq!(serde_json::from_str::<String>(&written).expect("JSON"), text.clone());
        prop_assert_eq!(decoded(&written), Some(without_nul(&text)));
    }

    #[test]
    fn a_value_that_is_no_text_is_none(value in json(), style in style()) {
        if !matches!(value, Json::Text(_)) {
            prop_assert_eq!(decoded(&style.write(&value)), None);
        }
    }

    #[test]
    fn halves_of_pairs_are_decoded_as_the_standard_library_does(
        units in vec(prop_oneof![any::<u16>(), 0xd7fe..0xe002u16, Just(0x41)], 0..8),
    ) {
        let written: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let expected = without_nul(&String::from_utf16_lossy(&units));
        prop_assert_eq!(decoded(&format!("\"{written}\"")), Some(expected));
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

    #[test]
    fn text_that_is_no_json_is_read_without_a_panic(text in text(), name in name()) {
        let found = member(&text, &name);
        prop_assert!(text.contains(found));
        for item in items(&text) {
            prop_assert!(text.contains(item));
        }
        let _ = decoded(&text);
    }
}
