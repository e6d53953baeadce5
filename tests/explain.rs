//! Every example of `podwright explain` and of the help panel can be read by the API server at its place.

use podwright::diagnostic::{Kind as Problem, Stage};
use podwright::document::Document;
use podwright::explain::{Place, explain};
use podwright::path::{Path, Step};
use podwright::schema::{FieldDef, Kind, Lang, Schema, Version};
use podwright::yaml;
use serde_json::{Value as Json, json};
use std::collections::HashSet;

/// Each field of each type once, with a path at which it stands.
fn places(schema: &'static Schema) -> Vec<(&'static str, Path, &'static FieldDef)> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (id, root) in schema.roots() {
        let mut open = vec![(id, Path::root())];
        while let Some((id, path)) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            for def in schema.ty(id).fields.iter().filter(|def| !def.read_only) {
                let mut below = path.field(def.name);
                found.push((root.name, below.clone(), def));
                let mut kind = &def.kind;
                while let Kind::List(item) | Kind::Map(item) = kind {
                    below = if matches!(kind, Kind::List(_)) { below.index(0) } else { below.key("key") };
                    kind = item;
                }
                if let Kind::Object(id) = kind {
                    open.push((*id, below));
                }
            }
        }
    }
    found
}

/// The value at a path of an otherwise empty object.
fn at(path: &Path, value: Json) -> Json {
    path.steps().iter().rev().fold(value, |value, step| match step {
        Step::Index(_) => json!([value]),
        step => json!({ step.key().expect("a key"): value }),
    })
}

#[test]
fn every_example_decodes_without_unknown_fields_at_its_place() {
    for version in ["1.29", "1.33", "1.37"] {
        let schema = Schema::at(version.parse().expect("version"));
        let places = places(schema);
        assert!(places.len() > 550, "{} fields", places.len());
        for (root, path, def) in places {
            let full: Path = format!("{root}.{path}").parse().expect("path");
            let told = explain(&Place::find(&full, schema).expect("a place"), schema, Lang::En);
            let example = told.example.unwrap_or_else(|| panic!("{full} at {version} has no example"));
            let mut object = at(&path, example.clone());
            if let Some((_, ty)) = schema.named(root) {
                object["apiVersion"] = ty.api_version().into();
                object["kind"] = ty.kind().into();
            }
            let document = Document::new(yaml::emit(&object), schema.version);
            let wrong: Vec<_> = document
                .diagnostics()
                .filter(|(_, d)| [Stage::Syntax, Stage::Decode].contains(&d.stage))
                // Kinds that Podwright reads only inside others are told so.
                .filter(|(_, d)| d.kind != Problem::Malformed || root == "Pod")
                .map(|(_, d)| d.message.clone())
                .collect();
            assert!(wrong.is_empty(), "{full} at {version}: {example} {wrong:?}");
            // What is shown is the same value.
            let shown = yaml::parse(&told.example_text).docs[0].data.as_ref().expect("data").to_json();
            assert_eq!(shown, json!({ def.name: example }), "{full}");
        }
    }
}

#[test]
fn an_example_says_something_new() {
    let schema = Schema::at(Version::NEWEST);
    let mut placeholders = Vec::new();
    for (root, path, _) in places(schema) {
        let full: Path = format!("{root}.{path}").parse().expect("path");
        let told = explain(&Place::find(&full, schema).expect("a place"), schema, Lang::En);
        if told.example_text.contains("example\n") {
            placeholders.push(full.to_string());
        }
    }
    assert!(placeholders.is_empty(), "{placeholders:#?}");
}
