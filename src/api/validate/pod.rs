//! Pods, pod templates and their spec, as a whole.

use super::volume::Volumes;
use super::{
    container, dns, dns_label, dns_subdomain, meta, one_of, qualified_name, quoted, resources, scheduling,
    security, volume,
};
use crate::api::names;
use crate::diagnostic::Errors;
use crate::object::Field;
use crate::path::{Path, Step};
use crate::yaml::Change;
use std::collections::BTreeSet;

const MIRROR: &str = "kubernetes.io/config.mirror";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// A pod spec, with what the rules of its containers look up in it.
pub struct Pod<'a> {
    /// The spec.
    pub spec: Field<'a>,
    /// The volumes without fault, by name.
    pub volumes: Volumes<'a>,
    /// The names of `resourceClaims`.
    pub claims: Vec<&'a str>,
    /// `terminationGracePeriodSeconds`.
    pub grace_period: Option<i64>,
}

/// `ValidatePodCreate`.
pub fn create(pod: &Field<'_>, errs: &mut Errors) {
    metadata_and_spec(pod, errs);
    let spec = pod.get("spec");
    let ephemeral = spec.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        errs.forbidden(
            &ephemeral,
            "a new pod has no ephemeral containers; kubectl debug adds them to a running one",
        )
        .fix_remove();
    }
    let node = spec.get("nodeName");
    if !spec.get("schedulingGates").is_empty() && !node.is_empty() {
        errs.forbidden(&node, "the pod cannot be bound to a node while schedulingGates hold it back")
            .fix_remove()
            .fix("Remove schedulingGates", vec![Change::Remove { path: spec.get("schedulingGates").path() }]);
    }
    security::seccomp_annotations(pod, errs);
    security::app_armor_annotations(pod, errs);
    let claims = spec.get("resourceClaims");
    if pod.get("metadata").get("annotations").key(MIRROR).data().is_some() && !claims.is_empty() {
        // The server names no field here: `field.NewPath("")` prints as `[]`.
        errs.forbidden(
            &claims,
            "a mirror pod stands for one that a kubelet runs on its own; it cannot refer to claims",
        )
        .at(Path::root().key(""));
    }
}

/// `validatePodMetadataAndSpec`.
fn metadata_and_spec(pod: &Field<'_>, errs: &mut Errors) {
    let (metadata, spec) = (pod.get("metadata"), pod.get("spec"));
    meta::object(&metadata, names::dns_subdomain, errs);
    annotations(&metadata.get("annotations"), &spec, errs);
    self::spec(&spec, Some(&metadata), None, errs);
    if spec.get("serviceAccountName").is_empty() {
        for volume in spec.get("volumes").items().filter(|volume| volume.has("projected")) {
            for source in
                volume.get("projected").get("sources").items().filter(|s| s.has("serviceAccountToken"))
            {
                errs.forbidden(
                    &source.get("serviceAccountToken"),
                    "a token of a service account needs one: set spec.serviceAccountName",
                );
            }
        }
    }
    for list in ["containers", "initContainers"] {
        for container in spec.get(list).items() {
            container::only_in_pod(&container, errs);
        }
    }
}

/// `ValidatePodTemplate`, the object of that kind.
pub fn pod_template(object: &Field<'_>, errs: &mut Errors) {
    meta::object(&object.get("metadata"), names::dns_subdomain, errs);
    template(&object.get("template"), None, errs);
}

/// `ValidatePodTemplateSpec`: the template of a workload. `claims` are a StatefulSet's claim templates, each of which is
/// also a volume of the pods.
pub fn template<'a>(template: &Field<'a>, claims: Option<&Field<'a>>, errs: &mut Errors) {
    let spec = template.get("spec");
    template_metadata(template, errs);
    self::spec(&spec, None, claims, errs);
    security::seccomp_annotations(template, errs);
    security::app_armor_annotations(template, errs);
    let ephemeral = spec.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        errs.forbidden(
            &ephemeral,
            "a template has no ephemeral containers; kubectl debug adds them to a running pod",
        )
        .fix_remove();
    }
}

