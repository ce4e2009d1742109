//! What the grammar reads, what it refuses and where, and that nothing makes it panic.

use core::time::Duration;

use proptest::prelude::*;

use super::grammar::{Command, Held, Key, Pattern, Scope, read};
use super::settings::Setting;

fn commands(tape: &str) -> Vec<Command> {
    let read = read(tape).unwrap_or_else(|fault| panic!("{tape:?}: {fault}"));
    read.steps.into_iter().map(|step| step.command).collect()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn pattern(pattern: &str) -> Pattern {
    Pattern(regex::Regex::new(pattern).unwrap())
}

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn typing_joins_strings_and_has_a_pace() {
    let typed = |pause, words: &str| Command::Type { pause, text: text(words) };
    assert_eq!(commands("Type \"a b\""), [typed(None, "a b")]);
    assert_eq!(commands("Type@10ms one 'two'\n`three`"), [typed(Some(ms(10)), "one two three")]);
    assert_eq!(commands("Type@.5 ''"), [typed(Some(ms(500)), "")]);
}

#[test]
fn keys_have_a_pace_and_a_count() {
    let press = |key, pause, count| Command::Press { key, pause, count };
    for (word, key) in [
        ("Backspace", Key::Backspace),
        ("Delete", Key::Delete),
        ("Insert", Key::Insert),
        ("Enter", Key::Enter),
        ("Escape", Key::Escape),
        ("Tab", Key::Tab),
        ("Space", Key::Space),
        ("Up", Key::Up),
        ("Down", Key::Down),
        ("Left", Key::Left),
        ("Right", Key::Right),
        ("PageUp", Key::PageUp),
        ("PageDown", Key::PageDown),
        ("ScrollUp", Key::ScrollUp),
        ("ScrollDown", Key::ScrollDown),
    ] {
        assert_eq!(commands(word), [press(key, None, 1)]);
        assert_eq!(commands(&format!("{word}@2 3")), [press(key, Some(ms(2000)), 3)]);
    }
    assert_eq!(commands("Tab Enter 2"), [press(Key::Tab, None, 1), press(Key::Enter, None, 2)]);
}

#[test]
fn keys_are_held_down() {
    let ctrl = |alt, shift, key| Command::Ctrl { alt, shift, key };
    let held = |words: &str| Held::Text(text(words));
    assert_eq!(commands("Ctrl+C"), [ctrl(false, false, held("C"))]);
    assert_eq!(commands("Ctrl+\"s\" Ctrl+["), [ctrl(false, false, held("s")), ctrl(false, false, held("["))]);
    assert_eq!(commands("Ctrl+Alt+Shift+Left"), [ctrl(true, true, Held::Key(Key::Left))]);
    assert_eq!(commands("Alt+word Alt+]"), [Command::Alt(held("word")), Command::Alt(held("]"))]);
    assert_eq!(commands("Shift+Tab Shift+a"), [Command::Shift(Held::Key(Key::Tab)), Command::Shift(held("a"))]);
}

#[test]
fn times_have_units() {
    for (time, expected) in [("2", 2000), ("2s", 2000), ("1.5m", 90_000), ("20ms", 20), ("0", 0), ("0.25", 250)] {
        assert_eq!(commands(&format!("Sleep {time}")), [Command::Sleep(ms(expected))], "{time}");
    }
}

#[test]
fn waits_have_a_scope_a_limit_and_a_pattern() {
    let wait = |scope, limit, pattern| Command::Wait { scope, limit, pattern };
    assert_eq!(commands("Wait"), [wait(Scope::Line, None, None)]);
    assert_eq!(commands("Wait+Line /a/"), [wait(Scope::Line, None, Some(pattern("a")))]);
    assert_eq!(
        commands(r"Wait+Screen@1m /1 of 2, \d+ s\/s/ Hide"),
        [wait(Scope::Screen, Some(ms(60_000)), Some(pattern(r"1 of 2, \d+ s/s"))), Command::Hide]
    );
}

#[test]
fn what_stands_at_the_beginning() {
    let tape = "Output docs/demo.gif Output frames/ Require hatui Set Shell bash Set FontSize 14 Set LineHeight 1.1 \
        Set TypingSpeed 20ms Set WaitTimeout 1m Set WaitPattern /> $/ Set Theme 'Dracula' Set Theme {\"name\": \"x\"} \
        Set LoopOffset 20% Set MarginFill '#6b50ff' Set WindowBar Rings Set CursorBlink false Set FontFamily 'DejaVu'";
    let number = |name, number| Command::Set(Setting::Number(name, number));
    let word = |name, word: &str| Command::Set(Setting::Text(name, text(word)));
    let expected = [
        Command::Output(text("docs/demo.gif")),
        Command::Output(text("frames/")),
        Command::Require(text("hatui")),
        Command::Set(Setting::Shell(text("bash"))),
        number("FontSize", 14.0),
        number("LineHeight", 1.1),
        Command::Set(Setting::TypingSpeed(ms(20))),
        Command::Set(Setting::WaitTimeout(ms(60_000))),
        Command::Set(Setting::WaitPattern(pattern("> $"))),
        word("Theme", "Dracula"),
        word("Theme", "{\"name\": \"x\"}"),
        number("LoopOffset", 20.0),
        word("MarginFill", "#6b50ff"),
        word("WindowBar", "Rings"),
        Command::Set(Setting::CursorBlink(false)),
        word("FontFamily", "DejaVu"),
    ];
    assert_eq!(commands(tape), expected);
}

#[test]
fn the_other_commands() {
    let env = Command::Env { name: text("LANG"), value: text("C.UTF-8") };
    let rest = [Command::Hide, Command::Show, Command::Copy(text("a b")), Command::Paste];
    let files = [Command::Screenshot(text("docs/a.png")), Command::Source(text("b.tape"))];
    let expected: Vec<_> = core::iter::once(env).chain(rest).chain(files).collect();
    assert_eq!(commands("Env LANG 'C.UTF-8' Hide Show Copy a b Paste Screenshot docs/a.png Source b.tape"), expected);
}

#[test]
fn a_comment_gives_the_size() {
    let tape = read("# a story\n# hatui-player: cols=120 rows=36\n").unwrap();
    assert_eq!((tape.size, tape.steps.len()), (Some((120, 36)), 0));
    assert_eq!(read("").unwrap().size, None);
}

#[test]
fn faults_are_told_with_their_place() {
    for (tape, told) in [
        ("Hide\n  Jump", "2:3: there is no command \"Jump\""),
        ("End", "1:1: there is no command \"End\""),
        ("Home", "1:1: there is no command \"Home\""),
        ("hide", "1:1: there is no command \"hide\""),
        ("5", "1:1: there is no command \"5\""),
        ("/a/", "1:1: there is no command \"a\""),
        ("Type", "1:1: Type wants a string, not the end of the tape"),
        ("Type s", "1:6: Type wants a string (quote what is a keyword), not \"s\""),
        ("Type@ 'a'", "1:7: a time is wanted, not \"a\""),
        ("Sleep", "1:1: a time is wanted, not the end of the tape"),
        ("Sleep ten", "1:7: a time is wanted, not \"ten\""),
        ("Sleep 1.2.3", "1:7: \"1.2.3\" is no number"),
        ("Sleep 99999999999999999999", "1:7: 99999999999999999999 is too much"),
        ("Sleep 61m", "1:7: that is longer than an hour"),
        ("Enter 0", "1:7: 0 is no count from 1 to 1000"),
        ("Enter 1.5", "1:7: 1.5 is no count from 1 to 1000"),
        ("Ctrl", "1:1: Ctrl wants + and one character or key (quote a letter that is a unit), not the end of the tape"),
        ("Ctrl+s", "1:6: Ctrl wants + and one character or key (quote a letter that is a unit), not \"s\""),
        ("Ctrl+ab", "1:6: Ctrl wants + and one character or key (quote a letter that is a unit), not \"ab\""),
        ("Alt+Up", "1:5: Alt wants + and a character, Enter, Tab, [ or ], not \"Up\""),
        ("Shift Tab", "1:7: Shift wants + and a character, Enter, Tab, [ or ], not \"Tab\""),
        ("Wait+Row /a/", "1:6: Wait+ wants Screen or Line, not \"Row\""),
        ("Wait@0 /a/", "1:6: Wait wants more time than none"),
        ("Wait 'a'", "1:6: there is no command \"a\""),
        ("Set Colour red", "1:5: there is no setting \"Colour\""),
        ("Set", "1:1: Set wants a setting, not the end of the tape"),
        ("Set Hide 1", "1:5: there is no setting \"Hide\""),
        ("Set FontSize big", "1:14: FontSize wants a number, not \"big\""),
        ("Set Theme {a}", "1:11: Theme: key must be a string at line 1 column 2"),
        ("Set MarginFill '#12'", "1:16: \"#12\" is no colour and no file"),
        ("Set WindowBar Round", "1:15: there is no window bar \"Round\""),
        ("Set CursorBlink no", "1:17: CursorBlink wants true or false, not \"no\""),
        ("Set WaitPattern x", "1:17: a /pattern/ is wanted, not \"x\""),
        (
            "Output demo",
            "1:8: Output wants a path that ends in .gif or .mp4 or .webm or .txt or .ascii or .test or .png or /, not \"demo\"",
        ),
        ("Screenshot a.gif", "1:12: Screenshot wants a path that ends in .png, not \"a.gif\""),
        ("Source a", "1:8: Source wants a path that ends in .tape, not \"a\""),
        ("Require", "1:1: Require wants a program, not the end of the tape"),
        ("Env 'A B' x", "1:5: \"A B\" is no name of a variable"),
        ("Env A", "1:5: Env wants a name and a string, not the end of the tape"),
        ("Hide\nSet FontSize 3", "2:1: Set, but for TypingSpeed, stands before all that is played"),
        ("Hide Output a.gif", "1:6: Output stands before all that is played"),
        ("Hide Require a", "1:6: Require stands before all that is played"),
        (
            "# hatui-player: cols=1 rows=36",
            "1:1: cols=… rows=… are wanted (20 to 500, 5 to 200), not \" cols=1 rows=36\"",
        ),
        ("# hatui-player: cols=80 rows=24\n# hatui-player: cols=80 rows=24", "2:1: the size was given before"),
    ] {
        assert_eq!(read(tape).unwrap_err().to_string(), told, "{tape:?}");
    }
    let fault = read("Wait /(/").unwrap_err().to_string();
    assert!(fault.starts_with("1:6: /(/: ") && fault.contains("unclosed group"), "{fault}");
    assert_eq!(commands("Hide Set TypingSpeed 1").len(), 2);
}

/// Words of tapes, and others, in any order.
fn scraps() -> impl Strategy<Value = String> {
    let words = "Type|Sleep|Wait|Set|Ctrl|Alt|Shift|Enter|Env|Output|Screenshot|Theme|TypingSpeed|LoopOffset|\\+|@|\
        [0-9.]{1,9}|ms|s|m|%|/[a-z(\\[\\\\]{0,4}/?|\"[ -~]{0,5}\"?|\\{.{0,5}\\}?|#.{0,9}|# hatui-player: cols=[0-9]{1,7} rows=9|\\n";
    proptest::collection::vec(proptest::string::string_regex(words).unwrap(), 0..30).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn nothing_panics(tape in any::<String>()) {
        let _ = read(&tape);
    }

    #[test]
    fn scraps_of_tapes_do_not_panic_and_faults_are_in_the_tape(tape in scraps()) {
        if let Err(fault) = read(&tape) {
            let told = fault.to_string();
            let line: usize = told.split(':').next().unwrap().parse().unwrap();
            prop_assert!((1..=tape.lines().count().max(1)).contains(&line), "{told}");
        }
    }
}
