//! What is drawn: golden screens of situations, and what must hold on every screen.

#![expect(clippy::expect_used, reason = "a situation that is not as it should be ends the test")]

#[path = "screens/goldens.rs"]
mod goldens;
#[path = "support/hostile.rs"]
mod hostile;
#[path = "screens/paint.rs"]
mod paint;
#[path = "screens/scenes.rs"]
mod scenes;
#[path = "support/situations.rs"]
mod situations;

use hatui::app::{App, Hit, Key, Pane, Subject};
use hatui::model::{Latency, NodeId, Seen, Text};
use hatui::ui::{self, Look, NEEDED, Symbols, Theme};
use paint::{painted, words};
use ratatui::style::{Color, Modifier};
use scenes::{SCENES, demo, denied, many, press, scene};
use situations::{all, named};
use unicode_width::UnicodeWidthStr;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 30), (200, 60)];

const fn look(theme: Theme, symbols: Symbols) -> Look {
    Look { theme, symbols, clock: 0 }
}

const DARK: Look = Look { theme: Theme::Dark, symbols: Symbols::Unicode, clock: 0 };

/// The screens on which the rules below are held.
fn many_screens() -> Vec<App> {
    let mut apps: Vec<App> = all().iter().map(situations::Situation::app).collect();
    apps.push(many(300));
    apps
}

#[test]
fn no_size_is_too_strange() {
    let mut apps: Vec<App> = SCENES.iter().map(|(_, start)| demo(start)).collect();
    apps.push(many(50));
    for app in &mut apps {
        for columns in (1..=250).step_by(23).chain([59, 60, 99, 100, 250]) {
            for rows in (1..=80).step_by(13).chain([15, 16, 80]) {
                painted(app, DARK, columns, rows);
            }
        }
    }
}

#[test]
fn every_overlay_fits_every_size() {
    for keys in [":x", "/web", "!", "w", "e", "@", "?", "y"] {
        let mut app = demo("a lost node is UNCLEAN");
        press(&mut app, &keys.chars().map(Key::Char).collect::<Vec<_>>());
        for (columns, rows) in [(1, 1), (12, 3), (60, 16), (80, 24), (131, 17), (250, 80)] {
            painted(&mut app, DARK, columns, rows);
        }
    }
}

#[test]
fn panes_fill_their_regions_and_leave_the_others_alone() {
    for app in &mut many_screens() {
        for (columns, rows) in [(60, 16), (80, 24), (100, 20), (120, 30), (200, 60)] {
            let buffer = painted(app, DARK, columns, rows);
            let regions = ui::layout((columns, rows), app);
            for (at, pane) in regions.panes.iter().enumerate() {
                assert_eq!(pane.area.intersection(regions.body), pane.area);
                for other in regions.panes.iter().skip(at + 1) {
                    assert!(!pane.area.intersects(other.area), "{:?} {:?}", pane.pane, other.pane);
                }
                for y in pane.area.top() + 1..pane.area.bottom() - 1 {
                    if pane.boxed {
                        let edges = [pane.area.left(), pane.area.right() - 1];
                        let edges = edges.map(|x| buffer.cell((x, y)).expect("a cell").symbol().to_owned());
                        assert!(edges.iter().all(|edge| edge == "│" || edge == "┃"), "{:?} {y}: {edges:?}", pane.pane);
                    }
                }
            }
            if let Some(aside) = regions.aside {
                assert_eq!(aside.area.intersection(regions.body), aside.area);
                assert!(!regions.panes.iter().any(|pane| pane.area.intersects(aside.area)));
            }
            assert!(regions.panes.iter().any(|pane| pane.pane == app.screen().focus));
            let (shown, hidden) = (regions.panes.len(), regions.hidden.len());
            assert_eq!(shown + hidden, Pane::ALL.len());
        }
    }
}

#[test]
fn the_mouse_hits_what_is_drawn() {
    for app in &mut many_screens() {
        for (columns, rows) in [(80, 24), (120, 30)] {
            painted(app, DARK, columns, rows);
            let regions = ui::layout((columns, rows), app);
            for pane in &regions.panes {
                for (row, _, place) in pane.places(app) {
                    for y in place.top()..place.bottom() {
                        let hit = ui::hit(app, &DARK, place.x + 1, y);
                        assert_eq!(hit, Hit::Pane(pane.pane, Some(row)));
                    }
                }
                assert_eq!(ui::hit(app, &DARK, pane.area.x, pane.area.y), Hit::Pane(pane.pane, None));
            }
            if let (Some(strip), Some(first)) = (regions.strip, regions.hidden.first()) {
                assert_eq!(ui::hit(app, &DARK, strip.x + 1, strip.y), Hit::Pane(*first, None));
            }
        }
    }
}

