//! A value that must not be shown, and not be left behind in memory.

use core::fmt;
use std::sync::Arc;

use zeroize::Zeroize;

/// A client secret, token or password. Its `Debug` output is `[redacted]`; its memory, which all clones share, is cleared when
/// the last of them is dropped.
#[derive(Clone, Eq)]
pub struct Secret(Arc<Cleared>);

#[derive(PartialEq, Eq)]
struct Cleared(String);

impl Secret {
    /// Hides `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Secret(Arc::new(Cleared(value.into())))
    }

    /// The value itself; whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0 .0
    }
}

impl PartialEq for Secret {
    /// The token that is kept is compared at each call, most often with itself.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Drop for Cleared {
    // Secrets are dropped at each end of each call.
    #[inline(never)]
    fn drop(&mut self) {
        self.0.zeroize();
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
    fn may_go_to_another_thread() {
        fn is_send_and_sync<T: Send + Sync>() {}
        is_send_and_sync::<Secret>();
    }

    #[test]
    fn is_not_shown() {
        let secret = Secret::new("hunter2");
        assert_eq!([format!("{secret:?}"), format!("{:?}", Some(&secret))], ["[redacted]", "Some([redacted])"]);
    }
}
