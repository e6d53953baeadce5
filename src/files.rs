//! The only file I/O of the editor: reading a manifest, saving it in one step, exporting documents, the user's own
//! patterns, the journal of what is open, the settings, the watch over a file. Every error is one sentence that says what, which file, and what to do.
#![expect(clippy::disallowed_methods, reason = "this is the module that touches the disk")]

pub mod journal;
pub mod settings;
pub mod watch;

use crate::document::{Document, Part};
use crate::template::{self, Origin, Pattern};
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

/// The size in bytes above which a file is not read: 20 MB. The largest object that the API server takes is 3 MB.
pub const MOST_BYTES: u64 = 20 << 20;

/// The environment variable that stands in for the user's configuration directory.
pub const CONFIG_DIR_VARIABLE: &str = "PODWRIGHT_CONFIG_DIR";

/// The environment variable that stands in for the directory of the user's state, `XDG_STATE_HOME` as a rule.
pub const STATE_DIR_VARIABLE: &str = "PODWRIGHT_STATE_DIR";

/// What a file begins and ends with that is to become another one in a moment.
const TEMPORARY: (&str, &str) = (".podwright-", ".tmp");

/// How long such a file is left alone. No save takes as long; a process that was killed in the midst of one left it.
const ABANDONED: Duration = Duration::from_secs(60);

/// Links that are followed one after another before they count as a circle; Linux's own limit.
const MOST_LINKS: usize = 40;

/// Why a file was not read or not written. Printed, it is one sentence without a full stop at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    problem: String,
}

impl FileError {
    fn new(path: &Path, problem: impl Into<String>) -> FileError {
        FileError { path: path.to_owned(), problem: problem.into() }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_os_str().is_empty() {
            true => f.write_str(&self.problem),
            false => write!(f, "{} {}", self.path.display(), self.problem),
        }
    }
}

impl std::error::Error for FileError {}

/// Reads a manifest.
///
/// Text in UTF-8 is given as it is, a byte order mark included; text in UTF-16 with a byte order mark is converted.
/// Anything but a regular file of at most [`MOST_BYTES`] is refused, without waiting for a pipe or a device.
pub fn load(path: &Path) -> Result<String, FileError> {
    let failed = |error: io::Error| FileError::new(path, reading(&error));
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(FileError::new(path, "is a folder; choose a file in it"));
    }
    if !metadata.is_file() {
        let problem =
            "is not a regular file; save it as one, or pipe what a program prints into “podwright check -”";
        return Err(FileError::new(path, problem));
    }
    if metadata.len() > MOST_BYTES {
        return Err(too_large(path));
    }
    read(File::open(path).map_err(failed)?, path)
}

/// The size of a file in bytes; `None` if it cannot be told.
pub fn size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|metadata| metadata.len())
}

/// Reads a manifest from a stream, as [`load`] does from a file; `name` stands in the errors.
pub fn read(from: impl Read, name: &Path) -> Result<String, FileError> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| FileError::new(name, reading(&error)))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > MOST_BYTES) {
        return Err(too_large(name));
    }
    decode(bytes).map_err(|problem| FileError::new(name, problem))
}

