//! The window itself: starting it, and saying in one line why it cannot start.
#![expect(clippy::disallowed_methods, reason = "which display there is stands in the environment")]

use super::app::{App, Services};
use super::{clipboard, language, picker};
use crate::files;
use crate::files::settings::{SETTINGS, SettingsFile};
use std::path::PathBuf;
use std::time::Instant;

/// The least size of the window, in points.
const LEAST: [f32; 2] = [900.0, 560.0];

const ICON: &[u8] = include_bytes!("../../assets/icon.png");

/// The environment variable that has the times of every frame written to standard error.
const FRAME_TIMES: &str = "PODWRIGHT_FRAME_TIMES";

/// What works where no window does.
const WITHOUT: &str = "or use podwright check, new, set or explain, which need none";

/// Opens the window, on a file if one is given, and returns when it is closed.
///
/// An error is one line that says why there is no window and what to do.
pub fn open(paths: Vec<PathBuf>) -> Result<(), String> {
    look_for_display()?;
    picker::listen();
    let icon =
        eframe::icon_data::from_png_bytes(ICON).map_err(|error| format!("the icon is broken: {error}"))?;
    let state = files::state_folder();
    let settings = state.as_deref().map(|folder| SettingsFile::at(folder.join(SETTINGS)).read().0);
    let size = settings.and_then(|settings| settings.size).unwrap_or((1280.0, 800.0));
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Podwright")
            .with_app_id("podwright")
            .with_icon(icon)
            .with_inner_size([size.0.clamp(LEAST[0], 10_000.0), size.1.clamp(LEAST[1], 10_000.0)])
            .with_min_inner_size(LEAST)
            .with_drag_and_drop(true),
        persist_window: false,
        // Nothing here is a gradient.
        dithering: false,
        ..Default::default()
    };
    let started = eframe::run_native(
        "podwright",
        options,
        Box::new(|window| {
            let services = Services {
                clipboard: Box::new(clipboard::Desktop::default()),
                picker: Box::new(picker::Desktop::of_window(window)),
                patterns: Box::new(files::patterns),
                keep_pattern: Box::new(files::keep_as_pattern),
            };
            let mut app = App::new(&window.egui_ctx, services);
            app.speak(language::of_system());
            match &state {
                Some(folder) => app.keep_in(&window.egui_ctx, folder),
                None => app.refuse(format!(
                    "Nothing can be kept for the next start: set HOME or {}",
                    files::STATE_DIR_VARIABLE
                )),
            }
            match paths.is_empty() {
                true => app.bring_back_last(&window.egui_ctx),
                false => open_first(&mut app, &window.egui_ctx, &paths),
            }
            match std::env::var_os(FRAME_TIMES) {
                Some(_) => Ok(Box::new(Timed { app, started: Instant::now() })),
                None => Ok(Box::new(app)),
            }
        }),
    );
    started.map_err(|error| why_not(&error))
}

/// The window, measured. Each pass over a frame is a line `frame BEGIN UI LAST BYTES JUDGING`: when it began, how long it
/// took to make, how long the frame before took as a whole with its painting, in milliseconds; how long the text is then;
/// and whether its document is still behind.
struct Timed {
    app: App,
    started: Instant,
}

impl eframe::App for Timed {
    fn raw_input_hook(&mut self, ctx: &egui::Context, raw_input: &mut egui::RawInput) {
        self.app.raw_input_hook(ctx, raw_input);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let began = Instant::now();
        self.app.ui(ui, frame);
        let last = frame.info().cpu_usage.unwrap_or_default() * 1000.0;
        let at = began.duration_since(self.started).as_secs_f64() * 1000.0;
        let made = began.elapsed().as_secs_f64() * 1000.0;
        let text = self.app.text().len();
        let judging = u8::from(self.app.is_judging());
        anstream::eprintln!("frame {at:.1} {made:.2} {last:.2} {text} {judging}");
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.app.on_exit(gl);
    }
}

fn open_first(app: &mut App, ctx: &egui::Context, paths: &[PathBuf]) {
    let [first, others @ ..] = paths else { return };
    app.open_file(ctx, first);
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(|path| path.display().to_string()).collect();
        app.refuse(format!("One window shows one file: start podwright again for {}.", names.join(", ")));
    }
}

/// Looks for a display and for the libraries without which winit panics instead of returning an error.
fn look_for_display() -> Result<(), String> {
    let wayland = clipboard::on_wayland();
    let x11 = std::env::var_os("DISPLAY").is_some_and(|display| !display.is_empty());
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !wayland && !x11 {
        return Err(format!("no display: set DISPLAY or WAYLAND_DISPLAY, {WITHOUT}"));
    }
    #[cfg(target_os = "linux")]
    {
        if xkbcommon_dl::xkbcommon_option().is_none() {
            return Err(format!(
                "no window: the library libxkbcommon.so.0 is missing: install libxkbcommon0, {WITHOUT}"
            ));
        }
        if !wayland && xkbcommon_dl::x11::xkbcommon_x11_option().is_none() {
            let missing = "the library libxkbcommon-x11.so.0 is missing: install libxkbcommon-x11-0";
            return Err(format!("no window: {missing}, {WITHOUT}"));
        }
    }
    Ok(())
}

/// Why the window did not start, in one line.
fn why_not(error: &eframe::Error) -> String {
    let what = match error {
        eframe::Error::Glutin(_) | eframe::Error::NoGlutinConfigs(..) | eframe::Error::OpenGL(_) => {
            "OpenGL cannot be used: install libegl1 and libgl1-mesa-dri or the driver of your graphics card"
        }
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => {
            "the display cannot be used: check DISPLAY or WAYLAND_DISPLAY, and that libx11-6, libx11-xcb1, libxcursor1 and \
             libxi6 are installed"
        }
        eframe::Error::AppCreation(_) => "it could not be set up",
    };
    // Before its last colon stand the places in the source at which the error passed.
    let cause: Vec<String> = error.to_string().split_whitespace().map(str::to_owned).collect();
    let cause = cause.join(" ");
    let cause = cause.rsplit(": ").next().unwrap_or_default();
    format!("no window: {what}, {WITHOUT} (the cause: {cause})")
}
