//! What a manifest picks up on its way out of a web page, a mail or a terminal, and how it is taken off again.

use super::Damage;
use super::line::{Item, Line};

/// Takes off one kind of wrapping; `None` where it is not there.
type Step = fn(&[Line]) -> Option<Vec<Line>>;

/// What is taken off, again and again until nothing is found: a quoted mail may hold a fence that holds a listing.
const STEPS: &[(Damage, Step)] = &[
    (Damage::Quoted, without_marks_of_quoting),
    (Damage::Fence, inside_fences),
    (Damage::LineNumbers, without_line_numbers),
    (Damage::Shell, without_shell),
    (Damage::Blanks, with_plain_blanks),
    (Damage::Dashes, with_plain_dashes),
    (Damage::Words, without_words_before),
    (Damage::Shift, without_shift),
];

/// How often a wrapping may stand in another.
const DEPTH: usize = 8;

/// The lines without what stands around the manifest, and what that was.
pub(super) fn unwrapped(mut lines: Vec<Line>) -> (Vec<Line>, Vec<Damage>) {
    let mut found = Vec::new();
    for _ in 0..DEPTH {
        let Some((damage, inner)) = STEPS.iter().find_map(|(damage, step)| Some((*damage, step(&lines)?)))
        else {
            break;
        };
        if !found.contains(&damage) {
            found.push(damage);
        }
        lines = inner;
    }
    (lines, found)
}

fn said(lines: &[Line]) -> impl DoubleEndedIterator<Item = &Line> {
    lines.iter().filter(|line| !line.is_blank())
}

fn with_text(line: &Line, text: impl Into<String>) -> Line {
    Line { text: text.into(), ..line.clone() }
}

/// `> ` or `| ` before every line.
fn without_marks_of_quoting(lines: &[Line]) -> Option<Vec<Line>> {
    let mark = said(lines).next()?.bare().chars().next().filter(|c| matches!(c, '>' | '|' | '│'))?;
    let rest = |line: &Line| {
        let rest = line.bare().strip_prefix(mark)?;
        Some(rest.strip_prefix(' ').unwrap_or(rest).to_owned())
    };
    if said(lines).count() < 2 {
        return None;
    }
    lines
        .iter()
        .map(
            |line| {
                if line.is_blank() {
                    Some(line.clone())
                } else {
                    rest(line).map(|rest| with_text(line, rest))
                }
            },
        )
        .collect()
}

/// The length of a fence at the beginning of a line, its character, and what follows.
fn fence(line: &Line) -> Option<(usize, char, &str)> {
    let bare = line.bare();
    let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = bare.trim_start_matches(mark);
    let length = bare.len() - rest.len();
    (length >= 3 && !rest.contains('`')).then(|| (length, mark, rest.trim()))
}

/// What stands in Markdown's fenced code blocks (CommonMark 4.5).
fn inside_fences(lines: &[Line]) -> Option<Vec<Line>> {
    let first = lines.iter().position(|line| fence(line).is_some())?;
    let (_, _, word) = fence(&lines[first])?;
    let before = &lines[..first];
    let begins_object =
        |lines: &[Line]| lines.iter().any(|line| is_key(line, "kind") || is_key(line, "apiVersion"));
    if begins_object(before) {
        // The opening fence was not copied; or else the fence is part of the manifest.
        let is_last = lines[first + 1..].iter().all(Line::is_blank);
        return (word.is_empty() && is_last).then(|| before.to_vec());
    }
    let mut blocks: Vec<Vec<Line>> = Vec::new();
    let mut open: Option<(usize, char, usize)> = None;
    for line in lines {
        match (open, fence(line)) {
            (None, Some((length, mark, _))) => {
                open = Some((length, mark, line.indent()));
                blocks.push(Vec::new());
            }
            (Some((least, mark, _)), Some((length, same, ""))) if mark == same && length >= least => {
                open = None
            }
            (Some((_, _, indent)), _) => {
                let text = &line.text[line.indent().min(indent)..];
                blocks.last_mut()?.push(with_text(line, text));
            }
            (None, None) => {}
        }
    }
    if blocks.iter().any(|block| begins_object(block)) {
        blocks.retain(|block| begins_object(block));
    }
    let mut inner: Vec<Line> = Vec::new();
    for block in blocks.into_iter().filter(|block| said(block).next().is_some()) {
        let begins = said(&block).next().is_some_and(Line::is_marker);
        if !inner.is_empty() && !begins {
            inner.push(Line { from: None, text: "---".to_owned(), end: "\n" });
        }
        inner.extend(block);
    }
    (!inner.is_empty()).then_some(inner)
}

