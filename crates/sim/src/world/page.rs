//! Paging tokens: where to go on, and a check that it was this operation with these filters that gave the token out.
//! A token that was not given out, or for something else, is refused, as AWS does.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

use super::noise;

fn check(seed: u64, scope: &[&str], key: &str) -> String {
    noise::hex(noise::of(noise::of(seed, scope), &["token", key]), 12)
}

/// A token to go on after `key` in what `scope` names (operation, account, Region, filters).
pub fn token(seed: u64, scope: &[&str], key: &str) -> String {
    BASE64.encode(format!("{}{key}", check(seed, scope, key)))
}

/// The key in a token; none if it was not given out for this scope.
pub fn key(seed: u64, scope: &[&str], token: &str) -> Option<String> {
    let text = String::from_utf8(BASE64.decode(token).ok()?).ok()?;
    let (mac, key) = text.split_at_checked(12)?;
    (mac == check(seed, scope, key)).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_its_key_back_to_the_scope_it_was_made_for() {
        let t = token(1, &["ListPipelines", "111122223333"], "checkout-api");
        assert_eq!(key(1, &["ListPipelines", "111122223333"], &t).as_deref(), Some("checkout-api"));
        assert_eq!(key(1, &["ListPipelines", "444455556666"], &t), None);
        assert_eq!(key(2, &["ListPipelines", "111122223333"], &t), None);
    }

    #[test]
    fn what_was_never_given_out_is_refused() {
        for wrong in ["", "abc", "한국", "////", "bm90aGluZw"] {
            assert_eq!(key(1, &["x"], wrong), None, "{wrong}");
        }
    }
}
