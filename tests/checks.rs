//! What `podwright explain` says that the server requires and checks, held against the recorded answers of the API server
//! in `tests/conformance`: every error of these speaks of a field, and every accepted object does without some.

#![allow(clippy::disallowed_methods)]

use flate2::read::GzDecoder;
use podwright::api::review;
use podwright::diagnostic::Stage;
use podwright::explain::{Place, explain};
use podwright::object::Field;
use podwright::path::{Path, Step};
use podwright::schema::{FieldDef, Kind, Lang, Schema, Type, Version};
use podwright::yaml::{self, Data};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};

/// The version whose server gave the recorded answers.
const RECORDED: &str = "1.36";

/// Objects that the recorded answers have none of: each is accepted by every version that knows its fields.
const MORE: [&str; 3] = [
    "{apiVersion: v1, kind: ReplicationController, metadata: {name: a}, spec: {selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}}",
    "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, updateStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}}",
    "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: b}], volumes: [{name: v, projected: {sources: [{clusterTrustBundle: {name: a, path: a}}, {clusterTrustBundle: {signerName: example.com/a, path: d}}, {podCertificate: {signerName: example.com/a, keyType: ED25519, keyPath: b, certificateChainPath: c}}]}}]}}",
];

/// A recorded answer: the object as kubectl reads it, and what the server said of it.
struct Case {
    id: String,
    data: Data,
    accepted: bool,
    /// Type and field path of each error.
    errors: Vec<(String, String)>,
}

/// The recorded answers to what can be decoded.
fn cases() -> Vec<Case> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).expect("cases") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "gz") {
            continue;
        }
        for line in BufReader::new(GzDecoder::new(File::open(&path).expect("cases"))).lines() {
            let case: Json = serde_json::from_str(&line.expect("a line")).expect("a case");
            let text = |json: &Json| json.as_str().expect("a text").to_owned();
            assert_eq!(text(&case["k8s"]), RECORDED);
            let errors = case["errors"].as_array().expect("errors");
            let errors = errors.iter().map(|error| (text(&error["type"]), text(&error["field"])));
            let docs = yaml::parse(&text(&case["yaml"])).docs;
            if let Some(data) = docs.into_iter().find_map(|doc| doc.data)
                && case["decode"] != "fail"
            {
                let accepted = case["accepted"] == true;
                cases.push(Case { id: text(&case["id"]), data, accepted, errors: errors.collect() });
            }
        }
    }
    cases
}

fn data(text: &str) -> Data {
    yaml::parse(text).docs.into_iter().find_map(|doc| doc.data).expect("data")
}

fn key(ty: &Type, def: &FieldDef) -> String {
    format!("{}.{}", ty.name, def.name)
}

/// The field at a path with the type that declares it, or the nearest one above it that has a declaration.
fn declared<'a>(root: &Field<'a>, path: &Path) -> Option<(&'static Type, &'static FieldDef, Field<'a>)> {
    let mut path = path.clone();
    while let Some((up, _)) = path.split_last() {
        let field = root.at(&path);
        if let (Some(ty), Some(def)) = (root.at(&up).ty(), field.def()) {
            return Some((ty, def, field));
        }
        path = up;
    }
    None
}

#[test]
fn what_an_error_of_the_server_speaks_of_is_told() {
    let schema = Schema::at(RECORDED.parse().expect("a version"));
    let checks: BTreeMap<String, Json> =
        serde_json::from_str(include_str!("../assets/checks.json")).expect("checks.json");
    let (mut told, mut untold) = (BTreeSet::new(), BTreeMap::new());
    for case in cases() {
        let review = review(&case.data, schema);
        let Some(id) = review.root else { continue };
        let root = Field::root(schema, id, &case.data);
        // Where the server prints an odd path, ours, which is the same, knows the place that is meant.
        let mut ours: Vec<_> = review.diagnostics.iter().filter(|d| d.stage == Stage::Validate).collect();
        for (kind, path) in &case.errors {
            let is_this = |d: &&podwright::diagnostic::Diagnostic| {
                d.kind.as_str() == kind && d.path.to_string() == *path
            };
            let at = ours.iter().position(is_this).unwrap_or_else(|| panic!("{}: {kind} {path}", case.id));
            let place = ours.remove(at).place.clone();
            let (ty, def, field) =
                declared(&root, &place).unwrap_or_else(|| panic!("{}: {place} is no field", case.id));
            let key = key(ty, def);
            if told.contains(&key) {
                continue;
            }
            let facts = explain(&Place::of(&root, &field.path()), schema, Lang::En).facts;
            let says = |id: &str| facts.iter().find(|fact| fact.id == id).map(|fact| fact.text.as_str());
            if let Some(check) = checks.get(&key) {
                assert_eq!(says("checked"), check["en"].as_str(), "{key}");
                told.insert(key);
                continue;
            }
            let is_missing = !field.exists() && says("required") == Some("yes");
            let is_other_value =
                field.exists() && !def.values.is_empty() && !def.values.contains(&field.str());
            let is_member = says("union").is_some() || says("inside").is_some();
            if !(is_missing || is_other_value || is_member || says("read-only").is_some()) {
                untold.entry(key).or_insert(format!("{}: {kind} {path}", case.id));
            }
        }
    }
    assert!(told.len() > 250, "{} fields", told.len());
    assert!(untold.is_empty(), "assets/checks.json has no word on {untold:#?}");
}

/// What a version does to objects without a field, by type and field.
#[derive(Debug, Default, Clone)]
struct Without {
    /// An accepted object without it: its kind and name, and where it lacks the field.
    accepted: Option<String>,
    /// An object that was accepted with it, and is refused without it: by kind how many.
    refused: BTreeMap<&'static str, usize>,
}

