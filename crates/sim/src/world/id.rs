//! Execution, build and action ids: UUIDs drawn from what they name, so that nothing has to be stored for them.

use std::fmt;

use super::noise::mix;

/// A version 4 UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(u128);

impl Uuid {
    /// The id of thing number `n` of the thing that `key` was drawn for.
    pub fn draw(key: u64, n: u64) -> Self {
        let high = u128::from(mix(key, n.wrapping_mul(2)));
        let low = u128::from(mix(key, n.wrapping_mul(2) + 1));
        let bits = (high << 64) | low;
        Uuid((bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62))
    }

    /// Another id, of part `n` of this thing.
    pub fn part(self, n: u64) -> Self {
        Uuid::draw(self.key(), n)
    }

    /// A number to draw from.
    pub fn key(self) -> u64 {
        (self.0 >> 64) as u64 ^ self.0 as u64
    }

    /// Reads AWS's form: 8-4-4-4-12 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|p| p.len()).collect();
        let digits = parts.concat();
        if lengths != [8, 4, 4, 4, 12] || !digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return None;
        }
        u128::from_str_radix(&digits, 16).ok().map(Uuid)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let b = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            b >> 96,
            (b >> 80) & 0xffff,
            (b >> 64) & 0xffff,
            (b >> 48) & 0xffff,
            b & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself_and_is_of_version_4() {
        let id = Uuid::draw(7, 3);
        let text = id.to_string();
        assert_eq!(Uuid::parse(&text), Some(id));
        assert_eq!(&text[14..15], "4");
        assert!("89ab".contains(&text[19..20]));
        assert_ne!(Uuid::draw(7, 4), id);
    }

    #[test]
    fn what_is_no_id_is_none() {
        for text in ["", "abc", "A91C07DE-1111-4111-8111-111111111111", "a91c07de111141118111111111111111"] {
            assert_eq!(Uuid::parse(text), None, "{text}");
        }
    }
}
