//! What a client tells a logger. Never a secret.

use std::rc::Rc;

/// How much a line of the log matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Each step: discovery, the token request, each user that is asked about.
    Debug,
    /// What is seldom: a new token, an app password that was given, a token store that failed.
    Info,
}

/// Receives what a client does.
pub type LogFunction = Rc<dyn Fn(Level, &str)>;
