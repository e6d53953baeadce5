//! Long texts: the text pane, which holds a part of them alone, and the window, which judges them on a thread of its own.
#![cfg(feature = "window")]
#![expect(clippy::disallowed_methods, reason = "the tests write the files that the window opens")]

mod common;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use podwright::editor::{Command, Editor};
use podwright::ui::preview::{PreviewState, Selection, StripTool, Tool, preview_ui, text_id};
use podwright::ui::{Action, App, View};
use std::path::Path;
use std::time::{Duration, Instant};

const LINES: usize = 20_000;

fn numbered(line_break: &str) -> String {
    (0..LINES).map(|line| format!("k{line}: {line}{line_break}")).collect()
}

/// The text pane alone. Nothing is judged until somebody asks.
struct Desk {
    editor: Editor,
    preview: PreviewState,
    view: View,
    went_to: Vec<String>,
}

fn pane(text: String) -> Harness<'static, Desk> {
    let mut editor = Editor::default();
    editor.judge_later_from(1);
    editor.run(Command::New(text)).expect("a new text");
    let desk = Desk { editor, preview: PreviewState::default(), view: View::default(), went_to: Vec::new() };
    let app = |ui: &mut egui::Ui, desk: &mut Desk| {
        let mut out = Vec::new();
        preview_ui(ui, &desk.editor.draft(), &mut desk.preview, &mut desk.view, &mut out);
        for action in out {
            match action {
                Action::Do(command) => desk.editor.run(command).expect("typing and undo"),
                Action::Look { path, .. } | Action::GoTo { path, .. } => desk.went_to.push(path.to_string()),
                _ => {}
            }
        }
    };
    let mut harness = Harness::builder()
        .with_size(vec2(600.0, 400.0))
        .with_max_steps(20)
        .allow_missing_glyphs()
        .build_ui_state(app, desk);
    harness.run();
    harness.get_by_label("YAML").focus();
    harness.run();
    harness
}

fn text<'h>(pane: &'h Harness<'_, Desk>) -> &'h str {
    pane.state().editor.text()
}

fn type_in(pane: &mut Harness<'_, Desk>, text: &str) {
    pane.event(Event::Text(text.to_owned()));
    pane.run();
}

fn press(pane: &mut Harness<'_, Desk>, modifiers: Modifiers, key: Key) {
    pane.key_press_modifiers(modifiers, key);
    pane.run();
}

fn selection(pane: &Harness<'_, Desk>) -> Selection {
    pane.state().preview.selection().expect("the text has the keyboard")
}

/// The rows that the widget holds, and where they stand.
fn rows(pane: &Harness<'_, Desk>) -> Vec<(String, egui::Rect)> {
    let text = pane.get_by_role(Role::MultilineTextInput);
    let runs = text.children_recursive().filter(|node| node.accesskit_node().role() == Role::TextRun);
    runs.map(|run| (run.value().unwrap_or_default().trim_end().to_owned(), run.rect())).collect()
}

/// The rows in sight.
fn seen(pane: &Harness<'_, Desk>) -> Vec<String> {
    let rows = rows(pane).into_iter().filter(|(_, rect)| (0.0..400.0).contains(&rect.center().y));
    rows.map(|(row, _)| row).collect()
}

fn copied(pane: &mut Harness<'_, Desk>, event: Event) -> Option<String> {
    pane.event(event);
    for _ in 0..4 {
        pane.step();
        let commands = pane.output().platform_output.commands.clone();
        for command in commands {
            if let egui::OutputCommand::CopyText(text) = command {
                return Some(text);
            }
        }
    }
    None
}

/// Puts the cursor behind a part of the text that stands there once.
fn put_behind(pane: &mut Harness<'_, Desk>, place: &str) -> usize {
    pane.state_mut().editor.catch_up();
    pane.run();
    let at = text(pane).find(place).expect(place) + place.len();
    pane.state_mut().preview.put_cursor(at);
    pane.run();
    assert_eq!(selection(pane), Selection { anchor: at, head: at });
    at
}

