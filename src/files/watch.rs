//! Notices that another program has changed a file.
//!
//! A thread asks for the file's metadata once a second and wakes the window only when something is other than before. That
//! also notices a file that is replaced by a rename or deleted, and one on a network, where the system's own notifications
//! say nothing. Without a file the thread sleeps.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, SystemTime};

/// How often the file is looked at.
const PERIOD: Duration = Duration::from_secs(1);
/// How long a file that has changed must stay as it is before that is told: its writer may be in the midst of it.
const SETTLED: Duration = Duration::from_millis(150);

/// The watch over one file at a time.
pub struct Watch {
    /// `None` if the thread could not be started: then a change is noticed when the file is saved.
    follow: Option<Sender<Option<PathBuf>>>,
    changed: Arc<AtomicBool>,
}

impl Watch {
    /// A watch over nothing yet. `wake` is called, on another thread, when the file has changed.
    pub fn new(wake: impl Fn() + Send + 'static) -> Watch {
        let (follow, paths) = mpsc::channel::<Option<PathBuf>>();
        let changed = Arc::new(AtomicBool::new(false));
        let told = changed.clone();
        let run = move || {
            let tell = || {
                told.store(true, Ordering::Release);
                wake();
            };
            let mut watched: Option<(PathBuf, Look)> = None;
            loop {
                let next = match &watched {
                    Some(_) => paths.recv_timeout(PERIOD),
                    None => paths.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                match next {
                    Ok(path) => {
                        watched = path.map(|path| (path.clone(), look(&path)));
                        // It may have changed between being read and being watched.
                        watched.iter().for_each(|_| tell());
                    }
                    Err(RecvTimeoutError::Timeout) => {
                        let Some((path, seen)) = &mut watched else { continue };
                        let now = settled(path, seen);
                        if now != *seen {
                            *seen = now;
                            tell();
                        }
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        };
        let started = thread::Builder::new().name("watch".to_owned()).spawn(run);
        Watch { follow: started.ok().map(|_| follow), changed }
    }

    /// Watches this file from now on, or none. It counts as changed at once: what it holds may be other than what was read.
    pub fn follow(&self, path: Option<PathBuf>) {
        if let Some(follow) = &self.follow {
            // The thread ends only with this sender.
            let _ = follow.send(path);
        }
    }

    /// Whether the file may have changed since this was asked last.
    pub fn has_changed(&self) -> bool {
        self.changed.swap(false, Ordering::AcqRel)
    }
}

/// What tells one state of a file from another: its time, its length and, where there is one, its number; `None` if it is
/// not there.
type Look = Option<(Option<SystemTime>, u64, u64)>;

fn look(path: &Path) -> Look {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0;
    Some((metadata.modified().ok(), metadata.len(), number))
}

/// How the file looks; if that is other than before, how it looks once it stays so.
fn settled(path: &Path, before: &Look) -> Look {
    let mut now = look(path);
    while now != *before {
        thread::sleep(SETTLED);
        let then = look(path);
        if then == now {
            break;
        }
        now = then;
    }
    now
}
