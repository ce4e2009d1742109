//! The grammar of a line of `drbdsetup events2`. It must not hold state between lines.

use nom::bytes::complete::{tag, take_till, take_while_m_n};
use nom::character::complete::{char, one_of};
use nom::combinator::{map_opt, opt};
use nom::{IResult, Parser};

use super::flags::{Blocked, ResyncSuspended, Suspended};
use super::line::{
    BackingDev, Connection, Device, Endpoint, Event, Helper, Line, Object, Path, PeerDevice, Resource, Timestamp,
    Unknown, What,
};
use super::units::{Eta, Kib, MibPerSecond, Percent, Requests, Sectors, Writes, hundredths};
use super::words::{Answer, ConnectionState, Disk, Kind, Replication, Role, WriteOrdering};
use crate::ParseError;

const FORMAT: &str = "drbdsetup events2";

/// A statistic from here on is −1 in the kernel: not known.
const ABSENT: u64 = 1 << 62;

/// Reads one line without its line end.
///
/// An error is a line that is not UTF-8, has no kind and object, a word without a colon, or lacks the name (or the
/// volume of a device) without which nobody knows what it is about.
pub fn parse_line(line: &[u8]) -> Result<Line<'_>, ParseError> {
    let fail = |offset, expected| Err(ParseError::at(FORMAT, line, offset, expected));
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => return fail(error.valid_up_to(), "UTF-8"),
    };
    let (rest, timestamp) = match timestamp(text) {
        Ok((rest, timestamp)) => (rest, Some(timestamp)),
        Err(_) => (text, None),
    };
    let at = |rest: &str| line.len() - rest.len();
    if rest == "exists -" {
        return Ok(Line { timestamp, what: What::DumpEnd });
    }
    if let Some(count) = rest.strip_prefix("- skipped ") {
        return match count.trim_end().parse() {
            Ok(count) => Ok(Line { timestamp, what: What::Skipped(count) }),
            Err(_) => fail(at(count), "a number of events"),
        };
    }
    let Ok((pairs, (kind, _, object))) = (word, char(' '), word).parse(rest) else {
        return fail(at(rest), "a kind and an object");
    };
    let mut reader = Reader { rest: pairs, unknown: Unknown::default() };
    match reader.object(object) {
        Ok(object) => {
            let event = Event { kind: Kind::from_word(kind), object, unknown: reader.unknown };
            Ok(Line { timestamp, what: What::Event(event) })
        }
        Err(Stop { rest, expected }) => fail(at(rest), expected),
    }
}

fn word(input: &str) -> IResult<&str, &str> {
    map_opt(take_till(|c| c == ' '), |word: &str| (!word.is_empty()).then_some(word)).parse(input)
}

fn digits<const N: usize>(input: &str) -> IResult<&str, i64> {
    map_opt(take_while_m_n(N, N, |c: char| c.is_ascii_digit()), |text: &str| text.parse().ok()).parse(input)
}

/// `YYYY-MM-DDTHH:MM:SS.uuuuuu+HH:MM ` with the space that ends it.
fn timestamp(input: &str) -> IResult<&str, Timestamp> {
    let date = (digits::<4>, tag("-"), digits::<2>, tag("-"), digits::<2>, tag("T"));
    let time = (digits::<2>, tag(":"), digits::<2>, tag(":"), digits::<2>, tag("."), digits::<6>);
    let zone = (one_of("+-"), digits::<2>, opt(tag(":")), digits::<2>, tag(" "));
    let (
        rest,
        ((year, _, month, _, day, _), (hour, _, minute, _, second, _, micros), (sign, east, _, east_minutes, _)),
    ) = (date, time, zone).parse(input)?;
    let offset = (east * 60 + east_minutes) * if sign == '-' { -1 } else { 1 };
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + (minute - offset) * 60 + second;
    Ok((rest, Timestamp { unix_micros: seconds * 1_000_000 + micros, offset_minutes: offset as i16 }))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; years begin in March, so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// Where and why reading ended.
struct Stop<'a> {
    rest: &'a str,
    expected: &'static str,
}

/// The pairs of a line that are still to be read.
struct Reader<'a> {
    rest: &'a str,
    unknown: Unknown<'a>,
}

/// Reads a value into its field. False: the key is not known, or the value is not (wholly) read.
type Read<'a, T> = fn(&mut T, &'a str, &'a str) -> bool;

