//! The list of what may stand at the cursor. `egui::CompletionPopup` hangs below the whole text field, takes the word
//! before the cursor alone and has no room for help, so the list is drawn here; which keys it takes is the same.

use super::keys::{self, Edited};
use crate::complete::Completion;
use crate::schema::Lang;
use egui::{
    Button, Event, ImeEvent, Key, LayerId, Modifiers, Popup, PopupCloseBehavior, PopupKind, Rect, RectAlign,
    Role, ScrollArea, TextStyle, Ui, WidgetInfo,
};

/// How many rows are in sight at once.
const ROWS: usize = 10;
/// The width of the list, in points, where the window has the room.
const WIDTH: f32 = 400.0;

/// The list between frames.
#[derive(Debug, Clone, Default)]
pub struct List {
    found: Option<Completion>,
    selected: usize,
    /// The selected row is to be scrolled into sight.
    moved: bool,
    /// It was asked for, so that it stays without a word.
    asked: bool,
    /// It is to open as soon as the cursor's place is known.
    wanted: bool,
    /// What was typed last goes on with a word.
    typed: bool,
    /// An input method is in the middle of a word: its keys are its own.
    composing: bool,
    /// The text's length and the cursor of the last look.
    seen: Option<(usize, usize)>,
}

/// The keys that are the list's while it is open.
const KEYS: [Key; 7] =
    [Key::Enter, Key::Tab, Key::Escape, Key::ArrowDown, Key::ArrowUp, Key::PageDown, Key::PageUp];

impl List {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.found.is_some()
    }

    /// The byte at which the word begins that is completed, while it is open.
    pub fn word(&self) -> Option<usize> {
        self.found.as_ref().map(|found| found.range.start)
    }

    /// Opens it at the cursor, whether or not a word has been begun there.
    pub fn ask(&mut self) {
        self.wanted = true;
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.found = None;
        self.asked = false;
        self.wanted = false;
    }

    /// Whether an event is the list's rather than the text's.
    pub fn has_key(&self, event: &Event) -> bool {
        let is_key = matches!(event, Event::Key { key, pressed: true, modifiers, .. }
            if modifiers.is_none() && KEYS.contains(key));
        is_key && self.is_open() && !self.composing
    }

    /// Takes the keys that are the list's while it is open, before the text sees them. Gives the change that one asks for
    /// in a text whose lines break with `line_break`.
    pub fn keys(&mut self, ui: &Ui, line_break: &str) -> Option<Edited> {
        ui.input(|input| {
            for event in &input.events {
                match event {
                    Event::Ime(ImeEvent::Preedit { text, .. }) => self.composing = !text.is_empty(),
                    Event::Ime(ImeEvent::Commit(_)) => self.composing = false,
                    _ => {}
                }
            }
        });
        let found = self.found.as_ref().filter(|_| !self.composing)?;
        let count = found.candidates.len();
        let steps = [(Key::ArrowDown, 1), (Key::ArrowUp, count - 1)];
        let pages = [(Key::PageDown, ROWS.min(count - 1 - self.selected.min(count - 1))), (Key::PageUp, 0)];
        for (key, by) in steps.into_iter().chain(pages) {
            while keys::take(ui, Modifiers::NONE, key) {
                self.selected = match key {
                    Key::PageUp => self.selected.saturating_sub(ROWS),
                    _ => (self.selected + by) % count,
                };
                self.moved = true;
            }
        }
        if keys::take(ui, Modifiers::NONE, Key::Escape) {
            self.close();
            return None;
        }
        let accepts = [Key::Enter, Key::Tab].into_iter().any(|key| keys::take(ui, Modifiers::NONE, key));
        accepts.then(|| self.accept(self.selected, line_break))?
    }

    /// Takes note of what has just been typed into the text.
    pub fn note(&mut self, ui: &Ui) {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '(');
        self.typed = ui.input(|input| {
            let mut events = input.events.iter();
            events.any(|event| matches!(event, Event::Text(typed) if typed.ends_with(is_word)))
        });
    }

    /// Looks at a text of so many bytes, in which what was typed stands. `cursor` is the byte of the cursor if nothing is
    /// selected. `find` looks for what may stand there, and is told whether a person asked.
    pub fn follow(
        &mut self,
        length: usize,
        cursor: Option<usize>,
        find: impl FnOnce(usize, bool) -> Option<Completion>,
    ) {
        let typed = std::mem::take(&mut self.typed);
        let Some(cursor) = cursor.filter(|_| !self.composing) else {
            self.seen = None;
            return self.close();
        };
        let now = (length, cursor);
        let before = self.seen.replace(now);
        if before == Some(now) && !self.wanted {
            return;
        }
        let changed = before.is_some_and(|(before, _)| before != length);
        let goes_on = self.is_open() && changed;
        if !(typed && changed || goes_on || self.wanted) {
            return self.close();
        }
        let fresh = std::mem::take(&mut self.wanted);
        self.asked = fresh || goes_on && self.asked;
        let fits = |found: &Completion| fresh || !found.is_exact() && (self.asked || !found.typed.is_empty());
        self.found = find(cursor, fresh).filter(fits);
        self.selected = 0;
        self.moved = true;
    }

    /// Whether the pointer is on the list, so that a press there does not take the keyboard from the text.
    pub fn has_pointer(&self, ui: &Ui, id: egui::Id) -> bool {
        let layer = LayerId::new(PopupKind::Popup.order(), id.with("completion"));
        let at = ui.ctx().pointer_interact_pos().and_then(|at| ui.ctx().layer_id_at(at));
        self.is_open() && at == Some(layer)
    }

    /// Draws the list below the word, which stands at `word` on the screen. Gives the change that a click asks for in a
    /// text whose lines break with `line_break`.
    pub fn ui(&mut self, ui: &Ui, id: egui::Id, word: Rect, line_break: &str) -> Option<Edited> {
        let found = self.found.as_ref()?;
        let selected = self.selected;
        let moved = std::mem::take(&mut self.moved);
        // Near the right edge of the window the list begins further left, so that it keeps its width.
        let most = ui.ctx().content_rect().right() - WIDTH - 24.0;
        let place = word.with_min_x(word.left().min(most)).expand2(egui::vec2(0.0, 2.0));
        let clicked = Popup::new(id.with("completion"), ui.ctx().clone(), place, ui.layer_id())
            .kind(PopupKind::Popup)
            .align(RectAlign::BOTTOM_START)
            .align_alternatives(&[RectAlign::TOP_START])
            .close_behavior(PopupCloseBehavior::IgnoreClicks)
            .accessible_name("Completions")
            .width(WIDTH)
            .show(|ui| list_ui(ui, found, selected, moved));
        self.accept(clicked?.inner?, line_break)
    }

    /// Puts a candidate in the place of the word.
    fn accept(&mut self, chosen: usize, line_break: &str) -> Option<Edited> {
        let found = self.found.as_ref()?;
        let candidate = found.candidates.get(chosen)?;
        let edited = Edited::replacing(found.range.clone(), candidate.insert.replace('\n', line_break));
        let goes_on = candidate.insert.ends_with([' ', '\n']);
        self.close();
        // What follows a field may be known as well.
        self.wanted = goes_on;
        Some(edited)
    }
}

