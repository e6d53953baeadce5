//! The strip above the text: find, replace, go to a line.

use super::keys::{self, Edited, Selection};
use crate::yaml::{Edit, Text};
use egui::{Id, Key, Modifiers, RichText, TextEdit, Ui};
use std::ops::Range;

/// The strip between frames.
#[derive(Debug, Clone, Default)]
pub struct Strip {
    open: Option<Tool>,
    query: String,
    replacement: String,
    line: String,
    case: bool,
    whole: bool,
    /// Where in the text the query stands.
    matches: Vec<Range<usize>>,
    /// What the matches were looked for by.
    looked_for: Option<(String, bool, bool)>,
    /// The text has changed since.
    stale: bool,
    /// The current match is another one since a replacement.
    replaced: bool,
    /// The number of the match that is the current one.
    current: Option<usize>,
    /// The byte from which the search goes on: where the cursor was, or the end of the last replacement.
    origin: usize,
    /// The field of the strip is to get the keyboard.
    fresh: bool,
}

/// What the strip is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// To find.
    Find,
    /// To find and replace.
    Replace,
    /// To go to a line.
    Line,
}

/// What the strip asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Bring these bytes into sight.
    Show(Range<usize>),
    /// Change the text.
    Change(Edited),
    /// Close, and give the keyboard back to the text with this selected.
    Leave(Option<Selection>),
}

impl Strip {
    /// Opens it. What is selected in the text, within one line, is what to look for.
    pub fn open(&mut self, tool: Tool, text: &Text, selection: Selection) {
        let range = selection.range();
        self.open = Some(tool);
        self.fresh = true;
        self.origin = range.start;
        if let Some(selected) =
            text.as_str().get(range).filter(|text| !text.is_empty() && !text.contains(['\n', '\r']))
            && tool != Tool::Line
        {
            self.query = selected.to_owned();
        }
        self.line.clear();
        self.looked_for = None;
    }

    /// Whether it is in sight.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Closes it; the current match stays selected.
    pub fn close(&mut self) -> Option<Selection> {
        let finds = self.open.take().is_some_and(|tool| tool != Tool::Line);
        self.current_match().filter(|_| finds).map(|range| Selection { anchor: range.start, head: range.end })
    }

    /// The text is another one: what was found may stand elsewhere.
    pub fn forget(&mut self) {
        self.stale = true;
    }

    /// The matches that touch a part of the text, each with whether it is the current one.
    pub fn matches_in(&self, part: Range<usize>) -> impl Iterator<Item = (&Range<usize>, bool)> {
        let shown = if matches!(self.open, Some(Tool::Find | Tool::Replace)) { &*self.matches } else { &[] };
        let first = shown.partition_point(|found| found.end <= part.start);
        let current = self.current;
        let found = shown.iter().enumerate().skip(first).take_while(move |(_, found)| found.start < part.end);
        found.map(move |(number, found)| (found, current == Some(number)))
    }

    fn current_match(&self) -> Option<Range<usize>> {
        self.matches.get(self.current?).cloned()
    }

    /// Looks for the query if anything is new. Gives whether the current match is one that nobody has seen yet.
    fn look(&mut self, text: &Text) -> bool {
        let asked = (self.query.clone(), self.case, self.whole);
        let is_new = self.looked_for.as_ref() != Some(&asked);
        if !is_new && !self.stale {
            return false;
        }
        self.stale = false;
        self.matches = matches(text.as_str(), &self.query, self.case, self.whole);
        let next = self.matches.iter().position(|found| found.start >= self.origin);
        self.current = next.or((!self.matches.is_empty()).then_some(0));
        self.looked_for = Some(asked);
        is_new || std::mem::take(&mut self.replaced)
    }

    /// Where the search goes on from: what is selected in the text, while the strip is not in sight.
    pub fn start_from(&mut self, selection: Selection, forward: bool) {
        let range = selection.range();
        self.origin = if forward { range.end } else { range.start };
        self.looked_for = None;
    }

    /// Goes to the next match, or the one before; gives its place.
    pub fn step(&mut self, text: &Text, forward: bool) -> Option<Range<usize>> {
        if !self.look(text) || !forward {
            let count = self.matches.len();
            let by = if forward { 1 } else { count.checked_sub(1)? };
            self.current = self.current.filter(|_| count > 0).map(|current| (current + by) % count);
        }
        let found = self.current_match()?;
        self.origin = found.start;
        Some(found)
    }

