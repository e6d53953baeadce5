//! What may stand at a place of a text that is being typed: the fields that are not set there yet, the values of a field,
//! the names that exist elsewhere in the manifest; and how a new line begins.
//!
//! The place is found by the lines and their indentation, not by a parser, because a text that is being typed is seldom
//! whole. Names come from the last document that was.

use crate::document::Document;
use crate::meaning::{capabilities, is_capabilities};
use crate::object::Field;
use crate::path::{Path, Step};
use crate::schema::{self, FieldDef, Kind, Lang, Type, TypeId, UnionRule};
use crate::yaml;
use std::ops::Range;

/// What may stand at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// The bytes that a candidate takes the place of: the word at the cursor.
    pub range: Range<usize>,
    /// The word up to the cursor, by which the candidates were chosen.
    pub typed: String,
    /// The candidates, the likeliest first; never empty.
    pub candidates: Vec<Candidate>,
}

/// One thing that may stand at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What is put into the text; the cursor goes behind it.
    pub insert: String,
    /// The name or the value.
    pub label: String,
    /// Of a field its type, whether it is required and what holds without it; of a value, where it comes from.
    pub detail: String,
    /// What it is.
    pub kind: CandidateKind,
    /// Type and field that the help is about.
    about: Option<(&'static str, &'static str)>,
}

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateKind {
    /// A field of a type, or a key of a map.
    Field,
    /// A value that the schema knows.
    Value,
    /// A name that is given elsewhere in the manifest.
    Name,
}

impl Candidate {
    /// Our own help on the field that the candidate is or belongs to.
    pub fn help(&self, lang: Lang) -> Option<&'static str> {
        let (ty, field) = self.about?;
        schema::help(ty, field, lang)
    }
}

impl Completion {
    /// Whether the word is one of the candidates already, so that nothing is left to complete.
    pub fn is_exact(&self) -> bool {
        self.candidates.iter().any(|candidate| candidate.label == self.typed)
    }
}

/// Keys that people put into maps whose keys are free, by type and field.
const KEYS: &[(&str, &str, &[&str])] = &[
    ("ResourceRequirements", "limits", &["cpu", "memory", "ephemeral-storage"]),
    ("ResourceRequirements", "requests", &["cpu", "memory", "ephemeral-storage"]),
    ("VolumeResourceRequirements", "limits", &["storage"]),
    ("VolumeResourceRequirements", "requests", &["storage"]),
    ("PodSpec", "overhead", &["cpu", "memory"]),
    (
        "PodSpec",
        "nodeSelector",
        &[
            "kubernetes.io/os",
            "kubernetes.io/arch",
            "kubernetes.io/hostname",
            "topology.kubernetes.io/zone",
            "topology.kubernetes.io/region",
        ],
    ),
    (
        "ObjectMeta",
        "labels",
        &[
            "app.kubernetes.io/name",
            "app.kubernetes.io/instance",
            "app.kubernetes.io/version",
            "app.kubernetes.io/component",
            "app.kubernetes.io/part-of",
            "app.kubernetes.io/managed-by",
        ],
    ),
];

/// The labels of nodes by which pods are spread (`well-known labels` of the Kubernetes reference).
const TOPOLOGY_KEYS: [&str; 3] =
    ["kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

/// What may stand at a byte of a text; `None` where nothing is known to. `text` breaks its lines with `\n`; `document` is
/// the text as it was when it could be read last, and gives the version and the names. Where `text` is a part of that text
/// alone, it begins with the document number `first`.
pub fn complete(document: &Document, first: usize, text: &str, byte: usize) -> Option<Completion> {
    let place = Place::find(document, first, text, byte)?;
    let mut found = place.candidates()?;
    found.retain(|candidate| rank(&candidate.label, place.typed).is_some());
    found.sort_by_key(|candidate| rank(&candidate.label, place.typed));
    let completion = Completion { range: place.range, typed: place.typed.to_owned(), candidates: found };
    (!completion.candidates.is_empty()).then_some(completion)
}

/// What follows the line break when a line is broken at `byte`, where that is another indentation than the line's own:
/// behind a key, one step more or the dash of its list. `text` breaks its lines with `\n`.
/// `first` is as for [`complete`].
pub fn line_below(document: &Document, first: usize, text: &str, byte: usize) -> Option<String> {
    let part = Part::of(first, text, byte);
    let at = part.line_at(byte)?;
    let line = part.lines.get(at)?;
    if line.opaque || !text.get(byte..line.start + line.text.len())?.trim().is_empty() {
        return None;
    }
    let indents = Indents::of(text);
    if let Some(Held::Block(above)) = line.holds() {
        return Some(" ".repeat(above + indents.step));
    }
    let key = line.key?;
    if !line.is_open() {
        return None;
    }
    let levels = enclosing(part.lines.get(..=at)?.iter());
    let kind = place_of(document, part.root(document), &levels).map(|spot| spot.kind);
    let next = part.lines[at + 1..].iter().find(|line| !line.is_idle());
    match (kind, next) {
        (Some(Kind::List(_)), Some(next)) if next.dashes.first().is_some_and(|dash| *dash >= line.column) => {
            Some(format!("{}- ", " ".repeat(next.indent())))
        }
        (None | Some(Kind::Object(_) | Kind::Map(_)), Some(next)) if next.indent() > line.column => {
            Some(" ".repeat(next.indent()))
        }
        (Some(Kind::List(_)), _) => Some(format!("{}- ", " ".repeat(line.column + indents.list_offset))),
        (Some(Kind::Object(_) | Kind::Map(_)), _) => Some(" ".repeat(line.column + indents.step)),
        // What the schema does not know is a mapping or a list, as nothing stands behind the colon.
        (None, _) if !key.name.is_empty() => Some(" ".repeat(line.column + indents.step)),
        _ => None,
    }
}

/// The values worth offering for a field of an object: those of the schema, or the names that exist in its pod.
pub fn offers(root: &Field<'_>, path: &Path) -> Vec<String> {
    let owner = root.at(&path.parent()).ty().map_or("", |ty| ty.name);
    let name = path.steps().last().and_then(Step::key).unwrap_or_default();
    let spec = root.pod().map(|pod| pod.get("spec"));
    let in_pod = |list: &'static str| spec.as_ref().map(|spec| names_of(&spec.get(list))).unwrap_or_default();
    match (owner, name) {
        ("VolumeMount" | "VolumeDevice", "name") => {
            let claims = root.get("spec").get("volumeClaimTemplates");
            let claims = claims.items().map(|claim| claim.get("metadata").get("name").str().to_owned());
            in_pod("volumes").into_iter().chain(claims.filter(|name| !name.is_empty())).collect()
        }
        ("ResourceFieldSelector", "containerName") | ("EphemeralContainer", "targetContainerName") => {
            in_pod("containers")
        }
        ("HTTPGetAction" | "TCPSocketAction", "port") => {
            container_of(root, path).map(|container| names_of(&container.get("ports"))).unwrap_or_default()
        }
        ("TopologySpreadConstraint" | "PodAffinityTerm", "topologyKey") => {
            TOPOLOGY_KEYS.map(str::to_owned).to_vec()
        }
        _ if is_capabilities(&root.at(&path.parent())) => {
            let (list, own) = (root.at(&path.parent()), root.at(path));
            let others: Vec<&str> = list.items().map(|item| item.str()).filter(|n| *n != own.str()).collect();
            capabilities().filter(|name| !others.contains(name)).map(str::to_owned).collect()
        }
        _ => {
            let def = root.at(path).def();
            def.map(|def| def.suggestions.iter().map(|s| (*s).to_owned()).collect()).unwrap_or_default()
        }
    }
}

/// The container in which a field stands.
fn container_of<'a>(root: &Field<'a>, path: &Path) -> Option<Field<'a>> {
    let steps = path.steps();
    let ends = (1..=steps.len()).filter(|end| matches!(steps[end - 1], Step::Index(_)));
    ends.map(|end| root.at(&Path::from(steps[..end].to_vec())))
        .find(|field| field.ty().is_some_and(|ty| matches!(ty.name, "Container" | "EphemeralContainer")))
}

