//! `--compare`: articles compared by the publisher's tag, in every form.

use crate::support::Dir;

/// A row with these numbers of report and advocacy paragraphs, all different.
fn row(number: usize, section: &str, n_report: usize, n_advocacy: usize) -> String {
    let report = (0..n_report).map(|ward| {
        format!("The council of ward {ward} voted 31 to 12 on Tuesday to build the tram line, officials said after it.")
    });
    let advocacy = (0..n_advocacy).map(|ward| {
        format!("We must stop this shameful waste now, and all of ward {ward} should say so loudly at the next vote!")
    });
    let text = report.chain(advocacy).collect::<Vec<_>>().join("\n\n");
    let (id, title) = (format!("r{number}"), format!("Title {number}"));
    let row = serde_json::json!({"text": text, "id": id, "section": section, "title": title});
    format!("{row}\n")
}

/// Six news articles, of which the fourth argues; five opinion articles; one sport article.
fn rows() -> Vec<String> {
    let mut rows: Vec<String> =
        (1..=6).map(|n| row(n, "news", if n == 4 { 0 } else { 6 }, if n == 4 { 6 } else { 0 })).collect();
    rows.extend((7..=11).map(|n| row(n, "opinion", 0, 6)));
    rows.push(row(12, "sport", 6, 0));
    rows
}

#[test]
fn the_article_that_differs_most_is_first_in_every_form() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows().concat());
    let records = dir.run("score a.jsonl --compare section").succeeded().records();
    let tags: Vec<_> = records.iter().filter(|record| record["record"] == "tag").collect();
    assert_eq!(
        tags.iter().map(|tag| tag["tag"].as_str().unwrap()).collect::<Vec<_>>(),
        ["news", "opinion", "sport"]
    );
    let first = &records[3];
    assert_eq!(
        (&first["id"], &first["nearest_tag"], &first["ranked"]),
        (&"r4".into(), &"opinion".into(), &true.into())
    );
    assert!(first["distance"].as_f64().unwrap() > 0.9);
    assert_eq!(first["paragraphs"][0]["label"], "advocacy");
    let table = dir.run("score a.jsonl --compare section --format table").succeeded().stdout;
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.contains("news         opinion      Title 4"), "{table}");
    let csv = dir.run("score a.jsonl --compare section --format csv").succeeded().stdout;
    assert!(csv.lines().nth(1).unwrap().starts_with("a.jsonl,r4,,Title 4,,,news,6,"), "{csv}");
    let page = dir.run("score a.jsonl --compare section --format html").succeeded().stdout;
    let ranking = page.split("<ol class=\"ranking\">").nth(1).unwrap();
    assert!(ranking.starts_with("<li><p><b><bdi><a href=\"#a4\">Title 4</a>"), "{ranking:.200}");
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows().concat());
    let forward = dir.run("score a.jsonl --compare section").succeeded().stdout;
    dir.write("a.jsonl", rows().into_iter().rev().collect::<String>());
    assert_eq!(dir.run("score a.jsonl --compare section").succeeded().stdout, forward);
}

#[test]
fn a_folder_has_a_comparison_page() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows().concat());
    dir.run("score a.jsonl --compare section -o out/").succeeded();
    let page = String::from_utf8(dir.read("out/compare.html")).unwrap();
    assert!(page.contains("href=\"articles/00004-title-4.html#p"));
    assert!(page.contains("<summary>1 with fewer than 5 articles"));
    assert!(String::from_utf8(dir.read("out/index.html")).unwrap().contains("href=\"compare.html\""));
}

#[test]
fn a_column_that_no_article_has_is_told_with_those_there_are() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows().concat());
    for format in ["jsonl", "html", "html --unit article"] {
        let run = dir.run(&format!("score a.jsonl --compare sektion --format {format} -o out"));
        assert_eq!(run.code, 2);
        assert!(
            run.stderr.contains("the articles have no column or front-matter key `sektion`; columns are: "),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("section, title"), "{}", run.stderr);
        assert!(!dir.path().join("out").exists());
    }
    for (command, piece) in [
        ("score a.jsonl --compare section --group-by section", "cannot be used with"),
        ("score a.jsonl --compare section --mark-duplicates --format csv", "needs --format html"),
        ("score a.jsonl --compare section --format parquet -o b", "--compare does not support Parquet"),
    ] {
        let run = dir.run(command);
        assert_eq!(run.code, 2, "{command}");
        assert!(run.stderr.contains(piece), "{command}: {}", run.stderr);
    }
}

#[test]
fn a_column_missing_from_the_first_articles_is_reported_at_once() {
    let dir = Dir::new();
    let early =
        "rhetor: --compare: the first 100 articles have no column or front-matter key `desk`; columns are: ";
    let others: String = (1..=100).map(|number| row(number, "news", 1, 0)).collect();
    let with_desk = row(101, "news", 1, 0).replace("\"section\"", "\"desk\"");
    for (rows, code, told) in [
        (others.clone(), 2, true),
        (others.clone() + &with_desk, 0, true),
        (with_desk.clone() + &others, 0, false),
    ] {
        dir.write("a.jsonl", rows);
        let run = dir.run("score a.jsonl --compare desk");
        assert_eq!((run.code, run.stderr.starts_with(early)), (code, told), "{}", run.stderr);
    }
}

#[test]
fn tags_with_few_articles_are_not_ranked() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows()[..4].concat() + &row(5, "", 6, 0));
    let table = dir.run("score a.jsonl --compare section --format table").succeeded().stdout;
    assert!(table.contains("1 with fewer than 5 articles"), "{table}");
    assert!(table.contains("Not compared: 1 without section."), "{table}");
    assert!(table.contains("No article can be ranked"), "{table}");
    let page = dir.run("score a.jsonl --compare section --format html").succeeded().stdout;
    assert!(page.contains("No article can be ranked"));
}
