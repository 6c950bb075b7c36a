//! A value that must not be shown.

use alloc::string::String;
use core::fmt;

/// A client secret, token or password. Its `Debug` output is `[redacted]`.
#[derive(Clone, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Hides `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Secret(value.into())
    }

    /// The value itself; whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
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
}
