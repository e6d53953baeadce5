//! The text, to read and to type into: line numbers, colours, the marks of the problems, the lines of the field that has
//! the keyboard in the form.

mod completion;
mod find;
pub(super) mod highlight;
mod keys;
mod scope;
mod shown;
mod tools;

use super::problems::{fix_buttons_ui, inline_ui, severity_color, severity_icon, severity_word};
use super::{Action, View};
use crate::complete::{self, Completion};
use crate::diagnostic::{Diagnostic, Severity, Stage};
use crate::document::{Document, Part};
use crate::editor::{Command, Draft};
use crate::path::Path;
use crate::yaml::{self, Edit, LONG_LINE, Text, TokenKind};
use egui::text::{CCursor, CCursorRange, CharIndex, LayoutJob};
use egui::{
    Align, Align2, CursorIcon, Event, Frame, Id, Key, KeyboardShortcut, Margin, Modifiers, Pos2, Rangef,
    Rect, Role, ScrollArea, Sense, Shape, Stroke, TextBuffer, TextEdit, TextStyle, Ui, UiBuilder, WidgetInfo,
    pos2, style::ScrollAnimation, vec2,
};
use highlight::Look;
pub use highlight::Palette;
pub use keys::Selection;
use keys::{Act, Edited};
use scope::Scope;
use shown::{Shown, Typed};
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;
use tools::Tools;

pub use tools::{StripTool, Tool};

/// A text of at most so many lines is given to its widget whole.
const FEW_LINES: usize = 2_000;
/// And of at most so many bytes.
const FEW_BYTES: usize = 100_000;
/// So many lines before and after those in sight are in the widget, of a text that is not there whole.
const MARGIN: usize = 60;
/// The cursor and what is in sight stay so many lines away from the first and the last line of the widget.
const NEAR: usize = 20;
/// Of a long line the columns in sight are in the widget, and so many before and after them.
const COLUMNS: usize = 200;
/// The tools of the text look so many bytes around the cursor: the lines there, or its document if it is no longer.
const REACH: usize = 256_000;
/// How high a row is, in heights of the font.
const LINE_SPACING: f32 = 1.2;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);
const REDO_TOO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
const GO_TO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter);

/// What the pane keeps between frames.
#[derive(Debug, Clone, Default)]
pub struct PreviewState {
    /// The text and the document that the rest was made of.
    draft: Option<Draft>,
    marks: Vec<Mark>,
    /// The lines that the widget holds, counted from 0.
    lines: Range<usize>,
    held: Option<Arc<Held>>,
    selection: Option<Selection>,
    /// The selection as the widget knows it.
    given: Option<CCursorRange>,
    /// How long the text is once what was typed here last stands in it: the cursor is where it belongs already.
    typed: Option<usize>,
    /// The cursor and what is selected then.
    coming: Option<Selection>,
    /// The cursor is to be brought into sight.
    follows_cursor: bool,
    /// Keys that come after what was typed in the same moment, for the next frame.
    delayed: Vec<Event>,
    /// How many rows are in sight.
    page: usize,
    /// The widest row that there was, in points.
    widest: f32,
    /// The field that had the keyboard in the form last.
    focus: Option<(usize, Path)>,
    /// The last document that could be read: completions take names from it while the text is broken.
    whole: Option<Arc<Document>>,
    tools: Tools,
}

/// The part of the text that the widget holds, with its colours.
#[derive(Debug, Clone)]
struct Held {
    pieces: Vec<Range<usize>>,
    shown: Shown,
    look: Look,
    job: LayoutJob,
}

/// The place of a problem in the text of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    /// The line, counted from 0.
    line: usize,
    /// Its bytes, no further than the end of the line.
    span: Range<usize>,
    severity: Severity,
    /// The part, and the problem's number in it.
    part: usize,
    number: usize,
}

impl PreviewState {
    /// Makes what follows from a document, once, and takes note of what was changed elsewhere.
    fn follow(&mut self, draft: &Draft, has_keyboard: bool) {
        let old = self.draft.replace(draft.clone());
        let coming = self.coming.take();
        if old.as_ref().is_none_or(|old| !Arc::ptr_eq(&old.document, &draft.document)) {
            self.marks = marks(&draft.document);
            self.held = None;
            if self.whole.is_none() || !draft.document.is_broken() {
                self.whole = Some(draft.document.clone());
            }
        }
        if old.as_ref().is_some_and(|old| Arc::ptr_eq(&old.text, &draft.text) || old.text == draft.text) {
            return;
        }
        self.held = None;
        self.tools.forget();
        let text = draft.text.as_str();
        let typed_here = self.typed.take().is_some_and(|length| length == text.len());
        if let Some(selection) = coming.filter(|_| typed_here) {
            self.selection = Some(selection);
            self.follows_cursor = has_keyboard;
        }
        let Some(selection) = &mut self.selection else { return };
        if has_keyboard && !typed_here && old.is_some() {
            // An undo, as a rule.
            *selection = Selection::at(draft.changed.end);
            self.follows_cursor = true;
        }
        *selection = selection.map(|end| text.floor_char_boundary(end.min(text.len())));
    }

    /// The cursor and what is selected, for those who act on it; `None` before the text has had the keyboard.
    pub fn selection(&self) -> Option<Selection> {
        self.selection
    }

    /// Where the selection began and where the cursor is, in bytes of the text.
    pub fn cursor(&self) -> Option<(usize, usize)> {
        self.selection.map(|selection| (selection.anchor, selection.head))
    }

    /// Puts the selection where [`PreviewState::cursor`] said that it was, without giving the text the keyboard.
    pub fn restore_cursor(&mut self, (anchor, head): (usize, usize)) {
        self.select(Selection { anchor, head });
    }

    /// Asks for a tool of the text, as a menu or a shortcut does.
    pub fn run(&mut self, tool: Tool) {
        self.tools.ask(tool);
    }

