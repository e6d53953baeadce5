//! The lines of a text, and what a line says of the structure without its indentation.

use crate::yaml::{self, Data, Resolved, Value};

/// How many lines a flow collection or a quoted scalar may go on for.
const LONGEST: usize = 400;

/// One line of a text on its way to a repaired one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The line of the text as it came, counted from 0; `None` for a line that was put in.
    pub from: Option<usize>,
    /// The line without its end.
    pub text: String,
    /// `\n`, `\r\n`, or nothing at the end of the text.
    pub end: &'static str,
}

/// The lines of a text.
pub(super) fn split(text: &str) -> Vec<Line> {
    let line = |(from, whole): (usize, &str)| {
        let (text, end) = match whole.strip_suffix('\n') {
            Some(text) => text.strip_suffix('\r').map_or((text, "\n"), |text| (text, "\r\n")),
            None => (whole, ""),
        };
        Line { from: Some(from), text: text.to_owned(), end }
    };
    text.split_inclusive('\n').enumerate().map(line).collect()
}

/// The text of lines.
pub(super) fn join(lines: &[Line]) -> String {
    lines.iter().flat_map(|line| [line.text.as_str(), line.end]).collect()
}

impl Line {
    /// How many spaces and tabs stand before the first other character.
    pub fn indent(&self) -> usize {
        self.text.len() - self.bare().len()
    }

    /// The line without its indentation.
    pub fn bare(&self) -> &str {
        self.text.trim_start_matches([' ', '\t'])
    }

    /// Whether there is nothing in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Whether it begins a document.
    pub fn is_marker(&self) -> bool {
        self.text.starts_with("---") && self.text[3..].chars().next().is_none_or(char::is_whitespace)
    }

    /// Whether there is nothing but a comment in it.
    pub fn is_comment(&self) -> bool {
        self.bare().starts_with('#')
    }
}

/// What a line says, with the lines on which its value goes on.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The line after it.
    pub end: usize,
    /// The width of each dash at its beginning, with the blanks after it.
    pub dashes: Vec<usize>,
    /// The key, as kubectl reads it.
    pub key: Option<String>,
    /// The value.
    pub value: Inline,
}

/// A value as far as it stands with its key or dash.
#[derive(Debug, Clone)]
pub(super) enum Inline {
    /// None: it follows, or it is null.
    Nothing,
    /// The header of a block scalar, with the indentation that it asks for.
    Block(Option<usize>),
    /// A value; `None` for one that is only known where it stands, such as an alias, and for one that is not YAML.
    Value(Option<Data>),
}

impl Item {
    /// Reads the line `at`.
    pub fn read(lines: &[Line], at: usize) -> Item {
        let (dashes, content) = dashes(lines[at].bare());
        let (key, rest) = match split_key(content) {
            Some((key, rest)) => (Some(key), rest),
            None => (None, content),
        };
        let (end, value) = value(lines, at, after_properties(rest.trim_start()));
        Item { end, dashes, key, value }
    }
}

/// The widths of the dashes that a line begins with, and what follows them.
fn dashes(bare: &str) -> (Vec<usize>, &str) {
    let (mut widths, mut rest) = (Vec::new(), bare);
    while let Some(after) =
        rest.strip_prefix('-').filter(|after| after.is_empty() || after.starts_with([' ', '\t']))
    {
        let next = after.trim_start_matches([' ', '\t']);
        widths.push(if next.is_empty() { 2 } else { rest.len() - next.len() });
        rest = next;
    }
    (widths, rest)
}

/// A key and what follows its colon.
fn split_key(content: &str) -> Option<(String, &str)> {
    let first = content.chars().next()?;
    if let '"' | '\'' = first {
        let close = 1 + content[1..].find(first)?;
        let rest = content[close + 1..].trim_start().strip_prefix(':')?;
        let ends = rest.is_empty() || rest.starts_with([' ', '\t']);
        return ends.then(|| (content[1..close].to_owned(), rest));
    }
    if "[]{},#&*!|>%@`".contains(first) {
        return None;
    }
    let bytes = content.as_bytes();
    let is_blank = |at: usize| bytes.get(at).is_none_or(|b| matches!(b, b' ' | b'\t'));
    let colon = (0..bytes.len()).find(|&at| {
        bytes[at] == b':' && is_blank(at + 1) || bytes[at] == b'#' && at > 0 && is_blank(at - 1)
    })?;
    let key = content[..colon].trim_end();
    (bytes[colon] == b':' && !key.is_empty()).then(|| (key.to_owned(), &content[colon + 1..]))
}

