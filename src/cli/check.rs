//! `podwright check`: every stage's problems of many files, for people, programs and code scanners.

use super::{Failure, Outcome, STDIN_NAME, count, is_stdin, languages, load, tell, versions, visible};
use crate::api::pod_security::{Check, Level};
use crate::diagnostic::{Diagnostic, Kind, Severity, Stage};
use crate::document::{self, Document, Part};
use crate::files;
use crate::path::Path as FieldPath;
use crate::repair;
use crate::schema::{Lang, Version};
use crate::words::translate;
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Say what the API server would say about manifests, and how to mend it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 every document would be accepted (warnings and advice may stand), 1 some would not, \
    2 a file could not be read."
)]
pub struct Args {
    /// Manifests, folders with *.yaml, *.yml and *.json in them, or - for standard input
    #[arg(required = true, value_name = "FILE|DIR|-")]
    files: Vec<PathBuf>,
    /// How to print what was found
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    output: Format,
    /// The Kubernetes version, 1.29 to 1.37
    #[arg(long, value_name = "VERSION", value_parser = versions(), default_value_t = Version::NEWEST)]
    kubernetes: Version,
    /// Count what this Pod Security level forbids as problems too
    #[arg(long, value_name = "LEVEL", value_parser = levels())]
    level: Option<Level>,
    /// The language of the messages
    #[arg(long, value_name = "LANG", value_parser = languages(), default_value = "en")]
    lang: Lang,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people
    Text,
    /// One JSON object a line for each document
    Json,
    /// SARIF 2.1.0, for code scanners
    Sarif,
}

/// Files that are read and judged before their results are printed. A bound on memory: the results of so many files
/// are held at a time, however many there are.
const CHUNK: usize = 128;

/// How long a run takes before it shows its progress.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let mut sum = Sum::default();
    let result = check_all(args, &mut sum);
    match (result, sum.unreadable, sum.refused + sum.forbidden) {
        (Err(failure @ (Failure::CouldNotRun(_) | Failure::Told)), _, _) => Err(failure),
        (_, 1.., _) => Err(Failure::Told),
        (_, 0, 1..) => Ok(Outcome::Problems),
        (result, 0, 0) => result.map(|()| Outcome::Fine),
    }
}

fn check_all(args: &Args, sum: &mut Sum) -> Result<(), Failure> {
    let mut printer = Printer::new(args)?;
    let progress = Progress::new();
    let mut sources = args.files.iter().flat_map(|argument| sources(argument));
    loop {
        let chunk: Vec<Result<PathBuf, Unread>> = sources.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            break;
        }
        let results: Vec<Result<Checked, Unread>> = chunk
            .into_par_iter()
            .map(|source| {
                let checked = source.and_then(|path| match load(&path) {
                    Ok(text) => Ok(Checked::new(text, &path, args)),
                    Err(error) => Err(Unread { path, sentence: error.to_string() }),
                });
                progress.step();
                checked
            })
            .collect();
        progress.bar.suspend(|| results.into_iter().try_for_each(|result| printer.file(result, sum)))?;
    }
    progress.bar.finish_and_clear();
    printer.end(sum)
}

/// The manifests that an argument names: itself, or those below a folder.
fn sources(argument: &Path) -> Box<dyn Iterator<Item = Result<PathBuf, Unread>> + '_> {
    match is_stdin(argument) {
        true => Box::new(std::iter::once(Ok(argument.to_owned()))),
        false => Box::new(files::manifests(argument).map(|file| {
            file.map_err(|error| Unread { path: error.path.clone(), sentence: error.to_string() })
        })),
    }
}

/// A file that has no text.
struct Unread {
    path: PathBuf,
    sentence: String,
}

fn levels() -> impl TypedValueParser<Value = Level> {
    let names = [Level::Restricted, Level::Baseline, Level::Privileged].map(Level::as_str);
    PossibleValuesParser::new(names).map(|name| match name.as_str() {
        "restricted" => Level::Restricted,
        "baseline" => Level::Baseline,
        _ => Level::Privileged,
    })
}

