//! The Pod Security Standards (k8s.io/pod-security-admission, package `policy`): which of a pod's fields the levels
//! *baseline* and *restricted* forbid, check by check, as the admission plug-in of the target version judges them.
//!
//! [`RULES`] lists the checks in the order in which the server evaluates them; each has one function.

use super::validate::security::APP_ARMOR_ANNOTATION;
use crate::diagnostic::{Diagnostic, Kind, Stage};
use crate::object::Field;
use crate::schema::Version;
use crate::yaml::Change;
use serde_json::json;
use std::fmt;

/// A level of the Pod Security Standards, the most permissive first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Anything goes.
    Privileged,
    /// Known privilege escalations are forbidden.
    Baseline,
    /// Hardened as current practice has it.
    Restricted,
}

impl Level {
    /// The level as the `pod-security.kubernetes.io/enforce` label spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Privileged => "privileged",
            Level::Baseline => "baseline",
            Level::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A check that a pod does not pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Upstream's id of the check.
    pub id: &'static str,
    /// The fields that offend, one problem each; never empty.
    pub problems: Vec<Diagnostic>,
}

/// The checks that a pod does not pass, level by level, in the order in which the server evaluates them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PodSecurity {
    /// What keeps the pod out of a namespace that enforces *baseline*.
    pub baseline: Vec<Check>,
    /// What keeps the pod out of a namespace that enforces *restricted*.
    pub restricted: Vec<Check>,
}

impl PodSecurity {
    /// The strictest level that the pod passes.
    pub fn level(&self) -> Level {
        match (self.baseline.is_empty(), self.restricted.is_empty()) {
            (true, true) => Level::Restricted,
            (true, false) => Level::Baseline,
            (false, _) => Level::Privileged,
        }
    }

    /// The failed checks of a level; none for [`Level::Privileged`].
    pub fn failed(&self, level: Level) -> &[Check] {
        match level {
            Level::Privileged => &[],
            Level::Baseline => &self.baseline,
            Level::Restricted => &self.restricted,
        }
    }
}

/// Judges the pod of an object (the object itself or its template) by every check of the schema's version; `None` if
/// the object is of a type that holds no pod. Upstream: `policy.Evaluator.EvaluatePod`.
pub fn judge(root: &Field<'_>) -> Option<PodSecurity> {
    let pod = Pod::of(root)?;
    let version = root.schema().version;
    let in_force = |rule: &&Rule| rule.since.is_none_or(|since| version.minor() >= since);
    let mut found = PodSecurity::default();
    for rule in RULES.iter().filter(in_force) {
        let mut findings = Findings { id: rule.id, problems: Vec::new() };
        (rule.judge)(&pod, &mut findings);
        if findings.problems.is_empty() {
            continue;
        }
        let check = Check { id: rule.id, problems: findings.problems };
        let replaced = RULES.iter().filter(in_force).any(|other| rule.stricter == Some(other.id));
        match rule.level {
            Level::Baseline if replaced => found.baseline.push(check),
            Level::Baseline => {
                found.baseline.push(check.clone());
                found.restricted.push(check);
            }
            _ => found.restricted.push(check),
        }
    }
    Some(found)
}

struct Pod<'a> {
    metadata: Field<'a>,
    spec: Field<'a>,
    /// Init, regular and ephemeral containers, as upstream's `visitContainers` goes through them.
    containers: Vec<Field<'a>>,
    version: Version,
}

impl<'a> Pod<'a> {
    fn of(root: &Field<'a>) -> Option<Pod<'a>> {
        let pod = root.pod()?;
        let spec = pod.get("spec");
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        let containers =
            lists.into_iter().flat_map(|list| spec.get(list).items().collect::<Vec<_>>()).collect();
        Some(Pod { metadata: pod.get("metadata"), spec, containers, version: root.schema().version })
    }

    /// The security contexts that there are: the pod's, then each container's.
    fn security_contexts(&self) -> impl Iterator<Item = Field<'a>> + use<'a, '_> {
        let holders = std::iter::once(&self.spec).chain(&self.containers);
        holders.filter(|holder| holder.has("securityContext")).map(|holder| holder.get("securityContext"))
    }

