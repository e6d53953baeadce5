//! Lost indentation and its relatives: how often the manifest that was damaged comes back, and that a sound one is left
//! alone.
//!
//! Of the recorded manifests a sample is taken, for the sake of time; with `REPAIR_FULL` set, all of them. With
//! `REPAIR_SHOW` set, those that do not come back first are printed.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests read their data and print what they measure"
)]

use flate2::read::GzDecoder;
use podwright::document::Document;
use podwright::repair::{Damage, MOST_READINGS, Offer, offer};
use podwright::schema::{Lang, Version};
use podwright::yaml;
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::Value as Json;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

const VERSION: Version = Version::NEWEST;

/// One of so many recorded manifests is tried, unless all are asked for.
const SAMPLE: usize = 24;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn paths(name: &str, extension: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder(name)).expect(name).map(|entry| entry.expect("entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == extension));
    paths.sort();
    assert!(!paths.is_empty(), "{name}");
    paths
}

/// The recorded manifests, or a sample of them, with their ids.
fn recorded() -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for path in paths("tests/conformance", "gz") {
        for line in BufReader::new(GzDecoder::new(fs::File::open(path).expect("cases"))).lines() {
            let case: Json = serde_json::from_str(&line.expect("a line")).expect("a case");
            let text = |key: &str| case[key].as_str().expect("text").to_owned();
            cases.push((text("id"), text("yaml")));
        }
    }
    let step = if std::env::var_os("REPAIR_FULL").is_some() { 1 } else { SAMPLE };
    cases.into_iter().step_by(step).collect()
}

fn flattened(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_start())).collect()
}

/// What kubectl reads in all documents; `None` if the text is broken.
fn data(text: &str) -> Option<Vec<Json>> {
    let stream = yaml::parse(text);
    let broken = stream.problems.iter().any(|problem| problem.fatal);
    (!broken)
        .then(|| stream.docs.iter().filter_map(|doc| doc.data.as_ref()).map(yaml::Data::to_json).collect())
}

/// The same without the indentation within block scalars, which nothing tells once it is lost.
fn without_inner_indentation(data: Vec<Json>) -> Vec<Json> {
    let bare = |value| match value {
        Json::String(text) => {
            Json::String(text.lines().map(|line| line.trim_start().to_owned() + "\n").collect())
        }
        Json::Array(items) => Json::Array(without_inner_indentation(items)),
        Json::Object(map) => {
            let (keys, values): (Vec<_>, Vec<_>) = map.into_iter().unzip();
            Json::Object(keys.into_iter().zip(without_inner_indentation(values)).collect())
        }
        other => other,
    };
    data.into_iter().map(bare).collect()
}

/// The place of the text's meaning among the readings; `None` if it is not there.
fn rank(offer: Option<&Offer>, text: &str) -> Option<usize> {
    let data = |text| data(text).map(without_inner_indentation);
    let wanted = data(text)?;
    offer?.readings.iter().position(|reading| data(&reading.text).as_ref() == Some(&wanted))
}

/// Flattens each text that this damages, and gives the shares that come back first and at all, with the number of texts.
fn measured(name: &str, texts: &[(String, String)]) -> (f64, f64, usize) {
    let ranks: Vec<(&str, Option<usize>, usize)> = texts
        .par_iter()
        .filter_map(|(id, text)| {
            let flat = flattened(text);
            let whole = data(text)?;
            if data(&flat).as_ref() == Some(&whole) {
                return None;
            }
            let offer = offer(&flat, VERSION);
            let readings = offer.as_ref().map_or(0, |offer| offer.readings.len());
            let rank = rank(offer.as_ref(), text);
            if std::env::var_os("REPAIR_SHOW").is_some() && rank != Some(0) {
                show(id, text, offer.as_ref(), rank);
            }
            Some((id.as_str(), rank, readings))
        })
        .collect();
    let count = ranks.len();
    let share = |number: usize| 100.0 * number as f64 / count.max(1) as f64;
    let first = share(ranks.iter().filter(|(_, rank, _)| *rank == Some(0)).count());
    let offered = share(ranks.iter().filter(|(_, rank, _)| rank.is_some()).count());
    let alone = share(ranks.iter().filter(|(_, _, readings)| *readings == 1).count());
    let most = ranks.iter().map(|(.., readings)| *readings).max().unwrap_or(0);
    println!(
        "{name}: {count} flattened manifests; the first reading is the manifest: {first:.2} %; it is offered: {offered:.2} %; only one reading: {alone:.2} %; most readings: {most}"
    );
    assert!(most <= MOST_READINGS);
    (first, offered, count)
}

