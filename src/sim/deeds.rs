//! Tests of what operators do to the simulated cluster: leases, cleanups, fencing, replication; and of the preview.

use super::tests::Bench;
use super::{Fault, policy};
use crate::wire::Exit;

const UNTIL: &str = "2099-11-25 22:00:00Z";

fn lease(rsc: &str, node: &str, role: &str, end: &str) -> String {
    format!(
        "<rsc_location id=\"hatui-move-{rsc}\" rsc=\"{rsc}\"><rule id=\"hatui-move-{rsc}-rule\" score=\"INFINITY\" \
         boolean-op=\"and\"{role}><expression id=\"hatui-move-{rsc}-node\" attribute=\"#uname\" operation=\"eq\" \
         value=\"{node}\"/><date_expression id=\"hatui-move-{rsc}-until\" operation=\"lt\" end=\"{end}\"/></rule></rsc_location>"
    )
}

fn create(bench: &mut Bench, node: &str, text: &str) -> (String, Exit) {
    bench.ask(node, &["sudo", "-n", "/usr/sbin/cibadmin", "--create", "--scope", "constraints", "--xml-text", text])
}

#[test]
fn a_lease_moves_a_group_and_its_end_lets_nothing_move_back_by_itself() {
    let mut bench = Bench::new("three-nodes", 1);
    let text = lease("batch", "ha-node-1", "", UNTIL);
    assert_eq!(create(&mut bench, "ha-node-2", &text), (String::new(), Exit::Code(0)));
    bench.until("ha-node-1", "batch\t(systemd:batch):\t Started ha-node-1", 20);
    let (out, exit) = create(&mut bench, "ha-node-2", &text);
    assert!(out.contains("reason=\"File exists\"") && exit == Exit::Code(108), "{out} {exit:?}");
    let (out, _) = bench.ask("ha-node-1", &["cibadmin", "-Q", "-o", "constraints"]);
    assert!(out.contains("<date_expression id=\"hatui-move-batch-until\" operation=\"lt\""), "{out}");
    let gone = "<rsc_location id=\"hatui-move-batch\"/>";
    let (_, exit) = bench.ask("ha-node-1", &["cibadmin", "--delete", "--scope", "constraints", "--xml-text", gone]);
    assert_eq!(exit, Exit::Code(0));
    bench.wait(3000);
    assert!(bench.mon("ha-node-1").contains("batch\t(systemd:batch):\t Started ha-node-1"));
}

#[test]
fn an_expired_lease_has_no_effect() {
    let mut bench = Bench::new("three-nodes", 1);
    create(&mut bench, "ha-node-2", &lease("batch", "ha-node-1", "", "2001-01-01 00:00:00Z"));
    bench.wait(15_000);
    assert!(bench.mon("ha-node-1").contains("batch\t(systemd:batch):\t Started ha-node-3"));
}

#[test]
fn the_promoted_role_moves_and_what_depends_on_it_follows() {
    let mut bench = Bench::new("two-nodes", 1);
    create(&mut bench, "ha-node-1", &lease("store-clone", "ha-node-2", " role=\"Promoted\"", UNTIL));
    bench.until("ha-node-1", "Promoted: [ ha-node-2 ]", 20);
    bench.until("ha-node-1", "web-app\t(systemd:nginx):\t Started ha-node-2", 20);
}

#[test]
fn what_the_preview_tells_is_what_happens() {
    for (scenario, words) in [
        ("two-nodes", vec!["crm_standby", "-N", "ha-node-1", "-v", "on"]),
        ("three-nodes", vec!["crm_standby", "-N", "ha-node-1", "-v", "on"]),
        ("three-nodes", vec!["crm_resource", "--ban", "-r", "db-clone", "-N", "ha-node-2", "--promoted"]),
        ("three-nodes", vec!["crm_resource", "-r", "nfs", "--meta", "-p", "target-role", "-v", "Stopped"]),
    ] {
        let mut bench = Bench::new(scenario, 1);
        let count = words.len().to_string();
        let mut argv =
            vec!["timeout", "20", "sh", "-c", "SCRIPT", "hatui-preview", "0123456789abcdef", "-", "try", &count];
        argv.extend(&words);
        argv.extend(["plan", "0"]);
        let (text, exit) = bench.ask("ha-node-2", &argv);
        assert_eq!(exit, Exit::Code(0), "{text}");
        assert!(text.contains("@hatui 0123456789abcdef bye why=done\n"), "{text}");
        assert!(text.contains("tried n=1 rc=0") && text.contains("plan n=2 how=simulate rc=0"), "{text}");
        let foretold = text.split("<revised_cluster_status>").nth(1).and_then(|rest| rest.split("<resources>").nth(1));
        let foretold = foretold.unwrap().split("</resources>").next().unwrap().to_owned();
        let before = bench.ask("ha-node-2", &["cibadmin", "-Q", "-n"]).0;
        assert!(before.contains("epoch=\"24\""), "the preview changed the cluster: {before}");
        bench.ask("ha-node-2", &words);
        bench.wait(40_000);
        let (text, _) = bench.ask("ha-node-2", &["crm_mon", "-1", "--output-as=xml", "-r"]);
        let real = text.split("<resources>").nth(1).unwrap().split("</resources>").next().unwrap();
        assert_eq!(placed(real), placed(&foretold), "{words:?}");
    }
}

