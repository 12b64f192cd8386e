//! `rhetor serve` over real sockets: answers, limits, and requests from elsewhere.

use std::io::{BufRead, BufReader, Write};
use std::time::Duration;

use crate::http::{Server, is_cut_off, read_answer};
use crate::support::Dir;

const TEXT: &str = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";
/// Far more than the limits of one second that the tests set.
const LONG: Duration = Duration::from_secs(20);

fn server(dir: &Dir) -> Server {
    Server::start(dir, "serve --port 0 --max-body 1 --timeout 1")
}

#[test]
fn json_and_lines_and_files_get_the_labels_of_score() {
    let dir = Dir::new();
    let server = server(&dir);
    dir.write("a.jsonl", format!("{{\"id\":7,\"text\":\"{TEXT}\"}}\n"));
    let expected = dir.run("score a.jsonl").succeeded().records()[0].clone();
    let row = format!("{{\"id\":7,\"text\":\"{TEXT}\"}}");
    for (kind, body) in [
        ("application/json", row.clone()),
        ("application/json; charset=utf-8", format!("[\n{row}\n]")),
        ("text/plain", TEXT.to_string()),
        ("text/html", format!("<html><body><article><p>{TEXT}</p></article></body></html>")),
        ("application/octet-stream", TEXT.to_string()),
    ] {
        let answer = server.post("/v1/score", kind, &body);
        assert_eq!(answer.status, 200, "{kind}: {}", answer.body);
        let record = answer.json()["articles"][0]["paragraphs"][0].clone();
        for field in ["label", "scores", "text", "unsure"] {
            assert_eq!(record[field], expected[field], "{kind}: {field}");
        }
    }
    let lines =
        server.post("/v1/score", "application/x-ndjson", &format!("{row}\nnot {{json\n{{broken\n{TEXT}"));
    let lines: Vec<serde_json::Value> =
        lines.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["id"], 7);
    assert_eq!(lines[0]["paragraphs"][0]["scores"], expected["scores"]);
    assert!(lines[2]["error"].as_str().unwrap().contains("malformed JSON at column"), "{}", lines[2]);
    assert_eq!(lines[3]["line"], 4);
    let explained = server.post("/v1/score?explain=2&context=false", "text/plain", TEXT).json();
    assert!(explained["articles"][0]["paragraphs"][0]["reasons"]["phrases"].is_array());
    let read = server.post("/v1/read", "text/plain", &format!("{TEXT}\n\nShare on Facebook")).json();
    assert_eq!(read["articles"][0]["paragraphs"][1]["reason"], "share");
}

#[test]
fn a_line_is_answered_before_the_next_one_is_sent() {
    let dir = Dir::new();
    let server = server(&dir);
    let mut stream = server.connect();
    let head = format!(
        "POST /v1/score HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    for number in 1..4 {
        stream.write_all(format!("{:x}\r\n{TEXT}\n\r\n", TEXT.len() + 1).as_bytes()).unwrap();
        let mut line = String::new();
        while !line.contains(&format!("\"line\":{number}")) {
            line.clear();
            assert!(reader.read_line(&mut line).unwrap() > 0);
        }
    }
    // The stream is cut off with an error when no further line arrives.
    let mut line = String::new();
    while !line.contains("took more than 1 s") {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0);
    }
}

#[test]
fn bad_requests_are_refused_with_the_reason() {
    let dir = Dir::new();
    let server = server(&dir);
    let large = "a".repeat((1 << 20) + 1);
    for (path, kind, body, status, message) in [
        ("/v1/score", "application/json", "{\"text\":\n \"a\",\n}", 400, "malformed JSON at column"),
        ("/v1/score", "application/json", "[1]", 400, "item 1: found no object"),
        ("/v1/score", "application/json", "{\"id\":1}", 400, "without a string `text`"),
        ("/v1/score?top=3", "text/plain", "a", 400, "found `top=3`"),
        ("/v1/score", "image/png", "a", 415, "found the content type `image/png`"),
        ("/v1/score", "text/plain", large.as_str(), 413, "more than 1 MB"),
        ("/v1/score", "application/json", large.as_str(), 413, "more than 1 MB"),
        ("/etc/passwd", "text/plain", "", 404, "nothing here"),
        ("/../../etc/passwd", "text/plain", "", 404, "nothing here"),
        ("/v1/model", "text/plain", "", 405, "method"),
    ] {
        let answer = server.post(path, kind, body);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        let error = answer.json()["error"].clone();
        assert!(error["message"].as_str().unwrap().contains(message), "{error}");
        assert_eq!(error["line"].as_u64(), message.starts_with("malformed").then_some(3), "{error}");
    }
    let lines = server.post("/v1/score", "application/x-ndjson", &large);
    assert!(lines.body.contains("more than 1 MB"), "{}", lines.body);
    assert_eq!(server.get("/healthz").json()["status"], "ok");
}

