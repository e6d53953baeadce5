//! Everything that follows from a text: its documents, what they are, and all their problems. Immutable; built by one
//! pure function, anew for every change.

use crate::advice;
use crate::api::{self, Review};
use crate::diagnostic::{Diagnostic, Fix, Kind, Severity, Stage};
use crate::hazard;
use crate::object::Field;
use crate::path::{Path, Step};
use crate::schema::{self, Schema, TypeId, Version};
use crate::yaml::{self, Change, Data, KeyOrder, LineIndex, Stream, Value};
use std::sync::OnceLock;

/// A text with everything that follows from it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text.
    pub text: String,
    /// The Kubernetes version that judges it.
    pub version: Version,
    /// The text as YAML.
    pub stream: Stream,
    /// Bytes ⇄ lines and columns.
    pub lines: LineIndex,
    /// One part for each YAML document, in order; never empty, so that an empty text has a place for its problems.
    pub parts: Vec<Part>,
    /// What a list of the problems is made of, once somebody asks.
    ranking: OnceLock<Ranking>,
}

/// The problems of a list, counted and in order.
#[derive(Debug, Clone, Default)]
struct Ranking {
    counts: Counts,
    /// The number of each problem's part in `parts`, and its own number in that.
    order: Vec<(usize, usize)>,
}

/// How many problems of each severity a document has, Pod Security left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// What would be refused.
    pub errors: usize,
    /// What would be accepted with a warning.
    pub warnings: usize,
    /// What could be better.
    pub advice: usize,
}

impl Counts {
    /// All of them.
    pub fn total(&self) -> usize {
        self.errors + self.warnings + self.advice
    }
}

/// One YAML document of the text.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its number, counted from 0.
    pub index: usize,
    /// Its `apiVersion`; empty if there is none.
    pub api_version: String,
    /// Its `kind`; empty if there is none.
    pub kind: String,
    /// Its `metadata.name`, or else its `metadata.generateName`; empty if there is none.
    pub name: String,
    /// The type by which the form shows it: the one that `apiVersion` and `kind` name, or the one that its shape suggests.
    pub root: Option<TypeId>,
    /// Whether it has neither syntax nor data: nothing but blank lines and comments.
    pub is_empty: bool,
    /// What the API server would say; its problems stand in `diagnostics`.
    pub review: Review,
    /// All problems of all stages: the text's, then the server's in its own order, then advice.
    pub diagnostics: Vec<Diagnostic>,
}

impl Document {
    /// Reads a text and judges it by the rules of a version. Never fails and never panics.
    pub fn new(text: impl Into<String>, version: Version) -> Document {
        let text = text.into();
        let stream = yaml::parse(&text);
        let lines = LineIndex::new(&text);
        let mut parts: Vec<Part> =
            (0..stream.docs.len().max(1)).map(|i| part(&text, &stream, i, version)).collect();
        // A trailing `---` or a comment before the first one is no document of its own if there are others.
        if parts.iter().any(|part| !part.is_empty) {
            parts.retain(|part| !part.is_empty || !part.diagnostics.iter().all(is_about_emptiness));
        }
        Document { text, version, stream, lines, parts, ranking: OnceLock::new() }
    }

