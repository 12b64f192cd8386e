//! Web pages: finding the article, spans and markup, and hostile pages.

use std::time::{Duration, Instant};

use crate::support::{Dir, Run, real_data, two_label_rows};

/// Three paragraphs and a heading, read from several forms; pages add boilerplate.
const TEXTS: [&str; 4] = [
    "The harbour council voted 31 to 12 on Tuesday to build the tram line – after six hours of debate that filled the hall, the gallery and the stairs.",
    "What the line costs",
    "Engineers put the price at 210 million crowns, a third more than in spring, because the quay must be lowered first, and the old cranes moved to the north basin.",
    "The margin hides how close the project came to failing, for four members changed sides only when the hospital stop was moved back, two streets from the filter.",
];

fn page() -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Tram line approved | Harbour Post</title>\
         <meta property=\"og:site_name\" content=\"Harbour Post\"><meta name=\"author\" content=\"Ann Lee\">\
         <script>var x = \"<p>never shown</p>\";</script></head><body>\
         <nav><ul><li><a href=/>Home</a></li><li><a href=/w>World</a></li></ul></nav>\
         <article><h1>Tram line approved</h1><p>{}</p>\
         <figure><img src=a.jpg><figcaption>The hall on Tuesday night.</figcaption></figure>\
         <h2>{}</h2><p>{}</p><!-- <p>hidden</p> --><p>{}</p>\
         <p><a href=/x>Ten cranes that are older than the harbour</a></p></article>\
         <footer>Harbour Post, 2024</footer></body></html>",
        TEXTS[0], TEXTS[1], TEXTS[2], TEXTS[3]
    )
}

fn read(name: &str, content: &str) -> Vec<serde_json::Value> {
    let dir = Dir::new();
    dir.write(name, content);
    dir.run(&format!("read {name} --rules-only --format jsonl")).succeeded().records()
}

/// The texts of the article: kept paragraphs and headings.
fn body(records: &[serde_json::Value]) -> Vec<String> {
    // Headings, tables and notes belong to the article, but have no rhetorical act.
    const INSIDE: [&str; 4] = ["heading", "table", "note", "field"];
    let is_inside =
        |record: &serde_json::Value| record["reason"].as_str().is_some_and(|reason| INSIDE.contains(&reason));
    let stays = |record: &&serde_json::Value| record["kept"] == true || is_inside(record);
    records.iter().filter(stays).map(|record| record["text"].as_str().unwrap().to_string()).collect()
}

#[test]
fn an_article_is_the_same_from_html_markdown_and_text() {
    let markdown = format!("{}\n\n## {}\n\n{}\n\n{}\n", TEXTS[0], TEXTS[1], TEXTS[2], TEXTS[3]);
    for (name, content) in
        [("a.html", page()), ("a.txt", page()), ("a.md", markdown), ("b.txt", TEXTS.join("\n\n"))]
    {
        assert_eq!(body(&read(name, &content)), TEXTS, "{name}");
    }
}

#[test]
fn spans_of_a_page_count_characters_of_its_blocks_joined_by_blank_lines() {
    let records = read("a.html", &page());
    let texts: Vec<&str> = records.iter().map(|record| record["text"].as_str().unwrap()).collect();
    let extracted = texts.join("\n\n");
    for record in &records {
        let at = |key: &str| record[key].as_u64().unwrap() as usize;
        let text: String = extracted.chars().skip(at("start")).take(at("end") - at("start")).collect();
        assert_eq!(text, record["text"].as_str().unwrap());
        assert_eq!(record["span_of"], "extracted");
    }
}

