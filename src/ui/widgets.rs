//! The controls of the form, one for each schema kind, and what every row has in common: label, help, required mark,
//! version mark, ghost default, problems and fixes.

mod affinity;
mod capability;
mod chips;
mod env;
mod meaning;
mod probe;
mod projected;
mod schedule;
mod selector;
mod sight;
mod table;

pub use sight::draws_all;

use super::form::{NESTED, Widget};
use super::language::{self, tr};
use super::problems;
use super::{Action, Folds};
use crate::complete::{names_of, offers};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Document, help_on};
use crate::editor::Command;
use crate::meaning::{is_mode, octal};
use crate::object::Field;
use crate::path::{Path, Step};
use crate::schema::{FieldDef, Kind, Type, Union, UnionRule, lifetime};
use crate::template::free_name;
use crate::yaml::{self, Change, Resolved, Value};
use egui::{Align, Id, Layout, RichText, TextEdit, Ui, WidgetText};
use serde_json::{Value as Json, json};
use sight::in_sight_ui;

/// Width of the column of labels.
const LABEL_WIDTH: f32 = 168.0;

/// What is at hand while a page is drawn.
pub struct Form<'a> {
    /// The document that is shown.
    pub document: &'a Document,
    /// Its number.
    pub doc: usize,
    /// What the page asks for.
    pub out: Vec<Action>,
    /// Whether the document is behind what the page has asked for.
    pub behind: bool,
    /// How sections are folded.
    pub folds: Folds,
    /// Whether all of the page is drawn, what is out of sight too.
    pub draws_all: bool,
    root: Field<'a>,
    defaulted: Option<Field<'a>>,
    problems: Vec<&'a Diagnostic>,
    editable: bool,
    reveal: Option<Path>,
    keyboard: Keyboard,
    revealed: bool,
    /// A revealed object, list or map: the first control in it is to get the keyboard.
    first_in: Option<Path>,
    focus: Option<Path>,
    asked: Option<Path>,
    next: Option<Path>,
}

/// Whether a field that is brought into sight also gets the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyboard {
    /// It gets the keyboard.
    Take,
    /// The keyboard stays where it is.
    Leave,
}

/// What drawing a page came to.
pub struct Done {
    /// What the page asks for.
    pub out: Vec<Action>,
    /// The field that has the keyboard.
    pub focus: Option<Path>,
    /// The field whose name was clicked.
    pub asked: Option<Path>,
    /// Whether the field to reveal was drawn.
    pub revealed: bool,
    /// The field that is to get the keyboard once the change is made: the control that had it goes.
    pub next: Option<Path>,
}

