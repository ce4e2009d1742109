//! Errors as a user meets them: what failed, why, and what to do.

use core::fmt;

/// What kind of error it is, which decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line asks for something that is not there. Exit code 64.
    Usage,
    /// A configuration cannot be used. Exit code 78.
    Config,
    /// Something outside failed. Exit code 69.
    Outside,
    /// What was asked is not known. Exit code 3, as where a verdict is unknown.
    Unknown,
}

/// An error with its cause and a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// What kind.
    pub kind: Kind,
    /// What failed.
    pub what: String,
    /// Why; empty if there is no more to say.
    pub cause: String,
    /// What to do.
    pub hint: String,
}

impl UserError {
    /// An error of the command line.
    pub fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, what: what.into(), cause: String::new(), hint: hint.into() }
    }

    /// An error of a configuration.
    pub fn config(what: impl Into<String>, cause: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind: Kind::Config, what: what.into(), cause: cause.into(), hint: hint.into() }
    }

    /// An error of something outside.
    pub fn outside(what: impl Into<String>, cause: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind: Kind::Outside, what: what.into(), cause: cause.into(), hint: hint.into() }
    }

    /// An error of what is not known.
    pub fn unknown(what: impl Into<String>, cause: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind: Kind::Unknown, what: what.into(), cause: cause.into(), hint: hint.into() }
    }

    /// The exit code: as sysexits has it, or as that of a verdict that is unknown.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Usage => 64,
            Kind::Config => 78,
            Kind::Outside => 69,
            Kind::Unknown => 3,
        }
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.cause.is_empty() {
            write!(f, "\n  why:  {}", self.cause.trim_end().replace('\n', "\n        "))?;
        }
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

impl core::error::Error for UserError {}
