//! What the keys do to the text beyond writing: indent, comment out, move and double lines, and so on. Each is a pure
//! function from a text and what is selected in it to an [`Edited`]; positions are bytes of the text as it is shown.

use crate::complete::Indents;
use crate::yaml::Edit;
use egui::{Event, Key, Modifiers, Ui};
use std::ops::Range;

/// What is selected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Selection {
    /// Where the selection began.
    pub anchor: usize,
    /// Where the cursor is; the same place if nothing is selected.
    pub head: usize,
}

impl Selection {
    /// A cursor with nothing selected.
    pub fn at(byte: usize) -> Selection {
        Selection { anchor: byte, head: byte }
    }

    /// What is selected; empty at the cursor if nothing is.
    pub fn range(self) -> Range<usize> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }

    /// Whether nothing is selected.
    pub fn is_empty(self) -> bool {
        self.anchor == self.head
    }

    /// Moves the cursor, and with it the other end unless it selects.
    pub fn move_to(&mut self, head: usize, selects: bool) {
        self.head = head;
        if !selects {
            self.anchor = head;
        }
    }

    /// The same at other places.
    pub fn map(self, place: impl Fn(usize) -> usize) -> Selection {
        Selection { anchor: place(self.anchor), head: place(self.head) }
    }
}

/// A change of a text and what is selected after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The edits, sorted and disjoint.
    pub edits: Vec<Edit>,
    /// What is selected in the text that comes out.
    pub selection: Selection,
}

impl Edited {
    /// A change after which the cursor stands behind what was put in.
    pub fn replacing(range: Range<usize>, text: impl Into<String>) -> Edited {
        let text = text.into();
        let selection = Selection::at(range.start + text.len());
        Edited { edits: vec![Edit { range, text }], selection }
    }

    /// No change but of what is selected.
    fn selecting(selection: Selection) -> Edited {
        Edited { edits: Vec::new(), selection }
    }

    /// Whether it changes the text.
    pub fn changes_text(&self) -> bool {
        !self.edits.is_empty()
    }
}

/// What keys ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Shift the selected lines one step in.
    Indent,
    /// Shift the selected lines one step out.
    Outdent,
    /// Comment the selected lines out, or in again.
    Comment,
    /// Move the selected lines above the line before them.
    MoveUp,
    /// Move the selected lines below the line after them.
    MoveDown,
    /// Put a copy of the selected lines below them.
    Duplicate,
    /// Select whole lines, one more each time.
    SelectLine,
    /// Go to the first character of the line that is no blank, or from there to the line's start.
    Home {
        /// Whether the selection grows.
        select: bool,
    },
    /// Go from an alias to its anchor.
    Anchor,
}

/// The keys of each act. Of two that share a key the one with more modifiers has the first say.
const KEYS: &[(Modifiers, Key, Act)] = &[
    (Modifiers::SHIFT, Key::Tab, Act::Outdent),
    (Modifiers::COMMAND, Key::OpenBracket, Act::Outdent),
    (Modifiers::COMMAND, Key::CloseBracket, Act::Indent),
    (Modifiers::COMMAND, Key::Slash, Act::Comment),
    (Modifiers::ALT, Key::ArrowUp, Act::MoveUp),
    (Modifiers::ALT, Key::ArrowDown, Act::MoveDown),
    (Modifiers::SHIFT.plus(Modifiers::ALT), Key::ArrowDown, Act::Duplicate),
    (Modifiers::COMMAND, Key::D, Act::Duplicate),
    (Modifiers::COMMAND, Key::L, Act::SelectLine),
    (Modifiers::SHIFT, Key::Home, Act::Home { select: true }),
    (Modifiers::NONE, Key::Home, Act::Home { select: false }),
    (Modifiers::NONE, Key::F12, Act::Anchor),
];

/// What a key asks for. A Tab indents only with something selected; without, it is a character like others.
pub fn act_of(event: &Event, selected: bool) -> Option<Act> {
    let Event::Key { key, pressed: true, modifiers, .. } = event else { return None };
    let of_key = |(with, on, _): &&(Modifiers, Key, Act)| on == key && modifiers.matches_exact(*with);
    match KEYS.iter().find(of_key) {
        Some((_, _, act)) => Some(*act),
        None => (*key == Key::Tab && modifiers.is_none() && selected).then_some(Act::Indent),
    }
}

