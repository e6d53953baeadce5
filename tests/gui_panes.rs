//! The text and the list of problems, driven by accessible names as a person would.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Rect, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use podwright::diagnostic::{Diagnostic, Fix, Kind, Stage};
use podwright::document::Document;
use podwright::editor::{Command, Draft, Editor};
use podwright::path::Path;
use podwright::schema::Version;
use podwright::ui::preview::{PreviewState, preview_ui, text_id};
use podwright::ui::problems::problems_ui;
use podwright::ui::{Action, View};
use podwright::yaml::Change;
use std::sync::Arc;

const POD: &str = "apiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: 网站\r\nspec:\r\n  containers:\r\n  - name: web\r\n    \
                   image: nginx:1.27 # 镜像 \u{1f600}\r\n    ports:\r\n    - containerPort: 80800\r\n";

/// A window that holds one pane, and carries out what concerns the text alone.
struct Desk {
    editor: Editor,
    preview: PreviewState,
    view: View,
    /// All that the pane asked for.
    asked: Vec<Action>,
    /// A document to show in place of the editor's.
    fixed: Option<Arc<Document>>,
}

impl Desk {
    fn new(text: &str) -> Desk {
        let mut editor = Editor::default();
        editor.run(Command::New(text.to_owned())).expect("a new document");
        Desk {
            editor,
            preview: PreviewState::default(),
            view: View::default(),
            asked: Vec::new(),
            fixed: None,
        }
    }

    fn document(&self) -> Arc<Document> {
        self.fixed.clone().unwrap_or_else(|| self.editor.document().clone())
    }

    fn text(&self) -> &str {
        &self.editor.document().text
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        for action in &actions {
            if let Action::Do(command @ (Command::Splice { .. } | Command::Undo | Command::Redo)) = action {
                self.editor.run(command.clone()).expect("typing and undo");
            }
        }
        self.asked.extend(actions);
    }

    fn went_to(&self) -> Vec<(&'static str, usize, String)> {
        let steps = self.asked.iter().filter_map(|action| match action {
            Action::Look { doc, path } => Some(("look", *doc, path.to_string())),
            Action::GoTo { doc, path } => Some(("go to", *doc, path.to_string())),
            _ => None,
        });
        steps.collect()
    }

    fn fixes(&self) -> Vec<&str> {
        let fixes = self.asked.iter().filter_map(|action| match action {
            Action::Do(Command::Fix { fix, .. }) => Some(fix.title.as_str()),
            _ => None,
        });
        fixes.collect()
    }
}

fn text_pane(desk: Desk) -> Harness<'static, Desk> {
    let app = |ui: &mut egui::Ui, desk: &mut Desk| {
        let mut out = Vec::new();
        let draft = desk.fixed.as_ref().map_or_else(|| desk.editor.draft(), Draft::of);
        // Something else that takes the keyboard.
        if ui.button("Elsewhere").clicked() {
            desk.asked.clear();
        }
        preview_ui(ui, &draft, &mut desk.preview, &mut desk.view, &mut out);
        desk.carry_out(out);
    };
    let mut harness =
        Harness::builder().with_size(vec2(600.0, 400.0)).allow_missing_glyphs().build_ui_state(app, desk);
    harness.run();
    harness
}

fn problem_list(desk: Desk, width: f32) -> Harness<'static, Desk> {
    let app = |ui: &mut egui::Ui, desk: &mut Desk| {
        let mut out = Vec::new();
        let document = desk.document();
        problems_ui(ui, &document, &mut desk.view, &mut out);
        desk.carry_out(out);
    };
    let mut harness = Harness::builder().with_size(vec2(width, 300.0)).build_ui_state(app, desk);
    harness.run();
    harness
}

/// The rows of the text as they stand on the screen, each with its text.
fn rows(harness: &Harness<'_, Desk>) -> Vec<(String, Rect)> {
    let text = harness.get_by_role(Role::MultilineTextInput);
    let mut rows: Vec<(String, Rect)> = Vec::new();
    for run in text.children_recursive().filter(|node| node.accesskit_node().role() == Role::TextRun) {
        let (value, rect) = (run.value().unwrap_or_default(), run.rect());
        match rows.last_mut() {
            Some((row, bounds)) if !row.ends_with('\n') => {
                row.push_str(&value);
                *bounds = bounds.union(rect);
            }
            _ => rows.push((value, rect)),
        }
    }
    rows
}

