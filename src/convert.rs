//! A Pod as a workload, a workload as a Pod, one workload as another: the smallest rearrangement of the text, and what
//! cannot come along.
//!
//! What stands in the pod stays with the pod. The labels belong to both, so they stay and the template gets the same. An
//! annotation goes with the pod, for whom almost all are meant (AppArmor, Prometheus, sidecar injectors); those by which
//! tools find the object itself (Helm, Argo CD, Flux) stay with the object. What the server or a controller has written
//! goes: it is never right on another object.

use crate::api::{APP_ARMOR_ANNOTATION, app_armor_of_annotation, names};
use crate::document::Document;
use crate::path::{Path, Step};
use crate::schema::Lang;
use crate::yaml::{self, Change, Edit, Move};
use serde_json::{Map, Value as Json, json};
use std::fmt;
use std::str::FromStr;

/// The kinds that turn into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One pod.
    Pod,
    /// Pods that are kept running and updated step by step.
    Deployment,
    /// One pod on each node.
    DaemonSet,
    /// Pods with names and volumes of their own.
    StatefulSet,
    /// Pods that are kept running.
    ReplicaSet,
    /// Pods that run to their end.
    Job,
    /// Jobs by the clock.
    CronJob,
}

impl Kind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Kind; 7] = [
        Kind::Pod,
        Kind::Deployment,
        Kind::DaemonSet,
        Kind::StatefulSet,
        Kind::ReplicaSet,
        Kind::Job,
        Kind::CronJob,
    ];

    /// The name, as in `kind:`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Pod => "Pod",
            Kind::Deployment => "Deployment",
            Kind::DaemonSet => "DaemonSet",
            Kind::StatefulSet => "StatefulSet",
            Kind::ReplicaSet => "ReplicaSet",
            Kind::Job => "Job",
            Kind::CronJob => "CronJob",
        }
    }

    /// The name on the command line, as kubectl takes it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Pod => "pod",
            Kind::Deployment => "deployment",
            Kind::DaemonSet => "daemonset",
            Kind::StatefulSet => "statefulset",
            Kind::ReplicaSet => "replicaset",
            Kind::Job => "job",
            Kind::CronJob => "cronjob",
        }
    }

    /// The `apiVersion`.
    pub fn api_version(self) -> &'static str {
        match self {
            Kind::Pod => "v1",
            Kind::Job | Kind::CronJob => "batch/v1",
            _ => "apps/v1",
        }
    }

    /// What it is for, in one line.
    pub fn about(self, lang: Lang) -> &'static str {
        let [en, zh] = match self {
            Kind::Pod => ["one pod, which nothing restarts elsewhere", "单个 Pod，不会在别处重建"],
            Kind::Deployment => {
                ["pods that are kept running and updated step by step", "持续运行并滚动更新的 Pod"]
            }
            Kind::DaemonSet => ["one pod on each node", "每个节点一个 Pod"],
            Kind::StatefulSet => {
                ["pods with stable names and volumes of their own", "名称稳定、各有存储卷的 Pod"]
            }
            Kind::ReplicaSet => ["pods that are kept running, without updates", "持续运行但不自动更新的 Pod"],
            Kind::Job => ["pods that run to their end", "运行到结束的 Pod"],
            Kind::CronJob => ["a Job at the times of a schedule", "按时间表运行的 Job"],
        };
        if lang == Lang::Zh { zh } else { en }
    }

    /// The kind of a document; `None` if it is of another kind.
    pub fn of(document: &Document, doc: usize) -> Option<Kind> {
        let part = document.part(doc)?;
        part.review.root?;
        Kind::ALL.into_iter().find(|kind| kind.name() == part.kind && kind.api_version() == part.api_version)
    }

    fn is_kept_running(self) -> bool {
        matches!(self, Kind::Deployment | Kind::DaemonSet | Kind::StatefulSet | Kind::ReplicaSet)
    }

    fn is_job(self) -> bool {
        matches!(self, Kind::Job | Kind::CronJob)
    }

    /// Where the fields around the pod template stand.
    fn holder(self) -> Path {
        path(if self == Kind::CronJob { "spec.jobTemplate.spec" } else { "spec" })
    }

    /// Where the pod's `metadata` and `spec` stand.
    fn pod(self) -> Path {
        if self == Kind::Pod { Path::root() } else { self.holder().field("template") }
    }

    /// Whether a field beside the template means the same in another kind.
    fn shares(self, to: Kind, field: &str) -> bool {
        match field {
            "template" => true,
            _ if self.is_job() && to.is_job() => {
                to == Kind::Job || !matches!(field, "selector" | "manualSelector")
            }
            _ if !self.is_kept_running() || !to.is_kept_running() => false,
            "selector" | "minReadySeconds" => true,
            "replicas" => to != Kind::DaemonSet,
            "revisionHistoryLimit" => to != Kind::ReplicaSet,
            _ => false,
        }
    }

    /// The nearest good name for an object of this kind.
    fn fit(self, name: &str) -> String {
        let most = match self {
            // Each Job adds 11 characters of its own.
            Kind::CronJob => 52,
            // Its pods carry the name as a label.
            Kind::Job | Kind::StatefulSet => 63,
            _ => return name.to_owned(),
        };
        let name = match self {
            // The pods' host names begin with it.
            Kind::StatefulSet => names::as_dns_label(name).unwrap_or_else(|| name.to_owned()),
            _ => name.to_owned(),
        };
        let cut: String = name.chars().take(most).collect();
        cut.trim_end_matches(['-', '.']).to_owned()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    /// Reads a kind as kubectl does, whatever the case of its letters.
    fn from_str(text: &str) -> Result<Kind, String> {
        let found = Kind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| {
            format!(
                "“{text}” is not a kind to turn into; these are: {}",
                Kind::ALL.map(Kind::word).join(", ")
            )
        })
    }
}

