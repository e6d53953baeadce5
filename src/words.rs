//! The words of the user interface in another language than English: a catalogue of sentences, each with its translation.
//!
//! English is written where it is said, so that the code reads plainly; a sentence becomes Chinese where it is shown, by
//! [`translate`]. What a sentence was made of (names, numbers, paths) stands in the catalogue as a hole. So the rules know
//! nothing of languages, and a message in either language is the same message.

use crate::schema::Lang;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The catalogues, by subject: a JSON object from an English sentence to the Chinese one. `{}` is a hole for words that
/// stay as they are; `{*}` is one for words that are themselves a sentence of the catalogue. The Chinese sentence has as
/// many `{}` and takes the words in the same order, or by number: `{1} {0}`.
const CATALOGUES: &[&str] = &[
    include_str!("../assets/words/rules.json"),
    include_str!("../assets/words/yaml.json"),
    include_str!("../assets/words/hazards.json"),
    include_str!("../assets/words/cli.json"),
    include_str!("../assets/words/window.json"),
    include_str!("../assets/words/dialogs.json"),
    include_str!("../assets/words/refusals.json"),
];

/// How deep sentences may stand in sentences.
const MOST_NESTED: usize = 4;

static ZH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(CATALOGUES));

/// A text of the user interface in a language: the text itself where it is English already or no sentence of the
/// catalogue.
pub fn translate(lang: Lang, text: &str) -> Cow<'_, str> {
    match lang {
        Lang::En => Cow::Borrowed(text),
        Lang::Zh => ZH.translate(text, MOST_NESTED).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// Every sentence of the catalogue with its translation, holes as they are written there.
pub fn catalogue() -> impl Iterator<Item = (String, String)> {
    CATALOGUES.iter().flat_map(|text| entries(text))
}

fn entries(text: &str) -> Vec<(String, String)> {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(english, other)| Some((english, other.as_str()?.to_owned())))
        .collect()
}

/// The sentences of one language.
struct Catalogue {
    /// Those without holes.
    plain: HashMap<String, String>,
    /// Those with holes, the ones with the most words of their own first: they say the most about what fits them.
    patterns: Vec<Pattern>,
}

struct Pattern {
    /// What stands before, between and after the holes.
    words: Vec<String>,
    /// Whether what fills a hole is a sentence itself.
    nested: Vec<bool>,
    other: String,
}

impl Catalogue {
    fn read(texts: &[&str]) -> Catalogue {
        let (mut plain, mut patterns) = (HashMap::new(), Vec::new());
        for (english, other) in texts.iter().flat_map(|text| entries(text)) {
            let (words, nested) = cut(&english);
            if nested.is_empty() {
                plain.insert(english, other);
            } else {
                patterns.push(Pattern { words, nested, other });
            }
        }
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.own_length()));
        Catalogue { plain, patterns }
    }

    fn translate(&self, text: &str, depth: usize) -> Option<String> {
        if let Some(other) = self.plain.get(text) {
            return Some(other.clone());
        }
        let depth = depth.checked_sub(1)?;
        self.patterns.iter().find_map(|pattern| {
            let found = pattern.holes(text)?;
            let mut filled = Vec::with_capacity(found.len());
            for (words, nested) in found.into_iter().zip(&pattern.nested) {
                filled.push(match nested {
                    true => Cow::Owned(self.translate(words, depth)?),
                    false => Cow::Borrowed(words),
                });
            }
            Some(fill(&pattern.other, &filled))
        })
    }
}

impl Pattern {
    /// How many bytes of it are words of its own.
    fn own_length(&self) -> usize {
        self.words.iter().map(String::len).sum()
    }

    /// What fills the holes in a text; `None` if the text is another sentence.
    fn holes<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, rest) = self.words.split_first()?;
        let (last, between) = rest.split_last()?;
        let mut open = text.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
        let mut found = Vec::with_capacity(self.nested.len());
        for words in between {
            let at = open.find(words.as_str())?;
            found.push(&open[..at]);
            open = &open[at + words.len()..];
        }
        found.push(open);
        Some(found)
    }
}

