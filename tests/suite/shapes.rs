//! An article is found in whatever a page, a field or a JSON file wraps it in.

use serde_json::{Value, json};

use crate::support::Dir;

const TEXTS: [&str; 4] = [
    "The harbour board approved a plan on Monday to dredge the north channel, a spokesman said, after two ships ran aground.",
    "The work will cost 4.2 million pounds and take eleven weeks, according to the minutes, which were published on Friday.",
    "This is a scandal. The board has slept for ten years, and we should not let it sleep for another ten.",
    "If the channel silts up as fast as it did after 1998, the whole sum will have bought no more than six winters.",
];

/// The texts that are kept, and the first line on standard error.
fn kept(name: &str, content: &str) -> (Vec<String>, String) {
    let dir = Dir::new();
    dir.write(name, content);
    let run = dir.run(&format!("read --rules-only --format jsonl {name}"));
    let records = run.records().into_iter().filter(|record| record["kept"] == true);
    let texts = records.map(|record| record["text"].as_str().unwrap().to_string()).collect();
    (texts, run.stderr.lines().next().unwrap_or_default().to_string())
}

#[track_caller]
fn check(name: &str, content: &str, message: &str) {
    let (texts, first) = kept(name, content);
    assert_eq!(texts, TEXTS, "{name}: {content} {first}");
    assert!(first.contains(message) && first.is_empty() == message.is_empty(), "{name}: {first}");
}

/// A page with a menu, a copyright notice, and this between them.
fn page(body: &str) -> String {
    let menu = "<nav><ul><li><a href=/>Home</a><li><a href=/n>News</a></ul></nav>";
    let notice = "<footer><p>© 2026 Quay Mail. All rights reserved.</p></footer>";
    format!("<!DOCTYPE html><html lang=en><body><header>{menu}</header>{body}{notice}</body></html>")
}

fn each(before: &str, after: &str) -> String {
    TEXTS.map(|text| format!("{before}{text}{after}")).concat()
}

#[test]
fn pages_are_read_whatever_holds_their_article() {
    let paragraphs = each("<p>", "</p>");
    let [first, second, third, fourth] = TEXTS;
    for body in [
        format!("<article>{paragraphs}</article>"),
        format!("<div><ul>{}</ul></div>", each("<li>", "</li>")),
        format!("<main><dl>{}</dl></main>", each("<dt>Note</dt><dd>", "</dd>")),
        format!("<div id=app></div><noscript>{paragraphs}</noscript>"),
        format!(
            "<article><p>{first}</p><div aria-hidden=true><p>{second}</p><p>{third}</p><p>{fourth}</p></div></article>"
        ),
        format!(
            "<article><p>{first}</p><p>{second}</p><div class=x><p><a href=/x>{third}</a></p></div><p>{fourth}</p></article>"
        ),
    ] {
        check("a.html", &page(&body), "");
    }
}

#[test]
fn articles_are_read_from_scripts_of_pages_that_show_little() {
    let body = TEXTS.join("\n\n");
    let html = each("<p>", "</p>");
    let blocks = TEXTS.map(|text| json!({"content": [{"value": &text[..20]}, {"value": &text[20..]}]}));
    let updates = TEXTS.map(|text| json!({"@type": "BlogPosting", "articleBody": text}));
    for (kind, data) in [
        ("application/ld+json", json!({"@graph": [{"@type": "NewsArticle", "articleBody": body}]})),
        ("application/ld+json", json!({"@type": "LiveBlogPosting", "liveBlogUpdate": updates})),
        ("application/json", json!({"props": {"story": {"bodyHtml": html}}})),
        ("application/json", json!({"props": {"doc": {"content": blocks}}})),
    ] {
        let script = format!("<div id=root></div><script type='{kind}'>{data}</script>");
        check("a.html", &page(&script), "the article was read from a script");
    }
    let (texts, first) = kept("a.html", &page("<div id=root></div>"));
    assert!(texts.is_empty() && first.ends_with("no article text found in this page"), "{texts:?} {first}");
}

