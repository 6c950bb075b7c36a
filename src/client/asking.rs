//! How this client speaks with [`crate::exchange`], as `pkg/core.js` does for JavaScript.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::{Error, ErrorCode};
use super::http::Response;
use super::json_syntax;
use crate::exchange::{self, action};

/// The fields that the protocol gives, or the error.
pub(crate) fn ask(action: u32, question: &str, body: &str) -> Result<Vec<String>, Error> {
    let answer = exchange::ask(action, question, body);
    let mut fields = answer.split('\0').map(str::to_string);
    if fields.next().is_none_or(|kind| kind.is_empty()) {
        return Ok(fields.collect());
    }
    let mut next = || fields.next().filter(|field| !field.is_empty());
    let message = next().unwrap_or_default();
    let code = ErrorCode::named(&next().unwrap_or_default());
    Err(Error::new(code, "{}", &[&message]).with(|details| {
        details.retry_after_ms = next().and_then(|ms| ms.parse().ok());
        details.oauth_error = next();
        details.oauth_error_description = next();
        details.server_message = next();
    }))
}

/// What [`ask`] reads out of an answer to what was asked before.
pub(crate) fn read(
    question: &str,
    response: &Response,
    route: &str,
    sent: &str,
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    let retry_after_ms = response.retry_after_ms(now_ms).filter(|_| response.status != 200);
    let status = response.status.to_string();
    let flag = |is: bool| if is { "1" } else { "" };
    let answered = [
        status.as_str(),
        &response.header("content-type").unwrap_or("").replace('\0', ""),
        flag(response.is_maintenance()),
        flag(retry_after_ms.is_some()),
        flag(json_syntax::is_object(&response.body)),
        sent,
    ];
    let question = [question, &answered.join("\0")].join("\0");
    ask(action::READ, &question, &response.body).map_err(|error| {
        error.at(route).with(|details| {
            // A redirect that cannot be read has none.
            details.status = Some(response.status).filter(|&status| status != 0);
            details.retryable |= response.status >= 500;
            details.retry_after_ms = details.retry_after_ms.or(retry_after_ms);
        })
    })
}
