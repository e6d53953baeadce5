//! The journal of a window: what is open in it, with its history, written down as it changes, so that a killed process, a
//! power cut or a full disk takes nothing away.
//!
//! A journal is one file: a line that names the format, then records, each its length and the CRC-32 of its bytes (both
//! 32 bits, little-endian) and its bytes, a JSON object of what is other than before. The first record says everything. A
//! record is appended; now and then the file is written anew, as a single record, beside itself and renamed. So the file
//! always holds a whole state, and a tail that was torn in the midst of a write is worth nothing and is passed over.
//!
//! Beside it lies a lock file that the living process holds locked: the system lets go of it when the process dies, however
//! it dies, so a process number that is used again deceives nobody.

use super::{FileError, TEMPORARY, cause, is_abandoned, is_same_file, sweep, sync_folder};
use crate::editor::{Snapshot, Step, difference};
use crate::schema::Version;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

/// What a journal begins with, before the number of its format.
const MAGIC: &str = "podwright journal ";
/// The number of the format that is written, and the newest that is read.
const FORMAT: u32 = 1;

/// How long what is typed waits for more, to be written in one record.
const PAUSE: Duration = Duration::from_millis(100);
/// How long after a failed write it is tried again.
const RETRY: Duration = Duration::from_secs(2);
/// How often at most the disk is asked to make what is written last.
const SYNC: Duration = Duration::from_secs(1);
/// A journal is written anew when what was appended is longer than this and than what it began with, in bytes.
const MOST_APPENDED: u64 = 256 << 10;

/// What a journal keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The document, with its history and its file.
    pub editor: Snapshot,
    /// Where it is looked at.
    pub place: Place,
}

/// Where a document is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The number of the document in sight.
    pub doc: usize,
    /// The page of the form, in words that only the form reads.
    pub page: String,
    /// The selection in the text, in bytes: where it began, and where the cursor is.
    pub cursor: Option<(usize, usize)>,
    /// Whether the text has the keyboard.
    pub in_text: bool,
}

impl Kept {
    /// Whether there is nothing to keep: no text, no file, no history.
    pub fn is_empty(&self) -> bool {
        let Snapshot { text, path, past, future, .. } = &self.editor;
        text.is_empty() && path.is_none() && past.is_empty() && future.is_empty()
    }
}

/// What a process that is gone has left in its journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The journal's name, for [`Store::take`] and [`Store::discard`].
    pub id: String,
    /// What it holds.
    pub kept: Kept,
    /// When it was written last.
    pub time: SystemTime,
}

