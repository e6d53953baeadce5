//! Our own good-practice advice: what the API server accepts and a person would still want to know. One table, one
//! function each.

use crate::diagnostic::{Diagnostic, Kind, Stage};
use crate::object::Field;

/// One check.
pub struct Check {
    /// Its id, as it stands in `type` of `podwright check -o json`.
    pub id: &'static str,
    /// What it looks for, in one sentence.
    pub about: &'static str,
    run: fn(&Field<'_>, &mut Advice<'_>),
}

/// Every check, in the order in which they run.
pub const CHECKS: &[Check] = &[
    Check {
        id: "image-placeholder",
        about: "An image that still holds a placeholder: a shell variable, a template action or angle brackets.",
        run: image_placeholder,
    },
    Check {
        id: "image-tag",
        about: "An image with no tag or with the tag latest: what runs changes without a change of the manifest.",
        run: image_tag,
    },
];

/// Runs every check over the pod of an object.
pub fn advise(root: &Field<'_>) -> Vec<Diagnostic> {
    let Some(pod) = root.pod() else { return Vec::new() };
    let mut found = Vec::new();
    for list in ["initContainers", "containers"] {
        for container in pod.get("spec").get(list).items() {
            for check in CHECKS {
                (check.run)(&container, &mut Advice { id: check.id, found: &mut found });
            }
        }
    }
    found
}

struct Advice<'v> {
    id: &'static str,
    found: &'v mut Vec<Diagnostic>,
}

impl Advice<'_> {
    fn give(&mut self, field: &Field<'_>, message: String) {
        self.found.push(Diagnostic::new(Stage::Advise, Kind::Advice(self.id), field, message));
    }
}

fn image_placeholder(container: &Field<'_>, advice: &mut Advice<'_>) {
    let field = container.get("image");
    let image = field.str();
    if image.contains(['$', '<', '>', '{', '}']) {
        advice.give(
            &field,
            format!("{image} is not an image but a placeholder: nothing replaces it here, and the pull fails with InvalidImageName; put the image itself in its place"),
        );
    }
}

fn image_tag(container: &Field<'_>, advice: &mut Advice<'_>) {
    let field = container.get("image");
    let image = field.str();
    let name = image.rsplit('/').next().unwrap_or_default();
    if image.is_empty() || image.contains(['@', '$', '<', '{']) || image.ends_with(char::is_whitespace) {
        return;
    }
    match name.split_once(':').map(|(_, tag)| tag) {
        None => advice.give(
            &field,
            format!(
                "{image} has no tag, so it means {image}:latest, which changes over time; name a version"
            ),
        ),
        Some("latest") => advice.give(
            &field,
            "the tag latest changes over time, and nobody can tell which version runs; name a version"
                .to_owned(),
        ),
        Some(_) => {}
    }
}
