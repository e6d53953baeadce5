//! What the editing widget holds of a text, and the edits of the widget brought back to the very bytes of the text.
//!
//! The widget lays out all that it holds for every key. So of a long text it gets the lines around those in sight, and
//! of a very long line the columns around those in sight: pieces of the text, one after the other.
//!
//! The widget knows `\n` alone as a line break. Here every `\r\n` and lone `\r` is shown as `\n`, so that the cursor
//! moves over a line break in one step; what is typed is put into the text itself, whose other bytes stay as they are.

use super::keys;
use crate::yaml::Edit;
use egui::TextBuffer;
use egui::text::{CCursor, CharIndex};
use std::any::TypeId;
use std::cell::RefCell;
use std::ops::Range;

/// Pieces of a text with every line break as one `\n`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    text: String,
    /// At least one, in order.
    pieces: Vec<Piece>,
}

/// Bytes of a text that stand together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Piece {
    /// Where it begins in what is shown.
    at: usize,
    /// Its bytes of the text itself.
    raw: Range<usize>,
    /// Whether it begins with a `\r\n`, of which the `\n` alone is shown.
    pair: bool,
    /// How many bytes of its line are not shown before it.
    hidden: usize,
}

impl Piece {
    /// The byte of the text itself for a byte of what is shown, from the piece's beginning to its end.
    fn to_raw(&self, at: usize) -> usize {
        self.raw.start + (at - self.at) + usize::from(self.pair && at > self.at)
    }
}

impl Shown {
    /// Reads pieces of a text: sorted, disjoint, between characters, and no `\r\n` cut in two.
    pub fn new(raw: &str, pieces: &[Range<usize>]) -> Shown {
        let mut shown = Shown::default();
        for piece in pieces {
            let hidden = match piece.start {
                start if raw[..start].ends_with(['\n', '\r']) || raw[start..].starts_with(['\n', '\r']) => 0,
                start => start - raw[..start].rfind(['\n', '\r']).map_or(0, |end| end + 1),
            };
            shown.push(piece.start, &raw[piece.clone()], hidden);
        }
        shown
    }

    /// Reads a whole text.
    pub fn all(raw: &str) -> Shown {
        let mut shown = Shown::default();
        shown.push(0, raw, 0);
        shown
    }

