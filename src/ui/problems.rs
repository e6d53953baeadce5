//! Problems and the fixes of them: under a field of the form, at a line of the text, and all of them in one list.

use super::keyboard::follow_keyboard;
use super::language::tr;
use super::{Action, View};
use crate::api::pod_security::{Check, Level};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::document::{Document, Part, type_label};
use crate::editor::Command;
use crate::path::Path;
use egui::{
    CollapsingHeader, Color32, CursorIcon, Label, RichText, Role, ScrollArea, Sense, TextStyle, TextWrapMode,
    Ui, UiBuilder, Visuals, WidgetInfo,
};

/// How many problems the list shows at once. A text with more is mended from the top.
const MOST_SHOWN: usize = 300;

/// So many of them are drawn even while they are not in sight, so that a keyboard and a screen reader reach them.
const ALWAYS_DRAWN: usize = 50;

/// Of a text with more documents than this, Pod Security is told of the one in sight alone.
const MOST_GROUPED: usize = 20;

/// How many kinds that are not judged are named.
const MOST_NAMED: usize = 10;

/// The room that message, line number and fixes need beside the path to stand in one line with it, in points.
const ROOM_BESIDE_PATH: f32 = 460.0;

/// The sign of a severity, in a glyph that the program's fonts have.
pub fn severity_icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "✖",
        Severity::Warning => "⚠",
        Severity::Advice => "ℹ",
    }
}

/// The word for a severity.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Advice => "Advice",
    }
}

/// The colour of a severity: readable as text (WCAG 2 contrast AA) on the panels of its theme.
pub fn severity_color(visuals: &Visuals, severity: Severity) -> Color32 {
    match (severity, visuals.dark_mode) {
        (Severity::Error, true) => Color32::from_rgb(0xff, 0x8a, 0x80),
        (Severity::Warning, true) => Color32::from_rgb(0xf5, 0xc2, 0x54),
        (Severity::Advice, true) => Color32::from_rgb(0x82, 0xb8, 0xff),
        (Severity::Error, false) => Color32::from_rgb(0xb3, 0x1b, 0x1b),
        (Severity::Warning, false) => Color32::from_rgb(0x82, 0x53, 0x00),
        (Severity::Advice, false) => Color32::from_rgb(0x0b, 0x57, 0xa4),
    }
}

/// The colour in which the server's approval is written.
pub fn good_colour(dark: bool) -> Color32 {
    if dark { Color32::from_rgb(0x8c, 0xd9, 0x8c) } else { Color32::from_rgb(0x1a, 0x6b, 0x2f) }
}

/// Draws a problem under its field: its icon, its message, which wraps, and a button for each fix.
pub fn inline_ui(ui: &mut Ui, doc: usize, diagnostic: &Diagnostic, out: &mut Vec<Action>) {
    ui.push_id(identity(0, diagnostic), |ui| {
        ui.horizontal_wrapped(|ui| {
            let severity = diagnostic.stage.severity();
            icon_ui(ui, severity);
            ui.colored_label(severity_color(ui.visuals(), severity), tr(&diagnostic.message));
            fix_buttons_ui(ui, doc, diagnostic, out);
        });
    });
}

/// What makes the widgets of one problem other widgets than those of the problem that stood there before: a screen reader
/// asks a widget only once whether it can be pressed. `at` tells equal problems of a list apart.
fn identity(at: usize, diagnostic: &Diagnostic) -> (usize, &Path, &str) {
    (at, &diagnostic.place, &diagnostic.message)
}

/// Draws a button for each fix of a problem in the document number `doc`; a click makes the fix. The likeliest fix stands
/// leftmost.
pub fn fix_buttons_ui(ui: &mut Ui, doc: usize, diagnostic: &Diagnostic, out: &mut Vec<Action>) {
    let mut fixes: Vec<&Fix> = diagnostic.fixes.iter().collect();
    if ui.layout().prefer_right_to_left() {
        fixes.reverse();
    }
    for fix in fixes {
        if ui.small_button(tr(&fix.title)).clicked() {
            out.push(Action::Do(Command::Fix { doc, fix: fix.clone() }));
        }
    }
}

