//! The command line as a person or a script runs it: the built program, its output, its exit code.
#![allow(clippy::disallowed_methods, reason = "tests make files and start the program")]

use podwright::cli::set::{Assignment, Request, edited};
use podwright::path::{Path as FieldPath, Step};
use podwright::schema::{FieldDef, Kind, Schema, TypeId, Version};
use podwright::yaml;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_podwright");

/// Every `$ command` of `tests/cli/*.session` gives the lines that stand below it: its output, its errors, and its exit
/// code as `? 2` if that is not 0. The commands run in the folder of the session's name, where there is one.
///
/// With `UPDATE_SESSIONS` set, what comes out is written into the files, to be read before it is kept.
#[test]
fn recorded_sessions() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli"));
    let mut sessions: Vec<PathBuf> =
        fs::read_dir(&root).expect("sessions").map(|entry| entry.expect("entry").path()).collect();
    sessions.retain(|path| path.extension().is_some_and(|extension| extension == "session"));
    sessions.sort();
    assert!(sessions.len() >= 4);
    let mut wrong = Vec::new();
    for session in sessions {
        let recorded = fs::read_to_string(&session).expect("session");
        let folder = Some(session.with_extension("in"))
            .filter(|folder| folder.is_dir())
            .unwrap_or_else(|| root.clone());
        let played = play(&recorded, &folder);
        if std::env::var_os("UPDATE_SESSIONS").is_some() {
            fs::write(&session, &played).expect("session written");
        } else if let Some((was, is)) = recorded.lines().zip(played.lines()).find(|(was, is)| was != is) {
            wrong.push(format!("{}\nexpected: {was}\nbut got:  {is}", session.display()));
        } else if recorded != played {
            wrong.push(format!("{}: more or fewer lines than recorded", session.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A session with the output that its commands have now. Of the old lines only the commands count, and the comments,
/// which begin with `## `.
fn play(session: &str, folder: &Path) -> String {
    let bin = PathBuf::from(PROGRAM).parent().expect("the program's folder").to_owned();
    let path = std::env::join_paths(
        std::iter::once(bin).chain(std::env::split_paths(&std::env::var_os("PATH").expect("PATH"))),
    );
    let path = path.expect("PATH");
    let mut played = String::new();
    for line in session.lines() {
        let Some(command) = line.strip_prefix("$ ") else {
            if line.starts_with("## ") {
                played.push_str(&format!("{line}\n"));
            }
            continue;
        };
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder)
            .env("PATH", &path)
            .env("PODWRIGHT_CONFIG_DIR", "/nonexistent")
            .env("COLUMNS", "120")
            .stdin(Stdio::null())
            .output()
            .expect("sh");
        played.push_str(&format!("{line}\n"));
        for stream in [&output.stdout, &output.stderr] {
            played.push_str(text(stream));
            if !stream.is_empty() && !stream.ends_with(b"\n") {
                played.push_str("⏎\n");
            }
        }
        match code(&output) {
            0 => {}
            code => played.push_str(&format!("? {code}\n")),
        }
        played.push('\n');
    }
    played
}

fn podwright<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(args)
        .stdin(Stdio::null())
        .env("PODWRIGHT_CONFIG_DIR", "/nonexistent")
        .env_remove("CLICOLOR_FORCE");
    command
}

fn run<'a>(args: impl IntoIterator<Item = &'a str>) -> Output {
    podwright(args).output().expect("podwright runs")
}

fn run_with(input: &str, args: &[&str]) -> Output {
    let mut child = podwright(args.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("podwright starts");
    let mut stdin = child.stdin.take().expect("stdin");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        // A program that refuses its input early does not read it to its end.
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().expect("podwright ends");
    writer.join().expect("the input is written");
    output
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

fn code(output: &Output) -> i32 {
    let stderr = text(&output.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    output.status.code().expect("an exit code")
}

fn lines(output: &Output) -> Vec<Json> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn manifest(name: &str) -> String {
    format!("{}/tests/manifests/{name}.yaml", env!("CARGO_MANIFEST_DIR"))
}

/// The only line of `check -o json` for one of `tests/manifests`, and the exit code.
fn checked(name: &str) -> (Json, i32) {
    let path = manifest(name);
    let output = run(["check", "-o", "json", &path]);
    let mut lines = lines(&output);
    assert_eq!(lines.len(), 1, "{name}");
    (lines.remove(0), code(&output))
}

fn of_stage<'j>(line: &'j Json, stage: &str) -> Vec<&'j Json> {
    line["diagnostics"].as_array().expect("diagnostics").iter().filter(|d| d["stage"] == *stage).collect()
}

#[test]
fn the_manifests_of_the_notes_get_their_verdicts() {
    for (name, advised) in
        [("01-private-image", true), ("04-pod-use-hostnetwork", false), ("05-pod-with-seccontext", true)]
    {
        let (line, code) = checked(name);
        assert_eq!((&line["accepted"], code), (&json!(true), 0), "{line}");
        let advice = of_stage(&line, "advise");
        let on_image = advice.iter().any(|d| d["path"] == "spec.containers[0].image");
        assert_eq!(on_image, advised, "{line}");
        assert_eq!(of_stage(&line, "validate").len() + of_stage(&line, "decode").len(), 0, "{line}");
    }

    let (line, code) = checked("02-command-demo");
    assert_eq!((&line["accepted"], code), (&json!(false), 1), "{line}");
    let [problem] = of_stage(&line, "validate")[..] else { panic!("{line}") };
    assert_eq!(problem["type"], "FieldValueNotSupported");
    assert_eq!(problem["path"], "spec.restartPolicy");
    assert_eq!((&problem["line"], &problem["column"]), (&json!(13), &json!(18)));
    let shown = run(["check", &manifest("02-command-demo")]);
    let shown = text(&shown.stdout);
    assert!(shown.lines().any(|line| line.contains("fix:") && line.contains("OnFailure")), "{shown}");

    let (line, code) = checked("03-filebeat-ds-fragment");
    assert_eq!((&line["accepted"], code), (&json!(false), 1), "{line}");
    let shown = run(["check", &manifest("03-filebeat-ds-fragment")]);
    let shown = text(&shown.stdout);
    assert!(shown.lines().any(|line| line.contains("error: kind:")), "{shown}");
    assert!(
        shown.lines().any(|line| line.ends_with("(apiVersion: v1, kind: Pod)") && line.contains("fix:")),
        "{shown}"
    );
}

#[test]
fn the_flattened_manifests_are_refused_with_their_places() {
    for name in [
        "01-private-image",
        "02-command-demo",
        "03-filebeat-ds-fragment",
        "04-pod-use-hostnetwork",
        "05-pod-with-seccontext",
    ] {
        let (line, code) = checked(&format!("flattened-{name}"));
        assert_eq!((&line["accepted"], code), (&json!(false), 1), "{line}");
        let problems = line["diagnostics"].as_array().expect("diagnostics");
        assert!(!problems.is_empty());
        assert!(
            problems.iter().all(|d| d["line"].as_u64() >= Some(1) && d["column"].as_u64() >= Some(1)),
            "{line}"
        );
    }
}

#[test]
fn a_json_line_has_the_members_of_the_contract_in_their_order() {
    let (line, _) = checked("02-command-demo");
    let keys =
        |json: &Json| json.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&line), "file doc kind name accepted diagnostics pod_security");
    assert_eq!(keys(&line["diagnostics"][0]), "stage type path message line column");
    assert_eq!(keys(&line["pod_security"]), "baseline restricted");
    assert_eq!(
        (&line["kind"], &line["name"], &line["doc"]),
        (&json!("Pod"), &json!("command-demo"), &json!(0))
    );
    let (fragment, _) = checked("03-filebeat-ds-fragment");
    assert_eq!(fragment["pod_security"], Json::Null);
}

