//! Nothing panics and nothing hangs, whatever is read. `HATUI_LONG=1` tries every place of every fixture.

use proptest::prelude::*;

use crate::fixtures::{Fixture, all, texts};

/// Fixtures of [`EXHAUSTIVE`] up to this size are tried at every place, others at some.
const SMALL: usize = 4096;
/// Where the fixtures are that are tried at every place.
const EXHAUSTIVE: &str = "pacemaker-2.1.5-namespaces/";
/// At how many places another one is tried.
const SAMPLES: usize = 12;

/// A file of each grammar.
const FILES: [&str; 6] = [
    "x/crm_mon.xml",
    "x/cibadmin-Q.xml",
    "x/stonith_history.xml",
    "x/crm_simulate.xml",
    "x/skeleton.txt",
    "x/crm_resource_why.xml",
];

fn long() -> bool {
    std::env::var_os("HATUI_LONG").is_some()
}

/// Does `check` with the fixture's bytes at places that are the same in every run, or at all of them: by all
/// processors, as that is billions of bytes to read.
fn at_places(fixture: &Fixture, seed: usize, check: impl Fn(&mut Vec<u8>, usize) + Sync) {
    let length = fixture.bytes.len();
    if long() || (length <= SMALL && fixture.name.starts_with(EXHAUSTIVE)) {
        let workers = if long() { std::thread::available_parallelism().map_or(1, usize::from) } else { 1 };
        std::thread::scope(|scope| {
            for first in 0..workers {
                let (mut bytes, check) = (fixture.bytes.clone(), &check);
                scope.spawn(move || (first..length).step_by(workers).for_each(|at| check(&mut bytes, at)));
            }
        });
        return;
    }
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ (seed as u64) ^ (length as u64);
    let mut bytes = fixture.bytes.clone();
    for _ in 0..SAMPLES {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        check(&mut bytes, usize::try_from(state >> 33).unwrap() % length);
    }
}

#[test]
fn every_truncation_is_an_error_or_only_lacks_white_space() {
    for (seed, fixture) in all().iter().enumerate() {
        at_places(fixture, seed, |bytes, length| {
            let (kept, lost) = bytes.split_at(length);
            let whole = lost.iter().all(u8::is_ascii_whitespace);
            assert_eq!(fixture.reads(kept), whole, "{} cut at {length}", fixture.name);
        });
    }
}

#[test]
fn a_corrupted_byte_never_panics() {
    let replacements = [0, b'<', b'>', b'"', b'&', b'/', b'=', b' ', b'9', 0x1b, 0x80, 0xff];
    // Where every place is tried, one replacement in eight is; all are, over the places.
    let stride = if long() { 1 } else { 8 };
    for (seed, fixture) in all().iter().enumerate() {
        at_places(fixture, seed + 1000, |bytes, at| {
            let was = bytes[at];
            for &replacement in replacements.iter().skip(at % stride).step_by(stride) {
                bytes[at] = replacement;
                fixture.survives(bytes);
            }
            bytes[at] = was ^ 0x20;
            fixture.survives(bytes);
            bytes[at] = was;
        });
    }
}

#[test]
fn a_text_that_is_cut_or_corrupted_never_panics() {
    for (seed, fixture) in texts().iter().enumerate() {
        at_places(fixture, seed + 2000, |bytes, at| {
            fixture.survives(&bytes[..at]);
            let was = bytes[at];
            for replacement in [0, b'(', b')', b'\'', b' ', b'\n', b'>', 0x1b, 0xff] {
                bytes[at] = replacement;
                fixture.survives(bytes);
            }
            bytes[at] = was;
        });
    }
}

#[test]
fn a_document_made_to_be_slow_is_read_in_one_pass() {
    // Each of these took time that grows with the square of its length when a look ahead started anew every time.
    let many = 200_000;
    for document in [
        format!("<crm_mon>{}</crm_mon>", "<a b='1'/>".repeat(many)),
        format!("<crm_mon>{}</crm_mon>", "]]".repeat(many)),
        format!("<crm_mon>{}</crm_mon>", "<!---->".repeat(many)),
        format!("<crm_mon {}/>", "\n".repeat(many)),
        format!("<crm_mon>{}", "<a>".repeat(many)),
        format!("<crm_mon>{}</crm_mon>", "&#10;".repeat(many)),
    ] {
        let begin = std::time::Instant::now();
        drop(hatui_parsers::crm_mon::parse(document.as_bytes()));
        let took = begin.elapsed();
        assert!(took.as_secs() < 10, "{} bytes took {took:?}: {:.40}…", document.len(), document);
    }
}

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<pacemaker-result>",
        "</pacemaker-result>",
        "<crm_mon>",
        "<summary>",
        "</summary>",
        "<nodes>",
        "<node ",
        "<resources>",
        "<resource ",
        "<group ",
        "<clone ",
        "<bundle ",
        "<replica ",
        "id=\"",
        "online=\"",
        "true\"",
        "/>",
        ">",
        "</",
        "<failures>",
        "<failure ",
        "exitreason='",
        "&amp;",
        "&#",
        "x",
        ";",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<cib ",
        "<constraints>",
        "<rsc_location ",
        "<rule ",
        "<date_expression ",
        "end=\"2026-11-23T09:36:35+99:99\"",
        "\u{202e}",
        "\n",
        " ",
        "weight=\"-1000000\"",
        "99999999999999999999ms",
        "<list>",
        "<primitive id='a' template='a'>",
        "</primitive>",
        "<op name='monitor' interval='PT",
        "<meta_attributes id-ref='a' id='a'>",
        "<reason running='",
        "<check id='",
        "<actions>",
        "<transition>",
        "<rsc_action ",
        "<node_action task=\"Fence (",
        "Transition Summary:\n",
        " * Move web (",
        "Started n1 -> n2",
        ") due to ",
        "<fence_event ",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        for file in FILES {
            Fixture { name: file.into(), bytes: Vec::new() }.survives(&bytes);
        }
    }

    #[test]
    fn pieces_of_documents_in_any_order_never_panic(pieces in prop::collection::vec(names(), 0..60)) {
        let document = pieces.concat();
        for file in FILES {
            Fixture { name: file.into(), bytes: Vec::new() }.survives(document.as_bytes());
        }
    }

    #[test]
    fn a_fixture_with_a_piece_moved_never_panics(
        which in any::<prop::sample::Index>(), from in any::<prop::sample::Index>(),
        length in 0_usize..200, to in any::<prop::sample::Index>(),
    ) {
        let fixtures = all();
        let fixture = which.get(&fixtures);
        let mut bytes = fixture.bytes.clone();
        let from = from.index(bytes.len());
        let piece: Vec<u8> = bytes.drain(from..(from + length).min(fixture.bytes.len())).collect();
        let to = to.index(bytes.len() + 1);
        bytes.splice(to..to, piece);
        fixture.survives(&bytes);
    }

    #[test]
    fn any_time_is_read_or_kept(text in "[0-9A-Za-z: .,+-]{0,40}") {
        let time = hatui_parsers::crm_mon::Time::from(std::borrow::Cow::Owned(text.clone()));
        prop_assert_eq!(time.text, text);
    }
}
