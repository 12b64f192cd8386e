//! Records that join back to their tables: row numbers, typed ids, columns that pass through, compressed results.

use std::io::Read;

use serde_json::json;

use crate::support::{Dir, Run, two_label_rows};

const TEXT: &str = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";

/// A row of JSON with the text.
fn row(fields: &str) -> String {
    format!("{{\"text\":\"{TEXT}\",{fields}}}\n")
}

#[test]
fn json_records_keep_the_types_of_ids_and_of_other_columns() {
    let dir = Dir::new();
    let rows =
        row("\"id\":7,\"desk\":\"city\",\"n\":2,\"tags\":[\"a\"],\"label\":\"x\",\"date\":\"2024-01-02\"")
            + &row("\"id\":\"007\",\"n\":null,\"ok\":true");
    dir.write("a.jsonl", rows);
    let records = dir.run("score a.jsonl").succeeded().records();
    let [one, two] = &records[..] else { panic!("{records:?}") };
    assert_eq!((&one["id"], &one["row"], &one["n"]), (&json!(7), &json!(1), &json!(2)));
    assert_eq!((&one["desk"], &one["tags"]), (&json!("city"), &json!(["a"])));
    assert_eq!((&one["input_label"], &one["date"]), (&json!("x"), &json!("2024-01-02")));
    assert_eq!((&two["id"], &two["row"], &two["ok"]), (&json!("007"), &json!(2), &json!(true)));
    assert!(two.get("n").is_none() && one.get("input_date").is_none());
}

#[test]
fn nested_ids_keep_their_type_and_articles_have_rows() {
    let dir = Dir::new();
    dir.write("a.json", format!("{{\"hits\":[{{\"id\":41,\"body\":\"{TEXT}\",\"desk\":\"x\"}}]}}"));
    for args in ["score a.json", "score a.json --unit article"] {
        let record = &dir.run(args).succeeded().records()[0];
        assert_eq!(
            (&record["id"], &record["row"], &record["desk"]),
            (&json!(41), &json!(1), &json!("x")),
            "{args}"
        );
    }
}

#[test]
fn the_user_chooses_the_columns_and_may_leave_out_the_text() {
    let dir = Dir::new();
    let long = "x".repeat(2000);
    dir.write(
        "a.csv",
        format!("id,text,a,b,html\n1,\"{TEXT}\",one,two,{long}\n2,\"{TEXT}\",three,four,{long}\n"),
    );
    let header = |args: &str| dir.run(args).succeeded().stdout.lines().next().unwrap().to_string();
    assert!(header("score a.csv --format csv").ends_with("url,language,model,a,b"));
    assert!(header("score a.csv --format csv --keep-columns all").ends_with("language,model,a,b,html"));
    assert!(header("score a.csv --format csv --keep-columns b").ends_with("language,model,b"));
    assert!(header("score a.csv --format csv --keep-columns none").ends_with("url,language,model"));
    let warned = dir.run("score a.csv").succeeded();
    assert!(warned.records()[0].get("html").is_none());
    assert_eq!(
        warned.stderr.matches("column `html` has values of more than 1 KB").count(),
        1,
        "{}",
        warned.stderr
    );
    for args in ["score a.csv --no-text", "read a.csv --no-text"] {
        assert!(dir.run(args).succeeded().records()[0].get("text").is_none(), "{args}");
    }
    assert!(!header("score a.csv --format csv --no-text").contains(",text,"));
}

#[test]
fn rows_of_one_article_keep_columns_of_their_own() {
    let dir = Dir::new();
    let rows =
        row("\"doc\":\"d\",\"index\":0,\"coder\":\"a\"") + &row("\"doc\":\"d\",\"index\":1,\"coder\":\"b\"");
    dir.write("a.jsonl", rows);
    let records = dir.run("score a.jsonl").succeeded().records();
    let found: Vec<_> =
        records.iter().map(|r| (r["row"].clone(), r["index"].clone(), r["coder"].clone())).collect();
    assert_eq!(found, [(json!(1), json!(0), json!("a")), (json!(2), json!(1), json!("b"))]);
}

