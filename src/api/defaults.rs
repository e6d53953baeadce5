//! What the server does to an object between decoding and validation: it drops fields whose feature gate is off, and fills
//! in defaults. The plain defaults and gates are data of the schema; here stand those that depend on something.

use super::quantity::Quantity;
use super::validate::resources;
use crate::diagnostic::{Diagnostic, Kind, Stage};
use crate::object::Field;
use crate::path::Path;
use crate::schema::{self, Default, FieldDef, Schema, Type, TypeId};
use crate::yaml::{Data, Map, Member, Value};
use std::collections::BTreeSet;

/// Objects that upstream embeds by value: they are there with their defaults even if nothing is written.
fn is_embedded(ty: &Type, field: &str) -> bool {
    match field {
        "spec" => {
            ty.gvk.is_some()
                || ty.name.ends_with("TemplateSpec")
                || ty.name == "PersistentVolumeClaimTemplate"
        }
        "template" => ty.name != "ReplicationControllerSpec",
        "strategy" | "updateStrategy" | "jobTemplate" => true,
        _ => false,
    }
}

/// Text fields that upstream holds by pointer: an empty text is a value of its own and not defaulted.
fn keeps_empty_text(ty: &Type, field: &str) -> bool {
    matches!(
        (ty.name, field),
        ("JobSpec", "completionMode" | "podReplacementPolicy")
            | ("PersistentVolumeClaimSpec", "volumeMode")
            | ("AzureDiskVolumeSource", _)
            | ("HostPathVolumeSource", "type")
            | ("GRPCAction", "service")
    )
}

/// Fields with a gate that the server keeps even while the gate is off.
fn is_kept_anyway(ty: &Type, field: &str) -> bool {
    matches!(
        (ty.name, field),
        // The kubelet, not the server, refuses to mount it.
        ("Volume", "gitRepo")
            // Claims inside of other objects are not looked at.
            | ("TypedObjectReference", "namespace")
            | ("PersistentVolumeClaimSpec", "volumeAttributesClassName")
    )
}

/// Takes away what the version's types do not have, as the server's decoder does before anything else looks at the object
/// (`runtime/serializer/json`).
pub fn drop_unknown(object: &mut Data, schema: &'static Schema, root: TypeId) {
    drop_unknown_in(object, schema, schema.object_kind(root));
}

fn drop_unknown_in(data: &mut Data, schema: &'static Schema, kind: &'static schema::Kind) {
    match (kind, &mut data.value) {
        (schema::Kind::Object(id), Value::Map(map)) => {
            let ty = schema.ty(*id);
            map.members.retain(|member| ty.field(&member.key).is_some());
            for member in &mut map.members {
                if let Some(def) = ty.field(&member.key) {
                    drop_unknown_in(&mut member.data, schema, &def.kind);
                }
            }
        }
        (schema::Kind::List(item), Value::List(items)) => {
            items.iter_mut().for_each(|data| drop_unknown_in(data, schema, item));
        }
        _ => {}
    }
}

/// Removes the fields that the version's server drops on create because their gate is off, with a word on each.
pub fn drop_disabled(object: &mut Data, schema: &'static Schema, root: TypeId, found: &mut Vec<Diagnostic>) {
    drop_in(object, schema, schema.object_kind(root), &mut Path::root(), found);
}

fn drop_in(
    data: &mut Data,
    schema: &'static Schema,
    kind: &'static schema::Kind,
    path: &mut Path,
    found: &mut Vec<Diagnostic>,
) {
    match (kind, &mut data.value) {
        (schema::Kind::Object(id), Value::Map(map)) => {
            let ty = schema.ty(*id);
            map.members.retain(|member| match ty.field(&member.key) {
                Some(def) if !schema.keeps(def) && !is_kept_anyway(ty, def.name) => {
                    if member.data.value != Value::Null && !member.data.implied {
                        found.push(dropped(def, member, path, schema));
                    }
                    false
                }
                _ => true,
            });
            for member in &mut map.members {
                if !matches!(member.data.value, Value::Map(_) | Value::List(_)) {
                    continue;
                }
                if let Some(def) = ty.field(&member.key) {
                    let mut below = path.field(def.name);
                    drop_in(&mut member.data, schema, &def.kind, &mut below, found);
                }
            }
            if ty.name == "Lifecycle" && ["postStart", "preStop"].iter().all(|name| map.get(name).is_none()) {
                // A hook object that held a dropped stop signal alone is dropped with it.
                map.members.retain(|member| member.key != "stopSignal");
            }
        }
        (schema::Kind::List(item), Value::List(items)) => {
            for (i, data) in items.iter_mut().enumerate() {
                drop_in(data, schema, item, &mut path.index(i), found);
            }
        }
        _ => {}
    }
}

