//! The edit cases in `tests/edits/`: `in.yaml` with the changes of `ops.json` made is `out.yaml`, byte for byte.
#![allow(clippy::disallowed_methods, reason = "tests read, write and start what they test")]

use podwright::yaml::{self, InTextOrder, Sharing, ops};
use serde_json::Value as Json;
use std::fs;
use std::path::Path;

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name))
        .unwrap_or_else(|error| panic!("{}: {error}", folder.join(name).display()))
}

/// What is wrong with one case, if anything is.
fn failure(folder: &Path) -> Option<String> {
    let note: Json = serde_json::from_str(&read(folder, "note.json")).expect("note.json");
    let operations =
        ops::change_ops(&serde_json::from_str(&read(folder, "ops.json")).expect("ops.json")).expect("ops");
    let input = read(folder, "in.yaml");
    let result = ops::run(&input, &operations, &InTextOrder, None);
    match (result, note["refuse"] == true) {
        (Err(_), true) => None,
        (Ok(text), true) => Some(format!("not refused:\n{text}")),
        (Err(refusal), false) => Some(format!("refused: {refusal}")),
        (Ok(text), false) => {
            let expected = read(folder, "out.yaml");
            (text != expected).then(|| format!("expected:\n{expected}\ngot:\n{text}"))
        }
    }
}

#[test]
fn every_case_comes_out_byte_for_byte() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edits");
    let mut folders: Vec<_> =
        fs::read_dir(root).expect("tests/edits").map(|entry| entry.expect("entry").path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    let failures: Vec<String> = (folders.iter())
        .filter_map(|folder| failure(folder).map(|why| format!("{}: {why}", folder.display())))
        .collect();
    assert!(failures.is_empty(), "{} of {} cases\n{}", failures.len(), folders.len(), failures.join("\n"));
}

/// Several changes at once give edits of the original text that are sorted, disjoint and minimal.
#[test]
fn changes_in_a_row_become_edits_of_the_original() {
    let text = "spec:\n  a: 1 # one\n  b: 2\n  c: [x]\n";
    let path = |text: &str| text.parse::<podwright::path::Path>().expect("path");
    let changes = [
        yaml::Change::Set { path: path("spec.c[0]"), value: "z".into() },
        yaml::Change::Remove { path: path("spec.b") },
        yaml::Change::Set { path: path("spec.a"), value: 10.into() },
        yaml::Change::Set { path: path("spec.a"), value: 11.into() },
    ];
    let edits = yaml::apply(text, 0, &changes, &InTextOrder, Sharing::Ask).expect("edits").edits;
    assert_eq!(yaml::edited(text, &edits), "spec:\n  a: 11 # one\n  c: [z]\n");
    assert_eq!(edits.len(), 3);
    assert!(edits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
    assert_eq!(edits[0], yaml::Edit { range: 12..12, text: "1".to_owned() });
}
