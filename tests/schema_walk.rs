//! Every field of every kind at every version: it is set, judged and removed by what the form does, and the text is what it
//! was; and each page shows exactly the fields of its version.
//!
//! Without `PODWRIGHT_ALL_VERSIONS` a sample: the oldest and the newest version, and of each version in between the fields
//! that came or went there.
#![cfg(feature = "window")]
#![allow(clippy::disallowed_methods, reason = "the test reads its environment")]

#[path = "common/typing.rs"]
mod typing;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use podwright::diagnostic::Kind as Problem;
use podwright::document::Document;
use podwright::editor::{Command, Editor};
use podwright::object::Field;
use podwright::path::{Path, Step};
use podwright::schema::{self, Kind, Schema, Type, UnionRule, Version};
use podwright::ui::widgets::{Form, foreign_fields};
use podwright::ui::{Action, Page, View, form};
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use typing::type_all;

const POD_SPEC: &str = "containers:\n- name: app # mine\n  image: nginx:1.27\n";

/// The kinds, each with its pod spec's place and what must stand around it.
const KINDS: [(&str, &str, &str); 7] = [
    ("Pod", "v1", ""),
    ("Deployment", "apps/v1", "selector:\n  matchLabels: {app: web}\n"),
    ("DaemonSet", "apps/v1", "selector:\n  matchLabels: {app: web}\n"),
    ("StatefulSet", "apps/v1", "selector:\n  matchLabels: {app: web}\n"),
    ("ReplicaSet", "apps/v1", "selector:\n  matchLabels: {app: web}\n"),
    ("Job", "batch/v1", "completions: 1\n"),
    ("CronJob", "batch/v1", "schedule: '@daily'\n"),
];

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
}

/// A manifest of a kind with little in it.
fn manifest(kind: &str) -> String {
    let (_, api_version, around) = KINDS.into_iter().find(|(name, ..)| *name == kind).expect("a kind");
    let head = format!(
        "# by hand\napiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: web # the name\nspec:\n"
    );
    let template = |by: usize| {
        let head = "template:\n  metadata:\n    labels:\n      app: web\n  spec:\n";
        indented(head, by) + &indented(POD_SPEC, by + 4)
    };
    head + &match kind {
        "Pod" => indented(POD_SPEC, 2),
        "CronJob" => indented(around, 2) + "  jobTemplate:\n    spec:\n      completions: 1\n" + &template(6),
        _ => indented(around, 2) + &template(2),
    }
}

fn is_scalar(kind: &Kind) -> bool {
    !matches!(kind, Kind::Object(_) | Kind::List(_) | Kind::Map(_))
}

/// The members of a union that the form picks from a list.
fn picked(ty: &Type) -> &[&'static str] {
    match &ty.union {
        Some(union) if union.members.len() > 1 && !matches!(union.rule, UnionRule::Discriminated { .. }) => {
            &union.members
        }
        _ => &[],
    }
}

/// A value that decodes.
fn value(field: &Field<'_>) -> Json {
    match field.kind() {
        Kind::Bool => json!(true),
        Kind::Int32 | Kind::Int64 | Kind::IntOrString => json!(7),
        Kind::Quantity => json!("1Gi"),
        Kind::Time => json!("2026-01-02T03:04:05Z"),
        Kind::Any => json!({"a": 1}),
        _ => json!(
            field.def().and_then(|def| def.values.iter().find(|value| !value.is_empty())).unwrap_or(&"x1")
        ),
    }
}

/// One walk over the fields of a document.
struct Walk {
    editor: Editor,
    version: Version,
    /// Whether a field is tried: all, or those that not every version has.
    all: bool,
    tried: usize,
    /// The members of unions that are chosen, each with the text before.
    chosen: Vec<(Path, String)>,
    wrong: Vec<String>,
}

impl Walk {
    fn new(kind: &str, version: Version, all: bool) -> Walk {
        let mut editor = Editor::new(version);
        editor.run(Command::New(manifest(kind))).expect("new");
        Walk { editor, version, all, tried: 0, chosen: Vec::new(), wrong: Vec::new() }
    }

