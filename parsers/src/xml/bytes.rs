//! What a byte may be in XML, and cursors that look ahead for one without looking twice.

use memchr::memchr;

const SPACE: u8 = 1;
const NAME: u8 = 2;

/// What each byte may be; a byte of a character outside ASCII may be in a name, which is then looked at as a whole.
const CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b':' | b'-' | b'.' | 0x80.. => NAME,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// White space, as XML has it.
#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    CLASS[byte as usize] == SPACE
}

/// How many bytes from `at` may be in a name, and whether any of them is outside ASCII.
#[inline]
pub(super) fn name_length(bytes: &[u8], at: usize) -> (usize, bool) {
    let rest = bytes.get(at..).unwrap_or_default();
    let mut seen = 0;
    for (length, &byte) in rest.iter().enumerate() {
        if CLASS[byte as usize] != NAME {
            return (length, seen >= 0x80);
        }
        seen |= byte;
    }
    (rest.len(), seen >= 0x80)
}

/// How many bytes before the first `needle`. The values it looks through are mostly shorter than 32 bytes, where
/// this is faster than a search made for long ones.
#[inline]
pub(super) fn length_before(needle: u8, bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    let mut rest = bytes;
    for _ in 0..4 {
        let Some((word, after)) = rest.split_first_chunk::<8>() else { break };
        // A byte that is the needle is now zero; the lowest that is zero gets its high bit, no lower one does.
        let zeroed = u64::from_le_bytes(*word) ^ (ONES * u64::from(needle));
        let found = zeroed.wrapping_sub(ONES) & !zeroed & HIGHS;
        if found != 0 {
            return Some(bytes.len() - rest.len() + found.trailing_zeros() as usize / 8);
        }
        rest = after;
    }
    memchr(needle, rest).map(|at| bytes.len() - rest.len() + at)
}

/// Where the white space that begins at `at` ends.
#[inline]
pub(super) fn after_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|&byte| is_space(byte)) {
        at += 1;
    }
    at
}

/// Whether a name, already of [`name_length`]'s bytes, is one: XML 1.0, fifth edition, productions 4 and 4a.
#[inline]
pub(super) fn is_name(name: &str, outside_ascii: bool) -> bool {
    if outside_ascii {
        return is_name_outside_ascii(name);
    }
    !matches!(name.as_bytes().first(), None | Some(b'-' | b'.' | b'0'..=b'9'))
}

#[cold]
fn is_name_outside_ascii(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(starts_name) && chars.all(|c| starts_name(c) || continues_name(c))
}

fn starts_name(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn continues_name(c: char) -> bool {
    matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether a character may stand in a document at all: XML 1.0, production 2.
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// What a first pass over a whole document finds; made so that the compiler turns it into vector instructions.
pub(super) struct Survey {
    /// A byte below space other than tab, line feed and carriage return.
    pub(super) forbidden: bool,
    /// A tab or a carriage return, which values and text are normalised for; Pacemaker writes neither.
    pub(super) odd_space: bool,
}

pub(super) fn survey(bytes: &[u8]) -> Survey {
    let (mut forbidden, mut odd_space) = (0_u8, 0_u8);
    for &byte in bytes {
        let odd = u8::from(byte == b'\t') | u8::from(byte == b'\r');
        odd_space |= odd;
        forbidden |= u8::from(byte < b' ') & (odd ^ 1) & u8::from(byte != b'\n');
    }
    Survey { forbidden: forbidden != 0, odd_space: odd_space != 0 }
}

/// The next place of one byte; asked with places that only grow, it reads every byte once at most.
pub(super) struct Ahead {
    needle: u8,
    next: usize,
}

impl Ahead {
    pub(super) fn new(needle: u8, bytes: &[u8]) -> Self {
        Self { needle, next: memchr(needle, bytes).unwrap_or(bytes.len()) }
    }

    /// The first place of the byte at or after `from`; the length of `bytes` if there is none.
    #[inline]
    pub(super) fn at_or_after(&mut self, bytes: &[u8], from: usize) -> usize {
        if self.next < from {
            self.next = memchr(self.needle, bytes.get(from..).unwrap_or_default()).map_or(bytes.len(), |at| from + at);
        }
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_search_finds_what_the_long_one_finds() {
        for length in 0..70 {
            for at in 0..=length {
                // Bytes that differ from the needle by one, or by the high bit, are those a trick with words may mistake.
                for filler in [b'#', b'!', b'"' | 0x80, 0, 0xff] {
                    let mut bytes = vec![filler; length];
                    if let Some(place) = bytes.get_mut(at) {
                        *place = b'"';
                    }
                    assert_eq!(length_before(b'"', &bytes), memchr(b'"', &bytes), "{at} of {length} {filler}");
                }
            }
        }
    }
}