/// Who runs where, in which role.
fn placed(resources: &str) -> Vec<String> {
    let (mut found, mut now) = (Vec::new(), String::new());
    for line in resources.lines().map(str::trim) {
        let value = |key: &str| line.split(&format!(" {key}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        if line.starts_with("<resource ") {
            now = format!("{} {}", value("id").unwrap(), value("role").unwrap());
        } else if line.starts_with("<node ") {
            found.push(format!("{now} {}", value("name").unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_preview_that_fails_says_so_and_leaves_the_rest() {
    let mut bench = Bench::new("two-nodes", 1);
    let argv = [
        "sh",
        "-c",
        "S",
        "hatui-preview",
        "0123456789abcdef",
        "-",
        "try",
        "5",
        "crm_standby",
        "-N",
        "nope",
        "-v",
        "on",
        "plan",
        "0",
    ];
    let (text, _) = bench.ask("ha-node-1", &argv);
    assert!(text.contains("tried n=1 rc=105") && text.contains("Could not map name=nope"), "{text}");
    assert!(text.ends_with("bye why=failed\n") && !text.contains("plan n="), "{text}");
    assert!(text.contains("<primitive id=\"web-ip\"") && !text.contains("password"), "{text}");
}

#[test]
fn a_node_that_is_to_fail_is_foretold_to_be_fenced() {
    let mut bench = Bench::new("two-nodes", 1);
    let argv = ["sh", "-c", "S", "hatui-preview", "0123456789abcdef", "-", "plan", "2", "--node-fail", "ha-node-1"];
    let (text, _) = bench.ask("ha-node-2", &argv);
    assert!(text.contains("<node_action task=\"Fence (reboot)\" node=\"ha-node-1\""), "{text}");
    assert!(
        text.contains("<rsc_action action=\"move\" resource=\"web-app\" source=\"ha-node-1\" dest=\"ha-node-2\"/>"),
        "{text}"
    );
}

#[test]
fn failures_are_cleaned_up_and_the_resource_may_return() {
    let mut bench = Bench::new("three-nodes", 1);
    for _ in 0..3 {
        bench.sim.inject(&Fault::FailResource { resource: "batch".to_owned() });
        bench.wait(25_000);
    }
    assert!(!bench.mon("ha-node-1").contains("batch\t(systemd:batch):\t Started ha-node-3"));
    let (out, exit) = bench.ask("ha-node-1", &["crm_resource", "--cleanup", "-r", "batch"]);
    assert!(out.starts_with("Cleaned up batch on ha-node-3\n") && exit == Exit::Code(0), "{out}");
    bench.wait(500);
    assert!(!bench.mon("ha-node-1").contains("Failed Resource Actions"));
    let (_, exit) = bench.ask("ha-node-1", &["crm_resource", "--cleanup", "-r", "nope"]);
    assert_eq!(exit, Exit::Code(105));
}

#[test]
fn fencing_that_is_asked_for_ends_when_the_node_is_off() {
    let mut bench = Bench::new("two-nodes", 1);
    let run =
        bench.start("ha-node-2", &["sudo", "-n", "/usr/sbin/stonith_admin", "--fence", "ha-node-1", "--timeout", "60"]);
    bench.wait(1000);
    assert_eq!(bench.exit(run), None);
    bench.wait(12_000);
    assert_eq!(bench.exit(run), Some(Exit::Code(0)));
    bench.until("ha-node-2", "OFFLINE: [ ha-node-1 ]", 20);
    assert!(!bench.sim.world.machines[0].powered);
    let (_, exit) = bench.ask("ha-node-2", &["stonith_admin", "--reboot", "nope"]);
    assert_eq!(exit, Exit::Code(105));
    let run = bench.start("ha-node-2", &["stonith_admin", "--unfence", "ha-node-1"]);
    bench.wait(60_000);
    assert_eq!(bench.exit(run), Some(Exit::Code(0)));
    bench.until("ha-node-2", "Online: [ ha-node-1 ha-node-2 ]", 20);
}

#[test]
fn fencing_with_a_broken_device_fails_and_can_be_confirmed_by_hand() {
    let mut bench = Bench::new("two-nodes", 1);
    bench.sim.inject(&Fault::BreakFencing { node: "ha-node-1".to_owned() });
    let run = bench.start("ha-node-2", &["stonith_admin", "--reboot", "ha-node-1"]);
    bench.wait(20_000);
    assert_eq!(bench.exit(run), Some(Exit::Code(1)));
    bench.sim.inject(&Fault::PowerOff { node: "ha-node-1".to_owned() });
    bench.until("ha-node-2", "UNCLEAN", 20);
    let (_, exit) = bench.ask("ha-node-2", &["stonith_admin", "--confirm", "ha-node-1"]);
    assert_eq!(exit, Exit::Code(0));
    bench.until("ha-node-2", "Promoted: [ ha-node-2 ]", 20);
}

#[test]
fn a_resource_that_does_not_stop_brings_its_node_down() {
    let mut bench = Bench::new("two-nodes", 1);
    bench.sim.inject(&Fault::StopFails { resource: "store-fs".to_owned() });
    bench.ask("ha-node-2", &["crm_standby", "-N", "ha-node-1", "-v", "on"]);
    bench.until("ha-node-2", "store-fs\t(ocf:heartbeat:Filesystem):\t Started ha-node-2", 60);
    assert!(bench.mon("ha-node-2").contains("web-app\t(systemd:nginx):"));
}

#[test]
fn drbd_refuses_what_would_hurt_and_does_the_rest() {
    let mut bench = Bench::new("two-nodes", 1);
    let ask = |bench: &mut Bench, node: &str, verb: &str| bench.ask(node, &["drbdadm", verb, "store"]).1;
    assert_eq!(ask(&mut bench, "ha-node-2", "primary"), Exit::Code(11));
    assert_eq!(ask(&mut bench, "ha-node-1", "secondary"), Exit::Code(11));
    assert_eq!(ask(&mut bench, "ha-node-1", "invalidate"), Exit::Code(17));
    assert_eq!(ask(&mut bench, "ha-node-2", "verify"), Exit::Code(0));
    bench.wait(4000);
    let look = |bench: &mut Bench, node: &str| bench.ask(node, &["drbdsetup", "events2", "--now", "--statistics"]).0;
    let text = look(&mut bench, "ha-node-2");
    assert!(
        text.contains("replication:VerifyS") && text.contains(" done:") && text.contains("disk:UpToDate"),
        "{text}"
    );
    bench.wait(300_000);
    assert!(look(&mut bench, "ha-node-2").contains("replication:Established"));
    assert_eq!(ask(&mut bench, "ha-node-2", "invalidate"), Exit::Code(0));
    bench.wait(3000);
    assert!(look(&mut bench, "ha-node-2").contains("replication:SyncTarget"));
    assert_eq!(ask(&mut bench, "ha-node-1", "pause-sync"), Exit::Code(0));
    bench.wait(1000);
    let paused = look(&mut bench, "ha-node-1");
    assert!(paused.contains("replication:PausedSyncS") && paused.contains("resync-suspended:user"), "{paused}");
    bench.wait(10_000);
    let missing = |text: &str| text.split("out-of-sync:").nth(1).map(|rest| rest.split(' ').next().unwrap().to_owned());
    assert_eq!(missing(&look(&mut bench, "ha-node-1")), missing(&paused));
    assert_eq!(ask(&mut bench, "ha-node-1", "resume-sync"), Exit::Code(0));
    bench.wait(300_000);
    assert!(look(&mut bench, "ha-node-1").contains("replication:Established peer-disk:UpToDate"));
    assert_eq!(ask(&mut bench, "ha-node-2", "disconnect"), Exit::Code(0));
    bench.wait(500);
    assert!(look(&mut bench, "ha-node-2").contains("connection:StandAlone"));
    assert_eq!(ask(&mut bench, "ha-node-2", "primary"), Exit::Code(17));
    assert_eq!(ask(&mut bench, "ha-node-2", "connect"), Exit::Code(0));
    bench.wait(60_000);
    assert!(look(&mut bench, "ha-node-2").contains("replication:Established peer-disk:UpToDate"));
}

#[test]
fn a_healthy_cluster_has_nothing_to_do() {
    for scenario in ["two-nodes", "three-nodes"] {
        let mut bench = Bench::new(scenario, 1);
        let cib = bench.ask("ha-node-1", &["cibadmin", "-Q"]).0;
        let simulated = policy::simulate(&cib, &[], true, bench.now.secs()).unwrap();
        assert!(simulated.out.contains("<actions/>"), "{}", simulated.out);
    }
}

#[test]
fn why_a_resource_does_not_run_is_told() {
    let mut bench = Bench::new("three-nodes", 1);
    let why = ["crm_resource", "--why", "-r", "nfs-ip", "--output-as=xml"];
    assert!(bench.ask("ha-node-1", &why).0.contains("<reason running=\"true\">\n    <check id=\"nfs\"/>"));
    bench.ask("ha-node-1", &["crm_resource", "-r", "nfs", "--meta", "-p", "target-role", "-v", "Stopped"]);
    bench.wait(15_000);
    let (text, _) = bench.ask("ha-node-1", &why);
    assert!(text.contains("<reason running=\"false\">\n    <check id=\"nfs\" remain_stopped=\"true\"/>"), "{text}");
    let (_, exit) = bench.ask("ha-node-1", &["crm_resource", "--why", "-r", "nope", "--output-as=xml"]);
    assert_eq!(exit, Exit::Code(105));
}
