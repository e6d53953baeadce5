//! Changes of how a value is written rather than of what it is: another spelling, one entry of a repeated key.

use super::data::Reading;
use super::plan::{Plan, Planner, Stop, edit};
use super::tree::{Entry, Kind, Node, Style, parse};
use super::{Data, Repeat, Value};
use crate::path::Path;
use serde_json::Value as Json;

/// The value that one scalar's YAML means to kubectl; `None` for what is not one scalar.
pub(super) fn value_of(spelling: &str) -> Option<Json> {
    let stream = parse(&format!("- {spelling}\n"));
    let [doc] = stream.docs.as_slice() else { return None };
    match &doc.data.as_ref()?.value {
        Value::List(items) => match items.as_slice() {
            [Data { value: Value::Map(_) | Value::List(_), .. }] => None,
            [item] => Some(item.to_json()),
            _ => None,
        },
        _ => None,
    }
}

impl Planner<'_> {
    /// Writes a scalar in another spelling.
    pub fn spell(&self, path: &Path, spelling: &str) -> Result<Plan, Stop> {
        let (site, value) = (self.node(path)?, value_of(spelling).ok_or(Stop::Unplanned)?);
        match &site.node.kind {
            Kind::Scalar { style, tag: None, .. } if *style != Style::Block => {}
            _ => return Err(Stop::Unplanned),
        }
        let text = if self.writer.json { value.to_string() } else { spelling.to_owned() };
        Ok(Plan { edits: vec![edit(site.node.span.clone(), text)], gone: Vec::new() })
    }

    /// The mapping above `path` as it is without the repeat; `None` if there is no repeat to take away.
    pub fn without_repeat(&self, path: &Path, which: Repeat) -> Option<Json> {
        let parent = self.node(&path.parent()).ok()?.node;
        let at = self.repeat(parent, path, which)?;
        let Kind::Map { shape, entries } = &parent.kind else { return None };
        let rest = entries.iter().enumerate().filter(|(number, _)| *number != at).map(|(_, e)| e.clone());
        self.read(Kind::Map { shape: *shape, entries: rest.collect() })
    }

    /// Takes the repeat away.
    pub fn remove_repeat(&self, path: &Path, which: Repeat) -> Result<Plan, Stop> {
        let parent = self.node(&path.parent())?;
        let at = self.repeat(parent.node, path, which).ok_or(Stop::Unplanned)?;
        self.remove_at(parent, at)
    }

    /// The number of the entry that goes: of those with the key, or with a mapping behind `<<` that has it, one that is
    /// written out and has another on the side that stays.
    fn repeat(&self, parent: &Node, path: &Path, which: Repeat) -> Option<usize> {
        let (_, step) = path.split_last()?;
        let (key, Kind::Map { shape, entries }) = (step.key()?, &parent.kind) else { return None };
        let brings = |entry: &Entry| {
            let alone = || self.read(Kind::Map { shape: *shape, entries: vec![entry.clone()] });
            entry.is_merge() && alone().is_some_and(|map| map.get(key).is_some())
                || !entry.is_merge() && entry.name().as_deref() == Some(key)
        };
        let given: Vec<usize> = (0..entries.len()).filter(|at| brings(&entries[*at])).collect();
        let written = |at: &usize| !entries[*at].is_merge();
        match (which, given.as_slice()) {
            (Repeat::First, [others @ .., _]) => others.iter().copied().find(written),
            (Repeat::Last, [_, others @ ..]) => others.iter().copied().rfind(written),
            _ => None,
        }
    }

    /// What kubectl reads in a node of this document.
    fn read(&self, kind: Kind) -> Option<Json> {
        let node = Node::new(kind, 0..0);
        let data = Reading::new(self.root?, true).data(&node).ok()?.to_json();
        Some(data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Change, InTextOrder, Sharing, apply, edited};
    use super::*;
    use serde_json::json;

    fn after(text: &str, change: Change) -> Result<String, String> {
        apply(text, 0, &[change], &InTextOrder, Sharing::Everywhere)
            .map(|made| edited(text, &made.edits))
            .map_err(|why| why.message)
    }

    fn spell(at: &str, spelling: &str) -> Change {
        Change::Spell { path: at.parse().expect("path"), spelling: spelling.to_owned() }
    }

    fn remove(at: &str, which: Repeat) -> Change {
        Change::RemoveRepeat { path: at.parse().expect("path"), which }
    }

    #[test]
    fn a_spelling_is_the_value_that_kubectl_reads() {
        for (spelling, value) in [
            ("0644", Some(json!(420))),
            ("\"yes\"", Some(json!("yes"))),
            ("true", Some(json!(true))),
            ("[a]", None),
            ("a: b", None),
            ("'a", None),
        ] {
            assert_eq!(value_of(spelling), value, "{spelling}");
        }
    }

    #[test]
    fn only_the_spelling_changes() {
        for (text, at, spelling, expected) in [
            ("a: yes # c\n", "a", "true", "a: true # c\n"),
            ("a: [1:20, b] # c\n", "a[0]", "\"1:20\"", "a: [\"1:20\", b] # c\n"),
            ("a:\n- 012 # c\n", "a[0]", "10", "a:\n- 10 # c\n"),
            ("a: 420\n", "a", "0644", "a: 0644\n"),
            ("a: \"x\"\n", "a", "x", "a: x\n"),
            ("a: &x yes\nb: *x\n", "a", "true", "a: &x true\nb: *x\n"),
            ("a: &x {k: yes}\nb: *x\n", "b.k", "true", "a: &x {k: true}\nb: *x\n"),
            ("{\"a\": 400}", "a", "0400", "{\"a\": 256}"),
        ] {
            assert_eq!(after(text, spell(at, spelling)).as_deref(), Ok(expected), "{text}");
        }
        for (text, at) in [("a: *b\n", "a"), ("a: 1\n", "b")] {
            assert!(after(text, spell(at, "true")).is_err(), "{text}");
        }
    }

    #[test]
    fn a_repeat_goes_and_the_others_stay() {
        let text = "m:\n  k: 1 # one\n  l: x\n  k: 2 # two\n  # three\n  k: 3\n";
        let first = after(text, remove("m.k", Repeat::First));
        assert_eq!(first, Ok(text.replace("  k: 1 # one\n", "")));
        let last = after(text, remove("m.k", Repeat::Last));
        assert_eq!(last, Ok(text.replace("  # three\n  k: 3\n", "")));
        for (text, which, expected) in [
            ("- k: 1\n  k: 2\n", Repeat::First, "- k: 2\n"),
            ("- k: 1\n  k: 2\n", Repeat::Last, "- k: 1\n"),
            ("- {k: 1, k: 2}\n", Repeat::First, "- {k: 2}\n"),
            ("- {k: 1, l: 2}\n", Repeat::Last, "- {k: 1, l: 2}\n"),
            ("- {<<: {k: 1}, k: 2}\n", Repeat::Last, "- {<<: {k: 1}}\n"),
            ("- {<<: {k: 1}, k: 2}\n", Repeat::First, "- {<<: {k: 1}, k: 2}\n"),
            ("- {k: 2, <<: {k: 1}}\n", Repeat::First, "- {<<: {k: 1}}\n"),
        ] {
            assert_eq!(after(text, remove("[0].k", which)).as_deref(), Ok(expected), "{text}");
        }
        let anchored = "m: {k: &a 1, k: 2, l: *a}\n";
        // What an alias repeats stays what it is.
        assert_eq!(after(anchored, remove("m.k", Repeat::First)).as_deref(), Ok("m: {k: 2, l: 1}\n"));
    }
}