/// How many objects of a kind are tried without a field.
const TRIES: usize = 4;

/// Looks at each written object of an accepted one, what it does without and what it cannot do without.
fn leave_out(accepted: &Data, schema: &'static Schema, seen: &mut BTreeMap<String, Without>) {
    let review_with = review(accepted, schema);
    let (Some(id), Some(object)) = (review_with.root, &review_with.object) else { return };
    // Before 1.35 a StatefulSet's template is hardly looked at.
    let kind = schema.ty(id).name;
    if kind == "StatefulSet" && schema.version.minor() < 35 {
        return;
    }
    let mut open = vec![Field::root(schema, id, object)];
    while let Some(field) = open.pop() {
        match field.kind() {
            Kind::List(_) => open.extend(field.items()),
            Kind::Map(_) => open.extend(field.entries().map(|(_, entry)| entry)),
            Kind::Object(_) if is_given(&field) => {
                for below in field.fields() {
                    let (Some(ty), Some(def)) = (field.ty(), below.def()) else { continue };
                    if def.read_only {
                        continue;
                    }
                    let without = seen.entry(key(ty, def)).or_default();
                    let refused = without.refused.entry(kind).or_default();
                    let is_accepted = || match is_given(&below) {
                        true => review(&removed(accepted, &below.path()), schema).accepted,
                        false => true,
                    };
                    if without.accepted.is_none() && *refused < TRIES {
                        match is_accepted() {
                            true => without.accepted = Some(format!("{kind} {}", below.path())),
                            false => *refused += 1,
                        }
                    }
                    open.push(below);
                }
            }
            _ => {}
        }
    }
}

/// Whether a manifest gives the field a value: neither `null` nor the server's own default.
fn is_given(field: &Field<'_>) -> bool {
    field.exists() && field.is_written()
}

/// The object without what stands at a path.
fn removed(object: &Data, path: &Path) -> Data {
    let mut json = object.to_json();
    let (up, last) = path.split_last().expect("a path below the root");
    let holder = up.steps().iter().fold(&mut json, |json, step| match step {
        Step::Index(index) => &mut json[*index],
        step => &mut json[step.key().expect("a key")],
    });
    holder.as_object_mut().expect("an object").remove(last.key().expect("a name"));
    data(&yaml::emit(&json))
}

/// The fields that a person writes, of the types that some version's server keeps.
fn written_fields(schema: &'static Schema) -> BTreeMap<String, &'static FieldDef> {
    let kept = |ty: &Type, def: &FieldDef| {
        Version::all().any(|version| {
            let schema = Schema::at(version);
            schema.named(ty.name).and_then(|(_, ty)| ty.field(def.name)).is_some_and(|def| schema.keeps(def))
        })
    };
    let mut fields = BTreeMap::new();
    let mut open: Vec<_> = schema.roots().map(|(id, _)| id).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let ty = schema.ty(id);
        if !seen.insert(ty.name) {
            continue;
        }
        for def in ty.fields.iter().filter(|def| !def.read_only && kept(ty, def)) {
            fields.insert(key(ty, def), def);
            let mut kind = &def.kind;
            while let Kind::List(item) | Kind::Map(item) = kind {
                kind = item;
            }
            if let Kind::Object(id) = kind {
                open.push(*id);
            }
        }
    }
    fields
}

#[test]
fn exactly_what_the_server_refuses_to_do_without_is_required() {
    let cases = cases();
    let mut shown = BTreeSet::new();
    // The server's own word that a field is missing counts as well: no ephemeral container is ever accepted.
    let recorded = Schema::at(RECORDED.parse().expect("a version"));
    for case in &cases {
        let review = review(&case.data, recorded);
        let Some(id) = review.root else { continue };
        let root = Field::root(recorded, id, &case.data);
        let said = |d: &podwright::diagnostic::Diagnostic| {
            let word = (d.kind.as_str().to_owned(), d.path.to_string());
            d.stage == Stage::Validate && word.0 == "FieldValueRequired" && case.errors.contains(&word)
        };
        for found in review.diagnostics.iter().filter(|found| said(found)) {
            let (ty, def, field) = declared(&root, &found.place).expect("a field");
            if !field.exists() {
                shown.insert(key(ty, def));
            }
        }
    }
    let mut wrong = Vec::new();
    for version in [RECORDED, "1.29", "1.37"] {
        let schema = Schema::at(version.parse().expect("a version"));
        let fields = written_fields(schema);
        let mut seen = BTreeMap::new();
        for case in cases.iter().filter(|case| case.accepted) {
            // Of the recorded version the server has said so; another is asked through our rules.
            if version == RECORDED || review(&case.data, schema).accepted {
                leave_out(&case.data, schema, &mut seen);
            }
        }
        for object in MORE.map(|text| data(&format!("---\n{text}"))) {
            if review(&object, schema).accepted {
                leave_out(&object, schema, &mut seen);
            }
        }
        assert!(seen.len() > 400, "{} fields at {version}", seen.len());
        for (key, without) in seen {
            let Some(def) = fields.get(&key) else { continue };
            if def.required != without.accepted.is_none() {
                wrong.push(format!("{key} at {version} is required: {}; {without:?}", def.required));
            }
            if without.accepted.is_none() {
                shown.insert(key);
            }
        }
    }
    assert!(wrong.is_empty(), "REQUIRED in assets/overlay.json says otherwise: {wrong:#?}");
    let unshown: Vec<_> = written_fields(Schema::at(Version::NEWEST))
        .into_iter()
        .filter(|(key, def)| def.required && !shown.contains(key))
        .collect();
    assert!(unshown.is_empty(), "nothing shows that these are required: {unshown:#?}");
}
