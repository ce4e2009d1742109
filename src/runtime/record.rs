//! Inputs written down as they come, one JSON line each, and fed back: the same inputs give the same screen.
#![expect(clippy::disallowed_methods, reason = "recordings are files")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::action::JournalEntry;
use crate::app::{CommandLine, Event, FaultOffer, Hit, Key, Mouse, PastTime};
use crate::model::{Contact, Feed, Text, Trouble, TroubleKind};
use crate::observe::{Mask, masked};
use crate::wire::{Exit, NodeKey, RunId, Stamp};

/// The version of the format, the first line of a recording.
const VERSION: u32 = 1;

/// Writes inputs down. A disk that is full ends the recording, not hatui.
#[derive(Debug)]
pub struct Recorder {
    file: Option<BufWriter<File>>,
    /// What hides the secrets of each feed.
    masks: BTreeMap<(NodeKey, Feed), Mask>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    hatui_recording: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// Microseconds since 1970.
    at: u64,
    #[serde(flatten)]
    what: What,
}

/// The events that are recorded, in a form of its own so that old recordings stay readable.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum What {
    Char {
        key: char,
    },
    Ctrl {
        key: char,
    },
    Key {
        name: String,
    },
    Click {
        pane: Option<String>,
        row: Option<usize>,
    },
    Wheel {
        pane: Option<String>,
        delta: i8,
    },
    Resize {
        columns: u16,
        rows: u16,
    },
    Tick,
    Connecting {
        node: String,
    },
    Connected {
        node: String,
    },
    Lost {
        node: String,
        kind: String,
        cause: String,
        hint: String,
        retry_at: Option<u64>,
    },
    Started {
        node: String,
        feed: Feed,
        nonce: String,
    },
    /// Bytes as text where they are UTF-8, else as numbers.
    Text {
        node: String,
        feed: Feed,
        text: String,
    },
    Bytes {
        node: String,
        feed: Feed,
        bytes: Vec<u8>,
    },
    Ended {
        node: String,
        feed: Feed,
        code: Option<u8>,
        words: String,
    },
    Ran {
        node: String,
        words: String,
    },
    /// A command that hatui asked for ended.
    Answer {
        run: u64,
        code: Option<u8>,
        words: String,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
        nonce: Option<String>,
    },
    /// What earlier sessions left, and how long things took.
    Past {
        left: Vec<JournalEntry>,
        times: Vec<PastTime>,
    },
    Faults {
        keys: Vec<(char, String, bool)>,
    },
    Failed {
        words: String,
    },
}

impl Recorder {
    /// A recording in a new file, which only the user may read; one that exists is not written over.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
        let mut file = BufWriter::new(file);
        serde_json::to_writer(&mut file, &Head { hatui_recording: VERSION })?;
        file.write_all(b"\n")?;
        Ok(Self { file: Some(file), masks: BTreeMap::new() })
    }

    /// Writes an input down, without secrets.
    pub fn write(&mut self, event: &Event, at: Stamp) {
        match event {
            Event::FeedStarted { node, feed, .. } => {
                self.masks.insert((node.clone(), *feed), Mask::default());
            }
            Event::FeedBytes { node, feed, bytes } => {
                let mask = self.masks.entry((node.clone(), *feed)).or_default();
                let bytes = mask.push(bytes);
                if !bytes.is_empty() {
                    self.put(&Event::FeedBytes { node: node.clone(), feed: *feed, bytes }, at);
                }
                return;
            }
            Event::FeedEnded { node, feed, .. } => {
                let mut mask = self.masks.remove(&(node.clone(), *feed)).unwrap_or_default();
                let bytes = mask.finish();
                if !bytes.is_empty() {
                    self.put(&Event::FeedBytes { node: node.clone(), feed: *feed, bytes }, at);
                }
            }
            Event::Ran { run, exit, stdout, stderr, nonce } => {
                let (stdout, stderr) = (masked(stdout.clone()), masked(stderr.clone()));
                self.put(&Event::Ran { run: *run, exit: exit.clone(), stdout, stderr, nonce: nonce.clone() }, at);
                return;
            }
            _ => {}
        }
        self.put(event, at);
    }

    fn put(&mut self, event: &Event, at: Stamp) {
        let (Some(file), Some(what)) = (&mut self.file, What::of(event)) else { return };
        let entry = Entry { at: at.micros(), what };
        let written = serde_json::to_writer(&mut *file, &entry).map_err(io::Error::from);
        if written.and_then(|()| file.write_all(b"\n")).is_err() {
            self.file = None;
        }
    }
}