/// The folder of all journals.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The journals in a folder, which need not be there yet.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Store {
        Store { folder: folder.into() }
    }

    /// A new journal. Nothing is written before there is something to keep; `wake` is called, on another thread, when
    /// [`Journal::news`] has something to say.
    pub fn begin(&self, wake: impl Fn() + Send + 'static) -> Journal {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let id = format!("{:x}-{:x}", since.as_nanos(), std::process::id());
        Journal::start(Writer::new(self.folder.clone(), id, None), wake)
    }

    /// What processes that are gone have left, the newest first; with what could not be read. An unreadable journal is
    /// put aside under another name, and one of a newer Podwright stays for that.
    pub fn left(&self) -> (Vec<Left>, Vec<FileError>) {
        sweep(&self.folder);
        let (mut left, mut errors) = (Vec::new(), Vec::new());
        for id in self.ids() {
            // What a living process writes is its own affair.
            let Ok(Some(_lock)) = self.lock(&id) else { continue };
            match self.read(&id) {
                Ok(Some(found)) if !found.kept.is_empty() => left.push(found),
                Ok(_) => self.forget(&id),
                Err(error) => errors.push(error),
            }
        }
        left.sort_by_key(|left| std::cmp::Reverse(left.time));
        (left, errors)
    }

    /// Goes on with a journal that was left: gives what it holds, and the journal itself.
    pub fn take(&self, id: &str, wake: impl Fn() + Send + 'static) -> Result<(Kept, Journal), FileError> {
        let taken = || FileError::new(Path::new(""), "another window has brought this back already");
        let lock = self.lock(id)?.ok_or_else(taken)?;
        let left = self.read(id)?.ok_or_else(taken)?;
        let writer = Writer::new(self.folder.clone(), id.to_owned(), Some(lock));
        Ok((left.kept, Journal::start(writer, wake)))
    }

    /// Throws a journal away that was left.
    pub fn discard(&self, id: &str) -> Result<(), FileError> {
        if self.lock(id)?.is_some() {
            self.forget(id);
        }
        Ok(())
    }

    /// Whether a living process, other than the one that writes the journal `own`, has this file open.
    pub fn is_open_elsewhere(&self, file: &Path, own: &str) -> bool {
        let others = self.ids().into_iter().filter(|id| id != own);
        others.filter(|id| matches!(self.lock(id), Ok(None))).any(|id| {
            let read = fs::read(self.journal(&id)).ok().and_then(|bytes| decode(&bytes).ok());
            read.and_then(|kept| kept.editor.path).is_some_and(|path| is_same_file(&path, file))
        })
    }

    fn journal(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.journal"))
    }

    fn lock_file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.lock"))
    }

    /// The names of all journals, and of those whose lock alone is left.
    fn ids(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut ids: Vec<String> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let lock = name.strip_suffix(".lock").filter(|_| {
                    // A process that has just begun has its lock before its journal.
                    entry.metadata().is_ok_and(|metadata| is_abandoned(&metadata))
                });
                name.strip_suffix(".journal").or(lock).map(str::to_owned)
            })
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// The lock of a journal, or `None` if a living process holds it.
    fn lock(&self, id: &str) -> Result<Option<File>, FileError> {
        let path = self.lock_file(id);
        let failed = |error: io::Error| FileError::new(&path, format!("cannot be locked: {}", cause(&error)));
        let file = private(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// What a journal holds, `None` if it is gone. The caller has its lock.
    fn read(&self, id: &str) -> Result<Option<Left>, FileError> {
        let path = self.journal(id);
        let failed = |error: io::Error| FileError::new(&path, super::reading(&error));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let time = fs::metadata(&path).and_then(|metadata| metadata.modified()).map_err(failed)?;
        match decode(&bytes) {
            Ok(kept) => Ok(Some(Left { id: id.to_owned(), kept, time })),
            Err(Unreadable::Newer) => {
                let problem = "was written by a newer Podwright and stays as it is; start that one to bring its text back";
                Err(FileError::new(&path, problem))
            }
            Err(Unreadable::Broken) => {
                let aside = path.with_extension("unreadable");
                let problem = match fs::rename(&path, &aside) {
                    Ok(()) => format!("could not be read and is kept as {}", aside.display()),
                    Err(error) => format!("could not be read, nor put aside: {}", cause(&error)),
                };
                Err(FileError::new(&path, problem))
            }
        }
    }

    /// The journal goes first: whoever finds a lock without a journal finds nothing to bring back.
    fn forget(&self, id: &str) {
        let _ = fs::remove_file(self.journal(id));
        let _ = fs::remove_file(self.lock_file(id));
    }
}

/// The journal of this window. Dropped, it stays for the next start.
pub struct Journal {
    id: String,
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    inbox: Mutex<Inbox>,
    changed: Condvar,
}

/// What passes between the window and the thread that writes.
#[derive(Default)]
struct Inbox {
    /// What is to be kept. Only the last word counts.
    next: Option<Kept>,
    /// Where the document is looked at since then.
    moved: Option<Place>,
    urgent: Option<Urgent>,
    /// How the last flush went.
    flushed: Option<Result<(), FileError>>,
    /// What has become other than it was: writing fails, or works again.
    news: Option<Result<(), FileError>>,
}

/// What does not wait for more to be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Urgent {
    /// Write all there is, and have it on the disk.
    Flush,
    /// The same, and end.
    Leave,
    /// Remove the journal, and end.
    Remove,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, urgent: Urgent) {
        self.lock().urgent = Some(urgent);
        self.changed.notify_all();
    }
}

impl Journal {
    fn start(writer: Writer, wake: impl Fn() + Send + 'static) -> Journal {
        let shared = Arc::new(Shared::default());
        let id = writer.id.clone();
        let thread = {
            let shared = shared.clone();
            thread::Builder::new().name("journal".to_owned()).spawn(move || writer.run(&shared, &wake))
        };
        Journal { id, shared, writer: thread.ok() }
    }

