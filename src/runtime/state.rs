//! What is kept from session to session: the journal of what is to be taken back, the audit, and how long things took.
//!
//! Sessions of one user share it. Each holds a lock as long as it lives, so that nobody takes back what another is about.
#![expect(clippy::disallowed_methods, reason = "these are files")]

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::action::JournalEntry;
use crate::app::{Audit, Event, PastTime};

/// How many times are read back.
const TIMES: usize = 200;

/// The folder of the files that the living hold locked.
const SESSIONS: &str = "sessions";

/// The longest line that is read back, in bytes.
const LONGEST: usize = 64 * 1024;

/// The files that only grow: what is kept of each is between this and twice as much, in bytes.
const ROTATED: [&str; 2] = ["audit.jsonl", "times.jsonl"];
const FULL: u64 = 5 * 1024 * 1024;

/// Where it is kept: a folder of the user's own, or nowhere (the demo, tests).
#[derive(Debug, Clone, Default)]
pub struct State {
    directory: Option<PathBuf>,
    user: String,
    host: String,
    session: Arc<Mutex<Option<Own>>>,
}

/// This session, known by a file that it holds locked.
#[derive(Debug)]
struct Own {
    name: String,
    _lock: File,
}

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
struct JournalLine {
    #[serde(flatten)]
    entry: JournalEntry,
    /// The session that wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    session: String,
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
    exit: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    said: &'a str,
    ms: u128,
    plan: &'a str,
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
        Ok(Self {
            directory: Some(directory.to_owned()),
            user: user.to_owned(),
            host: host.to_owned(),
            session: Arc::default(),
        })
    }

    /// What it is called in an error.
    pub fn place(&self) -> String {
        self.directory.as_ref().map_or_else(|| "nothing".to_owned(), |directory| directory.display().to_string())
    }

    /// What earlier sessions left, for the app; `None`: nothing is kept. What sessions that live are about is not left.
    pub fn read(&self) -> Option<Event> {
        let directory = self.directory.as_ref()?;
        let mut times: Vec<PastTime> = Vec::new();
        let path = directory.join("times.jsonl");
        for time in lines::<PastTime>(&aside(&path)).into_iter().chain(lines(&path)) {
            // What was seen later of the same interruption stands in a line of its own.
            match times.iter_mut().rev().take(TIMES).find(|earlier| earlier.is_same(&time)) {
                Some(earlier) => *earlier = time,
                None => times.push(time),
            }
        }
        times.drain(..times.len().saturating_sub(TIMES));
        let journal: Vec<JournalLine> = lines(&directory.join("journal.jsonl"));
        let left = journal.into_iter().filter(|line| !lives(directory, &line.session)).map(|line| line.entry);
        Some(Event::Past { left: left.collect(), times })
    }

    /// Writes down what is about to be left behind; it is on the disk when this returns.
    pub fn remember(&self, entry: &JournalEntry) -> io::Result<()> {
        let Some(directory) = &self.directory else { return Ok(()) };
        let session = self.own(directory)?;
        self.append("journal.jsonl", &JournalLine { entry: entry.clone(), session }, true)
    }

    /// It was taken back.
    pub fn forget(&self, gone: &JournalEntry) -> io::Result<()> {
        let Some(directory) = &self.directory else { return Ok(()) };
        let path = directory.join("journal.jsonl");
        let lock = private(&directory.join("lock"), true)?;
        lock.lock()?;
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let new = directory.join("journal.new");
        let mut file = private(&new, false)?;
        file.set_len(0)?;
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            // What cannot be read is none of what is gone.
            if serde_json::from_slice::<JournalLine>(line).is_ok_and(|line| line.entry == *gone) {
                continue;
            }
            file.write_all(line)?;
            file.write_all(b"\n")?;
        }
        file.sync_all()?;
        std::fs::rename(new, path)
    }

    /// The name of this session, which begins to hold its lock when it first has to be known by others.
    fn own(&self, directory: &Path) -> io::Result<String> {
        let mut own = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = own.as_ref() {
            return Ok(own.name.clone());
        }
        let folder = directory.join(SESSIONS);
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        for entry in std::fs::read_dir(&folder)?.flatten() {
            let name = entry.file_name();
            if name.to_str().is_some_and(|name| !lives(directory, name)) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        let pid = std::process::id();
        for number in 0_u32..1000 {
            let name = format!("{pid}-{number}");
            // It gets its name once it is locked, so that nobody finds it unlocked.
            let new = folder.join(format!("new-{name}"));
            let lock = private(&new, true)?;
            lock.lock()?;
            if std::fs::hard_link(&new, folder.join(&name)).is_ok() {
                std::fs::remove_file(&new)?;
                *own = Some(Own { name: name.clone(), _lock: lock });
                return Ok(name);
            }
        }
        Err(io::Error::other("no name is free for this session"))
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
            exit: &audit.exit.as_ref().map_or_else(|| "not seen: hatui was left".to_owned(), ToString::to_string),
            said: audit.said.as_str(),
            ms: audit.took.as_millis(),
            plan: &audit.plan,
            title: &audit.title,
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
        if ROTATED.contains(&name) {
            rotate(&directory.join(name))?;
        }
        let mut file = private(&directory.join(name), true)?;
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        if cut_off(&directory.join(name))? {
            text.insert(0, '\n');
        }
        file.write_all(text.as_bytes())?;
        if at_once { file.sync_all() } else { Ok(()) }
    }
}

/// Puts a file aside that has grown long, in place of the one that was put aside before.
fn rotate(path: &Path) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(file) if file.len() >= FULL => std::fs::rename(path, aside(path)),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Where a file is put that has grown long: `audit.jsonl.1`.
fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    name.into()
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

