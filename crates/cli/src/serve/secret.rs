//! A secret: a token or a session. Drawn from the system, compared in constant time, never printed by accident.

use std::fmt::Write as _;

use rand::{TryRng as _, rngs::SysRng};
use subtle::ConstantTimeEq as _;

use crate::failure::Failure;

/// 160 bits: beyond guessing, and a link that still fits a line.
const BYTES: usize = 20;

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// A new one, from the system's own source.
    pub(crate) fn fresh() -> Result<Secret, Failure> {
        let mut bytes = [0; BYTES];
        SysRng
            .try_fill_bytes(&mut bytes)
            .map_err(|e| Failure::local(format!("The system gives no random numbers, so no link can be made: {e}.")))?;
        Ok(Secret(bytes.iter().fold(String::with_capacity(2 * BYTES), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })))
    }

    /// As it goes into a link or a cookie.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Whether it is this one. How long that takes tells nothing of where they differ.
    pub(crate) fn is(&self, offered: &str) -> bool {
        self.0.as_bytes().ct_eq(offered.as_bytes()).into()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_long_and_another() {
        let (one, other) = (Secret::fresh().unwrap(), Secret::fresh().unwrap());
        assert_eq!(one.text().len(), 2 * BYTES);
        assert!(one.text().bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(one, other);
        assert_eq!(format!("{one:?}"), "Secret(…)");
    }

    #[test]
    fn only_the_whole_of_it_is_it() {
        let secret = Secret::fresh().unwrap();
        assert!(secret.is(secret.text()));
        let (but_last, last) = secret.text().split_at(2 * BYTES - 1);
        let other = if last == "0" { "1" } else { "0" };
        for offered in ["", but_last, &format!("{but_last}{other}"), &format!("{}0", secret.text())] {
            assert!(!secret.is(offered), "{offered}");
        }
    }
}
