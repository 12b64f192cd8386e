//! Feeds, mails and saved pages, in builds with the feature `forms`.

use crate::forms::{ONE, TWO, articles, check_damaged, check_known, check_texts, gzip, html, page, read};

#[test]
fn items_of_rss_and_atom_are_articles() {
    let rss = format!(
        "<?xml version='1.0'?><rss version='2.0' xmlns:content='c' xmlns:dc='d'><channel><title>Harbour Post</title>\
         <language>en</language><item><title>Tram &amp;amp; bus</title><link>https://h.example/1</link>\
         <guid>g1</guid><pubDate>Tue, 03 Feb 2026 10:00:00 GMT</pubDate><dc:creator>Ann Lee</dc:creator>\
         <description>Short.</description><content:encoded><![CDATA[{}]]></content:encoded></item>\
         <item><title>Two</title><description>{ONE}</description></item><item><title>None</title></item>\
         </channel></rss>",
        html()
    );
    for name in ["a.rss", "a.xml", "a.txt", "a", "a.html"] {
        let reading = read(name, &rss).unwrap();
        assert_eq!(reading.articles.len(), 2, "{name}");
        check_texts(&reading.articles[0], &[ONE, TWO]);
        check_known(
            &reading.articles[0],
            &[
                ("title", "Tram & bus"),
                ("author", "Ann Lee"),
                ("outlet", "Harbour Post"),
                ("date", "2026-02-03T10:00:00Z"),
                ("url", "https://h.example/1"),
                ("language", "en"),
            ],
        );
        check_texts(&reading.articles[1], &[ONE]);
        assert_eq!(reading.articles[0].paragraphs[1].id.as_deref(), Some("g1"));
        assert_eq!(reading.articles[1].paragraphs[0].row, Some(2));
        assert_eq!(reading.warnings[0].what, "skipped items: 1 without text");
    }
    let atom = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title><entry><id>1</id><title>T</title>\
         <link rel='self' href='x'/><link href='https://h.example/1'/><author><name>Bo Ek</name></author>\
         <updated>2026-02-04</updated><published>2026-02-03</published><summary>Short.</summary>\
         <content type='xhtml'><div xmlns='x'>{}</div></content></entry></feed>",
        html()
    );
    let articles = articles("a.atom", &atom);
    check_texts(&articles[0], &[ONE, TWO]);
    check_known(&articles[0], &[("author", "Bo Ek"), ("date", "2026-02-03"), ("url", "https://h.example/1")]);
    check_damaged(
        "a.rss",
        &rss[..rss.len() - 120],
        1,
        "cannot be read as feed (line 2, in item 2: truncated",
    );
    let deep = format!("<rss><channel>{}", "<a>".repeat(100_000));
    check_damaged("a.rss", deep, 0, "nested more than 512 deep");
}

#[test]
fn feeds_are_read_whatever_their_prefixes_and_escapes_are() {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let twice = escaped(&escaped(&html()));
    let atom = format!(
        "<?xml version='1.0'?><x:feed xmlns:x='http://www.w3.org/2005/Atom' xmlns:d='http://purl.org/dc/elements/1.1/'>\
         <x:title>Post</x:title><x:entry><x:title>It&amp;#8217;s &amp;amp;#8220;late</x:title><d:creator>Bo Ek</d:creator>\
         <x:id>1</x:id><x:content type='html'>{twice}</x:content></x:entry></x:feed>"
    );
    let rss = format!(
        "<rss xmlns:x='http://www.w3.org/2005/Atom' xmlns:d='http://purl.org/dc/elements/1.1/'><channel><title>Post</title>\
         <item><title>It&amp;#8217;s &amp;amp;#8220;late</title><d:creator>Bo Ek</d:creator><guid>1</guid>\
         <description><![CDATA[{twice}]]></description></item></channel></rss>"
    );
    for feed in [&atom, &rss] {
        let articles = articles("a.xml", feed);
        check_texts(&articles[0], &[ONE, TWO]);
        check_known(&articles[0], &[("title", "It’s “late"), ("outlet", "Post"), ("author", "Bo Ek")]);
    }
}

#[test]
fn whole_items_of_a_truncated_feed_are_read() {
    let item = format!("<item><title>T</title>\n<description>{ONE}</description></item>\n");
    let feed = format!("<rss><channel>\n{}</channel></rss>\n", item.repeat(3));
    for (n_left, n_whole, place) in [(30, 2, "line 7, in item 3"), (16, 3, "line 8, after item 3")] {
        let cut = &feed[..feed.len() - n_left - 1];
        check_damaged("a.rss", cut, n_whole, place);
    }
    let packed = gzip(feed.as_bytes());
    check_damaged("a.rss.gz", &packed[..packed.len() - 4], 3, "gzip archive");
}

