//! Repair of UTF-8 that was read as windows-1252 and saved again: `â€œ` for `“`.
//!
//! A run of characters outside ASCII is damaged if its windows-1252 bytes are UTF-8. Where most runs of a text are, all of
//! them are repaired. Where fewer are, because only a part of the text was damaged, only characters are repaired that
//! nobody writes in this way.

use encoding_rs::WINDOWS_1252;

/// The fewest damaged runs or characters that show that a text is damaged.
const MIN_RUNS: usize = 2;
/// How often a text may have been saved in this way.
const MAX_ROUNDS: usize = 2;

/// The first byte of the characters from `Â` to `ô`, one of which begins a damaged run.
const FIRST_BYTE: u8 = 0xc3;

/// How much of a text is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    None,
    Some,
    Most,
}

impl Damage {
    /// The damage of a text.
    pub fn of(text: &str) -> Damage {
        let starts = || memchr::memchr_iter(FIRST_BYTE, text.as_bytes());
        let is_damaged = |&at: &usize| {
            let run = || text[at..].split(|c: char| c.is_ascii()).next().unwrap_or_default();
            (at == 0 || text.as_bytes()[at - 1].is_ascii()) && original(run()).is_some()
        };
        let n_damaged = starts().filter(is_damaged).count();
        let n_runs = || text.split(|c: char| c.is_ascii()).filter(|run| !run.is_empty()).count();
        if n_damaged >= MIN_RUNS && 2 * n_damaged > n_runs() {
            return Damage::Most;
        }
        // In words, that is, not as examples in brackets.
        let is_beside_word = |&at: &usize| {
            let length = sure_character(&text[at..]).map(|(_, length)| length)?;
            let (before, after) = (text[..at].chars().next_back(), text[at + length..].chars().next());
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            (is_word(before) || is_word(after)).then_some(is_word(before) && is_word(after))
        };
        let mut found = starts().filter_map(|at| is_beside_word(&at)).take(MIN_RUNS);
        // One apostrophe inside a word is enough.
        let is_some = found.next().is_some_and(|is_inside| is_inside || found.next().is_some());
        if is_some { Damage::Some } else { Damage::None }
    }

    /// The text with each damaged run replaced by its original, and the number of these runs.
    pub fn repaired(self, text: &str) -> (String, usize) {
        let (mut repaired, mut n_runs) = (String::with_capacity(text.len()), 0);
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| !c.is_ascii()) {
            let length = rest[start..].find(|c: char| c.is_ascii()).unwrap_or(rest.len() - start);
            let run = &rest[start..start + length];
            repaired.push_str(&rest[..start]);
            let sure = surely_original(run);
            let whole = if self == Damage::Most || sure.is_some() { original(run) } else { None };
            let found = whole.or(sure);
            n_runs += usize::from(found.is_some());
            repaired.push_str(found.as_deref().unwrap_or(run));
            rest = &rest[start + length..];
        }
        repaired.push_str(rest);
        (repaired, n_runs)
    }
}

/// The original of a run; `None` if the run is not damaged.
fn original(run: &str) -> Option<String> {
    // The first byte of a character outside ASCII in UTF-8, as windows-1252 shows it.
    if !run.starts_with(|c| ('\u{c2}'..='\u{f4}').contains(&c)) {
        return None;
    }
    let mut text = with_last_byte(run);
    let mut n_rounds = 0;
    while n_rounds < MAX_ROUNDS {
        let Some(before) = before(&text).filter(|before| *before != text) else { break };
        (text, n_rounds) = (before, n_rounds + 1);
    }
    // `É` and a no-break space, as in French, would be one of these.
    let is_phonetic = |c: char| ('\u{180}'..'\u{300}').contains(&c);
    (n_rounds > 0 && !text.contains(is_phonetic)).then_some(text)
}

/// Some programs replace the one byte of these characters that windows-1252 does not define: `”` becomes `â€` and
/// U+FFFD.
fn with_last_byte(run: &str) -> String {
    run.replace("â€\u{fffd}", "â€\u{9d}").replace("Ã¢â‚¬Â\u{fffd}", "Ã¢â‚¬Â\u{9d}")
}

/// The text that was saved as `text`; `None` if it was not.
fn before(text: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = text.chars().map(byte_of).collect();
    String::from_utf8(bytes?).ok()
}

/// The byte that windows-1252 or Latin-1 shows as a character.
fn byte_of(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(c)) {
        return Some(byte);
    }
    let mut buffer = [0; 4];
    let (bytes, _, is_other) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    (!is_other).then(|| bytes[0])
}

