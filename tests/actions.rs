//! Acting on a real cluster, by keys: what hatui predicts is what happens, its verdict is true, and nothing is left behind.
//!
//! One cluster serves all scenes, one after the other; a scene that fails does not hide the others.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "a test with real processes")]

#[path = "actions/failures.rs"]
mod failures;
#[path = "actions/foresight.rs"]
mod foresight;
#[path = "actions/hand.rs"]
mod hand;
#[path = "cluster/lab.rs"]
#[expect(dead_code, reason = "shared with the scenes that only look")]
mod lab;
#[path = "actions/left.rs"]
mod left;
#[path = "actions/measure.rs"]
mod measure;
#[path = "actions/moves.rs"]
mod moves;
#[path = "actions/nodes.rs"]
mod nodes;
#[path = "actions/places.rs"]
mod places;
#[path = "actions/program.rs"]
mod program;
#[path = "cluster/scenes.rs"]
mod scenes;
#[path = "cluster/shown.rs"]
#[expect(dead_code, reason = "shared with the scenes that only look")]
mod shown;
#[path = "support/terminal.rs"]
#[expect(dead_code, reason = "shared with the tests of the demo")]
mod terminal;
#[path = "actions/trouble.rs"]
mod trouble;

use scenes::After::{AsBefore, Changed};
use scenes::Scene;

const SCENES: &[Scene] = &[
    ("failover of a group", AsBefore, moves::group),
    ("the promoted role goes to another node", AsBefore, moves::promoted_role),
    ("a node is fenced by its name, and by no other", Changed, nodes::fence),
    ("standby, and back", AsBefore, nodes::standby),
    ("maintenance of a node, a resource, the cluster", AsBefore, nodes::maintenance),
    ("clean up after a real failure", Changed, failures::cleanup),
    ("a move that a failing stop blocks", AsBefore, failures::stop_fails),
    ("the target of a move dies", Changed, trouble::target_dies),
    ("someone changes the configuration before it is confirmed", AsBefore, trouble::changed_meanwhile),
    ("the connection is lost in the middle of a command", Changed, trouble::connection_lost),
    ("the connection is lost, and the command did nothing", Changed, trouble::connection_lost_in_vain),
    ("hatui is killed in the middle of a move", AsBefore, trouble::killed),
    ("a node is lost, and all comes as the matrix foretold", Changed, foresight::node_lost),
    ("one turn of rolling maintenance", AsBefore, foresight::rolling),
    ("read-only: there are no actions", AsBefore, program::read_only),
    ("exit codes, and a plan changes nothing", AsBefore, program::exit_codes),
    ("a member of haclient acts, and a user who may sudo", Changed, program::without_root),
];

#[test]
fn acting_on_a_real_cluster() {
    scenes::play(SCENES, left::nothing, left::heal);
}

/// Figures for BENCHMARKS.md: by hand, on a machine that does nothing else.
#[test]
#[ignore = "measures, and takes minutes"]
fn acting_is_measured() {
    let measures: &[Scene] = &[
        ("how fast a preview is there", AsBefore, measure::previews),
        ("how right the stopwatch is", AsBefore, measure::stopwatch),
    ];
    scenes::play(measures, left::nothing, left::heal);
}