#[test]
fn every_document_gets_its_line_and_every_file_at_least_one() {
    let folder = tempfile::tempdir().expect("folder");
    let pod =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'a:1'}]}\n";
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n";
    for (name, content) in [
        ("a.yaml", format!("{pod}---\n{service}")),
        ("b.yaml", String::new()),
        ("c.yaml", "a: [".to_owned()),
        ("d.json", pod.to_owned()),
    ] {
        fs::write(folder.path().join(name), content).expect("write");
    }
    let output = run(["check", "-o", "json", folder.path().to_str().expect("path")]);
    assert_eq!(code(&output), 1);
    let found: Vec<(String, u64, String, bool)> = lines(&output)
        .iter()
        .map(|line| {
            let file = line["file"].as_str().expect("file").rsplit('/').next().expect("name").to_owned();
            let accepted = line["accepted"].as_bool().expect("accepted");
            (
                file,
                line["doc"].as_u64().expect("doc"),
                line["kind"].as_str().expect("kind").to_owned(),
                accepted,
            )
        })
        .collect();
    let expected = [
        ("a.yaml", 0, "Pod", true),
        ("a.yaml", 1, "Service", true),
        ("b.yaml", 0, "", false),
        ("c.yaml", 0, "", false),
        ("d.json", 0, "Pod", true),
    ];
    assert_eq!(
        found,
        expected.map(|(file, doc, kind, accepted)| (file.to_owned(), doc, kind.to_owned(), accepted))
    );
}

