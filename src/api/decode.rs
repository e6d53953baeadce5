//! From YAML values to an object of its type, as the server does it with strict field validation: unknown and repeated
//! fields are errors with which the object can still be looked at; a value of the wrong kind ends everything.

use super::quantity::Quantity;
use crate::diagnostic::{Diagnostic, Kind, Stage, nearest};
use crate::path::{Path, Step};
use crate::schema::{self, FieldDef, Schema, Type, TypeId};
use crate::yaml::{self, Change, Data, Map, Member, Resolved, Value};
use std::borrow::Cow;
use std::ops::Range;

/// What decoding found.
pub struct Decoded {
    /// The type that `apiVersion` and `kind` name, if Podwright knows it.
    pub root: Option<TypeId>,
    /// The problems, in the server's order.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the server stops here: there is no object to look at.
    pub failed: bool,
}

/// The kinds of the API groups of which Podwright knows some kinds: any other name there is a mistake, while a group that
/// Podwright does not know may hold what it likes.
const GROUPS: [(&str, &[&str]); 5] = [
    (
        "v1",
        &[
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "List",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    ),
    ("apps/v1", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    ("batch/v1", &["CronJob", "Job"]),
    // These are gone; every manifest that still names them needs another version.
    ("batch/v1beta1", &[]),
    ("extensions/v1beta1", &[]),
];

/// Decodes a document: finds its type, then holds every value against it.
pub fn decode(data: &Data, schema: &Schema) -> Decoded {
    let mut decoder =
        Decoder { schema, path: Vec::new(), duplicates: Vec::new(), unknown: Vec::new(), wrong: Vec::new() };
    decoder.duplicates_in(data);
    let root = match root(data, schema) {
        Ok(root) => root,
        Err(diagnostic) => return Decoded { root: None, diagnostics: vec![*diagnostic], failed: true },
    };
    if let (Some(id), Value::Map(map)) = (root, &data.value) {
        decoder.object(schema.ty(id), map, true);
    }
    let failed = !decoder.wrong.is_empty();
    let mut diagnostics = decoder.wrong;
    if !failed {
        // The reader finds repeated keys before the decoder looks at fields, which come to it sorted by name.
        decoder.duplicates.sort_by_key(|diagnostic| diagnostic.span.start);
        decoder.unknown.sort_by(|a, b| a.path.cmp(&b.path));
        diagnostics.append(&mut decoder.duplicates);
        diagnostics.append(&mut decoder.unknown);
    }
    Decoded { root, diagnostics, failed }
}

/// The type that a document names; `None` for one that Podwright does not know but the server may.
fn root(data: &Data, schema: &Schema) -> Result<Option<TypeId>, Box<Diagnostic>> {
    let malformed = |path: Path, span: Range<usize>, message: String| {
        Box::new(Diagnostic {
            stage: Stage::Decode,
            kind: Kind::Malformed,
            place: path.clone(),
            path,
            span,
            message,
            fixes: Vec::new(),
        })
    };
    let Value::Map(map) = &data.value else {
        let message = match &data.value {
            Value::Null => "The document is empty.",
            Value::List(_) => {
                "A manifest is a mapping; for several objects write several documents, with --- between them."
            }
            _ => "A manifest is a mapping with apiVersion, kind, metadata and spec.",
        };
        return Err(malformed(Path::root(), data.span.clone(), message.to_owned()));
    };
    let text = |name: &'static str, example: &str| match map.member(name) {
        Some(Member { data: Data { value: Value::String(text), .. }, .. }) if !text.is_empty() => {
            Ok(text.as_str())
        }
        Some(Member { data, key_span, .. }) => {
            let span = if data.span.is_empty() { key_span.clone() } else { data.span.clone() };
            Err(malformed(
                Path::root().field(name),
                span,
                format!("{name} must be a text, such as {example}"),
            ))
        }
        None => {
            let start = data.span.start;
            let message = match map.member("apiVersion") {
                None if name == "kind" => "apiVersion and kind are missing, such as v1 and Pod".to_owned(),
                _ => format!("{name} is missing, such as {example}"),
            };
            Err(malformed(Path::root().field(name), start..start, message))
        }
    };
    let kind = text("kind", "Pod")?;
    let api_version = text("apiVersion", "v1")?;
    if let Some((id, _)) = schema.root(api_version, kind) {
        return Ok(Some(id));
    }
    let known = GROUPS.iter().find(|(group, _)| *group == api_version.trim());
    let here = |name: &str| map.get(name).map(|data| data.span.clone()).unwrap_or_default();
    match known {
        Some((group, kinds)) if *group == api_version && kinds.contains(&kind) => Ok(None),
        Some((group, kinds)) => {
            let home =
                schema.roots().find(|(_, ty)| ty.kind().is_some_and(|name| name.eq_ignore_ascii_case(kind)));
            let near = home.and_then(|(_, ty)| ty.kind()).or_else(|| nearest(kind, kinds));
            if *group == api_version && near.is_some_and(|near| kinds.contains(&near)) {
                let near = near.unwrap_or_default();
                let mut found = malformed(
                    Path::root().field("kind"),
                    here("kind"),
                    format!("{group} has no kind {kind}"),
                );
                found.fix_set(format!("Did you mean {near}?"), near);
                return Err(found);
            }
            let message = format!("{api_version} has no kind {kind}");
            let mut found = malformed(Path::root().field("apiVersion"), here("apiVersion"), message);
            if let Some(version) = home.and_then(|(_, ty)| ty.api_version()) {
                found.message = format!("{kind} is of {version}, not of {api_version}");
                found.fix_set(format!("Use {version}"), version.as_str());
            }
            Err(found)
        }
        None => Ok(None),
    }
}

/// The items of a `List` of `v1`; none for any other document.
pub fn items_of_list(data: &Data) -> &[Data] {
    let Value::Map(map) = &data.value else { return &[] };
    let is = |key: &str, value: &str| matches!(map.get(key), Some(Data { value: Value::String(text), .. }) if text == value);
    match map.get("items").map(|data| &data.value) {
        Some(Value::List(items)) if is("apiVersion", "v1") && is("kind", "List") => items,
        _ => &[],
    }
}

struct Decoder<'s> {
    schema: &'s Schema,
    /// The way from the object to the value looked at; the server prints map keys like fields here.
    path: Vec<Step>,
    duplicates: Vec<Diagnostic>,
    unknown: Vec<Diagnostic>,
    wrong: Vec<Diagnostic>,
}

