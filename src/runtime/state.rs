//! What is kept from session to session: the journal of what is to be taken back, the audit, and how long things took.
#![expect(clippy::disallowed_methods, reason = "these are files")]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::action::JournalEntry;
use crate::app::{Audit, Event, PastTime};

/// How many times are read back.
const TIMES: usize = 200;

/// The longest line that is read back, in bytes.
const LONGEST: usize = 64 * 1024;

/// Where it is kept: a folder of the user's own, or nowhere (the demo, tests).
#[derive(Debug, Clone, Default)]
pub struct State {
    directory: Option<PathBuf>,
    user: String,
    host: String,
}

/// A line of the audit.
#[derive(Debug, Serialize)]
struct AuditLine<'a> {
    time: String,
    user: &'a str,
    host: &'a str,
    cluster: &'a str,
    node: &'a str,
    argv: &'a [String],
    exit: String,
    ms: u128,
    plan: u64,
    title: &'a str,
}

impl State {
    /// Nothing is kept.
    pub fn nowhere() -> Self {
        Self::default()
    }

    /// In `directory`, which is made if it is not there; for this user at this host.
    pub fn within(directory: &Path, user: &str, host: &str) -> io::Result<Self> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        Ok(Self { directory: Some(directory.to_owned()), user: user.to_owned(), host: host.to_owned() })
    }

    /// What it is called in an error.
    pub fn place(&self) -> String {
        self.directory.as_ref().map_or_else(|| "nothing".to_owned(), |directory| directory.display().to_string())
    }

    /// What earlier sessions left, for the app; `None`: nothing is kept.
    pub fn read(&self) -> Option<Event> {
        let directory = self.directory.as_ref()?;
        let mut times: Vec<PastTime> = Vec::new();
        for time in lines::<PastTime>(&directory.join("times.jsonl")) {
            // What was seen later of the same interruption stands in a line of its own.
            match times.iter_mut().rev().take(TIMES).find(|earlier| earlier.is_same(&time)) {
                Some(earlier) => *earlier = time,
                None => times.push(time),
            }
        }
        times.drain(..times.len().saturating_sub(TIMES));
        Some(Event::Past { left: lines(&directory.join("journal.jsonl")), times })
    }

    /// Writes down what is about to be left behind; it is on the disk when this returns.
    pub fn remember(&self, entry: &JournalEntry) -> io::Result<()> {
        self.append("journal.jsonl", entry, true)
    }

    /// It was taken back.
    pub fn forget(&self, gone: &JournalEntry) -> io::Result<()> {
        let Some(directory) = &self.directory else { return Ok(()) };
        let path = directory.join("journal.jsonl");
        let lock = private(&directory.join("lock"), true)?;
        lock.lock()?;
        let entries: Vec<JournalEntry> = lines(&path);
        let rest = entries.into_iter().filter(|entry| entry != gone);
        let new = directory.join("journal.new");
        let mut file = private(&new, false)?;
        file.set_len(0)?;
        for entry in rest {
            writeln!(file, "{}", serde_json::to_string(&entry)?)?;
        }
        file.sync_all()?;
        std::fs::rename(new, path)
    }

    /// Writes a command that changed something into the audit.
    pub fn audit(&self, audit: &Audit) -> io::Result<()> {
        let line = AuditLine {
            time: crate::app::clock::rfc3339(audit.at),
            user: &self.user,
            host: &self.host,
            cluster: &audit.cluster,
            node: audit.node.as_str(),
            argv: audit.argv.words(),
            exit: audit.exit.to_string(),
            ms: audit.took.as_millis(),
            plan: audit.plan.0,
            title: &audit.plan.1,
        };
        self.append("audit.jsonl", &line, false)
    }

    /// Keeps how long something took.
    pub fn keep_time(&self, time: &PastTime) -> io::Result<()> {
        self.append("times.jsonl", time, false)
    }

    fn append(&self, name: &str, line: &impl Serialize, at_once: bool) -> io::Result<()> {
        let Some(directory) = &self.directory else { return Ok(()) };
        let lock = private(&directory.join("lock"), true)?;
        lock.lock()?;
        let mut file = private(&directory.join(name), true)?;
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        file.write_all(text.as_bytes())?;
        if at_once { file.sync_all() } else { Ok(()) }
    }
}

/// A file that only the user may read.
fn private(path: &Path, append: bool) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).mode(0o600);
    if append {
        options.append(true)
    } else {
        options.write(true)
    };
    options.open(path)
}

/// The lines that can be read; what cannot is left out, as one that a crash cut off.
fn lines<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let Ok(file) = File::open(path) else { return Vec::new() };
    let lines = BufReader::new(file).lines().map_while(Result::ok).filter(|line| line.len() <= LONGEST);
    lines.filter_map(|line| serde_json::from_str(&line).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::action::Left;
    use crate::model::Text;

    #[test]
    fn what_is_left_is_remembered_until_it_is_taken_back() {
        let folder = std::env::temp_dir().join(format!("hatui-state-{}", std::process::id()));
        let state = State::within(&folder, "night", "desk").unwrap();
        let left = |id: &str| Left::Constraint { id: Text::new(id) };
        let entry = |cluster: &str, id: &str| JournalEntry::new((cluster, Vec::new()), "move", 1, &left(id));
        for (cluster, id) in [("shop", "hatui-move-a"), ("shop", "hatui-move-b"), ("other", "hatui-move-a")] {
            state.remember(&entry(cluster, id)).unwrap();
        }
        state.forget(&entry("shop", "hatui-move-a")).unwrap();
        let Some(Event::Past { left: read, .. }) = state.read() else { panic!("nothing is kept") };
        let read: Vec<_> =
            read.iter().map(|entry| (entry.cluster.as_str(), entry.constraint.as_deref().unwrap())).collect();
        assert_eq!(read, [("shop", "hatui-move-b"), ("other", "hatui-move-a")]);
        let mode = std::fs::metadata(folder.join("journal.jsonl")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
