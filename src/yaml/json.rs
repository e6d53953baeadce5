//! A text that begins with `{` is JSON for kubectl: the same nodes, by JSON's rules.

use super::tree::{Entry, Item, Kind, MAX_DEPTH, Node, Shape, Style, fault};
use serde::de::{Deserialize, IgnoredAny};
use std::ops::Range;

/// Reads the one JSON object in `body` into nodes, and how many they are; or says what is not JSON.
pub(super) fn parse(
    text: &str,
    body: Range<usize>,
    budget: usize,
) -> Result<(Node, usize), (Range<usize>, String)> {
    let source = &text[body.clone()];
    check(source).map_err(|(span, message)| (body.start + span.start..body.start + span.end, message))?;
    let mut builder = Builder { open: Vec::new(), root: None, nodes: 0 };
    let bytes = source.as_bytes();
    let mut at = 0;
    // The text is known to be JSON, so that what a byte begins says all.
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        let span = |end: usize| body.start + start..body.start + end;
        match byte {
            b'{' => builder.begin(Kind::Map { shape: Shape::Flow, entries: Vec::new() }, span(at)),
            b'[' => builder.begin(Kind::List { shape: Shape::Flow, items: Vec::new() }, span(at)),
            b'}' | b']' => builder.end(body.start + at),
            b':' => builder.colon(body.start + start),
            b'"' => {
                while bytes.get(at).is_some_and(|b| *b != b'"') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                let Some(Ok(text)) = source.get(start..at).map(serde_json::from_str) else {
                    return fault(span(at), "This text is not JSON; check its escapes.");
                };
                builder.put(Node::new(Kind::Scalar { text, style: Style::Double, tag: None }, span(at)));
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' => {
                while bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)) {
                    at += 1;
                }
                let text = source[start..at].to_owned();
                builder.put(Node::new(Kind::Scalar { text, style: Style::Plain, tag: None }, span(at)));
            }
            _ => {}
        }
        if builder.open.len() > MAX_DEPTH || builder.nodes > budget {
            return fault(span(at), "The text is too large or nests too deep; split it.");
        }
    }
    match builder.root {
        Some(root) => Ok((root, builder.nodes)),
        None => fault(body.start..body.start, "The JSON object is missing."),
    }
}

/// Whether the text is one JSON value and nothing after it.
fn check(source: &str) -> Result<(), (Range<usize>, String)> {
    let place = |error: &serde_json::Error| {
        let line_start =
            source.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let mut at = (line_start + error.column().saturating_sub(1)).min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        at..source[at..].chars().next().map_or(at, |c| at + c.len_utf8())
    };
    let mut reader = serde_json::Deserializer::from_str(source);
    if let Err(error) = IgnoredAny::deserialize(&mut reader) {
        let message = if error.is_eof() {
            "The JSON text ends too early; close its brackets and quotes."
        } else {
            "kubectl reads a text that begins with “{” as JSON, and this is not JSON; correct it, or put a line “---” first to have YAML."
        };
        return Err((place(&error), message.to_owned()));
    }
    reader.end().map_err(|error| (place(&error), "Text follows the JSON object; remove it.".to_owned()))
}

/// A key that waits for its value, and where its `:` stands.
type PendingKey = (Node, Option<usize>);

struct Builder {
    open: Vec<(Node, Option<PendingKey>)>,
    root: Option<Node>,
    nodes: usize,
}

impl Builder {
    fn begin(&mut self, kind: Kind, span: Range<usize>) {
        self.open.push((Node::new(kind, span), None));
    }

    fn end(&mut self, end: usize) {
        if let Some((mut node, _)) = self.open.pop() {
            node.span.end = end;
            self.put(node);
        }
    }

    fn colon(&mut self, at: usize) {
        if let Some((_, Some((_, colon)))) = self.open.last_mut() {
            *colon = Some(at);
        }
    }

    fn put(&mut self, node: Node) {
        self.nodes += 1;
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((Node { kind: Kind::List { items, .. }, .. }, _)) => {
                items.push(Item { dash: node.span.start, node })
            }
            Some((Node { kind: Kind::Map { entries, .. }, .. }, pending)) => match pending.take() {
                None => *pending = Some((node, None)),
                Some((key, colon)) => entries.push(Entry { key, value: node, question: None, colon }),
            },
            Some(_) => {}
        }
    }
}
