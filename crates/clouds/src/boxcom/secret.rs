//! The secret part of a Connection to Box, as it is kept in the keychain.

use holdfast_model::Timestamp;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::endpoints::BoxEndpoints;
use super::wire::is_id;
use crate::contract::{Authorisation, AuthorisedBy, CloudError, Ending, EndsBecause, ErrorKind};
use crate::http::kept;

/// A refresh token that nobody uses dies after this long.
/// <https://developer.box.com/guides/authentication/tokens/refresh>
const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Everything that authorises a Connection, with the hosts that it may be sent to. Wiped when dropped.
#[derive(Clone, Serialize, Deserialize)]
pub struct BoxSecret {
    /// The Connection's hosts.
    pub endpoints: BoxEndpoints,
    /// The company's application.
    pub app: BoxApp,
    /// How it is authorised.
    pub grant: BoxGrant,
}

/// The application from Box's developer console.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct BoxApp {
    /// Public.
    pub client_id: String,
    /// Secret.
    pub client_secret: String,
}

/// The two ways to authorise.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoxGrant {
    /// Client credentials: the application's own user, who acts as every other.
    Enterprise {
        /// The enterprise's id.
        id: String,
    },
    /// Somebody signed in.
    SignIn(SignedIn),
}

/// A token as it is kept. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Holds this token.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a sign-in left.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who signed in.
    pub user_id: String,
    /// The same one's address.
    pub login: String,
    /// An admin's sign-in reaches the whole enterprise, any other one its own account.
    pub is_admin: bool,
    /// Works once; a new one comes with each use.
    pub refresh_token: SecretText,
    /// When Box gave the refresh token.
    pub issued: Timestamp,
    /// The access token that came with it, so that one refresh serves every process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<KeptAccess>,
    /// Since when the refresh token may have been spent without its successor being kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spending_since: Option<Timestamp>,
}

/// An access token with its end.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeptAccess {
    /// The token.
    pub token: SecretText,
    /// When Box ends it.
    pub until: Timestamp,
}

impl SignedIn {
    /// When the authorisation ends unless somebody uses it before.
    pub fn lapses(&self) -> Timestamp {
        self.issued.checked_add(REFRESH_LIFE).unwrap_or(self.issued)
    }
}

/// The configuration of an application, as Box's developer console writes it.
#[derive(Deserialize)]
struct AppFile {
    #[serde(rename = "boxAppSettings")]
    app: AppSettings,
    #[serde(rename = "enterpriseID", default)]
    enterprise_id: Option<String>,
}

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
struct AppSettings {
    #[serde(rename = "clientID")]
    client_id: String,
    #[serde(rename = "clientSecret")]
    client_secret: String,
}

/// The application in a file of Box's developer console.
pub(super) fn app_of(json: &[u8]) -> Result<(BoxApp, Option<String>), CloudError> {
    let file: AppFile = serde_json::from_slice(json).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        refused(format!("this is no configuration of a Box application ({place})"))
    })?;
    if file.app.client_id.is_empty() || file.app.client_secret.is_empty() {
        return Err(refused("the client id or the client secret is missing".to_owned()));
    }
    let app = BoxApp { client_id: file.app.client_id.clone(), client_secret: file.app.client_secret.clone() };
    Ok((app, file.enterprise_id.clone()))
}

/// Makes the secret of a Connection by client credentials from the application's file.
pub fn secret_from_app_file(json: &[u8], endpoints: BoxEndpoints) -> Result<BoxSecret, CloudError> {
    endpoints.check()?;
    let (app, enterprise) = app_of(json)?;
    let id = enterprise.filter(|id| is_id(id)).ok_or_else(|| {
        refused("it does not name the enterprise (enterpriseID), whom client credentials act for".to_owned())
    })?;
    Ok(BoxSecret { endpoints, app, grant: BoxGrant::Enterprise { id } })
}

impl BoxSecret {
    /// Reads a kept secret.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CloudError> {
        let secret: Self = kept::read(bytes)?;
        secret.endpoints.check()?;
        Ok(secret)
    }

    /// The secret as it is kept.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CloudError> {
        kept::written(self)
    }

    /// How the Connection is authorised. Each use of a sign-in renews it.
    pub fn authorisation(&self) -> Authorisation {
        match self.signed_in() {
            Some(signed_in) => Authorisation {
                way: AuthorisedBy::SignIn,
                since: Some(signed_in.issued),
                ends: Some(Ending { at: signed_in.lapses(), why: EndsBecause::Unused }),
            },
            None => Authorisation { way: AuthorisedBy::App, since: None, ends: None },
        }
    }

    /// The sign-in, where there is one.
    pub fn signed_in(&self) -> Option<&SignedIn> {
        match &self.grant {
            BoxGrant::SignIn(signed_in) => Some(signed_in),
            BoxGrant::Enterprise { .. } => None,
        }
    }
}

fn refused(detail: String) -> CloudError {
    CloudError::new(ErrorKind::Forbidden, "badAppFile", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_application_is_refused() {
        let real = || BoxEndpoints::real().unwrap();
        let good = br#"{"boxAppSettings":{"clientID":"c","clientSecret":"s"},"enterpriseID":"12"}"#;
        assert!(secret_from_app_file(good, real()).is_ok());
        let rows: [&[u8]; 5] = [
            b"",
            b"{}",
            br#"{"boxAppSettings":{"clientID":"c"},"enterpriseID":"12"}"#,
            br#"{"boxAppSettings":{"clientID":"c","clientSecret":"s"}}"#,
            br#"{"boxAppSettings":{"clientID":"c","clientSecret":"s"},"enterpriseID":"../12"}"#,
        ];
        for bad in rows {
            let error = secret_from_app_file(bad, real()).err().unwrap();
            assert_eq!(error.reason, "badAppFile");
            assert!(!error.detail.contains("\"s\""));
        }
    }
}
