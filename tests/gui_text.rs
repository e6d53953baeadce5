//! The text as an editor: completions, find and replace, keys; driven by accessible names as a person would.
#![cfg(feature = "window")]
#![expect(clippy::disallowed_methods, reason = "the tests set up the file that the window opens")]

mod common;

use egui::{Event, ImeEvent, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use podwright::editor::{Command, Editor};
use podwright::ui::preview::{PreviewState, StripTool, Tool, preview_ui, text_id};
use podwright::ui::{Action, App, Services, View};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  volumes:
  - name: data
    emptyDir: {}
  containers:
  - name: app
    image: nginx:1.27
";

/// The text alone, and an editor that carries out what it asks for.
struct Desk {
    editor: Editor,
    preview: PreviewState,
    view: View,
}

fn desk(text: &str) -> Harness<'static, Desk> {
    let mut editor = Editor::default();
    editor.run(Command::New(text.to_owned())).expect("a new document");
    let desk = Desk { editor, preview: PreviewState::default(), view: View::default() };
    let app = |ui: &mut egui::Ui, desk: &mut Desk| {
        let mut out = Vec::new();
        preview_ui(ui, &desk.editor.draft(), &mut desk.preview, &mut desk.view, &mut out);
        for action in out {
            if let Action::Do(command) = action {
                desk.editor.run(command).expect("a command of the text");
            }
        }
        // Something else that takes the keyboard.
        let _ = ui.button("Elsewhere");
    };
    let mut harness =
        Harness::builder().with_size(vec2(700.0, 600.0)).allow_missing_glyphs().build_ui_state(app, desk);
    harness.run();
    harness
}

/// The text with the keyboard in it, and the cursor at the end of the first `place`.
fn at(text: &str, place: &str) -> Harness<'static, Desk> {
    let mut harness = desk(text);
    put(&mut harness, place);
    harness
}

fn put(harness: &mut Harness<'_, Desk>, place: &str) {
    let byte = text(harness).find(place).expect(place) + place.len();
    harness.state_mut().preview.put_cursor(byte);
    harness.run();
}

fn text(harness: &Harness<'_, Desk>) -> String {
    harness.state().editor.document().text.clone()
}

fn write(harness: &mut Harness<'_, Desk>, text: &str) {
    for c in text.chars() {
        harness.event(Event::Text(c.to_string()));
        harness.run();
    }
}

fn press(harness: &mut Harness<'_, Desk>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
}

fn ask(harness: &mut Harness<'_, Desk>, tool: Tool) {
    harness.state_mut().preview.run(tool);
    harness.run();
}

fn offers(harness: &Harness<'_, Desk>, label: &str) -> bool {
    harness.query_all_by_label(label).next().is_some()
}

fn has_keyboard(harness: &Harness<'_, Desk>) -> bool {
    harness.ctx.memory(|memory| memory.has_focus(text_id()))
}

#[test]
fn a_word_opens_the_list_and_enter_takes_the_first() {
    let mut pane = at(POD, "nginx:1.27");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    write(&mut pane, "work");
    assert!(offers(&pane, "workingDir, string"));
    press(&mut pane, Modifiers::NONE, Key::Enter);
    assert_eq!(text(&pane), format!("{POD}    workingDir: \n"));
    assert!(!offers(&pane, "workingDir, string"));
    write(&mut pane, "/a");
    assert_eq!(text(&pane), format!("{POD}    workingDir: /a\n"));
    press(&mut pane, Modifiers::COMMAND, Key::Z);
    press(&mut pane, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&pane), format!("{POD}    work\n"), "what was taken is one step of undo");
}

#[test]
fn what_was_asked_for_is_chosen_with_the_arrows() {
    let mut pane = at(&format!("{POD}  restartPolicy: \n"), "restartPolicy: ");
    assert!(!offers(&pane, "Always, default"));
    ask(&mut pane, Tool::Complete);
    assert!(offers(&pane, "Always, default") && offers(&pane, "Never"));
    press(&mut pane, Modifiers::NONE, Key::ArrowDown);
    press(&mut pane, Modifiers::NONE, Key::Tab);
    assert_eq!(text(&pane), format!("{POD}  restartPolicy: OnFailure\n"));
    assert!(has_keyboard(&pane));
}