impl Decoder<'_> {
    fn found(&self, kind: Kind, span: Range<usize>, message: String) -> Diagnostic {
        let path = Path::from(self.path.clone());
        Diagnostic { stage: Stage::Decode, kind, place: path.clone(), path, span, message, fixes: Vec::new() }
    }

    /// Collects the repeated keys of all mappings, of unknown fields too. The reader bounds how deep values nest.
    fn duplicates_in(&mut self, data: &Data) {
        match &data.value {
            Value::Map(map) => {
                for (key, span) in &map.duplicates {
                    self.path.push(Step::Field(Cow::Owned(key.clone())));
                    let message =
                        format!("{key} is given more than once; the last one counts. Remove all but one.");
                    let found = self.found(Kind::DuplicateKey, span.clone(), message);
                    self.duplicates.push(found);
                    self.path.pop();
                }
                for member in &map.members {
                    if matches!(member.data.value, Value::Map(_) | Value::List(_)) {
                        self.path.push(Step::Field(Cow::Owned(member.key.clone())));
                        self.duplicates_in(&member.data);
                        self.path.pop();
                    }
                }
            }
            Value::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.path.push(Step::Index(i));
                    self.duplicates_in(item);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, ty: &Type, map: &Map, is_root: bool) {
        // The fields that a misspelt one may stand for: those that are not given.
        let mut free: Option<Vec<&str>> = None;
        for member in &map.members {
            match ty.field(&member.key) {
                Some(def) => {
                    self.path.push(Step::Field(Cow::Borrowed(def.name)));
                    self.value(&def.kind, &member.data, &member.key_span);
                    self.path.pop();
                }
                None if is_root && matches!(member.key.as_str(), "apiVersion" | "kind") => {}
                None => {
                    let free = free.get_or_insert_with(|| {
                        ty.fields.iter().map(|def| def.name).filter(|name| map.get(name).is_none()).collect()
                    });
                    self.unknown_field(ty, free, member);
                }
            }
        }
    }

    fn value(&mut self, kind: &schema::Kind, data: &Data, near: &Range<usize>) {
        use schema::Kind as K;
        let fits = match (kind, &data.value) {
            (K::Any, _) | (_, Value::Null) => true,
            (K::Object(id), Value::Map(map)) => {
                let ty = self.schema.ty(*id);
                self.object(ty, map, false);
                true
            }
            (K::List(item), Value::List(items)) => {
                for (i, data) in items.iter().enumerate() {
                    self.path.push(Step::Index(i));
                    self.value(item, data, &data.span);
                    self.path.pop();
                }
                true
            }
            (K::Map(item), Value::Map(map)) => {
                for member in &map.members {
                    self.path.push(Step::Field(Cow::Owned(member.key.clone())));
                    self.value(item, &member.data, &member.key_span);
                    self.path.pop();
                }
                true
            }
            (K::String | K::IntOrString, Value::String(_)) | (K::Bool, Value::Bool(_)) => true,
            (K::Int32 | K::IntOrString, value) => integer(value).is_some_and(|i| i32::try_from(i).is_ok()),
            (K::Int64, value) => integer(value).is_some_and(|i| i64::try_from(i).is_ok()),
            (K::Quantity, value) => match Quantity::of_value(value) {
                Some(Ok(_)) => true,
                Some(Err(error)) => return self.wrong_type(data, near, error.to_string()),
                None => false,
            },
            (K::Time, Value::String(text)) => is_rfc3339(text),
            _ => false,
        };
        if !fits {
            let given = describe(&data.value);
            let message = format!("must be {}, and is {given}", expected(kind, self.schema));
            self.wrong_type(data, near, message);
            if let (Some(found), Some(mended)) = (self.wrong.last_mut(), converted(kind, &data.value)) {
                found.fix_set(format!("Write {mended}"), mended);
            }
        }
    }

    fn wrong_type(&mut self, data: &Data, near: &Range<usize>, message: String) {
        let span = match data.value {
            Value::Map(_) | Value::List(_) => near.clone(),
            _ => data.span.clone(),
        };
        let found = self.found(Kind::WrongType, span, message);
        self.wrong.push(found);
    }

    /// A field that the type does not have: perhaps misspelt, of another version, or meant for the level below or above.
    fn unknown_field(&mut self, ty: &Type, free: &[&str], member: &Member) {
        let key = member.key.as_str();
        self.path.push(Step::Field(Cow::Owned(key.to_owned())));
        let mut found = self.found(Kind::Unknown, member.key_span.clone(), String::new());
        self.path.pop();
        found.message = match schema::lifetime(ty.name, key) {
            Some((Some(since), _)) if since > self.schema.version => {
                format!("{key} comes with Kubernetes {since}; {} does not know it", self.schema.version)
            }
            Some((_, Some(until))) => format!("{key} is gone since Kubernetes {until}"),
            _ => match self.home_of(ty, key) {
                Some(home) => format!("{} has no field {key}; it belongs to {home}", ty.name),
                None => format!("{} has no field {key}", ty.name),
            },
        };
        if let Some(near) = nearest(key, free) {
            let change = Change::Rename { path: found.place.clone(), key: near.to_owned() };
            found.fix(format!("Did you mean {near}?"), vec![change]);
        }
        found.fix_remove();
        self.unknown.push(found);
    }

    /// The field of this type under whose type the key would be known.
    fn home_of(&self, ty: &Type, key: &str) -> Option<String> {
        let inner = |def: &FieldDef| match &def.kind {
            schema::Kind::Object(id) => Some(*id),
            schema::Kind::List(item) => match **item {
                schema::Kind::Object(id) => Some(id),
                _ => None,
            },
            _ => None,
        };
        let holders = ty
            .fields
            .iter()
            .filter(|def| inner(def).is_some_and(|id| self.schema.ty(id).field(key).is_some()));
        // A container is meant before an init container, and spec before status.
        let home =
            holders.min_by_key(|def| !matches!(def.name, "containers" | "spec" | "metadata" | "template"))?;
        Some(home.name.to_owned())
    }
}

