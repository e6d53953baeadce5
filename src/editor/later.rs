//! What is known of a text that is ahead of its document, and the work that brings the document after it.
//!
//! A long text takes longer to judge than a person waits for a key. Then the editor holds the new text at once, and what
//! is left to do as [`Work`], which runs anywhere: the editor itself starts nothing.

use super::{Command, Editor};
use crate::document::Document;
use crate::yaml::{Edit, Refusal, Sharing, Text};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// Where a text differs from an older one: the `old` bytes at byte `at` have become `new` bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shift {
    /// Where.
    pub at: usize,
    /// How many bytes stood there.
    pub old: usize,
    /// How many stand there now.
    pub new: usize,
}

impl Shift {
    /// What an edit does.
    pub fn of(edit: &Edit) -> Shift {
        Shift { at: edit.range.start, old: edit.range.len(), new: edit.text.len() }
    }

    /// This difference and one that was made after it, in one.
    pub fn then(self, next: Shift) -> Shift {
        let at = self.at.min(next.at);
        let end = (self.at + self.new).max(next.at + next.old);
        Shift { at, old: end + self.old - self.new - at, new: end + next.new - next.old - at }
    }

    /// Where a byte of the older text stands now; `None` if it stood where the texts differ.
    pub fn to_new(&self, byte: usize) -> Option<usize> {
        match byte {
            byte if byte < self.at => Some(byte),
            byte if byte >= self.at + self.old => Some(byte + self.new - self.old),
            _ => None,
        }
    }

    /// Where a byte of the text stood in the older one; `None` if it stands where they differ.
    pub fn to_old(&self, byte: usize) -> Option<usize> {
        Shift { at: self.at, old: self.new, new: self.old }.to_new(byte)
    }

    /// The bytes of the text in which it differs.
    pub fn range(&self) -> Range<usize> {
        self.at..self.at + self.new
    }
}

/// A text as it is, with the last document that has been made: of this text, or of an older one.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The text.
    pub text: Arc<Text>,
    /// The document.
    pub document: Arc<Document>,
    /// Where the text differs from the document's; `None` if the document is the text's.
    pub ahead: Option<Shift>,
    /// The bytes that the last change has put into the text.
    pub changed: Range<usize>,
}

impl Draft {
    /// A document with its own text.
    pub fn of(document: &Arc<Document>) -> Draft {
        let text = Arc::new(Text::new(document.text.as_str()));
        Draft { text, document: document.clone(), ahead: None, changed: 0..0 }
    }
}

/// What is left to do for a long text.
#[derive(Debug, Default)]
pub(super) struct Later {
    /// The size in bytes from which on a text is judged later; `None` for never.
    pub from: Option<usize>,
    /// Where the text differs from the document's.
    pub ahead: Option<Shift>,
    /// Whether nothing of this text has been judged yet: it has just been opened.
    pub is_new: bool,
    /// The changes that wait for the document of the text, each with its mark for undo.
    pub waiting: VecDeque<(Command, Option<String>)>,
    /// Counts what makes work under way useless.
    pub number: u64,
}

/// A piece of work on a copy of the editor. It runs on any thread.
#[derive(Debug)]
pub struct Work {
    editor: Editor,
    command: Option<Command>,
    number: u64,
}

/// Work that has been done, for [`Editor::finish`].
#[derive(Debug)]
pub struct Done {
    editor: Editor,
    command: Option<Command>,
    outcome: Result<(), Refusal>,
    number: u64,
}

impl Work {
    /// Does it, in as much time as it takes to judge the text.
    pub fn run(mut self) -> Done {
        let outcome = match &self.command {
            Some(command) => self.editor.run(command.clone()),
            None => {
                self.editor.judge();
                Ok(())
            }
        };
        Done { editor: self.editor, command: self.command, outcome, number: self.number }
    }
}

impl Editor {
    /// From now on a text of at least so many bytes is judged later, by the work that [`Editor::work`] gives. Without
    /// this call every command does all its work at once.
    pub fn judge_later_from(&mut self, bytes: usize) {
        self.later.from = Some(bytes);
    }

    /// Whether work is left, so that [`Editor::document`] is not yet the text's.
    pub fn is_behind(&self) -> bool {
        self.later.ahead.is_some() || !self.later.waiting.is_empty()
    }

