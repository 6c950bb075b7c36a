//! `status.php`: what a server says of itself to anybody, in maintenance mode too.

use alloc::string::String;

use super::installation;
use crate::answer::Answer;
use crate::error::{Error, ErrorCode};
use crate::http::{Method, Request};
use crate::http_date;
use crate::json::Value;
use crate::text::fill;

pub(crate) struct ServerStatus {
    /// As people know it, such as `32.0.1`.
    pub(crate) version: String,
    pub(crate) maintenance: bool,
    pub(crate) needs_upgrade: bool,
    /// What its clock shows, in Unix milliseconds; whole seconds. `None` where that is not to be seen.
    pub(crate) server_ms: Option<i64>,
}

/// Carries no login, and no header that would need a CORS preflight, which `status.php` does not answer.
pub(crate) fn request(host: &str) -> Request {
    Request::new(Method::Get, fill("{}/status.php", &[installation(host)]))
}

/// Reads the answer to [`request`].
pub(crate) fn read(answer: Answer<'_>) -> Result<ServerStatus, Error> {
    let object = answer.object()?;
    let Some(version) = object.string("versionstring") else {
        return Err(answer.fail(
            ErrorCode::UnexpectedResponse,
            "this is no Nextcloud: status.php names no version",
            &[],
        ));
    };
    let is = |name: &str| object.get(name) == Some(Value::Bool(true));
    Ok(ServerStatus {
        version: answer.shown(version),
        maintenance: is("maintenance"),
        needs_upgrade: is("needsDbUpgrade"),
        server_ms: answer.response.header("date").and_then(|date| http_date::parse_ms(date.as_bytes())),
    })
}
