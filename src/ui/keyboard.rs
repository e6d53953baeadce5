//! What has the keyboard stays in sight.

use egui::{Id, Ui};

/// The room that is left around a control that has been scrolled to.
const ROOM: f32 = 12.0;

/// Scrolls to the control that has got the keyboard, or has it as less comes to be in sight, if it is one of those that `ui`
/// has drawn: to be called at the end of what a scroll area shows. egui gives the keyboard to what is out of sight without
/// showing it.
pub fn follow_keyboard(ui: &Ui) {
    let seen = ui.unique_id().with("had the keyboard");
    let in_sight = ui.clip_rect().y_range();
    let now = (ui.memory(|memory| memory.focused()), in_sight.span());
    let before: Option<(Option<Id>, f32)> = ui.data(|data| data.get_temp(seen));
    ui.data_mut(|data| data.insert_temp(seen, now));
    if before.is_some_and(|before| before.0 == now.0 && before.1 <= now.1) {
        return;
    }
    // What is clicked is in sight, and must not move under the pointer.
    let is_clicked = ui.input(|input| input.pointer.any_down() || input.pointer.any_released());
    let Some(id) = now.0.filter(|_| !is_clicked) else { return };
    let order = |id| ui.ctx().viewport(|viewport| viewport.this_pass.widgets.order(id));
    let is_ours = matches!(
        (order(ui.unique_id()), order(id)),
        (Some((layer, first)), Some((of, at))) if layer == of && first < at
    );
    let Some(control) = ui.ctx().read_response(id).filter(|_| is_ours) else { return };
    if !in_sight.contains(control.rect.top()) || !in_sight.contains(control.rect.bottom()) {
        ui.scroll_to_rect(control.rect.expand(ROOM), None);
    }
}