/// Writes a text to a file in one step: whatever happens, the file holds the old text or the new one, whole.
///
/// A symbolic link stays one, and the file that it leads to is written. An existing file keeps its permissions, and its
/// owner and group as far as the system lets this user give files away. The name gets a new file: another hard link to the
/// old one keeps the old text, and access control lists are those that a new file gets in this folder. The text is on the
/// disk when this returns, and what a killed process left behind in the folder is gone.
pub fn save(path: &Path, text: &str) -> Result<(), FileError> {
    let failed = |error: io::Error| FileError::new(path, writing(&error, path));
    if path.as_os_str().is_empty() {
        return Err(FileError::new(path, "no file was named; give the file a name"));
    }
    let target = follow(path).map_err(failed)?;
    let old = match fs::metadata(&target) {
        Ok(metadata) if metadata.is_dir() => {
            return Err(FileError::new(path, "is a folder; give a file in it a name"));
        }
        Ok(metadata) if !metadata.is_file() => {
            return Err(FileError::new(path, "is not a regular file; choose another name"));
        }
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    if let Some(metadata) = &old {
        // Renaming over a file asks for no right to write into it; a person who made it read-only expects it to matter.
        let writable = OpenOptions::new().write(true).open(&target);
        if metadata.permissions().readonly() || writable.is_err() {
            return Err(FileError::new(path, "is read-only; make it writable or choose another name"));
        }
    }
    let temp = written(folder_of(&target), text).map_err(failed)?;
    if let Some(metadata) = old {
        keep_owner(temp.as_file(), &metadata);
        temp.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    }
    temp.as_file().sync_all().map_err(failed)?;
    temp.persist(&target).map_err(|error| failed(error.error))?;
    sync_folder(folder_of(&target));
    sweep(folder_of(&target));
    Ok(())
}

/// Writes each document of a text into a file of its own, `<kind>-<name>.yaml`, byte for byte as it stands in the text.
/// Makes the folder if it is missing. A name that is taken gets a number: nothing is overwritten.
///
/// Gives the new files in the order of the documents. Empty documents are left out.
pub fn export(folder: &Path, document: &Document) -> Result<Vec<PathBuf>, FileError> {
    make_folder(folder)?;
    let filled = document.parts.iter().filter(|part| !part.is_empty);
    filled
        .map(|part| {
            let span =
                document.stream.docs.get(part.index).map_or(0..document.text.len(), |doc| doc.span.clone());
            let text = document.text.get(span).unwrap_or(&document.text);
            create(folder, &stem_of(part), text)
        })
        .collect()
}

/// Whether something stands at a path already, so that a save there would replace it.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether a path leads nowhere: its file, or the one that a symbolic link leads to, is not there.
pub fn is_gone(path: &Path) -> bool {
    fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// All patterns: the built-in ones, those that one of the user's own takes the place of replaced, then the other ones
/// of the user; with the files that could not be read.
pub fn patterns() -> (Vec<Pattern>, Vec<FileError>) {
    let (own, errors) = own_patterns();
    let mut all = template::built_in();
    for pattern in own {
        match all.iter_mut().find(|other| other.id == pattern.id && !other.own) {
            Some(other) => *other = pattern,
            None => all.push(pattern),
        }
    }
    (all, errors)
}

/// The user's own patterns, `podwright/templates/*.yaml` and `*.yml` in the configuration directory, sorted by file
/// name; with the files that could not be read. No folder means no patterns.
pub fn own_patterns() -> (Vec<Pattern>, Vec<FileError>) {
    own_folder().map(|folder| patterns_in(&folder)).unwrap_or_default()
}

/// Keeps a manifest as one of the user's own patterns and gives its file. A name that is taken gets a number: nothing is
/// overwritten.
pub fn keep_as_pattern(name: &str, text: &str) -> Result<PathBuf, FileError> {
    let folder = own_folder().ok_or_else(|| {
        let problem = format!("there is no folder for patterns: set HOME or {CONFIG_DIR_VARIABLE}");
        FileError::new(Path::new(""), problem)
    })?;
    keep_in(&folder, name, text)
}

/// The folder of the user's own patterns; `None` if the user has no home directory.
pub fn own_folder() -> Option<PathBuf> {
    let config = match std::env::var_os(CONFIG_DIR_VARIABLE) {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => directories::BaseDirs::new()?.config_dir().to_owned(),
    };
    Some(config.join("podwright").join("templates"))
}

/// The folder of what Podwright remembers from one start to the next; `None` if the user has no home directory.
pub fn state_folder() -> Option<PathBuf> {
    let state = match std::env::var_os(STATE_DIR_VARIABLE) {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => {
            let user = directories::BaseDirs::new()?;
            user.state_dir().unwrap_or(user.data_local_dir()).to_owned()
        }
    };
    Some(state.join("podwright"))
}

/// A path that still leads to its file when the current folder is another one.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether two paths lead to the same file, be it there or not.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| absolute(path));
    real(one) == real(other)
}

/// The manifests that a path leads to: itself, or of a folder every `*.yaml`, `*.yml` and `*.json` below it, in the order
/// of their names. A folder is walked as the files are asked for; links to folders are not followed.
///
/// A folder that cannot be listed is an error in its place, and so is a folder without manifests.
pub fn manifests(path: &Path) -> Box<dyn Iterator<Item = Result<PathBuf, FileError>> + '_> {
    if !path.is_dir() {
        return Box::new(std::iter::once(Ok(path.to_owned())));
    }
    let entries = walkdir::WalkDir::new(path).follow_root_links(true).sort_by_file_name();
    let files = entries.into_iter().filter_map(|entry| match entry {
        Ok(entry) => {
            let path = entry.into_path();
            (has_extension(&path, &["yaml", "yml", "json"]) && !path.is_dir()).then_some(Ok(path))
        }
        Err(error) => {
            let path = error.path().unwrap_or(path).to_owned();
            let problem = error.io_error().map_or_else(|| error.to_string(), reading);
            Some(Err(FileError::new(&path, problem)))
        }
    });
    let mut files = files.peekable();
    match files.peek() {
        Some(_) => Box::new(files),
        None => {
            let problem = "is a folder without *.yaml, *.yml or *.json files; name one that has some";
            Box::new(std::iter::once(Err(FileError::new(path, problem))))
        }
    }
}

