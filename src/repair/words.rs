//! What is said of a repair, in both languages.

use super::{Damage, Offer};
use crate::document::Document;
use crate::path::{Path, Step};
use crate::schema::{Lang, Version};
use crate::yaml::Value;

/// How many lines are named that two readings place differently.
const MOST_LINES: usize = 2;

/// A sentence in each language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    en: String,
    zh: String,
}

impl Words {
    /// The sentence in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl Damage {
    /// What is wrong, in few words.
    pub fn about(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Damage::Quoted => ("marks of quoting stand before its lines", "每行前有引用标记"),
            Damage::Fence => ("it stands in a Markdown code block", "它放在 Markdown 代码块里"),
            Damage::LineNumbers => ("line numbers stand before it", "每行前有行号"),
            Damage::Shell => ("shell commands stand around it", "前后有 shell 命令"),
            Damage::Blanks => ("it has blanks that YAML does not know", "它含有 YAML 不认的空白字符"),
            Damage::Dashes => ("its list items do not begin with “-”", "列表项不是以“-”开头"),
            Damage::Words => ("sentences stand before it", "前面有说明文字"),
            Damage::Shift => ("its lines are shifted", "各行被整体移位"),
            Damage::Tabs => ("it is indented with tabs", "缩进用了制表符"),
            Damage::Quotes => ("its quotation marks are not YAML’s", "引号不是 YAML 的引号"),
            Damage::Indentation => ("its indentation seems lost", "缩进似乎丢失了"),
        };
        match lang {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

impl Offer {
    /// What was found, in one sentence.
    pub fn about(&self, lang: Lang) -> String {
        let found: Vec<&str> = self.damage.iter().map(|damage| damage.about(lang)).collect();
        match lang {
            Lang::En => format!("This manifest cannot be read as it is: {}.", found.join("; ")),
            Lang::Zh => format!("这份清单不能照原样读取：{}。", found.join("；")),
        }
    }
}

/// For each of some texts of the same lines, where it differs from the first one, and for the first one from the second.
pub(super) fn differences(texts: &[String], version: Version) -> Vec<Words> {
    let [_, _, ..] = texts else { return vec![Words::default(); texts.len()] };
    let documents: Vec<Document> = texts.iter().map(|text| Document::new(text.as_str(), version)).collect();
    let places: Vec<Vec<Option<(usize, Path)>>> = documents.iter().map(places).collect();
    (0..texts.len())
        .map(|at| {
            let other = if at == 0 { 1 } else { 0 };
            difference(&documents[at], &places[at], &places[other])
        })
        .collect()
}

/// The field that begins in each line.
fn places(document: &Document) -> Vec<Option<(usize, Path)>> {
    (1..=document.lines.count())
        .map(|line| {
            let bytes = document.lines.bytes(line)?;
            let text = document.text.get(bytes.clone())?;
            let bare = text.trim_start();
            if bare.is_empty() || bare.starts_with('#') {
                return None;
            }
            document.field_at(bytes.start + text.len() - bare.len())
        })
        .collect()
}

fn difference(document: &Document, own: &[Option<(usize, Path)>], other: &[Option<(usize, Path)>]) -> Words {
    let mut told: Vec<(usize, usize, &Path)> = Vec::new();
    let mut more = 0;
    for (line, (own, other)) in own.iter().zip(other).enumerate() {
        let Some((doc, path)) = own.as_ref().filter(|_| own != other) else { continue };
        // What stands within a value that has been told of goes with it.
        if told.iter().any(|(_, in_doc, above)| in_doc == doc && path.steps().starts_with(above.steps())) {
            continue;
        }
        match told.len() < MOST_LINES {
            true => told.push((line + 1, *doc, path)),
            false => more += 1,
        }
    }
    let mut words = Words::default();
    for (line, doc, path) in &told {
        if !words.en.is_empty() {
            words.en.push_str("; ");
            words.zh.push('；');
        }
        let is_text =
            own.iter().take(line - 1).flatten().any(|(in_doc, above)| in_doc == doc && above == *path);
        if is_text {
            words.en.push_str(&format!("line {line} is text of {path}"));
            words.zh.push_str(&format!("第 {line} 行是 {path} 的文本"));
            continue;
        }
        let (en, zh) = (owner(document, *doc, path, Lang::En), owner(document, *doc, path, Lang::Zh));
        let (en_what, zh_what) = match path.steps().last() {
            Some(Step::Index(_)) | None => ("the item".to_owned(), "该列表项".to_owned()),
            Some(step) => step.key().map(|key| (key.to_owned(), format!(" {key} "))).unwrap_or_default(),
        };
        words.en.push_str(&format!("line {line}: {en_what} belongs to {en}"));
        words.zh.push_str(&format!("第 {line} 行：{} 属于{zh}", zh_what.trim_end()));
    }
    if more > 0 {
        words.en.push_str(&format!("; and {more} more"));
        words.zh.push_str(&format!("；还有 {more} 处"));
    }
    if let Some(first) = words.en.get(..1) {
        words.en = first.to_uppercase() + &words.en[1..];
    }
    words
}

/// What a field belongs to, for people: a container by its name, else the path.
fn owner(document: &Document, doc: usize, path: &Path, lang: Lang) -> String {
    let above = path.parent();
    let name = document.data(doc).and_then(|data| data.at(&above.field("name"))).and_then(|data| match &data
        .value
    {
        Value::String(name) => Some(name.as_str()),
        _ => None,
    });
    let is_container = matches!(above.steps(), [.., list, Step::Index(_)] if list.key().is_some_and(|key| key.ends_with("ontainers")));
    match (name.filter(|_| is_container), lang) {
        (Some(name), Lang::En) => format!("the container “{name}” ({above})"),
        (Some(name), Lang::Zh) => format!("容器“{name}”（{above}）"),
        (None, Lang::En) if above.steps().is_empty() => "the object itself".to_owned(),
        (None, Lang::Zh) if above.steps().is_empty() => "对象本身".to_owned(),
        (None, Lang::En) => above.to_string(),
        (None, Lang::Zh) => format!(" {above}"),
    }
}
