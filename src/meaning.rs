//! What a value means, in words: amounts in cores and bytes, seconds in minutes, permission bits as `ls` shows them, what
//! a probe waits for, and what a rule of the scheduler asks for. English; the window says it in its own language.

use crate::api::quantity::Quantity;
use crate::object::Field;
use crate::path::Path;
use crate::schema::{self, Kind, Lang, Texts};
use std::sync::LazyLock;

/// What an amount of a resource is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// CPU time.
    Cores,
    /// Memory and storage.
    Bytes,
}

const NANO: u128 = 1_000_000_000;

/// The unit of the amount at a field, by the name of the resource; `None` for a resource of another kind.
pub fn unit(field: &Field<'_>) -> Option<Unit> {
    if *field.kind() != Kind::Quantity {
        return None;
    }
    let path = field.path();
    match path.steps().last()?.key()? {
        "cpu" => Some(Unit::Cores),
        "memory" | "storage" | "ephemeral-storage" | "sizeLimit" => Some(Unit::Bytes),
        name if name.starts_with("hugepages-") => Some(Unit::Bytes),
        _ => None,
    }
}

/// What the scalar at a field means beyond its text; `None` where the text says it all, or is no value of its kind.
pub fn of(field: &Field<'_>) -> Option<String> {
    match field.kind() {
        Kind::Quantity => Some(amount(unit(field)?, Quantity::opt(field)?)),
        Kind::Int32 if is_mode(field) => permissions(field.int()?),
        Kind::Int32 | Kind::Int64 if field.def()?.name.contains("Seconds") => {
            field.int().filter(|seconds| *seconds >= 60).map(duration)
        }
        _ => None,
    }
}

/// An amount in its unit: `0.5 cores`, `1,610,612,736 bytes (1.61 GB)`.
pub fn amount(unit: Unit, quantity: Quantity) -> String {
    let number = decimal(quantity);
    match unit {
        Unit::Cores if number == "1" => "1 core".to_owned(),
        Unit::Cores => format!("{number} cores"),
        Unit::Bytes if number == "1" => "1 byte".to_owned(),
        Unit::Bytes => match rounded(quantity) {
            Some(short) => format!("{number} bytes ({short})"),
            None => format!("{number} bytes"),
        },
    }
}