fn patterns_in(folder: &Path) -> (Vec<Pattern>, Vec<FileError>) {
    let listed = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let entries = match listed {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Default::default(),
        Err(error) => return (Vec::new(), vec![FileError::new(folder, reading(&error))]),
    };
    let mut files: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    files.retain(|path| has_extension(path, &["yaml", "yml"]));
    files.sort();
    let mut patterns = Vec::new();
    let mut errors = Vec::new();
    for path in files {
        let id = path.file_stem().unwrap_or_default().to_string_lossy();
        match load(&path) {
            Ok(text) => patterns.push(Pattern::read(&id, &text, Origin::Own)),
            Err(error) => errors.push(error),
        }
    }
    (patterns, errors)
}

fn keep_in(folder: &Path, name: &str, text: &str) -> Result<PathBuf, FileError> {
    make_folder(folder)?;
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name);
    create(folder, &file_stem(stem).unwrap_or_else(|| "pattern".to_owned()), text)
}

/// Writes a new file `<stem>.yaml`, or `<stem>-2.yaml` and so on if that name is taken.
fn create(folder: &Path, stem: &str, text: &str) -> Result<PathBuf, FileError> {
    let failed = |error: io::Error, path: &Path| FileError::new(path, writing(&error, path));
    let first = folder.join(format!("{stem}.yaml"));
    let mut temp = written(folder, text).map_err(|error| failed(error, &first))?;
    temp.as_file().sync_all().map_err(|error| failed(error, &first))?;
    let mut path = first;
    for number in 2_u32.. {
        match temp.persist_noclobber(&path) {
            Ok(_) => break,
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => temp = error.file,
            Err(error) => return Err(failed(error.error, &path)),
        }
        path = folder.join(format!("{stem}-{number}.yaml"));
    }
    sync_folder(folder);
    Ok(path)
}

/// A new file beside the one that it is to become, the text in it. It goes away again unless it is renamed.
fn written(folder: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What a new file gets by the user's umask, not the private mode of a temporary file.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temp = builder.tempfile_in(folder)?;
    temp.write_all(text.as_bytes())?;
    Ok(temp)
}

/// Gives a new file the owner and the group of the one that it replaces. Only root gives files away; where that is refused
/// the file belongs to whoever saves it, as every new file does.
fn keep_owner(file: &File, old: &fs::Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let _ = fchown(file, None, Some(old.gid()));
        let _ = fchown(file, Some(old.uid()), None);
    }
    #[cfg(not(unix))]
    let _ = (file, old);
}

/// Removes the temporary files of processes that were killed in the midst of a save. One that cannot be removed does no
/// harm.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(TEMPORARY.0)?.strip_suffix(TEMPORARY.1));
        let ours = random
            .is_some_and(|random| random.len() == 6 && random.bytes().all(|b| b.is_ascii_alphanumeric()));
        if ours && entry.metadata().is_ok_and(|metadata| metadata.is_file() && is_abandoned(&metadata)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_abandoned(metadata: &fs::Metadata) -> bool {
    let age = metadata.modified().ok().and_then(|time| SystemTime::now().duration_since(time).ok());
    age.is_some_and(|age| age > ABANDONED)
}

/// Puts the new name itself on the disk. A file system that cannot do that has renamed the file all the same, so a
/// failure changes nothing that the user could act on.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn make_folder(folder: &Path) -> Result<(), FileError> {
    let problem = |error: io::Error| match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => "is not a folder; choose a folder".to_owned(),
        _ => format!("cannot be made a folder: {}", cause(&error)),
    };
    fs::create_dir_all(folder).map_err(|error| FileError::new(folder, problem(error)))
}