impl<'a> Reader<'a> {
    /// The next pair. A colon belongs to the value but for the first.
    fn pair(&mut self) -> Result<Option<(&'a str, &'a str)>, Stop<'a>> {
        let rest = self.rest.trim_start_matches(' ');
        if rest.is_empty() {
            return Ok(None);
        }
        let mut end = word_end(rest, 0);
        if rest.starts_with("backing_dev:") {
            // A path may hold spaces: it goes on until a word looks like the next pair of a device.
            while end < rest.len() && !begins_device_pair(rest.get(end + 1..).unwrap_or_default()) {
                end = word_end(rest, end + 1);
            }
        }
        let (pair, after) = rest.split_at(end);
        let Some(pair) = pair.split_once(':') else { return Err(Stop { rest, expected: "key:value" }) };
        self.rest = after;
        Ok(Some(pair))
    }

    fn object(&mut self, object: &'a str) -> Result<Object<'a>, Stop<'a>> {
        Ok(match object {
            "resource" => Object::Resource(self.all(Resource::default(), "name", resource)?),
            "device" => Object::Device(self.all(Device::default(), "volume", device)?),
            "connection" => Object::Connection(self.all(Connection::default(), "name", connection)?),
            "peer-device" => Object::PeerDevice(self.all(PeerDevice::default(), "volume", peer_device)?),
            "path" => Object::Path(self.all(Path::default(), "name", path)?),
            "helper" => Object::Helper(self.all(Helper::default(), "name", helper)?),
            other => {
                while let Some(pair) = self.pair()? {
                    self.keep(pair);
                }
                Object::Other(other)
            }
        })
    }

    /// Reads every pair into `object`; the keys `name` and `needed` must be among them.
    fn all<T>(&mut self, mut object: T, needed: &str, read: Read<'a, T>) -> Result<T, Stop<'a>> {
        let (mut named, mut complete) = (false, false);
        while let Some((key, value)) = self.pair()? {
            let fits = read(&mut object, key, value);
            if !fits {
                self.keep((key, value));
            }
            named |= fits && key == "name";
            complete |= fits && key == needed;
        }
        match (named, complete) {
            (false, _) => Err(Stop { rest: self.rest, expected: "name:" }),
            (true, false) => Err(Stop { rest: self.rest, expected: "volume:" }),
            (true, true) => Ok(object),
        }
    }

    fn keep(&mut self, pair: (&'a str, &'a str)) {
        if self.unknown.pairs.len() < Unknown::MAX {
            self.unknown.pairs.push(pair);
        } else {
            self.unknown.more += 1;
        }
    }
}

/// The end of the word that begins at `from`.
fn word_end(text: &str, from: usize) -> usize {
    let word = text.as_bytes().get(from..).unwrap_or_default();
    memchr::memchr(b' ', word).map_or(text.len(), |length| from + length)
}

fn begins_device_pair(text: &str) -> bool {
    let word = text.get(..word_end(text, 0)).unwrap_or_default();
    word.split_once(':').is_some_and(|(key, _)| {
        matches!(
            key,
            "disk"
                | "client"
                | "open"
                | "quorum"
                | "size"
                | "read"
                | "written"
                | "al-writes"
                | "bm-writes"
                | "upper-pending"
                | "lower-pending"
                | "al-suspended"
                | "blocked"
        )
    })
}

fn resource<'a>(it: &mut Resource<'a>, key: &'a str, value: &'a str) -> bool {
    match key {
        "name" => name(&mut it.name, value),
        "new_name" => set(&mut it.new_name, Some(value)),
        "role" => set(&mut it.role, Some(Role::from_word(value))),
        "suspended" => {
            let suspended = Suspended::from_words(value);
            set(&mut it.suspended, Some(suspended)) && !suspended.unknown()
        }
        "force-io-failures" => yes_no(&mut it.force_io_failures, value),
        "write-ordering" => set(&mut it.write_ordering, Some(WriteOrdering::from_word(value))),
        "may_promote" => yes_no(&mut it.may_promote, value),
        "promotion_score" => set(&mut it.promotion_score, value.parse().ok()),
        _ => false,
    }
}

fn device<'a>(it: &mut Device<'a>, key: &'a str, value: &'a str) -> bool {
    match key {
        "name" => name(&mut it.name, value),
        "volume" => volume(&mut it.volume, value),
        "minor" => set(&mut it.minor, value.parse().ok()),
        "backing_dev" if value == "none" => set(&mut it.backing_dev, Some(BackingDev::None)),
        "backing_dev" => set(&mut it.backing_dev, Some(BackingDev::Path(value))),
        "disk" => set(&mut it.disk, Some(Disk::from_word(value))),
        "client" => set(&mut it.client, Some(Answer::from_word(value))),
        "open" => set(&mut it.open, Some(Answer::from_word(value))),
        "quorum" => yes_no(&mut it.quorum, value),
        "size" => statistic(&mut it.size, value, Kib),
        "read" => statistic(&mut it.read, value, Kib),
        "written" => statistic(&mut it.written, value, Kib),
        "al-writes" => statistic(&mut it.al_writes, value, Writes),
        "bm-writes" => statistic(&mut it.bm_writes, value, Writes),
        "upper-pending" => statistic(&mut it.upper_pending, value, Requests),
        "lower-pending" => statistic(&mut it.lower_pending, value, Requests),
        "al-suspended" => yes_no(&mut it.al_suspended, value),
        "blocked" => {
            let blocked = Blocked::from_words(value);
            set(&mut it.blocked, Some(blocked)) && !blocked.unknown()
        }
        _ => false,
    }
}

