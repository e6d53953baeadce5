//! Containers of the three kinds: regular, init and ephemeral.

use super::pod::Pod;
use super::{dns_label, env, forbid, mount, one_of, probe, report, report_with_fix, resources, security};
use crate::api::names;
use crate::diagnostic::Errors;
use crate::object::Field;
use crate::path::Path;
use crate::yaml::Change;
use std::collections::{BTreeSet, HashSet};

/// What restarts a container on its own.
const RULES_MAX: usize = 20;
const EXIT_CODES_MAX: usize = 255;

/// `validateContainers`: the regular containers.
pub fn regular(pod: &Pod<'_>, errs: &mut Errors) {
    let containers = pod.spec.get("containers");
    if containers.is_empty() {
        errs.required(&containers, "a pod needs at least one container");
        return;
    }
    let mut names = BTreeSet::new();
    for container in containers.items() {
        common(&container, pod, errs);
        unique_name(&container, &mut names, errs);
        running(&container, pod, errs);
        if container.schema().gate("ContainerRestartRules").is_some_and(|gate| gate.on) {
            restart_policy(&container, errs);
        } else if container.has("restartPolicy") {
            forbid(
                &container.get("restartPolicy"),
                "only an init container may have a restart policy of its own",
                errs,
            );
        }
    }
    let mut ports = HashSet::new();
    for container in containers.items() {
        host_ports(&container, &container.get("ports").path(), &mut ports, errs);
    }
}

/// What may stand in containers that keep running: lifecycle hooks and probes.
fn running(container: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    probe::lifecycle(&container.get("lifecycle"), pod, errs);
    probe::liveness(&container.get("livenessProbe"), pod, errs);
    probe::readiness(&container.get("readinessProbe"), pod, errs);
    probe::startup(&container.get("startupProbe"), pod, errs);
}

/// `validateInitContainers`.
pub fn init(pod: &Pod<'_>, errs: &mut Errors) {
    let containers = pod.spec.get("initContainers");
    if containers.is_empty() {
        return;
    }
    let mut names: BTreeSet<&str> = pod.spec.get("containers").items().map(|c| c.get("name").str()).collect();
    for container in containers.items() {
        common(&container, pod, errs);
        let policy = container.get("restartPolicy");
        if container.schema().gate("ContainerRestartRules").is_some_and(|gate| gate.on) {
            restart_policy(&container, errs);
        } else if policy.exists() && policy.str() != "Always" {
            errs.not_supported(&policy, &["Always"]);
        }
        // Unnamed init containers are not held against each other; unnamed regular ones are.
        if !container.get("name").is_empty() {
            unique_name(&container, &mut names, errs);
        }
        // Init containers run one by one, so their ports are compared within each. The server takes each for the first.
        let printed = containers.path().index(0).field("ports");
        host_ports(&container, &printed, &mut HashSet::new(), errs);
        if policy.str() == "Always" {
            running(&container, pod, errs);
        } else {
            for name in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
                if container.has(name) {
                    let change = Change::Set { path: policy.path(), value: "Always".into() };
                    forbid(
                        &container.get(name),
                        "an init container that runs to its end has none; one with restartPolicy Always may",
                        errs,
                    )
                    .fix("Make it a sidecar: restartPolicy Always", vec![change]);
                }
            }
        }
        init_resize_policy(&container, errs);
    }
}

/// Whether and how an init container may be resized, which each version answers in its own way.
fn init_resize_policy(container: &Field<'_>, errs: &mut Errors) {
    let policies = container.get("resizePolicy");
    if policies.is_empty() {
        return;
    }
    let version = container.schema().version.minor();
    if version < 33 {
        errs.invalid(&policies, "an init container cannot be resized").fix_remove();
    } else if version >= 36 && container.get("restartPolicy").str() != "Always" {
        for policy in policies.items() {
            let restart = policy.get("restartPolicy");
            if restart.str() == "RestartContainer" {
                errs.invalid(
                    &restart,
                    "only a sidecar can be restarted for a resize; this init container runs to its end",
                )
                .fix_set("Use NotRequired", "NotRequired");
            }
        }
    }
}

