//! Small pieces that several grammars share. It must not know any tool.

use nom::bytes::complete::take_while1;
use nom::combinator::map_opt;
use nom::{IResult, Parser};

use crate::error::printable;

/// What the grammars read.
pub(crate) type Bytes<'a> = &'a [u8];

/// Lines of output that nothing is known of, kept so that they are not lost.
pub(crate) const MAX_UNREAD_LINES: usize = 16;

/// The longest unread line that is kept whole, in bytes.
const MAX_UNREAD_BYTES: usize = 200;

/// A decimal number without sign, and nothing else.
pub(crate) fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A decimal number at the start of the input; one too large for `T` does not fit.
pub(crate) fn decimal<T: std::str::FromStr>(input: Bytes<'_>) -> IResult<Bytes<'_>, T> {
    map_opt(take_while1(|b: u8| b.is_ascii_digit()), number).parse(input)
}

/// Text for an owner; bytes that are no UTF-8 become U+FFFD.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The lines of a document with their offsets, without `\n` or `\r\n`. A last line without an end counts.
pub(crate) fn lines(input: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = input.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        at = start + length + 1;
        let line = rest.get(..length).unwrap_or(rest);
        Some((start, line.strip_suffix(b"\r").unwrap_or(line)))
    })
}

/// Keeps a line that no grammar knows, made safe to show.
pub(crate) fn keep_unread(unread: &mut Vec<String>, line: &[u8]) {
    if unread.len() < MAX_UNREAD_LINES && !line.trim_ascii().is_empty() {
        let shown = line.get(..MAX_UNREAD_BYTES).unwrap_or(line);
        unread.push(printable(shown));
    } else if unread.len() == MAX_UNREAD_LINES {
        unread.push("… and more".to_owned());
    }
}

/// Declares an enum of known words with `Other` for any word of another version.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name<T = String> {
            /// A word that this version does not know, as written. It ranks below every known one.
            Other(T),
            $($(#[$word_doc])* $variant,)+
        }

        impl<'a> $name<&'a str> {
            /// The state that `word` names.
            pub fn from_word(word: &'a str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    other => Self::Other(other),
                }
            }

            /// The same state without a borrow of the line.
            pub fn into_owned(self) -> $name<String> {
                match self {
                    $(Self::$variant => $name::$variant,)+
                    Self::Other(word) => $name::Other(word.to_owned()),
                }
            }
        }

        impl<T: AsRef<str>> $name<T> {
            /// The word as the tool prints it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word.as_ref(),
                }
            }
        }
    };
}
pub(crate) use words;