/// Draws the list of all problems of all documents: errors first, then by line; below it what keeps the pods from the
/// levels of the Pod Security Standards.
pub fn problems_ui(ui: &mut Ui, document: &Document, view: &mut View, out: &mut Vec<Action>) {
    ScrollArea::vertical().id_salt("problems").auto_shrink(false).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        if document.parts.iter().all(|part| part.is_empty) {
            ui.label(tr("Nothing to judge yet: choose a pattern, open a file, or type a manifest."));
            return;
        }
        let count = document.counts().total();
        verdict_ui(ui, document);
        let width = ui.available_width();
        for (at, (part, diagnostic)) in document.worst_first().take(MOST_SHOWN).enumerate() {
            // Far from the first rows, one that is not in sight is as high as it was when it was drawn last.
            let id = egui::Id::unique(("height of a problem", at, width.to_bits()));
            let known: Option<f32> = if at < ALWAYS_DRAWN { None } else { ui.data(|data| data.get_temp(id)) };
            let size = egui::vec2(width, known.unwrap_or_default());
            if known.is_some() && !ui.is_rect_visible(egui::Rect::from_min_size(ui.cursor().min, size)) {
                ui.allocate_space(size);
                continue;
            }
            let row =
                ui.push_id(identity(at, diagnostic), |ui| row_ui(ui, document, part, diagnostic, view, out));
            ui.data_mut(|data| data.insert_temp(id, row.response.rect.height()));
        }
        if count > MOST_SHOWN {
            ui.weak(tr(format!("{} more follow when these are mended.", count - MOST_SHOWN)));
        }
        let is_crowded = document.parts.len() > MOST_GROUPED;
        let doc = view.doc;
        for part in document.parts.iter().filter(|part| !is_crowded || part.index == doc) {
            pod_security_ui(ui, document, part, view, out);
        }
        follow_keyboard(ui);
    });
}

/// One line on what the API server would do with the whole text.
fn verdict_ui(ui: &mut Ui, document: &Document) {
    let counts = document.counts();
    let dark = ui.visuals().dark_mode;
    let refused = document.parts.iter().any(|part| !part.review.accepted && !part.is_empty);
    let unjudged: Vec<String> = (document.parts.iter())
        .filter(|part| part.root.is_none() && !part.is_empty && part.review.accepted)
        .map(|part| tr(type_label(document, part)))
        .take(MOST_NAMED + 1)
        .collect();
    ui.horizontal_wrapped(|ui| {
        if refused || counts.errors > 0 {
            let colour = severity_color(ui.visuals(), Severity::Error);
            let word = if counts.errors == 1 { "error" } else { "errors" };
            ui.colored_label(colour, tr(format!("The API server would refuse this: {} {word}", counts.errors)));
            if document.parts.iter().any(|part| part.root.is_some() && part.review.object.is_none()) {
                ui.weak(tr("The server stops at a value that it cannot read; the rest is judged once that is mended."));
            }
        } else {
            let said = match counts.total() {
                0 => "No problems: the API server would accept this",
                _ => "The API server would accept this",
            };
            ui.add(Label::new(RichText::new("✔").color(good_colour(dark))).selectable(false));
            ui.colored_label(good_colour(dark), tr(said));
        }
        if !unjudged.is_empty() {
            let more = if unjudged.len() > MOST_NAMED { ", …" } else { "" };
            let named = &unjudged[..unjudged.len().min(MOST_NAMED)];
            ui.weak(tr(format!("Kept as text and not judged: {}{more}", named.join(", "))));
        }
    });
}

/// One problem: icon, path, message, line and fixes. A click anywhere on it goes to the field.
fn row_ui(
    ui: &mut Ui,
    document: &Document,
    part: &Part,
    diagnostic: &Diagnostic,
    view: &mut View,
    out: &mut Vec<Action>,
) {
    let behind = ui.painter().add(egui::Shape::Noop);
    // The row takes clicks of the pointer only; for the keyboard and for screen readers its path is a button.
    let row = ui.scope_builder(UiBuilder::new().sense(Sense::CLICK), |ui| {
        let severity = diagnostic.stage.severity();
        let line = document.lines.line(diagnostic.span.start);
        let place = Place::of(document, part, diagnostic, line);
        if place.leaves_room(ui) {
            let left = |ui: &mut Ui| {
                icon_ui(ui, severity);
                let clicked = place.button_ui(ui, TextWrapMode::Extend);
                ui.add(Label::new(tr(&diagnostic.message)).wrap().selectable(false));
                clicked
            };
            let right = |ui: &mut Ui| {
                fix_buttons_ui(ui, part.index, diagnostic, out);
                ui.add(Label::new(RichText::new(tr(format!("line {line}"))).weak()).selectable(false));
            };
            egui::Sides::new().shrink_left().wrap().show(ui, left, right).0
        } else {
            let first = ui.horizontal_wrapped(|ui| {
                icon_ui(ui, severity);
                let clicked = place.button_ui(ui, TextWrapMode::Wrap);
                ui.add(Label::new(RichText::new(tr(format!("line {line}"))).weak()).selectable(false));
                clicked
            });
            ui.horizontal_wrapped(|ui| {
                ui.add(Label::new(tr(&diagnostic.message)).selectable(false));
                fix_buttons_ui(ui, part.index, diagnostic, out);
            });
            first.inner
        }
    });
    let response = row.response.on_hover_cursor(CursorIcon::PointingHand);
    if response.hovered() {
        let fill = ui.visuals().faint_bg_color;
        ui.painter()
            .set(behind, egui::Shape::rect_filled(response.rect.expand2(egui::vec2(2.0, 1.0)), 2.0, fill));
    }
    if row.inner || response.clicked() {
        view.reveal_text = Some(diagnostic.span.clone());
        out.push(Action::GoTo { doc: part.index, path: diagnostic.place.clone() });
    }
    response.context_menu(|ui| {
        if ui.button(tr("Copy message")).clicked() {
            ui.copy_text(format!("{}: {}", diagnostic.path, tr(&diagnostic.message)));
            ui.close();
        }
    });
}

