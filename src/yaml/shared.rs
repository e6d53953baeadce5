//! Values that stand in several places: anchors, aliases, merge keys. Which of them a change would touch elsewhere, and
//! the steps that take the place of a change out of what it shares, its meaning unchanged.

use super::data::{Reading, key_text};
use super::model::{existing, nested};
use super::plan::{Plan, Planner, Site, Stop, edit, stop};
use super::respell::value_of;
use super::tree::{Entry, Item, Kind, Node, Shape, Style};
use super::{Change, Shared, SharedPlace, Through};
use crate::path::{Path, Step};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::ops::Range;

/// One step down the text's own nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hop {
    /// To the key of an entry.
    Key(usize),
    /// To the value of an entry.
    Value(usize),
    /// To an item.
    Item(usize),
}

/// The hops from the root to a node.
pub(super) type Route = Vec<Hop>;

/// The node at the end of a route.
pub(super) fn node_at<'n>(root: &'n Node, route: &[Hop]) -> Option<&'n Node> {
    route.iter().try_fold(root, |node, hop| match (&node.kind, *hop) {
        (Kind::Map { entries, .. }, Hop::Key(at)) => entries.get(at).map(|entry| &entry.key),
        (Kind::Map { entries, .. }, Hop::Value(at)) => entries.get(at).map(|entry| &entry.value),
        (Kind::List { items, .. }, Hop::Item(at)) => items.get(at).map(|item| &item.node),
        _ => None,
    })
}

fn node_at_mut<'n>(root: &'n mut Node, route: &[Hop]) -> Option<&'n mut Node> {
    route.iter().try_fold(root, |node, hop| match (&mut node.kind, *hop) {
        (Kind::Map { entries, .. }, Hop::Key(at)) => entries.get_mut(at).map(|entry| &mut entry.key),
        (Kind::Map { entries, .. }, Hop::Value(at)) => entries.get_mut(at).map(|entry| &mut entry.value),
        (Kind::List { items, .. }, Hop::Item(at)) => items.get_mut(at).map(|item| &mut item.node),
        _ => None,
    })
}

/// `*name`, in the order of the text.
struct Use {
    id: usize,
    span: Range<usize>,
    route: Route,
    path: Path,
}

/// The anchors and aliases of one document.
#[derive(Default)]
pub(super) struct Anchors<'n> {
    nodes: HashMap<usize, (&'n Node, Route, Path)>,
    uses: Vec<Use>,
}

/// Where a path leads through what is shared.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// The node at its end, or the deepest one that is there.
    pub route: Route,
    /// How many of its steps that node is down.
    pub depth: usize,
    /// The first alias or merge on it, at which it ends if it does not follow them.
    pub crossing: Option<Crossing>,
    /// The anchors on it that aliases repeat, the outermost first.
    anchors: Vec<usize>,
}

/// Where a path leaves the text of its own place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crossing {
    /// At an alias, so many steps down.
    Alias(usize),
    /// At a mapping so many steps down whose next key comes through `<<`; its own entry of that key, which the `<<`
    /// overrides, if it has one.
    Merge(usize, Option<usize>),
}

/// Where the value of a key stands.
enum Source {
    /// In the mapping itself, at an entry; whether that one overrides what a `<<` brings.
    Own(usize, bool),
    /// In another one, that `<<` merges.
    Merged { from: Route, own: Option<usize> },
}

