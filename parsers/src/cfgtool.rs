//! `corosync-cfgtool -s` of Corosync 2.x to 3.1.x, and `corosync-cfgtool -n` (≥ 3.1.1). It must not judge the links.
//!
//! The layouts of `-s`: 2.x with a ring's fault in words; 3.0.0–3.0.3 with `link enabled:1 link connected:1` per place
//! in the node list; 3.0.4–3.1.0 and 3.1.1+ with a word per node id; `-s -b` with one character per place.
//! The exit status 1 of 2.x and 3.0.4–3.1.0 means that a link has a fault; the output is whole all the same.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::character::complete::{space0, space1};
use nom::combinator::{opt, rest};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use crate::ParseError;
use crate::text::{self, Bytes};

const FORMAT: &str = "corosync-cfgtool";

/// What `-s` says: the links (rings) of this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The node that was asked.
    pub local_node: u32,
    /// `knet`, `udpu` or `udp`; told since 3.1.1.
    pub transport: Option<String>,
    /// In the order printed.
    pub links: Vec<Link>,
    /// Lines that this version does not know, safe to show; at most 16 and a remark that there were more.
    pub unread: Vec<String>,
}

/// A link (a ring under 2.x).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 0.
    pub id: u32,
    /// `udp` or `sctp` under knet; told since 3.1.1.
    pub transport: Option<String>,
    /// The address of this node on it.
    pub addr: Option<String>,
    /// How it is.
    pub status: LinkStatus,
}

/// How a link is, as far as the layout tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkStatus {
    /// Nothing was printed, for example because no other node is enabled.
    NotTold,
    /// Told for every node.
    PerNode(Vec<NodeLink>),
    /// Told for the ring as a whole (2.x, and `udp`/`udpu` since 3.0.4).
    Whole(RingStatus),
}

/// How the link to a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeLink {
    /// Which node.
    pub node: NodeRef,
    /// How it is.
    pub state: LinkState,
}

/// Which node a line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeRef {
    /// The node with this id.
    Id(u32),
    /// The node at this place of the list of configured node ids, from 0 (3.0.0–3.0.3, and `-b`).
    Place(u32),
}

/// How the link to a node is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// This node itself.
    Localhost,
    /// Works.
    Connected,
    /// Does not.
    Disconnected,
    /// Not enabled by knet, though perhaps connected.
    NotEnabled {
        /// Whether it is connected all the same.
        connected: bool,
    },
    /// knet could not tell.
    KnetError,
    /// The configuration is wrong.
    ConfigError,
    /// Words that this version does not know, as written.
    Other(String),
}

/// How a ring is as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RingStatus {
    /// `ring 0 active with no faults`, or `OK` of udp and udpu.
    Active,
    /// `Incrementing problem counter for … to [n of m]`: faulty if it goes on.
    Problems(String),
    /// Marked `FAULTY`: not used until it recovers.
    Faulty(String),
    /// Words that this version does not know, as written.
    Other(String),
}

/// What `-n` says: the nodes that are reachable. A configured node that is not here is unreachable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// The node that was asked.
    pub local_node: u32,
    /// `knet`, `udpu` or `udp`.
    pub transport: Option<String>,
    /// In the order printed.
    pub nodes: Vec<Neighbour>,
    /// Lines that this version does not know, safe to show; at most 16 and a remark that there were more.
    pub unread: Vec<String>,
}

/// A node as `-n` sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its id.
    pub node: u32,
    /// The word `reachable` was printed.
    pub reachable: bool,
    /// Reached through another node.
    pub remote: bool,
    /// Not in the node list.
    pub external: bool,
    /// The versions of knet's protocol, if knet tells them.
    pub onwire: Option<OnWire>,
    /// The links to it.
    pub links: Vec<NeighbourLink>,
}

/// Versions of knet's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OnWire {
    /// The lowest that the node speaks.
    pub min: u32,
    /// The highest that the node speaks.
    pub max: u32,
    /// The one in use.
    pub current: u32,
}

/// A link to a node as `-n` sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighbourLink {
    /// Its number, from 0.
    pub id: u32,
    /// `udp` or `sctp` under knet.
    pub transport: Option<String>,
    /// The address of this node.
    pub from: String,
    /// The address of the other; not told under udp and udpu.
    pub to: Option<String>,
    /// knet may use it.
    pub enabled: bool,
    /// It works.
    pub connected: bool,
    /// The other node's address was learnt.
    pub dynamic: bool,
    /// The largest payload of a packet, in bytes; 0 is printed for one not known.
    pub mtu: Option<u32>,
}

