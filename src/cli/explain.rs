//! `podwright explain`: what a field is, offline.

use super::{Failure, Outcome, languages, print, versions};
use crate::diagnostic::nearest;
use crate::path::{Path, Step};
use crate::schema::{self, Default, FieldDef, Kind, Lang, Schema, Type, Union, UnionRule, Version};
use std::fmt::Write;

/// Explain a field: type, required, default, values, versions, gate, help
#[derive(Debug, clap::Args)]
#[command(
    after_help = "PATH begins with a kind (Pod, deployment), with a type (Container), or with a field of a Pod.\n\
    Example: podwright explain deployment.spec.strategy"
)]
pub struct Args {
    /// The field: Pod.spec.containers.image, spec.containers[0].image
    path: Path,
    /// The language of the help
    #[arg(long, value_name = "LANG", value_parser = languages(), default_value = "en")]
    lang: Lang,
    /// The Kubernetes version, 1.29 to 1.37
    #[arg(long, value_name = "VERSION", value_parser = versions(), default_value_t = Version::NEWEST)]
    kubernetes: Version,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let text = explain(&args.path, Schema::at(args.kubernetes), args.lang).map_err(Failure::CouldNotRun)?;
    print(text)?;
    Ok(Outcome::Fine)
}

/// What stands at the end of a path through the types.
struct Place {
    /// The path as walked, lists marked: `Pod.spec.containers[].image`.
    name: String,
    kind: &'static Kind,
    /// The declaration and the type that it stands in; `None` at the top, and below a list or a map.
    declared: Option<(&'static Type, &'static FieldDef)>,
}

/// Explains the field at a path in words, a line each; ends with the fields below it.
///
/// Fails with a sentence that names the nearest field and lists all where the path leads nowhere.
pub fn explain(path: &Path, schema: &'static Schema, lang: Lang) -> Result<String, String> {
    let (top, steps) = start(path, schema)?;
    let place = steps.iter().try_fold(top, |place, step| down(&place, step, schema))?;
    Ok(describe(&place, schema, lang))
}

/// The type that a path begins with, and the steps below it. A path that names none begins in a Pod.
fn start<'p>(path: &'p Path, schema: &'static Schema) -> Result<(Place, &'p [Step]), String> {
    let at = |ty: &'static Type, steps: &'p [Step]| {
        let (id, _) = schema.named(ty.name)?;
        let place = Place { name: ty.name.to_owned(), kind: schema.object_kind(id), declared: None };
        Some((place, steps))
    };
    let pod = schema.root("v1", "Pod").map(|(_, ty)| ty);
    let missing = || "the schema has no Pod".to_owned();
    let Some((first, rest)) = path.steps().split_first() else {
        return pod.and_then(|pod| at(pod, &[])).ok_or_else(missing);
    };
    let word = first.key().unwrap_or_default();
    let is_kind = |ty: &Type| {
        let low = word.to_lowercase();
        let kind = ty.name.to_lowercase();
        low == kind || low.strip_suffix('s') == Some(kind.as_str())
    };
    let named =
        schema.roots().map(|(_, ty)| ty).find(|ty| is_kind(ty)).or(schema.named(word).map(|(_, ty)| ty));
    if let Some(found) = named.and_then(|ty| at(ty, rest)) {
        return Ok(found);
    }
    let pod = pod.ok_or_else(missing)?;
    if pod.field(word).is_none() {
        let kinds: Vec<&str> = schema.roots().map(|(_, ty)| ty.name).collect();
        let fields: Vec<&str> = pod.fields.iter().map(|field| field.name).collect();
        let near = nearest(word, &kinds).or(nearest(word, &fields));
        return Err(format!(
            "{word} is neither a kind nor a field of a Pod{}; the kinds are {}, the fields of a Pod are {}",
            near.map(|near| format!(" (did you mean {near}?)")).unwrap_or_default(),
            kinds.join(", "),
            fields.join(", "),
        ));
    }
    at(pod, path.steps()).ok_or_else(missing)
}