fn dropped(def: &FieldDef, member: &Member, path: &Path, schema: &Schema) -> Diagnostic {
    let gate = def.gate.unwrap_or_default();
    let on_since = schema::Version::all().find(|version| {
        *version > schema.version && Schema::at(*version).gate(gate).is_some_and(|state| state.on)
    });
    let outlook = match on_since {
        Some(version) => format!("; Kubernetes {version} turns it on"),
        None => String::new(),
    };
    let path = path.field(def.name);
    let mut diagnostic = Diagnostic {
        stage: Stage::Advise,
        kind: Kind::Advice("dropped-field"),
        place: path.clone(),
        path,
        span: member.key_span.clone(),
        message: format!(
            "Kubernetes {} drops {} silently: its feature gate {gate} is off by default{outlook}",
            schema.version, def.name
        ),
        fixes: Vec::new(),
    };
    diagnostic.fix_remove();
    diagnostic
}

/// Fills in the server's defaults, marked as implied.
pub fn fill_in(object: &mut Data, schema: &'static Schema, root: TypeId) {
    let ty = schema.ty(root);
    fill_object(object, schema, ty);
    match (ty.name, &mut object.value) {
        ("Pod", _) => pod(object, schema, root),
        ("ReplicationController", Value::Map(map)) => replication_controller(map),
        ("Job", Value::Map(map)) => job(map),
        _ => {}
    }
}

fn implied(value: Value) -> Data {
    Data { value, span: 0..0, implied: true }
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn is_absent(map: &Map, key: &str) -> bool {
    map.get(key).is_none_or(|data| data.value == Value::Null)
}

/// Whether a field is absent or, as upstream's plain Go strings cannot tell, an empty text.
fn is_blank(map: &Map, key: &str) -> bool {
    match map.get(key).map(|data| &data.value) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    }
}

/// Puts a default into a mapping, in the place of an absent or blank value.
fn put(map: &mut Map, key: &str, value: Value) {
    match map.members.iter_mut().find(|member| member.key == key) {
        Some(member) => member.data = implied(value),
        None => map.members.push(Member { key: key.to_owned(), key_span: 0..0, data: implied(value) }),
    }
}

fn get_mut<'m>(map: &'m mut Map, key: &str) -> Option<&'m mut Data> {
    map.members.iter_mut().find(|member| member.key == key).map(|member| &mut member.data)
}

fn map_mut<'m>(map: &'m mut Map, key: &str) -> Option<&'m mut Map> {
    match get_mut(map, key).map(|data| &mut data.value) {
        Some(Value::Map(inner)) => Some(inner),
        _ => None,
    }
}

fn fill_object(data: &mut Data, schema: &'static Schema, ty: &'static Type) {
    if data.value == Value::Null {
        data.value = Value::Map(Map::default());
    }
    let Value::Map(map) = &mut data.value else { return };
    before(ty, map, schema);
    for def in &ty.fields {
        if let Some(Default::Server(value)) = &def.default {
            fill_field(ty, def, value, map);
        }
        if let schema::Kind::Object(_) = def.kind
            && is_embedded(ty, def.name)
            && is_absent(map, def.name)
        {
            put(map, def.name, Value::Map(Map::default()));
        }
    }
    for member in &mut map.members {
        if matches!(member.data.value, Value::Map(_) | Value::List(_))
            && let Some(def) = ty.field(&member.key)
        {
            fill_value(&mut member.data, schema, &def.kind);
        }
    }
}

