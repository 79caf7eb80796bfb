//! The Directory: users, groups, members, org units, the tenant.
//! <https://developers.google.com/workspace/admin/directory/reference/rest/v1>

use std::collections::{HashMap, HashSet};

use futures::stream::{self, StreamExt, TryStreamExt, try_unfold};
use holdfast_model::{
    Account, Group, GroupId, Member, MemberKind, OrgUnit, OrgUnitId, TenantId, Timestamp, User, UserId,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::Google;
use super::scopes::Audience;
use super::wire::{Number, address, page_of};
use crate::contract::{CloudError, Listing, Tenant};
use crate::http::Pages;

/// Pages as large as Google gives them.
const USERS_A_PAGE: &str = "500";
const GROUPS_A_PAGE: &str = "200";

const USER_FIELDS: &str = "nextPageToken,users(id,primaryEmail,name/fullName,suspended,archived,deletionTime,\
     orgUnitPath,aliases,isAdmin,creationTime,isMailboxSetup)";

/// A page of any listing of the Directory.
trait Page: DeserializeOwned + Send {
    type Entry: Send;
    fn split(self) -> (Vec<Self::Entry>, Option<String>);
}

macro_rules! page {
    ($name:ident, $entry:ty, $field:literal) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct $name {
            #[serde(default, rename = $field)]
            entries: Vec<$entry>,
            next_page_token: Option<String>,
        }
        impl Page for $name {
            type Entry = $entry;
            fn split(self) -> (Vec<$entry>, Option<String>) {
                (self.entries, self.next_page_token)
            }
        }
    };
}
page!(Users, UserWire, "users");
page!(Groups, GroupWire, "groups");
page!(Members, MemberWire, "members");
page!(OrgUnits, OrgUnitWire, "organizationUnits");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomerWire {
    id: String,
    customer_domain: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserWire {
    id: String,
    primary_email: String,
    name: Option<NameWire>,
    #[serde(default)]
    suspended: bool,
    #[serde(default)]
    archived: bool,
    deletion_time: Option<String>,
    org_unit_path: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    is_admin: bool,
    creation_time: Option<Timestamp>,
    is_mailbox_setup: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NameWire {
    full_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupWire {
    id: String,
    email: String,
    #[serde(default)]
    name: String,
    direct_members_count: Option<Number>,
}

#[derive(Deserialize)]
struct MemberWire {
    id: Option<String>,
    email: Option<String>,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrgUnitWire {
    org_unit_id: String,
    org_unit_path: String,
    parent_org_unit_id: Option<String>,
    #[serde(default)]
    name: String,
}

impl Google {
    pub(super) fn directory_url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        address(&self.endpoints.admin, &[&["admin", "directory", "v1"], path].concat(), query)
    }

    async fn directory<T: DeserializeOwned>(&self, url: Url) -> Result<T, CloudError> {
        let request = self.get(url, &self.subject, Audience::Directory, self.prices.directory);
        self.session.json(&request).await
    }

    /// All entries of a listing, page by page.
    fn listing<P: Page>(&self, url: Url) -> Listing<'_, P::Entry>
    where
        P::Entry: 'static,
    {
        let start = Some((url, None::<String>, Pages::new()));
        Box::pin(
            try_unfold(start, move |place| async move {
                let Some((url, token, mut pages)) = place else { return Ok(None) };
                let page: P = self.directory(page_of(url.clone(), token.as_deref())).await?;
                let (entries, next) = page.split();
                let next = pages.next(next)?.map(|token| (url, Some(token), pages));
                Ok::<_, CloudError>(Some((stream::iter(entries).map(Ok), next)))
            })
            .try_flatten(),
        )
    }
}

pub(super) async fn tenant(google: &Google) -> Result<Tenant, CloudError> {
    let url = google.directory_url(&["customers", "my_customer"], &[("fields", "id,customerDomain")]);
    let customer: CustomerWire = google.directory(url).await?;
    Ok(Tenant {
        id: TenantId(customer.id),
        name: customer.customer_domain,
        signed_in_as: google.subject.to_string(),
    })
}

/// Those who are there, then those deleted within the last 20 days. A user names its org unit by path, so the
/// org units are read first.
pub(super) fn users(google: &Google) -> Listing<'_, User> {
    let all = async move {
        let units: HashMap<String, OrgUnitId> =
            org_units(google).map_ok(|unit| (unit.path, unit.id)).try_collect().await?;
        let list = move |deleted: &'static str| {
            let query = [
                ("customer", "my_customer"),
                ("maxResults", USERS_A_PAGE),
                ("projection", "full"),
                ("showDeleted", deleted),
                ("fields", USER_FIELDS),
            ];
            google.listing::<Users>(google.directory_url(&["users"], &query))
        };
        let present = list("false").map_ok(|user| Some((user, false)));
        let deleted = list("true").map_ok(|user| Some((user, true)));
        let (mut seen, mut without_mailbox) = (HashSet::new(), HashSet::new());
        let listed = present.chain(deleted).chain(stream::iter([Ok(None)]));
        let users = listed.try_filter_map(move |listed| {
            let user = match listed {
                Some((wire, deleted)) => {
                    let is_new = seen.insert(wire.id.clone());
                    if is_new && !deleted && wire.is_mailbox_setup == Some(false) {
                        without_mailbox.insert(UserId(wire.id.clone()));
                    }
                    is_new.then(|| user(wire, deleted, &units))
                }
                // Only a listing that finished says who has no mailbox.
                None => {
                    google.set_without_mailbox(std::mem::take(&mut without_mailbox));
                    None
                }
            };
            std::future::ready(Ok(user))
        });
        Ok::<_, CloudError>(users)
    };
    Box::pin(stream::once(all).try_flatten())
}

fn user(wire: UserWire, deleted: bool, units: &HashMap<String, OrgUnitId>) -> User {
    let account = match wire {
        _ if deleted || wire.deletion_time.is_some() => Account::Deleted,
        UserWire { archived: true, .. } => Account::Archived,
        UserWire { suspended: true, .. } => Account::Suspended,
        _ => Account::Active,
    };
    let name = wire.name.and_then(|name| name.full_name).filter(|name| !name.is_empty());
    User {
        id: UserId(wire.id),
        name: name.unwrap_or_else(|| wire.primary_email.clone()),
        address: wire.primary_email,
        account,
        org_unit: wire.org_unit_path.and_then(|path| units.get(&path).cloned()),
        aliases: wire.aliases,
        is_admin: wire.is_admin,
        created: wire.creation_time,
    }
}

pub(super) fn groups(google: &Google) -> Listing<'_, Group> {
    let query = [
        ("customer", "my_customer"),
        ("maxResults", GROUPS_A_PAGE),
        ("fields", "nextPageToken,groups(id,email,name,directMembersCount)"),
    ];
    let url = google.directory_url(&["groups"], &query);
    let group = |wire: GroupWire| Group {
        id: GroupId(wire.id),
        address: wire.email,
        name: wire.name,
        direct_members: wire.direct_members_count.and_then(|count| u64::try_from(count.0).ok()),
    };
    Box::pin(google.listing::<Groups>(url).map_ok(group))
}