/// The rows, and below them the help on the selected one. Gives the row that was clicked.
fn list_ui(ui: &mut Ui, found: &Completion, selected: usize, moved: bool) -> Option<usize> {
    ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 24.0));
    ui.spacing_mut().item_spacing.y = 0.0;
    // A faded row would be taken for one that cannot be chosen.
    ui.spacing_mut().scroll.fade.strength = 0.0;
    let height = 22.0;
    let mut clicked = None;
    ScrollArea::vertical().max_height(height * ROWS as f32).show(ui, |ui| {
        for (number, candidate) in found.candidates.iter().enumerate() {
            let font = TextStyle::Monospace.resolve(ui.style());
            let name = egui::RichText::new(&candidate.label).font(font);
            let detail = egui::RichText::new(&candidate.detail).small();
            let button = Button::selectable(number == selected, name)
                .right_text(detail)
                .truncate()
                .min_size(egui::vec2(ui.available_width(), height));
            let row = ui.add(button);
            let words = match candidate.detail.as_str() {
                "" => candidate.label.clone(),
                detail => format!("{}, {detail}", candidate.label),
            };
            row.widget_info(|| WidgetInfo::selected(Role::Button, true, number == selected, &words));
            if number == selected && moved {
                row.scroll_to_me(None);
            }
            if row.clicked() {
                clicked = Some(number);
            }
        }
    });
    if let Some(help) = found.candidates.get(selected).and_then(|candidate| candidate.help(Lang::En)) {
        ui.add_space(2.0);
        ui.separator();
        ui.add_space(2.0);
        ui.add(egui::Label::new(egui::RichText::new(help).small()).wrap());
    }
    clicked
}