/// Reads `corosync-cfgtool -s`. An error: there is no `Local node ID`.
pub fn status(input: &[u8]) -> Result<Status, ParseError> {
    let mut found = None;
    let (mut links, mut unread) = (Vec::<Link>::new(), Vec::new());
    for (_, line) in text::lines(input) {
        if let Ok((_, header)) = header(line) {
            found.get_or_insert(header);
        } else if let Ok((_, (id, transport))) = link_header(line) {
            links.push(Link { id, transport, addr: None, status: LinkStatus::NotTold });
        } else if !links.last_mut().is_some_and(|link| detail(link, line)) && !line.starts_with(b"Printing ") {
            text::keep_unread(&mut unread, line);
        }
    }
    let Some((local_node, transport)) = found else {
        return Err(ParseError::at(FORMAT, input, 0, "`Local node ID` and a number"));
    };
    Ok(Status { local_node, transport, links, unread })
}

/// Reads `corosync-cfgtool -n`. An error: there is no `Local node ID`.
pub fn neighbours(input: &[u8]) -> Result<Neighbours, ParseError> {
    let mut found = None;
    let (mut nodes, mut unread) = (Vec::<Neighbour>::new(), Vec::new());
    for (_, line) in text::lines(input) {
        if let Ok((_, header)) = header(line) {
            found.get_or_insert(header);
        } else if let Ok((_, node)) = neighbour(line) {
            nodes.push(node);
        } else if let (Ok((_, link)), Some(node)) = (neighbour_link(line), nodes.last_mut()) {
            node.links.push(link);
        } else {
            text::keep_unread(&mut unread, line);
        }
    }
    let Some((local_node, transport)) = found else {
        return Err(ParseError::at(FORMAT, input, 0, "`Local node ID` and a number"));
    };
    Ok(Neighbours { local_node, transport, nodes, unread })
}

fn word(input: Bytes<'_>) -> IResult<Bytes<'_>, Bytes<'_>> {
    take_while1(|b: u8| b.is_ascii_graphic()).parse(input)
}