/// Prints what stands first in the place of a manifest.
fn show(id: &str, text: &str, offer: Option<&Offer>, rank: Option<usize>) {
    let readings = offer.map_or(&[][..], |offer| &offer.readings);
    println!("{id}: {rank:?} of {}", readings.len());
    match (readings.first(), rank.and_then(|rank| readings.get(rank))) {
        (Some(first), Some(right)) => {
            println!("  first: {}\n  right: {}", first.about.get(Lang::En), right.about.get(Lang::En));
        }
        (first, _) => println!("{text}=>\n{}", first.map_or("", |first| &first.text)),
    }
}

#[test]
fn recorded_manifests_come_back_from_flat_ones() {
    let (first, offered, count) = measured("tests/conformance", &recorded());
    assert!(count > 100);
    // Of all of them 95.7 % come back first and 99.4 % at all.
    assert!(first >= 93.0 && offered >= 98.0);
}

#[test]
fn patterns_and_notes_come_back_from_flat_ones() {
    let texts = |name: &str| -> Vec<(String, String)> {
        let paths = paths(name, "yaml").into_iter();
        let texts = paths.map(|path| (path.display().to_string(), fs::read_to_string(path).expect("text")));
        texts.filter(|(name, _)| !name.contains("flattened")).collect()
    };
    for name in ["templates", "tests/manifests"] {
        let (_, offered, count) = measured(name, &texts(name));
        assert!(count >= 5 && offered == 100.0, "{name}");
    }
}

#[test]
fn sound_manifests_are_left_alone() {
    let mut texts = recorded();
    for name in ["templates", "tests/manifests"] {
        let sound =
            paths(name, "yaml").into_iter().filter(|path| !path.display().to_string().contains("flattened"));
        texts.extend(sound.map(|path| (path.display().to_string(), fs::read_to_string(path).expect("text"))));
    }
    let alarms: Vec<&str> = texts
        .par_iter()
        .filter(|(_, text)| offer(text, VERSION).is_some())
        .map(|(id, _)| id.as_str())
        .collect();
    println!("{} manifests, {} false alarms", texts.len(), alarms.len());
    assert!(alarms.is_empty(), "{alarms:#?}");
}

fn manifest(name: &str) -> String {
    fs::read_to_string(folder(&format!("tests/manifests/{name}.yaml"))).expect(name)
}

/// A manifest with everything that wrapping can get wrong: a list, a block scalar, a comment, two documents.
const WHOLE: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  # The shop.
  - name: web
    image: nginx:1.27
    command:
    - sh
    - -c
    - |
      exec nginx
    ports:
    - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
  - port: 80
";

fn mapped(map: impl Fn(usize, &str) -> String) -> String {
    WHOLE.lines().enumerate().map(|(at, line)| map(at, line) + "\n").collect()
}

/// The deepest indentation in tabs of two columns.
fn tabbed(line: &str) -> String {
    let bare = line.trim_start();
    let columns = line.len() - bare.len();
    "\t".repeat(columns / 2) + bare
}

