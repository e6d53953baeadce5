//! A Pod as every workload and back: the data as expected, accepted by the rules, every comment still there.
//!
//! By default a sample of the recorded cases; all of them with `CONVERT_CASES=all`, those whose id contains a text with
//! `CONVERT_CASES=workloads/`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests read their cases and tell what they counted"
)]

use flate2::read::GzDecoder;
use podwright::convert::{Conversion, Effect, Kind, Options, convert};
use podwright::document::Document;
use podwright::schema::Version;
use podwright::yaml;
use rayon::prelude::*;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

struct Case {
    id: String,
    text: String,
    version: Version,
}

/// The accepted cases of `tests/conformance` that are of one of our kinds and one document, every fortieth or those asked for.
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("cases").map(|entry| entry.expect("entry").path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let bytes = fs::read(&file).expect("file");
        let mut text = String::new();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).map(drop).expect("gzip"),
            Some("jsonl") => text = String::from_utf8(bytes).expect("UTF-8"),
            _ => continue,
        }
        for line in text.lines() {
            let case: Json = serde_json::from_str(line).expect("a case");
            if case["accepted"] == json!(true) {
                let text = |key: &str| case[key].as_str().expect("text").to_owned();
                let version = text("k8s").parse().expect("version");
                cases.push(Case { id: text("id"), text: text("yaml"), version });
            }
        }
    }
    match std::env::var("CONVERT_CASES").as_deref() {
        Ok("all") => cases,
        Ok(part) => cases.into_iter().filter(|case| case.id.contains(part)).collect(),
        Err(_) => {
            let rare = |case: &Case| case.id.contains("apparmor-pod-both");
            cases
                .into_iter()
                .enumerate()
                .filter(|(i, case)| i % 40 == 0 || rare(case))
                .map(|(_, case)| case)
                .collect()
        }
    }
}

/// What the server accepts in one kind and not in another, by our sentence: the conversion is refused with it.
const NOT_ELSEWHERE: &[&str] = &[
    // A template's image may be blank, or be left out of an image volume.
    "a container needs an image",
    "the reference of the image is missing",
    // The node's ports are taken once a Pod's hostNetwork fills them in.
    "another port already takes the node's",
    // The labels of a Pod are looked at, those of a template are not.
    "stands in the label selector too",
];

fn is_not_elsewhere(why: &str) -> bool {
    why.starts_with("refused: ") && NOT_ELSEWHERE.iter().any(|known| why.contains(known))
}

/// A document's number, kind and data, if the rules accept it.
fn accepted(text: &str, version: Version) -> Option<(Document, usize, Kind, Json)> {
    let document = Document::new(text, version);
    let part = document.parts.iter().find(|part| part.review.accepted)?.index;
    let kind = Kind::of(&document, part)?;
    let data = document.data(part)?.to_json();
    Some((document, part, kind, data))
}

fn turned(text: &str, version: Version, to: Kind) -> Result<Conversion, String> {
    let document = Document::new(text, version);
    let doc = document.parts.iter().find(|part| !part.kind.is_empty()).map_or(0, |part| part.index);
    convert(&document, doc, to, &Options::default())
}

/// A text with up to `most` comments `#!0`, `#!1`, … at places that a number chooses: before, beside, between and after
/// lines. A place counts if the data stay the same there and exactly one comment comes in.
fn commented(text: &str, seed: usize, most: usize) -> (String, usize) {
    let mut text = text.to_owned();
    let mut random = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below.max(1)
    };
    let read = |text: &str| -> (Vec<Option<Json>>, usize) {
        let stream = yaml::parse(text);
        (
            stream.docs.iter().map(|doc| doc.data.as_ref().map(|data| data.to_json())).collect(),
            stream.comments.len(),
        )
    };
    let mut count = 0;
    for _ in 0..most {
        let (data, comments) = read(&text);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let at = next(lines.len() + 1);
        let mut new: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let indent = |line: &str| " ".repeat(line.len() - line.trim_start().len());
        let way = next(4);
        match lines.get(at) {
            None => new.push(format!("#!{count}\n")),
            Some(line) if way == 0 => {
                let content = line.trim_end_matches(['\r', '\n']);
                new[at] = format!("{content} #!{count}{}", &line[content.len()..]);
            }
            Some(line) if way == 1 => new.insert(at, format!("{}#!{count}\n", indent(line))),
            Some(line) if way == 2 => new.insert(at, format!("\n{}  #!{count}\n\n", indent(line))),
            Some(_) => new.insert(at, format!("#!{count}\n")),
        }
        let new = new.concat();
        if read(&new) == (data, comments + 1) {
            text = new;
            count += 1;
        }
    }
    (text, count)
}