#[test]
fn blocks_outside_the_article_follow_it() {
    let dir = Dir::new();
    dir.write("a.html", page(&format!("<article>{}</article>", each("<p>", "</p>"))));
    let records = dir.run("read --rules-only --format jsonl a.html").succeeded().records();
    let reasons: Vec<Value> = records.into_iter().map(|mut record| record["reason"].take()).collect();
    let expected = json!([null, null, null, null, "navigation", "outside article", "legal"]);
    assert_eq!(Value::from(reasons), expected);
}

#[test]
fn markup_in_fields_is_read() {
    let holds = "holds HTML, which is read as a part of a page";
    for text in [
        each("<p>", "</p>"),
        TEXTS.join("<br /><br />"),
        each("<div>", "</div>") + "<script>var a = 1;</script>",
        each("<!-- wp:paragraph --><p>", "</p>"),
        each("&lt;p&gt;", "&lt;/p&gt;"),
        TEXTS.join("\n\n").replace("board", "<em>board</em>"),
    ] {
        check("a.jsonl", &json!({"id": 1, "body": text}).to_string(), holds);
        check("a.csv", &format!("id,body\n1,\"{}\"\n", text.replace('"', "\"\"")), holds);
    }
    check("a.txt", &each("<p>", "</p>\n"), holds);
    check("a.txt", &TEXTS.join("\n\n").replace(',', "&#44;"), "");
    check(
        "a.txt",
        &TEXTS.join("\n\n").replace("board", "[board](https://a.b/c)").replace("said", "said[^1]"),
        "",
    );
    check("a.md", &each("<p>", "</p>\n").replace("said", "said[^1]"), "");
}

#[test]
fn rows_are_found_in_nested_json() {
    let text = TEXTS.join("\n\n");
    let html = each("<p>", "</p>");
    for value in [
        json!({"status": "ok", "articles": [{"title": "a", "content": text}]}),
        json!({"hits": {"hits": [{"_id": "1", "_source": {"title": "a", "body": text}}]}}),
        json!({"response": {"docs": [{"headline": {"main": "a"}, "lead_paragraph": text}]}}),
        json!({"data": {"children": [{"kind": "t3", "data": {"id": "1", "selftext": text}}]}}),
        json!({"messages": [{"id": 1, "text": TEXTS.map(|text| format!("{text}\n\n"))}]}),
        json!({"id": 1, "text": TEXTS}),
        json!({"id": 1, "body": {"blocks": TEXTS.map(|text| json!({"type": "paragraph", "data": {"text": text}}))}}),
        json!({"text": {"0": text}, "title": {"0": "a"}}),
        json!({"columns": ["id", "text"], "data": [[1, text]]}),
    ] {
        check("a.json", &value.to_string(), "");
        check("a.jsonl", &serde_json::to_string_pretty(&value).unwrap(), "");
    }
    for value in [
        json!({"response": {"results": [{"webTitle": "a", "fields": {"body": html}}]}}),
        json!([{"id": 1, "title": {"rendered": "a"}, "content": {"rendered": html}}]),
        json!({"db": [{"data": {"posts": [{"title": "a", "html": html}], "tags": [{"name": "b"}]}}]}),
    ] {
        check("a.json", &value.to_string(), "holds HTML");
    }
}

