//! What kubectl reads otherwise than it looks: scalars and keys whose spelling YAML 1.1 types (`yes`, `012`, `1e3`, `~`),
//! or that readers of other YAML versions type (`1:20`, dates), judged by the type of their field and told with a fix.
//!
//! [`tell`] walks over a document as written. Where the server refuses a value anyway, the error gets the fix; all else is
//! advice of the kind `hazard`.

use crate::api::items_of_list;
use crate::api::quantity::Quantity;
use crate::diagnostic::{Diagnostic, Kind, Stage};
use crate::path::{Path, Step};
use crate::schema::{self, FieldDef, Schema, TypeId};
use crate::yaml::{self, Change, Data, Map, Member, Repeat, Resolved, Value};
use std::ops::Range;

/// File modes as people write them. The digits of none of them, read in decimal, are the value of another one.
const MODES: [i128; 18] = [
    0o400, 0o440, 0o444, 0o500, 0o550, 0o555, 0o600, 0o640, 0o644, 0o660, 0o664, 0o666, 0o700, 0o750, 0o755,
    0o770, 0o775, 0o777,
];

/// How far before a scalar its tag is looked for, in bytes.
const LONGEST_TAG: usize = 200;

/// Adds the hazards of a document to its problems, and fixes to the problems that come of one.
///
/// `text` is the whole text, `data` what kubectl reads in the document, `root` the type by whose fields it is judged. A
/// document of no known type is judged by its keys alone; of a `List` each item is judged for itself.
pub fn tell(
    text: &str,
    data: &Data,
    schema: &'static Schema,
    root: Option<TypeId>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    keep_one_of_repeated(text, data, diagnostics);
    let found = match items_of_list(data) {
        [] => found_in(text, data, schema, root, diagnostics),
        items => {
            let place = |i| Path::root().field("items").index(i);
            let found_in_item = |(i, item)| {
                let found = found_in(text, item, schema, named_type(item, schema), diagnostics);
                found.into_iter().map(move |d: Diagnostic| d.below(&place(i)))
            };
            items.iter().enumerate().flat_map(found_in_item).collect()
        }
    };
    diagnostics.extend(found);
}

fn named_type(data: &Data, schema: &Schema) -> Option<TypeId> {
    let word = |name: &'static str| match &data.at(&Path::root().field(name))?.value {
        Value::String(word) => Some(word.as_str()),
        _ => None,
    };
    Some(schema.root(word("apiVersion")?, word("kind")?)?.0)
}

fn found_in(
    text: &str,
    data: &Data,
    schema: &'static Schema,
    root: Option<TypeId>,
    refused: &mut [Diagnostic],
) -> Vec<Diagnostic> {
    let begins = |text: &str| text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('{');
    let notation = match text.get(data.span.clone()) {
        _ if begins(text) => Notation::Json,
        Some(own) if begins(own) => Notation::Bracketed,
        _ => Notation::Block,
    };
    let mut walk = Walk { text, notation, schema, path: Vec::new(), refused, found: Vec::new() };
    walk.value(root.map_or(&schema::Kind::Any, |root| schema.object_kind(root)), None, data);
    walk.found
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    /// By indentation.
    Block,
    /// Between brackets from the start, as KYAML is.
    Bracketed,
    /// As JSON, where a scalar has one spelling and one meaning.
    Json,
}

