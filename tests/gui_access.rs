//! Every control has a name: the whole window's accessibility tree is walked, page by page, with everything unfolded. And
//! everything can be done without a mouse.
#![cfg(feature = "window")]

#[path = "common/controls.rs"]
mod controls;

use controls::{focused, nameless, names};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{By, NodeT, Queryable};
use egui_kittest::{Harness, Node};
use podwright::template;
use podwright::ui::clipboard::Clipboard;
use podwright::ui::picker::{Answer, Ask, Picker};
use podwright::ui::{App, Services};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What was copied.
type Copied = Rc<RefCell<Vec<String>>>;

struct Hands(Copied);

impl Clipboard for Hands {
    fn set(&mut self, _ctx: &egui::Context, text: &str) -> Result<(), String> {
        self.0.borrow_mut().push(text.to_owned());
        Ok(())
    }

    fn note(&mut self, _text: &str) {}

    fn hand_over(&mut self) {}
}

impl Picker for Hands {
    fn ask(&mut self, _ctx: &egui::Context, _ask: Ask) {}

    fn answer(&mut self) -> Option<Answer> {
        None
    }
}

struct Window {
    harness: Harness<'static, App>,
    copied: Copied,
}

/// The window as it starts.
fn window(width: f32, height: f32) -> Window {
    let copied = Copied::default();
    let services = Services {
        clipboard: Box::new(Hands(copied.clone())),
        picker: Box::new(Hands(copied.clone())),
        patterns: Box::new(|| (template::built_in(), Vec::new())),
        keep_pattern: Box::new(|_, _| unreachable!("nothing is kept")),
    };
    let mut harness = Harness::builder()
        .with_size([width, height])
        .with_max_steps(64)
        .build_eframe(|window| App::new(&window.egui_ctx, services));
    harness.run();
    Window { harness, copied }
}

impl Window {
    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    fn key(&mut self, key: Key) {
        self.press(Modifiers::NONE, key);
    }

    fn type_text(&mut self, text: &str) {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.harness.run();
    }

    fn has(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Clicks as a screen reader does.
    fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click_accesskit();
        self.harness.run();
    }

    fn text(&self) -> String {
        self.harness.state().text().to_owned()
    }

    /// The name of what has the keyboard.
    fn focused(&self) -> String {
        focused(&self.harness)
    }

    fn unfold_all(&mut self) {
        loop {
            let folded: Vec<Node<'_>> = self
                .harness
                .query_all(By::new().predicate(|node| {
                    let name = node.label().unwrap_or_default();
                    (name.starts_with("Unfold ") || name.starts_with("More of ")) && !node.is_disabled()
                }))
                .collect();
            if folded.is_empty() {
                return;
            }
            folded.iter().for_each(Node::click_accesskit);
            drop(folded);
            self.harness.run();
        }
    }

    fn nameless(&self, place: &str) -> Vec<String> {
        nameless(&self.harness, place)
    }

    /// Goes on with Tab until what has the keyboard has this name.
    fn tab_to(&mut self, name: &str) {
        self.tab_by(Modifiers::NONE, name);
    }

    fn tab_by(&mut self, modifiers: Modifiers, name: &str) {
        let mut seen = Vec::new();
        for _ in 0..120 {
            if self.focused() == name {
                return;
            }
            self.press(modifiers, Key::Tab);
            seen.push(self.focused());
        }
        panic!("Tab does not lead to {name}: {seen:?}");
    }

    /// Replaces what stands in the field that has the keyboard.
    fn retype(&mut self, text: &str) {
        self.press(Modifiers::COMMAND, Key::A);
        self.type_text(text);
    }

    /// Goes to a field by the finder.
    fn find(&mut self, field: &str) {
        self.press(Modifiers::COMMAND, Key::K);
        self.type_text(field);
        self.key(Key::Enter);
    }
}

