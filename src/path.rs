//! Where a value stands in an object, spelled as the API server spells it:
//! `spec.containers[0].resources.limits[cpu]`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// One step down from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A named field of a type: `.image`.
    Field(Cow<'static, str>),
    /// A key of a map, whose keys are data: `[cpu]`.
    Key(String),
    /// An item of a list: `[0]`.
    Index(usize),
}

impl Step {
    /// The mapping key that this step names in YAML, or `None` for a list index.
    pub fn key(&self) -> Option<&str> {
        match self {
            Step::Field(name) => Some(name),
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        }
    }
}

/// A field path as in upstream's `field.Path` (apimachinery, `util/validation/field`).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The object itself.
    pub fn root() -> Path {
        Path(Vec::new())
    }

    /// This path extended by a field name.
    pub fn field(&self, name: impl Into<Cow<'static, str>>) -> Path {
        self.then(Step::Field(name.into()))
    }

    /// This path extended by a map key.
    pub fn key(&self, key: impl Into<String>) -> Path {
        self.then(Step::Key(key.into()))
    }

    /// This path extended by a list index.
    pub fn index(&self, index: usize) -> Path {
        self.then(Step::Index(index))
    }

    /// This path extended by any step.
    pub fn then(&self, step: Step) -> Path {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Path(steps)
    }

    /// The steps from the object down.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The last step and the path above it; `None` for the object itself.
    pub fn split_last(&self) -> Option<(Path, &Step)> {
        let (last, up) = self.0.split_last()?;
        Some((Path(up.to_vec()), last))
    }

    /// The path above the last step; the root is its own parent.
    pub fn parent(&self) -> Path {
        self.split_last().map_or_else(Path::root, |(up, _)| up)
    }

    /// Whether this path is `other` or stands above it. Field and key steps of the same name are alike.
    pub fn contains(&self, other: &Path) -> bool {
        self.0.len() <= other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| same(a, b))
    }

    /// Whether both name the same place. Field and key steps of the same name are alike.
    pub fn same_place(&self, other: &Path) -> bool {
        self.0.len() == other.0.len() && self.contains(other)
    }
}

fn same(a: &Step, b: &Step) -> bool {
    match (a, b) {
        (Step::Index(a), Step::Index(b)) => a == b,
        (a, b) => a.key().is_some() && a.key() == b.key(),
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Path {
        Path(steps)
    }
}

impl fmt::Display for Path {
    /// Fields with dots, keys and indexes in brackets, as `field.Path.String` prints them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if i == 0 => write!(f, "{name}")?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Why a text is not a field path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathError {
    /// The byte at which reading stopped.
    pub at: usize,
    /// What is wrong there.
    pub problem: &'static str,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a field path at character {}: {}", self.at + 1, self.problem)
    }
}

impl std::error::Error for PathError {}

impl FromStr for Path {
    type Err = PathError;

    /// Reads `spec.containers[0].resources.limits[cpu]`. Digits in brackets are an index; a key that holds brackets,
    /// dots or only digits may be quoted: `labels["app.kubernetes.io/name"]`. Brackets may hold dots unquoted.
    fn from_str(text: &str) -> Result<Path, PathError> {
        let mut steps = Vec::new();
        let mut rest = text;
        let at = |rest: &str| text.len() - rest.len();
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (step, after) = bracket(inner).map_err(|problem| PathError { at: at(rest), problem })?;
                steps.push(step);
                rest = after;
                continue;
            }
            if !steps.is_empty() {
                rest = rest
                    .strip_prefix('.')
                    .ok_or(PathError { at: at(rest), problem: "expected “.” or “[”" })?;
            }
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                return Err(PathError { at: at(rest), problem: "a field name is missing" });
            }
            steps.push(Step::Field(Cow::Owned(rest[..end].to_owned())));
            rest = &rest[end..];
        }
        Ok(Path(steps))
    }
}

fn bracket(inner: &str) -> Result<(Step, &str), &'static str> {
    for quote in ['"', '\''] {
        if let Some(quoted) = inner.strip_prefix(quote) {
            let end = quoted.find(quote).ok_or("the quoted key has no closing quote")?;
            let after = quoted[end + 1..].strip_prefix(']').ok_or("“]” is missing")?;
            return Ok((Step::Key(quoted[..end].to_owned()), after));
        }
    }
    let end = inner.find(']').ok_or("“]” is missing")?;
    let (word, after) = (&inner[..end], &inner[end + 1..]);
    if word.is_empty() {
        return Err("the brackets are empty");
    }
    match word.parse() {
        Ok(index) if word.bytes().all(|b| b.is_ascii_digit()) => Ok((Step::Index(index), after)),
        _ => Ok((Step::Key(word.to_owned()), after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        for text in [
            "",
            "kind",
            "spec.containers[0].resources.limits[cpu]",
            "metadata.annotations[example.com/a.b]",
            "spec.topologySpreadConstraints[0][0]",
        ] {
            assert_eq!(text.parse::<Path>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn digits_are_an_index_unless_quoted() {
        assert_eq!("a[1]".parse::<Path>().expect("path"), Path::root().field("a").index(1));
        assert_eq!("a[\"1\"]".parse::<Path>().expect("path"), Path::root().field("a").key("1"));
    }

    #[test]
    fn says_where_a_path_goes_wrong() {
        for (text, at) in [("a..b", 2), ("a[", 1), ("a[]", 1), ("a[0]b", 4), (".a", 0), ("a['x]", 1)] {
            assert_eq!(text.parse::<Path>().expect_err(text).at, at, "{text}");
        }
    }

    #[test]
    fn a_field_and_a_key_of_one_name_are_the_same_place() {
        let typed: Path = "metadata.labels.app".parse().expect("path");
        let shown: Path = "metadata.labels[app]".parse().expect("path");
        assert!(typed.same_place(&shown) && shown.parent().contains(&typed));
    }
}
