//! The question into which kind to turn a document, with all that comes of it in sight before.

use super::dialogs::{Choice, answers_ui};
use super::language::{self, tr};
use super::preview::highlight::{Look, Palette, layout};
use super::problems::severity_color;
use crate::convert::{Conversion, Effect, Kind, Options, convert};
use crate::diagnostic::Severity;
use crate::document::Document;
use crate::schema::Version;
use crate::yaml;
use egui::{RichText, ScrollArea, TextEdit, TextStyle, Ui};

/// Into which kind to turn a document.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvertDialog {
    /// The document's number.
    pub doc: usize,
    /// The kind to turn it into.
    pub to: Kind,
    /// What the kind needs beside.
    pub options: Options,
    from: Kind,
    text: String,
    version: Version,
    made: Result<Conversion, String>,
    /// The document as it would be.
    shown: String,
}

impl ConvertDialog {
    /// The width that the question wants, in points.
    pub const WIDTH: f32 = 980.0;

    /// Asks for the kind; `None` if the document is of no kind that can be turned.
    pub fn new(document: &Document, doc: usize) -> Option<ConvertDialog> {
        let from = Kind::of(document, doc)?;
        let mut dialog = ConvertDialog {
            doc,
            to: if from == Kind::Deployment { Kind::Pod } else { Kind::Deployment },
            options: Options::default(),
            from,
            text: document.text.clone(),
            version: document.version,
            made: Err(String::new()),
            shown: String::new(),
        };
        dialog.make();
        Some(dialog)
    }

    fn make(&mut self) {
        let document = Document::new(self.text.as_str(), self.version);
        self.made = convert(&document, self.doc, self.to, &self.options);
        let text = self.made.as_ref().map(|made| made.text.as_str()).unwrap_or_default();
        let span = yaml::parse(text).docs.get(self.doc).map(|doc| doc.span.clone()).unwrap_or_default();
        self.shown = text[span].trim_end().to_owned();
    }
}

/// Draws the question.
pub fn convert_ui(ui: &mut Ui, asked: &mut ConvertDialog) -> Option<Choice> {
    let before = (asked.to, asked.options.clone());
    ui.heading(tr(format!("Turn this {} into…", asked.from)));
    let height = (ui.ctx().content_rect().height() - 190.0).clamp(160.0, 520.0);
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            let choices =
                ScrollArea::vertical().id_salt("choices").max_height(height).min_scrolled_height(height);
            choices.auto_shrink(false).show(left, |ui| choices_ui(ui, asked));
            result_ui(right, asked, height);
        }
    });
    if before != (asked.to, asked.options.clone()) {
        asked.make();
    }
    let title = format!("Turn into {}", with_article(asked.to));
    answers_ui(ui, &[(&title, asked.made.is_ok().then_some(Choice::Turn))])
}

/// `a Pod`, `a StatefulSet`.
pub fn with_article(kind: Kind) -> String {
    format!("a {kind}")
}

fn choices_ui(ui: &mut Ui, asked: &mut ConvertDialog) {
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != asked.from) {
        ui.horizontal(|ui| {
            ui.radio_value(&mut asked.to, kind, kind.name());
            ui.weak(kind.about(language::now()));
        });
    }
    if asked.to == Kind::CronJob {
        ui.horizontal(|ui| {
            let label = ui.label(tr("Schedule"));
            let field = TextEdit::singleline(&mut asked.options.schedule)
                .font(TextStyle::Monospace)
                .desired_width(f32::INFINITY);
            ui.add(field).labelled_by(label.id);
        });
    }
    ui.separator();
    match &asked.made {
        Err(why) => {
            ui.colored_label(
                severity_color(ui.visuals(), Severity::Error),
                tr(format!("This cannot be done: {why}.")),
            );
        }
        Ok(made) => notes_ui(ui, made),
    }
}

fn notes_ui(ui: &mut Ui, made: &Conversion) {
    if made.of(Effect::Lost).next().is_none() {
        ui.label(tr("Everything comes along, comments too."));
    }
    for effect in Effect::ALL {
        let (title, severity) = match effect {
            Effect::Lost => ("What cannot come along", Some(Severity::Error)),
            Effect::Changed => ("What is changed", Some(Severity::Warning)),
            Effect::Added => ("What is added", None),
            Effect::Mind => ("What to keep in mind", Some(Severity::Warning)),
        };
        if made.of(effect).next().is_none() {
            continue;
        }
        let title = RichText::new(tr(title)).strong();
        match severity {
            Some(severity) => ui.colored_label(severity_color(ui.visuals(), severity), title),
            None => ui.label(title),
        };
        for note in made.of(effect) {
            ui.indent(("note", &note.path), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.monospace(note.path.to_string());
                ui.label(RichText::new(note.why(language::now())).weak());
            });
        }
    }
}

fn result_ui(ui: &mut Ui, asked: &ConvertDialog, height: f32) {
    let label = ui.label(tr("The result"));
    let look = Look {
        palette: *Palette::of(ui.visuals().dark_mode),
        font: TextStyle::Monospace.resolve(ui.style()),
        row_height: ui.text_style_height(&TextStyle::Monospace),
    };
    let mut colours = |ui: &Ui, text: &dyn egui::TextBuffer, _: f32| {
        let text = text.as_str();
        ui.fonts_mut(|fonts| fonts.layout_job(layout(text, &yaml::tokens(text), &look)))
    };
    ScrollArea::both().id_salt("result").max_height(height - 26.0).min_scrolled_height(height - 26.0).show(
        ui,
        |ui| {
            // A text that cannot be changed can still be selected and read aloud.
            let mut text = asked.shown.as_str();
            let field = TextEdit::multiline(&mut text).layouter(&mut colours).desired_width(f32::INFINITY);
            ui.add(field).labelled_by(label.id);
        },
    );
}