#[test]
fn escape_closes_the_list_and_nothing_else() {
    let mut pane = at(&format!("{POD}    \n"), "1.27\n    ");
    write(&mut pane, "tt");
    assert!(offers(&pane, "tty, boolean, default false"));
    press(&mut pane, Modifiers::NONE, Key::Escape);
    assert!(!offers(&pane, "tty, boolean, default false"));
    assert!(has_keyboard(&pane));
    press(&mut pane, Modifiers::NONE, Key::Enter);
    assert_eq!(text(&pane), format!("{POD}    tt\n    \n"), "a closed list takes no keys");
}

#[test]
fn a_key_that_comes_with_the_last_letter_is_not_lost() {
    let mut pane = at(&format!("{POD}    \n"), "1.27\n    ");
    write(&mut pane, "tt");
    pane.event(Event::Text("y".to_owned()));
    press(&mut pane, Modifiers::NONE, Key::Enter);
    assert_eq!(text(&pane), format!("{POD}    tty\n    \n"), "the word was whole: the key breaks the line");
}

#[test]
fn f12_goes_from_an_alias_to_its_anchor() {
    let mut pane = at("a: &x 1\nb: *x\n", "*x");
    press(&mut pane, Modifiers::NONE, Key::F12);
    write(&mut pane, "!!int ");
    assert_eq!(text(&pane), "a: !!int &x 1\nb: *x\n");
}

#[test]
fn a_click_takes_a_row_and_leaves_the_keyboard_in_the_text() {
    let mut pane = at(&format!("{POD}    \n"), "1.27\n    ");
    write(&mut pane, "volumeM");
    pane.get_by_label("volumeMounts, list of VolumeMount").click();
    pane.run();
    assert_eq!(text(&pane), format!("{POD}    volumeMounts:\n    - \n"));
    assert!(has_keyboard(&pane));
    // What follows is offered at once.
    assert!(offers(&pane, "name, string, required"));
    write(&mut pane, "name");
    assert!(!offers(&pane, "name, string, required"), "nothing is left to complete");
    write(&mut pane, ": d");
    assert!(offers(&pane, "data, volume of this pod"));
}

#[test]
fn a_broken_text_has_completions_too() {
    let mut pane = at(&format!("{POD}    args: [a\n    \n  x: }}\n"), "[a\n    ");
    assert!(pane.state().editor.document().is_broken());
    write(&mut pane, "pull");
    assert!(pane.query_by_label_contains("imagePullPolicy, string").is_some());
}

#[test]
fn no_list_opens_in_comments_and_block_scalars() {
    let mut pane = at(&format!("{POD}    # \n"), "# ");
    write(&mut pane, "im");
    assert!(!pane.query_all_by_label_contains("imagePull").any(|_| true));
    let mut pane = at(&format!("{POD}    args:\n    - |\n      \n"), "|\n      ");
    write(&mut pane, "im");
    assert!(!pane.query_all_by_label_contains("imagePull").any(|_| true));
}

#[test]
fn an_input_method_keeps_its_keys() {
    let mut pane = at(&format!("{POD}  # \n    \n"), "# \n    ");
    write(&mut pane, "im");
    let preedit =
        |text: &str| Event::Ime(ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None });
    pane.event(preedit("jing"));
    pane.run();
    assert!(!pane.query_all_by_label_contains("imagePull").any(|_| true), "closed while a word is composed");
    pane.event(Event::Ime(ImeEvent::Commit("镜像".to_owned())));
    pane.run();
    assert_eq!(text(&pane), format!("{POD}  # \n    im镜像\n"));
}

