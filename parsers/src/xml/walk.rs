//! From events to typed facts: children and attributes by name, and a bounded account of what was not understood.

use core::fmt;

use super::{Attribute, Event, Fault, Reader, Text};

/// The most names of things not understood that are kept.
const MAX_UNKNOWN: usize = 16;

/// What kind of thing was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownKind {
    /// An element; all that is in it was passed over.
    Element,
    /// An attribute.
    Attribute,
    /// Character data where none is expected; its name is empty.
    Text,
}

/// Something in a document that this version does not understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown<'a> {
    /// The element it is in.
    pub within: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub kind: UnknownKind,
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            UnknownKind::Element => write!(f, "{}/{}", self.within, self.name),
            UnknownKind::Attribute => write!(f, "{}/@{}", self.within, self.name),
            UnknownKind::Text => write!(f, "text in {}", self.within),
        }
    }
}

/// What a document held beyond what this version understands: nothing is dropped silently.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknowns<'a> {
    /// The first 16 different ones.
    pub first: Vec<Unknown<'a>>,
    /// How often something was not understood, repetitions included.
    pub count: usize,
}

impl<'a> Unknowns<'a> {
    fn note(&mut self, within: &'a str, name: &'a str, kind: UnknownKind) {
        let unknown = Unknown { within, name, kind };
        self.count += 1;
        if self.first.len() < MAX_UNKNOWN && !self.first.contains(&unknown) {
            self.first.push(unknown);
        }
    }
}

/// A reader with the account of what was not understood.
pub(crate) struct Walker<'a> {
    reader: Reader<'a>,
    pub(crate) unknown: Unknowns<'a>,
    /// Values that are `(null)` are not there: what `fprintf` of the legacy writer makes of a missing one.
    pub(crate) null_is_absent: bool,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(document: &'a [u8]) -> Result<Self, Fault> {
        Ok(Self { reader: Reader::new(document)?, unknown: Unknowns::default(), null_is_absent: false })
    }

    /// Begins the root element and gives its name.
    pub(crate) fn root(&mut self) -> Result<&'a str, Fault> {
        match self.reader.next_event()? {
            Event::Start(name) => Ok(name),
            _ => Err(self.fault("an element")),
        }
    }

    /// Sees to it that nothing follows the root element, which has ended.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
        match self.reader.next_event()? {
            Event::Eof => Ok(()),
            _ => Err(self.fault("the end of the document")),
        }
    }

    /// A fault where the reader stands.
    pub(crate) fn fault(&self, expected: &'static str) -> Fault {
        Fault { offset: self.reader.offset(), expected }
    }

    /// Gives every attribute of the element that began last to `take`, which says whether it understood it.
    #[inline]
    pub(crate) fn attributes(
        &mut self,
        element: &'a str,
        mut take: impl FnMut(&Attribute<'a>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        for attribute in self.reader.attributes() {
            if self.null_is_absent && attribute.value == "(null)" {
                continue;
            }
            if !take(attribute)? {
                self.unknown.note(element, attribute.name, UnknownKind::Attribute);
            }
        }
        Ok(())
    }

    /// Gives every child of the element that began last to `take`, to the element's end; `take` reads the child to
    /// its end and says true, or reads nothing and says false: then it is noted and passed over.
    #[inline]
    pub(crate) fn children(
        &mut self,
        element: &'a str,
        mut take: impl FnMut(&mut Self, &'a str) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        loop {
            match self.reader.next_event()? {
                Event::Start(name) => {
                    if !take(self, name)? {
                        self.unknown.note(element, name, UnknownKind::Element);
                        self.reader.skip_element()?;
                    }
                }
                Event::Text(_) => self.unknown.note(element, "", UnknownKind::Text),
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(self.fault("an end tag")),
            }
        }
    }

    /// Reads the element that began last to its end; it has no children that mean anything.
    pub(crate) fn no_children(&mut self, element: &'a str) -> Result<(), Fault> {
        self.children(element, |_, _| Ok(false))
    }

    /// The character data of the element that began last, which it reads to its end.
    pub(crate) fn text(&mut self, element: &'a str) -> Result<Text<'a>, Fault> {
        let mut all = Text::default();
        loop {
            match self.reader.next_event()? {
                Event::Text(text) if all.is_empty() => all = text,
                Event::Text(text) => all.to_mut().push_str(&text),
                Event::Start(name) => {
                    self.unknown.note(element, name, UnknownKind::Element);
                    self.reader.skip_element()?;
                }
                Event::End(_) => return Ok(all),
                Event::Eof => return Err(self.fault("an end tag")),
            }
        }
    }

    /// Passes over the element that began last, which is understood to be of no interest.
    pub(crate) fn pass_over(&mut self) -> Result<(), Fault> {
        self.reader.skip_element()
    }
}
