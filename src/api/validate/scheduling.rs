//! Where pods may run: node selection, affinity, tolerations, spread, gates.

use super::meta::{self, label_selector};
use super::report;
use super::selector::unknown_operator;
use crate::api::names;
use crate::diagnostic::Errors;
use crate::object::Field;
use crate::path::Path;
use crate::yaml::Change;
use std::collections::{HashMap, HashSet};

/// The `nodeSelector` of a pod: labels of the node.
pub fn node_selector(selector: &Field<'_>, errs: &mut Errors) {
    meta::labels(selector, errs);
}

/// Upstream's `validateAffinity`. `labels` are those of the Pod itself, an absent field for a template.
pub fn affinity(affinity: &Field<'_>, labels: &Field<'_>, errs: &mut Errors) {
    let node = affinity.get("nodeAffinity");
    let required = node.get("requiredDuringSchedulingIgnoredDuringExecution");
    if required.exists() {
        node_selector_terms(&required.get("nodeSelectorTerms"), errs);
    }
    for term in node.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
        weight(&term.get("weight"), errs);
        node_selector_term(&term.get("preference"), LabelValues::Any, errs);
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let pods = affinity.get(kind);
        for term in pods.get("requiredDuringSchedulingIgnoredDuringExecution").items() {
            pod_affinity_term(&term, labels, errs);
        }
        for weighted in pods.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
            weight(&weighted.get("weight"), errs);
            pod_affinity_term(&weighted.get("podAffinityTerm"), labels, errs);
        }
    }
}

