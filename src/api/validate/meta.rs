//! Metadata and label selectors (apimachinery `api/validation`, `apis/meta/v1/validation`).

use super::{dns_label, nonnegative, quoted, report, report_with_fix};
use crate::api::names::{self, Faults};
use crate::diagnostic::{Diagnostic, Errors};
use crate::object::Field;
use crate::yaml::Change;

/// The greatest total of an object's annotations, keys and values, in bytes.
const ANNOTATIONS_MAX: usize = 256 * 1024;

/// `ValidateObjectMeta`: `name_format` is the format of the kind's names.
///
/// The server has by then put a namespace where none is written, and made a name from `generateName`.
pub fn object(meta: &Field<'_>, name_format: fn(&str) -> Faults, errs: &mut Errors) {
    let (name, prefix) = (meta.get("name"), meta.get("generateName"));
    if !prefix.is_empty() {
        report(names::as_prefix(name_format, prefix.str()), &prefix, errs);
    }
    if !name.is_empty() {
        report_with_fix(name_format(name.str()), names::as_dns_subdomain, &name, errs);
    } else if prefix.is_empty() {
        errs.required(&name, "an object needs a name, or a generateName to make one from");
    } else {
        // The generated name has the prefix, cut to 58 bytes, and five characters more.
        let prefix_text = prefix.str();
        let cut =
            (0..=prefix_text.len().min(58)).rev().find(|i| prefix_text.is_char_boundary(*i)).unwrap_or(0);
        for fault in name_format(&format!("{}abcde", &prefix_text[..cut])) {
            errs.invalid(&name, format!("the name that the server would generate {fault}"));
        }
    }
    if !meta.get("namespace").is_empty() {
        dns_label(&meta.get("namespace"), errs);
    }
    // Since 1.33 the server itself begins to count the generations of every kind.
    if meta.schema().version.minor() < 33 {
        nonnegative(&meta.get("generation"), errs);
    }
    labels(&meta.get("labels"), errs);
    annotations(&meta.get("annotations"), errs);
    owner_references(&meta.get("ownerReferences"), errs);
    let list = meta.get("finalizers");
    finalizers(&list, errs);
    managed_fields(&meta.get("managedFields"), errs);
    for finalizer in list.items() {
        standard_finalizer(&finalizer, errs);
    }
}

/// `ValidateLabels`: keys are qualified names, values are label values. The server names the map, not the key.
pub fn labels(labels: &Field<'_>, errs: &mut Errors) {
    for (key, value) in labels.entries() {
        for fault in names::qualified_name(key) {
            let diagnostic = errs.invalid(&value, format!("the key “{key}” {fault}")).at(labels.path());
            rename_key(diagnostic, names::as_label_key(key));
        }
        for fault in names::label_value(value.str()) {
            let diagnostic = errs.invalid(&value, format!("{} {fault}", quoted(&value))).at(labels.path());
            if let Some(near) = names::as_label_value(value.str()) {
                diagnostic.fix_set(format!("Use {near}"), near);
            }
        }
    }
}

/// Adds the fix that gives an entry of a map the nearest good key.
fn rename_key(diagnostic: &mut Diagnostic, key: Option<String>) {
    if let Some(key) = key {
        let change = Change::Rename { path: diagnostic.place.clone(), key: key.clone() };
        diagnostic.fix(format!("Rename it to {key}"), vec![change]);
    }
}

/// `ValidateAnnotations`: keys are qualified names once in lower case; all together are at most 256 KiB.
pub fn annotations(annotations: &Field<'_>, errs: &mut Errors) {
    let mut total = 0;
    for (key, value) in annotations.entries() {
        total += key.len() + value.str().len();
        for fault in names::qualified_name(&key.to_lowercase()) {
            let diagnostic = errs.invalid(&value, format!("the key “{key}” {fault}")).at(annotations.path());
            rename_key(diagnostic, names::as_label_key(key));
        }
    }
    if total > ANNOTATIONS_MAX {
        errs.too_long(annotations, ANNOTATIONS_MAX);
    }
}