/// The integer that a value is in JSON: `80.0` and `8e1` are 80 once kubectl has read them.
fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Int(i) => Some(*i),
        Value::Float(f) if f.fract() == 0.0 && f.abs() < 1e21 => Some(*f as i128),
        _ => None,
    }
}

/// Whether a text is a moment as `time.RFC3339` of Go reads it.
fn is_rfc3339(text: &str) -> bool {
    let number = |range: Range<usize>| {
        text.get(range).filter(|t| t.bytes().all(|b| b.is_ascii_digit())).and_then(|t| t.parse::<u32>().ok())
    };
    let sign = |at: usize, byte: u8| text.as_bytes().get(at) == Some(&byte);
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) = (number(11..13), number(14..16), number(17..19)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let punctuated = sign(4, b'-') && sign(7, b'-') && sign(10, b'T') && sign(13, b':') && sign(16, b':');
    if !punctuated
        || !(1..=12).contains(&month)
        || !(1..=days).contains(&day)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return false;
    }
    let rest = text.get(19..).unwrap_or_default();
    let zone = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return false;
            }
            fraction.get(digits..).unwrap_or_default()
        }
        None => rest,
    };
    let two = |range: Range<usize>| {
        zone.get(range).filter(|t| t.bytes().all(|b| b.is_ascii_digit())).and_then(|t| t.parse::<u32>().ok())
    };
    zone == "Z"
        || zone.len() == 6
            && zone.starts_with(['+', '-'])
            && zone.as_bytes().get(3) == Some(&b':')
            && two(1..3).is_some_and(|hours| hours <= 24)
            && two(4..6).is_some_and(|minutes| minutes < 60)
}

