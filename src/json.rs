//! Reads fields out of a JSON text (RFC 8259) without building a tree.
//!
//! `JSON.parse` breaks integers beyond 2^53, which Nextcloud sends as user ids; and serde_json is larger than all of the
//! rest of this client.

use crate::memory::Text;

/// The value of the member `name` of a valid JSON object, as written; empty where there is none. Where it stands twice
/// it is the last one, as with `JSON.parse`.
pub(crate) fn member<'a>(object: &'a str, name: &str) -> &'a str {
    let mut found = "";
    let mut rest = inner(object);
    while !rest.is_empty() {
        let (member, others) = split(rest, b',');
        let (key, value) = split(member, b':');
        // With its quotes it is longer, and with escapes even more so.
        if key.len() > name.len() + 1 && text(key).is_some_and(|key| *key == *name) {
            found = value.trim_ascii();
        }
        rest = others;
    }
    found
}

/// The items of a valid JSON array, as written.
pub(crate) fn items(array: &str) -> impl Iterator<Item = &str> {
    let mut rest = inner(array);
    core::iter::from_fn(move || {
        let (item, others) = split(rest, b',');
        let is_over = rest.is_empty();
        rest = others;
        (!is_over).then(|| item.trim_ascii())
    })
}

/// What stands between the brackets.
fn inner(value: &str) -> &str {
    let value = value.trim_ascii();
    value.get(1..value.len().saturating_sub(1)).unwrap_or("").trim_ascii()
}

/// What comes before and after the first `separator` that is in no string and no brackets.
fn split(text: &str, separator: u8) -> (&str, &str) {
    let mut depth = 0;
    let mut is_string = false;
    let mut is_escaped = false;
    let mut at = 0;
    // By hand, as it is for most of what a call takes: an iterator is no loop at this opt-level.
    while let Some(&byte) = text.as_bytes().get(at) {
        at += 1;
        if is_string {
            is_string = is_escaped || byte != b'"';
            is_escaped = !is_escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => is_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ if byte == separator && depth == 0 => {
                return (text.get(..at - 1).unwrap_or(""), text.get(at..).unwrap_or(""));
            }
            _ => {}
        }
    }
    (text, "")
}

/// A string value, decoded; `None` where it is no string.
pub(crate) fn text(value: &str) -> Option<Text> {
    let mut rest = value.trim_ascii().strip_prefix('"')?;
    let mut out = Text::new();
    loop {
        let mut at = 0;
        while !matches!(rest.as_bytes().get(at)?, b'"' | b'\\') {
            at += 1;
        }
        out.push_str(rest.get(..at)?);
        if rest.as_bytes().get(at) == Some(&b'"') {
            return Some(out);
        }
        let escaped = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        out.push(match escaped {
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = hex4(&mut rest)?;
                if code & 0xfc00 == 0xd800 {
                    if let Some(mut ahead) = rest.strip_prefix("\\u") {
                        if let Some(low) = hex4(&mut ahead).filter(|low| low & 0xfc00 == 0xdc00) {
                            code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
                            rest = ahead;
                        }
                    }
                }
                // Half of a pair cannot stand in a string here; and NUL separates what goes to JavaScript.
                char::from_u32(code).filter(|_| code != 0).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            other => char::from(other),
        });
    }
}

/// The number that the next four characters of `rest` are, which are taken from it.
fn hex4(rest: &mut &str) -> Option<u32> {
    let mut code = 0;
    for at in 0..4 {
        code = code * 16 + char::from(*rest.as_bytes().get(at)?).to_digit(16)?;
    }
    *rest = rest.get(4..)?;
    Some(code)
}

/// A JSON number, or the digits of a string, as an integer: the fraction is cut off, what is too large saturates. `None`
/// where it is something else.
pub(crate) fn integer(number: &str) -> Option<i64> {
    let digits = number.strip_prefix('-').unwrap_or(number);
    if !digits.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    let mut value = 0i64;
    let mut shift = 0;
    let mut is_fraction = false;
    let mut at = 0;
    while let Some(&byte) = digits.as_bytes().get(at) {
        at += 1;
        match byte {
            b'0'..=b'9' => {
                // More digits than these change nothing but the size.
                let is_full = value > i64::MAX / 100;
                if !is_full {
                    value = value * 10 + i64::from(byte - b'0');
                }
                shift += i64::from(is_full) - i64::from(is_fraction);
            }
            b'.' => is_fraction = true,
            b'e' | b'E' => {
                let exponent = digits.get(at..)?;
                shift += integer(exponent.strip_prefix('+').unwrap_or(exponent))?.clamp(-10_000, 10_000);
                break;
            }
            _ => return None,
        }
    }
    while shift != 0 && value != 0 && value != i64::MAX {
        value = if shift > 0 { value.saturating_mul(10) } else { value / 10 };
        shift -= shift.signum();
    }
    Some(if digits.len() < number.len() { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_members_of_every_kind() {
        let object =
            r#" {"a":"x\u00fc\n\ud83d\ude00\/", "b" : [1,{"c":[]}] ,"n":null,"t":true,"num":-1.5e3,"o":{"c":"},"}} "#;
        assert_eq!(text(member(object, "a")).as_deref(), Some("xü\n😀/"));
        assert_eq!(member(object, "b"), r#"[1,{"c":[]}]"#);
        assert_eq!(member(object, "n"), "null");
        assert_eq!(member(object, "t"), "true");
        assert_eq!(member(object, "num"), "-1.5e3");
        assert_eq!(member(member(object, "o"), "c"), "\"},\"");
        assert_eq!(member(object, "c"), "", "only members of the object itself");
        assert_eq!(member(r#"{"a":1,"a":2}"#, "a"), "2");
        assert_eq!(member(r#"{"\u0061":1}"#, "a"), "1");
        assert_eq!(member(r#"{"a\"":1,"\\":2}"#, "\\"), "2");
        assert_eq!(member("{}", "a"), "");
        assert_eq!(text("7"), None);
    }

    #[test]
    fn halves_of_surrogate_pairs_and_nul_are_replaced() {
        for value in [r#""\ud800""#, r#""\udc00""#, r#""\u0000""#] {
            assert_eq!(text(value).as_deref(), Some("\u{fffd}"));
        }
        assert_eq!(text(r#""\ud800\u0041""#).as_deref(), Some("\u{fffd}A"));
        assert_eq!(text(r#""\ud800x\ud83d\ude00""#).as_deref(), Some("\u{fffd}x😀"));
    }

    #[test]
    fn array_items_keep_all_digits() {
        let found: alloc::vec::Vec<_> = items(r#" [0,"0,07", 9007199254740993 ,["x,y"]] "#).collect();
        assert_eq!(found, ["0", "\"0,07\"", "9007199254740993", "[\"x,y\"]"]);
        assert_eq!(items("[ ]").count(), 0);
    }

    #[test]
    fn integers() {
        let cases = [
            ("0", Some(0)),
            ("3600", Some(3600)),
            ("-5", Some(-5)),
            ("3599.9", Some(3599)),
            ("3.6e3", Some(3600)),
            ("36000e-1", Some(3600)),
            ("1e999", Some(i64::MAX)),
            ("-1e999", Some(-i64::MAX)),
            ("0e999999999999999999999", Some(0)),
            ("1e-999", Some(0)),
            ("99999999999999999999", Some(i64::MAX)),
            ("", None),
            ("-", None),
            ("1h", None),
            ("soon", None),
            ("1e", None),
            (" 1", None),
            (".5", None),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text), expected, "{text}");
        }
    }
}
