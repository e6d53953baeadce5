//! The help panel below the form: all that there is to know of the field that has the keyboard or was asked about.

use super::app::panes::name_edge;
use super::commands::command;
use super::keyboard::follow_keyboard;
use super::language::tr;
use super::{Action, View};
use crate::document::Document;
use crate::editor::Command;
use crate::explain::{Explanation, Place, explain};
use crate::object::Field;
use crate::path::{Path, Step};
use crate::schema::{Kind, Lang};
use crate::yaml::{Change, Data, Value};
use egui::{
    Align, Button, Frame, Label, Layout, Panel, Response, RichText, Role, ScrollArea, Ui, WidgetInfo,
};
use serde_json::{Value as Json, json};

/// Width of the column of the facts' names.
const FACT_WIDTH: f32 = 76.0;

/// Draws the panel below what is still to be drawn in `ui`: one line while it is folded.
pub fn help_ui(
    ui: &mut Ui,
    document: &Document,
    editable: bool,
    view: &View,
    (open, lang): (bool, Lang),
    out: &mut Vec<Action>,
) {
    let nothing = Data { value: Value::Null, span: 0..0, implied: true };
    let root = document
        .part(view.doc)
        .and_then(|part| part.root)
        .map(|id| Field::root(document.schema(), id, document.data(view.doc).unwrap_or(&nothing)));
    let about = view.about.as_ref().filter(|(doc, _)| *doc == view.doc);
    let told = about.zip(root).map(|((doc, path), root)| {
        let place = Place::of(&root, path);
        let told = explain(&place, document.schema(), lang);
        Told { doc: *doc, path: path.clone(), field: root.at(path), root, place, told, editable }
    });
    let height = ui.available_height();
    if !open {
        Panel::bottom("help, folded").resizable(false).show(ui, |ui| folded_ui(ui, told.as_ref(), out));
        return;
    }
    Panel::bottom("help")
        .resizable(true)
        .default_size((height * 0.4).clamp(140.0, 300.0))
        .min_size(90.0)
        .max_size((height * 0.7).max(90.0))
        .show(ui, |ui| {
            head_ui(ui, told.as_ref(), out);
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                match &told {
                    Some(told) => body_ui(ui, told, out),
                    None => {
                        ui.weak(tr("Click into a field, or on its name: what it is for, what it may hold and an example stand here."));
                    }
                }
                follow_keyboard(ui);
            });
        });
    name_edge(ui, "help", "help");
}

/// The field that is told about.
struct Told<'a> {
    doc: usize,
    path: Path,
    root: Field<'a>,
    field: Field<'a>,
    place: Place,
    told: Explanation,
    editable: bool,
}

impl Told<'_> {
    /// The last name of the path.
    fn name(&self) -> &str {
        match self.place.declared {
            Some((_, def)) => def.name,
            None => self.told.name.rsplit('.').next().unwrap_or_default(),
        }
    }

    /// The place of the field that is declared: that of the list, for an item.
    fn declared(&self) -> Path {
        self.told.name.parse().unwrap_or_else(|_| self.path.clone())
    }

    /// Whether every item on the way is there, so that something can be set here.
    fn can_set(&self) -> bool {
        let steps = self.path.steps();
        let items = (0..steps.len()).filter(|i| matches!(steps[*i], Step::Index(_)));
        self.editable
            && items
                .map(|i| Path::from(steps[..=i].to_vec()))
                .all(|item| self.root.at(&item).data().is_some())
    }

    fn change(&self, change: Change) -> Action {
        Action::Do(Command::Change { doc: self.doc, changes: vec![change] })
    }

    /// Sets the field to one of its values; of a list, the item that has the keyboard, or else a new one.
    fn choose(&self, value: &str) -> Action {
        let path = self.path.clone();
        let json = if *self.place.kind == Kind::Bool { json!(value == "true") } else { json!(value) };
        let is_list = matches!(self.field.kind(), Kind::List(_));
        match (is_list, self.field.is_empty()) {
            (false, _) => self.change(Change::Set { path, value: json }),
            (true, true) => self.change(Change::Set { path, value: json!([json]) }),
            (true, false) => self.change(Change::Insert { path, index: None, value: json }),
        }
    }
}

fn toggle_ui(ui: &mut Ui, open: bool, out: &mut Vec<Action>) {
    let text = format!("{} {}", if open { "⏷" } else { "⏵" }, tr("Help"));
    let response = ui.add(Button::new(RichText::new(text).strong()).frame(false));
    named(&response, if open { "Fold help" } else { "Unfold help" });
    if response.on_hover_text(tr("Show or hide the help on the field that has the keyboard  F1")).clicked() {
        out.push(Action::Run("help"));
    }
}

fn named(response: &Response, name: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Button, response.enabled(), tr(name)));
}

fn folded_ui(ui: &mut Ui, told: Option<&Told<'_>>, out: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        toggle_ui(ui, false, out);
        if let Some(told) = told {
            ui.add(Label::new(RichText::new(told.name()).strong()).selectable(false));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            find_ui(ui, out);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let help = told.and_then(|told| told.told.help).unwrap_or_default();
                ui.add(Label::new(RichText::new(help).weak()).truncate().selectable(false));
            });
        });
    });
}

