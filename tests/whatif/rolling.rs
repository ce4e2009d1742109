//! Rolling maintenance, by keys, with the cluster doing what it is told.

use std::sync::Arc;

use hatui::action::rolling::{Phase, Rolling, StopState};
use hatui::app::{App, Effect, Event, Key, Overlay, Source};
use hatui::model::{Item, PacemakerStatus, Seen};
use hatui::wire::Stamp;

use crate::asked::{answer_all, run_of};
use crate::situations::{Situation, named};

const THREE: &str = "three nodes, all well";

fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let now = app.now();
    app.update(Event::Key(key), now)
}

fn type_words(app: &mut App, words: &str) -> Vec<Effect> {
    press(app, Key::Char(':'));
    for c in words.chars() {
        press(app, Key::Char(c));
    }
    press(app, Key::Enter)
}

fn phase(app: &App) -> &Phase {
    app.rolling().expect("a maintenance").phase()
}

/// A cluster that hears what is done to it.
struct Stage {
    situation: Situation,
    app: App,
}

impl Stage {
    fn new(start: &str) -> Self {
        let situation = named(start);
        let app = situation.app();
        Self { situation, app }
    }

    /// The nodes tell another status from now on; answers to questions come at once.
    fn tell(&mut self, change: impl Fn(&mut PacemakerStatus)) {
        let mut status = (**self.situation.cluster.picture().status.as_ref().expect("a status")).clone();
        change(&mut status);
        self.hear([Seen::Pacemaker(Arc::new(status))]);
    }

    fn hear(&mut self, seen: impl IntoIterator<Item = Seen>) {
        // The clock never goes back, and whoever speaks is heard.
        self.situation.now = self.situation.now.max(self.app.now());
        let beats = hatui::model::Feed::ALL.map(Seen::Beat);
        let names: Vec<String> = self.situation.cluster.views().keys().map(ToString::to_string).collect();
        for seen in beats.into_iter().chain(seen) {
            for name in &names {
                self.situation.hear(name, [seen.clone()]);
            }
        }
        // The app hears it as well: by the cluster that it is given.
        let app = std::mem::replace(&mut self.app, App::new(Source::Real, None, &[], Stamp::default()));
        self.app = app.with_cluster(self.situation.cluster.clone());
        self.tick();
    }

    fn tick(&mut self) {
        let now = self.app.now();
        let effects = self.app.update(Event::Tick, now);
        if run_of(&effects).is_some() {
            answer_all(&mut self.app, effects);
        }
    }
}

fn standby(status: &mut PacemakerStatus, node: &str, on: bool) {
    for member in status.members.iter_mut().filter(|member| member.name.as_str() == node) {
        member.standby = Some(on);
    }
}

fn leave(status: &mut PacemakerStatus, node: &str) {
    let stop = |primitive: &mut hatui::model::Primitive| primitive.on.retain(|on| on.as_str() != node);
    for item in &mut status.resources {
        match item {
            Item::Primitive(primitive) => stop(primitive),
            Item::Group(group) => group.members.iter_mut().for_each(stop),
            Item::Clone(set) => {
                for instance in &mut set.instances {
                    if let Item::Primitive(primitive) = instance {
                        stop(primitive);
                    }
                }
            }
            Item::Bundle(_) => {}
        }
    }
}

