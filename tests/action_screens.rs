//! Golden screens of an action from what is offered to what came of it, on the simulator in paused time.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "a test on the simulator")]

#[path = "screens/paint.rs"]
mod paint;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "shared with the tests of what is left behind")]
mod played;

use std::time::Duration;

use hatui::action::{Danger, Outcome};
use hatui::app::{App, Event, Key, Overlay, Stage};
use hatui::model::NodeState;
use hatui::ui::{Look, Symbols, Theme};
use paint::{golden, painted};
use played::{Session, has_stood, stage};

const MINUTE: Duration = Duration::from_mins(1);
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 30)];
const DARK: Look = Look { theme: Theme::Dark, symbols: Symbols::Unicode, clock: 0 };

/// The screen as it is, in both sizes.
fn shown(name: &str, session: &mut Session) {
    for (columns, rows) in SIZES {
        session.take(Event::Resize { columns, rows });
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            let golden = golden(&painted(&mut session.app, DARK, columns, rows));
            insta::assert_snapshot!(format!("action-{name}-{columns}x{rows}"), golden);
        });
    }
}

/// All have told what they have to tell.
async fn pass(session: &mut Session) {
    let then = session.app.now() + Duration::from_secs(10);
    session.until("ten seconds", MINUTE, |app| app.now() >= then).await;
}

fn keys(words: &str) -> Vec<Key> {
    words.chars().map(Key::Char).collect()
}

/// Types a command.
fn say(session: &mut Session, words: &str) {
    session.press(&[Key::Char(':')]);
    session.press(&keys(words));
    session.press(&[Key::Enter]);
}

async fn ready(session: &mut Session, words: &str, danger: Danger) {
    say(session, words);
    session.until("the preview", MINUTE, |app| matches!(stage(app), Some(Stage::Ready { .. }))).await;
    let Some(Stage::Ready { plan, .. }) = stage(&session.app) else { panic!("no plan") };
    assert_eq!(plan.confirmation.danger, danger, "{words}");
}

async fn over(session: &mut Session, outcome: &Outcome) {
    session.until("the verdict", 10 * MINUTE, |app| matches!(stage(app), Some(Stage::Over { .. }))).await;
    let Some(Stage::Over { verdict, .. }) = stage(&session.app) else { panic!("no verdict") };
    assert_eq!(verdict.outcome, *outcome, "{verdict:?}");
}

fn begun(app: &App) -> bool {
    matches!(stage(app), Some(Stage::Running { execution, .. }) if execution.has_begun())
}