/// Reads a recording: its inputs in order. What cannot be read is an error that names the line.
pub fn read(path: &Path) -> io::Result<Vec<(Stamp, Event)>> {
    let bad = |line: usize, why: &str| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: line {line}: {why}", path.display()))
    };
    let mut lines = BufReader::new(File::open(path)?).lines();
    let head = lines.next().transpose()?.unwrap_or_default();
    let head: Head = serde_json::from_str(&head).map_err(|_| bad(1, "this is no recording of hatui"))?;
    if head.hatui_recording != VERSION {
        return Err(bad(1, "a newer hatui made this recording"));
    }
    let mut events = Vec::new();
    for (number, line) in lines.enumerate() {
        let entry: Entry = serde_json::from_str(&line?).map_err(|error| bad(number + 2, &error.to_string()))?;
        let at = Stamp::from_micros(entry.at);
        events.push((at, entry.what.event().ok_or_else(|| bad(number + 2, "an unknown key or pane"))?));
    }
    Ok(events)
}

/// The keys that are no characters, by name.
const NAMED: [(Key, &str); 14] = [
    (Key::Enter, "enter"),
    (Key::Esc, "esc"),
    (Key::Tab, "tab"),
    (Key::BackTab, "backtab"),
    (Key::Backspace, "backspace"),
    (Key::Delete, "delete"),
    (Key::Up, "up"),
    (Key::Down, "down"),
    (Key::Left, "left"),
    (Key::Right, "right"),
    (Key::PageUp, "pageup"),
    (Key::PageDown, "pagedown"),
    (Key::Home, "home"),
    (Key::End, "end"),
];

fn pane_of(hit: Hit) -> (Option<String>, Option<usize>) {
    match hit {
        Hit::Pane(pane, row) => (Some(pane.number().to_string()), row),
        Hit::Overlay => (Some("overlay".to_owned()), None),
        Hit::Footer(command) => (command.entry().map(|entry| entry.word.to_owned()), None),
        Hit::Nothing => (None, None),
    }
}

fn hit_of(pane: Option<&str>, row: Option<usize>) -> Option<Hit> {
    let Some(pane) = pane else { return Some(Hit::Nothing) };
    if pane == "overlay" {
        return Some(Hit::Overlay);
    }
    let mut panes = crate::app::Pane::ALL.into_iter();
    if let Some(known) = panes.find(|known| known.number().to_string() == pane) {
        return Some(Hit::Pane(known, row));
    }
    crate::app::Command::of_word(pane).map(Hit::Footer)
}

/// The end without an exit code that its words tell.
fn exit_of(words: &str) -> Exit {
    let plain = [Exit::Lost, Exit::TimedOut, Exit::Cancelled];
    plain
        .into_iter()
        .find(|exit| exit.to_string() == words)
        .unwrap_or_else(|| Exit::NotStarted(words.strip_prefix("not started: ").unwrap_or(words).to_owned()))
}

/// Trouble kinds by the word shown.
const KINDS: [TroubleKind; 12] = [
    TroubleKind::HostKey,
    TroubleKind::Login,
    TroubleKind::Name,
    TroubleKind::Unreachable,
    TroubleKind::Broken,
    TroubleKind::Jump,
    TroubleKind::OtherCluster,
    TroubleKind::Denied,
    TroubleKind::Missing,
    TroubleKind::NotRunning,
    TroubleKind::TimedOut,
    TroubleKind::Failed,
];