#[test]
fn find_shows_how_many_and_gives_the_match_back() {
    let mut pane = at(POD, "kind");
    ask(&mut pane, Tool::Strip(StripTool::Find));
    pane.get_by_label("Find");
    write(&mut pane, "name");
    pane.get_by_label("1 of 3");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    pane.get_by_label("2 of 3");
    press(&mut pane, Modifiers::SHIFT, Key::Enter);
    press(&mut pane, Modifiers::SHIFT, Key::Enter);
    pane.get_by_label("3 of 3");
    press(&mut pane, Modifiers::NONE, Key::Escape);
    assert!(pane.query_by_label("Find").is_none());
    assert!(has_keyboard(&pane));
    write(&mut pane, "x");
    assert_eq!(text(&pane), POD.replace("- name: app", "- x: app"), "the match is selected");
}

#[test]
fn find_by_case_and_by_whole_words() {
    let mut pane = at("Name: a\nname: b\nnames: c\n", "a");
    ask(&mut pane, Tool::Strip(StripTool::Find));
    write(&mut pane, "name");
    pane.get_by_label("2 of 3");
    pane.get_by_label("Match case").click();
    pane.run();
    pane.get_by_label("1 of 2");
    pane.get_by_label("Whole words").click();
    pane.run();
    pane.get_by_label("1 of 1");
    pane.get_by_label("Find").focus();
    pane.run();
    write(&mut pane, "x");
    pane.get_by_label("None found");
}

#[test]
fn what_is_selected_is_found_and_all_of_it_replaced_at_once() {
    let mut pane = at("a: web\r\nb: web\r\nc: other\r\n", "a: ");
    press(&mut pane, Modifiers::SHIFT, Key::End);
    ask(&mut pane, Tool::Strip(StripTool::Replace));
    pane.get_by_label("1 of 2");
    pane.get_by_label("Replace with").focus();
    pane.run();
    write(&mut pane, "site");
    pane.get_by_label("Replace").click();
    pane.run();
    assert_eq!(text(&pane), "a: site\r\nb: web\r\nc: other\r\n");
    pane.get_by_label("1 of 1");
    pane.state_mut().editor.run(Command::Undo).expect("undo");
    pane.run();
    pane.get_by_label("Replace all").click();
    pane.run();
    assert_eq!(text(&pane), "a: site\r\nb: site\r\nc: other\r\n");
    pane.state_mut().editor.run(Command::Undo).expect("undo");
    pane.run();
    assert_eq!(text(&pane), "a: web\r\nb: web\r\nc: other\r\n", "one step of undo");
}

#[test]
fn f3_goes_on_without_the_strip() {
    let mut pane = at(POD, "kind");
    ask(&mut pane, Tool::Strip(StripTool::Find));
    write(&mut pane, "name");
    press(&mut pane, Modifiers::NONE, Key::Escape);
    ask(&mut pane, Tool::Match { forward: true });
    write(&mut pane, "x");
    assert_eq!(text(&pane), POD.replace("- name: data", "- x: data"));
}

#[test]
fn a_long_text_can_be_searched() {
    let long: String = (0..3000).map(|i| format!("k{i}: {i}\n")).collect();
    let mut pane = desk(&long);
    ask(&mut pane, Tool::Strip(StripTool::Find));
    write(&mut pane, "k2500");
    pane.get_by_label("1 of 1");
    press(&mut pane, Modifiers::NONE, Key::Escape);
    write(&mut pane, "x");
    let expected = long.replace("k2500", "x");
    assert_eq!(text(&pane), expected);
    ask(&mut pane, Tool::Strip(StripTool::Line));
    write(&mut pane, "100");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    write(&mut pane, "#");
    assert_eq!(text(&pane), expected.replace("k99:", "#k99:"));
}

#[test]
fn go_to_a_line_by_its_number() {
    let mut pane = at(POD, "kind");
    ask(&mut pane, Tool::Strip(StripTool::Line));
    write(&mut pane, "4");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    write(&mut pane, "#");
    assert_eq!(text(&pane), POD.replace("  name: web", "#  name: web"));
}

