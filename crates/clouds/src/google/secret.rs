//! The secret part of a Connection to Google, as it is kept in the keychain.

use holdfast_model::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::endpoints::GoogleEndpoints;
use crate::contract::{Authorisation, AuthorisedBy, CloudError, Ending, EndsBecause, ErrorKind};
use crate::http::kept;

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
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
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
    /// When it ends by itself, where Google said so: it does for an app whose consent screen is in Testing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    pub ends: Option<Timestamp>,
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
        since: Some(Timestamp::now()),
    })
}

impl GoogleSecret {
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

    /// Whom requests to the Directory are made as.
    pub fn directory_subject(&self) -> Option<&str> {
        match (&self.service_account, &self.oauth) {
            (Some(_), _) => self.admin.as_deref(),
            (None, Some(oauth)) => Some(&oauth.account),
            (None, None) => None,
        }
    }
}

/// A sign-in to an app whose consent screen was left in Testing ends after so long.
/// <https://developers.google.com/identity/protocols/oauth2#expiration>
const TESTING: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

impl GoogleSecret {
    /// How the Connection is authorised. A sign-in that is older than a week was not given by an app in Testing.
    pub fn authorisation(&self, now: Timestamp) -> Authorisation {
        let Some(oauth) = self.oauth.as_ref().filter(|_| self.service_account.is_none()) else {
            return Authorisation { way: AuthorisedBy::Key, since: self.since, ends: None };
        };
        let limited = oauth.ends.map(|at| Ending { at, why: EndsBecause::Limited });
        let perhaps = || {
            let at = self.since?.checked_add(TESTING).ok()?;
            (now < at).then_some(Ending { at, why: EndsBecause::PerhapsTesting })
        };
        Authorisation { way: AuthorisedBy::SignIn, since: self.since, ends: limited.or_else(perhaps) }
    }
}

fn refused(detail: String) -> CloudError {
    CloudError::new(ErrorKind::Forbidden, "badKeyFile", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
    }

    fn signed_in(ends: Option<Timestamp>, since: Option<Timestamp>) -> GoogleSecret {
        let oauth = OAuthGrant {
            client_id: "c".into(),
            client_secret: "s".into(),
            refresh_token: "r".into(),
            account: "anna@example.test".into(),
            ends,
        };
        let endpoints = GoogleEndpoints::real().unwrap();
        GoogleSecret { endpoints, service_account: None, admin: None, oauth: Some(oauth), since }
    }

    #[test]
    fn a_sign_in_says_when_it_ends_as_far_as_google_lets_know() {
        let ends = |secret: &GoogleSecret, now| secret.authorisation(now).ends.map(|end| (end.at, end.why));
        let told = signed_in(Some(at(168)), Some(at(0)));
        assert_eq!(ends(&told, at(1)), Some((at(168), EndsBecause::Limited)));
        let silent = signed_in(None, Some(at(0)));
        assert_eq!(ends(&silent, at(1)), Some((at(168), EndsBecause::PerhapsTesting)));
        assert_eq!(ends(&silent, at(169)), None, "it outlived the week: it is published");
        assert_eq!(ends(&signed_in(None, None), at(1)), None, "its age is not known");
    }

    #[test]
    fn a_secret_of_an_older_version_is_read() {
        let kept = br#"{"endpoints":ENDPOINTS,"oauth":{"client_id":"c","client_secret":"s","refresh_token":"r","account":"a@x"}}"#;
        let endpoints = serde_json::to_string(&GoogleEndpoints::real().unwrap()).unwrap();
        let kept = String::from_utf8_lossy(kept).replace("ENDPOINTS", &endpoints);
        let secret = GoogleSecret::from_bytes(kept.as_bytes()).unwrap();
        assert_eq!((secret.since, secret.authorisation(at(0)).ends), (None, None));
    }
}
