//! The window's state and the one place that changes it.

mod keeping;
pub(super) mod panes;

use super::clipboard::{Clipboard, Format};
use super::convert::{ConvertDialog, with_article};
use super::dialogs::{self, Choice, Dialog, SharedDialog};
use super::finder::{self, Answer as Found, Finder};
use super::input::{self, InOrder};
use super::notices::Notices;
use super::picker::{Answer, Ask, Picker};
use super::repair::{RepairDialog, SEEKS, Seeking, looks_damaged};
use super::upgrade::{Upgrade, upgrade_ui};
use super::worker::Worker;
use super::{
    Action, Folds, Page, Pane, View, commands, form, gallery, help, language, outline, preview, problems,
    stale, start, theme, toolbar,
};
use crate::convert;
use crate::document::Document;
use crate::editor::{Command, Done, Editor};
use crate::files::{self, FileError};
use crate::finder::Index;
use crate::repair;
use crate::schema::{Lang, Version};
use crate::template::{Pattern, Sketch};
use crate::yaml::{Change, Edit, Refusal, Shared, Sharing};
use egui::text_edit::TextEditState;
use egui::{
    Align2, CentralPanel, Color32, Context, FontId, Frame, Id, LayerId, Order, Panel, Ui, ViewportCommand,
};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

pub use egui::ThemePreference as Theme;
pub use keeping::{LeftWork, Recent};

/// The patterns, with the files that could not be read.
pub type PatternsRead = (Vec<Pattern>, Vec<FileError>);

/// Keeps a text, the second argument, as a pattern with the name that is the first, and gives its file.
pub type KeepPattern = dyn Fn(&str, &str) -> Result<PathBuf, FileError>;

/// What the window needs of the world around it; tests bring their own.
pub struct Services {
    /// Where copied text goes.
    pub clipboard: Box<dyn Clipboard>,
    /// Who asks for files and folders.
    pub picker: Box<dyn Picker>,
    /// Reads all patterns.
    pub patterns: Box<dyn Fn() -> PatternsRead>,
    /// Keeps a text as a pattern of that name and gives its file.
    pub keep_pattern: Box<KeepPattern>,
}

/// What follows once the text that is open may go.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// Close the window.
    Close,
    /// Start anew with a pattern's text.
    Start(String),
    /// Open a file's text.
    Open(PathBuf, String),
    /// Bring unsaved work back that a window has left behind, by its name among the journals.
    BringBack(String),
}

/// What is on the screen below the toolbar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    /// The patterns.
    Gallery,
    /// The document.
    Document,
}

/// The size in bytes from which on a file is read, and a text judged, on a thread of its own: the window would otherwise
/// miss a frame on every key.
const LARGE: usize = 200_000;

/// How long nobody types before a large text is judged, in seconds.
const PAUSE: f64 = 0.18;

/// What is to be done with a file that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// It is opened.
    Open,
    /// It was dropped onto the window.
    Drop,
}

/// What a chosen path is for.
#[derive(Debug, Clone, PartialEq)]
struct Errand {
    ask: Ask,
    then: Option<Then>,
}

/// The window.
pub struct App {
    editor: Editor,
    view: View,
    preview: preview::PreviewState,
    services: Services,
    patterns: Vec<(Pattern, Sketch)>,
    screen: Screen,
    shows_problems: bool,
    shows_help: bool,
    finder: Option<Finder>,
    dialog: Option<Dialog>,
    /// What the desktop's file dialog has been asked for, while it is open.
    errand: Option<Errand>,
    notices: Notices,
    /// What another program has written into the file while there were changes here, until the person has seen to it.
    others: Option<String>,
    /// The journal, the settings and the watch over the file; a window without them remembers nothing.
    keeping: Option<keeping::Keeping>,
    /// Looks for how a damaged text was meant.
    seeker: Worker<Option<repair::Offer>>,
    /// The text for which that is being looked for.
    seeking: Option<Seeking>,
    /// What another Kubernetes version means for the text, until the list is dismissed.
    upgrade: Option<Upgrade>,
    /// Where the outline ends and where the text begins, from the left, as drawn last.
    panes: (f32, f32),
    /// The sizes of the panes, kept from one start to the next.
    sizes: panes::Panes,
    /// Whether the window may close with unsaved changes: the person has said so.
    may_close: bool,
    /// Whether the window is to close once what was typed before has taken effect.
    closes_later: bool,
    title: String,
    lang: Lang,
    /// What is done while a frame is made, for the frames after it.
    input: InOrder,
    /// Judges a long text.
    judge: Worker<Done>,
    /// The last revision of the text, and when it came, in seconds.
    changed: (u64, f64),
    /// Reads a large file.
    reader: Worker<Result<String, FileError>>,
    /// The large file that is being read.
    reading: Option<(PathBuf, Reads)>,
    /// What nobody needs any more once the next frame has been drawn.
    waste: Vec<Box<dyn Send>>,
}

impl App {
    /// The window with nothing open yet: it begins with the gallery.
    pub fn new(ctx: &Context, services: Services) -> App {
        theme::install(ctx);
        // Quitting is a command like every other, so that it asks about unsaved changes.
        ctx.options_mut(|options| options.quit_shortcuts.clear());
        let mut app = App {
            editor: Editor::default(),
            view: View::default(),
            preview: preview::PreviewState::default(),
            services,
            patterns: Vec::new(),
            screen: Screen::Gallery,
            shows_problems: true,
            shows_help: false,
            finder: None,
            dialog: None,
            errand: None,
            notices: Notices::default(),
            others: None,
            keeping: None,
            seeker: Worker::default(),
            seeking: None,
            upgrade: None,
            panes: (0.0, f32::INFINITY),
            sizes: panes::Panes::default(),
            may_close: false,
            closes_later: false,
            title: String::new(),
            lang: Lang::En,
            input: InOrder::default(),
            judge: Worker::default(),
            changed: (0, 0.0),
            reader: Worker::default(),
            reading: None,
            waste: Vec::new(),
        };
        app.editor.judge_later_from(LARGE);
        app.read_patterns();
        app
    }

