//! A Cloud that is watched over: whichever call finds that the authorisation lapsed, the Connection is `expired` from then
//! on, everywhere. No caller has to think of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use holdfast_clouds::contract::{
    Authorisation, Body, Capabilities, Change, Check, Cloud, CloudError, Cursor, Document, DomainScope,
    ErrorKind, Hold, ItemRef, Listing, Opened, Reach, Tenant,
};
use holdfast_model::{CloudKind, ConnectionId, Group, GroupId, Member, OrgUnit, Scope, Service, User};

use crate::engine::WeakEngine;

/// Whose Cloud it is.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) engine: WeakEngine,
    pub(crate) connection: ConnectionId,
    /// The secret that the Cloud was opened with: one that was replaced since says nothing about the new one.
    pub(crate) secret_name: Option<String>,
}

/// The Cloud behind it, call by call.
pub(crate) struct Watched {
    pub(crate) cloud: Arc<dyn Cloud>,
    pub(crate) watch: Watch,
}

impl Watch {
    async fn see(&self, error: &CloudError) {
        if error.kind != ErrorKind::SignInAgain {
            return;
        }
        let Some(engine) = self.engine.upgrade() else { return };
        let marked = engine.mark_expired(self.connection, self.secret_name.as_deref(), error).await;
        if let Err(error) = marked {
            tracing::error!(code = error.code(), %error, "an expired connection could not be recorded");
        }
    }

    async fn seen<T>(&self, outcome: Result<T, CloudError>) -> Result<T, CloudError> {
        if let Err(error) = &outcome {
            self.see(error).await;
        }
        outcome
    }

    fn listing<'a, T: Send + 'a>(&'a self, listing: Listing<'a, T>) -> Listing<'a, T> {
        listing
            .or_else(move |error| async move {
                self.see(&error).await;
                Err(error)
            })
            .boxed()
    }

    fn body(&self, body: Body) -> Body {
        let watch = self.clone();
        body.or_else(move |error| {
            let watch = watch.clone();
            async move {
                watch.see(&error).await;
                Err(error)
            }
        })
        .boxed()
    }
}

#[async_trait]
impl Cloud for Watched {
    fn kind(&self) -> CloudKind {
        self.cloud.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.cloud.capabilities()
    }

    async fn tenant(&self) -> Result<Tenant, CloudError> {
        self.watch.seen(self.cloud.tenant().await).await
    }

    async fn check(&self) -> Vec<Check> {
        self.cloud.check().await
    }

    async fn authorisation(&self) -> Result<Authorisation, CloudError> {
        self.watch.seen(self.cloud.authorisation().await).await
    }

    fn clock_ahead(&self) -> Option<i64> {
        self.cloud.clock_ahead()
    }

    async fn check_user(&self, user: &User, services: &BTreeSet<Service>) -> Vec<(Service, Check)> {
        self.cloud.check_user(user, services).await
    }

    fn users(&self) -> Listing<'_, User> {
        self.watch.listing(self.cloud.users())
    }

    fn groups(&self) -> Listing<'_, Group> {
        self.watch.listing(self.cloud.groups())
    }

    fn members<'a>(&'a self, group: &'a GroupId) -> Listing<'a, Member> {
        self.watch.listing(self.cloud.members(group))
    }

    fn org_units(&self) -> Listing<'_, OrgUnit> {
        self.watch.listing(self.cloud.org_units())
    }

    async fn scopes(&self, user: &User) -> Result<Vec<Scope>, CloudError> {
        self.watch.seen(self.cloud.scopes(user).await).await
    }

    async fn domain_scopes(&self) -> Result<Vec<DomainScope>, CloudError> {
        self.watch.seen(self.cloud.domain_scopes().await).await
    }

    fn changes<'a>(&'a self, reach: &'a Reach, cursor: Option<&'a Cursor>) -> Listing<'a, Change> {
        self.watch.listing(self.cloud.changes(reach, cursor))
    }

    async fn expected_count(&self, reach: &Reach) -> Result<Option<u64>, CloudError> {
        self.watch.seen(self.cloud.expected_count(reach).await).await
    }

    async fn expected_bytes(&self, reach: &Reach) -> Result<Option<u64>, CloudError> {
        self.watch.seen(self.cloud.expected_bytes(reach).await).await
    }

    async fn label_names(&self, reach: &Reach) -> Result<Vec<String>, CloudError> {
        self.watch.seen(self.cloud.label_names(reach).await).await
    }

    async fn open(&self, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
        let mut opened = self.watch.seen(self.cloud.open(reach, item).await).await?;
        for content in &mut opened.contents {
            let body = std::mem::replace(&mut content.body, futures::stream::empty().boxed());
            content.body = self.watch.body(body);
        }
        Ok(opened)
    }

    fn hold(&self, reach: &Reach) -> Option<Hold> {
        self.cloud.hold(reach)
    }

    async fn documents(&self, reach: &Reach) -> Result<Vec<Document>, CloudError> {
        self.watch.seen(self.cloud.documents(reach).await).await
    }
}
