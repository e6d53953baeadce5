//! The questions in front of the window, by keys alone: every control of each has a name and is reached with Tab, the default
//! one has the keyboard as the question comes up, and Escape leaves everything as it was.
#![cfg(feature = "window")]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up the files that the window opens, and play the other programs"
)]

mod common;
#[path = "common/dropped.rs"]
mod dropped;
#[path = "common/pod.rs"]
mod pod;
#[path = "common/controls.rs"]
mod controls;

use controls::{focused, nameless, names};
use dropped::Dropped;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use pod::POD;
use podwright::ui::App;
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::{TempDir, tempdir};

/// A window that keeps what is open in a folder.
struct Window {
    harness: Harness<'static, App>,
    home: Arc<TempDir>,
}

fn home(text: &str) -> Arc<TempDir> {
    let home = tempdir().expect("folder");
    fs::write(home.path().join("web.yaml"), text).expect("file");
    Arc::new(home)
}

impl Window {
    /// A window on a text in a file.
    fn on(text: &str) -> Window {
        Window::start(&home(text), Some("web.yaml"))
    }

    fn start(home: &Arc<TempDir>, file: Option<&str>) -> Window {
        let services = common::services();
        let (state, file) = (home.path().join("state"), file.map(|name| home.path().join(name)));
        let builder = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(64);
        let harness = builder.build_eframe(|window| {
            let mut app = App::new(&window.egui_ctx, services);
            app.keep_in(&window.egui_ctx, &state);
            if let Some(file) = &file {
                app.open_file(&window.egui_ctx, file);
            }
            app
        });
        let mut window = Window { harness, home: home.clone() };
        window.harness.run();
        window
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    fn focus(&mut self, label: &str) {
        self.harness.get_by_label(label).focus();
        self.harness.run();
    }

    /// Gives a control the keyboard and presses Enter on it.
    fn enter(&mut self, label: &str) {
        self.focus(label);
        self.key(Modifiers::NONE, Key::Enter);
    }

    fn type_text(&mut self, text: &str) {
        self.focus("YAML");
        self.key(Modifiers::COMMAND, Key::End);
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run();
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    fn wait_for(&mut self, what: &str, look: impl Fn(&Window) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !look(self) {
            assert!(Instant::now() < end, "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(20));
            self.harness.step();
        }
    }

    fn close(&mut self) {
        let id = self.harness.input().viewport_id;
        self.harness.input_mut().viewports.entry(id).or_default().events.push(egui::ViewportEvent::Close);
        self.harness.step();
        if let Some(viewport) = self.harness.input_mut().viewports.get_mut(&id) {
            viewport.events.clear();
        }
        self.harness.run();
    }

    fn drop_file(&mut self, name: &str, text: &str) {
        let path = self.home.path().join(name);
        fs::write(&path, text).expect("file");
        let dropped: egui::DroppedFileHandle = Arc::new(Dropped(path));
        self.harness.input_mut().dropped_files.push(dropped);
        self.harness.step();
        self.harness.input_mut().dropped_files.clear();
        self.harness.run();
    }

    /// Looks at the question that stands there: its default control, and all that Tab leads to, in order from there. Then
    /// Escape takes it away and changes nothing.
    fn expect(&mut self, heading: &str, wanted: &[&str]) {
        assert!(self.has(heading), "{heading}: {:?}", names(&self.harness));
        let nothing: Vec<String> = Vec::new();
        assert_eq!(nameless(&self.harness, heading), nothing);
        assert_eq!(focused(&self.harness), wanted[0], "{heading}: the default");
        let mut reached = BTreeSet::new();
        for _ in 0..wanted.len() + 2 {
            reached.insert(focused(&self.harness));
            self.key(Modifiers::NONE, Key::Tab);
        }
        // With nothing that has the keyboard, the first Tab gives it to the first control.
        reached.remove("");
        let all: BTreeSet<String> =
            wanted.iter().filter(|name| !name.is_empty()).map(|name| (*name).to_owned()).collect();
        assert_eq!(reached, all, "{heading}: what Tab leads to");
        let text = self.harness.state().text().to_owned();
        self.key(Modifiers::NONE, Key::Escape);
        assert!(!self.has(heading), "{heading}: Escape leaves it");
        assert_eq!(self.harness.state().text(), text, "{heading}");
    }
}

const UNSAVED: &[&str] = &["Save changes", "Keep for next time", "Discard changes", "Cancel"];

#[test]
fn unsaved_changes() {
    let mut window = Window::on(POD);
    window.type_text("# mine\n");
    window.close();
    window.expect("Save the changes?", UNSAVED);
    // Who stays goes on where the keyboard was.
    assert_eq!(focused(&window.harness), "YAML");
    window.key(Modifiers::COMMAND, Key::N);
    window.enter("Start with Plain pod");
    window.expect("Save the changes?", UNSAVED);
    assert_eq!(focused(&window.harness), "Start with Plain pod");
    window.enter("Start with Plain pod");
    window.key(Modifiers::NONE, Key::Enter);
    let file = fs::read_to_string(window.home.path().join("web.yaml")).expect("file");
    assert_eq!(file, format!("{POD}# mine\n"), "Enter saves");
}

#[test]
fn unsaved_work_and_a_file_that_is_open_elsewhere() {
    let home = home(POD);
    let mut first = Window::start(&home, Some("web.yaml"));
    first.wait_for("the journal", |window| {
        let journals = fs::read_dir(window.home.path().join("state/journal"));
        journals.is_ok_and(|mut all| {
            all.any(|entry| entry.is_ok_and(|e| e.path().extension().is_some_and(|e| e == "journal")))
        })
    });
    let mut second = Window::start(&home, Some("web.yaml"));
    second.expect("The file is open in another window", &["Open here too", "Don’t open"]);
    drop(second);
    first.type_text("# mine");
    drop(first);

    let mut window = Window::start(&home, Some("web.yaml"));
    window.expect("There is unsaved work on web.yaml", &["Bring back my changes", "Open the file as it is"]);
    window.key(Modifiers::COMMAND, Key::N);
    assert!(window.has("Unsaved work"));
    let nothing: Vec<String> = Vec::new();
    assert_eq!(nameless(&window.harness, "unsaved work and recent files"), nothing);
    window.enter("Discard web.yaml");
    window.expect("Discard web.yaml?", &["Cancel", "Discard this work"]);
    assert_eq!(focused(&window.harness), "Discard web.yaml");
    window.enter("File menu");
    window.enter("Open recent");
    assert_eq!(nameless(&window.harness, "recent files"), nothing);
}

#[test]
fn a_file_that_others_have_changed() {
    let base = format!("{POD}  restartPolicy: Always\n");
    let mut window = Window::on(&base);
    window.type_text("# mine\n");
    fs::write(window.home.path().join("web.yaml"), base.replace("name: web", "name: theirs")).expect("file");
    window.key(Modifiers::COMMAND, Key::S);
    let changed = ["Compare…", "Replace the file", "Open the file's text instead", "Cancel"];
    window.expect("The file has changed on the disk", &changed);
    window.wait_for("the bar", |window| window.has("Keep mine"));
    let nothing: Vec<String> = Vec::new();
    assert_eq!(nameless(&window.harness, "changed outside"), nothing);
    window.enter("Compare…");
    let compare = [
        "Use the result",
        "Cancel",
        "Next difference",
        "Take all of theirs",
        "Take all of mine",
        "Take mine, difference 1",
        "Take theirs, difference 1",
        "Take mine, difference 2",
        "Take theirs, difference 2",
    ];
    window.expect("Your text and the file’s", &compare);
}

#[test]
fn a_dropped_file_and_a_template() {
    let mut window = Window::on(POD);
    window.drop_file("other.yaml", &POD.replace("web", "other"));
    let dropped = ["Open it", "Add its containers to this pod", "Keep it as a template", "Cancel"];
    window.expect("What shall become of other.yaml?", &dropped);
    window.drop_file("other.yaml", &POD.replace("web", "other"));
    window.enter("Keep it as a template");
    window.expect("Keep as a template", &["Name of the template", "Keep this template", "Cancel"]);
    // From a menu, whose button is not to take the keyboard back.
    window.enter("File menu");
    window.enter("Keep as a template…");
    window.expect("Keep as a template", &["Name of the template", "Keep this template", "Cancel"]);
}

#[test]
fn who_leaves_the_second_question_goes_on_where_the_keyboard_was() {
    let mut window = Window::on(POD);
    window.type_text("# mine\n");
    fs::write(window.home.path().join("web.yaml"), "kind: Pod\n").expect("file");
    window.key(Modifiers::COMMAND, Key::S);
    assert!(window.has("The file has changed on the disk"));
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(focused(&window.harness), "Use the result");
    window.key(Modifiers::NONE, Key::Escape);
    assert_eq!(focused(&window.harness), "YAML");
}

#[test]
fn a_file_by_its_path() {
    let mut window = Window::on(POD);
    window.enter("File menu");
    window.enter("Save by path…");
    window.expect("Save to a file by its path", &["Path of the file", "Save to this file", "Cancel"]);
    window.enter("File menu");
    window.enter("Save by path…");
    let other = window.home.path().join("other.yaml");
    fs::write(&other, "kept").expect("file");
    window.key(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(other.display().to_string()));
    window.harness.run();
    window.key(Modifiers::NONE, Key::Enter);
    assert!(window.has(&format!("{} exists already.", other.display())));
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(fs::read_to_string(&other).expect("file"), "kept", "a second Enter replaces nothing");
    window.expect("Save to a file by its path", &["", "Path of the file", "Replace this file", "Cancel"]);
}

#[test]
fn a_shared_value() {
    let text = POD.replace(
        "nginx:1.27",
        "&image nginx:1.27\n    args: &args [x, y]\n  - name: b\n    image: *image\n    args: *args",
    );
    let mut window = Window::on(&text);
    window.enter("Remove spec.containers[0].args[0]");
    let shared = ["Change all 2 places", "Change only here", "Cancel"];
    window.expect("Change it in every place?", &shared);
    // While a person types, the next key is no answer.
    window.focus("spec.containers[0].image");
    for typed in ["1", " "] {
        window.harness.event(Event::Text(typed.to_owned()));
        window.key(Modifiers::NONE, Key::Space);
    }
    window.expect("Change it in every place?", &["", "Change all 2 places", "Change only here", "Cancel"]);
    assert_eq!(focused(&window.harness), "spec.containers[0].image");
    assert_eq!(window.harness.state().text(), text);
}

#[test]
fn a_workload_and_a_repair() {
    let mut window = Window::on(POD);
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    let convert = [
        "Turn into a Deployment",
        "Cancel",
        "Deployment",
        "DaemonSet",
        "StatefulSet",
        "ReplicaSet",
        "Job",
        "CronJob",
        "The result",
    ];
    window.expect("Turn this Pod into…", &convert);
    let two_ways = "apiVersion: v1\nkind: Pod\nmetadata:\nname: a\nspec:\ncontainers:\n- name: a\nimage: b:1\nsecurityContext:\nrunAsUser: 1\n";
    window.drop_file("flat.yaml", two_ways);
    window.enter("Open it");
    let readings = names(&window.harness).into_iter().filter(|name| name.contains("securityContext belongs"));
    let readings: Vec<String> = readings.collect();
    assert_eq!(readings.len(), 2, "{readings:?}");
    let repair = ["Use the rebuilt text", "Keep it as it is", "Cancel", &readings[0], &readings[1]];
    window.expect("Rebuild this manifest?", &repair);
}
