//! Volumes: every source of `spec.volumes`, and the claim templates of ephemeral volumes and StatefulSets.

use super::{container, dns_label, dns_subdomain, env, in_range, meta};
use crate::api::names;
use crate::api::quantity::Quantity;
use crate::diagnostic::{Diagnostic, Errors};
use crate::object::Field;
use crate::path::Path;
use crate::schema::Kind;
use crate::yaml::Change;
use std::collections::{HashMap, HashSet};

/// The volumes of a pod that are without fault: name and source (`emptyDir`). A mount can only name one of these.
pub type Volumes<'a> = HashMap<&'a str, &'static str>;

/// Upstream's `ValidateVolumes`. `pod` is the metadata of the Pod itself, `None` for a template: the names of the claims
/// that ephemeral volumes bring along follow from its name.
pub fn volumes<'a>(volumes: &Field<'a>, pod: Option<&Field<'_>>, errs: &mut Errors) -> Volumes<'a> {
    let pod_name = pod.map(|metadata| metadata.get("name").str()).filter(|name| !name.is_empty());
    let created_claims: HashSet<String> = match pod_name {
        Some(pod) => volumes
            .items()
            .filter(|volume| volume.has("ephemeral"))
            .map(|volume| format!("{pod}-{}", volume.get("name").str()))
            .collect(),
        None => HashSet::new(),
    };
    let mut valid = Volumes::new();
    for volume in volumes.items() {
        let before = errs.found.len();
        let name = volume.get("name");
        let context = Context { volume_name: name.str(), pod_name, is_pod: pod.is_some() };
        let source = source(&volume, &context, errs);
        if name.is_empty() {
            errs.required(&name, "a volume needs a name, by which containers mount it");
        } else {
            dns_label(&name, errs);
        }
        if valid.contains_key(name.str()) {
            errs.duplicate(&name, format!("another volume is already called {}", name.str()));
        }
        if errs.found.len() == before {
            valid.insert(name.str(), source);
        }
        let claim = volume.get("persistentVolumeClaim").get("claimName");
        if claim.exists() && created_claims.contains(claim.str()) {
            errs.invalid(
                &claim,
                format!("{} is the claim that an ephemeral volume of this pod creates", claim.str()),
            );
        }
    }
    valid
}

type Check = fn(&Field<'_>, &Context<'_>, &mut Errors);

/// What a source's rules need to know besides the source itself.
struct Context<'c> {
    volume_name: &'c str,
    /// The name of the Pod, if it is one and has one.
    pod_name: Option<&'c str>,
    /// Whether the whole object is a Pod, not a template.
    is_pod: bool,
}

/// The sources of a volume in the order in which the server looks for them: the field, the name under which it reports
/// a second source, the rules.
const SOURCES: &[(&str, &str, Check)] = &[
    ("emptyDir", "emptyDir", empty_dir),
    ("hostPath", "hostPath", host_path),
    ("gitRepo", "gitRepo", git_repo),
    ("gcePersistentDisk", "gcePersistentDisk", gce_persistent_disk),
    ("awsElasticBlockStore", "awsElasticBlockStore", aws_elastic_block_store),
    ("secret", "secret", secret),
    ("nfs", "nfs", nfs),
    ("iscsi", "iscsi", iscsi),
    ("glusterfs", "glusterfs", glusterfs),
    ("flocker", "flocker", flocker),
    ("persistentVolumeClaim", "persistentVolumeClaim", persistent_volume_claim),
    ("rbd", "rbd", rbd),
    ("cinder", "cinder", cinder),
    // The server writes this one's name in another case than the field's.
    ("cephfs", "cephFS", cephfs),
    ("quobyte", "quobyte", quobyte),
    // The server's own spelling.
    ("downwardAPI", "downwarAPI", downward_api),
    ("fc", "fc", fc),
    ("flexVolume", "flexVolume", flex_volume),
    ("configMap", "configMap", config_map),
    ("azureFile", "azureFile", azure_file),
    ("vsphereVolume", "vsphereVolume", vsphere_volume),
    ("photonPersistentDisk", "photonPersistentDisk", photon_persistent_disk),
    ("portworxVolume", "portworxVolume", portworx_volume),
    ("azureDisk", "azureDisk", azure_disk),
    ("storageos", "storageos", storageos),
    ("projected", "projected", projected),
    ("scaleIO", "scaleIO", scale_io),
    ("csi", "csi", csi),
    ("ephemeral", "ephemeral", ephemeral),
    ("image", "image", image),
];

