//! Google Workspace: one service account with domain-wide delegation, or one admin's sign-in.
//!
//! `docs.md` tells which requests are made and which of Google's quirks they obey.

mod auth;
mod calendar;
mod check;
mod classify;
mod contacts;
mod directory;
mod drive;
mod drive_changes;
mod drive_content;
mod drive_export;
mod drive_fields;
mod drive_file;
mod endpoints;
mod gmail;
mod grant;
mod jwt;
mod quotas;
mod scopes;
mod secret;
mod shared_drives;
mod sign_in;
mod steps;
mod tasks;
mod told;
mod wire;

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use holdfast_model::{CloudKind, Group, GroupId, Member, OrgUnit, Owner, Scope, Service, User, UserId};
use url::Url;

use crate::contract::{
    Authorisation, Capabilities, Change, Check, Cloud, CloudError, Cursor, Document, DomainScope, ErrorKind,
    Hold, ItemRef, Listing, Opened, Reach, Tenant,
};
use crate::http::{Access, Client, HttpOptions, Price, Request, SecretCell, Session};
use auth::Tokens;
use drive::Drive;
use quotas::Prices;
use scopes::Audience;

pub use endpoints::GoogleEndpoints;
pub use scopes::all as needed_scopes;
pub use secret::{GoogleSecret, OAuthGrant, ServiceAccountKey, secret_from_key_file};
pub use sign_in::sign_in;

/// How many Items of one Archive are worth fetching at once.
const PARALLELISM: usize = 12;

/// A Connection to one Google Workspace tenant.
pub struct Google {
    session: Session,
    tokens: Arc<Tokens>,
    endpoints: GoogleEndpoints,
    /// Whom the Directory is read as.
    subject: Arc<str>,
    /// The number to which an admin delegates, where there is a service account.
    delegate: Option<String>,
    project: String,
    prices: Prices,
    temp_dir: PathBuf,
    drive: Drive,
    /// Events, contacts and tasks that were listed and not opened yet.
    held: told::Held,
    /// What labels of Policies mean in each mailbox.
    labels: gmail::Meant,
    /// Users of whom the last listing said that they have no mailbox.
    without_mailbox: Mutex<HashSet<UserId>>,
}

impl Google {
    /// Opens the Connection whose secret is in the cell. Sends nothing.
    pub async fn open(cell: Arc<dyn SecretCell>, options: &HttpOptions) -> Result<Self, CloudError> {
        let secret = GoogleSecret::from_bytes(&cell.load().await?)?;
        let hosts: Vec<&Url> = secret.endpoints.all().into_iter().map(|(_, url)| url).collect();
        let client = Arc::new(Client::new(&hosts, classify::classify, options)?);
        let tokens = Arc::new(Tokens::new(&secret, Arc::clone(&client), cell)?);
        let subject = secret.directory_subject().ok_or_else(|| {
            CloudError::new(
                ErrorKind::SignInAgain,
                "noAdmin",
                "no admin is known whom the Directory is read as",
            )
        })?;
        let key = secret.service_account.as_ref();
        let session = Session::new(client, tokens.clone());
        let prices = Prices::of(options.pacing.model);
        Ok(Self {
            drive: Drive::new(session.clone(), &secret.endpoints, prices, subject),
            session,
            tokens,
            endpoints: secret.endpoints.clone(),
            subject: Arc::from(subject),
            delegate: key.map(|key| key.client_id.clone()),
            project: key.map(|key| key.project_id.clone()).unwrap_or_default(),
            prices,
            temp_dir: options.temp_dir.clone(),
            held: told::Held::default(),
            labels: gmail::Meant::default(),
            without_mailbox: Mutex::default(),
        })
    }

    /// A GET made as `subject`.
    fn get(&self, url: Url, subject: &str, audience: Audience, price: Price) -> Request {
        let access = Access { subject: Arc::from(subject), audience: audience.word() };
        Request::get(url).with_access(&access).priced(price)
    }

    fn set_without_mailbox(&self, users: HashSet<UserId>) {
        *self.without_mailbox.lock().unwrap_or_else(PoisonError::into_inner) = users;
    }

    fn has_mailbox(&self, user: &UserId) -> bool {
        !self.without_mailbox.lock().unwrap_or_else(PoisonError::into_inner).contains(user)
    }
}

