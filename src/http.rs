//! Requests, responses, and the rules that hold for all of them: what is tried again, which redirects are followed.
//! Pure: sends nothing.

mod date;
mod redirect;
mod request;
mod response;
mod retry;

pub(crate) use redirect::{redirect, Redirect};
pub use request::{Method, Request};
pub use response::{Response, RESPONSE_HEADERS};
#[cfg(feature = "fetch")]
pub(crate) use retry::MAX_WAIT;
pub(crate) use retry::{backoff, can_pass, pause};
