//! The commands of an action, copied from its page.

use hatui::action::{Danger, Intent, parse};
use hatui::app::{App, Effect, Event, Key, Stage};

use crate::real::{answered, app};

fn at_rest(words: &str) -> App {
    let mut app = app("moved-cli-prefer/node-1");
    let intent: Intent = parse(words, app.situation()).unwrap();
    let effects = app.intend(&intent);
    answered(&mut app, "moved-cli-prefer/node-1", &effects, &[("simulate", "standby"), ("simulate", "nothing-to-do")]);
    app
}

fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let now = app.now();
    app.update(Event::Key(key), now)
}

fn typed(app: &App) -> &str {
    app.acts().current().unwrap().typed.text()
}

#[test]
fn the_commands_are_copied_as_they_are_run() {
    let mut app = at_rest("node standby node-2");
    for key in [Key::Char('Y'), Key::Ctrl('y')] {
        let effects = press(&mut app, key);
        assert_eq!(effects, [Effect::Copy("crm_standby -N node-2 -v on".to_owned())]);
        assert!(app.screen().notice.as_deref().unwrap_or_default().contains("clipboard"));
    }
    assert!(matches!(app.acts().current().unwrap().stage, Stage::Ready { .. }), "nothing was confirmed");
}

#[test]
fn where_a_name_is_typed_a_letter_is_a_letter() {
    let mut app = at_rest("fence node-3");
    let Stage::Ready { plan, .. } = &app.acts().current().unwrap().stage else { panic!() };
    assert!(plan.confirmation.danger > Danger::Confirm);
    assert_eq!(press(&mut app, Key::Char('Y')), []);
    assert_eq!(typed(&app), "Y");
    assert!(
        matches!(press(&mut app, Key::Ctrl('y')).as_slice(), [Effect::Copy(text)] if text.starts_with("stonith_admin "))
    );
    assert_eq!(typed(&app), "Y");
}

#[test]
fn several_commands_stand_on_a_line_each() {
    let mut app = at_rest("resource restart slow");
    let effects = press(&mut app, Key::Ctrl('y'));
    let [Effect::Copy(text)] = effects.as_slice() else { panic!("{effects:?}") };
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() == 2 && lines.iter().all(|line| line.starts_with("crm_resource ")), "{text}");
    assert!(!text.ends_with('\n'), "what is pasted by mistake does not run by itself");
}

#[test]
fn nothing_is_copied_where_there_is_no_command() {
    let mut app = app("moved-cli-prefer/node-1");
    let intent = parse("node online node-2", app.situation()).unwrap();
    app.intend(&intent);
    assert_eq!(press(&mut app, Key::Char('Y')), []);
    assert_eq!(app.screen().notice.as_deref(), Some("there is no command to copy"));
}
