//! Changes at random on manifests laid out at random: each text of a recorded case is written anew in another layout by a
//! writer of this test, changed several times, and every change is held against what it promises: the data are exactly as
//! asked, no byte of another key or value is touched, no other document and no comment is lost, undo gives the very text.
//!
//! `EDIT_CHANGES=100000 cargo test --release --test edit_random -- --nocapture` makes as many changes, and prints how many
//! of them had to write more of the text anew than was asked (“widened”) and how many were refused.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

#[path = "common/places.rs"]
mod places;

use flate2::read::GzDecoder;
use places::{places, pointer};
use podwright::document::Document;
use podwright::editor::{Command, Editor};
use podwright::path::{Path, Step};
use podwright::schema::Version;
use podwright::yaml::{self, Change, Data, Edit, InTextOrder, KeyOrder, Sharing, Value};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::ops::Range;

/// Numbers at random, the same on every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count.max(1) as u64).expect("a small number")
    }

    /// True so many times in a hundred.
    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// The texts of the recorded manifests.
fn manifests() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("cases").map(|entry| entry.expect("entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "gz"));
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let lines = BufReader::new(GzDecoder::new(std::fs::File::open(file).expect("cases"))).lines();
        for line in lines {
            let case: Json = serde_json::from_str(&line.expect("line")).expect("case");
            found.extend(case["yaml"].as_str().filter(|text| text.len() < 4_000).map(str::to_owned));
        }
    }
    assert!(found.len() > 1_000, "the manifests were found");
    found
}

/// The data of a manifest that is one document and is read without any problem.
fn sound(text: &str) -> Option<Json> {
    let stream = yaml::parse(text);
    let [doc] = stream.docs.as_slice() else { return None };
    doc.data.as_ref().filter(|_| stream.problems.is_empty()).map(Data::to_json).filter(Json::is_object)
}

/// Writes values in a layout of its own.
struct Layout<'d> {
    dice: &'d mut Dice,
    step: usize,
    list_indent: usize,
    comments: usize,
    flow: usize,
    quoted: usize,
    noise: usize,
    /// Values that stand several times, by their JSON, with the name of their anchor once it is written.
    repeated: HashMap<String, Option<String>>,
    merge: Option<Merge>,
    out: String,
}

/// A mapping that is written with `<<`.
struct Merge {
    /// The mapping, as JSON.
    whole: String,
    /// What it merges, as JSON.
    from: String,
    /// The keys that it writes itself.
    own: Vec<String>,
    /// JSON pointers of both.
    places: Vec<String>,
    /// Whether it stands in the text.
    is_written: bool,
}