    /// What the form asks for when `act` is done to the field at a path.
    fn act(&mut self, path: &Path, act: impl FnOnce(&mut Form<'_>, &Field<'_>)) {
        let document = self.editor.document().clone();
        let root = document.written(0).expect("an object");
        let mut form = Form::new(&document, 0, root.clone(), true, None);
        act(&mut form, &root.at(path));
        for action in form.finish().out {
            let Action::Do(command) = action else { continue };
            if let Err(refusal) = self.editor.run(command) {
                self.wrong.push(format!("{} {path}: {refusal}", self.version));
            }
        }
    }

    fn text(&self) -> String {
        self.editor.document().text.clone()
    }

    /// Does something, walks on below, takes it back by `undo`, and the text must be what it was.
    fn there_and_back(
        &mut self,
        path: &Path,
        there: impl FnOnce(&mut Form<'_>, &Field<'_>),
        below: impl FnOnce(&mut Walk),
        back: impl FnOnce(&mut Form<'_>, &Field<'_>),
    ) {
        let before = self.text();
        self.act(path, there);
        self.tried += 1;
        let document = self.editor.document();
        let there = document.written(0).is_some_and(|root| root.at(path).data().is_some());
        if !there {
            self.wrong.push(format!("{} {path}: was not set", self.version));
        }
        let refused = document.diagnostics().find(|(_, d)| {
            matches!(d.kind, Problem::Unknown | Problem::WrongType | Problem::Malformed)
                && path.contains(&d.place)
        });
        if let Some((_, problem)) = refused {
            self.wrong.push(format!("{} {path}: {}", self.version, problem.message));
        }
        below(self);
        self.act(path, back);
        let after = self.text();
        // An object that was chosen empty goes along with the only field that was set in it.
        let with_what_was_empty = self.chosen.last().filter(|(above, _)| above.contains(path));
        if after != before {
            if with_what_was_empty.is_none_or(|(_, text)| *text != after) {
                self.wrong.push(format!("{} {path}: is not as it was:\n{before}→\n{after}", self.version));
            }
            type_all(&mut self.editor, before);
        }
    }

    fn object(&mut self, path: &Path, skip: &[&str]) {
        let document = self.editor.document().clone();
        let object = document.written(0).expect("an object").at(path);
        let ty = object.ty().expect("a type");
        let members = picked(ty);
        for field in object.fields() {
            let def = field.def().expect("declared");
            if skip.contains(&def.name) || def.read_only {
                continue;
            }
            let changed = schema::lifetime(ty.name, def.name) != Some((None, None));
            let all = self.all;
            self.all |= changed;
            if members.contains(&def.name) {
                self.member(path, def.name, members);
            } else {
                self.field(&field.path());
            }
            self.all = all;
        }
    }

    /// A member of a union: chosen, its fields walked, and chosen no longer.
    fn member(&mut self, object: &Path, name: &'static str, members: &[&'static str]) {
        let path = object.field(name);
        let written = |walk: &Walk, path: &Path| {
            walk.editor.document().written(0).is_some_and(|root| root.at(path).data().is_some())
        };
        if members.iter().any(|member| written(self, &object.field(*member))) || !self.goes_into(&path) {
            return;
        }
        let choose = |chosen: bool| {
            move |form: &mut Form<'_>, field: &Field<'_>| {
                let above = form.document.written(0).expect("an object").at(&field.path().parent());
                let fields: Vec<Field<'_>> = members.iter().map(|member| above.get(member)).collect();
                let fields: Vec<&Field<'_>> = fields.iter().collect();
                form.choose_member(&fields, chosen.then_some(field));
            }
        };
        let inner = path.clone();
        let before = self.text();
        let below = |walk: &mut Walk| {
            walk.chosen.push((inner.clone(), before));
            walk.below(&inner);
            walk.chosen.pop();
        };
        self.there_and_back(&path, choose(true), below, choose(false));
    }

    /// What can be set below something that is there.
    fn below(&mut self, path: &Path) {
        let document = self.editor.document().clone();
        let field = document.written(0).expect("an object").at(path);
        if field.ty().is_some() {
            self.object(path, &[]);
        }
    }

    fn goes_into(&self, path: &Path) -> bool {
        let field_kind = |walk: &Walk| {
            let document = walk.editor.document();
            document.written(0).map(|root| root.at(path).kind().clone())
        };
        self.all || field_kind(self).is_some_and(|kind| leads_to_change(Schema::at(self.version), &kind))
    }

    fn field(&mut self, path: &Path) {
        let document = self.editor.document().clone();
        let field = document.written(0).expect("an object").at(path);
        let is_there = field.data().is_some();
        let remove = |form: &mut Form<'_>, field: &Field<'_>| form.remove(field);
        match field.kind() {
            Kind::Object(_) => self.object(path, &[]),
            _ if !self.goes_into(path) => {}
            kind if is_scalar(kind) && !is_there => {
                self.there_and_back(path, |form, field| form.set(field, value(field)), |_| {}, remove);
            }
            Kind::List(item) => {
                let (scalar, at) = (is_scalar(item), field.len());
                let item = path.index(at);
                let list = path.clone();
                let append = move |form: &mut Form<'_>, item: &Field<'_>| {
                    let list = form.document.written(0).expect("an object").at(&list);
                    let new = if scalar { value(item) } else { form.starter(&list) };
                    form.append(&list, new);
                };
                let inner = item.clone();
                self.there_and_back(&item, append, |walk| walk.below(&inner), remove);
            }
            Kind::Map(_) => {
                let key = path.key("key-1");
                self.there_and_back(&key, |form, field| form.set(field, value(field)), |_| {}, remove);
            }
            _ => {}
        }
    }
}

