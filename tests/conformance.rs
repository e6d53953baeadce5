//! Holds the rules against recorded answers of the API server's own code (Kubernetes 1.36): `tests/conformance/*.jsonl.gz`,
//! one case a line, and what was added by hand since, `*.jsonl`. Prints agreement per family; fails on a case outside `skip.txt`, and on a skip that has become right.
//!
//! `cargo test --test conformance -- volumes` looks at the families whose name contains `volumes`; with `-v` every
//! difference is printed.

#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use flate2::read::GzDecoder;
use podwright::api::pod_security::{Check, Level};
use podwright::api::{Review, review};
use podwright::diagnostic::{Diagnostic, Kind, Stage};
use podwright::schema::Schema;
use podwright::yaml;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Deserialize)]
struct Case {
    id: String,
    yaml: String,
    accepted: bool,
    decode: String,
    strict: Vec<Strict>,
    errors: Vec<Error>,
    warnings: Vec<String>,
    pss: Option<Levels>,
    order: Option<String>,
    k8s: String,
}

#[derive(Deserialize)]
struct Strict {
    problem: String,
    path: String,
}

#[derive(Deserialize)]
struct Error {
    #[serde(rename = "type")]
    kind: String,
    field: String,
}

#[derive(Deserialize)]
struct Levels {
    baseline: Vec<String>,
    restricted: Vec<String>,
}

/// What a server says of a case, in a form that two servers' answers can be compared in.
#[derive(Debug, PartialEq)]
struct Answer {
    accepted: bool,
    decode: String,
    strict: Vec<String>,
    errors: Vec<String>,
    warnings: Vec<String>,
    pod_security: Option<[Vec<String>; 2]>,
}

const ASPECTS: [&str; 5] = ["verdict", "errors", "strict", "warnings", "pss"];

impl Answer {
    fn recorded(case: &Case) -> Answer {
        Answer {
            accepted: case.accepted,
            decode: case.decode.clone(),
            strict: case.strict.iter().map(|s| format!("{} {}", s.problem, s.path)).collect(),
            errors: case.errors.iter().map(|e| format!("{} {}", e.kind, e.field)).collect(),
            warnings: case.warnings.clone(),
            pod_security: case.pss.as_ref().map(|l| [l.baseline.clone(), l.restricted.clone()]),
        }
    }

    /// The answer of our rules to the first document that is not empty.
    fn ours(text: &str, schema: &'static Schema) -> Answer {
        let stream = yaml::parse(text);
        let broken = |doc: usize| stream.problems.iter().any(|problem| problem.fatal && problem.doc == doc);
        let first = stream.docs.iter().enumerate().find(|(i, doc)| doc.data.is_some() || broken(*i));
        let review = match first {
            Some((i, doc)) if !broken(i) => doc.data.as_ref().map(|data| review(data, schema)),
            _ => None,
        };
        let Some(review) = review else {
            return Answer {
                accepted: false,
                decode: "fail".to_owned(),
                strict: Vec::new(),
                errors: Vec::new(),
                warnings: Vec::new(),
                pod_security: None,
            };
        };
        let of = |stage: Stage, word: fn(&Diagnostic) -> String| -> Vec<String> {
            review.diagnostics.iter().filter(|d| d.stage == stage).map(word).collect()
        };
        let strict = of(Stage::Decode, |d| format!("{} {}", d.kind.as_str(), d.path));
        let failed =
            |kind: Kind| review.diagnostics.iter().any(|d| d.stage == Stage::Decode && d.kind == kind);
        let decode = match (failed(Kind::Malformed) || failed(Kind::WrongType), strict.is_empty()) {
            (true, _) => "fail",
            (false, false) => "strict",
            (false, true) => "ok",
        };
        Answer {
            accepted: review.accepted,
            decode: decode.to_owned(),
            strict: if decode == "fail" { Vec::new() } else { strict },
            errors: of(Stage::Validate, |d| format!("{} {}", d.kind.as_str(), d.path)),
            warnings: of(Stage::Warn, |d| d.path.to_string()),
            pod_security: levels(&review),
        }
    }

    fn sort(&mut self) {
        self.errors.sort();
        self.warnings.sort();
    }

