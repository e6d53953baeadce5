//! The field finder and the help panel in the whole window, driven by accessible label.
#![cfg(feature = "window")]

mod common;
#[path = "common/pod.rs"]
mod pod;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use pod::POD;
use podwright::template::{Origin, Pattern};
use podwright::ui::{App, Services};

type Window = Harness<'static, App>;

/// The window on a plain pod.
fn window() -> Window {
    let services = Services {
        patterns: Box::new(|| (vec![Pattern::read("plain", POD, Origin::Own)], Vec::new())),
        ..common::services()
    };
    let mut window = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_max_steps(64)
        .build_eframe(|window| App::new(&window.egui_ctx, services));
    window.run();
    let start = format!(
        "Start with {}",
        window.state().patterns().next().expect("a pattern").title(Default::default())
    );
    press(&mut window, &start);
    window
}

fn has(window: &Window, label: &str) -> bool {
    window.query_all_by_label(label).next().is_some()
}

fn press(window: &mut Window, label: &str) {
    window.get_by_label(label).click_accesskit();
    window.run();
}

fn focused(window: &Window) -> String {
    let nodes = window.query_all(egui_kittest::kittest::by().predicate(|node| node.is_focused()));
    nodes.map(|node| node.accesskit_node().label().unwrap_or_default()).next_back().unwrap_or_default()
}

/// Opens the finder and types.
fn find(window: &mut Window, query: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run();
    assert_eq!(focused(window), "Find a field");
    window.get_by_label("Find a field").type_text(query);
    window.run();
}

fn enter(window: &mut Window, modifiers: Modifiers) {
    window.key_press_modifiers(modifiers, Key::Enter);
    window.run();
}

/// What is typed, and the control that has the keyboard after Enter.
#[test]
fn enter_opens_the_page_and_gives_the_field_the_keyboard() {
    let mut window = window();
    for (query, label) in [
        ("imagepullpol", "spec.containers[0].imagePullPolicy"),
        ("hostPID", "spec.hostPID"),
        // In a group that is folded, in an object that is not there.
        ("rorfs", "spec.containers[0].securityContext.readOnlyRootFilesystem"),
        ("cont lifecycle stopsig", "spec.containers[0].lifecycle.stopSignal"),
        // Under “All other fields”.
        ("cont workingdir", "spec.containers[0].workingDir"),
        ("meta generatename", "metadata.generateName"),
        ("stdinonce cont", "spec.containers[0].stdinOnce"),
        // Deep in objects that are not there.
        (
            "spec securityContext windowsOptions gmsacredentialspecname",
            "spec.securityContext.windowsOptions.gmsaCredentialSpecName",
        ),
        // A member of a union that is not chosen: the choice comes first.
        ("readiness httpget port", "One of spec.containers[0].readinessProbe"),
        // An item that is not there: it has to be added first.
        ("tolerations effect", "Add to spec.tolerations"),
        ("topologySpreadConstraints", "Add to spec.topologySpreadConstraints"),
        ("宽限", "spec.terminationGracePeriodSeconds"),
    ] {
        find(&mut window, query);
        enter(&mut window, Modifiers::NONE);
        assert_eq!(focused(&window), label, "{query}");
        assert!(!has(&window, "Find a field"));
    }
}

#[test]
fn the_arrows_choose_and_escape_closes() {
    let mut window = window();
    let text = window.state().text().to_owned();
    find(&mut window, "hostIPC");
    assert!(has(&window, "Result spec.hostIPC"));
    window.key_press(Key::ArrowDown);
    window.run();
    window.key_press(Key::ArrowUp);
    window.run();
    enter(&mut window, Modifiers::NONE);
    assert_eq!(focused(&window), "spec.hostIPC");
    find(&mut window, "zzz");
    enter(&mut window, Modifiers::NONE);
    assert!(has(&window, "Find a field"), "nothing was found, so there is nowhere to go");
    window.key_press(Key::Escape);
    window.run();
    assert!(!has(&window, "Find a field"));
    assert_eq!(window.state().text(), text);
}

#[test]
fn a_value_is_chosen_in_the_finder_and_undone() {
    let mut window = window();
    let text = window.state().text().to_owned();
    find(&mut window, "imagepullpol");
    enter(&mut window, Modifiers::SHIFT);
    assert!(has(&window, "Value IfNotPresent"));
    // Back to the fields and to the values again.
    window.key_press(Key::Escape);
    window.run();
    assert!(has(&window, "Find a field"));
    enter(&mut window, Modifiers::SHIFT);
    window.key_press(Key::ArrowDown);
    window.key_press(Key::ArrowDown);
    window.run();
    enter(&mut window, Modifiers::NONE);
    assert!(window.state().text().contains("imagePullPolicy: Never"), "{}", window.state().text());
    assert_eq!(focused(&window), "spec.containers[0].imagePullPolicy");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(window.state().text(), text);
    // By the mouse, of a boolean in an object that is not there.
    find(&mut window, "rorfs");
    press(&mut window, "Choose its value");
    press(&mut window, "Value true");
    assert!(window.state().text().contains("securityContext:\n      readOnlyRootFilesystem: true"));
    // What has no values to choose from is gone to.
    find(&mut window, "subdomain");
    enter(&mut window, Modifiers::SHIFT);
    assert!(has(&window, "Find a field"));
}

