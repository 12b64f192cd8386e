//! Colours, messages, completions and manual pages.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{Dir, two_label_rows};

const ESCAPE: char = '\u{1b}';

const COMMANDS: &[&str] = &[
    "score",
    "read",
    "train",
    "evaluate",
    "sample",
    "agree",
    "check-labels",
    "inspect",
    "cite",
    "completions",
    "man",
    #[cfg(feature = "serve")]
    "label",
    #[cfg(feature = "serve")]
    "serve",
];

/// What `rhetor score a.txt -f table` prints with these arguments and variables.
fn table(args: &str, variables: &[(&str, &str)]) -> String {
    let dir = Dir::new();
    dir.write("a.txt", "The council voted 31 to 12 on Tuesday, officials said.\n\nShare this\n");
    let mut command = dir.command(&format!("score a.txt -f table -k {args}"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn check_color(args: &str, variables: &[(&str, &str)], expected: bool) {
    assert_eq!(table(args, variables).contains(ESCAPE), expected, "{args} {variables:?}");
}

#[test]
fn a_pipe_gets_colours_only_when_they_are_forced() {
    check_color("", &[], false);
    check_color("--color auto", &[("CLICOLOR", "1")], false);
    check_color("", &[("CLICOLOR_FORCE", "1")], true);
    check_color("", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false);
    check_color("--color never", &[("CLICOLOR_FORCE", "1")], false);
    check_color("-o -", &[("CLICOLOR_FORCE", "1")], true);
    check_color("--color always", &[("NO_COLOR", "1"), ("TERM", "dumb")], true);
}

#[test]
fn colours_do_not_change_the_text() {
    let colored = table("--color always", &[]);
    let bare = regex::Regex::new("\u{1b}\\[[0-9]*m").unwrap().replace_all(&colored, "").into_owned();
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&bare), trimmed(&table("", &[])));
}

#[test]
fn files_and_records_have_no_colours() {
    let dir = Dir::new();
    dir.write("a.txt", "The council voted 31 to 12 on Tuesday, officials said.");
    let run = dir.run("score a.txt --color always -f jsonl").succeeded();
    assert!(!run.stdout.contains(ESCAPE));
    let mut command = dir.command("score a.txt -f table -o out");
    assert!(command.env("CLICOLOR_FORCE", "1").stdin(Stdio::null()).status().unwrap().success());
    assert!(!dir.read("out").contains(&(ESCAPE as u8)));
}

#[test]
fn help_is_coloured_as_tables_are() {
    let dir = Dir::new();
    for (args, expected) in [
        ("score --help", false),
        ("score --color always --help", true),
        ("--color=always --help", true),
        ("score --color=always --nonsense", true),
        ("score --color never --nonsense", false),
    ] {
        let run = dir.run(args);
        assert_eq!((run.stdout + &run.stderr).contains(ESCAPE), expected, "{args}");
    }
}

#[test]
fn quiet_runs_print_only_errors() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    let run = dir.run("train rows.jsonl -o m.st --l2-penalty none --quiet").succeeded();
    assert_eq!(run.stderr, "");
    assert!(dir.run("-q score nowhere.txt").stderr.contains("nowhere.txt: cannot read"));
}

/// The messages of a program, which may not be installed, about `text`.
fn complaints(program: &str, args: &[&str], text: &str) -> Option<String> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        let _ = writeln!(std::io::stderr(), "skipped: {program} is not installed");
        return None;
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success() || !complaints.is_empty()).then_some(complaints)
}

#[test]
fn shells_complete_all_commands_and_options() {
    let dir = Dir::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = dir.run(&format!("completions {shell}")).succeeded().stdout;
        for word in COMMANDS.iter().chain(&["group-by", "boilerplate-label", "color"]) {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let script = dir.run("completions bash").succeeded().stdout;
    assert_eq!(complaints("bash", &["-n"], &script), None);
    assert_eq!(dir.run("completions csh").code, 2);
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let dir = Dir::new();
    dir.run("man -o share/man1").succeeded();
    let mut names: Vec<String> = COMMANDS.iter().map(|command| format!("rhetor-{command}.1")).collect();
    names.push("rhetor.1".to_string());
    names.sort();
    let folder = std::fs::read_dir(dir.path().join("share/man1")).unwrap();
    let mut found: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, names);
    for name in &names {
        let page = String::from_utf8(dir.read(&format!("share/man1/{name}"))).unwrap();
        for section in [
            ".SH NAME",
            ".SH SYNOPSIS",
            ".SH OPTIONS",
            "[\\-\\-color <WHEN>]",
            ".SH \"EXIT STATUS\"\nExit codes: 0",
        ] {
            assert!(page.contains(section), "{name}: {section}");
        }
        assert_eq!(complaints("groff", &["-man", "-Tascii", "-ww", "-z"], &page), None, "{name}");
    }
    for (name, synopsis) in [
        ("score", "\\fBrhetor score\\fR [\\-m|\\-\\-model <FILE>] "),
        ("score", " [PATH]...\n"),
        ("train", " \\-o|\\-\\-output <FILE> "),
        ("train", " [\\-\\-learning\\-curve[=<TEST>]] "),
    ] {
        let page = String::from_utf8(dir.read(&format!("share/man1/rhetor-{name}.1"))).unwrap();
        assert!(page.contains(synopsis), "{name}: {page:.900}");
        assert!(!page.contains("EXTRA"));
    }
    let whole = dir.run("man").succeeded().stdout;
    assert_eq!(whole.as_bytes(), dir.read("share/man1/rhetor.1"));
    let is_listed = |command: &&str| whole.contains(&format!("rhetor\\-{}(1)", command.replace('-', "\\-")));
    assert!(COMMANDS.iter().all(is_listed), "{whole}");
    assert_eq!(dir.run("man -o share/man1/rhetor.1").code, 2);
}