/// An amount as a plain number, thousands apart: `1,024`, `0.512`.
fn decimal(quantity: Quantity) -> String {
    let nano = quantity.nano();
    let (whole, rest) = ((nano.unsigned_abs() / NANO).to_string(), nano.unsigned_abs() % NANO);
    let mut text = if nano < 0 { "-".to_owned() } else { String::new() };
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if rest > 0 {
        let digits = format!("{rest:09}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text
}

/// Bytes to three digits in decimal units, from a kilobyte on.
fn rounded(quantity: Quantity) -> Option<String> {
    let bytes = quantity.nano() as f64 / NANO as f64;
    if bytes.abs() < 1e3 {
        return None;
    }
    let (mut size, mut units) = (bytes, ["B", "kB", "MB", "GB", "TB", "PB", "EB"].into_iter());
    let mut name = units.next()?;
    while size.abs() >= 999.5 {
        let Some(next) = units.next() else { break };
        (size, name) = (size / 1e3, next);
    }
    let places = match size.abs() {
        size if size < 9.995 => 2,
        size if size < 99.95 => 1,
        _ => 0,
    };
    let text = format!("{size:.places$}");
    let text = if places > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    Some(format!("{text} {name}"))
}

/// Seconds as days, hours, minutes and seconds by their symbols: `1 min 30 s`.
pub fn duration(seconds: i64) -> String {
    let mut rest = seconds.unsigned_abs();
    let mut parts = Vec::new();
    for (size, name) in [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")] {
        if rest >= size {
            parts.push(format!("{} {name}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() {
        parts.push("0 s".to_owned());
    }
    let sign = if seconds < 0 { "-" } else { "" };
    format!("{sign}{}", parts.join(" "))
}

/// Whether the field holds permission bits of files.
pub fn is_mode(field: &Field<'_>) -> bool {
    *field.kind() == Kind::Int32 && field.def().is_some_and(|def| matches!(def.name, "mode" | "defaultMode"))
}

/// Permission bits in octal and as `ls -l` shows them: `0644 rw-r--r--`; `None` for what is none.
pub fn permissions(mode: i64) -> Option<String> {
    let mode = u32::try_from(mode).ok().filter(|mode| *mode <= 0o7777)?;
    let mut letters = String::with_capacity(9);
    for (class, special) in [(6, 's'), (3, 's'), (0, 't')] {
        let bits = mode >> class;
        letters.push(if bits & 4 != 0 { 'r' } else { '-' });
        letters.push(if bits & 2 != 0 { 'w' } else { '-' });
        // The bits above the nine: set user ID, set group ID, sticky.
        let is_special = mode & (0o1000 << (class / 3)) != 0;
        letters.push(match (bits & 1 != 0, is_special) {
            (true, true) => special,
            (false, true) => special.to_ascii_uppercase(),
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    Some(format!("0{mode:03o} {letters}"))
}

/// The permission bits that a text writes in octal, as YAML 1.1 does: with a leading zero.
pub fn octal(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('0')?;
    let is_octal = !digits.is_empty() && digits.bytes().all(|b| matches!(b, b'0'..=b'7'));
    i64::from_str_radix(digits, 8).ok().filter(|mode| is_octal && *mode <= 0o7777)
}

static CAPABILITIES: LazyLock<Texts> =
    LazyLock::new(|| schema::texts(include_str!("../assets/capabilities.json")));

/// The name under which all capabilities are added or dropped.
const ALL: &str = "ALL";

/// The names of the Linux capabilities as a container's security context has them: `ALL` first, then by name.
pub fn capabilities() -> impl Iterator<Item = &'static str> {
    let names = CAPABILITIES.keys().map(|name| &**name).filter(|name| *name != ALL);
    std::iter::once(ALL).chain(names)
}

/// What a capability allows, in one sentence; `None` for a name that Linux does not have.
pub fn capability(name: &str, lang: Lang) -> Option<&'static str> {
    CAPABILITIES.get(name).map(|text| text.in_lang(lang))
}

/// Whether a list holds names of capabilities.
pub fn is_capabilities(list: &Field<'_>) -> bool {
    list.def().is_some_and(|def| matches!(def.name, "add" | "drop"))
}

/// When a probe tries and when it gives up, in seconds and tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeTiming {
    /// From the container's start to the first try.
    pub delay: i64,
    /// From one try to the next.
    pub period: i64,
    /// How long one try may take.
    pub timeout: i64,
    /// Failures in a row after which it gives up.
    pub failures: i64,
    /// Successes in a row after which it is content.
    pub successes: i64,
}

impl ProbeTiming {
    /// The timing at a probe, the server's defaults filled in (`SetDefaults_Probe`; it takes 0 for absent too); `None` if a
    /// number in it is none or makes no sense.
    pub fn of(probe: &Field<'_>) -> Option<ProbeTiming> {
        let number = |name: &'static str, default: i64| match probe.get(name) {
            field if !field.exists() => Some(default),
            field => field.int().filter(|n| *n >= 0).map(|n| if n == 0 { default } else { n }),
        };
        Some(ProbeTiming {
            delay: number("initialDelaySeconds", 0)?,
            period: number("periodSeconds", 10)?,
            timeout: number("timeoutSeconds", 1)?,
            failures: number("failureThreshold", 3)?,
            successes: number("successThreshold", 1)?,
        })
    }

    /// From one try to the next, if each takes as long as it may: the kubelet never makes two at once.
    pub fn between(self) -> i64 {
        self.period.max(self.timeout)
    }

    /// From the container's start to the moment at which the probe has given up, if nothing ever answers.
    pub fn gives_up(self) -> i64 {
        self.failures.saturating_mul(self.between()).saturating_add(self.delay)
    }

    /// The longest time from the moment at which nothing answers any more to that at which the probe has given up.
    pub fn notices(self) -> i64 {
        self.failures.saturating_mul(self.between()).saturating_add(self.timeout)
    }

    /// From the container's start to the earliest moment at which the probe is content.
    pub fn content(self) -> i64 {
        (self.successes - 1).saturating_mul(self.period).saturating_add(self.delay)
    }

    /// The timing in words, for a probe in the field of this name.
    pub fn words(self, field: &str) -> Vec<String> {
        let mut words = vec![match self.delay {
            0 => format!("Tries every {}, from the start on.", duration(self.period)),
            delay => format!(
                "Tries every {}, for the first time after {}.",
                duration(self.period),
                duration(delay)
            ),
        }];
        let (gives_up, notices) = (duration(self.gives_up()), duration(self.notices()));
        match field {
            "startupProbe" => {
                words.push(format!(
                    "Gives up after {gives_up} at the latest: so long the container may take to start."
                ));
            }
            "readinessProbe" => {
                words.push(format!("Ready after {} at the earliest.", duration(self.content())));
                words.push(format!("Without an answer, the pod is out of its Services within {notices}."));
            }
            _ => {
                words.push(format!("Gives up after {gives_up} at the latest if nothing ever answers."));
                words.push(format!("Without an answer later on, the restart begins within {notices}."));
            }
        }
        words
    }
}

/// What a rule at a field asks for, clause by clause: a toleration, a term of an affinity, a selector, a spread constraint.
/// A clause that ends with a colon leads to those behind it. None for any other field, and for what is not whole.
pub fn clauses(field: &Field<'_>) -> Vec<String> {
    if !field.exists() {
        return Vec::new();
    }
    match field.ty().map_or("", |ty| ty.name) {
        "Toleration" => toleration(field),
        "NodeSelectorTerm" => {
            let labels = requirements("node label", &field.get("matchExpressions"));
            labels.into_iter().chain(requirements("node field", &field.get("matchFields"))).collect()
        }
        "LabelSelector" => selector(field),
        "PreferredSchedulingTerm" => weighted(field, "preference"),
        "WeightedPodAffinityTerm" => weighted(field, "podAffinityTerm"),
        "PodAffinityTerm" => near_pods(field),
        "TopologySpreadConstraint" => spread(field),
        _ => Vec::new(),
    }
}

fn toleration(field: &Field<'_>) -> Vec<String> {
    let (key, value) = (field.get("key").str(), field.get("value").str());
    let what = match field.get("operator").str() {
        "Exists" if key.is_empty() => "tolerates every taint".to_owned(),
        "Exists" => format!("tolerates the taint {key} with any value"),
        "" | "Equal" if key.is_empty() => return Vec::new(),
        "" | "Equal" if value.is_empty() => format!("tolerates the taint {key} with no value"),
        "" | "Equal" => format!("tolerates the taint {key} with the value {value}"),
        _ if key.is_empty() || value.is_empty() => return Vec::new(),
        "Gt" => format!("tolerates the taint {key} with a value greater than {value}"),
        "Lt" => format!("tolerates the taint {key} with a value less than {value}"),
        _ => return Vec::new(),
    };
    let effect = match field.get("effect").str() {
        "" => "whatever its effect".to_owned(),
        effect => format!("with the effect {effect}"),
    };
    let stays = field.get("tolerationSeconds").int().map(|seconds| format!("for {}", duration(seconds)));
    [what, effect].into_iter().chain(stays).collect()
}

/// The requirements of a list that are whole, on labels or fields.
fn requirements(noun: &str, list: &Field<'_>) -> Vec<String> {
    list.items()
        .filter_map(|item| {
            let key = item.get("key").str();
            let values: Vec<&str> = item.get("values").items().map(|value| value.str()).collect();
            let (one, all) = (values.first().copied(), values.join(", "));
            let verb = match (item.get("operator").str(), one) {
                ("In", Some(one)) if values.len() == 1 => format!("is {one}"),
                ("In", Some(_)) => format!("is one of {all}"),
                ("NotIn", Some(one)) if values.len() == 1 => format!("is not {one}"),
                ("NotIn", Some(_)) => format!("is none of {all}"),
                ("Exists", _) => "has any value".to_owned(),
                ("DoesNotExist", _) => "is not there".to_owned(),
                ("Gt", Some(one)) => format!("is greater than {one}"),
                ("Lt", Some(one)) => format!("is less than {one}"),
                _ => return None,
            };
            (!key.is_empty()).then(|| format!("{noun} {key} {verb}"))
        })
        .collect()
}

fn selector(field: &Field<'_>) -> Vec<String> {
    let mut found = labels(field);
    if field.get("matchLabels").is_empty() && field.get("matchExpressions").is_empty() {
        found.push("every pod".to_owned());
    }
    found
}

/// What a label selector asks of the labels.
fn labels(field: &Field<'_>) -> Vec<String> {
    let labels = field.get("matchLabels");
    let labels = labels.entries().map(|(key, value)| format!("label {key} is {}", value.shown()));
    labels.chain(requirements("label", &field.get("matchExpressions"))).collect()
}

fn weighted(field: &Field<'_>, term: &'static str) -> Vec<String> {
    let rest = clauses(&field.get(term));
    let weight = field.get("weight").int().filter(|_| !rest.is_empty());
    weight.map(|weight| format!("preferred with weight {weight}:")).into_iter().chain(rest).collect()
}

fn near_pods(field: &Field<'_>) -> Vec<String> {
    let key = field.get("topologyKey").str();
    if key.is_empty() {
        return Vec::new();
    }
    let away = field.path().steps().iter().any(|step| step.key() == Some("podAntiAffinity"));
    let pods = clauses(&field.get("labelSelector"));
    let head = match (away, pods.is_empty()) {
        (_, true) => return vec!["matches no pod: a label selector is missing".to_owned()],
        (false, _) => format!("in the same {key} as a pod that fits:"),
        (true, _) => format!("not in the same {key} as a pod that fits:"),
    };
    std::iter::once(head).chain(pods).chain(namespaces(field)).collect()
}

/// The namespaces of the pods of a term, if it does not mean the pod's own.
fn namespaces(term: &Field<'_>) -> Vec<String> {
    let (list, selector) = (term.get("namespaces"), term.get("namespaceSelector"));
    let names: Vec<&str> = list.items().map(|name| name.str()).collect();
    let named = (!names.is_empty()).then(|| format!("in the namespace {}", names.join(", ")));
    let labels = labels(&selector);
    let asks = ["matchLabels", "matchExpressions"].iter().any(|field| !selector.get(field).is_empty());
    let fit = match (labels.is_empty(), named.is_some()) {
        (true, _) if selector.exists() && !asks => return vec!["in every namespace".to_owned()],
        (true, _) => return named.into_iter().collect(),
        (false, true) => "or in a namespace that fits:",
        (false, false) => "in a namespace that fits:",
    };
    named.into_iter().chain([fit.to_owned()]).chain(labels).collect()
}

fn spread(field: &Field<'_>) -> Vec<String> {
    let (key, skew) = (field.get("topologyKey").str(), field.get("maxSkew").int());
    let (Some(skew), false) = (skew, key.is_empty()) else { return Vec::new() };
    let head = format!("spread over {key}: at most {skew} more in one than in another");
    let otherwise = match field.get("whenUnsatisfiable").str() {
        "DoNotSchedule" => Some("else the pod waits".to_owned()),
        "ScheduleAnyway" => Some("as far as that can be".to_owned()),
        _ => None,
    };
    let pods = clauses(&field.get("labelSelector"));
    let counted = if pods.is_empty() {
        "counts no pod: a label selector is missing"
    } else {
        "counts the pods that fit:"
    };
    [head].into_iter().chain(otherwise).chain([counted.to_owned()]).chain(pods).collect()
}

/// A file that a source puts into a projected volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The field that says where it stands, if one does: the problems of its path are reported there.
    pub at: Option<Path>,
    /// Where it stands in the volume; `*` for files that are named after their keys.
    pub path: String,
    /// What it holds, in a few clauses.
    pub words: Vec<String>,
    /// Its permission bits, if they are its own.
    pub mode: Option<String>,
}

/// How long a token is valid where nothing is said: `SetDefaults_ServiceAccountTokenProjection`.
const TOKEN_SECONDS: i64 = 3600;

/// The files that a source (`VolumeProjection`) puts into its volume, in its order.
pub fn placed(source: &Field<'_>) -> Vec<Placed> {
    let mut found = Vec::new();
    for (source, kind) in [(source.get("secret"), "Secret"), (source.get("configMap"), "ConfigMap")] {
        found.extend(keys_placed(&source, kind));
    }
    for item in source.get("downwardAPI").get("items").items() {
        let (field, resource) = (item.get("fieldRef").get("fieldPath").str(), item.get("resourceFieldRef"));
        let what = match resource.get("containerName").str() {
            _ if !field.is_empty() => format!("the pod's {field}"),
            container => format!("{} of the container {container}", resource.get("resource").str()),
        };
        found.extend(file(&item, "path", || vec![what]));
    }
    let token = source.get("serviceAccountToken");
    found.extend(file(&token, "path", || {
        let words = match token.get("audience").str() {
            "" => "a token of the service account for the API server".to_owned(),
            audience => format!("a token of the service account for {audience}"),
        };
        let seconds = token.get("expirationSeconds").int().unwrap_or(TOKEN_SECONDS);
        vec![words, format!("valid for {}", duration(seconds))]
    }));
    let bundle = source.get("clusterTrustBundle");
    found.extend(file(&bundle, "path", || {
        vec![match (bundle.get("name").str(), bundle.get("signerName").str()) {
            ("", signer) => format!("the trust anchors of the signer {signer}"),
            (name, _) => format!("the trust anchors of the bundle {name}"),
        }]
    }));
    let certificate = source.get("podCertificate");
    for (name, what) in [
        ("credentialBundlePath", "a private key and its certificate chain"),
        ("keyPath", "a private key"),
        ("certificateChainPath", "a certificate chain"),
    ] {
        let signer = certificate.get("signerName").str();
        let signed = (!signer.is_empty()).then(|| format!("signed by {signer}"));
        found.extend(file(&certificate, name, || [what.to_owned()].into_iter().chain(signed).collect()));
    }
    found
}

/// The files that a projected Secret or ConfigMap makes of its keys.
fn keys_placed(source: &Field<'_>, kind: &'static str) -> Vec<Placed> {
    let (name, items) = (source.get("name").str(), source.get("items"));
    if name.is_empty() {
        return Vec::new();
    }
    let optional = source.get("optional").is_true().then(|| "if there is one".to_owned());
    let with = |words: String| [words].into_iter().chain(optional.clone()).collect();
    if items.is_empty() {
        let words = with(format!("every key of the {kind} {name}"));
        return vec![Placed { at: None, path: "*".to_owned(), words, mode: None }];
    }
    let placed = items.items().filter_map(|item| {
        let words = format!("the key {} of the {kind} {name}", item.get("key").str());
        file(&item, "path", || with(words))
    });
    placed.collect()
}

/// The file whose path stands at a field of an object, if it is set.
fn file(object: &Field<'_>, field: &'static str, words: impl FnOnce() -> Vec<String>) -> Option<Placed> {
    let path = object.get(field);
    (!path.is_empty()).then(|| Placed {
        at: Some(path.path()),
        path: path.str().to_owned(),
        words: words(),
        mode: object.get("mode").int().and_then(permissions),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Path;
    use crate::schema::{Schema, Version};
    use crate::words::translate;
    use crate::yaml;

    /// A field of a pod whose spec is given in flow style.
    fn with_field<T>(spec: &str, path: &str, read: impl FnOnce(&Field<'_>) -> T) -> T {
        let text = format!("apiVersion: v1\nkind: Pod\nspec: {spec}\n");
        let data = yaml::parse(&text).docs.remove(0).data.expect("data");
        let schema = Schema::at(Version::NEWEST);
        let (id, ..) = schema.root("v1", "Pod").expect("a type");
        let path: Path = path.parse().expect(path);
        read(&Field::root(schema, id, &data).at(&path))
    }

    #[test]
    fn every_capability_of_linux_is_told_in_both_languages() {
        // CAP_CHOWN (0) to CAP_CHECKPOINT_RESTORE (40) of linux/capability.h, and all of them.
        assert_eq!(capabilities().count(), 42);
        assert_eq!(capabilities().next(), Some("ALL"));
        for name in capabilities() {
            let (en, zh) = (capability(name, Lang::En), capability(name, Lang::Zh));
            assert!(en.is_some_and(|words| words.ends_with('.') && words.is_ascii()), "{name}");
            assert!(zh.is_some_and(|words| words.ends_with('。')), "{name}");
        }
        assert_eq!(capability("CAP_CHOWN", Lang::En), None);
    }

    #[test]
    fn a_probe_is_told_with_its_times() {
        let timing = |probe: &str| {
            let spec = format!("{{containers: [{{livenessProbe: {probe}}}]}}");
            with_field(&spec, "spec.containers[0].livenessProbe", ProbeTiming::of)
        };
        let all = timing("{}").expect("defaults");
        assert_eq!(all, ProbeTiming { delay: 0, period: 10, timeout: 1, failures: 3, successes: 1 });
        assert_eq!((all.gives_up(), all.notices(), all.content()), (30, 31, 0));
        let slow =
            timing("{initialDelaySeconds: 10, timeoutSeconds: 20, periodSeconds: 0, successThreshold: 2}");
        let slow = slow.expect("a timing");
        assert_eq!((slow.gives_up(), slow.notices(), slow.content()), (70, 80, 20));
        assert_eq!(timing("{periodSeconds: -1}"), None);
        assert_eq!(timing("{periodSeconds: x}"), None);
        for (field, words) in [
            (
                "startupProbe",
                "Gives up after 1 min 10 s at the latest: so long the container may take to start.",
            ),
            ("livenessProbe", "Gives up after 1 min 10 s at the latest if nothing ever answers."),
            ("readinessProbe", "Ready after 20 s at the earliest."),
        ] {
            assert_eq!(slow.words(field)[1], words);
        }
    }

    #[test]
    fn rules_of_the_scheduler_are_told_in_clauses() {
        let term = "requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd, nvme]}, {key: gpu, operator: Exists}, {key: old, operator: NotIn, values: [a]}, {key: half}]}]}";
        let at_term =
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]";
        let anti = "preferredDuringSchedulingIgnoredDuringExecution: [{weight: 50, podAffinityTerm: {topologyKey: zone, labelSelector: {matchLabels: {app: web}}}}]";
        let at_anti = "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]";
        for (spec, path, told) in [
            (
                "{tolerations: [{operator: Exists}]}",
                "spec.tolerations[0]",
                "tolerates every taint|whatever its effect",
            ),
            (
                "{tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]}",
                "spec.tolerations[0]",
                "tolerates the taint gpu with any value|with the effect NoSchedule",
            ),
            (
                "{tolerations: [{key: a, value: b, effect: NoExecute, tolerationSeconds: 90}]}",
                "spec.tolerations[0]",
                "tolerates the taint a with the value b|with the effect NoExecute|for 1 min 30 s",
            ),
            ("{tolerations: [{effect: NoExecute}]}", "spec.tolerations[0]", ""),
            (
                "{tolerations: [{key: a, operator: Gt, value: \"5\"}]}",
                "spec.tolerations[0]",
                "tolerates the taint a with a value greater than 5|whatever its effect",
            ),
            (
                &format!("{{affinity: {{nodeAffinity: {{{term}}}}}}}"),
                at_term,
                "node label disk is one of ssd, nvme|node label gpu has any value|node label old is not a",
            ),
            (
                &format!("{{affinity: {{podAntiAffinity: {{{anti}}}}}}}"),
                at_anti,
                "preferred with weight 50:|not in the same zone as a pod that fits:|label app is web",
            ),
            (
                "{topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}]}",
                "spec.topologySpreadConstraints[0]",
                "spread over zone: at most 1 more in one than in another|else the pod waits|counts the pods that fit:|every pod",
            ),
            ("{hostname: a}", "spec", ""),
            (
                "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {}, namespaces: [a, b], namespaceSelector: {matchLabels: {team: x}}}]}}}",
                "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]",
                "in the same zone as a pod that fits:|every pod|in the namespace a, b|or in a namespace that fits:|label team is x",
            ),
            (
                "{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {}, namespaces: [a], namespaceSelector: {}}]}}}",
                "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]",
                "in the same zone as a pod that fits:|every pod|in every namespace",
            ),
        ] {
            let found = with_field(spec, path, clauses);
            assert_eq!(found.join("|"), told, "{spec}");
            for clause in found {
                let chinese = translate(Lang::Zh, &clause);
                let english = [" is ", " has ", " in ", "the ", "label "];
                assert!(!english.iter().any(|word| chinese.contains(word)), "{clause}: {chinese}");
            }
        }
    }

    #[test]
    fn the_files_of_a_projected_volume_are_told_with_what_they_hold() {
        for (source, told) in [
            (
                "{serviceAccountToken: {path: token, audience: vault, expirationSeconds: 600}}",
                "token: a token of the service account for vault, valid for 10 min",
            ),
            (
                "{serviceAccountToken: {path: token}}",
                "token: a token of the service account for the API server, valid for 1 h",
            ),
            ("{serviceAccountToken: {audience: vault}}", ""),
            (
                "{configMap: {name: app, items: [{key: a, path: x/a, mode: 0400}, {key: b}]}}",
                "x/a: the key a of the ConfigMap app 0400 r--------",
            ),
            ("{secret: {name: db, optional: true}}", "*: every key of the Secret db, if there is one"),
            ("{secret: {}}", ""),
            (
                "{downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}, {path: c, resourceFieldRef: {containerName: app, resource: limits.cpu}}]}}",
                "l: the pod's metadata.labels|c: limits.cpu of the container app",
            ),
            ("{clusterTrustBundle: {name: b, path: ca}}", "ca: the trust anchors of the bundle b"),
            (
                "{clusterTrustBundle: {signerName: a.b/c, path: ca}}",
                "ca: the trust anchors of the signer a.b/c",
            ),
            (
                "{podCertificate: {signerName: a.b/c, keyPath: k, certificateChainPath: c}}",
                "k: a private key, signed by a.b/c|c: a certificate chain, signed by a.b/c",
            ),
        ] {
            let spec = format!("{{volumes: [{{projected: {{sources: [{source}]}}}}]}}");
            let files = with_field(&spec, "spec.volumes[0].projected.sources[0]", placed);
            let of_file = |file: &Placed| {
                let mode = file.mode.iter().map(|mode| format!(" {mode}")).collect::<String>();
                format!("{}: {}{mode}", file.path, file.words.join(", "))
            };
            assert_eq!(files.iter().map(of_file).collect::<Vec<_>>().join("|"), told, "{source}");
            for words in files.iter().flat_map(|file| &file.words) {
                let chinese = translate(Lang::Zh, words);
                assert!(!chinese.contains(" of ") && !chinese.contains("the "), "{words}: {chinese}");
            }
        }
    }

    #[test]
    fn amounts_are_told_in_their_unit() {
        for (unit, text, words) in [
            (Unit::Cores, "500m", "0.5 cores"),
            (Unit::Cores, "1", "1 core"),
            (Unit::Cores, "1000m", "1 core"),
            (Unit::Cores, "2500m", "2.5 cores"),
            (Unit::Cores, "100Mi", "104,857,600 cores"),
            (Unit::Bytes, "1.5Gi", "1,610,612,736 bytes (1.61 GB)"),
            (Unit::Bytes, "512Mi", "536,870,912 bytes (537 MB)"),
            (Unit::Bytes, "500M", "500,000,000 bytes (500 MB)"),
            (Unit::Bytes, "1000Ki", "1,024,000 bytes (1.02 MB)"),
            (Unit::Bytes, "1G", "1,000,000,000 bytes (1 GB)"),
            (Unit::Bytes, "999999", "999,999 bytes (1 MB)"),
            (Unit::Bytes, "512m", "0.512 bytes"),
            (Unit::Bytes, "1", "1 byte"),
            (Unit::Bytes, "0", "0 bytes"),
            (Unit::Bytes, "-2Ki", "-2,048 bytes (-2.05 kB)"),
        ] {
            assert_eq!(amount(unit, Quantity::parse(text).expect(text)), words, "{text}");
        }
    }

    #[test]
    fn seconds_are_told_in_greater_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (90, "1 min 30 s"),
            (3_600, "1 h"),
            (90_061, "1 d 1 h 1 min 1 s"),
            (-90, "-1 min 30 s"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }

    #[test]
    fn permission_bits_are_told_as_a_listing_shows_them() {
        for (mode, words) in [
            (0o644, Some("0644 rw-r--r--")),
            (0o400, Some("0400 r--------")),
            (0o755, Some("0755 rwxr-xr-x")),
            (0o4755, Some("04755 rwsr-xr-x")),
            (0o2644, Some("02644 rw-r-Sr--")),
            (0o1777, Some("01777 rwxrwxrwt")),
            (0, Some("0000 ---------")),
            (-1, None),
            (0o10000, None),
        ] {
            assert_eq!(permissions(mode).as_deref(), words);
        }
        for (text, mode) in [
            ("0644", Some(0o644)),
            ("0", None),
            ("644", None),
            ("0688", None),
            ("0o644", None),
            ("00000644", Some(0o644)),
        ] {
            assert_eq!(octal(text), mode, "{text}");
        }
    }
}
