//! The line above the form that says that the text is ahead of it.

use super::language::tr;
use super::problems::{severity_color, severity_icon};
use crate::diagnostic::Severity;
use crate::document::Document;
use egui::{Frame, RichText, Ui};
use std::ops::Range;

/// Says that the form shows an older document than the text is, because the text's document number `doc` cannot be read.
/// Gives the bytes at which reading stopped when a person wants to go there.
pub fn stale_ui(ui: &mut Ui, document: &Document, shown: &Document, doc: usize) -> Option<Range<usize>> {
    if shown.is_broken_at(doc) {
        return None;
    }
    let problem = document.stream.problems.iter().find(|problem| problem.fatal && problem.doc == doc)?;
    let line = document.lines.line(problem.span.start);
    let colour = severity_color(ui.visuals(), Severity::Error);
    let mut asked = None;
    let frame = Frame::group(ui.style()).fill(ui.visuals().faint_bg_color).stroke((1.0, colour));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(severity_icon(Severity::Error)).color(colour));
            ui.label(tr(format!(
                "The text cannot be read at line {line}. The form shows the last version that could be read, and cannot be changed until then."
            )));
            if ui.button(tr(format!("Show line {line}"))).clicked() {
                asked = Some(problem.span.clone());
            }
        });
    });
    ui.add_space(6.0);
    asked
}