#[test]
fn posts_and_pages_of_wordpress_are_articles() {
    let item = |kind: &str, status: &str, body: &str| {
        format!(
            "<item><title>{kind}</title><content:encoded><![CDATA[{body}]]></content:encoded><wp:status>{status}\
             </wp:status><wp:post_type>{kind}</wp:post_type></item>"
        )
    };
    let wxr = format!(
        "<rss><channel><title>Blog</title>{}{}{}{}</channel></rss>",
        item(
            "post",
            "publish",
            &format!("{ONE}\n\n<strong>Because</strong> {}\n\n[gallery ids=\"1\"]", &TWO[8..])
        ),
        item("attachment", "inherit", ONE),
        item("page", "trash", ONE),
        item("page", "draft", &format!("<!-- wp:paragraph --><p>{ONE}</p><!-- /wp:paragraph -->")),
    );
    let reading = read("wxr.xml", wxr).unwrap();
    assert_eq!(reading.articles.len(), 2);
    check_texts(&reading.articles[0], &[ONE, TWO]);
    check_texts(&reading.articles[1], &[ONE]);
    check_known(&reading.articles[1], &[("status", "draft"), ("outlet", "Blog")]);
    assert_eq!(reading.warnings[0].what, "skipped items: 1 attachment, 1 in the trash");
}

#[test]
fn a_feed_of_entities_does_not_grow() {
    let entities: String = (1..20).map(|n| format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1)).collect();
    let feed = format!(
        "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY e0 \"lol\">{entities}]><rss><channel><item><description>&e19; \
         {ONE}</description></item></channel></rss>"
    );
    assert!(articles("a.rss", feed)[0].paragraphs[0].text.len() < 200);
}

fn mail() -> String {
    format!(
        "From: Ann Lee <ann@h.example>\r\nTo: x@y.example\r\nSubject: =?utf-8?q?Caf=C3=A9?= tram\r\nDate: Tue, 3 \
         Feb 2026 10:00:00 +0100\r\nMessage-ID: <1@h>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; \
         boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: \
         quoted-printable\r\n\r\n{}\r\n\r\n{TWO}\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Page</p>\r\n--b--\r\n",
        ONE.replace("é", "=C3=A9").replace("tram", "tr=\r\nam")
    )
}

#[test]
fn the_text_of_a_mail_is_an_article() {
    for name in ["a.eml", "a.txt", "a"] {
        let articles = articles(name, mail());
        check_texts(&articles[0], &[ONE, TWO]);
        check_known(
            &articles[0],
            &[("title", "Café tram"), ("author", "Ann Lee"), ("date", "2026-02-03T10:00:00+01:00")],
        );
    }
    let only = format!("From: a@b.example\nSubject: S\nContent-Type: text/html\n\n{}", page("T"));
    let articles = articles("a.eml", only);
    check_texts(&articles[0], &[ONE, TWO]);
    check_known(&articles[0], &[("title", "S"), ("author", "a@b.example")]);
    let attached = "Content-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Disposition: attachment; \
                    filename=\"plan.pdf\"\r\n\r\nx\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: \
                    attachment\r\n\r\na,b\r\n--b--\r\n";
    let mixed = mail().replace("alternative", "mixed").replace("--b--\r\n", &format!("--b\r\n{attached}"));
    let warnings = read("a.eml", mixed).unwrap().warnings;
    assert_eq!(warnings[0].what, "2 attachments were not read: `plan.pdf`, of type text/csv");
    let nested = "Content-Type: message/rfc822\n\n".repeat(200_000);
    check_damaged("a.eml", nested, 0, "nested too deep");
    check_damaged("a.eml", "No headers", 0, "does not begin like one, but with `No headers`");
    check_damaged("a.eml", " ", 0, "it is empty");
    assert!(read("a.eml", "From: a\n\n").unwrap().articles.is_empty());
}

#[test]
fn messages_of_a_mailbox_are_articles() {
    let message = |n: usize| {
        format!(
            "From a@b Tue Feb  3 10:00:00 2026\n{}\n>From here on.\n\n",
            mail().replace("<1@h>", &format!("<{n}@h>"))
        )
    };
    let mailbox = [message(1), message(2), message(3)].concat();
    for name in ["a.mbox", "a"] {
        let articles = articles(name, &mailbox);
        assert_eq!(articles.len(), 3);
        check_texts(&articles[2], &[ONE, TWO]);
        assert_eq!(articles[2].paragraphs[0].id.as_deref(), Some("3@h"));
    }
}

#[test]
fn saved_pages_are_read_like_pages() {
    let mhtml = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://h.example/a\r\nSubject: S\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--b--\r\n",
        page("Tram").replace('=', "=3D").replace("é", "=C3=A9")
    );
    let mut archive = plist::Dictionary::new();
    let mut main = plist::Dictionary::new();
    main.insert("WebResourceData".into(), plist::Value::Data(page("Tram").into_bytes()));
    main.insert("WebResourceURL".into(), "https://h.example/a".into());
    archive.insert("WebMainResource".into(), main.into());
    let mut binary = Vec::new();
    plist::Value::Dictionary(archive).to_writer_binary(&mut binary).unwrap();
    for (name, content) in
        [("a.mhtml", mhtml.as_bytes()), ("a.mht", mhtml.as_bytes()), ("a.webarchive", &binary)]
    {
        let articles = articles(name, content);
        check_texts(&articles[0], &[ONE, TWO]);
        check_known(&articles[0], &[("title", "Tram"), ("url", "https://h.example/a")]);
    }
    check_damaged("a.webarchive", &binary[..binary.len() - 20], 0, "cannot be read as webarchive");
    check_damaged("a.webarchive", b"bplist00\xff\xff\xff\xff", 0, "cannot be read as webarchive");
}