/// Upstream's `validateVolumeSource`: exactly one source, and that one by its own rules. Which it is.
fn source(volume: &Field<'_>, context: &Context<'_>, errs: &mut Errors) -> &'static str {
    let mut first = None;
    for (field, reported, check) in SOURCES {
        if !volume.has(field) {
            continue;
        }
        let source = volume.get(field);
        match first {
            None => {
                first = Some(*field);
                check(&source, context, errs);
            }
            Some(first) => {
                errs.forbidden(
                    &source,
                    format!("the volume already has the source {first}; it can have only one"),
                )
                .at(volume.path().field(*reported))
                .fix_remove();
            }
        }
        if *field == "iscsi" {
            iscsi_initiator_length(&source, &volume.get("name"), errs);
        }
    }
    if first.is_none() {
        let change = Change::Set { path: volume.path().field("emptyDir"), value: serde_json::json!({}) };
        errs.required(
            volume,
            "the volume needs a source, such as emptyDir, configMap or persistentVolumeClaim",
        )
        .fix("Make it an emptyDir", vec![change]);
    }
    first.unwrap_or_default()
}

/// `field.Required` if a text or list that must be there is absent or empty.
fn need(field: &Field<'_>, what: &str, errs: &mut Errors) {
    if field.is_empty() {
        errs.required(field, format!("{what} is missing"));
    }
}

/// A file mode: 0 to 0777 octal.
fn file_mode<'e>(field: &Field<'_>, errs: &'e mut Errors) -> Option<&'e mut Diagnostic> {
    let mode = field.int().filter(|mode| !(0..=0o777).contains(mode))?;
    let problem = errs
        .invalid(field, format!("the file mode {mode} ({mode:o} octal) is not from 0 to 0777 octal (511)"));
    // 644 was meant in octal.
    let digits = mode.to_string();
    if let Ok(octal) = i64::from_str_radix(&digits, 8)
        && digits.len() == 3
    {
        problem.fix_set(format!("Use {octal}, which is 0{digits} octal"), octal);
    }
    Some(problem)
}

fn empty_dir(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    let limit = source.get("sizeLimit");
    if Quantity::opt(&limit).is_some_and(|size| size.sign() < 0) {
        errs.forbidden(&limit, format!("the size limit {} is negative", limit.shown())).fix_remove();
    }
}

/// Upstream's `validateHostPathVolumeSource`.
fn host_path(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    const TYPES: [&str; 8] =
        ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];
    let path = source.get("path");
    if path.is_empty() {
        errs.required(&path, "the path on the node is missing");
        return;
    }
    no_backsteps(&path, None, errs);
    let kind = source.get("type");
    if kind.exists() && !TYPES.contains(&kind.str()) {
        errs.not_supported(&kind, &TYPES);
    }
}

/// Upstream's `validateGitRepoVolumeSource`.
fn git_repo(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("repository"), "the repository's URL", errs);
    local_descending_path(&source.get("directory"), None, errs);
}

/// Upstream's `validateGCEPersistentDiskVolumeSource`; the server says `persistentDisk` for the field.
fn gce_persistent_disk(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    let before = errs.found.len();
    need(&source.get("pdName"), "the disk's name", errs);
    in_range(&source.get("partition"), 0, 255, errs);
    for problem in &mut errs.found[before..] {
        if let Some((_, step)) = problem.place.split_last() {
            let path = source.path().parent().field("persistentDisk").then(step.clone());
            problem.at(path);
        }
    }
}

/// Upstream's `validateAWSElasticBlockStoreVolumeSource`.
fn aws_elastic_block_store(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("volumeID"), "the disk's id", errs);
    in_range(&source.get("partition"), 0, 255, errs);
}

/// Upstream's `validateSecretVolumeSource`.
fn secret(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("secretName"), "the Secret's name", errs);
    file_mode(&source.get("defaultMode"), errs);
    for item in source.get("items").items() {
        key_to_path(&item, errs);
    }
}

/// Upstream's `validateConfigMapVolumeSource`.
fn config_map(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("name"), "the ConfigMap's name", errs);
    file_mode(&source.get("defaultMode"), errs);
    for item in source.get("items").items() {
        key_to_path(&item, errs);
    }
}

/// Upstream's `validateKeyToPath`.
fn key_to_path(item: &Field<'_>, errs: &mut Errors) {
    let path = item.get("path");
    need(&item.get("key"), "the key to project", errs);
    need(&path, "the file's path in the volume", errs);
    local_non_reserved_path(&path, None, errs);
    file_mode(&item.get("mode"), errs);
}

/// Upstream's `validateNFSVolumeSource`.
fn nfs(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    let path = source.get("path");
    need(&source.get("server"), "the NFS server", errs);
    need(&path, "the exported path", errs);
    if !path.str().starts_with('/') {
        let problem = errs.invalid(&path, "the exported path must be absolute, from / on");
        if !path.is_empty() {
            problem.fix_set(format!("Use /{}", path.str()), format!("/{}", path.str()));
        }
    }
}