/// One step down. The index of a list may be left out.
fn down(place: &Place, step: &Step, schema: &'static Schema) -> Result<Place, String> {
    let below = |mark: String, kind: &'static Kind| Place {
        name: format!("{}{mark}", place.name),
        kind,
        declared: None,
    };
    match (place.kind, step) {
        (Kind::List(item), Step::Index(_)) => Ok(below("[]".to_owned(), item)),
        (Kind::List(item), _) => down(&below("[]".to_owned(), item), step, schema),
        (Kind::Map(item), step) => {
            let key = step.key().map_or_else(|| below_index(step), str::to_owned);
            Ok(below(format!("[{key}]"), item))
        }
        (Kind::Object(id), step) => {
            let ty = schema.ty(*id);
            let Some(word) = step.key() else {
                return Err(format!("{} is one {}, not a list: leave out the index", place.name, ty.name));
            };
            let def = ty.field(word).ok_or_else(|| no_such(place, ty, word, schema))?;
            let name = format!("{}.{word}", place.name);
            Ok(Place { name, kind: &def.kind, declared: Some((ty, def)) })
        }
        (kind, _) => {
            Err(format!("{} has the type {}: there is nothing below it", place.name, schema.describe(kind)))
        }
    }
}

fn below_index(step: &Step) -> String {
    match step {
        Step::Index(index) => index.to_string(),
        Step::Field(_) | Step::Key(_) => String::new(),
    }
}

fn no_such(place: &Place, ty: &Type, word: &str, schema: &Schema) -> String {
    let names: Vec<&str> = ty.fields.iter().map(|field| field.name).collect();
    let hint = match schema::lifetime(ty.name, word) {
        Some((Some(since), _)) if since > schema.version => {
            format!(" in Kubernetes {}: it came with {since}", schema.version)
        }
        Some((_, Some(until))) => {
            format!(" in Kubernetes {}: {until} was the last version with it", schema.version)
        }
        _ => nearest(word, &names).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default(),
    };
    format!("{} ({}) has no field {word}{hint}; its fields are {}", place.name, ty.name, names.join(", "))
}

fn describe(place: &Place, schema: &'static Schema, lang: Lang) -> String {
    let words = Words::of(lang);
    let ty = object_of(place.kind).map(|id| schema.ty(id));
    let mut rows: Vec<(&str, String)> = vec![(words.kind, schema.describe(place.kind))];
    if let Some((above, def)) = place.declared {
        rows.push((words.required, if def.required { words.yes } else { words.no }.to_owned()));
        if def.read_only {
            rows.push((words.read_only, words.yes.to_owned()));
        }
        let default = def.default.as_ref().map(|default| match default {
            Default::Server(value) => format!("{} ({})", quoted(value), words.by_server),
            Default::Implied(value) => format!("{} ({})", quoted(value), words.implied),
            Default::Conditional(value) => quoted(value),
        });
        rows.extend(default.map(|default| (words.default, default)));
        if !def.values.is_empty() {
            rows.push((words.values, list(&def.values)));
        }
        if !def.suggestions.is_empty() {
            rows.push((words.suggestions, list(&def.suggestions)));
        }
        let since = def.since.map_or_else(|| words.always.to_owned(), |since| since.to_string());
        let until = def.until.map(|until| format!(" {} {until}", words.until)).unwrap_or_default();
        rows.push((words.since, format!("{since}{until}")));
        rows.extend(def.gate.map(|gate| (words.gate, gate_of(gate, schema, words))));
        if let Some(list_type) = def.list_type {
            let keys = match def.list_keys.is_empty() {
                true => String::new(),
                false => format!(" ({} {})", words.by, def.list_keys.join(", ")),
            };
            rows.push((words.list, format!("{list_type}{keys}")));
        }
        if let Some(union) = above.union.as_ref().filter(|union| union.members.contains(&def.name)) {
            rows.push((words.union, format!("{}: {}", rule(union, words), union.members.join(", "))));
        }
    }
    if let Some(union) = ty.and_then(|ty| ty.union.as_ref()) {
        rows.push((words.inside, format!("{}: {}", rule(union, words), union.members.join(", "))));
    }

    let mut text = format!("{}\n\n", place.name);
    let width = rows.iter().map(|(label, _)| wide(label)).max().unwrap_or(0);
    for (label, value) in &rows {
        let gap = " ".repeat(width - wide(label) + 2);
        let _ = writeln!(text, "  {label}:{gap}{value}");
    }
    let own = place.declared.and_then(|(above, def)| schema::help(above.name, def.name, lang));
    if let Some(help) = own.or_else(|| ty.and_then(|ty| schema::help(ty.name, "", lang))) {
        let _ = writeln!(text, "\n{help}");
    }
    if let Some(ty) = ty {
        let _ = writeln!(text, "\n{}:", words.fields);
        let width = ty.fields.iter().map(|field| field.name.len()).max().unwrap_or(0);
        for field in &ty.fields {
            let required = if field.required { format!(", {}", words.required) } else { String::new() };
            let _ = writeln!(text, "  {:width$}  {}{required}", field.name, schema.describe(&field.kind));
        }
    }
    text
}

