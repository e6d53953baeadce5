//! What the API server sends along with an object that it accepts (`WarningsOnCreate` of the create strategies and
//! `pkg/api/pod/warnings.go` upstream). Found whether or not the object is accepted.
//!
//! The path of a warning is what stands before the first colon of the server's text.

use super::names;
use super::quantity::Quantity;
use super::validate::security::{APP_ARMOR_ANNOTATION, app_armor_of_annotation};
use crate::diagnostic::{Diagnostic, Kind, Stage};
use crate::object::Field;
use crate::path::Path;
use crate::yaml::Change;
use std::collections::{HashMap, HashSet};

/// Adds the warnings for an object, in the server's order.
pub fn object(root: &Field<'_>, out: &mut Vec<Diagnostic>) {
    let mut warnings = Warnings::default();
    let spec = root.get("spec");
    let kind = root.ty().and_then(|ty| ty.kind()).unwrap_or_default();
    if kind == "Pod" {
        app_armor_version_skew(root, &mut warnings);
    }
    if matches!(kind, "Pod" | "ReplicationController" | "ReplicaSet" | "Deployment" | "Job" | "CronJob") {
        name(&root.get("metadata"), &mut warnings);
    }
    match kind {
        "Job" => job(&spec, &mut warnings),
        "CronJob" => job(&spec.get("jobTemplate").get("spec"), &mut warnings),
        _ => {}
    }
    if let Some(holder) = root.pod() {
        pod(&holder, kind == "Pod", &mut warnings);
    }
    if kind == "StatefulSet" {
        stateful_set(&spec, &mut warnings);
    }
    out.append(&mut warnings.found);
}

#[derive(Default)]
struct Warnings {
    found: Vec<Diagnostic>,
    /// Where each text stands in `found`: the server sends the same one only once.
    sent: HashMap<(Path, String), usize>,
}

impl Warnings {
    fn add(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Diagnostic::new(Stage::Warn, Kind::Warning, field, message))
    }

    fn add_at(&mut self, field: &Field<'_>, path: Path, message: impl Into<String>) -> &mut Diagnostic {
        let mut warning = Diagnostic::new(Stage::Warn, Kind::Warning, field, message);
        warning.at(path);
        self.push(warning)
    }

    fn push(&mut self, warning: Diagnostic) -> &mut Diagnostic {
        let next = self.found.len();
        let at = *self.sent.entry((warning.path.clone(), warning.message.clone())).or_insert(next);
        if at == next {
            self.found.push(warning);
        }
        &mut self.found[at]
    }
}

/// Pods are called after the object, and their host names after them.
fn name(metadata: &Field<'_>, warnings: &mut Warnings) {
    let (name, prefix) = (metadata.get("name"), metadata.get("generateName"));
    let generated = name.is_empty() && !prefix.is_empty();
    let text = match generated {
        true => format!("{}abcde", prefix.str().chars().take(58).collect::<String>()),
        false => name.str().to_owned(),
    };
    let faults = names::dns_label(&text);
    if !faults.is_empty() {
        let problem = faults.join(" and ");
        let warning = warnings
            .add(&name, format!("the name of pods becomes a host name, for which the name {problem}"));
        if let Some(label) = names::as_dns_label(name.str()) {
            warning.fix_set(format!("Use {label}"), label);
        }
    }
}

/// Upstream's `applyAppArmorVersionSkew`: a Pod's old annotation is taken over into a field.
fn app_armor_version_skew(pod: &Field<'_>, warnings: &mut Warnings) {
    let (annotations, spec) = (pod.get("metadata").get("annotations"), pod.get("spec"));
    if spec.get("os").get("name").str() == "windows" {
        return;
    }
    for container in containers(&spec) {
        app_armor_annotation(&container, &annotations, &spec, warnings);
    }
}