/// Upstream's `validateISCSIVolumeSource`.
fn iscsi(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("targetPortal"), "the target portal", errs);
    let iqn = source.get("iqn");
    if iqn.is_empty() {
        errs.required(&iqn, "the target's iSCSI name is missing");
    } else if !is_iscsi_name(iqn.str()) {
        errs.invalid(&iqn, format!("{} is no iSCSI name ({ISCSI_NAMES})", iqn.str()));
    }
    in_range(&source.get("lun"), 0, 255, errs);
    let secret = source.get("secretRef");
    let chap = source.get("chapAuthDiscovery").is_true() || source.get("chapAuthSession").is_true();
    if chap && !secret.exists() {
        errs.required(&secret, "CHAP authentication needs a Secret with the credentials");
    }
    let initiator = source.get("initiatorName");
    if initiator.exists() && !is_iscsi_name(initiator.str()) {
        // The server writes the field's name in small letters.
        errs.invalid(&initiator, format!("{} is no iSCSI name ({ISCSI_NAMES})", initiator.shown()))
            .at(source.path().field("initiatorname"));
    }
}

/// The node names the iSCSI session after the volume and the portal when it makes a new initiator.
fn iscsi_initiator_length(source: &Field<'_>, name: &Field<'_>, errs: &mut Errors) {
    let length = name.str().len() + 1 + source.get("targetPortal").str().len();
    if source.get("initiatorName").exists() && length > 64 {
        errs.invalid(name, format!("with an initiatorName, volume name and target portal may have 63 characters together, not {}", length - 1));
    }
}

const ISCSI_NAMES: &str = "iqn.2001-04.com.example:name, eui. and 16 digits or letters, or naa. and 32";

fn is_iscsi_name(name: &str) -> bool {
    // The server's patterns take any character after eui and naa; that of iqn may start anywhere in the name.
    let world_wide = |rest: &str, digits: usize| {
        let mut chars = rest.chars();
        chars.next().is_some_and(|c| c != '\n')
            && chars.as_str().len() == digits
            && chars.all(|c| c.is_ascii_alphanumeric())
    };
    match name.as_bytes() {
        [b'i', b'q', b'n', ..] => name.match_indices("iqn.").any(|(at, _)| is_iqn_tail(&name[at + 4..])),
        [b'e', b'u', b'i', ..] => world_wide(&name[3..], 16),
        [b'n', b'a', b'a', ..] => world_wide(&name[3..], 32),
        _ => false,
    }
}

/// `YYYY-MM.` and a domain of letters, digits, dashes and dots, then `:` and the target's own name.
fn is_iqn_tail(tail: &str) -> bool {
    let date = tail.as_bytes().get(..8).is_some_and(|date| {
        date.iter().enumerate().all(|(i, byte)| match i {
            4 => *byte == b'-',
            7 => *byte == b'.',
            _ => byte.is_ascii_digit(),
        })
    });
    let Some((domain, name)) = tail.get(8..).filter(|_| date).and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let in_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let in_name =
        |c: char| !matches!(c, ',' | ';' | '*' | '&' | '$' | '|' | ' ' | '\t' | '\n' | '\x0c' | '\r');
    !domain.is_empty() && domain.chars().all(in_domain) && !name.is_empty() && name.chars().all(in_name)
}

/// Upstream's `validateGlusterfsVolumeSource`.
fn glusterfs(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("endpoints"), "the name of the Endpoints", errs);
    need(&source.get("path"), "the volume's path", errs);
}

/// Upstream's `validateFlockerVolumeSource`.
fn flocker(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    let (name, uuid) = (source.get("datasetName"), source.get("datasetUUID"));
    if name.is_empty() && uuid.is_empty() {
        errs.required(source, "one of datasetName and datasetUUID is needed");
    }
    if !name.is_empty() && !uuid.is_empty() {
        errs.invalid(source, "datasetName and datasetUUID exclude one another")
            .fix("Remove datasetName", vec![Change::Remove { path: name.path() }]);
    }
    if name.str().contains('/') {
        errs.invalid(&name, format!("{} contains “/”", name.str()));
    }
}

/// Upstream's `validatePersistentClaimVolumeSource`.
fn persistent_volume_claim(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("claimName"), "the claim's name", errs);
}

/// Upstream's `validateRBDVolumeSource`.
fn rbd(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("monitors"), "the list of Ceph monitors", errs);
    need(&source.get("image"), "the RBD image", errs);
}

/// Upstream's `validateCinderVolumeSource`.
fn cinder(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("volumeID"), "the volume's id", errs);
    named_secret(&source.get("secretRef"), errs);
}