    /// Opens a file. What stands in the way is said in a notice.
    pub fn open_file(&mut self, ctx: &Context, path: &FilePath) {
        self.read(ctx, path, Reads::Open);
    }

    /// Reads a file; a large one on a thread of its own. The last one that was asked for is the one that is opened.
    fn read(&mut self, ctx: &Context, path: &FilePath, reads: Reads) {
        self.reader.forget();
        self.stop_seeking();
        self.reading = Some((path.to_owned(), reads));
        if files::size(path).is_some_and(|bytes| (LARGE as u64..=files::MOST_BYTES).contains(&bytes)) {
            let path = path.to_owned();
            self.reader.start(ctx, move || files::load(&path));
        } else {
            self.has_read(ctx, files::load(path));
        }
    }

    /// Draws in a language from now on.
    pub fn speak(&mut self, lang: Lang) {
        self.lang = lang;
        language::set(lang);
    }

    fn has_read(&mut self, ctx: &Context, read: Result<String, FileError>) {
        let Some((path, reads)) = self.reading.take() else { return };
        match (read, reads) {
            (Ok(text), Reads::Open) => self.replace(ctx, Then::Open(path, text)),
            (Ok(text), Reads::Drop) => self.has_dropped(ctx, path, text),
            (Err(error), _) => self.notices.refused(error.to_string()),
        }
    }

    /// Takes what the threads have made, and gives them what is left to do.
    fn take_work(&mut self, ctx: &Context) {
        // To give the memory of a long text's document back takes longer than a frame.
        let waste = std::mem::take(&mut self.waste);
        if !waste.is_empty() {
            std::thread::spawn(move || drop(waste));
        }
        if let Some(read) = self.reader.take() {
            self.has_read(ctx, read);
        }
        if let Some(done) = self.judge.take() {
            self.finish(done);
        }
        self.take_sought(ctx);
        self.give_work(ctx);
        self.view.behind = self.editor.is_behind();
    }

