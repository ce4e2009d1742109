//! `drbdadm --version` (`KEY=value`, drbd-utils 8.9 to 9.34): which tools and which kernel module are there.
//! It must not decide what they can do.

use crate::ParseError;
use crate::text;

const FORMAT: &str = "drbdadm --version";

/// A version as DRBD packs it into a number, for example `0x090212`. Ordered by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// 9 in 9.2.18.
    pub major: u8,
    /// 2 in 9.2.18.
    pub minor: u8,
    /// 18 in 9.2.18.
    pub patch: u8,
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// What is installed and loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrbdVersion {
    /// The tools.
    pub utils: Version,
    /// The kernel module; `None` if it is not loaded.
    pub kernel: Option<Version>,
    /// 1 for DRBD 8.4, 2 for DRBD 9.
    pub api: Option<u32>,
    /// What the tools were built from, as text.
    pub build_tag: Option<String>,
    /// Keys that this version does not know, and their values, at most 32.
    pub other: Vec<(String, String)>,
}

/// Reads the output. An error: it does not tell the version of the tools.
pub fn parse(input: &[u8]) -> Result<DrbdVersion, ParseError> {
    let (mut utils, mut kernel, mut api, mut build_tag, mut other) = (None, None, None, None, Vec::new());
    for (_, line) in text::lines(input) {
        let Some(at) = memchr::memchr(b'=', line) else { continue };
        let (key, value) = line.split_at(at);
        let value = unescape(value.get(1..).unwrap_or_default());
        match key {
            b"DRBDADM_VERSION_CODE" => utils = packed(&value),
            b"DRBD_KERNEL_VERSION_CODE" => kernel = packed(&value),
            // The same again as text.
            b"DRBDADM_VERSION" | b"DRBD_KERNEL_VERSION" => {}
            b"DRBDADM_API_VERSION" => api = value.parse().ok(),
            b"DRBDADM_BUILDTAG" => build_tag = Some(value),
            key if other.len() < 32 => other.push((text::lossy(key), value)),
            _ => {}
        }
    }
    let Some(utils) = utils else {
        return Err(ParseError::at(FORMAT, input, 0, "`DRBDADM_VERSION_CODE=` and a number"));
    };
    Ok(DrbdVersion { utils, kernel, api, build_tag, other })
}

/// `0x090212`; 0 is no version.
fn packed(value: &str) -> Option<Version> {
    let code = u32::from_str_radix(value.strip_prefix("0x")?, 16).ok().filter(|&code| code != 0)?;
    let [0, major, minor, patch] = code.to_be_bytes() else { return None };
    Some(Version { major, minor, patch })
}

/// Values are quoted for a shell with backslashes.
fn unescape(value: &[u8]) -> String {
    let mut plain = Vec::with_capacity(value.len());
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    text::lossy(&plain)
}
