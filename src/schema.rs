//! The types of Kubernetes as data: which fields a Pod and its holders have at each version, of what kind, required or
//! not, with which values, defaults, gates and help. Knows no rules.
//!
//! The data are `assets/schema.json` (made by `assets/build-schema.py` from the published schemas and our overlay) and
//! `assets/help.json` (our own words). [`Schema::at`] gives the types of one version.

use crate::path::Path;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, OnceLock};

const FIRST_MINOR: u8 = 29;
const LAST_MINOR: u8 = 37;

/// A Kubernetes minor version that Podwright knows, 1.29 to 1.37.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u8);

impl Version {
    /// The newest version that the schema covers.
    pub const NEWEST: Version = Version(LAST_MINOR);

    /// The minor number: 36 of 1.36.
    pub fn minor(self) -> u8 {
        self.0
    }

    /// Every known version, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Version> {
        (FIRST_MINOR..=LAST_MINOR).map(Version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `1.36` or `v1.36`.
    fn from_str(text: &str) -> Result<Version, String> {
        let minor = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.").and_then(|m| m.parse().ok());
        match minor {
            Some(minor) if (FIRST_MINOR..=LAST_MINOR).contains(&minor) => Ok(Version(minor)),
            _ => Err(format!("Kubernetes {text} is not known here: use 1.{FIRST_MINOR} to 1.{LAST_MINOR}")),
        }
    }
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text.
    String,
    /// `true` or `false`.
    Bool,
    /// A 32-bit integer.
    Int32,
    /// A 64-bit integer.
    Int64,
    /// An amount with a unit: `500m`, `1.5Gi` (apimachinery `resource.Quantity`).
    Quantity,
    /// A number or a text: a port by number or name, a count or a percentage (`intstr.IntOrString`).
    IntOrString,
    /// A moment in RFC 3339 form (`metav1.Time`, `metav1.MicroTime`).
    Time,
    /// Anything (`metav1.FieldsV1`).
    Any,
    /// An object of a type.
    Object(TypeId),
    /// A list of values of one kind.
    List(Box<Kind>),
    /// A map from text to values of one kind.
    Map(Box<Kind>),
}

/// Which type of a [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeId(usize);

/// The types of one Kubernetes version.
#[derive(Debug)]
pub struct Schema {
    /// The version.
    pub version: Version,
    types: Vec<Type>,
    /// `Kind::Object` of each type, for those who need a lasting reference to it.
    object_kinds: Vec<Kind>,
    by_name: HashMap<&'static str, TypeId>,
}

/// An object type: its fields in upstream's order.
#[derive(Debug)]
pub struct Type {
    /// The type's name, as in upstream's Go packages: `Container`.
    pub name: &'static str,
    /// API group, version and kind, for a type that stands at the top of a manifest.
    pub gvk: Option<[&'static str; 3]>,
    /// The API group whose package declares the type: `core`, `apps`, `batch`, `meta`, …
    pub group: &'static str,
    /// The fields, in upstream's order.
    pub fields: Vec<FieldDef>,
    /// How some of the fields exclude one another.
    pub union: Option<Union>,
}

/// A field of a type.
#[derive(Debug)]
pub struct FieldDef {
    /// The name in YAML.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// Whether the server refuses an object that leaves it out where its parent is set.
    pub required: bool,
    /// Whether only the server sets it (`status`, `metadata.uid`).
    pub read_only: bool,
    /// The only allowed values, if they are known; empty if any value of the kind may stand.
    pub values: Vec<&'static str>,
    /// Values worth offering; others may stand as well.
    pub suggestions: Vec<&'static str>,
    /// What holds when the field is absent.
    pub default: Option<Default>,
    /// The first known version that has the field, if it is newer than 1.29.
    pub since: Option<Version>,
    /// The last version that has the field, if it is gone since.
    pub until: Option<Version>,
    /// The feature gate that it needs.
    pub gate: Option<&'static str>,
    /// Of a list: `atomic`, `set` or `map`.
    pub list_type: Option<&'static str>,
    /// Of a list of type `map`: the fields that tell its items apart.
    pub list_keys: Vec<&'static str>,
}

/// What holds when a field is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Default {
    /// The server writes this value into the object.
    Server(Cow<'static, str>),
    /// The object stays without it and means this.
    Implied(Cow<'static, str>),
    /// It depends; the words say on what.
    Conditional(Cow<'static, str>),
}

/// How the members of a union exclude one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Union {
    /// The rule.
    pub rule: UnionRule,
    /// The fields that take part.
    pub members: Vec<&'static str>,
}

/// The rule of a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnionRule {
    /// Exactly one member must be set.
    One,
    /// At most one member may be set.
    AtMostOne,
    /// The members go with one value of another field.
    Discriminated {
        /// The field that decides.
        field: &'static str,
        /// Its value with which the members go.
        value: &'static str,
    },
}

/// A feature gate's state at a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateState {
    /// `alpha`, `beta`, `GA` or `deprecated`.
    pub stage: &'static str,
    /// Whether it is on without being asked for.
    pub on: bool,
}

/// A language of the help texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, std::default::Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Schema {
    /// The types of a version; built once, on first use.
    pub fn at(version: Version) -> &'static Schema {
        static SCHEMAS: [OnceLock<Schema>; (LAST_MINOR - FIRST_MINOR + 1) as usize] =
            [const { OnceLock::new() }; (LAST_MINOR - FIRST_MINOR + 1) as usize];
        SCHEMAS[usize::from(version.0 - FIRST_MINOR)].get_or_init(|| Schema::build(version))
    }

    /// The type behind an id of this schema.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.0]
    }

    /// The kind of a value of that type.
    pub fn object_kind(&self, id: TypeId) -> &Kind {
        &self.object_kinds[id.0]
    }

    /// A type by name.
    pub fn named(&self, name: &str) -> Option<(TypeId, &Type)> {
        self.by_name.get(name).map(|id| (*id, self.ty(*id)))
    }

    /// The type that a manifest of this `apiVersion` and `kind` has, if it is one that Podwright knows.
    pub fn root(&self, api_version: &str, kind: &str) -> Option<(TypeId, &Type)> {
        self.roots()
            .find(|(_, ty)| ty.kind() == Some(kind) && ty.api_version().as_deref() == Some(api_version))
    }

    /// Every type.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        self.types.iter()
    }

    /// The types that stand at the top of a manifest.
    pub fn roots(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        self.types.iter().enumerate().filter(|(_, ty)| ty.gvk.is_some()).map(|(i, ty)| (TypeId(i), ty))
    }

    /// Where an object of a root type holds its pod spec: `spec`, `spec.template.spec`, …
    pub fn pod_spec_path(&self, root: TypeId) -> Path {
        let steps: &[&'static str] = match self.ty(root).name {
            "Pod" => &["spec"],
            "PodTemplate" => &["template", "spec"],
            "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
            _ => &["spec", "template", "spec"],
        };
        steps.iter().fold(Path::root(), |path, step| path.field(*step))
    }

    /// The state of a feature gate at this version; `None` if the version does not have the gate.
    pub fn gate(&self, gate: &str) -> Option<GateState> {
        let stages = RAW.gates.get(gate)?;
        let (stage, on, _) = stages.iter().rfind(|(_, _, since)| version(since) <= self.version.0)?;
        Some(GateState { stage, on: *on != 0 })
    }

    /// Whether the version's API server keeps the field on create: it has no gate, or its gate is on by default.
    pub fn keeps(&self, field: &FieldDef) -> bool {
        field.gate.is_none_or(|gate| self.gate(gate).is_some_and(|state| state.on))
    }

    /// The name of a kind, for people: `string`, `list of Container`.
    pub fn describe(&self, kind: &Kind) -> String {
        match kind {
            Kind::String => "string".to_owned(),
            Kind::Bool => "boolean".to_owned(),
            Kind::Int32 => "integer (32 bits)".to_owned(),
            Kind::Int64 => "integer (64 bits)".to_owned(),
            Kind::Quantity => "quantity".to_owned(),
            Kind::IntOrString => "integer or string".to_owned(),
            Kind::Time => "time (RFC 3339)".to_owned(),
            Kind::Any => "anything".to_owned(),
            Kind::Object(id) => self.ty(*id).name.to_owned(),
            Kind::List(item) => format!("list of {}", self.describe(item)),
            Kind::Map(item) => format!("map of string to {}", self.describe(item)),
        }
    }

    fn build(at: Version) -> Schema {
        let there = |since: &Option<&str>, until: &Option<&str>| {
            since.is_none_or(|v| version(v) <= at.0) && until.is_none_or(|v| version(v) >= at.0)
        };
        let names: Vec<&'static str> =
            RAW.types.iter().filter(|(_, ty)| there(&ty.since, &ty.until)).map(|(name, _)| *name).collect();
        let by_name: HashMap<_, _> = names.iter().enumerate().map(|(i, name)| (*name, TypeId(i))).collect();
        let types = names
            .iter()
            .map(|name| {
                let raw = &RAW.types[name];
                let fields: Vec<FieldDef> = raw
                    .fields
                    .iter()
                    .filter(|field| there(&field.since, &field.until))
                    .filter_map(|field| field_def(field, at, &by_name))
                    .collect();
                let union = raw.union.as_ref().map(|union| Union::of(union, &fields));
                Type { name, gvk: raw.gvk, group: raw.group.unwrap_or("core"), fields, union }
            })
            .collect();
        let object_kinds = (0..names.len()).map(|i| Kind::Object(TypeId(i))).collect();
        Schema { version: at, types, object_kinds, by_name }
    }
}