impl What {
    fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Key(Key::Char(key)) => Self::Char { key: *key },
            Event::Key(Key::Ctrl(key)) => Self::Ctrl { key: *key },
            Event::Key(key) => {
                let name = NAMED.iter().find(|(known, _)| known == key).map(|(_, name)| (*name).to_owned())?;
                Self::Key { name }
            }
            Event::Mouse(Mouse::Click(hit)) => {
                let (pane, row) = pane_of(*hit);
                Self::Click { pane, row }
            }
            Event::Mouse(Mouse::Wheel(hit, delta)) => Self::Wheel { pane: pane_of(*hit).0, delta: *delta },
            Event::Resize { columns, rows } => Self::Resize { columns: *columns, rows: *rows },
            Event::Tick => Self::Tick,
            Event::Contact(node, contact) => {
                let node = node.to_string();
                let lost = |trouble: &Trouble, retry_at: Option<Stamp>| Self::Lost {
                    node: node.clone(),
                    kind: trouble.kind.word().to_owned(),
                    cause: trouble.cause.to_string(),
                    hint: trouble.hint.to_string(),
                    retry_at: retry_at.map(Stamp::micros),
                };
                match contact {
                    Contact::Connected => Self::Connected { node },
                    Contact::Connecting | Contact::NotWatched => Self::Connecting { node },
                    Contact::Refused(trouble) => lost(trouble, None),
                    Contact::Lost { trouble, retry_at } => lost(trouble, Some(*retry_at)),
                }
            }
            Event::FeedStarted { node, feed, nonce } => {
                Self::Started { node: node.to_string(), feed: *feed, nonce: nonce.clone() }
            }
            Event::FeedBytes { node, feed, bytes } => match std::str::from_utf8(bytes) {
                Ok(text) => Self::Text { node: node.to_string(), feed: *feed, text: text.to_owned() },
                Err(_) => Self::Bytes { node: node.to_string(), feed: *feed, bytes: bytes.clone() },
            },
            Event::FeedEnded { node, feed, exit } => Self::Ended {
                node: node.to_string(),
                feed: *feed,
                code: if let Exit::Code(code) = exit { Some(*code) } else { None },
                words: exit.to_string(),
            },
            Event::Logged(line) => Self::Ran { node: line.node.to_string(), words: line.words.to_string() },
            Event::Faults(offers) => Self::Faults {
                keys: offers.iter().map(|offer| (offer.key, offer.words.to_string(), offer.mends)).collect(),
            },
            Event::Failed(words) => Self::Failed { words: words.to_string() },
            Event::Ran { run, exit, stdout, stderr, nonce } => Self::Answer {
                run: run.0,
                code: if let Exit::Code(code) = exit { Some(*code) } else { None },
                words: exit.to_string(),
                stdout: stdout.clone(),
                stderr: stderr.clone(),
                nonce: nonce.clone(),
            },
            Event::Past { left, times } => Self::Past { left: left.clone(), times: times.clone() },
            // The end of the session is no input of the next.
            Event::Terminate => return None,
        })
    }

    fn event(self) -> Option<Event> {
        let key = |node: &str| NodeKey::new(node);
        Some(match self {
            Self::Char { key } => Event::Key(Key::Char(key)),
            Self::Ctrl { key } => Event::Key(Key::Ctrl(key)),
            Self::Key { name } => Event::Key(NAMED.iter().find(|(_, known)| *known == name)?.0),
            Self::Click { pane, row } => Event::Mouse(Mouse::Click(hit_of(pane.as_deref(), row)?)),
            Self::Wheel { pane, delta } => Event::Mouse(Mouse::Wheel(hit_of(pane.as_deref(), None)?, delta)),
            Self::Resize { columns, rows } => Event::Resize { columns, rows },
            Self::Tick => Event::Tick,
            Self::Connecting { node } => Event::Contact(key(&node), Contact::Connecting),
            Self::Connected { node } => Event::Contact(key(&node), Contact::Connected),
            Self::Lost { node, kind, cause, hint, retry_at } => {
                let kind = KINDS.into_iter().find(|known| known.word() == kind)?;
                let trouble = Trouble { kind, cause: Text::from(cause), hint: Text::from(hint) };
                let contact = match retry_at {
                    Some(at) => Contact::Lost { trouble, retry_at: Stamp::from_micros(at) },
                    None => Contact::Refused(trouble),
                };
                Event::Contact(key(&node), contact)
            }
            Self::Started { node, feed, nonce } => Event::FeedStarted { node: key(&node), feed, nonce },
            Self::Text { node, feed, text } => Event::FeedBytes { node: key(&node), feed, bytes: text.into_bytes() },
            Self::Bytes { node, feed, bytes } => Event::FeedBytes { node: key(&node), feed, bytes },
            Self::Ended { node, feed, code, words } => {
                let exit = code.map_or_else(|| exit_of(&words), Exit::Code);
                Event::FeedEnded { node: key(&node), feed, exit }
            }
            Self::Ran { node, words } => {
                Event::Logged(CommandLine { node: key(&node), words: Text::from(words), ended: None })
            }
            Self::Answer { run, code, words, stdout, stderr, nonce } => {
                let exit = code.map_or_else(|| exit_of(&words), Exit::Code);
                Event::Ran { run: RunId(run), exit, stdout, stderr, nonce }
            }
            Self::Past { left, times } => Event::Past { left, times },
            Self::Faults { keys } => Event::Faults(
                keys.into_iter()
                    .map(|(key, words, mends)| FaultOffer { key, words: Text::from(words), mends })
                    .collect(),
            ),
            Self::Failed { words } => Event::Failed(Text::from(words)),
        })
    }
}
