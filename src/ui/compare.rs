//! Two texts beside each other, and between them what is made of both.

use super::dialogs::{Choice, default_control};
use super::language::tr;
use super::theme;
use crate::merge::{Kind, Merge, Piece, Side};
use egui::{
    Align, Align2, Button, Color32, Frame, Id, Layout, Rect, RichText, ScrollArea, Sense, TextStyle, Ui,
};
use egui::{Role, WidgetInfo, pos2, vec2};

/// What is being compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Both texts, and what is taken of each.
    pub merge: Merge,
    /// What the file holds.
    pub file: String,
    /// The number of the difference that was gone to last, counted from 0.
    at: usize,
    /// Whether it is still to be brought into sight.
    goes: bool,
}

impl Comparison {
    /// Compares what is open with what the file holds.
    pub fn new(merge: Merge, file: String) -> Comparison {
        Comparison { merge, file, at: 0, goes: true }
    }

    /// The rows of the three columns, from top to bottom.
    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut hunk = 0;
        for (number, piece) in self.merge.pieces.iter().enumerate() {
            if piece.kind != Kind::Same {
                rows.push(Row::Head { piece: number, hunk });
                hunk += 1;
            }
            let count = piece.mine.len().max(piece.theirs.len());
            rows.extend((0..count).map(|line| Row::Line { piece: number, line }));
        }
        rows
    }
}

/// A row: of the head of a hunk, or of one line of each column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    /// `hunk` counts the hunks from 0.
    Head { piece: usize, hunk: usize },
    /// `line` counts the lines of the piece from 0.
    Line { piece: usize, line: usize },
}

/// The colours of the lines that have changed.
struct Colours {
    mine: Color32,
    theirs: Color32,
    conflict: Color32,
}

impl Colours {
    fn of(dark: bool) -> Colours {
        let [mine, theirs, conflict] = match dark {
            true => [(28, 52, 84), (24, 66, 42), (92, 44, 30)],
            false => [(211, 228, 252), (208, 240, 215), (253, 220, 206)],
        };
        let colour = |(r, g, b)| Color32::from_rgb(r, g, b);
        Colours { mine: colour(mine), theirs: colour(theirs), conflict: colour(conflict) }
    }
}

/// Draws both texts with the result between them; gives the answer once there is one.
pub fn compare_ui(ui: &mut Ui, comparison: &mut Comparison) -> Option<Choice> {
    let rows = comparison.rows();
    let hunks: Vec<usize> = (rows.iter().enumerate())
        .filter(|(_, row)| matches!(row, Row::Head { .. }))
        .map(|(at, _)| at)
        .collect();
    let conflicts = comparison.merge.pieces.iter().filter(|piece| piece.kind == Kind::Conflict).count();
    ui.horizontal(|ui| {
        ui.heading(tr("Your text and the file’s"));
        ui.weak(tr(match (hunks.len(), conflicts) {
            (1, 0) => "1 difference".to_owned(),
            (hunks, 0) => format!("{hunks} differences"),
            (hunks, conflicts) => {
                format!("{hunks} differences, {conflicts} of them in the same place on both sides")
            }
        }));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let all = [("Take all of theirs", Side::Theirs), ("Take all of mine", Side::Mine)];
            for (words, side) in all {
                if ui.button(tr(words)).clicked() {
                    comparison.merge.pieces.iter_mut().for_each(|piece| piece.takes = side);
                }
            }
        });
    });
    let font = TextStyle::Monospace.resolve(ui.style());
    let height = (ui.fonts_mut(|fonts| fonts.row_height(&font)) * 1.2).round().max(24.0 * 0.8);
    let width = ui.available_width();
    let width = width - ui.spacing().scroll.allocated_width();
    columns_ui(ui, width, |ui, column| {
        ui.strong(["Mine", "Result", "The file’s"].get(column).map(tr).unwrap_or_default());
    });
    let room = (ui.ctx().content_rect().height() - 230.0).max(120.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical()
        .id_salt("differences")
        .auto_shrink(false)
        .max_height(room)
        .min_scrolled_height(room);
    if let Some(at) = hunks.get(comparison.at).filter(|_| std::mem::take(&mut comparison.goes)) {
        area = area.vertical_scroll_offset((at.saturating_sub(3)) as f32 * height);
    }
    let frame = Frame::NONE.fill(ui.visuals().extreme_bg_color);
    frame.show(ui, |ui| {
        area.show_rows(ui, height, rows.len(), |ui, range| {
            for row in rows.get(range).unwrap_or_default() {
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::HOVER);
                match *row {
                    Row::Head { piece, hunk } => {
                        head_ui(ui, rect, &mut comparison.merge, piece, (hunk, hunks.len()))
                    }
                    Row::Line { piece, line } => line_ui(ui, rect, &comparison.merge, piece, line),
                }
            }
        });
    });
    ui.add_space(10.0);
    let mut choice = None;
    ui.horizontal(|ui| {
        let button = |words: &str| Button::new(tr(words)).min_size(vec2(0.0, 28.0));
        let take = ui.add(button("Use the result"));
        default_control(ui, &take);
        if take.clicked() {
            choice = Some(Choice::Merge);
        }
        if ui.add(button("Cancel")).clicked() {
            choice = Some(Choice::Cancel);
        }
        ui.weak(tr(
            "The result takes the place of your text; undo brings your text back. Save then writes it.",
        ));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let last = hunks.len().saturating_sub(1);
            let (before, after) = (comparison.at.saturating_sub(1), (comparison.at + 1).min(last));
            for (words, to) in [("Next difference", after), ("Previous difference", before)] {
                if ui.add_enabled(to != comparison.at, button(words)).clicked() {
                    (comparison.at, comparison.goes) = (to, true);
                }
            }
        });
    });
    choice
}

