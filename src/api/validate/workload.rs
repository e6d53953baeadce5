//! The objects that hold a pod template: ReplicationController, ReplicaSet, Deployment, DaemonSet, StatefulSet, Job and
//! CronJob (`pkg/apis/core/validation`, `pkg/apis/apps/validation` and `pkg/apis/batch/validation` upstream).

use super::{dns_label, forbid, meta, nonnegative, one_of, pod, quoted, report, schedule, selector, volume};
use crate::api::names;
use crate::diagnostic::Errors;
use crate::object::Field;
use crate::yaml::{Change, Value};
use std::collections::HashSet;

/// Validates an object of a kind that holds a template.
pub fn object(root: &Field<'_>, errs: &mut Errors) {
    let (metadata, spec) = (root.get("metadata"), root.get("spec"));
    match root.ty().and_then(|ty| ty.kind()) {
        Some("ReplicationController") => {
            meta::object(&metadata, names::dns_subdomain, errs);
            replication_controller(&spec, errs);
        }
        Some("ReplicaSet") => {
            meta::object(&metadata, names::dns_subdomain, errs);
            replica_set(&spec, errs);
        }
        Some("Deployment") => {
            meta::object(&metadata, names::dns_subdomain, errs);
            deployment(&spec, errs);
        }
        Some("DaemonSet") => {
            meta::object(&metadata, names::dns_subdomain, errs);
            daemon_set(&spec, errs);
        }
        Some("StatefulSet") => {
            meta::object(&metadata, names::dns_label, errs);
            stateful_set(&spec, errs);
        }
        Some("Job") => {
            meta::object(&metadata, names::dns_subdomain, errs);
            job(&metadata, &spec, errs);
        }
        Some("CronJob") => {
            meta::object(&metadata, names::dns_subdomain, errs);
            cron_job(&metadata, &spec, errs);
        }
        _ => {}
    }
}

/// Upstream's `ValidateReplicationControllerSpec`.
fn replication_controller(spec: &Field<'_>, errs: &mut Errors) {
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    nonnegative(&spec.get("minReadySeconds"), errs);
    if selector.is_empty() {
        errs.required(&selector, "a controller must say by their labels which pods are its own");
    }
    nonnegative(&spec.get("replicas"), errs);
    if !template.exists() {
        errs.required(&template, "the template of the pods is missing");
        return;
    }
    let labels = template.get("metadata").get("labels");
    let has = |(key, value): (&str, Field<'_>)| {
        labels.key(key).data().is_some() && labels.key(key).str() == value.str()
    };
    if !selector.entries().all(has) {
        selector_mismatch(&selector, &labels, errs);
    }
    pod::template(&template, None, errs);
    always_restarts(&template.get("spec"), errs);
}

/// Upstream's `ValidateReplicaSetSpec`.
fn replica_set(spec: &Field<'_>, errs: &mut Errors) {
    nonnegative(&spec.get("replicas"), errs);
    nonnegative(&spec.get("minReadySeconds"), errs);
    if required_selector(spec, errs) {
        replica_set_template(spec, errs);
    }
}

/// The selector of a workload: there, well formed and not empty. Whether it can be used at all.
fn required_selector(spec: &Field<'_>, errs: &mut Errors) -> bool {
    let selector = spec.get("selector");
    if !selector.exists() {
        let labels = spec.get("template").get("metadata").get("labels");
        let problem = errs.required(&selector, "a workload must say by their labels which pods are its own");
        if let Some(data) = labels.data().filter(|_| !labels.is_empty()) {
            problem.fix_set(
                "Select the template's labels",
                serde_json::json!({ "matchLabels": data.to_json() }),
            );
        }
    } else {
        meta::label_selector(&selector, errs);
        empty_selector(&selector, errs);
    }
    let usable = selector::matches(&selector, &spec.get("template").get("metadata").get("labels")).is_some();
    if !usable {
        errs.invalid(&selector, "the selector cannot be used as it stands");
    }
    usable
}

