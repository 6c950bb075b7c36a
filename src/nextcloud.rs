//! Nextcloud's routes: paths, what an answer holds, what each status means.
//! Pure: makes requests and reads responses, sends nothing.

use crate::error::{Error, ErrorCode};
use crate::http::{Method, Request, Response};
use crate::json::{integer, Object, Value};
use crate::secret::Secret;
use crate::text::{decimal, path_segment};

/// How long Nextcloud's brute-force lock lasts, in milliseconds.
const BRUTE_FORCE_LOCK_MS: u64 = 30 * 60 * 1000;

/// Longest user id that Nextcloud's database holds, in bytes of UTF-8; a longer one makes it fail with status 500.
const MAX_USER_ID_BYTES: usize = 64;

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

impl BackgroundSyncStatus {
    const NO_ACCESS: Self = BackgroundSyncStatus { has_access: false, credential_type: None, provisioned_at_s: None };
}

/// `user_id` as one segment of a path; an error where it cannot be one.
fn user_segment(user_id: &str) -> Result<String, Error> {
    let problem = if user_id.is_empty() {
        "is empty"
    } else if user_id == "." || user_id == ".." {
        "is a dot segment, which URLs give another meaning"
    } else if user_id.contains(['/', '\\']) {
        "contains a slash, which can never be part of an id"
    } else if user_id.chars().any(char::is_control) {
        "contains a control character"
    } else if user_id.len() > MAX_USER_ID_BYTES {
        "is longer than 64 bytes, the most that Nextcloud holds"
    } else {
        return Ok(path_segment(user_id));
    };
    Err(Error::invalid(["userId ", problem].concat()))
}

fn api_request(method: Method, host: &str, path: &str) -> Request {
    let mut request = Request::new(method, [host, path].concat());
    // Without it Nextcloud takes the request for a forged one and answers 412.
    request.headers.push(("OCS-APIRequest", "true".to_string()));
    request
}

pub(crate) fn credentials_request(host: &str, user_id: &str) -> Result<Request, Error> {
    let path = ["/apps/astrolabe/api/v1/background-sync/credentials/", &user_segment(user_id)?].concat();
    Ok(api_request(Method::Get, host, &path))
}

/// What the credentials route says of a user, in the words of today's Astrolabe and of the older one.
pub(crate) struct Credentials {
    pub(crate) status: BackgroundSyncStatus,
    /// Only an older Astrolabe gives it.
    pub(crate) app_password: Option<Secret>,
}

/// Reads the answer to [`credentials_request`].
pub(crate) fn read_credentials(route: &str, user_id: &str, response: &Response, now_ms: i64) -> Result<Credentials, Error> {
    // The older Astrolabe says "no credentials" this way. A page comes from the web server or from Nextcloud's router.
    if response.status == 404 && !response.is_html() {
        return Ok(Credentials { status: BackgroundSyncStatus::NO_ACCESS, app_password: None });
    }
    let answer = read_object(route, response, now_ms)?;
    if let Some(other) = answer.string("user_id").filter(|other| other != user_id) {
        return Err(Error::new(ErrorCode::UserMismatch, ["the answer is about the user '", &other, "', not about '", user_id, "': a proxy or cache in between mixes up answers"].concat())
            .at(route)
            .with(|details| details.status = Some(response.status)));
    }
    let app_password = match answer.get("app_password") {
        None | Some(Value::Null) => None,
        Some(Value::String(password)) => Some(password).filter(|password| !password.is_empty()).map(Secret::new),
        Some(_) => return Err(unexpected_field(route, response, "app_password")),
    };
    let has_access = match answer.get("has_background_access") {
        None => app_password.is_some(),
        Some(Value::Bool(has_access)) => has_access,
        Some(_) => return Err(unexpected_field(route, response, "has_background_access")),
    };
    Ok(Credentials { status: read_status(route, response, answer, has_access)?, app_password })
}

fn read_status(route: &str, response: &Response, answer: Object<'_>, has_access: bool) -> Result<BackgroundSyncStatus, Error> {
    let credential_type = match answer.get("sync_type").or_else(|| answer.get("credential_type")) {
        None | Some(Value::Null) => None,
        Some(Value::String(kind)) => Some(kind),
        Some(_) => return Err(unexpected_field(route, response, "sync_type")),
    };
    let provisioned_at_s = match answer.get("provisioned_at") {
        None | Some(Value::Null) => None,
        Some(Value::Number(seconds)) => Some(integer(seconds).filter(|seconds| is_date(*seconds)).ok_or_else(|| unexpected_field(route, response, "provisioned_at"))?),
        Some(_) => return Err(unexpected_field(route, response, "provisioned_at")),
    };
    if !has_access {
        return Ok(BackgroundSyncStatus { has_access, credential_type, provisioned_at_s });
    }
    Ok(BackgroundSyncStatus { has_access, credential_type: credential_type.or_else(|| Some("app_password".to_string())), provisioned_at_s })
}

