//! Takes the terminal, and always gives it back: on quit, error, panic and signals.

use std::io::{self, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;

/// Whether the terminal is ours now: giving it back twice must do nothing.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, for as long as this lives.
#[derive(Debug)]
pub struct Guard {
    /// What is drawn on.
    pub terminal: Terminal<CrosstermBackend<Stdout>>,
    mouse: bool,
}

impl Guard {
    /// Takes the terminal.
    pub fn take(mouse: bool) -> io::Result<Self> {
        enter(mouse)?;
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout())).inspect_err(|_| give_back())?;
        Ok(Self { terminal, mouse })
    }

    /// Gives the terminal back, stops like any job of the shell, and takes it again when continued.
    pub fn suspend(&mut self) -> io::Result<()> {
        give_back();
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
        enter(self.mouse)?;
        self.clear()
    }

    /// Puts text into the terminal's clipboard.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(super::clipboard::sequence(text).as_bytes())?;
        out.flush()
    }

    /// Clears the terminal; the next frame draws everything anew.
    pub fn clear(&mut self) -> io::Result<()> {
        // `Terminal::clear` would ask the terminal where its cursor is, and fail where none answers.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    execute!(out, EnterAlternateScreen, Hide).inspect_err(|_| give_back())?;
    if mouse {
        execute!(out, EnableMouseCapture).inspect_err(|_| give_back())?;
    }
    Ok(())
}

/// Gives the terminal back, if it was taken. Errors are of no use to anybody here.
pub fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ = execute!(out, DisableMouseCapture, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
        let _ = out.flush();
    }
}

/// Installs the report of panics: on the thread that draws it gives the terminal back and reports; on any other the
/// screen goes on, and `tell` is told.
pub fn install_panic_hook(tell: impl Fn(String) + Send + Sync + 'static) -> color_eyre::Result<()> {
    let (panic_hook, eyre_hook) = color_eyre::config::HookBuilder::default().display_env_section(false).into_hooks();
    eyre_hook.install()?;
    let drawing = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == drawing {
            give_back();
            let report = panic_hook.panic_report(info).to_string();
            let _ = writeln!(io::stderr(), "{report}");
        } else {
            tell(info.to_string());
        }
    }));
    Ok(())
}