/// What a run found.
#[derive(Debug, Default)]
struct Sum {
    files: usize,
    unreadable: usize,
    documents: usize,
    /// Documents that the server would not accept.
    refused: usize,
    /// Documents that it would accept, but the asked-for Pod Security level does not.
    forbidden: usize,
    errors: usize,
    warnings: usize,
    advice: usize,
}

/// One file's results, ready to be printed; its text is gone.
struct Checked {
    output: String,
    /// SARIF: the rules that the output names.
    rules: BTreeMap<String, &'static str>,
    sum: Sum,
}

impl Checked {
    fn new(text: String, path: &Path, args: &Args) -> Checked {
        let mut document = Document::new(text, args.kubernetes);
        advise_repair(&mut document);
        let file =
            File { name: name_of(path), path, document: &document, level: args.level, lang: args.lang };
        let mut checked = Checked {
            output: String::new(),
            rules: BTreeMap::new(),
            sum: Sum { files: 1, ..Sum::default() },
        };
        for part in &document.parts {
            checked.sum.add(part, args.level);
            match args.output {
                Format::Text => file.text(part, &mut checked.output),
                Format::Json => file.json(part, &mut checked.output),
                Format::Sarif => file.sarif(part, &mut checked.output, &mut checked.rules),
            }
        }
        checked
    }
}

/// Adds a word on a text that `podwright repair` can mend to the problems of its first document.
fn advise_repair(document: &mut Document) {
    if document.parts.iter().all(|part| part.review.accepted && part.root.is_some()) {
        return;
    }
    let Some(offer) = repair::offer_for(document) else { return };
    let start = document.text.len() - document.text.trim_start().len();
    let Some(part) = document.parts.first_mut() else { return };
    part.diagnostics.push(Diagnostic {
        stage: Stage::Advise,
        kind: Kind::Advice("damaged-text"),
        path: FieldPath::root(),
        place: FieldPath::root(),
        span: start..start,
        message: format!("{} “podwright repair FILE” shows it as it was meant", offer.about(Lang::En)),
        fixes: Vec::new(),
    });
}

impl Sum {
    fn add(&mut self, part: &Part, level: Option<Level>) {
        let failed = violations(part, level).count();
        self.documents += 1;
        match (part.review.accepted, failed) {
            (false, _) => self.refused += 1,
            (true, 0) => {}
            (true, _) => self.forbidden += 1,
        }
        self.errors += failed;
        for diagnostic in &part.diagnostics {
            match diagnostic.stage.severity() {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Advice => self.advice += 1,
            }
        }
    }

    fn join(&mut self, other: &Sum) {
        self.files += other.files;
        self.documents += other.documents;
        self.refused += other.refused;
        self.forbidden += other.forbidden;
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.advice += other.advice;
    }
}

/// The problems of a document that only an asked-for Pod Security level has with it.
fn violations(part: &Part, level: Option<Level>) -> impl Iterator<Item = &Diagnostic> {
    let failed = level
        .zip(part.review.pod_security.as_ref())
        .map_or(&[] as &[Check], |(level, all)| all.failed(level));
    failed.iter().flat_map(|check| &check.problems)
}

/// A file whose documents are printed.
struct File<'a> {
    name: String,
    path: &'a Path,
    document: &'a Document,
    level: Option<Level>,
    lang: Lang,
}

/// One document in the words of `-o json`.
#[derive(Serialize)]
struct Record<'a> {
    file: &'a str,
    doc: usize,
    kind: &'a str,
    name: &'a str,
    accepted: bool,
    diagnostics: Vec<Problem<'a>>,
    pod_security: Option<FailedChecks>,
}

#[derive(Serialize)]
struct Problem<'a> {
    stage: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    path: String,
    message: Cow<'a, str>,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct FailedChecks {
    baseline: Vec<&'static str>,
    restricted: Vec<&'static str>,
}