/// Whether something below a kind came or went with a version.
fn leads_to_change(schema: &Schema, kind: &Kind) -> bool {
    match kind {
        Kind::List(item) | Kind::Map(item) => leads_to_change(schema, item),
        Kind::Object(id) => {
            let ty = schema.ty(*id);
            ty.fields.iter().any(|def| {
                schema::lifetime(ty.name, def.name) != Some((None, None))
                    || leads_to_change(schema, &def.kind)
            })
        }
        _ => false,
    }
}

/// The versions, and of each whether every field is tried.
fn versions() -> Vec<(Version, bool)> {
    let all = std::env::var_os("PODWRIGHT_ALL_VERSIONS").is_some();
    let oldest = Version::all().next().expect("a version");
    Version::all().map(|version| (version, all || version == oldest || version == Version::NEWEST)).collect()
}

#[test]
fn every_field_is_set_judged_and_removed_and_the_text_is_what_it_was() {
    let everything = std::env::var_os("PODWRIGHT_ALL_VERSIONS").is_some();
    let tried = AtomicUsize::new(0);
    let jobs: Vec<(&str, Version, bool)> = KINDS
        .iter()
        .flat_map(|(kind, ..)| versions().into_iter().map(move |(version, all)| (*kind, version, all)))
        .collect();
    let wrong: Vec<String> = jobs
        .into_par_iter()
        .flat_map_iter(|(kind, version, all)| {
            let mut walk = Walk::new(kind, version, all);
            // The pod template is the same in every workload: without the environment's word it is walked in a Pod.
            let skip: &[&str] = if kind == "Pod" || everything {
                &["status"]
            } else {
                &["status", "template", "jobTemplate"]
            };
            walk.object(&Path::root().field("metadata"), &[]);
            walk.object(&Path::root().field("spec"), skip);
            if !everything && kind == "CronJob" {
                walk.object(&"spec.jobTemplate.spec".parse().expect("a path"), &["template"]);
            }
            if walk.text() != manifest(kind) {
                walk.wrong.push(format!("{kind} {version}: the text is not what it was"));
            }
            tried.fetch_add(walk.tried, Ordering::Relaxed);
            walk.wrong.into_iter().map(move |wrong| format!("{kind} {wrong}"))
        })
        .collect();
    let tried = tried.into_inner();
    println!("{tried} fields set, judged and removed");
    assert!(tried > 2_000, "{tried} fields");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

/// What names a field's control: the labels of the controls by which the form shows what stands or could stand below.
fn shown_below(field: &Field<'_>, into: &mut BTreeSet<String>) {
    let path = field.path();
    match field.kind() {
        Kind::Object(_) => {
            let ty = field.ty().expect("a type");
            let members = picked(ty);
            if !members.is_empty() {
                into.insert(format!("One of {path}"));
            }
            for below in field.fields() {
                let member = below.def().is_some_and(|def| members.contains(&def.name));
                if !member || below.data().is_some() {
                    shown_below(&below, into);
                }
            }
        }
        Kind::List(_) => {
            into.insert(format!("Add to {path}"));
            field.items().for_each(|item| shown_below(&item, into));
        }
        Kind::Map(_) => {
            into.insert(format!("Add to {path}"));
            field.entries().for_each(|(_, entry)| shown_below(&entry, into));
            let name = path.steps().last().and_then(Step::key);
            let above = field.schema().types().find(|ty| {
                ty.name.ends_with("ResourceRequirements")
                    && path.parent().steps().last().and_then(Step::key) == Some("resources")
                    && ty.name.starts_with("Volume") == path.to_string().contains("volumeClaimTemplate")
            });
            let row = form::NESTED
                .iter()
                .find(|(ty, row)| Some(*ty) == above.map(|ty| ty.name) && Some(row.field) == name);
            if let Some(form::Widget::Amounts(keys)) = row.map(|(_, row)| row.widget) {
                into.extend(keys.iter().map(|key| path.key(*key).to_string()));
            }
        }
        _ => drop(into.insert(path.to_string())),
    }
}

/// The controls that a page has to show.
fn expected(document: &Document, page: &Page) -> BTreeSet<String> {
    let root = document.written(0).expect("an object");
    let spec_path = document.pod_spec(0).expect("a pod spec");
    let mut labels = BTreeSet::new();
    let of_spec = |page: &Page, labels: &mut BTreeSet<String>| {
        for field in root.at(&spec_path).fields() {
            let name = field.def().map_or("", |def| def.name);
            // Each page of the pod has all of its fields, but for the last one: that has those with no page of their own.
            let here = *page != Page::Pod
                || form::page_of(document, 0, &field.path()) == *page
                || name == "ephemeralContainers";
            if here && name != "containers" && name != "initContainers" {
                shown_below(&field, labels);
            }
        }
    };
    match page {
        Page::Metadata => shown_below(&root.get("metadata"), &mut labels),
        Page::Container(list, i) => shown_below(&root.at(&spec_path).get(list).index(*i), &mut labels),
        Page::Workload => {
            let mut object = root.clone();
            for (depth, step) in spec_path.steps().iter().enumerate() {
                for field in object.fields() {
                    let name = field.def().map_or("", |def| def.name);
                    let elsewhere =
                        depth == 0 && ["apiVersion", "kind", "metadata", "status"].contains(&name);
                    if Some(name) != step.key() && !elsewhere {
                        shown_below(&field, &mut labels);
                    }
                }
                object = object.at(&Path::from(vec![step.clone()]));
            }
        }
        page => of_spec(page, &mut labels),
    }
    labels
}

/// The names of the controls in sight that name a field, with everything unfolded.
fn drawn(document: Document, page: &Page) -> BTreeSet<String> {
    let view = View { page: page.clone(), ..View::default() };
    let mut harness = Harness::builder().with_size([1000.0, 14_000.0]).with_max_steps(64).build_ui_state(
        move |ui, view: &mut View| form::form_ui(ui, &document, true, view, &mut Vec::new()),
        view,
    );
    harness.run();
    loop {
        let folded: Vec<_> = harness
            .query_all(egui_kittest::kittest::By::new().predicate(|node| {
                let name = node.label().unwrap_or_default();
                name.starts_with("Unfold ") || name.starts_with("More of ")
            }))
            .filter(|node| !node.accesskit_node().is_disabled())
            .collect();
        if folded.is_empty() {
            break;
        }
        folded.iter().for_each(egui_kittest::Node::click_accesskit);
        drop(folded);
        harness.run();
    }
    let is_of_field = |name: &str| {
        let path = name.strip_prefix("Add to ").or(name.strip_prefix("One of ")).unwrap_or(name);
        ["metadata", "spec"]
            .iter()
            .any(|head| path.strip_prefix(head).is_some_and(|rest| rest.starts_with(['.', '['])))
    };
    let nodes = harness.query_all(egui_kittest::kittest::By::new().predicate(|_| true));
    nodes.filter_map(|node| node.accesskit_node().label()).filter(|name| is_of_field(name)).collect()
}

#[test]
fn each_page_shows_exactly_the_fields_of_its_version() {
    let mut wrong = Vec::new();
    let (mut pages, mut labels) = (0, 0);
    for (kind, ..) in KINDS {
        for (version, all) in versions() {
            if !all {
                continue;
            }
            let document = Document::new(manifest(kind), version);
            for entry in form::outline(&document, 0) {
                if matches!(entry.page, Page::Containers(_)) {
                    continue;
                }
                // The pages of the pod are the same in every workload.
                let of_pod = !matches!(entry.page, Page::Metadata | Page::Workload);
                if of_pod && kind != "Pod" && std::env::var_os("PODWRIGHT_ALL_VERSIONS").is_none() {
                    continue;
                }
                let (expected, drawn) =
                    (expected(&document, &entry.page), drawn(document.clone(), &entry.page));
                pages += 1;
                labels += drawn.len();
                let missing: Vec<_> = expected.difference(&drawn).collect();
                let more: Vec<_> = drawn.difference(&expected).collect();
                if !missing.is_empty() || !more.is_empty() {
                    wrong.push(format!(
                        "{kind} {version} {:?}: missing {missing:?}, more {more:?}",
                        entry.page
                    ));
                }
            }
        }
    }
    println!("{pages} pages with {labels} controls");
    assert!(pages > 20 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A Pod whose tables have rows: what stands beside them must be there all the same.
const TABLES: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: nginx}]
  tolerations: [{key: a, value: b, unknown: 1}]
  topologySpreadConstraints: [{labelSelector: {matchExpressions: [{key: a, operator: In, values: [b], unknown: 1}]}}]
  affinity:
    nodeAffinity:
      unknown: 1
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{matchExpressions: [{key: a}], matchFields: [{key: a, values: [c]}], unknown: 1}, {}]
        unknown: 1
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {}, unknown: 1}, {preference: {unknown: 1}}]
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution: [{namespaces: [a], labelSelector: {matchLabels: {a: b}}, unknown: 1}]
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 1, unknown: 1, podAffinityTerm: {namespaceSelector: {}, matchLabelKeys: [a], mismatchLabelKeys: [b], unknown: 1}}
    podAntiAffinity: {}
  volumes:
  - name: v
    projected:
      sources:
      - {secret: {name: a, items: [{key: a, unknown: 1}], unknown: 1}, unknown: 1}
      - {secret: {}, configMap: {items: [{path: b, mode: 1}]}}
      - {downwardAPI: {items: [{fieldRef: {fieldPath: a}}, {resourceFieldRef: {resource: a}}, {}]}}
      - {serviceAccountToken: {path: a}}
      - {clusterTrustBundle: {signerName: a, labelSelector: {matchLabels: {a: b}}}}
      - {podCertificate: {signerName: a, userAnnotations: {a: b}}}
      - {}
