//! Whole entries moved to other places of a document: their lines go along with all comments, indented anew.
//!
//! Each move is planned on lines, made, read again and compared with what it means for the data ([`Move::make`]). Where
//! the layout has no lines to move (brackets, JSON, an alias), the move is made as plain changes of values; where that
//! would lose a comment, it is refused.

use super::edit::{Made, State, refuse};
use super::emit::{Place, Quotes, inline, spaces};
use super::model::{existing, model, named, nested, place};
use super::pieces::Pieces;
use super::plan::{Found, Plan, Planner, Site, Stop, edit, without_break};
use super::tree::{Entry, Kind, Shape, line_end, parse};
use super::{Change, Data, Edit, InTextOrder, KeyOrder, Refusal, Sharing};
use crate::path::{Path, Step};
use serde_json::Value as Json;
use std::ops::Range;

/// One step of a rearrangement. None of them loses a comment.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// Change the data at its place.
    Change(Change),
    /// The value at `path` comes to stand at `below`, a path from there on: `spec` becomes `spec.template.spec`.
    Nest {
        /// The entry.
        path: Path,
        /// From there on; its last key is the entry's own.
        below: Path,
    },
    /// The value at `from`, a path below `path`, takes the place of the value at `path`, which holds nothing else.
    Lift {
        /// The entry.
        path: Path,
        /// From there on; its last key is the entry's own.
        from: Path,
    },
    /// The entry at `from` goes to `to`, where nothing stands, under its own key; missing mappings are made.
    Relocate {
        /// Where it stands.
        from: Path,
        /// Where it goes.
        to: Path,
    },
    /// The entry goes, and its comments stay, each on a line of its own.
    Drop {
        /// What goes.
        path: Path,
    },
}

impl Move {
    /// Makes the move on plain data.
    ///
    /// # Errors
    /// A path that leads nowhere, or something that stands where the entry is to go.
    pub fn make(&self, root: &mut Json) -> Result<(), Refusal> {
        let missing = |path: &Path| Refusal::new(format!("“{path}” is not there."), None);
        match self {
            Move::Change(change) => model(root, change),
            Move::Nest { path, below } => {
                let value = existing(root, path).ok_or_else(|| missing(path))?;
                *value = nested(below.steps(), value);
                Ok(())
            }
            Move::Lift { path, from } => {
                let deep = joined(path, from);
                let value = existing(root, &deep).ok_or_else(|| missing(&deep))?.take();
                *place(root, path)? = value;
                Ok(())
            }
            Move::Relocate { from, to } => {
                let value = existing(root, from).ok_or_else(|| missing(from))?.take();
                model(root, &Change::Remove { path: from.clone() })?;
                match place(root, to)? {
                    free @ Json::Null => *free = value,
                    _ => return refuse(format!("“{to}” is there already."), None),
                }
                Ok(())
            }
            Move::Drop { path } => model(root, &Change::Remove { path: path.clone() }),
        }
    }

    /// The same as changes of values, for a layout without lines to move.
    fn as_changes(&self, data: &Json) -> Vec<Move> {
        let set = |path: &Path, value: Json| Move::Change(Change::Set { path: path.clone(), value });
        let value = |path: &Path| existing(&mut data.clone(), path).cloned().unwrap_or_default();
        match self {
            Move::Change(_) => vec![self.clone()],
            Move::Nest { path, below } => vec![set(path, nested(below.steps(), &value(path)))],
            Move::Lift { path, from } => vec![set(path, value(&joined(path, from)))],
            // The comments of its lines stay behind.
            Move::Relocate { from, to } => vec![set(to, value(from)), Move::Drop { path: from.clone() }],
            Move::Drop { path } => vec![Move::Change(Change::Remove { path: path.clone() })],
        }
    }

    fn path(&self) -> &Path {
        match self {
            Move::Change(change) => change.path(),
            Move::Nest { path, .. } | Move::Lift { path, .. } | Move::Drop { path } => path,
            Move::Relocate { from, .. } => from,
        }
    }
}

fn joined(path: &Path, below: &Path) -> Path {
    Path::from([path.steps(), below.steps()].concat())
}