impl Type {
    /// A field by its name in YAML.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        // Names of another length are told apart at once, and no type has more than a few dozen fields: hashing is slower.
        self.fields.iter().find(|field| field.name == name)
    }

    /// `apps/v1`, for a type that stands at the top of a manifest.
    pub fn api_version(&self) -> Option<String> {
        self.gvk.map(|[group, version, _]| match group {
            "" | "core" => version.to_owned(),
            group => format!("{group}/{version}"),
        })
    }

    /// `Deployment`, for a type that stands at the top of a manifest.
    pub fn kind(&self) -> Option<&'static str> {
        self.gvk.map(|[_, _, kind]| kind)
    }
}

impl FieldDef {
    /// The value that stands in the field's place while it is absent, if it can be named.
    pub fn ghost(&self) -> Option<&str> {
        match self.default.as_ref()? {
            Default::Server(value) | Default::Implied(value) | Default::Conditional(value) => Some(value),
        }
    }
}

/// The versions that have a field of a type, whatever the target version: first and last, `None` for no bound;
/// the whole is `None` if no known version has the field.
pub fn lifetime(type_name: &str, field: &str) -> Option<(Option<Version>, Option<Version>)> {
    let raw = RAW.types.get(type_name)?.fields.iter().find(|raw| raw.name == field)?;
    let bound = |text: Option<&str>| text.and_then(|v| v.parse().ok());
    Some((bound(raw.since), bound(raw.until)))
}