fn comments(text: &str) -> Vec<String> {
    let mut comments: Vec<String> = yaml::parse(text)
        .comments
        .iter()
        .map(|comment| text[comment.clone()].trim_end().to_owned())
        .collect();
    comments.sort();
    comments
}

/// The first comment of `before` that `after` does not have as often.
fn lost_comment(before: &str, after: &str) -> Option<String> {
    let mut after = comments(after);
    comments(before).into_iter().find(|comment| match after.iter().position(|other| other == comment) {
        Some(at) => {
            after.swap_remove(at);
            false
        }
        None => true,
    })
}

fn object(value: &Json) -> Map<String, Json> {
    value.as_object().cloned().unwrap_or_default()
}

fn says_nothing(value: &Json) -> bool {
    *value == Json::Null || *value == json!({}) || *value == json!([]) || *value == json!("")
}

/// What becomes of a Pod: the pod's part (metadata and spec of the template), the object's own name, and the paths that
/// cannot come along.
struct Expected {
    metadata: Map<String, Json>,
    labels: Map<String, Json>,
    annotations: Map<String, Json>,
    spec: Json,
    lost: BTreeSet<String>,
}

fn expected(pod: &Json, kind: Kind) -> Expected {
    let mut lost = BTreeSet::new();
    let mut metadata = object(&pod["metadata"]);
    let mut spec = pod["spec"].clone();
    let runs_on = !matches!(kind, Kind::Job | Kind::CronJob);
    if !says_nothing(&pod["status"]) {
        lost.insert("status".to_owned());
    }
    for field in
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "selfLink"]
            .into_iter()
            .chain([
                "deletionGracePeriodSeconds",
                "ownerReferences",
                "finalizers",
                "managedFields",
                "generateName",
            ])
    {
        if let Some(value) = metadata.remove(field)
            && !says_nothing(&value)
        {
            lost.insert(format!("metadata.{field}"));
            if field == "generateName" && metadata.get("name").is_none_or(says_nothing) {
                let name = value.as_str().expect("text").trim_end_matches(['-', '.']).to_owned();
                metadata.insert("name".to_owned(), name.into());
            }
        }
    }
    let mut labels = object(&metadata.remove("labels").unwrap_or_default());
    let mut annotations = object(&metadata.remove("annotations").unwrap_or_default());
    labels.retain(|key, _| {
        let own = ["controller-uid", "job-name", "pod-template-hash", "batch.kubernetes.io/job-name"]
            .contains(&key.as_str())
            || [
                "controller-revision-hash",
                "statefulset.kubernetes.io/pod-name",
                "apps.kubernetes.io/pod-index",
            ]
            .contains(&key.as_str())
            || ["batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-completion-index"]
                .contains(&key.as_str())
            || key == "pod-template-generation";
        if own {
            lost.insert(format!("metadata.labels[{key}]"));
        }
        !own
    });
    annotations.retain(|key, _| {
        let own = key == "kubectl.kubernetes.io/last-applied-configuration"
            || key.starts_with("kubernetes.io/config.")
            || key.starts_with("deployment.kubernetes.io/");
        if own {
            lost.insert(format!("metadata.annotations[{key}]"));
        }
        !own
    });
    let of_pod = spec["securityContext"]["appArmorProfile"].clone();
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        let key = format!(
            "container.apparmor.security.beta.kubernetes.io/{}",
            container["name"].as_str().unwrap_or_default()
        );
        let made = json!({"type": "RuntimeDefault"});
        let is_default = annotations.get(&key) == Some(&json!("runtime/default"));
        if is_default && !of_pod.is_null() && of_pod != made && container.get("securityContext").is_none() {
            container["securityContext"] = json!({"appArmorProfile": made});
        }
    }
    if let Some(map) = spec.as_object_mut() {
        let policy = map.get("restartPolicy").and_then(Json::as_str).unwrap_or_default().to_owned();
        if runs_on && !policy.is_empty() && policy != "Always" {
            lost.insert("spec.restartPolicy".to_owned());
            map.insert("restartPolicy".to_owned(), "Always".into());
        }
        if !runs_on && (policy.is_empty() || policy == "Always") {
            map.insert("restartPolicy".to_owned(), "OnFailure".into());
        }
        let gone: &[&str] = match runs_on {
            true => &["schedulingGates", "ephemeralContainers", "activeDeadlineSeconds"],
            false => &["schedulingGates", "ephemeralContainers"],
        };
        for field in gone {
            if map.remove(*field).is_some_and(|value| !says_nothing(&value)) {
                lost.insert(format!("spec.{field}"));
            }
        }
    }
    Expected { metadata, labels, annotations, spec, lost }
}

