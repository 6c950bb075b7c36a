//! What may be shown of a text that a server wrote.

use crate::secret::Secret;
use crate::text::{contains, shortened};

/// A secret of fewer letters stands in texts by chance: an address, the name of a kind.
const TELLING_LENGTH: usize = 6;

/// How often over a text may be percent-encoded.
const MOST_ENCODINGS: usize = 3;

/// What was sent, or could have been sent, and that nobody gets to see.
pub(crate) struct Secrets(Vec<Secret>);

impl Secrets {
    /// Of those that are empty, nothing is looked for.
    pub(crate) fn new(values: Vec<Secret>) -> Self {
        Secrets(values)
    }

    /// `text` in one line that is not endless; nothing of it where it repeats a secret.
    pub(crate) fn shown(&self, text: &str) -> String {
        if self.are_repeated_by(text, 1) {
            "[redacted]".to_string()
        } else {
            shortened(text)
        }
    }

    /// Whether an address or a name repeats a secret.
    pub(crate) fn are_in_name(&self, text: &str) -> bool {
        self.are_repeated_by(text, TELLING_LENGTH)
    }

    /// The same for what a program takes for a name of a few letters; it may be part of a password by chance.
    pub(crate) fn are_in_kind(&self, text: &str) -> bool {
        self.are_repeated_by(text, 20)
    }

    /// Whether `text` repeats one of at least `shortest` bytes: as it is, or in an encoding in which one is sent or quoted.
    fn are_repeated_by(&self, text: &str, shortest: usize) -> bool {
        // No encoding is shorter than what it encodes.
        if text.len() < shortest {
            return false;
        }
        let text = text.as_bytes();
        let mut forms = vec![text.to_vec(), html_decoded(text)];
        for plus in [b' ', b'+'] {
            let mut decoded = text.to_vec();
            for _ in 0..MOST_ENCODINGS {
                decoded = percent_decoded(&decoded, plus);
                forms.push(decoded.clone());
            }
        }
        // Quoting doubles the backslashes that a secret has of its own.
        let unquoted = without_backslashes(text);
        self.0.iter().map(|secret| without_padding(secret.expose().as_bytes())).any(|secret| {
            secret.len() >= shortest
                && !secret.is_empty()
                && (forms.iter().any(|text| contains(text, secret))
                    || contains(&unquoted, &without_backslashes(secret)))
        })
    }
}

/// Base64 may come back without its padding.
fn without_padding(mut secret: &[u8]) -> &[u8] {
    while let [start @ .., b'='] = secret {
        secret = start;
    }
    secret
}

fn without_backslashes(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|&byte| byte != b'\\').collect()
}

/// `text` with the entities undone in which HTML writes what stands in an attribute or between tags.
fn html_decoded(mut text: &[u8]) -> Vec<u8> {
    const ENTITIES: [(&[u8], u8); 4] = [(b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&amp;", b'&')];
    let mut out = Vec::with_capacity(text.len());
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
    /// More leading zeros than these, nobody writes: and the search for the end of one has an end.
    const MOST_DIGITS: usize = 8;
    let rest = text.strip_prefix(b"&#")?;
    let (digits, radix) = match rest {
        [b'x' | b'X', digits @ ..] => (digits, 16),
        _ => (rest, 10),
    };
    let length = digits.iter().take(MOST_DIGITS + 1).position(|&byte| byte == b';')?;
    let (digits, rest) = (digits.get(..length)?, digits.get(length + 1..)?);
    let code = digits
        .iter()
        .try_fold(0u32, |code, &digit| Some((code * radix + char::from(digit).to_digit(radix)?).min(0x80)))?;
    Some((code as u8, rest)).filter(|_| code < 0x80 && length > 0)
}

/// `text` with percent encoding undone, and `plus` for a plus, which in a form is a blank.
fn percent_decoded(text: &[u8], plus: u8) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        out.push(match (byte, tail) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    (high * 16 + low) as u8
                }
                _ => byte,
            },
            (b'+', _) => plus,
            _ => byte,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(secret: &str, text: &str) -> bool {
        Secrets::new(vec![Secret::new(secret)]).are_repeated_by(text, 1)
    }

    #[test]
    fn undoes_percent_and_form_encoding() {
        assert_eq!(percent_decoded(b"a%20b+c%2Fd%2f&f%zz%2", b' '), b"a b c/d/&f%zz%2");
        assert_eq!(percent_decoded(b"a%20b+c", b'+'), b"a b+c");
    }

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        for text in ["", "a", "ab", "aab", "abab", "aaab", "ababac", "abcabcabd"] {
            for part in ["a", "b", "ab", "aab", "abac", "abcabd", "aaaa"] {
                assert_eq!(contains(text.as_bytes(), part.as_bytes()), text.contains(part), "{part} in {text}");
            }
        }
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
