//! `simulate`: no output makes it panic, in either form, and what is said of it is harmless to show.
#![no_main]

use hatui_parsers::simulate::{Action, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|output: &[u8]| match parse(output) {
    Err(error) => assert!(!error.to_string().chars().any(char::is_control)),
    Ok(it) => {
        assert!(!it.unread.iter().any(|line| line.chars().any(char::is_control)));
        for action in it.plan().unwrap_or_default() {
            if let Action::Resource(action) = action {
                let _ = (action.from(), action.to());
            }
        }
    }
});
