//! The two lines at the top: the verdict and the worst that is known; then what an expert asks first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::scene::Scene;
use super::theme::Part;
use super::widgets::line::{fit, put, put_line, width};
use super::widgets::time;
use crate::app::{Line, Source, Tone};
use crate::model::{Dc, Feed, FenceStatus, Freshness, Primitive, Sight, headline};

/// Draws the header.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) {
    let first = Rect { height: 1, ..area };
    let second = Rect { y: area.y + 1, height: 1, ..area };
    verdict_line(buffer, first, scene);
    put_line(buffer, second, &facts(scene, usize::from(area.width)), scene);
}

/// Where the cluster is not real, not live, or not to be changed: in words, and how they are painted.
pub(super) fn banners(scene: &Scene<'_>, short: bool) -> Vec<(Part, String)> {
    let mut banners = Vec::new();
    if let Some(since) = scene.app.frozen_since() {
        let at = time::clock(since, scene.clock);
        let words = if short { format!(" FROZEN {at} ") } else { format!(" FROZEN since {at} ") };
        banners.push((Part::Frozen, words));
    }
    if scene.app.is_read_only() {
        banners.push((Part::Banner, " READ-ONLY ".to_owned()));
    }
    match scene.app.source() {
        Source::Real => {}
        Source::Simulated(_) => banners.push((Part::Banner, " SIMULATED ".to_owned())),
        Source::Recorded(_) if short => banners.push((Part::Banner, " REPLAY ".to_owned())),
        Source::Recorded(name) => {
            banners.push((Part::Banner, format!(" REPLAY {} ", fit(name, 24, scene.signs.cut))));
        }
    }
    banners
}

/// The name of the cluster: as it is called, or as its source is.
pub(super) fn name<'a>(scene: &Scene<'a>) -> &'a str {
    match (scene.app.title(), scene.app.source()) {
        (Some(title), _) => title,
        (None, Source::Simulated(name) | Source::Recorded(name)) => name,
        (None, Source::Real) => "cluster",
    }
}

fn verdict_line(buffer: &mut Buffer, area: Rect, scene: &Scene<'_>) {
    let short = area.width < 100;
    // Where room is short the moment that is shown is the only one told.
    let clock = match scene.app.frozen_since() {
        Some(_) if short => String::new(),
        _ => format!(" {} ", time::clock(scene.app.now(), scene.clock)),
    };
    let banners = banners(scene, short);
    let right: usize = width(&clock) + banners.iter().map(|(_, words)| width(words) + 1).sum::<usize>();
    let right = u16::try_from(right).unwrap_or(area.width).min(area.width);
    let left = Rect { width: area.width - right, ..area };
    let (tone, sign) = scene.verdict(scene.cluster.verdict());
    let word = scene.cluster.verdict().word();
    let name = fit(name(scene), usize::from(left.width) / 3, scene.signs.cut);
    let line = Line::of(Tone::Title, format!(" {name}  "))
        .and(if tone == Tone::Good { Tone::Good } else { tone }, format!("{sign} {word}  "))
        .and(Tone::Plain, headline(scene.cluster, scene.now).as_str());
    put_line(buffer, left, &line, scene);
    let mut rest = Rect { x: left.x + left.width, width: right, ..area };
    for (part, words) in banners {
        let took = put(buffer, rest, &words, scene.part(part), scene) + 1;
        rest = Rect { x: rest.x + took, width: rest.width.saturating_sub(took), ..rest };
    }
    put(buffer, rest, &clock, scene.tone(Tone::Plain), scene);
}

/// The facts of the second line, as many as fit, the least important left out first.
fn facts(scene: &Scene<'_>, room: usize) -> Line {
    // In the order in which they stand, each with how soon it is left out.
    let facts = [(quorum(scene), 0), (dc(scene), 3), (version(scene), 5), (fencing(scene), 1), (feeds(scene), 2)];
    let wide = |line: &Line| line.0.iter().map(|(_, text)| width(text)).sum::<usize>();
    for gap in [3, 2] {
        for most in (0..=5).rev() {
            let kept: Vec<&Line> =
                facts.iter().filter(|(fact, soon)| *soon <= most && !fact.0.is_empty()).map(|(fact, _)| fact).collect();
            let needed = 1 + kept.iter().map(|fact| wide(fact) + gap).sum::<usize>();
            if needed <= room + gap && (gap == 2 || most == 5) || (gap == 2 && most == 0) {
                let mut line = Line::of(Tone::Plain, " ");
                for (at, fact) in kept.into_iter().enumerate() {
                    if at > 0 {
                        line = line.and(Tone::Plain, " ".repeat(gap));
                    }
                    line.0.extend(fact.0.iter().cloned());
                }
                return line;
            }
        }
    }
    Line::default()
}

