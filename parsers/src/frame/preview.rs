//! The frames of hatui's preview, version 1: what each kind bears. Read by [`WatchFrames`](super::WatchFrames), as
//! the watcher's are; here is only what their keys mean. It must not look into a payload.

use super::watch::Frame;
use crate::{Expected, ParseError};

/// The name of this grammar in a [`ParseError`].
const FORMAT: &str = "hatui preview";

/// A message of the preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreviewFrame {
    /// `hello`: it has begun.
    Hello {
        /// The version of the protocol.
        version: i64,
        /// The node's name in the cluster; `None` if it did not tell.
        node: Option<String>,
    },
    /// `cib`: the copy is made, or is not.
    Cib {
        /// How `cibadmin -Q` ended.
        rc: i64,
        /// With `rc` 0 the copy's opening tag as an empty element, for [`cib::parse`](crate::cib::parse); else the
        /// tool's words.
        payload: Vec<u8>,
    },
    /// `skeleton`: for [`skeleton::parse`](crate::skeleton::parse).
    Skeleton {
        /// The fragment.
        payload: Vec<u8>,
    },
    /// `tried`: a change of the copy.
    Tried {
        /// The item's number, from 1.
        item: u64,
        /// How it ended.
        rc: i64,
        /// What the tool printed.
        output: Vec<u8>,
    },
    /// `plan`: what would follow.
    Plan {
        /// The item's number, from 1.
        item: u64,
        /// How it was asked.
        how: PlanHow,
        /// How `crm_simulate` ended.
        rc: i64,
        /// For [`simulate::parse`](crate::simulate::parse).
        document: Vec<u8>,
    },
    /// `bye`: it has ended.
    Bye {
        /// Whether all was done; `None` if the word for it is not known.
        done: Option<bool>,
    },
    /// A kind of another version.
    Other(Frame),
}

/// How `crm_simulate` was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanHow {
    /// `--simulate`: with the steps and the state after.
    Simulate,
    /// `--run`: the plan only, because the other failed.
    Run,
    /// `--run` without XML, which versions before 2.1.0 do not print.
    Text,
}

impl PreviewFrame {
    /// What a frame of the preview says. An error names the kind and the key that is missing or cannot be read.
    pub fn read(mut frame: Frame) -> Result<Self, ParseError> {
        let payload = frame.payload.take();
        Ok(match frame.kind.as_str() {
            "hello" => Self::Hello {
                version: number(&frame, "v", "the key v, a number")?,
                node: frame.text("node").filter(|node| !node.is_empty()).map(str::to_owned),
            },
            "cib" => Self::Cib { rc: rc(&frame)?, payload: payload.unwrap_or_default() },
            "skeleton" => Self::Skeleton { payload: payload.ok_or_else(|| missing(&frame, "a payload"))? },
            "tried" => Self::Tried { item: item(&frame)?, rc: rc(&frame)?, output: payload.unwrap_or_default() },
            "plan" => Self::Plan {
                item: item(&frame)?,
                how: match frame.text("how") {
                    Some("simulate") => PlanHow::Simulate,
                    Some("run") => PlanHow::Run,
                    Some("text") => PlanHow::Text,
                    _ => return Err(missing(&frame, "the key how: simulate, run or text")),
                },
                rc: rc(&frame)?,
                document: payload.unwrap_or_default(),
            },
            "bye" => Self::Bye {
                done: match frame.text("why") {
                    Some("done") => Some(true),
                    Some("failed") => Some(false),
                    _ => None,
                },
            },
            _ => {
                frame.payload = payload;
                Self::Other(frame)
            }
        })
    }
}

fn missing(frame: &Frame, expected: Expected) -> ParseError {
    ParseError::at(FORMAT, frame.kind.as_bytes(), 0, expected)
}

fn number(frame: &Frame, key: &str, expected: Expected) -> Result<i64, ParseError> {
    frame.number(key).ok_or_else(|| missing(frame, expected))
}

fn rc(frame: &Frame) -> Result<i64, ParseError> {
    number(frame, "rc", "the key rc, a number")
}

fn item(frame: &Frame) -> Result<u64, ParseError> {
    let expected = "the key n, a number from 1";
    let number = number(frame, "n", expected)?;
    u64::try_from(number).ok().filter(|&number| number > 0).ok_or_else(|| missing(frame, expected))
}
