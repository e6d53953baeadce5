//! What a value means, in words beside its control.

use super::Form;
use crate::meaning;
use crate::object::Field;
use crate::ui::language::tr;
use egui::{Label, RichText, Ui};

/// What the value of a field means, or the one that the server fills in while it is absent.
pub(super) fn meaning_of(form: &Form<'_>, field: &Field<'_>) -> Option<String> {
    let words = if field.exists() {
        meaning::of(field)
    } else {
        form.defaulted.as_ref().and_then(|root| meaning::of(&root.at(&field.path())))
    };
    words.map(tr)
}

/// The meaning beside a control; nothing where the text says it all.
pub(super) fn beside_ui(ui: &mut Ui, form: &Form<'_>, field: &Field<'_>) {
    if let Some(words) = meaning_of(form, field) {
        ui.add(Label::new(shown(field, words)).truncate());
    }
}

/// The meanings of what is written in a table's row, below it: a cell has no room beside its control.
pub(super) fn below_row_ui(ui: &mut Ui, item: &Field<'_>, columns: &[&'static str]) {
    for field in columns.iter().map(|column| item.get(column)) {
        if let Some(words) = meaning::of(&field).map(tr) {
            ui.horizontal(|ui| {
                ui.weak(field.def().map_or("", |def| def.name));
                ui.label(shown(&field, words));
            });
        }
    }
}

/// The words as they are drawn: permission bits in letters of one width, which tell `---` from a dash.
fn shown(field: &Field<'_>, words: String) -> RichText {
    let text = RichText::new(words).weak();
    if meaning::is_mode(field) { text.monospace() } else { text }
}

/// Whether an object is a rule of the scheduler that can be told as a sentence.
pub(super) fn is_told(object: &Field<'_>) -> bool {
    !meaning::clauses(object).is_empty()
}

/// What a rule of the scheduler asks for, as one sentence; nothing for any other object.
pub(super) fn sentence_ui(ui: &mut Ui, object: &Field<'_>) {
    let sentence = joined(meaning::clauses(object).iter().map(tr));
    if !sentence.is_empty() {
        ui.add(Label::new(RichText::new(sentence).italics()).wrap());
    }
}

/// Clauses as a sentence: a comma between two, unless the first leads to the second with a colon.
fn joined(clauses: impl Iterator<Item = String>) -> String {
    let comma = tr(", ");
    clauses.fold(String::new(), |mut sentence, clause| {
        match sentence.chars().next_back() {
            None | Some('：') => {}
            Some(':') => sentence.push(' '),
            Some(_) => sentence.push_str(&comma),
        }
        sentence + &clause
    })
}
