//! What is written by hand and read otherwise by kubectl: each hazard with its message, its place and its fixes; and what
//! Podwright itself writes, which kubectl must read back as it was given.
//!
//! `tests/hazards.json` holds what kubectl made of every token that these tests write. Where kubectl is in `PATH` it is
//! asked as well. After a new string in `STRINGS`: `cargo test --test hazards -- --ignored record` asks kubectl anew.
#![allow(clippy::disallowed_methods, reason = "tests read, write and start what they test")]

use flate2::read::GzDecoder;
use podwright::diagnostic::{Diagnostic, Kind, Severity};
use podwright::document::Document;
use podwright::editor::{Command, Editor};
use podwright::path::{Path, Step};
use podwright::schema::Version;
use podwright::yaml::{self, Change, Data, Value};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{self, Stdio};

/// A pod of which a case writes lines of `metadata` and lines of the container.
fn pod(metadata: &str, container: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web # keep\n{metadata}spec:\n  containers:\n  - name: web\n    image: nginx:1.27\n{container}"
    )
}

/// A pod of which a case writes lines of `spec`.
fn spec(lines: &str) -> String {
    format!("{}{lines}", pod("", ""))
}

/// A pod with a volume whose file mode is as given.
fn mode(written: &str) -> String {
    spec(&format!(
        "  volumes:\n  - name: a\n    configMap:\n      name: a\n      defaultMode: {written} # mode\n"
    ))
}

