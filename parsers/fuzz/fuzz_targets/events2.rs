//! `events2`: no line makes it panic, and what is unknown stays bounded.
#![no_main]

use hatui_parsers::events2::{Object, Unknown, What, parse_line};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|stream: &[u8]| {
    for line in stream.split(|&b| b == b'\n') {
        match parse_line(line) {
            Err(error) => assert!(!error.to_string().chars().any(char::is_control)),
            Ok(read) => {
                let What::Event(event) = read.what else { continue };
                assert!(event.unknown.pairs.len() <= Unknown::MAX);
                if let Object::Path(path) = event.object {
                    for end in [path.local, path.peer].into_iter().flatten() {
                        let _ = (end.family(), end.host(), end.port());
                    }
                }
            }
        }
    }
});