#[test]
fn every_article_in_an_object_of_articles_is_a_row() {
    let article =
        |n: usize| json!({"title": format!("T{n}"), "text": TEXTS[n], "published_at": "2026-02-03"});
    let map = json!({"a1": article(0), "a10": article(1), "a2": {"headline": ["T2"], "body": TEXTS[2], "id": "own"}});
    let with_count = json!({"a1": article(0), "a10": article(1), "a2": map["a2"], "meta": {"count": 3}});
    let dir = Dir::new();
    for value in
        [json!({ "articles": map }), map.clone(), json!({"status": "ok", "data": {"posts": map}}), with_count]
    {
        dir.write("a.json", serde_json::to_string_pretty(&value).unwrap());
        let records = dir.run("read --rules-only --format jsonl a.json").succeeded().records();
        let found: Vec<_> = records
            .iter()
            .map(|record| [&record["id"], &record["title"], &record["text"]].map(Value::clone))
            .collect();
        let expected = [
            [json!("a1"), json!("T0"), json!(TEXTS[0])],
            [json!("a10"), json!("T1"), json!(TEXTS[1])],
            [json!("own"), json!("T2"), json!(TEXTS[2])],
        ];
        assert_eq!(found, expected, "{value}");
        assert_eq!(records[0]["date"], "2026-02-03");
    }
    // Numbers are in their order.
    dir.write("a.json", json!({"10": article(1), "9": article(0)}).to_string());
    let records = dir.run("read --rules-only --format jsonl a.json").succeeded().records();
    assert_eq!((&records[0]["id"], &records[1]["id"]), (&json!("9"), &json!("10")));
    dir.write("a.json", json!({"title": "All", "a1": article(0), "a2": article(1)}).to_string());
    let run = dir.run("read a.json --format jsonl");
    assert!(run.code == 2 && run.stderr.contains("texts in 2 places (a1, a2)"), "{}", run.stderr);
}

#[test]
fn titles_authors_and_dates_are_read_under_their_other_names() {
    let expected = json!(["Tram’s late", "Ann Lee, Bo Ek", "2026-02-03", "https://a.example/1"]);
    let text = TEXTS[0];
    let object = json!({
        "headline": {"rendered": "Tram&#8217;s late"}, "authors": ["Ann Lee", {"name": "Bo Ek"}],
        "date_published": "2026-02-03", "link": "https://a.example/1", "content": text,
    });
    let csv = format!(
        "Headline,byline,publishedAt,permalink,text\nTram&#8217;s late,\"By Ann Lee, Bo Ek\",2026-02-03,https://a.example/1,\"{text}\"\n"
    );
    let front = format!(
        "---\nheadline: Tram’s late\nauthors:\n  - Ann Lee\n  - Bo Ek\npubDate: 2026-02-03\nlink: https://a.example/1\n---\n{text}\n"
    );
    let dir = Dir::new();
    for (name, content) in [("a.jsonl", object.to_string()), ("a.csv", csv), ("a.md", front)] {
        dir.write(name, content);
        let record =
            dir.run(&format!("read --rules-only --format jsonl {name}")).succeeded().records().remove(0);
        let found = ["title", "author", "date", "url"].map(|key| record[key].clone());
        assert_eq!(json!(found), expected, "{name}");
    }
}

#[test]
fn text_is_read_however_a_page_displays_it() {
    let [first, second, third, fourth] = TEXTS;
    let escaped = each("<p>", "</p>").replace('<', "&lt;").replace('\"', "&quot;");
    let nested = format!("<div>{first}<div>{second}<div>{third}<div>{fourth}</div></div></div></div>");
    for body in [
        format!("<iframe srcdoc=\"{escaped}\"></iframe>"),
        format!("<iframe srcdoc=\"{}{escaped}\"></iframe>", "&lt;!-- long --&gt;".repeat(5000)),
        nested,
        format!("<div>{}</div>", each("<span style='display:block'>", "</span>")),
        format!("<style>.x{{display:block}}</style><div>{}</div>", each("<span class=x>", "</span>")),
        format!("<div>{}</div>", each("<span>", "<br></span>")),
    ] {
        check("a.html", &page(&body), "");
    }
}

#[test]
fn a_tag_that_a_sentence_mentions_stays() {
    let texts = [
        "Use an <h1> for titles, and close it with </h1>, the guide says to all of its readers.",
        "The `<p>` tag and the <br> tag are older than the board of the harbour, a spokesman said.",
    ];
    let rows = texts.map(|text| json!({ "text": text }).to_string() + "\n").concat();
    let (found, message) = kept("a.jsonl", &rows);
    assert_eq!((found.as_slice(), message.as_str()), (texts.map(String::from).as_slice(), ""));
}