/// Where a problem stands, for a button that goes there.
struct Place {
    /// The path with the document's name where there are several; the type of the object for the object itself.
    shown: String,
    /// What the button's name says.
    target: String,
}

impl Place {
    fn of(document: &Document, part: &Part, diagnostic: &Diagnostic, line: usize) -> Place {
        let path = diagnostic.path.to_string();
        let target = if path.is_empty() { format!("line {line}") } else { path.clone() };
        let mut shown = if path.is_empty() { tr(type_label(document, part)) } else { path };
        if document.parts.len() > 1 {
            let name = match part.name.as_str() {
                "" => tr(format!("document {}", part.index + 1)),
                name => name.to_owned(),
            };
            shown = format!("{name}  {shown}");
        }
        Place { shown, target }
    }

    /// Whether a message can stand beside the path in one line.
    fn leaves_room(&self, ui: &Ui) -> bool {
        let font = TextStyle::Monospace.resolve(ui.style());
        let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0'));
        ui.available_width() >= self.shown.chars().count() as f32 * digit + ROOM_BESIDE_PATH
    }

    /// Draws the button; whether it was pressed.
    fn button_ui(&self, ui: &mut Ui, wrap: TextWrapMode) -> bool {
        let text = RichText::new(&self.shown).monospace();
        let button = ui.add(egui::Button::new(text).frame(false).wrap_mode(wrap));
        button.widget_info(|| {
            WidgetInfo::labeled(Role::Button, ui.is_enabled(), tr(format!("Go to {}", self.target)))
        });
        button.clicked()
    }
}

fn icon_ui(ui: &mut Ui, severity: Severity) {
    let text = RichText::new(severity_icon(severity)).color(severity_color(ui.visuals(), severity));
    let icon = ui.add(Label::new(text).selectable(false));
    icon.widget_info(|| WidgetInfo::labeled(Role::Label, true, tr(severity_word(severity))));
}

/// What keeps a document's pod from each level: a closed group for each level that it fails.
fn pod_security_ui(ui: &mut Ui, document: &Document, part: &Part, view: &mut View, out: &mut Vec<Action>) {
    let Some(judged) = &part.review.pod_security else { return };
    for level in [Level::Baseline, Level::Restricted] {
        let checks: Vec<&Check> = match level {
            // A check that fails at baseline fails at restricted too: it is shown once, where it weighs more.
            Level::Restricted => {
                judged.restricted.iter().filter(|c| judged.baseline.iter().all(|b| b.id != c.id)).collect()
            }
            _ => judged.failed(level).iter().collect(),
        };
        if checks.is_empty() {
            continue;
        }
        let of = if document.parts.len() > 1 { format!("{}: ", part.name) } else { String::new() };
        let count = checks.len();
        let checks_word = if count == 1 { "check" } else { "checks" };
        let title = format!("{of}{}", tr(format!("Pod Security {level}: {count} {checks_word} failed")));
        let group = CollapsingHeader::new(title).id_salt(("pod security", part.index, level.as_str()));
        group.default_open(false).show(ui, |ui| {
            for check in checks {
                for (at, problem) in check.problems.iter().enumerate() {
                    ui.push_id(identity(at, problem), |ui| row_ui(ui, document, part, problem, view, out));
                }
            }
        });
    }
}