/// The names of a list's items, those that have one.
pub fn names_of(list: &Field<'_>) -> Vec<String> {
    list.items().map(|item| item.get("name").str().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// How well a label fits what was typed, 0 best; `None` if it does not.
fn rank(label: &str, typed: &str) -> Option<u8> {
    let (small, asked) = (label.to_lowercase(), typed.to_lowercase());
    if label.starts_with(typed) {
        Some(0)
    } else if small.starts_with(&asked) {
        Some(1)
    } else if matches_humps(label.as_bytes(), asked.as_bytes(), true) {
        Some(2)
    } else {
        small.contains(&asked).then_some(3)
    }
}

/// Whether what was typed are the beginnings of a name's words in their order: `roRo` and `rrf` of
/// `readOnlyRootFilesystem`. `asked` is in lower case; `inside` says whether the name's first byte may match.
fn matches_humps(name: &[u8], asked: &[u8], inside: bool) -> bool {
    let Some((wanted, rest)) = asked.split_first() else { return true };
    if inside
        && let Some((first, after)) = name.split_first()
        && first.to_ascii_lowercase() == *wanted
        && matches_humps(after, rest, true)
    {
        return true;
    }
    let starts = (1..name.len()).filter(|&at| {
        name[at].is_ascii_uppercase() && !name[at - 1].is_ascii_uppercase()
            || !name[at - 1].is_ascii_alphanumeric()
    });
    let mut humps = starts.filter(|&at| name[at].to_ascii_lowercase() == *wanted);
    humps.any(|at| matches_humps(&name[at + 1..], rest, true))
}

/// How a text is indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indents {
    /// How much further a mapping stands than its key.
    pub step: usize,
    /// How much further a dash stands than the key of its list.
    pub list_offset: usize,
}

impl Indents {
    /// As the text's first mapping and first list below a key are; two blanks and none where there is none.
    pub fn of(text: &str) -> Indents {
        let (mut step, mut list_offset) = (None, None);
        let mut above: Option<(usize, bool)> = None;
        for line in text.split('\n') {
            let line = Line::read(0, line);
            if line.is_idle() {
                continue;
            }
            if let Some((column, true)) = above {
                match line.dashes.first() {
                    Some(dash) if *dash >= column => list_offset = list_offset.or(Some(dash - column)),
                    None if line.column > column => step = step.or(Some(line.column - column)),
                    _ => {}
                }
            }
            if step.is_some() && list_offset.is_some() {
                break;
            }
            above = Some((line.column, line.is_open()));
        }
        Indents { step: step.unwrap_or(2).min(8), list_offset: list_offset.unwrap_or(0).min(8) }
    }
}

/// A line as its indentation, its dashes and its key show it.
#[derive(Debug, Clone)]
struct Line<'t> {
    /// The byte at which it begins.
    start: usize,
    text: &'t str,
    /// The columns of the dashes that begin list items, in bytes from 0.
    dashes: Vec<usize>,
    /// The column behind blanks and dashes.
    column: usize,
    key: Option<Key<'t>>,
    /// Whether it is part of something that began further up: a block scalar, a quoted text, brackets.
    opaque: bool,
}