fn empty_selector(selector: &Field<'_>, errs: &mut Errors) {
    if selector.get("matchLabels").is_empty() && selector.get("matchExpressions").is_empty() {
        errs.invalid(selector, "an empty selector would select every pod of the namespace");
    }
}

/// The template's labels must satisfy a selector that is not empty.
fn matches_template(spec: &Field<'_>, errs: &mut Errors) {
    let (selector, labels) = (spec.get("selector"), spec.get("template").get("metadata").get("labels"));
    let empty = selector.exists()
        && selector.get("matchLabels").is_empty()
        && selector.get("matchExpressions").is_empty();
    if !empty && selector::matches(&selector, &labels) == Some(false) {
        selector_mismatch(&selector.get("matchLabels"), &labels, errs);
    }
}

/// `wanted` are the labels that the selector asks for by name.
fn selector_mismatch(wanted: &Field<'_>, labels: &Field<'_>, errs: &mut Errors) {
    let missing: Vec<_> =
        wanted.entries().filter(|(key, value)| labels.key(key).opt_str() != Some(value.str())).collect();
    let message = match missing.as_slice() {
        [] => "the selector does not select the template's pods".to_owned(),
        missing => {
            let list: Vec<_> = missing.iter().map(|(key, value)| format!("{key}: {}", value.str())).collect();
            format!("the selector asks for labels that the template lacks: {}", list.join(", "))
        }
    };
    let changes: Vec<_> = missing
        .iter()
        .map(|(key, value)| Change::Set { path: labels.path().key(*key), value: value.str().into() })
        .collect();
    let problem = errs.invalid(labels, message);
    if !changes.is_empty() {
        problem.fix("Give the template these labels", changes);
    }
}

/// Upstream's `ValidatePodTemplateSpecForReplicaSet`.
fn replica_set_template(spec: &Field<'_>, errs: &mut Errors) {
    let template = spec.get("template");
    matches_template(spec, errs);
    pod::template(&template, None, errs);
    always_restarts(&template.get("spec"), errs);
}

/// Pods that are kept running restart always, and have no deadline.
fn always_restarts(spec: &Field<'_>, errs: &mut Errors) {
    let (policy, deadline) = (spec.get("restartPolicy"), spec.get("activeDeadlineSeconds"));
    if policy.str() != "Always" {
        errs.not_supported(&policy, &["Always"]).fix_set("Use Always", "Always");
    }
    if deadline.exists() {
        forbid(&deadline, "pods that are kept running have no deadline; a Job's do", errs);
    }
}

/// Upstream's `ValidateDeploymentSpec`.
fn deployment(spec: &Field<'_>, errs: &mut Errors) {
    nonnegative(&spec.get("replicas"), errs);
    if required_selector(spec, errs) {
        replica_set_template(spec, errs);
    }
    deployment_strategy(&spec.get("strategy"), errs);
    let min_ready = spec.get("minReadySeconds");
    nonnegative(&min_ready, errs);
    nonnegative(&spec.get("revisionHistoryLimit"), errs);
    let progress = spec.get("progressDeadlineSeconds");
    if let Some(seconds) = progress.int() {
        let min = min_ready.int().unwrap_or(0);
        nonnegative(&progress, errs);
        if seconds <= min {
            errs.invalid(
                &progress,
                format!("the deadline of {seconds} s is not longer than the {min} s of minReadySeconds"),
            )
            .fix_set(format!("Use {}", min.saturating_add(600)), min.saturating_add(600));
        }
    }
}

