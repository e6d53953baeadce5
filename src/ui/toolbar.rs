//! The line of buttons at the top of the window.

use super::Action;
use super::app::App;
use super::commands::command;
use super::language::tr;
use super::problems::{good_colour, severity_color, severity_icon};
use super::start;
use super::widgets::DropList;
use crate::api::pod_security::{Level, PodSecurity};
use crate::diagnostic::Severity;
use crate::editor::Command;
use crate::schema::Version;
use egui::{Button, Id, MenuBar, Response, RichText, Role, Ui, WidgetInfo};

/// What opens below a button, beside the button's own name.
const MENU_MARK: &str = "⏷";

/// A window narrower than this has no room for every word.
const NARROW: f32 = 1000.0;

/// Draws the toolbar.
pub fn toolbar_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    MenuBar::new().ui(ui, |ui| {
        ui.set_height(32.0);
        menu_ui(
            ui,
            "File",
            app,
            &["save-as", "convert", "keep-as-template", "repair", "open-by-path", "save-by-path", "quit"],
            out,
        );
        menu_ui(
            ui,
            "Edit",
            app,
            &[
                "undo",
                "redo",
                "find",
                "replace",
                "find-next",
                "find-previous",
                "go-to-line",
                "toggle-comment",
                "complete",
            ],
            out,
        );
        menu_ui(
            ui,
            "View",
            app,
            &[
                "unfold-sections",
                "fold-sections",
                "find-field",
                "help",
                "problems",
                "pane-next",
                "theme-system",
                "theme-light",
                "theme-dark",
            ],
            out,
        );
        button_ui(ui, app, "new", out);
        button_ui(ui, app, "open", out);
        button_ui(ui, app, "save", out);
        menu_ui(ui, "Export", app, &["export", "export-by-path"], out);
        menu_ui(ui, "Copy", app, &["copy-yaml", "copy-kubectl", "copy-json"], out);
        ui.separator();
        icon_ui(ui, app, "undo", "↩", out);
        icon_ui(ui, app, "redo", "↪", out);
        ui.separator();
        version_ui(ui, app.document().version, out);
        if app.shows_document() {
            security_ui(ui, app);
            problems_ui(ui, app, out);
            if app.is_judging() {
                ui.weak(tr("Judging…"))
                    .on_hover_text(tr("The problems and the form follow the text in a moment"));
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            menu_ui(ui, "中/EN", app, &["language-chinese", "language-english"], out);
        });
    });
}

fn button_ui(ui: &mut Ui, app: &App, id: &str, out: &mut Vec<Action>) {
    icon_ui(ui, app, id, "", out);
}

/// A command's button: its icon, or its words where it has none.
fn icon_ui(ui: &mut Ui, app: &App, id: &str, icon: &str, out: &mut Vec<Action>) {
    let Some(command) = command(id) else { return };
    let words = tr(command.title);
    let button = Button::new(if icon.is_empty() { &words } else { icon });
    let response = ui.add_enabled((command.enabled)(app), button);
    name(&response, &words);
    let keys = command.keys(ui.ctx());
    if response.on_hover_text(format!("{}  {keys}", tr(command.about))).clicked() {
        out.push(Action::Run(command.id));
    }
}

/// Where the wish stands that the first menu gets the keyboard.
fn wish() -> Id {
    Id::unique("the first menu is to get the keyboard")
}

/// Gives the first menu the keyboard.
pub fn go_to_menus(ctx: &egui::Context) {
    ctx.data_mut(|data| data.insert_temp(wish(), true));
}

fn menu_ui(ui: &mut Ui, title: &str, app: &App, ids: &[&'static str], out: &mut Vec<Action>) {
    let mut list = DropList::new(ui, Id::unique(("menu", title.to_owned())));
    let menu = ui.menu_button(format!("{} {MENU_MARK}", tr(title)), |ui| {
        for id in ids {
            item_ui(ui, app, id, &mut list, out);
            if *id == "open-by-path" && !app.recent().is_empty() {
                ui.menu_button("Open recent", |ui| start::recent_menu_ui(ui, app.recent(), out));
            }
        }
    });
    list.end(ui, &menu.response, menu.inner.is_some());
    if ui.data_mut(|data| data.remove_temp::<bool>(wish())).is_some() {
        menu.response.request_focus();
    }
    name(&menu.response, &tr(format!("{title} menu")));
}

fn item_ui(ui: &mut Ui, app: &App, id: &str, list: &mut DropList, out: &mut Vec<Action>) {
    let Some(command) = command(id) else { return };
    let enabled = (command.enabled)(app);
    let button = Button::new(tr(command.title)).shortcut_text(command.keys(ui.ctx()));
    let response = ui.add_enabled(enabled, button).on_hover_text(tr(command.about));
    list.entry(&response, true);
    // The keys are no part of the name.
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, tr(command.title)));
    if response.clicked() {
        out.push(Action::Run(command.id));
        // A click of the mouse closes the menu by itself, one by a screen reader does not.
        ui.close();
    }
}

