//! Security contexts of pods and containers, and what the operating system of the pod allows in them.

use super::volume::local_descending_path;
use super::{forbid, one_of, report};
use crate::api::names;
use crate::diagnostic::Errors;
use crate::object::Field;
use crate::path::Path;
use crate::yaml::Change;
use serde_json::{Value as Json, json};
use std::collections::HashSet;

/// Upstream's `validatePodSpecSecurityContext`. `spec` is the pod's spec.
pub fn pod(spec: &Field<'_>, errs: &mut Errors) {
    let context = spec.get("securityContext");
    let share = spec.get("shareProcessNamespace");
    if !context.exists() && !share.exists() {
        return;
    }
    for id in [context.get("fsGroup"), context.get("runAsUser"), context.get("runAsGroup")] {
        unix_id(&id, errs);
    }
    for group in context.get("supplementalGroups").items() {
        unix_id(&group, errs);
    }
    if share.is_true() && spec.get("hostPID").is_true() {
        // The server keeps the field in the security context, and says so.
        errs.invalid(
            &share,
            "the containers cannot share a process namespace of their own and use the node's as well",
        )
        .at(context.path().field("shareProcessNamespace"))
        .fix_remove()
        .fix("Remove hostPID", vec![Change::Remove { path: spec.get("hostPID").path() }]);
    }
    sysctls(spec, &context.get("sysctls"), errs);
    optional(&context.get("fsGroupChangePolicy"), &["Always", "OnRootMismatch"], errs);
    seccomp_profile(&context.get("seccompProfile"), errs);
    windows_options(&context.get("windowsOptions"), errs);
    app_armor_profile(&context.get("appArmorProfile"), errs);
    optional(&context.get("supplementalGroupsPolicy"), &["Merge", "Strict"], errs);
    // Mount options for all volumes need the gate `SELinuxMount`, which is on from 1.37.
    let mounts = context.schema().version.minor() >= 37;
    let policies: &[&str] = if mounts { &["MountOption", "Recursive"] } else { &["Recursive"] };
    optional(&context.get("seLinuxChangePolicy"), policies, errs);
}

/// Upstream's `ValidateSecurityContext` of a container.
pub fn container(container: &Field<'_>, spec: &Field<'_>, errs: &mut Errors) {
    let context = container.get("securityContext");
    if !context.exists() {
        return;
    }
    unix_id(&context.get("runAsUser"), errs);
    unix_id(&context.get("runAsGroup"), errs);
    let proc_mount = context.get("procMount");
    if proc_mount.exists() && !["Default", "Unmasked"].contains(&proc_mount.str()) {
        errs.not_supported(&proc_mount, &["Default", "Unmasked"]);
    }
    let checks_user_namespace = spec.schema().version.minor() >= 30;
    if proc_mount.str() == "Unmasked" && checks_user_namespace && spec.get("hostUsers").bool() != Some(false)
    {
        let change = Change::Set { path: spec.get("hostUsers").path(), value: false.into() };
        errs.invalid(
            &proc_mount,
            "an unmasked /proc needs a user namespace of the pod's own: hostUsers false",
        )
        .fix("Set hostUsers to false", vec![change])
        .fix_remove();
    }
    seccomp_profile(&context.get("seccompProfile"), errs);
    let escalation = context.get("allowPrivilegeEscalation");
    if escalation.bool() == Some(false) {
        let remedy = |field: &Field<'_>| vec![Change::Remove { path: field.path() }];
        let privileged = context.get("privileged");
        if privileged.is_true() {
            errs.invalid(
                &context,
                "a privileged container can always gain privileges: allowPrivilegeEscalation cannot be false",
            )
            .fix("Remove privileged", remedy(&privileged))
            .fix("Remove allowPrivilegeEscalation", remedy(&escalation));
        }
        for added in
            context.get("capabilities").get("add").items().filter(|added| added.str() == "CAP_SYS_ADMIN")
        {
            errs.invalid(&context, "with CAP_SYS_ADMIN a container can always gain privileges: allowPrivilegeEscalation cannot be false")
                .fix("Remove CAP_SYS_ADMIN", remedy(&added))
                .fix("Remove allowPrivilegeEscalation", remedy(&escalation));
        }
    }
    windows_options(&context.get("windowsOptions"), errs);
    app_armor_profile(&context.get("appArmorProfile"), errs);
}