/// The first failures whole, the others by their first lines.
fn shown(wrong: &[String]) -> String {
    let first = wrong.iter().take(3).cloned();
    let rest = wrong.iter().skip(3).take(100).map(|one| one.lines().next().unwrap_or_default().to_owned());
    first.chain(rest).collect::<Vec<_>>().join("\n\n")
}

fn pod_of(workload: &Json) -> &Json {
    let spec = &workload["spec"];
    let job = &spec["jobTemplate"]["spec"]["template"];
    if job.is_null() { &spec["template"] } else { job }
}

fn lost_paths(conversion: &Conversion) -> BTreeSet<String> {
    conversion.of(Effect::Lost).map(|note| note.path.to_string()).collect()
}

/// What a Pod becomes and how it comes back; an error says what is wrong.
fn there_and_back(text: &str, version: Version, pod: &Json, kind: Kind) -> Result<(), String> {
    let there = turned(text, version, kind).map_err(|why| format!("refused: {why}"))?;
    let (_, _, now, workload) = accepted(&there.text, version).ok_or("not accepted")?;
    let want = expected(pod, kind);
    let name = object(&workload["metadata"]).get("name").cloned().unwrap_or_default();
    let template = pod_of(&workload);
    if now != kind || template["spec"] != want.spec {
        return Err(format!("another spec: {}", template["spec"]));
    }
    let mut labels = want.labels.clone();
    if labels.is_empty() {
        labels.insert("app".to_owned(), object(&template["metadata"]["labels"])["app"].clone());
    }
    let pod_labels = object(&template["metadata"]["labels"]);
    if pod_labels != labels || object(&workload["metadata"]["labels"]) != labels {
        return Err(format!("other labels: {pod_labels:?}"));
    }
    let mut own = object(&workload["metadata"]["annotations"]);
    own.extend(object(&template["metadata"]["annotations"]));
    if own != want.annotations {
        return Err(format!("other annotations: {own:?}"));
    }
    if !matches!(kind, Kind::Job | Kind::CronJob) {
        let selector = object(&workload["spec"]["selector"]["matchLabels"]);
        if selector.is_empty() || selector.iter().any(|(key, value)| labels.get(key) != Some(value)) {
            return Err(format!("a selector that does not fit: {selector:?}"));
        }
    }
    if lost_paths(&there) != want.lost {
        return Err(format!("other losses: {:?}, not {:?}", lost_paths(&there), want.lost));
    }
    if let Some(comment) = lost_comment(text, &there.text) {
        return Err(format!("lost the comment {comment}"));
    }

    let back = turned(&there.text, version, Kind::Pod).map_err(|why| format!("back refused: {why}"))?;
    let (_, _, _, again) = accepted(&back.text, version).ok_or("back not accepted")?;
    let mut metadata = want.metadata.clone();
    metadata.insert("name".to_owned(), name);
    metadata.insert("labels".to_owned(), labels.into());
    let mut found = object(&again["metadata"]);
    let annotations = object(&found.remove("annotations").unwrap_or_default());
    if again["spec"] != want.spec || found != metadata || annotations != want.annotations {
        return Err(format!("another Pod comes back: {again}"));
    }
    let told = lost_paths(&back);
    let known = |path: &String| {
        ["spec.replicas", "spec.selector", "spec.serviceName", "spec.schedule"].contains(&path.as_str())
    };
    if !told.iter().all(known) {
        return Err(format!("back, other losses: {told:?}"));
    }
    match lost_comment(&there.text, &back.text) {
        Some(comment) => Err(format!("back, lost the comment {comment}")),
        None => Ok(()),
    }
}

#[test]
fn every_accepted_pod_becomes_every_workload_and_comes_back() {
    let cases = cases();
    let pods: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let (document, _, kind, data) = accepted(&case.text, case.version)?;
            (kind == Kind::Pod && document.parts.len() == 1).then_some((case, data))
        })
        .collect();
    let wrong: Vec<String> = pods
        .par_iter()
        .enumerate()
        .flat_map_iter(|(number, (case, data))| {
            let (text, _) = match case.text.trim_start().starts_with('{') {
                true => (case.text.clone(), 0),
                false => commented(&case.text, number, 12),
            };
            Kind::ALL.into_iter().filter(|kind| *kind != Kind::Pod).filter_map(move |kind| {
                let why = there_and_back(&text, case.version, data, kind).err()?;
                if is_not_elsewhere(&why) {
                    println!("{} as {kind}: {why}", case.id);
                    return None;
                }
                Some(format!("{} as {kind}: {why}\n{text}", case.id))
            })
        })
        .collect();
    let comments: usize = pods
        .iter()
        .enumerate()
        .filter(|(_, (case, _))| !case.text.trim_start().starts_with('{'))
        .map(|(number, (case, _))| commented(&case.text, number, 12).1)
        .sum();
    println!("{} Pods as 6 workloads and back, with {comments} comments; {} wrong", pods.len(), wrong.len());
    assert!(std::env::var_os("CONVERT_CASES").is_some() || pods.len() > 30 && comments > 200);
    assert!(wrong.is_empty(), "{}", shown(&wrong));
}

