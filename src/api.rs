//! What the API server does with an object on create, in its order: decode, fill in defaults,
//! drop what a disabled feature gate hides, validate, warn, and judge by the Pod Security Standards. Never panics, does no I/O.
//!
//! A rule is one function for each upstream function, called where upstream calls it; the call tree is the registry.

mod decode;
mod defaults;
pub mod names;
pub mod pod_security;
pub mod quantity;
mod validate;
mod warnings;

pub use decode::items_of_list;
pub use validate::schedule::next_runs;
pub use validate::security::{APP_ARMOR_ANNOTATION, app_armor_of_annotation};

use crate::diagnostic::{Diagnostic, Errors, Kind, Severity};
use crate::object::Field;
use crate::path::Path;
use crate::schema::{Schema, TypeId};
use crate::yaml::Data;
use pod_security::PodSecurity;

/// The server's answer to one document.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// The type of the object, if `apiVersion` and `kind` name one that Podwright knows.
    pub root: Option<TypeId>,
    /// The object as the server would keep it: unknown and disabled fields dropped, defaults filled in (marked as implied).
    pub object: Option<Data>,
    /// The problems of the stages decode, validate and warn, in the server's order.
    pub diagnostics: Vec<Diagnostic>,
    /// The failed Pod Security checks of the object's pod; `None` if it could not be decoded.
    pub pod_security: Option<PodSecurity>,
    /// Whether create with strict field validation would succeed.
    pub accepted: bool,
}

/// Asks the rules of one version for their answer to a document.
///
/// `data` is the document as kubectl reads it. A kind that Podwright does not know is accepted unseen: `root` is then
/// `None`, and nothing is said of its fields. Of a `List` each item is reviewed for itself, as kubectl sends them one by one:
/// a problem's path is that in the item, its place that in the list.
pub fn review(data: &Data, schema: &'static Schema) -> Review {
    let decoded = decode::decode(data, schema);
    let mut review = Review { root: decoded.root, diagnostics: decoded.diagnostics, ..Review::default() };
    if let Some(root) = decoded.root.filter(|_| !decoded.failed) {
        let mut object = data.clone();
        if review.diagnostics.iter().any(|diagnostic| diagnostic.kind == Kind::Unknown) {
            defaults::drop_unknown(&mut object, schema, root);
        }
        defaults::fill_in(&mut object, schema, root);
        defaults::drop_disabled(&mut object, schema, root, &mut review.diagnostics);
        let field = Field::root(schema, root, &object);
        let mut errors = Errors::default();
        validate::object(&field, &mut errors);
        review.diagnostics.append(&mut errors.found);
        warnings::object(&field, &mut review.diagnostics);
        review.pod_security = pod_security::judge(&field);
        let judged =
            review.pod_security.iter_mut().flat_map(|judged| [&mut judged.baseline, &mut judged.restricted]);
        let problems = judged.flatten().flat_map(|check| &mut check.problems).chain(&mut review.diagnostics);
        for problem in problems {
            problem.fixes.retain(|fix| fix.is_possible(data));
        }
        review.object = Some(object);
    }
    for (i, item) in items_of_list(data).iter().enumerate() {
        let place = Path::root().field("items").index(i);
        review
            .diagnostics
            .extend(self::review(item, schema).diagnostics.into_iter().map(|d| d.below(&place)));
    }
    review.accepted = review.diagnostics.iter().all(|d| d.stage.severity() != Severity::Error);
    review
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Kind, Stage};
    use crate::schema::Version;
    use crate::yaml;

    fn review_text(text: &str, version: &str) -> Review {
        let stream = yaml::parse(text);
        let data = stream.docs.first().and_then(|doc| doc.data.as_ref()).expect("a document");
        review(data, Schema::at(version.parse().expect("version")))
    }

    const POD: &str =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: b}]\n";

    #[test]
    fn a_plain_pod_is_fine_at_every_version() {
        for version in Version::all() {
            let review = review_text(POD, &version.to_string());
            assert!(review.accepted && review.diagnostics.is_empty(), "{version}: {:?}", review.diagnostics);
        }
    }

    #[test]
    fn items_of_a_list_are_reviewed_one_by_one() {
        let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap}\n- {apiVersion: v1, kind: Pod, metadata: {name: A}, spec: {containers: [{name: a, image: b}]}}\n";
        let review = review_text(list, "1.36");
        let errors: Vec<_> = review.diagnostics.iter().filter(|d| d.stage == Stage::Validate).collect();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].path.to_string(), "metadata.name");
        assert_eq!(errors[0].place.to_string(), "items[1].metadata.name");
        assert!(!review.accepted);
        let yaml::Change::Set { path, .. } = &errors[0].fixes[0].changes[0] else { panic!("a Set") };
        assert_eq!(path, &errors[0].place);
    }

    #[test]
    fn a_field_whose_gate_is_off_is_dropped_with_a_word() {
        let text = POD.replace("image: b", "image: b, lifecycle: {stopSignal: SIGTERM}");
        let review = review_text(&text, "1.36");
        let dropped: Vec<_> = review.diagnostics.iter().map(|d| (d.kind, d.path.to_string())).collect();
        assert_eq!(
            dropped,
            [(Kind::Advice("dropped-field"), "spec.containers[0].lifecycle.stopSignal".to_owned())]
        );
        assert!(review.accepted);
    }

    #[test]
    fn a_field_of_a_later_version_is_unknown_and_says_so() {
        let text = POD.replace("spec:\n", "spec:\n  hostnameOverride: a\n");
        let review = review_text(&text, "1.33");
        assert_eq!(review.diagnostics.len(), 1);
        assert_eq!(review.diagnostics[0].kind, Kind::Unknown);
        assert!(review.diagnostics[0].message.contains("1.34"), "{}", review.diagnostics[0].message);
    }

    #[test]
    fn another_groups_kind_is_accepted_unseen_and_a_wrong_group_is_not() {
        assert!(review_text("apiVersion: example.com/v1\nkind: Pod\n", "1.36").accepted);
        let wrong = review_text("apiVersion: extensions/v1beta1\nkind: Deployment\n", "1.36");
        assert_eq!(wrong.diagnostics[0].kind, Kind::Malformed);
        assert_eq!(wrong.diagnostics[0].fixes[0].title, "Use apps/v1");
    }
}