#[test]
fn what_cannot_be_read_is_said_in_a_line_and_the_rest_is_checked() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name).to_str().expect("path").to_owned();
    fs::write(at("latin.yaml"), b"a: caf\xe9\n").expect("write");
    fs::File::create(at("large.yaml")).and_then(|file| file.set_len(21_000_000)).expect("large file");
    fs::create_dir(at("empty")).expect("folder");
    let good = manifest("04-pod-use-hostnetwork");
    for (bad, words) in [
        (at("latin.yaml"), "is not text in UTF-8"),
        (at("large.yaml"), "is larger than 20 MB"),
        (at("empty"), "without *.yaml"),
        (at("none.yaml"), "does not exist"),
        ("/dev/zero".to_owned(), "is not a regular file"),
    ] {
        let output = run(["check", "-o", "json", &bad, &good]);
        assert_eq!(code(&output), 2, "{bad}");
        let stderr = text(&output.stderr);
        assert!(stderr.starts_with("podwright: ") && stderr.contains(words), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        let lines = lines(&output);
        assert_eq!(lines.len(), 2, "{bad}");
        assert_eq!((&lines[0]["file"], &lines[0]["accepted"]), (&json!(bad), &json!(false)));
        assert!(
            lines[0]["diagnostics"][0]["message"].as_str().is_some_and(|message| message.contains(words))
        );
        assert_eq!((&lines[1]["file"], &lines[1]["accepted"]), (&json!(good), &json!(true)));

        let output = run(["check", &bad, &good]);
        assert_eq!(code(&output), 2, "{bad}");
        assert!(
            text(&output.stdout).contains("1 accepted") && text(&output.stdout).contains("could not be read")
        );
        assert!(!run(["check", "-o", "sarif", &bad]).stdout.is_empty());
        if bad != at("empty") {
            let output = run(["set", &bad, "a=1"]);
            assert_eq!((code(&output), text(&output.stdout)), (2, ""), "{bad}");
        }
    }
}

#[test]
fn standard_input_is_a_file_too() {
    let pod = fs::read_to_string(manifest("02-command-demo")).expect("manifest");
    let output = run_with(&pod, &["check", "-o", "json", "-"]);
    assert_eq!(code(&output), 1);
    assert_eq!(lines(&output)[0]["file"], "-");
    let output = run_with(&pod, &["set", "-", "spec.restartPolicy=Never"]);
    assert_eq!(code(&output), 0);
    assert_eq!(text(&output.stdout), pod.replace("OnFailur", "Never"));
    assert_eq!(code(&run_with(&" ".repeat(21_000_000), &["check", "-"])), 2);
}