impl<'n> Anchors<'n> {
    /// Finds the anchors and aliases below `root`.
    pub fn new(root: Option<&'n Node>) -> Anchors<'n> {
        let mut anchors = Anchors::default();
        if let Some(root) = root.filter(|root| is_shared(root)) {
            anchors.collect(root, &mut Vec::new(), &Path::root());
        }
        anchors
    }

    fn collect(&mut self, node: &'n Node, route: &mut Route, path: &Path) {
        if node.anchor != 0 {
            self.nodes.insert(node.anchor, (node, route.clone(), path.clone()));
        }
        let mut below = |anchors: &mut Self, node, hop, path: &Path| {
            route.push(hop);
            anchors.collect(node, route, path);
            route.pop();
        };
        match &node.kind {
            Kind::Alias(id) => self.uses.push(Use {
                id: *id,
                span: node.span.clone(),
                route: route.clone(),
                path: path.clone(),
            }),
            Kind::Map { entries, .. } => {
                for (at, entry) in entries.iter().enumerate() {
                    let path = match self.name(entry) {
                        Some(name) if !entry.is_merge() => below_key(path, name),
                        _ => path.clone(),
                    };
                    below(self, &entry.key, Hop::Key(at), &path);
                    below(self, &entry.value, Hop::Value(at), &path);
                }
            }
            Kind::List { items, .. } => {
                for (at, item) in items.iter().enumerate() {
                    below(self, &item.node, Hop::Item(at), &path.index(at));
                }
            }
            _ => {}
        }
    }

    /// Whether nothing is repeated.
    pub fn is_empty(&self) -> bool {
        self.uses.is_empty()
    }

    /// An entry's key as kubectl reads it.
    pub fn name(&self, entry: &Entry) -> Option<String> {
        match &entry.key.kind {
            Kind::Alias(id) => self.nodes.get(id).and_then(|(node, ..)| key_text(node).ok()),
            _ => entry.name(),
        }
    }

    fn is_used(&self, id: usize) -> bool {
        self.uses.iter().any(|alias| alias.id == id)
    }

    /// Follows aliases from a node; notes the anchors.
    fn resolve(&self, mut node: &'n Node, mut route: Route, noted: &mut Vec<usize>) -> (&'n Node, Route) {
        while let Kind::Alias(id) = node.kind {
            let Some((target, to, _)) = self.nodes.get(&id) else { break };
            (node, route) = (target, to.clone());
            self.note(node, noted);
        }
        (node, route)
    }

    fn note(&self, node: &Node, noted: &mut Vec<usize>) {
        if node.anchor != 0 && !noted.contains(&node.anchor) && self.is_used(node.anchor) {
            noted.push(node.anchor);
        }
    }

    /// Where the value of a key of the mapping at `route` stands.
    fn source(&self, map: &'n Node, route: &Route, key: &str, noted: &mut Vec<usize>) -> Option<Source> {
        let Kind::Map { entries, .. } = &map.kind else { return None };
        let mut found = None;
        let mut own = None;
        for (at, entry) in entries.iter().enumerate() {
            if !entry.is_merge() {
                if self.name(entry).as_deref() == Some(key) {
                    own = Some(at);
                    let overrides = matches!(found, Some(Source::Merged { .. } | Source::Own(_, true)));
                    found = Some(Source::Own(at, overrides));
                }
                continue;
            }
            let here: Route = route.iter().copied().chain([Hop::Value(at)]).collect();
            let mut through = Vec::new();
            let (merged, here) = self.resolve(&entry.value, here, &mut through);
            let sources: Vec<(&Node, Route)> = match &merged.kind {
                Kind::List { items, .. } => {
                    let route = |item| here.iter().copied().chain([Hop::Item(item)]).collect();
                    items.iter().enumerate().rev().map(|(item, node)| (&node.node, route(item))).collect()
                }
                _ => vec![(merged, here)],
            };
            for (source, from) in sources {
                let mut through = through.clone();
                let (source, from) = self.resolve(source, from, &mut through);
                if self.source(source, &from, key, &mut through).is_some() {
                    noted.extend(through.into_iter().filter(|id| !noted.contains(id)).collect::<Vec<_>>());
                    found = Some(Source::Merged { from, own });
                }
            }
        }
        found
    }

    /// Where a path leads: through aliases and merges if it is to `follow` them, else up to the first one.
    pub fn way(&self, root: &'n Node, path: &Path, follow: bool) -> Way {
        let mut way = Way::default();
        let mut node = root;
        self.note(node, &mut way.anchors);
        for depth in 0..=path.steps().len() {
            way.depth = depth;
            if matches!(node.kind, Kind::Alias(_)) {
                way.crossing = way.crossing.or(Some(Crossing::Alias(depth)));
                if !follow {
                    break;
                }
                (node, way.route) = self.resolve(node, way.route, &mut way.anchors);
            }
            let hop = match (&node.kind, path.steps().get(depth)) {
                (Kind::List { items, .. }, Some(Step::Index(at))) if *at < items.len() => Hop::Item(*at),
                (Kind::Map { .. }, Some(step)) => {
                    let mut through = Vec::new();
                    let source = step.key().and_then(|key| self.source(node, &way.route, key, &mut through));
                    match source {
                        Some(Source::Own(at, _)) => Hop::Value(at),
                        Some(Source::Merged { own, .. }) => {
                            way.crossing = way.crossing.or(Some(Crossing::Merge(depth, own)));
                            if !follow {
                                break;
                            }
                            let key = step.key().unwrap_or_default();
                            let Some((map, at)) = self.owner(root, &way.route, key, &mut way.anchors) else {
                                break;
                            };
                            way.route = map;
                            Hop::Value(at)
                        }
                        None => break,
                    }
                }
                _ => break,
            };
            way.route.push(hop);
            let Some(next) = node_at(root, &way.route) else { break };
            node = next;
            self.note(node, &mut way.anchors);
        }
        way
    }

    /// The mapping in whose text a key of the mapping at `route` stands, and the entry.
    fn owner(
        &self,
        root: &'n Node,
        route: &Route,
        key: &str,
        noted: &mut Vec<usize>,
    ) -> Option<(Route, usize)> {
        let mut route = route.clone();
        loop {
            let node = node_at(root, &route)?;
            self.note(node, noted);
            match self.source(node, &route, key, noted)? {
                Source::Own(at, _) => return Some((route, at)),
                Source::Merged { from, .. } => route = from,
            }
        }
    }

    /// Where the collection stands that a change changes; for a key or item that goes or gets another name, also its
    /// place in that collection.
    pub fn target(&self, root: &'n Node, change: &Change, follow: bool) -> (Way, Option<usize>) {
        let (Change::Remove { path } | Change::Rename { path, .. }) = change else {
            // Of a repeated key the entry goes that is written in the mapping itself.
            let own = matches!(change, Change::RemoveRepeat { .. });
            let path = if own { change.path().parent() } else { change.path().clone() };
            return (self.way(root, &path, follow), None);
        };
        let Some((up, last)) = path.split_last() else { return (Way::default(), None) };
        let mut way = self.way(root, &up, follow);
        if way.depth < up.steps().len() || (way.crossing.is_some() && !follow) {
            return (way, None);
        }
        let Some(node) = node_at(root, &way.route) else { return (way, None) };
        let Some(key) = last.key() else {
            let at = if let Step::Index(at) = last { Some(*at) } else { None };
            return (way, at);
        };
        let mut through = Vec::new();
        match self.source(node, &way.route, key, &mut through) {
            Some(Source::Own(at, _)) => (way, Some(at)),
            Some(Source::Merged { own, .. }) => {
                way.crossing = way.crossing.or(Some(Crossing::Merge(way.depth, own)));
                if !follow {
                    return (way, None);
                }
                match self.owner(root, &way.route, key, &mut way.anchors) {
                    Some((map, at)) => {
                        way.route = map;
                        (way, Some(at))
                    }
                    None => (way, None),
                }
            }
            None => (way, None),
        }
    }

    /// What a person must be asked before a change: `None` if nothing else has a part in what it changes.
    pub fn question(&self, text: &str, root: &'n Node, change: &Change) -> Option<Shared> {
        if self.is_empty() {
            return None;
        }
        let (way, _) = self.target(root, change, true);
        let (node, ..) = self.nodes.get(way.anchors.last()?)?;
        let length = change.path().steps().len();
        let is_set = matches!(change, Change::Set { .. } | Change::Spell { .. });
        let through = match way.crossing {
            None => Through::Anchor,
            Some(Crossing::Alias(depth)) if is_set && depth == length => Through::Alias,
            Some(Crossing::Merge(depth, _)) if is_set && depth + 1 == length => Through::Alias,
            Some(_) => Through::Inside,
        };
        let mut places: Vec<SharedPlace> = Vec::new();
        for id in &way.anchors {
            let (node, _, path) = self.nodes.get(id)?;
            places.push(SharedPlace { path: path.clone(), span: anchor_span(text, node)?, is_anchor: true });
            let uses = self.uses.iter().filter(|alias| alias.id == *id);
            places.extend(uses.map(|alias| SharedPlace {
                path: alias.path.clone(),
                span: alias.span.clone(),
                is_anchor: false,
            }));
        }
        places.sort_by_key(|place| place.span.start);
        Some(Shared {
            anchor: anchor_span(text, node).map_or("", |span| &text[span]).to_owned(),
            places,
            through,
        })
    }

    /// What a document reads as once a change is made where its value is written, so that aliases follow.
    pub fn changed_everywhere(&self, root: &'n Node, change: &Change) -> Option<Json> {
        let mut tree = root.clone();
        let (way, at) = self.target(root, change, true);
        let node = node_at_mut(&mut tree, &way.route)?;
        let rest = &change.path().steps()[way.depth.min(change.path().steps().len())..];
        let set = |node: &mut Node, value: &Json| {
            let anchor = node.anchor;
            *node = Node { anchor, ..node_of(value) };
        };
        match change {
            Change::Set { value, .. } | Change::Insert { value, .. }
                if !rest.is_empty() || matches!(change, Change::Set { .. }) =>
            {
                let item = [value.clone()];
                let value =
                    if matches!(change, Change::Set { .. }) { value.clone() } else { Json::from(&item[..]) };
                match (rest.split_first(), &mut node.kind) {
                    (None, _) => set(node, &value),
                    (Some((step, rest)), Kind::Map { entries, .. }) => {
                        let key = node_of(&Json::from(step.key()?));
                        let value = node_of(&nested(rest, &value));
                        entries.push(Entry { key, value, question: None, colon: None });
                    }
                    (Some((_, rest)), Kind::List { items, .. }) => {
                        items.push(Item { dash: 0, node: node_of(&nested(rest, &value)) });
                    }
                    (Some(_), _) => set(node, &nested(rest, &value)),
                }
            }
            Change::Spell { spelling, .. } if rest.is_empty() => set(node, &value_of(spelling)?),
            // A repeat of a key is no value that other places could repeat.
            Change::Set { .. } | Change::Spell { .. } | Change::RemoveRepeat { .. } => return None,
            Change::Insert { index, value, .. } => match &mut node.kind {
                Kind::List { items, .. } => {
                    let at = index.unwrap_or(items.len()).min(items.len());
                    items.insert(at, Item { dash: 0, node: node_of(value) });
                }
                _ => set(node, &Json::Array(vec![value.clone()])),
            },
            Change::Remove { .. } => match &mut node.kind {
                Kind::Map { entries, .. } => {
                    let name = entries.get(at?).and_then(|entry| self.name(entry));
                    entries.retain(|entry| entry.is_merge() || self.name(entry) != name);
                }
                Kind::List { items, .. } if at? < items.len() => {
                    items.remove(at?);
                }
                _ => return None,
            },
            Change::Move { from, to, .. } => match &mut node.kind {
                Kind::List { items, .. } if *from < items.len() && *to < items.len() => {
                    let item = items.remove(*from);
                    items.insert(*to, item);
                }
                _ => return None,
            },
            Change::Rename { key, .. } => {
                let Kind::Map { entries, .. } = &mut node.kind else { return None };
                entries.get_mut(at?)?.key = node_of(&Json::from(key.as_str()));
            }
        }
        let data = Reading::new(&tree, true).data(&tree).ok()?;
        Some(data.to_json())
    }

    fn uses_below<'s>(&'s self, id: usize, route: &'s [Hop]) -> impl Iterator<Item = bool> + 's {
        self.uses.iter().filter(move |alias| alias.id == id).map(move |alias| alias.route.starts_with(route))
    }

    /// An anchor below one of the routes that is repeated outside of all of them.
    fn lost(&self, routes: &[Route], spare: Option<usize>) -> Option<usize> {
        let is_inside = |route: &Route| routes.iter().any(|inside| route.starts_with(inside));
        let mut ids: Vec<usize> = (self.nodes.iter())
            .filter(|(id, (_, route, _))| Some(**id) != spare && is_inside(route))
            .map(|(id, _)| *id)
            .collect();
        ids.sort_unstable();
        ids.into_iter().find(|id| self.uses.iter().any(|alias| alias.id == *id && !is_inside(&alias.route)))
    }

    /// An anchor that would come to stand after one of its aliases if the item `from` became `to`.
    fn overtaken(&self, list: &Route, from: usize, to: usize) -> Option<usize> {
        let item = |at: usize| -> Route { list.iter().copied().chain([Hop::Item(at)]).collect() };
        let moved = item(from);
        let passed: Vec<Route> = (from.min(to)..=from.max(to)).filter(|at| *at != from).map(item).collect();
        let mut ids: Vec<usize> = self.nodes.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter().find(|id| {
            let Some((_, route, _)) = self.nodes.get(id) else { return false };
            if from < to {
                let repeated = |route: &Route| self.uses_below(*id, route).any(|below| below);
                route.starts_with(&moved) && passed.iter().any(repeated)
            } else {
                passed.iter().any(|passed| route.starts_with(passed))
                    && self.uses_below(*id, &moved).any(|below| below)
            }
        })
    }
}

/// A path one key down, spelled as the API server does: brackets only for what is not a plain name.
fn below_key(path: &Path, key: String) -> Path {
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric());
    let step = if plain { Step::Field(key.into()) } else { Step::Key(key) };
    Path::from(path.steps().iter().cloned().chain([step]).collect::<Vec<_>>())
}

