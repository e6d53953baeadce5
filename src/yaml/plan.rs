//! Changes by path → smallest edits by byte range, on the spans of the text's nodes. What a layout does not allow has no
//! plan; whether a plan does what it should is for `edit.rs` to prove.

use super::emit::{Place, Quotes, Writer, inline, is_full, is_plain, literal, spaces};
use super::model::{existing, nested};
use super::scalar::{Resolved, resolve};
use super::shared::{Anchors, Hop, Way, anchor_span};
use super::tree::{Entry, Item, Kind, Node, Shape, Style, line_end, skip};
use super::{Change, Doc, Edit, KeyOrder, Refusal, Stream};
use crate::path::Path;
use serde_json::Value as Json;
use std::ops::Range;

/// The widest collection that is written between brackets where nothing else was there, in bytes.
const FLOW_WIDTH: usize = 60;

/// How a change is to be made.
pub(super) struct Plan {
    /// The edits, in the order of the text.
    pub edits: Vec<Edit>,
    /// The bytes whose comments may go with what is replaced or removed.
    pub gone: Vec<Range<usize>>,
}

/// Why there is no plan.
pub(super) enum Stop {
    /// The change makes no sense here.
    Refused(Refusal),
    /// Another way must be found.
    Unplanned,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

pub(super) fn stop<T>(message: impl Into<String>, span: Range<usize>) -> Result<T, Stop> {
    Err(Stop::Refused(Refusal::new(message, Some(span))))
}

/// Where a node hangs.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    /// The node.
    pub node: &'a Node,
    /// The column of its key or dash.
    pub column: usize,
    /// The byte after its `:` or dash.
    pub lead: usize,
    /// Whether it stands between brackets.
    pub in_flow: bool,
    /// Whether it is a list item.
    pub is_item: bool,
    /// Whether it is the absent value of a key that has no `:`.
    is_bare: bool,
}

/// Where a path leads in the text.
pub(super) enum Found<'a> {
    /// To a node.
    Node(Site<'a>),
    /// To a place below a node that is not there: the deepest node that is, and how many steps lead to it.
    Missing(Site<'a>, usize),
}

/// Plans edits of one document.
pub(super) struct Planner<'a> {
    pub text: &'a str,
    pub comments: &'a [Range<usize>],
    pub doc: &'a Doc,
    pub root: Option<&'a Node>,
    pub anchors: Anchors<'a>,
    /// Whether a path leads through aliases and merges to where its value is written.
    follow: bool,
    order: &'a dyn KeyOrder,
    pub writer: Writer,
}

