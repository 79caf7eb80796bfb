//! Box as one Connection reaches it: requests as the right user, listings of folders, single items.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdfast_model::{Owner, UserId};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use super::file::{Entry, Kind};
use super::foreign;
use super::quotas::CALL;
use super::scopes;
use super::secret::BoxSecret;
use super::templates::{self, Templates};
use super::wire::{Page, address, is_id};
use crate::contract::{CloudError, ErrorKind, Reach};
use crate::http::header::{HeaderName, HeaderValue};
use crate::http::{Access, Pages, Request, Session};

/// Names whom a request is made as. <https://developer.box.com/guides/authentication/jwt/as-user>
const AS_USER: HeaderName = HeaderName::from_static("as-user");
/// The most that one page of a folder holds.
pub(super) const A_PAGE: &str = "1000";
/// Pages of a folder, the next one where a page would be too large: what templates say may be long.
const PAGES: [&str; 3] = [A_PAGE, "100", "10"];

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Files(Arc<Inner>);

struct Inner {
    session: Session,
    api: Url,
    content: Vec<Url>,
    /// Who signed in, where somebody did.
    own: Option<UserId>,
    is_whole_enterprise: bool,
    /// How many folders a user's last full listing went through.
    folders: Mutex<HashMap<UserId, usize>>,
    templates: Templates,
}

impl Files {
    pub(super) fn new(session: Session, secret: &BoxSecret) -> Self {
        let signed_in = secret.signed_in();
        Self(Arc::new(Inner {
            session,
            api: secret.endpoints.api.clone(),
            content: secret.endpoints.content.clone(),
            own: signed_in.map(|signed_in| UserId(signed_in.user_id.clone())),
            is_whole_enterprise: signed_in.is_none_or(|signed_in| signed_in.is_admin),
            folders: Mutex::default(),
            templates: Templates::default(),
        }))
    }

    pub(super) fn session(&self) -> &Session {
        &self.0.session
    }

    /// The id of the one who signed in.
    pub(super) fn own(&self) -> Option<&UserId> {
        self.0.own.as_ref()
    }

    /// False where only the account that signed in can be reached.
    pub(super) fn is_whole_enterprise(&self) -> bool {
        self.0.is_whole_enterprise
    }

    /// How many folders the last full listing of this user went through, where this process made one.
    pub(super) fn folders_of(&self, user: &UserId) -> Option<usize> {
        self.folders().get(user).copied()
    }

    pub(super) fn note_folders(&self, user: &UserId, count: usize) {
        self.folders().insert(user.clone(), count);
    }

