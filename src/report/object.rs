//! A JSON object as bytes, field by field.

use serde::Serialize;

/// An object whose fields are written one after the other.
///
/// The bytes are those of serde_json, a field at a time: text is copied in pieces rather than looked at byte by
/// byte, and is most of every record.
pub(super) struct Object<'a> {
    bytes: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> Object<'a> {
    /// An object behind what `bytes` holds.
    pub(super) fn begin(bytes: &'a mut Vec<u8>) -> Object<'a> {
        bytes.push(b'{');
        Object { bytes, is_empty: true }
    }

    /// A field with a text. Keys need no escape or are few: they are written as texts are.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        push_text(self.bytes, text);
    }

    /// A field with a number, a truth value, a list or whatever else; none of ours can fail to become JSON.
    pub(super) fn value(&mut self, key: &str, value: &impl Serialize) {
        self.key(key);
        serde_json::to_writer(&mut *self.bytes, value).expect("records hold nothing but text and numbers");
    }

    /// A field with an object.
    pub(super) fn object(&mut self, key: &str) -> Object<'_> {
        self.key(key);
        Object::begin(self.bytes)
    }

    /// The end of the object.
    pub(super) fn end(self) {
        self.bytes.push(b'}');
    }

    fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.is_empty) {
            self.bytes.push(b',');
        }
        push_text(self.bytes, key);
        self.bytes.push(b':');
    }
}

/// Adds a text between quotation marks.
fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    bytes.push(b'"');
    loop {
        let n_plain = n_plain(rest);
        bytes.extend_from_slice(&rest[..n_plain]);
        let Some((byte, after)) = rest[n_plain..].split_first() else { break };
        push_escaped(bytes, *byte);
        rest = after;
    }
    bytes.push(b'"');
}

/// How many bytes stand before one that needs an escape.
fn n_plain(bytes: &[u8]) -> usize {
    const AT_ONCE: usize = 32;
    let is_special = |byte: &u8| (*byte < b' ') | (*byte == b'"') | (*byte == b'\\');
    // All of a piece, without a way out, is many bytes in one step.
    let is_plain = |piece: &&[u8]| !piece.iter().fold(false, |any, byte| any | is_special(byte));
    let start = AT_ONCE * bytes.chunks_exact(AT_ONCE).take_while(is_plain).count();
    bytes[start..].iter().position(is_special).map_or(bytes.len(), |end| start + end)
}

fn push_escaped(bytes: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            bytes.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
            return;
        }
    };
    bytes.extend([b'\\', short]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_stand_in_their_order() {
        let mut bytes = Vec::new();
        let mut object = Object::begin(&mut bytes);
        object.text("a", "b");
        let mut inner = object.object("c");
        inner.value("d", &0.5);
        inner.end();
        object.value("e", &[1, 2]);
        object.end();
        assert_eq!(bytes, br#"{"a":"b","c":{"d":0.5},"e":[1,2]}"#);
    }

    proptest! {
        #[test]
        fn texts_are_escaped_as_serde_json_does_it(text in "([a-z ]{0,40}[\\x00-\\x7f\\PC]?){0,9}") {
            let mut bytes = Vec::new();
            push_text(&mut bytes, &text);
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), serde_json::to_string(&text).unwrap());
        }
    }
}
