//! Our own good-practice advice: what the API server accepts and a person would still want to know. One table, one
//! function each.

use crate::api::quantity::Quantity;
use crate::diagnostic::{Diagnostic, Kind, Stage};
use crate::meaning::{self, Unit};
use crate::object::Field;
use crate::path::Step;
use crate::schema;

/// One check.
pub struct Check {
    /// Its id, as it stands in `type` of `podwright check -o json`.
    pub id: &'static str,
    /// What it looks for, in one sentence.
    pub about: &'static str,
    run: fn(&Field<'_>, &mut Advice<'_>),
}

/// Every check, in the order in which they run.
pub const CHECKS: &[Check] = &[
    Check {
        id: "image-placeholder",
        about: "An image that still holds a placeholder: a shell variable, a template action or angle brackets.",
        run: image_placeholder,
    },
    Check {
        id: "image-tag",
        about: "An image with no tag or with the tag latest: what runs changes without a change of the manifest.",
        run: image_tag,
    },
    Check {
        id: "quantity-unit",
        about: "An amount whose unit belongs to another resource, or lacks: 512m of memory, 100Mi of cpu, 1024 bytes.",
        run: quantity_unit,
    },
];

/// Runs every check over an object that holds a pod.
pub fn advise(root: &Field<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if root.pod().is_some() {
        for check in CHECKS {
            (check.run)(root, &mut Advice { id: check.id, found: &mut found });
        }
    }
    found
}

/// The containers of an object's pod that may have any image.
fn containers<'a>(root: &Field<'a>) -> Vec<Field<'a>> {
    let spec = root.pod().map(|pod| pod.get("spec"));
    let lists = spec.iter().flat_map(|spec| ["initContainers", "containers"].map(|list| spec.get(list)));
    lists.flat_map(|list| list.items().collect::<Vec<_>>()).collect()
}

struct Advice<'v> {
    id: &'static str,
    found: &'v mut Vec<Diagnostic>,
}