    /// Reads one more piece, which begins at a byte of the text itself.
    fn push(&mut self, start: usize, raw: &str, hidden: usize) {
        let mut open = Piece { at: self.text.len(), raw: start..start, pair: false, hidden };
        let mut chars = raw.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let is_pair = c == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n');
            if is_pair {
                chars.next();
                open.raw.end = start + at;
                let next = Piece { at: self.text.len(), raw: start + at..start + at, pair: true, hidden: 0 };
                self.pieces.push(std::mem::replace(&mut open, next));
            }
            self.text.push(if c == '\r' { '\n' } else { c });
        }
        open.raw.end = start + raw.len();
        self.pieces.push(open);
    }

    /// The text as shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte of the text itself for a byte of what is shown; between two pieces the end of the first.
    pub fn to_raw(&self, at: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.at < at);
        match self.pieces.get(after.saturating_sub(1)) {
            Some(piece) if after > 0 => piece.to_raw(at),
            Some(first) => first.raw.start,
            None => 0,
        }
    }

    /// As [`Shown::to_raw`], but between two pieces the beginning of the second.
    fn to_raw_after(&self, at: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.saturating_sub(1)).map_or(0, |piece| piece.to_raw(at))
    }

    /// The byte of what is shown for a byte of the text itself; for one that is not shown the nearest one before it, or
    /// else the first. The two bytes of a `\r\n` are at one place.
    pub fn of_raw(&self, raw: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.raw.start <= raw);
        let Some(piece) = after.checked_sub(1).and_then(|before| self.pieces.get(before)) else { return 0 };
        let within = raw.min(piece.raw.end) - piece.raw.start;
        piece.at + within.saturating_sub(usize::from(piece.pair))
    }

    /// Whether nothing between two bytes of the text itself is left out.
    pub fn holds_all(&self, raw: &Range<usize>) -> bool {
        let first = self.pieces.partition_point(|piece| piece.raw.end < raw.start);
        let mut end = raw.start;
        let joined = self.pieces[first..].iter().take_while(|piece| {
            let goes_on = piece.raw.start <= end;
            end = end.max(if goes_on { piece.raw.end } else { end });
            goes_on
        });
        joined.count() > 0 && end >= raw.end
    }

    /// The character of what is shown for a byte of the text itself.
    pub fn char_of_raw(&self, raw: usize) -> CharIndex {
        CharIndex(self.text[..self.of_raw(raw)].chars().count())
    }

    /// The byte of the text itself for a character of what is shown.
    pub fn raw_of_char(&self, at: CharIndex) -> usize {
        let shown = self.text.char_indices().nth(at.0).map_or(self.text.len(), |(at, _)| at);
        self.to_raw(shown)
    }

    /// The lines of which the beginning is not shown: where in what is shown such a line goes on, and after how many
    /// bytes.
    pub fn hidden(&self) -> Vec<(usize, usize)> {
        self.pieces.iter().filter(|piece| piece.hidden > 0).map(|piece| (piece.at, piece.hidden)).collect()
    }

    /// Replaces bytes of what is shown, `at`, which are `raw` in the text itself, by a text with its own line breaks.
    fn splice(&mut self, at: Range<usize>, raw: Range<usize>, new: &str) {
        let old = std::mem::take(self);
        for piece in old.pieces.iter().filter(|piece| piece.raw.start < raw.start || piece.at < at.start) {
            self.pieces.push(Piece { raw: piece.raw.start..piece.raw.end.min(raw.start), ..piece.clone() });
        }
        self.text.push_str(&old.text[..at.start]);
        self.push(raw.start, new, 0);
        let moved = |byte: usize| byte + new.len() - raw.len();
        let shift = self.text.len();
        for piece in old.pieces.iter().filter(|piece| piece.raw.end > raw.end) {
            let whole = piece.raw.start >= raw.end;
            self.pieces.push(Piece {
                at: shift + piece.at.max(at.end) - at.end,
                raw: moved(piece.raw.start.max(raw.end))..moved(piece.raw.end),
                pair: piece.pair && whole,
                hidden: if whole { piece.hidden } else { 0 },
            });
        }
        self.text.push_str(&old.text[at.end..]);
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

/// Says how the line below begins when the line of a byte of what is shown is broken there, if otherwise than its own.
pub type Below<'c> = dyn Fn(&str, usize) -> Option<String> + 'c;

/// Pieces of a text being typed into: what the widget edits.
pub struct Typed<'c> {
    shown: Shown,
    line_break: &'static str,
    edits: Vec<Edit>,
    /// What [`Shown::hidden`] says, for the layout that the widget asks for in between.
    hidden: &'c RefCell<Vec<(usize, usize)>>,
    below: Option<&'c Below<'c>>,
}

impl<'c> Typed<'c> {
    /// Pieces of a text with the text's line break. `cut` are bytes between two of the pieces, or none: what is selected
    /// there and goes away with the first edit.
    pub fn new(
        mut shown: Shown,
        line_break: &'static str,
        cut: Range<usize>,
        hidden: &'c RefCell<Vec<(usize, usize)>>,
    ) -> Typed<'c> {
        let mut edits = Vec::new();
        if !cut.is_empty() {
            for piece in shown.pieces.iter_mut().filter(|piece| piece.raw.start >= cut.end) {
                piece.raw = piece.raw.start - cut.len()..piece.raw.end - cut.len();
                piece.hidden = 0;
            }
            edits.push(Edit { range: cut, text: String::new() });
        }
        hidden.replace(shown.hidden());
        Typed { shown, line_break, edits, hidden, below: None }
    }

    /// The same, a new line beginning as `below` says.
    pub fn with_lines(self, below: &'c Below<'c>) -> Typed<'c> {
        Typed { below: Some(below), ..self }
    }

    /// What is shown now, by the bytes of the text as it is with all that was typed, and the edits that make it so, each
    /// of the text after the one before.
    pub fn into_parts(self) -> (Shown, Vec<Edit>) {
        (self.shown, self.edits)
    }

    fn bytes(&self, chars: Range<CharIndex>) -> Range<usize> {
        let start = self.byte_index_from_char_index(chars.start);
        let end = self.byte_index_from_char_index(chars.end);
        start.0..end.0
    }

    /// Replaces bytes of what is shown.
    fn splice(&mut self, at: Range<usize>, text: &str) {
        let raw = match at.is_empty() {
            true => self.shown.to_raw(at.start)..self.shown.to_raw(at.start),
            // What is not shown at either end of what goes away stays.
            false => self.shown.to_raw_after(at.start)..self.shown.to_raw(at.end),
        };
        let text = text.replace('\n', self.line_break);
        self.shown.splice(at, raw.clone(), &text);
        self.hidden.replace(self.shown.hidden());
        let edit = Edit { range: raw, text };
        if !self.edits.last_mut().is_some_and(|last| join(last, &edit)) {
            self.edits.push(edit);
        }
    }
}

