//! What the simulated cluster does, as sentences; its shapes are tested in `shapes`.

use core::time::Duration;

use super::{Fault, Scenario, Sim};
use crate::wire::{Argv, Exit, NodeKey, Output, RunId, Stamp};

pub(super) const START: Stamp = Stamp::from_secs(1_795_418_384);

/// A simulated cluster with someone who asks it things.
pub(super) struct Bench {
    pub(super) sim: Sim,
    pub(super) now: Stamp,
    runs: u64,
    heard: Vec<(Stamp, RunId, Output)>,
}

impl Bench {
    pub(super) fn new(scenario: &str, seed: u64) -> Self {
        let scenario = Scenario::named(scenario).unwrap();
        Self { sim: Sim::new(&scenario, seed, START), now: START, runs: 0, heard: Vec::new() }
    }

    pub(super) fn start(&mut self, node: &str, words: &[&str]) -> RunId {
        self.runs += 1;
        let argv = Argv::new(words[0]).args(words[1..].iter().copied());
        self.sim.start(RunId(self.runs), &NodeKey::new(node), &argv);
        RunId(self.runs)
    }

    pub(super) fn watch(&mut self, node: &str, feed: &str) -> RunId {
        self.start(
            node,
            &["env", "LC_ALL=C", "sh", "-c", "…", "hatui-watch", "0123456789abcdef", feed, "-", "document"],
        )
    }

    pub(super) fn wait(&mut self, milliseconds: u64) {
        self.now = self.now + Duration::from_millis(milliseconds);
        self.heard.extend(self.sim.advance(self.now));
    }

    /// What a command prints, and how it ends.
    pub(super) fn ask(&mut self, node: &str, words: &[&str]) -> (String, Exit) {
        let run = self.start(node, words);
        for _ in 0..40 {
            self.wait(100);
            if let Some(exit) = self.exit(run) {
                return (self.printed(run), exit);
            }
        }
        panic!("waited 4 s for the end of {words:?} on {node}");
    }

    pub(super) fn printed(&self, run: RunId) -> String {
        let bytes = self.heard.iter().filter(|(_, id, _)| *id == run).filter_map(|(_, _, output)| match output {
            Output::Stdout(bytes) => Some(bytes.clone()),
            _ => None,
        });
        String::from_utf8(bytes.flatten().collect()).unwrap()
    }

    pub(super) fn exit(&self, run: RunId) -> Option<Exit> {
        self.heard.iter().find_map(|(_, id, output)| match output {
            Output::Exit(exit) if *id == run => Some(exit.clone()),
            _ => None,
        })
    }

    pub(super) fn mon(&mut self, node: &str) -> String {
        self.ask(node, &["crm_mon", "-1"]).0
    }

    /// Waits until `crm_mon` on the node prints `text`; how long that took.
    pub(super) fn until(&mut self, node: &str, text: &str, seconds: u64) -> Duration {
        let began = self.now;
        let mut last = String::new();
        while self.now.since(began).as_secs() < seconds {
            last = self.mon(node);
            if last.contains(text) {
                return self.now.since(began);
            }
        }
        panic!("waited {seconds} s for {text:?} on {node}; last was\n{last}");
    }

    pub(super) fn fault(&mut self, key: char) {
        let offers = self.sim.faults();
        let offer = offers.iter().find(|offer| offer.key == key);
        let offer = offer.unwrap_or_else(|| panic!("no fault on {key}: {offers:?}"));
        self.sim.inject(&offer.fault.clone());
    }
}

fn power_off(node: &str) -> Fault {
    Fault::PowerOff { node: node.to_owned() }
}

