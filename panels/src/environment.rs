//! Setting variables of this process: the one place with `unsafe` in the panels.
#![allow(unsafe_code)]

/// Sets variables that libraries will read later.
///
/// To be called at the very beginning of `main` and nowhere else.
pub(crate) fn set(variables: &[(&str, &str)]) {
    for (name, value) in variables {
        // SAFETY: called from `main` before any thread is started, so nobody can be reading the
        // environment meanwhile.
        unsafe { std::env::set_var(name, value) };
    }
}
