use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use percent_encoding::{percent_decode_str, utf8_percent_encode, AsciiSet, NON_ALPHANUMERIC};
use proptest::char;
use proptest::collection::vec;
use proptest::prelude::*;
use url::form_urlencoded;

use super::{cases, text};
use crate::secret::Secret;
use crate::text::*;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text and a part of it.
fn text_and_part() -> impl Strategy<Value = (String, String)> {
    (text(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(|(text, one, other)| {
        let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        ends = vec![*one.get(&ends), *other.get(&ends)];
        ends.sort();
        let part = text[ends[0]..ends[1]].to_string();
        (text, part)
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_template_is_filled_once_and_from_left_to_right(pieces in vec("[^{]{0,4}\\{?", 1..6), arguments in vec(text(), 0..8)) {
        // A piece that ends in a brace is followed by something else than the brace's other half.
        let pieces: Vec<String> = pieces.into_iter().map(|piece| piece.replace('}', ")")).collect();
        let mut expected = String::new();
        for (at, piece) in pieces.iter().enumerate() {
            if at > 0 {
                expected.push_str(arguments.get(at - 1).map_or("", String::as_str));
            }
            expected.push_str(piece);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        prop_assert_eq!(fill(&pieces.join("{}"), &arguments), expected);
    }

    #[test]
    fn a_cut_is_split_once_of_the_standard_library(text in text(), separator in prop::sample::select(b"\0 ,:/{".to_vec())) {
        let expected = text.split_once(char::from(separator)).unwrap_or((&text, ""));
        prop_assert_eq!(cut(&text, separator), expected);
    }

    #[test]
    fn what_is_trimmed_and_compared_the_standard_library_says_too((text, part) in text_and_part()) {
        prop_assert_eq!(without_trailing(b'=', &text), text.trim_end_matches('='));
        prop_assert_eq!(every(&text, |byte| byte != b'='), text.bytes().all(|byte| byte != b'='));
        let lowercase = part.to_ascii_lowercase();
        prop_assert!(is_in_any_case(part.as_bytes(), lowercase.as_bytes()));
        prop_assert_eq!(is_in_any_case(text.as_bytes(), lowercase.as_bytes()), text.eq_ignore_ascii_case(&part));
    }

    #[test]
    fn a_number_is_written_as_the_standard_library_does(number: u64, small in 0..200u64, bytes in vec(any::<u8>(), 0..40)) {
        for number in [number, small] {
            prop_assert_eq!(decimal(number), number.to_string());
        }
        let expected: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        prop_assert_eq!(hex(&bytes), expected);
    }

    #[test]
    fn a_path_segment_is_what_percent_encoding_makes(text in text()) {
        let segment = path_segment(&text);
        prop_assert_eq!(&segment, &utf8_percent_encode(&text, UNRESERVED).to_string());
        prop_assert_eq!(percent_decode_str(&segment).decode_utf8().expect("UTF-8"), text);
    }

    #[test]
    fn form_fields_are_what_form_urlencoded_makes(pairs in vec((text(), text()), 0..5)) {
        let mut found = String::new();
        for (name, value) in &pairs {
            push_form_field(&mut found, name, value);
        }
        let expected = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(form_urlencoded::parse(found.as_bytes()).into_owned().collect::<Vec<_>>(), pairs);
    }

    #[test]
    fn base64_is_that_of_the_crate_of_this_name(text in text(), bytes in vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(base64(&Secret::new(text.as_str())), STANDARD.encode(&text));
        prop_assert_eq!(encode_base64(&bytes), STANDARD.encode(&bytes));
    }

    #[test]
    fn what_is_shortened_is_the_beginning_at_a_boundary_in_one_line(
        text in vec(
            prop_oneof![
                4 => any::<char>(),
                1 => char::range('\u{2000}', '\u{206f}'),
                1 => char::range('\u{600}', '\u{620}'),
                1 => char::range('\0', '\u{a0}'),
            ],
            0..30,
        ).prop_map(String::from_iter),
        times in 1..20usize,
    ) {
        let long = text.repeat(times);
        // Unicode's Bidi_Control, and the two separators of lines.
        let turns = |one: char| {
            matches!(one, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let harmless = long.replace(|one: char| one.is_control() || turns(one), " ");
        let short = shortened(&long);
        match short.strip_suffix('…') {
            Some(beginning) if short != harmless => {
                // What a blank stands for may be longer than it.
                prop_assert!(harmless.starts_with(beginning));
                prop_assert!((297..=300).contains(&beginning.len()), "{}", beginning.len());
            }
            _ => prop_assert_eq!(&short, &harmless),
        }
        prop_assert!(long.len() > 300 || !short.ends_with('…') || long.ends_with('…'));
    }

    #[test]
    fn visible_ascii_and_control_characters_are_those_of_the_standard_library(text in text()) {
        prop_assert_eq!(has_control(&text), text.contains(char::is_control));
        prop_assert_eq!(is_bearer_token(&text), !text.is_empty() && text.chars().all(|one| one.is_ascii_graphic()));
    }
}
