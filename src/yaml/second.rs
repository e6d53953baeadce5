//! A second opinion on an edit: libyaml, of the same family as kubectl's own parser, must find in the new text what we
//! find there.

use super::tree::{Kind, Node};
use super::{Data, Doc, Value};
use serde_yaml::Value as Other;

/// The largest document that is read twice, in bytes: a second reading must not be felt.
const MOST_BYTES: usize = 256 << 10;

/// Whether libyaml reads a document as we do: the same mappings and lists, and the same text where both see text (the
/// two have different ideas of booleans and numbers). `None` where no comparison is made: the document is empty, too
/// large, or has anchors.
pub(super) fn agrees(text: &str, doc: &Doc) -> Option<bool> {
    let (data, root) = (doc.data.as_ref()?, doc.root.as_ref()?);
    if doc.span.len() > MOST_BYTES || !is_plain(root) {
        return None;
    }
    let other: Result<Other, _> = serde_yaml::from_str(text.get(doc.span.clone())?);
    Some(other.is_ok_and(|other| same(data, &other)))
}

fn is_plain(node: &Node) -> bool {
    let plain = node.anchor == 0 && !matches!(node.kind, Kind::Alias(_));
    plain && node.children().all(is_plain)
}

fn same(data: &Data, other: &Other) -> bool {
    match (&data.value, other) {
        (_, Other::Tagged(tagged)) => same(data, &tagged.value),
        (Value::List(items), Other::Sequence(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(item, other)| same(item, other))
        }
        (Value::Map(map), Other::Mapping(others)) => {
            map.members.len() == others.len()
                && map.members.iter().zip(others).all(|(member, (key, other))| {
                    key.as_str().is_none_or(|key| key == member.key || is_typed_key(&member.key))
                        && same(&member.data, other)
                })
        }
        (Value::List(_) | Value::Map(_), _) | (_, Other::Sequence(_) | Other::Mapping(_)) => false,
        (Value::String(text), Other::String(other)) => text == other,
        _ => true,
    }
}

/// Keys that only kubectl's reader types: `y: 1` is the key `true` for it.
fn is_typed_key(key: &str) -> bool {
    key == "true" || key == "false" || key.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn reads_the_same_or_says_so() {
        for (text, opinion) in [
            ("a: [1, yes, x]\nb: {c: 'd'}\n", Some(true)),
            ("y: 1\n0x10: 2\n", Some(true)),
            ("a: &x 1\nb: *x\n", None),
            ("", None),
            // For libyaml the raw NEL ends the line.
            ("a: \"x\u{85}y\"\n", None),
        ] {
            let stream = parse(text);
            assert_eq!(stream.docs.first().and_then(|doc| agrees(text, doc)), opinion, "{text:?}");
        }
    }

    #[test]
    fn another_text_is_another_opinion() {
        let (text, other) = ("a: [x]\n", "a: [y]\n");
        let stream = parse(text);
        assert_eq!(agrees(other, &stream.docs[0]), Some(false));
    }
}
