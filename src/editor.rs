//! The state of an editing session and the only place that changes it: [`Editor::run`].

mod later;

use crate::convert::{self, Kind, Options};
use crate::diagnostic::Fix;
use crate::document::Document;
use crate::path::Path;
use crate::schema::Version;
use crate::template::{self, Pattern};
use crate::yaml::{self, Change, Edit, Refusal, Sharing, Text};
use later::Later;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

pub use later::{Done, Draft, Shift, Work};

/// What a person can do to a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Change the document number `doc` by path.
    Change {
        /// The document's number.
        doc: usize,
        /// What to change.
        changes: Vec<Change>,
    },
    /// Make a fix of a problem in the document number `doc`.
    Fix {
        /// The document's number.
        doc: usize,
        /// The fix.
        fix: Fix,
    },
    /// Carry out a command that was refused with [`Refusal::shared`], with the person's answer. The answer holds for the
    /// field that the command sets as long as nothing else is changed: typing into the field asks once.
    Answered {
        /// What becomes of the other places where the changed value stands.
        sharing: Sharing,
        /// The command.
        command: Box<Command>,
    },
    /// Make edits of the text, sorted and disjoint.
    Splice {
        /// The edits.
        edits: Vec<Edit>,
        /// Whether they join the last ones in one step of undo, as what is typed does.
        joins: bool,
    },
    /// Start anew with a text that has no file yet.
    New(String),
    /// Show a text that stands in a file.
    Open {
        /// The file.
        path: PathBuf,
        /// Its text.
        text: String,
    },
    /// The text has been written to a file.
    Saved(PathBuf),
    /// Another program has changed the file: take note of what it holds, and show `text` from now on, as one step of undo.
    Reconcile {
        /// The text to show: the file's, the one that is open, or one made of both.
        text: String,
        /// What the file holds now; empty if it is gone.
        file: String,
    },
    /// Show again what an editor held.
    Restore(Box<Snapshot>),
    /// Add a pattern to the pod of the document number `doc`.
    AddPattern {
        /// The document's number.
        doc: usize,
        /// The pattern.
        pattern: Box<Pattern>,
    },
    /// Add the containers of another manifest to the pod of the document number `doc`.
    AddContainers {
        /// The document's number.
        doc: usize,
        /// The other manifest.
        manifest: String,
    },
    /// Turn the document number `doc` into another kind.
    Convert {
        /// The document's number.
        doc: usize,
        /// The kind.
        to: Kind,
        /// What the kind needs beside.
        options: Options,
    },
    /// Judge by another Kubernetes version.
    Target(Version),
    /// Take the last change back.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
}

/// A document being edited.
#[derive(Debug)]
pub struct Editor {
    text: Arc<Text>,
    /// What follows from the text, or while that is being found out from an older one.
    document: Arc<Document>,
    /// The last document whose syntax was whole: what the form shows while the text is broken.
    whole: Arc<Document>,
    past: Vec<Arc<Step>>,
    future: Vec<Arc<Step>>,
    saved: Arc<str>,
    /// Whether the text differs from `saved`.
    changed: bool,
    /// The file that the text belongs to.
    path: Option<PathBuf>,
    /// What the next change must belong to in order to join the last one in one step of undo.
    merge: Option<String>,
    /// The answer that the command which is being carried out brings with it.
    answer: Sharing,
    /// The last answer, for the field that it was given for.
    answered: Option<((usize, Path), Sharing)>,
    /// Counts every new document, so that a view knows when what it derived is stale.
    revision: u64,
    /// The bytes that the last change has put into the text.
    last_change: Range<usize>,
    /// What a long text leaves to do.
    later: Later,
}

/// One step of undo: `old` stood at byte `at` where `new` stands now. Where it is written down it loses what lets further
/// typing join it: what is typed after that is a step of its own. So two steps are the same that do the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    at: usize,
    old: String,
    new: String,
    #[serde(skip)]
    merge: Option<String>,
    /// The one field, with its document's number, whose value the step sets and nothing else.
    #[serde(skip)]
    sets: Option<(usize, Path)>,
}

