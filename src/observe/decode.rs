//! One feed's bytes → observations, frame by frame.

use std::sync::Arc;

use hatui_parsers::frame::{Bounds, CutOff, Frame, FrameError, Item, Nonce, WatchFrames};
use hatui_parsers::{ParseError, cfgtool, cib, cmap, crm_mon, events2, proc_drbd, quorumtool};

use super::{corosync, drbd, drbd_json, pacemaker, redact::redact, trouble::tool_trouble};
use crate::model::bounds::{PEERS, RESOURCES, VOLUMES};
use crate::model::{
    DrbdChange, DrbdMode, DrbdStatus, Feed, Identity, NodeId, NodeName, Observation, Seen, Text, Trouble, TroubleKind,
};
use crate::wire::{NodeKey, Stamp};

/// What a feed's bytes gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// A fact.
    Observed(Observation),
    /// A tool's whole output, for whoever wants to see it as it came.
    Raw(RawOutput),
}

/// A tool's whole output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawOutput {
    /// Where it ran.
    pub node: NodeKey,
    /// What ran, as one would type it.
    pub tool: &'static str,
    /// When it arrived.
    pub at: Stamp,
    /// What it printed, as it came but for secrets; the beginning of it.
    pub bytes: Vec<u8>,
    /// How many bytes it printed.
    pub printed: usize,
}

/// Reads one feed of one node, from its start to its end.
#[derive(Debug)]
pub struct FeedDecoder {
    node: NodeKey,
    feed: Feed,
    frames: WatchFrames,
    /// What this feed told of replication: `/proc/drbd` speaks of minors, which events tell apart.
    drbd: DrbdStatus,
    /// A dump of `events2` is under way.
    dumping: bool,
    /// Whether more was told than is kept.
    crowded: bool,
    /// Numbers of the nodes, for layouts that tell places only.
    ids: Vec<NodeId>,
    local: Option<NodeId>,
    /// The last lines of `events2`, for the raw view.
    lines: Vec<u8>,
    /// How many there were.
    lines_seen: u64,
}

/// How much of a tool's output is kept for the raw view, in bytes.
const RAW: usize = 256 * 1024;

/// The longest that a look is believed to have taken, in milliseconds.
const LONGEST_MS: u64 = 60_000;

/// How much of an event stream is kept for the raw view, in bytes.
const RAW_LINES: usize = 64 * 1024;

impl FeedDecoder {
    /// A decoder of the stream that was started with `nonce`; `None`: that is no nonce.
    pub fn new(node: NodeKey, feed: Feed, nonce: &str) -> Option<Self> {
        let nonce = Nonce::new(nonce).ok()?;
        Some(Self {
            node,
            feed,
            frames: WatchFrames::new(&nonce, Bounds::default()),
            drbd: DrbdStatus::default(),
            dumping: false,
            crowded: false,
            ids: Vec::new(),
            local: None,
            lines: Vec::new(),
            lines_seen: 0,
        })
    }

    /// Takes bytes in; `each` gets what they gave, in order.
    pub fn push(&mut self, bytes: &[u8], at: Stamp, mut each: impl FnMut(Decoded)) {
        self.frames.push(bytes);
        let before = self.lines_seen;
        while let Some(item) = self.frames.next() {
            self.item(item, at, &mut each);
        }
        // Once a piece of the stream, not once a line: it is a copy.
        if self.lines_seen != before {
            each(self.raw("drbdsetup events2 --full --poll", &self.lines, at));
        }
    }

    /// The stream ended: what is left half-told is told as such.
    pub fn finish(&mut self, at: Stamp, mut each: impl FnMut(Decoded)) {
        let what = match self.frames.finish() {
            None | Some(CutOff::Line(_)) => return,
            Some(CutOff::Payload { kind, received, announced }) => {
                format!("the stream ended within a {kind}: {received} of {announced} bytes")
            }
            Some(CutOff::Skipping { bytes }) => format!("the stream ended after {bytes} unreadable bytes"),
        };
        each(self.seen(Seen::Unreadable(self.feed, Text::from(what)), at));
    }

