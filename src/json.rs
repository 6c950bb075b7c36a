//! Reads fields out of a JSON text (RFC 8259) without building a tree.
//!
//! A few fields of flat objects are all this client reads. serde_json would more than double the size of the
//! wasm, and `JSON.parse` breaks integers beyond 2^53, which Nextcloud sends as user ids.

use alloc::string::String;

/// How deep arrays and objects may be nested; what is deeper is refused as no JSON.
const MAX_DEPTH: usize = 64;

/// A JSON value: scalars decoded, arrays and objects still text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// As written, so that no digit is lost.
    Number(&'a str),
    String(String),
    Array(Array<'a>),
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    pub(crate) fn into_string(self) -> Option<String> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

/// The text of a whole, valid JSON object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Object<'a>(&'a str);

/// The text of a whole, valid JSON array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Array<'a>(&'a str);

impl<'a> Object<'a> {
    /// `None` where `text` is not one valid JSON object.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value()?;
        match (reader.peek(), value) {
            (None, Value::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// The member `name`; where it stands twice the last one, as `JSON.parse` does.
    pub(crate) fn get(&self, name: &str) -> Option<Value<'a>> {
        let mut reader = Reader { text: self.0, at: 1 };
        let mut found = None;
        loop {
            match reader.peek()? {
                b'"' => {}
                b',' => {
                    reader.at += 1;
                    continue;
                }
                _ => return found,
            }
            let key = reader.string()?;
            reader.expect(b':')?;
            let value = reader.value()?;
            if key == name {
                found = Some(value);
            }
        }
    }

    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.get(name)?.into_string()
    }

    pub(crate) fn array(&self, name: &str) -> Option<Array<'a>> {
        match self.get(name)? {
            Value::Array(array) => Some(array),
            _ => None,
        }
    }

    pub(crate) fn object(&self, name: &str) -> Option<Object<'a>> {
        match self.get(name)? {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }
}

impl<'a> Array<'a> {
    pub(crate) fn items(self) -> impl Iterator<Item = Value<'a>> {
        let mut reader = Reader { text: self.0, at: 1 };
        core::iter::from_fn(move || {
            if reader.peek()? == b',' {
                reader.at += 1;
            }
            match reader.peek()? {
                b']' => None,
                _ => reader.value(),
            }
        })
    }
}