/// What an editor holds: all of it but what follows from the text.
///
/// Two snapshots share the steps that neither has changed, so `Arc::ptr_eq` tells quickly what is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The text.
    pub text: Arc<str>,
    /// What the file holds, as far as is known.
    pub saved: Arc<str>,
    /// The file that the text belongs to.
    pub path: Option<PathBuf>,
    /// The version that judges the text.
    pub version: Version,
    /// The steps that undo takes back, the last one first to go.
    pub past: Vec<Arc<Step>>,
    /// The steps that redo makes again, the last one first.
    pub future: Vec<Arc<Step>>,
}

impl Default for Snapshot {
    /// Nothing open.
    fn default() -> Snapshot {
        Snapshot {
            text: "".into(),
            saved: "".into(),
            path: None,
            version: Version::NEWEST,
            past: Vec::new(),
            future: Vec::new(),
        }
    }
}

impl Snapshot {
    /// Whether the text differs from what the file holds.
    pub fn is_changed(&self) -> bool {
        self.text != self.saved
    }
}

/// Steps of undo that are kept.
const MOST_STEPS: usize = 10_000;

impl Default for Editor {
    fn default() -> Editor {
        Editor::new(Version::NEWEST)
    }
}

impl Editor {
    /// An empty, unnamed document.
    pub fn new(version: Version) -> Editor {
        let document = Arc::new(Document::new("", version));
        Editor {
            text: Arc::new(Text::new("")),
            whole: document.clone(),
            document,
            past: Vec::new(),
            future: Vec::new(),
            saved: "".into(),
            changed: false,
            path: None,
            merge: None,
            answer: Sharing::Ask,
            answered: None,
            revision: 0,
            last_change: 0..0,
            later: Later::default(),
        }
    }

    /// The text as it is.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The document as it is; while [`Editor::is_behind`], that of an older text.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// What the form shows of the document number `doc`: the text as it is, or while that document's syntax is broken
    /// the last text that was whole.
    pub fn shown(&self, doc: usize) -> &Arc<Document> {
        let was_whole = self.whole.part(doc).is_some_and(|part| !part.is_empty);
        if self.document.is_broken_at(doc) && was_whole { &self.whole } else { &self.document }
    }

    /// The file that the text belongs to.
    pub fn path(&self) -> Option<&std::path::Path> {
        self.path.as_deref()
    }

    /// Whether the text differs from what the file holds.
    pub fn is_changed(&self) -> bool {
        self.changed
    }

    /// What the file holds, as far as is known: what was read from it, saved to it or reconciled with it last. Another
    /// text there was written by somebody else.
    pub fn saved(&self) -> &Arc<str> {
        &self.saved
    }

