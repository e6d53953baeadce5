//! The formats of names: what the API server takes for a label, a subdomain, a qualified name, a key, a path.
//!
//! Each check gives one fault for each error that the server would report, so that their number agrees; no fault means
//! that the value is fine. Lengths are in bytes, as in Go.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What is wrong with a name, one entry for each error of the server; each completes “the value …”.
pub type Faults = Vec<Cow<'static, str>>;

/// The greatest length of a DNS label and of a label value.
pub const LABEL_MAX: usize = 63;
/// The greatest length of a DNS subdomain.
pub const SUBDOMAIN_MAX: usize = 253;
/// The greatest user or group id.
pub const ID_MAX: i64 = 2_147_483_647;

const LABEL: &str = "must consist of lower-case letters, digits and “-”, and start and end with a letter or a digit, like my-name";
const SUBDOMAIN: &str = "must consist of lower-case letters, digits, “-” and “.”, each part between dots starting and \
                         ending with a letter or a digit, like example.com";

fn too_long(max: usize) -> Cow<'static, str> {
    Cow::Owned(format!("must be at most {max} characters long"))
}

fn one(fault: &'static str) -> Faults {
    vec![Cow::Borrowed(fault)]
}

/// Whether a text is not empty, starts and ends with bytes of `edge` and holds only bytes of `inner`.
fn framed(text: &str, edge: fn(u8) -> bool, inner: fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) => edge(*first) && edge(*last) && bytes.iter().all(|b| inner(*b)),
        _ => false,
    }
}