/// The file that a chain of symbolic links leads to, whether it is there or not.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => path = folder_of(&path).join(fs::read_link(&path)?),
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("its symbolic links go round in a circle"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|given| extensions.iter().any(|e| e.eq_ignore_ascii_case(given)))
}

fn stem_of(part: &Part) -> String {
    let words = [&part.kind, &part.name];
    let words: Vec<&str> = words.iter().map(|word| word.as_str()).filter(|word| !word.is_empty()).collect();
    file_stem(&words.join("-")).unwrap_or_else(|| format!("document-{}", part.index + 1))
}

/// A name as a file name that every system takes: lower case, without separators and hidden beginnings, not too long.
fn file_stem(name: &str) -> Option<String> {
    const MOST: usize = 200;
    let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = name.to_lowercase().chars().map(fit).collect();
    let end = (0..=name.len().min(MOST)).rfind(|end| name.is_char_boundary(*end)).unwrap_or(0);
    let name = name[..end].trim_matches(['-', '.']);
    (!name.is_empty()).then(|| name.to_owned())
}

fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let utf16 = |pair: fn([u8; 2]) -> u16| {
        let (units, rest) = bytes[2..].as_chunks::<2>();
        let text: Result<String, _> = char::decode_utf16(units.iter().copied().map(pair)).collect();
        text.ok()
            .filter(|_| rest.is_empty())
            .ok_or_else(|| "begins as text in UTF-16 but is broken; save it again as UTF-8".to_owned())
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
            format!("is not text in UTF-8 (line {line} holds another byte); save it as UTF-8")
        }),
    }
}

fn too_large(path: &Path) -> FileError {
    let problem = "is larger than 20 MB, far more than the API server takes; split it or choose another file";
    FileError::new(path, problem)
}

fn reading(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "does not exist; check its name".to_owned(),
        ErrorKind::PermissionDenied => {
            "may not be read by you; change its permissions or choose another file".to_owned()
        }
        _ => format!("cannot be read: {}", cause(error)),
    }
}

fn writing(error: &io::Error, path: &Path) -> String {
    let folder = folder_of(path).display();
    match error.kind() {
        ErrorKind::NotFound => {
            format!("cannot be written: there is no folder {folder}; make it or choose another one")
        }
        ErrorKind::NotADirectory => {
            format!("cannot be written: {folder} is not a folder; choose another one")
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            format!("cannot be written: the folder {folder} is read-only for you; choose another one")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "cannot be written: the disk is full; make room and save again (the old file is whole)".to_owned()
        }
        _ => format!("cannot be written: {}; choose another place (the old file is whole)", cause(error)),
    }
}

