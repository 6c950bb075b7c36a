use core::ops::RangeInclusive;

use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::text::every;

/// How long one is that some version of Astrolabe takes.
const LENGTHS: RangeInclusive<usize> = 20..=256;

/// An app password in a form that some version of Astrolabe takes: letters, digits and hyphens, which leave nothing to escape.
#[derive(Debug, Clone)]
pub(crate) struct AppPassword(Secret);

impl AppPassword {
    pub(crate) fn new(secret: &Secret) -> Result<Self, Error> {
        let text = secret.expose();
        if LENGTHS.contains(&text.len()) && every(text, |byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            Ok(AppPassword(secret.clone()))
        } else {
            Err(ErrorKind::AppPasswordForm.into())
        }
    }

    /// Whether it is five groups of five, as Nextcloud's settings show them: an older Astrolabe takes no other.
    pub(super) fn is_in_groups(&self) -> bool {
        let is_in_place = |(at, byte): (usize, u8)| (at % 6 == 5) == (byte == b'-');
        let text = self.0.expose();
        text.len() == 29 && text.bytes().enumerate().all(is_in_place)
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.0
    }
}
