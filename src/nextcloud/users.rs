//! `GET /ocs/v2.php/cloud/users`

use super::{Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::Request;
use crate::json::Value;
use crate::text::{decimal, push_form_field};

/// One page of the user directory, for administrators.
pub(crate) struct ListUsers {
    /// Empty: all users.
    pub(crate) search: String,
    pub(crate) limit: u32,
    pub(crate) offset: u32,
}

const USERS: &str = "ocs.data.users";

impl Endpoint for ListUsers {
    /// Ids as they are, though Nextcloud sends all-digit ones as numbers.
    type Answer = Vec<String>;

    fn request(&self, at: &Installation) -> Request {
        let mut query = String::new();
        push_form_field(&mut query, "limit", &decimal(self.limit.into()));
        push_form_field(&mut query, "offset", &decimal(self.offset.into()));
        if !self.search.is_empty() {
            push_form_field(&mut query, "search", &self.search);
        }
        at.users(&["?", &query].concat())
    }

    fn read(&self, reply: &Reply<'_>) -> Result<Vec<String>, ErrorKind> {
        let answer = reply.ocs()?;
        let users = answer.object("ocs").and_then(|ocs| ocs.object("data")?.array("users"));
        let id = |user| match user {
            Value::Text(id) => Ok(id.decode()),
            Value::Number(digits) => Ok(digits.to_string()),
            _ => Err(ErrorKind::UnexpectedField(USERS)),
        };
        users.ok_or(ErrorKind::UnexpectedField(USERS))?.items().map(id).collect()
    }
}