/// Upstream's `ValidateDeploymentStrategy`.
fn deployment_strategy(strategy: &Field<'_>, errs: &mut Errors) {
    const TYPES: [&str; 2] = ["Recreate", "RollingUpdate"];
    let (kind, rolling) = (strategy.get("type"), strategy.get("rollingUpdate"));
    match kind.str() {
        "Recreate" => {
            if rolling.exists() {
                forbid(&rolling, "rollingUpdate goes with the type RollingUpdate only", errs);
            }
        }
        "RollingUpdate" => {
            if !rolling.exists() {
                errs.required(&rolling, "the parameters of the rolling update are missing");
                return;
            }
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            positive_int_or_percent(&unavailable, errs);
            positive_int_or_percent(&surge, errs);
            if int_or_percent(&unavailable) == 0 && int_or_percent(&surge) == 0 {
                errs.invalid(&unavailable, "with maxSurge 0 as well the update could never begin")
                    .fix_set("Use 1", 1)
                    .fix("Use maxSurge 1", vec![Change::Set { path: surge.path(), value: 1.into() }]);
            }
            at_most_100_percent(&unavailable, errs);
        }
        // The server reports the strategy, not its type.
        _ => {
            errs.not_supported(&kind, &TYPES).at(strategy.path());
        }
    }
}

/// Upstream's `ValidatePositiveIntOrPercent`.
fn positive_int_or_percent(field: &Field<'_>, errs: &mut Errors) {
    match field.value() {
        Some(Value::String(text)) => {
            let first = errs.found.len();
            report(names::percent(text), field, errs);
            // A number in quotes is a text, and no percentage.
            let number = text.parse::<i32>().ok().filter(|number| *number >= 0);
            if let (Some(number), Some(problem)) = (number, errs.found.get_mut(first)) {
                problem.fix_set(format!("Use the number {number}"), number);
            }
        }
        _ => nonnegative(field, errs),
    }
}

/// Upstream's `IsNotMoreThan100Percent`.
fn at_most_100_percent(field: &Field<'_>, errs: &mut Errors) {
    if percentage(field).is_some_and(|percent| percent > 100) {
        errs.invalid(field, format!("{} is more than 100%", field.shown())).fix_set("Use 100%", "100%");
    }
}

fn percentage(field: &Field<'_>) -> Option<i64> {
    let text = field.opt_str().filter(|text| names::percent(text).is_empty())?;
    Some(text.trim_end_matches('%').parse().unwrap_or(i64::MAX))
}

/// Upstream's `getIntOrPercentValue`: a text that is neither counts as 0.
fn int_or_percent(field: &Field<'_>) -> i64 {
    percentage(field).or_else(|| field.int()).or_else(|| field.str().parse().ok()).unwrap_or(0)
}

/// Upstream's `ValidateDaemonSetSpec`.
fn daemon_set(spec: &Field<'_>, errs: &mut Errors) {
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    let labels = template.get("metadata").get("labels");
    meta::label_selector(&selector, errs);
    if selector::matches(&selector, &labels) == Some(false) {
        selector_mismatch(&selector.get("matchLabels"), &labels, errs);
    }
    if selector.exists() {
        empty_selector(&selector, errs);
    }
    pod::template(&template, None, errs);
    always_restarts(&template.get("spec"), errs);
    nonnegative(&spec.get("minReadySeconds"), errs);
    let strategy = spec.get("updateStrategy");
    let (kind, rolling) = (strategy.get("type"), strategy.get("rollingUpdate"));
    match kind.str() {
        "OnDelete" => {}
        "RollingUpdate" if rolling.exists() => rolling_update_daemon_set(&rolling, errs),
        "RollingUpdate" => {
            errs.required(&rolling, "the parameters of the rolling update are missing");
        }
        // The server reports the strategy, not its type.
        _ => {
            errs.not_supported(&kind, &["OnDelete", "RollingUpdate"]).at(strategy.path());
        }
    }
    nonnegative(&spec.get("revisionHistoryLimit"), errs);
}

/// Upstream's `ValidateRollingUpdateDaemonSet`: exactly one of the two numbers is not 0.
fn rolling_update_daemon_set(rolling: &Field<'_>, errs: &mut Errors) {
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    positive_int_or_percent(&unavailable, errs);
    positive_int_or_percent(&surge, errs);
    at_most_100_percent(&unavailable, errs);
    at_most_100_percent(&surge, errs);
    match (int_or_percent(&unavailable) != 0, int_or_percent(&surge) != 0) {
        (true, true) => {
            errs.invalid(
                &surge,
                "a DaemonSet either takes pods away first or adds them first: maxUnavailable must be 0",
            )
            .fix("Use maxUnavailable 0", vec![Change::Set { path: unavailable.path(), value: 0.into() }])
            .fix_remove();
        }
        (false, false) => {
            errs.required(&unavailable, "with maxSurge 0 as well the update could never begin")
                .fix_set("Use 1", 1);
        }
        _ => {}
    }
}

