//! What there is to know of a field, for a person who wants to learn it without opening the reference: type, default,
//! allowed values with a word on each, what the API server checks, versions, gate, union, an example, and its page in the
//! Kubernetes reference. `podwright explain` prints it, the window's help panel shows it.
//!
//! The facts come from the schema; the words and examples from `assets/` (`help.json`, `values.json`, `checks.json`,
//! `examples.json`).

use crate::diagnostic::nearest;
use crate::object::Field;
use crate::path::{Path, Step};
use crate::schema::{
    self, Default, FieldDef, Kind, Lang, Schema, Texts, Type, TypeId, Union, UnionRule, Version,
};
use crate::yaml;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What stands at the end of a path through the types.
#[derive(Debug, Clone)]
pub struct Place {
    /// The path: as walked through the types, lists marked (`Pod.spec.containers[].image`), or as it is in a document.
    pub name: String,
    /// The kind of value that belongs there.
    pub kind: &'static Kind,
    /// The declaration and the type that it stands in; `None` at the top, and below a list or a map.
    pub declared: Option<(&'static Type, &'static FieldDef)>,
}

/// What there is to know of a place.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The path.
    pub name: String,
    /// What the field is for, in our own words.
    pub help: Option<&'static str>,
    /// The facts, in the order in which they are shown.
    pub facts: Vec<Fact>,
    /// The only allowed values, each with a word on it.
    pub values: Vec<ValueWord>,
    /// A value that could stand there; `None` for what only the server sets.
    pub example: Option<Json>,
    /// The example as YAML, under the field's name.
    pub example_text: String,
    /// The address of the type's page in the Kubernetes reference.
    pub reference: Option<String>,
    /// The fields below, if it is an object or holds objects.
    pub fields: Vec<Below>,
}

/// One fact on a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about, the same in every language: `type`, `required`, `default`, …
    pub id: &'static str,
    /// What it is about, in words.
    pub label: &'static str,
    /// The fact.
    pub text: String,
}

/// An allowed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueWord {
    /// The value.
    pub value: &'static str,
    /// What it does; empty where the value says it all.
    pub about: &'static str,
}

/// A field of the type that is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    /// Its name.
    pub name: &'static str,
    /// Its type, for people.
    pub kind: String,
    /// Whether it is required.
    pub required: bool,
}

impl Place {
    /// The place that a path leads to. It begins with a kind, a type, or a field of a Pod; the index of a list may be
    /// left out.
    ///
    /// Fails with a sentence that names the nearest field and lists all where the path leads nowhere.
    pub fn find(path: &Path, schema: &'static Schema) -> Result<Place, String> {
        let (top, steps) = start(path, schema)?;
        steps.iter().try_fold(top, |place, step| down(&place, step, schema))
    }

