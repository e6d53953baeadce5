//! What is typed arrives where it was meant, however the frames of the window fall between the keys: each test gives the
//! window the events of a person's hands with frames at random places between them.
#![cfg(feature = "window")]
#![expect(clippy::disallowed_methods, reason = "the tests set up the file that the window opens")]

mod common;

use eframe::App as _;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, RawInput};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use podwright::ui::App;
use podwright::yaml::Data;
use proptest::prelude::*;

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
  - name: app # mine
    image: nginx:1.27
    args:
    - --verbose
    - |
      one
      two
    env:
    - name: GREETING
      value: hello
    ports:
    - containerPort: 8080
    resources:
      requests:
        memory: 64Mi
";

/// A page of the form, a field on it, and texts to type into the field: some are never a value of
/// its kind, all are at some time not one yet.
const FIELDS: &[(&str, &str, &[&str])] = &[
    ("app", "spec.containers[0].ports[0].containerPort", &["80800", "808", "80x", "65535"]),
    ("app", "spec.containers[0].image", &["nginx:1.29@sha256:0", "a", ": #", "- [x]: {"]),
    ("app", "spec.containers[0].name", &["web-1", "Web_1", "0x10", "true"]),
    ("app", "spec.containers[0].args[0]", &["--level=5", "null", "'", "~"]),
    ("app", "spec.containers[0].args[1]", &["# no comment", "\"'", "x: y"]),
    ("app", "spec.containers[0].env[0].value", &["yes", "a: b # c", "0o17", "$(HOST)"]),
    ("app", "spec.containers[0].resources.requests[memory]", &["12Mi", "1.5.", "0.1Gi", "mi"]),
    ("Metadata", "metadata.name", &["shop-2", "Shop", "1e3"]),
    ("Metadata", "metadata.labels[app]", &["on", "1.0", "a b"]),
];

struct Desk {
    harness: Harness<'static, App>,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn with(text: &str) -> Desk {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("pod.yaml");
        std::fs::write(&file, text).expect("file");
        let harness =
            Harness::builder().with_size([1280.0, 2600.0]).with_max_steps(64).build_eframe(|window| {
                let mut app = App::new(&window.egui_ctx, common::services());
                app.open_file(&window.egui_ctx, &file);
                app
            });
        let mut desk = Desk { harness, _folder: folder };
        desk.settle();
        desk
    }

    /// Draws a frame for which these events have come, as eframe does.
    fn frame(&mut self, events: Vec<Event>) {
        let ctx = self.harness.ctx.clone();
        let mut raw = RawInput { events, ..RawInput::default() };
        self.harness.state_mut().raw_input_hook(&ctx, &mut raw);
        self.harness.input_mut().events = raw.events;
        self.harness.step();
    }

    /// Draws until nothing happens any more.
    fn settle(&mut self) {
        for _ in 0..400 {
            self.frame(Vec::new());
            if self.harness.state().is_judging() || !self.harness.state().document().text.contains("Pod") {
                std::thread::sleep(std::time::Duration::from_millis(20));
            } else if !self.harness.ctx.has_requested_repaint() {
                return;
            }
        }
        // A cursor that blinks is no change.
    }

    /// Shows a page by its name in the outline.
    fn show(&mut self, page: &str) {
        let pages: Vec<_> = self.harness.get_all_by_label(page).collect();
        let left = |node: &&egui_kittest::Node<'_>| node.rect().left() as i32;
        pages.iter().min_by_key(left).expect("the page").click_accesskit();
        self.harness.step();
        self.settle();
    }

    fn middle_of(&self, label: &str) -> Pos2 {
        self.harness.get_by_label(label).rect().center()
    }

    fn value(&self, path: &str) -> Option<serde_json::Value> {
        let path = path.parse().expect("path");
        self.harness.state().document().data(0).and_then(|data| data.at(&path)).map(Data::to_json)
    }
}

fn key(key: Key, modifiers: Modifiers) -> [Event; 2] {
    [true, false].map(|pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers })
}