    /// Draws the strip over a text. `id` tells its fields from others.
    pub fn ui(&mut self, ui: &mut Ui, id: Id, text: &Text) -> Option<Asked> {
        let tool = self.open?;
        let mut asked = None;
        let frame =
            egui::Frame::new().inner_margin(egui::Margin::symmetric(6, 4)).fill(ui.visuals().panel_fill);
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            match tool {
                Tool::Line => asked = self.line_ui(ui, id, text),
                Tool::Find | Tool::Replace => {
                    asked = self.find_ui(ui, id, text);
                    if tool == Tool::Replace && asked.is_none() {
                        asked = self.replace_ui(ui, id);
                    }
                }
            }
        });
        self.fresh = false;
        asked
    }

    fn find_ui(&mut self, ui: &mut Ui, id: Id, text: &Text) -> Option<Asked> {
        let mut asked = None;
        ui.horizontal(|ui| {
            let (mut forward, mut back) = (false, false);
            let field = id.with("find");
            if ui.memory(|memory| memory.has_focus(field)) {
                forward = keys::take(ui, Modifiers::NONE, Key::Enter);
                back = keys::take(ui, Modifiers::SHIFT, Key::Enter);
            }
            let response = field_ui(ui, field, &mut self.query, "Find", self.fresh);
            let left = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape));
            if self.look(text)
                && let Some(found) = self.current_match()
            {
                asked = Some(Asked::Show(found));
            }
            let words = match (self.query.is_empty(), self.current) {
                (true, _) => String::new(),
                (_, Some(current)) => format!("{} of {}", current + 1, self.matches.len()),
                (_, None) => "None found".to_owned(),
            };
            let none = !self.query.is_empty() && self.matches.is_empty();
            let words = RichText::new(words).small();
            let words = if none { words.color(ui.visuals().error_fg_color) } else { words };
            ui.add_sized([62.0, ui.spacing().interact_size.y], egui::Label::new(words));
            forward |= button_ui(ui, "⏷", "Next match", "Next match  Enter, F3");
            back |= button_ui(ui, "⏶", "Previous match", "Previous match  Shift+Enter, Shift+F3");
            toggle_ui(ui, &mut self.case, "Aa", "Match case");
            toggle_ui(ui, &mut self.whole, "W", "Whole words");
            let closed = button_ui(ui, "✖", "Close find", "Close  Esc");
            if forward || back {
                asked = self.step(text, forward).map(Asked::Show);
            }
            if left || closed {
                asked = Some(Asked::Leave(self.close()));
            }
        });
        asked
    }

    fn replace_ui(&mut self, ui: &mut Ui, id: Id) -> Option<Asked> {
        let mut asked = None;
        ui.horizontal(|ui| {
            let field = id.with("replace");
            let entered =
                ui.memory(|memory| memory.has_focus(field)) && keys::take(ui, Modifiers::NONE, Key::Enter);
            let response = field_ui(ui, field, &mut self.replacement, "Replace with", false);
            if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                asked = Some(Asked::Leave(self.close()));
                return;
            }
            let can = !self.matches.is_empty();
            ui.add_enabled_ui(can, |ui| {
                if ui.button("Replace").clicked() || entered && can {
                    asked = self.current_match().and_then(|found| {
                        self.origin = found.start + self.replacement.len();
                        self.replaced = true;
                        replaced(&[found], &self.replacement).map(Asked::Change)
                    });
                }
                if ui.button("Replace all").clicked() {
                    self.origin = 0;
                    asked = replaced(&self.matches, &self.replacement).map(Asked::Change);
                }
            });
        });
        asked
    }

    fn line_ui(&mut self, ui: &mut Ui, id: Id, text: &Text) -> Option<Asked> {
        let mut asked = None;
        ui.horizontal(|ui| {
            let field = id.with("line");
            let entered =
                ui.memory(|memory| memory.has_focus(field)) && keys::take(ui, Modifiers::NONE, Key::Enter);
            let response = field_ui(ui, field, &mut self.line, "Line", self.fresh);
            ui.weak(RichText::new(format!("of {}", text.lines().count())).small());
            let went = ui.button("Go").clicked() || entered;
            let left = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape));
            let closed = button_ui(ui, "✖", "Close go to line", "Close  Esc");
            if left || closed {
                self.close();
                asked = Some(Asked::Leave(None));
            } else if went && let Some(at) = start_of_line(text, &self.line) {
                self.close();
                asked = Some(Asked::Leave(Some(Selection::at(at))));
            }
        });
        asked
    }
}

fn field_ui(ui: &mut Ui, id: Id, text: &mut String, label: &str, fresh: bool) -> egui::Response {
    let edit =
        TextEdit::singleline(text).id(id).hint_text(label.to_owned()).desired_width(150.0).return_key(None);
    let mut output = edit.show(ui);
    ui.ctx().accesskit_node_builder(id, |node| node.set_label(label));
    if fresh {
        output.response.request_focus();
        output.state.cursor.set_char_range(Some(egui::text::CCursorRange::select_all(&output.galley)));
        output.state.store(ui.ctx(), id);
    }
    output.response.response
}

fn button_ui(ui: &mut Ui, icon: &str, name: &str, hint: &str) -> bool {
    let response = ui.add(egui::Button::new(icon).min_size(egui::vec2(24.0, 0.0)));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    response.on_hover_text(hint).clicked()
}

