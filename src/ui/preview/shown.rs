//! A text as the editing widget shows it, and the edits of the widget brought back to the very bytes of the text.
//!
//! The widget knows `\n` alone as a line break. Here every `\r\n` and lone `\r` is shown as `\n`, so that the cursor
//! moves over a line break in one step; what is typed is put into the text itself, whose other bytes stay as they are.

use super::keys::{self, Edited};
use crate::complete::line_below;
use crate::document::Document;
use egui::TextBuffer;
use egui::text::{CCursor, CharIndex};
use std::any::TypeId;
use std::ops::Range;
use std::sync::Arc;

/// A text with every line break as one `\n`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    text: String,
    /// Where in `text` the `\n` stand that are `\r\n` in the text itself; sorted.
    pairs: Vec<usize>,
}

impl Shown {
    /// Reads a text.
    pub fn new(raw: &str) -> Shown {
        let mut text = String::with_capacity(raw.len());
        let mut pairs = Vec::new();
        let mut chars = raw.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\r' => {
                    if chars.next_if_eq(&'\n').is_some() {
                        pairs.push(text.len());
                    }
                    text.push('\n');
                }
                c => text.push(c),
            }
        }
        Shown { text, pairs }
    }

    /// The text as shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte of the text itself for a byte of what is shown.
    pub fn to_raw(&self, shown: usize) -> usize {
        shown + self.pairs.partition_point(|&pair| pair < shown)
    }

    /// The byte of what is shown for a byte of the text itself. The two bytes of a `\r\n` are at one place.
    pub fn of_raw(&self, raw: usize) -> usize {
        // The pair number `i` has its `\r` at byte `pairs[i] + i` of the text itself.
        let (mut low, mut high) = (0, self.pairs.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.pairs.get(middle).is_some_and(|pair| pair + middle < raw) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        raw.saturating_sub(low)
    }
}

/// The line break that a text uses most; `\n` if it has none.
pub fn line_break(raw: &str) -> &'static str {
    let pairs = raw.matches("\r\n").count();
    let feeds = raw.matches('\n').count() - pairs;
    let returns = raw.matches('\r').count() - pairs;
    if feeds >= pairs && feeds >= returns {
        "\n"
    } else if pairs >= returns {
        "\r\n"
    } else {
        "\r"
    }
}

/// A text being typed into: what the widget edits.
#[derive(Debug, Clone)]
pub struct Typed {
    raw: String,
    shown: Shown,
    line_break: &'static str,
    /// What says how the line below a key begins.
    document: Option<Arc<Document>>,
}

impl Typed {
    /// A text with what is shown of it.
    pub fn new(raw: String, shown: Shown) -> Typed {
        let line_break = line_break(&raw);
        Typed { raw, shown, line_break, document: None }
    }

    /// The same, a new line beginning as the types of a document want it.
    pub fn with_types(self, document: Arc<Document>) -> Typed {
        Typed { document: Some(document), ..self }
    }

    /// Makes a change of what is shown.
    pub fn apply(&mut self, edited: &Edited) {
        self.splice(edited.range.clone(), &edited.text);
    }

    /// The text itself, with all that was typed.
    pub fn into_text(self) -> String {
        self.raw
    }

    fn bytes(&self, chars: Range<CharIndex>) -> Range<usize> {
        let start = self.byte_index_from_char_index(chars.start);
        let end = self.byte_index_from_char_index(chars.end);
        start.0..end.0
    }

    /// Replaces bytes of what is shown.
    fn splice(&mut self, shown: Range<usize>, text: &str) {
        let raw = self.shown.to_raw(shown.start)..self.shown.to_raw(shown.end);
        self.raw.replace_range(raw, &text.replace('\n', self.line_break));
        self.shown = Shown::new(&self.raw);
    }
}