/// A user or group id that may be absent.
fn unix_id(id: &Field<'_>, errs: &mut Errors) {
    if let Some(number) = id.int() {
        report(names::unix_id(number), id, errs);
    }
}

/// One of some values, or nothing; the empty text is none of them.
fn optional(field: &Field<'_>, allowed: &[&str], errs: &mut Errors) {
    if field.exists() && !allowed.contains(&field.str()) {
        errs.not_supported(field, allowed);
    }
}

/// Upstream's `validateSysctls` and `ValidateHostSysctl`.
fn sysctls(spec: &Field<'_>, sysctls: &Field<'_>, errs: &mut Errors) {
    let mut seen = HashSet::new();
    for sysctl in sysctls.items() {
        let name = sysctl.get("name");
        if name.is_empty() {
            errs.required(&name, "the name of the kernel setting is missing");
        } else if !is_sysctl_name(name.str()) {
            errs.invalid(
                &name,
                format!(
                    "{} is no kernel setting: parts of lower-case letters, digits, “-” and “_”, joined by “.” or “/”, 253 \
                     characters in all",
                    name.shown()
                ),
            );
        } else if seen.contains(name.str()) {
            errs.duplicate(&name, format!("{} is set twice", name.str()))
                .fix("Remove this sysctl", vec![Change::Remove { path: sysctl.path() }]);
        }
        let (field, whose) = match namespace_of_sysctl(name.str()) {
            Some(Namespace::Net) => ("hostNetwork", "network"),
            Some(Namespace::Ipc) => ("hostIPC", "IPC"),
            None => ("", ""),
        };
        if !field.is_empty() && spec.at(&Path::root().field(field)).is_true() {
            errs.invalid(
                &name,
                format!("{} would change the node itself, whose {whose} namespace the pod uses", name.str()),
            )
            .fix("Remove this sysctl", vec![Change::Remove { path: sysctl.path() }]);
        }
        seen.insert(name.str());
    }
}

/// Upstream's `IsValidSysctlName`.
fn is_sysctl_name(name: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    name.len() <= 253
        && name.split(['.', '/']).all(|part| {
            let bytes = part.as_bytes();
            edge(bytes.first()) && edge(bytes.last()) && part.bytes().all(inner)
        })
}

enum Namespace {
    Net,
    Ipc,
}

/// The kernel namespace that a setting belongs to, upstream's `sysctl.GetNamespace`. Names may be written with slashes.
fn namespace_of_sysctl(name: &str) -> Option<Namespace> {
    let slashed = name.find(['.', '/']).is_some_and(|at| name[at..].starts_with('/'));
    let name: String = match slashed {
        true => name
            .chars()
            .map(|c| {
                if c == '/' {
                    '.'
                } else if c == '.' {
                    '/'
                } else {
                    c
                }
            })
            .collect(),
        false => name.to_owned(),
    };
    if name.starts_with("net.") {
        return Some(Namespace::Net);
    }
    let ipc = name == "kernel.sem"
        || ["kernel.shm", "kernel.msg", "fs.mqueue."].iter().any(|start| name.starts_with(start));
    ipc.then_some(Namespace::Ipc)
}

const PROFILE_TYPES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

/// Upstream's `validateSeccompProfileField`.
fn seccomp_profile(profile: &Field<'_>, errs: &mut Errors) {
    if !profile.exists() {
        return;
    }
    let (kind, file) = (profile.get("type"), profile.get("localhostProfile"));
    one_of(&kind, &PROFILE_TYPES, errs);
    if kind.str() == "Localhost" {
        if file.exists() {
            local_descending_path(&file, None, errs);
        } else {
            errs.required(&file, "the type Localhost needs the profile's file on the node");
        }
    } else if file.exists() {
        errs.invalid(&file, "a profile's file goes with the type Localhost only").fix_remove();
    }
}

/// The most bytes of the name of an AppArmor profile.
const APP_ARMOR_MAX: usize = 4095;

