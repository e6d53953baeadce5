//! The field finder: every field that a document has or could have, and which of them a person means by a few letters.
//!
//! Pure: [`Index::of`] lists the fields of a document once, [`Index::find`] ranks them for what is typed.

mod route;

use crate::document::Document;
use crate::object::Field;
use crate::path::{Path, Step};
use crate::schema::{self, FieldDef, Kind, Lang, Schema, Type, UnionRule, Version};
use crate::yaml::{Data, Value};
use route::Route;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The fields of one document.
#[derive(Debug, Default)]
pub struct Index {
    /// In the order of the schema; the order of those that rank alike.
    pub entries: Vec<Entry>,
}

/// A field that is there or could be.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it is, or would be.
    pub path: Path,
    /// The path for people: items by their name, `spec.containers[web].image`; `[]` for an item that is not there yet.
    pub place: String,
    /// The type that declares it.
    pub ty: &'static Type,
    /// Its declaration.
    pub def: &'static FieldDef,
    /// Whether the document sets it.
    pub is_set: bool,
    /// Whether it can be set by its path alone: it lies neither in an item that is not there nor in a member of a union
    /// in which another one is set, and the target version has it.
    pub is_free: bool,
    /// Why it cannot be set, if the target version lacks it.
    pub lacks: Option<Rc<Lack>>,
    help: Rc<Help>,
    words: Vec<String>,
}

/// What the target version lacks.
#[derive(Debug)]
pub struct Lack {
    /// The field that it lacks: the one that is asked about, or one above it.
    pub path: Path,
    /// The first version that has it, if older ones that Podwright knows have not.
    pub since: Option<Version>,
    /// The last version that has it, if it is gone since.
    pub until: Option<Version>,
    /// Of the versions that have it, the one next to the target version.
    pub nearest: Version,
}

impl Lack {
    /// It in a sentence; `target` is the version that lacks the field.
    pub fn sentence(&self, target: Version) -> String {
        let who = match (self.since, self.until) {
            (Some(since), None) => format!("{since} and newer have it."),
            (Some(since), Some(last)) if since == last => format!("only {since} has it."),
            (Some(since), Some(last)) => format!("{since} to {last} have it."),
            (None, Some(last)) => format!("{last} was the last version with it."),
            (None, None) => format!("{} has it.", self.nearest),
        };
        format!("Kubernetes {target} does not have {}: {who}", self.path)
    }
}

/// What a query finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The field, by its number in [`Index::entries`].
    pub entry: usize,
    /// The item or the key of it that is meant.
    pub below: Option<Step>,
}

#[derive(Debug)]
struct Help {
    en: &'static str,
    zh: &'static str,
    low: String,
}

impl Entry {
    /// The name of the field.
    pub fn name(&self) -> &'static str {
        self.def.name
    }

    /// What the field is for.
    pub fn help(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.help.en,
            Lang::Zh => self.help.zh,
        }
    }

    /// The first version that has it, if older ones that Podwright knows have not.
    pub fn since(&self) -> Option<Version> {
        self.def.since
    }

    /// The values to choose from where the field is set with one choice: those of a boolean or of an enumeration.
    pub fn choices(&self) -> Vec<&'static str> {
        match &self.def.kind {
            _ if !self.is_free || self.def.read_only => Vec::new(),
            Kind::Bool => vec!["true", "false"],
            Kind::String => self.def.values.clone(),
            _ => Vec::new(),
        }
    }
}

impl Index {
    /// Lists the fields of a document; none if it is of no known kind.
    pub fn of(document: &Document, doc: usize) -> Index {
        let nothing = Data { value: Value::Null, span: 0..0, implied: true };
        let mut index = Index::default();
        if let Some(root) = document.part(doc).and_then(|part| part.root) {
            let data = document.data(doc).unwrap_or(&nothing);
            let root = Field::root(document.schema(), root, data);
            let target = document.version;
            Walk { index: &mut index, help: HashMap::new(), target, lacking: HashMap::new() }
                .object(&root, "", true, 0);
        }
        index
    }

