//! The field finder: type a part of a field's name, path or help, and go there or set it.

use super::language::tr;
use crate::explain::{Place, explain};
use crate::finder::{Entry, Index, choice_value};
use crate::path::Path;
use crate::schema::{Lang, Schema};
use egui::{
    Align, Button, Context, Event, Frame, Id, Key, Label, Layout, Modal, Modifiers, RichText, Role,
    ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
};
use serde_json::Value as Json;

/// More than these nobody reads: another letter finds the one that is meant.
const MOST_RESULTS: usize = 100;

/// Height of a result with its line of help.
const ROW_HEIGHT: f32 = 42.0;

/// The finder while it is open.
pub struct Finder {
    doc: usize,
    index: Index,
    query: String,
    found: Vec<usize>,
    /// Which of the results, or of the values to choose from, is chosen.
    chosen: usize,
    /// The field whose value is being chosen, by its number in the index.
    setting: Option<usize>,
    /// Whether the line to type into is to get the keyboard.
    wants_keyboard: bool,
    /// Whether what is chosen is to be brought into sight.
    wants_sight: bool,
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Nothing.
    Close,
    /// Go to a field.
    GoTo {
        /// The document's number.
        doc: usize,
        /// The field.
        path: Path,
    },
    /// Set a field, and go there.
    Set {
        /// The document's number.
        doc: usize,
        /// The field.
        path: Path,
        /// The value.
        value: Json,
    },
}

impl Finder {
    /// The finder over the fields of a document.
    pub fn new(doc: usize, index: Index) -> Finder {
        let found = index.find("");
        Finder {
            doc,
            index,
            query: String::new(),
            found,
            chosen: 0,
            setting: None,
            wants_keyboard: true,
            wants_sight: true,
        }
    }

    fn entry(&self) -> Option<&Entry> {
        self.found.get(self.chosen).map(|i| &self.index.entries[*i])
    }

    /// How many can be chosen among now.
    fn count(&self) -> usize {
        match self.setting {
            Some(i) => self.index.entries[i].choices().len(),
            None => self.found.len().min(MOST_RESULTS),
        }
    }

    fn choose(&mut self, chosen: usize) {
        self.chosen = chosen;
        self.wants_sight = true;
    }

    /// Enter on what is chosen.
    fn enter(&self) -> Option<Answer> {
        let doc = self.doc;
        match self.setting {
            Some(i) => {
                let entry = &self.index.entries[i];
                let choice = entry.choices().get(self.chosen).copied()?;
                Some(Answer::Set { doc, path: entry.path.clone(), value: choice_value(entry.def, choice) })
            }
            None => self.entry().map(|entry| Answer::GoTo { doc, path: entry.path.clone() }),
        }
    }

    /// Goes over to the values of the chosen field, if there are some to choose from.
    fn set(&mut self) {
        let Some(i) = self.found.get(self.chosen).copied() else { return };
        if self.setting.is_none() && !self.index.entries[i].choices().is_empty() {
            self.setting = Some(i);
            self.choose(0);
        }
    }

    /// Back from the values to the fields.
    fn back(&mut self) {
        if let Some(i) = self.setting.take() {
            self.choose(self.found.iter().position(|found| *found == i).unwrap_or(0));
            self.wants_keyboard = true;
        }
    }

    fn take_keys(&mut self, ctx: &Context) -> Option<Answer> {
        let pressed = |modifiers, key| ctx.input_mut(|input| input.consume_key(modifiers, key));
        let last = self.count().saturating_sub(1);
        for (key, to) in [
            (Key::ArrowDown, if self.chosen >= last { 0 } else { self.chosen + 1 }),
            (Key::ArrowUp, self.chosen.checked_sub(1).unwrap_or(last)),
            (Key::PageDown, (self.chosen + 8).min(last)),
            (Key::PageUp, self.chosen.saturating_sub(8)),
        ] {
            if pressed(Modifiers::NONE, key) {
                self.choose(to);
            }
        }
        if self.setting.is_some() && pressed(Modifiers::NONE, Key::Escape) {
            self.back();
        }
        // A key that matches without Shift matches with it too: the one with Shift is asked first.
        if pressed(Modifiers::SHIFT, Key::Enter) {
            self.set();
            return None;
        }
        // Enter also ends the composition of a Chinese word, which is no answer yet.
        let composing = ctx.input(|input| input.events.iter().any(|event| matches!(event, Event::Ime(_))));
        if pressed(Modifiers::NONE, Key::Enter) && !composing { self.enter() } else { None }
    }
}

/// Draws the finder in front of the window; gives the answer once there is one.
pub fn finder_ui(ctx: &Context, finder: &mut Finder, schema: &'static Schema, lang: Lang) -> Option<Answer> {
    let mut answer = finder.take_keys(ctx);
    let frame = Frame::popup(&ctx.global_style()).inner_margin(12.0);
    let modal = Modal::new(Id::unique("field finder")).frame(frame).show(ctx, |ui| {
        let room = ctx.content_rect().size();
        ui.set_width(760.0_f32.min(room.x - 60.0));
        ui.spacing_mut().item_spacing.y = 6.0;
        let height = 440.0_f32.min(room.y - 180.0);
        // The window in front keeps its size, so that nothing jumps while a person types.
        ui.set_min_height(height + 60.0);
        // Who types Chinese reads it: the help shown is the one in which the words were found.
        let lang = if finder.query.is_ascii() { lang } else { Lang::Zh };
        let setting = finder.setting;
        match setting {
            Some(i) => values_ui(ui, finder, i, schema, lang, height, &mut answer),
            None => results_ui(ui, finder, lang, height, &mut answer),
        }
        ui.separator();
        ui.add(Label::new(RichText::new(hint(finder)).small().weak()).truncate().selectable(false));
    });
    answer.or(modal.should_close().then_some(Answer::Close))
}

