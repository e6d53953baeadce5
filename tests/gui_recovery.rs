//! The window that loses nothing, driven by accessible label: what comes back at a start, what others do to the file, two
//! windows on one file, recent files.
#![cfg(feature = "window")]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up the files that the window opens, and play the other programs"
)]

mod common;
#[path = "common/pod.rs"]
mod pod;

use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use pod::POD;
use podwright::diagnostic::Kind;
use podwright::files::settings::{SETTINGS, SettingsFile};
use podwright::ui::App;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::{TempDir, tempdir};

/// A user's folder, with a manifest in it.
fn home() -> TempDir {
    let home = tempdir().expect("folder");
    fs::write(home.path().join("web.yaml"), POD).expect("file");
    home
}

struct Window {
    harness: Harness<'static, App>,
    home: PathBuf,
}

impl Window {
    /// Starts the program, on a file of the home folder if one is named.
    fn start(home: &Path, file: Option<&str>) -> Window {
        let services = common::services();
        let state = home.join("state");
        let file = file.map(|name| home.join(name));
        let builder = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(40);
        let harness = builder.build_eframe(|window| {
            let mut app = App::new(&window.egui_ctx, services);
            app.keep_in(&window.egui_ctx, &state);
            match &file {
                Some(file) => app.open_file(&window.egui_ctx, file),
                None => app.bring_back_last(&window.egui_ctx),
            }
            app
        });
        let mut window = Window { harness, home: home.to_owned() };
        window.harness.run();
        window
    }

    fn text(&self) -> String {
        self.harness.state().text().to_owned()
    }

    fn file(&self) -> String {
        fs::read_to_string(self.home.join("web.yaml")).expect("file")
    }

    fn others_write(&self, text: &str) {
        // Another length each time: what tells two states apart must not depend on the clock of the file system.
        fs::write(self.home.join("web.yaml"), text).expect("file");
    }

    fn notices(&self) -> Vec<String> {
        self.harness.state().notices().map(str::to_owned).collect()
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    fn press(&mut self, label: &str) {
        self.harness.get_by_label(label).click_accesskit();
        self.harness.run();
    }

    fn keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    /// Types at the end of the text.
    fn type_text(&mut self, text: &str) {
        self.harness.get_by_label("YAML").focus();
        self.harness.run();
        self.keys(Modifiers::COMMAND, Key::End);
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run();
    }

    /// Draws frames until something is so that another thread brings about.
    fn wait_for(&mut self, what: &str, look: impl Fn(&Window) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !look(self) {
            assert!(Instant::now() < end, "waited in vain for {what}: {:?}", self.notices());
            std::thread::sleep(Duration::from_millis(20));
            self.harness.step();
        }
    }

    /// Asks the window to close; gives whether it would.
    fn close(&mut self) -> bool {
        let id = self.harness.input().viewport_id;
        let viewport = self.harness.input_mut().viewports.entry(id).or_default();
        viewport.events.push(egui::ViewportEvent::Close);
        self.harness.step();
        let sent = self.harness.output().viewport_output.values();
        let mut commands = sent.flat_map(|viewport| viewport.commands.clone());
        let kept = commands.any(|command| matches!(command, egui::ViewportCommand::CancelClose));
        if let Some(viewport) = self.harness.input_mut().viewports.get_mut(&id) {
            viewport.events.clear();
        }
        self.harness.step();
        !kept
    }

    /// The program ends in good order.
    fn end(mut self) {
        eframe::App::on_exit(self.harness.state_mut(), None);
    }
}

#[test]
fn what_was_open_comes_back_with_undo_page_and_cursor() {
    let home = home();
    let mut window = Window::start(home.path(), Some("web.yaml"));
    window.press("Volumes");
    window.type_text("# one\n# two");
    window.keys(Modifiers::NONE, Key::ArrowLeft);
    window.keys(Modifiers::SHIFT, Key::ArrowLeft);
    drop(window);

    let mut window = Window::start(home.path(), None);
    assert_eq!(window.notices(), ["Brought back what was open: web.yaml."]);
    let text = format!("{POD}# one\n# two");
    assert_eq!(window.text(), text);
    assert_eq!(window.file(), POD, "a file is written by Save alone");
    assert!(window.has("Add to spec.volumes"), "the page of the form is the one that was in sight");
    window.harness.event(Event::Text("X".to_owned()));
    window.harness.run();
    assert_eq!(
        window.text(),
        format!("{POD}# one\n# tXo"),
        "the keyboard, the selection and the cursor are back"
    );
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.text(), text);
    while window.text() != POD {
        window.keys(Modifiers::COMMAND, Key::Z);
    }
    window.keys(Modifiers::COMMAND, Key::Y);
    assert_ne!(window.text(), POD);
    // A window that is killed with everything saved comes back too.
    window.keys(Modifiers::COMMAND, Key::S);
    let text = window.text();
    assert_eq!(window.file(), text);
    drop(window);
    let window = Window::start(home.path(), None);
    assert_eq!(window.text(), text);
    window.end();
    let window = Window::start(home.path(), None);
    assert_eq!(window.text(), "", "what was closed with everything saved does not come back");
}

