//! Inputs, models and outputs that cannot be used, and the messages about them.

use crate::support::{Dir, Run, two_label_rows};

/// Checks the exit code, and that standard error contains all pieces and no panic.
#[track_caller]
fn check(run: Run, code: i32, pieces: &[&str]) {
    assert_eq!(run.code, code, "{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "no `{piece}` in: {}", run.stderr);
    }
}

/// Checks several commands that fail in the same way.
#[track_caller]
fn check_all(dir: &Dir, commands: &[&str], code: i32, pieces: &[&str]) {
    commands.iter().for_each(|command| check(dir.run(command), code, pieces));
}

#[test]
fn a_missing_file() {
    let dir = Dir::new();
    let pieces = ["nowhere.txt: cannot read: No such file", "hint: check the path"];
    let commands =
        ["score nowhere.txt", "read nowhere.txt", "train nowhere.txt -o m", "evaluate nowhere.txt"];
    check_all(&dir, &commands, 2, &pieces);
    check(dir.run("inspect nowhere.model"), 2, &["nowhere.model: cannot read"]);
}

#[test]
fn a_bad_file_among_good_ones() {
    let dir = Dir::new();
    dir.write("a.txt", "The council met on Tuesday and voted for the tram line.");
    let run = dir.run("score nowhere.txt a.txt");
    assert_eq!(run.records().len(), 1);
    check(run, 1, &["nowhere.txt: cannot read"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_unreadable_file() {
    // Everyone can open it, root included, but nobody can read its start.
    check(Dir::new().run("score /proc/self/mem"), 2, &["/proc/self/mem: cannot read: "]);
}

#[test]
fn an_empty_folder() {
    let dir = Dir::new();
    std::fs::create_dir(dir.path().join("empty")).unwrap();
    check(
        dir.run("score empty"),
        2,
        &["empty: no readable text in this folder (0 files seen)", "hint: supported: text"],
    );
}

#[test]
fn a_folder_of_binaries() {
    let dir = Dir::new();
    dir.write("bin/a.png", [0x89, b'P', 0, 1]);
    dir.write("bin/b.exe", [0x4d, 0x5a, 0]);
    check(
        dir.run("score bin"),
        2,
        &[
            "bin: no readable text in this folder (2 files seen)",
            "skipped 2 files (unsupported type)",
            "a.png",
            "b.exe",
        ],
    );
    check(dir.run("score bin/a.png"), 2, &["a.png: found binary data, expected text", "hint: unpack"]);
}

#[test]
fn bytes_that_are_not_utf_8() {
    let dir = Dir::new();
    dir.write("latin.txt", b"One.\n\nCaf\xe9 au lait.");
    check(dir.run("score latin.txt"), 0, &["latin.txt:1: not UTF-8, read as windows-1252"]);
    dir.write("bad.txt", "Café, café.\n\nAnd a bad byte: ÿ.".replace('ÿ', "\u{1}").as_bytes());
    let mut bytes = dir.read("bad.txt");
    bytes.iter_mut().filter(|byte| **byte == 1).for_each(|byte| *byte = 0xff);
    dir.write("bad.txt", bytes);
    check(dir.run("score bad.txt"), 0, &["bad.txt:3: invalid bytes in 1 place, read as U+FFFD"]);
}

#[test]
fn files_that_are_not_text() {
    let dir = Dir::new();
    dir.write("a.txt", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj");
    check(
        dir.run("score a.txt"),
        2,
        &["a.txt: found a PDF, expected text", "hint: convert it to text first"],
    );
    dir.write(
        "b.csv",
        b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types].xml",
    );
    let expected = match cfg!(feature = "forms") {
        true => "b.csv: cannot be read as ZIP archive",
        false => "b.csv: found an Office document (docx, xlsx, pptx)",
    };
    check(dir.run("train b.csv -o m"), 2, &[expected]);
}

#[test]
fn a_pattern_that_matches_nothing() {
    let dir = Dir::new();
    check(dir.run("score *.txt"), 2, &["*.txt: found no input (no file or folder matches it)", "hint: "]);
    check(dir.run("score [x"), 2, &["[x: found no input ("]);
    dir.write("in/a.txt", "The council met on Tuesday and voted for the tram line.");
    assert_eq!(dir.run("score **/*.txt").succeeded().records().len(), 1);
}

#[test]
fn column_options_out_of_range() {
    let dir = Dir::new();
    dir.write("rows.csv", "id;words\n1;The vote was held on Monday.\n");
    check(dir.run("score rows.csv --delimiter ab"), 2, &["expected one ASCII character"]);
    check(dir.run("score rows.csv"), 2, &["rows.csv: no column `text`; columns are: id, words", "hint: "]);
    check(
        dir.run("score rows.csv --text-column word"),
        2,
        &["rows.csv: no column `word`; columns are: id, words"],
    );
    assert_eq!(dir.run("score rows.csv --text-column words").succeeded().records()[0]["id"], "1");
}

#[test]
fn json_arrays_with_bad_rows() {
    let dir = Dir::new();
    let row = "{\"text\": \"The vote was held on Monday.\"}";
    dir.write("all.json", format!("[\n  {row},\n  {{\n\"text\": nul}},\n{{\"a\": 1}}, 7,\n  {row}\n]\n"));
    let run = dir.run("score all.json");
    assert_eq!(run.records().len(), 2);
    let pieces = [
        "all.json:3: found bad JSON at column 12 of line 4 (expected ident)",
        "all.json:5: found an object without a string `text` (it has a)",
        "all.json:5: found bad JSON",
    ];
    check(run, 1, &pieces);
    dir.write("cut.json", format!("[{row},\n{row}"));
    let run = dir.run("score cut.json");
    assert_eq!(run.records().len(), 2);
    check(run, 1, &["cut.json:1: found an array that is not closed, expected a `]` at its end"]);
    dir.write("list.json", "{\"articles\": [{\"words\": \"One.\"}]}");
    let found =
        "list.json:1: found an object without a string `text` (it has articles) and no row with a text";
    check(
        dir.run("score list.json"),
        2,
        &[found, "hint: name the key that holds the text with --text-column; `a.b` is"],
    );
}

#[test]
fn json_without_texts_is_skipped_in_folders_and_patterns_and_an_error_if_named() {
    let dir = Dir::new();
    dir.write("in/a.txt", "The council met on Tuesday and voted for the tram line.");
    dir.write("in/package.json", "{\n  \"name\": \"tram\",\n  \"files\": [\"a\"]\n}\n");
    dir.write("in/stops.json", "[\"a\", 1, {\"x\": NaN}]");
    dir.write("in/rows.json", "{\"a\":1}\n{\"b\":2}\n");
    let skipped = ["skipped 3 files (JSON without a text): in/package.json, in/rows.json, in/stops.json"];
    for command in ["score in", "read in --rules-only", "score in/*"] {
        let run = dir.run(command);
        assert_eq!((run.records().len(), run.stderr.lines().count()), (1, 1), "{}", run.stderr);
        check(run, 0, &skipped);
    }
    check(dir.run("score in/package.json in/a.txt"), 1, &["in/package.json:1: found an object without a"]);
    check(dir.run("score in/package.json in"), 1, &["in/package.json:1: found an object without a"]);
    check(dir.run("score in/*.json"), 2, &skipped);
    dir.write("in/labelled.jsonl", two_label_rows(8));
    let skipped = ["skipped 4 files (no labelled text): in/a.txt, in/package.json, in/rows.json and 1 more"];
    check(dir.run("train in -o m --folds 2"), 0, &skipped);
    check(dir.run("train in/* -o m --folds 2"), 0, &skipped);
}

#[test]
fn json_that_is_damaged_or_has_a_text_is_read_as_a_table_wherever_it_is() {
    let dir = Dir::new();
    dir.write("in/a.txt", "The council met on Tuesday and voted for the tram line.");
    dir.write("in/rows.json", "[{\"a\": 1}, {\"text\": \"The vote was held on Monday.\"}, 7]");
    let run = dir.run("score in");
    assert_eq!(run.records().len(), 2);
    check(run, 1, &["in/rows.json:1: found an object without a string `text` (it has a)", "found bad JSON"]);
    dir.write("in/rows.json", "[{\"a\": 1}, {\"text\": \"The vote was");
    let pieces = ["(it has a)", "found bad JSON", "found an array that is not closed"];
    check(dir.run("score in"), 1, &pieces);
    // A CSV file is always read as a table.
    dir.write("in/rows.json", "[]");
    dir.write("in/rows.csv", "id,words\n1,One.\n");
    check(dir.run("score in"), 1, &["in/rows.csv: no column `text`; columns are: id, words"]);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_in_a_build_without_it() {
    let dir = Dir::new();
    dir.write("in/t.parquet", "PAR1\x15\x04\x15");
    let pieces = ["t.parquet: found a Parquet table, expected text", "hint: build rhetor with `--features"];
    check_all(&dir, &["score in/t.parquet", "score in", "train in -o m"], 2, &pieces);
    dir.write("a.txt", "The vote was held on Monday.");
    let pieces = ["this build has no Parquet support; build rhetor with `--features parquet`"];
    check_all(&dir, &["score a.txt --format parquet -o b", "score a.txt -o b.parquet"], 2, &pieces);
}

#[test]
fn an_empty_corpus() {
    let dir = Dir::new();
    dir.write("rows.jsonl", "");
    let pieces = ["the corpus has no labelled paragraphs, expected labelled text", "hint: docs/reference.md"];
    check_all(&dir, &["train rows.jsonl -o m", "evaluate rows.jsonl"], 2, &pieces);
}

#[test]
fn one_label_only() {
    let dir = Dir::new();
    dir.write("rows.csv", "text,label\nOne two.,x\nThree four.,x\n");
    check(dir.run("train rows.csv -o m"), 2, &["the corpus has one label only (`x`), expected at least two"]);
}

#[test]
fn a_label_with_one_paragraph() {
    let dir = Dir::new();
    let rows = two_label_rows(8) + "{\"text\":\"A lone one.\",\"label\":\"lone\"}\n";
    dir.write("rows.jsonl", rows);
    check(dir.run("train rows.jsonl -o m"), 2, &["1 paragraph of label `lone` in one article"]);
    assert!(!dir.path().join("m").exists());
}

#[test]
fn an_unknown_label() {
    let dir = Dir::new();
    dir.write("rows.csv", "text,label\nOne two.,report\nThree four.,reprot\n");
    check(
        dir.run("evaluate rows.csv"),
        2,
        &[
            "rows.csv:3: found label `reprot`, expected one of the model's labels: report, advocacy, analysis",
            "hint: ",
        ],
    );
}

#[test]
fn labelled_files_without_labels() {
    let dir = Dir::new();
    dir.write("c/notes.txt", "No labels here.");
    dir.write("c/rows.jsonl", two_label_rows(8));
    dir.write("c/half.txt", "[weather] Rain.\n\nNo label.\n");
    let run = dir.run("train c -o m --folds 2");
    assert!(run.stderr.contains("c/half.txt:3: found a block without a label"), "{}", run.stderr);
    check(run, 1, &["skipped 1 file (no labelled text): c/notes.txt", "wrote m"]);
    check(dir.run("train c/notes.txt -o m"), 2, &["c/notes.txt:1: found text without labels"]);
}

#[test]
fn a_bad_row_is_skipped_and_the_rest_is_read() {
    let dir = Dir::new();
    dir.write("rows.jsonl", "{\"id\":1,\"text\":\"The vote was held on Monday.\"}\n{oops\n{\"id\":3,\"text\":\"The vote was lost on Tuesday.\"}\n");
    let run = dir.run("score rows.jsonl");
    assert_eq!(run.records().len(), 2);
    check(run, 1, &["rows.jsonl:2: found bad JSON", "expected a JSON object with a string `text`"]);
}

/// A model trained on a few rows.
fn small_model(dir: &Dir) -> Vec<u8> {
    dir.write("rows.jsonl", two_label_rows(8));
    dir.run("train rows.jsonl -o m --folds 2").succeeded();
    dir.read("m")
}

#[test]
fn a_model_of_another_format() {
    let dir = Dir::new();
    let model = small_model(&dir);
    let entry = b"\\\"format\\\":3";
    let found = model.windows(entry.len()).position(|bytes| bytes == entry).unwrap();
    let mut other = model.clone();
    other[found + entry.len() - 1] = b'9';
    dir.write("other", other);
    check(
        dir.run("score --model other rows.jsonl"),
        2,
        &["other: found model format 9, expected 3", "hint: train the model again with `rhetor train`"],
    );
}

#[test]
fn a_truncated_or_changed_model() {
    let dir = Dir::new();
    let model = small_model(&dir);
    for length in [0, 7, 8, 100, model.len() / 2, model.len() - 1] {
        dir.write("cut", &model[..length]);
        check(
            dir.run("score --model cut rows.jsonl"),
            2,
            &["cut: not a complete rhetor model", "hint: copy the file again"],
        );
    }
    let mut changed = model.clone();
    *changed.last_mut().unwrap() ^= 0x40;
    dir.write("changed", changed);
    check(dir.run("inspect changed"), 2, &["changed: not a complete rhetor model: its checksum"]);
    dir.write("text", "no model");
    check(dir.run("inspect text"), 2, &["text: not a complete rhetor model"]);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    use std::io::Read;
    let dir = Dir::new();
    dir.write("a.txt", "The council met on Tuesday and voted for the tram line.\n\n".repeat(3000));
    let mut child = dir.command("score a.txt").env("RUST_BACKTRACE", "1").spawn().unwrap();
    let mut first = [0; 64];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert_eq!(stderr, "");
}

#[test]
fn an_output_folder_that_is_missing() {
    let dir = Dir::new();
    dir.write("a.txt", "The council met on Tuesday and voted for the tram line.");
    dir.write("rows.jsonl", two_label_rows(8));
    check(dir.run("score a.txt -o no/where.jsonl"), 2, &["no/where.jsonl: cannot write: No such file"]);
    check(dir.run("train rows.jsonl --folds 2 -o no/where"), 2, &["no/where: cannot write: No such file"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written() {
    let dir = Dir::new();
    dir.write("a.txt", "The council met on Tuesday and voted for the tram line.");
    dir.write("rows.jsonl", two_label_rows(8));
    // Nobody can create files in /proc, root included.
    check(dir.run("score a.txt -o /proc/out.jsonl"), 2, &["/proc/out.jsonl: cannot write: "]);
    check(dir.run("train rows.jsonl --folds 2 -o /proc/model"), 2, &["/proc/model: cannot write: "]);
}

#[test]
fn an_input_is_not_overwritten() {
    let dir = Dir::new();
    dir.write("a.txt", "The council voted on Monday, officials said.");
    for command in ["score a.txt -o a.txt", "read a.txt -o ./a.txt"] {
        check(dir.run(command), 2, &["a.txt: found one of the inputs, expected another file"]);
    }
    assert!(dir.read("a.txt").starts_with(b"The council"));
}

#[test]
fn settings_out_of_range() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    check(
        dir.run("train rows.jsonl -o m --smoothing 0"),
        2,
        &["smoothing: found 0, expected `auto` or a number"],
    );
    check(dir.run("train rows.jsonl -o m --smoothing x"), 2, &["expected `auto` or a number"]);
    check(
        dir.run("train rows.jsonl -o m --ngrams 9"),
        2,
        &["n-gram length: found 9, expected a number from 1 to 3"],
    );
    let folds = "folds: found 1, expected `auto`, `none` or a number from 2";
    check(dir.run("train rows.jsonl -o m --folds 1"), 2, &[folds]);
    check(dir.run("evaluate rows.jsonl --cross-validate 1"), 2, &["folds: found 1"]);
    check(dir.run("score rows.jsonl --threads 0"), 2, &["--threads: found 0"]);
}

#[test]
fn malformed_word_codes() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    dir.write("codes.tsv", "rain\tY\nwind\tx\n");
    let pieces = ["codes.tsv:2: found `wind\tx`, expected a word, a tab and code letters"];
    check(dir.run("train rows.jsonl -o m --word-codes codes.tsv"), 2, &pieces);
    check(dir.run("train rows.jsonl -o m --word-codes none.tsv"), 2, &["none.tsv: cannot read"]);
}

#[test]
fn malformed_blocks_and_rows_of_labelled_files() {
    let dir = Dir::new();
    dir.write("a.txt", "[x] One.\n[y] Two.\n");
    assert!(dir.run("train a.txt -o m").stderr.contains("a.txt:2: found a label inside a block"));
    dir.write("b.txt", "__label__ nothing\n__label__x fine\n");
    assert!(dir.run("train b.txt -o m").stderr.contains("b.txt:1: found a line without exactly one label"));
    dir.write("c.csv", "text,label\n,x\nfine,x\n");
    assert!(
        dir.run("train c.csv -o m").stderr.contains("c.csv:2: found a row with a label but without a text")
    );
}

#[test]
fn too_few_groups() {
    let dir = Dir::new();
    let rows = two_label_rows(8).replace("\"doc\"", "\"topic\":\"one\",\"doc\"");
    dir.write("rows.jsonl", rows);
    check(
        dir.run("train rows.jsonl -o m --group-by topic"),
        2,
        &["label `cooking` in one topic, expected every label in at least two topics"],
    );
    check(
        dir.run("evaluate rows.jsonl -c 3 --group-by topic"),
        2,
        &["label `cooking` in 1 topic(s), expected at least 3"],
    );
}

#[test]
fn a_table_whose_rows_are_all_bad() {
    let dir = Dir::new();
    dir.write("rows.csv", "id,words\n1,a\n");
    check(dir.run("score rows.csv -o out"), 2, &["rows.csv: no column `text`; columns are: id, words"]);
    assert!(!dir.path().join("out").exists());
}

#[test]
fn an_open_quotation_mark_costs_one_row() {
    let dir = Dir::new();
    dir.write(
        "rows.csv",
        "id,text\n1,The vote was held.\n2,\"The vote was lost.\n3,It rained.\n4,It snowed.\n",
    );
    let run = dir.run("score rows.csv");
    let ids: Vec<String> = run.records().iter().map(|record| record["id"].to_string()).collect();
    assert_eq!(ids, ["\"1\"", "\"3\"", "\"4\""]);
    check(run, 1, &["rows.csv:3: found a quotation mark that swallows"]);
}

#[test]
fn a_column_that_no_input_has() {
    let dir = Dir::new();
    dir.write("a.txt", "The council met on Tuesday and voted for the tram line.");
    check(
        dir.run("score a.txt --group-by outlte"),
        2,
        &["--group-by: the articles have no column or front-matter key `outlte`; columns are: none"],
    );
}