    /// Gives the text the keyboard, with the cursor at a byte of the document's text.
    pub fn put_cursor(&mut self, byte: usize) {
        let ahead = self.draft.as_ref().and_then(|draft| draft.ahead);
        let now = ahead.map_or(byte, |ahead| ahead.to_new(byte).unwrap_or(ahead.at));
        self.tools.select(Selection::at(now));
    }

    /// Selects something and brings the cursor into sight.
    fn select(&mut self, selection: Selection) {
        self.selection = Some(selection);
        self.given = None;
        self.follows_cursor = true;
    }

    /// Keeps events for the next frame.
    fn delay(&mut self, ui: &Ui, events: Vec<Event>) {
        if !events.is_empty() {
            self.delayed.splice(0..0, events);
            ui.ctx().request_repaint();
        }
    }

    /// Asks for a change of the text, a step of undo of its own, or for something to be selected if it changes nothing. The
    /// cursor is put where it belongs once the change is made. Keys that mean something of their own in the text end here.
    fn edit(&mut self, edited: Edited, out: &mut Vec<Action>) {
        if !edited.changes_text() {
            return self.select(edited.selection);
        }
        let length = self.draft.as_ref().map_or(0, |draft| draft.text.as_str().len());
        self.typed = Some(length_after(length, &edited.edits));
        self.coming = Some(edited.selection);
        out.push(Action::Do(Command::Splice { edits: edited.edits, joins: false }));
    }
}

/// The identity of the text's widget, to give it the keyboard.
pub fn text_id() -> Id {
    Id::unique("podwright text")
}

/// Draws a text. What is typed becomes a [`Command::Splice`], a click shows the field under it in the form
/// ([`Action::Look`]); a click on a line's number, or Ctrl+Enter, goes there ([`Action::GoTo`]).
pub fn preview_ui(
    ui: &mut Ui,
    draft: &Draft,
    state: &mut PreviewState,
    view: &mut View,
    out: &mut Vec<Action>,
) {
    state.follow(draft, ui.memory(|memory| memory.has_focus(text_id())));
    let selection = state.selection.unwrap_or_default();
    let found = state.tools.strip_ui(ui, text_id(), &draft.text, selection);
    let font = TextStyle::Monospace.resolve(ui.style());
    let (row_height, digit) = ui.fonts_mut(|fonts| (fonts.row_height(&font), fonts.glyph_width(&font, '0')));
    let row_height = (row_height * LINE_SPACING).round();
    let look = Look { palette: *Palette::of(ui.visuals().dark_mode), font, row_height };
    let mut pane = Pane { draft, look, digit, lit: 0..0 };
    pane.lit = pane.lit_lines(view);

    let area = ui.available_rect_before_wrap();
    let gutter = area.with_max_x((area.left() + pane.gutter_width()).min(area.right()));
    let text_area = area.with_min_x(gutter.right());
    ui.painter().rect_filled(area, 0.0, ui.visuals().text_edit_bg_color());
    let target = pane.target(state, view).map(|line| pane.start_of(line));
    let target = found.map(|found| found.start).or(target);
    let rows = ui
        .scope_builder(UiBuilder::new().max_rect(text_area), |ui| {
            ui.set_clip_rect(ui.clip_rect().intersect(text_area));
            ui.visuals_mut().selection.bg_fill = pane.look.palette.selected;
            // A faded line at the edge would be taken for a comment.
            ui.spacing_mut().scroll.fade.strength = 0.0;
            // On its way to a far line a long text would be laid out in between.
            ui.style_mut().scroll_animation = ScrollAnimation::none();
            pane.edit_ui(ui, state, target, out)
        })
        .inner;
    state.page = rows.spans.len();
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
    draft: &'d Draft,
    look: Look,
    /// The width of a digit, in points.
    digit: f32,
    /// The lines of the field that has the keyboard in the form, counted from 0.
    lit: Range<usize>,
}