#[test]
fn hostile_texts_get_a_problem_at_once() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let deep_block: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    for (name, hostile) in [
        ("alias bomb", bomb),
        ("brackets", "[".repeat(10_000)),
        ("closed brackets", "[".repeat(10_000) + &"]".repeat(10_000)),
        ("braces", "{a: ".repeat(10_000)),
        ("dashes", "- ".repeat(10_000)),
        ("indentation", deep_block),
        ("quote", format!("a: \"{}", "\\\n".repeat(100_000))),
        ("control characters", "\u{1b}[2J\u{0}\u{7}: \u{202e}".to_owned()),
    ] {
        let started = Instant::now();
        let output = run_with(&hostile, &["check", "-o", "json", "-"]);
        assert!(started.elapsed() < Duration::from_secs(20), "{name} took {:?}", started.elapsed());
        assert_eq!(code(&output), 1, "{name}");
        let line = &lines(&output)[0];
        assert_eq!(line["accepted"], json!(false), "{name}");
        assert!(!line["diagnostics"].as_array().expect("diagnostics").is_empty(), "{name}");
        let shown = run_with(&hostile, &["check", "-"]);
        assert!(!text(&shown.stdout).contains(['\u{1b}', '\u{202e}', '\u{0}']), "{name}");
        code(&run_with(&hostile, &["set", "-", "a.b=1"]));
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_accident() {
    let folder = tempfile::tempdir().expect("folder");
    let pod = fs::read_to_string(manifest("02-command-demo")).expect("manifest");
    for i in 0..400 {
        fs::write(folder.path().join(format!("{i:03}.yaml")), &pod).expect("write");
    }
    let path = folder.path().to_str().expect("path");
    for args in [vec!["check", path], vec!["check", "-o", "json", path], vec!["check", "-o", "sarif", path]] {
        let mut child = podwright(args.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("start");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("end");
        assert_eq!((code(&output), text(&output.stderr)), (1, ""), "{args:?}");
    }
    for args in [vec!["new", "--list"], vec!["explain", "Pod.spec"], vec!["completions", "bash"]] {
        let mut child = podwright(args.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("start");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("end");
        assert_eq!((code(&output), text(&output.stderr)), (0, ""), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let output = podwright(["new", "pod"]).stdout(full).output().expect("run");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("the output cannot be written"));
}

#[test]
fn many_files_come_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().expect("folder");
    let pod = fs::read_to_string(manifest("04-pod-use-hostnetwork")).expect("manifest");
    for i in 0..300 {
        fs::write(folder.path().join(format!("{i:03}.yaml")), &pod).expect("write");
    }
    let output = run(["check", "-o", "json", folder.path().to_str().expect("path")]);
    assert_eq!(code(&output), 0);
    let files: Vec<String> =
        lines(&output).iter().map(|line| line["file"].as_str().expect("file").to_owned()).collect();
    assert_eq!(
        files,
        (0..300).map(|i| format!("{}/{i:03}.yaml", folder.path().display())).collect::<Vec<_>>()
    );
}

#[test]
fn a_pod_security_level_counts_only_where_it_is_asked_for() {
    let pod = manifest("04-pod-use-hostnetwork");
    for (level, expected) in
        [(None, 0), (Some("privileged"), 0), (Some("baseline"), 1), (Some("restricted"), 1)]
    {
        let mut args = vec!["check", &pod];
        args.extend(level.into_iter().flat_map(|level| ["--level", level]));
        let output = run(args.iter().copied());
        assert_eq!(code(&output), expected, "{level:?}");
        assert_eq!(
            text(&output.stdout).contains("hostNamespaces"),
            expected == 1,
            "{}",
            text(&output.stdout)
        );
        args.extend(["-o", "json"]);
        let output = run(args);
        assert_eq!(code(&output), expected, "{level:?}");
        let line = &lines(&output)[0];
        assert_eq!(
            (&line["accepted"], &line["pod_security"]["baseline"]),
            (&json!(true), &json!(["hostNamespaces"]))
        );
        assert!(of_stage(line, "pod-security").is_empty(), "they stand under a key of their own");
    }
}

#[test]
fn sarif_has_what_its_schema_asks_for() {
    let names = ["01-private-image", "02-command-demo", "flattened-04-pod-use-hostnetwork"].map(manifest);
    let mut args = vec!["check", "-o", "sarif", "--level", "restricted", "none.yaml"];
    args.extend(names.iter().map(String::as_str));
    let output = run(args);
    assert_eq!(code(&output), 2);
    let log: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let [run] = &log["runs"].as_array().expect("runs")[..] else { panic!("one run") };
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let rules: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().expect("id")).collect();
    assert_eq!(rules.len(), rules.iter().collect::<BTreeSet<_>>().len(), "unique");
    let results = run["results"].as_array().expect("results");
    assert!(results.len() > 5);
    for result in results {
        assert!(rules.contains(&result["ruleId"].as_str().expect("ruleId")), "{result}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("level")), "{result}");
        assert!(!result["message"]["text"].as_str().expect("text").is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].as_str().expect("uri").starts_with("file:///"), "{result}");
        let at = |name: &str| place["region"][name].as_u64().expect(name);
        assert!(at("startLine") >= 1 && at("startColumn") >= 1);
        assert!((at("startLine"), at("startColumn")) <= (at("endLine"), at("endColumn")), "{result}");
    }
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], json!(false));
    let note = &invocation["toolExecutionNotifications"][0];
    assert!(note["message"]["text"].as_str().is_some_and(|text| text.contains("none.yaml")));
}

