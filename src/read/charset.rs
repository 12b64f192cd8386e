//! The encoding of bytes, from a declaration or by a guess.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Browsers look for a page's declaration of its encoding in this many bytes.
const DECLARATION: usize = 1024;

/// Whether bytes, not all of which are ASCII, are UTF-8 with at most as many invalid sequences as valid non-ASCII
/// characters. Other encodings hardly ever look like this. The last character may be incomplete unless the bytes are
/// `whole`.
pub fn is_mostly_utf_8(bytes: &[u8], whole: bool) -> bool {
    let (mut n_right, mut n_wrong) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        n_right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        n_wrong += usize::from(!chunk.invalid().is_empty());
    }
    let cut = std::str::from_utf8(bytes).err().is_some_and(|err| err.error_len().is_none());
    n_wrong <= n_right.max(usize::from(cut && !whole))
}

/// Text with at most one byte in this many outside ASCII is English, or in another language of Western Europe.
const WESTERN: usize = 40;

/// The most likely encoding of bytes that are not UTF-8.
///
/// English has so few characters outside ASCII that the detector cannot tell `£` in windows-1252 from `Ł` in
/// windows-1250, so it is told that such a text is British.
pub fn guessed_encoding(bytes: &[u8], whole: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, whole);
    let n_others = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let country = (n_others * WESTERN <= bytes.len()).then_some(&b"uk"[..]);
    detector.guess(country, Utf8Detection::Deny)
}

/// UTF-16 if about every second byte is NUL, as for Latin letters, and few of the other bytes are.
pub fn utf_16_by_nuls(head: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = head.as_chunks::<2>();
    let n_nuls = |side: usize| pairs.iter().filter(|pair| pair[side] == 0).count();
    let (first, second) = (n_nuls(0), n_nuls(1));
    let most = |n: usize| n * 10 >= pairs.len() * 7 && n > 0;
    let few = |n: usize| n * 20 <= pairs.len();
    let little = (most(second) && few(first)).then_some(UTF_16LE);
    little.or((most(first) && few(second)).then_some(UTF_16BE))
}

/// The encoding that an HTML or XML document declares. It counts only if the bytes are not UTF-8: pages saved by a
/// browser are UTF-8 whatever they declare.
pub fn declared_encoding(head: &[u8]) -> Option<&'static Encoding> {
    let head = head[..head.len().min(DECLARATION)].trim_ascii_start();
    if !head.starts_with(b"<") {
        return None;
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=").or_else(|| head.split_once("encoding="))?;
    let end = |c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c));
    let name = after.trim_start_matches(['"', '\'', ' ']).split(end).next()?;
    // A declaration that can be read as ASCII is not in UTF-16.
    Encoding::for_label(name.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}