impl Layout<'_> {
    fn spaces(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
    }

    fn comment(&mut self) -> String {
        self.comments += 1;
        let text = *self.dice.pick(&["pinned", "see: below", "- not an item", "说明 😀", "'\"", "a, b]"]);
        format!("# c{} {text}", self.comments)
    }

    /// The end of a line, with a comment or not.
    fn end_line(&mut self) {
        if self.dice.percent(self.noise) {
            let gap = *self.dice.pick(&[" ", "  ", "\t", "   "]);
            let comment = self.comment();
            self.out += gap;
            self.out += &comment;
        } else if self.dice.percent(2) {
            self.out += *self.dice.pick(&[" ", "\t"]);
        }
        self.out.push('\n');
    }

    /// Blank lines and comments of their own before a line at `column`.
    fn between(&mut self, column: usize) {
        while self.dice.percent(self.noise / 2) {
            if self.dice.percent(60) {
                let comment = self.comment();
                self.spaces(column);
                self.out += &comment;
            }
            self.out.push('\n');
        }
    }

    /// `*name` where the value stands already, `&name ` where it will be repeated.
    fn anchor(&mut self, value: &Json) -> (bool, String) {
        let key = value.to_string();
        match self.repeated.get(&key) {
            Some(Some(name)) if self.dice.percent(85) => (true, format!("*{name}")),
            Some(None) => {
                let count = self.repeated.values().flatten().count();
                let name = format!("{}{count}", self.dice.pick(&["anchor", "same-", "x_"]));
                self.repeated.insert(key, Some(name.clone()));
                (false, format!("&{name}"))
            }
            _ => (false, String::new()),
        }
    }

    /// The entries of a mapping; `<<` and what it merges are the one without a value.
    fn entries<'v>(&mut self, value: &'v Json) -> Vec<(String, Option<&'v Json>)> {
        let members = value.as_object().expect("a mapping").iter();
        let mut entries: Vec<_> = members.map(|(key, value)| (key.clone(), Some(value))).collect();
        let whole = value.to_string();
        if let Some(merge) = self.merge.as_mut().filter(|merge| merge.whole == whole)
            && let Some(Some(name)) = self.repeated.get(&merge.from)
        {
            merge.is_written = true;
            entries.retain(|(key, _)| merge.own.contains(key));
            let at = self.dice.below(entries.len() + 1);
            let merged = if self.dice.percent(20) { format!("[*{name}]") } else { format!("*{name}") };
            entries.insert(at, (format!("<<: {merged}"), None));
        }
        entries
    }

    fn block(&mut self, value: &Json, column: usize) {
        match value {
            Json::Object(_) => {
                for (number, (key, value)) in self.entries(value).into_iter().enumerate() {
                    if number > 0 || self.out.is_empty() || self.out.ends_with('\n') {
                        self.between(column);
                        self.spaces(column);
                    }
                    let Some(value) = value else {
                        self.out += &key;
                        self.end_line();
                        continue;
                    };
                    let key = self.key(&key, false);
                    if self.dice.percent(2) {
                        self.out += &format!("? {key}\n");
                        self.spaces(column);
                        self.out.push(':');
                    } else {
                        self.out += &format!("{key}:");
                    }
                    self.after(value, column, None);
                }
            }
            Json::Array(items) => {
                for (number, value) in items.iter().enumerate() {
                    if number > 0 || self.out.is_empty() || self.out.ends_with('\n') {
                        self.between(column);
                        self.spaces(column);
                    }
                    self.out.push('-');
                    let gap = if self.dice.percent(10) { 3 } else { 1 };
                    self.after(value, column, Some(gap));
                }
            }
            _ => unreachable!("only collections stand in blocks"),
        }
    }

    /// What follows a key or, with its gap, a dash.
    fn after(&mut self, value: &Json, column: usize, gap: Option<usize>) {
        let (is_alias, anchor) = self.anchor(value);
        let space = " ".repeat(gap.unwrap_or(1));
        if is_alias {
            self.out += &format!("{space}{anchor}");
            return self.end_line();
        }
        let is_full = value.as_object().is_some_and(|m| !m.is_empty())
            || value.as_array().is_some_and(|l| !l.is_empty());
        if is_full && !self.dice.percent(self.flow) {
            if let Some(gap) = gap.filter(|_| anchor.is_empty() && !self.dice.percent(5)) {
                self.out += &space;
                return self.block(value, column + 1 + gap);
            }
            if !anchor.is_empty() {
                self.out += &format!(" {anchor}");
            }
            self.end_line();
            let indent = match (value, gap) {
                (_, Some(_)) => 2,
                (Json::Array(_), None) => self.list_indent,
                _ => self.step,
            };
            return self.block(value, column + indent);
        }
        if !value.is_null() || !anchor.is_empty() {
            self.out += &space;
        }
        if !anchor.is_empty() {
            self.out += &format!("{anchor} ");
        }
        if is_full {
            let lines = self.dice.percent(50);
            self.bracketed(value, column, lines);
            return self.end_line();
        }
        if let Json::String(text) = value
            && self.block_scalar(text, column, gap.is_some())
        {
            return;
        }
        let scalar = match value {
            Json::Null if !anchor.is_empty() => "null".to_owned(),
            Json::Null => self.dice.pick(&["", " null", " ~"]).to_string(),
            Json::String(text) => self.string(text, false, Some(column + self.step)),
            value => value.to_string(),
        };
        self.out += &scalar;
        self.end_line();
    }

    /// A string as a block scalar, where that is its turn and it can be one.
    fn block_scalar(&mut self, text: &str, column: usize, is_item: bool) -> bool {
        let body = text.trim_end_matches('\n');
        let tail = text.len() - body.len();
        let chance = if text.contains('\n') { 80 } else { 4 };
        let odd = |c: char| c != '\n' && (c.is_control() || "\u{2028}\u{2029}\u{feff}".contains(c));
        if body.is_empty()
            || body.starts_with(['\n', '\t'])
            || text.contains(odd)
            || body.lines().any(|line| line.trim().is_empty() && !line.is_empty())
            || !self.dice.percent(chance)
        {
            return false;
        }
        let folded = !body.contains('\n') && !body.starts_with(' ') && self.dice.percent(50);
        let indent = if is_item { 2 } else { self.step };
        let indicator =
            if body.starts_with(' ') || self.dice.percent(20) { indent.to_string() } else { String::new() };
        if is_item && !indicator.is_empty() {
            return false;
        }
        let chomping = ["-", "", "+"][tail.min(2)];
        self.out += if folded { ">" } else { "|" };
        self.out += &if self.dice.percent(50) {
            format!("{indicator}{chomping}")
        } else {
            format!("{chomping}{indicator}")
        };
        self.end_line();
        for line in body.split('\n') {
            if !line.is_empty() {
                self.spaces(column + indent);
            }
            self.out += line;
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n('\n', tail.saturating_sub(1)));
        true
    }

    /// A collection in brackets, at `column`, on one line or over several.
    fn bracketed(&mut self, value: &Json, column: usize, lines: bool) {
        let entries: Vec<(Option<&String>, &Json)> = match value {
            Json::Object(members) => members.iter().map(|(key, value)| (Some(key), value)).collect(),
            Json::Array(items) => items.iter().map(|item| (None, item)).collect(),
            Json::String(text) => {
                let text = self.string(text, true, None);
                self.out += &text;
                return;
            }
            value => {
                self.out += &value.to_string();
                return;
            }
        };
        let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
        self.out.push(open);
        let pad = !lines && !entries.is_empty() && self.dice.percent(15);
        self.out += if pad { " " } else { "" };
        if lines {
            self.end_line();
        }
        let (count, trailing) = (entries.len(), self.dice.percent(50));
        for (number, (key, value)) in entries.into_iter().enumerate() {
            if lines {
                self.between(column + self.step);
                self.spaces(column + self.step);
            }
            if let Some(key) = key {
                let key = self.key(key, true);
                self.out += &format!("{key}: ");
            }
            let (is_alias, anchor) = self.anchor(value);
            self.out += &anchor;
            if !is_alias {
                self.out += if anchor.is_empty() { "" } else { " " };
                let lines = lines && self.dice.percent(30);
                self.bracketed(value, column + self.step, lines);
            }
            if number + 1 < count || lines && trailing {
                self.out.push(',');
                self.out += if lines { "" } else { " " };
            }
            if lines {
                self.end_line();
            }
        }
        if lines {
            let indent = if self.dice.percent(50) { 0 } else { self.step };
            self.spaces(column + indent);
        }
        self.out += if pad { " " } else { "" };
        self.out.push(close);
    }

    fn key(&mut self, key: &str, in_flow: bool) -> String {
        if self.dice.percent(85) && is_plain(key, in_flow) {
            key.to_owned()
        } else {
            self.string(key, in_flow, None)
        }
    }

    /// A string on one line, or folded in two where its second line may stand at a column.
    fn string(&mut self, text: &str, in_flow: bool, fold: Option<usize>) -> String {
        let quoted = self.dice.percent(self.quoted);
        let odd = |c: char| c.is_control() || "\u{2028}\u{2029}\u{feff}\u{85}".contains(c);
        let mut written = if !quoted && is_plain(text, in_flow) {
            text.to_owned()
        } else if !text.contains(odd) && !text.is_empty() && self.dice.percent(50) {
            format!("'{}'", text.replace('\'', "''"))
        } else {
            json!(text).to_string()
        };
        if let Some(column) = fold.filter(|_| self.dice.percent(10))
            && let Some((one, two)) = text.split_once(' ')
            && [one, two].iter().all(|half| half.bytes().all(|b| b.is_ascii_alphabetic()) && !half.is_empty())
        {
            written = written.replacen(' ', &format!("\n{}", " ".repeat(column)), 1);
        }
        written
    }
}

