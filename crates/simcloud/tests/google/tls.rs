//! Programs that cannot be told another address reach the simulator by host name, over TLS.

use std::net::SocketAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use simcloud::Options;

use super::sim::{ALL, Sim, receive, small};

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=127 => out.push(u8::try_from(short).expect("short")),
        middle @ 128..=255 => out.extend([0x81, u8::try_from(middle).expect("a byte")]),
        long => {
            out.push(0x82);
            out.extend(u16::try_from(long).expect("not that long").to_be_bytes());
        }
    }
    out.extend(content);
    out
}

/// A self-signed certificate for a host, and its key, as PEM files (RFC 5280).
fn certificate(folder: &Path, host: &str) -> (std::path::PathBuf, std::path::PathBuf) {
    const EC_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    const ECDSA_SHA256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
    const ALT_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x11];
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &random).expect("a pair");
    let algorithm = der(0x30, &[ECDSA_SHA256]);
    let name = der(0x30, &[&der(0x31, &[&der(0x30, &[COMMON_NAME, &der(0x0c, &[host.as_bytes()])])])]);
    let validity = der(0x30, &[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[b"490101000000Z"])]);
    let public = der(0x30, &[&der(0x30, &[EC_KEY, P256]), &der(0x03, &[&[0], pair.public_key().as_ref()])]);
    let names = der(0x30, &[&der(0x82, &[host.as_bytes()])]);
    let extension = der(0x30, &[ALT_NAME, &der(0x04, &[&names])]);
    let version = der(0xa0, &[&[0x02, 0x01, 0x02]]);
    let body = [
        version.as_slice(),
        &[0x02, 0x01, 0x01],
        &algorithm,
        &name,
        &validity,
        &name,
        &public,
        &der(0xa3, &[&der(0x30, &[&extension])]),
    ];
    let body = der(0x30, &body);
    let signature = pair.sign(&random, &body).expect("a signature");
    let certificate = der(0x30, &[&body, &algorithm, &der(0x03, &[&[0], signature.as_ref()])]);
    let write = |file: &str, label: &str, bytes: &[u8]| {
        let path = folder.join(file);
        let text = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(bytes));
        std::fs::write(&path, text).expect("a file");
        path
    };
    (write("cert.pem", "CERTIFICATE", &certificate), write("key.pem", "PRIVATE KEY", key.as_ref()))
}

#[tokio::test]
async fn googles_hosts_are_served_over_tls_with_http_2() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = "gmail.googleapis.com";
    let (certificate, key) = certificate(folder.path(), host);
    let plain = Sim::new().await;
    let sim =
        simcloud::start(Options { tls: Some((certificate.clone(), key)), ..small() }).await.expect("starts");
    assert!(sim.start_line.address.starts_with("https://127.0.0.1:"));
    let root = reqwest::Certificate::from_pem(&std::fs::read(&certificate).expect("the file"))
        .expect("a certificate");
    for (only_http1, version) in [(false, reqwest::Version::HTTP_2), (true, reqwest::Version::HTTP_11)] {
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([root.clone()])
            .resolve(host, SocketAddr::from(([127, 0, 0, 1], sim.address.port())));
        if only_http1 {
            builder = builder.http1_only();
        }
        let client = builder.build().expect("a client");
        let url = format!("https://{host}:{}", sim.address.port());
        let answer = client.get(format!("{url}/gmail/v1/users/me/profile")).send().await.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.version()), (401, version));
        // The host serves its own paths only, by :authority as by Host.
        assert_eq!(receive(client.get(format!("{url}/admin/directory/v1/users"))).await.status, 404);
    }
    assert!(!plain.token(plain.user(1), ALL).await.is_empty());
    sim.shutdown().await;
}
