//! Every command of the guides in `docs/` runs, in the order of the guide.
//!
//! What follows the three backticks of a block says what it is. `sh` is run. `sh own` is run on a table that a reader
//! brings and the test makes up. `sh label` needs a person in a browser, so the test writes the labels that two coders
//! would have given. `sh parquet` is run if this build has Parquet. `sh serve`, `sh cargo` and `sh docker` are skipped,
//! because they need a server, a registry or Docker. `text` has lines that a command before it printed. rustdoc runs
//! `rust`. A block of any other kind is an error, so that none is skipped by a slip.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Dir, project};

/// What the test does with a block.
#[derive(Debug, PartialEq)]
enum Kind {
    /// Each command is run.
    Run,
    /// The test writes what a person would have labelled.
    Label,
    /// Each line was printed before.
    Printed,
    Skipped,
}

impl Kind {
    fn of(info: &str) -> Kind {
        match info {
            "sh" | "sh own" => Kind::Run,
            "sh parquet" if cfg!(feature = "parquet") => Kind::Run,
            "sh label" => Kind::Label,
            "text" => Kind::Printed,
            "sh parquet" | "sh serve" | "sh cargo" | "sh docker" | "rust" => Kind::Skipped,
            _ => panic!("found a block of the kind `{info}`, expected one of those in `Kind::of`"),
        }
    }
}

/// The fenced blocks of a Markdown text: what they are, and their lines.
fn blocks(guide: &str) -> Vec<(&str, Vec<&str>)> {
    let mut blocks: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut is_open = false;
    for line in guide.lines().map(str::trim_start) {
        match (line.strip_prefix("```"), is_open) {
            (Some(info), false) => blocks.push((info, Vec::new())),
            (None, true) => blocks.last_mut().unwrap().1.push(line),
            _ => {}
        }
        is_open ^= line.starts_with("```");
    }
    assert!(!is_open, "the last block has no end");
    blocks
}

/// The commands of a block; a line that ends with a backslash goes on.
fn commands(lines: &[&str]) -> Vec<String> {
    let text = lines.join("\n").replace("\\\n", " ");
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_string)
        .collect()
}

/// The words of a command that follow one of these words.
fn after<'a>(command: &'a str, names: &[&str]) -> Vec<&'a str> {
    let words: Vec<&str> = command.split_whitespace().collect();
    words.windows(2).filter(|pair| names.contains(&pair[0])).map(|pair| pair[1]).collect()
}

/// Runs a command as a reader would, checks its exit code and the files that it names as outputs, and returns what it
/// printed.
fn run(dir: &Dir, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_rhetor")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-ec", command]).current_dir(dir.path()).env("PATH", path).env_remove("COLUMNS");
    let shell = shell.output().unwrap();
    let messages = String::from_utf8_lossy(&shell.stderr);
    assert!(shell.status.success(), "`{command}`: {}\n{messages}", shell.status);
    for name in after(command, &["-o", ">"]) {
        let path = dir.path().join(name);
        let size = std::fs::metadata(&path).map_or(0, |file| file.len());
        assert!(path.is_dir() || size > 0, "`{command}` did not write {name}\n{messages}");
    }
    String::from_utf8(shell.stdout).unwrap()
}

/// The label that each letter stands for.
const LABELS: [(char, &str); 4] = [('r', "report"), ('v', "advocacy"), ('n', "analysis"), ('o', "other")];

/// What two coders say about the sample of `researcher.md`, in the order of its rows.
const CODERS: [(&str, &str); 2] = [
    ("ann", "rrrrnnrrrnnrrnvrvrvvvrrvrnvorrrrnrnrrnnn"),
    ("bob", "rrrrnnrrrnnnnnvrvrvvvorvrvrorrrrnrnrrnrn"),
];

/// Writes the choices of a coder for the rows of a sample, in the form of `rhetor label`.
fn label(dir: &Dir, command: &str) {
    let value = |name: &str| {
        after(command, &[name]).into_iter().next().unwrap_or_else(|| panic!("no {name} in `{command}`"))
    };
    let coder = value("--coder");
    let (_, letters) = CODERS.into_iter().find(|(name, _)| *name == coder).expect("a coder of the test");
    let rows = String::from_utf8(dir.read(value("label"))).unwrap();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rows: Vec<Value> = rows.filter(|row| row.get("context").is_none()).collect();
    assert_eq!(
        rows.len(),
        letters.len(),
        "`{command}`: the sample has other rows than those that were labelled"
    );
    let choice = |(row, letter): (&Value, char)| {
        let (_, label) = LABELS.into_iter().find(|(short, _)| *short == letter).unwrap();
        let (id, doc, index, text) = (&row["id"], &row["doc"], &row["index"], &row["text"]);
        let choice = json!({"id": id, "doc": doc, "index": index, "text": text, "label": label, "coder": coder, "action": "label"});
        format!("{choice}\n")
    };
    dir.write(value("-o"), rows.iter().zip(letters.chars()).map(choice).collect::<String>());
}

/// The table that a reader brings: six articles of each of two outlets in two months.
fn own_table() -> String {
    let row = |number: usize| {
        let (outlet, month) = (["Post", "Gazette"][number % 2], 5 + number % 4 / 2);
        let text = format!(
            "The council of ward {number} voted 31 to 12 on Tuesday to build the line, officials said."
        );
        format!("2024-{month:02}-{:02},{outlet},\"{text}\"\n", number + 1)
    };
    "date,outlet,text\n".to_string() + &(0..24).map(row).collect::<String>()
}

/// Copies the folders of the project that the commands of the guides read.
fn copy_seeds(dir: &Dir) {
    for folder in ["seeds/samples", "seeds/articles"] {
        for entry in std::fs::read_dir(project().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            dir.write(&format!("{folder}/{name}"), std::fs::read(&path).unwrap());
        }
    }
}

/// Runs all commands of a guide, of which it has at least `least`.
#[track_caller]
fn check(name: &str, least: usize) {
    let dir = Dir::new();
    copy_seeds(&dir);
    dir.write("news.csv", own_table());
    let guide = std::fs::read_to_string(project().join("docs").join(name)).unwrap();
    let (mut n_commands, mut printed) = (0, String::new());
    for (info, lines) in blocks(&guide) {
        let commands = commands(&lines);
        match Kind::of(info) {
            Kind::Run => printed.extend(commands.iter().map(|command| run(&dir, command))),
            Kind::Label => commands.iter().for_each(|command| label(&dir, command)),
            Kind::Printed => {
                lines.iter().for_each(|line| check_printed(&printed, line));
                continue;
            }
            Kind::Skipped => continue,
        }
        n_commands += commands.len();
    }
    assert!(n_commands >= least, "{name}: found {n_commands} commands");
}

#[track_caller]
fn check_printed(printed: &str, line: &str) {
    assert!(printed.lines().any(|found| found.trim() == line.trim()), "`{line}` not in\n{printed}");
}

#[test]
fn the_commands_for_researchers_run() {
    check("researcher.md", 16);
}

#[test]
fn the_commands_for_editors_run() {
    check("editor.md", 6);
}

#[test]
fn the_commands_for_engineers_run() {
    check("engineer.md", 8);
}