#[test]
fn one_node_after_the_other_the_dc_last() {
    let mut stage = Stage::new(THREE);
    let before = (**stage.situation.cluster.picture().status.as_ref().unwrap()).clone();
    let effects = type_words(&mut stage.app, "rolling");
    assert_eq!(*phase(&stage.app), Phase::Checking);
    let asked = answer_all(&mut stage.app, effects);
    assert!(asked[1].contains(&"crm_standby".to_owned()), "{asked:?}");
    let order: Vec<&str> = stage.app.rolling().unwrap().stops().iter().map(|stop| stop.node.as_str()).collect();
    assert_eq!(order, ["ha-node-2", "ha-node-3", "ha-node-1"], "ha-node-1 is the DC");
    assert!(matches!(phase(&stage.app), Phase::Ready(_)));
    for node in ["ha-node-2", "ha-node-3", "ha-node-1"] {
        assert!(matches!(phase(&stage.app), Phase::Ready(_)), "{node}: {:?}", phase(&stage.app));
        // Enter goes the normal way of an action: planned, previewed, and confirmed by whoever sits there.
        let effects = press(&mut stage.app, Key::Enter);
        assert!(matches!(stage.app.screen().overlays.last(), Some(Overlay::Action { .. })));
        let (_, words) = run_of(&effects).expect("a preview");
        assert!(words.contains(&node.to_owned()), "{words:?}");
        assert_eq!(*phase(&stage.app), Phase::Leaving);
        // Somebody else is as good: what counts is what the cluster says.
        stage.tell(|status| standby(status, node, true));
        assert_eq!(*phase(&stage.app), Phase::Leaving, "not idle yet");
        stage.tell(|status| leave(status, node));
        assert_eq!(*phase(&stage.app), Phase::Work);
        press(&mut stage.app, Key::Esc);
        // Left and come back to.
        press(&mut stage.app, Key::Esc);
        type_words(&mut stage.app, "rolling");
        assert_eq!(*phase(&stage.app), Phase::Work);
        // Not before it is a member again.
        stage.tell(|status| {
            status.members.iter_mut().filter(|member| member.name.as_str() == node).for_each(|member| {
                member.online = Some(false);
            });
        });
        press(&mut stage.app, Key::Enter);
        assert_eq!(*phase(&stage.app), Phase::Work);
        assert!(stage.app.screen().notice.as_ref().is_some_and(|words| words.contains("member again")));
        stage.tell(|status| {
            status.members.iter_mut().filter(|member| member.name.as_str() == node).for_each(|member| {
                member.online = Some(true);
            });
        });
        press(&mut stage.app, Key::Enter);
        assert_eq!(*phase(&stage.app), Phase::Returning);
        stage.tell(|status| *status = before.clone());
        press(&mut stage.app, Key::Esc);
        stage.tick();
    }
    assert_eq!(*phase(&stage.app), Phase::Done);
    assert!(stage.app.rolling().unwrap().stops().iter().all(|stop| stop.state == StopState::Done));
}

#[test]
fn what_does_not_leave_a_node_is_told_with_its_reason() {
    let mut stage = Stage::new(THREE);
    let effects = type_words(&mut stage.app, "rolling");
    answer_all(&mut stage.app, effects);
    press(&mut stage.app, Key::Enter);
    press(&mut stage.app, Key::Esc);
    let first = |status: &mut PacemakerStatus, change: &dyn Fn(&mut hatui::model::Primitive)| {
        let fence = status.resources.iter_mut().find_map(|item| match item {
            Item::Primitive(primitive) if primitive.on.iter().any(|on| on.as_str() == "ha-node-2") => Some(primitive),
            _ => None,
        });
        change(fence.expect("a resource there"));
    };
    stage.tell(|status| {
        standby(status, "ha-node-2", true);
        first(status, &|one| one.blocked = Some(true));
    });
    assert_eq!(*phase(&stage.app), Phase::Leaving);
    let words = shown(&stage.app);
    assert!(words.contains("still runs there: blocked"), "{words}");
    // What the cluster does not manage is no reason to wait, and is told while the operator works there.
    stage.tell(|status| {
        let kept = status.resources.clone();
        leave(status, "ha-node-2");
        for (item, before) in status.resources.iter_mut().zip(kept) {
            if matches!(&before, Item::Primitive(one) if one.blocked == Some(true)) {
                *item = before;
            }
        }
        first(status, &|one| {
            one.blocked = None;
            one.managed = Some(false);
        });
    });
    assert_eq!(*phase(&stage.app), Phase::Work);
    let words = shown(&stage.app);
    assert!(words.contains("still runs there: not managed"), "{words}");
}

/// The page on top, as words.
fn shown(app: &App) -> String {
    let page = hatui::app::page(app, &Overlay::Rolling { scroll: 0 }, 100).expect("a page");
    let text = |line: &hatui::app::Line| line.0.iter().map(|(_, text)| text.as_str()).collect::<String>() + "\n";
    page.lines.iter().map(text).collect()
}

#[test]
fn an_action_that_is_not_confirmed_leads_back_to_the_question() {
    let mut stage = Stage::new(THREE);
    let effects = type_words(&mut stage.app, "rolling");
    answer_all(&mut stage.app, effects);
    press(&mut stage.app, Key::Enter);
    press(&mut stage.app, Key::Esc);
    assert!(matches!(stage.app.screen().overlays.last(), Some(Overlay::Rolling { .. })));
    stage.tick();
    assert!(matches!(phase(&stage.app), Phase::Ready(_)), "asked anew: {:?}", phase(&stage.app));
}

