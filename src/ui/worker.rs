//! Work on a thread of its own, so that the window goes on painting.

use egui::Context;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// One piece of work at a time. A piece that is forgotten runs to its end, and nobody hears of it.
pub struct Worker<T> {
    under_way: Option<Receiver<T>>,
}

impl<T> Default for Worker<T> {
    fn default() -> Worker<T> {
        Worker { under_way: None }
    }
}

impl<T: Send + 'static> Worker<T> {
    /// Whether something is being done.
    pub fn is_busy(&self) -> bool {
        self.under_way.is_some()
    }

    /// Begins something, in the place of what is being done. The window is woken when it is done.
    pub fn start(&mut self, ctx: &Context, work: impl FnOnce() -> T + Send + 'static) {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        self.under_way = Some(receiver);
        std::thread::spawn(move || {
            // Nobody may be there any more to hear of it.
            if sender.send(work()).is_ok() {
                ctx.request_repaint();
            }
        });
    }

    /// What has been made, once.
    pub fn take(&mut self) -> Option<T> {
        match self.under_way.as_ref()?.try_recv() {
            Ok(made) => {
                self.under_way = None;
                Some(made)
            }
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.under_way = None;
                None
            }
        }
    }

    /// Waits for what is being done.
    pub fn wait(&mut self) -> Option<T> {
        self.under_way.take()?.recv().ok()
    }

    /// Forgets what is being done.
    pub fn forget(&mut self) {
        self.under_way = None;
    }
}