impl File<'_> {
    fn place(&self, byte: usize) -> (usize, usize) {
        self.document.lines.position(&self.document.text, byte)
    }

    fn problems<'p>(&self, part: &'p Part) -> impl Iterator<Item = &'p Diagnostic> {
        part.diagnostics.iter().chain(violations(part, self.level))
    }

    fn say<'t>(&self, text: &'t str) -> Cow<'t, str> {
        translate(self.lang, text)
    }

    fn text(&self, part: &Part, out: &mut String) {
        let name = if is_stdin(self.path) { STDIN_NAME.to_owned() } else { visible(&self.name) };
        for diagnostic in self.problems(part) {
            let (line, column) = self.place(diagnostic.span.start);
            let (label, style) = label(diagnostic);
            let path = match diagnostic.path.to_string() {
                path if path.is_empty() => path,
                path => format!("{}: ", visible(&path)),
            };
            let check = match (diagnostic.stage, self.level) {
                (Stage::PodSecurity, Some(level)) => {
                    format!(" (Pod Security {level}, {})", diagnostic.kind.as_str())
                }
                _ => String::new(),
            };
            let (label, message) = (self.say(label), visible(&self.say(&diagnostic.message)));
            let _ = writeln!(out, "{name}:{line}:{column}: {style}{label}:{style:#} {path}{message}{check}");
            for fix in &diagnostic.fixes {
                let _ =
                    writeln!(out, "    {FIX}{}:{FIX:#} {}", self.say("fix"), visible(&self.say(&fix.title)));
            }
        }
        let _ = writeln!(out, "{name}: {}", self.verdict(part));
    }

    /// One line on the whole document: `Pod web: accepted, Pod Security level baseline`.
    fn verdict(&self, part: &Part) -> String {
        let label = document::type_label(self.document, part);
        let what = match (self.say(&label), part.name.as_str()) {
            (kind, "") => visible(&kind),
            (kind, name) => format!("{} {}", visible(&kind), visible(name)),
        };
        let number = match self.document.parts.as_slice() {
            [_] => String::new(),
            _ => self.say(&format!("document {}, ", part.index)).into_owned(),
        };
        let reached = part.review.pod_security.as_ref().map(|security| security.level());
        let (verdict, style) = match (part.review.accepted, violations(part, self.level).count(), reached) {
            (false, _, _) => ("not accepted".to_owned(), BAD),
            (true, 0, Some(level)) => (format!("accepted, Pod Security level {level}"), GOOD),
            (true, _, Some(level)) => (format!("accepted, but only at Pod Security level {level}"), BAD),
            (true, _, None) => ("accepted".to_owned(), GOOD),
        };
        format!("{number}{what}: {style}{}{style:#}", self.say(&verdict))
    }

    fn json(&self, part: &Part, out: &mut String) {
        let problem = |diagnostic: &'_ Diagnostic| {
            let (line, column) = self.place(diagnostic.span.start);
            (diagnostic.path.to_string(), line, column)
        };
        let ids = |checks: &[Check]| checks.iter().map(|check| check.id).collect();
        let record = Record {
            file: &self.name,
            doc: part.index,
            kind: &part.kind,
            name: &part.name,
            accepted: part.review.accepted,
            diagnostics: part
                .diagnostics
                .iter()
                .map(|diagnostic| {
                    let (path, line, column) = problem(diagnostic);
                    let (stage, kind) = (diagnostic.stage.as_str(), diagnostic.kind.as_str());
                    Problem { stage, kind, path, message: self.say(&diagnostic.message), line, column }
                })
                .collect(),
            pod_security: part.review.pod_security.as_ref().map(|security| FailedChecks {
                baseline: ids(&security.baseline),
                restricted: ids(&security.restricted),
            }),
        };
        push_json(&record, out);
    }

    fn sarif(&self, part: &Part, out: &mut String, rules: &mut BTreeMap<String, &'static str>) {
        for diagnostic in self.problems(part) {
            let (start_line, start_column) = self.place(diagnostic.span.start);
            let (end_line, end_column) = self.place(diagnostic.span.end.max(diagnostic.span.start));
            let rule = format!("{}/{}", diagnostic.stage.as_str(), diagnostic.kind.as_str());
            let path = diagnostic.path.to_string();
            let message = match path.is_empty() {
                true => self.say(&diagnostic.message).into_owned(),
                false => format!("{path}: {}", self.say(&diagnostic.message)),
            };
            let mut location = json!({
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(self.path) },
                    "region": {
                        "startLine": start_line,
                        "startColumn": start_column,
                        "endLine": end_line,
                        "endColumn": end_column,
                    },
                },
            });
            if !path.is_empty() {
                location["logicalLocations"] = json!([{ "fullyQualifiedName": path }]);
            }
            let result = json!({
                "ruleId": rule,
                "level": sarif_level(diagnostic),
                "message": { "text": message },
                "locations": [location],
            });
            push_json(&result, out);
            rules.insert(rule, about(diagnostic.stage));
        }
    }
}