    /// The place of a field in a document. An item of a list and an entry of a map are told by the field that holds them,
    /// for it is that one which has a name in the schema.
    pub fn of(root: &Field<'_>, path: &Path) -> Place {
        let mut path = path.clone();
        loop {
            let field = root.at(&path);
            let above = root.at(&path.parent()).ty();
            if let (Some(def), Some(above)) = (field.def(), above) {
                return Place { name: path.to_string(), kind: field.kind(), declared: Some((above, def)) };
            }
            if path.steps().is_empty() || field.ty().is_some() {
                return Place { name: path.to_string(), kind: field.kind(), declared: None };
            }
            path = path.parent();
        }
    }
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

/// All that there is to know of a place, in one language.
pub fn explain(place: &Place, schema: &'static Schema, lang: Lang) -> Explanation {
    let words = Words::of(lang);
    let ty = object_of(place.kind).map(|id| schema.ty(id));
    let own = place.declared.and_then(|(above, def)| schema::help(above.name, def.name, lang));
    let example = match place.declared {
        Some((_, def)) if def.read_only => None,
        // What an entry of a map may hold depends on its key.
        None if object_of(place.kind).is_none() => None,
        declared => example(declared, place.kind, schema, 0),
    };
    Explanation {
        name: place.name.clone(),
        help: own.or_else(|| ty.and_then(|ty| schema::help(ty.name, "", lang))),
        facts: facts(place, ty, schema, words, lang),
        values: place.declared.map(|(above, def)| values(above, def, lang)).unwrap_or_default(),
        example_text: example.as_ref().map(|value| example_text(place, value)).unwrap_or_default(),
        example,
        reference: ty.or(place.declared.map(|(above, _)| above)).map(|ty| reference(ty, schema.version)),
        fields: ty.map(|ty| fields(ty, schema)).unwrap_or_default(),
    }
}

fn facts(
    place: &Place,
    ty: Option<&Type>,
    schema: &'static Schema,
    words: &'static Words,
    lang: Lang,
) -> Vec<Fact> {
    let fact = |id, label, text| Fact { id, label, text };
    let mut facts = vec![fact("type", words.kind, schema.describe(place.kind))];
    if let Some((above, def)) = place.declared {
        let required = if def.required { words.yes } else { words.no };
        facts.push(fact("required", words.required, required.to_owned()));
        if def.read_only {
            facts.push(fact("read-only", words.read_only, words.yes.to_owned()));
        }
        let default = def.default.as_ref().map(|default| {
            let (Default::Server(value) | Default::Implied(value) | Default::Conditional(value)) = default;
            let value = default_in_words(above, def, lang).map_or_else(|| quoted(value), str::to_owned);
            match default {
                Default::Server(_) => format!("{value} ({})", words.by_server),
                Default::Implied(_) => format!("{value} ({})", words.implied),
                Default::Conditional(_) => value,
            }
        });
        facts.extend(default.map(|default| fact("default", words.default, default)));
        facts.extend(checks(above, def, lang).map(|text| fact("checked", words.checked, text.to_owned())));
        if !def.suggestions.is_empty() {
            facts.push(fact("for example", words.suggestions, list(&def.suggestions)));
        }
        let since = def.since.map_or_else(|| words.always.to_owned(), |since| since.to_string());
        let until = def.until.map(|until| format!(" {} {until}", words.until)).unwrap_or_default();
        facts.push(fact("since", words.since, format!("{since}{until}")));
        facts.extend(def.gate.map(|gate| fact("gate", words.gate, gate_of(gate, schema, words))));
        if let Some(list_type) = def.list_type {
            let keys = match def.list_keys.is_empty() {
                true => String::new(),
                false => format!(" ({} {})", words.by, def.list_keys.join(", ")),
            };
            facts.push(fact("list", words.list, format!("{list_type}{keys}")));
        }
        if let Some(union) = above.union.as_ref().filter(|union| union.members.contains(&def.name)) {
            facts.push(fact("union", words.union, rule(union, words)));
        }
    }
    if let Some(union) = ty.and_then(|ty| ty.union.as_ref()) {
        facts.push(fact("inside", words.inside, rule(union, words)));
    }
    facts
}

fn gate_of(gate: &str, schema: &Schema, words: &Words) -> String {
    match schema.gate(gate) {
        Some(state) => format!("{gate} ({}, {})", state.stage, if state.on { words.on } else { words.off }),
        None => format!("{gate} ({})", words.no_gate),
    }
}

fn rule(union: &Union, words: &Words) -> String {
    let rule = match union.rule {
        UnionRule::One => words.one.to_owned(),
        UnionRule::AtMostOne => words.at_most_one.to_owned(),
        UnionRule::Discriminated { field, value } => format!("{} {field}: {value}", words.only_with),
    };
    format!("{rule}: {}", union.members.join(", "))
}

/// The default of a field whose default is no value but words.
fn default_in_words(above: &Type, def: &FieldDef, lang: Lang) -> Option<&'static str> {
    static DEFAULTS: LazyLock<Texts> =
        LazyLock::new(|| schema::texts(include_str!("../assets/defaults.json")));
    Some(DEFAULTS.get(format!("{}.{}", above.name, def.name).as_str())?.in_lang(lang))
}

/// What the API server checks about a field, shortly.
fn checks(above: &Type, def: &FieldDef, lang: Lang) -> Option<&'static str> {
    static CHECKS: LazyLock<Texts> = LazyLock::new(|| schema::texts(include_str!("../assets/checks.json")));
    if let Some(text) = CHECKS.get(format!("{}.{}", above.name, def.name).as_str()) {
        return Some(text.in_lang(lang));
    }
    let words = Words::of(lang);
    match innermost(&def.kind) {
        _ if def.read_only => None,
        Kind::Quantity => Some(words.quantity),
        Kind::Time => Some(words.time),
        Kind::IntOrString => Some(words.int_or_string),
        _ => None,
    }
}

/// The allowed values of a field. A boolean has its two, which need no word.
fn values(above: &Type, def: &'static FieldDef, lang: Lang) -> Vec<ValueWord> {
    static VALUES: LazyLock<Texts> = LazyLock::new(|| schema::texts(include_str!("../assets/values.json")));
    if def.kind == Kind::Bool {
        return ["true", "false"].map(|value| ValueWord { value, about: "" }).to_vec();
    }
    let about = |value: &str| {
        let key = format!("{}.{}={value}", above.name, def.name);
        VALUES.get(key.as_str()).map_or("", |text| text.in_lang(lang))
    };
    def.values.iter().map(|value| ValueWord { value, about: about(value) }).collect()
}

