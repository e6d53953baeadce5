//! Probes and lifecycle hooks, and the actions that both consist of.

use super::container::port_or_name;
use super::pod::Pod;
use super::{forbid, nonnegative, quoted};
use crate::api::names;
use crate::diagnostic::Errors;
use crate::object::Field;

/// `validateLivenessProbe`.
pub fn liveness(probe: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    succeeds_at_once(probe, pod, errs);
}

/// `validateStartupProbe`.
pub fn startup(probe: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    succeeds_at_once(probe, pod, errs);
}

fn succeeds_at_once(probe: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    if !probe.exists() {
        return;
    }
    self::probe(probe, pod, errs);
    let threshold = probe.get("successThreshold");
    if threshold.int().unwrap_or(0) != 1 {
        errs.invalid(&threshold, "a probe of this kind passes with one success: the threshold must be 1")
            .fix_set("Set 1", 1);
    }
}

/// `validateReadinessProbe`.
pub fn readiness(probe: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    if !probe.exists() {
        return;
    }
    self::probe(probe, pod, errs);
    let grace = probe.get("terminationGracePeriodSeconds");
    if grace.exists() {
        errs.invalid(&grace, "a readiness probe never ends a container, so it has no grace period")
            .fix_remove();
    }
}

/// `validateProbe`.
fn probe(probe: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], pod, errs);
    for name in
        ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
    {
        nonnegative(&probe.get(name), errs);
    }
    let grace = probe.get("terminationGracePeriodSeconds");
    if grace.int().is_some_and(|seconds| seconds <= 0) {
        errs.invalid(&grace, "the grace period must be at least 1 second").fix_set("Set 1", 1).fix_remove();
    }
}

/// `validateLifecycle`.
pub fn lifecycle(lifecycle: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    if !lifecycle.exists() {
        return;
    }
    for name in ["postStart", "preStop"] {
        if lifecycle.has(name) {
            handler(&lifecycle.get(name), &["exec", "httpGet", "tcpSocket", "sleep"], pod, errs);
        }
    }
    stop_signal(&lifecycle.get("stopSignal"), &pod.spec.get("os").get("name"), errs);
}

/// `validateStopSignal`: the signal must be one of the pod's operating system, which must be named.
fn stop_signal(signal: &Field<'_>, os: &Field<'_>, errs: &mut Errors) {
    if !signal.exists() {
        return;
    }
    let known = signal.def().map(|def| def.values.as_slice()).unwrap_or_default();
    match os.str() {
        "" => {
            errs.forbidden(signal, "which signals there are depends on the system: set spec.os.name first")
                .fix_remove();
        }
        "windows" if !["SIGTERM", "SIGKILL"].contains(&signal.str()) => {
            errs.not_supported(signal, &["SIGKILL", "SIGTERM"]);
        }
        "linux" if !known.contains(&signal.str()) => {
            errs.not_supported(signal, known);
        }
        _ => {}
    }
}

/// `validateHandler`: exactly one of the actions. The first one counts, and only it is looked at.
fn handler(handler: &Field<'_>, actions: &[&'static str], pod: &Pod<'_>, errs: &mut Errors) {
    let mut chosen = None;
    for name in actions.iter().copied().filter(|name| handler.has(name)) {
        let action = handler.get(name);
        if let Some(first) = chosen {
            forbid(&action, &format!("{first} is set already, and only one action may be"), errs);
            continue;
        }
        chosen = Some(name);
        match name {
            "exec" if action.get("command").is_empty() => {
                errs.required(&action.get("command"), "the command to run is missing");
            }
            "httpGet" => http_get(&action, errs),
            "tcpSocket" => port_or_name(&action.get("port"), errs),
            "grpc" => grpc(&action.get("port"), errs),
            "sleep" => sleep(&action, pod, errs),
            _ => {}
        }
    }
    if chosen.is_none() {
        errs.required(handler, format!("one action is needed: {}", actions.join(", ")));
    }
}

/// `validateHTTPGetAction`.
fn http_get(action: &Field<'_>, errs: &mut Errors) {
    let path = action.get("path");
    if path.is_empty() {
        errs.required(&path, "the path to ask for is missing");
    }
    port_or_name(&action.get("port"), errs);
    let scheme = action.get("scheme");
    if !["HTTP", "HTTPS"].contains(&scheme.str()) {
        errs.not_supported(&scheme, &["HTTP", "HTTPS"]);
    }
    let headers = action.get("httpHeaders");
    for header in headers.items() {
        let name = header.get("name");
        for fault in names::http_header_name(name.str()) {
            // The server names the list, not the header.
            errs.invalid(&name, format!("{} {fault}", quoted(&name))).at(headers.path());
        }
    }
}

/// `validateGRPCAction`. An absent port is 0.
fn grpc(port: &Field<'_>, errs: &mut Errors) {
    if port.int().is_some() {
        super::in_range(port, 1, 65_535, errs);
    } else {
        errs.invalid(port, "the port is missing: a number, 1 to 65535");
    }
}

/// `validateSleepAction`: a pause no longer than the pod's grace period. The server names the action, not its seconds.
fn sleep(action: &Field<'_>, pod: &Pod<'_>, errs: &mut Errors) {
    let seconds = action.get("seconds");
    // Sleeping for no time at all is allowed since 1.33 (PodLifecycleSleepActionAllowZero).
    let least = i64::from(action.schema().version.minor() < 33);
    let given = seconds.int().unwrap_or(0);
    if let Some(most) = pod.grace_period.filter(|most| given < least || given > *most) {
        let diagnostic = errs
            .invalid(&seconds, format!("the pause must be {least} to {most} seconds, the pod's grace period"))
            .at(action.path());
        if least <= most {
            diagnostic.fix_set(format!("Use {}", given.clamp(least, most)), given.clamp(least, most));
        }
    }
}
