//! What stands above the gallery: the unsaved work that windows have left behind, and the recent files.

use super::app::{LeftWork, Recent};
use super::language::tr;
use super::{Action, Outside};
use egui::{Button, Frame, Panel, RichText, Role, ScrollArea, Ui, WidgetInfo};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Recent files that stand above the gallery; the menu has all of them.
const RECENT_IN_SIGHT: usize = 5;

/// Draws the panel, if there is something to show in it.
pub fn start_ui(ui: &mut Ui, left: &[LeftWork], recent: &[Recent], out: &mut Vec<Action>) {
    if left.is_empty() && recent.is_empty() {
        return;
    }
    let frame = Frame::side_top_panel(ui.style()).inner_margin(8.0);
    Panel::top("start").frame(frame).show(ui, |ui| {
        if !left.is_empty() {
            ui.heading(tr("Unsaved work"));
            let room = ui.ctx().content_rect().height() * 0.3;
            ScrollArea::vertical()
                .id_salt("unsaved work")
                .max_height(room)
                .min_scrolled_height(room)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    for work in left {
                        left_ui(ui, work, out);
                    }
                });
        }
        if !recent.is_empty() {
            ui.horizontal_wrapped(|ui| {
                ui.strong(tr("Recent"));
                for recent in recent.iter().take(RECENT_IN_SIGHT) {
                    recent_ui(ui, recent, out);
                }
            });
        }
    });
}

fn left_ui(ui: &mut Ui, work: &LeftWork, out: &mut Vec<Action>) {
    let frame = Frame::group(ui.style()).fill(ui.visuals().extreme_bg_color).inner_margin(8.0);
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - 260.0).max(200.0));
                ui.horizontal(|ui| {
                    ui.strong(&work.title);
                    ui.weak(ago(work.time));
                    if let Some(path) = &work.path {
                        let place = path.parent().unwrap_or(path).display().to_string();
                        ui.add(egui::Label::new(RichText::new(place).weak()).truncate());
                    }
                });
                ui.add(egui::Label::new(RichText::new(&work.lines).monospace().weak()).truncate());
            });
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                for (words, name, action) in [
                    (
                        "Discard…",
                        format!("Discard {}", work.title),
                        Action::DiscardLeft { id: work.id.clone(), title: work.title.clone() },
                    ),
                    ("Bring back", format!("Bring back {}", work.title), Action::BringBack(work.id.clone())),
                ] {
                    let button = ui.add(Button::new(tr(words)));
                    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, tr(&name)));
                    if button.clicked() {
                        out.push(action);
                    }
                }
            });
        });
    });
}

fn recent_ui(ui: &mut Ui, recent: &Recent, out: &mut Vec<Action>) {
    let name = name_of(&recent.path);
    let button = ui.add_enabled(recent.exists, Button::new(&name));
    button.widget_info(|| WidgetInfo::labeled(Role::Button, recent.exists, tr(format!("Open {name}"))));
    let path = recent.path.display();
    let hint = if recent.exists { path.to_string() } else { tr(format!("{path} is no longer there")) };
    if button.on_hover_text(&hint).on_disabled_hover_text(hint).clicked() {
        out.push(Action::OpenFile(recent.path.clone()));
    }
}

/// Draws the recent files as the items of a menu.
pub fn recent_menu_ui(ui: &mut Ui, recent: &[Recent], out: &mut Vec<Action>) {
    ui.set_max_width(420.0);
    for recent in recent {
        let name = name_of(&recent.path);
        let place = recent.path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
        let place = if recent.exists { place } else { tr("no longer there") };
        let place: String = match place.char_indices().rev().nth(35) {
            Some((at, _)) => format!("…{}", &place[at..]),
            None => place,
        };
        let button = ui.add_enabled(recent.exists, Button::new(&name).shortcut_text(place));
        button.widget_info(|| WidgetInfo::labeled(Role::Button, recent.exists, tr(format!("Open {name}"))));
        if button.on_hover_text(recent.path.display().to_string()).clicked() {
            out.push(Action::OpenFile(recent.path.clone()));
            ui.close();
        }
    }
}

/// Draws the bar that says that another program has changed the file while there are changes here.
pub fn outside_ui(ui: &mut Ui, file: &str, out: &mut Vec<Action>) {
    let color = super::problems::severity_color(ui.visuals(), crate::diagnostic::Severity::Warning);
    let frame = Frame::side_top_panel(ui.style()).inner_margin(8.0).fill(ui.visuals().faint_bg_color);
    Panel::top("changed outside").frame(frame).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("⚠").color(color));
            ui.label(tr(format!(
                "Another program has changed {file}, and you have changes that it does not hold."
            )));
            for (words, about, how) in [
                ("Compare…", "See both beside each other and take of each what you want.", Outside::Compare),
                ("Reload", "Show what the file holds now; undo brings your text back.", Outside::Reload),
                ("Keep mine", "Go on with your text; the next save replaces the file.", Outside::KeepMine),
            ] {
                if ui.button(tr(words)).on_hover_text(tr(about)).clicked() {
                    out.push(Action::Outside(how));
                }
            }
        });
    });
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// How long ago, in words.
fn ago(time: SystemTime) -> String {
    let seconds = SystemTime::now().duration_since(time).unwrap_or(Duration::ZERO).as_secs();
    let (number, unit) = match seconds {
        0..60 => return tr("just now"),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    tr(format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" }))
}
