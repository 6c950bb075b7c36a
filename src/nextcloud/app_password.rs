use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// An app password in the form that Astrolabe takes: five groups of five letters or digits.
#[derive(Debug, Clone)]
pub(crate) struct AppPassword(Secret);

impl AppPassword {
    pub(crate) fn new(secret: &Secret) -> Result<Self, Error> {
        let is_in_place =
            |(at, byte): (usize, u8)| if at % 6 == 5 { byte == b'-' } else { byte.is_ascii_alphanumeric() };
        let text = secret.expose();
        if text.len() == 29 && text.bytes().enumerate().all(is_in_place) {
            Ok(AppPassword(secret.clone()))
        } else {
            Err(ErrorKind::AppPasswordForm.into())
        }
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.0
    }
}
