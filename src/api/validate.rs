//! What the API server's validation finds wrong with an object on create (`pkg/apis/core/validation` and its siblings
//! for apps and batch upstream).
//!
//! One function for each upstream function, called where upstream calls it, so that errors come in upstream's order.
//! A function gets the field that it judges and the list of errors; what it must know besides stands in [`pod::Pod`].

mod container;
mod dns;
mod env;
mod meta;
mod mount;
mod pod;
mod probe;
pub mod resources;
pub mod schedule;
mod scheduling;
pub mod security;
mod selector;
mod volume;
mod workload;

use crate::api::names::{self, Faults};
use crate::diagnostic::{Diagnostic, Errors};
use crate::object::Field;
use crate::path::Path;

/// Validates an object that a manifest creates: the `Validate` of its kind's create strategy.
pub fn object(root: &Field<'_>, errs: &mut Errors) {
    match root.ty().and_then(|ty| ty.kind()) {
        Some("Pod") => pod::create(root, errs),
        Some("PodTemplate") => pod::pod_template(root, errs),
        _ => workload::object(root, errs),
    }
}

/// How a message names the value of a field: in quotes, or in words if it is empty.
fn quoted(field: &Field<'_>) -> String {
    if field.is_empty() { "an empty value".to_owned() } else { format!("“{}”", field.shown()) }
}

/// Reports each fault of a name's format as an invalid value of the field.
fn report(faults: Faults, field: &Field<'_>, errs: &mut Errors) {
    for fault in faults {
        errs.invalid(field, format!("{} {fault}", quoted(field)));
    }
}

/// The same, with a fix: the nearest value that has the format.
fn report_with_fix(
    faults: Faults,
    nearest: fn(&str) -> Option<String>,
    field: &Field<'_>,
    errs: &mut Errors,
) {
    let fix = if faults.is_empty() { None } else { nearest(field.str()) };
    for fault in faults {
        let diagnostic = errs.invalid(field, format!("{} {fault}", quoted(field)));
        if let Some(name) = &fix {
            diagnostic.fix_set(format!("Use {name}"), name.as_str());
        }
    }
}

/// `ValidateDNS1123Label`: the field must be a DNS label.
fn dns_label(field: &Field<'_>, errs: &mut Errors) {
    report_with_fix(names::dns_label(field.str()), names::as_dns_label, field, errs);
}

/// `ValidateDNS1123Subdomain` and the many `NameIsDNSSubdomain` of upstream: the field must be a DNS subdomain.
fn dns_subdomain(field: &Field<'_>, errs: &mut Errors) {
    report_with_fix(names::dns_subdomain(field.str()), names::as_dns_subdomain, field, errs);
}

/// `ValidateQualifiedName`: the field must be a name with an optional domain before it.
fn qualified_name(field: &Field<'_>, errs: &mut Errors) {
    report(names::qualified_name(field.str()), field, errs);
}

/// The text, which stands somewhere in the field's value, must be a qualified name; the server reports it at `printed`.
fn qualified_name_of(text: &str, field: &Field<'_>, printed: &Path, errs: &mut Errors) {
    for fault in names::qualified_name(text) {
        errs.invalid(field, format!("“{text}” {fault}")).at(printed.clone());
    }
}

/// `ValidateNonnegativeField`: the number must not be negative. An absent one counts as 0.
fn nonnegative(field: &Field<'_>, errs: &mut Errors) {
    if let Some(value) = field.int().filter(|value| *value < 0) {
        errs.invalid(field, format!("{value} is negative; it must be 0 or more")).fix_set("Set 0", 0);
    }
}

/// The number must be from `min` to `max`; with a fix to the nearer bound, unless it follows from another field. Absent is
/// fine.
fn in_range(field: &Field<'_>, min: i64, max: i64, errs: &mut Errors) {
    if let Some(value) = field.int().filter(|value| !(min..=max).contains(value)) {
        let bound = value.clamp(min, max);
        let problem = errs.invalid(field, format!("{value} is out of range; it must be {min} to {max}"));
        if field.is_written() {
            problem.fix_set(format!("Use {bound}"), bound);
        }
    }
}

/// The field must hold one of the values. With a value of another kind or none it is required, as an empty text is.
fn one_of(field: &Field<'_>, allowed: &[&str], errs: &mut Errors) {
    match field.str() {
        "" => {
            errs.required(field, format!("must be one of {}", allowed.join(", ")));
        }
        value if allowed.contains(&value) => {}
        _ => {
            errs.not_supported(field, allowed);
        }
    }
}

/// Reports that a field may not be set, with the fix that removes it.
fn forbid<'e>(field: &Field<'_>, message: &str, errs: &'e mut Errors) -> &'e mut Diagnostic {
    let written = field.is_written();
    let diagnostic = errs.forbidden(field, message);
    if written { diagnostic.fix_remove() } else { diagnostic }
}
