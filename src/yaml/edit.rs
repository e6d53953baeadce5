//! Changes by path → smallest edits by byte range, each proved before it is handed out.
//!
//! A change is planned on the spans of the text's nodes (`plan.rs`), made, read again and compared with the value that the
//! change asks for (`model.rs`). Where a layout defeats the smallest edit, the next larger node is written anew; where
//! that fails too, or would lose a comment, the change is refused and the text stays as it is. What a change has in common
//! with other places is taken apart first, in steps of their own (`shared.rs`).

use super::lines::LineIndex;
use super::model::{model, named, place};
use super::pieces::Pieces;
use super::plan::{Plan, Planner, Stop};
use super::tree::{MAX_DEPTH, parse};
use super::{
    Applied, Change, Data, Doc, Edit, KeyOrder, Refusal, Shared, Sharing, Stream, Value, edited, second,
};
use serde_json::Value as Json;
use std::ops::Range;

/// Why a change has no plan.
const UNPLANNED: &str = "its layout is not one that can be edited by parts";

/// The most steps that take the place of one change out of what it shares.
const MOST_STEPS: usize = 1_000;

/// Plans the changes of one document, made one after the other, as edits of `text`. The text with these edits reads as
/// the changes say; all other documents and all comments outside what is replaced or removed stay as they are.
///
/// `doc` counts from 0 as in [`Stream::docs`]. `order` says where new keys go. `sharing` says what becomes of the other
/// places where a changed value stands.
///
/// # Errors
/// A [`Refusal`] that says what stands in the way: a path that leads nowhere, a broken document, shared values.
pub fn apply(
    text: &str,
    doc: usize,
    changes: &[Change],
    order: &dyn KeyOrder,
    sharing: Sharing,
) -> Result<Applied, Refusal> {
    let mut state = State { text: text.to_owned(), stream: parse(text) };
    let mut pieces = Pieces::new(text.len());
    let mut widened = 0;
    for change in changes {
        let made = state.change(doc, change, order, sharing).map_err(|mut refusal| {
            // The places are those of the given text.
            refusal.span = refusal.span.map(|span| pieces.original(&span));
            for place in refusal.shared.iter_mut().flat_map(|shared| &mut shared.places) {
                place.span = pieces.original(&place.span);
            }
            refusal
        })?;
        widened += usize::from(made.widened);
        for edits in &made.steps {
            edits.iter().rev().for_each(|edit| pieces.replace(edit));
        }
        state = made.next.unwrap_or(state);
    }
    Ok(Applied { edits: pieces.edits(text), widened })
}

pub(super) fn refuse<T>(message: impl Into<String>, span: Option<Range<usize>>) -> Result<T, Refusal> {
    Err(Refusal::new(message, span))
}

/// A text and what it holds.
pub(super) struct State {
    pub text: String,
    pub stream: Stream,
}

/// A change that has been made.
#[derive(Default)]
pub(super) struct Made {
    /// The edits of each step, of the text that the step before left.
    pub steps: Vec<Vec<Edit>>,
    /// The state afterwards, if anything was to be done.
    pub next: Option<State>,
    /// Whether more of the text was written anew than the smallest edit needs.
    pub widened: bool,
}

impl State {
    /// A document that is there and whose syntax is whole.
    pub fn readable(&self, number: usize) -> Result<&Doc, Refusal> {
        let docs = self.stream.docs.len();
        let Some(doc) = self.stream.docs.get(number) else {
            return refuse(format!("There is no document {}; the text has {docs}.", number + 1), None);
        };
        if let Some(problem) =
            self.stream.problems.iter().find(|problem| problem.doc == number && problem.fatal)
        {
            let message =
                format!("The document cannot be changed while it cannot be read: {}", problem.message);
            return refuse(message, Some(problem.span.clone()));
        }
        Ok(doc)
    }