const VOLUMES: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web}
spec:
  hostnameOverride: web
  nodeSelector: {a: b}
  tolerations: [{key: a}, {operator: Exists}]
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{key: a, operator: In, values: [b, c]}, {key: d, operator: Exists}]
          matchFields: [{key: metadata.name, operator: In, values: [node-1]}]
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {}}]
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {topologyKey: zone, namespaces: [a], labelSelector: {matchLabels: {a: b}}}
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 1, podAffinityTerm: {topologyKey: zone, namespaceSelector: {}}}
  containers:
  - name: app
    image: nginx
    command: [a, b]
    ports: [{containerPort: 80}]
    env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    envFrom: [{configMapRef: {name: a}}]
    resources: {limits: {cpu: 1, gpu: 1}}
    readinessProbe: {httpGet: {port: 80, httpHeaders: [{name: a, value: b}]}}
    volumeMounts: [{name: v, mountPath: /v}]
  volumes:
  - name: v
    projected:
      sources:
      - {secret: {name: s, items: [{key: a, path: b}]}}
      - {downwardAPI: {items: [{path: c, fieldRef: {fieldPath: metadata.name}}]}}
      - {serviceAccountToken: {path: d}}
      - {clusterTrustBundle: {name: e, path: f}}
      - {podCertificate: {signerName: example.com/a, keyType: ED25519, keyPath: g}}
      - {}
  - name: e
    ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}
";

/// A window on a text.
fn window_on(text: &str) -> Window {
    let mut window = window(1280.0, 9000.0);
    window.click("Start with an empty text");
    window.harness.get_by_label("YAML").focus();
    window.harness.run();
    window.harness.event(egui::Event::Paste(text.to_owned()));
    window.harness.run();
    assert_eq!(window.text(), text);
    window
}

#[test]
fn every_control_on_every_page_has_a_name() {
    let mut nameless = window(1280.0, 3000.0).nameless("gallery");
    let mut texts: Vec<String> = vec![VOLUMES.to_owned()];
    for kind in ["deployment", "daemon", "stateful", "replica", "job", "cron"] {
        let (kind, api, around) = match kind {
            "deployment" => ("Deployment", "apps/v1", ""),
            "daemon" => ("DaemonSet", "apps/v1", ""),
            "stateful" => ("StatefulSet", "apps/v1", ""),
            "replica" => ("ReplicaSet", "apps/v1", ""),
            "job" => ("Job", "batch/v1", ""),
            _ => (
                "CronJob",
                "batch/v1",
                "  jobTemplate:\n    spec: {template: {spec: {containers: [{name: a}]}}}\n",
            ),
        };
        let template =
            if around.is_empty() { "  template: {spec: {containers: [{name: a}]}}\n" } else { around };
        texts.push(format!("apiVersion: {api}\nkind: {kind}\nmetadata:\n  name: w\nspec:\n{template}"));
    }
    for (at, text) in texts.iter().enumerate() {
        let mut window = window_on(text);
        if at == 0 {
            window.key(Key::F1);
        }
        let kind = text.lines().nth(1).unwrap_or_default().to_owned();
        let document = window.harness.state().document().clone();
        let pages = podwright::ui::form::outline(&document, 0);
        for entry in pages {
            // The marks of problems are part of the name.
            let labels: BTreeSet<String> = window
                .harness
                .query_all(By::new().predicate(|node| node.role() == Role::Button))
                .filter_map(|node| node.accesskit_node().label())
                .filter(|label| *label == entry.label || label.starts_with(&format!("{}, has ", entry.label)))
                .collect();
            let label = labels.first().unwrap_or_else(|| panic!("{} in the outline", entry.label)).clone();
            let nodes: Vec<Node<'_>> = window.harness.query_all_by_label(&label).collect();
            nodes.first().expect("the entry").click_accesskit();
            drop(nodes);
            window.harness.run();
            window.unfold_all();
            nameless.extend(window.nameless(&format!("{kind}, {}", entry.label)));
        }
    }
    assert!(nameless.is_empty(), "{} controls without a name:\n{}", nameless.len(), nameless.join("\n"));
}

#[test]
fn every_control_in_front_of_the_window_has_a_name() {
    let mut nameless = Vec::new();
    for (place, key) in [
        ("finder", (Modifiers::COMMAND, Key::K)),
        ("turn into", (Modifiers::COMMAND | Modifiers::SHIFT, Key::T)),
        ("open by path", (Modifiers::COMMAND | Modifiers::SHIFT, Key::O)),
        ("find", (Modifiers::COMMAND, Key::F)),
        ("replace", (Modifiers::COMMAND, Key::H)),
        ("line", (Modifiers::COMMAND, Key::G)),
        ("quit", (Modifiers::COMMAND, Key::Q)),
        ("gallery with a pod", (Modifiers::COMMAND, Key::N)),
    ] {
        let mut window = window_on(VOLUMES);
        let before: BTreeSet<String> = names(&window.harness);
        window.press(key.0, key.1);
        if place != "quit" {
            assert!(!names(&window.harness).is_subset(&before), "{place} shows something");
        }
        nameless.extend(window.nameless(place));
    }
    for menu in [
        "File menu",
        "Edit menu",
        "Export menu",
        "Copy menu",
        "View menu",
        "中/EN menu",
        "Judged by Kubernetes 1.37",
    ] {
        let mut window = window_on(VOLUMES);
        window.click(menu);
        nameless.extend(window.nameless(menu));
    }
    let mut window = window_on(VOLUMES);
    window.click("File menu");
    window.click("Keep as a template…");
    nameless.extend(window.nameless("template"));
    let mut window = window_on(VOLUMES);
    window.click("Judged by Kubernetes 1.37");
    window.click("Kubernetes 1.30");
    nameless.extend(window.nameless("another version"));
    window.find("evictionResponders");
    assert!(window.has("Judge by Kubernetes 1.37"));
    nameless.extend(window.nameless("a field of another version"));
    assert!(nameless.is_empty(), "{} controls without a name:\n{}", nameless.len(), nameless.join("\n"));
}

