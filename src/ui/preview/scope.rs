//! The part of a text that a tool looks at, and what the tool makes of it brought back to the bytes of the text.

use super::keys::{Edited, Selection};
use super::shown::Shown;
use crate::yaml::Edit;
use std::ops::Range;

/// Whole lines of a text, with every line break as one `\n`.
pub struct Scope {
    shown: Shown,
}

impl Scope {
    /// The lines that these bytes of a text are.
    pub fn new(raw: &str, lines: Range<usize>) -> Scope {
        Scope { shown: Shown::new(raw, &[lines]) }
    }

    /// The lines.
    pub fn text(&self) -> &str {
        self.shown.text()
    }

    /// The byte here for a byte of the text.
    pub fn of_raw(&self, raw: usize) -> usize {
        self.shown.of_raw(raw)
    }

    /// What is selected in the text, by the bytes here.
    pub fn selection(&self, raw: Selection) -> Selection {
        raw.map(|end| self.of_raw(end))
    }

    /// The bytes of the text for bytes here.
    pub fn to_raw(&self, here: Range<usize>) -> Range<usize> {
        self.shown.to_raw(here.start)..self.shown.to_raw(here.end)
    }

    /// A change of these lines as one of the text, whose lines break with `line_break`.
    pub fn edited(&self, edited: &Edited, line_break: &str) -> Edited {
        let broken = |text: &str| text.replace('\n', line_break);
        let place = |at: usize| {
            // How much of what the edits before it have put in and taken out, here and in the text.
            let (mut new, mut old, mut new_raw, mut old_raw) = (0, 0, 0, 0);
            for edit in &edited.edits {
                let start = edit.range.start + new - old;
                if at < start {
                    break;
                }
                let raw = self.to_raw(edit.range.clone());
                if at <= start + edit.text.len() {
                    let within = broken(edit.text.get(..at - start).unwrap_or(&edit.text));
                    return raw.start + new_raw - old_raw + within.len();
                }
                (new, old) = (new + edit.text.len(), old + edit.range.len());
                (new_raw, old_raw) = (new_raw + broken(&edit.text).len(), old_raw + raw.len());
            }
            self.shown.to_raw(at + old - new) + new_raw - old_raw
        };
        let edits = edited.edits.iter();
        Edited {
            edits: edits
                .map(|edit| Edit { range: self.to_raw(edit.range.clone()), text: broken(&edit.text) })
                .collect(),
            selection: edited.selection.map(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn a_change_of_some_lines_is_one_of_the_text() {
        let raw = "x: 李\r\n---\r\na: 1\r\nb: 2\r\nc: 3\r\n";
        let start = raw.find("a: 1").expect("a");
        let scope = Scope::new(raw, start..raw.len());
        assert_eq!(scope.text(), "a: 1\nb: 2\nc: 3\n");
        let selection = scope.selection(Selection { anchor: start, head: raw.len() });
        assert_eq!(selection, Selection { anchor: 0, head: 15 });
        let edits = [(0..0, "# "), (4..5, "\n\n"), (10..12, "")]
            .map(|(range, text)| Edit { range, text: text.to_owned() });
        for (head, stands_before) in
            [(0, "# a"), (2, "a: 1"), (6, "\r\n\r\nb"), (8, "b: 2"), (13, " 3"), (14, "3"), (16, "")]
        {
            let edited = Edited { edits: edits.to_vec(), selection: Selection::at(head) };
            let edited = scope.edited(&edited, "\r\n");
            let text = yaml::edited(raw, &edited.edits);
            assert_eq!(text, "x: 李\r\n---\r\n# a: 1\r\n\r\nb: 2\r\n 3\r\n");
            assert!(
                text[edited.selection.head..].starts_with(stands_before),
                "{head} {:?}",
                edited.selection
            );
        }
    }
}