/// Our own help on a field (`Container`, `image`) or, with an empty field, on a type.
pub fn help(type_name: &str, field: &str, lang: Lang) -> Option<&'static str> {
    static HELP: LazyLock<Texts> = LazyLock::new(|| texts(include_str!("../assets/help.json")));
    let key = if field.is_empty() { type_name.to_owned() } else { format!("{type_name}.{field}") };
    Some(HELP.get(key.as_str())?.in_lang(lang))
}

/// Texts in both languages, by the key under which an asset has them.
pub(crate) type Texts = BTreeMap<Cow<'static, str>, Text<'static>>;

/// Reads an asset of texts.
pub(crate) fn texts(asset: &'static str) -> Texts {
    serde_json::from_str(asset).unwrap_or_default()
}

/// A text in both languages.
#[derive(Deserialize)]
pub(crate) struct Text<'a> {
    #[serde(borrow)]
    en: Cow<'a, str>,
    #[serde(borrow)]
    zh: Cow<'a, str>,
}

impl Text<'_> {
    /// The text in one of them.
    pub(crate) fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

// What `assets/schema.json` holds; its keys are explained in assets/README.md.

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    gates: HashMap<&'a str, Vec<(&'a str, u8, &'a str)>>,
    #[serde(borrow)]
    types: BTreeMap<&'a str, RawType<'a>>,
}

#[derive(Deserialize)]
struct RawType<'a> {
    #[serde(borrow)]
    gvk: Option<[&'a str; 3]>,
    #[serde(rename = "a", borrow)]
    group: Option<&'a str>,
    #[serde(rename = "s", borrow)]
    since: Option<&'a str>,
    #[serde(rename = "u", borrow)]
    until: Option<&'a str>,
    #[serde(rename = "x", borrow)]
    union: Option<RawUnion<'a>>,
    #[serde(rename = "f", borrow)]
    fields: Vec<RawField<'a>>,
}