impl<'a> Planner<'a> {
    /// Gets ready to plan changes of a document of `text`. With `follow`, what comes through an alias or `<<` is changed
    /// where it is written; else nothing below it can be.
    pub fn new(
        text: &'a str,
        stream: &'a Stream,
        doc: &'a Doc,
        order: &'a dyn KeyOrder,
        follow: bool,
    ) -> Planner<'a> {
        let root = doc.root.as_ref();
        let (mut list_offset, mut step) = (None, None);
        if let Some(root) = root {
            indentation(text, root, &mut list_offset, &mut step);
        }
        let span = &text[doc.span.clone()];
        let writer = Writer {
            step: step.filter(|step| *step > 0).unwrap_or(2),
            list_offset: list_offset.unwrap_or(0),
            newline: if span.find('\n').is_some_and(|at| span[..at].ends_with('\r')) { "\r\n" } else { "\n" },
            json: doc.span.start == 0
                && root.is_some_and(|root| {
                    text[..root.span.start].trim_start_matches('\u{feff}').trim().is_empty()
                        && text[root.span.start..].starts_with('{')
                }),
            ..Writer::default()
        };
        let anchors = Anchors::new(root);
        Planner { text, comments: &stream.comments, doc, root, anchors, follow, order, writer }
    }

    /// The smallest edits of a change.
    pub fn plan(&self, change: &Change) -> Result<Plan, Stop> {
        match change {
            Change::Set { path, value } => self.set(path, value),
            Change::Remove { .. } => {
                let (site, at) = self.container(change)?;
                self.remove_at(site, at)
            }
            Change::Insert { path, index, value } => self.insert(path, *index, value),
            Change::Move { path, from, to } => self.shift(path, *from, *to),
            Change::Rename { key, .. } => {
                let (site, at) = self.container(change)?;
                self.rename(site, at, key)
            }
            Change::Spell { path, spelling } => self.spell(path, spelling),
            Change::RemoveRepeat { path, which } => self.remove_repeat(path, *which),
        }
    }

    /// Where a path leads in the text.
    pub fn find(&self, path: &Path) -> Result<Found<'a>, Stop> {
        let root = self.root.ok_or(Stop::Unplanned)?;
        let Way { route, depth, .. } = self.anchors.way(root, path, self.follow);
        let site = self.site_at(&route)?;
        Ok(if depth == path.steps().len() { Found::Node(site) } else { Found::Missing(site, depth) })
    }

    /// The bytes nearest to a path, to point at.
    pub fn nearest(&self, path: &Path) -> Option<Range<usize>> {
        match self.find(path) {
            Ok(Found::Node(site) | Found::Missing(site, _)) => Some(site.node.span.clone()),
            Err(_) => None,
        }
    }

    /// The node at the end of a route.
    pub fn site_at(&self, route: &[Hop]) -> Result<Site<'a>, Stop> {
        let root = self.root.ok_or(Stop::Unplanned)?;
        let site = Site {
            node: root,
            column: 0,
            lead: root.start(),
            in_flow: self.writer.json,
            is_item: false,
            is_bare: false,
        };
        route.iter().try_fold(site, |site, hop| self.below(site, *hop)).ok_or(Stop::Unplanned)
    }

    fn below(&self, site: Site<'a>, hop: Hop) -> Option<Site<'a>> {
        match (&site.node.kind, hop) {
            (Kind::Map { shape, entries }, Hop::Key(at) | Hop::Value(at)) => {
                let entry = entries.get(at)?;
                let is_key = matches!(hop, Hop::Key(_));
                Some(Site {
                    node: if is_key { &entry.key } else { &entry.value },
                    column: self.column(entry.start()),
                    lead: if is_key { entry.key.start() } else { entry.colon_end() },
                    in_flow: is_key || site.in_flow || *shape != Shape::Block,
                    is_item: false,
                    is_bare: !is_key && entry.colon.is_none(),
                })
            }
            (Kind::List { shape, items }, Hop::Item(at)) => {
                let item = items.get(at)?;
                let flow = *shape != Shape::Block;
                Some(Site {
                    node: &item.node,
                    column: if flow { 0 } else { self.column(item.dash) },
                    lead: if flow { item.node.start() } else { item.dash + 1 },
                    in_flow: site.in_flow || flow,
                    is_item: true,
                    is_bare: false,
                })
            }
            _ => None,
        }
    }

    /// The collection that holds what a change removes or renames, and its place there.
    fn container(&self, change: &Change) -> Result<(Site<'a>, usize), Stop> {
        let root = self.root.ok_or(Stop::Unplanned)?;
        let (way, at) = self.anchors.target(root, change, self.follow);
        Ok((self.site_at(&way.route)?, at.ok_or(Stop::Unplanned)?))
    }

    fn set(&self, path: &Path, value: &Json) -> Result<Plan, Stop> {
        if self.root.is_none() {
            return Ok(self.first_value(&nested(path.steps(), value)));
        }
        match self.find(path)? {
            Found::Node(site) => Ok(self.replace(site, value)),
            Found::Missing(site, depth) => {
                let (step, rest) = path.steps()[depth..].split_first().ok_or(Stop::Unplanned)?;
                let above = Path::from(path.steps()[..depth].to_vec());
                let value = nested(rest, value);
                match (&site.node.kind, step.key()) {
                    (Kind::Map { .. }, Some(key)) => self.add(site, &above, key, &value),
                    (Kind::List { .. }, None) => self.put(site, None, &value),
                    // Null: the whole of it is new.
                    _ => Ok(self.replace(site, &nested(std::slice::from_ref(step), &value))),
                }
            }
        }
    }

    /// The first value of an empty document.
    fn first_value(&self, value: &Json) -> Plan {
        let mut lines = String::new();
        self.writer.block(value, 0, &mut lines);
        let span = &self.text[self.doc.span.clone()];
        // After a “...” nothing is read.
        let marker = span.match_indices("\n...").map(|(at, _)| at + 1).next();
        let end = self.doc.span.start + marker.unwrap_or(span.len());
        let open_line = !self.text[..end].is_empty() && !self.text[..end].ends_with(['\n', '\u{feff}']);
        let text = if open_line { format!("{}{lines}", self.writer.newline) } else { lines };
        Plan { edits: vec![edit(end..end, text)], gone: Vec::new() }
    }

    /// Writes a whole node anew, as the value that is wanted there. What the change itself replaces may lose comments.
    pub fn rewrite(&self, path: &Path, want: &Json, change: &Change) -> Option<Plan> {
        let Ok(Found::Node(site)) = self.find(path) else { return None };
        let value = existing(&mut want.clone(), path)?.clone();
        let mut plan = self.replace(site, &value);
        plan.gone = match change {
            Change::Set { path, .. } | Change::Remove { path } => match self.find(path) {
                Ok(Found::Node(site)) => vec![site.node.span.clone()],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        Some(plan)
    }

    /// Puts a value in place of a node.
    pub fn replace(&self, site: Site<'_>, value: &Json) -> Plan {
        let (node, text) = (site.node, self.text);
        let writer = &self.writer_like(node);
        let plan = |edits: Vec<Edit>, gone: Range<usize>| Plan { edits, gone: vec![gone] };
        // A comment after the last line would become text of a literal block.
        let end = if ends_in_literal(value) { self.content_end(node.span.end) } else { node.span.end };
        let is_root = self.root.is_some_and(|root| std::ptr::eq(root, node));
        if is_root && (node.is_block() || !site.in_flow && (is_full(value) || value.is_object())) {
            let mut lines = String::new();
            if !is_full(value)
                && value.is_object()
                && text[..node.start()].trim_start_matches('\u{feff}').trim().is_empty()
            {
                // A text that begins with `{` would be JSON.
                lines.push_str("---");
                lines.push_str(writer.newline);
            }
            let column = if node.is_block() { self.column(node.span.start) } else { 0 };
            let mut block = String::new();
            writer.block(value, column, &mut block);
            lines.push_str(without_break(&block[column..], writer.newline));
            return plan(vec![edit(node.span.start..end, lines)], node.start()..end);
        }
        if site.is_bare {
            return plan(vec![self.with_colon(site, value)], node.start()..node.end());
        }
        // What stays of the anchor and the tag: all of it, or the anchor, which is written again.
        let keeps_props = node.props.is_some() && keeps_tag(node, value);
        let anchor = anchor_span(text, node).filter(|_| !keeps_props).map_or("", |span| &text[span]);
        let has_props = keeps_props || !anchor.is_empty();
        if node.is_block() {
            let mut lines = String::new();
            let start = node.props.as_ref().filter(|_| keeps_props).map_or(site.lead, |props| props.end);
            let line_end = self.content_end(start);
            let has_comment =
                line_end < node.span.start && text[start..line_end].trim_start().starts_with('#');
            if site.is_item {
                self.item_lines(value, site.column, has_props || has_comment, &mut lines);
            } else {
                writer.after(value, site.column, false, &mut lines);
            }
            let space = if anchor.is_empty() { "" } else { " " };
            let lines = format!("{space}{anchor}{}", without_break(&lines, writer.newline));
            if has_comment {
                // What stands beside the key or dash is of the key or dash.
                let (head, rest) = lines.split_at(lines.find(writer.newline).unwrap_or(lines.len()));
                // There is room for one comment beside a value: that of the last line goes with what was there.
                let end = if rest.is_empty() { self.content_end(end) } else { end };
                return plan(vec![edit(start..start, head), edit(line_end..end, rest)], line_end..end);
            }
            return plan(vec![edit(start..end, lines)], site.lead..end);
        }
        let gone = node.start()..node.end();
        let line_end = self.content_end(node.span.end);
        let start = if keeps_props || node.props.is_none() { node.span.start } else { node.start() };
        let before = &text[..start];
        let needs_space = match node.kind {
            _ if start == node.span.end => !before.ends_with(' '),
            _ => {
                !site.in_flow && !before.is_empty() && !before.ends_with([' ', '\t', '\n', '\r', '\u{feff}'])
            }
        };
        let mut space = if needs_space && !is_root { " ".to_owned() } else { String::new() };
        if !anchor.is_empty() {
            space = format!("{space}{anchor} ");
        }
        let old_block = matches!(node.kind, Kind::Scalar { style: Style::Block, .. });
        if let Json::String(string) = value
            && !site.in_flow
            && !is_root
            && let Some((header, lines)) = writer.literal(string)
        {
            let mut body = String::new();
            if old_block {
                // The header keeps its comment, the lines keep their indentation.
                let header_end = line_end_of_header(text, &node.span);
                let rest = &text[header_end.1.min(node.span.end)..node.span.end];
                let first = rest.split('\n').find(|line| !line.trim().is_empty());
                let own = site.column + if site.is_item { 2 } else { writer.step };
                let column = first.map_or(own, |line| line.len() - line.trim_start_matches(' ').len());
                writer.literal_lines(&lines, column, &mut body);
                let cut = self.without_cr(header_end.1);
                return plan(
                    vec![
                        edit(start..header_end.0, format!("{space}{header}")),
                        edit(cut..node.span.end.max(cut), body),
                    ],
                    header_end.1..node.end(),
                );
            }
            writer.literal_lines(&lines, site.column + if site.is_item { 2 } else { writer.step }, &mut body);
            return plan(
                vec![edit(start..node.span.end, format!("{space}{header}")), edit(line_end..line_end, body)],
                gone,
            );
        }
        let empty_brackets = matches!(&node.kind, Kind::Map { entries, .. } if entries.is_empty())
            || matches!(&node.kind, Kind::List { items, .. } if items.is_empty());
        let flow = writer.flow(value);
        let as_block = match node.kind {
            _ if site.in_flow || is_root || !is_full(value) => false,
            Kind::Map { .. } | Kind::List { .. } => empty_brackets && flow.len() > FLOW_WIDTH,
            _ if site.is_item => flow.len() > FLOW_WIDTH,
            _ => true,
        };
        if as_block {
            let mut lines = String::new();
            let cut = match &node.props {
                Some(props) if keeps_props => props.end,
                _ => text[..node.start()].trim_end_matches([' ', '\t']).len().max(site.lead),
            };
            if site.is_item {
                // A comment on the dash's line keeps its place: the value begins on the next line.
                self.item_lines(value, site.column, has_props || line_end != node.span.end, &mut lines);
            } else {
                writer.after(value, site.column, false, &mut lines);
            }
            let lines = without_break(&lines, writer.newline);
            let anchor = if anchor.is_empty() { String::new() } else { format!(" {anchor}") };
            // Between a dash or a lone “:” and a comment libyaml takes no tab.
            let rest = &text[node.span.end..line_end];
            let blanks = &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()];
            let (upto, gap) = if blanks.contains('\t') { (blanks.len(), " ") } else { (0, "") };
            let head = edit(cut..node.span.end + upto, anchor + gap);
            return plan(vec![head, edit(line_end..line_end, lines)], gone);
        }
        let quotes = match node.kind {
            Kind::Scalar { style: Style::Single, .. } => Quotes::Single,
            Kind::Scalar { style: Style::Double, .. } => Quotes::Double,
            _ => Quotes::None,
        };
        let tagged = keeps_props && matches!(node.kind, Kind::Scalar { tag: Some(_), .. });
        let mut new = match value {
            Json::String(string) if !writer.json => {
                // A tag says that it is a string: no quotes needed, where it was written without.
                let plain = tagged && quotes == Quotes::None && !old_block;
                if plain && (is_plain(string, Place::Block) || string.parse::<f64>().is_ok()) && !site.in_flow
                {
                    string.clone()
                } else {
                    inline(string, if site.in_flow { Place::Flow } else { Place::Block }, quotes)
                }
            }
            _ => flow,
        };
        if old_block {
            let (indicators, header_end) = line_end_of_header(text, &node.span);
            new.push_str(text[indicators..header_end.max(indicators)].trim_end());
            let kept = header_end.min(node.span.end);
            return plan(vec![edit(start..node.span.end, format!("{space}{new}"))], kept..node.end());
        }
        plan(vec![edit(start..node.span.end, format!("{space}{new}"))], gone)
    }

    /// What follows the dash of an item at `column`, from the space or line break on; `below` puts a collection on the
    /// lines below the dash's.
    fn item_lines(&self, value: &Json, column: usize, below: bool, lines: &mut String) {
        if below && is_full(value) {
            lines.push_str(self.writer.newline);
            self.writer.block(value, column + 2, lines);
        } else {
            self.writer.item(value, column, 2, lines);
            lines.drain(..=column);
        }
    }

    /// Gives a key without a `:` its value.
    fn with_colon(&self, site: Site<'_>, value: &Json) -> Edit {
        let at = site.node.span.end;
        let mut lines = String::new();
        if site.in_flow {
            lines = format!(": {}", self.writer.flow(value));
            return edit(at..at, lines);
        }
        lines.push_str(self.writer.newline);
        spaces(site.column, &mut lines);
        lines.push(':');
        self.writer.after(value, site.column, false, &mut lines);
        let end = self.content_end(at);
        edit(end..end, without_break(&lines, self.writer.newline))
    }

    /// Puts a value with an anchor in place of an alias.
    pub fn anchored(&self, site: Site<'_>, anchor: &str, value: &Json) -> Plan {
        let (node, writer) = (site.node, &self.writer);
        let end = self.content_end(node.span.end);
        let mut lines = String::new();
        let mut head = anchor.to_owned();
        let flow = writer.flow(value);
        match value {
            value if is_full(value) && !site.in_flow && (!site.is_item || flow.len() > FLOW_WIDTH) => {
                if site.is_item {
                    self.item_lines(value, site.column, true, &mut lines);
                } else {
                    writer.after(value, site.column, false, &mut lines);
                }
            }
            Json::String(text) if !site.in_flow => match writer.literal(text) {
                Some((header, body)) => {
                    head = format!("{anchor} {header}");
                    writer.literal_lines(
                        &body,
                        site.column + if site.is_item { 2 } else { writer.step },
                        &mut lines,
                    );
                }
                None => head = format!("{anchor} {}", inline(text, Place::Block, Quotes::None)),
            },
            _ => head = format!("{anchor} {flow}"),
        }
        let lines = without_break(&lines, writer.newline);
        let edits = vec![edit(node.span.clone(), head), edit(end..end, lines)];
        Plan {
            edits: edits.into_iter().filter(|edit| !edit.range.is_empty() || !edit.text.is_empty()).collect(),
            gone: Vec::new(),
        }
    }

    /// The writer for new values in a collection: it quotes strings and keys as those that are there are quoted.
    fn writer_like(&self, node: &Node) -> Writer {
        let mut writer = self.writer;
        if !writer.json && !matches!(node.kind, Kind::Scalar { .. }) {
            writer.quotes = habit(node, false).unwrap_or(Quotes::None);
            writer.key_quotes = habit(node, true).unwrap_or(Quotes::None);
        }
        writer
    }

    /// Puts a new key into a mapping.
    pub fn add(&self, site: Site<'_>, path: &Path, key: &str, value: &Json) -> Result<Plan, Stop> {
        let Kind::Map { shape, entries } = &site.node.kind else { return Err(Stop::Unplanned) };
        let (text, writer) = (self.text, &self.writer_like(site.node));
        let edits = match (shape, self.predecessor(path, entries, key)) {
            (Shape::Pair, _) => return Err(Stop::Unplanned),
            (Shape::Flow, after) => {
                let spans: Vec<_> = entries.iter().map(|entry| entry.start()..entry.end()).collect();
                let new = self.indented(writer.flow_entry(key, value), site.node, key, value);
                match after {
                    Some(at) if at + 1 == entries.len() => self.flow_append(site.node, &spans, &new)?,
                    None if entries.is_empty() => self.flow_append(site.node, &spans, &new)?,
                    after => self.flow_insert(spans[after.map_or(0, |at| at + 1)].start, &new),
                }
            }
            (Shape::Block, after) => {
                let first = entries.first().ok_or(Stop::Unplanned)?.start();
                let column = self.column(first);
                let mut lines = String::new();
                writer.entry(key, value, column, &mut lines);
                match after {
                    Some(at) => self.lines_after(self.tail(entries[at].end(), column), &lines),
                    None if !text[self.line_start(first)..first]
                        .trim_start_matches('\u{feff}')
                        .trim()
                        .is_empty() =>
                    {
                        // The first key shares its line with a dash: the new one takes its place there.
                        let mut moved = lines[column..].to_owned();
                        spaces(column, &mut moved);
                        vec![edit(first..first, moved)]
                    }
                    None => {
                        let head = self.head(first);
                        vec![edit(head..head, lines)]
                    }
                }
            }
        };
        Ok(Plan { edits, gone: Vec::new() })
    }

    /// The entry after which a new key goes; `None` for before the first one.
    pub fn predecessor(&self, path: &Path, entries: &[Entry], key: &str) -> Option<usize> {
        let last = entries.len().checked_sub(1)?;
        let merge = entries.iter().rposition(Entry::is_merge);
        let keys = self.order.keys(path);
        let rank = |key: &str| keys.iter().position(|known| known == key);
        let Some(own) = rank(key) else { return Some(last) };
        let before = |entry: &Entry| {
            self.anchors.name(entry).and_then(|name| rank(&name)).is_some_and(|rank| rank < own)
        };
        // What stands before a `<<` would be overridden by it.
        entries.iter().rposition(before).max(merge)
    }

    fn insert(&self, path: &Path, index: Option<usize>, value: &Json) -> Result<Plan, Stop> {
        if self.root.is_none() {
            return self.set(path, &Json::Array(vec![value.clone()]));
        }
        match self.find(path)? {
            Found::Node(site) if matches!(site.node.kind, Kind::List { .. }) => self.put(site, index, value),
            _ => self.set(path, &Json::Array(vec![value.clone()])),
        }
    }

    /// Puts an item into a list, before the item `index` or at the end.
    fn put(&self, site: Site<'_>, index: Option<usize>, value: &Json) -> Result<Plan, Stop> {
        let (text, node, writer) = (self.text, site.node, &self.writer_like(site.node));
        let Kind::List { shape, items } = &node.kind else { return Err(Stop::Unplanned) };
        let before = index.and_then(|index| items.get(index));
        let edits = if *shape == Shape::Block {
            let (Some(first), Some(last)) = (items.first(), items.last()) else {
                return Err(Stop::Unplanned);
            };
            let column = self.column(first.dash);
            let like = before.unwrap_or(last);
            let gap = &text[like.dash..like.node.start().max(like.dash)];
            let gap = if gap.is_empty() || gap.contains(['\n', '\t']) { 2 } else { gap.len().max(2) };
            let mut lines = String::new();
            writer.item(value, column, gap, &mut lines);
            match before {
                Some(item) => {
                    let head = self.head(item.dash);
                    if self.line_start(head) == head {
                        vec![edit(head..head, lines)]
                    } else {
                        // `- - a`: the new item takes the place on the shared line.
                        let mut moved = lines[column..].to_owned();
                        spaces(column, &mut moved);
                        vec![edit(head..head, moved)]
                    }
                }
                None => self.lines_after(self.tail(item_end(last), column), &lines),
            }
        } else {
            let quotes = match items.last().map(|item| &item.node.kind) {
                _ if writer.quotes != Quotes::None => writer.quotes,
                Some(Kind::Scalar { style: Style::Double, .. }) => Quotes::Double,
                Some(Kind::Scalar { style: Style::Single, .. }) => Quotes::Single,
                _ => Quotes::None,
            };
            let new = match value {
                Json::String(string) if !self.writer.json => inline(string, Place::Flow, quotes),
                value => self.indented(writer.flow(value), node, "", value),
            };
            let spans: Vec<_> = items.iter().map(|item| item.node.start()..item.node.end()).collect();
            match before {
                Some(item) => self.flow_insert(item.node.start(), &new),
                None if items.is_empty()
                    && !site.in_flow
                    && !site.is_item
                    && is_full(value)
                    && new.len() > FLOW_WIDTH =>
                {
                    return Ok(self.replace(site, &Json::Array(vec![value.clone()])));
                }
                None => self.flow_append(node, &spans, &new)?,
            }
        };
        Ok(Plan { edits, gone: Vec::new() })
    }

    /// JSON over several lines gets new collections over several lines too.
    fn indented(&self, flow: String, container: &Node, key: &str, value: &Json) -> String {
        let text = self.text;
        let child = container.children().next();
        let Some(child) =
            child.filter(|child| self.writer.json && is_full(value) && self.starts_line(child.start()))
        else {
            return flow;
        };
        let indent = &text[self.line_start(child.start())..child.start()];
        let pretty = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
        let pretty = pretty.replace('\n', &format!("{}{indent}", self.writer.newline));
        if key.is_empty() { pretty } else { format!("{}: {pretty}", self.writer.flow_key(key)) }
    }

    /// Puts an entry before one of a bracketed collection.
    fn flow_insert(&self, at: usize, new: &str) -> Vec<Edit> {
        let line = self.line_start(at);
        let separator = if self.starts_line(at) {
            format!(",{}{}", self.writer.newline, &self.text[line..at])
        } else {
            ", ".to_owned()
        };
        vec![edit(at..at, format!("{new}{separator}"))]
    }

    /// Puts an entry after the last one of a bracketed collection, whose entries stand at `spans`.
    fn flow_append(&self, node: &Node, spans: &[Range<usize>], new: &str) -> Result<Vec<Edit>, Stop> {
        let text = self.text;
        let close = node.span.end - 1;
        let Some(last) = spans.last() else {
            let inside = node.span.start + 1..close;
            if text[inside.clone()].trim().is_empty() {
                return Ok(vec![edit(inside, new)]);
            }
            // Comments stand there, and the closing bracket below them.
            let line = self.line_start(close);
            let indent = format!("{}{}", &text[line..close], " ".repeat(self.writer.step));
            return Ok(vec![edit(line..line, format!("{indent}{new}{}", self.writer.newline))]);
        };
        let next = skip(text, last.end);
        let comma = text[next..].starts_with(',').then_some(next);
        if !self.starts_line(close) {
            return Ok(vec![match comma {
                Some(comma) => edit(comma + 1..comma + 1, format!(" {new}")),
                None => edit(last.end..last.end, format!(", {new}")),
            }]);
        }
        // The closing bracket has its own line: so has the new entry.
        let line = &text[self.line_start(last.start)..last.start];
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = self.content_end(comma.unwrap_or(last.end));
        let newline = self.writer.newline;
        Ok(match comma {
            Some(_) => vec![edit(end..end, format!("{newline}{indent}{new},"))],
            None => vec![edit(last.end..last.end, ","), edit(end..end, format!("{newline}{indent}{new}"))],
        })
    }

    /// Takes an entry or item out of a collection.
    pub fn remove_at(&self, parent: Site<'_>, at: usize) -> Result<Plan, Stop> {
        let text = self.text;
        let (spans, brackets): (Vec<Range<usize>>, &str) = match &parent.node.kind {
            Kind::Map { entries, .. } => {
                (entries.iter().map(|entry| entry.start()..entry.end()).collect(), "{}")
            }
            Kind::List { shape: Shape::Block, items } => {
                (items.iter().map(|item| item.dash..item_end(item)).collect(), "[]")
            }
            Kind::List { items, .. } => {
                (items.iter().map(|item| item.node.start()..item.node.end()).collect(), "[]")
            }
            _ => return Err(Stop::Unplanned),
        };
        let span = spans.get(at).cloned().ok_or(Stop::Unplanned)?;
        if !parent.node.is_block() {
            let cut = self.flow_cut(parent.node, &spans, at)?;
            return Ok(Plan { gone: vec![cut.clone()], edits: vec![edit(cut, "")] });
        }
        let head = self.head(span.start);
        let tail = self.tail(span.end, self.column(span.start));
        let lines = if tail < text.len() {
            head..tail + 1
        } else {
            let line_break =
                if text[..head].ends_with("\r\n") { 2 } else { usize::from(text[..head].ends_with('\n')) };
            head - line_break.min(head - self.doc.span.start)..tail
        };
        let plan = |edits: Vec<Edit>| Plan { edits, gone: std::iter::once(head..tail).collect() };
        if spans.len() == 1 {
            let is_root = self.root.is_some_and(|root| std::ptr::eq(root, parent.node));
            let lead = parent.node.props.as_ref().map_or(parent.lead, |props| props.end);
            let edits = if is_root || span.start < self.content_end(lead) {
                vec![edit(span, brackets)]
            } else {
                vec![edit(lead..lead, format!(" {brackets}")), edit(lines.start.max(lead)..lines.end, "")]
            };
            return Ok(plan(edits));
        }
        if head == span.start && self.line_start(span.start) != span.start && !self.starts_line(span.start) {
            // It shares its line with the parent's dash: what follows moves up.
            let rest = text.get(tail + 1..).unwrap_or_default();
            let next = tail + 1 + (rest.len() - rest.trim_start().len());
            return Ok(plan(vec![edit(span.start..next.min(text.len()), "")]));
        }
        Ok(plan(vec![edit(lines, "")]))
    }

    /// What goes with the entry `at` of a bracketed collection: its comma, and its line if it has one.
    fn flow_cut(&self, node: &Node, spans: &[Range<usize>], at: usize) -> Result<Range<usize>, Stop> {
        let text = self.text;
        let span = &spans[at];
        if matches!(node.kind, Kind::Map { shape: Shape::Pair, .. }) {
            return Err(Stop::Unplanned);
        }
        let is_last = at + 1 == spans.len();
        if is_last && at > 0 && self.writer.json {
            return Ok(spans[at - 1].end..span.end);
        }
        let next = skip(text, span.end);
        let end = if text[next..].starts_with(',') { next + 1 } else { span.end };
        let line_end = line_end(text, end);
        let rest = text[end..line_end].trim();
        let has_lines = self.starts_line(span.start)
            && (rest.is_empty() || rest.starts_with('#'))
            && line_end < text.len();
        let own = if has_lines { self.line_start(span.start)..line_end + 1 } else { span.start..end };
        let has_comment = |range: Range<usize>| {
            let first = self.comments.partition_point(|comment| comment.start < range.start);
            self.comments.get(first).is_some_and(|comment| comment.start < range.end)
        };
        let (open, close) = (node.span.start + 1, node.span.end - 1);
        Ok(match at.checked_sub(1).map(|before| spans[before].end) {
            None if is_last && !has_comment(open..own.start) && !has_comment(own.end.min(close)..close) => {
                open..close
            }
            _ if has_lines => own,
            // A comment before the last entry is not its own.
            Some(before) if is_last && !has_comment(before..span.start) => before..span.end,
            _ if is_last => own,
            _ => span.start..spans[at + 1].start,
        })
    }

    /// Moves an item: its lines and the others' change places, what lies between the items stays.
    fn shift(&self, path: &Path, from: usize, to: usize) -> Result<Plan, Stop> {
        let (text, site) = (self.text, self.node(path)?);
        let Kind::List { shape, items } = &site.node.kind else { return Err(Stop::Unplanned) };
        let (low, high) = (from.min(to), from.max(to));
        let moved = items.get(low..=high).ok_or(Stop::Unplanned)?;
        let in_block = *shape == Shape::Block;
        let chunk = |item: &Item| {
            if in_block {
                self.head(item.dash)..self.without_cr(self.tail(item_end(item), self.column(item.dash)))
            } else {
                item.node.start()..item.node.end()
            }
        };
        let chunks: Vec<Range<usize>> = moved.iter().map(chunk).collect();
        let order = |sources: &mut Vec<&Range<usize>>| {
            let item = sources.remove(from - low);
            sources.insert(to - low, item);
        };
        let mut sources: Vec<&Range<usize>> = chunks.iter().collect();
        order(&mut sources);
        let mid_line = |chunk: &Range<usize>| in_block && self.line_start(chunk.start) != chunk.start;
        let column = if in_block { self.column(items[low].dash) } else { 0 };
        let content =
            |source: &Range<usize>, target: &Range<usize>| match (mid_line(source), mid_line(target)) {
                (true, false) => format!("{}{}", " ".repeat(column), &text[source.clone()]),
                (false, true) => text[source.clone()].trim_start_matches(' ').to_owned(),
                _ => text[source.clone()].to_owned(),
            };
        let mut edits: Vec<Edit> = chunks
            .iter()
            .zip(sources)
            .map(|(target, source)| edit(target.clone(), content(source, target)))
            .collect();
        let comments: Option<Vec<Range<usize>>> =
            chunks.iter().map(|chunk| self.flow_comment(chunk)).collect();
        if let Some(comments) = comments.filter(|_| !in_block) {
            let mut sources: Vec<&Range<usize>> = comments.iter().collect();
            order(&mut sources);
            let moved = comments
                .iter()
                .zip(sources)
                .map(|(target, source)| edit(target.clone(), &text[source.clone()]));
            edits.extend(moved);
            edits.sort_by_key(|edit| edit.range.start);
        }
        Ok(Plan { edits, gone: Vec::new() })
    }

    /// The comment, with the blanks before it, beside an item of a bracketed list that has its lines for itself; empty where
    /// there is none. `None` for an item that shares its lines with others.
    fn flow_comment(&self, item: &Range<usize>) -> Option<Range<usize>> {
        if !self.starts_line(item.start) {
            return None;
        }
        let blank =
            |at: usize| at + self.text[at..].len() - self.text[at..].trim_start_matches([' ', '\t']).len();
        let comma = blank(item.end);
        let start = if self.text[comma..].starts_with(',') { comma + 1 } else { item.end };
        let end = self.content_end(start);
        match self.text[blank(start)..].chars().next() {
            Some('#') => Some(start..end),
            Some('\n' | '\r') | None => Some(start..start),
            _ => None,
        }
    }

    fn rename(&self, site: Site<'_>, at: usize, key: &str) -> Result<Plan, Stop> {
        let Kind::Map { shape, entries } = &site.node.kind else { return Err(Stop::Unplanned) };
        let old = &entries.get(at).ok_or(Stop::Unplanned)?.key;
        let (quotes, tagged) = match &old.kind {
            Kind::Scalar { style: Style::Single, tag, .. } => (Quotes::Single, tag.is_some()),
            Kind::Scalar { style: Style::Double, tag, .. } => (Quotes::Double, tag.is_some()),
            Kind::Scalar { tag, .. } => (Quotes::None, tag.is_some()),
            Kind::Alias(_) => (Quotes::None, false),
            _ => return Err(Stop::Unplanned),
        };
        let place = if site.in_flow || *shape != Shape::Block { Place::Flow } else { Place::Block };
        let new = if self.writer.json { self.writer.flow_key(key) } else { inline(key, place, quotes) };
        // A tag would make something else of the new name.
        let start = if tagged && old.anchor == 0 { old.start() } else { old.span.start };
        Ok(Plan { edits: vec![edit(start..old.span.end, new)], gone: Vec::new() })
    }

    /// The node that a path leads to.
    pub fn node(&self, path: &Path) -> Result<Site<'a>, Stop> {
        match self.find(path)? {
            Found::Node(site) => Ok(site),
            Found::Missing(..) => Err(Stop::Unplanned),
        }
    }

    /// Puts whole lines after the line that ends at `end`.
    pub fn lines_after(&self, end: usize, lines: &str) -> Vec<Edit> {
        let length = self.text.len();
        if end < length {
            return vec![edit(end + 1..end + 1, lines)];
        }
        if self.text.ends_with('\n') {
            return vec![edit(length..length, lines)];
        }
        let newline = self.writer.newline;
        vec![edit(length..length, format!("{newline}{}", without_break(lines, newline)))]
    }

    /// The end of the lines that belong to an entry at `column` whose content ends at `end`: the rest of its last line
    /// and deeper comments below it. It is the place of a `\n`, or the end of the text.
    pub fn tail(&self, end: usize, column: usize) -> usize {
        let mut tail = line_end(self.text, end);
        let mut at = tail;
        while at < self.doc.span.end {
            let line = at + 1;
            if line > self.text.len() {
                break;
            }
            let next = line_end(self.text, line);
            match self.comment_line(line) {
                Some(start) if start - line > column => tail = next,
                None if self.text[line..next].trim().is_empty() => {}
                _ => break,
            }
            at = next;
        }
        tail.min(self.doc.span.end)
    }

    /// Where an entry's lines begin: at the comments right above it in its own column. Where the entry stands behind a
    /// dash, at the entry. Comments above the document's first entry are the document's.
    pub fn head(&self, start: usize) -> usize {
        let mut line = self.line_start(start);
        if !self.starts_line(start) {
            return start;
        }
        let column = start - line;
        let top = self.root.map_or(self.doc.span.start, Node::start);
        while line > top {
            let above = self.line_start(line - 1);
            match self.comment_line(above) {
                Some(comment) if comment - above == column => line = above,
                _ => break,
            }
        }
        line
    }

    /// Where the comment begins in a line that holds nothing else.
    fn comment_line(&self, line: usize) -> Option<usize> {
        let at = self.comments.partition_point(|comment| comment.start < line);
        let comment = self.comments.get(at)?;
        (comment.start <= line_end(self.text, line) && self.text[line..comment.start].trim().is_empty())
            .then_some(comment.start)
    }

    /// The first byte of a line, byte order mark left out.
    pub fn line_start(&self, at: usize) -> usize {
        match self.text[..at].rfind('\n') {
            Some(before) => before + 1,
            None if self.text.starts_with('\u{feff}') => 3.min(at),
            None => 0,
        }
    }

    pub fn starts_line(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at].trim().is_empty()
    }

    /// The column of a byte, in characters from 0.
    pub fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    /// The end of a line's content, its line break left out.
    fn content_end(&self, at: usize) -> usize {
        self.without_cr(line_end(self.text, at)).max(at)
    }

    pub fn without_cr(&self, at: usize) -> usize {
        if at > 0 && self.text[..at].ends_with('\r') { at - 1 } else { at }
    }
}