/// One hazard: the text before, a part of the message, what is marked, and the title and outcome of each fix.
struct Case {
    text: String,
    says: &'static str,
    marks: &'static str,
    fixes: Vec<(&'static str, After)>,
}

/// What a fix leaves.
#[derive(Clone)]
enum After {
    /// Something else where the mark was, every other byte as before.
    Instead(&'static str),
    /// A text.
    Text(String),
}

/// A case whose fixes put something else in place of what is marked.
fn case(
    text: String,
    says: &'static str,
    marks: &'static str,
    fixes: &[(&'static str, &'static str)],
) -> Case {
    let fixes = fixes.iter().map(|(title, new)| (*title, After::Instead(new))).collect();
    Case { text, says, marks, fixes }
}

/// A case whose fixes take lines away or write elsewhere than at the mark.
fn lines(text: String, says: &'static str, marks: &'static str, fixes: &[(&'static str, String)]) -> Case {
    let fixes = fixes.iter().map(|(title, after)| (*title, After::Text(after.clone()))).collect();
    Case { text, says, marks, fixes }
}

fn cases() -> Vec<Case> {
    let value = |written: &str| pod("", &format!("    env:\n    - name: A\n      value: {written} # v\n"));
    let label = |line: &str| pod(&format!("  labels:\n    {line} # l\n    b: c\n"), "");
    let args = |items: &str| pod("", &format!("    args: [a, {items}, \"b\"] # a\n"));
    let grace = |written: &str| spec(&format!("  terminationGracePeriodSeconds: {written} # s\n"));
    let cpu = |written: &str| pod("", &format!("    resources:\n      limits: {{cpu: {written}}} # r\n"));
    let port = |written: &str| {
        pod("", &format!("    livenessProbe:\n      tcpSocket:\n        port: {written} # p\n"))
    };
    let mut all = vec![
        // Booleans.
        case(
            spec("  hostNetwork: yes # n\n"),
            "“yes” as true; a reader of YAML 1.2 reads the text",
            "yes",
            &[("Write true", "true")],
        ),
        case(spec("  hostNetwork: Off\n"), "“Off” as false", "Off", &[("Write false", "false")]),
        case(
            pod("", "    securityContext: {privileged: n, runAsNonRoot: true}\n"),
            "“n” as false",
            "n",
            &[("Write false", "false")],
        ),
        case(
            pod("", "    tty: \"yes\" # t\n"),
            "must be true or false",
            "\"yes\"",
            &[("Write true", "true")],
        ),
        // Keys.
        case(label("on: x"), "the key “on” as “true”", "on", &[("Quote it: \"on\"", "\"on\"")]),
        case(label("012: x"), "the key “012” as “10”", "012", &[("Quote it: \"012\"", "\"012\"")]),
        case(label("1.10: x"), "the key “1.10” as “1.1”", "1.10", &[("Quote it: \"1.10\"", "\"1.10\"")]),
        case(
            label("1:20: x"),
            "readers of YAML 1.1 make the number 80 of it",
            "1:20",
            &[("Quote it: \"1:20\"", "\"1:20\"")],
        ),
        case(
            pod("  annotations: {a: b, yes: \"1\"} # f\n", ""),
            "the key “yes” as “true”",
            "yes",
            &[("Quote it: \"yes\"", "\"yes\"")],
        ),
        case(pod("", "    on: 1\n"), "kubectl reads the key “on” as true", "on", &[]),
        // Texts that the server refuses, kept as they were written.
        case(value("0644"), "420, as kubectl reads “0644”", "0644", &[("Quote it: \"0644\"", "\"0644\"")]),
        case(value("1e3"), "1000, as kubectl reads “1e3”", "1e3", &[("Quote it: \"1e3\"", "\"1e3\"")]),
        case(value("true"), "the truth value true", "true", &[("Quote it: \"true\"", "\"true\"")]),
        case(value("8080"), "the number 8080", "8080", &[("Quote it: \"8080\"", "\"8080\"")]),
        case(value("1.10"), "1.1, as kubectl reads “1.10”", "1.10", &[("Quote it: \"1.10\"", "\"1.10\"")]),
        case(label("a: yes"), "as kubectl reads “yes”", "yes", &[("Quote it: \"yes\"", "\"yes\"")]),
        case(args("1_000"), "as kubectl reads “1_000”", "1_000", &[("Quote it: \"1_000\"", "\"1_000\"")]),
        case(
            args("18446744073709551617"),
            "as kubectl reads",
            "18446744073709551617",
            &[("Quote it: \"18446744073709551617\"", "\"18446744073709551617\"")],
        ),
        // Texts that other readers take for something else.
        case(args("1:20"), "make the number 80 of it", "1:20", &[("Quote it: \"1:20\"", "\"1:20\"")]),
        case(
            args("-1:30:00"),
            "make the number -5400 of it",
            "-1:30:00",
            &[("Quote it: \"-1:30:00\"", "\"-1:30:00\"")],
        ),
        case(
            value("2026-01-01"),
            "make a date of it",
            "2026-01-01",
            &[("Quote it: \"2026-01-01\"", "\"2026-01-01\"")],
        ),
        case(value("1e400"), "an infinite number", "1e400", &[("Quote it: \"1e400\"", "\"1e400\"")]),
        case(label("a: ="), "have another use for it", "=", &[("Quote it: \"=\"", "\"=\"")]),
        case(value("<<"), "have another use for it", "<<", &[("Quote it: \"<<\"", "\"<<\"")]),
        // Nothing in place of a text.
        case(
            label("a: ~"),
            "makes the empty text of it",
            "~",
            &[("Write \"\"", "\"\""), ("Quote it: \"~\"", "\"~\"")],
        ),
        case(
            args("null"),
            "makes the empty text of it",
            "null",
            &[("Write \"\"", "\"\""), ("Quote it: \"null\"", "\"null\"")],
        ),
        // Whole numbers.
        case(
            grace("012"),
            "as the octal number 10; a reader of YAML 1.2 reads the number 12",
            "012",
            &[("Write 10", "10"), ("Write 12", "12")],
        ),
        case(grace("07"), "as the octal number 7", "07", &[("Write 7", "7")]),
        case(grace("08"), "“08” as the number 8", "08", &[("Write 8", "8")]),
        case(grace("0x1F"), "as the number 31", "0x1F", &[("Write 31", "31")]),
        case(
            grace("0b101"),
            "the number 5; a reader of YAML 1.2 reads the text “0b101”",
            "0b101",
            &[("Write 5", "5")],
        ),
        case(
            grace("1_000"),
            "as the number 1000; a reader of YAML 1.2 reads the text",
            "1_000",
            &[("Write 1000", "1000")],
        ),
        case(grace("1e3"), "“1e3” as the number 1000", "1e3", &[("Write 1000", "1000")]),
        case(grace("+1"), "“+1” as the number 1", "+1", &[("Write 1", "1")]),
        case(grace("30.0"), "“30.0” as the number 30", "30.0", &[("Write 30", "30")]),
        case(grace("1."), "“1.” as the number 1", "1.", &[("Write 1", "1")]),
        case(grace("9007199254740993"), "read 9007199254740992", "9007199254740993", &[]),
        case(
            spec("  priority: 5000000000 # p\n"),
            "32 bits",
            "5000000000",
            &[("Write 2147483647", "2147483647")],
        ),
        case(
            pod("", "    ports: [{containerPort: 0o120}] # p\n"),
            "as the octal number 80",
            "0o120",
            &[("Write 80", "80")],
        ),
        // A number or a text.
        case(
            port("0120"),
            "as the octal number 80; a reader of YAML 1.2 reads the number 120",
            "0120",
            &[("Write 80", "80"), ("Write 120", "120")],
        ),
        case(port("yes"), "as kubectl reads “yes”", "yes", &[("Quote it: \"yes\"", "\"yes\"")]),
        case(port("\"8080\""), "letter", "\"8080\"", &[("Use the number 8080", "8080")]),
        // File modes.
        case(
            mode("644"),
            "the file mode 644",
            "644",
            &[("Write 0644", "0644"), ("Use 420, which is 0644 octal", "420")],
        ),
        case(
            mode("400"),
            "400 is 0620 in octal; most likely 0400 is meant",
            "400",
            &[("Write 0400", "0400")],
        ),
        case(mode("0x1A4"), "as the number 420", "0x1A4", &[("Write 0644", "0644")]),
        // Quantities.
        case(
            cpu("010"),
            "as the octal number 8",
            "010",
            &[("Write 8", "8"), ("Quote it: \"010\"", "\"010\"")],
        ),
        case(cpu("1_000"), "as the number 1000", "1_000", &[("Write 1000", "1000")]),
        case(cpu("0x10"), "as the number 16", "0x10", &[("Write 16", "16")]),
        case(
            cpu("18446744073709551617"),
            "18446744073709552000",
            "18446744073709551617",
            &[("Quote it: \"18446744073709551617\"", "\"18446744073709551617\"")],
        ),
    ];
    // Lines that go, with their comments, and comments that stay.
    all.push(lines(
        spec("  hostname: ~ # h\n  restartPolicy: Never # r\n"),
        "hostname is not set",
        "~",
        &[
            ("Remove spec.hostname", spec("  restartPolicy: Never # r\n")),
            ("Quote it: \"~\"", spec("  hostname: \"~\" # h\n  restartPolicy: Never # r\n")),
        ],
    ));
    all.push(lines(
        pod("", "    args:\n    - # nothing\n    - b\n"),
        "nothing stands here; the server makes the empty text of it",
        "",
        &[("Write \"\"", pod("", "    args:\n    - \"\" # nothing\n    - b\n"))],
    ));
    let twice = |labels: &str| pod(&format!("  labels:\n{labels}    z: z # last\n"), "");
    all.push(lines(
        twice("    # above\n    a: \"1\" # one\n    # between\n    a: \"2\" # two\n"),
        "a is given more than once",
        "a",
        &[
            ("Keep only the last a", twice("    # between\n    a: \"2\" # two\n")),
            ("Keep only the first a", twice("    # above\n    a: \"1\" # one\n")),
        ],
    ));
    all.push(lines(
        pod("  labels: {a: \"1\", b: c, a: \"2\", a: \"3\"} # l\n", ""),
        "a is given more than once",
        "a",
        &[
            ("Keep only the last a", pod("  labels: {b: c, a: \"3\"} # l\n", "")),
            ("Keep only the first a", pod("  labels: {a: \"1\", b: c} # l\n", "")),
        ],
    ));
    let merged = |annotations: &str| {
        pod(&format!("  labels: &l {{a: \"1\"}}\n  annotations: {{{annotations}}} # m\n"), "")
    };
    all.push(lines(
        merged("a: \"2\", <<: *l, c: d"),
        "a is given more than once",
        "*l",
        &[("Remove the overridden a", merged("<<: *l, c: d"))],
    ));
    all.push(lines(
        merged("<<: *l, a: \"2\", c: d"),
        "a is given more than once",
        "a",
        &[("Remove a, which “<<” brings in", merged("<<: *l, c: d"))],
    ));
    // Between brackets from the start there is no octal: the value is written.
    let kyaml = |mode: &str| {
        format!(
            "---\n{{apiVersion: \"v1\", kind: \"Pod\", metadata: {{name: \"a\"}}, spec: {{volumes: [{{name: \"v\", configMap: {{name: \"c\", defaultMode: {mode}}}}}], containers: [{{name: \"a\", image: \"b:1\"}}]}}}}\n"
        )
    };
    let json = |mode: &str| {
        let pod: Json = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
            "volumes": [{"name": "v", "configMap": {"name": "c", "defaultMode": "MODE"}}],
            "containers": [{"name": "a", "image": "b:1"}],
        }});
        pod.to_string().replace("\"MODE\"", mode)
    };
    let title = "Write 256, which is 0400 octal";
    all.push(lines(kyaml("400"), "most likely 0400 is meant", "400", &[(title, kyaml("256"))]));
    all.push(lines(json("400"), "most likely 0400 is meant", "400", &[(title, json("256"))]));
    let list = |value: &str| {
        format!(
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {{name: a}}\n  spec:\n    hostPID: {value} # p\n    containers: [{{name: a, image: b:1}}]\n"
        )
    };
    all.push(lines(list("on"), "“on” as true", "on", &[("Write true", list("true"))]));
    all
}

/// The problems that come of how something is written: the hazards, and the server's own with a fix of them.
fn told(document: &Document) -> Vec<&Diagnostic> {
    let advice = ["image-tag", "image-placeholder", "quantity-unit"].map(Kind::Advice);
    document.diagnostics().map(|(_, found)| found).filter(|found| !advice.contains(&found.kind)).collect()
}

#[test]
fn every_hazard_is_told_where_it_stands_and_mended() {
    cases().iter().for_each(check);
}

/// Puts a case to the document, and makes each of its fixes.
fn check(case: &Case) {
    let Case { text, says, marks, fixes } = case;
    let document = Document::new(text.as_str(), Version::NEWEST);
    let all = told(&document);
    let marked = |found: &&&Diagnostic| &text[found.span.clone()] == *marks && found.message.contains(says);
    let found = *all.iter().find(marked).unwrap_or_else(|| panic!("{text}\n{says}: {all:#?}"));
    // One thing is told once: as advice, or as a reason for the server's own refusal.
    let of_writing = [Kind::Hazard, Kind::WrongType, Kind::DuplicateKey, found.kind];
    let at_place = all.iter().filter(|other| other.span == found.span && of_writing.contains(&other.kind));
    assert_eq!(at_place.count(), 1, "told twice: {all:#?}");
    let titles: Vec<&str> = found.fixes.iter().map(|fix| fix.title.as_str()).collect();
    let expected: Vec<&str> = fixes.iter().map(|(title, _)| *title).collect();
    // An unknown field has the fixes that every unknown field has.
    if found.kind != Kind::Unknown {
        assert_eq!(titles, expected, "{text}");
    }
    for (fix, (title, after)) in found.fixes.iter().zip(fixes) {
        let mut editor = Editor::new(Version::NEWEST);
        editor.run(Command::New(text.clone())).expect("new");
        editor
            .run(Command::Fix { doc: 0, fix: fix.clone() })
            .unwrap_or_else(|why| panic!("{title}: {why}\n{text}"));
        let after = match after {
            After::Text(text) => text.clone(),
            After::Instead(new) => {
                format!("{}{new}{}", &text[..found.span.start], &text[found.span.end..])
            }
        };
        assert_eq!(editor.document().text, after, "{title}");
        let left = told(editor.document());
        let same: Vec<_> = (left.iter())
            .filter(|left| left.place.parent() == found.place.parent() && of_writing.contains(&left.kind))
            .collect();
        assert!(same.is_empty(), "{title} leaves {same:#?} in\n{after}");
        let value = editor.document().data(0).and_then(|data| data.at(&found.place));
        let promised =
            title.strip_prefix("Quote it: ").or(title.strip_prefix("Write ").filter(|t| !t.contains(' ')));
        if matches!(fix.changes[..], [Change::Rename { .. }]) {
            continue;
        }
        if let (Some(promised), Some(value)) = (promised, value) {
            let stream = yaml::parse(promised);
            assert_eq!(
                Some(value.to_json()),
                stream.docs[0].data.as_ref().map(Data::to_json),
                "{title}\n{after}"
            );
        }
    }
}

/// What is written as everyone reads it, or is known to everyone as it is, is not told.
#[test]
fn no_false_alarm() {
    for text in [
        pod("  labels: {\"yes\": \"no\", 'on': '1', app: web, version: v1, empty: , x: ''}\n", ""),
        pod(
            "  annotations:\n    a: |\n      yes\n    8080: x\n    b: !!str yes\n    c: !!str 2026-01-01\n",
            "",
        ),
        pod("  creationTimestamp: null\n", ""),
        pod("", "    tty: True\n    stdin: FALSE\n    workingDir:\n"),
        pod("", "    args: [\"0644\", 8080:80, 1.2.3, 10:99, a=b, -c, 1e, 12:5:61, 2026, x]\n")
            .replace("2026, ", ""),
        pod(
            "",
            "    resources: {limits: {cpu: .5, memory: 1e9}, requests: {cpu: 0.25, memory: 128974848}}\n",
        ),
        spec("  terminationGracePeriodSeconds: 0\n  priority: -5\n"),
        spec("  hostAliases:\n  - {ip: 10.0.0.1, hostnames: [a]}\n"),
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"hostname\": null, \"priority\": 1e3}}\n"
            .to_owned(),
        mode("0644"),
        mode("0o644"),
        mode("420"),
        mode("511"),
        "apiVersion: example.com/v1\nkind: Thing\nspec: {a: yes, b: 012, c: 1:20}\n".to_owned(),
    ] {
        let document = Document::new(text.as_str(), Version::NEWEST);
        let found: Vec<_> = told(&document).into_iter().filter(|found| found.kind == Kind::Hazard).collect();
        assert!(found.is_empty(), "{text}\n{found:#?}");
    }
}

#[test]
fn hazards_are_advice_and_change_no_verdict() {
    let document = Document::new(spec("  hostNetwork: yes\n"), Version::NEWEST);
    let [found] = told(&document)[..] else { panic!("{:#?}", told(&document)) };
    assert_eq!((found.kind, found.stage.severity()), (Kind::Hazard, Severity::Advice));
    assert!(document.parts[0].review.accepted);
}

/// The cases of `tests/conformance`: id, manifest, and whether the API server was seen to accept it.
fn recorded_manifests() -> Vec<(String, String, bool)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance");
    let files = std::fs::read_dir(folder).expect("cases").map(|entry| entry.expect("a file").path());
    let packed = files.filter(|path| path.extension().is_some_and(|extension| extension == "gz"));
    let cases =
        packed.flat_map(|path| BufReader::new(GzDecoder::new(File::open(path).expect("cases"))).lines());
    let read = |line: std::io::Result<String>| {
        let case: Json = serde_json::from_str(&line.expect("a line")).expect("a case");
        let text = |name: &str| case[name].as_str().expect("a text").to_owned();
        (text("id"), text("yaml"), case["accepted"] == true)
    };
    cases.map(read).collect()
}

