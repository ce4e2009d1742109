//! Keys in, and what the screen shows or what is asked of the runtime: one line each.

#![expect(clippy::expect_used, reason = "a situation that is not as it should be ends the test")]

#[path = "screens/paint.rs"]
#[expect(dead_code, reason = "shared with the golden screens")]
mod paint;
#[path = "screens/scenes.rs"]
#[expect(dead_code, reason = "shared with the golden screens")]
mod scenes;
#[path = "support/situations.rs"]
mod situations;

use std::sync::Arc;
use std::time::Duration;

use hatui::app::{App, Effect, Event, Key, Overlay, Subject};
use hatui::model::{Cluster, Contact, Seen};
use hatui::ui::{Look, Symbols, Theme};
use hatui::wire::NodeKey;
use paint::{painted, words};
use scenes::{demo, scene};
use situations::named;

const LOOK: Look = Look { theme: Theme::NoColor, symbols: Symbols::Ascii, clock: 0 };
const LOST: &str = "a lost node is UNCLEAN";
const WELL: &str = "two nodes with DRBD 9, all well";
const SPLIT: &str = "a split that both";

/// Keys as they are written here: `<enter>` and the like by name, everything else as it stands.
fn keys(written: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = written;
    while let Some(first) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            keys.push(match name {
                "enter" => Key::Enter,
                "esc" => Key::Esc,
                "tab" => Key::Tab,
                "backtab" => Key::BackTab,
                "back" => Key::Backspace,
                "up" => Key::Up,
                "down" => Key::Down,
                "left" => Key::Left,
                "right" => Key::Right,
                "pgdn" => Key::PageDown,
                "pgup" => Key::PageUp,
                "c-c" => Key::Ctrl('c'),
                "c-l" => Key::Ctrl('l'),
                "c-z" => Key::Ctrl('z'),
                "c-u" => Key::Ctrl('u'),
                other => panic!("no key is called {other}"),
            });
            rest = after;
        } else {
            keys.push(Key::Char(first));
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    keys
}

