//! Name resolution in the pod: `dnsPolicy`, `dnsConfig`, `hostAliases`.

use super::report;
use crate::api::names;
use crate::diagnostic::Errors;
use crate::object::Field;
use crate::yaml::Change;

const NAMESERVERS_MAX: usize = 3;
const SEARCHES_MAX: usize = 32;
const SEARCH_CHARS_MAX: usize = 2048;

/// Upstream's `validateDNSPolicy`.
pub fn policy(policy: &Field<'_>, errs: &mut Errors) {
    const POLICIES: [&str; 4] = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
    if policy.is_empty() {
        errs.required(policy, "the DNS policy is missing");
    } else if !POLICIES.contains(&policy.str()) {
        errs.not_supported(policy, &POLICIES);
    }
}

/// Upstream's `validatePodDNSConfig`.
pub fn config(config: &Field<'_>, policy: &Field<'_>, errs: &mut Errors) {
    let servers = config.get("nameservers");
    if policy.str() == "None" {
        if !config.exists() {
            let change = Change::Set { path: policy.path(), value: "ClusterFirst".into() };
            errs.required(
                config,
                "dnsPolicy None leaves the pod without name servers: list them in dnsConfig.nameservers",
            )
            .fix("Use the policy ClusterFirst", vec![change]);
            return;
        }
        if servers.is_empty() {
            errs.required(&servers, "dnsPolicy None needs at least one name server");
            return;
        }
    }
    if !config.exists() {
        return;
    }
    if servers.len() > NAMESERVERS_MAX {
        errs.invalid(
            &servers,
            format!("{} name servers; at most {NAMESERVERS_MAX} may stand here", servers.len()),
        );
    }
    for server in servers.items() {
        ip(&server, errs);
    }
    let searches = config.get("searches");
    if searches.len() > SEARCHES_MAX {
        errs.invalid(
            &searches,
            format!("{} search paths; at most {SEARCHES_MAX} may stand here", searches.len()),
        );
    }
    let chars = searches.items().map(|search| search.str().len() + 1).sum::<usize>().saturating_sub(1);
    if chars > SEARCH_CHARS_MAX {
        errs.invalid(
            &searches,
            format!("the search paths have {chars} characters with a space between each two; at most {SEARCH_CHARS_MAX} may stand here"),
        );
    }
    // The gate `RelaxedDNSSearchValidation` is on since 1.33.
    let relaxed = searches.schema().version.minor() >= 33;
    for search in searches.items() {
        let domain = search.str().strip_suffix('.').unwrap_or(search.str());
        if !relaxed {
            report(names::dns_subdomain(domain), &search, errs);
        } else if search.str() != "." {
            report(names::dns_subdomain_with_underscore(domain), &search, errs);
        }
    }
    for option in config.get("options").items() {
        if option.get("name").is_empty() {
            errs.required(&option, "the option needs a name, such as ndots");
        }
    }
}

/// Upstream's `ValidateHostAliases`.
pub fn host_aliases(aliases: &Field<'_>, errs: &mut Errors) {
    for alias in aliases.items() {
        ip(&alias.get("ip"), errs);
        for hostname in alias.get("hostnames").items() {
            report(names::dns_subdomain(hostname.str()), &hostname, errs);
        }
    }
}

/// Upstream's `IsValidIPForLegacyField`: IPv4 with leading zeros, and IPv4 in IPv6's clothes, passed until 1.36
/// turned the gate `StrictIPCIDRValidation` on.
fn ip(field: &Field<'_>, errs: &mut Errors) {
    let text = field.str();
    let strict = field.schema().version.minor() >= 36;
    match names::standard_ip(text) {
        None => {
            errs.invalid(
                field,
                format!("{} is no IP address, such as 10.9.8.7 or 2001:db8::ffff", field.shown()),
            );
        }
        Some(standard) if strict && !names::is_ip(text) => {
            errs.invalid(field, format!("{text} has leading zeros, which some programs read as octal"))
                .fix_set(format!("Use {standard}"), standard);
        }
        Some(standard) if strict && text.contains(':') && !standard.contains(':') => {
            errs.invalid(field, format!("{text} is an IPv4 address written as an IPv6 one"))
                .fix_set(format!("Use {standard}"), standard);
        }
        Some(_) => {}
    }
}
