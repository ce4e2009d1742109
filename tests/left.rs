//! What an action leaves behind when hatui is ended in the middle of it: the next session finds it, and takes it back.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test with files")]

#[path = "support/session.rs"]
mod played;

use std::path::{Path, PathBuf};
use std::time::Duration;

use hatui::action::{Intent, JournalEntry, Left};
use hatui::app::{App, Key, Overlay};
use hatui::model::{NodeName, ResourceId, Role, Text};
use hatui::runtime::state::State;

use played::{Session, stage};

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

fn runs(app: &App, id: &str, node: &str) -> bool {
    let mut runs = false;
    for item in &app.live().picture().status.as_ref().unwrap().resources {
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
    next.until("the offer", MINUTE, |app| !offers(app).is_empty()).await;
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
    next.until("the offer", MINUTE, |app| !offers(app).is_empty()).await;
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
    // `u` on the verdict takes it back.
    session.press(&[Key::Char('u')]);
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