#[test]
fn boilerplate_has_a_reason_and_records_have_metadata() {
    let records = read("a.html", &page());
    let reason_of = |text: &str| {
        let found = records.iter().find(|record| record["text"].as_str().unwrap().starts_with(text));
        found.unwrap_or_else(|| panic!("no block {text}"))["reason"].as_str().unwrap().to_string()
    };
    assert_eq!(reason_of("The hall on Tuesday"), "caption");
    assert_eq!(reason_of("Ten cranes"), "related");
    for record in &records {
        assert_eq!(record["title"], "Tram line approved");
        assert_eq!((&record["author"], &record["outlet"]), (&"Ann Lee".into(), &"Harbour Post".into()));
        assert_eq!(record["language"], "en");
        assert!(!record["text"].as_str().unwrap().contains("never shown"));
    }
}

#[test]
fn records_have_the_voice_of_block_quotes_and_the_speaker_of_turns() {
    let article = format!(
        "<html><body><article><p>{}</p><blockquote><p>{}</p></blockquote>\
         <p>HOST: Why did the council wait for so long, when the plan was ready in spring?</p>\
         <p>Ann Lee: Because nobody wanted to pay for the quay, and that has not changed.</p>\
         <p>HOST: Who pays now, then, and when will the first tram run along the harbour?</p>\
         <p>Ann Lee: The port does, over twenty years, and not before the cranes are gone.</p>\
         </article></body></html>",
        TEXTS[0], TEXTS[2]
    );
    let records = read("a.html", &article);
    let marks: Vec<(Option<&str>, Option<&str>)> =
        records.iter().map(|record| (record["voice"].as_str(), record["speaker"].as_str())).collect();
    let (host, guest) = ((None, Some("HOST")), (None, Some("Ann Lee")));
    assert_eq!(marks, [(None, None), (Some("quoted"), None), host, guest, host, guest]);
    let csv = Dir::new();
    csv.write("a.html", &article);
    let csv = csv.run("score a.html --format csv").succeeded().stdout;
    assert!(
        csv.lines()
            .next()
            .unwrap()
            .ends_with(",text,voice,speaker,doc,title,author,date,outlet,url,language,model")
    );
    assert!(csv.contains(",quoted,,") && csv.contains(",,HOST,"));
}

/// The article in an element with attributes `outer`, with a class on every paragraph.
fn classed(outer: &str, class: &str) -> String {
    let paragraphs: String =
        [0, 2, 3].iter().map(|&index| format!("<p class=\"{class}\">{}</p>", TEXTS[index])).collect();
    format!("<!doctype html><body {outer}><article><div {outer}>{paragraphs}</div></article></body>")
}

#[test]
fn no_class_turns_a_whole_article_into_boilerplate() {
    let wrappers = [
        "class=\"post format-gallery\"",
        "class=category-tax-credits",
        "class=\"page has-gallery\"",
        "class=gallery",
        "class=slideshow id=credits",
        "class=share",
    ];
    let classes = [
        "paywall",
        "overflow-hidden",
        "hidden md:block",
        "no-ads",
        "ad-free-text",
        "topic-social-policy",
        "caption",
        "credit",
        "related",
        "newsletter",
    ];
    let pages = wrappers.map(|outer| classed(outer, "")).into_iter();
    for page in pages.chain(classes.map(|class| classed("", class))) {
        assert_eq!(body(&read("a.html", &page)), [TEXTS[0], TEXTS[2], TEXTS[3]], "{page}");
    }
    let figure = format!("<body><article><figure><p>{}</p><p>{}</p></figure></article>", TEXTS[0], TEXTS[2]);
    assert_eq!(body(&read("a.html", &format!("<html>{figure}"))), [TEXTS[0], TEXTS[2]]);
}

#[test]
fn classes_that_negate_or_only_resemble_boilerplate_do_not_count() {
    for (class, stays) in
        [("overflow-hidden", true), ("no-ads", true), ("hidden md:block", true), ("ads", false)]
    {
        let many: String = (0..8).map(|n| format!("<p>{} ({n})</p>", TEXTS[n % 2 * 2])).collect();
        let page = format!("<!doctype html><body><article>{many}<p class=\"{class}\">{}</p>", TEXTS[3]);
        assert_eq!(body(&read("a.html", &page)).contains(&TEXTS[3].to_string()), stays, "{class}");
    }
}

