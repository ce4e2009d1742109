//! `quorumtool`: no output makes it panic, and lines that nobody knows stay bounded and harmless to show.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|output: &[u8]| {
    match hatui_parsers::quorumtool::status(output) {
        Ok(status) => {
            assert!(status.unread.len() <= 17);
            assert!(status.unread.iter().all(|line| !line.chars().any(char::is_control)));
        }
        Err(error) => assert!(!error.to_string().chars().any(char::is_control)),
    }
});