pub(super) fn members<'a>(google: &'a Google, group: &'a GroupId) -> Listing<'a, Member> {
    let query = [("maxResults", GROUPS_A_PAGE), ("fields", "nextPageToken,members(id,email,type)")];
    let url = google.directory_url(&["groups", group.as_str(), "members"], &query);
    let member = |wire: MemberWire| Member {
        id: wire.id,
        address: wire.email,
        kind: match wire.kind.as_str() {
            "GROUP" => MemberKind::Group,
            "CUSTOMER" => MemberKind::Everyone,
            _ => MemberKind::User,
        },
    };
    Box::pin(google.listing::<Members>(url).map_ok(member))
}

/// One request: org units have no pages. Only `allIncludingParent` from the root tells the root's id.
pub(super) fn org_units(google: &Google) -> Listing<'_, OrgUnit> {
    let query = [
        ("type", "allIncludingParent"),
        ("orgUnitPath", "/"),
        ("fields", "organizationUnits(orgUnitId,orgUnitPath,parentOrgUnitId,name)"),
    ];
    let url = google.directory_url(&["customer", "my_customer", "orgunits"], &query);
    let all = async move {
        let mut units: Vec<OrgUnitWire> = google.listing::<OrgUnits>(url).try_collect().await?;
        units.sort_by_cached_key(|unit| {
            let path = unit.org_unit_path.trim_end_matches('/');
            (path.matches('/').count(), path.to_owned())
        });
        let units = units.into_iter().map(|unit| {
            let is_root = unit.org_unit_path == "/";
            OrgUnit {
                id: OrgUnitId(unit.org_unit_id),
                parent: unit.parent_org_unit_id.filter(|_| !is_root).map(OrgUnitId),
                name: unit.name,
                path: unit.org_unit_path,
            }
        });
        Ok::<_, CloudError>(stream::iter(units).map(Ok))
    };
    Box::pin(stream::once(all).try_flatten())
}
