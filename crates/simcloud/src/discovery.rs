//! Google's own descriptions of its APIs (discovery documents), and the check of one exchange against them.
//!
//! They judge the simulator from outside: what the description does not allow is a violation, in the request as in
//! the answer. The documents are read from where they lie and are never part of the project
//! (<https://developers.google.com/discovery/v1/reference/apis>).

mod description;
mod route;
mod value;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::google::{Answer, Call, GoogleError};
use crate::world::World;

pub use description::{Called, Description, Exchange};

/// The APIs whose descriptions are looked for, by file name.
const WANTED: [&str; 6] =
    ["admin.directory_v1", "calendar.v3", "drive.v3", "gmail.v1", "people.v1", "tasks.v1"];

/// The descriptions that were found in one folder.
#[derive(Clone)]
pub struct Descriptions {
    folder: PathBuf,
    documents: Vec<std::sync::Arc<Description>>,
}

/// Why descriptions cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// No folder holds any of them.
    #[error(
        "no discovery documents found (looked in {looked}); set HOLDFAST_SPECS to a folder that holds google/drive.v3.json \
         and its like, or install google-api-python-client and name its googleapiclient/discovery_cache/documents"
    )]
    NotFound {
        /// The folders that were tried, for the reader.
        looked: String,
    },
    /// A file could not be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not a discovery document.
    #[error("{path} is not a discovery document: {reason}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl Descriptions {
    /// Finds the documents: the folder that `HOLDFAST_SPECS` names (or its `google/`), `shared/specs/google` beside the
    /// checkout, or the folder of google-api-python-client in the active virtual environment.
    ///
    /// # Errors
    /// [`DescriptionError::NotFound`] says where it looked. A folder that was named but holds none is not passed over.
    pub fn find() -> Result<Self, DescriptionError> {
        if let Some(named) = std::env::var_os("HOLDFAST_SPECS") {
            return Self::load(Path::new(&named));
        }
        let mut looked = Vec::new();
        for folder in Self::usual_places() {
            match Self::load(&folder) {
                Err(DescriptionError::NotFound { .. }) => looked.push(folder.display().to_string()),
                other => return other,
            }
        }
        Err(DescriptionError::NotFound { looked: looked.join(", ") })
    }

    fn usual_places() -> Vec<PathBuf> {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut places = vec![checkout.join("../shared/specs"), checkout.join("../specs")];
        if let Some(environment) = std::env::var_os("VIRTUAL_ENV") {
            let library = Path::new(&environment).join("lib");
            for python in std::fs::read_dir(library).into_iter().flatten().flatten() {
                places.push(python.path().join("site-packages/googleapiclient/discovery_cache/documents"));
            }
        }
        places
    }

    /// Loads the documents in `folder`, or in its sub-folder `google`.
    ///
    /// # Errors
    /// When there is none, or one is unreadable or malformed.
    pub fn load(folder: &Path) -> Result<Self, DescriptionError> {
        let inner = folder.join("google");
        let folder = if inner.is_dir() { inner } else { folder.to_path_buf() };
        let mut documents = Vec::new();
        for name in WANTED {
            let path = folder.join(format!("{name}.json"));
            let text = match std::fs::read(&path) {
                Ok(text) => text,
                Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => continue,
                Err(source) => return Err(DescriptionError::Unreadable { path, source }),
            };
            let parsed = serde_json::from_slice(&text).map_err(|error| error.to_string());
            match parsed.and_then(Description::new) {
                Ok(document) => documents.push(std::sync::Arc::new(document)),
                Err(reason) => return Err(DescriptionError::Malformed { path, reason }),
            }
        }
        if documents.is_empty() {
            return Err(DescriptionError::NotFound { looked: folder.display().to_string() });
        }
        Ok(Self { folder, documents })
    }

    /// Where these were found.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The description of an API by its name and version, as in `drive`, `v3`. The Directory is `admin`, `directory_v1`.
    pub fn named(&self, name: &str, version: &str) -> Option<&Description> {
        self.documents.iter().find(|d| d.name() == name && d.version() == version).map(AsRef::as_ref)
    }

    /// The description that `GET /$discovery/rest?version=V` on `host` stands for. Google gives each API a host of its
    /// own (`drive.googleapis.com`); on a loopback address the version alone must be enough.
    pub fn on_host(&self, host: &str, version: &str) -> Option<&Description> {
        let label = host.split('.').next().unwrap_or(host);
        let of_version = || self.documents.iter().filter(|d| d.version() == version);
        let exact = of_version().find(|d| d.name() == label);
        let by_root = || of_version().find(|d| d.root_host() == host);
        let only = || {
            let mut all = of_version();
            let first = all.next();
            if all.next().is_none() { first } else { None }
        };
        exact.or_else(by_root).or_else(only).map(AsRef::as_ref)
    }

    /// The method with this id, such as `drive.files.get`.
    pub fn method(&self, id: &str) -> Option<(&Description, Called<'_>)> {
        self.documents
            .iter()
            .find_map(|document| document.method(id).map(|called| (document.as_ref(), called)))
    }

    /// Which description and method a request calls, if any allows it.
    pub fn called(&self, http_method: &str, path: &str) -> Option<(&Description, Called<'_>)> {
        self.documents.iter().find_map(|d| d.called(http_method, path).map(|called| (d.as_ref(), called)))
    }

    /// What the descriptions object to in one exchange, both ways; empty when it conforms. A request that was refused is
    /// not held against the server. Batches and addresses that are no API call are the caller's to leave out.
    pub fn check(&self, exchange: &Exchange<'_>) -> Vec<String> {
        let Some((description, called)) = self.called(exchange.http_method, exchange.path) else {
            return vec![format!("no API method {} {}", exchange.http_method, exchange.path)];
        };
        let mut found = Vec::new();
        if exchange.status < 400 {
            found = description.check_request(&called, exchange.query, exchange.body);
        }
        found.extend(description.check_answer(&called, exchange.status, exchange.answer));
        found
    }
}