fn quorum(scene: &Scene<'_>) -> Line {
    let line = Line::of(Tone::Dim, "quorum ");
    let heard = scene.cluster.hears(Feed::Corosync, scene.now);
    if heard && scene.picture.is_partitioned() {
        return line.and(Tone::Bad, format!("{} SPLIT in {}", scene.signs.bad, scene.picture.partitions.len()));
    }
    let Some(quorum) = scene.picture.quorum.as_ref().filter(|_| heard) else {
        let told = scene.picture.status.as_ref().filter(|_| scene.status_is_fresh()).map(|status| &status.dc);
        return match told {
            Some(Dc::Node { with_quorum: Some(true), .. }) => line.and(Tone::Good, "yes"),
            Some(Dc::Node { with_quorum: Some(false), .. }) => line.and(Tone::Bad, "NO"),
            _ => line.and(Tone::Warn, format!("{} not known", scene.signs.unknown)),
        };
    };
    let line = match (quorum.total_votes, quorum.expected_votes) {
        (Some(votes), Some(expected)) => line.and(Tone::Plain, format!("{votes} of {expected} ")),
        _ => line,
    };
    match quorum.quorate {
        Some(true) => line.and(Tone::Good, "yes"),
        Some(false) => line.and(Tone::Bad, "NO"),
        None => line.and(Tone::Warn, "?"),
    }
}

fn dc(scene: &Scene<'_>) -> Line {
    let line = Line::of(Tone::Dim, "DC ");
    let Some(status) = &scene.picture.status else { return Line::default() };
    let fresh = scene.status_is_fresh();
    match &status.dc {
        Dc::Node { name, .. } if fresh => line.and(Tone::Plain, name.as_str()),
        Dc::Node { name, .. } => line.and(Tone::Dim, format!("was {name}")),
        Dc::None => line.and(Tone::Bad, "none"),
        Dc::Unknown => line.and(Tone::Warn, "?"),
    }
}

fn version(scene: &Scene<'_>) -> Line {
    let version = scene.picture.status.as_ref().and_then(|status| status.version.as_ref());
    version.map_or_else(Line::default, |version| {
        let short = version.split('-').next().unwrap_or_default();
        Line::of(Tone::Dim, format!("pacemaker {short}"))
    })
}

fn fencing(scene: &Scene<'_>) -> Line {
    let Some(status) = &scene.picture.status else { return Line::default() };
    let line = Line::of(Tone::Dim, "fencing ");
    if status.options.fencing_enabled == Some(false) {
        return line.and(Tone::Bad, "DISABLED");
    }
    let pending = status.fencing.iter().flatten().find(|event| event.status == FenceStatus::Pending);
    if let Some(event) = pending {
        return line.and(Tone::Bad, format!("{} pending", event.target));
    }
    let mut devices: Vec<&Primitive> = Vec::new();
    for item in &status.resources {
        item.each_primitive(&mut |primitive| {
            if primitive.is_fence_device() {
                devices.push(primitive);
            }
        });
    }
    let failed = devices.iter().filter(|device| device.failed == Some(true)).count();
    let off = devices.iter().filter(|device| device.on.is_empty() && device.failed != Some(true)).count();
    let all = devices.len();
    let things = if all == 1 { "device" } else { "devices" };
    match (all, failed, off) {
        (0, ..) => line.and(Tone::Warn, "no devices"),
        (_, 0, 0) => line.and(Tone::Plain, format!("{all} {things}")),
        (_, 0, off) => line.and(Tone::Warn, format!("{off}/{all} {things} stopped")),
        (_, failed, _) => line.and(Tone::Warn, format!("{failed}/{all} {things} failed")),
    }
}

/// A sign for each node that is watched, and the worst age.
fn feeds(scene: &Scene<'_>) -> Line {
    let signs = scene.signs;
    let mut line = Line::of(Tone::Dim, "feeds ");
    let mut oldest = None;
    let (mut watched, mut fresh) = (0_usize, 0_usize);
    for row in &scene.picture.nodes {
        let (tone, sign) = match &row.sight {
            Sight::NotWatched | Sight::ModelOnly => continue,
            Sight::Speaking(Freshness::Live, _) => (Tone::Good, signs.live),
            Sight::Speaking(Freshness::Late, _) => (Tone::Warn, signs.late),
            Sight::Speaking(..) | Sight::Lost { .. } => (Tone::Bad, signs.silent),
            Sight::Connecting(_) => (Tone::Warn, signs.moving),
            Sight::Refused(_) => (Tone::Bad, signs.bad),
        };
        watched += 1;
        fresh += usize::from(tone == Tone::Good);
        let heard = match &row.sight {
            Sight::Speaking(_, heard) | Sight::Lost { heard: Some(heard), .. } => Some(*heard),
            _ => None,
        };
        oldest = match (oldest, heard) {
            (Some(old), Some(heard)) => Some(heard.min(old)),
            (old, heard) => old.or(heard),
        };
        if watched <= 8 {
            line = line.and(tone, sign);
        }
    }
    if watched == 0 {
        return line.and(Tone::Warn, "none");
    }
    let words = match oldest {
        Some(oldest) if fresh == watched => (Tone::Plain, format!(" {}", time::span(scene.now.since(oldest)))),
        _ => (Tone::Warn, format!(" {fresh}/{watched} live")),
    };
    line.and(words.0, words.1)
}
