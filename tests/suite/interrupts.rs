//! What signals leave behind. Standard input stays open while they come, so that no run is faster than its test.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};

use crate::support::Dir;

const TEXT: &str = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.\n";

/// More than a pipe holds: when all of it is written, some was read.
const MORE_THAN_A_PIPE: usize = 256 << 10;

/// A run that waits for the end of its standard input.
struct Waiting {
    child: Child,
    stdin: ChildStdin,
    stderr: BufReader<ChildStderr>,
}

impl Waiting {
    /// Starts `rhetor` on standard input and 70 files behind it, of which 63 are read at one time with it.
    fn start(dir: &Dir, args: &str) -> Waiting {
        for index in 0..70 {
            dir.write(&format!("in/{index:02}.txt"), TEXT);
        }
        // Whoever runs the tests may have signals ignored, as `nohup` does, which would be inherited.
        let mut command = Command::new("env");
        command.arg("--default-signal=INT,TERM,HUP").arg(env!("CARGO_BIN_EXE_rhetor"));
        command.args(args.split_whitespace()).args(["-", "in"]).current_dir(dir.path());
        Waiting::reading(command)
    }

    /// Starts a command that reads standard input first, and returns when it does.
    fn reading(mut command: Command) -> Waiting {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stdin, stderr) = (child.stdin.take().unwrap(), child.stderr.take().unwrap());
        stdin.write_all(TEXT.repeat(MORE_THAN_A_PIPE / TEXT.len()).as_bytes()).unwrap();
        Waiting { child, stdin, stderr: BufReader::new(stderr) }
    }

    /// Reads lines on stderr up to one with `piece`.
    fn hear(&mut self, piece: &str) {
        let mut line = String::new();
        while !line.contains(piece) {
            line.clear();
            assert!(self.stderr.read_line(&mut line).unwrap() > 0, "ended without `{piece}`");
        }
    }

    fn send(&self, signal: &str) {
        let script = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    }

    /// Ends standard input; the exit code, standard output and the rest of stderr.
    fn end(mut self) -> (Option<i32>, String, String) {
        drop(self.stdin);
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().code(), stdout, stderr)
    }
}

/// The sources of the records, each of which is whole.
fn sources(records: &str) -> Vec<String> {
    let source = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["source"].to_string();
    records.lines().map(source).collect()
}

#[track_caller]
fn check_stop(command: &str, signal: &str) {
    let dir = Dir::new();
    let mut waiting = Waiting::start(&dir, command);
    waiting.send(signal);
    waiting.hear("stopping behind the articles at work; interrupt again to end at once");
    let (code, stdout, stderr) = waiting.end();
    assert_eq!(code, Some(130));
    let expected = "rhetor: stopped after 64 of 71 files, 64 articles; the results up to there are whole\n";
    assert_eq!(stderr, expected);
    let sources = sources(&stdout);
    assert_eq!(
        (sources.first().unwrap().as_str(), sources.last().unwrap().as_str()),
        ("\"-\"", "\"in/62.txt\"")
    );
}

#[test]
fn an_interrupt_leaves_whole_results_on_standard_output() {
    check_stop("score", "INT");
    check_stop("read", "INT");
    check_stop("score", "TERM");
}

#[test]
fn an_interrupt_leaves_a_part_beside_the_file() {
    let dir = Dir::new();
    dir.write("out.jsonl", "old");
    let mut waiting = Waiting::start(&dir, "score -o out.jsonl");
    waiting.send("INT");
    waiting.hear("stopping");
    let (code, stdout, stderr) = waiting.end();
    assert_eq!((code, stdout.as_str()), (Some(130), ""));
    assert!(stderr.ends_with("64 articles; their results are whole, in out.jsonl.partial\n"), "{stderr}");
    assert_eq!(dir.read("out.jsonl"), b"old");
    let part = String::from_utf8(dir.read("out.jsonl.partial")).unwrap();
    assert_eq!(sources(&part).last().unwrap(), "\"in/62.txt\"");
}

#[test]
fn groups_of_some_of_the_articles_are_not_given() {
    let dir = Dir::new();
    let mut waiting = Waiting::start(&dir, "score --group-by source");
    waiting.send("INT");
    waiting.hear("stopping");
    let (code, stdout, stderr) = waiting.end();
    assert_eq!((code, stdout.as_str()), (Some(130), ""));
    assert!(stderr.contains("groups need all of them"), "{stderr}");
}

#[test]
fn a_second_interrupt_ends_at_once() {
    let dir = Dir::new();
    let mut waiting = Waiting::start(&dir, "score -o out.jsonl");
    waiting.send("INT");
    waiting.hear("stopping");
    waiting.send("INT");
    // Standard input is still open.
    assert_eq!(waiting.child.wait().unwrap().code(), Some(130));
    assert!(!dir.path().join("out.jsonl").exists() && !dir.path().join("out.jsonl.partial").exists());
}

#[test]
fn an_interrupt_that_was_ignored_from_the_start_stays_so() {
    let dir = Dir::new();
    dir.write("a.txt", TEXT);
    let script = format!("trap '' INT; exec {} score - a.txt", env!("CARGO_BIN_EXE_rhetor"));
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(dir.path());
    let waiting = Waiting::reading(command);
    waiting.send("INT");
    let (code, stdout, stderr) = waiting.end();
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(sources(&stdout).last().unwrap(), "\"a.txt\"");
}
