//! The cloud contract and the providers behind it.
//!
//! Start at [`contract`]: the engine knows nothing else. Every request of every provider goes through
//! `http`, where pacing, retry, sign-in and limits live once. A provider is a folder here.

mod addresses;
pub mod boxcom;
mod cause;
pub mod contract;
pub mod google;
pub mod http;
mod loopback;
#[cfg(feature = "testkit")]
pub mod testkit;

use std::sync::Arc;

use holdfast_model::CloudKind;

pub use cause::{Cause, cause};

use contract::{Cloud, CloudError, ErrorKind};
use http::{HttpOptions, SecretCell};

/// True for a Cloud that this program can connect.
pub const fn is_built_in(kind: CloudKind) -> bool {
    match kind {
        CloudKind::Google | CloudKind::Box => true,
        CloudKind::Microsoft => false,
    }
}

/// Opens a Connection: reads its secret, sends nothing.
pub async fn open(
    kind: CloudKind,
    cell: Arc<dyn SecretCell>,
    options: &HttpOptions,
) -> Result<Arc<dyn Cloud>, CloudError> {
    match kind {
        CloudKind::Google => Ok(Arc::new(google::Google::open(cell, options).await?)),
        CloudKind::Box => Ok(Arc::new(boxcom::Boxcom::open(cell, options).await?)),
        CloudKind::Microsoft => {
            let detail = format!("{} is not built in", kind.title());
            Err(CloudError::new(ErrorKind::Fatal, "notBuiltIn", detail))
        }
    }
}
