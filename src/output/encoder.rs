//! Compression of an output.

use std::io::{Result, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A writer that compresses what is written to it, or does not.
pub enum Encoder<W: Write> {
    Plain(W),
    /// Its header has neither a name nor a time.
    Gzip(GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Encoder<W> {
    /// The encoder for a suffix; unknown ones do not compress.
    pub fn compressing(self, suffix: &str) -> Result<Encoder<W>> {
        let Encoder::Plain(writer) = self else { return Ok(self) };
        Ok(match suffix {
            "gz" => Encoder::Gzip(GzEncoder::new(writer, Compression::default())),
            "zst" => {
                let mut encoder = zstd::Encoder::new(writer, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Encoder::Zstd(encoder)
            }
            _ => Encoder::Plain(writer),
        })
    }

    /// Where the compressed bytes go.
    pub fn inner(&self) -> &W {
        match self {
            Encoder::Plain(writer) => writer,
            Encoder::Gzip(encoder) => encoder.get_ref(),
            Encoder::Zstd(encoder) => encoder.get_ref(),
        }
    }

    /// Where the compressed bytes go, to be changed.
    pub fn inner_mut(&mut self) -> &mut W {
        match self {
            Encoder::Plain(writer) => writer,
            Encoder::Gzip(encoder) => encoder.get_mut(),
            Encoder::Zstd(encoder) => encoder.get_mut(),
        }
    }

    /// Writes the end of the compressed bytes.
    pub fn finish(self) -> Result<W> {
        match self {
            Encoder::Plain(writer) => Ok(writer),
            Encoder::Gzip(encoder) => encoder.finish(),
            Encoder::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> std::fmt::Debug for Encoder<W> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Encoder")
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Encoder::Plain(writer) => writer.write(bytes),
            Encoder::Gzip(encoder) => encoder.write(bytes),
            Encoder::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Encoder::Plain(writer) => writer.flush(),
            Encoder::Gzip(encoder) => encoder.flush(),
            Encoder::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_gives_the_same_bytes_and_is_read_back() {
        let compressed = |suffix: &str| {
            let mut encoder = Encoder::Plain(Vec::new()).compressing(suffix).unwrap();
            encoder.write_all(b"one two").unwrap();
            encoder.finish().unwrap()
        };
        let (gz, zst) = (compressed("gz"), compressed("zst"));
        assert_eq!((&gz, &zst), (&compressed("gz"), &compressed("zst")));
        // The time in the header, in seconds since 1970.
        assert_eq!(gz[4..8], [0; 4]);
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&gz[..]), &mut text).unwrap();
        assert_eq!(text, "one two");
        assert_eq!(zstd::decode_all(&zst[..]).unwrap(), b"one two");
        assert_eq!(compressed("csv"), b"one two");
    }
}
