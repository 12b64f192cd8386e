//! Options: what they accept and what they do.

use crate::support::{Dir, Run, project, two_label_rows};

/// Checks the exit code and that stderr contains all pieces.
#[track_caller]
fn check(run: &Run, code: i32, pieces: &[&str]) {
    assert_eq!(run.code, code, "{}", run.stderr);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "no `{piece}` in {}", run.stderr);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_reported_before_training() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    let run = dir.run("train rows.jsonl -o nodir/m.st");
    check(&run, 2, &["rhetor: nodir/m.st: cannot write: No such file or directory"]);
    assert!(
        !run.stderr.contains("corpus:") && run.stderr.matches("No such file").count() == 1,
        "{}",
        run.stderr
    );
    check(&dir.run("train rows.jsonl -o -"), 2, &["-o: found `-`, expected a file"]);
    assert!(!dir.path().join("-").exists());
}

#[test]
fn a_failed_learning_curve_does_not_lose_the_model() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    dir.write("other.jsonl", "{\"text\":\"It was lost.\",\"label\":\"sports\"}\n");
    let run = dir.run("train rows.jsonl --learning-curve=other.jsonl -o m.st --l2-penalty none");
    check(&run, 2, &["wrote m.st", "found label `sports`"]);
    assert!(dir.path().join("m.st").exists());
    dir.write("empty.jsonl", "");
    let run = dir.run("train rows.jsonl --learning-curve=empty.jsonl -o n.st --l2-penalty none");
    check(&run, 2, &["--learning-curve: empty.jsonl: found no labelled paragraphs to test on"]);
    assert!(!run.stderr.contains("out of fold") && !dir.path().join("n.st").exists());
}

#[test]
fn a_boilerplate_label_that_no_paragraph_has() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    let message =
        "--boilerplate-label: no paragraph has the label `boilerplate`, expected one of `cooking`, `weather`";
    check(&dir.run("train rows.jsonl -o m.st --boilerplate-label boilerplate"), 2, &[message]);
    check(&dir.run("evaluate rows.jsonl -c 2 --boilerplate-label boilerplate"), 2, &[message]);
}

#[test]
fn fit_options_of_evaluate_need_cross_validation() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    for setting in ["--ngrams 3", "--smoothing 1", "--boilerplate-label none", "--word-codes none"] {
        check(&dir.run(&format!("evaluate rows.jsonl {setting}")), 2, &["--cross-validate"]);
    }
    dir.run("evaluate rows.jsonl --cross-validate 2 --l2-penalty none --ngrams 1 --seed 1").succeeded();
    dir.run("train rows.jsonl --l2-penalty none --ngrams 1 -o m.st").succeeded();
    dir.run("evaluate rows.jsonl --model m.st --seed 1").succeeded();
}

#[test]
fn the_suffix_of_an_output_selects_its_format_or_is_an_error() {
    let dir = Dir::new();
    dir.write("a.txt", "The council voted 31 to 12 on Tuesday to build the tram line, officials said.");
    dir.run("score a.txt -o X.CSV").succeeded();
    assert!(dir.read("X.CSV").starts_with(b"source,"));
    dir.run("read a.txt -o b.tsv --format csv").succeeded();
    assert!(dir.read("b.tsv").starts_with(b"source,"));
    for (name, suffix) in [("a.tsv", "tsv"), ("a.json.gz", "json"), ("a.XLSX", "xlsx"), ("a.json", "json")] {
        for command in ["score", "read"] {
            let told =
                format!("{name}: found the suffix `.{suffix}`, expected .jsonl, .csv, .html or .parquet");
            check(&dir.run(&format!("{command} a.txt -o {name}")), 2, &[&told, "--format"]);
        }
    }
    if cfg!(not(feature = "parquet")) {
        let run = dir.run("score a.txt -o x.parquet");
        check(&run, 2, &["x.parquet: this build has no Parquet support", "--features parquet"]);
        assert!(!run.stderr.contains("--format"));
    }
}