/// Whether every reader takes the text as it is for a string.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    text.starts_with(|c: char| c.is_alphabetic() || c == '/')
        && !text.ends_with([' ', ':'])
        && text.chars().all(|c| c.is_alphanumeric() || "/._- ".contains(c) || c == ':' && !in_flow)
        && !text.contains(": ")
        && !words.contains(&text.to_lowercase().as_str())
}

/// Every value below one that is worth repeating, with how often it stands there.
fn count_values(value: &Json, counts: &mut HashMap<String, usize>) {
    match value {
        Json::Object(members) => members.values().for_each(|value| count_values(value, counts)),
        Json::Array(items) => items.iter().for_each(|value| count_values(value, counts)),
        _ => {}
    }
    let text = value.to_string();
    if text.len() > 5 {
        *counts.entry(text).or_default() += 1;
    }
}

/// Puts copies of parts of a manifest into it, as fields of its own, so that there is something to repeat.
fn copy_parts(manifest: &mut Json, dice: &mut Dice) {
    for number in 0..=dice.below(4) {
        let mut all = Vec::new();
        places(manifest, Path::root(), &mut all);
        let part =
            manifest.pointer(&pointer(dice.pick(&all))).cloned().filter(|part| part.to_string().len() < 600);
        let host = pointer(dice.pick(&all));
        match (manifest.pointer_mut(&host), part) {
            (Some(Json::Object(members)), Some(part)) => {
                members.insert(format!("copy{number}"), part);
            }
            (Some(Json::Array(items)), Some(part)) => items.push(part),
            _ => {}
        }
    }
}

/// Gives a mapping all members of another one that it has not, so that it can be written with `<<`.
fn merge_parts(manifest: &mut Json, dice: &mut Dice) -> Option<Merge> {
    let mut all = Vec::new();
    places(manifest, Path::root(), &mut all);
    let is_full = |value: &Json| value.as_object().is_some_and(|members| !members.is_empty());
    all.retain(|path| manifest.pointer(&pointer(path)).is_some_and(is_full));
    // What is merged stands first in the text.
    let (one, other) = (dice.below(all.len()), dice.below(all.len()));
    let (from, to) = (all[one.min(other)].clone(), all[one.max(other)].clone());
    if to.contains(&from) {
        return None;
    }
    let [from, to] = [from, to].map(|path| pointer(&path));
    let merged = manifest.pointer(&from)?.clone();
    let members = manifest.pointer_mut(&to)?.as_object_mut()?;
    let own = members.keys().cloned().collect();
    for (key, value) in merged.as_object()? {
        members.entry(key.clone()).or_insert_with(|| value.clone());
    }
    let whole = manifest.pointer(&to)?.to_string();
    Some(Merge { whole, from: merged.to_string(), own, places: vec![from, to], is_written: false })
}

