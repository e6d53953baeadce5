//! Two texts that grew from one, line by line: where they differ, and a third one made of both. After diff3 (Khanna, Kunal
//! and Pierce, “A Formal Investigation of Diff3”, 2007): what is between the lines that all three share is a hunk.

use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// Which of the two texts a hunk's lines come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The first one: what is open here.
    Mine,
    /// The second one: what the other program wrote.
    Theirs,
}

/// What has changed in a piece of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, or the same on both sides.
    Same,
    /// This side alone has changed it.
    One(Side),
    /// Both sides have changed it, each in its own way.
    Conflict,
}

/// A piece of the texts, as ranges of their lines; the pieces of a [`Merge`] follow one another without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What has changed in it.
    pub kind: Kind,
    /// Its lines in the first text.
    pub mine: Range<usize>,
    /// Its lines in the second text.
    pub theirs: Range<usize>,
    /// Where the result takes its lines from. To begin with from the side that has changed it, in a conflict from mine.
    pub takes: Side,
}

/// Two texts and how they came from a third.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    mine: Vec<String>,
    theirs: Vec<String>,
    /// The pieces, from the first line to the last.
    pub pieces: Vec<Piece>,
}

impl Merge {
    /// Compares two texts with the one that both were made of.
    pub fn new(base: &str, mine: &str, theirs: &str) -> Merge {
        let [base, mine, theirs] = [base, mine, theirs].map(lines);
        let pieces = pieces(&base, &mine, &theirs);
        let owned = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect();
        Merge { mine: owned(mine), theirs: owned(theirs), pieces }
    }

    /// The lines of a piece on one side, each with its line break.
    pub fn lines(&self, piece: &Piece, side: Side) -> &[String] {
        let lines = match side {
            Side::Mine => self.mine.get(piece.mine.clone()),
            Side::Theirs => self.theirs.get(piece.theirs.clone()),
        };
        lines.unwrap_or_default()
    }

    /// The lines of a piece in the result.
    pub fn result_of(&self, piece: &Piece) -> &[String] {
        self.lines(piece, piece.takes)
    }

    /// The text that the choices give.
    pub fn result(&self) -> String {
        self.pieces.iter().flat_map(|piece| self.result_of(piece)).map(String::as_str).collect()
    }
}

/// The lines of a text, each with its line break.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// For each line of `base` the same line of `other`, if it has one.
fn matches(base: &[&str], other: &[&str]) -> Vec<Option<usize>> {
    let mut found = vec![None; base.len()];
    for op in capture_diff_slices(Algorithm::Myers, base, other) {
        if op.tag() == DiffTag::Equal {
            for (old, new) in op.old_range().zip(op.new_range()) {
                if let Some(found) = found.get_mut(old) {
                    *found = Some(new);
                }
            }
        }
    }
    found
}

fn pieces(base: &[&str], mine: &[&str], theirs: &[&str]) -> Vec<Piece> {
    let (in_mine, in_theirs) = (matches(base, mine), matches(base, theirs));
    // The lines that all three share, and the end as one more.
    let shared = (0..base.len())
        .filter_map(|line| Some((line, (*in_mine.get(line)?)?, (*in_theirs.get(line)?)?)))
        .chain([(base.len(), mine.len(), theirs.len())]);
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut b, mut m, mut t) = (0, 0, 0);
    for (line, my, their) in shared {
        if (line, my, their) != (b, m, t) {
            let (old, new, other) = (&base[b..line], &mine[m..my], &theirs[t..their]);
            let (kind, takes) = match (new == old, other == old) {
                _ if new == other => (Kind::Same, Side::Mine),
                (true, _) => (Kind::One(Side::Theirs), Side::Theirs),
                (_, true) => (Kind::One(Side::Mine), Side::Mine),
                _ => (Kind::Conflict, Side::Mine),
            };
            push(&mut pieces, Piece { kind, mine: m..my, theirs: t..their, takes });
        }
        let (my_end, their_end) = ((my + 1).min(mine.len()), (their + 1).min(theirs.len()));
        push(
            &mut pieces,
            Piece { kind: Kind::Same, mine: my..my_end, theirs: their..their_end, takes: Side::Mine },
        );
        (b, m, t) = (line + 1, my_end, their_end);
    }
    pieces
}

/// Adds a piece, joined with the last one if both are the same on both sides.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match pieces.last_mut() {
        _ if piece.mine.is_empty() && piece.theirs.is_empty() => {}
        Some(last) if last.kind == Kind::Same && piece.kind == Kind::Same => {
            last.mine.end = piece.mine.end;
            last.theirs.end = piece.theirs.end;
        }
        _ => pieces.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(base: &str, mine: &str, theirs: &str) -> (Vec<Kind>, String) {
        let merge = Merge::new(base, mine, theirs);
        let kinds = merge.pieces.iter().map(|piece| piece.kind).filter(|kind| *kind != Kind::Same).collect();
        (kinds, merge.result())
    }

    #[test]
    fn changes_in_different_places_join_and_in_one_place_conflict() {
        let (mine, theirs) = (Kind::One(Side::Mine), Kind::One(Side::Theirs));
        for (base, my, their, expected, result) in [
            ("a\nb\nc\n", "a\nb\nc\n", "a\nb\nc\n", vec![], "a\nb\nc\n"),
            ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", vec![mine, theirs], "A\nb\nC\n"),
            ("a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\n", vec![], "a\nX\nc\n"),
            ("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", vec![Kind::Conflict], "a\nX\nc\n"),
            ("a\nb\n", "a\n", "a\nb\nc\n", vec![Kind::Conflict], "a\n"),
            ("a\nb\nc\n", "a\nc\n", "a\nb\nc\nd\n", vec![mine, theirs], "a\nc\nd\n"),
            ("", "a\n", "b\n", vec![Kind::Conflict], "a\n"),
            ("a", "a", "a\nb", vec![theirs], "a\nb"),
            ("a\n", "a\n", "", vec![theirs], ""),
        ] {
            assert_eq!(kinds(base, my, their), (expected, result.to_owned()), "{base:?} {my:?} {their:?}");
        }
    }

    proptest! {
        #[test]
        fn every_line_is_in_one_piece_and_either_side_can_be_had_whole(
            [base, mine, theirs] in proptest::array::uniform3("([abc]\n){0,8}[ab]{0,1}"),
        ) {
            let mut merge = Merge::new(&base, &mine, &theirs);
            for (side, text) in [(Side::Mine, &mine), (Side::Theirs, &theirs)] {
                merge.pieces.iter_mut().for_each(|piece| piece.takes = side);
                prop_assert_eq!(&merge.result(), text);
            }
            // What one side left as it was, the merge takes from the other.
            prop_assert_eq!(Merge::new(&base, &base, &theirs).result(), theirs);
            prop_assert_eq!(Merge::new(&base, &mine, &base).result(), mine);
        }
    }
}
