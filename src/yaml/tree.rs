//! Text → nodes that know their bytes → what kubectl reads.
//!
//! The parser is granit-parser (events with byte offsets). This module cuts the text into documents as kubectl's
//! reader does, completes granit's spans ([`layout`]) and adds the rules in which go-yaml v2 differs from YAML 1.2.

use super::data::{Reading, key_text};
use super::syntax::syntax_fault;
use super::{Data, Doc, Problem, Stream, json};
use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, Tag};
use std::collections::HashMap;
use std::ops::Range;

/// The largest text that is read, in bytes.
const MAX_BYTES: usize = 32 << 20;
/// The largest number of documents in a text.
const MAX_DOCS: usize = 20_000;
/// The largest number of nodes in a text.
const MAX_NODES: usize = 2_000_000;
/// How deep collections may nest, aliases expanded. It also bounds every recursion over nodes and data.
pub(super) const MAX_DEPTH: usize = 250;

/// How many problems of one kind a document reports.
const MAX_REPORTS: usize = 100;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// As a literal (`|`) or folded (`>`) block.
    Block,
}

/// How a collection is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// By indentation.
    Block,
    /// In brackets.
    Flow,
    /// A mapping of one entry inside a bracketed list, without brackets of its own: `[a: b]`.
    Pair,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// Nothing: the value of `key:`.
    Absent,
    /// A scalar: its text after escapes and folding, its tag in full.
    Scalar { text: String, style: Style, tag: Option<String> },
    /// `*name`, by the number of its anchor.
    Alias(usize),
    /// A mapping.
    Map { shape: Shape, entries: Vec<Entry> },
    /// A sequence.
    List { shape: Shape, items: Vec<Item> },
}

/// A node of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub kind: Kind,
    /// The content: quotes, brackets and block header included; properties and comments not. A block collection ends
    /// with its last entry; a block scalar without its trailing blank lines, unless it keeps them.
    pub span: Range<usize>,
    /// The `&anchor` and `!tag` before the content.
    pub props: Option<Range<usize>>,
    /// The number of the anchor that it defines, or 0.
    pub anchor: usize,
}

/// One `key: value`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub key: Node,
    pub value: Node,
    /// Where an explicit key's `?` stands.
    pub question: Option<usize>,
    /// Where the `:` stands.
    pub colon: Option<usize>,
}

/// One item of a sequence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// Where its dash stands; in a bracketed list, where the item begins.
    pub dash: usize,
    pub node: Node,
}

impl Node {
    pub(super) fn new(kind: Kind, span: Range<usize>) -> Node {
        Node { kind, span, props: None, anchor: 0 }
    }

    /// Where the node begins, properties included.
    pub fn start(&self) -> usize {
        self.props.as_ref().map_or(self.span.start, |props| props.start.min(self.span.start))
    }

    /// Where the node ends; for an absent one with properties, after those.
    pub fn end(&self) -> usize {
        self.props.as_ref().map_or(self.span.end, |props| props.end.max(self.span.end))
    }

    /// Whether it is a collection written by indentation.
    pub fn is_block(&self) -> bool {
        matches!(self.kind, Kind::Map { shape: Shape::Block, .. } | Kind::List { shape: Shape::Block, .. })
    }

    /// The parts of a collection, keys before their values.
    pub fn children(&self) -> Box<dyn Iterator<Item = &Node> + '_> {
        match &self.kind {
            Kind::Map { entries, .. } => {
                Box::new(entries.iter().flat_map(|entry| [&entry.key, &entry.value]))
            }
            Kind::List { items, .. } => Box::new(items.iter().map(|item| &item.node)),
            _ => Box::new(std::iter::empty()),
        }
    }
}

impl Entry {
    /// Where the entry begins.
    pub fn start(&self) -> usize {
        self.question.unwrap_or_else(|| self.key.start())
    }

    /// The end of its `:` (of its key, where it has none).
    pub fn colon_end(&self) -> usize {
        self.colon.map_or(self.key.span.end, |colon| colon + 1)
    }

    /// Where the entry ends.
    pub fn end(&self) -> usize {
        self.value.end().max(self.colon_end())
    }