/// Plans moves within one document, made one after the other, as edits of `text`: sorted and disjoint. The text with
/// these edits reads as the moves say, and every comment is still there; other documents stay byte for byte.
///
/// `doc` and `order` are those of [`super::apply`].
///
/// # Errors
/// A [`Refusal`] that says what stands in the way; then nothing is to be done.
pub fn rearrange(text: &str, doc: usize, moves: &[Move], order: &dyn KeyOrder) -> Result<Vec<Edit>, Refusal> {
    let mut state = State { text: text.to_owned(), stream: parse(text) };
    let mut pieces = Pieces::new(text.len());
    for one in moves {
        let made = state.moved(doc, one, order)?;
        for edits in &made.steps {
            edits.iter().rev().for_each(|edit| pieces.replace(edit));
        }
        state = made.next.unwrap_or(state);
    }
    Ok(pieces.edits(text))
}

impl State {
    /// Makes one move.
    fn moved(&self, number: usize, one: &Move, order: &dyn KeyOrder) -> Result<Made, Refusal> {
        let doc = self.readable(number)?;
        let old = doc.data.as_ref().map_or(Json::Null, Data::to_json);
        let mut want = old.clone();
        one.make(&mut want)?;
        // Where an alias would come to stand before its anchor, the end of the mapping is the better place.
        let orders: [&dyn KeyOrder; 2] = [order, &InTextOrder];
        for order in orders {
            let planner = Planner::new(&self.text, &self.stream, doc, order, false);
            let Ok(plan) = planner.plan_move(one) else { break };
            match self.prove(number, None, &want, &plan) {
                Ok(next) => {
                    return Ok(Made { steps: vec![plan.edits], next: Some(next), ..Made::default() });
                }
                Err(why) => log::debug!("the lines of {} cannot be moved: {why}", one.path()),
            }
        }
        let mut made = Made::default();
        for step in one.as_changes(&old) {
            let state = made.next.as_ref().unwrap_or(self);
            let one = match step {
                Move::Change(change) => state.change(number, &change, order, Sharing::OnlyHere)?,
                step => state.moved(number, &step, order)?,
            };
            made.steps.extend(one.steps);
            made.next = one.next.or(made.next);
        }
        let Some(last) = &made.next else { return Ok(made) };
        if last.readable(number)?.data.as_ref().map(Data::to_json).unwrap_or_default() != want {
            let message = format!(
                "{} is repeated by aliases, where it would change too; write it out in place of the aliases first.",
                named(one.path())
            );
            return refuse(message, None);
        }
        if let Some(lost) = self.first_lost_comment(last) {
            let message = format!(
                "A comment would be lost (“{}”): its layout cannot be moved by lines; write the part without brackets, or move the comment.",
                lost.trim()
            );
            return refuse(message, None);
        }
        Ok(made)
    }

    /// A comment that another state does not have.
    fn first_lost_comment(&self, later: &State) -> Option<&str> {
        let mut kept: Vec<&str> =
            later.stream.comments.iter().map(|comment| &later.text[comment.clone()]).collect();
        self.stream.comments.iter().map(|comment| &self.text[comment.clone()]).find(|comment| {
            match kept.iter().position(|other| other == comment) {
                Some(at) => {
                    kept.swap_remove(at);
                    false
                }
                None => true,
            }
        })
    }
}

/// An entry that has its lines for itself.
struct Lines<'a> {
    entry: &'a Entry,
    /// The mapping that it stands in.
    parent: Site<'a>,
    siblings: usize,
    column: usize,
}

impl<'a> Planner<'a> {
    fn plan_move(&self, one: &Move) -> Result<Plan, Stop> {
        let edits = match one {
            Move::Change(_) => return Err(Stop::Unplanned),
            Move::Nest { path, below } => self.nest(path, below)?,
            Move::Lift { path, from } => self.lift(path, from)?,
            Move::Relocate { from, to } => self.relocate(from, to)?,
            Move::Drop { path } => self.drop_entry(path)?,
        };
        Ok(Plan { edits, gone: Vec::new() })
    }