/// A JSON number, or the digits of a string, as an integer: the fraction is cut off, what is too large saturates.
pub(crate) fn integer(number: &str) -> Option<i64> {
    let (negative, unsigned) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (down, exponent) = match exponent.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    if exponent.is_empty() {
        return None;
    }
    let mut shift = 0usize;
    for byte in exponent.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        shift = shift.saturating_mul(10).saturating_add((byte - b'0') as usize);
    }
    // How many digits stand before the decimal point once the exponent is taken into account; an i64 has 19.
    let kept = if down { whole.len().saturating_sub(shift) } else { whole.len().saturating_add(shift) };
    let mut value = 0i64;
    let mut digits = whole.bytes().chain(fraction.bytes());
    for _ in 0..kept {
        match digits.next() {
            Some(digit) => value = value.saturating_mul(10).saturating_add(i64::from(digit - b'0')),
            None if value == 0 || value == i64::MAX => break,
            None => value = value.saturating_mul(10),
        }
    }
    Some(if negative { -value } else { value })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next byte that is not white space, which stays where it is.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    /// The value that begins here, checked to its end.
    fn value(&mut self) -> Option<Value<'a>> {
        Some(match self.peek()? {
            b'"' => Value::String(self.string()?),
            first @ (b'{' | b'[') => {
                let start = self.at;
                self.nested()?;
                let text = self.text.get(start..self.at)?;
                if first == b'{' {
                    Value::Object(Object(text))
                } else {
                    Value::Array(Array(text))
                }
            }
            b't' => self.literal("true").map(|()| Value::Bool(true))?,
            b'f' => self.literal("false").map(|()| Value::Bool(false))?,
            b'n' => self.literal("null").map(|()| Value::Null)?,
            _ => Value::Number(self.number()?),
        })
    }

    /// An array or an object with all that is in it; a loop, because the text decides how deep it goes.
    fn nested(&mut self) -> Option<()> {
        let mut open = [0u8; MAX_DEPTH];
        let mut depth = 0;
        loop {
            // Here a value is due.
            match self.peek()? {
                first @ (b'{' | b'[') => {
                    self.at += 1;
                    let close = if first == b'{' { b'}' } else { b']' };
                    *open.get_mut(depth)? = close;
                    depth += 1;
                    if self.peek()? != close {
                        if first == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                _ => {
                    self.scalar()?;
                }
            }
            // Here a value has ended.
            loop {
                let close = *open.get(depth.checked_sub(1)?)?;
                let next = self.peek()?;
                if next == close {
                    self.at += 1;
                    depth -= 1;
                    if depth == 0 {
                        return Some(());
                    }
                } else if next == b',' {
                    self.at += 1;
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                } else {
                    return None;
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        (self.peek()? == b'"').then_some(())?;
        self.string()?;
        self.expect(b':')
    }

    fn scalar(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.number().map(drop),
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.text.as_bytes().get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn skip_if(&mut self, bytes: &[u8]) -> bool {
        let found = self.text.as_bytes().get(self.at).is_some_and(|byte| bytes.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn number(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.skip_if(b"-");
        if !self.skip_if(b"0") {
            self.digits()?;
        }
        if self.skip_if(b".") {
            self.digits()?;
        }
        if self.skip_if(b"eE") {
            self.skip_if(b"+-");
            self.digits()?;
        }
        self.text.get(start..self.at)
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.chars().try_fold(0, |code, digit| Some(code * 16 + digit.to_digit(16)?))
    }

    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut out = String::new();
        let mut start = self.at;
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if byte < 0x20 {
                return None;
            }
            if byte != b'"' && byte != b'\\' {
                self.at += 1;
                continue;
            }
            out.push_str(self.text.get(start..self.at)?);
            self.at += 1;
            if byte == b'"' {
                return Some(out);
            }
            let escape = *self.text.as_bytes().get(self.at)?;
            self.at += 1;
            out.push(match escape {
                b'"' | b'\\' | b'/' => escape as char,
                b'b' => '\x08',
                b'f' => '\x0c',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode_escape()?,
                _ => return None,
            });
            start = self.at;
        }
    }

    /// What follows `\u`; half of a surrogate pair becomes U+FFFD, since a Rust string cannot hold it.
    fn unicode_escape(&mut self) -> Option<char> {
        let first = self.hex4()?;
        if (0xd800..0xdc00).contains(&first) && self.text.get(self.at..)?.starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.at = before;
        }
        // NUL separates the texts that go to JavaScript and back.
        Some(char::from_u32(first).filter(|&character| character != '\0').unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use std::vec::Vec;

    use super::*;

    fn get<'a>(text: &'a str, name: &str) -> Option<Value<'a>> {
        Object::parse(text)?.get(name)
    }

    #[test]
    fn reads_members_of_every_kind() {
        let text = r#" {"a":"x\u00fc\n\ud83d\ude00\/", "b" : [1,{"c":[]}] ,"n":null,"t":true,"f":false,"num":-1.5e3,"o":{"c":{}}} "#;
        assert_eq!(get(text, "a"), Some(Value::String("xü\n😀/".into())));
        assert_eq!(get(text, "b"), Some(Value::Array(Array(r#"[1,{"c":[]}]"#))));
        assert_eq!(get(text, "n"), Some(Value::Null));
        assert_eq!(get(text, "t"), Some(Value::Bool(true)));
        assert_eq!(get(text, "f"), Some(Value::Bool(false)));
        assert_eq!(get(text, "num"), Some(Value::Number("-1.5e3")));
        assert_eq!(get(text, "o"), Some(Value::Object(Object(r#"{"c":{}}"#))));
        assert_eq!(get(text, "c"), None, "only members of the object itself");
        assert_eq!(get(r#"{"a":1,"a":2}"#, "a"), Some(Value::Number("2")));
        assert_eq!(get(r#"{"\u0061":1}"#, "a"), Some(Value::Number("1")));
        assert_eq!(get("{}", "a"), None);
    }

    #[test]
    fn refuses_what_is_no_json_object() {
        for text in [
            "",
            " ",
            "null",
            "[]",
            "\"a\"",
            "{",
            "}",
            "{}x",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":1 \"b\":2}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":1e}",
            "{\"a\":+1}",
            "{\"a\":NaN}",
            "{\"a\":tru}",
            "{\"a\":[1,]}",
            "{\"a\":[1 2]}",
            "{\"a\":[}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\u+123\"}",
            "{\"a\":\"b",
            "<!DOCTYPE html>",
            "{\"a\":1}{}",
        ] {
            assert_eq!(Object::parse(text), None, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested =
            |depth: usize| ["{\"a\":".to_string(), "[".repeat(depth), "]".repeat(depth), "}".to_string()].concat();
        assert!(Object::parse(&nested(MAX_DEPTH - 1)).is_some());
        assert!(Object::parse(&nested(MAX_DEPTH)).is_none());
        assert!(Object::parse(&nested(10_000)).is_none());
        assert!(Object::parse(&"{\"a\":".repeat(100_000)).is_none());
    }

    #[test]
    fn lone_surrogates_are_replaced() {
        for text in [r#"{"a":"\ud800"}"#, r#"{"a":"\udc00"}"#] {
            assert_eq!(get(text, "a"), Some(Value::String("\u{fffd}".into())));
        }
        assert_eq!(get(r#"{"a":"\ud800\u0041"}"#, "a"), Some(Value::String("\u{fffd}A".into())));
    }

    #[test]
    fn array_items_keep_all_digits() {
        let users = get(r#"{"a":[0,"007", 9007199254740993 ,"x"]}"#, "a");
        let Some(Value::Array(array)) = users else { panic!("an array") };
        let items: Vec<_> = array.items().collect();
        let expected = [
            Value::Number("0"),
            Value::String("007".into()),
            Value::Number("9007199254740993"),
            Value::String("x".into()),
        ];
        assert_eq!(items, expected);
        let Some(Value::Array(empty)) = get(r#"{"a":[ ]}"#, "a") else { panic!("an array") };
        assert_eq!(empty.items().count(), 0);
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
