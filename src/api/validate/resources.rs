//! Requests and limits: of containers, of the pod, and the overhead of its runtime class.

use super::{dns_label, quoted};
use crate::api::names;
use crate::api::quantity::Quantity;
use crate::diagnostic::Errors;
use crate::object::Field;
use crate::path::Path;

const HUGE_PAGES: &str = "hugepages-";

/// Whether a resource is one of the node's huge pages: `IsHugePageResourceName`.
pub fn is_huge_page(name: &str) -> bool {
    name.starts_with(HUGE_PAGES)
}

/// Whether Kubernetes itself gives the resource a meaning: `IsNativeResource`.
pub fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Whether the resource is one that a device plug-in or an administrator brings: `IsExtendedResourceName`.
pub fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && names::qualified_name(&format!("requests.{name}")).is_empty()
}

/// Whether limits may exceed requests: `IsOvercommitAllowed`.
fn is_overcommittable(name: &str) -> bool {
    is_native(name) && !is_huge_page(name)
}

/// Resources of quotas and of the node; only whole amounts of these make sense.
const COUNTED: [&str; 9] = [
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
];

/// Names without a domain that Kubernetes knows: `IsStandardResourceName`.
fn is_standard(name: &str) -> bool {
    const AMOUNTS: [&str; 11] = [
        "cpu",
        "ephemeral-storage",
        "limits.cpu",
        "limits.ephemeral-storage",
        "limits.memory",
        "memory",
        "requests.cpu",
        "requests.ephemeral-storage",
        "requests.memory",
        "requests.storage",
        "storage",
    ];
    let of_quota = name.strip_prefix("requests.").unwrap_or(name);
    AMOUNTS.contains(&name) || COUNTED.contains(&name) || is_huge_page(of_quota)
}

/// `IsStandardContainerResourceName`.
fn is_standard_of_containers(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || is_huge_page(name)
}

/// `IsIntegerResourceName`.
fn is_counted(name: &str) -> bool {
    COUNTED.contains(&name) || is_extended(name)
}

/// `IsSupportedPodLevelResource`.
fn is_of_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || is_huge_page(name)
}

/// `ValidateContainerResourceRequirements`.
pub fn of_container(resources: &Field<'_>, claims: &[&str], errs: &mut Errors) {
    if resources.exists() {
        let of = Resources {
            field: resources,
            limits: resources.get("limits"),
            requests: resources.get("requests"),
        };
        of.validate(container_resource_name, errs);
        claim_names(&resources.get("claims"), claims, errs);
    }
}

/// `validateOverhead`: the limits of a runtime class's own processes. The server checks them as limits, and says so.
pub fn overhead(overhead: &Field<'_>, errs: &mut Errors) {
    if overhead.exists() {
        let of = Resources {
            field: overhead,
            limits: overhead.clone(),
            requests: overhead.get("requests").get("none"),
        };
        let first = errs.found.len();
        of.validate(container_resource_name, errs);
        let (base, depth) = (overhead.path(), overhead.path().steps().len());
        for diagnostic in errs.found.iter_mut().skip(first) {
            if diagnostic.path.steps().len() > depth {
                let rest = diagnostic.path.steps().iter().skip(depth);
                diagnostic.path = rest.fold(base.field("limits"), |path, step| path.then(step.clone()));
            }
        }
    }
}

/// A set of limits and requests.
struct Resources<'f, 'a> {
    field: &'f Field<'a>,
    limits: Field<'a>,
    requests: Field<'a>,
}