    fn lines_of(&self, path: &Path) -> Result<Lines<'a>, Stop> {
        let (up, last) = path.split_last().ok_or(Stop::Unplanned)?;
        let parent = self.node(&up)?;
        let Kind::Map { shape: Shape::Block, entries } = &parent.node.kind else {
            return Err(Stop::Unplanned);
        };
        let is_last = |entry: &Entry| !entry.is_merge() && entry.name().as_deref() == last.key();
        let at = entries.iter().rposition(is_last).ok_or(Stop::Unplanned)?;
        let entry = &entries[at];
        if entry.question.is_some() || !self.starts_line(entry.start()) {
            return Err(Stop::Unplanned);
        }
        Ok(Lines { entry, parent, siblings: entries.len() - 1, column: self.column(entry.start()) })
    }

    /// From the line of an entry's key to the end of its last line, comments below it included.
    fn body(&self, lines: &Lines<'_>) -> Range<usize> {
        self.line_start(lines.entry.start())..self.tail(lines.entry.end(), lines.column)
    }

    fn nest(&self, path: &Path, below: &Path) -> Result<Vec<Edit>, Stop> {
        let lines = self.lines_of(path)?;
        let (up, last) = below.split_last().ok_or(Stop::Unplanned)?;
        let key = same_key(path, last)?;
        let body = self.body(&lines);
        let above = std::iter::once(key).chain(up.steps().iter().filter_map(Step::key));
        let mut text = self.keys(above, lines.column);
        text.push_str(&shifted(&self.text[body.clone()], 0, below.steps().len() * self.writer.step));
        Ok(vec![edit(body, text)])
    }

    fn lift(&self, path: &Path, from: &Path) -> Result<Vec<Edit>, Stop> {
        let outer = self.lines_of(path)?;
        same_key(path, from.steps().last().ok_or(Stop::Unplanned)?)?;
        let mut inner = outer.entry;
        for step in from.steps() {
            inner = match &inner.value.kind {
                Kind::Map { shape: Shape::Block, entries } if inner.value.props.is_none() => {
                    match entries.as_slice() {
                        [entry] if entry.name().as_deref() == step.key() => entry,
                        _ => return Err(Stop::Unplanned),
                    }
                }
                _ => return Err(Stop::Unplanned),
            };
        }
        if inner.question.is_some() || !self.starts_line(inner.start()) {
            return Err(Stop::Unplanned);
        }
        let body = self.body(&outer);
        let line = self.line_start(inner.start());
        let mut text = self.comment_lines(body.start..line, outer.column);
        text.push_str(&shifted(&self.text[line..body.end], self.column(inner.start()) - outer.column, 0));
        Ok(vec![edit(body, text)])
    }

    fn relocate(&self, from: &Path, to: &Path) -> Result<Vec<Edit>, Stop> {
        let lines = self.lines_of(from)?;
        same_key(from, to.steps().last().ok_or(Stop::Unplanned)?)?;
        let source = self.head(lines.entry.start())..self.body(&lines).end;
        let Found::Missing(site, depth) = self.find(to)? else { return Err(Stop::Unplanned) };
        let above: Vec<&str> = to.steps()[depth..to.steps().len() - 1].iter().filter_map(Step::key).collect();
        let new = |column: usize| {
            let mut text = self.keys(above.iter().copied(), column);
            let column = column + above.len() * self.writer.step;
            text.push_str(&shifted(&self.text[source.clone()], lines.column, column));
            if !text.ends_with('\r') || self.writer.newline != "\r\n" {
                text.push_str(self.writer.newline);
            } else {
                text.push('\n');
            }
            text
        };
        let mut edits = self.without(&lines, source.clone(), String::new())?;
        match &site.node.kind {
            Kind::Map { shape: Shape::Block, entries } => {
                let first = entries.first().ok_or(Stop::Unplanned)?.start();
                if !self.starts_line(first) {
                    return Err(Stop::Unplanned);
                }
                let column = self.column(first);
                let up = Path::from(to.steps()[..depth].to_vec());
                let key = to.steps()[depth].key().ok_or(Stop::Unplanned)?;
                match self.predecessor(&up, entries, key) {
                    Some(at) => {
                        edits.extend(self.lines_after(self.tail(entries[at].end(), column), &new(column)));
                    }
                    None => {
                        let head = self.head(first);
                        edits.push(edit(head..head, new(column)));
                    }
                }
            }
            // An empty mapping: what says so goes, the lines come below its key.
            Kind::Absent | Kind::Scalar { .. } | Kind::Map { .. }
                if !site.in_flow && !site.is_item && depth > 0 && site.node.props.is_none() =>
            {
                let cut = self.text[..site.node.start()].trim_end_matches([' ', '\t']).len().max(site.lead);
                if cut < site.node.span.end {
                    edits.push(edit(cut..site.node.span.end, ""));
                }
                let end = line_end(self.text, site.node.span.end);
                edits.extend(self.lines_after(end, &new(site.column + self.writer.step)));
            }
            _ => return Err(Stop::Unplanned),
        }
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        Ok(edits)
    }

    fn drop_entry(&self, path: &Path) -> Result<Vec<Edit>, Stop> {
        let lines = self.lines_of(path)?;
        let body = self.body(&lines);
        let kept = self.comment_lines(body.clone(), lines.column);
        self.without(&lines, body, kept)
    }

    /// Whole lines of an entry taken away, others put in their place; a mapping that has no entry left becomes `{}`.
    fn without(&self, lines: &Lines<'_>, range: Range<usize>, kept: String) -> Result<Vec<Edit>, Stop> {
        let text = self.text;
        let mut edits = Vec::new();
        if lines.siblings == 0 {
            let is_root = self.root.is_some_and(|root| std::ptr::eq(root, lines.parent.node));
            let lead = lines.parent.node.props.as_ref().map_or(lines.parent.lead, |props| props.end);
            if is_root || lead > range.start {
                return Err(Stop::Unplanned);
            }
            edits.push(edit(lead..lead, " {}"));
        }
        edits.push(if range.end < text.len() {
            edit(range.start..range.end + 1, kept)
        } else if kept.is_empty() {
            let before = text[..range.start].trim_end_matches('\n').len();
            let before = self.without_cr(before.max(range.start.saturating_sub(1)));
            edit(before.max(self.doc.span.start)..range.end, "")
        } else {
            edit(range, without_break(&kept, self.writer.newline))
        });
        Ok(edits)
    }

    /// Lines of nothing but keys, each a level deeper than the one before.
    fn keys<'k>(&self, keys: impl Iterator<Item = &'k str>, column: usize) -> String {
        let mut text = String::new();
        for (depth, key) in keys.enumerate() {
            spaces(column + depth * self.writer.step, &mut text);
            text.push_str(&inline(key, Place::Block, Quotes::None));
            text.push(':');
            text.push_str(self.writer.newline);
        }
        text
    }

    /// The comments of a range, each on a line of its own.
    fn comment_lines(&self, range: Range<usize>, column: usize) -> String {
        let mut text = String::new();
        for comment in self.comments.iter().filter(|comment| range.contains(&comment.start)) {
            spaces(column, &mut text);
            text.push_str(self.text[comment.clone()].trim_end_matches('\r'));
            text.push_str(self.writer.newline);
        }
        text
    }
}