    /// Makes one change.
    pub fn change(
        &self,
        number: usize,
        change: &Change,
        order: &dyn KeyOrder,
        sharing: Sharing,
    ) -> Result<Made, Refusal> {
        let doc = self.readable(number)?;
        if change.path().steps().len() > MAX_DEPTH {
            return refuse(format!("The path is longer than {MAX_DEPTH} steps."), None);
        }
        let old = doc.data.as_ref().map_or(Json::Null, Data::to_json);
        let here = sharing == Sharing::OnlyHere;
        let mut planner = Planner::new(&self.text, &self.stream, doc, order, !here);
        let mut want = old.clone();
        if let Change::RemoveRepeat { path, which } = change {
            let Some(value) = planner.without_repeat(path, *which) else { return Ok(Made::default()) };
            *place(&mut want, &path.parent())? = value;
        } else {
            model(&mut want, change)?;
        }
        if want == old && !reorders(change) {
            return Ok(Made::default());
        }
        let shared = doc.root.as_ref().and_then(|root| planner.anchors.question(&self.text, root, change));
        match shared {
            Some(shared) if sharing == Sharing::Ask => Err(self.question(change, shared)),
            _ if planner.anchors.is_empty() => self.made(number, change, &mut planner, &want),
            shared => self.taken_apart(number, change, &old, order, (sharing, shared.is_some()), want),
        }
    }

    /// The refusal that asks what is to become of the other places.
    fn question(&self, change: &Change, shared: Shared) -> Refusal {
        let lines = LineIndex::new(&self.text);
        let of = |is_anchor: bool| {
            let places = shared.places.iter().filter(|place| place.is_anchor == is_anchor);
            let mut numbers: Vec<String> =
                places.map(|place| lines.line(place.span.start).to_string()).collect();
            numbers.dedup();
            let word = if numbers.len() == 1 { "line" } else { "lines" };
            format!("{word} {}", numbers.join(", "))
        };
        let message = format!(
            "{} has its value from “{}” ({}), which aliases repeat ({}); say whether it is to change everywhere or only here.",
            named(change.path()),
            shared.anchor,
            of(true),
            of(false),
        );
        let span = shared.places.first().map(|place| place.span.clone());
        Refusal { shared: Some(Box::new(shared)), ..Refusal::new(message, span) }
    }

    /// Makes a change where values are shared: first the steps that leave the data as they are, then the change.
    fn taken_apart(
        &self,
        number: usize,
        change: &Change,
        old: &Json,
        order: &dyn KeyOrder,
        (sharing, is_shared): (Sharing, bool),
        mut want: Json,
    ) -> Result<Made, Refusal> {
        let here = sharing == Sharing::OnlyHere;
        let mut steps = Vec::new();
        let mut last: Option<State> = None;
        loop {
            let state = last.as_ref().unwrap_or(self);
            let doc = &state.stream.docs[number];
            let mut planner = Planner::new(&state.text, &state.stream, doc, order, !here);
            let next = match planner.apart(change, here, is_shared && !here) {
                Ok(Some(plan)) if steps.len() < MOST_STEPS => state
                    .prove(number, None, old, &plan)
                    .map(|next| (plan, next))
                    .map_err(|why| state.cannot(change, why, &planner))?,
                Ok(None) => {
                    if is_shared && !here {
                        let root = doc.root.as_ref();
                        let everywhere =
                            root.and_then(|root| planner.anchors.changed_everywhere(root, change));
                        want = everywhere.ok_or_else(|| state.cannot(change, UNPLANNED, &planner))?;
                    }
                    let made = state.made(number, change, &mut planner, &want)?;
                    steps.extend(made.steps);
                    return Ok(Made { steps, ..made });
                }
                Err(Stop::Refused(refusal)) => return Err(refusal),
                Ok(Some(_)) | Err(Stop::Unplanned) => return Err(state.cannot(change, UNPLANNED, &planner)),
            };
            let (plan, state) = next;
            steps.push(plan.edits);
            last = Some(state);
        }
    }

    fn cannot(&self, change: &Change, why: &str, planner: &Planner<'_>) -> Refusal {
        let path = change.path();
        let message = format!(
            "{} cannot be changed here without changing more than asked ({why}); edit the text by hand.",
            named(path)
        );
        Refusal::new(message, planner.nearest(path))
    }

