//! Environment variables and where they come from.

use super::pod::Pod;
use super::{dns_label, qualified_name_of, quoted, report, report_with_fix, volume};
use crate::api::names::{self, Faults};
use crate::api::quantity::Quantity;
use crate::diagnostic::Errors;
use crate::object::Field;
use crate::yaml::Change;

/// What a variable may take from the pod itself.
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// The paths that the server can translate at all, apart from those with a subscript.
const KNOWN_FIELDS: [&str; 15] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.host",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.phase",
    "status.podIP",
    "status.podIPs",
];

const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// Who asks for a container's resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selects {
    /// A variable of the container itself.
    FromEnv,
    /// A volume, which has to name the container.
    FromVolume,
}

/// `ValidateEnv`.
pub fn env(vars: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    let check = name_format(vars);
    for var in vars.items() {
        let name = var.get("name");
        if name.is_empty() {
            errs.required(&name, "a variable needs a name");
        } else {
            report(check(name.str()), &name, errs);
        }
        if var.has("valueFrom") {
            value_from(&var, pod, errs);
        }
    }
}

/// Which names variables may have: since 1.32 almost any (`RelaxedEnvironmentVariableValidation`).
fn name_format(field: &Field<'_>) -> fn(&str) -> Faults {
    if field.schema().version.minor() >= 32 { names::relaxed_env_name } else { names::env_name }
}

/// `validateEnvVarValueFrom`.
fn value_from(var: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    const SOURCES: [&str; 5] =
        ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
    let from = var.get("valueFrom");
    let mut given = Vec::new();
    for name in SOURCES {
        if !from.has(name) {
            continue;
        }
        given.push(name);
        let source = from.get(name);
        match name {
            "fieldRef" => object_field_selector(&source, &FIELDS, errs),
            "resourceFieldRef" => resource_field_selector(&source, Selects::FromEnv, errs),
            "fileKeyRef" => file_key_selector(&source, pod, errs),
            _ => key_selector(&source, errs),
        }
    }
    let remove = |name: &'static str| vec![Change::Remove { path: from.get(name).path() }];
    if given.is_empty() {
        errs.invalid(
            &from,
            "names no source: set one of fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef",
        );
    } else if !var.get("value").is_empty() {
        errs.invalid(&from, "a variable has a value or takes it from elsewhere, not both")
            .fix_remove()
            .fix("Remove value", vec![Change::Remove { path: var.get("value").path() }]);
    } else if let [first, second, ..] = given.as_slice() {
        errs.invalid(&from, format!("names {} sources; it must be one", given.len()))
            .fix(format!("Remove {second}"), remove(second))
            .fix(format!("Remove {first}"), remove(first));
    }
}

/// `validateObjectFieldSelector`: a field of the pod, one of `allowed` or a label or annotation by key.
pub fn object_field_selector(selector: &Field<'_>, allowed: &[&str], errs: &mut Errors) {
    let (version, path) = (selector.get("apiVersion"), selector.get("fieldPath"));
    if version.is_empty() {
        errs.required(&version, "must be v1");
        return;
    }
    if path.is_empty() {
        errs.required(&path, format!("the field of the pod is missing: {}", allowed.join(", ")));
        return;
    }
    if version.str() != "v1" {
        errs.invalid(&path, format!("a pod's fields are those of v1, not of {}", version.str()));
        return;
    }
    if let Some((map, key)) = subscripted(path.str()) {
        match map {
            // The server names the selector, not its path.
            "metadata.annotations" => qualified_name_of(&key.to_lowercase(), &path, &selector.path(), errs),
            "metadata.labels" => qualified_name_of(key, &path, &selector.path(), errs),
            _ => {
                errs.invalid(
                    &path,
                    format!("{map} has no parts by key; metadata.labels and metadata.annotations have"),
                );
            }
        }
        return;
    }
    // `spec.host` is an old name of `spec.nodeName`.
    let name = if path.str() == "spec.host" { "spec.nodeName" } else { path.str() };
    if !KNOWN_FIELDS.contains(&name) {
        let near = crate::diagnostic::nearest(name, allowed);
        let diagnostic = errs.invalid(
            &path,
            format!("a pod has no field {} to refer to: {}", quoted(&path), allowed.join(", ")),
        );
        if let Some(near) = near {
            diagnostic.fix_set(format!("Did you mean {near}?"), near);
        }
    } else if !allowed.contains(&name) {
        errs.not_supported(&path, allowed);
    }
}

/// `SplitMaybeSubscriptedPath`: `metadata.labels['app']` is the map and the key.
fn subscripted(path: &str) -> Option<(&str, &str)> {
    let (map, key) = path.strip_suffix("']")?.split_once("['")?;
    (!map.is_empty()).then_some((map, key))
}

