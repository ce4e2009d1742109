//! Nothing that a node prints makes the line-wise grammars panic, or lets control characters into what they tell to show.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support_lines;

use hatui_parsers::frame::{Bounds, Nonce, WatchFrames};
use hatui_parsers::{ParseError, cfgtool, cmap, drbd_version, events2, proc_drbd, quorumtool};
use proptest::prelude::*;
use support_lines::{damaged, fixture, fixtures, long};

fn harmless(error: Option<&ParseError>) {
    if let Some(error) = error {
        assert!(!error.to_string().chars().any(char::is_control), "{error:?}");
    }
}

fn shown(unread: &[String]) {
    assert!(unread.len() <= 17 && unread.iter().all(|line| !line.chars().any(char::is_control)), "{unread:?}");
}

fn events2_all(input: &[u8]) {
    for line in input.split(|&b| b == b'\n') {
        let read = events2::parse_line(line);
        harmless(read.as_ref().err());
        if let Ok(events2::Line { what: events2::What::Event(event), .. }) = read {
            assert!(event.unknown.pairs.len() <= events2::Unknown::MAX);
            if let events2::Object::Path(path) = event.object {
                for end in [path.local, path.peer].into_iter().flatten() {
                    let _ = (end.family(), end.host(), end.port());
                }
            }
        }
    }
}

fn cfgtool_all(input: &[u8]) {
    let (status, neighbours) = (cfgtool::status(input), cfgtool::neighbours(input));
    harmless(status.as_ref().err());
    harmless(neighbours.as_ref().err());
    if let Ok(read) = status {
        shown(&read.unread);
    }
    if let Ok(read) = neighbours {
        shown(&read.unread);
    }
}

fn quorumtool_all(input: &[u8]) {
    let status = quorumtool::status(input);
    harmless(status.as_ref().err());
    if let Ok(read) = status {
        shown(&read.unread);
    }
}

fn cmap_all(input: &[u8]) {
    let map = cmap::parse(input);
    harmless(map.as_ref().err());
    if let Ok(map) = map {
        shown(&map.unread);
        let _ = map.link_stats();
    }
}

fn drbd_all(input: &[u8]) {
    let file = proc_drbd::parse(input);
    harmless(file.as_ref().err());
    if let Ok(read) = file {
        shown(&read.unread);
    }
    harmless(drbd_version::parse(input).as_ref().err());
}

fn frames_all(input: &[u8]) {
    let mut frames = WatchFrames::new(&Nonce::new("01234567").unwrap(), Bounds { line: 300, payload: 300 });
    frames.push(input);
    while frames.next().is_some() {}
    let _ = frames.finish();
}

fn every_grammar(input: &[u8]) {
    events2_all(input);
    cfgtool_all(input);
    quorumtool_all(input);
    cmap_all(input);
    drbd_all(input);
    frames_all(input);
}

/// Damages the first fixtures of a kind, in long runs all.
fn damage(fits: impl Fn(&str) -> bool, check: fn(&[u8])) {
    let some = if long() { usize::MAX } else { 4 };
    let mut found = fixtures(fits);
    // The ends of the alphabet differ most.
    let last = found.len().min(2);
    found.rotate_right(last);
    for (_, input) in found.iter().take(some) {
        damaged(input, check);
    }
}

#[test]
fn damaged_events2_lines_do_no_harm() {
    // Line by line: damage to a line does not reach the next.
    let mut lines = std::collections::BTreeSet::new();
    for (_, stream) in fixtures(|name| name.contains("events2")) {
        for line in stream.split(|&b| b == b'\n') {
            // One of each shape, digits apart.
            let shape: Vec<u8> = line.iter().filter(|b| !b.is_ascii_digit()).copied().collect();
            if lines.insert(shape) {
                damaged(line, events2_all);
            }
        }
    }
    assert!(lines.len() > 50);
}

#[test]
fn damaged_cfgtool_output_does_no_harm() {
    damage(|name| name.contains("cfgtool"), cfgtool_all);
    damage(|name| name.starts_with("hand-made/cfgtool"), cfgtool_all);
}

#[test]
fn damaged_quorumtool_output_does_no_harm() {
    damage(|name| name.contains("quorumtool"), quorumtool_all);
    damage(|name| name.starts_with("hand-made/quorumtool"), quorumtool_all);
}

#[test]
fn damaged_cmap_output_does_no_harm() {
    let input = fixture("corosync-3.1.7/healthy/node-2/corosync-cmapctl_stats.txt");
    damaged(if long() { &input } else { &input[..3000] }, cmap_all);
}

#[test]
fn damaged_drbd_files_do_no_harm() {
    damage(|name| name.ends_with("proc-drbd.out"), drbd_all);
    damage(|name| name.ends_with("drbdadm-version.out"), drbd_all);
}

/// Bytes that look like the tools' output without being it.
fn near() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "exists",
        "change",
        " device",
        " peer-device",
        " name:r",
        " volume:0",
        " backing_dev:",
        " done:",
        " eta:nan",
        " suspended:",
        "a b",
        "Local node ID ",
        "1",
        ", transport ",
        "LINK ID ",
        "\tstatus",
        "\t= ",
        "\t\tnodeid",
        "  ",
        ":",
        "nodeid: ",
        "   LINK: ",
        "(",
        "->",
        ")",
        "mtu:",
        "    Nodeid      Votes    Qdevice Name",
        "         0          1            Qdevice",
        " (votes ",
        "(local)",
        " [",
        "]",
        "Ring ID: ",
        "Quorum: ",
        "stats.knet.node",
        ".link",
        ".",
        " (u32) = ",
        "4294967296",
        "-1",
        "version: ",
        " 0: cs:",
        " ro:",
        " ds:",
        "/",
        "    ns:",
        "\t[",
        "] sync'ed: ",
        "% (",
        ")K",
        "\tfinish: ",
        " speed: ",
        ",",
        "DRBDADM_VERSION_CODE=0x",
        "\\",
        "@hatui 01234567 ",
        "doc bytes=",
        "99999999999999999999",
        "\u{e4}",
    ];
    let piece = prop_oneof![
        8 => proptest::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        3 => Just(b"\n".to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(debug_assertions) { 500 } else { 5000 }, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_do_no_harm(input in proptest::collection::vec(any::<u8>(), 0..600)) {
        every_grammar(&input);
    }

    #[test]
    fn bytes_like_those_of_the_tools_do_no_harm(input in near()) {
        every_grammar(&input);
    }
}