/// A manifest laid out at random, in a stream of documents: the text, its document's number, and the places that a `<<` in it
/// concerns.
fn laid_out(manifest: &Json, merge: Option<Merge>, dice: &mut Dice) -> (String, usize, Vec<String>) {
    let mut repeated = HashMap::new();
    if let Some(merge) = &merge {
        repeated.insert(merge.from.clone(), None);
    }
    if dice.percent(50) {
        let mut counts = HashMap::new();
        count_values(manifest, &mut counts);
        let mut several: Vec<String> =
            counts.into_iter().filter(|(_, count)| *count > 1).map(|(text, _)| text).collect();
        several.sort();
        for text in several {
            if dice.percent(40) {
                repeated.insert(text, None);
            }
        }
    }
    let step = *dice.pick(&[2, 2, 4]);
    let list_indent = *dice.pick(&[0, 0, step]);
    let (flow, quoted, noise) =
        (*dice.pick(&[0, 10, 30, 60]), *dice.pick(&[0, 20, 100]), *dice.pick(&[0, 10, 30]));
    let mut layout = Layout {
        dice,
        step,
        list_indent,
        comments: 0,
        flow,
        quoted,
        noise,
        repeated,
        merge,
        out: String::new(),
    };
    layout.block(manifest, 0);
    let merged = layout.merge.filter(|merge| merge.is_written).map_or(Vec::new(), |merge| merge.places);
    let (mut text, dice) = (layout.out, layout.dice);
    let other =
        |name: &str| format!("# {name}\nkind: ConfigMap # {name}\ndata: {{k: &other v, l: *other}}\n");
    let mut doc = 0;
    if dice.percent(25) {
        text = format!("{}---\n{text}", other("before"));
        doc = 1;
    } else if dice.percent(25) {
        text = format!("{}{text}", dice.pick(&["---\n", "# top\n---\n", "--- # start\n", "\n\n"]));
    }
    if dice.percent(20) {
        text = format!("{text}{}{}", dice.pick(&["---\n", "...\n---\n"]), other("after"));
    } else if dice.percent(10) {
        text += "...\n";
    }
    if dice.percent(15) && text.ends_with('\n') && !text.ends_with("\n\n") {
        text.pop();
    }
    if dice.percent(15) {
        text = text.replace('\n', "\r\n");
    }
    if dice.percent(5) {
        text.insert(0, '\u{feff}');
    }
    (text, doc, merged)
}

const HARD: [&str; 40] = [
    "",
    "yes",
    "y",
    "no",
    "<<",
    "0644",
    "0x1F",
    "1_000",
    "1:20",
    "1e3",
    "~",
    "null",
    "a: b",
    "a #b",
    "#",
    " x",
    "x ",
    "- a",
    "? x",
    "a?b",
    "[x",
    "{x}",
    "*x",
    "&x",
    "!x",
    "|",
    ">-",
    "%x",
    "@x",
    "`x",
    "'",
    "\"",
    "\\",
    "it's",
    "a\nb",
    "a\nb\n\n",
    "\tx",
    "\u{85}",
    "李四 😀",
    "line one\n  line two\n\nline four\n",
];

fn new_text(dice: &mut Dice) -> String {
    if dice.percent(50) {
        dice.pick(&HARD).to_string()
    } else {
        dice.pick(&["web", "nginx:1.27", "10Gi", "a b"]).to_string()
    }
}

fn new_value(dice: &mut Dice, depth: usize) -> Json {
    match dice.below(if depth == 0 { 6 } else { 9 }) {
        0 => json!(dice.percent(50)),
        1 => json!(dice.next() % 70_000),
        2 if dice.percent(20) => Json::Null,
        3 if dice.percent(20) => json!(1.5),
        6 => (0..dice.below(4)).map(|_| new_value(dice, depth - 1)).collect(),
        7 | 8 => {
            let members = (0..dice.below(4)).map(|_| (new_text(dice), new_value(dice, depth - 1)));
            Json::Object(members.collect())
        }
        _ => json!(new_text(dice)),
    }
}

/// A change that makes sense.
fn new_change(value: &Json, shared: &[String], dice: &mut Dice) -> Option<Change> {
    let mut all = Vec::new();
    places(value, Path::root(), &mut all);
    if !shared.is_empty() && dice.percent(50) {
        all.retain(|path| shared.iter().any(|shared| pointer(path).starts_with(shared.as_str())));
    }
    let path = dice.pick(&all).clone();
    let there = value.pointer(&pointer(&path))?;
    let free = |dice: &mut Dice, map: &serde_json::Map<String, Json>| {
        Some(new_text(dice)).filter(|key| !map.contains_key(key))
    };
    Some(match (dice.below(9), there) {
        (0, Json::Object(members)) => {
            Change::Set { path: path.key(free(dice, members)?), value: new_value(dice, 2) }
        }
        (1, Json::Object(members)) => {
            Change::Set { path: path.key(free(dice, members)?).key("k").index(0), value: new_value(dice, 1) }
        }
        (0 | 1, Json::Array(items)) => {
            let index = dice.below(items.len() + 1);
            let index = Some(index).filter(|index| *index < items.len() || dice.percent(50));
            Change::Insert { path, index, value: new_value(dice, 2) }
        }
        (2, Json::Array(items)) => Change::Set { path: path.index(items.len()), value: new_value(dice, 2) },
        (3 | 4, Json::Array(items)) if items.len() > 1 => {
            let (from, to) = (dice.below(items.len()), dice.below(items.len()));
            Change::Move { path, from, to }
        }
        (5, _) if !path.steps().is_empty() => Change::Remove { path },
        (6, _) if path.steps().last().is_some_and(|step| step.key().is_some()) => {
            let Some(Json::Object(members)) = value.pointer(&pointer(&path.parent())) else { return None };
            Change::Rename { path, key: free(dice, members)? }
        }
        _ if path.steps().is_empty() => return None,
        _ => Change::Set { path, value: new_value(dice, 2) },
    })
}