    /// A text that is being typed into is judged once nobody has typed for a moment: on a few processors, judging takes
    /// from the window's time. A change that waits for the document does not wait for that.
    fn give_work(&mut self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        if self.changed.0 != self.editor.revision() {
            self.changed = (self.editor.revision(), now);
        }
        let left = self.changed.1 + PAUSE - now;
        if self.editor.is_behind() && !self.editor.is_new() && !self.editor.has_waiting() && left > 0.0 {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(left));
            return;
        }
        if !self.judge.is_busy()
            && let Some(work) = self.editor.work()
        {
            self.judge.start(ctx, move || work.run());
        }
    }

    fn finish(&mut self, done: Done) {
        if self.editor.is_stale(&done) {
            self.waste.push(Box::new(done));
            return;
        }
        self.waste.push(Box::new(self.editor.document().clone()));
        let was_new = self.editor.is_new();
        if let Some((command, outcome)) = self.editor.finish(done) {
            self.tell(&command, outcome);
        }
        if was_new && !self.editor.is_new() {
            self.look_at_first_page();
        }
    }

    /// Waits until the document is the text's.
    fn catch_up(&mut self) {
        if let Some(done) = self.judge.wait() {
            self.finish(done);
        }
        while let Some(work) = self.editor.work() {
            self.finish(work.run());
        }
    }

    /// Whether the document is behind the text.
    pub fn is_judging(&self) -> bool {
        self.editor.is_behind()
    }

    /// Says that something could not be done.
    pub fn refuse(&mut self, why: impl Into<String>) {
        self.notices.refused(why);
    }

    /// The document that is open.
    pub fn document(&self) -> &Document {
        self.editor.document()
    }

    /// The text of the document that is open.
    pub fn text(&self) -> &str {
        self.editor.text()
    }

    /// The patterns in the gallery, in its order.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter().map(|(pattern, _)| pattern)
    }

    /// The messages in sight.
    pub fn notices(&self) -> impl Iterator<Item = &str> {
        self.notices.texts()
    }

    pub(super) fn has_text(&self) -> bool {
        !self.text().trim().is_empty()
    }

    pub(super) fn shows_document(&self) -> bool {
        self.screen == Screen::Document
    }

    pub(super) fn has_problems(&self) -> bool {
        self.shows_document() && self.document().diagnostics().next().is_some()
    }

    pub(super) fn can_undo(&self) -> bool {
        self.shows_document() && self.editor.can_undo()
    }

    pub(super) fn can_redo(&self) -> bool {
        self.shows_document() && self.editor.can_redo()
    }

    pub(super) fn shows_problems(&self) -> bool {
        self.shows_problems && self.shows_document()
    }

    /// Whether the text is in sight.
    pub(super) fn can_edit_text(&self) -> bool {
        self.shows_document()
    }

    /// Asks the text for one of its tools. What works at the text's cursor does nothing while a field of the form has the
    /// keyboard.
    pub(super) fn in_text(&mut self, tool: preview::Tool) {
        let at_cursor = matches!(tool, preview::Tool::Comment | preview::Tool::Complete);
        if !at_cursor || self.view.focus.is_none() {
            self.preview.run(tool);
        }
    }

    pub(super) fn view(&self) -> &View {
        &self.view
    }

    pub(super) fn toggle_problems(&mut self) {
        self.shows_problems = !self.shows_problems;
    }

    /// Opens or folds every section of the form.
    pub(super) fn fold_sections(&mut self, open: bool) {
        self.view.folds = Folds { all_open: Some(open), times: self.view.folds.times + 1 };
    }

    pub(super) fn toggle_help(&mut self) {
        self.shows_help = !self.shows_help;
    }

    /// Whether the form shows an object whose fields are known.
    pub(super) fn shows_fields(&self) -> bool {
        self.shows_document() && self.editor.shown(self.view.doc).pod_spec(self.view.doc).is_some()
    }

    pub(super) fn open_finder(&mut self) {
        let doc = self.view.doc;
        self.finder = Some(Finder::new(doc, Index::of(self.editor.shown(doc), doc)));
    }

    pub(super) fn can_leave_gallery(&self) -> bool {
        self.screen == Screen::Gallery && self.has_text()
    }

    pub(super) fn show_document(&mut self) {
        self.screen = Screen::Document;
    }

    pub(super) fn show_gallery(&mut self) {
        self.read_patterns();
        self.look_for_left_work();
        self.screen = Screen::Gallery;
    }

    fn read_patterns(&mut self) {
        let (patterns, errors) = (self.services.patterns)();
        self.patterns =
            patterns.into_iter().map(|pattern| (pattern.sketch(), pattern)).map(|(s, p)| (p, s)).collect();
        for error in errors {
            self.notices.refused(error.to_string());
        }
    }

    /// Changes the document. What is refused is said in a notice.
    pub(super) fn carry_out(&mut self, command: Command) {
        if let Command::Target(to) = command {
            return self.judge_by(to);
        }
        let outcome = self.editor.run(command.clone());
        // What waits for a long text's document is told when it is done.
        if outcome.is_err() || !self.editor.is_behind() {
            self.tell(&command, outcome);
        }
    }

    /// Says what became of a command.
    fn tell(&mut self, command: &Command, outcome: Result<(), Refusal>) {
        let added = match command {
            Command::AddPattern { pattern, .. } => {
                Some(format!("Added {} to this pod.", pattern.title(language::now())))
            }
            Command::AddContainers { .. } => Some("Added its containers to this pod.".to_owned()),
            _ => None,
        };
        match outcome {
            Err(refusal) if refusal.shared.is_some() => {
                if let Some(shared) = refusal.shared {
                    self.ask_where(command.clone(), &shared);
                }
            }
            Ok(()) => {
                if let Some(added) = added {
                    self.screen = Screen::Document;
                    self.notices.done(added);
                }
            }
            Err(refusal) => {
                if let Some(span) = refusal.span.clone() {
                    self.view.reveal_text = Some(span);
                }
                self.notices.refused(refusal.to_string());
            }
        }
    }

    /// Judges by another version, and lists what that means for the manifest: against the version before the list began.
    fn judge_by(&mut self, to: Version) {
        let now = self.document().version;
        let from = self.upgrade.as_ref().map_or(now, Upgrade::from);
        if let Err(refusal) = self.editor.run(Command::Target(to)) {
            self.notices.refused(refusal.to_string());
        }
        if now != to {
            self.upgrade = (self.has_text() && from != to).then(|| Upgrade::since(from));
        }
    }

    /// Gives the next pane the keyboard, or the one before: form, text, outline.
    pub(super) fn go_to_pane(&mut self, ctx: &Context, step: usize) {
        const PANES: [Pane; 3] = [Pane::Form, Pane::Text, Pane::Outline];
        let focused = ctx.memory(|memory| memory.focused());
        let (outline, text) = self.panes;
        let here = match focused.and_then(|id| Some((id, ctx.read_response(id)?.rect.center().x))) {
            Some((id, _)) if id == preview::text_id() => Some(1),
            Some((_, x)) if x < outline => Some(2),
            Some((_, x)) if x > text => Some(1),
            Some(_) => Some(0),
            None => None,
        };
        let next = here.map_or(0, |here| (here + step) % PANES.len());
        if PANES[next] == Pane::Text {
            ctx.memory_mut(|memory| memory.request_focus(preview::text_id()));
        } else {
            self.view.enter = Some(PANES[next]);
        }
    }

    /// Asks where a value is to change that stands in several places.
    fn ask_where(&mut self, command: Command, shared: &Shared) {
        let doc = match &command {
            Command::Change { doc, .. }
            | Command::Fix { doc, .. }
            | Command::AddPattern { doc, .. }
            | Command::AddContainers { doc, .. } => *doc,
            _ => self.view.doc,
        };
        let document = self.editor.document();
        let places = shared.places.iter().map(|place| {
            let path = document.written(doc).map_or(place.path.clone(), |root| root.at(&place.path).path());
            let line = document.lines.line(place.span.start);
            let written = if place.is_anchor { ", written there" } else { "" };
            format!("{path} (line {line}{written})")
        });
        self.view.reveal_text = shared.places.iter().find(|p| p.is_anchor).map(|place| place.span.clone());
        self.dialog = Some(Dialog::Shared(SharedDialog {
            places: places.collect(),
            anchor: shared.anchor.clone(),
            merge: self.editor.merges_as().map(str::to_owned),
            caret: None,
            command,
        }));
    }

    /// Carries out a command with the answer to where the value is to change. Who was typing goes on typing.
    fn answer_where(&mut self, ctx: &Context, asked: SharedDialog, sharing: Sharing) {
        if let Command::Change { doc, changes } = &asked.command
            && let [Change::Set { path, .. }] = changes.as_slice()
            && *doc == self.view.doc
            && asked.merge.is_some()
        {
            self.view.reveal = Some(path.clone());
        }
        if let Some((id, caret)) = asked.caret
            && let Some(mut state) = TextEditState::load(ctx, id)
        {
            state.cursor.set_char_range(Some(caret));
            state.store(ctx, id);
        }
        self.editor.merge_as(asked.merge);
        self.carry_out(Command::Answered { sharing, command: Box::new(asked.command) });
    }

    pub(super) fn copy(&mut self, ctx: &Context, format: Format) {
        self.catch_up();
        let copied = format.of(self.document()).and_then(|text| self.services.clipboard.set(ctx, &text));
        match copied {
            Ok(()) => self.notices.done(match format {
                Format::Yaml => "Copied as YAML.",
                Format::Kubectl => "Copied as a kubectl command.",
                Format::Json => "Copied as JSON.",
            }),
            Err(why) => self.notices.refused(why),
        }
    }

    pub(super) fn go_to_problem(&mut self, step: isize) {
        let document = self.editor.document().clone();
        let places: Vec<_> = document.diagnostics().map(|(part, d)| (part.index, d.place.clone())).collect();
        let Ok(count) = isize::try_from(places.len()) else { return };
        let here = places.iter().position(|(doc, place)| {
            *doc == self.view.doc && self.view.focus.as_ref().is_some_and(|focus| focus.same_place(place))
        });
        let from = here.and_then(|here| isize::try_from(here).ok()).unwrap_or(if step > 0 { -1 } else { 0 });
        let next = (from + step).checked_rem_euclid(count).and_then(|next| usize::try_from(next).ok());
        if let Some((doc, path)) = next.and_then(|next| places.get(next)) {
            self.go_to(*doc, path.clone());
        }
    }

    fn go_to(&mut self, doc: usize, path: crate::path::Path) {
        let document = self.editor.document();
        self.view.doc = doc;
        self.view.page = form::page_of(document, doc, &path);
        self.view.reveal_text = document.span_of(doc, &path);
        self.view.about = Some((doc, path.clone()));
        self.view.reveal = Some(path);
        self.screen = Screen::Document;
    }

    // Files.

    /// Asks for a file or folder by the desktop's own dialog.
    pub(super) fn ask(&mut self, ctx: &Context, ask: Ask) {
        self.ask_then(ctx, Errand { ask, then: None });
    }

    fn ask_then(&mut self, ctx: &Context, errand: Errand) {
        if self.errand.is_some() {
            self.notices.refused("A file dialog is open already: answer it first.");
            return;
        }
        self.services.picker.ask(ctx, errand.ask.clone());
        self.errand = Some(errand);
    }

    /// Asks for a file or folder by its path, typed.
    pub(super) fn ask_for_path(&mut self, ask: Ask) {
        self.ask_for_path_because(Errand { ask, then: None }, None);
    }

    fn ask_for_path_because(&mut self, errand: Errand, why: Option<String>) {
        let proposal = match (&errand.ask, self.editor.path()) {
            (Ask::Open, _) | (Ask::Folder, None) => String::new(),
            (Ask::Save(_), Some(path)) => path.display().to_string(),
            (Ask::Save(_), None) => self.proposed_name(),
            (Ask::Folder, Some(path)) => {
                path.parent().map(|folder| folder.display().to_string()).unwrap_or_default()
            }
        };
        self.dialog = Some(Dialog::path(errand.ask, errand.then, proposal, why));
    }

    pub(super) fn ask_for_template_name(&mut self) {
        let name = self.document().part(self.view.doc).map(|part| part.name.clone()).unwrap_or_default();
        self.dialog = Some(Dialog::template(name, self.text().to_owned()));
    }

    pub(super) fn can_convert(&self) -> bool {
        let document = self.document();
        self.shows_document()
            && !document.is_broken_at(self.view.doc)
            && convert::Kind::of(document, self.view.doc).is_some()
    }

    /// Asks into which kind to turn the document in sight.
    pub(super) fn ask_for_kind(&mut self) {
        let dialog = ConvertDialog::new(self.document(), self.view.doc);
        self.dialog = dialog.map(|dialog| Dialog::Convert(Box::new(dialog)));
    }

    fn turn(&mut self, asked: ConvertDialog) {
        let ConvertDialog { doc, to, options, .. } = asked;
        let before = self.editor.revision();
        self.carry_out(Command::Convert { doc, to, options });
        if self.editor.revision() != before {
            self.view.page = first_page(self.editor.document(), doc);
            self.notices.done(format!("Turned into {}.", with_article(to)));
        }
    }

    fn proposed_name(&self) -> String {
        let name = self.document().parts.iter().map(|part| part.name.as_str()).find(|name| !name.is_empty());
        format!("{}.yaml", name.unwrap_or("pod"))
    }

    /// Saves to the file that the text belongs to, or asks for one; then goes on with what was to follow.
    pub(super) fn save(&mut self, ctx: &Context, then: Option<Then>) {
        match self.editor.path().map(FilePath::to_owned) {
            Some(path) if self.is_changed_by_others(&path) => {
                self.dialog = Some(Dialog::ChangedByOthers { path, then });
            }
            Some(path) => self.write(ctx, &path, then),
            None => self.ask_then(ctx, Errand { ask: Ask::Save(self.proposed_name()), then }),
        }
    }

    pub(super) fn save_as(&mut self, ctx: &Context) {
        let name =
            self.editor.path().and_then(FilePath::file_name).map(|name| name.to_string_lossy().into_owned());
        self.ask(ctx, Ask::Save(name.unwrap_or_else(|| self.proposed_name())));
    }

    fn is_changed_by_others(&self, path: &FilePath) -> bool {
        files::load(path).is_ok_and(|text| *text != **self.editor.saved())
    }

    fn write(&mut self, ctx: &Context, path: &FilePath, then: Option<Then>) {
        let text = self.text().to_owned();
        self.keep_before_save(ctx);
        if let Err(error) = files::save(path, &text) {
            self.notices.refused(error.to_string());
            return;
        }
        self.others = None;
        self.carry_out(Command::Saved(path.to_owned()));
        self.remember_file(path);
        self.notices.done(format!("Saved as {}.", path.display()));
        if let Some(then) = then {
            self.go_on(ctx, then);
        }
    }

    fn export(&mut self, folder: &FilePath) {
        self.catch_up();
        match files::export(folder, self.document()) {
            Ok(written) => {
                let names: Vec<_> = written
                    .iter()
                    .filter_map(|path| path.file_name())
                    .map(|name| name.to_string_lossy())
                    .collect();
                self.notices.done(format!("Exported to {}: {}.", folder.display(), names.join(", ")));
            }
            Err(error) => self.notices.refused(error.to_string()),
        }
    }

    /// Puts another text in the place of the one that is open, asking first about another window that has it open, and about
    /// unsaved changes.
    fn replace(&mut self, ctx: &Context, then: Then) {
        match &then {
            Then::Open(path, _) if self.is_open_elsewhere(path) => {
                self.dialog = Some(Dialog::OpenElsewhere(then))
            }
            _ => self.replace_here(ctx, then),
        }
    }

    fn replace_here(&mut self, ctx: &Context, then: Then) {
        if self.editor.is_changed() {
            self.dialog = Some(Dialog::Unsaved { then, can_keep: self.can_keep() });
        } else {
            self.go_on(ctx, then);
        }
    }

    /// Goes on, but asks first whether a damaged text is to be opened repaired.
    fn go_on(&mut self, ctx: &Context, then: Then) {
        let text = match &then {
            Then::Close | Then::BringBack(_) => "",
            Then::Start(text) | Then::Open(_, text) => text,
        };
        // To judge a large text here would halt the window; it is offered repaired once it is open.
        let document = (text.len() < LARGE).then(|| Document::new(text, self.document().version));
        match document.filter(looks_damaged) {
            Some(document) => self.seek(ctx, document.into(), Some(then), false),
            None => self.go_on_as_it_is(ctx, then),
        }
    }

    fn go_on_as_it_is(&mut self, ctx: &Context, then: Then) {
        self.reader.forget();
        self.reading = None;
        self.stop_seeking();
        let command = match then {
            Then::Close => {
                self.may_close = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
                return;
            }
            Then::Start(text) => Command::New(text),
            Then::Open(path, text) => Command::Open { path, text },
            Then::BringBack(id) => return self.bring_back(ctx, &id),
        };
        let opened = matches!(command, Command::Open { .. });
        self.carry_out(command);
        self.show_first();
        if let Some(path) = self.editor.path().filter(|_| opened).map(FilePath::to_owned) {
            self.remember_file(&path);
            self.offer_left_work(&path);
        }
    }

    /// Shows the text that has just been opened from the page that a person wants to see first.
    fn show_first(&mut self) {
        self.others = None;
        self.upgrade = None;
        self.screen = Screen::Document;
        self.preview = preview::PreviewState::default();
        self.look_at_first_page();
    }

    /// Shows the first page of the first document that has a pod, of a text that has just been opened.
    fn look_at_first_page(&mut self) {
        let document = self.editor.document();
        let first = document
            .parts
            .iter()
            .find(|part| document.pod_spec(part.index).is_some())
            .or(document.parts.first());
        let doc = first.map_or(0, |part| part.index);
        self.view = View { doc, page: first_page(document, doc), ..View::default() };
    }

    fn picked(&mut self, ctx: &Context, errand: Errand, path: &FilePath) {
        match errand.ask {
            Ask::Open => self.open_file(ctx, path),
            Ask::Save(_) => self.write(ctx, path, errand.then),
            Ask::Folder => self.export(path),
        }
    }

    fn take_answer(&mut self, ctx: &Context) {
        let Some(answer) = self.services.picker.answer() else { return };
        let Some(errand) = self.errand.take() else { return };
        match answer {
            Answer::Path(path) => self.picked(ctx, errand, &path),
            Answer::Cancelled => {}
            Answer::Unavailable(why) => self.ask_for_path_because(errand, Some(why)),
        }
    }

    // Repairs.

    /// Whether it is being looked for how a damaged text was meant.
    pub fn is_seeking(&self) -> bool {
        self.seeking.is_some()
    }

    pub(super) fn can_repair(&self) -> bool {
        self.shows_document() && looks_damaged(self.document())
    }

    pub(super) fn ask_about_repair(&mut self, ctx: &Context) {
        self.seek(ctx, self.editor.document().clone(), None, false);
    }

    /// Looks on a thread of its own for how a text was meant: with some thousand lines that takes a second. What is then to
    /// be done with it follows, after a question if something was found; if `must_find`, only then.
    fn seek(&mut self, ctx: &Context, document: Arc<Document>, then: Option<Then>, must_find: bool) {
        self.stop_seeking();
        let revision = self.editor.revision();
        self.seeking = Some(Seeking { document: document.clone(), then, must_find, revision, since: None });
        self.seeker.start(ctx, move || repair::offer_for(&document));
    }

    fn stop_seeking(&mut self) {
        self.seeker.forget();
        self.seeking = None;
        self.notices.withdraw(SEEKS);
    }

    fn take_sought(&mut self, ctx: &Context) {
        let Some(seeking) = &mut self.seeking else { return };
        if seeking.then.is_none() && seeking.revision != self.editor.revision() {
            return self.stop_seeking();
        }
        if seeking.takes_long(ctx) {
            self.notices.working(SEEKS);
        }
        // An open question comes first.
        let sought = if self.dialog.is_none() { self.seeker.take() } else { None };
        let Some((offer, seeking)) = sought.and_then(|offer| Some((offer, self.seeking.take()?))) else {
            return;
        };
        self.stop_seeking();
        let Seeking { document, then, must_find, revision, .. } = seeking;
        // What was typed meanwhile, or before a paste, is asked about first.
        let asks_first = revision != self.editor.revision() || must_find && self.editor.is_changed();
        match (offer, then) {
            (None, _) if must_find => {}
            (_, Some(then)) if asks_first => self.replace(ctx, then),
            (Some(offer), then) => {
                let asked = RepairDialog::new(&document.text, offer.into(), then);
                self.dialog = Some(Dialog::Repair(Box::new(asked)));
            }
            (None, Some(then)) => self.go_on_as_it_is(ctx, then),
            (None, None) => self.notices.refused("No way to rebuild this text was found"),
        }
    }

    /// After a paste: a whole damaged text that was pasted is offered repaired, and a manifest that is pasted onto the
    /// gallery is opened.
    fn take_paste(&mut self, ctx: &Context, pasted: &str, was_empty: bool) {
        if self.dialog.is_some() {
            return;
        }
        let same = |a: &str, b: &str| a.lines().eq(b.lines());
        if self.screen == Screen::Document {
            if was_empty && self.has_text() || same(self.text(), pasted) {
                self.seek(ctx, self.editor.document().clone(), None, true);
            }
        } else if !ctx.egui_wants_keyboard_input() {
            let document = Document::new(pasted, self.document().version);
            let is_manifest = document.parts.iter().any(|part| part.root.is_some() || !part.kind.is_empty());
            let start = Then::Start(pasted.to_owned());
            if is_manifest {
                self.replace(ctx, start);
            } else if looks_damaged(&document) {
                self.seek(ctx, document.into(), Some(start), true);
            }
        }
    }

    // Drops.

    fn take_drop(&mut self, ctx: &Context) {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        match dropped.as_slice() {
            [] => {}
            _ if self.dialog.is_some() => {
                self.notices.refused("Answer the open question first, then drop the file again.")
            }
            [file] => self.take_file(ctx, file.path().to_owned()),
            several => self.notices.refused(format!(
                "{} files were dropped, and one window shows one file: drop one of them.",
                several.len()
            )),
        }
    }

    fn take_file(&mut self, ctx: &Context, path: PathBuf) {
        self.read(ctx, &path, Reads::Drop);
    }

    fn has_dropped(&mut self, ctx: &Context, path: PathBuf, text: String) {
        if self.has_text() && self.document().pod_spec(self.view.doc).is_some() {
            self.dialog = Some(Dialog::Dropped { path, text });
        } else {
            self.replace(ctx, Then::Open(path, text));
        }
    }

    fn drop_hint_ui(&self, ctx: &Context) {
        let hovered = ctx.input(|input| input.raw.hovered_files.clone());
        let text = match hovered.as_slice() {
            [] => return,
            [file] => match file.path.as_deref().and_then(FilePath::file_name) {
                Some(name) => format!("Drop {} here", name.to_string_lossy()),
                None => "Drop the file here".to_owned(),
            },
            _ => "Drop one file at a time".to_owned(),
        };
        let rect = ctx.content_rect();
        let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop hint")));
        let accent = theme::accent(&ctx.global_style().visuals);
        painter.rect_filled(rect, 0.0, Color32::from_black_alpha(160));
        painter.rect_stroke(rect.shrink(12.0), 10.0, (3.0, accent), egui::StrokeKind::Inside);
        painter.text(rect.center(), Align2::CENTER_CENTER, text, FontId::proportional(26.0), Color32::WHITE);
    }

    // Closing.

    /// What was typed before the window was to close takes effect first: it waits for a frame without anything typed.
    /// `holds`: something waits for the frames after this one.
    fn take_close_request(&mut self, ctx: &Context, holds: bool) {
        let asked = ctx.input(|input| input.viewport().close_requested());
        if self.may_close || !asked && !self.closes_later {
            return;
        }
        let is_typed = holds || ctx.input(|input| input.events.iter().any(input::is_typed));
        if is_typed || self.editor.is_changed() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        } else if !asked {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        self.closes_later = is_typed;
        if is_typed {
            ctx.request_repaint();
        } else if self.editor.is_changed() {
            self.dialog = Some(Dialog::Unsaved { then: Then::Close, can_keep: self.can_keep() });
        }
    }

    // Drawing.

    fn dialog_ui(&mut self, ctx: &Context) {
        let Some(mut dialog) = self.dialog.take() else {
            if self.finder.is_none() {
                dialogs::give_back(ctx);
            }
            return;
        };
        match dialogs::dialog_ui(ctx, &mut dialog) {
            None => self.dialog = Some(dialog),
            Some(choice) => self.choose(ctx, dialog, choice),
        }
    }

    fn finder_ui(&mut self, ctx: &Context) {
        let Some(mut open) = self.finder.take() else { return };
        let schema = self.editor.document().schema();
        match finder::finder_ui(ctx, &mut open, schema, self.lang) {
            None => self.finder = Some(open),
            Some(Found::Close) => {}
            Some(Found::GoTo { doc, path }) => self.act(ctx, vec![Action::GoTo { doc, path }]),
            Some(Found::Judge { version, doc, path }) => {
                let judge = Action::Do(Command::Target(version));
                self.act(ctx, vec![judge, Action::GoTo { doc, path }]);
            }
            Some(Found::Set { doc, path, value }) => {
                let changes = vec![Change::Set { path: path.clone(), value }];
                let set = Action::Do(Command::Change { doc, changes });
                self.act(ctx, vec![set, Action::GoTo { doc, path }]);
            }
        }
    }

    fn choose(&mut self, ctx: &Context, dialog: Dialog, choice: Choice) {
        if self.is_seeking() {
            // What was found meanwhile waits for the answer.
            ctx.request_repaint();
        }
        match (dialog, choice) {
            (_, Choice::Cancel) => {}
            (Dialog::Unsaved { then, .. }, Choice::Save) => self.save(ctx, Some(then)),
            (Dialog::Unsaved { then, .. }, Choice::Discard) => {
                if then == Then::Close {
                    self.leave(keeping::Leaving::Discard);
                }
                self.go_on(ctx, then);
            }
            (Dialog::Unsaved { then, .. }, Choice::Keep) => self.keep_for_next_time(ctx, then),
            (Dialog::OpenElsewhere(then), Choice::Open) => self.replace_here(ctx, then),
            (Dialog::LeftBehind(work), Choice::Open) => self.go_on(ctx, Then::BringBack(work.id)),
            (Dialog::DiscardLeft { id, .. }, Choice::Discard) => self.discard_left_work(&id),
            (Dialog::Compare(comparison), Choice::Merge) => self.take_merge(*comparison),
            (Dialog::ChangedByOthers { path, .. }, Choice::Compare) => match files::load(&path) {
                Ok(file) => self.compare(file),
                Err(error) => self.notices.refused(error.to_string()),
            },
            (Dialog::ChangedByOthers { path, then }, Choice::Save) => self.write(ctx, &path, then),
            (Dialog::ChangedByOthers { path, .. }, Choice::Open) => self.reload(&path),
            (Dialog::Dropped { path, text }, Choice::Open) => self.replace(ctx, Then::Open(path, text)),
            (Dialog::Dropped { text, .. }, Choice::AddContainers) => {
                self.carry_out(Command::AddContainers { doc: self.view.doc, manifest: text });
            }
            (Dialog::Dropped { path, text }, Choice::Keep) => {
                let name =
                    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                self.dialog = Some(Dialog::template(name, text));
            }
            (Dialog::Shared(asked), Choice::Everywhere) => self.answer_where(ctx, asked, Sharing::Everywhere),
            (Dialog::Shared(asked), Choice::OnlyHere) => self.answer_where(ctx, asked, Sharing::OnlyHere),
            (Dialog::Convert(asked), Choice::Turn) => self.turn(*asked),
            (Dialog::Repair(asked), Choice::Repair) => {
                let text = asked.text();
                if let Some(then) = asked.then {
                    self.go_on_as_it_is(ctx, then);
                }
                // The text as it came is the step before: an undo brings it back.
                let edits = vec![Edit { range: 0..self.text().len(), text }];
                self.carry_out(Command::Splice { edits, joins: false });
                self.look_at_first_page();
                self.notices.done("Rebuilt. Undo brings the text back as it came.");
            }
            (Dialog::Repair(asked), Choice::Keep) => {
                if let Some(then) = asked.then {
                    self.go_on_as_it_is(ctx, then);
                }
            }
            (Dialog::Template(name), Choice::Keep) => self.keep(&name.name, &name.manifest),
            (Dialog::Path(asked), Choice::Path(path)) => {
                let exists = matches!(asked.ask, Ask::Save(_)) && files::exists(&path);
                if exists && self.editor.path() != Some(&path) && !asked.confirms(&path) {
                    self.dialog = Some(Dialog::Path(asked.confirming(path)));
                } else {
                    self.picked(ctx, Errand { ask: asked.ask, then: asked.then }, &path);
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, name: &str, text: &str) {
        match (self.services.keep_pattern)(name, text) {
            Ok(path) => {
                self.read_patterns();
                self.notices.done(format!("Kept as {}; it stands in the gallery now.", path.display()));
            }
            Err(error) => self.notices.refused(error.to_string()),
        }
    }

    fn document_ui(&mut self, ui: &mut Ui, out: &mut Vec<Action>) {
        let document = self.editor.document().clone();
        let draft = self.editor.draft();
        let is_new = self.editor.is_new();
        let shown = self.editor.shown(self.view.doc).clone();
        let whole = !document.is_broken_at(self.view.doc);
        let revision = self.editor.revision();
        if let Some(upgrade) = &mut self.upgrade
            && upgrade_ui(ui, upgrade, &document, revision, out)
        {
            self.upgrade = None;
        }
        let size = ui.available_size();
        // The panes keep the size that a person gives them, one for each of these widths of the window.
        let width = [1100.0, 1600.0].iter().filter(|least| size.x >= **least).count();
        let pane = |name, usual, least, most| panes::Pane { name, class: width, usual, least, most };
        if self.shows_problems {
            let pane = pane("problems", (size.y * 0.18).clamp(110.0, 240.0), 70.0, size.y * 0.6);
            let problems = self.sizes.panel(pane, Panel::bottom).resizable(true).show(ui, |ui| {
                if is_new {
                    ui.label(language::tr("Judging…"));
                } else {
                    problems::problems_ui(ui, &document, &mut self.view, out);
                }
            });
            self.sizes.drawn(ui, pane, problems.response.rect, 1);
        }
        let of_outline = pane("outline", (size.x * 0.17).clamp(200.0, 300.0), 140.0, size.x * 0.3);
        let outline = self.sizes.panel(of_outline, Panel::left).show(ui, |ui| {
            if !is_new {
                outline::outline_ui(ui, &shown, &document, &mut self.view, out);
            }
        });
        let of_text = pane("text", (size.x * 0.36).clamp(320.0, 760.0), 240.0, size.x * 0.6);
        let text = self
            .sizes
            .panel(of_text, Panel::right)
            .show(ui, |ui| preview::preview_ui(ui, &draft, &mut self.preview, &mut self.view, out));
        self.sizes.drawn(ui, of_outline, outline.response.rect, 0);
        self.sizes.drawn(ui, of_text, text.response.rect, 0);
        self.panes = (outline.response.rect.right(), text.response.rect.left());
        let (open, lang) = (self.shows_help, self.lang);
        help::help_ui(ui, &shown, whole, &self.view, (open, lang), out);
        let frame = Frame::central_panel(ui.style()).inner_margin(egui::Margin {
            left: 12,
            right: 4,
            top: 8,
            bottom: 4,
        });
        CentralPanel::default().frame(frame).show(ui, |ui| {
            if is_new {
                wait_ui(
                    ui,
                    &language::tr("Judging…"),
                    &language::tr("The text can be read and typed into meanwhile."),
                );
                return;
            }
            if let Some(span) = stale::stale_ui(ui, &document, &shown, self.view.doc) {
                self.preview.put_cursor(span.start);
                self.view.reveal_text = Some(span);
            }
            let page = (self.view.doc, self.view.page.clone());
            egui::ScrollArea::vertical().id_salt(page).auto_shrink(false).show(ui, |ui| {
                form::form_ui(ui, &shown, whole, &mut self.view, out);
            });
        });
    }

    fn act(&mut self, ctx: &Context, actions: Vec<Action>) {
        let revision = self.editor.revision();
        let acted = !actions.is_empty();
        for action in actions {
            match action {
                Action::Do(Command::New(text)) => self.replace(ctx, Then::Start(text)),
                Action::Do(command) => self.carry_out(command),
                Action::GoTo { doc, path } => self.go_to(doc, path),
                Action::Look { doc, path } => {
                    self.view.doc = doc;
                    self.view.page = form::page_of(self.editor.shown(doc), doc, &path);
                    self.view.glance = Some(path);
                }
                Action::Show { doc, page } => {
                    if doc != self.view.doc
                        && let Some(span) = self.editor.document().span_of(doc, &crate::path::Path::root())
                    {
                        self.view.reveal_text = Some(span.start..span.start);
                    }
                    self.view.doc = doc;
                    self.view.page = page;
                    self.screen = Screen::Document;
                }
                Action::Enter { doc, page } => {
                    (self.view.doc, self.view.page) = (doc, page);
                    self.view.enter = Some(Pane::Form);
                }
                Action::OpenFile(path) => self.open_file(ctx, &path),
                Action::BringBack(id) => self.replace(ctx, Then::BringBack(id)),
                Action::DiscardLeft { id, title } => self.dialog = Some(Dialog::DiscardLeft { id, title }),
                Action::Outside(how) => self.meet(how),
                Action::Run(id) => {
                    if let Some(command) = commands::command(id).filter(|command| (command.enabled)(self)) {
                        (command.run)(self, ctx);
                    }
                }
            }
        }
        if let Some(Dialog::Shared(asked)) = &mut self.dialog
            && asked.caret.is_none()
            && let Some(id) = ctx.memory(|memory| memory.focused())
        {
            // What was typed is out of the field while the question stands, and the caret would come to stand before it.
            let state = TextEditState::load(ctx, id);
            asked.caret = state.and_then(|state| state.cursor.char_range()).map(|caret| (id, caret));
        }
        if self.editor.revision() != revision {
            // What was drawn is a document behind: draw it again before anybody sees it.
            ctx.request_discard("the document has changed");
            self.give_work(ctx);
            self.view.behind = self.editor.is_behind();
        }
        if acted {
            ctx.request_repaint();
        }
        self.keep_view_valid();
    }

    /// After an undo or a typed change the document that was looked at may be gone.
    fn keep_view_valid(&mut self) {
        let document = self.editor.shown(self.view.doc);
        if self.editor.is_new() {
            return;
        }
        if document.part(self.view.doc).is_none()
            && let Some(part) = document.parts.last()
        {
            self.view.doc = part.index;
            self.view.page = first_page(document, part.index);
        }
    }

    fn update_title(&mut self, ctx: &Context) {
        let name = match self.editor.path().and_then(FilePath::file_name) {
            Some(name) => name.to_string_lossy().into_owned(),
            None if self.has_text() => "Unsaved manifest".to_owned(),
            None => String::new(),
        };
        let mark = if self.editor.is_changed() { "● " } else { "" };
        let title =
            if name.is_empty() { "Podwright".to_owned() } else { format!("{mark}{name} — Podwright") };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

impl eframe::App for App {
    fn raw_input_hook(&mut self, ctx: &Context, raw_input: &mut egui::RawInput) {
        self.input.give(&mut raw_input.events, ctx.text_edit_focused());
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let holds = self.input.drawn();
        if holds {
            ctx.request_repaint();
        }
        language::set(self.lang);
        self.take_news();
        self.take_work(&ctx);
        self.take_answer(&ctx);
        self.take_close_request(&ctx, holds);
        self.take_drop(&ctx);
        if self.dialog.is_none() && self.finder.is_none() {
            commands::run_shortcuts(self, &ctx);
        }
        // What is typed into one field is one step of undo while the field keeps the keyboard.
        let focus = self.view.focus.as_ref().map(|path| format!("{}:{path}", self.view.doc));
        self.editor.merge_as(focus);
        let pasted = ctx.input(|input| {
            input.events.iter().find_map(|event| match event {
                egui::Event::Paste(text) => Some(text.clone()),
                _ => None,
            })
        });
        let (was_empty, revision) = (!self.has_text(), self.editor.revision());
        let mut actions = Vec::new();
        Panel::top("toolbar").show(ui, |ui| toolbar::toolbar_ui(ui, self, &mut actions));
        if let Some(file) = self.changed_outside() {
            start::outside_ui(ui, &file, &mut actions);
        }
        self.start_ui(ui, &mut actions);
        match self.screen {
            _ if self.reader.is_busy() => {
                let name = self.reading.as_ref().and_then(|(path, _)| path.file_name()).unwrap_or_default();
                let title = format!("Opening {}…", name.to_string_lossy());
                CentralPanel::default().show(ui, |ui| {
                    wait_ui(
                        ui,
                        &language::tr(title),
                        &language::tr("Open something else, and it is forgotten."),
                    )
                });
            }
            Screen::Gallery => {
                let open = self.has_text().then(|| (self.editor.document().clone(), self.view.doc));
                let open = open.as_ref().map(|(document, doc)| (&**document, *doc));
                CentralPanel::default()
                    .show(ui, |ui| gallery::gallery_ui(ui, &self.patterns, open, &mut actions));
            }
            Screen::Document => self.document_ui(ui, &mut actions),
        }
        self.act(&ctx, actions);
        if let Some(pasted) = pasted
            && (self.editor.revision() != revision || self.screen == Screen::Gallery)
        {
            self.take_paste(&ctx, &pasted, was_empty);
        }
        self.finder_ui(&ctx);
        self.dialog_ui(&ctx);
        self.notices.ui(&ctx);
        self.drop_hint_ui(&ctx);
        theme::focus_ring_ui(&ctx, preview::text_id());
        self.update_title(&ctx);
        self.remember(&ctx);
        ctx.output(|output| {
            for command in &output.commands {
                if let egui::OutputCommand::CopyText(text) = command {
                    self.services.clipboard.note(text);
                }
            }
        });
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.services.clipboard.hand_over();
        self.end_keeping();
    }
}

/// What stands in the place of what is not there yet.
fn wait_ui(ui: &mut Ui, title: &str, about: &str) {
    ui.add_space(24.0);
    ui.vertical_centered(|ui| {
        ui.heading(title);
        ui.add_space(8.0);
        ui.label(about);
    });
}

/// The page that a person who opens a document wants to see first: its first container.
fn first_page(document: &Document, doc: usize) -> Page {
    let pages = form::outline(document, doc);
    let container = pages.iter().find(|entry| entry.page == Page::Container("containers", 0));
    container.or(pages.first()).map(|entry| entry.page.clone()).unwrap_or_default()
}
