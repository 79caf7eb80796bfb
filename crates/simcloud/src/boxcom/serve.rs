//! From an HTTP request to a finished answer: routing, caller, scopes, limits, faults, the method itself.

use std::sync::Arc;

use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;

use super::call::{Call, Method};
use super::error::BoxError;
use super::{METHODS, auth, faulty, files, oauth};
use crate::faults::{Fault, Held, Target};
use crate::google::{Answer, Fields, Reply, finish, host_name, percent_decode, tamper};
use crate::sync::read;
use crate::world::World;

const DOWNLOAD: &str = "box.download";

/// Whether a request is for Box: by its host, or on loopback by its path.
pub(crate) fn is_asked(parts: &Parts) -> bool {
    let host = request_host(parts);
    let path = parts.uri.path();
    let is_path = ["/2.0/", "/api/2.0/", "/oauth2/token", "/oauth2/revoke", "/api/oauth2/", "/d/1/"]
        .iter()
        .any(|start| path.starts_with(start));
    super::is_box_host(&host) || (is_path && !crate::google::is_google(&host))
}

fn request_host(parts: &Parts) -> String {
    let header = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    let host = header.or_else(|| parts.uri.authority().map(ToString::to_string)).unwrap_or_default();
    host_name(&host).to_owned()
}

/// Answers a request on the API's host.
pub(crate) async fn serve(world: &Arc<World>, parts: Parts, body: Bytes) -> Reply {
    let path = parts.uri.path().to_owned();
    if path.starts_with("/d/1/") {
        return serve_content(world, parts).await;
    }
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes()).into_owned().collect();
    if let Some(endpoint) = oauth::find(parts.method.as_str(), &path) {
        return serve_oauth(world, endpoint, query, &parts.headers, &body).await;
    }
    let host = request_host(&parts);
    let request_id = request_id(world);
    let below = path.strip_prefix("/api").unwrap_or(&path).strip_prefix("/2.0/").unwrap_or("");
    let Some((method, path)) = find(parts.method.as_str(), below) else {
        world.counters.request("box.unknown", "");
        let error = BoxError::new(404, "not_found", format!("Not Found: {} {path}", parts.method));
        return finish(error.into_answer(&request_id), &Fields::All, None);
    };
    let user = auth::actor(world, &read(&world.boxcom.state), &parts.headers, &query);
    let id = user.as_ref().ok().cloned().unwrap_or_default();
    world.counters.request(method.id, &id);
    let ids: Vec<&str> = path.iter().map(|(_, value)| value.as_str()).collect();
    let fault = fault(world, method.id, &id, &ids).await;
    let headers = parts.headers.clone();
    world.network.wait_latency().await;
    let answer = match fault.as_ref().and_then(|fault| faulty::instead(fault, &request_id)) {
        Some(answer) => answer,
        None => {
            let world = Arc::clone(world);
            let result = user.and_then(|user| {
                let call = Call { world, method, path, query, headers: parts.headers, body, user, host };
                run(&call, fault.as_ref())
            });
            result.unwrap_or_else(|error| error.into_answer(&request_id))
        }
    };
    sent(world, answer, Some(&headers), fault.as_ref(), method.id, id).await
}

/// Everything that is refused before a method runs, and the method.
fn run(call: &Call, fault: Option<&Fault>) -> Result<Answer, BoxError> {
    let auth = &call.world.boxcom.auth;
    if !call.method.scopes.is_empty() && !call.method.scopes.iter().any(|scope| auth.has_scope(scope)) {
        return Err(BoxError::insufficient_scope());
    }
    call.world.boxcom.rate.charge(&call.world, &call.user)?;
    super::description::check(call)?;
    call.world.counters.units(call.method.id, &call.user, 1);
    let mut answer = (call.method.run)(call)?;
    if let Some(fault) = fault {
        faulty::page(fault, call, &mut answer);
    }
    Ok(answer)
}

/// The second host: bytes behind links, without any token.
pub(crate) async fn serve_content(world: &Arc<World>, parts: Parts) -> Reply {
    let found = files::linked(world, parts.uri.path());
    let id = found.as_ref().map(|(_, id)| id.clone()).unwrap_or_default();
    world.counters.request(DOWNLOAD, "");
    let fault = fault(world, DOWNLOAD, "", &[&id]).await;
    world.network.wait_latency().await;
    let request_id = request_id(world);
    let answer = match (fault.as_ref().and_then(|fault| faulty::instead(fault, &request_id)), found) {
        (Some(answer), _) => answer,
        (None, Some((content, _))) if parts.method == "GET" => files::ranged(&parts.headers, &content),
        _ => Answer::bytes("text/html", Bytes::from_static(b"<h1>This link is gone</h1>"))
            .status(StatusCode::NOT_FOUND),
    };
    sent(world, answer, None, fault.as_ref(), DOWNLOAD, String::new()).await
}

async fn serve_oauth(
    world: &Arc<World>,
    endpoint: oauth::Endpoint,
    mut query: Vec<(String, String)>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Reply {
    query.extend(url::form_urlencoded::parse(body).into_owned());
    world.counters.request(endpoint.id(), "");
    let fault = fault(world, endpoint.id(), "", &[]).await;
    world.network.wait_latency().await;
    let answer = fault.as_ref().and_then(|fault| faulty::instead(fault, ""));
    let answer = answer.unwrap_or_else(|| oauth::answer(world, endpoint, &oauth::Form(query)));
    sent(world, answer, Some(headers), fault.as_ref(), endpoint.id(), String::new()).await
}

/// The fault that hits a request; waits where it says so.
async fn fault(world: &World, method: &'static str, user: &str, ids: &[&str]) -> Option<Fault> {
    if !world.faults.any() {
        return None;
    }
    let names: Vec<String> = {
        let state = read(&world.boxcom.state);
        state.any_user(user).map(|user| vec![user.id.clone(), user.login.clone()]).unwrap_or_default()
    };
    world.faults.met(&Target { method, user: &names, ids }).await
}

async fn sent(
    world: &World,
    answer: Answer,
    headers: Option<&HeaderMap>,
    fault: Option<&Fault>,
    method: &'static str,
    user: String,
) -> Reply {
    world.faults.hold(Held::After, fault).await;
    let mut reply = finish(answer, &Fields::All, headers);
    if reply.slow_down {
        world.counters.rate_answer();
    }
    if let Some(fault) = fault {
        tamper::bytes(fault, &mut reply);
    }
    reply.method = method;
    reply.user = user;
    reply
}

fn request_id(world: &World) -> String {
    format!("{:016x}", crate::content::mix(&[world.clock.now_ms().unsigned_abs(), world.clock.quota_ms()]))
}

type PathParameters = Vec<(&'static str, String)>;

/// The method behind verb and path; of several the first in the tables.
fn find(verb: &str, path: &str) -> Option<(&'static Method, PathParameters)> {
    METHODS
        .iter()
        .flat_map(|table| table.iter())
        .filter(|method| method.http == verb)
        .find_map(|method| matched(method.path, path).map(|parameters| (method, parameters)))
}

fn matched(template: &'static str, path: &str) -> Option<PathParameters> {
    let mut parameters = Vec::new();
    let mut segments = path.split('/');
    for part in template.split('/') {
        let segment = segments.next()?;
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => parameters.push((name, percent_decode(segment))),
            None if part == segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(parameters)
}