/// A document as it is written: aliases are aliases.
#[derive(Clone)]
enum Written {
    Alias(String),
    Scalar(Json),
    List(Vec<Place>),
    Map(Vec<(String, Place)>),
}

#[derive(Clone)]
struct Place {
    anchor: Option<String>,
    written: Written,
}

impl Place {
    fn new(value: &Json) -> Place {
        let written = match value {
            Json::Array(items) => Written::List(items.iter().map(Place::new).collect()),
            Json::Object(members) => {
                Written::Map(members.iter().map(|(key, value)| (key.clone(), Place::new(value))).collect())
            }
            value => Written::Scalar(value.clone()),
        };
        Place { anchor: None, written }
    }

    /// What the data and their places in the text say; the anchors are the words that begin with `&` right before them.
    fn read(text: &str, data: &Data, anchors: &mut Vec<(usize, String)>) -> Place {
        let ours = anchors.first().is_some_and(|(at, _)| *at <= data.span.start);
        let anchor = if ours { Some(anchors.remove(0).1) } else { None };
        let source = &text[data.span.clone()];
        let written = match &data.value {
            _ if source.starts_with('*') => Written::Alias(source[1..].to_owned()),
            Value::List(items) => {
                Written::List(items.iter().map(|item| Place::read(text, item, anchors)).collect())
            }
            Value::Map(map) => {
                let member =
                    |member: &yaml::Member| (member.key.clone(), Place::read(text, &member.data, anchors));
                Written::Map(map.members.iter().map(member).collect())
            }
            _ => Written::Scalar(data.to_json()),
        };
        Place { anchor, written }
    }

    /// Where anchors and aliases stand, as JSON pointers.
    fn shared(&self, here: String, out: &mut Vec<String>) {
        match &self.written {
            Written::List(items) => {
                items.iter().enumerate().for_each(|(at, item)| item.shared(format!("{here}/{at}"), out));
            }
            Written::Map(members) => members.iter().for_each(|(key, place)| {
                place.shared(format!("{here}{}", pointer(&Path::root().key(key.clone()))), out);
            }),
            _ => {}
        }
        if self.anchor.is_some() || matches!(self.written, Written::Alias(_)) {
            out.push(here);
        }
    }

    fn below(&mut self, step: &Step) -> Option<&mut Place> {
        match (&mut self.written, step) {
            (Written::List(items), Step::Index(at)) => items.get_mut(*at),
            (Written::Map(members), step) => {
                let key = step.key()?;
                members.iter_mut().find(|(name, _)| name == key).map(|(_, place)| place)
            }
            _ => None,
        }
    }

    fn anchored(&self, name: &str, here: &Path) -> Option<Path> {
        if self.anchor.as_deref() == Some(name) {
            return Some(here.clone());
        }
        match &self.written {
            Written::List(items) => {
                items.iter().enumerate().find_map(|(at, item)| item.anchored(name, &here.index(at)))
            }
            Written::Map(members) => {
                members.iter().find_map(|(key, place)| place.anchored(name, &here.key(key.clone())))
            }
            _ => None,
        }
    }

    fn expand(&self, values: &dyn Fn(&str) -> Json) -> Json {
        match &self.written {
            Written::Alias(name) => values(name),
            Written::Scalar(value) => value.clone(),
            Written::List(items) => items.iter().map(|item| item.expand(values)).collect(),
            Written::Map(members) => {
                Json::Object(members.iter().map(|(key, place)| (key.clone(), place.expand(values))).collect())
            }
        }
    }

    fn find(&self, path: &Path) -> Option<&Place> {
        path.steps().iter().try_fold(self, |place, step| match (&place.written, step) {
            (Written::List(items), Step::Index(at)) => items.get(*at),
            (Written::Map(members), step) => {
                members.iter().find(|(name, _)| Some(name.as_str()) == step.key()).map(|(_, place)| place)
            }
            _ => None,
        })
    }
}

/// The value that an anchor names: as it is now, or, if the anchored value has gone, as it was.
fn value_of(now: &Place, was: &Place, name: &str) -> Json {
    let there = [now, was].into_iter().find_map(|root| root.find(&root.anchored(name, &Path::root())?));
    let place = there.unwrap_or_else(|| panic!("no anchor {name}"));
    place.expand(&|name| value_of(now, was, name))
}

/// Where a path leads once aliases are followed, the one at its end too if it `ends` there.
fn canonical(root: &Place, path: &Path, ends: bool) -> Path {
    let mut here = Path::root();
    for (depth, step) in path.steps().iter().map(Some).chain([None]).enumerate() {
        while let Some(Place { written: Written::Alias(name), .. }) = root.find(&here)
            && (ends || depth < path.steps().len())
        {
            here = root.anchored(name, &Path::root()).expect("an anchor");
        }
        here = match step {
            Some(Step::Index(at)) => here.index(*at),
            Some(step) => here.key(step.key().unwrap_or_default().to_owned()),
            None => here,
        };
    }
    here
}