impl<'a> Form<'a> {
    /// Gets ready to draw a page of a document.
    pub fn new(
        document: &'a Document,
        doc: usize,
        root: Field<'a>,
        editable: bool,
        reveal: Option<(Path, Keyboard)>,
    ) -> Form<'a> {
        let keyboard = reveal.as_ref().map_or(Keyboard::Leave, |(_, keyboard)| *keyboard);
        let reveal = reveal.map(|(path, _)| nearest_there(&root, &path));
        Form {
            document,
            doc,
            out: Vec::new(),
            behind: false,
            folds: Folds::default(),
            draws_all: false,
            defaulted: document.defaulted(doc),
            problems: document.part(doc).map(|part| part.diagnostics.iter().collect()).unwrap_or_default(),
            root,
            editable,
            reveal,
            keyboard,
            revealed: false,
            first_in: None,
            focus: None,
            asked: None,
            next: None,
        }
    }

    /// Gives the first control that is drawn at or below a path the keyboard.
    pub fn give_keyboard_to_first(&mut self, path: &Path) {
        self.first_in = Some(path.clone());
    }

    /// What drawing came to.
    pub fn finish(self) -> Done {
        Done { out: self.out, focus: self.focus, asked: self.asked, revealed: self.revealed, next: self.next }
    }

    /// The worst problem at or below any of the paths.
    pub fn worst_below(&self, paths: &[Path]) -> Option<Severity> {
        let below = self.problems.iter().filter(|d| paths.iter().any(|path| path.contains(&d.place)));
        below.map(|d| d.stage.severity()).min()
    }

    /// Whether the field to reveal stands at or below any of the paths.
    pub fn reveals_below(&self, paths: &[Path]) -> bool {
        !self.revealed
            && self.reveal.as_ref().is_some_and(|reveal| paths.iter().any(|path| path.contains(reveal)))
    }

    /// The identity of a section, and whether it is open where a person has not folded it: `open` if nobody asked for all.
    pub fn fold(&self, salt: impl std::hash::Hash + std::fmt::Debug, open: bool) -> (Id, bool) {
        (Id::unique((salt, self.folds.times)), self.folds.all_open.unwrap_or(open))
    }

    /// Draws the problems of exactly this field.
    pub fn problems_at_ui(&mut self, ui: &mut Ui, path: &Path) {
        let here: Vec<&Diagnostic> =
            self.problems.iter().copied().filter(|d| d.place.same_place(path)).collect();
        for diagnostic in here {
            problems::inline_ui(ui, self.doc, diagnostic, &mut self.out);
        }
    }

    /// Sets a field.
    pub fn set(&mut self, field: &Field<'_>, value: Json) {
        let set = self.setting(field, value);
        self.change(vec![set]);
    }

    /// Sets a field to a value that is to stand in the text in a spelling of its own, such as `0644`.
    fn set_spelled(&mut self, field: &Field<'_>, value: Json, spelling: String) {
        let spelled = Change::Spell { path: field.path(), spelling };
        let set = (field.data().map(yaml::Data::to_json).as_ref() != Some(&value))
            .then(|| self.setting(field, value));
        self.change(set.into_iter().chain([spelled]).collect());
    }

    /// The change that sets a field. An empty collection above it is written anew, so that it takes the block style of
    /// its neighbours.
    fn setting(&self, field: &Field<'_>, value: Json) -> Change {
        let path = field.path();
        match path.split_last() {
            Some((up, step)) if self.is_empty_collection(&up) && step.key().is_some() => {
                let key = step.key().unwrap_or_default().to_owned();
                Change::Set { path: up, value: Json::Object([(key, value)].into_iter().collect()) }
            }
            _ => Change::Set { path, value },
        }
    }

    /// Takes a field away, and with it every object above that would be left empty and would mean nothing.
    pub fn remove(&mut self, field: &Field<'_>) {
        let spec = self.document.pod_spec(self.doc).unwrap_or_default();
        let mut path = field.path();
        let mut at = path.clone();
        while let Some((up, _)) = at.split_last() {
            let above = self.root.at(&up);
            let is_item = matches!(up.steps().last(), Some(Step::Index(_)) | None);
            if above.len() != 1 || is_item || up.contains(&spec) || self.is_union_member(&up) {
                break;
            }
            // What is required goes only along with the object that requires it.
            if above.def().is_some_and(|def| !def.required) {
                path = up.clone();
            }
            at = up;
        }
        self.change(vec![Change::Remove { path }]);
    }

    /// Chooses another member of a union, `None` for none of them: `members` are its fields. What is set of the others
    /// goes, but of several that are set only by choosing one of them.
    pub fn choose_member(&mut self, members: &[&Field<'_>], choice: Option<&Field<'_>>) {
        let name = |field: &Field<'_>| field.def().map_or("", |def| def.name);
        let set: Vec<&&Field<'_>> = members.iter().filter(|field| field.data().is_some()).collect();
        if let (None, [only]) = (choice, set.as_slice()) {
            return self.remove(only);
        }
        let mut changes: Vec<Change> = set
            .iter()
            .filter(|field| choice.is_none_or(|choice| name(choice) != name(field)))
            .map(|field| Change::Remove { path: field.path() })
            .collect();
        if let Some(field) = choice.filter(|field| field.data().is_none()) {
            // Set first, so that the object is never empty between the two.
            let value = starter(self.document, field.kind(), 0);
            changes.insert(0, Change::Set { path: field.path(), value });
        }
        if !changes.is_empty() {
            self.change(changes);
        }
    }

    /// Adds an item at the end of a list.
    pub fn append(&mut self, list: &Field<'_>, item: Json) {
        let path = list.path();
        let change = if list.is_empty() {
            Change::Set { path, value: Json::Array(vec![item]) }
        } else {
            Change::Insert { path, index: None, value: item }
        };
        self.change(vec![change]);
    }

    /// A new item for a list: what its type requires, under a name that is free.
    pub fn starter(&self, list: &Field<'_>) -> Json {
        let Kind::List(item) = list.kind() else { return Json::Null };
        let mut value = starter(self.document, item, 0);
        if let (Some(name), Kind::Object(id)) = (value.get_mut("name"), item.as_ref()) {
            let stem = match self.document.schema().ty(*id).name {
                "Container" if list.path().steps().last().and_then(Step::key) == Some("initContainers") => {
                    "init"
                }
                "Container" | "EphemeralContainer" => "container",
                "Volume" => "volume",
                "EnvVar" => "NAME",
                _ => "",
            };
            if !stem.is_empty() {
                let siblings = ["containers", "initContainers", "ephemeralContainers"];
                let taken: Vec<String> = if stem == "container" || stem == "init" {
                    let spec = self.root.at(&list.path().parent());
                    siblings.iter().flat_map(|list| names_of(&spec.get(list))).collect()
                } else {
                    names_of(list)
                };
                *name = free_name(stem, |name| taken.iter().any(|taken| taken == name)).into();
            }
        }
        value
    }

    fn change(&mut self, changes: Vec<Change>) {
        if self.editable {
            self.out.push(Action::Do(Command::Change { doc: self.doc, changes }));
        }
    }

    fn is_empty_collection(&self, path: &Path) -> bool {
        matches!(self.root.at(path).value(), Some(Value::Map(map)) if map.members.is_empty())
            && !path.steps().is_empty()
    }

    fn is_union_member(&self, path: &Path) -> bool {
        let Some((up, step)) = path.split_last() else { return false };
        let union = self.root.at(&up).ty().and_then(|ty| ty.union.as_ref());
        union.is_some_and(|union| {
            union.rule == UnionRule::One && union.members.iter().any(|member| Some(*member) == step.key())
        })
    }

    /// What stands in a field's place while it is absent: the server's own value, or the schema's word on it.
    fn ghost(&self, field: &Field<'_>) -> String {
        let implied = self.defaulted.as_ref().map(|root| root.at(&field.path()));
        match implied.filter(|field| field.exists() && !field.is_written()) {
            Some(field) => field.shown(),
            None => field.def().and_then(FieldDef::ghost).unwrap_or_default().to_owned(),
        }
    }

    /// The values worth offering for a text field: those of the schema, or the names that exist in this pod.
    fn offers(&self, field: &Field<'_>) -> Vec<String> {
        let path = field.path();
        let mut found = offers(&self.root, &path);
        let name = path.steps().last().and_then(Step::key).unwrap_or_default();
        found.extend(env::offers(self.document, &self.root.at(&path.parent()), name));
        found
    }

    /// Gives a control the keyboard if it is the first one in an object, list or map that was revealed.
    pub(super) fn take_first(&mut self, response: &egui::Response, path: &Path) -> bool {
        let takes = self.first_in.take_if(|above| above.contains(path)).is_some();
        if takes {
            response.request_focus();
        }
        takes
    }

    /// Notes that an object, list or map is drawn from here on: if it is the one to reveal, it comes into sight, and its
    /// first control gets the keyboard.
    pub(super) fn arrive(&mut self, ui: &Ui, path: &Path) {
        if self.reveal.as_ref().is_some_and(|reveal| reveal.same_place(path)) {
            self.revealed = true;
            self.first_in = Some(path.clone()).filter(|_| self.keyboard == Keyboard::Take);
            ui.scroll_to_cursor(Some(Align::Center));
        }
    }

    /// Notes what every control has in common: which field has the keyboard, which one is to be revealed, and the name
    /// by which a screen reader and a test know it, the field path.
    fn note(&mut self, ui: &Ui, response: &egui::Response, path: &Path) {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(path.to_string()));
        if response.has_focus() || self.take_first(response, path) {
            self.focus = Some(path.clone());
        }
        if !self.revealed && self.reveal.as_ref().is_some_and(|reveal| reveal.same_place(path)) {
            self.revealed = true;
            response.scroll_to_me(Some(Align::Center));
            if self.keyboard == Keyboard::Take {
                response.request_focus();
                self.focus = Some(path.clone());
            }
        }
    }
}