/// Lays three things of one width beside each other.
fn columns_ui(ui: &mut Ui, width: f32, mut add: impl FnMut(&mut Ui, usize)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for column in 0..3 {
            ui.allocate_ui_with_layout(vec2(width / 3.0, 18.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_width(width / 3.0);
                add(ui, column);
            });
        }
    });
}

/// The line above a hunk: what it is, and which side the result takes.
fn head_ui(ui: &mut Ui, rect: Rect, merge: &mut Merge, piece: usize, (hunk, hunks): (usize, usize)) {
    let Some(piece) = merge.pieces.get_mut(piece) else { return };
    let ground = ui.visuals().faint_bg_color;
    ui.painter().rect_filled(rect, 0.0, ground);
    let number = hunk + 1;
    let what = match piece.kind {
        Kind::Conflict => "changed on both sides",
        Kind::One(Side::Mine) => "changed by you",
        _ => "changed in the file",
    };
    let inner = rect.shrink2(vec2(6.0, 0.0));
    let mut ui = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(inner)
            .layout(Layout::left_to_right(Align::Center))
            .id_salt(("hunk", hunk)),
    );
    ui.spacing_mut().interact_size.y = rect.height() - 2.0;
    ui.spacing_mut().button_padding.y = 0.0;
    ui.label(RichText::new(tr(format!("{number} of {hunks}: {what}"))).small());
    for (words, side) in [("Take mine", Side::Mine), ("Take theirs", Side::Theirs)] {
        let chosen = piece.takes == side;
        let button = ui.add(Button::new(RichText::new(tr(words)).small()).selected(chosen));
        button.widget_info(|| {
            WidgetInfo::selected(Role::RadioButton, true, chosen, tr(format!("{words}, difference {number}")))
        });
        if button.clicked() {
            piece.takes = side;
        }
    }
}

/// One line of each column.
fn line_ui(ui: &Ui, rect: Rect, merge: &Merge, piece: usize, line: usize) {
    let Some(piece) = merge.pieces.get(piece) else { return };
    let columns = [
        (merge.lines(piece, Side::Mine), piece.mine.start),
        (merge.result_of(piece), usize::MAX),
        (merge.lines(piece, Side::Theirs), piece.theirs.start),
    ];
    let colours = Colours::of(ui.visuals().dark_mode);
    let font = TextStyle::Monospace.resolve(ui.style());
    let width = rect.width() / 3.0;
    for (column, (lines, first)) in columns.into_iter().enumerate() {
        let left = rect.left() + width * column as f32;
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width - 6.0, rect.height()));
        let painter = ui.painter_at(cell);
        if let Some(ground) = ground(piece, column, &colours) {
            painter.rect_filled(cell, 0.0, ground);
        }
        let Some(text) = lines.get(line) else { continue };
        let mut text_left = cell.left() + 6.0;
        if first != usize::MAX {
            let number = (first + line + 1).to_string();
            let place = pos2(cell.left() + 34.0, cell.center().y);
            painter.text(place, Align2::RIGHT_CENTER, number, font.clone(), ui.visuals().weak_text_color());
            text_left = cell.left() + 42.0;
        }
        let text: String = text.trim_end_matches(['\r', '\n']).chars().take(400).collect();
        let place = pos2(text_left, cell.center().y);
        painter.text(
            place,
            Align2::LEFT_CENTER,
            text.replace('\t', "    "),
            font.clone(),
            ui.visuals().text_color(),
        );
    }
    // What is painted has no name of its own: a screen reader gets the three lines as one.
    let said = [Side::Mine, Side::Theirs]
        .map(|side| merge.lines(piece, side).get(line).map_or("", |l| l.trim_end()));
    if piece.kind != Kind::Same {
        let id = Id::unique("line of a difference").with((piece.mine.start, piece.theirs.start, line));
        let response = ui.interact(rect, id, Sense::HOVER);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Label, true, format!("Mine: {}. The file’s: {}", said[0], said[1]))
        });
    }
    let accent = theme::accent(ui.visuals());
    if piece.kind != Kind::Same {
        let left = match piece.takes {
            Side::Mine => rect.left() + width,
            Side::Theirs => rect.left() + 2.0 * width - 8.0,
        };
        ui.painter().rect_filled(
            Rect::from_min_size(pos2(left, rect.top()), vec2(2.0, rect.height())),
            0.0,
            accent,
        );
    }
}

/// The ground of a piece's lines in a column; none where nothing has changed.
fn ground(piece: &Piece, column: usize, colours: &Colours) -> Option<Color32> {
    let of_side = |side| match (piece.kind, side) {
        (Kind::Same, _) => None,
        (Kind::Conflict, _) => Some(colours.conflict),
        (Kind::One(Side::Mine), Side::Mine) => Some(colours.mine),
        (Kind::One(Side::Theirs), Side::Theirs) => Some(colours.theirs),
        (Kind::One(_), _) => None,
    };
    match column {
        0 => of_side(Side::Mine),
        2 => of_side(Side::Theirs),
        _ => of_side(piece.takes),
    }
}
