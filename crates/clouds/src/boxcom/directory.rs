//! The Directory: users, groups, members, the enterprise. Box has no org units, and names no deleted users.
//! <https://developer.box.com/reference/get-users>, <https://developer.box.com/reference/get-groups>

use std::collections::HashSet;

use futures::stream::{self, StreamExt, TryStreamExt, try_unfold};
use holdfast_model::{Account, Group, GroupId, Member, MemberKind, TenantId, Timestamp, User, UserId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::files::Files;
use super::scopes;
use super::wire::{Page, is_id};
use crate::contract::{CloudError, ErrorKind, Listing, Tenant};
use crate::http::Pages;

/// Pages as large as Box gives them.
const A_PAGE: &str = "1000";
/// Users whose aliases are asked for at once.
const AT_ONCE: usize = 8;
const USER_FIELDS: &str = "id,login,name,status,role,created_at";
const ALL_USERS: &[(&str, &str)] =
    &[("usemarker", "true"), ("user_type", "managed"), ("fields", USER_FIELDS)];

#[derive(Deserialize)]
struct UserWire {
    id: String,
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    role: String,
    created_at: Option<Timestamp>,
    enterprise: Option<EnterpriseWire>,
}

#[derive(Deserialize)]
struct EnterpriseWire {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct AliasWire {
    email: String,
    #[serde(default)]
    is_confirmed: bool,
}

#[derive(Deserialize)]
struct GroupWire {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct MembershipWire {
    user: Option<MemberWire>,
}

#[derive(Deserialize)]
struct MemberWire {
    id: String,
    login: Option<String>,
}

/// The enterprise; an account that belongs to none is a tenant of its own.
pub(super) async fn tenant(files: &Files) -> Result<Tenant, CloudError> {
    let fields = [("fields", "id,login,name,role,enterprise")];
    let me: UserWire = files.json(None, &["users", "me"], &fields).await?;
    let enterprise = me.enterprise.filter(|enterprise| is_id(&enterprise.id));
    let (id, name) = match enterprise {
        Some(enterprise) => (enterprise.id, enterprise.name),
        None if is_id(&me.id) => (format!("user{}", me.id), me.login.clone()),
        None => {
            return Err(CloudError::new(ErrorKind::Fatal, "unexpectedShape", "Box does not say who we are"));
        }
    };
    let name = if name.is_empty() { format!("Box {id}") } else { name };
    Ok(Tenant { id: TenantId(id), name, signed_in_as: me.login })
}

/// Every managed user in every state; without an admin's sign-in the one who signed in.
pub(super) fn users(files: &Files) -> Listing<'_, User> {
    if !files.is_whole_enterprise() {
        return Box::pin(stream::once(async move {
            let me: UserWire = files.json(None, &["users", "me"], &[("fields", USER_FIELDS)]).await?;
            Ok(user(me))
        }));
    }
    let mut seen = HashSet::new();
    let listed = by_marker::<UserWire>(files, &["users"], ALL_USERS);
    let users = listed.try_filter_map(move |wire| {
        let user = seen.insert(wire.id.clone()).then(|| user(wire));
        std::future::ready(Ok(user))
    });
    Box::pin(users.map(|user| async { with_aliases(files, user?).await }).buffered(AT_ONCE))
}

/// Box tells aliases one user at a time.
async fn with_aliases(files: &Files, user: User) -> Result<User, CloudError> {
    match files.directory(&["users", user.id.as_str(), "email_aliases"], &[], scopes::USERS).await {
        Ok(page) => {
            let aliases = entries::<AliasWire>(page.entries)?;
            let confirmed = aliases.into_iter().filter(|alias| alias.is_confirmed);
            Ok(User { aliases: confirmed.map(|alias| alias.email).collect(), ..user })
        }
        // Who went meanwhile is no less listed, and whose aliases are not ours to see has none that we know.
        Err(error) if error.kind == ErrorKind::Gone => Ok(user),
        Err(error) if error.kind == ErrorKind::Forbidden && error.reason != "insufficient_scope" => Ok(user),
        Err(error) => Err(error),
    }
}

fn user(wire: UserWire) -> User {
    User {
        name: if wire.name.is_empty() { wire.login.clone() } else { wire.name },
        id: UserId(wire.id),
        address: wire.login,
        // Those who may not edit or upload can sign in and have files like everyone.
        account: if wire.status == "inactive" { Account::Suspended } else { Account::Active },
        org_unit: None,
        aliases: Vec::new(),
        is_admin: matches!(wire.role.as_str(), "admin" | "coadmin"),
        created: wire.created_at,
    }
}

/// Groups of Box have no address: their name, which is theirs alone, stands for it.
pub(super) fn groups(files: &Files) -> Listing<'_, Group> {
    if !files.is_whole_enterprise() {
        return Box::pin(stream::empty());
    }
    let group = |wire: GroupWire| Group {
        id: GroupId(wire.id),
        address: wire.name.clone(),
        name: wire.name,
        direct_members: None,
    };
    Box::pin(by_offset::<GroupWire>(files, vec!["groups".to_owned()], &[("fields", "id,name")]).map_ok(group))
}

pub(super) fn members<'a>(files: &'a Files, group: &'a GroupId) -> Listing<'a, Member> {
    let path = vec!["groups".to_owned(), group.as_str().to_owned(), "memberships".to_owned()];
    let member = |wire: MembershipWire| {
        let user = wire.user?;
        Some(Member { id: Some(user.id), address: user.login, kind: MemberKind::User })
    };
    let listed = by_offset::<MembershipWire>(files, path, &[]);
    Box::pin(listed.try_filter_map(move |wire| std::future::ready(Ok(member(wire)))))
}

fn entries<T: DeserializeOwned>(page: Vec<Value>) -> Result<Vec<T>, CloudError> {
    let unexpected = |error: serde_json::Error| {
        let detail = format!("an entry has another shape than documented ({:?})", error.classify());
        CloudError::new(ErrorKind::Fatal, "unexpectedShape", detail)
    };
    page.into_iter().map(|entry| serde_json::from_value(entry).map_err(unexpected)).collect()
}

fn by_marker<'a, T: DeserializeOwned + Send + 'a>(
    files: &'a Files,
    path: &'static [&'static str],
    query: &'static [(&'static str, &'static str)],
) -> Listing<'a, T> {
    let start = Some((None::<String>, Pages::new()));
    Box::pin(
        try_unfold(start, move |place| async move {
            let Some((marker, mut pages)) = place else { return Ok(None) };
            let mut query = [query, &[("limit", A_PAGE)]].concat();
            query.extend(marker.as_deref().map(|marker| ("marker", marker)));
            let page: Page = files.directory(path, &query, scopes::USERS).await?;
            let next = pages.next(page.marker())?.map(|marker| (Some(marker), pages));
            Ok::<_, CloudError>(Some((stream::iter(entries(page.entries)?).map(Ok), next)))
        })
        .try_flatten(),
    )
}

/// Box pages groups by offset only. The total tells the end, and a page that lacks entries.
fn by_offset<'a, T: DeserializeOwned + Send + 'a>(
    files: &'a Files,
    path: Vec<String>,
    query: &'static [(&'static str, &'static str)],
) -> Listing<'a, T> {
    Box::pin(
        try_unfold(Some((0_usize, path)), move |place| async move {
            let Some((offset, path)) = place else { return Ok(None) };
            let segments: Vec<&str> = path.iter().map(String::as_str).collect();
            let from = offset.to_string();
            let query = [query, &[("limit", A_PAGE), ("offset", from.as_str())]].concat();
            let page: Page = files.directory(&segments, &query, scopes::GROUPS).await?;
            let reached = offset + page.entries.len();
            let total = usize::try_from(page.total_count.unwrap_or(0)).unwrap_or(usize::MAX);
            if page.entries.is_empty() && reached < total {
                let detail = format!("{reached} of {total} entries came");
                return Err(CloudError::new(ErrorKind::Retry { after: None }, "lostPage", detail));
            }
            let next = (reached < total).then_some((reached, path));
            Ok::<_, CloudError>(Some((stream::iter(entries(page.entries)?).map(Ok), next)))
        })
        .try_flatten(),
    )
}
