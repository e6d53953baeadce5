//! Typing into an editor.

use podwright::editor::{Command, Editor};
use podwright::yaml::Edit;

/// Puts another text in the place of the whole text, as typing does.
pub fn type_all(editor: &mut Editor, text: impl Into<String>) {
    let edits = vec![Edit { range: 0..editor.text().len(), text: text.into() }];
    editor.run(Command::Splice { edits, joins: true }).expect("typing");
}