/// A run with the characters repaired that nobody writes as they are; `None` if it has none. The rest of the run may be
/// as it was written.
fn surely_original(run: &str) -> Option<String> {
    let mut text = with_last_byte(run);
    let mut is_repaired = false;
    for _ in 0..MAX_ROUNDS {
        let (mut round, mut rest) = (String::with_capacity(text.len()), text.as_str());
        while let Some(c) = rest.chars().next() {
            let (character, length) = sure_character(rest).unwrap_or((c, c.len_utf8()));
            round.push(character);
            rest = &rest[length..];
        }
        if round == text {
            break;
        }
        (text, is_repaired) = (round, true);
    }
    is_repaired.then_some(text)
}

/// The character at the start of `text` before it was damaged, and the bytes that it takes now; `None` if somebody may
/// have written it as it is.
fn sure_character(text: &str) -> Option<(char, usize)> {
    let first = text.chars().next()?;
    let n_characters = match first {
        'Â' | 'Ã' | 'Å' => 2,
        'â' => 3,
        _ => return None,
    };
    let length = text.chars().take(n_characters).map(char::len_utf8).sum();
    let before = before(&text[..length])?;
    let original = before.chars().next().filter(|c| c.len_utf8() == before.len())?;
    let second = text[first.len_utf8()..].chars().next()?;
    let is_sure = match first {
        // Quotation marks, spaces and letters may follow a capital: `CAFÃ”`.
        'Â' | 'Ã' => {
            matches!(second, '\u{80}'..='\u{9f}' | '\u{a1}'..='\u{bf}' | '‚' | 'ƒ')
                && !"«»ªº".contains(second)
        }
        'Å' => {
            "œŒšŠžŽŸŁłŃńŚśŐőŰű".contains(original) && !second.is_alphabetic() && !"«»’”“‘".contains(second)
        }
        // Dashes, quotation marks, the ellipsis, currencies and the trade mark.
        _ => matches!(original, '\u{2010}'..='\u{203a}' | '\u{20a0}'..='\u{20bf}' | '\u{2122}'),
    };
    is_sure.then_some((original, length))
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
        for damaged in [damage(text), damage(&damage(text))] {
            assert_eq!(Damage::of(&damaged), Damage::Most);
            assert_eq!(Damage::Most.repaired(&damaged).0, text);
        }
        assert_eq!(Damage::Most.repaired("â€œNo,â€\u{fffd} she said").0, "“No,” she said");
        // Read as Latin-1.
        let damaged: String = text.bytes().map(char::from).collect();
        assert_eq!(Damage::Most.repaired(&damaged).0, text);
    }

    #[test]
    fn a_text_that_is_damaged_in_places_is_repaired_there() {
        let whole = "“Café” — “it’s £5,” she said — and naïve voters won’t pay “NÃO” or “VOILÀ”.";
        for (from, to) in
            [("it’s £5", "itâ€™s Â£5"), ("won’t", "wonâ€™t"), ("— and naïve", "—â€“ and naÃ¯ve")]
        {
            let damaged = whole.replace(from, to);
            assert_eq!(Damage::of(&damaged), Damage::Some, "{damaged}");
            let (repaired, n_runs) = Damage::Some.repaired(&damaged);
            assert_eq!(repaired.replace("—–", "—"), whole);
            assert!(n_runs > 0);
        }
        let twice = whole.replace("it’s £5", &damage(&damage("it’s £5")));
        assert_eq!((Damage::of(&twice), Damage::Some.repaired(&twice).0.as_str()), (Damage::Some, whole));
    }

    #[test]
    fn examples_are_no_damage() {
        for text in [
            "The mark `Ã©` is an e with an accent — “read” in the wrong encoding.",
            "Quotation marks — all “curly” ones — become others (â€œ, â€™).",
        ] {
            assert_eq!(Damage::of(text), Damage::None, "{text}");
        }
    }

    #[test]
    fn capitals_before_punctuation_are_no_damage() {
        for text in ["“NÃO” — “VOILÀ” — «IRMÃ» e «CAFÃ»", "\u{da}žasný žák a «\u{da}žas»", "NESTLÉ® — CAFÉ™"]
        {
            assert_eq!(Damage::of(text), Damage::None, "{text}");
            assert_eq!(Damage::Some.repaired(text), (text.to_string(), 0));
        }
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
            assert_eq!(Damage::of(text), Damage::None, "{text}");
            for damage in [Damage::Some, Damage::Most] {
                assert_eq!(damage.repaired(text), (text.to_string(), 0));
            }
        }
    }
}