fn lower(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

fn is_label(text: &str) -> bool {
    framed(text, lower, |b| lower(b) || b == b'-')
}

/// A DNS label (RFC 1123): `IsDNS1123Label`.
pub fn dns_label(value: &str) -> Faults {
    let mut faults = Faults::new();
    if value.len() > LABEL_MAX {
        faults.push(too_long(LABEL_MAX));
    }
    if !is_label(value) {
        faults.push(Cow::Borrowed(if is_dns_subdomain(value) { "must not contain dots" } else { LABEL }));
    }
    faults
}

/// Whether a text is a DNS subdomain, however long.
pub fn is_dns_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

/// A DNS subdomain (RFC 1123): `IsDNS1123Subdomain`.
pub fn dns_subdomain(value: &str) -> Faults {
    let mut faults = Faults::new();
    if value.len() > SUBDOMAIN_MAX {
        faults.push(too_long(SUBDOMAIN_MAX));
    }
    if !is_dns_subdomain(value) {
        faults.push(Cow::Borrowed(SUBDOMAIN));
    }
    faults
}

/// A DNS subdomain in which underscores may stand: `IsDNS1123SubdomainWithUnderscore`.
pub fn dns_subdomain_with_underscore(value: &str) -> Faults {
    let mut faults = Faults::new();
    if value.len() > SUBDOMAIN_MAX {
        faults.push(too_long(SUBDOMAIN_MAX));
    }
    let part = |part: &str| {
        framed(part.strip_prefix('_').unwrap_or(part), lower, |b| lower(b) || b == b'-' || b == b'_')
    };
    if !value.split('.').all(part) {
        faults.push(Cow::Borrowed(
            "must consist of lower-case letters, digits, “_”, “-” and “.”, each part between dots starting with a letter, a \
             digit or “_” and ending with a letter or a digit",
        ));
    }
    faults
}

/// A DNS label that starts with a letter (RFC 1035): `IsDNS1035Label`.
pub fn dns_1035_label(value: &str) -> Faults {
    let mut faults = Faults::new();
    if value.len() > LABEL_MAX {
        faults.push(too_long(LABEL_MAX));
    }
    if !(is_label(value) && value.starts_with(|c: char| c.is_ascii_lowercase())) {
        faults.push(Cow::Borrowed(
            "must consist of lower-case letters, digits and “-”, start with a letter and end with a letter or a digit",
        ));
    }
    faults
}

/// The same check of a name to which the server will append a suffix (`generateName`): a trailing dash is then fine.
/// `maskTrailingDash` of the server.
pub fn as_prefix(check: fn(&str) -> Faults, value: &str) -> Faults {
    match value.strip_suffix('-') {
        Some(stem) if !stem.is_empty() => check(&format!("{stem}a")),
        _ => check(value),
    }
}

fn is_qualified_part(text: &str) -> bool {
    framed(
        text,
        |b| b.is_ascii_alphanumeric(),
        |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'),
    )
}

/// A label key or another qualified name, `example.com/name` or `name`: `IsQualifiedName`, `IsLabelKey`.
pub fn qualified_name(value: &str) -> Faults {
    let mut faults = Faults::new();
    let mut parts = value.split('/');
    let first = parts.next().unwrap_or_default();
    let name = match (parts.next(), parts.next()) {
        (None, _) => first,
        (Some(name), None) => {
            if first.is_empty() {
                faults.push(Cow::Borrowed("must have a prefix before “/”, or no “/”"));
            } else {
                faults.extend(
                    dns_subdomain(first)
                        .into_iter()
                        .map(|fault| Cow::Owned(format!("has a prefix that {fault}"))),
                );
            }
            name
        }
        _ => return one("must be a name with an optional prefix and one “/”, like example.com/name"),
    };
    if name.is_empty() {
        faults.push(Cow::Borrowed("must have a name that is not empty"));
    } else if name.len() > LABEL_MAX {
        faults.push(Cow::Owned(format!("must have a name of at most {LABEL_MAX} characters")));
    }
    if !is_qualified_part(name) {
        faults.push(Cow::Borrowed(
            "must have a name of letters, digits, “-”, “_” and “.” that starts and ends with a letter or a digit",
        ));
    }
    faults
}

/// A label value: `IsValidLabelValue`. The empty text is one.
pub fn label_value(value: &str) -> Faults {
    let mut faults = Faults::new();
    if value.len() > LABEL_MAX {
        faults.push(too_long(LABEL_MAX));
    }
    if !value.is_empty() && !is_qualified_part(value) {
        faults.push(Cow::Borrowed(
            "must be empty or consist of letters, digits, “-”, “_” and “.”, and start and end with a letter or a digit",
        ));
    }
    faults
}

/// A port name (RFC 6335): `IsValidPortName`.
pub fn port_name(value: &str) -> Faults {
    let mut faults = Faults::new();
    if value.len() > 15 {
        faults.push(too_long(15));
    }
    if value.is_empty() || !value.bytes().all(|b| lower(b) || b == b'-') {
        faults.push(Cow::Borrowed("must consist of lower-case letters, digits and “-”"));
    }
    if !value.bytes().any(|b| b.is_ascii_lowercase()) {
        faults.push(Cow::Borrowed("must contain at least one letter (a–z)"));
    }
    if value.contains("--") {
        faults.push(Cow::Borrowed("must not contain two hyphens in a row"));
    }
    if value.starts_with('-') || value.ends_with('-') {
        faults.push(Cow::Borrowed("must not begin or end with a hyphen"));
    }
    faults
}

/// A port number: `IsValidPortNum`.
pub fn port_number(port: i64) -> Faults {
    in_range(port, 1, 65_535)
}

/// A number from `min` to `max`, both included: `IsInRange`.
pub fn in_range(value: i64, min: i64, max: i64) -> Faults {
    if (min..=max).contains(&value) {
        Faults::new()
    } else {
        vec![Cow::Owned(format!("must be {min} to {max}"))]
    }
}

/// A user or group id: `IsValidUserID`, `IsValidGroupID`.
pub fn unix_id(id: i64) -> Faults {
    in_range(id, 0, ID_MAX)
}

/// A count or share in percent, such as `25%`: `IsValidPercent`.
pub fn percent(value: &str) -> Faults {
    match value.strip_suffix('%') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => Faults::new(),
        _ => one("must be a whole number followed by “%”, like 25%"),
    }
}