    /// The types of the target version.
    pub fn schema(&self) -> &'static Schema {
        Schema::at(self.version)
    }

    /// The part with the document number `index`.
    pub fn part(&self, index: usize) -> Option<&Part> {
        self.parts.get(self.parts.binary_search_by_key(&index, |part| part.index).ok()?)
    }

    /// What kubectl reads in a document.
    pub fn data(&self, index: usize) -> Option<&Data> {
        self.stream.docs.get(index)?.data.as_ref()
    }

    /// The cursor at the top of a document as written; `None` if it is of no known kind.
    pub fn written(&self, index: usize) -> Option<Field<'_>> {
        Some(Field::root(self.schema(), self.part(index)?.root?, self.data(index)?))
    }

    /// The cursor at the top of a document as the server would keep it, defaults filled in; `None` if it cannot be
    /// decoded.
    pub fn defaulted(&self, index: usize) -> Option<Field<'_>> {
        let part = self.part(index)?;
        Some(Field::root(self.schema(), part.review.root?, part.review.object.as_ref()?))
    }

    /// All problems with their parts, in the order of the text's documents.
    pub fn diagnostics(&self) -> impl Iterator<Item = (&Part, &Diagnostic)> {
        self.parts.iter().flat_map(|part| part.diagnostics.iter().map(move |d| (part, d)))
    }

    /// How many problems of each severity there are, but for Pod Security and for an empty document's being empty.
    pub fn counts(&self) -> Counts {
        self.ranking().counts
    }

    /// Those problems with their parts, the worst first, then in the order of the text.
    pub fn worst_first(&self) -> impl Iterator<Item = (&Part, &Diagnostic)> {
        let of = |&(part, number): &(usize, usize)| {
            let part = self.parts.get(part)?;
            Some((part, part.diagnostics.get(number)?))
        };
        self.ranking().order.iter().filter_map(of)
    }

    fn ranking(&self) -> &Ranking {
        self.ranking.get_or_init(|| {
            let listed = |part: &Part, d: &Diagnostic| d.stage != Stage::PodSecurity && !part.is_empty;
            let mut counts = Counts::default();
            let mut found = Vec::new();
            for (at, part) in self.parts.iter().enumerate() {
                let problems = part.diagnostics.iter().enumerate().filter(|(_, d)| listed(part, d));
                for (number, diagnostic) in problems {
                    match diagnostic.stage.severity() {
                        Severity::Error => counts.errors += 1,
                        Severity::Warning => counts.warnings += 1,
                        Severity::Advice => counts.advice += 1,
                    }
                    found.push((diagnostic.stage.severity(), diagnostic.span.start, (at, number)));
                }
            }
            found.sort_by_key(|(severity, start, _)| (*severity, *start));
            Ranking { counts, order: found.into_iter().map(|(.., place)| place).collect() }
        })
    }

    /// Whether some document has broken syntax.
    pub fn is_broken(&self) -> bool {
        self.stream.problems.iter().any(|problem| problem.fatal)
    }

    /// Whether the document number `index` has broken syntax, so that the form cannot show it.
    pub fn is_broken_at(&self, index: usize) -> bool {
        problems_of(&self.stream, index).iter().any(|problem| problem.fatal)
    }

    /// The place of a document's pod spec: `spec` for a Pod, `spec.template.spec` for a Deployment.
    pub fn pod_spec(&self, index: usize) -> Option<Path> {
        Some(self.schema().pod_spec_path(self.part(index)?.root?))
    }

    /// The deepest field of a document at a byte of the text, with the document's number.
    pub fn field_at(&self, byte: usize) -> Option<(usize, Path)> {
        let (index, doc) = self.stream.docs.iter().enumerate().rfind(|(_, doc)| doc.span.start <= byte)?;
        let mut steps = Vec::new();
        let mut data = doc.data.as_ref()?;
        loop {
            let next = match &data.value {
                Value::Map(map) => map
                    .members
                    .iter()
                    .rfind(|m| m.key_span.start <= byte && byte <= m.data.span.end.max(m.key_span.end))
                    .map(|m| (Step::Field(m.key.clone().into()), &m.data)),
                Value::List(items) => items
                    .iter()
                    .enumerate()
                    .rfind(|(_, item)| self.line_start(item.span.start) <= byte && byte <= item.span.end)
                    .map(|(i, item)| (Step::Index(i), item)),
                _ => None,
            };
            match next {
                Some((step, below)) => {
                    steps.push(step);
                    data = below;
                }
                None => break,
            }
        }
        let path = Path::from(steps);
        Some((index, self.written(index).map_or(path.clone(), |root| root.at(&path).path())))
    }

    fn line_start(&self, byte: usize) -> usize {
        self.lines.bytes(self.lines.line(byte)).map_or(byte, |line| line.start)
    }

    /// The bytes of the field at a path, its key included; of an absent field those of the nearest one above it.
    pub fn span_of(&self, index: usize, path: &Path) -> Option<std::ops::Range<usize>> {
        let mut data = self.data(index)?;
        let mut span = data.span.clone();
        for step in path.steps() {
            match (&data.value, step) {
                (Value::List(items), Step::Index(i)) if *i < items.len() => {
                    data = &items[*i];
                    span = data.span.clone();
                }
                (Value::Map(map), step) => {
                    let Some(member) = step.key().and_then(|key| map.member(key)) else { break };
                    data = &member.data;
                    span = member.key_span.start.min(data.span.start)..data.span.end.max(member.key_span.end);
                }
                _ => break,
            }
        }
        Some(span)
    }

    /// The key order of Kubernetes' own types for the edits of a document.
    pub fn key_order(&self, index: usize) -> TypeOrder {
        TypeOrder { schema: self.schema(), root: self.part(index).and_then(|part| part.root) }
    }
}

