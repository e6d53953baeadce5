//! A manifest that was damaged on its way here: indentation that a web page swallowed, Markdown fences, shell prompts,
//! line numbers, tabs, typesetters' blanks. Recognised, and rebuilt by means of the schema; where a line may belong to
//! more than one place, every reading is offered and none is chosen in silence.

mod line;
mod rebuild;
mod shape;
mod words;
mod wrapping;

use crate::diagnostic::{Kind, Severity, Stage};
use crate::document::{Document, Part};
use crate::schema::{Schema, Version};
use line::{Inline, Item, Line};

pub use words::Words;

/// What is wrong with a text, and how it would read repaired.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// What was found, in the order in which it is mended; never empty.
    pub damage: Vec<Damage>,
    /// The ways to read the text, the likeliest first; never empty, at most [`MOST_READINGS`].
    pub readings: Vec<Reading>,
}

/// One way to read a damaged text.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The repaired text.
    pub text: String,
    /// For each of its lines the line of the damaged text that it was, counted from 0; `None` for one that was put in.
    pub from: Vec<Option<usize>>,
    /// Where it differs from the other readings; empty if it is the only one.
    pub about: Words,
}

/// What can happen to a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Damage {
    /// `> ` or `| ` stands before each line.
    Quoted,
    /// It stands in a Markdown code block.
    Fence,
    /// Line numbers stand before it.
    LineNumbers,
    /// It stands in a shell's here-document or among commands.
    Shell,
    /// Its indentation is made of blanks that YAML does not know.
    Blanks,
    /// Its list items begin with another character than `-`.
    Dashes,
    /// Sentences stand before it.
    Words,
    /// All lines but the first stand deeper.
    Shift,
    /// Its indentation is made of tabs.
    Tabs,
    /// Its values stand in typesetters' quotation marks.
    Quotes,
    /// Its indentation is lost, or some of it.
    Indentation,
}

/// How many readings are offered at most.
pub const MOST_READINGS: usize = 8;

/// A longer text is left alone, in bytes.
const LONGEST: usize = 1 << 20;
/// How much worse than the best a reading may be to be offered.
const CLOSE: u32 = 12;

/// What is offered for a text: nothing if it can be read as it is, whatever other problems it has, or if no better
/// reading is found. Never panics; takes a bounded time for each line.
pub fn offer(text: &str, version: Version) -> Option<Offer> {
    // A text that is too long is not even read.
    (text.len() <= LONGEST).then(|| offer_for(&Document::new(text, version)))?
}

/// The same for a text that has been read already.
pub fn offer_for(document: &Document) -> Option<Offer> {
    if !is_damaged(document) {
        return None;
    }
    let (lines, mut damage) = wrapping::unwrapped(line::split(&document.text));
    let mut lines = untabbed(lines, document.version, &mut damage);
    if let Some(plain) = wrapping::with_plain_quotes(&lines)
        && errors(&line::join(&plain), document.version) < errors(&line::join(&lines), document.version)
    {
        damage.push(Damage::Quotes);
        lines = plain;
    }
    let mut readings = rebuilt(&lines, document.version);
    match readings.is_empty() {
        true => readings.push(lines),
        false => damage.push(Damage::Indentation),
    }
    let texts: Vec<String> = readings.iter().map(|lines| line::join(lines)).collect();
    let best = Document::new(texts.first()?.as_str(), document.version);
    let says_something = best.parts.iter().any(|part| part.root.is_some() || !part.kind.is_empty());
    let is_fragment = damage.contains(&Damage::Indentation);
    if damage.is_empty() || best.text == document.text || !(says_something || is_fragment) || best.is_broken()
    {
        return None;
    }
    // Odd blanks, dashes and quotation marks may be meant, as in a text for people: they must have been in the way.
    if is_well(document) && errors_of(&best) >= errors_of(document) {
        return None;
    }
    let abouts = words::differences(&texts, document.version);
    let readings = readings
        .iter()
        .zip(texts)
        .zip(abouts)
        .map(|((lines, text), about)| Reading {
            text,
            from: lines.iter().map(|line| line.from).collect(),
            about,
        })
        .collect();
    Some(Offer { damage, readings })
}

