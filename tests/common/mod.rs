//! The world around a window for tests that look at the window alone.

use podwright::template;
use podwright::ui::Services;
use podwright::ui::clipboard::Clipboard;
use podwright::ui::picker::{Answer, Ask, Picker};
use std::path::PathBuf;

/// A clipboard and a file dialog that do nothing.
struct Nobody;

impl Clipboard for Nobody {
    fn set(&mut self, _ctx: &egui::Context, _text: &str) -> Result<(), String> {
        Ok(())
    }
}

impl Picker for Nobody {
    fn ask(&mut self, _ctx: &egui::Context, _ask: Ask) {}

    fn answer(&mut self) -> Option<Answer> {
        None
    }
}

/// Nobody to copy for and nobody to ask; the built-in patterns.
pub fn services() -> Services {
    Services {
        clipboard: Box::new(Nobody),
        picker: Box::new(Nobody),
        patterns: Box::new(|| (template::built_in(), Vec::new())),
        keep_pattern: Box::new(|name, _| Ok(PathBuf::from(name))),
    }
}
