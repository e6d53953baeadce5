//! The questions that stand in front of everything else.

use super::app::{LeftWork, Then};
use super::compare;
use super::convert::{ConvertDialog, convert_ui};
use super::language::tr;
use super::picker::Ask;
use super::problems::severity_color;
use super::repair::{RepairDialog, repair_ui};
use crate::diagnostic::Severity;
use crate::editor::Command;
use egui::text::CCursorRange;
use egui::{Button, Context, Frame, Id, Key, Modal, Response, RichText, TextEdit, Ui};
use std::path::{Path, PathBuf};

pub use compare::Comparison;

/// A question to the person.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    /// The text has changes that no file holds, and something is about to take its place.
    Unsaved {
        /// What is about to happen.
        then: Then,
        /// Whether the changes can be kept for the next start.
        can_keep: bool,
    },
    /// The file is not what it was when it was read or written last.
    ChangedByOthers {
        /// The file.
        path: PathBuf,
        /// What is to follow the save.
        then: Option<Then>,
    },
    /// The text beside what another program has written into its file.
    Compare(Box<Comparison>),
    /// A living window has the file open that is to be opened.
    OpenElsewhere(Then),
    /// The file is open now, and a window has left changes of it behind.
    LeftBehind(LeftWork),
    /// Unsaved work that was left behind is to be thrown away.
    DiscardLeft {
        /// Its name among the journals.
        id: String,
        /// What a person calls it.
        title: String,
    },
    /// A file or folder by its path.
    Path(PathDialog),
    /// What to do with a manifest that was dropped while a pod is open.
    Dropped {
        /// Its file.
        path: PathBuf,
        /// Its text.
        text: String,
    },
    /// Under which name to keep a manifest as a template.
    Template(TemplateDialog),
    /// Where a value is to change that stands in several places.
    Shared(SharedDialog),
    /// Into which kind to turn the document.
    Convert(Box<ConvertDialog>),
    /// Whether to take the repair of a damaged manifest.
    Repair(Box<RepairDialog>),
}

/// Where a value is to change that stands in several places.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedDialog {
    /// The command that would change it.
    pub command: Command,
    /// The mark by which the change joins others in one step of undo.
    pub merge: Option<String>,
    /// The anchor as it is written.
    pub anchor: String,
    /// Each place where the value stands, in words.
    pub places: Vec<String>,
    /// The text field that the change was typed into, and where its caret stood.
    pub caret: Option<(Id, CCursorRange)>,
}

/// A file or folder by its path.
#[derive(Debug, Clone, PartialEq)]
pub struct PathDialog {
    /// What the path is for.
    pub ask: Ask,
    /// What is to follow a save.
    pub then: Option<Then>,
    typed: String,
    why: Option<String>,
    /// The file that exists and would be replaced.
    replaces: Option<PathBuf>,
}

/// Under which name to keep a manifest as a template.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateDialog {
    /// The name.
    pub name: String,
    /// The manifest.
    pub manifest: String,
}

impl Dialog {
    /// Asks for a path, with a proposal, and with the reason why the desktop's own dialog could not.
    pub fn path(ask: Ask, then: Option<Then>, proposal: String, why: Option<String>) -> Dialog {
        Dialog::Path(PathDialog { ask, then, typed: proposal, why, replaces: None })
    }

    /// Whether its default control gets the keyboard as it comes up. Not where the next key is not meant for it, since it
    /// comes up under the hands of a person who types, nor where a second Enter would replace a file.
    fn takes_keyboard(&self) -> bool {
        match self {
            Dialog::Shared(asked) => asked.merge.is_none(),
            Dialog::Path(asked) => asked.replaces.is_none(),
            _ => true,
        }
    }

    /// Asks for a template's name, with a proposal.
    pub fn template(name: String, manifest: String) -> Dialog {
        Dialog::Template(TemplateDialog { name, manifest })
    }
}

impl PathDialog {
    /// Whether the person has been told that this file exists, and wants it replaced.
    pub fn confirms(&self, path: &Path) -> bool {
        self.replaces.as_deref() == Some(path)
    }

    /// The same question again, with the warning that this file exists.
    pub fn confirming(mut self, path: PathBuf) -> PathDialog {
        self.replaces = Some(path);
        self
    }
}

