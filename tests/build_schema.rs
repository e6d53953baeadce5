//! `assets/build-schema.py` says what is new in what it has written: tried on made-up schemas of two versions, in
//! `tests/build-schema/`. It runs with python3, which `packaging/test` installs.
#![allow(clippy::disallowed_methods, reason = "tests read, write and start what they test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const NEW: &str = r#"version 1.30 is new
gate PodMood: null -> [["alpha", 0, "1.30"]]
type Light is new
field Light.colour is new: t="string"
field PodSpec.nodeName is changed: t="string" -> t="string" r=1 ch={"1.29": {"r": 0}}
field PodSpec.another is changed: t="string" -> t="string" u="1.29"
field PodSpec.legacy is changed: t="string" -> t="string" u="1.29"
field PodSpec.light is new: t="Light" s="1.30"
field PodSpec.mood is new: t="string" e=["bright", "dim"] g="PodMood" s="1.30"
"#;

const GONE: &str = r#"version 1.29 is gone
type Light: s "1.30" -> null
field PodSpec.another is gone
field PodSpec.legacy is gone
field PodSpec.nodeName is changed: t="string" r=1 ch={"1.29": {"r": 0}} -> t="string" r=1
field PodSpec.light is changed: t="Light" s="1.30" -> t="Light"
field PodSpec.mood is changed: t="string" e=["bright", "dim"] g="PodMood" s="1.30" -> t="string" e=["bright", "dim"] g="PodMood"
"#;

fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Runs python3 in a folder; gives what it prints.
fn python(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("python3").args(arguments).current_dir(folder).output().expect("python3");
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "python3 {arguments:?}: {problem}");
    String::from_utf8(output.stdout).expect("text")
}

/// A file of this repository.
fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn what_is_new_is_printed() {
    if !has_python() {
        eprintln!(
            "skipped: there is no python3 in PATH; install python3 to have assets/build-schema.py tried"
        );
        return;
    }
    let work = tempfile::tempdir().expect("folder");
    let at = |name: &str| work.path().join(name);
    let copy = |from: &str, to: &str| fs::copy(ours(from), at(to)).expect(from);
    copy("assets/build-schema.py", "build-schema.py");
    fs::write(at("schema.json"), r#"{"versions": [], "roots": {}, "gates": {}, "types": {}}"#)
        .expect("schema");
    for version in ["1.29", "1.30"] {
        // As a wheel of kubernetes-validate has them.
        let inside = format!("{version}/kubernetes_validate/v{version}.0-local");
        fs::create_dir_all(at(&inside)).expect("folder");
        copy(&format!("tests/build-schema/{version}.json"), &format!("{inside}/_definitions.json"));
        let wheel = format!("../{version}.whl");
        python(&at(version), &["-m", "zipfile", "-c", &wheel, "kubernetes_validate/"]);
    }
    let build = |wheels: &[&str]| python(work.path(), &[&["build-schema.py"], wheels].concat());

    copy("tests/build-schema/overlay-1.29.json", "overlay.json");
    let first = build(&["1.29.whl"]);
    assert!(
        first.starts_with("version 1.29 is new\n") && first.contains("\ntype PodSpec is new\n"),
        "{first}"
    );
    assert_eq!(build(&["1.29.whl"]), "nothing is new\n");
    copy("tests/build-schema/overlay-1.30.json", "overlay.json");
    assert_eq!(build(&["1.29.whl", "1.30.whl"]), NEW);
    assert_eq!(build(&["1.30.whl"]), GONE);
}
