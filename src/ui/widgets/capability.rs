//! The Linux capabilities of a container, picked by name.

use super::{Form, control_ui};
use crate::meaning::{capabilities, capability, is_capabilities};
use crate::object::Field;
use crate::ui::language::{self, tr};
use egui::{Label, RichText, Ui};
use serde_json::json;

/// Width of the name of a capability; what it allows stands beside it.
const NAME_WIDTH: f32 = 200.0;

/// Draws an item of a list of text; if it is a capability, with what it allows.
pub(super) fn item_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>, i: usize) {
    let item = list.index(i);
    if !is_capabilities(list) {
        control_ui(ui, form, &item);
        return;
    }
    ui.scope(|ui| {
        ui.set_max_width(NAME_WIDTH);
        control_ui(ui, form, &item);
    });
    let name = item.str();
    let stands_twice = list.items().take(i).any(|other| other.str() == name);
    let words = match capability(name, language::now()) {
        _ if name.is_empty() => return,
        _ if stands_twice => tr("stands above already"),
        Some(words) => words.to_owned(),
        None => tr("Linux has no capability of this name"),
    };
    ui.add(Label::new(RichText::new(words).weak()).truncate());
}

/// Draws the button that adds a capability by its name, of those that do not stand in the list yet.
pub(super) fn add_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>) {
    if !is_capabilities(list) {
        return;
    }
    let path = list.path();
    let menu = ui.menu_button(format!("{} ⏷", tr("Add by name")), |ui| {
        egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            for name in capabilities().filter(|name| list.items().all(|item| item.str() != *name)) {
                let words = capability(name, language::now()).unwrap_or_default();
                let mut text = egui::text::LayoutJob::default();
                let font = egui::TextStyle::Button.resolve(ui.style());
                let format = |color| egui::TextFormat::simple(font.clone(), color);
                text.append(name, 0.0, format(ui.visuals().strong_text_color()));
                text.append(words, 8.0, format(ui.visuals().weak_text_color()));
                let response = ui.add(egui::Button::selectable(false, text));
                ui.ctx().accesskit_node_builder(response.id, |node| {
                    node.set_label(name);
                    node.set_description(words);
                });
                if response.clicked() {
                    form.append(list, json!(name));
                    ui.close();
                }
            }
        });
    });
    let name = tr(format!("Add by name to {path}"));
    ui.ctx().accesskit_node_builder(menu.response.id, |node| node.set_label(name));
}