#[test]
fn columns_that_come_too_late_for_the_header_are_reported() {
    let dir = Dir::new();
    let rows = row("\"a\":1").repeat(1000).replace(TEXT, "Hm.") + &row("\"late\":2");
    dir.write("a.jsonl", rows);
    let run = dir.run("score a.jsonl --format csv").succeeded();
    assert!(run.stderr.contains("column `late` first occurs after"), "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 1002);
}

#[test]
fn results_are_compressed_by_suffix_with_the_same_bytes_each_time() {
    let dir = Dir::new();
    dir.write("a.jsonl", row("\"id\":1"));
    for (name, format) in [("o.jsonl.gz", "jsonl"), ("o.csv.zst", "csv")] {
        let plain = dir.run(&format!("score a.jsonl --format {format}")).succeeded().stdout;
        let written = || {
            dir.run(&format!("score a.jsonl -o {name}")).succeeded();
            dir.read(name)
        };
        let bytes = written();
        assert_eq!(bytes, written());
        let mut text = String::new();
        match name.ends_with("gz") {
            true => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).map(drop).unwrap(),
            false => text = String::from_utf8(zstd::decode_all(&bytes[..]).unwrap()).unwrap(),
        }
        assert_eq!(text, plain);
    }
    for name in ["o.html.gz", "o.parquet.zst"] {
        let run = dir.run(&format!("score a.jsonl -o {name}"));
        assert!(run.code == 2 && run.stderr.contains("can be compressed"), "{}", run.stderr);
    }
}

#[cfg(feature = "parquet")]
#[test]
fn ids_in_parquet_are_integers_if_all_are() {
    use arrow_schema::DataType;
    let dir = Dir::new();
    let schema = |rows: String| {
        dir.write("a.jsonl", rows);
        dir.run("score a.jsonl -o o.parquet").succeeded();
        let file = std::fs::File::open(dir.path().join("o.parquet")).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let schema = reader.schema().clone();
        let n_rows: usize = reader.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
        assert!(schema.field_with_name("desk").is_ok());
        (schema.field_with_name("id").unwrap().data_type().clone(), n_rows)
    };
    let rows = row("\"id\":7,\"desk\":1");
    assert_eq!(schema(rows.repeat(3)), (DataType::Int64, 3));
    assert_eq!(schema(rows.clone() + &row("\"id\":\"a\"")), (DataType::Utf8, 2));
    // More than are held before the types are decided.
    let many = rows.repeat(1001).replace(TEXT, "Hm.");
    assert_eq!(schema(many + &row("\"id\":\"a\"")), (DataType::Utf8, 1002));
    let back = dir.run("score o.parquet").succeeded().records();
    assert_eq!((&back[0]["id"], &back[1001]["id"]), (&json!("7"), &json!("a")));
    schema(rows);
    assert_eq!(dir.run("score o.parquet").succeeded().records()[0]["id"], json!(7));
}

/// Sentences of the three labels.
const LABELLED: [(&str, &str); 3] = [
    (TEXT, "report"),
    ("This is a shameful waste and we must stop it now. It is time to stand up!", "advocacy"),
    ("Because fares cover only part of the cost, the line is likely to need a larger subsidy.", "analysis"),
];

fn evaluated(dir: &Dir, args: &str) -> (Run, serde_json::Value) {
    let run = dir.run(&format!("evaluate {args} --format json")).succeeded();
    let json = serde_json::from_str(&run.stdout).unwrap();
    (run, json)
}

