//! German, with "Sie" and with the glossary of `ui/src/strings/de`.

mod app;
mod causes;
mod clouds;
mod engine;
mod errors;
mod errors_a_to_i;
mod errors_i_to_z;
mod parts;

use super::phrases::Pair;
pub(super) use errors::general;

/// All sentences. Errors and causes are held to their English tables by the compiler, the rest by the tests.
pub(super) fn pairs() -> impl Iterator<Item = Pair> {
    let tables = [app::PAIRS, clouds::PAIRS, engine::PAIRS, parts::PAIRS].into_iter().flatten().copied();
    errors::pairs().chain(causes::pairs()).chain(tables)
}

/// At compile time: these are the same codes in the same order.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}
