//! A [`MemoryCloud`] as the engine sees it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use holdfast_model::{
    Account, CloudKind, Group, GroupId, Member, OrgUnit, Owner, Scope, Service, User, UserId,
};
use serde_json::json;

use super::{MemoryCloud, Op, World};
use crate::cause::{Cause, cause};
use crate::contract::{
    Authorisation, Capabilities, Change, Check, CheckOutcome, Cloud, CloudError, Cursor, Document,
    DomainScope, ErrorKind, Hold, ItemRef, Listing, Opened, Reach, Tenant,
};

#[async_trait]
impl Cloud for MemoryCloud {
    fn kind(&self) -> CloudKind {
        CloudKind::Google
    }

    fn capabilities(&self) -> Capabilities {
        self.world().capabilities
    }

    async fn tenant(&self) -> Result<Tenant, CloudError> {
        self.request(Op::Tenant, None, None, |world| Ok(world.tenant.clone())).await.map(|(tenant, _)| tenant)
    }

    async fn check(&self) -> Vec<Check> {
        let outcome = match self.tenant().await {
            Ok(_) => CheckOutcome::Works,
            Err(error) if error.is_passing() => CheckOutcome::Unknown { detail: error.to_string() },
            Err(error) => CheckOutcome::Missing {
                todo: "Sign in again.".to_owned(),
                link: None,
                detail: error.to_string(),
            },
        };
        vec![Check { subject: "memory.signed_in".to_owned(), title: "Signed in".to_owned(), outcome }]
    }

    async fn check_user(&self, user: &User, services: &BTreeSet<Service>) -> Vec<(Service, Check)> {
        let mut checks = Vec::new();
        for scope in self.scopes(user).await.unwrap_or_default() {
            let service = scope.service;
            if !services.contains(&service) {
                continue;
            }
            let reach = Reach { scope, address: user.address.clone(), policy: Default::default() };
            let read = async {
                self.readable(&reach)?;
                let cursor = |world: &mut World| world.archive(&reach.scope).map(|archive| archive.cursor());
                self.request(Op::StartCursor, Some(&reach.scope), None, |world| cursor(world)).await
            };
            let detail = |error: &CloudError| error.to_string();
            let outcome = match read.await {
                Ok(_) => CheckOutcome::Works,
                Err(error) if error.is_passing() => CheckOutcome::Unknown { detail: detail(&error) },
                Err(error) if cause(&error) == Some(Cause::ServiceOff) => {
                    CheckOutcome::Off { todo: "Switch it on.".to_owned(), link: None, detail: detail(&error) }
                }
                Err(error) => {
                    CheckOutcome::Missing { todo: "Grant it.".to_owned(), link: None, detail: detail(&error) }
                }
            };
            let (subject, title) = (format!("memory.{service}"), format!("{} data access", service.title()));
            checks.push((service, Check { subject, title, outcome }));
        }
        checks
    }

    async fn authorisation(&self) -> Result<Authorisation, CloudError> {
        Ok(self.world().authorisation.clone())
    }

    fn clock_ahead(&self) -> Option<i64> {
        self.world().clock_ahead
    }

    fn users(&self) -> Listing<'_, User> {
        self.paged(Op::Users, |world| world.users.clone())
    }

    fn groups(&self) -> Listing<'_, Group> {
        if !self.capabilities().groups {
            return stream::empty().boxed();
        }
        self.paged(Op::Groups, |world| world.groups.iter().map(|(group, _)| group.clone()).collect())
    }

    fn members<'a>(&'a self, group: &'a GroupId) -> Listing<'a, Member> {
        self.paged(Op::Members, |world| {
            let found = world.groups.iter().find(|(known, _)| known.id == *group);
            found.map(|(_, members)| members.clone()).unwrap_or_default()
        })
    }

    fn org_units(&self) -> Listing<'_, OrgUnit> {
        if !self.capabilities().org_units {
            return stream::empty().boxed();
        }
        self.paged(Op::OrgUnits, World::units_top_down)
    }

    async fn scopes(&self, user: &User) -> Result<Vec<Scope>, CloudError> {
        let answer = self.request(Op::Scopes, None, None, |world| {
            let scopes = [Self::mailbox(&user.id), Self::drive(&user.id)];
            let licensed = |scope: &Scope| !world.unlicensed.contains(&(user.id.clone(), scope.service));
            Ok(scopes.into_iter().filter(|s| licensed(s) && world.archives.contains_key(s)).collect())
        });
        answer.await.map(|(scopes, _)| scopes)
    }

    async fn domain_scopes(&self) -> Result<Vec<DomainScope>, CloudError> {
        let answer = self.request(Op::DomainScopes, None, None, |world| {
            let drives = world.drives.iter();
            Ok(drives
                .map(|(id, name)| DomainScope { scope: Self::shared_drive(id), name: name.clone() })
                .collect())
        });
        answer.await.map(|(scopes, _)| scopes)
    }

    fn changes<'a>(&'a self, reach: &'a Reach, cursor: Option<&'a Cursor>) -> Listing<'a, Change> {
        match self.readable(reach) {
            Ok(()) => self.feed(reach, cursor),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    async fn expected_count(&self, reach: &Reach) -> Result<Option<u64>, CloudError> {
        let answer = self.request(Op::Count, Some(&reach.scope), None, |world| {
            let count = world.kept_newest_first(&reach.scope, &reach.policy).len() as u64;
            Ok(world.counts.then_some(count))
        });
        answer.await.map(|(count, _)| count)
    }

    async fn open(&self, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
        self.readable(reach)?;
        self.read(reach, item).await
    }

    fn hold(&self, _reach: &Reach) -> Option<Hold> {
        self.world().hold
    }

    async fn documents(&self, reach: &Reach) -> Result<Vec<Document>, CloudError> {
        let answer = self.request(Op::Documents, Some(&reach.scope), None, |world| {
            Ok(match (&reach.scope.owner, reach.scope.service) {
                (Owner::User(_), Service::Gmail) => {
                    let archive = world.archive(&reach.scope)?;
                    let labels = archive.items.values().flat_map(|stored| &stored.meta.labels);
                    let labels: std::collections::BTreeSet<_> = labels.collect();
                    vec![Document { name: "labels", json: json!(labels) }]
                }
                (Owner::Domain(id), _) => {
                    let name = world.drives.iter().find(|(drive, _)| drive == id).map(|(_, name)| name);
                    vec![Document { name: "drive", json: json!({ "id": id, "name": name }) }]
                }
                (Owner::User(_), _) => Vec::new(),
            })
        });
        answer.await.map(|(documents, _)| documents)
    }
}

impl MemoryCloud {
    /// As in Google, nothing can be read as a user who is not active.
    fn readable(&self, reach: &Reach) -> Result<(), CloudError> {
        let Owner::User(owner) = &reach.scope.owner else { return Ok(()) };
        let world = self.world();
        match world.users.iter().find(|user| user.id == *owner) {
            Some(user) if user.account == Account::Active => {
                let licensed = !world.unlicensed.contains(&(UserId::clone(owner), reach.scope.service));
                if licensed {
                    Ok(())
                } else {
                    Err(forbidden("notEnabled", "the user has no license for this"))
                }
            }
            Some(user) => Err(forbidden("notActive", format!("the account is {}", user.account.as_str()))),
            None => Err(forbidden("notFound", "there is no such user")),
        }
    }
}

fn forbidden(reason: &str, detail: impl Into<String>) -> CloudError {
    CloudError { status: Some(403), ..CloudError::new(ErrorKind::Forbidden, reason, detail) }
}
