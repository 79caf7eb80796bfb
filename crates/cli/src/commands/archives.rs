//! What is kept: `archives`, `ls`, `cat`.

use clap::Args;
use holdfast_app::views::{ArchiveView, EntryKind};
use holdfast_app::{KeptPath, Result, details, format, time};
use jiff::tz::TimeZone;
use serde_json::json;

use super::delete;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::table::{facts, or_dash, table};

/// Arguments of `archives`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Archives {
    #[command(subcommand)]
    deed: Option<delete::Deed>,
    /// Only with this in the owner's name or address
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

/// Lists the archives.
pub async fn archives(what: Archives, context: &Context) -> Result<Exit> {
    if let Some(deed) = what.deed {
        return delete::run(deed, context).await;
    }
    let app = context.app().await?;
    let listed = app.archives(what.filter).await?;
    let now = app.now();
    output::document(context.json(), &json!({ "archives": listed }), |_| {
        if listed.is_empty() {
            return "Nothing is kept yet. Start a backup with `holdfast start`.".to_owned();
        }
        let rows = listed.iter().map(|archive| {
            [
                archive.path.clone(),
                archive.account.clone().unwrap_or_default(),
                kept(archive, format::count(archive.items)),
                kept(archive, format::bytes(archive.bytes)),
                archive.last_result.map_or("never", |result| result.title()).to_owned(),
                or_dash(archive.last_complete_at.map(|at| format::ago(at, now))),
            ]
        });
        table(["ARCHIVE", "ACCOUNT", "#ITEMS", "#SIZE", "LAST RESULT", "LAST GOOD COPY"], rows)
    })?;
    Ok(Exit::Done)
}

/// What is kept of an archive. Before its first good copy that is not known: what is stored waits for a snapshot.
fn kept(archive: &ArchiveView, told: String) -> String {
    or_dash((archive.last_complete_at.is_some() || archive.items > 0).then_some(told))
}

/// Arguments of `ls`.
#[derive(Args)]
pub struct Ls {
    /// USER, USER/SERVICE or USER/SERVICE/PATH: of mail, PATH is a year, month or day (2026/05), of files a folder
    path: KeptPath,
    /// As it was at this time (2026-05-01, 2026-05-01T14:20, or RFC 3339); the newest state without it
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// Lists what an archive holds.
pub async fn ls(what: Ls, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let zone = TimeZone::system();
    let at = what.at.as_deref().map(|text| time::parse_at(text, &zone)).transpose()?;
    let listed = app.list(&what.path, at).await?;
    output::document(context.json(), &json!({ "entries": listed }), |_| {
        if listed.is_empty() {
            return "There is nothing in it.".to_owned();
        }
        let rows = listed.iter().map(|entry| {
            let slash = if entry.kind == EntryKind::Folder { "/" } else { "" };
            [
                entry.size.map(format::bytes).unwrap_or_default(),
                entry.time.map(|at| format::time(at, &zone)).unwrap_or_default(),
                entry.id.clone().unwrap_or_default(),
                format!("{}{slash}", entry.name),
                entry.skip.as_ref().map(|why| format!("not kept: {why}")).unwrap_or_default(),
            ]
        });
        table(["#SIZE", "TIME", "ITEM", "NAME", ""], rows)
    })?;
    Ok(Exit::Done)
}

/// Arguments of `cat`.
#[derive(Args)]
pub struct Cat {
    /// USER/SERVICE/ITEM, with the item's path or id as `ls` shows them, or its id alone
    item: KeptPath,
    /// As it was at this time; the newest state without it
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Not its content, but all else that is kept of it: its folders, labels, permissions, metadata; of a folder, too
    #[arg(long)]
    metadata: bool,
}

/// Writes an item's content to the output, byte for byte, or what else is kept of it.
pub async fn cat(what: Cat, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let at = what.at.as_deref().map(|text| time::parse_at(text, &TimeZone::system())).transpose()?;
    if what.metadata {
        let kept = app.details(&what.item, at).await?;
        output::document(context.json(), &kept, |kept| {
            let lines = details::facts(kept, &TimeZone::system());
            facts(lines.iter().map(|(name, value)| (name.as_str(), value.clone())))
        })?;
        return Ok(Exit::Done);
    }
    app.cat(&what.item, at, std::io::stdout()).await?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use holdfast_model::{ArchiveId, Service};

    use super::*;

    #[test]
    fn before_the_first_good_copy_no_number_is_claimed() {
        let waits = ArchiveView {
            id: ArchiveId(1),
            path: "anna@example.com/gmail".to_owned(),
            owner: "anna@example.com".to_owned(),
            domain: "example.com".to_owned(),
            service: Service::Gmail,
            account: None,
            items: 0,
            bytes: 0,
            skipped: 0,
            expected: None,
            last_result: None,
            last_complete_at: None,
        };
        let told = |archive: &ArchiveView| kept(archive, format::count(archive.items));
        assert_eq!(told(&waits), "-");
        assert_eq!(told(&ArchiveView { items: 3, ..waits.clone() }), "3");
        assert_eq!(told(&ArchiveView { last_complete_at: Some(jiff::Timestamp::UNIX_EPOCH), ..waits }), "0");
    }
}