    /// Whether a change waits for the document of the text.
    pub fn has_waiting(&self) -> bool {
        !self.later.waiting.is_empty()
    }

    /// Whether nothing of the text has been judged yet: [`Editor::document`] is an empty one.
    pub fn is_new(&self) -> bool {
        self.later.is_new
    }

    /// The text with the last document.
    pub fn draft(&self) -> Draft {
        Draft {
            text: self.text.clone(),
            document: self.document.clone(),
            ahead: self.later.ahead,
            changed: self.last_change.clone(),
        }
    }

    /// The work to do next.
    pub fn work(&self) -> Option<Work> {
        let (command, merge) = match (self.later.ahead, self.later.waiting.front()) {
            (Some(_), _) => (None, None),
            (None, Some((command, merge))) => (Some(command.clone()), merge.clone()),
            (None, None) => return None,
        };
        let editor = Editor {
            text: self.text.clone(),
            document: self.document.clone(),
            whole: self.whole.clone(),
            past: self.past.last().cloned().into_iter().collect(),
            future: Vec::new(),
            saved: self.saved.clone(),
            changed: self.changed,
            path: None,
            merge,
            answer: Sharing::Ask,
            answered: self.answered.clone(),
            revision: 0,
            last_change: self.last_change.clone(),
            later: Later { ahead: self.later.ahead, ..Later::default() },
        };
        Some(Work { editor, command, number: self.later.number })
    }

    /// Whether a change has made work useless since.
    pub fn is_stale(&self, done: &Done) -> bool {
        done.number != self.later.number
    }

    /// Takes what work has made. Work that a change has made useless since is dropped, and stands in [`Editor::work`]
    /// again. Gives the command that was waiting, with what became of it.
    pub fn finish(&mut self, done: Done) -> Option<(Command, Result<(), Refusal>)> {
        if self.is_stale(&done) {
            return None;
        }
        let made = done.editor;
        if done.command.is_some() {
            self.later.waiting.pop_front();
            self.answered = made.answered;
        }
        if done.outcome.is_ok() {
            if !Arc::ptr_eq(&made.text, &self.text) {
                self.past.pop();
                self.past.extend(made.past);
                self.future.clear();
                self.last_change = made.last_change;
                self.text = made.text;
                self.changed = self.text.as_str() != &*self.saved;
            }
            self.later.ahead = None;
            self.later.is_new = false;
            self.document = made.document;
            self.whole = made.whole;
            self.later.number += 1;
            self.revision += 1;
        }
        done.command.map(|command| (command, done.outcome))
    }

    /// Does all that is left to do, here and now.
    pub fn catch_up(&mut self) {
        while let Some(work) = self.work() {
            self.finish(work.run());
        }
    }

    /// Whether a command has to wait: the text is long, and the command needs its document.
    pub(super) fn waits(&self, command: &Command) -> bool {
        let is_long = self.later.from.is_some_and(|from| self.text.as_str().len() >= from);
        let needs_document = matches!(
            command,
            Command::Change { .. }
                | Command::Answered { .. }
                | Command::Fix { .. }
                | Command::AddPattern { .. }
                | Command::AddContainers { .. }
                | Command::Convert { .. }
                | Command::Target(_)
        );
        needs_document && (is_long || self.is_behind())
    }

    /// Lets a command wait for the document. Of values that are typed into one field the last one alone is written.
    pub(super) fn wait(&mut self, command: Command) {
        let merge = self.merge.clone();
        let under_way = 1;
        if self.later.waiting.len() > under_way
            && merge.is_some()
            && let Some((last, mark)) = self.later.waiting.back_mut()
            && *mark == merge
            && sets_the_same(last, &command)
        {
            *last = command;
        } else {
            self.later.waiting.push_back((command, merge));
        }
    }
}