fn is_key(line: &Line, key: &str) -> bool {
    line.bare().trim_start_matches("- ").strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))
}

/// A number at the beginning of a line, and what follows it and its separator.
fn numbered(text: &str) -> Option<(usize, &str)> {
    let bare = text.trim_start();
    let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = bare[..bare.len() - rest.len()].parse().ok()?;
    let separated = rest.trim_start_matches([' ', '\t']);
    let rest = match separated.chars().next() {
        Some(mark @ ('|' | '│')) => &separated[mark.len_utf8()..],
        _ => rest.strip_prefix([':', '.', ')']).unwrap_or(rest),
    };
    Some((number, rest))
}

/// The numbers of a listing: before every line, or in lines of their own before the text.
fn without_line_numbers(lines: &[Line]) -> Option<Vec<Line>> {
    let alone = said(lines)
        .zip(said(lines).next()?.text.trim().parse::<usize>().ok().map_or(0.., |first| first..))
        .take_while(|(line, number)| line.text.trim() == number.to_string())
        .count();
    if alone >= 3 && alone < said(lines).count() {
        let last = said(lines).nth(alone - 1)?.from;
        let after = lines.iter().position(|line| line.from == last && !line.is_blank())? + 1;
        return Some(lines[after..].to_vec());
    }
    let mut before: Option<(usize, usize)> = None;
    let mut rests = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        if line.is_blank() {
            rests.push("");
            continue;
        }
        let (number, rest) = numbered(&line.text)?;
        if before.is_some_and(|(last_at, last)| {
            number != last.checked_add(1).unwrap_or(0) && number.checked_sub(last) != Some(at - last_at)
        }) {
            return None;
        }
        before = Some((at, number));
        rests.push(rest);
    }
    if said(lines).count() < 3 {
        return None;
    }
    let blank = |rest: &&str| rest.len() - rest.trim_start_matches(' ').len();
    let least = rests.iter().filter(|rest| !rest.trim().is_empty()).map(blank).min()?;
    Some(
        lines
            .iter()
            .zip(&rests)
            .map(|(line, rest)| with_text(line, rest.get(least..).unwrap_or_default()))
            .collect(),
    )
}

/// The command of a line of a terminal, without its prompt: `$ `, `> `, `user@host:~$ `, `[root@host ~]# `.
fn command(line: &Line) -> Option<&str> {
    let bare = line.bare();
    let prompt = |mark: &str| {
        let (before, after) = bare.split_once(mark)?;
        let is_prompt = before.is_empty() || before.contains('@') || before.ends_with(']');
        (is_prompt && !before.contains(": ") && !before.starts_with('-')).then_some(after)
    };
    prompt("$ ").or_else(|| prompt("# ").filter(|_| !bare.starts_with('#'))).or_else(|| {
        let bare = bare.strip_prefix("> ").unwrap_or(bare);
        let is_command = ["kubectl ", "cat ", "tee ", "sudo ", "oc ", "microk8s "]
            .iter()
            .any(|word| bare.starts_with(word));
        // Without a prompt and a here-document it may be a line of a script in the manifest.
        (is_command && here_document(bare).is_some()).then_some(bare)
    })
}

/// The word that ends the here-document which a command begins.
fn here_document(command: &str) -> Option<&str> {
    let (_, after) = command.split_once("<<")?;
    let word = after.trim_start_matches('-').trim_start().trim_start_matches(['"', '\'', '\\']);
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(word.len());
    (end > 0).then(|| &word[..end])
}

