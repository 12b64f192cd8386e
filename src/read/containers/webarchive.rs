//! A page that Safari saved: a property list, in binary or XML, with the page and its resources.

use std::io::Cursor;

use plist::Value;

use super::{Body, Member, Ready};
use crate::article::Metadata;
use crate::error::{Error, Result};
use crate::read::archive::Bytes;

/// The largest archive, in bytes: pictures of a page are inside.
const MAX_ARCHIVE: usize = 128 << 20;

/// The page of an archive. Fails if the archive is damaged, too large, or has no page.
pub fn open(mut bytes: Bytes) -> Result<Ready> {
    let path = bytes.path.clone();
    let damaged = |what: String| Error::Damaged { path: path.clone(), form: "webarchive", what };
    let whole = bytes.whole(MAX_ARCHIVE)?;
    let whole = whole.ok_or_else(|| damaged(format!("more than {} MB", MAX_ARCHIVE >> 20)))?;
    let archive = Value::from_reader(Cursor::new(whole)).map_err(|err| damaged(err.to_string()))?;
    let main = archive.as_dictionary().and_then(|archive| archive.get("WebMainResource")?.as_dictionary());
    let main = main.ok_or_else(|| damaged("it has no main page".to_string()))?;
    let string = |key: &str| main.get(key).and_then(Value::as_string).map(str::to_string);
    let data = main.get("WebResourceData");
    let data =
        data.and_then(|data| Some(data.as_data()?.to_vec()).or_else(|| Some(data.as_string()?.into())));
    let data: Vec<u8> = data.ok_or_else(|| damaged("its main page has no data".to_string()))?;
    let mut metadata = Metadata::new();
    metadata.extend(string("WebResourceURL").map(|url| ("url".to_string(), url)));
    let is_text = string("WebResourceMIMEType").is_some_and(|kind| kind == "text/plain");
    let body = if is_text { Body::Text(data) } else { Body::Page(data) };
    Ok(Ready::new(vec![Member { id: None, metadata, body }]))
}