#[test]
fn keys_work_on_lines_and_each_is_one_step_of_undo() {
    let text_before = "a:\r\n  b: 1\r\n  c: 2\r\n";
    for (modifiers, key, after) in [
        (Modifiers::COMMAND, Key::Slash, "a:\r\n  # b: 1\r\n  c: 2\r\n"),
        (Modifiers::COMMAND, Key::D, "a:\r\n  b: 1\r\n  b: 1\r\n  c: 2\r\n"),
        (Modifiers::ALT, Key::ArrowDown, "a:\r\n  c: 2\r\n  b: 1\r\n"),
        (Modifiers::ALT, Key::ArrowUp, "  b: 1\r\na:\r\n  c: 2\r\n"),
        (Modifiers::COMMAND, Key::CloseBracket, "a:\r\n    b: 1\r\n  c: 2\r\n"),
        (Modifiers::SHIFT, Key::Tab, "a:\r\nb: 1\r\n  c: 2\r\n"),
    ] {
        let mut pane = at(text_before, "b: 1");
        write(&mut pane, "0");
        press(&mut pane, Modifiers::NONE, Key::Backspace);
        press(&mut pane, modifiers, key);
        assert_eq!(text(&pane), after, "{key:?}");
        press(&mut pane, Modifiers::COMMAND, Key::Z);
        assert_eq!(text(&pane), text_before, "{key:?} undone");
        assert!(has_keyboard(&pane));
    }
}

#[test]
fn what_is_selected_shifts_as_a_whole_and_stays_selected() {
    let mut pane = at("a:\n    b: 1\nc: 2\nd: 3\n", "b: 1\n");
    press(&mut pane, Modifiers::SHIFT, Key::ArrowDown);
    press(&mut pane, Modifiers::SHIFT, Key::ArrowDown);
    press(&mut pane, Modifiers::NONE, Key::Tab);
    assert_eq!(text(&pane), "a:\n    b: 1\n    c: 2\n    d: 3\n");
    press(&mut pane, Modifiers::NONE, Key::Tab);
    press(&mut pane, Modifiers::SHIFT, Key::Tab);
    assert_eq!(text(&pane), "a:\n    b: 1\n    c: 2\n    d: 3\n");
}

#[test]
fn tab_enter_and_backspace_know_the_indentation() {
    let mut pane = at(POD, "nginx:1.27");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    write(&mut pane, "resources:");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    write(&mut pane, "limits: {}");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    press(&mut pane, Modifiers::NONE, Key::Backspace);
    write(&mut pane, "args:");
    press(&mut pane, Modifiers::NONE, Key::Enter);
    write(&mut pane, "x");
    assert_eq!(text(&pane), format!("{POD}    resources:\n      limits: {{}}\n    args:\n    - x\n"));
    let mut pane = at("a:\n    b: 1\n", "a:");
    press(&mut pane, Modifiers::NONE, Key::Tab);
    assert_eq!(text(&pane), "a:  \n    b: 1\n", "a Tab goes to the next step, with blanks");
}

#[test]
fn the_keyboard_can_leave_the_text() {
    for leave in [&[Key::Escape, Key::Tab][..], &[Key::F6][..]] {
        let mut pane = at("a: 1\n", "1");
        for key in leave {
            press(&mut pane, Modifiers::NONE, *key);
        }
        assert!(!has_keyboard(&pane), "{leave:?}");
        assert_eq!(text(&pane), "a: 1\n", "{leave:?}");
    }
    let mut pane = at("a: 1\n", "1");
    press(&mut pane, Modifiers::NONE, Key::Escape);
    write(&mut pane, "2");
    press(&mut pane, Modifiers::NONE, Key::Tab);
    assert!(has_keyboard(&pane), "whoever types on does not want to leave");
    assert_eq!(text(&pane), "a: 12 \n");
}

