//! Any bytes as a manifest: a `Document` comes of them, with no panic, no hang and no place outside the text.
//!
//! The first byte chooses the Kubernetes version, the second the fix that is tried; the rest is the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use podwright::document::Document;
use podwright::path::Path;
use podwright::schema::Version;
use podwright::yaml::{self, Sharing};

fuzz_target!(|bytes: &[u8]| {
    let [version, fix, text @ ..] = bytes else { return };
    let versions: Vec<Version> = Version::all().collect();
    let version = versions[usize::from(*version) % versions.len()];
    let document = Document::new(String::from_utf8_lossy(text), version);
    let text = &document.text;

    let mut paths = vec![(0, Path::root())];
    for (part, diagnostic) in document.diagnostics() {
        assert!(text.get(diagnostic.span.clone()).is_some(), "{diagnostic:?} stands outside the text");
        document.lines.position(text, diagnostic.span.start);
        paths.push((part.index, diagnostic.place.clone()));
    }
    for part in &document.parts {
        let failed =
            part.review.pod_security.iter().flat_map(|all| all.baseline.iter().chain(&all.restricted));
        for problem in failed.flat_map(|check| &check.problems) {
            assert!(text.get(problem.span.clone()).is_some(), "{problem:?} stands outside the text");
        }
        document.pod_spec(part.index);
        document.written(part.index);
        document.defaulted(part.index);
    }

    // Offsets on and off character boundaries, and one past the end.
    let step = text.len() / 7 + 1;
    paths.extend((0..=text.len() + 1).step_by(step).filter_map(|byte| document.field_at(byte)));
    for (index, path) in paths {
        if let Some(span) = document.span_of(index, &path) {
            assert!(text.get(span).is_some(), "{path} of document {index} stands outside the text");
        }
    }
    for (span, _) in yaml::tokens(text) {
        assert!(text.get(span).is_some(), "a token stands outside the text");
    }

    let fixes: Vec<_> = document
        .diagnostics()
        .flat_map(|(part, d)| d.fixes.iter().map(move |fix| (part.index, fix)))
        .collect();
    if let Some((index, fix)) = fixes.get(usize::from(*fix) % fixes.len().max(1)) {
        // A fix may be refused by a strange layout; one that is made leaves a text that reads.
        let order = document.key_order(*index);
        if let Ok(applied) = yaml::apply(text, *index, &fix.changes, &order, Sharing::Everywhere) {
            let after = yaml::parse(&yaml::edited(text, &applied.edits));
            assert!(after.docs.get(*index).is_some_and(|doc| doc.data.is_some()), "{fix:?} broke the text");
        }
    }
});
