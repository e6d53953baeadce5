//! What a highlighter colours: the same tree that kubectl's reading is made of, and a line lexer for broken documents.

use super::scalar::{Resolved, resolve};
use super::tree::{Kind, Node, Shape, Style, parse};
use super::{TokenKind, Value};
use std::ops::Range;

/// The coloured parts of a text, sorted and disjoint. Scalars are typed as kubectl types them, so that an unquoted
/// `no` shows as a constant. A document whose syntax is broken is coloured line by line.
pub fn tokens(text: &str) -> Vec<(Range<usize>, TokenKind)> {
    let stream = parse(text);
    let mut found: Vec<(Range<usize>, TokenKind)> = Vec::new();
    found.extend(stream.comments.iter().map(|comment| (comment.clone(), TokenKind::Comment)));
    for doc in &stream.docs {
        match &doc.root {
            Some(root) => node_tokens(root, &mut found),
            None => line_tokens(text, doc.span.clone(), &mut found),
        }
        marker_lines(text, doc.span.clone(), doc.root.as_ref(), &mut found);
    }
    disjoint(found)
}

/// `---` at the start of a document and `...` after its last value.
fn marker_lines(
    text: &str,
    span: Range<usize>,
    root: Option<&Node>,
    found: &mut Vec<(Range<usize>, TokenKind)>,
) {
    let (before, after) = match root {
        Some(root) => (span.start..root.start(), root.end()..span.end),
        None => (span.clone(), span.end..span.end),
    };
    for range in [before, after] {
        for (start, line) in lines(text, range) {
            let at_line_start = start == 0 || matches!(text.as_bytes()[start - 1], b'\n' | b'\r');
            let start = start + line.len() - line.trim_start_matches('\u{feff}').len();
            if at_line_start && (text[start..].starts_with("---") || text[start..].starts_with("...")) {
                found.push((start..start + 3, TokenKind::Punctuation));
            }
        }
    }
}

fn node_tokens(node: &Node, found: &mut Vec<(Range<usize>, TokenKind)>) {
    if let Some(props) = &node.props {
        found.push((props.clone(), TokenKind::Reference));
    }
    let byte = |at: usize| at..at + 1;
    match &node.kind {
        Kind::Absent => {}
        Kind::Alias(_) => found.push((node.span.clone(), TokenKind::Reference)),
        Kind::Scalar { text, style, tag } => {
            found.push((node.span.clone(), scalar_kind(text, *style, tag.as_deref())))
        }
        Kind::List { shape, items } => {
            for item in items {
                if *shape == Shape::Block {
                    found.push((byte(item.dash), TokenKind::Punctuation));
                }
                node_tokens(&item.node, found);
            }
        }
        Kind::Map { entries, .. } => {
            for entry in entries {
                if let Some(question) = entry.question {
                    found.push((byte(question), TokenKind::Punctuation));
                }
                match &entry.key.kind {
                    Kind::Scalar { .. } => {
                        if let Some(props) = &entry.key.props {
                            found.push((props.clone(), TokenKind::Reference));
                        }
                        let kind = if entry.is_merge() { TokenKind::Reference } else { TokenKind::Key };
                        found.push((entry.key.span.clone(), kind));
                    }
                    _ => node_tokens(&entry.key, found),
                }
                node_tokens(&entry.value, found);
            }
        }
    }
    if matches!(node.kind, Kind::Map { shape: Shape::Flow, .. } | Kind::List { shape: Shape::Flow, .. }) {
        found.push((byte(node.span.start), TokenKind::Punctuation));
        found.push((byte(node.span.end.saturating_sub(1)), TokenKind::Punctuation));
    }
}

fn scalar_kind(text: &str, style: Style, tag: Option<&str>) -> TokenKind {
    match super::data::scalar(text, style, tag) {
        Ok(Value::Int(_) | Value::Float(_)) => TokenKind::Number,
        Ok(Value::Bool(_) | Value::Null) => TokenKind::Constant,
        _ => TokenKind::String,
    }
}

