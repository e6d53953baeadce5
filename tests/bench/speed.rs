//! How long a person waits for a keystroke or an edit, and what a file costs `podwright check`. Measured in CPU time of
//! the one thread that works, so that other programs on the machine do not count.

use cpu_time::ThreadTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use podwright::document::Document;
use podwright::editor;
use podwright::schema::Version;
use podwright::yaml::{self, Change, Edit};
use std::hint::black_box;
use std::time::Duration;

/// A Pod of 100 lines: two containers, an init container, probes, volumes, affinity.
const POD: &str = include_str!("pod.yaml");
/// A Pod of 32 lines: one container.
const SMALL: &str = include_str!("small.yaml");

/// The CPU time of the measuring thread, shown as wall time is.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, start: ThreadTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// At least `lines` lines of Pods, each with a name of its own.
fn stream(lines: usize) -> String {
    let mut text = String::new();
    let mut count = 0;
    while text.lines().count() < lines {
        text += if count == 0 { "" } else { "---\n" };
        text += &POD.replace("  name: web\n  namespace", &format!("  name: web-{count}\n  namespace"));
        count += 1;
    }
    text
}

/// One character typed at the end of an image in the middle of the text: the new text and everything that follows from it.
fn type_a_character(text: &str) -> Document {
    let image = "shop/web:2.4.1";
    let middle = text[..text.len() / 2].rfind(image).or_else(|| text.find(image)).expect("an image");
    let end = middle + image.len();
    let typed = Edit { range: end..end, text: "2".to_owned() };
    Document::new(yaml::edited(text, &[typed]), Version::NEWEST)
}

fn keystroke(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("keystroke");
    let many = stream(3_000);
    for (name, text) in [("pod-100-lines", POD), ("stream-3000-lines", &many)] {
        assert!(
            type_a_character(text).parts.iter().all(|part| part.review.accepted),
            "{name} is judged whole"
        );
        group.bench_function(name, |bencher| bencher.iter(|| type_a_character(black_box(text))));
    }
}

fn edit(criterion: &mut Criterion<CpuTime>) {
    let document = Document::new(POD, Version::NEWEST);
    let path = "spec.containers[0].image".parse().expect("a path");
    let changes = [Change::Set { path, value: "registry.example.com/shop/web:2.5.0".into() }];
    assert_eq!(editor::edits(&document, 0, &changes).map(|edits| edits.len()), Ok(1));
    let mut group = criterion.benchmark_group("edit");
    group.bench_function("set-image", |bencher| {
        bencher.iter(|| editor::edits(black_box(&document), 0, black_box(&changes)));
    });
}

fn check(criterion: &mut Criterion<CpuTime>) {
    let files: Vec<String> =
        (0..2_000).map(|number| SMALL.replace("name: small", &format!("name: small-{number}"))).collect();
    let accepted = |text: &String| Document::new(text.as_str(), Version::NEWEST).parts[0].review.accepted;
    assert!(files.iter().all(accepted));
    let mut group = criterion.benchmark_group("check");
    group.throughput(Throughput::Elements(2_000)).sample_size(20);
    group.bench_function("2000-files", |bencher| {
        bencher.iter(|| black_box(&files).iter().filter(|text| accepted(text)).count());
    });
}

criterion_group! {
    name = speed;
    config = Criterion::default().with_measurement(CpuTime);
    targets = keystroke, edit, check
}
criterion_main!(speed);