/// Upstream's `validateCephFSVolumeSource`.
fn cephfs(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("monitors"), "the list of Ceph monitors", errs);
}

fn named_secret(reference: &Field<'_>, errs: &mut Errors) {
    if reference.exists() {
        need(&reference.get("name"), "the Secret's name", errs);
    }
}

/// Upstream's `validateQuobyteVolumeSource`.
fn quobyte(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    let (registry, tenant) = (source.get("registry"), source.get("tenant"));
    if registry.is_empty() {
        errs.required(&registry, "the registry is missing: host:port pairs, separated by commas");
    } else if tenant.str().len() >= 65 {
        // The server calls a tenant that is too long a missing one.
        errs.required(&tenant, "the tenant must be a UUID of at most 64 characters");
    } else {
        for pair in registry.str().split(',').filter(|pair| !is_host_and_port(pair)) {
            errs.invalid(&registry, format!("{pair:?} is no host:port pair"));
        }
    }
    need(&source.get("volume"), "the volume's name", errs);
}

/// Whether Go's `net.SplitHostPort` takes the text: one colon outside brackets, brackets around a host with colons.
fn is_host_and_port(pair: &str) -> bool {
    let Some((host, port)) = pair.rsplit_once(':') else { return false };
    match host.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            Some((inside, "")) => !inside.contains('[') && !port.contains(['[', ']']),
            _ => false,
        },
        None => !host.contains([':', '[', ']']) && !port.contains(['[', ']']),
    }
}

/// Upstream's `validateDownwardAPIVolumeSource`.
fn downward_api(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    file_mode(&source.get("defaultMode"), errs);
    for file in source.get("items").items() {
        downward_api_file(&file, source, errs);
    }
}

/// Upstream's `validateDownwardAPIVolumeFile`. The server leaves `items[i]` out of the paths.
fn downward_api_file(file: &Field<'_>, source: &Field<'_>, errs: &mut Errors) {
    const FIELDS: [&str; 5] =
        ["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"];
    let before = errs.found.len();
    let (path, field_ref, resource_ref) =
        (file.get("path"), file.get("fieldRef"), file.get("resourceFieldRef"));
    need(&path, "the file's path in the volume", errs);
    local_non_reserved_path(&path, None, errs);
    if field_ref.exists() {
        env::object_field_selector(&field_ref, &FIELDS, errs);
        if resource_ref.exists() {
            errs.invalid(file, "fieldRef and resourceFieldRef exclude one another")
                .fix("Remove resourceFieldRef", vec![Change::Remove { path: resource_ref.path() }]);
        }
    } else if resource_ref.exists() {
        env::resource_field_selector(&resource_ref, env::Selects::FromVolume, errs);
    } else {
        errs.required(file, "the file needs a content: fieldRef or resourceFieldRef");
    }
    file_mode(&file.get("mode"), errs);
    let (short, depth) = (source.path(), file.path().steps().len());
    for problem in &mut errs.found[before..] {
        let rest = problem.path.steps().iter().skip(depth).cloned();
        let path = short.steps().iter().cloned().chain(rest).collect::<Vec<_>>();
        problem.at(Path::from(path));
    }
}

/// Upstream's `validateFCVolumeSource`.
fn fc(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    let (targets, ids, lun) = (source.get("targetWWNs"), source.get("wwids"), source.get("lun"));
    if targets.is_empty() && ids.is_empty() {
        errs.required(&targets, "one of targetWWNs and wwids is needed");
    }
    if !targets.is_empty() && !ids.is_empty() {
        errs.invalid(&targets, "targetWWNs and wwids exclude one another").fix_remove();
    }
    if !targets.is_empty() {
        if lun.exists() {
            in_range(&lun, 0, 255, errs);
        } else {
            errs.required(&lun, "targetWWNs needs a lun as well");
        }
    }
}

/// Upstream's `validateFlexVolumeSource`.
fn flex_volume(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("driver"), "the driver's name", errs);
    for (key, value) in source.get("options").entries() {
        let owner = format!(".{}", key.split_once('/').map_or(key, |(owner, _)| owner).to_lowercase());
        if owner.ends_with(".kubernetes.io") || owner.ends_with(".k8s.io") {
            errs.invalid(
                &value,
                format!("the option {key} is in a namespace that Kubernetes keeps for itself"),
            )
            .fix_remove();
        }
    }
}

/// Upstream's `validateAzureFile`.
fn azure_file(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("secretName"), "the Secret's name", errs);
    need(&source.get("shareName"), "the share's name", errs);
}

/// Upstream's `validateVsphereVolumeSource`.
fn vsphere_volume(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("volumePath"), "the volume's path", errs);
}

