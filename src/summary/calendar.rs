//! Periods of dates that are written as `2024-05-01`, `2024-05` or `2024`, with or without a time of day.

use super::digest::{day, has_form};

/// The days of the week.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// The forms of dates.
const FORMS: [&str; 3] = ["0000-00-00", "0000-00", "0000"];

/// A period that dates fall into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `2024-05`.
    Month,
    /// `2024-Q2`.
    Quarter,
    /// `2024`.
    Year,
    /// `Monday` to `Sunday`.
    Weekday,
}

impl Period {
    /// The period with this name, in upper or lower case.
    pub fn named(name: &str) -> Option<Period> {
        Some(match name.to_ascii_lowercase().as_str() {
            "month" => Period::Month,
            "quarter" => Period::Quarter,
            "year" => Period::Year,
            "weekday" => Period::Weekday,
            _ => return None,
        })
    }

    /// The period of a date, and for weekdays its place in the week, from 1. `None` if the date is in another form,
    /// does not exist, or is not exact enough.
    pub fn of(self, date: &str) -> Option<(usize, String)> {
        let date = day(date);
        if !FORMS.iter().any(|form| has_form(date, form)) || !exists(date) {
            return None;
        }
        let parts = parts(date);
        let (year, month) = (parts[0], parts.get(1).copied());
        Some(match self {
            Period::Year => (0, format!("{year:04}")),
            Period::Month => (0, format!("{year:04}-{:02}", month?)),
            Period::Quarter => (0, format!("{year:04}-Q{}", month?.div_ceil(3))),
            Period::Weekday => {
                let index = weekday(year, month?, *parts.get(2)?);
                (index + 1, WEEKDAYS[index].to_string())
            }
        })
    }
}

fn parts(date: &str) -> Vec<u32> {
    date.split('-').filter_map(|part| part.parse().ok()).collect()
}

/// Whether a date in one of the forms exists in the calendar.
pub fn exists(date: &str) -> bool {
    match parts(date)[..] {
        [year, month, day] => (1..=n_days(year, month)).contains(&day),
        [_, month] => (1..=12).contains(&month),
        _ => true,
    }
}

/// The number of days in a month; 0 if there is no such month.
fn n_days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// The day of the week, from 0 for Monday: the days since Monday, 1 January of the year 1, had the calendar been in use.
fn weekday(year: u32, month: u32, day: u32) -> usize {
    // The Gregorian calendar repeats after 400 years, so that the year 0 is as good as any.
    let before = year + 399;
    let days = 365 * before + before / 4 - before / 100 + before / 400;
    let days = days + (1..month).map(|month| n_days(year, month)).sum::<u32>() + day - 1;
    (days % 7) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_the_calendar() {
        for (period, date, expected) in [
            (Period::Month, "2024-05-01T09:30:00Z", "2024-05"),
            (Period::Month, "2024-05", "2024-05"),
            (Period::Quarter, "2024-03-31", "2024-Q1"),
            (Period::Quarter, "2024-10", "2024-Q4"),
            (Period::Year, "1999", "1999"),
            (Period::Weekday, "2024-05-01", "Wednesday"),
            (Period::Weekday, "2000-02-29", "Tuesday"),
            (Period::Weekday, "1900-01-01", "Monday"),
            (Period::Weekday, "2026-11-29", "Sunday"),
            (Period::Weekday, "1970-01-01", "Thursday"),
        ] {
            assert_eq!(period.of(date).map(|(_, name)| name).as_deref(), Some(expected), "{date}");
        }
        assert_eq!(Period::Weekday.of("2024-05-05").map(|(place, _)| place), Some(7));
    }

    #[test]
    fn dates_that_do_not_exist_or_are_not_exact_enough_have_no_period() {
        for (period, date) in [
            (Period::Month, "2024"),
            (Period::Weekday, "2024-05"),
            (Period::Month, "2024-13-01"),
            (Period::Year, "2023-02-29"),
            (Period::Year, "1 May 2024"),
            (Period::Year, ""),
        ] {
            assert_eq!(period.of(date), None, "{date}");
        }
    }
}
