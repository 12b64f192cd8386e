//! The signals that ask for an end, as each system tells them.

/// The number of SIGINT, which all systems have in common.
const INTERRUPT: i32 = 2;

/// Calls `asked` with the number of each signal that asks for an end, from a thread of its own. One that whoever
/// started this process had ignored (`nohup`, a job in the background of a script) stays so.
///
/// # Errors
///
/// When no handler can be set: signals then do what they do without one.
#[cfg(unix)]
pub(crate) fn each(asked: impl Fn(i32) + Send + 'static) -> std::io::Result<()> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut signals = signal_hook::iterator::Signals::new(heard(&status))?;
    let hear = move || signals.forever().for_each(asked);
    std::thread::Builder::new().name("signals".to_string()).spawn(hear).map(drop)
}

/// The same where there is one way alone to ask for an end.
#[cfg(not(unix))]
pub(crate) fn each(asked: impl Fn(i32) + Send + 'static) -> std::io::Result<()> {
    ctrlc::try_set_handler(move || asked(INTERRUPT)).map_err(std::io::Error::other)
}

/// The signals that are not ignored, as Linux tells in the `status` of a process. Other systems do not tell it
/// without unsafe code: there SIGHUP is left as it is, for it is the one that `nohup` ignores.
#[cfg(unix)]
fn heard(status: &str) -> Vec<i32> {
    use signal_hook::consts::{SIGHUP, SIGTERM};
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        Some(ignored) => {
            let is_heard = |signal: &i32| (ignored >> (signal - 1)) & 1 == 0;
            [INTERRUPT, SIGTERM, SIGHUP].into_iter().filter(is_heard).collect()
        }
        None => vec![INTERRUPT, SIGTERM],
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_not_heard() {
        for (status, expected) in [
            ("Name:\trhetor\nSigIgn:\t0000000000000000\n", &[2, 15, 1][..]),
            ("SigBlk:\t0000000000000002\nSigIgn:\t0000000000001001\n", &[2, 15]),
            ("SigIgn:\t0000000000000006\n", &[15, 1]),
            ("SigIgn:\t0000000000004003\n", &[]),
            ("", &[2, 15]),
        ] {
            assert_eq!(heard(status), expected, "{status}");
        }
    }
}
