//! The pull reader: one event after another, nothing kept but the names of the open elements.

use std::borrow::Cow;

use memchr::memmem;

use super::attribute::{Attribute, Text};
use super::bytes::{Ahead, after_space, is_char, is_name, is_space, length_before, name_length, survey};
use super::decode::{Space, decode};
use super::{Fault, MAX_ATTRIBUTES, MAX_DEPTH, MAX_DOCUMENT_BYTES};

/// What comes next in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// An element begins; [`Reader::attributes`] has its attributes.
    Start(&'a str),
    /// The element that began last and has not ended ends; also for `<a/>`.
    End(&'a str),
    /// Character data that is not only white space; a comment or CDATA section in it makes it come in pieces.
    Text(Text<'a>),
    /// The document is over, and was well-formed.
    Eof,
}

/// Reads a document event by event.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    open: Vec<&'a str>,
    attributes: Vec<Attribute<'a>>,
    /// The element that began last was written `<a/>`: its end is to be told.
    ends_at_once: bool,
    root_seen: bool,
    odd_space: bool,
    angle: Ahead,
    ampersand: Ahead,
    newline: Ahead,
}

impl<'a> Reader<'a> {
    /// Begins a document: checks its size, that it is UTF-8, and that it has no character that XML forbids.
    pub fn new(document: &'a [u8]) -> Result<Self, Fault> {
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(Fault { offset: MAX_DOCUMENT_BYTES, expected: "a document of at most 64 MiB" });
        }
        let text =
            core::str::from_utf8(document).map_err(|error| Fault { offset: error.valid_up_to(), expected: "UTF-8" })?;
        let survey = survey(document);
        if survey.forbidden {
            let offset = text.find(|c: char| !is_char(c)).unwrap_or_default();
            return Err(Fault { offset, expected: "a character that XML allows" });
        }
        Ok(Self {
            text,
            at: if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 },
            open: Vec::with_capacity(8),
            attributes: Vec::with_capacity(24),
            ends_at_once: false,
            root_seen: false,
            odd_space: survey.odd_space,
            angle: Ahead::new(b'<', document),
            ampersand: Ahead::new(b'&', document),
            newline: Ahead::new(b'\n', document),
        })
    }

    /// The attributes of the element that began last, in the order written; until the next event.
    pub fn attributes(&self) -> &[Attribute<'a>] {
        &self.attributes
    }

    /// How far it has read, in bytes.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next event; after [`Event::Eof`], that again.
    pub fn next_event(&mut self) -> Result<Event<'a>, Fault> {
        if self.ends_at_once {
            self.ends_at_once = false;
            return Ok(Event::End(self.open.pop().unwrap_or_default()));
        }
        loop {
            let begin = self.at;
            let angle = self.angle.at_or_after(self.bytes(), begin);
            if angle > begin {
                self.at = angle;
                if let Some(text) = self.character_data(begin, angle)? {
                    return Ok(Event::Text(text));
                }
            }
            match self.bytes().get(angle + 1) {
                None if angle >= self.text.len() => return self.end_of_document(),
                Some(b'/') => return self.end_tag(angle),
                Some(b'!') => {
                    if let Some(text) = self.declaration(angle)? {
                        return Ok(Event::Text(text));
                    }
                }
                Some(b'?') => self.at = self.past(angle + 2, b"?>", "?> of the processing instruction")?,
                _ => return self.start_tag(angle),
            }
        }
    }

    /// Passes over the element that began last, to its end.
    pub fn skip_element(&mut self) -> Result<(), Fault> {
        let outside = self.open.len().saturating_sub(1);
        while self.open.len() > outside {
            self.next_event()?;
        }
        Ok(())
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The text between two places, which are those of ASCII characters.
    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn character_data(&mut self, from: usize, to: usize) -> Result<Option<Text<'a>>, Fault> {
        let raw = self.slice(from, to);
        let Some(first) = raw.bytes().position(|byte| !is_space(byte)) else { return Ok(None) };
        if self.open.is_empty() {
            let expected = if self.root_seen { "nothing after the root element" } else { "an element" };
            return Err(Fault { offset: from + first, expected });
        }
        if let Some(at) = memmem::find(raw.as_bytes(), b"]]>") {
            return Err(Fault { offset: from + at, expected: "text without ]]>" });
        }
        if self.odd_space || self.ampersand.at_or_after(self.bytes(), from) < to {
            return decode(raw, from, Space::InText).map(Some);
        }
        Ok(Some(Cow::Borrowed(raw)))
    }

    fn end_of_document(&mut self) -> Result<Event<'a>, Fault> {
        let expected = match (self.open.is_empty(), self.root_seen) {
            (true, true) => return Ok(Event::Eof),
            (true, false) => "an element",
            (false, _) => "the end tag of every open element",
        };
        Err(Fault { offset: self.text.len(), expected })
    }

    /// What begins with `<!`: a comment, a CDATA section (whose text it gives) or a document type.
    fn declaration(&mut self, angle: usize) -> Result<Option<Text<'a>>, Fault> {
        let rest = self.bytes().get(angle..).unwrap_or_default();
        if rest.starts_with(b"<!--") {
            let end = self.past(angle + 4, b"--", "--> of the comment")?;
            if self.bytes().get(end) != Some(&b'>') {
                return Err(Fault { offset: end, expected: "> after -- in a comment" });
            }
            self.at = end + 1;
            return Ok(None);
        }
        if rest.starts_with(b"<![CDATA[") && !self.open.is_empty() {
            let begin = angle + b"<![CDATA[".len();
            self.at = self.past(begin, b"]]>", "]]> of the CDATA section")?;
            let raw = self.slice(begin, self.at - 3);
            let text =
                if self.odd_space { Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n")) } else { raw.into() };
            return Ok(Some(text));
        }
        let expected = if rest.starts_with(b"<!DOCTYPE") { "no document type" } else { "an element or a comment" };
        Err(Fault { offset: angle, expected })
    }

    /// The place after the next `mark` from `from`.
    fn past(&self, from: usize, mark: &[u8], expected: &'static str) -> Result<usize, Fault> {
        let rest = self.bytes().get(from..).unwrap_or_default();
        match memmem::find(rest, mark) {
            Some(at) => Ok(from + at + mark.len()),
            None => Err(Fault { offset: self.text.len(), expected }),
        }
    }

    fn end_tag(&mut self, angle: usize) -> Result<Event<'a>, Fault> {
        let begin = angle + 2;
        let Some(&name) = self.open.last() else {
            return Err(Fault { offset: angle, expected: "no end tag outside of the root element" });
        };
        let end = begin + name.len();
        if self.bytes().get(begin..end) != Some(name.as_bytes()) {
            return Err(Fault { offset: begin, expected: "the end tag of the element that began last" });
        }
        let close = after_space(self.bytes(), end);
        if self.bytes().get(close) != Some(&b'>') {
            return Err(Fault { offset: close, expected: ">" });
        }
        self.open.pop();
        self.at = close + 1;
        Ok(Event::End(name))
    }

    fn start_tag(&mut self, angle: usize) -> Result<Event<'a>, Fault> {
        if self.open.is_empty() && self.root_seen {
            return Err(Fault { offset: angle, expected: "nothing after the root element" });
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault { offset: angle, expected: "elements nested at most 64 deep" });
        }
        let bytes = self.bytes();
        let name = self.name(angle + 1, "the name of an element")?;
        let mut at = angle + 1 + name.len();
        self.attributes.clear();
        let mut seen = 0_u64;
        loop {
            let spaced = bytes.get(at).is_some_and(|&byte| is_space(byte));
            at = after_space(bytes, at);
            match bytes.get(at) {
                Some(b'>') => {
                    self.at = at + 1;
                    break;
                }
                Some(b'/') if bytes.get(at + 1) == Some(&b'>') => {
                    self.at = at + 2;
                    self.ends_at_once = true;
                    break;
                }
                Some(_) if spaced => at = self.attribute(at, &mut seen)?,
                _ => return Err(Fault { offset: at, expected: "an attribute, > or />" }),
            }
        }
        self.root_seen = true;
        self.open.push(name);
        Ok(Event::Start(name))
    }

    fn name(&self, at: usize, expected: &'static str) -> Result<&'a str, Fault> {
        let (length, outside_ascii) = name_length(self.bytes(), at);
        let name = self.slice(at, at + length);
        if is_name(name, outside_ascii) { Ok(name) } else { Err(Fault { offset: at, expected }) }
    }

    /// Reads one attribute and says where it ends; `seen` marks the names so far.
    fn attribute(&mut self, at: usize, seen: &mut u64) -> Result<usize, Fault> {
        let bytes = self.bytes();
        let name = self.name(at, "the name of an attribute")?;
        if self.attributes.len() >= MAX_ATTRIBUTES {
            return Err(Fault { offset: at, expected: "at most 256 attributes" });
        }
        let mark = mark(name);
        if *seen & mark != 0 && self.attributes.iter().any(|other| other.name == name) {
            return Err(Fault { offset: at, expected: "an attribute that was not there yet" });
        }
        *seen |= mark;
        let mut equals = at + name.len();
        if bytes.get(equals) != Some(&b'=') {
            equals = after_space(bytes, equals);
        }
        if bytes.get(equals) != Some(&b'=') {
            return Err(Fault { offset: equals, expected: "= after the name of an attribute" });
        }
        let open = after_space(bytes, equals + 1);
        let Some(&quote @ (b'"' | b'\'')) = bytes.get(open) else {
            return Err(Fault { offset: open, expected: "a quoted value" });
        };
        let begin = open + 1;
        let rest = bytes.get(begin..).unwrap_or_default();
        let Some(length) = length_before(quote, rest) else {
            return Err(Fault { offset: bytes.len(), expected: "the quote that ends a value" });
        };
        let end = begin + length;
        let angle = self.angle.at_or_after(bytes, begin);
        if angle < end {
            return Err(Fault { offset: angle, expected: "a value without <" });
        }
        let raw = self.slice(begin, end);
        let value = if self.odd_space
            || self.ampersand.at_or_after(bytes, begin) < end
            || self.newline.at_or_after(bytes, begin) < end
        {
            decode(raw, begin, Space::InAttribute)?
        } else {
            Cow::Borrowed(raw)
        };
        self.attributes.push(Attribute { name, value, offset: begin });
        Ok(end + 1)
    }
}

/// One bit of 64 for a name; two names with different bits are different, which spares most comparisons.
fn mark(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let (first, last) = (bytes.first().copied().unwrap_or(0), bytes.last().copied().unwrap_or(0));
    let mixed = usize::from(first).wrapping_mul(7) ^ usize::from(last).wrapping_mul(3) ^ name.len().wrapping_mul(5);
    1 << (mixed % 64)
}
