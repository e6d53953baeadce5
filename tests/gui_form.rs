//! The form, driven by accessible label: every row of FORM and every schema kind is shown, set, removed and undone.
#![cfg(feature = "window")]

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use podwright::document::Document;
use podwright::editor::{Command, Editor};
use podwright::object::Field;
use podwright::path::Path;
use podwright::schema::{Kind, UnionRule};
use podwright::ui::form::{self, FORM, Subject};
use podwright::ui::{Action, Page, View};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web # the name
spec:
  containers:
  - name: app
    image: nginx:1.27
";

struct State {
    editor: Editor,
    view: View,
    refused: Vec<String>,
}

/// The form alone, in a window tall enough for every page, around an editor that carries out what it asks for.
fn form_on(text: &str, page: Page) -> Harness<'static, State> {
    let mut editor = Editor::default();
    editor.run(Command::New(text.to_owned())).expect("new");
    let state = State { editor, view: View { page, ..View::default() }, refused: Vec::new() };
    let mut harness = Harness::builder().with_size([900.0, 6000.0]).with_max_steps(64).build_ui_state(
        |ui, state: &mut State| {
            let mut actions = Vec::new();
            let document = state.editor.shown(state.view.doc).clone();
            egui::ScrollArea::vertical().show(ui, |ui| {
                form::form_ui(ui, &document, true, &mut state.view, &mut actions);
            });
            state.editor.merge_as(state.view.focus.as_ref().map(ToString::to_string));
            for action in actions {
                match action {
                    Action::Do(command) => {
                        if let Err(refusal) = state.editor.run(command) {
                            state.refused.push(refusal.to_string());
                        }
                    }
                    Action::Show { page, .. } => state.view.page = page,
                    Action::GoTo { path, .. } => state.view.reveal = Some(path),
                    _ => {}
                }
            }
        },
        state,
    );
    harness.run();
    harness
}

trait Drive {
    fn text(&self) -> String;
    fn json(&self, path: &str) -> serde_json::Value;
    fn has(&self, label: &str) -> bool;
    fn press(&mut self, label: &str);
    fn write(&mut self, label: &str, text: &str);
    fn choose(&mut self, label: &str, value: &str);
    fn unfold_to(&mut self, label: &str, path: &Path);
    fn undo_all(&mut self);
}

impl Drive for Harness<'_, State> {
    fn text(&self) -> String {
        self.state().editor.document().text.clone()
    }

    fn json(&self, path: &str) -> serde_json::Value {
        let path: Path = path.parse().expect("path");
        let document = self.state().editor.document();
        document
            .data(0)
            .and_then(|data| data.at(&path))
            .map_or(serde_json::Value::Null, podwright::yaml::Data::to_json)
    }

    fn has(&self, label: &str) -> bool {
        self.query_all_by_label(label).next().is_some()
    }

    fn press(&mut self, label: &str) {
        self.get_by_label(label).click();
        self.run();
    }

    fn write(&mut self, label: &str, text: &str) {
        self.get_by_label(label).focus();
        self.run();
        self.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.run();
        self.get_by_label(label).type_text(text);
        self.run();
    }

    fn choose(&mut self, label: &str, value: &str) {
        self.press(label);
        // The list may be scrolled, so the entry is chosen as a screen reader would, not by the mouse.
        self.get_by_label(value).click_accesskit();
        self.run();
    }

    /// Brings a field into sight as a click on its problem would.
    fn unfold_to(&mut self, label: &str, path: &Path) {
        let names = [label.to_owned(), format!("Add to {label}"), format!("One of {label}")];
        if !names.iter().any(|name| self.has(name)) {
            self.state_mut().view.reveal = Some(path.clone());
            self.run();
        }
        assert!(names.iter().any(|name| self.has(name)), "{label} is not in the form");
    }

    fn undo_all(&mut self) {
        while self.state().editor.can_undo() {
            self.state_mut().editor.run(Command::Undo).expect("undo");
        }
        self.run();
    }
}

