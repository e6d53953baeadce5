//! Podwright designs Kubernetes Pods. The YAML text is the only state; everything else follows from it.
//!
//! Read in the order of the modules: each stands on those above it.

pub mod path;
pub mod yaml;
pub mod schema;
pub mod object;
pub mod diagnostic;
pub mod api;
pub mod advice;
pub mod document;
pub mod template;
pub mod editor;
pub mod merge;
pub mod files;
pub mod cli;
#[cfg(feature = "window")]
pub mod ui;
