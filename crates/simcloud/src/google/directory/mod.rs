//! The Admin SDK Directory API: users, groups, org units, domain.
//! <https://developers.google.com/workspace/admin/directory/reference/rest/v1>

mod changes;
mod groups;
mod model;
mod org_units;
pub(crate) mod sample;
mod users;

use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Value, json};

use super::{Answer, Api, Call, GoogleError, Method};
use crate::clock::rfc3339;
use crate::content::{hex, mix, tag};
use crate::sync::{read, write};

pub(crate) use changes::OPS;
pub use model::{Directory, Group, Member, OrgUnit, Role, User, Who};

/// The Directory API.
pub static DIRECTORY: Api = Api { name: "directory", title: "Admin SDK API", host: "admin.googleapis.com" };

const USERS: &[&str] = &[
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/cloud-platform",
];
const USER: &[&str] = &[
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
];
const ALIASES: &[&str] = &[
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.user.alias",
    "https://www.googleapis.com/auth/admin.directory.user.alias.readonly",
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
];
const GROUPS: &[&str] = &[
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
];
const MEMBERS: &[&str] = &[
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.group.member",
    "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
];
const ORG_UNITS: &[&str] = &[
    "https://www.googleapis.com/auth/admin.directory.orgunit",
    "https://www.googleapis.com/auth/admin.directory.orgunit.readonly",
];
const CUSTOMER: &[&str] = &[
    "https://www.googleapis.com/auth/admin.directory.customer",
    "https://www.googleapis.com/auth/admin.directory.customer.readonly",
];
const DOMAINS: &[&str] = &[
    "https://www.googleapis.com/auth/admin.directory.domain",
    "https://www.googleapis.com/auth/admin.directory.domain.readonly",
];

/// One query each: the published limit counts queries.
/// <https://developers.google.com/workspace/admin/directory/v1/limits>
const fn get(
    id: &'static str,
    path: &'static str,
    query: &'static [&'static str],
    scopes: &'static [&'static str],
    run: fn(&Call) -> Result<Answer, GoogleError>,
) -> Method {
    Method { api: &DIRECTORY, id, http: "GET", path, query, scopes, units: |_| 1, run }
}

/// Methods that are simulated.
pub(crate) static METHODS: &[Method] = &[
    get(
        "directory.users.list",
        "admin/directory/v1/users",
        &[
            "customFieldMask",
            "customer",
            "domain",
            "event",
            "maxResults",
            "orderBy",
            "pageToken",
            "projection",
            "query",
            "showDeleted",
            "sortOrder",
            "viewType",
        ],
        USERS,
        users::list,
    ),
    get(
        "directory.users.get",
        "admin/directory/v1/users/{userKey}",
        &["customFieldMask", "projection", "viewType"],
        USER,
        users::get,
    ),
    get(
        "directory.users.aliases.list",
        "admin/directory/v1/users/{userKey}/aliases",
        &["event"],
        ALIASES,
        users::aliases,
    ),
    get(
        "directory.groups.list",
        "admin/directory/v1/groups",
        &["customer", "domain", "maxResults", "orderBy", "pageToken", "query", "sortOrder", "userKey"],
        GROUPS,
        groups::list,
    ),
    get("directory.groups.get", "admin/directory/v1/groups/{groupKey}", &[], GROUPS, groups::get),
    get(
        "directory.members.list",
        "admin/directory/v1/groups/{groupKey}/members",
        &["includeDerivedMembership", "maxResults", "pageToken", "roles"],
        MEMBERS,
        groups::members,
    ),
    get(
        "directory.members.get",
        "admin/directory/v1/groups/{groupKey}/members/{memberKey}",
        &[],
        MEMBERS,
        groups::member,
    ),
    get(
        "directory.members.hasMember",
        "admin/directory/v1/groups/{groupKey}/hasMember/{memberKey}",
        &[],
        MEMBERS,
        groups::has_member,
    ),
    get(
        "directory.orgunits.list",
        "admin/directory/v1/customer/{customerId}/orgunits",
        &["orgUnitPath", "type"],
        ORG_UNITS,
        org_units::list,
    ),
    get(
        "directory.orgunits.get",
        "admin/directory/v1/customer/{customerId}/orgunits/{+orgUnitPath}",
        &[],
        ORG_UNITS,
        org_units::get,
    ),
    get("directory.customers.get", "admin/directory/v1/customers/{customerKey}", &[], CUSTOMER, customer),
    get("directory.domains.list", "admin/directory/v1/customer/{customer}/domains", &[], DOMAINS, domains),
    get(
        "directory.domains.get",
        "admin/directory/v1/customer/{customer}/domains/{domainName}",
        &[],
        DOMAINS,
        domain,
    ),
];

/// The Directory, shared by requests.
pub struct Directories(RwLock<Directory>);

impl Directories {
    pub(crate) fn new(directory: Directory) -> Self {
        Self(RwLock::new(directory))
    }

