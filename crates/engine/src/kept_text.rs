//! Secrets beside those of Connections and the Repository: what a person gives the app to reach a mail server or a
//! monitor with.

use zeroize::Zeroizing;

use crate::engine::{Engine, blocking};
use crate::error::Result;

impl Engine {
    /// A secret by its name; none where there is none.
    pub async fn kept_secret(&self, name: &'static str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let secrets = self.secrets().clone();
        let secret = blocking(move || Ok(secrets.get(name)?)).await?;
        Ok(secret.map(holdfast_secrets::Secret::into_bytes))
    }

    /// Keeps a secret, or forgets it.
    pub async fn keep_secret(&self, name: &'static str, value: Option<Zeroizing<Vec<u8>>>) -> Result<()> {
        let secrets = self.secrets().clone();
        blocking(move || match value {
            Some(value) => Ok(secrets.set(name, &value)?),
            None => Ok(secrets.delete(name)?),
        })
        .await
    }
}