    fn seen(&self, seen: Seen, at: Stamp) -> Decoded {
        Decoded::Observed(Observation { node: self.node.clone(), at, seen })
    }

    fn unreadable(&self, error: &ParseError, at: Stamp) -> Decoded {
        self.seen(Seen::Unreadable(self.feed, Text::from(error.to_string())), at)
    }

    fn item(&mut self, item: Item, at: Stamp, each: &mut impl FnMut(Decoded)) {
        match item {
            Item::Frame(frame) => self.frame(&frame, at, each),
            Item::Noise(_) => {}
            Item::Raw(line) => self.line(&line, at, each),
            Item::Error(FrameError::Skipped { .. }) => {}
            Item::Error(error) => {
                let words = match error {
                    FrameError::LineTooLong { bytes } => format!("a line of {bytes} bytes is too long"),
                    FrameError::Malformed(error) => error.to_string(),
                    FrameError::PayloadTooLarge { kind, bytes } => format!("a {kind} of {bytes} bytes is too large"),
                    FrameError::PayloadNotEnded { kind, bytes } => format!("a {kind} of {bytes} bytes has no end"),
                    FrameError::Skipped { bytes } => format!("{bytes} bytes skipped"),
                };
                each(self.seen(Seen::Unreadable(self.feed, Text::from(words)), at));
            }
        }
    }

    fn raw(&self, tool: &'static str, bytes: &[u8], at: Stamp) -> Decoded {
        let printed = bytes.len();
        let bytes = bytes.get(..RAW).unwrap_or(bytes);
        // Secrets go before anything is kept. Only XML has names by which they are known.
        let bytes = if bytes.trim_ascii_start().starts_with(b"<") {
            redact(&String::from_utf8_lossy(bytes)).into_bytes()
        } else {
            bytes.to_vec()
        };
        Decoded::Raw(RawOutput { node: self.node.clone(), tool, at, bytes, printed })
    }

    fn frame(&mut self, frame: &Frame, at: Stamp, each: &mut impl FnMut(Decoded)) {
        let payload = frame.payload.as_deref().unwrap_or_default();
        let code = frame.number("rc");
        let text = |key: &str, otherwise: &str| frame.field(key).map_or_else(|| Text::new(otherwise), Text::from_bytes);
        match frame.kind.as_str() {
            "hello" => {
                let identity = Identity {
                    host: text("host", ""),
                    name: frame.text("node").filter(|name| !name.is_empty()).map(NodeName::new),
                    uid: frame.number("uid").and_then(|uid| u32::try_from(uid).ok()),
                };
                each(self.seen(Seen::Hello(self.feed, identity), at));
            }
            "beat" => each(self.seen(Seen::Beat(self.feed), at)),
            "fail" => {
                let tool = text("tool", "a tool");
                let trouble = tool_trouble(&tool, code, payload);
                if tool == "crm_mon" {
                    each(self.seen(Seen::NoPacemaker(trouble.clone()), at));
                }
                each(self.seen(Seen::ToolFailed(self.feed, tool, text("kind", ""), trouble), at));
            }
            "ok" => each(self.seen(Seen::ToolWorks(self.feed, text("tool", "a tool"), text("kind", "")), at)),
            "bye" => each(self.seen(Seen::Ended(self.feed, text("why", "ended")), at)),
            "document" | "cib" | "constraints" | "options" | "attributes" => {
                if frame.kind == "document"
                    && let Some(ms) = frame.number("ms").and_then(|ms| u64::try_from(ms).ok())
                {
                    each(self.seen(Seen::Took(core::time::Duration::from_millis(ms.min(LONGEST_MS))), at));
                }
                self.pacemaker_frame(&frame.kind, payload, code, at, each);
            }
            // A tool that failed and printed nothing: the frame `fail` beside it tells why.
            "quorum" | "links" | "reach" if code != Some(0) && payload.trim_ascii().is_empty() => {}
            "quorum" | "links" | "reach" | "latency" | "units" => self.corosync_frame(&frame.kind, payload, at, each),
            "clock" => {
                // A second has passed by half, on average, when it is told.
                let ahead =
                    frame.number("s").and_then(|s| s.checked_mul(1000)?.checked_add(500)?.checked_sub(millis(at)));
                each(match ahead {
                    Some(ahead) => self.seen(Seen::Clock(ahead), at),
                    None => self.seen(Seen::Unreadable(self.feed, Text::new("a clock without its time")), at),
                });
            }
            "mode" | "now" | "status" | "proc" => self.drbd_frame(frame, payload, at, each),
            other => {
                let words = format!("a frame of an unknown kind: {other}");
                each(self.seen(Seen::Unreadable(self.feed, Text::from(words)), at));
            }
        }
    }

