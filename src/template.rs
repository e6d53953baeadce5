//! The patterns: manifests to start from, or to add to the pod that is open. Format: `templates/README.md`.

use crate::document::Document;
use crate::path::Path;
use crate::schema::{Lang, Version};
use crate::yaml::{self, Change, Sharing};
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The patterns that come with Podwright, in the gallery's order: id and file.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("pod", include_str!("../templates/pod.yaml")),
    ("init", include_str!("../templates/init.yaml")),
    ("sidecar", include_str!("../templates/sidecar.yaml")),
    ("sidecar-classic", include_str!("../templates/sidecar-classic.yaml")),
    ("ambassador", include_str!("../templates/ambassador.yaml")),
    ("adapter", include_str!("../templates/adapter.yaml")),
    ("node-agent", include_str!("../templates/node-agent.yaml")),
    ("hardened", include_str!("../templates/hardened.yaml")),
    ("log-agent", include_str!("../templates/log-agent.yaml")),
];

/// A manifest to start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Its id: the file's name without `.yaml`.
    pub id: String,
    /// Its name, English and Chinese.
    pub title: [String; 2],
    /// When to use it, English and Chinese; empty if the file does not tell.
    pub when: [String; 2],
    /// The container that stands for the user's own application.
    pub app: Option<String>,
    /// Fields of the pod spec that its containers cannot do without.
    pub pod_fields: Vec<String>,
    /// The manifest, header left out.
    pub text: String,
    /// Whether it is one of the user's own.
    pub own: bool,
}

/// How a container takes part in a pattern, for the gallery's drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs to its end before the others start.
    Init,
    /// A restartable init container (native sidecar): starts before the others and stays.
    Sidecar,
    /// The user's own application.
    App,
    /// Runs beside the application.
    Helper,
}

/// What the gallery draws of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch {
    /// The containers in start order.
    pub containers: Vec<(String, Role)>,
    /// Volumes with the containers that mount them.
    pub volumes: Vec<(String, Vec<String>)>,
    /// The kind of object, `Pod` or `DaemonSet`.
    pub kind: String,
    /// Whether it shares the node's network.
    pub host_network: bool,
}

/// The built-in patterns.
pub fn built_in() -> Vec<Pattern> {
    BUILT_IN.iter().map(|(id, text)| Pattern::read(id, text, Origin::BuiltIn)).collect()
}

/// Where a pattern comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Podwright itself.
    BuiltIn,
    /// The user's own folder.
    Own,
}

