//! `/proc/drbd` of DRBD 8.4, which alone tells how far a sync is there; of DRBD 9 only the first lines.
//! It must not compute rates.
//!
//! ```text
//! version: 8.4.11 (api:1/proto:86-101)
//!  0: cs:VerifyS ro:Primary/Secondary ds:UpToDate/UpToDate C r-----
//!     ns:87328 nr:9 dw:565687 dr:144568 al:12 bm:0 lo:0 pe:140 ua:80 ap:0 ep:1 wo:f oos:0
//!         [=>..................] verified: 11.0% (469492/524236)K
//!         finish: 0:00:25 speed: 18,248 (18,248) want: 16,384 K/sec
//! ```

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_until};
use nom::character::complete::{char, multispace0, space0, space1};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use crate::ParseError;
use crate::events2::{ConnectionState, Disk, Kib, Percent, Replication, Requests, Role};
use crate::text::{self, Bytes};

const FORMAT: &str = "/proc/drbd";

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcDrbd {
    /// The version of the kernel module, for example `8.4.11`.
    pub version: String,
    /// The devices; none under DRBD 9, which does not list them here.
    pub devices: Vec<Device>,
    /// Other lines (hashes, transports), safe to show; at most 16 and a remark that there were more.
    pub unread: Vec<String>,
}

/// A device of DRBD 8.4, which has one peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The number of `/dev/drbdN`.
    pub minor: u32,
    /// The state of the connection, with 8.4's words in those of DRBD 9: `WFConnection` is `Connecting`.
    pub connection: ConnectionState,
    /// What replication does; `Off` unless connected.
    pub replication: Replication,
    /// Not told of a minor that exists and is not set up; its connection is then `Other("Unconfigured")`.
    pub details: Option<Details>,
    /// The sync or verify that runs.
    pub progress: Option<Progress>,
}

/// The rest of what a configured device tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Of this node.
    pub role: Role,
    /// Of the peer.
    pub peer_role: Role,
    /// The data here.
    pub disk: Disk,
    /// The data there.
    pub peer_disk: Disk,
    /// `A`, `B` or `C`; not told without a connection.
    pub protocol: Option<char>,
    /// Why I/O or a sync is frozen, as printed: `r-----`.
    pub io_flags: String,
    /// Sent over the network.
    pub sent: Option<Kib>,
    /// Received over the network.
    pub received: Option<Kib>,
    /// Written to the disk.
    pub written: Option<Kib>,
    /// Read from the disk.
    pub read: Option<Kib>,
    /// Requests to the disk not yet answered.
    pub lower_pending: Option<Requests>,
    /// Requests sent to the peer and not yet answered.
    pub pending: Option<Requests>,
    /// Requests of the peer not yet answered.
    pub unacked: Option<Requests>,
    /// Requests of the file system not yet answered.
    pub upper_pending: Option<Requests>,
    /// Known to differ.
    pub out_of_sync: Option<Kib>,
}

/// How far a sync or verify is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// A verify, otherwise a sync.
    pub verify: bool,
    /// As printed, in tenths of a percent.
    pub done: Percent,
    /// What is left to do. Above 4 GiB the kernel prints MiB.
    pub left: Kib,
    /// What was to do at the beginning.
    pub total: Kib,
    /// The time left; not told while paused.
    pub finish_seconds: Option<u64>,
    /// Of the last seconds; per second. Not told while paused.
    pub speed: Option<Kib>,
    /// Since the beginning; per second.
    pub average: Option<Kib>,
    /// What the controller aims at; per second. Told on the side that steers.
    pub want: Option<Kib>,
    /// Nothing has moved for long.
    pub stalled: bool,
}

/// Reads the file. An error: it does not begin with `version:`.
pub fn parse(input: &[u8]) -> Result<ProcDrbd, ParseError> {
    let mut version = None;
    let (mut devices, mut unread) = (Vec::<Device>::new(), Vec::new());
    for (_, line) in text::lines(input) {
        if let (None, Some(rest)) = (&version, line.strip_prefix(b"version: ")) {
            version = rest.split(|&b| b == b' ').next().map(text::lossy);
        } else if let Ok((_, device)) = device(line) {
            devices.push(device);
        } else if !devices.last_mut().is_some_and(|device| device.line(line)) {
            text::keep_unread(&mut unread, line);
        }
    }
    let Some(version) = version else { return Err(ParseError::at(FORMAT, input, 0, "`version:`")) };
    Ok(ProcDrbd { version, devices, unread })
}

/// `KEY:VALUE` up to the next space.
fn pair<'a>(key: &'static str) -> impl Parser<Bytes<'a>, Output = String, Error = nom::error::Error<Bytes<'a>>> {
    preceded((space0, tag(key)), take_till(|b: u8| b == b' ' || b == b'/')).map(text::lossy)
}

