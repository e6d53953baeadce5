//! `podwright set`: edits of a manifest by path.

use super::{Failure, Outcome, is_stdin, load, print};
use crate::document::Document;
use crate::editor;
use crate::files;
use crate::object::Field;
use crate::path::Path;
use crate::schema::{Kind, Schema, Version};
use crate::yaml::ops::{self, Operation};
use crate::yaml::{self, Change, InTextOrder, Refusal, Sharing};
use serde_json::Value as Json;
use std::path::PathBuf;
use std::str::FromStr;

/// Set and remove fields of a manifest, every other byte as it was, and print the result
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A value is read as its field wants it: text for a string, true or false, a number, or YAML such as \
    {a: b} and [x, y] for a mapping and a list. The changes are made in the order assignments, removals, OPS.json; if one \
    is refused, none is made.\n\
    Where a value is repeated by an anchor and aliases, --shared says whether it changes everywhere or only here. Without \
    it such a change is refused; OPS.json then means the text as it is written: setting an anchored value changes its \
    aliases too, setting an alias takes its place, and other changes of repeated values are refused.\n\
    Example: podwright set pod.yaml spec.restartPolicy=Never 'metadata.labels[app]=web' --remove spec.hostNetwork -w"
)]
pub struct Args {
    /// The manifest; - is standard input
    file: PathBuf,
    /// What to set: spec.containers[0].image=nginx:1.27
    #[arg(value_name = "PATH=VALUE")]
    assignments: Vec<Assignment>,
    /// Remove a field, a key or an item
    #[arg(long, value_name = "PATH")]
    remove: Vec<Path>,
    /// Make the changes that a JSON file lists
    #[arg(long, value_name = "OPS.json")]
    changes: Option<PathBuf>,
    /// The document of the file that PATHs are in, counted from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    doc: usize,
    /// What becomes of the other places where a changed value stands, repeated by anchors and aliases (&name, *name, <<)
    #[arg(long, value_name = "HOW")]
    shared: Option<OtherPlaces>,
    /// Write the result back to the file instead of printing it
    #[arg(short, long)]
    write: bool,
}

/// What becomes of the other places where a changed value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OtherPlaces {
    /// Refuse the change and name the places
    Ask,
    /// They change too: the value is changed where its anchor stands
    Everywhere,
    /// They stay: the value is written out in the place of the change
    Here,
}

impl From<OtherPlaces> for Sharing {
    fn from(places: OtherPlaces) -> Sharing {
        match places {
            OtherPlaces::Ask => Sharing::Ask,
            OtherPlaces::Everywhere => Sharing::Everywhere,
            OtherPlaces::Here => Sharing::OnlyHere,
        }
    }
}

/// `PATH=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The field.
    pub path: Path,
    /// Its new value, as given.
    pub value: String,
}

impl FromStr for Assignment {
    type Err = String;

    /// Splits at the first `=` that no brackets hold.
    fn from_str(text: &str) -> Result<Assignment, String> {
        let at = equals(text)
            .ok_or("there is no “=” in it: give PATH=VALUE, or --remove PATH to remove a field")?;
        let path = text[..at].parse().map_err(|error: crate::path::PathError| error.to_string())?;
        Ok(Assignment { path, value: text[at + 1..].to_owned() })
    }
}

