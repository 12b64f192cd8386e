//! Which column of a table, or key of a JSON object, holds what.

/// The columns of a table as the user names them; `None` stands for the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnNames {
    /// The text: unless named the first there is of `text`, `body`, `content`, `article`,
    /// `paragraph`, `sentence` and some more.
    pub text: Option<String>,
    /// The label: unless named the first there is of `label`, `class`, `category`, `annotation`.
    pub label: Option<String>,
    /// The row's identifier: unless named the first there is of `id`, `uid`, `guid`, `url`, `link`.
    pub id: Option<String>,
    /// What rows of one article have in common: unless named `doc`.
    pub doc: Option<String>,
    /// What parts the columns: unless given it is found in the first rows. ASCII.
    pub delimiter: Option<u8>,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Text,
    Label,
    Id,
    Doc,
}

impl ColumnNames {
    /// The names that a column of this role may have, the best first.
    pub(super) fn candidates(&self, role: Role) -> Vec<&str> {
        let (named, usual): (&Option<String>, &[&str]) = match role {
            Role::Text => (&self.text, TEXT),
            Role::Label => (&self.label, &["label", "class", "category", "annotation"]),
            Role::Id => (&self.id, &["id", "uid", "guid", "url", "link"]),
            Role::Doc => (&self.doc, &["doc"]),
        };
        named.as_deref().map_or_else(|| usual.to_vec(), |name| vec![name])
    }

    /// The index of the column of this role in a header. Upper and lower case are one, but of `Text` and
    /// `text` the one that is spelled as the name is taken.
    pub(super) fn find(&self, role: Role, header: &[String]) -> Option<usize> {
        let exact = |name: &str| header.iter().position(|column| column.trim() == name);
        let alike = |name: &str| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
        self.candidates(role).into_iter().find_map(|name| exact(name).or_else(|| alike(name)))
    }

    /// The column that was named for the identifier or the `doc` and that is not there, with its option.
    pub(super) fn missing(&self, is_there: impl Fn(Role) -> bool) -> Option<(&str, &'static str)> {
        let named = [(Role::Id, &self.id, "--id-column"), (Role::Doc, &self.doc, "--doc-column")];
        let missing = named.into_iter().find(|(role, name, _)| name.is_some() && !is_there(*role));
        missing.and_then(|(_, name, option)| Some((name.as_deref()?, option)))
    }

    /// Whether a column of this name may hold the text.
    pub(super) fn is_text(&self, column: &str) -> bool {
        self.candidates(Role::Text).iter().any(|name| name.eq_ignore_ascii_case(column))
    }

    /// What should stand in a table, in words.
    pub(super) fn wanted_text(&self) -> String {
        match &self.text {
            Some(name) => format!("`{name}`"),
            None => "`text`".to_string(),
        }
    }
}

/// The usual names of the text. A title is not the text.
const TEXT: &[&str] = &[
    "text",
    "body",
    "content",
    "article",
    "paragraph",
    "sentence",
    "passage",
    "full_text",
    "fulltext",
    "article_text",
    "article_body",
    "articlebody",
    "body_text",
    "main_text",
    "maintext",
    "plain_text",
    "story",
];