#[test]
fn scored_records_with_corrected_labels_are_evaluated_in_their_order() {
    let dir = Dir::new();
    dir.write("a.txt", LABELLED.map(|(text, _)| text).join("\n\n"));
    let mut records = dir.run("score a.txt --no-filter").succeeded().records();
    records.iter_mut().zip(LABELLED).for_each(|(record, (_, gold))| record["gold"] = json!(gold));
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    dir.write("fixed.jsonl", lines);
    let (run, json) = evaluated(&dir, "fixed.jsonl --label-column gold");
    assert!(!run.stderr.contains("labels come from a model"), "{}", run.stderr);
    assert_eq!((&json["paragraphs"], json["groups"][0]["paragraphs"].as_u64()), (&json!(3), Some(3)));
    let (run, _) = evaluated(&dir, "fixed.jsonl");
    assert!(
        run.stderr.contains("unless somebody corrected them, the labels come from a model"),
        "{}",
        run.stderr
    );
}

#[test]
fn rows_without_a_label_are_neighbours_and_counted_once() {
    let dir = Dir::new();
    let line = |index: usize, text: &str, label: &str| {
        format!("{}\n", json!({"text": text, "label": label, "doc": "d", "index": index}))
    };
    let gold = "A larger subsidy is likely.";
    let around = LABELLED[1].0;
    let with = line(0, around, "") + &line(1, gold, "analysis") + &line(2, around, "");
    dir.write("with.jsonl", with);
    dir.write("alone.jsonl", line(1, gold, "analysis"));
    let (run, with) = evaluated(&dir, "with.jsonl");
    let (_, alone) = evaluated(&dir, "alone.jsonl");
    assert_eq!((&with["paragraphs"], &alone["paragraphs"]), (&json!(1), &json!(1)));
    assert_ne!(with["log_loss"], alone["log_loss"]);
    assert_eq!(run.stderr.matches("2 rows have no label").count(), 1, "{}", run.stderr);
}

#[test]
fn two_models_are_compared_and_errors_and_training_rows_are_named() {
    let dir = Dir::new();
    dir.write("train.jsonl", two_label_rows(12));
    dir.write("other.jsonl", two_label_rows(6).replace("before", "after"));
    dir.run("train train.jsonl -o a --folds 2 --l2-penalty none --smoothing 1").succeeded();
    dir.run("train other.jsonl -o b --folds 2 --l2-penalty none --smoothing 1").succeeded();
    let first: String = two_label_rows(2).replacen("\"weather\"", "\"cooking\"", 1);
    let unseen = two_label_rows(4).replace("came", "come").replace("\"doc\":\"", "\"doc\":\"u");
    dir.write("test.jsonl", first + &unseen);
    let (run, json) = evaluated(&dir, "test.jsonl --model a --model b --errors 2");
    let message = "6 of 18 paragraphs are in the training data of the model `a`";
    assert!(run.stderr.contains(message) && !run.stderr.contains("model `b`"), "{}", run.stderr);
    assert_eq!(json["in_training_data"][0]["paragraphs"], json!(6));
    assert_eq!(json["in_training_data"][0]["without_them"]["paragraphs"], json!(12));
    assert_eq!(json["in_training_data"][1]["without_them"], json!(null));
    let comparison = &json["comparisons"][0];
    assert_eq!((&comparison["a"], &comparison["b"]), (&json!("a"), &json!("b")));
    let measure = &comparison["measures"]["accuracy"];
    let difference = measure["second"].as_f64().unwrap() - measure["first"].as_f64().unwrap();
    assert!((measure["difference"]["value"].as_f64().unwrap() - difference).abs() < 1e-12);
    let errors = json["errors"].as_array().unwrap();
    assert!(!errors.is_empty() && errors.iter().all(|error| error["label"] != error["gold"]));
    dir.run("evaluate test.jsonl --model a --model b --errors 2 -o o.json").succeeded();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&dir.read("o.json")).unwrap(), json);
    let table = dir.run("evaluate test.jsonl --model a --model b --errors 2").succeeded().stdout;
    assert!(table.contains("A = a, B = b") && table.contains("gold"), "{table}");
    let unlike = dir.run("evaluate test.jsonl --model a --model default");
    assert!(
        unlike.code == 2 && unlike.stderr.contains("expected one of the model's labels"),
        "{}",
        unlike.stderr
    );
}
