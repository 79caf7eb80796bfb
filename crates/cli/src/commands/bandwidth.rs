//! `bandwidth`.

use clap::{Args, Subcommand};
use holdfast_app::Result;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Bytes a second that a megabit a second is.
const MEGABIT: f64 = 125_000.0;

/// Arguments of `bandwidth`.
#[derive(Args)]
#[command(subcommand_negates_reqs = true)]
pub struct Bandwidth {
    #[command(subcommand)]
    set: Option<SetBandwidth>,
}

/// A change of the limit.
#[derive(Subcommand)]
pub enum SetBandwidth {
    /// Limit what downloads may take, also of a backup that runs; `none` for no limit
    Set {
        /// Megabits a second, or `none`
        #[arg(value_name = "MBIT|none", value_parser = limit)]
        limit: Limit,
    },
}

/// A limit as it is typed, in bytes a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(Option<u64>);

fn limit(word: &str) -> std::result::Result<Limit, String> {
    if word == "none" {
        return Ok(Limit(None));
    }
    let megabits: f64 = word.parse().map_err(|_| "use a number of megabits a second, or none".to_owned())?;
    if !(0.1..=1_000_000.0).contains(&megabits) {
        return Err("use 0.1 to 1000000 megabits a second, or none".to_owned());
    }
    // Within what was just checked.
    Ok(Limit(Some((megabits * MEGABIT).round() as u64)))
}

/// Shows or limits what downloads may take.
pub async fn bandwidth(what: Bandwidth, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    if let Some(SetBandwidth::Set { limit: Limit(limit) }) = what.set {
        app.set_bandwidth_limit(limit).await?;
    }
    let limit = app.bandwidth_limit().await?;
    let document = json!({ "bytes_per_second": limit });
    output::document(context.json(), &document, |_| match limit {
        None => "Downloads are not limited.".to_owned(),
        Some(limit) => format!("Downloads take at most {} Mbit/s.", limit as f64 / MEGABIT),
    })?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_typed_in_megabits() {
        for (word, expected) in
            [("none", Some(None)), ("8", Some(Some(1_000_000))), ("0.5", Some(Some(62_500)))]
        {
            assert_eq!(limit(word).ok(), expected.map(Limit), "{word}");
        }
        for word in ["", "fast", "0", "-1", "1e9", "NaN", "inf"] {
            assert!(limit(word).is_err(), "{word}");
        }
    }
}
