//! The text, to read and to type into: line numbers, colours, the marks of the problems, the lines of the field that has
//! the keyboard in the form.

mod completion;
mod find;
pub(super) mod highlight;
mod keys;
mod shown;
mod tools;

use super::problems::{fix_buttons_ui, inline_ui, severity_color, severity_icon, severity_word};
use super::{Action, View};
use crate::diagnostic::{Diagnostic, Severity, Stage};
use crate::document::{Document, Part};
use crate::editor::Command;
use crate::path::Path;
use crate::yaml::{self, TokenKind};
use egui::text::{CCursor, CCursorRange, CharIndex, LayoutJob};
use egui::{
    Align, Align2, CursorIcon, Frame, Id, Key, KeyboardShortcut, Label, Margin, Modifiers, Pos2, Rangef,
    Rect, Role, ScrollArea, Sense, Shape, Stroke, TextBuffer, TextEdit, TextStyle, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};
use highlight::Look;
pub use highlight::Palette;
use shown::{Shown, Typed};
use std::ops::Range;
use std::sync::Arc;
use tools::Tools;

pub use tools::{StripTool, Tool};

/// A text of more lines than this is first shown to read only, drawing no more than the lines in sight.
const MANY_LINES: usize = 2_000;
/// A text of more bytes than this is, too.
const MANY_BYTES: usize = 100_000;
/// How many characters of a line are drawn while the text is shown to read only.
const LONG_LINE: usize = 2_000;
/// How high a row is, in heights of the font.
const LINE_SPACING: f32 = 1.2;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);
const REDO_TOO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
const GO_TO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter);

/// What the pane keeps between frames. All of it follows from the document, but for what `edit_anyway` and `typed` say.
#[derive(Debug, Clone, Default)]
pub struct PreviewState {
    /// The document that the rest was made of.
    document: Option<Arc<Document>>,
    shown: Shown,
    tokens: Vec<(Range<usize>, TokenKind)>,
    marks: Vec<Mark>,
    /// The longest line, in characters.
    longest: usize,
    layout: Option<(Look, LayoutJob)>,
    /// A long text is to be typed into all the same.
    edit_anyway: bool,
    /// The text that was typed here last, which therefore holds the cursor already.
    typed: Option<String>,
    /// Where the cursor goes when the text was changed elsewhere while the pane has the keyboard: an undo, as a rule.
    cursor: Option<usize>,
    /// The field that had the keyboard in the form last.
    focus: Option<(usize, Path)>,
    /// The last document that could be read: completions take names from it while the text is broken.
    whole: Option<Arc<Document>>,
    tools: Tools,
}

/// The place of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    /// The line, counted from 0.
    line: usize,
    /// The characters of the line.
    columns: Range<usize>,
    severity: Severity,
    /// The part, and the problem's number in it.
    part: usize,
    number: usize,
}

impl PreviewState {
    /// Whether the text can be typed into now: always, unless it is very long and nobody asked to.
    pub fn is_editable(&self) -> bool {
        self.edit_anyway || !self.is_long()
    }

    fn is_long(&self) -> bool {
        let Some(document) = &self.document else { return false };
        document.lines.count() > MANY_LINES || document.text.len() > MANY_BYTES
    }

    /// Asks for a tool of the text, as a menu or a shortcut does.
    pub fn run(&mut self, tool: Tool) {
        self.tools.ask(tool);
    }

    /// Gives the text the keyboard, with the cursor at a byte of the document's text.
    pub fn put_cursor(&mut self, byte: usize) {
        self.tools.select(keys::Selection::at(self.shown.of_raw(byte)));
    }

    /// Makes what follows from a document, once.
    fn follow(&mut self, document: &Arc<Document>) {
        if self.document.as_ref().is_some_and(|old| Arc::ptr_eq(old, document)) {
            return;
        }
        let shown = Shown::new(&document.text);
        let typed_here = self.typed.take().is_some_and(|typed| typed == document.text);
        if self.document.is_some() && !typed_here && self.shown != shown {
            self.cursor = Some(end_of_change(self.shown.text(), shown.text()));
        }
        self.shown = shown;
        self.tokens = (yaml::tokens(&document.text).into_iter())
            .map(|(span, kind)| (self.shown.of_raw(span.start)..self.shown.of_raw(span.end), kind))
            .collect();
        self.marks = marks(document);
        self.longest = self.shown.text().lines().map(|line| line.chars().count()).max().unwrap_or(0);
        self.layout = None;
        self.tools.forget();
        if !document.is_broken() {
            self.whole = Some(document.clone());
        }
        self.document = Some(document.clone());
        self.edit_anyway &= self.is_long();
    }