/// Whether a `Date` can hold it (ECMAScript: 8.64e15 ms either way).
fn is_date(seconds: i64) -> bool {
    (-8_640_000_000_000..=8_640_000_000_000).contains(&seconds)
}

/// The JSON object of an answer with status 200; anything else is an error.
fn read_object<'a>(route: &str, response: &'a Response, now_ms: i64) -> Result<Object<'a>, Error> {
    if response.status != 200 {
        return Err(refused(route, response, now_ms));
    }
    Object::parse(&response.body).ok_or_else(|| {
        let what = if response.is_html() { "an HTML page" } else { "something that is no JSON object" };
        Error::new(ErrorCode::UnexpectedResponse, ["the server answered with ", what, ": check that nextcloudHost is the address of a Nextcloud and that no login page or proxy stands before it"].concat())
            .at(route)
            .with(|details| details.status = Some(response.status))
    })
}

fn unexpected_field(route: &str, response: &Response, name: &str) -> Error {
    Error::new(ErrorCode::UnexpectedResponse, ["the field ", name, " of the answer is not of the type that Astrolabe gives it: this version of Astrolabe may be too new for this client"].concat())
        .at(route)
        .with(|details| details.status = Some(response.status))
}

/// The message in Nextcloud's own words: `message` of a controller, `error` of Astrolabe, `ocs.meta.message` of OCS.
fn server_message(response: &Response) -> Option<String> {
    let answer = Object::parse(&response.body)?;
    let ocs = || answer.object("ocs")?.object("meta")?.string("message");
    answer.string("message").or_else(|| answer.string("error")).or_else(ocs).filter(|message| !message.is_empty())
}

/// What a status other than success means on one of Nextcloud's routes.
fn refused(route: &str, response: &Response, now_ms: i64) -> Error {
    let server_message = server_message(response);
    let html = response.is_html();
    let (code, meaning) = match response.status {
        _ if response.is_redirect() => (ErrorCode::UnexpectedRedirect, "the server answered with a redirect, which a login does not follow: give nextcloudHost as the address that it redirects to, https and path included"),
        400 if html => (ErrorCode::RequestRejected, "the server refused the request with a page (400): the host name of nextcloudHost is probably missing from trusted_domains in Nextcloud's config.php"),
        401 => (ErrorCode::Unauthorized, "Nextcloud did not accept the login (401): the token or password is wrong, expired or revoked; or Nextcloud does not know this identity provider (user_oidc must be set up to check bearer tokens); or the web server drops the Authorization header"),
        403 => (ErrorCode::Forbidden, "Nextcloud knows the caller but does not let it do this (403): this route is for administrators, so make the account one or log in as one"),
        404 if html => (ErrorCode::AppNotAvailable, "no such route (an HTML 404): the Astrolabe app is not installed, not enabled for this caller, or the web server does not rewrite URLs (then add /index.php to nextcloudHost)"),
        429 if response.header("retry-after").is_none() => (ErrorCode::RateLimited, "Nextcloud's brute-force protection has locked this address for up to 30 minutes (429) after too many wrong passwords: check the password, then wait; a bearer token is not affected"),
        429 => (ErrorCode::RateLimited, "too many requests (429): wait and send fewer"),
        503 if response.is_maintenance() => (ErrorCode::Maintenance, "Nextcloud is in maintenance mode (503): try again when it is over"),
        500.. => (ErrorCode::ServerError, "the server failed"),
        412 => (ErrorCode::RequestRejected, "Nextcloud took the request for a forged one (412): something in between dropped the OCS-APIRequest header"),
        _ => (ErrorCode::RequestRejected, "the server refused the request"),
    };
    let mut message = vec![meaning];
    let status = decimal(response.status.into());
    if matches!(code, ErrorCode::ServerError) || meaning == "the server refused the request" {
        message.extend([" (", &status, "): its log tells why"]);
    }
    if let Some(said) = &server_message {
        message.extend(["; it said: ", said]);
    }
    Error::new(code, message.concat()).at(route).with(|details| {
        details.status = Some(response.status).filter(|&status| status != 0);
        details.retry_after_ms = match code {
            ErrorCode::RateLimited => Some(response.retry_after_ms(now_ms).unwrap_or(BRUTE_FORCE_LOCK_MS)),
            _ => response.retry_after_ms(now_ms),
        };
        details.server_message = server_message;
    })
}