/// The person's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Leave everything as it is.
    Cancel,
    /// Save, then go on.
    Save,
    /// Go on without saving.
    Discard,
    /// Open the file.
    Open,
    /// Add the file's containers to the pod that is open.
    AddContainers,
    /// Change the value in all its places.
    Everywhere,
    /// Change the value in this place only.
    OnlyHere,
    /// Take the repaired text.
    Repair,
    /// Keep the text as a template, for the next start, or a damaged text as it is.
    Keep,
    /// Show the two texts beside each other.
    Compare,
    /// Take what was made of both texts.
    Merge,
    /// This path.
    Path(PathBuf),
    /// Turn the document into the chosen kind.
    Turn,
}

/// Draws a question; gives the answer once there is one. Its default control has the keyboard as it comes up, and who
/// leaves everything as it is goes on where the keyboard was.
pub fn dialog_ui(ctx: &Context, dialog: &mut Dialog) -> Option<Choice> {
    let (asked, kind) = (asked(), std::mem::discriminant(dialog));
    let known: Option<Standing> = ctx.data(|data| data.get_temp(asked));
    let mut standing =
        known.unwrap_or_else(|| Standing { kind: None, before: ctx.memory(|memory| memory.focused()) });
    if standing.kind.replace(kind) != Some(kind) {
        ctx.data_mut(|data| data.insert_temp(wants_keyboard(), dialog.takes_keyboard()));
    }
    let before = standing.before;
    let choice = ask_ui(ctx, dialog);
    let keep = |standing: Standing| ctx.data_mut(|data| _ = data.insert_temp(asked, standing));
    match &choice {
        None => keep(standing),
        Some(Choice::Cancel) => {
            ctx.data_mut(|data| data.remove::<Standing>(asked));
            give_back_later(ctx, before);
        }
        // A question that follows has another default control, and the keyboard was where it was before this one.
        Some(_) => keep(Standing { kind: None, before }),
    }
    choice
}

/// The question that stands there.
#[derive(Clone, Copy)]
struct Standing {
    /// Which one, so that one that follows from another's answer is told from it.
    kind: Option<std::mem::Discriminant<Dialog>>,
    /// What had the keyboard before.
    before: Option<Id>,
}

/// Where it stands which question stands there.
fn asked() -> Id {
    Id::unique("the question that stands there")
}

/// Where it stands what gets the keyboard back.
fn returns() -> Id {
    Id::unique("what gets the keyboard back")
}

/// Notes what had the keyboard before something stood in front of the window that is gone now.
pub(super) fn give_back_later(ctx: &Context, before: Option<Id>) {
    if let Some(id) = before {
        ctx.data_mut(|data| data.insert_temp(returns(), id));
        ctx.request_repaint();
    }
}

/// Gives the keyboard back once nothing stands in front of the window any more: what is behind cannot have it.
pub(super) fn give_back(ctx: &Context) {
    ctx.data_mut(|data| data.remove::<Standing>(asked()));
    let Some(id) = ctx.data(|data| data.get_temp::<Id>(returns())) else { return };
    ctx.request_repaint();
    if ctx.memory(|memory| memory.top_modal_layer().is_some()) {
        return;
    }
    ctx.data_mut(|data| data.remove::<Id>(returns()));
    if ctx.read_response(id).is_some() && ctx.memory(|memory| memory.focused()).is_none() {
        ctx.memory_mut(|memory| memory.request_focus(id));
    }
}

/// Where it stands whether the default control of a question is still to get the keyboard.
fn wants_keyboard() -> Id {
    Id::unique("the default control is to get the keyboard")
}

/// Notes the default control of a question, a button or the field to type into, which gets the keyboard once.
pub(super) fn default_control(ui: &Ui, button: &Response) {
    // In its first frame, which only measures, a question is disabled.
    if button.enabled() && ui.data(|data| data.get_temp(wants_keyboard())) == Some(true) {
        ui.data_mut(|data| data.insert_temp(wants_keyboard(), false));
        button.request_focus();
        ui.ctx().request_repaint();
    }
}

