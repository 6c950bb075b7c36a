//! A value that must not be shown.

use core::fmt;

use crate::text::form_decoded;

/// A client secret, token or password. Its `Debug` output is `[redacted]`.
#[derive(Clone, PartialEq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Secret(value.into())
    }

    /// The value itself; whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a server repeats this secret in `text`: as it is, as it was sent, or in a page.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let secret = self.0.as_bytes();
        let holds = |text: &[u8]| text.windows(secret.len()).any(|part| part == secret);
        !secret.is_empty()
            && (holds(text.as_bytes()) || holds(&form_decoded(text)) || holds(text.replace("&amp;", "&").as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_not_shown() {
        let secret = Secret::new("hunter2");
        assert_eq!([format!("{secret:?}"), format!("{:?}", Some(&secret))], ["[redacted]", "Some([redacted])"]);
    }

    #[test]
    fn is_found_in_every_form() {
        let secret = Secret::new("a&b c/+%41");
        for text in ["a&b c/+%41", "no: a%26b+c%2F%2B%2541!", "a%26b%20c%2f%2b%2541", "<p>a&amp;b c/+%41"] {
            assert!(secret.is_in(text), "{text}");
        }
        assert!(!secret.is_in("a&b"));
        assert!(!Secret::new("").is_in("x"));
    }
}