/// The deepest field on the way to `path` that the form draws: it draws items and keys only where they exist.
fn nearest_there(root: &Field<'_>, path: &Path) -> Path {
    let mut there = root.clone();
    for step in path.steps() {
        let below = there.at(&Path::from(vec![step.clone()]));
        let unchosen = picked_union(there.ty())
            .is_some_and(|union| union.members.iter().any(|member| Some(*member) == step.key()));
        if below.data().is_none() && (below.def().is_none() || unchosen) {
            break;
        }
        there = below;
    }
    there.path()
}

/// The least value of a kind that a person can go on from.
fn starter(document: &Document, kind: &Kind, depth: usize) -> Json {
    match kind {
        Kind::Object(id) if depth < 4 => {
            let required = document.schema().ty(*id).fields.iter().filter(|def| def.required);
            let object = required.map(|def| {
                let value = match (def.values.first(), &def.kind) {
                    (Some(value), Kind::List(_)) => json!([value]),
                    (Some(value), _) => json!(value),
                    (None, _) => starter(document, &def.kind, depth + 1),
                };
                (def.name.to_owned(), value)
            });
            Json::Object(object.collect())
        }
        Kind::Object(_) | Kind::Map(_) => json!({}),
        Kind::List(item) if matches!(item.as_ref(), Kind::Object(_)) => {
            Json::Array(vec![starter(document, item, depth + 1)])
        }
        Kind::List(_) => json!([]),
        Kind::Bool => json!(false),
        Kind::Int32 | Kind::Int64 => Json::Null,
        _ => json!(""),
    }
}

/// A heading that folds what stands below it away.
pub fn fold_ui(
    ui: &mut Ui,
    fold: (Id, bool),
    reveal: bool,
    worst: Option<Severity>,
    label: impl Into<WidgetText>,
    body: impl FnOnce(&mut Ui),
) {
    let heading = Heading { fold, reveal, worst, label: label.into() };
    fold_with_ui(ui, &mut (), heading, None::<(f32, fn(&mut Ui, &mut ()))>, |ui, _| body(ui));
}

/// A heading that can fold away what stands below it.
struct Heading {
    /// Its identity, and whether it is open when it is first seen.
    fold: (Id, bool),
    /// Whether it is to open now.
    reveal: bool,
    /// The worst problem of what stands below it.
    worst: Option<Severity>,
    label: WidgetText,
}

/// A heading with buttons at its right end: how wide they are, and what draws them from right to left. `with` is what the
/// buttons and the body both need.
fn fold_with_ui<T>(
    ui: &mut Ui,
    with: &mut T,
    heading: Heading,
    buttons: Option<(f32, impl FnOnce(&mut Ui, &mut T))>,
    body: impl FnOnce(&mut Ui, &mut T),
) {
    let Heading { fold: (id, open), reveal, worst, label } = heading;
    let mut state = egui::collapsing_header::CollapsingState::load_with_default_open(ui.ctx(), id, open);
    if reveal {
        state.set_open(true);
    }
    let name = label.text().to_owned();
    let is_open = state.is_open();
    let mut toggled = false;
    let header = state.show_header(ui, |ui| {
        // The arrow is where the keyboard goes.
        let label = egui::Label::new(label).selectable(false).sense(egui::Sense::CLICK);
        toggled = match &buttons {
            None => ui.add(label).clicked(),
            Some((width, _)) => {
                let room = (ui.available_width() - width - 20.0).max(40.0);
                ui.scope(|ui| {
                    ui.set_max_width(room);
                    ui.add(label.truncate()).clicked()
                })
                .inner
            }
        };
        severity_dot_ui(ui, worst);
        if let Some((_, draw)) = buttons {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| draw(ui, with));
        }
    });
    let (button, ..) = header.body_unindented(|ui| {
        egui::Frame::new()
            .inner_margin(egui::Margin { left: 14, right: 0, top: 2, bottom: 4 })
            .show(ui, |ui| body(ui, with));
    });
    let word = if is_open { "Fold" } else { "Unfold" };
    ui.ctx().accesskit_node_builder(button.id, |node| node.set_label(tr(format!("{word} {name}"))));
    if toggled {
        let mut state = egui::collapsing_header::CollapsingState::load_with_default_open(ui.ctx(), id, open);
        state.toggle(ui);
        state.store(ui.ctx());
    }
}

/// A coloured dot where there is a problem, nothing where there is none.
pub fn severity_dot_ui(ui: &mut Ui, worst: Option<Severity>) {
    if let Some(severity) = worst {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), egui::Sense::hover());
        ui.painter().circle_filled(rect.center(), 4.0, problems::severity_color(ui.visuals(), severity));
    }
}

/// A field with its label, its control and its problems.
pub fn row_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>, widget: Widget) {
    in_sight_ui(ui, form, "row", &field.path(), |ui, form| row_in_sight_ui(ui, form, field, widget));
}

fn row_in_sight_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>, widget: Widget) {
    if is_scalar(field.kind()) {
        ui.horizontal(|ui| {
            label_ui(ui, form, field);
            removable_control_ui(ui, form, field);
            meaning::beside_ui(ui, form, field);
        });
        form.problems_at_ui(ui, &field.path());
        schedule::next_runs_ui(ui, form, field);
        return;
    }
    let path = field.path();
    let fold = form.fold(("form fold", path.to_string()), field.exists() || matches!(widget, Widget::Open));
    let worst = form.worst_below(std::slice::from_ref(&path));
    let reveal = form.reveals_below(std::slice::from_ref(&path));
    let name = label_text(field);
    let label = match field.len() {
        0 => name.to_owned(),
        n if matches!(field.kind(), Kind::Object(_)) => format!("{name}  {}", tr(format!("({n} set)"))),
        n => format!("{name}  ({n})"),
    };
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            let text =
                if field.data().is_some() { RichText::new(label) } else { RichText::new(label).weak() };
            fold_ui(ui, fold, reveal, worst, text, |ui| only_row_ui(ui, form, field, widget));
        });
    });
}