/// The weight of a preference; an absent one is 0, which is not allowed either.
fn weight(weight: &Field<'_>, errs: &mut Errors) {
    let given = weight.int().unwrap_or(0);
    if !(1..=100).contains(&given) {
        let bound = given.clamp(1, 100);
        let problem = match weight.exists() {
            true => errs.invalid(weight, format!("the weight {given} is not from 1 to 100")),
            false => errs.invalid(weight, "the weight is missing: 1 to 100"),
        };
        problem.fix_set(format!("Use {bound}"), bound);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum LabelValues {
    Valid,
    /// A preference may name any text as a value; the server only warns of it.
    Any,
}

/// Upstream's `ValidateNodeSelector`.
fn node_selector_terms(terms: &Field<'_>, errs: &mut Errors) {
    if terms.is_empty() {
        errs.required(terms, "at least one term is needed, or no node would do");
        return;
    }
    // Bad values pass before the strict check, which came with 1.33.
    let values = if terms.schema().version.minor() >= 33 { LabelValues::Valid } else { LabelValues::Any };
    for term in terms.items() {
        node_selector_term(&term, values, errs);
    }
}

/// Upstream's `ValidateNodeSelectorTerm`.
fn node_selector_term(term: &Field<'_>, values: LabelValues, errs: &mut Errors) {
    for requirement in term.get("matchExpressions").items() {
        node_selector_requirement(&requirement, values, errs);
    }
    for requirement in term.get("matchFields").items() {
        node_field_selector_requirement(&requirement, errs);
    }
}

/// Upstream's `ValidateNodeSelectorRequirement`.
fn node_selector_requirement(requirement: &Field<'_>, label_values: LabelValues, errs: &mut Errors) {
    const OPERATORS: [&str; 6] = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];
    let (key, operator, values) =
        (requirement.get("key"), requirement.get("operator"), requirement.get("values"));
    match operator.str() {
        "In" | "NotIn" => {
            if values.is_empty() {
                errs.required(&values, format!("{} needs at least one value", operator.str()));
            }
        }
        "Exists" | "DoesNotExist" => {
            if !values.is_empty() {
                errs.forbidden(&values, format!("{} takes no values", operator.str())).fix_remove();
            }
        }
        "Gt" | "Lt" => {
            if values.len() != 1 {
                errs.required(&values, format!("{} needs exactly one value, an integer", operator.str()));
            }
        }
        _ => unknown_operator(&operator, &OPERATORS, errs),
    }
    report(names::qualified_name(key.str()), &key, errs);
    if label_values == LabelValues::Valid {
        for value in values.items() {
            report(names::label_value(value.str()), &value, errs);
        }
    }
}

/// Upstream's `ValidateNodeFieldSelectorRequirement`: the node's name is the only field.
fn node_field_selector_requirement(requirement: &Field<'_>, errs: &mut Errors) {
    let (key, operator, values) =
        (requirement.get("key"), requirement.get("operator"), requirement.get("values"));
    match operator.str() {
        "In" | "NotIn" => {
            if values.len() != 1 {
                errs.required(
                    &values,
                    format!("{} needs exactly one value for a node's field", operator.str()),
                );
            }
        }
        _ => unknown_operator(&operator, &["In", "NotIn"], errs),
    }
    if key.str() != "metadata.name" {
        errs.invalid(&key, format!("{} cannot be matched; the only field is metadata.name", key.shown()))
            .fix_set("Use metadata.name", "metadata.name");
        return;
    }
    for value in values.items() {
        report(names::dns_subdomain(value.str()), &value, errs);
    }
}

/// Upstream's `validatePodAffinityTerm`.
fn pod_affinity_term(term: &Field<'_>, labels: &Field<'_>, errs: &mut Errors) {
    let (selector, topology_key) = (term.get("labelSelector"), term.get("topologyKey"));
    let (matching, mismatching) = (term.get("matchLabelKeys"), term.get("mismatchLabelKeys"));
    label_selector(&selector, errs);
    merged_requirements(&selector, &[&matching, &mismatching], labels, errs);
    label_selector(&term.get("namespaceSelector"), errs);
    for namespace in term.get("namespaces").items() {
        for problem in names::dns_label(namespace.str()) {
            // The server writes the field's name in the singular, without an index.
            errs.invalid(&namespace, problem).at(term.path().field("namespace"));
        }
    }
    label_keys(&matching, &selector, errs);
    label_keys(&mismatching, &selector, errs);
    clash_with_selector(term, labels, errs);
    let mismatched: HashSet<&str> = mismatching.items().map(|key| key.str()).collect();
    for key in matching.items() {
        if mismatched.contains(key.str()) {
            errs.invalid(
                &key,
                format!("{} stands in mismatchLabelKeys too; it cannot match and differ", key.shown()),
            )
            .fix_remove();
        }
    }
    if topology_key.is_empty() {
        errs.required(
            &topology_key,
            "the topology key is missing: the node label whose value says what is near",
        )
        .fix_set("Use kubernetes.io/hostname", "kubernetes.io/hostname");
    }
    report(names::qualified_name(topology_key.str()), &topology_key, errs);
}

/// Upstream's `validateLabelKeys`.
fn label_keys(keys: &Field<'_>, selector: &Field<'_>, errs: &mut Errors) {
    if keys.is_empty() {
        return;
    }
    if !selector.exists() {
        errs.forbidden(keys, "label keys refine a label selector; there is none").fix_remove();
        return;
    }
    for key in keys.items() {
        report(names::qualified_name(key.str()), &key, errs);
    }
}

/// Before it validates a Pod, the server appends to the label selector a requirement for each of the keys that the Pod
/// has as a label (`applyMatchLabelKeysAndMismatchLabelKeys` of the registry): those are checked with the selector.
fn merged_requirements(selector: &Field<'_>, keys: &[&Field<'_>], labels: &Field<'_>, errs: &mut Errors) {
    if !selector.exists() {
        return;
    }
    let given = selector.get("matchExpressions");
    let mut index = given.len();
    for key in keys.iter().flat_map(|keys| keys.items()) {
        let value = labels.key(key.str());
        if value.data().is_none() {
            continue;
        }
        let place = given.path().index(index);
        for problem in names::qualified_name(key.str()) {
            errs.invalid(&key, problem).at(place.field("key"));
        }
        for problem in names::label_value(value.str()) {
            errs.invalid(&value, problem).at(place.field("values").index(0));
        }
        index += 1;
    }
}