#[test]
fn a_path_chooses_between_arrays() {
    let dir = Dir::new();
    dir.write(
        "a.json",
        json!({"posts": [{"text": TEXTS[0]}, {"text": TEXTS[1]}], "notes": [{"text": TEXTS[2]}]}).to_string(),
    );
    let run = dir.run("read a.json --format jsonl");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("texts in 2 arrays (notes[], posts[])"), "{}", run.stderr);
    for (path, n) in [("posts[].text", 2), ("notes.text", 1)] {
        let run = dir.run(&format!("read a.json --format jsonl --text-column {path}")).succeeded();
        assert_eq!(run.records().len(), n, "{path}");
    }
}

#[test]
fn paragraphs_are_found_in_lines_of_any_width_and_ending() {
    let wrapped = |width: usize| {
        let mut text = String::new();
        for paragraph in TEXTS {
            let mut column = 0;
            for word in paragraph.split(' ') {
                let is_over = column + word.len() > width;
                text.push_str(if column == 0 {
                    ""
                } else if is_over {
                    "\n"
                } else {
                    " "
                });
                column = if is_over { 0 } else { column } + word.len() + 1;
                text.push_str(word);
            }
            text.push_str("\n\n");
        }
        text
    };
    for width in [24, 32, 40, 60] {
        check("a.txt", &wrapped(width), "");
    }
    for end in ["\r", "\r\r", "\r\r\n", "\u{2028}", "\u{2029}", "\u{b}", "\u{c}"] {
        check("a.txt", &TEXTS.join(end), "");
    }
    check("a.txt", &TEXTS.join("\n\n").replacen("The", "T\n\nhe", 1), "");
    check("a.txt", &TEXTS.map(|text| format!("\u{202a}{text}\u{202c}")).join("\n\n"), "");
}

#[test]
fn calls_to_act_are_kept_in_every_form() {
    let calls =
        ["Sign the petition. Write to your MP.", "Boycott the port. Do it today!", "Call your councillor."];
    let texts = [TEXTS[0], calls[0], TEXTS[1], calls[1], TEXTS[2], calls[2], TEXTS[3]];
    let text = texts.join("\n\n");
    let dir = Dir::new();
    dir.write("a.txt", &text);
    dir.write("a.md", &text);
    dir.write("a.jsonl", json!({"text": text}).to_string());
    dir.write(
        "a.html",
        page(&format!("<article>{}</article>", texts.map(|text| format!("<p>{text}</p>")).concat())),
    );
    for name in ["a.txt", "a.md", "a.jsonl", "a.html"] {
        let records = dir.run(&format!("read --format jsonl {name}")).succeeded().records();
        assert_eq!(records.iter().filter(|record| record["kept"] == true).count(), 7, "{name}");
    }
}

/// Whether all of `TEXTS` are kept, in paragraphs of their own or with other text.
#[track_caller]
fn check_whole(name: &str, content: &str) {
    let (texts, first) = kept(name, content);
    for text in TEXTS {
        assert!(texts.iter().any(|kept| kept.contains(text)), "{name}: {content}: {texts:?} {first}");
    }
}