/// Takes the first key out of the input that asks for an act.
pub fn next_act(ui: &Ui, selected: bool) -> Option<Act> {
    ui.input_mut(|input| {
        let mut events = input.events.iter().enumerate();
        let (at, act) = events.find_map(|(at, event)| Some((at, act_of(event, selected)?)))?;
        input.events.remove(at);
        Some(act)
    })
}

/// Takes one press of a key with exactly these modifiers out of the input.
pub fn take(ui: &Ui, modifiers: Modifiers, wanted: Key) -> bool {
    ui.input_mut(|input| {
        let is_it = |event: &Event| {
            matches!(event, Event::Key { key, pressed: true, modifiers: with, .. }
                if *key == wanted && with.matches_exact(modifiers))
        };
        let found = input.events.iter().position(is_it);
        found.map(|at| input.events.remove(at)).is_some()
    })
}

/// Does what keys ask for; `None` if there is nothing to do.
pub fn act(act: Act, text: &str, selection: Selection) -> Option<Edited> {
    match act {
        Act::Indent => {
            let step = " ".repeat(Indents::of(text).step);
            let lines = lines(text, selection).filter(|line| !line.is_empty());
            Some(edited(lines.map(|line| (line.start..line.start, step.clone())), selection))
        }
        Act::Outdent => {
            let step = Indents::of(text).step;
            let lines = lines(text, selection);
            let cuts =
                lines.map(|line| (line.start..line.start + blanks(&text[line]).min(step), String::new()));
            Some(edited(cuts, selection)).filter(Edited::changes_text)
        }
        Act::Comment => comment(text, selection),
        Act::MoveUp => {
            let block = block(text, selection);
            let above = line_around(text, block.start.checked_sub(1)?);
            let swapped = format!("{}\n{}", &text[block.clone()], &text[above.clone()]);
            let back = above.len() + 1;
            let selection = selection.map(|at| at.saturating_sub(back));
            Some(Edited { edits: vec![Edit { range: above.start..block.end, text: swapped }], selection })
        }
        Act::MoveDown => {
            let block = block(text, selection);
            let below = line_around(text, block.end + 1);
            // The end of the text is no line to move past.
            if block.end + 1 >= text.len() {
                return None;
            }
            let swapped = format!("{}\n{}", &text[below.clone()], &text[block.clone()]);
            let on = below.len() + 1;
            let selection = selection.map(|at| (at + on).min(text.len()));
            Some(Edited { edits: vec![Edit { range: block.start..below.end, text: swapped }], selection })
        }
        Act::Duplicate => {
            let block = block(text, selection);
            let copy = format!("\n{}", &text[block.clone()]);
            let on = copy.len();
            let edit = Edit { range: block.end..block.end, text: copy };
            Some(Edited { edits: vec![edit], selection: selection.map(|at| at + on) })
        }
        Act::SelectLine => {
            let range = selection.range();
            let start = line_around(text, range.start).start;
            let end = (line_around(text, range.end).end + 1).min(text.len());
            Some(Edited::selecting(Selection { anchor: start, head: end }))
        }
        Act::Home { select } => {
            let line = line_around(text, selection.head);
            let first = line.start + blanks(&text[line.clone()]);
            let head = if selection.head == first { line.start } else { first };
            Some(Edited::selecting(Selection { anchor: if select { selection.anchor } else { head }, head }))
        }
        Act::Anchor => anchor(text, selection.head).map(|at| Edited::selecting(Selection::at(at))),
    }
}

/// The byte of the anchor whose alias stands at a byte: the last of its name before it.
fn anchor(text: &str, at: usize) -> Option<usize> {
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}');
    let start = text[..at].rfind(ends).map_or(0, |found| found + 1);
    let alias = text[start..].split(ends).next()?.strip_prefix('*').filter(|name| !name.is_empty())?;
    let is_anchor = |found: &usize| {
        let rest = &text[found + 1 + alias.len()..];
        rest.is_empty() || rest.starts_with(ends)
    };
    text[..start].rmatch_indices(&format!("&{alias}")).map(|(found, _)| found).find(is_anchor)
}