#[test]
fn the_menus_are_reached_and_left_by_keys() {
    let mut window = window(1280.0, 800.0);
    window.key(Key::F10);
    assert_eq!(window.focused(), "File menu");
    window.key(Key::Enter);
    assert!(window.has("Open by path…"));
    // The first item that does something has the keyboard.
    assert_eq!(window.focused(), "Open by path…");
    window.key(Key::Escape);
    assert!(!window.has("Open by path…"));
    assert_eq!(window.focused(), "File menu");
    window.tab_to("View menu");
    window.key(Key::Enter);
    window.tab_to("Dark theme");
    window.key(Key::Enter);
    assert_eq!(window.focused(), "View menu");
}

#[test]
fn another_version_lists_what_changes_and_leads_there() {
    let mut window = window_on(VOLUMES);
    window.click("Judged by Kubernetes 1.37");
    window.click("Kubernetes 1.30");
    window.click("spec.hostnameOverride: Kubernetes 1.30 does not have this field.");
    assert_eq!(window.focused(), "spec.hostnameOverride");
    // The row and its problem both offer it.
    let remove: Vec<Node<'_>> = window.harness.query_all_by_label("Remove spec.hostnameOverride").collect();
    remove[0].click_accesskit();
    drop(remove);
    window.harness.run();
    assert!(!window.text().contains("hostnameOverride"));
    assert!(
        !window.has("spec.hostnameOverride: Kubernetes 1.30 does not have this field."),
        "the list follows the text"
    );
    window.click("Dismiss the changes");
    assert!(!window.has("Dismiss the changes"));
}

#[test]
fn f6_goes_from_pane_to_pane() {
    let mut window = window_on(VOLUMES);
    assert_eq!(window.focused(), "YAML");
    window.key(Key::F6);
    let entry = window.focused();
    assert!(entry.starts_with("app") || entry.starts_with("Metadata"), "{entry}");
    window.key(Key::F6);
    let field = window.focused();
    assert!(!field.is_empty() && field != entry && field != "YAML", "{field}");
    window.key(Key::F6);
    assert_eq!(window.focused(), "YAML");
    window.press(Modifiers::SHIFT, Key::F6);
    assert_ne!(window.focused(), "YAML");
}

#[test]
fn every_cell_of_a_table_is_reached_by_tab() {
    let mut window = window_on(VOLUMES);
    window.find("spec.affinity.nodeAffinity");
    let term =
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]";
    let nodes = "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]";
    let pods = "spec.affinity.podAffinity";
    let preferred = format!("{pods}.preferredDuringSchedulingIgnoredDuringExecution[0]");
    for name in [
        format!("{term}.matchExpressions[0].key"),
        format!("{term}.matchExpressions[0].operator"),
        format!("{term}.matchExpressions[0].values[0]"),
        format!("Remove {term}.matchExpressions[0].values[0]"),
        format!("{term}.matchExpressions[0].values[1]"),
        format!("Add to {term}.matchExpressions[0].values"),
        format!("Remove {term}.matchExpressions[0]"),
        format!("{term}.matchExpressions[1].operator"),
        format!("{term}.matchFields[0].values[0]"),
        format!("Add to {term}.matchExpressions"),
        format!("Less of {nodes}"),
        format!("{nodes}.weight"),
        format!("Key {pods}.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels[a]"),
        format!("{preferred}.weight"),
        format!("{preferred}.podAffinityTerm.topologyKey"),
        format!("Add to {preferred}.podAffinityTerm.namespaces"),
        "spec.tolerations[0].key".to_owned(),
        "spec.tolerations[0].operator".to_owned(),
        "spec.tolerations[0].value".to_owned(),
        "spec.tolerations[0].effect".to_owned(),
        "spec.tolerations[0].tolerationSeconds".to_owned(),
    ] {
        window.tab_to(&name);
    }
    // A source is added by keys, and the keyboard goes on in it.
    window.find("spec.volumes");
    let sources = "spec.volumes[0].projected.sources";
    window.tab_to(&format!("Add to {sources}"));
    window.key(Key::Enter);
    window.tab_to("configMap");
    window.key(Key::Enter);
    assert!(window.text().contains("- configMap:\n          name: \"\""), "{}", window.text());
    assert_eq!(window.focused(), format!("One of {sources}[6]"));
}

