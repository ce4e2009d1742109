//! `cmap`: no output makes it panic, and the links are told once each, in order.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|output: &[u8]| {
    if let Ok(map) = hatui_parsers::cmap::parse(output) {
        let links = map.link_stats();
        assert!(links.is_sorted_by(|a, b| (a.node, a.link) < (b.node, b.link)));
    }
});
