//! The window around the panes, driven by accessible label: gallery, undo, copy, files, drops, questions.
#![cfg(feature = "window")]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests set up the files that the window opens, and look at those it writes"
)]

#[path = "common/dropped.rs"]
mod dropped;
#[path = "common/pod.rs"]
mod pod;

use dropped::Dropped;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use pod::POD;
use podwright::diagnostic::Severity;
use podwright::files;
use podwright::schema::{Lang, Version};
use podwright::template::{self, Origin, Pattern};
use podwright::ui::clipboard::Clipboard;
use podwright::ui::picker::{Answer, Ask, Picker};
use podwright::ui::{App, Services};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

const OTHER: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: other
spec:
  containers:
  - name: app
    image: busybox:1.36
";

/// The world around the window.
#[derive(Default)]
struct World {
    copied: Vec<String>,
    noted: Vec<String>,
    handed_over: usize,
    asked: Vec<Ask>,
    answers: VecDeque<Answer>,
    own: Vec<(String, String)>,
}

type Shared = Rc<RefCell<World>>;

struct Hands(Shared);

impl Clipboard for Hands {
    fn set(&mut self, _ctx: &egui::Context, text: &str) -> Result<(), String> {
        self.0.borrow_mut().copied.push(text.to_owned());
        Ok(())
    }

    fn note(&mut self, text: &str) {
        self.0.borrow_mut().noted.push(text.to_owned());
    }

    fn hand_over(&mut self) {
        self.0.borrow_mut().handed_over += 1;
    }
}

impl Picker for Hands {
    fn ask(&mut self, _ctx: &egui::Context, ask: Ask) {
        self.0.borrow_mut().asked.push(ask);
    }

    fn answer(&mut self) -> Option<Answer> {
        self.0.borrow_mut().answers.pop_front()
    }
}

struct Window {
    harness: Harness<'static, App>,
    world: Shared,
    folder: tempfile::TempDir,
}

impl Window {
    fn new() -> Window {
        Window::sized(1280.0, 800.0)
    }

    fn sized(width: f32, height: f32) -> Window {
        let world = Shared::default();
        let services = |world: &Shared| Services {
            clipboard: Box::new(Hands(world.clone())),
            picker: Box::new(Hands(world.clone())),
            patterns: {
                let world = world.clone();
                Box::new(move || {
                    let own = world.borrow().own.clone();
                    let own = own.iter().map(|(id, text)| Pattern::read(id, text, Origin::Own));
                    (template::built_in().into_iter().chain(own).collect(), Vec::new())
                })
            },
            keep_pattern: {
                let world = world.clone();
                Box::new(move |name, text| {
                    world.borrow_mut().own.push((name.to_owned(), text.to_owned()));
                    Ok(PathBuf::from(format!("/templates/{name}.yaml")))
                })
            },
        };
        let services = services(&world);
        let harness = Harness::builder()
            .with_size([width, height])
            .with_max_steps(40)
            .build_eframe(|window| App::new(&window.egui_ctx, services));
        let mut window = Window { harness, world, folder: tempfile::tempdir().expect("folder") };
        window.harness.run();
        window
    }

    /// A window with a manifest from a file open.
    fn with(text: &str) -> Window {
        let mut window = Window::new();
        let path = window.file("web.yaml", text);
        window.drop_files(&[&path]);
        assert_eq!(window.text(), text, "{:?}", window.notices());
        window
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("file");
        path
    }

    fn on_disk(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("file")
    }

    fn text(&self) -> String {
        self.harness.state().text().to_owned()
    }