#[derive(Debug, Clone, Copy)]
struct Key<'t> {
    name: &'t str,
    /// The column behind the colon.
    value: usize,
}

/// What a line leaves open for the lines below it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Held {
    /// A block scalar, below something at that column.
    Block(usize),
    /// A quoted text or brackets, below something at that column.
    Open { column: usize, quote: Option<char>, depth: usize },
}

impl<'t> Line<'t> {
    fn read(start: usize, text: &'t str) -> Line<'t> {
        let text = text.trim_end_matches('\r');
        let blanks = |from: usize| text[from..].len() - text[from..].trim_start_matches(' ').len();
        let mut column = blanks(0);
        let mut dashes = Vec::new();
        while text[column..].starts_with("- ") || &text[column..] == "-" {
            dashes.push(column);
            column += 1;
            column += blanks(column);
        }
        let key = key_of(&text[column..]).map(|(name, value)| Key { name, value: column + value });
        Line { start, text, dashes, column, key, opaque: false }
    }

    fn indent(&self) -> usize {
        self.dashes.first().copied().unwrap_or(self.column)
    }

    fn content(&self) -> &'t str {
        &self.text[self.column..]
    }

    /// Whether it says nothing on where things stand: blank, a comment, or part of a text.
    fn is_idle(&self) -> bool {
        self.opaque
            || self.dashes.is_empty() && (self.content().is_empty() || self.content().starts_with('#'))
    }

    /// The text behind the colon or the dashes, without anchor and tag.
    fn value(&self) -> &'t str {
        let mut value = self.text[self.key.map_or(self.column, |key| key.value)..].trim_start();
        while value.starts_with(['&', '!']) {
            value = value.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
        }
        value
    }

    /// Whether its key's value is to follow below.
    fn is_open(&self) -> bool {
        self.key.is_some() && (self.value().is_empty() || self.value().starts_with('#'))
    }

    fn holds(&self) -> Option<Held> {
        let above = if self.key.is_some() { self.column } else { *self.dashes.last()? };
        let value = self.value();
        match value.chars().next()? {
            '|' | '>' => {
                let header = value[1..].split('#').next().unwrap_or_default().trim_end();
                header
                    .chars()
                    .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-'))
                    .then_some(Held::Block(above))
            }
            '"' | '\'' | '[' | '{' => open_after(value, above, None, 0),
            _ => None,
        }
    }
}

/// What is still open at the end of a line that begins inside `quote` or `depth` brackets.
fn open_after(text: &str, column: usize, mut quote: Option<char>, mut depth: usize) -> Option<Held> {
    let mut before = ' ';
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('"'), '\\') => {
                chars.next();
            }
            (Some(open), c) if c == open => {
                quote = None;
                if depth == 0 {
                    return None;
                }
            }
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return None;
                }
            }
            (None, '#') if before == ' ' => break,
            _ => {}
        }
        before = c;
    }
    (quote.is_some() || depth > 0).then_some(Held::Open { column, quote, depth })
}

/// The key with which a line's content begins, and the column behind its colon.
fn key_of(content: &str) -> Option<(&str, usize)> {
    let colon_at = |at: usize| {
        let rest = content[at..].strip_prefix(':')?;
        (rest.is_empty() || rest.starts_with(' ')).then_some(at + 1)
    };
    match content.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = 1 + content[1..].find(quote)?;
            let blanks = content[end + 1..].len() - content[end + 1..].trim_start_matches(' ').len();
            Some((&content[1..end], colon_at(end + 1 + blanks)?))
        }
        '#' | '[' | '{' | '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' | ',' | ']' | '}' => None,
        _ => {
            let behind = content.match_indices(':').find_map(|(at, _)| colon_at(at))?;
            let name = content[..behind - 1].trim_end();
            (!name.contains(" #")).then_some((name, behind))
        }
    }
}

/// The lines of one document of a text.
struct Part<'t> {
    /// Its number, counted from 0.
    doc: usize,
    lines: Vec<Line<'t>>,
}

impl<'t> Part<'t> {
    /// The document in which a byte stands.
    fn of(first: usize, text: &'t str, byte: usize) -> Part<'t> {
        let is_marker = |line: &str| line == "---" || line.starts_with("--- ") || line.starts_with("---\r");
        let (mut doc, mut from, mut to, mut seen, mut start) = (first, 0, text.len(), false, 0);
        for line in text.split('\n') {
            if is_marker(line) {
                if start > byte {
                    to = start;
                    break;
                }
                doc += usize::from(seen);
                from = (start + line.len() + 1).min(text.len());
                seen = true;
            }
            seen |= !line.trim().is_empty() && !line.starts_with(['#', '%']);
            start += line.len() + 1;
        }
        let mut start = from;
        let mut held = None;
        let read = |raw: &'t str| {
            let mut line = Line::read(start, raw);
            start += raw.len() + 1;
            let inside = match held {
                Some(Held::Block(above)) => line.text.trim().is_empty() || line.indent() > above,
                // What stands no further in than the key above says that a bracket or a quote was forgotten.
                Some(Held::Open { column, .. }) => {
                    line.content().is_empty()
                        || line.indent() > column
                        || line.content().starts_with([']', '}', ',', '"', '\''])
                }
                None => false,
            };
            line.opaque = inside;
            held = match held {
                Some(Held::Open { column, quote, depth }) if inside => {
                    open_after(line.text, column, quote, depth)
                }
                Some(block) if inside => Some(block),
                _ => line.holds(),
            };
            line
        };
        let lines = text[from..to].split('\n').map(read).collect();
        Part { doc, lines }
    }