    fn is_windows(&self) -> bool {
        self.spec.get("os").get("name").str() == "windows"
    }

    /// Upstream's `relaxPolicyForUserNamespacePod`: root in a user namespace of its own is nobody on the host (KEP-127).
    fn has_own_user_namespace(&self) -> bool {
        self.version.minor() >= 35 && self.spec.get("hostUsers").bool() == Some(false)
    }
}

struct Findings {
    id: &'static str,
    problems: Vec<Diagnostic>,
}

impl Findings {
    fn forbid(&mut self, field: &Field<'_>, message: impl Into<String>) -> &mut Diagnostic {
        self.problems.push(Diagnostic::new(Stage::PodSecurity, Kind::Check(self.id), field, message));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }
}

/// One check.
struct Rule {
    /// Upstream's id.
    id: &'static str,
    /// The lowest level that has the check.
    level: Level,
    /// The minor version that brought it, if not every version that Podwright knows has it.
    since: Option<u8>,
    /// The check that takes its place at the level *restricted*.
    stricter: Option<&'static str>,
    judge: fn(&Pod<'_>, &mut Findings),
}

impl Rule {
    const fn new(id: &'static str, level: Level, judge: fn(&Pod<'_>, &mut Findings)) -> Rule {
        Rule { id, level, since: None, stricter: None, judge }
    }

    const fn since(self, minor: u8) -> Rule {
        Rule { since: Some(minor), ..self }
    }

    const fn replaced_by(self, stricter: &'static str) -> Rule {
        Rule { stricter: Some(stricter), ..self }
    }
}

/// Every check, in the server's order: the level *baseline* by id, then what *restricted* adds, by id.
const RULES: &[Rule] = &[
    Rule::new("appArmorProfile", Level::Baseline, app_armor_profile),
    Rule::new("capabilities_baseline", Level::Baseline, capabilities_baseline)
        .replaced_by("capabilities_restricted"),
    Rule::new("hostNamespaces", Level::Baseline, host_namespaces),
    Rule::new("hostPathVolumes", Level::Baseline, host_path_volumes).replaced_by("restrictedVolumes"),
    Rule::new("hostPorts", Level::Baseline, host_ports),
    Rule::new("hostProbesAndHostLifecycle", Level::Baseline, host_probes_and_host_lifecycle).since(34),
    Rule::new("privileged", Level::Baseline, privileged),
    Rule::new("procMount", Level::Baseline, proc_mount_baseline).replaced_by("procMount_restricted"),
    Rule::new("seLinuxOptions", Level::Baseline, se_linux_options),
    Rule::new("seccompProfile_baseline", Level::Baseline, seccomp_profile_baseline)
        .replaced_by("seccompProfile_restricted"),
    Rule::new("sysctls", Level::Baseline, sysctls),
    Rule::new("windowsHostProcess", Level::Baseline, windows_host_process),
    Rule::new("allowPrivilegeEscalation", Level::Restricted, allow_privilege_escalation),
    Rule::new("capabilities_restricted", Level::Restricted, capabilities_restricted),
    Rule::new("procMount_restricted", Level::Restricted, proc_mount_restricted).since(35),
    Rule::new("restrictedVolumes", Level::Restricted, restricted_volumes),
    Rule::new("runAsNonRoot", Level::Restricted, run_as_non_root),
    Rule::new("runAsUser", Level::Restricted, run_as_user),
    Rule::new("seccompProfile_restricted", Level::Restricted, seccomp_profile_restricted),
];