/// A compound field without a heading of its own, or a scalar one as any row.
pub fn only_row_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>, widget: Widget) {
    if is_scalar(field.kind()) {
        row_ui(ui, form, field, widget);
        return;
    }
    let path = field.path();
    help_line_ui(ui, form, field);
    form.arrive(ui, &path);
    form.problems_at_ui(ui, &path);
    if !fits(field) {
        wrong_kind_ui(ui, form, field);
        return;
    }
    match (field.kind(), widget) {
        (Kind::List(_), Widget::Table(columns)) => table::list_ui(ui, form, field, columns),
        (Kind::List(_), Widget::Sources) => projected::sources_ui(ui, form, field),
        (Kind::List(item), _) if is_scalar(item) => scalar_list_ui(ui, form, field),
        (Kind::List(_), _) => object_list_ui(ui, form, field),
        (Kind::Map(_), Widget::Amounts(keys)) => map_ui(ui, form, field, keys),
        (Kind::Map(_), _) => map_ui(ui, form, field, &[]),
        _ => match field.ty().map_or("", |ty| ty.name) {
            "Probe" => probe::card_ui(ui, form, field),
            "NodeAffinity" | "PodAffinity" | "PodAntiAffinity" => affinity::terms_ui(ui, form, field),
            "NodeSelectorTerm" => selector::table_ui(ui, form, field),
            "LabelSelector" => {
                // What is part of a rule that is told is told with it.
                if !meaning::is_told(&form.root.at(&path.parent())) {
                    meaning::sentence_ui(ui, field);
                }
                selector::table_ui(ui, form, field);
            }
            _ => object_ui(ui, form, field),
        },
    }
}

fn is_scalar(kind: &Kind) -> bool {
    !matches!(kind, Kind::Object(_) | Kind::List(_) | Kind::Map(_))
}

/// Whether what stands here has the shape that belongs here, so that its widget can show it.
fn fits(field: &Field<'_>) -> bool {
    match (field.kind(), field.value()) {
        (_, None) => true,
        (Kind::List(_), Some(value)) => matches!(value, Value::List(_)),
        (Kind::Object(_) | Kind::Map(_), Some(value)) => matches!(value, Value::Map(_)),
        (_, Some(value)) => !matches!(value, Value::List(_) | Value::Map(_)),
    }
}

/// A value of the wrong shape is shown as it is written and can be removed; its problem says what belongs there.
fn wrong_kind_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>) {
    ui.horizontal(|ui| {
        ui.monospace(written(form, field));
        remove_ui(ui, form, field);
    });
}

/// The first line of what is written at a field.
fn written<'a>(form: &Form<'a>, field: &Field<'_>) -> &'a str {
    let text = field.data().and_then(|data| form.document.text.get(data.span.clone()));
    text.and_then(|text| text.lines().next()).unwrap_or_default()
}

fn label_text(field: &Field<'_>) -> String {
    match field.path().steps().last() {
        Some(Step::Index(i)) => format!("{}", i + 1),
        Some(step) => step.key().unwrap_or_default().to_owned(),
        None => String::new(),
    }
}

fn label_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>) {
    let def = field.def();
    let mut text = RichText::new(label_text(field));
    if !field.is_written() {
        text = text.weak();
    }
    let (rect, _) = ui.allocate_exact_size(
        egui::vec2(LABEL_WIDTH.min(ui.available_width() * 0.5), ui.spacing().interact_size.y),
        egui::Sense::hover(),
    );
    let mut label =
        ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
    label.spacing_mut().item_spacing.x = 3.0;
    let response = label.add(egui::Label::new(text).truncate().selectable(false).sense(egui::Sense::CLICK));
    if response.on_hover_ui(|ui| help_ui(ui, form, field)).clicked() {
        form.asked = Some(field.path());
    }
    if def.is_some_and(|def| def.required) {
        label.colored_label(label.visuals().error_fg_color, "*").on_hover_text(tr("required"));
    }
    if let Some(mark) = def.and_then(|def| version_mark(form, def)) {
        label
            .add(egui::Label::new(RichText::new(mark.0).small().weak()).selectable(false))
            .on_hover_text(mark.1);
    }
}

/// `1.34+` beside a field that older versions lack, `off` beside one whose feature gate is off.
fn version_mark(form: &Form<'_>, def: &FieldDef) -> Option<(String, String)> {
    let schema = form.document.schema();
    if let Some(gate) = def.gate.filter(|_| !schema.keeps(def)) {
        let stage = schema.gate(gate).map_or("not there yet", |state| state.stage);
        let words = format!(
            "Needs the feature gate {gate} ({stage}), which is off at {} unless the cluster turns it on: the server drops the field.",
            schema.version
        );
        return Some((tr("off"), tr(words)));
    }
    let since = def.since?;
    Some((format!("{since}+"), tr(format!("Kubernetes {since} and newer have this field."))))
}

fn help_line_ui(ui: &mut Ui, form: &Form<'_>, field: &Field<'_>) {
    if field.def().is_some() && field.is_empty() {
        let above = form.root.at(&field.path().parent());
        if let Some(help) = help_on(field, &above, language::now()) {
            ui.add(egui::Label::new(RichText::new(help).weak().small()).wrap());
        }
    }
}

fn help_ui(ui: &mut Ui, form: &Form<'_>, field: &Field<'_>) {
    ui.set_max_width(420.0);
    ui.strong(field.path().to_string());
    let schema = form.document.schema();
    ui.weak(tr(schema.describe(field.kind())));
    if let Some(help) = help_on(field, &form.root.at(&field.path().parent()), language::now()) {
        ui.label(help);
    }
    let ghost = form.ghost(field);
    if !ghost.is_empty() {
        ui.label(tr(format!("When absent: {ghost}")));
    }
}

fn remove_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>) {
    let there = field.data().is_some();
    let path = field.path();
    let button = egui::Button::new("✖").frame(false).small();
    // The path is the button's own id: a row that comes or goes above it must not make it another button.
    let response = ui.push_id(("remove", path.to_string()), |ui| ui.add_visible(there, button)).inner;
    if there {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(tr(format!("Remove {path}"))));
        let has_keyboard = response.has_focus();
        if response.on_hover_text(tr("Remove this field")).clicked() {
            form.remove(field);
            if has_keyboard {
                form.next = Some(path);
            }
        }
    }
}

