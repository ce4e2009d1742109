//! `frame`: a stream in any parts gives the same items. The first bytes of the input are the sizes of the parts.
#![no_main]

use hatui_parsers::frame::{Bounds, CutOff, Item, Nonce, PreviewFrame, WatchFrames};
use libfuzzer_sys::fuzz_target;

fn read<'a>(nonce: &Nonce, parts: impl Iterator<Item = &'a [u8]>) -> (Vec<Item>, Option<CutOff>) {
    let mut frames = WatchFrames::new(nonce, Bounds { line: 64, payload: 32 });
    let mut items = Vec::new();
    for part in parts {
        frames.push(part);
        while let Some(item) = frames.next() {
            items.push(item);
        }
    }
    (items, frames.finish())
}

fuzz_target!(|input: &[u8]| {
    let Ok(nonce) = Nonce::new("01234567") else { return };
    let (sizes, stream) = input.split_at(input.len().min(8));
    let whole = read(&nonce, std::iter::once(stream));
    for item in &whole.0 {
        if let Item::Frame(frame) = item
            && let Err(error) = PreviewFrame::read(frame.clone())
        {
            assert!(!error.to_string().chars().any(char::is_control));
        }
    }
    let mut rest = stream;
    let mut sizes = sizes.iter().cycle();
    let parts = std::iter::from_fn(|| {
        let size = 1 + usize::from(*sizes.next()?);
        let (part, after) = rest.split_at(size.min(rest.len()));
        rest = after;
        (!part.is_empty()).then_some(part)
    });
    assert_eq!(read(&nonce, parts), whole);
});
