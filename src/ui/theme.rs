//! How the window looks: colours for light and dark, sizes, fonts.

use super::problems::severity_color;
use crate::diagnostic::Severity;
use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{Color32, CornerRadius, FontData, FontFamily, FontId, Stroke, TextStyle, Theme, Visuals};

/// Glyphs for Chinese and for a few symbols; see `assets/README.md`.
const CHINESE: &[u8] = include_bytes!("../../assets/NotoSansSC-subset.otf");

/// Gives a context Podwright's fonts, sizes and colours, both for light and for dark.
pub fn install(ctx: &egui::Context) {
    let families = [FontFamily::Proportional, FontFamily::Monospace]
        .map(|family| InsertFontFamily { family, priority: FontPriority::Lowest })
        .to_vec();
    ctx.add_font(FontInsert::new("Noto Sans SC", FontData::from_static(CHINESE), families));
    ctx.all_styles_mut(|style| {
        for (text, size) in [
            (TextStyle::Small, 11.5),
            (TextStyle::Body, 14.0),
            (TextStyle::Button, 14.0),
            (TextStyle::Monospace, 13.0),
            (TextStyle::Heading, 19.0),
        ] {
            let family =
                if text == TextStyle::Monospace { FontFamily::Monospace } else { FontFamily::Proportional };
            style.text_styles.insert(text, FontId::new(size, family));
        }
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(8.0, 3.0);
        style.spacing.interact_size.y = 24.0;
        style.spacing.menu_width = 260.0;
        style.spacing.scroll = egui::style::ScrollStyle::solid();
    });
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_visuals_of(theme, visuals(theme));
    }
}

/// The colour of the program's icon: what is chosen, what is linked, what has the keyboard.
pub fn accent(visuals: &Visuals) -> Color32 {
    if visuals.dark_mode { Color32::from_rgb(106, 160, 255) } else { Color32::from_rgb(38, 98, 205) }
}

fn visuals(theme: Theme) -> Visuals {
    let (mut visuals, ink, line, button) = match theme {
        Theme::Light => {
            let mut light = Visuals::light();
            light.panel_fill = Color32::from_rgb(246, 247, 249);
            light.faint_bg_color = Color32::from_rgb(237, 240, 244);
            light.extreme_bg_color = Color32::WHITE;
            light.code_bg_color = Color32::from_rgb(232, 235, 240);
            light.selection.bg_fill = Color32::from_rgb(200, 219, 252);
            light.selection.stroke = Stroke::new(1.0, Color32::from_rgb(18, 56, 130));
            (
                light,
                Color32::from_gray(34),
                Color32::from_rgb(205, 210, 218),
                Color32::from_rgb(228, 232, 238),
            )
        }
        Theme::Dark => {
            let mut dark = Visuals::dark();
            dark.panel_fill = Color32::from_rgb(30, 32, 37);
            dark.faint_bg_color = Color32::from_rgb(38, 41, 47);
            dark.extreme_bg_color = Color32::from_rgb(20, 21, 25);
            dark.code_bg_color = Color32::from_rgb(48, 51, 58);
            dark.selection.bg_fill = Color32::from_rgb(40, 74, 130);
            dark.selection.stroke = Stroke::new(1.0, Color32::from_rgb(220, 233, 255));
            (dark, Color32::from_gray(222), Color32::from_rgb(62, 66, 75), Color32::from_rgb(50, 54, 62))
        }
    };
    visuals.error_fg_color = severity_color(&visuals, Severity::Error);
    visuals.warn_fg_color = severity_color(&visuals, Severity::Warning);
    visuals.window_fill = visuals.panel_fill;
    visuals.window_stroke.color = line;
    visuals.hyperlink_color = accent(&visuals);
    visuals.widgets.noninteractive.fg_stroke.color = ink;
    visuals.widgets.noninteractive.bg_stroke.color = line;
    visuals.widgets.inactive.fg_stroke.color = ink;
    visuals.widgets.inactive.weak_bg_fill = button;
    visuals.widgets.inactive.bg_fill = button;
    // A text field without an edge is invisible on a white panel.
    visuals.widgets.inactive.bg_stroke = Stroke::new(1.0, line);
    visuals.text_edit_bg_color = Some(visuals.extreme_bg_color);
    let accent = accent(&visuals);
    visuals.widgets.hovered.bg_stroke = Stroke::new(1.0, accent);
    visuals.widgets.active.bg_stroke = Stroke::new(1.0, accent);
    // A choice that has the keyboard must stay readable: its edge tells, not its ground.
    visuals.widgets.active.weak_bg_fill = button;
    visuals.widgets.open.bg_stroke = Stroke::new(1.0, accent);
    for widget in [
        &mut visuals.widgets.inactive,
        &mut visuals.widgets.hovered,
        &mut visuals.widgets.active,
        &mut visuals.widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(4);
        widget.expansion = 0.0;
    }
    visuals
}

/// Draws a ring around the control that has the keyboard, over whatever the control itself draws: buttons without a frame
/// draw nothing. The text, `but`, has its cursor.
pub fn focus_ring_ui(ctx: &egui::Context, but: egui::Id) {
    let focused = ctx.memory(|memory| memory.focused()).filter(|id| *id != but);
    let Some(response) = focused.and_then(|id| ctx.read_response(id)) else { return };
    let rect = response.interact_rect;
    if rect.is_positive() {
        let color = accent(&ctx.global_style().visuals);
        let painter = ctx.layer_painter(response.layer_id).with_clip_rect(rect.expand(3.0));
        painter.rect_stroke(rect, 4.0, (1.5, color), egui::StrokeKind::Outside);
    }
}