#[test]
fn a_closed_window_keeps_its_changes_for_next_time_if_asked_to() {
    let home = home();
    let mut window = Window::start(home.path(), Some("web.yaml"));
    window.type_text("# mine");
    assert!(!window.close());
    window.press("Keep for next time");
    assert!(window.close());
    window.end();

    let mut window = Window::start(home.path(), None);
    assert_eq!(window.text(), format!("{POD}# mine"));
    assert!(!window.close());
    window.press("Discard changes");
    assert!(window.close());
    window.end();

    let window = Window::start(home.path(), None);
    assert_eq!(window.text(), "");
    assert!(!window.has("Unsaved work"));
}

#[test]
fn unsaved_work_of_several_windows_stands_in_the_gallery() {
    let home = home();
    for (name, more) in [("web.yaml", "# first"), ("other.yaml", "# second")] {
        fs::write(home.path().join(name), POD).expect("file");
        let mut window = Window::start(home.path(), Some(name));
        window.type_text(more);
    }
    let mut window = Window::start(home.path(), None);
    assert_eq!(window.text(), format!("{POD}# second"), "the newest comes back by itself");
    window.press("New…");
    assert!(window.has("Unsaved work") && window.has("Bring back web.yaml"));
    assert!(!window.has("Bring back other.yaml"), "it is open");

    // What is open is kept for later, and stands in the list in its turn.
    window.press("Bring back web.yaml");
    window.press("Keep for next time");
    assert_eq!(window.text(), format!("{POD}# first"));
    window.press("New…");
    window.press("Discard other.yaml");
    window.press("Cancel");
    assert!(window.has("Bring back other.yaml"));
    window.press("Discard other.yaml");
    window.press("Discard this work");
    assert!(!window.has("Bring back other.yaml"));
}

#[test]
fn a_text_without_a_file_comes_back_by_its_kind_and_name() {
    let home = home();
    let mut window = Window::start(home.path(), None);
    window.press("Start with Plain pod");
    let text = window.text();
    drop(window);
    let mut window = Window::start(home.path(), Some("web.yaml"));
    assert_eq!(window.text(), POD);
    window.press("New…");
    let label = window.harness.query_all_by_label_contains("Bring back Pod ").next().expect("its kind");
    label.click_accesskit();
    window.harness.run();
    assert_eq!(window.text(), text);
}