#[test]
fn marks_stay_where_the_text_breaks() {
    let mut pane = at(&format!("{POD}    args: [a\n    tty: yes\n"), "[a");
    pane.get_by_label_contains("Error in line 1");
    write(&mut pane, "]");
    assert!(pane.query_by_label_contains("Error in line").is_none());
    press(&mut pane, Modifiers::NONE, Key::Backspace);
    pane.get_by_label_contains("Error in line 1").click();
    pane.run();
    let document = pane.state().editor.document().clone();
    let (_, problem) = document.diagnostics().next().expect("a problem");
    pane.get_by_label_contains(&problem.message);
}

fn window(text: &str) -> (Harness<'static, App>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("web.yaml");
    std::fs::write(&path, text).expect("a file");
    let services = Services { patterns: Box::new(|| (Vec::new(), Vec::new())), ..common::services() };
    let mut harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_max_steps(40)
        .build_eframe(|window| App::new(&window.egui_ctx, services));
    let ctx = harness.ctx.clone();
    harness.state_mut().open_file(&ctx, &path);
    harness.run();
    (harness, folder)
}

#[test]
fn while_the_text_is_broken_the_form_says_so_and_leads_there() {
    let (mut window, _folder) = window(POD);
    assert!(window.query_by_label_contains("The text cannot be read").is_none());
    window.get_by_label("YAML").focus();
    window.run();
    window.key_press_modifiers(Modifiers::CTRL, Key::End);
    window.run();
    window.event(Event::Text("    args: [a".to_owned()));
    window.run();
    window.get_by_label_contains("The text cannot be read at line 1");
    window.get_by_label("spec.containers[0].image");
    window.get_by_label_contains("Show line 1").click();
    window.run();
    assert!(window.ctx.memory(|memory| memory.has_focus(text_id())));
    window.key_press_modifiers(Modifiers::CTRL, Key::End);
    window.run();
    window.event(Event::Text("]".to_owned()));
    window.run();
    assert!(window.query_by_label_contains("The text cannot be read").is_none(), "{}", window.state().text());
}

#[test]
fn form_and_text_share_one_undo() {
    let (mut window, _folder) = window(POD);
    window.get_by_label("spec.containers[0].image").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    window.event(Event::Text("redis:8".to_owned()));
    window.run();
    let formed = POD.replace("nginx:1.27", "redis:8");
    assert_eq!(window.state().text(), formed);
    window.get_by_label("YAML").focus();
    window.run();
    window.key_press_modifiers(Modifiers::CTRL, Key::End);
    window.run();
    window.event(Event::Text("# end".to_owned()));
    window.run();
    assert_eq!(window.state().text(), format!("{formed}# end"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(window.state().text(), formed);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(window.state().text(), POD);
}

#[test]
fn the_edit_menu_and_its_keys_reach_the_text() {
    let (mut window, _folder) = window(POD);
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run();
    window.event(Event::Text("nginx".to_owned()));
    window.run();
    window.get_by_label("1 of 1");
    window.key_press(Key::Escape);
    window.run();
    window.get_by_label("Edit menu").click();
    window.run();
    window.get_by_label("Toggle comment").click();
    window.run();
    assert_eq!(window.state().text(), POD.replace("    image", "    # image"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Slash);
    window.run();
    assert_eq!(window.state().text(), POD);
    window.key_press_modifiers(Modifiers::CTRL, Key::End);
    window.run();
    window.get_by_label("spec.containers[0].image").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Slash);
    window.run();
    assert_eq!(window.state().text(), POD, "the cursor is in the form");
    window.get_by_label("YAML").focus();
    window.run();
    window.key_press_modifiers(Modifiers::CTRL, Key::End);
    window.run();
    window.event(Event::Text("  restartPolicy: ".to_owned()));
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Space);
    window.run();
    window.get_by_label("Never").click();
    window.run();
    assert_eq!(window.state().text(), format!("{POD}  restartPolicy: Never"));
}
