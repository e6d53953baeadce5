//! `podwright repair`: a manifest that lost its indentation, or picked up something on its way, as it was meant.

use super::{Failure, Outcome, STDIN_NAME, count, is_stdin, load, print, tell, versions};
use crate::document::Document;
use crate::files;
use crate::repair::{self, Offer};
use crate::schema::{Lang, Version};
use std::path::PathBuf;

/// Rebuild the lost indentation of a manifest, and take off fences, prompts, line numbers and tabs
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A manifest that was copied from a web page without its indentation is rebuilt by the types of Kubernetes. \
    Where a line may belong to more than one place, the likeliest reading is printed, the others are named on standard \
    error, and --reading chooses one; nothing is written back until one is chosen. A text that can be read as it is, is \
    printed unchanged, whatever other problems it has.\n\
    Exit codes: 0 printed or written, 1 there are several readings and none was chosen, 2 it could not run, or the text \
    cannot be read and no repair was found."
)]
pub struct Args {
    /// The manifest; - is standard input
    file: PathBuf,
    /// Take this reading, counted from 1
    #[arg(long, value_name = "N")]
    reading: Option<usize>,
    /// Write the result back to the file instead of printing it
    #[arg(short, long)]
    write: bool,
    /// The Kubernetes version, 1.29 to 1.37
    #[arg(long, value_name = "VERSION", value_parser = versions(), default_value_t = Version::NEWEST)]
    kubernetes: Version,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.write && is_stdin(&args.file) {
        let sentence = "standard input cannot be written back: leave out -w, or name a file";
        return Err(Failure::CouldNotRun(sentence.to_owned()));
    }
    let name = if is_stdin(&args.file) { STDIN_NAME.to_owned() } else { args.file.display().to_string() };
    let told = |why: String| Failure::CouldNotRun(format!("{name}: {why}"));
    let document = Document::new(load(&args.file)?, args.kubernetes);
    let Some(offer) = repair::offer_for(&document) else {
        if document.is_broken() {
            return Err(told("no repair was found; podwright check says where it cannot be read".to_owned()));
        }
        return match args.write {
            true => Ok(Outcome::Fine),
            false => print(&document.text).map(|()| Outcome::Fine),
        };
    };
    let chosen = args.reading.unwrap_or(1);
    let readings = count(offer.readings.len(), "reading", "readings");
    let Some(reading) = chosen.checked_sub(1).and_then(|at| offer.readings.get(at)) else {
        return Err(told(format!("there is no reading {chosen}: it has {readings}, counted from 1")));
    };
    let undecided = args.reading.is_none() && offer.readings.len() > 1;
    tell(&format!("{name}: {}", offer.about(Lang::En)));
    if undecided {
        list(&offer);
    }
    match args.write {
        true if undecided => {}
        true => files::save(&args.file, &reading.text)?,
        false => print(&reading.text)?,
    }
    Ok(if undecided { Outcome::Problems } else { Outcome::Fine })
}

/// The readings, on standard error.
fn list(offer: &Offer) {
    tell(&format!("It can be read in {} ways; choose one with --reading:", offer.readings.len()));
    for (number, reading) in (1..).zip(&offer.readings) {
        tell(&format!("  {number}  {}", reading.about.get(Lang::En)));
    }
}