#[async_trait]
impl Cloud for Google {
    fn kind(&self) -> CloudKind {
        CloudKind::Google
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            groups: true,
            org_units: true,
            delta: true,
            ranged_reads: true,
            content_hash: true,
            stable_size: true,
            parallelism: PARALLELISM,
        }
    }

    async fn tenant(&self) -> Result<Tenant, CloudError> {
        directory::tenant(self).await
    }

    async fn check(&self) -> Vec<Check> {
        check::all(self).await
    }

    async fn authorisation(&self) -> Result<Authorisation, CloudError> {
        self.tokens.authorisation().await
    }

    fn clock_ahead(&self) -> Option<i64> {
        self.session.client().clock_ahead()
    }

    async fn check_user(&self, user: &User, services: &BTreeSet<Service>) -> Vec<(Service, Check)> {
        check::of_user(self, user, services).await
    }

    fn users(&self) -> Listing<'_, User> {
        directory::users(self)
    }

    fn groups(&self) -> Listing<'_, Group> {
        directory::groups(self)
    }

    fn members<'a>(&'a self, group: &'a GroupId) -> Listing<'a, Member> {
        directory::members(self, group)
    }

    fn org_units(&self) -> Listing<'_, OrgUnit> {
        directory::org_units(self)
    }

    /// No request: mail is left out for those of whom the last listing of users said that they have no mailbox.
    async fn scopes(&self, user: &User) -> Result<Vec<Scope>, CloudError> {
        let services = [Service::Gmail, Service::Drive, Service::Calendar, Service::Contacts, Service::Tasks];
        let services = services.into_iter().filter(|service| match service {
            Service::Gmail => self.has_mailbox(&user.id),
            Service::BoxFiles => false,
            _ => true,
        });
        Ok(services.map(|service| Scope { owner: Owner::User(user.id.clone()), service }).collect())
    }

    async fn domain_scopes(&self) -> Result<Vec<DomainScope>, CloudError> {
        self.drive.domain_scopes().await
    }

    fn changes<'a>(&'a self, reach: &'a Reach, cursor: Option<&'a Cursor>) -> Listing<'a, Change> {
        match reach.scope.service {
            Service::Gmail => gmail::changes(self, reach, cursor),
            Service::Drive | Service::SharedDrive => self.drive.changes(reach, cursor),
            Service::Calendar => calendar::changes(self, reach, cursor),
            Service::Contacts => contacts::changes(self, reach, cursor),
            Service::Tasks => tasks::changes(self, reach, cursor),
            Service::BoxFiles => Box::pin(futures::stream::iter([Err(no_service_of_google())])),
        }
    }

    async fn expected_count(&self, reach: &Reach) -> Result<Option<u64>, CloudError> {
        match reach.scope.service {
            Service::Gmail => gmail::expected_count(self, reach).await,
            Service::Contacts => contacts::expected_count(self, reach).await,
            Service::Drive
            | Service::SharedDrive
            | Service::Calendar
            | Service::Tasks
            | Service::BoxFiles => Ok(None),
        }
    }

    async fn expected_bytes(&self, reach: &Reach) -> Result<Option<u64>, CloudError> {
        match reach.scope.service {
            Service::Drive => self.drive.used_bytes(reach).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn label_names(&self, reach: &Reach) -> Result<Vec<String>, CloudError> {
        match reach.scope.service {
            Service::Gmail => gmail::label_names(self, reach).await,
            _ => Ok(Vec::new()),
        }
    }

    async fn open(&self, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
        match reach.scope.service {
            Service::Gmail => gmail::open(self, reach, item).await,
            Service::Drive | Service::SharedDrive => self.drive.open(reach, item).await,
            Service::Calendar => calendar::open(self, reach, item).await,
            Service::Contacts => contacts::open(self, reach, item).await,
            Service::Tasks => tasks::open(self, reach, item).await,
            Service::BoxFiles => Err(no_service_of_google()),
        }
    }

    fn hold(&self, reach: &Reach) -> Option<Hold> {
        // A shared drive is read as an admin wherever the admin may.
        let user = if reach.address.is_empty() { &*self.subject } else { reach.address.as_str() };
        self.session.client().hold(user)
    }

    async fn documents(&self, reach: &Reach) -> Result<Vec<Document>, CloudError> {
        match reach.scope.service {
            Service::Gmail => gmail::documents(self, reach).await,
            Service::Drive | Service::SharedDrive => self.drive.documents(reach).await,
            Service::Calendar => calendar::documents(self, reach).await,
            Service::Contacts => contacts::documents(self, reach).await,
            Service::Tasks => tasks::documents(self, reach).await,
            Service::BoxFiles => Err(no_service_of_google()),
        }
    }
}

/// An Archive of another Cloud was asked for.
fn no_service_of_google() -> CloudError {
    CloudError::new(ErrorKind::Fatal, "noSuchScope", "Google has no such service")
}
