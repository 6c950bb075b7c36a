//! `POST …/background-sync/admin/users/{userId}`

use super::{Endpoint, Installation, Reply, StoredAppPassword, UserId};
use crate::error::ErrorKind;
use crate::http::{Method, Request};

/// Gives access to a user's files, for administrators: Nextcloud makes an app password of that user's and stores it.
pub(crate) struct ProvisionUser(pub(crate) UserId);

impl Endpoint for ProvisionUser {
    type Answer = StoredAppPassword;

    fn request(&self, at: &Installation) -> Request {
        at.user_provisioning(Method::Post, &self.0)
    }

    fn read(&self, reply: &Reply<'_>) -> Result<StoredAppPassword, ErrorKind> {
        // Astrolabe's own 404; that of a router is no such JSON.
        if let (404, Some(answer)) = (reply.status(), reply.json()) {
            if answer.text("error").is_some() && !answer.is_true("success") {
                return Err(ErrorKind::UnknownUser { said: reply.said() });
            }
        }
        let answer = reply.object()?;
        reply.change_of_user_confirmed(answer, &self.0)?;
        Ok(StoredAppPassword::read(reply, answer))
    }
}
