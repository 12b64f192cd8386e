//! Files that are no text, told by their first bytes, and what to do with them.

/// A known kind of file.
struct Kind {
    offset: usize,
    magic: &'static [u8],
    name: &'static str,
    cure: &'static str,
}

const TO_TEXT: &str = "save it as text or HTML first";
const IMAGE: &str = "read the words off it first, with a program for text recognition";
const UNPACK: &str = "unpack it first and name the files or the folder";
const NO_TEXT: &str = "name files of text";

/// What a Parquet table is called.
pub(super) const PARQUET: &str = "a Parquet table";
/// Its directory stands at the end, so that it can only be read where any part of it can be reached.
const PARQUET_CURE: &str = match cfg!(feature = "parquet") {
    true => "save it as a file of its own, not packed: it cannot be read out of a pipe or an archive",
    false => "build rhetor with `--features parquet`, or write the table as JSONL or CSV first",
};

const fn kind(offset: usize, magic: &'static [u8], name: &'static str, cure: &'static str) -> Kind {
    Kind { offset, magic, name, cure }
}

/// The first that fits is told; so documents in a ZIP stand before the ZIP.
const KINDS: [Kind; 27] = [
    kind(0, b"%PDF-", "a PDF", "turn it into text first, for instance with `pdftotext`"),
    kind(0, b"%!PS", "a PostScript document", TO_TEXT),
    kind(0, b"{\\rtf", "an RTF document", TO_TEXT),
    kind(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", TO_TEXT),
    kind(30, b"mimetypeapplication/vnd.oasis", "an OpenDocument file", TO_TEXT),
    kind(30, b"mimetypeapplication/epub", "an EPUB book", TO_TEXT),
    kind(30, b"[Content_Types].xml", "an Office document (docx, xlsx, pptx)", TO_TEXT),
    kind(0, b"PK\x03\x04", "a ZIP archive or an Office document", UNPACK),
    kind(257, b"ustar", "a tar archive", UNPACK),
    kind(0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    kind(0, b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    kind(0, b"BZh", "a bzip2 archive", "unpack it first, for instance with `bunzip2`"),
    kind(0, b"\xfd7zXZ\x00", "an xz archive", "unpack it first, for instance with `unxz`"),
    kind(0, b"\x1f\x8b\x08", "a gzip archive inside an archive", UNPACK),
    kind(0, b"\x28\xb5\x2f\xfd", "a zstd archive inside an archive", UNPACK),
    kind(0, b"PAR1", PARQUET, PARQUET_CURE),
    kind(0, b"SQLite format 3\x00", "an SQLite database", "export a table as CSV first"),
    kind(0, b"\x89PNG\r\n", "a PNG image", IMAGE),
    kind(0, b"\xff\xd8\xff", "a JPEG image", IMAGE),
    kind(0, b"GIF8", "a GIF image", IMAGE),
    kind(0, b"II*\x00", "a TIFF image", IMAGE),
    kind(0, b"MM\x00*", "a TIFF image", IMAGE),
    kind(8, b"WEBPVP8", "a WebP image", IMAGE),
    kind(4, b"ftyp", "a film or an HEIC image", NO_TEXT),
    kind(0, b"\x7fELF", "a program", NO_TEXT),
    kind(0, b"OggS", "a sound recording", NO_TEXT),
    // The length of its header in eight bytes, and the header.
    kind(4, b"\0\0\0\0{\"", "a model (safetensors)", "name it with --model, and files of text as inputs"),
];

/// Of how many bytes one may be a control character in text with some dirt in it.
const DIRT: usize = 20;

/// What the bytes at the start of a file are, and what to do about it; `None` for text.
pub(super) fn binary_kind(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let fits = |kind: &&Kind| head.get(kind.offset..).is_some_and(|bytes| bytes.starts_with(kind.magic));
    if let Some(kind) = KINDS.iter().find(fits) {
        return Some((kind.name, kind.cure));
    }
    let n_controls = head.iter().filter(|&&byte| is_control(byte)).count();
    (n_controls * DIRT > head.len()).then_some(("binary data", "unpack or convert it to text first"))
}

/// Whether a regular file is a Parquet table by its first bytes; what cannot be read is told when it is
/// opened for reading.
#[cfg(feature = "parquet")]
pub(super) fn is_parquet_file(path: &std::path::Path) -> bool {
    use std::io::Read;
    let magic = || {
        let mut magic = [0; 4];
        std::fs::File::open(path)?.read_exact(&mut magic).map(|()| magic)
    };
    path.is_file() && magic().is_ok_and(|magic| &magic == b"PAR1")
}

/// Control characters that no text has; escape is that of terminal colours.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &[u8], expected: Option<&str>) {
        assert_eq!(binary_kind(head).map(|(name, _)| name), expected, "{head:?}");
    }

    #[test]
    fn usual_files_are_named() {
        check(b"%PDF-1.7\n%\xe2\xe3", Some("a PDF"));
        check(b"PK\x03\x04\x14\x00\x06\x00", Some("a ZIP archive or an Office document"));
        check(b"\x89PNG\r\n\x1a\n", Some("a PNG image"));
        let mut tar = vec![b'a'; 257];
        check(include_bytes!("../../models/default.safetensors"), Some("a model (safetensors)"));
        tar.extend(b"ustar");
        check(&tar, Some("a tar archive"));
    }

    #[test]
    fn dirt_in_a_text_is_no_binary() {
        check(b"A line of the article with one\x00 NUL in it.", None);
        check(b"\x1b[31mred\x1b[0m", None);
        check(b"\x00\x01\x02text", Some("binary data"));
        check(b"", None);
    }
}