#[test]
fn blank_lines_separate_paragraphs_of_preformatted_text() {
    let page = format!("<!doctype html><body><pre>{}\n\n{}\n \n{}</pre>", TEXTS[0], TEXTS[2], TEXTS[3]);
    assert_eq!(body(&read("a.html", &page)), [TEXTS[0], TEXTS[2], TEXTS[3]]);
}

#[test]
fn two_line_breaks_separate_paragraphs() {
    let article = format!("<html><body><div>{}<br><br>{}<br>\n<br/>{}</div>", TEXTS[0], TEXTS[2], TEXTS[3]);
    let texts = body(&read("a.html", &article));
    assert_eq!(texts, [TEXTS[0], TEXTS[2], TEXTS[3]]);
}

/// Reads a page with `before` and then one paragraph, within a minute.
#[track_caller]
fn hostile(before: &str) -> Run {
    let dir = Dir::new();
    dir.write("a.html", format!("<!doctype html><body>{before}<p>{}</p>", TEXTS[0]));
    let start = Instant::now();
    let run = dir.run("read a.html --rules-only --format jsonl");
    let head: String = before.chars().take(30).collect();
    assert!(start.elapsed() < Duration::from_secs(60), "{head}: {:?}", start.elapsed());
    assert!(run.code == 0 || run.code == 1, "{head}: {} {}", run.code, run.stderr);
    run
}

#[test]
fn hostile_pages_keep_their_paragraph() {
    for before in [
        "<div>".repeat(100_000),
        "<b><i><table><tr><td>".repeat(20_000),
        "<div class=caption>".repeat(5_000),
        "<blockquote>".repeat(5_000),
        (0..5_000).map(|n| format!("<p><font size={n}>")).collect(),
        format!("<p{}>", (0..50_000).map(|n| format!(" a{n}=1")).collect::<String>()),
        "</div></p></body></html>".repeat(10_000),
        "<![CDATA[<p>data</p>]]><?php echo 1 ?>".to_string(),
        "<span>a</span>".repeat(100_000),
        "<script>if (a</b) '<p>'; <!-- </script>".to_string(),
        "&lol9;&#x110000;&#0;&amp;amp;".repeat(1_000),
    ] {
        let run = hostile(&before);
        assert!(run.stdout.contains("The harbour council voted 31 to 12"), "{before:.60}");
    }
}

#[test]
fn unclosed_markup_does_no_harm() {
    for before in ["<!--", "<a href=\"", "<script>", "<textarea>", "<", "<![CDATA["] {
        hostile(&before.repeat(50_000));
    }
    let bomb = "<!DOCTYPE x [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;&a;&a;\">]><html><body><p>&c;</p>";
    assert!(read("bomb.html", bomb).len() <= 3);
    assert!(read("empty.html", "").is_empty());
}

#[test]
fn a_page_over_the_limit_is_cut_with_a_warning() {
    let run = hostile(&format!("<p>{}</p>", TEXTS[3]).repeat(70_000));
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("a page of more than 8 MB; the rest was not read"), "{}", run.stderr);
    assert!(run.records().len() > 10_000);
}

/// Word 4-grams and their counts, as the public extraction benchmark counts them.
fn grams(text: &str) -> std::collections::BTreeMap<Vec<String>, usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words: Vec<String> =
        text.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_string).collect();
    let mut grams = std::collections::BTreeMap::new();
    for gram in words.windows(words.len().clamp(1, 4)) {
        *grams.entry(gram.to_vec()).or_default() += 1;
    }
    grams
}

