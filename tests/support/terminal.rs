//! A real terminal for the real binary: a pty, and a screen that is waited for.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// A program on a terminal. Dropping it ends the program.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    pub(crate) child: Box<dyn Child + Send + Sync>,
    shared: Arc<(Mutex<Shown>, Condvar)>,
}

struct Shown {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    /// When bytes came, and how many there were then.
    arrivals: Vec<(Instant, usize)>,
    ended: bool,
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

impl Terminal {
    /// Starts `program` on a terminal of this size, with an environment of the test's own.
    pub(crate) fn start(program: &[&str], columns: u16, rows: u16, environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program[0]);
        command.args(&program[1..]);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        for name in ["NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "HATUI_CONFIG", "XDG_RUNTIME_DIR"] {
            command.env_remove(name);
        }
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("RUST_BACKTRACE", "0")] {
            command.env(name, value);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(cells(rows), cells(columns), 0);
        let shown = Shown { parser, bytes: Vec::new(), arrivals: Vec::new(), ended: false };
        let shared = Arc::new((Mutex::new(shown), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let told = Arc::clone(&shared);
        thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            loop {
                let length = reader.read(&mut buffer).unwrap_or(0);
                let mut shown = told.0.lock().unwrap_or_else(PoisonError::into_inner);
                shown.parser.process(&buffer[..length]);
                shown.bytes.extend_from_slice(&buffer[..length]);
                let so_far = shown.bytes.len();
                shown.arrivals.push((Instant::now(), so_far));
                shown.ended = length == 0;
                told.1.notify_all();
                if length == 0 {
                    return;
                }
            }
        });
        Self { master: pair.master, writer, child, shared }
    }

    /// What is on the screen, line by line.
    pub(crate) fn screen(&self) -> String {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner).parser.screen().contents()
    }

    /// Every byte so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner).bytes.clone()
    }

    /// When bytes came, and how many there were then.
    pub(crate) fn arrivals(&self) -> Vec<(Instant, usize)> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner).arrivals.clone()
    }

    /// Looks at the screen as it is now.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.shared.0.lock().unwrap_or_else(PoisonError::into_inner).parser.screen())
    }

    /// Types.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let mut shown = self.shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.parser.screen_mut().set_size(cells(rows), cells(columns));
        drop(shown);
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Waits until the screen is as wanted; says what it waited for, and what it saw, when it is not in time.
    pub(crate) fn wait(&self, what: &str, limit: Duration, wanted: impl Fn(&str) -> bool) -> Duration {
        self.wait_raw(what, limit, |parser, _, _| wanted(&parser.screen().contents()))
    }

    /// Waits until what came up by itself takes a key: until the clock of the header has shown two other seconds.
    pub(crate) fn moment(&self) {
        let clock =
            |screen: &str| screen.lines().next().and_then(|line| line.split_whitespace().last()).map(str::to_owned);
        for _ in 0..2 {
            let before = clock(&self.screen());
            self.wait("another second", Duration::from_secs(15), |screen| clock(screen) != before);
        }
    }

    /// Waits for a text on the screen.
    pub(crate) fn wait_for(&self, text: &str, seconds: u64) -> Duration {
        self.wait(text, Duration::from_secs(seconds), |screen| screen.contains(text))
    }

    /// Waits until the program has ended and the terminal is as it was: no alternate screen, the cursor shown.
    pub(crate) fn wait_given_back(&mut self, seconds: u64) -> u32 {
        self.wait_raw("the end, and the terminal given back", Duration::from_secs(seconds), |parser, ended, _| {
            ended && !parser.screen().alternate_screen() && !parser.screen().hide_cursor()
        });
        self.child.wait().unwrap().exit_code()
    }

    /// Waits for anything that can be seen of the terminal: its state, whether its program has ended, every byte so far.
    pub(crate) fn wait_raw(
        &self,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&vt100::Parser, bool, &[u8]) -> bool,
    ) -> Duration {
        let start = Instant::now();
        let mut shown = self.shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if wanted(&shown.parser, shown.ended, &shown.bytes) {
                return start.elapsed();
            }
            let left = limit.saturating_sub(start.elapsed());
            assert!(
                !left.is_zero(),
                "waited {limit:?} for: {what}\nthe screen was:\n{}",
                shown.parser.screen().contents()
            );
            shown = self.shared.1.wait_timeout(shown, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }
}

impl Drop for Terminal {
    /// A test that fails shows the screen, wherever it failed.
    #[expect(clippy::print_stderr, reason = "what a failed test saw")]
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the screen was:\n{}", self.screen());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