#[test]
fn every_page_that_is_chosen_by_keys_takes_the_keyboard() {
    let mut window = window_on(VOLUMES);
    let document = window.harness.state().document().clone();
    for entry in podwright::ui::form::outline(&document, 0) {
        let labels: Vec<String> = names(&window.harness).into_iter().collect();
        let is_entry =
            |label: &&String| **label == entry.label || label.starts_with(&format!("{}, has ", entry.label));
        let label = labels.iter().find(is_entry).unwrap_or_else(|| panic!("{}", entry.label)).clone();
        let nodes: Vec<Node<'_>> = window.harness.query_all_by_label(&label).collect();
        nodes[0].focus();
        drop(nodes);
        window.harness.run();
        window.key(Key::Enter);
        let field = window.focused();
        let wanted = match entry.label.as_str() {
            "Containers" => "app",
            "Init and sidecars" => "+ Add init container",
            "Metadata" => "metadata.name",
            _ => "spec.",
        };
        assert!(
            field == wanted || wanted == "spec." && field.starts_with(wanted),
            "{}: {field}",
            entry.label
        );
    }
    // The links and buttons on the pages lead on by keys too.
    for (button, field) in
        [("app", "spec.containers[0].name"), ("+ Add container", "spec.containers[1].name")]
    {
        window.harness.query_all_by_label("Containers").next().expect("in the outline").click_accesskit();
        window.harness.run();
        window.harness.get_by_label(button).focus();
        window.harness.run();
        window.key(Key::Enter);
        assert_eq!(window.focused(), field);
    }
}

#[test]
fn what_has_the_keyboard_is_in_sight() {
    let mut window = window_on(VOLUMES);
    window.harness.set_size(egui::vec2(1280.0, 800.0));
    window.find("app name");
    window.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::E);
    let rows = |window: &Window| {
        let name = window.focused();
        let node = window.harness.query_all_by_label(&name).find(|node| node.is_focused());
        let rect = node.expect("it").rect();
        (name, rect)
    };
    let mut highest = 0.0_f32;
    for (modifiers, times) in [(Modifiers::NONE, 90), (Modifiers::SHIFT, 80)] {
        for _ in 0..times {
            window.press(modifiers, Key::Tab);
            let (name, rect) = rows(&window);
            assert!(rect.top() >= 36.0 && rect.bottom() <= 800.0, "{name} is at {rect:?}");
            highest = highest.max(rect.bottom());
        }
    }
    assert!(highest > 500.0, "the page is longer than the window");
    // The help takes room from the form below the field.
    while rows(&window).1.bottom() < 500.0 {
        window.press(Modifiers::NONE, Key::Tab);
    }
    window.press(Modifiers::NONE, Key::F1);
    let (name, rect) = rows(&window);
    assert!(rect.bottom() < 440.0, "{name} is at {rect:?}");
}

