//! The patterns: each is accepted, explained and drawn, and joins an open pod with names kept unique.

use podwright::diagnostic::Severity;
use podwright::document::Document;
use podwright::editor::{Command, Editor};
use podwright::schema::{Lang, Version};
use podwright::template::{self, Pattern, Role};
use podwright::yaml::Data;

/// The patterns that need the node and so cannot be at Pod Security level restricted.
const NEED_THE_NODE: [&str; 2] = ["node-agent", "log-agent"];

fn pattern(id: &str) -> Pattern {
    template::built_in().into_iter().find(|pattern| pattern.id == id).expect("a pattern")
}

#[test]
fn every_pattern_is_accepted_at_every_version_without_a_warning() {
    for pattern in template::built_in() {
        for version in Version::all() {
            let document = Document::new(pattern.text.clone(), version);
            let problems: Vec<String> = document
                .diagnostics()
                .filter(|(_, d)| d.stage.severity() != Severity::Advice)
                .map(|(_, d)| format!("{} {}", d.path, d.message))
                .collect();
            assert!(problems.is_empty(), "{} at {version}: {problems:#?}", pattern.id);
            assert!(document.parts.iter().all(|part| part.review.accepted), "{}", pattern.id);
        }
    }
}

#[test]
fn every_pattern_that_can_be_is_restricted() {
    for pattern in template::built_in() {
        let document = Document::new(pattern.text.clone(), Version::NEWEST);
        let security = document.parts[0].review.pod_security.as_ref().expect("a pod");
        let restricted = security.restricted.is_empty() && security.baseline.is_empty();
        assert_eq!(restricted, !NEED_THE_NODE.contains(&pattern.id.as_str()), "{}: {security:?}", pattern.id);
    }
}

#[test]
fn every_pattern_tells_its_name_and_use_in_both_languages_and_has_a_drawing() {
    for pattern in template::built_in() {
        for lang in [Lang::En, Lang::Zh] {
            assert!(!pattern.title(lang).is_empty() && !pattern.when(lang).is_empty(), "{}", pattern.id);
        }
        assert_ne!(pattern.when(Lang::En), pattern.when(Lang::Zh), "{}", pattern.id);
        assert!(!pattern.text.contains("podwright:"), "{}: the header stays out of the manifest", pattern.id);
        let sketch = pattern.sketch();
        assert!(!sketch.containers.is_empty() && !sketch.kind.is_empty(), "{}", pattern.id);
        if let Some(app) = &pattern.app {
            assert!(sketch.containers.contains(&(app.clone(), Role::App)), "{}", pattern.id);
        }
    }
}

#[test]
fn a_new_manifest_takes_its_name_and_keeps_everything_else() {
    for pattern in template::built_in() {
        let text = pattern.manifest(Some("my-shop")).expect("named");
        let document = Document::new(text.clone(), Version::NEWEST);
        assert_eq!(document.parts[0].name, "my-shop", "{}", pattern.id);
        assert!(document.parts[0].review.accepted, "{}", pattern.id);
        let changed = text.lines().zip(pattern.text.lines()).filter(|(new, old)| new != old).count();
        assert_eq!(text.lines().count(), pattern.text.lines().count(), "{}", pattern.id);
        assert!((1..=4).contains(&changed), "{}: {changed} lines changed", pattern.id);
    }
}

const SHOP: &str = "\
# Our shop.
apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
  - name: ambassador   # an unlucky name
    image: shop:1.0    # ours
    env:
    - {name: REDIS_WRITE_ADDRESS, value: 'kept'}
  volumes:
  - name: logs
    emptyDir: {}
";

fn joined(id: &str) -> (String, serde_json::Value) {
    let mut editor = Editor::default();
    editor.run(Command::New(SHOP.to_owned())).expect("new");
    editor.run(Command::AddPattern { doc: 0, pattern: Box::new(pattern(id)) }).expect("add");
    let document = editor.document().clone();
    assert!(
        document.parts[0].review.accepted,
        "{id}: {:#?}\n{}",
        document.parts[0].diagnostics, document.text
    );
    let json = document.data(0).map(Data::to_json).expect("data");
    editor.run(Command::Undo).expect("undo");
    assert_eq!(editor.document().text, SHOP);
    (document.text.clone(), json)
}

#[test]
fn a_pattern_joins_an_open_pod_under_free_names() {
    let (text, json) = joined("ambassador");
    let containers = json["spec"]["containers"].as_array().expect("containers");
    assert_eq!(containers.len(), 2);
    assert_eq!(containers[1]["name"], "ambassador-2");
    let env = containers[0]["env"].as_array().expect("env");
    assert_eq!(env[0], serde_json::json!({"name": "REDIS_WRITE_ADDRESS", "value": "kept"}));
    assert_eq!(env[1]["name"], "REDIS_READ_ADDRESS");
    assert!(
        text.starts_with("# Our shop.\n") && text.contains("# an unlucky name") && text.contains("'kept'")
    );
}

#[test]
fn the_volumes_of_a_pattern_come_along_and_its_mounts_follow_their_new_names() {
    let (_, json) = joined("sidecar-classic");
    let volumes = json["spec"]["volumes"].as_array().expect("volumes");
    assert_eq!(
        volumes.iter().map(|v| v["name"].as_str().expect("name")).collect::<Vec<_>>(),
        ["logs", "logs-2"]
    );
    for container in json["spec"]["containers"].as_array().expect("containers") {
        assert_eq!(container["volumeMounts"][0]["name"], "logs-2");
    }
}

#[test]
fn every_pattern_joins_every_other_and_the_text_before_stays() {
    for host in template::built_in() {
        for guest in template::built_in() {
            let mut editor = Editor::default();
            editor.run(Command::New(host.text.clone())).expect("new");
            let before: Vec<&str> = host.text.lines().collect();
            editor.run(Command::AddPattern { doc: 0, pattern: Box::new(guest.clone()) }).expect("add");
            let after = editor.document().text.clone();
            let mut rest = after.lines();
            for line in before {
                assert!(rest.any(|new| new == line), "{} + {} lost or moved {line:?}", host.id, guest.id);
            }
        }
    }
}

#[test]
fn a_file_without_a_header_is_a_pattern_under_its_own_name() {
    let pattern = Pattern::read("mine", "# A comment.\nkind: Pod\n", template::Origin::Own);
    assert_eq!(pattern.title(Lang::Zh), "mine");
    assert_eq!(pattern.text, "# A comment.\nkind: Pod\n");
}

#[test]
fn free_names_count_on() {
    let taken = |names: &'static [&'static str]| move |name: &str| names.contains(&name);
    assert_eq!(template::free_name("a", taken(&[])), "a");
    assert_eq!(template::free_name("a", taken(&["a"])), "a-2");
    assert_eq!(template::free_name("a-2", taken(&["a-2"])), "a-3");
    assert_eq!(template::free_name("a", taken(&["a", "a-2"])), "a-3");
}
