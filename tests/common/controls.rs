//! What the accessibility tree says of the controls in a window.

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT, Queryable, by};
use std::collections::BTreeSet;

/// Whether a node is one that a person acts on.
pub fn is_control(role: Role) -> bool {
    matches!(
        role,
        Role::Button
            | Role::CheckBox
            | Role::ComboBox
            | Role::Link
            | Role::ListBoxOption
            | Role::MenuItem
            | Role::MultilineTextInput
            | Role::RadioButton
            | Role::Slider
            | Role::SpinButton
            | Role::Tab
            | Role::TextInput
    )
}

/// The controls without a name, with what is known of them.
pub fn nameless<S>(harness: &Harness<'_, S>, place: &str) -> Vec<String> {
    let nodes = harness.query_all(By::new().predicate(|node| is_control(node.role())));
    let mut controls = 0;
    let nameless: Vec<String> = nodes
        .inspect(|_| controls += 1)
        .filter(|node| {
            let node = node.accesskit_node();
            // What is not there yet, a button to remove with nothing to remove, is no control.
            let is_there = !node.is_hidden();
            is_there && node.label().is_none_or(|name| !name.contains(char::is_alphanumeric))
        })
        .map(|node| {
            let rect = node.rect();
            let node = node.accesskit_node();
            format!("{place}: {:?} {:?} {:?} at {rect:?}", node.role(), node.label(), node.value())
        })
        .collect();
    assert!(controls > 5, "{place}: {controls} controls");
    nameless
}

/// The name of what has the keyboard.
pub fn focused<S>(harness: &Harness<'_, S>) -> String {
    let nodes = harness.query_all(by().predicate(|node| node.is_focused()));
    let names: Vec<String> = nodes.filter_map(|node| node.accesskit_node().label()).collect();
    names.last().cloned().unwrap_or_default()
}

/// The names of all that is in the window.
pub fn names<S>(harness: &Harness<'_, S>) -> BTreeSet<String> {
    let nodes = harness.query_all(By::new().predicate(|_| true));
    nodes.filter_map(|node| node.accesskit_node().label()).collect()
}
