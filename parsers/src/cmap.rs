//! `corosync-cmapctl -m stats` (Corosync ≥ 3.0): typed entries, and the statistics of knet's links gathered from them.
//! It must not compute rates.

use std::collections::BTreeMap;

use nom::bytes::complete::{tag, take_until};
use nom::combinator::rest;
use nom::sequence::delimited;
use nom::{IResult, Parser};

use crate::ParseError;
use crate::text::{self, Bytes};

const FORMAT: &str = "corosync-cmapctl";

/// Entries in the order printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Map<'a> {
    /// What could be read.
    pub entries: Vec<Entry<'a>>,
    /// Lines that are no entry, safe to show; at most 16 and a remark that there were more.
    pub unread: Vec<String>,
}

/// `key (type) = value`
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a> {
    /// For example `stats.knet.node2.link0.latency_ave`.
    pub key: &'a str,
    /// The value in its type.
    pub value: Value<'a>,
}

/// A value with the type that the tool names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// `u8`, `u16`, `u32`, `u64`
    Unsigned(u64),
    /// `i8`, `i16`, `i32`, `i64`
    Signed(i64),
    /// `flt`, `dbl`
    Float(f64),
    /// `str`
    Text(&'a str),
    /// `bin`, as printed
    Binary(&'a str),
    /// Another type, or a value that is not of its type; as written.
    Other {
        /// The type.
        kind: &'a str,
        /// The value.
        text: &'a str,
    },
}

impl Value<'_> {
    /// The number, if it is one without sign.
    pub fn unsigned(self) -> Option<u64> {
        match self {
            Self::Unsigned(number) => Some(number),
            _ => None,
        }
    }
}

/// A time in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Micros(pub u32);

/// What knet counts for one link to one node. `None`: not printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkStats {
    /// The id of the node at the other end. The local node is listed too.
    pub node: u32,
    /// The number of the link, from 0.
    pub link: u32,
    /// knet may use it.
    pub enabled: Option<bool>,
    /// It works.
    pub connected: Option<bool>,
    /// The largest payload of a packet, in bytes. `None` if 0: not measured yet.
    pub mtu: Option<u32>,
    /// The running average of the round trip over the last samples (≤ 2048). `None` without a sample.
    pub latency_ave: Option<Micros>,
    /// The least of that average, not of the samples. `None` without a sample.
    pub latency_min: Option<Micros>,
    /// The greatest of that average, not of the samples. `None` without a sample.
    pub latency_max: Option<Micros>,
    /// How many samples the average is of.
    pub latency_samples: Option<u32>,
    /// How often the link went down since Corosync started.
    pub down_count: Option<u32>,
    /// How often the link came up since Corosync started.
    pub up_count: Option<u32>,
    /// Pings sent. The difference to `rx_pong_packets` over a time is about the loss.
    pub tx_ping_packets: Option<u64>,
    /// Answers received.
    pub rx_pong_packets: Option<u64>,
    /// Data packets sent.
    pub tx_data_packets: Option<u64>,
    /// Data packets received.
    pub rx_data_packets: Option<u64>,
    /// All bytes sent.
    pub tx_total_bytes: Option<u64>,
    /// All bytes received.
    pub rx_total_bytes: Option<u64>,
    /// Errors when sending.
    pub tx_total_errors: Option<u64>,
    /// Repeated sends (the tool names them `rx_total_retries`).
    pub total_retries: Option<u64>,
}

/// Reads entries. An error: there are lines, and none is an entry.
pub fn parse(input: &[u8]) -> Result<Map<'_>, ParseError> {
    let mut map = Map { entries: Vec::new(), unread: Vec::new() };
    for (_, line) in text::lines(input) {
        match entry(line) {
            Some(entry) => map.entries.push(entry),
            None => text::keep_unread(&mut map.unread, line),
        }
    }
    if map.entries.is_empty() && !map.unread.is_empty() {
        return Err(ParseError::at(FORMAT, input, 0, "`key (type) = value`"));
    }
    Ok(map)
}

