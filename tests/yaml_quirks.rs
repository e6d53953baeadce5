//! What kubectl 1.32 made of odd streams, recorded, against what `yaml::parse` makes of them.

use podwright::yaml;
use serde_json::Value as Json;

/// kubectl's answer for one input: the documents it read, or `None` where it refused the file.
fn expected(case: &Json) -> Option<Vec<Json>> {
    case["kubectl"]["docs"].as_array().cloned()
}

/// Numbers as JSON carries them: `1000.0` and `1000` are one.
fn normal(value: &Json) -> Json {
    match value {
        Json::Number(number) => number.as_f64().map_or(Json::Null, Json::from),
        Json::Array(items) => items.iter().map(normal).collect(),
        Json::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(key, value)| (key.clone(), normal(value))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

#[test]
fn odd_streams_are_read_as_kubectl_reads_them() {
    let cases: Vec<Json> = serde_json::from_str(include_str!("yaml_quirks.json")).expect("cases");
    // A raw U+0085 is refused even where kubectl folds it to a space: it shows one manifest and applies another.
    // A comment without a space before its `#` is refused too: every reader of YAML 1.2 refuses it.
    let stricter = ["NEL in dq", "comment w/o space"];
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap_or_default();
        let stream = yaml::parse(case["input"].as_str().unwrap_or_default());
        let refused = stream.problems.iter().any(|problem| problem.fatal);
        let read: Vec<Json> = stream
            .docs
            .iter()
            .filter_map(|doc| doc.data.as_ref())
            .map(|data| normal(&data.to_json()))
            .collect();
        // kubectl prints the items of a List one by one.
        let read = match read.as_slice() {
            [list] if list["kind"] == "List" => list["items"].as_array().cloned().unwrap_or_default(),
            _ => read,
        };
        let agrees = match expected(case) {
            None => refused,
            Some(_) if stricter.contains(&name) => refused,
            Some(docs) => !refused && docs.iter().map(normal).collect::<Vec<_>>() == read,
        };
        if !agrees {
            wrong.push(format!("{name}: {:?}, {read:?} instead of {}", stream.problems, case["kubectl"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