/// Room for the button that removes a field.
const REMOVE_WIDTH: f32 = 26.0;

/// Room for the button beside a control that opens a menu.
fn menu_width(ui: &Ui) -> f32 {
    30.0 + ui.spacing().item_spacing.x
}

/// Nothing that is typed into one line gets easier to read beyond this width.
const WIDEST_CONTROL: f32 = 640.0;

/// The control of a scalar field with the button that removes it close by.
fn removable_control_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>) {
    let room = (ui.available_width() - REMOVE_WIDTH).clamp(60.0, WIDEST_CONTROL);
    ui.scope(|ui| {
        ui.set_max_width(room);
        control_ui(ui, form, field);
    });
    remove_ui(ui, form, field);
}

/// The control of a scalar field, as wide as there is room.
fn control_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>) {
    if !fits(field) {
        ui.monospace(tr("(a collection)"));
        return;
    }
    match (field.kind(), field.def()) {
        (Kind::Bool, _) => choice_ui(ui, form, field, &["true", "false"]),
        (Kind::String, Some(def)) if !def.values.is_empty() => choice_ui(ui, form, field, &def.values),
        _ => text_ui(ui, form, field),
    }
}

/// A choice among values, with “not set” as the first.
fn choice_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>, values: &[&str]) {
    match chosen_ui(ui, form, field, values) {
        Some(Some(value)) => {
            let value = if *field.kind() == Kind::Bool { json!(value == "true") } else { json!(value) };
            form.set(field, value);
        }
        Some(None) if field.data().is_some() => form.remove(field),
        _ => {}
    }
}

/// Draws a choice; gives what was chosen just now, `Some(None)` for “not set”.
fn chosen_ui<'v>(
    ui: &mut Ui,
    form: &mut Form<'_>,
    field: &Field<'_>,
    values: &[&'v str],
) -> Option<Option<&'v str>> {
    let path = field.path();
    let given = field.value().map(|_| field.shown());
    let ghost = form.ghost(field);
    let unset = tr(if ghost.is_empty() { "not set".to_owned() } else { format!("not set ({ghost})") });
    let text = match &given {
        None => RichText::new(&unset).weak(),
        Some(given) if values.contains(&given.as_str()) => RichText::new(given),
        Some(given) => RichText::new(given).color(ui.visuals().error_fg_color),
    };
    let mut chosen: Option<Option<&'v str>> = None;
    let width = ui.available_width().clamp(60.0, 260.0);
    let mut list = DropList::new(ui, Id::unique(("choice list", path.to_string())));
    let shown = egui::ComboBox::from_id_salt(Id::unique(("choice", path.to_string())))
        .selected_text(text)
        .width(width)
        .truncate()
        .show_ui(ui, |ui| {
            if list.entry_ui(ui, given.is_none(), &unset) {
                chosen = Some(None);
            }
            for value in values {
                let shown = if value.is_empty() { "\"\"" } else { value };
                if list.entry_ui(ui, given.as_deref() == Some(value), shown) {
                    chosen = Some(Some(value));
                }
            }
        });
    let response = shown.response;
    list.end(ui, &response, shown.inner.is_some());
    form.note(ui, &response, &path);
    chosen
}

/// What is being typed into a field: kept while it has the keyboard, for the document holds the value and not its
/// spelling (`0644` becomes 420, `8.` becomes 8).
#[derive(Clone, Default)]
struct Typing {
    text: String,
    /// What the document held when the text was written into it.
    held: Option<Json>,
}

fn text_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>) {
    let path = field.path();
    let id = text_id(&path);
    let held = field.data().map(yaml::Data::to_json);
    let spelled = spelling(form.document, field);
    let typing: Option<Typing> = ui.data_mut(|data| data.get_temp(id));
    let mut text = match typing {
        Some(typing) if (typing.held == held || form.behind) && ui.memory(|memory| memory.has_focus(id)) => {
            typing.text
        }
        _ => spelled.clone(),
    };
    let ghost = form.ghost(field);
    let hint = if held == Some(json!("")) { "\"\"".to_owned() } else { ghost };
    let offers = form.offers(field);
    let room = ui.available_width() - if offers.is_empty() { 0.0 } else { menu_width(ui) };
    let width = match field.kind() {
        Kind::Int32 | Kind::Int64 | Kind::Quantity => room.min(140.0),
        _ => room,
    };
    let response = if text.contains('\n') {
        let rows = text.lines().count().clamp(2, 12);
        ui.add(TextEdit::multiline(&mut text).id(id).code_editor().desired_rows(rows).desired_width(width))
    } else {
        let edit =
            TextEdit::singleline(&mut text).id(id).hint_text(RichText::new(hint).weak()).desired_width(width);
        ui.add(edit)
    };
    form.note(ui, &response, &path);
    if let Some(words) = meaning::meaning_of(form, field) {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(words.as_str()));
    }
    if response.changed() {
        let octal = octal(text.trim()).filter(|_| is_mode(field));
        let value = octal.map_or_else(|| typed_value(field.kind(), &text), Json::from);
        let spelling = octal.map(|_| text.trim().to_owned());
        ui.data_mut(|data| data.insert_temp(id, Typing { text, held: Some(value.clone()) }));
        match spelling {
            Some(spelling) => form.set_spelled(field, value, spelling),
            None => form.set(field, value),
        }
    } else if response.gained_focus() {
        ui.data_mut(|data| data.remove_temp::<Typing>(id));
    }
    if !offers.is_empty() {
        let mut list = DropList::new(ui, Id::unique(("offers", path.to_string())));
        let menu = ui.menu_button("⏷", |ui| {
            for (i, offer) in offers.iter().enumerate() {
                let shown = if offer.is_empty() { "\"\"" } else { offer };
                let response = ui.button(shown);
                list.entry(&response, i == 0);
                if response.clicked() {
                    form.set(field, typed_value(field.kind(), offer));
                    ui.close();
                }
            }
        });
        list.end(ui, &menu.response, menu.inner.is_some());
        ui.ctx()
            .accesskit_node_builder(menu.response.id, |node| node.set_label(tr(format!("Choose {path}"))));
    }
}

