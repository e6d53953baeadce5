//! Read, change, read again: the changed text holds exactly the changed data in the document asked for, the same bytes in
//! all others, every comment that stands outside of what went, and undo gives the very text. Values that anchors repeat
//! change everywhere or only here, as the answer says. A refusal is an answer too.
//!
//! The first `HEAD` bytes choose the change; the rest is the text.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use podwright::editor::{Command, Editor};
use podwright::path::{Path, Step};
use podwright::yaml::{self, Change, Data, InTextOrder, Sharing, Stream};
use serde_json::Value as Json;

/// How many bytes choose the change; `seeds.rs` writes as many before each text.
const HEAD: usize = 32;

fuzz_target!(|bytes: &[u8]| {
    let Some((head, text)) = bytes.split_at_checked(HEAD) else { return };
    let text = String::from_utf8_lossy(text);
    let before = yaml::parse(&text);
    let mut choices = Unstructured::new(head);
    let index = choices.choose_index(before.docs.len().max(1)).unwrap_or_default();
    let Some(old) = data(&before, index) else { return };
    if before.problems.iter().any(|problem| problem.fatal) {
        return;
    }
    let Ok((change, wanted)) = change(&mut choices, &old) else { return };
    let changes = std::slice::from_ref(&change);
    let apply = |sharing| yaml::apply(&text, index, changes, &InTextOrder, sharing);
    // What asks has a part in other places; what does not is the same under every answer.
    let is_shared = matches!(apply(Sharing::Ask), Err(refusal) if refusal.shared.is_some());
    for sharing in [Sharing::Everywhere, Sharing::OnlyHere] {
        let Ok(applied) = apply(sharing) else { continue };
        let after_text = yaml::edited(&text, &applied.edits);
        let after = yaml::parse(&after_text);
        let told = || format!("{change:?} ({sharing:?}) of document {index} made of {text:?} this: {after_text:?}");
        assert!(!after.problems.iter().any(|problem| problem.fatal), "{}: {:?}", told(), after.problems);
        assert_eq!(before.docs.len(), after.docs.len(), "{}", told());
        for at in (0..before.docs.len()).filter(|at| *at != index) {
            let of = |stream: &Stream, text: &str| text[stream.docs[at].span.clone()].to_owned();
            assert_eq!(of(&before, &text), of(&after, &after_text), "{}", told());
        }
        let new = data(&after, index).unwrap_or_default();
        match &wanted {
            Some(wanted) if !is_shared || sharing == Sharing::OnlyHere => {
                assert_eq!(*wanted, new, "{}", told());
            }
            // Where the value is written once, it is the new one wherever it stands: here too.
            Some(wanted) => {
                if let Change::Set { path, .. } = &change {
                    let there = |value: &Json| at(&mut value.clone(), path).map(|value| value.clone());
                    assert_eq!(there(wanted), there(&new), "{}", told());
                }
                everywhere(&text, &before, index, (&change, &old, &new), &told);
            }
            None => {}
        }
        // A “<<” that is written out goes with its comment.
        let keeps_all = matches!(change, Change::Insert { .. } | Change::Move { .. } | Change::Rename { .. });
        if keeps_all && !text.contains("<<") {
            for comment in before.comments.iter().map(|comment| &text[comment.clone()]) {
                assert!(after.comments.iter().any(|new| after_text[new.clone()] == *comment), "{}", told());
            }
        }
        let mut editor = Editor::default();
        if editor.run(Command::New(text.to_string())).is_ok() {
            let command = Command::Change { doc: index, changes: changes.to_vec() };
            let made = editor.run(Command::Answered { sharing, command: Box::new(command) });
            if made.is_ok() && editor.can_undo() {
                assert!(editor.run(Command::Undo).is_ok(), "{}", told());
            }
            assert_eq!(editor.document().text, text, "{}", told());
        }
    }
});

/// The aliases of the only anchor of a text stand for one value before a change, and do so after it.
fn everywhere(
    text: &str,
    before: &Stream,
    index: usize,
    (change, old, new): (&Change, &Json, &Json),
    told: &dyn Fn() -> String,
) {
    // A place moves only with a list that grows, shrinks or is put in another order, and goes with what is replaced.
    let Change::Set { path, .. } = change else { return };
    let Some(data) = before.docs[index].data.as_ref() else { return };
    if text.matches('&').count() != 1 {
        return;
    }
    let mut aliases = Vec::new();
    alias_paths(text, data, &mut aliases);
    let value = |root: &Json, path: &Path| at(&mut root.clone(), path).map(|value| value.clone());
    aliases.retain(|alias| !path.contains(alias) && value(old, alias).is_some());
    for pair in aliases.windows(2) {
        assert_eq!(value(new, &pair[0]), value(new, &pair[1]), "{}", told());
    }
}

/// The places of all aliases that stand as values or items.
fn alias_paths(text: &str, root: &Data, out: &mut Vec<Path>) {
    let mut open = vec![(root, Path::root())];
    while let Some((data, here)) = open.pop() {
        if text[data.span.clone()].starts_with('*') {
            out.push(here);
            continue;
        }
        match &data.value {
            yaml::Value::List(items) => {
                open.extend(items.iter().enumerate().map(|(at, item)| (item, here.index(at))));
            }
            yaml::Value::Map(map) => {
                open.extend(map.members.iter().map(|member| (&member.data, here.key(member.key.clone()))));
            }
            _ => {}
        }
    }
}