fn ask_ui(ctx: &Context, dialog: &mut Dialog) -> Option<Choice> {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(16.0);
    let modal = Modal::new(Id::unique("question")).frame(frame).show(ctx, |ui| {
        let width = match dialog {
            Dialog::Convert(_) => ConvertDialog::WIDTH,
            Dialog::Repair(_) => RepairDialog::WIDTH,
            Dialog::Compare(_) => f32::INFINITY,
            _ => 520.0,
        };
        ui.set_width(width.min(ctx.content_rect().width() - 60.0));
        ui.spacing_mut().item_spacing.y = 8.0;
        match dialog {
            Dialog::Unsaved { then, can_keep } => unsaved_ui(ui, then, *can_keep),
            Dialog::Compare(comparison) => compare::compare_ui(ui, comparison),
            Dialog::OpenElsewhere(_) => elsewhere_ui(ui),
            Dialog::LeftBehind(work) => left_behind_ui(ui, work),
            Dialog::DiscardLeft { title, .. } => discard_ui(ui, title),
            Dialog::ChangedByOthers { path, .. } => changed_ui(ui, path),
            Dialog::Path(asked) => path_ui(ui, asked),
            Dialog::Dropped { path, .. } => dropped_ui(ui, path),
            Dialog::Template(asked) => template_ui(ui, asked),
            Dialog::Shared(asked) => shared_ui(ui, asked),
            Dialog::Convert(asked) => convert_ui(ui, asked),
            Dialog::Repair(asked) => {
                repair_ui(ui, asked);
                let answers = [("Use the rebuilt text", Choice::Repair), ("Keep it as it is", Choice::Keep)];
                answers_ui(ui, &answers.map(|(title, answer)| (title, Some(answer))))
            }
        }
    });
    let closed = modal.should_close();
    modal.inner.or(closed.then_some(Choice::Cancel))
}

fn unsaved_ui(ui: &mut Ui, then: &Then, can_keep: bool) -> Option<Choice> {
    ui.heading(tr("Save the changes?"));
    ui.label(tr(match then {
        Then::Close => "The manifest has changes that no file holds. They are lost when the window closes without saving.",
        Then::Start(_) => "The manifest has changes that no file holds. They are lost when a new one takes its place.",
        Then::Open(..) | Then::BringBack(_) => {
            "The manifest has changes that no file holds. They are lost when another file takes its place."
        }
    }));
    let mut answers = vec![("Save changes", Some(Choice::Save)), ("Discard changes", Some(Choice::Discard))];
    if can_keep {
        ui.label(tr(match then {
            Then::Close => "Kept for next time, it comes back when Podwright starts again.",
            _ => "Kept for next time, it stands under “Unsaved work” in the gallery.",
        }));
        answers.insert(1, ("Keep for next time", Some(Choice::Keep)));
    }
    answers_ui(ui, &answers)
}

fn elsewhere_ui(ui: &mut Ui) -> Option<Choice> {
    ui.heading(tr("The file is open in another window"));
    ui.label(tr("What one window saves, the other is told of: it does not overwrite it unasked."));
    buttons_ui(ui, &[("Open here too", Some(Choice::Open)), ("Don’t open", Some(Choice::Cancel))])
}

fn left_behind_ui(ui: &mut Ui, work: &LeftWork) -> Option<Choice> {
    ui.heading(tr(format!("There is unsaved work on {}", work.title)));
    ui.label(tr("A window that had this file open has left changes that were not saved. They stay under “Unsaved work” in the gallery until you bring them back or discard them."));
    let answers =
        [("Bring back my changes", Some(Choice::Open)), ("Open the file as it is", Some(Choice::Cancel))];
    buttons_ui(ui, &answers)
}

fn discard_ui(ui: &mut Ui, title: &str) -> Option<Choice> {
    ui.heading(tr(format!("Discard {title}?")));
    ui.label(tr("No file holds this work. Discarded, it cannot be brought back."));
    answers_ui(ui, &[("Discard this work", Some(Choice::Discard))])
}

fn changed_ui(ui: &mut Ui, path: &Path) -> Option<Choice> {
    ui.heading(tr("The file has changed on the disk"));
    ui.label(tr(format!(
        "Another program has written {} since it was opened or saved here. Saving now replaces what it wrote.",
        path.display()
    )));
    answers_ui(
        ui,
        &[
            ("Compare…", Some(Choice::Compare)),
            ("Replace the file", Some(Choice::Save)),
            ("Open the file's text instead", Some(Choice::Open)),
        ],
    )
}

fn dropped_ui(ui: &mut Ui, path: &Path) -> Option<Choice> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    ui.heading(tr(format!("What shall become of {name}?")));
    ui.label(tr("A pod is open already."));
    let mut choice = None;
    for (title, about, answer) in [
        ("Open it", "It takes the place of what is open.", Choice::Open),
        (
            "Add its containers to this pod",
            "With the volumes that they mount. Names that are taken get a number.",
            Choice::AddContainers,
        ),
        ("Keep it as a template", "It stands in the gallery from then on.", Choice::Keep),
    ] {
        ui.horizontal(|ui| {
            let button = ui.add(Button::new(tr(title)).min_size(egui::vec2(220.0, 26.0)));
            default_control(ui, &button);
            if button.clicked() {
                choice = Some(answer);
            }
            ui.weak(tr(about));
        });
    }
    choice.or(answers_ui(ui, &[]))
}

