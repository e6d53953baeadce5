//! `podwright explain`: what a field is, offline.

use super::{Failure, Outcome, languages, print, versions};
use crate::explain::{Explanation, Place, Words};
use crate::path::Path;
use crate::schema::{Lang, Schema, Version};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;

/// Explain a field: type, required, default, values, checks, versions, gate, help, example
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
    /// How to print it
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    output: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let schema = Schema::at(args.kubernetes);
    let told = match args.output {
        Format::Text => explain(&args.path, schema, args.lang),
        Format::Json => found(&args.path, schema, args.lang).map(|found| format!("{}\n", as_json(&found))),
    };
    print(told.map_err(Failure::CouldNotRun)?)?;
    Ok(Outcome::Fine)
}

/// Explains the field at a path in words, a line each; ends with the fields below it.
///
/// Fails with a sentence that names the nearest field and lists all where the path leads nowhere.
pub fn explain(path: &Path, schema: &'static Schema, lang: Lang) -> Result<String, String> {
    Ok(as_text(&found(path, schema, lang)?, Words::of(lang)))
}

fn found(path: &Path, schema: &'static Schema, lang: Lang) -> Result<Explanation, String> {
    Ok(crate::explain::explain(&Place::find(path, schema)?, schema, lang))
}

fn as_text(told: &Explanation, words: &Words) -> String {
    let mut text = format!("{}\n\n", told.name);
    let facts: Vec<(String, &str)> =
        told.facts.iter().map(|fact| (format!("{}:", fact.label), fact.text.as_str())).collect();
    columns(&mut text, &facts);
    if let Some(help) = told.help {
        let _ = writeln!(text, "\n{help}");
    }
    if told.values.iter().any(|value| !value.about.is_empty()) {
        let _ = writeln!(text, "\n{}:", words.values);
        let shown = |value: &str| if value.is_empty() { "\"\"".to_owned() } else { value.to_owned() };
        let values: Vec<_> = told.values.iter().map(|value| (shown(value.value), value.about)).collect();
        columns(&mut text, &values);
    }
    if !told.example_text.is_empty() {
        let _ = writeln!(text, "\n{}:", words.example);
        for line in told.example_text.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    if !told.fields.is_empty() {
        let _ = writeln!(text, "\n{}:", words.fields);
        let kind = |field: &crate::explain::Below| match field.required {
            true => format!("{}, {}", field.kind, words.must),
            false => field.kind.clone(),
        };
        let kinds: Vec<(String, String)> =
            told.fields.iter().map(|field| (field.name.to_owned(), kind(field))).collect();
        columns(&mut text, &kinds);
    }
    if let Some(reference) = &told.reference {
        let _ = writeln!(text, "\n{}: {reference}", words.reference);
    }
    text
}

/// Two columns, the second one aligned.
fn columns(text: &mut String, rows: &[(String, impl AsRef<str>)]) {
    let width = rows.iter().map(|(label, _)| wide(label)).max().unwrap_or(0);
    for (label, value) in rows {
        let gap = " ".repeat(width - wide(label) + 2);
        let _ = writeln!(text, "  {label}{gap}{}", value.as_ref());
    }
}

/// The columns that a text takes in a terminal: Chinese characters take two.
fn wide(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn as_json(told: &Explanation) -> Json {
    let facts: Map<String, Json> =
        told.facts.iter().map(|fact| (fact.id.to_owned(), fact.text.clone().into())).collect();
    let values: Vec<Json> =
        told.values.iter().map(|value| json!({ "value": value.value, "about": value.about })).collect();
    let fields: Vec<Json> = told
        .fields
        .iter()
        .map(|field| json!({ "name": field.name, "type": field.kind, "required": field.required }))
        .collect();
    json!({
        "path": told.name,
        "help": told.help,
        "facts": facts,
        "values": values,
        "example": told.example,
        "reference": told.reference,
        "fields": fields,
    })
}