    /// Its name among the journals.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Keeps a state. Returns at once: another thread writes it, soon and in one record with what follows quickly, so that
    /// a slow disk never holds up the keyboard.
    pub fn keep(&self, kept: Kept) {
        let mut inbox = self.shared.lock();
        (inbox.next, inbox.moved) = (Some(kept), None);
        drop(inbox);
        self.shared.changed.notify_all();
    }

    /// Keeps where the document is looked at now, which is otherwise as it was when it was kept last.
    pub fn keep_place(&self, place: Place) {
        self.shared.lock().moved = Some(place);
        self.shared.changed.notify_all();
    }

    /// What has become other than it was: an error when writing begins to fail, `Ok` when it works again.
    pub fn news(&self) -> Option<Result<(), FileError>> {
        self.shared.lock().news.take()
    }

    /// Waits until all that is to be kept is on the disk.
    pub fn flush(&self) -> Result<(), FileError> {
        if self.writer.as_ref().is_none_or(JoinHandle::is_finished) {
            return Err(FileError::new(Path::new(""), "the journal is not being written"));
        }
        self.shared.lock().flushed = None;
        self.shared.ask(Urgent::Flush);
        let waiting = |inbox: &mut Inbox| inbox.flushed.is_none();
        let inbox = self.shared.changed.wait_while(self.shared.lock(), waiting);
        inbox.unwrap_or_else(PoisonError::into_inner).flushed.take().unwrap_or(Ok(()))
    }

    /// Removes the journal: there is nothing to bring back at the next start.
    pub fn remove(mut self) {
        self.end(Urgent::Remove);
    }

    fn end(&mut self, how: Urgent) {
        if let Some(writer) = self.writer.take() {
            self.shared.ask(how);
            // The thread ends by itself; it has nothing to say that anybody could hear.
            let _ = writer.join();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.end(Urgent::Leave);
    }
}

/// The thread that writes.
struct Writer {
    store: Store,
    id: String,
    lock: Option<File>,
    /// The file, unless the next write is to make it anew.
    log: Option<Log>,
    /// What the file says.
    held: Kept,
    sync: Sender<Arc<File>>,
}

struct Log {
    file: Arc<File>,
    /// The length of the file up to the end of its last whole record, in bytes.
    length: u64,
    /// Its length when it was written anew.
    base: u64,
}

impl Writer {
    fn new(folder: PathBuf, id: String, lock: Option<File>) -> Writer {
        Writer { store: Store { folder }, id, lock, log: None, held: Kept::default(), sync: syncer() }
    }

    fn run(mut self, shared: &Shared, wake: &dyn Fn()) {
        let mut fails = false;
        loop {
            let idle =
                |inbox: &mut Inbox| inbox.next.is_none() && inbox.moved.is_none() && inbox.urgent.is_none();
            let inbox =
                shared.changed.wait_while(shared.lock(), idle).unwrap_or_else(PoisonError::into_inner);
            let pause = if fails { RETRY } else { PAUSE };
            let calm = |inbox: &mut Inbox| inbox.urgent.is_none();
            let waited = shared.changed.wait_timeout_while(inbox, pause, calm);
            let (mut inbox, _) = waited.unwrap_or_else(PoisonError::into_inner);
            let (next, moved, urgent) = (inbox.next.take(), inbox.moved.take(), inbox.urgent.take());
            drop(inbox);
            let next = match moved {
                Some(place) => Some(Kept { place, ..next.unwrap_or_else(|| self.held.clone()) }),
                None => next,
            };
            if urgent == Some(Urgent::Remove) {
                self.store.forget(&self.id);
                return;
            }
            let mut result = next.as_ref().map_or(Ok(()), |next| self.write(next));
            if let (Ok(()), Some(_), Some(log)) = (&result, urgent, &self.log) {
                result = log.file.sync_data().map_err(|error| self.failed(&error));
            }
            let mut inbox = shared.lock();
            if let (Err(_), Some(next)) = (&result, next) {
                inbox.next.get_or_insert(next);
            }
            if urgent == Some(Urgent::Flush) {
                inbox.flushed = Some(result.clone());
                shared.changed.notify_all();
            }
            if urgent == Some(Urgent::Leave) {
                return;
            }
            if result.is_err() != fails {
                fails = result.is_err();
                inbox.news = Some(result);
                drop(inbox);
                wake();
            }
        }
    }