#[test]
fn a_healthy_cluster_has_its_services_started_and_a_promoted_copy() {
    let text = Bench::new("two-nodes", 1).mon("ha-node-1");
    assert!(text.contains("Online: [ ha-node-1 ha-node-2 ]"), "{text}");
    assert!(text.contains("Promoted: [ ha-node-1 ]") && text.contains("Unpromoted: [ ha-node-2 ]"), "{text}");
    assert!(text.contains("web-app\t(systemd:nginx):\t Started ha-node-1"), "{text}");
    let text = Bench::new("three-nodes", 1).mon("ha-node-3");
    assert!(text.contains("Started: [ ha-node-1 ha-node-2 ha-node-3 ]"), "{text}");
    assert!(text.contains("batch\t(systemd:batch):\t Started ha-node-3"), "{text}");
}

#[test]
fn services_are_recovered_only_after_fencing_succeeded_and_promotion_comes_first() {
    let mut bench = Bench::new("two-nodes", 1);
    bench.wait(5000);
    bench.sim.inject(&power_off("ha-node-1"));
    let lost = bench.until("ha-node-2", "Node ha-node-1: UNCLEAN (offline)", 10);
    assert!((2..=5).contains(&lost.as_secs()), "{lost:?}");
    bench.until("ha-node-2", "Pending Fencing Actions", 5);
    for _ in 0..20 {
        let text = bench.mon("ha-node-2");
        if !text.contains("Pending Fencing Actions") {
            break;
        }
        assert!(text.contains("Promoted ha-node-1 (UNCLEAN)") && !text.contains("Starting"), "{text}");
    }
    bench.until("ha-node-2", "Promoted: [ ha-node-2 ]", 5);
    assert!(!bench.mon("ha-node-2").contains("Started ha-node-1"));
    bench.until("ha-node-2", "web-app\t(systemd:nginx):\t Started ha-node-2", 8);
}

#[test]
fn a_group_starts_in_its_order() {
    let mut bench = Bench::new("two-nodes", 3);
    bench.sim.inject(&Fault::Standby { node: "ha-node-1".to_owned() });
    let mut seen = Vec::new();
    for _ in 0..200 {
        let text = bench.mon("ha-node-2");
        for id in ["store-fs", "web-ip", "web-app"] {
            let line = text.lines().find(|line| line.contains(id)).unwrap_or("");
            if line.contains("Started ha-node-2") && !seen.contains(&id) {
                seen.push(id);
            }
        }
    }
    assert_eq!(seen, ["store-fs", "web-ip", "web-app"]);
    assert!(bench.mon("ha-node-2").contains("Node ha-node-1: standby"));
}

#[test]
fn nothing_starts_on_the_new_node_before_the_promotion_there() {
    let mut bench = Bench::new("two-nodes", 2);
    bench.sim.inject(&Fault::StopStack { node: "ha-node-1".to_owned() });
    for _ in 0..60 {
        let text = bench.mon("ha-node-2");
        if text.contains("store-fs\t(ocf:heartbeat:Filesystem):\t Starting ha-node-2") {
            assert!(text.contains("Promoted: [ ha-node-2 ]"), "{text}");
        }
        assert!(!text.contains("UNCLEAN"), "{text}");
    }
    bench.until("ha-node-2", "OFFLINE: [ ha-node-1 ]", 5);
}

#[test]
fn the_fenced_node_boots_rejoins_and_is_resynced() {
    let mut bench = Bench::new("two-nodes", 1);
    let feed = bench.watch("ha-node-2", "drbd");
    bench.sim.inject(&power_off("ha-node-1"));
    for _ in 0..80 {
        bench.wait(1000);
        bench.sim.stdin(feed, b"k\n");
    }
    let text = bench.printed(feed);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what} in\n{text}"));
    let order = [
        at("connection:Connecting role:Unknown"),
        at("role:Primary may_promote:no promotion_score:10101"),
        at("replication:WFBitMapS peer-disk:Outdated"),
        at("replication:SyncSource peer-disk:Inconsistent"),
        at("replication:Established peer-disk:UpToDate peer-client:no received:0"),
    ];
    assert!(order.is_sorted(), "{order:?}\n{text}");
    let done = text.lines().filter_map(|line| line.split(" done:").nth(1)?.split(' ').next()?.parse::<f64>().ok());
    let done: Vec<f64> = done.collect();
    assert!(done.len() > 3 && done.is_sorted(), "{done:?}");
    assert!(bench.mon("ha-node-1").contains("Online: [ ha-node-1 ha-node-2 ]"));
}