/// What the target kind needs and the source cannot tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// When a CronJob runs.
    pub schedule: String,
}

impl Default for Options {
    /// At the start of every hour.
    fn default() -> Options {
        Options { schedule: "0 * * * *".to_owned() }
    }
}

/// A document as another kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// The whole text with the document turned; other documents byte for byte as they were.
    pub text: String,
    /// The edits that make it.
    pub edits: Vec<Edit>,
    /// What a person should know before, losses first.
    pub notes: Vec<Note>,
}

impl Conversion {
    /// The notes of one effect, in order.
    pub fn of(&self, effect: Effect) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(move |note| note.effect == effect)
    }
}

/// Something that a conversion does beside moving the pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What becomes of the field.
    pub effect: Effect,
    /// The field: of a loss where it stood, else where it stands now.
    pub path: Path,
    /// Why, or what to think of, in one sentence, English and Chinese.
    pub why: [String; 2],
}

impl Note {
    /// Its sentence in a language.
    pub fn why(&self, lang: Lang) -> &str {
        &self.why[lang as usize]
    }
}

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It cannot come along.
    Lost,
    /// It has another value.
    Changed,
    /// It was not there.
    Added,
    /// It stays, and means something else now.
    Mind,
}

impl Effect {
    /// All effects, in the order of the notes.
    pub const ALL: [Effect; 4] = [Effect::Lost, Effect::Changed, Effect::Added, Effect::Mind];

    /// A word for it: `lost`.
    pub fn word(self, lang: Lang) -> &'static str {
        let [en, zh] = match self {
            Effect::Lost => ["lost", "丢失"],
            Effect::Changed => ["changed", "更改"],
            Effect::Added => ["added", "新增"],
            Effect::Mind => ["mind", "注意"],
        };
        if lang == Lang::Zh { zh } else { en }
    }
}

/// Turns the document number `doc` of a text into another kind.
///
/// What the server would accept is still accepted afterwards, and every comment is still there.
///
/// # Errors
/// A sentence that says what stands in the way; nothing is changed then.
pub fn convert(document: &Document, doc: usize, to: Kind, options: &Options) -> Result<Conversion, String> {
    if document.is_broken_at(doc) {
        return Err("the document cannot be turned while its syntax is broken".to_owned());
    }
    let from = Kind::of(document, doc).ok_or_else(|| {
        let kinds = Kind::ALL.map(Kind::name).join(", ");
        format!("only these kinds can be turned into each other: {kinds}")
    })?;
    if from == to {
        return Err(format!("it is a {to} already"));
    }
    let data = document.data(doc).map(yaml::Data::to_json).unwrap_or_default();
    let mut turning = Turning { document, doc, from, to, data, moves: Vec::new(), notes: Vec::new() };
    turning.run(options).map_err(|refusal| refusal.message)?;
    let stub = format!("apiVersion: {}\nkind: {to}\n", to.api_version());
    let order = Document::new(stub, document.version);
    let edits = yaml::rearrange(&document.text, doc, &turning.moves, &order.key_order(0))
        .map_err(|refusal| refusal.message)?;
    let text = yaml::edited(&document.text, &edits);
    let (edits, text) = match in_json_lines(document, &text) {
        Some(lines) => (vec![Edit { range: 0..document.text.len(), text: lines.clone() }], lines),
        None => (edits, text),
    };
    judge(document, doc, &text)?;
    let mut notes = turning.notes;
    notes.sort_by_key(|note| note.effect);
    Ok(Conversion { text, edits, notes })
}