    /// Makes one change as it is planned, or else by writing more of the text anew.
    fn made(
        &self,
        number: usize,
        change: &Change,
        planner: &mut Planner<'_>,
        want: &Json,
    ) -> Result<Made, Refusal> {
        let done = |plan: Plan, next: State, widened: bool| Made {
            steps: vec![plan.edits],
            next: Some(next),
            widened,
        };
        let mut reason = None;
        for keeps in [true, false] {
            planner.writer.keeps = keeps;
            match planner.plan(change) {
                Ok(mut plan) => match self.proved(number, change, want, &mut plan) {
                    Ok(next) => return Ok(done(plan, next, false)),
                    Err(why) => reason = reason.or(Some(why)),
                },
                Err(Stop::Refused(refusal)) => return Err(refusal),
                Err(Stop::Unplanned) => break,
            }
        }
        let mut path = change.path().parent();
        loop {
            if let Some(mut plan) = planner.rewrite(&path, want, change) {
                match self.proved(number, change, want, &mut plan) {
                    Ok(next) => {
                        log::debug!("rewrote {path} to make a change");
                        return Ok(done(plan, next, true));
                    }
                    Err(why) => reason = reason.or(Some(why)),
                }
            }
            if path.steps().is_empty() {
                break;
            }
            path = path.parent();
        }
        Err(self.cannot(change, reason.unwrap_or(UNPLANNED), planner))
    }

    /// Proves a plan; where it fails in a text that ends without a line break, also with one: a block scalar that has
    /// come to stand there may have it as its last character.
    fn proved(
        &self,
        number: usize,
        change: &Change,
        want: &Json,
        plan: &mut Plan,
    ) -> Result<State, &'static str> {
        let proved = self.prove(number, Some(change), want, plan);
        let end = self.text.len();
        let is_open = !self.text.ends_with('\n') && self.stream.docs[number].span.end == end;
        match (&proved, plan.edits.last_mut()) {
            (Err(_), Some(last)) if is_open => {
                if last.range.end == end {
                    last.text.push('\n');
                } else {
                    plan.edits.push(Edit { range: end..end, text: "\n".to_owned() });
                }
                self.prove(number, Some(change), want, plan)
            }
            _ => proved,
        }
    }

    /// Makes the edits and checks everything that a change promises. An error says what would have gone wrong.
    pub fn prove(
        &self,
        number: usize,
        change: Option<&Change>,
        want: &Json,
        plan: &Plan,
    ) -> Result<State, &'static str> {
        let old = &self.stream.docs[number];
        let mut end = old.span.start;
        for edit in &plan.edits {
            if edit.range.start < end || edit.range.end > old.span.end || edit.range.end < edit.range.start {
                return Err("the edit would reach into another document");
            }
            end = edit.range.end;
        }
        let text = edited(&self.text, &plan.edits);
        let stream = parse(&text);
        let Some(new) = stream.docs.get(number).filter(|_| stream.docs.len() == self.stream.docs.len())
        else {
            return Err("the number of documents would change");
        };
        // Another document can break too: a first one that comes to begin with `{` makes JSON of the whole text.
        let broken_before =
            |doc| self.stream.problems.iter().any(|problem| problem.fatal && problem.doc == doc);
        match stream.problems.iter().find(|problem| problem.fatal && !broken_before(problem.doc)) {
            Some(problem) if problem.doc == number => {
                return Err("the text would not be YAML that kubectl reads");
            }
            Some(_) => return Err("kubectl could not read another document any more"),
            None => {}
        }
        let shifted = |doc: &Doc| (doc.span.start + text.len()).checked_sub(self.text.len());
        let same_rest =
            stream.docs.iter().zip(&self.stream.docs).enumerate().all(|(at, (new, old))| match at {
                _ if at < number => new.span == old.span,
                _ if at > number => Some(new.span.start) == shifted(old),
                _ => true,
            });
        if !same_rest {
            return Err("another document would change");
        }
        let read = new.data.as_ref().map_or(Json::Null, Data::to_json);
        if read != *want {
            return Err("it would read as something else, or change a value that aliases repeat");
        }
        if second::agrees(&self.text, old) == Some(true) && second::agrees(&text, new) == Some(false) {
            return Err("libyaml, which reads as kubectl does, would read it as something else");
        }
        if change.is_some_and(|change| !in_order(&self.stream.docs[number], new, change)) {
            return Err("the order would not be as asked");
        }
        let mut kept: Vec<&str> = stream.comments.iter().map(|comment| &text[comment.clone()]).collect();
        kept.sort_unstable();
        let mut must: Vec<&str> = (self.stream.comments.iter())
            .filter(|comment| {
                !plan.gone.iter().any(|gone| gone.start <= comment.start && comment.start < gone.end)
            })
            .map(|comment| &self.text[comment.clone()])
            .collect();
        must.sort_unstable();
        let mut kept = kept.into_iter();
        if !must.into_iter().all(|comment| kept.any(|other| other == comment)) {
            return Err("a comment would be lost");
        }
        Ok(State { text, stream })
    }
}

