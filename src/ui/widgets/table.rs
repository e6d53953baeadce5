//! Tables: objects as rows with some of their fields as columns. What else an object has stands below its row, folded away.

use super::{
    Form, env, fields_ui, fits, foreign_fields, item_buttons_ui, meaning, remove_ui, selector, written,
};
use super::{add_ui, control_ui, in_sight_ui};
use crate::object::Field;
use crate::path::Path;
use crate::schema::{FieldDef, Kind};
use crate::ui::language::tr;
use crate::ui::problems::severity_color;
use egui::{Align, Label, Layout, RichText, Ui, vec2};

/// Width that a row's buttons take.
pub(super) const BUTTONS_WIDTH: f32 = 84.0;

/// Width of the arrow that unfolds a row, the gap behind it not counted.
const ARROW_WIDTH: f32 = 16.0;

/// A column: what stands above it, and its share of the width.
pub(super) type Column = (&'static str, f32);

/// A table that is being drawn.
pub(super) struct Table {
    widths: Vec<f32>,
    /// Where the cells begin: behind the arrow, if the rows have one.
    inset: f32,
}

/// A row of a table.
pub(super) struct Row<'f, 'a> {
    /// What it shows.
    pub item: &'f Field<'a>,
    /// The list that it stands in, and its number there; none for an entry of a map.
    pub of: Option<(&'f Field<'a>, usize)>,
    /// The fields in its cells: their problems stand below it, with those of the item.
    pub cells: Vec<Field<'a>>,
    /// The fields that are drawn below it once it is unfolded.
    pub others: Vec<Field<'a>>,
    /// Whether it is unfolded when it is first seen.
    pub open: bool,
}

/// A part of a row, which the one whose table it is draws.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// The cell of a column.
    Cell(usize),
    /// What is always in sight below the cells.
    Below,
    /// What is in sight below that while the row is unfolded.
    More,
}

impl Table {
    /// Shares the width among the columns and draws their heads, unless there is no row for them. `unfolds`: a row may have
    /// more to show than its cells.
    pub(super) fn new(ui: &mut Ui, columns: &[Column], unfolds: bool, has_rows: bool) -> Table {
        let gap = ui.spacing().item_spacing.x;
        let inset = if unfolds { ARROW_WIDTH + gap } else { 0.0 };
        let room = ui.available_width() - inset - BUTTONS_WIDTH - gap * columns.len() as f32;
        let shares: f32 = columns.iter().map(|(_, share)| share).sum();
        let widths: Vec<f32> =
            columns.iter().map(|(_, share)| (room * share / shares).floor().max(44.0)).collect();
        if has_rows {
            ui.horizontal(|ui| {
                ui.add_space(inset);
                for ((name, _), width) in columns.iter().zip(&widths) {
                    cell_ui(ui, vec2(*width, 16.0), Align::Center, |ui| {
                        let text = RichText::new(*name).small().weak();
                        ui.add(Label::new(text).truncate().selectable(false));
                    });
                }
            });
        }
        Table { widths, inset }
    }

    /// Draws a row with its problems.
    pub(super) fn row_ui(
        &self,
        ui: &mut Ui,
        form: &mut Form<'_>,
        row: &Row<'_, '_>,
        mut part_ui: impl FnMut(&mut Ui, &mut Form<'_>, Part),
    ) {
        let path = row.item.path();
        in_sight_ui(ui, form, "table row", &path, |ui, form| {
            self.row_in_sight_ui(ui, form, row, &mut part_ui)
        });
    }

    fn row_in_sight_ui(
        &self,
        ui: &mut Ui,
        form: &mut Form<'_>,
        row: &Row<'_, '_>,
        part_ui: &mut impl FnMut(&mut Ui, &mut Form<'_>, Part),
    ) {
        let path = row.item.path();
        let others: Vec<Path> = row.others.iter().map(Field::path).collect();
        let (id, open) = form.fold(("form more", path.to_string()), row.open);
        let mut more = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(open);
        more |= form.reveals_below(&others);
        more &= !others.is_empty();
        form.arrive(ui, &path);
        let height = ui.spacing().interact_size.y;
        ui.horizontal_top(|ui| {
            if self.inset > 0.0 {
                cell_ui(ui, vec2(ARROW_WIDTH, height), Align::Center, |ui| {
                    arrow_ui(ui, form, &path, &others, &mut more);
                });
            }
            if fits(row.item) {
                for (i, width) in self.widths.iter().enumerate() {
                    // What wraps grows downwards, beside cells that stay where they are.
                    cell_ui(ui, vec2(*width, height), Align::TOP, |ui| part_ui(ui, form, Part::Cell(i)));
                }
            } else {
                ui.add(Label::new(RichText::new(written(form, row.item)).monospace()).truncate());
            }
            let room = vec2(ui.available_width(), height);
            ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), |ui| match row.of {
                Some((list, i)) => item_buttons_ui(ui, form, list, i, list.len()),
                None => remove_ui(ui, form, row.item),
            });
        });
        if !others.is_empty() {
            ui.data_mut(|data| data.insert_temp(id, more));
        }
        let left = self.inset as i8;
        egui::Frame::new().inner_margin(egui::Margin { left, right: 0, top: 0, bottom: 0 }).show(ui, |ui| {
            part_ui(ui, form, Part::Below);
            if ui.min_size().y > 0.0 {
                // What is told of a row stands closer to it than to the next one.
                ui.add_space(4.0);
            }
            form.problems_at_ui(ui, &path);
            for cell in row.cells.iter().filter(|cell| cell.path() != path) {
                form.problems_at_ui(ui, &cell.path());
                cell.items().for_each(|item| form.problems_at_ui(ui, &item.path()));
            }
            if more {
                part_ui(ui, form, Part::More);
                ui.add_space(4.0);
            } else {
                others.iter().for_each(|other| form.problems_at_ui(ui, other));
            }
        });
    }
}

