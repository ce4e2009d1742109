//! A whole run of the preview: its frames, and what their payloads are read with.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "tests read fixtures")]

use std::path::PathBuf;

use hatui_parsers::frame::{Bounds, CutOff, Frame, Item, Nonce, PlanHow, PreviewFrame, WatchFrames};
use hatui_parsers::{cib, simulate, skeleton};

const NONCE: &str = "0123456789abcdef";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

fn frame(head: &str, payload: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = format!("@hatui {NONCE} {head}").into_bytes();
    if let Some(payload) = payload {
        bytes.extend(format!(" bytes={}\n", payload.len()).bytes());
        bytes.extend(payload);
    }
    bytes.push(b'\n');
    bytes
}

/// What a run prints, in frames.
fn run() -> Vec<Vec<u8>> {
    vec![
        frame("hello v=1 node=node-1", None),
        frame("cib rc=0", Some(b"<cib admin_epoch=\"0\" epoch=\"9\" num_updates=\"3\" have-quorum=\"1\"/>\n")),
        frame("skeleton", Some(&fixture("pacemaker-2.1.5-skeletons/moved-cli-prefer/skeleton.txt"))),
        frame("tried n=1 rc=0", Some(b"")),
        frame("plan n=2 how=simulate rc=0", Some(&fixture("pacemaker-2.1.5-simulated/lease-moves/crm_simulate.xml"))),
        frame("tried n=3 rc=76", Some(b"Call cib_apply_diff failed: Name not unique on network\n")),
        frame("plan n=4 how=run rc=66", Some(&fixture("pacemaker-2.1.5-simulated/no-cib/crm_simulate.xml"))),
        frame("bye why=failed", None),
    ]
}

fn read(parts: &[&[u8]]) -> (Vec<PreviewFrame>, Option<CutOff>) {
    let mut frames = WatchFrames::new(&Nonce::new(NONCE).unwrap(), Bounds::default());
    let mut all = Vec::new();
    for part in parts {
        frames.push(part);
        while let Some(item) = frames.next() {
            let Item::Frame(frame) = item else { panic!("{item:?}") };
            all.push(PreviewFrame::read(frame).unwrap());
        }
    }
    (all, frames.finish())
}

#[test]
fn a_run_is_read_and_its_payloads_are_what_the_grammars_read() {
    let stream = run().concat();
    let (frames, cut) = read(&[&stream]);
    assert_eq!(cut, None);
    let [hello, copy, bones, tried, plan, refused, failed, bye] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!(hello, &PreviewFrame::Hello { version: 1, node: Some("node-1".to_owned()) });
    let PreviewFrame::Cib { rc: 0, payload } = copy else { panic!("{copy:?}") };
    assert_eq!(cib::parse(payload).unwrap().header.unwrap().version.numbers(), Some([0, 9, 3]));
    let PreviewFrame::Skeleton { payload } = bones else { panic!("{bones:?}") };
    assert_eq!(skeleton::parse(payload).unwrap().timeout("vip", "start", 0).unwrap().ms, 20_000);
    assert_eq!(tried, &PreviewFrame::Tried { item: 1, rc: 0, output: vec![] });
    let PreviewFrame::Plan { item: 2, how: PlanHow::Simulate, rc: 0, document } = plan else { panic!("{plan:?}") };
    assert_eq!(simulate::parse(document).unwrap().plan().unwrap().len(), 3);
    assert!(matches!(refused, PreviewFrame::Tried { item: 3, rc: 76, output } if !output.is_empty()));
    let PreviewFrame::Plan { item: 4, how: PlanHow::Run, rc: 66, document } = failed else { panic!("{failed:?}") };
    assert_eq!(simulate::parse(document).unwrap().plan(), None);
    assert_eq!(bye, &PreviewFrame::Bye { done: Some(false) });
}

#[test]
fn wherever_a_run_is_cut_it_gives_the_same_frames() {
    let stream = run().concat();
    let expected = read(&[&stream]);
    for at in (0..stream.len()).step_by(7) {
        let (first, second) = stream.split_at(at);
        assert!(read(&[first, second]) == expected, "cut at {at}");
    }
}

#[test]
fn a_run_that_ends_early_has_no_bye() {
    let stream = run().concat();
    let whole = read(&[&stream]).0;
    for at in (0..stream.len()).step_by(13) {
        let (frames, _) = read(&[&stream[..at]]);
        assert!(whole.starts_with(&frames) && frames.len() < whole.len(), "cut at {at}");
    }
}

fn made(kind: &str, fields: &[(&str, &str)]) -> Frame {
    let fields = fields.iter().map(|&(key, value)| (key.to_owned(), value.as_bytes().to_vec())).collect();
    Frame { kind: kind.to_owned(), fields, payload: None }
}

#[test]
fn a_key_that_is_missing_or_wrong_is_told() {
    for (kind, fields, expected) in [
        ("hello", &[("v", "one")][..], "the key v, a number"),
        ("cib", &[], "the key rc, a number"),
        ("skeleton", &[], "a payload"),
        ("tried", &[("rc", "0")], "the key n, a number from 1"),
        ("tried", &[("n", "0"), ("rc", "0")], "the key n, a number from 1"),
        ("tried", &[("n", "-1"), ("rc", "0")], "the key n, a number from 1"),
        ("plan", &[("n", "1"), ("rc", "0")], "the key how: simulate, run or text"),
        ("plan", &[("n", "1"), ("rc", "0"), ("how", "guess")], "the key how: simulate, run or text"),
        ("plan", &[("n", "1"), ("how", "run"), ("rc", "\u{1b}")], "the key rc, a number"),
    ] {
        let error = PreviewFrame::read(made(kind, fields)).unwrap_err();
        assert_eq!((error.expected, error.excerpt.as_str()), (expected, kind));
    }
}

#[test]
fn what_another_version_says_is_kept() {
    let later = made("later", &[("x", "1")]);
    assert_eq!(PreviewFrame::read(later.clone()).unwrap(), PreviewFrame::Other(later));
    assert_eq!(PreviewFrame::read(made("bye", &[("why", "tired")])).unwrap(), PreviewFrame::Bye { done: None });
    let hello = PreviewFrame::read(made("hello", &[("v", "2"), ("node", "")])).unwrap();
    assert_eq!(hello, PreviewFrame::Hello { version: 2, node: None });
}
