//! Agreement between coders, and the check of labels.

use serde_json::{Value, json};

use crate::support::{Dir, two_label_rows};

#[test]
fn agreement_is_that_of_other_packages() {
    // From krippendorff 0.9.0 and scikit-learn 1.9.1, for the same labels.
    let coded = [("ann", "001212012--0"), ("bob", "0112120102-0"), ("cy", "-012220-0211")];
    let dir = Dir::new();
    for (coder, labels) in coded {
        let rows: String = labels
            .chars()
            .enumerate()
            .filter(|(_, label)| *label != '-')
            .map(|(n, label)| {
                let row = json!({"id": n, "doc": n / 3, "text": format!("Text number {n}."), "label": format!("L{label}"), "coder": coder});
                format!("{row}\n")
            })
            .collect();
        dir.write(&format!("{coder}.jsonl"), rows);
    }
    let run = dir.run("agree ann.jsonl bob.jsonl cy.jsonl -o x.json").succeeded();
    assert_eq!(run.stdout, "");
    let found: Value = serde_json::from_slice(&dir.read("x.json")).unwrap();
    let near = |value: &Value, expected: f64| {
        let value = value["value"].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
    };
    near(&found["alpha"], 0.6120401337792643);
    near(&found["alpha_per_label"]["L0"], 0.5837320574162679);
    near(&found["pairs"][0]["kappa"], 0.696969696969697);
    assert_eq!(found["coders"], json!(["ann", "bob", "cy"]));
    let table = dir.run("agree ann.jsonl bob.jsonl cy.jsonl").succeeded().stdout;
    for piece in
        ["Krippendorff's alpha 0.", "ann and bob: ", "Cohen's kappa", "disagreements (", "Text number"]
    {
        assert!(table.contains(piece), "no `{piece}` in {table}");
    }
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn rows_that_do_not_match_are_counted() {
    let dir = Dir::new();
    dir.write("a.csv", "id,text,label\n1,One.,x\n2,Two.,y\n3,Three.,x\n");
    dir.write("b.csv", "id,text,label\n1,One.,x\n2,Other.,y\n");
    let run = dir.run("agree a.csv b.csv").succeeded();
    assert!(run.stderr.contains("a.csv: 2 paragraphs that nobody else labelled"), "{}", run.stderr);
    assert!(run.stderr.contains("not matched by id: 1"), "{}", run.stderr);
    let run = dir.run("agree a.csv");
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("found the labels of 1 coder, expected those of two or more"),
        "{}",
        run.stderr
    );
    dir.write("c.csv", "id,text,label\n7,Seven.,x\n");
    assert!(dir.run("agree a.csv b.csv -o b.csv").stderr.contains("found one of the inputs"));
    assert!(dir.run("agree a.csv c.csv").stderr.contains("no paragraph that two coders labelled"));
}

#[test]
fn articles_with_labels_are_matched_by_their_texts() {
    let dir = Dir::new();
    dir.write("ann.txt", "[report] The council met on Monday.\n\n[advocacy] It must act.\n\n[other] Share\n");
    dir.write("bob.txt", "[report] The council met on Monday.\n\n[analysis] It must act.\n\n[other] Share\n");
    let run = dir.run("agree ann.txt bob.txt -f json").succeeded();
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&found["paragraphs"], &found["articles"]), (&json!(3), &json!(1)));
    assert_eq!(found["disagreements"][0]["labels"], json!({"ann.txt": "advocacy", "bob.txt": "analysis"}));
    assert_eq!(found["labels"], json!(["report", "advocacy", "analysis", "other"]));
}

#[test]
fn wrong_labels_copies_and_conflicts_are_found() {
    let dir = Dir::new();
    let rows = two_label_rows(40);
    let mut rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let wrong = rows[31]["text"].clone();
    rows[31]["label"] = json!(if rows[31]["label"] == "weather" { "cooking" } else { "weather" });
    let long =
        "The long report on the harbour said that the new crane would lift more than the old one ever did.";
    for (doc, text, label) in [
        ("x", long, "weather"),
        ("y", &long.replace("new", "big"), "weather"),
        ("z", "The same few words in two places.", "weather"),
        ("w", "The same few words in two places.", "weather"),
        ("v", "The same few words in two places!", "cooking"),
    ] {
        rows.push(json!({"text": text, "label": label, "doc": doc}));
    }
    dir.write("rows.jsonl", rows.iter().map(|row| format!("{row}\n")).collect::<String>());
    let run = dir.run("check-labels rows.jsonl -c 2 --folds 2 --l2-penalty none -f jsonl").succeeded();
    let found = run.records();
    let of =
        |problem: &str| found.iter().filter(|row| row["problem"] == problem).cloned().collect::<Vec<_>>();
    assert_eq!(of("unlikely label")[0]["text"], wrong, "{}", run.stdout);
    assert_eq!(of("unlikely label")[0]["line"], 32);
    assert_eq!(of("several labels").len(), 1);
    assert_eq!(of("several labels")[0]["suggested"], "weather");
    assert_eq!(of("several labels")[0]["other_line"], 123);
    let near = of("near-duplicate");
    assert!(near.iter().any(|row| row["line"] == 122 && row["other_line"] == 121), "{}", run.stdout);
    dir.run("check-labels rows.jsonl -c 2 --folds 2 --l2-penalty none -o x.csv").succeeded();
    assert!(
        String::from_utf8(dir.read("x.csv")).unwrap().starts_with("problem,source,line,label,suggested,")
    );
    let table =
        dir.run("check-labels rows.jsonl -c 2 --folds 2 --l2-penalty none -f table").succeeded().stdout;
    assert!(table.contains("texts with several labels (1)"), "{table}");
}

#[test]
fn a_few_rows_are_checked_with_a_model() {
    let dir = Dir::new();
    dir.write("rows.csv", "text,label\n\"The council voted 31 to 12 on Tuesday to build the tram line, officials said.\",advocacy\n\"We must stop this shameful waste now. It is time to stand up!\",advocacy\n\"The minister said on Monday that the bridge had been closed.\",report\n");
    let few = dir.run("check-labels rows.csv");
    assert!(few.stderr.contains("at least 3 for cross-validation"), "{}", few.stderr);
    let found = dir.run("check-labels rows.csv --model default -f jsonl").succeeded().records();
    assert_eq!((found.len(), &found[0]["line"], &found[0]["suggested"]), (1, &json!(2), &json!("report")));
}
