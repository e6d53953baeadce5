//! Text for other programs: the forms in which a manifest is copied, and the clipboard.
#![expect(
    clippy::disallowed_methods,
    reason = "the clipboard outlives the window by a process that reads its text"
)]

use crate::document::Document;
use serde_json::{Value as Json, json};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A form in which a manifest is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The text as it is.
    Yaml,
    /// A shell command that applies the text.
    Kubectl,
    /// JSON; several documents as one `v1` `List`.
    Json,
}

impl Format {
    /// The text to copy, or a sentence on why there is none.
    pub fn of(self, document: &Document) -> Result<String, String> {
        if document.text.trim().is_empty() {
            return Err("There is nothing to copy yet: choose a pattern or open a file first.".to_owned());
        }
        match self {
            Format::Yaml => Ok(document.text.clone()),
            Format::Kubectl => Ok(as_command(&document.text)),
            Format::Json => as_json(document),
        }
    }
}

/// A shell command that pipes a text into `kubectl apply`. The here-document's quoted delimiter keeps the shell from
/// expanding anything in the text, and does not occur in it.
fn as_command(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let mut end = "EOF".to_owned();
    while text.contains(&end) {
        end.push('_');
    }
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    format!("kubectl apply -f - <<'{end}'\n{text}{newline}{end}\n")
}

/// What kubectl reads in the text, as JSON. kubectl takes a `List` apart into its items.
fn as_json(document: &Document) -> Result<String, String> {
    if document.is_broken() {
        return Err(
            "The text cannot be copied as JSON while its YAML is broken: mend the syntax first.".to_owned()
        );
    }
    let mut items: Vec<Json> =
        document.stream.docs.iter().filter_map(|doc| Some(doc.data.as_ref()?.to_json())).collect();
    let json = match items.len() {
        0 => return Err("There is nothing to copy as JSON: the text holds no document.".to_owned()),
        1 => items.remove(0),
        _ => json!({ "apiVersion": "v1", "kind": "List", "items": items }),
    };
    let mut text = serde_json::to_string_pretty(&json)
        .map_err(|error| format!("This cannot be written as JSON: {error}."))?;
    text.push('\n');
    Ok(text)
}

/// Where copied text goes.
pub trait Clipboard {
    /// Puts a text on the clipboard. An error is one sentence.
    fn set(&mut self, ctx: &egui::Context, text: &str) -> Result<(), String>;

    /// Takes note of a text that a text field has copied by itself.
    fn note(&mut self, _text: &str) {}

    /// Called as the program ends: what it has put on the clipboard is to stay there.
    fn hand_over(&mut self) {}
}

/// The desktop's clipboard.
///
/// X11 and Wayland keep no copy of a text: whoever copied it serves it to those who paste. So the window serves it while
/// it lives, and as it ends gives it to a process of its own that serves it until another program copies something.
#[derive(Default)]
pub struct Desktop {
    server: Option<arboard::Clipboard>,
    last: Option<String>,
}

impl Desktop {
    fn server(&mut self) -> Result<&mut arboard::Clipboard, String> {
        let opened = match self.server.take() {
            Some(open) => open,
            None => arboard::Clipboard::new()
                .map_err(|error| format!("The clipboard cannot be reached: {error}."))?,
        };
        Ok(self.server.insert(opened))
    }
}

impl Clipboard for Desktop {
    fn set(&mut self, ctx: &egui::Context, text: &str) -> Result<(), String> {
        if on_wayland() {
            // Not every compositor lets a program other than the one in front set the clipboard: the window itself may.
            ctx.copy_text(text.to_owned());
        } else {
            self.server()?
                .set_text(text)
                .map_err(|error| format!("The text could not be copied: {error}."))?;
        }
        self.last = Some(text.to_owned());
        Ok(())
    }

    fn note(&mut self, text: &str) {
        self.last = Some(text.to_owned());
    }

    fn hand_over(&mut self) {
        let Some(text) = self.last.take() else { return };
        // Another program has copied something since: that is what stands on the clipboard now, and stays.
        let is_ours = self.server().is_ok_and(|server| server.get_text().is_ok_and(|now| now == text));
        if is_ours && let Err(error) = start_server(&text) {
            log::warn!("the clipboard's text ends with the program: {error}");
        }
    }
}

/// The argument with which Podwright starts itself to serve the clipboard.
pub const SERVE: &str = "--serve-clipboard";

fn start_server(text: &str) -> std::io::Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        // The terminal's Ctrl+C is not meant for it.
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    let mut child = command.spawn()?;
    match child.stdin.take() {
        Some(mut stdin) => stdin.write_all(text.as_bytes()),
        None => Ok(()),
    }
}

/// Puts standard input on the clipboard and serves it until another program copies something or the desktop is gone.
///
/// An error is one sentence.
pub fn serve() -> Result<(), String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| format!("cannot read the text to serve: {error}"))?;
    let mut clipboard = arboard::Clipboard::new().map_err(|error| format!("no clipboard: {error}"))?;
    std::thread::spawn(watch_desktop);
    #[cfg(target_os = "linux")]
    let set = {
        use arboard::SetExtLinux;
        clipboard.set().wait()
    };
    #[cfg(not(target_os = "linux"))]
    let set = clipboard.set();
    set.text(text).map_err(|error| format!("cannot serve the clipboard: {error}"))
}

/// Ends the process once the desktop can no longer be reached: waiting for another owner would then never end.
fn watch_desktop() {
    loop {
        std::thread::sleep(Duration::from_secs(60));
        let reply = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get_text());
        if matches!(reply, Err(arboard::Error::Unknown { .. } | arboard::Error::ClipboardNotSupported)) {
            std::process::exit(0);
        }
    }
}

/// Whether the window is a Wayland window: winit prefers Wayland by these variables.
pub(super) fn on_wayland() -> bool {
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Version;

    fn copied(format: Format, text: &str) -> String {
        format.of(&Document::new(text, Version::NEWEST)).expect("text to copy")
    }

    #[test]
    fn a_command_ends_its_text_where_the_text_ends() {
        assert_eq!(copied(Format::Kubectl, "a: 1\n"), "kubectl apply -f - <<'EOF'\na: 1\nEOF\n");
        assert_eq!(copied(Format::Kubectl, "a: 1"), "kubectl apply -f - <<'EOF'\na: 1\nEOF\n");
        let script = "a: |\n  cat <<EOF\n  EOF_\n";
        let command = copied(Format::Kubectl, script);
        assert_eq!(command, format!("kubectl apply -f - <<'EOF__'\n{script}EOF__\n"));
    }

    #[test]
    fn several_documents_are_one_list() {
        let one: Json =
            serde_json::from_str(&copied(Format::Json, "kind: Pod\nspec: {on: yes}\n")).expect("JSON");
        assert_eq!(one, json!({"kind": "Pod", "spec": {"true": true}}));
        let two: Json = serde_json::from_str(&copied(Format::Json, "a: 1\n---\n---\nb: 2\n")).expect("JSON");
        assert_eq!(two["kind"], "List");
        assert_eq!(two["items"], json!([{"a": 1}, {"b": 2}]));
    }

    #[test]
    fn nothing_and_broken_text_are_refused_in_words() {
        for (format, text) in [
            (Format::Yaml, " \n"),
            (Format::Kubectl, ""),
            (Format::Json, "a: [1\n"),
            (Format::Json, "# only\n"),
        ] {
            let why = format.of(&Document::new(text, Version::NEWEST)).expect_err(text);
            assert!(why.ends_with('.') && why.len() > 20, "{why}");
        }
    }
}