    /// What is held now, to be given back by [`Command::Restore`].
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            text: self.text().into(),
            saved: self.saved.clone(),
            path: self.path.clone(),
            version: self.document.version,
            past: self.past.clone(),
            future: self.future.clone(),
        }
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty() || !self.later.waiting.is_empty()
    }

    /// Whether there is something to make again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Grows with every new document.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The next changes with this mark join in one step of undo; another mark or `None` ends the step. A view gives the
    /// field that has the keyboard.
    pub fn merge_as(&mut self, mark: Option<String>) {
        self.merge = mark;
    }

    /// What the next change joins in one step of undo, as given to [`Editor::merge_as`].
    pub fn merges_as(&self) -> Option<&str> {
        self.merge.as_deref()
    }

    /// Carries out a command. What cannot be done leaves everything as it was and says why. A command that needs the
    /// document of a long text only begins to wait here: see [`Editor::judge_later_from`].
    pub fn run(&mut self, command: Command) -> Result<(), Refusal> {
        if self.waits(&command) {
            self.wait(command);
            return Ok(());
        }
        if !matches!(command, Command::Change { .. } | Command::Answered { .. } | Command::Saved(_)) {
            self.answered = None;
        }
        match command {
            Command::Answered { sharing, command } => {
                self.answer = sharing;
                let result = self.run(*command);
                self.answer = Sharing::Ask;
                result
            }
            Command::Change { doc, changes } => self.change(doc, &changes, self.merge.clone()),
            Command::Fix { doc, fix } => self.change(doc, &fix.changes, None),
            Command::AddPattern { doc, pattern } => {
                let changes = pattern.join(&self.document, doc).map_err(refusal)?;
                self.change(doc, &changes, None)
            }
            Command::AddContainers { doc, manifest } => {
                let changes = template::join_manifest(&manifest, &self.document, doc).map_err(refusal)?;
                self.change(doc, &changes, None)
            }
            Command::Convert { doc, to, options } => {
                let made = convert::convert(&self.document, doc, to, &options).map_err(refusal)?;
                self.replace(made.text, None, None);
                Ok(())
            }
            Command::Splice { edits, joins } => self.splice(&edits, joins),
            Command::New(text) => {
                self.saved = "".into();
                self.start(text, None);
                Ok(())
            }
            Command::Open { path, text } => {
                self.saved = text.as_str().into();
                self.start(text, Some(path));
                Ok(())
            }
            Command::Saved(path) => {
                self.saved = self.text().into();
                self.changed = false;
                self.path = Some(path);
                Ok(())
            }
            Command::Reconcile { text, file } => {
                self.replace(text, None, None);
                self.saved = file.into();
                self.changed = self.text() != &*self.saved;
                Ok(())
            }
            Command::Restore(snapshot) => {
                let Snapshot { text, saved, path, version, past, future } = *snapshot;
                self.saved = saved;
                self.document = Arc::new(Document::new("", version));
                self.start(text.to_string(), path);
                (self.past, self.future) = (past, future);
                Ok(())
            }
            Command::Target(version) => {
                self.show(Document::new(self.text(), version));
                if self.document.is_broken() {
                    self.whole = Arc::new(Document::new(self.whole.text.clone(), version));
                }
                Ok(())
            }
            // What waits was asked for last.
            Command::Undo if !self.later.waiting.is_empty() => {
                self.later.waiting.pop_back();
                self.later.number += 1;
                Ok(())
            }
            Command::Undo => {
                if let Some(step) = self.past.pop()
                    && self.swap(step.at, &step.new, &step.old)
                {
                    self.future.push(step);
                }
                Ok(())
            }
            Command::Redo => {
                if let Some(step) = self.future.pop()
                    && self.swap(step.at, &step.old, &step.new)
                {
                    self.past.push(step);
                }
                Ok(())
            }
        }
    }

    fn start(&mut self, text: String, path: Option<PathBuf>) {
        self.path = path;
        self.past.clear();
        self.future.clear();
        let nothing = Arc::new(Document::new("", self.document.version));
        self.whole = nothing.clone();
        self.document = nothing;
        self.later.ahead = None;
        self.later.waiting.clear();
        self.later.is_new = true;
        let all = Shift { at: 0, old: 0, new: text.len() };
        self.hold(Arc::new(Text::new(text)), all);
    }

    fn change(&mut self, doc: usize, changes: &[Change], merge: Option<String>) -> Result<(), Refusal> {
        let sets = match changes {
            [Change::Set { path, .. }] => Some((doc, path.clone())),
            _ => None,
        };
        if self.answer == Sharing::Ask {
            self.answered.take_if(|(field, _)| sets.as_ref() != Some(field));
        } else {
            self.answered = sets.clone().map(|field| (field, self.answer));
        }
        let sharing = self.answered.as_ref().map_or(self.answer, |(_, sharing)| *sharing);
        // What is typed passes through values that are written otherwise than the last one (`image:` needs quotes,
        // `image:1` does not): each is written into the text as it was before the first.
        let typing =
            |last: &&Arc<Step>| merge.is_some() && last.merge == merge && sets.is_some() && last.sets == sets;
        if let Some(last) = self.past.last().filter(typing).cloned() {
            let back = Edit { range: last.at..last.at + last.new.len(), text: last.old.clone() };
            let before = Document::new(yaml::edited(&self.document.text, &[back]), self.document.version);
            if let Ok(edits) = answered_edits(&before, doc, changes, sharing) {
                let text = yaml::edited(&before.text, &edits);
                let all = Edit { range: 0..before.text.len(), text };
                let edit = difference(self.text(), &all.text);
                self.past.pop();
                // On its way it may be what stood there before the first: then there is no step, but still another text.
                if let Some(step) = Step::of(&before.text, &all, merge, sets) {
                    self.keep(step);
                }
                self.write(&edit);
                return Ok(());
            }
        }
        let edits = answered_edits(&self.document, doc, changes, sharing)?;
        self.replace(yaml::edited(&self.document.text, &edits), merge, sets);
        Ok(())
    }

    fn replace(&mut self, text: String, merge: Option<String>, sets: Option<(usize, Path)>) {
        let range = 0..self.text().len();
        self.step(Edit { range, text }, merge, sets);
    }

    fn splice(&mut self, edits: &[Edit], joins: bool) -> Result<(), Refusal> {
        let (Some(first), Some(last)) = (edits.first(), edits.last()) else { return Ok(()) };
        let range = first.range.start..last.range.end;
        let moved = |edit: &Edit| Edit {
            range: edit.range.start - range.start..edit.range.end - range.start,
            text: edit.text.clone(),
        };
        let text = self.text();
        let in_order = edits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start);
        if !in_order || edits.iter().any(|edit| text.get(edit.range.clone()).is_none()) {
            return Err(refusal("the text has changed meanwhile; type this again".to_owned()));
        }
        let moved: Vec<Edit> = edits.iter().map(moved).collect();
        let text = yaml::edited(&text[range.clone()], &moved);
        self.step(Edit { range, text }, joins.then(|| "text".to_owned()), None);
        Ok(())
    }

    /// Makes an edit, of which no more becomes a step of undo than what differs.
    fn step(&mut self, edit: Edit, merge: Option<String>, sets: Option<(usize, Path)>) {
        let Some(step) = Step::of(self.text(), &edit, merge, sets) else { return };
        let edit = Edit { range: step.at..step.at + step.old.len(), text: step.new.clone() };
        self.keep(step);
        self.write(&edit);
    }

    /// Keeps a step for undo.
    fn keep(&mut self, step: Step) {
        self.future.clear();
        match self.past.last_mut().filter(|last| last.takes(&step)) {
            Some(last) => Arc::make_mut(last).join(&step),
            None => self.past.push(Arc::new(step)),
        }
        if self.past.len() > MOST_STEPS {
            self.past.remove(0);
        }
    }

    /// Puts `to` where `from` stands; gives whether it stood there. In a history that was read from a damaged disk it may
    /// not: such a history is let go.
    fn swap(&mut self, at: usize, from: &str, to: &str) -> bool {
        if self.text().get(at..).is_none_or(|rest| !rest.starts_with(from)) {
            self.past.clear();
            self.future.clear();
            return false;
        }
        self.write(&Edit { range: at..at + from.len(), text: to.to_owned() });
        // What is typed after an undo must not join a step that was made before it.
        if let Some(last) = self.past.last_mut().filter(|last| last.merge.is_some()) {
            Arc::make_mut(last).merge = None;
        }
        true
    }

    fn write(&mut self, edit: &Edit) {
        let mut text = self.text.clone();
        Arc::make_mut(&mut text).edit(edit);
        self.hold(text, Shift::of(edit));
    }

    /// Takes another text, which differs from the one before by `change`, and judges it unless that is to come later.
    fn hold(&mut self, text: Arc<Text>, change: Shift) {
        self.text = text;
        self.changed = self.text() != &*self.saved;
        self.last_change = change.range();
        self.revision += 1;
        self.later.number += 1;
        self.later.ahead = Some(self.later.ahead.map_or(change, |ahead| ahead.then(change)));
        if self.later.from.is_none_or(|from| self.text().len() < from) {
            self.judge();
        }
    }

    fn judge(&mut self) {
        self.show(Document::new(self.text(), self.document.version));
    }

    fn show(&mut self, document: Document) {
        self.later.ahead = None;
        self.later.is_new = false;
        self.document = Arc::new(document);
        if !self.document.is_broken() {
            self.whole = self.document.clone();
        }
        self.revision += 1;
    }
}

