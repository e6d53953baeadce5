//! Nodes → what kubectl reads: scalars typed, aliases expanded, `<<` merged (go-yaml v2 `decoder`, then the conversion to
//! JSON of sigs.k8s.io/yaml).

use super::scalar::{Resolved, float_key, resolve};
use super::tree::{Entry, Fault, Kind, MAX_DEPTH, Node, Style, fault, too_deep};
use super::{Data, Map, Member, Value};
use std::collections::HashMap;
use std::ops::Range;

/// How much all aliases of a document may add, in nodes; 64 bytes of text count as one.
const MAX_EXPANSION: usize = 200_000;

/// One document's nodes while they become data.
pub(super) struct Reading<'n> {
    anchors: HashMap<usize, &'n Node>,
    /// The anchors of the nodes that are being read, against an alias to its own surroundings.
    open: Vec<usize>,
    depth: usize,
    expanding: usize,
    expansion: usize,
}

impl<'n> Reading<'n> {
    /// Prepares to read `root`; `aliases` says whether it holds any.
    pub fn new(root: &'n Node, aliases: bool) -> Reading<'n> {
        let mut anchors = HashMap::new();
        if aliases {
            collect_anchors(root, &mut anchors);
        }
        Reading { anchors, open: Vec::new(), depth: 0, expanding: 0, expansion: 0 }
    }

    /// What kubectl reads in a node.
    pub fn data(&mut self, node: &'n Node) -> Result<Data, Fault> {
        if self.expanding > 0 {
            let text = if let Kind::Scalar { text, .. } = &node.kind { text.len() } else { 0 };
            self.expansion += 1 + text / 64;
            if self.expansion > MAX_EXPANSION {
                return fault(
                    node.span.clone(),
                    "The aliases repeat too much data; write the values out, or fewer of them.",
                );
            }
        }
        if node.anchor != 0 {
            self.open.push(node.anchor);
        }
        self.depth += 1;
        let span = node.span.clone();
        let value = match &node.kind {
            _ if self.depth > MAX_DEPTH + 1 => return fault(span, too_deep()),
            Kind::Absent => Value::Null,
            Kind::Scalar { text, style, tag } => {
                scalar(text, *style, tag.as_deref()).map_err(|message| (span.clone(), message))?
            }
            Kind::Alias(id) => self.expand(*id, &span)?.value,
            Kind::List { items, .. } => {
                Value::List(items.iter().map(|item| self.data(&item.node)).collect::<Result<_, _>>()?)
            }
            Kind::Map { entries, .. } => Value::Map(self.map(entries)?),
        };
        self.depth -= 1;
        if node.anchor != 0 {
            self.open.pop();
        }
        Ok(Data { value, span, implied: false })
    }

    fn expand(&mut self, id: usize, span: &Range<usize>) -> Result<Data, Fault> {
        let Some(target) = self.anchors.get(&id).copied() else {
            return fault(
                span.clone(),
                "No anchor of this name stands before the alias; define it with “&name”.",
            );
        };
        if self.open.contains(&id) {
            return fault(
                span.clone(),
                "The alias stands inside the value that it repeats; write the value out.",
            );
        }
        self.expanding += 1;
        let data = self
            .data(target)
            .map_err(|(inner, message)| (if self.expanding == 1 { span.clone() } else { inner }, message));
        self.expanding -= 1;
        data
    }

    fn map(&mut self, entries: &'n [Entry]) -> Result<Map, Fault> {
        let mut map = MapBuilder::default();
        for entry in entries {
            if entry.is_merge() {
                self.merge(&entry.value, &mut map)?;
                continue;
            }
            let key_span = entry.key.span.clone();
            let key = match &entry.key.kind {
                Kind::Alias(id) => match self.anchors.get(id) {
                    Some(target) => key_text(target),
                    None => fault(key_span.clone(), "No anchor of this name stands before the alias."),
                },
                _ => key_text(&entry.key),
            };
            let key = key.map_err(|(_, message)| (entry.key.start()..entry.key.end(), message))?;
            let data = self.data(&entry.value)?;
            map.put(Member { key, key_span: key_span.clone(), data }, key_span);
        }
        Ok(map.map)
    }

    /// `<<`: puts the members of one mapping, or of a list of mappings (the first one wins), where it stands.
    fn merge(&mut self, value: &'n Node, map: &mut MapBuilder) -> Result<(), Fault> {
        let sources: Vec<&Node> = match &value.kind {
            Kind::List { items, .. } => items.iter().rev().map(|item| &item.node).collect(),
            _ => vec![value],
        };
        for source in sources {
            match self.data(source)?.value {
                Value::Map(merged) => {
                    map.map.duplicates.extend(merged.duplicates);
                    for member in merged.members {
                        map.put(member, source.span.clone());
                    }
                }
                _ => {
                    return fault(
                        source.span.clone(),
                        "“<<” needs a mapping or a list of mappings, such as “<<: *name”.",
                    );
                }
            }
        }
        Ok(())
    }
}

fn collect_anchors<'n>(node: &'n Node, anchors: &mut HashMap<usize, &'n Node>) {
    if node.anchor != 0 {
        anchors.insert(node.anchor, node);
    }
    for child in node.children() {
        collect_anchors(child, anchors);
    }
}

