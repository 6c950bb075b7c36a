//! What a client tells a logger. Never a secret.

use alloc::rc::Rc;

/// How much a line of the log matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What is done.
    Debug,
    /// What was obtained.
    Info,
}

/// Receives what a client does.
pub type LogFunction = Rc<dyn Fn(Level, &str)>;
