//! Lost indentation and its relatives: how often the manifest that was damaged comes back, and that a sound one is left
//! alone.
//!
//! Of the recorded manifests a sample is taken, for the sake of time; with `REPAIR_FULL` set, all of them. With
//! `REPAIR_SHOW` set, those that do not come back first are printed.
#![allow(clippy::disallowed_methods, reason = "tests read their data")]

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
const SAMPLE: usize = 7;

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
    (!broken).then(|| stream.docs.iter().filter_map(|doc| doc.data.as_ref()).map(yaml::Data::to_json).collect())
}

/// The same without the indentation within block scalars, which nothing tells once it is lost.
fn without_inner_indentation(data: Vec<Json>) -> Vec<Json> {
    let bare = |value| match value {
        Json::String(text) => Json::String(text.lines().map(|line| line.trim_start().to_owned() + "\n").collect()),
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
    assert!(first >= 90.0 && offered >= 98.0);
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
        let sound = paths(name, "yaml").into_iter().filter(|path| !path.display().to_string().contains("flattened"));
        texts.extend(sound.map(|path| (path.display().to_string(), fs::read_to_string(path).expect("text"))));
    }
    let alarms: Vec<&str> =
        texts.par_iter().filter(|(_, text)| offer(text, VERSION).is_some()).map(|(id, _)| id.as_str()).collect();
    println!("{} manifests, {} false alarms", texts.len(), alarms.len());
    assert!(alarms.is_empty(), "{alarms:#?}");
}
