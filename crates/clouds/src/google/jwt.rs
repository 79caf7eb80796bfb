//! Signs the assertions with which a service account asks for a user's access token.
//! <https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

use super::secret::ServiceAccountKey;
use crate::contract::{CloudError, ErrorKind};

/// The longest life that Google allows.
const LIFE_SECONDS: i64 = 3600;

/// A service account's key, ready to sign.
pub(super) struct Signer {
    key: RsaKeyPair,
    header: String,
    issuer: String,
}

impl Signer {
    pub(super) fn new(account: &ServiceAccountKey) -> Result<Self, CloudError> {
        let unusable = |why: String| {
            CloudError::new(
                ErrorKind::Forbidden,
                "badKeyFile",
                format!("its private key cannot be used: {why}"),
            )
        };
        let der = PrivatePkcs8KeyDer::from_pem_slice(account.private_key.as_bytes())
            .map_err(|_| unusable("it is no PKCS #8 in PEM".to_owned()))?;
        let key =
            RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|error| unusable(error.to_string()))?;
        let header = serde_json::json!({"alg": "RS256", "typ": "JWT", "kid": account.private_key_id});
        Ok(Self {
            key,
            header: URL_SAFE_NO_PAD.encode(header.to_string()),
            issuer: account.client_email.clone(),
        })
    }

    /// An assertion for `subject` and `scopes`, valid from `now` (seconds since 1970) for an hour.
    pub(super) fn sign(
        &self,
        subject: &str,
        scopes: &str,
        audience: &str,
        now: i64,
    ) -> Result<String, CloudError> {
        let claims = serde_json::json!({
            "iss": self.issuer, "sub": subject, "scope": scopes, "aud": audience,
            "iat": now, "exp": now + LIFE_SECONDS,
        });
        let mut token = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature).map_err(
            |_| CloudError::new(ErrorKind::Fatal, "cannotSign", "the service account's key does not sign"),
        )?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}
