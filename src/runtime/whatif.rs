//! `hatui what-if`: questions that change nothing, for scripts.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use tokio::time::interval;

use super::clock::instant;
use super::interrupts::Interrupts;
use super::script::Script;
use crate::action::whatif::{self, Outlook, Question};
use crate::app::{App, Asked, Event};
use crate::cli::WhatIf;
use crate::error::UserError;
use crate::model::{NodeName, ResourceId};

/// How long all questions together may take.
const LONGEST: Duration = Duration::from_hours(1);

/// What the words of the command line ask.
///
/// # Errors
///
/// What is wrong with them.
pub fn questions(app: &App, what: WhatIf, names: &[String]) -> Result<(Asked, Vec<Question>), UserError> {
    let situation = app.situation();
    let wrong = |words: String| UserError::usage(words, "`hatui status` shows what there is");
    let usage = |words: &str| UserError::usage(format!("hatui what-if {words}"), "see `hatui what-if --help`");
    let nodes: Vec<NodeName> = names.iter().map(|name| NodeName::new(name)).collect();
    let questions = match (what, names) {
        (WhatIf::NodeDown, [_, ..]) => vec![whatif::nodes_down(situation, &nodes).map_err(wrong)?],
        (WhatIf::NodeDown, []) => return Err(usage("node-down NODE…: name the nodes that are lost at once")),
        (WhatIf::LinkDown, [number]) => {
            let number = number.parse().map_err(|_| usage("link-down NUMBER: the number of a link, from 0"))?;
            vec![whatif::link_down(situation, number).map_err(wrong)?]
        }
        (WhatIf::LinkDown, _) => return Err(usage("link-down NUMBER: name one link")),
        (WhatIf::ResourceFail, [id, rest @ ..]) if rest.len() <= 1 => {
            let node = rest.first().map(|node| NodeName::new(node));
            whatif::failures(situation, &ResourceId::new(id), node.as_ref()).map_err(wrong)?
        }
        (WhatIf::ResourceFail, _) => return Err(usage("resource-fail RESOURCE [NODE]: name one resource")),
        (WhatIf::Matrix, []) => whatif::everything(situation),
        (WhatIf::Matrix, _) => return Err(usage("matrix takes no names")),
        (WhatIf::Reboot, []) => whatif::reboots(situation, None).map_err(wrong)?,
        (WhatIf::Reboot, [_]) => whatif::reboots(situation, nodes.first()).map_err(wrong)?,
        (WhatIf::Reboot, _) => return Err(usage("reboot [NODE]: name one node, or none for each")),
    };
    let asked = if what == WhatIf::Reboot { Asked::Reboots } else { Asked::Matrix };
    Ok((asked, questions))
}

impl Script {
    /// Asks these questions and waits for the answers, with the progress on standard error where that is a terminal.
    ///
    /// An interrupt asks no more, and waits for the answer that is out; a second one does not wait.
    ///
    /// # Errors
    ///
    /// Signals cannot be listened to.
    pub async fn inquire(&mut self, asked: Asked, questions: Vec<Question>) -> std::io::Result<Outlook> {
        let effects = self.app.inquire(asked, questions);
        self.perform(effects);
        let mut interrupts = Interrupts::listen()?;
        let mut tick = interval(Duration::from_millis(500));
        let deadline = instant() + LONGEST;
        let mut progress = Progress { shown: std::io::stderr().is_terminal(), told: String::new() };
        let mut stopped = false;
        while !self.app.inquiries().is_over(asked) && instant() < deadline {
            progress.tell(&self.app, asked);
            let stop = tokio::select! {
                _ = interrupts.next() => true,
                event = self.seen.recv() => match event {
                    Some(event) => { self.tell(event); false }
                    None => break,
                },
                _ = tick.tick() => { self.tell(Event::Tick); false }
            };
            if stop {
                if stopped {
                    break;
                }
                stopped = true;
                self.app.stop_inquiring(asked);
                progress.clear();
                let words = "hatui: cancelled; waiting for the answer that is out (once more leaves at once)";
                let _ = writeln!(std::io::stderr(), "{words}");
            }
        }
        progress.clear();
        let outlook = self.app.inquiries().of(asked).map(|inquiry| inquiry.matrix.outlook());
        Ok(outlook.unwrap_or(Outlook::Unknown))
    }
}

/// One line that is written over and over.
struct Progress {
    shown: bool,
    told: String,
}

impl Progress {
    fn tell(&mut self, app: &App, asked: Asked) {
        let Some(inquiry) = app.inquiries().of(asked).filter(|_| self.shown) else { return };
        let (done, of) = inquiry.matrix.progress();
        let asking = inquiry.matrix.asking().map_or_else(|| "what it does now".to_owned(), Question::title);
        let words = format!("{done} of {of} asked: {asking} …");
        if words != self.told {
            let short: String = words.chars().take(78).collect();
            let _ = write!(std::io::stderr(), "\r\x1b[K{short}");
            self.told = words;
        }
    }

    fn clear(&mut self) {
        if !self.told.is_empty() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
            self.told.clear();
        }
    }
}