/// Upstream's `ValidateStatefulSetSpec`.
fn stateful_set(spec: &Field<'_>, errs: &mut Errors) {
    let (management, strategy) = (spec.get("podManagementPolicy"), spec.get("updateStrategy"));
    match management.str() {
        "OrderedReady" | "Parallel" => {}
        "" => {
            errs.required(&management, "the pod management policy is missing");
        }
        _ => {
            errs.invalid(
                &management,
                format!("{} is neither OrderedReady nor Parallel", quoted(&management)),
            );
        }
    }
    let (kind, rolling) = (strategy.get("type"), strategy.get("rollingUpdate"));
    match kind.str() {
        "" => {
            errs.required(&kind, "the type of the update strategy is missing").at(strategy.path());
        }
        "OnDelete" => {
            if rolling.exists() {
                errs.invalid(&rolling, "rollingUpdate goes with the type RollingUpdate only").fix_remove();
            }
        }
        "RollingUpdate" => rolling_update_stateful_set(&rolling, errs),
        // The server reports the strategy, not its type.
        _ => {
            errs.invalid(&kind, format!("{} is neither RollingUpdate nor OnDelete", quoted(&kind)))
                .at(strategy.path());
        }
    }
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    if retention.exists() {
        for policy in [retention.get("whenDeleted"), retention.get("whenScaled")] {
            if !["Delete", "Retain"].contains(&policy.str()) {
                errs.not_supported(&policy, &["Delete", "Retain"]);
            }
        }
    }
    nonnegative(&spec.get("replicas"), errs);
    nonnegative(&spec.get("minReadySeconds"), errs);
    nonnegative(&spec.get("ordinals").get("start"), errs);
    let service = spec.get("serviceName");
    let strict = spec.schema().version.minor() >= 33;
    if !service.is_empty() && strict {
        dns_label(&service, errs);
    }
    let claims = spec.get("volumeClaimTemplates");
    let template = spec.get("template");
    if required_selector(spec, errs) {
        matches_template(spec, errs);
        pod::template_metadata(&template, errs);
        // The whole template is checked only since 1.35; the server then says twice what is wrong with its metadata.
        if spec.schema().version.minor() >= 35 {
            pod::template(&template, Some(&claims), errs);
        }
    }
    always_restarts(&template.get("spec"), errs);
    if spec.schema().version.minor() >= 35 {
        for claim in claims.items() {
            volume::claim_spec(&claim.get("spec"), errs);
        }
    }
}

/// Upstream's `validateRollingUpdateStatefulSet`.
fn rolling_update_stateful_set(rolling: &Field<'_>, errs: &mut Errors) {
    let unavailable = rolling.get("maxUnavailable");
    nonnegative(&rolling.get("partition"), errs);
    if unavailable.exists() {
        positive_int_or_percent(&unavailable, errs);
        if int_or_percent(&unavailable) == 0 {
            errs.invalid(&unavailable, "with 0 the update could never begin").fix_set("Use 1", 1);
        }
        at_most_100_percent(&unavailable, errs);
    }
}