/// The part of `ValidatePodTemplateSpec` that looks at labels and annotations.
pub fn template_metadata(template: &Field<'_>, errs: &mut Errors) {
    let (metadata, spec) = (template.get("metadata"), template.get("spec"));
    let first = errs.found.len();
    meta::labels(&metadata.get("labels"), errs);
    meta::annotations(&metadata.get("annotations"), errs);
    annotations(&metadata.get("annotations"), &spec, errs);
    // The server names `template.labels`, without `metadata`.
    for diagnostic in errs.found.iter_mut().skip(first) {
        diagnostic.path = without_metadata(&template.path(), &diagnostic.path);
    }
}

fn without_metadata(template: &Path, path: &Path) -> Path {
    let depth = template.steps().len();
    let steps = path.steps();
    if template.contains(path) && steps.get(depth).and_then(|step| step.key()) == Some("metadata") {
        return Path::from([&steps[..depth], &steps[depth + 1..]].concat());
    }
    path.clone()
}

/// `ValidatePodSpecificAnnotations`: the annotations that mean something to the server.
fn annotations(annotations: &Field<'_>, spec: &Field<'_>, errs: &mut Errors) {
    if annotations.is_empty() {
        return;
    }
    let mirror = annotations.key(MIRROR);
    if mirror.data().is_some() && spec.get("nodeName").is_empty() {
        errs.invalid(
            &mirror,
            "a mirror pod runs on a certain node: set spec.nodeName, or remove the annotation",
        )
        .fix_remove();
    }
    let tolerations = annotations.key(TOLERATIONS);
    if !tolerations.is_empty() {
        annotated_tolerations(annotations, &tolerations, errs);
    }
    let cost = annotations.key(DELETION_COST);
    if cost.data().is_some() && !is_deletion_cost(cost.str()) {
        errs.invalid(
            &cost,
            format!("{} is not a whole number of 32 bits without leading zeros", quoted(&cost)),
        );
    }
    let pod_profile = annotations.key(SECCOMP_POD);
    if pod_profile.data().is_some() {
        seccomp_profile(annotations, SECCOMP_POD, &pod_profile, errs);
    }
    for (key, profile) in annotations.entries().filter(|(key, _)| key.starts_with(SECCOMP_CONTAINER)) {
        seccomp_profile(annotations, key, &profile, errs);
    }
    for (key, profile) in annotations.entries() {
        let Some(name) = key.strip_prefix(security::APP_ARMOR_ANNOTATION) else { continue };
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        if !lists.iter().any(|list| spec.get(list).items().any(|c| c.get("name").str() == name)) {
            errs.invalid(&profile, format!("the pod has no container called “{name}”")).fix_remove();
        }
        let value = profile.str();
        if !matches!(value, "" | "runtime/default" | "unconfined") && !value.starts_with("localhost/") {
            errs.invalid(
                &profile,
                format!(
                    "{} is not an AppArmor profile: runtime/default, unconfined or localhost/NAME",
                    quoted(&profile)
                ),
            );
        }
    }
}

/// `GetDeletionCostFromPodAnnotations`: a 32-bit integer whose spelling is the shortest one.
fn is_deletion_cost(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let short = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let plain = digits == "0" && digits == text || !digits.starts_with('0');
    short && plain && text.parse::<i32>().is_ok()
}