/// The point at the right end of the row that holds a text.
fn end_of(harness: &Harness<'_, Desk>, part: &str) -> Pos2 {
    let rows = rows(harness);
    let (_, rect) =
        rows.iter().find(|(text, _)| text.contains(part)).unwrap_or_else(|| panic!("no {part} in {rows:?}"));
    rect.right_center() + vec2(3.0, 0.0)
}

fn click(harness: &mut Harness<'_, Desk>, at: Pos2) {
    harness.hover_at(at);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run();
}

fn type_in(harness: &mut Harness<'_, Desk>, text: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run();
}

fn path(text: &str) -> Path {
    text.parse().expect(text)
}

/// A document with one problem of each kind that the panes tell apart, each with a fix.
fn with_problems(text: &str) -> Desk {
    let mut desk = Desk::new(text);
    let mut document = Document::new(text, Version::NEWEST);
    let problem = |stage, place: &str, marked: &str, message: &str, fix: &str| {
        let start = text.find(marked).expect(marked);
        Diagnostic {
            stage,
            kind: Kind::Invalid,
            path: path(place),
            place: path(place),
            span: start..start + marked.len(),
            message: message.to_owned(),
            fixes: vec![Fix { title: fix.to_owned(), changes: vec![Change::Remove { path: path(place) }] }],
        }
    };
    document.parts[0].diagnostics = vec![
        problem(Stage::Advise, "spec.containers[0].image", "nginx:1.27", "pin the image", "Pin it"),
        problem(
            Stage::Validate,
            "spec.containers[0].ports[0].containerPort",
            "80800",
            "must be 1 to 65535",
            "Set containerPort to 8080",
        ),
        problem(Stage::Warn, "spec.containers", "- name: web\r\n    image", "something to know", "Know it"),
    ];
    desk.fixed = Some(Arc::new(document));
    desk
}

#[test]
fn typing_changes_the_typed_bytes_alone() {
    let mut pane = text_pane(Desk::new(POD));
    let at = end_of(&pane, "nginx:1.27");
    click(&mut pane, at);
    assert_eq!(pane.state().went_to(), [("look", 0, "spec.containers[0].image".to_owned())]);
    type_in(&mut pane, "!");
    assert_eq!(pane.state().text(), POD.replace("\u{1f600}", "\u{1f600}!"));
    pane.key_press(Key::Enter);
    pane.run();
    type_in(&mut pane, "tty: yes");
    let expected = POD.replace("\u{1f600}\r\n", "\u{1f600}!\r\n    tty: yes\r\n");
    assert_eq!(pane.state().text(), expected);
    // The blanks go away by steps of two.
    for _ in 0.."tty: yes".len() + 2 + 1 {
        pane.key_press(Key::Backspace);
    }
    pane.run();
    assert_eq!(pane.state().text(), POD.replace("\u{1f600}", "\u{1f600}!"));
    assert_eq!(pane.state().went_to().len(), 1, "typing goes nowhere");
}

#[test]
fn a_paste_takes_the_line_breaks_of_the_text() {
    let mut pane = text_pane(Desk::new("a: 1\r\nb: 2\r\n"));
    let at = end_of(&pane, "a: 1");
    click(&mut pane, at);
    pane.event(egui::Event::Paste("\nx: 1\r\ny: 2".to_owned()));
    pane.run();
    type_in(&mut pane, "3");
    assert_eq!(pane.state().text(), "a: 1\r\nx: 1\r\ny: 23\r\nb: 2\r\n");
}

#[test]
fn undo_in_the_text_is_the_documents_undo() {
    let mut pane = text_pane(Desk::new("a: 1\nb: 2\n"));
    let at = end_of(&pane, "a: 1");
    click(&mut pane, at);
    type_in(&mut pane, "23");
    assert_eq!(pane.state().text(), "a: 123\nb: 2\n");
    pane.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    pane.run();
    assert_eq!(pane.state().text(), "a: 1\nb: 2\n");
    type_in(&mut pane, "7");
    assert_eq!(pane.state().text(), "a: 17\nb: 2\n", "the cursor is where the undone text was");
    pane.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    pane.run();
    pane.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    pane.run();
    assert_eq!(pane.state().text(), "a: 17\nb: 2\n");
}