/// An AppArmor annotation that no field says as well, neither the container's nor the pod's.
fn app_armor_annotation(
    container: &Field<'_>,
    annotations: &Field<'_>,
    spec: &Field<'_>,
    warnings: &mut Warnings,
) {
    let annotation = annotations.key(&format!("{APP_ARMOR_ANNOTATION}{}", container.get("name").str()));
    if annotation.data().is_none() || container.get("securityContext").has("appArmorProfile") {
        return;
    }
    let of_pod = spec.get("securityContext").get("appArmorProfile");
    let said = match of_pod.get("type").str() {
        "RuntimeDefault" => annotation.str() == "runtime/default",
        "Unconfined" => annotation.str() == "unconfined",
        "Localhost" => {
            annotation.str().strip_prefix("localhost/") == of_pod.get("localhostProfile").opt_str()
        }
        _ => false,
    };
    if !said {
        old_annotation(&annotation, container, "appArmorProfile", warnings);
    }
}

const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
const SECCOMP_OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";

/// An annotation of which a field took the place; `holder` is what has the security context.
fn old_annotation(annotation: &Field<'_>, holder: &Field<'_>, field: &'static str, warnings: &mut Warnings) {
    let warning =
        warnings.add(annotation, format!("the annotation is of old; the field {field} took its place"));
    let value = match annotation.str() {
        "docker/default" => serde_json::json!({ "type": "RuntimeDefault" }),
        text => match app_armor_of_annotation(text) {
            Some(profile) => profile,
            None => return,
        },
    };
    let changes = vec![
        Change::Set { path: holder.get("securityContext").path().field(field), value },
        Change::Remove { path: annotation.path() },
    ];
    warning.fix(format!("Move it to {field}"), changes);
}

/// A container's seccomp annotation without the field.
fn seccomp_annotation(container: &Field<'_>, annotations: &Field<'_>, warnings: &mut Warnings) {
    let annotation = annotations.key(&format!("{SECCOMP}{}", container.get("name").str()));
    if annotation.data().is_some() && !container.get("securityContext").has("seccompProfile") {
        old_annotation(&annotation, container, "seccompProfile", warnings);
    }
}

/// Upstream's `WarningsForJobSpec`.
fn job(spec: &Field<'_>, warnings: &mut Warnings) {
    let above = |name, limit| spec.get(name).int().is_some_and(|number| number > limit);
    let indexed = spec.get("completionMode").str() == "Indexed";
    if indexed && above("completions", 100_000) && above("parallelism", 10_000) {
        warnings.add(
            spec,
            "with more than 100000 completions and 10000 pods at a time, the server may fail to track which indexes are complete",
        );
    }
}

fn stateful_set(spec: &Field<'_>, warnings: &mut Warnings) {
    let limit = spec.get("revisionHistoryLimit");
    if limit.int().is_some_and(|number| number < 0) {
        warnings.add(&limit, "a negative limit keeps every revision").fix_remove();
    }
    for claim in spec.get("volumeClaimTemplates").items() {
        // The server leaves `spec` out of the path.
        claim_spec(&claim.get("spec"), &claim.path(), warnings);
    }
}

/// Upstream's `GetWarningsForPersistentVolumeClaimSpec`.
fn claim_spec(spec: &Field<'_>, at: &Path, warnings: &mut Warnings) {
    for list in ["requests", "limits"] {
        let storage = spec.get("resources").get(list).key("storage");
        fractional(&storage, Some(at.field("resources").field(list).key("storage")), warnings);
    }
}

/// An amount of bytes that is no whole number; `odd` is the server's path if it is not the amount's own.
fn fractional(amount: &Field<'_>, odd: Option<Path>, warnings: &mut Warnings) {
    if let Some(bytes) = Quantity::opt(amount).filter(|bytes| !bytes.is_whole()) {
        let at = odd.unwrap_or_else(|| amount.path());
        let warning = warnings.add_at(amount, at, format!("{} is a fraction of a byte", amount.shown()));
        if amount.str().ends_with('m') {
            // 512m was meant as mebibytes.
            let meant = format!("{}Mi", amount.str().trim_end_matches('m'));
            warning.fix_set(format!("Did you mean {meant}?"), meant);
        }
        warning.fix_set(format!("Use {}", bytes.value()), bytes.value().to_string());
    }
}

fn containers<'a>(spec: &Field<'a>) -> Vec<Field<'a>> {
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    lists.into_iter().flat_map(|list| spec.get(list).items().collect::<Vec<_>>()).collect()
}