impl Advice<'_> {
    fn give(&mut self, field: &Field<'_>, message: String) -> &mut Diagnostic {
        self.found.push(Diagnostic::new(Stage::Advise, Kind::Advice(self.id), field, message));
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

fn image_placeholder(root: &Field<'_>, advice: &mut Advice<'_>) {
    for field in containers(root).iter().map(|container| container.get("image")) {
        let image = field.str();
        if image.contains(['$', '<', '>', '{', '}']) {
            advice.give(
                &field,
                format!("{image} is not an image but a placeholder: nothing replaces it here, and the pull fails with InvalidImageName; put the image itself in its place"),
            );
        }
    }
}

fn image_tag(root: &Field<'_>, advice: &mut Advice<'_>) {
    for field in containers(root).iter().map(|container| container.get("image")) {
        tag_of(&field, advice);
    }
}

fn tag_of(field: &Field<'_>, advice: &mut Advice<'_>) {
    let image = field.str();
    let name = image.rsplit('/').next().unwrap_or_default();
    if image.is_empty() || image.contains(['@', '$', '<', '{']) || image.ends_with(char::is_whitespace) {
        return;
    }
    match name.split_once(':').map(|(_, tag)| tag) {
        None => {
            let message = format!(
                "{image} has no tag, so it means {image}:latest, which changes over time; name a version"
            );
            advice.give(field, message);
        }
        Some("latest") => {
            let message =
                "the tag latest changes over time, and nobody can tell which version runs; name a version";
            advice.give(field, message.to_owned());
        }
        Some(_) => {}
    }
}

/// Cores beyond which a bare number was most likely meant in thousandths.
const MOST_CORES: i128 = 200;

/// Bytes below which no program runs and no volume is of use.
const FEWEST_BYTES: i128 = 1 << 20;

fn quantity_unit(root: &Field<'_>, advice: &mut Advice<'_>) {
    let mut amounts = Vec::new();
    for field in root.set_fields().filter(|field| field.def().is_some_and(|def| def.name != "status")) {
        amounts_below(&field, &mut amounts);
    }
    for field in &amounts {
        let (Some(unit), Some(quantity)) = (meaning::unit(field), Quantity::opt(field)) else { continue };
        let (path, text) = (field.path(), field.shown());
        let name = path.steps().last().and_then(Step::key).unwrap_or_default();
        let text = text.trim();
        if text.contains(['e', 'E']) {
            continue;
        }
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let (suffix, means) = (&text[number.len()..], meaning::amount(unit, quantity));
        let is_small = quantity.sign() > 0 && quantity.value() < FEWEST_BYTES;
        match unit {
            Unit::Cores if !matches!(suffix, "" | "m" | "u" | "n") && quantity.sign() > 0 => advice
                .give(field, format!("{text} of {name} is {means}: {suffix} is for bytes; cpu is counted in cores and in thousandths of one, m"))
                .fix_set(format!("Write {number}m"), format!("{number}m")),
            Unit::Cores if suffix.is_empty() && quantity.value() >= MOST_CORES => advice
                .give(field, format!("{text} of {name} is {means}, more than nearly any node has; a thousandth of a core is written 1m"))
                .fix_set(format!("Write {number}m"), format!("{number}m")),
            Unit::Bytes if suffix == "m" && is_small => advice
                .give(field, format!("{text} of {name} is {means}: m is a thousandth; a mebibyte is written 1Mi"))
                .fix_set(format!("Write {number}Mi"), format!("{number}Mi")),
            Unit::Bytes if suffix.is_empty() && is_small => {
                let given = advice.give(
                    field,
                    format!("{text} of {name} is {means}, too little to be meant; without a unit it counts bytes"),
                );
                // Few are most likely gibibytes.
                let units = if quantity.value() <= 32 { ["Gi", "Mi"] } else { ["Mi", "Gi"] };
                for unit in units {
                    given.fix_set(format!("Write {number}{unit}"), format!("{number}{unit}"));
                }
                given
            }
            _ => continue,
        };
    }
}

/// Every amount that is written at or below a field.
fn amounts_below<'a>(field: &Field<'a>, found: &mut Vec<Field<'a>>) {
    match field.kind() {
        schema::Kind::Quantity if field.is_written() => found.push(field.clone()),
        schema::Kind::Object(_) => {
            field.set_fields().for_each(|below| amounts_below(&below, found));
        }
        schema::Kind::Map(_) => field.entries().for_each(|(_, below)| amounts_below(&below, found)),
        schema::Kind::List(_) => field.items().for_each(|below| amounts_below(&below, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::schema::Version;

    /// What is advised on an amount in a container's limits: the first words, and what the fixes write.
    fn advised(name: &str, amount: &str) -> Option<(String, Vec<String>)> {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - {{name: a, image: \"b:1\", resources: {{limits: {{{name}: {amount}}}}}}}\n"
        );
        let document = Document::new(text, Version::NEWEST);
        let (_, found) = document.diagnostics().find(|(_, d)| d.kind.as_str() == "quantity-unit")?;
        let fixes = found.fixes.iter().map(|fix| fix.title.replace("Write ", "")).collect();
        Some((found.message.split([':', ',']).next().unwrap_or_default().to_owned(), fixes))
    }

    #[test]
    fn an_amount_in_the_unit_of_another_resource_is_told() {
        for (name, amount, says, fixes) in [
            ("memory", "2000m", "2000m of memory is 2 bytes", vec!["2000Mi"]),
            ("hugepages-2Mi", "512m", "512m of hugepages-2Mi is 0.512 bytes", vec!["512Mi"]),
            ("memory", "1024", "1024 of memory is 1", vec!["1024Mi", "1024Gi"]),
            ("memory", "2", "2 of memory is 2 bytes", vec!["2Gi", "2Mi"]),
            ("ephemeral-storage", "\"10\"", "10 of ephemeral-storage is 10 bytes", vec!["10Gi", "10Mi"]),
            ("cpu", "100Mi", "100Mi of cpu is 104", vec!["100m"]),
            ("cpu", "500", "500 of cpu is 500 cores", vec!["500m"]),
        ] {
            let fixes: Vec<String> = fixes.into_iter().map(str::to_owned).collect();
            assert_eq!(advised(name, amount), Some((says.to_owned(), fixes)), "{name}: {amount}");
        }
        for (name, amount) in [
            // The server warns of a fraction of a byte, with the same fix.
            ("memory", "512m"),
            ("memory", "512M"),
            ("memory", "512Mi"),
            ("memory", "128974848000m"),
            ("memory", "1e9"),
            ("memory", "64Ki"),
            ("memory", "0"),
            ("memory", "128974848"),
            ("cpu", "500m"),
            ("cpu", "64"),
            ("cpu", "0.5"),
            ("nvidia.com/gpu", "2"),
        ] {
            assert_eq!(advised(name, amount), None, "{name}: {amount}");
        }
    }
}
