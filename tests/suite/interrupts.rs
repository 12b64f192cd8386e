//! Interrupted runs. Standard input stays open until the signal is sent, so that no run ends before it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};

use crate::support::Dir;

const TEXT: &str = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.\n";

/// More than the buffer of a pipe: once all of it is written, reading has begun.
const MORE_THAN_A_PIPE: usize = 256 << 10;

/// A run that waits for the end of its standard input.
struct Waiting {
    child: Child,
    stdin: ChildStdin,
    stderr: BufReader<ChildStderr>,
}

impl Waiting {
    /// Starts `rhetor` on standard input followed by 70 files; 63 of them are read in parallel with it.
    fn start(dir: &Dir, args: &str) -> Waiting {
        Waiting::reading(Waiting::command(dir, &format!("{args} - in")))
    }

    /// A command whose `args` name all inputs.
    fn command(dir: &Dir, args: &str) -> Command {
        write_inputs(dir);
        // Signals that the test runner ignores, as under `nohup`, would be ignored here, too.
        let mut command = Command::new("env");
        command.arg("--default-signal=INT,TERM,HUP").arg(env!("CARGO_BIN_EXE_rhetor"));
        command.args(args.split_whitespace()).current_dir(dir.path());
        command
    }

    /// Starts a command and returns once it has read from standard input.
    fn reading(mut command: Command) -> Waiting {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stdin, stderr) = (child.stdin.take().unwrap(), child.stderr.take().unwrap());
        stdin.write_all(TEXT.repeat(MORE_THAN_A_PIPE / TEXT.len()).as_bytes()).unwrap();
        Waiting { child, stdin, stderr: BufReader::new(stderr) }
    }

    /// Reads lines of stderr up to one that contains `piece`.
    fn wait_for(&mut self, piece: &str) {
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

    /// Closes standard input; returns the exit code, standard output and the rest of stderr.
    fn end(mut self) -> (Option<i32>, String, String) {
        drop(self.stdin);
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().code(), stdout, stderr)
    }
}

fn write_inputs(dir: &Dir) {
    for index in 0..70 {
        dir.write(&format!("in/{index:02}.txt"), TEXT);
    }
}

/// The sources of the records, each of which must be complete.
fn sources(records: &str) -> Vec<String> {
    let source = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["source"].to_string();
    records.lines().map(source).collect()
}

#[track_caller]
fn check_stop(command: &str, signal: &str, expected_code: i32) {
    let dir = Dir::new();
    let mut waiting = Waiting::start(&dir, command);
    waiting.send(signal);
    waiting.wait_for("stopping after the articles in progress; interrupt again to quit now");
    let (code, stdout, stderr) = waiting.end();
    assert_eq!(code, Some(expected_code));
    let expected = "rhetor: stopped after 64 of 71 files (64 articles); the results so far are complete\n";
    assert_eq!(stderr, expected);
    let sources = sources(&stdout);
    assert_eq!(
        (sources.first().unwrap().as_str(), sources.last().unwrap().as_str()),
        ("\"-\"", "\"in/62.txt\"")
    );
}

#[test]
fn an_interrupt_leaves_complete_records_on_standard_output() {
    check_stop("score", "INT", 130);
    check_stop("read", "INT", 130);
    check_stop("score", "TERM", 143);
    check_stop("score", "HUP", 129);
}

#[test]
fn an_interrupt_leaves_a_partial_file_beside_the_output() {
    let dir = Dir::new();
    dir.write("out.jsonl", "old");
    let mut waiting = Waiting::start(&dir, "score -o out.jsonl");
    waiting.send("INT");
    waiting.wait_for("stopping");
    let (code, stdout, stderr) = waiting.end();
    assert_eq!((code, stdout.as_str()), (Some(130), ""));
    assert!(stderr.ends_with("(64 articles); the results so far are in out.jsonl.partial\n"), "{stderr}");
    assert_eq!(dir.read("out.jsonl"), b"old");
    let part = String::from_utf8(dir.read("out.jsonl.partial")).unwrap();
    assert_eq!(sources(&part).last().unwrap(), "\"in/62.txt\"");
}

