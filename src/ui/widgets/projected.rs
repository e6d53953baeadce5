//! The sources of a projected volume as a table: the kind of each, what it names, and the files that it puts into the volume.

use super::table::{Column, Part, Row, Table, words_ui};
use super::{
    DropList, Form, control_ui, fields_ui, fits, foreign_fields, foreign_ui, member_ui, name_of, offered,
};
use super::{row_ui, starter};
use crate::meaning::{Placed, placed};
use crate::object::Field;
use crate::ui::form::Widget;
use crate::ui::language::tr;
use crate::ui::problems::severity_color;
use egui::{Id, Label, RichText, Ui};
use serde_json::json;

const COLUMNS: [Column; 2] = [("source", 16.0), ("", 24.0)];

/// More sources than these are folded to the files that they put there.
const MOST_OPEN: usize = 3;

/// Draws the list of sources.
pub(super) fn sources_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>) {
    let table = Table::new(ui, &COLUMNS, true, !list.is_empty());
    for (i, source) in list.items().enumerate() {
        source_ui(ui, form, &table, list, i, &source);
    }
    add_ui(ui, form, list);
}

fn source_ui(
    ui: &mut Ui,
    form: &mut Form<'_>,
    table: &Table,
    list: &Field<'_>,
    i: usize,
    source: &Field<'_>,
) {
    let members: Vec<Field<'_>> = source.fields().collect();
    let set: Vec<&Field<'_>> = members.iter().filter(|member| member.data().is_some()).collect();
    // Of several, each is shown whole, so that it can be removed.
    let only = if let [only] = set[..] { Some(only).filter(|only| fits(only)) } else { None };
    let telling = only.and_then(telling);
    let mut others: Vec<Field<'_>> = set.iter().map(|member| (*member).clone()).collect();
    others.extend(foreign_fields(source));
    let files = placed(source);
    let row = Row {
        item: source,
        of: Some((list, i)),
        cells: std::iter::once(source.clone()).chain(telling.clone()).collect(),
        open: only.is_none() || files.is_empty() || list.len() <= MOST_OPEN,
        others,
    };
    table.row_ui(ui, form, &row, |ui, form, part| match (part, &telling) {
        (Part::Cell(0), _) => {
            let members: Vec<&Field<'_>> = members.iter().collect();
            member_ui(ui, form, source, &members, ui.available_width());
        }
        (Part::Cell(_), Some(field)) => {
            words_ui(ui, |ui| ui.weak(name_of(field)));
            control_ui(ui, form, field);
        }
        (Part::Cell(_), None) => {}
        (Part::Below, _) => files.iter().for_each(|file| placed_ui(ui, form, file)),
        (Part::More, _) => {
            match only {
                Some(only) => {
                    form.arrive(ui, &only.path());
                    form.problems_at_ui(ui, &only.path());
                    fields_ui(ui, form, only, telling.as_ref().map(name_of).as_slice());
                }
                None => set.iter().for_each(|member| row_ui(ui, form, member, Widget::Open)),
            }
            foreign_fields(source).iter().for_each(|field| foreign_ui(ui, form, source, field));
        }
    });
}

/// The field by which a person knows a source.
fn telling<'a>(member: &Field<'a>) -> Option<Field<'a>> {
    let name = match name_of(member) {
        "secret" | "configMap" => "name",
        "serviceAccountToken" | "clusterTrustBundle" => "path",
        "podCertificate" => "signerName",
        _ => return None,
    };
    Some(member.get(name))
}

/// A file and what it holds; its path in the colour of the problem that is reported of it.
fn placed_ui(ui: &mut Ui, form: &Form<'_>, placed: &Placed) {
    let worst = placed.at.as_ref().and_then(|at| form.worst_below(std::slice::from_ref(at)));
    let color = worst.map_or(ui.visuals().text_color(), |severity| severity_color(ui.visuals(), severity));
    let mut text = egui::text::LayoutJob::default();
    let body = egui::TextStyle::Body.resolve(ui.style());
    let mono = egui::TextStyle::Monospace.resolve(ui.style());
    let weak = ui.visuals().weak_text_color();
    text.append(&placed.path, 0.0, egui::TextFormat::simple(mono.clone(), color));
    let words: Vec<String> = placed.words.iter().map(tr).collect();
    let words = format!(" ⬅ {}", words.join(&tr(", ")));
    text.append(&words, 0.0, egui::TextFormat::simple(body, weak));
    if let Some(mode) = &placed.mode {
        text.append(mode, 10.0, egui::TextFormat::simple(mono, weak));
    }
    ui.add(Label::new(text).wrap());
}

/// The button that adds a source of a kind.
fn add_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>) {
    let path = list.path();
    let new = list.index(list.len());
    let members: Vec<Field<'_>> = new.fields().collect();
    let mut chosen = None;
    let mut entries = DropList::new(ui, Id::unique(("sources", path.to_string())));
    let menu = ui.menu_button(RichText::new(format!("+ {} ⏷", tr("Add"))), |ui| {
        for (i, member) in offered(&members.iter().collect::<Vec<_>>()).into_iter().enumerate() {
            let response = ui.button(name_of(member));
            entries.entry(&response, i == 0);
            if response.clicked() {
                chosen = Some((member, response.has_focus()));
                ui.close();
            }
        }
    });
    entries.end(ui, &menu.response, menu.inner.is_some());
    ui.ctx().accesskit_node_builder(menu.response.id, |node| node.set_label(tr(format!("Add to {path}"))));
    form.take_first(&menu.response, &path);
    if let Some((member, by_keyboard)) = chosen {
        form.append(list, json!({ name_of(member): starter(form.document, member.kind(), 0) }));
        form.next = by_keyboard.then(|| new.path());
    }
}
