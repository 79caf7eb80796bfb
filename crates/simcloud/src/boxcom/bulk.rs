//! Many files at once, and content that costs next to nothing to serve: what measurements need.

use std::f64::consts::TAU;

use super::control::user_id;
use super::model::{Kind, Parent};
use super::sample::{FIRST_MS, blob, item};
use crate::content::{mix, tag};
use crate::control::ControlError;
use crate::control::change::{Ids, Op, Request};
use crate::google::drive::content::{Content, Style};
use crate::sync::{read, write};
use crate::world::World;

pub(super) static OPS: &[Op] =
    &[Op { name: "box.tree.add", run: add_tree }, Op { name: "box.prepare", run: prepare }];

/// Files in a folder, on average.
const PER_FOLDER: u64 = 20;
/// Folders in a folder.
const FAN: u64 = 8;
/// Of the logarithm of a file's size: one of six is more than 2.7 times as large as the median.
const SPREAD: f64 = 1.0;
const LARGEST: f64 = 50e6;

/// Gives `user` so many files (`count`) in nested folders, half of them larger than `median`. No event tells of them: it is
/// as if they had always been there.
fn add_tree(world: &World, request: &Request) -> Ids {
    let number =
        |name: &str| request.number(name)?.ok_or_else(|| ControlError::bad(format!("{name} is missing")));
    let (count, median) = (number("count")?, number("median")?);
    let mut state = write(&world.boxcom.state);
    let owner = user_id(&state, request)?;
    let seed = mix(&[world.options.seed, tag("box tree")]);
    let mut folders: Vec<u64> = Vec::new();
    for n in 0..count.div_ceil(PER_FOLDER) {
        let above = match n.checked_sub(FAN) {
            None => Parent::Root(owner.clone()),
            Some(n) => Parent::Folder(folders[usize::try_from(n / FAN).unwrap_or(0)]),
        };
        let made = item(&mut state, &owner, above, &format!("Folder {n:05}"), Kind::Folder, FIRST_MS);
        folders.push(state.place(made));
    }
    for n in 0..count {
        let seed = mix(&[seed, n]);
        let size = (median as f64 * (SPREAD * normal(seed)).exp()).min(LARGEST) as u64;
        // Text is half of what people store; pictures, PDF and Office files do not compress.
        let (style, end) = if seed & 1 == 0 { (Style::Text, "txt") } else { (Style::Noise, "pdf") };
        let folder = mix(&[seed, 1]) % folders.len() as u64;
        let folder = Parent::Folder(folders[usize::try_from(folder).unwrap_or(0)]);
        let name = format!("file {n:06}.{end}");
        let at_ms = FIRST_MS + i64::try_from(n).unwrap_or(0) * 1000;
        let content = Content::Made { seed, size, style };
        let made = blob(&mut state, &owner, folder, &name, at_ms, vec![content]);
        state.place(made);
    }
    Ok(Vec::new())
}

/// A number of the standard normal distribution (Box and Muller's way).
fn normal(seed: u64) -> f64 {
    let uniform = |purpose: u64| (mix(&[seed, purpose]) >> 11) as f64 / (1_u64 << 53) as f64;
    let (radius, angle) = (uniform(2).max(f64::MIN_POSITIVE), uniform(3));
    (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
}

/// Writes the content of a user's files to disk and works out their hashes, so that serving them is cheap.
fn prepare(world: &World, request: &Request) -> Ids {
    let versions: Vec<_> = {
        let state = read(&world.boxcom.state);
        let owner = user_id(&state, request)?;
        let own = state.items.values().filter(|item| item.owner == owner);
        own.flat_map(|item| item.versions()).cloned().collect()
    };
    let contents: Vec<Content> = versions.iter().map(|version| version.content.clone()).collect();
    let folder = world.state_dir.join("box-content");
    let store = world.google.drive.store();
    let failed =
        |error: std::io::Error| ControlError::bad(format!("cannot prepare {}: {error}", folder.display()));
    store.prepare(&folder, &contents).map_err(failed)?;
    for version in &versions {
        version.know_sha1(store.hashes(&version.content).map_err(failed)?.sha1);
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_sizes_are_below_the_median_and_some_are_far_above() {
        let numbers: Vec<f64> = (0..10_000).map(|n| normal(mix(&[n]))).collect();
        let share = |least: f64| numbers.iter().filter(|number| **number > least).count();
        assert!((4_850..5_150).contains(&share(0.0)), "{}", share(0.0));
        assert!((1_450..1_730).contains(&share(1.0)), "{}", share(1.0));
    }
}
