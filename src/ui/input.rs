//! What was done in the time of one frame, given to the window in the order in which it was done.
//!
//! egui looks at all events of a frame at once, each widget in its turn: of “a, Tab, b” both letters would go into the field
//! after the Tab, of two Tabs one would count, and the click into a field that came before Ctrl+A would put its cursor after it.
//! A frame seldom takes so long, but what is typed while one does must arrive where it was meant.

use egui::{Event, Key};

/// Keeps events for the frames after the next one.
#[derive(Debug, Default)]
pub struct InOrder {
    held: Vec<Event>,
    /// How many events have been given to a frame that has not been drawn yet.
    given: usize,
}

impl InOrder {
    /// Leaves in `events` what the next frame may see at once. The rest is for the frames after it. `in_text`: the keyboard
    /// is in a field to type into.
    pub fn give(&mut self, events: &mut Vec<Event>, in_text: bool) {
        // A window that is out of sight draws nothing, and is given the same events again.
        let given = self.given.min(events.len());
        events.splice(given..given, self.held.drain(..));
        let mut turn = Turn { in_text, ..Turn::default() };
        let end = events.iter().position(|event| !turn.takes(event)).unwrap_or(events.len());
        self.held = events.split_off(end);
        self.given = end;
    }

    /// Takes note that a frame is drawn. Whether another one is needed, for what has been kept.
    pub fn drawn(&mut self) -> bool {
        self.given = 0;
        !self.held.is_empty()
    }
}

/// Whether an event may change the text.
pub fn is_typed(event: &Event) -> bool {
    matches!(
        event,
        Event::Text(_) | Event::Ime(_) | Event::Paste(_) | Event::Cut | Event::Key { pressed: true, .. }
    )
}

/// What one frame has been given.
#[derive(Debug, Default, Clone, Copy)]
struct Turn {
    in_text: bool,
    has_typing: bool,
    has_act: bool,
    /// The one act is a button that was pressed.
    has_press: bool,
    /// The one act is the space bar, whose letter comes with it.
    has_space: bool,
    /// The key of the one act.
    key: Option<Key>,
}

impl Turn {
    /// Whether a frame that has been given so much may see another event too.
    fn takes(&mut self, event: &Event) -> bool {
        match Sort::of(event, self.in_text) {
            Sort::Typing if std::mem::take(&mut self.has_space) && is_space(event) => true,
            Sort::Typing => {
                self.has_typing = true;
                !self.has_act
            }
            // Of a key that is held down, as many as come: it must not go on after it is let go.
            Sort::Act if self.key.is_some() && is_held(event) == self.key => true,
            Sort::Act => {
                let (is_first, was_press) = (!self.has_typing && !self.has_act, self.has_press);
                self.has_act = true;
                self.has_press = matches!(event, Event::PointerButton { pressed: true, .. });
                self.has_space = matches!(event, Event::Key { key: Key::Space, .. });
                if let Event::Key { key, .. } = event {
                    self.key = Some(*key);
                }
                is_first || was_press && matches!(event, Event::PointerButton { pressed: false, .. })
            }
            Sort::State => !self.has_act,
            Sort::Other => true,
        }
    }
}

/// The key that is held down and comes again.
fn is_held(event: &Event) -> Option<Key> {
    match event {
        Event::Key { key, repeat: true, .. } => Some(*key),
        _ => None,
    }
}

fn is_space(event: &Event) -> bool {
    matches!(event, Event::Text(text) if text == " ")
}

/// What an event means for those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// It goes to the control that has the keyboard, and any number of them in their order.
    Typing,
    /// It may move the keyboard or change what is shown: what comes after it means what is there then.
    Act,
    /// Where the pointer is and which keys are held down, on which an act depends.
    State,
    /// Nothing depends on it.
    Other,
}