/// The second part of upstream's `validateMatchLabelKeysAndMismatchLabelKeys`: a key of `matchLabelKeys` that the
/// selector has as well. It shows only where the key stands twice in the selector, the merged requirement included.
fn clash_with_selector(holder: &Field<'_>, labels: &Field<'_>, errs: &mut Errors) {
    let (selector, matching) = (holder.get("labelSelector"), holder.get("matchLabelKeys"));
    if !selector.exists() || matching.is_empty() {
        return;
    }
    let last_index: HashMap<&str, usize> =
        matching.items().enumerate().map(|(i, key)| (key.str(), i)).collect();
    let mut seen: HashSet<&str> = selector.get("matchLabels").entries().map(|(key, _)| key).collect();
    let expressions = selector.get("matchExpressions");
    let given = expressions.items().map(|requirement| requirement.get("key").str());
    let mismatching = holder.get("mismatchLabelKeys");
    let merged = matching.items().chain(mismatching.items()).map(|key| key.str());
    let merged = merged.filter(|key| labels.key(key).data().is_some());
    for key in given.chain(merged) {
        if let Some(index) = last_index.get(key).filter(|_| seen.contains(key)) {
            // The server leaves the list's name out of the path.
            let field = matching.index(*index);
            errs.invalid(&field, format!("{key} stands in the label selector too"))
                .at(holder.path().index(*index))
                .fix_remove();
        }
        seen.insert(key);
    }
}

/// Upstream's `ValidateTolerations`.
pub fn tolerations(tolerations: &Field<'_>, errs: &mut Errors) {
    for item in tolerations.items() {
        toleration(&item, &item.path(), errs);
    }
}

/// One toleration. `at` is its path as the server reports it, for it may stand in an annotation too.
fn toleration(item: &Field<'_>, at: &Path, errs: &mut Errors) {
    const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    let (key, operator, value) = (item.get("key"), item.get("operator"), item.get("value"));
    let (effect, seconds) = (item.get("effect"), item.get("tolerationSeconds"));
    if !key.is_empty() {
        for problem in names::qualified_name(key.str()) {
            errs.invalid(&key, problem).at(at.field("key"));
        }
    } else if operator.str() != "Exists" {
        errs.invalid(&operator, "without a key, which means every taint, the operator must be Exists")
            .at(at.field("operator"))
            .fix_set("Use Exists", "Exists");
    }
    if seconds.exists() && effect.str() != "NoExecute" {
        errs.invalid(&effect, "tolerationSeconds goes with the effect NoExecute only")
            .at(at.field("effect"))
            .fix_set("Use NoExecute", "NoExecute")
            .fix("Remove tolerationSeconds", vec![Change::Remove { path: seconds.path() }]);
    }
    // The server reports a bad value at the operator.
    match operator.str() {
        "" | "Equal" => {
            let problems = names::label_value(value.str());
            if !problems.is_empty() {
                errs.invalid(&value, problems.join("; ")).at(at.field("operator"));
            }
        }
        "Exists" => {
            if !value.is_empty() {
                errs.invalid(&value, "the operator Exists takes no value")
                    .at(at.field("operator"))
                    .fix_remove();
            }
        }
        "Lt" | "Gt"
            if item.schema().gate("TaintTolerationComparisonOperators").is_some_and(|gate| gate.on) =>
        {
            let problems = names::label_value(value.str());
            if !problems.is_empty() {
                errs.invalid(&value, problems.join("; ")).at(at.field("operator"));
            } else if !is_comparable(value.str()) {
                errs.invalid(
                    &value,
                    format!("{} compares integers; {} is none", operator.str(), value.shown()),
                )
                .at(at.field("value"));
            }
        }
        _ => {
            errs.not_supported(&operator, &["Equal", "Exists"]).at(at.field("operator"));
        }
    }
    if !effect.is_empty() && !EFFECTS.contains(&effect.str()) {
        errs.not_supported(&effect, &EFFECTS).at(at.field("effect"));
    }
}

/// Whether a text is a 64-bit integer without leading zeros or plus sign.
fn is_comparable(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|number| number.to_string() == text)
}

/// Upstream's `validateSchedulingGates`. The server leaves the field's name out of the paths.
pub fn scheduling_gates(gates: &Field<'_>, errs: &mut Errors) {
    let mut seen = HashSet::new();
    for gate in gates.items() {
        let name = gate.get("name");
        for problem in names::qualified_name(name.str()) {
            errs.invalid(&name, problem).at(gate.path());
        }
        if !seen.insert(name.str()) {
            errs.duplicate(&gate, format!("the gate {} is listed twice", name.shown())).fix_remove();
        }
    }
}