fn expected(kind: &schema::Kind, schema: &Schema) -> String {
    use schema::Kind as K;
    match kind {
        K::String => "a text".to_owned(),
        K::Bool => "true or false".to_owned(),
        K::Int32 => "a whole number of 32 bits".to_owned(),
        K::Int64 => "a whole number of 64 bits".to_owned(),
        K::Quantity => "a quantity".to_owned(),
        K::IntOrString => "a whole number or a text".to_owned(),
        K::Time => "a moment such as 2024-01-31T12:00:00Z".to_owned(),
        K::Any => "anything".to_owned(),
        K::Object(id) => format!("a mapping ({})", schema.ty(*id).name),
        K::List(item) => format!("a list, each item {}", expected(item, schema)),
        K::Map(item) => format!("a mapping, each value {}", expected(item, schema)),
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(b) => format!("the truth value {b}"),
        Value::Int(i) => format!("the number {i}"),
        Value::Float(f) => format!("the number {f}"),
        Value::String(text) => format!("the text “{text}”"),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a mapping".to_owned(),
    }
}

/// The value in the right kind, where it is plain what is meant.
fn converted(kind: &schema::Kind, value: &Value) -> Option<serde_json::Value> {
    use schema::Kind as K;
    match (kind, value) {
        // Of a text only the spelling says what is meant (`0644` is the number 420): see `hazard`.
        (K::Bool, Value::String(text)) => match yaml::resolve(&text.trim().to_lowercase()) {
            Resolved::Bool(value) => Some(value.into()),
            _ => None,
        },
        (K::Int32, value @ (Value::Int(_) | Value::Float(_))) => {
            integer(value).map(|i| i.clamp(i32::MIN.into(), i32::MAX.into()) as i64).map(Into::into)
        }
        (K::Int64, value @ (Value::Int(_) | Value::Float(_))) => {
            integer(value).map(|i| i.clamp(i64::MIN.into(), i64::MAX.into()) as i64).map(Into::into)
        }
        (K::Int32, Value::String(text)) => text.trim().parse::<i32>().ok().map(Into::into),
        (K::Int64, Value::String(text)) => text.trim().parse::<i64>().ok().map(Into::into),
        (K::List(item), value @ (Value::String(_) | Value::Map(_))) => {
            let fits =
                matches!((&**item, value), (K::String, Value::String(_)) | (K::Object(_), Value::Map(_)));
            let data = Data { value: value.clone(), span: 0..0, implied: false };
            fits.then(|| vec![data.to_json()].into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_go_reads_them() {
        for text in ["2024-01-01T00:00:00Z", "2024-02-29T23:59:59.5+01:00", "2024-01-01T00:00:00,123Z"] {
            assert!(is_rfc3339(text), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2024-01-01",
            "2023-02-29T00:00:00Z",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00",
            "2024-13-01T00:00:00Z",
        ] {
            assert!(!is_rfc3339(text), "{text}");
        }
    }
}
