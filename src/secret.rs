//! A value that must not be shown.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::text::{contains, form_decoded, html_decoded};

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

    /// Whether a server repeats this secret in `text`: as it is, or in an encoding that it was sent or quoted in.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let secret = self.0.as_bytes();
        let text = text.as_bytes();
        let decoded = form_decoded(text);
        let unquoted: Vec<u8> = text.iter().copied().filter(|&byte| byte != b'\\').collect();
        !secret.is_empty()
            && [text, &decoded, &form_decoded(&decoded), &unquoted, &html_decoded(text)]
                .iter()
                .any(|text| contains(text, secret))
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
        let quoted = Secret::new("S3cr\"et<x>'y");
        for text in [
            "S3cr&quot;et&lt;x&gt;&#039;y",
            "S3cr&#34;et&lt;x&gt;&#39;y",
            r#"{"client_secret":"S3cr\"et<x>'y"}"#,
            "S3cr%2522et%253Cx%253E%2527y",
        ] {
            assert!(quoted.is_in(text), "{text}");
        }
        for text in ["a&b c/+%41", "no: a%26b+c%2F%2B%2541!", "a%26b%20c%2f%2b%2541", "<p>a&amp;b c/+%41"] {
            assert!(secret.is_in(text), "{text}");
        }
        assert!(!secret.is_in("a&b"));
        assert!(!Secret::new("").is_in("x"));
    }
}
