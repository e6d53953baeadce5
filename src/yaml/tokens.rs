//! What a highlighter colours: the same tree that kubectl's reading is made of, and a line lexer for broken documents.

use super::scalar::{Resolved, resolve};
use super::tree::{Kind, Node, Shape, Style, parse};
use super::{Stream, TokenKind, Value};
use std::ops::Range;

/// The coloured parts of a text, sorted and disjoint. Scalars are typed as kubectl types them, so that an unquoted
/// `no` shows as a constant. A document whose syntax is broken is coloured line by line.
pub fn tokens(text: &str) -> Vec<(Range<usize>, TokenKind)> {
    tokens_in(&parse(text), text, 0..text.len())
}

/// The coloured parts of some lines of a text that has been parsed: those that [`tokens`] gives for them. `range` begins
/// and ends with a line. Takes no longer for a long text than for a short one.
pub fn tokens_in(stream: &Stream, text: &str, range: Range<usize>) -> Vec<(Range<usize>, TokenKind)> {
    let mut found: Vec<(Range<usize>, TokenKind)> = Vec::new();
    let comments = &stream.comments[stream.comments.partition_point(|comment| comment.end <= range.start)..];
    let comments = comments.iter().take_while(|comment| comment.start < range.end);
    found.extend(comments.map(|comment| (comment.clone(), TokenKind::Comment)));
    let docs = &stream.docs[stream.docs.partition_point(|doc| doc.span.end <= range.start)..];
    for doc in docs.iter().take_while(|doc| doc.span.start < range.end) {
        match &doc.root {
            Some(root) => node_tokens(root, &range, &mut found),
            None => line_tokens(text, within(&doc.span, &range), &mut found),
        }
        marker_lines(text, doc.span.clone(), doc.root.as_ref(), &range, &mut found);
    }
    found.retain(|(span, _)| span.start < range.end && span.end > range.start);
    disjoint(found)
}

/// The coloured parts of some lines of a text that has not been parsed, line by line. `range` begins and ends with a line.
pub fn tokens_by_line(text: &str, range: Range<usize>) -> Vec<(Range<usize>, TokenKind)> {
    let mut found: Vec<(Range<usize>, TokenKind)> =
        line_comments(text, range.clone()).into_iter().map(|comment| (comment, TokenKind::Comment)).collect();
    line_tokens(text, range.clone(), &mut found);
    marker_lines(text, range.clone(), None, &range, &mut found);
    disjoint(found)
}

/// The part of a span that lies in a range.
fn within(span: &Range<usize>, range: &Range<usize>) -> Range<usize> {
    let start = span.start.max(range.start);
    start..span.end.min(range.end).max(start)
}

/// `---` at the start of a document and `...` after its last value.
fn marker_lines(
    text: &str,
    span: Range<usize>,
    root: Option<&Node>,
    lines_of: &Range<usize>,
    found: &mut Vec<(Range<usize>, TokenKind)>,
) {
    let (before, after) = match root {
        Some(root) => (span.start..root.start(), root.end()..span.end),
        None => (span.clone(), span.end..span.end),
    };
    for range in [before, after] {
        for (start, line) in lines(text, within(&range, lines_of)) {
            let at_line_start = start == 0 || matches!(text.as_bytes()[start - 1], b'\n' | b'\r');
            let start = start + line.len() - line.trim_start_matches('\u{feff}').len();
            if at_line_start && (text[start..].starts_with("---") || text[start..].starts_with("...")) {
                found.push((start..start + 3, TokenKind::Punctuation));
            }
        }
    }
}

/// The tokens of a node that stand in a range of the text, and at most a few around it.
fn node_tokens(node: &Node, range: &Range<usize>, found: &mut Vec<(Range<usize>, TokenKind)>) {
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
            let first = items.partition_point(|item| item.node.end() <= range.start);
            for item in items[first..].iter().take_while(|item| item.dash < range.end) {
                if *shape == Shape::Block {
                    found.push((byte(item.dash), TokenKind::Punctuation));
                }
                node_tokens(&item.node, range, found);
            }
        }
        Kind::Map { entries, .. } => {
            let first = entries.partition_point(|entry| entry.end() <= range.start);
            for entry in entries[first..].iter().take_while(|entry| entry.start() < range.end) {
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
                    _ => node_tokens(&entry.key, range, found),
                }
                node_tokens(&entry.value, range, found);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tokens_of_some_lines_are_those_of_the_whole_text() {
        let text = "# head\n---\na: {b: [1, no]} # c\nd: |\n  e: 1\n  - f\ng:\n- h: &i 'x\n    y'\n- *i\n---\nj: [\nk: 2\n--- # end\n? l\n: m\n...\n";
        let all = tokens(text);
        let stream = parse(text);
        let starts: Vec<usize> =
            lines(text, 0..text.len()).map(|(start, _)| start).chain([text.len()]).collect();
        for (at, start) in starts.iter().enumerate() {
            for end in &starts[at..] {
                let seen = |tokens: &[(Range<usize>, TokenKind)]| -> Vec<_> {
                    let cut = tokens.iter().map(|(span, kind)| (within(span, &(*start..*end)), *kind));
                    cut.filter(|(span, _)| !span.is_empty()).collect()
                };
                assert_eq!(seen(&tokens_in(&stream, text, *start..*end)), seen(&all), "{start}..{end}");
            }
        }
    }
}