#[test]
fn while_fencing_fails_the_node_stays_unclean_and_each_attempt_is_told() {
    let mut bench = Bench::new("two-nodes", 1);
    bench.sim.inject(&Fault::BreakFencing { node: "ha-node-1".to_owned() });
    bench.sim.inject(&power_off("ha-node-1"));
    bench.wait(40_000);
    let text = bench.mon("ha-node-2");
    assert!(text.contains("store-fs\t(ocf:heartbeat:Filesystem):\t Started ha-node-1 (UNCLEAN)"), "{text}");
    assert!(text.matches("last failed at").count() >= 3, "{text}");
    bench.sim.inject(&Fault::MendFencing { node: "ha-node-1".to_owned() });
    bench.until("ha-node-2", "Promoted: [ ha-node-2 ]", 20);
    assert!(bench.mon("ha-node-2").contains("a later attempt from ha-node-2 succeeded"));
}

#[test]
fn in_a_split_of_two_one_side_wins_the_fence_race() {
    for seed in 1..6 {
        let mut bench = Bench::new("two-nodes", seed);
        bench.fault('s');
        bench.wait(5000);
        let one = bench.ask("ha-node-1", &["corosync-quorumtool", "-s"]).0;
        let two = bench.ask("ha-node-2", &["corosync-quorumtool", "-s"]).0;
        let ring = |text: &str| text.lines().find(|line| line.starts_with("Ring ID")).unwrap().to_owned();
        assert_ne!(ring(&one), ring(&two));
        bench.wait(12_000);
        let off = bench.sim.world.machines.iter().filter(|machine| !machine.pacemaker).count();
        assert_eq!(off, 1, "seed {seed}");
    }
}

#[test]
fn a_minority_stops_its_services_and_is_fenced_by_the_majority() {
    let mut bench = Bench::new("three-nodes", 1);
    bench.sim.inject(&Fault::BreakFencing { node: "ha-node-3".to_owned() });
    bench.fault('s');
    bench.wait(20_000);
    let (text, exit) = bench.ask("ha-node-3", &["corosync-quorumtool", "-s"]);
    assert_eq!(exit, Exit::Code(2));
    assert!(text.contains("Quorate:          No") && text.contains("2 Activity blocked"), "{text}");
    let text = bench.mon("ha-node-3");
    assert!(text.contains("partition WITHOUT quorum"), "{text}");
    assert!(text.contains("Node ha-node-1: UNCLEAN (offline)"), "{text}");
    assert!(!text.contains("Started ha-node-3") && !text.contains("[ ha-node-3 ]\n  *"), "{text}");
    bench.sim.inject(&Fault::MendFencing { node: "ha-node-3".to_owned() });
    bench.until("ha-node-1", "batch\t(systemd:batch):\t Started ha-node-2", 20);
}

#[test]
fn a_resource_that_dies_is_restarted_in_place_and_after_three_failures_it_moves() {
    let mut bench = Bench::new("three-nodes", 1);
    for count in 1..=3 {
        bench.sim.inject(&Fault::FailResource { resource: "batch".to_owned() });
        bench.wait(25_000);
        let (text, _) = bench.ask("ha-node-1", &["crm_mon", "-1", "--output-as=xml"]);
        assert!(text.contains(&format!("migration-threshold=\"3\" fail-count=\"{count}\"")), "{text}");
        assert!(text.contains("exitreason=\"batch.service: out of memory, killed\""), "{text}");
        let text = bench.mon("ha-node-1");
        let line = text.lines().find(|line| line.contains("* batch\t")).unwrap();
        assert!(line.contains(" Started "), "{line}");
        assert_eq!(line.contains("ha-node-3"), count < 3, "{line}");
    }
}