fn sets_the_same(one: &Command, other: &Command) -> bool {
    use crate::yaml::Change::Set;
    let (Command::Change { doc: one_doc, changes: one }, Command::Change { doc: other_doc, changes: other }) =
        (one, other)
    else {
        return false;
    };
    match (one.as_slice(), other.as_slice()) {
        ([Set { path: one, .. }], [Set { path: other, .. }]) => one_doc == other_doc && one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Path;
    use crate::schema::Version;
    use crate::yaml::{self, Change};
    use proptest::prelude::*;

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n";

    fn later() -> Editor {
        let mut editor = Editor::default();
        editor.judge_later_from(1);
        editor.run(Command::New(POD.to_owned())).expect("new");
        editor
    }

    fn typed(editor: &mut Editor, at: usize, text: &str) {
        let edit = Edit { range: at..at, text: text.to_owned() };
        editor.run(Command::Splice { edits: vec![edit], joins: true }).expect("typing");
    }

    fn name(value: &str) -> Command {
        let change =
            Change::Set { path: "metadata.name".parse::<Path>().expect("path"), value: value.into() };
        Command::Change { doc: 0, changes: vec![change] }
    }

    #[test]
    fn a_long_text_is_there_at_once_and_its_document_later() {
        let mut editor = later();
        assert_eq!(editor.text(), POD);
        assert!(editor.is_new() && editor.is_behind() && editor.document().text.is_empty());
        let work = editor.work().expect("work");
        typed(&mut editor, 0, "# x\n");
        assert!(editor.finish(work.run()).is_none());
        assert!(editor.is_behind(), "what was made of an older text is dropped");
        editor.catch_up();
        assert!(!editor.is_behind() && !editor.is_new());
        assert_eq!(editor.document().text, format!("# x\n{POD}"));
        typed(&mut editor, 2, "yz");
        assert_eq!(editor.draft().ahead, Some(Shift { at: 2, old: 0, new: 2 }));
        editor.run(Command::Undo).expect("undo");
        assert_eq!(editor.text(), POD, "what is typed together is one step");
        editor.catch_up();
        assert_eq!(editor.document().text, POD);
    }

    #[test]
    fn a_change_waits_for_the_document_of_the_text() {
        let mut editor = later();
        editor.run(name("b")).expect("waits");
        assert_eq!(editor.text(), POD);
        typed(&mut editor, 0, "# why\n");
        editor.catch_up();
        assert_eq!(editor.text(), format!("# why\n{}", POD.replace("name: a", "name: b")));
        assert_eq!(editor.document().text, editor.text());
        editor.run(Command::Undo).expect("undo");
        assert_eq!(editor.text(), format!("# why\n{POD}"));
        editor.catch_up();
        editor.merge_as(Some("name".to_owned()));
        for value in ["c", "cd", "cde"] {
            editor.run(name(value)).expect("waits");
        }
        let work = editor.work().expect("work");
        editor.run(Command::Undo).expect("takes “cde” back, which has taken the place of “cd”");
        assert!(editor.finish(work.run()).is_none(), "what is under way may be what was taken back");
        editor.catch_up();
        assert_eq!(editor.text(), format!("# why\n{}", POD.replace("name: a", "name: c")));
        let oldest = Version::all().next().expect("a version");
        editor.run(Command::Target(oldest)).expect("waits");
        editor.catch_up();
        typed(&mut editor, 0, "#");
        editor.catch_up();
        assert_eq!(editor.document().version, oldest);
    }

    #[test]
    fn a_refused_change_leaves_everything_as_it_was() {
        let mut editor = later();
        editor
            .run(Command::Change { doc: 7, changes: vec![Change::Remove { path: Path::root() }] })
            .expect("waits");
        editor.catch_up();
        assert!(!editor.is_behind());
        assert_eq!(editor.text(), POD);
    }

    proptest! {
        #[test]
        fn differences_add_up(text in "[a-c]{0,8}", steps in prop::collection::vec((0..9_usize, 0..4_usize, "[d-f]{0,3}"), 1..5)) {
            let mut now = text.clone();
            let mut all: Option<Shift> = None;
            for (at, old, new) in steps {
                let at = at.min(now.len());
                let edit = Edit { range: at..(at + old).min(now.len()), text: new };
                let one = Shift::of(&edit);
                now = yaml::edited(&now, &[edit]);
                all = Some(all.map_or(one, |all| all.then(one)));
            }
            let all = all.expect("a step");
            prop_assert_eq!(now.len(), text.len() + all.new - all.old);
            for byte in 0..text.len() {
                if let Some(there) = all.to_new(byte) {
                    prop_assert_eq!(&now[there..there + 1], &text[byte..byte + 1]);
                    prop_assert_eq!(all.to_old(there), Some(byte));
                }
            }
        }
    }
}
