//! What a client tells a logger. Never a secret.

use std::rc::Rc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Debug,
    Info,
}

/// Receives what a client does.
pub type LogFunction = Rc<dyn Fn(Level, &str)>;

#[derive(Clone, Default)]
pub(crate) struct Logger(pub(crate) Option<LogFunction>);

impl Logger {
    /// The parts are put together only where somebody listens.
    pub(crate) fn log(&self, level: Level, parts: &[&str]) {
        if let Some(function) = &self.0 {
            function(level, &parts.concat());
        }
    }
}
