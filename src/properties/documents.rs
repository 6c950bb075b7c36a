//! JSON documents as trees, and the many ways to write each of them down.

use proptest::collection::vec;
use proptest::prelude::*;

use super::text;

#[derive(Debug, Clone)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    Text(String),
    Array(Vec<Json>),
    /// A name may stand in it twice.
    Object(Vec<(String, Json)>),
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.to_string())
    }
}

/// An object of these members.
pub(super) fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.map(|(name, value)| (name.to_string(), value)).to_vec())
}

/// `name` of few letters, so that it stands twice now and then.
pub(super) fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c\"\\\\é]{0,2}", text()]
}

pub(super) fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?"
}

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        number().prop_map(Json::Number),
        text().prop_map(Json::Text),
    ]
}

pub(super) fn array_of(items: impl Strategy<Value = Json>) -> impl Strategy<Value = Vec<Json>> {
    vec(items, 0..6)
}

pub(super) fn members_of(values: impl Strategy<Value = Json>) -> impl Strategy<Value = Vec<(String, Json)>> {
    vec((name(), values), 0..6)
}

pub(super) fn json() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(4, 32, 6, |inner| {
        prop_oneof![array_of(inner.clone()).prop_map(Json::Array), members_of(inner).prop_map(Json::Object)]
    })
}

/// Choices of a writer: where blanks stand, which characters are escaped, and how.
#[derive(Debug, Clone)]
pub(super) struct Style(Vec<u8>);

pub(super) fn style() -> impl Strategy<Value = Style> {
    vec(any::<u8>(), 1..40).prop_map(Style)
}

/// The style that escapes only what has to be.
pub(super) fn plain() -> Style {
    Style(vec![3])
}

impl Style {
    /// `json`, written down.
    pub(super) fn write(&self, json: &Json) -> String {
        let mut writer = Writer { choices: self.0.iter().cycle(), out: String::new() };
        writer.value(json);
        writer.out
    }
}

struct Writer<'a> {
    choices: core::iter::Cycle<core::slice::Iter<'a, u8>>,
    out: String,
}

impl Writer<'_> {
    fn choice(&mut self, of: u8) -> u8 {
        self.choices.next().map_or(0, |choice| choice % of)
    }

    fn blank(&mut self) {
        let blank = ["", "", "", " ", "\n", "\t", "\r\n", "  "][usize::from(self.choice(8))];
        self.out.push_str(blank);
    }

    fn value(&mut self, json: &Json) {
        self.blank();
        match json {
            Json::Null => self.out.push_str("null"),
            Json::Bool(is) => self.out.push_str(if *is { "true" } else { "false" }),
            Json::Number(number) => self.out.push_str(number),
            Json::Text(text) => self.text(text),
            Json::Array(items) => {
                self.out.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.out.push_str(if at == 0 { "" } else { "," });
                    self.value(item);
                }
                self.blank();
                self.out.push(']');
            }
            Json::Object(members) => {
                self.out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    self.out.push_str(if at == 0 { "" } else { "," });
                    self.blank();
                    self.text(name);
                    self.blank();
                    self.out.push(':');
                    self.value(value);
                }
                self.blank();
                self.out.push('}');
            }
        }
        self.blank();
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            let short = match character {
                '"' | '\\' | '/' => Some(character),
                '\x08' => Some('b'),
                '\x0c' => Some('f'),
                '\n' => Some('n'),
                '\r' => Some('r'),
                '\t' => Some('t'),
                _ => None,
            };
            let must_be_escaped = character < ' ' || matches!(character, '"' | '\\');
            match (self.choice(4), short) {
                (0, _) => self.code_units(character, |unit| format!("\\u{unit:04x}")),
                (1, _) => self.code_units(character, |unit| format!("\\u{unit:04X}")),
                (2, Some(letter)) => self.out.extend(['\\', letter]),
                (_, Some(letter)) if must_be_escaped => self.out.extend(['\\', letter]),
                _ if must_be_escaped => self.code_units(character, |unit| format!("\\u{unit:04x}")),
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }

    fn code_units(&mut self, character: char, escaped: impl Fn(u16) -> String) {
        for unit in character.encode_utf16(&mut [0; 2]) {
            self.out.push_str(&escaped(*unit));
        }
    }
}
