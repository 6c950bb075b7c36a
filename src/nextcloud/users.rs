//! The user directory, OCS v2. (v1 answers failures with status 200.)

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{api_request, installation, user_segment};
use crate::answer::Answer;
use crate::error::{Error, ErrorCode};
use crate::http::{Method, Request};
use crate::json::{Object, Value};
use crate::text::{decimal, fill, push_form_field};

fn url(host: &str, path: &str) -> String {
    fill("{}/ocs/v2.php/cloud/users{}", &[installation(host), path])
}

pub(crate) fn list_request(host: &str, search: &str, limit: u32, offset: u32) -> Request {
    let mut query = String::new();
    push_form_field(&mut query, "limit", &decimal(limit.into()));
    push_form_field(&mut query, "offset", &decimal(offset.into()));
    if !search.is_empty() {
        push_form_field(&mut query, "search", search);
    }
    api_request(Method::Get, url(host, &fill("?{}", &[&query])))
}

/// Reads the answer to [`list_request`]: ids as they are, though Nextcloud sends all-digit ones as numbers.
pub(crate) fn read_list(answer: Answer<'_>) -> Result<Vec<String>, Error> {
    let object = object(answer)?;
    let users = (|| object.object("ocs")?.object("data")?.array("users"))()
        .ok_or_else(|| answer.unexpected_field("ocs.data.users"))?;
    users
        .items()
        .map(|user| match user {
            Value::String(id) => Ok(id),
            Value::Number(digits) => Ok(digits.to_string()),
            _ => Err(answer.unexpected_field("ocs.data.users")),
        })
        .collect()
}

pub(crate) fn user_request(host: &str, user_id: &str) -> Result<Request, Error> {
    Ok(api_request(Method::Get, url(host, &fill("/{}", &[&user_segment(user_id)?]))))
}

/// Reads the answer to [`user_request`].
pub(crate) fn read_exists(answer: Answer<'_>) -> Result<bool, Error> {
    let statuscode = |object: Object<'_>| match object.object("ocs")?.object("meta")?.get("statuscode")? {
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    };
    if answer.response.status == 404 {
        match Object::parse(&answer.response.body).and_then(statuscode).as_deref() {
            Some("404") => return Ok(false),
            // To a caller that may not know, OCS says 998, whether the user exists or not.
            Some("998") => return Err(answer.fail(ErrorCode::Forbidden, "Nextcloud does not tell this caller whether the user exists (404, OCS status 998): log in as an administrator", &[])),
            _ => {}
        }
    }
    match statuscode(object(answer)?).as_deref() {
        Some("200") => Ok(true),
        _ => Err(answer.unexpected_field("ocs.meta.statuscode")),
    }
}

fn object(answer: Answer<'_>) -> Result<Object<'_>, Error> {
    if answer.response.status == 404 && answer.response.is_html() {
        return Err(answer.fail(ErrorCode::RequestRejected, "there is no OCS API at this address (an HTML 404): nextcloudHost must end where the installation does, such as https://example.com/nextcloud", &[]));
    }
    answer.object()
}
