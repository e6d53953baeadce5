//! Mounts: where a container sees the pod's volumes, as files or as block devices.

use super::volume::{Volumes, local_descending_path, no_backsteps};
use crate::diagnostic::{Errors, nearest};
use crate::object::Field;
use crate::yaml::Change;
use std::collections::HashSet;

/// Upstream's `ValidateVolumeMounts`. The server leaves the index out of some of the paths.
pub fn volume_mounts(container: &Field<'_>, volumes: &Volumes<'_>, errs: &mut Errors) {
    let mounts = container.get("volumeMounts");
    let devices = Taken::by(&container.get("volumeDevices"), "devicePath");
    let mut paths = HashSet::new();
    for mount in mounts.items() {
        let (name, path) = (mount.get("name"), mount.get("mountPath"));
        let (sub_path, sub_path_expr) = (mount.get("subPath"), mount.get("subPathExpr"));
        if name.is_empty() {
            errs.required(&name, "the name of the volume to mount is missing");
        }
        if !volumes.contains_key(name.str()) {
            no_such_volume(&name, volumes, errs);
        }
        if path.is_empty() {
            errs.required(&path, "the path at which the container sees the volume is missing");
        }
        if !paths.insert(path.str()) {
            errs.invalid(&path, format!("another volume is already mounted at {}", path.shown()));
        }
        if devices.names.contains(name.str()) {
            errs.invalid(
                &name,
                format!(
                    "{} is a block device of this container already; it cannot be mounted too",
                    name.shown()
                ),
            );
        }
        if devices.paths.contains(path.str()) {
            errs.invalid(
                &path,
                format!("a block device of this container already has the path {}", path.shown()),
            );
        }
        if image_volumes_are_mounted_whole(&mount) && volumes.get(name.str()) == Some(&"image") {
            for part in [&sub_path, &sub_path_expr].into_iter().filter(|part| !part.is_empty()) {
                errs.invalid(part, "an image volume can only be mounted as a whole before 1.33").fix_remove();
            }
        }
        if !sub_path.is_empty() {
            local_descending_path(&sub_path, Some(&mounts.path().field("subPath")), errs);
        }
        if !sub_path_expr.is_empty() {
            if !sub_path.is_empty() {
                errs.invalid(&sub_path_expr, "subPath and subPathExpr exclude one another")
                    .fix_remove()
                    .fix("Remove subPath", vec![Change::Remove { path: sub_path.path() }]);
            }
            local_descending_path(&sub_path_expr, Some(&mounts.path().field("subPathExpr")), errs);
        }
        mount_propagation(&mount, &mounts, container, errs);
        recursive_read_only(&mount, &mounts, errs);
    }
}

/// The names and the paths of the other list, with which a mount or device must not collide.
struct Taken<'a> {
    names: HashSet<&'a str>,
    paths: HashSet<&'a str>,
}

impl<'a> Taken<'a> {
    /// The server compares with one path for each name: the last one given.
    fn by(list: &Field<'a>, path: &'static str) -> Taken<'a> {
        let mut taken = Taken { names: HashSet::new(), paths: HashSet::new() };
        for item in list.items().rev() {
            if taken.names.insert(item.get("name").str()) {
                taken.paths.insert(item.get(path).str());
            }
        }
        taken
    }
}

/// Sub-paths of image volumes came with the beta of `ImageVolume`.
fn image_volumes_are_mounted_whole(mount: &Field<'_>) -> bool {
    mount.schema().version.minor() < 33
}

fn no_such_volume(name: &Field<'_>, volumes: &Volumes<'_>, errs: &mut Errors) {
    // Of very many volumes none is likely to be meant.
    const LISTED: usize = 32;
    let mut known: Vec<&str> = volumes.keys().copied().filter(|_| volumes.len() <= LISTED).collect();
    known.sort_unstable();
    let message = match known.as_slice() {
        [] => format!("the pod has no volume {} that is without fault", name.shown()),
        known => {
            format!(
                "the pod has no volume {} that is without fault; it has {}",
                name.shown(),
                known.join(", ")
            )
        }
    };
    let problem = errs.not_found(name, message);
    if let Some(near) = nearest(name.str(), &known) {
        problem.fix_set(format!("Did you mean {near}?"), near);
    } else if let [only] = known.as_slice() {
        problem.fix_set(format!("Use {only}"), *only);
    }
}

