//! `why`: no document makes it panic, and an error is harmless to show.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    if let Err(error) = hatui_parsers::why::parse(document) {
        assert!(!error.to_string().chars().any(char::is_control));
    }
});