/// The name of an HTTP header: `IsHTTPHeaderName`.
pub fn http_header_name(value: &str) -> Faults {
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Faults::new();
    }
    one("must consist of letters, digits and “-”, like X-Header-Name")
}

/// The name of an environment variable before the gate `RelaxedEnvironmentVariableValidation`: `IsEnvVarName`.
pub fn env_name(value: &str) -> Faults {
    let mut faults = Faults::new();
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if value.is_empty() || value.starts_with(|c: char| c.is_ascii_digit()) || !value.bytes().all(inner) {
        faults.push(Cow::Borrowed(
            "must consist of letters, digits, “_”, “-” and “.”, and not start with a digit",
        ));
    }
    faults.extend(parent_prefix(value));
    faults
}

/// The name of an environment variable: `IsRelaxedEnvVarName`.
pub fn relaxed_env_name(value: &str) -> Faults {
    if value.is_empty() {
        return one("must not be empty");
    }
    if !value.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'=') {
        return one("must consist of printable ASCII characters other than “=”");
    }
    Faults::new()
}

/// A key of a ConfigMap or Secret: `IsConfigMapKey`.
pub fn config_map_key(value: &str) -> Faults {
    let mut faults = Faults::new();
    if value.len() > SUBDOMAIN_MAX {
        faults.push(too_long(SUBDOMAIN_MAX));
    }
    if value.is_empty()
        || !value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    {
        faults.push(Cow::Borrowed("must consist of letters, digits, “-”, “_” and “.”, like key.name"));
    }
    faults.extend(parent_prefix(value));
    faults
}

/// `hasChDirPrefix` of the server: names that would climb to another directory.
fn parent_prefix(value: &str) -> Option<Cow<'static, str>> {
    match value {
        "." => Some(Cow::Borrowed("must not be “.”")),
        ".." => Some(Cow::Borrowed("must not be “..”")),
        _ if value.starts_with("..") => Some(Cow::Borrowed("must not start with “..”")),
        _ => None,
    }
}

/// A name that is one segment of a URL's path: `IsValidPathSegmentName`.
pub fn path_segment(value: &str) -> Faults {
    if value == "." || value == ".." {
        return vec![Cow::Owned(format!("must not be “{value}”"))];
    }
    let mut faults = Faults::new();
    if value.contains('/') {
        faults.push(Cow::Borrowed("must not contain “/”"));
    }
    if value.contains('%') {
        faults.push(Cow::Borrowed("must not contain “%”"));
    }
    faults
}

/// A domain name of at least three parts: `IsFullyQualifiedName`. Reports at most one fault; the caller reports an empty
/// value as required.
pub fn fully_qualified_name(value: &str) -> Faults {
    let faults = dns_subdomain(value);
    if !faults.is_empty() {
        return vec![Cow::Owned(faults.join(" and "))];
    }
    if value.split('.').count() < 3 {
        return one("must be a domain of at least three parts, like node.example.com");
    }
    Faults::new()
}

/// A domain-prefixed path such as `example.com/controller`: `IsDomainPrefixedPath`. The caller reports an empty value as
/// required.
pub fn domain_prefixed_path(value: &str) -> Faults {
    let Some((host, path)) =
        value.split_once('/').filter(|(host, path)| !host.is_empty() && !path.is_empty())
    else {
        return one("must be a domain and a path, like example.com/name");
    };
    let mut faults: Faults = dns_subdomain(host)
        .into_iter()
        .map(|fault| Cow::Owned(format!("has a domain that {fault}")))
        .collect();
    if !path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b)) {
        faults.push(Cow::Borrowed("has a path with characters that a URL's path may not have"));
    }
    faults
}

/// A domain-prefixed key such as `example.com/name`: `IsDomainPrefixedKey`. The caller reports an empty value as required.
pub fn domain_prefixed_key(value: &str) -> Faults {
    let faults = qualified_name(value);
    if faults.is_empty() && !value.contains('/') {
        return one("must have a domain as prefix, like example.com/name");
    }
    faults
}

