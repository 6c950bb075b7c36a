//! An answer, together with what is needed to say what is wrong with it.

use crate::error::{ErrorKind, NotJson, Refusal, RefusalReason};
use crate::http::Response;
use crate::json::{Object, Value};
use crate::login::Login;
use crate::platform::UnixTime;
use crate::redaction::Secrets;
use crate::secret::Secret;

/// What a server wrote leaves it only by [`Reply::shown`].
pub(crate) struct Reply<'a> {
    pub(crate) response: &'a Response,
    pub(crate) login: &'a Login,
    /// What the request carried that nobody may see, besides what the login is made of.
    pub(crate) sent: &'a [Secret],
    pub(crate) now: UnixTime,
}

impl<'a> Reply<'a> {
    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    pub(crate) fn json(&self) -> Option<Object<'a>> {
        Object::parse(&self.response.body)
    }

    pub(crate) fn not_json(&self) -> NotJson {
        if self.response.is_html() {
            NotJson::Html
        } else {
            NotJson::Other
        }
    }

    pub(crate) fn secrets(&self) -> Secrets {
        Secrets::new(self.login.secrets().into_iter().chain(self.sent.iter().cloned()).collect())
    }

    /// What may be shown of a text that a server wrote: not endless, and nothing where it repeats a secret.
    pub(crate) fn shown(&self, text: &str) -> String {
        self.secrets().shown(text)
    }

    /// The JSON object of an answer with status 200; anything else is an error.
    pub(super) fn object(&self) -> Result<Object<'a>, ErrorKind> {
        if self.status() != 200 {
            return Err(self.refused());
        }
        self.json().ok_or_else(|| ErrorKind::NotJson(self.not_json()))
    }

    /// The message in Nextcloud's own words: `message` of a controller, `error` of Astrolabe, `ocs.meta.message` of OCS.
    pub(crate) fn said(&self) -> Option<String> {
        let answer = self.json()?;
        let ocs = || answer.object("ocs")?.object("meta")?.text("message");
        let said = answer.text("message").or_else(|| answer.text("error")).or_else(ocs)?;
        Some(self.shown(&said)).filter(|said| !said.is_empty())
    }

    /// What a status other than success means.
    pub(super) fn refused(&self) -> ErrorKind {
        let response = self.response;
        let is_html = response.is_html();
        let reason = match response.status {
            _ if response.is_redirect() => RefusalReason::Redirect,
            400 if is_html => RefusalReason::HostNotTrusted,
            401 => RefusalReason::Login(self.login.way_in()),
            403 if is_html => RefusalReason::Firewall,
            403 => RefusalReason::NoAdministrator,
            404 if self.json().is_none() => RefusalReason::NoSuchRoute,
            412 => RefusalReason::Forged,
            429 if response.retry_after(self.now).is_none() => RefusalReason::BruteForceLock,
            429 => RefusalReason::TooMany,
            503 if response.is_maintenance() => RefusalReason::Maintenance,
            500.. => RefusalReason::ServerFailed,
            _ => RefusalReason::Other,
        };
        ErrorKind::Refused(Refusal { reason, status: response.status, said: self.said() })
    }

    /// An answer with status 200 may still say `success: false`.
    pub(super) fn confirmed(&self, answer: Object<'_>) -> Result<(), ErrorKind> {
        if answer.is_true("success") {
            Ok(())
        } else {
            Err(ErrorKind::NotConfirmed { said: self.said() })
        }
    }

    /// The OCS API's answer; a page with 404 is a web server's, which has none.
    pub(super) fn ocs(&self) -> Result<Object<'a>, ErrorKind> {
        if self.status() == 404 && self.response.is_html() {
            return Err(ErrorKind::NoOcs);
        }
        self.object()
    }
}

/// The member `name`, `None` where it is missing or `null`.
pub(super) fn member<'a>(answer: Object<'a>, name: &str) -> Option<Value<'a>> {
    answer.get(name).filter(|value| *value != Value::Null)
}