/// Whether anything below a node has an anchor.
fn is_shared(node: &Node) -> bool {
    node.anchor != 0 || node.children().any(is_shared)
}

/// The bytes of a node's `&name`.
pub(super) fn anchor_span(text: &str, node: &Node) -> Option<Range<usize>> {
    let props = node.props.clone().filter(|_| node.anchor != 0)?;
    let written = &text[props.clone()];
    let starts = written.match_indices('&').map(|(at, _)| at);
    let at = starts.into_iter().find(|at| *at == 0 || written[..*at].ends_with(char::is_whitespace))?;
    let length = written[at..].find(char::is_whitespace).unwrap_or(written.len() - at);
    Some(props.start + at..props.start + at + length)
}

/// A value as nodes that have no place in the text.
fn node_of(value: &Json) -> Node {
    let scalar = |text: String, style| Kind::Scalar { text, style, tag: None };
    let kind = match value {
        Json::Null => Kind::Absent,
        Json::String(text) => scalar(text.clone(), Style::Double),
        Json::Array(items) => Kind::List {
            shape: Shape::Flow,
            items: items.iter().map(|item| Item { dash: 0, node: node_of(item) }).collect(),
        },
        Json::Object(members) => {
            let entry = |(key, value): (&String, &Json)| Entry {
                key: node_of(&Json::from(key.as_str())),
                value: node_of(value),
                question: None,
                colon: None,
            };
            Kind::Map { shape: Shape::Flow, entries: members.iter().map(entry).collect() }
        }
        value => scalar(value.to_string(), Style::Plain),
    };
    Node::new(kind, 0..0)
}

