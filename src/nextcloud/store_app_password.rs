//! `POST …/background-sync/credentials`

use super::{AppPassword, Endpoint, Installation, Reply};
use crate::error::ErrorKind;
use crate::http::{Method, Request};
use crate::json::Object;
use crate::secret::Secret;

/// Gives access to the caller's own files.
pub(crate) struct StoreAppPassword(pub(crate) AppPassword);

/// What became of an app password that was to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAppPassword {
    /// Nextcloud has saved it, but could not hand it on to the service that uses it.
    pub partial_success: bool,
    /// What the server said in its own words.
    pub message: Option<String>,
}

impl StoredAppPassword {
    pub(super) fn read(reply: &Reply<'_>, answer: Object<'_>) -> Self {
        let message = answer.text("message").map(|message| reply.shown(&message));
        StoredAppPassword {
            partial_success: answer.is_true("partial_success"),
            message: message.filter(|message| !message.is_empty()),
        }
    }
}

impl Endpoint for StoreAppPassword {
    type Answer = StoredAppPassword;

    fn request(&self, at: &Installation) -> Request {
        let body = ["{\"appPassword\":\"", self.0.secret().expose(), "\"}"].concat();
        at.astrolabe(Method::Post, "credentials").with_body("application/json", body)
    }

    fn read(&self, reply: &Reply<'_>) -> Result<StoredAppPassword, ErrorKind> {
        if let Some(reason) = refused_password(reply) {
            let reason = reply.shown(&reason);
            // With this status each version refuses a form that is not its own.
            return Err(match reply.status() == 400 && !self.0.is_in_groups() {
                true => ErrorKind::AppPasswordFormOfNewer { reason },
                false => ErrorKind::AppPasswordRefused { reason },
            });
        }
        let answer = reply.object()?;
        reply.change_confirmed(answer)?;
        Ok(StoredAppPassword::read(reply, answer))
    }

    fn refuses_login(reply: &Reply<'_>) -> bool {
        reply.status() == 401 && refused_password(reply).is_none()
    }

    fn secret(&self) -> Option<&Secret> {
        Some(self.0.secret())
    }
}

/// Both refusals name the reason as `error`; a 401 of Nextcloud's login has `message` instead.
fn refused_password(reply: &Reply<'_>) -> Option<String> {
    matches!(reply.status(), 400 | 401).then(|| reply.json()?.text("error"))?
}
