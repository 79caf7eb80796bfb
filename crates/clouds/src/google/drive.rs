//! Drive: a user's documents and the Domain's shared drives.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3>
//!
//! [`super::drive_changes`] follows the feed, [`super::drive_content`] opens Items, [`super::drive_file`] says what a
//! file is, [`super::shared_drives`] finds shared drives and the member to read each as.

use std::sync::Arc;

use holdfast_model::{ItemId, Owner};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use url::Url;

use super::drive_file::File;
use super::endpoints::GoogleEndpoints;
use super::quotas::Prices;
use super::scopes::Audience;
use super::shared_drives::SharedDrives;
use crate::contract::{CloudError, Document, ErrorKind, Reach};
use crate::http::{Access, Price, Request, Session};

/// How often one request is made as yet another member of a shared drive.
const MOST_READERS: usize = 10;

/// Drive as one Connection reaches it. Cheap to clone.
#[derive(Clone)]
pub(super) struct Drive(Arc<Inner>);

struct Inner {
    session: Session,
    api: Url,
    docs: Url,
    prices: Prices,
    shared: SharedDrives,
}

impl Drive {
    /// `admin` is the one who sees every shared drive.
    pub(super) fn new(session: Session, endpoints: &GoogleEndpoints, prices: Prices, admin: &str) -> Self {
        let (api, docs) = (endpoints.drive.clone(), endpoints.docs.clone());
        Self(Arc::new(Inner { session, api, docs, prices, shared: SharedDrives::new(access(admin)) }))
    }

    /// What the user's own files take in Drive. <https://developers.google.com/workspace/drive/api/reference/rest/v3/about>
    pub(super) async fn used_bytes(&self, reach: &Reach) -> Result<u64, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Quota {
            usage_in_drive: String,
            usage_in_drive_trash: String,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct About {
            storage_quota: Quota,
        }
        let fields = [("fields", "storageQuota(usageInDrive,usageInDriveTrash)")];
        let about: About =
            self.json(&access(&reach.address), &["about"], &fields, self.0.prices.file).await?;
        let number = |text: &str| {
            text.parse::<u64>()
                .map_err(|error| CloudError::new(ErrorKind::Fatal, "badNumber", error.to_string()))
        };
        let all = number(&about.storage_quota.usage_in_drive)?;
        let trash = number(&about.storage_quota.usage_in_drive_trash)?;
        Ok(if reach.policy.drive_trash { all } else { all.saturating_sub(trash) })
    }

    pub(super) fn session(&self) -> &Session {
        &self.0.session
    }

    pub(super) fn shared(&self) -> &SharedDrives {
        &self.0.shared
    }

    pub(super) fn docs(&self) -> &Url {
        &self.0.docs
    }

    pub(super) fn prices(&self) -> &Prices {
        &self.0.prices
    }

    /// A GET of `/drive/v3/<path>`.
    pub(super) fn get(
        &self,
        access: &Access,
        path: &[&str],
        query: &[(&str, &str)],
        price: Price,
    ) -> Result<Request, CloudError> {
        let unusable = |detail: &str| CloudError::new(ErrorKind::Fatal, "unusableAddress", detail);
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(unusable("an id that is no id"));
        }
        let mut url = self.0.api.clone();
        url.path_segments_mut()
            .map_err(|()| unusable("the address of the Drive API has no path"))?
            .pop_if_empty()
            .extend(["drive", "v3"])
            .extend(path);
        url.query_pairs_mut().extend_pairs(query);
        Ok(Request::get(url).with_access(access).priced(price))
    }

    /// The JSON at `/drive/v3/<path>`.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        access: &Access,
        path: &[&str],
        query: &[(&str, &str)],
        price: Price,
    ) -> Result<T, CloudError> {
        self.session().json(&self.get(access, path, query, price)?).await
    }

    /// Does `work` as the one who may read the Archive: its owner, or for a shared drive a member, who is chosen again
    /// when the one before lost the right in the middle.
    pub(super) async fn as_reader<T, W>(
        &self,
        reach: &Reach,
        work: impl Fn(Access) -> W + Send + Sync,
    ) -> Result<T, CloudError>
    where
        W: Future<Output = Result<T, CloudError>> + Send,
    {
        let Owner::Domain(drive) = &reach.scope.owner else {
            return work(access(&reach.address)).await;
        };
        let mut changes = 0;
        loop {
            let reader = self.reader(drive).await?;
            match work(reader.clone()).await {
                Err(error) if changes < MOST_READERS && self.is_lost(drive, &reader, &error).await? => {
                    changes += 1
                }
                result => return result,
            }
        }
    }

    /// The file as it is now, with all that is kept of it.
    pub(super) async fn file(&self, reach: &Reach, id: &ItemId, fields: &str) -> Result<File, CloudError> {
        self.as_reader(reach, |access| async move {
            let query = [("supportsAllDrives", "true"), ("fields", fields)];
            let all: Map<String, Value> =
                self.json(&access, &["files", id.as_str()], &query, self.prices().file).await?;
            self.complete(&access, File::from_json(all)?).await
        })
        .await
    }

    /// The file with its permissions, which a shared drive's files tell only when asked for.
    pub(super) async fn complete(&self, access: &Access, file: File) -> Result<File, CloudError> {
        if !file.lacks_permissions() {
            return Ok(file);
        }
        match self.permissions(access, file.id.as_str(), false).await {
            Ok(permissions) => Ok(file.with_permissions(permissions)),
            // Vanished meanwhile, or this reader may not see them: the file's own ids of permissions remain.
            Err(error)
                if matches!(error.kind, ErrorKind::Gone | ErrorKind::Forbidden | ErrorKind::Skip(_)) =>
            {
                Ok(file)
            }
            Err(error) => Err(error),
        }
    }

    /// Documents that stand beside the Items.
    pub(super) async fn documents(&self, reach: &Reach) -> Result<Vec<Document>, CloudError> {
        match &reach.scope.owner {
            Owner::User(_) => {
                #[derive(Deserialize)]
                struct Root {
                    id: String,
                    #[serde(default)]
                    name: String,
                }
                let access = access(&reach.address);
                let (path, query) = (["files", "root"], [("fields", "id,name")]);
                let root: Root = self.json(&access, &path, &query, self.prices().file).await?;
                Ok(vec![Document { name: "drive", json: json!({ "root": root.id, "name": root.name }) }])
            }
            Owner::Domain(drive) => self.shared_documents(drive).await,
        }
    }
}

/// The right to read the Drive of this user.
pub(super) fn access(address: &str) -> Access {
    Access { subject: Arc::from(address), audience: Audience::Files.word() }
}

/// True where Drive may have refused because of who asked: an account that does not work, a right or a file that this
/// user does not have. A used-up rate is none of these.
pub(super) const fn concerns_the_reader(error: &CloudError) -> bool {
    let kind = matches!(error.kind, ErrorKind::SignInAgain | ErrorKind::Forbidden | ErrorKind::Gone);
    kind || !error.is_passing() && matches!(error.status, Some(401 | 403 | 404))
}
