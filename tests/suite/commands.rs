//! The output of the commands on small inputs.

use crate::support::{Dir, project, two_label_rows};

/// An article with three acts and some boilerplate.
const ARTICLE: &str = "---\ntitle: Tram line – a café\noutlet: wire\n---\nThe council voted 31 to 12 on Tuesday to build the tram line, officials said.\n\nShare on Facebook\n\nThis is a shameful waste and we must stop it now. It is time to stand up!\n\nBecause fares cover only part of the cost, the line is likely to need a larger subsidy if ridership falls.\n";

#[test]
fn a_pipe_gets_one_record_for_each_block() {
    let dir = Dir::new();
    dir.write("a.txt", ARTICLE);
    let run = dir.run("score a.txt").succeeded();
    assert_eq!(run.stderr, "");
    let records = run.records();
    let labels: Vec<&str> = records.iter().map(|record| record["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["report", "other", "advocacy", "analysis"]);
    assert_eq!(records[1]["reason"], "share");
    for record in &records {
        let span = record["start"].as_u64().unwrap() as usize..record["end"].as_u64().unwrap() as usize;
        let characters: String = ARTICLE.chars().skip(span.start).take(span.len()).collect();
        assert_eq!(characters, record["text"].as_str().unwrap());
        if let Some(scores) = record["scores"].as_object() {
            let sum: f64 = scores.values().map(|score| score.as_f64().unwrap()).sum();
            assert!((sum - 1.0).abs() < 1e-6);
        }
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    let dir = Dir::new();
    dir.write("a.txt", ARTICLE);
    let from_file = dir.run("score a.txt").succeeded().stdout;
    let from_stdin = dir.run_with("score -", ARTICLE.as_bytes()).succeeded().stdout;
    assert_eq!(from_file, from_stdin.replace("\"source\":\"-\"", "\"source\":\"a.txt\""));
    assert_eq!(from_stdin, dir.run_with("score", ARTICLE.as_bytes()).succeeded().stdout);
    let rows = "{\"id\":\"r\",\"text\":\"The vote was held on Monday.\"}\n";
    assert_eq!(dir.run_with("score -", rows.as_bytes()).succeeded().records()[0]["id"], "r");
}

#[test]
fn the_table_fits_eighty_columns() {
    let dir = Dir::new();
    dir.write("a.txt", ARTICLE);
    let run = dir.run("score a.txt --format table --explain 3 --keep-dropped").succeeded();
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
    for piece in
        ["a.txt: Tram line", "   1 report ", "share", "for ", "against ", "score +", "dropped 1 share"]
    {
        assert!(run.stdout.contains(piece), "no `{piece}` in {}", run.stdout);
    }
    let brief = dir.run("score a.txt --format table").succeeded();
    assert!(!brief.stdout.contains("Share on Facebook"));
}

#[test]
fn evidence_adds_up_to_the_score() {
    let dir = Dir::new();
    dir.write("a.txt", ARTICLE);
    for flags in ["--explain features", "--explain features=1 --no-context", "--explain features=100000"] {
        for record in dir.run(&format!("score a.txt {flags}")).succeeded().records() {
            if record.get("reason").is_some() {
                continue;
            }
            let evidence = &record["evidence"];
            assert!(evidence.is_object(), "{record}");
            let number = |value: &serde_json::Value| value.as_f64().unwrap();
            let features: f64 =
                evidence["features"].as_array().unwrap().iter().map(|f| number(&f["weight"])).sum();
            let sum = features
                + ["baseline", "neighbours", "rest"].iter().map(|key| number(&evidence[*key])).sum::<f64>();
            assert!((sum - number(&evidence["score"])).abs() < 1e-6, "{record}");
            // The score is the log-probability of the label minus the mean over all labels.
            let scores = record["scores"].as_object().unwrap();
            let logs: Vec<f64> = scores.values().map(|score| number(score).ln()).collect();
            let best = number(&scores[record["label"].as_str().unwrap()]).ln();
            let centred = best - logs.iter().sum::<f64>() / 3.0;
            assert!((centred - number(&evidence["score"])).abs() < 1e-3, "{record}");
            if flags.contains("no-context") {
                assert_eq!(number(&evidence["neighbours"]), 0.0);
            }
        }
    }
}

#[test]
fn rows_of_one_doc_are_neighbours_and_keep_their_ids() {
    let dir = Dir::new();
    let rows: String = ARTICLE
        .split("\n\n")
        .enumerate()
        .map(|(i, text)| {
            format!("{}\n", serde_json::json!({"id": format!("r{i}"), "doc": "d", "text": text}))
        })
        .collect();
    dir.write("rows.jsonl", rows);
    let with = dir.run("score rows.jsonl --unit paragraph").succeeded();
    let without = dir.run("score rows.jsonl --unit paragraph --no-context").succeeded();
    let ids: Vec<String> = with.records().iter().map(|r| r["id"].as_str().unwrap().to_string()).collect();
    assert_eq!(ids, ["r0", "r1", "r2", "r3"]);
    assert_ne!(with.stdout, without.stdout);
    assert_eq!(with.records()[0]["span_of"], "field");
}

#[test]
fn rows_without_a_doc_are_articles_unless_the_unit_is_a_paragraph() {
    let dir = Dir::new();
    let row =
        serde_json::json!({"id": "x", "text": "The vote was held on Monday.\n\nIt was lost on Tuesday."});
    dir.write("rows.jsonl", format!("{row}\n"));
    assert_eq!(dir.run("score rows.jsonl").succeeded().records().len(), 2);
    assert_eq!(dir.run("score rows.jsonl --unit paragraph").succeeded().records().len(), 1);
}

/// Two paragraphs, one of which is not English.
const FOREIGN: &str = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.\n\n\
    Der Rat hat am Dienstag nach langer Debatte mit grosser Mehrheit beschlossen, die neue Bahn zu bauen.\n";

#[test]
fn articles_and_groups_have_shares_with_intervals() {
    let dir = Dir::new();
    dir.write("in/a.txt", ARTICLE);
    dir.write("in/b.txt", ARTICLE.replace("wire", "blog"));
    dir.write("in/c.txt", ARTICLE);
    let articles = dir.run("score in --unit article").succeeded().records();
    assert_eq!(articles.len(), 3);
    assert_eq!((&articles[0]["kept"], &articles[0]["dropped"]), (&3.into(), &1.into()));
    assert_eq!(articles[0]["outlet"], "wire");
    let groups = dir.run("score in --group-by outlet").succeeded().records();
    let names: Vec<&str> = groups.iter().map(|group| group["outlet"].as_str().unwrap()).collect();
    assert_eq!(names, ["blog", "wire"]);
    assert_eq!((&groups[1]["few_articles"], groups[1].get("source")), (&true.into(), None));
    assert_eq!(groups[1]["articles"], 2);
    for record in articles.iter().chain(&groups) {
        for shares in ["word_shares", "paragraph_shares"] {
            let mut sum = 0.0;
            for share in record[shares].as_object().unwrap().values() {
                let number = |key: &str| share[key].as_f64().unwrap();
                assert!(number("low") <= number("share") && number("share") <= number("high"), "{share}");
                sum += number("share");
            }
            assert!((sum - 1.0).abs() < 1e-6);
        }
    }
    dir.write("in/d.txt", ARTICLE.replace("outlet: wire", "date: 2024-05-01"));
    dir.write("foreign.txt", FOREIGN);
    let record = &dir.run("score foreign.txt --no-filter --unit article").succeeded().records()[0];
    assert_eq!((&record["kept"], &record["out_of_domain_share"]), (&2.into(), &0.5.into()));
    let table = dir.run("score foreign.txt --no-filter --unit article --format table").succeeded().stdout;
    assert!(
        table.contains("kept drop uns ood") && table.lines().nth(1).unwrap().contains(" .50 "),
        "{table}"
    );
    let csv = dir.run("score in --group-by date --format csv").succeeded().stdout;
    assert!(csv.contains(",unsure_share,out_of_domain_share,"), "{csv}");
    assert!(csv.lines().nth(1).unwrap().starts_with("(no date),"), "{csv}");
    let table = dir.run("score in --unit article --format table").succeeded().stdout;
    assert!(table.lines().count() == 5 && table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn articles_without_labelled_words_have_no_shares() {
    let dir = Dir::new();
    dir.write("menu.txt", "Home > News > Transport\n\nSkip to content\n");
    let record = &dir.run("score menu.txt --unit article --format jsonl").succeeded().records()[0];
    assert_eq!((&record["kept"], &record["unsure_share"]), (&0.into(), &serde_json::Value::Null));
    let shares = ["word_shares", "paragraph_shares", "labelled_word_shares"];
    assert!(shares.iter().all(|shares| record[shares]["report"].is_null()), "{record}");
    let csv = dir.run("score menu.txt --unit article --format csv").succeeded().stdout;
    let id = csv.lines().nth(1).unwrap().rsplit(',').next().unwrap();
    assert!(id.len() == 12 && csv.contains(&format!("{},{id}\n", ",".repeat(22))), "{csv}");
    let table = dir.run("score menu.txt --unit article --format table").succeeded().stdout;
    assert!(table.contains("   0    2 no labelled words"), "{table}");
    let table = dir.run("score menu.txt --format table").succeeded().stdout;
    assert!(table.contains("words none is labelled\n"), "{table}");
}

#[test]
fn csv_has_one_row_for_each_block() {
    let dir = Dir::new();
    dir.write("a.txt", ARTICLE);
    let run = dir.run("score a.txt --format csv").succeeded();
    let mut reader = csv::Reader::from_reader(run.stdout.as_bytes());
    let label = reader.headers().unwrap().iter().position(|name| name == "label").unwrap();
    let labels: Vec<String> = reader.records().map(|row| row.unwrap()[label].to_string()).collect();
    assert_eq!(labels, ["report", "other", "advocacy", "analysis"]);
}

#[test]
fn output_files_are_complete_and_nothing_else_is_left() {
    let dir = Dir::new();
    dir.write("a.txt", ARTICLE);
    let run = dir.run("score a.txt -o out.jsonl").succeeded();
    assert_eq!(run.stdout, "");
    assert_eq!(dir.read("out.jsonl"), dir.run("score a.txt").succeeded().stdout.as_bytes());
    let names: Vec<_> =
        std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn read_shows_blocks_and_reasons_without_labels() {
    let dir = Dir::new();
    dir.write("a.txt", ARTICLE);
    for flags in ["", "--rules-only"] {
        let records = dir.run(&format!("read a.txt {flags}")).succeeded().records();
        let kept: Vec<bool> = records.iter().map(|record| record["kept"].as_bool().unwrap()).collect();
        assert_eq!(kept, [true, false, true, true]);
        assert_eq!(records[1]["reason"], "share");
        assert!(records[0].get("label").is_none());
    }
    let table = dir.run("read a.txt --format table").succeeded().stdout;
    assert!(table.contains("share") && table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn a_foreign_paragraph_in_an_english_article_is_named() {
    let dir = Dir::new();
    let german = "Der Gemeinderat hat am Dienstagabend beschlossen, die Brücke bis zum Frühjahr zu sperren.";
    let english = [
        "The council decided on Tuesday night to close the bridge to traffic until spring.",
        "The mayor said that it would be open again in May.",
        "No one at the meeting had asked for it to be open before then.",
    ];
    dir.write("a.txt", format!("{}\n\n{german}\n\n{}\n\n{}", english[0], english[1], english[2]));
    let records = dir.run("score a.txt").succeeded().records();
    assert_eq!(records[1]["reason"], "other language");
    assert!([0, 2, 3].iter().all(|&index: &usize| records[index]["reason"].is_null()));
}

#[test]
fn a_foreign_text_is_out_of_domain() {
    let dir = Dir::new();
    dir.write("de.txt", "Der Stadtrat hat am Dienstagabend nach sechs Stunden Debatte beschlossen, die neue Straßenbahn zu bauen, obwohl viele Bürger dagegen waren.");
    let records = dir.run("score de.txt").succeeded().records();
    assert_eq!(records[0]["flags"][0], "out_of_domain");
    dir.write("en.txt", ARTICLE);
    assert!(dir.run("score en.txt").succeeded().records()[0]["flags"].as_array().unwrap().is_empty());
}

#[test]
fn any_labels_can_be_trained_and_used() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(24));
    let run = dir.run("train rows.jsonl -o m --folds 4").succeeded();
    assert!(run.stderr.contains("filter: rules only"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    dir.write("a.txt", "The rain and the wind came before the storm of the day.\n\nThe butter and the onion came before the flour of the day.");
    let records = dir.run("score a.txt --model m").succeeded().records();
    let labels: Vec<&str> = records.iter().map(|record| record["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["weather", "cooking"]);
    let card = dir.run("inspect m").succeeded().stdout;
    for piece in ["cooking, weather", "corpus SHA-256", "macro_f1", "\nweather\n", "\ncooking\n"] {
        assert!(card.contains(piece), "no `{piece}` in {card}");
    }
    let evaluation = dir.run("evaluate rows.jsonl --model m --format json").succeeded();
    let figures: serde_json::Value = serde_json::from_str(&evaluation.stdout).unwrap();
    assert!(figures["accuracy"]["value"].as_f64().unwrap() > 0.9, "{figures}");
}

#[test]
fn the_boilerplate_label_can_be_an_ordinary_label() {
    let dir = Dir::new();
    let rows = two_label_rows(24).replace("\"cooking\"", "\"other\"");
    dir.write("rows.jsonl", &rows);
    let refused = dir.run("train rows.jsonl -o m --folds 2");
    assert!(refused.stderr.contains("one label only (`weather`)"), "{}", refused.stderr);
    dir.run("train rows.jsonl -o m --folds 2 --boilerplate-label none").succeeded();
    assert!(dir.run("inspect m").succeeded().stdout.contains("other, weather"));
    dir.run("evaluate rows.jsonl --model m").succeeded();
}

#[test]
fn training_options_change_the_model_and_are_on_its_card() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(24));
    let flags = "--smoothing 0.5 --ngrams 3 --min-count 1 --folds 3 --seed 9 --group-by topic \
                 --word-codes none --boilerplate-label none";
    dir.run(&format!("train rows.jsonl -o m {flags}")).succeeded();
    let card = dir.run("inspect m").succeeded().stdout;
    for piece in ["smoothing 0.5", "ngrams 3", "min-count 1", "folds 3", "seed 9", "group-by topic"] {
        assert!(card.contains(piece), "no `{piece}` in {card}");
    }
    // Line wrapping keeps a name and its value together.
    assert!(card.contains("word-codes none") && card.contains("boilerplate-label none"), "{card}");
    dir.run("evaluate rows.jsonl --model m").succeeded();
    dir.write("codes.tsv", "rain\tY\nwind\tYB\n");
    dir.run("train rows.jsonl -o n --l2-penalty none --word-codes codes.tsv").succeeded();
    let card = dir.run("inspect n").succeeded().stdout;
    assert!(card.contains("word-codes of 2 words") && card.contains("boilerplate-label other"), "{card}");
}

#[test]
fn cross_validation_prints_all_figures() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(24));
    let run = dir.run("evaluate rows.jsonl --cross-validate 4 --folds 3").succeeded();
    for piece in [
        "macro-F1",
        "precision",
        "support",
        "columns: predicted",
        "log loss",
        "expected calibration error",
        "coverage",
        "filter: ",
    ] {
        assert!(run.stdout.contains(piece), "no `{piece}` in {}", run.stdout);
    }
}

#[test]
fn without_the_filter_every_block_with_words_is_labelled() {
    let dir = Dir::new();
    dir.write("a.txt", format!("{ARTICLE}\n***\n"));
    let filtered = dir.run("score a.txt").succeeded().records();
    let records = dir.run("score a.txt --no-filter").succeeded().records();
    assert_eq!((filtered.len(), records.len()), (5, 5));
    let dropped: Vec<_> = records.iter().map(|record| record.get("reason").is_some()).collect();
    assert_eq!(dropped, [false, false, false, false, true]);
    assert_eq!(records[4]["reason"], "fragment");
    let kept = |flags: &str| {
        let records = dir.run(&format!("read a.txt {flags}")).succeeded().records();
        records.iter().filter(|record| record["kept"] == true).count()
    };
    assert_eq!((kept("--no-filter"), kept(""), kept("--rules-only")), (4, 3, 3));
    for args in ["score a.txt --no-filter --keep-dropped", "read a.txt --no-filter --rules-only"] {
        let run = dir.run(args);
        assert!(run.code == 2 && run.stderr.contains("cannot be used with"), "{}", run.stderr);
    }
}

#[test]
fn duplicates_are_marked_in_input_order_and_nothing_else_changes() {
    let dir = Dir::new();
    let copy = "The council voted 31 to 12 on Tuesday to build the tram line.";
    let own = |n: usize| format!("Mayor number {n} said the decision was hers alone to take.");
    for n in 0..40 {
        dir.write(&format!("in/{n:02}.txt"), format!("{}\n\nShare on Facebook\n\n{copy}\n", own(n)));
    }
    let plain = dir.run("score in").succeeded().records();
    let one_thread = dir.run("score in --mark-duplicates --threads 1").succeeded();
    let marked = dir.run("score in --mark-duplicates --threads 4").succeeded();
    assert_eq!(one_thread.stdout, marked.stdout);
    for (index, (mut record, plain)) in marked.records().into_iter().zip(plain).enumerate() {
        let is_copy = index % 3 == 2 && index > 2;
        let flags = record["flags"].as_array().cloned().unwrap_or_default();
        assert_eq!(flags.contains(&"duplicate".into()), is_copy, "{record}");
        if is_copy {
            record["flags"].as_array_mut().unwrap().retain(|flag| flag != "duplicate");
        }
        assert_eq!(record, plain);
    }
    let read = dir.run("read in --mark-duplicates --rules-only").succeeded().records();
    assert_eq!(read.iter().filter(|record| record["flags"] == serde_json::json!(["duplicate"])).count(), 39);
    let csv = dir.run("score in --mark-duplicates --format csv").succeeded().stdout;
    assert_eq!(csv.lines().filter(|line| line.contains(",duplicate,")).count(), 39);
    let table = dir.run("score in --mark-duplicates --format table").succeeded().stdout;
    assert_eq!(table.matches("[duplicate] The council").count(), 39);
    let run = dir.run("score in --mark-duplicates --unit article");
    assert!(run.code == 2 && run.stderr.contains("--mark-duplicates flags paragraphs"), "{}", run.stderr);
}

#[test]
fn the_embedded_model_labels_the_samples() {
    let dir = Dir::new();
    let samples = project().join("seeds/samples");
    let run = dir.run(&format!("score {}", samples.display())).succeeded();
    let records = run.records();
    let count = |label: &str| records.iter().filter(|record| record["label"] == label).count();
    for label in ["report", "advocacy", "analysis", "other"] {
        assert!(count(label) >= 5, "{} {label}", count(label));
    }
}