/// Upstream's `validatePhotonPersistentDiskVolumeSource`.
fn photon_persistent_disk(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("pdID"), "the disk's id", errs);
}

/// Upstream's `validatePortworxVolumeSource`.
fn portworx_volume(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("volumeID"), "the volume's id", errs);
}

/// Upstream's `validateAzureDisk`.
fn azure_disk(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    const CACHING: [&str; 3] = ["None", "ReadOnly", "ReadWrite"];
    const KINDS: [&str; 3] = ["Dedicated", "Managed", "Shared"];
    const MANAGED: &str =
        "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
    const BLOB: &str = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
    let (uri, caching, kind) = (source.get("diskURI"), source.get("cachingMode"), source.get("kind"));
    need(&source.get("diskName"), "the disk's name", errs);
    need(&uri, "the disk's URI", errs);
    if caching.exists() && !CACHING.contains(&caching.str()) {
        errs.not_supported(&caching, &CACHING);
    }
    if kind.exists() && !KINDS.contains(&kind.str()) {
        errs.not_supported(&kind, &KINDS);
    }
    let managed = kind.str() == "Managed";
    if kind.exists() && managed && !uri.str().starts_with("/subscriptions/") {
        errs.not_supported(&uri, &[MANAGED]);
    }
    if kind.exists() && !managed && !uri.str().starts_with("https://") {
        errs.not_supported(&uri, &[BLOB]);
    }
}

/// Upstream's `validateStorageOSVolumeSource`.
fn storageos(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    let (name, namespace) = (source.get("volumeName"), source.get("volumeNamespace"));
    if name.is_empty() {
        errs.required(&name, "the volume's name is missing");
    } else {
        dns_label(&name, errs);
    }
    if !namespace.is_empty() {
        dns_label(&namespace, errs);
    }
    named_secret(&source.get("secretRef"), errs);
}

/// Upstream's `validateScaleIOVolumeSource`.
fn scale_io(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    need(&source.get("gateway"), "the gateway's address", errs);
    need(&source.get("system"), "the storage system's name", errs);
    need(&source.get("volumeName"), "the volume's name", errs);
}

/// Upstream's `validateCSIVolumeSource`.
fn csi(source: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    csi_driver_name(&source.get("driver"), errs);
    let reference = source.get("nodePublishSecretRef");
    let name = reference.get("name");
    if reference.exists() && name.is_empty() {
        errs.required(&name, "the Secret's name is missing");
    } else if reference.exists() {
        // The server reports the name beside the reference, not in it.
        let before = errs.found.len();
        dns_subdomain(&name, errs);
        for problem in &mut errs.found[before..] {
            problem.at(source.path().field("name"));
        }
    }
}

/// Upstream's `ValidateCSIDriverName`: any case will do.
fn csi_driver_name(driver: &Field<'_>, errs: &mut Errors) {
    if driver.is_empty() {
        errs.required(driver, "the CSI driver's name is missing");
        return;
    }
    if driver.str().len() > 63 {
        errs.too_long(driver, 63);
    }
    for problem in names::dns_subdomain(&driver.str().to_lowercase()) {
        errs.invalid(driver, problem);
    }
}

/// Upstream's `validateImageVolumeSource`: a template may leave the reference to whoever makes Pods of it.
fn image(source: &Field<'_>, context: &Context<'_>, errs: &mut Errors) {
    let reference = source.get("reference");
    if context.is_pod {
        need(&reference, "the reference of the image", errs);
    }
    container::pull_policy(&source.get("pullPolicy"), errs);
}

/// Upstream's `validateProjectedVolumeSource` and `validateProjectionSources`.
fn projected(projected: &Field<'_>, _: &Context<'_>, errs: &mut Errors) {
    file_mode(&projected.get("defaultMode"), errs);
    let mut paths = HashSet::new();
    for source in projected.get("sources").items() {
        let kinds = [
            "secret",
            "configMap",
            "downwardAPI",
            "serviceAccountToken",
            "clusterTrustBundle",
            "podCertificate",
        ];
        for name in ["secret", "configMap"] {
            let projection = source.get(name);
            if !projection.exists() {
                continue;
            }
            need(&projection.get("name"), &format!("the {name}'s name"), errs);
            for item in projection.get("items").items() {
                key_to_path(&item, errs);
                unique_path(&item.get("path"), projected, &mut paths, errs);
            }
        }
        let downward = source.get("downwardAPI");
        for file in downward.get("items").items() {
            downward_api_file(&file, &downward, errs);
            unique_path(&file.get("path"), projected, &mut paths, errs);
        }
        if source.has("serviceAccountToken") {
            service_account_token(&source.get("serviceAccountToken"), projected, errs);
        }
        if source.has("clusterTrustBundle") {
            cluster_trust_bundle(&source.get("clusterTrustBundle"), projected, &mut paths, errs);
        }
        if source.has("podCertificate") {
            pod_certificate(&source.get("podCertificate"), projected, &mut paths, errs);
        }
        let given: Vec<_> = kinds.into_iter().filter(|kind| source.has(kind)).collect();
        if given.len() > 1 {
            errs.forbidden(
                &source,
                format!("a source can be only one of {}: make each an item of its own", given.join(", ")),
            );
        }
    }
}

