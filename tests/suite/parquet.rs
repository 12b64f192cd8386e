//! Parquet tables in and out, where the build has them.

use std::path::Path;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, DictionaryArray, Float64Array, Int64Array, LargeStringArray,
    ListArray, RecordBatch, StringArray, StringViewArray, StructArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rhetor::read::ReadOptions;
use serde_json::{Value, json};

use crate::support::{Dir, Run, two_label_rows};

const TEXTS: [&str; 3] = [
    "The council voted 31 to 12 on Tuesday to build the tram line, officials said.",
    "This is a shameful waste and we must stop it now. It is time to stand up!",
    "Because fares cover only part of the cost, the line is likely to need a larger subsidy.",
];

fn write(path: &Path, columns: Vec<(&str, ArrayRef)>, compression: Compression) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn strings<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn ids() -> ArrayRef {
    Arc::new(Int64Array::from(vec![7, 8, 9]))
}

/// What the records say, without the path.
fn judgements(run: Run) -> Vec<Value> {
    let records = run.succeeded().records();
    records.iter().map(|r| json!([r["id"], r["label"], r["scores"], r["text"], r["title"]])).collect()
}

#[test]
fn strings_of_every_kind_and_packing_are_read() {
    let dir = Dir::new();
    let rows = TEXTS.iter().zip(7..).map(|(text, id)| json!({"id": id, "text": text}).to_string() + "\n");
    dir.write("rows.jsonl", rows.collect::<String>());
    let expected = judgements(dir.run("score rows.jsonl"));
    let kinds: Vec<(&str, ArrayRef)> = vec![
        ("plain", strings(TEXTS)),
        ("large", Arc::new(LargeStringArray::from_iter_values(TEXTS))),
        ("view", Arc::new(StringViewArray::from_iter_values(TEXTS))),
        ("dictionary", Arc::new(TEXTS.into_iter().collect::<DictionaryArray<Int32Type>>())),
        ("bytes", Arc::new(BinaryArray::from_iter_values(TEXTS))),
    ];
    for (name, texts) in kinds {
        let path = dir.path().join(format!("{name}.parquet"));
        write(&path, vec![("id", ids()), ("text", texts)], Compression::UNCOMPRESSED);
        assert_eq!(judgements(dir.run(&format!("score {name}.parquet"))), expected, "{name}");
    }
    let packings = [
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ];
    for packing in packings {
        write(&dir.path().join("noname"), vec![("id", ids()), ("text", strings(TEXTS))], packing);
        assert_eq!(judgements(dir.run("score noname")), expected, "{packing:?}");
    }
}

#[test]
fn columns_are_named_as_in_other_tables() {
    let dir = Dir::new();
    let made = TimestampMicrosecondArray::from(vec![1_700_000_000_000_000; 3]).with_timezone("UTC");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("key", strings(["a", "b", "c"])),
        ("words", strings(TEXTS)),
        ("page", Arc::new(Int64Array::from(vec![Some(1), Some(1), None]))),
        ("date", Arc::new(made)),
        ("fresh", Arc::new(BooleanArray::from(vec![true, true, false]))),
        ("picture", Arc::new(BinaryArray::from_iter_values([b"\xff\xfe"; 3]))),
    ];
    write(&dir.path().join("t.parquet"), columns, Compression::SNAPPY);
    let flags = "--text-column words --id-column key --doc-column page";
    let records = dir.run(&format!("score t.parquet {flags}")).succeeded().records();
    let places: Vec<Value> = records.iter().map(|r| json!([r["id"], r["doc"], r["paragraph"]])).collect();
    assert_eq!(places, [json!(["a", "1", 0]), json!(["b", "1", 1]), json!(["c", null, 0])]);
    assert_eq!(records[0]["date"], "2023-11-14T22:13:20Z");
    let groups = dir.run(&format!("score t.parquet {flags} --group-by fresh")).succeeded().records();
    assert_eq!(groups.len(), 2);
    let run = dir.run("score t.parquet");
    assert_eq!(run.code, 2);
    for piece in ["t.parquet: no column `text`; columns are: key (Utf8), words", "hint: name"] {
        assert!(run.stderr.contains(piece), "{}", run.stderr);
    }
    assert_eq!(dir.run("score t.parquet --text-column page").code, 2);
}