/// Whether a change can matter without changing the value: a rename, whose key keeps its place, another spelling, an
/// entry that does not count.
fn reorders(change: &Change) -> bool {
    matches!(change, Change::Rename { .. } | Change::Spell { .. } | Change::RemoveRepeat { .. })
}

/// Whether a renamed key stands where the old one stood.
fn in_order(old: &Doc, new: &Doc, change: &Change) -> bool {
    let Change::Rename { path, key } = change else { return true };
    let Some((up, Some(name))) = path.split_last().map(|(up, step)| (up, step.key().map(str::to_owned)))
    else {
        return true;
    };
    let place = |doc: &Doc, key: &str| match doc.data.as_ref()?.at(&up)?.value {
        Value::Map(ref map) => map.members.iter().position(|member| member.key == key),
        _ => None,
    };
    place(old, &name) == place(new, key)
}

#[cfg(test)]
mod tests {
    use super::super::{InTextOrder, Through};
    use super::*;
    use crate::path::Path;
    use serde_json::json;

    struct Order(&'static [&'static str]);

    impl KeyOrder for Order {
        fn keys(&self, _path: &Path) -> Vec<String> {
            self.0.iter().map(|key| (*key).to_owned()).collect()
        }
    }

    fn path(text: &str) -> Path {
        text.parse().expect("path")
    }

    fn set(at: &str, value: Json) -> Change {
        Change::Set { path: path(at), value }
    }

    fn after(text: &str, change: Change, order: &dyn KeyOrder) -> Result<String, String> {
        answered(text, change, order, Sharing::Ask)
    }

    fn answered(
        text: &str,
        change: Change,
        order: &dyn KeyOrder,
        sharing: Sharing,
    ) -> Result<String, String> {
        apply(text, 0, &[change], order, sharing)
            .map(|applied| edited(text, &applied.edits))
            .map_err(|refusal| refusal.message)
    }

    #[test]
    fn a_new_key_goes_where_the_order_has_it() {
        let order = Order(&["apiVersion", "kind", "metadata", "spec", "status"]);
        for (text, change, expected) in [
            ("kind: a # k\nspec: b\n", set("metadata", json!(1)), "kind: a # k\nmetadata: 1\nspec: b\n"),
            ("# top\nkind: a\n", set("apiVersion", json!("v1")), "# top\napiVersion: v1\nkind: a\n"),
            ("spec: b\nkind: a\n", set("metadata", json!(1)), "spec: b\nkind: a\nmetadata: 1\n"),
            ("kind: a\nspec: b\n", set("other", json!(1)), "kind: a\nspec: b\nother: 1\n"),
            ("a:\n- spec: b\n", set("a[0].kind", json!(1)), "a:\n- kind: 1\n  spec: b\n"),
            ("a: {spec: b}\n", set("a.kind", json!(1)), "a: {kind: 1, spec: b}\n"),
            ("a: {kind: b, spec: c}\n", set("a.metadata", json!(1)), "a: {kind: b, metadata: 1, spec: c}\n"),
        ] {
            assert_eq!(after(text, change, &order).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn missing_parents_are_made() {
        for (text, at, expected) in [
            ("", "a.b[0].c", "a:\n  b:\n  - c: 1\n"),
            ("# only a comment", "a", "# only a comment\na: 1\n"),
            ("---\n---\nb: 2\n", "a", "---\na: 1\n---\nb: 2\n"),
            ("a:\n", "a.b", "a:\n  b: 1\n"),
            ("a: ~ # c\n", "a.b", "a: # c\n  b: 1\n"),
            ("a: {}\n", "a.b.c", "a: {b: {c: 1}}\n"),
            ("a: []\n", "a[0]", "a: [1]\n"),
            ("a:\n- x\n", "a[1].b", "a:\n- x\n- b: 1\n"),
            ("a:\n  b: c", "d", "a:\n  b: c\nd: 1"),
            ("a: {b:, c: d}\n", "a.c", "a: {b:, c: 1}\n"),
        ] {
            assert_eq!(
                after(text, set(at, json!(1)), &InTextOrder).as_deref(),
                Ok(expected),
                "{text:?} {at}"
            );
        }
    }

    #[test]
    fn a_literal_block_takes_no_comment_in() {
        let new = after("a:\n  b: c # x\nd: e\n", set("a", json!("one\ntwo\n")), &InTextOrder);
        assert_eq!(new.as_deref(), Ok("a: |\n  one\n  two\nd: e\n"));
        let new = after("a:\n  b: c # x\n", set("a", json!({"k": "one\ntwo"})), &InTextOrder);
        assert_eq!(new.as_deref(), Ok("a:\n  k: |-\n    one\n    two\n"));
    }

    #[test]
    fn a_text_never_becomes_json_by_an_edit() {
        for (text, new) in [
            ("a: b\n", "---\n{}\n"),
            ("a\n", "---\n{}\n"),
            ("a: b\n---\nc: d\n", "---\n{}\n---\nc: d\n"),
            ("a # x\n---\nc: d\n", "---\n{} # x\n---\nc: d\n"),
            ("[a]\n---\nc: d\n", "---\n{}\n---\nc: d\n"),
        ] {
            assert_eq!(after(text, set("", json!({})), &InTextOrder).as_deref(), Ok(new), "{text}");
        }
    }

    #[test]
    fn shared_values_change_where_they_are_meant() {
        let remove = |at: &str| Change::Remove { path: path(at) };
        let rename = |at: &str, key: &str| Change::Rename { path: path(at), key: key.to_owned() };
        let add = |at: &str| Change::Insert { path: path(at), index: None, value: json!("z") };
        let base = "x: &d {i: 1, j: 2}\nm:\n  <<: *d # all\n  k: 3\no: *d\n";
        let list = "a: &l\n- p # one\n- q\nb: *l # same\nc: *l\n";
        for (text, change, everywhere, here) in [
            (
                "a: &x 1 # n\nb: *x\nc: *x\n",
                set("a", json!(2)),
                "a: &x 2 # n\nb: *x\nc: *x\n",
                "a: 2 # n\nb: &x 1\nc: *x\n",
            ),
            (
                "a: &x 1 # n\nb: *x # m\n",
                set("b", json!("y")),
                "a: &x \"y\" # n\nb: *x # m\n",
                "a: &x 1 # n\nb: \"y\" # m\n",
            ),
            (
                list,
                add("b"),
                "a: &l\n- p # one\n- q\n- z\nb: *l # same\nc: *l\n",
                "a: &l\n- p # one\n- q\nb: # same\n- p\n- q\n- z\nc: *l\n",
            ),
            (
                list,
                remove("a[0]"),
                "a: &l\n- q\nb: *l # same\nc: *l\n",
                "a:\n- q\nb: &l # same\n- p\n- q\nc: *l\n",
            ),
            (
                list,
                Change::Move { path: path("c"), from: 0, to: 1 },
                "a: &l\n- q\n- p # one\nb: *l # same\nc: *l\n",
                "a: &l\n- p # one\n- q\nb: *l # same\nc:\n- q\n- p\n",
            ),
            (
                base,
                set("m.i", json!(5)),
                "x: &d {i: 5, j: 2}\nm:\n  <<: *d # all\n  k: 3\no: *d\n",
                "x: &d {i: 1, j: 2}\nm:\n  <<: *d # all\n  k: 3\n  i: 5\no: *d\n",
            ),
            (
                base,
                remove("m.i"),
                "x: &d {j: 2}\nm:\n  <<: *d # all\n  k: 3\no: *d\n",
                "x: &d {i: 1, j: 2}\nm:\n  k: 3\n  j: 2\no: *d\n",
            ),
            (
                base,
                rename("o.j", "t"),
                "x: &d {i: 1, t: 2}\nm:\n  <<: *d # all\n  k: 3\no: *d\n",
                "x: &d {i: 1, j: 2}\nm:\n  <<: *d # all\n  k: 3\no:\n  i: 1\n  t: 2\n",
            ),
            (
                base,
                set("x.new", json!(0)),
                "x: &d {i: 1, j: 2, new: 0}\nm:\n  <<: *d # all\n  k: 3\no: *d\n",
                "x: {i: 1, j: 2, new: 0}\nm:\n  <<: &d # all\n    i: 1\n    j: 2\n  k: 3\no: *d\n",
            ),
            (
                "x: &d {i: {j: 1}}\nm: {<<: *d}\n",
                set("m.i.j", json!(2)),
                "x: &d {i: {j: 2}}\nm: {<<: *d}\n",
                "x: &d {i: {j: 1}}\nm: {<<: *d, i: {j: 2}}\n",
            ),
            ("a: [&x p, *x]\n", set("a[0]", json!("q")), "a: [&x q, *x]\n", "a: [q, &x p]\n"),
            ("a: &x\n  k: v\nb: *x\n", set("a", json!(1)), "a: &x 1\nb: *x\n", "a: 1\nb: &x\n  k: v\n"),
            ("a: &x !!str 1\nb: *x\n", set("a", json!(2)), "a: &x 2\nb: *x\n", "a: 2\nb: &x \"1\"\n"),
            (
                "a: &x 1\nb: *x\n",
                set("a", json!({"k": 1})),
                "a: &x\n  k: 1\nb: *x\n",
                "a:\n  k: 1\nb: &x 1\n",
            ),
            (
                "- &x\n  k: 1\n- *x\n",
                set("[0]", json!({"l": 1})),
                "- &x\n  l: 1\n- *x\n",
                "- l: 1\n- &x {k: 1}\n",
            ),
        ] {
            assert_eq!(
                answered(text, change.clone(), &InTextOrder, Sharing::Everywhere).as_deref(),
                Ok(everywhere),
                "{text}"
            );
            assert_eq!(
                answered(text, change.clone(), &InTextOrder, Sharing::OnlyHere).as_deref(),
                Ok(here),
                "{text}"
            );
            let refusal = apply(text, 0, &[change], &InTextOrder, Sharing::Ask).expect_err("asked");
            assert!(
                refusal.shared.is_some() && refusal.message.contains("everywhere or only here"),
                "{refusal}"
            );
        }
    }

    #[test]
    fn what_goes_or_moves_leaves_its_repeats_as_they_were() {
        for (text, change, new) in [
            ("a: &x 1\nb: *x\nc: *x\n", Change::Remove { path: path("a") }, "b: &x 1\nc: *x\n"),
            ("r: {p: &a 1, q: *a}\ns: *a\n", Change::Remove { path: path("r") }, "s: &a 1\n"),
            ("a: {k: &x 1}\nb: *x\n", set("a", json!(2)), "a: 2\nb: &x 1\n"),
            ("a: [&x 1, 2, *x]\n", Change::Move { path: path("a"), from: 0, to: 2 }, "a: [2, &x 1, 1]\n"),
            ("a: [&x 1, 2, *x]\n", Change::Move { path: path("a"), from: 2, to: 0 }, "a: [&x 1, 1, 2]\n"),
            ("&k a: 1\nb: *k\n", Change::Rename { path: path("a"), key: "c".to_owned() }, "c: 1\nb: &k a\n"),
            (
                "a: &k x\n*k : 1\n",
                Change::Rename { path: path("x"), key: "c".to_owned() },
                "a: &k x\nc : 1\n",
            ),
        ] {
            assert_eq!(after(text, change, &InTextOrder).as_deref(), Ok(new), "{text}");
        }
    }

    #[test]
    fn the_question_names_every_place() {
        let text = "a: &x {k: 1}\nb:\n- *x\n- <<: *x\n";
        let refusal =
            apply(text, 0, &[set("b[0].k", json!(2))], &InTextOrder, Sharing::Ask).expect_err("asked");
        let shared = refusal.shared.expect("shared");
        let places: Vec<_> = (shared.places.iter())
            .map(|place| (place.path.to_string(), &text[place.span.clone()], place.is_anchor))
            .collect();
        let expected = [("a", "&x", true), ("b[0]", "*x", false), ("b[1]", "*x", false)]
            .map(|(p, t, a)| (p.to_owned(), t, a));
        assert_eq!(
            (places, shared.anchor.as_str(), shared.through),
            (expected.to_vec(), "&x", Through::Inside)
        );
        let through = |at: &str| {
            apply(text, 0, &[set(at, json!(2))], &InTextOrder, Sharing::Ask)
                .expect_err("asked")
                .shared
                .map(|shared| shared.through)
        };
        assert_eq!(through("a.k"), Some(Through::Anchor));
        assert_eq!(through("b[0]"), Some(Through::Alias));
        assert_eq!(through("b[1].k"), Some(Through::Alias));
    }

    #[test]
    fn the_places_of_a_refusal_are_those_of_the_given_text() {
        let text = "z: 1\na: &x 1\nb: *x\n";
        let changes = [set("z", json!("a longer text")), set("b", json!(2))];
        let refusal = apply(text, 0, &changes, &InTextOrder, Sharing::Ask).expect_err("asked");
        let spans = refusal.shared.map(|shared| shared.places).unwrap_or_default();
        let written: Vec<&str> = spans.iter().map(|place| &text[place.span.clone()]).collect();
        assert_eq!((written, refusal.span), (vec!["&x", "*x"], Some(8..10)));
    }

    #[test]
    fn a_new_string_is_quoted_as_its_neighbours_are() {
        let add = |at: &str, value: Json| Change::Insert { path: path(at), index: None, value };
        for (text, change, new) in [
            ("a:\n  b: \"x\"\n", set("a.c", json!("y1")), "a:\n  b: \"x\"\n  c: \"y1\"\n"),
            ("a:\n- 'x'\n- 'z'\n", add("a", json!("y1")), "a:\n- 'x'\n- 'z'\n- 'y1'\n"),
            ("a: ['x', 'z']\n", add("a", json!("y1")), "a: ['x', 'z', 'y1']\n"),
            ("a: {'k': \"x\"}\n", set("a.l", json!("y1")), "a: {'k': \"x\", 'l': \"y1\"}\n"),
            ("a:\n- b: \"x\"\n", add("a", json!({"b": "y1"})), "a:\n- b: \"x\"\n- b: \"y1\"\n"),
            // Quotes that must be, and quotes here and there, are no habit.
            ("a:\n  b: \"1\"\n", set("a.c", json!("y1")), "a:\n  b: \"1\"\n  c: y1\n"),
            ("a:\n  b: \"x\"\n  d: z\n", set("a.c", json!("y1")), "a:\n  b: \"x\"\n  d: z\n  c: y1\n"),
            ("a:\n  b: \"x\"\n  d: 'z'\n", set("a.c", json!("y1")), "a:\n  b: \"x\"\n  d: 'z'\n  c: y1\n"),
        ] {
            assert_eq!(after(text, change, &InTextOrder).as_deref(), Ok(new), "{text}");
        }
    }

    #[test]
    fn a_moved_item_takes_its_comments_along() {
        let shift = |from, to| Change::Move { path: path("a"), from, to };
        for (text, change, new) in [
            (
                "a:\n# one\n- x # x\n- y\n# rest\n# two\n- z # z\n",
                shift(2, 0),
                "a:\n# rest\n# two\n- z # z\n# one\n- x # x\n- y\n",
            ),
            ("a: [\n  x,  # x\n  y\n]\n", shift(0, 1), "a: [\n  y,\n  x  # x\n]\n"),
            ("a: [\n  x, # x\n  y,   # y\n  z,\n]\n", shift(2, 0), "a: [\n  z,\n  x, # x\n  y,   # y\n]\n"),
            (
                "a: [\n  {k: v}, # x\n  [1,\n   2], # y\n]\n",
                shift(1, 0),
                "a: [\n  [1,\n   2], # y\n  {k: v}, # x\n]\n",
            ),
        ] {
            assert_eq!(after(text, change, &InTextOrder).as_deref(), Ok(new), "{text}");
        }
    }

    #[test]
    fn odd_layouts_are_edited_by_parts() {
        let remove = |at: &str| Change::Remove { path: path(at) };
        for (text, change, new) in [
            ("a: # c\n  k: 1\n", set("a", json!({"l": 2})), "a: # c\n  l: 2\n"),
            ("a: # c\n  k: 1\n", set("a", json!("x1")), "a: x1 # c\n"),
            ("a: # c\n  k: 1 # d\nb: 2\n", set("a", json!("x1")), "a: x1 # c\nb: 2\n"),
            ("- # c\n  k: 1\n", set("[0]", json!("x\ny")), "- |- # c\n  x\n  y\n"),
            ("? a\nb: 1\n", set("a", json!(2)), "? a\n: 2\nb: 1\n"),
            ("m: {a, b: 1}\n", set("m.a", json!(2)), "m: {a: 2, b: 1}\n"),
            ("a: !!int 1 # n\n", set("a", json!("x1")), "a: x1 # n\n"),
            ("a: !!str 1 # n\n", set("a", json!({"k": 1})), "a: # n\n  k: 1\n"),
            ("- x\t# c\n", set("[0]", json!({"k": "w".repeat(70)})), "- # c\n  k: WIDE\n"),
            ("m: { # top\n  a: 1\n}\n", remove("m.a"), "m: { # top\n}\n"),
            ("m: { # top\n}\n", set("m.a", json!(1)), "m: { # top\n  a: 1\n}\n"),
            ("m: [a, # a\n  b]\n", remove("m[1]"), "m: [a, # a\n  ]\n"),
            ("a:\n  k: 1\n\nb: 2\n", set("a", json!("x\n\n")), "a: \"x\\n\\n\"\n\nb: 2\n"),
            ("a: x", set("a", json!("one\ntwo\n")), "a: |\n  one\n  two\n"),
            ("  a: 1\n  b: 2\n", set("", json!({"c": 1, "d": 2})), "  c: 1\n  d: 2\n"),
            ("# only\n...\n", set("a", json!(1)), "# only\na: 1\n...\n"),
            ("!!str a: 1\n", Change::Rename { path: path("a"), key: "b".to_owned() }, "b: 1\n"),
            (
                "? |\n  a\n: 1\n",
                Change::Rename { path: Path::root().key("a\n"), key: "b".to_owned() },
                "? b\n: 1\n",
            ),
        ] {
            let new = new.replace("WIDE", &"w".repeat(70));
            assert_eq!(after(text, change, &InTextOrder), Ok(new), "{text}");
        }
    }

    #[test]
    fn json_stays_json() {
        let text = "{\n  \"a\": [\n    1\n  ],\n  \"b\": {\"c\": \"d\"}\n}\n";
        for change in [
            set("a[0]", json!("yes")),
            set("b.e", json!({"f": "x: y"})),
            set("g", json!({"h": [1]})),
            Change::Insert { path: path("a"), index: Some(0), value: json!("x") },
            Change::Insert { path: path("a"), index: None, value: json!({"k": null}) },
            Change::Remove { path: path("b") },
            Change::Remove { path: path("a") },
            Change::Rename { path: path("b.c"), key: "no".to_owned() },
        ] {
            let new = after(text, change.clone(), &InTextOrder).expect("edited");
            assert!(serde_json::from_str::<Json>(&new).is_ok(), "{change:?}: {new}");
        }
        let new = after(text, set("g", json!({"h": 1})), &InTextOrder).expect("edited");
        assert_eq!(new, text.replace("\"d\"}\n", "\"d\"},\n  \"g\": {\n    \"h\": 1\n  }\n"));
    }

    #[test]
    fn refusals_say_why() {
        for (text, change, part) in [
            ("a: [\n", set("a", json!(1)), "cannot be read"),
            ("a: 1\n", set("a.b", json!(1)), "“a” is not a mapping"),
            ("a: 1\n", set("a[0]", json!(1)), "“a” is not a list"),
            ("a: []\n", set("a[1]", json!(1)), "no item 1"),
            ("- a\n", set("a", json!(1)), "The document is not a mapping"),
            (
                "a: 1\n",
                Change::Insert { path: Path::root(), index: None, value: json!(1) },
                "The document is not a list",
            ),
            (
                "b: 2\na: 1\n",
                Change::Rename { path: path("a"), key: "b".to_owned() },
                "The document has a key “b”",
            ),
            ("a: 1\n", Change::Remove { path: path("b") }, "not there"),
            ("a: 1\n", Change::Remove { path: Path::root() }, "itself"),
            ("a: [1]\n", Change::Move { path: path("a"), from: 0, to: 1 }, "1 items"),
            ("a: 1\nb: 2\n", Change::Rename { path: path("a"), key: "b".to_owned() }, "already"),
        ] {
            let message = after(text, change, &InTextOrder).expect_err(text);
            assert!(message.contains(part), "{message}");
        }
        assert!(apply("a: 1\n", 1, &[], &InTextOrder, Sharing::Ask).is_ok());
        assert!(apply("a: 1\n", 1, &[set("a", json!(2))], &InTextOrder, Sharing::Ask).is_err());
    }

    #[test]
    fn a_comment_is_never_lost_by_widening() {
        // Replacing one of two equal keys needs the mapping to be written anew, which the comment forbids.
        let text = "m:\n  k: 1 # keep\n  k: 2\n";
        assert!(after(text, Change::Remove { path: path("m.k") }, &InTextOrder).is_err());
        assert_eq!(
            after("m:\n  k: 1\n  k: 2\n  l: 3\n", Change::Remove { path: path("m.k") }, &InTextOrder)
                .as_deref(),
            Ok("m:\n  l: 3\n")
        );
    }
}
