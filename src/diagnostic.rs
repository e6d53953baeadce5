//! Problems: what is wrong, where in the object and in the text, and what would mend it.

use crate::object::Field;
use crate::path::Path;
use crate::yaml::{Change, Data};
use std::ops::Range;

/// Which step of the way from text to object found a problem. The severity follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The text is not YAML that kubectl reads as meant.
    Syntax,
    /// The YAML is not an object of its type (strict field validation, `fieldValidation=Strict`).
    Decode,
    /// The API server refuses the object.
    Validate,
    /// The API server accepts the object with a warning.
    Warn,
    /// A Pod Security level forbids the object.
    PodSecurity,
    /// Our own good-practice advice.
    Advise,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The object would be refused.
    Error,
    /// It would be accepted, with something to know.
    Warning,
    /// It could be better.
    Advice,
}

impl Stage {
    /// The stage as `podwright check -o json` spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Syntax => "syntax",
            Stage::Decode => "decode",
            Stage::Validate => "validate",
            Stage::Warn => "warn",
            Stage::PodSecurity => "pod-security",
            Stage::Advise => "advise",
        }
    }

    /// How bad a problem of this stage is.
    pub fn severity(self) -> Severity {
        match self {
            Stage::Syntax | Stage::Decode | Stage::Validate => Severity::Error,
            Stage::Warn | Stage::PodSecurity => Severity::Warning,
            Stage::Advise => Severity::Advice,
        }
    }
}

/// The type of a problem: the API server's error types (apimachinery `field.ErrorType`) and our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text that is not YAML (syntax), or a document that is not an object of a known kind (decode).
    Malformed,
    /// YAML that kubectl reads, though perhaps not as meant.
    Hazard,
    /// A field that the type does not have.
    Unknown,
    /// A key given twice.
    DuplicateKey,
    /// A value of the wrong kind.
    WrongType,
    /// `FieldValueInvalid`
    Invalid,
    /// `FieldValueRequired`
    Required,
    /// `FieldValueDuplicate`
    Duplicate,
    /// `FieldValueForbidden`
    Forbidden,
    /// `FieldValueNotSupported`
    NotSupported,
    /// `FieldValueNotFound`
    NotFound,
    /// `FieldValueTooLong`
    TooLong,
    /// `FieldValueTooMany`
    TooMany,
    /// `FieldValueTypeInvalid`
    TypeInvalid,
    /// `InternalError`
    Internal,
    /// A warning that the API server sends along.
    Warning,
    /// A failed Pod Security check, by upstream's check id.
    Check(&'static str),
    /// A piece of advice, by its id.
    Advice(&'static str),
}

impl Kind {
    /// The type as `podwright check -o json` spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Malformed => "malformed",
            Kind::Hazard => "hazard",
            Kind::Unknown => "unknown",
            Kind::DuplicateKey => "duplicate",
            Kind::WrongType => "wrong-type",
            Kind::Invalid => "FieldValueInvalid",
            Kind::Required => "FieldValueRequired",
            Kind::Duplicate => "FieldValueDuplicate",
            Kind::Forbidden => "FieldValueForbidden",
            Kind::NotSupported => "FieldValueNotSupported",
            Kind::NotFound => "FieldValueNotFound",
            Kind::TooLong => "FieldValueTooLong",
            Kind::TooMany => "FieldValueTooMany",
            Kind::TypeInvalid => "FieldValueTypeInvalid",
            Kind::Internal => "InternalError",
            Kind::Warning => "warning",
            Kind::Check(id) | Kind::Advice(id) => id,
        }
    }
}

/// A problem with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// The step that found it.
    pub stage: Stage,
    /// Its type.
    pub kind: Kind,
    /// The field, as the API server names it; of a warning, what stands before its first colon.
    pub path: Path,
    /// The field as it stands in the object, where the server's own path is odd; else the same as `path`.
    pub place: Path,
    /// The bytes to mark in the text.
    pub span: Range<usize>,
    /// What is wrong with this value and what is allowed, in our words.
    pub message: String,
    /// Ways to mend it, the likeliest first.
    pub fixes: Vec<Fix>,
}

/// A change that would mend a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// What it does, for a button: `Set hostPort to 80`.
    pub title: String,
    /// The changes of the document.
    pub changes: Vec<Change>,
}

impl Diagnostic {
    /// A problem of a field.
    pub fn new(stage: Stage, kind: Kind, field: &Field<'_>, message: impl Into<String>) -> Diagnostic {
        let path = field.path();
        Diagnostic {
            stage,
            kind,
            place: path.clone(),
            path,
            span: field.mark(),
            message: message.into(),
            fixes: Vec::new(),
        }
    }

    /// Reports another path than the field's own: the server names some fields oddly.
    pub fn at(&mut self, path: Path) -> &mut Diagnostic {
        self.path = path;
        self
    }

