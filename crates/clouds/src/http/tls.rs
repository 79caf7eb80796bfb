//! TLS: rustls with ring, certificates judged by the operating system.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::contract::{CloudError, ErrorKind};

/// The TLS settings of a client; where no host uses TLS, the system's certificates are not read.
pub(super) fn config(any_https: bool) -> Result<ClientConfig, CloudError> {
    let failed = |error: rustls::Error| {
        let detail = format!("encrypted connections cannot be set up: {error}");
        CloudError::new(ErrorKind::Fatal, "tlsSetup", detail)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let mut config = if any_https {
        builder.with_platform_verifier().map_err(failed)?.with_no_client_auth()
    } else {
        builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