/// What the keys do now.
fn hint(finder: &Finder) -> String {
    let can_set = finder.entry().is_some_and(|entry| !entry.choices().is_empty());
    tr(match finder.setting {
        Some(_) => "Enter sets this value, Escape goes back to the fields",
        None if can_set => "Enter goes to the field, Shift+Enter sets its value here, Escape closes",
        None => "Enter goes to the field, Escape closes",
    })
}

fn results_ui(ui: &mut Ui, finder: &mut Finder, lang: Lang, height: f32, answer: &mut Option<Answer>) {
    let edit = TextEdit::singleline(&mut finder.query)
        .hint_text(tr("Part of a field's name, path or help"))
        .desired_width(f32::INFINITY)
        .margin(egui::vec2(8.0, 6.0));
    let response = ui.add(edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(tr("Find a field")));
    if std::mem::take(&mut finder.wants_keyboard) {
        response.request_focus();
    }
    if response.changed() {
        finder.found = finder.index.find(&finder.query);
        finder.choose(0);
    }
    let shows = finder.count();
    let sight = std::mem::take(&mut finder.wants_sight);
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for at in 0..shows {
            let chosen = at == finder.chosen;
            let entry = &finder.index.entries[finder.found[at]];
            let (response, sets) = result_ui(ui, entry, chosen, lang);
            if chosen && sight {
                response.scroll_to_me(None);
            }
            if sets {
                finder.set();
                return;
            }
            if response.clicked() {
                *answer = Some(Answer::GoTo { doc: finder.doc, path: entry.path.clone() });
            }
        }
        if shows == 0 {
            ui.weak(tr("No field has this in its name, its path or its help."));
        } else if finder.found.len() > shows {
            ui.weak(tr(format!("and {} more: type another letter", finder.found.len() - shows)));
        }
    });
}

/// One field: name, place and marks, and below them the beginning of its help. Says whether its value is to be set here.
fn result_ui(ui: &mut Ui, entry: &Entry, chosen: bool, lang: Lang) -> (egui::Response, bool) {
    let (response, mut inner) = row_ui(ui, ROW_HEIGHT, chosen);
    response.widget_info(|| {
        let set = if entry.is_set { tr(", set") } else { String::new() };
        WidgetInfo::selected(
            Role::Button,
            true,
            chosen,
            format!("{}{set}", tr(format!("Result {}", entry.place))),
        )
    });
    let mut sets = false;
    inner.spacing_mut().item_spacing = egui::vec2(8.0, 1.0);
    inner.horizontal(|ui| {
        ui.add(Label::new(RichText::new(entry.name()).strong()).selectable(false));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if chosen && !entry.choices().is_empty() {
                let button = ui.add(Button::new(tr("Set…")).small());
                button.widget_info(|| WidgetInfo::labeled(Role::Button, true, tr("Choose its value")));
                sets = button.clicked();
            }
            if entry.is_set {
                let color = ui.visuals().hyperlink_color;
                ui.add(Label::new(RichText::new(tr("set")).small().color(color)).selectable(false));
            }
            if let Some(since) = entry.since() {
                ui.add(Label::new(RichText::new(format!("{since}+")).small().weak()).selectable(false));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(&entry.place).weak()).truncate().selectable(false));
            });
        });
    });
    inner.add(Label::new(RichText::new(entry.help(lang)).small().weak()).truncate().selectable(false));
    (response, sets)
}

fn values_ui(
    ui: &mut Ui,
    finder: &mut Finder,
    i: usize,
    schema: &'static Schema,
    lang: Lang,
    height: f32,
    answer: &mut Option<Answer>,
) {
    let entry = &finder.index.entries[i];
    let place =
        Place { name: entry.place.clone(), kind: &entry.def.kind, declared: Some((entry.ty, entry.def)) };
    let told = explain(&place, schema, lang);
    let mut back = false;
    ui.horizontal(|ui| {
        back = ui.button(tr("‹ Fields")).clicked();
        ui.strong(entry.name());
        ui.add(Label::new(RichText::new(&entry.place).weak()).truncate().selectable(false));
    });
    if let Some(help) = told.help {
        ui.add(Label::new(help).wrap());
    }
    let sight = std::mem::take(&mut finder.wants_sight);
    ScrollArea::vertical().max_height(height - 50.0).auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (at, value) in told.values.iter().enumerate() {
            let chosen = at == finder.chosen;
            let (response, mut inner) = row_ui(ui, 28.0, chosen);
            let shown = if value.value.is_empty() { "\"\"" } else { value.value };
            response.widget_info(|| {
                WidgetInfo::selected(Role::Button, true, chosen, tr(format!("Value {shown}")))
            });
            inner.horizontal_centered(|ui| {
                ui.add(Label::new(RichText::new(shown).strong()).selectable(false));
                ui.add(Label::new(RichText::new(value.about).weak()).truncate().selectable(false));
            });
            if chosen && sight {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                let value = choice_value(entry.def, value.value);
                *answer = Some(Answer::Set { doc: finder.doc, path: entry.path.clone(), value });
            }
        }
    });
    if back {
        finder.back();
    }
}

/// A line of a list that can be clicked, marked if it is the chosen one, and the room in it.
fn row_ui(ui: &mut Ui, height: f32, chosen: bool) -> (egui::Response, Ui) {
    let size = egui::vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
    let visuals = ui.visuals();
    let fill = match (chosen, response.hovered()) {
        (true, _) => visuals.selection.bg_fill,
        (false, true) => visuals.faint_bg_color,
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, 4.0, fill);
    let inner = ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink2(egui::vec2(8.0, 2.0))));
    (response, inner)
}