/// Upstream's `warningsForPodSpecAndMeta`. `holder` is the Pod or the template.
fn pod(holder: &Field<'_>, is_pod: bool, warnings: &mut Warnings) {
    let (annotations, spec) = (holder.get("metadata").get("annotations"), holder.get("spec"));
    node_labels(&spec, warnings);
    for key in [
        "scheduler.alpha.kubernetes.io/critical-pod",
        "security.alpha.kubernetes.io/sysctls",
        "security.alpha.kubernetes.io/unsafe-sysctls",
    ] {
        let annotation = annotations.key(key);
        if annotation.data().is_some() {
            let field = if key.ends_with("critical-pod") { "priorityClassName" } else { "sysctls" };
            warnings
                .add(&annotation, format!("the annotation does nothing any more; use the field {field}"))
                .fix_remove();
        }
    }
    volume_plugins(&spec.get("volumes"), warnings);
    overlapping_paths(&spec.get("volumes"), warnings);
    repeated(&spec.get("hostAliases"), "ip", warnings);
    repeated(&spec.get("imagePullSecrets"), "name", warnings);
    for secret in spec.get("imagePullSecrets").items().filter(|secret| secret.get("name").is_empty()) {
        warnings.add(&secret.get("name"), "the name of the Secret is empty");
    }
    let overhead = spec.get("overhead");
    for resource in ["memory", "ephemeral-storage"] {
        fractional(&overhead.key(resource), None, warnings);
    }
    let context = spec.get("securityContext");
    let seccomp = annotations.key(SECCOMP_OF_POD);
    if seccomp.data().is_some() && !context.has("seccompProfile") {
        old_annotation(&seccomp, &spec, "seccompProfile", warnings);
    }
    let containers = containers(&spec);
    for container in &containers {
        seccomp_annotation(container, &annotations, warnings);
        if !is_pod {
            app_armor_annotation(container, &annotations, &spec, warnings);
        }
        container_warnings(container, warnings);
    }
    ports(&containers, warnings);
    port_names(&spec, warnings);
    // Of a Pod itself, the server has made the grace period 1 by then.
    let grace = spec.get("terminationGracePeriodSeconds");
    if !is_pod && grace.int().is_some_and(|seconds| seconds < 0) {
        warnings.add(&grace, "a negative grace period counts as 1 second").fix_set("Use 1", 1);
    }
    let affinity = spec.get("affinity");
    for kind in ["podAffinity", "podAntiAffinity"].into_iter().filter(|kind| affinity.has(kind)) {
        let affinity = affinity.get(kind);
        for term in affinity.get("requiredDuringSchedulingIgnoredDuringExecution").items() {
            null_selector(&term.get("labelSelector"), warnings);
        }
        for weighted in affinity.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
            null_selector(&weighted.get("podAffinityTerm").get("labelSelector"), warnings);
        }
    }
    ip_forms(&spec, warnings);
}

fn null_selector(selector: &Field<'_>, warnings: &mut Warnings) {
    if !selector.exists() {
        warnings.add(selector, "without a label selector no pod is meant");
    }
}

/// The node labels that are no longer in use (upstream's `deprecatedNodeLabels`), and what to use instead.
const OLD_NODE_LABELS: [(&str, Option<&str>); 8] = [
    ("beta.kubernetes.io/arch", Some("kubernetes.io/arch")),
    ("beta.kubernetes.io/os", Some("kubernetes.io/os")),
    ("failure-domain.beta.kubernetes.io/region", Some("topology.kubernetes.io/region")),
    ("failure-domain.beta.kubernetes.io/zone", Some("topology.kubernetes.io/zone")),
    ("beta.kubernetes.io/instance-type", Some("node.kubernetes.io/instance-type")),
    ("app.kubernetes.io/created-by", None),
    ("scheduler.alpha.kubernetes.io/preferAvoidPods", None),
    ("node-role.kubernetes.io/master", Some("node-role.kubernetes.io/control-plane")),
];

