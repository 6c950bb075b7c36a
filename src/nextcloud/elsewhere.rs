use super::{Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::Request;

/// A route at another address than the client's own.
pub(crate) struct Elsewhere<E> {
    pub(crate) installation: Installation,
    pub(crate) endpoint: E,
}

impl<E: Endpoint> Endpoint for Elsewhere<E> {
    type Answer = E::Answer;

    const LOGS_IN: bool = E::LOGS_IN;

    fn request(&self, _: &Installation) -> Request {
        self.endpoint.request(&self.installation)
    }

    fn read(&self, reply: &Reply<'_>) -> Result<E::Answer, ErrorKind> {
        self.endpoint.read(reply)
    }

    fn refuses_login(reply: &Reply<'_>) -> bool {
        E::refuses_login(reply)
    }
}