    /// Whether it is a merge: a plain `<<`.
    pub fn is_merge(&self) -> bool {
        matches!(&self.key.kind, Kind::Scalar { text, style: Style::Plain, tag: None } if text == "<<")
    }

    /// Its key as kubectl reads it, where that is a scalar that can be a key.
    pub fn name(&self) -> Option<String> {
        key_text(&self.key).ok()
    }
}

/// What stops a document from being read: the bytes and the sentence.
pub(super) type Fault = (Range<usize>, String);

pub(super) fn fault<T>(span: Range<usize>, message: impl Into<String>) -> Result<T, Fault> {
    Err((span, message.into()))
}

/// Reads any text. The stream holds every document, what kubectl's reader would say about the text, and all comments.
///
/// Documents are cut as kubectl does (apimachinery `YAMLReader.Read`): a line that begins with `---` ends one
/// wherever it stands, even in a quoted or block scalar; so an error in one leaves the others readable. A text that
/// begins with `{` is JSON. Comments before the first `---` belong to the first document.
pub fn parse(text: &str) -> Stream {
    let mut stream = Stream::default();
    if text.len() > MAX_BYTES {
        let message =
            format!("The text has {} MB; at most {} MB are read.", text.len() >> 20, MAX_BYTES >> 20);
        stream.docs.push(Doc { span: 0..text.len(), data: None, root: None });
        stream.problems.push(Problem { span: 0..0, doc: 0, message, fatal: true });
        return stream;
    }
    let is_json = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('{');
    let mut nodes = 0;
    for (number, section) in sections(text).into_iter().enumerate() {
        let mut reader =
            Document { text, nodes, problems: Vec::new(), comments: section.comments, aliases: false };
        let (root, data) = match section.fault {
            Some((span, message)) => {
                reader.problem(span, message, true);
                (None, None)
            }
            None if is_json && number > 0 => {
                let start = section.span.start;
                let message = "kubectl reads a text that begins with “{” as JSON, which has no “---”; put a line “---” before the “{”.";
                reader.problem(start..start + 3, message, true);
                (None, None)
            }
            None => reader.read(section.body.clone(), is_json),
        };
        if root.is_none() && reader.problems.iter().any(|problem| problem.2) {
            reader.comments.retain(|comment| comment.start < section.body.start);
            reader.comments.extend(super::tokens::line_comments(text, section.body));
        }
        nodes = reader.nodes;
        let data = data.filter(|_| !reader.problems.iter().any(|problem| problem.2));
        stream.comments.extend(reader.comments);
        reader.problems.sort_by_key(|(span, ..)| span.start);
        stream.problems.extend(reader.problems.into_iter().map(|(span, message, fatal)| Problem {
            span,
            doc: number,
            message,
            fatal,
        }));
        stream.docs.push(Doc { span: section.span, data, root });
    }
    stream.comments.sort_by_key(|comment| comment.start);
    stream
}

/// A document's place before it is read.
struct Section {
    /// As in [`Doc`].
    span: Range<usize>,
    /// What its reader gets: the lines after its `---`.
    body: Range<usize>,
    /// Comments outside the body: before the first `---` and on the separator's line.
    comments: Vec<Range<usize>>,
    /// What is wrong with its separator.
    fault: Option<Fault>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let first = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut open = Section { span: 0..0, body: first..first, comments: Vec::new(), fault: None };
    let mut separated = false;
    let mut at = first;
    while at < text.len() {
        let end = line_end(text, at);
        let next = (end + 1).min(text.len());
        if !text[at..].starts_with("---") {
            at = next;
            continue;
        }
        open.body.end = at;
        let body = &text[open.body.clone()];
        let mut comments = Vec::new();
        if separated || !is_blank(body) {
            open.span.end = at;
            sections.push(std::mem::replace(
                &mut open,
                Section { span: at..at, body: next..next, comments: Vec::new(), fault: None },
            ));
        } else {
            comments = super::tokens::line_comments(text, open.body.clone());
        }
        let rest = &text[at + 3..end];
        let trimmed = rest.trim();
        let comment = at + 3 + (rest.len() - rest.trim_start().len());
        open.comments = comments;
        open.fault = None;
        // At the start of a text or right after another one, the reader keeps the separator as content.
        let content = body.is_empty();
        if trimmed.starts_with('#') && !(content && rest.starts_with('#')) {
            open.comments.push(comment..comment + trimmed.len());
        } else if !trimmed.is_empty() {
            let message = "kubectl wants a line “---” to hold nothing else but a comment after a space; move the text to the next line.";
            open.fault = Some((comment..comment + trimmed.len(), message.to_owned()));
        }
        open.body = next..next;
        separated = true;
        at = next;
        if sections.len() >= MAX_DOCS {
            let message = format!("The text has more than {MAX_DOCS} documents; split it.");
            open.fault = Some((open.span.start..open.span.start + 3, message));
            break;
        }
    }
    open.body.end = text.len();
    open.span.end = text.len();
    sections.push(open);
    sections
}

