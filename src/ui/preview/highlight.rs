//! The colours of YAML and the layout that has them.

use crate::yaml::TokenKind;
use egui::text::{ByteIndex, LayoutJob, LayoutSection, TextFormat, TextWrapping};
use egui::{Color32, FontId};
use std::ops::Range;

/// The colours of one theme. All are readable as text (WCAG 2 contrast AA) on the text's ground, on lit lines and where
/// they are selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// What is no token.
    pub plain: Color32,
    /// The ground of a line that is lit.
    pub lit: Color32,
    /// The ground of text that is selected.
    pub selected: Color32,
    /// The ground of what was searched for and found.
    pub found: Color32,
    /// The edge of the match that is the current one.
    pub current: Color32,
    key: Color32,
    string: Color32,
    number: Color32,
    constant: Color32,
    comment: Color32,
    reference: Color32,
    punctuation: Color32,
}

const DARK: Palette = Palette {
    plain: Color32::from_rgb(0xd8, 0xdc, 0xe2),
    lit: Color32::from_rgb(0x26, 0x36, 0x4e),
    selected: Color32::from_rgb(0x22, 0x3d, 0x6b),
    found: Color32::from_rgb(0x3d, 0x34, 0x10),
    current: Color32::from_rgb(0xf0, 0xb4, 0x29),
    key: Color32::from_rgb(0x86, 0xbd, 0xf5),
    string: Color32::from_rgb(0x9f, 0xd8, 0x9a),
    number: Color32::from_rgb(0xf3, 0xb8, 0x84),
    constant: Color32::from_rgb(0xd5, 0xab, 0xf7),
    comment: Color32::from_rgb(0xa3, 0xac, 0xb8),
    reference: Color32::from_rgb(0xf5, 0xa0, 0xc6),
    punctuation: Color32::from_rgb(0xb8, 0xc0, 0xca),
};

const LIGHT: Palette = Palette {
    plain: Color32::from_rgb(0x24, 0x29, 0x2f),
    lit: Color32::from_rgb(0xdc, 0xea, 0xff),
    selected: Color32::from_rgb(0xc8, 0xdb, 0xfc),
    found: Color32::from_rgb(0xff, 0xf0, 0xa8),
    current: Color32::from_rgb(0xb4, 0x5f, 0x00),
    key: Color32::from_rgb(0x0b, 0x4f, 0x94),
    string: Color32::from_rgb(0x1a, 0x64, 0x2c),
    number: Color32::from_rgb(0x8f, 0x40, 0x00),
    constant: Color32::from_rgb(0x74, 0x2a, 0x9b),
    comment: Color32::from_rgb(0x55, 0x5e, 0x69),
    reference: Color32::from_rgb(0x9c, 0x17, 0x55),
    punctuation: Color32::from_rgb(0x47, 0x50, 0x5b),
};

impl Palette {
    /// The colours of the dark or the light theme.
    pub fn of(dark: bool) -> &'static Palette {
        if dark { &DARK } else { &LIGHT }
    }

    /// The colour of the line numbers.
    pub fn number_of_line(&self) -> Color32 {
        self.comment
    }

    fn colour(&self, kind: TokenKind) -> Color32 {
        match kind {
            TokenKind::Key => self.key,
            TokenKind::String => self.string,
            TokenKind::Number => self.number,
            TokenKind::Constant => self.constant,
            TokenKind::Comment => self.comment,
            TokenKind::Reference => self.reference,
            TokenKind::Punctuation => self.punctuation,
        }
    }
}

/// How a text is laid out: one row a line, all rows equally high.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The colours.
    pub palette: Palette,
    /// The font.
    pub font: FontId,
    /// The height of a row, in points.
    pub row_height: f32,
}

