//! What a selector asks for as one table: its labels and its requirements, each a row of key, operator and values.

use super::chips::values_ui;
use super::table::{Column, Part, Row, Table, words_ui};
use super::{
    Form, add_button_ui, add_entry, choice_ui, chosen_ui, control_ui, fits, foreign_fields, foreign_ui,
};
use super::{key_ui, row_ui};
use crate::object::Field;
use crate::schema::Kind;
use crate::ui::form::Widget;
use crate::ui::language::tr;
use crate::yaml::Change;
use egui::{RichText, Ui};
use serde_json::json;

const COLUMNS: [Column; 3] = [("key", 16.0), ("operator", 11.0), ("values", 18.0)];

/// The fields of a requirement.
const CELLS: [&str; 3] = ["key", "operator", "values"];

/// The one field of a node that `matchFields` can ask for, and how: `ValidateNodeFieldSelectorRequirement`.
const NODE_FIELD: (&str, [&str; 2]) = ("metadata.name", ["In", "NotIn"]);

/// Draws a label selector or a term of a node selector.
pub(super) fn table_ui(ui: &mut Ui, form: &mut Form<'_>, selector: &Field<'_>) {
    let (parts, odd): (Vec<Field<'_>>, Vec<Field<'_>>) =
        selector.fields().partition(|part| fits(part) && adds(part).is_some());
    let unfolds = parts.iter().flat_map(Field::items).any(|item| !foreign_fields(&item).is_empty());
    let table = Table::new(ui, &COLUMNS, unfolds, parts.iter().any(|part| !part.is_empty()));
    for part in &parts {
        let path = part.path();
        form.arrive(ui, &path);
        form.problems_at_ui(ui, &path);
        if is_of_node(part) && !part.is_empty() {
            ui.label(RichText::new("matchFields").small().weak());
        }
        for (key, entry) in part.entries() {
            label_ui(ui, form, &table, part, key, &entry);
        }
        for (i, item) in part.items().enumerate() {
            requirement_ui(ui, form, &table, part, i, &item);
        }
    }
    ui.horizontal(|ui| {
        for part in &parts {
            if add_button_ui(ui, form, &part.path(), adds(part).unwrap_or("Add")) {
                add(ui, form, part);
            }
        }
    });
    for field in &odd {
        row_ui(ui, form, field, Widget::ByKind);
    }
    for field in foreign_fields(selector) {
        foreign_ui(ui, form, selector, &field);
    }
}

/// What a part of a selector is made of, for the button that adds to it; `None` for a part that is no rows of the table.
fn adds(part: &Field<'_>) -> Option<&'static str> {
    match part.def()?.name {
        "matchLabels" => Some("Label"),
        "matchExpressions" => Some("Expression"),
        "matchFields" => Some("Field"),
        _ => None,
    }
}

fn add(ui: &Ui, form: &mut Form<'_>, part: &Field<'_>) {
    if matches!(part.kind(), Kind::Map(_)) {
        add_entry(ui, form, part);
        return;
    }
    let mut item = form.starter(part);
    if is_of_node(part) {
        item["key"] = NODE_FIELD.0.into();
    }
    form.append(part, item);
}

/// Whether the requirements of a list are on fields of a node, not on labels.
fn is_of_node(list: &Field<'_>) -> bool {
    list.def().is_some_and(|def| def.name == "matchFields")
}

fn label_ui(ui: &mut Ui, form: &mut Form<'_>, table: &Table, map: &Field<'_>, key: &str, entry: &Field<'_>) {
    let row = Row { item: entry, of: None, cells: vec![entry.clone(); 3], others: Vec::new(), open: false };
    table.row_ui(ui, form, &row, |ui, form, part| match part {
        Part::Cell(0) => key_ui(ui, form, map, key, ui.available_width()),
        Part::Cell(1) => words_ui(ui, |ui| drop(ui.weak(tr("is")))),
        Part::Cell(_) => control_ui(ui, form, entry),
        Part::Below | Part::More => {}
    });
}

fn requirement_ui(
    ui: &mut Ui,
    form: &mut Form<'_>,
    table: &Table,
    list: &Field<'_>,
    i: usize,
    item: &Field<'_>,
) {
    let (cells, others) = (CELLS.map(|cell| item.get(cell)).to_vec(), foreign_fields(item));
    let row = Row { item, of: Some((list, i)), cells, open: !others.is_empty(), others };
    let allowed: &[&str] = if is_of_node(list) { &NODE_FIELD.1 } else { &[] };
    table.row_ui(ui, form, &row, |ui, form, part| match part {
        Part::Cell(0) => control_ui(ui, form, &row.cells[0]),
        Part::Cell(1) => operator_ui(ui, form, item, allowed, "values"),
        Part::Cell(_) if is_without(item, "values") => unused_ui(ui, form, &row.cells[2]),
        Part::Cell(_) => values_ui(ui, form, &row.cells[2]),
        Part::Below => {}
        Part::More => row.others.iter().for_each(|field| foreign_ui(ui, form, item, field)),
    });
}

/// Whether an operator asks for no value.
fn needs_none(operator: &str) -> bool {
    matches!(operator, "Exists" | "DoesNotExist")
}

/// Whether a rule has no values where its operator asks for none.
pub(super) fn is_without(rule: &Field<'_>, values: &'static str) -> bool {
    needs_none(rule.get("operator").str()) && rule.get(values).data().is_none()
}

/// What stands in the cell of a field that the operator asks nothing of.
pub(super) fn unused_ui(ui: &mut Ui, form: &mut Form<'_>, field: &Field<'_>) {
    let response = words_ui(ui, |ui| ui.weak("—"));
    form.note(ui, &response, &field.path());
    response.on_hover_text(tr("The operator asks for no value"));
}

/// The operator of a rule, one of those that are allowed, none given: those that the schema has. With one that asks for no
/// value, the values go.
pub(super) fn operator_ui(
    ui: &mut Ui,
    form: &mut Form<'_>,
    rule: &Field<'_>,
    allowed: &[&str],
    values: &'static str,
) {
    let (operator, values) = (rule.get("operator"), rule.get(values));
    let of_schema = operator.def().map_or(&[][..], |def| &def.values);
    let offered = if allowed.is_empty() { of_schema } else { allowed };
    if !fits(&operator) || values.data().is_none() {
        return choice_ui(ui, form, &operator, offered);
    }
    match chosen_ui(ui, form, &operator, offered) {
        Some(Some(choice)) if needs_none(choice) => {
            let set = form.setting(&operator, json!(choice));
            form.change(vec![set, Change::Remove { path: values.path() }]);
        }
        Some(Some(choice)) => form.set(&operator, json!(choice)),
        Some(None) if operator.data().is_some() => form.remove(&operator),
        _ => {}
    }
}
