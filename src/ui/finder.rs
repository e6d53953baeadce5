//! The field finder: type a part of a field's name, path or help, and go there or set it.

use super::dialogs::give_back_later;
use super::language::tr;
use crate::explain::{Place, explain};
use crate::finder::{Entry, Found, Index, Lack, choice_value};
use crate::path::Path;
use crate::schema::{Lang, Schema, Version};
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
    found: Vec<Found>,
    /// Which of the results, or of the values to choose from, is chosen.
    chosen: usize,
    /// The field whose value is being chosen, or which the target version lacks, by its number in the index.
    opened: Option<usize>,
    /// What had the keyboard before the finder came up.
    before: Option<Option<Id>>,
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
    /// Judge by a version that has a field, and go there.
    Judge {
        /// The version.
        version: Version,
        /// The document's number.
        doc: usize,
        /// The field.
        path: Path,
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
            opened: None,
            before: None,
            wants_keyboard: true,
            wants_sight: true,
        }
    }

    fn entry(&self) -> Option<&Entry> {
        self.found.get(self.chosen).map(|found| &self.index.entries[found.entry])
    }

    /// How many can be chosen among now.
    fn count(&self) -> usize {
        match self.opened.map(|i| &self.index.entries[i]) {
            Some(entry) if entry.lacks.is_some() => 1,
            Some(entry) => entry.choices().len(),
            None => self.found.len().min(MOST_RESULTS),
        }
    }

    fn choose(&mut self, chosen: usize) {
        self.chosen = chosen;
        self.wants_sight = true;
    }

    /// Enter on what is chosen.
    fn enter(&mut self) -> Option<Answer> {
        let doc = self.doc;
        let Some(entry) = self.opened.map(|i| &self.index.entries[i]) else { return self.go(self.chosen) };
        let path = entry.path.clone();
        match &entry.lacks {
            Some(lack) => Some(Answer::Judge { version: lack.nearest, doc, path }),
            None => {
                let choice = entry.choices().get(self.chosen).copied()?;
                Some(Answer::Set { doc, path, value: choice_value(entry.def, choice) })
            }
        }
    }

    /// Goes to a result. Of what the target version lacks there is a row in the form only where it is set; of the rest it
    /// is told why it cannot be.
    fn go(&mut self, at: usize) -> Option<Answer> {
        let found = self.found.get(at)?;
        let (doc, mut path) = (self.doc, self.index.path(found));
        if let Some(lack) = &self.index.entries[found.entry].lacks {
            let is_row = |entry: &Entry| entry.is_set && entry.path == lack.path;
            if !self.index.entries.iter().any(is_row) {
                self.open(found.entry);
                return None;
            }
            path.clone_from(&lack.path);
        }
        Some(Answer::GoTo { doc, path })
    }

    fn open(&mut self, entry: usize) {
        self.opened = Some(entry);
        self.choose(0);
    }

    /// Goes over to the values of the chosen field, if there are some to choose from.
    fn set(&mut self) {
        let Some(i) = self.found.get(self.chosen).map(|found| found.entry) else { return };
        if self.opened.is_none() && !self.index.entries[i].choices().is_empty() {
            self.open(i);
        }
    }

    /// Back from the values to the fields.
    fn back(&mut self) {
        if let Some(i) = self.opened.take() {
            self.choose(self.found.iter().position(|found| found.entry == i).unwrap_or(0));
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
        if self.opened.is_some() && pressed(Modifiers::NONE, Key::Escape) {
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
    let before = *finder.before.get_or_insert_with(|| ctx.memory(|memory| memory.focused()));
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
        let top = ui.cursor().top();
        match finder.opened {
            Some(i) if finder.index.entries[i].lacks.is_some() => {
                lacking_ui(ui, finder, i, schema.version, lang, &mut answer);
                // The hint stands at the foot also here.
                ui.add_space((top + height + 37.0 - ui.cursor().top()).max(0.0));
            }
            Some(i) => values_ui(ui, finder, i, schema, lang, height, &mut answer),
            None => results_ui(ui, finder, lang, height, &mut answer),
        }
        ui.separator();
        ui.add(Label::new(RichText::new(hint(finder)).small().weak()).truncate().selectable(false));
    });
    let answer = answer.or(modal.should_close().then_some(Answer::Close));
    if answer == Some(Answer::Close) {
        give_back_later(ctx, before);
    }
    answer
}

