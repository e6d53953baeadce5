//! Where the value of an environment variable comes from: a picker in its row of the table.

use super::{Form, control_ui, menu_width, starter};
use crate::document::Document;
use crate::object::Field;
use crate::path::Path;
use crate::ui::language::tr;
use crate::yaml::{Change, Value};
use egui::{Align, Label, Layout, RichText, Ui};
use serde_json::{Value as Json, json};

/// The sources with their words, the most wanted first; the first is the text in `value`.
const SOURCES: [(&str, &str); 6] = [
    ("value", "A text"),
    ("configMapKeyRef", "A key of a ConfigMap"),
    ("secretKeyRef", "A key of a Secret"),
    ("fieldRef", "A field of the pod"),
    ("resourceFieldRef", "A resource of a container"),
    ("fileKeyRef", "A key of a file"),
];

/// Draws the value of a variable, or where it comes from, with the picker of the source.
pub(super) fn value_ui(ui: &mut Ui, form: &mut Form<'_>, variable: &Field<'_>) {
    let from = variable.get("valueFrom");
    let set = SOURCES.iter().skip(1).find(|(source, _)| from.has(source)).map(|(source, _)| *source);
    let room = (ui.available_width() - menu_width(ui)).max(20.0);
    match set {
        Some(source) => {
            let cell = egui::vec2(room, ui.spacing().interact_size.y);
            ui.allocate_ui_with_layout(cell, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_size(cell);
                ui.add(Label::new(RichText::new(told(&from, source)).weak()).truncate());
            });
        }
        None => {
            ui.scope(|ui| {
                ui.set_max_width(room);
                control_ui(ui, form, &variable.get("value"));
            });
        }
    }
    let path = variable.path();
    let menu = ui.menu_button("⏷", |ui| {
        for (source, words) in SOURCES {
            // A source that the version does not have is not offered.
            if source != "value" && from.ty().is_none_or(|ty| ty.field(source).is_none()) {
                continue;
            }
            let is_set = set.unwrap_or("value") == source;
            if ui.selectable_label(is_set, tr(words)).clicked() && !is_set {
                choose(form, variable, source);
                ui.close();
            }
        }
    });
    let name = tr(format!("Source of {path}"));
    ui.ctx().accesskit_node_builder(menu.response.id, |node| node.set_label(name.as_str()));
    menu.response.on_hover_text(name);
}

/// A source in a few words: what it names.
fn told(from: &Field<'_>, source: &'static str) -> String {
    let at = |names: &[&'static str]| {
        let named = names.iter().map(|name| from.get(source).get(name).str()).filter(|name| !name.is_empty());
        named.collect::<Vec<_>>().join(" › ")
    };
    match source {
        "configMapKeyRef" => format!("ConfigMap {}", at(&["name", "key"])),
        "secretKeyRef" => format!("Secret {}", at(&["name", "key"])),
        "fieldRef" => at(&["fieldPath"]),
        "resourceFieldRef" => at(&["containerName", "resource"]),
        _ => at(&["volumeName", "path", "key"]),
    }
}

/// Sets the source of a variable; the text or the source that was there goes.
fn choose(form: &mut Form<'_>, variable: &Field<'_>, source: &'static str) {
    let (value, from) = (variable.get("value"), variable.get("valueFrom"));
    let changes = if source == "value" {
        vec![Change::Remove { path: from.path() }]
    } else {
        let mut start = starter(form.document, from.get(source).kind(), 0);
        if let (Some(kind), Some(object)) = (kind_of(source), start.as_object_mut()) {
            let names = names_in_file(form.document, kind);
            object.shift_insert(0, "name".to_owned(), Json::from(names.first().cloned().unwrap_or_default()));
        }
        let set = Change::Set { path: from.path(), value: json!({ source: start }) };
        let gone = value.data().map(|_| Change::Remove { path: value.path() });
        std::iter::once(set).chain(gone).collect()
    };
    form.change(changes);
}

/// The kind of object that a source names.
fn kind_of(source: &str) -> Option<&'static str> {
    match source {
        "configMapKeyRef" | "ConfigMapKeySelector" | "ConfigMapEnvSource" | "ConfigMapProjection" => {
            Some("ConfigMap")
        }
        "secretKeyRef" | "SecretKeySelector" | "SecretEnvSource" | "SecretProjection" => Some("Secret"),
        _ => None,
    }
}

/// The names of the objects of a kind that stand in the same file.
fn names_in_file(document: &Document, kind: &str) -> Vec<String> {
    let of_kind = document.parts.iter().filter(|part| part.kind == kind && !part.name.is_empty());
    of_kind.map(|part| part.name.clone()).collect()
}

/// What the objects of the same file offer for a field: the names of its ConfigMaps and Secrets, and the keys in them.
pub(super) fn offers(document: &Document, owner: &Field<'_>, field: &str) -> Vec<String> {
    let Some(kind) = owner.ty().and_then(|ty| kind_of(ty.name)) else { return Vec::new() };
    if field == "name" {
        return names_in_file(document, kind);
    }
    let named = owner.get("name").str();
    let parts = document.parts.iter().filter(|part| part.kind == kind && part.name == named);
    let data = parts.filter_map(|part| document.data(part.index)).filter(|_| field == "key");
    let maps = data.flat_map(|data| {
        ["data", "stringData", "binaryData"].into_iter().filter_map(|map| data.at(&Path::root().field(map)))
    });
    let keys = maps.flat_map(|data| match &data.value {
        Value::Map(map) => map.members.iter().map(|member| member.key.clone()).collect(),
        _ => Vec::new(),
    });
    keys.collect()
}
