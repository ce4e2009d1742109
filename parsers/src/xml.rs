//! A pull reader for the XML that Pacemaker writes: elements, attributes, character data, references.
//!
//! Comments and processing instructions are passed over, and so is white space between elements: nothing that
//! Pacemaker prints keeps a meaning there. A document type is refused, because entities of a document's own are how
//! small inputs become large ones. Names and values borrow from the input where nothing is escaped.
//!
//! It must not guess: what is not well-formed is a [`Fault`] with its place, never a value.

mod attribute;
mod bytes;
mod decode;
mod reader;
pub(crate) mod walk;

use crate::{Expected, ParseError};

pub use attribute::{Attribute, Text};
pub(crate) use decode::decode_leniently;
pub use reader::{Event, Reader};
pub use walk::{Unknown, UnknownKind, Unknowns};

/// The largest document that is read, in bytes: one of some 200 000 resources.
pub const MAX_DOCUMENT_BYTES: usize = 64 << 20;
/// The deepest nesting that is read; a bundle in a status is 5 deep, a rule in a CIB about 10.
pub const MAX_DEPTH: usize = 64;
/// The most attributes of one element; Pacemaker writes about 20.
pub const MAX_ATTRIBUTES: usize = 256;

/// A place that is not as it must be; small, so that it costs nothing where all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Bytes from the start of the document.
    pub offset: usize,
    /// What was expected there; completes "expected …".
    pub expected: Expected,
}

impl Fault {
    /// The fault with line, column and excerpt; `format` is the tool that printed `document`.
    pub fn in_document(self, format: &'static str, document: &[u8]) -> ParseError {
        ParseError::at(format, document, self.offset, self.expected)
    }
}
