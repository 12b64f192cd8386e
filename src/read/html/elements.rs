//! Tables of HTML elements.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

type Elements = LazyLock<FxHashSet<&'static str>>;

fn set(names: &'static str) -> FxHashSet<&'static str> {
    names.split(' ').collect()
}

/// Elements that separate blocks. All others are inline, as unknown elements are in a browser.
pub static BLOCK: Elements = LazyLock::new(|| {
    set(
        "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset \
         figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup html legend li listing main menu nav ol \
         option p pre search section summary table tbody td tfoot th thead tr ul xmp",
    )
});

/// Elements whose text is not shown as text.
pub static SILENT: Elements = LazyLock::new(|| {
    set(
        "script style noscript template svg math head title iframe object audio video canvas select datalist textarea",
    )
});

/// Elements without an end tag.
pub static VOID: Elements =
    LazyLock::new(|| set("area base br col embed hr img input link meta param source track wbr"));

/// Elements whose content is text up to their end tag.
pub static RAW: Elements = LazyLock::new(|| set("script style textarea title xmp iframe noembed noframes"));

/// Formatting elements, which a parser reopens in every later paragraph until they are closed.
pub static FORMATTING: Elements =
    LazyLock::new(|| set("a b big code em font i nobr s small strike strong tt u"));

/// Elements that end where the next one of their kind begins, unless it is inside one of [`CONTAINERS`].
pub static IMPLIED_END: Elements = LazyLock::new(|| set("p li dt dd td th tr option tbody thead"));

/// Elements inside which an open element has no implied end.
pub static CONTAINERS: Elements = LazyLock::new(|| set("table ul ol dl select div"));
