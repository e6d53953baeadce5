//! `podwright new`: a manifest from a pattern.

use super::{Failure, Outcome, count, print, set, tell, visible};
use crate::diagnostic::nearest;
use crate::files;
use crate::schema::{Lang, Version};
use crate::template::Pattern;
use std::fmt::Write;

/// Print a new manifest from a pattern
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: podwright new sidecar --name web --set 'spec.containers[0].image=nginx:1.27'"
)]
pub struct Args {
    /// The pattern; --list names them
    #[arg(required_unless_present = "list")]
    pattern: Option<String>,
    /// The new object's metadata.name
    #[arg(long)]
    name: Option<String>,
    /// Set a field of it, as “podwright set” does
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<set::Assignment>,
    /// List the patterns, your own ones included
    #[arg(long, conflicts_with_all = ["pattern", "name", "set"])]
    list: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let (patterns, errors) = files::patterns();
    for error in &errors {
        tell(&error.to_string());
    }
    let Some(id) = &args.pattern else {
        print(listed(&patterns))?;
        return Ok(Outcome::Fine);
    };
    let Some(pattern) = patterns.iter().find(|pattern| pattern.id == *id) else {
        return Err(Failure::CouldNotRun(no_such(id, &patterns)));
    };
    let refused = |sentence: String| Failure::CouldNotRun(format!("{id}: {sentence}"));
    let text = pattern.manifest(args.name.as_deref()).map_err(|refusal| refused(refusal.message))?;
    let request = set::Request { assignments: args.set.clone(), ..set::Request::default() };
    let text = set::edited(text, Version::NEWEST, &request).map_err(refused)?;
    print(text)?;
    Ok(Outcome::Fine)
}

fn listed(patterns: &[Pattern]) -> String {
    let width = patterns.iter().map(|pattern| pattern.id.chars().count()).max().unwrap_or(0);
    let mut list = String::new();
    for pattern in patterns {
        let id = visible(&pattern.id);
        let about = match (pattern.when(Lang::En), pattern.title(Lang::En)) {
            ("", title) if pattern.own => format!("{title} (your own)"),
            ("", title) => title.to_owned(),
            (when, _) => when.to_owned(),
        };
        let _ = writeln!(list, "{id:width$}  {}", visible(&about));
    }
    list
}

fn no_such(id: &str, patterns: &[Pattern]) -> String {
    let ids: Vec<&str> = patterns.iter().map(|pattern| pattern.id.as_str()).collect();
    let hint = nearest(id, &ids).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
    format!(
        "there is no pattern {id}{hint}; there are {}: {}",
        count(ids.len(), "pattern", "patterns"),
        ids.join(", ")
    )
}