impl Sort {
    fn of(event: &Event, in_text: bool) -> Sort {
        match event {
            Event::Key { pressed: false, .. } => Sort::Other,
            Event::Key { key, modifiers, .. } => {
                let acts =
                    matches!(key, Key::Tab | Key::Enter | Key::Escape) || (Key::F1..=Key::F35).contains(key);
                // Of a list below a line to type into, these choose. Where nobody types, the others press a button or go on
                // to the next one.
                let acts = acts
                    || matches!(key, Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown)
                    || !in_text && matches!(key, Key::Space | Key::ArrowLeft | Key::ArrowRight);
                let is_command = modifiers.ctrl || modifiers.command || modifiers.mac_cmd || modifiers.alt;
                if acts || is_command { Sort::Act } else { Sort::Typing }
            }
            Event::Text(_) | Event::Ime(_) => Sort::Typing,
            Event::Copy
            | Event::Cut
            | Event::Paste(_)
            | Event::PasteImage(_)
            | Event::MiddleClickPaste { .. }
            | Event::PointerButton { .. }
            | Event::AccessKitActionRequest(_) => Sort::Act,
            Event::ModifiersChanged(_)
            | Event::PointerMoved(_)
            | Event::PointerGone
            | Event::WindowFocused(_) => Sort::State,
            _ => Sort::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Modifiers, PointerButton, pos2};

    fn key(key: Key, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    fn text(text: &str) -> Event {
        Event::Text(text.to_owned())
    }

    fn button(pressed: bool) -> Event {
        let (pos, button, modifiers) = (pos2(1.0, 1.0), PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos, button, pressed, modifiers }
    }

    /// The frames that see the events, by how many they see.
    fn frames(events: &[Event]) -> Vec<usize> {
        frames_in(events, true)
    }

    fn frames_in(events: &[Event], in_text: bool) -> Vec<usize> {
        let mut order = InOrder::default();
        let mut next = events.to_vec();
        let mut seen = Vec::new();
        let mut frames = Vec::new();
        loop {
            order.give(&mut next, in_text);
            frames.push(next.len());
            seen.append(&mut next);
            if !order.drawn() {
                break;
            }
        }
        assert_eq!(seen, events, "nothing is lost and the order is kept");
        frames
    }

    #[test]
    fn what_is_typed_together_is_seen_together() {
        let typed =
            [key(Key::A, Modifiers::NONE), text("a"), key(Key::Backspace, Modifiers::NONE), text("b")];
        assert_eq!(frames(&typed), [4]);
    }

    #[test]
    fn what_moves_the_keyboard_is_seen_alone() {
        let tab = || key(Key::Tab, Modifiers::NONE);
        assert_eq!(frames(&[text("a"), tab(), tab(), text("b"), text("c")]), [1, 1, 1, 2]);
        assert_eq!(frames(&[text("a"), key(Key::Z, Modifiers::CTRL), text("b")]), [1, 1, 1]);
        assert_eq!(frames(&[Event::Paste("a".to_owned()), text("b")]), [1, 1]);
    }

    #[test]
    fn what_chooses_or_presses_is_an_act() {
        let plain = |of| key(of, Modifiers::NONE);
        let chooses = [text("a"), plain(Key::ArrowDown), plain(Key::ArrowDown), plain(Key::Enter)];
        assert_eq!(frames(&chooses), [1, 1, 1, 1]);
        let held = |of| Event::Key {
            key: of,
            physical_key: None,
            pressed: true,
            repeat: true,
            modifiers: Modifiers::NONE,
        };
        let down = Key::ArrowDown;
        assert_eq!(frames(&[plain(down), held(down), held(down), held(Key::ArrowUp), text("a")]), [3, 1, 1]);
        let spaces =
            [plain(Key::Space), text(" "), plain(Key::B), text("b"), plain(Key::ArrowLeft), text("c")];
        assert_eq!(frames(&spaces), [6]);
        assert_eq!(frames_in(&spaces, false), [2, 2, 1, 1]);
    }

    #[test]
    fn a_click_is_one_act() {
        let move_to = |x: f32| Event::PointerMoved(pos2(x, 1.0));
        let click = [text("a"), move_to(1.0), button(true), button(false), text("b")];
        assert_eq!(frames(&click), [2, 2, 1]);
        assert_eq!(frames(&[button(true), button(false), button(true), button(false)]), [2, 2]);
        assert_eq!(frames(&[button(true), move_to(2.0), move_to(3.0), button(false)]), [1, 3]);
    }

    #[test]
    fn a_key_that_is_held_down_is_so_for_what_comes_after() {
        let held = |modifiers| Event::ModifiersChanged(modifiers);
        let events = [
            held(Modifiers::CTRL),
            key(Key::A, Modifiers::CTRL),
            held(Modifiers::NONE),
            text("a"),
            text("b"),
        ];
        assert_eq!(frames(&events), [2, 3]);
        assert_eq!(frames(&[held(Modifiers::SHIFT), text("A"), held(Modifiers::NONE), text("b")]), [4]);
    }

    #[test]
    fn a_window_out_of_sight_sees_it_in_order_later() {
        let mut order = InOrder::default();
        let mut events = vec![text("a"), key(Key::Tab, Modifiers::NONE), text("b")];
        order.give(&mut events, true);
        assert_eq!(events, [text("a")]);
        // Nothing was drawn: the same event comes again, with a later one.
        events.push(text("c"));
        order.give(&mut events, true);
        assert_eq!(events, [text("a")]);
        assert!(order.drawn());
        let mut events = Vec::new();
        order.give(&mut events, true);
        assert!(order.drawn() && events == [key(Key::Tab, Modifiers::NONE)]);
        let mut events = Vec::new();
        order.give(&mut events, true);
        assert!(!order.drawn() && events == [text("b"), text("c")]);
    }
}