    /// The fields that fit all words of a query, best first. Without words, those that are set.
    ///
    /// A word is a part of the field's name (the beginning, the beginnings of its humps, anything in it), a part of the
    /// path above it, or a part of its help in either language; or it is a path as the API server spells it, from anywhere
    /// down: `spec.containers[0].image`, `ports[1]`. Of a sentence that fits no field, an error that was pasted, the paths
    /// in it count.
    pub fn find(&self, query: &str) -> Vec<Found> {
        let words: Vec<&str> = query.split_whitespace().collect();
        let mut found: Vec<Found> = match words.as_slice() {
            [word] => Route::read(word).map(|route| route.search(self, false)).unwrap_or_default(),
            _ => Vec::new(),
        }
        .into_iter()
        .map(|(found, _)| found)
        .collect();
        let by_path: HashSet<usize> = found.iter().map(|found| found.entry).collect();
        let by_words = self.find_words(&words).into_iter().filter(|entry| !by_path.contains(entry));
        found.extend(by_words.map(|entry| Found { entry, below: None }));
        if found.is_empty() { self.find_paths(&words) } else { found }
    }

    fn find_words(&self, words: &[&str]) -> Vec<usize> {
        let routes: Vec<Route> =
            words.iter().filter(|word| word.contains('[')).filter_map(|word| Route::read(word)).collect();
        let words: Vec<&str> = words
            .iter()
            .filter(|word| routes.is_empty() || !word.contains('['))
            .flat_map(|word| word.split('.'))
            .filter(|word| !word.is_empty())
            .collect();
        let says_nothing = words.is_empty() && routes.is_empty();
        let mut found: Vec<(u32, usize)> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| !says_nothing || entry.is_set)
            .filter(|(_, entry)| routes.iter().all(|route| route.fit(entry, false).is_some()))
            .filter_map(|(i, entry)| Some((score(entry, &words)?, i)))
            .collect();
        if !says_nothing {
            found.sort_by_key(|(score, i)| {
                let entry = &self.entries[*i];
                let lacks = entry.lacks.is_some();
                (*score, lacks, !entry.is_free, !entry.is_set, entry.path.steps().len(), *i)
            });
        }
        found.into_iter().map(|(_, i)| i).collect()
    }

    /// The fields that the paths in a sentence lead to, as far as they lead: first the ends of all, then what is below.
    fn find_paths(&self, words: &[&str]) -> Vec<Found> {
        let (mut ends, mut deeper) = (Vec::new(), Vec::new());
        for route in words.iter().filter_map(|word| Route::read(word)).filter(Route::is_long) {
            let ways = std::iter::successors(Some(route), Route::up);
            let led = ways.map(|route| route.search(self, true)).find(|led| !led.is_empty());
            for (found, fit) in led.unwrap_or_default() {
                let list = if fit.deeper == 0 { &mut ends } else { &mut deeper };
                list.push(found);
            }
        }
        ends.append(&mut deeper);
        let mut known = HashSet::new();
        ends.retain(|found| known.insert(found.entry));
        ends
    }

    /// Where what was found stands, or would stand.
    pub fn path(&self, found: &Found) -> Path {
        let path = &self.entries[found.entry].path;
        found.below.clone().map_or_else(|| path.clone(), |step| path.then(step))
    }

    /// Where it stands, for people.
    pub fn place(&self, found: &Found) -> String {
        let place = &self.entries[found.entry].place;
        match &found.below {
            Some(step) => format!("{place}{}", Path::from(vec![step.clone()])),
            None => place.clone(),
        }
    }
}

struct Walk<'i> {
    index: &'i mut Index,
    help: HashMap<(&'static str, &'static str), Rc<Help>>,
    target: Version,
    /// For each type, what other versions have in it and the target version lacks.
    lacking: HashMap<&'static str, Rc<[Other]>>,
}

/// A field of another version.
struct Other {
    version: Version,
    ty: &'static Type,
    def: &'static FieldDef,
}