/// The first line of a device.
fn device(line: Bytes<'_>) -> IResult<Bytes<'_>, Device> {
    let (rest, (minor, cs)) = (delimited(space0, text::decimal, char(':')), pair("cs:")).parse(line)?;
    let (connection, replication) = states(&cs);
    let both = |key| (pair(key), pair("/"));
    let details = (both("ro:"), both("ds:")).parse(rest).ok().map(|(rest, ((role, peer_role), (disk, peer_disk)))| {
        let mut words = rest.split(|&b| b == b' ').filter(|word| !word.is_empty()).peekable();
        let protocol = words.next_if(|word| matches!(word, [b'A'..=b'C'])).and_then(|word| word.first().copied());
        Details {
            role: Role::from_word(&role).into_owned(),
            peer_role: Role::from_word(&peer_role).into_owned(),
            disk: Disk::from_word(&disk).into_owned(),
            peer_disk: Disk::from_word(&peer_disk).into_owned(),
            protocol: protocol.map(char::from),
            io_flags: words.next().map(text::lossy).unwrap_or_default(),
            sent: None,
            received: None,
            written: None,
            read: None,
            lower_pending: None,
            pending: None,
            unacked: None,
            upper_pending: None,
            out_of_sync: None,
        }
    });
    Ok((b"", Device { minor, connection, replication, details, progress: None }))
}

/// 8.4 has one word for what DRBD 9 tells apart.
fn states(cs: &str) -> (ConnectionState, Replication) {
    let connection = match cs {
        "WFConnection" | "WFReportParams" => ConnectionState::Connecting,
        "Connected" => return (ConnectionState::Connected, Replication::Established),
        "Unconfigured" => ConnectionState::Other(cs.to_owned()),
        other => match (ConnectionState::from_word(other), Replication::from_word(other)) {
            (ConnectionState::Other(_), Replication::Other(cs)) => {
                return (ConnectionState::Other(cs.to_owned()), Replication::Other(cs.to_owned()));
            }
            (ConnectionState::Other(_), replication) => return (ConnectionState::Connected, replication.into_owned()),
            (connection, _) => connection.into_owned(),
        },
    };
    (connection, Replication::Off)
}

impl Device {
    /// A further line of the device. False: not known.
    fn line(&mut self, line: &[u8]) -> bool {
        if let (Some(details), Some(b"ns:")) = (&mut self.details, line.trim_ascii().get(..3)) {
            details.counters(line);
        } else if let Ok((_, progress)) = progress(line) {
            self.progress = Some(progress);
        } else if let (Some(progress), Ok((_, speed))) = (&mut self.progress, speed(line)) {
            progress.finish_seconds = Some(speed.finish_seconds);
            progress.speed = Some(speed.now);
            progress.average = speed.average;
            progress.want = speed.want;
            progress.stalled = memchr::memmem::find(line, b"(stalled)").is_some();
        } else {
            return false;
        }
        true
    }
}

impl Details {
    fn counters(&mut self, line: &[u8]) {
        for word in line.split(u8::is_ascii_whitespace) {
            let Some(colon) = memchr::memchr(b':', word) else { continue };
            let (key, value) = word.split_at(colon);
            let value = value.get(1..).and_then(text::number::<u64>);
            let (kib, requests) = (value.map(Kib), value.map(Requests));
            match key {
                b"ns" => self.sent = kib,
                b"nr" => self.received = kib,
                b"dw" => self.written = kib,
                b"dr" => self.read = kib,
                b"lo" => self.lower_pending = requests,
                b"pe" => self.pending = requests,
                b"ua" => self.unacked = requests,
                b"ap" => self.upper_pending = requests,
                b"oos" => self.out_of_sync = kib,
                // Counts of metadata writes, epochs and the write ordering: nobody asks for them.
                _ => {}
            }
        }
    }
}

/// `[=>....] sync'ed: 11.8% (464088/524236)K`
fn progress(line: Bytes<'_>) -> IResult<Bytes<'_>, Progress> {
    let bar = (multispace0, tag("["), take_until("]"), tag("]"), space0);
    let what = alt((tag("verified:").map(|_| true), tag("sync'ed:").map(|_| false)));
    let percent = (preceded(space0, text::decimal::<u64>), preceded(char('.'), text::decimal::<u64>));
    let parts = delimited(tag("% ("), (text::decimal::<u64>, preceded(char('/'), text::decimal::<u64>)), char(')'));
    let unit = alt((char('K').map(|_| 1), char('M').map(|_| 1024)));
    let (rest, (verify, (whole, tenths), (left, total), factor)) =
        preceded(bar, (what, percent, parts, unit)).parse(line)?;
    let progress = Progress {
        verify,
        done: Percent::from_hundredths(whole.saturating_mul(100).saturating_add(tenths.saturating_mul(10))),
        left: Kib(left.saturating_mul(factor)),
        total: Kib(total.saturating_mul(factor)),
        finish_seconds: None,
        speed: None,
        average: None,
        want: None,
        stalled: false,
    };
    Ok((rest, progress))
}

struct Speed {
    finish_seconds: u64,
    now: Kib,
    average: Option<Kib>,
    want: Option<Kib>,
}

/// `finish: 0:00:25 speed: 18,248 (18,248) want: 16,384 K/sec`
fn speed(line: Bytes<'_>) -> IResult<Bytes<'_>, Speed> {
    let clock = (text::decimal::<u64>, char(':'), text::decimal::<u64>, char(':'), text::decimal::<u64>);
    let finish = preceded((multispace0, tag("finish:"), space1), clock);
    let now = preceded((space1, tag("speed:"), space1), grouped);
    // With more details, an average over seconds stands before that since the beginning: `(1,000 -- 1,100)`.
    let average = delimited((space0, tag("(")), opt(terminated(grouped, tag(" -- "))).and(grouped), tag(")"));
    let want = preceded((space0, tag("want:"), space1), grouped);
    let (rest, ((hours, _, minutes, _, seconds), now, average, want)) =
        (finish, now, opt(average), opt(want)).parse(line)?;
    let finish_seconds = hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60)).saturating_add(seconds);
    Ok((rest, Speed { finish_seconds, now, average: average.map(|(_, average)| average), want }))
}

/// Digits with thousands set apart by commas.
fn grouped(input: Bytes<'_>) -> IResult<Bytes<'_>, Kib> {
    let (rest, groups) = nom::bytes::complete::take_while1(|b: u8| b.is_ascii_digit() || b == b',').parse(input)?;
    let digits = groups.iter().filter(|b| b.is_ascii_digit());
    let number = digits.fold(0_u64, |sum, b| sum.saturating_mul(10).saturating_add(u64::from(b - b'0')));
    Ok((rest, Kib(number)))
}
