//! Strings without `core::fmt`, which costs kilobytes of wasm: decimal numbers, percent and form encoding, base64.

use crate::memory::{Bytes, Text};

/// `template` with each `{}` replaced by the next of `arguments`. One text and its arguments take less wasm than the
/// pieces in between, and than `format!` by far.
pub(crate) fn fill(template: &str, arguments: &[&str]) -> Text {
    let mut text = Text::new();
    let mut arguments = arguments.iter();
    let mut rest = template;
    loop {
        let (before, after) = cut(rest, b'{');
        text.push_str(before);
        if before.len() == rest.len() {
            return text;
        }
        rest = match after.strip_prefix('}') {
            Some(after) => {
                text.push_str(arguments.next().unwrap_or(&""));
                after
            }
            None => {
                text.push('{');
                after
            }
        };
    }
}

/// Whether `text` repeats `secret`: as it is, or in an encoding that it was sent or quoted in.
pub(crate) fn is_in(secret: &str, text: &str) -> bool {
    let (secret, text) = (secret.as_bytes(), text.as_bytes());
    let decoded = form_decoded(text);
    let is_anywhere =
        |secret: &[u8], texts: &[&[u8]]| !secret.is_empty() && texts.iter().any(|text| contains(text, secret));
    is_anywhere(secret, &[text, &decoded, &form_decoded(&decoded), &html_decoded(text)])
        // Quoting doubles the backslashes that a secret has of its own.
        || is_anywhere(&without_backslashes(secret), &[&without_backslashes(text)])
}

fn without_backslashes(text: &[u8]) -> Bytes {
    let mut out = Bytes::new();
    for &byte in text {
        if byte != b'\\' {
            out.push(byte);
        }
    }
    out
}

/// Whether `part` stands somewhere in `text`. (`str::contains` brings two kilobytes.)
pub(crate) fn contains(mut text: &[u8], part: &[u8]) -> bool {
    while !text.starts_with(part) {
        match text {
            [_, after @ ..] => text = after,
            [] => return false,
        }
    }
    true
}

/// Whether `text` is `lowercase`, whatever the case of its letters. (`eq_ignore_ascii_case` compares in blocks.)
pub(crate) fn is_in_any_case(text: &[u8], lowercase: &[u8]) -> bool {
    text.len() == lowercase.len() && text.iter().zip(lowercase).all(|(one, other)| one.to_ascii_lowercase() == *other)
}

/// What comes before and after the first `separator`; everything and nothing where there is none. (`str::split` brings
/// a searcher for all of Unicode.)
pub(crate) fn cut(text: &str, separator: u8) -> (&str, &str) {
    let mut end = 0;
    while text.as_bytes().get(end).is_some_and(|&byte| byte != separator) {
        end += 1;
    }
    (text.get(..end).unwrap_or(""), text.get(end + 1..).unwrap_or(""))
}

/// Whether every byte of `text` is one that `fits`.
pub(crate) fn every(text: &str, fits: fn(u8) -> bool) -> bool {
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        if !fits(*byte) {
            return false;
        }
        rest = after;
    }
    true
}

/// `text` without those at its end. (`trim_end_matches` brings a searcher for all of Unicode.)
pub(crate) fn without_trailing(end: u8, mut text: &str) -> &str {
    while text.as_bytes().last() == Some(&end) {
        text = text.get(..text.len() - 1).unwrap_or("");
    }
    text
}

/// `number` in decimal.
pub(crate) fn push_decimal(out: &mut Text, number: u64) {
    if number >= 10 {
        push_decimal(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

fn hex(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 })
}

fn push_escaped(out: &mut Text, byte: u8) {
    out.push('%');
    out.push(hex(byte >> 4));
    out.push(hex(byte & 15));
}

/// One segment of a path: all but RFC 3986's unreserved characters is percent-encoded.
pub(crate) fn path_segment(text: &str) -> Text {
    let mut out = Text::new();
    push_encoded(&mut out, text, b'~');
    out
}

/// A name or value of `application/x-www-form-urlencoded`.
pub(crate) fn form_component(text: &str) -> Text {
    let mut out = Text::new();
    push_encoded(&mut out, text, b'*');
    out
}

fn push_encoded(out: &mut Text, text: &str, also_plain: u8) {
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') || byte == also_plain {
            out.push(char::from(byte));
        } else if byte == b' ' && also_plain == b'*' {
            out.push('+');
        } else {
            push_escaped(out, byte);
        }
    }
}

