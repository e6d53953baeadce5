//! The next runs of a CronJob below its schedule.

use super::Form;
use crate::api::next_runs;
use crate::object::Field;
use crate::schema::Kind;
use crate::ui::language::tr;
use egui::{Id, Ui};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many runs are shown.
const SHOWN: usize = 5;

/// The runs that were found, for a schedule in a zone at a minute: they are looked for anew when one of these changes.
#[derive(Clone, Default, PartialEq)]
struct Found {
    asked: (String, String, u64),
    runs: Vec<String>,
}

/// Draws the next runs if the field is a CronJob's schedule that runs at set times; nothing for any other field.
pub(super) fn next_runs_ui(ui: &mut Ui, form: &Form<'_>, field: &Field<'_>) {
    let is_schedule = *field.kind() == Kind::String && field.def().is_some_and(|def| def.name == "schedule");
    if !is_schedule || !field.exists() {
        return;
    }
    let spec = form.root.at(&field.path().parent());
    let zone = spec.get("timeZone").str();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let id = Id::unique(("next runs", form.doc, field.path().to_string()));
    let asked = (field.str().to_owned(), zone.to_owned(), now / 60);
    let kept: Option<Found> = ui.data(|data| data.get_temp(id));
    let found = kept.filter(|found| found.asked == asked).unwrap_or_else(|| {
        let runs = next_runs(field.str(), zone, i64::try_from(now).unwrap_or(i64::MAX), SHOWN);
        let runs = runs.iter().map(|run| run.strftime("%a|%Y-%m-%d %H:%M %:z").to_string()).collect();
        Found { asked, runs }
    });
    if !found.runs.is_empty() {
        runs_ui(ui, zone, spec.get("suspend").is_true(), &found.runs);
    }
    ui.data_mut(|data| data.insert_temp(id, found));
}

fn runs_ui(ui: &mut Ui, zone: &str, suspended: bool, runs: &[String]) {
    egui::Frame::new().inner_margin(egui::Margin { left: 14, right: 0, top: 0, bottom: 4 }).show(ui, |ui| {
        if suspended {
            ui.label(tr("Suspended: no run is started while suspend is true"));
            return;
        }
        ui.label(match zone {
            "" => tr("Next runs, in UTC as most clusters have it while timeZone is absent"),
            zone => tr(format!("Next runs, in {zone}")),
        });
        for run in runs {
            let (weekday, time) = run.split_once('|').unwrap_or(("", run));
            ui.weak(format!("{}  {time}", tr(weekday)));
        }
    });
}
