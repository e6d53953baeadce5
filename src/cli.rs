//! The command line: the same library without a window, and the way to the window.
//!
//! Exit codes: 0 nothing wrong, 1 problems found, 2 it could not run (usage, an unreadable file, a refused change).
#![expect(clippy::disallowed_methods, reason = "the command line is standard input and output")]

pub mod check;
pub mod convert;
pub mod explain;
pub mod new;
pub mod repair;
pub mod set;

use crate::diagnostic::nearest;
use crate::files::{self, FileError};
use crate::schema::{Lang, Version};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Design Kubernetes Pods: patterns, a form for every field, the API server's verdict offline, edits that keep every
/// other byte.
#[derive(Debug, Parser)]
#[command(
    name = "podwright",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
#[command(after_help = "Without a command, podwright opens its window, on the files if some are given.\n\
    Exit codes: 0 nothing wrong, 1 problems found, 2 it could not run.")]
struct Args {
    /// Manifests to open in the window
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Serve standard input on the clipboard: the window starts this as it ends
    #[cfg(feature = "window")]
    #[arg(long, hide = true, exclusive = true)]
    serve_clipboard: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    New(new::Args),
    Set(set::Args),
    Convert(convert::Args),
    Repair(repair::Args),
    Explain(explain::Args),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// How a command ended that could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing is wrong.
    Fine,
    /// Problems were found.
    Problems,
}

/// Why a command ended early.
#[derive(Debug)]
enum Failure {
    /// It could not run; the sentence says why and what to do.
    CouldNotRun(String),
    /// It could not run; standard error has it already.
    Told,
    /// Who read its output wants no more of it.
    NobodyReads,
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Failure {
        Failure::CouldNotRun(error.to_string())
    }
}

impl From<io::Error> for Failure {
    /// An error of standard output.
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::NobodyReads,
            _ => Failure::CouldNotRun(format!("the output cannot be written: {error}")),
        }
    }
}

/// Runs the program with its arguments, the program's own name first, and gives its exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Where standard error is closed too there is nobody left to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    #[cfg(feature = "window")]
    if args.serve_clipboard {
        return match crate::ui::clipboard::serve() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(2),
        };
    }
    let result = match args.command {
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::New(args)) => new::run(&args),
        Some(Command::Set(args)) => set::run(&args),
        Some(Command::Convert(args)) => convert::run(&args),
        Some(Command::Repair(args)) => repair::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Completions { shell }) => completions(shell),
        None => open(args.files),
    };
    match result {
        Ok(Outcome::Fine) | Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Ok(Outcome::Problems) => ExitCode::from(1),
        Err(Failure::Told) => ExitCode::from(2),
        Err(Failure::CouldNotRun(sentence)) => {
            tell(&sentence);
            ExitCode::from(2)
        }
    }
}

fn open(files: Vec<PathBuf>) -> Result<Outcome, Failure> {
    let commands = Args::command();
    let names: Vec<&str> = commands.get_subcommands().map(clap::Command::get_name).collect();
    if let [first, ..] = files.as_slice()
        && !first.exists()
        && let Some(command) = first.to_str().and_then(|word| nearest(word, &names))
    {
        let first = first.display();
        let sentence =
            format!("{first} is neither a file nor a command; did you mean “podwright {command}”?");
        return Err(Failure::CouldNotRun(sentence));
    }
    open_window(files)
}

#[cfg(feature = "window")]
fn open_window(files: Vec<PathBuf>) -> Result<Outcome, Failure> {
    crate::ui::open(files).map(|()| Outcome::Fine).map_err(Failure::CouldNotRun)
}

#[cfg(not(feature = "window"))]
fn open_window(_files: Vec<PathBuf>) -> Result<Outcome, Failure> {
    let sentence =
        "this build has no window; use a command (see podwright --help) or a build with the feature “window”";
    Err(Failure::CouldNotRun(sentence.to_owned()))
}

fn completions(shell: clap_complete::Shell) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "podwright", &mut script);
    print(&script)?;
    Ok(Outcome::Fine)
}

/// Writes to standard output.
fn print(bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes.as_ref())?;
    Ok(out.flush()?)
}

/// Writes one line to standard error, under the program's name.
fn tell(sentence: &str) {
    // Where standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "podwright: {}", visible(sentence));
}

/// Reads a file, or standard input for `-`.
fn load(path: &Path) -> Result<String, FileError> {
    match is_stdin(path) {
        true => files::read(io::stdin().lock(), Path::new(STDIN_NAME)),
        false => files::load(path),
    }
}

const STDIN_NAME: &str = "standard input";

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// A text with its control characters spelled out: what a manifest or a file name holds must not steer the terminal.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() || is_bidi_control(c) => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

/// The characters that turn the direction of text around, so that a line reads other than it is.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `1 file`, `2 files`.
fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

fn versions() -> impl TypedValueParser<Value = Version> {
    let version = |text: &str| text.parse::<Version>();
    clap::builder::StringValueParser::new().try_map(move |text| version(&text))
}

fn languages() -> impl TypedValueParser<Value = Lang> {
    PossibleValuesParser::new(["en", "zh"]).map(|word| match word.as_str() {
        "zh" => Lang::Zh,
        _ => Lang::En,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_shown_as_it_is() {
        assert_eq!(visible("a\u{1b}[2J\r\nb\u{202e}中"), "a\\u{1b}[2J\\r\\nb\\u{202e}中");
    }
}