#[test]
fn each_word_of_the_footer_can_be_clicked() {
    let mut app = demo("three nodes");
    let buffer = painted(&mut app, DARK, 120, 30);
    let footer = paint::row(&buffer, 29);
    for (word, command) in [("q quit", hatui::app::Command::Quit), ("? help", hatui::app::Command::Help)] {
        let at = footer.find(word).expect("the word is there");
        assert_eq!(ui::hit(&app, &DARK, u16::try_from(at).expect("small"), 29), Hit::Footer(command));
    }
}

#[test]
fn signs_are_one_column_wide_and_ascii_where_it_must_be() {
    for app in &mut many_screens() {
        for cell in painted(app, DARK, 120, 30).content() {
            assert_eq!(cell.symbol().width(), 1, "{:?}", cell.symbol());
        }
        for cell in painted(app, look(Theme::NoColor, Symbols::Ascii), 80, 24).content() {
            assert!(cell.symbol().is_ascii(), "{:?}", cell.symbol());
        }
    }
}

#[test]
fn without_colour_there_is_none() {
    for app in &mut many_screens() {
        for cell in painted(app, look(Theme::NoColor, Symbols::Unicode), 80, 24).content() {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
        }
    }
}

#[test]
fn nothing_that_steers_a_terminal_is_drawn() {
    let mut app = hostile::cluster().app();
    for keys in ["", "/\u{202e}x", "1", "2z", "5"] {
        press(&mut app, &keys.chars().map(Key::Char).collect::<Vec<_>>());
        press(&mut app, &[Key::Enter]);
        for (columns, rows) in SIZES {
            for cell in painted(&mut app, DARK, columns, rows).content() {
                assert_eq!(Text::new(cell.symbol()), cell.symbol());
            }
        }
    }
}

#[test]
fn a_simulation_says_so_wherever_and_whatever_lies_on_top() {
    for keys in ["", ":", "/web", "!", "w", "?", "P", "z"] {
        let mut app = demo("a lost node is UNCLEAN");
        press(&mut app, &keys.chars().map(Key::Char).collect::<Vec<_>>());
        for (columns, rows) in [(11, 1), (30, 5), (60, 16), (80, 24), (200, 60)] {
            // Of so few columns a held picture may take the most.
            if keys == "P" && columns < 30 {
                continue;
            }
            let buffer = painted(&mut app, DARK, columns, rows);
            assert!(paint::row(&buffer, 0).contains("SIMULATED"), "{keys:?} {columns}x{rows}: {}", words(&buffer));
        }
    }
}

#[test]
fn what_is_old_never_looks_fresh() {
    let mut app = named("all nodes fall silent").app();
    let good = painted(&mut scene("three nodes"), DARK, 120, 30);
    let green = |buffer: &ratatui::buffer::Buffer| {
        buffer.content().iter().filter(|cell| cell.fg == Color::Indexed(114)).count()
    };
    assert!(green(&good) > 0);
    let old = painted(&mut app, DARK, 120, 30);
    assert_eq!(green(&old), 0, "{}", words(&old));
    let words = words(&old);
    for said in ["OLD", "was online", "Started?"] {
        assert!(words.contains(said), "{said} is missing:\n{words}");
    }
}

#[test]
fn a_login_without_rights_is_told_what_it_lacks_and_what_helps() {
    let words = words(&painted(&mut denied(), DARK, 80, 24));
    for said in ["may not ask Pacemaker (cibadmin, crm_mon)", "usermod -aG haclient USER", "`hatui sudoers`"] {
        assert!(words.contains(said), "{said} is missing:\n{words}");
    }
    assert!(!words.contains("Signon"), "a tool is quoted:\n{words}");
}