/// What stands in the here-documents of a shell; without one, what stands between the commands.
fn without_shell(lines: &[Line]) -> Option<Vec<Line>> {
    let first = lines.iter().position(|line| command(line).is_some())?;
    if lines[..first].iter().any(|line| is_key(line, "kind"))
        && lines[first..].iter().all(|line| !is_key(line, "kind"))
    {
        // A script in the manifest, or a command after it.
        let after = lines[first..].iter().all(|line| line.is_blank() || command(line).is_some());
        return after.then(|| lines[..first].to_vec());
    }
    let mut inner: Vec<Line> = Vec::new();
    let (mut bodies, mut ends) = (0, None);
    for line in lines {
        let bare = line.bare();
        let ended = ends.is_some_and(|word| {
            bare.trim_end() == word || bare.strip_prefix("> ").is_some_and(|bare| bare.trim_end() == word)
        });
        if ended {
            ends = None;
        } else if ends.is_some() {
            inner.push(line.clone());
        } else if let Some(word) = command(line).and_then(here_document) {
            let begins = said(&inner).next_back().is_some_and(Line::is_marker);
            if bodies == 0 {
                inner.clear();
            } else if !begins {
                inner.push(Line { from: None, text: "---".to_owned(), end: "\n" });
            }
            bodies += 1;
            ends = Some(word);
        } else if bodies == 0 && command(line).is_none() {
            inner.push(line.clone());
        }
    }
    said(&inner).next()?;
    Some(inner)
}