/// The last key of a path, if a step is of that name too.
fn same_key<'p>(path: &'p Path, step: &Step) -> Result<&'p str, Stop> {
    let key = path.steps().last().and_then(Step::key).ok_or(Stop::Unplanned)?;
    if step.key() == Some(key) { Ok(key) } else { Err(Stop::Unplanned) }
}

/// Lines whose column `from` comes to stand at column `to`. Empty lines stay empty; a line that does not reach to the
/// column moves as far as it can.
fn shifted(lines: &str, from: usize, to: usize) -> String {
    let mut out = String::with_capacity(lines.len() + 64);
    for line in lines.split_inclusive('\n') {
        if line.trim_end_matches(['\r', '\n']).is_empty() {
            out.push_str(line);
        } else if to >= from {
            spaces(to - from, &mut out);
            out.push_str(line);
        } else {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            out.push_str(&line[blanks.min(from - to)..]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Doc, edited};
    use super::*;

    fn path(text: &str) -> Path {
        text.parse().expect("path")
    }

    fn after(text: &str, moves: &[Move]) -> Result<String, String> {
        rearrange(text, 0, moves, &InTextOrder)
            .map(|edits| edited(text, &edits))
            .map_err(|refusal| refusal.message)
    }

    fn nest(below: &str) -> Move {
        Move::Nest { path: path("spec"), below: path(below) }
    }

    #[test]
    fn what_is_nested_keeps_its_lines_and_comes_back() {
        for (text, nested) in [
            ("spec: # c\n  a: 1\n", "spec:\n  t:\n    spec: # c\n      a: 1\n"),
            ("x: 1\nspec:\n# c\n- a\n\n- b", "x: 1\nspec:\n  t:\n    spec:\n    # c\n    - a\n\n    - b"),
            (
                "spec:\r\n  a: |2\r\n      x\r\n     y\r\n\r\n  b: 'p\r\n    q'\r\nz: 1\r\n",
                "spec:\r\n  t:\r\n    spec:\r\n      a: |2\r\n          x\r\n         y\r\n\r\n      b: 'p\r\n        q'\r\nz: 1\r\n",
            ),
            ("spec: {a: [\n1]}\n", "spec:\n  t:\n    spec: {a: [\n    1]}\n"),
            (
                "spec: &s\n    a: &x 1\n    b: *x\n",
                "spec:\n    t:\n        spec: &s\n            a: &x 1\n            b: *x\n",
            ),
        ] {
            assert_eq!(after(text, &[nest("t.spec")]).as_deref(), Ok(nested));
            let back = Move::Lift { path: path("spec"), from: path("t.spec") };
            assert_eq!(after(nested, &[back]).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_lifted_leaves_no_comment_behind() {
        let text = "# 0\nspec: # 1\n  # 2\n  t: # 3\n    spec: # 4\n      a: 1 # 5\n    # 6\n  # 7\nb: 2\n";
        let lift = Move::Lift { path: path("spec"), from: path("t.spec") };
        assert_eq!(
            after(text, &[lift]).as_deref(),
            Ok("# 0\n# 1\n# 2\n# 3\nspec: # 4\n  a: 1 # 5\n# 6\n# 7\nb: 2\n")
        );
    }

    #[test]
    fn an_entry_moves_with_its_comments() {
        for (text, from, to, expected) in [
            (
                "a:\n  # x\n  k: 1 # y\n  l: 2\nb:\n    c: 3\n",
                "a.k",
                "b.d.k",
                "a:\n  l: 2\nb:\n    c: 3\n    d:\n      # x\n      k: 1 # y\n",
            ),
            ("a:\n  k: 1\nb: 2", "a.k", "k", "a: {}\nb: 2\nk: 1"),
            ("b: # c\na:\n  l: 2\n  k: 1", "a.k", "b.k", "b: # c\n  k: 1\na:\n  l: 2"),
            ("b: {}\na:\n  k: 1\n  l: 2\n", "a.k", "b.k", "b:\n  k: 1\na:\n  l: 2\n"),
            ("b: {x: 1}\na:\n  k: [1] # y\n  l: 2\n", "a.k", "b.k", "b: {x: 1, k: [1]}\na:\n  # y\n  l: 2\n"),
            ("b: {x: 1}\na: {k: 1, l: 2}\n", "a.k", "b.k", "b: {x: 1, k: 1}\na: {l: 2}\n"),
        ] {
            let relocate = Move::Relocate { from: path(from), to: path(to) };
            assert_eq!(after(text, &[relocate]).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_is_dropped_leaves_its_comments() {
        for (text, at, expected) in [
            ("a: 1\n# x\nb: # y\n  - 1 # z\n", "b", "a: 1\n# x\n# y\n# z\n"),
            ("a: 1\nb: 2", "b", "a: 1"),
            ("a:\r\n  b: 2 # c\r\nd: 1\r\n", "a.b", "a: {}\r\n  # c\r\nd: 1\r\n"),
        ] {
            assert_eq!(after(text, &[Move::Drop { path: path(at) }]).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn brackets_and_json_are_written_anew_and_comments_in_them_refused() {
        assert_eq!(
            after("{\"spec\": {\"a\": 1}}\n", &[nest("t.spec")]).as_deref(),
            Ok("{\"spec\": {\"t\":{\"spec\":{\"a\":1}}}}\n")
        );
        let text = "---\n{spec: {a: 1 # c\n}}\n";
        let refusal = after(text, &[nest("t.spec")]).expect_err("refused");
        assert!(refusal.contains("# c"), "{refusal}");
        let handed_over = after("a: &x 1\nb: *x\n", &[Move::Drop { path: path("a") }]);
        assert_eq!(handed_over.as_deref(), Ok("b: &x 1\n"));
    }

    #[test]
    fn other_documents_stay_as_they_are() {
        let text = "spec: 1\n---\nspec: 2 # x\n---\nspec: 3\n";
        let edits = rearrange(text, 1, &[nest("t.spec")], &InTextOrder).expect("edits");
        assert_eq!(edited(text, &edits), "spec: 1\n---\nspec:\n  t:\n    spec: 2 # x\n---\nspec: 3\n");
        let span = |doc: &Doc| doc.span.clone();
        assert_eq!(parse(text).docs.first().map(span), parse(&edited(text, &edits)).docs.first().map(span));
    }
}