#[test]
fn what_is_searched_for_is_found_far_away_and_replaced_there() {
    for line_break in ["\n", "\r\n"] {
        let original = numbered(line_break);
        let mut pane = pane(original.clone());
        pane.state_mut().preview.run(Tool::Strip(StripTool::Replace));
        pane.run();
        type_in(&mut pane, ": 17345");
        assert!(seen(&pane).contains(&"k17345: 17345".to_owned()), "{:?}", seen(&pane));
        pane.get_by_label("1 of 1");
        pane.get_by_label("Replace with").focus();
        pane.run();
        type_in(&mut pane, ": x");
        pane.get_by_label("Replace").click();
        pane.run();
        let expected = original.replace(": 17345", ": x");
        assert_eq!(text(&pane), expected);
        pane.get_by_label("None found");
        pane.get_by_label("Find").focus();
        pane.run();
        press(&mut pane, Modifiers::COMMAND, Key::A);
        type_in(&mut pane, "k4711:");
        press(&mut pane, Modifiers::NONE, Key::Escape);
        let start = expected.find("k4711:").expect("k4711");
        assert_eq!(
            selection(&pane),
            Selection { anchor: start, head: start + 6 },
            "the match stays selected"
        );
        assert!(seen(&pane).contains(&"k4711: 4711".to_owned()));
        type_in(&mut pane, "y");
        assert_eq!(text(&pane), expected.replace("k4711:", "y"));
    }
}

#[test]
fn keys_on_lines_in_the_middle_change_these_bytes_alone_in_one_step() {
    for line_break in ["\n", "\r\n"] {
        let original = numbered(line_break);
        let mut pane = pane(original.clone());
        let at = put_behind(&mut pane, "k9000: 9");
        press(&mut pane, Modifiers::COMMAND, Key::Slash);
        let commented = original.replace("k9000:", "# k9000:");
        assert_eq!(text(&pane), commented);
        assert_eq!(selection(&pane), Selection { anchor: at + 2, head: at + 2 });
        press(&mut pane, Modifiers::COMMAND, Key::Z);
        assert_eq!(text(&pane), original);
        put_behind(&mut pane, "k9000: 9");
        press(&mut pane, Modifiers::ALT, Key::ArrowUp);
        let (above, below) = (format!("k8999: 8999{line_break}"), format!("k9000: 9000{line_break}"));
        let swapped = original.replace(&format!("{above}{below}"), &format!("{below}{above}"));
        assert_eq!(text(&pane), swapped);
        press(&mut pane, Modifiers::COMMAND, Key::Z);
        assert_eq!(text(&pane), original);
        // What is typed stands there before a key that follows at once acts on it.
        put_behind(&mut pane, "k9000: 9");
        pane.event(Event::Text("!".to_owned()));
        pane.key_press_modifiers(Modifiers::COMMAND, Key::Slash);
        pane.run();
        assert_eq!(text(&pane), commented.replace("k9000: 9", "k9000: 9!"));
        press(&mut pane, Modifiers::COMMAND, Key::A);
        press(&mut pane, Modifiers::NONE, Key::Tab);
        assert!(text(&pane).lines().all(|line| line.starts_with("  ")), "all lines, in sight or not");
    }
}

#[test]
fn fields_are_offered_in_the_middle() {
    for line_break in ["\n", "\r\n"] {
        let pod = |number: usize| {
            let pod = "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: pNUMBER\nspec:\n  containers:\n  - name: cNUMBER\n    image: nginx\n";
            pod.replace("NUMBER", &number.to_string()).replace('\n', line_break)
        };
        let original: String = (0..2_000).map(pod).collect();
        let mut pane = pane(original.clone());
        let at = put_behind(&mut pane, &format!("name: c1234{line_break}    image: nginx"));
        press(&mut pane, Modifiers::NONE, Key::Enter);
        for c in "work".chars() {
            type_in(&mut pane, &c.to_string());
        }
        pane.get_by_label("workingDir, string");
        press(&mut pane, Modifiers::NONE, Key::Enter);
        let mut expected = original.clone();
        expected.insert_str(at, &format!("{line_break}    workingDir: "));
        assert_eq!(text(&pane), expected);
        // A list, of which the schema knows, begins with a dash, far below its key.
        type_in(&mut pane, "/");
        press(&mut pane, Modifiers::NONE, Key::Enter);
        type_in(&mut pane, "ports:");
        press(&mut pane, Modifiers::NONE, Key::Enter);
        let mut expected = original.clone();
        let lines = ["", "    workingDir: /", "    ports:", "    - "].join(line_break);
        expected.insert_str(at, &lines);
        assert_eq!(text(&pane), expected);
    }
}

