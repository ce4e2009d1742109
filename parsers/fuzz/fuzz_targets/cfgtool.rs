//! `cfgtool`: no output makes it panic, and lines that nobody knows stay bounded and harmless to show.
#![no_main]

use hatui_parsers::cfgtool;
use libfuzzer_sys::fuzz_target;

fn harmless(unread: &[String]) {
    assert!(unread.len() <= 17 && unread.iter().all(|line| !line.chars().any(char::is_control)));
}

fuzz_target!(|output: &[u8]| {
    if let Ok(status) = cfgtool::status(output) {
        harmless(&status.unread);
    }
    if let Ok(neighbours) = cfgtool::neighbours(output) {
        harmless(&neighbours.unread);
    }
});
