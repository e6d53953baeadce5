//! The language of the window. English is written where it is said and becomes the window's language here, at the moment
//! at which it is drawn.

use crate::schema::Lang;
use crate::words::translate;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// How many translations are kept; names and numbers in sentences would make them ever more.
const MOST_KEPT: usize = 5_000;

// The window draws in one thread, and what it draws goes through dozens of functions that know only their own piece: the
// language stands beside them all, as the theme does in egui's context.
thread_local! {
    static NOW: Cell<Lang> = const { Cell::new(Lang::En) };
    static KEPT: RefCell<HashMap<String, String>> = RefCell::default();
}

/// The language that is being drawn in.
pub fn now() -> Lang {
    NOW.get()
}

/// Draws in a language from now on.
pub fn set(lang: Lang) {
    if NOW.replace(lang) != lang {
        KEPT.take();
    }
}

/// A text of the window in its language; a text that the catalogue does not have stays as it is.
pub fn tr(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    if now() == Lang::En {
        return text.to_owned();
    }
    KEPT.with_borrow_mut(|kept| {
        if let Some(known) = kept.get(text) {
            return known.clone();
        }
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        let other = translate(now(), text).into_owned();
        kept.insert(text.to_owned(), other.clone());
        other
    })
}

/// The language of the user's system: Chinese where it is any Chinese, else English.
pub fn of_system() -> Lang {
    match sys_locale::get_locale() {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}
