//! The commands of an action, for the terminal's clipboard.

use super::Stage;
use crate::action::Danger;
use crate::app::{App, Effect, Key};
use crate::model::Text;

impl App {
    /// Whether a key asks for the commands. Where a name is typed, `Y` may be part of it.
    pub(super) fn asks_for_commands(&self, key: Key) -> bool {
        let typing = match self.acts().current().map(|current| &current.stage) {
            Some(Stage::Ready { plan, .. }) => !plan.refused() && plan.confirmation.danger > Danger::Confirm,
            _ => false,
        };
        key == Key::Ctrl('y') || (key == Key::Char('Y') && !typing)
    }

    /// The exact commands of the action, a line each, are handed to the terminal. The last has no end of line: what is pasted
    /// into a shell by mistake does not run by itself. What holds control characters is not handed over.
    pub(super) fn copy_commands(&mut self) -> Vec<Effect> {
        let plan = self.acts().current().and_then(|current| current.stage.plan());
        let commands: Vec<String> =
            plan.into_iter().flat_map(crate::action::Plan::commands).map(ToString::to_string).collect();
        if commands.is_empty() {
            self.screen.notice = Some("there is no command to copy".to_owned());
            return Vec::new();
        }
        if commands.iter().any(|command| Text::new(command).as_str() != command) {
            self.screen.notice = Some("not copied: there are control characters in it".to_owned());
            return Vec::new();
        }
        let what = if commands.len() == 1 { "the command".to_owned() } else { format!("{} commands", commands.len()) };
        self.screen.notice = Some(format!("{what} handed to the terminal's clipboard, if it takes that (OSC 52)"));
        vec![Effect::Copy(commands.join("\n"))]
    }
}
