//! `GET …/background-sync/status`

use super::{status, BackgroundSyncStatus, Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::{Method, Request};

/// Whether the caller gave access.
pub(crate) struct GetOwnStatus;

/// Whether background services have access to the caller's own files, and whether the caller may change that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnBackgroundSyncStatus {
    /// What the status of any user says.
    pub status: BackgroundSyncStatus,
    /// Whether users may give access by themselves; `None` where the server does not say.
    pub self_provisioning_allowed: Option<bool>,
}

impl Endpoint for GetOwnStatus {
    type Answer = OwnBackgroundSyncStatus;

    fn request(&self, at: &Installation) -> Request {
        at.astrolabe(Method::Get, "status")
    }

    fn read(&self, reply: &Reply<'_>) -> Result<OwnBackgroundSyncStatus, ErrorKind> {
        let answer = reply.object()?;
        let has_access = status::has_access(answer)?.ok_or_else(status::must_say)?;
        Ok(OwnBackgroundSyncStatus {
            status: status::read(&reply.secrets(), answer, has_access)?,
            self_provisioning_allowed: status::self_provisioning(answer)?,
        })
    }
}