/// Whether there is nothing but white space and comments.
fn is_blank(text: &str) -> bool {
    skip(text, 0) >= text.len()
}

/// One document while it is read.
struct Document<'t> {
    text: &'t str,
    nodes: usize,
    problems: Vec<(Range<usize>, String, bool)>,
    comments: Vec<Range<usize>>,
    aliases: bool,
}

impl Document<'_> {
    fn problem(&mut self, span: Range<usize>, message: impl Into<String>, fatal: bool) {
        // A place is found by bytes, and what is marked are whole characters.
        let span = self.text.floor_char_boundary(span.start)..self.text.ceil_char_boundary(span.end);
        self.problems.push((span, message.into(), fatal));
    }

    fn read(&mut self, body: Range<usize>, is_json: bool) -> (Option<Node>, Option<Data>) {
        let text = self.text;
        let breaks = if is_json { Vec::new() } else { self.controls(&body) };
        if !self.problems.is_empty() {
            return (None, None);
        }
        let tree = if is_json {
            json::parse(text, body, MAX_NODES.saturating_sub(self.nodes)).map(|(root, nodes)| {
                self.nodes += nodes;
                Some(root)
            })
        } else if is_blank(&text[body.clone()]) {
            self.comments.extend(super::tokens::line_comments(text, body));
            Ok(None)
        } else {
            self.events(body)
        };
        let tree = tree.map(|mut root| {
            if let (Some(root), false) = (&mut root, is_json) {
                self.rules(root, false);
            }
            root
        });
        self.line_breaks(breaks, tree.as_ref().ok().and_then(Option::as_ref));
        let root = match tree {
            Ok(root) => root,
            Err((span, message)) => {
                self.problem(span, message, true);
                return (None, None);
            }
        };
        let Some(root) = root.filter(|root| root.kind != Kind::Absent || root.props.is_some()) else {
            return (None, None);
        };
        match Reading::new(&root, self.aliases).data(&root) {
            Ok(data) => (Some(root), Some(data)),
            Err((span, message)) => {
                self.problem(span, message, true);
                (Some(root), None)
            }
        }
    }

    /// Runs the parser over one document's text and builds its nodes. What follows a `...` is only checked for being there.
    fn events(&mut self, body: Range<usize>) -> Result<Option<Node>, Fault> {
        let (text, base) = (self.text, body.start);
        let source = &text[body.clone()];
        let options = granit_parser::options! {
            disallow_directives: true,
            bom_inside_document_as_content: true,
            emit_anchor_events: true,
            // Looking for comments costs a sixth of the time.
            emit_comments: source.contains('#'),
            max_buffered_comment_events: 10_000,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        let mut open: Vec<(Node, Option<Node>)> = Vec::new();
        let mut root = None;
        let mut anchors: HashMap<usize, Range<usize>> = HashMap::new();
        for event in Parser::new_from_str_with_options(source, options) {
            let (event, place) = event.map_err(|error| syntax_fault(text, base, &error))?;
            let bytes = place.byte_range().unwrap_or_default();
            let span = base + bytes.start..base + bytes.end;
            let tag_span =
                place.tag_span().and_then(|tag| tag.byte_range()).map(|tag| base + tag.start..base + tag.end);
            self.nodes += usize::from(event.is_node());
            if self.nodes > MAX_NODES {
                return fault(span, format!("The text has more than {MAX_NODES} values; split it."));
            }
            let begin = |kind, anchor| Node { kind, span: span.clone(), props: tag_span.clone(), anchor };
            let done = match event {
                Event::Comment(..) => {
                    self.comments.push(span);
                    continue;
                }
                Event::Anchor(id, _) => {
                    anchors.insert(id, span);
                    continue;
                }
                Event::Alias(id) => {
                    self.aliases = true;
                    begin(Kind::Alias(id), 0)
                }
                Event::Scalar(value, style, anchor, tag) => {
                    begin(scalar_kind(&value, style, tag.as_deref(), &bytes), anchor)
                }
                Event::SequenceStart(style, anchor, _) => {
                    let shape = if style == StructureStyle::Flow { Shape::Flow } else { Shape::Block };
                    open.push((begin(Kind::List { shape, items: Vec::new() }, anchor), None));
                    if open.len() > MAX_DEPTH {
                        return fault(span, too_deep());
                    }
                    continue;
                }
                Event::MappingStart(style, anchor, _) => {
                    let shape = match style {
                        StructureStyle::Block => Shape::Block,
                        StructureStyle::Flow if text[span.start..].starts_with('{') => Shape::Flow,
                        StructureStyle::Flow => Shape::Pair,
                    };
                    open.push((begin(Kind::Map { shape, entries: Vec::new() }, anchor), None));
                    if open.len() > MAX_DEPTH {
                        return fault(span, too_deep());
                    }
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some((mut node, _)) = open.pop() else { continue };
                    if matches!(
                        node.kind,
                        Kind::Map { shape: Shape::Flow, .. } | Kind::List { shape: Shape::Flow, .. }
                    ) {
                        node.span.end = span.end;
                    }
                    node
                }
                Event::DocumentEnd => {
                    self.ignored_rest(span.start, body.end);
                    break;
                }
                _ => continue,
            };
            match open.last_mut() {
                None => root = Some(done),
                Some((Node { kind: Kind::List { items, .. }, .. }, _)) => {
                    items.push(Item { dash: done.start(), node: done });
                }
                Some((Node { kind: Kind::Map { entries, .. }, .. }, key)) => match key.take() {
                    None => *key = Some(done),
                    Some(key) => entries.push(Entry { key, value: done, question: None, colon: None }),
                },
                Some(_) => {}
            }
        }
        if let Some(root) = &mut root {
            layout(text, &anchors, root, base, body.end);
        }
        Ok(root)
    }

    /// After a `...` kubectl reads nothing up to the next `---`.
    fn ignored_rest(&mut self, at: usize, end: usize) {
        let Some(rest) = self.text.get(at..end).and_then(|rest| rest.strip_prefix("...")) else { return };
        let start = end - rest.len();
        self.comments.extend(super::tokens::line_comments(self.text, start..end));
        let from = skip(&self.text[..end], start);
        if from < end {
            let message =
                "kubectl ignores everything after “...”; begin the next document with a line “---”.";
            let until = from + self.text[from..end].trim_end().len();
            self.problem(from..until, message, false);
        }
    }

    /// The rules of go-yaml v2 that YAML 1.2 does not have, node by node.
    fn rules(&mut self, node: &mut Node, in_flow: bool) {
        let text = self.text;
        let is_pair = |node: &Node| matches!(node.kind, Kind::Map { shape: Shape::Pair, .. });
        match &mut node.kind {
            Kind::Scalar { style: Style::Plain, .. } if in_flow && text[node.span.clone()].contains('?') => {
                let message =
                    "kubectl does not accept a “?” in unquoted text between brackets; quote the text.";
                self.problem(node.span.clone(), message, true);
            }
            Kind::Scalar { style: Style::Double, .. } => self.escapes(node.span.clone()),
            Kind::List { shape, items } => {
                for item in items {
                    self.rules(&mut item.node, in_flow || *shape == Shape::Flow);
                    // `[a:, b]` is a list of the strings `a:` and `b` for kubectl.
                    if is_pair(&item.node)
                        && let Kind::Map { entries, .. } = &mut item.node.kind
                        && let [
                            Entry {
                                key,
                                colon: None,
                                value: Node { kind: Kind::Absent, .. },
                                question: None,
                            },
                        ] = entries.as_mut_slice()
                        && text[key.span.clone()].ends_with(':')
                    {
                        item.node = key.clone();
                    }
                }
            }
            Kind::Map { shape, entries } => {
                let in_flow = in_flow || *shape != Shape::Block;
                for entry in entries {
                    self.rules(&mut entry.key, in_flow);
                    self.rules(&mut entry.value, in_flow);
                    if in_flow {
                        self.tight_colon(entry);
                    }
                }
            }
            _ => {}
        }
    }

    /// Between brackets kubectl takes a `:` without a space after it for a part of the unquoted key.
    fn tight_colon(&mut self, entry: &mut Entry) {
        let (Kind::Scalar { text: key, style: Style::Plain, .. }, Some(colon)) =
            (&mut entry.key.kind, entry.colon)
        else {
            return;
        };
        if colon != entry.key.span.end {
            return;
        }
        match self.text.as_bytes().get(colon + 1) {
            Some(b',' | b'}' | b']') => {
                key.push(':');
                entry.key.span.end = colon + 1;
                entry.colon = None;
            }
            Some(b'[' | b'{') => {
                let message = "kubectl wants a space after this “:”; write one.";
                self.problem(colon..colon + 1, message, true);
            }
            _ => {}
        }
    }

    /// go-yaml knows neither `\/` nor surrogate pairs.
    fn escapes(&mut self, span: Range<usize>) {
        let bytes = self.text[span.clone()].as_bytes();
        let mut at = 0;
        while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\\')) {
            let escape = at + found;
            let after = &bytes[escape + 1..];
            let surrogate = matches!(after, [b'u', b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..]);
            if surrogate || after.first() == Some(&b'/') {
                let (length, advice) =
                    if surrogate { (6, "write the character itself") } else { (2, "write “/”") };
                let start = span.start + escape;
                self.problem(
                    start..start + length,
                    format!("kubectl does not know this escape; {advice}."),
                    true,
                );
                return;
            }
            at = escape + 2;
        }
    }

    /// Reports the characters that go-yaml refuses, and returns those that it reads as line breaks where YAML 1.2 and
    /// every editor see none.
    fn controls(&mut self, body: &Range<usize>) -> Vec<Range<usize>> {
        let bytes = self.text[body.clone()].as_bytes();
        let mut breaks = Vec::new();
        for (offset, byte) in bytes.iter().enumerate() {
            let (length, is_break) = match (byte, bytes.get(offset + 1), bytes.get(offset + 2)) {
                (0..=0x08 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f, ..) => (1, false),
                (0xc2, Some(0x85), _) => (2, true),
                (0xc2, Some(0x80..=0x9f), _) => (2, false),
                (0xe2, Some(0x80), Some(0xa8 | 0xa9)) => (3, true),
                (0xef, Some(0xbf), Some(0xbe | 0xbf)) => (3, false),
                _ => continue,
            };
            let span = body.start + offset..body.start + offset + length;
            if is_break {
                breaks.push(span);
                continue;
            }
            let code = self.text[span.clone()].chars().next().map_or(0, u32::from);
            self.problem(
                span,
                format!("kubectl does not accept the control character U+{code:04X}; remove it."),
                true,
            );
            if self.problems.len() == MAX_REPORTS {
                break;
            }
        }
        breaks.truncate(MAX_REPORTS);
        breaks
    }

    fn line_breaks(&mut self, breaks: Vec<Range<usize>>, root: Option<&Node>) {
        for span in breaks {
            let harmless = root.is_some_and(|root| is_kept(self.text, root, &span));
            let code = self.text[span.clone()].chars().next().map_or(0, u32::from);
            let message = format!(
                "The invisible character U+{code:04X} is a line break for kubectl; remove it, or write it as an escape in double quotes."
            );
            self.problem(span, message, !harmless);
        }
    }
}

