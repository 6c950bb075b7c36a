use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use percent_encoding::{percent_decode_str, utf8_percent_encode, AsciiSet, NON_ALPHANUMERIC};
use proptest::char;
use proptest::collection::vec;
use proptest::prelude::*;
use url::form_urlencoded;

use super::{config, secret, text};
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

/// `text` in every form in which a server may repeat it: as it is, form or percent encoded, that once more, quoted in
/// JSON, escaped in HTML.
pub(super) fn repeated(text: &str) -> Vec<String> {
    let form = form_component(text);
    let percent = path_segment(text);
    let quoted = serde_json::to_string(text).expect("a text");
    let mut forms = vec![text.to_string(), form_component(&form), path_segment(&percent), lowercase_escapes(&percent)];
    forms.extend([form, percent, quoted[1..quoted.len() - 1].to_string()]);
    forms.extend(escaped_for_html(text));
    forms
}

fn lowercase_escapes(percent: &str) -> String {
    let mut pieces = percent.split('%');
    let mut out = pieces.next().unwrap_or("").to_string();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2);
        out.extend(["%", &digits.to_ascii_lowercase(), rest]);
    }
    out
}

/// By name as far as there is one, in decimal as PHP writes it, in hexadecimal.
fn escaped_for_html(text: &str) -> [String; 3] {
    let escaped = |write: fn(char) -> String| {
        text.chars().map(|one| if "<>&\"'".contains(one) { write(one) } else { one.to_string() }).collect()
    };
    let named = |one| match one {
        '<' => "&lt;".to_string(),
        '>' => "&gt;".to_string(),
        '&' => "&amp;".to_string(),
        '"' => "&quot;".to_string(),
        other => format!("&#{:03};", u32::from(other)),
    };
    [
        escaped(named),
        escaped(|one| format!("&#{:03};", u32::from(one))),
        escaped(|one| format!("&#x{:X};", u32::from(one))),
    ]
}

proptest! {
    #![proptest_config(config())]

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
    fn what_is_trimmed_and_contained_the_standard_library_says_too((text, part) in text_and_part(), other in "[a\\\\=/]{0,2}") {
        prop_assert_eq!(without_trailing(b'=', &text), text.trim_end_matches('='));
        for part in [&part, &other] {
            prop_assert_eq!(contains(text.as_bytes(), part.as_bytes()), text.contains(part.as_str()));
        }
        let lowercase = part.to_ascii_lowercase();
        prop_assert!(is_in_any_case(part.as_bytes(), lowercase.as_bytes()));
        prop_assert_eq!(is_in_any_case(text.as_bytes(), lowercase.as_bytes()), text.eq_ignore_ascii_case(&part));
    }

    #[test]
    fn a_number_is_written_as_the_standard_library_does(number: u64, small in 0..200u64) {
        for number in [number, small] {
            let mut out = String::from("x");
            push_decimal(&mut out, number);
            prop_assert_eq!(out, format!("x{number}"));
        }
    }

    #[test]
    fn a_path_segment_is_what_percent_encoding_makes(text in text()) {
        prop_assert_eq!(path_segment(&text), utf8_percent_encode(&text, UNRESERVED).to_string());
        let segment = path_segment(&text);
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
    fn what_is_form_decoded_form_urlencoded_reads_too(text in text()) {
        // It takes what it is given for one name, where there is nothing that separates.
        let name = text.replace(['&', '='], "");
        let expected = form_urlencoded::parse(name.as_bytes()).next().map_or(String::new(), |(name, _)| name.into_owned());
        let found = form_decoded(name.as_bytes());
        prop_assert_eq!(String::from_utf8_lossy(&found), expected);
        prop_assert_eq!(form_decoded(form_component(&text).as_bytes()), text.as_bytes());
    }

    #[test]
    fn base64_is_that_of_the_crate_of_this_name(text in text()) {
        prop_assert_eq!(base64(&text), STANDARD.encode(&text));
    }

    #[test]
    fn what_is_shortened_is_the_beginning_at_a_boundary_in_one_line(
        text in vec(prop_oneof![4 => any::<char>(), 1 => char::range('\u{2020}', '\u{206f}'), 1 => char::range('\0', '\u{a0}')], 0..30).prop_map(String::from_iter),
        times in 1..20usize,
    ) {
        let long = text.repeat(times);
        let turns = |one: char| ('\u{2028}'..='\u{202e}').contains(&one) || ('\u{2066}'..='\u{2069}').contains(&one);
        let harmless = long.replace(|one: char| one.is_control() || turns(one), " ");
        let short = shortened(&long);
        match short.strip_suffix('…') {
            Some(beginning) if short != harmless => {
                prop_assert!(harmless.starts_with(beginning));
                prop_assert!((297..=300).contains(&beginning.len()), "{}", beginning.len());
            }
            _ => prop_assert_eq!(&short, &harmless),
        }
        prop_assert!(long.len() > 300 || !short.ends_with('…') || long.ends_with('…'));
    }

    #[test]
    fn html_is_decoded_to_what_was_escaped(text in text()) {
        for escaped in escaped_for_html(&text) {
            prop_assert_eq!(html_decoded(escaped.as_bytes()), text.as_bytes(), "{}", escaped);
        }
        // What is no entity stays.
        let plain = text.replace('&', "");
        prop_assert_eq!(html_decoded(plain.as_bytes()), plain.as_bytes());
    }

    #[test]
    fn a_secret_is_found_in_whatever_form_it_is_repeated(
        secret in prop_oneof![secret(), "[ -~éü]{1,20}"], before in text(), after in text(),
    ) {
        for form in repeated(&secret) {
            let text = format!("{before}{form}{after}");
            // An escape that is cut off before it may swallow its beginning, as it would for any reader.
            let text = if before.contains(['%', '&']) { form } else { text };
            prop_assert!(is_in(&secret, &text), "{secret} in {text}");
        }
    }

    #[test]
    fn a_secret_that_is_not_repeated_is_not_found(secret in secret(), text in "[a-z .]{0,60}") {
        prop_assume!(!text.contains(&secret));
        prop_assert!(!is_in(&secret, &text));
        prop_assert!(!is_in("", &text));
    }

    #[test]
    fn visible_ascii_and_control_characters_are_those_of_the_standard_library(text in text()) {
        prop_assert_eq!(has_control(&text), text.contains(char::is_control));
        prop_assert_eq!(is_visible_ascii(&text), !text.is_empty() && text.chars().all(|one| one.is_ascii_graphic()));
    }
}