/// Upstream's `ValidateJob`, after the create strategy has given the Job its selector and labels.
fn job(metadata: &Field<'_>, spec: &Field<'_>, errs: &mut Errors) {
    let (name, completions) = (metadata.get("name"), spec.get("completions"));
    let generated = !spec.get("manualSelector").is_true();
    if generated {
        generated_selector(&name, spec, errs);
    }
    job_spec(spec, errs);
    let (selector, labels) = (spec.get("selector"), spec.get("template").get("metadata").get("labels"));
    if !generated && !selector.exists() {
        errs.required(
            &selector,
            "with manualSelector the Job must say by their labels which pods are its own",
        );
    }
    meta::label_selector(&selector, errs);
    let matched = match generated {
        true => selects_own_pods(&name, &selector, &labels),
        false => selector::matches(&selector, &labels),
    };
    if matched == Some(false) {
        selector_mismatch(&selector.get("matchLabels"), &labels, errs);
    }
    if spec.get("completionMode").str() == "Indexed"
        && let Some(count) = completions.int().filter(|count| *count > 0)
        && !name.is_empty()
        && !names::dns_label(&format!("{}-{}", name.str(), count - 1)).is_empty()
    {
        errs.invalid(
            &name,
            format!(
                "the pods of an indexed Job are called {}-{} and so on, which is no DNS label",
                name.str(),
                count - 1
            ),
        );
    }
}

/// The labels by which a Job finds its pods; the server sets those that the template does not have. The first two are
/// those of old. The uid is the server's choice, so no value that a manifest gives can be right.
const UID_LABELS: [&str; 2] = ["controller-uid", "batch.kubernetes.io/controller-uid"];
const NAME_LABELS: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];
/// Stands for the uid: a text that no manifest can hold as a label.
const UID: &str = "\u{0}";

/// Upstream's `validateGeneratedSelector`: labels of the template that the server would set itself must be right.
fn generated_selector(name: &Field<'_>, spec: &Field<'_>, errs: &mut Errors) {
    let labels = spec.get("template").get("metadata").get("labels");
    for (uid, job_name) in UID_LABELS.into_iter().zip(NAME_LABELS) {
        let (uid, job_name) = (labels.key(uid), labels.key(job_name));
        if uid.is_written() {
            errs.invalid(&uid, "the server puts the Job's uid here, which nobody knows beforehand")
                .fix_remove();
        }
        if job_name.is_written() && job_name.str() != name.str() {
            errs.invalid(&job_name, format!("the server puts the Job's name {} here", name.shown()))
                .fix_remove();
        }
    }
    let selector = spec.get("selector");
    let generated = |key: &str| match key {
        key if UID_LABELS.contains(&key) => Some(UID),
        key if NAME_LABELS.contains(&key) => Some(name.str()),
        _ => None,
    };
    if selector::matches_labels(&selector, generated) == Some(false) {
        errs.invalid(&selector, "the server makes a Job's selector itself").fix_remove();
    }
}

/// Whether the selector, to which the server adds the uid, selects the template's pods with the labels that it adds.
fn selects_own_pods(name: &Field<'_>, selector: &Field<'_>, labels: &Field<'_>) -> Option<bool> {
    let uid_is_free = !labels.key(UID_LABELS[1]).is_written();
    let uid_is_given = selector.get("matchLabels").key(UID_LABELS[1]).data().is_some();
    let label = |key: &str| match labels.key(key).opt_str() {
        Some(value) => Some(value),
        None if UID_LABELS.contains(&key) => Some(UID),
        None => NAME_LABELS.contains(&key).then(|| name.str()),
    };
    let matched = if selector.exists() { selector::matches_labels(selector, label)? } else { true };
    Some(matched && (uid_is_free || uid_is_given))
}