/// Whether a text is an IP address as Go's `net.ParseIP` reads it with leading zeros refused: IPv4 in dotted decimal or
/// IPv6, without a zone.
pub fn is_ip(value: &str) -> bool {
    value.parse::<Ipv4Addr>().is_ok() || value.parse::<Ipv6Addr>().is_ok()
}

/// The address that a text writes, in the standard form (RFC 5952): leading zeros in IPv4 read as decimal, IPv4-mapped
/// IPv6 as IPv4; `None` if it is no address. What Go's `ParseIPSloppy` accepts.
pub fn standard_ip(value: &str) -> Option<String> {
    if let Ok(address) = value.parse::<Ipv6Addr>() {
        return Some(address.to_ipv4_mapped().map_or_else(|| address.to_string(), |v4| v4.to_string()));
    }
    let parts: Vec<&str> = value.split('.').collect();
    let part = |part: &&str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<u8>().is_ok()
    };
    if parts.len() != 4 || !parts.iter().all(part) {
        return None;
    }
    Some(
        parts
            .iter()
            .map(|part| part.trim_start_matches('0'))
            .map(|part| if part.is_empty() { "0" } else { part })
            .collect::<Vec<_>>()
            .join("."),
    )
}

/// The nearest DNS label to a text, for a fix: lower case, other characters turned into dashes; `None` if nothing is left
/// or the text is one already.
pub fn as_dns_label(value: &str) -> Option<String> {
    repaired(value, LABEL_MAX, |c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// The nearest DNS subdomain to a text, for a fix; `None` if nothing is left or the text is one already.
pub fn as_dns_subdomain(value: &str) -> Option<String> {
    let name = repaired(value, SUBDOMAIN_MAX, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.')?;
    is_dns_subdomain(&name).then_some(name)
}

/// The nearest port name to a text, for a fix; `None` if nothing is left or the text is one already.
pub fn as_port_name(value: &str) -> Option<String> {
    let name = repaired(value, 15, |c| c.is_ascii_lowercase() || c.is_ascii_digit())?;
    port_name(&name).is_empty().then_some(name)
}

/// The nearest label value to a text, for a fix; `None` if nothing is left or the text is one already.
pub fn as_label_value(value: &str) -> Option<String> {
    let mut out: String = value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .take(LABEL_MAX)
        .collect();
    out = out.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned();
    (!out.is_empty() && out != value).then_some(out)
}

/// The nearest label key to a text, for a fix; `None` if none is near or the text is one already.
pub fn as_label_key(value: &str) -> Option<String> {
    let whole =
        |part: &str, repair: fn(&str) -> Option<String>| repair(part).unwrap_or_else(|| part.to_owned());
    let key = match value.split_once('/') {
        Some((prefix, name)) => {
            format!("{}/{}", whole(prefix, as_dns_subdomain), whole(name, as_label_value))
        }
        None => whole(value, as_label_value),
    };
    (key != value && qualified_name(&key).is_empty()).then_some(key)
}

fn repaired(value: &str, max: usize, keep: fn(char) -> bool) -> Option<String> {
    let mut out = String::new();
    for c in value.chars().flat_map(char::to_lowercase) {
        if keep(c) {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= max {
            break;
        }
    }
    let out = out.trim_matches(|c| c == '-' || c == '.').to_owned();
    (!out.is_empty() && out != value).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_finds_as_many_faults_as_the_server() {
        let long = "a".repeat(64);
        for (check, value, faults) in [
            (dns_label as fn(&str) -> Faults, "web-1", 0),
            (dns_label, "", 1),
            (dns_label, "a.b", 1),
            (dns_label, &*long, 1),
            (dns_label, &*format!("{long}_"), 2),
            (dns_subdomain, "a.b-c.d", 0),
            (dns_subdomain, "a..b", 1),
            (dns_subdomain, &*format!("{long}.b"), 0),
            (dns_subdomain_with_underscore, "_tcp.a_b", 0),
            (dns_subdomain_with_underscore, "a_", 1),
            (dns_1035_label, "1a", 1),
            (qualified_name, "example.com/Name_1.x", 0),
            (qualified_name, "", 2),
            (qualified_name, "/x", 1),
            (qualified_name, "/", 3),
            (qualified_name, "a/b/c", 1),
            (qualified_name, "A.b/_", 2),
            (label_value, "", 0),
            (label_value, "-", 1),
            (port_name, "", 2),
            (port_name, "--", 3),
            (port_name, "http-alt", 0),
            (percent, "25%", 0),
            (percent, "%", 1),
            (env_name, "1A", 1),
            (env_name, "..a", 1),
            (relaxed_env_name, "a b/1", 0),
            (relaxed_env_name, "a=b", 1),
            (relaxed_env_name, "é", 1),
            (config_map_key, "", 1),
            (config_map_key, "..", 1),
            (path_segment, "a/b%", 2),
            (fully_qualified_name, "a.b", 1),
            (domain_prefixed_path, "example.com/a b", 1),
            (domain_prefixed_key, "name", 1),
        ] {
            assert_eq!(check(value).len(), faults, "{value:?}: {:?}", check(value));
        }
    }

    #[test]
    fn a_trailing_dash_is_fine_in_a_prefix() {
        assert!(as_prefix(dns_label, "web-").is_empty() && !dns_label("web-").is_empty());
        assert!(!as_prefix(dns_label, "-").is_empty());
    }

    #[test]
    fn a_repaired_name_is_a_name() {
        assert_eq!(as_dns_label("My_Web App").as_deref(), Some("my-web-app"));
        assert_eq!(as_dns_subdomain("My.Web_").as_deref(), Some("my.web"));
        assert_eq!(as_port_name("HTTP_Metrics_Endpoint").as_deref(), Some("http-metrics-en"));
        assert_eq!(as_label_value("v1 beta!").as_deref(), Some("v1-beta"));
        assert_eq!(as_label_key("Example.com/my app").as_deref(), Some("example.com/my-app"));
        assert_eq!(as_label_key("x y").as_deref(), Some("x-y"));
        assert_eq!(as_label_key("a/b/c").as_deref(), Some("a/b-c"));
        assert_eq!(as_dns_label("___"), None);
        assert_eq!(as_dns_label("fine"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_gets_a_verdict_and_what_is_offered_instead_is_right(text in "\\PC{0,80}|[-a-zA-Z0-9._/]{0,300}") {
            for check in [
                dns_label as fn(&str) -> Faults, dns_subdomain, dns_subdomain_with_underscore, dns_1035_label, qualified_name,
                label_value, port_name, percent, http_header_name, env_name, relaxed_env_name, config_map_key, path_segment,
                fully_qualified_name, domain_prefixed_path, domain_prefixed_key,
            ] {
                check(&text);
                as_prefix(check, &text);
            }
            type Offer = fn(&str) -> Option<String>;
            type Check = fn(&str) -> Faults;
            let offers: [(Offer, Check); 5] = [
                (as_dns_label, dns_label),
                (as_dns_subdomain, dns_subdomain),
                (as_port_name, port_name),
                (as_label_value, label_value),
                (as_label_key, qualified_name),
            ];
            for (offer, check) in offers {
                if let Some(name) = offer(&text) {
                    proptest::prop_assert!(check(&name).is_empty(), "{text:?} became {name:?}: {:?}", check(&name));
                }
            }
            if let Some(ip) = standard_ip(&text) {
                proptest::prop_assert!(is_ip(&ip), "{text:?} became {ip:?}");
            }
        }

        #[test]
        fn a_label_is_right_wherever_a_smaller_format_is_asked(text in "[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?") {
            for check in [dns_label as fn(&str) -> Faults, dns_subdomain, qualified_name, label_value, config_map_key] {
                proptest::prop_assert!(check(&text).is_empty(), "{text:?}: {:?}", check(&text));
            }
        }
    }
}