#[test]
fn typing_at_the_end_at_the_start_and_in_the_middle_changes_these_bytes_alone() {
    for line_break in ["\n", "\r\n"] {
        let original = numbered(line_break);
        let mut pane = pane(original.clone());
        assert!(rows(&pane).len() < 500, "the widget holds what is near the rows in sight");
        press(&mut pane, Modifiers::COMMAND, Key::End);
        assert!(seen(&pane).contains(&"k19999: 19999".to_owned()), "{:?}", seen(&pane));
        type_in(&mut pane, "x: 李");
        pane.key_press(Key::Enter);
        pane.run();
        let mut expected = format!("{original}x: 李{line_break}");
        assert_eq!(text(&pane), expected);
        press(&mut pane, Modifiers::COMMAND, Key::Home);
        assert_eq!(seen(&pane)[0], "k0: 0");
        type_in(&mut pane, "#");
        expected.insert(0, '#');
        assert_eq!(text(&pane), expected);
        // A place in the middle that is in sight, by the pointer.
        let start = expected.find("k9000:").expect("k9000");
        pane.state_mut().editor.catch_up();
        pane.state_mut().view.reveal_text = Some(start..start + 3);
        pane.run();
        pane.run();
        let (_, rect) = rows(&pane).into_iter().find(|(row, _)| row == "k9000: 9000").expect("in sight");
        let at = Pos2::new(rect.right() + 3.0, rect.center().y);
        for _ in 0..2 {
            pane.hover_at(at);
        }
        pane.drag_at(at);
        pane.drop_at(at);
        pane.run();
        assert_eq!(pane.state().went_to, ["k9000"]);
        type_in(&mut pane, "!");
        expected.insert(start + "k9000: 9000".len(), '!');
        assert_eq!(text(&pane), expected);
    }
}

#[test]
fn keys_act_where_the_cursor_is_and_bring_it_into_sight() {
    let original = numbered("\n");
    let mut pane = pane(original.clone());
    press(&mut pane, Modifiers::COMMAND, Key::Home);
    pane.state_mut().editor.catch_up();
    let far = original.find("k15000:").expect("k15000");
    pane.state_mut().view.reveal_text = Some(far..far);
    pane.run();
    pane.run();
    assert!(seen(&pane).contains(&"k15000: 15000".to_owned()));
    type_in(&mut pane, "y");
    assert_eq!(text(&pane), format!("y{original}"));
    assert_eq!(seen(&pane)[0], "yk0: 0", "what is typed is seen");
    press(&mut pane, Modifiers::NONE, Key::PageDown);
    let page = pane.state().editor.draft().text.lines().line(selection(&pane).head);
    assert!(page > 5, "{page}");
    for _ in 0..20 {
        press(&mut pane, Modifiers::NONE, Key::PageDown);
    }
    let line = pane.state().editor.draft().text.lines().line(selection(&pane).head);
    assert!(line > page * 15, "{line} after pages of {page}");
    for _ in 0..70 {
        pane.key_press(Key::ArrowDown);
        pane.run();
    }
    let line_now = pane.state().editor.draft().text.lines().line(selection(&pane).head);
    assert_eq!(line_now, line + 70, "the arrows go on beyond the part that the widget held first");
}

#[test]
fn a_selection_beyond_what_is_held_is_copied_cut_and_replaced_whole() {
    let original = numbered("\r\n");
    let mut pane = pane(original.clone());
    press(&mut pane, Modifiers::COMMAND, Key::Home);
    for _ in 0..3 {
        press(&mut pane, Modifiers::NONE, Key::ArrowDown);
    }
    let from = selection(&pane).head;
    for _ in 0..15 {
        press(&mut pane, Modifiers::SHIFT, Key::PageDown);
    }
    let range = selection(&pane).range();
    assert!(range.start == from && range.len() > 1000, "{range:?}");
    assert_eq!(copied(&mut pane, Event::Copy).as_deref(), Some(&original[range.clone()]));
    assert_eq!(text(&pane), original);
    type_in(&mut pane, "z");
    let replaced = format!("{}z{}", &original[..range.start], &original[range.end..]);
    assert_eq!(text(&pane), replaced);
    press(&mut pane, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&pane), original);
    press(&mut pane, Modifiers::COMMAND, Key::A);
    assert_eq!(copied(&mut pane, Event::Cut).as_deref(), Some(original.as_str()));
    pane.run();
    assert_eq!(text(&pane), "");
    press(&mut pane, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&pane), original);
    // In one moment: everything is selected, and then replaced.
    pane.key_press_modifiers(Modifiers::COMMAND, Key::A);
    pane.event(Event::Text("k: v".to_owned()));
    pane.run();
    type_in(&mut pane, "w");
    assert_eq!(text(&pane), "k: vw");
    press(&mut pane, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&pane), original);
    // The other way round, what was typed first stands in the text before everything is selected.
    press(&mut pane, Modifiers::COMMAND, Key::Home);
    pane.event(Event::Text("#".to_owned()));
    pane.key_press_modifiers(Modifiers::COMMAND, Key::A);
    pane.run();
    assert_eq!(text(&pane), format!("#{original}"));
    assert_eq!(selection(&pane).range(), 0..original.len() + 1);
}