/// Upstream's `validateJobSpec`, which a CronJob's template shares.
fn job_spec(spec: &Field<'_>, errs: &mut Errors) {
    const SOFT_LIMIT: i64 = 100_000;
    const HIGH_LIMIT: i64 = 10_000;
    let (parallelism, completions) = (spec.get("parallelism"), spec.get("completions"));
    let (per_index, failed) = (spec.get("backoffLimitPerIndex"), spec.get("maxFailedIndexes"));
    let (mode, template) = (spec.get("completionMode"), spec.get("template"));
    for number in [
        &parallelism,
        &completions,
        &spec.get("activeDeadlineSeconds"),
        &spec.get("backoffLimit"),
        &spec.get("ttlSecondsAfterFinished"),
        &per_index,
        &failed,
    ] {
        nonnegative(number, errs);
    }
    if failed.exists() && !per_index.exists() {
        errs.required(&per_index, "maxFailedIndexes needs a limit for each index").fix_set("Use 1", 1);
    }
    managed_by(&spec.get("managedBy"), errs);
    let indexed = mode.str() == "Indexed";
    if mode.exists() && !["Indexed", "NonIndexed"].contains(&mode.str()) {
        errs.not_supported(&mode, &["Indexed", "NonIndexed"]);
    }
    if indexed {
        if !completions.exists() {
            errs.required(&completions, "an indexed Job needs the number of its indexes").fix_set("Use 1", 1);
        }
        at_most(&parallelism, SOFT_LIMIT, "of an indexed Job", errs);
        if let Some(count) = completions.int() {
            at_most(&failed, count, "of that many completions", errs);
        }
        at_most(&failed, SOFT_LIMIT, "of an indexed Job", errs);
        if completions.int().is_some_and(|count| count > SOFT_LIMIT) && per_index.exists() {
            if !failed.exists() {
                errs.required(
                    &failed,
                    format!("more than {SOFT_LIMIT} completions need a limit of failed indexes"),
                )
                .fix_set(format!("Use {HIGH_LIMIT}"), HIGH_LIMIT);
            }
            at_most(
                &parallelism,
                HIGH_LIMIT,
                "of more than 100000 completions with a limit for each index",
                errs,
            );
            at_most(&failed, HIGH_LIMIT, "of more than 100000 completions with a limit for each index", errs);
        }
    }
    if !mode.exists() || mode.str() == "NonIndexed" {
        for field in [&per_index, &failed] {
            if field.exists() {
                let change = Change::Set { path: mode.path(), value: "Indexed".into() };
                errs.invalid(field, "only an indexed Job counts failures by index")
                    .fix_remove()
                    .fix("Use Indexed", vec![change]);
            }
        }
    }
    let (failure, success) = (spec.get("podFailurePolicy"), spec.get("successPolicy"));
    if failure.exists() {
        pod_failure_policy(spec, &failure, errs);
    }
    if success.exists() && indexed {
        success_policy(&success, &completions, errs);
    } else if success.exists() {
        let change = Change::Set { path: mode.path(), value: "Indexed".into() };
        errs.invalid(&success, "only an indexed Job can have a success policy")
            .fix_remove()
            .fix("Use Indexed", vec![change]);
    }
    let replacement = spec.get("podReplacementPolicy");
    let allowed: &[&str] = if failure.exists() { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] };
    if replacement.exists() && !allowed.contains(&replacement.str()) {
        errs.not_supported(&replacement, allowed);
    }
    pod::template(&template, None, errs);
    let restart = template.get("spec").get("restartPolicy");
    match restart.str() {
        "" | "Always" => {
            errs.required(
                &restart,
                "the pods of a Job come to an end: their restart policy must be OnFailure or Never",
            )
            .fix_set("Use OnFailure", "OnFailure")
            .fix_set("Use Never", "Never");
        }
        "Never" => {}
        "OnFailure" if failure.exists() => {
            errs.invalid(&restart, "a pod failure policy needs pods that are not restarted: Never")
                .fix_set("Use Never", "Never");
        }
        "OnFailure" => {}
        _ => {
            errs.not_supported(&restart, &["Never", "OnFailure"]);
        }
    }
}

fn at_most(field: &Field<'_>, max: i64, whose: &str, errs: &mut Errors) {
    if let Some(number) = field.int().filter(|number| *number > max) {
        errs.invalid(field, format!("{number} is more than {max}, the most {whose}"))
            .fix_set(format!("Use {max}"), max);
    }
}

fn managed_by(field: &Field<'_>, errs: &mut Errors) {
    const LENGTH_MAX: usize = 63;
    if !field.exists() {
        return;
    }
    if field.is_empty() {
        errs.required(field, "the controller's name is empty; leave the field out for the server's own")
            .fix_remove();
    } else {
        report(names::domain_prefixed_path(field.str()), field, errs);
    }
    if field.str().len() > LENGTH_MAX {
        errs.too_long(field, LENGTH_MAX);
    }
}

