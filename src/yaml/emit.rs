//! Values → YAML that kubectl reads back as the same values.
//!
//! A string stands unquoted only if kubectl's reader, YAML 1.1 and YAML 1.2 all take it for that string; a literal
//! block is used only where every reader agrees on its lines; what is invisible or could mislead is escaped.

use super::scalar::{Resolved, resolve};
use serde_json::Value;

/// The longest rendering of a key that stands before its `:` without a `?` (YAML's limit is 1,024 characters).
const LONGEST_KEY: usize = 1000;

/// Clean YAML of a value: two spaces a level, lists not indented under their key, keys in their given order.
///
/// The text ends with a line break and holds no document marker. Nesting is as deep as the value's.
pub fn emit(value: &Value) -> String {
    let mut out = String::new();
    Writer::default().block(value, 0, &mut out);
    out
}

/// A string as one line of YAML that is safe as a value, a key, a list item and between brackets.
pub fn quote(text: &str) -> String {
    inline(text, Place::Flow, Quotes::None)
}

/// Where a scalar is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Outside brackets, as a value or a key.
    Block,
    /// Between brackets.
    Flow,
}

/// The quotes that a writer prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// None if possible, else double ones.
    None,
    /// Single ones if possible.
    Single,
    /// Double ones.
    Double,
}

/// A string on one line.
pub(super) fn inline(text: &str, place: Place, quotes: Quotes) -> String {
    match quotes {
        Quotes::None if is_plain(text, place) => text.to_owned(),
        Quotes::Single
            if !text.is_empty() && !text.chars().any(|c| matches!(c, '\n' | '\t') || must_escape(c)) =>
        {
            format!("'{}'", text.replace('\'', "''"))
        }
        _ => double_quoted(text),
    }
}

/// Whether the text may stand without quotes.
pub(super) fn is_plain(text: &str, place: Place) -> bool {
    if resolve(text) != Resolved::String || looks_like_a_number(text) {
        return false;
    }
    let mut characters = text.chars();
    let (Some(first), last) = (characters.next(), characters.next_back()) else { return false };
    if first.is_whitespace() || "?:,[]{}#&*!|>'\"%@`=~<".contains(first) {
        return false;
    }
    if last.unwrap_or(first).is_whitespace() || text.ends_with(':') {
        return false;
    }
    let after_dash = text.strip_prefix('-').map(|rest| rest.chars().next());
    if after_dash.is_some_and(|next| next.is_none_or(|c| c.is_whitespace() || ",[]{}".contains(c))) {
        return false;
    }
    if text.starts_with("---") || text.starts_with("...") || text.contains(": ") || text.contains(" #") {
        return false;
    }
    if text.chars().any(|c| matches!(c, '\n' | '\t') || must_escape(c)) {
        return false;
    }
    let quoted_pair = text.contains(':') && text.contains(['"', '\'']);
    place == Place::Block || !(text.contains([',', '[', ']', '{', '}', '?']) || quoted_pair)
}

/// Whether some reader of YAML 1.1 or 1.2 takes the text for a number although kubectl does not.
fn looks_like_a_number(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-']);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let only = |allowed: fn(char) -> bool| unsigned.chars().all(allowed);
    let base_60 = unsigned.contains(':') && only(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '_'));
    let numeric = only(|c| c.is_ascii_hexdigit() || "._+-xXoOpP".contains(c));
    let prefixed = matches!(unsigned.as_bytes(), [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]);
    base_60 || numeric && (prefixed || unsigned.contains('_') || unsigned.parse::<f64>().is_ok())
}

