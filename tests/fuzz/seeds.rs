//! Writes the first inputs of all targets into a folder: the conformance manifests and the edit cases.
//!
//! `seeds FOLDER` makes `FOLDER/document`, `FOLDER/edit` and `FOLDER/repair`.

use serde_json::Value as Json;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// The bytes before the text by which a target chooses: see `targets/`.
const HEADS: [(&str, usize); 3] = [("document", 2), ("edit", 32), ("repair", 2)];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name the folder for the seeds")?);
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut texts: Vec<String> = Vec::new();
    for path in paths(&tests.join("conformance"))? {
        if path.extension().is_some_and(|extension| extension == "gz") {
            for line in BufReader::new(flate2::read::GzDecoder::new(fs::File::open(path)?)).lines() {
                let case: Json = serde_json::from_str(&line?)?;
                texts.push(case["yaml"].as_str().ok_or("a case without a manifest")?.to_owned());
            }
        }
    }
    for case in paths(&tests.join("edits"))? {
        texts.push(fs::read_to_string(case.join("in.yaml"))?);
    }
    for (target, length) in HEADS {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for (number, text) in texts.iter().enumerate() {
            let mut seed = head(number as u64, length);
            seed.extend_from_slice(text.as_bytes());
            fs::write(folder.join(format!("{number:05}")), seed)?;
        }
    }
    Ok(())
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.sort();
    Ok(paths)
}

/// Bytes that differ from seed to seed and are the same on every run (splitmix64).
fn head(number: u64, length: usize) -> Vec<u8> {
    let mut state = number;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)) >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}