/// The layout of a text with its tokens, which are sorted and disjoint. `spaces` are sorted places before each of which
/// so many points are left free.
pub fn layout(
    text: &str,
    tokens: &[(Range<usize>, TokenKind)],
    spaces: &[(usize, f32)],
    look: &Look,
) -> LayoutJob {
    let mut sections = Vec::with_capacity(tokens.len() * 2 + 1);
    let mut spaces = spaces.iter().copied().peekable();
    let mut add = |range: Range<usize>, colour| {
        let mut format = TextFormat::simple(look.font.clone(), colour);
        format.line_height = Some(look.row_height);
        let mut start = range.start;
        while start < range.end {
            let leading_space = match spaces.next_if(|(at, _)| *at <= start) {
                Some((at, space)) if at == start => space,
                _ => 0.0,
            };
            let next = spaces.peek().map(|(at, _)| *at).filter(|at| start < *at && *at < range.end);
            let end = next.unwrap_or(range.end);
            let byte_range = ByteIndex(start)..ByteIndex(end);
            sections.push(LayoutSection { leading_space, byte_range, format: format.clone() });
            start = end;
        }
    };
    let mut at = 0;
    for (span, kind) in tokens {
        let (start, end) = (span.start.clamp(at, text.len()), span.end.clamp(at, text.len()));
        if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            continue;
        }
        add(at..start, look.palette.plain);
        add(start..end, look.palette.colour(*kind));
        at = end;
    }
    add(at..text.len(), look.palette.plain);
    if sections.is_empty() {
        // Without a section an empty text would have a row of no height.
        let mut format = TextFormat::simple(look.font.clone(), look.palette.plain);
        format.line_height = Some(look.row_height);
        sections.push(LayoutSection { leading_space: 0.0, byte_range: ByteIndex(0)..ByteIndex(0), format });
    }
    LayoutJob {
        text: text.to_owned(),
        sections,
        wrap: TextWrapping { max_width: f32::INFINITY, ..TextWrapping::default() },
        break_on_newline: true,
        keep_trailing_whitespace: true,
        ..LayoutJob::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::ui::problems::severity_color;
    use crate::ui::theme;
    use egui::{Context, Theme};

    /// The contrast ratio of WCAG 2.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |c: Color32| {
            let part = |v: u8| {
                let v = f32::from(v) / 255.0;
                if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(c.r()) + 0.7152 * part(c.g()) + 0.0722 * part(c.b())
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_is_readable_on_its_grounds() {
        let ctx = Context::default();
        theme::install(&ctx);
        for theme in [Theme::Dark, Theme::Light] {
            let visuals = ctx.style_of(theme).visuals.clone();
            let palette = Palette::of(visuals.dark_mode);
            let kinds = [
                TokenKind::Key,
                TokenKind::String,
                TokenKind::Number,
                TokenKind::Constant,
                TokenKind::Comment,
                TokenKind::Reference,
                TokenKind::Punctuation,
            ];
            for colour in kinds.map(|kind| palette.colour(kind)).into_iter().chain([palette.plain]) {
                for ground in [visuals.text_edit_bg_color(), palette.lit, palette.selected, palette.found] {
                    assert!(
                        contrast(colour, ground) >= 4.5,
                        "{colour:?} on {ground:?}: {}",
                        contrast(colour, ground)
                    );
                }
            }
            for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
                let colour = severity_color(&visuals, severity);
                let grounds = [
                    visuals.panel_fill,
                    visuals.window_fill,
                    visuals.faint_bg_color,
                    visuals.text_edit_bg_color(),
                ];
                for ground in grounds {
                    assert!(
                        contrast(colour, ground) >= 4.5,
                        "{severity:?} on {ground:?}: {}",
                        contrast(colour, ground)
                    );
                }
            }
        }
    }

    #[test]
    fn a_layout_covers_the_whole_text_in_order() {
        let look = Look { palette: DARK, font: FontId::monospace(13.0), row_height: 16.0 };
        for text in ["", "a: 1 # 李\n- b", "\u{feff}x: \"y\n", "{", "a: \u{1f600}\n\n"] {
            let job = layout(text, &crate::yaml::tokens(text), &[], &look);
            let mut at = 0;
            for section in &job.sections {
                assert_eq!(section.byte_range.start.0, at, "{text:?}");
                at = section.byte_range.end.0;
            }
            assert_eq!(at, text.len());
        }
    }

    #[test]
    fn a_space_begins_a_section_of_its_own() {
        let look = Look { palette: DARK, font: FontId::monospace(13.0), row_height: 16.0 };
        let job = layout("a: xyz\nb: 2", &crate::yaml::tokens("a: xyz\nb: 2"), &[(0, 8.0), (4, 30.0)], &look);
        let spaced: Vec<_> = (job.sections.iter())
            .filter(|section| section.leading_space > 0.0)
            .map(|section| (section.byte_range.start.0, section.leading_space))
            .collect();
        assert_eq!(spaced, [(0, 8.0), (4, 30.0)]);
        assert!(job.sections.windows(2).all(|pair| pair[0].byte_range.end == pair[1].byte_range.start));
    }
}
