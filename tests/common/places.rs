//! The places of a JSON value.

use podwright::path::{Path, Step};
use serde_json::Value as Json;

/// Every place of a value that stands at `here`, those within others first.
pub fn places(value: &Json, here: Path, out: &mut Vec<Path>) {
    match value {
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| places(item, here.index(at), out))
        }
        Json::Object(members) => {
            members.iter().for_each(|(key, member)| places(member, here.key(key.clone()), out))
        }
        _ => {}
    }
    out.push(here);
}

/// A path as a JSON Pointer (RFC 6901).
pub fn pointer(path: &Path) -> String {
    let step = |step: &Step| match step {
        Step::Index(at) => format!("/{at}"),
        step => format!("/{}", step.key().unwrap_or_default().replace('~', "~0").replace('/', "~1")),
    };
    path.steps().iter().map(step).collect()
}