/// `validateEphemeralContainers`. A manifest cannot have any, but the server says first what is wrong with them.
pub fn ephemeral(pod: &Pod<'_>, errs: &mut Errors) {
    const MESSAGE: &str = "an ephemeral container cannot have this";
    let containers = pod.spec.get("ephemeralContainers");
    if containers.is_empty() {
        return;
    }
    let lists = ["containers", "initContainers"].map(|list| pod.spec.get(list));
    let others: BTreeSet<&str> =
        lists.iter().flat_map(|list| list.items().map(|c| c.get("name").str())).collect();
    let mut names = others.clone();
    for container in containers.items() {
        common(&container, pod, errs);
        only_in_pod(&container, errs);
        let name = container.get("name");
        if !names.insert(name.str()) {
            errs.duplicate(&name, format!("another container is already called {}", super::quoted(&name)));
        }
        let target = container.get("targetContainerName");
        if !target.is_empty() && !others.contains(target.str()) {
            errs.not_found(&target, format!("the pod has no container called “{}”", target.str()));
        }
        let resources = container.get("resources");
        let has_resources = ["limits", "requests", "claims"].iter().any(|name| resources.has(name));
        let fields = [
            "ports",
            "resources",
            "resizePolicy",
            "restartPolicy",
            "restartPolicyRules",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "lifecycle",
        ];
        for name in fields {
            if container.has(name) && (name != "resources" || has_resources) {
                forbid(&container.get(name), MESSAGE, errs);
            }
        }
        for mount in container.get("volumeMounts").items() {
            for name in ["subPath", "subPathExpr"] {
                if !mount.get(name).is_empty() {
                    forbid(&mount.get(name), MESSAGE, errs);
                }
            }
        }
    }
}

/// `validateContainerCommon`: what holds for containers of every kind.
fn common(container: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    let (name, image) = (container.get("name"), container.get("image"));
    if name.is_empty() {
        errs.required(&name, "a container needs a name");
    } else {
        dns_label(&name, errs);
    }
    if image.is_empty() {
        errs.required(&image, "a container needs an image");
    }
    one_of(&container.get("terminationMessagePolicy"), &["File", "FallbackToLogsOnError"], errs);
    ports(&container.get("ports"), errs);
    env::env(&container.get("env"), pod, errs);
    env::env_from(&container.get("envFrom"), errs);
    mount::volume_mounts(container, &pod.volumes, errs);
    mount::volume_devices(container, &pod.volumes, errs);
    pull_policy(&container.get("imagePullPolicy"), errs);
    resources::of_container(&container.get("resources"), &pod.claims, errs);
    resize_policy(&container.get("resizePolicy"), &pod.spec.get("restartPolicy"), errs);
    security::container(container, &pod.spec, errs);
}

/// `validateContainerOnlyForPod`: what a Pod must keep to and a template need not.
pub fn only_in_pod(container: &Field<'_>, errs: &mut Errors) {
    let image = container.get("image");
    let trimmed = image.str().trim();
    if trimmed.len() != image.str().len() {
        errs.invalid(&image, "the image has white space around it")
            .fix_set(format!("Use {trimmed}"), trimmed);
    }
}

/// Names are unique among the containers looked at so far.
fn unique_name<'a>(container: &Field<'a>, seen: &mut BTreeSet<&'a str>, errs: &mut Errors) {
    let name = container.get("name");
    if !seen.insert(name.str()) {
        errs.duplicate(&name, format!("another container is already called {}", super::quoted(&name)));
    }
}

/// `validatePullPolicy`.
pub fn pull_policy(policy: &Field<'_>, errs: &mut Errors) {
    one_of(policy, &["Always", "IfNotPresent", "Never"], errs);
}

/// `validateContainerPorts`.
fn ports(ports: &Field<'_>, errs: &mut Errors) {
    let mut names = BTreeSet::new();
    for port in ports.items() {
        let name = port.get("name");
        if !name.is_empty() {
            let faults = names::port_name(name.str());
            if !faults.is_empty() {
                report_with_fix(faults, names::as_port_name, &name, errs);
            } else if !names.insert(name.str()) {
                errs.duplicate(
                    &name,
                    format!("another port of the container is already called {}", name.str()),
                );
            }
        }
        let own = port.get("containerPort");
        match own.int() {
            None | Some(0) => {
                errs.required(&own, "a port needs its number, 1 to 65535");
            }
            Some(_) => super::in_range(&own, 1, 65_535, errs),
        }
        let host = port.get("hostPort");
        if host.int().is_some_and(|host| host != 0) {
            let first = errs.found.len();
            super::in_range(&host, 1, 65_535, errs);
            // On the node's network both ports are one: the container's must be mended, and this one with it.
            let own_is_wrong = !names::port_number(own.int().unwrap_or(0)).is_empty();
            if own_is_wrong && let Some(diagnostic) = errs.found.get_mut(first) {
                diagnostic.fixes.clear();
            }
        }
        one_of(&port.get("protocol"), &["TCP", "UDP", "SCTP"], errs);
    }
}