/// Rule and members, and of a discriminated union the field and the value that it goes with.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawUnion<'a> {
    #[serde(borrow)]
    Plain((&'a str, Vec<&'a str>)),
    #[serde(borrow)]
    Discriminated((&'a str, Vec<&'a str>, &'a str)),
}

#[derive(Deserialize)]
struct RawField<'a> {
    #[serde(rename = "n")]
    name: &'a str,
    #[serde(rename = "t")]
    kind: &'a str,
    #[serde(rename = "fmt", borrow)]
    format: Option<&'a str>,
    #[serde(rename = "r", default)]
    required: u8,
    #[serde(rename = "ro", default)]
    read_only: u8,
    #[serde(rename = "e", default, borrow)]
    values: Vec<&'a str>,
    #[serde(rename = "es", default, borrow)]
    values_since: HashMap<&'a str, (&'a str, &'a str)>,
    #[serde(rename = "o", default, borrow)]
    suggestions: Vec<&'a str>,
    #[serde(rename = "v", borrow)]
    default: Option<Cow<'a, str>>,
    #[serde(rename = "vk", borrow)]
    default_kind: Option<&'a str>,
    #[serde(rename = "s", borrow)]
    since: Option<&'a str>,
    #[serde(rename = "u", borrow)]
    until: Option<&'a str>,
    #[serde(rename = "g", borrow)]
    gate: Option<&'a str>,
    #[serde(rename = "lt", borrow)]
    list_type: Option<&'a str>,
    #[serde(rename = "lk", default, borrow)]
    list_keys: Vec<&'a str>,
    #[serde(rename = "ch", default, borrow)]
    changes: BTreeMap<&'a str, RawChange>,
}

#[derive(Deserialize)]
struct RawChange {
    #[serde(rename = "r")]
    required: Option<u8>,
}

static RAW: LazyLock<Raw<'static>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../assets/schema.json"))
        .unwrap_or_else(|error| unreachable!("assets/schema.json: {error}"))
});

/// The minor number of `1.36`; 0 for anything else, which the tests of the asset rule out.
fn version(text: &str) -> u8 {
    text.strip_prefix("1.").and_then(|minor| minor.parse().ok()).unwrap_or(0)
}

fn field_def(
    raw: &'static RawField<'static>,
    at: Version,
    types: &HashMap<&'static str, TypeId>,
) -> Option<FieldDef> {
    // A change tells how the field was up to and including that version.
    let required = raw
        .changes
        .iter()
        .filter(|(last, _)| version(last) >= at.0)
        .min_by_key(|(last, _)| version(last))
        .and_then(|(_, change)| change.required)
        .unwrap_or(raw.required);
    let values = raw
        .values
        .iter()
        .copied()
        .filter(|value| raw.values_since.get(value).is_none_or(|(since, _)| version(since) <= at.0));
    let default = raw.default.clone().map(|value| match raw.default_kind {
        Some("i") => Default::Implied(value),
        Some("c") => Default::Conditional(value),
        _ => Default::Server(value),
    });
    Some(FieldDef {
        name: raw.name,
        kind: kind(raw.kind, raw.format, types)?,
        required: required != 0,
        read_only: raw.read_only != 0,
        values: values.collect(),
        suggestions: raw.suggestions.clone(),
        default,
        since: raw.since.and_then(|v| v.parse().ok()),
        until: raw.until.and_then(|v| v.parse().ok()),
        gate: raw.gate,
        list_type: raw.list_type,
        list_keys: raw.list_keys.clone(),
    })
}

/// Reads a kind as the asset spells it: `string`, `[]Container`, `map:Quantity`.
fn kind(text: &str, format: Option<&str>, types: &HashMap<&'static str, TypeId>) -> Option<Kind> {
    if let Some(item) = text.strip_prefix("[]") {
        return kind(item, format, types).map(|kind| Kind::List(Box::new(kind)));
    }
    if let Some(item) = text.strip_prefix("map:") {
        return kind(item, format, types).map(|kind| Kind::Map(Box::new(kind)));
    }
    Some(match text {
        "string" => Kind::String,
        "boolean" => Kind::Bool,
        "integer" if format == Some("int32") => Kind::Int32,
        "integer" => Kind::Int64,
        "Quantity" => Kind::Quantity,
        "IntOrString" => Kind::IntOrString,
        "Time" | "MicroTime" => Kind::Time,
        "FieldsV1" => Kind::Any,
        name => Kind::Object(*types.get(name)?),
    })
}