#[tokio::test(start_paused = true)]
async fn a_move_from_what_is_offered_to_what_came_of_it() {
    let mut session = Session::start("two-nodes").await;
    pass(&mut session).await;
    session.press(&keys("m"));
    assert!(matches!(session.app.screen().overlays.last(), Some(Overlay::Choose { .. })));
    shown("choose", &mut session);
    session.press(&[Key::Esc]);
    say(&mut session, "resource move web ha-node-1");
    assert!(matches!(stage(&session.app), Some(Stage::Refused { .. })));
    shown("refused", &mut session);
    session.press(&[Key::Esc]);
    say(&mut session, "resource move web ha-node-2");
    assert!(matches!(stage(&session.app), Some(Stage::Previewing { .. })));
    shown("previewing", &mut session);
    session.press(&[Key::Esc]);
    ready(&mut session, "resource move web ha-node-2", Danger::Confirm).await;
    shown("ready-confirm", &mut session);
    session.press(&[Key::Tab, Key::Enter]);
    session.until("the first step", MINUTE, begun).await;
    shown("running", &mut session);
    over(&mut session, &Outcome::Done).await;
    shown("over-done", &mut session);
    session.press(&[Key::Esc, Key::Char('T')]);
    shown("times", &mut session);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_planned_once_nothing_stands_against_it_any_more() {
    let mut session = Session::start("two-nodes").await;
    pass(&mut session).await;
    session.demo.inject('k').unwrap();
    let fenced = |app: &App| app.live().picture().nodes.iter().any(|row| row.state == NodeState::Offline);
    session.until("the fenced node", MINUTE, fenced).await;
    say(&mut session, "resource move web ha-node-1");
    let Some(Stage::Refused { refusal, .. }) = stage(&session.app) else { panic!("it is not refused") };
    let offline = refusal.clone();
    assert_eq!(offline.reasons[0].words.as_str(), "ha-node-1 is offline");
    let other = |app: &App| !matches!(stage(app), Some(Stage::Refused { refusal, .. }) if *refusal == offline);
    session.until("another word", MINUTE, other).await;
    session.until("the preview", MINUTE, |app| matches!(stage(app), Some(Stage::Ready { .. }))).await;
    shown("ready-at-last", &mut session);
    // What is said of a plan that stands does not grow old.
    let fetched = |app: &App| {
        let Some(Stage::Ready { plan, .. }) = stage(app) else { return None };
        let mut words = plan.remarks.iter().map(|remark| remark.words.clone());
        words.find(|words| words.contains("is Inconsistent, a SyncTarget"))
    };
    session.until("a resync", MINUTE, |app| fetched(app).is_some()).await;
    let first = fetched(&session.app);
    let further = |app: &App| fetched(app).is_some() && fetched(app) != first;
    session.until("another percentage", MINUTE, further).await;
    // Whoever still wants to leave the page does no more than that, once it has stood for a moment.
    session.until("a page that stands", MINUTE, has_stood).await;
    session.press(&[Key::Enter]);
    assert!(stage(&session.app).is_none(), "it was left");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_not_the_one_asked_for_does_nothing() {
    let mut session = Session::start("two-nodes").await;
    pass(&mut session).await;
    ready(&mut session, "stonith fence ha-node-2", Danger::Name).await;
    shown("ready-name", &mut session);
    session.press(&keys("ha-node-1"));
    session.press(&[Key::Enter]);
    assert!(matches!(stage(&session.app), Some(Stage::Ready { .. })), "nothing is begun");
    assert!(session.app.screen().notice.as_deref().unwrap().contains("not the name"));
    shown("wrong-name", &mut session);
    session.press(&[Key::Backspace, Key::Char('2'), Key::Enter]);
    session.until("the first step", MINUTE, begun).await;
    assert!(matches!(stage(&session.app), Some(Stage::Running { .. })), "that was the name");
}

#[tokio::test(start_paused = true)]
async fn what_is_dangerous_twice_wants_a_name_and_a_statement() {
    let mut session = Session::start("two-nodes").await;
    pass(&mut session).await;
    // Its fence device is broken: nothing but a person can tell that it is off.
    session.demo.inject('1').unwrap();
    session.demo.inject('k').unwrap();
    let unclean = |app: &App| app.live().picture().nodes.iter().any(|row| row.state.is_unclean());
    session.until("an unclean node", MINUTE, unclean).await;
    pass(&mut session).await;
    ready(&mut session, "stonith confirm ha-node-1", Danger::Statement).await;
    shown("ready-statement", &mut session);
}

#[tokio::test(start_paused = true)]
async fn a_move_that_is_cancelled() {
    let mut session = Session::start("two-nodes").await;
    pass(&mut session).await;
    ready(&mut session, "resource move web ha-node-2", Danger::Confirm).await;
    session.press(&[Key::Tab, Key::Enter]);
    session.until("the first step", MINUTE, begun).await;
    session.press(&keys("x"));
    over(&mut session, &Outcome::Cancelled).await;
    shown("over-cancelled", &mut session);
}

#[tokio::test(start_paused = true)]
async fn a_move_in_the_middle_of_which_a_node_dies() {
    let mut session = Session::start("two-nodes").await;
    pass(&mut session).await;
    let moved = Danger::Confirm;
    ready(&mut session, "resource move web ha-node-2", moved).await;
    session.press(&[Key::Tab, Key::Enter]);
    over(&mut session, &Outcome::Done).await;
    session.press(&[Key::Esc]);
    pass(&mut session).await;
    ready(&mut session, "resource move web ha-node-1", moved).await;
    session.press(&[Key::Tab, Key::Enter]);
    session.until("the first step", MINUTE, begun).await;
    session.demo.inject('k').unwrap();
    over(&mut session, &Outcome::NotDone).await;
    shown("over-not-done", &mut session);
}