/// Characters that never stand raw: controls, line breaks other than `\n`, byte order marks, and what is invisible or
/// turns the direction of text around.
fn must_escape(c: char) -> bool {
    let listed = matches!(c, '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f'..='\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}'
        | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..);
    let noncharacter = u32::from(c) & 0xfffe == 0xfffe;
    listed || noncharacter || (c.is_whitespace() && !matches!(c, ' ' | '\n' | '\t' | '\u{3000}'))
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match (c, u32::from(c)) {
            ('"', _) => out.push_str("\\\""),
            ('\\', _) => out.push_str("\\\\"),
            ('\n', _) => out.push_str("\\n"),
            ('\t', _) => out.push_str("\\t"),
            ('\r', _) => out.push_str("\\r"),
            ('\0', _) => out.push_str("\\0"),
            (c, code) if must_escape(c) => out.push_str(&match code {
                0..=0xff => format!("\\x{code:02x}"),
                0x100..=0xffff => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            }),
            (c, _) => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The header and the lines of a literal block that carries the text exactly, if one does in every reader.
pub(super) fn literal(text: &str) -> Option<(&'static str, Vec<&str>)> {
    let body = text.trim_end_matches('\n');
    let breaks = text.len() - body.len();
    let blank_with_spaces = |line: &str| !line.is_empty() && line.trim().is_empty();
    if !text.contains('\n')
        || body.is_empty()
        || body.starts_with([' ', '\t', '\n'])
        || body.ends_with([' ', '\t'])
        || text.chars().any(must_escape)
        || body.split('\n').any(blank_with_spaces)
    {
        return None;
    }
    let header = match breaks {
        0 => "|-",
        1 => "|",
        _ => "|+",
    };
    let blanks = std::iter::repeat_n("", breaks.saturating_sub(1));
    Some((header, body.split('\n').chain(blanks).collect()))
}

/// A collection with something in it.
pub(super) fn is_full(value: &Value) -> bool {
    value.as_object().is_some_and(|members| !members.is_empty())
        || value.as_array().is_some_and(|items| !items.is_empty())
}

/// How values are laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer {
    /// Spaces from a key to the keys of its mapping.
    pub step: usize,
    /// Spaces from a key to the dashes of its list.
    pub list_offset: usize,
    /// The line break.
    pub newline: &'static str,
    /// Whether the text is JSON.
    pub json: bool,
    /// How strings are quoted.
    pub quotes: Quotes,
    /// How keys are.
    pub key_quotes: Quotes,
    /// Whether a string may be a literal block that keeps the blank lines at its end (`|+`): those that follow would
    /// become part of it.
    pub keeps: bool,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer {
            step: 2,
            list_offset: 0,
            newline: "\n",
            json: false,
            quotes: Quotes::None,
            key_quotes: Quotes::None,
            keeps: true,
        }
    }
}