#[test]
fn changes_of_a_file_that_were_left_behind_are_offered_when_it_is_opened() {
    let home = home();
    Window::start(home.path(), Some("web.yaml")).type_text("# mine");
    let mut window = Window::start(home.path(), Some("web.yaml"));
    assert_eq!(window.text(), POD);
    window.press("Open the file as it is");
    assert_eq!(window.text(), POD);
    window.press("New…");
    assert!(window.has("Bring back web.yaml"), "they are kept all the same");
    window.end();

    let mut window = Window::start(home.path(), Some("web.yaml"));
    window.press("Bring back my changes");
    assert_eq!(window.text(), format!("{POD}# mine"));
}

#[test]
fn a_change_by_others_is_read_at_once_where_nothing_is_unsaved() {
    let home = home();
    let mut window = Window::start(home.path(), Some("web.yaml"));
    let theirs = POD.replace("1.27", "1.28.5");
    window.others_write(&theirs);
    window.wait_for("the change", |window| window.text() == theirs);
    assert!(window.notices()[0].contains("another program has changed it"), "{:?}", window.notices());
    assert!(window.close(), "nothing is unsaved");
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.text(), POD);
    assert!(!window.close(), "the old text is not what the file holds");
}

#[test]
fn a_change_by_others_does_not_take_unsaved_changes_away() {
    let home = home();
    let mut window = Window::start(home.path(), Some("web.yaml"));
    window.type_text("# mine");
    let mine = window.text();
    let theirs = POD.replace("1.27", "1.28.5");
    window.others_write(&theirs);
    window.wait_for("the question", |window| window.has("Keep mine"));
    assert_eq!(window.text(), mine);
    window.press("Keep mine");
    assert!(window.text() == mine && !window.has("Keep mine"));
    window.keys(Modifiers::COMMAND, Key::S);
    assert_eq!(window.file(), mine, "it has been seen to already");

    window.type_text("!");
    window.others_write(&theirs);
    window.wait_for("the question", |window| window.has("Reload"));
    window.press("Reload");
    assert_eq!(window.text(), theirs);
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.text(), format!("{mine}!"));
}

#[test]
fn both_texts_are_compared_and_the_result_is_one_step() {
    let home = home();
    let base = format!("{POD}  restartPolicy: Always\n  hostNetwork: false\n");
    fs::write(home.path().join("web.yaml"), &base).expect("file");
    let mut window = Window::start(home.path(), Some("web.yaml"));
    window.type_text("# mine\n");
    let mine = window.text();
    let theirs = base.replace("name: web", "name: theirs").replace("hostNetwork: false", "hostNetwork: true");
    window.others_write(&theirs);
    window.wait_for("the question", |window| window.has("Compare…"));
    window.press("Compare…");
    assert!(window.has("Take theirs, difference 1") && window.has("Take mine, difference 2"));
    assert!(!window.has("Take mine, difference 3"), "two neighbouring changes are one difference");
    let take_theirs = window.harness.get_by_label("Take theirs, difference 1");
    assert_eq!(take_theirs.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));
    window.press("Use the result");
    let merged = mine.replace("name: web", "name: theirs");
    assert_eq!(window.text(), merged, "theirs where only they have changed it, mine in the conflict");
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.text(), mine);
    window.keys(Modifiers::COMMAND, Key::Y);
    window.keys(Modifiers::COMMAND, Key::S);
    assert_eq!(window.file(), merged, "the other's text has been seen to");

    window.type_text("# more");
    window.others_write(&theirs);
    window.keys(Modifiers::COMMAND, Key::S);
    assert_eq!(window.file(), theirs, "a save asks as well");
    let compare = window.harness.query_all_by_label("Compare…").last().expect("in the question");
    compare.click_accesskit();
    window.harness.run();
    window.press("Take all of theirs");
    window.press("Use the result");
    assert_eq!(window.text(), theirs);
}

#[test]
fn a_file_that_others_delete_is_told_and_written_anew() {
    let home = home();
    let mut window = Window::start(home.path(), Some("web.yaml"));
    fs::remove_file(home.path().join("web.yaml")).expect("deleted");
    window.wait_for("the notice", |window| window.notices().iter().any(|n| n.contains("no longer there")));
    assert_eq!(window.text(), POD);
    assert!(!window.close(), "no file holds the text now");
    window.press("Cancel");
    window.keys(Modifiers::COMMAND, Key::S);
    assert_eq!(window.file(), POD);
    assert!(window.close());
}