type CheckName = fn(&str, &Field<'_>, &mut Errors);

impl Resources<'_, '_> {
    /// `validateResourceRequirements`: names, amounts, and that requests keep within limits.
    fn validate(&self, check_name: CheckName, errs: &mut Errors) {
        let (mut huge, mut ordinary) = (false, false);
        for (name, limit) in self.limits.entries() {
            amount(name, &limit, check_name, errs);
            huge |= is_huge_page(name);
            ordinary |= matches!(name, "cpu" | "memory");
        }
        for (name, request) in self.requests.entries() {
            check_name(name, &request, errs);
            quantity(name, &request, errs);
            self.within_limit(name, &request, errs);
            huge_page_amount(name, &request, errs);
            huge |= is_huge_page(name);
            ordinary |= matches!(name, "cpu" | "memory");
        }
        if huge && !ordinary {
            errs.forbidden(self.field, "huge pages need cpu or memory beside them");
        }
    }

    /// The server names the whole list of requests, or of limits.
    fn within_limit(&self, name: &str, request: &Field<'_>, errs: &mut Errors) {
        let limit = self.limits.key(name);
        let asked = Quantity::of(request).rounded_to_milli();
        if limit.data().is_none() {
            if !is_overcommittable(name) {
                errs.required(
                    &self.limits,
                    format!("{name} cannot be overcommitted: its limit must be set, equal to the request"),
                )
                .at(self.limits.path());
            }
            return;
        }
        let most = Quantity::of(&limit).rounded_to_milli();
        let message = if asked != most && !is_overcommittable(name) {
            format!(
                "{name} cannot be overcommitted: the request, {}, must equal the limit, {}",
                request.shown(),
                limit.shown()
            )
        } else if asked > most {
            format!("the request for {name}, {}, exceeds the limit, {}", request.shown(), limit.shown())
        } else {
            return;
        };
        let diagnostic = errs.invalid(request, message).at(self.requests.path());
        if let Some(value) = limit.data() {
            diagnostic.fix_set(format!("Set the request to {}", limit.shown()), value.to_json());
        }
        if let Some(value) = request.data().filter(|_| request.is_written()) {
            let change = crate::yaml::Change::Set { path: limit.path(), value: value.to_json() };
            diagnostic.fix(format!("Set the limit to {}", request.shown()), vec![change]);
        }
    }
}

fn amount(name: &str, field: &Field<'_>, check_name: CheckName, errs: &mut Errors) {
    check_name(name, field, errs);
    quantity(name, field, errs);
    huge_page_amount(name, field, errs);
}

/// `validateResourceName`: whether no fault was found.
fn resource_name(name: &str, field: &Field<'_>, errs: &mut Errors) -> bool {
    let faults = names::qualified_name(name);
    let sound = faults.is_empty();
    for fault in faults {
        errs.invalid(field, format!("the resource “{name}” {fault}"));
    }
    if sound && !name.contains('/') && !is_standard(name) {
        let diagnostic = errs.invalid(
            field,
            format!("Kubernetes has no resource “{name}”; others need a domain: example.com/{name}"),
        );
        suggest_resource(name, field, diagnostic);
        return false;
    }
    sound
}

/// `validateContainerResourceName`.
fn container_resource_name(name: &str, field: &Field<'_>, errs: &mut Errors) {
    resource_name(name, field, errs);
    if !name.contains('/') {
        if !is_standard_of_containers(name) {
            let message = format!(
                "“{name}” is no resource of containers: cpu, memory, ephemeral-storage or hugepages-SIZE"
            );
            let diagnostic = errs.invalid(field, message);
            suggest_resource(name, field, diagnostic);
        }
    } else if !is_native(name) && !is_extended(name) {
        errs.invalid(field, format!("“{name}” cannot be the name of an extended resource"));
    }
}

fn suggest_resource(name: &str, field: &Field<'_>, diagnostic: &mut crate::diagnostic::Diagnostic) {
    if let Some(near) = crate::diagnostic::nearest(name, &["cpu", "memory", "ephemeral-storage"]) {
        let change = crate::yaml::Change::Rename { path: field.path(), key: near.to_owned() };
        diagnostic.fix(format!("Did you mean {near}?"), vec![change]);
    }
}

/// `validatePodResourceName`.
fn pod_resource_name(name: &str, field: &Field<'_>, errs: &mut Errors) {
    if resource_name(name, field, errs) && !is_of_pod_level(name) {
        errs.not_supported(field, &["cpu", "hugepages-SIZE", "memory"]);
    }
}

/// `ValidateResourceQuantityValue`: not negative, and whole where the resource is counted.
fn quantity(name: &str, field: &Field<'_>, errs: &mut Errors) {
    let amount = Quantity::of(field);
    if amount.sign() < 0 {
        errs.invalid(field, format!("{} is negative; it must be 0 or more", field.shown()));
    }
    if is_counted(name) && !amount.is_whole() {
        errs.invalid(field, format!("{name} is counted, so {} must be a whole number", quoted(field)));
    }
}

/// `validateResourceQuantityHugePageValue`: a whole number of pages.
fn huge_page_amount(name: &str, field: &Field<'_>, errs: &mut Errors) {
    let Some(size) = name.strip_prefix(HUGE_PAGES) else { return };
    let page = Quantity::parse(size).ok().filter(|size| size.sign() > 0 && size.is_whole());
    let fits = page.is_some_and(|page| Quantity::of(field).value() % page.value() == 0);
    if !fits {
        errs.invalid(field, format!("{} is not a multiple of the page size, {size}", quoted(field)));
    }
}

/// `validateResourceClaimNames`: each claim, whole or by request, once; and it must be one of the pod's.
fn claim_names(claims: &Field<'_>, known: &[&str], errs: &mut Errors) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for claim in claims.items() {
        let (name, request) = (claim.get("name"), claim.get("request"));
        if name.is_empty() {
            errs.required(&name, "the name of the claim is missing").at(claim.path());
            continue;
        }
        let this = (name.str(), request.str());
        // The whole claim holds every request of it.
        let clash = |other: &(&str, &str)| {
            other.0 == this.0 && (other.1 == this.1 || other.1.is_empty() || this.1.is_empty())
        };
        if seen.iter().any(clash) {
            errs.duplicate(&claim, format!("the container has asked for {} already", name.str()))
                .fix_remove();
        } else {
            if !request.is_empty() {
                dns_label(&request, errs);
            }
            seen.push(this);
        }
        if !known.contains(&name.str()) {
            let diagnostic = errs
                .not_found(&name, format!("spec.resourceClaims has no {}", quoted(&name)))
                .at(claim.path());
            if let Some(near) = crate::diagnostic::nearest(name.str(), known) {
                diagnostic.fix_set(format!("Did you mean {near}?"), near);
            }
        }
    }
}

