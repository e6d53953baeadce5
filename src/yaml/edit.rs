//! Changes by path → smallest edits by byte range, each proved before it is handed out.
//!
//! A change is planned on the spans of the text's nodes ([`Planner`]), made, read again and compared with the value
//! that the change asks for ([`model`]). Where a layout defeats the smallest edit, the next larger node is written anew;
//! where that fails too, or would lose a comment, the change is refused and the text stays as it is.

mod moves;

use super::emit::{Place, Quotes, Writer, inline, is_full, is_plain, literal, spaces};
use super::tree::{Entry, Item, Kind, MAX_DEPTH, Node, Shape, Style, line_end, parse, skip};
use super::{Change, Data, Doc, Edit, InTextOrder, KeyOrder, Refusal, Stream, Value, edited, second};
use crate::path::{Path, Step};
use serde_json::Value as Json;
use std::ops::Range;

pub use moves::{Move, rearrange};

/// The widest collection that is written between brackets where nothing else was there, in bytes.
const FLOW_WIDTH: usize = 60;

/// Plans the changes of one document, made one after the other, as edits of `text`: sorted, disjoint, and no larger
/// than need be. The text with these edits reads as the changes say; all other documents and all comments outside what
/// is replaced or removed stay as they are.
///
/// `doc` counts from 0 as in [`Stream::docs`]. `order` says where new keys go.
///
/// A value that is set on an anchored node (`&name`) changes for its aliases too, as whoever wrote the anchor wants it;
/// any other change of a value that aliases repeat, and any change inside an alias, is refused. A key that comes through
/// `<<` is overridden by a key after the `<<`.
///
/// # Errors
/// A [`Refusal`] that says what stands in the way: a path that leads nowhere, a broken document, shared values.
pub fn apply(text: &str, doc: usize, changes: &[Change], order: &dyn KeyOrder) -> Result<Vec<Edit>, Refusal> {
    let mut state = State { text: text.to_owned(), stream: parse(text) };
    let mut pieces = Pieces::new(text.len());
    for (number, change) in changes.iter().enumerate() {
        let made = state.change(doc, change, order).map_err(|refusal| Refusal {
            // Only for the first change are the places those of the given text.
            span: refusal.span.filter(|_| number == 0),
            ..refusal
        })?;
        if let Some((edits, next)) = made {
            edits.iter().rev().for_each(|edit| pieces.replace(edit));
            state = next;
        }
    }
    Ok(pieces.edits(text))
}

fn refuse<T>(message: impl Into<String>, span: Option<Range<usize>>) -> Result<T, Refusal> {
    Err(Refusal { message: message.into(), span })
}

/// A text and what it holds.
struct State {
    text: String,
    stream: Stream,
}

impl State {
    /// A document that is there and whose syntax is whole.
    fn readable(&self, number: usize) -> Result<&Doc, Refusal> {
        let docs = self.stream.docs.len();
        let Some(doc) = self.stream.docs.get(number) else {
            return refuse(format!("There is no document {}; the text has {docs}.", number + 1), None);
        };
        if let Some(problem) =
            self.stream.problems.iter().find(|problem| problem.doc == number && problem.fatal)
        {
            let message =
                format!("The document cannot be changed while it cannot be read: {}", problem.message);
            return refuse(message, Some(problem.span.clone()));
        }
        Ok(doc)
    }

    /// The edits of one change and the state after them; `None` if there is nothing to do.
    fn change(
        &self,
        number: usize,
        change: &Change,
        order: &dyn KeyOrder,
    ) -> Result<Option<(Vec<Edit>, State)>, Refusal> {
        let doc = self.readable(number)?;
        if change.path().steps().len() > MAX_DEPTH {
            return refuse(format!("The path is longer than {MAX_DEPTH} steps."), None);
        }
        let old = doc.data.as_ref().map_or(Json::Null, Data::to_json);
        let mut want = old.clone();
        model(&mut want, change)?;
        if want == old && !reorders(change) {
            return Ok(None);
        }
        let planner = Planner::new(&self.text, &self.stream, doc, order);
        let mut reason = None;
        match planner.plan(change) {
            Ok(plan) => match self.prove(number, change, &want, &plan) {
                Ok(next) => return Ok(Some((plan.edits, next))),
                Err(why) if plan.shared.is_some() => {
                    let message = format!(
                        "{} is repeated by aliases and cannot be changed here ({why}); edit the text by hand.",
                        named(change.path())
                    );
                    return refuse(message, planner.nearest(change.path()));
                }
                Err(why) => reason = Some(why),
            },
            Err(Stop::Refused(refusal)) => return Err(refusal),
            Err(Stop::Unplanned) => {}
        }
        let mut path = change.path().parent();
        loop {
            if let Some(plan) = planner.rewrite(&path, &want, change) {
                match self.prove(number, change, &want, &plan) {
                    Ok(next) => {
                        log::debug!("rewrote {path} to make a change");
                        return Ok(Some((plan.edits, next)));
                    }
                    Err(why) => reason = reason.or(Some(why)),
                }
            }
            if path.steps().is_empty() {
                break;
            }
            path = path.parent();
        }
        let why = reason.unwrap_or("its layout is not one that can be edited by parts");
        refuse(
            format!(
                "{} cannot be changed here without changing more than asked ({why}); edit the text by hand.",
                named(change.path())
            ),
            planner.nearest(change.path()),
        )
    }

