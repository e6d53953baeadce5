//! The patterns, each with a drawing of its containers.

use super::keyboard::follow_keyboard;
use super::language::{self, tr};
use super::{Action, theme};
use crate::document::Document;
use crate::editor::Command;
use crate::template::{Pattern, Role, Sketch};
use egui::{
    Align2, Button, Color32, FontId, Frame, Key, Painter, Popup, Pos2, Rect, RichText, ScrollArea, Sense,
    Shape, Stroke, StrokeKind, Ui, Visuals, WidgetInfo, pos2, vec2,
};

/// The least width of a card, in points.
const CARD_WIDTH: f32 = 376.0;
/// The height of a card's drawing, in points.
const SKETCH_HEIGHT: f32 = 92.0;

/// Draws the gallery. `open` is the document that is open, with the number of the one in sight.
pub fn gallery_ui(
    ui: &mut Ui,
    patterns: &[(Pattern, Sketch)],
    open: Option<(&Document, usize)>,
    out: &mut Vec<Action>,
) {
    ui.horizontal(|ui| {
        ui.heading(tr("Choose a pattern"));
        ui.weak(tr("Start a manifest with it, change it in the form, and take it to kubectl."));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| match open {
            Some(_) => {
                // What stands in front of the gallery has the key first.
                let covered = Popup::is_any_open(ui.ctx()) || ui.memory(|m| m.top_modal_layer().is_some());
                let left = !covered && ui.input(|input| input.key_pressed(Key::Escape));
                if ui.button(tr("Back to the manifest")).on_hover_text("Esc").clicked() || left {
                    out.push(Action::Run("manifest"));
                }
            }
            None => {
                if ui.button(tr("Start with an empty text")).clicked() {
                    out.push(Action::Do(Command::New(String::new())));
                }
            }
        });
    });
    ui.add_space(4.0);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let gap = ui.spacing().item_spacing.x;
        let room = ui.available_width();
        let columns = (((room + gap) / (CARD_WIDTH + gap)) as usize).clamp(1, 6);
        let width = (room - gap * (columns - 1) as f32) / columns as f32;
        let into =
            open.filter(|(document, doc)| document.pod_spec(*doc).is_some() && document.data(*doc).is_some());
        for cards in patterns.chunks(columns) {
            row_ui(ui, cards, width, into.map(|(_, doc)| doc), out);
        }
        follow_keyboard(ui);
    });
}

/// A row of cards of one height.
fn row_ui(ui: &mut Ui, cards: &[(Pattern, Sketch)], width: f32, into: Option<usize>, out: &mut Vec<Action>) {
    let height_id = ui.scope_id().with((
        "row height",
        cards.first().map(|(pattern, _)| pattern.id.clone()),
        width.to_bits(),
    ));
    let known: Option<f32> = ui.data(|data| data.get_temp(height_id));
    let mut highest = 0.0_f32;
    ui.horizontal_top(|ui| {
        for (pattern, sketch) in cards {
            let margin = 10.0;
            let frame = Frame::group(ui.style()).fill(ui.visuals().extreme_bg_color).inner_margin(margin);
            frame.show(ui, |ui| {
                ui.vertical(|ui| {
                    let inner = width - 2.0 * margin - 2.0;
                    ui.set_width(inner);
                    let top = ui.cursor().top();
                    words_ui(ui, pattern, sketch);
                    highest = highest.max(ui.min_rect().bottom() - top);
                    if let Some(known) = known {
                        ui.add_space((known - (ui.min_rect().bottom() - top)).max(0.0));
                    }
                    buttons_ui(ui, pattern, into, out);
                });
            });
        }
    });
    if known != Some(highest) {
        ui.data_mut(|data| data.insert_temp(height_id, highest));
        ui.ctx().request_discard("the heights of the cards are known now");
    }
}

fn words_ui(ui: &mut Ui, pattern: &Pattern, sketch: &Sketch) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(pattern.title(language::now())).strong().size(16.0));
        if sketch.kind != "Pod" && !sketch.kind.is_empty() {
            ui.weak(&sketch.kind);
        }
        if pattern.own {
            ui.weak(tr("yours"));
        }
    });
    let when = pattern.when(language::now());
    ui.label(if when.is_empty() { tr("One of your own templates.") } else { when.to_owned() });
    ui.add_space(2.0);
    sketch_ui(ui, sketch);
    ui.add_space(4.0);
}

