//! A frame costs what is in sight: of a long page, what is far above or below the window is not drawn but leaves the room
//! that it took when it was drawn last.

use super::Form;
use crate::path::Path;
use egui::{Event, Id, Key, Popup, Rect, Ui, Vec2, vec2};

/// Whether all of a page is drawn in a frame: where the keyboard may go from one control to another or has just gone (of
/// some keys egui gives it to the next control only after the frame), it is to follow an item, a menu is open, a field is
/// looked for (`is_wanted`), or a screen reader or a test reads the page.
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
    let (before, now) = (Id::unique("what had the keyboard"), ui.memory(|memory| memory.focused()));
    let has_moved =
        ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default::<Option<Id>>(before), now) != now);
    let is_followed = ui.data(|data| data.get_temp::<Option<String>>(super::follows())).flatten().is_some();
    is_wanted
        || is_read
        || has_moved
        || is_followed
        || Popup::is_any_open(ui.ctx())
        || ui.is_sizing_pass()
        || ui.input(|input| input.events.iter().any(moves))
}

/// How far out of sight a block is drawn still, in heights of the window: a step of scrolling brings in what is there.
const MARGIN: f32 = 0.25;

/// How a block was drawn last.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Drawn {
    size: Vec2,
    /// The control in it that had the keyboard: it loses it where it is not drawn, and without one more frame does not
    /// learn that it has lost it.
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
    let look = (ui.available_width().to_bits(), super::language::now(), form.folds.times);
    let id = Id::unique((what, form.doc, path, look));
    let known: Option<Drawn> = ui.data(|data| data.get_temp(id));
    let keyboard = |ui: &Ui| ui.memory(|memory| memory.focused());
    let may_go = |drawn: &Drawn| !form.draws_all && drawn.keyboard.is_none();
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
        let (height, _) = page(ctx, document, view, offset, events, |_| {});
        let names = (0..50).map(|n| Id::unique(("field", format!("spec.volumes[{n}].name"))));
        let is_drawn = |id: &Id| ctx.read_response(*id).is_some_and(|response| response.rect.is_positive());
        (height, names.filter(is_drawn).count())
    }

    fn tab() -> egui::Event {
        let (key, modifiers) = (egui::Key::Tab, egui::Modifiers::NONE);
        egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    #[test]
    fn what_is_far_out_of_sight_is_not_drawn_but_keeps_its_room() {
        let ((document, mut view), ctx) = (volumes(""), Context::default());
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

    /// Draws the page scrolled to `offset`, after what is drawn before it, and gives its height and what it asks for.
    fn page(
        ctx: &Context,
        document: &Document,
        view: &mut View,
        offset: f32,
        events: Vec<egui::Event>,
        before: impl Fn(&egui::Ui),
    ) -> (f32, Vec<crate::ui::Action>) {
        let (mut height, mut out) = (0.0, Vec::new());
        let window = Rect::from_min_size(pos2(0.0, 0.0), vec2(600.0, 500.0));
        let input = RawInput { screen_rect: Some(window), events, ..RawInput::default() };
        let mut painted = ctx.run_ui(input, |ui| {
            before(ui);
            let area = ScrollArea::vertical().vertical_scroll_offset(offset);
            let shown = area.show(ui, |ui| form::form_ui(ui, document, true, view, &mut out));
            height = shown.content_size.y;
        });
        painted.textures_delta.clear();
        (height, out)
    }

    fn volumes(first: &str) -> (Document, View) {
        let volumes: String = (0..50).map(|n| format!("  - name: data-{n}\n    emptyDir: {{}}\n")).collect();
        let text = format!("kind: Pod\napiVersion: v1\nspec:\n  volumes:\n{first}{volumes}");
        let mut view = View { page: Page::Volumes, ..View::default() };
        view.folds.all_open = Some(true);
        (Document::new(&text, Version::NEWEST), view)
    }

    #[test]
    fn a_key_takes_effect_also_when_it_is_left_out_of_sight() {
        let first = "  - name: first\n    csi:\n      driver: d\n      volumeAttributes: {size: a}\n";
        let (document, mut view) = volumes(first);
        let (ctx, still) = (Context::default(), |_: &egui::Ui| {});
        let path: Path = "spec.volumes[0].csi.volumeAttributes[size]".parse().unwrap_or_default();
        let key = Id::unique(("key", path.to_string()));
        view.reveal = Some(path);
        for _ in 0..4 {
            page(&ctx, &document, &mut view, 0.0, Vec::new(), still);
        }
        ctx.memory_mut(|memory| memory.request_focus(key));
        page(&ctx, &document, &mut view, 0.0, Vec::new(), still);
        let typed = vec![egui::Event::Text("s".to_owned())];
        page(&ctx, &document, &mut view, 0.0, typed, still);
        for _ in 0..3 {
            page(&ctx, &document, &mut view, 6000.0, Vec::new(), still);
        }
        assert!(ctx.memory(|memory| memory.has_focus(key)));
        // The text beside the form is drawn before it, and takes the keyboard as it is clicked.
        let takes = |ui: &egui::Ui| ui.memory_mut(|memory| memory.request_focus(Id::unique("text")));
        let (_, asked) = page(&ctx, &document, &mut view, 6000.0, Vec::new(), takes);
        assert_eq!(asked.len(), 1, "{asked:?}");
        for _ in 0..3 {
            assert!(page(&ctx, &document, &mut view, 6000.0, Vec::new(), takes).1.is_empty());
        }
    }

    #[test]
    fn the_keyboard_goes_to_what_is_out_of_sight() {
        let (document, mut view) = volumes("");
        let (ctx, still) = (Context::default(), |_: &egui::Ui| {});
        let focus = || ctx.memory(|memory| memory.focused());
        for (offset, modifiers, key) in [
            (6000.0, egui::Modifiers::SHIFT, egui::Key::Tab),
            (6000.0, egui::Modifiers::NONE, egui::Key::Tab),
            (6000.0, egui::Modifiers::NONE, egui::Key::ArrowDown),
            (0.0, egui::Modifiers::NONE, egui::Key::ArrowUp),
        ] {
            view.reveal = Some("spec.volumes[9].name".parse().unwrap_or_default());
            for _ in 0..4 {
                page(&ctx, &document, &mut view, 0.0, Vec::new(), still);
            }
            // To a button, which leaves the arrows to egui.
            page(&ctx, &document, &mut view, 0.0, vec![tab()], still);
            for _ in 0..4 {
                page(&ctx, &document, &mut view, offset, Vec::new(), still);
            }
            let before = focus();
            let pressed =
                egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
            page(&ctx, &document, &mut view, offset, vec![pressed], still);
            for _ in 0..4 {
                page(&ctx, &document, &mut view, offset, Vec::new(), still);
            }
            assert!(before.is_some() && focus().is_some() && focus() != before, "{key:?} {modifiers:?}");
        }
    }

    #[test]
    fn the_keyboard_follows_an_item_that_moves_out_of_sight() {
        let (document, mut view) = volumes("");
        let (ctx, still) = (Context::default(), |_: &egui::Ui| {});
        for _ in 0..4 {
            page(&ctx, &document, &mut view, 0.0, Vec::new(), still);
        }
        let button = Some("Move spec.volumes[40] down".to_owned());
        ctx.data_mut(|data| data.insert_temp(super::super::follows(), button));
        for _ in 0..4 {
            page(&ctx, &document, &mut view, 0.0, Vec::new(), still);
        }
        assert!(ctx.memory(|memory| memory.focused()).is_some());
    }
}
