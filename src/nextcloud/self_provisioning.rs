//! `POST …/background-sync/admin/self-provision`

use super::{status, Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::{Method, Request};

/// Whether users may give access by themselves from now on, for administrators.
pub(crate) struct SetSelfProvisioning {
    pub(crate) is_allowed: bool,
}

impl Endpoint for SetSelfProvisioning {
    type Answer = ();

    fn request(&self, at: &Installation) -> Request {
        let body = if self.is_allowed { r#"{"enabled":true}"# } else { r#"{"enabled":false}"# };
        at.astrolabe(Method::Post, "admin/self-provision").with_body("application/json", body.to_string())
    }

    fn read(&self, reply: &Reply<'_>) -> Result<(), ErrorKind> {
        let answer = reply.object()?;
        reply.change_confirmed(answer)?;
        match status::self_provisioning(answer)? {
            Some(is_allowed) if is_allowed == self.is_allowed => Ok(()),
            Some(_) => Err(ErrorKind::NotConfirmed { said: reply.said() }),
            None => Err(ErrorKind::AnotherAnswer),
        }
    }
}