fn object_of(kind: &Kind) -> Option<schema::TypeId> {
    match kind {
        Kind::Object(id) => Some(*id),
        Kind::List(item) | Kind::Map(item) => match **item {
            Kind::Object(id) => Some(id),
            _ => None,
        },
        _ => None,
    }
}

fn gate_of(gate: &str, schema: &Schema, words: &Words) -> String {
    match schema.gate(gate) {
        Some(state) => format!("{gate} ({}, {})", state.stage, if state.on { words.on } else { words.off }),
        None => format!("{gate} ({})", words.no_gate),
    }
}

fn rule(union: &Union, words: &Words) -> String {
    match union.rule {
        UnionRule::One => words.one.to_owned(),
        UnionRule::AtMostOne => words.at_most_one.to_owned(),
        UnionRule::Discriminated { field, value } => format!("{} {field}: {value}", words.only_with),
    }
}

fn quoted(value: &str) -> String {
    if value.is_empty() { "\"\"".to_owned() } else { value.to_owned() }
}

fn list(values: &[&str]) -> String {
    values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ")
}

/// The columns that a label takes in a terminal: Chinese characters take two.
fn wide(label: &str) -> usize {
    label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// The words around the facts, in one language.
struct Words {
    kind: &'static str,
    required: &'static str,
    read_only: &'static str,
    default: &'static str,
    by_server: &'static str,
    implied: &'static str,
    values: &'static str,
    suggestions: &'static str,
    since: &'static str,
    always: &'static str,
    until: &'static str,
    gate: &'static str,
    on: &'static str,
    off: &'static str,
    no_gate: &'static str,
    list: &'static str,
    by: &'static str,
    union: &'static str,
    inside: &'static str,
    one: &'static str,
    at_most_one: &'static str,
    only_with: &'static str,
    fields: &'static str,
    yes: &'static str,
    no: &'static str,
}

impl Words {
    fn of(lang: Lang) -> &'static Words {
        match lang {
            Lang::En => &ENGLISH,
            Lang::Zh => &CHINESE,
        }
    }
}

const ENGLISH: Words = Words {
    kind: "type",
    required: "required",
    read_only: "read-only",
    default: "default",
    by_server: "filled in by the server",
    implied: "meant when absent",
    values: "values",
    suggestions: "for example",
    since: "since",
    always: "1.29 or earlier",
    until: "until",
    gate: "gate",
    on: "on by default",
    off: "off by default",
    no_gate: "not in this version",
    list: "list",
    by: "by",
    union: "union",
    inside: "inside",
    one: "exactly one of",
    at_most_one: "at most one of",
    only_with: "only with",
    fields: "fields",
    yes: "yes",
    no: "no",
};

const CHINESE: Words = Words {
    kind: "类型",
    required: "必填",
    read_only: "只读",
    default: "默认值",
    by_server: "由服务器填入",
    implied: "未设置时的含义",
    values: "可选值",
    suggestions: "例如",
    since: "起始版本",
    always: "1.29 或更早",
    until: "最后版本",
    gate: "特性门控",
    on: "默认开启",
    off: "默认关闭",
    no_gate: "此版本没有",
    list: "列表",
    by: "键",
    union: "互斥",
    inside: "其中",
    one: "恰好设置一个",
    at_most_one: "最多设置一个",
    only_with: "仅用于",
    fields: "字段",
    yes: "是",
    no: "否",
};
