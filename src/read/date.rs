//! Dates in words, as they stand in feeds, mails and exports.

/// A date with the month as a word, as `2026-02-03`, and with the time of day if it has one and a zone:
/// `2026-02-03T10:00:00Z`. `None` for anything else, which includes dates in figures, because `3/2/2026` is ambiguous.
pub fn date_of_words(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split([' ', ',', '\t', '-', '.']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| month_of(word).is_some())?;
    let month = month_of(words[at])?;
    let number = |index: usize| words.get(index).and_then(|word| word.parse::<u32>().ok());
    let day_before = at.checked_sub(1).and_then(number);
    let (day, year, rest) = match (day_before, number(at + 1), number(at + 2)) {
        (Some(day), Some(year), _) if (1..=31).contains(&day) => (day, year, at + 2),
        (_, Some(day), Some(year)) if (1..=31).contains(&day) => (day, year, at + 3),
        _ => return None,
    };
    let year = if words.get(rest.wrapping_sub(1))?.len() == 2 { year + 2000 } else { year };
    if !(1600..=2200).contains(&year) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = words.get(rest).filter(|time| is_time(time));
    let zone = words.get(rest + 1).copied().unwrap_or_default();
    // `-` parts words, so the sign of a zone is looked up in the text.
    let zone = match zone {
        "GMT" | "UT" | "UTC" | "Z" | "+0000" | "0000" => "Z".to_string(),
        _ if zone.trim_start_matches('+').len() == 4
            && zone.trim_start_matches('+').parse::<u16>().is_ok() =>
        {
            let sign = if text.contains(&format!("-{zone}")) { '-' } else { '+' };
            let digits = zone.trim_start_matches('+');
            format!("{sign}{}:{}", &digits[..2], &digits[2..])
        }
        _ => return Some(date),
    };
    let Some(time) = time else { return Some(date) };
    let seconds = if time.len() == 5 { ":00" } else { "" };
    Some(format!("{date}T{time}{seconds}{zone}"))
}

fn is_time(word: &str) -> bool {
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(word.len(), 5 | 8) && word.split(':').all(digits)
}

/// The number of the month, from 1, that a whole word names.
fn month_of(word: &str) -> Option<usize> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let is_name = |name: &&str| word == *name || word == name[..3] || word == "sept" && *name == "september";
    NAMES.iter().position(is_name).map(|index| index + 1)
}

/// Whether a line is nothing but a date: with a month in words, a year, and at most a few more words, such as the day of
/// the week and the time.
pub fn is_date_line(line: &str) -> bool {
    let line = line.trim();
    let other = |word: &&str| {
        let lower = word.trim_end_matches('.').to_ascii_lowercase();
        let is_day =
            ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|day| lower.starts_with(day));
        !(is_day || month_of(&lower).is_some() || lower.starts_with(|c: char| c.is_ascii_digit()))
    };
    let words = line.split([' ', ',']).filter(|word| !word.is_empty());
    line.len() < 60 && words.clone().count() <= 8 && words.filter(other).count() <= 2 && has_date(line)
}

/// Whether there is a date, or a month and a year as magazines have.
fn has_date(line: &str) -> bool {
    let is_year = |word: &str| word.len() == 4 && word.starts_with(['1', '2']) && word.parse::<u16>().is_ok();
    let mut words = line.split([' ', ',']).filter(|word| !word.is_empty());
    let begins = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) || month_of(word).is_some();
    let is_start =
        words.next().is_some_and(|word| begins(word) || word.to_ascii_lowercase().ends_with("day"));
    is_start
        && line.split([' ', ',']).any(is_year)
        && line.split([' ', ',']).any(|word| month_of(word.trim_end_matches('.')).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_words_are_read() {
        for (text, date) in [
            ("Tue, 03 Feb 2026 10:00:00 GMT", Some("2026-02-03T10:00:00Z")),
            ("3 Feb 2026 10:00 +0100", Some("2026-02-03T10:00:00+01:00")),
            ("Tue, 03 Feb 2026 10:00:00 -0530", Some("2026-02-03T10:00:00-05:30")),
            ("February 3, 2026 Tuesday", Some("2026-02-03")),
            ("3 February 2026", Some("2026-02-03")),
            ("Sept. 3, 2026", Some("2026-09-03")),
            ("03-Feb-26", Some("2026-02-03")),
            ("Tue, 03 Feb 2026 10:00:00 EST", Some("2026-02-03")),
            ("2026-02-03", None),
            ("3/2/2026", None),
            ("May we, 3 of us, go in 2026", None),
            ("", None),
        ] {
            assert_eq!(date_of_words(text).as_deref(), date, "{text}");
        }
    }

    #[test]
    fn a_line_with_other_words_is_no_date() {
        for line in ["February 3, 2026 Tuesday", "3 February 2026", "Tuesday, February 3, 2026 10:22 AM GMT"]
        {
            assert!(is_date_line(line), "{line}");
        }
        for line in
            ["May 2026 bring peace to all of us", "The vote was on 3 February 2026", "Wexcombe Record", ""]
        {
            assert!(!is_date_line(line), "{line}");
        }
    }
}
