//! Text ⇄ tree with spans: what kubectl reads in a manifest, where each part of it stands, and smallest edits of it.
//! Nothing here knows of Kubernetes.
//!
//! Three layers, in reading order: [`parse`] makes a [`Stream`] of documents from any text; [`Data`] is what kubectl's
//! reader (sigs.k8s.io/yaml over go-yaml v2: YAML 1.1 scalars, aliases expanded, `<<` merged where it stands) makes
//! of one document; [`apply`] turns [`Change`]s by path into [`Edit`]s by byte range and proves the result.

mod data;
mod edit;
mod emit;
mod json;
mod lines;
mod model;
mod moves;
pub mod ops;
mod pieces;
mod plan;
mod respell;
mod scalar;
mod second;
mod shared;
mod syntax;
mod tokens;
mod tree;

use crate::path::Path;
use std::ops::Range;

pub use edit::apply;
pub use emit::{emit, quote};
pub use lines::{LONG_LINE, LineIndex, Text};
pub use moves::{Move, rearrange};
pub use scalar::{Resolved, resolve};
pub use tokens::{tokens, tokens_by_line, tokens_in};
pub use tree::parse;

/// All that a text holds: its documents in order, the problems of its syntax, its comments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stream {
    /// The documents, in order. A document whose syntax is broken is there too, with no data.
    pub docs: Vec<Doc>,
    /// What is wrong with the text as YAML, as kubectl's reader sees it; sorted by place.
    pub problems: Vec<Problem>,
    /// The bytes of every comment, from `#` to the end of its line.
    pub comments: Vec<Range<usize>>,
}

/// One document of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Doc {
    /// From its `---` (or the start of the text) up to the next document's.
    pub span: Range<usize>,
    /// What kubectl reads; `None` where the syntax is broken or the document is empty.
    pub data: Option<Data>,
    /// The text's own shape, for the edit engine and for highlighting; `None` where the syntax is broken.
    pub(crate) root: Option<tree::Node>,
}

/// A problem of the text itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The bytes to mark; empty at a place where something is missing.
    pub span: Range<usize>,
    /// The document in which it stands, counted from 0.
    pub doc: usize,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
    /// Whether kubectl would refuse the document for it (else it only reads something surprising).
    pub fatal: bool,
}

/// A value as kubectl reads it, with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The value.
    pub value: Value,
    /// Its bytes, quotes, brackets and block scalar header included. For an alias: the `*name`.
    /// For an absent value (`key:`): the empty range after the colon.
    pub span: Range<usize>,
    /// Whether the value has no text of its own: the server's default, put in by `api::defaults`.
    pub implied: bool,
}

/// The JSON value that kubectl would send.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, `yes`, `on`, `y`, …
    Bool(bool),
    /// An integer that fits 64 bits, signed or not.
    Int(i128),
    /// Any other finite number.
    Float(f64),
    /// A string.
    String(String),
    /// A sequence.
    List(Vec<Data>),
    /// A mapping.
    Map(Map),
}

/// A mapping as kubectl reads it: one member a key, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map {
    /// The members. Of a repeated key the last value counts, at the first one's place.
    pub members: Vec<Member>,
    /// The repeats: key and the span of each later key of that name (a key given beside `<<` that brought it in too).
    pub duplicates: Vec<(String, Range<usize>)>,
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key as kubectl reads it (`yes:` is the key `true`).
    pub key: String,
    /// The key's bytes, quotes included.
    pub key_span: Range<usize>,
    /// The value.
    pub data: Data,
}

impl Map {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Data> {
        self.member(key).map(|member| &member.data)
    }

    /// The member of a key.
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.key == key)
    }
}

impl Data {
    /// The value at a path below this one; `None` where the path leads nowhere.
    pub fn at(&self, path: &Path) -> Option<&Data> {
        path.steps().iter().try_fold(self, |data, step| match (&data.value, step) {
            (Value::List(items), crate::path::Step::Index(i)) => items.get(*i),
            (Value::Map(map), step) => map.get(step.key()?),
            _ => None,
        })
    }

    /// The same value as JSON, spans forgotten.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(*b),
            Value::Int(i) => i64::try_from(*i)
                .map(Json::from)
                .or_else(|_| u64::try_from(*i).map(Json::from))
                .unwrap_or(Json::Null),
            Value::Float(f) => Json::from(*f),
            Value::String(s) => Json::String(s.clone()),
            Value::List(items) => Json::Array(items.iter().map(Data::to_json).collect()),
            Value::Map(map) => {
                Json::Object(map.members.iter().map(|m| (m.key.clone(), m.data.to_json())).collect())
            }
        }
    }
}