#[test]
fn set_writes_the_file_back_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("pod.yaml");
    let name = path.to_str().expect("path");
    let pod = fs::read_to_string(manifest("02-command-demo")).expect("manifest");
    fs::write(&path, &pod).expect("write");
    let output = run(["set", name, "spec.restartPolicy=OnFailure", "-w"]);
    assert_eq!((code(&output), text(&output.stdout)), (0, ""));
    let fixed = pod.replace("OnFailur", "OnFailure");
    assert_eq!(fs::read_to_string(&path).expect("read"), fixed);

    for refused in [
        vec!["set", name, "spec.restartPolicy=Never", "spec.hostNetwork=maybe", "-w"],
        vec!["set", name, "spec.containers[7].image=a:1", "-w"],
        vec!["set", name, "spec.restartPolicy=Never", "--remove", "spec.nothing.here", "-w"],
        vec!["set", name, "spec.restartPolicy=Never", "--doc", "3", "-w"],
        vec!["set", name, "-w"],
    ] {
        let output = run(refused.iter().copied());
        assert_eq!((code(&output), text(&output.stdout)), (2, ""), "{refused:?}");
        assert!(text(&output.stderr).starts_with("podwright: "), "{refused:?}: {}", text(&output.stderr));
        assert_eq!(fs::read_to_string(&path).expect("read"), fixed, "{refused:?}");
    }
}

/// The system refuses to write more than 512 bytes, as it would on a full disk.
#[cfg(unix)]
#[test]
fn a_write_that_fails_halfway_leaves_the_old_file() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("pod.yaml");
    let pod = format!(
        "{}# {}\n",
        fs::read_to_string(manifest("02-command-demo")).expect("manifest"),
        "x".repeat(10_000)
    );
    fs::write(&path, &pod).expect("write");
    let script = format!(
        "trap '' XFSZ; ulimit -f 1; exec {PROGRAM} set {} spec.restartPolicy=Never -w",
        path.display()
    );
    let output = Command::new("sh").args(["-c", &script]).output().expect("sh");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("cannot be written"), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&path).expect("read"), pod);
    assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 1, "nothing is left behind");
}

