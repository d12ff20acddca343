//! Where commands print. Owns the one way to standard output, so that tests can read what a command says.

use std::fmt::Display;
use std::io::Write;

/// Takes lines for a person.
pub struct Out<'a>(&'a mut (dyn Write + Send));

impl<'a> Out<'a> {
    /// Into `to`: standard output, or a buffer in a test.
    pub fn new(to: &'a mut (dyn Write + Send)) -> Self {
        Self(to)
    }

    /// Prints one line, at once. A reader that has gone (`zegel ... | head`) is no reason to fail.
    pub fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "{text}").and_then(|()| self.0.flush());
    }

    /// Prints a piece of something larger, as it is.
    pub fn piece(&mut self, text: impl Display) {
        let _ = write!(self.0, "{text}");
    }
}