/// What a row expects.
#[expect(clippy::large_enum_variant, reason = "a table of constants")]
enum Then {
    /// The screen shows it, blanks taken together.
    Shows(&'static str),
    /// The screen does not show it.
    Hides(&'static str),
    /// The last key asks for exactly this.
    Asks(Effect),
}
use Then::{Asks, Hides, Shows};

const TABLE: &[(&str, &str, Then)] = &[
    // Looking.
    (WELL, "", Shows(">1 Nodes")),
    (WELL, "?", Shows("show details of what is selected")),
    (WELL, "?<esc>", Shows(">1 Nodes")),
    (WELL, "?q", Shows(">1 Nodes")),
    (WELL, "<enter>", Shows("node ha-node-1")),
    (WELL, "j<enter>", Shows("node ha-node-2")),
    (WELL, "<down><enter>", Shows("node ha-node-2")),
    (WELL, "jk<enter>", Shows("node ha-node-1")),
    (WELL, "2j<enter>", Shows("resource fence-ha-node-2")),
    (WELL, "w", Shows("nothing differs")),
    (SPLIT, "w", Shows("7 facts differ")),
    (SPLIT, "wd", Hides("CIB version")),
    (SPLIT, "wdd", Shows("CIB version")),
    (WELL, "e", Shows("nothing has happened since hatui started")),
    (LOST, "e", Shows("ha-node-1 UNCLEAN (offline)")),
    (WELL, "@", Shows("hatui ran no command yet")),
    (WELL, "y", Shows("no node has said anything yet")),
    (WELL, "P", Shows("FROZEN")),
    (WELL, "PP", Hides("FROZEN")),
    // Moving.
    (WELL, "2", Shows(">2 Resources")),
    (WELL, "3", Shows(">3 Replication")),
    (WELL, "4", Shows(">4 Quorum & links")),
    (WELL, "5", Shows(">5 Events")),
    (WELL, "6", Shows(">6 Findings")),
    (WELL, "<tab>", Shows(">2 Resources")),
    (WELL, "<tab><backtab>", Shows(">1 Nodes")),
    (WELL, "<backtab><tab>", Shows(">1 Nodes")),
    (WELL, "?2", Shows(">2 Resources")),
    (WELL, "2z", Hides("Nodes")),
    (WELL, "2zz", Shows("1 Nodes")),
    (WELL, "2z<esc>", Shows("1 Nodes")),
    (WELL, "2jjh", Hides("* web-ip")),
    (WELL, "2jjhl", Shows("* web-ip")),
    (WELL, "2jjjh<enter>", Shows("resource web =")),
    (WELL, "2G<enter>", Shows("resource store")),
    (WELL, "2Gg<enter>", Shows("resource fence-ha-node-1")),
    (WELL, "2<pgdn><pgup><enter>", Shows("resource fence-ha-node-1")),
    // Filtering.
    (WELL, "/web", Hides("fence-ha-node-1 Started")),
    (WELL, "/web<enter>", Shows("web-ip Started")),
    (WELL, "/WEB-I<enter>", Hides("web-fs")),
    (WELL, "/web<esc>", Shows("fence-ha-node-1 Started")),
    (WELL, "/web<enter><esc>", Shows("fence-ha-node-1 Started")),
    (WELL, "/webx<back><enter>", Shows("web-ip Started")),
    (WELL, "/no-such-thing<enter>", Shows("nothing here contains \"no-such-thing\"")),
    (WELL, "/web<c-u><enter>", Shows("fence-ha-node-1 Started")),
    (LOST, "e/left<enter>", Shows("1 event, newest first, only what contains \"left\"")),
    (LOST, "e/left<enter>", Hides("disconnected")),
    (WELL, "w/quorate", Hides("CIB version")),
    (WELL, "w/no-such-thing", Shows("nothing here contains \"no-such-thing\"")),
    (WELL, "?/web", Hides("show details of what is selected")),
    (WELL, "1/dc<enter>", Hides("* ha-node-2 online")),
    (WELL, "2/promotable<enter>", Shows("store-clone")),
    (WELL, "3/connected<enter>", Shows("Connected")),
    (LOST, "1/connection lost<enter>", Hides("* ha-node-2 online")),
    (WELL, "2jj<enter>h<esc>", Shows("* web-ip")),
    (WELL, "ez<esc>", Shows("1 Nodes")),
    (WELL, "e<tab>", Shows(">2 Resources")),
    (WELL, "n", Shows("no filter: / sets one")),
    (WELL, "2/web-<enter>n<enter>", Shows("resource web-fs")),
    (WELL, "2/web-<enter>nn<enter>", Shows("resource web-ip")),
    (WELL, "2/web-<enter>N<enter>", Shows("resource web-ip")),
    // The palette.
    (WELL, ":fen", Shows("show fence-ha-node-1")),
    (WELL, ":fen<down><enter>", Shows("resource fence-ha-node-2")),
    (WELL, ":replication stor", Shows("nothing is called so")),
    (WELL, ":show web-ip<enter>", Shows("part of web")),
    (WELL, ":truth<enter>", Shows("nothing differs")),
    (WELL, ":crm status<enter>", Shows(">1 Nodes")),
    (WELL, ":pcs quorum status<enter>", Shows(">4 Quorum & links")),
    (WELL, ":xyzzy<enter>", Shows("`xyzzy` is no command")),
    (WELL, ":q<esc>", Shows(">1 Nodes")),
    (WELL, ":quit<enter>", Asks(Effect::Quit)),
    // The demo's faults.
    (LOST, "!", Shows("Break or mend the simulated cluster")),
    (LOST, "!k", Asks(Effect::Inject('k'))),
    (LOST, "!h", Asks(Effect::Inject('h'))),
    (LOST, "!?", Shows("`?` breaks nothing here")),
    (LOST, "!<esc>", Hides("Break or mend")),
    (LOST, "!q", Hides("Break or mend")),
    // Each action key.
    (WELL, "f", Shows("standby ha-node-1")),
    (WELL, "2jjf", Shows("move web to ha-node-2")),
    (WELL, "jp", Shows("store-clone to ha-node-2")),
    (WELL, "F", Shows("turn ha-node-1 off")),
    (WELL, "s", Shows("standby ha-node-1")),
    (WELL, "m", Shows("maintenance of the whole cluster")),
    (WELL, "2jjm", Shows("maintenance of web")),
    (WELL, "c", Shows("clean up ha-node-1")),
    (WELL, "2jjt", Shows("restart web")),
    (WELL, "2t", Shows("stop fence-ha-node-1")),
    (WELL, "u", Shows("nothing to be done here")),
    ("constraints that moves left behind", "u", Shows("remove cli-ban-web-on-ha-node-2")),
    ("constraints that moves left behind", "u", Shows("remove them all")),
    ("a move of hatui's was cut off", "u", Shows("remove hatui-move-web")),
    ("a move of hatui's is under way", "u", Shows("nothing to be done here")),
    (WELL, "3d", Shows("disconnect store on ha-node-1")),
    (WELL, "d", Shows("nothing to be done here")),
    (WELL, "a", Shows("no action is on its way")),
    (WELL, "U", Shows("nothing is left behind")),
    (WELL, "m<esc>", Hides("maintenance of the whole cluster")),
    (WELL, "mq", Hides("maintenance of the whole cluster")),
    (WELL, "s<esc>", Shows(">1 Nodes")),
    // What an action key is about: one thing is what is under the cursor, several are what is marked.
    (WELL, "F", Shows("reboot ha-node-1")),
    (WELL, " F", Shows("reboot ha-node-2")),
    (WELL, "  F", Hides("reboot ha-node-1")),
    (WELL, " s", Shows("standby ha-node-1")),
    (WELL, "  s", Shows("standby ha-node-1, ha-node-2")),
    (WELL, "  f", Shows("standby ha-node-1, ha-node-2")),
    (WELL, "  m", Shows("maintenance, 2 marked")),
    (WELL, "m", Hides("marked")),
    (WELL, "  <enter>F", Shows("reboot ha-node-2")),
    (WELL, "  <enter>s", Hides("standby ha-node-1, ha-node-2")),
    (WELL, "2 t", Shows("stop fence-ha-node-2")),
    (WELL, "j<enter>F", Shows("reboot ha-node-2")),
    (WELL, "es", Shows("what it would act on is out of sight")),
    (WELL, "wF", Shows("what it would act on is out of sight")),
    (WELL, "?t", Shows("what it would act on is out of sight")),
    (WELL, "bF", Shows("what it would act on is out of sight")),
    (WELL, "WF", Shows("reboot ha-node-1")),
    (WELL, "WjF", Shows("reboot ha-node-2")),
    (WELL, "jWF", Shows("reboot ha-node-1")),
    (WELL, "W<enter>F", Shows("reboot ha-node-1")),
    (WELL, "WGF", Shows("what it would act on is out of sight")),
    (WELL, "?:fence-node<enter>", Shows("what it would act on is out of sight")),
    // The program.
    (WELL, "q", Asks(Effect::Quit)),
    (WELL, "<c-c>", Asks(Effect::Quit)),
    (WELL, "?<c-c>", Asks(Effect::Quit)),
    (WELL, ":fen<c-c>", Asks(Effect::Quit)),
    (WELL, "<c-l>", Asks(Effect::Redraw)),
    (WELL, "<c-z>", Asks(Effect::Suspend)),
];

/// The screen after the keys, blanks taken together, and what the last key asked for.
fn after(app: &mut App, pressed: &str) -> (String, Vec<Effect>) {
    let mut effects = Vec::new();
    for key in keys(pressed) {
        let now = app.now();
        effects = app.update(Event::Key(key), now);
    }
    let screen = words(&painted(app, LOOK, 120, 40));
    (screen.split_whitespace().collect::<Vec<_>>().join(" "), effects)
}

#[test]
fn each_key_does_what_the_table_says() {
    let mut wrong = Vec::new();
    for (start, pressed, then) in TABLE {
        let (screen, effects) = after(&mut demo(start), pressed);
        let (right, wanted) = match then {
            Shows(text) => (screen.contains(text), format!("shows `{text}`")),
            Hides(text) => (!screen.contains(text), format!("does not show `{text}`")),
            Asks(effect) => (effects == [effect.clone()], format!("asks for {effect:?}")),
        };
        if !right {
            wrong.push(format!(
                "{start:?}, keys {pressed:?}: wanted: {wanted}; asked for {effects:?}; shown:\n{screen}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), TABLE.len(), wrong.join("\n"));
}

#[test]
fn nothing_is_broken_outside_the_demo() {
    let (screen, effects) = after(&mut scene(WELL), "!k");
    assert!(effects.is_empty() && !screen.contains("Break or mend"), "{screen}");
    let (screen, _) = after(&mut scene(WELL), "!");
    assert!(screen.contains("nothing is broken on purpose outside the demo"), "{screen}");
}

#[test]
fn a_frozen_picture_stays_while_the_cluster_moves_on() {
    let mut app = demo(WELL);
    let (before, _) = after(&mut app, "P");
    let later = app.now() + core::time::Duration::from_secs(20);
    app.update(Event::Tick, later);
    let (screen, _) = after(&mut app, "");
    assert!(before.contains("HEALTHY") && screen.contains("HEALTHY"), "{screen}");
    let (screen, _) = after(&mut app, "P");
    assert!(!screen.contains("HEALTHY"), "{screen}");
}

/// The cluster of a situation without its first resource.
fn without_the_first(start: &str) -> Cluster {
    let mut situation = named(start);
    let mut status = situation.cluster.picture().status.as_deref().expect("a status").clone();
    status.resources.remove(0);
    for node in ["ha-node-1", "ha-node-2"] {
        situation.hear(node, [Seen::Pacemaker(Arc::new(status.clone()))]);
    }
    situation.cluster
}

#[test]
fn a_page_that_is_open_means_what_it_shows_when_the_tree_moves() {
    let moved = without_the_first(WELL);
    for (opened, key, shown) in [
        ("2jj<enter>", "f", "move web to ha-node-2"),
        ("2jj<enter>", "t", "restart web"),
        ("2jj<enter>", "m", "maintenance of web"),
        ("2G<enter>", "m", "maintenance of store-clone"),
        ("2<enter>", "t", "fence-ha-node-1 is not there any more"),
        ("2<enter>", "m", "fence-ha-node-1 is not there any more"),
    ] {
        let mut app = scene(WELL);
        after(&mut app, opened);
        let mut app = app.with_cluster(moved.clone());
        let (screen, effects) = after(&mut app, key);
        assert!(screen.contains(shown), "{opened} {key}: {shown}\n{screen}");
        assert!(!shown.contains("any more") || effects.is_empty(), "{effects:?}");
    }
}

#[test]
fn what_is_over_makes_a_key_mean_nothing_else() {
    let start = "constraints that moves left behind";
    let mut situation = named(start);
    let (locations, witness) = {
        let view = situation.cluster.witness().expect("a witness");
        (view.locations.as_ref().expect("locations").value.clone(), "ha-node-1")
    };
    assert!(locations.len() > 1, "{locations:?}");
    let mut app = scene(start);
    let (page, _) = after(&mut app, "6<enter>");
    let gone = locations.iter().find(|location| page.contains(location.id.as_str())).expect("one of them").id.clone();
    for node in [witness, "ha-node-2", "ha-node-3"] {
        let rest = locations.iter().filter(|location| location.id != gone).cloned().collect();
        if situation.cluster.views().keys().any(|key| key.as_str() == node) {
            situation.hear(node, [Seen::Locations(rest)]);
        }
    }
    let mut app = app.with_cluster(situation.cluster);
    let (screen, effects) = after(&mut app, "u");
    assert!(screen.contains("is not there any more: nothing to be done") && effects.is_empty(), "{screen}");
}

#[test]
fn what_is_about_the_whole_cluster_is_chosen_even_if_nothing_else_is_offered() {
    let mut app = scene(WELL);
    let (screen, effects) = after(&mut app, "4m");
    assert!(screen.contains("maintenance of the whole cluster") && effects.is_empty(), "{effects:?}\n{screen}");
    assert!(matches!(app.screen().overlays.last(), Some(Overlay::Choose { .. })), "{:?}", app.screen().overlays);
}

#[test]
fn on_a_picture_that_stands_still_an_action_key_lets_it_go_on_first() {
    let mut app = scene(WELL);
    let (screen, effects) = after(&mut app, "Ps");
    assert!(screen.contains("the picture stood still") && effects.is_empty(), "{screen}");
    let (screen, _) = after(&mut app, "s");
    assert!(screen.contains("standby ha-node-1"), "{screen}");
}

#[test]
fn a_row_that_changed_under_the_cursor_is_acted_on_once_it_can_have_been_seen() {
    let mut app = scene(LOST);
    // What it is called by the filter changes: the row goes.
    after(&mut app, "1/connection lost<enter>");
    assert_eq!(app.selected(), Some(Subject::Node("ha-node-1".into())));
    let now = app.now();
    app.update(Event::Contact(NodeKey::new("ha-node-1"), Contact::Connected), now);
    assert_eq!(app.selected(), None);
    let (screen, effects) = after(&mut app, "m");
    assert!(screen.contains("the row under the cursor has just changed") && effects.is_empty(), "{screen}");
    let (screen, _) = after(&mut app, " ");
    assert!(screen.contains("the row under the cursor has just changed"), "{screen}");
    app.update(Event::Tick, now + Duration::from_secs(1));
    let (screen, _) = after(&mut app, "m");
    assert!(!screen.contains("the row under the cursor has just changed"), "{screen}");
}

#[test]
fn a_box_that_came_up_by_itself_is_read_before_a_key_closes_it() {
    let mut app = scene(WELL);
    let now = app.now();
    after(&mut app, ":sh");
    app.update(Event::Failed("the audit cannot be written: no space".into()), now);
    for pressed in ["o", "1", "<enter>", "q", "<esc>"] {
        let (screen, _) = after(&mut app, pressed);
        assert!(screen.contains("no space"), "{pressed}: {screen}");
    }
    app.update(Event::Tick, now + Duration::from_secs(1));
    let (screen, _) = after(&mut app, "1");
    assert!(screen.contains("no space"), "only by a key that means it: {screen}");
    // Another comes: each is read.
    app.update(Event::Failed("the times cannot be kept".into()), now + Duration::from_secs(1));
    app.update(Event::Tick, now + Duration::from_secs(2));
    let (screen, _) = after(&mut app, "<enter>");
    assert!(!screen.contains("cannot be kept") && screen.contains("no space"), "{screen}");
    let (screen, _) = after(&mut app, "<enter>");
    assert!(!screen.contains("no space"), "{screen}");
    assert!(screen.contains(": sh "), "what was being typed goes on: {screen}");
}