/// `validateContainerResourceFieldSelector`: a limit or request of a container.
pub fn resource_field_selector(selector: &Field<'_>, selects: Selects, errs: &mut Errors) {
    let (container, resource) = (selector.get("containerName"), selector.get("resource"));
    let name = resource.str();
    let huge = name.starts_with("limits.hugepages-") || name.starts_with("requests.hugepages-");
    if selects == Selects::FromVolume && container.is_empty() {
        errs.required(&container, "a volume has to say of which container");
    } else if name.is_empty() {
        errs.required(&resource, format!("the resource is missing: {}", RESOURCES.join(", ")));
    } else if !RESOURCES.contains(&name) && !huge {
        errs.not_supported(&resource, &RESOURCES);
    }
    divisor(&selector.get("divisor"), name, huge, errs);
}

/// `validateContainerResourceDivisor`: the unit in which the amount is given.
fn divisor(divisor: &Field<'_>, resource: &str, huge: bool, errs: &mut Errors) {
    const CPU: [&str; 2] = ["1", "1m"];
    const BYTES: [&str; 13] =
        ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
    let allowed: &[&str] = match resource {
        "limits.cpu" | "requests.cpu" => &CPU,
        "limits.memory" | "requests.memory" | "limits.ephemeral-storage" | "requests.ephemeral-storage" => {
            &BYTES
        }
        _ if huge => &BYTES,
        _ => return,
    };
    if Quantity::of(divisor).is_zero() {
        return;
    }
    let unit = divisor.value().and_then(Quantity::unit);
    if !unit.is_some_and(|unit| allowed.iter().any(|allowed| allowed.strip_prefix('1') == Some(unit))) {
        errs.invalid(divisor, format!("{resource} is counted in units of {}", allowed.join(", ")))
            .fix_set("Use 1", "1");
    }
}

/// `validateConfigMapKeySelector`, `validateSecretKeySelector`.
fn key_selector(selector: &Field<'_>, errs: &mut Errors) {
    let (name, key) = (selector.get("name"), selector.get("key"));
    report_with_fix(names::dns_subdomain(name.str()), names::as_dns_subdomain, &name, errs);
    if key.is_empty() {
        errs.required(&key, "the key to take is missing");
    } else {
        report(names::config_map_key(key.str()), &key, errs);
    }
}

/// `validateFileKeySelector`: a key of a file in an emptyDir volume.
fn file_key_selector(selector: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    let (name, path, key) = (selector.get("volumeName"), selector.get("path"), selector.get("key"));
    if key.is_empty() {
        errs.required(&key, "the key in the file is missing");
    } else {
        report(names::relaxed_env_name(key.str()), &key, errs);
    }
    if name.is_empty() {
        errs.required(&name, "the volume that holds the file is missing");
    } else {
        dns_label(&name, errs);
    }
    if path.is_empty() {
        errs.required(&path, "the path of the file in the volume is missing");
    } else {
        volume::no_backsteps(&path, None, errs);
    }
    match pod.volumes.get(name.str()) {
        None => {
            errs.not_found(&name, format!("the pod has no sound volume called {}", quoted(&name)));
        }
        Some(source) if *source != "emptyDir" => {
            errs.invalid(
                &name,
                format!("{} is not an emptyDir, and only such a volume can hold the file", name.str()),
            );
        }
        Some(_) => {}
    }
}

/// `ValidateEnvFrom`. The server names the list where an item has no source or two.
pub fn env_from(sources: &Field<'_>, errs: &mut Errors) {
    let check = name_format(sources);
    for source in sources.items() {
        let prefix = source.get("prefix");
        if !prefix.is_empty() {
            report(check(prefix.str()), &prefix, errs);
        }
        let given = ["configMapRef", "secretRef"].map(|name| source.get(name));
        for reference in given.iter().filter(|reference| reference.exists()) {
            env_source(&reference.get("name"), errs);
        }
        let [from_map, from_secret] = &given;
        match (from_map.exists(), from_secret.exists()) {
            (false, false) => {
                errs.invalid(&source, "must have configMapRef or secretRef").at(sources.path());
            }
            (true, true) => {
                errs.invalid(&source, "has both configMapRef and secretRef; it must have one")
                    .at(sources.path())
                    .fix("Remove secretRef", vec![Change::Remove { path: from_secret.path() }])
                    .fix("Remove configMapRef", vec![Change::Remove { path: from_map.path() }]);
            }
            _ => {}
        }
    }
}

/// `validateConfigMapEnvSource`, `validateSecretEnvSource`. A trailing dash passes, as in the start of a name.
fn env_source(name: &Field<'_>, errs: &mut Errors) {
    if name.is_empty() {
        errs.required(name, "the name is missing");
    } else {
        report_with_fix(
            names::as_prefix(names::dns_subdomain, name.str()),
            names::as_dns_subdomain,
            name,
            errs,
        );
    }
}