#[test]
fn prose_that_resembles_another_form_is_read_as_prose() {
    let all = TEXTS.join("\n\n");
    for start in [
        "THE HEATWAVE of that summer killed forty people in the town, the coroner found.",
        "ID3 tags hold the name of a song, and few listeners ever look at them.",
        "From our own correspondent\nRome: Tuesday",
        "Body\n\nLength: 1200 words",
        "V\n\nTHE war began on a Sunday, and nobody in the port believed it.",
    ] {
        check_whole("a.txt", &format!("{start}\n\n{all}"));
    }
    let row = |text: &str| json!({ "text": text }).to_string();
    check_whole("a.jsonl", &row(&format!("Put the <title> tag first and close it with </p>.\n\n{all}")));
    check_whole("a.jsonl", &row(&all.replacen("\n\n", " <br> once.\n\n", 1)));
    check_whole("a.jsonl", &row(&format!("It was saved under C:\\new and C:\\notes. {}", TEXTS.join(" "))));
    let consent =
        json!({ "consent": { "text": "We use cookies to measure how pages are read. ".repeat(40) } });
    let script = format!("<script type=\"application/json\">{consent}</script>");
    check_whole("a.html", &page(&format!("<article>{}</article>{script}", each("<p>", "</p>"))));
}

#[test]
fn sentences_that_resemble_notes_and_bylines_are_kept() {
    for text in [
        "Neglect by the council contributed to the story of decline that the report tells in forty pages.",
        "[12] The minister had no power to make the order, and the court must say so.",
    ] {
        let (texts, _) = kept("a.txt", &format!("{}\n\n{text}\n\n{}", TEXTS[0], TEXTS[1]));
        assert!(texts.iter().any(|kept| kept == text), "{text}: {texts:?}");
    }
}

#[test]
fn long_lists_and_lines_take_linear_time() {
    let start = std::time::Instant::now();
    kept("a.json", &json!([{ "text": vec![")"; 100_000] }]).to_string());
    kept("a.txt", &"A line of a text that goes on and on for ever\u{2028}".repeat(8_000));
    kept("a.csv", &format!("text,id\n\"a \\\"b\\\" c\",1\n{}", "a,1\r".repeat(100_000)));
    kept("b.txt", &format!("1 of 2 DOCUMENTS\n\n{}", "HEADLINE: Tram\n".repeat(100_000)));
    assert!(start.elapsed().as_secs() < 60);
}

#[test]
fn only_references_with_a_semicolon_are_replaced() {
    let text =
        "The minutes &amp; the map are at https://quay.example/?x=1&copy=2&reg=3, the board said on Friday.";
    let (texts, _) = kept("a.jsonl", &json!({ "text": text }).to_string());
    assert_eq!(texts, [text.replace("&amp;", "&")]);
}

#[test]
fn paragraphs_of_an_export_may_begin_like_its_fields() {
    let [first, second, third, fourth] = TEXTS;
    let uni = format!(
        "Board approves plan\nQuay Mail\nFebruary 3, 2026 Tuesday\n\nCopyright 2026 Quay Mail\nSection: NEWS\nLength: \
         90 words\n\nBody\n\n{first}\n\nUpdate: The minister has resigned, her office said.\n\n{second}\n\n{third}\n\n\
         {fourth}\n\nLoad-Date: February 3, 2026\n\nEnd of Document\n"
    );
    check_whole("a.txt", &uni);
    let rule = "_".repeat(60);
    let proquest = format!(
        "{rule}\n\nBoard approves plan\n\nAuthor: Lee, Ann\n\nFull text: {first}\n\nLocation: the hall of the old town. \
         It was full.\n\n{second}\n\n{third}\n\n{fourth}\n\nTitle: Board approves plan\n\nPublication title: Quay \
         Mail\n\nProQuest document ID: 123456\n\n{rule}\n"
    );
    check_whole("a.txt", &proquest);
    let (texts, _) = kept("a.txt", &proquest);
    assert!(texts.iter().any(|text| text.starts_with("Location: the hall")), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains("123456")), "{texts:?}");
}

#[test]
fn a_byte_order_mark_does_not_prevent_a_repair() {
    let (damaged, ..) = encoding_rs::WINDOWS_1252.decode("“No”, she said — it’s “over”.".as_bytes());
    let (texts, first) = kept("a.txt", &format!("\u{feff}{damaged}"));
    assert_eq!(texts, ["“No”, she said — it’s “over”."]);
    assert!(first.contains("repaired"), "{first}");
}