fn fields(ty: &Type, schema: &Schema) -> Vec<Below> {
    let below =
        |def: &FieldDef| Below { name: def.name, kind: schema.describe(&def.kind), required: def.required };
    ty.fields.iter().map(below).collect()
}

/// The address of a type's page in the Kubernetes API reference: `…/v1.37/#container-v1-core`.
pub fn reference(ty: &Type, version: Version) -> String {
    let mut parts = ty.name.rsplitn(3, '.');
    let name = parts.next().unwrap_or_default().to_lowercase();
    // Types of groups that are not stable yet have group and version in their name.
    let api_version = parts.next().unwrap_or("v1");
    let group = match ty.group {
        "core" | "apps" | "batch" | "meta" => ty.group.to_owned(),
        group => format!("{group}-k8s-io"),
    };
    format!(
        "https://kubernetes.io/docs/reference/generated/kubernetes-api/v{version}/#{name}-{api_version}-{group}"
    )
}

/// A value that could stand in a field: the one written for it, or one that follows from its kind, values and default.
fn example(declared: Option<(&Type, &FieldDef)>, kind: &Kind, schema: &Schema, depth: usize) -> Option<Json> {
    let written = |key: &str| {
        static EXAMPLES: LazyLock<HashMap<String, Json>> = LazyLock::new(|| {
            serde_json::from_str(include_str!("../assets/examples.json")).unwrap_or_default()
        });
        EXAMPLES.get(key).filter(|value| fits(value, kind, schema)).cloned()
    };
    if depth > 6 {
        return None;
    }
    let Some((above, def)) = declared else {
        return match kind {
            Kind::Object(id) => {
                let ty = schema.ty(*id);
                written(ty.name).or_else(|| object_example(ty, schema, depth))
            }
            Kind::List(item) => Some(json!([example(None, item, schema, depth + 1)?])),
            Kind::Map(item) => Some(json!({ "key": example(None, item, schema, depth + 1)? })),
            kind => Some(scalar_example(kind)),
        };
    };
    let usual = def.default.as_ref().map(|default| match default {
        Default::Server(value) | Default::Implied(value) => value.as_ref(),
        Default::Conditional(_) => "",
    });
    let offered = def.values.iter().chain(&def.suggestions).filter(|v| !v.is_empty() && !v.contains('<'));
    let offered = || offered.clone().find(|v| Some(**v) != usual).or_else(|| offered.clone().next());
    let of_values = || {
        let value = Json::from(*offered()?);
        Some(if matches!(kind, Kind::List(_)) { json!([value]) } else { value })
    };
    let of_default = || {
        let value = yaml::parse(usual?).docs.first()?.data.as_ref()?.to_json();
        fits(&value, kind, schema).then_some(value)
    };
    written(&format!("{}.{}", above.name, def.name))
        .or_else(of_values)
        .or_else(|| (*kind == Kind::Bool).then(|| json!(usual != Some("true"))))
        .or_else(|| written(&format!(".{}", def.name)))
        .or_else(|| if object_of(kind).is_none() { of_default() } else { None })
        .or_else(|| example(None, kind, schema, depth))
}

/// The least object that means something: what its type requires, or else the first thing that it can hold.
fn object_example(ty: &Type, schema: &Schema, depth: usize) -> Option<Json> {
    let one =
        |def: &FieldDef| Some((def.name.to_owned(), example(Some((ty, def)), &def.kind, schema, depth + 1)?));
    let required: serde_json::Map<String, Json> =
        ty.fields.iter().filter(|def| def.required).filter_map(one).collect();
    if !required.is_empty() {
        return Some(Json::Object(required));
    }
    let first = ty.fields.iter().filter(|def| !def.read_only && !["apiVersion", "kind"].contains(&def.name));
    Some(Json::Object(first.filter_map(one).take(1).collect()))
}

fn scalar_example(kind: &Kind) -> Json {
    match kind {
        Kind::Bool => json!(true),
        Kind::Int32 | Kind::Int64 | Kind::IntOrString => json!(1),
        Kind::Quantity => json!("1Gi"),
        Kind::Time => json!("2026-01-02T03:04:05Z"),
        _ => json!("example"),
    }
}

