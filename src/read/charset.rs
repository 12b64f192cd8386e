//! Which encoding bytes are in, where no byte order mark says so.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Where an HTML page declares its encoding, in bytes from its start; browsers look no further.
const DECLARATION: usize = 1024;

/// Whether the bytes, of which one is not ASCII, are UTF-8, a few bad ones aside.
///
/// Other encodings hardly ever look like it. The last character may be cut off unless the bytes
/// are `whole`.
pub(super) fn is_mostly_utf_8(bytes: &[u8], whole: bool) -> bool {
    let (mut n_right, mut n_wrong) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        n_right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        n_wrong += usize::from(!chunk.invalid().is_empty());
    }
    let cut = std::str::from_utf8(bytes).err().is_some_and(|err| err.error_len().is_none());
    n_wrong <= n_right.max(usize::from(cut && !whole))
}

/// The best guess for bytes that are not UTF-8.
pub(super) fn guessed_encoding(bytes: &[u8], whole: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, whole);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 without a byte order mark, when nearly every second byte is NUL and the others are not:
/// so it is for Latin letters.
pub(super) fn utf_16_by_nuls(head: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = head.as_chunks::<2>();
    let n_nuls = |side: usize| pairs.iter().filter(|pair| pair[side] == 0).count();
    let (first, second) = (n_nuls(0), n_nuls(1));
    let most = |n: usize| n * 10 >= pairs.len() * 7 && n > 0;
    let few = |n: usize| n * 20 <= pairs.len();
    match () {
        _ if most(second) && few(first) => Some(UTF_16LE),
        _ if most(first) && few(second) => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding that an HTML page or an XML document names at its start.
///
/// Only asked when the bytes are not UTF-8: pages saved by a browser are UTF-8 whatever they say.
pub(super) fn declared_encoding(head: &[u8]) -> Option<&'static Encoding> {
    let head = head[..head.len().min(DECLARATION)].trim_ascii_start();
    if !head.starts_with(b"<") {
        return None;
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=").or_else(|| head.split_once("encoding="))?;
    let end = |c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c));
    let name = after.trim_start_matches(['"', '\'', ' ']).split(end).next()?;
    // A page whose declaration can be read at all is not in UTF-16.
    Encoding::for_label(name.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}