/// Appends `name=value` to an `application/x-www-form-urlencoded` body or query.
pub(crate) fn push_form_field(out: &mut Text, name: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    out.push_str(&form_component(name));
    out.push('=');
    out.push_str(&form_component(value));
}

/// At most 300 bytes of what a server wrote, in one line: whoever logs it, or reads it on a terminal, gets nothing that
/// would begin a line, move the cursor or turn the direction of the text.
pub(crate) fn shortened(text: &str) -> Text {
    const MOST: usize = 300;
    let mut out = Text::new();
    for character in text.chars() {
        if out.len() + character.len_utf8() > MOST {
            out.push('…');
            break;
        }
        let is_harmless = !matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            && !character.is_control();
        out.push(if is_harmless { character } else { ' ' });
    }
    out
}

/// `text` with the entities undone in which HTML writes what stands in an attribute or between tags.
pub(crate) fn html_decoded(mut text: &[u8]) -> Bytes {
    const ENTITIES: [(&[u8], u8); 4] = [(b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&amp;", b'&')];
    let mut out = Bytes::new();
    while let Some((&first, after)) = text.split_first() {
        let named = || ENTITIES.iter().find_map(|(entity, character)| Some((*character, text.strip_prefix(*entity)?)));
        let entity = numeric_entity(text).or_else(named);
        let (byte, rest) = entity.unwrap_or((first, after));
        out.push(byte);
        text = rest;
    }
    out
}

/// The byte that `text` begins with as `&#34;` or `&#x22;`, and the rest.
fn numeric_entity(text: &[u8]) -> Option<(u8, &[u8])> {
    let rest = text.strip_prefix(b"&#")?;
    let (mut rest, radix) = match rest {
        [b'x' | b'X', rest @ ..] => (rest, 16),
        _ => (rest, 10),
    };
    let mut code = 0u32;
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b';' {
            return Some((code as u8, rest)).filter(|_| code < 0x80);
        }
        let digit = char::from(*byte).to_digit(16).filter(|&digit| digit < radix)?;
        code = (code * radix + digit).min(0x80);
    }
    None
}

/// `text` with percent and form encoding undone.
pub(crate) fn form_decoded(text: &[u8]) -> Bytes {
    let mut rest = text;
    let mut out = Bytes::new();
    let digit = |byte: u8| (byte as char).to_digit(16);
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'%', [high, low, after @ ..]) if digit(*high).is_some() && digit(*low).is_some() => {
                out.push((digit(*high).unwrap_or(0) * 16 + digit(*low).unwrap_or(0)) as u8);
                rest = after;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    out
}

/// Base64 with padding, RFC 4648 §4.
pub(crate) fn base64(text: &str) -> Text {
    let mut bytes = text.as_bytes();
    fn letter(six_bits: u8) -> char {
        char::from(match six_bits & 63 {
            n @ 0..=25 => b'A' + n,
            n @ 26..=51 => b'a' + n - 26,
            n @ 52..=61 => b'0' + n - 52,
            62 => b'+',
            _ => b'/',
        })
    }
    let mut out = Text::new();
    while !bytes.is_empty() {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let (a, b, c) = (byte(0), byte(1), byte(2));
        out.push(letter(a >> 2));
        out.push(letter((a << 4) | (b >> 4)));
        out.push(if bytes.len() > 1 { letter((b << 2) | (c >> 6)) } else { '=' });
        out.push(if bytes.len() > 2 { letter(c) } else { '=' });
        bytes = bytes.get(3..).unwrap_or(&[]);
    }
    out
}

/// Whether `text` holds a control character of Unicode: C0, delete, C1.
pub(crate) fn has_control(text: &str) -> bool {
    let mut before = 0;
    text.bytes().any(|byte| {
        let is_control = byte < b' ' || byte == 0x7f || (before == 0xc2 && byte < 0xa0);
        before = byte;
        is_control
    })
}

/// Whether `text` can stand in a header as a credential: visible ASCII only (RFC 6750 §2.1 allows no more).
/// A platform that is given anything else refuses it with a message that repeats it.
pub(crate) fn is_visible_ascii(text: &str) -> bool {
    !text.is_empty() && every(text, |byte| matches!(byte, 0x21..=0x7e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        for number in [0, 9, 10, 1_002, u64::MAX] {
            let mut text = String::new();
            push_decimal(&mut text, number);
            assert_eq!(text, number.to_string());
        }
    }

    #[test]
    fn templates() {
        assert_eq!(fill("{} {}{", &["a{}", "b"]), "a{} b{");
        assert_eq!(fill("{\"{}\"}", &["a"]), "{\"a\"}");
        assert_eq!(fill("{}", &[]), "");
    }

    #[test]
    fn control_characters() {
        for code in 0..0x3000u32 {
            let character = char::from_u32(code).expect("a character");
            let text = String::from_iter(['a', character, 'ü']);
            assert_eq!(has_control(&text), character.is_control(), "{code:x}");
        }
    }

    #[test]
    fn cuts() {
        assert_eq!((cut("a,b,c", b','), cut("a", b','), cut("", b',')), (("a", "b,c"), ("a", ""), ("", "")));
        assert_eq!((without_trailing(b'/', "a//"), without_trailing(b'/', "/")), ("a", ""));
    }

    #[test]
    fn base64_of_rfc_4648_section_10() {
        let pairs = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in pairs {
            assert_eq!(base64(plain), encoded);
        }
        assert_eq!(base64("ûÿ"), "w7vDvw==");
    }

    #[test]
    fn what_a_server_wrote() {
        assert_eq!(form_decoded(b"a%20b+c%2Fd%2f&f%zz%2"), b"a b c/d/&f%zz%2");
        assert_eq!(shortened(&"ü".repeat(150)), "ü".repeat(150));
        assert_eq!(shortened("\u{1b}[2J\r\nx\u{85}\u{202e}y\u{61c}\u{200e}\u{200f}\u{2066}"), " [2J  x  y    ");
        assert_eq!(shortened(&fill("x{}", &[&"ü".repeat(150)])), fill("x{}…", &[&"ü".repeat(149)]));
    }

    #[test]
    fn encodings() {
        assert_eq!(path_segment("a b/c?d#e%+ü~"), "a%20b%2Fc%3Fd%23e%25%2B%C3%BC~");
        assert_eq!(form_component("a b&c=d+e*ü~"), "a+b%26c%3Dd%2Be*%C3%BC%7E");
    }

    #[test]
    fn is_found_in_every_form() {
        let secret = "a&b c/+%41";
        let quoted = "S3cr\"et<x>'y";
        for text in [
            "S3cr&quot;et&lt;x&gt;&#039;y",
            "S3cr&#34;et&lt;x&gt;&#39;y",
            "S3cr&#x22;et&#60;x&#X3e;&#x0027;y",
            r#"{"client_secret":"S3cr\"et<x>'y"}"#,
            "S3cr%2522et%253Cx%253E%2527y",
        ] {
            assert!(is_in(quoted, text), "{text}");
        }
        for text in ["a&b c/+%41", "no: a%26b+c%2F%2B%2541!", "a%26b%20c%2f%2b%2541", "<p>a&amp;b c/+%41"] {
            assert!(is_in(secret, text), "{text}");
        }
        assert!(!is_in(secret, "a&b"));
        assert!(!is_in("", "x"));
    }
}