#[test]
fn every_recorded_edit_comes_out_byte_for_byte() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/edits");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).expect("cases").map(|entry| entry.expect("entry").path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(cases.len() > 50);
    let mut wrong = Vec::new();
    for case in cases {
        let at = |name: &str| case.join(name).to_str().expect("path").to_owned();
        let output = run(["set", "--changes", &at("ops.json"), &at("in.yaml")]);
        let note: Json =
            serde_json::from_str(&fs::read_to_string(at("note.json")).expect("note")).expect("JSON");
        let fine = match note["refuse"] == json!(true) {
            true => code(&output) == 2 && output.stdout.is_empty() && !output.stderr.is_empty(),
            false => code(&output) == 0 && output.stdout == fs::read(at("out.yaml")).expect("out"),
        };
        if !fine {
            wrong.push(format!("{}: {}{}", case.display(), text(&output.stdout), text(&output.stderr)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_pattern_starts_a_manifest_that_is_accepted() {
    let list = run(["new", "--list"]);
    assert_eq!(code(&list), 0);
    let ids: Vec<&str> =
        text(&list.stdout).lines().filter_map(|line| line.split_whitespace().next()).collect();
    for id in [
        "pod",
        "init",
        "sidecar",
        "sidecar-classic",
        "ambassador",
        "adapter",
        "node-agent",
        "hardened",
        "log-agent",
    ] {
        assert!(ids.contains(&id), "{id}");
    }
    for id in ids {
        let new = run(["new", id, "--name", "shop", "--set", "metadata.annotations[example.com/on]=yes"]);
        assert_eq!(code(&new), 0, "{id}: {}", text(&new.stderr));
        let output = run_with(text(&new.stdout), &["check", "-o", "json", "-"]);
        let line = &lines(&output)[0];
        assert_eq!((&line["accepted"], &line["name"]), (&json!(true), &json!("shop")), "{line}");
        let data = yaml::parse(text(&new.stdout)).docs[0].data.as_ref().expect("data").to_json();
        assert_eq!(data["metadata"]["annotations"]["example.com/on"], "yes", "{id}");
    }
}

#[test]
fn the_users_own_patterns_join_and_replace_the_built_in_ones() {
    let config = tempfile::tempdir().expect("folder");
    let own = config.path().join("podwright/templates");
    fs::create_dir_all(&own).expect("folder");
    fs::write(own.join("pod.yaml"), "# podwright: pod\n# title: Ours\n\nkind: Mine\n").expect("write");
    fs::write(own.join("web.yml"), "kind: Web\n").expect("write");
    fs::write(own.join("bad.yaml"), b"\xff").expect("write");
    let new =
        |id: &str| podwright(["new", id]).env("PODWRIGHT_CONFIG_DIR", config.path()).output().expect("run");
    assert_eq!(text(&new("pod").stdout), "kind: Mine\n");
    assert_eq!(text(&new("web").stdout), "kind: Web\n");
    let listed =
        podwright(["new", "--list"]).env("PODWRIGHT_CONFIG_DIR", config.path()).output().expect("run");
    assert_eq!(code(&listed), 0);
    assert!(
        text(&listed.stdout).contains("Ours (your own)") && text(&listed.stdout).contains("web (your own)")
    );
    assert!(text(&listed.stderr).contains("bad.yaml is not text in UTF-8"));
}

// Setting and removing every field of a Pod: a walk over the schema.

const SMALL: &str = "\
# A pod to edit.
apiVersion: v1
kind: Pod
metadata:
  name: web  # its name
spec:
  # The only container.
  containers:
  - name: app
    image: nginx:1.27
";

/// One in so many fields is set by the program itself, the others by the function behind it.
const SAMPLE: usize = 20;

/// The deepest path of a Pod has fewer steps than this; a type that holds itself would have more.
const DEEPEST: usize = 20;

struct Place {
    path: FieldPath,
    kind: &'static Kind,
    def: Option<&'static FieldDef>,
}

/// Every place of a Pod: fields, items at index 0, and one key of every map.
fn places(schema: &'static Schema) -> Vec<Place> {
    let (pod, _) = schema.named("Pod").expect("Pod");
    let mut found = Vec::new();
    let mut open = vec![Place { path: FieldPath::root(), kind: schema.object_kind(pod), def: None }];
    while let Some(place) = open.pop() {
        assert!(place.path.steps().len() < DEEPEST, "{} is too deep", place.path);
        match place.kind {
            Kind::Object(id) => open.extend(schema.ty(*id).fields.iter().rev().map(|def| Place {
                path: place.path.field(def.name),
                kind: &def.kind,
                def: Some(def),
            })),
            Kind::List(item) => open.push(Place { path: place.path.index(0), kind: item, def: None }),
            Kind::Map(item) => {
                open.push(Place { path: place.path.key("example.com/a-key"), kind: item, def: None })
            }
            _ => {}
        }
        found.push(place);
    }
    found
}

/// The types that a Pod reaches, found without walking paths.
fn reachable(schema: &'static Schema) -> BTreeSet<(&'static str, &'static str)> {
    fn object(kind: &Kind) -> Option<TypeId> {
        match kind {
            Kind::Object(id) => Some(*id),
            Kind::List(item) | Kind::Map(item) => object(item),
            _ => None,
        }
    }
    let (pod, _) = schema.named("Pod").expect("Pod");
    let (mut fields, mut seen, mut open) = (BTreeSet::new(), Vec::new(), vec![pod]);
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        for def in &schema.ty(id).fields {
            fields.insert((schema.ty(id).name, def.name));
            open.extend(object(&def.kind));
        }
    }
    fields
}

/// A value of a kind as it is typed, and as it is meant.
fn sample(kind: &Kind, def: Option<&FieldDef>) -> (String, Json) {
    match kind {
        // Texts that YAML would take for something else.
        Kind::String => match def.and_then(|def| def.values.iter().find(|value| !value.is_empty())) {
            Some(value) => ((*value).to_owned(), json!(value)),
            None => ("yes".to_owned(), json!("yes")),
        },
        Kind::Time => ("2026-01-02T03:04:05Z".to_owned(), json!("2026-01-02T03:04:05Z")),
        Kind::Quantity => ("1e3".to_owned(), json!("1e3")),
        Kind::Bool => ("false".to_owned(), json!(false)),
        Kind::Int32 => ("-2147483648".to_owned(), json!(-2_147_483_648_i64)),
        Kind::Int64 => ("9223372036854775807".to_owned(), json!(i64::MAX)),
        Kind::IntOrString => ("8080".to_owned(), json!(8080)),
        Kind::Any => ("{a: [1, b]}".to_owned(), json!({"a": [1, "b"]})),
        Kind::Object(_) => ("{}".to_owned(), json!({})),
        Kind::List(item) => {
            let (text, value) = sample(item, def);
            let text = if value.is_string() { format!("{value}") } else { text };
            (format!("[{text}]"), json!([value]))
        }
        Kind::Map(item) => {
            let (text, value) = sample(item, def);
            let text = if value.is_string() { format!("{value}") } else { text };
            (format!("{{a-key: {text}}}"), json!({"a-key": value}))
        }
    }
}

fn meaning(text: &str) -> Json {
    let stream = yaml::parse(text);
    assert!(stream.problems.is_empty(), "{:?} in\n{text}", stream.problems);
    stream.docs[0].data.as_ref().expect("data").to_json()
}

/// The object with a value put at a path, missing parents made.
fn with(object: &Json, path: &FieldPath, value: &Json) -> Json {
    let mut object = object.clone();
    let mut at = &mut object;
    for step in path.steps() {
        at = match step {
            Step::Index(index) => {
                if at.is_null() {
                    *at = json!([]);
                }
                let items = at.as_array_mut().expect("a list");
                if items.len() == *index {
                    items.push(Json::Null);
                }
                &mut items[*index]
            }
            step => {
                if at.is_null() {
                    *at = json!({});
                }
                let members = at.as_object_mut().expect("a mapping");
                members.entry(step.key().expect("a key")).or_insert(Json::Null)
            }
        };
    }
    *at = value.clone();
    object
}

fn is_there(object: &Json, path: &FieldPath) -> bool {
    let found = path.steps().iter().try_fold(object, |at, step| match step {
        Step::Index(index) => at.get(index),
        step => at.get(step.key()?),
    });
    found.is_some()
}

fn set(text: &str, path: &FieldPath, value: &str, by_program: bool) -> Result<String, String> {
    if by_program {
        return printed(&run_with(text, &["set", "-", &format!("{path}={value}")]));
    }
    let assignment = Assignment { path: path.to_string().parse().expect("a path"), value: value.to_owned() };
    edited(text.to_owned(), Version::NEWEST, &Request { assignments: vec![assignment], ..Request::default() })
}

fn remove(text: &str, path: &FieldPath, by_program: bool) -> Result<String, String> {
    if by_program {
        return printed(&run_with(text, &["set", "-", "--remove", &path.to_string()]));
    }
    edited(text.to_owned(), Version::NEWEST, &Request { removals: vec![path.clone()], ..Request::default() })
}

fn printed(output: &Output) -> Result<String, String> {
    match code(output) {
        0 => Ok(text(&output.stdout).to_owned()),
        _ => Err(text(&output.stderr).to_owned()),
    }
}

fn round_trip(place: &Place, before: &Json, by_program: bool) -> Result<(), String> {
    let Place { path, kind, def } = place;
    let (typed, meant) = sample(kind, *def);
    if is_there(before, path) {
        // What the small manifest has gets another value, then its own one again.
        let own = path.steps().iter().fold(before, |at, step| match step {
            Step::Index(index) => &at[index],
            step => &at[step.key().expect("a key")],
        });
        if let Json::String(own) = own {
            let other = format!("{own}x");
            let changed = set(SMALL, path, &other, by_program)?;
            same(&meaning(&changed), &with(before, path, &json!(other)))?;
            return same_text(&set(&changed, path, own, by_program)?, SMALL);
        }
        return same_text(&set(SMALL, path, &own.to_string(), by_program)?, SMALL);
    }
    let changed = set(SMALL, path, &typed, by_program)?;
    same(&meaning(&changed), &with(before, path, &meant))?;
    for comment in ["# A pod to edit.\n", "# its name\n", "# The only container.\n"] {
        if !changed.contains(comment) {
            return Err(format!("{comment:?} is gone:\n{changed}"));
        }
    }
    let made = (1..=path.steps().len()).map(|len| FieldPath::from(path.steps()[..len].to_vec()));
    let topmost =
        made.into_iter().find(|above| !is_there(before, above)).expect("the path itself was not there");
    let mut left = remove(&changed, path, by_program)?;
    if is_there(&meaning(&left), path) {
        return Err(format!("it is still there:\n{left}"));
    }
    if topmost != *path {
        left = remove(&left, &topmost, by_program)?;
    }
    same_text(&left, SMALL)
}

fn same(found: &Json, expected: &Json) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("reads as {found}\n  instead of {expected}")) }
}