fn toggle_ui(ui: &mut Ui, on: &mut bool, icon: &str, name: &str) {
    let response = ui.add(egui::Button::new(icon).min_size(egui::vec2(24.0, 0.0)).selected(*on));
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, *on, name));
    if response.on_hover_text(name).clicked() {
        *on = !*on;
    }
}

/// The byte at which a line begins that is named by its number, counted from 1; the last line for a greater one.
fn start_of_line(text: &Text, number: &str) -> Option<usize> {
    let number: usize = number.trim().parse().ok()?;
    Some(text.line(number.clamp(1, text.lines().count())).start)
}

/// All places in a text where something stands, disjoint, in order. Letters differ by their case only if `case`; `whole`
/// wants no letter, digit or `_` on either side.
fn matches(text: &str, query: &str, case: bool, whole: bool) -> Vec<Range<usize>> {
    let Some(first) = query.chars().next() else { return Vec::new() };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let stands_alone = |found: &Range<usize>| {
        !text[..found.start].chars().next_back().is_some_and(is_word)
            && !text[found.end..].chars().next().is_some_and(is_word)
    };
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices() {
        if at < from || !same(c, first, case) {
            continue;
        }
        let mut rest = text[at..].chars();
        let fits = query.chars().all(|wanted| rest.next().is_some_and(|c| same(c, wanted, case)));
        let range = at..text.len() - rest.as_str().len();
        if fits && (!whole || stands_alone(&range)) {
            from = range.end;
            found.push(range);
        }
    }
    found
}

fn same(a: char, b: char, case: bool) -> bool {
    match a.is_ascii() && b.is_ascii() {
        _ if a == b => true,
        true => !case && a.eq_ignore_ascii_case(&b),
        false => !case && a.to_lowercase().eq(b.to_lowercase()),
    }
}

/// Matches replaced, all in one change; `None` if there are none.
fn replaced(found: &[Range<usize>], by: &str) -> Option<Edited> {
    let last = found.last()?;
    let edits = found.iter().map(|range| Edit { range: range.clone(), text: by.to_owned() }).collect();
    let before = &found[..found.len() - 1];
    let end = before.iter().fold(last.start + by.len(), |end, range| end + by.len() - range.len());
    Some(Edited { edits, selection: Selection::at(end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_stands_there() {
        for (text, query, case, whole, expected) in [
            ("name: Name, rename", "name", false, false, vec![0, 6, 14]),
            ("name: Name, rename", "name", true, false, vec![0, 14]),
            ("name: Name, rename", "name", false, true, vec![0, 6]),
            ("name_a name-a", "name", false, true, vec![7]),
            ("aaaa", "aa", true, false, vec![0, 2]),
            ("李四李", "李", true, false, vec![0, 6]),
            ("ÄÖ äö", "äö", false, false, vec![0, 5]),
            ("a", "", false, false, vec![]),
            ("a", "ab", false, false, vec![]),
        ] {
            let found: Vec<usize> =
                matches(text, query, case, whole).into_iter().map(|found| found.start).collect();
            assert_eq!(found, expected, "{query} in {text}");
        }
    }

    #[test]
    fn goes_round_from_the_cursor() {
        let text = &Text::new("a b a b a");
        let mut strip = Strip { query: "a".to_owned(), ..Strip::default() };
        strip.open(Tool::Find, text, Selection::at(3));
        let mut step = |forward| strip.step(text, forward).map(|found| found.start);
        assert_eq!([step(true), step(true), step(true), step(true)], [4, 8, 0, 4].map(Some));
        assert_eq!([step(false), step(false)], [0, 8].map(Some));
        let mut nothing = Strip { query: "x".to_owned(), ..Strip::default() };
        assert_eq!((nothing.step(text, true), nothing.step(text, false)), (None, None));
    }

    #[test]
    fn what_is_selected_is_looked_for() {
        let text = &Text::new("one two\nthree");
        let mut strip = Strip::default();
        strip.open(Tool::Find, text, Selection { anchor: 7, head: 4 });
        assert_eq!(strip.step(text, true), Some(4..7));
        assert_eq!(strip.close(), Some(Selection { anchor: 4, head: 7 }));
        strip.open(Tool::Find, text, Selection { anchor: 4, head: 9 });
        assert_eq!(strip.query, "two", "a selection of several lines is no word to look for");
    }

    #[test]
    fn replaces_all_in_one_change() {
        let text = "a: x\nb: x\nc: 1\n";
        let edited = replaced(&matches(text, "x", false, false), "zz").expect("two matches");
        assert_eq!(crate::yaml::edited(text, &edited.edits), "a: zz\nb: zz\nc: 1\n");
        assert_eq!(edited.selection, Selection::at(11));
    }

    #[test]
    fn lines_are_counted_from_one() {
        let text = &Text::new("a\nb\nc");
        for (number, at) in [("1", Some(0)), (" 3 ", Some(4)), ("99", Some(4)), ("0", Some(0)), ("x", None)] {
            assert_eq!(start_of_line(text, number), at, "{number}");
        }
    }
}
