//! `/proc/drbd` of DRBD 8.4 and `drbdadm --version`.

mod support_lines;

use hatui_parsers::drbd_version::{self, Version};
use hatui_parsers::events2::{ConnectionState, Disk, Kib, Replication, Role};
use hatui_parsers::proc_drbd;
use support_lines::{compact, fixture, fixtures, golden};

#[test]
fn the_facts_of_every_recording_are_those_of_the_goldens() {
    for (name, input) in fixtures(|name| name.ends_with("proc-drbd.out")) {
        let facts = proc_drbd::parse(&input).unwrap();
        let input = String::from_utf8(input).unwrap();
        assert_eq!(facts.devices.len(), input.matches("cs:").count(), "{name}");
        if ["s12", "s14", "s22", "s30"].iter().any(|state| name.contains(state)) {
            golden(&format!("{name}.facts"), &(input + &compact(&format!("{facts:#?}"))));
        }
    }
}

#[test]
fn nothing_of_a_device_is_unread() {
    for (name, input) in fixtures(|name| name.starts_with("drbd-8.4.11") && name.ends_with("proc-drbd.out")) {
        let unread = proc_drbd::parse(&input).unwrap().unread;
        assert!(unread.iter().all(|line| line.starts_with("srcversion: ")), "{name}: {unread:?}");
    }
}

#[test]
fn a_verify_tells_how_far_it_is_and_how_fast() {
    let input = fixture("drbd-8.4.11/s22-verify-running/node-1/proc-drbd.out");
    let device = &proc_drbd::parse(&input).unwrap().devices[0];
    assert_eq!((&device.connection, &device.replication), (&ConnectionState::Connected, &Replication::VerifyS));
    let progress = device.progress.unwrap();
    assert_eq!((progress.verify, progress.done.hundredths(), progress.stalled), (true, 1100, false));
    assert_eq!((progress.left, progress.total), (Kib(469_492), Kib(524_236)));
    assert_eq!(
        (progress.finish_seconds, progress.speed, progress.want),
        (Some(25), Some(Kib(18_248)), Some(Kib(16_384)))
    );
}

#[test]
fn a_large_sync_in_mebibytes_with_details_and_stalled_is_read() {
    let input = b"version: 8.4.11 (api:1/proto:86-101)\n 7: cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate C r-----\n    ns:0 nr:1 dw:2 dr:3 al:0 bm:0 lo:4 pe:5 ua:6 ap:7 ep:1 wo:d oos:8\n\t[>....................] sync'ed:  0.1% (102396/102400)M\n\tfinish: 123:04:05 speed: 1,234,567 (2,000 -- 3,000) want: 4,000 K/sec (stalled)\n\t  0% sector pos: 8/209715200\n";
    let file = proc_drbd::parse(input).unwrap();
    let progress = file.devices[0].progress.unwrap();
    assert_eq!((progress.left, progress.total), (Kib(102_396 * 1024), Kib(102_400 * 1024)));
    assert_eq!((progress.done.hundredths(), progress.finish_seconds), (10, Some(123 * 3600 + 4 * 60 + 5)));
    assert_eq!(
        (progress.speed, progress.average, progress.want),
        (Some(Kib(1_234_567)), Some(Kib(3_000)), Some(Kib(4_000)))
    );
    assert!(progress.stalled);
    let details = file.devices[0].details.as_ref().unwrap();
    assert_eq!((details.received, details.out_of_sync), (Some(Kib(1)), Some(Kib(8))));
    assert_eq!(file.unread, ["·  0% sector pos: 8/209715200"]);
}

#[test]
fn the_words_of_8_4_are_told_in_those_of_9() {
    let states = |cs: &str| {
        let input = format!("version: 8.4.11\n 0: cs:{cs} ro:Primary/Unknown ds:UpToDate/DUnknown   r----s\n");
        let device = proc_drbd::parse(input.as_bytes()).unwrap().devices.remove(0);
        let details = device.details.unwrap();
        assert_eq!((details.role, details.peer_disk), (Role::Primary, Disk::DUnknown));
        assert_eq!((details.protocol, details.io_flags.as_str()), (None, "r----s"));
        (device.connection, device.replication)
    };
    assert_eq!(states("WFConnection"), (ConnectionState::Connecting, Replication::Off));
    assert_eq!(states("Connected"), (ConnectionState::Connected, Replication::Established));
    assert_eq!(states("StandAlone"), (ConnectionState::StandAlone, Replication::Off));
    assert_eq!(states("PausedSyncT"), (ConnectionState::Connected, Replication::PausedSyncT));
    assert_eq!(states("Odd"), (ConnectionState::Other("Odd".to_owned()), Replication::Other("Odd".to_owned())));
    let file = proc_drbd::parse(b"version: 8.4.11\n 3: cs:Unconfigured\n").unwrap();
    assert_eq!((file.devices[0].minor, &file.devices[0].details), (3, &None));
}

#[test]
fn drbd_9_lists_no_devices() {
    let file = proc_drbd::parse(&fixture("drbd-9.2.18/s12-initial-sync-5s/node-1/proc-drbd.out")).unwrap();
    assert_eq!((file.version.as_str(), file.devices.len()), ("9.2.18", 0));
    assert!(proc_drbd::parse(b"cat: /proc/drbd: No such file or directory\n").is_err());
}

#[test]
fn versions_tell_whether_the_kernel_module_is_loaded() {
    let version =
        |folder: &str| drbd_version::parse(&fixture(&format!("{folder}/node-1/drbdadm-version.out"))).unwrap();
    let nine = version("drbd-9.2.18/s12-initial-sync-5s");
    assert_eq!(
        (nine.utils, nine.kernel),
        (Version { major: 9, minor: 22, patch: 0 }, Some(Version { major: 9, minor: 2, patch: 18 }),)
    );
    assert_eq!(
        nine.build_tag.as_deref(),
        Some("GIT-hash: 409097fe02187f83790b88ac3e0d94f3c167adab reproducible build, 2023-01-09 14:51:18")
    );
    let eight = version("drbd-8.4.11/s12-initial-sync-5s");
    assert_eq!((eight.kernel.unwrap().to_string(), eight.api), ("8.4.11".to_owned(), Some(1)));
    assert_eq!(version("drbd-8.4.11/s53-module-missing").kernel, None);
    assert!(eight.kernel < nine.kernel && drbd_version::parse(b"drbdadm: not found\n").is_err());
}