/// A column of lists and one of structures that hold strings.
fn nested() -> [ArrayRef; 2] {
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>((0..3).map(|n| Some(vec![Some(n); 2])));
    let field = Arc::new(Field::new("text", DataType::Utf8, false));
    [Arc::new(lists), Arc::new(StructArray::from(vec![(field, strings(["x", "y", "z"]))]))]
}

#[test]
fn nested_columns_beside_the_text_are_passed_over() {
    let dir = Dir::new();
    let [lists, structures] = nested();
    let columns = vec![("tags", lists), ("meta", structures), ("text", strings(TEXTS)), ("id", ids())];
    write(&dir.path().join("t.parquet"), columns, Compression::SNAPPY);
    let records = dir.run("score t.parquet").succeeded().records();
    let seen: Vec<(&Value, &Value)> = records.iter().map(|r| (&r["text"], &r["id"])).collect();
    assert_eq!(seen[2], (&json!(TEXTS[2]), &json!(9)));
    assert!(records[0].get("tags").is_none() && records[0].get("meta").is_none(), "{}", records[0]);
}

#[test]
fn a_nested_text_is_told_with_its_type() {
    let dir = Dir::new();
    for (text, kind) in nested().into_iter().zip(["text (List(", "text (Struct("]) {
        write(&dir.path().join("t.parquet"), vec![("id", ids()), ("text", text)], Compression::SNAPPY);
        let run = dir.run("score t.parquet");
        assert_eq!(run.code, 2);
        let pieces = [kind, "no column `text` of strings", "hint: name existing columns"];
        assert!(pieces.iter().all(|piece| run.stderr.contains(piece)), "{}", run.stderr);
    }
}

#[test]
fn a_null_text_is_told_and_the_other_rows_are_read() {
    let dir = Dir::new();
    let texts = StringArray::from(vec![Some(TEXTS[0]), None, Some(TEXTS[2])]);
    write(&dir.path().join("t.parquet"), vec![("text", Arc::new(texts))], Compression::SNAPPY);
    let run = dir.run("score t.parquet");
    assert_eq!((run.code, run.records().len()), (1, 2));
    assert!(run.stderr.contains("t.parquet:2: found a row whose `text` is null"), "{}", run.stderr);
}

#[test]
fn damaged_tables_are_told() {
    let dir = Dir::new();
    let path = dir.path().join("t.parquet");
    let texts = (0..2000).map(|n| format!("{} {n}", TEXTS[0]));
    write(&path, vec![("text", strings(texts))], Compression::ZSTD(ZstdLevel::default()));
    let whole = dir.read("t.parquet");
    dir.write("cut.parquet", &whole[..whole.len() / 2]);
    dir.write("text.parquet", "The council voted.");
    for name in ["cut.parquet", "text.parquet"] {
        let run = dir.run(&format!("score {name}"));
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(
            run.stderr.contains(&format!("{name}: damaged or incomplete Parquet table (")),
            "{}",
            run.stderr
        );
    }
    let run = dir.run_with("score -", &whole);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("hint: save it as an uncompressed file"), "{}", run.stderr);
}

#[test]
fn damage_that_the_library_panics_at_is_an_error_like_any_other() {
    let dir = Dir::new();
    let path = dir.path().join("t.parquet");
    write(&path, vec![("text", strings(TEXTS)), ("id", ids())], Compression::UNCOMPRESSED);
    let whole = dir.read("t.parquet");
    let panics = |at: &usize| {
        let mut damaged = whole.clone();
        damaged[*at] ^= 0x55;
        let reading = rhetor::read_path(&dir.write("damaged.parquet", damaged), &ReadOptions::default());
        reading.is_err_and(|error| error.to_string().contains("is inconsistent"))
    };
    // Every byte is damaged in turn, none of which may end this test; the file of the last is left.
    let found: Vec<usize> = (4..whole.len()).filter(panics).collect();
    assert!(panics(found.last().expect("no damage made the library panic: nothing is tested")));
    let run = dir.run("score damaged.parquet");
    let said = "rhetor: damaged.parquet: damaged or incomplete Parquet table (its content is inconsistent)";
    assert_eq!((run.code, run.stderr.lines().next()), (2, Some(said)));
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
}

