//! What the rules say is said in Chinese too: tried on every message and every fix of `tests/conformance/*.jsonl.gz`.

#![allow(clippy::disallowed_methods)]

use flate2::read::GzDecoder;
use podwright::document::Document;
use podwright::schema::{Lang, Version};
use podwright::words::{catalogue, translate};
use serde_json::Value;
use skrifa::MetadataProvider;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The texts of all recorded manifests.
fn manifests() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("cases") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "gz") {
            for line in BufReader::new(GzDecoder::new(File::open(&path).expect("cases"))).lines() {
                let case: Value = serde_json::from_str(&line.expect("a line")).expect("a case");
                texts.push(case["yaml"].as_str().expect("a text").to_owned());
            }
        }
    }
    texts
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn every_message_and_every_fix_has_its_words_in_chinese() {
    let mut missing = BTreeSet::new();
    for text in manifests() {
        for version in ["1.29", "1.36"] {
            let version: Version = version.parse().expect("a version");
            let document = Document::new(text.as_str(), version);
            let security = document.parts.iter().filter_map(|part| part.review.pod_security.as_ref());
            let checks = security.flat_map(|judged| judged.baseline.iter().chain(&judged.restricted));
            let found =
                document.diagnostics().map(|(_, d)| d).chain(checks.flat_map(|check| &check.problems));
            for said in
                found.flat_map(|d| std::iter::once(&d.message).chain(d.fixes.iter().map(|fix| &fix.title)))
            {
                if !translate(Lang::Zh, said).contains(is_chinese) && !said.contains(is_chinese) {
                    missing.insert(said.clone());
                }
            }
        }
    }
    let list: Vec<&String> = missing.iter().collect();
    assert!(missing.is_empty(), "{} sentences have no translation: {list:#?}", missing.len());
}

#[test]
fn the_catalogue_is_in_chinese_that_the_windows_own_font_shows() {
    let font =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/NotoSansSC-subset.otf")).expect("font");
    let shown = skrifa::FontRef::new(&font).expect("a font").charmap();
    let mut rare = BTreeSet::new();
    for (english, other) in catalogue() {
        // A sentence of holes and marks alone needs no words.
        let wordless = !english.contains(char::is_alphabetic);
        assert!(wordless || other.contains(is_chinese), "{english}: {other}");
        rare.extend(other.chars().filter(|c| is_chinese(*c) && shown.map(*c).is_none()));
    }
    let capabilities = include_str!("../assets/capabilities.json").chars();
    rare.extend(capabilities.filter(|c| is_chinese(*c) && shown.map(*c).is_none()));
    assert!(rare.is_empty(), "{rare:?}");
}
