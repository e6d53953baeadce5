//! A frame costs what is in sight: of a long page, what is far above or below the window is not drawn but leaves the room
//! that it took when it was drawn last.

use super::Form;
use crate::path::Path;
use egui::{Event, Id, Key, Rect, Ui, Vec2, vec2};

/// Whether all of a page is drawn in a frame: where the keyboard may go from one control to another, a field is looked for
/// (`is_wanted`), or a screen reader or a test reads the page.
pub fn draws_all(ui: &Ui, is_wanted: bool) -> bool {
    let moves = |event: &Event| {
        matches!(
            event,
            Event::Key {
                key: Key::Tab | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight,
                pressed: true,
                ..
            }
        )
    };
    let is_read = ui.ctx().accesskit_node_builder(egui::accesskit_root_id(), |_| ()).is_some();
    is_wanted || is_read || ui.is_sizing_pass() || ui.input(|input| input.events.iter().any(moves))
}

/// How far out of sight a block is drawn still, in heights of the window: a step of scrolling brings in what is there.
const MARGIN: f32 = 0.25;

/// How a block was drawn last.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Drawn {
    size: Vec2,
    /// The control in it that had the keyboard: it loses it where it is not drawn.
    keyboard: Option<Id>,
}

/// Draws the block of the page that shows `path`, if it is in sight or nearly so. `what` tells
/// it from other blocks of the same path.
pub fn in_sight_ui(
    ui: &mut Ui,
    form: &mut Form<'_>,
    what: &'static str,
    path: &Path,
    body: impl FnOnce(&mut Ui, &mut Form<'_>),
) {
    // Lines wrap otherwise in another width and in another language.
    let id =
        Id::unique((what, path, ui.available_width().to_bits(), super::language::now(), form.folds.times));
    let known: Option<Drawn> = ui.data(|data| data.get_temp(id));
    let keyboard = |ui: &Ui| ui.memory(|memory| memory.focused());
    let may_go =
        |drawn: &Drawn| !form.draws_all && (drawn.keyboard.is_none() || drawn.keyboard != keyboard(ui));
    if let Some(drawn) = known.filter(may_go) {
        let near = ui.clip_rect().expand2(vec2(f32::INFINITY, ui.clip_rect().height() * MARGIN));
        if !near.intersects(Rect::from_min_size(ui.cursor().min, drawn.size)) {
            ui.allocate_space(drawn.size);
            return;
        }
    }
    let rect = ui.scope(|ui| body(ui, form)).response.rect;
    let is_inside =
        |id: &Id| ui.ctx().read_response(*id).is_some_and(|control| rect.contains_rect(control.rect));
    let drawn = Drawn { size: rect.size(), keyboard: keyboard(ui).filter(is_inside) };
    if known != Some(drawn) {
        ui.data_mut(|data| data.insert_temp(id, drawn));
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::path::Path;
    use crate::schema::Version;
    use crate::ui::{Page, View, form};
    use egui::{Context, Id, RawInput, Rect, ScrollArea, pos2, vec2};

    /// Draws the page of volumes in a window, scrolled down by `offset`, and gives the height of the page and the number of
    /// fields that were drawn.
    fn draw(
        ctx: &Context,
        document: &Document,
        view: &mut View,
        offset: f32,
        events: Vec<egui::Event>,
    ) -> (f32, usize) {
        let (mut height, mut drawn) = (0.0, 0);
        let window = Rect::from_min_size(pos2(0.0, 0.0), vec2(600.0, 500.0));
        let input = RawInput { screen_rect: Some(window), events, ..RawInput::default() };
        let mut painted = ctx.run_ui(input, |ui| {
            let area = ScrollArea::vertical().vertical_scroll_offset(offset);
            height =
                area.show(ui, |ui| form::form_ui(ui, document, true, view, &mut Vec::new())).content_size.y;
            let names = (0..50).map(|n| Id::unique(("field", format!("spec.volumes[{n}].name"))));
            drawn = names
                .filter(|id| ctx.read_response(*id).is_some_and(|response| response.rect.is_positive()))
                .count();
        });
        painted.textures_delta.clear();
        (height, drawn)
    }

    fn tab() -> egui::Event {
        let (key, modifiers) = (egui::Key::Tab, egui::Modifiers::NONE);
        egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    #[test]
    fn what_is_far_out_of_sight_is_not_drawn_but_keeps_its_room() {
        let volumes: String = (0..50).map(|n| format!("  - name: data-{n}\n    emptyDir: {{}}\n")).collect();
        let text = format!("kind: Pod\napiVersion: v1\nspec:\n  volumes:\n{volumes}");
        let document = Document::new(&text, Version::NEWEST);
        let ctx = Context::default();
        let mut view = View { page: Page::Volumes, ..View::default() };
        view.folds.all_open = Some(true);
        for _ in 0..3 {
            draw(&ctx, &document, &mut view, 0.0, Vec::new());
        }
        let (height, drawn) = draw(&ctx, &document, &mut view, 0.0, Vec::new());
        assert!(height > 5000.0 && (1..25).contains(&drawn), "{drawn} of a page of {height}");
        for offset in [1000.0, 4000.0, 7000.0, 0.0] {
            draw(&ctx, &document, &mut view, offset, Vec::new());
            let (now, drawn) = draw(&ctx, &document, &mut view, offset, Vec::new());
            assert_eq!(now, height, "scrolled to {offset}");
            assert!((1..25).contains(&drawn), "{drawn} at {offset}");
        }
        // A field that is looked for is drawn wherever it is, and stays while it has the keyboard.
        let last: Path = "spec.volumes[49].name".parse().unwrap_or_default();
        view.reveal = Some(last.clone());
        draw(&ctx, &document, &mut view, 0.0, Vec::new());
        for _ in 0..3 {
            draw(&ctx, &document, &mut view, 0.0, Vec::new());
        }
        assert_eq!(view.focus, Some(last));
        // So does a button.
        let focus = |ctx: &Context| ctx.memory(|memory| memory.focused());
        view.reveal = Some("spec.volumes[0].name".parse().unwrap_or_default());
        draw(&ctx, &document, &mut view, 0.0, Vec::new());
        draw(&ctx, &document, &mut view, 0.0, vec![tab()]);
        draw(&ctx, &document, &mut view, 0.0, Vec::new());
        let button = focus(&ctx);
        assert!(view.focus.is_none() && button.is_some());
        for offset in [0.0, 300.0, 3000.0, 9000.0] {
            draw(&ctx, &document, &mut view, offset, Vec::new());
            draw(&ctx, &document, &mut view, offset, Vec::new());
        }
        assert_eq!(focus(&ctx), button);
    }
}
