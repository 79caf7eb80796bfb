//! A Connection's secret in the keychain, as the clouds need it: one refresh at a time across processes.

use std::path::PathBuf;

use async_trait::async_trait;
use holdfast_clouds::contract::{CloudError, ErrorKind};
use holdfast_clouds::http::SecretCell;
use holdfast_secrets::{Secrets, SecretsError};
use zeroize::Zeroizing;

use crate::data_dir::DataDir;

/// One named secret.
pub(crate) struct KeptSecret {
    secrets: Secrets,
    name: String,
    locks: PathBuf,
}

impl KeptSecret {
    pub(crate) fn new(secrets: Secrets, name: &str, dir: &DataDir) -> Self {
        Self { secrets, name: name.to_owned(), locks: dir.locks() }
    }
}

#[async_trait]
impl SecretCell for KeptSecret {
    async fn load(&self) -> Result<Zeroizing<Vec<u8>>, CloudError> {
        let (secrets, name) = (self.secrets.clone(), self.name.clone());
        let secret = off_thread(move || secrets.get(&name)).await?;
        match secret {
            Some(secret) => Ok(Zeroizing::new(secret.as_bytes().to_vec())),
            None => Err(CloudError::new(
                ErrorKind::SignInAgain,
                "secretMissing",
                "the sign-in of this connection is not in the keychain",
            )),
        }
    }

    async fn prepare(&self) -> Result<(), CloudError> {
        let (secrets, name) = (self.secrets.clone(), self.name.clone());
        off_thread(move || secrets.prepare(&name)).await
    }

    async fn store(&self, secret: &[u8]) -> Result<(), CloudError> {
        let (secrets, name, secret) =
            (self.secrets.clone(), self.name.clone(), Zeroizing::new(secret.to_vec()));
        off_thread(move || secrets.set(&name, &secret)).await
    }

    async fn exclusive(&self) -> Result<Box<dyn Send>, CloudError> {
        let (locks, name) = (self.locks.clone(), self.name.clone());
        off_thread(move || holdfast_secrets::lock(&locks, &name))
            .await
            .map(|guard| Box::new(guard) as Box<dyn Send>)
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
) -> Result<T, CloudError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            Err(CloudError::new(ErrorKind::Retry { after: None }, "secretUnavailable", error.to_string()))
        }
        Err(error) => Err(CloudError::new(ErrorKind::Fatal, "secretUnavailable", error.to_string())),
    }
}
