//! Repair of UTF-8 that was read as windows-1252 and saved again: `â€œ` for `“`.

use encoding_rs::WINDOWS_1252;

/// The fewest runs of such characters that show that a text is damaged.
const MIN_RUNS: usize = 2;
/// How often a text may have been saved in this way.
const MAX_ROUNDS: usize = 2;

/// The first byte of the characters from `Â` to `ô`, one of which begins a damaged run.
const FIRST_BYTE: u8 = 0xc3;

/// Whether most runs of characters outside ASCII are damaged: their windows-1252 bytes are UTF-8. Other text hardly ever
/// has a run like that.
pub fn is_damaged(text: &str) -> bool {
    let is_damaged = |&at: &usize| {
        let run = || text[at..].split(|c: char| c.is_ascii()).next().unwrap_or_default();
        (at == 0 || text.as_bytes()[at - 1].is_ascii()) && original(run()).is_some()
    };
    let n_damaged = memchr::memchr_iter(FIRST_BYTE, text.as_bytes()).filter(is_damaged).count();
    let n_runs = || text.split(|c: char| c.is_ascii()).filter(|run| !run.is_empty()).count();
    n_damaged >= MIN_RUNS && 2 * n_damaged > n_runs()
}

/// The text with each damaged run replaced by its original, and the number of these runs.
pub fn repaired(text: &str) -> (String, usize) {
    let (mut repaired, mut n_runs) = (String::with_capacity(text.len()), 0);
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| !c.is_ascii()) {
        let length = rest[start..].find(|c: char| c.is_ascii()).unwrap_or(rest.len() - start);
        let run = &rest[start..start + length];
        repaired.push_str(&rest[..start]);
        let found = original(run);
        n_runs += usize::from(found.is_some());
        repaired.push_str(found.as_deref().unwrap_or(run));
        rest = &rest[start + length..];
    }
    repaired.push_str(rest);
    (repaired, n_runs)
}

/// The original of a run; `None` if the run is not damaged.
fn original(run: &str) -> Option<String> {
    // The first byte of a character outside ASCII in UTF-8, as windows-1252 shows it.
    if !run.starts_with(|c| ('\u{c2}'..='\u{f4}').contains(&c)) {
        return None;
    }
    // Some programs replace the one byte of these characters that windows-1252 does not define: `”` becomes `â€` and
    // U+FFFD.
    let mut text = run.replace("â€\u{fffd}", "â€\u{9d}");
    let mut n_rounds = 0;
    while n_rounds < MAX_ROUNDS {
        let (bytes, _, has_others) = WINDOWS_1252.encode(&text);
        let Some(before) =
            (!has_others).then(|| std::str::from_utf8(&bytes).ok().map(str::to_string)).flatten()
        else {
            break;
        };
        if before == text {
            break;
        }
        (text, n_rounds) = (before, n_rounds + 1);
    }
    // `É` and a no-break space, as in French, would be one of these.
    let is_phonetic = |c: char| ('\u{180}'..'\u{300}').contains(&c);
    (n_rounds > 0 && !text.contains(is_phonetic)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damage(text: &str) -> String {
        let (damaged, ..) = WINDOWS_1252.decode(text.as_bytes());
        damaged.into_owned()
    }

    #[test]
    fn a_damaged_text_is_repaired() {
        let text = "“Café,” she said — it’s £5.";
        assert!(is_damaged(&damage(text)));
        assert_eq!(repaired(&damage(text)).0, text);
        assert_eq!(repaired(&damage(&damage(text))).0, text);
        assert_eq!(repaired("â€œNo,â€\u{fffd} she said").0, "“No,” she said");
    }

    #[test]
    fn other_text_stays_the_same() {
        for text in [
            "“Café,” she said — it’s £5.",
            "CAFÉ\u{a0}: ouvert. CAFÉ\u{a0}!",
            "Ana Ibáñez",
            "Łódź",
            "naïve façade",
            "日本語",
            "Ñandú ÀÉ",
        ] {
            assert!(!is_damaged(text), "{text}");
            assert_eq!(repaired(text), (text.to_string(), 0));
        }
    }
}