#[test]
fn what_is_wrapped_around_a_manifest_comes_off() {
    let flat: String = flattened(WHOLE);
    let cases = [
        (vec![Damage::Fence], format!("Apply this:\n\n```yaml\n{WHOLE}```\n\nAnd wait.\n")),
        (vec![Damage::Fence], format!("~~~\n{WHOLE}~~~\n")),
        (
            vec![Damage::Fence],
            format!("1. First:\n\n   ```yaml\n{}   ```\n", mapped(|_, line| format!("   {line}"))),
        ),
        (vec![Damage::Fence], format!("{WHOLE}```\n")),
        (vec![Damage::Shell], format!("$ cat <<EOF | kubectl apply -f -\n{WHOLE}EOF\npod/web created\n")),
        (vec![Damage::Shell], format!("kubectl apply -f - <<'EOF'\n{WHOLE}EOF\n")),
        (
            vec![Damage::Shell, Damage::Quoted],
            format!("$ kubectl apply -f - <<\"END\"\n{}> END\n", mapped(|_, line| format!("> {line}"))),
        ),
        (vec![Damage::Shell], format!("me@host:~$ kubectl get pod web -o yaml\n{WHOLE}me@host:~$ exit\n")),
        (vec![Damage::Shell], format!("[root@master ~]# cat web.yaml\n{WHOLE}")),
        (vec![Damage::LineNumbers], mapped(|at, line| format!("{:>2}  {line}", at + 1))),
        (vec![Damage::LineNumbers], mapped(|at, line| format!("{}: {line}", at + 8))),
        (vec![Damage::LineNumbers], mapped(|at, line| format!("{:>3} | {line}", at + 1))),
        (
            vec![Damage::LineNumbers],
            format!("{}{WHOLE}", (1..=25).map(|n| format!("{n}\n")).collect::<String>()),
        ),
        (vec![Damage::Quoted], mapped(|_, line| format!("> {line}"))),
        (
            vec![Damage::Quoted, Damage::Fence],
            format!("> ```\n{}> ```\n", mapped(|_, line| format!("> {line}"))),
        ),
        (vec![Damage::Blanks], WHOLE.replace("  ", "\u{a0}\u{a0}")),
        (vec![Damage::Blanks], mapped(|_, line| line.replacen("  ", " \u{a0}", 1).replace(": ", ":\u{a0}"))),
        (
            vec![Damage::Dashes],
            WHOLE
                .replace("- name", "– name")
                .replace("- port", "– port")
                .replace("- containerPort", "– containerPort"),
        ),
        (vec![Damage::Words], format!("Here is the manifest\n{WHOLE}")),
        (
            vec![Damage::Shift],
            mapped(|at, line| if at == 0 { line.to_owned() } else { format!("      {line}") }),
        ),
        (vec![Damage::Shift], mapped(|_, line| format!("    {line}"))),
        (vec![Damage::Tabs], mapped(|_, line| tabbed(line))),
        (vec![Damage::Fence, Damage::Tabs], format!("```yaml\n{}```\n", mapped(|_, line| tabbed(line)))),
        (
            vec![Damage::Quotes],
            WHOLE.replace("containerPort: 80", "containerPort: 80\n      protocol: “TCP”"),
        ),
        (vec![Damage::Indentation], flat.clone()),
        (vec![Damage::Fence, Damage::Indentation], format!("```\n{flat}```\n")),
        (
            vec![Damage::LineNumbers, Damage::Indentation],
            flat.lines().zip(1..).map(|(line, n)| format!("{n} {line}\n")).collect(),
        ),
        // Only the second document is damaged.
        (
            vec![Damage::Indentation],
            WHOLE
                .replace("\n  ports:\n  - port", "\nports:\n- port")
                .replace("  selector:\n    app", "selector:\napp"),
        ),
        // Only one block is.
        (
            vec![Damage::Indentation],
            WHOLE.replace("    image", "  image").replace("    command", "  command"),
        ),
    ];
    for (damage, text) in cases {
        let offer = offer(&text, VERSION).unwrap_or_else(|| panic!("nothing is offered for\n{text}"));
        assert_eq!(offer.damage, damage, "{text}=>\n{}", offer.readings[0].text);
        let protocol =
            if text.contains("TCP") { "containerPort: 80\n      protocol: TCP" } else { "containerPort: 80" };
        let wanted = data(&WHOLE.replace("containerPort: 80", protocol));
        let readings: Vec<_> = offer.readings.iter().map(|reading| data(&reading.text)).collect();
        assert!(readings.contains(&wanted), "{text}=>\n{}", offer.readings[0].text);
        for reading in &offer.readings {
            assert_eq!(reading.from.len(), reading.text.lines().count(), "{text}");
        }
        assert!(!offer.about(Lang::En).is_empty() && !offer.about(Lang::Zh).is_empty());
    }
}

#[test]
fn documents_that_are_well_stay_byte_for_byte() {
    let (first, second) = WHOLE.split_once("---\n").expect("two documents");
    let odd = first.replace("name: web\nspec", "name:   'web'   # odd\nspec");
    let text = format!("{odd}---\n{}", flattened(second));
    let offer = offer(&text, VERSION).expect("an offer");
    assert_eq!(offer.readings[0].text, format!("{odd}---\n{second}"));
}

