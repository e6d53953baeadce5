//! What the window does so that nothing is lost: it keeps what is open in a journal, brings it back, notices what others do
//! to the file, and remembers the recent files.
//!
//! What was open comes back at the next start without a file, with its history and the cursor's place, unless it was closed
//! on purpose: with everything saved, or with the changes discarded. So a killed window comes back even with everything
//! saved, and a closed one does when its changes were kept for next time. With a file on the command line that file is
//! opened; changes of it that were left behind are offered, and all others stand in the gallery.

use super::panes::Panes;
use super::{App, FilePath, Screen, Then};
use crate::document::{Document, type_label};
use crate::editor::{Command, difference};
use crate::files::journal::{Journal, Kept, Left, Place, Store};
use crate::files::settings::{SETTINGS, Settings, SettingsFile};
use crate::files::watch::Watch;
use crate::files::{self, FileError};
use crate::merge::Merge;
use crate::schema::Version;
use crate::ui::dialogs::{Comparison, Dialog};
use crate::ui::{Outside, form, preview};
use egui::{Context, ThemePreference};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

/// What makes the window remember.
pub(super) struct Keeping {
    store: Store,
    journal: Journal,
    settings: SettingsFile,
    known: Settings,
    /// The theme and the version of this window in its last frame: what another one chooses is left as it is.
    chosen: (Option<&'static str>, Version),
    watch: Watch,
    watched: Option<PathBuf>,
    /// What the journal was told last.
    told: Option<Told>,
    left: Vec<LeftWork>,
    recent: Vec<Recent>,
    /// Why the journal cannot be written, as long as it cannot.
    trouble: Option<String>,
    size: Option<(f32, f32)>,
    leaving: Option<Leaving>,
}

/// What tells one state of the window from another, without comparing texts.
struct Told {
    revision: u64,
    saved: Arc<str>,
    path: Option<PathBuf>,
    place: Place,
}

/// What is to become of unsaved changes as the window closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// They come back at the next start.
    Keep,
    /// They are thrown away.
    Discard,
}

/// Unsaved work that a window has left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftWork {
    /// Its name among the journals.
    pub id: String,
    /// Its file's name, or else what the text is.
    pub title: String,
    /// The first lines that no file holds.
    pub lines: String,
    /// Its file.
    pub path: Option<PathBuf>,
    /// When it was changed last.
    pub time: SystemTime,
}

/// A file that was opened or saved not long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The file.
    pub path: PathBuf,
    /// Whether it is still there.
    pub exists: bool,
}

impl LeftWork {
    fn of(left: &Left) -> LeftWork {
        let editor = &left.kept.editor;
        let changed = difference(&editor.saved, &editor.text).range.start;
        let start = editor.text.get(..changed).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
        let lines = editor.text.get(start..).unwrap_or_default().lines();
        let lines = lines.map(str::trim).filter(|line| !line.is_empty()).take(3);
        let lines: Vec<String> = lines.map(|line| line.chars().take(60).collect()).collect();
        LeftWork {
            id: left.id.clone(),
            title: title(&left.kept),
            lines: lines.join("  ·  "),
            path: editor.path.clone(),
            time: left.time,
        }
    }
}

/// What a person calls what was open: its file's name, or else the kind and the name of its first document.
fn title(kept: &Kept) -> String {
    if let Some(name) = kept.editor.path.as_deref().and_then(FilePath::file_name) {
        return name.to_string_lossy().into_owned();
    }
    let document = Document::new(&*kept.editor.text, kept.editor.version);
    let part = document.parts.iter().find(|part| !part.is_empty);
    part.map_or_else(
        || "A text without a name".to_owned(),
        |part| format!("{} {}", type_label(&document, part), part.name).trim_end().to_owned(),
    )
}

impl App {
    /// Keeps what is open in a folder from now on, and remembers there what is not part of a document.
    pub fn keep_in(&mut self, ctx: &Context, folder: &FilePath) {
        let store = Store::in_folder(folder.join("journal"));
        let settings = SettingsFile::at(folder.join(SETTINGS));
        let (known, error) = settings.read();
        if let Some(error) = error {
            self.notices.refused(error.to_string());
        }
        if let Some(version) = known.kubernetes.as_ref().and_then(|version| version.parse().ok()) {
            self.carry_out(Command::Target(version));
        }
        ctx.set_theme(theme_named(known.theme.as_deref()));
        self.sizes = Panes::remembered(&known.panes);
        self.keeping = Some(Keeping {
            journal: store.begin(wake(ctx)),
            watch: Watch::new(wake(ctx)),
            store,
            settings,
            known,
            chosen: (theme_name(ctx.options(|options| options.theme_preference)), self.document().version),
            watched: None,
            told: None,
            left: Vec::new(),
            recent: Vec::new(),
            trouble: None,
            size: None,
            leaving: None,
        });
        self.look_for_left_work();
        self.look_at_recent();
    }