    fn pacemaker_frame(
        &mut self,
        kind: &str,
        payload: &[u8],
        code: Option<i64>,
        at: Stamp,
        each: &mut impl FnMut(Decoded),
    ) {
        match kind {
            "document" => {
                each(self.raw("crm_mon -1 --output-as=xml", payload, at));
                each(self.document(payload, code, at));
            }
            "cib" => {
                self.cib(payload, at, each, |cib| cib.header.as_ref().and_then(pacemaker::cib_header).map(Seen::Cib));
            }
            "constraints" => {
                each(self.raw("cibadmin -Q -o constraints", payload, at));
                self.cib(payload, at, each, |cib| {
                    Some(Seen::Locations(cib.constraints.as_ref().map(pacemaker::locations).unwrap_or_default()))
                });
            }
            "options" => {
                each(self.raw("cibadmin -Q -o crm_config", payload, at));
                self.cib(payload, at, each, |cib| {
                    let sets = cib.crm_config.as_deref().unwrap_or_default();
                    Some(Seen::Options(pacemaker::cluster_options(sets)))
                });
            }
            _ => self.cib(payload, at, each, |cib| {
                let nodes = cib.nodes.as_deref().unwrap_or_default();
                Some(Seen::NodeAttributes(pacemaker::node_attributes(nodes)))
            }),
        }
    }

    fn corosync_frame(&mut self, kind: &str, payload: &[u8], at: Stamp, each: &mut impl FnMut(Decoded)) {
        let seen = match kind {
            "quorum" => {
                each(self.raw("corosync-quorumtool -s", payload, at));
                quorumtool::status(payload).map(|status| {
                    self.local = Some(NodeId(status.node));
                    self.ids = status.members.iter().map(|member| NodeId(member.node)).collect();
                    self.ids.sort_unstable();
                    Seen::Quorum(Box::new(corosync::quorum(&status)))
                })
            }
            "links" => {
                each(self.raw("corosync-cfgtool -s", payload, at));
                cfgtool::status(payload).map(|status| Seen::Links(corosync::links(&status, &self.ids)))
            }
            "reach" => {
                each(self.raw("corosync-cfgtool -n", payload, at));
                cfgtool::neighbours(payload).map(|neighbours| Seen::Reach(corosync::reach(&neighbours)))
            }
            "latency" => {
                each(self.raw("corosync-cmapctl -m stats stats.knet.", payload, at));
                cmap::parse(payload).map(|map| Seen::Latency(corosync::latencies(&map, self.local)))
            }
            _ => {
                if let Some(token) = token(payload) {
                    each(self.seen(Seen::Token(token), at));
                }
                if let Some(word) = drbd_service(payload) {
                    each(self.seen(Seen::DrbdService(word), at));
                }
                Ok(Seen::Versions(versions(payload)))
            }
        };
        each(match seen {
            Ok(seen) => self.seen(seen, at),
            Err(error) => self.unreadable(&error, at),
        });
    }