    fn notices(&self) -> Vec<String> {
        self.harness.state().notices().map(str::to_owned).collect()
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    fn press(&mut self, label: &str) {
        // As a screen reader does it: what is scrolled out of sight is pressed too.
        self.harness.get_by_label(label).click_accesskit();
        self.harness.run();
    }

    fn choose(&mut self, menu: &str, item: &str) {
        self.press(menu);
        self.press(item);
    }

    fn keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    fn write(&mut self, label: &str, text: &str) {
        self.harness.get_by_label(label).focus();
        self.harness.run();
        self.keys(Modifiers::COMMAND, Key::A);
        self.harness.get_by_label(label).type_text(text);
        self.harness.run();
    }

    fn answer(&mut self, answer: Answer) {
        self.world.borrow_mut().answers.push_back(answer);
        self.harness.run();
    }

    fn drop_files(&mut self, paths: &[&Path]) {
        for path in paths {
            let dropped: egui::DroppedFileHandle = Arc::new(Dropped(path.to_path_buf()));
            self.harness.input_mut().dropped_files.push(dropped);
        }
        self.harness.step();
        self.harness.input_mut().dropped_files.clear();
        self.harness.run();
    }

    /// Asks the window to close; gives whether it would.
    fn close(&mut self) -> bool {
        let id = self.harness.input().viewport_id;
        let viewport = self.harness.input_mut().viewports.entry(id).or_default();
        viewport.events.push(egui::ViewportEvent::Close);
        self.harness.step();
        let kept = self.sent().iter().any(|command| matches!(command, egui::ViewportCommand::CancelClose));
        if let Some(viewport) = self.harness.input_mut().viewports.get_mut(&id) {
            viewport.events.clear();
        }
        !kept
    }

    fn sent(&self) -> Vec<egui::ViewportCommand> {
        self.harness
            .output()
            .viewport_output
            .values()
            .flat_map(|viewport| viewport.commands.clone())
            .collect()
    }

    /// Types another image, so that the text differs from its file.
    fn change_image(&mut self) {
        self.write("spec.containers[0].image", "nginx:1.28");
        assert!(self.text().contains("image: nginx:1.28"), "{}", self.text());
    }
}

#[test]
fn every_pattern_opens_without_a_problem_and_says_what_it_draws() {
    for pattern in template::built_in() {
        let mut window = Window::new();
        let title = pattern.title(Lang::En);
        assert!(window.has(pattern.when(Lang::En)), "{title} says when to use it");
        window.press(&format!("Start with {title}"));
        assert_eq!(window.text(), pattern.text, "{title}");
        let document = window.harness.state().document();
        let errors: Vec<_> = document
            .diagnostics()
            .filter(|(_, d)| d.stage.severity() == Severity::Error)
            .map(|(_, d)| &d.message)
            .collect();
        assert!(errors.is_empty(), "{title}: {errors:?}");
        assert!(window.has("image"), "{title} opens on its first container");
    }
}

#[test]
fn the_gallery_draws_every_container_in_words() {
    let window = Window::new();
    for pattern in template::built_in() {
        for (name, _) in pattern.sketch().containers {
            let drawn = window
                .harness
                .query_all_by_role(egui::Role::Image)
                .any(|node| node.accesskit_node().label().is_some_and(|label| label.contains(&name)));
            assert!(drawn, "{name} of {} is drawn", pattern.id);
        }
    }
}

#[test]
fn a_pattern_joins_the_open_pod_and_one_undo_takes_it_away() {
    let mut window = Window::with(POD);
    window.press("New…");
    let pattern =
        template::built_in().into_iter().find(|pattern| pattern.id == "ambassador").expect("ambassador");
    window.press(&format!("Add {} to this pod", pattern.title(Lang::En)));
    let text = window.text();
    assert!(text.contains("- name: app # mine") && text.len() > POD.len(), "{text}");
    let app = pattern.app.clone().expect("an application");
    for (name, _) in pattern.sketch().containers.into_iter().filter(|(name, _)| *name != app) {
        assert!(text.contains(&format!("name: {name}")), "{name} in\n{text}");
    }
    window.press("Undo");
    assert_eq!(window.text(), POD);
    window.press("Redo");
    assert_eq!(window.text(), text);
}

#[test]
fn keys_undo_and_redo_even_from_within_a_field() {
    let mut window = Window::with(POD);
    window.change_image();
    let changed = window.text();
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.text(), POD, "one step for the whole of the typing");
    window.keys(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
    assert_eq!(window.text(), changed);
    window.keys(Modifiers::COMMAND, Key::Z);
    window.keys(Modifiers::COMMAND, Key::Y);
    assert_eq!(window.text(), changed);
}

#[test]
fn copies_come_in_three_forms() {
    let mut window = Window::with(POD);
    window.choose("Copy menu", "Copy as YAML");
    window.keys(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::K);
    window.choose("Copy menu", "Copy as JSON");
    let copied = window.world.borrow().copied.clone();
    let [yaml, command, json] = copied.as_slice() else { panic!("{copied:?}") };
    assert_eq!(yaml, POD);
    assert_eq!(*command, format!("kubectl apply -f - <<'EOF'\n{POD}EOF\n"));
    let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(json["spec"]["containers"][0]["image"], "nginx:1.27");
    assert_eq!(window.notices(), ["Copied as JSON."]);
}

#[test]
fn what_a_field_copies_outlives_the_window_too() {
    let mut window = Window::with(POD);
    window.harness.get_by_label("spec.containers[0].image").focus();
    window.harness.run();
    window.keys(Modifiers::COMMAND, Key::A);
    window.harness.event(egui::Event::Copy);
    window.harness.run();
    assert_eq!(window.world.borrow().noted, ["nginx:1.27"]);
    eframe::App::on_exit(window.harness.state_mut(), None);
    assert_eq!(window.world.borrow().handed_over, 1);
}

#[test]
fn a_file_dropped_on_an_open_pod_asks_what_shall_become_of_it() {
    let mut window = Window::with(POD);
    let other = window.file("other.yaml", OTHER);
    window.drop_files(&[&other]);
    assert_eq!(window.text(), POD, "nothing changes before the answer");
    window.press("Cancel");
    assert_eq!(window.text(), POD);

    window.drop_files(&[&other]);
    window.press("Add its containers to this pod");
    assert!(
        window.text().starts_with(&POD[..POD.len() - 1]) && window.text().contains("name: app-2"),
        "{}",
        window.text()
    );

    window.drop_files(&[&other]);
    window.press("Keep it as a template");
    window.write("Name of the template", "second");
    window.press("Keep this template");
    assert_eq!(window.world.borrow().own, [("second".to_owned(), OTHER.to_owned())]);
    window.press("New…");
    assert!(window.has("Start with second"));
    window.press("Back to the manifest");

    window.drop_files(&[&other]);
    window.press("Open it");
    window.press("Discard changes");
    assert_eq!(window.text(), OTHER);
}

#[test]
fn what_cannot_be_opened_gets_one_sentence_and_changes_nothing() {
    let mut window = Window::with(POD);
    let latin = window.folder.path().join("latin.yaml");
    std::fs::write(&latin, b"a: caf\xe9\n").expect("file");
    let large = window.folder.path().join("large.yaml");
    std::fs::File::create(&large).and_then(|file| file.set_len(files::MOST_BYTES + 1)).expect("file");
    let (folder, other) = (window.folder.path().to_owned(), window.file("other.yaml", OTHER));
    for (paths, words) in [
        (vec![latin.as_path()], "not text in UTF-8"),
        (vec![&large], "larger than 20 MB"),
        (vec![&folder], "is a folder"),
        (vec![&other, &latin], "drop one of them"),
    ] {
        window.drop_files(&paths);
        let notices = window.notices();
        assert!(
            matches!(notices.as_slice(), [one] if one.contains(words) && one.ends_with('.')),
            "{notices:?}"
        );
        assert_eq!(window.text(), POD);
        window.press("Dismiss");
        assert!(window.notices().is_empty());
    }
}

#[test]
fn unsaved_changes_are_asked_about_before_the_window_closes() {
    let mut window = Window::with(POD);
    assert!(window.close(), "nothing to ask about");
    window.change_image();
    assert!(!window.close());
    window.harness.run();
    window.press("Cancel");
    assert!(!window.close());
    window.harness.run();
    window.harness.get_by_label("Save changes").click_accesskit();
    window.harness.step();
    let closing = window.sent().iter().any(|command| matches!(command, egui::ViewportCommand::Close));
    assert!(closing, "{:?}", window.sent());
    assert_eq!(window.on_disk("web.yaml"), window.text());
    assert!(window.close());
}

#[test]
fn discarded_changes_do_not_hold_the_window() {
    let mut window = Window::with(POD);
    window.change_image();
    assert!(!window.close());
    window.harness.run();
    window.harness.get_by_label("Discard changes").click_accesskit();
    window.harness.step();
    assert!(window.sent().iter().any(|command| matches!(command, egui::ViewportCommand::Close)));
    assert!(window.close());
    assert_eq!(window.on_disk("web.yaml"), POD);
}

#[test]
fn a_new_start_asks_about_unsaved_changes() {
    let mut window = Window::with(POD);
    window.change_image();
    let changed = window.text();
    window.keys(Modifiers::COMMAND, Key::N);
    window.press("Start with Plain pod");
    window.press("Cancel");
    assert_eq!(window.text(), changed);
    window.press("Start with Plain pod");
    window.press("Discard changes");
    assert_eq!(window.text(), template::built_in()[0].text);
}

#[test]
fn save_writes_the_preview_byte_for_byte() {
    let mut window = Window::with(POD);
    window.change_image();
    window.keys(Modifiers::COMMAND, Key::S);
    assert_eq!(window.on_disk("web.yaml"), window.text());
    assert!(window.notices()[0].starts_with("Saved as "), "{:?}", window.notices());
    assert!(window.world.borrow().asked.is_empty(), "the file is known");

    window.choose("File menu", "Save as…");
    assert_eq!(window.world.borrow().asked, [Ask::Save("web.yaml".to_owned())]);
    let second = window.folder.path().join("second.yaml");
    window.answer(Answer::Path(second));
    assert_eq!(window.on_disk("second.yaml"), window.text());
}

#[test]
fn a_file_that_another_program_has_written_is_not_replaced_unasked() {
    let mut window = Window::with(POD);
    window.change_image();
    window.file("web.yaml", OTHER);
    window.keys(Modifiers::COMMAND, Key::S);
    assert_eq!(window.on_disk("web.yaml"), OTHER);
    window.press("Cancel");
    window.keys(Modifiers::COMMAND, Key::S);
    window.press("Replace the file");
    assert_eq!(window.on_disk("web.yaml"), window.text());
    window.file("web.yaml", OTHER);
    window.keys(Modifiers::COMMAND, Key::S);
    window.press("Open the file's text instead");
    assert_eq!(window.text(), OTHER);
}

#[test]
fn files_are_chosen_by_the_desktops_dialog() {
    let mut window = Window::new();
    let path = window.file("web.yaml", POD);
    window.press("Open…");
    assert_eq!(window.world.borrow().asked, [Ask::Open]);
    window.keys(Modifiers::COMMAND, Key::O);
    assert_eq!(window.world.borrow().asked.len(), 1, "one dialog at a time");
    window.answer(Answer::Cancelled);
    assert_eq!(window.text(), "");
    window.keys(Modifiers::COMMAND, Key::O);
    window.answer(Answer::Path(path));
    assert_eq!(window.text(), POD);

    window.choose("Export menu", "Export each document to a folder…");
    let folder = window.folder.path().join("out");
    window.answer(Answer::Path(folder));
    assert_eq!(window.on_disk("out/pod-web.yaml"), POD);
}

#[test]
fn without_a_dialog_the_path_is_typed() {
    let mut window = Window::new();
    let path = window.file("web.yaml", POD);
    window.keys(Modifiers::COMMAND, Key::O);
    window.answer(Answer::Unavailable("no portal here".to_owned()));
    assert!(window.has("The reason: no portal here."));
    window.write("Path of the file", &path.display().to_string());
    window.press("Open this file");
    assert_eq!(window.text(), POD);

    window.choose("File menu", "Save by path…");
    let existing = window.file("existing.yaml", "a: 1\n");
    window.write("Path of the file", &existing.display().to_string());
    window.press("Save to this file");
    assert_eq!(window.on_disk("existing.yaml"), "a: 1\n", "a file is not replaced unasked");
    window.press("Replace this file");
    assert_eq!(window.on_disk("existing.yaml"), POD);

    window.choose("Export menu", "Export to a folder by path…");
    window.write("Path of the folder", &window.folder.path().join("out").display().to_string());
    window.keys(Modifiers::NONE, Key::Enter);
    assert_eq!(window.on_disk("out/pod-web.yaml"), POD);
}

#[test]
fn a_message_with_a_long_word_stays_in_the_window() {
    let mut window = Window::with(POD);
    let missing = window.folder.path().join("a-long-name".repeat(18)).join("x.yaml");
    window.choose("File menu", "Open by path…");
    window.write("Path of the file", &missing.display().to_string());
    window.press("Open this file");
    let told = window.harness.get_by_label_contains("does not exist").rect();
    assert!(told.left() >= 0.0 && told.right() <= window.harness.ctx.content_rect().width(), "{told:?}");
}

#[test]
fn the_target_version_is_chosen_in_the_toolbar() {
    let mut window = Window::with(POD);
    assert_eq!(window.harness.state().document().version, Version::NEWEST);
    window.choose(&format!("Judged by Kubernetes {}", Version::NEWEST), "Kubernetes 1.29");
    assert_eq!(window.harness.state().document().version.to_string(), "1.29");
    assert!(window.has("Judged by Kubernetes 1.29"));
}

#[test]
fn the_outline_lists_every_document_and_the_pages_of_the_one_in_sight() {
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: front\n";
    let text = format!("{POD}---\n{service}---\n{OTHER}");
    let mut window = Window::with(&text);
    for label in ["Pod web", "Service front", "Pod other, has hints", "Volumes", "Scheduling"] {
        let near = window
            .harness
            .query_all_by_label_contains(label.split(',').next().unwrap_or(label))
            .next()
            .is_some();
        assert!(near, "{label} in the outline");
    }
    let service = window.harness.get_by_label("Service front");
    service.click_accesskit();
    window.harness.run();
    assert!(!window.has("image"), "a Service has no form");
    assert_eq!(window.text(), text);
}

#[test]
fn a_window_of_every_size_draws_everything_named() {
    for (width, height) in [(900.0, 560.0), (1280.0, 800.0), (1920.0, 1080.0)] {
        let mut window = Window::sized(width, height);
        window.press("Start with Plain pod");
        for label in [
            "File menu",
            "New…",
            "Open…",
            "Save",
            "Export menu",
            "Copy menu",
            "Undo",
            "Redo",
            "View menu",
            "中/EN menu",
        ] {
            let rect = window.harness.get_by_label(label).rect();
            assert!(rect.left() >= 0.0 && rect.right() <= width, "{label} is clipped at {width}: {rect:?}");
        }
    }
}

#[test]
fn all_sections_open_and_fold_at_once() {
    let mut window = Window::new();
    window.press("Start with Plain pod");
    window.press("app");
    window.choose("View menu", "Open all sections");
    for label in ["Fold Lifecycle", "Fold All other fields", "spec.containers[0].livenessProbe.periodSeconds"]
    {
        assert!(window.has(label), "{label}");
    }
    // One that is folded by hand stays so until all are opened again.
    window.press("Fold Probes  (2 set)");
    assert!(!window.has("spec.containers[0].livenessProbe.periodSeconds"));
    window.choose("View menu", "Open all sections");
    assert!(window.has("spec.containers[0].livenessProbe.periodSeconds"));
    window.choose("View menu", "Fold all sections");
    assert!(!window.has("spec.containers[0].image") && window.has("Unfold Image"));
}

#[test]
fn a_dropped_manifest_shows_its_problem_and_the_fix_mends_it() {
    let mut window = Window::new();
    let typo = window.file("typo.yaml", &POD.replace("spec:\n", "spec:\n  restartPolicy: OnFailur\n"));
    window.drop_files(&[&typo]);
    assert!(window.has("1 problem"), "the toolbar counts it");
    let fixes = window.harness.query_all_by_label("Did you mean OnFailure?").count();
    assert!(fixes >= 1, "the list offers its fix");
    window.harness.query_all_by_label("Did you mean OnFailure?").next().expect("fix").click_accesskit();
    window.harness.run();
    assert!(window.text().contains("  restartPolicy: OnFailure\n"), "{}", window.text());
    assert!(window.has("No problems"));
}

#[test]
fn a_fragment_is_shown_as_the_pod_that_it_would_be() {
    let mut window = Window::new();
    let fragment = POD.replace("apiVersion: v1\nkind: Pod\n", "");
    let path = window.file("fragment.yaml", &fragment);
    window.drop_files(&[&path]);
    assert!(window.has("spec.containers[0].image"), "the form shows it");
    assert_eq!(window.text(), fragment);
    let fix = "Make it a Pod (apiVersion: v1, kind: Pod)";
    window.harness.query_all_by_label(fix).next().expect("fix").click_accesskit();
    window.harness.run();
    assert!(
        window.text().contains("apiVersion: v1\n") && window.text().contains("kind: Pod\n"),
        "{}",
        window.text()
    );
    assert!(window.has("No problems"), "{}", window.text());
}

/// The labels in sight that hold three English words in a row: sentences, not field paths.
fn english_in_sight(window: &Window) -> Vec<String> {
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let in_a_row = |label: &str| {
        let words: Vec<&str> = label.split(' ').collect();
        words.windows(3).any(|three| three.iter().all(is_word))
    };
    let nodes = window.harness.root().children_recursive();
    let words = nodes.map(|node| node.accesskit_node()).filter(|node| !node.is_text_input());
    words.flat_map(|node| [node.label(), node.value()]).flatten().filter(|label| in_a_row(label)).collect()
}

#[test]
fn the_language_is_switched_at_once() {
    let told = "livenessProbe: {initialDelaySeconds: 90}\n    securityContext: {capabilities: {drop: [ALL, ALL, X]}}\n    resources: {limits: {memory: 512, cpu: 100Mi}}";
    let rules = "tolerations: [{operator: Exists}]\n  topologySpreadConstraints: [{maxSkew: 1, topologyKey: a}]\n  containers:";
    let broken = POD
        .replace(
            "image: nginx:1.27",
            &format!("ports: [{{containerPort: 80800}}]\n    envFrom: [{{}}]\n    {told}"),
        )
        .replace("containers:", rules);
    let mut window = Window::with(&broken);
    assert!(!english_in_sight(&window).is_empty());
    window.choose("中/EN menu", "Chinese (中文)");
    assert!(window.has("撤销") && window.has("改用 65535"));
    for page in
        ["元数据", "容器", "app", "Init 和边车", "卷", "网络与主机", "Pod 安全", "调度", "Pod，全部字段"]
    {
        window.harness.get_all_by_label_contains(page).next().expect(page).click_accesskit();
        window.harness.run();
        assert_eq!(english_in_sight(&window), [""; 0], "{page}");
    }
    window.press("新建…");
    assert_eq!(english_in_sight(&window), [""; 0], "the gallery");
    window.choose("语言菜单", "英文（English）");
    assert!(window.has("Choose a pattern"));
}

/// One image for two containers.
const SHARED: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app
    image: &image nginx:1.27 # pinned
  - name: twin
    image: *image # the same
";

#[test]
fn a_shared_value_asks_where_it_is_to_change() {
    let image = "spec.containers[0].image";
    for (answer, line, twin) in [
        ("Change all 2 places", "image: &image nginx:1.28 # pinned", "image: *image # the same"),
        ("Change only here", "image: nginx:1.28 # pinned", "image: &image nginx:1.27 # the same"),
    ] {
        let mut window = Window::with(SHARED);
        window.write(image, "nginx:1.28");
        assert!(window.has("Change it in every place?"));
        assert_eq!(window.text(), SHARED, "nothing changes before the answer");
        assert!(window.has(&format!("•  {image} (line 8, written there)")));
        assert!(window.has("•  spec.containers[1].image (line 10)"));
        window.press("Cancel");
        assert_eq!(window.text(), SHARED);
        window.write(image, "nginx:1.28");
        window.press(answer);
        let text = window.text();
        assert!(text.contains(line) && text.contains(twin), "{answer}: {text}");
        // The field has the keyboard again, and typing on asks no more.
        for typed in [".", "1"] {
            window.harness.get_by_label(image).type_text(typed);
            window.harness.run();
            assert!(!window.has("Change it in every place?"), "{answer}: asked once");
        }
        assert!(window.text().contains(&line.replace("1.28", "1.28.1")), "{answer}: {}", window.text());
        window.keys(Modifiers::COMMAND, Key::Z);
        assert_eq!(window.text(), SHARED, "{answer}: one step of undo");
    }
}

#[test]
fn a_button_on_a_shared_value_asks_too() {
    let text = SHARED
        .replace("image: &image nginx:1.27 # pinned", "image: a\n    args: &args [x, y]")
        .replace("image: *image # the same", "image: b\n    args: *args");
    let mut window = Window::with(&text);
    window.press("Remove spec.containers[0].args[0]");
    window.press("Change all 2 places");
    assert!(
        window.text().contains("args: &args [y]\n") && window.text().contains("args: *args\n"),
        "{}",
        window.text()
    );
}
