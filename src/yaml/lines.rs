//! Byte offsets ⇄ lines and columns.

use super::Edit;
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
        let starts = std::iter::once(0).chain(starts_after(text, 0..text.len())).collect();
        LineIndex { starts, len: text.len() }
    }

    /// Follows an edit of the text: `old` bytes at byte `at` have become `new` bytes, which makes it `text`.
    fn splice(&mut self, text: &str, at: usize, old: usize, new: usize) {
        // Whether a line ends with a byte depends on the byte after it too.
        let from = self.starts.partition_point(|&start| start < at.max(1));
        let to = self.starts.partition_point(|&start| start <= at + old).max(from);
        for start in &mut self.starts[to..] {
            *start = *start + new - old;
        }
        self.starts.splice(from..to, starts_after(text, at.saturating_sub(1)..at + new));
        self.len = text.len();
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

/// The places after the line breaks that stand in a range of a text.
fn starts_after(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let ends =
        move |at: usize| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    range.filter(move |&at| ends(at)).map(|at| at + 1)
}

/// A line of more bytes than this counts as that many columns: nobody reads it to its end.
pub const LONG_LINE: usize = 4_000;

/// A text with where its lines begin. An edit costs a copy of memory, however long the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    text: String,
    lines: LineIndex,
    longest: usize,
}

impl Text {
    /// Reads the whole text once.
    pub fn new(text: impl Into<String>) -> Text {
        let text = text.into();
        let lines = LineIndex::new(&text);
        let longest = longest(&text, &lines);
        Text { text, lines, longest }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where its lines begin.
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// The longest line, in characters; in bytes if it has more than [`LONG_LINE`].
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The bytes of a line without its line break, lines counted from 1; of a line that is not there the text's end.
    pub fn line(&self, line: usize) -> Range<usize> {
        let Some(bytes) = self.lines.bytes(line) else { return self.text.len()..self.text.len() };
        let content = self.text[bytes.clone()].trim_end_matches(['\n', '\r']);
        bytes.start..bytes.start + content.len()
    }

    /// Makes an edit; `false`, and nothing is changed, if its range does not lie between characters of the text.
    pub fn edit(&mut self, edit: &Edit) -> bool {
        if self.text.get(edit.range.clone()).is_none() {
            return false;
        }
        self.text.replace_range(edit.range.clone(), &edit.text);
        self.lines.splice(&self.text, edit.range.start, edit.range.len(), edit.text.len());
        self.longest = longest(&self.text, &self.lines);
        true
    }
}

/// Counts the characters of those lines alone that can be the longest.
fn longest(text: &str, lines: &LineIndex) -> usize {
    let ends = lines.starts.iter().skip(1).copied().chain([text.len()]);
    lines.starts.iter().zip(ends).fold(0, |longest, (&start, end)| match end - start {
        bytes if bytes <= longest => longest,
        bytes if bytes > LONG_LINE => bytes,
        _ => longest.max(text[start..end].trim_end_matches(['\n', '\r']).chars().count()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_edited_text_is_as_if_read_anew(
            text in "[a\r\n李]{0,12}",
            from in 0..40_usize,
            length in 0..40_usize,
            new in "[b\r\n]{0,4}",
        ) {
            let start = text.floor_char_boundary(from.min(text.len()));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            let edit = Edit { range: start..end, text: new };
            let mut edited = Text::new(text.as_str());
            prop_assert!(edited.edit(&edit));
            prop_assert_eq!(edited, Text::new(crate::yaml::edited(&text, &[edit])));
        }
    }

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
