//! A short list of texts in one cell: its values beside one another.

use super::{Form, add_button_ui, add_text, control_ui, fits, remove_ui, spelling, text_id, wrong_kind_ui};
use crate::object::Field;
use crate::yaml::Change;
use egui::{Align, Event, Layout, TextStyle, Ui, WidgetText, vec2};
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
    let more: Vec<String> = ui.input_mut(|input| input.events.iter_mut().flat_map(split_at_commas).collect());
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

/// Takes all but the first of the texts between commas out of an event.
fn split_at_commas(event: &mut Event) -> Vec<String> {
    let (Event::Text(text) | Event::Paste(text)) = event else { return Vec::new() };
    let mut parts = text.split([',', '，']).map(|part| part.trim().to_owned());
    let first = parts.next().unwrap_or_default();
    let more: Vec<String> = parts.collect();
    if !more.is_empty() {
        *text = first;
    }
    more
}
