//! Byte offsets ⇄ lines and columns.

use std::ops::Range;

/// Where the lines of a text begin, so that a byte offset becomes a line and a column, and back.
///
/// Lines end with `\n`, `\r\n` or a lone `\r`. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<usize>,
    len: usize,
}

impl LineIndex {
    /// Reads the whole text once.
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let ends =
            |at: usize| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        let starts =
            std::iter::once(0).chain((0..bytes.len()).filter(|&at| ends(at)).map(|at| at + 1)).collect();
        LineIndex { starts, len: bytes.len() }
    }

    /// How many lines there are; an empty text has one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line of a byte offset; past the end of the text, the last one.
    pub fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte)
    }

    /// The line and the column of a byte offset in the text that this index was made of.
    pub fn position(&self, text: &str, byte: usize) -> (usize, usize) {
        let line = self.line(byte);
        let before = text.get(self.starts[line - 1]..byte.min(text.len())).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// The bytes of a line, its line break included; `None` for a line that is not there.
    pub fn bytes(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        Some(start..self.starts.get(line).copied().unwrap_or(self.len))
    }

    /// The byte offset of a line and column in the text that this index was made of. A column past the end of its
    /// line is the line's end, a line past the end of the text is the text's end.
    pub fn offset(&self, text: &str, line: usize, column: usize) -> usize {
        let Some(range) = self.bytes(line.max(1)) else { return self.len };
        let content = text.get(range.clone()).unwrap_or_default().trim_end_matches(['\n', '\r']);
        let within = content.char_indices().nth(column.saturating_sub(1)).map_or(content.len(), |(at, _)| at);
        range.start + within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_from_one_in_every_line_style() {
        let text = "a\r\n李b\rc\n";
        let index = LineIndex::new(text);
        assert_eq!(index.count(), 4);
        assert_eq!(index.position(text, 0), (1, 1));
        assert_eq!(index.position(text, text.find('b').expect("b")), (2, 2));
        assert_eq!(index.position(text, text.find('c').expect("c")), (3, 1));
        assert_eq!(index.position(text, text.len()), (4, 1));
        for (byte, _) in text.char_indices().filter(|(_, c)| !"\r\n".contains(*c)) {
            let (line, column) = index.position(text, byte);
            assert_eq!(index.offset(text, line, column), byte);
        }
        assert_eq!(index.offset(text, 2, 99), "a\r\n李b".len());
        assert_eq!(index.offset(text, 99, 1), text.len());
    }
}