/// A sentence of the catalogue as the words around its holes, and which holes hold sentences.
fn cut(sentence: &str) -> (Vec<String>, Vec<bool>) {
    let (mut words, mut nested, mut rest) = (vec![String::new()], Vec::new(), sentence);
    loop {
        let next = [("{}", false), ("{*}", true)]
            .into_iter()
            .filter_map(|(hole, nests)| Some((rest.find(hole)?, hole, nests)));
        let Some((at, hole, nests)) = next.min_by_key(|(at, ..)| *at) else {
            if let Some(last) = words.last_mut() {
                last.push_str(rest);
            }
            return (words, nested);
        };
        if let Some(last) = words.last_mut() {
            last.push_str(&rest[..at]);
        }
        words.push(String::new());
        nested.push(nests);
        rest = &rest[at + hole.len()..];
    }
}

/// A translation with its holes filled.
fn fill(sentence: &str, filled: &[Cow<'_, str>]) -> String {
    let (mut out, mut rest, mut next) = (String::with_capacity(sentence.len() * 2), sentence, 0);
    while let Some(at) = rest.find('{') {
        let Some(end) = rest[at..].find('}').map(|end| at + end) else { break };
        let inside = &rest[at + 1..end];
        let number = if inside.is_empty() { Some(next) } else { inside.parse().ok() };
        out.push_str(&rest[..at]);
        match number.and_then(|number: usize| filled.get(number)) {
            Some(words) => {
                out.push_str(words);
                next += 1;
            }
            None => out.push_str(&rest[at..=end]),
        }
        rest = &rest[end + 1..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zh(text: &str) -> String {
        translate(Lang::Zh, text).into_owned()
    }

    #[test]
    fn a_sentence_is_found_with_what_fills_it() {
        for (english, chinese) in [
            ("a container needs a name", "容器需要名称"),
            ("0 is out of range; it must be 1 to 65535", "0 超出范围；必须在 1 到 65535 之间"),
            ("the NFS server is missing", "缺少 NFS 服务器"),
            ("spec.a must be a whole number", "spec.a must be a whole number"),
            (
                "“A_b” must consist of lower-case letters, digits and “-”, and start and end with a letter or a digit, like my-name",
                "“A_b”只能由小写字母、数字和“-”组成，并以字母或数字开头和结尾，例如 my-name",
            ),
            (
                "must be a list, each item a text, and is the number 5",
                "必须是列表，其中每一项是文本，现在是数字 5",
            ),
            ("“spec.a” is not a list.", "“spec.a”不是列表。"),
            ("The document is not a list.", "文档不是列表。"),
            ("nothing of the catalogue", "nothing of the catalogue"),
            ("{}", "{}"),
        ] {
            assert_eq!(zh(english), chinese);
            assert_eq!(translate(Lang::En, english), english);
        }
    }

    #[test]
    fn every_translation_has_the_holes_of_its_sentence() {
        for (english, other) in catalogue() {
            let holes = cut(&english).1.len();
            let words: Vec<Cow<'_, str>> = (0..holes).map(|i| Cow::Owned(format!("‹{i}›"))).collect();
            let filled = fill(&other, &words);
            for word in &words {
                assert_eq!(filled.matches(&**word).count(), 1, "{english}: {filled}");
            }
        }
    }

    #[test]
    fn no_sentence_stands_in_two_catalogues() {
        let mut seen = std::collections::HashSet::new();
        for text in CATALOGUES {
            let count = text.lines().filter(|line| line.starts_with('"')).count();
            assert_eq!(entries(text).len(), count, "a sentence stands twice, or the catalogue is no JSON");
        }
        for (english, _) in catalogue() {
            assert!(seen.insert(english.clone()), "{english}");
        }
    }
}
