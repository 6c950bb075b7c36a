//! Requests, responses, and the rules that hold for all of them: what is tried again, which redirects are followed.
//! Pure: sends nothing.

#[cfg(any(feature = "component", feature = "fetch"))]
mod body;
mod date;
mod redirect;
mod request;
mod response;
mod retry;

#[cfg(any(feature = "component", feature = "fetch"))]
pub(crate) use body::text_of;
pub(crate) use redirect::{redirect, Redirect};
pub(crate) use request::route;
pub use request::{Method, Request};
#[cfg(any(feature = "fetch", feature = "component"))]
pub(crate) use response::headers_of;
pub use response::{Response, RESPONSE_HEADERS};
#[cfg(feature = "fetch")]
pub(crate) use retry::MAX_WAIT;
pub(crate) use retry::{backoff, can_pass, pause};

/// The most of an answer that is read, in bytes, unless said otherwise.
#[cfg(any(feature = "component", feature = "fetch"))]
pub const DEFAULT_MAX_RESPONSE_BYTES: u32 = 256 * 1024;

/// What the server's log shows of who asked; firewalls refuse requests without.
#[cfg(any(feature = "component", feature = "fetch"))]
pub(crate) const USER_AGENT: &str = concat!("astrolabe-client/", env!("CARGO_PKG_VERSION"));