fn entry(line: &[u8]) -> Option<Entry<'_>> {
    let (_, (key, kind, value)) = split(line).ok()?;
    let text = |bytes| std::str::from_utf8(bytes).ok();
    let (key, kind, value) = (text(key)?, text(kind)?, text(value)?);
    let typed = match kind {
        "u8" | "u16" | "u32" | "u64" => value.parse().ok().map(Value::Unsigned),
        "i8" | "i16" | "i32" | "i64" => value.parse().ok().map(Value::Signed),
        "flt" | "dbl" => value.parse().ok().map(Value::Float),
        "str" => Some(Value::Text(value)),
        "bin" => Some(Value::Binary(value)),
        _ => None,
    };
    Some(Entry { key, value: typed.unwrap_or(Value::Other { kind, text: value }) })
}

fn split(line: Bytes<'_>) -> IResult<Bytes<'_>, (Bytes<'_>, Bytes<'_>, Bytes<'_>)> {
    (take_until(" ("), delimited(tag(" ("), take_until(")"), tag(") = ")), rest).parse(line)
}

impl Map<'_> {
    /// The value of `key`, the first if it is there more than once.
    pub fn get(&self, key: &str) -> Option<Value<'_>> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.value)
    }

    /// `stats.knet.nodeX.linkY.*`, ordered by node and link.
    pub fn link_stats(&self) -> Vec<LinkStats> {
        let mut links = BTreeMap::<(u32, u32), LinkStats>::new();
        for entry in &self.entries {
            if let (Some((node, link, what)), Some(value)) = (link_key(entry.key), entry.value.unsigned()) {
                let stats = links.entry((node, link)).or_insert_with(|| LinkStats { node, link, ..Default::default() });
                stats.set(what, value);
            }
        }
        links.into_values().map(LinkStats::without_unsampled_latency).collect()
    }
}

/// `stats.knet.node2.link0.WHAT` → (2, 0, WHAT)
fn link_key(key: &str) -> Option<(u32, u32, &str)> {
    let (node, rest) = key.strip_prefix("stats.knet.node")?.split_once(".link")?;
    let (link, what) = rest.split_once('.')?;
    Some((text::number(node.as_bytes())?, text::number(link.as_bytes())?, what))
}

impl LinkStats {
    fn set(&mut self, what: &str, value: u64) {
        let small = u32::try_from(value).ok();
        match what {
            "enabled" => self.enabled = Some(value != 0),
            "connected" => self.connected = Some(value != 0),
            "mtu" => self.mtu = small.filter(|&mtu| mtu != 0),
            "latency_ave" => self.latency_ave = small.map(Micros),
            "latency_min" => self.latency_min = small.map(Micros),
            "latency_max" => self.latency_max = small.map(Micros),
            "latency_samples" => self.latency_samples = small,
            "down_count" => self.down_count = small,
            "up_count" => self.up_count = small,
            "tx_ping_packets" => self.tx_ping_packets = Some(value),
            "rx_pong_packets" => self.rx_pong_packets = Some(value),
            "tx_data_packets" => self.tx_data_packets = Some(value),
            "rx_data_packets" => self.rx_data_packets = Some(value),
            "tx_total_bytes" => self.tx_total_bytes = Some(value),
            "rx_total_bytes" => self.rx_total_bytes = Some(value),
            "tx_total_errors" => self.tx_total_errors = Some(value),
            "rx_total_retries" => self.total_retries = Some(value),
            _ => {}
        }
    }

    /// Without a sample knet prints 4294967295 as the least, and 0 as the others.
    fn without_unsampled_latency(self) -> Self {
        if self.latency_samples == Some(0) {
            return Self { latency_ave: None, latency_min: None, latency_max: None, ..self };
        }
        Self { latency_min: self.latency_min.filter(|&Micros(min)| min != u32::MAX), ..self }
    }
}
