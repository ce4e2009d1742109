//! The grammar of one line of the watcher's protocol. It must not hold state between lines.
//!
//! ```text
//! frame-line = "@hatui " NONCE " " KIND *(" " KEY "=" VALUE) LF
//! NONCE      = 8*32 (0-9 / a-f)
//! KIND, KEY  = a-z *(a-z / 0-9 / "_" / "-")
//! VALUE      = *(any byte but space and LF)
//! ```

use nom::bytes::complete::{tag, take_till, take_while_m_n};
use nom::character::complete::char;
use nom::combinator::recognize;
use nom::{IResult, Parser};

use crate::text::{self, Bytes};
use crate::{Expected, ParseError};

/// The name of this grammar in a [`ParseError`].
pub(super) const FORMAT: &str = "hatui watcher";

/// More fields than this in a line are no line of the protocol.
const MAX_FIELDS: usize = 64;

/// The number that marks the lines of one watcher, so that nothing else on the stream can pass for them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nonce(String);

impl Nonce {
    /// Accepts 8 to 32 characters of `0-9a-f`.
    pub fn new(text: &str) -> Result<Self, ParseError> {
        let fits = (8..=32).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseError::at(FORMAT, text.as_bytes(), 0, "a nonce of 8 to 32 hexadecimal digits"))
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What every line of this watcher begins with.
    pub(super) fn prefix(&self) -> Vec<u8> {
        format!("@hatui {} ", self.0).into_bytes()
    }
}

/// A line of the protocol, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: String,
    /// Without `bytes`.
    pub(super) fields: Vec<(String, Vec<u8>)>,
    /// The size of the payload that follows.
    pub(super) bytes: Option<u64>,
}

fn name(input: Bytes<'_>) -> IResult<Bytes<'_>, Bytes<'_>> {
    recognize((
        take_while_m_n(1, 1, |b: u8| b.is_ascii_lowercase()),
        nom::bytes::complete::take_while(|b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')),
    ))
    .parse(input)
}

fn field(input: Bytes<'_>) -> IResult<Bytes<'_>, (Bytes<'_>, Bytes<'_>)> {
    let (rest, (_, key, _, value)) = (char(' '), name, tag("="), take_till(|b| b == b' ')).parse(input)?;
    Ok((rest, (key, value)))
}

/// Reads `line`, which begins with the watcher's prefix of `prefix` bytes.
pub(super) fn read(line: &[u8], prefix: usize) -> Result<Head, ParseError> {
    let fail = |rest: &[u8], expected: Expected| {
        Err(ParseError::at(FORMAT, line, line.len().saturating_sub(rest.len()), expected))
    };
    let body = line.get(prefix..).unwrap_or_default();
    let Ok((mut rest, kind)) = name(body) else { return fail(body, "the kind of a frame") };
    let mut head = Head { kind: text::lossy(kind), fields: Vec::new(), bytes: None };
    while !rest.is_empty() {
        let Ok((after, (key, value))) = field(rest) else { return fail(rest, "` key=value`") };
        if key == b"bytes" {
            let Some(size) = text::number::<u64>(value) else { return fail(rest, "` bytes=` and a number") };
            if head.bytes.replace(size).is_some() {
                return fail(rest, "`bytes` only once");
            }
        } else if head.fields.iter().any(|(known, _)| known.as_bytes() == key) {
            return fail(rest, "every key only once");
        } else if head.fields.len() == MAX_FIELDS {
            return fail(rest, "at most 64 fields");
        } else {
            head.fields.push((text::lossy(key), value.to_vec()));
        }
        rest = after;
    }
    Ok(head)
}
