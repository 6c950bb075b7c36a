//! `GET /status.php`

use super::{Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::Request;
use crate::platform::UnixTime;

/// What a server says of itself to anybody, in maintenance mode too.
pub(crate) struct GetServerStatus;

pub(crate) struct ServerStatus {
    pub(crate) version: String,
    pub(crate) is_in_maintenance: bool,
    /// Somebody has to run `occ upgrade`.
    pub(crate) needs_upgrade: bool,
    /// What its clock showed.
    pub(crate) date: Option<UnixTime>,
}

impl Endpoint for GetServerStatus {
    type Answer = ServerStatus;

    const LOGS_IN: bool = false;

    fn request(&self, at: &Installation) -> Request {
        at.file("status.php")
    }

    fn read(&self, reply: &Reply<'_>) -> Result<ServerStatus, ErrorKind> {
        // A page with 403 is a firewall's; anything else that is not what was asked for is another server's.
        if !matches!((reply.status(), reply.response.is_html()), (200 | 401 | 404, _) | (403, false)) {
            return Err(reply.refused());
        }
        let answer = reply.json().ok_or(ErrorKind::NoNextcloud)?;
        let version = answer.text("versionstring").ok_or(ErrorKind::NoNextcloud)?;
        Ok(ServerStatus {
            version: reply.shown(&version),
            is_in_maintenance: answer.is_true("maintenance"),
            needs_upgrade: answer.is_true("needsDbUpgrade"),
            date: reply.response.date(),
        })
    }
}