/// Whether the last line has no end: a crash, or a full disk, cut it off.
fn cut_off(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Whether the session of this name lives: it holds its lock. Nobody's does not.
fn lives(directory: &Path, session: &str) -> bool {
    if session.is_empty() || session.contains('/') {
        return false;
    }
    let Ok(lock) = File::open(directory.join(SESSIONS).join(session)) else { return false };
    matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
}

/// The lines that can be read; what cannot is left out, as one that a crash cut off.
fn lines<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let Ok(file) = File::open(path) else { return Vec::new() };
    let mut reader = BufReader::new(file);
    let mut found = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        match reader.by_ref().take(limit).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return found,
            Ok(_) => found.extend(serde_json::from_slice(&line)),
        }
    }
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
        // Another session, as this one holds its own for what is under way.
        let next = State::within(&folder, "night", "desk").unwrap();
        let left = |id: &str| Left::Constraint { id: Text::new(id) };
        let entry = |cluster: &str, id: &str| JournalEntry::new((cluster, Vec::new()), "move", 1, &left(id));
        for (cluster, id) in [("shop", "hatui-move-a"), ("shop", "hatui-move-b"), ("other", "hatui-move-a")] {
            state.remember(&entry(cluster, id)).unwrap();
        }
        state.forget(&entry("shop", "hatui-move-a")).unwrap();
        let Some(Event::Past { left: read, .. }) = next.read() else { panic!("nothing is kept") };
        assert!(read.is_empty(), "what is under way is not left: {read:?}");
        drop(state);
        let Some(Event::Past { left: read, .. }) = next.read() else { panic!("nothing is kept") };
        let read: Vec<_> =
            read.iter().map(|entry| (entry.cluster.as_str(), entry.constraint.as_deref().unwrap())).collect();
        assert_eq!(read, [("shop", "hatui-move-b"), ("other", "hatui-move-a")]);
        assert!(folder.join(SESSIONS).read_dir().unwrap().count() == 1);
        let mode = std::fs::metadata(folder.join("journal.jsonl")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_a_crash_cut_off_costs_no_other_line() {
        let folder = std::env::temp_dir().join(format!("hatui-state-cut-{}", std::process::id()));
        let state = State::within(&folder, "night", "desk").unwrap();
        let entry =
            |id: &str| JournalEntry::new(("shop", Vec::new()), "move", 1, &Left::Constraint { id: Text::new(id) });
        std::fs::write(folder.join("journal.jsonl"), b"\xff\xfe not ours\n{\"cluster\":\"sh").unwrap();
        state.remember(&entry("hatui-move-a")).unwrap();
        state.remember(&entry("hatui-move-b")).unwrap();
        state.forget(&entry("hatui-move-a")).unwrap();
        drop(state);
        let next = State::within(&folder, "night", "desk").unwrap();
        let Some(Event::Past { left, .. }) = next.read() else { panic!("nothing is kept") };
        assert_eq!(left, [entry("hatui-move-b")]);
        let kept = std::fs::read(folder.join("journal.jsonl")).unwrap();
        assert!(kept.starts_with(b"\xff\xfe not ours\n{\"cluster\":\"sh\n"), "what cannot be read stays");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_audit_tells_who_what_where_and_how_it_ended() {
        let folder = std::env::temp_dir().join(format!("hatui-state-audit-{}", std::process::id()));
        let state = State::within(&folder, "night", "desk").unwrap();
        let mut audit = Audit {
            at: crate::wire::Stamp::from_secs(1_800_000_000),
            cluster: "shop".to_owned(),
            node: crate::wire::NodeKey::new("ha-node-1"),
            argv: crate::wire::Argv::new("crm_standby").arg("-N").arg("ha-node-2"),
            exit: Some(crate::wire::Exit::Code(1)),
            said: Text::new("no such node"),
            took: core::time::Duration::from_millis(42),
            plan: "6-1".to_owned(),
            title: "standby ha-node-2".to_owned(),
        };
        state.audit(&audit).unwrap();
        audit.exit = None;
        state.audit(&audit).unwrap();
        let lines: Vec<serde_json::Value> = lines(&folder.join("audit.jsonl"));
        let wanted = serde_json::json!({
            "time": "2027-01-15T08:00:00.000Z", "user": "night", "host": "desk", "cluster": "shop", "node": "ha-node-1",
            "argv": ["crm_standby", "-N", "ha-node-2"], "exit": "exit 1", "said": "no such node", "ms": 42,
            "plan": "6-1", "title": "standby ha-node-2",
        });
        assert_eq!(lines.first(), Some(&wanted));
        assert_eq!(lines.get(1).map(|line| line["exit"].clone()), Some("not seen: hatui was left".into()));
        let mode = std::fs::metadata(folder.join("audit.jsonl")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_only_grows_is_put_aside_once_it_is_long() {
        let folder = std::env::temp_dir().join(format!("hatui-state-long-{}", std::process::id()));
        let state = State::within(&folder, "night", "desk").unwrap();
        let length = |name: &str| std::fs::metadata(folder.join(name)).map(|file| file.len()).ok();
        for round in 1..=2 {
            for name in ["audit.jsonl", "journal.jsonl"] {
                let file = private(&folder.join(name), true).unwrap();
                file.set_len(FULL + round).unwrap();
                state.append(name, &"line", false).unwrap();
                state.append(name, &"line", false).unwrap();
            }
            assert_eq!(length("audit.jsonl"), Some(14));
            assert_eq!(length("audit.jsonl.1"), Some(FULL + round), "the one before is gone");
            assert_eq!(length("journal.jsonl.1"), None, "what is to be taken back stays where it is");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