#[test]
fn a_selection_is_drawn_on_beyond_what_is_in_sight() {
    let mut pane = pane(numbered("\n"));
    press(&mut pane, Modifiers::COMMAND, Key::Home);
    pane.hover_at(Pos2::new(200.0, 200.0));
    pane.drag_at(Pos2::new(200.0, 200.0));
    pane.step();
    pane.hover_at(Pos2::new(200.0, 390.0));
    pane.step();
    pane.hover_at(Pos2::new(200.0, 900.0));
    pane.run_steps(20);
    let now = selection(&pane);
    let line = |byte| pane.state().editor.draft().text.lines().line(byte);
    assert!(line(now.anchor) < 20 && line(now.head) > 300, "{now:?}");
    pane.drop_at(Pos2::new(200.0, 390.0));
    pane.run();
    let range = selection(&pane).range();
    let expected = text(&pane)[range].to_owned();
    assert_eq!(copied(&mut pane, Event::Copy), Some(expected));
}

#[test]
fn undo_gives_the_text_back_and_puts_the_cursor_where_it_was_changed() {
    let original = numbered("\n");
    let mut pane = pane(original.clone());
    press(&mut pane, Modifiers::COMMAND, Key::End);
    type_in(&mut pane, "abc");
    press(&mut pane, Modifiers::COMMAND, Key::Home);
    press(&mut pane, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&pane), original);
    assert_eq!(selection(&pane).range(), original.len()..original.len());
    assert!(seen(&pane).contains(&"k19999: 19999".to_owned()), "{:?}", seen(&pane));
    press(&mut pane, Modifiers::COMMAND, Key::Y);
    assert_eq!(text(&pane), format!("{original}abc"));
}

#[test]
fn of_a_very_long_line_the_columns_in_sight_are_held() {
    let middle = "x".repeat(100_000);
    let original = format!("a: 1\nb: \"{middle}\"\nc: 3\n");
    let mut pane = pane(original.clone());
    let held: usize = rows(&pane).iter().map(|(row, _)| row.len()).sum();
    assert!(held < 2_000, "{held}");
    press(&mut pane, Modifiers::COMMAND, Key::Home);
    press(&mut pane, Modifiers::NONE, Key::ArrowDown);
    press(&mut pane, Modifiers::NONE, Key::End);
    assert_eq!(selection(&pane).head, original.find("\nc").expect("c"));
    press(&mut pane, Modifiers::NONE, Key::ArrowLeft);
    type_in(&mut pane, "y");
    let expected = original.replace("x\"\n", "xy\"\n");
    assert_eq!(text(&pane), expected);
    press(&mut pane, Modifiers::NONE, Key::Home);
    type_in(&mut pane, "z");
    assert_eq!(text(&pane), expected.replace("b: ", "zb: "));
    press(&mut pane, Modifiers::NONE, Key::ArrowDown);
    press(&mut pane, Modifiers::NONE, Key::Home);
    press(&mut pane, Modifiers::NONE, Key::Backspace);
    assert_eq!(text(&pane), expected.replace("b: ", "zb: ").replace("\nc", "c"));
}

#[test]
fn problems_keep_their_lines_while_the_text_is_ahead() {
    let mut original = numbered("\n");
    original.push_str("\tk: 1\n");
    let mut pane = pane(original.clone());
    pane.state_mut().editor.catch_up();
    press(&mut pane, Modifiers::COMMAND, Key::End);
    assert!(pane.query_by_label_contains("in line 20001").is_some());
    press(&mut pane, Modifiers::COMMAND, Key::Home);
    type_in(&mut pane, "#");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    press(&mut pane, Modifiers::COMMAND, Key::End);
    assert!(pane.state().editor.is_behind());
    assert!(pane.query_by_label_contains("in line 20002").is_some());
    pane.state_mut().editor.catch_up();
    pane.run();
    assert!(pane.query_by_label_contains("in line 20002").is_some());
    assert!(pane.ctx.memory(|memory| memory.has_focus(text_id())));
}