/// How a scalar is shown: text as its value, anything else as it is written.
fn spelling(document: &Document, field: &Field<'_>) -> String {
    match field.data().map(|data| (&data.value, &data.span)) {
        Some((Value::String(text), _)) => text.clone(),
        Some((Value::Null, _)) | None => String::new(),
        Some((_, span)) => document.text.get(span.clone()).unwrap_or_default().to_owned(),
    }
}

/// The value that a person means by a text in a field of a kind. What is no value of the kind stays text: the problem
/// then says so, and nothing that was typed is lost.
pub fn typed_value(kind: &Kind, text: &str) -> Json {
    let trimmed = text.trim();
    match kind {
        Kind::String | Kind::Time => json!(text),
        _ if trimmed.is_empty() => Json::Null,
        Kind::Bool if trimmed == "true" || trimmed == "false" => json!(trimmed == "true"),
        Kind::Int32 | Kind::Int64 | Kind::IntOrString | Kind::Quantity => match yaml::resolve(trimmed) {
            Resolved::Int(i) => i64::try_from(i).map_or_else(|_| json!(trimmed), Json::from),
            _ => json!(trimmed),
        },
        Kind::Any => serde_json::from_str(trimmed).unwrap_or_else(|_| json!(trimmed)),
        _ => json!(text),
    }
}

fn object_ui(ui: &mut Ui, form: &mut Form<'_>, object: &Field<'_>) {
    meaning::sentence_ui(ui, object);
    fields_ui(ui, form, object, &[]);
}

/// The fields of an object, but for those that stand elsewhere already.
fn fields_ui(ui: &mut Ui, form: &mut Form<'_>, object: &Field<'_>, elsewhere: &[&str]) {
    let Some(ty) = object.ty() else { return };
    let union = picked_union(Some(ty));
    let members: &[&str] = union.map_or(&[], |union| &union.members);
    let fields: Vec<Field<'_>> = object
        .fields()
        .filter(|field| field.def().is_some_and(|def| !elsewhere.contains(&def.name)))
        .collect();
    let is_member = |field: &Field<'_>| field.def().is_some_and(|def| members.contains(&def.name));
    let draw_members = |ui: &mut Ui, form: &mut Form<'_>| {
        if union.is_some() {
            let members: Vec<&Field<'_>> = fields.iter().filter(|field| is_member(field)).collect();
            union_ui(ui, form, object, ty, &members);
        }
    };
    // A thing with a name is named first; of anything else, what it is comes before its details.
    let named = ty.field("name").is_some();
    if !named {
        draw_members(ui, form);
    }
    for field in fields.iter().filter(|field| !is_member(field)) {
        row_ui(ui, form, field, widget_of(ty, field));
    }
    if named {
        draw_members(ui, form);
    }
    for field in foreign_fields(object) {
        foreign_ui(ui, form, object, &field);
    }
}

/// What stands in an object and is no field of its type at the target version.
pub fn foreign_fields<'a>(object: &Field<'a>) -> Vec<Field<'a>> {
    let (Some(ty), Some(Value::Map(map))) = (object.ty(), object.value()) else { return Vec::new() };
    let foreign = map.members.iter().filter(|member| ty.field(&member.key).is_none());
    foreign.map(|member| object.at(&Path::root().field(member.key.clone()))).collect()
}

/// A field that is set and that the target version does not have: its name struck through, which versions have it, the
/// value as it is written, and the button that removes it.
pub fn foreign_ui(ui: &mut Ui, form: &mut Form<'_>, object: &Field<'_>, field: &Field<'_>) {
    let path = field.path();
    let name = label_text(field);
    let known = object.ty().and_then(|ty| lifetime(ty.name, &name));
    let version = form.document.version;
    let mark = match known {
        Some(_) => tr(format!("not in {version}")),
        None => tr("unknown"),
    };
    let about = match known {
        Some((Some(since), None)) => tr(format!("Kubernetes {since} and newer have this field.")),
        Some((_, Some(until))) => tr(format!("Kubernetes {until} was the last version with this field.")),
        _ => tr("No version of Kubernetes has this field here."),
    };
    ui.horizontal(|ui| {
        let label = egui::Label::new(RichText::new(&name).strikethrough()).selectable(false);
        let response = ui.add(label.sense(egui::Sense::click()));
        form.note(ui, &response, &path);
        let is_known = ui.visuals().error_fg_color;
        ui.colored_label(is_known, mark).on_hover_text(about);
        ui.add(egui::Label::new(RichText::new(written(form, field)).monospace()).truncate());
        remove_ui(ui, form, field);
    });
    form.problems_at_ui(ui, &path);
}

/// A list that opens below a button, for the keyboard: as it opens, the entry that is chosen takes the keyboard, and as
/// it closes the button gets it back.
pub struct DropList {
    id: Id,
    was_open: bool,
    /// Whether an entry has taken the keyboard since the list opened: in its first frame, which only measures, none can.
    taken: bool,
}

impl DropList {
    /// The list with an identity of its own, before it is drawn.
    pub fn new(ui: &Ui, id: Id) -> DropList {
        let (was_open, taken) = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        DropList { id, was_open, taken }
    }

    /// Draws an entry; gives whether it was chosen.
    pub fn entry_ui(&mut self, ui: &mut Ui, is_set: bool, text: &str) -> bool {
        let response = ui.selectable_label(is_set, text);
        self.entry(&response, is_set);
        if response.clicked() {
            ui.close();
        }
        response.clicked()
    }

    /// Notes an entry. `wanted`: it takes the keyboard as the list opens, if none before it has.
    pub fn entry(&mut self, response: &egui::Response, wanted: bool) {
        if wanted && !self.taken && response.enabled() {
            self.taken = true;
            response.request_focus();
        }
    }

    /// Notes what became of the list, after its button and it have been drawn.
    pub fn end(self, ui: &Ui, button: &egui::Response, is_open: bool) {
        ui.data_mut(|data| data.insert_temp(self.id, (is_open, is_open && self.taken)));
        let free = || {
            let focused = ui.memory(|memory| memory.focused());
            focused.is_none_or(|id| ui.ctx().read_response(id).is_none_or(|r| r.layer_id != button.layer_id))
        };
        // Behind a question that an entry has brought up, nothing takes the keyboard.
        if self.was_open
            && !is_open
            && free()
            && ui.memory(|memory| memory.allows_interaction(button.layer_id))
        {
            button.request_focus();
        }
    }
}