    fn drbd_frame(&mut self, frame: &Frame, payload: &[u8], at: Stamp, each: &mut impl FnMut(Decoded)) {
        match frame.kind.as_str() {
            "mode" => {
                let mode = match frame.text("mode") {
                    Some("poll") => DrbdMode::Events,
                    Some("now" | "status") => DrbdMode::Polled,
                    _ => DrbdMode::Absent,
                };
                each(self.seen(Seen::DrbdMode(mode), at));
                if mode == DrbdMode::Events {
                    self.begin_dump(at, each);
                }
            }
            "now" => {
                each(self.raw("drbdsetup events2 --now --statistics", payload, at));
                self.begin_dump(at, each);
                for line in payload.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
                    self.event(line, at, each);
                }
                if self.dumping {
                    self.end_dump(at, each);
                }
            }
            "status" => {
                each(self.raw("drbdsetup status --json", payload, at));
                match drbd_json::changes(payload) {
                    Ok(changes) => {
                        self.begin_dump(at, each);
                        for change in changes {
                            self.drbd_change(change, at, each);
                        }
                        self.end_dump(at, each);
                    }
                    Err(error) => {
                        let words = format!("drbdsetup status --json: {error}");
                        each(self.seen(Seen::Unreadable(self.feed, Text::from(words)), at));
                    }
                }
            }
            _ => {
                each(self.raw("cat /proc/drbd", payload, at));
                match proc_drbd::parse(payload) {
                    Ok(proc) => {
                        for change in drbd::progress(&proc, &self.drbd) {
                            each(self.seen(Seen::Drbd(change), at));
                        }
                    }
                    Err(error) => each(self.unreadable(&error, at)),
                }
            }
        }
    }

    fn document(&self, payload: &[u8], code: Option<i64>, at: Stamp) -> Decoded {
        let document = match crm_mon::parse(payload) {
            Ok(document) => document,
            // A tool that says nothing on its standard output has failed; what it said otherwise comes as `fail`.
            Err(_) if payload.trim_ascii().is_empty() => {
                let trouble = tool_trouble("crm_mon", code, b"");
                return self.seen(Seen::NoPacemaker(trouble), at);
            }
            Err(error) => return self.unreadable(&error, at),
        };
        if let Some(status) = document.cluster() {
            return self.seen(Seen::Pacemaker(Arc::new(pacemaker::status(status))), at);
        }
        let status = document.status.as_ref();
        let said: Vec<_> = status.iter().flat_map(|status| &status.errors).map(AsRef::as_ref).collect();
        let message = status.and_then(|status| status.message.as_deref()).unwrap_or("no status");
        let words = if said.is_empty() { message.to_owned() } else { said.join("; ") };
        let code = status.and_then(|status| status.code).map(i64::from).or(code);
        let mut trouble = tool_trouble("crm_mon", code, words.as_bytes());
        if code == Some(0) {
            trouble = Trouble {
                kind: TroubleKind::Failed,
                hint: Text::new("the tools there cannot read this configuration: are all versions alike?"),
                ..trouble
            };
        }
        self.seen(Seen::NoPacemaker(trouble), at)
    }

    fn cib(
        &self,
        payload: &[u8],
        at: Stamp,
        each: &mut impl FnMut(Decoded),
        read: impl FnOnce(&cib::Cib<'_>) -> Option<Seen>,
    ) {
        if payload.trim_ascii().is_empty() {
            return;
        }
        match cib::parse(payload) {
            Ok(cib) => {
                if let Some(seen) = read(&cib) {
                    each(self.seen(seen, at));
                }
            }
            Err(error) => each(self.unreadable(&error, at)),
        }
    }

    fn begin_dump(&mut self, at: Stamp, each: &mut impl FnMut(Decoded)) {
        self.dumping = true;
        self.crowded = false;
        self.drbd = DrbdStatus::default();
        each(self.seen(Seen::Drbd(DrbdChange::DumpBegin), at));
    }

    fn end_dump(&mut self, at: Stamp, each: &mut impl FnMut(Decoded)) {
        self.dumping = false;
        each(self.seen(Seen::Drbd(DrbdChange::DumpEnd), at));
        if self.crowded {
            each(self.crowd(at));
        }
    }

    /// More was told of replication than is kept.
    fn crowd(&self, at: Stamp) -> Decoded {
        let words = format!(
            "more than {RESOURCES} DRBD resources, or {VOLUMES} volumes or {PEERS} peers of one: the rest is left out"
        );
        self.seen(Seen::Unreadable(Feed::Drbd, Text::from(words)), at)
    }

    /// A line that is no frame: in the feed of replication it is an event.
    fn line(&mut self, line: &[u8], at: Stamp, each: &mut impl FnMut(Decoded)) {
        if self.feed != Feed::Drbd || line.trim_ascii().is_empty() {
            return;
        }
        self.lines.extend_from_slice(line);
        self.lines.push(b'\n');
        if self.lines.len() > RAW_LINES {
            let cut = self.lines.len() - RAW_LINES / 2;
            self.lines.drain(..cut);
        }
        self.lines_seen += 1;
        self.event(line, at, each);
    }

    fn event(&mut self, line: &[u8], at: Stamp, each: &mut impl FnMut(Decoded)) {
        match events2::parse_line(line).map(|line| line.what) {
            Err(error) => each(self.unreadable(&error, at)),
            Ok(events2::What::DumpEnd) => {
                if self.dumping {
                    self.end_dump(at, each);
                }
            }
            Ok(events2::What::Skipped(_)) => each(self.seen(Seen::Drbd(DrbdChange::Lost), at)),
            Ok(events2::What::Event(event)) => {
                if let Some(change) = drbd::change(&event) {
                    self.drbd_change(change, at, each);
                }
            }
        }
    }

    /// Takes a change in, if what is kept has room for it.
    fn drbd_change(&mut self, change: DrbdChange, at: Stamp, each: &mut impl FnMut(Decoded)) {
        if self.drbd.fits(&change) {
            self.drbd.apply(change.clone());
            each(self.seen(Seen::Drbd(change), at));
        } else if !self.crowded {
            self.crowded = true;
            each(self.crowd(at));
        }
    }
}

