//! Nothing is lost: whatever is killed, torn, full or read-only, the file holds one whole text, and the journal the last one.
//!
//! The number of processes that are killed in each of the two kill tests is `PODWRIGHT_KILLS`, or else 200 where `CI` is set
//! and 20 where it is not. Tests that mount a small disk are skipped where that is not permitted, unless `CI` is set.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it plays the disk, the other programs and the killer"
)]

#[cfg(feature = "window")]
mod common;
#[path = "common/pod.rs"]
mod pod;
#[path = "common/typing.rs"]
mod typing;

use pod::POD;
use podwright::editor::{Command, Editor};
use podwright::files;
use podwright::files::journal::{Journal, Kept, Place, Store};
use podwright::files::settings::SettingsFile;
use podwright::files::watch::Watch;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use tempfile::{TempDir, tempdir};
use typing::type_all;

fn state(editor: &Editor) -> Kept {
    let cursor = Some((0, editor.document().text.chars().count()));
    Kept {
        editor: editor.snapshot(),
        place: Place { page: "Volumes".to_owned(), cursor, ..Place::default() },
    }
}

fn journal_file(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").path());
    let mut journals: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "journal")).collect();
    assert_eq!(journals.len(), 1, "{journals:?}");
    journals.remove(0)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Waits for something that another thread does.
