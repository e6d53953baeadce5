//! A damaged manifest and its repair, side by side, for the person to choose.

use super::app::Then;
use super::language::{self, tr};
use super::preview::Palette;
use crate::document::Document;
use crate::repair::{self, Offer};
use egui::{
    Align, Align2, Context, Label, Layout, Rect, RichText, ScrollArea, Sense, TextStyle, Ui, UiBuilder, pos2,
    vec2,
};
use std::sync::Arc;
use std::time::Duration;

/// The room of a line number, in digits.
const GUTTER: f32 = 5.5;

/// The height of the list of readings, if there are many, in points.
const READINGS: f32 = 130.0;

/// The question whether the repaired text is to be taken.
#[derive(Debug, Clone, PartialEq)]
pub struct RepairDialog {
    /// What is to be done with the text; `None` if it is open already.
    pub then: Option<Then>,
    offer: Arc<Offer>,
    /// The reading that is chosen.
    chosen: usize,
    /// The lines as they came.
    before: Vec<String>,
    /// The lines of each reading.
    after: Vec<Vec<String>>,
    /// For each reading, the lines that stand side by side.
    rows: Vec<Vec<Row>>,
}

/// The numbers of two lines that stand side by side, counted from 0.
type Row = (Option<usize>, Option<usize>);

impl RepairDialog {
    /// The width of the dialog, in points.
    pub const WIDTH: f32 = 1160.0;

    /// Asks about a text and what is offered for it.
    pub fn new(text: &str, offer: Arc<Offer>, then: Option<Then>) -> RepairDialog {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let before = lines(text);
        let after = offer.readings.iter().map(|reading| lines(&reading.text)).collect();
        let rows = offer.readings.iter().map(|reading| rows(before.len(), &reading.from)).collect();
        RepairDialog { then, offer, chosen: 0, before, after, rows }
    }

    /// The text of the reading that is chosen.
    pub fn text(&self) -> String {
        self.offer.readings.get(self.chosen).map(|reading| reading.text.clone()).unwrap_or_default()
    }
}

/// Puts each line beside the one that it was; what was taken off or put in has nothing beside it.
fn rows(before: usize, from: &[Option<usize>]) -> Vec<Row> {
    let mut rows = Vec::with_capacity(before.max(from.len()));
    let mut next = 0;
    for (right, left) in from.iter().enumerate() {
        if let Some(left) = left {
            rows.extend((next..*left).map(|gone| (Some(gone), None)));
            next = left + 1;
        }
        rows.push((*left, Some(right)));
    }
    rows.extend((next..before).map(|gone| (Some(gone), None)));
    rows
}

/// Whether it is worth to look for a repair: what the API server accepts as it stands is as it was meant.
pub fn looks_damaged(document: &Document) -> bool {
    repair::is_damaged(document) && !document.parts.iter().all(|part| part.is_empty || part.review.accepted)
}

/// What is said while it is being looked for how a text was meant.
pub const SEEKS: &str = "Looking for the lost indentation…";

/// How long nothing is said of that, in seconds.
const PATIENCE: f64 = 0.3;

/// A text for which a repair is being looked for.
#[derive(Debug)]
pub struct Seeking {
    /// The text as it came.
    pub document: Arc<Document>,
    /// What is then to be done with it; `None` if it is open already.
    pub then: Option<Then>,
    /// Whether nothing is to be done, and nothing said, if nothing is found.
    pub must_find: bool,
    /// The revision of the text that was open when it began.
    pub revision: u64,
    /// When the first frame came that waited, in seconds.
    pub since: Option<f64>,
}

impl Seeking {
    /// Whether it takes so long that it must be said.
    pub fn takes_long(&mut self, ctx: &Context) -> bool {
        let now = ctx.input(|input| input.time);
        let left = *self.since.get_or_insert(now) + PATIENCE - now;
        if left > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        }
        left <= 0.0
    }
}

/// Draws what was found, the readings to choose from, and both texts.
pub fn repair_ui(ui: &mut Ui, asked: &mut RepairDialog) {
    ui.heading(tr("Rebuild this manifest?"));
    ui.label(asked.offer.about(language::now()));
    if asked.offer.readings.len() > 1 {
        ui.label(tr("It can be read in more than one way. Choose what was meant:"));
        ScrollArea::vertical().id_salt("readings").max_height(READINGS).min_scrolled_height(READINGS).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.set_min_width(ui.available_width());
                for (at, reading) in asked.offer.readings.iter().enumerate() {
                    ui.radio_value(&mut asked.chosen, at, reading.about.get(language::now()));
                }
            },
        );
    }
    let (Some(after), Some(rows)) = (asked.after.get(asked.chosen), asked.rows.get(asked.chosen)) else {
        return;
    };
    ui.columns_const(|[left, right]| {
        left.strong(tr("As it came"));
        right.strong(tr("Rebuilt"));
    });
    let row_height = ui.text_style_height(&TextStyle::Monospace) * 1.2;
    // Above stands what has been drawn, below the buttons, and around all of it the window is seen.
    let height = (ui.ctx().content_rect().height() - ui.min_rect().height() - 150.0).max(5.0 * row_height);
    let most = height.min(rows.len() as f32 * row_height + 8.0);
    egui::Frame::new().fill(ui.visuals().extreme_bg_color).inner_margin(4.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical()
            .id_salt("both texts")
            .auto_shrink(false)
            .max_height(most)
            .min_scrolled_height(most)
            .show_rows(ui, row_height, rows.len(), |ui, visible| {
                for (before, now) in rows.get(visible).unwrap_or_default() {
                    let line =
                        |lines: &[String], at: &Option<usize>| at.and_then(|at| lines.get(at).cloned());
                    row_ui(ui, row_height, (*before, line(&asked.before, before)), (*now, line(after, now)));
                }
            });
    });
}

/// A line number and the line.
type Cell = (Option<usize>, Option<String>);

fn row_ui(ui: &mut Ui, height: f32, left: Cell, right: Cell) {
    let palette = Palette::of(ui.visuals().dark_mode);
    let font = TextStyle::Monospace.resolve(ui.style());
    let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0'));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::HOVER);
    let differs = left.1 != right.1;
    let halves = [
        Rect::from_min_max(rect.min, pos2(rect.center().x - 4.0, rect.max.y)),
        Rect::from_min_max(pos2(rect.center().x + 4.0, rect.min.y), rect.max),
    ];
    for ((number, text), half) in [left, right].into_iter().zip(halves) {
        if differs && text.is_some() {
            ui.painter().rect_filled(half, 0.0, palette.lit);
        }
        let (Some(number), Some(text)) = (number, text) else { continue };
        let edge = half.left() + (GUTTER - 1.5) * digit;
        let at = pos2(edge, half.center().y);
        let name = (number + 1).to_string();
        ui.painter().text(at, Align2::RIGHT_CENTER, name, font.clone(), palette.number_of_line());
        let room = Rect::from_min_max(pos2(half.left() + GUTTER * digit, half.top()), half.max);
        let builder = UiBuilder::new().max_rect(room).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(builder, |ui| {
            // A tab is as wide as it was in an editor, and seen.
            let shown = text.replace('\t', "→   ");
            ui.add(Label::new(RichText::new(shown).monospace().color(palette.plain)).truncate());
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_beside_the_ones_that_they_were() {
        let from = [Some(1), None, Some(3)];
        let wanted = [
            (Some(0), None),
            (Some(1), Some(0)),
            (None, Some(1)),
            (Some(2), None),
            (Some(3), Some(2)),
            (Some(4), None),
        ];
        assert_eq!(rows(5, &from), wanted);
    }
}
