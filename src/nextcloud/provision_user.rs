//! `POST …/background-sync/admin/users/{userId}`

use super::reply::is_astrolabes_404;
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
        if reply.status() == 404 && reply.json().is_some_and(is_astrolabes_404) {
            return Err(ErrorKind::UnknownUser { said: reply.said() });
        }
        let answer = reply.object()?;
        reply.change_of_user_confirmed(answer, &self.0)?;
        Ok(StoredAppPassword::read(reply, answer))
    }
}