/// Whether a text looks as if something had happened to it: cheap, and no promise that [`offer_for`] finds a repair.
pub fn is_damaged(document: &Document) -> bool {
    if document.text.len() > LONGEST || document.text.trim().is_empty() {
        return false;
    }
    !is_well(document)
        || wrapping::has_odd_indentation(&document.text)
        || wrapping::has_odd_quotes(&document.text) && document.parts.iter().any(|part| !part.review.accepted)
}

/// Whether every document can be read and is an object, and nothing in it looks as if its indentation were lost.
fn is_well(document: &Document) -> bool {
    let is_object = |part: &Part| part.is_empty || part.root.is_some() || !part.kind.is_empty();
    !document.is_broken()
        && document.parts.iter().all(is_object)
        && hollows(&line::split(&document.text), document.schema()) == 0
}

/// The lines without tabs in their indentation, at the width that leaves the fewest errors.
fn untabbed(lines: Vec<Line>, version: Version, damage: &mut Vec<Damage>) -> Vec<Line> {
    let widths = [2, 4, 8].into_iter().filter_map(|width| wrapping::without_tabs(&lines, width));
    match widths.min_by_key(|lines| errors(&line::join(lines), version)) {
        Some(plain) => {
            damage.push(Damage::Tabs);
            plain
        }
        None => lines,
    }
}

/// The readings of a text of which some document has lost its indentation, best first; none if no document has. Documents
/// that are well stay as they are.
fn rebuilt(lines: &[Line], version: Version) -> Vec<Vec<Line>> {
    let starts = (0..lines.len()).filter(|at| *at == 0 || lines[*at].is_marker());
    let ends = starts.clone().skip(1).chain([lines.len()]);
    let chunks: Vec<&[Line]> = starts.zip(ends).map(|(start, end)| &lines[start..end]).collect();
    let found: Vec<Vec<Vec<Line>>> = chunks.iter().map(|chunk| rebuilt_document(chunk, version)).collect();
    if found.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    // The best of each document, then the other readings of one document at a time.
    let of = |varied: usize, reading: usize| -> Vec<Line> {
        let pick = |at: usize| {
            let readings = &found[at];
            let reading = if at == varied { readings.get(reading) } else { readings.first() };
            reading.map_or(chunks[at], Vec::as_slice).to_vec()
        };
        (0..chunks.len()).flat_map(pick).collect()
    };
    let others = found
        .iter()
        .enumerate()
        .flat_map(|(at, readings)| (1..readings.len()).map(move |reading| (at, reading)));
    std::iter::once((0, 0)).chain(others).take(MOST_READINGS).map(|(at, reading)| of(at, reading)).collect()
}

/// The readings of one document, best first; none if it is well or if there is no better one.
fn rebuilt_document(lines: &[Line], version: Version) -> Vec<Vec<Line>> {
    let schema = Schema::at(version);
    let before = Judged::of(lines, version);
    let hollow = hollows(lines, schema);
    if !before.document.is_broken() && hollow == 0 {
        return Vec::new();
    }
    let said = lines.iter().filter(|line| !line.is_blank()).count();
    let most = 40 + 6 * u32::try_from(said).unwrap_or(u32::MAX / 8);
    let mut candidates: Vec<(u32, Judged, Vec<Line>)> = Vec::new();
    for reading in rebuild::readings(lines, schema) {
        let indented: Vec<Line> =
            lines.iter().zip(&reading.indents).map(|(line, indent)| indented(line, *indent)).collect();
        let after = Judged::of(&indented, version);
        // A text that reads may have an unknown field that would fit elsewhere: that alone is no lost indentation.
        let fewer = || 3 * after.misread <= before.misread && after.misread < before.misread;
        let improves = before.document.is_broken()
            || hollows(&indented, schema) < hollow && (!before.is_known || fewer());
        if !after.document.is_broken() && improves && reading.cost <= most {
            candidates.push((reading.cost + after.cost, after, indented));
        }
    }
    candidates.sort_by_key(|(cost, ..)| *cost);
    let Some(best) = candidates.first().map(|(cost, ..)| *cost) else { return Vec::new() };
    let mut seen = before.data().into_iter().collect::<Vec<_>>();
    let mut readings = Vec::new();
    for (cost, judged, lines) in candidates {
        let Some(data) = judged.data() else { continue };
        if cost <= best + CLOSE && readings.len() < MOST_READINGS && !seen.contains(&data) {
            seen.push(data);
            readings.push(lines);
        }
    }
    readings
}