fn page_of(subject: Subject) -> Page {
    match subject {
        Subject::Metadata => Page::Metadata,
        Subject::Container => Page::Container("containers", 0),
        Subject::Volumes => Page::Volumes,
        Subject::Network => Page::Network,
        Subject::Security => Page::Security,
        Subject::Scheduling => Page::Scheduling,
        Subject::Pod => Page::Pod,
    }
}

fn object_of<'a>(root: &Field<'a>, subject: Subject) -> Field<'a> {
    match subject {
        Subject::Metadata => root.get("metadata"),
        Subject::Container => root.get("spec").get("containers").index(0),
        _ => root.get("spec"),
    }
}

/// The field itself if it holds a scalar, a list or a map, or an object whose fields are picked from a list; of another
/// object the first such field in it.
fn settable<'a>(field: &Field<'a>) -> Field<'a> {
    let Some(ty) = field.ty() else { return field.clone() };
    let picked = ty.union.as_ref().filter(|union| !matches!(union.rule, UnionRule::Discriminated { .. }));
    let members = picked.map(|union| union.members.as_slice()).unwrap_or_default();
    match ty.fields.iter().find(|def| !members.contains(&def.name) && !def.read_only) {
        Some(def) => settable(&field.get(def.name)),
        None => field.clone(),
    }
}

/// Sets a field through its widget and says whether the document then has it.
fn set(form: &mut Harness<'_, State>, field: &Path, kind: &Kind, values: &[&str]) {
    let label = field.to_string();
    match kind {
        Kind::Bool => form.choose(&label, "true"),
        Kind::String if !values.is_empty() => {
            let value = values.iter().rfind(|value| !value.is_empty()).expect("a value");
            form.choose(&label, value);
        }
        Kind::List(_) | Kind::Map(_) => form.press(&format!("Add to {label}")),
        Kind::Int32 | Kind::Int64 | Kind::IntOrString => form.write(&label, "7"),
        Kind::Quantity => form.write(&label, "500m"),
        _ => form.write(&label, "value"),
    }
}

#[test]
fn every_row_of_the_form_is_shown_set_removed_and_undone() {
    let document = Document::new(POD, podwright::schema::Version::NEWEST);
    let root = document.written(0).expect("a pod");
    for sheet in FORM {
        for row in sheet.groups.iter().flat_map(|group| group.rows) {
            let field = object_of(&root, sheet.subject).get(row.field);
            assert!(field.def().is_some(), "{} has no field {}", sheet.ty, row.field);
            let target = settable(&field);
            let mut form = form_on(POD, page_of(sheet.subject));
            let path = target.path();
            let label = path.to_string();
            let was_set = field.exists();
            form.unfold_to(&label, &path);
            let values = target.def().map(|def| def.values.clone()).unwrap_or_default();
            match target.ty().and_then(|ty| ty.union.as_ref()) {
                Some(union) => form.choose(&format!("One of {label}"), union.members[0]),
                None => set(&mut form, &path, target.kind(), &values),
            }
            let json = form.json(&label);
            assert!(!json.is_null(), "{label} was not set:\n{}\n{:?}", form.text(), form.state().refused);
            assert_ne!(form.text(), POD, "{label}");
            let set_text = form.text();
            // Removing it through the form takes it away again, and what was made for it.
            if !was_set {
                if matches!(target.kind(), Kind::List(_)) {
                    form.press(&format!("Remove {label}[0]"));
                } else if matches!(target.kind(), Kind::Map(_)) {
                    let key = form
                        .json(&label)
                        .as_object()
                        .and_then(|map| map.keys().next().cloned())
                        .expect("a key");
                    form.press(&format!("Remove {label}[{key}]"));
                } else if target.ty().is_some() {
                    form.choose(&format!("One of {label}"), "none");
                } else {
                    form.press(&format!("Remove {label}"));
                }
                assert_eq!(form.text(), POD, "{label} was removed");
                form.state_mut().editor.run(Command::Undo).expect("undo");
                form.run();
                assert_eq!(form.text(), set_text, "{label}: the removal was undone");
            }
            form.undo_all();
            assert_eq!(form.text(), POD, "{label} was undone");
        }
    }
}

