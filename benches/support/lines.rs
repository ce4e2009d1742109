//! Lines of `drbdsetup events2` as DRBD 8.4 and 9 print them.

use core::hint::black_box;

use hatui_parsers::events2::parse_line;

const STREAMS: [&[u8]; 3] = [
    include_bytes!("../../parsers/fixtures/drbd-9.2.18/sc21-verify/node-1/events2-stream.txt"),
    include_bytes!("../../parsers/fixtures/drbd-9.2.18/sc11-initial-sync/node-1/events2-stream.txt"),
    include_bytes!("../../parsers/fixtures/drbd-8.4.11/sc26-split-brain/node-2/events2-stream.txt"),
];

/// All of them, as often as it takes for a measurement to be worth it.
pub(crate) fn all() -> Vec<&'static [u8]> {
    let lines = STREAMS.iter().flat_map(|stream| stream.split(|&byte| byte == b'\n')).filter(|line| !line.is_empty());
    let lines: Vec<_> = lines.collect();
    assert!(lines.iter().all(|line| parse_line(line).is_ok()), "every line can be read");
    lines.repeat(40)
}

/// Reads them; how many could be read.
pub(crate) fn read(lines: &[&[u8]]) -> usize {
    lines.iter().filter(|line| black_box(parse_line(line)).is_ok()).count()
}