/// `Local node ID 1, transport knet`
fn header(line: Bytes<'_>) -> IResult<Bytes<'_>, (u32, Option<String>)> {
    let transport = opt(preceded(tag(", transport "), word).map(text::lossy));
    preceded(tag("Local node ID "), (text::decimal, transport)).parse(line)
}

/// `LINK ID 0 udp`, `RING ID 0`
fn link_header(line: Bytes<'_>) -> IResult<Bytes<'_>, (u32, Option<String>)> {
    let transport = opt(preceded(space1, word).map(text::lossy));
    preceded(alt((tag("LINK ID "), tag("RING ID "))), (text::decimal, transport)).parse(line)
}

/// A line below a link. False: not known.
fn detail(ring: &mut Link, line: &[u8]) -> bool {
    if let Ok((_, addr)) = value(line, "addr").or_else(|_| value(line, "id")) {
        ring.addr = Some(text::lossy(addr));
    } else if let Ok((_, status)) = value(line, "status") {
        ring.status = match by_character(status) {
            Some(nodes) => LinkStatus::PerNode(nodes),
            None => LinkStatus::Whole(ring_status(status)),
        };
    } else if line.trim_ascii() == b"status:" {
        ring.status = LinkStatus::PerNode(Vec::new());
    } else if let (Ok((_, node)), LinkStatus::PerNode(nodes)) = (node_link(line), &mut ring.status) {
        nodes.push(node);
    } else {
        return false;
    }
    true
}

/// `\tKEY\t= VALUE`
fn value<'a>(line: Bytes<'a>, key: &'static str) -> IResult<Bytes<'a>, Bytes<'a>> {
    preceded((space1, tag(key), space0, tag("=")), rest.map(<[u8]>::trim_ascii)).parse(line)
}

fn ring_status(words: &[u8]) -> RingStatus {
    let has = |part: &[u8]| memchr::memmem::find(words, part).is_some();
    if words == b"OK" || has(b"active with no faults") {
        RingStatus::Active
    } else if has(b"FAULTY") {
        RingStatus::Faulty(text::lossy(words))
    } else if has(b"problem counter") {
        RingStatus::Problems(text::lossy(words))
    } else {
        RingStatus::Other(text::lossy(words))
    }
}

/// `-b`: a character per configured node.
fn by_character(status: &[u8]) -> Option<Vec<NodeLink>> {
    let state = |character: u8| match character {
        b'n' => Some(LinkState::Localhost),
        b'0' => Some(LinkState::NotEnabled { connected: false }),
        b'1' => Some(LinkState::Disconnected),
        b'2' => Some(LinkState::NotEnabled { connected: true }),
        b'3' => Some(LinkState::Connected),
        b'd' => Some(LinkState::ConfigError),
        b'?' => Some(LinkState::KnetError),
        _ => None,
    };
    let nodes = (0..).zip(status).map(|(at, &b)| Some(NodeLink { node: NodeRef::Place(at), state: state(b)? }));
    nodes.collect::<Option<Vec<_>>>().filter(|nodes| !nodes.is_empty())
}

fn node_link(line: Bytes<'_>) -> IResult<Bytes<'_>, NodeLink> {
    let by_id = (
        preceded((space1, tag("nodeid"), opt(tag(":")), space1), terminated(text::decimal, tag(":"))).map(NodeRef::Id),
        preceded(space0, rest).map(link_state),
    );
    let by_place = (
        preceded((space1, tag("node"), space1), terminated(text::decimal, tag(":"))).map(NodeRef::Place),
        preceded((space0, tag("link enabled:")), (text::decimal::<u32>, space0, tag("link connected:"), text::decimal))
            .map(|(enabled, _, _, connected): (_, _, _, u32)| match (enabled, connected) {
                (0, connected) => LinkState::NotEnabled { connected: connected != 0 },
                (_, 0) => LinkState::Disconnected,
                _ => LinkState::Connected,
            }),
    );
    alt((by_id, by_place)).map(|(node, state)| NodeLink { node, state }).parse(line)
}

fn link_state(words: &[u8]) -> LinkState {
    match words.trim_ascii() {
        b"localhost" => LinkState::Localhost,
        b"connected" => LinkState::Connected,
        b"disconnected" => LinkState::Disconnected,
        b"connected (not enabled)" => LinkState::NotEnabled { connected: true },
        b"disconnected (not enabled)" => LinkState::NotEnabled { connected: false },
        b"knet error" => LinkState::KnetError,
        b"config error" => LinkState::ConfigError,
        other => LinkState::Other(text::lossy(other)),
    }
}

/// `nodeid: 2 reachable   onwire (min/max/cur): 0, 1, 1`
fn neighbour(line: Bytes<'_>) -> IResult<Bytes<'_>, Neighbour> {
    let (words, node) = preceded((tag("nodeid:"), space0), text::decimal).parse(line)?;
    let version = |input| delimited(space0, text::decimal, opt(tag(","))).parse(input);
    let at = memchr::memmem::find(words, b"onwire").unwrap_or(words.len());
    let (words, onwire) = words.split_at(at);
    let onwire = preceded(tag("onwire (min/max/cur):"), (version, version, version)).parse(onwire).ok();
    let has = |word: &[u8]| words.split(u8::is_ascii_whitespace).any(|known| known == word);
    let node = Neighbour {
        node,
        reachable: has(b"reachable"),
        remote: has(b"remote"),
        external: has(b"external"),
        onwire: onwire.map(|(_, (min, max, current))| OnWire { min, max, current }),
        links: Vec::new(),
    };
    Ok((b"", node))
}

/// `   LINK: 0 udp (192.168.1.101->192.168.1.102) enabled connected mtu: 1397`
fn neighbour_link(line: Bytes<'_>) -> IResult<Bytes<'_>, NeighbourLink> {
    let transport = take_till(|b| b == b'(').map(<[u8]>::trim_ascii);
    let ends = delimited(tag("("), take_till(|b| b == b')'), tag(")"));
    let (rest, (_, id, transport, ends)) =
        ((space1, tag("LINK:"), space1), text::decimal, transport, ends).parse(line)?;
    let (from, to) = ends.split_at(memchr::memmem::find(ends, b"->").unwrap_or(ends.len()));
    let to = to.strip_prefix(b"->").unwrap_or_default();
    let mut words = rest.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut found = NeighbourLink {
        id,
        transport: (!transport.is_empty()).then(|| text::lossy(transport)),
        from: text::lossy(from),
        to: (!to.is_empty()).then(|| text::lossy(to)),
        enabled: false,
        connected: false,
        dynamic: false,
        mtu: None,
    };
    while let Some(word) = words.next() {
        match word {
            b"enabled" => found.enabled = true,
            b"connected" => found.connected = true,
            b"dynconnected" => found.dynamic = true,
            b"mtu:" => found.mtu = words.next().and_then(text::number).filter(|&mtu| mtu != 0),
            _ => {}
        }
    }
    Ok((b"", found))
}
