//! Strings without `core::fmt`, which costs kilobytes of wasm: decimal numbers, percent and form encoding, base64.

use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// `template` with each `{}` replaced by the next of `arguments`. One text and its arguments take less wasm than the
/// pieces in between, and than `format!` by far.
pub(crate) fn fill(template: &str, arguments: &[&str]) -> String {
    let mut text = String::new();
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

/// `item` behind the others, with `separator` between. (`join` is made for all that can be joined.)
pub(crate) fn push_item(list: &mut String, separator: &str, item: &str) {
    if !list.is_empty() {
        list.push_str(separator);
    }
    list.push_str(item);
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

/// Whether `part` stands somewhere in `text`. In time that grows with the sum of their lengths (Knuth, Morris, Pratt): both
/// may be somebody else's.
pub(crate) fn contains(text: &[u8], part: &[u8]) -> bool {
    // For each start of `part`: how many bytes at its end are how `part` begins.
    let mut overlaps = Vec::with_capacity(part.len());
    let next = |overlaps: &[usize], mut matched: usize, byte: u8| loop {
        if part.get(matched) == Some(&byte) {
            return matched + 1;
        }
        match matched.checked_sub(1) {
            Some(before) => matched = overlaps.get(before).copied().unwrap_or(0),
            None => return 0,
        }
    };
    let mut overlap = 0;
    for (at, &byte) in part.iter().enumerate() {
        if at > 0 {
            overlap = next(&overlaps, overlap, byte);
        }
        overlaps.push(overlap);
    }
    let mut matched = 0;
    part.is_empty()
        || text.iter().any(|&byte| {
            matched = next(&overlaps, matched, byte);
            matched == part.len()
        })
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
pub(crate) fn decimal(number: u64) -> String {
    let mut out = String::new();
    push_decimal(&mut out, number);
    out
}

/// The same of one that may be negative.
pub(crate) fn signed_decimal(number: i64) -> String {
    let digits = decimal(number.unsigned_abs());
    if number < 0 {
        ["-", &digits].concat()
    } else {
        digits
    }
}

fn push_decimal(out: &mut String, number: u64) {
    if number >= 10 {
        push_decimal(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

fn hex_digit(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 })
}

/// In hexadecimal, lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|nibble| hex_digit(nibble).to_ascii_lowercase()).collect()
}

fn push_escaped(out: &mut String, byte: u8) {
    out.push('%');
    out.push(hex_digit(byte >> 4));
    out.push(hex_digit(byte & 15));
}

/// One segment of a path: all but RFC 3986's unreserved characters is percent-encoded.
pub(crate) fn path_segment(text: &str) -> String {
    let mut out = String::with_capacity(3 * text.len());
    push_encoded(&mut out, text, b'~');
    out
}

/// A name or value of `application/x-www-form-urlencoded`.
pub(crate) fn push_form_value(out: &mut String, text: &str) {
    push_encoded(out, text, b'*');
}

fn push_encoded(out: &mut String, text: &str, also_plain: u8) {
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
pub(crate) fn push_form_field(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    push_form_value(out, name);
    out.push('=');
    push_form_value(out, value);
}

/// At most 300 bytes of what a server wrote, in one line: whoever logs it, or reads it on a terminal, gets nothing that
/// would begin a line, move the cursor or turn the direction of the text.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    let mut out = String::new();
    for character in text.chars() {
        if out.len() + character.len_utf8() > MOST {
            out.push('…');
            break;
        }
        out.push(if is_harmless(character) { character } else { ' ' });
    }
    out
}

/// Whether a character begins no line, moves no cursor and does not turn the direction of the text.
pub(crate) fn is_harmless(character: char) -> bool {
    !matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        && !character.is_control()
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(bytes);
    hash.finalize().into()
}

/// Base64 of a secret with padding, RFC 4648 §4.
pub(crate) fn base64(secret: &Secret) -> String {
    encode_base64(secret.expose().as_bytes())
}

/// Base64 with padding, RFC 4648 §4.
pub(crate) fn encode_base64(mut bytes: &[u8]) -> String {
    fn letter(six_bits: u8) -> char {
        char::from(match six_bits & 63 {
            n @ 0..=25 => b'A' + n,
            n @ 26..=51 => b'a' + n - 26,
            n @ 52..=61 => b'0' + n - 52,
            62 => b'+',
            _ => b'/',
        })
    }
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
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

/// Base64url without padding, as JSON Web Signatures have it (RFC 7515 §2).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    let in_url = |letter: u8| match letter {
        b'+' => '-',
        b'/' => '_',
        other => char::from(other),
    };
    without_trailing(b'=', &encode_base64(bytes)).bytes().map(in_url).collect()
}

/// The bytes of base64 with padding, RFC 4648 §4; `None` where it is none.
#[cfg(any(feature = "fetch", feature = "rustcrypto"))]
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    fn six_bits(letter: u8) -> Option<u32> {
        Some(u32::from(match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        }))
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut groups = text.as_bytes().chunks_exact(4).peekable();
    while let Some(group) = groups.next() {
        let padding = group.iter().rev().take_while(|&&letter| letter == b'=').count();
        if padding > 2 || (padding > 0 && groups.peek().is_some()) {
            return None;
        }
        let letters = group.get(..4 - padding)?.iter();
        let bits = letters.map(|&letter| six_bits(letter)).try_fold(0, |bits, next| Some(bits << 6 | next?))?;
        let bytes = (bits << (6 * padding as u32)).to_be_bytes();
        out.extend_from_slice(bytes.get(1..4 - padding)?);
    }
    (text.len() % 4 == 0).then_some(out)
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

/// Longer than any server takes a header, in bytes.
pub(crate) const MAX_CREDENTIAL_BYTES: usize = 16 * 1024;

/// Whether `text` can stand in a header as a token: visible ASCII only (RFC 6750 §2.1 allows no more).
/// A platform that is given anything else refuses it with a message that repeats it.
pub(crate) fn is_bearer_token(text: &str) -> bool {
    (1..=MAX_CREDENTIAL_BYTES).contains(&text.len()) && every(text, |byte| matches!(byte, 0x21..=0x7e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        for number in [0, 9, 10, 1_002, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
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
            assert_eq!(encode_base64(plain.as_bytes()), encoded);
        }
        assert_eq!(encode_base64("ûÿ".as_bytes()), "w7vDvw==");
    }

    #[test]
    fn what_a_server_wrote() {
        assert_eq!(shortened(&"ü".repeat(150)), "ü".repeat(150));
        assert_eq!(shortened("\u{1b}[2J\r\nx\u{85}\u{202e}y\u{61c}\u{200e}\u{200f}\u{2066}"), " [2J  x  y    ");
        assert_eq!(shortened(&fill("x{}", &[&"ü".repeat(150)])), fill("x{}…", &[&"ü".repeat(149)]));
    }

    #[test]
    fn encodings() {
        assert_eq!(path_segment("a b/c?d#e%+ü~"), "a%20b%2Fc%3Fd%23e%25%2B%C3%BC~");
        let mut form = String::new();
        push_form_value(&mut form, "a b&c=d+e*ü~");
        assert_eq!(form, "a+b%26c%3Dd%2Be*%C3%BC%7E");
    }
}