fn widget_of(ty: &Type, field: &Field<'_>) -> Widget {
    let name = field.def().map_or("", |def| def.name);
    NESTED
        .iter()
        .find(|(of, row)| *of == ty.name && row.field == name)
        .map_or(Widget::ByKind, |(_, row)| row.widget)
}

/// The union of a type whose members are picked from a list: of those with another field that decides, every member has
/// a row.
fn picked_union(ty: Option<&'static Type>) -> Option<&'static Union> {
    ty?.union
        .as_ref()
        .filter(|union| union.members.len() > 1 && !matches!(union.rule, UnionRule::Discriminated { .. }))
}

/// The members of unions that are wanted most; they are offered first.
const COMMON: &[&str] = &[
    "emptyDir",
    "configMap",
    "secret",
    "persistentVolumeClaim",
    "projected",
    "hostPath",
    "downwardAPI",
    "ephemeral",
    "image",
    "csi",
    "nfs",
    "httpGet",
    "exec",
    "tcpSocket",
];

/// A picker of which member of a union is set, and the members that are. More than one is shown when more than one is
/// written, so that each can be removed.
fn union_ui(ui: &mut Ui, form: &mut Form<'_>, object: &Field<'_>, ty: &Type, members: &[&Field<'_>]) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(
            egui::vec2(LABEL_WIDTH.min(ui.available_width() * 0.5), ui.spacing().interact_size.y),
            egui::Sense::hover(),
        );
        let mut label =
            ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
        label.add(egui::Label::new(RichText::new(tr("one of")).italics()).selectable(false));
        member_ui(ui, form, object, members, 220.0);
    });
    for field in members.iter().filter(|field| field.data().is_some()) {
        row_ui(
            ui,
            form,
            field,
            match widget_of(ty, field) {
                Widget::ByKind => Widget::Open,
                widget => widget,
            },
        );
    }
}

/// The menu by which a member of a union is chosen.
fn member_ui(ui: &mut Ui, form: &mut Form<'_>, object: &Field<'_>, members: &[&Field<'_>], width: f32) {
    let path = object.path();
    let set: Vec<&str> =
        members.iter().filter(|field| field.data().is_some()).map(|field| name_of(field)).collect();
    let shown = set.join(", ");
    let text = if set.is_empty() { RichText::new(tr("none chosen")).weak() } else { RichText::new(shown) };
    let mut chosen: Option<Option<&Field<'_>>> = None;
    let mut list = DropList::new(ui, Id::unique(("union list", path.to_string())));
    let shown = egui::ComboBox::from_id_salt(Id::unique(("union", path.to_string())))
        .selected_text(text)
        .width(width)
        .height(360.0)
        .truncate()
        .show_ui(ui, |ui| {
            if list.entry_ui(ui, set.is_empty(), &tr("none")) {
                chosen = Some(None);
            }
            for field in offered(members) {
                if list.entry_ui(ui, field.data().is_some(), name_of(field)) {
                    chosen = Some(Some(field));
                }
            }
        });
    let response = shown.response;
    list.end(ui, &response, shown.inner.is_some());
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(tr(format!("One of {path}"))));
    form.take_first(&response, &path);
    if let Some(choice) = chosen {
        form.choose_member(members, choice);
    }
}

fn name_of(field: &Field<'_>) -> &'static str {
    field.def().map_or("", |def| def.name)
}

/// The members of a union, those that are wanted most first.
fn offered<'f, 'a>(members: &[&'f Field<'a>]) -> Vec<&'f Field<'a>> {
    let mut offered = members.to_vec();
    offered.sort_by_key(|field| {
        COMMON.iter().position(|common| *common == name_of(field)).unwrap_or(COMMON.len())
    });
    offered
}

fn object_list_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>) {
    let count = list.len();
    for (i, item) in list.items().enumerate() {
        let path = item.path();
        in_sight_ui(ui, form, "item", &path, |ui, form| item_ui(ui, form, list, &item, (i, count)));
    }
    add_ui(ui, form, list);
}

/// An item of a list of objects: its place in the list and how many there are stand in `place`.
fn item_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>, item: &Field<'_>, place: (usize, usize)) {
    let (i, count) = place;
    let path = item.path();
    egui::Frame::group(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let fold = form.fold(("form item", path.to_string()), count < 6);
        let worst = form.worst_below(std::slice::from_ref(&path));
        let reveal = form.reveals_below(std::slice::from_ref(&path));
        let title = format!("{} {}  {}", label_text(list), i + 1, summary(item));
        let label = RichText::new(title).strong().into();
        let heading = Heading { fold, reveal, worst, label };
        let buttons = |ui: &mut Ui, form: &mut Form<'_>| item_buttons_ui(ui, form, list, i, count);
        let buttons = Some((table::BUTTONS_WIDTH, buttons));
        fold_with_ui(ui, form, heading, buttons, |ui, form| {
            only_row_ui(ui, form, item, Widget::ByKind);
        });
    });
}

/// What tells an item from its neighbours.
fn summary(item: &Field<'_>) -> String {
    ["name", "key", "topologyKey", "ip", "conditionType", "action"]
        .iter()
        .map(|field| item.get(field).str())
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
}

/// The button that adds to a list or a map, with a word on what it adds; gives whether it was pressed.
fn add_button_ui(ui: &mut Ui, form: &mut Form<'_>, path: &Path, what: &str) -> bool {
    let text = format!("+ {}", tr(what));
    let response = ui.push_id(("add", path.to_string()), |ui| ui.button(text.trim_end())).inner;
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(tr(format!("Add to {path}"))));
    form.take_first(&response, path);
    if response.clicked() && response.has_focus() {
        // Who adds by the keyboard goes on in what is added.
        form.next = Some(path.index(form.root.at(path).len()));
    }
    response.clicked()
}

fn add_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>) {
    if add_button_ui(ui, form, &list.path(), "Add") {
        let item = form.starter(list);
        form.append(list, item);
    }
}

