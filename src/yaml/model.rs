//! Changes on plain values: what a document must read as once a change is made.

use super::edit::refuse;
use super::respell::value_of;
use super::{Change, Refusal};
use crate::path::{Path, Step};
use serde_json::Value as Json;

/// The change on the plain value.
pub(super) fn model(root: &mut Json, change: &Change) -> Result<(), Refusal> {
    match change {
        Change::Set { path, value } => *place(root, path)? = value.clone(),
        Change::Insert { path, index, value } => {
            let list = place(root, path)?;
            if list.is_null() {
                *list = Json::Array(Vec::new());
            }
            let Json::Array(items) = list else {
                return refuse(format!("{} is not a list.", named(path)), None);
            };
            let at = index.unwrap_or(items.len());
            if at > items.len() {
                return refuse(
                    format!("{} has {} items; there is no place {at}.", named(path), items.len()),
                    None,
                );
            }
            items.insert(at, value.clone());
        }
        Change::Remove { path } => {
            let Some((up, last)) = path.split_last() else {
                return refuse("The document itself cannot be removed.", None);
            };
            let removed = match (existing(root, &up), last) {
                (Some(Json::Object(members)), step) => {
                    step.key().and_then(|key| members.shift_remove(key)).is_some()
                }
                (Some(Json::Array(items)), Step::Index(at)) if *at < items.len() => {
                    items.remove(*at);
                    true
                }
                _ => false,
            };
            if !removed {
                return refuse(format!("“{path}” is not there."), None);
            }
        }
        Change::Move { path, from, to } => match existing(root, path) {
            Some(Json::Array(items)) if *from < items.len() && *to < items.len() => {
                let item = items.remove(*from);
                items.insert(*to, item);
            }
            Some(Json::Array(items)) => {
                return refuse(
                    format!("{} has {} items; {from} cannot become {to}.", named(path), items.len()),
                    None,
                );
            }
            _ => return refuse(format!("{} is not a list.", named(path)), None),
        },
        Change::Rename { path, key } => {
            let (up, name) = match path.split_last() {
                Some((up, step)) => (up, step.key().map(str::to_owned)),
                None => (Path::root(), None),
            };
            let Some(Json::Object(members)) = existing(root, &up) else {
                return refuse(format!("{} is not a mapping key.", named(path)), None);
            };
            if name.as_deref() != Some(key) && members.contains_key(key) {
                return refuse(format!("{} has a key “{key}” already.", named(&up)), None);
            }
            let Some(value) = name.and_then(|name| members.shift_remove(&name)) else {
                return refuse(format!("“{path}” is not there."), None);
            };
            members.insert(key.clone(), value);
        }
        Change::Spell { path, spelling } => {
            let (Some(old), Some(value)) = (existing(root, path), value_of(spelling)) else {
                return refuse(format!("“{path}” is not there, or “{spelling}” is no scalar."), None);
            };
            *old = value;
        }
        // What it leaves depends on the entries of the text.
        Change::RemoveRepeat { .. } => {}
    }
    Ok(())
}

/// A place in a sentence: its path in quotes, and the top of a document, which has none, in words.
pub(super) fn named(path: &Path) -> String {
    if path.steps().is_empty() { "The document".to_owned() } else { format!("“{path}”") }
}

pub(super) fn existing<'v>(root: &'v mut Json, path: &Path) -> Option<&'v mut Json> {
    path.steps().iter().try_fold(root, |value, step| match step {
        Step::Index(at) => value.as_array_mut()?.get_mut(*at),
        step => value.as_object_mut()?.get_mut(step.key()?),
    })
}

/// The value at a path, made if it is not there, its parents with it.
pub(super) fn place<'v>(root: &'v mut Json, path: &Path) -> Result<&'v mut Json, Refusal> {
    let mut value = root;
    for (depth, step) in path.steps().iter().enumerate() {
        let here = || Path::from(path.steps()[..depth].to_vec());
        if value.is_null() {
            *value = if step.key().is_some() {
                Json::Object(serde_json::Map::new())
            } else {
                Json::Array(Vec::new())
            };
        }
        value = match (value, step) {
            (Json::Array(items), Step::Index(at)) => {
                if *at > items.len() {
                    return refuse(
                        format!("{} has {} items; there is no item {at}.", named(&here()), items.len()),
                        None,
                    );
                }
                if *at == items.len() {
                    items.push(Json::Null);
                }
                &mut items[*at]
            }
            (Json::Object(members), step) if step.key().is_some() => {
                members.entry(step.key().unwrap_or_default()).or_insert(Json::Null)
            }
            (_, Step::Index(_)) => return refuse(format!("{} is not a list.", named(&here())), None),
            _ => return refuse(format!("{} is not a mapping.", named(&here())), None),
        };
    }
    Ok(value)
}

/// The value at the end of steps that lead through nothing that is there.
pub(super) fn nested(steps: &[Step], value: &Json) -> Json {
    steps.iter().rev().fold(value.clone(), |inner, step| match step.key() {
        Some(key) => Json::Object([(key.to_owned(), inner)].into_iter().collect()),
        None => Json::Array(vec![inner]),
    })
}