fn path_ui(ui: &mut Ui, asked: &mut PathDialog) -> Option<Choice> {
    let (title, label, answer) = match asked.ask {
        Ask::Open => ("Open a file by its path", "Path of the file", "Open this file"),
        Ask::Save(_) => ("Save to a file by its path", "Path of the file", "Save to this file"),
        Ask::Folder => ("Export to a folder by its path", "Path of the folder", "Export to this folder"),
    };
    ui.heading(tr(title));
    if let Some(why) = &asked.why {
        ui.label(tr("This desktop showed no file dialog, so type the path here."));
        ui.label(RichText::new(tr(format!("The reason: {why}."))).weak().small());
    }
    let name = ui.label(tr(label));
    let field =
        TextEdit::singleline(&mut asked.typed).hint_text("/home/me/pod.yaml").desired_width(f32::INFINITY);
    let field = ui.add(field).labelled_by(name.id);
    default_control(ui, &field);
    asked.replaces.take_if(|path| *path != resolved(&asked.typed));
    let answer = match &asked.replaces {
        Some(path) => {
            let color = severity_color(ui.visuals(), Severity::Warning);
            ui.colored_label(color, tr(format!("{} exists already.", path.display())));
            "Replace this file"
        }
        None => answer,
    };
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let named = (!asked.typed.trim().is_empty()).then(|| Choice::Path(resolved(&asked.typed)));
    answers_ui(ui, &[(answer, named.clone())]).or(named.filter(|_| entered))
}

fn template_ui(ui: &mut Ui, asked: &mut TemplateDialog) -> Option<Choice> {
    ui.heading(tr("Keep as a template"));
    ui.label(tr("It stands in the gallery from then on, as a file in your own folder of templates."));
    let name = ui.label(tr("Name of the template"));
    let field =
        ui.add(TextEdit::singleline(&mut asked.name).desired_width(f32::INFINITY)).labelled_by(name.id);
    default_control(ui, &field);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let named = (!asked.name.trim().is_empty()).then_some(Choice::Keep);
    answers_ui(ui, &[("Keep this template", named.clone())]).or(named.filter(|_| entered))
}

/// The most places that are listed.
const MOST_PLACES: usize = 8;

fn shared_ui(ui: &mut Ui, asked: &SharedDialog) -> Option<Choice> {
    let count = asked.places.len();
    ui.heading(tr("Change it in every place?"));
    ui.label(tr(format!(
        "This value is written once, as {}, and stands in {count} places of the manifest:",
        asked.anchor
    )));
    for place in asked.places.iter().take(MOST_PLACES) {
        ui.label(RichText::new(format!("•  {place}")).monospace());
    }
    if count > MOST_PLACES {
        ui.weak(tr(format!("and {} more", count - MOST_PLACES)));
    }
    let everywhere = format!("Change all {count} places");
    answers_ui(
        ui,
        &[(everywhere.as_str(), Some(Choice::Everywhere)), ("Change only here", Some(Choice::OnlyHere))],
    )
}

/// The buttons of a question, Cancel last. A button without an answer cannot be pressed yet.
pub(super) fn answers_ui(ui: &mut Ui, answers: &[(&str, Option<Choice>)]) -> Option<Choice> {
    let mut all = answers.to_vec();
    all.push(("Cancel", Some(Choice::Cancel)));
    buttons_ui(ui, &all)
}

/// The buttons of a question. The first that can be pressed is the default one, but none that throws something away.
fn buttons_ui(ui: &mut Ui, answers: &[(&str, Option<Choice>)]) -> Option<Choice> {
    let mut choice = None;
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        for (title, answer) in answers {
            let button = Button::new(tr(title)).min_size(egui::vec2(0.0, 28.0));
            let response = ui.add_enabled(answer.is_some(), button);
            if *answer != Some(Choice::Discard) {
                default_control(ui, &response);
            }
            if response.clicked() {
                choice = answer.clone();
            }
        }
    });
    choice
}

/// A typed path without the blanks around it, `~` read as the home directory.
fn resolved(typed: &str) -> PathBuf {
    let typed = typed.trim();
    let home = directories::BaseDirs::new();
    match (typed.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.home_dir().join(rest),
        _ => PathBuf::from(typed),
    }
}