/// Whether a value is one of the kind and has no field that this version does not know.
fn fits(value: &Json, kind: &Kind, schema: &Schema) -> bool {
    match (kind, value) {
        (Kind::Object(id), Json::Object(map)) => map
            .iter()
            .all(|(key, value)| schema.ty(*id).field(key).is_some_and(|def| fits(value, &def.kind, schema))),
        (Kind::List(item), Json::Array(items)) => items.iter().all(|value| fits(value, item, schema)),
        (Kind::Map(item), Json::Object(map)) => map.values().all(|value| fits(value, item, schema)),
        (Kind::Bool, value) => value.is_boolean(),
        (Kind::Int32 | Kind::Int64, value) => value.is_i64(),
        (Kind::IntOrString, value) => value.is_i64() || value.is_string(),
        (Kind::String | Kind::Quantity | Kind::Time, value) => value.is_string(),
        (Kind::Any, _) => true,
        _ => false,
    }
}

/// The example under its field's name. Permission bits are written in octal, as people do.
fn example_text(place: &Place, value: &Json) -> String {
    let Some((_, def)) = place.declared else { return yaml::emit(value) };
    match value.as_i64() {
        Some(mode) if ["mode", "defaultMode"].contains(&def.name) => format!("{}: 0{mode:o}\n", def.name),
        _ => yaml::emit(&json!({ def.name: value })),
    }
}

fn object_of(kind: &Kind) -> Option<TypeId> {
    match innermost(kind) {
        Kind::Object(id) => Some(*id),
        _ => None,
    }
}

fn innermost(kind: &Kind) -> &Kind {
    match kind {
        Kind::List(item) | Kind::Map(item) => innermost(item),
        kind => kind,
    }
}

fn quoted(value: &str) -> String {
    if value.is_empty() { "\"\"".to_owned() } else { value.to_owned() }
}

fn list(values: &[&str]) -> String {
    values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ")
}

/// The words around the facts, in one language.
#[derive(Debug)]
pub struct Words {
    kind: &'static str,
    required: &'static str,
    read_only: &'static str,
    default: &'static str,
    by_server: &'static str,
    implied: &'static str,
    checked: &'static str,
    quantity: &'static str,
    time: &'static str,
    int_or_string: &'static str,
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
    yes: &'static str,
    no: &'static str,
    /// Over the allowed values.
    pub values: &'static str,
    /// Over the example.
    pub example: &'static str,
    /// Before the address in the Kubernetes reference.
    pub reference: &'static str,
    /// Over the fields of a type.
    pub fields: &'static str,
    /// Beside a field that the server requires.
    pub must: &'static str,
}

impl Words {
    /// The words in a language.
    pub fn of(lang: Lang) -> &'static Words {
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
    checked: "checked",
    quantity: "a number with an optional unit: m, k, M, G, T or Ki, Mi, Gi, Ti",
    time: "a moment as in RFC 3339: 2026-01-02T03:04:05Z",
    int_or_string: "a whole number, or a text such as a percentage or a port's name",
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
    yes: "yes",
    no: "no",
    values: "values",
    example: "example",
    reference: "reference",
    fields: "fields",
    must: "required",
};

