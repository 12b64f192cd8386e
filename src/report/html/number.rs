//! Numbers as a reader likes them.

/// A count with its thousands parted.
pub(super) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut parted = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

/// A figure with three digits behind the point.
pub(super) fn figure(value: f64) -> String {
    format!("{value:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (17_383, "17,383"), (1_234_567, "1,234,567")];
        cases.iter().for_each(|(n, expected)| assert_eq!(count(*n), *expected));
    }
}
