//! Streams cut anywhere: lines, and the watcher's frames.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use hatui_parsers::frame::{Bounds, CutLine, CutOff, Frame, FrameError, Item, Line, Lines, Nonce, WatchFrames};
use proptest::prelude::*;

const NONCE: &str = "01234567";

fn nonce() -> Nonce {
    Nonce::new(NONCE).unwrap()
}

/// What the stream says if it arrives in these parts, and what was cut off.
fn read(parts: &[&[u8]], bounds: Bounds) -> (Vec<Item>, Option<CutOff>) {
    let mut frames = WatchFrames::new(&nonce(), bounds);
    let mut items = Vec::new();
    for part in parts {
        frames.push(part);
        while let Some(item) = frames.next() {
            items.push(item);
        }
    }
    (items, frames.finish())
}

fn whole(stream: &str) -> (Vec<Item>, Option<CutOff>) {
    read(&[stream.as_bytes()], Bounds::default())
}

const SMALL: Bounds = Bounds { line: 48, payload: 8 };

/// Everything that a stream can hold, against [`SMALL`].
fn sample() -> Vec<u8> {
    let lines = [
        "Last login: today\r\n",
        "@hatui ffffffffffffffff hello v=1\n",
        "@hatui 01234567 hello v=1 host=\n",
        "exists -\r\n\n",
        "@hatui 01234567 doc bytes=5 rc=0\n<a/>\n\n",
        "@hatui 01234567 doc bytes=0\n\n",
        "a line that is much longer than the bound of forty-eight bytes\n",
        "@hatui 01234567 doc bytes=9\n123456789\n",
        "@hatui 01234567 doc bytes=3\n12345\nlost\n",
        "@hatui 01234567 doc bytes=4\n123\n@hatui 01234567 beat\n",
        "@hatui 01234567 Bad\nkept\n",
        "@hatui 01234567 bad bytes=x\nlost\n",
        "@hatui 01234567 end\n@hatui 01234567 doc bytes=8\n12",
    ];
    lines.concat().into_bytes()
}

#[test]
fn a_frame_bears_its_fields_and_exactly_its_payload() {
    let (items, cut) = whole("@hatui 01234567 doc rc=0 bytes=6 x= took-ms=-12\n<a>\n\r\n\n");
    let fields = [("rc", "0"), ("x", ""), ("took-ms", "-12")];
    let fields = fields.map(|(key, value)| (key.to_owned(), value.as_bytes().to_vec())).to_vec();
    let frame = Frame { kind: "doc".to_owned(), fields, payload: Some(b"<a>\n\r\n".to_vec()) };
    assert_eq!((frame.number("took-ms"), frame.text("x"), frame.field("bytes")), (Some(-12), Some(""), None));
    assert_eq!((items, cut), (vec![Item::Frame(frame)], None));
}

#[test]
fn lines_before_the_hello_are_noise_and_lines_after_it_belong_to_the_stream() {
    let (items, _) = whole("motd\n@hatui 01234567 hello\nexists -\n@hatui 0000000000000000 doc\n");
    assert_eq!(items[0], Item::Noise(b"motd".to_vec()));
    assert!(matches!(&items[1], Item::Frame(frame) if frame.kind == "hello" && frame.payload.is_none()));
    assert_eq!(items[2], Item::Raw(b"exists -".to_vec()));
    assert_eq!(items[3], Item::Raw(b"@hatui 0000000000000000 doc".to_vec()), "another nonce is no frame");
}