/// The token timeout in a payload of `units`.
fn token(payload: &[u8]) -> Option<core::time::Duration> {
    let text = String::from_utf8_lossy(payload);
    let millis = text.lines().find_map(|line| line.strip_prefix("token "))?.trim().parse().ok()?;
    Some(core::time::Duration::from_millis(millis))
}

/// What systemd says of `drbd.service` in a payload of `units`.
fn drbd_service(payload: &[u8]) -> Option<Text> {
    let text = String::from_utf8_lossy(payload);
    text.lines().find_map(|line| line.strip_prefix("systemctl ")).map(Text::new)
}

fn millis(at: Stamp) -> i64 {
    i64::try_from(at.micros() / 1000).unwrap_or(i64::MAX)
}

/// The versions in a payload of lines `TOOL first line of its --version`.
fn versions(payload: &[u8]) -> Vec<(Text, Text)> {
    let text = String::from_utf8_lossy(payload);
    text.lines()
        .take(16)
        .filter_map(|line| {
            let (tool, rest) = line.trim().split_once(' ')?;
            // drbdadm tells all it knows as KEY=VALUE; two of them are versions for people.
            let component = match (tool, rest.split_once('=')) {
                ("drbdadm", Some(("DRBD_KERNEL_VERSION", _))) => "drbd",
                ("drbdadm", Some(("DRBDADM_VERSION", _))) => "drbd-utils",
                ("drbdadm", _) => return None,
                ("pacemakerd", _) => "pacemaker",
                _ => tool,
            };
            let looks = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
            let version = rest.split([' ', ',', '\'', '"', '=']).find(looks)?;
            Some((Text::new(component), Text::new(version)))
        })
        .collect()
}
