//! How often reading allocates: counted, not timed.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints and may end")]

#[path = "support/contenders.rs"]
mod contenders;
#[path = "support/crm_mon_serde.rs"]
mod crm_mon_serde;
#[path = "support/lines.rs"]
mod lines;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    type Contender = (&'static str, fn(&[u8]) -> usize);
    let contenders: [Contender; 4] = [
        ("hatui, all typed facts", contenders::hatui),
        ("quick-xml + serde, the same facts", contenders::quick_xml_serde),
        ("roxmltree, a bare tree", contenders::roxmltree_dom),
        ("quick-xml, bare events and attributes", contenders::quick_xml_events),
    ];
    contenders::agree();
    println!("allocations for a crm_mon document of {} bytes:", contenders::DOCUMENT.len());
    for (name, read) in contenders {
        let region = Region::new(ALLOCATOR);
        read(contenders::DOCUMENT);
        let seen = region.change();
        println!(
            "  {name:38} {:6} allocations, {:5} reallocations, {:8} bytes",
            seen.allocations, seen.reallocations, seen.bytes_allocated
        );
    }
    let lines = lines::all();
    let region = Region::new(ALLOCATOR);
    let read = lines::read(&lines);
    let seen = region.change();
    println!("events2: {} allocations for {read} lines", seen.allocations + seen.reallocations);
}
