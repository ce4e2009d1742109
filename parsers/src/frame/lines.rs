//! Bytes cut anywhere → whole lines, with a hard bound on the length of a line. It must not interpret a line.

/// What [`Lines`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// A whole line without its `\n` or `\r\n`.
    Whole(&'a [u8]),
    /// A line longer than the bound. Its text is gone; what follows it is read normally.
    TooLong {
        /// The length of the line in bytes, without its `\n`.
        bytes: u64,
    },
}

/// Cuts a stream into lines, keeping at most the bound of bytes.
///
/// The bound counts the bytes before the `\n`; a `\r` before it counts and is then removed.
#[derive(Debug, Clone)]
pub struct Lines {
    partial: Vec<u8>,
    /// Set while a line is being skipped: its bytes so far.
    overlong: Option<u64>,
    bound: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self::new(Self::DEFAULT_BOUND)
    }
}

impl Lines {
    /// 64 KiB: the longest known line of the watched tools is below 1 KiB.
    pub const DEFAULT_BOUND: usize = 64 * 1024;

    /// A reader of lines of at most `bound` bytes.
    pub fn new(bound: usize) -> Self {
        Self { partial: Vec::new(), overlong: None, bound }
    }

    /// Takes the next bytes of the stream and hands every line that they complete to `each`, in order.
    pub fn push(&mut self, mut bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        while self.take(&mut bytes, &mut each) {}
    }

    /// Takes bytes up to and with the next `\n`. False: there was none, everything was taken.
    pub(super) fn take(&mut self, input: &mut &[u8], each: &mut impl FnMut(Line<'_>)) -> bool {
        let Some(at) = memchr::memchr(b'\n', input) else {
            self.keep(input);
            *input = &[];
            return false;
        };
        let (head, rest) = input.split_at(at);
        *input = rest.get(1..).unwrap_or_default();
        if self.overlong.is_none() && self.partial.is_empty() && head.len() <= self.bound {
            each(Line::Whole(without_cr(head)));
            return true;
        }
        self.keep(head);
        match self.overlong.take() {
            Some(bytes) => each(Line::TooLong { bytes }),
            None => each(Line::Whole(without_cr(&self.partial))),
        }
        self.partial.clear();
        true
    }

    /// The stream has ended: what stood after the last `\n`, if anything. The reader is then as new.
    pub fn finish(&mut self) -> Option<CutLine> {
        let partial = std::mem::take(&mut self.partial);
        match self.overlong.take() {
            Some(bytes) => Some(CutLine::TooLong { bytes }),
            None if partial.is_empty() => None,
            None => Some(CutLine::Partial(partial)),
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if let Some(skipped) = &mut self.overlong {
            *skipped = skipped.saturating_add(bytes.len() as u64);
            return;
        }
        let needed = self.partial.len().saturating_add(bytes.len());
        if needed > self.bound {
            self.overlong = Some(needed as u64);
            self.partial.clear();
            return;
        }
        append(&mut self.partial, bytes, self.bound);
    }
}

/// Appends without ever reserving more than `bound` bytes, which `part` must not exceed in sum.
pub(super) fn append(whole: &mut Vec<u8>, part: &[u8], bound: usize) {
    let needed = whole.len().saturating_add(part.len());
    if needed > whole.capacity() {
        // Doubling keeps the copying linear; the cap keeps the memory below the bound.
        let room = whole.capacity().saturating_mul(2).min(bound).max(needed);
        whole.reserve_exact(room - whole.len());
    }
    whole.extend_from_slice(part);
}

/// What was left of a line when its stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CutLine {
    /// The bytes after the last `\n`.
    Partial(Vec<u8>),
    /// More bytes than the bound, and no end.
    TooLong {
        /// How many bytes had come.
        bytes: u64,
    },
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
