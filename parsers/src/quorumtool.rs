//! `corosync-quorumtool -s` of Corosync 2.x to 3.1.x, with or without votequorum. It must not judge the partition.
//!
//! The exit status 2 means "not quorate"; the output is whole all the same.

use nom::bytes::complete::take_while1;
use nom::character::complete::{space0, space1};
use nom::combinator::{map_opt, opt, rest};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use crate::ParseError;
use crate::text::{self, Bytes, words};

const FORMAT: &str = "corosync-quorumtool";

words! {
    /// Who decides about quorum.
    Provider {
        /// Votes.
        Votequorum = "corosync_votequorum",
        /// Nobody: then every partition is quorate.
        NotConfigured = "Not configured",
    }
}

words! {
    /// A property of votequorum that is in force.
    Flag {
        /// `two_node: 1`
        TwoNode = "2Node",
        /// This partition is quorate.
        Quorate = "Quorate",
        /// `wait_for_all: 1`, and not all were seen yet.
        WaitForAll = "WaitForAll",
        /// `last_man_standing: 1`
        LastManStanding = "LastManStanding",
        /// `auto_tie_breaker: 1`
        AutoTieBreaker = "AutoTieBreaker",
        /// `allow_downscale: 1`
        AllowDownscale = "AllowDownscale",
        /// A quorum device is in use.
        Qdevice = "Qdevice",
    }
}

/// What one node knows about quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// In the node's own zone, as `ctime` writes it.
    pub date: Option<String>,
    /// Who decides.
    pub provider: Provider,
    /// How many nodes are in this partition.
    pub nodes: u32,
    /// The node that was asked.
    pub node: u32,
    /// The membership it is in.
    pub ring: RingId,
    /// This partition may run resources.
    pub quorate: bool,
    /// None without votequorum.
    pub votes: Option<Votes>,
    /// The nodes of this partition, in the order printed.
    pub members: Vec<Member>,
    /// The row of the quorum device, if there is one.
    pub qdevice: Option<Qdevice>,
    /// Lines that this version does not know, safe to show; at most 16 and a remark that there were more.
    pub unread: Vec<String>,
}

/// The name of a membership: nodes that print the same one are in the same partition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RingId {
    /// As written, to compare: `1.2f` (≥ 3.0.3, hexadecimal), `1084783375/40` (2.4–3.0.2), `100` (≤ 2.3).
    pub text: String,
    /// The node that leads the membership; not told until 2.3.
    pub leader: Option<u32>,
    /// Grows with every membership.
    pub sequence: Option<u64>,
}

impl RingId {
    fn new(text: &[u8]) -> Self {
        let hex = |text: &str| u64::from_str_radix(text, 16).ok();
        let text = text::lossy(text);
        let (leader, sequence) = if let Some((leader, sequence)) = text.split_once('.') {
            (hex(leader).and_then(|leader| u32::try_from(leader).ok()), hex(sequence))
        } else if let Some((leader, sequence)) = text.split_once('/') {
            (leader.parse().ok(), sequence.parse().ok())
        } else {
            (None, text.parse().ok())
        };
        Self { text, leader, sequence }
    }
}

/// What votequorum counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Votes {
    /// Votes of the whole cluster.
    pub expected: u32,
    /// The highest number expected by any member.
    pub highest_expected: Option<u32>,
    /// Votes of this partition.
    pub total: u32,
    /// Votes needed.
    pub quorum: u32,
    /// `Activity blocked`: not quorate.
    pub blocked: bool,
    /// What is in force.
    pub flags: Vec<Flag>,
}

/// A node of the partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub node: u32,
    /// None without votequorum.
    pub votes: Option<u32>,
    /// None if the column is not printed: no node has registered a quorum device.
    pub qdevice: Option<MemberQdevice>,
    /// The host name, or an address (also IPv6), as printed; may be empty.
    pub name: String,
    /// What stands in brackets after the name, in a few versions.
    pub extra: Option<String>,
    /// The node that was asked.
    pub local: bool,
}

