//! Words that a phrase cannot consist of, because they mean nothing without others.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// What a word can be in a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It can be a phrase of its own.
    Content,
    /// It can begin or end a phrase that has a content word.
    Helper,
    /// It can begin such a phrase.
    Opener,
    /// It can only stand between others.
    Function,
}

/// Words that can only stand between others.
const FUNCTION: &str = "a an the of and or nor to in on at by for with from as into onto upon than that which who whom \
    whose this these those it its itself him his himself her hers herself them their theirs themselves is are \
    was were be been being am has have had having do does did done s t d ll re ve there here so such some any each other \
    another own same also just about over under between through during via per among within without toward towards off \
    out up down around me mr mrs ms dr one ones while where though although yet";

/// Words that can begin a phrase.
const OPENER: &str = "i he she they we our you your my will would can could may might shall not no never don doesn didn \
    isn aren wasn weren couldn wouldn shouldn hasn haven hadn let more most less least very too all every both only even \
    still after before since until against like much many few because if however instead rather how why what when \
    whether whoever whatever";

/// Words that can begin or end a phrase.
const HELPER: &str = "us ours ourselves yours yourself mine myself now then again first last two three four five six seven \
    eight nine ten next new old well lot part kind fact year years day days week weeks month months time people man men woman women way thing \
    things";

/// By word, in lower case and padded to eight bytes.
static CLASSES: LazyLock<FxHashMap<u64, Class>> = LazyLock::new(|| {
    let words = |list: &'static str, class| list.split_whitespace().map(move |word| (key_of(word), class));
    let known = words(FUNCTION, Class::Function)
        .chain(words(OPENER, Class::Opener))
        .chain(words(HELPER, Class::Helper));
    known.filter_map(|(key, class)| Some((key?, class))).collect()
});

/// The class of a word, in any case; what follows an apostrophe does not count.
pub fn class_of(word: &str) -> Class {
    let stem = &word[..word.find(['\'', '’']).unwrap_or(word.len())];
    // Initials and the letters of `U.S.`, whose full stops separate clauses.
    if stem.len() == 1 && !stem.eq_ignore_ascii_case("i") {
        return Class::Function;
    }
    key_of(stem).and_then(|key| CLASSES.get(&key).copied()).unwrap_or(Class::Content)
}

/// A word of up to eight bytes in lower case as a number; `None` for a longer one.
fn key_of(word: &str) -> Option<u64> {
    let mut bytes = [0; 8];
    bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    bytes.make_ascii_lowercase();
    Some(u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_endings_do_not_matter() {
        for (word, class) in [
            ("The", Class::Function),
            ("it’s", Class::Function),
            ("they've", Class::Opener),
            ("We", Class::Opener),
            ("don't", Class::Opener),
            ("years", Class::Helper),
            ("I", Class::Opener),
            ("S", Class::Function),
            ("must", Class::Content),
            ("shameful", Class::Content),
            ("ourselves", Class::Content),
            ("Élan", Class::Content),
        ] {
            assert_eq!(class_of(word), class, "{word}");
        }
    }
}