impl TextBuffer for Typed {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        self.shown.text()
    }

    fn insert_text(&mut self, text: &str, at: CharIndex) -> usize {
        let at = self.bytes(at..at).start;
        let mut text = Shown::new(text).text;
        if text == "\n" {
            let line = self.shown.text[..at].rsplit('\n').next().unwrap_or_default();
            let below =
                self.document.as_ref().and_then(|document| line_below(document, &self.shown.text, at));
            text.push_str(&below.unwrap_or_else(|| indent_after(line)));
        } else if text == "\t" {
            // A tab is no indentation in YAML.
            text = keys::tab(&self.shown.text, at);
        }
        self.splice(at..at, &text);
        text.chars().count()
    }

    fn delete_char_range(&mut self, chars: Range<CharIndex>) {
        let bytes = self.bytes(chars);
        self.splice(bytes, "");
    }

    fn delete_previous_char(&mut self, cursor: CCursor) -> CCursor {
        let at = self.bytes(cursor.index..cursor.index).start;
        // Blanks are one byte and one character each.
        let count = keys::back(&self.shown.text, at).unwrap_or(1).min(cursor.index.0);
        self.delete_selected_ccursor_range([CCursor::new(cursor.index.0 - count), cursor])
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<Typed>()
    }
}

/// The blanks with which a new line begins that follows this one: its own indent, behind the dash of a list item.
fn indent_after(line: &str) -> String {
    let mut indent = String::new();
    let mut rest = line;
    loop {
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        indent.push_str(&rest[..blanks]);
        rest = &rest[blanks..];
        match rest.strip_prefix("- ") {
            Some(item) if !item.trim().is_empty() => {
                indent.push_str("  ");
                rest = item;
            }
            _ => return indent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(raw: &str) -> Typed {
        Typed::new(raw.to_owned(), Shown::new(raw))
    }

    #[test]
    fn every_byte_has_its_place_in_both_texts() {
        let raw = "a: 李\r\nb\rc\n\r\n\u{1f600}\r\n";
        let shown = Shown::new(raw);
        assert_eq!(shown.text(), "a: 李\nb\nc\n\n\u{1f600}\n");
        for (at, c) in raw.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
            assert!(shown.text()[shown.of_raw(at)..].starts_with(c), "{at}");
            assert_eq!(shown.to_raw(shown.of_raw(at)), at);
        }
        assert_eq!(shown.of_raw(raw.len()), shown.text().len());
        assert_eq!(shown.to_raw(shown.text().len()), raw.len());
    }

    #[test]
    fn typing_changes_no_other_byte() {
        let raw = "a: 李\r\nb: 1\rc: 2\nd: 3\r\n";
        let mut text = typed(raw);
        let at = |text: &Typed, s: &str| {
            CharIndex(text.as_str()[..text.as_str().find(s).expect(s)].chars().count())
        };
        let place = at(&text, "1");
        assert_eq!(text.insert_text("4", place), 1);
        assert_eq!(text.clone().into_text(), "a: 李\r\nb: 41\rc: 2\nd: 3\r\n");
        let place = at(&text, "\nd");
        text.delete_char_range(place..place + 1);
        assert_eq!(text.clone().into_text(), "a: 李\r\nb: 41\rc: 2d: 3\r\n");
        let place = at(&text, "\nb");
        text.delete_char_range(place..place + 1);
        assert_eq!(text.into_text(), "a: 李b: 41\rc: 2d: 3\r\n");
    }

    #[test]
    fn a_new_line_has_the_break_and_the_indent_of_its_neighbours() {
        for (raw, typed_in, expected) in [
            ("spec:\r\n  - name: a\r\n", "\n", "spec:\r\n  - name: a\r\n    \r\n"),
            ("a:\n    b: 1\n", "\n", "a:\n    b: 1\n    \n"),
            ("- - x\n", "\n", "- - x\n    \n"),
            ("  - \n", "\n", "  - \n  \n"),
            ("x: 1\r\n", "\r\ny: 2\nz: 3", "x: 1\r\ny: 2\r\nz: 3\r\n"),
        ] {
            let mut text = typed(raw);
            let end = CharIndex(text.as_str().trim_end_matches('\n').chars().count());
            let count = text.insert_text(typed_in, end);
            assert_eq!(count, text.as_str().chars().count() - Shown::new(raw).text().chars().count());
            assert_eq!(text.into_text(), expected);
        }
    }
}
