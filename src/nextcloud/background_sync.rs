//! Astrolabe's own routes, below `/apps/astrolabe/api/v1/background-sync`.

use alloc::string::{String, ToString};

use super::{api_request, user_segment};
use crate::answer::Answer;
use crate::error::{Error, ErrorCode};
use crate::http::{Method, Request};
use crate::json::{integer, Object, Value};
use crate::secret::Secret;
use crate::text::fill;

fn url(host: &str, path: &str) -> String {
    fill("{}/apps/astrolabe/api/v1/background-sync/{}", &[host, path])
}

/// Whether background services have access to a user's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackgroundSyncStatus {
    /// A credential is stored. That it works is not said.
    pub has_access: bool,
    /// The kind of credential, such as `app_password`.
    pub credential_type: Option<String>,
    /// When the user stored it, in Unix seconds.
    pub provisioned_at_s: Option<i64>,
}

/// What the credentials route says of a user, in the words of today's Astrolabe and of the older one.
pub(crate) struct Credentials {
    pub(crate) status: BackgroundSyncStatus,
    /// Only an older Astrolabe gives it.
    pub(crate) app_password: Option<Secret>,
}

pub(crate) fn credentials_request(host: &str, user_id: &str) -> Result<Request, Error> {
    Ok(api_request(Method::Get, url(host, &fill("credentials/{}", &[&user_segment(user_id)?]))))
}

/// Reads the answer to [`credentials_request`].
pub(crate) fn read_credentials(user_id: &str, answer: Answer<'_>) -> Result<Credentials, Error> {
    // The older Astrolabe says "no credentials" this way. A page comes from the web server or from Nextcloud's router.
    if answer.response.status == 404 && !answer.response.is_html() {
        return Ok(Credentials {
            status: BackgroundSyncStatus { has_access: false, credential_type: None, provisioned_at_s: None },
            app_password: None,
        });
    }
    let object = answer.object()?;
    if object.get("success") == Some(Value::Bool(false)) {
        succeeded(answer, object)?;
    }
    let other = match object.get("user_id") {
        None => None,
        Some(Value::String(id)) => Some(id).filter(|id| id != user_id),
        Some(_) => return Err(answer.unexpected_field("user_id")),
    };
    if let Some(other) = other {
        return Err(answer.fail(
            ErrorCode::UserMismatch,
            "the answer is about the user '{}', not about '{}': a proxy or cache in between mixes up answers",
            &[&answer.shown(other), user_id],
        ));
    }
    let app_password = match object.get("app_password") {
        None | Some(Value::Null) => None,
        Some(Value::String(password)) => Some(password).filter(|password| !password.is_empty()).map(Secret::new),
        Some(_) => return Err(answer.unexpected_field("app_password")),
    };
    let has_access = has_background_access(answer, object)?.unwrap_or(app_password.is_some());
    Ok(Credentials { status: read_fields(answer, object, has_access)?, app_password })
}

pub(crate) fn own_status_request(host: &str) -> Request {
    api_request(Method::Get, url(host, "status"))
}

/// Reads the answer to [`own_status_request`].
pub(crate) fn read_own_status(answer: Answer<'_>) -> Result<BackgroundSyncStatus, Error> {
    let object = answer.object()?;
    match has_background_access(answer, object)? {
        Some(has_access) => read_fields(answer, object, has_access),
        None => Err(answer.unexpected_field("has_background_access")),
    }
}

fn has_background_access(answer: Answer<'_>, object: Object<'_>) -> Result<Option<bool>, Error> {
    match object.get("has_background_access") {
        None => Ok(None),
        Some(Value::Bool(has_access)) => Ok(Some(has_access)),
        Some(_) => Err(answer.unexpected_field("has_background_access")),
    }
}