impl PartialEq for Step {
    fn eq(&self, other: &Step) -> bool {
        (self.at, &self.old, &self.new) == (other.at, &other.old, &other.new)
    }
}

impl Eq for Step {}

impl Step {
    /// What an edit of a text changes; `None` if that is nothing.
    fn of(text: &str, edit: &Edit, merge: Option<String>, sets: Option<(usize, Path)>) -> Option<Step> {
        let (old, new) = (&text[edit.range.clone()], &edit.text);
        if old == new {
            return None;
        }
        let Edit { range, text: new } = difference(old, new);
        Some(Step { at: edit.range.start + range.start, old: old[range].to_owned(), new, merge, sets })
    }

    /// Whether a following step joins this one: both have the same mark, and the second touches what the first wrote.
    fn takes(&self, next: &Step) -> bool {
        let touches = next.at >= self.at && next.at + next.old.len() <= self.at + self.new.len();
        self.merge.is_some() && self.merge == next.merge && touches
    }

    /// Takes a following step into this one.
    fn join(&mut self, next: &Step) {
        if self.sets != next.sets {
            self.sets = None;
        }
        let from = next.at - self.at;
        self.new.replace_range(from..from + next.old.len(), &next.new);
    }
}

/// The edits that make changes of a document, new keys in the order of Kubernetes' own types.
/// What would change other places too is refused.
pub fn edits(document: &Document, doc: usize, changes: &[Change]) -> Result<Vec<Edit>, Refusal> {
    answered_edits(document, doc, changes, Sharing::Ask)
}