fn old_node_label<'w>(
    label: &str,
    field: &Field<'_>,
    warnings: &'w mut Warnings,
) -> Option<(&'w mut Diagnostic, Option<&'static str>)> {
    let (_, instead) = OLD_NODE_LABELS.iter().find(|(old, _)| *old == label)?;
    let message = match instead {
        Some(new) => format!("nodes no longer have the label {label}; use {new}"),
        None => format!("nodes no longer have the label {label}"),
    };
    Some((warnings.add(field, message), *instead))
}

fn node_labels(spec: &Field<'_>, warnings: &mut Warnings) {
    for (label, value) in spec.get("nodeSelector").entries() {
        if let Some((warning, Some(new))) = old_node_label(label, &value, warnings) {
            warning
                .fix(format!("Use {new}"), vec![Change::Rename { path: value.path(), key: new.to_owned() }]);
        }
    }
    let affinity = spec.get("affinity").get("nodeAffinity");
    let required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution");
    for term in required.get("nodeSelectorTerms").items() {
        node_selector_term(&term, warnings);
    }
    for weighted in affinity.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
        let term = weighted.get("preference");
        node_selector_term(&term, warnings);
    }
    for constraint in spec.get("topologySpreadConstraints").items() {
        let key = constraint.get("topologyKey");
        if let Some((warning, Some(new))) = old_node_label(key.str(), &key, warnings) {
            warning.fix_set(format!("Use {new}"), new);
        }
        null_selector(&constraint.get("labelSelector"), warnings);
    }
}

/// Upstream's `GetWarningsForNodeSelectorTerm`. Of bad values the server warns in preferences only: in requirements they
/// are errors.
fn node_selector_term(term: &Field<'_>, warnings: &mut Warnings) {
    let is_preference = term.def().is_some_and(|def| def.name == "preference");
    for requirement in term.get("matchExpressions").items() {
        let key = requirement.get("key");
        if let Some((warning, Some(new))) = old_node_label(key.str(), &key, warnings) {
            warning.fix_set(format!("Use {new}"), new);
        }
        for value in requirement.get("values").items().filter(|_| is_preference) {
            for fault in names::label_value(value.str()) {
                warnings.add(&value, format!("no node can have this label: the value {fault}"));
            }
        }
    }
}

/// Volume plug-ins that are deprecated or gone, and claims with fractions of bytes.
fn volume_plugins(volumes: &Field<'_>, warnings: &mut Warnings) {
    const OLD: [(&str, &str); 7] = [
        ("photonPersistentDisk", "is gone since 1.16"),
        ("gitRepo", "is deprecated since 1.11; let an init container clone into an emptyDir"),
        ("scaleIO", "is gone since 1.22"),
        ("flocker", "is gone since 1.25"),
        ("storageos", "is gone since 1.25"),
        ("quobyte", "is gone since 1.25"),
        ("glusterfs", "is gone since 1.26"),
    ];
    for volume in volumes.items() {
        for (source, what) in OLD.into_iter().filter(|(source, _)| volume.has(source)) {
            // The server writes `storageOS`.
            let reported = if source == "storageos" { "storageOS" } else { source };
            let field = volume.get(source);
            warnings.add_at(
                &field,
                volume.path().field(reported),
                format!("the volume type {source} {what}"),
            );
        }
        let template = volume.get("ephemeral").get("volumeClaimTemplate");
        if template.exists() {
            claim_spec(&template.get("spec"), &template.path().field("spec"), warnings);
        }
        for source in ["cephfs", "rbd"].into_iter().filter(|source| volume.has(source)) {
            warnings.add(
                &volume.get(source),
                format!("the volume type {source} is gone since 1.31; use its CSI driver"),
            );
        }
    }
}

/// A file in a volume: its path and what puts it there.
struct File<'a> {
    path: &'a str,
    by: String,
    field: Field<'a>,
}