    fn line_at(&self, byte: usize) -> Option<usize> {
        self.lines.iter().rposition(|line| line.start <= byte)
    }

    /// The value of a key at the top, unquoted.
    fn top(&self, name: &str) -> Option<&'t str> {
        let at_top = |line: &&Line<'_>| !line.opaque && line.dashes.is_empty() && line.column == 0;
        let line =
            self.lines.iter().filter(at_top).find(|line| line.key.is_some_and(|key| key.name == name))?;
        let value = line.value().split(" #").next().unwrap_or_default().trim();
        Some(value.trim_matches(['"', '\''])).filter(|value| !value.is_empty())
    }

    /// The type of the object: the one that is named, or the one that it had, or else a Pod.
    fn root(&self, document: &Document) -> Option<TypeId> {
        let schema = document.schema();
        match (self.top("apiVersion"), self.top("kind")) {
            (api_version, Some(kind)) => {
                let named = api_version.and_then(|api_version| schema.root(api_version, kind));
                let mut of_kind = schema.roots().filter(|(_, ty)| ty.kind() == Some(kind));
                named.or_else(|| of_kind.next()).map(|(id, _)| id)
            }
            (_, None) => {
                let was = document.part(self.doc).and_then(|part| part.root);
                was.or_else(|| schema.root("v1", "Pod").map(|(id, _)| id))
            }
        }
    }
}

/// One step on the way from the top of a document down to a line.
#[derive(Debug, Clone, Copy)]
enum Level<'t> {
    Key { column: usize, name: &'t str, open: bool },
    Item { column: usize, index: usize },
}

impl Level<'_> {
    fn column(&self) -> usize {
        match self {
            Level::Key { column, .. } | Level::Item { column, .. } => *column,
        }
    }

    fn step(&self) -> Step {
        match self {
            Level::Key { name, .. } => Step::Field((*name).to_owned().into()),
            Level::Item { index, .. } => Step::Index(*index),
        }
    }
}

/// The keys and items that enclose what stands behind the last of the lines.
fn enclosing<'l, 't: 'l>(lines: impl Iterator<Item = &'l Line<'t>>) -> Vec<Level<'t>> {
    let mut levels: Vec<Level<'t>> = Vec::new();
    for line in lines.filter(|line| !line.is_idle()) {
        for &dash in &line.dashes {
            let mut index = 0;
            while let Some(last) = levels.last() {
                match last {
                    Level::Item { column, index: before } if *column == dash => index = before + 1,
                    // The dashes of a list may stand right below its key.
                    Level::Key { column, open: true, .. } if *column == dash => break,
                    level if level.column() < dash => break,
                    _ => {}
                }
                levels.pop();
                if index > 0 {
                    break;
                }
            }
            levels.push(Level::Item { column: dash, index });
        }
        if let Some(key) = line.key {
            up_to(&mut levels, line.column);
            levels.push(Level::Key { column: line.column, name: key.name, open: line.is_open() });
        }
    }
    levels
}

/// Leaves only what encloses something at a column.
fn up_to(levels: &mut Vec<Level<'_>>, column: usize) {
    while levels.last().is_some_and(|level| level.column() >= column) {
        levels.pop();
    }
}

/// What the schema says of a place.
#[derive(Clone, Copy)]
struct Spot {
    kind: &'static Kind,
    /// The declaration of the field, or of the list or map that the place is an item or a value of.
    def: Option<&'static FieldDef>,
    /// The name of the type that declares it.
    owner: &'static str,
}

fn place_of(document: &Document, root: Option<TypeId>, levels: &[Level<'_>]) -> Option<Spot> {
    let schema = document.schema();
    let top = Spot { kind: schema.object_kind(root?), def: None, owner: "" };
    levels.iter().try_fold(top, |spot, level| match (spot.kind, level) {
        (Kind::Object(id), Level::Key { name, .. }) => {
            let ty = schema.ty(*id);
            let def = ty.field(name)?;
            Some(Spot { kind: &def.kind, def: Some(def), owner: ty.name })
        }
        (Kind::Map(item), Level::Key { .. }) | (Kind::List(item), Level::Item { .. }) => {
            Some(Spot { kind: item, ..spot })
        }
        _ => None,
    })
}

/// A place in a text at which something is to be typed.
struct Place<'t> {
    document: &'t Document,
    part: Part<'t>,
    /// The number of the line in the part.
    at: usize,
    levels: Vec<Level<'t>>,
    root: Option<TypeId>,
    /// The column at which the word or the key begins.
    column: usize,
    range: Range<usize>,
    typed: &'t str,
    /// What stands behind the word in its line.
    rest: &'t str,
    slot: Slot,
    indents: Indents,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// Where a key, or a whole item, stands.
    Key,
    /// Where a value stands. The quote with which it begins, if it does.
    Value(Option<char>),
    /// Right behind the colon of a key.
    Colon,
    /// Behind `$(` in a text.
    Variable,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')
}