    fn write(&mut self, next: &Kept) -> Result<(), FileError> {
        let written = match &mut self.log {
            Some(log) if log.length - log.base <= MOST_APPENDED.max(log.base) => {
                let record = Record::between(&self.held, next);
                if record == Record::default() {
                    return Ok(());
                }
                let appended = record.encode().and_then(|bytes| log.append(&bytes));
                if appended.is_ok() {
                    // Nobody listens any more only when the thread could not be started; the data is written all the same.
                    let _ = self.sync.send(log.file.clone());
                } else if log.file.set_len(log.length).is_err() {
                    self.log = None;
                }
                appended
            }
            _ if next.is_empty() && self.lock.is_none() => return Ok(()),
            _ => self.write_anew(next),
        };
        written.map_err(|error| self.failed(&error))?;
        self.held = next.clone();
        Ok(())
    }

    fn write_anew(&mut self, next: &Kept) -> io::Result<()> {
        let folder = &self.store.folder;
        make_private_folder(folder)?;
        if self.lock.is_none() {
            let lock = private(&self.store.lock_file(&self.id))?;
            lock.try_lock()?;
            self.lock = Some(lock);
        }
        let mut bytes = format!("{MAGIC}{FORMAT}\n").into_bytes();
        bytes.extend(Record::between(&Kept::default(), next).encode()?);
        let mut temp =
            tempfile::Builder::new().prefix(TEMPORARY.0).suffix(TEMPORARY.1).tempfile_in(folder)?;
        temp.write_all(&bytes)?;
        temp.as_file().sync_all()?;
        let file = Arc::new(temp.persist(self.store.journal(&self.id)).map_err(|error| error.error)?);
        sync_folder(folder);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.log = Some(Log { file, length, base: length });
        Ok(())
    }

    fn failed(&self, error: &io::Error) -> FileError {
        let why = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full; make room".to_owned(),
            _ => cause(error),
        };
        FileError::new(&self.store.journal(&self.id), format!("cannot be written: {why}"))
    }
}

impl Log {
    /// Appends a record after the last whole one, over whatever a failed write has left there.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.length))?;
        file.write_all(bytes)?;
        self.length += u64::try_from(bytes.len()).unwrap_or(0);
        Ok(())
    }
}

/// A thread that has files put on the disk, each at most once in [`SYNC`]: on some disks that takes longer than a person
/// types a word. It ends with the sender.
fn syncer() -> Sender<Arc<File>> {
    let (sender, files) = mpsc::channel::<Arc<File>>();
    // Without this thread the system puts the data on the disk in its own time.
    let _ = thread::Builder::new().name("journal sync".to_owned()).spawn(move || {
        while let Ok(mut file) = files.recv() {
            while let Ok(newer) = files.try_recv() {
                file = newer;
            }
            // The next write of a failing disk fails too, and that is told.
            let _ = file.sync_data();
            drop(file);
            thread::sleep(SYNC);
        }
    });
    sender
}

/// What is other than before.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Patch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<Saved>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kubernetes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    past: Option<Steps>,
    #[serde(skip_serializing_if = "Option::is_none")]
    future: Option<Steps>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
}

/// `put` takes the place of `cut` bytes at the byte `at`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Patch {
    at: usize,
    cut: usize,
    put: String,
}

/// What the file holds.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Saved {
    /// The very text.
    Text,
    /// Another one.
    Other(String),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Named {
    path: Option<OsString>,
}

/// Of the steps the first `drop` go, then `keep` stay, the rest goes, and `push` is added.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Steps {
    drop: usize,
    keep: usize,
    push: Vec<Step>,
}

impl Record {
    fn between(old: &Kept, new: &Kept) -> Record {
        let (was, is) = (&old.editor, &new.editor);
        let text = (was.text != is.text).then(|| {
            let edit = difference(&was.text, &is.text);
            Patch { at: edit.range.start, cut: edit.range.len(), put: edit.text }
        });
        let saved = (was.saved != is.saved).then(|| match is.saved == is.text {
            true => Saved::Text,
            false => Saved::Other(is.saved.to_string()),
        });
        Record {
            text,
            saved,
            file: (was.path != is.path).then(|| Named { path: is.path.clone().map(PathBuf::into_os_string) }),
            kubernetes: (was.version != is.version).then(|| is.version.to_string()),
            past: Steps::between(&was.past, &is.past),
            future: Steps::between(&was.future, &is.future),
            place: (old.place != new.place).then(|| new.place.clone()),
        }
    }