#[test]
fn the_error_about_a_missing_label_column_lists_the_columns() {
    let dir = Dir::new();
    dir.write("rows.csv", "text,id,outlet\nThe vote was held.,1,wire\n");
    let told = "rows.csv: no column `nope`; columns are: text, id, outlet";
    check(&dir.run("evaluate rows.csv --label-column nope"), 2, &[told]);
}

#[test]
fn groups_by_date_are_days() {
    let dir = Dir::new();
    for (name, date) in [("a", "2024-05-01T09:30:00Z"), ("b", "2024-05-01T21:00:07+02:00"), ("c", "May 2")] {
        let text = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";
        dir.write(&format!("in/{name}.txt"), format!("---\ndate: {date}\n---\n{text}\n"));
    }
    let groups = dir.run("score in --group-by date").succeeded().records();
    let names: Vec<&str> = groups.iter().map(|group| group["date"].as_str().unwrap()).collect();
    assert_eq!(names, ["2024-05-01", "May 2"]);
}

#[test]
fn several_keys_and_periods_of_dates_have_columns_of_their_own() {
    let dir = Dir::new();
    let row = |outlet: &str, date: &str| {
        let text = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";
        format!("{}\n", serde_json::json!({"text": text, "outlet": outlet, "date": date}))
    };
    let rows =
        [("Post", "2024-05-06"), ("Post", "2024-05-05T10:00:00Z"), ("Gazette", "2024-11"), ("Post", "May")];
    dir.write("a.jsonl", rows.map(|(outlet, date)| row(outlet, date)).concat());
    let groups = |keys: &str| -> Vec<String> {
        let groups = dir.run(&format!("score a.jsonl --group-by {keys}")).succeeded().records();
        let named = |group: &serde_json::Value| {
            let values = keys.split(',').map(|key| group[key].as_str().unwrap());
            format!("{} {}", values.collect::<Vec<_>>().join(" "), group["articles"])
        };
        groups.iter().map(named).collect()
    };
    assert_eq!(groups("outlet,month"), ["Gazette 2024-11 1", "Post (no month) 1", "Post 2024-05 2"]);
    assert_eq!(groups("quarter"), ["(no quarter) 1", "2024-Q2 2", "2024-Q4 1"]);
    assert_eq!(groups("weekday"), ["(no weekday) 2", "Monday 1", "Sunday 1"]);
    let csv = dir.run("score a.jsonl --group-by year,outlet --format csv").succeeded().stdout;
    assert!(csv.starts_with("year,outlet,articles,few_articles,kept,"), "{csv}");
    let table = dir.run("score a.jsonl --group-by year,outlet --format table").succeeded().stdout;
    assert!(table.contains("arts kept") && table.contains(" few ."), "{table}");
    let page = dir.run("score a.jsonl --group-by year,outlet --format html").succeeded().stdout;
    assert!(page.contains("<h1>4 articles by year and outlet</h1>") && page.contains("<td>Gazette</td>"));
}

#[test]
fn white_space_around_a_name_does_not_make_another_group() {
    let dir = Dir::new();
    let row = |outlet: &str| {
        let text = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";
        format!("{}\n", serde_json::json!({"text": text, "outlet": outlet}))
    };
    dir.write("a.jsonl", ["Post", " Post", "Post\t", " "].map(row).concat());
    let groups = dir.run("score a.jsonl --group-by outlet").succeeded().records();
    let named: Vec<_> =
        groups.iter().map(|group| (group["outlet"].as_str().unwrap(), &group["articles"])).collect();
    assert_eq!(named, [("(no outlet)", &1.into()), ("Post", &3.into())]);
}

#[test]
fn a_table_on_standard_input_is_recognised_by_the_usual_column_names() {
    let dir = Dir::new();
    let text = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";
    for name in ["text", "Text", "body", "content"] {
        let run = dir.run_with("score", format!("id,{name}\n7,\"{text}\"\n").as_bytes()).succeeded();
        assert_eq!((&run.records()[0]["id"], run.records().len()), (&"7".into(), 1), "{name}");
    }
}

