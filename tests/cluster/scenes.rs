//! Scenes on one lab, one after the other: one that fails does not hide the others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::lab::{Lab, cannot};

/// What a scene leaves behind.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum After {
    /// The cluster as it was.
    AsBefore,
    /// Something to be mended.
    Changed,
}

/// Its name, what it leaves behind, and what is done.
pub(super) type Scene = (&'static str, After, fn(&Lab));

/// Plays all scenes whose name has the words of `HATUI_SCENE`; after each `look` has to find all in order.
pub(super) fn play(scenes: &[Scene], look: fn(&Lab), heal: fn(&Lab)) {
    if let Some(why) = cannot() {
        assert!(std::env::var_os("HATUI_REQUIRE_LAB").is_none(), "the lab is required here: {why}");
        eprintln!("{why}");
        return;
    }
    let began = Instant::now();
    let lab = Lab::up();
    let only = std::env::var("HATUI_SCENE").unwrap_or_default();
    let mut failed = Vec::new();
    for (name, after, scene) in scenes.iter().filter(|(name, ..)| name.contains(&only)) {
        let (start, before) = (Instant::now(), lab.started());
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            scene(&lab);
            look(&lab);
        }));
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        eprintln!("scene: {name} … {word} ({:.1} s)", start.elapsed().as_secs_f64());
        if outcome.is_err() {
            failed.push(*name);
            lab.tell(before);
        }
        if outcome.is_ok() && *after == After::AsBefore {
            continue;
        }
        let start = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| heal(&lab))).is_err() {
            lab.tell(lab.started());
            panic!("the cluster could not be healed after: {name}; scenes that failed: {failed:?}");
        }
        eprintln!("       healed in {:.1} s", start.elapsed().as_secs_f64());
    }
    eprintln!("all scenes: {:.0} s", began.elapsed().as_secs_f64());
    assert!(failed.is_empty(), "scenes that failed: {failed:?}");
}
