//! What could not be read, and where.

use core::fmt;

/// The longest excerpt kept, in bytes of the input.
const EXCERPT_BYTES: usize = 60;

/// What a grammar looked for when it stopped; a phrase that completes "expected …".
pub type Expected = &'static str;

/// A place in the input that a grammar could not read.
///
/// The excerpt is safe to show: control characters, which hostile output may carry, are replaced by `·`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The tool or format that was being read, for example `crm_mon`.
    pub format: &'static str,
    /// What was expected at [`offset`](Self::offset).
    pub expected: Expected,
    /// Bytes from the start of the input.
    pub offset: usize,
    /// The line of that byte, from 1.
    pub line: usize,
    /// The column of that byte in its line, in bytes, from 1.
    pub column: usize,
    /// What stands there, shortened, with control characters replaced.
    pub excerpt: String,
}

impl ParseError {
    /// Describes the place `offset` bytes into `input`; an offset past the end means the end.
    pub fn at(format: &'static str, input: &[u8], offset: usize, expected: Expected) -> Self {
        let offset = offset.min(input.len());
        let (before, after) = input.split_at(offset);
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let column = 1 + offset - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let upto_line_end = memchr::memchr(b'\n', after).unwrap_or(after.len()).min(EXCERPT_BYTES);
        let excerpt = printable(&after[..upto_line_end]);
        Self { format, expected, offset, line, column, excerpt }
    }
}

/// The text of `bytes` with everything that could steer a terminal replaced by `·`.
pub(crate) fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, expected, line, column, excerpt, .. } = self;
        if excerpt.is_empty() {
            write!(f, "{format}: expected {expected} at line {line}, column {column}, found the end")
        } else {
            write!(f, "{format}: expected {expected} at line {line}, column {column}, found `{excerpt}`")
        }
    }
}

impl core::error::Error for ParseError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_told_in_lines_and_columns() {
        let error = ParseError::at("test", b"one\ntwo three\nfour", 8, "a word");
        assert_eq!((error.line, error.column), (2, 5));
        assert_eq!(error.to_string(), "test: expected a word at line 2, column 5, found `three`");
    }

    #[test]
    fn the_end_and_beyond_is_the_end() {
        let error = ParseError::at("test", b"abc", 99, "more");
        assert_eq!(error.offset, 3);
        assert!(error.to_string().ends_with("found the end"));
    }

    #[test]
    fn an_excerpt_never_carries_control_characters() {
        let error = ParseError::at("test", b"\x1b[2Jx\x07\x9b\xff", 0, "a word");
        assert!(!error.excerpt.chars().any(char::is_control), "{:?}", error.excerpt);
    }
}
