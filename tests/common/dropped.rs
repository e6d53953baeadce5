//! A file that is dropped on a window.

use std::path::{Path, PathBuf};

/// It has a path, and the program reads it by that: nobody reads the whole file before its size is known.
#[derive(Debug)]
pub struct Dropped(pub PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads the whole file before its size is known".to_owned())
    }
}
