//! Every fix that the rules offer can be made, and mends its problem: tried on all of `tests/conformance/*.jsonl.gz`.

#![allow(clippy::disallowed_methods)]

use flate2::read::GzDecoder;
use podwright::api::review;
use podwright::diagnostic::{Diagnostic, Fix};
use podwright::schema::Schema;
use podwright::yaml::{self, InTextOrder, Refusal, Sharing};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The problems of the first document of a text: those of the server, and those of the Pod Security Standards.
fn problems(text: &str) -> Vec<Diagnostic> {
    let schema = Schema::at("1.36".parse().expect("a version"));
    let stream = yaml::parse(text);
    let Some(data) = stream.docs.first().and_then(|doc| doc.data.as_ref()) else { return Vec::new() };
    let review = review(data, schema);
    let checks =
        review.pod_security.into_iter().flat_map(|judged| [judged.baseline, judged.restricted]).flatten();
    review.diagnostics.into_iter().chain(checks.flat_map(|check| check.problems)).collect()
}

/// Whether a fix makes a problem go away, at once or after as many more of its kind as it takes: of five sources, four
/// have to go.
fn mends(text: &str, problem: &Diagnostic, fix: &Fix, steps: u8) -> Result<bool, Refusal> {
    let edits = yaml::apply(text, 0, &fix.changes, &InTextOrder, Sharing::Ask)?.edits;
    let text = yaml::edited(text, &edits);
    let after = problems(&text);
    let same = |other: &&Diagnostic| {
        (other.stage, other.kind, &other.path, &other.place)
            == (problem.stage, problem.kind, &problem.path, &problem.place)
    };
    let left: Vec<_> = after.iter().filter(same).collect();
    match left.iter().find_map(|left| left.fixes.first()) {
        _ if left.is_empty() => Ok(true),
        Some(next) if steps > 0 => mends(&text, problem, next, steps - 1),
        _ => Ok(false),
    }
}

#[test]
fn every_fix_can_be_made_and_mends_its_problem() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut failures: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let (mut tried, mut tried_titles) = (0, BTreeMap::new());
    for entry in std::fs::read_dir(folder).expect("cases") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "gz") {
            continue;
        }
        for line in BufReader::new(GzDecoder::new(File::open(&path).expect("cases"))).lines() {
            let case: Value = serde_json::from_str(&line.expect("a line")).expect("a case");
            let (id, text) = (case["id"].as_str().expect("an id"), case["yaml"].as_str().expect("a text"));
            let before = problems(text);
            for problem in &before {
                for fix in &problem.fixes {
                    // The same fix of the same field was tried often enough.
                    let shape =
                        format!("{:?} {:?} {}", problem.kind, problem.path.steps().last(), fix.changes.len());
                    let count = tried_titles.entry(shape).or_insert(0_usize);
                    *count += 1;
                    if *count > 60 {
                        continue;
                    }
                    tried += 1;
                    let what = format!("{id}: {} ({:?} at {})", fix.title, problem.kind, problem.path);
                    match mends(text, problem, fix, 5) {
                        // What an alias repeats elsewhere cannot be taken away; the engine says so.
                        Err(_) if text.contains('*') && text.contains('&') => {}
                        Err(refusal) => {
                            failures.entry("refused").or_default().push(format!("{what}: {refusal}"))
                        }
                        Ok(false) => failures.entry("of no use").or_default().push(what),
                        Ok(true) => {}
                    }
                }
            }
        }
    }
    assert!(tried > 500, "only {tried} fixes were tried");
    assert!(failures.is_empty(), "of {tried} fixes: {failures:#?}");
}
