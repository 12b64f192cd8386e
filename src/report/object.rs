//! A JSON object as text, field by field.

use serde::Serialize;

/// An object whose fields are written one after the other.
///
/// The bytes are those of serde_json, a field at a time: text is copied in pieces rather than looked at byte by
/// byte, and is most of every record.
pub(super) struct Object<'a> {
    line: &'a mut String,
    is_empty: bool,
}

impl<'a> Object<'a> {
    /// An object behind what `line` holds.
    pub(super) fn begin(line: &'a mut String) -> Object<'a> {
        line.push('{');
        Object { line, is_empty: true }
    }

    /// A field with a text.
    pub(super) fn text(&mut self, key: &'static str, text: &str) {
        self.key(key);
        push_text(self.line, text);
    }

    /// A field with a number, a truth value, a list or whatever else; none of ours can fail to become JSON.
    pub(super) fn value(&mut self, key: &'static str, value: &impl Serialize) {
        self.key(key);
        push_value(self.line, value);
    }

    /// The same, where the key is any text.
    pub(super) fn entry(&mut self, key: &str, value: &impl Serialize) {
        self.part();
        push_text(self.line, key);
        self.line.push(':');
        push_value(self.line, value);
    }

    /// A field with an object.
    pub(super) fn object(&mut self, key: &'static str) -> Object<'_> {
        self.key(key);
        Object::begin(self.line)
    }

    /// The end of the object.
    pub(super) fn end(self) {
        self.line.push('}');
    }

    /// Writes one of our own keys, which need no escape.
    fn key(&mut self, key: &'static str) {
        debug_assert_eq!(n_plain(key.as_bytes()), key.len());
        self.part();
        self.line.push('"');
        self.line.push_str(key);
        self.line.push_str("\":");
    }

    /// Writes what parts a field from the one before it.
    fn part(&mut self) {
        if !std::mem::take(&mut self.is_empty) {
            self.line.push(',');
        }
    }
}

/// Adds a value as serde_json writes it.
fn push_value(line: &mut String, value: &impl Serialize) {
    serde_json::to_writer(Behind(line), value).expect("records hold nothing but text and numbers");
}

/// Writes behind a text. What serde_json writes in one go is text in itself, and but for the texts of evidence a
/// few bytes: to look at those is cheaper than to look at all lines once more.
struct Behind<'a>(&'a mut String);

impl std::io::Write for Behind<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let piece = std::str::from_utf8(bytes).map_err(std::io::Error::other)?;
        self.0.push_str(piece);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Adds a text between quotation marks.
fn push_text(line: &mut String, text: &str) {
    let mut rest = text;
    line.push('"');
    loop {
        // What needs an escape is ASCII.
        let (plain, special) = rest.split_at(n_plain(rest.as_bytes()));
        line.push_str(plain);
        let Some(byte) = special.bytes().next() else { break };
        push_escaped(line, byte);
        rest = &special[1..];
    }
    line.push('"');
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

fn push_escaped(line: &mut String, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            line.push_str(&format!("\\u{byte:04x}"));
            return;
        }
    };
    line.extend(['\\', char::from(short)]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_stand_in_their_order() {
        let mut line = String::new();
        let mut object = Object::begin(&mut line);
        object.text("a", "b");
        let mut inner = object.object("c");
        inner.entry("\"d", &0.5);
        inner.end();
        object.value("e", &[1, 2]);
        object.end();
        assert_eq!(line, r#"{"a":"b","c":{"\"d":0.5},"e":[1,2]}"#);
    }

    proptest! {
        #[test]
        fn texts_are_escaped_as_serde_json_does_it(text in "([a-z ]{0,40}[\\x00-\\x7f\\PC]?){0,9}") {
            let (mut line, mut value) = (String::new(), String::new());
            push_text(&mut line, &text);
            prop_assert_eq!(&line, &serde_json::to_string(&text).unwrap());
            push_value(&mut value, &[&text]);
            prop_assert_eq!(value, format!("[{line}]"));
        }
    }
}
