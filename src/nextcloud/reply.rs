//! An answer, together with what is needed to say what is wrong with it.

use super::UserId;
use crate::config::WayIn;
use crate::error::{Error, ErrorKind, NotJson, Refusal, RefusalReason};
use crate::http::Response;
use crate::json::{Object, Value};
use crate::login::Login;
use crate::platform::UnixTime;
use crate::redaction::Secrets;
use crate::secret::Secret;
use crate::url::{without_query, Url};

/// What a server wrote leaves it only by [`Reply::shown`].
pub(crate) struct Reply<'a> {
    pub(crate) response: &'a Response,
    pub(crate) login: &'a Login,
    /// Whether the request carried it.
    pub(crate) carries_login: bool,
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
        if self.response.has_php_message() {
            NotJson::PhpMessage
        } else if self.response.is_html() {
            NotJson::Html
        } else {
            NotJson::Other
        }
    }

    pub(crate) fn secrets(&self) -> Secrets {
        self.login.secrets().with(self.sent)
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

    /// What went wrong with it, there.
    pub(crate) fn error(&self, kind: ErrorKind, route: &str) -> Error {
        let retry_after = self.response.retry_after(self.now).filter(|_| self.status() != 200);
        Error::new(kind).at(route).with_status(self.status()).with_retry_after(retry_after)
    }

    /// Whether it is a 404 of Nextcloud's router, or of a web server: not in the words of an app.
    pub(crate) fn is_no_route(&self) -> bool {
        self.status() == 404 && self.json().is_none()
    }

    /// What a status other than success means.
    pub(crate) fn refused(&self) -> ErrorKind {
        let response = self.response;
        // The right answer under 404: Apache's error document is Nextcloud, which answers the route all the same, as a GET.
        if response.status == 404 && self.json().is_some_and(names_user) {
            return ErrorKind::AnotherAnswer;
        }
        let is_html = response.is_html();
        let said = self.said();
        let says = |words: &str| said.as_deref().is_some_and(|said| said.starts_with(words));
        let reason = match response.status {
            _ if response.is_redirect() => RefusalReason::Redirect(self.redirect_target()),
            400 if response.is_nextclouds_page() || says("Trusted domain") => RefusalReason::HostNotTrusted,
            401 if says("Account disabled") => RefusalReason::AccountDisabled,
            // Of a password that it looked at and found wrong, Nextcloud says nothing, or "Unauthorised".
            401 if says("Current user is not logged in") && self.carries_password() => self.ignored_password(),
            401 if self.carries_password() && said.is_some() && !says("Unauthori") => {
                RefusalReason::LoginRefusedInWords
            }
            401 => RefusalReason::Login(self.login.way_in()),
            403 if is_html => RefusalReason::Firewall,
            403 if says("User self-provisioning is disabled") => RefusalReason::SelfProvisioningOff,
            403 => RefusalReason::NoAdministrator(self.account()),
            404 if self.is_no_route() => RefusalReason::NoSuchRoute,
            405 => RefusalReason::NoSuchMethod,
            412 => RefusalReason::Forged,
            // Only a password that was sent can lock, and only Nextcloud itself says so; another 429 is a busy server's, or
            // that of a proxy before it.
            429 if says("Reached maximum delay")
                && self.carries_password()
                && response.retry_after(self.now).is_none() =>
            {
                RefusalReason::BruteForceLock
            }
            429 => RefusalReason::TooMany,
            // The OCS API gives the same answer until somebody has run `occ upgrade`.
            503 if response.is_maintenance() && self.json().is_some() => RefusalReason::MaintenanceOrUpgrade,
            503 if response.is_maintenance() => RefusalReason::Maintenance,
            503 if response.is_upgrade_page() => RefusalReason::NeedsUpgrade,
            500.. => RefusalReason::ServerFailed,
            _ => RefusalReason::Other,
        };
        ErrorKind::Refused(Refusal { reason, status: response.status, said })
    }

    /// Where a redirect goes, without what may be secret in it.
    fn redirect_target(&self) -> Option<String> {
        let location = self.response.header("location")?;
        let target = match Url::parse(&self.response.url) {
            Some(here) => here.join(location)?,
            None => Url::parse(location).map(|_| location.to_string())?,
        };
        Some(self.shown(without_query(&target)))
    }

    /// The account that Nextcloud takes the caller for.
    fn account(&self) -> Option<String> {
        self.response.header("x-user-id").map(|account| self.shown(account)).filter(|account| !account.is_empty())
    }

    fn carries_password(&self) -> bool {
        self.carries_login && self.login.way_in() == WayIn::Basic
    }

    /// Nextcloud asks PHP's `empty()` whether there is a user name, and to that the name `0` is none.
    fn ignored_password(&self) -> RefusalReason {
        match self.login {
            Login::Basic { username, .. } if username == "0" => RefusalReason::UsernameTakenForNone,
            _ => RefusalReason::PasswordIgnored,
        }
    }

    /// An answer with status 200 may still say `success: false`.
    pub(super) fn confirmed(&self, answer: Object<'_>) -> Result<(), ErrorKind> {
        if answer.is_true("success") {
            Ok(())
        } else {
            Err(ErrorKind::NotConfirmed { said: self.said() })
        }
    }

    /// The same of a change of one's own: where a user is named, it is the answer of another route. (Apache without URL
    /// rewriting makes a GET of a POST, and asks of a user `revoke`.)
    pub(super) fn change_confirmed(&self, answer: Object<'_>) -> Result<(), ErrorKind> {
        self.confirmed(answer)?;
        if names_user(answer) {
            return Err(ErrorKind::AnotherAnswer);
        }
        Ok(())
    }

    /// The same of a change of a user's: it names the user, and says no more of whom it is about.
    pub(super) fn change_of_user_confirmed(&self, answer: Object<'_>, user_id: &UserId) -> Result<(), ErrorKind> {
        self.confirmed(answer)?;
        if answer.get("user_id").is_none() || answer.get("has_background_access").is_some() {
            return Err(ErrorKind::AnotherAnswer);
        }
        user_id.check_is_in(&self.secrets(), answer)
    }

    /// The OCS API's answer; a page with 404 is a web server's, which has none.
    pub(super) fn ocs(&self) -> Result<Object<'a>, ErrorKind> {
        if self.status() == 404 && self.response.is_html() {
            return Err(ErrorKind::NoOcs);
        }
        self.object()
    }
}

/// Whether it is what the routes of a status answer.
fn names_user(answer: Object<'_>) -> bool {
    ["user_id", "has_background_access"].into_iter().any(|name| answer.get(name).is_some())
}

/// The member `name`, `None` where it is missing or `null`.
pub(crate) fn member<'a>(answer: Object<'a>, name: &str) -> Option<Value<'a>> {
    answer.get(name).filter(|value| *value != Value::Null)
}

/// Astrolabe's own 404 is an object of `success: false`, a text `error`, or both, and of nothing else: "no credentials" of an
/// older one, "unknown user" of the newer. Any other comes from the web server, a gateway or Nextcloud's router.
pub(super) fn is_astrolabes_404(answer: Object<'_>) -> bool {
    let mut members = 0;
    let are_its_own = answer.members().all(|(name, value)| {
        members += 1;
        match name.decode().as_str() {
            "success" => value == Value::Bool(false),
            "error" => matches!(value, Value::Text(_)),
            _ => false,
        }
    });
    are_its_own && members > 0
}