#[test]
fn broken_text_can_be_repaired_by_typing() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: a\n    image: a:1\n    args: [b, c\n";
    let mut pane = text_pane(Desk::new(text));
    assert!(pane.state().editor.document().is_broken());
    pane.get_by_label_contains("Error in line");
    let at = end_of(&pane, "args: [b, c");
    click(&mut pane, at);
    type_in(&mut pane, "]");
    assert_eq!(pane.state().text(), text.replace("c\n", "c]\n"));
    assert!(!pane.state().editor.document().is_broken());
    assert!(pane.query_by_label_contains("Error in line").is_none());
}

#[test]
fn an_empty_text_can_be_typed_into() {
    let mut pane = text_pane(Desk::new(""));
    pane.get_by_label("YAML").focus();
    pane.run();
    type_in(&mut pane, "kind: Pod");
    assert_eq!(pane.state().text(), "kind: Pod");
}

#[test]
fn lines_stand_beside_their_numbers_whatever_their_glyphs() {
    let pane = text_pane(Desk::new(POD));
    let rows = rows(&pane);
    assert_eq!(rows.len(), POD.lines().count() + 1, "{rows:?}");
    let heights: Vec<f32> = rows.windows(2).map(|pair| pair[1].1.top() - pair[0].1.top()).collect();
    assert!(heights.iter().all(|height| (height - heights[0]).abs() < 0.5), "{heights:?}");
}

#[test]
fn the_number_of_a_line_and_ctrl_enter_go_to_its_field() {
    let mut pane = text_pane(Desk::new(POD));
    let row = end_of(&pane, "nginx:1.27");
    let number = pane.get_by_role(Role::MultilineTextInput).rect().left() - 12.0;
    click(&mut pane, Pos2::new(number, row.y));
    let image = "spec.containers[0].image".to_owned();
    assert_eq!(pane.state().went_to(), [("go to", 0, image.clone())]);
    click(&mut pane, row);
    pane.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    pane.run();
    assert_eq!(
        pane.state().went_to(),
        [("go to", 0, image.clone()), ("look", 0, image.clone()), ("go to", 0, image)]
    );
    assert_eq!(pane.state().text(), POD);
}

#[test]
fn a_line_with_problems_has_a_sign_that_opens_them() {
    let mut pane = text_pane(with_problems(POD));
    pane.get_by_label("Advice in line 8");
    pane.get_by_label("Warning in line 7");
    pane.get_by_label("Error in line 10").click();
    pane.run();
    pane.get_by_label_contains("must be 1 to 65535");
    pane.get_by_label("Set containerPort to 8080").click();
    pane.run();
    assert_eq!(pane.state().fixes(), ["Set containerPort to 8080"]);
    assert!(pane.query_by_label("Set containerPort to 8080").is_none(), "a fix closes the popup");
}

#[test]
fn a_mark_tells_its_problem_to_the_pointer() {
    let mut pane = text_pane(with_problems(POD));
    let at = end_of(&pane, "80800") - vec2(12.0, 0.0);
    pane.hover_at(at);
    for _ in 0..8 {
        pane.step();
    }
    pane.get_by_label_contains("must be 1 to 65535");
    pane.get_by_label("Set containerPort to 8080");
    assert!(pane.query_by_label_contains("pin the image").is_none());
}

#[test]
fn what_is_to_be_seen_is_scrolled_into_sight() {
    let mut text: String = (0..300).map(|i| format!("k{i}: {i}\n")).collect();
    text.push_str("last: [\n");
    let mut pane = text_pane(Desk::new(&text));
    assert!(pane.query_by_label("Error in line 302").is_none());
    let line = |pane: &Harness<'_, Desk>, key: &str| end_of(pane, key).y;
    assert!(line(&pane, "k299:") > 400.0);
    let start = text.find("k299:").expect("k299");
    pane.state_mut().view.reveal_text = Some(start..start + 3);
    pane.run();
    assert!((0.0..400.0).contains(&line(&pane, "k299:")), "{}", line(&pane, "k299:"));
    assert!(pane.state().view.reveal_text.is_none(), "taken");
}

