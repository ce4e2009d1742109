//! The stream of hatui's node-side watcher, protocol version 1 → frames and raw lines. It must not know what they mean.

use std::collections::VecDeque;

use super::head::{self, Head, Nonce};
use super::lines::{CutLine, Line, Lines, append};
use crate::ParseError;

/// How much of an unfinished line and payload is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The longest line, in bytes without its `\n`.
    pub line: usize,
    /// The largest payload of a frame, in bytes.
    pub payload: usize,
}

impl Default for Bounds {
    /// Lines of 64 KiB, payloads of 16 MiB.
    fn default() -> Self {
        Self { line: Lines::DEFAULT_BOUND, payload: 16 * 1024 * 1024 }
    }
}

/// A message of the watcher, or of the preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The word after the nonce, `[a-z][a-z0-9_-]*`.
    pub kind: String,
    /// Keys and values in the order of the line, each key once, without `bytes`. A value is any bytes but space and
    /// line feed, also none.
    pub fields: Vec<(String, Vec<u8>)>,
    /// What followed the line if it had `bytes=`; `bytes=0` is an empty payload.
    pub payload: Option<Vec<u8>>,
}

impl Frame {
    /// The value of `key` as written.
    pub fn field(&self, key: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_slice())
    }

    /// The value of `key` if it is UTF-8.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.field(key).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The value of `key` if it is a decimal number, with a sign if negative.
    pub fn number(&self, key: &str) -> Option<i64> {
        self.text(key).and_then(|value| value.parse().ok())
    }
}

/// What the stream said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A message of the watcher with our nonce.
    Frame(Frame),
    /// A line before the first frame of kind `hello`: noise of login scripts.
    Noise(Vec<u8>),
    /// A line after the `hello` that is no frame: it belongs to the stream, for example of `drbdsetup events2`.
    Raw(Vec<u8>),
    /// Something that could not be read; the stream goes on.
    Error(FrameError),
}

/// What could not be read of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameError {
    /// A line longer than [`Bounds::line`]; its text is gone.
    LineTooLong {
        /// Its length in bytes without the `\n`.
        bytes: u64,
    },
    /// A line with our nonce that is not in the grammar. If it spoke of a payload, its size is not known and everything
    /// up to the next line with our nonce is skipped.
    Malformed(ParseError),
    /// A payload larger than [`Bounds::payload`]; it is skipped, and no [`Item::Frame`] comes of it.
    PayloadTooLarge {
        /// The kind of the frame.
        kind: String,
        /// The announced size in bytes.
        bytes: u64,
    },
    /// No `\n` after the payload: its size was wrong. The frame is dropped, and everything up to the next line with our
    /// nonce is skipped.
    PayloadNotEnded {
        /// The kind of the frame.
        kind: String,
        /// The announced size in bytes.
        bytes: u64,
    },
    /// What was skipped after [`Malformed`](Self::Malformed) or [`PayloadNotEnded`](Self::PayloadNotEnded), told when
    /// the next line with our nonce has come.
    Skipped {
        /// In bytes, with line ends.
        bytes: u64,
    },
}

/// What was not whole when the stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CutOff {
    /// A line without its end.
    Line(CutLine),
    /// A payload.
    Payload {
        /// The kind of its frame.
        kind: String,
        /// How many bytes had come, of the payload and the `\n` after it.
        received: u64,
        /// The announced size in bytes, without that `\n`.
        announced: u64,
    },
    /// No line with our nonce had come since the last error.
    Skipping {
        /// How many bytes were skipped.
        bytes: u64,
    },
}

#[derive(Debug, Clone)]
enum State {
    /// Within or before a line.
    Line,
    /// Within a payload, or before the `\n` that ends it.
    Payload { frame: Frame, payload: Vec<u8>, announced: usize },
    /// Within a payload that is too large, or before the `\n` that ends it.
    TooLarge { kind: String, announced: u64, received: u64, last: u8 },
    /// Looking for a line with our nonce: the bytes skipped before this line and those of this line so far.
    /// `at_start`: what comes next belongs to a line whose start was seen; otherwise its rest is skipped unread.
    Resync { skipped: u64, pending: u64, at_start: bool },
}