";

#[test]
fn what_has_no_column_in_a_table_is_reached_all_the_same() {
    for version in [Version::NEWEST, "1.29".parse().expect("a version")] {
        let document = Document::new(TABLES, version);
        for page in [Page::Scheduling, Page::Volumes] {
            let mut expected = expected(&document, &page);
            let root = document.written(0).expect("an object");
            foreign_below(&root.get("spec"), &mut expected);
            let drawn = drawn(document.clone(), &page);
            let of_page = |name: &&String| {
                let path = name.strip_prefix("Add to ").or(name.strip_prefix("One of ")).unwrap_or(name);
                form::page_of(&document, 0, &path.parse().expect("a path")) == page
            };
            let missing: Vec<_> = expected.difference(&drawn).filter(of_page).collect();
            let more: Vec<_> = drawn.difference(&expected).filter(of_page).collect();
            assert!(
                missing.is_empty() && more.is_empty(),
                "{version} {page:?}: missing {missing:#?}, more {more:#?}"
            );
        }
    }
}

/// The fields below that their types do not have.
fn foreign_below(field: &Field<'_>, into: &mut BTreeSet<String>) {
    into.extend(foreign_fields(field).iter().map(|field| field.path().to_string()));
    field.fields().chain(field.items()).for_each(|below| foreign_below(&below, into));
}

#[test]
fn a_set_field_that_the_version_lacks_is_shown_marked_and_can_be_removed() {
    let text = manifest("Pod") + "  hostnameOverride: web\n";
    let document = Document::new(text, "1.30".parse().expect("a version"));
    let root = document.written(0).expect("an object");
    let foreign = foreign_fields(&root.get("spec"));
    assert_eq!(foreign.len(), 1);
    assert_eq!(foreign[0].path().steps().last().and_then(Step::key), Some("hostnameOverride"));
    let names = drawn(document, &Page::Network);
    assert!(names.contains("spec.hostnameOverride"), "{names:?}");
}