/// Writes the keys of known types in upstream's field order.
#[derive(Debug, Clone, Copy)]
pub struct TypeOrder {
    schema: &'static Schema,
    root: Option<TypeId>,
}

impl KeyOrder for TypeOrder {
    fn keys(&self, path: &Path) -> Vec<String> {
        let Some(root) = self.root else { return Vec::new() };
        let nothing = Data { value: Value::Null, span: 0..0, implied: true };
        let field = Field::root(self.schema, root, &nothing).at(path);
        field.ty().map(|ty| ty.fields.iter().map(|def| def.name.to_owned()).collect()).unwrap_or_default()
    }
}

/// The problems of one document's syntax: a stream has them in the order of its documents.
fn problems_of(stream: &Stream, index: usize) -> &[yaml::Problem] {
    let from = stream.problems.partition_point(|problem| problem.doc < index);
    let to = stream.problems.partition_point(|problem| problem.doc <= index);
    &stream.problems[from..to]
}

fn part(text: &str, stream: &Stream, index: usize, version: Version) -> Part {
    let schema = Schema::at(version);
    let mut diagnostics: Vec<Diagnostic> = problems_of(stream, index).iter().map(syntax_problem).collect();
    let broken = problems_of(stream, index).iter().any(|problem| problem.fatal);
    let Some(data) = stream.docs.get(index).and_then(|doc| doc.data.as_ref()) else {
        if !broken {
            let start = stream.docs.get(index).map_or(0, |doc| doc.span.start);
            diagnostics.push(at_root(
                start,
                "the document is empty; choose a pattern, open a file, or type a manifest",
            ));
        }
        return Part { index, diagnostics, is_empty: !broken, ..Part::default() };
    };
    let text_at = |path: &[&'static str]| {
        let path = path.iter().fold(Path::root(), |path, step| path.field(*step));
        match data.at(&path).map(|data| &data.value) {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        }
    };
    let mut review = api::review(data, schema);
    let root = review
        .root
        .or_else(|| shape_of(data).and_then(|(api_version, kind)| Some(schema.root(api_version, kind)?.0)));
    if review.root.is_none() {
        offer_type(data, &mut review.diagnostics);
    }
    // The part holds them once, among all its problems.
    diagnostics.append(&mut review.diagnostics);
    hazard::tell(text, data, schema, root, &mut diagnostics);
    if let (Some(root), Some(object)) = (review.root, &review.object) {
        for advice in advice::advise(&Field::root(schema, root, object)) {
            if !has_its_fix(&diagnostics, &advice) {
                diagnostics.push(advice);
            }
        }
    }
    review.accepted &= !broken;
    let name = match text_at(&["metadata", "name"]) {
        name if name.is_empty() => text_at(&["metadata", "generateName"]),
        name => name,
    };
    Part {
        index,
        api_version: text_at(&["apiVersion"]),
        kind: text_at(&["kind"]),
        name,
        root,
        is_empty: false,
        review,
        diagnostics,
    }
}

/// Whether a problem of the same place has the likeliest fix of a piece of advice already: one thing is told once.
fn has_its_fix(told: &[Diagnostic], advice: &Diagnostic) -> bool {
    let fix = advice.fixes.first();
    let here = told.iter().filter(|problem| problem.place == advice.place);
    fix.is_some_and(|fix| here.flat_map(|problem| &problem.fixes).any(|other| other.changes == fix.changes))
}

fn syntax_problem(problem: &yaml::Problem) -> Diagnostic {
    Diagnostic {
        stage: if problem.fatal { Stage::Syntax } else { Stage::Advise },
        kind: if problem.fatal { Kind::Malformed } else { Kind::Hazard },
        path: Path::root(),
        place: Path::root(),
        span: problem.span.clone(),
        message: problem.message.clone(),
        fixes: Vec::new(),
    }
}

fn at_root(byte: usize, message: &str) -> Diagnostic {
    Diagnostic {
        stage: Stage::Decode,
        kind: Kind::Malformed,
        path: Path::root(),
        place: Path::root(),
        span: byte..byte,
        message: message.to_owned(),
        fixes: Vec::new(),
    }
}