#[test]
fn f1_shows_the_help_on_the_field_that_has_the_keyboard() {
    let mut window = window();
    window.key_press(Key::F1);
    window.run();
    // Its edge can be told from the others.
    assert!(has(&window, "Resize the help") && !has(&window, "Resize panel"));
    assert!(has(&window, "Fold help"));
    find(&mut window, "hostNetwork");
    enter(&mut window, Modifiers::NONE);
    assert!(has(&window, "Help on spec.hostNetwork"));
    find(&mut window, "imagepullpol");
    enter(&mut window, Modifiers::NONE);
    assert!(has(&window, "Help on spec.containers[0].imagePullPolicy"));
    assert!(has(&window, "ask the registry at every start; layers that are there are not fetched again"));
    // A click on another field's name asks about that one, and leaves the keyboard where it is.
    press(&mut window, "workingDir");
    assert!(has(&window, "Help on spec.containers[0].workingDir"));
    window.key_press(Key::F1);
    window.run();
    assert!(!has(&window, "Help on spec.containers[0].workingDir") && has(&window, "Unfold help"));
    press(&mut window, "Unfold help");
    assert!(has(&window, "Help on spec.containers[0].workingDir"));
}

#[test]
fn a_value_and_an_example_of_the_help_are_set_and_undone() {
    let mut window = window();
    let text = window.state().text().to_owned();
    window.key_press(Key::F1);
    window.run();
    find(&mut window, "imagepullpol");
    enter(&mut window, Modifiers::NONE);
    press(&mut window, "Set spec.containers[0].imagePullPolicy to Always");
    assert!(window.state().text().contains("imagePullPolicy: Always"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(window.state().text(), text);
    press(&mut window, "workingDir");
    press(&mut window, "Insert the example");
    assert!(window.state().text().contains("workingDir: /app"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(window.state().text(), text);
}

/// The names of the results.
fn results(window: &Window) -> Vec<String> {
    let nodes = window.query_all_by_label_contains("Result ");
    nodes.filter_map(|node| node.accesskit_node().label()).collect()
}

#[test]
fn a_path_from_an_error_leads_to_its_field() {
    let mut window = window();
    for (query, field) in [
        ("spec.containers[0].image", "spec.containers[0].image"),
        ("template.spec.containers[0].imagePullPolicy", "spec.containers[0].imagePullPolicy"),
        ("The Pod \"web\" is invalid: * spec.containers[0].name: Required value", "spec.containers[0].name"),
        ("spec.containers[0]", "spec.containers[0].name"),
    ] {
        find(&mut window, query);
        enter(&mut window, Modifiers::NONE);
        assert_eq!(focused(&window), field, "{query}");
    }
}

#[test]
fn what_the_version_lacks_is_found_and_told_why_it_cannot_be_set() {
    let mut window = window();
    press(&mut window, "Judged by Kubernetes 1.37");
    press(&mut window, "Kubernetes 1.30");
    press(&mut window, "spec.containers[0].image");
    window.get_by_label("spec.containers[0].image").focus();
    window.run();
    find(&mut window, "hostnameOverride");
    assert_eq!(results(&window)[0], "Result spec.hostnameOverride, since 1.34");
    enter(&mut window, Modifiers::NONE);
    let why = "Kubernetes 1.30 does not have spec.hostnameOverride: 1.34 and newer have it.";
    assert!(has(&window, why) && has(&window, "Judge by Kubernetes 1.34"));
    // Back to the fields, and back to where the keyboard was.
    window.key_press(Key::Escape);
    window.run();
    assert!(!has(&window, why) && focused(&window) == "Find a field");
    window.key_press(Key::Escape);
    window.run();
    assert_eq!(focused(&window), "spec.containers[0].image");
    assert_eq!(window.state().document().version.to_string(), "1.30");

    find(&mut window, "hostnameOverride");
    enter(&mut window, Modifiers::NONE);
    enter(&mut window, Modifiers::NONE);
    assert_eq!(window.state().document().version.to_string(), "1.34");
    assert_eq!(focused(&window), "spec.hostnameOverride");
    window.event(egui::Event::Text("shop".to_owned()));
    window.run();
    // Set, it has a row of its own also where the version lacks it.
    press(&mut window, "Judged by Kubernetes 1.34");
    press(&mut window, "Kubernetes 1.30");
    find(&mut window, "hostnameOverride");
    assert_eq!(results(&window)[0], "Result spec.hostnameOverride, set, since 1.34");
    enter(&mut window, Modifiers::NONE);
    assert_eq!(focused(&window), "spec.hostnameOverride");
    assert!(has(&window, "not in 1.30"));
}