#[test]
fn what_is_wrong_is_told_and_the_stream_goes_on() {
    let (items, cut) = read(&[&sample()], SMALL);
    let told: Vec<String> = items
        .iter()
        .map(|item| match item {
            Item::Frame(frame) => format!("{} {:?}", frame.kind, frame.payload.as_deref().map(String::from_utf8_lossy)),
            Item::Noise(line) => format!("noise {}", String::from_utf8_lossy(line)),
            Item::Raw(line) => format!("raw {}", String::from_utf8_lossy(line)),
            Item::Error(FrameError::Malformed(error)) => format!("malformed at {}", error.offset),
            Item::Error(error) => format!("{error:?}"),
        })
        .collect();
    let expected = [
        "noise Last login: today",
        "noise @hatui ffffffffffffffff hello v=1",
        "hello None",
        "raw exists -",
        "raw ",
        "doc Some(\"<a/>\\n\")",
        "doc Some(\"\")",
        "LineTooLong { bytes: 62 }",
        "PayloadTooLarge { kind: \"doc\", bytes: 9 }",
        "PayloadNotEnded { kind: \"doc\", bytes: 3 }",
        "Skipped { bytes: 8 }",
        "PayloadNotEnded { kind: \"doc\", bytes: 4 }",
        "beat None",
        "malformed at 16",
        "raw kept",
        "malformed at 19",
        "Skipped { bytes: 5 }",
        "end None",
    ];
    assert_eq!(told, expected);
    assert_eq!(cut, Some(CutOff::Payload { kind: "doc".to_owned(), received: 2, announced: 8 }));
}

#[test]
fn any_two_cuts_of_the_sample_give_the_same_items() {
    let sample = sample();
    let expected = read(&[&sample], SMALL);
    for first in 0..=sample.len() {
        for second in first..=sample.len() {
            let parts = [&sample[..first], &sample[first..second], &sample[second..]];
            // Comparing is dearer than reading: skip the text of it.
            assert!(read(&parts, SMALL) == expected, "cut at {first} and {second}");
        }
    }
}

#[test]
fn a_stream_byte_by_byte_gives_the_same_items() {
    let sample = sample();
    let parts: Vec<&[u8]> = sample.chunks(1).collect();
    assert_eq!(read(&parts, SMALL), read(&[&sample], SMALL));
}

#[test]
fn a_line_of_the_bound_is_whole_and_one_byte_more_is_too_long() {
    for (length, fits) in [(48, true), (49, false)] {
        let mut stream = vec![b'x'; length];
        stream.extend_from_slice(b"\nnext\n");
        for cut in 0..stream.len() {
            let (items, _) = read(&[&stream[..cut], &stream[cut..]], SMALL);
            let first =
                if fits { Item::Noise(vec![b'x'; 48]) } else { Item::Error(FrameError::LineTooLong { bytes: 49 }) };
            assert_eq!(items, [first, Item::Noise(b"next".to_vec())], "cut at {cut}");
        }
    }
}

#[test]
fn an_endless_line_is_counted_and_not_kept() {
    let mut lines = Lines::new(100);
    for _ in 0..10_000 {
        lines.push(&[b'x'; 1000], |line| panic!("no line has ended: {line:?}"));
    }
    let mut found = Vec::new();
    lines.push(b"\nnext\n", |line| found.push(format!("{line:?}")));
    assert_eq!(found, ["TooLong { bytes: 10000000 }".to_owned(), format!("{:?}", Line::Whole(b"next"))]);
}

#[test]
fn only_a_hello_ends_the_noise() {
    let (items, _) = whole("@hatui 01234567 doc\nmotd\n@hatui 01234567 hello bytes=0\n\nexists -\n");
    assert_eq!(items[1], Item::Noise(b"motd".to_vec()));
    assert_eq!(items[3], Item::Raw(b"exists -".to_vec()));
}

#[test]
fn a_frame_right_after_a_payload_told_one_byte_too_long_is_not_lost() {
    for size in [4, 9] {
        // The line feed that should end the payload was counted in.
        let text = "x".repeat(size - 1);
        let stream = format!("@hatui 01234567 doc bytes={size}\n{text}\n@hatui 01234567 beat\n");
        for cut in 0..=stream.len() {
            let (first, second) = stream.as_bytes().split_at(cut);
            let (items, _) = read(&[first, second], SMALL);
            assert!(matches!(items.last(), Some(Item::Frame(frame)) if frame.kind == "beat"), "{size}: {items:?}");
        }
    }
}

