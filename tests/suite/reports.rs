//! Reports for a browser: one page, a folder of pages, groups, and hostile inputs.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::Dir;

/// A row of a table: an article of two paragraphs.
fn row(number: usize, outlet: &str, title: &str) -> String {
    let text = format!(
        "The council of ward {number} voted on Tuesday to build the line, officials said after the meeting.\n\n\
         We must stop this shameful waste now, and every citizen of ward {number} should say so at the next vote!"
    );
    let date = format!("2024-{:02}-{:02}T10:00:00Z", number / 28 % 12 + 1, number % 28 + 1);
    let row = serde_json::json!({"text": text, "id": format!("r{number}"), "outlet": outlet, "title": title, "date": date});
    format!("{row}\n")
}

fn rows(n: usize) -> String {
    (1..=n).map(|number| row(number, ["Gazette", "Post"][number % 2], &format!("Title {number}"))).collect()
}

/// The text between each `start` in a page and the next double quote.
fn values<'a>(page: &'a str, start: &str) -> Vec<&'a str> {
    page.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The files of a folder by their names, with their bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().is_file());
    let name = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
    files.map(|entry| (name(entry.path()), std::fs::read(entry.path()).unwrap())).collect()
}

/// Checks that every link of a page has a target: an anchor of the page, or a file next to it.
#[track_caller]
fn check_links(folder: &Path, name: &str) {
    let page = std::fs::read_to_string(folder.join(name)).unwrap();
    let ids = values(&page, " id=\"");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: duplicate id");
    for href in values(&page, " href=\"") {
        let (file, anchor) = href.split_once('#').unwrap_or((href, ""));
        let target =
            if file.is_empty() { folder.join(name) } else { folder.join(name).parent().unwrap().join(file) };
        let target =
            std::fs::read_to_string(&target).unwrap_or_else(|_| panic!("{name}: {href} has no target"));
        assert!(anchor.is_empty() || target.contains(&format!(" id=\"{anchor}\"")), "{name}: {href}");
    }
}

#[test]
fn one_article_is_one_page_and_the_suffix_selects_the_format() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(1));
    dir.run("score a.jsonl -o a.html").succeeded();
    let page = String::from_utf8(dir.read("a.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<h1>Title 1</h1>"), "{page:.400}");
    assert!(page.contains("Why advocacy") && page.contains("<mark") && page.matches("<script>").count() == 1);
    assert_eq!(dir.run("score a.jsonl --format html").succeeded().stdout, page);
    let plain = dir.run("score a.jsonl --format html --explain 0").succeeded().stdout;
    assert!(!plain.contains("<mark"));
}

#[test]
fn several_articles_are_one_page_and_all_links_have_targets() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(12));
    dir.run("score a.jsonl -o a.html").succeeded();
    check_links(dir.path(), "a.html");
    let page = String::from_utf8(dir.read("a.html")).unwrap();
    assert!(page.contains("<h1>12 articles</h1>"));
    assert_eq!(page.matches("<section class=\"piece\"").count(), 12);
    for part in
        ["id=\"time\"", "id=\"outlets\"", "Gazette", "2024-01-13", "Strongest advocacy", "We must stop"]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_folder_has_a_page_for_each_article_at_any_thread_count() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(130));
    dir.run("score a.jsonl -o one/ --threads 1").succeeded();
    dir.run("score a.jsonl -o two/ --threads 4").succeeded();
    let one = files(&dir.path().join("one"));
    assert_eq!(one, files(&dir.path().join("two")));
    assert_eq!(one.len(), 131);
    assert_eq!(one[0].0, "articles/00001-title-1.html");
    for name in [
        "index.html",
        "articles/00001-title-1.html",
        "articles/00050-title-50.html",
        "articles/00130-title-130.html",
    ] {
        check_links(&dir.path().join("one"), name);
    }
    let index = String::from_utf8(one[130].1.clone()).unwrap();
    assert_eq!(index.matches("<tr><th scope=\"row\"><a href=\"articles/").count(), 130);
    assert!(index.len() < 130 * 800 + 40_000, "{} bytes", index.len());
    let beside = String::from_utf8(one[1].1.clone()).unwrap();
    assert!(beside.contains("00001-title-1.html") && beside.contains("00003-title-3.html"));
}

#[test]
fn a_report_is_replaced_and_its_pages_are_not_read_as_articles() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(3));
    dir.run("score . -o out/").succeeded();
    let first = files(&dir.path().join("out"));
    let again = dir.run("score . -o out/").succeeded();
    assert!(again.stderr.contains("skipped 4 files (in the output folder)"), "{}", again.stderr);
    assert_eq!(files(&dir.path().join("out")), first);
    dir.write("a.jsonl", rows(2));
    dir.run("score a.jsonl -o out").succeeded();
    assert_eq!(files(&dir.path().join("out")).len(), 3);
}

#[test]
fn a_folder_with_other_files_is_not_changed() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(2));
    dir.write("mine/index.html", "<title>My pages</title>");
    let run = dir.run("score a.jsonl -o mine/");
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("mine/: found mine/index.html, expected a new or empty folder"),
        "{}",
        run.stderr
    );
    assert_eq!(dir.read("mine/index.html"), b"<title>My pages</title>");
    let run = dir.run("score nowhere.txt -o new/");
    assert_eq!((run.code, dir.path().join("new").exists()), (2, false));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn many_articles_are_compressed_in_one_page() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(301));
    let run = dir.run("score a.jsonl -o a.html").succeeded();
    assert!(run.stderr.contains("rhetor: wrote a.html: 301 articles, "), "{}", run.stderr);
    let page = String::from_utf8(dir.read("a.html")).unwrap();
    assert!(page.contains("<h1>301 articles</h1>") && !page.contains("<section class=\"piece\""));
    let packs: Vec<&str> = page.split("class=\"pack\">").skip(1).collect();
    assert_eq!(packs.len(), 301_usize.div_ceil(64));
    let text = unpacked(packs[4].split('<').next().unwrap());
    assert!(
        text.starts_with("<section class=\"piece\" id=\"a257\">") && text.contains("id=\"a301-p1\""),
        "{text:.300}"
    );
    let rows = dir.run("score a.jsonl --unit article --format html").succeeded().stdout;
    assert_eq!(rows.matches("<tr><th scope=\"row\">Title").count(), 301);
    assert!(rows.contains("<tbody class=\"rest\">") && !rows.contains("<a href=\"articles"));
}