#[test]
fn articles_are_extracted_from_real_pages() {
    let Some(folder) = real_data() else { return };
    let truth = std::fs::read_to_string(folder.join("extraction/ground-truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
    let dir = Dir::new();
    for id in truth.as_object().unwrap().keys() {
        let packed = folder.join(format!("extraction/html/{id}.html.gz"));
        let page = std::process::Command::new("gzip").arg("-dc").arg(packed).output().unwrap().stdout;
        dir.write(&format!("pages/{id}.html"), page);
    }
    let records = dir.run("read pages --format jsonl").succeeded().records();
    let (mut precision, mut recall, mut n_whole, mut n_lines) = (0.0, 0.0, 0, 0);
    for (id, wanted) in truth.as_object().unwrap() {
        let wanted = wanted["articleBody"].as_str().unwrap();
        let source = format!("pages/{id}.html");
        let of_page: Vec<_> = records.iter().filter(|r| r["source"] == source.as_str()).cloned().collect();
        let found = body(&of_page);
        let (want, got) = (grams(wanted), grams(&found.join("\n")));
        let shared: usize = got.iter().map(|(gram, n)| (*n).min(*want.get(gram).unwrap_or(&0))).sum();
        precision += shared as f64 / got.values().sum::<usize>().max(1) as f64;
        recall += shared as f64 / want.values().sum::<usize>().max(1) as f64;
        let fold = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in wanted.lines().map(fold).filter(|line| line.split(' ').count() >= 8) {
            n_lines += 1;
            n_whole += usize::from(found.contains(&line));
        }
    }
    let n = truth.as_object().unwrap().len() as f64;
    let (precision, recall) = (precision / n, recall / n);
    let f1 = 2.0 * precision * recall / (precision + recall);
    let whole = n_whole as f64 / n_lines as f64;
    assert!(
        f1 >= 0.965 && precision >= 0.945 && whole >= 0.93,
        "F1 {f1} precision {precision} whole {whole}"
    );
}

#[test]
fn words_of_a_block_quote_are_not_the_authors() {
    let verdict =
        "We must stop this shameful waste of our money now, and we all know who is to blame for it.";
    let label_of = |tag: &str| {
        let page = format!(
            "<html><body><article><p>{}</p><{tag}>{verdict}</{tag}></article></body></html>",
            TEXTS[3]
        );
        let dir = Dir::new();
        dir.write("a.html", page);
        let records = dir.run("score a.html --explain features=99").succeeded().records();
        records.last().unwrap()["evidence"]["features"].to_string()
    };
    assert!(label_of("p").contains("must") && !label_of("blockquote").contains("must"));
}

/// Writes labelled rows as labelled articles; `block` formats a row.
fn write_labelled(dir: &Dir, folder: &str, end: &str, block: fn(&str, &str) -> String) {
    let rows: Vec<serde_json::Value> =
        two_label_rows(24).lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    for (number, article) in rows.chunks(3).enumerate() {
        let blocks =
            article.iter().map(|row| block(row["label"].as_str().unwrap(), row["text"].as_str().unwrap()));
        dir.write(&format!("{folder}/{number}.{end}"), blocks.collect::<String>());
    }
}

#[test]
fn labelled_pages_and_labelled_texts_train_the_same_model() {
    let dir = Dir::new();
    write_labelled(&dir, "texts", "txt", |label, text| format!("[{label}] {text}\n\n"));
    write_labelled(&dir, "pages", "html", |label, text| format!("<p>[{label}] {text}</p>\n"));
    for folder in ["texts", "pages"] {
        dir.run(&format!("train {folder} -o {folder}.model --folds 3")).succeeded();
    }
    assert!(dir.read("texts.model") == dir.read("pages.model"));
}

#[test]
fn training_on_a_page_without_labels_says_what_is_expected() {
    let dir = Dir::new();
    dir.write("a.html", page());
    let run = dir.run("train a.html -o m");
    assert_eq!(run.code, 2);
    let pieces = [
        "a.html:1: found text without labels, expected `[label] paragraph` blocks, rows",
        "hint: docs/reference.md",
    ];
    assert!(pieces.iter().all(|piece| run.stderr.contains(piece)), "{}", run.stderr);
}
