//! [`Error`] as the record of WIT.

use super::bindings::wasi::http::types::ErrorCode as HttpErrorCode;
use super::{transport, wit};
use crate::error::{Error, ErrorCode};
use crate::platform::millis;

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        let cause = error.cause.as_ref().and_then(|cause| cause.downcast_ref::<HttpErrorCode>());
        wit::Error {
            code: error.code.into(),
            message: error.message(),
            route: error.route.clone(),
            status: error.status,
            retryable: error.retryable,
            retry_after_ms: error.retry_after.map(millis),
            oauth_error: error.oauth_error.clone(),
            oauth_error_description: error.oauth_error_description.clone(),
            server_message: error.server_message.clone(),
            cause: cause.map(|code| transport::name(code).to_string()),
        }
    }
}

impl From<ErrorCode> for wit::ErrorCode {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidArgument => wit::ErrorCode::InvalidArgument,
            ErrorCode::Network => wit::ErrorCode::Network,
            ErrorCode::Timeout => wit::ErrorCode::Timeout,
            ErrorCode::DiscoveryFailed => wit::ErrorCode::DiscoveryFailed,
            ErrorCode::IssuerMismatch => wit::ErrorCode::IssuerMismatch,
            ErrorCode::InsecureEndpoint => wit::ErrorCode::InsecureEndpoint,
            ErrorCode::GrantNotSupported => wit::ErrorCode::GrantNotSupported,
            ErrorCode::TokenRequestFailed => wit::ErrorCode::TokenRequestFailed,
            ErrorCode::InvalidTokenResponse => wit::ErrorCode::InvalidTokenResponse,
            ErrorCode::TokenFunctionFailed => wit::ErrorCode::TokenFunctionFailed,
            ErrorCode::ClientAssertionFailed => wit::ErrorCode::ClientAssertionFailed,
            ErrorCode::Unauthorized => wit::ErrorCode::Unauthorized,
            ErrorCode::Forbidden => wit::ErrorCode::Forbidden,
            ErrorCode::AppNotAvailable => wit::ErrorCode::AppNotAvailable,
            ErrorCode::NotSupported => wit::ErrorCode::NotSupported,
            ErrorCode::RateLimited => wit::ErrorCode::RateLimited,
            ErrorCode::Maintenance => wit::ErrorCode::Maintenance,
            ErrorCode::ServerError => wit::ErrorCode::ServerError,
            ErrorCode::RequestRejected => wit::ErrorCode::RequestRejected,
            ErrorCode::UnexpectedRedirect => wit::ErrorCode::UnexpectedRedirect,
            ErrorCode::UnexpectedResponse => wit::ErrorCode::UnexpectedResponse,
            ErrorCode::ResponseTooLarge => wit::ErrorCode::ResponseTooLarge,
            ErrorCode::UserMismatch => wit::ErrorCode::UserMismatch,
            ErrorCode::AppPasswordRejected => wit::ErrorCode::AppPasswordRejected,
            ErrorCode::SelfProvisioningDisabled => wit::ErrorCode::SelfProvisioningDisabled,
            ErrorCode::UnknownUser => wit::ErrorCode::UnknownUser,
        }
    }
}