/// `ValidateOwnerReferences`: each names its owner in full; at most one is the controller. The server's paths are without
/// the index.
fn owner_references(references: &Field<'_>, errs: &mut Errors) {
    let base = references.path();
    let mut controller = "";
    for reference in references.items() {
        let api_version = reference.get("apiVersion");
        // `ParseGroupVersion` of upstream: more than one slash yields an empty version.
        let version = match api_version.str().split_once('/') {
            Some((_, version)) if version.contains('/') => "",
            Some((_, version)) => version,
            None => api_version.str(),
        };
        if version.is_empty() {
            let message = format!("{} is not an API version; it must be like apps/v1", quoted(&api_version));
            errs.invalid(&api_version, message).at(base.field("apiVersion"));
        }
        for (name, what) in [("kind", "kind"), ("name", "name"), ("uid", "UID")] {
            if reference.get(name).is_empty() {
                errs.invalid(&reference.get(name), format!("the owner's {what} must not be empty"))
                    .at(base.field(name));
            }
        }
        if reference.get("kind").str() == "Event" && api_version.str() == "v1" {
            errs.invalid(&reference, "an Event may not own other objects").at(base.clone());
        }
        if reference.get("controller").is_true() {
            if !controller.is_empty() {
                errs.invalid(
                    references,
                    format!("at most one owner may be the controller; {controller} is already"),
                );
            }
            controller = reference.get("name").str();
        }
    }
}

/// `ValidateFinalizers`: qualified names, and one way at most to treat what the object owns.
fn finalizers(list: &Field<'_>, errs: &mut Errors) {
    for finalizer in list.items() {
        for fault in names::qualified_name(finalizer.str()) {
            errs.invalid(&finalizer, format!("{} {fault}", quoted(&finalizer))).at(list.path());
        }
    }
    let has = |name: &str| list.items().any(|finalizer| finalizer.str() == name);
    if has("orphan") && has("foregroundDeletion") {
        errs.invalid(list, "what the object owns is orphaned or deleted first, not both");
    }
}

/// `validateKubeFinalizerName`: without a domain it must be one of the server's own.
fn standard_finalizer(finalizer: &Field<'_>, errs: &mut Errors) {
    let known = ["orphan", "foregroundDeletion", "kubernetes"];
    if !finalizer.str().contains('/') && !known.contains(&finalizer.str()) {
        errs.invalid(
            finalizer,
            format!("{} must have a domain before it, like example.com/name", quoted(finalizer)),
        );
    }
}

/// `ValidateManagedFields`: what server-side apply keeps; nobody writes it by hand.
fn managed_fields(list: &Field<'_>, errs: &mut Errors) {
    for entry in list.items() {
        let operation = entry.get("operation");
        if !["Apply", "Update"].contains(&operation.str()) {
            errs.invalid(&operation, "must be Apply or Update");
        }
        let fields_type = entry.get("fieldsType");
        if !fields_type.is_empty() && fields_type.str() != "FieldsV1" {
            errs.invalid(&fields_type, "must be FieldsV1");
        }
        let manager = entry.get("manager");
        if manager.str().len() > 128 {
            errs.too_long(&manager, 128);
        }
        if manager.str().chars().any(char::is_control) {
            errs.invalid(&manager, "must consist of printable characters");
        }
        if entry.get("subresource").str().len() > 256 {
            errs.too_long(&entry.get("subresource"), 256);
        }
    }
}

/// `ValidateLabelSelector`; an absent selector is fine.
pub fn label_selector(selector: &Field<'_>, errs: &mut Errors) {
    labels(&selector.get("matchLabels"), errs);
    for requirement in selector.get("matchExpressions").items() {
        label_selector_requirement(&requirement, errs);
    }
}

/// `ValidateLabelSelectorRequirement`.
fn label_selector_requirement(requirement: &Field<'_>, errs: &mut Errors) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    match operator.str() {
        "In" | "NotIn" if values.is_empty() => {
            errs.required(
                &values,
                format!("{} compares with values, so at least one must be given", operator.str()),
            );
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            errs.forbidden(
                &values,
                format!("{} looks at the key only, so no values may be given", operator.str()),
            )
            .fix_remove();
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => {
            errs.invalid(
                &operator,
                format!("{} is not In, NotIn, Exists or DoesNotExist", quoted(&operator)),
            );
        }
    }
    label_name(&requirement.get("key"), errs);
    for value in values.items() {
        report_with_fix(names::label_value(value.str()), names::as_label_value, &value, errs);
    }
}

/// `ValidateLabelName`: the field must be a label key.
pub fn label_name(field: &Field<'_>, errs: &mut Errors) {
    report(names::qualified_name(field.str()), field, errs);
}