    /// Makes the edits and checks everything that a change promises. An error says what would have gone wrong.
    fn prove(&self, number: usize, change: &Change, want: &Json, plan: &Plan) -> Result<State, &'static str> {
        let old = &self.stream.docs[number];
        let mut end = old.span.start;
        for edit in &plan.edits {
            if edit.range.start < end || edit.range.end > old.span.end || edit.range.end < edit.range.start {
                return Err("the edit would reach into another document");
            }
            end = edit.range.end;
        }
        let text = edited(&self.text, &plan.edits);
        let stream = parse(&text);
        let Some(new) = stream.docs.get(number).filter(|_| stream.docs.len() == self.stream.docs.len())
        else {
            return Err("the number of documents would change");
        };
        // Another document can break too: a first one that comes to begin with `{` makes JSON of the whole text.
        let broken_before =
            |doc| self.stream.problems.iter().any(|problem| problem.fatal && problem.doc == doc);
        match stream.problems.iter().find(|problem| problem.fatal && !broken_before(problem.doc)) {
            Some(problem) if problem.doc == number => {
                return Err("the text would not be YAML that kubectl reads");
            }
            Some(_) => return Err("kubectl could not read another document any more"),
            None => {}
        }
        let shifted = |doc: &Doc| (doc.span.start + text.len()).checked_sub(self.text.len());
        let same_rest =
            stream.docs.iter().zip(&self.stream.docs).enumerate().all(|(at, (new, old))| match at {
                _ if at < number => new.span == old.span,
                _ if at > number => Some(new.span.start) == shifted(old),
                _ => true,
            });
        if !same_rest {
            return Err("another document would change");
        }
        let read = new.data.as_ref().map_or(Json::Null, Data::to_json);
        let reads_back = match &plan.shared {
            // Aliases follow: everything but them must be as asked.
            Some(shape) => new.root.as_ref().is_some_and(|root| skeleton(&text, root) == *shape),
            None => read == *want,
        };
        if !reads_back {
            return Err("it would read as something else, or change a value that aliases share");
        }
        if second::agrees(&self.text, old) == Some(true) && second::agrees(&text, new) == Some(false) {
            return Err("libyaml, which reads as kubectl does, would read it as something else");
        }
        if reorders(change) && !in_order(&self.stream.docs[number], new, change) {
            return Err("the order would not be as asked");
        }
        let mut kept: Vec<&str> = stream.comments.iter().map(|comment| &text[comment.clone()]).collect();
        kept.sort_unstable();
        let mut must: Vec<&str> = (self.stream.comments.iter())
            .filter(|comment| {
                !plan.gone.iter().any(|gone| gone.start <= comment.start && comment.start < gone.end)
            })
            .map(|comment| &self.text[comment.clone()])
            .collect();
        must.sort_unstable();
        let mut kept = kept.into_iter();
        if !must.into_iter().all(|comment| kept.any(|other| other == comment)) {
            return Err("a comment would be lost");
        }
        Ok(State { text, stream })
    }
}

/// Whether a change can matter without changing the value: a rename, whose key keeps its place.
fn reorders(change: &Change) -> bool {
    matches!(change, Change::Rename { .. })
}

/// Whether a renamed key stands where the old one stood.
fn in_order(old: &Doc, new: &Doc, change: &Change) -> bool {
    let Change::Rename { path, key } = change else { return true };
    let Some((up, Some(name))) = path.split_last().map(|(up, step)| (up, step.key().map(str::to_owned)))
    else {
        return true;
    };
    let place = |doc: &Doc, key: &str| match doc.data.as_ref()?.at(&up)?.value {
        Value::Map(ref map) => map.members.iter().position(|member| member.key == key),
        _ => None,
    };
    place(old, &name) == place(new, key)
}

/// The change on the plain value.
fn model(root: &mut Json, change: &Change) -> Result<(), Refusal> {
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
    }
    Ok(())
}

/// A place in a sentence: its path in quotes, and the top of a document, which has none, in words.
fn named(path: &Path) -> String {
    if path.steps().is_empty() { "The document".to_owned() } else { format!("“{path}”") }
}

fn existing<'v>(root: &'v mut Json, path: &Path) -> Option<&'v mut Json> {
    path.steps().iter().try_fold(root, |value, step| match step {
        Step::Index(at) => value.as_array_mut()?.get_mut(*at),
        step => value.as_object_mut()?.get_mut(step.key()?),
    })
}

/// The value at a path, made if it is not there, its parents with it.
fn place<'v>(root: &'v mut Json, path: &Path) -> Result<&'v mut Json, Refusal> {
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
fn nested(steps: &[Step], value: &Json) -> Json {
    steps.iter().rev().fold(value.clone(), |inner, step| match step.key() {
        Some(key) => Json::Object([(key.to_owned(), inner)].into_iter().collect()),
        None => Json::Array(vec![inner]),
    })
}

/// The nodes as a value in which aliases and merges stay what they are.
fn skeleton(text: &str, node: &Node) -> Json {
    match &node.kind {
        Kind::Alias(_) => nested(&[Step::Key("*".to_owned())], &Json::from(&text[node.span.clone()])),
        Kind::Absent => Json::Null,
        Kind::Scalar { text, style, tag } => super::data::scalar(text, *style, tag.as_deref())
            .map(|value| Data { value, span: 0..0, implied: false }.to_json())
            .unwrap_or_default(),
        Kind::List { items, .. } => items.iter().map(|item| skeleton(text, &item.node)).collect(),
        Kind::Map { entries, .. } => {
            let name = |(at, entry): (usize, &Entry)| match entry.name() {
                Some(name) if !entry.is_merge() => name,
                _ => format!("{at} {}", &text[entry.key.span.clone()]),
            };
            entries.iter().enumerate().map(|entry| (name(entry), skeleton(text, &entry.1.value))).collect()
        }
    }
}

