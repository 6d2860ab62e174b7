//! Chance without state: a number drawn from the seed and from what it is for.
//! No generator is carried along, so no draw depends on which others were made before it, or how often someone looked.

/// Mixes two numbers into one that looks random (splitmix64).
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number for the thing that these words name.
pub fn of(seed: u64, words: &[&str]) -> u64 {
    words.iter().fold(mix(seed, words.len() as u64), |acc, word| {
        let hash =
            word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        mix(acc, hash)
    })
}

/// A number from 0 up to but without `below`; 0 if `below` is 0.
pub fn below(draw: u64, below: u64) -> u64 {
    if below == 0 { 0 } else { draw % below }
}

/// Whether something that happens `per_mille` times in a thousand happens.
pub fn happens(draw: u64, per_mille: u32) -> bool {
    draw % 1000 < u64::from(per_mille)
}

/// A duration around `median`: most within a fifth of it, some up to twice as long, as builds have it.
pub fn duration_ms(draw: u64, median: i64) -> i64 {
    let unit = |d: u64| (d % 10_000) as f64 / 10_000.0;
    let near = 0.85 + 0.3 * (unit(draw) + unit(mix(draw, 1))) / 2.0;
    let tail = if happens(mix(draw, 2), 90) { 1.0 + 0.8 * unit(mix(draw, 3)) } else { 1.0 };
    ((median as f64) * near * tail) as i64
}

/// `len` letters and digits as AWS uses them in key ids.
pub fn base32(draw: u64, len: usize) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    (0..len).map(|i| char::from(DIGITS[(mix(draw, i as u64) % 32) as usize])).collect()
}

/// `len` hexadecimal digits.
pub fn hex(draw: u64, len: usize) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    (0..len).map(|i| char::from(DIGITS[(mix(draw, i as u64) % 16) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_the_same_for_the_same_thing_and_differ_between_things() {
        assert_eq!(of(7, &["a", "b"]), of(7, &["a", "b"]));
        assert_ne!(of(7, &["a", "b"]), of(7, &["ab"]));
        assert_ne!(of(7, &["a", "b"]), of(8, &["a", "b"]));
    }

    #[test]
    fn durations_keep_near_their_median() {
        let mut all: Vec<i64> = (0..2_000).map(|i| duration_ms(of(1, &[&i.to_string()]), 100_000)).collect();
        all.sort_unstable();
        assert!((95_000..106_000).contains(&all[1_000]), "median {}", all[1_000]);
        assert!(all[1_999] < 210_000 && all[0] >= 85_000);
    }
}