impl Pattern {
    /// Reads a template file; the header is optional.
    pub fn read(id: &str, file: &str, origin: Origin) -> Pattern {
        let file = file.strip_prefix('\u{feff}').unwrap_or(file);
        let mut pattern = Pattern {
            id: id.to_owned(),
            title: [id.to_owned(), id.to_owned()],
            when: Default::default(),
            app: None,
            pod_fields: Vec::new(),
            text: String::new(),
            own: origin == Origin::Own,
        };
        let mut rest = file;
        if file.starts_with("# podwright:") {
            while let Some((key, value, after)) = header_line(rest) {
                match key {
                    "title" => pattern.title = both(value),
                    "when" => pattern.when = both(value),
                    "app" => pattern.app = Some(value.to_owned()),
                    "pod-fields" => {
                        pattern.pod_fields = value.split_whitespace().map(str::to_owned).collect()
                    }
                    _ => {}
                }
                rest = after;
            }
            rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest);
        }
        pattern.text = rest.to_owned();
        pattern
    }

    /// The pattern's name in a language.
    pub fn title(&self, lang: Lang) -> &str {
        &self.title[lang as usize]
    }

    /// When to use the pattern, in a language.
    pub fn when(&self, lang: Lang) -> &str {
        &self.when[lang as usize]
    }

    /// The manifest with `metadata.name` set to `name`, everything else as written. A name within the pattern that
    /// repeats the old one in labels and selectors follows.
    pub fn manifest(&self, name: Option<&str>) -> Result<String, yaml::Refusal> {
        let Some(name) = name else { return Ok(self.text.clone()) };
        let document = Document::new(self.text.clone(), Version::NEWEST);
        let Some(data) = document.data(0) else { return Ok(self.text.clone()) };
        let path = Path::root().field("metadata").field("name");
        let mut changes = vec![Change::Set { path: path.clone(), value: name.into() }];
        let old = data.at(&path).map(yaml::Data::to_json);
        for labels in ["metadata.labels", "spec.selector.matchLabels", "spec.template.metadata.labels"] {
            let labels: Path = labels.parse().unwrap_or_default();
            if let Some(Json::Object(map)) = data.at(&labels).map(yaml::Data::to_json) {
                let same = map.iter().filter(|(_, value)| Some(*value) == old.as_ref());
                changes
                    .extend(same.map(|(key, _)| Change::Set { path: labels.key(key), value: name.into() }));
            }
        }
        let order = document.key_order(0);
        let applied = yaml::apply(&self.text, 0, &changes, &order, Sharing::Everywhere)?;
        Ok(yaml::edited(&self.text, &applied.edits))
    }

    /// What the gallery draws.
    pub fn sketch(&self) -> Sketch {
        let document = Document::new(self.text.clone(), Version::NEWEST);
        let (Some(root), Some(path)) = (document.written(0), document.pod_spec(0)) else {
            return Sketch::default();
        };
        let spec = root.at(&path);
        let mut sketch = Sketch {
            kind: root.get("kind").str().to_owned(),
            host_network: spec.get("hostNetwork").is_true(),
            ..Sketch::default()
        };
        let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (list, init) in [("initContainers", true), ("containers", false)] {
            for container in spec.get(list).items() {
                let name = container.get("name").str().to_owned();
                let role = match (init, container.get("restartPolicy").str()) {
                    (true, "Always") => Role::Sidecar,
                    (true, _) => Role::Init,
                    // Without a stand-in, the containers of a pattern are the application themselves.
                    _ if self.app.as_ref().is_none_or(|app| *app == name) => Role::App,
                    _ => Role::Helper,
                };
                for mount in container.get("volumeMounts").items() {
                    users.entry(mount.get("name").str().to_owned()).or_default().push(name.clone());
                }
                sketch.containers.push((name, role));
            }
        }
        for volume in spec.get("volumes").items() {
            let name = volume.get("name").str();
            sketch.volumes.push((name.to_owned(), users.remove(name).unwrap_or_default()));
        }
        sketch
    }

    /// The changes that add this pattern to a document that holds a pod: its containers but the one that stands for the
    /// application, the volumes they mount, and for the pod's first container the application's variables and its mounts
    /// of those volumes. Names that are taken get a number, and references follow.
    ///
    /// Fails with a sentence if the pattern or the document holds no pod.
    pub fn join(&self, document: &Document, index: usize) -> Result<Vec<Change>, String> {
        let pattern = Document::new(self.text.clone(), document.version);
        let from = pod_of(&pattern, 0).ok_or_else(|| format!("the template {} holds no pod", self.id))?.1;
        let (path, into) = pod_of(document, index)
            .ok_or_else(|| "this document holds no pod to add the pattern to".to_owned())?;
        Ok(Join { from: &from, into: &into, path, changes: Vec::new() }.run(self))
    }
}

/// The changes that add all containers of another manifest to a document that holds a pod, with the volumes they mount.
pub fn join_manifest(text: &str, document: &Document, index: usize) -> Result<Vec<Change>, String> {
    Pattern::read("the dropped file", text, Origin::Own).join(document, index)
}

fn pod_of(document: &Document, index: usize) -> Option<(Path, Json)> {
    let path = document.pod_spec(index)?;
    let spec = document.data(index)?.at(&path)?.to_json();
    spec.is_object().then_some((path, spec))
}

fn header_line(text: &str) -> Option<(&str, &str, &str)> {
    let end = text.find('\n').map_or(text.len(), |i| i + 1);
    let (key, value) = text[..end].trim_end().strip_prefix("# ")?.split_once(": ")?;
    key.chars().all(|c| c.is_ascii_lowercase() || c == '-').then_some((key, value.trim(), &text[end..]))
}

fn both(value: &str) -> [String; 2] {
    let (en, zh) = value.split_once(" | ").unwrap_or((value, value));
    [en.trim().to_owned(), zh.trim().to_owned()]
}

/// One pattern's way into a pod.
struct Join<'a> {
    from: &'a Json,
    into: &'a Json,
    path: Path,
    changes: Vec<Change>,
}