/// Upstream's `CheckAppArmorProfile`: the container runtime's own AppArmor profile may be replaced, not switched off.
fn app_armor_profile(pod: &Pod<'_>, found: &mut Findings) {
    for context in pod.security_contexts() {
        let profile = context.get("appArmorProfile");
        let kind = profile.get("type");
        if profile.exists() && !matches!(kind.str(), "RuntimeDefault" | "Localhost") {
            let message = format!(
                "AppArmor profile type {} is forbidden; RuntimeDefault or Localhost may stand",
                kind.shown()
            );
            found.forbid(&kind, message).fix_set("Use RuntimeDefault", "RuntimeDefault");
        }
    }
    for (key, value) in pod.metadata.get("annotations").entries() {
        let allowed = matches!(value.str(), "" | "runtime/default") || value.str().starts_with("localhost/");
        if key.starts_with(APP_ARMOR_ANNOTATION) && !allowed {
            let message = format!(
                "AppArmor profile {} is forbidden; runtime/default or localhost/… may stand",
                value.str()
            );
            found.forbid(&value, message).fix_set("Use runtime/default", "runtime/default").fix_remove();
        }
    }
}

const BASELINE_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Upstream's `CheckCapabilitiesBaseline`: only capabilities that container runtimes give anyway may be added.
fn capabilities_baseline(pod: &Pod<'_>, found: &mut Findings) {
    for container in &pod.containers {
        for added in container.get("securityContext").get("capabilities").get("add").items() {
            if !BASELINE_CAPABILITIES.contains(&added.str()) {
                let message = format!(
                    "adding the capability {} is forbidden; {} may be added",
                    added.shown(),
                    BASELINE_CAPABILITIES.join(", ")
                );
                found.forbid(&added, message).fix_remove();
            }
        }
    }
}

/// Upstream's `CheckCapabilitiesRestricted`: every container drops `ALL` and adds back `NET_BIND_SERVICE` at most.
fn capabilities_restricted(pod: &Pod<'_>, found: &mut Findings) {
    if pod.is_windows() {
        return;
    }
    for container in &pod.containers {
        let capabilities = container.get("securityContext").get("capabilities");
        let drop = capabilities.get("drop");
        if !drop.items().any(|dropped| dropped.str() == "ALL") {
            let path = drop.path();
            let change = match drop.exists() {
                true => Change::Insert { path, index: None, value: json!("ALL") },
                false => Change::Set { path, value: json!(["ALL"]) },
            };
            found.forbid(&drop, "the container must drop all capabilities").fix("Drop ALL", vec![change]);
        }
        for added in capabilities.get("add").items().filter(|added| added.str() != "NET_BIND_SERVICE") {
            let message = format!(
                "adding the capability {} is forbidden; only NET_BIND_SERVICE may be added",
                added.shown()
            );
            found.forbid(&added, message).fix_remove();
        }
    }
}

/// Upstream's `CheckHostNamespaces`.
fn host_namespaces(pod: &Pod<'_>, found: &mut Findings) {
    for (name, what) in [("hostNetwork", "network"), ("hostPID", "process"), ("hostIPC", "IPC")] {
        let field = pod.spec.get(name);
        if field.is_true() {
            found.forbid(&field, format!("sharing the node's {what} namespace is forbidden")).fix_remove();
        }
    }
}

/// Upstream's `CheckHostPathVolumes`.
fn host_path_volumes(pod: &Pod<'_>, found: &mut Findings) {
    for volume in pod.spec.get("volumes").items() {
        let host_path = volume.get("hostPath");
        if host_path.exists() {
            found.forbid(&host_path, "a volume from the node's own files is forbidden");
        }
    }
}

/// Upstream's `CheckHostPorts`.
fn host_ports(pod: &Pod<'_>, found: &mut Findings) {
    for container in &pod.containers {
        for port in container.get("ports").items() {
            let host_port = port.get("hostPort");
            if host_port.int().is_some_and(|number| number != 0) {
                let implied = !host_port.is_written();
                let finding =
                    found.forbid(&host_port, format!("port {} of the node is forbidden", host_port.shown()));
                if !implied {
                    finding.fix_remove();
                }
            }
        }
    }
}

