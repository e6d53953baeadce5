//! `podwright convert`: a Pod as a workload and back.

use super::{Failure, Outcome, is_stdin, languages, load, print, tell};
use crate::convert::{Kind, Options, convert};
use crate::document::Document;
use crate::files;
use crate::schema::{Lang, Version};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

/// Turn a Pod into a workload, a workload into a Pod or another workload, comments kept
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The result goes to standard output; what cannot come along, what is changed and what is added is told on \
    standard error.\n\
    Example: podwright convert pod.yaml --to cronjob --schedule '30 5 * * 1-5'"
)]
pub struct Args {
    /// The manifest; - is standard input
    file: PathBuf,
    /// The kind to turn it into
    #[arg(long, value_parser = kinds(), ignore_case = true)]
    to: Kind,
    /// When a CronJob runs
    #[arg(long, value_name = "CRON", default_value_t = Options::default().schedule)]
    schedule: String,
    /// The document of the file to turn, counted from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    doc: usize,
    /// The language in which it is told
    #[arg(long, value_parser = languages(), default_value = "en")]
    lang: Lang,
    /// Write the result back to the file instead of printing it
    #[arg(short, long)]
    write: bool,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let names = Kind::ALL.map(Kind::word);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Kind>())
}

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.write && is_stdin(&args.file) {
        let sentence = "standard input cannot be written back: leave out -w, or name a file";
        return Err(Failure::CouldNotRun(sentence.to_owned()));
    }
    let document = Document::new(load(&args.file)?, Version::NEWEST);
    let refused = |why: String| Failure::CouldNotRun(format!("{}: {why}", args.file.display()));
    super::set::must_exist(&document, args.doc).map_err(refused)?;
    let options = Options { schedule: args.schedule.clone() };
    let made = convert(&document, args.doc, args.to, &options).map_err(refused)?;
    match args.write {
        true => files::save(&args.file, &made.text)?,
        false => print(&made.text)?,
    }
    for note in &made.notes {
        tell(&format!("{} {}: {}", note.effect.word(args.lang), note.path, note.why(args.lang)));
    }
    Ok(Outcome::Fine)
}