/// A mapping that grows, with a table of its keys once it is large.
#[derive(Default)]
struct MapBuilder {
    map: Map,
    places: HashMap<String, usize>,
}

impl MapBuilder {
    const SMALL: usize = 16;

    /// Adds a member. One of a known key takes that one's place and is noted, with the bytes that repeat it.
    fn put(&mut self, member: Member, repeat: Range<usize>) {
        let members = &mut self.map.members;
        let known = if members.len() <= Self::SMALL {
            members.iter().position(|known| known.key == member.key)
        } else {
            if self.places.is_empty() {
                self.places = members.iter().enumerate().map(|(at, known)| (known.key.clone(), at)).collect();
            }
            self.places.get(&member.key).copied()
        };
        if let Some(at) = known {
            self.map.duplicates.push((member.key.clone(), repeat));
            members[at] = member;
        } else {
            if !self.places.is_empty() {
                self.places.insert(member.key.clone(), members.len());
            }
            members.push(member);
        }
    }
}

const TAG: &str = "tag:yaml.org,2002:";

/// The value of a scalar (go-yaml v2 `decoder.scalar` and `resolve`).
pub(super) fn scalar(text: &str, style: Style, tag: Option<&str>) -> Result<Value, String> {
    let string = || Ok(Value::String(text.to_owned()));
    let Some(tag) = tag else {
        return if style == Style::Plain { plain(text) } else { string() };
    };
    let wrong = |name: &str| {
        Err(format!("The value is not of the type that its tag “!!{name}” says; change one of them."))
    };
    match tag.strip_prefix(TAG) {
        Some("binary") => match base64(text) {
            Some(decoded) => Ok(Value::String(decoded)),
            None => {
                Err("The value is tagged “!!binary” but is not base64; remove the tag or encode the value."
                    .to_owned())
            }
        },
        Some(name @ ("bool" | "int" | "float" | "null" | "timestamp")) => match (name, plain(text)?) {
            ("bool", value @ Value::Bool(_))
            | ("int", value @ Value::Int(_))
            | ("float", value @ Value::Float(_)) => Ok(value),
            ("float", Value::Int(value)) => Ok(Value::Float(value as f64)),
            ("null", Value::Null) => Ok(Value::Null),
            ("timestamp", _) if resolve(text) == Resolved::Timestamp => string(),
            _ => wrong(name),
        },
        // Any other tag, `!` too, makes the text a string.
        _ => string(),
    }
}

fn plain(text: &str) -> Result<Value, String> {
    Ok(match resolve(text) {
        Resolved::Null => Value::Null,
        Resolved::Bool(value) => Value::Bool(value),
        Resolved::Int(value) => Value::Int(value),
        Resolved::Float(value) if value.is_finite() => Value::Float(value),
        Resolved::Float(_) => {
            return Err(
                "Kubernetes has no infinite numbers and no “not a number”; quote the text or write a number."
                    .to_owned(),
            );
        }
        Resolved::Timestamp | Resolved::Merge | Resolved::String => Value::String(text.to_owned()),
    })
}

/// A mapping key as kubectl spells it in JSON (sigs.k8s.io/yaml `convertToJSONableObject`).
pub(super) fn key_text(node: &Node) -> Result<String, Fault> {
    let refuse = |message: &str| fault(node.start()..node.end(), message);
    match &node.kind {
        Kind::Absent => refuse("A mapping key is missing before the “:”; write one."),
        Kind::Scalar { text, style, tag } => match scalar(text, *style, tag.as_deref()) {
            Ok(Value::String(text)) => Ok(text),
            Ok(Value::Bool(value)) => Ok(value.to_string()),
            Ok(Value::Int(value)) if i64::try_from(value).is_ok() => Ok(value.to_string()),
            Ok(Value::Float(value)) => Ok(float_key(value)),
            Ok(Value::Null) => {
                refuse("kubectl does not accept null as a mapping key; quote it or give it a name.")
            }
            Ok(_) => refuse("kubectl does not accept this number as a mapping key; quote it."),
            Err(message) => refuse(&message),
        },
        Kind::Alias(_) => refuse("The mapping key is an alias; write the key out."),
        Kind::Map { .. } | Kind::List { .. } => {
            refuse("A mapping key must be a text, not a mapping or a list; write “key: value”.")
        }
    }
}

/// Decodes standard base64 with padding; white space within is skipped. Bytes that are not UTF-8 become U+FFFD.
fn base64(text: &str) -> Option<String> {
    let digits: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\n' | b'\r')).collect();
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let padding = digits.iter().rev().take_while(|b| **b == b'=').count();
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in &digits[..digits.len() - padding] {
        bits = (bits << 6) | u32::from(value(*digit)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    (padding <= 2).then(|| String::from_utf8_lossy(&bytes).into_owned())
}
