//! `rhetor score --stream`: each line of standard input is answered by one line of standard output.

use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use rhetor::{Error, Model};

use crate::args::ScoreArgs;
use crate::run;
use crate::scorer::{Scorer, Task};

/// The longest line, in bytes, as for rows of files.
const MAX_LINE: u64 = 64 << 20;

/// Answers lines until standard input ends. Each answer is flushed, because the other side waits for it.
pub fn stream(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    let model = args.model.as_deref().map_or_else(Model::embedded, Model::load)?;
    let (options, read) = (run::score_options(args, false), run::read_options(args));
    let scorer = Scorer { model, task: Task::Score, options, read };
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let n_read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(io("read"))?;
        if n_read == 0 {
            break;
        }
        let answer = match line.ends_with(b"\n") || (n_read as u64) < MAX_LINE {
            true => scorer.line(number, &line),
            false => {
                input.skip_until(b'\n').map_err(io("read"))?;
                let error = format!("found more than {} MB in one line", MAX_LINE >> 20);
                serde_json::json!({"line": number, "error": error}).to_string()
            }
        };
        writeln!(output, "{answer}").and_then(|()| output.flush()).map_err(io("write"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn io(action: &'static str) -> impl FnOnce(std::io::Error) -> Error {
    let stream = if action == "read" { "standard input" } else { "standard output" };
    Error::io(Path::new(stream), action)
}