/// Upstream's `ValidateAppArmorProfileField`.
fn app_armor_profile(profile: &Field<'_>, errs: &mut Errors) {
    if !profile.exists() {
        return;
    }
    let (kind, name) = (profile.get("type"), profile.get("localhostProfile"));
    match kind.str() {
        "Localhost" => {
            let trimmed = name.str().trim();
            if !name.exists() {
                errs.required(
                    &name,
                    "the type Localhost needs the name of a profile that is loaded on the node",
                );
            } else if trimmed != name.str() {
                errs.invalid(&name, "the profile's name has white space around it")
                    .fix_set(format!("Use {trimmed}"), trimmed);
            } else if trimmed.is_empty() {
                errs.required(
                    &name,
                    "the type Localhost needs the name of a profile that is loaded on the node",
                );
            }
            if name.str().len() > APP_ARMOR_MAX {
                errs.too_long(&name, APP_ARMOR_MAX);
            }
        }
        "RuntimeDefault" | "Unconfined" => {
            if name.exists() {
                errs.invalid(&name, "a profile's name goes with the type Localhost only").fix_remove();
            }
        }
        _ => one_of(&kind, &PROFILE_TYPES, errs),
    }
}

/// Upstream's `validateWindowsSecurityContextOptions`.
fn windows_options(options: &Field<'_>, errs: &mut Errors) {
    const SPEC_MAX: usize = 64 * 1024;
    let name = options.get("gmsaCredentialSpecName");
    if name.exists() {
        report(names::dns_subdomain(name.str()), &name, errs);
    }
    let spec = options.get("gmsaCredentialSpec");
    if spec.exists() && spec.is_empty() {
        errs.invalid(&spec, "the credential spec is empty").fix_remove();
    } else if spec.str().len() > SPEC_MAX {
        errs.invalid(
            &spec,
            format!("the credential spec has {} bytes; at most {SPEC_MAX} may stand here", spec.str().len()),
        );
    }
    let user = options.get("runAsUserName");
    if user.exists() {
        run_as_user_name(&user, errs);
    }
}

/// A Windows user, `name` or `domain\name`.
fn run_as_user_name(field: &Field<'_>, errs: &mut Errors) {
    const DOMAIN_MAX: usize = 255;
    const USER_MAX: usize = 104;
    let text = field.str();
    if text.is_empty() {
        errs.invalid(field, "the user's name is empty").fix_remove();
        return;
    }
    if text.bytes().any(|b| b.is_ascii_control()) {
        errs.invalid(field, "the user's name contains control characters");
        return;
    }
    if text.matches('\\').count() > 1 {
        errs.invalid(field, format!("{text} has more than one backslash; only domain\\name may stand here"));
        return;
    }
    let (domain, user) = match text.split_once('\\') {
        Some((domain, user)) => (Some(domain), user),
        None => (None, text),
    };
    if let Some(domain) = domain {
        if domain.len() > DOMAIN_MAX {
            errs.invalid(
                field,
                format!("the domain has {} characters; at most {DOMAIN_MAX} may stand here", domain.len()),
            );
        }
        if !is_net_bios_name(domain) && !is_dns_name(domain) {
            errs.invalid(field, format!("{domain:?} is neither a NetBIOS name nor a DNS name"));
        }
    }
    if user.is_empty() {
        errs.invalid(field, "the user's name is missing after the domain");
    } else if user.len() > USER_MAX {
        errs.invalid(
            field,
            format!("the user's name has {} characters; at most {USER_MAX} may stand here", user.len()),
        );
    }
    if !user.is_empty() && user.chars().all(|c| c == '.' || c == ' ') {
        errs.invalid(field, "the user's name consists of dots and spaces only");
    }
    if user.contains(['"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']']) {
        errs.invalid(field, "the user's name contains one of \" / \\ : ; | = , + * ? < > @ [ ]");
    }
}

/// A DNS name in any case.
fn is_dns_name(name: &str) -> bool {
    name.to_ascii_lowercase().split('.').all(|label| names::dns_label(label).is_empty())
}

