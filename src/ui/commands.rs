//! The commands: one entry each. Menus, buttons and shortcuts read the same table.

use super::app::{App, Theme};
use super::clipboard::Format;
use super::picker::Ask;
use super::preview::{StripTool, Tool};
use crate::editor::Command;
use crate::schema::Lang;
use egui::{Key, KeyboardShortcut, Modifiers};

/// What a person can do at any time.
pub struct CommandEntry {
    /// Its name for [`super::Action::Run`].
    pub id: &'static str,
    /// Its words in menus. `…` at the end: a dialog follows.
    pub title: &'static str,
    /// What it does, in one sentence, for the hint of a button.
    pub about: &'static str,
    /// The keys that run it, the one to show first.
    pub shortcuts: &'static [KeyboardShortcut],
    /// Whether it would do something now.
    pub enabled: fn(&App) -> bool,
    /// Does it.
    pub run: fn(&mut App, &egui::Context),
}

impl CommandEntry {
    /// The keys as people write them, `Ctrl+Shift+S`; empty if there are none.
    pub fn keys(&self, ctx: &egui::Context) -> String {
        self.shortcuts
            .first()
            .map(|shortcut| ctx.format_shortcut(shortcut))
            .unwrap_or_default()
            .replace("Slash", "/")
    }
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

fn always(_: &App) -> bool {
    true
}

/// Every command, sorted by id.
pub const COMMANDS: &[CommandEntry] = &[
    CommandEntry {
        id: "complete",
        title: "Complete",
        about: "Offer what may stand at the cursor in the text.",
        shortcuts: &[ctrl(Key::Space), ctrl(Key::I)],
        enabled: App::can_edit_text,
        run: |app, _| app.in_text(Tool::Complete),
    },
    CommandEntry {
        id: "convert",
        title: "Turn into…",
        about: "Turn the Pod into a Deployment, a Job or another workload, or a workload into a Pod.",
        shortcuts: &[ctrl_shift(Key::T)],
        enabled: App::can_convert,
        run: |app, _| app.ask_for_kind(),
    },
    CommandEntry {
        id: "copy-json",
        title: "Copy as JSON",
        about: "Copy the manifest as JSON; several documents become one List.",
        shortcuts: &[ctrl_shift(Key::J)],
        enabled: App::has_text,
        run: |app, ctx| app.copy(ctx, Format::Json),
    },
    CommandEntry {
        id: "copy-kubectl",
        title: "Copy as kubectl command",
        about: "Copy a shell command that applies the manifest: kubectl apply -f - with the text in a here-document.",
        shortcuts: &[ctrl_shift(Key::K)],
        enabled: App::has_text,
        run: |app, ctx| app.copy(ctx, Format::Kubectl),
    },
    CommandEntry {
        id: "copy-yaml",
        title: "Copy as YAML",
        about: "Copy the manifest as it is written.",
        shortcuts: &[ctrl_shift(Key::Y)],
        enabled: App::has_text,
        run: |app, ctx| app.copy(ctx, Format::Yaml),
    },
    CommandEntry {
        id: "export",
        title: "Export each document to a folder…",
        about: "Write each document of the manifest into a file of its own.",
        shortcuts: &[ctrl(Key::E)],
        enabled: App::has_text,
        run: |app, ctx| app.ask(ctx, Ask::Folder),
    },
    CommandEntry {
        id: "export-by-path",
        title: "Export to a folder by path…",
        about: "Type the folder's path instead of choosing it.",
        shortcuts: &[],
        enabled: App::has_text,
        run: |app, _| app.ask_for_path(Ask::Folder),
    },
    CommandEntry {
        id: "find",
        title: "Find…",
        about: "Find in the text.",
        shortcuts: &[ctrl(Key::F)],
        enabled: App::shows_document,
        run: |app, _| app.in_text(Tool::Strip(StripTool::Find)),
    },
    CommandEntry {
        id: "find-field",
        title: "Find a field…",
        about: "Find a field by its name, its path or its help, and go there.",
        shortcuts: &[ctrl(Key::K)],
        enabled: App::shows_fields,
        run: |app, _| app.open_finder(),
    },
    CommandEntry {
        id: "find-next",
        title: "Find next",
        about: "Go to the next match in the text.",
        shortcuts: &[plain(Key::F3)],
        enabled: App::shows_document,
        run: |app, _| app.in_text(Tool::Match { forward: true }),
    },
    CommandEntry {
        id: "find-previous",
        title: "Find previous",
        about: "Go to the match before in the text.",
        shortcuts: &[shift(Key::F3)],
        enabled: App::shows_document,
        run: |app, _| app.in_text(Tool::Match { forward: false }),
    },
    CommandEntry {
        id: "fold-sections",
        title: "Fold all sections",
        about: "Fold every section of the form.",
        shortcuts: &[ctrl_shift(Key::F)],
        enabled: App::shows_fields,
        run: |app, _| app.fold_sections(false),
    },
    CommandEntry {
        id: "go-to-line",
        title: "Go to line…",
        about: "Go to a line of the text by its number.",
        shortcuts: &[ctrl(Key::G)],
        enabled: App::shows_document,
        run: |app, _| app.in_text(Tool::Strip(StripTool::Line)),
    },
    CommandEntry {
        id: "help",
        title: "Show or hide the help",
        about: "Show or hide the help on the field that has the keyboard.",
        shortcuts: &[plain(Key::F1)],
        enabled: App::shows_fields,
        run: |app, _| app.toggle_help(),
    },
    CommandEntry {
        id: "keep-as-template",
        title: "Keep as a template…",
        about: "Keep the manifest in your own folder of templates: it then stands in the gallery.",
        shortcuts: &[],
        enabled: App::has_text,
        run: |app, _| app.ask_for_template_name(),
    },
    CommandEntry {
        id: "language-chinese",
        title: "Chinese (中文)",
        about: "Show the window in Simplified Chinese.",
        shortcuts: &[],
        enabled: always,
        run: |app, _| app.speak(Lang::Zh),
    },
    CommandEntry {
        id: "language-english",
        title: "English",
        about: "Show the window in English.",
        shortcuts: &[],
        enabled: always,
        run: |app, _| app.speak(Lang::En),
    },
    CommandEntry {
        id: "manifest",
        title: "Back to the manifest",
        about: "Leave the gallery for the manifest that is open.",
        shortcuts: &[],
        enabled: App::can_leave_gallery,
        run: |app, _| app.show_document(),
    },
    CommandEntry {
        id: "menu-bar",
        title: "Go to the menus",
        about: "Give the first menu the keyboard.",
        shortcuts: &[plain(Key::F10)],
        enabled: always,
        run: |_, ctx| super::toolbar::go_to_menus(ctx),
    },
    CommandEntry {
        id: "new",
        title: "New…",
        about: "Choose a pattern to start from, or to add to the pod that is open.",
        shortcuts: &[ctrl(Key::N)],
        enabled: always,
        run: |app, _| app.show_gallery(),
    },
    CommandEntry {
        id: "open",
        title: "Open…",
        about: "Open a manifest.",
        shortcuts: &[ctrl(Key::O)],
        enabled: always,
        run: |app, ctx| app.ask(ctx, Ask::Open),
    },
    CommandEntry {
        id: "open-by-path",
        title: "Open by path…",
        about: "Type the file's path instead of choosing it.",
        shortcuts: &[ctrl_shift(Key::O)],
        enabled: always,
        run: |app, _| app.ask_for_path(Ask::Open),
    },
    CommandEntry {
        id: "pane-next",
        title: "Next pane",
        about: "Give the next pane the keyboard: form, text, outline.",
        shortcuts: &[plain(Key::F6)],
        enabled: App::shows_document,
        run: |app, ctx| app.go_to_pane(ctx, 1),
    },
    CommandEntry {
        id: "pane-previous",
        title: "Previous pane",
        about: "Give the pane before the keyboard.",
        shortcuts: &[shift(Key::F6)],
        enabled: App::shows_document,
        run: |app, ctx| app.go_to_pane(ctx, 2),
    },
    CommandEntry {
        id: "problem-next",
        title: "Next problem",
        about: "Go to the next problem.",
        shortcuts: &[plain(Key::F8)],
        enabled: App::has_problems,
        run: |app, _| app.go_to_problem(1),
    },
    CommandEntry {
        id: "problem-previous",
        title: "Previous problem",
        about: "Go to the problem before.",
        shortcuts: &[shift(Key::F8)],
        enabled: App::has_problems,
        run: |app, _| app.go_to_problem(-1),
    },
    CommandEntry {
        id: "problems",
        title: "Show or hide the problems",
        about: "Show or hide the list of problems.",
        shortcuts: &[ctrl_shift(Key::M)],
        enabled: App::shows_document,
        run: |app, _| app.toggle_problems(),
    },
    CommandEntry {
        id: "quit",
        title: "Quit",
        about: "Close the window.",
        shortcuts: &[ctrl(Key::Q)],
        enabled: always,
        run: |_, ctx| ctx.send_viewport_cmd(egui::ViewportCommand::Close),
    },
    CommandEntry {
        id: "redo",
        title: "Redo",
        about: "Make the change again that was taken back last.",
        shortcuts: &[ctrl_shift(Key::Z), ctrl(Key::Y)],
        enabled: App::can_redo,
        run: |app, _| app.carry_out(Command::Redo),
    },
    CommandEntry {
        id: "repair",
        title: "Rebuild lost indentation…",
        about: "Show the manifest as it was meant before its indentation was lost, or before something was copied along.",
        shortcuts: &[],
        enabled: App::can_repair,
        run: |app, ctx| app.ask_about_repair(ctx),
    },
    CommandEntry {
        id: "replace",
        title: "Replace…",
        about: "Find in the text and replace.",
        shortcuts: &[ctrl(Key::H)],
        enabled: App::can_edit_text,
        run: |app, _| app.in_text(Tool::Strip(StripTool::Replace)),
    },
    CommandEntry {
        id: "save",
        title: "Save",
        about: "Write the manifest to its file.",
        shortcuts: &[ctrl(Key::S)],
        enabled: App::has_text,
        run: |app, ctx| app.save(ctx, None),
    },
    CommandEntry {
        id: "save-as",
        title: "Save as…",
        about: "Write the manifest to another file.",
        shortcuts: &[ctrl_shift(Key::S)],
        enabled: App::has_text,
        run: |app, ctx| app.save_as(ctx),
    },
    CommandEntry {
        id: "save-by-path",
        title: "Save by path…",
        about: "Type the file's path instead of choosing it.",
        shortcuts: &[],
        enabled: App::has_text,
        run: |app, _| app.ask_for_path(Ask::Save(String::new())),
    },
    CommandEntry {
        id: "theme-dark",
        title: "Dark theme",
        about: "Light letters on dark ground.",
        shortcuts: &[],
        enabled: always,
        run: |_, ctx| ctx.set_theme(Theme::Dark),
    },
    CommandEntry {
        id: "theme-light",
        title: "Light theme",
        about: "Dark letters on light ground.",
        shortcuts: &[],
        enabled: always,
        run: |_, ctx| ctx.set_theme(Theme::Light),
    },
    CommandEntry {
        id: "theme-system",
        title: "Theme as the desktop",
        about: "Light or dark as the desktop is.",
        shortcuts: &[],
        enabled: always,
        run: |_, ctx| ctx.set_theme(Theme::System),
    },
    CommandEntry {
        id: "toggle-comment",
        title: "Toggle comment",
        about: "Comment the selected lines of the text out, or in again.",
        shortcuts: &[ctrl(Key::Slash)],
        enabled: App::can_edit_text,
        run: |app, _| app.in_text(Tool::Comment),
    },
    CommandEntry {
        id: "undo",
        title: "Undo",
        about: "Take the last change back.",
        shortcuts: &[ctrl(Key::Z)],
        enabled: App::can_undo,
        run: |app, _| app.carry_out(Command::Undo),
    },
    CommandEntry {
        id: "unfold-sections",
        title: "Open all sections",
        about: "Open every section of the form, with all the fields that are not set.",
        shortcuts: &[ctrl_shift(Key::E)],
        enabled: App::shows_fields,
        run: |app, _| app.fold_sections(true),
    },
];

/// The command with an id.
pub fn command(id: &str) -> Option<&'static CommandEntry> {
    COMMANDS.iter().find(|command| command.id == id)
}

