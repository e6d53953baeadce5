//! What joins the tools of the text to its widget: which of them has the keys, and what they do to the text.

use super::completion::{self, List};
use super::find::{Asked, Strip};
use super::keys::{self, Act, Edited, Selection};
use super::shown::Typed;
use crate::document::Document;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditOutput;
use egui::{
    Align2, Event, EventFilter, FocusDirection, Id, Key, Modifiers, Rect, SurrenderFocusOn, TextBuffer,
    TextEdit, Ui,
};
use std::ops::Range;

pub use super::find::Tool as StripTool;

/// What can be asked of the text from elsewhere: a menu, a shortcut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Open the strip above the text.
    Strip(StripTool),
    /// Go to the next match of what was searched for last, or to the one before.
    Match {
        /// Whether to the next.
        forward: bool,
    },
    /// Comment the selected lines out, or in again.
    Comment,
    /// Offer what may stand at the cursor.
    Complete,
    /// Go from the alias at the cursor to its anchor.
    Anchor,
}

/// The tools between frames.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    strip: Strip,
    list: List,
    asked: Vec<Tool>,
    acts: Vec<Act>,
    edit: Option<Edited>,
    /// What the text is to select, with the keyboard.
    select: Option<Selection>,
    /// What is selected in the text, or was when it had the keyboard last.
    selection: Selection,
    /// The cursor has been put somewhere and is to be brought into sight.
    reveal: bool,
    /// The next Tab leaves the text.
    leaving: bool,
    keys: completion::Keys,
}

impl Tools {
    /// Asks for a tool; it comes when the text is drawn next.
    pub fn ask(&mut self, tool: Tool) {
        self.asked.push(tool);
    }

    /// Gives the text the keyboard with this selected.
    pub fn select(&mut self, selection: Selection) {
        self.select = Some(selection);
    }

    /// The text is another one.
    pub fn forget(&mut self) {
        self.strip.forget();
    }

    /// What was searched for in a part of the text, each with whether it is the current match.
    pub fn matches_in(&self, part: Range<usize>) -> impl Iterator<Item = (&Range<usize>, bool)> {
        self.strip.matches_in(part)
    }

    /// Does what was asked for and draws the strip. Gives the bytes to bring into sight.
    pub fn strip_ui(&mut self, ui: &mut Ui, id: Id, text: &str, editable: bool) -> Option<Range<usize>> {
        let mut show = None;
        for tool in std::mem::take(&mut self.asked) {
            match tool {
                Tool::Strip(tool) => self.strip.open(tool, text, self.selection),
                Tool::Match { forward } if self.strip.is_open() => show = self.strip.step(text, forward),
                Tool::Match { forward } => {
                    self.strip.start_from(self.selection, forward);
                    show = self.strip.step(text, forward);
                    self.select =
                        show.clone().map(|found| Selection { anchor: found.start, head: found.end });
                }
                Tool::Comment if editable => {
                    self.acts.push(Act::Comment);
                    self.select.get_or_insert(self.selection);
                }
                Tool::Complete if editable => {
                    self.list.ask();
                    self.select.get_or_insert(self.selection);
                }
                Tool::Anchor => self.acts.push(Act::Anchor),
                Tool::Comment | Tool::Complete => {}
            }
        }
        match self.strip.ui(ui, id, text, editable) {
            Some(Asked::Show(found)) => show = Some(found),
            Some(Asked::Change(edited)) => self.edit = Some(edited),
            Some(Asked::Leave(selection)) => {
                let selection = selection.unwrap_or(self.selection);
                show = Some(selection.range());
                self.select = Some(selection);
            }
            None => {}
        }
        show
    }

    /// Takes the keys that mean something else here than in a plain text field, while the text has the keyboard.
    pub fn keys(&mut self, ui: &Ui) {
        self.keys = self.list.keys(ui);
        let goes_on = |event: &Event| match event {
            Event::Key { key, pressed, .. } => *pressed && !matches!(key, Key::Tab | Key::Escape),
            Event::Text(_) | Event::PointerButton { .. } => true,
            _ => false,
        };
        if ui.input(|input| input.events.iter().any(goes_on)) {
            self.leaving = false;
        }
        if keys::take(ui, Modifiers::NONE, Key::Escape) {
            if self.strip.is_open() {
                self.strip.close();
            } else {
                self.leaving = true;
            }
        }
        for (modifiers, key, direction) in [
            (Modifiers::NONE, Key::F6, FocusDirection::Next),
            (Modifiers::SHIFT, Key::F6, FocusDirection::Previous),
            (Modifiers::CTRL, Key::Tab, FocusDirection::Next),
            (Modifiers::CTRL.plus(Modifiers::SHIFT), Key::Tab, FocusDirection::Previous),
        ] {
            if keys::take(ui, modifiers, key) {
                ui.memory_mut(|memory| memory.move_focus(direction));
            }
        }
        if !self.leaving {
            self.acts.extend(keys::pressed(ui, !self.selection.is_empty()));
        }
    }