/// Two files of a projected volume cannot have one path; the server reports the volume, not the file.
fn unique_path<'a>(path: &Field<'a>, projected: &Field<'a>, paths: &mut HashSet<&'a str>, errs: &mut Errors) {
    if !path.is_empty() && !paths.insert(path.str()) {
        errs.invalid(path, format!("another source already puts a file at {}", path.str()))
            .at(projected.path());
    }
}

fn service_account_token(token: &Field<'_>, projected: &Field<'_>, errs: &mut Errors) {
    let (expiration, path) = (token.get("expirationSeconds"), token.get("path"));
    in_range(&expiration, 600, 1 << 32, errs);
    // The server leaves the source out of the path's path.
    let odd = projected.path().field("path");
    if path.is_empty() {
        errs.required(&path, "the token file's path in the volume is missing").at(odd);
    } else {
        local_non_reserved_path(&path, Some(&odd), errs);
    }
}

fn cluster_trust_bundle<'a>(
    bundle: &Field<'a>,
    projected: &Field<'a>,
    paths: &mut HashSet<&'a str>,
    errs: &mut Errors,
) {
    let (name, signer, labels, path) =
        (bundle.get("name"), bundle.get("signerName"), bundle.get("labelSelector"), bundle.get("path"));
    match (name.exists(), signer.exists()) {
        (true, true) => {
            errs.invalid(bundle, "name and signerName exclude one another")
                .fix("Remove signerName", vec![Change::Remove { path: signer.path() }]);
        }
        (true, false) => {
            if name.is_empty() {
                errs.required(&name, "the bundle's name is empty");
            }
            for problem in bundle_name(name.str()) {
                errs.invalid(&name, problem);
            }
            if labels.exists() {
                errs.invalid(&labels, "a label selector goes with signerName, not with name").fix_remove();
            }
        }
        (false, true) => {
            if signer.is_empty() {
                errs.required(&signer, "the signer's name is empty");
            }
            signer_name(&signer, errs);
            meta::label_selector(&labels, errs);
        }
        (false, false) => {
            errs.required(bundle, "the bundle needs a name or a signerName");
        }
    }
    need(&path, "the file's path in the volume", errs);
    local_non_reserved_path(&path, None, errs);
    // The empty path takes part here.
    if !paths.insert(path.str()) {
        errs.invalid(&path, format!("another source already puts a file at {}", path.shown()))
            .at(projected.path());
    }
}

/// Upstream's `ValidateClusterTrustBundleName`: a bundle of a signer is called `domain:path:name`, the signer's slash
/// being a colon; only what follows the last colon is looked at.
fn bundle_name(name: &str) -> names::Faults {
    names::dns_subdomain(name.rsplit_once(':').map_or(name, |(_, last)| last))
}

/// Upstream's `ValidateSignerName` (certificates API): `domain.with.a.dot/path`.
fn signer_name(signer: &Field<'_>, errs: &mut Errors) {
    const LIMIT: usize = 571;
    let name = signer.str();
    if name.is_empty() {
        errs.required(signer, "the signer's name is missing");
    }
    let segments: Vec<&str> = name.split('/').collect();
    let [domain, path] = segments[..] else {
        errs.invalid(
            signer,
            format!("{name} is no signer's name: a domain, “/” and a path, such as example.com/my-signer"),
        );
        return;
    };
    if name.len() > LIMIT {
        errs.too_long(signer, LIMIT);
    }
    for problem in names::dns_subdomain(domain) {
        errs.invalid(signer, format!("the signer's domain: {problem}"));
    }
    if !domain.contains('.') {
        errs.invalid(signer, format!("the signer's domain {domain} has no dot"));
    }
    for problem in path.split('.').flat_map(names::dns_subdomain) {
        errs.invalid(signer, format!("the signer's path: {problem}"));
    }
}

