//! What the window remembers from one start to the next, beside the journal: the recent files, its size and that of its panes, its
//! theme, the version to judge by. One small JSON file.

use super::journal::make_private_folder;
use super::{FileError, cause, is_same_file, load, save};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The name of the settings' file in the folder of the state.
pub const SETTINGS: &str = "settings.json";

/// Recent files that are remembered.
const MOST_RECENT: usize = 15;

/// The settings. A member that is missing in the file, as in one of an older Podwright, has its default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The files that were opened or saved last, the last one first.
    recent: Vec<OsString>,
    /// The window's width and height, in points.
    pub size: Option<(f32, f32)>,
    /// The sizes in points of the panes that a person has made larger or smaller, by their names.
    pub panes: BTreeMap<String, f32>,
    /// The theme: `light`, `dark`, or as the desktop is.
    pub theme: Option<String>,
    /// The Kubernetes version to judge by.
    pub kubernetes: Option<String>,
}

impl Settings {
    /// The recent files, the last one first.
    pub fn recent(&self) -> impl Iterator<Item = &Path> {
        self.recent.iter().map(Path::new)
    }

    /// Puts a file at the head of the recent ones.
    pub fn add_recent(&mut self, path: &Path) {
        self.forget_recent(path);
        self.recent.insert(0, path.into());
        self.recent.truncate(MOST_RECENT);
    }

    /// Takes a file from the recent ones.
    pub fn forget_recent(&mut self, path: &Path) {
        self.recent.retain(|other| !is_same_file(Path::new(other), path));
    }
}

/// The file of the settings.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    /// The settings in this file, which need not be there yet.
    pub fn at(path: impl Into<PathBuf>) -> SettingsFile {
        SettingsFile { path: path.into() }
    }

    /// Reads the settings. A file that is none is put aside, and the defaults stand in; the error says so.
    pub fn read(&self) -> (Settings, Option<FileError>) {
        if !self.path.exists() {
            return Default::default();
        }
        let text = match load(&self.path) {
            Ok(text) => text,
            Err(error) => return (Settings::default(), Some(error)),
        };
        match serde_json::from_str(&text) {
            Ok(settings) => (settings, None),
            Err(_) => {
                let aside = self.path.with_extension("unreadable");
                let problem = match fs::rename(&self.path, &aside) {
                    Ok(()) => format!(
                        "could not be read and is kept as {}; the settings begin anew",
                        aside.display()
                    ),
                    Err(error) => format!("could not be read, nor put aside: {}", cause(&error)),
                };
                (Settings::default(), Some(FileError::new(&self.path, problem)))
            }
        }
    }

    /// Changes the settings as they stand in the file now, since another window may have changed them too; gives them.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<Settings, FileError> {
        let (mut settings, _) = self.read();
        let before = settings.clone();
        change(&mut settings);
        if settings != before {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            let failed = |why: String| FileError::new(&self.path, format!("cannot be written: {why}"));
            make_private_folder(folder).map_err(|error| failed(cause(&error)))?;
            let text = serde_json::to_string_pretty(&settings).map_err(|error| failed(error.to_string()))?;
            save(&self.path, &(text + "\n"))?;
        }
        Ok(settings)
    }
}