/// What the API server was seen to accept has no hazard, but where the case is about how YAML is written, and where a
/// number has more digits than a 64-bit float.
#[test]
fn hazards_are_rare_in_what_is_accepted() {
    let (mut accepted, mut told) = (0, Vec::new());
    for (id, text, _) in recorded_manifests().into_iter().filter(|(.., accepted)| *accepted) {
        accepted += 1;
        let document = Document::new(text, Version::NEWEST);
        let hazards = document.diagnostics().filter(|(_, found)| found.kind == Kind::Hazard);
        told.extend(hazards.map(|(_, found)| format!("{id}: {}", found.message)));
    }
    assert!(accepted > 1_900, "{accepted}");
    let about_writing = ["decoding/", "/raw-number-", "-null-value-", "9223372036854775807"];
    let is_deserved = |told: &&String| about_writing.iter().any(|part| told.contains(part));
    let undeserved: Vec<_> = told.iter().filter(|told| !is_deserved(told)).collect();
    assert!(undeserved.is_empty(), "{undeserved:#?}");
    assert!((20..=60).contains(&told.len()), "{told:#?}");
}

#[test]
fn every_fix_of_what_is_written_can_be_made_and_mends_it() {
    let (mut made, mut wrong) = (0, Vec::new());
    for (id, text, _) in recorded_manifests() {
        let document = Document::new(text.as_str(), Version::NEWEST);
        let kinds = [Kind::Hazard, Kind::WrongType, Kind::DuplicateKey];
        for problem in told(&document).into_iter().filter(|found| kinds.contains(&found.kind)) {
            for fix in &problem.fixes {
                made += 1;
                let what = format!("{id}: {} ({})", fix.title, problem.message);
                match yaml::apply(&text, 0, &fix.changes, &document.key_order(0), yaml::Sharing::Everywhere) {
                    Err(refusal) => wrong.push(format!("{what}: {refusal}")),
                    Ok(made) => {
                        let after = Document::new(yaml::edited(&text, &made.edits), Version::NEWEST);
                        let left = told(&after).into_iter().any(|left| {
                            left.kind == problem.kind
                                && left.place == problem.place
                                && left.message == problem.message
                        });
                        if left {
                            wrong.push(format!("{what}: of no use\n{}", after.text));
                        }
                    }
                }
            }
        }
    }
    assert!(made > 100, "{made}");
    assert!(wrong.is_empty(), "{} of {made}: {wrong:#?}", wrong.len());
}