fn pod_certificate<'a>(
    certificate: &Field<'a>,
    projected: &Field<'a>,
    paths: &mut HashSet<&'a str>,
    errs: &mut Errors,
) {
    const KEY_TYPES: [&str; 6] = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
    signer_name(&certificate.get("signerName"), errs);
    let key_type = certificate.get("keyType");
    if !KEY_TYPES.contains(&key_type.str()) {
        errs.not_supported(&key_type, &KEY_TYPES);
    }
    in_range(&certificate.get("maxExpirationSeconds"), 3600, 91 * 24 * 3600, errs);
    let files = ["credentialBundlePath", "keyPath", "certificateChainPath"].map(|name| certificate.get(name));
    if files.iter().all(Field::is_empty) {
        errs.required(certificate, "one of credentialBundlePath, keyPath and certificateChainPath is needed");
    }
    for path in files.iter().filter(|path| !path.is_empty()) {
        local_non_reserved_path(path, None, errs);
        unique_path(path, projected, paths, errs);
    }
    for (key, _) in certificate.get("userAnnotations").entries() {
        let at = certificate.get("userAnnotations").key(key);
        for problem in names::qualified_name(&key.to_lowercase()) {
            errs.invalid(&at, problem);
        }
    }
}

/// Upstream's `validateEphemeralVolumeSource`, and the name of the claim that the volume brings along.
fn ephemeral(source: &Field<'_>, context: &Context<'_>, errs: &mut Errors) {
    let template = source.get("volumeClaimTemplate");
    if template.exists() {
        claim_template_meta(&template.get("metadata"), errs);
        claim_spec(&template.get("spec"), errs);
    } else {
        errs.required(&template, "the template of the volume's claim is missing");
    }
    let Some(pod) = context.pod_name.filter(|_| !context.volume_name.is_empty()) else { return };
    for problem in names::dns_subdomain(&format!("{pod}-{}", context.volume_name)) {
        errs.invalid(
            source,
            format!("the claim {pod}-{} cannot be named so: {problem}", context.volume_name),
        )
        .at(source.path().parent().field("name"));
    }
}

/// Upstream's `ValidateTemplateObjectMeta`: labels and annotations, nothing else.
fn claim_template_meta(metadata: &Field<'_>, errs: &mut Errors) {
    meta::annotations(&metadata.get("annotations"), errs);
    meta::labels(&metadata.get("labels"), errs);
    for field in metadata.fields() {
        let name = field.def().map_or("", |def| def.name);
        // An empty list and a grace period of 0 count as set, other empty values do not: Go's zero values.
        let set = match field.kind() {
            Kind::List(_) => field.exists(),
            _ if name == "deletionGracePeriodSeconds" => field.exists(),
            _ => !field.is_empty() && field.int() != Some(0),
        };
        if !set || matches!(name, "annotations" | "labels") {
            continue;
        }
        // The server derives the name from Go's `UID`.
        let reported = if name == "uid" { "uID" } else { name };
        errs.forbidden(
            &field,
            format!("the claim's {name} is the server's to set; only labels and annotations may stand here"),
        )
        .at(metadata.path().field(reported))
        .fix_remove();
    }
}

/// Upstream's `ValidatePersistentVolumeClaimSpec`, as it stands for templates.
pub fn claim_spec(spec: &Field<'_>, errs: &mut Errors) {
    const ACCESS_MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
    const VOLUME_MODES: [&str; 2] = ["Block", "Filesystem"];
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        let change = Change::Set { path: modes.path(), value: serde_json::json!(["ReadWriteOnce"]) };
        errs.required(&modes, "a claim needs an access mode").fix("Use ReadWriteOnce", vec![change]);
    }
    meta::label_selector(&spec.get("selector"), errs);
    for mode in modes.items().filter(|mode| !ACCESS_MODES.contains(&mode.str())) {
        // The server leaves the index out.
        errs.not_supported(&mode, &ACCESS_MODES).at(modes.path());
    }
    let known = |mode: &Field<'_>| ACCESS_MODES[..3].contains(&mode.str());
    if modes.items().any(|mode| mode.str() == "ReadWriteOncePod") && modes.items().any(|mode| known(&mode)) {
        errs.forbidden(&modes, "ReadWriteOncePod excludes every other access mode");
    }
    let storage = spec.get("resources").get("requests").key("storage");
    // The server leaves `requests` out of the path.
    let odd = spec.path().field("resources").key("storage");
    match Quantity::opt(&storage) {
        None => {
            errs.required(&storage, "a claim needs a size: resources.requests.storage")
                .at(odd)
                .fix_set("Ask for 1Gi", "1Gi");
        }
        Some(size) if size.sign() <= 0 => {
            errs.invalid(&storage, format!("the size {} is not greater than zero", storage.shown())).at(odd);
        }
        Some(_) => {}
    }
    let class = spec.get("storageClassName");
    if !class.is_empty() {
        dns_subdomain(&class, errs);
    }
    let mode = spec.get("volumeMode");
    if mode.exists() && !VOLUME_MODES.contains(&mode.str()) {
        errs.not_supported(&mode, &VOLUME_MODES);
    }
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    data_source(&source, errs);
    data_source(&reference, errs);
    let namespace = reference.get("namespace");
    if !namespace.is_empty() {
        if source.exists() {
            errs.invalid(spec, "dataSource cannot stand beside a dataSourceRef with a namespace")
                .fix("Remove dataSource", vec![Change::Remove { path: source.path() }]);
        }
    } else if source.exists() && reference.exists() {
        let group = |of: &Field<'_>| of.get("apiGroup").opt_str().map(str::to_owned);
        let same = |name| source.get(name).str() == reference.get(name).str();
        if group(&source) != group(&reference) || !same("kind") || !same("name") {
            errs.invalid(spec, "dataSource and dataSourceRef name different things; they must agree")
                .fix("Remove dataSource", vec![Change::Remove { path: source.path() }]);
        }
    }
    let attributes = spec.get("volumeAttributesClassName");
    if !attributes.is_empty() && attributes.def().is_some_and(|def| attributes.schema().keeps(def)) {
        dns_subdomain(&attributes, errs);
    }
}

