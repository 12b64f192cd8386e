//! The kinds of binary files that are refused.

const TO_TEXT: &str = "save it as text or HTML first";
const IMAGE: &str = "extract its text with OCR software first";
const UNPACK: &str = "unpack it first and read the unpacked files";
const NO_TEXT: &str = "pass text files instead";
/// A Parquet table has its directory at the end, so it can only be read from a file.
const PARQUET: &str = match cfg!(feature = "parquet") {
    true => "save it as an uncompressed file: it cannot be read from a pipe or an archive",
    false => "build rhetor with `--features parquet`, or save the table as JSONL or CSV first",
};

/// Files that are not text: an offset, the bytes there, the name, and what the user can do. The first match counts, so
/// documents that are ZIP archives come before ZIP.
const KINDS: [(usize, &[u8], &str, &str); 48] = [
    (0, b"%PDF-", "a PDF", "convert it to text first with `pdftotext FILE.pdf FILE.txt` (poppler-utils)"),
    (0, b"%!PS", "a PostScript document", TO_TEXT),
    (0, b"{\\rtf", "an RTF document", TO_TEXT),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", TO_TEXT),
    (30, b"mimetypeapplication/vnd.oasis", "an OpenDocument file", TO_TEXT),
    (30, b"mimetypeapplication/epub", "an EPUB book", TO_TEXT),
    (30, b"[Content_Types].xml", "an Office document (docx, xlsx, pptx)", TO_TEXT),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document", UNPACK),
    (0, b"bplist00", "a binary property list", TO_TEXT),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (0, b"BZh", "a bzip2 archive", "unpack it first, for example with `bunzip2`"),
    (0, b"\xfd7zXZ\x00", "an xz archive", "unpack it first, for example with `unxz`"),
    (0, b"\x1f\x8b\x08", "a gzip archive inside an archive", UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive inside an archive", UNPACK),
    (0, b"PAR1", "a Parquet table", PARQUET),
    (0, b"SQLite format 3\x00", "an SQLite database", "export a table as CSV first"),
    (0, b"\x89PNG\r\n", "a PNG image", IMAGE),
    (0, b"\xff\xd8\xff", "a JPEG image", IMAGE),
    (0, b"GIF87a", "a GIF image", IMAGE),
    (0, b"GIF89a", "a GIF image", IMAGE),
    (0, b"II*\x00", "a TIFF image", IMAGE),
    (0, b"MM\x00*", "a TIFF image", IMAGE),
    (3, b"\x18ftyp", "a video or an HEIC image", NO_TEXT),
    (3, b"\x1cftyp", "a video or an HEIC image", NO_TEXT),
    (3, b" ftyp", "a video or an HEIC image", NO_TEXT),
    (0, b"\x7fELF", "an executable", NO_TEXT),
    (0, b"OggS", "an audio file", NO_TEXT),
    (0, b"ID3\x02", "an audio file", NO_TEXT),
    (0, b"ID3\x03", "an audio file", NO_TEXT),
    (0, b"ID3\x04", "an audio file", NO_TEXT),
    (0, b"fLaC", "an audio file", NO_TEXT),
    (8, b"WAVEfmt", "an audio file", NO_TEXT),
    (8, b"WEBPVP8", "a WebP image", IMAGE),
    (0, b"\x1aE\xdf\xa3", "a video", NO_TEXT),
    (60, b"BOOKMOBI", "a Kindle book", TO_TEXT),
    (0, b"AT&TFORM", "a DjVu document", TO_TEXT),
    (0, b"!BDN", "an Outlook mailbox (pst)", "export it as mbox first"),
    (0, b"\x80\x04\x95", "a Python pickle", NO_TEXT),
    (0, b"\x93NUMPY", "a NumPy array", NO_TEXT),
    (0, b"\x89HDF\r\n", "an HDF5 file", "export a table as CSV first"),
    (0, b"ARROW1", "a Feather or Arrow table", "save it as CSV, JSONL or Parquet first"),
    (0, b"Obj\x01", "an Avro table", "save it as CSV, JSONL or Parquet first"),
    (0, b"wOF2", "a font", NO_TEXT),
    (0, b"wOFF", "a font", NO_TEXT),
    (0, b"\0asm", "a WebAssembly module", NO_TEXT),
    // The length of the header in eight bytes, then the header.
    (4, b"\0\0\0\0{\"", "a model (safetensors)", "use it as the model, and text files as inputs"),
];

/// One control character in this many bytes is tolerated in text.
const BYTES_PER_CONTROL: usize = 20;

/// What the bytes at the start of a file are and what the user can do about it; `None` for text.
pub fn binary_kind(head: &[u8]) -> Option<(&'static str, &'static str)> {
    for (offset, magic, name, cure) in KINDS {
        if head.get(offset..).is_some_and(|bytes| bytes.starts_with(magic)) {
            return Some((name, cure));
        }
    }
    // White space and the escape of terminal colours occur in text.
    let is_control = |byte: &&u8| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let n_controls = head.iter().filter(is_control).count();
    (n_controls * BYTES_PER_CONTROL > head.len())
        .then_some(("binary data", "unpack or convert it to text first"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_binary(head: &[u8], expected: Option<&str>) {
        assert_eq!(binary_kind(head).map(|(name, _)| name), expected, "{head:?}");
    }

    #[test]
    fn common_binary_files_are_recognised() {
        check_binary(b"%PDF-1.7\n%\xe2\xe3", Some("a PDF"));
        check_binary(b"PK\x03\x04\x14\x00\x06\x00", Some("a ZIP archive or an Office document"));
        check_binary(b"\x89PNG\r\n\x1a\n", Some("a PNG image"));
        let mut tar = vec![b'a'; 257];
        check_binary(include_bytes!("../../models/default.safetensors"), Some("a model (safetensors)"));
        tar.extend(b"ustar");
        check_binary(&tar, Some("a tar archive"));
    }

    #[test]
    fn a_few_control_characters_are_text() {
        check_binary(b"A line of the article with one\x00 NUL in it.", None);
        check_binary(b"\x1b[31mred\x1b[0m", None);
        check_binary(b"\x00\x01\x02text", Some("binary data"));
        check_binary(b"", None);
    }
}