/// Runs the commands whose keys were pressed, and takes these keys away from the fields that would act on them too.
pub fn run_shortcuts(app: &mut App, ctx: &egui::Context) {
    let mut keys: Vec<_> = COMMANDS
        .iter()
        .flat_map(|command| command.shortcuts.iter().map(move |keys| (keys, command)))
        .collect();
    // Ctrl+S also answers to Ctrl+Shift+S: the one that asks for more keys has the first say.
    keys.sort_by_key(|(keys, _)| std::cmp::Reverse(keys.modifiers.shift));
    for (keys, command) in keys {
        if ctx.input_mut(|input| input.consume_shortcut(keys)) && (command.enabled)(app) {
            (command.run)(app, ctx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_sorted_named_and_without_double_keys() {
        assert!(COMMANDS.is_sorted_by(|a, b| a.id < b.id));
        let mut keys: Vec<_> = COMMANDS.iter().flat_map(|command| command.shortcuts).collect();
        let count = keys.len();
        keys.sort_by_key(|keys| format!("{keys:?}"));
        keys.dedup();
        assert_eq!(keys.len(), count, "two commands share their keys");
        let mut titles: Vec<_> = COMMANDS.iter().map(|command| command.title).collect();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), COMMANDS.len(), "two commands share their words");
        for command in COMMANDS {
            let first = command.title.chars().next().is_some_and(char::is_uppercase);
            assert!(first && !command.title.ends_with('.'), "{}", command.title);
            assert!(command.about.ends_with('.'), "{}", command.about);
        }
    }

    #[test]
    fn a_command_that_begins_a_dialog_says_so() {
        for command in COMMANDS {
            let asks = command.id.ends_with("-by-path")
                || [
                    "open",
                    "save-as",
                    "export",
                    "keep-as-template",
                    "new",
                    "convert",
                    "repair",
                    "find",
                    "find-field",
                    "replace",
                    "go-to-line",
                ]
                .contains(&command.id);
            assert_eq!(command.title.ends_with('…'), asks, "{}", command.title);
        }
    }
}