impl Join<'_> {
    fn run(mut self, pattern: &Pattern) -> Vec<Change> {
        let app = pattern.app.as_deref();
        let is_app = |container: &Json| app.is_some() && container["name"].as_str() == app;
        let guests = ["initContainers", "containers"]
            .map(|list| items(self.from, list).iter().filter(|c| !is_app(c)).cloned().collect::<Vec<Json>>());
        let stand_in = items(self.from, "containers").iter().find(|c| is_app(c)).cloned();

        let mounted: BTreeSet<&str> = guests
            .iter()
            .flatten()
            .flat_map(|container| ["volumeMounts", "volumeDevices"].map(|list| items(container, list)))
            .flatten()
            .filter_map(|mount| mount["name"].as_str())
            .collect();
        let volumes: Vec<&Json> = items(self.from, "volumes")
            .iter()
            .filter(|v| v["name"].as_str().is_some_and(|n| mounted.contains(n)))
            .collect();
        let volume_names =
            new_names(volumes.iter().filter_map(|v| v["name"].as_str()), names(self.into, &["volumes"]));
        let container_names = new_names(
            guests.iter().flatten().filter_map(|c| c["name"].as_str()),
            names(self.into, &["initContainers", "containers", "ephemeralContainers"]),
        );

        for (list, containers) in ["initContainers", "containers"].into_iter().zip(guests) {
            for mut container in containers {
                rename(&mut container["name"], &container_names);
                for mounts in ["volumeMounts", "volumeDevices"] {
                    for mount in container.get_mut(mounts).and_then(Json::as_array_mut).into_iter().flatten()
                    {
                        rename(&mut mount["name"], &volume_names);
                    }
                }
                self.append(self.path.field(list), container);
            }
        }
        for volume in &volumes {
            let mut volume = (*volume).clone();
            rename(&mut volume["name"], &volume_names);
            self.append(self.path.field("volumes"), volume);
        }
        if let Some(stand_in) = stand_in {
            self.lend_to_first_container(&stand_in, &volume_names);
        }
        for field in &pattern.pod_fields {
            let value = &self.from[field.as_str()];
            if !value.is_null() && self.into[field.as_str()].is_null() {
                self.changes.push(Change::Set {
                    path: self.path.field(Cow::Owned(field.clone())),
                    value: value.clone(),
                });
            }
        }
        self.changes
    }

    /// Gives the pod's first container what the pattern's application has for the sake of its helpers.
    fn lend_to_first_container(&mut self, stand_in: &Json, volume_names: &BTreeMap<String, String>) {
        let Some(host) = items(self.into, "containers").first() else { return };
        let path = self.path.field("containers").index(0);
        let has =
            |list: &str, key: &str, value: &Json| items(host, list).iter().any(|item| item[key] == *value);
        let mut lent = Vec::new();
        for variable in items(stand_in, "env") {
            if !has("env", "name", &variable["name"]) {
                lent.push(("env", variable.clone()));
            }
        }
        for mount in items(stand_in, "volumeMounts") {
            let comes_along = mount["name"].as_str().is_some_and(|name| volume_names.contains_key(name));
            if comes_along && !has("volumeMounts", "mountPath", &mount["mountPath"]) {
                let mut mount = mount.clone();
                rename(&mut mount["name"], volume_names);
                lent.push(("volumeMounts", mount));
            }
        }
        for (list, item) in lent {
            self.append(path.field(list), item);
        }
    }

    fn append(&mut self, path: Path, value: Json) {
        self.changes.push(Change::Insert { path, index: None, value });
    }
}

fn items<'j>(object: &'j Json, list: &str) -> &'j [Json] {
    object[list].as_array().map_or(&[], Vec::as_slice)
}

fn names(spec: &Json, lists: &[&str]) -> BTreeSet<String> {
    lists
        .iter()
        .flat_map(|list| items(spec, list))
        .filter_map(|item| item["name"].as_str())
        .map(str::to_owned)
        .collect()
}

fn new_names<'n>(
    wanted: impl Iterator<Item = &'n str>,
    mut taken: BTreeSet<String>,
) -> BTreeMap<String, String> {
    let mut new = BTreeMap::new();
    for name in wanted {
        let free = free_name(name, |name| taken.contains(name));
        taken.insert(free.clone());
        new.insert(name.to_owned(), free);
    }
    new
}

/// `name` itself, or the first of `name-2`, `name-3`, … that is not taken. A number at its end counts on.
pub fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    let stem = match name.rsplit_once('-') {
        Some((stem, number))
            if !stem.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            stem
        }
        _ => name,
    };
    (2_u64..)
        .map(|n| format!("{stem}-{n}"))
        .find(|candidate| !taken(candidate))
        .unwrap_or_else(|| name.to_owned())
}

fn rename(name: &mut Json, new: &BTreeMap<String, String>) {
    if let Some(free) = name.as_str().and_then(|old| new.get(old)) {
        *name = json!(free);
    }
}
