//! On the simulator, in paused time: rolling maintenance from the first node to the last, by keys; and the program itself.

use std::process::Command;
use std::time::Duration;

use hatui::action::rolling::{Phase, StopState};
use hatui::app::{App, Key};

use super::played::Session;

fn phase(app: &App) -> &Phase {
    app.rolling().expect("a maintenance").phase()
}

#[tokio::test(start_paused = true)]
async fn maintenance_rolls_over_a_simulated_cluster_with_its_resyncs() {
    let mut session = Session::start("two-nodes").await;
    let minute = Duration::from_mins(1);
    session.press(&[Key::Char('R')]);
    for _ in 0..2 {
        session.until("safe to take away", minute, |app| matches!(phase(app), Phase::Ready(_))).await;
        let node = session.app.rolling().unwrap().node().unwrap().clone();
        session.press(&[Key::Enter]);
        session.carry_out("the standby").await;
        session.until("the node idle", minute, |app| *phase(app) == Phase::Work).await;
        let runs = |app: &App| {
            let mut runs = false;
            for item in &app.live().picture().status.as_ref().unwrap().resources {
                item.each_primitive(&mut |primitive| runs |= primitive.on.contains(&node));
            }
            runs
        };
        assert!(!runs(&session.app), "{node} is idle");
        session.press(&[Key::Enter]);
        session.carry_out("the end of the standby").await;
        let turned = |app: &App| {
            let stops = app.rolling().unwrap().stops();
            stops.iter().any(|stop| stop.node == node && stop.state == StopState::Done)
        };
        session.until("the node whole again", 10 * minute, turned).await;
        let replicas = &session.app.live().picture().replicas;
        let volumes = replicas.iter().flat_map(|replica| &replica.volumes);
        assert!(volumes.into_iter().all(|volume| volume.up_to_date() == 2), "{replicas:?}");
    }
    assert_eq!(*phase(&session.app), Phase::Done);
}

#[tokio::test(start_paused = true)]
async fn what_was_marked_for_an_action_is_marked_no_longer_once_it_has_begun() {
    let mut session = Session::start("three-nodes").await;
    let marked = |session: &Session| session.app.screen().marked.len();
    session.press(&[Key::Char(' '), Key::Char('s'), Key::Esc]);
    assert_eq!(marked(&session), 1, "it was not begun");
    session.press(&[Key::Char('s')]);
    session.confirm("the standby").await;
    assert_eq!(marked(&session), 0);
}

fn what_if(words: &[&str]) -> (Option<i32>, String, String) {
    let home = std::env::temp_dir();
    let output = Command::new(env!("CARGO_BIN_EXE_hatui"))
        .arg("what-if")
        .args(words)
        .env("HOME", &home)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("HATUI_CONFIG")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_program_answers_with_an_exit_code() {
    let table: &[(&[&str], i32, &str)] = &[
        (&["matrix", "--demo", "two-nodes"], 0, "9 questions: 9 fine"),
        (&["matrix", "--demo", "three-nodes"], 2, "quorum is lost"),
        (&["node-down", "ha-node-1", "--demo", "two-nodes"], 0, "recovered on ha-node-2"),
        (&["node-down", "ha-node-1", "ha-node-2", "--demo", "three-nodes"], 2, "stays down"),
        (&["link-down", "0", "--demo", "two-nodes"], 0, "left with link 1 only"),
        (&["resource-fail", "web-ip", "--demo", "two-nodes"], 0, "web-ip recovers on ha-node-1"),
        (&["reboot", "ha-node-2", "--demo", "two-nodes"], 0, "ha-node-2: yes"),
        (&["node-down", "nobody", "--demo", "two-nodes"], 64, "there is no node nobody"),
        (&["node-down", "--demo", "two-nodes"], 64, "name the nodes"),
        (&["link-down", "x", "--demo", "two-nodes"], 64, "the number of a link"),
        (&["resource-fail", "web", "ha-node-2", "--demo", "two-nodes"], 64, "it cannot fail there"),
    ];
    for (words, code, told) in table {
        let (exit, out, err) = what_if(words);
        assert_eq!(exit, Some(*code), "{words:?}\n{out}{err}");
        assert!(out.contains(told) || err.contains(told), "{words:?}\n{out}{err}");
    }
    let (_, out, err) = what_if(&["reboot", "--json", "--demo", "two-nodes"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((told["simulated"].as_bool(), told["complete"].as_bool()), (Some(true), Some(true)));
    assert_eq!(err, "", "no progress where nobody looks");
}