/// How many bytes before a cursor a Backspace takes where nothing but blanks stands before it in its line: back to the
/// step before. `None` where it takes one character, as everywhere else.
pub fn back(text: &str, at: usize) -> Option<usize> {
    let before = &text[line_around(text, at).start..at];
    if before.is_empty() || blanks(before) < before.len() {
        return None;
    }
    let step = Indents::of(text).step;
    Some(before.len() - (before.len() - 1) / step * step)
}

/// The blanks that a Tab puts in: up to the next step.
pub fn tab(text: &str, at: usize) -> String {
    let step = Indents::of(text).step;
    let column = text[line_around(text, at).start..at].chars().count();
    " ".repeat(step - column % step)
}

fn comment(text: &str, selection: Selection) -> Option<Edited> {
    let lines: Vec<Range<usize>> =
        lines(text, selection).filter(|line| !text[line.clone()].trim().is_empty()).collect();
    let content = |line: &Range<usize>| line.start + blanks(&text[line.clone()]);
    let edits: Vec<(Range<usize>, String)> =
        if lines.iter().all(|line| text[content(line)..].starts_with('#')) {
            let mark = |line: &Range<usize>| {
                let at = content(line);
                at..at + if text[at..].starts_with("# ") { 2 } else { 1 }
            };
            lines.iter().map(|line| (mark(line), String::new())).collect()
        } else {
            let column = lines.iter().map(|line| content(line) - line.start).min()?;
            lines.iter().map(|line| (line.start + column..line.start + column, "# ".to_owned())).collect()
        };
    Some(edited(edits.into_iter(), selection)).filter(Edited::changes_text)
}

fn blanks(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The bytes of the line in which a byte stands, without its break.
pub fn line_around(text: &str, at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    start..end
}

/// The bytes of the lines that are selected, without the last one's break. A selection that ends where a line begins
/// does not mean that line.
fn block(text: &str, selection: Selection) -> Range<usize> {
    let range = selection.range();
    let last = if !range.is_empty() && text[..range.end].ends_with('\n') { range.end - 1 } else { range.end };
    line_around(text, range.start).start..line_around(text, last).end
}

/// The lines that are selected.
fn lines(text: &str, selection: Selection) -> impl Iterator<Item = Range<usize>> {
    let block = block(text, selection);
    let mut start = block.start;
    text[block].split('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end + 1;
        range
    })
}