fn wait_for(what: &str, mut look: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !look() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

enum Act {
    Do(Command),
    Type(String),
}

/// A history of everything that an editor does, with the state after each step.
fn a_history() -> Vec<Kept> {
    let mut editor = Editor::default();
    use Act::{Do, Type};
    let mut acts = vec![
        Do(Command::Open { path: "/tmp/wéb.yaml".into(), text: POD.to_owned() }),
        Type(format!("{POD}# 中😀\n")),
        Type(format!("{POD}# 中😀b\r\n")),
        Do(Command::Undo),
        Do(Command::Redo),
        Do(Command::Target("1.30".parse().expect("version"))),
        Do(Command::Saved("/tmp/other.yaml".into())),
        Type(format!("x\n{POD}")),
        Do(Command::Undo),
        Do(Command::Undo),
        Type("a: 1\n".to_owned()),
        Do(Command::Reconcile { text: "b: 2\n".to_owned(), file: "b: 2\n".to_owned() }),
        Do(Command::New("c: 3\n".to_owned())),
        Type(String::new()),
    ];
    // A path that is no UTF-8 comes back too.
    #[cfg(unix)]
    acts.push(Do(Command::Saved(
        <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(b"/tmp/\xff.yaml".to_vec()).into(),
    )));
    let mut states = Vec::new();
    for (number, act) in acts.into_iter().enumerate() {
        editor.merge_as(None);
        match act {
            Do(command) => editor.run(command).expect("a command"),
            Type(text) => type_all(&mut editor, text),
        }
        let mut kept = state(&editor);
        kept.place.doc = number;
        states.push(kept);
    }
    states
}

/// What a journal in that folder, whose process is gone, brings back.
fn comes_back(folder: &Path) -> Option<Kept> {
    let (left, _) = Store::in_folder(folder).left();
    left.into_iter().next().map(|left| left.kept)
}

#[test]
fn every_state_comes_back_with_its_history() {
    let folder = tempdir().expect("folder");
    let store = Store::in_folder(folder.path());
    for state in a_history() {
        let journal = store.begin(|| ());
        journal.keep(state.clone());
        journal.flush().expect("room");
        assert_eq!(store.left().0, [], "what is alive is nobody else's");
        let id = journal.id().to_owned();
        drop(journal);
        assert_eq!(comes_back(folder.path()), Some(state.clone()));
        let (kept, journal) = store.take(&id, || ()).expect("it is free");
        assert_eq!(kept, state);
        assert!(store.take(&id, || ()).is_err(), "one window has it");
        journal.remove();
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

/// The bytes of a journal of the whole history, with the length that it had after each state.
fn a_journal() -> (Vec<u8>, Vec<(usize, Kept)>) {
    let folder = tempdir().expect("folder");
    let journal = Store::in_folder(folder.path()).begin(|| ());
    let mut states = Vec::new();
    for state in a_history() {
        journal.keep(state.clone());
        journal.flush().expect("room");
        states.push((fs::read(journal_file(folder.path())).expect("journal").len(), state));
    }
    (fs::read(journal_file(folder.path())).expect("journal"), states)
}

#[test]
fn a_torn_tail_takes_nothing_of_what_was_written_before_it() {
    let (bytes, states) = a_journal();
    assert!(states.is_sorted_by(|a, b| a.0 < b.0), "a record for each state");
    for end in 0..=bytes.len() {
        let last = states.iter().rfind(|(length, _)| *length <= end).map(|(_, state)| state.clone());
        // Torn off, or filled up with zeros as after a power cut.
        for zeros in [0, 1, 8, 100] {
            let folder = tempdir().expect("folder");
            let torn = [&bytes[..end], &vec![0; zeros]].concat();
            fs::write(folder.path().join("a.journal"), &torn).expect("journal");
            let found = comes_back(folder.path());
            let whole = states.iter().any(|(length, _)| *length == end);
            assert!(
                found == last || !whole && found.is_none() && last.is_none(),
                "{end} bytes, {zeros} zeros"
            );
            if found.is_none() {
                assert_eq!(fs::read(folder.path().join("a.unreadable")).expect("put aside"), torn);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_damaged_journal_gives_an_earlier_state_or_none(at in 0_usize..4000, put in any::<[u8; 3]>(), cut in 0_usize..9) {
        thread_local!(static JOURNAL: (Vec<u8>, Vec<(usize, Kept)>) = a_journal());
        JOURNAL.with(|(bytes, states)| {
            let at = at % bytes.len();
            let damaged = [&bytes[..at], &put, bytes.get(at + cut..).unwrap_or_default()].concat();
            let folder = tempdir().expect("folder");
            fs::write(folder.path().join("a.journal"), &damaged).expect("journal");
            if let Some(found) = comes_back(folder.path()) {
                prop_assert!(states.iter().any(|(_, state)| *state == found));
                let mut editor = Editor::default();
                editor.run(Command::Restore(Box::new(found.editor))).expect("restore");
                while editor.can_undo() {
                    editor.run(Command::Undo).expect("undo");
                }
            } else {
                prop_assert_eq!(fs::read(folder.path().join("a.unreadable")).expect("put aside"), damaged);
            }
            Ok(())
        })?;
    }
}

#[test]
fn a_long_journal_is_written_anew_and_says_the_same() {
    let folder = tempdir().expect("folder");
    let journal = Store::in_folder(folder.path()).begin(|| ());
    let mut editor = Editor::default();
    let mut lengths = Vec::new();
    for number in 0..60 {
        editor.merge_as(None);
        type_all(&mut editor, format!("{number}: {}\n", "x".repeat(10_000)));
        journal.keep(state(&editor));
        journal.flush().expect("room");
        lengths.push(fs::metadata(journal_file(folder.path())).expect("journal").len());
    }
    assert!(!lengths.is_sorted() && lengths.iter().all(|length| *length < 300_000), "{lengths:?}");
    drop(journal);
    assert_eq!(comes_back(folder.path()), Some(state(&editor)));
}

#[test]
fn where_the_document_is_looked_at_is_kept_without_the_text() {
    let folder = tempdir().expect("folder");
    let journal = Store::in_folder(folder.path()).begin(|| ());
    let mut editor = Editor::default();
    editor.run(Command::New(format!("{POD}# {}\n", "x".repeat(10_000)))).expect("new");
    let length = || fs::metadata(journal_file(folder.path())).expect("journal").len();
    let at =
        |byte: usize| Place { page: "Scheduling".to_owned(), cursor: Some((byte, byte)), ..Place::default() };
    journal.keep(state(&editor));
    journal.keep_place(at(1));
    journal.flush().expect("room");
    let first = length();
    for byte in 2..10 {
        journal.keep_place(at(byte));
        journal.flush().expect("room");
    }
    assert!(length() < first + 1000, "{first} {}", length());
    // What is typed after a move stands where it is looked at then.
    journal.keep_place(at(10));
    type_all(&mut editor, POD);
    journal.keep(Kept { place: at(11), ..state(&editor) });
    drop(journal);
    assert_eq!(comes_back(folder.path()), Some(Kept { place: at(11), ..state(&editor) }));
}

#[test]
fn an_unreadable_journal_is_put_aside_and_a_newer_one_stays() {
    let folder = tempdir().expect("folder");
    let newer = b"podwright journal 2\nwho knows".as_slice();
    fs::write(folder.path().join("newer.journal"), newer).expect("journal");
    fs::write(folder.path().join("broken.journal"), "rubbish").expect("journal");
    let (left, errors) = Store::in_folder(folder.path()).left();
    assert!(left.is_empty());
    let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(said.len() == 2 && said.iter().any(|s| s.contains("newer Podwright")), "{said:?}");
    assert_eq!(fs::read(folder.path().join("newer.journal")).expect("it stays"), newer);
    assert_eq!(fs::read(folder.path().join("broken.unreadable")).expect("it is kept"), b"rubbish");
}

#[test]
fn nobody_else_may_read_a_journal() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().expect("folder");
    let store = folder.path().join("state").join("journal");
    let journal = Store::in_folder(&store).begin(|| ());
    journal.keep(a_history().remove(1));
    journal.flush().expect("room");
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&store), 0o700);
    for name in names(&store) {
        assert_eq!(mode(&store.join(&name)), 0o600, "{name}");
    }
}

#[test]
fn a_living_window_that_has_the_file_open_is_known() {
    let folder = tempdir().expect("folder");
    let store = Store::in_folder(folder.path().join("journal"));
    let file = folder.path().join("a.yaml");
    fs::write(&file, POD).expect("file");
    let link = folder.path().join("link.yaml");
    std::os::unix::fs::symlink(&file, &link).expect("link");
    let mut editor = Editor::default();
    editor.run(Command::Open { path: file.clone(), text: POD.to_owned() }).expect("open");
    let journal = store.begin(|| ());
    journal.keep(state(&editor));
    journal.flush().expect("room");
    assert!(store.is_open_elsewhere(&link, "another"));
    assert!(!store.is_open_elsewhere(&link, journal.id()), "not by itself");
    assert!(!store.is_open_elsewhere(&folder.path().join("b.yaml"), "another"));
    drop(journal);
    assert!(!store.is_open_elsewhere(&file, "another"), "its process is gone");
}

// Saving.

#[test]
fn what_a_killed_save_leaves_behind_is_swept_and_nothing_else() {
    let folder = tempdir().expect("folder");
    let old = SystemTime::now() - Duration::from_secs(3600);
    for name in [".podwright-aB3dE6.tmp", ".podwright-notes.tmp.txt", ".podwright-longer-name.tmp", "x.tmp"] {
        let file = fs::File::create(folder.path().join(name)).expect("file");
        file.set_modified(old).expect("its time");
    }
    fs::write(folder.path().join(".podwright-f00bar.tmp"), "being written").expect("file");
    files::save(&folder.path().join("a.yaml"), POD).expect("save");
    assert_eq!(
        names(folder.path()),
        [
            ".podwright-f00bar.tmp",
            ".podwright-longer-name.tmp",
            ".podwright-notes.tmp.txt",
            "a.yaml",
            "x.tmp"
        ]
    );
}

#[test]
fn a_save_keeps_the_owner() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let folder = tempdir().expect("folder");
    let file = folder.path().join("a.yaml");
    fs::write(&file, "a: 1\n").expect("file");
    if chown(&file, Some(1234), Some(2345)).is_err() {
        println!("skipped: only root gives files away");
        return;
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("mode");
    files::save(&file, POD).expect("save");
    let metadata = fs::metadata(&file).expect("file");
    assert_eq!((metadata.uid(), metadata.gid(), metadata.mode() & 0o777), (1234, 2345, 0o640));
}

/// A small disk of its own, for root.
struct Disk(TempDir);

impl Disk {
    fn new(options: &str) -> Option<Disk> {
        let folder = tempdir().expect("folder");
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "podwright-test"]).arg(folder.path());
        match mount.output() {
            Ok(output) if output.status.success() => Some(Disk(folder)),
            failed => {
                assert!(std::env::var_os("CI").is_none(), "no disk: {failed:?}");
                println!("skipped: no disk can be mounted: {failed:?}");
                None
            }
        }
    }

    fn remount(&self, options: &str) {
        let mut mount = std::process::Command::new("mount");
        mount.args(["-o", &format!("remount,{options}")]).arg(self.0.path());
        assert!(mount.status().expect("mount").success());
    }

    /// Fills the disk to the last byte.
    fn fill(&self) -> PathBuf {
        let path = self.0.path().join("filler");
        let mut file = fs::File::create(&path).expect("filler");
        let mut block = vec![b'x'; 4096];
        while !block.is_empty() {
            if std::io::Write::write_all(&mut file, &block).is_err() {
                block.truncate(block.len() / 2);
            }
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A thread may have a file open yet: lazily.
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_leaves_the_old_file_and_says_so() {
    let Some(disk) = Disk::new("size=64k") else { return };
    let file = disk.0.path().join("a.yaml");
    files::save(&file, POD).expect("room");
    let filler = disk.fill();
    let said = files::save(&file, &"x".repeat(50_000)).expect_err("no room").to_string();
    assert!(said.contains("disk is full") && said.contains("old file is whole"), "{said}");
    assert_eq!(fs::read_to_string(&file).expect("file"), POD);
    assert_eq!(names(disk.0.path()), ["a.yaml", "filler"]);
    fs::remove_file(filler).expect("room");
    files::save(&file, &"x".repeat(50_000)).expect("room again");
}

#[test]
fn a_read_only_folder_leaves_the_old_file_and_says_so() {
    let Some(disk) = Disk::new("size=64k") else { return };
    let file = disk.0.path().join("a.yaml");
    files::save(&file, POD).expect("room");
    disk.remount("ro");
    let said = files::save(&file, "a: 1\n").expect_err("read-only").to_string();
    assert!(said.contains("read-only"), "{said}");
    let said = files::save(&disk.0.path().join("new.yaml"), "a: 1\n").expect_err("read-only").to_string();
    assert!(said.contains("read-only"), "{said}");
    assert_eq!(fs::read_to_string(&file).expect("file"), POD);
}

#[test]
fn a_journal_on_a_full_disk_is_complete_again_when_there_is_room() {
    let Some(disk) = Disk::new("size=256k") else { return };
    let folder = disk.0.path().join("journal");
    let journal = Store::in_folder(&folder).begin(|| ());
    let mut editor = Editor::default();
    let mut texts = vec![POD.to_owned()];
    let mut type_in = |journal: &Journal, text: &str| {
        editor.merge_as(None);
        type_all(&mut editor, text);
        journal.keep(state(&editor));
        (journal.flush(), state(&editor))
    };
    let (kept, first) = type_in(&journal, POD);
    kept.expect("room");
    let filler = disk.fill();
    let mut refused = 0;
    for number in 0..20 {
        let text = format!("{POD}# {number} {}\n", "x".repeat(2000));
        refused += usize::from(type_in(&journal, &text).0.is_err());
        texts.push(text);
    }
    assert!(refused > 10, "the disk was full");
    let news: Vec<_> = std::iter::from_fn(|| journal.news()).collect();
    assert!(
        matches!(news.as_slice(), [Err(error)] if error.to_string().contains("disk is full")),
        "{news:?}"
    );
    // Torn or not, what is on the disk is a state that was.
    let copy = tempdir().expect("folder");
    fs::copy(journal_file(&folder), copy.path().join("a.journal")).expect("copy");
    let on_disk = comes_back(copy.path()).expect("a state");
    assert!(on_disk == first || texts.contains(&on_disk.editor.text.to_string()));
    fs::remove_file(filler).expect("room");
    // It is tried again by itself.
    wait_for("the journal", || matches!(journal.news(), Some(Ok(()))));
    let (kept, last) = type_in(&journal, "a: last\n");
    kept.expect("room");
    drop(journal);
    assert_eq!(comes_back(&folder), Some(last));
}

// What others do.

#[test]
fn a_change_of_another_program_is_noticed() {
    let folder = tempdir().expect("folder");
    let file = folder.path().join("a.yaml");
    fs::write(&file, "a: 1\n").expect("file");
    let (sender, woken) = std::sync::mpsc::channel();
    let watch = Watch::new(move || sender.send(()).expect("the test listens"));
    watch.follow(Some(file.clone()));
    let wait = || woken.recv_timeout(Duration::from_secs(30)).expect("woken");
    wait();
    assert!(watch.has_changed() && !watch.has_changed(), "at once, and once");
    fs::write(&file, "a: 2\n").expect("in place");
    wait();
    files::save(&file, "a: 3\n").expect("by a rename");
    wait();
    fs::remove_file(&file).expect("deleted");
    wait();
    fs::write(&file, "a: 4\n").expect("back");
    wait();
    assert!(watch.has_changed());
}

#[test]
fn broken_settings_are_put_aside_and_the_defaults_stand_in() {
    let folder = tempdir().expect("folder");
    let path = folder.path().join("state").join("settings.json");
    let file = SettingsFile::at(&path);
    let many: Vec<PathBuf> = (0..20).map(|n| folder.path().join(format!("{n}.yaml"))).collect();
    for path in &many {
        file.change(|settings| settings.add_recent(path)).expect("room");
    }
    file.change(|settings| settings.add_recent(&many[17])).expect("room");
    let recent: Vec<PathBuf> = file.read().0.recent().map(Path::to_owned).collect();
    assert_eq!(recent.len(), 15);
    assert_eq!(recent[..3], [many[17].clone(), many[19].clone(), many[18].clone()]);
    fs::write(&path, "{ broken").expect("settings");
    let (settings, error) = file.read();
    assert_eq!(settings.recent().count(), 0);
    assert!(error.is_some_and(|error| error.to_string().contains("kept as")));
    assert_eq!(fs::read_to_string(path.with_extension("unreadable")).expect("kept"), "{ broken");
}

// Killing.

#[cfg(feature = "window")]
mod kills {
    use super::*;
    use egui::{Event, Key, Modifiers};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;
    use podwright::ui::App;
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Where the process that is killed has its files.
    const FOLDER: &str = "PODWRIGHT_TEST_VICTIM";
    /// After how many letters it saves; never if it is 0.
    const SAVES: &str = "PODWRIGHT_TEST_SAVES";
    /// How often the victim types a letter.
    const PACE: Duration = Duration::from_millis(8);
    /// How much typing may be missing.
    const MOST_MISSING: Duration = Duration::from_secs(1);

    /// The text after so many letters.
    fn typed(letters: usize) -> String {
        let letters = (b'a'..=b'z').cycle().map(char::from).take(letters);
        POD.chars().chain(letters).collect()
    }

    fn now() -> Duration {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock")
    }

    /// Types into the real window without a screen, and says what it does, until it is killed.
    #[test]
    fn the_victim() {
        let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
        let saves: usize =
            std::env::var(SAVES).ok().and_then(|number| number.parse().ok()).expect("a number");
        let services = common::services();
        let file = folder.join("web.yaml");
        let mut harness = Harness::builder().with_size([900.0, 560.0]).build_eframe(|window| {
            let mut app = App::new(&window.egui_ctx, services);
            app.keep_in(&window.egui_ctx, &folder);
            app.open_file(&window.egui_ctx, &file);
            app
        });
        harness.step();
        harness.get_by_label("YAML").focus();
        harness.step();
        harness.key_press_modifiers(Modifiers::COMMAND, Key::End);
        harness.step();
        let say = |what: &str, letters: usize| {
            let line = format!("\n{what} {letters} {}\n", now().as_micros());
            std::io::stdout().write_all(line.as_bytes()).expect("the killer listens");
        };
        for letters in 1.. {
            let letter = typed(letters).chars().last().expect("a letter");
            harness.event(Event::Text(letter.to_string()));
            harness.step();
            assert_eq!(harness.state().text(), typed(letters));
            say("typed", letters);
            if saves > 0 && letters % saves == 0 {
                harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
                say("saving", letters);
                harness.step();
                assert!(harness.state().notices().all(|notice| notice.starts_with("Saved")));
                say("saved", letters);
            }
            std::thread::sleep(PACE);
        }
    }

    /// What the victim has said: the word, the number of letters, the time.
    type Said = Vec<(String, usize, Duration)>;

    /// Kills a victim that long after its first letter; gives what it said, and when it was killed.
    fn kill(folder: &Path, saves: usize, after: Duration) -> (Said, Duration) {
        let mut victim = std::process::Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "kills::the_victim", "--nocapture"])
            .env(FOLDER, folder)
            .env(SAVES, saves.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test again");
        let mut lines = BufReader::new(victim.stdout.take().expect("its words")).lines();
        let parse = |line: String| {
            let mut words = line.split(' ');
            let (word, letters, time) = (words.next()?, words.next()?, words.next()?);
            let time = Duration::from_micros(time.parse().ok()?);
            Some((word.to_owned(), letters.parse().ok()?, time))
        };
        let first =
            lines.by_ref().map_while(Result::ok).find_map(|line| parse(line).filter(|(w, ..)| w == "typed"));
        let Some(first) = first else { panic!("the victim typed nothing: {:?}", victim.wait()) };
        let reader =
            std::thread::spawn(move || lines.map_while(Result::ok).filter_map(parse).collect::<Said>());
        std::thread::sleep(after);
        let killed = now();
        victim.kill().expect("kill");
        victim.wait().expect("its end");
        let mut said = vec![first];
        said.extend(reader.join().expect("its words"));
        (said, killed)
    }

    fn number_of_kills() -> usize {
        let asked = std::env::var("PODWRIGHT_KILLS").ok().and_then(|number| number.parse().ok());
        asked.unwrap_or(if std::env::var_os("CI").is_some() { 200 } else { 20 })
    }

    /// Kills many victims, some at the same time, each at a moment of chance, and looks at what each has left.
    fn kill_many(saves: usize, look: impl Fn(&Path, &Said, Duration) + Sync) {
        let (next, total) = (AtomicUsize::new(0), number_of_kills());
        let missing = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while next.fetch_add(1, Ordering::Relaxed) < total {
                        let folder = tempdir().expect("folder");
                        fs::write(folder.path().join("web.yaml"), POD).expect("file");
                        let chance = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
                        let after = Duration::from_millis(20 + chance % 1200);
                        let (said, killed) = kill(folder.path(), saves, after);
                        missing.lock().expect("alive").push(look_at_journal(folder.path(), &said, killed));
                        look(folder.path(), &said, killed);
                    }
                });
            }
        });
        let mut missing = missing.into_inner().expect("alive");
        missing.sort();
        let (median, most) = (missing[missing.len() / 2], missing[missing.len() - 1]);
        println!("{total} killed; of the typing before, missing: median {median:?}, most {most:?}");
    }

    /// What comes back is a text that the victim has had; gives how much of its typing is missing, in time.
    fn look_at_journal(folder: &Path, said: &Said, killed: Duration) -> Duration {
        let (left, errors) = Store::in_folder(folder.join("journal")).left();
        assert!(errors.is_empty() && left.len() <= 1, "{errors:?} {left:?}");
        let back = left.first().map_or(POD, |left| &left.kept.editor.text);
        let letters = back.len().checked_sub(POD.len()).expect("at least what was opened");
        assert_eq!(back, typed(letters));
        let count = said.iter().filter(|(word, ..)| word == "typed").count();
        assert!(letters <= count + 1, "{letters} came back, {count} were typed");
        if let Some(kept) = left.first().map(|left| &left.kept).filter(|_| letters > 0) {
            assert_eq!(kept.place.cursor, Some((back.len(), back.len())), "the cursor stands where it stood");
        }
        let next = said.iter().find(|(word, number, _)| word == "typed" && *number == letters + 1);
        let missing = next.map_or(Duration::ZERO, |(.., time)| killed.saturating_sub(*time));
        assert!(missing <= MOST_MISSING, "{missing:?} of typing are missing");
        missing
    }

    #[test]
    fn killed_while_typing_at_most_the_last_second_is_missing() {
        kill_many(0, |folder, _, _| {
            assert_eq!(fs::read_to_string(folder.join("web.yaml")).expect("file"), POD);
        });
    }

    #[test]
    fn killed_while_saving_the_file_is_whole() {
        kill_many(3, |folder, said, _| {
            let file = fs::read_to_string(folder.join("web.yaml")).expect("file");
            let letters = file.len().checked_sub(POD.len()).expect("at least what was opened");
            assert_eq!(file, typed(letters));
            let last = |word: &str| said.iter().rfind(|said| said.0 == word).map_or(0, |said| said.1);
            // The victim may have begun a save that it could not tell of any more.
            let whole = [last("saved"), last("saving"), last("typed") / 3 * 3 + 3];
            assert!(whole.contains(&letters), "{letters} letters are in the file, of {whole:?}");
            for entry in fs::read_dir(folder).expect("folder") {
                let path = entry.expect("entry").path();
                if path.extension().is_some_and(|extension| extension == "tmp") {
                    let file = fs::File::options().write(true).open(&path).expect("what is left of a save");
                    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("its time");
                }
            }
            files::save(&folder.join("web.yaml"), &file).expect("save");
            let names = names(folder);
            assert!(names.iter().all(|name| !name.ends_with(".tmp")), "{names:?}");
        });
    }
}