#[test]
fn every_accepted_workload_becomes_every_other_kind() {
    let cases = cases();
    let workloads: Vec<_> = cases
        .iter()
        .filter_map(|case| Some((case, accepted(&case.text, case.version)?)))
        .filter(|(_, (document, _, kind, _))| *kind != Kind::Pod && document.parts.len() == 1)
        .collect();
    let results: Vec<(String, Result<(), String>)> = workloads
        .par_iter()
        .enumerate()
        .flat_map_iter(|(number, (case, (_, _, from, data)))| {
            let (text, _) = match case.text.trim_start().starts_with('{') {
                true => (case.text.clone(), 0),
                false => commented(&case.text, number, 12),
            };
            Kind::ALL.into_iter().filter(move |kind| kind != from).map(move |kind| {
                let mut result = as_other(&text, case.version, data, *from, kind);
                if let Some(why) = result.as_ref().err().filter(|why| is_not_elsewhere(why)) {
                    println!("{} as {kind}: {why}", case.id);
                    result = Ok(());
                }
                (format!("{} ({from} as {kind})", case.id), result.map_err(|why| format!("{why}\n{text}")))
            })
        })
        .collect();
    let wrong: Vec<String> =
        results.iter().filter_map(|(id, result)| Some(format!("{id}: {}", result.as_ref().err()?))).collect();
    println!("{} workloads, {} conversions, {} wrong", workloads.len(), results.len(), wrong.len());
    assert!(std::env::var_os("CONVERT_CASES").is_some() || results.len() > 50);
    assert!(wrong.is_empty(), "{}", shown(&wrong));
}

/// The containers come along, what goes is told, comments stay.
fn as_other(text: &str, version: Version, data: &Json, from: Kind, to: Kind) -> Result<(), String> {
    let made = turned(text, version, to).map_err(|why| format!("refused: {why}"))?;
    let (_, _, now, new) = accepted(&made.text, version).ok_or("not accepted")?;
    let pod = |data: &Json, kind: Kind| if kind == Kind::Pod { data.clone() } else { pod_of(data).clone() };
    let (was, is) = (pod(data, from), pod(&new, to));
    let names = |pod: &Json| -> Vec<Json> {
        ["initContainers", "containers"]
            .iter()
            .flat_map(|list| pod["spec"][*list].as_array().cloned().unwrap_or_default())
            .map(|container| container["name"].clone())
            .collect()
    };
    if now != to || names(&was) != names(&is) {
        return Err("other containers".to_owned());
    }
    if let Some(comment) = lost_comment(text, &made.text) {
        return Err(format!("lost the comment {comment}"));
    }
    // Every field beside the template is there still or told.
    let told = lost_paths(&made);
    let around = |data: &Json| if to == from { data.clone() } else { data["spec"].clone() };
    let kept = [object(&around(&new)), object(&new["spec"]["jobTemplate"]["spec"])].concat_keys();
    for (field, value) in object(&data["spec"]) {
        let path = format!("spec.{field}");
        let structure = ["template", "jobTemplate"].contains(&field.as_str());
        if !structure && !says_nothing(&value) && !kept.contains(&field) && !told.contains(&path) {
            return Err(format!("{path} is gone untold"));
        }
    }
    Ok(())
}

trait Keys {
    fn concat_keys(&self) -> BTreeSet<String>;
}

impl Keys for [Map<String, Json>; 2] {
    fn concat_keys(&self) -> BTreeSet<String> {
        self.iter().flat_map(|map| map.keys().cloned()).collect()
    }
}