/// Upstream's `validateMountPropagation`.
fn mount_propagation(mount: &Field<'_>, mounts: &Field<'_>, container: &Field<'_>, errs: &mut Errors) {
    const MODES: [&str; 3] = ["Bidirectional", "HostToContainer", "None"];
    let field = mount.get("mountPropagation");
    if !field.exists() {
        return;
    }
    let odd = mounts.path().field("mountPropagation");
    if !MODES.contains(&field.str()) {
        errs.not_supported(&field, &MODES).at(odd.clone());
    }
    if field.str() == "Bidirectional" && !container.get("securityContext").get("privileged").is_true() {
        errs.forbidden(&field, "only a privileged container can pass its mounts on to the node")
            .at(odd)
            .fix_set("Use HostToContainer", "HostToContainer");
    }
}

/// Upstream's `validateMountRecursiveReadOnly`.
fn recursive_read_only(mount: &Field<'_>, mounts: &Field<'_>, errs: &mut Errors) {
    const MODES: [&str; 3] = ["Disabled", "Enabled", "IfPossible"];
    let field = mount.get("recursiveReadOnly");
    if !field.exists() {
        return;
    }
    let odd = mounts.path().field("recursiveReadOnly");
    match field.opt_str() {
        Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            if !mount.get("readOnly").is_true() {
                let change = Change::Set { path: mount.get("readOnly").path(), value: true.into() };
                errs.forbidden(&field, "only a read-only mount can be recursively read-only")
                    .at(odd.clone())
                    .fix("Set readOnly to true", vec![change]);
            }
            let propagation = mount.get("mountPropagation");
            if propagation.exists() && propagation.str() != "None" {
                errs.forbidden(&field, "a recursively read-only mount cannot have mount propagation")
                    .at(odd)
                    .fix("Remove mountPropagation", vec![Change::Remove { path: propagation.path() }]);
            }
        }
        _ => {
            errs.not_supported(&field, &MODES).at(odd);
        }
    }
}

/// Upstream's `ValidateVolumeDevices`.
pub fn volume_devices(container: &Field<'_>, volumes: &Volumes<'_>, errs: &mut Errors) {
    let devices = container.get("volumeDevices");
    if devices.is_empty() {
        return;
    }
    let mounts = Taken::by(&container.get("volumeMounts"), "mountPath");
    let (mut names, mut paths) = (HashSet::new(), HashSet::new());
    for device in devices.items() {
        let (name, path) = (device.get("name"), device.get("devicePath"));
        if name.is_empty() {
            errs.required(&name, "the name of the volume is missing");
        }
        if names.contains(name.str()) {
            errs.invalid(&name, format!("{} is listed twice", name.shown()));
        }
        match volumes.get(name.str()) {
            Some(source) if !["persistentVolumeClaim", "ephemeral"].contains(source) => {
                errs.invalid(
                    &name,
                    "only a persistentVolumeClaim or an ephemeral volume can be a block device",
                );
            }
            Some(_) => {}
            None => no_such_volume(&name, volumes, errs),
        }
        if path.is_empty() {
            errs.required(&path, "the path at which the container sees the device is missing");
        }
        if paths.contains(path.str()) {
            errs.invalid(&path, format!("another device already has the path {}", path.shown()));
        }
        if path.is_empty() || no_backsteps(&path, None, errs) {
            paths.insert(path.str());
        }
        if mounts.names.contains(name.str()) {
            errs.invalid(
                &name,
                format!("{} is mounted in this container already; it cannot be a device too", name.shown()),
            );
        }
        if mounts.paths.contains(path.str()) {
            errs.invalid(&path, format!("a volume of this container is already mounted at {}", path.shown()));
        }
        if !name.is_empty() {
            names.insert(name.str());
        }
    }
}
