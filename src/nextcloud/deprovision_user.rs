//! `DELETE …/background-sync/admin/users/{userId}`

use super::{Endpoint, Installation, Reply, UserId};
use crate::error::ErrorKind;
use crate::http::{Method, Request};

/// Takes the access to a user's files, for administrators; succeeds where there is none, too.
pub(crate) struct DeprovisionUser(pub(crate) UserId);

impl Endpoint for DeprovisionUser {
    type Answer = ();

    fn request(&self, at: &Installation) -> Request {
        at.user_provisioning(Method::Delete, &self.0)
    }

    fn read(&self, reply: &Reply<'_>) -> Result<(), ErrorKind> {
        reply.change_of_user_confirmed(reply.object()?, &self.0)
    }
}
