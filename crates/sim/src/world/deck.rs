//! What commits that come by themselves say, and who makes them.

use std::collections::BTreeMap;

use super::{engine::Pushed, line::Author, noise};

/// Messages and authors to draw from.
#[derive(Debug, Default)]
pub struct Deck {
    /// Authors.
    pub authors: Vec<Author>,
    /// Messages that fit every repository.
    pub common: Vec<String>,
    /// Messages by repository name.
    pub own: BTreeMap<String, Vec<String>>,
}

impl Deck {
    /// A commit for that line.
    pub fn draw(&self, line: u32, name: &str, draw: u64) -> Pushed {
        let own = self.own.get(name).map_or(&[][..], Vec::as_slice);
        let pick = noise::below(draw, (own.len() * 3 + self.common.len()) as u64) as usize;
        let message = match pick.checked_sub(own.len() * 3) {
            None => own[pick % own.len()].clone(),
            Some(n) => self.common.get(n).cloned().unwrap_or_else(|| "Update dependencies".to_owned()),
        };
        let author = match self.authors.len() {
            0 => Author { name: "Demo Author".to_owned(), email: "demo.author@example.com".to_owned() },
            n => self.authors[noise::below(noise::mix(draw, 1), n as u64) as usize].clone(),
        };
        Pushed { line, message, author, flaw: None }
    }
}
