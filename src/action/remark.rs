//! What hatui itself has to say of a plan: what speaks against it, what makes it more dangerous, what is worth knowing.

use core::fmt;

/// How much a remark weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Worth a second thought.
    Warn,
    /// It takes one more step to confirm.
    Raise,
    /// It is not done.
    Refuse,
}

/// Something to know before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// How much it weighs.
    pub level: Level,
    /// What it is: a sentence without a full stop.
    pub words: String,
    /// What would allow it, or make it safer.
    pub helps: Option<String>,
}

impl Remark {
    /// A remark.
    pub fn new(level: Level, words: impl Into<String>) -> Self {
        Self { level, words: words.into(), helps: None }
    }

    /// With what would help.
    #[must_use]
    pub fn help(mut self, words: impl Into<String>) -> Self {
        self.helps = Some(words.into());
        self
    }
}

/// Why an action is not possible now: every reason there is, each with what would allow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What was wanted.
    pub title: String,
    /// The reasons; at least one.
    pub reasons: Vec<Remark>,
}

impl Refusal {
    /// A refusal with one reason.
    pub fn because(title: impl Into<String>, words: impl Into<String>, helps: impl Into<String>) -> Self {
        Self { title: title.into(), reasons: vec![Remark::new(Level::Refuse, words).help(helps)] }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}", self.title)?;
        for reason in &self.reasons {
            write!(f, ": {}", reason.words)?;
            if let Some(helps) = &reason.helps {
                write!(f, " ({helps})")?;
            }
        }
        Ok(())
    }
}
