//! Any bytes as a damaged manifest: a repair or none, with no panic and no hang. What is offered reads as YAML, and where
//! only indentation was lost, only indentation is put back.
//!
//! The first byte chooses the Kubernetes version, the second whether the text is flattened first; the rest is the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use podwright::repair::{Damage, MOST_READINGS, offer};
use podwright::schema::Version;
use podwright::yaml;

fuzz_target!(|bytes: &[u8]| {
    let [version, flatten, text @ ..] = bytes else { return };
    let versions: Vec<Version> = Version::all().collect();
    let version = versions[usize::from(*version) % versions.len()];
    let mut text = String::from_utf8_lossy(text).into_owned();
    if flatten % 2 == 0 {
        text = text.lines().map(|line| line.trim_start().to_owned() + "\n").collect();
    }
    let Some(offer) = offer(&text, version) else { return };
    assert!(!offer.damage.is_empty() && !offer.readings.is_empty() && offer.readings.len() <= MOST_READINGS);
    for reading in &offer.readings {
        let stream = yaml::parse(&reading.text);
        assert!(!stream.problems.iter().any(|problem| problem.fatal), "{:?} is broken", reading.text);
        assert_eq!(reading.from.len(), reading.text.split_inclusive('\n').count());
        if offer.damage == [Damage::Indentation] {
            let bare = |text: &str| text.split('\n').map(|line| line.trim().to_owned()).collect::<Vec<_>>();
            assert_eq!(bare(&reading.text), bare(&text), "more than indentation has changed");
        }
    }
});
