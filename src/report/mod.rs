//! The same model for machines.
use crate::model::{Cluster, Verdict};
use crate::wire::Stamp;
/// Options.
#[derive(Debug, Clone, Default)]
pub struct TextOptions { /// a
 pub ascii: bool, /// b
 pub utc_offset_s: i32 }
/// Text.
pub fn text(_: &Cluster, _: Option<&str>, _: Stamp, _: &TextOptions) -> String { String::new() }
/// Json.
pub fn json(_: &Cluster, _: Option<&str>, _: Stamp) -> String { String::new() }
/// Exit.
pub fn exit_code(_: Verdict) -> u8 { 0 }