/// Upstream's `validatePodFailurePolicy`.
fn pod_failure_policy(spec: &Field<'_>, policy: &Field<'_>, errs: &mut Errors) {
    const RULES_MAX: usize = 20;
    const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];
    let rules = policy.get("rules");
    if rules.len() > RULES_MAX {
        errs.too_many(&rules, rules.len(), RULES_MAX);
    }
    let pod = spec.get("template").get("spec");
    let containers: HashSet<&str> = ["containers", "initContainers"]
        .into_iter()
        .flat_map(|list| {
            pod.get(list).items().map(|container| container.get("name").str()).collect::<Vec<_>>()
        })
        .collect();
    for rule in rules.items() {
        let (action, codes, conditions) =
            (rule.get("action"), rule.get("onExitCodes"), rule.get("onPodConditions"));
        if action.str() == "FailIndex" {
            if !spec.has("backoffLimitPerIndex") {
                errs.invalid(&action, "FailIndex needs a limit for each index: backoffLimitPerIndex");
            }
        } else {
            one_of(&action, &ACTIONS, errs);
        }
        if codes.exists() {
            on_exit_codes(&codes, &containers, errs);
        }
        if !conditions.is_empty() {
            on_pod_conditions(&conditions, errs);
        }
        if codes.exists() != conditions.is_empty() {
            errs.invalid(
                &rule,
                "a rule looks either at exit codes or at conditions of the pod: exactly one must stand here",
            );
        }
    }
}

/// Upstream's `validatePodFailurePolicyRuleOnPodConditions`.
fn on_pod_conditions(conditions: &Field<'_>, errs: &mut Errors) {
    const MAX: usize = 20;
    if conditions.len() > MAX {
        errs.too_many(conditions, conditions.len(), MAX);
    }
    for condition in conditions.items() {
        let kind = condition.get("type");
        report(names::qualified_name(kind.str()), &kind, errs);
        one_of(&condition.get("status"), &["False", "True", "Unknown"], errs);
    }
}

/// Upstream's `validatePodFailurePolicyRuleOnExitCodes`.
fn on_exit_codes(codes: &Field<'_>, containers: &HashSet<&str>, errs: &mut Errors) {
    const MAX: usize = 255;
    let (operator, container, values) =
        (codes.get("operator"), codes.get("containerName"), codes.get("values"));
    one_of(&operator, &["In", "NotIn"], errs);
    if container.exists() && !containers.contains(container.str()) {
        errs.invalid(&container, format!("the template has no container {}", container.shown()));
    }
    if values.is_empty() {
        errs.invalid(&values, "at least one exit code is needed");
    } else if values.len() > MAX {
        errs.too_many(&values, values.len(), MAX);
    }
    let mut seen = HashSet::new();
    let mut ordered = true;
    let mut last = None;
    for value in values.items() {
        let code = value.int().unwrap_or(0);
        if operator.str() == "In" && code == 0 {
            errs.invalid(&value, "0 means success, which is no failure").fix_remove();
        }
        if !seen.insert(code) {
            errs.duplicate(&value, format!("{code} is listed twice")).fix_remove();
        }
        ordered &= last.is_none_or(|last| last <= code);
        last = Some(code);
    }
    if !ordered {
        let mut sorted: Vec<i64> = seen.into_iter().collect();
        sorted.sort_unstable();
        errs.invalid(&values, "the exit codes must stand in rising order")
            .fix_set("Sort them", serde_json::json!(sorted));
    }
}