/// Blanks that YAML does not count as indentation, at the beginning of a line, after a dash or colon, and at the end.
fn with_plain_blanks(lines: &[Line]) -> Option<Vec<Line>> {
    const ODD: &[char] = &['\u{a0}', '\u{2002}', '\u{2003}', '\u{2007}', '\u{2009}', '\u{202f}', '\u{3000}'];
    const NO_WIDTH: &[char] = &['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];
    let is_odd = |c: char| ODD.contains(&c) || NO_WIDTH.contains(&c);
    let plain = |line: &Line| {
        let rest = line.text.trim_start_matches(|c: char| c == ' ' || c == '\t' || is_odd(c));
        let lead = &line.text[..line.text.len() - rest.len()];
        let mut text: String = lead
            .chars()
            .filter(|c| !NO_WIDTH.contains(c))
            .flat_map(|c| match c {
                '\u{3000}' => "  ".chars(),
                '\t' => "\t".chars(),
                _ => " ".chars(),
            })
            .collect();
        let mut last = ' ';
        for c in rest.trim_end_matches(is_odd).chars() {
            let separates = ODD.contains(&c) && (matches!(last, ':' | '-') || last == ' ');
            text.push(if separates { ' ' } else { c });
            last = if separates { ' ' } else { c };
        }
        with_text(line, text)
    };
    let changed: Vec<Line> = lines.iter().map(plain).collect();
    (changed != lines).then_some(changed)
}

/// Dashes and bullets of typesetters where YAML has `- `.
fn with_plain_dashes(lines: &[Line]) -> Option<Vec<Line>> {
    let plain = |line: &Line| {
        let bare = line.bare();
        let after = bare.strip_prefix(['–', '—', '−', '‐', '‑', '•', '·'])?;
        let rest = after.strip_prefix([' ', '\t'])?;
        Some(with_text(line, format!("{}- {rest}", &line.text[..line.indent()])))
    };
    let changed: Vec<Line> = lines.iter().map(|line| plain(line).unwrap_or_else(|| line.clone())).collect();
    (changed != lines).then_some(changed)
}

/// Sentences before the first line of the manifest.
fn without_words_before(lines: &[Line]) -> Option<Vec<Line>> {
    let begins = |line: &Line| is_key(line, "apiVersion") || is_key(line, "kind") || line.is_marker();
    let first = lines.iter().position(begins)?;
    let mut words =
        lines[..first].iter().enumerate().filter(|(_, line)| !line.is_blank() && !line.is_comment());
    let is_sentence = |at: usize| {
        let item = Item::read(lines, at);
        item.dashes.is_empty() && item.key.is_none_or(|key| key.contains(' ') || key.contains("http"))
    };
    let any = words.clone().next().is_some();
    (any && words.all(|(at, _)| is_sentence(at))).then(|| lines[first..].to_vec())
}

/// Further lines that stand deeper than the first one, which was copied from its first letter on; or all of them with the
/// marks between documents, which YAML only knows at the beginning of a line.
fn without_shift(lines: &[Line]) -> Option<Vec<Line>> {
    let first = lines.iter().position(|line| !line.is_blank())?;
    let own = lines[first].indent();
    let rest = &lines[first + 1..];
    let least = said(rest).map(Line::indent).min()?;
    let has_marks = said(lines).any(|line| line.indent() > 0 && line.bare().trim_end() == "---");
    let shift = if least > own
        && is_key(&lines[first], "apiVersion")
        && said(rest).any(|line| line.indent() == least && is_key(line, "kind"))
    {
        least - own
    } else if own == least && own > 0 && has_marks {
        own
    } else {
        return None;
    };
    let shifted = |(at, line): (usize, &Line)| {
        let cut = if at == first && own != least { 0 } else { shift.min(line.indent()) };
        with_text(line, &line.text[cut..])
    };
    Some(lines.iter().enumerate().map(shifted).collect())
}

/// The lines with their leading tabs as so many columns each, and one space after a dash.
pub(super) fn without_tabs(lines: &[Line], width: usize) -> Option<Vec<Line>> {
    let plain = |line: &Line| {
        let (lead, bare) = line.text.split_at(line.indent());
        let mut text = String::new();
        for c in lead.chars() {
            let columns = if c == '\t' { width - text.len() % width } else { 1 };
            text.extend(std::iter::repeat_n(' ', columns));
        }
        match bare.strip_prefix("-\t") {
            Some(rest) => text.push_str(&format!("- {}", rest.trim_start())),
            None => text.push_str(bare),
        }
        with_text(line, text)
    };
    let changed: Vec<Line> = lines.iter().map(plain).collect();
    (changed != lines).then_some(changed)
}

/// The lines with the quotation marks of typesetters around whole values as YAML's own.
pub(super) fn with_plain_quotes(lines: &[Line]) -> Option<Vec<Line>> {
    let plain = |line: &Line| {
        let (head, value) = match line.text.find(": ") {
            Some(at) => line.text.split_at(at + 2),
            None => line.text.split_at(line.text.find("- ")? + 2),
        };
        let value = value.trim();
        let inner = |open: &[char], close: &[char], plain: char| {
            let inner = value.strip_prefix(open)?.strip_suffix(close)?;
            let whole = !inner.contains(open) && !inner.contains(close) && !inner.contains([plain, '\\']);
            whole.then(|| format!("{head}{plain}{inner}{plain}"))
        };
        let flow = || {
            let of_flow =
                value.starts_with(['[', '{']) && !value.contains(['"', '\\']) && value.contains(['“', '”']);
            of_flow.then(|| format!("{head}{}", value.replace(['“', '”'], "\"")))
        };
        let text = inner(&['“', '”', '„'], &['“', '”'], '"')
            .or_else(|| inner(&['‘', '’'], &['‘', '’'], '\''))
            .or_else(flow)?;
        Some(with_text(line, text))
    };
    let changed: Vec<Line> = lines.iter().map(|line| plain(line).unwrap_or_else(|| line.clone())).collect();
    (changed != lines).then_some(changed)
}

/// Whether some line begins with a blank that YAML does not count as indentation, or with a typesetter's dash.
pub(super) fn has_odd_indentation(text: &str) -> bool {
    text.lines().any(|line| {
        let odd = line.trim_start_matches([' ', '\t', '-']);
        odd.starts_with(|c: char| c.is_whitespace() || matches!(c, '–' | '—' | '−' | '•' | '\u{200b}'))
    })
}

/// Whether there are typesetters' quotation marks.
pub(super) fn has_odd_quotes(text: &str) -> bool {
    text.contains(['“', '”', '„', '‘', '’'])
}