fn buttons_ui(ui: &mut Ui, pattern: &Pattern, into: Option<usize>, out: &mut Vec<Action>) {
    let title = pattern.title(language::now());
    ui.horizontal(|ui| {
        let start = ui.add(Button::new(tr("Start with this")));
        start
            .widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, tr(format!("Start with {title}"))));
        if start.clicked() {
            out.push(Action::Do(Command::New(pattern.text.clone())));
        }
        if let Some(doc) = into {
            let add = ui.add(Button::new(tr("Add to this pod")));
            add.widget_info(|| {
                WidgetInfo::labeled(egui::Role::Button, true, tr(format!("Add {title} to this pod")))
            });
            if add.clicked() {
                out.push(Action::Do(Command::AddPattern { doc, pattern: Box::new(pattern.clone()) }));
            }
        }
    });
}

/// The drawing: the pod as a frame, its containers in start order from left to right, below them its volumes, linked to
/// the containers that mount them. A pod on the node's network stands in a frame of its own.
fn sketch_ui(ui: &mut Ui, sketch: &Sketch) {
    let (response, painter) = ui.allocate_painter(vec2(ui.available_width(), SKETCH_HEIGHT), Sense::HOVER);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, described(sketch)));
    let mut pod = response.rect.shrink(1.0);
    let visuals = ui.visuals().clone();
    if sketch.host_network {
        let node = Stroke::new(1.5, visuals.warn_fg_color);
        let edge = [pod.left_top(), pod.right_top(), pod.right_bottom(), pod.left_bottom(), pod.left_top()];
        painter.extend(Shape::dashed_line(&edge, node, 5.0, 4.0));
        let at = pod.right_bottom() - vec2(6.0, 2.0);
        painter.text(
            at,
            Align2::RIGHT_BOTTOM,
            tr("the node's network"),
            FontId::proportional(10.5),
            visuals.warn_fg_color,
        );
        pod = Rect::from_min_max(pod.min + vec2(6.0, 5.0), pod.max - vec2(6.0, 16.0));
    }
    painter.rect(
        pod,
        8.0,
        visuals.faint_bg_color,
        (1.0, visuals.widgets.noninteractive.bg_stroke.color),
        StrokeKind::Inside,
    );
    let has_volumes = sketch.volumes.iter().any(|(_, users)| !users.is_empty());
    let boxes_bottom = if has_volumes { pod.bottom() - 28.0 } else { pod.bottom() - 8.0 };
    let places =
        places(sketch, Rect::from_min_max(pod.min + vec2(8.0, 8.0), pos2(pod.right() - 8.0, boxes_bottom)));
    if has_volumes {
        paint_volumes(&painter, sketch, &places, pod, &visuals);
    }
    for pair in places.windows(2) {
        if let [before, after] = pair
            && matches!(before.role, Role::Init | Role::Sidecar)
        {
            let from = pos2(before.rect.right() + 2.0, before.rect.center().y);
            let way = vec2(after.rect.left() - before.rect.right() - 4.0, 0.0);
            painter.arrow(from, way, (1.5, visuals.weak_text_color()));
        }
    }
    for place in &places {
        paint_container(&painter, place, &visuals);
    }
}

/// A container in the drawing.
struct Place<'s> {
    rect: Rect,
    role: Role,
    name: &'s str,
    /// The role in words.
    caption: &'static str,
}

/// Where each container stands.
fn places(sketch: &Sketch, within: Rect) -> Vec<Place<'_>> {
    let gap = 20.0;
    let shares = sketch.containers.len().max(1) as f32;
    let width = ((within.width() - gap * (shares - 1.0)) / shares).clamp(24.0, 140.0);
    let mut left = within.center().x - (width * shares + gap * (shares - 1.0)) / 2.0;
    // Without an application that the others help, every container is the application itself.
    let helps = sketch.containers.iter().any(|(_, role)| *role == Role::App);
    let words = |role| match role {
        Role::App => (Role::App, "your app"),
        Role::Helper if helps => (Role::Helper, "helper"),
        Role::Helper => (Role::App, "container"),
        Role::Sidecar => (Role::Sidecar, "sidecar"),
        Role::Init => (Role::Init, "init, runs first"),
    };
    let mut places = Vec::new();
    for (name, role) in &sketch.containers {
        let rect = Rect::from_min_max(pos2(left, within.top()), pos2(left + width, within.bottom()));
        let (role, caption) = words(*role);
        places.push(Place { rect, role, name, caption });
        left += width + gap;
    }
    places
}