/// `ValidateTolerationsInPodAnnotations`: tolerations as JSON in an annotation of old.
fn annotated_tolerations(annotations: &Field<'_>, annotation: &Field<'_>, errs: &mut Errors) {
    let stream = crate::yaml::parse(&format!("{{\"tolerations\": {}}}", annotation.str()));
    let spec_type = annotation.schema().named("PodSpec");
    let (Some(data), Some((id, _))) = (stream.docs.first().and_then(|doc| doc.data.as_ref()), spec_type)
    else {
        errs.invalid(annotation, "is not a JSON list of tolerations").at(annotations.path());
        return;
    };
    let root = Field::root(annotation.schema(), id, data);
    let mut inner = Errors::default();
    scheduling::tolerations(&root.get("tolerations"), &mut inner);
    for found in inner.found {
        // The server strings the annotation's key to its path as if it were a field.
        let base = annotations.path().field(TOLERATIONS);
        let path = found.path.steps().iter().skip(1).fold(base, |path, step| path.then(step.clone()));
        let diagnostic = errs.invalid(annotation, found.message);
        diagnostic.kind = found.kind;
        diagnostic.path = path;
    }
}

/// `ValidateSeccompProfile`: a profile in an annotation of old. The server joins the key to the path with a dot.
fn seccomp_profile(annotations: &Field<'_>, key: &str, profile: &Field<'_>, errs: &mut Errors) {
    let odd = annotations.path().field(key.to_owned());
    match profile.str() {
        "runtime/default" | "docker/default" | "unconfined" => {}
        text => match text.strip_prefix("localhost/") {
            Some(path) => {
                if path.starts_with('/') {
                    errs.invalid(profile, "the profile's path must be relative").at(odd.clone());
                }
                if path.split('/').any(|part| part == "..") {
                    errs.invalid(profile, "the profile's path steps up with “..”").at(odd);
                }
            }
            None => {
                errs.invalid(
                    profile,
                    format!(
                        "{} is not a seccomp profile: runtime/default, unconfined or localhost/FILE",
                        quoted(profile)
                    ),
                )
                .at(odd);
            }
        },
    }
}

/// `ValidatePodSpec`. `metadata` is that of a real Pod, `None` for a template.
fn spec<'a>(spec: &Field<'a>, metadata: Option<&Field<'_>>, claims: Option<&Field<'a>>, errs: &mut Errors) {
    let grace = spec.get("terminationGracePeriodSeconds");
    if !grace.exists() {
        errs.required(&grace, "the grace period is missing");
    }
    let volumes = match claims {
        Some(claims) => volumes_with_claims(&spec.get("volumes"), claims, errs),
        None => volume::volumes(&spec.get("volumes"), metadata, errs),
    };
    let resource_claims = spec.get("resourceClaims");
    self::resource_claims(&resource_claims, errs);
    let pod = Pod {
        spec: spec.clone(),
        volumes,
        claims: resource_claims
            .items()
            .map(|claim| claim.get("name").str())
            .filter(|name| !name.is_empty())
            .collect(),
        grace_period: grace.int(),
    };
    container::regular(&pod, errs);
    container::init(&pod, errs);
    container::ephemeral(&pod, errs);
    resources::of_pod(spec, errs);
    host_network_ports(spec, metadata.is_some(), errs);
    one_of(&spec.get("restartPolicy"), &["Always", "OnFailure", "Never"], errs);
    let dns_policy = spec.get("dnsPolicy");
    dns::policy(&dns_policy, errs);
    scheduling::node_selector(&spec.get("nodeSelector"), errs);
    security::pod(spec, errs);
    // Image pull secrets have nothing but a name, and any name will do.
    let labels = metadata.map(|metadata| metadata.get("labels")).unwrap_or_else(|| spec.get("labels"));
    scheduling::affinity(&spec.get("affinity"), &labels, errs);
    dns::config(&spec.get("dnsConfig"), &dns_policy, errs);
    for gate in spec.get("readinessGates").items() {
        qualified_name(&gate.get("conditionType"), errs);
    }
    scheduling::scheduling_gates(&spec.get("schedulingGates"), errs);
    scheduling::topology_spread(&spec.get("topologySpreadConstraints"), &labels, errs);
    security::windows_host_process(spec, errs);
    host_users(spec, errs);
    for name in ["serviceAccountName", "nodeName"] {
        let field = spec.get(name);
        if !field.is_empty() {
            dns_subdomain(&field, errs);
        }
    }
    super::in_range(&spec.get("activeDeadlineSeconds"), 1, i64::from(i32::MAX), errs);
    for name in ["hostname", "subdomain"] {
        let field = spec.get(name);
        // A StatefulSet gives its pods names of their own and does not look at the template's.
        if !field.is_empty() && claims.is_none() {
            dns_label(&field, errs);
        }
    }
    hostname_override(spec, errs);
    scheduling::tolerations(&spec.get("tolerations"), errs);
    dns::host_aliases(&spec.get("hostAliases"), errs);
    let priority_class = spec.get("priorityClassName");
    if !priority_class.is_empty() {
        dns_subdomain(&priority_class, errs);
    }
    let runtime_class = spec.get("runtimeClassName");
    if runtime_class.exists() {
        dns_subdomain(&runtime_class, errs);
    }
    let preemption = spec.get("preemptionPolicy");
    if preemption.exists() {
        one_of(&preemption, &["PreemptLowerPriority", "Never"], errs);
    }
    resources::overhead(&spec.get("overhead"), errs);
    operating_system(spec, errs);
}

