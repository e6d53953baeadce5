//! Properties of the YAML layer on generated input: reading never fails, what is written reads back, edits prove true.

#[path = "common/places.rs"]
mod places;

use places::{places, pointer};
use podwright::path::Path;
use podwright::yaml::{self, Change, InTextOrder, Sharing};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Pieces of YAML in any order: most of it is broken, all of it is close to YAML.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("a: "),
        Just("- "),
        Just("? "),
        Just(": "),
        Just("\n"),
        Just("\n  "),
        Just("\n    "),
        Just("\t"),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(", "),
        Just("&x "),
        Just("*x"),
        Just("<<: "),
        Just("!!str "),
        Just("! "),
        Just("|"),
        Just(">+"),
        Just("|2-\n"),
        Just("'"),
        Just("\""),
        Just("\\"),
        Just("\\u12"),
        Just("#"),
        Just(" # c"),
        Just("---"),
        Just("\n---\n"),
        Just("\n...\n"),
        Just("%YAML 1.1"),
        Just("\r\n"),
        Just("\r"),
        Just("\u{85}"),
        Just("\u{2028}"),
        Just("\u{feff}"),
        Just("\0"),
        Just("李"),
        Just("yes"),
        Just("0x1F"),
        Just(".inf"),
        Just("@"),
        Just("x?y"),
        Just("k:"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Strings that are hard to write, and any others.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-+.0-9_:eExXoObT ]{0,8}",
        "[a-z:#,\\[\\]{}&*!|>'\"%@`?~= \\n\\t\\\\-]{0,12}",
        "\\PC{0,12}",
        any::<String>(),
        Just("yes".to_owned()),
        Just("<<".to_owned()),
    ]
}

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        (-1.0e18..1.0e18).prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// What the first document reads as; a problem that kubectl would refuse it for fails the test.
fn read(text: &str) -> Json {
    let stream = yaml::parse(text);
    assert!(!stream.problems.iter().any(|problem| problem.fatal), "{text:?}: {:?}", stream.problems);
    stream.docs[0].data.as_ref().map_or(Json::Null, |data| data.to_json())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_read_and_coloured(text in prop_oneof![soup(), any::<String>()]) {
        let stream = yaml::parse(&text);
        prop_assert!(!stream.docs.is_empty());
        prop_assert_eq!(stream.docs.last().map(|doc| doc.span.end), Some(text.len()));
        for problem in &stream.problems {
            prop_assert!(text.get(problem.span.clone()).is_some(), "{:?}", problem);
        }
        for comment in &stream.comments {
            prop_assert!(text.get(comment.clone()).is_some_and(|comment| comment.starts_with('#')));
        }
        let mut end = 0;
        for (span, _) in yaml::tokens(&text) {
            prop_assert!(span.start >= end && span.start < span.end && text.get(span.clone()).is_some());
            end = span.end;
        }
    }

    #[test]
    fn a_quoted_string_is_that_string_everywhere(string in text()) {
        let quoted = yaml::quote(&string);
        prop_assert!(!quoted.contains('\n'));
        prop_assert_eq!(read(&format!("a: {quoted}\n")), json!({"a": string.clone()}));
        prop_assert_eq!(read(&format!("- {quoted}\n- x\n")), json!([string.clone(), "x"]));
        prop_assert_eq!(read(&format!("a: [{quoted}, {quoted}]\n")), json!({"a": [string.clone(), string.clone()]}));
        prop_assert_eq!(read(&format!("a: {{b: {quoted}, {quoted}: c}}\n"))["a"][&string].clone(), json!("c"));
        prop_assert_eq!(read(&format!("{quoted}: 1\n"))[&string].clone(), json!(1));
    }

    #[test]
    fn what_is_emitted_reads_back(value in value()) {
        prop_assert_eq!(read(&yaml::emit(&value)), value);
    }

    #[test]
    fn an_edit_reads_as_asked(old in value(), new in value(), key in text(), pick in any::<prop::sample::Index>(), kind in 0..4) {
        let old = json!({"a": old, "b": [1, {"c": "d"}]});
        let text = yaml::emit(&old);
        let mut all = Vec::new();
        places(&old, Path::root(), &mut all);
        let path = pick.get(&all).clone();
        let mut want = old.clone();
        let target = want.pointer_mut(&pointer(&path)).expect("place");
        let change = match (kind, &mut *target) {
            (0, Json::Array(items)) => {
                items.push(new.clone());
                Change::Insert { path, index: None, value: new }
            }
            (1, Json::Object(members)) => {
                members.insert(key.clone(), new.clone());
                Change::Set { path: path.key(key), value: new }
            }
            (2, Json::Array(items)) if items.len() > 1 => {
                items.rotate_left(1);
                Change::Move { path, from: 0, to: items.len() - 1 }
            }
            _ => {
                *target = new.clone();
                Change::Set { path, value: new }
            }
        };
        let edits = yaml::apply(&text, 0, &[change], &InTextOrder, Sharing::Ask).expect("edits").edits;
        prop_assert_eq!(read(&yaml::edited(&text, &edits)), want);
    }

    #[test]
    fn edits_of_soup_never_panic(text in soup(), key in text(), new in value()) {
        let stream = yaml::parse(&text);
        let Some(data) = stream.docs[0].data.as_ref() else { return Ok(()) };
        let mut all = Vec::new();
        places(&data.to_json(), Path::root(), &mut all);
        for path in all.into_iter().take(12) {
            for change in [
                Change::Set { path: path.clone(), value: new.clone() },
                Change::Set { path: path.key(key.clone()), value: new.clone() },
                Change::Insert { path: path.clone(), index: Some(0), value: new.clone() },
                Change::Move { path: path.clone(), from: 0, to: 1 },
                Change::Rename { path: path.clone(), key: key.clone() },
                Change::Remove { path },
            ] {
                for sharing in [Sharing::Ask, Sharing::Everywhere, Sharing::OnlyHere] {
                    let change = std::slice::from_ref(&change);
                    if let Ok(applied) = yaml::apply(&text, 0, change, &InTextOrder, sharing) {
                        let new = yaml::edited(&text, &applied.edits);
                        prop_assert!(!yaml::parse(&new).problems.iter().any(|p| p.fatal && p.doc == 0));
                    }
                }
            }
        }
    }
}