#[test]
fn every_reading_is_explained_where_there_are_several() {
    let offer = offer(&manifest("flattened-05-pod-with-seccontext"), VERSION).expect("an offer");
    assert_eq!(offer.readings.len(), 1, "allowPrivilegeEscalation is a container's alone");
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\nname: a\nspec:\ncontainers:\n- name: a\nimage: b:1\nlivenessProbe:\nexec:\ncommand:\n- cat\nsecurityContext:\nrunAsUser: 1\n";
    let offer = podwright::repair::offer(text, VERSION).expect("an offer");
    let said: Vec<(&str, &str)> =
        offer.readings.iter().map(|r| (r.about.get(Lang::En), r.about.get(Lang::Zh))).collect();
    assert!(
        said.contains(&("Line 13: securityContext belongs to spec", "第 13 行： securityContext 属于 spec")),
        "{said:?}"
    );
    assert!(
        said.iter().any(
            |(en, _)| *en == "Line 13: securityContext belongs to the container “a” (spec.containers[0])"
        ),
        "{said:?}"
    );
    let mut ways: Vec<&str> = said.iter().map(|(en, _)| *en).collect();
    ways.sort_unstable();
    ways.dedup();
    assert_eq!(ways.len(), said.len(), "each reading is told apart");
}

#[test]
fn texts_that_are_no_damaged_manifests_are_left_alone() {
    for text in [
        "",
        "\n\n# only a comment\n",
        "Hello,\n\nthis is a letter: it has colons.\n- and a list\n",
        "{\"apiVersion\": \"v1\",\n\"kind\": \"Pod\",\n\"metadata\": {\n\"name\": \"a\"}}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  README.md: |\n    ```yaml\n    kind: Pod\n    ```\n    $ kubectl apply\n  numbers: |\n    1 a\n    2 b\n    3 c\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: quoted, annotations: {a: “b”}}\nspec: {containers: [{name: a, image: b:1}]}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n    \u{3000}\u{3000}段落\n    – “c”\n",
        "replicaCount: 1\nimage:\n  repository: nginx\nservice:\n  type: ClusterIP\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a\n",
    ] {
        assert_eq!(offer(text, VERSION), None, "{text}");
    }
}

#[test]
fn a_long_flat_text_is_bounded_work() {
    let container = "- name: c\nimage: b:1\nenv:\n- name: A\nvalue: b\nresources:\nlimits:\ncpu: 1\nmemory: 1Gi\nargs:\n- |\na: b\nc\n";
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\nname: a\nspec:\ncontainers:\n{}",
        container.repeat(400)
    );
    assert!(text.lines().count() > 5_000);
    let document = Document::new(text.as_str(), VERSION);
    assert!(podwright::repair::is_damaged(&document));
    let offer = podwright::repair::offer_for(&document).expect("an offer");
    assert!(data(&offer.readings[0].text).is_some());
}

/// Lines that make the search branch, in any order.
fn any_lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("apiVersion: v1"),
        Just("kind: Pod"),
        Just("kind: List"),
        Just("metadata:"),
        Just("name: a"),
        Just("spec:"),
        Just("containers:"),
        Just("- name: a"),
        Just("-"),
        Just("- - a"),
        Just("command: [a,"),
        Just("b]"),
        Just("env:"),
        Just("value: |"),
        Just("# c"),
        Just(""),
        Just("---"),
        Just("'x"),
        Just("\"y\": z"),
        Just("<<: *a"),
        Just("labels:"),
        Just("```"),
        Just("$ cat <<EOF"),
        Just("EOF"),
        Just("> a: b"),
        Just("1 a:"),
        Just("\ta: b"),
        Just("\u{a0}b: c"),
        Just("– d"),
        Just("  image: b"),
        Just("securityContext:"),
        Just("\r"),
        Just("… : “é”"),
        Just("? a"),
        Just("key: >2-"),
        Just("%YAML 1.1"),
    ];
    proptest::collection::vec(line, 0..24).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_only_indentation_changes(text in prop_oneof![any_lines(), any::<String>()]) {
        if let Some(offer) = offer(&text, VERSION) {
            prop_assert!(!offer.damage.is_empty() && !offer.readings.is_empty() && offer.readings.len() <= MOST_READINGS);
            for reading in &offer.readings {
                prop_assert!(data(&reading.text).is_some());
                if offer.damage == [Damage::Indentation] {
                    let bare = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
                    prop_assert_eq!(bare(&reading.text), bare(&text));
                }
            }
        }
    }
}
