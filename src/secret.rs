//! A value that must not be shown.

use core::fmt;

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

    /// `text` without this secret, for a server that repeats it in a message of its own.
    pub(crate) fn strike_from(&self, text: String) -> String {
        if !self.0.is_empty() && text.contains(&self.0) {
            text.replace(&self.0, "[redacted]")
        } else {
            text
        }
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
        assert_eq!(secret.strike_from("wrong: hunter2, hunter2!".into()), "wrong: [redacted], [redacted]!");
        assert_eq!(Secret::new("").strike_from("x".into()), "x");
    }
}