pub(super) fn edit(range: Range<usize>, text: impl Into<String>) -> Edit {
    Edit { range, text: text.into() }
}

/// Whether a value, laid out in lines, ends with a literal block.
fn ends_in_literal(value: &Json) -> bool {
    match value {
        Json::String(text) => literal(text).is_some(),
        Json::Array(items) => items.last().is_some_and(ends_in_literal),
        Json::Object(members) => members.values().next_back().is_some_and(ends_in_literal),
        _ => false,
    }
}

pub(super) fn without_break<'t>(lines: &'t str, newline: &str) -> &'t str {
    lines.strip_suffix(newline).unwrap_or(lines)
}

/// How the strings (or the keys) of a collection are quoted, if all alike and not only where they must be; where it holds
/// none itself, those below it.
fn habit(node: &Node, keys: bool) -> Option<Quotes> {
    fn look(node: &Node, keys: bool, found: &mut Vec<(Style, bool)>) -> bool {
        let own: Vec<&Node> = match &node.kind {
            Kind::Map { entries, .. } if keys => entries.iter().map(|entry| &entry.key).collect(),
            Kind::Map { entries, .. } => entries.iter().map(|entry| &entry.value).collect(),
            Kind::List { items, .. } => items.iter().map(|item| &item.node).collect(),
            _ => Vec::new(),
        };
        let before = found.len();
        for node in &own {
            if let Kind::Scalar { text, style, .. } = &node.kind {
                match style {
                    Style::Plain if resolve(text) == Resolved::String => return false,
                    Style::Single | Style::Double => found.push((*style, is_plain(text, Place::Block))),
                    _ => {}
                }
            }
        }
        found.len() > before || own.iter().all(|node| look(node, keys, found))
    }
    let mut found = Vec::new();
    let alike = look(node, keys, &mut found) && found.iter().any(|(_, needless)| *needless);
    let first = found.first()?.0;
    match first {
        _ if !alike || found.iter().any(|(style, _)| *style != first) => None,
        Style::Single => Some(Quotes::Single),
        _ => Some(Quotes::Double),
    }
}

