//! The terms of an affinity as one table: what is required and what is preferred, and what each selects below its row.

use super::chips::values_ui;
use super::row_ui;
use super::table::{Column, Part, Row, Table, others_of, words_ui};
use super::{
    Form, add_button_ui, control_ui, fields_ui, fits, foreign_fields, foreign_ui, meaning, only_row_ui,
};
use crate::object::Field;
use crate::ui::form::Widget;
use crate::ui::language::tr;
use egui::Ui;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// The columns of terms that select nodes: what they select is told in words.
const OF_NODES: [Column; 2] = [("weight", 8.0), ("", 40.0)];

/// The columns of terms that select pods.
const OF_PODS: [Column; 3] = [("weight", 8.0), ("topologyKey", 20.0), ("namespaces", 16.0)];

/// The fields of a term that are columns.
const CELLS: [&str; 2] = ["topologyKey", "namespaces"];

/// The greatest weight that a preferred term may have (`validatePreferredSchedulingTerms`).
const MOST_WEIGHT: i64 = 100;

/// More terms than these are folded to their summaries.
const MOST_OPEN: usize = 5;

/// Draws a node affinity, a pod affinity or a pod anti-affinity.
pub(super) fn terms_ui(ui: &mut Ui, form: &mut Form<'_>, affinity: &Field<'_>) {
    let (required, preferred) = (affinity.get(REQUIRED), affinity.get(PREFERRED));
    let of_nodes = required.ty().is_some();
    let terms = if of_nodes { required.get("nodeSelectorTerms") } else { required.clone() };
    let count = terms.len() + preferred.len();
    let columns: &[Column] = if of_nodes { &OF_NODES } else { &OF_PODS };
    let table = Table::new(ui, columns, true, count > 0);
    for list in [&required, &terms, &preferred] {
        form.arrive(ui, &list.path());
    }
    for (above, list) in [(&required, &terms), (&preferred, &preferred)] {
        if !fits(above) || !fits(list) {
            row_ui(ui, form, above, Widget::Open);
            continue;
        }
        form.problems_at_ui(ui, &above.path());
        if above.path() != list.path() {
            form.problems_at_ui(ui, &list.path());
        }
        for (i, item) in list.items().enumerate() {
            let row = term_row(list, i, &item, count <= MOST_OPEN || !meaning::is_told(&item));
            table.row_ui(ui, form, &row, |ui, form, part| match part {
                Part::Cell(0) if weighted(&item).is_some() => control_ui(ui, form, &row.cells[0]),
                Part::Cell(0) => words_ui(ui, |ui| drop(ui.label(tr("Required")))),
                Part::Cell(1) if of_nodes => words_ui(ui, |ui| meaning::sentence_ui(ui, &item)),
                Part::Cell(1) => control_ui(ui, form, &row.cells[1]),
                Part::Cell(_) => values_ui(ui, form, &row.cells[2]),
                Part::Below if of_nodes => {}
                Part::Below => meaning::sentence_ui(ui, &item),
                Part::More => selected_ui(ui, form, &item),
            });
        }
    }
    ui.horizontal(|ui| {
        for (above, list, what) in [(&required, &terms, "Required"), (&preferred, &preferred, "Preferred")] {
            if fits(above) && fits(list) && add_button_ui(ui, form, &list.path(), what) {
                let mut item = form.starter(list);
                if let Some(weight) = item.get_mut("weight") {
                    *weight = MOST_WEIGHT.into();
                }
                form.append(list, item);
            }
        }
    });
    // A list of the wrong shape is shown with all that stands beside it.
    for object in [Some(affinity), Some(&required).filter(|_| fits(&terms))].into_iter().flatten() {
        for field in foreign_fields(object) {
            foreign_ui(ui, form, object, &field);
        }
    }
}

/// The term in an item that gives it a weight; `None` for an item that is a term itself.
fn weighted<'a>(item: &Field<'a>) -> Option<Field<'a>> {
    match item.ty()?.name {
        "PreferredSchedulingTerm" => Some(item.get("preference")),
        "WeightedPodAffinityTerm" => Some(item.get("podAffinityTerm")),
        _ => None,
    }
}

fn term_row<'f, 'a>(list: &'f Field<'a>, i: usize, item: &'f Field<'a>, open: bool) -> Row<'f, 'a> {
    let inner = weighted(item);
    let term = inner.as_ref().unwrap_or(item);
    // A required term has no weight: its first cell is no field of its own.
    let first = inner.as_ref().map_or_else(|| item.clone(), |_| item.get("weight"));
    let of_pods = term.ty().is_some_and(|ty| ty.name == "PodAffinityTerm");
    let cells: Vec<Field<'a>> = if of_pods { CELLS.map(|cell| term.get(cell)).to_vec() } else { Vec::new() };
    let mut others = others_of(term, &CELLS);
    if inner.is_some() {
        others.extend(foreign_fields(item));
        others.push(term.clone());
    }
    Row { item, of: Some((list, i)), cells: std::iter::once(first).chain(cells).collect(), others, open }
}

/// What a term selects, and its other fields.
fn selected_ui(ui: &mut Ui, form: &mut Form<'_>, item: &Field<'_>) {
    let inner = weighted(item);
    let term = inner.as_ref().unwrap_or(item);
    if term.ty().is_some_and(|ty| ty.name == "PodAffinityTerm") && fits(term) {
        if inner.is_some() {
            form.arrive(ui, &term.path());
            form.problems_at_ui(ui, &term.path());
        }
        fields_ui(ui, form, term, &CELLS);
    } else if inner.is_some() {
        only_row_ui(ui, form, term, Widget::ByKind);
    } else {
        super::selector::table_ui(ui, form, term);
    }
    if inner.is_some() {
        for field in foreign_fields(item) {
            foreign_ui(ui, form, item, &field);
        }
    }
}