/// Takes an edit into the one before it, if it touches what that one wrote.
fn join(last: &mut Edit, next: &Edit) -> bool {
    let written = last.range.start..last.range.start + last.text.len();
    if next.range.start > written.end || next.range.end < written.start {
        return false;
    }
    let kept_before = next.range.start.saturating_sub(written.start);
    let kept_after = written.end.saturating_sub(next.range.end);
    let tail = last.text.split_off(last.text.len() - kept_after);
    last.text.truncate(kept_before);
    last.text.push_str(&next.text);
    last.text.push_str(&tail);
    last.range =
        written.start.min(next.range.start)..last.range.end + next.range.end.saturating_sub(written.end);
    true
}

impl TextBuffer for Typed<'_> {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        self.shown.text()
    }

    fn insert_text(&mut self, text: &str, at: CharIndex) -> usize {
        let at = self.bytes(at..at).start;
        let mut text = Shown::all(text).text;
        if text == "\n" {
            let line = self.shown.text[..at].rsplit('\n').next().unwrap_or_default();
            let below = self.below.and_then(|below| below(&self.shown.text, at));
            text.push_str(&below.unwrap_or_else(|| indent_after(line)));
        } else if text == "\t" {
            // A tab is no indentation in YAML.
            text = keys::tab(&self.shown.text, at);
        }
        if !text.is_empty() {
            self.splice(at..at, &text);
        }
        text.chars().count()
    }

    fn delete_char_range(&mut self, chars: Range<CharIndex>) {
        let bytes = self.bytes(chars);
        if !bytes.is_empty() {
            self.splice(bytes, "");
        }
    }

    fn delete_previous_char(&mut self, cursor: CCursor) -> CCursor {
        let at = self.bytes(cursor.index..cursor.index).start;
        // Blanks are one byte and one character each.
        let count = keys::back(&self.shown.text, at).unwrap_or(1).min(cursor.index.0);
        self.delete_selected_ccursor_range([CCursor::new(cursor.index.0 - count), cursor])
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<Typed<'static>>()
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
    use crate::yaml::edited;
    use proptest::prelude::*;

    /// The text itself after something was done to pieces of it, and the number of characters that the widget holds then.
    fn after(
        raw: &str,
        shown: Shown,
        cut: Range<usize>,
        act: impl FnOnce(&mut Typed<'_>),
    ) -> (String, Shown) {
        let hidden = RefCell::default();
        let mut typed = Typed::new(shown, line_break(raw), cut, &hidden);
        act(&mut typed);
        let (shown, edits) = typed.into_parts();
        (edits.into_iter().fold(raw.to_owned(), |text, edit| edited(&text, &[edit])), shown)
    }

    #[test]
    fn every_byte_has_its_place_in_both_texts() {
        let raw = "a: 李\r\nb\rc\n\r\n\u{1f600}\r\n";
        let shown = Shown::all(raw);
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
        let at = |text: &Typed<'_>, s: &str| {
            CharIndex(text.as_str()[..text.as_str().find(s).expect(s)].chars().count())
        };
        let (text, _) = after(raw, Shown::all(raw), 0..0, |text| {
            let place = at(text, "1");
            assert_eq!(text.insert_text("4", place), 1);
            let place = at(text, "\nd");
            text.delete_char_range(place..place + 1);
            let place = at(text, "\nb");
            text.delete_char_range(place..place + 1);
        });
        assert_eq!(text, "a: 李b: 41\rc: 2d: 3\r\n");
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
            let mut count = 0;
            let (text, shown) = after(raw, Shown::all(raw), 0..0, |text| {
                let end = CharIndex(text.as_str().trim_end_matches('\n').chars().count());
                count = text.insert_text(typed_in, end);
            });
            assert_eq!(count, shown.text().chars().count() - Shown::all(raw).text().chars().count());
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn what_is_not_shown_of_a_line_stays_when_lines_are_joined() {
        // Of the second line “cd” alone is shown.
        let raw = "x\nabcdef\ny\n";
        let shown = Shown::new(raw, &[0..2, 4..6, 8..raw.len()]);
        assert_eq!(shown.text(), "x\ncd\ny\n");
        assert!(shown.holds_all(&(0..2)) && shown.holds_all(&(8..11)) && !shown.holds_all(&(5..9)));
        assert_eq!(shown.hidden(), [(2, 2)]);
        let deleted = |chars: Range<usize>| {
            let (text, _) = after(raw, shown.clone(), 0..0, |text| {
                text.delete_char_range(CharIndex(chars.start)..CharIndex(chars.end));
            });
            text
        };
        assert_eq!(deleted(4..5), "x\nabcdefy\n");
        assert_eq!(deleted(1..2), "xabcdef\ny\n");
        assert_eq!(deleted(2..4), "x\nabef\ny\n");
        assert_eq!(deleted(3..5), "x\nabcy\n", "what lies inside of a selection goes");
        let (text, _) = after(raw, shown.clone(), 0..0, |text| {
            text.insert_text("1", CharIndex(3));
            text.insert_text("2", CharIndex(4));
            text.insert_text("3", CharIndex(0));
        });
        assert_eq!(text, "3x\nabc12def\ny\n");
    }

    #[test]
    fn a_selection_that_is_not_shown_goes_with_what_takes_its_place() {
        let raw = "a\nb\nc\nd\n";
        let shown = Shown::new(raw, &[0..2, 6..8]);
        let (text, now) = after(raw, shown.clone(), 2..6, |text| {
            text.insert_text("x\n", CharIndex(2));
        });
        assert_eq!(text, "a\nx\nd\n");
        assert_eq!(now.raw_of_char(CharIndex(4)), 4);
        let (text, _) = after(raw, shown, 2..6, |text| text.delete_char_range(CharIndex(1)..CharIndex(2)));
        assert_eq!(text, "ad\n");
    }

    proptest! {
        #[test]
        fn edits_of_pieces_are_edits_of_the_text(
            raw in "[a李\\r\\n]{0,16}",
            cuts in prop::collection::vec(0..24_usize, 0..4),
            acts in prop::collection::vec((0..16_usize, 0..4_usize, "[b\\n]{0,2}"), 1..4),
        ) {
            let mut cuts: Vec<usize> = cuts
                .into_iter()
                .map(|at| raw.floor_char_boundary(at.min(raw.len())))
                .filter(|at| !(raw[..*at].ends_with('\r') && raw[*at..].starts_with('\n')))
                .collect();
            cuts.sort_unstable();
            cuts.dedup();
            let pieces = match cuts.as_slice() {
                [a, b, ..] => vec![0..*a, *b..raw.len()],
                _ => std::iter::once(0..raw.len()).collect(),
            };
            let shown = Shown::new(&raw, &pieces);
            for (at, _) in raw.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
                if pieces.iter().any(|piece| piece.contains(&at)) {
                    prop_assert_eq!(shown.to_raw_after(shown.of_raw(at)), at);
                    prop_assert_eq!(shown.raw_of_char(shown.char_of_raw(at) + 1), at + raw[at..].chars().next().map_or(0, char::len_utf8));
                }
            }
            let (text, now) = after(&raw, shown, 0..0, |text| {
                for (at, length, new) in acts {
                    let count = text.as_str().chars().count();
                    let at = at.min(count);
                    text.delete_char_range(CharIndex(at)..CharIndex((at + length).min(count)));
                    text.insert_text(&new, CharIndex(at));
                }
            });
            // What the widget holds then are pieces of the text as it is then.
            for (at, c) in now.text().char_indices().filter(|(_, c)| *c != '\n') {
                let raw = now.to_raw_after(at);
                prop_assert!(text[raw..].starts_with(c), "{:?} {:?} {}", now, text, at);
            }
        }
    }
}
