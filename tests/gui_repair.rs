//! A manifest that lost its indentation, opened, dropped and pasted into the window: both texts, the choice, undo.
#![cfg(feature = "window")]
#![expect(clippy::disallowed_methods, reason = "the tests set up the files that the window opens")]

mod common;
#[path = "common/dropped.rs"]
mod dropped;

use dropped::Dropped;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use podwright::ui::App;
use podwright::ui::preview::text_id;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

struct Window(Harness<'static, App>);

impl Window {
    fn new() -> Window {
        let services = common::services();
        let harness = Harness::builder()
            .with_size([1280.0, 800.0])
            .with_max_steps(40)
            .build_eframe(|window| App::new(&window.egui_ctx, services));
        let mut window = Window(harness);
        window.run();
        window
    }

    /// Draws until nothing happens any more, and nothing is being looked for.
    fn run(&mut self) {
        self.0.run();
        while self.0.state().is_seeking() {
            std::thread::sleep(Duration::from_millis(2));
            self.0.run();
        }
    }

    fn drop_file(&mut self, path: &Path) {
        let dropped: egui::DroppedFileHandle = Arc::new(Dropped(path.to_owned()));
        self.0.input_mut().dropped_files.push(dropped);
        self.0.step();
        self.0.input_mut().dropped_files.clear();
        self.run();
    }

    fn paste(&mut self, text: &str) {
        self.0.event(egui::Event::Paste(text.to_owned()));
        self.run();
    }

    fn press(&mut self, label: &str) {
        self.0.get_by_label(label).click_accesskit();
        self.run();
    }

    fn has(&self, label: &str) -> bool {
        self.0.query_all_by_label(label).next().is_some()
    }

    fn text(&self) -> String {
        self.0.state().text().to_owned()
    }
}

fn manifest(name: &str) -> PathBuf {
    PathBuf::from(format!("{}/tests/manifests/{name}.yaml", env!("CARGO_MANIFEST_DIR")))
}

fn flat() -> String {
    std::fs::read_to_string(manifest("flattened-02-command-demo")).expect("manifest")
}

const REBUILT: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: command-demo
  labels:
    purpose: demonstrate-command
spec:
  containers:
  - name: command-demo-container
    image: debian
    command: [\"printenv\"]
    args: [\"HOSTNAME\", \"KUBERNETES_PORT\"]
  restartPolicy: OnFailur
";

const TWO_WAYS: &str = "apiVersion: v1\nkind: Pod\nmetadata:\nname: a\nspec:\ncontainers:\n- name: a\nimage: b:1\nsecurityContext:\nrunAsUser: 1\n";

#[test]
fn a_flat_file_is_opened_rebuilt_and_undo_brings_it_back_as_it_came() {
    let mut window = Window::new();
    window.drop_file(&manifest("flattened-02-command-demo"));
    assert_eq!(window.text(), "", "nothing is opened before the answer");
    for line in ["As it came", "Rebuilt", "image: debian", "    image: debian", "  restartPolicy: OnFailur"] {
        assert!(window.has(line), "{line}");
    }
    window.press("Use the rebuilt text");
    assert_eq!(window.text(), REBUILT);
    window.press("Undo");
    assert_eq!(window.text(), flat());
    window.press("Redo");
    assert_eq!(window.text(), REBUILT);
}

#[test]
fn a_flat_file_is_opened_as_it_is_or_not_at_all() {
    let mut window = Window::new();
    window.drop_file(&manifest("flattened-02-command-demo"));
    window.press("Cancel");
    assert_eq!(window.text(), "");
    window.drop_file(&manifest("flattened-02-command-demo"));
    window.press("Keep it as it is");
    assert_eq!(window.text(), flat());
    assert!(!window.has("As it came"));
    // The command asks again, at any time.
    window.press("File menu");
    window.press("Rebuild lost indentation…");
    window.press("Use the rebuilt text");
    assert_eq!(window.text(), REBUILT);
    window.press("File menu");
    let command = window.0.get_by_label("Rebuild lost indentation…");
    assert!(command.accesskit_node().is_disabled(), "there is nothing left to rebuild");
}

#[test]
fn where_there_are_two_ways_the_person_chooses() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("pod.yaml");
    std::fs::write(&file, TWO_WAYS).expect("file");
    let mut window = Window::new();
    window.drop_file(&file);
    assert!(window.has("    securityContext:"), "the likelier one is shown first");
    window.press("Line 9: securityContext belongs to spec");
    assert!(!window.has("    securityContext:"));
    window.press("Use the rebuilt text");
    assert!(
        window.text().ends_with("    image: b:1\n  securityContext:\n    runAsUser: 1\n"),
        "{}",
        window.text()
    );
}

#[test]
fn a_flat_text_is_pasted_onto_the_gallery_and_into_the_text() {
    let mut window = Window::new();
    window.paste(&flat());
    window.press("Use the rebuilt text");
    assert_eq!(window.text(), REBUILT);

    let text = text_id();
    window.0.ctx.memory_mut(|memory| memory.request_focus(text));
    window.run();
    window.0.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.run();
    window.paste(TWO_WAYS);
    assert_eq!(window.text(), TWO_WAYS, "it stands in the text while the question is open");
    window.press("Use the rebuilt text");
    assert!(window.text().ends_with("    securityContext:\n      runAsUser: 1\n"), "{}", window.text());
    window.press("Undo");
    assert_eq!(window.text(), TWO_WAYS);
}

#[test]
fn a_sound_text_is_opened_without_a_question() {
    let mut window = Window::new();
    window.drop_file(&manifest("02-command-demo"));
    assert!(!window.has("As it came"));
    assert_eq!(window.text(), std::fs::read_to_string(manifest("02-command-demo")).expect("manifest"));
    let mut window = Window::new();
    window.paste("no manifest at all");
    assert_eq!(window.text(), "", "only manifests are opened from the gallery");
}

/// A pod with many environment variables whose indentation is lost: it takes a while to find out where each belongs.
fn long(count: usize) -> String {
    let variables: String = (0..count).map(|i| format!("- name: V{i}\nvalue: v\n")).collect();
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\nname: a\nspec:\ncontainers:\n- name: a\nimage: b:1\nenv:\n{variables}"
    )
}

#[test]
fn no_frame_waits_for_what_is_looked_for() {
    let text = long(300);
    let mut window = Window::new();
    window.0.event(egui::Event::Paste(text.clone()));
    window.0.step();
    assert!(
        window.0.state().is_seeking() && !window.has("As it came"),
        "the frame is there before it is found"
    );
    let mut waited = false;
    while window.0.state().is_seeking() {
        window.0.step();
        waited |= window.0.state().notices().any(|notice| notice == "Looking for the lost indentation…");
    }
    assert!(waited, "what takes long is said");
    window.run();
    assert!(window.has("As it came"));
    assert!(window.0.state().notices().all(|notice| notice != "Looking for the lost indentation…"));
    window.press("Use the rebuilt text");
    assert!(window.text().contains("\n    - name: V299\n      value: v\n"), "{}", window.text());
}

#[test]
fn what_is_typed_meanwhile_comes_first() {
    let mut window = Window::new();
    window.drop_file(&manifest("02-command-demo"));
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("pod.yaml");
    std::fs::write(&file, long(2000)).expect("file");
    // Nothing is lost of a text that was changed while the other one was looked at.
    let dropped: egui::DroppedFileHandle = Arc::new(Dropped(file));
    window.0.input_mut().dropped_files.push(dropped);
    window.0.step();
    window.0.input_mut().dropped_files.clear();
    window.0.run();
    window.0.get_by_label("Open it").click_accesskit();
    window.0.step();
    assert!(window.0.state().is_seeking());
    window.0.get_by_label("Remove spec.containers[0].image").click_accesskit();
    window.0.step();
    assert!(!window.text().contains("image:"));
    window.run();
    assert!(window.has("Discard changes") && !window.has("As it came"), "{}", window.text());
    window.press("Cancel");
    assert!(!window.0.state().is_seeking());
    window.0.get_by_label("YAML").focus();
    window.run();
    // And of one that is open, what was found for another text is dropped.
    window.0.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.0.step();
    window.0.event(egui::Event::Paste(long(2000)));
    window.0.step();
    assert!(window.0.state().is_seeking());
    window.0.event(egui::Event::Text("x".to_owned()));
    window.0.step();
    window.run();
    assert!(!window.has("As it came"));
}