fn click(pos: Pos2) -> Vec<Event> {
    let press = |pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    vec![Event::PointerMoved(pos), press(true), press(false)]
}

fn with_ctrl(pressed: Key) -> Vec<Event> {
    let held = Modifiers::CTRL.plus(Modifiers::COMMAND);
    let mut events = vec![Event::ModifiersChanged(held)];
    events.extend(key(pressed, held));
    events.push(Event::ModifiersChanged(Modifiers::NONE));
    events
}

fn typed(text: &str) -> Vec<Event> {
    text.chars().map(|letter| Event::Text(letter.to_string())).collect()
}

/// What a text typed into a field is as a value: a number where it is one, or else the text itself.
fn meant(path: &str, text: &str) -> serde_json::Value {
    let is_number = path.ends_with("containerPort") && text.parse::<i64>().is_ok();
    if is_number { text.parse::<i64>().expect("a number").into() } else { text.into() }
}

/// Gives the window events with frames between them where `breaks` says so.
fn play(desk: &mut Desk, events: Vec<Event>, breaks: &[bool]) {
    let mut next = Vec::new();
    for (event, breaks) in events.into_iter().zip(breaks.iter().cycle()) {
        next.push(event);
        if *breaks {
            desk.frame(std::mem::take(&mut next));
        }
    }
    desk.frame(next);
    desk.settle();
}

fn breaks() -> impl Strategy<Value = Vec<bool>> {
    (0..=4_u8).prop_flat_map(|often| prop::collection::vec((0..4_u8).prop_map(move |at| at < often), 7..61))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_key_reaches_the_field_that_was_clicked(
        picks in prop::collection::vec((0..7_usize, 0..4_usize), 1..4),
        metadata in any::<bool>(),
        breaks in breaks(),
    ) {
        let page = if metadata { "Metadata" } else { "app" };
        let fields: Vec<_> = FIELDS.iter().filter(|field| field.0 == page).collect();
        let mut desk = Desk::with(POD);
        desk.show(page);
        for (field, text) in picks {
            let (_, path, texts) = fields[field % fields.len()];
            let text = texts[text % texts.len()];
            let mut events = click(desk.middle_of(path));
            events.extend(with_ctrl(Key::A));
            events.extend(typed(text));
            play(&mut desk, events, &breaks);
            let now = desk.harness.state().text();
            prop_assert_eq!(desk.value(path), Some(meant(path, text)), "{}\n{}", path, now);
        }
    }

    #[test]
    fn every_key_before_a_tab_stays_in_its_field(breaks in breaks()) {
        let mut desk = Desk::with(POD);
        desk.show("Metadata");
        let mut events = click(desk.middle_of("metadata.name"));
        events.extend(with_ctrl(Key::A));
        events.extend(typed("one"));
        // The button that removes the name, generateName, namespace.
        for _ in 0..3 {
            events.extend(key(Key::Tab, Modifiers::NONE));
        }
        events.extend(typed("two"));
        play(&mut desk, events, &breaks);
        prop_assert_eq!(desk.value("metadata.name"), Some("one".into()));
        prop_assert_eq!(desk.value("metadata.namespace"), Some("two".into()), "{}", desk.harness.state().text());
    }

    #[test]
    fn a_key_of_a_map_is_renamed_as_typed(breaks in breaks()) {
        let mut desk = Desk::with(POD);
        desk.show("Metadata");
        let mut events = click(desk.middle_of("Key metadata.labels[app]"));
        events.extend(with_ctrl(Key::A));
        events.extend(typed("tier"));
        events.extend(click(desk.middle_of("metadata.name")));
        events.extend(with_ctrl(Key::A));
        events.extend(typed("shop"));
        play(&mut desk, events, &breaks);
        prop_assert_eq!(desk.value("metadata.labels"), Some(serde_json::json!({"tier": "web"})));
        prop_assert_eq!(desk.value("metadata.name"), Some("shop".into()));
    }

    #[test]
    fn an_undo_takes_back_what_was_typed_before_it(breaks in breaks()) {
        let mut desk = Desk::with(POD);
        desk.show("Metadata");
        let mut events = click(desk.middle_of("metadata.name"));
        events.extend(typed("x"));
        events.extend(click(desk.middle_of("metadata.namespace")));
        events.extend(typed("y"));
        events.extend(with_ctrl(Key::Z));
        events.extend(with_ctrl(Key::Z));
        events.extend(with_ctrl(Key::Z));
        play(&mut desk, events, &breaks);
        prop_assert_eq!(desk.harness.state().text(), POD);
    }
}

