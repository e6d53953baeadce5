//! What another Kubernetes version means for a manifest: the same text, judged by both.

use crate::diagnostic::{Diagnostic, Kind, Severity};
use crate::document::Document;
use crate::object::Field;
use crate::path::{Path, Step};
use crate::schema::{FieldDef, Version};
use crate::yaml::{Data, Value};

/// One thing that a manifest meets at the new version and not at the old one, or the other way round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    /// The document's number.
    pub doc: usize,
    /// The field.
    pub path: Path,
    /// What becomes of it.
    pub what: What,
}

/// What becomes of a field of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The new version does not have the field.
    Lacks,
    /// The old version did not have the field, the new one has it.
    Has,
    /// The new version drops the field, whose feature gate is off; the old one kept it.
    Drops(&'static str),
    /// The new version keeps the field, whose feature gate is on; the old one dropped it.
    Keeps(&'static str),
    /// A problem that only the new version has.
    Appears(Severity, String),
    /// A problem that only the old version had.
    Disappears(Severity, String),
    /// The server fills in another value: before and after, `None` where it fills in none.
    Default(Option<String>, Option<String>),
}

/// What changes for a text between two versions: `old` and `new` are the same text. Fields first, then problems, then
/// defaults, in the order of the text's documents. A problem that both versions have is none of it, nor is what either
/// says of a field that one of them lacks.
pub fn consequences(old: &Document, new: &Document) -> Vec<Consequence> {
    let parts = new.parts.iter().filter_map(|part| Some((part.index, old.part(part.index)?, part)));
    let mut found = Vec::new();
    for (doc, before, after) in parts {
        let mut told = Vec::new();
        if let (Some(was), Some(is)) = (old.written(doc), new.written(doc)) {
            fields(&was, &is, &mut told);
        }
        let apart: Vec<Path> = told.iter().map(|(path, _)| path.clone()).collect();
        let only_in = |these: &[Diagnostic], those: &[Diagnostic]| -> Vec<(Path, Severity, String)> {
            let mut those: Vec<&Diagnostic> = those.iter().collect();
            let mut only = Vec::new();
            for this in these {
                let same = |that: &&Diagnostic| {
                    (that.stage, that.kind, &that.place) == (this.stage, this.kind, &this.place)
                };
                match those.iter().position(same) {
                    Some(at) => drop(those.swap_remove(at)),
                    None if this.kind == Kind::Unknown && apart.contains(&this.place) => {}
                    None => only.push((this.place.clone(), this.stage.severity(), this.message.clone())),
                }
            }
            only
        };
        let (was, is) = (&before.diagnostics, &after.diagnostics);
        let appear = only_in(is, was).into_iter().map(|(path, s, m)| (path, What::Appears(s, m)));
        let gone = only_in(was, is).into_iter().map(|(path, s, m)| (path, What::Disappears(s, m)));
        told.extend(appear.chain(gone));
        if let (Some(was), Some(is)) = (old.defaulted(doc), new.defaulted(doc)) {
            defaults(&was, &is, &mut told);
        }
        found.extend(told.into_iter().map(|(path, what)| Consequence { doc, path, what }));
    }
    found
}

/// The written fields that one version has and the other lacks, or that one keeps and the other drops.
fn fields(was: &Field<'_>, is: &Field<'_>, told: &mut Vec<(Path, What)>) {
    for (step, field) in children(is) {
        let before = was.at(&Path::from(vec![step]));
        if !field.is_written() {
            continue;
        }
        let kept = |field: &Field<'_>, def: &FieldDef| field.schema().keeps(def);
        match (before.def(), field.def()) {
            (Some(_), None) if is.ty().is_some() => told.push((field.path(), What::Lacks)),
            (None, Some(_)) => told.push((field.path(), What::Has)),
            (Some(old), Some(new)) => {
                match (kept(&before, old), kept(&field, new)) {
                    (true, false) => told.extend(new.gate.map(|gate| (field.path(), What::Drops(gate)))),
                    (false, true) => told.extend(old.gate.map(|gate| (field.path(), What::Keeps(gate)))),
                    _ => {}
                }
                fields(&before, &field, told);
            }
            _ => fields(&before, &field, told),
        }
    }
}

/// The values that the server fills in at one version and not, or not so, at the other.
fn defaults(was: &Field<'_>, is: &Field<'_>, told: &mut Vec<(Path, What)>) {
    let implied = |field: &Field<'_>| field.exists() && !field.is_written();
    let shown = |field: &Field<'_>| field.data().map(|data| data.to_json().to_string());
    let mut both = children(is);
    both.extend(
        children(was).into_iter().filter(|(step, _)| is.at(&Path::from(vec![step.clone()])).data().is_none()),
    );
    for (step, _) in both {
        let step = Path::from(vec![step]);
        let (before, after) = (was.at(&step), is.at(&step));
        match (implied(&before), implied(&after)) {
            (false, false) => defaults(&before, &after, told),
            (true, true) if same(before.data(), after.data()) => {}
            // What is written at one version and filled in at the other was dropped there: that is told of the field.
            (true, false) if after.exists() => {}
            (false, true) if before.exists() => {}
            _ => told.push((after.path(), What::Default(shown(&before), shown(&after)))),
        }
    }
}

fn same(before: Option<&Data>, after: Option<&Data>) -> bool {
    before.map(Data::to_json) == after.map(Data::to_json)
}

/// What stands in an object, list or map, with the step that leads to it.
fn children<'a>(field: &Field<'a>) -> Vec<(Step, Field<'a>)> {
    let below = |step: Step| (step.clone(), field.at(&Path::from(vec![step])));
    match field.value() {
        Some(Value::List(items)) => (0..items.len()).map(|i| below(Step::Index(i))).collect(),
        Some(Value::Map(map)) => {
            map.members.iter().map(|member| below(Step::Field(member.key.clone().into()))).collect()
        }
        _ => Vec::new(),
    }
}