impl Writer {
    /// The lines of a value whose keys or dashes stand at `column`, the last line break included.
    pub fn block(&self, value: &Value, column: usize, out: &mut String) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                for (key, value) in members {
                    self.entry(key, value, column, out);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for value in items {
                    self.item(value, column, 2, out);
                }
            }
            value => {
                spaces(column, out);
                out.push_str(&self.flow(value));
                out.push_str(self.newline);
            }
        }
    }

    /// The lines of `key: value` at `column`.
    pub fn entry(&self, key: &str, value: &Value, column: usize, out: &mut String) {
        spaces(column, out);
        let key = inline(key, Place::Block, self.key_quotes);
        if key.len() > LONGEST_KEY {
            out.push_str("? ");
            out.push_str(&key);
            out.push_str(self.newline);
            spaces(column, out);
        } else {
            out.push_str(&key);
        }
        out.push(':');
        self.after(value, column, false, out);
    }

    /// The lines of `- value` at `column`, with the value `gap` columns to the right of the dash.
    pub fn item(&self, value: &Value, column: usize, gap: usize, out: &mut String) {
        spaces(column, out);
        out.push('-');
        if is_full(value) {
            let mut lines = String::new();
            self.block(value, column + gap, &mut lines);
            spaces(gap - 1, out);
            out.push_str(&lines[column + gap..]);
        } else {
            spaces(gap - 2, out);
            self.after(value, column, true, out);
        }
    }

    /// What follows `key:` or `-` at `column`, from the space or line break on.
    pub fn after(&self, value: &Value, column: usize, is_item: bool, out: &mut String) {
        match value {
            value if is_full(value) => {
                out.push_str(self.newline);
                let offset = match value {
                    _ if is_item => 2,
                    Value::Array(_) => self.list_offset,
                    _ => self.step,
                };
                self.block(value, column + offset, out);
            }
            Value::String(text) => {
                out.push(' ');
                match self.literal(text) {
                    Some((header, lines)) => {
                        out.push_str(header);
                        self.literal_lines(&lines, column + if is_item { 2 } else { self.step }, out);
                    }
                    None => out.push_str(&inline(text, Place::Block, self.quotes)),
                }
                out.push_str(self.newline);
            }
            value => {
                out.push(' ');
                out.push_str(&self.flow(value));
                out.push_str(self.newline);
            }
        }
    }

    /// The header and the lines of a literal block, where a string is to be one.
    pub fn literal<'t>(&self, text: &'t str) -> Option<(&'static str, Vec<&'t str>)> {
        literal(text).filter(|_| self.keeps || !text.ends_with("\n\n"))
    }

    /// The lines of a literal block, each with its line break before it.
    pub fn literal_lines(&self, lines: &[&str], column: usize, out: &mut String) {
        for line in lines {
            out.push_str(self.newline);
            if !line.is_empty() {
                spaces(column, out);
                out.push_str(line);
            }
        }
    }

    /// A value on one line, collections in brackets.
    pub fn flow(&self, value: &Value) -> String {
        match value {
            value if self.json => value.to_string(),
            Value::String(text) => inline(text, Place::Flow, self.quotes),
            Value::Array(items) => {
                format!("[{}]", items.iter().map(|item| self.flow(item)).collect::<Vec<_>>().join(", "))
            }
            Value::Object(members) => {
                let entries = members.iter().map(|(key, value)| self.flow_entry(key, value));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            value => value.to_string(),
        }
    }

    /// `key: value` between brackets.
    pub fn flow_entry(&self, key: &str, value: &Value) -> String {
        let key = self.flow_key(key);
        let (question, colon) = if key.len() > LONGEST_KEY && !self.json { ("? ", " :") } else { ("", ":") };
        format!("{question}{key}{colon} {}", self.flow(value))
    }

    /// A key between brackets.
    pub fn flow_key(&self, key: &str) -> String {
        if self.json { Value::from(key).to_string() } else { inline(key, Place::Flow, self.key_quotes) }
    }
}

pub(super) fn spaces(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn writes_what_a_person_would() {
        let value = json!({
            "apiVersion": "v1",
            "metadata": {"labels": {"on": "yes", "app": "web"}, "annotations": {}},
            "spec": {"containers": [{"name": "a", "args": ["-c", "echo a\nexit 1\n"], "ports": []}], "list": [["x"], 1, null]},
        });
        let text = "apiVersion: v1\nmetadata:\n  labels:\n    \"on\": \"yes\"\n    app: web\n  annotations: {}\nspec:\n  \
                    containers:\n  - name: a\n    args:\n    - -c\n    - |\n      echo a\n      exit 1\n    ports: []\n  \
                    list:\n  - - x\n  - 1\n  - null\n";
        assert_eq!(emit(&value), text);
    }

    #[test]
    fn quotes_what_some_reader_would_misread() {
        for text in [
            "yes",
            "y",
            "0644",
            "1_000",
            "1:20",
            "~",
            "",
            "<<",
            "=",
            "2026-01-01",
            "a: b",
            "a #b",
            "- x",
            "@x",
            "a?b,",
            " a",
            "\u{202e}x",
        ] {
            assert!(quote(text).starts_with('"'), "{text:?}: {}", quote(text));
        }
        for text in [
            "nginx:1.27",
            "-c",
            "--flag=x",
            "500m",
            "1.2.3",
            "http://x/y",
            "10Gi",
            "a b",
            "李四",
            "example.com/a",
        ] {
            assert_eq!(quote(text), text);
        }
    }
}