#[test]
fn the_field_with_the_keyboard_is_scrolled_into_sight_once() {
    let text: String = (0..300).map(|i| format!("k{i}: {i}\n")).collect();
    let mut pane = text_pane(Desk::new(&text));
    pane.state_mut().view.focus = Some(path("k200"));
    pane.run();
    let seen = end_of(&pane, "k200:").y;
    assert!((0.0..400.0).contains(&seen), "{seen}");
    pane.hover_at(Pos2::new(300.0, 200.0));
    pane.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: Vec2::new(0.0, 5000.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    pane.run_steps(20);
    assert!(end_of(&pane, "k200:").y > 400.0, "a person may scroll away");
}

#[test]
fn escape_and_tab_leave_the_text() {
    let mut pane = text_pane(Desk::new("a: 1\n"));
    pane.get_by_label("YAML").focus();
    pane.run();
    pane.key_press(Key::Escape);
    pane.run();
    pane.key_press(Key::Tab);
    pane.run();
    assert_eq!(pane.state().text(), "a: 1\n");
    assert!(!pane.ctx.memory(|memory| memory.has_focus(text_id())));
}

#[test]
fn problems_are_listed_worst_first_each_with_its_place_and_fix() {
    for width in [1200.0, 420.0] {
        let mut list = problem_list(with_problems(POD), width);
        let names = [
            "Go to spec.containers[0].ports[0].containerPort",
            "Go to spec.containers",
            "Go to spec.containers[0].image",
        ];
        let tops = names.map(|name| list.get_by_label(name).rect().top());
        assert!(tops.is_sorted(), "{tops:?}");
        for shown in
            ["must be 1 to 65535", "line 10", "pin the image", "line 8", "something to know", "line 7"]
        {
            list.get_by_label(shown);
        }
        list.get_by_label("Go to spec.containers[0].image").click();
        list.run();
        assert_eq!(list.state().went_to(), [("go to", 0, "spec.containers[0].image".to_owned())]);
        let start = POD.find("nginx").expect("nginx");
        assert_eq!(list.state().view.reveal_text, Some(start..start + "nginx:1.27".len()));
        list.get_by_label("must be 1 to 65535").click();
        list.run();
        assert_eq!(list.state().went_to().len(), 2, "a click anywhere on a problem goes to its field");
        list.get_by_label("Set containerPort to 8080").click();
        list.run();
        assert_eq!(list.state().fixes(), ["Set containerPort to 8080"]);
        assert_eq!(list.state().went_to().len(), 2, "a fix goes nowhere");
    }
}

#[test]
fn an_empty_text_has_no_problems_to_list() {
    let list = problem_list(Desk::new("# nothing yet\n"), 800.0);
    list.get_by_label_contains("Nothing to judge yet");
    assert!(list.query_by_label_contains("Go to").is_none());
}

#[test]
fn a_text_without_problems_is_said_to_be_accepted() {
    let mut desk = Desk::new(POD);
    let mut document = Document::new(POD, Version::NEWEST);
    document.parts[0].diagnostics.clear();
    document.parts[0].review.accepted = true;
    desk.fixed = Some(Arc::new(document));
    problem_list(desk, 800.0).get_by_label("No problems: the API server would accept this");
}

#[test]
fn what_each_pod_security_level_forbids_has_its_own_group() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostNetwork: true\n  containers:\n  - name: a\n    image: a:1\n";
    let mut list = problem_list(Desk::new(text), 1000.0);
    list.get_by_label("Pod Security baseline: 1 check failed");
    assert!(list.query_by_label("Go to spec.hostNetwork").is_none());
    list.get_by_label("Pod Security baseline: 1 check failed").click();
    list.run();
    list.get_by_label("Go to spec.hostNetwork").click();
    list.run();
    assert_eq!(list.state().went_to(), [("go to", 0, "spec.hostNetwork".to_owned())]);
    list.get_by_label_contains("Pod Security restricted: ");
}