#[test]
fn an_interrupted_run_writes_no_groups() {
    let dir = Dir::new();
    let mut waiting = Waiting::start(&dir, "score --group-by source");
    waiting.send("INT");
    waiting.wait_for("stopping");
    let (code, stdout, stderr) = waiting.end();
    assert_eq!((code, stdout.as_str()), (Some(130), ""));
    assert!(stderr.contains("groups need all articles"), "{stderr}");
}

#[test]
fn a_second_interrupt_quits_at_once_and_removes_the_temporary_file() {
    let dir = Dir::new();
    let mut waiting = Waiting::start(&dir, "score -o out.jsonl");
    waiting.send("INT");
    waiting.wait_for("stopping");
    waiting.send("INT");
    // Standard input is still open.
    assert_eq!(waiting.child.wait().unwrap().code(), Some(130));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "expected only the inputs");
}

#[test]
fn a_second_interrupt_removes_the_temporary_folder() {
    let dir = Dir::new();
    let mut waiting = Waiting::start(&dir, "score -o out/");
    waiting.send("INT");
    waiting.wait_for("stopping");
    waiting.send("TERM");
    assert_eq!(waiting.child.wait().unwrap().code(), Some(143));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "expected only the inputs");
}

#[test]
fn the_partial_folder_of_the_working_directory_is_beside_it() {
    let dir = Dir::new();
    std::fs::create_dir(dir.path().join("here")).unwrap();
    let mut command = Waiting::command(&dir, "score -o ./ - ../in");
    command.current_dir(dir.path().join("here"));
    let mut waiting = Waiting::reading(command);
    waiting.send("INT");
    waiting.wait_for("stopping");
    let (code, _, stderr) = waiting.end();
    assert_eq!(code, Some(130));
    assert!(stderr.trim_end().ends_with("/here.partial"), "{stderr}");
    assert!(dir.path().join("here.partial/index.html").is_file());
    assert_eq!(std::fs::read_dir(dir.path().join("here")).unwrap().count(), 0);
}

#[test]
fn quiet_runs_still_report_incomplete_results() {
    for (command, expected) in [
        ("score -q -o out.jsonl", "(64 articles); the results so far are in out.jsonl.partial\n"),
        ("score -q --group-by source", ""),
    ] {
        let dir = Dir::new();
        let waiting = Waiting::start(&dir, command);
        waiting.send("INT");
        // Nothing reports that the signal has arrived, and a second one would end the run.
        std::thread::sleep(std::time::Duration::from_secs(1));
        let (code, _, stderr) = waiting.end();
        assert_eq!(code, Some(130), "{command}");
        assert!(stderr.ends_with(expected) && stderr.lines().count() == expected.lines().count(), "{stderr}");
    }
}

/// A run whose parent ignores a signal.
fn ignoring(dir: &Dir, signal: &str) -> Waiting {
    write_inputs(dir);
    let script = format!("trap '' {signal}; exec {} score - in", env!("CARGO_BIN_EXE_rhetor"));
    let mut command = Command::new("env");
    command.args(["--default-signal=INT,TERM,HUP", "sh", "-c", &script]).current_dir(dir.path());
    Waiting::reading(command)
}

#[test]
fn other_signals_are_handled_under_nohup() {
    let dir = Dir::new();
    let mut waiting = ignoring(&dir, "HUP");
    waiting.send("HUP");
    waiting.send("TERM");
    waiting.wait_for("stopping");
    let (code, _, stderr) = waiting.end();
    assert_eq!(code, Some(143));
    assert!(stderr.starts_with("rhetor: stopped after "), "{stderr}");
}

#[test]
fn an_interrupt_that_was_ignored_at_the_start_stays_ignored() {
    let dir = Dir::new();
    let waiting = ignoring(&dir, "INT");
    waiting.send("INT");
    let (code, stdout, stderr) = waiting.end();
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(sources(&stdout).last().unwrap(), "\"in/69.txt\"");
}