fn fill_value(data: &mut Data, schema: &'static Schema, kind: &'static schema::Kind) {
    match (kind, &mut data.value) {
        (schema::Kind::Object(id), Value::Map(_)) => fill_object(data, schema, schema.ty(*id)),
        (schema::Kind::List(item), Value::List(items)) => {
            if let schema::Kind::Object(id) = &**item {
                for data in items {
                    fill_object(data, schema, schema.ty(*id));
                }
            }
        }
        _ => {}
    }
}

/// One plain default. Numbers of a probe are no pointers upstream, so that 0 is as good as absent there.
fn fill_field(ty: &Type, def: &FieldDef, value: &str, map: &mut Map) {
    let absent = match map.get(def.name).map(|data| &data.value) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => {
            text.is_empty() && def.kind == schema::Kind::String && !keeps_empty_text(ty, def.name)
        }
        Some(Value::Int(0)) => ty.name == "Probe",
        Some(_) => false,
    };
    // An empty text is no more than an absent one.
    if !absent || value == "\"\"" {
        return;
    }
    let value = match def.kind {
        schema::Kind::Int32 | schema::Kind::Int64 => {
            let octal = value.starts_with('0') && value.len() > 1;
            let number = if octal { i128::from_str_radix(value, 8) } else { value.parse() };
            number.map(Value::Int).unwrap_or(Value::Null)
        }
        schema::Kind::Bool => Value::Bool(value == "true"),
        schema::Kind::IntOrString => value.parse().map(Value::Int).unwrap_or_else(|_| text(value)),
        schema::Kind::Object(_) | schema::Kind::Map(_) => Value::Map(Map::default()),
        schema::Kind::List(_) => Value::List(Vec::new()),
        _ => text(value),
    };
    put(map, def.name, value);
}

/// The defaults of one object that depend on its other fields.
fn before(ty: &Type, map: &mut Map, schema: &Schema) {
    match ty.name {
        "Container" | "EphemeralContainer" => pull_policy(map, "image", "imagePullPolicy"),
        "ImageVolumeSource" => pull_policy(map, "reference", "pullPolicy"),
        // A volume without a source is an empty directory.
        "Volume" if ty.fields.iter().all(|def| def.name == "name" || is_absent(map, def.name)) => {
            put(map, "emptyDir", Value::Map(Map::default()));
        }
        "DeploymentStrategy" | "DaemonSetUpdateStrategy" => {
            let kind = map.get("type").map(|data| &data.value);
            let rolling = is_blank(map, "type") || kind == Some(&text("RollingUpdate"));
            if rolling && is_absent(map, "rollingUpdate") {
                put(map, "rollingUpdate", Value::Map(Map::default()));
            }
        }
        // Only an absent type brings the partition along.
        "StatefulSetUpdateStrategy" if is_blank(map, "type") && is_absent(map, "rollingUpdate") => {
            put(map, "rollingUpdate", Value::Map(Map::default()));
        }
        "StatefulSetSpec" => {
            let field = "persistentVolumeClaimRetentionPolicy";
            if ty.field(field).is_some_and(|def| schema.keeps(def)) && is_absent(map, field) {
                put(map, field, Value::Map(Map::default()));
            }
        }
        "JobSpec" => job_spec(map),
        "PodFailurePolicyOnPodConditionsPattern" if is_blank(map, "status") => {
            put(map, "status", text("True"))
        }
        "PodSpec" => service_account(map),
        _ => {}
    }
}

/// `SetDefaults_Job`.
fn job_spec(map: &mut Map) {
    if is_absent(map, "completions") && is_absent(map, "parallelism") {
        put(map, "completions", Value::Int(1));
    }
    if is_absent(map, "backoffLimit") {
        let limit = if is_absent(map, "backoffLimitPerIndex") { 6 } else { i32::MAX };
        put(map, "backoffLimit", Value::Int(limit.into()));
    }
    if is_absent(map, "podReplacementPolicy") {
        let policy = if is_absent(map, "podFailurePolicy") { "TerminatingOrFailed" } else { "Failed" };
        put(map, "podReplacementPolicy", text(policy));
    }
}

/// `serviceAccount` is the old name of `serviceAccountName`, and fills it in.
fn service_account(map: &mut Map) {
    if is_blank(map, "serviceAccountName")
        && let Some(Value::String(name)) = map.get("serviceAccount").map(|data| &data.value)
    {
        let name = text(name);
        put(map, "serviceAccountName", name);
    }
}

