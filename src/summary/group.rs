//! Groups of articles that share the values of one or more keys, such as an outlet and a month.

use super::calendar::Period;
use super::digest::day;
use crate::article::Article;

/// The keys that articles are grouped by: columns, front-matter keys, or `month`, `quarter`, `year` and `weekday`, which
/// are derived from the date of an article that has no such column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKeys {
    names: Vec<String>,
}

/// An article's value of a key. Values are in alphabetical order, days of the week in their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupValue {
    /// The place of a day in the week, from 1; 0 for everything else.
    place: usize,
    /// The value as it is shown.
    pub text: String,
}

impl GroupKeys {
    /// Keys with these names.
    pub fn new(names: Vec<String>) -> GroupKeys {
        GroupKeys { names }
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The article's value of each key, `(no outlet)` if it has none.
    pub fn values(&self, article: &Article) -> Vec<GroupValue> {
        let missing = |key: &String| GroupValue { place: 0, text: format!("(no {key})") };
        self.names.iter().map(|key| value(key, article).unwrap_or_else(|| missing(key))).collect()
    }

    /// The indices of the keys that the article has no value of.
    pub fn missing(&self, article: &Article) -> Vec<usize> {
        (0..self.names.len()).filter(|&key| value(&self.names[key], article).is_none()).collect()
    }
}

/// Dates are grouped by day.
fn value(key: &str, article: &Article) -> Option<GroupValue> {
    if let Some(value) = article.known(key) {
        let text = if key.eq_ignore_ascii_case("date") { day(value) } else { value };
        return Some(GroupValue { place: 0, text: text.to_string() });
    }
    let (place, text) = Period::named(key)?.of(article.known("date")?)?;
    Some(GroupValue { place, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;

    fn article(metadata: &[(&str, &str)]) -> Article {
        let mut article = article_from_text("They left.");
        article.metadata.extend(metadata.iter().map(|(key, value)| (key.to_string(), value.to_string())));
        article
    }

    #[test]
    fn periods_are_derived_from_dates_unless_there_is_a_column() {
        let keys = GroupKeys::new(["outlet", "month", "date"].map(str::to_string).to_vec());
        let shown = |article: &Article| {
            keys.values(article).into_iter().map(|value| value.text).collect::<Vec<_>>().join(", ")
        };
        let dated = article(&[("outlet", "Post"), ("date", "2024-05-01T10:00:00Z")]);
        assert_eq!(shown(&dated), "Post, 2024-05, 2024-05-01");
        assert_eq!(shown(&article(&[("month", "May")])), "(no outlet), May, (no date)");
        assert_eq!((keys.missing(&dated), keys.missing(&article(&[("month", "May")]))), (vec![], vec![0, 2]));
    }

    #[test]
    fn weekdays_are_in_the_order_of_the_week() {
        let keys = GroupKeys::new(vec!["weekday".to_string()]);
        let mut values: Vec<_> =
            (1..=7).map(|day| keys.values(&article(&[("date", &format!("2024-05-0{day}"))]))).collect();
        values.sort();
        let first: String = values.iter().map(|values| &values[0].text[..1]).collect();
        assert_eq!(first, "MTWTFSS");
    }
}