/// `validatePodResources`: requests and limits of the pod as a whole.
pub fn of_pod(spec: &Field<'_>, errs: &mut Errors) {
    let resources = spec.get("resources");
    if !resources.exists() {
        return;
    }
    if spec.get("os").get("name").str() == "windows" {
        super::forbid(&resources, "a pod for Windows has no resources as a whole", errs);
        return;
    }
    if resources.has("claims") {
        super::forbid(
            &resources.get("claims"),
            "claims belong to containers, not to the pod as a whole",
            errs,
        );
    }
    let of =
        Resources { field: &resources, limits: resources.get("limits"), requests: resources.get("requests") };
    of.validate(pod_resource_name, errs);
    consistency(spec, &of, errs);
}

/// `validatePodResourceConsistency`: the containers keep within the pod.
fn consistency(spec: &Field<'_>, pod: &Resources<'_, '_>, errs: &mut Errors) {
    for (name, sum) in total(spec, "requests") {
        let request = pod.requests.key(&name);
        // Only what the pod asks for, in its manifest or by default, is compared.
        if request.data().is_some() && sum > Quantity::of(&request).rounded_to_milli() {
            errs.invalid(&request, format!("the containers together request more {name} than the pod does"));
        }
    }
    for (name, sum) in total(spec, "limits") {
        let limit = pod.limits.key(&name);
        if is_huge_page(&name) && limit.data().is_some() && sum > Quantity::of(&limit).rounded_to_milli() {
            errs.invalid(
                &limit,
                format!("the containers together have a greater limit of {name} than the pod"),
            );
        }
    }
    for (i, container) in spec.get("containers").items().enumerate() {
        for (name, limit) in container.get("resources").get("limits").entries() {
            let most = pod.limits.key(name);
            if most.data().is_some()
                && Quantity::of(&limit).rounded_to_milli() > Quantity::of(&most).rounded_to_milli()
            {
                // The server's path begins at the pod's resources.
                let odd: Path = pod.field.path().field("containers").index(i).key(name).field("limits");
                errs.invalid(
                    &limit,
                    format!("the limit of {name}, {}, exceeds the pod's, {}", limit.shown(), most.shown()),
                )
                .at(odd)
                .fix_set(format!("Use {}", most.shown()), most.shown());
            }
        }
    }
}

/// What the pod's containers amount to: `AggregateContainerRequests`, `AggregateContainerLimits`. Regular containers and
/// sidecars run together; any other init container runs beside the sidecars before it.
pub fn total(spec: &Field<'_>, list: &'static str) -> Vec<(String, Quantity)> {
    let mut sum: Vec<(String, Quantity)> = Vec::new();
    let add = |to: &mut Vec<(String, Quantity)>, container: &Field<'_>| {
        for (name, amount) in container.get("resources").get(list).entries() {
            let amount = Quantity::of(&amount).rounded_to_milli();
            match to.iter_mut().find(|(known, _)| known == name) {
                Some((_, total)) => *total = total.plus(amount),
                None => to.push((name.to_owned(), amount)),
            }
        }
    };
    for container in spec.get("containers").items() {
        add(&mut sum, &container);
    }
    let mut sidecars = Vec::new();
    let mut peak: Vec<(String, Quantity)> = Vec::new();
    for container in spec.get("initContainers").items() {
        let mut now = sidecars.clone();
        add(&mut now, &container);
        if container.get("restartPolicy").str() == "Always" {
            add(&mut sum, &container);
            sidecars.clone_from(&now);
        }
        for (name, amount) in now {
            match peak.iter_mut().find(|(known, _)| *known == name) {
                Some((_, most)) => *most = (*most).max(amount),
                None => peak.push((name, amount)),
            }
        }
    }
    for (name, amount) in peak {
        match sum.iter_mut().find(|(known, _)| *known == name) {
            Some((_, total)) => *total = (*total).max(amount),
            None => sum.push((name, amount)),
        }
    }
    sum
}