fn is_net_bios_name(name: &str) -> bool {
    let length = name.chars().count();
    let bad = ['\\', '/', ':', '*', '?', '"', '<', '>', '|'];
    (1..=15).contains(&length) && !name.contains(bad) && !name.starts_with('.') && !name.contains('\n')
}

/// Every container of a pod as upstream's `VisitContainersWithPath` goes through them.
fn all_containers<'a>(spec: &Field<'a>) -> impl Iterator<Item = Field<'a>> + use<'a> {
    let lists = ["initContainers", "containers", "ephemeralContainers"].map(|name| spec.get(name));
    lists.into_iter().flat_map(|list| list.items().collect::<Vec<_>>())
}

/// Upstream's `validateWindowsHostProcessPod`: either every container is a process of the node or none.
pub fn windows_host_process(spec: &Field<'_>, errs: &mut Errors) {
    let of_pod = host_process(spec).bool();
    let (mut all, mut on_host) = (0, 0);
    for container in all_containers(spec) {
        let field = host_process(&container);
        if let (Some(pod), Some(own)) = (of_pod, field.bool())
            && pod != own
        {
            errs.invalid(&field, format!("the pod says {pod}, and a container cannot differ from it"))
                .fix_remove();
        }
        all += 1;
        on_host += usize::from(field.bool().or(of_pod) == Some(true));
    }
    if on_host == 0 {
        return;
    }
    if on_host != all {
        errs.invalid(
            spec,
            format!(
                "{on_host} of {all} containers are processes of the Windows node; it must be all or none"
            ),
        );
    }
    let network = spec.get("hostNetwork");
    if !network.is_true() {
        errs.invalid(&network, "processes of the Windows node use its network: hostNetwork must be true")
            .fix_set("Set hostNetwork to true", true);
    }
}

fn host_process<'a>(holder: &Field<'a>) -> Field<'a> {
    holder.get("securityContext").get("windowsOptions").get("hostProcess")
}

/// Upstream's `validateLinux`: a Linux pod has no Windows options.
pub fn linux(spec: &Field<'_>, errs: &mut Errors) {
    let holders = std::iter::once(spec.clone()).chain(all_containers(spec));
    for holder in holders {
        let options = holder.get("securityContext").get("windowsOptions");
        if options.exists() {
            forbid(&options, "a pod for Linux takes no Windows options", errs);
        }
    }
}

/// Upstream's `validateWindows`: a Windows pod has none of the settings that only Linux knows.
pub fn windows(spec: &Field<'_>, errs: &mut Errors) {
    const MESSAGE: &str = "a pod for Windows cannot have this setting of Linux";
    let context = spec.get("securityContext");
    let (pid, ipc) = (spec.get("hostPID"), spec.get("hostIPC"));
    let sysctls = context.get("sysctls");
    let settings = [
        (context.get("appArmorProfile"), None),
        (context.get("seLinuxOptions"), None),
        (spec.get("hostUsers"), None),
        // The host's namespaces are plain booleans: false is as good as nothing.
        (pid.clone(), Some(pid.is_true())),
        (ipc.clone(), Some(ipc.is_true())),
        (context.get("seccompProfile"), None),
        (context.get("fsGroup"), None),
        (context.get("fsGroupChangePolicy"), None),
        (sysctls.clone(), Some(!sysctls.is_empty())),
        (spec.get("shareProcessNamespace"), None),
        (context.get("runAsUser"), None),
        (context.get("runAsGroup"), None),
        (context.get("supplementalGroups"), None),
        (context.get("supplementalGroupsPolicy"), None),
        (context.get("seLinuxChangePolicy"), None),
    ];
    for (field, set) in settings {
        if set.unwrap_or(field.exists()) {
            forbid(&field, MESSAGE, errs);
        }
    }
    const OF_CONTAINER: [&str; 10] = [
        "appArmorProfile",
        "seLinuxOptions",
        "seccompProfile",
        "capabilities",
        "readOnlyRootFilesystem",
        "privileged",
        "allowPrivilegeEscalation",
        "procMount",
        "runAsUser",
        "runAsGroup",
    ];
    for container in all_containers(spec) {
        let context = container.get("securityContext");
        for field in OF_CONTAINER.map(|name| context.get(name)).iter().filter(|field| field.exists()) {
            forbid(field, MESSAGE, errs);
        }
    }
}