impl<'t> Place<'t> {
    fn find(document: &'t Document, first: usize, text: &'t str, byte: usize) -> Option<Place<'t>> {
        let part = Part::of(first, text, byte);
        let at = part.line_at(byte)?;
        let line = &part.lines[at];
        let before = line.text.get(..byte - line.start)?;
        let after = line.text.get(byte - line.start..)?;
        let here = Line::read(line.start, before);
        let mut levels = enclosing(part.lines[..at].iter());
        let variable =
            before.rfind("$(").map(|at| &before[at + 2..]).filter(|name| name.chars().all(is_word));
        if line.opaque && variable.is_none() || here.content().starts_with('#') {
            return None;
        }
        let dashes = Line { key: None, ..here.clone() };
        if !line.opaque && !here.dashes.is_empty() {
            levels = enclosing(part.lines[..at].iter().chain([&dashes]));
        }
        if let Some(key) = here.key {
            up_to(&mut levels, here.column);
            levels.push(Level::Key { column: here.column, name: key.name, open: false });
        }
        let value = here.key.map_or(here.content(), |key| &before[key.value..]);
        let (slot, typed) = match (variable, here.key) {
            (Some(name), _) => (Slot::Variable, name),
            (None, Some(_)) if value.is_empty() => (Slot::Colon, ""),
            (None, Some(_)) => match value.trim_start().chars().next() {
                Some(quote @ ('"' | '\'')) => (Slot::Value(Some(quote)), &value.trim_start()[1..]),
                _ => (Slot::Value(None), value.trim_start()),
            },
            (None, None) => (Slot::Key, here.content()),
        };
        if slot == Slot::Key {
            up_to(&mut levels, here.column);
        }
        if !typed.chars().all(is_word) || before.ends_with('-') && typed.is_empty() {
            return None;
        }
        let end =
            byte + if typed.is_empty() { 0 } else { after.find(|c| !is_word(c)).unwrap_or(after.len()) };
        let rest = &line.text[end - line.start..];
        let blank_behind = rest.trim_start().is_empty() || rest.trim_start().starts_with('#');
        let fits = match slot {
            Slot::Key => blank_behind || !typed.is_empty() && rest.starts_with(':'),
            Slot::Value(quote) => blank_behind || quote.is_some_and(|quote| rest.starts_with(quote)),
            Slot::Colon => blank_behind,
            Slot::Variable => true,
        };
        let root = part.root(document);
        let column = before.len() - typed.len();
        let range = byte - typed.len()..end;
        let indents = Indents::of(text);
        fits.then_some(Place { document, part, at, levels, root, column, range, typed, rest, slot, indents })
    }

    fn spot(&self) -> Option<Spot> {
        place_of(self.document, self.root, &self.levels)
    }

    fn candidates(&self) -> Option<Vec<Candidate>> {
        if let Some(named) = self.type_names() {
            return Some(named);
        }
        let spot = self.spot();
        match (self.slot, spot) {
            (Slot::Variable, _) => Some(self.variables()),
            (Slot::Key, None) => None,
            (Slot::Key, Some(spot)) => match spot.kind {
                Kind::Object(id) => Some(self.fields(self.document.schema().ty(*id), self.column, "")),
                Kind::Map(item) => Some(self.keys(spot, item)),
                Kind::List(item) => match item.as_ref() {
                    Kind::Object(id) => {
                        Some(self.fields(self.document.schema().ty(*id), self.column + 2, "- "))
                    }
                    _ => None,
                },
                _ if matches!(self.levels.last(), Some(Level::Item { .. })) => Some(self.values(spot)),
                _ => None,
            },
            (Slot::Value(_) | Slot::Colon, spot) => Some(self.values(spot?)),
        }
    }

    /// The fields of a type that are not set yet, those first that must be; each stands at a column, behind `dash`.
    fn fields(&self, ty: &'static Type, column: usize, dash: &str) -> Vec<Candidate> {
        let schema = self.document.schema();
        let taken = if dash.is_empty() { self.siblings() } else { Vec::new() };
        let excluded = |name: &str| {
            let union =
                ty.union.as_ref().filter(|union| !matches!(union.rule, UnionRule::Discriminated { .. }));
            union.is_some_and(|union| {
                union.members.contains(&name) && union.members.iter().any(|member| taken.contains(member))
            })
        };
        let offered = |def: &&FieldDef| !def.read_only && !taken.contains(&def.name) && !excluded(def.name);
        let mut fields: Vec<&FieldDef> = ty.fields.iter().filter(offered).collect();
        fields.sort_by_key(|def| (!def.required, !schema.keeps(def)));
        let candidate = |def: &FieldDef| {
            let mut detail = schema.describe(&def.kind);
            if def.required {
                detail.push_str(", required");
            }
            if let Some(ghost) = def.ghost().filter(|ghost| !ghost.is_empty() && ghost.len() <= 24) {
                detail.push_str(&format!(", default {ghost}"));
            }
            if !schema.keeps(def) {
                detail.push_str(&format!(", off in {}", schema.version));
            }
            Candidate {
                insert: format!("{dash}{}", self.with_room(def.name, &def.kind, column)),
                label: def.name.to_owned(),
                detail,
                kind: CandidateKind::Field,
                about: Some((ty.name, def.name)),
            }
        };
        fields.into_iter().map(candidate).collect()
    }

    /// A key at a column with the room for a value of its kind.
    fn with_room(&self, name: &str, kind: &Kind, column: usize) -> String {
        if self.rest.starts_with(':') {
            return name.to_owned();
        }
        let below = |column: usize, dash: &str| format!("{name}:\n{}{dash}", " ".repeat(column));
        match kind {
            Kind::Object(_) | Kind::Map(_) => below(column + self.indents.step, ""),
            Kind::List(_) => below(column + self.indents.list_offset, "- "),
            _ => format!("{name}: "),
        }
    }

    /// The keys that are set already in the mapping of this place.
    fn siblings(&self) -> Vec<&'t str> {
        let (lines, column) = (&self.part.lines, self.column);
        let own = |line: &Line<'t>| line.key.filter(|_| line.column == column).map(|key| key.name);
        let mut taken = Vec::new();
        let begins_here = !Line::read(0, &lines[self.at].text[..column]).dashes.is_empty();
        if !begins_here {
            for line in lines[..self.at].iter().rev().filter(|line| !line.is_idle()) {
                taken.extend(own(line));
                if line.indent() < column {
                    break;
                }
            }
        }
        let below = lines[self.at + 1..].iter().filter(|line| !line.is_idle());
        taken.extend(below.take_while(|line| line.indent() >= column).filter_map(own));
        taken
    }

    fn keys(&self, spot: Spot, item: &Kind) -> Vec<Candidate> {
        let field = spot.def.map_or("", |def| def.name);
        let taken = self.siblings();
        let about = Some((spot.owner, field));
        let known = KEYS.iter().filter(|(owner, name, _)| (*owner, *name) == (spot.owner, field));
        let known =
            known.flat_map(|(_, _, keys)| *keys).filter(|key| !taken.contains(key)).map(|key| Candidate {
                insert: self.with_room(key, item, self.column),
                label: (*key).to_owned(),
                detail: self.document.schema().describe(item),
                kind: CandidateKind::Field,
                about,
            });
        let mut found: Vec<Candidate> = known.collect();
        if (spot.owner, field) == ("LabelSelector", "matchLabels")
            && let Some(pod) = self.document.written(self.part.doc).and_then(|root| root.pod())
        {
            let labels = pod.get("metadata").get("labels");
            let labels =
                labels.entries().filter(|(key, _)| !taken.contains(key)).map(|(key, value)| Candidate {
                    insert: format!("{key}: {}", yaml::quote(value.str())),
                    label: key.to_owned(),
                    detail: format!("{}, label of the pods", value.str()),
                    kind: CandidateKind::Name,
                    about,
                });
            found.extend(labels);
        }
        found
    }

    /// The values that a field may have, or that are worth offering.
    fn values(&self, spot: Spot) -> Vec<Candidate> {
        let Some(def) = spot.def else { return Vec::new() };
        let about = Some((spot.owner, def.name));
        let of_schema = |value: &&'static str| Candidate {
            insert: self.spelled(value, spot.kind),
            label: (*value).to_owned(),
            detail: if def.ghost() == Some(value) { "default".to_owned() } else { String::new() },
            kind: CandidateKind::Value,
            about,
        };
        let mut found: Vec<Candidate> = match spot.kind {
            Kind::Bool => ["true", "false"].iter().map(of_schema).collect(),
            _ => def.values.iter().chain(&def.suggestions).map(of_schema).collect(),
        };
        for (name, detail) in self.names(spot.owner, def.name) {
            if found.iter().all(|candidate| candidate.label != name) {
                found.push(Candidate {
                    insert: self.spelled(&name, spot.kind),
                    label: name,
                    detail,
                    kind: CandidateKind::Name,
                    about,
                });
            }
        }
        found.retain(|candidate| !candidate.label.is_empty());
        found
    }

    fn path(&self) -> Path {
        Path::from(self.levels.iter().map(Level::step).collect::<Vec<_>>())
    }

    /// Names that exist in the manifest for a field of a type, each with what it is the name of.
    fn names(&self, owner: &str, field: &str) -> Vec<(String, String)> {
        let kind = match (owner, field) {
            (
                "ConfigMapKeySelector"
                | "ConfigMapEnvSource"
                | "ConfigMapVolumeSource"
                | "ConfigMapProjection",
                "name",
            ) => "ConfigMap",
            (
                "SecretKeySelector" | "SecretEnvSource" | "SecretProjection" | "LocalObjectReference",
                "name",
            )
            | ("SecretVolumeSource", "secretName") => "Secret",
            ("PersistentVolumeClaimVolumeSource", "claimName") => "PersistentVolumeClaim",
            ("PodSpec", "serviceAccountName") => "ServiceAccount",
            _ => "",
        };
        let parts = self.document.parts.iter().filter(|part| !kind.is_empty() && part.kind == kind);
        let mut names: Vec<(String, String)> =
            parts.map(|part| (part.name.clone(), format!("{kind} in this file"))).collect();
        if let Some(root) = self.document.written(self.part.doc) {
            let what = match field {
                "name" => "volume of this pod",
                "port" => "port of this container",
                "containerName" | "targetContainerName" => "container of this pod",
                _ => "",
            };
            names.extend(offers(&root, &self.path()).into_iter().map(|name| (name, what.to_owned())));
        }
        names
    }

    /// A value as it has to be written here.
    fn spelled(&self, value: &str, kind: &Kind) -> String {
        match (self.slot, kind) {
            (Slot::Value(Some(quote)), _) if self.rest.starts_with(quote) => value.to_owned(),
            (Slot::Value(Some(quote)), _) => format!("{value}{quote}"),
            (slot, kind) => {
                let gap = if slot == Slot::Colon { " " } else { "" };
                let word = if *kind == Kind::String { yaml::quote(value) } else { value.to_owned() };
                format!("{gap}{word}")
            }
        }
    }

    /// The environment variables of the container of this place.
    fn variables(&self) -> Vec<Candidate> {
        let root = self.document.written(self.part.doc);
        let container = root.and_then(|root| container_of(&root, &self.path()));
        let names = container.map(|container| names_of(&container.get("env"))).unwrap_or_default();
        let close = if self.rest.starts_with(')') { "" } else { ")" };
        let candidate = |name: String| Candidate {
            insert: format!("{name}{close}"),
            label: name,
            detail: "environment variable".to_owned(),
            kind: CandidateKind::Name,
            about: None,
        };
        names.into_iter().map(candidate).collect()
    }

    /// The values of `apiVersion` and `kind` at the top, those that go with one another.
    fn type_names(&self) -> Option<Vec<Candidate>> {
        let [Level::Key { column: 0, name, .. }] = self.levels.as_slice() else { return None };
        let is_kind = match *name {
            "kind" => true,
            "apiVersion" => false,
            _ => return None,
        };
        if !matches!(self.slot, Slot::Value(_) | Slot::Colon) {
            return None;
        }
        let other = self.part.top(if is_kind { "apiVersion" } else { "kind" });
        let roots =
            self.document.schema().roots().filter_map(|(_, ty)| Some((ty.api_version()?, ty.kind()?)));
        let pairs = roots.map(
            |(version, kind)| if is_kind { (kind.to_owned(), version) } else { (version, kind.to_owned()) },
        );
        let pairs: Vec<(String, String)> = pairs.collect();
        let goes_along = |partner: &str| other.is_none_or(|other| other == partner);
        let some_fit = pairs.iter().any(|(_, partner)| goes_along(partner));
        let mut found: Vec<Candidate> = Vec::new();
        for (value, partner) in pairs.into_iter().filter(|(_, partner)| !some_fit || goes_along(partner)) {
            match found.iter_mut().find(|candidate| candidate.label == value) {
                Some(known) => known.detail.push_str(&format!(", {partner}")),
                None => found.push(Candidate {
                    insert: self.spelled(&value, &Kind::String),
                    label: value,
                    detail: partner,
                    kind: CandidateKind::Value,
                    about: None,
                }),
            }
        }
        for candidate in found.iter_mut().filter(|candidate| candidate.detail.len() > 40) {
            candidate.detail = String::new();
        }
        // The pod is what most people come for.
        found.sort_by_key(|candidate| !matches!(candidate.label.as_str(), "Pod" | "v1"));
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Version;

    /// Marks the cursor in a text.
    const CURSOR: char = '‸';

    /// What is offered at the cursor of a text, `document` being the last that was whole.
    fn offered_after(whole: &str, text: &str) -> Vec<String> {
        let byte = text.find(CURSOR).expect("a cursor");
        let text = text.replacen(CURSOR, "", 1);
        let document = Document::new(whole, Version::NEWEST);
        let found = complete(&document, 0, &text, byte).map(|found| found.candidates).unwrap_or_default();
        found.into_iter().map(|candidate| candidate.label).collect()
    }

    fn offered(text: &str) -> Vec<String> {
        offered_after(&text.replacen(CURSOR, "", 1), text)
    }

    /// The text after the first candidate was taken.
    fn taken(text: &str) -> String {
        let byte = text.find(CURSOR).expect("a cursor");
        let text = text.replacen(CURSOR, "", 1);
        let found =
            complete(&Document::new(text.as_str(), Version::NEWEST), 0, &text, byte).expect("something");
        let mut text = text;
        text.replace_range(found.range, &found.candidates[0].insert);
        text
    }

    const HEAD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n";

    #[test]
    fn offers_what_fits_the_place() {
        for (text, first, absent) in [
            ("‸", "apiVersion", "status"),
            ("ki‸", "kind", "apiVersion"),
            ("apiVersion: apps/v1\nkind: ‸", "DaemonSet", "Pod"),
            ("kind: CronJob\napiVersion: ‸", "batch/v1", "v1"),
            ("apiVersion: ‸", "v1", "Pod"),
            ("{head}  ‸", "containers", "image"),
            ("{head}  containers:\n  - ‸", "name", "containers"),
            ("{head}  containers:\n  - name: a\n    im‸", "image", "name"),
            ("{head}  containers:\n  - name: a\n    image: b\n    ‸", "command", "image"),
            ("{head}  containers:\n    - name: a\n      ‸\n      image: b\n", "command", "image"),
            ("{head}  containers:\n  - name: a\n    rrof‸", "", "resources"),
            ("{head}  containers:\n  - securityContext:\n      rorf‸", "readOnlyRootFilesystem", "runAsUser"),
            ("{head}  containers:\n  - name: a\n    image: x: [\n    imagePull‸", "imagePullPolicy", "image"),
            ("{head}  containers:\n  - name: a\n    args: [b,\n    tt‸", "tty", "args"),
            ("{head}  containers:\n    ‸", "name", "containers"),
            ("{head}  restartPolicy: ‸", "Always", "Sometimes"),
            ("{head}  restartPolicy: N‸", "Never", "Always"),
            ("{head}  restartPolicy: \"N‸\"", "Never", "Always"),
            ("{head}  hostNetwork: ‸", "true", "yes"),
            ("{head}  containers:\n  - name: a\n    resources:\n      limits:\n        ‸", "cpu", "claims"),
            ("{head}  volumes:\n  - name: v\n    emptyDir: {}\n    ‸", "", "hostPath"),
            ("{head}  volumes:\n  - name: v\n    ho‸", "hostPath", "emptyDir"),
            ("{head}  restartPolicy: Never # N‸", "", "Never"),
            ("{head}  # ‸", "", "containers"),
            ("{head}  containers:\n  - name: a\n    args:\n    - |\n    - |2\n      im‸", "", "image"),
            ("{head}  containers:\n  - name: a\n    command: [sh, -c, 'a\n      im‸", "", "image"),
            ("{head}  volumes:\n  - name: v\n    persistentVolumeClaim:\n      claimName: ‸", "", "v"),
            ("kind: Service\nspec:\n  ‸", "", "containers"),
            ("{head}  nodeName: x\n---\nkind: Deployment\nspec:\n  repl‸", "replicas", "containers"),
        ] {
            let text = text.replace("{head}", HEAD);
            let found = offered(&text);
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            assert_eq!(found.first().copied().unwrap_or_default(), first, "{text}: {found:?}");
            assert!(!found.contains(&absent), "{text}: {found:?}");
        }
    }

    #[test]
    fn offers_the_names_that_exist() {
        let pod = format!(
            "{HEAD}  volumes:\n  - name: data\n  - name: tmp\n  containers:\n  - name: web\n    ports:\n    - name: http\n      \
             containerPort: 80\n    env:\n    - name: HOST\n    - name: PORT\n"
        );
        let second = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";
        for (below, found) in [
            ("    volumeMounts:\n    - mountPath: /a\n      name: ‸", "data tmp"),
            ("    volumeMounts:\n    - name: t‸", "tmp data"),
            ("    livenessProbe:\n      httpGet:\n        port: ‸", "http"),
            ("    args: [\"$(‸", "HOST PORT"),
            ("    args:\n    - a=$(P‸", "PORT"),
            ("    envFrom:\n    - configMapRef:\n        name: ‸", "settings"),
            ("    envFrom:\n    - secretRef:\n        name: ‸", ""),
        ] {
            let typed = format!("{pod}{below}\n{second}");
            let found_there = offered_after(&format!("{pod}{second}"), &typed);
            assert_eq!(found_there, found.split_whitespace().collect::<Vec<_>>(), "{below}");
        }
    }

    #[test]
    fn a_field_is_put_in_with_the_room_for_its_value() {
        for (text, expected) in [
            ("{head}  restartP‸", "{head}  restartPolicy: "),
            ("{head}  securityC‸\n", "{head}  securityContext:\n    \n"),
            ("{head}  initC‸", "{head}  initContainers:\n  - "),
            ("a:\n    - b\n{head}  initC‸", "a:\n    - b\n{head}  initContainers:\n      - "),
            (
                "a:\n    b: 1\n{head}  containers:\n  - secur‸",
                "a:\n    b: 1\n{head}  containers:\n  - securityContext:\n        ",
            ),
            ("{head}  restart‸: Never", "{head}  restartPolicy: Never"),
            ("{head}  restartPolicy:‸", "{head}  restartPolicy: Always"),
            ("{head}  restartPolicy: 'N‸", "{head}  restartPolicy: 'Never'"),
            ("{head}  containers:\n    na‸", "{head}  containers:\n    - name: "),
            (
                "kind: Job\nspec:\n  podFailurePolicy:\n    rules:\n    - onPodConditions:\n      - status: F‸",
                "kind: Job\nspec:\n  podFailurePolicy:\n    rules:\n    - onPodConditions:\n      - status: \"False\"",
            ),
        ] {
            let (text, expected) = (text.replace("{head}", HEAD), expected.replace("{head}", HEAD));
            assert_eq!(taken(&text), expected, "{text}");
        }
    }

    #[test]
    fn only_fields_of_the_target_version_are_offered() {
        let text = format!(
            "{HEAD}  containers:\n  - name: a\n    resizePolicy:\n    - resourceName: cpu\n    restartPolicyRu"
        );
        let labels = |minor: &str| -> Vec<String> {
            let document = Document::new(text.as_str(), format!("1.{minor}").parse().expect("a version"));
            let found = complete(&document, 0, &text, text.len()).map(|found| found.candidates);
            found.unwrap_or_default().into_iter().map(|candidate| candidate.label).collect()
        };
        assert_eq!(labels("37"), ["restartPolicyRules"]);
        assert!(labels("29").is_empty());
    }

    #[test]
    fn candidates_have_help_in_both_languages() {
        let text = format!("{HEAD}  restartP");
        let document = Document::new(text.as_str(), Version::NEWEST);
        let found = complete(&document, 0, &text, text.len()).expect("a field");
        assert!(!found.is_exact());
        let help = |lang| found.candidates[0].help(lang).expect("help");
        assert_ne!(help(Lang::En), help(Lang::Zh));
        assert_eq!(found.candidates[0].detail, "string, default Always");
    }

    #[test]
    fn a_new_line_begins_where_what_follows_belongs() {
        for (text, expected) in [
            ("kind: Pod\nspec:‸", Some("  ")),
            ("{head}  containers:‸", Some("  - ")),
            ("{head}  containers:‸\n    - name: a\n", Some("    - ")),
            ("{head}  containers:\n  - name: a\n    resources:‸", Some("      ")),
            ("{head}  containers:\n  - resources:‸", Some("      ")),
            ("{head}  restartPolicy:‸", None),
            ("{head}  restartPolicy: Never‸", None),
            ("a:\n    b: 1\nunknown:‸", Some("    ")),
            ("{head}  containers:\n  - args:\n    - >-‸", Some("      ")),
            ("{head}  x: |2\n   spec:‸", None),
        ] {
            let text = text.replace("{head}", HEAD);
            let cursor = text.find(CURSOR).expect("a cursor");
            let text = text.replacen(CURSOR, "", 1);
            let document = Document::new(text.as_str(), Version::NEWEST);
            let expected = expected.map(str::to_owned);
            assert_eq!(line_below(&document, 0, &text, cursor), expected, "{text}");
        }
    }

    #[test]
    fn no_place_of_any_text_is_too_odd() {
        let texts = [
            HEAD,
            "- - |",
            "\u{feff}---\n- a: 李\n  - \"x\n...\n---\nkind:\t{",
            "a: |\n\n  x\n ? b\n: - c\n&a *b !c d: >+1\n'it''s': \"\\\"\"",
            "é: $(\n-\n--\n- ",
        ];
        for text in texts {
            let document = Document::new(text, Version::NEWEST);
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                if let Some(found) = complete(&document, 0, text, byte) {
                    assert!(text.get(found.range.clone()).is_some(), "{text:?} at {byte}");
                }
                line_below(&document, 0, text, byte);
            }
        }
        assert!(offered("é: ‸").is_empty());
    }
}
