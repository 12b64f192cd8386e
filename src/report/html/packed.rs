//! Many articles in one page: their sections are compressed, and a script shows the one that a link names.

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use maud::{Markup, PreEscaped, html};

use super::article;
use super::page::printable;

/// The script that shows articles.
pub const PACKED_SCRIPT: &str = include_str!("packed.js");
/// How many articles a page may hold as they are, and the size of their sections in bytes; more are compressed.
const MAX_PLAIN: usize = 300;
const MAX_PLAIN_BYTES: usize = 24 << 20;
/// How many sections are compressed together: more take less room, but longer to show.
const PER_PACK: usize = 64;

/// The sections of articles in their order, compressed if they are many.
#[derive(Debug, Default)]
pub struct Sections {
    n_sections: usize,
    /// All of them as they are, as long as they are few.
    plain: Vec<String>,
    n_plain_bytes: usize,
    /// The short forms of those that are not compressed yet.
    short: Vec<String>,
    packs: Vec<String>,
    is_packed: bool,
}

impl Sections {
    /// Adds the section of the next article, which `section` makes, in a short form if it is asked to. Both forms are
    /// kept until it is known whether the articles are many, so that all of them have the same.
    pub fn push(&mut self, section: impl Fn(bool) -> Markup) {
        let made = |is_short| printable(section(is_short).into_string());
        self.n_sections += 1;
        self.short.push(made(true));
        if !self.is_packed {
            let section = made(false);
            self.n_plain_bytes += section.len();
            self.plain.push(section);
            self.is_packed = self.n_sections > MAX_PLAIN || self.n_plain_bytes > MAX_PLAIN_BYTES;
        }
        while self.is_packed && self.short.len() >= PER_PACK {
            self.plain = Vec::new();
            self.pack();
        }
    }

    /// Whether articles need the script.
    pub fn is_packed(&self) -> bool {
        self.is_packed
    }

    fn pack(&mut self) {
        const IN_MEMORY: &str = "a vector takes all bytes";
        let n = self.short.len().min(PER_PACK);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        for section in self.short.drain(..n) {
            encoder.write_all(section.as_bytes()).expect(IN_MEMORY);
        }
        self.packs.push(BASE64_STANDARD.encode(encoder.finish().expect(IN_MEMORY)));
    }

    /// All sections, with a legend.
    pub fn markup(mut self, labels: &[String]) -> Markup {
        if !self.is_packed {
            return html! { (article::legend(labels)) (PreEscaped(self.plain.concat())) };
        }
        while !self.short.is_empty() {
            self.pack();
        }
        html! {
            noscript { p { "The articles are compressed. To read them, allow scripts, or make a folder of pages with -o FOLDER/." } }
            div #viewer hidden data-per-pack=(PER_PACK) data-articles=(self.n_sections) {
                nav.beside.noprint aria-label="Articles" {
                    a href="#articles" { "All articles" } " " a #before { "Previous" } " " a #after { "Next" }
                }
                (article::legend(labels))
                p.soft #waiting role="status" {}
                div #shown {}
            }
            // Not run as scripts, because their type is none: the script reads them as text.
            @for pack in &self.packs { script type="text/plain" class="pack" { (PreEscaped(pack)) } }
        }
    }
}
