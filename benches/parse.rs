//! How fast documents of `crm_mon` and lines of `drbdsetup events2` are read, beside general readers of XML.
//!
//! First a summary by CPU time, all contenders in turns: its ratios are what counts. Then criterion, by wall clock.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads, prints and may end"
)]

#[path = "support/contenders.rs"]
mod contenders;
#[path = "support/crm_mon_serde.rs"]
mod crm_mon_serde;
#[path = "support/lines.rs"]
mod lines;
#[path = "support/measure.rs"]
mod measure;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use contenders::DOCUMENT;
use measure::{load, quantile, time};

const ROUNDS: usize = 400;
/// A reader by name; what it gives is a count of what it found.
type Contender = (&'static str, fn(&[u8]) -> usize);

const CONTENDERS: [Contender; 4] = [
    ("hatui, all typed facts", contenders::hatui),
    ("quick-xml + serde, the same facts", contenders::quick_xml_serde),
    ("roxmltree, a bare tree", contenders::roxmltree_dom),
    ("quick-xml, bare events and attributes", contenders::quick_xml_events),
];

fn documents(criterion: &mut Criterion) {
    let found = contenders::agree();
    println!("crm_mon document: {} bytes; instances, places, operations, failures: {found:?}", DOCUMENT.len());
    let mut times = vec![Vec::with_capacity(ROUNDS); CONTENDERS.len()];
    for _ in 0..ROUNDS {
        for ((_, read), times) in CONTENDERS.iter().zip(&mut times) {
            times.push(time(|| read(DOCUMENT)));
        }
    }
    println!("median CPU of {ROUNDS} rounds in turns, load {}:", load());
    let ours = times.first().cloned().unwrap_or_default();
    for ((name, _), times) in CONTENDERS.iter().zip(&times) {
        let ratios: Vec<f64> = times.iter().zip(&ours).map(|(theirs, ours)| theirs / ours).collect();
        let median = quantile(times, 0.5);
        let speed = DOCUMENT.len() as f64 / median / 1e6;
        println!(
            "  {name:38} {:6.3} ms {speed:5.0} MB/s, {:4.2} times hatui's time (p5 {:4.2}, p95 {:4.2})",
            median * 1e3,
            quantile(&ratios, 0.5),
            quantile(&ratios, 0.05),
            quantile(&ratios, 0.95)
        );
    }
    let mut group = criterion.benchmark_group("crm_mon document of 500 resources");
    group.throughput(Throughput::Bytes(DOCUMENT.len() as u64));
    for (name, read) in CONTENDERS {
        group.bench_function(name, |bencher| bencher.iter(|| read(DOCUMENT)));
    }
    group.finish();
}

fn events2(criterion: &mut Criterion) {
    let lines = lines::all();
    let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
    let times: Vec<f64> = (0..ROUNDS).map(|_| time(|| lines::read(&lines))).collect();
    let median = quantile(&times, 0.5);
    println!(
        "events2: {} lines of {} bytes on average: {:.2} M lines/s, {:.0} MB/s (median CPU, load {})",
        lines.len(),
        bytes / lines.len().max(1),
        lines.len() as f64 / median / 1e6,
        bytes as f64 / median / 1e6,
        load()
    );
    let mut group = criterion.benchmark_group("drbdsetup events2");
    group.throughput(Throughput::Elements(lines.len() as u64));
    group.bench_function("lines of a sync", |bencher| bencher.iter(|| lines::read(&lines)));
    group.finish();
}

criterion_group!(benches, documents, events2);
criterion_main!(benches);
