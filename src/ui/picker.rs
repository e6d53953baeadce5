//! Asking for a file or a folder: the desktop's own dialog, on a thread of its own.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

/// What to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A file to open.
    Open,
    /// A file to write, with a proposal for its name.
    Save(String),
    /// A folder to write files into.
    Folder,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The file or folder.
    Path(PathBuf),
    /// The person chose none.
    Cancelled,
    /// This desktop has no dialog to show; why, in the words of those who tried.
    Unavailable(String),
}

/// Whoever shows the dialog.
pub trait Picker {
    /// Shows the dialog and returns at once. The answer comes later and wakes the context.
    fn ask(&mut self, ctx: &egui::Context, ask: Ask);

    /// The answer, once it is there; given once.
    fn answer(&mut self) -> Option<Answer>;
}

/// The desktop's dialog: its file portal, or else `zenity`.
#[derive(Default)]
pub struct Desktop {
    dialog: rfd::FileDialog,
    answers: Option<Receiver<Answer>>,
}

impl Desktop {
    /// The dialogs belong to a window: they stand in front of it.
    pub fn of_window(window: &eframe::CreationContext<'_>) -> Desktop {
        Desktop { dialog: rfd::FileDialog::new().set_parent(window), answers: None }
    }
}

impl Picker for Desktop {
    fn ask(&mut self, ctx: &egui::Context, ask: Ask) {
        let (sender, receiver) = channel();
        self.answers = Some(receiver);
        let dialog = self.dialog.clone();
        let ctx = ctx.clone();
        std::thread::spawn(move || {
            // The window may be gone by now: then nobody needs the answer.
            let _ = sender.send(show(dialog, ask));
            ctx.request_repaint();
        });
    }

    fn answer(&mut self) -> Option<Answer> {
        let answer = self.answers.as_ref()?.try_recv().ok()?;
        self.answers = None;
        Some(answer)
    }
}

fn show(dialog: rfd::FileDialog, ask: Ask) -> Answer {
    HEARD.with_borrow_mut(Vec::clear);
    let manifests = |dialog: rfd::FileDialog| {
        dialog.add_filter("Kubernetes manifests", &["yaml", "yml", "json"]).add_filter("All files", &["*"])
    };
    let picked = match ask {
        Ask::Open => manifests(dialog).set_title("Open a manifest").pick_file(),
        Ask::Save(name) => manifests(dialog).set_title("Save the manifest").set_file_name(name).save_file(),
        Ask::Folder => dialog.set_title("Export each document to a folder").pick_folder(),
    };
    match picked {
        Some(path) => Answer::Path(path),
        None => verdict(&HEARD.take()),
    }
}

/// What rfd says into the log on its way: the only trace of a dialog that could not be shown, since it answers `None` to
/// that and to Cancel alike.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    error: bool,
    text: String,
}

thread_local! {
    /// What rfd has said on this thread.
    static HEARD: RefCell<Vec<Said>> = const { RefCell::new(Vec::new()) };
}

/// How rfd announces that the portal has failed and `zenity` has its turn: what was said before does not count then.
const FALLBACK: &str = "Using zenity fallback";

/// Whether no path means Cancel or no dialog.
fn verdict(said: &[Said]) -> Answer {
    let last_try = said.iter().rposition(|said| said.text == FALLBACK).map_or(0, |at| at + 1);
    if !said[last_try..].iter().any(|said| said.error) {
        return Answer::Cancelled;
    }
    let reasons: Vec<&str> =
        said.iter().filter(|said| said.error).map(|said| said.text.trim_end_matches('.')).collect();
    Answer::Unavailable(reasons.join("; "))
}

/// Listens to rfd for [`Desktop`]; every other program part logs into the void. Installed once, before the window opens.
struct Listener;

impl log::Log for Listener {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target().starts_with("rfd::")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let said = Said { error: record.level() == log::Level::Error, text: record.args().to_string() };
            HEARD.with_borrow_mut(|heard| heard.push(said));
        }
    }

    fn flush(&self) {}
}

/// Begins to listen to rfd. Without it every dialog that cannot be shown looks like one that was cancelled.
pub fn listen() {
    if log::set_logger(&Listener).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: bool, text: &str) -> Said {
        Said { error, text: text.to_owned() }
    }

    #[test]
    fn no_path_is_told_apart_from_no_dialog() {
        let portal = said(true, "Failed to connect to session bus: no bus.");
        let fallback = said(false, FALLBACK);
        let zenity = said(true, "Failed to pick file with zenity: No such file or directory (os error 2)");
        assert_eq!(verdict(&[]), Answer::Cancelled);
        assert_eq!(verdict(&[portal.clone(), fallback.clone()]), Answer::Cancelled);
        assert_eq!(
            verdict(&[portal.clone(), fallback, zenity]),
            Answer::Unavailable(
                "Failed to connect to session bus: no bus; \
                 Failed to pick file with zenity: No such file or directory (os error 2)"
                    .to_owned()
            )
        );
        assert_eq!(
            verdict(&[said(true, "Response code missing")]),
            Answer::Unavailable("Response code missing".to_owned())
        );
    }

    /// rfd's own words on a desktop without portal and without `zenity`, as far as they are relied on. The test runs
    /// itself again on such a desktop.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the environment decides which dialogs there are")]
    fn rfd_says_that_it_has_no_dialog() {
        const BARE: &str = "PODWRIGHT_TEST_BARE_DESKTOP";
        if std::env::var_os(BARE).is_none() {
            let name = "ui::picker::tests::rfd_says_that_it_has_no_dialog";
            let status = std::process::Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", name])
                .env_clear()
                .env("PATH", "/nonexistent")
                .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
                .env(BARE, "1")
                .output()
                .expect("this test again");
            let output = String::from_utf8_lossy(&status.stdout).into_owned();
            assert!(status.status.success() && output.contains("1 passed"), "{output}");
            return;
        }
        listen();
        let answer = show(rfd::FileDialog::new(), Ask::Open);
        assert!(matches!(answer, Answer::Unavailable(ref why) if why.contains("zenity")), "{answer:?}");
    }
}