/// Upstream's `warningsForOverlappingVirtualPaths`: one file would hide another, or stand where a directory must be.
fn overlapping_paths(volumes: &Field<'_>, warnings: &mut Warnings) {
    for volume in volumes.items() {
        let (config_map, secret) = (volume.get("configMap"), volume.get("secret"));
        if config_map.has("items") {
            let what = format!("ConfigMap {:?}", config_map.get("name").str());
            overlaps(&volume, &what, &files(&config_map, ""), warnings);
        }
        if secret.has("items") {
            let what = format!("Secret {:?}", secret.get("secretName").str());
            overlaps(&volume, &what, &files(&secret, ""), warnings);
        }
        overlaps(&volume, "DownwardAPI", &files(&volume.get("downwardAPI"), ""), warnings);
        let mut all = Vec::new();
        for source in volume.get("projected").get("sources").items() {
            if source.fields().all(|field| !field.exists()) {
                let name = volume.get("name");
                let path = Path::root()
                    .field(format!("volume {:?} (Projected) has no sources provided", name.str()));
                warnings.add_at(&source, path, "the source is empty; it puts no file into the volume");
                continue;
            }
            all.extend(projected_files(&source));
        }
        overlaps(&volume, "Projected", &all, warnings);
    }
}

/// The files that the `items` of a source make.
fn files<'a>(source: &Field<'a>, by: &str) -> Vec<File<'a>> {
    let file = |item: Field<'a>| {
        let field = item.get("path");
        File { path: field.str().trim_end_matches('/'), by: by.to_owned(), field }
    };
    source.get("items").items().map(file).collect()
}

/// The files of one source of a projected volume; of several sources in one, the first in upstream's order.
fn projected_files<'a>(source: &Field<'a>) -> Vec<File<'a>> {
    for (kind, label) in [("configMap", "ConfigMap"), ("secret", "Secret")] {
        let part = source.get(kind);
        if part.has("items") {
            return files(&part, &format!("{label} {:?}", part.get("name").str()));
        }
    }
    let downward = source.get("downwardAPI");
    if downward.has("items") {
        return files(&downward, "DownwardAPI");
    }
    let one = |field: Field<'a>, by: &str| File {
        path: field.str().trim_end_matches('/'),
        by: by.to_owned(),
        field,
    };
    if source.has("serviceAccountToken") {
        return vec![one(source.get("serviceAccountToken").get("path"), "ServiceAccountToken")];
    }
    if source.has("clusterTrustBundle") {
        return vec![one(source.get("clusterTrustBundle").get("path"), "ClusterTrustBundle")];
    }
    let certificate = source.get("podCertificate");
    let paths = ["credentialBundlePath", "keyPath", "certificateChainPath"].map(|name| certificate.get(name));
    paths.into_iter().filter(|path| !path.is_empty()).map(|path| one(path, "PodCertificate")).collect()
}

/// Warns of each file that hides one before it, stands in one's place or needs it for a directory.
fn overlaps<'f>(volume: &Field<'_>, what: &str, files: &'f [File<'_>], warnings: &mut Warnings) {
    // The files before the present one: each at its path, and under each directory above it.
    let mut there: HashMap<&'f str, Vec<usize>> = HashMap::new();
    let mut below: HashMap<&'f str, Vec<usize>> = HashMap::new();
    for (i, file) in files.iter().enumerate().filter(|(_, file)| !file.path.is_empty()) {
        let directories = || file.path.match_indices('/').map(|(at, _)| &file.path[..at]);
        let same = there.get(file.path).into_iter().chain(below.get(file.path)).flatten();
        let mut others: Vec<usize> =
            same.chain(directories().filter_map(|dir| there.get(dir)).flatten()).copied().collect();
        others.sort_unstable();
        for other in others.into_iter().filter_map(|other| files.get(other)) {
            let path = Path::root().field(format!("volume {:?} ({what})", volume.get("name").str()));
            let by = |file: &File<'_>| match file.by.as_str() {
                "" => file.path.to_owned(),
                by => format!("{} (from {by})", file.path),
            };
            warnings.add_at(&file.field, path, format!("{} gets in the way of {}", by(file), by(other)));
        }
        // Of files alike, one is enough to say so.
        let known = there.entry(file.path).or_default();
        if !known.iter().any(|other| files.get(*other).is_some_and(|other| other.by == file.by)) {
            known.push(i);
            for dir in directories() {
                below.entry(dir).or_default().push(i);
            }
        }
    }
}