/// The place of a field of what stands at `place`.
fn joined(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// Nothing is nested deeper; a type that held itself would be walked no further.
const DEEPEST: usize = 20;

impl Walk<'_> {
    fn object(&mut self, object: &Field<'_>, place: &str, is_free: bool, depth: usize) {
        let Some(ty) = object.ty().filter(|_| depth < DEEPEST) else { return };
        let taken = ty
            .union
            .as_ref()
            .filter(|union| !matches!(union.rule, UnionRule::Discriminated { .. }))
            .filter(|union| union.members.iter().any(|member| object.has(member)));
        for field in object.fields() {
            let Some(def) = field.def() else { continue };
            // What only the server sets has no control; its status has no page.
            if def.read_only {
                continue;
            }
            let place = joined(place, def.name);
            let is_other = taken.is_some_and(|union| union.members.contains(&def.name)) && !field.exists();
            let is_free = is_free && !is_other;
            self.add(ty, def, &field, &place, is_free, None);
            self.below(&field, &place, is_free, depth);
        }
        for other in self.lacking(ty).iter() {
            let field = object.get(other.def.name);
            let place = joined(place, other.def.name);
            let (since, until) = schema::lifetime(ty.name, other.def.name).unwrap_or_default();
            let lack = Lack { path: field.path(), since, until, nearest: other.version };
            self.of_other(other.ty, other.def, &field, &place, &Rc::new(lack), depth);
        }
    }

    /// A field of another version, and what is below it there.
    fn of_other(
        &mut self,
        ty: &'static Type,
        def: &'static FieldDef,
        field: &Field<'_>,
        place: &str,
        lack: &Rc<Lack>,
        depth: usize,
    ) {
        self.add(ty, def, field, place, false, Some(Rc::clone(lack)));
        let schema = Schema::at(lack.nearest);
        let (kind, field, place) = match &def.kind {
            Kind::List(item) => (&**item, field.index(0), format!("{place}[]")),
            kind => (kind, field.clone(), place.to_owned()),
        };
        if let Kind::Object(id) = kind
            && depth < DEEPEST
        {
            let ty = schema.ty(*id);
            for def in ty.fields.iter().filter(|def| !def.read_only) {
                let place = joined(&place, def.name);
                self.of_other(ty, def, &field.get(def.name), &place, lack, depth + 1);
            }
        }
    }

    /// What other versions have in a type and the target version lacks, each from the version that is next to it.
    fn lacking(&mut self, ty: &'static Type) -> Rc<[Other]> {
        let target = self.target;
        let found = self.lacking.entry(ty.name).or_insert_with(|| {
            let mut versions: Vec<Version> = Version::all().filter(|version| *version != target).collect();
            versions.sort_by_key(|version| version.minor().abs_diff(target.minor()));
            let own = Schema::at(target).named(ty.name).map(|(_, ty)| ty);
            let mut others: Vec<Other> = Vec::new();
            for version in versions {
                let Some((_, ty)) = Schema::at(version).named(ty.name) else { continue };
                let new = ty.fields.iter().filter(|def| !def.read_only);
                for def in new {
                    let is_known = others.iter().any(|other| other.def.name == def.name);
                    if !is_known && own.is_none_or(|own| own.field(def.name).is_none()) {
                        others.push(Other { version, ty, def });
                    }
                }
            }
            others.into()
        });
        Rc::clone(found)
    }

    fn below(&mut self, field: &Field<'_>, place: &str, is_free: bool, depth: usize) {
        match field.kind() {
            Kind::Object(_) => self.object(field, place, is_free, depth + 1),
            Kind::List(item) if matches!(**item, Kind::Object(_)) => {
                for (i, item) in field.items().enumerate() {
                    let name = match item.get("name").str() {
                        "" => i.to_string(),
                        name => name.to_owned(),
                    };
                    self.object(&item, &format!("{place}[{name}]"), is_free, depth + 1);
                }
                // Ephemeral containers come later, by kubectl debug: nobody looks for fields in one that is not there.
                let is_ephemeral = field.def().is_some_and(|def| def.name == "ephemeralContainers");
                if field.is_empty() && !is_ephemeral {
                    self.object(&field.index(0), &format!("{place}[]"), false, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        ty: &'static Type,
        def: &'static FieldDef,
        field: &Field<'_>,
        place: &str,
        is_free: bool,
        lacks: Option<Rc<Lack>>,
    ) {
        let help = self.help.entry((ty.name, def.name)).or_insert_with(|| {
            let en = schema::help(ty.name, def.name, Lang::En).unwrap_or_default();
            let zh = schema::help(ty.name, def.name, Lang::Zh).unwrap_or_default();
            Rc::new(Help { en, zh, low: en.to_lowercase() })
        });
        let above = place.len() - def.name.len();
        let words = place[..above].split(['.', '[', ']']).filter(|word| !word.is_empty());
        self.index.entries.push(Entry {
            path: field.path(),
            place: place.to_owned(),
            ty,
            def,
            is_set: field.exists(),
            is_free,
            lacks,
            help: Rc::clone(help),
            words: words.map(str::to_owned).collect(),
        });
    }
}

/// How far a field is from what is meant, 0 for its exact name; `None` if a word does not fit at all.
fn score(entry: &Entry, words: &[&str]) -> Option<u32> {
    let mut sum = 0;
    let mut named = false;
    for word in words {
        let by_name = fit(word, entry.name());
        let by_path = entry.words.iter().filter_map(|part| fit(word, part)).min();
        let best = match (by_name, by_path) {
            // The one who types a part of the path and a part of the name means the field, not what is below it.
            (Some(name), path) if !named || path.is_none_or(|path| name < path) => {
                named = true;
                name
            }
            (_, Some(path)) => PATH + path,
            _ => HELP + help_fit(word, &entry.help)?,
        };
        sum += best;
    }
    // A field below the one that is meant comes after it.
    Some(if named { sum } else { sum + PATH })
}

const PATH: u32 = 50;
const HELP: u32 = 400;

/// How well a word fits a name: exactly, as its beginning, as its humps, as a part; the less the better.
fn fit(word: &str, name: &str) -> Option<u32> {
    let (low_word, low_name) = (word.to_lowercase(), name.to_lowercase());
    let rest = u32::try_from(name.len().saturating_sub(word.len())).unwrap_or(u32::MAX).min(9);
    if low_word == low_name {
        return Some(0);
    }
    if low_name.starts_with(&low_word) {
        return Some(10 + rest);
    }
    if let Some(gaps) = humps(&low_word, name) {
        return Some(20 + gaps.min(9));
    }
    match low_name.contains(&low_word) && word.len() > 1 {
        true => Some(30 + rest),
        false => None,
    }
}

/// Whether a word is made of the beginnings of a name's humps, each with as many of its letters as one likes:
/// `rorfs` in `readOnlyRootFilesystem`, `imgpp` in `imagePullPolicy`. Gives the letters that were passed over between
/// the first and the last one of each hump.
fn humps(word: &str, name: &str) -> Option<u32> {
    let mut parts: Vec<Vec<char>> = Vec::new();
    for c in name.chars() {
        match parts.last_mut() {
            Some(part) if !c.is_uppercase() => part.push(c),
            _ => parts.push(c.to_lowercase().collect()),
        }
    }
    let word: Vec<char> = word.chars().collect();
    let (started, gaps) = hump_from(&word, &parts, true)?;
    // Letters strewn over one hump mean nothing.
    (started >= 2 && started * 3 >= u32::try_from(word.len()).ok()?).then_some(gaps)
}

/// The humps that are begun and the letters passed over, of the reading with the fewest of these.
fn hump_from(word: &[char], parts: &[Vec<char>], is_first: bool) -> Option<(u32, u32)> {
    let Some((first, _)) = word.split_first() else { return Some((0, 0)) };
    let mut best: Option<(u32, u32)> = None;
    for (i, part) in parts.iter().enumerate() {
        if is_first && i > 0 {
            break;
        }
        if part.first() != Some(first) {
            continue;
        }
        // The hump takes one letter, and then as many more as are there in their order.
        let (mut taken, mut at, mut gaps) = (1, 0, 0);
        loop {
            if let Some((started, more)) = hump_from(&word[taken..], &parts[i + 1..], false) {
                let skipped = u32::try_from(i).unwrap_or(u32::MAX);
                let all = (started + 1, gaps + more + skipped);
                if best.is_none_or(|best| all.1 < best.1) {
                    best = Some(all);
                }
            }
            let Some(next) = word.get(taken) else { break };
            let Some(step) = part[at + 1..].iter().position(|c| c == next) else { break };
            gaps += u32::try_from(step).unwrap_or(u32::MAX);
            at += step + 1;
            taken += 1;
        }
    }
    best
}

/// How well a word fits a help text: as it stands there, at the beginning of a word before inside one. Of Chinese, all of
/// whose words run together, its characters may also stand apart.
fn help_fit(word: &str, help: &Help) -> Option<u32> {
    if word.is_ascii() {
        let low = word.to_lowercase();
        let at = (low.len() > 2).then(|| help.low.find(&low)).flatten()?;
        let inside = help.low[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        return Some(if inside { 20 } else { 0 } + u32::try_from(at / 40).unwrap_or(9).min(9));
    }
    if let Some(at) = help.zh.find(word) {
        return Some(u32::try_from(at / 40).unwrap_or(9).min(9));
    }
    let (mut all, mut many) = (true, 0);
    for c in word.chars() {
        all &= help.zh.contains(c);
        many += 1;
    }
    (all && many > 1).then_some(40)
}

/// The value that a choice stands for.
pub fn choice_value(def: &FieldDef, choice: &str) -> serde_json::Value {
    if def.kind == Kind::Bool { (choice == "true").into() } else { choice.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    const POD: &str = "apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
  - name: web
    image: nginx:1.27
  - name: log
    image: fluent-bit:3
  volumes:
  - name: data
    emptyDir: {}
";

    fn index() -> Index {
        Index::of(&Document::new(POD, Version::NEWEST), 0)
    }

    fn places(index: &Index, query: &str) -> Vec<String> {
        index.find(query).iter().map(|found| index.place(found)).collect()
    }

    /// What is typed, and the place that comes first.
    #[test]
    fn what_is_meant_comes_first() {
        let index = index();
        let mut wrong = String::new();
        for (query, place) in [
            // The exact name, whatever the letters' case.
            ("restartPolicy", "spec.restartPolicy"),
            ("hostnetwork", "spec.hostNetwork"),
            ("image", "spec.containers[web].image"),
            // Its beginning.
            ("tolera", "spec.tolerations"),
            ("terminationG", "spec.terminationGracePeriodSeconds"),
            // Its humps.
            ("rorfs", "spec.containers[web].securityContext.readOnlyRootFilesystem"),
            ("imgpp", "spec.containers[web].imagePullPolicy"),
            ("tgps", "spec.terminationGracePeriodSeconds"),
            ("ape", "spec.containers[web].securityContext.allowPrivilegeEscalation"),
            ("hPID", "spec.hostPID"),
            // A part of it.
            ("Spread", "spec.topologySpreadConstraints"),
            // Parts of the path.
            ("cont imagepull", "spec.containers[web].imagePullPolicy"),
            ("log imagepull", "spec.containers[log].imagePullPolicy"),
            ("imagepull log", "spec.containers[log].imagePullPolicy"),
            ("live period", "spec.containers[web].livenessProbe.periodSeconds"),
            ("init image", "spec.initContainers[].image"),
            ("web resources.limits", "spec.containers[web].resources.limits"),
            ("data emptydir size", "spec.volumes[data].emptyDir.sizeLimit"),
            ("config map name", "spec.volumes[data].configMap.name"),
            // Help in English and in Chinese.
            ("gracefully", "spec.evictionResponders"),
            ("镜像", "spec.containers[web].image"),
            ("容忍 effect", "spec.tolerations[].effect"),
        ] {
            let found = places(&index, query);
            if found.first().map(String::as_str) != Some(place) {
                let _ = writeln!(wrong, "{query}: {:?}, not {place}", &found[..found.len().min(4)]);
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn chinese_finds_what_the_chinese_help_says() {
        let index = index();
        for (query, place) in [
            ("宽限", "spec.terminationGracePeriodSeconds"),
            ("镜像拉取策略", "spec.containers[web].imagePullPolicy"),
            ("存活探针", "spec.containers[web].livenessProbe"),
            ("就绪", "spec.containers[web].readinessProbe"),
            ("容器 路径 遮住", "spec.containers[web].volumeMounts[].mountPath"),
            ("优先级", "spec.priorityClassName"),
            ("服务账号", "spec.serviceAccountName"),
        ] {
            let found = places(&index, query);
            assert!(found.iter().any(|found| found == place), "{query}: {found:?}");
        }
    }

    #[test]
    fn humps_are_beginnings_and_not_letters_strewn_about() {
        for (word, name, fits) in [
            ("rorfs", "readOnlyRootFilesystem", true),
            ("rof", "readOnlyRootFilesystem", true),
            ("ipp", "imagePullPolicy", true),
            ("imgpulpol", "imagePullPolicy", true),
            ("pp", "imagePullPolicy", false),
            ("ie", "imagePullPolicy", false),
            ("fqdn", "setHostnameAsFQDN", false),
            ("shaf", "setHostnameAsFQDN", true),
            ("", "image", false),
        ] {
            assert_eq!(humps(word, name).is_some(), fits, "{word} in {name}");
        }
    }

    #[test]
    fn a_field_tells_whether_it_is_set_and_may_be() {
        let index = index();
        let entry = |place: &str| index.entries.iter().find(|entry| entry.place == place).expect(place);
        assert!(entry("spec.containers[web].image").is_set);
        assert!(!entry("spec.containers[web].stdin").is_set);
        assert_eq!(entry("spec.containers[web].stdin").choices(), ["true", "false"]);
        assert_eq!(
            entry("spec.containers[web].imagePullPolicy").choices(),
            ["Always", "IfNotPresent", "Never"]
        );
        assert!(entry("spec.containers[web].image").choices().is_empty());
        // Neither in an item that is not there, nor beside another member of a union.
        assert!(entry("spec.tolerations[].operator").choices().is_empty());
        assert!(entry("spec.volumes[data].hostPath.type").choices().is_empty());
        assert_eq!(entry("spec.containers[web].livenessProbe.httpGet.scheme").choices(), ["HTTP", "HTTPS"]);
        assert_eq!(entry("spec.hostnameOverride").since(), "1.34".parse().ok());
        assert!(index.entries.iter().all(|entry| !entry.def.read_only));
    }

    #[test]
    fn nothing_typed_lists_what_is_set() {
        let index = index();
        let found = places(&index, " ");
        let finds = |place: &str| found.iter().any(|found| found == place);
        assert!(finds("spec.containers[log].image") && !finds("spec.hostNetwork"));
        assert!(places(&index, "zzz").is_empty());
        assert!(Index::of(&Document::new("a: 1", Version::NEWEST), 0).entries.is_empty());
    }

    const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
      - name: web
        resources: {limits: {cpu: 1}}
      - name: log
";

    /// A path or a sentence with paths, and where the first results lead.
    #[test]
    fn a_path_leads_where_the_api_server_means() {
        let pod = index();
        let deployment = Index::of(&Document::new(DEPLOYMENT, Version::NEWEST), 0);
        let wrapped = "spec.template.spec.containers";
        let mut wrong = String::new();
        for (index, query, wanted) in [
            (&pod, "spec.containers[1].image", vec!["spec.containers[1].image"]),
            (&pod, "containers[0].ports", vec!["spec.containers[0].ports"]),
            (&pod, "containers[log].ports", vec!["spec.containers[1].ports"]),
            (&pod, "spec.containers[1]", vec!["spec.containers[1]", "spec.containers[1].name"]),
            (&pod, "[1]", vec!["spec.containers[1].name"]),
            (&pod, "[1].ima", vec!["spec.containers[1].image", "spec.containers[1].imagePullPolicy"]),
            (&pod, "spec.containers[0", vec!["spec.containers[0]"]),
            (&pod, "containers[1] imagepull", vec!["spec.containers[1].imagePullPolicy"]),
            (&pod, "spec.containers.image", vec!["spec.containers[0].image", "spec.containers[1].image"]),
            (&pod, "resizePolicy[0]", vec!["spec.containers[0].resizePolicy[0]"]),
            (&pod, "metadata.labels[app]", vec!["metadata.labels[app]"]),
            (&pod, "spec.tolerations[].effect", vec!["spec.tolerations[0].effect"]),
            // From a manifest of another kind, or of other containers.
            (&pod, "spec.template.spec.containers[1].image", vec!["spec.containers[1].image"]),
            (&pod, "pod.spec.hostNetwork", vec!["spec.hostNetwork"]),
            (&pod, "spec.containers[7].image", vec!["spec.containers[0].image", "spec.containers[1].image"]),
            (&deployment, "template.spec.containers[0]", vec!["spec.template.spec.containers[0]"]),
            (&deployment, "spec.containers[1].image", vec!["spec.template.spec.containers[1].image"]),
            (
                &deployment,
                "resources.limits[cpu]",
                vec!["spec.template.spec.containers[0].resources.limits[cpu]"],
            ),
            (&deployment, "metadata.name", vec!["metadata.name", "spec.template.metadata.name"]),
            // Errors as kubectl prints them.
            (
                &pod,
                "The Pod \"shop\" is invalid: spec.containers[1].image: Required value",
                vec!["spec.containers[1].image"],
            ),
            (
                &pod,
                "* spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type * metadata.name: Required value",
                vec!["spec.volumes[0].hostPath", "metadata.name"],
            ),
            (
                &pod,
                "strict decoding error: unknown field \"spec.containers[1].imagee\"",
                vec!["spec.containers[1]", "spec.containers[1].name"],
            ),
            (&deployment, "spec.template.spec.containers[0].imagee", vec![&format!("{wrapped}[0]")]),
        ] {
            let found: Vec<String> =
                index.find(query).iter().map(|found| index.path(found).to_string()).collect();
            if found.len() < wanted.len() || found.iter().zip(&wanted).any(|(found, wanted)| found != wanted)
            {
                let _ = writeln!(wrong, "{query}: {:?}, not {wanted:?}", &found[..found.len().min(4)]);
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
        for nothing in ["foo.image", "nginx:1.27", "foo.bar is not there", "[9]"] {
            assert_eq!(places(&pod, nothing), [""; 0], "{nothing}");
        }
    }

    #[test]
    fn what_the_version_lacks_is_found_and_told() {
        let version: Version = "1.30".parse().expect("a version");
        let text = POD.replace("  containers:", "  hostnameOverride: shop\n  containers:");
        let index = Index::of(&Document::new(text, version), 0);
        let first = |query: &str| {
            let found = index.find(query).into_iter().next().expect(query);
            &index.entries[found.entry]
        };
        let entry = first("hostnameOverride");
        let lack = entry.lacks.as_ref().expect("1.30 lacks it");
        assert_eq!((lack.since, lack.until), ("1.34".parse().ok(), None));
        assert_eq!(lack.nearest.to_string(), "1.34");
        assert!(entry.is_set && !entry.is_free && entry.choices().is_empty());
        // What is below it is found too, and lacked for its sake.
        let below = first("spec.volumes[0].image.pullPolicy");
        assert_eq!(below.place, "spec.volumes[data].image.pullPolicy");
        assert_eq!(below.lacks.as_ref().expect("lacked").path.to_string(), "spec.volumes[0].image");
        assert!(below.choices().is_empty() && !below.is_set);
        let sentence =
            |query: &str| first(query).lacks.as_ref().map(|lack| lack.sentence(version)).unwrap_or_default();
        for (query, words) in [
            (
                "hostnameOverride",
                "Kubernetes 1.30 does not have spec.hostnameOverride: 1.34 and newer have it.",
            ),
            ("workloadRef", "Kubernetes 1.30 does not have spec.workloadRef: only 1.35 has it."),
        ] {
            assert_eq!(sentence(query), words);
        }
        // A version that has it lacks nothing of it.
        let newest = self::index();
        let entry = newest.entries.iter().find(|entry| entry.place == "spec.hostnameOverride");
        assert!(entry.expect("there").lacks.is_none());
    }
}