    /// Brings back what was open last, if a window has left something.
    pub fn bring_back_last(&mut self, ctx: &Context) {
        let Some(store) = self.keeping.as_ref().map(|keeping| keeping.store.clone()) else { return };
        let (left, _) = store.left();
        let Some((last, others)) = left.split_first() else { return };
        for other in others.iter().filter(|other| !other.kept.editor.is_changed()) {
            let file = other.kept.editor.path.as_deref();
            // Nobody misses a text that its file holds and that is not the one that was open last.
            if file.is_some_and(|path| files::load(path).is_ok_and(|text| *text == *other.kept.editor.text)) {
                self.refuse_error(store.discard(&other.id));
            }
        }
        self.bring_back(ctx, &last.id);
    }

    /// The unsaved work that windows have left behind, newest first.
    pub fn left_work(&self) -> &[LeftWork] {
        self.keeping.as_ref().map_or(&[], |keeping| &keeping.left)
    }

    /// The recent files, the last one first.
    pub fn recent(&self) -> &[Recent] {
        self.keeping.as_ref().map_or(&[], |keeping| &keeping.recent)
    }

    fn refuse_error(&mut self, result: Result<(), FileError>) {
        if let Err(error) = result {
            self.notices.refused(error.to_string());
        }
    }

    pub(super) fn look_for_left_work(&mut self) {
        let Some(keeping) = &mut self.keeping else { return };
        let (left, errors) = keeping.store.left();
        keeping.left = left.iter().filter(|left| left.kept.editor.is_changed()).map(LeftWork::of).collect();
        for error in errors {
            self.notices.refused(error.to_string());
        }
    }

    fn look_at_recent(&mut self) {
        let Some(keeping) = &mut self.keeping else { return };
        let recent = keeping.known.recent();
        keeping.recent =
            recent.map(|path| Recent { path: path.to_owned(), exists: files::exists(path) }).collect();
    }

    /// A file has been opened or saved.
    pub(super) fn remember_file(&mut self, path: &FilePath) {
        self.change_settings(|settings| settings.add_recent(&files::absolute(path)));
        self.look_at_recent();
    }

    fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        let Some(keeping) = &mut self.keeping else { return };
        match keeping.settings.change(change) {
            Ok(settings) => keeping.known = settings,
            Err(error) => self.notices.refused(error.to_string()),
        }
    }

    pub(super) fn can_keep(&self) -> bool {
        self.keeping.is_some()
    }

    pub(super) fn is_open_elsewhere(&self, path: &FilePath) -> bool {
        let elsewhere =
            |keeping: &Keeping| keeping.store.is_open_elsewhere(&files::absolute(path), keeping.journal.id());
        self.keeping.as_ref().is_some_and(elsewhere)
    }

    /// Offers the changes of a file that were left behind, now that the file is open.
    pub(super) fn offer_left_work(&mut self, path: &FilePath) {
        self.look_for_left_work();
        let path = files::absolute(path);
        let of_file =
            |work: &&LeftWork| work.path.as_ref().is_some_and(|own| files::is_same_file(own, &path));
        if let Some(work) = self.left_work().iter().find(of_file).cloned() {
            self.dialog = Some(Dialog::LeftBehind(work));
        }
    }

    pub(super) fn bring_back(&mut self, ctx: &Context, id: &str) {
        let Some(keeping) = &mut self.keeping else { return };
        let (kept, journal) = match keeping.store.take(id, wake(ctx)) {
            Ok(taken) => taken,
            Err(error) => {
                self.notices.refused(error.to_string());
                return self.look_for_left_work();
            }
        };
        // What was open until now is saved, or was given up, or has its journal elsewhere.
        std::mem::replace(&mut keeping.journal, journal).remove();
        keeping.told = None;
        let title = title(&kept);
        // The version comes back with its document; nobody has chosen it for others.
        keeping.chosen.1 = kept.editor.version;
        self.carry_out(Command::Restore(Box::new(kept.editor)));
        self.show_from(ctx, kept.place);
        self.look_for_left_work();
        self.notices.done(format!("Brought back what was open: {title}."));
        if self.editor.path().is_some_and(|path| self.is_open_elsewhere(path)) {
            self.notices.refused(format!("{title} is open in another window too"));
        }
    }

    fn show_from(&mut self, ctx: &Context, place: Place) {
        self.show_first();
        let document = self.editor.shown(place.doc);
        let mut entries = form::outline(document, place.doc).into_iter();
        if let Some(entry) = entries.find(|entry| name_of(&entry.page) == place.page) {
            (self.view.doc, self.view.page) = (place.doc, entry.page);
        }
        if let Some(cursor) = place.cursor {
            self.preview.restore_cursor(cursor);
            let head = self.text().floor_char_boundary(cursor.1.min(self.text().len()));
            self.view.reveal_text = Some(head..head);
        }
        if place.in_text {
            ctx.memory_mut(|memory| memory.request_focus(preview::text_id()));
        }
    }

    /// Throws unsaved work away that was left behind.
    pub(super) fn discard_left_work(&mut self, id: &str) {
        let Some(keeping) = &self.keeping else { return };
        let discarded = keeping.store.discard(id);
        self.refuse_error(discarded);
        self.look_for_left_work();
    }

    /// Has what is open on the disk, then goes on.
    pub(super) fn keep_for_next_time(&mut self, ctx: &Context, then: Then) {
        self.tell_journal(ctx);
        let Some(keeping) = &mut self.keeping else { return };
        if let Err(error) = keeping.journal.flush() {
            return self.notices.refused(format!("It cannot be kept for next time: {error}"));
        }
        if then == Then::Close {
            keeping.leaving = Some(Leaving::Keep);
        } else {
            keeping.journal = keeping.store.begin(wake(ctx));
            keeping.told = None;
        }
        self.go_on(ctx, then);
    }

    /// Has the journal on the disk before the file. Killed after the save, the window would otherwise come back with a text
    /// older than its file's, and take that for somebody else's.
    pub(super) fn keep_before_save(&mut self, ctx: &Context) {
        self.tell_journal(ctx);
        if let Some(keeping) = &self.keeping {
            // What is wrong with the journal is told as its news, and must not hold up the save.
            let _ = keeping.journal.flush();
        }
    }

    pub(super) fn leave(&mut self, leaving: Leaving) {
        if let Some(keeping) = &mut self.keeping {
            keeping.leaving = Some(leaving);
        }
    }

    /// The window is gone.
    pub(super) fn end_keeping(&mut self) {
        let size = self.keeping.as_ref().and_then(|keeping| keeping.size);
        let panes = self.sizes.to_remember();
        self.change_settings(|settings| {
            settings.size = size.or(settings.size);
            settings.panes = panes;
        });
        let Some(keeping) = self.keeping.take() else { return };
        let comes_back = match keeping.leaving {
            Some(leaving) => leaving == Leaving::Keep,
            None => self.editor.is_changed() || self.editor.path().is_some_and(files::is_gone),
        };
        if !comes_back {
            keeping.journal.remove();
        }
    }

    // Every frame.

    /// Tells the journal, the settings and the watch what has changed since the last frame.
    pub(super) fn remember(&mut self, ctx: &Context) {
        self.tell_journal(ctx);
        let path = self.editor.path().map(files::absolute);
        let version = self.document().version;
        let theme = theme_name(ctx.options(|options| options.theme_preference));
        let Some(keeping) = &mut self.keeping else { return };
        if keeping.watched != path {
            keeping.watched.clone_from(&path);
            keeping.watch.follow(path);
        }
        ctx.input(|input| {
            let viewport = input.viewport();
            let plain = viewport.maximized != Some(true) && viewport.fullscreen != Some(true);
            if let Some(rect) = viewport.inner_rect.filter(|_| plain) {
                keeping.size = Some((rect.width(), rect.height()));
            }
        });
        let before = std::mem::replace(&mut keeping.chosen, (theme, version));
        if before != (theme, version) {
            self.change_settings(|settings| {
                if before.0 != theme {
                    settings.theme = theme.map(str::to_owned);
                }
                if before.1 != version {
                    settings.kubernetes = Some(version.to_string());
                }
            });
        }
    }

    fn tell_journal(&mut self, ctx: &Context) {
        let Some(keeping) = &mut self.keeping else { return };
        let place = Place {
            doc: self.view.doc,
            page: name_of(&self.view.page),
            cursor: self.preview.cursor(),
            in_text: ctx.memory(|memory| memory.has_focus(preview::text_id())),
        };
        let (revision, saved, path) = (self.editor.revision(), self.editor.saved(), self.editor.path());
        if let Some(told) = &mut keeping.told
            && (told.revision, told.path.as_deref()) == (revision, path)
            && Arc::ptr_eq(&told.saved, saved)
        {
            // To move the cursor does not copy the text.
            if told.place != place {
                told.place = place.clone();
                keeping.journal.keep_place(place);
            }
            return;
        }
        keeping.told = Some(Told {
            revision,
            saved: saved.clone(),
            path: path.map(FilePath::to_owned),
            place: place.clone(),
        });
        let mut editor = self.editor.snapshot();
        editor.path = editor.path.as_deref().map(files::absolute);
        keeping.journal.keep(Kept { editor, place });
    }

    /// Hears what the threads have to say.
    pub(super) fn take_news(&mut self) {
        let Some(keeping) = &mut self.keeping else { return };
        match keeping.journal.news() {
            Some(Err(error)) => {
                let trouble = format!(
                    "A crash now would lose the last changes: {error}. This is tried again by itself."
                );
                self.notices.refused(&trouble);
                keeping.trouble = Some(trouble);
            }
            Some(Ok(())) => {
                if let Some(trouble) = keeping.trouble.take() {
                    self.notices.withdraw(&trouble);
                    self.notices.done("Every change is kept again, also from a crash.");
                }
            }
            None => {}
        }
        if keeping.watch.has_changed() {
            self.look_at_file();
        }
    }

    // What others do to the file.

    /// Reads the file that is open again and sees to what another program has done to it.
    fn look_at_file(&mut self) {
        let Some(path) = self.editor.path().map(FilePath::to_owned) else { return };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        match files::load(&path) {
            Ok(file) if *file == **self.editor.saved() => self.others = None,
            Ok(file) if file == self.text() => self.reconcile(file.clone(), file),
            Ok(file) if !self.editor.is_changed() => {
                self.reconcile(file.clone(), file);
                self.notices.done(format!(
                    "Read {name} again: another program has changed it. Undo brings the old text back."
                ));
            }
            Ok(file) => self.others = Some(file),
            Err(_) if files::is_gone(&path) => {
                self.reconcile(self.text().to_owned(), String::new());
                self.notices.refused(format!(
                    "{name} is no longer there: another program has deleted or renamed it. Its text is still here, and Save \
                     writes the file anew."
                ));
            }
            Err(error) => self.notices.refused(error.to_string()),
        }
    }

    fn reconcile(&mut self, text: String, file: String) {
        self.others = None;
        self.carry_out(Command::Reconcile { text, file });
    }

    /// The name of the file that another program has changed while there are changes here.
    pub(super) fn changed_outside(&self) -> Option<String> {
        self.others.as_ref()?;
        let path = self.editor.path()?;
        Some(path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned())
    }

    pub(super) fn meet(&mut self, how: Outside) {
        let Some(file) = self.others.clone() else { return };
        match how {
            Outside::Reload => self.reconcile(file.clone(), file),
            Outside::KeepMine => self.reconcile(self.text().to_owned(), file),
            Outside::Compare => self.compare(file),
        }
    }

    /// Reads the file's text in the place of the one that is open, as one step of undo.
    pub(super) fn reload(&mut self, path: &FilePath) {
        match files::load(path) {
            Ok(file) => self.reconcile(file.clone(), file),
            Err(error) => self.notices.refused(error.to_string()),
        }
    }

    /// Shows the text that is open beside what the file holds.
    pub(super) fn compare(&mut self, file: String) {
        let merge = Merge::new(self.editor.saved(), self.text(), &file);
        self.dialog = Some(Dialog::Compare(Box::new(Comparison::new(merge, file))));
    }

    /// Takes what was made of both texts. The file may have changed once more by now.
    pub(super) fn take_merge(&mut self, comparison: Comparison) {
        self.reconcile(comparison.merge.result(), comparison.file);
        self.look_at_file();
    }

    /// What stands before the gallery: unsaved work and recent files.
    pub(super) fn start_ui(&self, ui: &mut egui::Ui, out: &mut Vec<crate::ui::Action>) {
        if self.screen == Screen::Gallery {
            crate::ui::start::start_ui(ui, self.left_work(), self.recent(), out);
        }
    }
}

/// How a page is written down. Whoever reads it looks for the page that is so written.
fn name_of(page: &crate::ui::Page) -> String {
    format!("{page:?}")
}

fn wake(ctx: &Context) -> impl Fn() + Send + 'static {
    let ctx = ctx.clone();
    move || ctx.request_repaint()
}

fn theme_named(name: Option<&str>) -> ThemePreference {
    match name {
        Some("light") => ThemePreference::Light,
        Some("dark") => ThemePreference::Dark,
        _ => ThemePreference::System,
    }
}

fn theme_name(theme: ThemePreference) -> Option<&'static str> {
    match theme {
        ThemePreference::Light => Some("light"),
        ThemePreference::Dark => Some("dark"),
        ThemePreference::System => None,
    }
}
