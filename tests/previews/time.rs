//! How long an action may take at most.

use std::time::Duration;

use hatui::action::Preview;
use hatui::model::ResourceId;

use crate::foreseen::told;
use crate::world::World;

fn budget(world: &World, stages: &str, timeouts: &[(&str, &str, u64)]) -> u64 {
    let mut previewed = told(stages, world);
    for (id, task, seconds) in timeouts {
        let configured = previewed.skeleton.resources.entry(ResourceId::new(id)).or_default();
        configured.timeouts.insert((*task).into(), Duration::from_secs(*seconds));
    }
    Preview::of(previewed).budget(world.situation()).unwrap().as_secs()
}

#[test]
fn a_restart_may_take_as_long_as_its_start_too() {
    let world = World::named("three nodes, all well");
    let slow = [("web-ip", "stop", 20), ("web-ip", "start", 300)];
    let stop = "stop web-ip ha-node-1";
    assert_eq!(budget(&world, stop, &slow), 20);
    assert_eq!(budget(&world, &format!("{stop} | start web-ip ha-node-1"), &slow), 320);
    // Where the second stage could not be asked, what stops is taken to start again; a promotion is 20 s by default.
    assert_eq!(budget(&world, &format!("only {stop} | only nothing"), &slow), 340);
}

#[test]
fn a_move_that_goes_back_takes_both_ways() {
    let world = World::named("three nodes, all well");
    let slow = [("web-ip", "stop", 10), ("web-ip", "start", 100)];
    assert_eq!(budget(&world, "move web-ip ha-node-1 ha-node-2 | nothing", &slow), 110);
    assert_eq!(budget(&world, "move web-ip ha-node-1 ha-node-2 | move web-ip ha-node-2 ha-node-1", &slow), 220);
}

#[test]
fn fencing_may_take_what_the_cluster_allows() {
    let mut world = World::named("three nodes, all well");
    assert_eq!(budget(&world, "fence ha-node-3", &[]), 60);
    world.happens("options = { stonith-timeout = \"5min\" }");
    assert_eq!(budget(&world, "fence ha-node-3", &[]), 300);
    world.happens("options = { stonith-timeout = \"10s\" }");
    assert_eq!(budget(&world, "fence ha-node-3", &[]), 60, "a minute at least");
}