/// What the keys do now.
fn hint(finder: &Finder) -> String {
    let opened = finder.opened.map(|i| &finder.index.entries[i]);
    let entry = opened.or(finder.entry());
    let can_set = entry.is_some_and(|entry| !entry.choices().is_empty());
    let lack = entry.and_then(|entry| entry.lacks.as_ref());
    tr(match (opened, lack) {
        (Some(_), Some(_)) => {
            "Enter judges by this version and goes to the field, Escape goes back to the fields"
        }
        (Some(_), None) => "Enter sets this value, Escape goes back to the fields",
        (None, Some(_)) => {
            "Enter goes to the field where it is set, or tells why it cannot be, Escape closes"
        }
        (None, None) if can_set => "Enter goes to the field, Shift+Enter sets its value here, Escape closes",
        (None, None) => "Enter goes to the field, Escape closes",
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
            let found = &finder.found[at];
            let place = finder.index.place(found);
            let entry = &finder.index.entries[found.entry];
            let (response, sets) = result_ui(ui, entry, &place, chosen, lang);
            if chosen && sight {
                response.scroll_to_me(None);
            }
            if sets {
                finder.set();
                return;
            }
            if response.clicked() {
                *answer = finder.go(at);
                if answer.is_none() {
                    return;
                }
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
fn result_ui(ui: &mut Ui, entry: &Entry, place: &str, chosen: bool, lang: Lang) -> (egui::Response, bool) {
    let (response, mut inner) = row_ui(ui, ROW_HEIGHT, chosen);
    let lifetime = entry.lacks.as_ref().map(|lack| lifetime(lack));
    response.widget_info(|| {
        let set = if entry.is_set { tr(", set") } else { String::new() };
        let lacks = lifetime.as_ref().map(|words| format!(", {words}")).unwrap_or_default();
        WidgetInfo::selected(
            Role::Button,
            true,
            chosen,
            format!("{}{set}{lacks}", tr(format!("Result {place}"))),
        )
    });
    let mut sets = false;
    inner.spacing_mut().item_spacing = egui::vec2(8.0, 1.0);
    inner.horizontal(|ui| {
        let name = RichText::new(entry.name()).strong();
        let name = if lifetime.is_some() { name.strikethrough() } else { name };
        ui.add(Label::new(name).selectable(false));
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
            if let Some(words) = &lifetime {
                let color = ui.visuals().error_fg_color;
                ui.add(Label::new(RichText::new(words).small().color(color)).selectable(false));
            } else if let Some(since) = entry.since() {
                ui.add(Label::new(RichText::new(format!("{since}+")).small().weak()).selectable(false));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(place).weak()).truncate().selectable(false));
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
    let back = opened_ui(ui, entry);
    if let Some(help) = told.help {
        ui.add(Label::new(help).wrap());
    }
    let sight = std::mem::take(&mut finder.wants_sight);
    ScrollArea::vertical().max_height(height - 50.0).auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (at, value) in told.values.iter().enumerate() {
            let chosen = at == finder.chosen;
            let shown = if value.value.is_empty() { "\"\"" } else { value.value };
            let response = choice_ui(ui, chosen, shown, &tr(format!("Value {shown}")), value.about);
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

/// The field that is opened, over all that is told of it, and the way back; gives whether that was taken.
fn opened_ui(ui: &mut Ui, entry: &Entry) -> bool {
    let mut back = false;
    ui.horizontal(|ui| {
        back = ui.button(tr("‹ Fields")).clicked();
        let name = RichText::new(entry.name()).strong();
        ui.label(if entry.lacks.is_some() { name.strikethrough() } else { name });
        ui.add(Label::new(RichText::new(&entry.place).weak()).truncate().selectable(false));
    });
    back
}

/// One of the values, or what else can be chosen, with a word on it.
fn choice_ui(ui: &mut Ui, chosen: bool, shown: &str, name: &str, about: &str) -> egui::Response {
    let (response, mut inner) = row_ui(ui, 28.0, chosen);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    inner.horizontal_centered(|ui| {
        ui.add(Label::new(RichText::new(shown).strong()).selectable(false));
        ui.add(Label::new(RichText::new(about).weak()).truncate().selectable(false));
    });
    response
}

/// Which versions have a field that the target version lacks, in words.
fn lifetime(lack: &Lack) -> String {
    match (lack.since, lack.until) {
        (Some(since), None) => tr(format!("since {since}")),
        (Some(since), Some(last)) if since == last => tr(format!("only in {since}")),
        (Some(since), Some(last)) => tr(format!("only in {since} to {last}")),
        (None, Some(last)) => tr(format!("until {last}")),
        (None, None) => String::new(),
    }
}

/// Why a field cannot be set, and the way to a version by which it can.
fn lacking_ui(
    ui: &mut Ui,
    finder: &mut Finder,
    i: usize,
    target: Version,
    lang: Lang,
    answer: &mut Option<Answer>,
) {
    let entry = &finder.index.entries[i];
    let Some(lack) = &entry.lacks else { return };
    let back = opened_ui(ui, entry);
    ui.add(Label::new(entry.help(lang)).wrap());
    let color = ui.visuals().error_fg_color;
    ui.add(Label::new(RichText::new(tr(lack.sentence(target))).color(color)).wrap());
    ui.add_space(4.0);
    let words = tr(format!("Judge by Kubernetes {}", lack.nearest));
    let about = tr("The version whose rules judge the manifest");
    if choice_ui(ui, true, &words, &words, &about).clicked() {
        *answer = finder.enter();
    }
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