/// A cell of a size that is at least taken.
fn cell_ui(ui: &mut Ui, size: egui::Vec2, align: Align, body: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(size, Layout::left_to_right(align), |ui| {
        ui.set_min_size(size);
        ui.set_max_width(size.x);
        body(ui);
    });
}

/// Words in a cell, at the height of what is typed into the cells beside them.
pub(super) fn words_ui<R>(ui: &mut Ui, words: impl FnOnce(&mut Ui) -> R) -> R {
    egui::Frame::new()
        .inner_margin(egui::Margin { left: 0, right: 0, top: 4, bottom: 0 })
        .show(ui, words)
        .inner
}

/// The arrow that unfolds a row; it has the colour of the worst problem that is folded away.
fn arrow_ui(ui: &mut Ui, form: &Form<'_>, path: &Path, others: &[Path], more: &mut bool) {
    let worst = if *more { None } else { form.worst_below(others) };
    let mut text = RichText::new(if *more { "⏷" } else { "⏵" });
    if let Some(severity) = worst {
        text = text.color(severity_color(ui.visuals(), severity));
    }
    let word = if *more { "Less of" } else { "More of" };
    let button = egui::Button::new(text).small().frame(false);
    let response = ui.add_enabled(!others.is_empty(), button);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(tr(format!("{word} {path}"))));
    if response.on_hover_text(tr("The other fields")).clicked() {
        *more = !*more;
    }
}

/// The fields of an object that have no place among the columns, with those that its type does not have.
pub(super) fn others_of<'a>(object: &Field<'a>, columns: &[&str]) -> Vec<Field<'a>> {
    let own = object.fields().filter(|field| field.def().is_some_and(|def| !columns.contains(&def.name)));
    own.chain(foreign_fields(object)).collect()
}

/// Draws a list of objects with some of their fields as columns.
pub(super) fn list_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>, columns: &[&'static str]) {
    let items: Vec<Field<'_>> = list.items().collect();
    let ty = list.index(0).ty();
    let unfolds = ty.is_some_and(|ty| ty.fields.iter().any(|def| !columns.contains(&def.name)))
        || items.iter().any(|item| !foreign_fields(item).is_empty());
    let shares: Vec<Column> =
        columns.iter().map(|column| (*column, share(ty.and_then(|ty| ty.field(column))))).collect();
    let table = Table::new(ui, &shares, unfolds, !items.is_empty());
    for (i, item) in items.iter().enumerate() {
        let others = others_of(item, columns);
        let row = Row {
            item,
            of: Some((list, i)),
            cells: columns.iter().map(|column| item.get(column)).collect(),
            open: others.iter().any(|field| field.data().is_some()),
            others,
        };
        table.row_ui(ui, form, &row, |ui, form, part| match part {
            Part::Cell(at) => match (ty.map_or("", |ty| ty.name), columns[at]) {
                ("EnvVar", "value") => env::value_ui(ui, form, item),
                ("Toleration", "operator") => selector::operator_ui(ui, form, item, &[], "value"),
                ("Toleration", "value") if selector::is_without(item, "value") => {
                    selector::unused_ui(ui, form, &item.get("value"));
                }
                _ => control_ui(ui, form, &row.cells[at]),
            },
            Part::Below => {
                meaning::sentence_ui(ui, item);
                if !meaning::is_told(item) {
                    meaning::below_row_ui(ui, item, columns);
                }
            }
            Part::More => fields_ui(ui, form, item, columns),
        });
    }
    add_ui(ui, form, list);
}

/// How much of the width a column needs beside the others, in characters or so.
fn share(def: Option<&FieldDef>) -> f32 {
    let longest = def.and_then(|def| def.values.iter().map(|value| value.len()).max());
    match (def.map(|def| &def.kind), longest) {
        _ if def.is_some_and(|def| def.name == "key") => 18.0,
        (Some(Kind::Int32 | Kind::Int64), _) => 7.0,
        (Some(Kind::Bool), _) => 11.0,
        (_, Some(longest)) => (longest as f32 + 6.0).clamp(11.0, 20.0),
        _ => 14.0,
    }
}