    /// Looks at the Directory; held briefly.
    pub fn read(&self) -> RwLockReadGuard<'_, Directory> {
        read(&self.0)
    }

    /// Changes the Directory.
    pub fn write(&self) -> RwLockWriteGuard<'_, Directory> {
        write(&self.0)
    }

    /// The id and all addresses of a user, for faults that name a user.
    pub(crate) fn names_of(&self, id: &str) -> Vec<String> {
        let directory = self.read();
        let Some(user) = directory.user_or_deleted(id) else { return Vec::new() };
        let mut names = vec![user.id.clone(), user.address.clone()];
        names.extend(user.aliases.iter().cloned());
        names
    }
}

/// The Directory answers admins only.
fn admitted(call: &Call) -> Result<(), GoogleError> {
    let directory = call.world.google.directory.read();
    let is_admin =
        call.principal.user().and_then(|id| directory.user(id)).is_some_and(|u| u.is_admin && !u.suspended);
    if is_admin { Ok(()) } else { Err(GoogleError::forbidden("Not Authorized to access this resource/api")) }
}

/// `my_customer`, the customer's id, or the domain.
fn check_customer(directory: &Directory, key: &str) -> Result<(), GoogleError> {
    let known =
        key == "my_customer" || key == directory.customer_id || key.eq_ignore_ascii_case(&directory.domain);
    if known {
        Ok(())
    } else {
        Err(GoogleError::new(400, "invalid", "Invalid Input").at("parameter", "customer"))
    }
}

/// `customer` or `domain` of a listing; one of them has to be there.
fn check_scope(call: &Call, directory: &Directory) -> Result<(), GoogleError> {
    match (call.query("customer"), call.query("domain")) {
        (Some(customer), _) => check_customer(directory, customer),
        (None, Some(domain)) if domain.eq_ignore_ascii_case(&directory.domain) => Ok(()),
        (None, Some(domain)) => Err(GoogleError::new(404, "notFound", format!("Domain not found: {domain}"))),
        (None, None) => Err(GoogleError::new(400, "badRequest", "Bad Request")),
    }
}

/// The `etag` of a resource: it moves when and only when the resource does.
fn with_etag(mut resource: Value) -> Value {
    let bytes = resource.to_string().into_bytes();
    let hash = ring::digest::digest(&ring::digest::SHA256, &bytes);
    resource["etag"] = json!(format!("\"{}\"", hex(&hash.as_ref()[..16])));
    resource
}

/// One page of a sorted listing; the position is the key of the last entry on the page before.
fn page<'a, T>(
    call: &Call,
    sorted: &'a [T],
    size: u64,
    key: impl Fn(&T) -> String,
) -> Result<(&'a [T], Option<String>), GoogleError> {
    let start = match super::paging::open(call)? {
        None => 0,
        Some(position) => {
            sorted.iter().position(|item| key(item) == position).map_or_else(|| sorted.len(), |at| at + 1)
        }
    };
    let end = start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(sorted.len());
    let items = sorted.get(start..end).unwrap_or_default();
    let next = (end < sorted.len())
        .then(|| items.last().map(|last| super::paging::seal(call, &key(last))))
        .flatten();
    Ok((items, next))
}

fn customer(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    check_customer(&directory, call.path("customerKey"))
        .map_err(|_| GoogleError::new(404, "notFound", "Resource Not Found: customerKey"))?;
    Ok(Answer::json(with_etag(json!({
        "kind": "admin#directory#customer",
        "id": directory.customer_id,
        "customerDomain": directory.domain,
        "customerCreationTime": rfc3339(sample::FOUNDED_MS),
        "alternateEmail": "owner@example.net",
        "language": "en",
        "postalAddress": {"organizationName": "Example Trading GmbH", "countryCode": "DE", "locality": "Berlin"},
    }))))
}

fn domain_json(directory: &Directory) -> Value {
    with_etag(json!({
        "kind": "admin#directory#domain",
        "domainName": directory.domain,
        "isPrimary": true,
        "verified": true,
        "creationTime": sample::FOUNDED_MS.to_string(),
    }))
}

fn domains(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    check_customer(&directory, call.path("customer"))?;
    Ok(Answer::json(with_etag(
        json!({"kind": "admin#directory#domains", "domains": [domain_json(&directory)]}),
    )))
}

fn domain(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    check_customer(&directory, call.path("customer"))?;
    if !call.path("domainName").eq_ignore_ascii_case(&directory.domain) {
        return Err(GoogleError::new(404, "notFound", "Domain not found."));
    }
    Ok(Answer::json(domain_json(&directory)))
}

/// An id of 21 digits, as Google's user ids are.
pub(crate) fn user_id(seed: u64, number: u32) -> String {
    let first = mix(&[seed, tag("user"), u64::from(number)]) % 10_000_000_000;
    let second = mix(&[seed, tag("user id"), u64::from(number)]) % 10_000_000_000;
    format!("1{first:010}{second:010}")
}