/// The byte of the first `=` outside of brackets; brackets in a quoted key do not count.
fn equals(text: &str) -> Option<usize> {
    let (mut in_brackets, mut quote, mut before) = (false, None, ' ');
    for (at, c) in text.char_indices() {
        match c {
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' if before == '[' => quote = Some(c),
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '=' if !in_brackets => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

/// Changes of a manifest, in the order in which they are made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// The number of the document that paths are in.
    pub doc: usize,
    /// What to set.
    pub assignments: Vec<Assignment>,
    /// What to remove.
    pub removals: Vec<Path>,
    /// More changes, each with the number of its document.
    pub operations: Vec<Operation>,
    /// What becomes of the other places where a changed value stands. With `None` paths ask, and operations mean the text
    /// as it is written: see [`ops::run`].
    pub sharing: Option<Sharing>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let could_not = |sentence: &str| Failure::CouldNotRun(sentence.to_owned());
    if args.write && is_stdin(&args.file) {
        return Err(could_not("standard input cannot be written back: leave out -w, or name a file"));
    }
    if args.assignments.is_empty() && args.remove.is_empty() && args.changes.is_none() {
        return Err(could_not("nothing to do: give PATH=VALUE, --remove PATH or --changes OPS.json"));
    }
    let operations = match &args.changes {
        Some(path) if is_stdin(path) && is_stdin(&args.file) => {
            return Err(could_not("the manifest and the changes cannot both be on standard input"));
        }
        Some(path) => {
            let told = |why: String| Failure::CouldNotRun(format!("{}: {why}", path.display()));
            let json =
                serde_json::from_str(&load(path)?).map_err(|error| told(format!("not JSON: {error}")))?;
            ops::change_ops(&json).map_err(told)?
        }
        None => Vec::new(),
    };
    let request = Request {
        doc: args.doc,
        assignments: args.assignments.clone(),
        removals: args.remove.clone(),
        operations,
        sharing: args.shared.map(Sharing::from),
    };
    let text = load(&args.file)?;
    let refused = |sentence: String| Failure::CouldNotRun(format!("{}: {sentence}", args.file.display()));
    let text = edited(text, Version::NEWEST, &request).map_err(refused)?;
    match args.write {
        true => files::save(&args.file, &text)?,
        false => print(text)?,
    }
    Ok(Outcome::Fine)
}

/// The text with the changes made, each read against what those before it left.
///
/// Fails with a sentence that says which change stands against what; then none is made.
pub fn edited(text: String, version: Version, request: &Request) -> Result<String, String> {
    let mut document = Document::new(text, version);
    must_exist(&document, request.doc)?;
    for Assignment { path, value } in &request.assignments {
        let value = value_at(&document, request.doc, path, value).map_err(|why| format!("{path}: {why}"))?;
        document = changed(&document, request, Change::Set { path: path.clone(), value })?;
    }
    for path in &request.removals {
        document = changed(&document, request, Change::Remove { path: path.clone() })?;
    }
    // An operation says itself where it puts what: a key that is added goes last.
    for operation in &request.operations {
        must_exist(&document, operation.doc)?;
        let text = ops::run(&document.text, std::slice::from_ref(operation), &InTextOrder, request.sharing)
            .map_err(|refusal| refused(operation.change.path(), &refusal))?;
        document = Document::new(text, version);
    }
    Ok(document.text)
}

fn changed(document: &Document, request: &Request, change: Change) -> Result<Document, String> {
    let changes = [change];
    let edits = editor::answered_edits(document, request.doc, &changes, request.sharing.unwrap_or_default())
        .map_err(|refusal| refused(changes[0].path(), &refusal))?;
    Ok(Document::new(yaml::edited(&document.text, &edits), document.version))
}

/// What was not done and why, with the path of the change.
fn refused(path: &Path, refusal: &Refusal) -> String {
    let why = refusal.message.trim_end_matches('.');
    let path = path.to_string();
    let why = match refusal.shared {
        Some(_) => format!("{why}: give --shared everywhere or --shared here"),
        None => why.to_owned(),
    };
    if why.contains(&path) { why } else { format!("{path}: {why}") }
}

pub(super) fn must_exist(document: &Document, doc: usize) -> Result<(), String> {
    match document.stream.docs.len().max(1) {
        number if doc < number => Ok(()),
        1 => Err(format!("there is no document {doc}: there is only document 0")),
        number => Err(format!("there is no document {doc}: there are the documents 0 to {}", number - 1)),
    }
}

fn value_at(document: &Document, doc: usize, path: &Path, value: &str) -> Result<Json, String> {
    let nothing = yaml::Data { value: yaml::Value::Null, span: 0..0, implied: true };
    let root = document.part(doc).and_then(|part| part.root);
    let kind = root.map_or(&Kind::Any, |root| Field::root(document.schema(), root, &nothing).at(path).kind());
    read_value(value, kind, document.schema())
}

/// Reads a value as a field of a kind wants it: the text itself for strings, times and quantities, else the YAML value
/// that the text spells. An empty text is the empty string where that may stand.
///
/// Fails with the sentence that says what the field wants.
pub fn read_value(text: &str, kind: &Kind, schema: &Schema) -> Result<Json, String> {
    let wants =
        |what: &str| format!("takes {what}, not {}", if text.is_empty() { "an empty text" } else { text });
    match kind {
        Kind::String | Kind::Time | Kind::Quantity => return Ok(Json::from(text)),
        Kind::Any | Kind::IntOrString if text.is_empty() => return Ok(Json::from("")),
        _ => {}
    }
    let value = yaml_value(text);
    match (kind, value) {
        (Kind::IntOrString, Ok(Json::Number(number))) if number.is_i64() => Ok(Json::Number(number)),
        (Kind::IntOrString, _) => Ok(Json::from(text)),
        (Kind::Bool, Ok(value @ Json::Bool(_))) => Ok(value),
        (Kind::Bool, _) => Err(wants("true or false")),
        (Kind::Int64, Ok(Json::Number(number))) if number.is_i64() => Ok(Json::Number(number)),
        (Kind::Int64, _) => Err(wants("an integer")),
        (Kind::Int32, Ok(Json::Number(number)))
            if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) =>
        {
            Ok(Json::Number(number))
        }
        (Kind::Int32, _) => Err(wants("an integer of 32 bits")),
        (Kind::Object(_) | Kind::Map(_), Ok(value @ Json::Object(_))) => Ok(value),
        (Kind::Object(_) | Kind::Map(_), _) => {
            Err(wants(&format!("a mapping like {{key: value}} ({})", schema.describe(kind))))
        }
        (Kind::List(_), Ok(value @ Json::Array(_))) => Ok(value),
        (Kind::List(_), _) => Err(wants(&format!("a list like [x, y] ({})", schema.describe(kind)))),
        (_, value) => value,
    }
}

fn yaml_value(text: &str) -> Result<Json, String> {
    // kubectl takes a text that begins with “{” for JSON; after `---` it is the YAML that a value within a manifest is.
    let stream = yaml::parse(&format!("---\n{text}"));
    if let Some(problem) = stream.problems.iter().find(|problem| problem.fatal) {
        return Err(format!("{text} is not YAML: {}", problem.message));
    }
    match stream.docs.as_slice() {
        [doc] => Ok(doc.data.as_ref().map_or(Json::Null, yaml::Data::to_json)),
        _ => Err(format!("{text} is not one YAML value")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_assignment_is_split_outside_of_brackets() {
        for (text, path, value) in [
            ("a.b=c=d", "a.b", "c=d"),
            ("a[x=y]=", "a[x=y]", ""),
            ("a[\"x]=y\"]=1", "a[\"x]=y\"]", "1"),
            ("spec.containers[0].args=[a=b]", "spec.containers[0].args", "[a=b]"),
        ] {
            let path = path.parse().expect(path);
            assert_eq!(text.parse(), Ok(Assignment { path, value: value.to_owned() }), "{text}");
        }
        for text in ["a", "a..b=1", "[=]"] {
            assert!(text.parse::<Assignment>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_is_read_as_its_field_wants_it() {
        let schema = Schema::at(Version::NEWEST);
        let (list, map) = (Kind::List(Box::new(Kind::String)), Kind::Map(Box::new(Kind::String)));
        for (kind, text, value) in [
            (Kind::String, "yes", Some(json!("yes"))),
            (Kind::String, "", Some(json!(""))),
            (Kind::Quantity, "500m", Some(json!("500m"))),
            (Kind::Quantity, "2", Some(json!("2"))),
            (Kind::Bool, "true", Some(json!(true))),
            (Kind::Bool, "off", Some(json!(false))),
            (Kind::Bool, "maybe", None),
            (Kind::Bool, "", None),
            (Kind::Int32, "5", Some(json!(5))),
            (Kind::Int32, "0644", Some(json!(420))),
            (Kind::Int64, "five", None),
            (Kind::Int64, "5000000000", Some(json!(5_000_000_000_i64))),
            (Kind::Int32, "5000000000", None),
            (Kind::IntOrString, "80", Some(json!(80))),
            (Kind::IntOrString, "25%", Some(json!("25%"))),
            (Kind::IntOrString, "http", Some(json!("http"))),
            (list.clone(), "[a, b]", Some(json!(["a", "b"]))),
            (list, "a", None),
            (map.clone(), "{a: b}", Some(json!({"a": "b"}))),
            (map, "[a]", None),
            (Kind::Any, "yes", Some(json!(true))),
            (Kind::Any, "", Some(json!(""))),
            (Kind::Any, "[1, {a: b}]", Some(json!([1, {"a": "b"}]))),
            (Kind::Any, "{a: b}", Some(json!({"a": "b"}))),
            (Kind::Any, "{a", None),
            (Kind::Any, "a\n---\nb", None),
        ] {
            assert_eq!(read_value(text, &kind, schema).ok(), value, "{kind:?} {text}");
        }
    }
}