/// The text of a pack: base64, then deflate.
fn unpacked(pack: &str) -> String {
    use base64::Engine;
    let bytes = base64::prelude::BASE64_STANDARD.decode(pack).unwrap();
    std::io::read_to_string(flate2::read::DeflateDecoder::new(bytes.as_slice())).unwrap()
}

#[cfg(feature = "forms")]
#[test]
fn an_archive_has_the_files_of_a_folder_and_the_same_bytes_each_time() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(3));
    dir.run("score a.jsonl -o out/").succeeded();
    let run = dir.run("score a.jsonl -o out.zip").succeeded();
    assert!(run.stderr.contains("rhetor: wrote out.zip: 3 articles, "), "{}", run.stderr);
    let bytes = dir.read("out.zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.clone())).unwrap();
    for (name, content) in files(&dir.path().join("out")) {
        let mut entry = archive.by_name(&format!("out/{name}")).unwrap();
        let mut found = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut found).unwrap();
        assert_eq!(found, content, "{name}");
    }
    dir.run("score a.jsonl -o out.zip").succeeded();
    assert_eq!(dir.read("out.zip"), bytes);
    let groups = dir.run("score a.jsonl -o out.zip --group-by outlet");
    assert_eq!(groups.code, 2);
}

#[test]
fn pages_and_records_say_what_made_them() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(12));
    let id =
        serde_json::from_str::<serde_json::Value>(&dir.run("inspect --format json").stdout).unwrap()["id"]
            .clone();
    let id = id.as_str().unwrap();
    for command in ["score a.jsonl", "score a.jsonl --unit article", "score a.jsonl --group-by outlet"] {
        let records = dir.run(command).succeeded().records();
        assert!(records.iter().all(|record| record["model"] == id), "{command}");
    }
    let page = dir.run("score a.jsonl --format html --no-context").succeeded().stdout;
    for piece in [
        id,
        "--no-context",
        "SHA-256 of the paragraphs of 12 articles",
        "About 22 of 100 labels are wrong",
        "a language model under a codebook",
    ] {
        assert!(page.contains(piece), "{piece}");
    }
    let citation = dir.run("cite").succeeded().stdout;
    assert!(citation.starts_with("@software{rhetor,") && citation.contains(id), "{citation}");
}

#[test]
fn groups_are_one_page() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(12));
    let page = dir.run("score a.jsonl --group-by outlet --format html").succeeded().stdout;
    assert!(page.contains("<h1>12 articles by outlet</h1>"));
    assert_eq!(page.matches("<th scope=\"row\">").count(), 2);
    let run = dir.run("score a.jsonl --group-by outlet -o out/");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("out/: found a folder or archive, expected a file"), "{}", run.stderr);
}

#[test]
fn impossible_outputs_are_errors() {
    let dir = Dir::new();
    dir.write("a.jsonl", rows(1));
    for (command, piece) in [
        ("read a.jsonl --format html", "`read` does not write HTML"),
        ("read a.jsonl -o a.html", "`read` does not write HTML"),
        ("score a.jsonl -o a.html --strongest opinion", "--strongest: found `opinion`, expected one of"),
        ("score a.jsonl -o a.html/b/", "cannot write"),
    ] {
        let run = dir.run(command);
        assert_eq!(run.code, 2, "{command}");
        assert!(run.stderr.contains(piece), "{command}: {}", run.stderr);
    }
    let page = dir.run("score a.jsonl --format html --unit article --strongest report").succeeded().stdout;
    assert!(page.contains("Strongest report"));
}

#[test]
fn hostile_titles_are_escaped_in_every_page() {
    let dir = Dir::new();
    let title =
        "</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}\u{1b}[31m\u{0}\u{ffff}";
    let hostile: String =
        (1..=6).map(|number| row(number, ["<b onclick=x>", "\" autofocus=\""][number % 2], title)).collect();
    let hostile =
        hostile.replace("\"id\":", "\"url\":\"javascript:alert(3)\",\"section\":\"<script>tag\",\"id\":");
    dir.write("a.jsonl", hostile);
    dir.run("score a.jsonl -o one.html --compare section").succeeded();
    dir.run("score a.jsonl -o out/ --compare section").succeeded();
    dir.run("score a.jsonl -o groups.html --group-by section").succeeded();
    let pages: Vec<(String, Vec<u8>)> =
        files(dir.path()).into_iter().filter(|(name, _)| name.ends_with(".html")).collect();
    assert_eq!(pages.len(), 10);
    for (name, page) in pages {
        let page = String::from_utf8(page).unwrap();
        assert!(page.matches("<script").count() <= 1, "{name}");
        for banned in
            ["<script>alert", "<script>tag", "<img", "<b onclick", "href=\"javascript:", "\" autofocus"]
        {
            assert!(!page.contains(banned), "{name}: {banned}");
        }
        let is_banned = |c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{ffff}';
        assert!(!page.contains(is_banned), "{name}");
    }
}