/// Whether a raw U+2028 or U+2029 keeps its meaning for kubectl: inside quotes, between two characters of the text.
fn is_kept(text: &str, node: &Node, span: &Range<usize>) -> bool {
    if let Kind::Scalar { style: Style::Single | Style::Double, .. } = node.kind {
        let blank = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || c == '\\');
        let (before, after) = (text[..span.start].chars().next_back(), text[span.end..].chars().next());
        return node.span.start < span.start
            && span.end < node.span.end
            && !text[span.clone()].starts_with('\u{85}')
            && !blank(before)
            && !blank(after);
    }
    node.children()
        .any(|child| child.start() <= span.start && span.end <= child.end() && is_kept(text, child, span))
}

fn scalar_kind(value: &str, style: ScalarStyle, tag: Option<&Tag>, bytes: &Range<usize>) -> Kind {
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        _ => Style::Block,
    };
    // granit gives an absent value the text `~`.
    let absent = style == Style::Plain && bytes.is_empty();
    match tag {
        None if absent => Kind::Absent,
        tag => Kind::Scalar {
            text: if absent { String::new() } else { value.to_owned() },
            style,
            tag: tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix())),
        },
    }
}

pub(super) fn too_deep() -> String {
    format!("The values nest deeper than {MAX_DEPTH} levels; take some of them out.")
}