/// The volumes of a StatefulSet's pods: its claim templates come first and take the place of volumes of their names. The
/// server prints the indexes of that list.
fn volumes_with_claims<'a>(volumes: &Field<'a>, claims: &Field<'a>, errs: &mut Errors) -> Volumes<'a> {
    let names: Vec<Field<'a>> = claims.items().map(|claim| claim.get("metadata").get("name")).collect();
    let mut sound = Volumes::new();
    for (i, name) in names.iter().enumerate() {
        let printed = volumes.path().index(i);
        let first = errs.found.len();
        if name.is_empty() {
            errs.required(name, "a claim template needs a name, by which containers mount its volume")
                .at(printed.field("persistentVolumeClaim").field("claimName"));
            errs.required(name, "a claim template needs a name, by which containers mount its volume");
        } else {
            dns_label(name, errs);
            if sound.contains_key(name.str()) {
                errs.duplicate(name, format!("another claim template is already called {}", name.str()));
            }
        }
        for diagnostic in
            errs.found.iter_mut().skip(first).filter(|diagnostic| diagnostic.path == diagnostic.place)
        {
            diagnostic.path = printed.field("name");
        }
        if errs.found.len() == first {
            sound.insert(name.str(), "persistentVolumeClaim");
        }
    }
    let is_replaced = |i: usize| names.iter().any(|name| name.str() == volumes.index(i).get("name").str());
    let depth = volumes.path().steps().len();
    let mut own = Errors::default();
    for (name, source) in volume::volumes(volumes, None, &mut own) {
        sound.entry(name).or_insert(source);
    }
    for mut diagnostic in own.found {
        let Some(Step::Index(i)) = diagnostic.path.steps().get(depth).cloned() else {
            errs.found.push(diagnostic);
            continue;
        };
        if !is_replaced(i) {
            let mut steps = diagnostic.path.steps().to_vec();
            let before = (0..i).filter(|i| !is_replaced(*i)).count();
            steps[depth] = Step::Index(names.len() + before);
            diagnostic.path = Path::from(steps);
            errs.found.push(diagnostic);
        }
    }
    sound
}

/// `validatePodResourceClaims`.
fn resource_claims(claims: &Field<'_>, errs: &mut Errors) {
    let mut seen = BTreeSet::new();
    for claim in claims.items() {
        let name = claim.get("name");
        if name.is_empty() {
            errs.required(&name, "a resource claim needs a name, by which containers ask for it");
        } else if !seen.insert(name.str()) {
            errs.duplicate(&name, format!("another resource claim is already called {}", name.str()));
        } else {
            dns_label(&name, errs);
        }
        let (of_claim, of_template) =
            (claim.get("resourceClaimName"), claim.get("resourceClaimTemplateName"));
        match (of_claim.exists(), of_template.exists()) {
            (true, true) => {
                errs.invalid(
                    &claim,
                    "has both resourceClaimName and resourceClaimTemplateName; it must have one",
                )
                .fix("Remove resourceClaimTemplateName", vec![Change::Remove { path: of_template.path() }])
                .fix("Remove resourceClaimName", vec![Change::Remove { path: of_claim.path() }]);
            }
            (false, false) => {
                errs.invalid(&claim, "must have resourceClaimName or resourceClaimTemplateName");
            }
            _ => {}
        }
        for field in [of_claim, of_template].iter().filter(|field| field.exists()) {
            dns_subdomain(field, errs);
        }
    }
}

