//! Reads fields out of a JSON text (RFC 8259) without building a tree.
//!
//! `JSON.parse` breaks integers beyond 2^53, which Nextcloud sends as user ids; and serde_json is larger than all of the
//! rest of this client.

mod syntax;

/// The text of a whole, valid JSON object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Object<'a>(&'a str);

/// The text of a whole, valid JSON array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Array<'a>(&'a str);

/// A string as written, with its quotes and escapes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Text<'a>(&'a str);

/// A JSON value, still text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// As written, so that no digit is lost.
    Number(&'a str),
    Text(Text<'a>),
    Array(Array<'a>),
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// What a valid text is, told by how it begins.
    fn of(text: &'a str) -> Self {
        let text = text.trim_ascii();
        match text.as_bytes().first() {
            Some(b'"') => Value::Text(Text(text)),
            Some(b'{') => Value::Object(Object(text)),
            Some(b'[') => Value::Array(Array(text)),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') | None => Value::Null,
            Some(_) => Value::Number(text),
        }
    }
}

impl<'a> Object<'a> {
    /// `None` where `text` is not one valid JSON object.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        syntax::is_object(text).then(|| Object(text.trim_ascii()))
    }

    /// The member `name`. Where it stands twice it is the last one, as with `JSON.parse`.
    pub(crate) fn get(self, name: &str) -> Option<Value<'a>> {
        self.members()
            // With its quotes it is longer, and with escapes even more so.
            .filter(|(key, _)| key.0.len() > name.len() + 1 && key.decode() == name)
            .map(|(_, value)| value)
            .last()
    }

    pub(crate) fn members(self) -> impl Iterator<Item = (Text<'a>, Value<'a>)> {
        parts(self.0).map(|member| {
            let (key, value) = split(member, b':');
            (Text(key.trim_ascii()), Value::of(value))
        })
    }

    pub(crate) fn text(self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::Text(text) => Some(text.decode()),
            _ => None,
        }
    }

    pub(crate) fn array(self, name: &str) -> Option<Array<'a>> {
        match self.get(name)? {
            Value::Array(array) => Some(array),
            _ => None,
        }
    }

    pub(crate) fn object(self, name: &str) -> Option<Object<'a>> {
        match self.get(name)? {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether the member `name` is `true`.
    pub(crate) fn is_true(self, name: &str) -> bool {
        self.get(name) == Some(Value::Bool(true))
    }
}

impl<'a> Array<'a> {
    pub(crate) fn items(self) -> impl Iterator<Item = Value<'a>> {
        parts(self.0).map(Value::of)
    }

    /// Whether one of the items is the string `wanted`.
    pub(crate) fn lists(self, wanted: &str) -> bool {
        self.items().any(|item| matches!(item, Value::Text(text) if text.decode() == wanted))
    }
}

impl Text<'_> {
    /// Half of a surrogate pair becomes U+FFFD: it cannot stand in a string here.
    pub(crate) fn decode(self) -> String {
        let inside = between_ends(self.0);
        let mut out = String::with_capacity(inside.len());
        let mut rest = inside;
        loop {
            let mut at = 0;
            // By hand, as in `split`: it is where most of a call's own time goes.
            while rest.as_bytes().get(at).is_some_and(|&byte| byte != b'\\') {
                at += 1;
            }
            out.push_str(rest.get(..at).unwrap_or(""));
            let Some(&escaped) = rest.as_bytes().get(at + 1) else { return out };
            rest = rest.get(at + 2..).unwrap_or("");
            out.push(match escaped {
                b'b' => '\x08',
                b'f' => '\x0c',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => unicode_escape(&mut rest),
                other => char::from(other),
            });
        }
    }
}