fn data(stream: &Stream, index: usize) -> Option<Json> {
    stream.docs.get(index)?.data.as_ref().map(yaml::Data::to_json)
}

/// A change of a place of `old`, and the data that it must lead to; `None` for a change that may only be refused or
/// be read in more than one way.
fn change(choices: &mut Unstructured<'_>, old: &Json) -> Result<(Change, Option<Json>)> {
    let mut all = Vec::new();
    places(old, Path::root(), &mut all);
    let place = choices.choose(&all)?.clone();
    let mut new = old.clone();
    let target = at(&mut new, &place);
    let kind = choices.int_in_range(0..=6)?;
    let change = match (kind, target) {
        (0, Some(Json::Array(items))) => {
            let index = choices.int_in_range(0..=items.len())?;
            let value = value(choices, 2)?;
            items.insert(index, value.clone());
            Change::Insert { path: place, index: (index + 1 < items.len()).then_some(index), value }
        }
        (1, Some(Json::Array(items))) if !items.is_empty() => {
            let (from, to) = (choices.choose_index(items.len())?, choices.choose_index(items.len())?);
            let item = items.remove(from);
            items.insert(to, item);
            Change::Move { path: place, from, to }
        }
        (2, Some(Json::Object(members))) => {
            let (key, value) = (text(choices)?, value(choices, 2)?);
            members.insert(key.clone(), value.clone());
            Change::Set { path: place.key(key), value }
        }
        (3, Some(_)) => {
            let Some((up, last)) = place.split_last() else { return Err(arbitrary::Error::IncorrectFormat) };
            match (at(&mut new, &up), last) {
                (Some(Json::Object(members)), step) => {
                    members.shift_remove(step.key().unwrap_or_default());
                }
                (Some(Json::Array(items)), Step::Index(index)) => {
                    items.remove(*index);
                }
                _ => return Err(arbitrary::Error::IncorrectFormat),
            }
            Change::Remove { path: place }
        }
        (4, Some(_)) => {
            let key = text(choices)?;
            match place.split_last() {
                Some((up, step)) if step.key().is_some() => {
                    let Some(Json::Object(members)) = at(&mut new, &up) else {
                        return Err(arbitrary::Error::IncorrectFormat);
                    };
                    let value = members.shift_remove(step.key().unwrap_or_default()).unwrap_or_default();
                    members.insert(key.clone(), value);
                }
                _ => return Ok((Change::Rename { path: place, key }, None)),
            }
            Change::Rename { path: place, key }
        }
        (5, _) => {
            // Places that may not be there, with parents that may have to be made.
            let path = place.key(text(choices)?).index(choices.int_in_range(0..=2)?);
            return Ok((Change::Set { path, value: value(choices, 1)? }, None));
        }
        (_, Some(target)) => {
            *target = value(choices, 3)?;
            Change::Set { path: place, value: target.clone() }
        }
        (_, None) => return Err(arbitrary::Error::IncorrectFormat),
    };
    Ok((change, Some(new)))
}

/// Every place of a value, by a list of what is still to be visited: nesting has no bound here.
fn places(value: &Json, root: Path, out: &mut Vec<Path>) {
    let mut open = vec![(value, root)];
    while let Some((value, here)) = open.pop() {
        match value {
            Json::Array(items) => {
                open.extend(items.iter().enumerate().map(|(i, item)| (item, here.index(i))))
            }
            Json::Object(members) => {
                open.extend(members.iter().map(|(key, member)| (member, here.key(key.as_str()))))
            }
            _ => {}
        }
        out.push(here);
        if out.len() >= 256 {
            return;
        }
    }
}

fn at<'a>(value: &'a mut Json, path: &Path) -> Option<&'a mut Json> {
    path.steps().iter().try_fold(value, |value, step| match (value, step) {
        (Json::Array(items), Step::Index(index)) => items.get_mut(*index),
        (Json::Object(members), step) => members.get_mut(step.key()?),
        _ => None,
    })
}

fn value(choices: &mut Unstructured<'_>, depth: u8) -> Result<Json> {
    Ok(match choices.int_in_range(0..=if depth == 0 { 4 } else { 6 })? {
        0 => Json::Null,
        1 => choices.arbitrary::<bool>()?.into(),
        2 => choices.arbitrary::<i64>()?.into(),
        3 | 4 => text(choices)?.into(),
        5 => (0..choices.int_in_range(0..=2)?)
            .map(|_| value(choices, depth - 1))
            .collect::<Result<Vec<_>>>()?
            .into(),
        _ => {
            let count = choices.int_in_range(0..=2)?;
            let members = (0..count).map(|_| Ok((text(choices)?, value(choices, depth - 1)?)));
            Json::Object(members.collect::<Result<_>>()?)
        }
    })
}

/// Strings that are hard to write, and any others of up to seven bytes.
fn text(choices: &mut Unstructured<'_>) -> Result<String> {
    const HARD: [&str; 16] = [
        "", "yes", "<<", "0644", "1:20", "a: b", " x ", "a\nb", "a\n\n", "\n", "#", "- a", "~", "1e3", "\"'",
        "|",
    ];
    if choices.ratio(1, 2)? {
        return Ok((*choices.choose(&HARD)?).to_owned());
    }
    let count = choices.int_in_range(0..=7)?;
    let count = count.min(choices.len());
    Ok(String::from_utf8_lossy(choices.bytes(count)?).into_owned())
}