fn is_about_emptiness(diagnostic: &Diagnostic) -> bool {
    diagnostic.stage.severity() != Severity::Error
        || diagnostic.kind == Kind::Malformed && diagnostic.stage == Stage::Decode
}

/// The `apiVersion` and `kind` that an object without them most likely has: a `kind` that is known by another
/// `apiVersion`, or else the kind whose shape it has.
fn shape_of(data: &Data) -> Option<(&'static str, &'static str)> {
    let kind = match data.at(&Path::root().field("kind")).map(|data| &data.value) {
        Some(Value::String(kind)) => Some(kind.as_str()),
        Some(Value::Null) | None => None,
        Some(_) => return None,
    };
    if let Some(kind) = kind {
        return ["Pod", "PodTemplate", "ReplicationController"]
            .into_iter()
            .map(|known| ("v1", known))
            .chain(
                ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"]
                    .into_iter()
                    .map(|known| ("apps/v1", known)),
            )
            .chain(["Job", "CronJob"].into_iter().map(|known| ("batch/v1", known)))
            .find(|(_, known)| known.eq_ignore_ascii_case(kind));
    }
    let has = |path: &str| path.parse().is_ok_and(|path: Path| data.at(&path).is_some());
    let api_version = match data.at(&Path::root().field("apiVersion")).map(|data| &data.value) {
        Some(Value::String(version)) => Some(version.as_str()),
        _ => None,
    };
    let guess = if has("spec.containers") || has("spec.initContainers") {
        ("v1", "Pod")
    } else if has("spec.jobTemplate") || has("spec.schedule") {
        ("batch/v1", "CronJob")
    } else if has("spec.volumeClaimTemplates") || has("spec.serviceName") {
        ("apps/v1", "StatefulSet")
    } else if has("spec.template")
        && (has("spec.completions") || has("spec.backoffLimit") || has("spec.parallelism"))
    {
        ("batch/v1", "Job")
    } else if has("spec.template") && has("spec.selector") && has("spec.updateStrategy") {
        ("apps/v1", "DaemonSet")
    } else if has("spec.template") && has("spec.selector") {
        ("apps/v1", "Deployment")
    } else if has("template.spec.containers") {
        ("v1", "PodTemplate")
    } else if has("spec") && api_version == Some("v1") {
        ("v1", "Pod")
    } else {
        return None;
    };
    Some(guess)
}

/// Gives the problem of a missing or odd `apiVersion` or `kind` the fix that sets both, where the object's shape tells
/// which they are.
fn offer_type(data: &Data, diagnostics: &mut [Diagnostic]) {
    let Some((api_version, kind)) = shape_of(data) else { return };
    let changes = [("apiVersion", api_version), ("kind", kind)]
        .map(|(field, value)| Change::Set { path: Path::root().field(field), value: value.into() });
    let title = format!("Make it a {kind} (apiVersion: {api_version}, kind: {kind})");
    for diagnostic in diagnostics.iter_mut().filter(|d| d.stage == Stage::Decode && d.kind == Kind::Malformed)
    {
        if diagnostic.fixes.is_empty() {
            diagnostic.fixes.push(Fix { title: title.clone(), changes: changes.to_vec() });
        }
    }
}

/// The name of the type by which a part is shown, for people: `Pod`, `Service (shown as text)`.
pub fn type_label(document: &Document, part: &Part) -> String {
    match part.root.map(|root| document.schema().ty(root).name) {
        Some(name) if part.review.root.is_some() => name.to_owned(),
        Some(name) => format!("{name} (fragment)"),
        None if part.is_empty => "Empty document".to_owned(),
        None if document.is_broken_at(part.index) => "Not YAML yet".to_owned(),
        None if part.kind.is_empty() => "Unknown kind".to_owned(),
        None => part.kind.clone(),
    }
}

/// Help on the field at a path of a document, in our own words.
pub fn help_on(field: &Field<'_>, above: &Field<'_>, lang: schema::Lang) -> Option<&'static str> {
    let own = above.ty().zip(field.def()).and_then(|(ty, def)| schema::help(ty.name, def.name, lang));
    own.or_else(|| field.ty().and_then(|ty| schema::help(ty.name, "", lang)))
}
