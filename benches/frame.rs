//! What a frame and a document cost with 1,000 resources on a terminal of 200×60.
//!
//! First a summary by CPU time, then criterion, by wall clock.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads, prints and may end"
)]

#[path = "support/large.rs"]
mod large;
#[path = "support/measure.rs"]
mod measure;

use core::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use hatui::app::{App, Event, Key};
use hatui::ui::{self, Look};
use hatui::wire::Stamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use measure::{load, quantile, time};

const ROUNDS: u64 = 400;

fn start() -> Stamp {
    Stamp::from_secs(1_795_416_400)
}

fn tell(what: &str, times: &[f64]) {
    println!(
        "{what}: median {:.3} ms, p95 {:.3} ms of CPU ({} times, load {})",
        quantile(times, 0.5) * 1e3,
        quantile(times, 0.95) * 1e3,
        times.len(),
        load()
    );
}

fn draw(terminal: &mut Terminal<TestBackend>, app: &App) {
    let look = Look::default();
    terminal.draw(|frame| ui::draw(frame, app, &look)).expect("the test backend draws");
}

fn frames(criterion: &mut Criterion) {
    for (name, keys) in [("overview", ""), ("resources zoomed", "z"), ("nodes zoomed, with details", "1z")] {
        let mut app = large::app(200, 60, start());
        for key in keys.chars() {
            app.update(Event::Key(Key::Char(key)), start());
        }
        let mut terminal = Terminal::new(TestBackend::new(200, 60)).expect("a terminal");
        draw(&mut terminal, &app);
        if name == "resources zoomed" {
            let shown = terminal.backend().to_string();
            assert!(shown.contains("tenant-00"), "the resources are on the screen:\n{shown}");
        }
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            // A frame in which something differs: the selection moved, the clocks moved on.
            let now = start() + Duration::from_secs(round / 4);
            app.update(Event::Key(if round % 50 == 49 { Key::PageDown } else { Key::Down }), now);
            times.push(time(|| draw(&mut terminal, &app)));
        }
        tell(&format!("a frame of 200×60, 1,000 resources, {name}"), &times);
        criterion.bench_function(&format!("frame 200x60, 1,000 resources, {name}"), |bencher| {
            bencher.iter(|| draw(&mut terminal, &app));
        });
    }
}

fn updates(criterion: &mut Criterion) {
    let well = large::document();
    let ill = well.replacen("role=\"Started\" active=\"true\"", "role=\"Stopped\" active=\"false\"", 1);
    println!("a document of 1,000 resources has {} bytes", well.len());
    let mut app = large::app(200, 60, start());
    let mut round = 0_u64;
    let mut next = |app: &mut App| {
        round += 1;
        let document = if round.is_multiple_of(2) { &well } else { &ill };
        let event = large::said("db-north-1", "document rc=0 ms=250", document);
        let now = start() + Duration::from_millis(200 * round);
        time(|| app.update(event, now))
    };
    let times: Vec<f64> = (0..100).map(|_| next(&mut app)).collect();
    tell("App::update with a whole document of 1,000 resources, one of them changed", &times);
    let ticks: Vec<f64> = (0..ROUNDS)
        .map(|second| {
            let now = start() + Duration::from_secs(60 + second);
            time(|| app.update(Event::Tick, now))
        })
        .collect();
    tell("App::update with a tick", &ticks);
    criterion
        .bench_function("App::update, a whole document of 1,000 resources", |bencher| bencher.iter(|| next(&mut app)));
}

criterion_group!(benches, frames, updates);
criterion_main!(benches);