/// One document's values while they are looked at, with the way to the present one.
struct Walk<'a> {
    text: &'a str,
    notation: Notation,
    schema: &'static Schema,
    path: Vec<Step>,
    /// What the server says.
    refused: &'a mut [Diagnostic],
    found: Vec<Diagnostic>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, kind: &schema::Kind, def: Option<&FieldDef>, data: &Data) {
        match &data.value {
            Value::Map(map) => self.members(kind, map, &data.span),
            Value::List(items) => {
                let kind = match kind {
                    schema::Kind::List(item) => item,
                    _ => &schema::Kind::Any,
                };
                for (i, item) in items.iter().enumerate().filter(|(_, item)| is_within(item, &data.span)) {
                    self.path.push(Step::Index(i));
                    self.value(kind, None, item);
                    self.path.pop();
                }
            }
            _ => self.scalar(kind, def, data),
        }
    }

    fn members(&mut self, kind: &schema::Kind, map: &Map, span: &Range<usize>) {
        // What comes from elsewhere, through an alias or `<<`, is judged where it stands.
        for member in map.members.iter().filter(|member| is_within(&member.data, span)) {
            let (step, kind, def) = match kind {
                schema::Kind::Object(id) => match self.schema.ty(*id).field(&member.key) {
                    Some(def) => (Step::Field(def.name.into()), &def.kind, Some(def)),
                    None => {
                        self.name_of_unknown(member);
                        continue;
                    }
                },
                schema::Kind::Map(item) => (Step::Key(member.key.clone()), &**item, None),
                _ => (Step::Key(member.key.clone()), &schema::Kind::Any, None),
            };
            self.path.push(step);
            if def.is_none() {
                self.key(map, member);
            }
            self.value(kind, def, &member.data);
            self.path.pop();
        }
    }

    /// What stands at a place without quotes, tag or alias; `None` for all that stands otherwise.
    fn plain(&self, span: &Range<usize>) -> Option<&'a str> {
        let written = self.text.get(span.clone())?;
        // A tag is short; a text on one long line is not searched to its start for every scalar.
        let nearby = self.text.floor_char_boundary(span.start.saturating_sub(LONGEST_TAG));
        let before = self.text.get(nearby..span.start)?.trim_end_matches([' ', '\t']);
        let tagged = before.rsplit(char::is_whitespace).next().is_some_and(|word| word.starts_with('!'));
        (!tagged && !written.starts_with(['"', '\'', '|', '>', '*']) && !written.contains('\n'))
            .then_some(written)
    }

    fn path(&self) -> Path {
        Path::from(self.path.clone())
    }

    fn tell(&mut self, span: &Range<usize>, message: String) -> &mut Diagnostic {
        let path = self.path();
        self.found.push(Diagnostic {
            stage: Stage::Advise,
            kind: Kind::Hazard,
            place: path.clone(),
            path,
            span: span.clone(),
            message,
            fixes: Vec::new(),
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// The server's problem of a kind at a place.
    fn refusal(&mut self, kind: Kind, span: &Range<usize>) -> Option<&mut Diagnostic> {
        self.refused.iter_mut().find(|refused| refused.kind == kind && refused.span == *span)
    }

    /// A key of a type that has no field of that name, because kubectl reads another name than was written.
    fn name_of_unknown(&mut self, member: &Member) {
        let written = self.plain(&member.key_span).filter(|written| *written != member.key);
        if let (Some(written), Some(refused)) = (written, self.refusal(Kind::Unknown, &member.key_span)) {
            refused.message.push_str(&format!("; kubectl reads the key “{written}” as {}", member.key));
        }
    }

    /// A key of a map.
    fn key(&mut self, map: &Map, member: &Member) {
        let Some(written) = self.plain(&member.key_span) else { return };
        let message = if member.key == written {
            let Some(misread) = misread_elsewhere(written) else { return };
            format!("kubectl reads the key “{written}” as this text; {misread}")
        } else {
            format!("kubectl reads the key “{written}” as “{}”", member.key)
        };
        // Of a repeated key only one entry has the name, and whoever gave two meant two.
        let repeated = map.duplicates.iter().any(|(key, _)| *key == member.key);
        if repeated && self.refusal(Kind::DuplicateKey, &member.key_span).is_some() {
            return;
        }
        let found = self.tell(&member.key_span, message);
        if !repeated && (member.key == written || map.get(written).is_none()) {
            let change = Change::Rename { path: found.place.clone(), key: written.to_owned() };
            found.fix(format!("Quote it: {}", yaml::quote(written)), vec![change]);
        }
    }

    fn scalar(&mut self, kind: &schema::Kind, def: Option<&FieldDef>, data: &Data) {
        use schema::Kind as K;
        let Some(written) = self.plain(&data.span) else { return };
        let read = yaml::resolve(written);
        match (kind, read) {
            (K::Bool, Resolved::Bool(value)) if !written.eq_ignore_ascii_case(&value.to_string()) => {
                let found = self.tell(&data.span, reading(written));
                found.spell(value.to_string());
            }
            (K::Int32 | K::Int64 | K::IntOrString, Resolved::Int(_) | Resolved::Float(_)) => {
                match whole(read) {
                    Some(value) => self.integer(def, &data.span, written, value),
                    None if *kind == K::IntOrString => self.quote_refused(&data.span, written),
                    None => {}
                }
            }
            (K::Quantity, Resolved::Int(_) | Resolved::Float(_)) => self.quantity(data, written),
            (K::String | K::IntOrString, Resolved::Bool(_))
            | (K::String, Resolved::Int(_) | Resolved::Float(_)) => {
                self.quote_refused(&data.span, written);
            }
            (K::String, Resolved::Null) if self.notation != Notation::Json => {
                self.null(def, &data.span, written)
            }
            (K::String, _) => {
                if let Some(misread) = misread_elsewhere(written) {
                    let message = format!("kubectl reads “{written}” as this text; {misread}");
                    self.tell(&data.span, message).quote(written);
                }
            }
            _ => {}
        }
    }

    /// A text that is meant and another value that is read: the server has refused it.
    fn quote_refused(&mut self, span: &Range<usize>, written: &str) {
        let Some(refused) = self.refusal(Kind::WrongType, span) else { return };
        let read = shown(yaml::resolve(written));
        if read.trim_start_matches("the number ") != written {
            refused.message.push_str(&format!(", as kubectl reads “{written}”"));
        }
        refused.fixes.clear();
        refused.fix_set(format!("Quote it: {}", yaml::quote(written)), written);
    }

    /// `null` in place of a text: the server sets an item or a map's value to the empty text, and does not set a field.
    fn null(&mut self, def: Option<&FieldDef>, span: &Range<usize>, written: &str) {
        match (self.path.last(), def) {
            // `key:` and `field:` look like what they are.
            (Some(Step::Field(_) | Step::Key(_)), _) if written.is_empty() => {}
            (Some(Step::Field(name)), Some(def)) if def.values.is_empty() => {
                let message = format!("kubectl reads “{written}” as nothing: {name} is not set");
                let found = self.tell(span, message);
                found.fix_remove();
                found.fix_set(format!("Quote it: {}", yaml::quote(written)), written);
            }
            (Some(Step::Key(_) | Step::Index(_)), None) => {
                let what =
                    if written.is_empty() { "nothing stands here".to_owned() } else { reading(written) };
                let found = self.tell(span, format!("{what}; the server makes the empty text of it"));
                found.fix_set("Write \"\"", "");
                if !written.is_empty() {
                    found.fix_set(format!("Quote it: {}", yaml::quote(written)), written);
                }
            }
            _ => {}
        }
    }

    /// A whole number where one belongs.
    fn integer(&mut self, def: Option<&FieldDef>, span: &Range<usize>, written: &str, value: i128) {
        let is_mode = def.is_some_and(|def| matches!(def.name, "mode" | "defaultMode"));
        let octal = octal_digits(written);
        if is_mode && octal.is_some() {
            return;
        }
        if is_decimal(written) {
            let meant =
                i128::from_str_radix(written, 8).ok().filter(|meant| is_mode && MODES.contains(meant));
            if let Some(meant) = meant {
                self.decimal_mode(span, value, meant);
            } else if value as f64 as i128 != value && i64::try_from(value).is_ok() {
                let message = format!(
                    "programs that hold the numbers of JSON as 64-bit floats read {:.0} here",
                    value as f64
                );
                self.tell(span, message);
            }
            return;
        }
        if self.notation == Notation::Json {
            return;
        }
        let found = self.tell(span, reading(written));
        if is_mode && (0..=0o777).contains(&value) {
            found.spell(format!("0{value:o}"));
            return;
        }
        found.spell(value.to_string());
        // Whoever pads a number with zeros means it in decimal.
        if let Some(padded) = octal.and_then(|_| written.parse::<i64>().ok())
            && i128::from(padded) != value
        {
            found.spell(padded.to_string());
        }
    }

    /// A file mode whose digits are meant in octal and read in decimal.
    fn decimal_mode(&mut self, span: &Range<usize>, value: i128, meant: i128) {
        let octal = self.notation == Notation::Block;
        if let Some(refused) = self.refusal(Kind::Invalid, span) {
            // It has the fix in decimal already.
            if octal {
                refused.spell(format!("0{meant:o}"));
                refused.fixes.rotate_right(1);
            }
            return;
        }
        let message =
            format!("the file mode {value} is 0{value:o} in octal; most likely 0{meant:o} is meant");
        let found = self.tell(span, message);
        match octal {
            true => found.spell(format!("0{meant:o}")),
            false => found.fix_set(format!("Write {meant}, which is 0{meant:o} octal"), meant as i64),
        };
    }

    /// A quantity without quotes: its number is what kubectl reads, which is not always what the quantity of that text is.
    fn quantity(&mut self, data: &Data, written: &str) {
        let Some(Ok(read)) = Quantity::of_value(&data.value) else { return };
        let as_text = Quantity::parse(written);
        if as_text == Ok(read) {
            return;
        }
        let found = self.tell(&data.span, reading(written));
        // A number with too many digits is the only one that is meant as it stands.
        if !is_decimal(written) {
            found.spell(data.to_json().to_string());
        }
        if as_text.is_ok() {
            found.quote(written);
        }
    }
}

impl Diagnostic {
    /// Adds the fix that writes the scalar in another spelling.
    fn spell(&mut self, spelling: String) -> &mut Diagnostic {
        let title = format!("Write {spelling}");
        let change = Change::Spell { path: self.place.clone(), spelling };
        self.fix(title, vec![change])
    }

    /// Adds the fix that puts the scalar in quotes.
    fn quote(&mut self, written: &str) -> &mut Diagnostic {
        let quoted = yaml::quote(written);
        let change = Change::Spell { path: self.place.clone(), spelling: quoted.clone() };
        self.fix(format!("Quote it: {quoted}"), vec![change])
    }
}

/// Gives the problem of a repeated key the fixes that leave one of its entries.
fn keep_one_of_repeated(text: &str, data: &Data, diagnostics: &mut [Diagnostic]) {
    for problem in diagnostics.iter_mut().filter(|d| d.kind == Kind::DuplicateKey) {
        let Some((up, step)) = problem.place.split_last() else { continue };
        let (Some(above), Some(key)) = (data.at(&up), step.key().map(str::to_owned)) else { continue };
        let Value::Map(map) = &above.value else { continue };
        let repeats = map.duplicates.iter().filter(|(repeated, _)| *repeated == key).count();
        let (place, start) = (problem.place.clone(), problem.span.start);
        let written = text.get(problem.span.clone()).unwrap_or_default();
        if written != key && yaml::resolve(written) != Resolved::String {
            problem
                .message
                .push_str(&format!(" kubectl reads “{written}” as {key}: quote it if it is another key."));
        }
        let mut keep = |title: String, which| {
            let change = Change::RemoveRepeat { path: place.clone(), which };
            problem.fix(title, vec![change; repeats]);
        };
        // A `<<` that brings the key in is no entry of it that could be taken away.
        let by_merge = text[start..].starts_with(['*', '{', '[']);
        let after_merge = text.get(above.span.start..start).is_some_and(|before| before.contains("<<"));
        match (by_merge, after_merge) {
            (true, _) => keep(format!("Remove the overridden {key}"), Repeat::First),
            (false, true) => keep(format!("Remove {key}, which “<<” brings in"), Repeat::Last),
            (false, false) => {
                keep(format!("Keep only the last {key}"), Repeat::First);
                keep(format!("Keep only the first {key}"), Repeat::Last);
            }
        }
    }
}

fn is_within(data: &Data, span: &Range<usize>) -> bool {
    span.start <= data.span.start && data.span.end <= span.end
}

/// What kubectl reads in a plain scalar, and what a reader of YAML 1.2 does where that is something else.
fn reading(written: &str) -> String {
    let (ours, core) = (yaml::resolve(written), core(written));
    let octal = match (octal_digits(written), ours) {
        (Some(_), Resolved::Int(value)) => Some(format!("the octal number {value}")),
        _ => None,
    };
    let read = format!("kubectl reads “{written}” as {}", octal.unwrap_or_else(|| shown(ours)));
    if shown(core) == shown(ours) {
        return read;
    }
    let other = match core {
        Resolved::String => format!("the text “{written}”"),
        core => shown(core),
    };
    format!("{read}; a reader of YAML 1.2 reads {other}")
}

/// A meaning in words.
fn shown(resolved: Resolved) -> String {
    match resolved {
        Resolved::Null => "nothing".to_owned(),
        Resolved::Bool(value) => value.to_string(),
        Resolved::Int(value) => format!("the number {value}"),
        Resolved::Float(value) => format!("the number {value}"),
        Resolved::Timestamp | Resolved::Merge | Resolved::String => "a text".to_owned(),
    }
}

/// What the core schema of YAML 1.2 (section 10.3.2) makes of a plain scalar. The spellings that only YAML 1.1 has are
/// texts there, and leading zeros mean nothing.
fn core(text: &str) -> Resolved {
    let unsigned = text.trim_start_matches(['+', '-']);
    match yaml::resolve(text) {
        Resolved::Bool(value) if !text.eq_ignore_ascii_case(&value.to_string()) => Resolved::String,
        Resolved::Int(_) | Resolved::Float(_) if text.contains('_') => Resolved::String,
        number @ (Resolved::Int(_) | Resolved::Float(_)) => match unsigned.as_bytes() {
            [b'0', b'b' | b'B' | b'X' | b'O', ..] => Resolved::String,
            [b'0', b'x' | b'o', ..] if unsigned.len() < text.len() => Resolved::String,
            [b'0', b'0'..=b'9', ..] => text.parse().map_or(number, Resolved::Int),
            _ => number,
        },
        Resolved::Timestamp | Resolved::Merge => Resolved::String,
        other => other,
    }
}

/// What other readers make of a plain scalar that kubectl takes for a text, if they do not.
fn misread_elsewhere(text: &str) -> Option<String> {
    let digits = text.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit());
    match yaml::resolve(text) {
        Resolved::Timestamp => Some("other readers of YAML make a date of it".to_owned()),
        Resolved::Merge | Resolved::String if matches!(text, "=" | "<<") => {
            Some("readers of YAML 1.1 have another use for it".to_owned())
        }
        Resolved::String if digits && text.parse::<f64>().is_ok_and(f64::is_infinite) => {
            Some("other readers of YAML make an infinite number of it".to_owned())
        }
        Resolved::String => {
            base_60(text).map(|value| format!("readers of YAML 1.1 make the number {value} of it"))
        }
        _ => None,
    }
}

/// A whole number in YAML 1.1's base 60 (`[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+`): `1:20` is 80.
fn base_60(text: &str) -> Option<i128> {
    let negative = text.starts_with('-');
    let (first, rest) = text.strip_prefix(['+', '-']).unwrap_or(text).split_once(':')?;
    if !first.starts_with(|c: char| c.is_ascii_digit() && c != '0') || first.starts_with('+') {
        return None;
    }
    let first = first.replace('_', "").parse::<u64>().ok()?;
    let value = rest.split(':').try_fold(i128::from(first), |value, part| {
        let plain = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let digit = part.parse::<u8>().ok().filter(|digit| plain && *digit < 60)?;
        value.checked_mul(60)?.checked_add(i128::from(digit))
    })?;
    Some(if negative { -value } else { value })
}

/// The digits of an octal number as YAML 1.1 (`0644`) or 1.2 (`0o644`) writes it.
fn octal_digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('0')?;
    let digits = digits.strip_prefix(['o', 'O']).unwrap_or(digits);
    (!digits.is_empty() && digits.bytes().all(|b| matches!(b, b'0'..=b'7'))).then_some(digits)
}

/// Whether a whole number is written as everyone reads it.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (!digits.starts_with('0') || text == "0")
}

/// The whole number that a scalar is in JSON.
fn whole(resolved: Resolved) -> Option<i128> {
    match resolved {
        Resolved::Int(value) => Some(value),
        Resolved::Float(value) if value.fract() == 0.0 && value.abs() < 1e21 => Some(value as i128),
        _ => None,
    }
}