#[test]
fn a_cut_link_is_seen_on_both_ends_and_changes_no_membership() {
    let mut bench = Bench::new("two-nodes", 1);
    let ring = bench.ask("ha-node-1", &["corosync-quorumtool", "-s"]).0;
    bench.fault('l');
    bench.wait(6000);
    for node in ["ha-node-1", "ha-node-2"] {
        let text = bench.ask(node, &["sudo", "-n", "/usr/sbin/corosync-cfgtool", "-s"]).0;
        assert_eq!((text.matches("disconnected").count(), text.matches("\tconnected").count()), (1, 1), "{text}");
    }
    let after = bench.ask("ha-node-1", &["corosync-quorumtool", "-s"]).0;
    assert_eq!(ring.lines().nth(5), after.lines().nth(5));
    bench.fault('L');
    bench.until("ha-node-2", "UNCLEAN (offline)", 10);
}

#[test]
fn replication_can_stand_alone_while_pacemaker_is_green() {
    let mut bench = Bench::new("two-nodes", 1);
    bench.fault('d');
    bench.wait(3000);
    let one = bench.ask("ha-node-1", &["drbdsetup", "events2", "--now", "--statistics"]).0;
    let two = bench.ask("ha-node-2", &["drbdsetup", "events2", "--now", "--statistics"]).0;
    assert!(one.contains("connection:Connecting") && two.contains("connection:StandAlone"), "{one}{two}");
    let text = bench.mon("ha-node-1");
    assert!(text.contains("Unpromoted: [ ha-node-2 ]") && !text.contains("Failed"), "{text}");
    bench.fault('c');
    bench.wait(60_000);
    let two = bench.ask("ha-node-2", &["drbdsetup", "events2", "--now", "--statistics"]).0;
    assert!(two.contains("replication:Established peer-disk:UpToDate") && two.contains("out-of-sync:0 "), "{two}");
}

#[test]
fn in_a_split_brain_both_ends_stand_alone_with_data_of_their_own() {
    let mut bench = Bench::new("two-nodes", 1);
    bench.fault('b');
    bench.wait(1000);
    for node in ["ha-node-1", "ha-node-2"] {
        let text = bench.ask(node, &["drbdsetup", "events2", "--now"]).0;
        assert!(text.contains("connection:StandAlone") && text.contains("disk:UpToDate"), "{text}");
    }
    bench.fault('c');
    bench.wait(40_000);
    let text = bench.ask("ha-node-2", &["drbdsetup", "events2", "--now"]).0;
    assert!(text.contains("replication:Established peer-disk:UpToDate"), "{text}");
}

#[test]
fn a_frozen_node_is_silent_and_answers_again_if_it_is_thawed_in_time() {
    let mut bench = Bench::new("two-nodes", 1);
    let feed = bench.watch("ha-node-2", "pacemaker");
    bench.wait(2000);
    bench.sim.inject(&Fault::Freeze { node: "ha-node-2".to_owned() });
    bench.wait(500);
    let before = bench.printed(feed).len();
    bench.wait(2000);
    assert_eq!(bench.printed(feed).len(), before);
    bench.sim.inject(&Fault::Thaw { node: "ha-node-2".to_owned() });
    bench.wait(4000);
    assert!(bench.printed(feed).len() > before);
    assert!(bench.mon("ha-node-1").contains("Online: [ ha-node-1 ha-node-2 ]"));
}

#[test]
fn a_dead_node_refuses_commands_and_its_streams_are_lost_after_a_while() {
    let mut bench = Bench::new("two-nodes", 1);
    let feed = bench.watch("ha-node-1", "corosync");
    bench.wait(1000);
    bench.sim.inject(&Fault::BreakFencing { node: "ha-node-1".to_owned() });
    bench.sim.inject(&power_off("ha-node-1"));
    bench.wait(8900);
    assert_eq!(bench.exit(feed), None);
    bench.wait(200);
    assert_eq!(bench.exit(feed), Some(Exit::Lost));
    let (_, exit) = bench.ask("ha-node-1", &["true"]);
    assert_eq!(exit, Exit::NotStarted("connect to host ha-node-1 port 22: No route to host".to_owned()));
}