#[test]
fn a_file_that_a_living_window_has_open_is_told() {
    let home = home();
    let mut first = Window::start(home.path(), Some("web.yaml"));
    first.wait_for("the journal", |window| {
        let journals = fs::read_dir(window.home.join("state/journal"));
        journals.is_ok_and(|mut all| {
            all.any(|entry| entry.is_ok_and(|e| e.path().extension().is_some_and(|e| e == "journal")))
        })
    });
    let mut second = Window::start(home.path(), Some("web.yaml"));
    second.press("Don’t open");
    assert_eq!(second.text(), "");
    second.end();
    let mut second = Window::start(home.path(), Some("web.yaml"));
    second.press("Open here too");
    assert_eq!(second.text(), POD);
    second.type_text("# second");
    second.keys(Modifiers::COMMAND, Key::S);
    let saved = second.text();
    first.wait_for("what the other has saved", |window| window.text() == saved);
}

#[test]
fn a_journal_that_cannot_be_written_is_told_once_and_holds_nothing_up() {
    let home = home();
    // A file stands where the folder of the journals would.
    fs::create_dir(home.path().join("state")).expect("folder");
    fs::write(home.path().join("state").join("journal"), "").expect("file");
    let mut window = Window::start(home.path(), Some("web.yaml"));
    let told = |window: &Window| window.notices().iter().filter(|n| n.contains("A crash now")).count();
    window.wait_for("the notice", |window| told(window) == 1);
    for letter in ["a", "b", "c"] {
        window.type_text(letter);
        assert_eq!(told(&window), 1);
    }
    assert!(window.text().ends_with("abc"));
    fs::remove_file(home.path().join("state").join("journal")).expect("room");
    window.wait_for("the good news", |window| window.notices().iter().any(|n| n.contains("kept again")));
    assert_eq!(told(&window), 0);
    let text = window.text();
    drop(window);
    assert_eq!(Window::start(home.path(), None).text(), text);
}

#[test]
fn recent_files_theme_and_version_are_remembered() {
    let home = home();
    for name in ["a.yaml", "gone.yaml", "web.yaml"] {
        fs::write(home.path().join(name), POD).expect("file");
        Window::start(home.path(), Some(name)).end();
    }
    fs::remove_file(home.path().join("gone.yaml")).expect("deleted");
    let mut window = Window::start(home.path(), None);
    assert!(window.harness.get_by_label("Open gone.yaml").accesskit_node().is_disabled());
    window.press("View menu");
    window.press("Light theme");
    window.press("Judged by Kubernetes 1.37");
    window.press("Kubernetes 1.31");
    window.press("Open a.yaml");
    assert_eq!(window.text(), POD);
    window.end();

    // The harness chooses a theme of its own as it starts.
    let (settings, _) = SettingsFile::at(home.path().join("state").join(SETTINGS)).read();
    assert_eq!(settings.theme.as_deref(), Some("light"));
    let mut window = Window::start(home.path(), None);
    assert_eq!(window.harness.state().document().version.to_string(), "1.31");
    window.press("File menu");
    window.press("Open recent");
    let items: Vec<_> = window.harness.query_all_by_label_contains("Open ").collect();
    assert!(
        items.iter().any(|item| item.accesskit_node().label().is_some_and(|label| label == "Open a.yaml"))
    );
    assert_eq!(window.harness.state().recent().len(), 3);
    assert!(window.harness.state().recent()[0].path.ends_with("a.yaml"));
}

