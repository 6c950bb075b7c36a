//! `GET …/background-sync/status`

use super::{status, BackgroundSyncStatus, Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::{Method, Request};

/// Whether the caller gave access.
pub(crate) struct GetOwnStatus;

impl Endpoint for GetOwnStatus {
    type Answer = BackgroundSyncStatus;

    fn request(&self, at: &Installation) -> Request {
        at.astrolabe(Method::Get, "status")
    }

    fn read(&self, reply: &Reply<'_>) -> Result<BackgroundSyncStatus, ErrorKind> {
        let answer = reply.object()?;
        let has_access = status::has_access(answer)?.ok_or_else(status::must_say)?;
        status::read(&reply.secrets(), answer, has_access)
    }
}