#[test]
fn slow_headers_and_slow_bodies_are_cut_off() {
    let dir = Dir::new();
    let server = server(&dir);
    let silent = server.connect();
    let mut slow_headers = server.connect();
    slow_headers.write_all(b"POST /v1/score HTTP/1.1\r\nHost: ").unwrap();
    let mut slow_body = server.connect();
    let head = format!(
        "POST /v1/score HTTP/1.1\r\nHost: {}\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nab",
        server.address
    );
    slow_body.write_all(head.as_bytes()).unwrap();
    assert_eq!(server.get("/healthz").status, 200);
    for stream in [silent, slow_headers, slow_body] {
        assert!(is_cut_off(stream, LONG));
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn requests_to_and_from_other_sites_are_refused() {
    let dir = Dir::new();
    let server = server(&dir);
    for headers in [
        "Host: evil.example\r\n",
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
    ] {
        let headers = format!("{headers}Content-Type: text/plain\r\n");
        let answer = server.send("POST", "/v1/score", &headers, TEXT.as_bytes());
        assert_eq!(answer.status, 403, "{headers}: {}", answer.body);
        assert!(!answer.head.to_ascii_lowercase().contains("access-control-allow"), "{}", answer.head);
    }
    let own = format!("Origin: http://{}\r\nContent-Type: text/plain\r\n", server.address);
    assert_eq!(server.send("POST", "/v1/score", &own, TEXT.as_bytes()).status, 200);
}

#[test]
fn the_form_gives_a_report_under_a_strict_policy() {
    let dir = Dir::new();
    let server = server(&dir);
    let form = server.get("/");
    assert!(form.head.contains("script-src 'self'") && !form.head.contains("unsafe"), "{}", form.head);
    let part = |disposition: &str, text: &str| {
        format!("--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{text}\r\n")
    };
    let body = part("name=\"text\"", TEXT)
        + &part("name=\"files\"; filename=\"../../a.md\"", &format!("# A title\n\n{TEXT}"))
        + "--x--\r\n";
    let report = server.post("/report", "multipart/form-data; boundary=x", &body);
    assert_eq!(report.status, 200, "{}", report.body);
    assert!(report.body.contains("A title") && report.body.contains("pasted.txt"), "{}", report.body);
    assert!(!report.body.contains("../../a.md"), "{}", report.body);
    assert!(
        report.head.contains("style-src 'sha256-") && report.head.contains("frame-ancestors 'none'"),
        "{}",
        report.head
    );
    let empty = server.post(
        "/report",
        "multipart/form-data; boundary=x",
        &(part("name=\"text\"", " ") + "--x--\r\n"),
    );
    assert_eq!(empty.status, 400);
    assert!(empty.body.contains("There is no text."), "{}", empty.body);
}

#[test]
fn the_model_and_the_description_are_there() {
    let dir = Dir::new();
    let server = server(&dir);
    let model = server.get("/v1/model").json();
    assert_eq!(model["labels"], serde_json::json!(["report", "advocacy", "analysis"]));
    let description = server.get("/v1/openapi.json").json();
    for path in description["paths"].as_object().unwrap().keys() {
        assert_ne!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn termination_finishes_the_requests_in_progress() {
    let dir = Dir::new();
    let server = Server::start(&dir, "serve --port 0 --timeout 20");
    let mut stream = server.connect();
    let head = format!(
        "POST /v1/score HTTP/1.1\r\nHost: {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        server.address,
        TEXT.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&TEXT.as_bytes()[..9]).unwrap();
    // An answer on another connection shows that the first request has been taken up.
    assert_eq!(server.get("/healthz").status, 200);
    std::thread::sleep(Duration::from_millis(300));
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(&TEXT.as_bytes()[9..]).unwrap();
    let answer = read_answer(stream);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(server.end().success());
}

#[test]
fn an_address_for_others_needs_a_token() {
    let dir = Dir::new();
    let server = Server::start(&dir, "serve --port 0 --listen 0.0.0.0");
    let token = server.banner.split("?token=").nth(1).unwrap().trim().to_string();
    assert_eq!(token.len(), 32);
    assert_eq!(server.get("/v1/model").status, 401);
    assert_eq!(server.get("/").status, 401);
    assert_eq!(server.get("/healthz").status, 200);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(server.send("GET", "/v1/model", &bearer, b"").status, 200);
    let login = server.get(&format!("/?token={token}"));
    assert_eq!(login.status, 303);
    let cookie = format!("Cookie: rhetor_token={token}\r\n");
    assert_eq!(server.send("GET", "/", &cookie, b"").status, 200);
    let mut short = dir.command("serve --port 0");
    let run = short.env("RHETOR_TOKEN", "short").output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("RHETOR_TOKEN: expected at least 16"));
}
