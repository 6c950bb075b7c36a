//! What a client tells a logger. Never a secret.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use crate::text::fill;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Debug,
    Info,
}

/// Receives what a client does.
pub type LogFunction = Rc<dyn Fn(Level, &str)>;

/// Lines on their way to a logger.
#[derive(Default)]
pub(crate) struct Log {
    /// Where nobody listens, nothing is put together.
    pub(crate) is_wanted: bool,
    pub(crate) lines: Vec<(Level, String)>,
}

impl Log {
    pub(crate) fn add(&mut self, level: Level, line: &str, arguments: &[&str]) {
        if self.is_wanted {
            self.lines.push((level, fill(line, arguments)));
        }
    }
}