#[test]
fn labelled_rows_train_a_model() {
    let dir = Dir::new();
    let rows = two_label_rows(24);
    dir.write("rows.jsonl", &rows);
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let column = |key: &str| strings(rows.iter().map(|row| row[key].as_str().unwrap()));
    let index = Int64Array::from_iter_values(rows.iter().map(|row| row["index"].as_i64().unwrap()));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("text", column("text")),
        ("label", column("label")),
        ("doc", column("doc")),
        ("index", Arc::new(index)),
    ];
    write(&dir.path().join("rows.parquet"), columns, Compression::SNAPPY);
    for name in ["rows.jsonl", "rows.parquet"] {
        dir.run(&format!("train {name} -o {name}.model --folds 3")).succeeded();
    }
    assert!(dir.read("rows.jsonl.model") == dir.read("rows.parquet.model"));
}

/// The rows of a Parquet file as one batch.
fn table(path: &Path) -> RecordBatch {
    let file = std::fs::File::open(path).unwrap();
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().with_batch_size(1000).build();
    reader.as_mut().unwrap().next().unwrap().unwrap()
}

#[test]
fn what_is_written_is_what_jsonl_says() {
    let dir = Dir::new();
    dir.write("a.txt", format!("{}\n\nShare on Facebook\n\n{}\n\n{}\n", TEXTS[0], TEXTS[1], TEXTS[2]));
    let records = dir.run("score a.txt --explain 2").succeeded().records();
    let run = dir.run("score a.txt --explain 2 -o out.parquet").succeeded();
    assert_eq!(run.stdout, "");
    let table = table(&dir.path().join("out.parquet"));
    let csv = dir.run("score a.txt --format csv").succeeded().stdout;
    let names: Vec<String> = table.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names.join(","), csv.lines().next().unwrap());
    let column = |name: &str| table.column_by_name(name).unwrap();
    let text = |name: &str| column(name).as_any().downcast_ref::<StringArray>().unwrap().clone();
    let start = column("start").as_any().downcast_ref::<Int64Array>().unwrap();
    let unsure = column("unsure").as_any().downcast_ref::<BooleanArray>().unwrap();
    let score = column("score_report").as_any().downcast_ref::<Float64Array>().unwrap();
    assert_eq!(table.num_rows(), records.len());
    for (row, record) in records.iter().enumerate() {
        assert_eq!(text("text").value(row), record["text"]);
        assert_eq!(text("label").value(row), record["label"]);
        assert_eq!(Some(start.value(row)), record["start"].as_i64());
        assert_eq!(unsure.is_valid(row).then(|| unsure.value(row)), record["unsure"].as_bool());
        let expected = record["scores"]["report"].as_f64();
        assert_eq!(score.is_valid(row).then(|| score.value(row)), expected);
        assert_eq!(text("reason").is_valid(row), record.get("reason").is_some());
        assert_eq!(text("reasons").is_valid(row), record.get("reasons").is_some());
        assert!(!text("evidence").is_valid(row));
    }
    let again = dir.read("out.parquet");
    dir.run("score a.txt --explain 2 --format parquet --output again --threads 1").succeeded();
    assert!(again == dir.read("again"));
}

#[test]
fn profiles_have_the_columns_of_csv() {
    let dir = Dir::new();
    dir.write("a.txt", TEXTS.join("\n\n"));
    for flags in ["--unit article", "--group-by source"] {
        dir.run(&format!("score a.txt {flags} -o out.parquet")).succeeded();
        let table = table(&dir.path().join("out.parquet"));
        let csv = dir.run(&format!("score a.txt {flags} --format csv")).succeeded().stdout;
        let names: Vec<String> = table.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(names.join(","), csv.lines().next().unwrap());
        let kept = table.column_by_name("kept").unwrap();
        assert_eq!(kept.as_any().downcast_ref::<Int64Array>().unwrap().value(0), 3);
    }
}

#[test]
fn a_table_needs_a_file_and_is_written_whole_or_not_at_all() {
    let dir = Dir::new();
    dir.write("a.txt", TEXTS[0]);
    for args in ["score a.txt --format parquet", "score a.txt --format parquet -o -"] {
        let run = dir.run(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains("expected a file (-o FILE)"), "{}", run.stderr);
    }
    assert_eq!(dir.run("score missing.txt -o out.parquet").code, 2);
    assert!(!dir.path().join("out.parquet").exists());
    let run = dir.run("read a.txt --format parquet -o b");
    assert!(run.code == 2 && run.stderr.contains("`read` does not write Parquet"), "{}", run.stderr);
}