/// How a node stands to the quorum device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MemberQdevice {
    /// `NR`
    NotRegistered,
    /// `A,V,NMW` and the like.
    Registered {
        /// `A`: the daemon there answers.
        alive: bool,
        /// `V`: the device votes for this node.
        votes: bool,
        /// `MW`: the device's vote wins alone.
        master_wins: bool,
    },
    /// What this version does not know, as written.
    Other(String),
}

/// The row of the quorum device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Qdevice {
    /// Votes that it casts here.
    pub votes: u32,
    /// Votes that it would have, told if it casts none here.
    pub would_have: Option<u32>,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    date: Option<String>,
    provider: Option<Provider>,
    nodes: Option<u32>,
    node: Option<u32>,
    ring: Option<RingId>,
    quorate: Option<bool>,
    expected: Option<u32>,
    highest_expected: Option<u32>,
    total: Option<u32>,
    quorum: Option<(u32, bool)>,
    flags: Vec<Flag>,
}

/// Reads `corosync-quorumtool -s`, also with `-p`, `-i` or `-H`.
///
/// An error: the section "Quorum information" is not whole, or the section of votes has begun and is not whole.
pub fn status(input: &[u8]) -> Result<Status, ParseError> {
    let mut found = Found::default();
    let mut columns = None;
    let (mut members, mut qdevice, mut unread) = (Vec::new(), None, Vec::new());
    for (_, line) in text::lines(input) {
        if let Some(header) = Columns::from_header(line) {
            columns = Some(header);
        } else if let Some(Ok((_, row))) = columns.map(|columns| row(line, columns)) {
            match row {
                Row::Member(member) => members.push(member),
                Row::Qdevice(row) => qdevice = Some(row),
            }
        } else if !is_decoration(line) && !found.line(line) {
            text::keep_unread(&mut unread, line);
        }
    }
    let lacks = |expected| ParseError::at(FORMAT, input, input.len(), expected);
    let votes = found.votes().map_err(lacks)?;
    Ok(Status {
        date: found.date,
        provider: found.provider.ok_or_else(|| lacks("`Quorum provider:`"))?,
        nodes: found.nodes.ok_or_else(|| lacks("`Nodes:` and a number"))?,
        node: found.node.ok_or_else(|| lacks("`Node ID:` and a number"))?,
        ring: found.ring.ok_or_else(|| lacks("`Ring ID:`"))?,
        quorate: found.quorate.ok_or_else(|| lacks("`Quorate:` and Yes or No"))?,
        votes,
        members,
        qdevice,
        unread,
    })
}

fn is_decoration(line: &[u8]) -> bool {
    line.iter().all(|&b| b == b'-') || line.ends_with(b" information")
}

impl Found {
    /// A line `Key: value`. False: not known.
    fn line(&mut self, line: &[u8]) -> bool {
        let Some(colon) = memchr::memchr(b':', line) else { return false };
        let (key, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        match key {
            b"Date" => self.date = Some(text::lossy(value)),
            b"Quorum provider" => self.provider = Some(Provider::from_word(&text::lossy(value)).into_owned()),
            b"Nodes" => return set(&mut self.nodes, text::number(value)),
            b"Node ID" => return set(&mut self.node, node_id(value)),
            b"Ring ID" => self.ring = Some(RingId::new(value)),
            b"Quorate" => {
                let answer = match value {
                    b"Yes" => Some(true),
                    b"No" => Some(false),
                    _ => None,
                };
                return set(&mut self.quorate, answer);
            }
            b"Expected votes" => return set(&mut self.expected, text::number(value)),
            b"Highest expected" => return set(&mut self.highest_expected, text::number(value)),
            b"Total votes" => return set(&mut self.total, text::number(value)),
            b"Quorum" => return set(&mut self.quorum, quorum(value)),
            b"Flags" => {
                let words = value.split(|&b| b == b' ').filter(|word| !word.is_empty());
                self.flags.extend(words.map(|word| Flag::from_word(&text::lossy(word)).into_owned()));
            }
            _ => return false,
        }
        true
    }

    fn votes(&mut self) -> Result<Option<Votes>, &'static str> {
        if (self.expected, self.total, self.quorum) == (None, None, None) {
            return Ok(None);
        }
        let (quorum, blocked) = self.quorum.ok_or("`Quorum:` and a number")?;
        Ok(Some(Votes {
            expected: self.expected.ok_or("`Expected votes:` and a number")?,
            highest_expected: self.highest_expected,
            total: self.total.ok_or("`Total votes:` and a number")?,
            quorum,
            blocked,
            flags: std::mem::take(&mut self.flags),
        }))
    }
}

fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let fits = value.is_some();
    *slot = value.or(slot.take());
    fits
}

/// `2`, `2 Activity blocked`
fn quorum(value: &[u8]) -> Option<(u32, bool)> {
    let (rest, votes) = text::decimal(value).ok()?;
    Some((votes, memchr::memmem::find(rest, b"blocked").is_some()))
}

/// Decimal, or with `-H` `0x` and eight hexadecimal digits.
fn node_id(word: &[u8]) -> Option<u32> {
    match word.strip_prefix(b"0x") {
        Some(hex) => u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok(),
        None => text::number(word),
    }
}

/// The columns of the table of members besides node id and name.
#[derive(Debug, Clone, Copy)]
struct Columns {
    votes: bool,
    qdevice: bool,
}

impl Columns {
    fn from_header(line: &[u8]) -> Option<Self> {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        if words.next() != Some(b"Nodeid") {
            return None;
        }
        Some(words.fold(Self { votes: false, qdevice: false }, |columns, word| Self {
            votes: columns.votes || word == b"Votes",
            qdevice: columns.qdevice || word == b"Qdevice",
        }))
    }
}

enum Row {
    Member(Member),
    Qdevice(Qdevice),
}

fn word(input: Bytes<'_>) -> IResult<Bytes<'_>, Bytes<'_>> {
    take_while1(|b: u8| !b.is_ascii_whitespace()).parse(input)
}

/// A row of the table: columns of width 10, aligned right, then the name.
fn row(line: Bytes<'_>, columns: Columns) -> IResult<Bytes<'_>, Row> {
    let (input, node) = preceded(space0, map_opt(word, node_id)).parse(line)?;
    let (input, votes) =
        if columns.votes { preceded(space1, text::decimal).map(Some).parse(input)? } else { (input, None) };
    if let (0, Some(votes), Some(after)) = (node, votes, input.trim_ascii().strip_prefix(b"Qdevice")) {
        let would_have = after.trim_ascii().strip_prefix(b"(votes ").and_then(|after| after.strip_suffix(b")"));
        return Ok((b"", Row::Qdevice(Qdevice { votes, would_have: would_have.and_then(text::number) })));
    }
    let qdevice = preceded(space1, word).map(member_qdevice);
    let (input, qdevice) = if columns.qdevice { opt(qdevice).parse(input)? } else { (input, None) };
    let (_, name) = rest.map(<[u8]>::trim_ascii).parse(input)?;
    let (name, local) = match name.strip_suffix(b"(local)") {
        Some(name) => (name.trim_ascii_end(), true),
        None => (name, false),
    };
    // An IPv6 address has no brackets here, and no name holds a space.
    let (name, extra) = match (memchr::memmem::find(name, b" ["), name.strip_suffix(b"]")) {
        (Some(at), Some(open)) => (name.get(..at).unwrap_or(name), open.get(at + 2..).map(text::lossy)),
        _ => (name, None),
    };
    let member = Member { node, votes, qdevice, name: text::lossy(name.trim_ascii()), extra, local };
    Ok((b"", Row::Member(member)))
}

fn member_qdevice(word: &[u8]) -> MemberQdevice {
    let mut parts = word.split(|&b| b == b',');
    let mut part = |yes: &[u8], no: &[u8]| match parts.next() {
        Some(part) if part == yes => Some(true),
        Some(part) if part == no => Some(false),
        _ => None,
    };
    match (word, part(b"A", b"NA"), part(b"V", b"NV"), part(b"MW", b"NMW")) {
        (b"NR", ..) => MemberQdevice::NotRegistered,
        (_, Some(alive), Some(votes), Some(master_wins)) => MemberQdevice::Registered { alive, votes, master_wins },
        _ => MemberQdevice::Other(text::lossy(word)),
    }
}