fn paint_container(painter: &Painter, place: &Place<'_>, visuals: &Visuals) {
    let accent = theme::accent(visuals);
    let (fill, ink) = match place.role {
        Role::App => (accent, if visuals.dark_mode { Color32::BLACK } else { Color32::WHITE }),
        Role::Helper => (visuals.widgets.inactive.bg_fill, visuals.text_color()),
        Role::Sidecar => (visuals.selection.bg_fill, visuals.text_color()),
        Role::Init => (Color32::TRANSPARENT, visuals.text_color()),
    };
    let rect = place.rect;
    painter.rect(rect, 5.0, fill, (1.2, accent), StrokeKind::Inside);
    let painter = painter.with_clip_rect(rect.shrink(2.0).intersect(painter.clip_rect()));
    let middle = rect.center();
    painter.text(middle - vec2(0.0, 7.0), Align2::CENTER_CENTER, place.name, FontId::proportional(12.5), ink);
    painter.text(
        middle + vec2(0.0, 8.0),
        Align2::CENTER_CENTER,
        tr(place.caption),
        FontId::proportional(10.5),
        ink.gamma_multiply(0.85),
    );
}

fn paint_volumes(painter: &Painter, sketch: &Sketch, places: &[Place<'_>], pod: Rect, visuals: &Visuals) {
    let mounted: Vec<_> = sketch.volumes.iter().filter(|(_, users)| !users.is_empty()).collect();
    let (gap, edge) = (8.0, 8.0);
    let shares = mounted.len() as f32;
    let width = ((pod.width() - 2.0 * edge - gap * (shares - 1.0)) / shares).clamp(20.0, 120.0);
    let feet = |users: &[String]| -> Vec<Pos2> {
        let mounts = places.iter().filter(|place| users.iter().any(|user| user == place.name));
        mounts.map(|place| place.rect.center_bottom()).collect()
    };
    // Each stands between the containers that mount it, right of the one before it.
    let (mut lefts, mut moved, mut free) = (Vec::new(), 0.0, pod.left() + edge);
    for (_, users) in &mounted {
        let feet = feet(users);
        let middle = feet.iter().map(|foot| foot.x).sum::<f32>() / feet.len().max(1) as f32;
        let wanted = middle - width / 2.0;
        let left = wanted.max(free);
        moved += left - wanted;
        lefts.push(left);
        free = left + width + gap;
    }
    // What had to make way moves them all back by the mean of it, and none of them over the edge.
    let too_far = (free - gap - (pod.right() - edge)).max(0.0);
    let room = lefts.first().map_or(0.0, |first| first - pod.left() - edge);
    let back = (moved / shares).max(too_far).min(room);
    let line = Stroke::new(1.2, visuals.weak_text_color());
    for ((name, users), left) in mounted.into_iter().zip(lefts) {
        let pill = Rect::from_min_size(pos2(left - back, pod.bottom() - 21.0), vec2(width, 16.0));
        for foot in feet(users) {
            painter.line_segment([foot, pos2(pill.center().x, pill.top())], line);
        }
        painter.rect(pill, 8.0, visuals.code_bg_color, line, StrokeKind::Inside);
        let clipped = painter.with_clip_rect(pill.intersect(painter.clip_rect()));
        clipped.text(
            pill.center(),
            Align2::CENTER_CENTER,
            name,
            FontId::proportional(10.5),
            visuals.text_color(),
        );
    }
}

/// The drawing in words.
fn described(sketch: &Sketch) -> String {
    let containers: Vec<String> = sketch
        .containers
        .iter()
        .map(|(name, role)| {
            let kind = match role {
                Role::Init => "init container",
                Role::Sidecar => "sidecar",
                Role::App => "application",
                Role::Helper => "helper",
            };
            format!("{} {name}", tr(kind))
        })
        .collect();
    let shared = sketch.volumes.iter().filter(|(_, users)| !users.is_empty());
    let volumes: Vec<String> =
        shared.map(|(name, users)| tr(format!("volume {name} in {}", users.join(", ")))).collect();
    let network = sketch.host_network.then(|| tr("on the node's network"));
    containers.into_iter().chain(volumes).chain(network).collect::<Vec<_>>().join(", ")
}