/// Upstream's `validateSuccessPolicy`. Without `completions`, which is reported by itself, nothing can be said of indexes.
fn success_policy(policy: &Field<'_>, completions: &Field<'_>, errs: &mut Errors) {
    const RULES_MAX: usize = 20;
    const INDEXES_MAX: usize = 64 * 1024;
    let rules = policy.get("rules");
    if rules.is_empty() {
        errs.required(&rules, "a success policy needs at least one rule");
    }
    if rules.len() > RULES_MAX {
        errs.too_many(&rules, rules.len(), RULES_MAX);
    }
    for rule in rules.items() {
        let (count, indexes) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
        if !count.exists() && !indexes.exists() {
            errs.required(&rule, "a rule needs succeededCount or succeededIndexes");
        }
        if indexes.str().len() > INDEXES_MAX {
            errs.too_long(&indexes, INDEXES_MAX);
        }
        let mut listed = None;
        if let Some(total) = completions.int().filter(|_| indexes.exists()) {
            match index_count(indexes.str(), total) {
                Ok(number) => listed = Some(number),
                Err(problem) => {
                    listed = Some(0);
                    errs.invalid(&indexes, problem);
                }
            }
        }
        let Some(number) = count.int() else { continue };
        nonnegative(&count, errs);
        if let Some(total) = completions.int().filter(|total| number > *total) {
            errs.invalid(&count, format!("{number} is more than the {total} completions"));
        }
        if let Some(listed) = listed.filter(|listed| number > *listed) {
            errs.invalid(&count, format!("{number} is more than the {listed} indexes in succeededIndexes"));
        }
    }
}

/// Upstream's `validateIndexesFormat`: `1,3-5`, rising, below the number of completions. How many indexes it lists.
fn index_count(text: &str, completions: i64) -> Result<i64, String> {
    let number = |text: &str| match text.parse::<i64>() {
        Ok(index) if index >= completions => {
            Err(format!("the index {index} is not below the {completions} completions"))
        }
        Ok(index) => Ok(index),
        Err(_) => Err(format!("{text:?} is no index; indexes look like 1,3-5")),
    };
    let (mut last, mut total) = (None, 0_i64);
    if text.is_empty() {
        return Ok(0);
    }
    for interval in text.split(',') {
        let (first, end) = match interval.split_once('-') {
            Some((_, end)) if end.contains('-') => {
                return Err(format!("{interval:?} is no interval of indexes"));
            }
            Some((first, end)) => (number(first)?, number(end)?),
            None => (number(interval)?, number(interval)?),
        };
        if interval.contains('-') && first >= end || last.is_some_and(|last| last >= first) {
            return Err(format!("the indexes must rise: {interval}"));
        }
        total = total.saturating_add(end - first + 1);
        last = Some(end);
    }
    Ok(total)
}

/// Upstream's `ValidateCronJobCreate`.
fn cron_job(metadata: &Field<'_>, spec: &Field<'_>, errs: &mut Errors) {
    const NAME_MAX: usize = 52;
    let (times, zone) = (spec.get("schedule"), spec.get("timeZone"));
    if times.is_empty() {
        errs.required(&times, "the schedule is missing, such as 0 3 * * *");
    } else {
        schedule::format(&times, errs);
    }
    nonnegative(&spec.get("startingDeadlineSeconds"), errs);
    schedule::time_zone(&zone, errs);
    one_of(&spec.get("concurrencyPolicy"), &["Allow", "Forbid", "Replace"], errs);
    let job = spec.get("jobTemplate").get("spec");
    job_spec(&job, errs);
    let (selector, manual) = (job.get("selector"), job.get("manualSelector"));
    if selector.exists() {
        errs.invalid(&selector, "each Job of a CronJob gets a selector of its own from the server")
            .fix_remove();
    }
    if manual.is_true() {
        errs.not_supported(&manual, &["false"]).fix_remove();
    }
    nonnegative(&spec.get("successfulJobsHistoryLimit"), errs);
    nonnegative(&spec.get("failedJobsHistoryLimit"), errs);
    let name = metadata.get("name");
    if name.str().len() > NAME_MAX {
        errs.invalid(
            &name,
            format!(
                "the name has {} characters; at most {NAME_MAX}, for each Job adds 11 of its own",
                name.str().len()
            ),
        );
    }
}