#[test]
fn explain_takes_a_number_or_features() {
    let dir = Dir::new();
    dir.write("a.txt", "We must stop this shameful waste now.");
    for value in ["feature", "features=", "features5", "-1", "x"] {
        let run = dir.run(&format!("score a.txt --explain={value}"));
        assert!(
            run.code == 2 && run.stderr.contains("expected a number, `features`"),
            "{value}: {}",
            run.stderr
        );
    }
    dir.run(&format!("score a.txt --explain {}", usize::MAX / 2 + 1)).succeeded();
}

#[test]
fn any_number_of_features_can_be_asked_for() {
    let dir = Dir::new();
    dir.write("a.txt", "We must stop this shameful waste now, and we must stop it for good.");
    let all = dir.run(&format!("score a.txt --explain features={}", usize::MAX / 2 + 1)).succeeded();
    let features = |run: &Run| run.stdout.matches("\"group\"").count();
    assert!(features(&all) > features(&dir.run("score a.txt --explain features=3").succeeded()));
}

#[test]
fn the_weight_of_a_folder_changes_the_model_but_not_the_folds() {
    let dir = Dir::new();
    std::fs::create_dir(dir.path().join("few")).unwrap();
    dir.write("rows.jsonl", two_label_rows(12));
    dir.write("few/rows.jsonl", two_label_rows(12));
    let train = |name: &str, flags: &str| {
        dir.run(&format!("train rows.jsonl few -o {name} --min-count 1 --folds 3 {flags}")).succeeded();
        let card = dir.run(&format!("inspect {name} --format json")).succeeded().stdout;
        serde_json::from_str::<serde_json::Value>(&card).unwrap()
    };
    let plain = train("plain.st", "");
    let weighed = train("weighed.st", "--weight ./few/=3");
    // The last of several weights counts, and a path can be written in any way.
    let again = train("again.st", "--weight few=9 --weight few/../few=3");
    assert_ne!(plain["id"], weighed["id"]);
    assert_eq!(weighed["id"], again["id"]);
    assert_eq!(plain["card"]["options"]["weight"], "1");
    assert!(weighed["card"]["options"]["weight"].as_str().unwrap().starts_with("3 for "), "{weighed}");
    for (flag, why) in [
        ("--weight nowhere=2", "--weight: found no labelled text in nowhere"),
        ("--weight few=0", "expected a path, `=` and a whole number from 1 to 255"),
        ("--weight few", "expected a path, `=` and a whole number from 1 to 255"),
    ] {
        check(&dir.run(&format!("train rows.jsonl few -o m.st {flag}")), 2, &[why]);
    }
}

/// The block of a document that begins with `start`, without it.
fn block_of(document: &str, start: &str) -> String {
    let text = std::fs::read_to_string(project().join(document)).unwrap();
    let block = text.split(&format!("```\n{start}")).nth(1).and_then(|rest| rest.split("```").next());
    block.unwrap_or_else(|| panic!("{document} has no block that begins with `{start}`")).to_string()
}

/// Checks that each line of an excerpt was printed; `…` stands for lines that are left out.
#[track_caller]
fn check_excerpt(excerpt: &str, printed: &str) {
    for line in excerpt.lines().filter(|line| line.trim() != "…") {
        assert!(
            printed.lines().any(|found| found.trim_end() == line.trim_end()),
            "`{line}` not in\n{printed}"
        );
    }
}

#[test]
fn the_excerpt_in_the_readme_is_what_is_printed() {
    let block = block_of("README.md", "seeds/samples/");
    let (file, excerpt) = block.split_once('\n').unwrap();
    let sample = project().join("seeds/samples").join(file);
    let printed = Dir::new().run(&format!("score {} --format table", sample.display())).succeeded().stdout;
    check_excerpt(excerpt, &printed);
}

#[test]
fn the_reasons_in_the_reference_are_what_is_printed() {
    let block = block_of("docs/reference.md", "$ echo '");
    let (command, excerpt) = block.split_once('\n').unwrap();
    let (text, args) = command.split_once("' | rhetor ").unwrap();
    let printed = Dir::new().run_with(args, text.as_bytes()).succeeded().stdout;
    check_excerpt(excerpt, &printed);
}