#[test]
fn a_link_that_is_down_shows_no_latency_of_before() {
    let mut situation = named("a lost node is UNCLEAN");
    let latency = Latency {
        average_us: Some(210),
        max_us: Some(400),
        samples: Some(100),
        connected: Some(false),
        down_count: Some(1),
    };
    let measured = [1, 3].map(|node| ((NodeId(node), 0), latency));
    situation.hear("ha-node-2", [Seen::Latency(measured.into())]);
    let mut app = situation.app();
    press(&mut app, &[Key::Char('4'), Key::Char('z')]);
    let words = words(&painted(&mut app, DARK, 80, 24));
    let of = |state: &str| words.lines().find(|row| row.contains("link 0") && row.contains(state)).map(str::to_owned);
    assert!(of(" connected").is_some_and(|row| row.contains("0.21 ms")), "{words}");
    assert!(of("disconnected").is_some_and(|row| !row.contains(" ms")), "{words}");
}

#[test]
fn what_runs_on_a_lost_node_is_not_told_as_running() {
    let mut app = scene("a lost node is UNCLEAN");
    let buffer = painted(&mut app, DARK, 120, 30);
    for y in 0..30 {
        let row: String = paint::row(&buffer, y).chars().take(60).collect();
        if row.contains("  ha-node-1 ") && (row.contains("Started") || row.contains("Promoted")) {
            assert!(row.contains('?') && row.contains("UNCLEAN"), "{row}");
        }
    }
}

#[test]
fn a_pane_without_room_gets_it_with_the_focus() {
    let mut app = scene("a lost node is UNCLEAN");
    painted(&mut app, DARK, 80, 24);
    let hidden = ui::layout((80, 24), &app).hidden;
    assert!(!hidden.is_empty());
    for pane in hidden {
        press(&mut app, &[Key::Char(pane.number())]);
        let regions = ui::layout((80, 24), &app);
        assert!(
            regions.panes.iter().any(|shown| shown.pane == pane && (shown.shown.1 > 0 || shown.rows.is_empty())),
            "{pane:?}"
        );
    }
}

#[test]
fn spare_rows_tell_of_what_is_selected_and_give_way_to_rows() {
    let mut app = scene("two nodes with DRBD 9, all well");
    for (name, key) in [("node ha-node-1", '1'), ("resource fence-ha-node-1", '2'), ("replication store", '3')] {
        press(&mut app, &[Key::Char(key)]);
        let words = words(&painted(&mut app, DARK, 200, 60));
        assert!(words.contains(&format!("╭ {name} ─")), "{name}:\n{words}");
    }
    assert!(ui::layout((80, 24), &app).aside.is_none());
    let mut app = many(1000);
    painted(&mut app, DARK, 200, 60);
    assert!(ui::layout((200, 60), &app).aside.is_none(), "rows of a pane are hidden for it");
}

#[test]
fn of_a_thousand_resources_the_selected_one_is_seen() {
    let mut app = many(1000);
    press(&mut app, &[Key::Char('2')]);
    for keys in [vec![], vec![Key::Char('G')], vec![Key::PageUp], vec![Key::Char('g'), Key::PageDown, Key::PageDown]] {
        press(&mut app, &keys);
        let buffer = painted(&mut app, DARK, 80, 24);
        let Some(Subject::Resource(path)) = app.selected() else { panic!("no resource is selected") };
        let row = words(&buffer).lines().find(|row| row.starts_with('▸')).map(str::to_owned);
        assert!(row.as_ref().is_some_and(|row| row.contains(path.id.as_str())), "{path:?}: {row:?}");
    }
}

#[test]
fn the_focus_is_seen_without_colour() {
    let mut app = scene("three nodes");
    let plain = look(Theme::NoColor, Symbols::Ascii);
    let first = painted(&mut app, plain, 120, 30);
    press(&mut app, &[Key::Tab]);
    let second = painted(&mut app, plain, 120, 30);
    assert_ne!(words(&first), words(&second));
    let reversed = |buffer: &ratatui::buffer::Buffer| {
        buffer.content().iter().any(|cell| cell.modifier.contains(Modifier::REVERSED))
    };
    assert!(reversed(&second), "the selected row is not reversed");
}

#[test]
fn a_terminal_that_is_too_small_says_what_is_needed() {
    let mut app = demo("three nodes");
    let words = words(&painted(&mut app, DARK, NEEDED.0 - 1, NEEDED.1));
    assert!(words.contains("needs 60 x 16") && words.contains("has 59 x 16"), "{words}");
    assert_eq!(ui::hit(&app, &DARK, 3, 3), Hit::Nothing);
}