/// One change of a document's meaning, by path. Shared by the form, the fixes, the patterns and the command line.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Give the value at `path`, put there if absent, its missing parents with it (a missing list has its first item at
    /// index 0; an index one past the end appends).
    Set {
        /// Where.
        path: Path,
        /// What stands there then.
        value: serde_json::Value,
    },
    /// Take away the field, key or item at `path`. The last one of a collection leaves `{}` or `[]`.
    Remove {
        /// What goes.
        path: Path,
    },
    /// Put an item into the list at `path`, before the item `index`, or after the last one for `None`. An absent list is made.
    Insert {
        /// The list.
        path: Path,
        /// The item before which the new one stands.
        index: Option<usize>,
        /// The new item.
        value: serde_json::Value,
    },
    /// Move an item of the list at `path`.
    Move {
        /// The list.
        path: Path,
        /// The item's index now.
        from: usize,
        /// Its index afterwards.
        to: usize,
    },
    /// Give the mapping key at the end of `path` another name, its value and place unchanged.
    Rename {
        /// The key.
        path: Path,
        /// Its new name.
        key: String,
    },
    /// Write the scalar at `path` in another spelling, of the same value or of another one.
    Spell {
        /// The scalar.
        path: Path,
        /// One scalar as YAML writes it on a line: `true`, `0644`, `"yes"`. JSON, which has one spelling, gets its value.
        spelling: String,
    },
    /// Where a mapping gives the key at `path` more than once (a `<<` that brings it in counts too), take one of those
    /// entries away. Nothing happens where there is none to take.
    RemoveRepeat {
        /// The key.
        path: Path,
        /// Which entry goes.
        which: Repeat,
    },
}

/// Which one of several entries of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The first one that another follows. The value stays what it is: the last one counts.
    First,
    /// The last one that stands after another.
    Last,
}

impl Change {
    /// The place that it changes: the value, or for `Insert` and `Move` the list.
    pub fn path(&self) -> &Path {
        match self {
            Change::Set { path, .. }
            | Change::Remove { path }
            | Change::Insert { path, .. }
            | Change::Move { path, .. }
            | Change::Rename { path, .. }
            | Change::Spell { path, .. }
            | Change::RemoveRepeat { path, .. } => path,
        }
    }
}

/// A replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace, in the text before any edit of its list.
    pub range: Range<usize>,
    /// What stands there instead.
    pub text: String,
}

/// The edits of a list of changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The edits of the given text: sorted, disjoint, and no larger than need be.
    pub edits: Vec<Edit>,
    /// How many of the changes had no smallest edit that holds, so that a larger part of the text is written anew.
    pub widened: usize,
}

/// What becomes of the other places where a value stands that a change is of: an anchored one with its aliases, and what
/// comes through an alias or a `<<`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sharing {
    /// The change is refused with [`Refusal::shared`], so that a person can be asked.
    #[default]
    Ask,
    /// They change too: the change is made where the value is written, at the anchor or in the merged mapping.
    Everywhere,
    /// They stay: an alias or merged value is written out in the place of the change; where that is the anchored value
    /// itself, the anchor moves to its first alias, which gets the old value.
    OnlyHere,
}

/// A value that stands in several places.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The anchor as it is written, `&name`; of several that a change lies in, the innermost.
    pub anchor: String,
    /// Every place where the value stands, the anchor's own among them, in the order of the text.
    pub places: Vec<SharedPlace>,
    /// How the place of the change has its part in it.
    pub through: Through,
}

/// One of the places where a shared value stands.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedPlace {
    /// Its field; for a `<<`, the mapping that it stands in.
    pub path: Path,
    /// The bytes of the anchor or of the alias.
    pub span: Range<usize>,
    /// Whether it is the anchor's, where the value is written.
    pub is_anchor: bool,
}

/// How a place shares its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// The value is written there, at the anchor or below it.
    Anchor,
    /// The place is an alias itself, or a key that comes through `<<`.
    Alias,
    /// It is inside of what an alias or `<<` repeats.
    Inside,
}

/// In which order the keys of a mapping are written: new keys are put where the order has them.
pub trait KeyOrder {
    /// The known keys of the mapping at `path`, in order; empty where there is no order (new keys go last).
    fn keys(&self, path: &Path) -> Vec<String>;
}

/// No order: new keys go last.
#[derive(Debug, Clone, Copy, Default)]
pub struct InTextOrder;

impl KeyOrder for InTextOrder {
    fn keys(&self, _path: &Path) -> Vec<String> {
        Vec::new()
    }
}

/// Why a change was not made. The text is as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// What stands in the way and what to do, in one sentence.
    pub message: String,
    /// The place in the text that stands in the way, if there is one.
    pub span: Option<Range<usize>>,
    /// What the person is to be asked, where the change would make a difference in other places too: [`Sharing`] has the
    /// answers.
    pub shared: Option<Box<Shared>>,
}

impl Refusal {
    /// A refusal for a reason, at a place if there is one.
    pub fn new(message: impl Into<String>, span: Option<Range<usize>>) -> Refusal {
        Refusal { message: message.into(), span, shared: None }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

/// The kinds of text that a highlighter tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A mapping key.
    Key,
    /// A string, quoted or not, as kubectl types it.
    String,
    /// A number, as kubectl types it.
    Number,
    /// A boolean or null, as kubectl types it.
    Constant,
    /// A comment.
    Comment,
    /// `&anchor`, `*alias`, `!tag`, `<<`.
    Reference,
    /// `---`, `...`, brackets, dashes.
    Punctuation,
}

/// The text with a sorted, disjoint list of edits made.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len() + edits.iter().map(|e| e.text.len()).sum::<usize>());
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.range.start]);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(&text[at..]);
    out
}
