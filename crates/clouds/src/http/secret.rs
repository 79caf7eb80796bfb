//! Where a Connection's secret is kept. The keychain lies outside this crate; it comes in through this trait.

use std::sync::Mutex;

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::contract::{CloudError, ErrorKind};

/// The kept secret of one Connection.
#[async_trait]
pub trait SecretCell: Send + Sync {
    /// The secret as last stored.
    async fn load(&self) -> Result<Zeroizing<Vec<u8>>, CloudError>;
    /// Does beforehand what takes long in the next `store`, so that a successor whose token is spent is soon kept.
    async fn prepare(&self) -> Result<(), CloudError>;
    /// Replaces the secret; durable when this returns.
    async fn store(&self, secret: &[u8]) -> Result<(), CloudError>;
    /// Keeps everyone else, in other processes too, from refreshing until the guard is dropped.
    async fn exclusive(&self) -> Result<Box<dyn Send>, CloudError>;
}

/// A secret that lives as long as the process.
pub struct SecretInMemory {
    secret: Mutex<Zeroizing<Vec<u8>>>,
    turn: std::sync::Arc<tokio::sync::Semaphore>,
}

impl SecretInMemory {
    /// Holds this secret.
    pub fn new(secret: Zeroizing<Vec<u8>>) -> Self {
        Self { secret: Mutex::new(secret), turn: std::sync::Arc::new(tokio::sync::Semaphore::new(1)) }
    }
}

#[async_trait]
impl SecretCell for SecretInMemory {
    async fn load(&self) -> Result<Zeroizing<Vec<u8>>, CloudError> {
        Ok(self.secret.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone())
    }

    async fn prepare(&self) -> Result<(), CloudError> {
        // Memory takes no work.
        Ok(())
    }

    async fn store(&self, secret: &[u8]) -> Result<(), CloudError> {
        let secret = Zeroizing::new(secret.to_vec());
        *self.secret.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = secret;
        Ok(())
    }

    async fn exclusive(&self) -> Result<Box<dyn Send>, CloudError> {
        let turn = std::sync::Arc::clone(&self.turn).acquire_owned().await;
        let closed = |_| CloudError::new(ErrorKind::Fatal, "secretClosed", "the secret is no longer held");
        Ok(Box::new(turn.map_err(closed)?))
    }
}
