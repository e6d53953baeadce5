//! What holds for the rules on any input: no panic on objects bent out of shape, at any version; problems that point into
//! the text and say something.

#![allow(clippy::disallowed_methods)]

use flate2::read::GzDecoder;
use podwright::api::review;
use podwright::schema::{Schema, Version};
use podwright::yaml::{self, Data, Map, Member, Value};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The manifests of the recorded cases, every `step`th of each family.
fn manifests(step: usize) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "gz"));
    files.sort();
    let mut found = Vec::new();
    for path in files {
        for line in BufReader::new(GzDecoder::new(File::open(path).expect("cases"))).lines().step_by(step) {
            let case: serde_json::Value = serde_json::from_str(&line.expect("line")).expect("case");
            found.push(case["yaml"].as_str().expect("yaml").to_owned());
        }
    }
    assert!(found.len() > 100, "the cases were found");
    found
}

fn first_object(text: &str) -> Option<Data> {
    yaml::parse(text).docs.into_iter().find_map(|doc| doc.data)
}

/// A small random number generator, so that a failure comes back on the next run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn value(&mut self) -> Value {
        const TEXTS: [&str; 20] = [
            "",
            "a",
            "A_b",
            "..",
            "/x",
            "1Gi",
            "-1",
            "1e30",
            "*/5 * * * *",
            "50%",
            "é",
            "Localhost",
            "a/b",
            "é/…",
            "metadata.labels['x']",
            "localhost/..",
            "@every",
            "::1",
            "1.2.3.04",
            "[{\"key\": 1}]",
        ];
        match self.below(8) {
            0 => Value::Null,
            1 => Value::Bool(self.below(2) == 0),
            2 => Value::Int(i128::from(self.below(u64::MAX)) - (1 << 63)),
            3 => Value::Int(i128::from(self.below(70_000)) - 5),
            4 => Value::Float(f64::from_bits(self.below(u64::MAX))),
            5 => Value::List(Vec::new()),
            6 => Value::Map(Map::default()),
            _ => Value::String(TEXTS[self.below(20) as usize].to_owned()),
        }
    }

    /// Replaces, repeats, removes and adds values, one in `odds`.
    fn bend(&mut self, data: &mut Data, odds: u64) {
        if self.below(odds) == 0 {
            data.value = self.value();
            return;
        }
        match &mut data.value {
            Value::List(items) => {
                if self.below(odds) == 0
                    && let Some(item) = items.first().cloned()
                {
                    items.push(item);
                }
                items.iter_mut().for_each(|item| self.bend(item, odds));
            }
            Value::Map(map) => {
                if self.below(odds) == 0 && !map.members.is_empty() {
                    let at = self.below(map.members.len() as u64) as usize;
                    map.members.remove(at);
                }
                if self.below(odds) == 0 {
                    let data = Data { value: self.value(), span: 0..0, implied: false };
                    map.members.push(Member { key: String::new(), key_span: 0..0, data });
                }
                map.members.iter_mut().for_each(|member| self.bend(&mut member.data, odds));
            }
            _ => {}
        }
    }
}

#[test]
fn no_object_makes_the_rules_panic() {
    let mut random = Random(88_172_645_463_325_252);
    let objects: Vec<Data> = manifests(7).iter().filter_map(|text| first_object(text)).collect();
    let versions: Vec<Version> = Version::all().collect();
    for round in 0..3_u64 {
        for object in &objects {
            let mut object = object.clone();
            random.bend(&mut object, 4 + 16 * round);
            let version = versions[random.below(versions.len() as u64) as usize];
            let review = review(&object, Schema::at(version));
            assert!(review.accepted || !review.diagnostics.is_empty(), "a refusal gives its reasons");
        }
    }
}

#[test]
fn every_problem_points_into_the_text_and_says_something() {
    let schema = Schema::at("1.36".parse().expect("version"));
    for text in manifests(1) {
        let Some(object) = first_object(&text) else { continue };
        for problem in review(&object, schema).diagnostics {
            assert!(text.get(problem.span.clone()).is_some(), "{problem:?} points outside of\n{text}");
            assert!(!problem.message.trim().is_empty(), "{problem:?} says nothing");
            for fix in &problem.fixes {
                assert!(!fix.title.is_empty() && !fix.changes.is_empty(), "{problem:?} has an empty fix");
            }
        }
    }
}