fn window() -> Harness<'static, App> {
    let mut harness = Harness::builder()
        .with_size(vec2(1280.0, 800.0))
        .with_max_steps(20)
        .allow_missing_glyphs()
        .build_eframe(|frame| {
            let services = common::services();
            App::new(&frame.egui_ctx, services)
        });
    harness.run();
    harness
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: app\n    image: nginx:1.27\n";

/// Enough for a thread: two Pods, the second with a problem, and a long comment between them.
fn large() -> String {
    let comment = "# nothing to see here\n".repeat(12_000);
    format!("{POD}{comment}---\n{}    imagePullPolicy: Sometimes\n", POD.replace("name: web", "name: last"))
}

fn open(harness: &mut Harness<'static, App>, path: &Path) {
    let ctx = harness.ctx.clone();
    harness.state_mut().open_file(&ctx, path);
}

fn wait_for(
    harness: &mut Harness<'static, App>,
    what: &str,
    is_there: impl Fn(&Harness<'static, App>) -> bool,
) {
    let until = Instant::now() + Duration::from_secs(120);
    while !is_there(harness) {
        assert!(Instant::now() < until, "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.run();
}

fn opened(text: &str) -> (Harness<'static, App>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("big.yaml");
    std::fs::write(&path, text).expect("written");
    let mut harness = window();
    open(&mut harness, &path);
    wait_for(&mut harness, "the document", |harness| {
        !harness.state().is_judging() && !harness.state().text().is_empty()
    });
    (harness, folder)
}

#[test]
fn a_large_file_is_opened_while_the_window_goes_on_painting() {
    let folder = tempfile::tempdir().expect("a folder");
    let (big, small) = (folder.path().join("big.yaml"), folder.path().join("small.yaml"));
    std::fs::write(&big, large()).expect("written");
    std::fs::write(&small, POD).expect("written");
    let mut harness = window();
    open(&mut harness, &big);
    assert_eq!(harness.state().text(), "");
    // What is opened after it takes its place.
    open(&mut harness, &small);
    harness.run();
    assert_eq!(harness.state().text(), POD);
    open(&mut harness, &big);
    wait_for(&mut harness, "the text", |harness| harness.state().text() == large());
    wait_for(&mut harness, "the document", |harness| !harness.state().is_judging());
    harness.get_by_label_contains("Pod last");
    assert_eq!(harness.state().document().parts.len(), 2);
    assert!(harness.state().document().counts().errors > 0);
}

#[test]
fn a_change_in_the_form_waits_for_what_was_typed_into_the_text() {
    let (mut harness, _folder) = opened(&large());
    harness.get_by_label("YAML").focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Home);
    harness.run_steps(2);
    harness.event(Event::Text("# typed".to_owned()));
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let typed = format!("# typed\n{}", large());
    assert_eq!(harness.state().text(), typed);
    harness.get_by_label("spec.containers[0].image").focus();
    harness.run_steps(2);
    for letter in ["-", "a", "b"] {
        harness.event(Event::Text(letter.to_owned()));
        harness.step();
    }
    wait_for(&mut harness, "the change", |harness| !harness.state().is_judging());
    assert_eq!(harness.state().text(), typed.replacen("nginx:1.27", "nginx:1.27-ab", 1));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.step();
    wait_for(&mut harness, "the undone change", |harness| !harness.state().is_judging());
    assert_eq!(harness.state().text(), typed);
}

#[test]
fn problems_follow_what_is_typed() {
    let (mut harness, _folder) = opened(&large());
    assert_eq!(harness.state().document().counts().errors, 1);
    harness.get_by_label("YAML").focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::End);
    harness.run_steps(2);
    harness.event(Event::Text("    imagePulPolicy: Always".to_owned()));
    harness.run_steps(2);
    wait_for(&mut harness, "the document", |harness| !harness.state().is_judging());
    assert_eq!(harness.state().document().counts().errors, 2);
    assert_eq!(harness.state().document().text, harness.state().text());
}