/// How a change is to be made.
struct Plan {
    edits: Vec<Edit>,
    /// The bytes whose comments may go with what is replaced or removed.
    gone: Vec<Range<usize>>,
    /// What the document must be, aliases left alone, where the change is of a value that aliases repeat.
    shared: Option<Json>,
}

/// Why there is no plan.
enum Stop {
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

fn stop<T>(message: impl Into<String>, span: Range<usize>) -> Result<T, Stop> {
    Err(Stop::Refused(Refusal { message: message.into(), span: Some(span) }))
}

/// Where a node hangs.
#[derive(Clone, Copy)]
struct Site<'a> {
    node: &'a Node,
    /// The column of its key or dash.
    column: usize,
    /// The byte after its `:` or dash.
    lead: usize,
    /// Whether it stands between brackets.
    in_flow: bool,
    /// Whether it is a list item.
    is_item: bool,
}

/// Where a path leads in the text.
enum Found<'a> {
    /// To a node.
    Node(Site<'a>),
    /// To a place below a node that is not there: the deepest node that is, and how many steps lead to it.
    Missing(Site<'a>, usize),
}

/// Plans edits of one document.
struct Planner<'a> {
    text: &'a str,
    comments: &'a [Range<usize>],
    doc: &'a Doc,
    root: Option<&'a Node>,
    order: &'a dyn KeyOrder,
    writer: Writer,
}

