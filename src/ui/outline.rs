//! The list of the file's documents, and of the pages of the one in sight.

use super::form::{OutlineEntry, outline};
use super::keyboard::follow_keyboard;
use super::language::tr;
use super::problems::severity_color;
use super::{Action, Pane, View};
use crate::diagnostic::Severity;
use crate::document::{Document, Part, type_label};
use egui::{Button, RichText, Role, ScrollArea, Ui, WidgetInfo};

/// Up to so many lines are all drawn; of more those in sight alone.
const FEW_LINES: usize = 300;
/// The height of a line, in points, and the space below it.
const LINE: f32 = 24.0;
const GAP: f32 = 2.0;

/// Draws the outline of what the form shows. `now` is the text as it is, whose problems the documents are marked with.
pub fn outline_ui(ui: &mut Ui, shown: &Document, now: &Document, view: &mut View, out: &mut Vec<Action>) {
    let enter = view.enter.take_if(|pane| *pane == Pane::Outline).is_some();
    let entries = outline(shown, view.doc);
    // The entries stand behind the document in sight.
    let above = shown.parts.partition_point(|part| part.index <= view.doc);
    let count = shown.parts.len() + entries.len();
    ScrollArea::vertical().auto_shrink(false).show_viewport(ui, |ui, viewport| {
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.y = GAP;
        let line_at = |y: f32| ((y / (LINE + GAP)).max(0.0) as usize).min(count);
        let drawn = match count <= FEW_LINES {
            true => 0..count,
            false => line_at(viewport.min.y - LINE)..line_at(viewport.max.y + LINE),
        };
        let top = ui.cursor().top();
        let chosen = above.saturating_sub(1) as f32 * (LINE + GAP);
        let last = egui::Id::unique("document in sight");
        if ui.data(|data| data.get_temp(last)) != Some(view.doc) {
            ui.data_mut(|data| data.insert_temp(last, view.doc));
            let line = egui::Rangef::new(top + chosen, top + chosen + LINE);
            ui.scroll_to_rect(egui::Rect::from_x_y_ranges(ui.clip_rect().x_range(), line), None);
        }
        ui.add_space(drawn.start as f32 * (LINE + GAP));
        for line in drawn.clone() {
            let entry = line.checked_sub(above).and_then(|entry| entries.get(entry));
            let part = shown.parts.get(if line < above { line } else { line - entries.len().min(line) });
            if let Some(entry) = entry {
                entry_ui(ui, view.doc, entry, view, enter, out);
            } else if let Some(part) = part {
                let worst = now.part(part.index).and_then(worst_of);
                document_ui(ui, shown, part, worst, view, out);
            }
            if line + 1 == above + entries.len() && !entries.is_empty() && count <= FEW_LINES {
                ui.add_space(6.0);
            }
        }
        ui.add_space((count - drawn.end) as f32 * (LINE + GAP));
        follow_keyboard(ui);
    });
}

fn document_ui(
    ui: &mut Ui,
    shown: &Document,
    part: &Part,
    worst: Option<Severity>,
    view: &View,
    out: &mut Vec<Action>,
) {
    let label = tr(type_label(shown, part));
    let text = if part.name.is_empty() { label } else { format!("{label} {}", part.name) };
    let chosen = part.index == view.doc;
    let response = line_ui(ui, 0, RichText::new(&text).strong(), false, worst);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, described(&text, worst)));
    if response.clicked() {
        let page = outline(shown, part.index).into_iter().next().map(|entry| entry.page).unwrap_or_default();
        out.push(Action::page(&response, part.index, page));
    }
}

fn entry_ui(ui: &mut Ui, doc: usize, entry: &OutlineEntry, view: &View, enter: bool, out: &mut Vec<Action>) {
    let chosen = entry.page == view.page;
    let response = line_ui(ui, entry.depth + 1, RichText::new(&entry.label), chosen, entry.worst);
    response.widget_info(|| {
        WidgetInfo::selected(Role::Button, true, chosen, described(&entry.label, entry.worst))
    });
    if enter && chosen {
        response.request_focus();
    }
    if response.clicked() {
        out.push(Action::page(&response, doc, entry.page.clone()));
    }
}

/// One line: indented words, the mark of the worst problem at its right end.
fn line_ui(
    ui: &mut Ui,
    depth: usize,
    text: RichText,
    chosen: bool,
    worst: Option<Severity>,
) -> egui::Response {
    ui.horizontal(|ui| {
        for _ in 0..depth {
            ui.add_space(10.0);
        }
        let width = ui.available_width();
        let button =
            Button::selectable(chosen, text).truncate().right_text("").min_size(egui::vec2(width, LINE));
        let response = ui.add_sized([width, LINE], button);
        if let Some(severity) = worst {
            let dot = egui::pos2(response.rect.right() - 10.0, response.rect.center().y);
            ui.painter().circle_filled(dot, 4.0, severity_color(ui.visuals(), severity));
        }
        response
    })
    .inner
}

fn worst_of(part: &Part) -> Option<Severity> {
    part.diagnostics.iter().map(|d| d.stage.severity()).min()
}

/// What the dot says to those who do not see it.
fn described(text: &str, worst: Option<Severity>) -> String {
    match worst {
        Some(Severity::Error) => tr(format!("{text}, has problems")),
        Some(Severity::Warning) => tr(format!("{text}, has warnings")),
        Some(Severity::Advice) => tr(format!("{text}, has hints")),
        None => text.to_owned(),
    }
}
