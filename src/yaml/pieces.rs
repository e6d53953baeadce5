//! Edits of edits as edits of the original.

use super::Edit;
use std::ops::Range;

/// A text as pieces of the original and new ones, so that edits of edits become edits of the original.
pub(super) struct Pieces(Vec<Piece>);

enum Piece {
    Original(Range<usize>),
    New(String),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Piece::Original(range) => range.len(),
            Piece::New(text) => text.len(),
        }
    }

    fn part(&self, range: Range<usize>) -> Piece {
        match self {
            Piece::Original(own) => Piece::Original(own.start + range.start..own.start + range.end),
            Piece::New(text) => Piece::New(text[range].to_owned()),
        }
    }
}

impl Pieces {
    pub fn new(length: usize) -> Pieces {
        Pieces(vec![Piece::Original(0..length)])
    }

    /// Makes an edit of the present text.
    pub fn replace(&mut self, edit: &Edit) {
        let mut pieces = Vec::with_capacity(self.0.len() + 2);
        let mut new = Some(Piece::New(edit.text.clone()));
        let mut at = 0;
        for piece in &self.0 {
            let length = piece.len();
            let end = at + length;
            pieces.push(piece.part(0..edit.range.start.clamp(at, end) - at));
            if end >= edit.range.start {
                pieces.extend(new.take());
            }
            pieces.push(piece.part(edit.range.end.clamp(at, end) - at..length));
            at = end;
        }
        // A part before the place of the edit is whole in the first half and empty in the second, and the other way round.
        pieces.extend(new);
        pieces.retain(|piece| piece.len() > 0);
        self.0 = pieces;
    }

    /// The bytes of the original at which a range of the present text stands; beside them where it is new.
    pub fn original(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize| {
            let (mut end, mut before) = (0, 0);
            for piece in &self.0 {
                let start = end;
                end += piece.len();
                match piece {
                    Piece::Original(own) if at < end => return own.start + at - start,
                    Piece::Original(own) => before = own.end,
                    Piece::New(_) if at < end => return before,
                    Piece::New(_) => {}
                }
            }
            before
        };
        let start = place(range.start);
        start..place(range.end).max(start)
    }

    /// The edits that make the present text of the original one, each as small as it can be.
    pub fn edits(self, original: &str) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        let (mut at, mut text) = (0, String::new());
        let end = Piece::Original(original.len()..original.len());
        for piece in self.0.into_iter().chain([end]) {
            match piece {
                Piece::New(new) => text.push_str(&new),
                Piece::Original(range) => {
                    let change = Edit { range: at..range.start, text: std::mem::take(&mut text) };
                    edits.extend(trimmed(original, change));
                    at = range.end;
                }
            }
        }
        edits
    }
}

/// The edit without what it leaves as it was at its start and end; `None` if nothing remains.
fn trimmed(original: &str, mut edit: Edit) -> Option<Edit> {
    let old = &original[edit.range.clone()];
    let same = |(a, b): &(char, char)| a == b;
    let prefix: usize = old.chars().zip(edit.text.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (old, new) = (&old[prefix..], &edit.text[prefix..]);
    let suffix: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    edit.range = edit.range.start + prefix..edit.range.end - suffix;
    edit.text = new[..new.len() - suffix].to_owned();
    (!edit.range.is_empty() || !edit.text.is_empty()).then_some(edit)
}