fn connection<'a>(it: &mut Connection<'a>, key: &'a str, value: &'a str) -> bool {
    match key {
        "name" => name(&mut it.name, value),
        "peer-node-id" => set(&mut it.peer_node_id, value.parse().ok()),
        "conn-name" => set(&mut it.conn_name, Some(value)),
        "connection" => set(&mut it.connection, Some(ConnectionState::from_word(value))),
        "role" => set(&mut it.role, Some(Role::from_word(value))),
        "congested" => yes_no(&mut it.congested, value),
        "ap-in-flight" => statistic(&mut it.ap_in_flight, value, Sectors),
        "rs-in-flight" => statistic(&mut it.rs_in_flight, value, Sectors),
        _ => false,
    }
}

fn peer_device<'a>(it: &mut PeerDevice<'a>, key: &'a str, value: &'a str) -> bool {
    match key {
        "name" => name(&mut it.name, value),
        "peer-node-id" => set(&mut it.peer_node_id, value.parse().ok()),
        "conn-name" => set(&mut it.conn_name, Some(value)),
        "volume" => volume(&mut it.volume, value),
        "replication" => set(&mut it.replication, Some(Replication::from_word(value))),
        "peer-disk" => set(&mut it.peer_disk, Some(Disk::from_word(value))),
        "peer-client" => set(&mut it.peer_client, Some(Answer::from_word(value))),
        "resync-suspended" => {
            let suspended = ResyncSuspended::from_words(value);
            set(&mut it.resync_suspended, Some(suspended)) && !suspended.unknown()
        }
        "done" => {
            // Out of sync may briefly exceed the total: then the tool prints less than nothing.
            let negative = value.strip_prefix('-').and_then(hundredths).map(|_| 0);
            set(&mut it.done, negative.or_else(|| hundredths(value)).map(Percent::from_hundredths))
        }
        "received" => statistic(&mut it.received, value, Kib),
        "sent" => statistic(&mut it.sent, value, Kib),
        "out-of-sync" => statistic(&mut it.out_of_sync, value, Kib),
        "pending" => statistic(&mut it.pending, value, Requests),
        "unacked" => statistic(&mut it.unacked, value, Requests),
        "dbdt1" => set(&mut it.dbdt1, hundredths(value).map(|hundredths| MibPerSecond { hundredths })),
        "eta" => set(
            &mut it.eta,
            match value {
                "nan" | "-nan" | "inf" => Some(Eta::Unknown),
                seconds => seconds.parse().ok().map(Eta::Seconds),
            },
        ),
        _ => false,
    }
}

fn path<'a>(it: &mut Path<'a>, key: &'a str, value: &'a str) -> bool {
    match key {
        "name" => name(&mut it.name, value),
        "peer-node-id" => set(&mut it.peer_node_id, value.parse().ok()),
        "conn-name" => set(&mut it.conn_name, Some(value)),
        "local" => set(&mut it.local, Some(Endpoint(value))),
        "peer" => set(&mut it.peer, Some(Endpoint(value))),
        "established" => yes_no(&mut it.established, value),
        _ => false,
    }
}

fn helper<'a>(it: &mut Helper<'a>, key: &'a str, value: &'a str) -> bool {
    match key {
        "name" => name(&mut it.name, value),
        "peer-node-id" => set(&mut it.peer_node_id, value.parse().ok()),
        "conn-name" => set(&mut it.conn_name, Some(value)),
        "local" => set(&mut it.local, Some(Endpoint(value))),
        "peer" => set(&mut it.peer, Some(Endpoint(value))),
        "volume" => set(&mut it.volume, value.parse().ok()),
        "minor" => set(&mut it.minor, value.parse().ok()),
        "helper" => set(&mut it.helper, Some(value)),
        "status" => set(&mut it.status, value.parse().ok()),
        _ => false,
    }
}

fn name<'a>(slot: &mut &'a str, value: &'a str) -> bool {
    *slot = value;
    !value.is_empty()
}

fn volume(slot: &mut u32, value: &str) -> bool {
    value.parse().map(|volume| *slot = volume).is_ok()
}

fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let fits = value.is_some();
    if fits {
        *slot = value;
    }
    fits
}

fn yes_no(slot: &mut Option<bool>, value: &str) -> bool {
    match value {
        "yes" => set(slot, Some(true)),
        "no" => set(slot, Some(false)),
        _ => false,
    }
}

fn statistic<T>(slot: &mut Option<T>, value: &str, unit: fn(u64) -> T) -> bool {
    let Ok(number) = value.parse() else { return false };
    *slot = (number < ABSENT).then(|| unit(number));
    true
}