/// Edits in the order of the text, and where they leave the selection.
fn edited(edits: impl Iterator<Item = (Range<usize>, String)>, selection: Selection) -> Edited {
    let edits = edits.filter(|(range, new)| !range.is_empty() || !new.is_empty());
    let edits: Vec<Edit> = edits.map(|(range, text)| Edit { range, text }).collect();
    // What is put in where the selection begins is selected too.
    let begins = selection.range().start;
    let stays = |bytes: &Range<usize>, at: usize| {
        at < bytes.start || at == bytes.start && bytes.is_empty() && !selection.is_empty() && at == begins
    };
    let moved = |at: usize| {
        edits.iter().take_while(|edit| !stays(&edit.range, at)).fold(at, |moved, edit| {
            let gone = at.min(edit.range.end) - edit.range.start;
            moved + edit.text.len() - gone
        })
    };
    let selection = selection.map(moved);
    Edited { edits, selection }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `‹` as where the selection began and `|` as the cursor.
    fn read(marked: &str) -> (String, Selection) {
        let anchor = marked.find('‹');
        let text = marked.replace('‹', "");
        let head = text.find('|').expect("a cursor");
        let anchor = anchor.map_or(head, |at| if at > head { at - 1 } else { at });
        (text.replacen('|', "", 1), Selection { anchor, head })
    }

    fn write(text: &str, edited: &Edited) -> String {
        let mut text = crate::yaml::edited(text, &edited.edits);
        let Selection { anchor, head } = edited.selection;
        let marks = if anchor == head { vec![(head, "|")] } else { vec![(anchor, "‹"), (head, "|")] };
        let mut marks: Vec<(usize, &str)> = marks;
        marks.sort();
        for (at, mark) in marks.into_iter().rev() {
            text.insert_str(at, mark);
        }
        text
    }

    #[test]
    fn every_act_does_what_it_says() {
        let home = |select| Act::Home { select };
        for (what, before, after) in [
            (Act::Indent, "a:\n‹b: 1\nc: 2|\n", "a:\n‹  b: 1\n  c: 2|\n"),
            (Act::Indent, "a:\n    x: 1\n‹b:\n\nc: 2\n|d: 1", "a:\n    x: 1\n‹    b:\n\n    c: 2\n|d: 1"),
            (Act::Indent, "a:\n|b: 1‹\n", "a:\n|  b: 1‹\n"),
            (Act::Outdent, "a:\n  b|: 1\n", "a:\nb|: 1\n"),
            (Act::Outdent, "‹a:\n   b: 1\n c: 李|\n", "‹a:\nb: 1\nc: 李|\n"),
            (Act::Comment, "a:\n  b|: 1\n", "a:\n  # b|: 1\n"),
            (Act::Comment, "a:\n  # b|: 1\n", "a:\n  b|: 1\n"),
            (Act::Comment, "‹a:\n\n  b: 1\n|", "‹# a:\n\n#   b: 1\n|"),
            (Act::Comment, "‹# a:\n\n#   b: 1|\n", "‹a:\n\n  b: 1|\n"),
            (Act::Comment, "‹#a\n# b|", "‹a\nb|"),
            (Act::Comment, "‹# a\nb|", "‹# # a\n# b|"),
            (Act::MoveUp, "a\nb\nc|\nd", "a\nc|\nb\nd"),
            (Act::MoveUp, "a\n‹b\nc|", "‹b\nc|\na"),
            (Act::MoveDown, "a|\nb\n", "b\na|\n"),
            (Act::MoveDown, "‹a\nb\n|c\nd", "c\n‹a\nb\n|d"),
            (Act::Duplicate, "a|b\nc", "ab\na|b\nc"),
            (Act::Duplicate, "‹a\nb|", "a\nb\n‹a\nb|"),
            (Act::SelectLine, "a\nb|c\nd", "a\n‹bc\n|d"),
            (Act::SelectLine, "a\n‹bc\n|d\ne", "a\n‹bc\nd\n|e"),
            (home(false), "  ab|c", "  |abc"),
            (home(false), "  |abc", "|  abc"),
            (home(false), "x\n| abc", "x\n |abc"),
            (home(true), "  ab‹c|", "  |ab‹c"),
            (Act::Anchor, "a: &x 1\nb: &xy 2\nc: [*x|]\n", "a: |&x 1\nb: &xy 2\nc: [*x]\n"),
            (Act::Anchor, "a: &x {}\nb:\n  <<: |*x", "a: |&x {}\nb:\n  <<: *x"),
        ] {
            let (text, selection) = read(before);
            let edited = act(what, &text, selection).unwrap_or_else(|| panic!("{what:?} {before:?}"));
            assert_eq!(write(&text, &edited), after, "{what:?} {before:?}");
        }
    }

    #[test]
    fn an_act_that_can_do_nothing_does_nothing() {
        for (what, text) in [
            (Act::Outdent, "a|"),
            (Act::MoveUp, "a|\nb"),
            (Act::MoveDown, "a\nb|\n"),
            (Act::MoveDown, "a\nb|"),
            (Act::Comment, "\n|\n"),
            (Act::Anchor, "a: &x 1\nb: *y|"),
            (Act::Anchor, "a: &x |1\n"),
        ] {
            let (text, selection) = read(text);
            assert_eq!(act(what, &text, selection), None, "{what:?} {text:?}");
        }
    }

    #[test]
    fn tab_and_backspace_go_by_steps() {
        for (text, blanks, back_by) in [
            ("a:\n  |", 2, Some(2)),
            ("a:\n   |", 1, Some(1)),
            ("a:\n    b:\n    |", 4, Some(4)),
            ("a:\n    b:\n      |x", 2, Some(2)),
            ("a:|", 2, None),
            ("ab|", 2, None),
            ("a:\n|", 2, None),
            ("a:\n  - |", 2, None),
        ] {
            let (text, selection) = read(text);
            assert_eq!(tab(&text, selection.head).len(), blanks, "{text:?}");
            assert_eq!(back(&text, selection.head), back_by, "{text:?}");
        }
    }
}