#[test]
fn the_keyboard_follows_an_item_that_moves() {
    let text = VOLUMES
        .replace("[{name: A, valueFrom", "[{name: B, value: b}, {name: C, value: c}, {name: A, valueFrom");
    let mut window = window_on(&text);
    let order = |window: &Window| -> Vec<String> {
        let json = window.harness.state().document().data(0).expect("data").to_json();
        let env = json["spec"]["containers"][0]["env"].as_array().expect("a list").clone();
        env.iter().map(|entry| entry["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let env = "spec.containers[0].env";
    window.find("app env");
    window.tab_to(&format!("Move {env}[2] up"));
    window.key(Key::Enter);
    assert_eq!(order(&window), ["B", "A", "C"]);
    assert_eq!(window.focused(), format!("Move {env}[1] up"));
    window.key(Key::Space);
    assert_eq!(order(&window), ["A", "B", "C"]);
    // It can go no further: the keyboard has the button for the way back.
    assert_eq!(window.focused(), format!("Move {env}[0] down"));
    window.key(Key::Enter);
    window.key(Key::Enter);
    assert_eq!(order(&window), ["B", "C", "A"]);
    assert_eq!(window.focused(), format!("Move {env}[2] up"));
    // In lists of objects and of text too.
    window.find("volumes");
    window.tab_by(Modifiers::SHIFT, "Move spec.volumes[0] down");
    window.key(Key::Enter);
    assert_eq!(window.focused(), "Move spec.volumes[1] up");
    window.find("app command");
    window.tab_to("Move spec.containers[0].command[1] up");
    window.key(Key::Enter);
    assert_eq!(window.focused(), "Move spec.containers[0].command[0] down");
}

#[test]
fn a_sidecar_pod_is_built_and_copied_without_a_mouse() {
    let mut window = window(1280.0, 800.0);
    window.tab_to("Start with Sidecar");
    window.key(Key::Enter);
    let start = window.text();
    assert!(start.contains("restartPolicy: Always"), "{start}");
    let container = |what: &str| format!("spec.containers[0].{what}");

    window.find("app image");
    assert_eq!(window.focused(), container("image"));
    window.retype("nginx:1.28");
    window.tab_by(Modifiers::SHIFT, &container("name"));
    window.retype("site");
    // A choice is opened, an entry taken, and the keyboard is back where it was.
    window.tab_to(&container("imagePullPolicy"));
    window.key(Key::Enter);
    window.tab_to("Never");
    window.key(Key::Enter);
    assert_eq!(window.focused(), container("imagePullPolicy"));

    let ports = container("ports");
    window.tab_to(&format!("Add to {ports}"));
    window.key(Key::Enter);
    assert!(window.focused().starts_with(&format!("{ports}[1]")), "{}", window.focused());
    window.tab_to(&format!("{ports}[1].containerPort"));
    window.retype("9090");
    let env = container("env");
    window.tab_to("Unfold env");
    window.key(Key::Space);
    assert_eq!(window.focused(), "Fold env");
    for (i, (name, value)) in [("FIRST", "1"), ("SECOND", "two"), ("THIRD", "3")].into_iter().enumerate() {
        window.tab_to(&format!("Add to {env}"));
        window.key(Key::Enter);
        assert_eq!(window.focused(), format!("{env}[{i}].name"));
        window.retype(name);
        window.tab_to(&format!("{env}[{i}].value"));
        window.retype(value);
    }
    window.tab_to(&format!("Move {env}[2] up"));
    window.key(Key::Enter);
    window.tab_by(Modifiers::SHIFT, &format!("Remove {env}[0]"));
    window.key(Key::Space);
    assert!(window.focused().contains(&format!("{env}[0]")), "{}", window.focused());

    // By the outline to another page, and on in it.
    window.key(Key::F6);
    window.key(Key::F6);
    window.tab_to("Network and host");
    window.key(Key::Enter);
    assert_eq!(window.focused(), "spec.hostNetwork");

    window.find("site readiness periodSeconds");
    assert_eq!(window.focused(), container("readinessProbe.periodSeconds"));
    window.retype("7");
    window.find("metadata.name");
    assert_eq!(window.focused(), "metadata.name");
    window.retype("by-keys");
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Y);

    let copied = window.copied.borrow().last().cloned().expect("copied");
    assert_eq!(copied, window.text());
    let document = window.harness.state().document();
    let json = document.data(0).expect("data").to_json();
    assert_eq!(json["metadata"]["name"], "by-keys");
    let app = &json["spec"]["containers"][0];
    assert_eq!(app["name"], "site");
    assert_eq!(app["image"], "nginx:1.28");
    assert_eq!(app["imagePullPolicy"], "Never");
    assert_eq!(app["readinessProbe"]["periodSeconds"], 7);
    assert_eq!(app["ports"][1]["containerPort"], 9090);
    let env: Vec<(&str, &str)> = app["env"]
        .as_array()
        .expect("a list")
        .iter()
        .rev()
        .take(2)
        .map(|entry| {
            (entry["name"].as_str().unwrap_or_default(), entry["value"].as_str().unwrap_or_default())
        })
        .collect();
    // The third has moved up past the second, and the first is gone.
    assert_eq!(env, [("SECOND", "two"), ("THIRD", "3")]);
}