/// `tests/convert/FROM.yaml` and, beside it, what it becomes: `FROM.KIND.yaml`, with what is told as comments at its end.
///
/// With `UPDATE_CONVERT` set, what comes out is written, to be read before it is kept.
#[test]
fn recorded_conversions() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/convert"));
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for entry in fs::read_dir(&folder).expect("folder") {
        let path = entry.expect("entry").path();
        let stem = path.file_stem().expect("name").to_string_lossy().into_owned();
        if !stem.contains('.') {
            sources.insert(stem, fs::read_to_string(&path).expect("source"));
        }
    }
    assert!(sources.len() >= 3);
    let mut wrong = Vec::new();
    for (stem, text) in sources {
        let (document, doc, from, _) = accepted(&text, Version::NEWEST).expect(&stem);
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != from) {
            let made = convert(&document, doc, kind, &Options::default()).expect(&stem);
            let mut out = made.text.clone();
            for note in &made.notes {
                let word = note.effect.word(podwright::schema::Lang::En);
                out.push_str(&format!("## {word} {}: {}\n", note.path, note.why[0]));
            }
            let file = folder.join(format!("{stem}.{}.yaml", kind.name().to_lowercase()));
            if std::env::var_os("UPDATE_CONVERT").is_some() {
                fs::write(&file, &out).expect("written");
            } else if fs::read_to_string(&file).ok().as_deref() != Some(&out) {
                wrong.push(file.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_added_is_told_where_it_stands() {
    let pod = "\
apiVersion: v1
kind: Pod
metadata: {name: a, annotations: {container.apparmor.security.beta.kubernetes.io/a: localhost/x}}
spec: {securityContext: {appArmorProfile: {type: RuntimeDefault}}, containers: [{name: a, image: b}]}
";
    let (document, doc, ..) = accepted(pod, Version::NEWEST).expect("accepted");
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Pod) {
        let made = convert(&document, doc, kind, &Options::default()).expect("a workload");
        let (after, ..) = accepted(&made.text, Version::NEWEST).expect("accepted");
        let data = after.data(0).expect("data");
        let added = made.notes.iter().filter(|note| note.effect == Effect::Added);
        let missing: Vec<_> = added.filter(|note| data.at(&note.path).is_none()).collect();
        assert!(missing.is_empty(), "{kind}: {missing:#?}");
        assert!(made.text.contains("{type: Localhost, localhostProfile: x}"), "{}", made.text);
    }
}

#[test]
fn other_documents_stay_byte_for_byte() {
    let pod = "apiVersion: v1\r\nkind: Pod # 李\r\nmetadata: {name: a}\r\nspec: {containers: [{name: a, image: b}]}\r\n";
    let other = "# other\nx:   [1,\n2]\n";
    let text = format!("{other}---\n{pod}---\n{other}");
    let document = Document::new(text, Version::NEWEST);
    let made = convert(&document, 1, Kind::Job, &Options::default()).expect("a Job");
    assert!(made.text.starts_with(&format!("{other}---\n")) && made.text.ends_with(&format!("---\n{other}")));
    assert!(made.text.contains("kind: Job # 李\r\n"), "{}", made.text);
    assert!(Document::new(made.text, Version::NEWEST).part(1).expect("part").review.accepted);
}

#[test]
fn json_stays_json_in_lines() {
    let text = "{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"Pod\",\n    \"metadata\": {\n        \"name\": \"a\"\n    },\n    \
                \"spec\": {\n        \"containers\": [{\"name\": \"a\", \"image\": \"b\"}]\n    }\n}\n";
    let made = turned(text, Version::NEWEST, Kind::Deployment).expect("a Deployment");
    let data: Json = serde_json::from_str(&made.text).expect("JSON");
    assert_eq!(data["spec"]["template"]["spec"]["containers"][0]["image"], "b");
    assert!(made.text.contains("\n    \"spec\": {\n        \"replicas\": 1,\n"), "{}", made.text);
    assert!(made.text.ends_with("}\n"));
    let back = turned(&made.text, Version::NEWEST, Kind::Pod).expect("a Pod");
    assert!(back.text.starts_with("{\n    \"apiVersion\": \"v1\","), "{}", back.text);
}

#[test]
fn what_cannot_be_turned_is_refused_with_a_sentence() {
    let pod =
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - {name: a, image: b}\n";
    for (text, to, options, part) in [
        ("a: [\n", Kind::Job, Options::default(), "syntax"),
        ("apiVersion: v1\nkind: Service\n", Kind::Job, Options::default(), "only these kinds"),
        (pod, Kind::Pod, Options::default(), "already"),
        (pod, Kind::CronJob, Options { schedule: "soon".to_owned() }, "spec.schedule"),
        (
            "---\n{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: b}] # c\n}}\n",
            Kind::Job,
            Options::default(),
            "# c",
        ),
    ] {
        let why = convert(&Document::new(text, Version::NEWEST), 0, to, &options).expect_err("refused");
        assert!(why.contains(part), "{why}");
    }
}