/// Upstream's `validateDataSource` and `validateDataSourceRef`.
fn data_source(source: &Field<'_>, errs: &mut Errors) {
    if !source.exists() {
        return;
    }
    let (name, kind, group, namespace) =
        (source.get("name"), source.get("kind"), source.get("apiGroup"), source.get("namespace"));
    need(&name, "the source's name", errs);
    need(&kind, "the source's kind", errs);
    if group.is_empty() && kind.str() != "PersistentVolumeClaim" {
        errs.invalid(
            source,
            format!(
                "{} needs an apiGroup; without one, only a PersistentVolumeClaim can be meant",
                kind.shown()
            ),
        );
    }
    if !group.is_empty() {
        dns_subdomain(&group, errs);
    }
    if !namespace.is_empty() {
        dns_label(&namespace, errs);
    }
}

/// Upstream's `validatePathNoBacksteps`: no element of the path is `..`. Whether the path passes.
pub fn no_backsteps(path: &Field<'_>, odd: Option<&Path>, errs: &mut Errors) -> bool {
    if path.str().split('/').all(|element| element != "..") {
        return true;
    }
    let problem = errs.invalid(path, format!("{} steps up with “..”", path.str()));
    if let Some(odd) = odd {
        problem.at(odd.clone());
    }
    false
}

/// Upstream's `validateLocalDescendingPath`: relative, without `..`. `odd` is the path under which the server reports.
pub fn local_descending_path(path: &Field<'_>, odd: Option<&Path>, errs: &mut Errors) {
    if path.str().starts_with('/') {
        let relative = path.str().trim_start_matches('/');
        let problem = errs.invalid(path, format!("{} is absolute; the path must be relative", path.str()));
        if !relative.is_empty() && relative.split('/').all(|element| !element.starts_with("..")) {
            problem.fix_set(format!("Use {relative}"), relative);
        }
        if let Some(odd) = odd {
            problem.at(odd.clone());
        }
    }
    no_backsteps(path, odd, errs);
}

/// Upstream's `ValidateLocalNonReservedPath`: relative, without `..`, and not starting with `..` either, which the
/// kubelet keeps for its own files.
pub fn local_non_reserved_path(path: &Field<'_>, odd: Option<&Path>, errs: &mut Errors) {
    local_descending_path(path, odd, errs);
    if path.str().starts_with("..") && !path.str().starts_with("../") {
        let problem =
            errs.invalid(path, format!("{} starts with “..”, which is kept for the kubelet", path.str()));
        if let Some(odd) = odd {
            problem.at(odd.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iscsi_names_are_told_from_others() {
        for name in [
            "iqn.2001-04.com.example:storage.disk1",
            "iqn.2001-04.com:x",
            "eui.02004567A425678D",
            "naa.0123456789abcdef0123456789abcdef",
        ] {
            assert!(is_iscsi_name(name), "{name}");
        }
        for name in [
            "",
            "iqn",
            "iqn.2001-04.com.example",
            "iqn.20x1-04.com:x",
            "iqn.2001-04.com:a b",
            "eui.0200",
            "naa.01",
            "wwn.1",
        ] {
            assert!(!is_iscsi_name(name), "{name}");
        }
    }

    #[test]
    fn host_and_port_are_told_from_others() {
        for pair in ["a:1", ":1", "a:", "[::1]:80", "host:name"] {
            assert!(is_host_and_port(pair), "{pair}");
        }
        for pair in ["", "a", "a:b:1", "::1:80", "[::1]", "[::1", "a]:1", "[a]b:1"] {
            assert!(!is_host_and_port(pair), "{pair}");
        }
    }
}