/// JSON over several lines stays JSON over several lines, with the indentation that it has.
fn in_json_lines(document: &Document, text: &str) -> Option<String> {
    let old = document.text.trim_end();
    let indent = old.strip_prefix('{')?.trim_start_matches('\r').strip_prefix('\n')?;
    let indent = &indent[..indent.len() - indent.trim_start_matches([' ', '\t']).len()];
    let data = yaml::parse(text).docs.first()?.data.as_ref()?.to_json();
    let mut out = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    serde::Serialize::serialize(&data, &mut serde_json::Serializer::with_formatter(&mut out, format)).ok()?;
    let mut lines = String::from_utf8(out).ok()?;
    lines.push_str(&document.text[old.len()..]);
    let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = lines.replace("\r\n", "\n").replace('\n', newline);
    let same = yaml::parse(&lines).docs.first()?.data.as_ref()?.to_json() == data;
    same.then_some(lines)
}

/// What the server accepted it must accept still.
fn judge(document: &Document, doc: usize, text: &str) -> Result<(), String> {
    let accepted = |document: &Document| document.part(doc).is_some_and(|part| part.review.accepted);
    if !accepted(document) {
        return Ok(());
    }
    let after = Document::new(text, document.version);
    if accepted(&after) {
        return Ok(());
    }
    let error = after.part(doc).and_then(|part| {
        let errors = part.diagnostics.iter();
        errors.clone().find(|d| d.stage.severity() == crate::diagnostic::Severity::Error)
    });
    Err(match error {
        Some(error) if error.path.steps().is_empty() => error.message.clone(),
        Some(error) => format!("{}: {}", error.path, error.message),
        None => "the server would not accept the result".to_owned(),
    })
}

/// `metadata` that only the server or a controller writes.
const SERVER_SET: [&str; 11] = [
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "ownerReferences",
    "finalizers",
    "managedFields",
    "clusterName",
];

/// Labels that a controller puts onto its own pods.
const CONTROLLER_LABELS: [&str; 10] = [
    "controller-uid",
    "batch.kubernetes.io/controller-uid",
    "job-name",
    "batch.kubernetes.io/job-name",
    "batch.kubernetes.io/job-completion-index",
    "pod-template-hash",
    "pod-template-generation",
    "controller-revision-hash",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
];

/// Annotations that tell of one object as it is on a server: kubectl's, the kubelet's, the controllers'.
const SERVER_ANNOTATIONS: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "kubernetes.io/config.",
    "deployment.kubernetes.io/",
    "deprecated.daemonset.template.generation",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/cronjob-scheduled-timestamp",
];

/// Annotations by which a tool knows the object that it manages.
const TOOL_ANNOTATIONS: [&str; 7] = [
    "argocd.argoproj.io/",
    "config.kubernetes.io/",
    "config.k8s.io/",
    "helm.sh/",
    "helm.toolkit.fluxcd.io/",
    "kustomize.toolkit.fluxcd.io/",
    "meta.helm.sh/",
];

fn begins(key: &str, list: &[&str]) -> bool {
    list.iter().any(|prefix| key.starts_with(prefix))
}

fn path(text: &str) -> Path {
    text.split('.').fold(Path::root(), |path, step| path.field(step.to_owned()))
}

fn below(path: &Path, steps: &[&'static str]) -> Path {
    steps.iter().fold(path.clone(), |path, step| path.field(*step))
}

fn both(en: impl Into<String>, zh: impl Into<String>) -> [String; 2] {
    [en.into(), zh.into()]
}

/// Whether a value says nothing.
fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Object(members) => members.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::String(text) => text.is_empty(),
        _ => false,
    }
}

type Done = Result<(), yaml::Refusal>;

/// One conversion on its way: the data as they are after the moves so far.
struct Turning<'a> {
    document: &'a Document,
    doc: usize,
    from: Kind,
    to: Kind,
    data: Json,
    moves: Vec<Move>,
    notes: Vec<Note>,
}