/// Where it stands which button of a moved item is to get the keyboard.
fn follows() -> Id {
    Id::unique("the button of a moved item that is to get the keyboard")
}

/// The buttons of a list's item: up, down, duplicate, remove. Drawn from right to left.
pub fn item_buttons_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>, i: usize, count: usize) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let path = list.path();
    let item = path.index(i);
    let follows = follows();
    let act = |ui: &mut Ui, text: &str, name: String, enabled: bool| {
        let button = egui::Button::new(text).small().frame(false);
        let response = ui.push_id(&name, |ui| ui.add_enabled(enabled, button)).inner;
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(tr(&name)));
        if ui
            .data_mut(|data| data.get_temp_mut_or_default::<Option<String>>(follows).take_if(|n| *n == name))
            .is_some()
        {
            response.request_focus();
            response.scroll_to_me(None);
        }
        response.on_hover_text(tr(&name))
    };
    let remove = act(ui, "✖", format!("Remove {item}"), true);
    if remove.clicked() {
        form.remove(&list.index(i));
        // The button goes with its item; the keyboard goes to the item that takes its place, or to the list.
        form.next = remove.has_focus().then(|| match count {
            0 | 1 => path.clone(),
            count => path.index(i.min(count - 2)),
        });
    }
    if act(ui, "🗐", format!("Duplicate {item}"), true).clicked()
        && let Some(data) = list.index(i).data()
    {
        let mut copy = data.to_json();
        if let Some(name) = copy.get("name").and_then(Json::as_str).filter(|name| !name.is_empty()) {
            let taken = names_of(list);
            copy["name"] = free_name(name, |name| taken.iter().any(|taken| taken == name)).into();
        }
        form.change(vec![Change::Insert { path: path.clone(), index: Some(i + 1), value: copy }]);
    }
    for (mark, word, to) in [("⬇", "down", i + 1), ("⬆", "up", i.wrapping_sub(1))] {
        let response = act(ui, mark, format!("Move {item} {word}"), to < count);
        if !response.clicked() {
            continue;
        }
        form.change(vec![Change::Move { path: path.clone(), from: i, to }]);
        if response.has_focus() {
            // The keyboard follows the item; where it can go no further this way, to the button for the way back.
            let word = match to {
                0 => "down",
                to if to + 1 == count => "up",
                _ => word,
            };
            let button = format!("Move {} {word}", path.index(to));
            ui.data_mut(|data| data.insert_temp(follows, Some(button)));
        }
    }
}

fn scalar_list_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>) {
    let count = list.len();
    for (i, item) in list.items().enumerate() {
        in_sight_ui(ui, form, "text", &item.path(), |ui, form| {
            ui.horizontal(|ui| {
                ui.add_sized(
                    [18.0, 16.0],
                    egui::Label::new(RichText::new((i + 1).to_string()).weak().small()),
                );
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    item_buttons_ui(ui, form, list, i, count);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        capability::item_ui(ui, form, list, i);
                    });
                });
            });
            form.problems_at_ui(ui, &item.path());
        });
    }
    let path = list.path();
    let add = ui.horizontal(|ui| {
        capability::add_ui(ui, form, list);
        add_button_ui(ui, form, &path, "Add")
    });
    if add.inner {
        add_text(ui, form, list);
    }
}

/// Adds an empty text to a list and gives it the keyboard.
fn add_text(ui: &Ui, form: &mut Form<'_>, list: &Field<'_>) {
    form.append(list, json!(""));
    let item = text_id(&list.path().index(list.len()));
    ui.memory_mut(|memory| memory.request_focus(item));
}

/// The identity of the control of a text field.
fn text_id(path: &Path) -> Id {
    Id::unique(("field", path.to_string()))
}

/// A map from text to scalars. The keys of `always` have a row even while they are absent.
fn map_ui(ui: &mut Ui, form: &mut Form<'_>, map: &Field<'_>, always: &[&'static str]) {
    let path = map.path();
    for key in always {
        let entry = map.key(key);
        row_ui(ui, form, &entry, Widget::ByKind);
    }
    let keys: Vec<&str> = map.entries().map(|(key, _)| key).filter(|key| !always.contains(key)).collect();
    for key in &keys {
        let entry = map.key(key);
        in_sight_ui(ui, form, "entry", &entry.path(), |ui, form| {
            ui.horizontal(|ui| {
                let width = (ui.available_width() * 0.45).min(260.0);
                key_ui(ui, form, map, key, width);
                removable_control_ui(ui, form, &entry);
                meaning::beside_ui(ui, form, &entry);
            });
            form.problems_at_ui(ui, &entry.path());
        });
    }
    if add_button_ui(ui, form, &path, "Add") {
        add_entry(ui, form, map);
    }
}

/// Adds an entry to a map and gives its key the keyboard.
fn add_entry(ui: &Ui, form: &mut Form<'_>, map: &Field<'_>) {
    let key = free_name("key", |key| map.key(key).data().is_some());
    let value = match map.kind() {
        Kind::Map(item) if **item == Kind::Quantity => json!("1"),
        _ => json!(""),
    };
    form.set(&map.key(&key), value);
    form.next = None;
    ui.memory_mut(|memory| memory.request_focus(Id::unique(("key", map.path().key(&key).to_string()))));
}

/// The key of a map's entry. It takes effect when the keyboard leaves it: half a key could be another entry's.
fn key_ui(ui: &mut Ui, form: &mut Form<'_>, map: &Field<'_>, key: &str, width: f32) {
    let path = map.path().key(key);
    let id = Id::unique(("key", path.to_string()));
    let mut text = ui.data_mut(|data| data.get_temp::<String>(id)).unwrap_or_else(|| key.to_owned());
    let response = ui.add(TextEdit::singleline(&mut text).id(id).desired_width(width));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(tr(format!("Key {path}"))));
    if response.has_focus() {
        form.focus = Some(path.clone());
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
    }
    let taken = text != key && map.key(&text).data().is_some();
    if response.lost_focus() {
        ui.data_mut(|data| data.remove_temp::<String>(id));
        if text != key && !taken && !text.is_empty() {
            form.change(vec![Change::Rename { path, key: text }]);
        }
    } else if taken {
        response.on_hover_text(tr("This key exists already"));
    }
}