    /// For each of [`ASPECTS`], whether the two agree.
    fn agrees(&self, other: &Answer) -> [bool; 5] {
        [
            self.accepted == other.accepted && self.decode == other.decode,
            self.errors == other.errors,
            self.strict == other.strict,
            self.warnings == other.warnings,
            self.pod_security == other.pod_security,
        ]
    }
}

fn levels(review: &Review) -> Option<[Vec<String>; 2]> {
    let ids = |checks: &[Check]| checks.iter().map(|check| check.id.to_owned()).collect();
    review.pod_security.as_ref().map(|p| [ids(p.failed(Level::Baseline)), ids(p.failed(Level::Restricted))])
}

fn families(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of the cases")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "gz" || e == "jsonl"))
        .collect();
    files.sort();
    files
}

/// `skip.txt`: an id and, after white space, the reason why the difference stays.
fn skips(folder: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder.join("skip.txt")).expect("tests/conformance/skip.txt");
    let rows = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    rows.map(|line| {
        let (id, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        assert!(!reason.trim().is_empty(), "skip.txt gives no reason for {id}");
        (id.to_owned(), reason.trim().to_owned())
    })
    .collect()
}

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let args: Vec<String> = std::env::args().skip(1).collect();
    let verbose = args.iter().any(|arg| arg == "-v");
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let skips = skips(&folder);
    let mut seen_skips = 0;
    let mut unexpected = Vec::new();
    let (mut cases, mut wrong_cases) = (0, 0);
    println!("{:24} {:>6}  {}", "family", "cases", ASPECTS.map(|aspect| format!("{aspect:>9}")).join(" "));
    for path in families(&folder) {
        let family = path
            .file_name()
            .map(|name| name.to_string_lossy().replace(".gz", "").replace(".jsonl", ""))
            .unwrap_or_default();
        if !wanted.is_empty() && !wanted.iter().any(|part| family.contains(part.as_str())) {
            continue;
        }
        let (mut count, mut right) = (0, [0; 5]);
        let file = File::open(&path).expect("cases");
        let packed = path.extension().is_some_and(|e| e == "gz");
        let lines: Box<dyn Read> = if packed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
        for line in BufReader::new(lines).lines() {
            let case: Case = serde_json::from_str(&line.expect("a line of cases")).expect("a case");
            let schema = Schema::at(case.k8s.parse().expect("a version"));
            let (mut recorded, mut ours) = (Answer::recorded(&case), Answer::ours(&case.yaml, schema));
            if case.order.as_deref() == Some("unstable") {
                recorded.sort();
                ours.sort();
            }
            let agrees = ours.agrees(&recorded);
            count += 1;
            for (right, agrees) in right.iter_mut().zip(agrees) {
                *right += u32::from(agrees);
            }
            let differs = agrees.contains(&false);
            wrong_cases += u32::from(differs);
            seen_skips += usize::from(skips.contains_key(&case.id));
            match (differs, skips.contains_key(&case.id)) {
                (true, false) => unexpected.push(case.id.clone()),
                (false, true) => {
                    unexpected.push(format!("{} (is right now: take it out of skip.txt)", case.id))
                }
                _ => {}
            }
            if verbose && differs {
                println!("\n{}\n  recorded {recorded:?}\n  ours     {ours:?}", case.id);
            }
        }
        cases += count;
        let share =
            right.map(|right| format!("{:>8.2}%", 100.0 * f64::from(right) / f64::from(count.max(1))));
        println!("{family:24} {count:>6}  {}", share.join(" "));
    }
    println!("{cases} cases, {wrong_cases} with a difference, {} skipped", skips.len());
    let verdict = if unexpected.is_empty() { "ok" } else { "FAILED" };
    println!(
        "test result: {verdict}. {} passed; {wrong_cases} failed; {seen_skips} ignored; in {cases} recorded answers",
        cases - wrong_cases
    );
    if wanted.is_empty() && seen_skips != skips.len() {
        println!("skip.txt names a case that does not exist");
        return ExitCode::FAILURE;
    }
    if unexpected.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("{} unexpected:", unexpected.len());
    for id in unexpected.iter().take(if verbose { usize::MAX } else { 40 }) {
        println!("  {id}");
    }
    ExitCode::FAILURE
}