/// Upstream's `CheckHostProbesAndHostLifecycle`: probes and hooks may not be aimed at another host.
fn host_probes_and_host_lifecycle(pod: &Pod<'_>, found: &mut Findings) {
    for container in &pod.containers {
        for probe in
            ["livenessProbe", "readinessProbe", "startupProbe"].into_iter().filter(|name| container.has(name))
        {
            foreign_host(&container.get(probe), found);
        }
        if container.has("lifecycle") {
            let lifecycle = container.get("lifecycle");
            foreign_host(&lifecycle.get("postStart"), found);
            foreign_host(&lifecycle.get("preStop"), found);
        }
    }
}

fn foreign_host(handler: &Field<'_>, found: &mut Findings) {
    for action in ["httpGet", "tcpSocket"].into_iter().filter(|name| handler.has(name)) {
        let host = handler.get(action).get("host");
        if !host.is_empty() {
            let message = format!(
                "a probe or hook aimed at {} is forbidden; without a host it goes to the pod",
                host.str()
            );
            found.forbid(&host, message).fix_remove();
        }
    }
}

/// Upstream's `CheckPrivileged`.
fn privileged(pod: &Pod<'_>, found: &mut Findings) {
    for container in &pod.containers {
        let field = container.get("securityContext").get("privileged");
        if field.is_true() {
            found
                .forbid(&field, "a privileged container is forbidden")
                .fix_set("Set privileged to false", false)
                .fix_remove();
        }
    }
}

/// Upstream's `CheckProcMountBaseline`.
fn proc_mount_baseline(pod: &Pod<'_>, found: &mut Findings) {
    if !pod.has_own_user_namespace() {
        proc_mount_restricted(pod, found);
    }
}

/// Upstream's `CheckProcMountRestricted`.
fn proc_mount_restricted(pod: &Pod<'_>, found: &mut Findings) {
    for container in &pod.containers {
        let field = container.get("securityContext").get("procMount");
        if field.exists() && field.str() != "Default" {
            let message = format!("mounting /proc as {} is forbidden; Default may stand", field.shown());
            found.forbid(&field, message).fix_remove();
        }
    }
}

/// Upstream's `CheckSELinuxOptions`: the type may be one of the container types, user and role stay the runtime's.
fn se_linux_options(pod: &Pod<'_>, found: &mut Findings) {
    let types: &[&str] = match pod.version.minor() {
        31.. => &["container_t", "container_init_t", "container_kvm_t", "container_engine_t"],
        _ => &["container_t", "container_init_t", "container_kvm_t"],
    };
    for context in pod.security_contexts() {
        let options = context.get("seLinuxOptions");
        let kind = options.get("type");
        if !kind.is_empty() && !types.contains(&kind.str()) {
            let message = format!("SELinux type {} is forbidden; {} may stand", kind.str(), types.join(", "));
            found.forbid(&kind, message).fix_remove();
        }
        for field in [options.get("user"), options.get("role")] {
            if !field.is_empty() {
                found.forbid(&field, "choosing an SELinux user or role is forbidden").fix_remove();
            }
        }
    }
}

fn confines(profile: &Field<'_>) -> bool {
    matches!(profile.get("type").str(), "RuntimeDefault" | "Localhost")
}

/// Upstream's `CheckSeccompBaseline`: a seccomp profile may be absent, but not `Unconfined`.
fn seccomp_profile_baseline(pod: &Pod<'_>, found: &mut Findings) {
    for context in pod.security_contexts() {
        let profile = context.get("seccompProfile");
        if profile.exists() && !confines(&profile) {
            unconfined(&profile, found);
        }
    }
}

/// Upstream's `CheckSeccompProfileRestricted`: every container has a seccomp profile, its own or the pod's.
fn seccomp_profile_restricted(pod: &Pod<'_>, found: &mut Findings) {
    if pod.is_windows() {
        return;
    }
    seccomp_profile_baseline(pod, found);
    let of_pod = pod.spec.get("securityContext").get("seccompProfile");
    if confines(&of_pod) {
        return;
    }
    for container in &pod.containers {
        let kind = container.get("securityContext").get("seccompProfile").get("type");
        if !container.get("securityContext").get("seccompProfile").exists() {
            let for_pod = Change::Set { path: of_pod.path(), value: json!({"type": "RuntimeDefault"}) };
            found
                .forbid(&kind, "the container needs a seccomp profile, its own or the pod's: RuntimeDefault or Localhost")
                .fix("Use RuntimeDefault for the pod", vec![for_pod])
                .fix_set("Use RuntimeDefault for this container", "RuntimeDefault");
        }
    }
}