/// Upstream's `validateTopologySpreadConstraints`. `labels` are those of the Pod itself, an absent field for a template.
pub fn topology_spread(constraints: &Field<'_>, labels: &Field<'_>, errs: &mut Errors) {
    const WHEN: [&str; 2] = ["DoNotSchedule", "ScheduleAnyway"];
    const POLICIES: [&str; 2] = ["Honor", "Ignore"];
    // The gate `MatchLabelKeysInPodTopologySpreadSelectorMerge` is on since 1.34.
    let merges = constraints.schema().version.minor() >= 34;
    let kind = |constraint: &Field<'_>| {
        let name = constraint.get("topologyKey").str().to_owned();
        (name, constraint.get("whenUnsatisfiable").str().to_owned())
    };
    let kinds: Vec<_> = constraints.items().map(|constraint| kind(&constraint)).collect();
    let last: HashMap<_, _> = kinds.iter().enumerate().map(|(i, kind)| (kind, i)).collect();
    for (i, constraint) in constraints.items().enumerate() {
        let (skew, key, when) =
            (constraint.get("maxSkew"), constraint.get("topologyKey"), constraint.get("whenUnsatisfiable"));
        if skew.int().unwrap_or(0) <= 0 {
            errs.invalid(&skew, "the greatest allowed difference must be 1 or more").fix_set("Use 1", 1);
        }
        if key.is_empty() {
            errs.required(
                &key,
                "the topology key is missing: the node label over whose values the pods spread",
            )
            .fix_set("Use topology.kubernetes.io/zone", "topology.kubernetes.io/zone");
        }
        if !WHEN.contains(&when.str()) {
            errs.not_supported(&when, &WHEN);
        }
        if kinds.get(i).and_then(|kind| last.get(kind)).is_some_and(|last| *last > i) {
            errs.duplicate(&constraint, "a later constraint has the same topologyKey and whenUnsatisfiable")
                .at(constraint.path().field("{topologyKey, whenUnsatisfiable}"))
                .fix_remove();
        }
        min_domains(&constraint, errs);
        for policy in [constraint.get("nodeAffinityPolicy"), constraint.get("nodeTaintsPolicy")] {
            if policy.exists() && !POLICIES.contains(&policy.str()) {
                errs.not_supported(&policy, &POLICIES);
            }
        }
        let (selector, matching) = (constraint.get("labelSelector"), constraint.get("matchLabelKeys"));
        if merges {
            label_keys(&matching, &selector, errs);
            clash_with_selector(&constraint, labels, errs);
        } else {
            match_label_keys_apart(&matching, &selector, errs);
        }
        label_selector(&selector, errs);
        if merges {
            merged_requirements(&selector, &[&matching], labels, errs);
        }
    }
}

/// Upstream's `validateMinDomains`.
fn min_domains(constraint: &Field<'_>, errs: &mut Errors) {
    let (domains, when) = (constraint.get("minDomains"), constraint.get("whenUnsatisfiable"));
    let Some(number) = domains.int() else { return };
    if number <= 0 {
        errs.invalid(&domains, format!("the number of domains {number} must be 1 or more"))
            .fix_set("Use 1", 1);
    }
    if when.str() != "DoNotSchedule" {
        let change = Change::Set { path: when.path(), value: "DoNotSchedule".into() };
        errs.invalid(&domains, "minDomains goes with whenUnsatisfiable DoNotSchedule only")
            .fix_remove()
            .fix("Use DoNotSchedule", vec![change]);
    }
}

/// Upstream's `validateMatchLabelKeysInTopologySpread` of the versions that do not merge the keys into the selector.
fn match_label_keys_apart(keys: &Field<'_>, selector: &Field<'_>, errs: &mut Errors) {
    if !keys.is_empty() && !selector.exists() {
        errs.forbidden(keys, "label keys refine a label selector; there is none").fix_remove();
    }
    for key in keys.items() {
        report(names::qualified_name(key.str()), &key, errs);
        let in_labels = selector.get("matchLabels").key(key.str()).data().is_some();
        let in_expressions = || {
            selector
                .get("matchExpressions")
                .items()
                .any(|requirement| requirement.get("key").str() == key.str())
        };
        if in_labels || in_expressions() {
            errs.invalid(&key, format!("{} stands in the label selector too", key.shown())).fix_remove();
        }
    }
}