/// Upstream's `validateSeccompAnnotationsAndFields`: where an old annotation and a field speak of one profile, they agree.
pub fn seccomp_annotations(pod: &Field<'_>, errs: &mut Errors) {
    let (annotations, spec) = (pod.get("metadata").get("annotations"), pod.get("spec"));
    let of_pod = annotations.key("seccomp.security.alpha.kubernetes.io/pod");
    agrees(
        &of_pod,
        &spec.get("securityContext").get("seccompProfile"),
        &["runtime/default", "docker/default"],
        None,
        errs,
    );
    for container in all_containers(&spec) {
        let key = format!("container.seccomp.security.alpha.kubernetes.io/{}", container.get("name").str());
        let profile = container.get("securityContext").get("seccompProfile");
        agrees(&annotations.key(&key), &profile, &["runtime/default", "docker/default"], None, errs);
    }
}

/// Upstream's `validateAppArmorAnnotationsAndFieldsMatchOnCreate`: the same for AppArmor; the pod's field counts for
/// containers that have none. Of a Pod itself, the server takes the annotation over into a container without the field.
pub fn app_armor_annotations(pod: &Field<'_>, errs: &mut Errors) {
    let (annotations, spec) = (pod.get("metadata").get("annotations"), pod.get("spec"));
    let is_pod = pod.ty().is_some_and(|ty| ty.name == "Pod");
    if spec.get("os").get("name").str() == "windows" {
        return;
    }
    let of_pod = spec.get("securityContext").get("appArmorProfile");
    for container in all_containers(&spec) {
        let key = format!("{APP_ARMOR_ANNOTATION}{}", container.get("name").str());
        let own = container.get("securityContext").get("appArmorProfile");
        let annotation = annotations.key(&key);
        if is_pod && !own.exists() && app_armor_of_annotation(annotation.str()).is_some() {
            continue;
        }
        let profile = if own.exists() { &own } else { &of_pod };
        // The server reports the container's field even if the pod's is meant.
        agrees(&annotation, profile, &["runtime/default"], Some(&own.path()), errs);
    }
}

/// The annotation by which a container's AppArmor profile was once named, before the container's name.
pub const APP_ARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Upstream's `ApparmorFieldForAnnotation`: the profile that an annotation means, as a value of `appArmorProfile`; `None` if the
/// server takes none from it.
pub fn app_armor_of_annotation(annotation: &str) -> Option<Json> {
    match annotation {
        "runtime/default" => Some(json!({"type": "RuntimeDefault"})),
        "unconfined" => Some(json!({"type": "Unconfined"})),
        text => {
            let file = text.strip_prefix("localhost/")?;
            let is_sound = !file.is_empty() && file.trim() == file && file.len() <= APP_ARMOR_MAX;
            is_sound.then(|| json!({"type": "Localhost", "localhostProfile": file}))
        }
    }
}

fn agrees(
    annotation: &Field<'_>,
    profile: &Field<'_>,
    runtime_default: &[&str],
    odd: Option<&Path>,
    errs: &mut Errors,
) {
    if annotation.data().is_none() || !profile.exists() {
        return;
    }
    let (kind, file) = (profile.get("type"), profile.get("localhostProfile"));
    let wrong = match kind.str() {
        "Unconfined" => (annotation.str() != "unconfined").then_some((&kind, "type")),
        "RuntimeDefault" => (!runtime_default.contains(&annotation.str())).then_some((&kind, "type")),
        "Localhost" => match annotation.str().strip_prefix("localhost/") {
            None => Some((&kind, "type")),
            Some(name) => (file.opt_str() != Some(name)).then_some((&file, "localhostProfile")),
        },
        _ => None,
    };
    if let Some((field, name)) = wrong {
        let path = odd.cloned().unwrap_or_else(|| profile.path()).field(name);
        let change = Change::Remove { path: annotation.path() };
        errs.forbidden(
            field,
            format!("the annotation says {}; it must agree with the field, or go", annotation.shown()),
        )
        .at(path)
        .fix("Remove the annotation", vec![change]);
    }
}