/// `AccumulateUniqueHostPorts`: no two take the same port of the node. `printed` is the list's path as the server
/// prints it.
fn host_ports<'a>(
    container: &Field<'a>,
    printed: &Path,
    taken: &mut HashSet<(&'a str, &'a str, i64)>,
    errs: &mut Errors,
) {
    for (i, port) in container.get("ports").items().enumerate() {
        let host = port.get("hostPort");
        let Some(number) = host.int().filter(|number| *number != 0) else { continue };
        if !taken.insert((port.get("protocol").str(), port.get("hostIP").str(), number)) {
            let protocol = port.get("protocol");
            errs.duplicate(
                &host,
                format!("another port already takes the node's {} port {number}", protocol.str()),
            )
            .at(printed.index(i).field("hostPort"));
        }
    }
}

/// `validateResizePolicy`. The server names the list, not its items.
fn resize_policy(policies: &Field<'_>, pod_policy: &Field<'_>, errs: &mut Errors) {
    let mut resources = BTreeSet::new();
    for policy in policies.items() {
        let (resource, restart) = (policy.get("resourceName"), policy.get("restartPolicy"));
        if !resources.insert(resource.str()) {
            errs.duplicate(&policy, format!("{} already has a resize policy", super::quoted(&resource)));
        }
        for (field, allowed) in
            [(&resource, ["cpu", "memory"]), (&restart, ["NotRequired", "RestartContainer"])]
        {
            let first = errs.found.len();
            one_of(field, &allowed, errs);
            for diagnostic in errs.found.iter_mut().skip(first) {
                diagnostic.at(policies.path());
            }
        }
        if pod_policy.str() == "Never" && restart.str() != "NotRequired" {
            errs.invalid(
                &restart,
                "in a pod with restartPolicy Never no container restarts, so it must be NotRequired",
            )
            .at(policies.path())
            .fix_set("Use NotRequired", "NotRequired");
        }
    }
}

/// `validateContainerRestartPolicy`: a container's own restart policy and rules.
fn restart_policy(container: &Field<'_>, errs: &mut Errors) {
    let (policy, rules) = (container.get("restartPolicy"), container.get("restartPolicyRules"));
    if policy.exists() {
        let allowed = ["Always", "Never", "OnFailure"];
        if !allowed.contains(&policy.str()) {
            errs.not_supported(&policy, &allowed);
        }
    } else if !rules.is_empty() {
        errs.required(&policy, "restartPolicyRules need a restartPolicy, which holds where no rule does")
            .fix_set("Set restartPolicy to Never", "Never");
    }
    if rules.len() > RULES_MAX {
        errs.too_many(&rules, rules.len(), RULES_MAX);
    }
    let restarts_all =
        container.schema().gate("RestartAllContainersOnContainerExits").is_some_and(|gate| gate.on);
    let actions: &[&str] = if restarts_all { &["Restart", "RestartAllContainers"] } else { &["Restart"] };
    for rule in rules.items() {
        let (action, codes) = (rule.get("action"), rule.get("exitCodes"));
        if !actions.contains(&action.str()) {
            errs.not_supported(&action, actions);
        }
        if !codes.exists() {
            errs.required(&codes, "a rule needs the exit codes that it is for");
            continue;
        }
        let operators = ["In", "NotIn"];
        if !operators.contains(&codes.get("operator").str()) {
            errs.not_supported(&codes.get("operator"), &operators);
        }
        let values = codes.get("values");
        if values.len() > EXIT_CODES_MAX {
            errs.too_many(&values, values.len(), EXIT_CODES_MAX);
        }
    }
}

/// `ValidatePortNumOrName`: a port of the container by number or by name. Absent is the number 0.
pub fn port_or_name(port: &Field<'_>, errs: &mut Errors) {
    match port.opt_str() {
        Some(name) => {
            let number = name.parse::<i64>().ok().filter(|number| names::port_number(*number).is_empty());
            let first = errs.found.len();
            report(names::port_name(name), port, errs);
            if let (Some(number), Some(diagnostic)) = (number, errs.found.get_mut(first)) {
                diagnostic.fix_set(format!("Use the number {number}"), number);
            }
        }
        None if port.int().is_some() => super::in_range(port, 1, 65_535, errs),
        None => {
            errs.invalid(
                port,
                "the port is missing: a number, 1 to 65535, or the name of one of the container's ports",
            );
        }
    }
}