fn read_fields(answer: Answer<'_>, object: Object<'_>, has_access: bool) -> Result<BackgroundSyncStatus, Error> {
    let credential_type = match object.get("sync_type").or_else(|| object.get("credential_type")) {
        None | Some(Value::Null) => has_access.then(|| "app_password".to_string()),
        Some(Value::String(kind)) if !is_name(&kind) => return Err(answer.unexpected_field("sync_type")),
        Some(Value::String(kind)) => has_access.then_some(kind),
        Some(_) => return Err(answer.unexpected_field("sync_type")),
    };
    let provisioned_at_s = match object.get("provisioned_at") {
        None | Some(Value::Null) => None,
        Some(Value::Number(seconds)) => Some(
            integer(seconds)
                .filter(|seconds| is_date(*seconds))
                .ok_or_else(|| answer.unexpected_field("provisioned_at"))?,
        ),
        Some(_) => return Err(answer.unexpected_field("provisioned_at")),
    };
    Ok(BackgroundSyncStatus { has_access, credential_type, provisioned_at_s })
}

/// What a program may take for a name: it goes to a logger, too.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// Whether a `Date` can hold it (ECMAScript: 8.64e15 ms either way).
fn is_date(seconds: i64) -> bool {
    (-8_640_000_000_000..=8_640_000_000_000).contains(&seconds)
}

/// What became of an app password that was to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAppPassword {
    /// Nextcloud has saved it, but could not hand it on to the service that uses it.
    pub partial_success: bool,
    /// What the server said in its own words.
    pub message: Option<String>,
}

pub(crate) fn store_request(host: &str, app_password: &str) -> Result<Request, Error> {
    if !has_the_form_of_an_app_password(app_password) {
        return Err(Error::new(
            ErrorCode::AppPasswordRejected,
            "the app password is not of the form xxxxx-xxxxx-xxxxx-xxxxx-xxxxx: make one in Nextcloud's settings under Security; those of occ and of the login flow are of another form, which Astrolabe refuses", &[],
        ));
    }
    let mut request = api_request(Method::Post, url(host, "credentials"));
    request.headers.push(("Content-Type", "application/json".to_string()));
    // Its form leaves nothing to escape.
    request.body = Some(fill("{\"appPassword\":\"{}\"}", &[app_password]));
    Ok(request)
}

/// Five groups of five letters or digits.
fn has_the_form_of_an_app_password(text: &str) -> bool {
    text.len() == 29
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at % 6 == 5 { byte == b'-' } else { byte.is_ascii_alphanumeric() })
}

/// Reads the answer to [`store_request`].
pub(crate) fn read_stored(answer: Answer<'_>) -> Result<StoredAppPassword, Error> {
    // Both refusals name the reason as `error`; a 401 of Nextcloud's login has `message` instead.
    if matches!(answer.response.status, 400 | 401) {
        if let Some(reason) = Object::parse(&answer.response.body).and_then(|refusal| refusal.string("error")) {
            let reason = answer.shown(reason);
            return Err(answer
                .fail(ErrorCode::AppPasswordRejected, "Astrolabe refused the app password ({}): it must be a valid app password of the account that is logged in, and the server must be able to call itself to check it", &[&reason])
                .with(|details| details.server_message = Some(reason)));
        }
    }
    let object = answer.object()?;
    succeeded(answer, object)?;
    Ok(StoredAppPassword {
        partial_success: object.get("partial_success") == Some(Value::Bool(true)),
        message: object.string("message").map(|message| answer.shown(message)),
    })
}

pub(crate) fn revoke_request(host: &str) -> Request {
    api_request(Method::Post, url(host, "credentials/revoke"))
}

/// Reads the answer to [`revoke_request`]; revoking what is not there succeeds, too.
pub(crate) fn read_revoked(answer: Answer<'_>) -> Result<(), Error> {
    succeeded(answer, answer.object()?)
}

/// An answer with status 200 may still say `success: false`.
fn succeeded(answer: Answer<'_>, object: Object<'_>) -> Result<(), Error> {
    if object.get("success") == Some(Value::Bool(true)) {
        return Ok(());
    }
    let said = answer.server_message();
    Err(answer
        .fail(
            ErrorCode::UnexpectedResponse,
            "the answer does not say that it succeeded; it said: {}",
            &[said.as_deref().unwrap_or("nothing")],
        )
        .with(|details| details.server_message = said))
}