    /// The layout of the document's text, made once for each look.
    fn layout(&mut self, look: &Look) -> LayoutJob {
        match &self.layout {
            Some((made_for, job)) if made_for == look => job.clone(),
            _ => {
                let job = highlight::layout(self.shown.text(), &self.tokens, look);
                self.layout = Some((look.clone(), job.clone()));
                job
            }
        }
    }
}

/// The identity of the text's widget, to give it the keyboard.
pub fn text_id() -> Id {
    Id::unique("podwright text")
}

/// The selection in the text, in characters: where it began, and where the cursor is.
pub fn cursor(ctx: &egui::Context) -> Option<(usize, usize)> {
    let range = TextEdit::load_state(ctx, text_id())?.cursor.char_range()?;
    Some((range.secondary.index.0, range.primary.index.0))
}

/// Puts the selection where [`cursor`] said that it was; gives the byte range of the text to bring into sight.
pub fn put_cursor(ctx: &egui::Context, text: &str, (from, to): (usize, usize)) -> Range<usize> {
    let shown = Shown::new(text);
    let most = shown.text().chars().count();
    let mut edit = TextEdit::load_state(ctx, text_id()).unwrap_or_default();
    let at = |index: usize| CCursor::new(index.min(most));
    edit.cursor.set_char_range(Some(CCursorRange { primary: at(to), secondary: at(from), h_pos: None }));
    TextEdit::store_state(ctx, text_id(), edit);
    let byte = shown.text().char_indices().nth(to).map_or(shown.text().len(), |(byte, _)| byte);
    let byte = shown.to_raw(byte);
    byte..byte
}

/// Draws the text of a document. What is typed becomes a [`Command::Type`], a click shows the field under it in the form
/// ([`Action::Look`]); a click on a line's number, or Ctrl+Enter, goes there ([`Action::GoTo`]).
pub fn preview_ui(
    ui: &mut Ui,
    document: &Arc<Document>,
    state: &mut PreviewState,
    view: &mut View,
    out: &mut Vec<Action>,
) {
    state.follow(document);
    if !state.is_editable() {
        ui.horizontal_wrapped(|ui| {
            ui.label(format!(
                "{} lines, shown to read only so that the window stays quick.",
                document.lines.count()
            ));
            if ui.button("Edit anyway").clicked() {
                state.edit_anyway = true;
            }
        });
    }
    let editable = state.is_editable();
    if let Some(found) = state.tools.strip_ui(ui, text_id(), state.shown.text(), editable) {
        view.reveal_text = Some(state.shown.to_raw(found.start)..state.shown.to_raw(found.end));
    }
    let font = TextStyle::Monospace.resolve(ui.style());
    let (row_height, digit) = ui.fonts_mut(|fonts| (fonts.row_height(&font), fonts.glyph_width(&font, '0')));
    let row_height = (row_height * LINE_SPACING).round();
    let look = Look { palette: *Palette::of(ui.visuals().dark_mode), font, row_height };
    let pane = Pane { document, look, digit, lit: lit_lines(document, view) };

    let area = ui.available_rect_before_wrap();
    let gutter = area.with_max_x((area.left() + pane.gutter_width()).min(area.right()));
    let text_area = area.with_min_x(gutter.right());
    ui.painter().rect_filled(area, 0.0, ui.visuals().text_edit_bg_color());
    let target = pane.target(state, view);
    let rows = ui
        .scope_builder(UiBuilder::new().max_rect(text_area), |ui| {
            ui.set_clip_rect(ui.clip_rect().intersect(text_area));
            ui.visuals_mut().selection.bg_fill = pane.look.palette.selected;
            // A faded line at the edge would be taken for a comment.
            ui.spacing_mut().scroll.fade.strength = 0.0;
            if state.is_editable() {
                pane.edit_ui(ui, state, target, out)
            } else {
                pane.read_ui(ui, state, target, out)
            }
        })
        .inner;
    ui.scope_builder(UiBuilder::new().max_rect(gutter), |ui| {
        ui.set_clip_rect(ui.clip_rect().intersect(gutter));
        pane.gutter_ui(ui, state, &rows, out);
    });
    ui.advance_cursor_after_rect(area);
}