    /// Makes the changes that were asked for before the widget takes what is typed; gives whether the text changed.
    pub fn change(&mut self, ui: &Ui, id: Id, typed: &mut Typed) -> bool {
        let mut changed = false;
        let mut select = self.select.take();
        if select.is_some() {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        if let Some(edited) = self.edit.take() {
            typed.apply(&edited);
            select = Some(edited.selection);
            changed = true;
        }
        for act in std::mem::take(&mut self.acts) {
            if let Some(edited) = keys::act(act, typed.as_str(), select.unwrap_or(self.selection)) {
                if edited.changes_text() {
                    typed.apply(&edited);
                    changed = true;
                }
                select = Some(edited.selection);
            }
        }
        if let Some(selection) = select {
            put_selection(ui, id, typed, selection);
            self.selection = selection;
            self.reveal = true;
        }
        changed
    }

    /// Shows the widget with the keys that are its own.
    pub fn show(&self, ui: &mut Ui, id: Id, edit: TextEdit<'_>) -> TextEditOutput {
        let edit = edit.event_filter(EventFilter {
            tab: !self.leaving,
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
        });
        // A press on the list must not take the keyboard from the text, or the list would close before the click.
        let usual = ui.options(|options| options.input_options.surrender_focus_on);
        if self.list.has_pointer(ui, id) {
            ui.options_mut(|options| options.input_options.surrender_focus_on = SurrenderFocusOn::Never);
        }
        let output = edit.show(ui);
        ui.options_mut(|options| options.input_options.surrender_focus_on = usual);
        output
    }

    /// Follows the cursor once the widget has taken what was typed, and draws the completions. `document` is the last
    /// one that was whole. Gives whether the text changed.
    pub fn follow(
        &mut self,
        ui: &Ui,
        id: Id,
        document: &Document,
        typed: &mut Typed,
        output: &TextEditOutput,
    ) -> bool {
        let Some(range) = output.cursor_range.filter(|_| output.response.response.has_focus()) else {
            self.list.close();
            self.leaving = false;
            return false;
        };
        let byte = |cursor: CCursor| typed.byte_index_from_char_index(cursor.index).0;
        self.selection = Selection { anchor: byte(range.secondary), head: byte(range.primary) };
        if std::mem::take(&mut self.reveal) {
            let cursor = output.galley.pos_from_cursor(range.primary).translate(output.galley_pos.to_vec2());
            ui.scroll_to_rect(cursor, None);
        }
        let cursor = Some(self.selection.head).filter(|_| self.selection.is_empty());
        self.list.follow(ui, document, typed.as_str(), cursor);
        if self.leaving {
            let hint = "Tab leaves the text";
            let area = ui.clip_rect().shrink(6.0);
            let font = egui::TextStyle::Small.resolve(ui.style());
            let galley = ui.painter().layout_no_wrap(hint.to_owned(), font, ui.visuals().strong_text_color());
            let rect =
                Align2::RIGHT_BOTTOM.align_size_within_rect(galley.size() + egui::vec2(12.0, 8.0), area);
            ui.painter().rect_filled(rect, 4.0, ui.visuals().widgets.inactive.bg_fill);
            ui.painter().galley(rect.min + egui::vec2(6.0, 4.0), galley, ui.visuals().strong_text_color());
        }
        let keys = std::mem::take(&mut self.keys);
        let Some(word) = self.list.word() else {
            // What was typed just before the key has closed the list: the key is the text's after all.
            let Some(key) = keys.accept else { return false };
            let count = typed.insert_text(if key == Key::Tab { "\t" } else { "\n" }, range.primary.index);
            let at = typed.byte_index_from_char_index(range.primary.index + count).0;
            self.selection = Selection::at(at);
            put_selection(ui, id, typed, self.selection);
            return true;
        };
        let start = output.galley.pos_from_cursor(cursor_at(typed.as_str(), word));
        let place: Rect = start.translate(output.galley_pos.to_vec2());
        let Some(edited) = self.list.ui(ui, id, place, keys) else { return false };
        typed.apply(&edited);
        put_selection(ui, id, typed, edited.selection);
        ui.memory_mut(|memory| memory.request_focus(id));
        self.selection = edited.selection;
        self.reveal = true;
        true
    }
}

fn cursor_at(text: &str, byte: usize) -> CCursor {
    CCursor::new(text.get(..byte).unwrap_or(text).chars().count())
}

/// Selects something in the widget.
fn put_selection(ui: &Ui, id: Id, typed: &Typed, selection: Selection) {
    let text = typed.as_str();
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let range = CCursorRange::two(cursor_at(text, selection.anchor), cursor_at(text, selection.head));
    state.cursor.set_char_range(Some(range));
    TextEdit::store_state(ui.ctx(), id, state);
}
