//! A query that is a field path: as the API server spells it in an error, or as a person shortens it.

use super::{Entry, Found, Index};
use crate::path::Step;
use crate::schema::{Kind, Schema, Version};

/// A path from anywhere down: `spec.containers[0].image`, `containers[web].ports`, `[1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// The name of a field.
    Name(String),
    /// What stands in brackets: the number of an item, its name, or a key.
    Item(String),
}

/// How a route fits an entry.
pub(super) struct Fit {
    /// The item or the key of the entry that the route ends with.
    pub below: Option<Step>,
    /// How many fields the entry stands below the end of the route.
    pub deeper: usize,
    /// Whether the last name is typed in part only.
    pub is_partial: bool,
}

/// What stands around a path in a sentence, or before it in a list.
const AROUND: &[char] = &['"', '\'', '“', '”', '`', '.', ',', ':', ';', '(', ')', '*'];

/// The fields that lead from a workload to its pod, which a path from a manifest of another kind has or lacks.
const WRAPPING: &[&str] = &["spec", "template", "jobTemplate"];

impl Route {
    /// Reads one word. `None` if it is no path, or a name alone. A bracket that is still open is read as a closed one.
    pub fn read(word: &str) -> Option<Route> {
        let mut rest = word.trim_matches(AROUND);
        let mut parts = Vec::new();
        let mut is_path = false;
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (item, after) = inner.split_once(']').unwrap_or((inner, ""));
                let item = item.trim_matches(['"', '\'']);
                // `[]` is an item that is not there yet: any.
                parts.extend((!item.is_empty()).then(|| Part::Item(item.to_owned())));
                (is_path, rest) = (true, after);
                continue;
            }
            if let Some(after) = rest.strip_prefix('.') {
                (is_path, rest) = (true, after);
            }
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let name = &rest[..end];
            if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "-_/".contains(c)) {
                return None;
            }
            parts.push(Part::Name(name.to_owned()));
            rest = &rest[end..];
        }
        (is_path && !parts.is_empty()).then_some(Route(parts))
    }

    /// What it leads to, best first: its end, then what is below it. Where it leads nowhere from here, what wraps a pod in
    /// another kind of manifest is left away, and then the numbers of items that are not there.
    ///
    /// `whole`: the last name is typed to its end.
    pub fn search(&self, index: &Index, whole: bool) -> Vec<(Found, Fit)> {
        let mut found = Vec::new();
        for route in self.unwrapped().into_iter().flat_map(|route| [route.without_items(), route]).rev() {
            if route.0.is_empty() {
                continue;
            }
            let fits = index.entries.iter().enumerate();
            found = fits.filter_map(|(i, entry)| Some((i, route.fit(entry, whole)?))).collect();
            if !found.is_empty() {
                break;
            }
        }
        found.sort_by_key(|(i, fit)| {
            let entry = &index.entries[*i];
            let rank = (entry.lacks.is_some(), !entry.is_set, !entry.is_free);
            (fit.is_partial, fit.deeper, rank, entry.path.steps().len(), *i)
        });
        found.into_iter().map(|(entry, fit)| (Found { entry, below: fit.below.clone() }, fit)).collect()
    }

    /// Without its last part; `None` if what is left is no path any more.
    pub fn up(&self) -> Option<Route> {
        let (_, up) = self.0.split_last().filter(|(_, up)| up.len() > 1)?;
        Some(Route(up.to_vec()))
    }

    /// Whether it has a step down: nobody means a path by one name in a sentence.
    pub fn is_long(&self) -> bool {
        self.0.len() > 1
    }

    /// It and its ends below what wraps a pod, the shortest first.
    fn unwrapped(&self) -> Vec<Route> {
        let is_kind = |name: &str| {
            let mut kinds = Schema::at(Version::NEWEST).roots().filter_map(|(_, ty)| ty.kind());
            kinds.any(|kind| kind.eq_ignore_ascii_case(name))
        };
        let mut routes = vec![self.clone()];
        let mut rest = self.0.as_slice();
        while let [Part::Name(first), below @ ..] = rest
            && !below.is_empty()
            && (WRAPPING.contains(&first.as_str()) || is_kind(first))
        {
            rest = below;
            routes.insert(0, Route(rest.to_vec()));
        }
        routes
    }

    fn without_items(&self) -> Route {
        let names = self.0.iter().filter(|part| matches!(part, Part::Name(_)));
        Route(names.cloned().collect())
    }

    /// How it fits an entry: all of it, in one run, somewhere in the entry's path.
    pub fn fit(&self, entry: &Entry, whole: bool) -> Option<Fit> {
        let steps = entry.path.steps();
        let fits = (0..steps.len()).filter_map(|start| self.fit_from(entry, &steps[start..], whole));
        fits.min_by_key(|fit| (fit.is_partial, fit.deeper))
    }

    fn fit_from(&self, entry: &Entry, steps: &[Step], whole: bool) -> Option<Fit> {
        let (mut rest, mut below, mut is_partial) = (steps, None, false);
        for (at, part) in self.0.iter().enumerate() {
            let is_last = at + 1 == self.0.len();
            match part {
                Part::Name(name) => {
                    // The number of an item may be left out.
                    while at > 0 && matches!(rest.first(), Some(Step::Index(_))) {
                        rest = &rest[1..];
                    }
                    let (step, after) = rest.split_first()?;
                    let Step::Field(field) = step else { return None };
                    let (name, low) = (name.to_lowercase(), field.to_lowercase());
                    is_partial = low != name;
                    if is_partial && (whole || !is_last || !low.starts_with(&name)) {
                        return None;
                    }
                    rest = after;
                }
                Part::Item(item) => match rest.split_first() {
                    Some((Step::Index(number), after)) => {
                        let is_named = entry.words.iter().any(|word| word.eq_ignore_ascii_case(item));
                        if item.parse() != Ok(*number) && (item.parse::<usize>().is_ok() || !is_named) {
                            return None;
                        }
                        rest = after;
                    }
                    None if is_last && at > 0 => below = Some(step_below(&entry.def.kind, item)?),
                    _ => return None,
                },
            }
        }
        let deeper = rest.iter().filter(|step| step.key().is_some()).count();
        Some(Fit { below, deeper, is_partial })
    }
}

/// The step into a list or a map.
fn step_below(kind: &Kind, item: &str) -> Option<Step> {
    match kind {
        Kind::List(_) => item.parse().ok().map(Step::Index),
        Kind::Map(_) => Some(Step::Key(item.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_from_a_word() {
        let name = |name: &str| Part::Name(name.to_owned());
        let item = |item: &str| Part::Item(item.to_owned());
        for (word, parts) in [
            ("spec.containers[0].image", vec![name("spec"), name("containers"), item("0"), name("image")]),
            ("\"spec.volumes[0]\":", vec![name("spec"), name("volumes"), item("0")]),
            ("[1]", vec![item("1")]),
            ("containers[web", vec![name("containers"), item("web")]),
            ("labels['a.b/c']", vec![name("labels"), item("a.b/c")]),
            ("tolerations[].effect", vec![name("tolerations"), name("effect")]),
        ] {
            assert_eq!(Route::read(word), Some(Route(parts)), "{word}");
        }
        for word in ["", "image", "nginx:1.27", "a..b", "[]", "a[0]]", "...", "https://a.b"] {
            assert_eq!(Route::read(word), None, "{word}");
        }
    }
}
