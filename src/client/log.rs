//! What a client tells a logger. Never a secret.

use alloc::rc::Rc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Debug,
    Info,
}

/// Receives what a client does.
pub type LogFunction = Rc<dyn Fn(Level, &str)>;
