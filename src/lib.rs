//! Podwright designs Kubernetes Pods. The YAML text is the only state; everything else follows from it.
//!
//! Read in the order of the modules: each stands on those above it.

pub mod path;
pub mod yaml;
pub mod schema;
pub mod words;
pub mod object;
pub mod diagnostic;
pub mod explain;
pub mod api;
pub mod meaning;
pub mod advice;
pub mod hazard;
pub mod document;
pub mod upgrade;
pub mod complete;
pub mod repair;
pub mod finder;
pub mod template;
pub mod convert;
pub mod editor;
pub mod merge;
pub mod files;
pub mod cli;
#[cfg(feature = "window")]
pub mod ui;