/// A change on a document as it is written.
fn changed(root: &mut Place, change: &Change, path: &Path) {
    fn walk<'p>(root: &'p mut Place, steps: &[Step]) -> &'p mut Place {
        let Some((step, rest)) = steps.split_first() else { return root };
        if root.below(step).is_none() {
            if let Written::Scalar(_) = root.written {
                root.written =
                    if step.key().is_some() { Written::Map(Vec::new()) } else { Written::List(Vec::new()) };
            }
            match &mut root.written {
                Written::Map(members) => {
                    members.push((step.key().unwrap_or_default().to_owned(), Place::new(&Json::Null)));
                }
                Written::List(items) => items.push(Place::new(&Json::Null)),
                _ => panic!("an alias has no parts"),
            }
        }
        walk(root.below(step).expect("made"), rest)
    }
    match change {
        Change::Set { value, .. } => {
            let place = walk(root, path.steps());
            place.written = Place::new(value).written;
        }
        Change::Insert { index, value, .. } => match &mut walk(root, path.steps()).written {
            Written::List(items) => items.insert(index.unwrap_or(items.len()), Place::new(value)),
            other => *other = Written::List(vec![Place::new(value)]),
        },
        Change::Move { from, to, .. } => {
            let Written::List(items) = &mut walk(root, path.steps()).written else { panic!("a list") };
            let item = items.remove(*from);
            items.insert(*to, item);
        }
        Change::Remove { .. } | Change::Rename { .. } => {
            let (up, last) = path.split_last().expect("a place in something");
            match (&mut walk(root, up.steps()).written, last, change) {
                (Written::Map(members), step, Change::Rename { key, .. }) => {
                    let member = members.iter_mut().find(|(name, _)| Some(name.as_str()) == step.key());
                    member.expect("a member").0.clone_from(key);
                }
                (Written::Map(members), step, _) => {
                    members.retain(|(name, _)| Some(name.as_str()) != step.key())
                }
                (Written::List(items), Step::Index(at), _) => {
                    items.remove(*at);
                }
                _ => panic!("a collection"),
            }
        }
        Change::Spell { .. } | Change::RemoveRepeat { .. } => panic!("no change of the value"),
    }
}

/// One document of a text, with what is needed to judge a change of it.
struct Before<'t> {
    text: &'t str,
    data: Data,
    /// `None` for one in which `<<` stands: what is shared there is not followed here.
    written: Option<Place>,
}

