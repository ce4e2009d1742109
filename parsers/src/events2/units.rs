//! Quantities with their units, so that KiB and sectors cannot be mixed up. It must not format for display.

/// Declares a number with a unit.
macro_rules! quantity {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u64);
    )+};
}

quantity! {
    /// Kibibytes.
    Kib,
    /// Sectors of 512 bytes.
    Sectors,
    /// A number of requests.
    Requests,
    /// A number of writes.
    Writes,
}

impl Kib {
    /// In bytes, at most `u64::MAX`.
    pub fn bytes(self) -> u64 {
        self.0.saturating_mul(1024)
    }
}

impl Sectors {
    /// In bytes, at most `u64::MAX`.
    pub fn bytes(self) -> u64 {
        self.0.saturating_mul(512)
    }
}

/// A rate in hundredths of MiB/s, as precise as the tool prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MibPerSecond {
    /// Hundredths of a MiB/s.
    pub hundredths: u64,
}

impl MibPerSecond {
    /// In bytes per second, rounded down, at most `u64::MAX`.
    pub fn bytes_per_second(self) -> u64 {
        u64::try_from(u128::from(self.hundredths) * 1_048_576 / 100).unwrap_or(u64::MAX)
    }
}

/// A share between 0 and 100 %, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Percent {
    hundredths: u16,
}

impl Percent {
    /// All.
    pub const FULL: Self = Self { hundredths: 10_000 };

    /// Clamped to 100 %.
    pub fn from_hundredths(hundredths: u64) -> Self {
        Self { hundredths: u16::try_from(hundredths).unwrap_or(u16::MAX).min(Self::FULL.hundredths) }
    }

    /// 0 to 10000.
    pub fn hundredths(self) -> u16 {
        self.hundredths
    }
}

/// When a sync will be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Eta {
    /// Seconds from now at the present rate.
    Seconds(u64),
    /// Nothing moves at present: printed as `nan` or `inf`.
    Unknown,
}

/// Reads a decimal number with at most two digits after the point as hundredths; more digits are cut.
///
/// Larger than a `u64` of hundredths is `u64::MAX`. A sign or anything else does not fit.
pub(crate) fn hundredths(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut fraction = fraction.bytes().map(|b| u64::from(b - b'0')).chain(std::iter::repeat(0));
    let hundredths = fraction.next()? * 10 + fraction.next()?;
    let whole = whole.bytes().fold(0_u64, |sum, b| sum.saturating_mul(10).saturating_add(u64::from(b - b'0')));
    Some(whole.saturating_mul(100).saturating_add(hundredths))
}