const CHINESE: Words = Words {
    kind: "类型",
    required: "必填",
    read_only: "只读",
    default: "默认值",
    by_server: "由服务器填入",
    implied: "未设置时的含义",
    checked: "检查",
    quantity: "数字加可选的单位：m、k、M、G、T 或 Ki、Mi、Gi、Ti",
    time: "RFC 3339 格式的时间：2026-01-02T03:04:05Z",
    int_or_string: "整数，或百分比、端口名等文本",
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
    yes: "是",
    no: "否",
    values: "可选值",
    example: "示例",
    reference: "参考文档",
    fields: "字段",
    must: "必填",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str, version: &str) -> (Place, &'static Schema) {
        let schema = Schema::at(version.parse().expect("version"));
        (Place::find(&path.parse().expect("path"), schema).expect(path), schema)
    }

    #[test]
    fn every_allowed_value_of_every_version_has_a_word_in_both_languages() {
        let mut told = 0;
        for version in Version::all() {
            let schema = Schema::at(version);
            let names: Vec<String> = schema::texts(include_str!("../assets/help.json"))
                .keys()
                .map(|key| key.to_string())
                .collect();
            for ty in names.iter().filter_map(|name| schema.named(name)).map(|(_, ty)| ty) {
                for def in ty.fields.iter().filter(|def| !def.values.is_empty()) {
                    for (en, zh) in values(ty, def, Lang::En).iter().zip(values(ty, def, Lang::Zh)) {
                        told += 1;
                        assert!(!en.about.is_empty(), "{}.{}={}", ty.name, def.name, en.value);
                        assert!(!zh.about.is_empty() && zh.about != en.about, "{}={}", def.name, en.value);
                    }
                }
            }
        }
        assert!(told > 1000, "{told} values");
    }

    /// The type and the field of a key, which must be in some version.
    fn known(key: &str) -> bool {
        let Some((ty, field)) = key.rsplit_once('.') else {
            return Version::all().any(|version| Schema::at(version).named(key).is_some());
        };
        schema::lifetime(ty, field).is_some()
    }

    #[test]
    fn the_assets_speak_of_nothing_that_no_version_has() {
        let checks = schema::texts(include_str!("../assets/checks.json"));
        assert!(checks.len() >= 120, "{} checks", checks.len());
        for key in checks.keys() {
            assert!(known(key), "checks.json: {key}");
        }
        for key in schema::texts(include_str!("../assets/values.json")).keys() {
            let (field, value) = key.split_once('=').expect("a value");
            let somewhere = Version::all().any(|version| {
                let (ty, name) = field.rsplit_once('.').expect("a field");
                let def = Schema::at(version).named(ty).and_then(|(_, ty)| ty.field(name));
                def.is_some_and(|def| def.values.contains(&value))
            });
            assert!(somewhere, "values.json: {key}");
        }
        let examples: HashMap<String, Json> =
            serde_json::from_str(include_str!("../assets/examples.json")).expect("examples.json");
        for key in examples.keys().filter(|key| !key.starts_with('.')) {
            assert!(known(key), "examples.json: {key}");
        }
    }

    #[test]
    fn what_is_checked_is_told_in_both_languages() {
        for (key, text) in schema::texts(include_str!("../assets/checks.json")) {
            let (en, zh) = (text.in_lang(Lang::En), text.in_lang(Lang::Zh));
            assert!(en.is_ascii() && en.len() <= 250 && !en.ends_with("; "), "{key}: {en}");
            assert!(
                zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && !zh.ends_with('；'),
                "{zh}"
            );
        }
    }

    #[test]
    fn a_default_in_words_is_told_in_both_languages() {
        let schema = Schema::at(Version::NEWEST);
        for key in schema::texts(include_str!("../assets/help.json")).keys() {
            let Some((_, ty)) = schema.named(key) else { continue };
            for def in &ty.fields {
                let Some(ghost) = def.ghost() else { continue };
                let told = default_in_words(ty, def, Lang::En);
                assert!(told.is_none_or(|told| told == ghost), "{key}.{}: {told:?}", def.name);
                assert!(told.is_some() || !ghost.contains(' '), "{key}.{}: {ghost}", def.name);
            }
        }
    }

    #[test]
    fn the_reference_is_linked_by_version_group_and_type() {
        for (path, version, end) in [
            ("spec.containers", "1.37", "v1.37/#container-v1-core"),
            ("spec.containers.image", "1.30", "v1.30/#container-v1-core"),
            ("metadata", "1.37", "v1.37/#objectmeta-v1-meta"),
            ("Deployment", "1.37", "v1.37/#deployment-v1-apps"),
            ("Deployment.spec.template.spec", "1.37", "v1.37/#podspec-v1-core"),
            ("CronJob.spec.schedule", "1.29", "v1.29/#cronjobspec-v1-batch"),
            (
                "Job.spec.scheduling.schedulingConstraints.topology",
                "1.37",
                "#topologyconstraint-v1alpha3-scheduling-k8s-io",
            ),
        ] {
            let (place, schema) = at(path, version);
            let link = explain(&place, schema, Lang::En).reference.expect(path);
            assert!(link.starts_with("https://kubernetes.io/docs/reference/generated/kubernetes-api/v1."));
            assert!(link.ends_with(end), "{link}");
        }
    }

    #[test]
    fn the_items_and_entries_of_a_document_are_told_by_the_field_that_holds_them() {
        let schema = Schema::at(Version::NEWEST);
        let (id, _) = schema.root("v1", "Pod").expect("Pod");
        let nothing = yaml::Data { value: yaml::Value::Null, span: 0..0, implied: true };
        let root = Field::root(schema, id, &nothing);
        for (path, name) in [
            ("spec.containers[0].args[1]", "spec.containers[0].args"),
            ("metadata.labels[app]", "metadata.labels"),
            ("spec.containers[0].image", "spec.containers[0].image"),
            ("spec.containers[0]", "spec.containers[0]"),
        ] {
            assert_eq!(Place::of(&root, &path.parse().expect("path")).name, name);
        }
    }
}
