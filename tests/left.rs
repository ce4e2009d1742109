//! What an action leaves behind when hatui is ended in the middle of it: the next session finds it, and takes it back.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test with files")]

#[path = "support/session.rs"]
mod played;

use std::path::{Path, PathBuf};
use std::time::Duration;

use hatui::action::{Intent, JournalEntry, Left};
use hatui::app::{App, Event, Key, Overlay};
use hatui::model::{NodeName, ResourceId, Role, Text};
use hatui::runtime::state::State;

use played::{Session, has_stood, stage};

const MINUTE: Duration = Duration::from_mins(1);

/// A folder for what is kept, away when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("hatui-left-{name}-{}", std::process::id())))
    }

    fn state(&self) -> State {
        State::within(&self.0, "night", "desk").unwrap()
    }

    fn journal(&self) -> String {
        std::fs::read_to_string(self.0.join("journal.jsonl")).unwrap_or_default()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn web() -> ResourceId {
    ResourceId::new("web")
}

/// Previews and confirms what is wanted, without waiting for what comes of it.
async fn begin(session: &mut Session, intent: &Intent) {
    for effect in session.app.intend(intent) {
        session.perform(effect);
    }
    session.confirm(&intent.title()).await;
}

fn leases(app: &App) -> Vec<String> {
    let views = app.live().views().values();
    let told = views.filter_map(|view| view.locations.as_ref()).flat_map(|told| &told.value);
    told.map(|location| location.id.to_string()).filter(|id| id.starts_with("hatui-move-")).collect()
}

fn offers(app: &App) -> Vec<String> {
    let offers = app.screen().overlays.iter().find_map(|overlay| match overlay {
        Overlay::Choose { title, offers, .. } if title.starts_with("left behind") => Some(offers),
        _ => None,
    });
    offers.into_iter().flatten().map(|offer| offer.words.clone()).collect()
}

/// Waits for the offer to take something back, until it takes a key.
async fn offered(session: &mut Session) {
    session.until("the offer", MINUTE, |app| !offers(app).is_empty()).await;
    session.press(&[Key::Char('1'), Key::Enter]);
    assert_eq!(offers(&session.app).len(), 1, "a key that was meant for something else");
    let stands = |app: &App| app.screen().popped.is_none_or(|popped| app.now().since(popped) >= Duration::from_secs(1));
    session.until("an offer that stands", MINUTE, stands).await;
}

fn runs(app: &App, id: &str, node: &str) -> bool {
    let mut runs = false;
    for item in app.live().picture().status.iter().flat_map(|status| &status.resources) {
        item.each_primitive(&mut |one| runs |= one.id.as_str() == id && one.on.contains(&NodeName::new(node)));
    }
    runs
}

fn target(app: &App, id: &str) -> Option<Role> {
    let mut target = None;
    for item in &app.live().picture().status.as_ref().unwrap().resources {
        item.each_primitive(&mut |primitive| {
            if primitive.id.as_str() == id {
                target.clone_from(&primitive.target);
            }
        });
    }
    target
}

#[tokio::test(start_paused = true)]
async fn a_move_that_was_cut_off_is_taken_back() {
    let folder = Folder::new("move");
    let mut session = Session::start("two-nodes").await;
    session.state = folder.state();
    begin(&mut session, &Intent::Move { resource: web(), to: NodeName::new("ha-node-2"), keep: false }).await;
    // What is moved has left its node: so the constraint is there.
    session.until("web under way", MINUTE, |app| !runs(app, "web-app", "ha-node-1")).await;
    assert!(folder.journal().contains("\"nodes\":[\"ha-node-1\",\"ha-node-2\"]"), "{}", folder.journal());
    let mut next = session.killed_and_started(folder.state());
    // Not all is told at once; nothing is lost by that.
    offered(&mut next).await;
    assert_eq!(offers(&next.app), ["remove hatui-move-web"]);
    next.press(&[Key::Enter]);
    next.carry_out("its removal").await;
    next.until("no constraint", MINUTE, |app| leases(app).is_empty()).await;
    assert_eq!(folder.journal(), "", "what was taken back is forgotten");
    let mut last = next.killed_and_started(folder.state());
    last.until_heard().await;
    assert!(offers(&last.app).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_restart_that_was_cut_off_gets_the_target_role_of_before() {
    let folder = Folder::new("restart");
    let mut session = Session::start("two-nodes").await;
    session.state = folder.state();
    begin(&mut session, &Intent::Restart(web())).await;
    session.until("web told to stop", MINUTE, |app| target(app, "web-ip") == Some(Role::Stopped)).await;
    // As if it had been told to be started before.
    let journal = folder.journal();
    let entry: JournalEntry = serde_json::from_str(journal.trim()).unwrap();
    let told = Left::TargetRole { resource: web(), before: Some(Text::new("Started")) };
    let told = JournalEntry::new((&entry.cluster, entry.nodes.clone()), &entry.title, entry.at, &told);
    folder.state().forget(&entry).unwrap();
    folder.state().remember(&told).unwrap();
    let mut next = session.killed_and_started(folder.state());
    offered(&mut next).await;
    assert_eq!(offers(&next.app), ["let web run again"]);
    next.press(&[Key::Enter]);
    next.carry_out("putting it back").await;
    assert_eq!(target(&next.app, "web-ip"), Some(Role::Started));
    assert_eq!(folder.journal(), "");
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_by_itself_is_forgotten_and_what_is_of_another_cluster_is_kept() {
    let folder = Folder::new("others");
    let left = Left::Constraint { id: Text::new("hatui-move-web") };
    let ours = JournalEntry::new(("test", vec!["ha-node-1".to_owned()]), "move web", 1, &left);
    let same_name = JournalEntry::new(("test", vec!["db-1".to_owned()]), "move web", 2, &left);
    let other = JournalEntry::new(("other", vec!["ha-node-1".to_owned()]), "move web", 3, &left);
    let runs = Left::TargetRole { resource: web(), before: None };
    let runs = JournalEntry::new(("test", vec!["ha-node-1".to_owned()]), "restart web", 4, &runs);
    for entry in [&ours, &same_name, &other, &runs] {
        folder.state().remember(entry).unwrap();
    }
    let session = Session::start("two-nodes").await;
    let mut next = session.killed_and_started(folder.state());
    next.until_heard().await;
    next.until("what is gone forgotten", MINUTE, |_| folder.journal().lines().count() == 2).await;
    assert!(offers(&next.app).is_empty());
    let kept: Vec<JournalEntry> = folder.journal().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(kept, [same_name, other]);
}

/// Begins a restart of web, and waits until its resources are told to stop.
async fn restarting(folder: &Folder) -> Session {
    let mut session = Session::start("two-nodes").await;
    session.state = folder.state();
    begin(&mut session, &Intent::Restart(web())).await;
    session.until("web told to stop", MINUTE, |app| target(app, "web-ip") == Some(Role::Stopped)).await;
    session
}

#[tokio::test(start_paused = true)]
async fn who_leaves_in_the_middle_is_asked_once_more_and_then_what_was_left_is_taken_back() {
    for key in [Key::Char('q'), Key::Ctrl('c')] {
        let folder = Folder::new("leave");
        let mut session = restarting(&folder).await;
        // Its page is left: the action goes on.
        session.press(&[Key::Esc]);
        assert!(session.app.aside().is_some_and(|aside| aside.words.starts_with("until web is stopped")));
        session.press(&[key]);
        assert!(!session.quit, "asked once more");
        let notice = session.app.screen().notice.clone().unwrap_or_default();
        assert!(notice.starts_with("this is not over: once more cancels it"), "{notice}");
        // Any other key, and it goes on; it is asked again.
        session.press(&[Key::Esc, key]);
        assert!(!session.quit, "it was not said twice in a row");
        session.press(&[key]);
        session.until_quit(Duration::from_secs(9)).await;
        let parting = session.app.parting();
        assert!(parting.len() == 1 && parting[0].starts_with("restart web: cancelled"), "{parting:?}");
        assert_eq!(folder.journal(), "", "it was taken back");
        let mut next = session.killed_and_started(folder.state());
        next.until("web running", MINUTE, |app| runs(app, "web-app", "ha-node-1")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_signal_takes_back_what_it_can_within_seconds() {
    let folder = Folder::new("signal");
    let mut session = restarting(&folder).await;
    session.take(Event::Terminate);
    session.take(Event::Terminate);
    assert!(!session.quit, "a second signal changes nothing: a terminal that goes away sends several");
    session.until_quit(Duration::from_secs(9)).await;
    assert_eq!(folder.journal(), "");
    // Where no node answers any more, it says what is left and how to take it back, and leaves.
    let mut session = restarting(&folder).await;
    while session.demo.faults().iter().any(|offer| offer.words.starts_with("freeze")) {
        session.demo.inject('z').unwrap();
    }
    session.take(Event::Terminate);
    session.until_quit(Duration::from_secs(12)).await;
    let parting = session.app.parting().join("\n");
    assert!(parting.contains("restart web: left in the middle"), "{parting}");
    assert!(parting.contains("by hand: crm_resource -r web --meta -d target-role"), "{parting}");
    assert_eq!(folder.journal().lines().count(), 1);
    let audit = std::fs::read_to_string(folder.0.join("audit.jsonl")).unwrap();
    assert!(audit.lines().all(|line| line.contains("\"title\":\"restart web\"")), "{audit}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_down_is_not_run() {
    let folder = Folder::new("full");
    let mut session = Session::start("two-nodes").await;
    session.state = folder.state();
    std::fs::create_dir(folder.0.join("journal.jsonl")).unwrap();
    for effect in session.app.intend(&Intent::Restart(web())) {
        session.perform(effect);
    }
    session.carry_out_until_over("the restart").await;
    let Some(hatui::app::Stage::Over { verdict, .. }) = stage(&session.app) else { panic!("not over") };
    assert_eq!(verdict.outcome, hatui::action::Outcome::NotDone);
    let notes = verdict.notes.join("\n");
    assert!(notes.contains("the journal in ") && notes.contains("nothing was changed"), "{notes}");
    assert_eq!(target(&session.app, "web-ip"), None);
}

#[tokio::test(start_paused = true)]
async fn what_a_session_that_lives_is_about_is_not_offered() {
    let folder = Folder::new("two");
    let session = restarting(&folder).await;
    let mut other = Session::on(session.demo.clone(), session.clock, folder.state());
    other.until_heard().await;
    assert!(offers(&other.app).is_empty());
    assert_eq!(folder.journal().lines().count(), 1, "nor forgotten");
}

/// A program that was told to end in the middle: its exit code, and what it said.
fn interrupted(signal: &str) -> (Option<i32>, String) {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};
    let mut program = Command::new(env!("CARGO_BIN_EXE_hatui"))
        .args(["run", "--demo", "two-nodes", "--yes", "resource restart web"])
        .env("HOME", std::env::temp_dir())
        .env("LC_ALL", "C.UTF-8")
        .env_remove("HATUI_CONFIG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut errors = BufReader::new(program.stderr.take().unwrap());
    while !said.contains("until web is stopped") {
        assert!(errors.read_line(&mut said).unwrap() > 0, "it ended: {said}");
    }
    let status = Command::new("kill").args([signal, &program.id().to_string()]).status().unwrap();
    assert!(status.success());
    errors.read_to_string(&mut said).unwrap();
    program.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    (program.wait().unwrap().code(), said)
}

#[test]
fn a_script_that_is_interrupted_takes_back_what_it_left() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let (code, said) = interrupted(signal);
        assert!(said.contains("interrupted: it is cancelled"), "{signal}: {said}");
        assert!(said.contains("what was left behind was taken back"), "{signal}: {said}");
        assert_eq!(code, Some(i32::from(hatui::action::Outcome::Cancelled.exit_code())), "{signal}: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_demotion_lasts_until_it_is_taken_back() {
    let mut session = Session::start("two-nodes").await;
    let store = ResourceId::new("store-clone");
    let promoted = |app: &App| {
        let mut promoted = false;
        for item in &app.live().picture().status.as_ref().unwrap().resources {
            item.each_primitive(&mut |primitive| promoted |= primitive.role == Role::Promoted);
        }
        promoted
    };
    begin(&mut session, &Intent::Demote(store.clone())).await;
    let over = |app: &App| matches!(stage(app), Some(hatui::app::Stage::Over { .. }));
    session.until("the verdict", 5 * MINUTE, over).await;
    assert!(!promoted(&session.app));
    // Whoever left the running action just as it ended has not lost the verdict.
    session.press(&[Key::Esc]);
    assert!(over(&session.app) && session.app.screen().overlays.is_empty(), "{:?}", session.app.screen().overlays);
    session.until("a verdict that stands", MINUTE, has_stood).await;
    // `u` on it takes it back.
    session.press(&[Key::Char('a'), Key::Char('u')]);
    session.carry_out("its undoing").await;
    session.until("a promoted copy", MINUTE, promoted).await;
}

#[test]
fn a_folder_of_another_user_is_an_error() {
    let folder = Folder::new("file");
    std::fs::write(&folder.0, "").unwrap();
    assert!(State::within(Path::new(&folder.0), "night", "desk").is_err());
    std::fs::remove_file(&folder.0).unwrap();
}
