//! The window. Panels read a [`Document`] and the [`View`], draw, and answer with [`Action`]s; [`App`] carries them out
//! between frames. Functions that draw end in `_ui`.

pub mod app;
pub mod clipboard;
pub mod commands;
mod compare;
mod convert;
mod dialogs;
pub mod finder;
pub mod form;
mod gallery;
pub mod language;
pub mod help;
mod input;
mod keyboard;
mod notices;
mod outline;
pub mod picker;
pub mod preview;
pub mod problems;
mod start;
mod stale;
mod repair;
mod theme;
mod toolbar;
mod upgrade;
pub mod widgets;
mod window;
mod worker;

use crate::editor::Command;
use crate::path::Path;
use std::path::PathBuf;

pub use app::{App, Services};
pub use window::open;

/// What a panel asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Change the document.
    Do(Command),
    /// Bring a field into sight in the form and in the text, and give it the keyboard in the form.
    GoTo {
        /// The document's number.
        doc: usize,
        /// The field.
        path: Path,
    },
    /// Bring a field into sight in the form, and leave the keyboard where it is: in the text, as a rule.
    Look {
        /// The document's number.
        doc: usize,
        /// The field.
        path: Path,
    },
    /// Show a page of the form.
    Show {
        /// The document's number.
        doc: usize,
        /// The page.
        page: Page,
    },
    /// Show a page of the form and give its first control the keyboard.
    Enter {
        /// The document's number.
        doc: usize,
        /// The page.
        page: Page,
    },
    /// Open a file.
    OpenFile(PathBuf),
    /// Bring unsaved work back that a window has left behind, by its name among the journals.
    BringBack(String),
    /// Ask whether to throw unsaved work away that a window has left behind.
    DiscardLeft {
        /// Its name among the journals.
        id: String,
        /// What a person calls it.
        title: String,
    },
    /// See to what another program has done to the file.
    Outside(Outside),
    /// Carry out a command of the table in `ui/commands.rs`, by id.
    Run(&'static str),
}

impl Action {
    /// Shows a page of the form that a person has chosen by a button or a link. Who chooses by the keyboard goes on in it.
    fn page(chosen: &egui::Response, doc: usize, page: Page) -> Action {
        if chosen.has_focus() { Action::Enter { doc, page } } else { Action::Show { doc, page } }
    }
}

/// What to do when another program has changed the file and there are changes here too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// Show what the file holds.
    Reload,
    /// Go on with the text that is open.
    KeepMine,
    /// Show both beside each other.
    Compare,
}

/// What is being looked at. Nothing here is part of the document.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The number of the document that the form shows.
    pub doc: usize,
    /// The page of the form.
    pub page: Page,
    /// The field that has the keyboard in the form: its lines light up in the text. Set by the form every frame.
    pub focus: Option<Path>,
    /// The field that the help tells about, with its document's number: the one that had the keyboard last, or whose name
    /// was clicked since. Set by the form.
    pub about: Option<(usize, Path)>,
    /// The field that the form is to bring into sight and give the keyboard; taken by the form.
    pub reveal: Option<Path>,
    /// The field that the form is to bring into sight without giving it the keyboard; taken by the form.
    pub glance: Option<Path>,
    /// The pane that is to get the keyboard: taken by the form and the outline.
    pub enter: Option<Pane>,
    /// The byte range that the text is to bring into sight; taken by the preview.
    pub reveal_text: Option<std::ops::Range<usize>>,
    /// Whether the document is behind the text: what a form's field has asked for may not stand in it yet.
    pub behind: bool,
    /// How the sections of the form are folded where a person has not folded one since.
    pub folds: Folds,
}

/// How sections are folded: each as it is by itself, or all the same way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Folds {
    /// Whether all are open or all are folded; `None`: each as it is by itself.
    pub all_open: Option<bool>,
    /// How often all were opened or folded. What was folded by hand before the last time counts no more.
    pub times: u32,
}

/// A part of the window that the keyboard goes to as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// The list of documents and pages.
    Outline,
    /// The form.
    Form,
    /// The text.
    Text,
}

/// A page of the form: one entry of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Page {
    /// `metadata`, of the object.
    #[default]
    Metadata,
    /// The fields of a workload around its pod template.
    Workload,
    /// The containers of a list (`containers`, `initContainers`, `ephemeralContainers`) as a list: add, reorder, remove.
    Containers(&'static str),
    /// One container of a list.
    Container(&'static str, usize),
    /// The volumes.
    Volumes,
    /// Pod network and host namespaces.
    Network,
    /// Pod security.
    Security,
    /// Scheduling.
    Scheduling,
    /// Every field of the pod spec that has no page of its own.
    Pod,
}