    /// Adds a way to mend it.
    pub fn fix(&mut self, title: impl Into<String>, changes: Vec<Change>) -> &mut Diagnostic {
        self.fixes.push(Fix { title: title.into(), changes });
        self
    }

    /// Adds the fix that sets the field itself to a value.
    pub fn fix_set(
        &mut self,
        title: impl Into<String>,
        value: impl Into<serde_json::Value>,
    ) -> &mut Diagnostic {
        let change = Change::Set { path: self.place.clone(), value: value.into() };
        self.fix(title, vec![change])
    }

    /// The same problem of an object that stands at `place` in a greater one: place and fixes are those of the whole, the
    /// path stays the object's own.
    #[must_use]
    pub fn below(mut self, place: &Path) -> Diagnostic {
        let moved =
            |path: &Path| path.steps().iter().fold(place.clone(), |path, step| path.then(step.clone()));
        self.place = moved(&self.place);
        for change in self.fixes.iter_mut().flat_map(|fix| &mut fix.changes) {
            let (Change::Set { path, .. }
            | Change::Remove { path }
            | Change::Insert { path, .. }
            | Change::Move { path, .. }
            | Change::Rename { path, .. }
            | Change::Spell { path, .. }
            | Change::RemoveRepeat { path, .. }) = change;
            *path = moved(path);
        }
        self
    }

    /// Adds the fix that removes the field itself.
    pub fn fix_remove(&mut self) -> &mut Diagnostic {
        let change = Change::Remove { path: self.place.clone() };
        self.fix(format!("Remove {}", self.place), vec![change])
    }
}

impl Fix {
    /// Whether everything that the fix would take away, move or rename has text of its own: a default has none.
    pub fn is_possible(&self, written: &Data) -> bool {
        self.changes.iter().all(|change| match change {
            Change::Remove { path }
            | Change::Rename { path, .. }
            | Change::Move { path, .. }
            | Change::Spell { path, .. }
            | Change::RemoveRepeat { path, .. } => written.at(path).is_some(),
            Change::Set { .. } | Change::Insert { .. } => true,
        })
    }
}

/// Collects the API server's errors of an object, in the order in which the server finds them. One method for each
/// error type; each gives back the new error, to add fixes or the server's odd path.
#[derive(Debug, Default)]
pub struct Errors {
    /// What was found so far.
    pub found: Vec<Diagnostic>,
}

impl Errors {
    /// `field.Invalid`: the value does not satisfy its rule.
    pub fn invalid(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Kind::Invalid, field, message)
    }

    /// `field.Required`: the value is missing.
    pub fn required(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Kind::Required, field, message)
    }

    /// `field.Duplicate`: the value must be unique and is not.
    pub fn duplicate(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Kind::Duplicate, field, message)
    }

    /// `field.Forbidden`: the field may not be set here.
    pub fn forbidden(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Kind::Forbidden, field, message)
    }

    /// `field.NotSupported`: the value is none of `allowed`. Brings its own words and the nearest value as a fix.
    pub fn not_supported(&mut self, field: &Field<'_>, allowed: &[&str]) -> &mut Diagnostic {
        let given = field.shown();
        let list =
            allowed.iter().map(|v| if v.is_empty() { "\"\"" } else { v }).collect::<Vec<_>>().join(", ");
        let diagnostic = self.add(
            Kind::NotSupported,
            field,
            format!("{given} is not one of the values that stand here: {list}"),
        );
        if let Some(near) = nearest(&given, allowed) {
            diagnostic.fix_set(format!("Did you mean {near}?"), near);
        }
        diagnostic
    }

    /// `field.NotFound`: what the value names does not exist.
    pub fn not_found(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Kind::NotFound, field, message)
    }

    /// `field.TooLong`: the value is longer than `max` bytes.
    pub fn too_long(&mut self, field: &Field<'_>, max: usize) -> &mut Diagnostic {
        self.add(Kind::TooLong, field, format!("must be at most {max} bytes long"))
    }

    /// `field.TooMany`: the list has more than `max` items.
    pub fn too_many(&mut self, field: &Field<'_>, actual: usize, max: usize) -> &mut Diagnostic {
        self.add(Kind::TooMany, field, format!("has {actual} items; at most {max} may stand here"))
    }

    /// `field.TypeInvalid`: the value is of the wrong type.
    pub fn type_invalid(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Kind::TypeInvalid, field, message)
    }

    /// `field.InternalError`: the server fails on the value.
    pub fn internal(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.add(Kind::Internal, field, message)
    }

    fn add(&mut self, kind: Kind, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.found.push(Diagnostic::new(Stage::Validate, kind, field, message));
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

/// The candidate that a person most likely meant: equal but for case, or within a small edit distance.
pub fn nearest<'c>(given: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let given_low = given.to_lowercase();
    let reach = (given.chars().count() / 3).max(1);
    candidates
        .iter()
        .filter(|c| !c.is_empty())
        .map(|c| (strsim::damerau_levenshtein(&given_low, &c.to_lowercase()), *c))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}
