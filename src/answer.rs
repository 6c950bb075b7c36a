//! A response together with what is needed to say what is wrong with it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::{Error, ErrorCode};
use crate::http::Response;
use crate::secret::Secret;
use crate::text::shortened;

#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) route: &'a str,
    pub(crate) response: &'a Response,
    pub(crate) now_ms: i64,
    /// What the request carried that nobody must see. Asked for only where something goes wrong.
    pub(crate) secrets: &'a dyn Fn() -> Vec<Secret>,
}

impl Answer<'_> {
    pub(crate) fn fail(&self, code: ErrorCode, message: &str, arguments: &[&str]) -> Error {
        Error::new(code, message, arguments).at(self.route).with(|details| {
            // A redirect that cannot be read has no status.
            details.status = Some(self.response.status).filter(|&status| status != 0);
        })
    }

    /// Whether `text` repeats a secret. One of a few letters is in every address.
    pub(crate) fn repeats_secret(&self, text: &str) -> bool {
        (self.secrets)().iter().any(|secret| secret.expose().len() > 5 && secret.is_in(text))
    }

    /// What may be shown of a text that a server wrote: not endless, and nothing where it repeats a secret.
    pub(crate) fn shown(&self, text: String) -> String {
        if (self.secrets)().iter().any(|secret| secret.is_in(&text)) {
            "[redacted]".to_string()
        } else {
            shortened(text)
        }
    }
}
