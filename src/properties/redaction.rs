use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE};
use base64::Engine;
use proptest::prelude::*;
use proptest::sample::select;
use url::form_urlencoded;

use super::{cases, is_harmless, secret, text};
use crate::redaction::Secrets;
use crate::secret::Secret;
use crate::text::{hex, path_segment, push_form_value, shortened};

fn form_value(text: &str) -> String {
    let mut out = String::new();
    push_form_value(&mut out, text);
    out
}

/// `text` in every form in which a server may repeat it: as it is, form or percent encoded, that up to three times, quoted
/// in JSON, escaped in JavaScript or HTML, in hexadecimal, in base64.
pub(super) fn repeated(text: &str) -> Vec<String> {
    let form = form_value(text);
    let percent = path_segment(text);
    let quoted = serde_json::to_string(text).expect("a text");
    let mut forms = vec![text.to_string(), form_value(&form), path_segment(&percent), lowercase_escapes(&percent)];
    forms.extend([form, percent.clone(), quoted[1..quoted.len() - 1].to_string()]);
    forms.extend(escaped_for_html(text));
    forms.push(path_segment(&path_segment(&percent)));
    forms.extend([hex(text.as_bytes()), hex(text.as_bytes()).to_uppercase()]);
    forms.extend([&STANDARD_NO_PAD, &URL_SAFE].map(|alphabet| alphabet.encode(text)));
    forms.push(text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect());
    forms.push(text.chars().map(|one| format!("&#x{:x};", u32::from(one))).collect());
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

fn is_hidden(secret: &str, text: &str) -> bool {
    let secrets = Secrets::new(vec![Secret::new("another-one-that-is-nowhere"), Secret::new(secret)], Vec::new());
    let shown = secrets.shown(text);
    assert!(shown == "[redacted]" || shown == shortened(text), "{shown}");
    shown == "[redacted]" && text != "[redacted]"
}

/// Whether it is looked for at all: padding of base64 is not.
fn is_sought(secret: &str) -> bool {
    !secret.trim_end_matches('=').is_empty()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_secret_is_found_in_whatever_form_it_is_repeated(
        secret in prop_oneof![secret(), "[ -~éü]{1,20}"], before in text(), after in text(),
    ) {
        prop_assume!(is_sought(&secret));
        for form in repeated(&secret) {
            let text = format!("{before}{form}{after}");
            // An escape that is cut off before it may swallow its beginning, as it would for any reader.
            let text = if before.contains(['%', '&', '\\']) { form } else { text };
            prop_assert!(is_hidden(&secret, &text), "{secret} in {text}");
        }
    }

    #[test]
    fn a_secret_is_found_where_the_standard_library_finds_it(part in "[ab]{1,7}", text in "[ab]{0,40}") {
        prop_assert_eq!(is_hidden(&part, &text), text.contains(&part));
    }

    #[test]
    fn whatever_form_urlencoded_reads_is_found(text in text()) {
        // It takes what it is given for one name, where there is nothing that separates.
        let name = text.replace(['&', '='], "");
        let read = form_urlencoded::parse(name.as_bytes()).next().map_or(String::new(), |(name, _)| name.into_owned());
        if !read.is_empty() && !read.contains('\u{fffd}') {
            prop_assert!(is_hidden(&read, &name), "{read} in {name}");
        }
    }

    #[test]
    fn a_secret_that_is_not_repeated_is_not_found(secret in secret(), text in "[a-z .]{0,60}") {
        prop_assume!(!text.contains(&secret));
        prop_assert!(!is_hidden(&secret, &text));
        prop_assert!(!is_hidden("", &text));
        prop_assert!(!is_hidden("==", &text));
    }

    #[test]
    fn what_is_too_short_to_tell_is_looked_for_in_no_name(secret in "[a-z]{1,30}", before in "[A-Z]{0,5}", after in "[A-Z]{0,5}") {
        let secrets = Secrets::new(vec![Secret::new(secret.as_str())], Vec::new());
        let name = format!("{before}{secret}{after}");
        prop_assert_eq!(secrets.are_in_address(&name), secret.len() >= 6);
        prop_assert_eq!(secrets.are_in_kind(&name), secret.len() >= 20);
        prop_assert_eq!(secrets.shown(&name), "[redacted]");
    }

    #[test]
    fn what_is_shown_is_one_line_that_ends(secret in secret(), text in text(), times in select(vec![1, 100])) {
        let shown = Secrets::new(vec![Secret::new(secret)], Vec::new()).shown(&text.repeat(times));
        prop_assert!(shown.len() <= 303 && is_harmless(&shown));
    }
}