fn indented(line: &Line, indent: usize) -> Line {
    let text = if line.is_blank() { line.text.clone() } else { format!("{:indent$}{}", "", line.bare()) };
    Line { text, ..line.clone() }
}

/// One document with what the server says of it.
struct Judged {
    document: Document,
    /// Whether its kind is one whose fields are known.
    is_known: bool,
    /// How many fields stand where they do not belong, or are of the wrong kind.
    misread: usize,
    /// What all that the server says of it weighs.
    cost: u32,
}

impl Judged {
    fn of(lines: &[Line], version: Version) -> Judged {
        let document = Document::new(line::join(lines), version);
        let is_misread = |kind| matches!(kind, Kind::Unknown | Kind::DuplicateKey | Kind::WrongType);
        let weight = |stage: Stage, kind: Kind| match stage {
            Stage::Syntax => 200,
            Stage::Decode if is_misread(kind) => 10,
            Stage::Validate => 5,
            Stage::Warn => 1,
            _ => 0,
        };
        Judged {
            is_known: document.parts.iter().any(|part| part.review.root.is_some()),
            misread: document
                .diagnostics()
                .filter(|(_, d)| d.stage == Stage::Decode && is_misread(d.kind))
                .count(),
            cost: document.diagnostics().map(|(_, d)| weight(d.stage, d.kind)).sum(),
            document,
        }
    }

    fn data(&self) -> Option<serde_json::Value> {
        let data = self.document.stream.docs.iter().find_map(|doc| doc.data.as_ref())?;
        Some(data.to_json())
    }
}

fn errors(text: &str, version: Version) -> usize {
    errors_of(&Document::new(text, version))
}

fn errors_of(document: &Document) -> usize {
    let broken = document.stream.problems.iter().filter(|problem| problem.fatal).count();
    let all = document.diagnostics().filter(|(_, d)| d.stage.severity() == Severity::Error);
    // Behind broken syntax no other error is seen.
    1000 * broken + all.count()
}

/// How many keys that want a mapping or a list have nothing, while the next line stands beside them, and how many keys
/// stand beside the dash of the item before: what is left of a text when its lines lose their indentation.
fn hollows(lines: &[Line], schema: &'static Schema) -> usize {
    let mut before: Option<(usize, usize, Item)> = None;
    let mut count = 0;
    let mut at = 0;
    while at < lines.len() {
        let line = &lines[at];
        if line.is_blank() || line.is_comment() || line.is_marker() {
            at += 1;
            continue;
        }
        let item = Item::read(lines, at);
        let dash = line.indent();
        let col = dash + item.dashes.iter().sum::<usize>();
        if let Some((last_dash, last_col, last)) = &before
            && item.dashes.is_empty()
            && item.key.is_some()
        {
            let wants = last.key.as_deref().is_some_and(|key| holds_others(key, schema));
            let is_hollow = wants && matches!(last.value, Inline::Nothing) && dash <= *last_col;
            let is_shed = !last.dashes.is_empty() && last.key.is_some() && dash == *last_dash;
            count += usize::from(is_hollow || is_shed);
        }
        let mut next = item.end.max(at + 1);
        if matches!(item.value, Inline::Block(_)) {
            // What stands deeper is text, not structure.
            while lines.get(next).is_some_and(|line| line.is_blank() || line.indent() > dash) {
                next += 1;
            }
        }
        before = Some((dash, col, item));
        at = next;
    }
    count
}

/// Whether a field of that name holds a mapping or a list in some type.
fn holds_others(key: &str, schema: &'static Schema) -> bool {
    use crate::schema::Kind as K;
    ["metadata", "spec", "data", "stringData", "template"].contains(&key)
        || schema.types().any(|ty| {
            ty.field(key).is_some_and(|def| matches!(def.kind, K::Object(_) | K::List(_) | K::Map(_)))
        })
}
