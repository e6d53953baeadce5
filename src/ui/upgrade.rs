//! The list of what another Kubernetes version means for the manifest that is open.

use super::Action;
use super::language::tr;
use super::problems::{good_colour, severity_color};
use crate::diagnostic::Severity;
use crate::document::Document;
use crate::schema::Version;
use crate::upgrade::{Consequence, What, consequences};
use egui::{Color32, Frame, Panel, RichText, Role, ScrollArea, Ui, Visuals, WidgetInfo};

/// The list, from the choice of another version until it is dismissed: it follows the text.
#[derive(Debug)]
pub struct Upgrade {
    from: Version,
    /// What is shown, with the revision and the version of the document that it was found for.
    found: Option<(u64, Version, Vec<Consequence>)>,
}

impl Upgrade {
    /// What changes since `from`.
    pub fn since(from: Version) -> Upgrade {
        Upgrade { from, found: None }
    }

    /// The version that judged the manifest before.
    pub fn from(&self) -> Version {
        self.from
    }

    /// What changes for a document, whose revision tells whether it was asked about before.
    pub fn found(&mut self, document: &Document, revision: u64) -> &[Consequence] {
        let from = self.from;
        let fresh =
            self.found.take().filter(|(at, version, _)| *at == revision && *version == document.version);
        let (.., found) = self.found.insert(fresh.unwrap_or_else(|| {
            let before = Document::new(document.text.clone(), from);
            (revision, document.version, consequences(&before, document))
        }));
        found
    }
}

/// Draws the list above the panes; gives whether it was dismissed.
pub fn upgrade_ui(
    ui: &mut Ui,
    upgrade: &mut Upgrade,
    document: &Document,
    revision: u64,
    out: &mut Vec<Action>,
) -> bool {
    let (from, to) = (upgrade.from, document.version);
    let found = upgrade.found(document, revision);
    let frame = Frame::side_top_panel(ui.style()).inner_margin(8.0).fill(ui.visuals().faint_bg_color);
    let mut dismissed = false;
    Panel::top("another version").frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.strong(tr(format!("From Kubernetes {from} to {to}")));
            ui.weak(match found.len() {
                0 => tr("Nothing changes for this manifest."),
                1 => tr("1 thing changes for this manifest."),
                n => tr(format!("{n} things change for this manifest.")),
            });
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let close = ui.button(tr("Dismiss"));
                close.widget_info(|| WidgetInfo::labeled(Role::Button, true, tr("Dismiss the changes")));
                dismissed = close.clicked();
            });
        });
        let room = ui.ctx().content_rect().height() * 0.22;
        ScrollArea::vertical()
            .id_salt("changes")
            .max_height(room)
            .min_scrolled_height(room)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                for consequence in found {
                    line_ui(ui, consequence, from, to, out);
                }
            });
    });
    dismissed
}

/// Room for the mark of a line.
const MARK_WIDTH: f32 = 14.0;

fn line_ui(ui: &mut Ui, told: &Consequence, from: Version, to: Version, out: &mut Vec<Action>) {
    let (mark, color, word) = look(&told.what, ui.visuals());
    let sentence = tr(told.sentence(from, to));
    ui.horizontal_top(|ui| {
        // The marks are of different widths, and what follows is to stand in one column.
        let size = egui::vec2(MARK_WIDTH, ui.text_style_height(&egui::TextStyle::Body));
        ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_width(MARK_WIDTH);
            ui.label(RichText::new(mark).color(color));
        });
        let place = told.path.to_string();
        let shown = if place.is_empty() { tr("the document") } else { place };
        let link = ui.link(&shown);
        link.widget_info(|| WidgetInfo::labeled(Role::Link, true, format!("{shown}: {sentence}")));
        if link.clicked() {
            out.push(Action::GoTo { doc: told.doc, path: told.path.clone() });
        }
        if !word.is_empty() {
            ui.label(RichText::new(tr(word)).color(color));
        }
        ui.add(egui::Label::new(&sentence).wrap());
    });
}

/// The mark of a line, its colour, and the word before its sentence.
fn look(what: &What, visuals: &Visuals) -> (&'static str, Color32, &'static str) {
    let of = |severity| severity_color(visuals, severity);
    match what {
        What::Lacks => ("✖", of(Severity::Error), ""),
        What::Drops(_) => ("⚠", of(Severity::Warning), ""),
        What::Has | What::Keeps(_) => ("✔", good_colour(visuals.dark_mode), ""),
        What::Appears(severity, _) => (super::problems::severity_icon(*severity), of(*severity), "new:"),
        What::Disappears(..) => ("✔", good_colour(visuals.dark_mode), "gone:"),
        What::Default(..) => ("•", visuals.weak_text_color(), ""),
    }
}
