//! The table of errors in German: it has every error of the English one, or nothing compiles.

use super::{errors_a_to_i, errors_i_to_z, is_same};
use crate::error::ROWS;
use crate::language::phrases::Pair;

/// Code, what happened, what to do. Where English has nothing but the failure's own words, what happened is said in
/// general: it is told where those words have no German.
pub(super) type Row = (&'static str, &'static str, &'static str);

const FIRST: &[Row] = errors_a_to_i::ROWS;
const SECOND: &[Row] = errors_i_to_z::ROWS;

const _: () = {
    assert!(ROWS.len() == FIRST.len() + SECOND.len(), "an error has no German");
    let mut at = 0;
    while at < ROWS.len() {
        let german = if at < FIRST.len() { FIRST[at].0 } else { SECOND[at - FIRST.len()].0 };
        assert!(
            is_same(ROWS[at].code, german),
            "the German errors are in another order than the English ones"
        );
        at += 1;
    }
};

fn rows() -> impl Iterator<Item = &'static Row> {
    FIRST.iter().chain(SECOND)
}

pub(super) fn pairs() -> impl Iterator<Item = Pair> {
    ROWS.iter().zip(rows()).flat_map(|(english, (_, what, todo))| {
        let told = (english.what != "{detail}").then_some((english.what, *what));
        // The same where nothing is known of the failure itself.
        let alone =
            told.and_then(|(english, german)| Some((before_details(english)?, before_details(german)?)));
        told.into_iter().chain(alone).chain([(english.todo, *todo)])
    })
}

fn before_details(what: &'static str) -> Option<&'static str> {
    let (before, _) = what.split_once('{')?;
    Some(before.trim_end_matches([':', ' ']))
}

/// What happened, for an error of this code whose own words have no German.
pub(in crate::language) fn general(code: &str) -> Option<&'static str> {
    rows().find(|row| row.0 == code).map(|row| row.1)
}