fn same_text(found: &str, expected: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("left:\n{found}")) }
}

#[test]
fn every_field_of_a_pod_can_be_set_and_removed_again() {
    let schema = Schema::at(Version::NEWEST);
    let places = places(schema);
    let before = meaning(SMALL);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (number, place) in places.iter().enumerate().filter(|(_, place)| !place.path.steps().is_empty()) {
        if let Err(why) = round_trip(place, &before, number % SAMPLE == 0) {
            wrong.push(format!("{}: {why}", place.path));
        }
        tried += 1;
    }
    assert!(tried > 1_000, "only {tried} places");
    let shown = wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {tried}:\n{shown}", wrong.len());
}

#[test]
fn the_walk_meets_every_field_of_every_type_of_a_pod() {
    let schema = Schema::at(Version::NEWEST);
    let defs: BTreeSet<*const FieldDef> =
        places(schema).iter().filter_map(|place| place.def).map(std::ptr::from_ref).collect();
    for (ty, field) in reachable(schema) {
        let def = schema.named(ty).and_then(|(_, ty)| ty.field(field)).expect("a field");
        assert!(defs.contains(&std::ptr::from_ref(def)), "{ty}.{field}");
    }
}

#[test]
fn every_place_of_a_pod_can_be_explained() {
    let schema = Schema::at(Version::NEWEST);
    for place in places(schema) {
        for lang in [podwright::schema::Lang::En, podwright::schema::Lang::Zh] {
            let text = podwright::cli::explain::explain(&place.path, schema, lang).expect("an explanation");
            assert!(text.contains(&schema.describe(place.kind)), "{}", place.path);
        }
    }
}
