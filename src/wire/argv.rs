//! A command as a list of arguments; never a line for a shell.

use core::fmt;

/// A program and its arguments, handed over one by one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Argv {
    words: Vec<String>,
}

impl Argv {
    /// The command `program` with no arguments yet.
    pub fn new(program: &str) -> Self {
        Self { words: vec![program.to_owned()] }
    }

    /// The command with one more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.words.push(argument.into());
        self
    }

    /// The command with more arguments.
    #[must_use]
    pub fn args<I: IntoIterator<Item: Into<String>>>(mut self, arguments: I) -> Self {
        self.words.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The program.
    pub fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The arguments after the program.
    pub fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or(&[])
    }

    /// All words, the program first.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

impl fmt::Display for Argv {
    /// As one would type it in a shell; for people and logs, never to be run.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in self.words.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
            if !word.is_empty() && word.chars().all(plain) {
                f.write_str(word)?;
            } else {
                write!(f, "'{}'", word.replace('\'', "'\\''"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_with_a_space_is_shown_quoted() {
        let argv = Argv::new("crm_mon").arg("-1").arg("it's a *").arg("");
        assert_eq!(argv.to_string(), r"crm_mon -1 'it'\''s a *' ''");
        assert_eq!(argv.program(), "crm_mon");
        assert_eq!(argv.arguments().len(), 3);
    }
}
