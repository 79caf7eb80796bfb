//! `licenses`.

use clap::{Args, Subcommand};
use holdfast_app::views::LicensesView;
use holdfast_app::{Result, format};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::table::facts;

/// Arguments of `licenses`.
#[derive(Args)]
#[command(subcommand_negates_reqs = true)]
pub struct Licenses {
    #[command(subcommand)]
    set: Option<SetLicenses>,
}

/// A change of the limit.
#[derive(Subcommand)]
pub enum SetLicenses {
    /// Cap how many users are protected; `none` for no limit
    Set {
        /// A number, or `none`
        #[arg(value_name = "N|none", value_parser = limit)]
        limit: Limit,
    },
}

/// A limit as it is typed.
#[derive(Clone, Copy)]
pub struct Limit(Option<u64>);

fn limit(word: &str) -> std::result::Result<Limit, String> {
    match word {
        "none" => Ok(Limit(None)),
        number => {
            number.parse().map(|number| Limit(Some(number))).map_err(|_| "use a number, or none".to_owned())
        }
    }
}

/// Shows or caps how many users are protected.
pub async fn licenses(what: Licenses, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let licenses = match what.set {
        Some(SetLicenses::Set { limit: Limit(limit) }) => app.set_licenses(limit).await?,
        None => app.licenses().await?,
    };
    let holders: Vec<_> = licenses.holders.iter().map(|holder| &holder.address).collect();
    let LicensesView { limit, used, free, .. } = &licenses;
    let document = json!({
        "limit": limit,
        "used": used,
        "free": free,
        "holders": holders,
        "people": licenses.holders,
    });
    output::document(context.json(), &document, |_| places(&licenses))?;
    Ok(Exit::Done)
}

fn places(licenses: &LicensesView) -> String {
    let mut lines = vec![
        ("limit", licenses.limit.map_or_else(|| "none".to_owned(), format::count)),
        ("used", format::count(licenses.used)),
    ];
    lines.extend(licenses.free.map(|free| ("free", format::count(free))));
    let mut text = facts(lines);
    for holder in &licenses.holders {
        text.push_str(&format!("\n  {}", format::one_line(&holder.address)));
    }
    text
}