/// The descriptions of a running server, looked for when first needed.
#[derive(Default)]
pub struct Shelf(OnceLock<Option<Descriptions>>);

impl Shelf {
    /// Finds them now.
    ///
    /// # Errors
    /// When there are none, or they cannot be read.
    pub fn needed(&self) -> Result<(), DescriptionError> {
        let found = Descriptions::find()?;
        self.0.get_or_init(|| Some(found));
        Ok(())
    }

    /// The descriptions, where there are some.
    pub fn get(&self) -> Option<&Descriptions> {
        let look = || match Descriptions::find() {
            Ok(found) => Some(found),
            Err(error) => {
                tracing::info!(%error, "no descriptions are served");
                None
            }
        };
        self.0.get_or_init(look).as_ref()
    }
}

/// Refuses a request that the published description does not allow; called before a method runs when the server is
/// strict. Methods that no description has (links to exports) pass.
pub fn check(call: &Call) -> Result<(), GoogleError> {
    let Some((description, called)) =
        call.world.descriptions.get().and_then(|all| all.method(call.method.id))
    else {
        return Ok(());
    };
    let body = if call.body.is_empty() { None } else { Some(call.json()?) };
    let called = called.with(call.path.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let violations = description.check_request(&called, &call.query, body.as_ref());
    if violations.is_empty() {
        return Ok(());
    }
    let reason = format!("{} does not allow this request: {}", call.method.id, violations.join("; "));
    Err(GoogleError::new(400, "badRequest", reason))
}

/// The document behind `GET /$discovery/rest?version=…` on an API's host, or `GET /discovery/v1/apis/{api}/{version}/rest`,
/// with the addresses of this server in it for those who did not come by Google's own names; `None` when there is none.
#[must_use]
pub fn document(world: &World, host: &str, path: &str, query: &[(String, String)]) -> Option<Answer> {
    let all = world.descriptions.get()?;
    let description = match path.strip_prefix("/discovery/v1/apis/") {
        Some(rest) => match rest.split('/').collect::<Vec<_>>()[..] {
            [name, version, "rest"] => all.named(name, version)?,
            _ => return None,
        },
        None if path == "/$discovery/rest" => {
            let version =
                query.iter().find(|(name, _)| name == "version").map(|(_, value)| value.as_str())?;
            all.on_host(host, version)?
        }
        None => return None,
    };
    let is_google = crate::google::is_google(host);
    Some(Answer::json(if is_google {
        description.raw().clone()
    } else {
        description.served_at(&world.base_url)
    }))
}