impl Consequence {
    /// It in a sentence for people, without the path; `from` and `to` are the two versions.
    pub fn sentence(&self, from: Version, to: Version) -> String {
        let nothing = || "nothing".to_owned();
        match &self.what {
            What::Lacks => format!("Kubernetes {to} does not have this field."),
            What::Has => format!("Kubernetes {to} has this field, {from} does not."),
            What::Drops(gate) => format!("Kubernetes {to} drops this field: its feature gate {gate} is off."),
            What::Keeps(gate) => format!("Kubernetes {to} keeps this field: its feature gate {gate} is on."),
            What::Appears(_, message) | What::Disappears(_, message) => message.clone(),
            What::Default(before, after) => format!(
                "The server fills in {}, where Kubernetes {from} fills in {}.",
                after.clone().unwrap_or_else(nothing),
                before.clone().unwrap_or_else(nothing)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, from: &str, to: &str) -> Vec<(String, What)> {
        let at = |version: &str| Document::new(text, version.parse().expect("a version"));
        let found = consequences(&at(from), &at(to));
        found.into_iter().map(|told| (told.path.to_string(), told.what)).collect()
    }

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostnameOverride: web\n  containers:\n  - name: app\n    image: nginx:1.27\n";

    #[test]
    fn a_field_that_a_version_lacks_is_told_once() {
        let names = |told: Vec<(String, What)>| {
            told.into_iter()
                .filter(|(path, _)| path == "spec.hostnameOverride")
                .map(|(_, what)| what)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(told(POD, "1.36", "1.30")), [What::Lacks]);
        assert_eq!(names(told(POD, "1.30", "1.36")), [What::Has]);
        assert_eq!(told(POD, "1.36", "1.36"), []);
    }

    #[test]
    fn a_gate_that_turns_on_keeps_the_field() {
        let text = POD.replace(
            "  hostnameOverride: web\n",
            "  volumes:\n  - name: v\n    image:\n      reference: quay.io/a:1\n",
        );
        let gates =
            |from, to| told(&text, from, to).into_iter().find(|(path, _)| path == "spec.volumes[0].image");
        assert_eq!(gates("1.33", "1.37").map(|(_, what)| what), Some(What::Keeps("ImageVolume")));
        assert_eq!(gates("1.37", "1.33").map(|(_, what)| what), Some(What::Drops("ImageVolume")));
        assert_eq!(gates("1.37", "1.29").map(|(_, what)| what), Some(What::Lacks));
        // What a version lacks is no second source of the volume there.
        let appear =
            told(&text, "1.37", "1.29").into_iter().filter(|(_, what)| matches!(what, What::Appears(..)));
        assert_eq!(appear.collect::<Vec<_>>(), []);
    }
}