/// The same, with an answer to what becomes of the other places where a changed value stands.
pub fn answered_edits(
    document: &Document,
    doc: usize,
    changes: &[Change],
    sharing: Sharing,
) -> Result<Vec<Edit>, Refusal> {
    let applied = yaml::apply(&document.text, doc, changes, &document.key_order(doc), sharing)?;
    Ok(applied.edits)
}

/// The one edit that makes a text of another, no longer than it must be.
pub fn difference(old: &str, new: &str) -> Edit {
    let at = common_prefix(old, new);
    let tail = common_suffix(&old[at..], &new[at..]);
    Edit { range: at..old.len() - tail, text: new[at..new.len() - tail].to_owned() }
}

fn refusal(message: String) -> Refusal {
    Refusal::new(message, None)
}

fn common_prefix(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    a.floor_char_boundary(same)
}

fn common_suffix(a: &str, b: &str) -> usize {
    let same = a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    a.len() - a.ceil_char_boundary(a.len() - same)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts another text in the place of the whole text, as typing does.
    fn type_all(editor: &mut Editor, text: &str) {
        let edits = vec![Edit { range: 0..editor.text().len(), text: text.to_owned() }];
        editor.run(Command::Splice { edits, joins: true }).expect("typing");
    }

    #[test]
    fn undo_gives_back_the_very_text() {
        let mut editor = Editor::default();
        let texts = ["", "a: 1\n", "a: 12\n", "é: 12\n", "é: 1中\n", ""];
        for text in texts {
            type_all(&mut editor, text);
            editor.merge_as(None);
        }
        let mut seen = vec![editor.document().text.clone()];
        while editor.can_undo() {
            editor.run(Command::Undo).expect("undo");
            seen.push(editor.document().text.clone());
        }
        assert_eq!(seen.last().map(String::as_str), Some(""));
        while editor.can_redo() {
            editor.run(Command::Redo).expect("redo");
        }
        assert_eq!(editor.document().text, texts[texts.len() - 1]);
    }

    #[test]
    fn a_snapshot_brings_everything_back() {
        let mut editor = Editor::default();
        editor.run(Command::Open { path: "a.yaml".into(), text: "a: 1\n".to_owned() }).expect("open");
        type_all(&mut editor, "a: 12\n");
        editor
            .run(Command::Reconcile { text: "a: 3\n".to_owned(), file: "a: 3\n".to_owned() })
            .expect("reload");
        assert!(!editor.is_changed());
        editor.run(Command::Undo).expect("undo");
        let snapshot = editor.snapshot();
        let mut other = Editor::default();
        other.run(Command::Restore(Box::new(snapshot.clone()))).expect("restore");
        assert_eq!(other.snapshot(), snapshot);
        assert!(other.is_changed() && other.document().text == "a: 12\n");
        other.run(Command::Redo).expect("redo");
        assert_eq!(other.document().text, "a: 3\n");
        for _ in 0..2 {
            other.run(Command::Undo).expect("undo");
        }
        assert_eq!(other.document().text, "a: 1\n");
        // A history that does not fit the text is let go; the text stays.
        let broken = Snapshot { text: "é".into(), ..snapshot };
        other.run(Command::Restore(Box::new(broken))).expect("restore");
        other.run(Command::Undo).expect("undo");
        assert_eq!((other.document().text.as_str(), other.can_undo()), ("é", false));
    }

    #[test]
    fn what_is_typed_is_written_as_if_it_came_at_once() {
        let mut editor = Editor::default();
        let text = "a: x\nb: y # why\n";
        editor.run(Command::New(text.to_owned())).expect("new");
        editor.merge_as(Some("b".to_owned()));
        let mut set = |value: &str| {
            let change = Change::Set { path: Path::root().field("b"), value: value.into() };
            editor.run(Command::Change { doc: 0, changes: vec![change] }).expect("change");
            editor.document().text.clone()
        };
        assert_eq!(set("n"), "a: x\nb: \"n\" # why\n");
        assert_eq!(set("nginx"), "a: x\nb: nginx # why\n");
        assert_eq!(set("nginx:"), "a: x\nb: \"nginx:\" # why\n");
        assert_eq!(set("nginx:1"), "a: x\nb: nginx:1 # why\n");
        assert_eq!(set("y"), "a: x\nb: \"y\" # why\n");
        assert_eq!(set("z"), "a: x\nb: z # why\n");
        editor.run(Command::Undo).expect("undo");
        assert_eq!(editor.document().text, text);
        assert!(!editor.can_undo());
    }

    #[test]
    fn what_is_typed_may_be_what_stood_there_on_its_way() {
        for (later, steps) in
            [(None, ["8", "80", "808", "8080", "80800"]), (Some(1), ["8", "8080", "808", "8080", "80800"])]
        {
            let mut editor = Editor::default();
            editor.later.from = later;
            editor.run(Command::New("a: 8080 # why\n".to_owned())).expect("new");
            editor.catch_up();
            editor.merge_as(Some("a".to_owned()));
            for value in steps {
                let number: i64 = value.parse().expect("a number");
                let change = Change::Set { path: Path::root().field("a"), value: number.into() };
                editor.run(Command::Change { doc: 0, changes: vec![change] }).expect("change");
                editor.catch_up();
                assert_eq!(editor.text(), format!("a: {value} # why\n"));
                assert_eq!(editor.document().text, editor.text());
            }
            editor.run(Command::Undo).expect("undo");
            editor.catch_up();
            assert_eq!((editor.text(), editor.can_undo()), ("a: 8080 # why\n", false));
        }
    }

    #[test]
    fn a_broken_document_does_not_take_the_others_along() {
        let mut editor = Editor::default();
        let pod = "apiVersion: v1\nkind: Pod\n";
        editor.run(Command::New(format!("{pod}---\n{pod}"))).expect("new");
        type_all(&mut editor, &format!("{pod}---\n{pod}x: [\n"));
        assert!(!editor.document().is_broken_at(0) && editor.document().is_broken_at(1));
        assert!(Arc::ptr_eq(editor.shown(0), editor.document()));
        assert!(!editor.shown(1).is_broken());
        // Broken from the start: there is nothing else to show.
        editor.run(Command::New("a: [\n".to_owned())).expect("new");
        assert!(Arc::ptr_eq(editor.shown(0), editor.document()));
    }

    #[test]
    fn an_answer_holds_while_its_field_is_typed_into() {
        let text = "a: &x v\nb: *x\nc: 1\n";
        let set = |field: &'static str, value: &str| {
            let change = Change::Set { path: Path::root().field(field), value: value.into() };
            Command::Change { doc: 0, changes: vec![change] }
        };
        for (sharing, field, one, two) in [
            (Sharing::Everywhere, "b", "a: &x w\nb: *x\nc: 1\n", "a: &x \"y\"\nb: *x\nc: 1\n"),
            (Sharing::OnlyHere, "b", "a: &x v\nb: w\nc: 1\n", "a: &x v\nb: \"y\"\nc: 1\n"),
            (Sharing::OnlyHere, "a", "a: w\nb: &x v\nc: 1\n", "a: \"y\"\nb: &x v\nc: 1\n"),
        ] {
            let mut editor = Editor::default();
            editor.run(Command::New(text.to_owned())).expect("new");
            editor.merge_as(Some(field.to_owned()));
            let refusal = editor.run(set(field, "w")).expect_err("asked");
            assert!(refusal.shared.is_some() && editor.document().text == text);
            let answered = Command::Answered { sharing, command: Box::new(set(field, "w")) };
            editor.run(answered).expect("answered");
            assert_eq!(editor.document().text, one);
            editor.run(set(field, "y")).expect("typing");
            assert_eq!(editor.document().text, two);
            editor.run(Command::Undo).expect("undo");
            assert_eq!(editor.document().text, text, "one step of undo");
            assert!(editor.run(set(field, "w")).is_err(), "asked again");
        }
        let mut editor = Editor::default();
        editor.run(Command::New(text.to_owned())).expect("new");
        let answered = Command::Answered { sharing: Sharing::Everywhere, command: Box::new(set("b", "w")) };
        editor.run(answered).expect("answered");
        editor.run(set("c", "2")).expect("another field");
        assert!(editor.run(set("b", "z")).is_err(), "asked again");
    }

    #[test]
    fn keystrokes_in_one_field_are_one_step() {
        let mut editor = Editor::default();
        editor.run(Command::New("a: x\nb: y\n".to_owned())).expect("new");
        editor.merge_as(Some("a".to_owned()));
        for value in ["xy", "xyz"] {
            let change = Change::Set { path: Path::root().field("a"), value: value.into() };
            editor.run(Command::Change { doc: 0, changes: vec![change] }).expect("change");
        }
        editor.merge_as(Some("b".to_owned()));
        let change = Change::Set { path: Path::root().field("b"), value: "z".into() };
        editor.run(Command::Change { doc: 0, changes: vec![change] }).expect("change");
        editor.run(Command::Undo).expect("undo");
        assert_eq!(editor.document().text, "a: xyz\nb: y\n");
        editor.run(Command::Undo).expect("undo");
        assert_eq!(editor.document().text, "a: x\nb: y\n");
    }
}