#[test]
fn every_key_reaches_a_field_while_a_long_text_is_judged() {
    let filler: String =
        (0..5000).map(|i| format!("# {i} a line that makes the text long enough\n")).collect();
    let mut desk = Desk::with(&format!("{POD}{filler}"));
    desk.show("app");
    for (path, text) in
        [("spec.containers[0].ports[0].containerPort", "80800"), ("spec.containers[0].image", "a:b")]
    {
        let mut events = click(desk.middle_of(path));
        events.extend(with_ctrl(Key::A));
        events.extend(typed(text));
        play(&mut desk, events, &[true, true, false, true, true, true, true]);
        assert_eq!(desk.value(path), Some(meant(path, text)));
    }
}

#[test]
fn every_key_arrives_where_the_old_value_is_passed_on_the_way() {
    let path = "spec.containers[0].ports[0].containerPort";
    let mut desk = Desk::with(POD);
    desk.show("app");
    let mut events = click(desk.middle_of(path));
    events.extend(with_ctrl(Key::A));
    events.extend(typed("80800"));
    play(&mut desk, events, &[true]);
    assert_eq!(desk.value(path), Some(80800.into()));
    play(&mut desk, with_ctrl(Key::Z), &[true]);
    assert_eq!(desk.harness.state().text(), POD);
}

#[test]
fn what_is_typed_before_the_window_is_to_close_is_asked_about() {
    let key_then_text = || key(Key::End, Modifiers::NONE).into_iter().chain(typed("x")).collect::<Vec<_>>();
    let through_tabs = || {
        let tabs = [key(Key::Tab, Modifiers::NONE), key(Key::Tab, Modifiers::NONE)];
        tabs.into_iter().flatten().chain(typed("x")).collect::<Vec<_>>()
    };
    for events in [key_then_text(), through_tabs()] {
        let mut desk = Desk::with(POD);
        desk.show("Metadata");
        let into_the_name = click(desk.middle_of("metadata.name"));
        play(&mut desk, into_the_name, &[false]);
        let id = desk.harness.ctx.viewport_id();
        desk.harness.input_mut().viewports.entry(id).or_default().events.push(egui::ViewportEvent::Close);
        desk.frame(events);
        let cancels = |desk: &Desk| {
            let out = &desk.harness.output().viewport_output[&id].commands;
            out.contains(&egui::ViewportCommand::CancelClose)
        };
        assert!(cancels(&desk), "the window does not close yet");
        desk.harness.input_mut().viewports.entry(id).or_default().events.clear();
        desk.settle();
        assert!(desk.harness.state().text().contains('x'), "{}", desk.harness.state().text());
        assert!(desk.harness.query_by_label("Discard changes").is_some(), "it is asked about");
    }
}

#[test]
fn a_window_closes_once_nothing_is_typed_any_more() {
    let mut desk = Desk::with(POD);
    let id = desk.harness.ctx.viewport_id();
    desk.harness.input_mut().viewports.entry(id).or_default().events.push(egui::ViewportEvent::Close);
    desk.frame(key(Key::F6, Modifiers::NONE).to_vec());
    desk.harness.input_mut().viewports.entry(id).or_default().events.clear();
    let closes = |desk: &Desk| {
        desk.harness.output().viewport_output[&id].commands.contains(&egui::ViewportCommand::Close)
    };
    assert!(!closes(&desk));
    desk.frame(Vec::new());
    assert!(closes(&desk));
}
