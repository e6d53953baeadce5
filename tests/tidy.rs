//! The shape of the source: modules use only what stands below them, only `ui` and `main` know the window's crates,
//! and what is pure does no I/O.
#![allow(clippy::disallowed_methods, reason = "tests read, write and start what they test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules from the bottom up. A module may use those before it, and its equals on the same line only if listed.
const LAYERS: &[&[&str]] = &[
    &["path"],
    &["yaml"],
    &["schema"],
    &["words"],
    &["object"],
    &["diagnostic"],
    &["explain"],
    &["api"],
    &["meaning"],
    &["advice"],
    &["hazard"],
    &["document"],
    &["upgrade"],
    &["complete"],
    &["repair"],
    &["finder"],
    &["template"],
    &["convert"],
    &["editor"],
    &["merge"],
    &["files"],
    &["ui"],
    &["cli"],
];

/// The modules that may read or write files or the terminal.
const IMPURE: &[&str] = &["files", "cli", "ui", "main"];

fn sources() -> Vec<(String, PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("source");
                found.push((module_of(&path), path, text));
            }
        }
    }
    found.sort();
    assert!(found.len() > 10, "the sources were found");
    found
}

/// The top module that a file belongs to: `src/api/names.rs` to `api`.
fn module_of(path: &Path) -> String {
    let below = path.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).expect("below src");
    let first = below.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file without comments and without its tests, which may use anything.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_use_only_what_stands_below_them() {
    let height: BTreeMap<&str, usize> = LAYERS
        .iter()
        .enumerate()
        .flat_map(|(i, layer)| layer.iter().map(move |module| (*module, i)))
        .collect();
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        let Some(own) = height.get(module.as_str()) else { continue };
        assert!(
            !text.contains("use crate::{"),
            "{}: one use line for each module, so that this test reads it",
            path.display()
        );
        for word in code(&text).split("crate::").skip(1) {
            let used: String = word.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if height.get(used.as_str()).is_some_and(|used| used > own) {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_module_has_its_layer() {
    for (module, path, _) in sources() {
        let known = LAYERS.iter().any(|layer| layer.contains(&module.as_str()));
        assert!(known || module == "lib" || module == "main", "{} has no layer", path.display());
    }
}

#[test]
fn only_the_window_knows_the_crates_of_the_window() {
    for (module, path, text) in sources() {
        let code = code(&text);
        for of_window in ["egui", "eframe", "rfd", "arboard"] {
            let used = code.contains(&format!("{of_window}::"));
            assert!(!used || module == "ui" || module == "main", "{} uses {of_window}", path.display());
        }
    }
}

#[test]
fn what_is_pure_touches_no_file_no_clock_and_no_process() {
    for (module, path, text) in sources() {
        if IMPURE.contains(&module.as_str()) || module == "lib" {
            continue;
        }
        let code = code(&text);
        for word in [
            "std::fs",
            "std::io",
            "std::process",
            "std::env",
            "TcpStream",
            "UdpSocket",
            "std::time",
            "std::thread",
        ] {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn nothing_but_the_files_module_writes_files() {
    for (module, path, text) in sources() {
        let code = code(&text);
        for word in ["fs::write", "File::create", "fs::rename", "fs::remove"] {
            assert!(!code.contains(word) || module == "files", "{} uses {word}", path.display());
        }
    }
}
