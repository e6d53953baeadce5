//! How large the panes are: as a person has left them, now or at an earlier start.

use crate::ui::language::tr;
use egui::{AsIdSalt, Id, Panel, Rect, Ui};
use std::collections::BTreeMap;

/// The sizes of the panes that are not the usual ones, in points, by pane and by class of the window's width.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Panes(BTreeMap<String, f32>);

/// A pane whose edge can be moved, with the size that it has as long as nobody moves it.
#[derive(Debug, Clone, Copy)]
pub struct Pane {
    pub name: &'static str,
    /// The class of the window's width: in each the pane has a size of its own.
    pub class: usize,
    pub usual: f32,
    pub least: f32,
    pub most: f32,
}

impl Pane {
    fn key(self) -> String {
        format!("{} {}", self.name, self.class)
    }
}

impl Panes {
    /// Those that an earlier start has remembered.
    pub fn remembered(sizes: &BTreeMap<String, f32>) -> Panes {
        Panes(sizes.clone())
    }

    /// What the next start is to remember.
    pub fn to_remember(&self) -> BTreeMap<String, f32> {
        self.0.clone()
    }

    /// Gives a panel, made by its side, the pane's size to begin with.
    pub fn panel(&self, pane: Pane, side: impl FnOnce((&'static str, usize)) -> Panel) -> Panel {
        let size = self.0.get(&pane.key()).copied().unwrap_or(pane.usual);
        let most = pane.most.max(pane.least);
        side((pane.name, pane.class)).default_size(size).min_size(pane.least).max_size(most)
    }

    /// Notes how large a pane has been drawn in `ui`. `axis` is 0 for one beside the others, 1 for one above or below.
    pub fn drawn(&mut self, ui: &Ui, pane: Pane, rect: Rect, axis: usize) {
        let edge = name_edge(ui, (pane.name, pane.class), pane.name);
        // It keeps its size while the window's changes, and is cut where there is no room: nobody has asked for that.
        if !ui.ctx().read_response(edge).is_some_and(|edge| edge.dragged() || edge.drag_stopped()) {
            return;
        }
        let size = rect.size()[axis];
        // A pane of the usual size goes on following the window's.
        if (size - pane.usual).abs() < 1.0 {
            self.0.remove(&pane.key());
        } else if self.0.get(&pane.key()) != Some(&size) {
            self.0.insert(pane.key(), size);
        }
    }
}

/// Names the edge of a panel that has been drawn in `ui`, and gives it: egui calls each of them the same, in English.
pub(in crate::ui) fn name_edge(ui: &Ui, salt: impl AsIdSalt, name: &str) -> Id {
    // As egui makes the edge's own identity of the panel's.
    let edge = ui.scope_id().with(salt).with("__resize");
    ui.ctx().accesskit_node_builder(edge, |node| node.set_label(tr(format!("Resize the {name}"))));
    edge
}