/// `podwright check` prints hazards as advice, with their fixes, and says that the document is accepted.
#[test]
fn check_prints_hazards() {
    let check = |format: &str| {
        let mut child = process::Command::new(env!("CARGO_BIN_EXE_podwright"))
            .args(["check", "-o", format, "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("podwright");
        let text = spec("  hostNetwork: yes\n");
        child.stdin.take().expect("input").write_all(text.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("output");
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("text")
    };
    let text = check("text");
    assert!(text.contains(":9:16: advice: spec.hostNetwork: kubectl reads “yes” as true"), "{text}");
    assert!(text.contains("fix: Write true"), "{text}");
    let record: Json = serde_json::from_str(&check("json")).expect("a record");
    assert_eq!(record["accepted"], true);
    let hazard = &record["diagnostics"][0];
    assert_eq!((&hazard["stage"], &hazard["type"]), (&json!("advise"), &json!("hazard")));
    assert_eq!((&hazard["path"], &hazard["line"]), (&json!("spec.hostNetwork"), &json!(9)));
}

/// Strings that some reader of YAML takes for something else, or that YAML cannot hold without quotes.
const STRINGS: &[&str] = &[
    "yes",
    "Yes",
    "YES",
    "no",
    "No",
    "NO",
    "on",
    "On",
    "ON",
    "off",
    "Off",
    "OFF",
    "y",
    "Y",
    "n",
    "N",
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "FALSE",
    "tRUE",
    "yEs",
    "null",
    "Null",
    "NULL",
    "nULL",
    "~",
    "~x",
    "",
    " ",
    " lead",
    "trail ",
    "0",
    "-0",
    "+0",
    "00",
    "0644",
    "0777",
    "07",
    "08",
    "09",
    "010",
    "0o644",
    "0O17",
    "0o8",
    "0x1F",
    "0X1F",
    "0x",
    "0xg",
    "0x_1",
    "-0x10",
    "+0x10",
    "0b101",
    "0b2",
    "0B1",
    "0b-01",
    "1_000",
    "1__0",
    "1_",
    "_1",
    "1_0.5_0",
    "1",
    "-1",
    "+1",
    "--1",
    "+-1",
    "12345678901234567890",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "9007199254740993",
    "1.5",
    "1.",
    ".5",
    "-.5",
    "+.5",
    ".",
    "..",
    "...",
    "1e3",
    "1E3",
    "1e+3",
    "1e-3",
    "1.e3",
    ".5e1",
    "1e",
    "1e400",
    "-1e400",
    "1e-400",
    "12e03",
    "1d3",
    "0x1p3",
    ".inf",
    "-.inf",
    "+.Inf",
    ".INF",
    ".nan",
    ".NaN",
    "inf",
    "nan",
    "NaN",
    "Infinity",
    "1:20",
    "1:20:30",
    "-1:20",
    "+1:20",
    "1:60",
    "1:20.5",
    "0:1",
    "190:20:30",
    "2026-01-01",
    "2026-1-1",
    "2026-01-01T00:00:00Z",
    "2026-01-01 00:00:00",
    "2001-12-14t21:59:43.10-05:00",
    "20260101",
    "12:30",
    "=",
    "==",
    "<<",
    "<",
    ">",
    "|",
    "?",
    "? x",
    "-",
    "- x",
    "---",
    "--- x",
    ":",
    ": x",
    "a:",
    "a: b",
    "a:b",
    "a #b",
    "a#b",
    "#",
    "#x",
    "!",
    "!x",
    "!!str",
    "&",
    "&x",
    "*",
    "*x",
    "@x",
    "`x",
    "%x",
    "%",
    ",",
    "a,b",
    "[",
    "]",
    "[x]",
    "{",
    "}",
    "{x}",
    "'",
    "\"",
    "'x'",
    "\"x\"",
    "it's",
    "\\",
    "\\n",
    "\t",
    "a\tb",
    "\ta",
    "a\n",
    "a\nb",
    "\n",
    "\n\tx",
    "a\n\n",
    "中文",
    "配置: 值",
    "\u{85}",
    "a\u{2028}b",
    "\u{2029}b",
    "\u{feff}x",
    "\u{7f}",
    "\u{0}",
    "\u{a0}x",
    "😀",
    "http://x/?q=1",
    "1.2.3",
    "1.27",
    "1.10",
    "10Gi",
    "500m",
    "1e3Mi",
    "0.5",
    "5432",
    "1,000",
    "1 000",
    "$(A)",
    "${A}",
    "{{ .x }}",
    "<no value>",
];

/// A pod into which a string is put in every way: as a value and as a key, between brackets and outside of them, where
/// another one stood with and without quotes.
const EVERYWHERE: &str = "apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    block: old
  annotations: {plain: old, 'single': 'old', \"double\": \"old\"}
spec:
  containers:
  - name: web
    image: nginx:1.27
    args: [old, 'old', \"old\"]
    command:
    - old
    - 'old'
    env:
    - name: A
      value: old
    - {name: B, value: \"old\"}
";

/// Puts a string into [`EVERYWHERE`] as the form does, and says what kubectl must read then.
fn everywhere(string: &str) -> (String, Json) {
    let at = |path: &str| path.parse::<Path>().expect("path");
    let mut changes: Vec<Change> = [
        "metadata.labels[block]",
        "metadata.annotations[plain]",
        "metadata.annotations[single]",
        "metadata.annotations[double]",
        "spec.containers[0].args[0]",
        "spec.containers[0].args[1]",
        "spec.containers[0].args[2]",
        "spec.containers[0].command[0]",
        "spec.containers[0].command[1]",
        "spec.containers[0].env[0].value",
        "spec.containers[0].env[1].value",
    ]
    .map(|path| Change::Set { path: at(path), value: string.into() })
    .to_vec();
    for list in ["spec.containers[0].args", "spec.containers[0].command"] {
        changes.push(Change::Insert { path: at(list), index: None, value: string.into() });
    }
    for map in ["metadata.labels", "metadata.annotations"] {
        changes.push(Change::Set { path: at(map).then(Step::Key(string.to_owned())), value: string.into() });
    }
    let mut editor = Editor::new(Version::NEWEST);
    editor.run(Command::New(EVERYWHERE.to_owned())).expect("new");
    editor.run(Command::Change { doc: 0, changes }).unwrap_or_else(|why| panic!("{string:?}: {why}"));
    let expected = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web",
            "labels": {"block": string, string: string},
            "annotations": {"plain": string, "single": string, "double": string, string: string},
        },
        "spec": {"containers": [{
            "name": "web",
            "image": "nginx:1.27",
            "args": [string, string, string, string],
            "command": [string, string, string],
            "env": [{"name": "A", "value": string}, {"name": "B", "value": string}],
        }]},
    });
    (editor.document().text.clone(), expected)
}

/// Puts all strings into one pod with `podwright set`, and says what kubectl must read then.
fn set_on_the_command_line() -> (String, Json) {
    let folder = std::env::temp_dir().join(format!("podwright-hazards-{}", process::id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let (manifest, changes) = (folder.join("pod.yaml"), folder.join("ops.json"));
    std::fs::write(&manifest, EVERYWHERE).expect("manifest");
    let mut ops = vec![
        json!({"op": "set", "path": ["spec", "containers", 0, "command"], "value": STRINGS}),
        json!({"op": "set", "path": ["spec", "containers", 0, "args", 2], "value": STRINGS[0]}),
    ];
    for string in STRINGS {
        ops.push(json!({"op": "add", "path": ["metadata", "annotations"], "key": string, "value": string}));
    }
    std::fs::write(&changes, Json::from(ops).to_string()).expect("changes");
    let run = process::Command::new(env!("CARGO_BIN_EXE_podwright"))
        .args(["set", "--changes"])
        .args([&changes, &manifest])
        .arg("metadata.annotations[plain]=yes")
        .output()
        .expect("podwright");
    std::fs::remove_dir_all(&folder).expect("removed");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let all = || STRINGS.iter().map(|string| ((*string).to_owned(), Json::from(*string)));
    let with = |members: Json| -> Json {
        members.as_object().expect("members").clone().into_iter().chain(all()).collect()
    };
    let expected = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web",
            "labels": {"block": "old"},
            "annotations": with(json!({"plain": "yes", "single": "old", "double": "old"})),
        },
        "spec": {"containers": [{
            "name": "web",
            "image": "nginx:1.27",
            "args": ["old", "old", STRINGS[0]],
            "command": STRINGS,
            "env": [{"name": "A", "value": "old"}, {"name": "B", "value": "old"}],
        }]},
    });
    (String::from_utf8(run.stdout).expect("text"), expected)
}

/// Every text that is put to kubectl, with what it must read in it.
fn written() -> Vec<(String, Json)> {
    STRINGS.iter().map(|string| everywhere(string)).chain([set_on_the_command_line()]).collect()
}

/// What kubectl reads in a text of many documents; `None` where there is no kubectl, or it refuses the text.
fn kubectl(text: &str) -> Option<Vec<Json>> {
    let mut child = process::Command::new("kubectl")
        .args(["annotate", "--local", "-f", "-", "-o", "json", "podwright.test/read=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().expect("input");
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("kubectl");
    let _ = writer.join();
    let mut docs: Vec<Json> = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .expect("kubectl's JSON");
    for doc in &mut docs {
        let metadata = doc["metadata"].as_object_mut().expect("metadata");
        let annotations = metadata["annotations"].as_object_mut().expect("annotations");
        annotations.remove("podwright.test/read");
    }
    output.status.success().then_some(docs)
}

fn has_kubectl() -> bool {
    process::Command::new("kubectl")
        .args(["version", "--client"])
        .output()
        .is_ok_and(|run| run.status.success())
}

/// Every string scalar and key of a value as it is written on its line, with the string that it must be.
fn tokens<'t>(text: &'t str, data: &'t Data, out: &mut BTreeMap<&'t str, &'t str>) {
    let mut take = |span: &std::ops::Range<usize>, meant| {
        let token = &text[span.clone()];
        let before = out.insert(token, meant);
        assert!(
            before.is_none_or(|before| before == meant || token.contains('\n')),
            "{token} is two strings"
        );
    };
    match &data.value {
        Value::String(meant) => take(&data.span, meant),
        Value::List(items) => items.iter().for_each(|item| tokens(text, item, out)),
        Value::Map(map) => {
            for member in &map.members {
                take(&member.key_span, &member.key);
            }
            map.members.iter().for_each(|member| tokens(text, &member.data, out));
        }
        _ => {}
    }
}

/// What kubectl made of a token as a value, recorded: its JSON, or `None` where it refused the file.
type Recorded = BTreeMap<String, Option<Json>>;

fn recorded() -> Recorded {
    let file: Json = serde_json::from_str(include_str!("hazards.json")).expect("tests/hazards.json");
    let tokens = file["tokens"].as_object().expect("tokens");
    tokens.iter().map(|(token, read)| (token.clone(), read.get("reads").cloned())).collect()
}

fn with_token(token: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  v: {token}\n")
}

/// Numbers as JSON carries them: `1000.0` and `1000` are one.
fn normal(value: &Json) -> Json {
    value.as_f64().map_or_else(|| value.clone(), Json::from)
}

#[test]
fn kubectl_reads_every_string_as_it_was_given() {
    let written = written();
    let recorded = recorded();
    for (text, expected) in &written {
        let stream = yaml::parse(text);
        let data = stream.docs[0].data.as_ref().unwrap_or_else(|| panic!("{:?}\n{text}", stream.problems));
        assert_eq!(data.to_json(), *expected, "{text}");
        let mut found = BTreeMap::new();
        tokens(text, data, &mut found);
        for (token, meant) in found.into_iter().filter(|(token, _)| !token.contains('\n')) {
            let read = recorded.get(token).unwrap_or_else(|| panic!("{token} is not recorded: record it"));
            assert_eq!(*read, Some(Json::from(meant)), "{token}");
        }
    }
    if has_kubectl() {
        let texts: Vec<&str> = written.iter().map(|(text, _)| text.as_str()).collect();
        let read = kubectl(&texts.join("---\n")).expect("kubectl reads all that was written");
        assert_eq!(read.len(), written.len());
        for (read, (text, expected)) in read.iter().zip(&written) {
            assert_eq!(read, expected, "{text}");
        }
    }
}

#[test]
fn every_token_is_read_as_kubectl_was_seen_to_read_it() {
    let recorded = recorded();
    assert!(STRINGS.len() >= 150);
    for string in STRINGS.iter().filter(|string| !string.contains(['\n', '\u{0}'])) {
        assert!(recorded.contains_key(*string), "{string:?} is not recorded: record it");
    }
    let mut wrong = Vec::new();
    for (token, kubectl) in &recorded {
        let text = with_token(token);
        let stream = yaml::parse(&text);
        let refused = stream.problems.iter().any(|problem| problem.fatal);
        let ours = stream.docs[0].data.as_ref().filter(|_| !refused);
        let ours = ours
            .and_then(|data| data.at(&"data.v".parse().expect("path")))
            .map(|data| normal(&data.to_json()));
        // A raw line break of YAML 1.1 is refused here even where kubectl reads one: it shows one thing and means another.
        if ours != kubectl.as_ref().map(normal) && !token.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
            wrong.push(format!("{token:?}: kubectl {kubectl:?}, here {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), recorded.len());
}

/// Asks kubectl for every token of these tests, one by one, and writes `tests/hazards.json`.
#[test]
#[ignore = "writes tests/hazards.json with what kubectl says; takes a minute"]
fn record() {
    assert!(has_kubectl(), "kubectl is not there");
    let version = process::Command::new("kubectl")
        .args(["version", "--client", "-o", "json"])
        .output()
        .expect("version");
    let version: Json = serde_json::from_slice(&version.stdout).expect("JSON");
    let written = written();
    let mut all: BTreeSet<String> = STRINGS
        .iter()
        .filter(|string| !string.contains(['\n', '\u{0}']))
        .map(|string| (*string).to_owned())
        .collect();
    for (text, _) in &written {
        let stream = yaml::parse(text);
        let mut found = BTreeMap::new();
        tokens(text, stream.docs[0].data.as_ref().expect("data"), &mut found);
        all.extend(found.into_keys().filter(|token| !token.contains('\n')).map(str::to_owned));
    }
    let mut lines = Vec::new();
    for token in all {
        // `kubectl` wants annotations, which it adds itself.
        let read =
            kubectl(&with_token(&token)).and_then(|docs| docs.first().map(|doc| doc["data"]["v"].clone()));
        let read = read.map_or_else(|| json!({"refused": true}), |read| json!({"reads": read}));
        lines.push(format!("{}: {read}", Json::from(token)));
    }
    let text = format!(
        "{{\"kubectl\": {},\n\"tokens\": {{\n{}\n}}}}\n",
        version["clientVersion"]["gitVersion"],
        lines.join(",\n")
    );
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hazards.json"), text).expect("written");
}
