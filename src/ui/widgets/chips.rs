//! A short list of texts in one cell: its values beside one another.

use super::{Form, add_button_ui, add_text, control_ui, fits, remove_ui, spelling, text_id, wrong_kind_ui};
use crate::object::Field;
use crate::yaml::Change;
use egui::{Align, Event, ImeEvent, Layout, TextStyle, Ui, WidgetText, vec2};
use serde_json::json;

/// Width of an empty value.
const NARROWEST: f32 = 44.0;

/// Width of the button that removes a value.
const BUTTON_WIDTH: f32 = 18.0;

/// Draws the values of a list, each as wide as its text, and the button that adds one.
pub(super) fn values_ui(ui: &mut Ui, form: &mut Form<'_>, list: &Field<'_>) {
    if !fits(list) {
        wrong_kind_ui(ui, form, list);
        return;
    }
    let path = list.path();
    form.arrive(ui, &path);
    begin_next_at_comma(ui, form, list);
    let height = ui.spacing().interact_size.y;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
        for item in list.items() {
            let size = vec2(width_of(ui, form, &item), height);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.scope(|ui| {
                    ui.set_max_width(size.x - BUTTON_WIDTH);
                    control_ui(ui, form, &item);
                });
                remove_ui(ui, form, &item);
            });
        }
        if add_button_ui(ui, form, &path, "") {
            add_text(ui, form, list);
        }
    });
}

/// The width of a value with its button: that of its text, if there is so much room.
fn width_of(ui: &Ui, form: &Form<'_>, item: &Field<'_>) -> f32 {
    let text = spelling(form.document, item);
    let font = TextStyle::Body.resolve(ui.style());
    let galley = WidgetText::from(text.as_str()).into_galley(ui, None, f32::INFINITY, font);
    let margin = 2.0 * ui.spacing().button_padding.x + 4.0;
    (galley.size().x + margin).clamp(NARROWEST, (ui.max_rect().width() - BUTTON_WIDTH).max(NARROWEST))
        + BUTTON_WIDTH
}

/// A comma that is typed or pasted into a value, which can have none in it, begins the next value.
fn begin_next_at_comma(ui: &Ui, form: &mut Form<'_>, list: &Field<'_>) {
    let focused = ui.memory(|memory| memory.focused());
    let Some(at) = focused.and_then(|id| list.items().position(|item| text_id(&item.path()) == id)) else {
        return;
    };
    let more: Vec<String> = ui.input_mut(|input| split_at_commas(&mut input.events));
    let path = list.path();
    let insert = |(n, value): (usize, &String)| Change::Insert {
        path: path.clone(),
        index: Some(at + 1 + n),
        value: json!(value),
    };
    if !more.is_empty() {
        form.change(more.iter().enumerate().map(insert).collect());
        let last = text_id(&path.index(at + more.len()));
        ui.memory_mut(|memory| memory.request_focus(last));
    }
}

/// Takes all that is typed after the first comma out of the events of a frame, as the texts between commas.
fn split_at_commas(events: &mut [Event]) -> Vec<String> {
    let mut more: Vec<String> = Vec::new();
    for event in events {
        let (Event::Text(text) | Event::Paste(text) | Event::Ime(ImeEvent::Commit(text))) = event else {
            continue;
        };
        let mut parts = text.split([',', '，']).map(str::trim);
        let first = parts.next().unwrap_or_default().to_owned();
        let below: Vec<String> = parts.map(str::to_owned).collect();
        match more.last_mut() {
            Some(last) => {
                last.push_str(&first);
                text.clear();
            }
            None if below.is_empty() => continue,
            None => *text = first,
        }
        more.extend(below);
    }
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_after_a_comma_is_the_next_value() {
        let text = |text: &str| Event::Text(text.to_owned());
        let commit = |text: &str| Event::Ime(ImeEvent::Commit(text.to_owned()));
        for (events, left, more) in [
            (vec![text("a"), text(" b")], vec![text("a"), text(" b")], vec![]),
            (vec![text("a"), text(","), text("b")], vec![text("a"), text(""), text("")], vec!["b"]),
            (vec![Event::Paste("a, b,c".to_owned())], vec![Event::Paste("a".to_owned())], vec!["b", "c"]),
            (vec![commit("，"), text("b")], vec![commit(""), text("")], vec!["b"]),
        ] {
            let mut now = events.clone();
            assert_eq!(split_at_commas(&mut now), more, "{events:?}");
            assert_eq!(now, left);
        }
    }
}