impl Planner<'_> {
    /// The next step that leaves the data as they are and takes the place of a change out of what it shares: `None` once
    /// the change can be made. With `here` it is to change nothing elsewhere; if it `follows`, other places follow it.
    pub fn apart(&self, change: &Change, here: bool, follows: bool) -> Result<Option<Plan>, Stop> {
        let Some(root) = self.root.filter(|_| !self.anchors.is_empty()) else { return Ok(None) };
        let (way, at) = self.anchors.target(root, change, !here);
        if here && let Some(plan) = self.written_out(change, &way)? {
            return Ok(Some(plan));
        }
        if !follows && let Some(plan) = self.uncovered(root, change, &way)? {
            return Ok(Some(plan));
        }
        let below = |hop: Hop| -> Route { way.route.iter().copied().chain([hop]).collect() };
        let is_map = matches!(node_at(root, &way.route), Some(Node { kind: Kind::Map { .. }, .. }));
        let lost = match (change, at) {
            (Change::Set { path, .. }, _) if way.depth == path.steps().len() => {
                let own = node_at(root, &way.route).map(|node| node.anchor);
                self.anchors.lost(std::slice::from_ref(&way.route), own)
            }
            (Change::Remove { .. }, Some(at)) if is_map => {
                self.anchors.lost(&[below(Hop::Key(at)), below(Hop::Value(at))], None)
            }
            (Change::Remove { .. }, Some(at)) => self.anchors.lost(&[below(Hop::Item(at))], None),
            (Change::Rename { .. }, Some(at)) => self.anchors.lost(&[below(Hop::Key(at))], None),
            (Change::Move { from, to, .. }, _) => self.anchors.overtaken(&way.route, *from, *to),
            _ => None,
        };
        match lost.or(way.anchors.first().copied().filter(|_| here)) {
            Some(id) => self.handed_over(root, id).map(Some),
            None => Ok(None),
        }
    }

    /// The first alias or merge on the way to a change, written out.
    fn written_out(&self, change: &Change, way: &Way) -> Result<Option<Plan>, Stop> {
        let path = change.path();
        let is_set = matches!(change, Change::Set { .. });
        let data = self.doc.data.as_ref().ok_or(Stop::Unplanned)?;
        let value_at = |path: &Path| data.at(path).map(super::Data::to_json).ok_or(Stop::Unplanned);
        let above = |depth: usize| Path::from(path.steps()[..depth].to_vec());
        match way.crossing {
            None => Ok(None),
            Some(Crossing::Alias(depth)) if is_set && depth == path.steps().len() => Ok(None),
            Some(Crossing::Alias(depth)) => {
                let site = self.site_at(&way.route)?;
                Ok(Some(self.replace(site, &value_at(&above(depth))?)))
            }
            Some(Crossing::Merge(depth, None)) if is_set && depth + 1 == path.steps().len() => Ok(None),
            Some(Crossing::Merge(depth, own)) => {
                let site = self.site_at(&way.route)?;
                let in_part = matches!(change, Change::Remove { .. } | Change::Rename { .. })
                    && depth + 1 == path.steps().len();
                if own.is_some() || in_part {
                    return self.unmerged(site, &way.route, &above(depth)).map(Some);
                }
                let key = path.steps()[depth].key().unwrap_or_default();
                let value = value_at(&above(depth + 1))?;
                self.add(site, &above(depth), key, &value).map(Some)
            }
        }
    }

    /// A step towards a mapping without `<<`, where a key that goes would uncover one that a `<<` brings.
    fn uncovered(&self, root: &Node, change: &Change, way: &Way) -> Result<Option<Plan>, Stop> {
        let (Change::Remove { path } | Change::Rename { path, .. }) = change else { return Ok(None) };
        let (Some((up, last)), Some(map)) = (path.split_last(), node_at(root, &way.route)) else {
            return Ok(None);
        };
        let source = last.key().and_then(|key| self.anchors.source(map, &way.route, key, &mut Vec::new()));
        match source {
            Some(Source::Own(_, true)) => self.unmerged(self.site_at(&way.route)?, &way.route, &up).map(Some),
            _ => Ok(None),
        }
    }

    /// A step towards a mapping without `<<`: one of the keys that it brings written out, or the `<<` removed.
    fn unmerged(&self, site: Site<'_>, route: &Route, path: &Path) -> Result<Plan, Stop> {
        let (Some(root), Kind::Map { entries, .. }) = (self.root, &site.node.kind) else {
            return Err(Stop::Unplanned);
        };
        let node = node_at(root, route).ok_or(Stop::Unplanned)?;
        let mut data = self.doc.data.as_ref().ok_or(Stop::Unplanned)?.to_json();
        let members = existing(&mut data, path).and_then(|value| value.as_object()).ok_or(Stop::Unplanned)?;
        for (key, value) in members {
            match self.anchors.source(node, route, key, &mut Vec::new()) {
                Some(Source::Merged { own: None, .. }) => return self.add(site, path, key, value),
                Some(Source::Merged { own: Some(at), .. }) => {
                    let entry = entries.get(at).ok_or(Stop::Unplanned)?;
                    let own = Reading::new(root, true).data(&entry.value).map(|data| data.to_json());
                    if own.as_ref() != Ok(value) {
                        let route: Route = route.iter().copied().chain([Hop::Value(at)]).collect();
                        return Ok(self.replace(self.site_at(&route)?, value));
                    }
                }
                _ => {}
            }
        }
        let merge = entries.iter().position(Entry::is_merge).ok_or(Stop::Unplanned)?;
        self.remove_at(site, merge)
    }

    /// Moves an anchor to its first alias, which gets the value: the other aliases repeat that one then.
    fn handed_over(&self, root: &Node, id: usize) -> Result<Plan, Stop> {
        let text = self.text;
        let (node, ..) = self.anchors.nodes.get(&id).ok_or(Stop::Unplanned)?;
        let first = self.anchors.uses.iter().find(|alias| alias.id == id).ok_or(Stop::Unplanned)?;
        let value = match Reading::new(root, true).data(node) {
            Ok(data) => data.to_json(),
            Err((span, message)) => return stop(message, span),
        };
        let anchor = anchor_span(text, node).ok_or(Stop::Unplanned)?;
        let name = text[anchor.clone()].to_owned();
        let blanks = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
        let after = anchor.end + blanks(&text[anchor.end..]);
        let ends_line = text[after..].is_empty() || text[after..].starts_with(['\n', '\r', '#']);
        let removed = if ends_line {
            text[..anchor.start].trim_end_matches([' ', '\t']).len()..anchor.end
        } else {
            anchor.start..after
        };
        // In the first column the line break before it must not be all that is left.
        let removed = removed.start.max(self.line_start(anchor.start))..removed.end;
        let mut plan = self.anchored(self.site_at(&first.route)?, &name, &value);
        plan.edits.insert(0, edit(removed, ""));
        Ok(plan)
    }
}
