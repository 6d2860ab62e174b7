//! Aligned columns for people. Cells are made fit for a terminal: no escape codes, one line, bounded.

use std::io::{self, Write};

use skydeck_api::text;

/// Columns of a cell at most.
const WIDEST: usize = 72;

/// One cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    shade: Option<u8>,
    right: bool,
}

impl Cell {
    /// Text, which may come from AWS.
    pub(crate) fn of(content: impl AsRef<str>) -> Cell {
        Cell { text: text::one_line(content.as_ref(), WIDEST), ..Cell::default() }
    }

    /// A number or an age, on the right.
    pub(crate) fn right(content: impl ToString) -> Cell {
        Cell { right: true, ..Cell::of(content.to_string()) }
    }

    /// The same in a colour, where there are colours.
    pub(crate) fn shaded(self, shade: Option<u8>) -> Cell {
        Cell { shade, ..self }
    }
}

impl<T: AsRef<str>> From<Option<T>> for Cell {
    fn from(content: Option<T>) -> Self {
        content.map_or_else(|| Cell::of("-"), Cell::of)
    }
}

/// Rows under heads. Columns without any content are left out.
#[derive(Debug, Default)]
pub(crate) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn new(heads: &[&'static str]) -> Table {
        Table { heads: heads.to_vec(), rows: Vec::new() }
    }

    /// Without heads, for single lines.
    pub(crate) fn headless(columns: usize) -> Table {
        Table { heads: vec![""; columns], rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(crate) fn write(&self, to: &mut impl Write, colour: bool) -> io::Result<()> {
        let shown: Vec<usize> = (0..self.heads.len())
            .filter(|c| self.rows.iter().any(|r| r.get(*c).is_some_and(|cell| !matches!(cell.text.as_str(), "" | "-"))))
            .collect();
        let width = |c: usize| {
            let cells = self.rows.iter().filter_map(|r| r.get(c)).map(|cell| columns(&cell.text));
            cells.chain([columns(self.heads[c])]).max().unwrap_or_default()
        };
        let widths: Vec<usize> = shown.iter().map(|c| width(*c)).collect();
        let right = |c: usize| self.rows.iter().any(|r| r.get(c).is_some_and(|cell| cell.right));
        let heads: Vec<Cell> =
            self.heads.iter().enumerate().map(|(c, h)| Cell { right: right(c), ..Cell::of(h) }).collect();
        let named = !self.rows.is_empty() && self.heads.iter().any(|h| !h.is_empty());
        for row in std::iter::once(&heads).filter(|_| named).chain(&self.rows) {
            let mut line = String::new();
            for (n, (c, width)) in shown.iter().zip(&widths).enumerate() {
                let cell = row.get(*c).cloned().unwrap_or_default();
                let room = " ".repeat(width.saturating_sub(columns(&cell.text)));
                let content = match cell.shade.filter(|_| colour) {
                    Some(shade) => format!("\u{1b}[{shade}m{}\u{1b}[0m", cell.text),
                    None => cell.text,
                };
                let gap = if n == 0 { "" } else { "  " };
                line += &if cell.right { format!("{gap}{room}{content}") } else { format!("{gap}{content}{room}") };
            }
            writeln!(to, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Columns a text takes on a terminal: two for each wide character (Korean, Chinese, Japanese, emoji).
fn columns(text: &str) -> usize {
    let wide = |c: char| {
        matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}'
            | '\u{20000}'..='\u{3fffd}')
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(table: &Table, colour: bool) -> String {
        let mut to = Vec::new();
        table.write(&mut to, colour).unwrap();
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn columns_align_also_with_wide_text_and_empty_ones_go() {
        let mut table = Table::new(&["NAME", "MESSAGE", "EMPTY", "AGE"]);
        table.row([Cell::of("web"), Cell::of("쿠폰 추가"), Cell::of("-"), Cell::right("4s")]);
        table.row([Cell::of("checkout-api"), Cell::of("add"), Cell::default(), Cell::right("12m")]);
        assert_eq!(
            written(&table, false),
            "NAME          MESSAGE    AGE\nweb           쿠폰 추가   4s\ncheckout-api  add        12m\n"
        );
    }

    #[test]
    fn hostile_text_cannot_write_to_the_terminal() {
        let mut table = Table::new(&["NAME"]);
        table.row([Cell::of("\u{1b}]0;gotcha\u{7}a\u{1b}[2Jb\nc").shaded(Some(31))]);
        assert_eq!(written(&table, false), "NAME\nab c\n");
        assert_eq!(written(&table, true), "NAME\n\u{1b}[31mab c\u{1b}[0m\n");
        for text in &*skydeck_sim::world::hostile::TEXTS {
            let mut table = Table::new(&["NAME"]);
            table.row([Cell::of(text)]);
            let written = written(&table, false);
            assert!(!written.contains(|c: char| c.is_control() && c != '\n'), "{text:?}: {written:?}");
            assert!(written.lines().count() <= 2 && columns(&written) <= 2 * WIDEST + 8, "{text:?}: {written:?}");
        }
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(written(&Table::new(&["NAME"]), false), "");
    }
}
