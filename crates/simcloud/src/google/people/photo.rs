//! Photos of contacts, on a host of their own and without any token, as on `lh3.googleusercontent.com`.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::request::Parts;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::faults::{Held, Target};
use crate::google::serve::{finish, plain};
use crate::google::{Answer, Fields, Reply, tamper};
use crate::world::World;

/// Begins the path of every photo.
pub(crate) const PHOTO_PATH: &str = "/contacts/";
const METHOD: &str = "photos.get";

/// Addresses are made when they are shown: they hold the server's own.
pub(super) fn with_address(world: &World, photos: &mut Value) {
    for photo in photos.as_array_mut().into_iter().flatten() {
        if let Some(name) = photo["url"].as_str() {
            photo["url"] = json!(address(world, name));
        }
    }
}

pub(super) fn address(world: &World, name: &str) -> String {
    format!("{}{PHOTO_PATH}{name}=s100", world.boxcom.content_url)
}

/// A picture that nobody else has: a PNG's first bytes and then its own number.
pub(super) fn bytes(name: &str) -> Vec<u8> {
    let mut bytes = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    let mut number = crate::content::tag(name);
    for _ in 0..180 {
        number = crate::content::mix(&[number]);
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes
}

/// `GET /contacts/<name>=s100`.
pub(crate) async fn serve(world: &Arc<World>, parts: &Parts) -> Reply {
    let path = parts.uri.path().strip_prefix(PHOTO_PATH).unwrap_or_default();
    let name = path.split('=').next().unwrap_or_default();
    world.counters.request(METHOD, "");
    let fault = world.faults.met(&Target { method: METHOD, user: &[], ids: &[name] }).await;
    world.network.wait_latency().await;
    let mut reply = match fault.as_ref().and_then(tamper::instead) {
        Some(answer) => plain(answer),
        None if parts.method == "GET" && !name.is_empty() => {
            finish(Answer::bytes("image/png", Bytes::from(bytes(name))), &Fields::All, None)
        }
        None => plain(Answer::bytes("text/html", Bytes::new()).status(StatusCode::NOT_FOUND)),
    };
    world.faults.hold(Held::After, fault.as_ref()).await;
    if let Some(fault) = &fault {
        tamper::bytes(fault, &mut reply);
    }
    reply.method = METHOD;
    reply
}