/// Items of a list that repeat a value of an item before them.
fn repeated(list: &Field<'_>, field: &'static str, warnings: &mut Warnings) {
    let mut seen = HashSet::new();
    for item in list.items() {
        let value = item.get(field);
        if !seen.insert(value.str()) {
            let change = Change::Remove { path: item.path() };
            warnings
                .add(&value, format!("{} is listed twice", value.shown()))
                .fix("Remove this item", vec![change]);
        }
    }
}

fn container_warnings(container: &Field<'_>, warnings: &mut Warnings) {
    let resources = container.get("resources");
    let lists = [resources.get("limits"), resources.get("requests")];
    for resource in ["memory", "ephemeral-storage"] {
        for list in lists.iter().filter(|list| list.exists()) {
            fractional(&list.key(resource), None, warnings);
        }
    }
    let mut seen = HashSet::new();
    for variable in container.get("env").items() {
        let (name, value) = (variable.get("name"), variable.get("value"));
        let reference = format!("$({})", name.str());
        let extends = value.str().contains(&reference) && value.str() != reference;
        if !seen.insert(name.str()) && (variable.has("valueFrom") || !extends) {
            warnings
                .add(
                    &variable,
                    format!("{} hides its earlier definition, which apply may drop", name.shown()),
                )
                .fix_remove();
        }
    }
}

/// Ports of any two containers that get in each other's way.
fn ports(containers: &[Field<'_>], warnings: &mut Warnings) {
    let mut all: HashMap<(i64, &str), Vec<Field<'_>>> = HashMap::new();
    for container in containers {
        for port in container.get("ports").items() {
            let host_port = |port: &Field<'_>| port.get("hostPort").int().unwrap_or(0);
            let (host_ip, number) = (port.get("hostIP"), port.get("containerPort"));
            if !host_ip.is_empty() && host_port(&port) == 0 {
                warnings.add(&port, "a hostIP without a hostPort does nothing");
            }
            let others = all.entry((number.int().unwrap_or(0), port.get("protocol").str())).or_default();
            for other in others.iter() {
                let other_ip = other.get("hostIP");
                let (here, there) = (host_port(&port), host_port(other));
                let what = if host_ip.str() == other_ip.str() && here == there {
                    "repeats"
                } else if here == 0 || there == 0 {
                    "overlaps"
                } else if here == there && host_ip.is_empty() != other_ip.is_empty() {
                    "is ambiguous beside"
                } else {
                    continue;
                };
                warnings.add(&port, format!("port {} {what} {}", number.shown(), other.path()));
            }
            others.push(port);
        }
    }
}

/// Port names that two containers which run side by side have: Services and probes then find only the first.
fn port_names(spec: &Field<'_>, warnings: &mut Warnings) {
    let runs_beside = |container: &Field<'_>| container.get("restartPolicy").str() == "Always";
    let sidecars = spec.get("initContainers").items().filter(runs_beside).collect::<Vec<_>>();
    let mut seen: HashMap<&str, Path> = HashMap::new();
    for container in sidecars.into_iter().chain(spec.get("containers").items()) {
        for port in container.get("ports").items().filter(|port| !port.get("name").is_empty()) {
            let name = port.get("name").str();
            match seen.get(name) {
                Some(first) => {
                    warnings.add(
                        &port,
                        format!(
                            "the name {name} already belongs to {first}, which Services and probes will use"
                        ),
                    );
                }
                None => {
                    seen.insert(name, port.path());
                }
            }
        }
    }
}

/// Upstream's `GetWarningsForIP` for the addresses of a pod: an address not written as the standards have it.
fn ip_forms(spec: &Field<'_>, warnings: &mut Warnings) {
    let servers = spec.get("dnsConfig").get("nameservers");
    let aliases = spec.get("hostAliases");
    for address in servers.items().chain(aliases.items().map(|alias| alias.get("ip"))) {
        if let Some(standard) =
            names::standard_ip(address.str()).filter(|standard| *standard != address.str())
        {
            let message = format!("{} should be written {standard}", address.shown());
            warnings.add(&address, message).fix_set(format!("Use {standard}"), standard);
        }
    }
}