#[test]
fn the_panes_keep_their_sizes() {
    let home = home();
    let sizes = |window: &Window| -> Vec<i32> {
        let edge = |name: &str| window.harness.get_by_label(name).rect().center();
        let (problems, outline, text) =
            (edge("Resize the problems"), edge("Resize the outline"), edge("Resize the text"));
        [800.0 - problems.y, outline.x, 1280.0 - text.x].map(|size| size as i32).to_vec()
    };
    let mut window = Window::start(home.path(), Some("web.yaml"));
    let usual = sizes(&window);
    window.harness.set_size(egui::vec2(1500.0, 700.0));
    window.harness.run();
    window.end();
    let settings = || SettingsFile::at(home.path().join("state").join(SETTINGS)).read().0;
    assert!(settings().panes.is_empty(), "nobody has moved an edge");

    window = Window::start(home.path(), Some("web.yaml"));
    for (edge, by) in [("outline", egui::vec2(40.0, 0.0)), ("text", egui::vec2(-60.0, 0.0))] {
        let at = window.harness.get_by_label(&format!("Resize the {edge}")).rect().center();
        window.harness.drag_at(at);
        window.harness.run();
        window.harness.hover_at(at + by);
        window.harness.run();
        window.harness.drop_at(at + by);
        window.harness.run();
    }
    let moved = sizes(&window);
    assert_eq!(moved[0], usual[0]);
    assert!(moved[1] - usual[1] >= 38 && moved[2] - usual[2] >= 58, "{usual:?} {moved:?}");
    window.end();
    assert_eq!(settings().panes.len(), 2);
    for _ in 0..2 {
        let window = Window::start(home.path(), Some("web.yaml"));
        assert_eq!(sizes(&window), moved);
        window.end();
    }
}

#[test]
fn each_window_is_judged_by_its_own_version_and_the_last_one_by_default() {
    let home = home();
    let pod = POD.replace("  containers:", "  hostnameOverride: web\n  containers:");
    for name in ["web.yaml", "other.yaml"] {
        fs::write(home.path().join(name), &pod).expect("file");
    }
    let lacks = "spec.hostnameOverride";
    let judged = |window: &Window| {
        let document = window.harness.state().document();
        let is_unknown =
            document.diagnostics().any(|(_, d)| d.place.to_string() == lacks && d.kind == Kind::Unknown);
        (document.version.to_string(), is_unknown)
    };
    // Two windows at once, each by a version of its own.
    let mut first = Window::start(home.path(), Some("web.yaml"));
    first.press("Judged by Kubernetes 1.37");
    first.press("Kubernetes 1.30");
    first.type_text("# first");
    let mut second = Window::start(home.path(), Some("other.yaml"));
    assert_eq!(judged(&second), ("1.30".to_owned(), true), "the version that was chosen last");
    second.press("Judged by Kubernetes 1.30");
    second.press("Kubernetes 1.35");
    second.type_text("# second");
    assert_eq!(judged(&first), ("1.30".to_owned(), true), "one window does not change another");
    // What the first one has to remember of itself leaves the choice of the second one.
    let chosen = || SettingsFile::at(home.path().join("state").join(SETTINGS)).read().0.kubernetes;
    first.press("View menu");
    first.press("Light theme");
    assert_eq!(chosen().as_deref(), Some("1.35"));
    // What a window has still to write it writes as it goes: the second one is the last at work.
    drop(first);
    second.type_text("# again");
    drop(second);

    // What comes back is judged as it was; what is new, by the version that was chosen last.
    let mut window = Window::start(home.path(), None);
    assert_eq!(judged(&window), ("1.35".to_owned(), false));
    window.press("New…");
    window.press("Bring back web.yaml");
    window.press("Keep for next time");
    assert_eq!(judged(&window), ("1.30".to_owned(), true));
    window.end();
    fs::write(home.path().join("third.yaml"), &pod).expect("file");
    let window = Window::start(home.path(), Some("third.yaml"));
    assert_eq!(judged(&window).0, "1.35", "what came back was not chosen");
}
