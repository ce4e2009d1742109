//! `xml`: no document makes the reader panic or run on for ever, and it never nests deeper than its bound.
#![no_main]

use hatui_parsers::xml::{Event, MAX_DEPTH, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let Ok(mut reader) = Reader::new(document) else { return };
    // Two events a byte is more than any document has.
    for _ in 0..2 * document.len() + 2 {
        match reader.next_event() {
            Ok(Event::Eof) => return,
            Ok(_) => assert!(reader.depth() <= MAX_DEPTH && reader.offset() <= document.len()),
            Err(fault) => {
                assert!(!fault.in_document("xml", document).to_string().chars().any(char::is_control));
                return;
            }
        }
    }
    panic!("the document does not end");
});