    /// Makes the change; gives whether it fits.
    fn apply(self, to: &mut Kept) -> Option<()> {
        let editor = &mut to.editor;
        if let Some(Patch { at, cut, put }) = self.text {
            let (head, tail) = (editor.text.get(..at)?, editor.text.get(at.checked_add(cut)?..)?);
            editor.text = [head, &put, tail].concat().into();
        }
        match self.saved {
            Some(Saved::Text) => editor.saved = editor.text.clone(),
            Some(Saved::Other(text)) => editor.saved = text.into(),
            None => {}
        }
        if let Some(Named { path }) = self.file {
            editor.path = path.map(PathBuf::from);
        }
        if let Some(version) = self.kubernetes {
            // A version that this Podwright does not know is none to judge by.
            editor.version = version.parse().unwrap_or(Version::NEWEST);
        }
        for (steps, to) in [(self.past, &mut editor.past), (self.future, &mut editor.future)] {
            let Some(steps) = steps else { continue };
            if steps.drop.checked_add(steps.keep)? > to.len() {
                return None;
            }
            to.drain(..steps.drop);
            to.truncate(steps.keep);
            to.extend(steps.push.into_iter().map(Arc::new));
        }
        if let Some(place) = self.place {
            to.place = place;
        }
        Some(())
    }

    fn encode(&self) -> io::Result<Vec<u8>> {
        let payload = serde_json::to_vec(self)?;
        let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(payload.len() + 8);
        bytes.extend(length.to_le_bytes());
        bytes.extend(crc32fast::hash(&payload).to_le_bytes());
        bytes.extend(payload);
        Ok(bytes)
    }
}

impl Steps {
    /// The steps that both have are the very same ones, in memory.
    fn between(old: &[Arc<Step>], new: &[Arc<Step>]) -> Option<Steps> {
        let first = new.first();
        let drop =
            old.iter().position(|step| first.is_some_and(|first| Arc::ptr_eq(step, first))).unwrap_or(0);
        let same = old.iter().skip(drop).zip(new).take_while(|(old, new)| Arc::ptr_eq(old, new));
        let keep = same.count();
        let push: Vec<Step> = new.iter().skip(keep).map(|step| (**step).clone()).collect();
        (drop > 0 || keep < old.len() || !push.is_empty()).then_some(Steps { drop, keep, push })
    }
}

/// Why a journal could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unreadable {
    /// Its format is newer than this program.
    Newer,
    /// It is none, or one of its whole records makes no sense.
    Broken,
}

/// The state that a journal's last whole record leaves.
fn decode(bytes: &[u8]) -> Result<Kept, Unreadable> {
    let rest = bytes.strip_prefix(MAGIC.as_bytes()).ok_or(Unreadable::Broken)?;
    let end = rest.iter().position(|byte| *byte == b'\n').ok_or(Unreadable::Broken)?;
    let format = std::str::from_utf8(&rest[..end]).ok().and_then(|number| number.parse::<u32>().ok());
    match format {
        Some(FORMAT) => {}
        Some(newer) if newer > FORMAT => return Err(Unreadable::Newer),
        _ => return Err(Unreadable::Broken),
    }
    let mut rest = &rest[end + 1..];
    let mut kept = None;
    while let Some((payload, after)) = next_record(rest) {
        let record: Record = serde_json::from_slice(payload).map_err(|_| Unreadable::Broken)?;
        record.apply(kept.get_or_insert_default()).ok_or(Unreadable::Broken)?;
        rest = after;
    }
    kept.ok_or(Unreadable::Broken)
}

/// The bytes of the next record and what follows it; `None` at the end and where the rest is torn. Zeros are what a power
/// cut leaves in place of data, and never a record.
fn next_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length > 0)?;
    let (payload, after) = rest.split_at_checked(length)?;
    (crc32fast::hash(payload) == u32::from_le_bytes(*sum)).then_some((payload, after))
}

/// Opens a file that only this user may read, and makes it if need be.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes a folder that only this user may look into.
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}