#[test]
fn what_is_cut_off_at_the_end_is_told() {
    let cut = |stream: &str| read(&[stream.as_bytes()], SMALL).1;
    assert_eq!(cut("whole\n"), None);
    assert_eq!(cut("par"), Some(CutOff::Line(CutLine::Partial(b"par".to_vec()))));
    assert_eq!(cut(&"x".repeat(50)), Some(CutOff::Line(CutLine::TooLong { bytes: 50 })));
    let payload = |received, announced| Some(CutOff::Payload { kind: "doc".to_owned(), received, announced });
    assert_eq!(cut("@hatui 01234567 doc bytes=0\n"), payload(0, 0));
    assert_eq!(cut("@hatui 01234567 doc bytes=3\n123"), payload(3, 3), "its line end is missing");
    assert_eq!(cut("@hatui 01234567 doc bytes=9\n1234567"), payload(7, 9));
    assert_eq!(cut("@hatui 01234567 doc bytes=1\n1234\nab"), Some(CutOff::Skipping { bytes: 6 }));
}

#[test]
fn a_size_beyond_any_memory_is_no_allocation() {
    let (items, cut) = whole("@hatui 01234567 doc bytes=18446744073709551615\nxyz");
    assert_eq!(items, [Item::Error(FrameError::PayloadTooLarge { kind: "doc".to_owned(), bytes: u64::MAX })]);
    assert_eq!(cut, Some(CutOff::Payload { kind: "doc".to_owned(), received: 3, announced: u64::MAX }));
    let (items, _) = whole("@hatui 01234567 doc bytes=18446744073709551616\nxyz\n@hatui 01234567 end\n");
    assert!(matches!(items[0], Item::Error(FrameError::Malformed(_))));
    assert!(matches!(&items[2], Item::Frame(frame) if frame.kind == "end"));
}

#[test]
fn lines_with_our_nonce_that_are_not_in_the_grammar_are_malformed() {
    for bad in
        ["", "9x", "Doc", "doc ", "doc  a=1", "doc a", "doc A=1", "doc =1", "doc a=1 a=2", "doc bytes=", "doc\ta=1"]
    {
        let (items, _) = whole(&format!("@hatui 01234567 {bad}\n@hatui 01234567 end\n"));
        assert!(matches!(items[0], Item::Error(FrameError::Malformed(_))), "{bad:?}: {items:?}");
        assert!(matches!(items.last(), Some(Item::Frame(frame)) if frame.kind == "end"), "{bad:?}: {items:?}");
    }
}

#[test]
fn a_nonce_is_8_to_32_hexadecimal_digits() {
    assert!(["01234567", &"f".repeat(32)].iter().all(|good| Nonce::new(good).is_ok()));
    assert!(["0123456", &"f".repeat(33), "0123456G", "ABCDEF01", ""].iter().all(|bad| Nonce::new(bad).is_err()));
}

/// Pieces that lead the reader into every state.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"@hatui 01234567 ".to_vec()),
        (0_u32..12).prop_map(|size| format!("@hatui 01234567 doc bytes={size}\n").into_bytes()),
        Just(b"@hatui 01234567 hello v=1\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..60),
    ];
    proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_stream_in_any_parts_gives_the_same_items(
        stream in pieces(),
        sizes in proptest::collection::vec(1_usize..40, 1..40),
    ) {
        let mut parts = Vec::new();
        let mut rest = stream.as_slice();
        for size in sizes.iter().cycle() {
            if rest.is_empty() { break }
            let (part, after) = rest.split_at((*size).min(rest.len()));
            parts.push(part);
            rest = after;
        }
        prop_assert_eq!(read(&parts, SMALL), read(&[&stream], SMALL));
    }

    #[test]
    fn lines_lose_nothing(stream in proptest::collection::vec(prop_oneof![4 => any::<u8>(), 1 => Just(b'\n')], 0..300)) {
        let mut lines = Lines::new(1000);
        let mut again = Vec::new();
        let (first, second) = stream.split_at(stream.len() / 3);
        for part in [first, second] {
            lines.push(part, |line| {
                let Line::Whole(line) = line else { panic!("{line:?}") };
                again.extend_from_slice(line);
                again.push(b'\n');
            });
        }
        if let Some(CutLine::Partial(rest)) = lines.finish() { again.extend_from_slice(&rest) }
        let plain = String::from_utf8_lossy(&stream).replace("\r\n", "\n");
        prop_assert_eq!(String::from_utf8_lossy(&again), plain);
    }
}
