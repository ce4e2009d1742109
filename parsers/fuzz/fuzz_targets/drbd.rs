//! `proc_drbd` and `drbd_version`: no file makes them panic.
#![no_main]

use hatui_parsers::{drbd_version, proc_drbd};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    if let Ok(read) = proc_drbd::parse(file) {
        assert!(read.unread.len() <= 17);
    }
    let _ = drbd_version::parse(file);
});
