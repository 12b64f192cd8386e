//! The columns of a table, or the keys of a JSON object, and what each row has in them.

use std::path::Path;

use crate::article::Metadata;
use crate::error::Error;

/// The names of the columns that have a role; `None` means the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnNames {
    /// The text. By default the first column found of `text`, `body`, `content`, `article`, `paragraph`, `sentence`
    /// and some others.
    pub text: Option<String>,
    /// The label. By default the first found of `label`, `class`, `category`, `annotation`.
    pub label: Option<String>,
    /// The id of the row. By default the first found of `id`, `uid`, `guid`, `url`, `link`.
    pub id: Option<String>,
    /// The article that the row belongs to. By default `doc`.
    pub doc: Option<String>,
    /// The delimiter, an ASCII character. By default it is detected from the first rows.
    pub delimiter: Option<u8>,
}

/// The role of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Text,
    Label,
    Id,
    Doc,
}

impl ColumnNames {
    /// The names that the column of this role may have, the best first.
    pub(super) fn candidates(&self, role: Role) -> Vec<&str> {
        let (named, usual) = match role {
            Role::Text => (&self.text, TEXT),
            Role::Label => (&self.label, "label class category annotation"),
            Role::Id => (&self.id, "id uid guid url link"),
            Role::Doc => (&self.doc, "doc"),
        };
        named.as_deref().map_or_else(|| usual.split(' ').collect(), |name| vec![name])
    }

    /// The index of the column of this role. Case is ignored, but a column whose case matches comes first.
    pub(super) fn find(&self, role: Role, header: &[String]) -> Option<usize> {
        let exact = |name: &str| header.iter().position(|column| column.trim() == name);
        let alike = |name: &str| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
        self.candidates(role).into_iter().find_map(|name| exact(name).or_else(|| alike(name)))
    }

    /// The id or `doc` column that the user named but that does not exist.
    pub(super) fn missing(&self, exists: impl Fn(Role) -> bool) -> Option<&str> {
        let named = [(Role::Id, &self.id), (Role::Doc, &self.doc)];
        named.into_iter().find_map(|(role, name)| name.as_deref().filter(|_| !exists(role)))
    }

    /// Whether a column of this name may hold the text.
    pub(super) fn is_text(&self, column: &str) -> bool {
        self.candidates(Role::Text).iter().any(|name| name.eq_ignore_ascii_case(column))
    }

    /// The name of the text column in backticks, for error messages.
    pub(super) fn text_name(&self) -> String {
        format!("`{}`", self.text.as_deref().unwrap_or("text"))
    }
}

/// The usual names of the text. A title is not the text.
const TEXT: &str = "text body content article paragraph sentence passage full_text fulltext article_text \
     article_body articlebody body_text main_text maintext plain_text story";

/// The columns of a table that has a header, and their roles.
#[derive(Debug, Default)]
pub struct Header {
    pub columns: Vec<String>,
    pub text: usize,
    others: [Option<usize>; 3],
}

impl Header {
    /// The header with these columns. The error names a missing column, in backticks.
    pub fn new(columns: Vec<String>, names: &ColumnNames) -> Result<Header, String> {
        let find = |role| names.find(role, &columns);
        let text = find(Role::Text).ok_or_else(|| names.text_name())?;
        if let Some(missing) = names.missing(|role| find(role).is_some()) {
            return Err(format!("`{missing}`"));
        }
        let others = [Role::Label, Role::Id, Role::Doc].map(find);
        Ok(Header { columns, text, others })
    }

    /// A row with this text and the value of `cell` in every other column.
    pub fn row(&self, line: usize, text: String, cell: impl Fn(usize) -> Option<String>) -> Row {
        let fields = self.columns.iter().enumerate().filter(|(index, _)| *index != self.text);
        let fields = fields.filter_map(|(index, name)| Some((name.clone(), cell(index)?)));
        let [label, id, doc] = self.others.map(|index| index.and_then(&cell));
        Row::new(line, text, [label, id, doc], fields.collect())
    }
}

/// The error for a missing column, with the columns that there are.
pub fn no_column(path: &Path, name: &str, columns: impl Iterator<Item = String>) -> Error {
    const MOST: usize = 12;
    // Without a header the first row has texts in place of names.
    let short = |column: String| column.chars().take(40).collect::<String>();
    let found = columns.take(MOST).map(short).collect::<Vec<_>>().join(", ");
    Error::Columns { path: path.to_path_buf(), found, expected: name.to_string() }
}

/// The error for a row that cannot be used.
pub fn bad_row(path: &Path, line: usize, found: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::Row { path: path.to_path_buf(), line, found: found.into(), expected: expected.into() }
}

/// One row that has a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line where it begins, from 1.
    pub line: usize,
    pub text: String,
    pub label: Option<String>,
    pub id: Option<String>,
    /// The article that it belongs to; never empty.
    pub doc: Option<String>,
    /// All other columns that hold a string, a number or a boolean.
    pub fields: Metadata,
    /// Whether it directly follows the row before it: the same `doc`, and the next `index` if there is one.
    pub follows: bool,
}

impl Row {
    /// A row that follows no other; `fields` are all columns but that of the text.
    pub fn new(line: usize, text: String, roles: [Option<String>; 3], mut fields: Metadata) -> Row {
        let [label, id, doc] = roles;
        lower_known_names(&mut fields);
        let doc = doc.filter(|doc| !doc.is_empty());
        // Records know the article of a row as `doc`, whatever its column is named.
        fields.extend(doc.clone().map(|doc| ("doc".to_string(), doc)));
        fields.remove("id");
        Row { line, text, label, id, doc, fields, follows: false }
    }
}

/// The fields that have a meaning, whatever case their names are in.
const KNOWN: &str = "author confidence date doc id index label language outlet title topic url";

/// Renames `Outlet` to `outlet` and so on, unless the table has both.
fn lower_known_names(fields: &mut Metadata) {
    let is_known =
        |key: &&String| KNOWN.split(' ').any(|known| known != *key && key.eq_ignore_ascii_case(known));
    let keys: Vec<String> = fields.keys().filter(is_known).cloned().collect();
    for key in keys {
        let known = key.to_ascii_lowercase();
        if !fields.contains_key(&known) {
            fields.remove(&key).and_then(|value| fields.insert(known, value));
        }
    }
}