impl Union {
    fn of(raw: &'static RawUnion<'static>, fields: &[FieldDef]) -> Union {
        let (rule, members) = match raw {
            RawUnion::Plain(("max1", members)) => (UnionRule::AtMostOne, members),
            RawUnion::Plain((_, members)) => (UnionRule::One, members),
            RawUnion::Discriminated((_, members, by)) => {
                let (field, value) = by.split_once('=').unwrap_or((by, ""));
                (UnionRule::Discriminated { field, value }, members)
            }
        };
        let there = |name: &&str| fields.iter().any(|field| field.name == *name);
        Union { rule, members: members.iter().copied().filter(there).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_builds_and_knows_the_roots() {
        for version in Version::all() {
            let schema = Schema::at(version);
            for (api_version, kind) in [
                ("v1", "Pod"),
                ("v1", "PodTemplate"),
                ("v1", "ReplicationController"),
                ("apps/v1", "Deployment"),
                ("apps/v1", "DaemonSet"),
                ("apps/v1", "StatefulSet"),
                ("apps/v1", "ReplicaSet"),
                ("batch/v1", "Job"),
                ("batch/v1", "CronJob"),
            ] {
                assert!(schema.root(api_version, kind).is_some(), "{kind} at {version}");
            }
        }
    }

    #[test]
    fn every_field_of_the_asset_exists_at_some_version() {
        for (name, raw) in &RAW.types {
            for field in &raw.fields {
                let somewhere = Version::all().any(|version| {
                    Schema::at(version).named(name).is_some_and(|(_, ty)| ty.field(field.name).is_some())
                });
                assert!(somewhere, "{name}.{}", field.name);
            }
        }
    }

    #[test]
    fn versions_decide_which_fields_exist() {
        let has = |version: &str, ty: &str, field: &str| {
            let version = version.parse().expect("version");
            Schema::at(version).named(ty).is_some_and(|(_, ty)| ty.field(field).is_some())
        };
        assert!(!has("1.33", "PodSpec", "hostnameOverride") && has("1.34", "PodSpec", "hostnameOverride"));
        assert!(has("1.35", "PodSpec", "workloadRef") && !has("1.36", "PodSpec", "workloadRef"));
    }

    #[test]
    fn gates_follow_their_stages() {
        let gate = |version: &str| Schema::at(version.parse().expect("version")).gate("ImageVolume");
        assert_eq!(gate("1.29"), None);
        assert_eq!(gate("1.33"), Some(GateState { stage: "beta", on: false }));
        assert_eq!(gate("1.37"), Some(GateState { stage: "GA", on: true }));
    }

    /// Every type and field of a version, from the roots down; with an empty field, the type itself.
    fn reachable(schema: &Schema) -> Vec<(&'static str, &'static str)> {
        let mut found = Vec::new();
        let mut open: Vec<TypeId> = schema.roots().map(|(id, _)| id).collect();
        let mut seen = open.clone();
        while let Some(id) = open.pop() {
            let ty = schema.ty(id);
            found.push((ty.name, ""));
            for field in &ty.fields {
                found.push((ty.name, field.name));
                let mut kind = &field.kind;
                while let Kind::List(item) | Kind::Map(item) = kind {
                    kind = item;
                }
                if let Kind::Object(below) = kind
                    && !seen.contains(below)
                {
                    seen.push(*below);
                    open.push(*below);
                }
            }
        }
        found
    }

    #[test]
    fn every_field_of_every_version_is_explained_in_both_languages() {
        for version in Version::all() {
            let fields = reachable(Schema::at(version));
            assert!(fields.len() > 900, "{} fields at {version}", fields.len());
            for (ty, field) in fields {
                for lang in [Lang::En, Lang::Zh] {
                    let help = help(ty, field, lang).unwrap_or_default();
                    let length = help.chars().count();
                    assert!((2..=400).contains(&length), "{ty}.{field} in {lang:?}: {length} characters");
                    let is_chinese = help.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                    assert_eq!(is_chinese, lang == Lang::Zh, "{ty}.{field} in {lang:?}: {help}");
                }
            }
        }
    }

    #[test]
    fn help_speaks_of_nothing_that_no_version_has() {
        let known: Vec<(&str, &str)> =
            Version::all().flat_map(|version| reachable(Schema::at(version))).collect();
        for key in texts(include_str!("../assets/help.json")).keys() {
            let there = known.contains(&(key, ""))
                || key.rsplit_once('.').is_some_and(|(ty, field)| known.contains(&(ty, field)));
            assert!(there, "{key}");
        }
    }
}
