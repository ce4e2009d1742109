//! References (`&lt;`, `&#10;`, `&#xFC;`) and the white space of values: the grammar of what is escaped.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::combinator::{map_opt, value};
use nom::sequence::delimited;
use nom::{IResult, Parser};

use super::Fault;
use super::attribute::Text;
use super::bytes::is_char;

/// One reference, from its ampersand to its semicolon.
fn reference(input: &str) -> IResult<&str, char> {
    delimited(tag("&"), alt((named, hexadecimal, decimal)), tag(";")).parse(input)
}

fn named(input: &str) -> IResult<&str, char> {
    alt((
        value('"', tag("quot")),
        value('&', tag("amp")),
        value('<', tag("lt")),
        value('>', tag("gt")),
        value('\'', tag("apos")),
    ))
    .parse(input)
}

fn hexadecimal(input: &str) -> IResult<&str, char> {
    let (input, _) = tag("#x")(input)?;
    map_opt(take_while_m_n(1, 8, |c: char| c.is_ascii_hexdigit()), |digits| character(digits, 16)).parse(input)
}

fn decimal(input: &str) -> IResult<&str, char> {
    let (input, _) = tag("#")(input)?;
    map_opt(take_while_m_n(1, 10, |c: char| c.is_ascii_digit()), |digits| character(digits, 10)).parse(input)
}

fn character(digits: &str, radix: u32) -> Option<char> {
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|&c| is_char(c))
}

/// How white space that is written as such, not as a reference, is normalised: XML 1.0, 2.11 and 3.3.3.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// Any of it is a space.
    InAttribute,
    /// A line end is one line feed.
    InText,
}

/// Resolves all references and normalises white space; `offset` is where `raw` begins, for the fault.
pub(super) fn decode(raw: &str, offset: usize, space: Space) -> Result<Text<'_>, Fault> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\r', '\n', '\t']) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let (after, c) = if special.starts_with('&') {
            reference(special).map_err(|_| Fault {
                offset: offset + raw.len() - special.len(),
                expected: "a reference such as &lt; or &#10; to a character that XML allows",
            })?
        } else {
            let after = special.strip_prefix("\r\n").or_else(|| special.get(1..)).unwrap_or_default();
            let c = match space {
                Space::InAttribute => ' ',
                Space::InText if special.starts_with('\t') => '\t',
                Space::InText => '\n',
            };
            (after, c)
        };
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// Resolves the references that are ones and leaves everything else as it stands: for text that was escaped twice,
/// by writers that did not agree on how.
pub(crate) fn decode_leniently(text: Text<'_>) -> Text<'_> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let (after, c) = reference(special).unwrap_or_else(|_| (special.get(1..).unwrap_or_default(), '&'));
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_reference_is_resolved() {
        let decoded = decode("&lt;&gt;&amp;&quot;&apos;&#10;&#xFC;&#x1F600;", 0, Space::InAttribute);
        assert_eq!(decoded.unwrap(), "<>&\"'\nü😀");
    }

    #[test]
    fn what_is_no_reference_or_no_character_is_a_fault_at_its_place() {
        for bad in [
            "&",
            "&;",
            "&lt",
            "&nbsp;",
            "&#;",
            "&#x;",
            "&#0;",
            "&#27;",
            "&#xD800;",
            "&#x110000;",
            "&#xFFFF;",
            "&#99999999999;",
        ] {
            let fault = decode(&format!("ab{bad} "), 100, Space::InText).unwrap_err();
            assert_eq!(fault.offset, 102, "{bad}");
        }
    }

    #[test]
    fn white_space_is_normalised_as_xml_says() {
        assert_eq!(decode("a\r\nb\rc\td\ne", 0, Space::InAttribute).unwrap(), "a b c d e");
        assert_eq!(decode("a\r\nb\rc\td\ne", 0, Space::InText).unwrap(), "a\nb\nc\td\ne");
        assert_eq!(decode("a&#13;&#9;b", 0, Space::InAttribute).unwrap(), "a\r\tb");
    }

    #[test]
    fn lenient_decoding_keeps_what_it_does_not_understand() {
        assert_eq!(decode_leniently("a &lt;b&gt; &nope; & c &#27;&".into()), "a <b> &nope; & c &#27;&");
        assert!(matches!(decode_leniently("plain".into()), Cow::Borrowed("plain")));
    }
}