/// Where the rows of the lines stand on the screen.
#[derive(Debug, Clone, Default)]
struct Rows {
    /// The first line in sight, counted from 0.
    first: usize,
    /// From its top to its bottom, for that line and each after it that is in sight.
    spans: Vec<Rangef>,
}

impl Rows {
    fn of(&self, line: usize) -> Option<Rangef> {
        self.spans.get(line.checked_sub(self.first)?).copied()
    }

    /// The lines in sight.
    fn lines(&self) -> Range<usize> {
        self.first..self.first + self.spans.len()
    }

    fn line_at(&self, y: f32) -> Option<usize> {
        self.spans.iter().position(|span| span.contains(y)).map(|at| self.first + at)
    }
}

/// What all parts of the pane draw by.
struct Pane<'d> {
    document: &'d Arc<Document>,
    look: Look,
    /// The width of a digit, in points.
    digit: f32,
    /// The lines of the field that has the keyboard in the form, counted from 0.
    lit: Range<usize>,
}

impl Pane<'_> {
    fn gutter_width(&self) -> f32 {
        let digits = self.document.lines.count().to_string().len().max(3);
        (digits as f32 + 3.5) * self.digit
    }

    /// The line to bring into sight, counted from 0: what `view.reveal_text` asks for, or the field that has got the
    /// keyboard in the form.
    fn target(&self, state: &mut PreviewState, view: &mut View) -> Option<usize> {
        let focus = view.focus.clone().map(|path| (view.doc, path));
        let moved = focus.is_some() && focus != state.focus;
        state.focus = focus;
        if let Some(span) = view.reveal_text.take() {
            return Some(self.document.lines.line(span.start).saturating_sub(1));
        }
        (moved && !self.lit.is_empty()).then_some(self.lit.start)
    }

    /// The text in a widget that can be typed into.
    fn edit_ui(
        &self,
        ui: &mut Ui,
        state: &mut PreviewState,
        target: Option<usize>,
        out: &mut Vec<Action>,
    ) -> Rows {
        let id = text_id();
        if ui.memory(|memory| memory.has_focus(id)) {
            self.keys(ui, id, state, out);
        } else {
            state.cursor = None;
        }
        let job = state.layout(&self.look);
        let output =
            ScrollArea::both().id_salt("text").auto_shrink(false).show_viewport(ui, |ui, viewport| {
                let behind = ui.painter().add(Shape::Noop);
                let whole = state.whole.as_ref().unwrap_or(self.document).clone();
                let mut typed =
                    Typed::new(self.document.text.clone(), state.shown.clone()).with_types(whole.clone());
                let mut acted = state.tools.change(ui, id, &mut typed);
                let mut job = Some(job);
                let mut layouter = |ui: &Ui, text: &dyn TextBuffer, _width: f32| {
                    let job = match job.take() {
                        Some(job) if job.text == text.as_str() => job,
                        _ => highlight::layout(text.as_str(), &yaml::tokens(text.as_str()), &self.look),
                    };
                    ui.fonts_mut(|fonts| fonts.layout_job(job))
                };
                // The width is known before what is typed now is laid out: it has room for some more.
                let width =
                    ((state.longest + 2) as f32 * self.digit).max(widest(ui, id)).max(viewport.width());
                let edit = TextEdit::multiline(&mut typed)
                    .id(id)
                    .frame(Frame::NONE)
                    .margin(Margin::ZERO)
                    .font(self.look.font.clone())
                    .desired_width(width)
                    .desired_rows(1)
                    .min_size(vec2(width, viewport.height()))
                    .layouter(&mut layouter);
                let edit = state.tools.show(ui, id, edit);
                ui.ctx().accesskit_node_builder(id, |node| {
                    node.set_label("YAML");
                    node.set_description("Tab indents. Escape, then Tab, leaves the text; so does F6.");
                });
                acted |= state.tools.follow(ui, id, &whole, &mut typed, &edit);
                let origin = edit.galley_pos;
                let galley = edit.galley;
                ui.data_mut(|data| data.insert_temp(id.with("width"), galley.size().x + 2.0 * self.digit));
                let clip = ui.clip_rect();
                let span_of = |line: usize| {
                    galley.rows.get(line).map(|row| row.rect().translate(origin.to_vec2()).y_range())
                };
                let first = galley.rows.partition_point(|row| origin.y + row.max_y() < clip.top());
                let spans = (first..galley.rows.len())
                    .map_while(span_of)
                    .take_while(|span| span.min <= clip.bottom())
                    .collect();
                let rows = Rows { first, spans };
                let found = rows.lines().filter_map(|line| {
                    let row = galley.rows.get(line)?;
                    let place = Rect::from_min_size(origin + row.pos.to_vec2(), vec2(0.0, row.height()));
                    Some(self.found_shapes(state, line, place, |column| row.x_offset(CharIndex(column))))
                });
                let found = Shape::Vec(found.flatten().collect());
                ui.painter().set(behind, Shape::Vec(vec![self.lit_shape(ui, &rows), found]));
                if let Some(row) = target.and_then(span_of)
                    && (row.min < clip.top() || row.max > clip.bottom())
                {
                    ui.scroll_to_rect(Rect::from_x_y_ranges(clip.x_range(), row), Some(Align::Center));
                }
                if edit.response.changed() || acted {
                    let text = typed.into_text();
                    state.typed = Some(text.clone());
                    out.push(Action::Do(if acted { Command::Edit(text) } else { Command::Type(text) }));
                    ui.ctx().request_repaint();
                    return rows;
                }
                for (number, mark) in self.marks_in(state, &rows).enumerate() {
                    let Some(row) = galley.rows.get(mark.line) else { continue };
                    let left = row.x_offset(CharIndex(mark.columns.start));
                    let right = row.x_offset(CharIndex(mark.columns.end)).max(left + self.digit);
                    let left_top = origin + row.pos.to_vec2() + vec2(left, 0.0);
                    let rect = Rect::from_min_size(left_top, vec2(right - left, row.height()));
                    self.mark_ui(ui, id.with(("mark", number)), rect, mark, state, out);
                }
                if edit.response.clicked() && ui.input(|input| input.modifiers.command) {
                    state.tools.ask(Tool::Anchor);
                    ui.ctx().request_repaint();
                }
                let clicked_empty =
                    edit.response.clicked() && edit.state.cursor.char_range().is_none_or(|c| c.is_empty());
                if clicked_empty && let Some(at) = edit.response.interact_pointer_pos() {
                    let cursor = galley.cursor_from_pos(at - origin);
                    let byte = typed.byte_index_from_char_index(cursor.index).0;
                    if let Some((doc, path)) = self.field_near(state, byte) {
                        out.push(Action::Look { doc, path });
                    }
                }
                rows
            });
        if ui.memory(|memory| memory.has_focus(id)) {
            let stroke = Stroke::new(1.0, ui.visuals().selection.stroke.color);
            ui.painter().rect_stroke(output.inner_rect.shrink(0.5), 0.0, stroke, egui::StrokeKind::Inside);
        }
        output.inner
    }

    /// The keys that mean something else here than in a plain text field.
    fn keys(&self, ui: &Ui, id: Id, state: &mut PreviewState, out: &mut Vec<Action>) {
        // Undo is the document's, not the widget's own.
        if ui.input_mut(|input| input.consume_shortcut(&REDO_TOO) || input.consume_shortcut(&REDO)) {
            out.push(Action::Do(Command::Redo));
        } else if ui.input_mut(|input| input.consume_shortcut(&UNDO)) {
            out.push(Action::Do(Command::Undo));
        }
        state.tools.keys(ui);
        let Some(mut edit) = TextEdit::load_state(ui.ctx(), id) else { return };
        if let Some(cursor) = state.cursor.take() {
            edit.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(cursor))));
            TextEdit::store_state(ui.ctx(), id, edit);
        } else if ui.input_mut(|input| input.consume_shortcut(&GO_TO))
            && let Some(cursor) = edit.cursor.char_range()
        {
            let shown = state.shown.text();
            let byte = shown.char_indices().nth(cursor.primary.index.0).map_or(shown.len(), |(at, _)| at);
            if let Some((doc, path)) = self.field_near(state, byte) {
                out.push(Action::GoTo { doc, path });
            }
        }
    }

    /// The text to read only: no more than the lines in sight is laid out.
    fn read_ui(
        &self,
        ui: &mut Ui,
        state: &PreviewState,
        target: Option<usize>,
        out: &mut Vec<Action>,
    ) -> Rows {
        let height = self.look.row_height;
        ui.spacing_mut().item_spacing.y = 0.0;
        let lines = &self.document.lines;
        let width = (state.longest.min(LONG_LINE) + 4) as f32 * self.digit;
        let mut area = ScrollArea::both().id_salt("rows").auto_shrink(false);
        if let Some(target) = target {
            let middle = target as f32 * height - (ui.available_height() - height) / 2.0;
            area = area.vertical_scroll_offset(middle.max(0.0));
        }
        let output = area.show_rows(ui, height, lines.count(), |ui, range| {
            ui.set_min_width(width);
            let behind = ui.painter().add(Shape::Noop);
            let mut found = Vec::new();
            let mut rows = Rows { first: range.start, spans: Vec::with_capacity(range.len()) };
            for line in range {
                let start = self.start_of(state, line);
                let text = state
                    .shown
                    .text()
                    .get(start..)
                    .unwrap_or_default()
                    .split('\n')
                    .next()
                    .unwrap_or_default();
                let text = text.char_indices().nth(LONG_LINE).map_or(text, |(end, _)| &text[..end]);
                let first = state.tokens.partition_point(|(span, _)| span.end <= start);
                let tokens: Vec<_> = (state.tokens.iter().skip(first))
                    .take_while(|(span, _)| span.start < start + text.len())
                    .map(|(span, kind)| (span.start.saturating_sub(start)..span.end - start, *kind))
                    .collect();
                let galley =
                    ui.fonts_mut(|fonts| fonts.layout_job(highlight::layout(text, &tokens, &self.look)));
                let label = ui.add(Label::new(galley.clone()).extend().sense(Sense::CLICK));
                let rect = Rect::from_min_size(label.rect.min, vec2(label.rect.width(), height));
                rows.spans.push(rect.y_range());
                if let Some(row) = galley.rows.first() {
                    let offset = |column| row.x_offset(CharIndex(column));
                    found.extend(self.found_shapes(state, line, rect, offset));
                }
                if label.clicked()
                    && let Some((doc, path)) = self.field_near(state, start)
                {
                    out.push(Action::Look { doc, path });
                }
                for (number, mark) in state.marks.iter().enumerate().filter(|(_, mark)| mark.line == line) {
                    let Some(row) = galley.rows.first() else { continue };
                    let left = row.x_offset(CharIndex(mark.columns.start));
                    let right = row.x_offset(CharIndex(mark.columns.end)).max(left + self.digit);
                    let rect = Rect::from_min_size(rect.min + vec2(left, 0.0), vec2(right - left, height));
                    self.mark_ui(ui, text_id().with(("row mark", number)), rect, mark, state, out);
                }
            }
            ui.painter().set(behind, Shape::Vec(vec![self.lit_shape(ui, &rows), Shape::Vec(found)]));
            rows
        });
        output.inner
    }

    /// The field at a byte of what is shown, or else the nearest one before it in its line, or else the line's first.
    fn field_near(&self, state: &PreviewState, byte: usize) -> Option<(usize, Path)> {
        let text = state.shown.text();
        let start = text.get(..byte)?.rfind('\n').map_or(0, |at| at + 1);
        let end = text.get(byte..)?.find('\n').map_or(text.len(), |at| byte + at);
        let first = state.tokens.partition_point(|(span, _)| span.end <= start);
        let mut tokens = (state.tokens.iter().skip(first))
            .take_while(|(span, _)| span.start <= end)
            .filter(|(_, kind)| !matches!(kind, TokenKind::Comment | TokenKind::Punctuation))
            .map(|(span, _)| span.start)
            .peekable();
        let leftmost = tokens.peek().copied();
        let near = tokens.take_while(|start| *start <= byte).last().or(leftmost)?;
        self.document.field_at(state.shown.to_raw(near))
    }

    /// The byte of what is shown at which a line begins. The line counts from 0.
    fn start_of(&self, state: &PreviewState, line: usize) -> usize {
        state.shown.of_raw(self.document.lines.bytes(line + 1).unwrap_or_default().start)
    }

    fn marks_in<'s>(&self, state: &'s PreviewState, rows: &Rows) -> impl Iterator<Item = &'s Mark> + use<'s> {
        let range = rows.first..rows.first + rows.spans.len();
        state.marks.iter().filter(move |mark| range.contains(&mark.line))
    }

    /// The grounds of what was searched for in a line, whose left edge and height are `place`; `offset` gives how far from
    /// there a column of it stands.
    fn found_shapes(
        &self,
        state: &PreviewState,
        line: usize,
        place: Rect,
        offset: impl Fn(usize) -> f32,
    ) -> Vec<Shape> {
        let text = state.shown.text();
        let start = self.start_of(state, line);
        let end = start + text.get(start..).and_then(|rest| rest.split('\n').next()).map_or(0, str::len);
        let column = |at: usize| text.get(start..at).map_or(0, |before| before.chars().count());
        let mut shapes = Vec::new();
        for (found, is_current) in state.tools.matches_in(start..end) {
            let columns = Rangef::new(offset(column(found.start)), offset(column(found.end)));
            let rect = Rect::from_x_y_ranges(
                Rangef::new(place.left() + columns.min, place.left() + columns.max),
                place.y_range(),
            );
            shapes.push(Shape::rect_filled(rect, 2.0, self.look.palette.found));
            if is_current {
                let stroke = Stroke::new(1.5, self.look.palette.current);
                shapes.push(Shape::from(egui::epaint::RectShape::stroke(
                    rect,
                    2.0,
                    stroke,
                    egui::StrokeKind::Outside,
                )));
            }
        }
        shapes
    }

    /// The ground of the lines that are lit.
    fn lit_shape(&self, ui: &Ui, rows: &Rows) -> Shape {
        let lit = self.lit.clone().filter_map(|line| rows.of(line));
        Shape::Vec(
            lit.map(|span| {
                Shape::rect_filled(
                    Rect::from_x_y_ranges(ui.clip_rect().x_range(), span),
                    0.0,
                    self.look.palette.lit,
                )
            })
            .collect(),
        )
    }

    /// The squiggle under a problem's place, and the problem with its fixes while the pointer rests there.
    fn mark_ui(&self, ui: &Ui, id: Id, rect: Rect, mark: &Mark, state: &PreviewState, out: &mut Vec<Action>) {
        let colour = severity_color(ui.visuals(), mark.severity);
        ui.painter().add(Shape::line(squiggle(rect), Stroke::new(1.2, colour)));
        ui.interact(rect, id, Sense::hover()).on_hover_ui(|ui| {
            ui.set_max_width(420.0);
            for other in state.marks.iter().filter(|other| other.line == mark.line && overlap(other, mark)) {
                if let Some((part, diagnostic)) = self.problem(other) {
                    inline_ui(ui, part.index, diagnostic, out);
                }
            }
        });
    }

    fn problem(&self, mark: &Mark) -> Option<(&Part, &Diagnostic)> {
        let part = self.document.parts.get(mark.part)?;
        Some((part, part.diagnostics.get(mark.number)?))
    }

    /// The line numbers, and beside the lines that have problems their sign.
    fn gutter_ui(&self, ui: &mut Ui, state: &PreviewState, rows: &Rows, out: &mut Vec<Action>) {
        let gutter = ui.max_rect();
        let numbers = ui
            .interact(gutter, text_id().with("numbers"), Sense::CLICK)
            .on_hover_cursor(CursorIcon::PointingHand);
        if numbers.clicked()
            && let Some(line) = numbers.interact_pointer_pos().and_then(|at| rows.line_at(at.y))
            && let Some((doc, path)) = self.field_near(state, self.start_of(state, line))
        {
            out.push(Action::GoTo { doc, path });
        }
        let right = gutter.right() - self.digit;
        for (at, span) in rows.spans.iter().enumerate() {
            let line = rows.first + at;
            let lit = self.lit.contains(&line);
            if lit {
                let ground = Rect::from_x_y_ranges(gutter.x_range(), *span);
                ui.painter().rect_filled(ground, 0.0, self.look.palette.lit);
            }
            let colour = if lit { self.look.palette.plain } else { self.look.palette.number_of_line() };
            let place = pos2(right, span.center());
            ui.painter().text(place, Align2::RIGHT_CENTER, line + 1, self.look.font.clone(), colour);
        }
        let mut shown_lines: Vec<(usize, Severity)> = Vec::new();
        for mark in self.marks_in(state, rows) {
            match shown_lines.iter_mut().find(|(line, _)| *line == mark.line) {
                Some((_, worst)) => *worst = mark.severity.min(*worst),
                None => shown_lines.push((mark.line, mark.severity)),
            }
        }
        for (line, severity) in shown_lines {
            let Some(span) = rows.of(line) else { continue };
            let rect =
                Rect::from_x_y_ranges(Rangef::new(gutter.left(), gutter.left() + 2.0 * self.digit), span);
            let button = ui.interact(rect, text_id().with(("problems", line)), Sense::click());
            let name = format!("{} in line {}", severity_word(severity), line + 1);
            button.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
            let colour = severity_color(ui.visuals(), severity);
            let font = self.look.font.clone();
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, severity_icon(severity), font, colour);
            if button.has_focus() {
                let stroke = ui.visuals().selection.stroke;
                ui.painter().rect_stroke(rect.shrink(0.5), 2.0, stroke, egui::StrokeKind::Inside);
            }
            egui::Popup::menu(&button).accessible_name(name).show(|ui| {
                ui.set_max_width(420.0);
                let asked = out.len();
                for mark in state.marks.iter().filter(|mark| mark.line == line) {
                    if let Some((part, diagnostic)) = self.problem(mark) {
                        ui.label(&diagnostic.message);
                        ui.horizontal_wrapped(|ui| fix_buttons_ui(ui, part.index, diagnostic, out));
                    }
                }
                if out.len() > asked {
                    ui.close();
                }
            });
        }
    }
}