/// Whether a node's tag still fits another value; it does if there is none.
fn keeps_tag(node: &Node, value: &Json) -> bool {
    match &node.kind {
        Kind::Scalar { tag: Some(tag), .. } => {
            let name = tag.strip_prefix("tag:yaml.org,2002:").unwrap_or_default();
            value.is_string() && !["bool", "int", "float", "null", "timestamp", "binary"].contains(&name)
        }
        Kind::Scalar { tag: None, .. } | Kind::Absent | Kind::Alias(_) => true,
        Kind::Map { .. } => value.is_object(),
        Kind::List { .. } => value.is_array(),
    }
}

fn item_end(item: &Item) -> usize {
    item.node.end().max(item.dash + 1)
}

/// Where a block scalar's indicators end, and where its header line does.
fn line_end_of_header(text: &str, span: &Range<usize>) -> (usize, usize) {
    let end = line_end(text, span.start);
    let indicators =
        text[span.start..end].find(|c: char| !"|>+-0123456789".contains(c)).map_or(end, |at| span.start + at);
    (indicators, end)
}

/// The indentation of the first list under a key and of the first mapping under a key.
fn indentation(text: &str, node: &Node, list_offset: &mut Option<usize>, step: &mut Option<usize>) {
    if list_offset.is_some() && step.is_some() {
        return;
    }
    let column = |at: usize| at - text[..at].rfind('\n').map_or(0, |before| before + 1);
    if let Kind::Map { shape: Shape::Block, entries } = &node.kind {
        for entry in entries {
            let own = column(entry.start());
            match &entry.value.kind {
                Kind::List { shape: Shape::Block, items } if list_offset.is_none() => {
                    *list_offset = items.first().map(|item| column(item.dash).saturating_sub(own));
                }
                Kind::Map { shape: Shape::Block, entries } if step.is_none() => {
                    *step = entries.first().map(|first| column(first.start()).saturating_sub(own));
                }
                _ => {}
            }
            indentation(text, &entry.value, list_offset, step);
        }
    } else if let Kind::List { shape: Shape::Block, items } = &node.kind {
        for item in items {
            indentation(text, &item.node, list_offset, step);
        }
    }
}