impl Pane<'_> {
    fn text(&self) -> &Text {
        &self.draft.text
    }

    fn gutter_width(&self) -> f32 {
        let digits = self.text().lines().count().to_string().len().max(3);
        (digits as f32 + 3.5) * self.digit
    }

    /// The lines of the field that has the keyboard in the form, counted from 0; empty if no field has.
    fn lit_lines(&self, view: &View) -> Range<usize> {
        let document = &self.draft.document;
        let span = view.focus.as_ref().and_then(|path| document.span_of(view.doc, path));
        let lines = span.and_then(|span| {
            let first = self.line_now(document.lines.line(span.start) - 1)?;
            let last = self.line_now(document.lines.line(span.end.saturating_sub(1).max(span.start)) - 1)?;
            Some(first..last + 1)
        });
        lines.unwrap_or(0..0)
    }

    /// The line to bring into sight, counted from 0: what `view.reveal_text` asks for, or the field that has got the
    /// keyboard in the form.
    fn target(&self, state: &mut PreviewState, view: &mut View) -> Option<usize> {
        let focus = view.focus.clone().map(|path| (view.doc, path));
        let moved = focus.is_some() && focus != state.focus;
        state.focus = focus;
        if let Some(span) = view.reveal_text.take() {
            return self.line_now(self.draft.document.lines.line(span.start).saturating_sub(1));
        }
        (moved && !self.lit.is_empty()).then_some(self.lit.start)
    }

    /// Where a line of the document's text stands in the text as it is, both counted from 0; `None` if it has changed.
    fn line_now(&self, line: usize) -> Option<usize> {
        let Some(ahead) = self.draft.ahead else { return Some(line) };
        let lines = &self.draft.document.lines;
        if line + 1 < lines.line(ahead.at) {
            Some(line)
        } else if line + 1 > lines.line(ahead.at + ahead.old) {
            Some(line + self.text().lines().count() - lines.count())
        } else {
            None
        }
    }

    fn is_whole(&self) -> bool {
        self.text().lines().count() <= FEW_LINES && self.text().as_str().len() <= FEW_BYTES
    }

    /// The line of a byte, counted from 0.
    fn line_of(&self, byte: usize) -> usize {
        self.text().lines().line(byte) - 1
    }

    /// The byte at which a line begins. The line counts from 0.
    fn start_of(&self, line: usize) -> usize {
        self.text().line(line + 1).start
    }

    /// The lines around some, so many before and after them.
    fn around(&self, lines: &Range<usize>, margin: usize) -> Range<usize> {
        lines.start.saturating_sub(margin)..(lines.end + margin).min(self.text().lines().count())
    }

    /// The lines for the widget: those around what is in sight or, when keys act, those around the cursor. Lines that
    /// it holds already are good enough as long as they go on for some more.
    fn lines_to_hold(&self, state: &PreviewState, seen: &Range<usize>, acts: Option<usize>) -> Range<usize> {
        let holds = |outer: &Range<usize>, inner: Range<usize>| {
            outer.start <= inner.start && inner.end <= outer.end && outer.end <= self.text().lines().count()
        };
        if self.is_whole() {
            return 0..self.text().lines().count();
        }
        let in_sight = self.around(seen, MARGIN);
        // What has to be there, and what is there then: not both what is in sight and a cursor far away from it.
        let (needed, wanted) = match acts.map(|at| self.line_of(at)..self.line_of(at) + 1) {
            Some(cursor) if !holds(&in_sight, self.around(&cursor, NEAR)) => {
                (self.around(&cursor, NEAR), self.around(&cursor, MARGIN))
            }
            _ => (self.around(seen, NEAR), in_sight),
        };
        if holds(&state.lines, needed) && acts.is_none_or(|at| state.lines.contains(&self.line_of(at))) {
            return state.lines.clone();
        }
        wanted
    }

    /// Some lines as pieces of the text: of each very long line the columns around those in sight, or those around the
    /// cursor in its line.
    fn pieces(
        &self,
        lines: &Range<usize>,
        columns: &Range<usize>,
        cursor: Option<usize>,
    ) -> Vec<Range<usize>> {
        let end = self.text().line(lines.end).end;
        let mut pieces: Vec<Range<usize>> = std::iter::once(self.start_of(lines.start)..end).collect();
        if self.is_whole() {
            return pieces;
        }
        let text = self.text().as_str();
        for line in lines.clone().map(|line| self.text().line(line + 1)).filter(|line| line.len() > LONG_LINE)
        {
            let columns = match cursor.filter(|at| (line.start..=line.end).contains(at)) {
                Some(at) => at - line.start..at - line.start,
                None => columns.clone(),
            };
            let from = columns.start.min(line.len()).saturating_sub(COLUMNS) / COLUMNS * COLUMNS;
            let to = (columns.end / COLUMNS + 2) * COLUMNS;
            let from = text.floor_char_boundary(line.start + from);
            let to = text.ceil_char_boundary((line.start + to).min(line.end));
            if let Some(last) = pieces.last_mut() {
                last.end = from;
            }
            pieces.extend([from..to, line.end..end]);
        }
        pieces.iter().fold(Vec::<Range<usize>>::new(), |mut joined, piece| {
            match joined.last_mut() {
                Some(last) if last.end == piece.start => last.end = piece.end,
                _ => joined.push(piece.clone()),
            }
            joined
        })
    }

    /// The tokens of some lines, given by the bytes that they are. Where the text has changed since the document was made,
    /// they are found line by line.
    fn tokens(&self, lines: &Range<usize>) -> Vec<(Range<usize>, TokenKind)> {
        let document = &self.draft.document;
        let Some(ahead) = self.draft.ahead else {
            return yaml::tokens_in(&document.stream, &document.text, lines.clone());
        };
        let index = self.text().lines();
        let from = index.bytes(index.line(ahead.at)).map_or(0, |line| line.start);
        let to = index.bytes(index.line(ahead.at + ahead.new)).map_or(0, |line| line.end);
        let part = |from: usize, to: usize| {
            let from = from.clamp(lines.start, lines.end);
            from..to.clamp(from, lines.end)
        };
        let (before, changed, after) = (part(0, from), part(from, to), part(to, lines.end));
        let mut tokens = yaml::tokens_in(&document.stream, &document.text, before.clone());
        if let Some((span, _)) = tokens.last_mut() {
            span.end = span.end.min(before.end);
        }
        tokens.extend(yaml::tokens_by_line(self.text().as_str(), changed));
        if !after.is_empty() {
            let then = |byte: usize| byte + ahead.old - ahead.new;
            let found = yaml::tokens_in(&document.stream, &document.text, then(after.start)..then(after.end));
            tokens.extend(found.into_iter().map(|(span, kind)| {
                let now = |byte: usize| byte + ahead.new - ahead.old;
                (now(span.start.max(then(after.start)))..now(span.end.max(then(after.start))), kind)
            }));
        }
        tokens
    }

    /// The part of the text in these pieces, made anew only if it differs from the last one.
    fn hold(&self, state: &mut PreviewState, pieces: Vec<Range<usize>>) -> Arc<Held> {
        if let Some(held) = &state.held
            && held.pieces == pieces
            && held.look == self.look
        {
            return held.clone();
        }
        let shown = Shown::new(self.text().as_str(), &pieces);
        let all = pieces.first().map_or(0, |piece| piece.start)..pieces.last().map_or(0, |piece| piece.end);
        // A long line's pieces begin and end inside of lines, their colours do not.
        let mut tokens = Vec::new();
        for piece in &pieces {
            let first = self.start_of(self.line_of(piece.start));
            let last =
                self.text().lines().bytes(self.line_of(piece.end) + 1).map_or(all.end, |line| line.end);
            let found = self.tokens(&(first..last)).into_iter();
            tokens.extend(found.map(|(span, kind)| {
                let within = |byte: usize| shown.of_raw(byte.clamp(piece.start, piece.end));
                (within(span.start)..within(span.end), kind)
            }));
        }
        let job = highlight::layout(shown.text(), &tokens, &self.spaces(&shown.hidden()), &self.look);
        let held = Arc::new(Held { pieces, shown, look: self.look.clone(), job });
        state.held = Some(held.clone());
        held
    }

    /// The room that what is not shown of long lines takes, in points.
    fn spaces(&self, hidden: &[(usize, usize)]) -> Vec<(usize, f32)> {
        hidden.iter().map(|(at, bytes)| (*at, *bytes as f32 * self.digit)).collect()
    }

    /// The text in a widget that can be typed into. The byte `target` is to be brought into sight.
    fn edit_ui(
        &self,
        ui: &mut Ui,
        state: &mut PreviewState,
        target: Option<usize>,
        out: &mut Vec<Action>,
    ) -> Rows {
        let id = text_id();
        let inner = ui.available_rect_before_wrap();
        let mut edit = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
        if let (Some(range), Some(held)) = (edit.cursor.char_range(), &state.held)
            && state.given.is_none_or(|given| !same_place(&given, &range))
        {
            let [head, anchor] =
                [range.primary, range.secondary].map(|end| held.shown.raw_of_char(end.index));
            state.selection = Some(Selection { anchor, head });
            state.given = Some(range);
        }
        let asked = out.len();
        self.take_asked(ui, state, out);
        let has_keyboard = ui.memory(|memory| memory.has_focus(id));
        if has_keyboard && state.selection.is_none() {
            state.selection = Some(Selection::at(self.text().as_str().len()));
        }
        let input = if has_keyboard {
            self.keys(ui, state, asked, out)
        } else {
            state.tools.rest();
            Input::None
        };
        let input = if self.is_value_set(ui) && !self.is_whole() {
            state.selection = Some(Selection { anchor: 0, head: self.text().as_str().len() });
            Input::Replaces
        } else {
            input
        };
        let output =
            ScrollArea::both().id_salt("text").auto_shrink(false).show_viewport(ui, |ui, viewport| {
                let height = self.look.row_height;
                let count = self.text().lines().count();
                let rows_of = |from: f32, to: f32| {
                    let first = ((from / height).max(0.0) as usize).min(count - 1);
                    first..((to / height).ceil().max(0.0) as usize).clamp(first + 1, count)
                };
                let seen = rows_of(viewport.min.y, viewport.max.y);
                let columns = (viewport.min.x / self.digit) as usize..(viewport.max.x / self.digit) as usize;
                let acts = state.selection.filter(|_| input != Input::None);
                let mut lines = self.lines_to_hold(state, &seen, acts.map(|selection| selection.head));
                let mut pieces = self.pieces(&lines, &columns, acts.map(|selection| selection.head));
                // What is typed takes the place of what is selected: where that is not all in the widget, it is left out of
                // what the widget gets, and goes with the edit.
                let mut cut = 0..0;
                if input == Input::Replaces
                    && let Some(range) =
                        acts.map(|selection| selection.range()).filter(|range| !range.is_empty())
                    && !Shown::new(self.text().as_str(), &pieces).holds_all(&range)
                {
                    lines = self.around(&(self.line_of(range.start)..self.line_of(range.start) + 1), MARGIN);
                    let last = self.around(&(self.line_of(range.end)..self.line_of(range.end) + 1), MARGIN);
                    let before = self.pieces(&lines, &columns, Some(range.start));
                    let after = self.pieces(&last, &columns, Some(range.end));
                    pieces = (before.iter().map(|piece| piece.start..piece.end.min(range.start)))
                        .chain(after.iter().map(|piece| piece.start.max(range.end)..piece.end))
                        .filter(|piece| piece.start <= piece.end)
                        .collect();
                    cut = range;
                }
                state.lines = if cut.is_empty() { lines.clone() } else { 0..0 };
                let from = pieces.first().map_or(0, |piece| piece.start);
                let held = self.hold(state, pieces);
                let given = state.selection.map(|selection| {
                    let [primary, secondary] = [selection.head, selection.anchor].map(|end| {
                        let end = if cut.is_empty() { end } else { cut.start };
                        CCursor::new(held.shown.char_of_raw(end))
                    });
                    let kept = state.given.filter(|given| given.primary.index == primary.index);
                    CCursorRange { primary, secondary, h_pos: kept.and_then(|kept| kept.h_pos) }
                });
                if given.is_some() {
                    edit.cursor.set_char_range(given);
                    edit.store(ui.ctx(), id);
                }

                // The width is known before what is typed now is laid out: it has room for some more.
                let width =
                    ((self.text().longest() + 2) as f32 * self.digit).max(state.widest).max(viewport.width());
                // From the edge of what is in sight: far down in a long text, a point is less than what `f32` tells apart.
                let line_top = |line: usize| {
                    inner.top() + (line as f64 * f64::from(height) - f64::from(viewport.min.y)) as f32
                };
                let left = inner.left() - viewport.min.x;
                let top = line_top(lines.start);
                ui.set_width(width);
                ui.set_height(count as f32 * height);
                // The last line's field goes on to the bottom, so that a click below the text is one into it.
                let bottom = if lines.end == count { inner.bottom() } else { top };
                let size = vec2(width, (bottom - top).max(lines.len() as f32 * height));
                let behind = ui.painter().add(Shape::Noop);
                let hidden = RefCell::default();
                let whole = state.whole.as_ref().unwrap_or(&self.draft.document).clone();
                let below = |shown: &str, at: usize| self.line_below(&whole, from, shown, at);
                let mut typed =
                    Typed::new(held.shown.clone(), self.line_break(), cut, &hidden).with_lines(&below);
                let mut job = Some(held.job.clone());
                let mut layouter = |ui: &Ui, text: &dyn TextBuffer, _width: f32| {
                    let text = text.as_str();
                    let job = match job.take() {
                        Some(job) if job.text == text => job,
                        _ => {
                            let tokens = match self.is_whole() {
                                true => yaml::tokens(text),
                                false => yaml::tokens_by_line(text, 0..text.len()),
                            };
                            highlight::layout(text, &tokens, &self.spaces(&hidden.borrow()), &self.look)
                        }
                    };
                    ui.fonts_mut(|fonts| fonts.layout_job(job))
                };
                let place = Rect::from_min_size(pos2(left, top), size);
                let edit = ui
                    .scope_builder(UiBuilder::new().max_rect(place), |ui| {
                        let edit = TextEdit::multiline(&mut typed)
                            .id(id)
                            .frame(Frame::NONE)
                            .margin(Margin::ZERO)
                            .font(self.look.font.clone())
                            .desired_width(width)
                            .desired_rows(1)
                            .min_size(size)
                            .layouter(&mut layouter);
                        state.tools.show(ui, id, edit)
                    })
                    .inner;
                ui.ctx().accesskit_node_builder(id, |node| {
                    node.set_label("YAML");
                    node.set_description("Tab indents. Escape, then Tab, leaves the text; so does F6.");
                });
                let origin = edit.galley_pos;
                let galley = edit.galley;
                let widest = galley.size().x + 2.0 * self.digit;
                state.widest = if self.is_whole() { widest } else { widest.max(state.widest) };
                let clip = ui.clip_rect();
                let span_of = |row: usize| {
                    galley.rows.get(row).map(|row| row.rect().translate(origin.to_vec2()).y_range())
                };
                let first = galley.rows.partition_point(|row| origin.y + row.max_y() < clip.top());
                let spans = (first..galley.rows.len())
                    .map_while(span_of)
                    .take_while(|span| span.min <= clip.bottom())
                    .collect();
                let rows = Rows { first: lines.start + first, spans };
                let row_of = |line: usize| galley.rows.get(line.checked_sub(lines.start)?);
                let mut grounds = vec![self.lit_shape(ui, &rows)];
                if !edit.response.changed() {
                    grounds.extend(self.found_shapes(state, &rows, &held.shown, |line, columns| {
                        let row = row_of(line)?;
                        let x = Rangef::new(row.x_offset(columns.start), row.x_offset(columns.end));
                        let y = Rangef::new(row.pos.y, row.pos.y + row.height());
                        Some(Rect::from_x_y_ranges(x, y).translate(origin.to_vec2()))
                    }));
                }
                ui.painter().set(behind, Shape::Vec(grounds));
                let reveal = |ui: &Ui, line: usize, x: Rangef, align: Option<Align>| {
                    let row = Rangef::new(line_top(line), line_top(line + 1));
                    if row.min < inner.top() || row.max > inner.bottom() || align.is_none() {
                        ui.scroll_to_rect(Rect::from_x_y_ranges(x, row), align);
                        ui.ctx().request_repaint();
                    }
                };
                // Where the character at a byte stands, if all are as wide as a digit.
                let x_of = |byte: usize| {
                    let before = self.text().as_str().get(self.start_of(self.line_of(byte))..byte);
                    let before = before.unwrap_or_default();
                    let columns =
                        if before.len() > LONG_LINE { before.len() } else { before.chars().count() };
                    let x = left + columns as f32 * self.digit;
                    Rangef::new(x - self.digit, x + self.digit)
                };
                if let Some(byte) = target {
                    let x = x_of(byte);
                    let is_in_sight = inner.left() <= x.min.max(left) && x.max <= inner.right();
                    if !is_in_sight {
                        let y = Rangef::new(inner.center().y, inner.center().y);
                        ui.scroll_to_rect(Rect::from_x_y_ranges(x, y), None);
                    }
                    reveal(ui, self.line_of(byte), clip.x_range(), Some(Align::Center));
                }
                if edit.response.dragged()
                    && let Some(at) = ui.input(|input| input.pointer.interact_pos())
                {
                    self.scroll_along(ui, inner, at);
                }
                // The widget brings its cursor into sight itself, but not while it is out of sight as a whole.
                state.follows_cursor |= input != Input::None && !ui.is_rect_visible(place);
                let now = edit.state.cursor.char_range();
                let (shown, edits) = typed.into_parts();
                let place_of = |end: CharIndex| shown.raw_of_char(end);
                if edit.response.response.has_focus() {
                    let word =
                        state.tools.word().filter(|word| shown.holds_all(&(*word..*word))).map(|word| {
                            let at = CCursor::new(shown.char_of_raw(word));
                            galley.pos_from_cursor(at).translate(origin.to_vec2())
                        });
                    let chosen = state.tools.over_ui(ui, id, word, self.line_break());
                    if let Some(edited) = chosen.filter(|_| !edit.response.changed() && out.len() == asked) {
                        ui.memory_mut(|memory| memory.request_focus(id));
                        state.edit(edited, out);
                    }
                }
                if edit.response.changed() {
                    let cursor = now.map(|now| Selection {
                        anchor: place_of(now.secondary.index),
                        head: place_of(now.primary.index),
                    });
                    state.tools.note(ui);
                    state.typed = Some(length_after(self.text().as_str().len(), &edits));
                    state.selection = cursor;
                    state.given = now;
                    let splice = |edit| Action::Do(Command::Splice { edits: vec![edit], joins: true });
                    out.extend(edits.into_iter().map(splice));
                    ui.ctx().request_repaint();
                    return rows;
                }
                if let Some(now) = now {
                    // An end that is not in the widget is where it was, as long as the widget leaves it where it was given.
                    let old = given.zip(state.selection);
                    let primary = old.map(|(given, old)| (given.primary.index, old.head));
                    let secondary = old.map(|(given, old)| (given.secondary.index, old.anchor));
                    let end = |now: CharIndex, ends: [Option<(CharIndex, usize)>; 2]| {
                        let stays = ends.into_iter().flatten().find(|(given, _)| *given == now);
                        stays.map_or_else(|| place_of(now), |(_, old)| old)
                    };
                    state.selection = Some(Selection {
                        anchor: end(now.secondary.index, [secondary, primary]),
                        head: end(now.primary.index, [primary, secondary]),
                    });
                    state.given = Some(now);
                }
                if std::mem::take(&mut state.follows_cursor)
                    && let Some(selection) = state.selection
                {
                    reveal(ui, self.line_of(selection.head), x_of(selection.head), None);
                }
                for (number, (line, mark)) in self.marks_in(state, &rows).into_iter().enumerate() {
                    let columns = self.columns_of(mark, &held.shown);
                    let Some((row, columns)) = row_of(line).zip(columns) else { continue };
                    let left = row.x_offset(columns.start);
                    let right = row.x_offset(columns.end).max(left + self.digit);
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
                    if let Some((doc, path)) = self.field_near(held.shown.raw_of_char(cursor.index)) {
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

    /// The line break to type with: the one that the text, or the beginning of a long one, uses most.
    fn line_break(&self) -> &'static str {
        let text = self.text().as_str();
        shown::line_break(&text[..text.floor_char_boundary(FEW_BYTES)])
    }

    /// Whether a screen reader gives the text another value.
    fn is_value_set(&self, ui: &Ui) -> bool {
        ui.input(|input| {
            input.accesskit_action_requests(text_id(), egui::accesskit::Action::SetValue).count() > 0
        })
    }

    /// Scrolls while a selection is drawn beyond what is in sight, the faster the further.
    fn scroll_along(&self, ui: &Ui, seen: Rect, at: Pos2) {
        let beyond = at - seen.clamp(at);
        if beyond != vec2(0.0, 0.0) {
            ui.scroll_with_delta_animation(-beyond, ScrollAnimation::none());
            ui.ctx().request_repaint();
        }
    }

    /// Does what the tools, or those who asked for one, want of the text.
    fn take_asked(&self, ui: &Ui, state: &mut PreviewState, out: &mut Vec<Action>) {
        let text = self.text().as_str();
        let asked = out.len();
        if let Some(selection) = state.tools.take_selection() {
            ui.memory_mut(|memory| memory.request_focus(text_id()));
            state.select(selection.map(|end| text.floor_char_boundary(end.min(text.len()))));
        }
        if let Some(edited) = state.tools.take_edit() {
            state.edit(edited, out);
        }
        for act in state.tools.take_acts() {
            if out.len() == asked {
                self.act(act, state, out);
            }
        }
    }

    /// The keys that mean something else here than in a plain text field. A function that gives a key a meaning in the
    /// text takes its event away, looks at [`PreviewState::selection`], and answers with [`PreviewState::edit`]. So many
    /// actions had been asked for when the text began to be drawn.
    fn keys(&self, ui: &Ui, state: &mut PreviewState, asked: usize, out: &mut Vec<Action>) -> Input {
        let cursor = state.selection.filter(|selection| selection.is_empty()).map(|selection| selection.head);
        let whole = state.whole.as_ref().unwrap_or(&self.draft.document).clone();
        let find = |byte: usize, was_asked: bool| self.completion(&whole, byte, was_asked);
        state.tools.follow(self.text().as_str().len(), cursor, find);
        let delayed = std::mem::take(&mut state.delayed);
        ui.input_mut(|input| input.events.splice(0..0, delayed).count());
        self.delay_tools(ui, state);
        // Undo is the document's, not the widget's own.
        if ui.input_mut(|input| input.consume_shortcut(&REDO_TOO) || input.consume_shortcut(&REDO)) {
            out.push(Action::Do(Command::Redo));
        } else if ui.input_mut(|input| input.consume_shortcut(&UNDO)) {
            out.push(Action::Do(Command::Undo));
        } else if ui.input_mut(|input| input.consume_shortcut(&GO_TO))
            && let Some((doc, path)) = state.selection.and_then(|selection| self.field_near(selection.head))
        {
            out.push(Action::GoTo { doc, path });
        }
        if out.len() == asked
            && let Some(edited) = state.tools.keys(ui, self.line_break())
        {
            state.edit(edited, out);
        }
        let is_selected =
            |state: &PreviewState| state.selection.is_some_and(|selection| !selection.is_empty());
        while out.len() == asked
            && let Some(act) = state.tools.next_act(ui, is_selected(state))
        {
            self.act(act, state, out);
        }
        if out.len() == asked {
            self.move_over_text(ui, state);
            self.take_unshown(ui, state, out);
        }
        if out.len() > asked {
            // What is asked for is done between frames, and what was typed after it is meant for the text as it is then.
            let typed = ui.input_mut(|input| {
                input.events.extract_if(.., |event| acts_of(event) != Input::None).collect()
            });
            state.delay(ui, typed);
        }
        ui.input(|input| input.events.iter().map(acts_of).max().unwrap_or_default())
    }

    /// A key for a tool means the text with what was typed before it: it waits until that stands there.
    fn delay_tools(&self, ui: &Ui, state: &mut PreviewState) {
        let later: Vec<Event> = ui.input_mut(|input| {
            let events = &input.events;
            let typed = events.iter().position(|event| acts_of(event) == Input::Replaces);
            let key = typed.and_then(|typed| {
                let after = events.iter().skip(typed + 1).position(|event| state.tools.has_key(event));
                after.map(|after| typed + 1 + after)
            });
            key.map(|key| input.events.split_off(key)).unwrap_or_default()
        });
        state.delay(ui, later);
    }

    /// Does what a key asks for.
    fn act(&self, act: Act, state: &mut PreviewState, out: &mut Vec<Action>) {
        let Some(selection) = state.selection else { return };
        let text = self.text().as_str();
        let range = selection.range();
        let from = text.floor_char_boundary(range.start.saturating_sub(REACH));
        let lines = match act {
            Act::Anchor => 0..text.len(),
            _ => self.whole_lines(from..range.end + REACH),
        };
        let scope = Scope::new(text, lines);
        if let Some(edited) = keys::act(act, scope.text(), scope.selection(selection)) {
            state.edit(scope.edited(&edited, self.line_break()), out);
        }
    }

    /// The lines of some bytes, without the line break of the last line of the text.
    fn whole_lines(&self, bytes: Range<usize>) -> Range<usize> {
        let end = self.text().lines().bytes(self.line_of(bytes.end) + 1).map_or(0, |line| line.end);
        self.start_of(self.line_of(bytes.start))..end
    }

    /// Where the document begins in which a byte stands, and its number; `None` if that is out of reach.
    fn document_around(&self, byte: usize, reach: usize) -> Option<(usize, usize)> {
        if self.is_whole() {
            return Some((0, 0));
        }
        let begins = |line: usize| {
            let line = &self.text().as_str()[self.text().line(line + 1)];
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let near = |line: &usize| self.start_of(*line) + reach >= byte;
        let line =
            (0..=self.line_of(byte)).rev().take_while(near).find(|line| *line == 0 || begins(*line))?;
        let start = self.start_of(line);
        let then = self.draft.ahead.map_or(start, |ahead| ahead.to_old(start).unwrap_or(ahead.at));
        Some((start, self.draft.document.stream.docs.partition_point(|doc| doc.span.start < then)))
    }

    /// What may stand at a byte. For a document that is very long a person has to ask.
    fn completion(&self, document: &Document, byte: usize, was_asked: bool) -> Option<Completion> {
        let (start, first) =
            self.document_around(byte, if was_asked { self.text().as_str().len() } else { REACH })?;
        let lines = start..self.whole_lines(byte..byte + REACH).end;
        let scope = Scope::new(self.text().as_str(), lines);
        let mut found = complete::complete(document, first, scope.text(), scope.of_raw(byte))?;
        found.range = scope.to_raw(found.range);
        Some(found)
    }

    /// How the line below begins when a line is broken at a byte of what is shown, which begins at the byte `from` of the
    /// text; `None` for as the line itself does.
    fn line_below(&self, document: &Document, from: usize, shown: &str, at: usize) -> Option<String> {
        // The document may begin before what is shown; nothing has been typed there.
        let (start, first) = self.document_around(from, REACH)?;
        let before = Scope::new(self.text().as_str(), start..from);
        let text = [before.text(), shown].concat();
        complete::line_below(document, first, &text, before.text().len() + at)
    }

    /// Moves the cursor where the widget, which holds a part of the text alone, cannot.
    fn move_over_text(&self, ui: &Ui, state: &mut PreviewState) {
        let Some(mut selection) = state.selection else { return };
        let events = ui.input(|input| input.events.clone());
        let mut kept = Vec::with_capacity(events.len());
        let mut events = events.into_iter();
        while let Some(event) = events.next() {
            let Some((to, selects)) = self.motion(&event, &selection, state.page) else {
                kept.push(event);
                continue;
            };
            if kept.iter().any(|event| acts_of(event) == Input::Replaces) {
                // It moves over a text in which what was typed stands already.
                state.delay(ui, std::iter::once(event).chain(events).collect());
                break;
            }
            match to {
                To::Everything => selection = Selection { anchor: 0, head: self.text().as_str().len() },
                To::Byte(byte) => selection.move_to(byte, selects),
            }
            state.follows_cursor = to != To::Everything;
            state.given = None;
        }
        ui.input_mut(|input| input.events = kept);
        state.selection = Some(selection);
    }

    /// Where a key moves the cursor to, and whether it selects on its way; `None` if it does not or the widget knows.
    fn motion(&self, event: &Event, selection: &Selection, page: usize) -> Option<(To, bool)> {
        let Event::Key { key, pressed: true, modifiers, .. } = event else { return None };
        let at = selection.head;
        let line = self.text().line(self.line_of(at) + 1);
        let is_long = !self.is_whole() && line.len() > LONG_LINE;
        let page = page.saturating_sub(2).max(1);
        let last = self.text().lines().count() - 1;
        let to = match key {
            Key::A if modifiers.command && !modifiers.shift && !modifiers.alt => To::Everything,
            Key::Home | Key::ArrowUp if modifiers.command => To::Byte(0),
            Key::End | Key::ArrowDown if modifiers.command => To::Byte(self.text().as_str().len()),
            Key::End if is_long => To::Byte(line.end),
            Key::PageUp if !modifiers.command => self.in_line(self.line_of(at).saturating_sub(page), at),
            Key::PageDown if !modifiers.command => self.in_line((self.line_of(at) + page).min(last), at),
            _ => return None,
        };
        Some((to, modifiers.shift))
    }

    /// The place in a line, counted from 0, that is as many characters after its beginning as a byte is in its own line.
    fn in_line(&self, line: usize, byte: usize) -> To {
        let text = self.text().as_str();
        let column = text[self.start_of(self.line_of(byte))..byte].chars().count();
        let line = self.text().line(line + 1);
        let within = text[line.clone()].char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        To::Byte(line.start + within)
    }

    /// Copies, cuts and deletes what is selected where the widget does not hold all of it.
    fn take_unshown(&self, ui: &Ui, state: &mut PreviewState, out: &mut Vec<Action>) {
        let Some(range) = state.selection.map(|selection| selection.range()) else { return };
        let is_shown = state.held.as_ref().is_some_and(|held| held.shown.holds_all(&range));
        if range.is_empty() || is_shown || self.is_whole() {
            return;
        }
        let (mut copies, mut deletes) = (false, false);
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let (copy, delete) = match event {
                    Event::Copy => (true, false),
                    Event::Cut => (true, true),
                    Event::Key { key: Key::Backspace | Key::Delete, pressed: true, .. } => (false, true),
                    _ => (false, false),
                };
                copies |= copy;
                deletes |= delete;
                !copy && !delete
            });
        });
        if copies {
            ui.copy_text(self.text().as_str()[range.clone()].to_owned());
        }
        if deletes {
            state.edit(Edited::replacing(range, ""), out);
        }
    }

    /// The field at a byte of the text, or else the nearest one before it in its line, or else the line's first.
    fn field_near(&self, byte: usize) -> Option<(usize, Path)> {
        let line = self.text().lines().bytes(self.line_of(byte) + 1)?;
        let mut tokens = (self.tokens(&line).into_iter())
            .filter(|(_, kind)| !matches!(kind, TokenKind::Comment | TokenKind::Punctuation))
            .map(|(span, _)| span.start)
            .peekable();
        let leftmost = tokens.peek().copied();
        let near = tokens.take_while(|start| *start <= byte).last().or(leftmost)?;
        self.draft.document.field_at(self.draft.ahead.map_or(Some(near), |ahead| ahead.to_old(near))?)
    }

    /// The problems of the rows in sight, each with the line in which it stands now.
    fn marks_in<'s>(&self, state: &'s PreviewState, rows: &Rows) -> Vec<(usize, &'s Mark)> {
        let range = rows.first..rows.first + rows.spans.len();
        let (now, then) = (self.text().lines().count(), self.draft.document.lines.count());
        // The text has become this much longer or shorter, above the rows or below them.
        let first = range.start.min((range.start + then).saturating_sub(now));
        let last = range.end.max((range.end + then).saturating_sub(now));
        let from = state.marks.partition_point(|mark| mark.line < first);
        let marks = state.marks[from..].iter().take_while(|mark| mark.line < last);
        marks
            .filter_map(|mark| Some((self.line_now(mark.line)?, mark)))
            .filter(|(line, _)| range.contains(line))
            .collect()
    }

    /// The characters of its row that a problem marks, of a row in the widget.
    fn columns_of(&self, mark: &Mark, shown: &Shown) -> Option<Range<CharIndex>> {
        let now = |byte: usize| self.draft.ahead.map_or(Some(byte), |ahead| ahead.to_new(byte));
        columns(&(now(mark.span.start)?..now(mark.span.end)?), shown)
    }

    /// The grounds of what was searched for in the rows in sight. `place_of` says where characters of a line stand on the
    /// screen.
    fn found_shapes(
        &self,
        state: &PreviewState,
        rows: &Rows,
        shown: &Shown,
        place_of: impl Fn(usize, Range<CharIndex>) -> Option<Rect>,
    ) -> Vec<Shape> {
        let lines = rows.lines();
        let seen = self.start_of(lines.start)..self.text().line(lines.end).end;
        let mut shapes = Vec::new();
        for (found, is_current) in state.tools.matches_in(seen) {
            let columns = columns(found, shown);
            let Some(rect) = columns.and_then(|columns| place_of(self.line_of(found.start), columns)) else {
                continue;
            };
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
            for other in marks_of(state, mark.line).iter().filter(|other| overlap(other, mark)) {
                if let Some((part, diagnostic)) = self.problem(other) {
                    inline_ui(ui, part.index, diagnostic, out);
                }
            }
        });
    }

    fn problem(&self, mark: &Mark) -> Option<(&Part, &Diagnostic)> {
        let part = self.draft.document.parts.get(mark.part)?;
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
            && let Some((doc, path)) = self.field_near(self.start_of(line))
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
        let mut shown_lines: Vec<(usize, usize, Severity)> = Vec::new();
        for (line, mark) in self.marks_in(state, rows) {
            match shown_lines.iter_mut().find(|(known, ..)| *known == line) {
                Some((.., worst)) => *worst = mark.severity.min(*worst),
                None => shown_lines.push((line, mark.line, mark.severity)),
            }
        }
        for (line, marked, severity) in shown_lines {
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
                for mark in marks_of(state, marked) {
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

/// What an event does to the text, the least first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Input {
    /// Nothing.
    #[default]
    None,
    /// It acts where the cursor is.
    Acts,
    /// It takes the place of what is selected.
    Replaces,
}

fn acts_of(event: &Event) -> Input {
    match event {
        Event::Text(_) | Event::Paste(_) | Event::Ime(_) => Input::Replaces,
        Event::Key { key: Key::Enter | Key::Tab | Key::Backspace | Key::Delete, pressed: true, .. } => {
            Input::Replaces
        }
        Event::AccessKitActionRequest(request)
            if request.action == egui::accesskit::Action::ReplaceSelectedText =>
        {
            Input::Replaces
        }
        Event::Key { pressed: true, .. } | Event::Copy | Event::Cut => Input::Acts,
        _ => Input::None,
    }
}

/// Where a key moves the cursor to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    /// All of the text is selected.
    Everything,
    /// A byte of the text.
    Byte(usize),
}

/// The problems of a line of the document's text.
fn marks_of(state: &PreviewState, line: usize) -> &[Mark] {
    let from = state.marks.partition_point(|mark| mark.line < line);
    let to = state.marks.partition_point(|mark| mark.line <= line);
    &state.marks[from..to]
}

/// The characters of its row in the widget that some bytes of one line are; `None` if they are not there.
fn columns(span: &Range<usize>, shown: &Shown) -> Option<Range<CharIndex>> {
    if !shown.holds_all(&(span.start..span.start)) {
        return None;
    }
    let text = shown.text();
    let (start, end) = (shown.of_raw(span.start), shown.of_raw(span.end));
    let row = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let columns = |to: usize| CharIndex(text.get(row..to).unwrap_or_default().chars().count());
    Some(columns(start)..columns(end))
}

/// How long a text is after some edits.
fn length_after(length: usize, edits: &[Edit]) -> usize {
    edits.iter().fold(length, |length, edit| length + edit.text.len() - edit.range.len())
}

fn same_place(a: &CCursorRange, b: &CCursorRange) -> bool {
    a.primary.index == b.primary.index && a.secondary.index == b.secondary.index
}

fn overlap(a: &Mark, b: &Mark) -> bool {
    a.span.start < b.span.end.max(b.span.start + 1) && b.span.start < a.span.end.max(a.span.start + 1)
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

/// The places of a document's problems, in the order of the lines. Pod Security speaks of the pod as a whole and of what
/// is absent: it is not marked in the text.
fn marks(document: &Document) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (part_number, part) in document.parts.iter().enumerate() {
        for (number, diagnostic) in part.diagnostics.iter().enumerate() {
            if diagnostic.stage == Stage::PodSecurity || part.is_empty {
                continue;
            }
            let start = diagnostic.span.start;
            let rest = document.text.get(diagnostic.span.clone()).unwrap_or_default();
            let first_line = rest.split(['\n', '\r']).next().unwrap_or_default().trim_end();
            let span = start..start + first_line.len();
            let severity = diagnostic.stage.severity();
            let line = document.lines.line(start) - 1;
            marks.push(Mark { line, span, severity, part: part_number, number });
        }
    }
    marks.sort_by_key(|mark| (mark.line, mark.severity, mark.span.start));
    marks
}
