//! Many paragraphs in few numbers: profiles of articles and groups, and comparisons of articles by a tag.

mod profile;
mod digest;
mod compare;

pub use compare::{Comparison, Deviation, MIN_ARTICLES, MIN_PARAGRAPHS, TagMix};
pub use digest::{Digest, DigestOptions, Excerpt, day, has_form, shown_name, title};
pub use profile::{Profile, Tally};