#[test]
fn whoever_puts_the_node_in_standby_the_sequence_goes_on_from_there() {
    let mut stage = Stage::new(THREE);
    let effects = type_words(&mut stage.app, "rolling");
    answer_all(&mut stage.app, effects);
    assert!(matches!(phase(&stage.app), Phase::Ready(_)), "{:?}", phase(&stage.app));
    stage.tell(|status| standby(status, "ha-node-2", true));
    assert_eq!(*phase(&stage.app), Phase::Leaving);
    press(&mut stage.app, Key::Char('n'));
    let words = stage.app.screen().notice.clone().unwrap_or_default();
    assert!(words.contains("it is in standby already"), "it is not left out in standby: {words}");
}

#[test]
fn what_is_not_safe_does_not_go_on_but_can_be_left_out_or_asked_again() {
    let mut stage = Stage::new("a resync with the time");
    let effects = type_words(&mut stage.app, "rolling");
    answer_all(&mut stage.app, effects);
    // ha-node-2 is the target, and may go with a word of warning; the source, ha-node-1, may not.
    let first = stage.app.rolling().unwrap().node().unwrap().clone();
    if matches!(phase(&stage.app), Phase::Ready(_)) {
        let effects = press(&mut stage.app, Key::Char('n'));
        answer_all(&mut stage.app, effects);
    }
    assert_ne!(stage.app.rolling().unwrap().node(), Some(&first));
    assert!(matches!(phase(&stage.app), Phase::Held(_)), "{:?}", phase(&stage.app));
    let effects = press(&mut stage.app, Key::Enter);
    assert!(run_of(&effects).is_some(), "asked again, nothing planned");
    answer_all(&mut stage.app, effects);
    assert!(matches!(phase(&stage.app), Phase::Held(_)));
    press(&mut stage.app, Key::Char('n'));
    assert_eq!(*phase(&stage.app), Phase::Done);
}

#[test]
fn given_up_it_says_what_is_left_and_brings_it_back() {
    let mut stage = Stage::new(THREE);
    let effects = type_words(&mut stage.app, "rolling");
    answer_all(&mut stage.app, effects);
    press(&mut stage.app, Key::Enter);
    stage.tell(|status| standby(status, "ha-node-2", true));
    stage.tell(|status| leave(status, "ha-node-2"));
    press(&mut stage.app, Key::Esc);
    assert_eq!(*phase(&stage.app), Phase::Work);
    press(&mut stage.app, Key::Char('x'));
    assert_eq!(*phase(&stage.app), Phase::Aborted(Some("ha-node-2".into())));
    let effects = press(&mut stage.app, Key::Enter);
    assert!(run_of(&effects).is_some(), "the end of the standby is planned");
    stage.tell(|status| standby(status, "ha-node-2", false));
    assert_eq!(*phase(&stage.app), Phase::Aborted(None));
    assert!(stage.app.rolling().is_some_and(Rolling::is_over));
}

#[test]
fn a_node_is_waited_for_until_its_copies_are_whole() {
    let mut stage = Stage::new("two nodes with DRBD 9, all well");
    let effects = type_words(&mut stage.app, "rolling");
    answer_all(&mut stage.app, effects);
    press(&mut stage.app, Key::Enter);
    stage.tell(|status| standby(status, "ha-node-2", true));
    stage.tell(|status| leave(status, "ha-node-2"));
    assert_eq!(*phase(&stage.app), Phase::Work);
    // It comes back while its copy is fetched.
    let resync = named("a resync with the time");
    let status = resync.cluster.picture().status.clone().unwrap();
    stage.situation = resync;
    stage.hear([Seen::Pacemaker(status)]);
    let Phase::Settling(missing) = phase(&stage.app) else { panic!("{:?}", phase(&stage.app)) };
    assert!(missing.iter().any(|words| words.contains("its copy of store is Inconsistent")), "{missing:?}");
    stage.situation = named("two nodes with DRBD 9, all well");
    let status = stage.situation.cluster.picture().status.clone().unwrap();
    stage.hear([Seen::Pacemaker(status)]);
    assert_eq!(stage.app.rolling().unwrap().node().unwrap().as_str(), "ha-node-1", "the next: {:?}", phase(&stage.app));
}

#[test]
fn a_cluster_that_is_read_only_has_none_of_it() {
    let situation = named(THREE);
    let mut app = situation.app().read_only(true);
    press(&mut app, Key::Char('R'));
    assert!(app.rolling().is_none() && app.screen().notice.is_some());
    // Questions change nothing.
    let effects = press(&mut app, Key::Char('W'));
    assert!(run_of(&effects).is_some());
}
