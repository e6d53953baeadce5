//! Label selectors: which labels they match, and operators that they do not know.

use crate::api::names;
use crate::diagnostic::{Errors, nearest};
use crate::object::Field;

/// `field.Invalid`, as the server reports an operator that it does not know.
pub fn unknown_operator(operator: &Field<'_>, known: &[&str], errs: &mut Errors) {
    let message = match operator.is_empty() {
        true => format!("the operator is missing: {}", known.join(", ")),
        false => format!("{} is no operator; {} are", operator.shown(), known.join(", ")),
    };
    let problem = errs.invalid(operator, message);
    if let Some(near) = nearest(operator.str(), known) {
        problem.fix_set(format!("Did you mean {near}?"), near);
    }
}

/// Whether a selector selects a set of labels, upstream's `metav1.LabelSelectorAsSelector` and `Selector.Matches`.
/// `None` if the selector is too broken to be used. An absent selector selects nothing, an empty one everything.
pub fn matches(selector: &Field<'_>, labels: &Field<'_>) -> Option<bool> {
    if !selector.exists() {
        return Some(false);
    }
    matches_labels(selector, |key| labels.key(key).data().map(|_| labels.key(key).str()))
}

/// The same for labels that a function knows by key; an absent selector selects everything here.
pub fn matches_labels<'a>(selector: &Field<'_>, label: impl Fn(&str) -> Option<&'a str>) -> Option<bool> {
    let mut all = true;
    for (key, value) in selector.get("matchLabels").entries() {
        usable(key, [value.str()])?;
        all &= label(key) == Some(value.str());
    }
    for requirement in selector.get("matchExpressions").items() {
        let values: Vec<&str> = requirement.get("values").items().map(|value| value.str()).collect();
        let key = requirement.get("key").str();
        usable(key, values.iter().copied())?;
        let given = label(key);
        all &= match (requirement.get("operator").str(), values.is_empty()) {
            ("In", false) => given.is_some_and(|given| values.contains(&given)),
            ("NotIn", false) => given.is_none_or(|given| !values.contains(&given)),
            ("Exists", true) => given.is_some(),
            ("DoesNotExist", true) => given.is_none(),
            _ => return None,
        };
    }
    Some(all)
}

/// Upstream's `labels.NewRequirement` refuses bad keys and values.
fn usable<'v>(key: &str, values: impl IntoIterator<Item = &'v str>) -> Option<()> {
    let fine = names::qualified_name(key).is_empty()
        && values.into_iter().all(|value| names::label_value(value).is_empty());
    fine.then_some(())
}
