//! What the window says besides the document: what was done, and what could not be done and why.

use super::language::tr;
use super::problems::{good_colour, severity_color};
use crate::diagnostic::Severity;
use egui::{Align2, Area, Button, Color32, Frame, Id, Label, Order, RichText, vec2};
use std::time::Duration;

/// How long a message that asks for nothing stays, in seconds.
const SECONDS: f64 = 6.0;

/// The messages in sight, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    shown: Vec<Notice>,
}

#[derive(Debug, Clone, PartialEq)]
struct Notice {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// Something was done. Goes away by itself, at this time of the context's clock, once it has been drawn.
    Done { until: Option<f64> },
    /// Something is being done. Stays until it is withdrawn.
    Working,
    /// Something could not be done. Stays until it is dismissed.
    Refused,
}

impl Notices {
    /// Says that something was done; takes the place of the last such message.
    pub fn done(&mut self, text: impl Into<String>) {
        self.shown.retain(|notice| !matches!(notice.kind, Kind::Done { .. }));
        self.shown.push(Notice { text: text.into(), kind: Kind::Done { until: None } });
    }

    /// Says that something is being done, until [`Notices::withdraw`].
    pub fn working(&mut self, text: &str) {
        if self.texts().all(|shown| shown != text) {
            self.shown.push(Notice { text: text.to_owned(), kind: Kind::Working });
        }
    }

    /// Says that something could not be done, and why.
    pub fn refused(&mut self, text: impl Into<String>) {
        let notice = Notice { text: sentence(text.into()), kind: Kind::Refused };
        self.shown.retain(|other| *other != notice);
        self.shown.push(notice);
    }

    /// Takes a message back that holds no longer.
    pub fn withdraw(&mut self, text: &str) {
        self.shown.retain(|notice| notice.text != text);
    }

    /// The texts in sight.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.shown.iter().map(|notice| notice.text.as_str())
    }

    /// Draws the messages over the lower edge of the window, moving nothing else.
    pub fn ui(&mut self, ctx: &egui::Context) {
        let now = ctx.input(|input| input.time);
        for notice in &mut self.shown {
            if let Kind::Done { until } = &mut notice.kind {
                let until = *until.get_or_insert(now + SECONDS);
                // Asked for in every frame: one that is drawn in between takes the place of the one that was asked for.
                ctx.request_repaint_after(Duration::from_secs_f64((until - now).max(0.0)));
            }
        }
        self.shown.retain(|notice| !matches!(notice.kind, Kind::Done { until: Some(until) } if until <= now));
        if self.shown.is_empty() {
            return;
        }
        let mut dismissed = None;
        let width = (ctx.content_rect().width() - 40.0).min(760.0);
        let area = Area::new(Id::unique("notices"))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -34.0));
        area.show(ctx, |ui| {
            ui.set_max_width(width);
            for (i, notice) in self.shown.iter().enumerate() {
                let (mark, color) = match notice.kind {
                    Kind::Done { .. } => ("✔", good_colour(ui.visuals().dark_mode)),
                    Kind::Working => ("…", ui.visuals().text_color()),
                    Kind::Refused => ("✖", severity_color(ui.visuals(), Severity::Error)),
                };
                Frame::popup(ui.style()).stroke((1.0, color)).show(ui, |ui| {
                    ui.horizontal_top(|ui| {
                        ui.label(RichText::new(mark).color(color));
                        let room = ui.available_width() - 36.0;
                        ui.scope(|ui| {
                            ui.set_max_width(room);
                            ui.add(Label::new(tr(&notice.text)).wrap());
                        });
                        if notice.kind == Kind::Working {
                            return;
                        }
                        let button = Button::new("✖").fill(Color32::TRANSPARENT).small();
                        let close = ui.add(button).on_hover_text(tr("Dismiss"));
                        close.widget_info(|| {
                            egui::WidgetInfo::labeled(egui::Role::Button, true, tr("Dismiss"))
                        });
                        if close.clicked() {
                            dismissed = Some(i);
                        }
                    });
                });
            }
        });
        if let Some(i) = dismissed {
            self.shown.remove(i);
        }
    }
}

/// A message as a sentence: what comes from below begins in lower case and has no full stop.
fn sentence(text: String) -> String {
    let stop = if text.ends_with(['.', '?', '!', '。']) { "" } else { "." };
    text + stop
}
