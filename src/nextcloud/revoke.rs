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
        reply.confirmed(reply.object()?)
    }
}
