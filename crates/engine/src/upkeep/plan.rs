//! From the rule of retention to what is done: the last good copy of every Archive stays, and what a snapshot that goes was
//! the first to show is shown by a later one that holds the same.
//!
//! A restic snapshot holds all Archives of a Domain, those it brought on and those it took over as they were. So an Archive's
//! state lives on in every snapshot up to the next that brought it on.

use std::collections::BTreeMap;

use holdfast_model::ArchiveId;

/// A state of an Archive: the snapshot, by its place in time, that brought it on, and whether it is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) at: usize,
    pub(crate) is_complete: bool,
}

/// A state of an Archive that is told by a later snapshot from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) archive: ArchiveId,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Adds to `keep` what the last good copies need, and says which states move. States are in ascending order.
pub(crate) fn settle(keep: &mut [bool], shown: &BTreeMap<ArchiveId, Vec<Shown>>) -> Vec<Move> {
    let count = keep.len();
    for states in shown.values() {
        let Some(last) = states.iter().rposition(|state| state.is_complete) else { continue };
        let (from, to) = lifetime(states, last, count);
        if from < to && !keep[from..to].iter().any(|keep| *keep) {
            keep[to - 1] = true;
        }
    }
    let mut moves = Vec::new();
    for (archive, states) in shown {
        for index in 0..states.len() {
            let (from, to) = lifetime(states, index, count);
            if from >= to || keep[from] {
                continue;
            }
            if let Some(later) = (from + 1..to).find(|at| keep[*at]) {
                moves.push(Move { archive: *archive, from, to: later });
            }
        }
    }
    moves
}

/// The snapshots that hold a state: from the one that brought it on to before the next that did.
fn lifetime(states: &[Shown], index: usize, count: usize) -> (usize, usize) {
    let from = states[index].at;
    (from, states.get(index + 1).map_or(count, |next| next.at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(states: &[(usize, bool)]) -> Vec<Shown> {
        states.iter().map(|(at, is_complete)| Shown { at: *at, is_complete: *is_complete }).collect()
    }

    fn settled(keep: &[bool], states: &[(usize, bool)]) -> (Vec<bool>, Vec<(usize, usize)>) {
        let mut keep = keep.to_vec();
        let moves = settle(&mut keep, &BTreeMap::from([(ArchiveId(1), shown(states))]));
        (keep, moves.into_iter().map(|one| (one.from, one.to)).collect())
    }

    #[test]
    fn a_good_copy_that_a_later_snapshot_holds_needs_no_other() {
        let keep = [false, false, true, true];
        assert_eq!(settled(&keep, &[(0, true)]), (keep.to_vec(), vec![(0, 2)]));
        assert_eq!(settled(&keep, &[(2, true)]), (keep.to_vec(), vec![]));
    }

    #[test]
    fn the_last_good_copy_stays_where_everything_later_is_partial() {
        let keep = [false, false, false, true];
        let states = [(0, true), (1, true), (3, false)];
        // Held by 1 and 2: the later is kept.
        assert_eq!(settled(&keep, &states), (vec![false, false, true, true], vec![(1, 2)]));
        assert_eq!(settled(&keep, &[(0, false), (1, false), (3, false)]), (keep.to_vec(), vec![]));
    }

    proptest! {
        #[test]
        fn the_last_good_copy_of_every_archive_can_be_restored_after_any_rule(
            keep in prop::collection::vec(any::<bool>(), 1..20),
            archives in prop::collection::vec(prop::collection::btree_map(0_usize..20, any::<bool>(), 0..20), 0..6),
        ) {
            let count = keep.len();
            let known: BTreeMap<ArchiveId, Vec<Shown>> = archives
                .into_iter()
                .enumerate()
                .map(|(id, states)| {
                    let states: Vec<_> = states.into_iter().filter(|(at, _)| *at < count).collect();
                    (ArchiveId(id as i64), shown(&states))
                })
                .collect();
            let mut after = keep.clone();
            let moves = settle(&mut after, &known);
            prop_assert!(keep.iter().zip(&after).all(|(before, after)| !before || *after), "only adds");
            for (archive, states) in &known {
                let Some(last) = states.iter().rposition(|state| state.is_complete) else { continue };
                let told_by = moves
                    .iter()
                    .find(|one| one.archive == *archive && one.from == states[last].at)
                    .map_or(states[last].at, |one| one.to);
                prop_assert!(after[told_by], "the snapshot that tells of it is there");
                let next = states.get(last + 1).map_or(count, |next| next.at);
                prop_assert!((states[last].at..next).contains(&told_by), "and holds that very state");
            }
            for one in &moves {
                prop_assert!(after[one.to] && !after[one.from]);
            }
        }
    }
}