/// What the system says, without the number that Rust puts behind it.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Version;
    use tempfile::tempdir;

    fn said<T: fmt::Debug>(result: Result<T, FileError>) -> String {
        let sentence = result.expect_err("an error").to_string();
        assert!(!sentence.contains('\n'), "{sentence}");
        sentence
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn text_is_read_as_it_is_and_utf16_is_converted() {
        let folder = tempdir().expect("folder");
        let text = "a: 中\r\nb: 😀";
        let le: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let be: Vec<u8> =
            [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for (bytes, expected) in [
            (text.as_bytes().to_vec(), text.to_owned()),
            (format!("\u{feff}{text}").into_bytes(), format!("\u{feff}{text}")),
            (le, text.to_owned()),
            (be, text.to_owned()),
            (Vec::new(), String::new()),
        ] {
            let path = folder.path().join("a.yaml");
            fs::write(&path, bytes).expect("write");
            assert_eq!(load(&path).as_deref(), Ok(expected.as_str()));
        }
    }

    #[test]
    fn what_cannot_be_read_gets_one_sentence() {
        let folder = tempdir().expect("folder");
        let at = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).expect("write");
            path
        };
        let large = folder.path().join("large.yaml");
        File::create(&large).and_then(|file| file.set_len(MOST_BYTES + 1)).expect("large file");
        for (path, words) in [
            (at("latin.yaml", b"a: b\nc: caf\xe9\n"), "not text in UTF-8 (line 2"),
            (at("half.yaml", b"\xff\xfea"), "UTF-16 but is broken"),
            (large, "larger than 20 MB"),
            (folder.path().to_owned(), "is a folder"),
            (folder.path().join("none.yaml"), "does not exist"),
            (folder.path().join("latin.yaml/below.yaml"), "cannot be read: not a directory"),
            (PathBuf::from("/dev/zero"), "not a regular file"),
        ] {
            let sentence = said(load(&path));
            assert!(sentence.contains(words) && sentence.contains(&path.display().to_string()), "{sentence}");
        }
        assert!(said(read(io::repeat(b' '), Path::new("stream"))).contains("larger than 20 MB"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_refused_without_waiting_for_it() {
        use std::os::unix::net::UnixListener;
        let folder = tempdir().expect("folder");
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).expect("socket");
        assert!(said(load(&socket)).contains("not a regular file"));
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        assert!(said(load(&pipe)).contains("not a regular file"));
        assert!(said(save(&pipe, "a: 1\n")).contains("not a regular file"));
    }

    #[cfg(unix)]
    #[test]
    fn a_save_replaces_the_text_and_nothing_else() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempdir().expect("folder");
        let path = folder.path().join("pod.yaml");
        save(&path, "a: 1\n").expect("new file");
        let fresh = folder.path().join("fresh");
        File::create(&fresh).expect("file");
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode();
        assert_eq!(mode(&path), mode(&fresh), "a new file has the user's usual permissions");
        fs::remove_file(fresh).expect("remove");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
        save(&path, "a: 2\n").expect("old file");
        assert_eq!(load(&path).as_deref(), Ok("a: 2\n"));
        assert_eq!(mode(&path) & 0o777, 0o640);

        let (near, far, dangling) = (
            folder.path().join("near.yaml"),
            folder.path().join("far.yaml"),
            folder.path().join("dangling.yaml"),
        );
        symlink("pod.yaml", &near).expect("link");
        symlink(&near, &far).expect("link");
        symlink("new.yaml", &dangling).expect("link");
        save(&far, "a: 3\n").expect("through links");
        save(&dangling, "a: 4\n").expect("through a link to nothing");
        assert_eq!(load(&path).as_deref(), Ok("a: 3\n"));
        assert_eq!(load(&folder.path().join("new.yaml")).as_deref(), Ok("a: 4\n"));
        assert!([near, far, dangling].iter().all(|link| link.is_symlink()));
        assert_eq!(names(folder.path()), ["dangling.yaml", "far.yaml", "near.yaml", "new.yaml", "pod.yaml"]);
    }

    /// A file in a folder in which nobody, not even root, may make one; a bare container has no such folder.
    #[cfg(unix)]
    fn nobody_may_write() -> Option<PathBuf> {
        Some(PathBuf::from("/sys/kernel/pod.yaml")).filter(|path| path.parent().is_some_and(Path::is_dir))
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_saved_leaves_the_old_file() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempdir().expect("folder");
        let locked = folder.path().join("locked.yaml");
        fs::write(&locked, "old").expect("write");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o444)).expect("permissions");
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        symlink(&one, &other).expect("link");
        symlink(&other, &one).expect("link");
        for (path, words) in [
            (locked.clone(), "is read-only"),
            (folder.path().to_owned(), "is a folder"),
            (folder.path().join("none/pod.yaml"), "there is no folder"),
            (locked.join("pod.yaml"), "not a folder"),
            (one, "circle"),
            (PathBuf::new(), "no file was named"),
        ]
        .into_iter()
        .chain(nobody_may_write().map(|path| (path, "is read-only for you")))
        {
            let sentence = said(save(&path, "new"));
            assert!(sentence.contains(words), "{sentence}");
        }
        assert_eq!(load(&locked).as_deref(), Ok("old"));
        assert_eq!(names(folder.path()), ["locked.yaml", "one", "other"]);
    }

    #[test]
    fn each_document_is_exported_byte_for_byte_under_a_free_name() {
        let folder = tempdir().expect("folder");
        let out = folder.path().join("a/b");
        let first = "# first\nkind: Pod\nmetadata: {name: web}   # odd  spacing\n";
        let second = "---\nkind: Pod\nmetadata:\n  name: web\n";
        let third = "---\nkind: ../Odd Kind\nmetadata:\n  generateName: x-\n";
        let fourth = "---\n- 1\n";
        let document = Document::new([first, second, third, fourth].concat(), Version::NEWEST);
        let written = export(&out, &document).expect("export");
        let names = ["pod-web.yaml", "pod-web-2.yaml", "odd-kind-x.yaml", "document-4.yaml"];
        assert_eq!(written, names.map(|name| out.join(name)));
        for (path, text) in written.iter().zip([first, second, third, fourth]) {
            assert_eq!(load(path).as_deref(), Ok(text));
        }
        let again = export(&out, &Document::new(first, Version::NEWEST)).expect("export");
        assert_eq!(again, [out.join("pod-web-3.yaml")]);
        assert_eq!(load(&written[0]).as_deref(), Ok(first));
        assert!(said(export(&written[0], &document)).contains("is not a folder"));
    }

    #[test]
    fn own_patterns_are_kept_and_read_back() {
        let folder = tempdir().expect("folder");
        let own = folder.path().join("podwright/templates");
        assert_eq!(patterns_in(&own), Default::default());
        let first = keep_in(&own, "Web Server.yaml", "kind: Pod\n").expect("kept");
        let second = keep_in(&own, "web server", "kind: Job\n").expect("kept");
        assert_eq!([&first, &second], [&own.join("web-server.yaml"), &own.join("web-server-2.yaml")]);
        fs::write(own.join("bad.yml"), b"\xc3\x28").expect("write");
        fs::write(own.join("notes.txt"), b"no pattern").expect("write");
        let (patterns, errors) = patterns_in(&own);
        let read: Vec<_> = patterns.iter().map(|p| (p.id.as_str(), p.text.as_str(), p.own)).collect();
        assert_eq!(read, [("web-server-2", "kind: Job\n", true), ("web-server", "kind: Pod\n", true)]);
        assert_eq!(errors.iter().map(|error| &error.path).collect::<Vec<_>>(), [&own.join("bad.yml")]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_walked_in_order_and_without_circles() {
        let folder = tempdir().expect("folder");
        let root = folder.path();
        fs::create_dir_all(root.join("b/c.yaml")).expect("folders");
        fs::create_dir_all(root.join("empty")).expect("folders");
        for name in ["z.yml", "b/c.yaml/d.json", "b/a.YAML", "a.yaml", "notes.txt"] {
            fs::write(root.join(name), "").expect("write");
        }
        std::os::unix::fs::symlink("..", root.join("b/up")).expect("link");
        std::os::unix::fs::symlink("a.yaml", root.join("y.yaml")).expect("link");
        let found: Vec<PathBuf> = manifests(root).map(|file| file.expect("file")).collect();
        let expected = ["a.yaml", "b/a.YAML", "b/c.yaml/d.json", "y.yaml", "z.yml"];
        assert_eq!(found, expected.map(|name| root.join(name)));
        let empty: Vec<_> = manifests(&root.join("empty")).collect();
        assert!(matches!(empty.as_slice(), [Err(error)] if error.to_string().contains("without *.yaml")));
        assert_eq!(manifests(Path::new("none")).collect::<Vec<_>>(), [Ok(PathBuf::from("none"))]);
    }

    #[test]
    fn file_names_are_safe() {
        for (name, stem) in [
            ("Pod-web", Some("pod-web")),
            ("../../etc/passwd", Some("etc-passwd")),
            ("..", None),
            ("中文", Some("中文")),
        ] {
            assert_eq!(file_stem(name).as_deref(), stem, "{name}");
        }
        assert!(file_stem(&"é".repeat(300)).is_some_and(|stem| stem.len() <= 200));
    }
}
