//! A probe as a card: its timing drawn above its fields.

use super::{Form, object_ui};
use crate::meaning::{ProbeTiming, duration};
use crate::object::Field;
use crate::path::Step;
use crate::ui::language::tr;
use crate::ui::theme;
use egui::{Align2, FontId, Label, Rect, RichText, Stroke, Ui, pos2, vec2};

/// Tries that are drawn one by one; more would run into one another.
const MOST_DRAWN: i64 = 40;

/// Height of the picture: a line of times above the axis and one below.
const HEIGHT: f32 = 46.0;

/// Draws a probe as a card.
pub(super) fn card_ui(ui: &mut Ui, form: &mut Form<'_>, probe: &Field<'_>) {
    egui::Frame::group(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        if probe.exists() {
            timing_ui(ui, probe);
        }
        object_ui(ui, form, probe);
    });
}

fn timing_ui(ui: &mut Ui, probe: &Field<'_>) {
    let Some(timing) = ProbeTiming::of(probe) else { return };
    let path = probe.path();
    let name = path.steps().last().and_then(Step::key).unwrap_or_default();
    let words: Vec<String> = timing.words(name).iter().map(tr).collect();
    let words = words.join(if words.iter().any(|word| word.ends_with('。')) { "" } else { " " });
    let room = vec2(ui.available_width().min(super::WIDEST_CONTROL), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(room, egui::Sense::hover());
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(egui::accesskit::Role::Image);
        node.set_label(tr(format!("Timing of {path}")));
        node.set_description(words.as_str());
    });
    if ui.is_rect_visible(rect) {
        picture(ui, rect, timing);
    }
    ui.add(Label::new(RichText::new(words).weak()).wrap());
    ui.add_space(4.0);
}

/// From the container's start at the left to the moment at which the probe has given up at the right: the time before the
/// first try faint, a mark at each try, as long as it may take, and a cross at the end.
fn picture(ui: &Ui, rect: Rect, timing: ProbeTiming) {
    let (visuals, painter) = (ui.visuals(), ui.painter());
    let (left, right, axis) = (rect.left() + 8.0, rect.right() - 14.0, rect.center().y);
    let end = timing.gives_up().max(1);
    let x = |seconds: i64| left + (right - left) * (seconds as f32 / end as f32).clamp(0.0, 1.0);
    let (faint, accent) = (visuals.weak_text_color(), theme::accent(visuals));
    let line = |from: f32, to: f32, stroke: Stroke| painter.hline(from..=to, axis, stroke);
    line(x(0), x(timing.delay), Stroke::new(1.0, faint));
    line(x(timing.delay), x(end), Stroke::new(2.0, accent));
    painter.vline(x(0), axis - 5.0..=axis + 5.0, Stroke::new(1.0, faint));
    let tries = timing.failures.min(MOST_DRAWN);
    for number in 0..tries {
        // Of more tries than can be drawn, every so many.
        let number = number.saturating_mul(timing.failures) / tries.max(1);
        let start = timing.delay.saturating_add(number.saturating_mul(timing.between()));
        let width = (x(start.saturating_add(timing.timeout)) - x(start)).max(2.0);
        let bar = Rect::from_min_size(pos2(x(start), axis - 6.0), vec2(width, 12.0));
        painter.rect_filled(bar, 2.0, accent.gamma_multiply(0.45));
        painter.vline(x(start), axis - 6.0..=axis + 6.0, Stroke::new(2.0, accent));
    }
    let cross = Stroke::new(2.0, visuals.error_fg_color);
    for (from, to) in [(-5.0, 5.0), (5.0, -5.0)] {
        painter.line_segment([pos2(right - 5.0, axis + from), pos2(right + 5.0, axis + to)], cross);
    }
    let font = FontId::proportional(11.0);
    let text = |x: f32, anchor: Align2, text: String| {
        painter.text(pos2(x, rect.bottom()), anchor, text, font.clone(), faint);
    };
    text(left, Align2::LEFT_BOTTOM, "0 s".to_owned());
    let first = x(timing.delay);
    if timing.delay > 0 && first > left + 40.0 && first < right - 110.0 {
        text(first, Align2::CENTER_BOTTOM, duration(timing.delay));
    }
    text(rect.right(), Align2::RIGHT_BOTTOM, duration(timing.gives_up()));
}