/// Prints the results of files in one format.
struct Printer {
    format: Format,
    lang: Lang,
    colours: bool,
    out: io::BufWriter<io::Stdout>,
    /// SARIF: whether a result has been printed.
    begun: bool,
    rules: BTreeMap<String, &'static str>,
    unreadable: Vec<String>,
}

impl Printer {
    fn new(args: &Args) -> Result<Printer, Failure> {
        let colours = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        let out = io::BufWriter::new(io::stdout());
        let (rules, unreadable) = (BTreeMap::new(), Vec::new());
        let mut printer =
            Printer { format: args.output, lang: args.lang, colours, out, begun: false, rules, unreadable };
        if printer.format == Format::Sarif {
            writeln!(printer.out, "{SARIF_START}")?;
        }
        Ok(printer)
    }

    fn file(&mut self, result: Result<Checked, Unread>, sum: &mut Sum) -> Result<(), Failure> {
        match result {
            Ok(mut checked) => {
                sum.join(&checked.sum);
                self.rules.append(&mut checked.rules);
                self.results(&checked.output)?;
            }
            Err(unread) => {
                sum.unreadable += 1;
                tell(&unread.sentence);
                match self.format {
                    Format::Text => {}
                    Format::Json => self.results(&unread.json())?,
                    Format::Sarif => self.unreadable.push(unread.sentence),
                }
            }
        }
        // A person who follows along sees each file as soon as it has been judged; a program reads in its own time.
        if io::stdout().is_terminal() {
            self.out.flush()?;
        }
        Ok(())
    }