fn widest(ui: &Ui, id: Id) -> f32 {
    ui.data(|data| data.get_temp(id.with("width"))).unwrap_or(0.0)
}

fn overlap(a: &Mark, b: &Mark) -> bool {
    a.columns.start < b.columns.end.max(b.columns.start + 1)
        && b.columns.start < a.columns.end.max(a.columns.start + 1)
}

fn squiggle(rect: Rect) -> Vec<Pos2> {
    let (step, depth) = (2.0, 1.5);
    let count = (rect.width() / step).ceil() as usize;
    let base = rect.bottom() - depth - 0.5;
    (0..=count)
        .map(|at| {
            let x = (rect.left() + at as f32 * step).min(rect.right());
            pos2(x, if at % 2 == 0 { base - depth } else { base + depth })
        })
        .collect()
}

/// The lines of the field that has the keyboard in the form, counted from 0; empty if no field has.
fn lit_lines(document: &Document, view: &View) -> Range<usize> {
    let span = view.focus.as_ref().and_then(|path| document.span_of(view.doc, path));
    let Some(span) = span else { return 0..0 };
    let first = document.lines.line(span.start);
    let last = document.lines.line(span.end.saturating_sub(1).max(span.start));
    first - 1..last
}

/// The places of a document's problems, in the order of the lines. Pod Security speaks of the pod as a whole and of what
/// is absent: it is not marked in the text.
fn marks(document: &Document) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (part_number, part) in document.parts.iter().enumerate() {
        for (number, diagnostic) in part.diagnostics.iter().enumerate() {
            if diagnostic.stage == Stage::PodSecurity || part.is_empty {
                continue;
            }
            let (line, column) = document.lines.position(&document.text, diagnostic.span.start);
            let rest = document.text.get(diagnostic.span.clone()).unwrap_or_default();
            let first_line = rest.split(['\n', '\r']).next().unwrap_or_default().trim_end();
            let columns = column - 1..column - 1 + first_line.chars().count();
            let severity = diagnostic.stage.severity();
            marks.push(Mark { line: line - 1, columns, severity, part: part_number, number });
        }
    }
    marks.sort_by_key(|mark| (mark.line, mark.severity, mark.columns.start));
    marks
}

/// The character after the part in which a text differs from an older one.
fn end_of_change(old: &str, new: &str) -> usize {
    let (old_count, new_count) = (old.chars().count(), new.chars().count());
    let head = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    let most = old_count.min(new_count) - head;
    let tail = old.chars().rev().zip(new.chars().rev()).take(most).take_while(|(a, b)| a == b).count();
    new_count - tail
}