    fn folders(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True for a link that leads to one of the hosts that content comes from.
    pub(super) fn is_content(&self, link: &Url) -> bool {
        self.0.content.iter().any(|host| host.origin() == link.origin())
    }

    /// A GET of `/2.0/<path>`, as this user or as whoever the Connection is.
    pub(super) fn get(
        &self,
        user: Option<&UserId>,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Request, CloudError> {
        let subject = user.or(self.own()).map_or("", |user| user.as_str());
        let access = Access { subject: Arc::from(subject), audience: "box" };
        let url = address(&self.0.api, &[&["2.0"], path].concat(), query);
        let request = Request::get(url).with_access(&access).priced(CALL);
        let Some(user) = user.filter(|user| self.own() != Some(user)) else { return Ok(request) };
        if !self.is_whole_enterprise() {
            let detail = "only the account that signed in can be read: connect as an admin to read others";
            return Err(CloudError::new(ErrorKind::Forbidden, "noDelegation", detail));
        }
        let unusable = |_| CloudError::new(ErrorKind::Fatal, "unusableId", "a user's id that is no id");
        Ok(request.header(AS_USER, HeaderValue::try_from(user.as_str()).map_err(unusable)?))
    }

    /// The JSON at `/2.0/<path>`.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        user: Option<&UserId>,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, CloudError> {
        self.session().json(&self.get(user, path, query)?).await
    }

    /// Sees to it that items are asked for with the metadata of every template that there is by now.
    pub(super) async fn learn_templates(&self) -> Result<(), CloudError> {
        self.0.templates.learn(self).await
    }

    /// A page of the Directory, which needs this scope.
    pub(super) async fn directory(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        scope: &str,
    ) -> Result<Page, CloudError> {
        self.json(None, path, query).await.map_err(|error| naming(error, scope))
    }

    /// One page of a folder, by marker.
    pub(super) async fn folder_page(
        &self,
        user: &UserId,
        folder: &str,
        marker: Option<&str>,
    ) -> Result<Page, CloudError> {
        let mut page = self.page_of(user, folder, marker, PAGES[0]).await;
        for limit in &PAGES[1..] {
            if page.as_ref().is_err_and(|error| error.reason == "answerTooLarge") {
                page = self.page_of(user, folder, marker, limit).await;
            }
        }
        page
    }

    async fn page_of(
        &self,
        user: &UserId,
        folder: &str,
        marker: Option<&str>,
        limit: &str,
    ) -> Result<Page, CloudError> {
        let path = ["folders", folder, "items"];
        let mut whole: Option<Page> = None;
        for fields in self.0.templates.fields(self).await?.iter() {
            let mut query = vec![("usemarker", "true"), ("limit", limit), ("fields", fields)];
            query.extend(marker.map(|marker| ("marker", marker)));
            let page = self.json(Some(user), &path, &query).await;
            let page: Page = page.map_err(|error| naming(error, scopes::READ))?;
            match &mut whole {
                None => whole = Some(page),
                Some(whole) => templates::join(&mut whole.entries, page.entries),
            }
        }
        whole.ok_or_else(|| CloudError::new(ErrorKind::Fatal, "defect", "nothing was asked for of a folder"))
    }

    /// One item as it is now; what lies in the trash is gone.
    pub(super) async fn item(&self, user: &UserId, kind: Kind, id: &str) -> Result<Entry, CloudError> {
        if !is_id(id) {
            return Err(CloudError::new(ErrorKind::Gone, "noSuchId", "an id that Box never gave"));
        }
        // Box's description knows no choice of fields for a web link.
        let fields = self.0.templates.fields(self).await?;
        let fields: Vec<Option<&String>> =
            if kind == Kind::WebLink { vec![None] } else { fields.iter().map(Some).collect() };
        let mut whole = [Value::Null];
        for fields in fields {
            let query: Vec<(&str, &str)> =
                fields.map(|fields| ("fields", fields.as_str())).into_iter().collect();
            let told: Map<String, Value> = self
                .json(Some(user), &[kind.path(), id], &query)
                .await
                .map_err(|error| naming(error, scopes::READ))?;
            match &mut whole {
                [known] if known.is_null() => *known = Value::Object(told),
                whole => templates::join(whole, vec![Value::Object(told)]),
            }
        }
        let [whole] = whole;
        let entry = Entry::from_value(whole)?;
        if entry.is_trashed() {
            return Err(CloudError::new(ErrorKind::Gone, "trashed", "it lies in the trash"));
        }
        Ok(entry)
    }

    /// The item with what does not come with it: its collaborations, where it has some, and what templates of the
    /// enterprise say that owns it, where that is another one.
    pub(super) async fn complete(&self, user: &UserId, entry: Entry) -> Result<Entry, CloudError> {
        let entry = foreign::with_metadata(self, user, entry).await?;
        if !entry.has_collaborations() {
            return Ok(entry);
        }
        let (mut found, mut pages, mut marker) = (Vec::new(), Pages::new(), None::<String>);
        loop {
            let mut query = vec![("limit", A_PAGE)];
            query.extend(marker.as_deref().map(|marker| ("marker", marker)));
            let path = [entry.kind.path(), entry.id.as_str(), "collaborations"];
            let page: Page = match self.json(Some(user), &path, &query).await {
                Ok(page) => page,
                // Vanished meanwhile, or this user may not see who else has access.
                Err(error) if matches!(error.kind, ErrorKind::Gone | ErrorKind::Forbidden) => {
                    return Ok(entry);
                }
                Err(error) => return Err(error),
            };
            marker = pages.next(page.marker())?;
            found.extend(page.entries);
            if marker.is_none() {
                return Ok(entry.with_collaborations(found));
            }
        }
    }
}

/// Whose files they are.
pub(super) fn owner(reach: &Reach) -> Result<&UserId, CloudError> {
    match &reach.scope.owner {
        Owner::User(user) => Ok(user),
        Owner::Domain(_) => {
            Err(CloudError::new(ErrorKind::Fatal, "noSuchScope", "in Box everything belongs to a user"))
        }
    }
}

/// The error with the scope that the application lacks.
pub(super) fn naming(mut error: CloudError, scope: &str) -> CloudError {
    if error.reason == "insufficient_scope" {
        error.detail = format!(
            "the application lacks the scope {scope} (\"{}\"): {}",
            scopes::console_words(scope),
            error.detail
        );
    }
    error
}