/// What follows the anchor and the tag of a value.
fn after_properties(mut value: &str) -> &str {
    while value.starts_with(['&', '!']) {
        value = value.find([' ', '\t']).map_or("", |at| value[at..].trim_start());
    }
    value
}

/// The value whose first characters are `first`, and the line after it.
fn value(lines: &[Line], at: usize, first: &str) -> (usize, Inline) {
    if let Some(header) = first.strip_prefix(['|', '>'])
        && let header = header.split([' ', '\t']).next().unwrap_or_default()
        && header.chars().all(|c| matches!(c, '-' | '+' | '1'..='9'))
    {
        let digit = header.chars().find_map(|c| c.to_digit(10));
        return (at + 1, Inline::Block(digit.and_then(|digit| usize::try_from(digit).ok())));
    }
    let nothing = first.is_empty() || first.starts_with('#');
    if nothing && !lines.get(at + 1).is_some_and(goes_on) {
        return (at + 1, Inline::Nothing);
    }
    let (from, mut text) = match nothing {
        true => (at + 1, lines[at + 1].bare().to_owned()),
        false => (at, first.to_owned()),
    };
    let mut end = from + 1;
    if text.starts_with(['[', '{', '"', '\'']) {
        let mut scan = Scan::default();
        scan.line(&text);
        while scan.is_open() && end < lines.len() && end - at < LONGEST && !lines[end].is_marker() {
            let bare = lines[end].bare();
            scan.line(bare);
            text.push_str("\n ");
            text.push_str(bare);
            end += 1;
        }
        if scan.is_open() {
            return (from + 1, Inline::Value(None));
        }
    } else if !text.contains(" #") {
        while end - at < LONGEST
            && lines.get(end).is_some_and(|line| goes_on(line) && !line.bare().starts_with(['[', '{']))
        {
            text.push_str("\n ");
            text.push_str(lines[end].bare());
            end += 1;
        }
    }
    (end, Inline::Value(read(&text)))
}

/// Whether a line can only be more of a value that began before it.
fn goes_on(line: &Line) -> bool {
    let bare = line.bare();
    !line.is_blank()
        && !line.is_comment()
        && !line.is_marker()
        && dashes(bare).0.is_empty()
        && split_key(bare).is_none()
}

fn read(text: &str) -> Option<Data> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+$=()%".contains(c);
    if !text.starts_with('-') && text.chars().all(is_plain) {
        let value = match yaml::resolve(text) {
            Resolved::Null => Value::Null,
            Resolved::Bool(value) => Value::Bool(value),
            Resolved::Int(value) => Value::Int(value),
            Resolved::Float(value) => Value::Float(value),
            Resolved::Timestamp | Resolved::Merge | Resolved::String => Value::String(text.to_owned()),
        };
        return Some(Data { value, span: 0..text.len(), implied: false });
    }
    let stream = yaml::parse(text);
    match stream.problems.iter().any(|problem| problem.fatal) {
        true => None,
        false => stream.docs.into_iter().next()?.data,
    }
}

/// Follows brackets and quotes over lines.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    quote: Option<char>,
}

impl Scan {
    fn is_open(&self) -> bool {
        self.depth > 0 || self.quote.is_some()
    }

    fn line(&mut self, line: &str) {
        let mut before = ' ';
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match (self.quote, c) {
                (Some('"'), '\\') => {
                    chars.next();
                }
                (Some(quote), c) if c == quote => self.quote = None,
                (Some(_), _) => {}
                (None, '#') if before == ' ' => return,
                // A quote after a quote is one quote of the text.
                (None, '\'') if before == c => self.quote = Some(c),
                (None, '"' | '\'') if " [{,:".contains(before) => self.quote = Some(c),
                (None, '[' | '{') => self.depth += 1,
                (None, ']' | '}') => self.depth = self.depth.saturating_sub(1),
                (None, _) => {}
            }
            before = c;
        }
    }
}

/// How far the brackets of flow collections are open before each line of an item but the first, one step for each.
pub(super) fn depths(lines: &[Line]) -> Vec<usize> {
    let mut scan = Scan::default();
    let mut depths = Vec::with_capacity(lines.len());
    for line in lines {
        let closing = line.bare().chars().take_while(|c| matches!(c, ']' | '}')).count();
        depths.push(if scan.quote.is_some() { 1 } else { scan.depth.saturating_sub(closing) + 1 });
        scan.line(line.bare());
    }
    depths
}
