//! The real program in a real window: under Xvfb, driven by accessible names, its clipboard and files read by others.
//!
//! The scripts in `tests/window` play the parts. Where this machine lacks what they need, a test says so and is skipped,
//! unless `CI` is set: there it fails.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it plays the desktop around the program"
)]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

const PROGRAM: &str = env!("CARGO_BIN_EXE_podwright");

/// One window at a time: two would only slow each other down.
static SCREEN: Mutex<()> = Mutex::new(());

/// Debian's own Python, which has the packages that the scripts need.
const PYTHON: &str = "/usr/bin/python3";

/// The code with which a script ends where something is missing.
const MISSING: i32 = 3;

fn play(script: &str, args: &[&str]) {
    let _alone = SCREEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/window").join(script);
    let played = Command::new(PYTHON).arg(path).arg(PROGRAM).args(args).output();
    let (code, said) = match played {
        Ok(output) => (output.status.code(), words(&output)),
        Err(error) => (Some(MISSING), format!("{PYTHON}: {error}")),
    };
    match code {
        Some(0) => println!("{said}"),
        Some(MISSING) if std::env::var_os("CI").is_none() => println!("skipped: {said}"),
        _ => panic!("{script}:\n{said}"),
    }
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn from_the_gallery_to_the_clipboard_and_a_file() {
    play("journey.py", &[]);
}

#[test]
fn dropped_manifests_are_judged() {
    play("drops.py", &[concat!(env!("CARGO_MANIFEST_DIR"), "/tests/manifests")]);
}

#[test]
fn a_killed_window_comes_back() {
    play("killed.py", &[]);
}

#[test]
fn without_a_display_it_says_so_in_one_line() {
    for display in [None, Some(":64999")] {
        let mut command = Command::new(PROGRAM);
        command.env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET").env_remove("DISPLAY");
        if let Some(display) = display {
            command.env("DISPLAY", display);
        }
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{display:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{display:?}: {said}");
        assert!(said.contains("DISPLAY"), "says what to do: {said}");
        assert!(output.stdout.is_empty());
    }
}