/// `SetDefaults_Container`: an image tagged `latest`, or not tagged at all, is always pulled.
fn pull_policy(map: &mut Map, image: &str, policy: &str) {
    if !is_blank(map, policy) {
        return;
    }
    let image = match map.get(image).map(|data| &data.value) {
        Some(Value::String(image)) => image.as_str(),
        _ => "",
    };
    let value = if image_tag(image) == Some("latest") { "Always" } else { "IfNotPresent" };
    put(map, policy, text(value));
}

/// The tag of an image reference as the container runtimes' own grammar has it (distribution `reference`); `latest` if it
/// has neither tag nor digest. `None` for what is no reference, and for a digest without a tag.
pub fn image_tag(image: &str) -> Option<&str> {
    let (rest, digest) = match image.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (image, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return None;
    }
    // A colon before the last slash belongs to the registry's port.
    let (name, tag) = match rest.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
        Some((name, tag)) => (name, Some(tag)),
        None => (rest, None),
    };
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let sound_tag = |tag: &str| {
        let mut bytes = tag.bytes();
        bytes.next().is_some_and(is_word)
            && tag.len() <= 128
            && bytes.all(|b| is_word(b) || matches!(b, b'.' | b'-'))
    };
    if tag.is_some_and(|tag| !sound_tag(tag)) || !is_image_name(name) {
        return None;
    }
    match (tag, digest) {
        (None, None) => Some("latest"),
        (tag, _) => tag,
    }
}

fn is_image_name(name: &str) -> bool {
    let is_hex_id =
        |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if name.len() > 255 || is_hex_id(name) {
        return false;
    }
    let path = match name.split_once('/') {
        // What looks like a host is the registry.
        Some((host, path))
            if host.contains(['.', ':'])
                || host == "localhost"
                || host.bytes().any(|b| b.is_ascii_uppercase()) =>
        {
            let (host, port) = match host.rsplit_once(':').filter(|_| !host.ends_with(']')) {
                Some((host, port)) => (host, Some(port)),
                None => (host, None),
            };
            let sound_port =
                port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
            let sound_part = |part: &str| {
                let bytes = part.as_bytes();
                bytes.first().is_some_and(u8::is_ascii_alphanumeric)
                    && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
                    && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
            };
            let is_v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            let sound_host = match is_v6 {
                Some(address) => {
                    !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':')
                }
                None => host.split('.').all(sound_part),
            };
            if !sound_port || !sound_host {
                return false;
            }
            path
        }
        _ => name,
    };
    path.split('/').all(is_path_component)
}

/// Lower-case letters and digits, parted by one dot, one or two underscores, or dashes.
fn is_path_component(part: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut run = String::new();
    let mut bytes = part.bytes().peekable();
    if !bytes.peek().is_some_and(|b| is_inner(*b)) || !part.bytes().last().is_some_and(is_inner) {
        return false;
    }
    for b in bytes {
        if is_inner(b) {
            let dashes = run.bytes().all(|b| b == b'-');
            if !(dashes || matches!(run.as_str(), "." | "_" | "__")) {
                return false;
            }
            run.clear();
        } else if matches!(b, b'.' | b'_' | b'-') {
            run.push(char::from(b));
        } else {
            return false;
        }
    }
    true
}

