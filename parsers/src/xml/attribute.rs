//! An attribute and the reading of its value as a word, a truth or a number.

use std::borrow::Cow;

use super::Fault;

/// Text of a document: borrowed from it unless a reference had to be resolved.
pub type Text<'a> = Cow<'a, str>;

/// One attribute of an element.
///
/// An empty value that should be a truth or a number counts as one that is not there: sanitised documents have such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its name, with the prefix, if it has one.
    pub name: &'a str,
    /// Its value, references resolved.
    pub value: Text<'a>,
    /// Where the value begins, in bytes from the start of the document.
    pub offset: usize,
}

impl<'a> Attribute<'a> {
    /// The value as it stands.
    pub fn text(&self) -> Text<'a> {
        self.value.clone()
    }

    /// A fault at this value.
    pub fn fault(&self, expected: &'static str) -> Fault {
        Fault { offset: self.offset, expected }
    }

    /// `true` or `false`; the CIB also writes `1` and `0`.
    pub fn boolean(&self) -> Result<Option<bool>, Fault> {
        match self.value.as_bytes() {
            b"true" | b"1" => Ok(Some(true)),
            b"false" | b"0" => Ok(Some(false)),
            b"" => Ok(None),
            _ => Err(self.fault("true or false")),
        }
    }

    /// A decimal number of the type asked for.
    pub fn number<N: core::str::FromStr>(&self) -> Result<Option<N>, Fault> {
        if self.value.is_empty() {
            return Ok(None);
        }
        self.value.parse().map(Some).map_err(|_| self.fault("a number in range"))
    }

    /// Milliseconds written as `26ms`, or as a bare number.
    pub fn milliseconds(&self) -> Result<Option<u64>, Fault> {
        let digits = self.value.strip_suffix("ms").unwrap_or(&self.value);
        if self.value.is_empty() {
            return Ok(None);
        }
        digits.parse().map(Some).map_err(|_| self.fault("milliseconds such as 26ms"))
    }

    // The following put the value where it belongs and say that the attribute is understood, as
    // `Walker::attributes` asks.

    #[expect(clippy::unnecessary_wraps, reason = "the same shape as its neighbours, so that the arms of a match agree")]
    pub(crate) fn text_into(&self, place: &mut Option<Text<'a>>) -> Result<bool, Fault> {
        *place = Some(self.text());
        Ok(true)
    }

    pub(crate) fn boolean_into(&self, place: &mut Option<bool>) -> Result<bool, Fault> {
        *place = self.boolean()?;
        Ok(true)
    }

    pub(crate) fn number_into<N: core::str::FromStr>(&self, place: &mut Option<N>) -> Result<bool, Fault> {
        *place = self.number()?;
        Ok(true)
    }

    pub(crate) fn milliseconds_into(&self, place: &mut Option<u64>) -> Result<bool, Fault> {
        *place = self.milliseconds()?;
        Ok(true)
    }

    /// Into anything that is made of a text and can not fail: words and times.
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as its neighbours, so that the arms of a match agree")]
    pub(crate) fn word_into<W: From<Text<'a>>>(&self, place: &mut Option<W>) -> Result<bool, Fault> {
        *place = Some(W::from(self.text()));
        Ok(true)
    }
}