/// The end of the line in which a byte stands: its `\n`, or the end of the text.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |offset| at + offset)
}

/// The next byte that is neither white space, line break, byte order mark nor in a comment.
pub(super) fn skip(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(b'#') if at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'\r') => {
                while bytes.get(at).is_some_and(|b| !matches!(b, b'\n' | b'\r')) {
                    at += 1;
                }
            }
            Some(0xef) if text[at..].starts_with('\u{feff}') && (at == 0 || bytes[at - 1] == b'\n') => {
                at += 3
            }
            _ => return at,
        }
    }
}

/// Completes the spans below `node`, which stands somewhere after `at`: finds `-`, `?` and `:`, where block
/// collections begin and end, where block scalars do, where absent values would stand, and joins anchors to their nodes.
/// Returns the node's end.
fn layout(
    text: &str,
    anchors: &HashMap<usize, Range<usize>>,
    node: &mut Node,
    at: usize,
    limit: usize,
) -> usize {
    if let Some(anchor) = anchors.get(&node.anchor) {
        node.props = Some(match &node.props {
            Some(tag) => tag.start.min(anchor.start)..tag.end.max(anchor.end),
            None => anchor.clone(),
        });
    }
    let at = node.props.as_ref().map_or(at, |props| at.max(props.end));
    let next_is = |at: usize, mark: u8| text.as_bytes().get(at) == Some(&mark);
    match &mut node.kind {
        Kind::Absent => node.span = at..at,
        Kind::Scalar { style: Style::Plain, .. } if node.span.is_empty() => node.span = at..at,
        Kind::Scalar { style: Style::Block, .. } => {
            let start = skip(text, at);
            node.span = start..block_scalar_end(text, start, node.span.end.clamp(start, limit));
        }
        Kind::Scalar { .. } | Kind::Alias(_) => {}
        Kind::List { shape, items } => {
            let flow = *shape != Shape::Block;
            let mut at = if flow { node.span.start + 1 } else { at };
            for (number, item) in items.iter_mut().enumerate() {
                at = skip(text, at);
                if !flow {
                    item.dash = at;
                    at += 1;
                    if number == 0 {
                        node.span.start = item.dash;
                    }
                } else if number > 0 && next_is(at, b',') {
                    at = skip(text, at + 1);
                }
                at = layout(text, anchors, &mut item.node, at, limit);
                if flow {
                    item.dash = item.node.start();
                }
            }
            if !flow {
                node.span.end = at;
            }
        }
        Kind::Map { shape, entries } => {
            let mut at = if *shape == Shape::Flow { node.span.start + 1 } else { at };
            for (number, entry) in entries.iter_mut().enumerate() {
                at = skip(text, at);
                if *shape == Shape::Flow && number > 0 && next_is(at, b',') {
                    at = skip(text, at + 1);
                }
                if next_is(at, b'?') && (entry.key.kind == Kind::Absent || entry.key.span.start > at) {
                    entry.question = Some(at);
                    at += 1;
                }
                at = layout(text, anchors, &mut entry.key, at, limit);
                if number == 0 && *shape != Shape::Flow {
                    node.span.start = entry.start();
                }
                let colon = skip(text, at);
                if next_is(colon, b':') {
                    entry.colon = Some(colon);
                    at = colon + 1;
                }
                at = layout(text, anchors, &mut entry.value, at, limit);
            }
            if *shape != Shape::Flow {
                node.span.end = at;
            }
        }
    }
    node.end()
}

