//! The secret part of a Connection to Google, as it is kept in the keychain.

use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::endpoints::GoogleEndpoints;
use crate::contract::{CloudError, ErrorKind};

/// Everything that authorises a Connection, with the hosts that it may be sent to. Wiped when dropped.
#[derive(Clone, Serialize, Deserialize)]
pub struct GoogleSecret {
    /// The Connection's hosts.
    pub endpoints: GoogleEndpoints,
    /// A service account with domain-wide delegation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<ServiceAccountKey>,
    /// The admin whom the service account speaks for in the Directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin: Option<String>,
    /// Somebody's sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth: Option<OAuthGrant>,
}

/// The parts of a service account's key file that are needed.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct ServiceAccountKey {
    /// The account's address.
    pub client_email: String,
    /// The number that an admin authorises for domain-wide delegation.
    pub client_id: String,
    /// The Cloud project, for links.
    #[serde(default)]
    pub project_id: String,
    /// Names the key.
    pub private_key_id: String,
    /// PKCS #8 as PEM.
    pub private_key: String,
}

/// What a sign-in left.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct OAuthGrant {
    /// The company's OAuth client.
    pub client_id: String,
    /// Its secret, which desktop clients send even with PKCE.
    pub client_secret: String,
    /// Lives until it is revoked.
    pub refresh_token: String,
    /// Who signed in.
    pub account: String,
}

/// A service account's key file, as Google's console writes it.
#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: String,
    token_uri: Option<Url>,
    #[serde(flatten)]
    key: ServiceAccountKey,
}

/// Makes the secret of a Connection from a service account's key file and the admin it speaks for.
pub fn secret_from_key_file(
    json: &[u8],
    admin: &str,
    endpoints: GoogleEndpoints,
) -> Result<GoogleSecret, CloudError> {
    endpoints.check()?;
    let file: KeyFile = serde_json::from_slice(json).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        refused(format!("this is no service account's key file ({place})"))
    })?;
    if file.kind != "service_account" {
        return Err(refused(format!(
            "a key of the kind 'service_account' is needed, this one is '{}'",
            file.kind
        )));
    }
    // A planted token_uri would have our signed request sent to whoever planted it.
    if let Some(token_uri) = &file.token_uri
        && token_uri.origin() != endpoints.oauth2.origin()
    {
        let host = token_uri.host_str().unwrap_or("?");
        let expected = endpoints.oauth2.host_str().unwrap_or("?");
        return Err(refused(format!("its token_uri points to {host} instead of {expected}")));
    }
    if !admin.contains('@') {
        return Err(refused(format!("'{admin}' is not the address of an admin")));
    }
    super::jwt::Signer::new(&file.key)?;
    Ok(GoogleSecret {
        endpoints,
        service_account: Some(file.key),
        admin: Some(admin.to_owned()),
        oauth: None,
    })
}

impl GoogleSecret {
    /// Reads a kept secret.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CloudError> {
        let secret: Self = serde_json::from_slice(bytes).map_err(|_| {
            CloudError::new(ErrorKind::SignInAgain, "secretUnreadable", "the kept secret cannot be read")
        })?;
        secret.endpoints.check()?;
        Ok(secret)
    }

    /// The secret as it is kept.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CloudError> {
        // Large enough that no half-written copy is left behind by growing.
        let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
        serde_json::to_writer(&mut *bytes, self).map_err(|_| {
            CloudError::new(ErrorKind::Fatal, "secretUnwritable", "the secret cannot be written as JSON")
        })?;
        Ok(bytes)
    }

    /// Whom requests to the Directory are made as.
    pub fn directory_subject(&self) -> Option<&str> {
        match (&self.service_account, &self.oauth) {
            (Some(_), _) => self.admin.as_deref(),
            (None, Some(oauth)) => Some(&oauth.account),
            (None, None) => None,
        }
    }
}

fn refused(detail: String) -> CloudError {
    CloudError::new(ErrorKind::Forbidden, "badKeyFile", detail)
}
