//! `GET /ocs/v2.php/cloud/users/{userId}`

use super::{Endpoint, Installation, Reply, UserId};
use crate::error::ErrorKind;
use crate::http::Request;
use crate::json::Value;

/// Whether a user exists, for administrators.
pub(crate) struct GetUser(pub(crate) UserId);

impl Endpoint for GetUser {
    type Answer = bool;

    fn request(&self, at: &Installation) -> Request {
        at.users(&["/", &self.0.segment()].concat())
    }

    fn read(&self, reply: &Reply<'_>) -> Result<bool, ErrorKind> {
        let statuscode =
            reply.json().and_then(|answer| match answer.object("ocs")?.object("meta")?.get("statuscode")? {
                Value::Number(code) => Some(code),
                _ => None,
            });
        match (reply.status(), statuscode) {
            (200, Some("200")) => Ok(true),
            (404, Some("404")) => Ok(false),
            (404, Some("998")) => Err(ErrorKind::MayNotKnow),
            _ => {
                reply.ocs()?;
                Err(ErrorKind::UnexpectedField("ocs.meta.statuscode"))
            }
        }
    }
}
