//! `POST …/background-sync/credentials/revoke`

use super::{Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::{Method, Request};

/// Takes the access to the caller's own files; succeeds where there is none, too.
pub(crate) struct Revoke;

impl Endpoint for Revoke {
    type Answer = ();

    fn request(&self, at: &Installation) -> Request {
        at.astrolabe(Method::Post, "credentials/revoke")
    }

    fn read(&self, reply: &Reply<'_>) -> Result<(), ErrorKind> {
        // Anybody may do it; where only an administrator may, it became the GET of another route on its way.
        if reply.status() == 403 && reply.json().is_some() {
            return Err(ErrorKind::AnotherAnswer);
        }
        reply.change_confirmed(reply.object()?)
    }
}
