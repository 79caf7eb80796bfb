//! Box: an enterprise by client credentials, or somebody's sign-in. (`box` is a word of Rust's.)
//!
//! `docs.md` tells which requests are made and which of Box's quirks they obey.

mod auth;
mod check;
mod classify;
mod content;
mod count;
mod directory;
mod endpoints;
mod events;
mod file;
mod files;
mod foreign;
mod grant;
mod quotas;
mod scopes;
mod secret;
mod sign_in;
mod templates;
mod versions;
mod walk;
mod wire;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use holdfast_model::{CloudKind, Group, GroupId, Member, OrgUnit, Owner, Scope, Service, User};

use crate::contract::{
    Authorisation, Capabilities, Change, Check, Cloud, CloudError, Cursor, Document, DomainScope, Hold,
    ItemRef, Listing, Opened, Reach, Tenant,
};
use crate::http::{Client, HttpOptions, SecretCell, Session};
use auth::Tokens;
use files::Files;

pub use endpoints::BoxEndpoints;
pub use scopes::all as needed_scopes;
pub use secret::{BoxApp, BoxGrant, BoxSecret, KeptAccess, SecretText, SignedIn, secret_from_app_file};
pub use sign_in::{REDIRECTS, sign_in};

/// How many Items of one Archive are worth fetching at once.
const PARALLELISM: usize = 16;

/// A Connection to one Box enterprise.
pub struct Boxcom {
    files: Files,
    cell: Arc<dyn SecretCell>,
}

impl Boxcom {
    /// Opens the Connection whose secret is in the cell. Sends nothing.
    pub async fn open(cell: Arc<dyn SecretCell>, options: &HttpOptions) -> Result<Self, CloudError> {
        let secret = BoxSecret::from_bytes(&cell.load().await?)?;
        let client = Arc::new(Client::new(&secret.endpoints.hosts(), classify::classify, options)?);
        let tokens = Tokens::new(&secret, Arc::clone(&client), Arc::clone(&cell));
        let session = Session::new(client, Arc::new(tokens));
        Ok(Self { files: Files::new(session, &secret), cell })
    }
}

#[async_trait]
impl Cloud for Boxcom {
    fn kind(&self) -> CloudKind {
        CloudKind::Box
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            groups: self.files.is_whole_enterprise(),
            org_units: false,
            delta: true,
            ranged_reads: true,
            content_hash: true,
            stable_size: true,
            parallelism: PARALLELISM,
        }
    }

    async fn tenant(&self) -> Result<Tenant, CloudError> {
        directory::tenant(&self.files).await
    }

    async fn check(&self) -> Vec<Check> {
        check::all(&self.files).await
    }

    async fn check_user(&self, user: &User, services: &BTreeSet<Service>) -> Vec<(Service, Check)> {
        match services.contains(&Service::BoxFiles) {
            true => vec![(Service::BoxFiles, check::of_user(&self.files, &user.id).await)],
            false => Vec::new(),
        }
    }

    async fn authorisation(&self) -> Result<Authorisation, CloudError> {
        Ok(BoxSecret::from_bytes(&self.cell.load().await?)?.authorisation())
    }

    fn clock_ahead(&self) -> Option<i64> {
        self.files.session().client().clock_ahead()
    }

    fn users(&self) -> Listing<'_, User> {
        directory::users(&self.files)
    }

    fn groups(&self) -> Listing<'_, Group> {
        directory::groups(&self.files)
    }

    fn members<'a>(&'a self, group: &'a GroupId) -> Listing<'a, Member> {
        directory::members(&self.files, group)
    }

    fn org_units(&self) -> Listing<'_, OrgUnit> {
        Box::pin(futures::stream::empty())
    }

    /// No request: every user of Box has files.
    async fn scopes(&self, user: &User) -> Result<Vec<Scope>, CloudError> {
        Ok(vec![Scope { owner: Owner::User(user.id.clone()), service: Service::BoxFiles }])
    }

    /// None: whatever there is belongs to a user.
    async fn domain_scopes(&self) -> Result<Vec<DomainScope>, CloudError> {
        Ok(Vec::new())
    }

    fn changes<'a>(&'a self, reach: &'a Reach, cursor: Option<&'a Cursor>) -> Listing<'a, Change> {
        events::changes(&self.files, reach, cursor)
    }

    async fn expected_count(&self, reach: &Reach) -> Result<Option<u64>, CloudError> {
        count::expected(&self.files, reach).await
    }

    async fn expected_bytes(&self, reach: &Reach) -> Result<Option<u64>, CloudError> {
        count::used_bytes(&self.files, reach).await
    }

    async fn open(&self, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
        content::open(&self.files, reach, item).await
    }

    fn hold(&self, reach: &Reach) -> Option<Hold> {
        match &reach.scope.owner {
            Owner::User(id) => self.files.session().client().hold(id.as_str()),
            Owner::Domain(_) => None,
        }
    }

    async fn documents(&self, _reach: &Reach) -> Result<Vec<Document>, CloudError> {
        Ok(Vec::new())
    }
}