fn unconfined(profile: &Field<'_>, found: &mut Findings) {
    let kind = profile.get("type");
    let message =
        format!("seccomp profile type {} is forbidden; RuntimeDefault or Localhost may stand", kind.shown());
    found.forbid(&kind, message).fix_set("Use RuntimeDefault", "RuntimeDefault");
}

/// Upstream's `CheckSysctls`: only kernel settings that reach no further than the pod may be set.
fn sysctls(pod: &Pod<'_>, found: &mut Findings) {
    const SAFE: [&str; 12] = [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    ];
    // The last two came with 1.32.
    let safe = if pod.version.minor() >= 32 { &SAFE[..] } else { &SAFE[..10] };
    for sysctl in pod.spec.get("securityContext").get("sysctls").items() {
        let name = sysctl.get("name");
        if !safe.contains(&name.str()) {
            let message = format!("the sysctl {} is forbidden; {} may be set", name.shown(), safe.join(", "));
            let change = Change::Remove { path: sysctl.path() };
            found.forbid(&name, message).fix("Remove this sysctl", vec![change]);
        }
    }
}

/// Upstream's `CheckWindowsHostProcess`.
fn windows_host_process(pod: &Pod<'_>, found: &mut Findings) {
    for context in pod.security_contexts() {
        let field = context.get("windowsOptions").get("hostProcess");
        if field.is_true() {
            found.forbid(&field, "a process of the Windows node itself is forbidden").fix_remove();
        }
    }
}

/// Upstream's `CheckAllowPrivilegeEscalation`.
fn allow_privilege_escalation(pod: &Pod<'_>, found: &mut Findings) {
    if pod.is_windows() {
        return;
    }
    for container in &pod.containers {
        let field = container.get("securityContext").get("allowPrivilegeEscalation");
        if field.bool() != Some(false) {
            found
                .forbid(&field, "the container must say that its processes may not gain privileges: false")
                .fix_set("Set allowPrivilegeEscalation to false", false);
        }
    }
}

/// Upstream's `CheckRestrictedVolumes`: volumes of the cluster's own making, no direct use of storage systems.
fn restricted_volumes(pod: &Pod<'_>, found: &mut Findings) {
    const ALLOWED: [&str; 9] = [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ];
    for volume in pod.spec.get("volumes").items() {
        if ALLOWED.iter().any(|source| volume.get(source).exists()) {
            continue;
        }
        let source = volume.fields().find(|field| field.exists() && field.ty().is_some());
        let kind = source.as_ref().and_then(|source| source.def()).map_or("without a source", |def| def.name);
        let message = format!("a volume of type {kind} is forbidden; {} may stand", ALLOWED.join(", "));
        found.forbid(source.as_ref().unwrap_or(&volume), message);
    }
}

/// Upstream's `CheckRunAsNonRoot`: every container promises, itself or through the pod, not to run as root.
fn run_as_non_root(pod: &Pod<'_>, found: &mut Findings) {
    if pod.has_own_user_namespace() {
        return;
    }
    let of_pod = pod.spec.get("securityContext").get("runAsNonRoot");
    for context in pod.security_contexts() {
        let field = context.get("runAsNonRoot");
        if field.bool() == Some(false) {
            found
                .forbid(&field, "running as root must be ruled out: true")
                .fix_set("Set runAsNonRoot to true", true);
        }
    }
    if of_pod.is_true() {
        return;
    }
    for container in &pod.containers {
        let field = container.get("securityContext").get("runAsNonRoot");
        if field.bool().is_none() {
            let for_pod = Change::Set { path: of_pod.path(), value: json!(true) };
            found
                .forbid(&field, "running as root must be ruled out, for the container or for the pod: true")
                .fix("Set runAsNonRoot to true for the pod", vec![for_pod])
                .fix_set("Set runAsNonRoot to true for this container", true);
        }
    }
}

