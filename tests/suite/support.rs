//! A folder a test, and the command line run in it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of one test, removed when the test ends.
pub(crate) struct Dir {
    folder: tempfile::TempDir,
}

/// What a run of rhetor gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Dir {
    pub(crate) fn new() -> Dir {
        Dir { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, its folders included.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    /// Runs `rhetor` with arguments parted by spaces, in this folder.
    pub(crate) fn run(&self, args: &str) -> Run {
        self.run_with(args, b"")
    }

    /// The same with bytes on standard input.
    pub(crate) fn run_with(&self, args: &str, stdin: &[u8]) -> Run {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A run that reads no input may close the pipe before all of it is written.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        Run::of(child.wait_with_output().unwrap())
    }

    pub(crate) fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rhetor"));
        command.args(args.split_whitespace()).current_dir(self.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env_remove("COLUMNS");
        command
    }
}

impl Run {
    fn of(output: Output) -> Run {
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The JSON objects of the lines on standard output.
    pub(crate) fn records(&self) -> Vec<serde_json::Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Run {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }
}

/// The root of the project.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of real articles, where the environment names one.
pub(crate) fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("RHETOR_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        let _ = writeln!(std::io::stderr(), "skipped: RHETOR_REAL_DATA is not set");
    }
    folder
}

/// A small corpus of two labels, `weather` and `cooking`, in `n` documents of three paragraphs.
pub(crate) fn two_label_rows(n: usize) -> String {
    let weather = ["rain", "wind", "cloud", "storm", "frost", "snow", "sun", "fog"];
    let cooking = ["butter", "onion", "flour", "pepper", "stew", "oven", "dough", "salt"];
    let mut rows = String::new();
    for document in 0..n {
        let (label, words) = if document % 2 == 0 { ("weather", weather) } else { ("cooking", cooking) };
        for index in 0..3 {
            let word = |step: usize| words[(document / 2 + index * step) % words.len()];
            let text =
                format!("The {} and the {} came before the {} of day {document}.", word(1), word(3), word(5));
            let row = serde_json::json!({"text": text, "label": label, "doc": document.to_string(), "index": index});
            rows.push_str(&format!("{row}\n"));
        }
    }
    rows
}