fn is_digest(digest: &str) -> bool {
    let length = match digest.split_once(':') {
        Some(("sha256", _)) => 64,
        Some(("sha384", _)) => 96,
        Some(("sha512", _)) => 128,
        _ => return false,
    };
    let hex = digest.split_once(':').map(|(_, hex)| hex).unwrap_or_default();
    hex.len() == length && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// `SetDefaults_Pod`: what holds for pods and not for templates.
fn pod(object: &mut Data, schema: &'static Schema, root: TypeId) {
    let host_network = Field::root(schema, root, object).get("spec").get("hostNetwork").is_true();
    {
        let Value::Map(map) = &mut object.value else { return };
        let Some(spec) = map_mut(map, "spec") else { return };
        if let Some(Value::Int(..0)) = spec.get("terminationGracePeriodSeconds").map(|data| &data.value) {
            put(spec, "terminationGracePeriodSeconds", Value::Int(1));
        }
        for list in ["containers", "initContainers"] {
            let Some(Value::List(containers)) = get_mut(spec, list).map(|data| &mut data.value) else {
                continue;
            };
            for container in containers {
                let Value::Map(container) = &mut container.value else { continue };
                if let Some(resources) = map_mut(container, "resources") {
                    requests_from_limits(resources);
                }
                if host_network {
                    host_ports(container);
                }
            }
        }
    }
    let spec = Field::root(schema, root, object).get("spec");
    if spec.get("resources").def().is_some_and(|def| schema.keeps(def)) && spec.has("resources") {
        let (limits, requests) = pod_resources(&spec);
        let Value::Map(map) = &mut object.value else { return };
        let Some(resources) = map_mut(map, "spec").and_then(|spec| map_mut(spec, "resources")) else {
            return;
        };
        for (list, amounts) in [("limits", limits), ("requests", requests)] {
            if !amounts.is_empty() && is_absent(resources, list) {
                put(resources, list, Value::Map(Map::default()));
            }
            if let Some(map) = map_mut(resources, list) {
                amounts.into_iter().for_each(|(name, amount)| put(map, &name, amount));
            }
        }
    }
}

/// Requests that are not written are as great as the limits.
fn requests_from_limits(resources: &mut Map) {
    let Some(Value::Map(limits)) = resources.get("limits").map(|data| &data.value) else { return };
    let known: BTreeSet<&str> = match resources.get("requests").map(|data| &data.value) {
        Some(Value::Map(requests)) => requests.members.iter().map(|member| member.key.as_str()).collect(),
        _ => BTreeSet::new(),
    };
    let copies: Vec<Member> = limits
        .members
        .iter()
        .filter(|member| !known.contains(member.key.as_str()))
        .map(|member| Member {
            key: member.key.clone(),
            key_span: 0..0,
            data: implied(member.data.value.clone()),
        })
        .collect();
    if is_absent(resources, "requests") {
        put(resources, "requests", Value::Map(Map::default()));
    }
    if let Some(requests) = map_mut(resources, "requests") {
        requests.members.extend(copies);
    }
}

/// On the node's network a port of the container is that port of the node.
fn host_ports(container: &mut Map) {
    let Some(Value::List(ports)) = get_mut(container, "ports").map(|data| &mut data.value) else { return };
    for port in ports {
        let Value::Map(port) = &mut port.value else { continue };
        let unset = is_absent(port, "hostPort")
            || port.get("hostPort").is_some_and(|data| data.value == Value::Int(0));
        if let Some(own) = port.get("containerPort").map(|data| data.value.clone()).filter(|_| unset) {
            put(port, "hostPort", own);
        }
    }
}

type Amounts = Vec<(String, Value)>;

/// `defaultHugePagePodLimits` and `defaultPodRequests`: the limits and requests of the pod as a whole that follow from its
/// containers or from each other.
fn pod_resources(spec: &Field<'_>) -> (Amounts, Amounts) {
    let (limits, requests) = (spec.get("resources").get("limits"), spec.get("resources").get("requests"));
    let amount = |quantity: Quantity| text(&quantity.to_string());
    let mut new_limits = Amounts::new();
    if !limits.is_empty() || !requests.is_empty() {
        for (name, sum) in resources::total(spec, "limits") {
            let written = limits.key(&name).data().is_some() || requests.key(&name).data().is_some();
            if resources::is_huge_page(&name) && !written {
                new_limits.push((name, amount(sum)));
            }
        }
    }
    if limits.is_empty() && new_limits.is_empty() {
        return (new_limits, Amounts::new());
    }
    let mut new_requests = Amounts::new();
    for (name, sum) in resources::total(spec, "requests") {
        if matches!(name.as_str(), "cpu" | "memory") && requests.key(&name).data().is_none() {
            new_requests.push((name, amount(sum)));
        }
    }
    let written =
        limits.entries().filter_map(|(name, limit)| Some((name.to_owned(), limit.value()?.clone())));
    for (name, limit) in written.chain(new_limits.iter().cloned()) {
        let known =
            requests.key(&name).data().is_some() || new_requests.iter().any(|(known, _)| *known == name);
        let supported = matches!(name.as_str(), "cpu" | "memory") || resources::is_huge_page(&name);
        if supported && !known {
            new_requests.push((name, limit));
        }
    }
    (new_limits, new_requests)
}

/// `SetDefaults_ReplicationController`: selector and labels are the template's labels.
fn replication_controller(map: &mut Map) {
    let labels = template_labels(map);
    if let (Some(labels), Some(spec)) = (labels, map_mut(map, "spec")) {
        let empty = match spec.get("selector").map(|data| &data.value) {
            Some(Value::Map(selector)) => selector.members.is_empty(),
            _ => true,
        };
        if empty {
            put(spec, "selector", labels);
        }
    }
    labels_from_template(map);
}

/// `SetDefaults_Job`, and the labels by which a Job knows its pods, which the server adds to the template.
fn job(map: &mut Map) {
    // The Job and its template then share one set of labels, and with it those that are added.
    let shared = labels_from_template(map);
    let manual = map_mut(map, "spec")
        .is_some_and(|spec| spec.get("manualSelector").is_some_and(|m| m.value == Value::Bool(true)));
    let name =
        map_mut(map, "metadata").and_then(|metadata| metadata.get("name")).map(|data| data.value.clone());
    if manual {
        return;
    }
    let Some(name @ Value::String(_)) = name else { return };
    let below = |map: &mut Map, key: &str| {
        if is_absent(map, key) {
            put(map, key, Value::Map(Map::default()));
        }
    };
    if shared && let Some(labels) = map_mut(map, "metadata").and_then(|metadata| map_mut(metadata, "labels"))
    {
        add_job_name(labels, &name);
    }
    let template = map_mut(map, "spec").and_then(|spec| map_mut(spec, "template"));
    let Some(template) = template else { return };
    below(template, "metadata");
    let Some(metadata) = map_mut(template, "metadata") else { return };
    below(metadata, "labels");
    if let Some(labels) = map_mut(metadata, "labels") {
        add_job_name(labels, &name);
    }
}

fn add_job_name(labels: &mut Map, name: &Value) {
    for key in ["job-name", "batch.kubernetes.io/job-name"] {
        if labels.get(key).is_none() {
            put(labels, key, name.clone());
        }
    }
}

/// An object without labels takes its template's; whether it did.
fn labels_from_template(map: &mut Map) -> bool {
    let Some(labels) = template_labels(map) else { return false };
    if is_absent(map, "metadata") {
        put(map, "metadata", Value::Map(Map::default()));
    }
    let Some(metadata) = map_mut(map, "metadata") else { return false };
    let empty = match metadata.get("labels").map(|data| &data.value) {
        Some(Value::Map(labels)) => labels.members.is_empty(),
        _ => true,
    };
    if empty {
        put(metadata, "labels", labels);
    }
    empty
}

fn template_labels(map: &Map) -> Option<Value> {
    let mut data = map.get("spec")?;
    for key in ["template", "metadata", "labels"] {
        let Value::Map(map) = &data.value else { return None };
        data = map.get(key)?;
    }
    (data.value != Value::Null).then(|| data.value.clone())
}

#[cfg(test)]
mod tests {
    use super::image_tag;

    #[test]
    fn only_a_sound_reference_has_a_tag() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (image, tag) in [
            ("nginx", Some("latest")),
            ("nginx:1.27", Some("1.27")),
            ("nginx:latest", Some("latest")),
            ("localhost:5000/app", Some("latest")),
            ("Registry.example.com/team/app:v1", Some("v1")),
            ("team/app", Some("latest")),
            ("Nginx", None),
            ("nginx:", None),
            ("a__b/c--d", Some("latest")),
            ("a___b", None),
            ("a..b", None),
            ("", None),
            (" nginx", None),
        ] {
            assert_eq!(image_tag(image), tag, "{image:?}");
        }
        assert_eq!(image_tag(&format!("nginx@{digest}")), None);
        assert_eq!(image_tag(&format!("nginx:latest@{digest}")), Some("latest"));
    }
}
