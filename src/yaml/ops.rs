//! Changes as a file: a JSON list of operations, for the command line and for tests.

use super::edit::apply;
use super::tree::parse;
use super::{Applied, Change, KeyOrder, Refusal, Sharing, Through, edited};
use crate::path::{Path, Step};
use serde_json::Value as Json;

/// One operation of a file of changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The document, counted from 0.
    pub doc: usize,
    /// What to do.
    pub change: Change,
    /// What must hold before: `Some(true)` if the place must be there (`set`), `Some(false)` if it must not (`add`).
    pub present: Option<bool>,
}

/// Reads a list of operations.
///
/// Each is an object with `op`, `path` (a list of keys and indexes) and, if not the first one, `doc`; further members by
/// `op`: `set` (`value`, of a place that is there), `add` (`key` and `value`, of a key that is not there), `append`
/// (`value`), `insert` (`index`, `value`), `remove`, `move` (`from`, `to`), `rename` (`key`).
///
/// # Errors
/// A sentence that names the operation, counted from 1, and what it lacks.
pub fn change_ops(json: &Json) -> Result<Vec<Operation>, String> {
    let list = json.as_array().ok_or("The changes must be a JSON list of operations.")?;
    let read = |(at, op): (usize, &Json)| operation(op).map_err(|why| format!("Operation {}: {why}", at + 1));
    list.iter().enumerate().map(read).collect()
}

fn operation(op: &Json) -> Result<Operation, String> {
    let value = || op.get("value").cloned().ok_or("“value” is missing.");
    let number = |name: &str| {
        let number = op.get(name).and_then(Json::as_u64).and_then(|number| usize::try_from(number).ok());
        number.ok_or(format!("“{name}” must be a number from 0 up."))
    };
    let key = || op.get("key").and_then(Json::as_str).map(str::to_owned).ok_or("“key” must be a text.");
    let path = path(op)?;
    let doc = if op.get("doc").is_some() { number("doc")? } else { 0 };
    let name = op.get("op").and_then(Json::as_str).ok_or("“op” must be a text.")?;
    let (change, present) = match name {
        "set" => (Change::Set { path, value: value()? }, Some(true)),
        "add" => (Change::Set { path: path.key(key()?), value: value()? }, Some(false)),
        "append" => (Change::Insert { path, index: None, value: value()? }, None),
        "insert" => (Change::Insert { path, index: Some(number("index")?), value: value()? }, None),
        "remove" => (Change::Remove { path }, None),
        "move" => (Change::Move { path, from: number("from")?, to: number("to")? }, None),
        "rename" => (Change::Rename { path, key: key()? }, None),
        other => {
            return Err(format!(
                "“{other}” is not an operation; use set, add, append, insert, remove, move or rename."
            ));
        }
    };
    Ok(Operation { doc, change, present })
}

fn path(op: &Json) -> Result<Path, String> {
    let steps =
        op.get("path").and_then(Json::as_array).ok_or("“path” must be a list of keys and indexes.")?;
    let step = |step: &Json| match step {
        // As the API server spells paths: brackets only for what is not a plain name.
        Json::String(key) if !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            Ok(Step::Field(key.clone().into()))
        }
        Json::String(key) => Ok(Step::Key(key.clone())),
        Json::Number(number) => {
            let index = number.as_u64().and_then(|index| usize::try_from(index).ok());
            index.map(Step::Index).ok_or(format!("“{number}” in “path” is not an index."))
        }
        other => Err(format!("“{other}” in “path” is neither a key nor an index.")),
    };
    Ok(Path::from(steps.iter().map(step).collect::<Result<Vec<_>, _>>()?))
}

/// The text after all operations, made one after the other. All of them are made or none.
///
/// `sharing` says what becomes of values that anchors and aliases repeat. With `None` an operation means the text as it is
/// written: a `set` of an anchored value changes its aliases too, a `set` of an alias takes its place, an `add` of a key
/// that comes through `<<` overrides it, and everything else that would make a difference elsewhere is refused.
///
/// # Errors
/// The first refusal: see [`apply`]; also a `set` of what is not there and an `add` of what is.
pub fn run(
    text: &str,
    operations: &[Operation],
    order: &dyn KeyOrder,
    sharing: Option<Sharing>,
) -> Result<String, Refusal> {
    let mut text = text.to_owned();
    for Operation { doc, change, present } in operations {
        if let (Some(present), Change::Set { path, .. }) = (present, change) {
            check_presence(&text, *doc, path, *present)?;
        }
        let made = |sharing| apply(&text, *doc, std::slice::from_ref(change), order, sharing);
        let Applied { edits, .. } = match made(sharing.unwrap_or_default()) {
            Err(refusal) if sharing.is_none() => {
                let through = refusal.shared.as_ref().map(|shared| shared.through);
                match (change, through) {
                    (Change::Set { .. }, Some(Through::Anchor)) if *present == Some(true) => {
                        made(Sharing::Everywhere)?
                    }
                    (Change::Set { .. }, Some(Through::Alias)) => made(Sharing::OnlyHere)?,
                    _ => return Err(refusal),
                }
            }
            made => made?,
        };
        text = edited(&text, &edits);
    }
    Ok(text)
}

fn check_presence(text: &str, doc: usize, path: &Path, present: bool) -> Result<(), Refusal> {
    let stream = parse(text);
    let Some(data) = stream.docs.get(doc).and_then(|doc| doc.data.as_ref()) else { return Ok(()) };
    let found = data.at(path);
    let message = match (present, found, path.split_last()) {
        (true, None, _) => {
            format!("“{path}” is not there; use “add” for a new key or “append” for a new item.")
        }
        (false, Some(_), Some((up, step))) if step.key().is_some() => {
            let key = step.key().unwrap_or_default();
            // A key that only comes through `<<` can be overridden.
            let parent = data.at(&up);
            let member = parent.and_then(|parent| match &parent.value {
                super::Value::Map(map) => map.member(key).map(|member| (member, &parent.span)),
                _ => None,
            });
            match member {
                Some((member, span)) if span.contains(&member.key_span.start) => {
                    format!("“{path}” is there already; use “set” to change it.")
                }
                _ => return Ok(()),
            }
        }
        _ => return Ok(()),
    };
    Err(Refusal::new(message, found.map(|data| data.span.clone())))
}

#[cfg(test)]
mod tests {
    use super::super::InTextOrder;
    use super::*;
    use serde_json::json;

    #[test]
    fn says_what_an_operation_lacks() {
        for (ops, part) in [
            (json!({}), "list of operations"),
            (json!([{"op": "set", "path": ["a"]}]), "Operation 1: “value”"),
            (json!([{"op": "jump", "path": []}]), "“jump”"),
            (json!([{"op": "remove", "path": [-1]}]), "not an index"),
            (json!([{"op": "move", "path": [], "from": 0}]), "“to”"),
        ] {
            let message = change_ops(&ops).expect_err("refused");
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn set_needs_the_place_and_add_needs_it_free() {
        let run = |ops: Json| run("a: 1\n", &change_ops(&ops).expect("ops"), &InTextOrder, None);
        assert_eq!(run(json!([{"op": "set", "path": ["a"], "value": 2}])).expect("set"), "a: 2\n");
        assert!(run(json!([{"op": "set", "path": ["b"], "value": 2}])).is_err());
        assert!(run(json!([{"op": "add", "path": [], "key": "a", "value": 2}])).is_err());
    }
}