/// Takes the watcher's stream apart, whatever the cuts. See [`Item`].
#[derive(Debug, Clone)]
pub struct WatchFrames {
    prefix: Vec<u8>,
    bounds: Bounds,
    lines: Lines,
    state: State,
    greeted: bool,
    items: VecDeque<Item>,
}

impl WatchFrames {
    /// A reader of the stream whose frames bear `nonce`.
    pub fn new(nonce: &Nonce, bounds: Bounds) -> Self {
        Self {
            prefix: nonce.prefix(),
            bounds,
            lines: Lines::new(bounds.line),
            state: State::Line,
            greeted: false,
            items: VecDeque::new(),
        }
    }

    /// Takes the next bytes of the stream. What they complete is then told by [`next`](Self::next).
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            self.state = match std::mem::replace(&mut self.state, State::Line) {
                State::Line => self.line(&mut bytes),
                State::Payload { frame, payload, announced } => self.payload(&mut bytes, frame, payload, announced),
                State::TooLarge { kind, announced, received, last } => {
                    self.too_large(&mut bytes, kind, announced, received, last)
                }
                State::Resync { skipped, pending, at_start } => self.resync(&mut bytes, skipped, pending, at_start),
            };
        }
    }

    /// The next whole thing, if one is there.
    #[expect(clippy::should_implement_trait, reason = "no end: after None more may come with the next push")]
    pub fn next(&mut self) -> Option<Item> {
        self.items.pop_front()
    }

    /// The stream has ended: what was cut off, if anything. Items not yet taken stay; the reader then expects a line.
    pub fn finish(&mut self) -> Option<CutOff> {
        let line = self.lines.finish();
        match std::mem::replace(&mut self.state, State::Line) {
            State::Line => line.map(CutOff::Line),
            State::Payload { frame, payload, announced } => {
                Some(CutOff::Payload { kind: frame.kind, received: payload.len() as u64, announced: announced as u64 })
            }
            State::TooLarge { kind, announced, received, .. } => Some(CutOff::Payload { kind, received, announced }),
            State::Resync { skipped, pending, .. } => Some(CutOff::Skipping { bytes: skipped.saturating_add(pending) }),
        }
    }

    fn error(&mut self, error: FrameError) {
        self.items.push_back(Item::Error(error));
    }

    fn line(&mut self, bytes: &mut &[u8]) -> State {
        enum Found {
            Ours(Result<Head, Unread>),
            Other(Item),
        }
        let mut found = None;
        let (prefix, greeted) = (&self.prefix, self.greeted);
        self.lines.take(bytes, &mut |line| {
            found = Some(match line {
                Line::Whole(line) if line.starts_with(prefix) => Found::Ours(read_head(line, prefix.len())),
                Line::Whole(line) if greeted => Found::Other(Item::Raw(line.to_vec())),
                Line::Whole(line) => Found::Other(Item::Noise(line.to_vec())),
                Line::TooLong { bytes } => Found::Other(Item::Error(FrameError::LineTooLong { bytes })),
            });
        });
        match found {
            None => State::Line,
            Some(Found::Ours(head)) => self.ours(head),
            Some(Found::Other(item)) => {
                self.items.push_back(item);
                State::Line
            }
        }
    }

    /// A line with our nonce has come.
    fn ours(&mut self, head: Result<Head, Unread>) -> State {
        match head {
            Ok(head) => self.begin(head),
            Err(Unread { error, payload_follows }) => {
                self.error(FrameError::Malformed(error));
                if payload_follows { State::Resync { skipped: 0, pending: 0, at_start: true } } else { State::Line }
            }
        }
    }

    fn begin(&mut self, head: Head) -> State {
        let Head { kind, fields, bytes } = head;
        let Some(announced) = bytes else {
            self.deliver(Frame { kind, fields, payload: None });
            return State::Line;
        };
        match usize::try_from(announced) {
            Ok(announced) if announced <= self.bounds.payload => {
                State::Payload { frame: Frame { kind, fields, payload: None }, payload: Vec::new(), announced }
            }
            _ => {
                self.error(FrameError::PayloadTooLarge { kind: kind.clone(), bytes: announced });
                State::TooLarge { kind, announced, received: 0, last: b'\n' }
            }
        }
    }

    fn deliver(&mut self, frame: Frame) {
        self.greeted |= frame.kind == "hello";
        self.items.push_back(Item::Frame(frame));
    }

    fn payload(&mut self, bytes: &mut &[u8], mut frame: Frame, mut payload: Vec<u8>, announced: usize) -> State {
        let (part, rest) = bytes.split_at(bytes.len().min(announced - payload.len()));
        *bytes = rest;
        append(&mut payload, part, announced);
        match bytes.split_first() {
            None => State::Payload { frame, payload, announced },
            Some((b'\n', rest)) => {
                *bytes = rest;
                frame.payload = Some(payload);
                self.deliver(frame);
                State::Line
            }
            Some(_) => {
                self.error(FrameError::PayloadNotEnded { kind: frame.kind, bytes: announced as u64 });
                State::Resync { skipped: 0, pending: 0, at_start: payload.last().is_none_or(|&b| b == b'\n') }
            }
        }
    }

    fn too_large(&mut self, bytes: &mut &[u8], kind: String, announced: u64, received: u64, last: u8) -> State {
        let left = usize::try_from(announced - received).unwrap_or(usize::MAX);
        let (part, rest) = bytes.split_at(bytes.len().min(left));
        *bytes = rest;
        let received = received + part.len() as u64;
        let last = part.last().copied().unwrap_or(last);
        match bytes.split_first() {
            None => State::TooLarge { kind, announced, received, last },
            Some((b'\n', rest)) => {
                *bytes = rest;
                State::Line
            }
            Some(_) => {
                self.error(FrameError::PayloadNotEnded { kind, bytes: announced });
                State::Resync { skipped: 0, pending: 0, at_start: last == b'\n' }
            }
        }
    }

    fn resync(&mut self, bytes: &mut &[u8], skipped: u64, pending: u64, at_start: bool) -> State {
        let came = bytes.len();
        if !at_start {
            let end = memchr::memchr(b'\n', bytes).map(|at| at + 1);
            *bytes = bytes.get(end.unwrap_or(came)..).unwrap_or_default();
            let gone = (came - bytes.len()) as u64;
            return State::Resync { skipped: skipped.saturating_add(gone), pending: 0, at_start: end.is_some() };
        }
        let mut head = None;
        let prefix = &self.prefix;
        let whole = self.lines.take(bytes, &mut |line| {
            if let Line::Whole(line) = line
                && line.starts_with(prefix)
            {
                head = Some(read_head(line, prefix.len()));
            }
        });
        let pending = pending.saturating_add((came - bytes.len()) as u64);
        match head {
            Some(head) => {
                if skipped > 0 {
                    self.error(FrameError::Skipped { bytes: skipped });
                }
                self.ours(head)
            }
            None if whole => State::Resync { skipped: skipped.saturating_add(pending), pending: 0, at_start: true },
            None => State::Resync { skipped, pending, at_start: true },
        }
    }
}

/// A line with our nonce that is not in the grammar.
struct Unread {
    error: ParseError,
    payload_follows: bool,
}

fn read_head(line: &[u8], prefix: usize) -> Result<Head, Unread> {
    head::read(line, prefix).map_err(|error| {
        let payload_follows = memchr::memmem::find(line, b" bytes=").is_some();
        Unread { error, payload_follows }
    })
}
