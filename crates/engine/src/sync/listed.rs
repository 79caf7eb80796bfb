//! A listing of the Directory, read to its end within limits. What comes from a Cloud is hostile: an id may come twice, a
//! name may be a megabyte, and pages may never end.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use holdfast_clouds::contract::{CloudError, ErrorKind, Listing};
use holdfast_model::{Group, Member, OrgUnit, User};

type Read<T> = Result<Vec<T>, CloudError>;

/// No Directory has more entries than this, and no listing is kept that goes on.
const MOST_ENTRIES: usize = 1_000_000;
/// All text of one listing together.
const MOST_TEXT: usize = 256 << 20;
/// An id is never longer.
const LONGEST_ID: usize = 1_024;
/// Bytes of an address or a path; the rest is cut off.
const LONGEST_ADDRESS: usize = 1_024;
/// Bytes of a name; the rest is cut off.
const LONGEST_NAME: usize = 512;
/// Aliases of one User; the rest is left out.
const MOST_ALIASES: usize = 1_000;

/// What may still come, shared by listings that are read at the same time.
pub(super) struct Room {
    entries: AtomicUsize,
    text: AtomicUsize,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { entries: AtomicUsize::new(0), text: AtomicUsize::new(0) }
    }

    fn take(&self, bytes: usize) -> Result<(), CloudError> {
        let entries = self.entries.fetch_add(1, Ordering::Relaxed) + 1;
        let text = self.text.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if entries > MOST_ENTRIES || text > MOST_TEXT {
            return Err(refused("listingTooLarge", "the listing goes on without an end"));
        }
        Ok(())
    }
}

/// Every User once: the first of two with the same id counts.
pub(super) async fn users(listing: Listing<'_, User>) -> Read<User> {
    let mut seen = HashSet::new();
    let room = Room::new();
    let users = all(listing, &room, |user: &mut User| {
        clip(&mut user.address, LONGEST_ADDRESS);
        clip(&mut user.name, LONGEST_NAME);
        user.aliases.truncate(MOST_ALIASES);
        user.aliases.retain(|alias| alias.len() <= LONGEST_ADDRESS);
        let aliases: usize = user.aliases.iter().map(String::len).sum();
        checked(&user.id.0, user.address.len() + user.name.len() + aliases)
    });
    Ok(users.await?.into_iter().filter(|user| seen.insert(user.id.clone())).collect())
}

/// Every group once.
pub(super) async fn groups(listing: Listing<'_, Group>) -> Read<Group> {
    let mut seen = HashSet::new();
    let room = Room::new();
    let groups = all(listing, &room, |group: &mut Group| {
        clip(&mut group.address, LONGEST_ADDRESS);
        clip(&mut group.name, LONGEST_NAME);
        checked(&group.id.0, group.address.len() + group.name.len())
    });
    Ok(groups.await?.into_iter().filter(|group| seen.insert(group.id.clone())).collect())
}

/// The direct members of one group.
pub(super) async fn members(listing: Listing<'_, Member>, room: &Room) -> Read<Member> {
    all(listing, room, |member: &mut Member| {
        if let Some(address) = &mut member.address {
            clip(address, LONGEST_ADDRESS);
        }
        checked(member.id.as_deref().unwrap_or_default(), member.address.as_ref().map_or(0, String::len))
    })
    .await
}

/// Every org unit once.
pub(super) async fn org_units(listing: Listing<'_, OrgUnit>) -> Read<OrgUnit> {
    let mut seen = HashSet::new();
    let room = Room::new();
    let units = all(listing, &room, |unit: &mut OrgUnit| {
        clip(&mut unit.name, LONGEST_NAME);
        checked(&unit.id.0, unit.name.len() + unit.path.len())
    });
    Ok(units.await?.into_iter().filter(|unit| seen.insert(unit.id.clone())).collect())
}

/// Reads to the end; `tidy` cuts an entry to its limits and tells how much text it holds.
async fn all<T>(
    mut listing: Listing<'_, T>,
    room: &Room,
    tidy: impl Fn(&mut T) -> Result<usize, CloudError>,
) -> Read<T> {
    let mut entries = Vec::new();
    while let Some(entry) = listing.next().await {
        let mut entry = entry?;
        room.take(tidy(&mut entry)?)?;
        entries.push(entry);
    }
    Ok(entries)
}

fn checked(id: &str, text: usize) -> Result<usize, CloudError> {
    if id.len() > LONGEST_ID {
        return Err(refused("idTooLong", "an id of the directory is longer than any real one"));
    }
    Ok(id.len() + text)
}

fn refused(reason: &str, detail: &str) -> CloudError {
    CloudError::new(ErrorKind::Fatal, reason, detail)
}

/// Cut at the end of a character, with a mark that something is missing.
fn clip(text: &mut String, most: usize) {
    if text.len() <= most {
        return;
    }
    let end = (0..=most.saturating_sub('…'.len_utf8())).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or(0));
    text.push('…');
    text.shrink_to_fit();
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use holdfast_model::{Account, UserId};

    use super::*;

    fn user(id: &str, name: &str) -> Result<User, CloudError> {
        Ok(User {
            id: UserId(id.to_owned()),
            address: format!("{id}@example.test"),
            name: name.to_owned(),
            account: Account::Active,
            org_unit: None,
            aliases: Vec::new(),
            is_admin: false,
            created: None,
        })
    }

    #[tokio::test]
    async fn an_id_that_comes_twice_is_one_person() {
        let listed = users(stream::iter([user("a", "A"), user("b", "B"), user("a", "Z")]).boxed()).await;
        let names: Vec<_> = listed.unwrap().into_iter().map(|user| user.name).collect();
        assert_eq!(names, ["A", "B"]);
    }

    #[tokio::test]
    async fn a_huge_name_is_cut_at_a_character_and_a_huge_id_is_refused() {
        let listed = users(stream::iter([user("a", &"é".repeat(2 << 20))]).boxed()).await.unwrap();
        assert!(listed[0].name.len() <= LONGEST_NAME && listed[0].name.ends_with("é…"));
        let refused = users(stream::iter([user(&"x".repeat(2_000), "A")]).boxed()).await.unwrap_err();
        assert_eq!(refused.reason, "idTooLong");
    }

    #[tokio::test]
    async fn pages_without_an_end_are_given_up() {
        let endless = stream::iter(0_u64..).map(|n| user(&n.to_string(), &"n".repeat(400))).boxed();
        assert_eq!(users(endless).await.unwrap_err().reason, "listingTooLarge");
    }

    #[tokio::test]
    async fn a_listing_that_breaks_off_tells_of_nobody() {
        let broken = CloudError::new(ErrorKind::Retry { after: None }, "backendError", "later");
        let listed = users(stream::iter([user("a", "A"), Err(broken.clone())]).boxed()).await;
        assert_eq!(listed.unwrap_err(), broken);
    }
}
