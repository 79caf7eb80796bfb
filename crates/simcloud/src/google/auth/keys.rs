//! The service account's key and the OAuth client, in Google's own file shapes.
//! <https://developers.google.com/identity/protocols/oauth2/service-account#creatinganaccount>

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature;
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use rsa::rand_core::OsRng;
use serde_json::{Value, json};

use super::{PROJECT_ID, PROJECT_NUMBER, random_bytes, random_token};
use crate::server::StartError;

/// File name of the service account's key.
pub(crate) const SERVICE_ACCOUNT_FILE: &str = "service-account.json";
/// File name of the OAuth client.
pub(crate) const OAUTH_CLIENT_FILE: &str = "oauth-client.json";

const KEY_BITS: usize = 2048;

/// What the company's Cloud project has issued.
pub(crate) struct Keys {
    /// `…@….iam.gserviceaccount.com`.
    pub(crate) client_email: String,
    /// The id of the key in JWT headers.
    pub(crate) key_id: String,
    /// PKCS#1 DER, as ring verifies with.
    public: Vec<u8>,
    /// PKCS#8 DER, for id tokens.
    private: Vec<u8>,
    /// The desktop client.
    pub(crate) oauth_client_id: String,
    pub(crate) oauth_client_secret: String,
}

impl Keys {
    /// Reads the files of an earlier start in this folder, so that clients set up then still work,
    /// or makes new ones.
    pub(crate) fn open(state_dir: &Path, base_url: &str) -> Result<Self, StartError> {
        let account_file = state_dir.join(SERVICE_ACCOUNT_FILE);
        let client_file = state_dir.join(OAUTH_CLIENT_FILE);
        let mut account = match std::fs::read(&account_file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| StartError::Key(e.to_string()))?,
            Err(_) => new_account()?,
        };
        let mut client = match std::fs::read(&client_file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| StartError::Key(e.to_string()))?,
            Err(_) => new_client(),
        };
        account["auth_uri"] = json!(format!("{base_url}/o/oauth2/v2/auth"));
        account["token_uri"] = json!(format!("{base_url}/token"));
        client["installed"]["auth_uri"] = account["auth_uri"].clone();
        client["installed"]["token_uri"] = account["token_uri"].clone();
        write_private(&account_file, &account)?;
        write_private(&client_file, &client)?;
        let text = |value: &Value, name: &str| {
            value[name]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| StartError::Key(format!("{name} is missing")))
        };
        let key = RsaPrivateKey::from_pkcs8_pem(&text(&account, "private_key")?)
            .map_err(|e| StartError::Key(e.to_string()))?;
        let public = key.to_public_key().to_pkcs1_der().map_err(|e| StartError::Key(e.to_string()))?;
        let private = key.to_pkcs8_der().map_err(|e| StartError::Key(e.to_string()))?;
        Ok(Self {
            client_email: text(&account, "client_email")?,
            key_id: text(&account, "private_key_id")?,
            public: public.as_bytes().to_vec(),
            private: private.as_bytes().to_vec(),
            oauth_client_id: text(&client["installed"], "client_id")?,
            oauth_client_secret: text(&client["installed"], "client_secret")?,
        })
    }

    /// Whether the service account's key made this RS256 signature.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        signature::UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, &self.public)
            .verify(message, signature)
            .is_ok()
    }

    /// Signs an id token.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let key = signature::RsaKeyPair::from_pkcs8(&self.private).ok()?;
        let mut signed = vec![0; key.public().modulus_len()];
        key.sign(&signature::RSA_PKCS1_SHA256, &ring::rand::SystemRandom::new(), message, &mut signed)
            .ok()?;
        Some(signed)
    }
}

fn new_account() -> Result<Value, StartError> {
    let key = RsaPrivateKey::new(&mut OsRng, KEY_BITS).map_err(|e| StartError::Key(e.to_string()))?;
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|e| StartError::Key(e.to_string()))?;
    let id: [u8; 20] = random_bytes();
    let key_id: String = id.iter().map(|b| format!("{b:02x}")).collect();
    let email = format!("backup@{PROJECT_ID}.iam.gserviceaccount.com");
    Ok(json!({
        "type": "service_account",
        "project_id": PROJECT_ID,
        "private_key_id": key_id,
        "private_key": pem.as_str(),
        "client_email": email,
        "client_id": "104857600000000000042",
        "auth_uri": "",
        "token_uri": "",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": format!("https://www.googleapis.com/robot/v1/metadata/x509/{}", email.replace('@', "%40")),
        "universe_domain": "googleapis.com",
    }))
}

fn new_client() -> Value {
    let random: [u8; 24] = random_bytes();
    let word: String =
        STANDARD.encode(random).to_lowercase().chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    json!({"installed": {
        "client_id": format!("{PROJECT_NUMBER}-{word}.apps.googleusercontent.com"),
        "project_id": PROJECT_ID,
        "auth_uri": "",
        "token_uri": "",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_secret": format!("GOCSPX-{}", random_token(20)),
        "redirect_uris": ["http://localhost"],
    }})
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &Path, value: &Value) -> Result<(), StartError> {
    use std::io::Write as _;
    let failed = || StartError::io(path.display().to_string());
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(failed())?;
    file.write_all(format!("{value:#}\n").as_bytes()).map_err(failed())
}