/// What follows `\u`, which is taken from `rest`.
fn unicode_escape(rest: &mut &str) -> char {
    let mut code = hex4(rest);
    if code & 0xfc00 == 0xd800 {
        if let Some(mut ahead) = rest.strip_prefix("\\u") {
            let low = hex4(&mut ahead);
            if low & 0xfc00 == 0xdc00 {
                code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
                *rest = ahead;
            }
        }
    }
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The number that the next four characters of `rest` are, which are taken from it.
fn hex4(rest: &mut &str) -> u32 {
    let digits = rest.as_bytes().iter().take(4);
    let code = digits.fold(0, |code, &digit| code * 16 + char::from(digit).to_digit(16).unwrap_or(0));
    *rest = rest.get(4..).unwrap_or("");
    code
}

/// What stands between the brackets or quotes.
fn between_ends(value: &str) -> &str {
    value.get(1..value.len().saturating_sub(1)).unwrap_or("")
}

/// The members or items of an object or array, as written.
fn parts(nested: &str) -> impl Iterator<Item = &str> {
    let mut rest = between_ends(nested).trim_ascii();
    core::iter::from_fn(move || {
        let (part, others) = split(rest, b',');
        let is_over = rest.is_empty();
        rest = others;
        (!is_over).then_some(part)
    })
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
            b'.' if !is_fraction => is_fraction = true,
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

/// `text` as a JSON string, with its quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\0'..='\x1f' => {
                out.push_str("\\u00");
                let code = character as u32;
                out.extend([code >> 4, code & 15].into_iter().filter_map(|digit| char::from_digit(digit, 16)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object<'_> {
        Object::parse(text).expect("an object")
    }

    fn decoded(text: &str) -> String {
        object(&["{\"a\":", text, "}"].concat()).text("a").expect("a text")
    }

    #[test]
    fn reads_members_of_every_kind() {
        let object = object(
            r#" {"a":"x\u00fc\n\ud83d\ude00\/", "b" : [1,{"c":[]}] ,"n":null,"t":true,"num":-1.5e3,"o":{"c":"},"}} "#,
        );
        assert_eq!(object.text("a").as_deref(), Some("xü\n😀/"));
        assert_eq!(object.array("b").map(|array| array.items().count()), Some(2));
        assert_eq!(object.get("n"), Some(Value::Null));
        assert_eq!(object.get("t"), Some(Value::Bool(true)));
        assert_eq!(object.get("num"), Some(Value::Number("-1.5e3")));
        assert_eq!(object.object("o").and_then(|inner| inner.text("c")).as_deref(), Some("},"));
        assert_eq!(object.get("c"), None, "only members of the object itself");
        assert_eq!((object.text("num"), object.array("o"), object.object("b")), (None, None, None));
    }

    #[test]
    fn names_are_compared_decoded_and_the_last_of_two_counts() {
        assert_eq!(object(r#"{"a":1,"a":2}"#).get("a"), Some(Value::Number("2")));
        assert_eq!(object(r#"{"\u0061":1}"#).get("a"), Some(Value::Number("1")));
        assert_eq!(object(r#"{"a\"":1,"\\":2}"#).get("\\"), Some(Value::Number("2")));
        assert_eq!(object("{}").get("a"), None);
    }

    #[test]
    fn halves_of_surrogate_pairs_are_replaced() {
        for value in [r#""\ud800""#, r#""\udc00""#] {
            assert_eq!(decoded(value), "\u{fffd}");
        }
        assert_eq!(decoded(r#""\ud800\u0041""#), "\u{fffd}A");
        assert_eq!(decoded(r#""\ud800x\ud83d\ude00""#), "\u{fffd}x😀");
    }

    #[test]
    fn array_items_keep_all_digits() {
        let list = object(r#"{"a": [0,"0,07", 9007199254740993 ,["x,y"]] }"#).array("a").expect("an array");
        let numbers: Vec<_> = list.items().filter(|item| matches!(item, Value::Number(_))).collect();
        assert_eq!(numbers, [Value::Number("0"), Value::Number("9007199254740993")]);
        assert!(list.lists("0,07") && !list.lists("x,y"));
        assert_eq!(object(r#"{"a":[ ]}"#).array("a").map(|array| array.items().count()), Some(0));
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
