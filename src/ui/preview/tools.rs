//! What joins the tools of the text to its widget: which of them has the keys, and what they do to the text.

use super::completion::List;
use super::find::{Asked, Strip};
use super::keys::{self, Act, Edited, Selection};
use crate::complete::Completion;
use crate::yaml::Text;
use egui::text_edit::TextEditOutput;
use egui::{
    Align2, Event, EventFilter, FocusDirection, Id, Key, Modifiers, Rect, SurrenderFocusOn, TextEdit, Ui,
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
    /// The next Tab leaves the text.
    leaving: bool,
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

    /// Does what was asked for and draws the strip. `selection` is what is selected in the text, or was when it had the
    /// keyboard last. Gives the bytes to bring into sight.
    pub fn strip_ui(
        &mut self,
        ui: &mut Ui,
        id: Id,
        text: &Text,
        selection: Selection,
    ) -> Option<Range<usize>> {
        let mut show = None;
        for tool in std::mem::take(&mut self.asked) {
            match tool {
                Tool::Strip(tool) => self.strip.open(tool, text, selection),
                Tool::Match { forward } if self.strip.is_open() => show = self.strip.step(text, forward),
                Tool::Match { forward } => {
                    self.strip.start_from(selection, forward);
                    show = self.strip.step(text, forward);
                    self.select =
                        show.clone().map(|found| Selection { anchor: found.start, head: found.end });
                }
                Tool::Comment => {
                    self.acts.push(Act::Comment);
                    self.select.get_or_insert(selection);
                }
                Tool::Complete => {
                    self.list.ask();
                    self.select.get_or_insert(selection);
                }
                Tool::Anchor => self.acts.push(Act::Anchor),
            }
        }
        match self.strip.ui(ui, id, text) {
            Some(Asked::Show(found)) => show = Some(found),
            Some(Asked::Change(edited)) => self.edit = Some(edited),
            Some(Asked::Leave(left)) => {
                let selection = left.unwrap_or(selection);
                show = Some(selection.range());
                self.select = Some(selection);
            }
            None => {}
        }
        show
    }

    /// What the text is to select, with the keyboard; once.
    pub fn take_selection(&mut self) -> Option<Selection> {
        self.select.take()
    }

    /// The change that the strip asks for; once.
    pub fn take_edit(&mut self) -> Option<Edited> {
        self.edit.take()
    }

    /// What was asked for from elsewhere; once.
    pub fn take_acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    /// Looks at the text before the keys of the frame. `cursor` and `find` are as for [`List::follow`].
    pub fn follow(
        &mut self,
        length: usize,
        cursor: Option<usize>,
        find: impl FnOnce(usize, bool) -> Option<Completion>,
    ) {
        self.list.follow(length, cursor, find);
    }

    /// The text has not got the keyboard.
    pub fn rest(&mut self) {
        self.list.close();
        self.leaving = false;
    }

    /// Whether an event is one for a tool, and means the text with all that was typed before it.
    pub fn has_key(&self, event: &Event) -> bool {
        self.list.has_key(event) || !self.leaving && keys::act_of(event, false).is_some()
    }

    /// Takes the keys that mean something else here than in a plain text field, while the text has the keyboard. Gives the
    /// change that one asks for.
    pub fn keys(&mut self, ui: &Ui, line_break: &str) -> Option<Edited> {
        let edited = self.list.keys(ui, line_break);
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
        edited
    }

    /// Takes the first key that asks for an act.
    pub fn next_act(&self, ui: &Ui, selected: bool) -> Option<Act> {
        if self.leaving { None } else { keys::next_act(ui, selected) }
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

    /// Takes note of what has just been typed into the text.
    pub fn note(&mut self, ui: &Ui) {
        self.list.note(ui);
    }

    /// The byte of the text at which the word begins that is completed, while the list is open.
    pub fn word(&self) -> Option<usize> {
        self.list.word()
    }

    /// Draws what hangs over the text while it has the keyboard: the completions below the word, which stands at `word` on
    /// the screen, and how to leave. Gives the change that a click asks for.
    pub fn over_ui(&mut self, ui: &Ui, id: Id, word: Option<Rect>, line_break: &str) -> Option<Edited> {
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
        self.list.ui(ui, id, word?, line_break)
    }
}