/// Where a block scalar ends whose header stands at `start` and after which the next token stands at `next`.
fn block_scalar_end(text: &str, start: usize, next: usize) -> usize {
    let header_end = line_end(text, start);
    let header = &text[start..header_end];
    let indicators = header.find(|c: char| !"|>+-0123456789".contains(c)).unwrap_or(header.len());
    if next <= header_end {
        return start + indicators;
    }
    let content = &text[start..next];
    let end = if header[..indicators].contains('+') {
        // Blank lines at the end are content: up to the line break before the next token.
        match content.rfind('\n') {
            Some(_) if next == text.len() && !content.ends_with('\n') => next,
            Some(at) => start + at,
            None => next,
        }
    } else {
        start + content.trim_end_matches([' ', '\t', '\n', '\r']).len()
    };
    let end = if text[..end].ends_with('\r') && text[end..].starts_with('\n') { end - 1 } else { end };
    if end <= header_end { start + indicators } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{LineIndex, Value};
    use serde_json::json;

    /// The one fatal problem of a text: its line, column and message.
    fn refusal(text: &str) -> (usize, usize, String) {
        let stream = parse(text);
        let problem = stream.problems.iter().find(|problem| problem.fatal);
        let problem = problem.unwrap_or_else(|| panic!("{text:?} is read as {:?}", stream.docs));
        assert!(problem.message.ends_with(['.', '”']), "{}", problem.message);
        assert!(stream.docs[problem.doc].data.is_none());
        let (line, column) = LineIndex::new(text).position(text, problem.span.start);
        (line, column, problem.message.clone())
    }

    #[test]
    fn problems_mark_whole_characters() {
        for text in [
            "a:\n \t李\n",
            "a:\n  - b:\n \t李李\n",
            "李\t: [\n",
            "a: \"\\李\"\n",
            "---李\n",
            "a: !<李\n",
            "%李\n",
        ] {
            for problem in parse(text).problems {
                assert!(text.get(problem.span.clone()).is_some(), "{text:?}: {problem:?}");
            }
        }
    }

    #[test]
    fn problems_stand_where_they_are() {
        for (text, line, column, part) in [
            ("a: 1\n\tb: 2\n", 2, 1, "tab"),
            ("a: 1\n--- b: 2\n", 2, 5, "“---”"),
            ("a: [x?y]\n", 1, 5, "“?”"),
            ("a: .nan\n", 1, 4, "infinite"),
            ("a:\n  ~: x\n", 2, 3, "null"),
            ("a: {[x]: y}\n", 1, 5, "key"),
            ("a: {18446744073709551615: y}\n", 1, 5, "number"),
            ("%YAML 1.1\n---\na: 1\n", 1, 1, "“%”"),
            ("a: x\u{85}y\n", 1, 5, "U+0085"),
            ("a: x\u{7f}y\n", 1, 5, "U+007F"),
            ("{a: 1}\n", 1, 2, "JSON"),
            ("{\"a\": 1}\n}\n", 2, 1, "follows"),
            ("a: \"\\/\"\n", 1, 5, "escape"),
            ("a: \"\\ud83d\\ude00\"\n", 1, 5, "escape"),
            ("a: *b\n", 1, 4, "anchor"),
            ("a: &a [*a]\n", 1, 8, "inside"),
            ("a:\n  <<: 5\n", 2, 7, "“<<”"),
            ("a: {b:[1]}\n", 1, 6, "space"),
            ("a: !!int x\n", 1, 10, "!!int"),
            ("a: [b\n", 1, 4, "“[”"),
        ] {
            let (at_line, at_column, message) = refusal(text);
            assert!(message.contains(part), "{text:?}: {message}");
            assert_eq!((at_line, at_column), (line, column), "{text:?}: {message}");
        }
    }

    #[test]
    fn hostile_texts_end_soon() {
        let laughs: String = (1..10)
            .map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(",")))
            .collect();
        let chain: String = (1..2000).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect();
        for text in [
            format!("a: {}{}", "[".repeat(10_000), "]".repeat(10_000)),
            (0..1000).map(|n| format!("{}a:\n", " ".repeat(n))).collect(),
            "- ".repeat(20_000),
            "? ".repeat(20_000),
            "[".repeat(300_000),
            "{a: ".repeat(100_000),
            format!("{{\"a\":{}", "[".repeat(100_000)),
            format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000)),
            format!("a0: &a0 [x]\n{laughs}"),
            format!("a0: &a0 [x]\n{chain}"),
            format!("a: &a {:?}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 10_000].join(",")),
            "x\n---\n".repeat(30_000),
        ] {
            refusal(&text);
        }
    }

    #[test]
    fn nesting_to_the_limit_is_read() {
        let text = format!("v: {}{}\n", "[".repeat(200), "]".repeat(200));
        let mut data = parse(&text).docs.remove(0).data.expect("data").to_json()["v"].take();
        for _ in 1..200 {
            data = data[0].take();
        }
        assert_eq!(data, json!([]));
    }

    #[test]
    fn a_broken_document_leaves_the_others() {
        let text = "# head\n---\na: 1\n---\nb: [\n---\n\n--- # last\nc: 3\n...\nignored\n";
        let stream = parse(text);
        let read: Vec<_> =
            stream.docs.iter().map(|doc| doc.data.as_ref().map(|data| data.to_json())).collect();
        assert_eq!(read, [Some(json!({"a": 1})), None, None, Some(json!({"c": 3}))]);
        let problems: Vec<_> = stream
            .problems
            .iter()
            .map(|problem| (problem.doc, problem.fatal, &text[problem.span.clone()]))
            .collect();
        assert_eq!(problems, [(1, true, "["), (3, false, "ignored")]);
        assert_eq!(
            stream.comments.iter().map(|c| &text[c.clone()]).collect::<Vec<_>>(),
            ["# head", "# last"]
        );
        assert_eq!(&text[stream.docs[1].span.clone()], "---\nb: [\n");
    }

    #[test]
    fn repeated_keys_are_noted_and_the_last_one_counts() {
        let text = "b: &b {k: 1, l: 2}\nm: {<<: *b, k: 3}\np: {k: 4, <<: *b}\nyes: 1\ntrue: 2\n";
        let stream = parse(text);
        let data = stream.docs[0].data.as_ref().expect("data");
        assert_eq!(
            data.to_json(),
            json!({"b": {"k": 1, "l": 2}, "m": {"k": 3, "l": 2}, "p": {"k": 1, "l": 2}, "true": 2})
        );
        let repeats = |key: &str| match &data.at(&key.parse().expect("path")).expect(key).value {
            Value::Map(map) => map
                .duplicates
                .iter()
                .map(|(key, span)| (key.clone(), text[span.clone()].to_owned()))
                .collect(),
            _ => Vec::new(),
        };
        assert_eq!(repeats("m"), [("k".to_owned(), "k".to_owned())]);
        assert_eq!(repeats("p"), [("k".to_owned(), "*b".to_owned())]);
        assert_eq!(repeats(""), [("true".to_owned(), "true".to_owned())]);
    }

    #[test]
    fn spans_hold_what_was_written() {
        let text = "a: 0x1F # n\nb: 'q'\nc:\nd: |+ # h\n  x\n\ne: {f: [1, 2]}\ng: &g\n- h: i\nj: *g\n";
        let stream = parse(text);
        let data = stream.docs[0].data.as_ref().expect("data");
        for (path, written) in [
            ("a", "0x1F"),
            ("b", "'q'"),
            ("c", ""),
            ("d", "|+ # h\n  x\n"),
            ("e", "{f: [1, 2]}"),
            ("e.f[1]", "2"),
            ("g", "- h: i"),
            ("g[0]", "h: i"),
            ("j", "*g"),
            ("j[0].h", "i"),
        ] {
            let data = data.at(&path.parse().expect("path")).expect(path);
            assert_eq!(&text[data.span.clone()], written, "{path}");
        }
        let absent = data.at(&"c".parse().expect("path")).expect("c").span.start;
        assert_eq!(&text[absent - 2..absent], "c:");
    }

    #[test]
    fn json_is_read_by_its_own_rules() {
        let text = "\n{\"a\":\t\"\\/\\ud83d\\ude00\", \"no\": [no_more, 1]}".replace("no_more", "1e3, null");
        assert_eq!(
            parse(&text).docs[0].data.as_ref().map(Data::to_json),
            Some(json!({"a": "/😀", "no": [1e3, null, 1]}))
        );
    }
}