/// Upstream's `CheckRunAsUser`.
fn run_as_user(pod: &Pod<'_>, found: &mut Findings) {
    if pod.has_own_user_namespace() {
        return;
    }
    for context in pod.security_contexts() {
        let field = context.get("runAsUser");
        if field.int() == Some(0) {
            found
                .forbid(&field, "user 0 is root, which is forbidden")
                .fix_set("Use 65532, by custom “nonroot”", 65532)
                .fix_remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_stand_in_the_servers_order() {
        let order: Vec<_> = RULES.iter().map(|rule| (rule.level, rule.id)).collect();
        assert!(order.is_sorted(), "{order:?}");
    }

    #[test]
    fn what_replaces_a_rule_is_a_rule_of_the_level_restricted() {
        for rule in RULES.iter().filter(|rule| rule.stricter.is_some()) {
            let other = RULES.iter().find(|other| Some(other.id) == rule.stricter);
            assert_eq!(other.map(|other| other.level), Some(Level::Restricted), "{}", rule.id);
        }
    }

    /// The failed checks of both levels for a hardened pod to which something is added.
    fn judged(
        version: &str,
        of_pod: &str,
        of_container: &str,
        context: &str,
    ) -> (Vec<&'static str>, Vec<&'static str>) {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{{of_pod} securityContext: {{runAsNonRoot: true, \
             seccompProfile: {{type: RuntimeDefault}}}}, containers: [{{name: a, image: b, {of_container} securityContext: \
             {{{context} allowPrivilegeEscalation: false, capabilities: {{drop: [ALL]}}}}}}]}}\n"
        );
        let stream = crate::yaml::parse(&text);
        let data = stream.docs.first().and_then(|doc| doc.data.as_ref()).expect("a document");
        let schema = crate::schema::Schema::at(version.parse().expect("a version"));
        let judged = crate::api::review(data, schema).pod_security.expect("a pod");
        let ids = |checks: &[Check]| checks.iter().map(|check| check.id).collect();
        (ids(&judged.baseline), ids(&judged.restricted))
    }

    #[test]
    fn each_version_has_its_own_checks() {
        let host = "livenessProbe: {httpGet: {port: 80, host: example.com}},";
        let name = "hostProbesAndHostLifecycle";
        assert_eq!(judged("1.33", "", host, ""), (vec![], vec![]));
        assert_eq!(judged("1.34", "", host, ""), (vec![name], vec![name]));
        let unmasked = "procMount: Unmasked,";
        let own = "hostUsers: false,";
        assert_eq!(judged("1.34", own, "", unmasked), (vec!["procMount"], vec!["procMount"]));
        assert_eq!(judged("1.36", own, "", unmasked), (vec![], vec!["procMount_restricted"]));
        assert_eq!(judged("1.34", own, "", "runAsUser: 0,"), (vec![], vec!["runAsUser"]));
        assert_eq!(judged("1.35", own, "", "runAsUser: 0,"), (vec![], vec![]));
        let engine = "seLinuxOptions: {type: container_engine_t},";
        assert_eq!(judged("1.30", "", "", engine).0, ["seLinuxOptions"]);
        assert_eq!(judged("1.31", "", "", engine).0, [] as [&str; 0]);
    }

    #[test]
    fn the_level_is_the_strictest_one_that_passes() {
        let check = Check { id: "privileged", problems: Vec::new() };
        let judged = |baseline: usize, restricted: usize| PodSecurity {
            baseline: vec![check.clone(); baseline],
            restricted: vec![check.clone(); restricted],
        };
        assert_eq!(judged(0, 0).level(), Level::Restricted);
        assert_eq!(judged(0, 2).level(), Level::Baseline);
        assert_eq!(judged(1, 2).level(), Level::Privileged);
    }
}