/// `validatePodHostNetworkDeps`: on the node's network a container's port is the node's. A template may leave the node's
/// port out, as the pod's own defaults will fill it in.
fn host_network_ports(spec: &Field<'_>, is_pod: bool, errs: &mut Errors) {
    if !spec.get("hostNetwork").is_true() {
        return;
    }
    for container in spec.get("containers").items() {
        for port in container.get("ports").items() {
            let (host, own) = (port.get("hostPort"), port.get("containerPort").int().unwrap_or(0));
            let given = host.int().unwrap_or(0);
            if (is_pod || given != 0) && given != own {
                errs.invalid(
                    &host,
                    format!("with hostNetwork the node's port is the container's: {own}, not {given}"),
                )
                .fix_set(format!("Set hostPort to {own}"), own);
            }
        }
    }
}

/// `validateHostUsers`: a user namespace of the pod's own goes with none of the node's namespaces, nor with raw devices.
fn host_users(spec: &Field<'_>, errs: &mut Errors) {
    if spec.get("hostUsers").bool() != Some(false) {
        return;
    }
    // The server spells two of the fields as Go does.
    for (name, printed) in [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")] {
        let field = spec.get(name);
        if field.is_true() {
            errs.forbidden(
                &field,
                format!("{name} does not go with a user namespace of the pod's own (hostUsers: false)"),
            )
            .at(spec.path().field(printed))
            .fix_remove()
            .fix("Remove hostUsers", vec![Change::Remove { path: spec.get("hostUsers").path() }]);
        }
    }
    if spec.schema().version.minor() < 34 {
        return;
    }
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in spec.get(list).items() {
            let devices = container.get("volumeDevices");
            if !devices.is_empty() {
                errs.forbidden(
                    &devices,
                    "raw block devices do not go with a user namespace of the pod's own (hostUsers: false)",
                )
                .fix("Remove hostUsers", vec![Change::Remove { path: spec.get("hostUsers").path() }]);
            }
        }
    }
}

/// `validateHostnameOverride`.
fn hostname_override(spec: &Field<'_>, errs: &mut Errors) {
    const MAX: usize = 64;
    let hostname = spec.get("hostnameOverride");
    if !hostname.exists() {
        return;
    }
    for other in ["setHostnameAsFQDN", "hostNetwork"] {
        if spec.get(other).is_true() {
            errs.forbidden(&hostname, format!("a hostname of the pod's own does not go with {other}"))
                .fix_remove()
                .fix(format!("Remove {other}"), vec![Change::Remove { path: spec.get(other).path() }]);
        }
    }
    if hostname.str().len() > MAX {
        errs.too_long(&hostname, MAX);
    }
    dns_subdomain(&hostname, errs);
}

/// `validateOS`, and what follows from the system: `validateLinux`, `validateWindows`.
fn operating_system(spec: &Field<'_>, errs: &mut Errors) {
    let os = spec.get("os");
    if !os.exists() {
        return;
    }
    let name = os.get("name");
    match name.str() {
        "" => {
            errs.required(&name, "must be linux or windows");
        }
        "linux" => security::linux(spec, errs),
        "windows" => security::windows(spec, errs),
        _ => {
            // The server names the object, not its field.
            errs.not_supported(&name, &["linux", "windows"]).at(os.path());
        }
    }
}