/// The way to the field finder, for those who do not know its keys.
fn find_ui(ui: &mut Ui, out: &mut Vec<Action>) {
    let Some(command) = command("find-field") else { return };
    let response = ui.add(Button::new(tr("Find…")).small());
    named(&response, command.title);
    let keys = command.keys(ui.ctx());
    if response.on_hover_text(format!("{}  {keys}", tr(command.about))).clicked() {
        out.push(Action::Run(command.id));
    }
}

fn head_ui(ui: &mut Ui, told: Option<&Told<'_>>, out: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        toggle_ui(ui, true, out);
        if let Some(told) = told {
            let heading = ui.add(Label::new(RichText::new(told.name()).strong()).selectable(false));
            named_label(&heading, &format!("Help on {}", told.told.name));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            find_ui(ui, out);
            let Some(told) = told else { return };
            if let Some(reference) = &told.told.reference {
                ui.hyperlink_to(format!("{} ↗", tr("Reference")), reference).on_hover_text(reference);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let path = ui.add(Label::new(RichText::new(&told.told.name).weak().small()).truncate());
                named_label(&path, &format!("Path {}", told.told.name));
            });
        });
    });
}

/// A text that says to a screen reader what it is, and not only what it reads.
fn named_label(response: &Response, name: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, tr(name)));
}

fn body_ui(ui: &mut Ui, told: &Told<'_>, out: &mut Vec<Action>) {
    let has_right = !told.told.values.is_empty() || told.told.example.is_some();
    if ui.available_width() < 420.0 || !has_right {
        facts_ui(ui, told);
        choices_ui(ui, told, out);
        example_ui(ui, told, out);
        return;
    }
    ui.columns(2, |columns| {
        // The columns' own layout would stretch the lines of a text to their width.
        let down = Layout::top_down(Align::LEFT);
        columns[0].with_layout(down, |ui| facts_ui(ui, told));
        columns[1].with_layout(down, |ui| {
            choices_ui(ui, told, out);
            example_ui(ui, told, out);
        });
    });
}

fn facts_ui(ui: &mut Ui, told: &Told<'_>) {
    if let Some(help) = told.told.help {
        ui.add(Label::new(help).wrap());
    }
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.add_space(2.0);
    for fact in &told.told.facts {
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(FACT_WIDTH, 16.0), egui::Sense::hover());
            let mut label = ui.new_child(egui::UiBuilder::new().max_rect(rect));
            label.add(Label::new(RichText::new(fact.label).small().weak()).truncate().selectable(false));
            ui.add(Label::new(RichText::new(&fact.text).small()).wrap());
        });
    }
}

/// The allowed values, each with a word on it; a click sets the field.
fn choices_ui(ui: &mut Ui, told: &Told<'_>, out: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 3.0;
    let given = told.field.value().map(|_| told.field.shown());
    let can_set = told.can_set() && told.place.declared.is_some_and(|(_, def)| !def.read_only);
    for choice in &told.told.values {
        ui.horizontal_top(|ui| {
            let shown = if choice.value.is_empty() { "\"\"" } else { choice.value };
            let is_set = given.as_deref() == Some(choice.value);
            let button = Button::selectable(is_set, RichText::new(shown).small()).frame_when_inactive(true);
            let response = ui.add_enabled(can_set, button);
            response.widget_info(|| {
                let name = format!("Set {} to {shown}", told.path);
                WidgetInfo::selected(Role::Button, can_set, is_set, name)
            });
            if response.on_hover_text(tr("Set the field to this value")).clicked() && !is_set {
                out.push(told.choose(choice.value));
            }
            if !choice.about.is_empty() {
                ui.add(Label::new(RichText::new(choice.about).small().weak()).wrap());
            }
        });
    }
    if !told.told.values.is_empty() {
        ui.add_space(4.0);
    }
}

fn example_ui(ui: &mut Ui, told: &Told<'_>, out: &mut Vec<Action>) {
    let Some(example) = &told.told.example else { return };
    ui.horizontal(|ui| {
        ui.add(Label::new(RichText::new(tr("Example")).small().strong()).selectable(false));
        let copy = ui.add(Button::new(tr("Copy")).small());
        named(&copy, "Copy the example");
        if copy.on_hover_text(tr("Copy the example as YAML")).clicked() {
            ui.ctx().copy_text(told.told.example_text.clone());
        }
        let declared = told.declared();
        let is_absent = told.root.at(&declared).data().is_none();
        let insert = ui.add_enabled(told.can_set() && is_absent, Button::new(tr("Insert")).small());
        named(&insert, "Insert the example");
        if insert.on_hover_text(tr("Set the field to the example")).clicked() {
            out.push(told.change(Change::Set { path: declared, value: Json::clone(example) }));
        }
    });
    Frame::new().fill(ui.visuals().code_bg_color).corner_radius(4.0).inner_margin(6.0).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let text = RichText::new(told.told.example_text.trim_end()).font(egui::FontId::monospace(12.0));
        let response = ui.add(Label::new(text).wrap());
        named_label(&response, "Example as YAML");
    });
}