    fn results(&mut self, output: &str) -> Result<(), Failure> {
        match self.format {
            Format::Text if self.colours => write!(self.out, "{output}")?,
            Format::Text => write!(self.out, "{}", anstream::adapter::strip_str(output))?,
            Format::Json => write!(self.out, "{output}")?,
            Format::Sarif => {
                for result in output.lines() {
                    let comma = if std::mem::replace(&mut self.begun, true) { "," } else { "" };
                    writeln!(self.out, "{comma}{result}")?;
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, sum: &Sum) -> Result<(), Failure> {
        match self.format {
            Format::Text => writeln!(self.out, "{}", summary(sum, self.lang))?,
            Format::Json => {}
            Format::Sarif => writeln!(self.out, "{}", sarif_end(&self.rules, &self.unreadable))?,
        }
        Ok(self.out.flush()?)
    }
}

fn summary(sum: &Sum, lang: Lang) -> String {
    let accepted = sum.documents - sum.refused - sum.forbidden;
    let count = |number, one, many| translate(lang, &count(number, one, many)).into_owned();
    let (documents, files) =
        (count(sum.documents, "document", "documents"), count(sum.files, "file", "files"));
    let not = sum.refused + sum.forbidden;
    let verdicts = format!("{documents} in {files}: {accepted} accepted, {not} not");
    let mut parts = vec![
        translate(lang, &verdicts).into_owned(),
        [
            count(sum.errors, "error", "errors"),
            count(sum.warnings, "warning", "warnings"),
            count(sum.advice, "piece of advice", "pieces of advice"),
        ]
        .join(", "),
    ];
    if sum.unreadable > 0 {
        let unread = format!("{} could not be read", count(sum.unreadable, "file", "files"));
        parts.push(translate(lang, &unread).into_owned());
    }
    parts.join("; ")
}

impl Unread {
    /// The line of a file that has no text: it would not be accepted either.
    fn json(&self) -> String {
        let (stage, kind) = (Stage::Syntax.as_str(), Kind::Malformed.as_str());
        let problem = Problem {
            stage,
            kind,
            path: String::new(),
            message: (&self.sentence).into(),
            line: 1,
            column: 1,
        };
        let mut out = String::new();
        let record = Record {
            file: &name_of(&self.path),
            doc: 0,
            kind: "",
            name: "",
            accepted: false,
            diagnostics: vec![problem],
            pod_security: None,
        };
        push_json(&record, &mut out);
        out
    }
}

/// Adds a value as one line of JSON.
fn push_json(value: &impl Serialize, out: &mut String) {
    // A record holds texts, numbers and lists of them: all of it is JSON.
    out.push_str(&serde_json::to_string(value).unwrap_or_default());
    out.push('\n');
}

/// A file as the arguments name it.
fn name_of(path: &Path) -> String {
    path.display().to_string()
}

const BAD: Style = AnsiColor::Red.on_default().bold();
const WORTH_KNOWING: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const FIX: Style = AnsiColor::Cyan.on_default();

fn label(diagnostic: &Diagnostic) -> (&'static str, Style) {
    match (diagnostic.stage, diagnostic.stage.severity()) {
        // It is shown only where its level was asked for.
        (Stage::PodSecurity, _) | (_, Severity::Error) => ("error", BAD),
        (_, Severity::Warning) => ("warning", WORTH_KNOWING),
        (_, Severity::Advice) => ("advice", FIX),
    }
}

fn sarif_level(diagnostic: &Diagnostic) -> &'static str {
    match label(diagnostic).0 {
        "advice" => "note",
        label => label,
    }
}

/// What a stage reports, as the description of its SARIF rules.
fn about(stage: Stage) -> &'static str {
    match stage {
        Stage::Syntax => "The text is not YAML that kubectl reads.",
        Stage::Decode => "The YAML is not an object of its type, by strict field validation.",
        Stage::Validate => "The API server refuses the object.",
        Stage::Warn => "The API server accepts the object with a warning.",
        Stage::PodSecurity => "The Pod Security level forbids the object.",
        Stage::Advise => "Good practice advises otherwise.",
    }
}

// The results come first, so that they can be written as they are found; what sums them up follows.
const SARIF_START: &str = r#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"columnKind":"unicodeCodePoints","results":["#;

fn sarif_end(rules: &BTreeMap<String, &'static str>, unreadable: &[String]) -> String {
    let rules: Vec<Json> =
        rules.iter().map(|(id, about)| json!({ "id": id, "shortDescription": { "text": about } })).collect();
    let driver = json!({
        "name": "Podwright",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let notes: Vec<Json> = unreadable
        .iter()
        .map(|sentence| json!({ "level": "error", "message": { "text": sentence } }))
        .collect();
    let invocation =
        json!({ "executionSuccessful": unreadable.is_empty(), "toolExecutionNotifications": notes });
    format!("],\"tool\":{{\"driver\":{driver}}},\"invocations\":[{invocation}]}}]}}")
}

/// What a URI path may hold as it is (RFC 3986, `pchar` and `/`), but for `:`, which may not stand in the first segment
/// of a relative reference.
const NOT_IN_URI_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@')
    .remove(b'/');

fn uri(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let encoded = utf8_percent_encode(&text, NOT_IN_URI_PATH);
    match path.is_absolute() {
        true => format!("file://{}{encoded}", if text.starts_with('/') { "" } else { "/" }),
        false => encoded.to_string(),
    }
}

/// How far a long run is, on standard error if that is a terminal.
struct Progress {
    bar: ProgressBar,
    started: Instant,
    done: AtomicU64,
}

impl Progress {
    fn new() -> Progress {
        let style = ProgressStyle::with_template("{spinner} {human_pos} files checked");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Progress { bar, started: Instant::now(), done: AtomicU64::new(0) }
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.started.elapsed() > PATIENCE {
            self.bar.set_position(done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_has_no_byte_that_it_may_not_have() {
        for (path, expected) in [
            ("a b/ü.yaml", "a%20b/%C3%BC.yaml"),
            ("/tmp/100%.yaml", "file:///tmp/100%25.yaml"),
            ("c:d#e?", "c%3Ad%23e%3F"),
        ] {
            assert_eq!(uri(Path::new(path)), expected);
        }
    }
}