#[test]
fn cib_versions_are_equal_within_a_partition_and_part_with_it() {
    let mut bench = Bench::new("three-nodes", 1);
    let ask = |bench: &mut Bench, node: &str| bench.ask(node, &["cibadmin", "-Q", "-n"]).0;
    assert_eq!(ask(&mut bench, "ha-node-1"), ask(&mut bench, "ha-node-3"));
    bench.sim.inject(&Fault::BreakFencing { node: "ha-node-3".to_owned() });
    bench.fault('s');
    bench.wait(15_000);
    bench.sim.inject(&Fault::Standby { node: "ha-node-1".to_owned() });
    bench.wait(8000);
    assert_ne!(ask(&mut bench, "ha-node-1"), ask(&mut bench, "ha-node-3"));
    assert!(ask(&mut bench, "ha-node-1").contains("epoch=\"25\""));
    assert!(ask(&mut bench, "ha-node-3").contains("have-quorum=\"0\""));
}

#[test]
fn the_same_seed_and_calls_give_the_same_bytes() {
    let play = |seed| {
        let mut bench = Bench::new("three-nodes", seed);
        for feed in ["pacemaker", "corosync", "drbd"] {
            bench.watch("ha-node-1", feed);
        }
        bench.wait(3000);
        bench.fault('k');
        bench.wait(15_000);
        bench.heard
    };
    assert!(play(5) == play(5));
    assert!(play(5) != play(6));
}

#[test]
fn nothing_is_started_anywhere_while_a_node_waits_to_be_fenced() {
    let mut bench = Bench::new("three-nodes", 1);
    bench.sim.inject(&Fault::BreakFencing { node: "ha-node-1".to_owned() });
    bench.sim.inject(&power_off("ha-node-1"));
    bench.until("ha-node-3", "UNCLEAN", 10);
    bench.sim.inject(&Fault::FailResource { resource: "batch".to_owned() });
    bench.wait(20_000);
    let text = bench.mon("ha-node-3");
    assert!(text.contains("batch 10s-interval monitor") && !text.contains("* batch\t"), "{text}");
    bench.sim.inject(&Fault::MendFencing { node: "ha-node-1".to_owned() });
    bench.until("ha-node-3", "batch\t(systemd:batch):\t Started ha-node-3", 20);
}

#[test]
fn it_does_not_matter_in_how_many_steps_time_passes() {
    let play = |step: u64| {
        let mut bench = Bench::new("two-nodes", 9);
        bench.watch("ha-node-2", "pacemaker");
        bench.sim.inject(&power_off("ha-node-1"));
        (0..12_000 / step).for_each(|_| bench.wait(step));
        bench.heard
    };
    assert!(play(10) == play(12_000));
}

#[test]
fn a_clean_stop_hands_services_over_without_fencing() {
    let mut bench = Bench::new("three-nodes", 1);
    bench.sim.inject(&Fault::StopStack { node: "ha-node-1".to_owned() });
    bench.until("ha-node-2", "OFFLINE: [ ha-node-1 ]", 20);
    bench.until("ha-node-2", "nfs-ip\t(ocf:heartbeat:IPaddr2):\t Started ha-node-2", 20);
    assert!(!bench.mon("ha-node-2").contains("Fencing"));
    bench.sim.inject(&Fault::StartStack { node: "ha-node-1".to_owned() });
    bench.until("ha-node-1", "Online: [ ha-node-1 ha-node-2 ha-node-3 ]", 20);
}

#[test]
fn the_faults_on_offer_have_keys_of_their_own_and_change_with_the_cluster() {
    let mut bench = Bench::new("three-nodes", 1);
    let keys = |bench: &Bench| bench.sim.faults().iter().map(|offer| offer.key).collect::<Vec<char>>();
    let mut sorted = keys(&bench);
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), keys(&bench).len());
    assert!(keys(&bench).contains(&'s') && !keys(&bench).contains(&'h'));
    bench.fault('s');
    assert!(keys(&bench).contains(&'h') && !keys(&bench).contains(&'s'));
}