fn name(response: &Response, name: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Button, response.enabled(), name));
}

fn version_ui(ui: &mut Ui, now: Version, out: &mut Vec<Action>) {
    let mut list = DropList::new(ui, Id::unique("versions"));
    let product = if ui.ctx().content_rect().width() < NARROW { "" } else { "Kubernetes " };
    let menu = ui.menu_button(format!("{product}{now} {MENU_MARK}"), |ui| {
        for version in Version::all().rev() {
            if list.entry_ui(ui, version == now, &format!("Kubernetes {version}")) {
                out.push(Action::Do(Command::Target(version)));
            }
        }
    });
    list.end(ui, &menu.response, menu.inner.is_some());
    name(&menu.response, &tr(format!("Judged by Kubernetes {now}")));
    menu.response.on_hover_text(tr("The version whose rules judge the manifest"));
}

/// The level of the Pod Security Standards that the pod in sight reaches, and what keeps it from the next.
fn security_ui(ui: &mut Ui, app: &App) {
    let part = app.document().part(app.view().doc);
    let Some(security) = part.and_then(|part| part.review.pod_security.as_ref()) else { return };
    let (text, color, words) = badge(security, ui);
    let button = Button::new(RichText::new(text).color(color)).frame(false).sense(egui::Sense::HOVER);
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    response.on_hover_ui(|ui| {
        ui.set_max_width(460.0);
        ui.strong(tr("Pod Security Standards"));
        match security.level() {
            Level::Restricted => {
                ui.label(tr("This pod passes every check of the level Restricted, the strictest one."));
            }
            level => {
                let next = if level == Level::Baseline { Level::Restricted } else { Level::Baseline };
                ui.label(tr(format!("What keeps this pod from the level {}:", title_of(next))));
                for check in security.failed(next) {
                    let fields: Vec<String> =
                        check.problems.iter().map(|problem| problem.path.to_string()).collect();
                    ui.label(RichText::new(format!("✖ {}", check.id)).strong());
                    for field in fields.iter().filter(|field| !field.is_empty()) {
                        ui.weak(field);
                    }
                }
            }
        }
    });
}

/// The badge's text and colour, and the same in words.
fn badge(security: &PodSecurity, ui: &Ui) -> (String, egui::Color32, String) {
    let (next, severity) = match security.level() {
        Level::Restricted => {
            let words = tr("Pod Security level Restricted");
            return ("Restricted ✔".to_owned(), good_colour(ui.visuals().dark_mode), words);
        }
        Level::Baseline => (Level::Restricted, Severity::Warning),
        Level::Privileged => (Level::Baseline, Severity::Error),
    };
    let failed = security.failed(next).len();
    let (level, next) = (title_of(security.level()), title_of(next));
    let words = tr(format!("Pod Security level {level}, {failed} checks short of {next}"));
    (format!("{next} ✖ {failed}"), severity_color(ui.visuals(), severity), words)
}

fn title_of(level: Level) -> &'static str {
    match level {
        Level::Privileged => "Privileged",
        Level::Baseline => "Baseline",
        Level::Restricted => "Restricted",
    }
}

fn problems_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let counts = app.document().counts();
    let kinds = [
        (Severity::Error, counts.errors, ("problem", "problems")),
        (Severity::Warning, counts.warnings, ("warning", "warnings")),
        (Severity::Advice, counts.advice, ("hint", "hints")),
    ];
    let mut text = egui::text::LayoutJob::default();
    let mut words = Vec::new();
    let font = egui::TextStyle::Button.resolve(ui.style());
    for (severity, count, (one, many)) in kinds.into_iter().filter(|(_, count, _)| *count > 0) {
        let gap = if words.is_empty() { 0.0 } else { 10.0 };
        let format = egui::TextFormat::simple(font.clone(), severity_color(ui.visuals(), severity));
        text.append(&format!("{} {count}", severity_icon(severity)), gap, format);
        words.push(tr(format!("{count} {}", if count == 1 { one } else { many })));
    }
    if words.is_empty() {
        let format = egui::TextFormat::simple(font, good_colour(ui.visuals().dark_mode));
        text.append(&format!("✔ {}", tr("No problems")), 0.0, format);
        words.push(tr("No problems"));
    }
    let words = words.join(", ");
    let response = ui.add(Button::new(text).selected(app.shows_problems()));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, app.shows_problems(), &words));
    let hint = tr(format!("{words}. Show or hide the list."));
    if response.on_hover_text(hint).clicked() {
        out.push(Action::Run("problems"));
    }
}
