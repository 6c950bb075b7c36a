//! `GET …/background-sync/credentials/{userId}`

use super::reply::{is_astrolabes_404, member, Reply};
use super::{status, BackgroundSyncStatus, Endpoint, Installation, UserId};
use crate::error::ErrorKind;
use crate::http::{Method, Request};
use crate::json::Value;
use crate::redaction::Secrets;
use crate::secret::Secret;

/// Whether a user gave access, for administrators.
pub(crate) struct GetCredentials(pub(crate) UserId);

/// What the route says of a user, in the words of today's Astrolabe and of the older one.
pub(crate) struct Credentials {
    pub(crate) status: BackgroundSyncStatus,
    /// Only an older Astrolabe gives it.
    pub(crate) app_password: Option<Secret>,
}

impl Endpoint for GetCredentials {
    type Answer = Credentials;

    fn request(&self, at: &Installation) -> Request {
        at.astrolabe(Method::Get, &["credentials/", &self.0.segment()].concat())
    }

    fn read(&self, reply: &Reply<'_>) -> Result<Credentials, ErrorKind> {
        if reply.status() == 404 {
            return match reply.json() {
                Some(answer) if is_astrolabes_404(answer) => {
                    Ok(Credentials { status: BackgroundSyncStatus::without_access(), app_password: None })
                }
                // Right or not, under this status it is no answer of Astrolabe's.
                Some(_) => Err(ErrorKind::AnotherAnswer),
                None => Err(reply.refused()),
            };
        }
        let answer = reply.object()?;
        if answer.get("success") == Some(Value::Bool(false)) {
            reply.confirmed(answer)?;
        }
        let app_password = match member(answer, "app_password") {
            None => None,
            Some(Value::Text(password)) => Some(password.decode()).filter(|password| !password.is_empty()),
            Some(_) => return Err(ErrorKind::UnexpectedField("app_password")),
        };
        let app_password = app_password.map(Secret::new);
        // Whatever else the answer says of it.
        let secrets = reply.secrets().with(app_password.as_slice());
        self.0.check_is_in(&secrets, answer)?;
        let has_access = status::has_access(answer)?;
        let is_of_the_route = has_access.is_some()
            || ["app_password", "credential_type"].into_iter().any(|name| answer.get(name).is_some())
            || (answer.is_true("success") && answer.get("user_id").is_some());
        if !is_of_the_route {
            return Err(ErrorKind::AnotherAnswer);
        }
        let status = status::read(&secrets, answer, has_access.unwrap_or(app_password.is_some()))?;
        // The name of the kind goes to a logger. The usual one says nothing of a password, whatever part of it that is.
        let repeats = |kind: &str| {
            let password = Secrets::new(app_password.clone().into_iter().collect(), Vec::new());
            kind != status::USUAL_KIND && password.shown(kind) != kind
        };
        if status.credential_type.as_deref().is_some_and(repeats) {
            return Err(ErrorKind::UnexpectedField("credential_type"));
        }
        Ok(Credentials { status, app_password })
    }
}
