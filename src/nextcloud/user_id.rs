use crate::error::{Error, ErrorKind};
use crate::json::{Object, Value};
use crate::redaction::Secrets;
use crate::setting::Setting;
use crate::text::{every, has_control, path_segment};

/// Longest user id that Nextcloud's database holds, in bytes of UTF-8; a longer one makes it fail with status 500.
const MAX_USER_ID_BYTES: usize = 64;

/// An id that can be one segment of a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UserId(String);

impl UserId {
    /// An error where `text` cannot be an id.
    pub(crate) fn new(text: &str) -> Result<Self, Error> {
        let problem = match text {
            "" => "is empty",
            "." | ".." => "is a dot segment, which URLs give another meaning",
            _ if !every(text, |byte| byte != b'/') => "contains a slash, which can never be part of an id",
            _ if !every(text, |byte| byte != b'\\') => {
                "contains a backslash, which web servers and proxies may take for a slash"
            }
            _ if has_control(text) => "contains a control character",
            _ if text.len() > MAX_USER_ID_BYTES => "is longer than 64 bytes, the most that Nextcloud holds",
            _ => return Ok(UserId(text.to_string())),
        };
        Err(Error::invalid([Setting::UserId.name(), " ", problem].concat(), "give the user's id"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// An error where the answer names another user: a proxy or cache in between may mix up answers.
    pub(super) fn check_is_in(&self, secrets: &Secrets, answer: Object<'_>) -> Result<(), ErrorKind> {
        let found = match answer.get("user_id") {
            None => return Ok(()),
            Some(Value::Text(found)) => found.decode(),
            Some(_) => return Err(ErrorKind::UnexpectedField("user_id")),
        };
        if found == self.0 {
            Ok(())
        } else {
            Err(ErrorKind::UserMismatch { found: secrets.shown(&found), expected: self.0.clone() })
        }
    }

    pub(super) fn segment(&self) -> String {
        path_segment(&self.0)
    }
}