impl<'a> Planner<'a> {
    fn new(text: &'a str, stream: &'a Stream, doc: &'a Doc, order: &'a dyn KeyOrder) -> Planner<'a> {
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
        };
        Planner { text, comments: &stream.comments, doc, root, order, writer }
    }

    fn plan(&self, change: &Change) -> Result<Plan, Stop> {
        self.not_shared(change)?;
        match change {
            Change::Set { path, value } => self.set(path, value),
            Change::Remove { path } => self.remove(path),
            Change::Insert { path, index, value } => self.insert(path, *index, value),
            Change::Move { path, from, to } => self.shift(path, *from, *to),
            Change::Rename { path, key } => self.rename(path, key),
        }
    }

    /// The bytes nearest to a path, to point at.
    fn nearest(&self, path: &Path) -> Option<Range<usize>> {
        match self.find(path) {
            Ok(Found::Node(site) | Found::Missing(site, _)) => Some(site.node.span.clone()),
            Err(_) => None,
        }
    }

    fn find(&self, path: &Path) -> Result<Found<'a>, Stop> {
        let Some(root) = self.root else { return Err(Stop::Unplanned) };
        let mut site =
            Site { node: root, column: 0, lead: root.start(), in_flow: self.writer.json, is_item: false };
        for (depth, step) in path.steps().iter().enumerate() {
            site = match (&site.node.kind, step) {
                (Kind::Map { shape, entries }, step) => {
                    match step.key().and_then(|key| position(entries, key)) {
                        Some(at) => Site {
                            node: &entries[at].value,
                            column: self.column(entries[at].start()),
                            lead: entries[at].colon_end(),
                            in_flow: site.in_flow || *shape != Shape::Block,
                            is_item: false,
                        },
                        None => {
                            self.not_merged(path, depth)?;
                            return Ok(Found::Missing(site, depth));
                        }
                    }
                }
                (Kind::List { shape, items }, Step::Index(at)) => match items.get(*at) {
                    Some(item) => {
                        let flow = *shape != Shape::Block;
                        Site {
                            node: &item.node,
                            column: if flow { 0 } else { self.column(item.dash) },
                            lead: if flow { item.node.start() } else { item.dash + 1 },
                            in_flow: site.in_flow || flow,
                            is_item: true,
                        }
                    }
                    None => return Ok(Found::Missing(site, depth)),
                },
                (Kind::Alias(_), _) => {
                    let name = &self.text[site.node.span.clone()];
                    let message = format!(
                        "This part is repeated from elsewhere through “{name}”; change it there, or write it out in place of the alias."
                    );
                    return stop(message, site.node.span.clone());
                }
                _ => return Ok(Found::Missing(site, depth)),
            };
        }
        Ok(Found::Node(site))
    }

    /// A key that comes through `<<` can be overridden, but nothing inside its value can be changed.
    fn not_merged(&self, path: &Path, depth: usize) -> Result<(), Stop> {
        let key = Path::from(path.steps()[..=depth].to_vec());
        let inherited = self.doc.data.as_ref().and_then(|data| data.at(&key));
        match inherited {
            Some(data) if depth + 1 < path.steps().len() => {
                let message = format!(
                    "“{key}” comes from elsewhere through “<<”; change it there, or write it out after the “<<”."
                );
                stop(message, data.span.clone())
            }
            _ => Ok(()),
        }
    }

    /// The node that a change of what is already there needs.
    fn site(&self, path: &Path) -> Result<Site<'a>, Stop> {
        match self.find(path)? {
            Found::Node(site) => Ok(site),
            Found::Missing(site, _) => stop(
                format!("“{path}” has no text of its own here; it comes through “<<” or is not there."),
                site.node.span.clone(),
            ),
        }
    }

    fn set(&self, path: &Path, value: &Json) -> Result<Plan, Stop> {
        if self.root.is_none() {
            return Ok(self.first_value(&nested(path.steps(), value)));
        }
        match self.find(path)? {
            Found::Node(site) => {
                let shared = self.shared(path, value)?;
                Ok(Plan { shared, ..self.replace(site, value) })
            }
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
        let end = self.doc.span.end;
        let open_line = !self.text[..end].is_empty() && !self.text[..end].ends_with(['\n', '\u{feff}']);
        let text = if open_line { format!("{}{lines}", self.writer.newline) } else { lines };
        Plan { edits: vec![Edit { range: end..end, text }], gone: Vec::new(), shared: None }
    }

    /// Writes a whole node anew, as the value that is wanted there. What the change itself replaces may lose comments.
    fn rewrite(&self, path: &Path, want: &Json, change: &Change) -> Option<Plan> {
        let Ok(Found::Node(site)) = self.find(path) else { return None };
        let value = existing(&mut want.clone(), path)?.clone();
        let mut plan = self.replace(site, &value);
        plan.gone = match change {
            Change::Set { path, .. } | Change::Remove { path } => self.nearest(path).into_iter().collect(),
            _ => Vec::new(),
        };
        Some(plan)
    }

    /// The node of an anchor at or above a path that aliases repeat.
    fn repeated(&self, path: &Path) -> Result<Option<(&'a Node, Range<usize>)>, Stop> {
        let Some(root) = self.root else { return Ok(None) };
        for depth in 0..=path.steps().len() {
            if let Found::Node(Site { node, .. }) = self.find(&Path::from(path.steps()[..depth].to_vec()))?
                && node.anchor != 0
                && let Some(alias) = alias_of(root, &[node.anchor], None)
            {
                return Ok(Some((node, alias)));
            }
        }
        Ok(None)
    }

    /// Refuses what would silently change a value elsewhere: all but a new value for an anchored node itself.
    fn not_shared(&self, change: &Change) -> Result<(), Stop> {
        let path = change.path();
        let container = match change {
            Change::Set { .. } if matches!(self.find(path), Ok(Found::Node(_))) => return Ok(()),
            Change::Remove { .. } | Change::Rename { .. } => path.parent(),
            _ => path.clone(),
        };
        match self.repeated(&container) {
            Ok(Some((node, alias))) => {
                let name = &self.text[alias.clone()];
                let message = format!(
                    "This part is repeated elsewhere as “{name}”, where it would change too; write it out in place of “{name}” first."
                );
                stop(message, node.start()..node.span.start)
            }
            _ => Ok(()),
        }
    }

    /// For a value that aliases repeat: the document as it must be, those aliases left alone.
    fn shared(&self, path: &Path, value: &Json) -> Result<Option<Json>, Stop> {
        let (Some(root), Some(_)) = (self.root, self.repeated(path)?) else { return Ok(None) };
        let mut shape = skeleton(self.text, root);
        *existing(&mut shape, path).ok_or(Stop::Unplanned)? = value.clone();
        Ok(Some(shape))
    }

    /// Puts a value in place of a node.
    fn replace(&self, site: Site<'_>, value: &Json) -> Plan {
        let (node, text, writer) = (site.node, self.text, &self.writer);
        let plan = |edits: Vec<Edit>, gone: Range<usize>| Plan { edits, gone: vec![gone], shared: None };
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
            writer.block(value, 0, &mut lines);
            let lines = without_break(&lines, writer.newline);
            return plan(vec![edit(node.span.start..end, lines)], node.start()..end);
        }
        if node.is_block() {
            let mut lines = String::new();
            if site.is_item {
                writer.item(value, site.column, 2, &mut lines);
                lines.drain(..=site.column);
            } else {
                writer.after(value, site.column, false, &mut lines);
            }
            let start = node.props.as_ref().map_or(site.lead, |props| props.end);
            return plan(vec![edit(start..end, without_break(&lines, writer.newline))], site.lead..end);
        }
        let gone = node.start()..node.end();
        let line_end = self.content_end(node.span.end);
        let before = &text[..node.span.start];
        let needs_space = match node.kind {
            Kind::Absent => !before.ends_with(' '),
            _ => {
                !site.in_flow && !before.is_empty() && !before.ends_with([' ', '\t', '\n', '\r', '\u{feff}'])
            }
        };
        let space = if needs_space && !is_root { " " } else { "" };
        let old_block = matches!(node.kind, Kind::Scalar { style: Style::Block, .. });
        if let Json::String(string) = value
            && !site.in_flow
            && !is_root
            && let Some((header, lines)) = literal(string)
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
                        edit(node.span.start..header_end.0, header),
                        edit(cut..node.span.end.max(cut), body),
                    ],
                    header_end.1..node.end(),
                );
            }
            writer.literal_lines(&lines, site.column + if site.is_item { 2 } else { writer.step }, &mut body);
            return plan(
                vec![edit(node.span.clone(), format!("{space}{header}")), edit(line_end..line_end, body)],
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
            let cut = text[..node.start()].trim_end_matches([' ', '\t']).len().max(site.lead);
            if site.is_item {
                if line_end != node.span.end {
                    // A comment follows on the dash's line: it keeps its place, the value begins on the next line.
                    lines.push_str(writer.newline);
                    writer.block(value, site.column + 2, &mut lines);
                } else {
                    writer.item(value, site.column, 2, &mut lines);
                    lines.drain(..=site.column);
                }
            } else {
                writer.after(value, site.column, false, &mut lines);
            }
            let lines = without_break(&lines, writer.newline);
            return plan(vec![edit(cut..node.span.end, ""), edit(line_end..line_end, lines)], gone);
        }
        let quotes = match node.kind {
            Kind::Scalar { style: Style::Single, .. } => Quotes::Single,
            Kind::Scalar { style: Style::Double, .. } => Quotes::Double,
            _ => Quotes::None,
        };
        let tagged = matches!(node.kind, Kind::Scalar { tag: Some(_), .. });
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
            return plan(vec![edit(node.span.clone(), format!("{space}{new}"))], kept..node.end());
        }
        let start = if tagged && !value.is_string() { node.start() } else { node.span.start };
        plan(vec![edit(start..node.span.end, format!("{space}{new}"))], gone)
    }

    /// Puts a new key into a mapping.
    fn add(&self, site: Site<'_>, path: &Path, key: &str, value: &Json) -> Result<Plan, Stop> {
        let Kind::Map { shape, entries } = &site.node.kind else { return Err(Stop::Unplanned) };
        let text = self.text;
        let edits = match (shape, self.predecessor(path, entries, key)) {
            (Shape::Pair, _) => return Err(Stop::Unplanned),
            (Shape::Flow, after) => {
                let spans: Vec<_> = entries.iter().map(|entry| entry.start()..entry.end()).collect();
                let new = self.indented(self.writer.flow_entry(key, value), site.node, key, value);
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
                self.writer.entry(key, value, column, &mut lines);
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
        Ok(Plan { edits, gone: Vec::new(), shared: None })
    }

    /// The entry after which a new key goes; `None` for before the first one.
    fn predecessor(&self, path: &Path, entries: &[Entry], key: &str) -> Option<usize> {
        let last = entries.len().checked_sub(1)?;
        let merge = entries.iter().rposition(Entry::is_merge);
        let keys = self.order.keys(path);
        let rank = |key: &str| keys.iter().position(|known| known == key);
        let Some(own) = rank(key) else { return Some(last) };
        let before = |entry: &Entry| entry.name().and_then(|name| rank(&name)).is_some_and(|rank| rank < own);
        // What stands before a `<<` would be overridden by it.
        entries.iter().rposition(before).max(merge)
    }

    fn insert(&self, path: &Path, index: Option<usize>, value: &Json) -> Result<Plan, Stop> {
        if self.root.is_none() {
            return self.set(path, &Json::Array(vec![value.clone()]));
        }
        match self.find(path)? {
            Found::Node(site) if matches!(site.node.kind, Kind::List { .. }) => self.put(site, index, value),
            Found::Node(Site { node: Node { kind: Kind::Alias(_), span, .. }, .. }) => stop(
                "This list is repeated from elsewhere through an alias; change it there, or write it out in place of the alias.",
                span.clone(),
            ),
            _ => self.set(path, &Json::Array(vec![value.clone()])),
        }
    }

    /// Puts an item into a list, before the item `index` or at the end.
    fn put(&self, site: Site<'_>, index: Option<usize>, value: &Json) -> Result<Plan, Stop> {
        let (text, node) = (self.text, site.node);
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
            self.writer.item(value, column, gap, &mut lines);
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
                Some(Kind::Scalar { style: Style::Double, .. }) => Quotes::Double,
                Some(Kind::Scalar { style: Style::Single, .. }) => Quotes::Single,
                _ => Quotes::None,
            };
            let new = match value {
                Json::String(string) if !self.writer.json => inline(string, Place::Flow, quotes),
                value => self.indented(self.writer.flow(value), node, "", value),
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
        Ok(Plan { edits, gone: Vec::new(), shared: None })
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
            return if text[inside.clone()].trim().is_empty() {
                Ok(vec![edit(inside, new)])
            } else {
                Err(Stop::Unplanned)
            };
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

    fn remove(&self, path: &Path) -> Result<Plan, Stop> {
        let (text, site) = (self.text, self.site(path)?);
        let (up, last) = path.split_last().ok_or(Stop::Unplanned)?;
        let parent = self.site(&up)?;
        if let (Some(root), anchors) = (self.root, anchors_in(site.node))
            && let Some(alias) = alias_of(root, &anchors, Some(site.node))
        {
            return stop(
                format!(
                    "An alias elsewhere repeats a value from here (“{}”); replace it first.",
                    &text[alias.clone()]
                ),
                alias,
            );
        }
        let (spans, at, brackets): (Vec<Range<usize>>, usize, &str) = match (&parent.node.kind, last) {
            (Kind::Map { entries, .. }, step) => {
                let at = step.key().and_then(|key| position(entries, key)).ok_or(Stop::Unplanned)?;
                (entries.iter().map(|entry| entry.start()..entry.end()).collect(), at, "{}")
            }
            (Kind::List { shape: Shape::Block, items }, Step::Index(at)) => {
                (items.iter().map(|item| item.dash..item_end(item)).collect(), *at, "[]")
            }
            (Kind::List { items, .. }, Step::Index(at)) => {
                (items.iter().map(|item| item.node.start()..item.node.end()).collect(), *at, "[]")
            }
            _ => return Err(Stop::Unplanned),
        };
        let span = spans.get(at).cloned().ok_or(Stop::Unplanned)?;
        if !parent.node.is_block() {
            let cut = self.flow_cut(parent.node, &spans, at)?;
            return Ok(Plan { gone: vec![cut.clone()], edits: vec![edit(cut, "")], shared: None });
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
        let plan =
            |edits: Vec<Edit>| Plan { edits, gone: std::iter::once(head..tail).collect(), shared: None };
        if spans.len() == 1 {
            let lead = parent.node.props.as_ref().map_or(parent.lead, |props| props.end);
            let edits = if up.steps().is_empty() || span.start < self.content_end(lead) {
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
        if spans.len() == 1 {
            return Ok(node.span.start + 1..node.span.end - 1);
        }
        let is_last = at + 1 == spans.len();
        if is_last && self.writer.json {
            return Ok(spans[at - 1].end..span.end);
        }
        let next = skip(text, span.end);
        let end = if text[next..].starts_with(',') { next + 1 } else { span.end };
        let line_end = line_end(text, end);
        let rest = text[end..line_end].trim();
        if self.starts_line(span.start) && (rest.is_empty() || rest.starts_with('#')) && line_end < text.len()
        {
            return Ok(self.line_start(span.start)..line_end + 1);
        }
        Ok(if is_last { spans[at - 1].end..span.end } else { span.start..spans[at + 1].start })
    }

    /// Moves an item: its lines and the others' change places, what lies between the items stays.
    fn shift(&self, path: &Path, from: usize, to: usize) -> Result<Plan, Stop> {
        let (text, site) = (self.text, self.site(path)?);
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
        let mut sources: Vec<&Range<usize>> = chunks.iter().collect();
        let item = sources.remove(from - low);
        sources.insert(to - low, item);
        let mid_line = |chunk: &Range<usize>| in_block && self.line_start(chunk.start) != chunk.start;
        let column = if in_block { self.column(items[low].dash) } else { 0 };
        let content =
            |source: &Range<usize>, target: &Range<usize>| match (mid_line(source), mid_line(target)) {
                (true, false) => format!("{}{}", " ".repeat(column), &text[source.clone()]),
                (false, true) => text[source.clone()].trim_start_matches(' ').to_owned(),
                _ => text[source.clone()].to_owned(),
            };
        let edits = chunks
            .iter()
            .zip(sources)
            .map(|(target, source)| edit(target.clone(), content(source, target)))
            .collect();
        Ok(Plan { edits, gone: Vec::new(), shared: None })
    }

    fn rename(&self, path: &Path, key: &str) -> Result<Plan, Stop> {
        let (up, last) = path.split_last().ok_or(Stop::Unplanned)?;
        let site = self.site(&up)?;
        let Kind::Map { shape, entries } = &site.node.kind else { return Err(Stop::Unplanned) };
        let Some(at) = last.key().and_then(|key| position(entries, key)) else {
            return stop(format!("“{path}” comes through “<<”; rename it there."), site.node.span.clone());
        };
        let old = &entries[at].key;
        let quotes = match old.kind {
            Kind::Scalar { style: Style::Single, .. } => Quotes::Single,
            Kind::Scalar { style: Style::Double, .. } => Quotes::Double,
            Kind::Scalar { style: Style::Plain, .. } => Quotes::None,
            _ => return Err(Stop::Unplanned),
        };
        let place = if site.in_flow || *shape != Shape::Block { Place::Flow } else { Place::Block };
        let new = if self.writer.json { self.writer.flow_key(key) } else { inline(key, place, quotes) };
        Ok(Plan { edits: vec![edit(old.span.clone(), new)], gone: Vec::new(), shared: None })
    }

    /// Puts whole lines after the line that ends at `end`.
    fn lines_after(&self, end: usize, lines: &str) -> Vec<Edit> {
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
    fn tail(&self, end: usize, column: usize) -> usize {
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
    fn head(&self, start: usize) -> usize {
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
    fn line_start(&self, at: usize) -> usize {
        match self.text[..at].rfind('\n') {
            Some(before) => before + 1,
            None if self.text.starts_with('\u{feff}') => 3.min(at),
            None => 0,
        }
    }

    fn starts_line(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at].trim().is_empty()
    }

    /// The column of a byte, in characters from 0.
    fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    /// The end of a line's content, its line break left out.
    fn content_end(&self, at: usize) -> usize {
        self.without_cr(line_end(self.text, at)).max(at)
    }

    fn without_cr(&self, at: usize) -> usize {
        if at > 0 && self.text[..at].ends_with('\r') { at - 1 } else { at }
    }
}

fn edit(range: Range<usize>, text: impl Into<String>) -> Edit {
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

fn without_break(lines: &str, newline: &str) -> String {
    lines.strip_suffix(newline).unwrap_or(lines).to_owned()
}

/// The entry whose value counts: the last one of that name.
fn position(entries: &[Entry], key: &str) -> Option<usize> {
    entries.iter().rposition(|entry| !entry.is_merge() && entry.name().as_deref() == Some(key))
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

fn anchors_in(node: &Node) -> Vec<usize> {
    let mut anchors: Vec<usize> = node.children().flat_map(anchors_in).collect();
    anchors.extend((node.anchor != 0).then_some(node.anchor));
    anchors
}

/// An alias of one of the anchors, outside of `except`.
fn alias_of(node: &Node, anchors: &[usize], except: Option<&Node>) -> Option<Range<usize>> {
    match node.kind {
        _ if except.is_some_and(|except| std::ptr::eq(node, except)) => None,
        Kind::Alias(id) => anchors.contains(&id).then(|| node.span.clone()),
        _ => node.children().find_map(|child| alias_of(child, anchors, except)),
    }
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

/// A text as pieces of the original and new ones, so that edits of edits become edits of the original.
struct Pieces(Vec<Piece>);

enum Piece {
    Original(Range<usize>),
    New(String),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Piece::Original(range) => range.len(),
            Piece::New(text) => text.len(),
        }
    }

    fn part(&self, range: Range<usize>) -> Piece {
        match self {
            Piece::Original(own) => Piece::Original(own.start + range.start..own.start + range.end),
            Piece::New(text) => Piece::New(text[range].to_owned()),
        }
    }
}

impl Pieces {
    fn new(length: usize) -> Pieces {
        Pieces(vec![Piece::Original(0..length)])
    }

    /// Makes an edit of the present text.
    fn replace(&mut self, edit: &Edit) {
        let mut pieces = Vec::with_capacity(self.0.len() + 2);
        let mut new = Some(Piece::New(edit.text.clone()));
        let mut at = 0;
        for piece in &self.0 {
            let length = piece.len();
            let end = at + length;
            pieces.push(piece.part(0..edit.range.start.clamp(at, end) - at));
            if end >= edit.range.start {
                pieces.extend(new.take());
            }
            pieces.push(piece.part(edit.range.end.clamp(at, end) - at..length));
            at = end;
        }
        // A part before the place of the edit is whole in the first half and empty in the second, and the other way round.
        pieces.extend(new);
        pieces.retain(|piece| piece.len() > 0);
        self.0 = pieces;
    }

    /// The edits that make the present text of the original one, each as small as it can be.
    fn edits(self, original: &str) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        let (mut at, mut text) = (0, String::new());
        let end = Piece::Original(original.len()..original.len());
        for piece in self.0.into_iter().chain([end]) {
            match piece {
                Piece::New(new) => text.push_str(&new),
                Piece::Original(range) => {
                    let change = Edit { range: at..range.start, text: std::mem::take(&mut text) };
                    edits.extend(trimmed(original, change));
                    at = range.end;
                }
            }
        }
        edits
    }
}

/// The edit without what it leaves as it was at its start and end; `None` if nothing remains.
fn trimmed(original: &str, mut edit: Edit) -> Option<Edit> {
    let old = &original[edit.range.clone()];
    let same = |(a, b): &(char, char)| a == b;
    let prefix: usize = old.chars().zip(edit.text.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (old, new) = (&old[prefix..], &edit.text[prefix..]);
    let suffix: usize =
        old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    edit.range = edit.range.start + prefix..edit.range.end - suffix;
    edit.text = new[..new.len() - suffix].to_owned();
    (!edit.range.is_empty() || !edit.text.is_empty()).then_some(edit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Order(&'static [&'static str]);

    impl KeyOrder for Order {
        fn keys(&self, _path: &Path) -> Vec<String> {
            self.0.iter().map(|key| (*key).to_owned()).collect()
        }
    }

    fn path(text: &str) -> Path {
        text.parse().expect("path")
    }

    fn set(at: &str, value: Json) -> Change {
        Change::Set { path: path(at), value }
    }

    fn after(text: &str, change: Change, order: &dyn KeyOrder) -> Result<String, String> {
        apply(text, 0, &[change], order).map(|edits| edited(text, &edits)).map_err(|refusal| refusal.message)
    }

    #[test]
    fn a_new_key_goes_where_the_order_has_it() {
        let order = Order(&["apiVersion", "kind", "metadata", "spec", "status"]);
        for (text, change, expected) in [
            ("kind: a # k\nspec: b\n", set("metadata", json!(1)), "kind: a # k\nmetadata: 1\nspec: b\n"),
            ("# top\nkind: a\n", set("apiVersion", json!("v1")), "# top\napiVersion: v1\nkind: a\n"),
            ("spec: b\nkind: a\n", set("metadata", json!(1)), "spec: b\nkind: a\nmetadata: 1\n"),
            ("kind: a\nspec: b\n", set("other", json!(1)), "kind: a\nspec: b\nother: 1\n"),
            ("a:\n- spec: b\n", set("a[0].kind", json!(1)), "a:\n- kind: 1\n  spec: b\n"),
            ("a: {spec: b}\n", set("a.kind", json!(1)), "a: {kind: 1, spec: b}\n"),
            ("a: {kind: b, spec: c}\n", set("a.metadata", json!(1)), "a: {kind: b, metadata: 1, spec: c}\n"),
        ] {
            assert_eq!(after(text, change, &order).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn missing_parents_are_made() {
        for (text, at, expected) in [
            ("", "a.b[0].c", "a:\n  b:\n  - c: 1\n"),
            ("# only a comment", "a", "# only a comment\na: 1\n"),
            ("---\n---\nb: 2\n", "a", "---\na: 1\n---\nb: 2\n"),
            ("a:\n", "a.b", "a:\n  b: 1\n"),
            ("a: ~ # c\n", "a.b", "a: # c\n  b: 1\n"),
            ("a: {}\n", "a.b.c", "a: {b: {c: 1}}\n"),
            ("a: []\n", "a[0]", "a: [1]\n"),
            ("a:\n- x\n", "a[1].b", "a:\n- x\n- b: 1\n"),
            ("a:\n  b: c", "d", "a:\n  b: c\nd: 1"),
            ("a: {b:, c: d}\n", "a.c", "a: {b:, c: 1}\n"),
        ] {
            assert_eq!(
                after(text, set(at, json!(1)), &InTextOrder).as_deref(),
                Ok(expected),
                "{text:?} {at}"
            );
        }
    }

    #[test]
    fn a_literal_block_takes_no_comment_in() {
        let new = after("a:\n  b: c # x\nd: e\n", set("a", json!("one\ntwo\n")), &InTextOrder);
        assert_eq!(new.as_deref(), Ok("a: |\n  one\n  two\nd: e\n"));
        let new = after("a:\n  b: c # x\n", set("a", json!({"k": "one\ntwo"})), &InTextOrder);
        assert_eq!(new.as_deref(), Ok("a:\n  k: |-\n    one\n    two\n"));
    }

    #[test]
    fn a_text_never_becomes_json_by_an_edit() {
        for (text, new) in [
            ("a: b\n", "---\n{}\n"),
            ("a\n", "---\n{}\n"),
            ("a: b\n---\nc: d\n", "---\n{}\n---\nc: d\n"),
            ("a # x\n---\nc: d\n", "---\n{} # x\n---\nc: d\n"),
            ("[a]\n---\nc: d\n", "---\n{}\n---\nc: d\n"),
        ] {
            assert_eq!(after(text, set("", json!({})), &InTextOrder).as_deref(), Ok(new), "{text}");
        }
    }

    #[test]
    fn shared_values_follow_only_where_they_are_set() {
        let text = "a: &x {k: 1}\nb: *x\nc: &y 1\nd: *y\ne:\n  <<: *x\n  f: 1\n";
        assert_eq!(after(text, set("c", json!(2)), &InTextOrder), Ok(text.replace("&y 1", "&y 2")));
        assert_eq!(after(text, set("d", json!(2)), &InTextOrder), Ok(text.replace("*y", "2")));
        assert_eq!(after(text, set("a.k", json!(2)), &InTextOrder), Ok(text.replace("k: 1", "k: 2")));
        assert_eq!(after(text, set("e.k", json!(2)), &InTextOrder), Ok(format!("{text}  k: 2\n")));
        for (change, part) in [
            (set("b.k", json!(2)), "through “*x”"),
            (set("a.new", json!(2)), "repeated elsewhere as “*x”"),
            (set("a.new.deeper", json!(2)), "repeated elsewhere as “*x”"),
            (Change::Remove { path: path("a") }, "alias elsewhere"),
            (Change::Remove { path: path("a.k") }, "repeated elsewhere"),
            (Change::Remove { path: path("e.k") }, "“<<”"),
        ] {
            let message = after(text, change, &InTextOrder).expect_err("refused");
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn json_stays_json() {
        let text = "{\n  \"a\": [\n    1\n  ],\n  \"b\": {\"c\": \"d\"}\n}\n";
        for change in [
            set("a[0]", json!("yes")),
            set("b.e", json!({"f": "x: y"})),
            set("g", json!({"h": [1]})),
            Change::Insert { path: path("a"), index: Some(0), value: json!("x") },
            Change::Insert { path: path("a"), index: None, value: json!({"k": null}) },
            Change::Remove { path: path("b") },
            Change::Remove { path: path("a") },
            Change::Rename { path: path("b.c"), key: "no".to_owned() },
        ] {
            let new = after(text, change.clone(), &InTextOrder).expect("edited");
            assert!(serde_json::from_str::<Json>(&new).is_ok(), "{change:?}: {new}");
        }
        let new = after(text, set("g", json!({"h": 1})), &InTextOrder).expect("edited");
        assert_eq!(new, text.replace("\"d\"}\n", "\"d\"},\n  \"g\": {\n    \"h\": 1\n  }\n"));
    }

    #[test]
    fn refusals_say_why() {
        for (text, change, part) in [
            ("a: [\n", set("a", json!(1)), "cannot be read"),
            ("a: 1\n", set("a.b", json!(1)), "“a” is not a mapping"),
            ("a: 1\n", set("a[0]", json!(1)), "“a” is not a list"),
            ("a: []\n", set("a[1]", json!(1)), "no item 1"),
            ("- a\n", set("a", json!(1)), "The document is not a mapping"),
            (
                "a: 1\n",
                Change::Insert { path: Path::root(), index: None, value: json!(1) },
                "The document is not a list",
            ),
            (
                "b: 2\na: 1\n",
                Change::Rename { path: path("a"), key: "b".to_owned() },
                "The document has a key “b”",
            ),
            ("a: 1\n", Change::Remove { path: path("b") }, "not there"),
            ("a: 1\n", Change::Remove { path: Path::root() }, "itself"),
            ("a: [1]\n", Change::Move { path: path("a"), from: 0, to: 1 }, "1 items"),
            ("a: 1\nb: 2\n", Change::Rename { path: path("a"), key: "b".to_owned() }, "already"),
        ] {
            let message = after(text, change, &InTextOrder).expect_err(text);
            assert!(message.contains(part), "{message}");
        }
        assert!(apply("a: 1\n", 1, &[], &InTextOrder).is_ok());
        assert!(apply("a: 1\n", 1, &[set("a", json!(2))], &InTextOrder).is_err());
    }

    #[test]
    fn a_comment_is_never_lost_by_widening() {
        // Replacing one of two equal keys needs the mapping to be written anew, which the comment forbids.
        let text = "m:\n  k: 1 # keep\n  k: 2\n";
        assert!(after(text, Change::Remove { path: path("m.k") }, &InTextOrder).is_err());
        assert_eq!(
            after("m:\n  k: 1\n  k: 2\n  l: 3\n", Change::Remove { path: path("m.k") }, &InTextOrder)
                .as_deref(),
            Ok("m:\n  l: 3\n")
        );
    }
}
