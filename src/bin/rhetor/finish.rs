//! Results that become visible whole, or in part beside the place that was asked for.

use std::path::PathBuf;

/// What became of the results of a run that was stopped.
pub(crate) enum Kept {
    /// They are out, each article whole.
    Written,
    /// They are in this file, beside the one that was asked for.
    InFile(PathBuf),
    /// There are none, for this reason.
    Nothing(&'static str),
}

/// Where results gather until they are made visible.
pub(crate) trait Finish {
    /// Makes all of them visible.
    fn finish(self) -> anyhow::Result<()>;

    /// Makes visible what there is of results that were cut short: of a file or folder, beside the one that was
    /// wanted.
    fn finish_partial(self) -> anyhow::Result<Kept>;
}