/// Sorts the tokens and cuts those that overlap: a comment inside a block scalar's header stays a comment.
fn disjoint(mut found: Vec<(Range<usize>, TokenKind)>) -> Vec<(Range<usize>, TokenKind)> {
    found.retain(|(span, _)| !span.is_empty());
    found.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out: Vec<(Range<usize>, TokenKind)> = Vec::with_capacity(found.len());
    let mut rest: Option<(Range<usize>, TokenKind)> = None;
    for (span, kind) in found {
        if let Some((tail, tail_kind)) = rest.take()
            && tail.start < span.start
        {
            out.push((tail.start..tail.end.min(span.start), tail_kind));
            if tail.end > span.end {
                rest = Some((span.end..tail.end, tail_kind));
            }
        }
        match out.last_mut() {
            Some((last, last_kind)) if last.end > span.start => {
                if last.start == span.start || kind != TokenKind::Comment {
                    continue;
                }
                if last.end > span.end {
                    rest = Some((span.end..last.end, *last_kind));
                }
                last.end = span.start;
                out.push((span, kind));
            }
            _ => out.push((span, kind)),
        }
    }
    out.extend(rest);
    out
}

/// The lines of a range: where each begins, and its text without the line break.
fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let mut at = range.start;
    text[range].split_inclusive(['\n', '\r']).map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// The comments of a range in which nothing else tells where they are: whole lines, and ` #` outside quotes.
pub(super) fn line_comments(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    lines(text, range)
        .filter_map(|(start, line)| comment_start(line).map(|at| start + at..start + line.len()))
        .collect()
}

/// Where a line's comment begins, if quotes are closed where they are opened.
fn comment_start(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let opens = at == 0 || b" \t[{,:(".contains(&bytes[at - 1]);
        match (quote, byte) {
            (Some(b'"'), b'\\') => at += 1,
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') if opens && line[at + 1..].contains(char::from(byte)) => quote = Some(byte),
            (None, b'#') if at == 0 || matches!(bytes[at - 1], b' ' | b'\t') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Colours lines without a tree: `- `, `key:`, a value typed by its text. Comments are given already.
fn line_tokens(text: &str, range: Range<usize>, found: &mut Vec<(Range<usize>, TokenKind)>) {
    for (line_start, line) in lines(text, range) {
        let content = &line[..comment_start(line).unwrap_or(line.len())];
        let mut at = content.len() - content.trim_start().len();
        if content.starts_with("---") || content.starts_with("...") {
            continue;
        }
        while content[at..].starts_with("- ") || &content[at..] == "-" {
            found.push((line_start + at..line_start + at + 1, TokenKind::Punctuation));
            at += 1;
            at += content[at..].len() - content[at..].trim_start().len();
        }
        let rest = &content[at..];
        if let Some(colon) = rest.find(": ").or_else(|| rest.trim_end().strip_suffix(':').map(str::len)) {
            let key = rest[..colon].trim_end();
            found.push((line_start + at..line_start + at + key.len(), TokenKind::Key));
            at += colon + 1;
            at += content[at..].len() - content[at..].trim_start().len();
        }
        let value = content[at..].trim_end();
        let kind = match value.chars().next() {
            None => continue,
            Some('&' | '*' | '!') => TokenKind::Reference,
            Some('{' | '[' | '}' | ']') => TokenKind::Punctuation,
            Some(_) => match resolve(value) {
                Resolved::Int(_) | Resolved::Float(_) => TokenKind::Number,
                Resolved::Bool(_) | Resolved::Null => TokenKind::Constant,
                _ => TokenKind::String,
            },
        };
        let length = if kind == TokenKind::Punctuation { 1 } else { value.len() };
        found.push((line_start + at..line_start + at + length, kind));
    }
}
