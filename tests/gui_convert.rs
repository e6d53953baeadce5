//! The question “Turn into…”, driven by accessible label.
#![cfg(feature = "window")]
#![expect(clippy::disallowed_methods, reason = "the test sets up the file that the window opens")]

mod common;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use podwright::convert::Kind;
use podwright::ui::App;

const POD: &str = "\
# The shop.
apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  restartPolicy: Never # once
  containers:
  - name: app # mine
    image: nginx:1.27
";

/// A window with a manifest from a file open.
fn window(text: &str) -> Harness<'static, App> {
    let services = common::services();
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("shop.yaml");
    std::fs::write(&file, text).expect("file");
    let mut harness =
        Harness::builder().with_size([1280.0, 800.0]).with_max_steps(40).build_eframe(|window| {
            let mut app = App::new(&window.egui_ctx, services);
            app.open_file(&window.egui_ctx, &file);
            app
        });
    harness.run();
    harness
}

fn press(window: &mut Harness<'_, App>, label: &str) {
    window.get_by_label(label).click_accesskit();
    window.run();
}

fn has(window: &Harness<'_, App>, label: &str) -> bool {
    window.query_all_by_label(label).next().is_some()
}

fn kind(window: &Harness<'_, App>) -> Option<Kind> {
    Kind::of(window.state().document(), 0)
}

#[test]
fn a_pod_becomes_a_deployment_in_one_step_that_can_be_taken_back() {
    let mut window = window(POD);
    press(&mut window, "File menu");
    press(&mut window, "Turn into…");
    assert!(has(&window, "Turn this Pod into…"));
    // What comes of it is in sight before.
    assert!(has(&window, "What cannot come along") && has(&window, "spec.restartPolicy"));
    assert!(has(&window, "What is added") && has(&window, "spec.selector"));
    let result = window.get_by_label("The result").accesskit_node().value().unwrap_or_default();
    assert!(result.contains("kind: Deployment") && result.contains("# mine"), "{result}");
    press(&mut window, "Turn into a Deployment");
    assert_eq!(kind(&window), Some(Kind::Deployment));
    assert_eq!(window.state().text().trim_end(), result.trim_end());
    assert!(window.state().notices().any(|notice| notice == "Turned into a Deployment."));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(window.state().text(), POD);
}

#[test]
fn a_cron_job_asks_for_its_schedule() {
    let mut window = window(POD);
    window.key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::T);
    window.run();
    assert!(!has(&window, "Schedule"));
    press(&mut window, "CronJob");
    window.get_by_label("Schedule").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    window.get_by_label("Schedule").type_text("soon");
    window.run();
    // No button turns it into what the server would refuse.
    assert!(window.get_by_label("Turn into a CronJob").accesskit_node().is_disabled());
    window.get_by_label("Schedule").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    window.get_by_label("Schedule").type_text("30 5 * * 1-5");
    window.run();
    press(&mut window, "Turn into a CronJob");
    assert!(window.state().text().contains("schedule: 30 5 * * 1-5\n"), "{}", window.state().text());
    // Back again: the Pod as it was, but for the label.
    press(&mut window, "File menu");
    press(&mut window, "Turn into…");
    press(&mut window, "Pod");
    press(&mut window, "Turn into a Pod");
    assert_eq!(
        window.state().text(),
        POD.replace("  name: shop\n", "  name: shop\n  labels:\n    app: shop\n")
    );
}

#[test]
fn what_is_of_another_kind_cannot_be_turned() {
    let mut window = window("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n");
    press(&mut window, "File menu");
    assert!(window.get_by_label("Turn into…").accesskit_node().is_disabled());
}