impl<'t> Before<'t> {
    fn new(text: &'t str, doc: usize, merges: bool) -> Before<'t> {
        let stream = yaml::parse(text);
        let data = stream.docs[doc].data.clone().expect("data");
        let span = stream.docs[doc].span.clone();
        // The names of anchors stand nowhere else in these texts, so the text tells where they are.
        let tokens = yaml::tokens(text);
        let is_anchor =
            |range: &Range<usize>| span.contains(&range.start) && text[range.clone()].starts_with('&');
        let mut anchors: Vec<(usize, String)> = (tokens.iter())
            .filter(|(range, kind)| *kind == yaml::TokenKind::Reference && is_anchor(range))
            .map(|(range, _)| (range.start, text[range.start + 1..range.end].to_owned()))
            .collect();
        let written = (!merges).then(|| Place::read(text, &data, &mut anchors));
        Before { text, data, written }
    }

    /// What must be read after a change, and the place in the text that it is of.
    fn expected(&self, change: &Change, sharing: Sharing) -> (Json, Path) {
        let ends = !matches!(change, Change::Remove { .. } | Change::Rename { .. });
        match &self.written {
            Some(written) if sharing == Sharing::Everywhere => {
                let path = canonical(written, change.path(), ends);
                let mut now = written.clone();
                changed(&mut now, change, &path);
                (now.expand(&|name| value_of(&now, written, name)), path)
            }
            _ => {
                let mut now = Place::new(&self.data.to_json());
                changed(&mut now, change, change.path());
                (now.expand(&|name| panic!("no alias {name}")), change.path().clone())
            }
        }
    }

    /// The bytes of keys and scalars that are no part of a change, aliases left out.
    fn others(&self, change: &Change, path: &Path) -> Vec<Range<usize>> {
        fn walk(
            text: &str,
            data: &Data,
            here: &Path,
            skip: &dyn Fn(&Path) -> bool,
            out: &mut Vec<Range<usize>>,
        ) {
            if skip(here) || text[data.span.clone()].starts_with('*') {
                return;
            }
            match &data.value {
                Value::List(items) => items
                    .iter()
                    .enumerate()
                    .for_each(|(at, item)| walk(text, item, &here.index(at), skip, out)),
                // What comes through `<<` stands elsewhere.
                Value::Map(map) => map.members.iter().for_each(|member| {
                    let stands_here = data.span.contains(&member.key_span.start);
                    let here = here.key(member.key.clone());
                    if !stands_here {
                        return;
                    }
                    if !skip(&here) {
                        out.push(member.key_span.clone());
                    }
                    walk(text, &member.data, &here, skip, out);
                }),
                _ => out.push(data.span.clone()),
            }
        }
        let same = |a: &Path, b: &Path| pointer(a) == pointer(b);
        let skip = |here: &Path| match change {
            Change::Move { from, to, .. } => {
                let is_item = here.split_last().is_some_and(|(up, _)| same(&up, path));
                let Some(Step::Index(at)) = here.steps().last() else { return false };
                is_item && (*from.min(to)..=*from.max(to)).contains(at)
            }
            Change::Insert { .. } => false,
            _ => same(here, path),
        };
        let mut out = Vec::new();
        walk(self.text, &self.data, &Path::root(), &skip, &mut out);
        // What gets parts was null.
        let mut path = path.clone();
        while self.data.at(&path).is_none() {
            path = path.parent();
        }
        let place = self.data.at(&path).map(|data| data.span.clone());
        out.retain(|range| Some(range) != place.as_ref());
        out
    }

    /// Where comments may go with what is replaced or removed: the lines of the value, and comments around them.
    fn may_go(&self, change: &Change, path: &Path) -> Range<usize> {
        let (Change::Set { .. } | Change::Remove { .. }) = change else { return 0..0 };
        let Some(data) = self.data.at(path) else { return 0..0 };
        let above = path.split_last().and_then(|(up, step)| match (&self.data.at(&up)?.value, step) {
            (Value::Map(map), step) => map.member(step.key()?).map(|member| member.key_span.start),
            _ => None,
        });
        let (text, is_comment) =
            (self.text, |line: &str| line.trim().is_empty() || line.trim().starts_with('#'));
        let mut start = above.unwrap_or(data.span.start).min(data.span.start);
        start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        // An item whose value stands below its dash, with an anchor or a comment beside that.
        let is_dash = |line: &str| {
            line.trim() == "-"
                || line
                    .trim_start()
                    .strip_prefix('-')
                    .is_some_and(|rest| rest.trim_start().starts_with(['#', '&']))
        };
        let above_lines: usize = text[..start]
            .split_inclusive('\n')
            .rev()
            .take_while(|line| is_comment(line) || is_dash(line))
            .map(str::len)
            .sum();
        let mut end = data.span.end;
        end += text[end..].find('\n').map_or(text.len() - end, |at| at + 1);
        let below: usize =
            text[end..].split_inclusive('\n').take_while(|line| is_comment(line)).map(str::len).sum();
        start - above_lines..end + below
    }
}

/// What is wrong with a change that was made, if anything is.
fn broken_promise(
    before: &Before<'_>,
    doc: usize,
    (change, sharing): (&Change, Sharing),
    (edits, widened): (&[Edit], bool),
    new: &str,
) -> Option<String> {
    let (old_stream, stream) = (yaml::parse(before.text), yaml::parse(new));
    if let Some(problem) = stream.problems.iter().find(|problem| problem.fatal) {
        return Some(problem.message.clone());
    }
    let read = stream.docs.get(doc).and_then(|doc| doc.data.as_ref()).map_or(Json::Null, Data::to_json);
    let (expected, path) = before.expected(change, sharing);
    let is_followed = before.written.is_some() || sharing == Sharing::OnlyHere;
    // Where it is not followed what else changes, what was asked for is looked at alone.
    let seen = match change {
        _ if is_followed => String::new(),
        Change::Rename { key, .. } => pointer(&path.parent().key(key.clone())),
        Change::Remove { path } if matches!(path.steps().last(), Some(Step::Index(_))) => {
            pointer(&path.parent())
        }
        _ => pointer(&path),
    };
    if read.pointer(&seen) != expected.pointer(&seen) {
        return Some(format!("reads as {read}\nexpected {expected}"));
    }
    let others = |text: &str, stream: &yaml::Stream| -> Vec<String> {
        let docs = stream.docs.iter().enumerate().filter(|(at, _)| *at != doc);
        docs.map(|(_, doc)| text[doc.span.clone()].to_owned()).collect()
    };
    if others(before.text, &old_stream) != others(new, &stream) {
        return Some("another document has changed".to_owned());
    }
    let left: HashSet<&str> = stream.comments.iter().map(|comment| &new[comment.clone()]).collect();
    let may_go = before.may_go(change, &path);
    for comment in &old_stream.comments {
        let text = &before.text[comment.clone()];
        let goes_along = before.written.is_none() && is_beside_merge(before.text, comment.start);
        if !left.contains(text) && !may_go.contains(&comment.start) && !goes_along {
            return Some(format!("lost the comment {text}"));
        }
    }
    if !widened && is_followed {
        for other in before.others(change, &path) {
            let hit = |edit: &&Edit| edit.range.start < other.end && other.start < edit.range.end;
            if let Some(edit) = edits.iter().find(hit) {
                return Some(format!("{edit:?} touches {:?}", &before.text[other]));
            }
        }
    }
    None
}

/// Whether a comment stands beside or above a `<<`, with which it may go.
fn is_beside_merge(text: &str, comment: usize) -> bool {
    let line = text[..comment].rfind('\n').map_or(0, |at| at + 1);
    let is_comment = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    text[line..].lines().find(|line| !is_comment(line)).is_some_and(|line| line.contains("<<: "))
}

/// Undo by the editor gives the very text.
fn undoes(text: &str, doc: usize, change: &Change, sharing: Sharing) -> bool {
    let mut editor = Editor::default();
    editor.run(Command::New(text.to_owned())).expect("new");
    let command = Command::Change { doc, changes: vec![change.clone()] };
    let made = editor.run(Command::Answered { sharing, command: Box::new(command) });
    let changed = made.is_ok() && editor.can_undo();
    if changed {
        editor.run(Command::Undo).expect("undo");
    }
    editor.document().text == text
}

#[test]
fn changes_at_random_keep_their_promises() {
    let wanted: usize =
        std::env::var("EDIT_CHANGES").ok().and_then(|count| count.parse().ok()).unwrap_or(3_000);
    let seed = std::env::var("EDIT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let manifests = manifests();
    let mut dice = Dice(seed);
    let mut refused_merging = 0;
    let (mut made, mut merging, mut widened, mut refused, mut asked, mut unread) = (0, 0, 0, 0, 0, 0);
    let mut failures: Vec<String> = Vec::new();
    let mut refusals: Vec<String> = Vec::new();
    while made < wanted && failures.len() < 12 {
        let recorded: &String = dice.pick(&manifests);
        let Some(mut manifest) = sound(recorded) else { continue };
        if dice.percent(30) {
            copy_parts(&mut manifest, &mut dice);
        }
        let tries = if dice.percent(25) { 8 } else { 0 };
        let merge = (0..tries).find_map(|_| merge_parts(&mut manifest, &mut dice));
        let (mut text, doc, merged) = laid_out(&manifest, merge, &mut dice);
        let stream = yaml::parse(&text);
        let read = stream.docs.get(doc).and_then(|doc| doc.data.as_ref()).map(Data::to_json);
        if read.as_ref() != Some(&manifest) || stream.problems.iter().any(|problem| problem.fatal) {
            unread += 1;
            continue;
        }
        for _ in 0..8 {
            let before = Before::new(&text, doc, !merged.is_empty());
            let value = before.data.to_json();
            let mut shared = merged.clone();
            shared.retain(|place| value.pointer(place).is_some());
            if let Some(written) = &before.written {
                written.shared(String::new(), &mut shared);
            }
            let Some(change) = new_change(&value, &shared, &mut dice) else { continue };
            let sharing = *dice.pick(&[Sharing::Everywhere, Sharing::OnlyHere]);
            let document = dice.percent(3).then(|| Document::new(text.clone(), Version::NEWEST));
            let typed = document.as_ref().map(|document| document.key_order(doc));
            let order: &dyn KeyOrder = typed.as_ref().map_or(&InTextOrder, |order| order);
            made += 1;
            merging += usize::from(!merged.is_empty());
            let changes = std::slice::from_ref(&change);
            if !shared.is_empty() {
                let result = yaml::apply(&text, doc, changes, order, Sharing::Ask);
                asked += usize::from(result.is_err_and(|refusal| refusal.shared.is_some()));
            }
            let told = |why: &str| format!("{why}\n{change:?} ({sharing:?}) of document {doc} of\n{text}");
            let applied = match yaml::apply(&text, doc, changes, order, sharing) {
                Ok(applied) => applied,
                Err(refusal) => {
                    // What `<<` merges must stay a mapping, so some of these cannot be made everywhere.
                    *if merged.is_empty() { &mut refused } else { &mut refused_merging } += 1;
                    refusals.push(told(&refusal.message));
                    continue;
                }
            };
            if applied.widened > 0 {
                widened += 1;
                refusals.push(told("widened"));
            }
            let new = yaml::edited(&text, &applied.edits);
            let by = (&applied.edits[..], applied.widened > 0);
            if let Some(why) = broken_promise(&before, doc, (&change, sharing), by, &new) {
                failures.push(format!("{}\nbecame\n{new}", told(&why)));
                break;
            }
            if dice.percent(2) && !undoes(&text, doc, &change, sharing) {
                failures.push(told("undo gives another text"));
                break;
            }
            let whole = yaml::parse(&new).docs[doc]
                .data
                .as_ref()
                .is_some_and(|data| matches!(data.value, Value::Map(_)));
            if !whole {
                break;
            }
            text = new;
        }
    }
    let percent = |count: usize| format!("{count} ({:.3} %)", 100.0 * count as f64 / made.max(1) as f64);
    println!(
        "{made} changes: widened {}, refused {}, in shared values {}, beside “<<” {}; {unread} layouts not read",
        percent(widened),
        percent(refused + refused_merging),
        percent(asked),
        percent(merging)
    );
    if let Ok(folder) = std::env::var("EDIT_REPORT") {
        std::fs::write(
            &folder,
            refusals.iter().chain(&failures).map(|text| format!("{text}\n=======\n")).collect::<String>(),
        )
        .expect("the report");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n=======\n"));
    assert!(widened * 100 <= made, "{widened} of {made} changes were widened");
    assert!(
        refused_merging <= 3.max(merging / 30),
        "{refused_merging} of {merging} beside “<<” were refused"
    );
    assert!(
        refused <= 3.max(made / 1_000),
        "{refused} of {made} changes were refused:\n{}",
        refusals.join("\n=======\n")
    );
}