/// One field of each kind, where it stands, what is typed or chosen, and what then stands in the document.
#[test]
fn every_schema_kind_has_a_widget_that_sets_and_removes() {
    let pod = Page::Pod;
    let container = || Page::Container("containers", 0);
    let cases: Vec<(Page, &str, &str, serde_json::Value)> = vec![
        (pod.clone(), "spec.hostname", "web-1", "web-1".into()),
        (Page::Network, "spec.hostNetwork", "=true", true.into()),
        (Page::Network, "spec.hostNetwork", "=false", false.into()),
        (Page::Scheduling, "spec.priority", "7", 7.into()),
        (pod.clone(), "spec.terminationGracePeriodSeconds", "45", 45.into()),
        (pod.clone(), "spec.restartPolicy", "=OnFailure", "OnFailure".into()),
        (container(), "spec.containers[0].resources.requests[cpu]", "500m", "500m".into()),
        (container(), "spec.containers[0].resources.limits[memory]", "64Mi", "64Mi".into()),
        (Page::Metadata, "metadata.creationTimestamp", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z".into()),
    ];
    for (page, path, given, wanted) in cases {
        let page = if path == "spec.hostname" { Page::Network } else { page };
        let mut form = form_on(POD, page);
        form.unfold_to(path, &path.parse().expect("path"));
        match given.strip_prefix('=') {
            Some(value) => form.choose(path, value),
            None => form.write(path, given),
        }
        assert_eq!(form.json(path), wanted, "{path}\n{}", form.text());
        form.press(&format!("Remove {path}"));
        assert_eq!(form.text(), POD, "{path} removed");
        form.undo_all();
        assert_eq!(form.text(), POD);
    }
}

#[test]
fn a_port_by_number_or_name_is_what_was_typed() {
    let text = POD.to_owned() + "    livenessProbe:\n      tcpSocket:\n        port: 80\n";
    let mut form = form_on(&text, Page::Container("containers", 0));
    let path = "spec.containers[0].livenessProbe.tcpSocket.port";
    form.unfold_to(path, &path.parse().expect("path"));
    form.write(path, "http");
    assert_eq!(form.json(path), "http");
    form.write(path, "8081");
    assert_eq!(form.json(path), 8081);
}

#[test]
fn a_list_of_text_grows_moves_and_shrinks() {
    let mut form = form_on(POD, Page::Container("containers", 0));
    let path = "spec.containers[0].args";
    form.unfold_to(path, &path.parse().expect("path"));
    form.press(&format!("Add to {path}"));
    form.write(&format!("{path}[0]"), "first");
    form.press(&format!("Add to {path}"));
    form.write(&format!("{path}[1]"), "yes");
    assert_eq!(form.json(path), serde_json::json!(["first", "yes"]));
    form.press(&format!("Move {path}[1] up"));
    assert_eq!(form.json(path), serde_json::json!(["yes", "first"]));
    form.press(&format!("Duplicate {path}[1]"));
    assert_eq!(form.json(path), serde_json::json!(["yes", "first", "first"]));
    form.press(&format!("Remove {path}[0]"));
    form.press(&format!("Remove {path}[0]"));
    form.press(&format!("Remove {path}[0]"));
    assert_eq!(form.text(), POD);
}

#[test]
fn containers_are_added_duplicated_moved_and_removed_under_free_names() {
    let mut form = form_on(POD, Page::Containers("containers"));
    form.press("Duplicate spec.containers[0]");
    assert_eq!(form.json("spec.containers[1].name"), "app-2");
    form.press("Move spec.containers[1] up");
    assert_eq!(form.json("spec.containers[0].name"), "app-2");
    form.press("+ Add container");
    assert_eq!(form.json("spec.containers[2].name"), "container");
    assert_eq!(form.state().view.page, Page::Container("containers", 2));
    form.state_mut().view.page = Page::Containers("initContainers");
    form.run();
    form.press("+ Add native sidecar");
    assert_eq!(form.json("spec.initContainers[0].restartPolicy"), "Always");
    form.undo_all();
    assert_eq!(form.text(), POD);
}

#[test]
fn a_key_of_a_map_is_renamed_when_the_keyboard_leaves_it() {
    let mut form = form_on(POD, Page::Metadata);
    form.press("Add to metadata.labels");
    form.write("Key metadata.labels[key]", "app.kubernetes.io/name");
    assert_eq!(form.json("metadata.labels"), serde_json::json!({"key": ""}));
    form.get_by_label("metadata.name").focus();
    form.run();
    assert_eq!(form.json("metadata.labels"), serde_json::json!({"app.kubernetes.io/name": ""}));
    form.write("metadata.labels[app.kubernetes.io/name]", "web");
    form.press("Remove metadata.labels[app.kubernetes.io/name]");
    assert_eq!(form.text(), POD);
}

#[test]
fn the_source_of_a_volume_is_picked_and_changed() {
    let mut form = form_on(POD, Page::Volumes);
    form.press("Add to spec.volumes");
    assert_eq!(form.json("spec.volumes[0].name"), "volume");
    form.choose("One of spec.volumes[0]", "emptyDir");
    assert_eq!(form.json("spec.volumes[0].emptyDir"), serde_json::json!({}));
    form.choose("One of spec.volumes[0]", "configMap");
    assert_eq!(
        form.json("spec.volumes[0]"),
        serde_json::json!({"name": "volume", "configMap": {"name": ""}})
    );
    form.write("spec.volumes[0].configMap.name", "settings");
    assert_eq!(form.json("spec.volumes[0].configMap.name"), "settings");
    form.undo_all();
    assert_eq!(form.text(), POD);
}

#[test]
fn what_is_no_number_stays_as_typed_and_is_told() {
    let mut form = form_on(POD, Page::Container("containers", 0));
    form.press("Add to spec.containers[0].ports");
    form.write("spec.containers[0].ports[0].containerPort", "80x");
    assert_eq!(form.json("spec.containers[0].ports[0].containerPort"), "80x");
    let document = form.state().editor.document().clone();
    assert!(document.diagnostics().any(|(_, d)| d.kind.as_str() == "wrong-type"));
}

#[test]
fn an_octal_mode_is_shown_as_it_is_written() {
    let text = POD.to_owned()
        + "  volumes:\n  - name: s\n    secret:\n      secretName: s\n      defaultMode: 0400\n";
    let form = form_on(&text, Page::Volumes);
    assert_eq!(form.get_by_label("spec.volumes[0].secret.defaultMode").value().as_deref(), Some("0400"));
}

#[test]
fn a_mode_typed_in_octal_stays_in_octal() {
    let text = POD.to_owned() + "  volumes:\n  - name: s\n    secret:\n      secretName: s\n";
    let path = "spec.volumes[0].secret.defaultMode";
    let mut form = form_on(&text, Page::Volumes);
    assert!(form.has("0644 rw-r--r--"), "the server's own mode is told");
    form.write(path, "0400");
    assert_eq!(form.json(path), 256);
    assert!(form.text().ends_with("      defaultMode: 0400\n"), "{}", form.text());
    assert!(form.has("0400 r--------"));
    assert_eq!(form.get_by_label(path).value().as_deref(), Some("0400"));
    form.write(path, "416");
    assert!(form.text().ends_with("      defaultMode: 416\n") && form.has("0640 rw-r-----"));
    form.write(path, "0640");
    assert!(form.text().ends_with("      defaultMode: 0640\n"), "{}", form.text());
    form.undo_all();
    assert_eq!(form.text(), text);
}

#[test]
fn an_amount_and_a_time_are_told_in_words_beside_the_field() {
    let mut form = form_on(POD, Page::Container("containers", 0));
    for (path, typed, words) in [
        ("spec.containers[0].resources.limits[cpu]", "500m", "0.5 cores"),
        ("spec.containers[0].resources.limits[memory]", "1.5Gi", "1,610,612,736 bytes (1.61 GB)"),
    ] {
        form.unfold_to(path, &path.parse().expect("path"));
        form.write(path, typed);
        assert!(form.has(words), "{path}");
    }
    form.write("spec.containers[0].resources.limits[memory]", "512");
    form.press("Write 512Mi");
    assert_eq!(form.json("spec.containers[0].resources.limits[memory]"), "512Mi");
    assert!(form.has("536,870,912 bytes (537 MB)"));
    let mut form = form_on(POD, Page::Pod);
    form.write("spec.terminationGracePeriodSeconds", "90");
    assert!(form.has("1 min 30 s"));
}

#[test]
fn a_probe_shows_when_it_gives_up() {
    let text = POD.to_owned()
        + "    livenessProbe:\n      tcpSocket: {port: 80}\n      initialDelaySeconds: 10\n      periodSeconds: 10\n";
    let mut form = form_on(&text, Page::Container("containers", 0));
    let picture = "Timing of spec.containers[0].livenessProbe";
    let told =
        |form: &Harness<'_, State>| form.get_by_label(picture).accesskit_node().description().expect("words");
    assert!(told(&form).contains("Gives up after 40 s at the latest"), "{}", told(&form));
    form.write("spec.containers[0].livenessProbe.failureThreshold", "5");
    assert!(told(&form).contains("Gives up after 1 min at the latest"), "{}", told(&form));
    form.write("spec.containers[0].livenessProbe.periodSeconds", "often");
    assert!(!form.has(picture), "what is no number has no picture");
}

#[test]
fn a_schedule_shows_its_next_runs() {
    let text = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  schedule: 0 9 * * *\n  timeZone: Asia/Shanghai\n  jobTemplate: {}\n";
    let mut form = form_on(text, Page::Workload);
    assert!(form.has("Next runs, in Asia/Shanghai"));
    assert_eq!(form.query_all_by_label_contains(" 09:00 +08:00").count(), 5);
    form.write("spec.schedule", "0 25 * * *");
    assert!(!form.has("Next runs, in Asia/Shanghai"), "the problem says it");
    form.choose("spec.suspend", "true");
    form.write("spec.schedule", "@daily");
    assert!(form.has("Suspended: no run is started while suspend is true"));
    form.choose("spec.suspend", "false");
    assert_eq!(form.query_all_by_label_contains(" 00:00 +08:00").count(), 5);
}

#[test]
fn a_rule_of_the_scheduler_is_told_as_a_sentence() {
    let text =
        POD.to_owned() + "  tolerations:\n  - key: gpu\n    operator: Exists\n    effect: NoSchedule\n";
    let mut form = form_on(&text, Page::Scheduling);
    assert!(form.has("tolerates the taint gpu with any value, with the effect NoSchedule"));
    form.write("spec.tolerations[0].key", "disk");
    assert!(form.has("tolerates the taint disk with any value, with the effect NoSchedule"));
}

const AFFINITY: &str = "  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions:
          # the fast ones
          - key: disk # by label
            operator: In # any of
            values:
            - ssd # the old ones
            - nvme
";

const TERM: &str =
    "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]";

#[test]
fn a_requirement_is_a_row_whose_values_go_with_an_operator_that_needs_none() {
    let text = POD.to_owned() + AFFINITY;
    let mut form = form_on(&text, Page::Scheduling);
    let at = |what: &str| format!("{TERM}.matchExpressions{what}");
    form.press(&format!("Add to {}", at("")));
    assert_eq!(form.json(&at("[1]")), serde_json::json!({"key": "", "operator": "In"}));
    form.write(&at("[1].key"), "gpu");
    form.press(&format!("Add to {}", at("[1].values")));
    form.write(&at("[1].values[0]"), "a");
    // A comma begins the next value.
    form.get_by_label(&at("[1].values[0]")).type_text(",b");
    form.run();
    assert_eq!(
        form.json(&at("[1]")),
        serde_json::json!({"key": "gpu", "operator": "In", "values": ["a", "b"]})
    );
    form.press(&format!("Remove {}", at("[1].values[0]")));
    assert_eq!(form.json(&at("[1].values")), serde_json::json!(["b"]));
    form.choose(&at("[1].operator"), "DoesNotExist");
    assert_eq!(form.json(&at("[1]")), serde_json::json!({"key": "gpu", "operator": "DoesNotExist"}));
    assert!(!form.has(&format!("Add to {}", at("[1].values"))), "no value is asked for");
    assert!(form.has("node label disk is one of ssd, nvme, node label gpu is not there"));
    form.press(&format!("Remove {}", at("[1]")));
    assert_eq!(form.text(), text);
    form.choose(&at("[0].operator"), "Exists");
    let without: String = AFFINITY.lines().take(8).map(|line| line.to_owned() + "\n").collect();
    assert_eq!(form.text(), POD.to_owned() + &without.replace("In #", "Exists #"), "the comments stay");
    form.choose(&at("[0].operator"), "NotIn");
    assert!(form.has(&format!("Add to {}", at("[0].values"))));
    form.undo_all();
    // A field of the node has its one name, and the operators that are allowed there.
    form.press(&format!("Add to {TERM}.matchFields"));
    let field = format!("{TERM}.matchFields[0]");
    assert_eq!(form.json(&field), serde_json::json!({"key": "metadata.name", "operator": "In"}));
    form.press(&format!("{field}.operator"));
    assert!(form.has("NotIn") && !form.has("Gt"));
}

#[test]
fn what_an_affinity_requires_and_prefers_are_rows_of_one_table() {
    let mut form = form_on(POD, Page::Scheduling);
    let away = "spec.affinity.podAntiAffinity";
    let (required, preferred) = (
        format!("{away}.requiredDuringSchedulingIgnoredDuringExecution"),
        format!("{away}.preferredDuringSchedulingIgnoredDuringExecution"),
    );
    form.unfold_to(&required, &required.parse().expect("a path"));
    form.press(&format!("Add to {preferred}"));
    form.press(&format!("Add to {required}"));
    form.write(&format!("{preferred}[0].weight"), "5");
    form.choose(&format!("Choose {preferred}[0].podAffinityTerm.topologyKey"), "topology.kubernetes.io/zone");
    form.press(&format!("Add to {preferred}[0].podAffinityTerm.namespaces"));
    form.write(&format!("{preferred}[0].podAffinityTerm.namespaces[0]"), "web");
    form.write(&format!("{required}[0].topologyKey"), "zone");
    let labels = format!("{required}[0].labelSelector.matchLabels");
    form.unfold_to(&labels, &labels.parse().expect("a path"));
    form.press(&format!("Add to {labels}"));
    form.write(&format!("Key {labels}[key]"), "app");
    form.write(&format!("{required}[0].topologyKey"), "zone");
    form.write(&format!("{labels}[app]"), "web");
    let term = serde_json::json!({"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "web"}}});
    assert_eq!(form.json(&required), serde_json::json!([term]));
    let weighted = serde_json::json!({"weight": 5, "podAffinityTerm": {"topologyKey": "topology.kubernetes.io/zone", "namespaces": ["web"]}});
    assert_eq!(form.json(&preferred), serde_json::json!([weighted]));
    assert!(form.has("not in the same zone as a pod that fits: label app is web"));
    form.press(&format!("Remove {required}[0]"));
    form.press(&format!("Remove {preferred}[0]"));
    assert_eq!(form.text(), POD);
}

#[test]
fn a_toleration_is_a_row_that_loses_its_value_to_exists() {
    let tolerations = "  tolerations: # of the pool
  - key: a
    value: b # for now
    effect: NoExecute # leave
";
    let text = POD.to_owned() + tolerations;
    let mut form = form_on(&text, Page::Scheduling);
    let at = |what: &str| format!("spec.tolerations{what}");
    form.press("Add to spec.tolerations");
    form.write(&at("[1].key"), "gpu");
    form.choose(&at("[1].operator"), "Exists");
    form.choose(&at("[1].effect"), "NoExecute");
    form.write(&at("[1].tolerationSeconds"), "300");
    let set = serde_json::json!({"key": "gpu", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300});
    assert_eq!(form.json(&at("[1]")), set);
    assert!(form.has("tolerates the taint gpu with any value, with the effect NoExecute, for 5 min"));
    form.press(&format!("Remove {}", at("[1]")));
    form.choose(&at("[0].operator"), "Exists");
    assert_eq!(form.json(&at("[0].value")), serde_json::Value::Null);
    assert!(form.text().contains("effect: NoExecute # leave\n"), "{}", form.text());
    assert!(form.text().contains("tolerations: # of the pool\n"), "{}", form.text());
    form.undo_all();
    assert_eq!(form.text(), text);
}

#[test]
fn the_sources_of_a_projected_volume_say_which_files_they_put_there() {
    let volume = "  volumes:
  - name: all
    projected:
      sources:
      - configMap: # the settings
          name: app
          items:
          - {key: a, path: conf} # one
";
    let text = POD.to_owned() + volume;
    let mut form = form_on(&text, Page::Volumes);
    let sources = "spec.volumes[0].projected.sources";
    assert!(form.has("conf ⬅ the key a of the ConfigMap app"));
    form.choose(&format!("Add to {sources}"), "serviceAccountToken");
    assert_eq!(form.json(&format!("{sources}[1]")), serde_json::json!({"serviceAccountToken": {"path": ""}}));
    form.write(&format!("{sources}[1].serviceAccountToken.path"), "token");
    let audience = format!("{sources}[1].serviceAccountToken.audience");
    form.write(&audience, "vault");
    assert!(form.has("token ⬅ a token of the service account for vault, valid for 1 h"));
    form.choose(&format!("One of {sources}[1]"), "secret");
    form.write(&format!("{sources}[1].secret.name"), "db");
    assert!(form.has("* ⬅ every key of the Secret db"));
    let items = format!("{sources}[1].secret.items");
    form.unfold_to(&items, &items.parse().expect("a path"));
    form.press(&format!("Add to {items}"));
    form.write(&format!("{items}[0].key"), "p");
    form.write(&format!("{items}[0].path"), "conf");
    assert!(form.has("conf ⬅ the key p of the Secret db"));
    assert!(form.has("another source already puts a file at conf"), "at the cell");
    form.press(&format!("Remove {sources}[1]"));
    assert_eq!(form.text(), text);
}

#[test]
fn what_is_no_row_of_a_table_is_shown_as_it_is_written_and_removed() {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    for (spec, path) in [
        (
            format!("affinity: {{nodeAffinity: {{{required}: 3}}}}"),
            format!("affinity.nodeAffinity.{required}"),
        ),
        (
            format!("affinity: {{nodeAffinity: {{{required}: {{nodeSelectorTerms: a}}}}}}"),
            format!("affinity.nodeAffinity.{required}.nodeSelectorTerms"),
        ),
        (
            format!("affinity: {{nodeAffinity: {{{preferred}: [{{weight: 1, preference: [a]}}]}}}}"),
            format!("affinity.nodeAffinity.{preferred}[0].preference"),
        ),
        (
            format!("affinity: {{podAffinity: {{{preferred}: [{{weight: 1, podAffinityTerm: a}}]}}}}"),
            format!("affinity.podAffinity.{preferred}[0].podAffinityTerm"),
        ),
        (
            format!(
                "affinity: {{podAffinity: {{{required}: [{{labelSelector: {{matchExpressions: [{{values: a}}]}}}}]}}}}"
            ),
            format!("affinity.podAffinity.{required}[0].labelSelector.matchExpressions[0].values"),
        ),
        (
            format!("affinity: {{podAffinity: {{{required}: [{{labelSelector: {{matchLabels: [a]}}}}]}}}}"),
            format!("affinity.podAffinity.{required}[0].labelSelector.matchLabels"),
        ),
        ("tolerations: [a, {key: b}]".to_owned(), "tolerations[0]".to_owned()),
    ] {
        let path = format!("spec.{path}");
        let mut form = form_on(&format!("{POD}  {spec}\n"), Page::Scheduling);
        let remove = format!("Remove {path}");
        assert!(form.has(&remove), "{path} in {spec}");
        let written = form.json(&path);
        form.press(&remove);
        assert_ne!(form.json(&path), written, "{path} in {spec}");
    }
}

#[test]
fn a_capability_is_picked_by_name_with_what_it_allows() {
    let mut form = form_on(POD, Page::Container("containers", 0));
    let path = "spec.containers[0].securityContext.capabilities.drop";
    form.unfold_to(path, &path.parse().expect("path"));
    let add = format!("Add by name to {path}");
    form.choose(&add, "ALL");
    assert_eq!(form.json(path), serde_json::json!(["ALL"]));
    assert!(form.has("Every capability there is."));
    form.press(&add);
    assert!(!form.has("ALL"), "what stands there is not offered again");
    form.get_by_label("NET_RAW").click_accesskit();
    form.run();
    assert_eq!(form.json(path), serde_json::json!(["ALL", "NET_RAW"]));
    form.write(&format!("{path}[1]"), "ALL");
    assert!(form.has("stands above already"));
}

#[test]
fn the_source_of_a_variable_is_picked_with_names_of_the_same_file() {
    let text = POD.to_owned()
        + "    env:\n    - name: A\n      value: x\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: p, user: u}\n";
    let mut form = form_on(&text, Page::Container("containers", 0));
    let path = "spec.containers[0].env[0]";
    form.choose(&format!("Source of {path}"), "A key of a Secret");
    let set = |key: &str| serde_json::json!({"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": key}}});
    assert_eq!(form.json(path), set(""));
    let key = format!("{path}.valueFrom.secretKeyRef.key");
    form.unfold_to(&key, &key.parse().expect("path"));
    form.choose(&format!("Choose {key}"), "password");
    assert_eq!(form.json(path), set("password"));
    assert!(form.has("Secret db › password"));
    form.choose(&format!("Source of {path}"), "A field of the pod");
    let field = format!("{path}.valueFrom.fieldRef.fieldPath");
    form.unfold_to(&field, &field.parse().expect("path"));
    form.choose(&format!("Choose {field}"), "status.podIP");
    assert_eq!(form.json(path)["valueFrom"], serde_json::json!({"fieldRef": {"fieldPath": "status.podIP"}}));
    form.choose(&format!("Source of {path}"), "A text");
    assert_eq!(form.json(path), serde_json::json!({"name": "A"}));
    form.undo_all();
    assert_eq!(form.text(), text);
}

#[test]
fn every_kind_of_object_has_its_pages() {
    for (id, _) in podwright::template::BUILT_IN {
        let pattern = podwright::template::built_in().into_iter().find(|p| p.id == *id).expect("pattern");
        let document = Document::new(pattern.text.clone(), podwright::schema::Version::NEWEST);
        for entry in form::outline(&document, 0) {
            form_on(&pattern.text, entry.page);
        }
    }
}

#[test]
fn a_projected_source_unfolds_as_it_is_chosen_and_is_found() {
    let text = format!("{POD}  volumes:\n  - name: p\n    projected:\n      sources:\n      - {{}}\n");
    let mut form = form_on(&text, Page::Volumes);
    let source = "spec.volumes[0].projected.sources[0]";
    form.choose(&format!("One of {source}"), "secret");
    assert!(form.has(&format!("{source}.secret.optional")), "{}", form.text());
    form.state_mut().view.reveal = format!("{source}.secret").parse().ok();
    form.step();
    form.run();
    let focus = form.state().view.focus.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(focus.starts_with(&format!("{source}.secret")), "{focus:?}");
}

#[test]
fn a_term_is_not_offered_where_the_list_could_not_take_it() {
    let required = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    let affinity =
        "  affinity:\n    nodeAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution: oops\n";
    let form = form_on(&format!("{POD}{affinity}"), Page::Scheduling);
    assert!(form.has(&format!("Remove {required}")), "what stands there can be removed");
    assert!(!form.has(&format!("Add to {required}.nodeSelectorTerms")));
    assert!(form.has("Add to spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution"));
}