impl Turning<'_> {
    fn run(&mut self, options: &Options) -> Done {
        let (from, to) = (self.from, self.to);
        self.set(&path("apiVersion"), to.api_version().into())?;
        self.set(&path("kind"), to.name().into())?;
        self.server_set()?;
        self.name()?;
        let claims = self.at(&path("spec.volumeClaimTemplates")).cloned().unwrap_or_default();
        if from != Kind::Pod {
            self.around_the_template()?;
        }
        self.labels_before()?;
        match (from, to) {
            (Kind::Pod, _) => {
                self.pod_fields_of_one_pod()?;
                let below = to.pod().field("spec");
                let below = Path::from(below.steps()[1..].to_vec());
                self.make(Move::Nest { path: path("spec"), below })?;
                self.annotations_to_template()?;
                self.app_armor_of_annotations()?;
            }
            (_, Kind::Pod) => {
                self.metadata_from_template()?;
                let pod = from.pod().field("spec");
                let from = Path::from(pod.steps()[1..].to_vec());
                self.make(Move::Lift { path: path("spec"), from })?;
            }
            (Kind::CronJob, _) => {
                self.metadata_from_job_template()?;
                self.make(Move::Lift { path: path("spec"), from: path("jobTemplate.spec") })?;
            }
            (_, Kind::CronJob) => {
                self.make(Move::Nest { path: path("spec"), below: path("jobTemplate.spec") })?;
            }
            _ => {}
        }
        self.template_labels()?;
        self.pod_spec()?;
        self.claimed_volumes(&claims)?;
        self.own_fields(options)
    }

    // The tools.

    fn make(&mut self, one: Move) -> Done {
        one.make(&mut self.data)?;
        self.moves.push(one);
        Ok(())
    }

    fn at(&self, path: &Path) -> Option<&Json> {
        path.steps().iter().try_fold(&self.data, |value, step| match step {
            Step::Index(at) => value.get(*at),
            step => value.get(step.key()?),
        })
    }

    fn text_at(&self, path: &Path) -> &str {
        self.at(path).and_then(Json::as_str).unwrap_or_default()
    }

    fn keys(&self, path: &Path) -> Vec<String> {
        self.at(path).and_then(Json::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default()
    }

    fn set(&mut self, path: &Path, value: Json) -> Done {
        if self.at(path) == Some(&value) {
            return Ok(());
        }
        self.make(Move::Change(Change::Set { path: path.clone(), value }))
    }

    fn note(&mut self, effect: Effect, path: Path, why: [String; 2]) {
        self.notes.push(Note { effect, path, why });
    }

    /// Takes a field away, if it is there, and tells so if it says something.
    fn lose(&mut self, path: &Path, why: [String; 2]) -> Done {
        let Some(value) = self.at(path) else { return Ok(()) };
        if !is_nothing(value) {
            self.note(Effect::Lost, path.clone(), why);
        }
        self.make(Move::Drop { path: path.clone() })
    }

    fn add(&mut self, path: &Path, value: Json, why: [String; 2]) -> Done {
        self.set(path, value)?;
        self.note(Effect::Added, path.clone(), why);
        Ok(())
    }

    // The object.

    fn server_set(&mut self) -> Done {
        let why = || {
            both(
                "The server writes it; it would not be true of the new object.",
                "由服务器写入，对新对象不成立。",
            )
        };
        self.lose(&path("status"), why())?;
        for field in SERVER_SET {
            self.lose(&path("metadata").field(field), why())?;
        }
        let annotations = path("metadata.annotations");
        self.lose_keys(&annotations, |key| begins(key, &SERVER_ANNOTATIONS), why)
    }

    /// Takes entries of a mapping away, the mapping with them if nothing else is in it.
    fn lose_keys(&mut self, map: &Path, which: impl Fn(&str) -> bool, why: impl Fn() -> [String; 2]) -> Done {
        let keys = self.keys(map);
        let (lost, kept): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| which(key));
        if lost.is_empty() {
            return Ok(());
        }
        if kept.is_empty() {
            for key in lost {
                self.note(Effect::Lost, map.key(key), why());
            }
            return self.make(Move::Drop { path: map.clone() });
        }
        for key in lost {
            self.note(Effect::Lost, map.key(&key), why());
            self.make(Move::Drop { path: map.key(key) })?;
        }
        Ok(())
    }

    /// A workload has a name of its own, and one that its kind allows.
    fn name(&mut self) -> Done {
        let (name, prefix) = (path("metadata.name"), path("metadata.generateName"));
        let to = self.to;
        if to == Kind::Pod {
            return Ok(());
        }
        let generated = self.text_at(&prefix).trim_end_matches(['-', '.']).to_owned();
        let given = self.text_at(&name).to_owned();
        self.lose(
            &prefix,
            both(
                format!("A {to} is called by its name, so that it can be updated."),
                format!("{to} 需要固定的名称，以便更新。"),
            ),
        )?;
        if given.is_empty() && !generated.is_empty() {
            let made = to.fit(&generated);
            return self.add(&name, made.into(), both("Made from generateName.", "由 generateName 得出。"));
        }
        let fit = to.fit(&given);
        if fit != given {
            self.set(&name, fit.into())?;
            self.note(
                Effect::Changed,
                name,
                both(
                    format!("The name of a {to} must be shorter or have no dots."),
                    format!("{to} 的名称须更短，或不含点号。"),
                ),
            );
        }
        Ok(())
    }

    /// The fields beside the template, and for a CronJob those around it.
    fn around_the_template(&mut self) -> Done {
        let (from, to) = (self.from, self.to);
        let why = |field: &str| match field {
            "volumeClaimTemplates" => both(
                format!("A {to} makes no claims of its own; the volumes refer to those of the first pod."),
                format!("{to} 不会自建存储声明，卷改为引用第一个 Pod 的声明。"),
            ),
            "selector" if to != Kind::Pod => both(
                format!("The server makes the selector of a {to} itself."),
                format!("{to} 的选择算符由服务器生成。"),
            ),
            "replicas" if to == Kind::Pod => both("A Pod is only one.", "Pod 只有一个。"),
            "schedule" => both(format!("A {to} starts at once."), format!("{to} 会立即启动。")),
            "strategy" | "updateStrategy" if to.is_kept_running() && to != Kind::ReplicaSet => both(
                format!("A {to} updates in its own way; the default stands."),
                format!("{to} 的更新方式不同，采用默认值。"),
            ),
            _ => both(format!("A {to} has no such field."), format!("{to} 没有此字段。")),
        };
        if from == Kind::CronJob {
            for field in self.keys(&path("spec")) {
                if field != "jobTemplate" {
                    self.lose(&path("spec").field(field.clone()), why(&field))?;
                }
            }
        }
        let holder = from.holder();
        for field in self.keys(&holder) {
            if !from.shares(to, &field) {
                self.lose(&holder.field(field.clone()), why(&field))?;
            }
        }
        if from == Kind::CronJob && to != Kind::Job {
            let metadata = path("spec.jobTemplate.metadata");
            self.lose(&metadata, both("There is no Job any more.", "不再有 Job。"))?;
        }
        let history = holder.field("revisionHistoryLimit");
        // Only a StatefulSet is not asked for a number from 0 up.
        if self.at(&history).and_then(Json::as_i64).is_some_and(|limit| limit < 0) {
            self.lose(&history, both("It must be 0 or more.", "须不小于 0。"))?;
        }
        let ready = holder.field("minReadySeconds");
        // A Deployment gives up after progressDeadlineSeconds, 600 by default, which must be longer.
        if to == Kind::Deployment && self.at(&ready).and_then(Json::as_i64).is_some_and(|ready| ready >= 600)
        {
            self.lose(
                &ready,
                both(
                    "It must be less than progressDeadlineSeconds, which is 600 by default.",
                    "须小于 progressDeadlineSeconds（默认 600）。",
                ),
            )?;
        }
        Ok(())
    }

    /// What a Job of the CronJob would be labelled with goes to the Job.
    fn metadata_from_job_template(&mut self) -> Done {
        let (source, target) = (path("spec.jobTemplate.metadata"), path("metadata"));
        for field in self.keys(&source) {
            match field.as_str() {
                "labels" | "annotations" => self.bring(&source.field(field.clone()), &target.field(field))?,
                _ => {
                    let why = both("The Job has its own.", "Job 有自己的值。");
                    self.lose(&source.field(field), why)?;
                }
            }
        }
        self.drop_empty(&source)
    }

    fn drop_empty(&mut self, path: &Path) -> Done {
        match self.at(path) {
            Some(value) if is_nothing(value) => self.make(Move::Drop { path: path.clone() }),
            _ => Ok(()),
        }
    }

    /// Whether comments stand in or beside the lines of a field, or right above.
    fn has_comments(&self, path: &Path) -> bool {
        let lines = &self.document.lines;
        let Some(span) = self.document.span_of(self.doc, path) else { return false };
        let (first, last) = (lines.line(span.start).saturating_sub(1), lines.line(span.end));
        let above = lines.bytes(first).map(|line| self.document.text[line].trim_start().starts_with('#'));
        self.document
            .stream
            .comments
            .iter()
            .map(|comment| lines.line(comment.start))
            .any(|line| line == first && above == Some(true) || first < line && line <= last)
    }

    /// Moves the entries of a mapping into another, whose own of the same key go.
    fn bring(&mut self, source: &Path, target: &Path) -> Done {
        if self.at(source).is_none_or(is_nothing) {
            return self.drop_empty(source);
        }
        self.drop_empty(target)?;
        if self.at(target) == self.at(source) && self.has_comments(source) {
            self.make(Move::Drop { path: target.clone() })?;
        }
        if self.at(target).is_none() {
            return self.make(Move::Relocate { from: source.clone(), to: target.clone() });
        }
        for key in self.keys(source) {
            let (from, to) = (source.key(&key), target.key(&key));
            match self.at(&to) {
                Some(own) if Some(own) == self.at(&from) => self.make(Move::Drop { path: from })?,
                Some(_) => {
                    self.lose(&to, both("The pod's own value counts.", "以 Pod 自己的值为准。"))?;
                    self.drop_empty(target)?;
                    self.make(Move::Relocate { from, to })?;
                }
                None => self.make(Move::Relocate { from, to })?,
            }
        }
        self.drop_empty(source)
    }

    // The pod.

    /// What only a single pod can have.
    fn pod_fields_of_one_pod(&mut self) -> Done {
        let spec = path("spec");
        self.lose(
            &spec.field("schedulingGates"),
            both(
                "The gates hold back one pod; every new pod would wait for somebody to open them.",
                "调度门控只针对一个 Pod，否则每个新 Pod 都会等待。",
            ),
        )
    }

    /// From a Pod's AppArmor annotation the server makes the container's field, whatever the pod's own field says (upstream's
    /// `applyAppArmorVersionSkew`); in a template it refuses what differs from the pod's field.
    fn app_armor_of_annotations(&mut self) -> Done {
        let pod = self.to.pod();
        let (annotations, spec) = (pod.field("metadata").field("annotations"), pod.field("spec"));
        let of_pod = self.at(&spec.field("securityContext").field("appArmorProfile")).cloned();
        let is_windows = self.text_at(&spec.field("os").field("name")) == "windows";
        let Some(of_pod) = of_pod.filter(|_| !is_windows) else {
            return Ok(());
        };
        for list in ["containers", "initContainers"] {
            let list = spec.field(list);
            let count = self.at(&list).and_then(Json::as_array).map_or(0, Vec::len);
            for container in (0..count).map(|i| list.index(i)) {
                let name = self.text_at(&container.field("name"));
                let annotation = annotations.key(format!("{APP_ARMOR_ANNOTATION}{name}"));
                let profile = app_armor_of_annotation(self.text_at(&annotation));
                let Some(profile) = profile else { continue };
                let field = container.field("securityContext").field("appArmorProfile");
                if profile != of_pod && self.at(&field).is_none() {
                    let why = both(
                        "The server makes it of a Pod's annotation; a template needs it written.",
                        "对于 Pod，服务器会由注解得出此值；在模板中须写明。",
                    );
                    self.add(&field, profile, why)?;
                }
            }
        }
        Ok(())
    }

    fn annotations_to_template(&mut self) -> Done {
        let (source, target) = (path("metadata.annotations"), self.to.pod().field("metadata"));
        let target = target.field("annotations");
        let keys = self.keys(&source);
        let stays = |key: &String| begins(key, &TOOL_ANNOTATIONS);
        if keys.is_empty() || keys.iter().all(stays) {
            return Ok(());
        }
        if !keys.iter().any(stays) {
            return self.make(Move::Relocate { from: source, to: target });
        }
        for key in keys.into_iter().filter(|key| !begins(key, &TOOL_ANNOTATIONS)) {
            self.make(Move::Relocate { from: source.key(&key), to: target.key(key) })?;
        }
        Ok(())
    }

    /// A pod has the labels and annotations of its template.
    fn metadata_from_template(&mut self) -> Done {
        let source = self.from.pod().field("metadata");
        let target = path("metadata");
        for field in self.keys(&source) {
            if !["labels", "annotations"].contains(&field.as_str()) {
                let why = both("The object's own counts.", "以对象自身的为准。");
                self.lose(&source.field(field), why)?;
            }
        }
        let (labels, annotations) = (source.field("labels"), source.field("annotations"));
        let from = self.from;
        let of_object = || {
            both(
                format!("It belongs to the {from}; its pods do not have it."),
                format!("属于 {from}，其 Pod 没有。"),
            )
        };
        let pod_labels = self.at(&labels).cloned().unwrap_or_default();
        let own = target.field("labels");
        let own_labels = self.at(&own).cloned().unwrap_or_default();
        let differs = |key: &str| own_labels.get(key) != pod_labels.get(key);
        self.lose_keys(&own, differs, of_object)?;
        self.bring(&labels, &own)?;
        let keep = |key: &str| !begins(key, &TOOL_ANNOTATIONS);
        self.lose_keys(&target.field("annotations"), keep, of_object)?;
        self.bring(&annotations, &target.field("annotations"))?;
        if self.at(&source).is_some_and(is_nothing) {
            self.make(Move::Drop { path: source })?;
        }
        Ok(())
    }

    /// Takes away the labels that the old controller gave its pods.
    fn labels_before(&mut self) -> Done {
        let labels = below(&self.from.pod(), &["metadata", "labels"]);
        if self.from.shares(self.to, "selector") {
            return Ok(());
        }
        let why = || both("A controller puts it onto its own pods.", "由控制器为其 Pod 设置。");
        self.lose_keys(&labels, |key| CONTROLLER_LABELS.contains(&key), why)
    }

    /// The labels of the template, and the selector that finds its pods by them.
    fn template_labels(&mut self) -> Done {
        let (from, to) = (self.from, self.to);
        if to == Kind::Pod {
            return Ok(());
        }
        let (own, labels) = (path("metadata.labels"), below(&to.pod(), &["metadata", "labels"]));
        let nothing = |turning: &Turning, path: &Path| turning.at(path).is_none_or(is_nothing);
        if (from == Kind::Pod && nothing(self, &own)) || (to.is_kept_running() && nothing(self, &labels)) {
            if nothing(self, &own) {
                let why = both("So that the object can be found by it.", "便于查找该对象。");
                let label = self.made_label();
                self.give_label(&own, label, why)?;
            }
            if from != Kind::Pod {
                let why = both("So that the selector finds the pods.", "供选择算符查找 Pod。");
                let label = self.made_label();
                self.give_label(&labels, label, why)?;
            }
        }
        if from == Kind::Pod {
            let copy = self.at(&own).cloned().unwrap_or_default();
            self.add(&labels, copy, both("The pods have the same labels.", "Pod 使用相同的标签。"))?;
        }
        let selector = to.holder().field("selector");
        if to.is_kept_running() && nothing(self, &selector) {
            let all = self.at(&labels).and_then(Json::as_object).cloned().unwrap_or_default();
            let why = both(
                "The labels by which the workload knows its pods; they cannot be changed later.",
                "工作负载据此识别其 Pod，之后不能更改。",
            );
            self.add(&selector, json!({ "matchLabels": stable(&all) }), why)?;
        }
        Ok(())
    }

    fn give_label(&mut self, labels: &Path, value: String, why: [String; 2]) -> Done {
        self.set(labels, json!({ "app": value }))?;
        self.note(Effect::Added, labels.key("app"), why);
        Ok(())
    }

    /// A label value from the object's name.
    fn made_label(&self) -> String {
        let name = self.text_at(&path("metadata.name"));
        names::as_label_value(name).unwrap_or_else(|| name.to_owned())
    }

    fn pod_spec(&mut self) -> Done {
        let (from, to) = (self.from, self.to);
        let spec = to.pod().field("spec");
        let policy = spec.field("restartPolicy");
        let now = self.text_at(&policy).to_owned();
        let told_at = from.pod().field("spec").field("restartPolicy");
        if to.is_kept_running() && !now.is_empty() && now != "Always" {
            self.set(&policy, "Always".into())?;
            let why = both(
                format!("The pods of a {to} always restart; {now} cannot come along."),
                format!("{to} 的 Pod 总会重启，{now} 无法保留。"),
            );
            self.note(Effect::Lost, told_at, why);
        } else if to.is_job() && (now.is_empty() || now == "Always") {
            let effect = if now.is_empty() { Effect::Added } else { Effect::Changed };
            self.set(&policy, "OnFailure".into())?;
            let why = both(
                format!("The pods of a {to} come to an end: OnFailure or Never."),
                format!("{to} 的 Pod 会结束：只能是 OnFailure 或 Never。"),
            );
            self.note(effect, policy, why);
        }
        if from == Kind::StatefulSet {
            for field in ["hostname", "subdomain"] {
                let told = from.pod().field("spec").field(field);
                let field = spec.field(field);
                let text = self.text_at(&field);
                if !text.is_empty() && !names::dns_label(text).is_empty() {
                    let why = both(
                        "A StatefulSet does not look at it; elsewhere it must be a DNS label.",
                        "StatefulSet 不看此字段；在别处须为 DNS 标签。",
                    );
                    self.lose_at(&field, told, why)?;
                }
            }
        }
        if to == Kind::Pod {
            return self.one_pod(&spec);
        }
        let was = |field: &'static str| from.pod().field("spec").field(field);
        if to.is_kept_running() {
            let why = both("Pods that are kept running have no deadline.", "持续运行的 Pod 没有期限。");
            self.lose_at(&spec.field("activeDeadlineSeconds"), was("activeDeadlineSeconds"), why)?;
        }
        let why =
            both("kubectl debug adds them to a running pod only.", "只能由 kubectl debug 加到运行中的 Pod。");
        self.lose_at(&spec.field("ephemeralContainers"), was("ephemeralContainers"), why)?;
        for (field, en, zh) in [
            (
                "nodeName",
                "All pods go to this one node, past the scheduler.",
                "所有 Pod 都会绕过调度器落到此节点。",
            ),
            ("hostname", "All pods have this same host name.", "所有 Pod 的主机名都相同。"),
        ] {
            let field = spec.field(field);
            if from == Kind::Pod && !self.text_at(&field).is_empty() {
                self.note(Effect::Mind, field, both(en, zh));
            }
        }
        Ok(())
    }

    /// As [`Turning::lose`], told by the place where it stood before.
    fn lose_at(&mut self, path: &Path, told: Path, why: [String; 2]) -> Done {
        self.lose(path, why)?;
        if let Some(note) = self.notes.iter_mut().rfind(|note| note.path == *path) {
            note.path = told;
        }
        Ok(())
    }

    /// What the server wants of a Pod and not of a template.
    fn one_pod(&mut self, spec: &Path) -> Done {
        for list in ["initContainers", "containers"] {
            for at in 0..self.at(&spec.field(list)).and_then(Json::as_array).map_or(0, Vec::len) {
                let image = spec.field(list).index(at).field("image");
                let (old, new) = (self.text_at(&image).to_owned(), self.text_at(&image).trim().to_owned());
                if old != new {
                    self.set(&image, new.into())?;
                    let why =
                        both("The image of a Pod has no white space around it.", "镜像名首尾不能有空白。");
                    self.note(Effect::Changed, image, why);
                }
            }
        }
        if !self.text_at(&spec.field("nodeName")).is_empty() {
            let told = self.from.pod().field("spec").field("schedulingGates");
            let why =
                both("A Pod that is bound to a node cannot be held back.", "已绑定节点的 Pod 不能再设门控。");
            self.lose_at(&spec.field("schedulingGates"), told, why)?;
        }
        let account = spec.field("serviceAccountName");
        let none = [&account, &spec.field("serviceAccount")].iter().all(|path| self.text_at(path).is_empty());
        let volumes = self.at(&spec.field("volumes")).and_then(Json::as_array);
        let wants_token = volumes.into_iter().flatten().any(|volume| {
            let sources = volume["projected"]["sources"].as_array();
            sources.into_iter().flatten().any(|source| source.get("serviceAccountToken").is_some())
        });
        if none && wants_token {
            let why = both(
                "A Pod with a token of its service account must name the account.",
                "使用服务账号令牌的 Pod 须写明账号。",
            );
            self.add(&account, "default".into(), why)?;
        }
        Ok(())
    }

    /// The claims of a StatefulSet's first pod in place of the claim templates: there the data are.
    fn claimed_volumes(&mut self, claims: &Json) -> Done {
        if self.from != Kind::StatefulSet {
            return Ok(());
        }
        let volumes = self.to.pod().field("spec").field("volumes");
        let object = self.text_at(&path("metadata.name")).to_owned();
        for claim in claims.as_array().into_iter().flatten() {
            let Some(name) = claim["metadata"]["name"].as_str() else { continue };
            let own = self.at(&volumes).and_then(Json::as_array).cloned().unwrap_or_default();
            let volume = json!({
                "name": name,
                "persistentVolumeClaim": { "claimName": format!("{name}-{object}-0") },
            });
            let at = match own.iter().position(|own| own["name"].as_str() == Some(name)) {
                // The claim template took the place of the volume of this name.
                Some(at) => {
                    self.set(&volumes.index(at), volume)?;
                    at
                }
                None => {
                    let change = Change::Insert { path: volumes.clone(), index: None, value: volume };
                    self.make(Move::Change(change))?;
                    own.len()
                }
            };
            let why =
                both("The claim of the first pod, which must be there.", "第一个 Pod 的存储声明，须已存在。");
            self.note(Effect::Added, volumes.index(at), why);
        }
        Ok(())
    }

    /// What the new kind needs or a person expects to see in it.
    fn own_fields(&mut self, options: &Options) -> Done {
        let to = self.to;
        let spec = path("spec");
        let replicas = spec.field("replicas");
        if to.is_kept_running() && to != Kind::DaemonSet && self.at(&replicas).is_none_or(Json::is_null) {
            self.add(&replicas, 1.into(), both("How many pods to keep running.", "要保持运行的 Pod 数量。"))?;
        }
        let service = spec.field("serviceName");
        if to == Kind::StatefulSet && self.text_at(&service).is_empty() {
            let name = self.text_at(&path("metadata.name")).to_owned();
            let why = both(
                "The headless Service that gives the pods their names in DNS.",
                "为 Pod 提供 DNS 名称的无头 Service。",
            );
            self.add(&service, name.into(), why)?;
        }
        if to == Kind::CronJob {
            let schedule = options.schedule.trim();
            self.add(&spec.field("schedule"), schedule.into(), both("When it runs.", "运行时间。"))?;
        }
        Ok(())
    }
}

/// The labels that stay the same from version to version: by the recommended ones, by `app`, or else all of them.
fn stable(labels: &Map<String, Json>) -> Map<String, Json> {
    const BY: [&[&str]; 3] =
        [&["app.kubernetes.io/name", "app.kubernetes.io/instance"], &["app.kubernetes.io/name"], &["app"]];
    let has =
        |keys: &&&[&str]| keys.iter().all(|key| labels.get(*key).is_some_and(|value| !is_nothing(value)));
    match BY.iter().find(has) {
        Some(keys) => {
            keys.iter().filter_map(|key| Some(((*key).to_owned(), labels.get(*key)?.clone()))).collect()
        }
        None => labels.clone(),
    }
}
