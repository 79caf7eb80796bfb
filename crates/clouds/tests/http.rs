//! What `http` promises, against small servers that misbehave. Time is a clock that jumps: nothing sleeps.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::Request as Incoming;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt};
use holdfast_clouds::contract::{CloudError, ErrorKind};
use holdfast_clouds::http::{
    Access, Bearer, Bearers, Client, Clock, Download, HttpOptions, JumpingClock, Patience, Price, Quota,
    Refusal, Request, Session, Then, Verdict, Whose,
};
use holdfast_model::{ContentHash, HashKind, Timestamp};
use serde_json::Value;
use url::Url;

static QUOTA: Quota =
    Quota { name: "test", user: Some(60_000), tenant: None, concurrent: Some(20), source: "this test" };
const SECRET: &str = "ya29.very-secret-token";

/// A server whose n-th answer is made by a function of n and the request.
struct Server {
    address: Url,
    requests: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Server {
    async fn answering<F, R>(answer: F) -> Self
    where
        F: Fn(usize, Incoming) -> R + Clone + Send + Sync + 'static,
        R: IntoResponse,
    {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, count) = (Arc::clone(&requests), Arc::new(AtomicUsize::new(0)));
        let app = Router::new().fallback(move |request: Incoming| {
            seen.lock().unwrap().push(request.headers().clone());
            let number = count.fetch_add(1, Ordering::SeqCst);
            let response = answer(number, request).into_response();
            async move { response }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, requests }
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    fn sessions(&self) -> (Session, Arc<Tokens>, Arc<JumpingClock>) {
        let clock = Arc::new(JumpingClock::at(Timestamp::UNIX_EPOCH));
        let options = HttpOptions { clock: clock.clone(), ..HttpOptions::default() };
        let client = Client::new(&[&self.address], classify, &options).unwrap();
        let tokens = Arc::new(Tokens::default());
        (Session::new(Arc::new(client), tokens.clone()), tokens, clock)
    }

    fn session(&self) -> Session {
        self.sessions().0
    }

    fn request(&self) -> Request {
        let access = Access { subject: Arc::from("ada@example.com"), audience: "test" };
        let mut url = self.address.join("things/1").unwrap();
        url.set_query(Some("key=query-secret"));
        Request::get(url).with_access(&access).priced(Price { quota: &QUOTA, units: 1 })
    }

    async fn json(&self) -> Result<Value, CloudError> {
        self.session().json(&self.request()).await
    }
}

#[derive(Default)]
struct Tokens {
    generation: AtomicU64,
}

#[async_trait]
impl Bearers for Tokens {
    async fn bearer(&self, _: &Access) -> Result<Bearer, CloudError> {
        Ok(Bearer::new(format!("{SECRET}-{}", self.generation.load(Ordering::SeqCst))))
    }

    fn refused(&self, _: &Access, _: &Bearer) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }
}

fn classify(refusal: &Refusal<'_>) -> Verdict {
    let retry = ErrorKind::Retry { after: refusal.retry_after };
    let (kind, then) = match refusal.status {
        429 => (retry, Then::SlowDown(Whose::User)),
        500.. => (retry, Then::TryAgain),
        401 => (ErrorKind::SignInAgain, Then::NewToken),
        404 => (ErrorKind::Gone, Then::GiveUp),
        _ => (ErrorKind::Forbidden, Then::GiveUp),
    };
    let mut error = CloudError::new(kind, "refused", String::from_utf8_lossy(refusal.body));
    error.status = Some(refusal.status);
    Verdict { error, then }
}

fn ok() -> Response {
    axum::Json(serde_json::json!({"fine": true})).into_response()
}

/// An answer that announces `length` bytes, sends `sent` of them, and breaks off.
fn cut(length: usize, sent: &[u8]) -> Response {
    let sent = futures::stream::iter([Ok(sent.to_vec())]);
    let broken = futures::stream::once(async {
        // What was sent has to leave before the connection ends.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        Err(std::io::Error::other("cut"))
    });
    let mut response = Body::from_stream(sent.chain(broken)).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, length.to_string().parse().unwrap());
    response
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    for status in [429, 500, 502, 503, 504] {
        let server = Server::answering(move |number, _| {
            if number < 3 { StatusCode::from_u16(status).unwrap().into_response() } else { ok() }
        })
        .await;
        assert_eq!(server.json().await.unwrap()["fine"], true, "{status}");
        assert_eq!(server.count(), 4, "{status}");
    }
}

#[tokio::test]
async fn patience_ends() {
    let server = Server::answering(|_, _| StatusCode::SERVICE_UNAVAILABLE).await;
    let error = server.json().await.unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Retry { after: None }, Some(503)));
    assert_eq!(server.count(), 1 + Patience::default().broken);

    let server = Server::answering(|_, _| StatusCode::TOO_MANY_REQUESTS).await;
    assert!(server.json().await.unwrap_err().is_passing());
    assert_eq!(server.count(), 1 + Patience::default().retries);
}

#[tokio::test]
async fn what_is_not_passing_is_reported_at_once() {
    for (status, kind) in [(404, ErrorKind::Gone), (403, ErrorKind::Forbidden)] {
        let server = Server::answering(move |_, _| StatusCode::from_u16(status).unwrap()).await;
        assert_eq!(server.json().await.unwrap_err().kind, kind);
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_by_everyone_who_shares_the_quota() {
    let server = Server::answering(|number, _| {
        if number == 0 {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "40")]).into_response()
        } else {
            ok()
        }
    })
    .await;
    let (session, _, clock) = server.sessions();
    session.json::<Value>(&server.request()).await.unwrap();
    assert!(clock.now() >= Duration::from_secs(40), "{:?}", clock.now());

    // Two at once: the second has not been refused itself, and waits all the same.
    let server = Server::answering(|number, _| {
        if number == 0 {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "100")]).into_response()
        } else {
            ok()
        }
    })
    .await;
    let (session, _, clock) = server.sessions();
    session.json::<Value>(&server.request()).await.unwrap();
    let after_first = clock.now();
    session.json::<Value>(&server.request()).await.unwrap();
    assert!(after_first >= Duration::from_secs(100));
}

#[tokio::test]
async fn a_date_in_retry_after_is_understood() {
    let server = Server::answering(|number, _| {
        let headers =
            [("retry-after", "Fri, 01 Jan 2027 00:01:40 GMT"), ("date", "Fri, 01 Jan 2027 00:00:00 GMT")];
        if number == 0 { (StatusCode::SERVICE_UNAVAILABLE, headers).into_response() } else { ok() }
    })
    .await;
    let (session, _, clock) = server.sessions();
    session.json::<Value>(&server.request()).await.unwrap();
    assert!(clock.now() >= Duration::from_secs(100), "{:?}", clock.now());
}

#[tokio::test]
async fn a_retry_after_beyond_all_patience_is_reported_with_its_time() {
    let server = Server::answering(|_, _| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "86400")])).await;
    let (session, _, _) = server.sessions();
    let error = session.json::<Value>(&server.request()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Retry { after: Some(Duration::from_secs(86_400)) });
    let second = session.json::<Value>(&server.request()).await.unwrap_err();
    assert!(matches!(second.kind, ErrorKind::Retry { after: Some(_) }), "{second}");
    assert_eq!(server.count(), 1, "the second worker did not ask again");
}

#[tokio::test]
async fn a_storm_of_rate_answers_is_survived() {
    let server = Server::answering(|number, _| {
        if number < 100 && number % 3 != 2 { StatusCode::TOO_MANY_REQUESTS.into_response() } else { ok() }
    })
    .await;
    let (session, _, _) = server.sessions();
    let request = server.request();
    let answers = futures::stream::iter(0..60).map(|_| session.json::<Value>(&request)).buffer_unordered(10);
    assert_eq!(answers.try_collect::<Vec<_>>().await.unwrap().len(), 60);
}

#[tokio::test]
async fn a_refused_token_is_renewed_a_few_times() {
    let server = Server::answering(|_, request| {
        let renewed = request.headers()[header::AUTHORIZATION].to_str().unwrap().ends_with("-1");
        if renewed { ok() } else { StatusCode::UNAUTHORIZED.into_response() }
    })
    .await;
    assert_eq!(server.json().await.unwrap()["fine"], true);
    assert_eq!(server.count(), 2);

    let server = Server::answering(|_, _| StatusCode::UNAUTHORIZED).await;
    assert_eq!(server.json().await.unwrap_err().kind, ErrorKind::SignInAgain);
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn senseless_answers_are_clear_errors() {
    let rows: [(&str, &str, &str); 5] = [
        ("text/html", "<!DOCTYPE html><p>Sign in to the network", "notJson"),
        ("application/json", "  <html>", "notJson"),
        ("application/json", "{\"fine\": tr", "notJson"),
        ("application/json", "", "notJson"),
        ("application/json", "{\"private\": \"content\"}", "unexpectedShape"),
    ];
    for (kind, body, reason) in rows {
        let server = Server::answering(move |_, _| ([(header::CONTENT_TYPE, kind)], body)).await;
        let error = server.session().json::<HashMap<String, bool>>(&server.request()).await.unwrap_err();
        assert_eq!(error.reason, reason, "{body}: {error}");
        assert!(!error.to_string().contains("content\""), "{error}");
    }
    let server = Server::answering(|_, _| b"{\"a\": \"\xff\xfe\"}".to_vec()).await;
    assert_eq!(server.json().await.unwrap_err().reason, "notUtf8");
    assert_eq!(server.count(), 1 + Patience::default().malformed);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_fetched_again() {
    let server =
        Server::answering(|number, _| if number < 2 { cut(1000, b"{\"fine\": ") } else { ok() }).await;
    assert_eq!(server.json().await.unwrap()["fine"], true);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn json_without_end_is_an_error_and_not_memory() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let server = Server::answering(move |_, _| {
        let counter = Arc::clone(&counter);
        let blocks = futures::stream::iter(0..100).map(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::io::Error>(vec![b' '; 1024 * 1024])
        });
        Body::from_stream(blocks)
    })
    .await;
    let error = server.json().await.unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Fatal, "answerTooLarge"));
    assert!(sent.load(Ordering::SeqCst) < 60, "it went on reading");

    let server = Server::answering(|_, _| cut(100 * 1024 * 1024, b"{")).await;
    assert_eq!(server.json().await.unwrap_err().reason, "answerTooLarge");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let thief = Server::answering(|_, _| ok()).await;
    let target = thief.address.to_string();
    let server =
        Server::answering(move |_, _| (StatusCode::FOUND, [(header::LOCATION, target.clone())])).await;
    let error = server.json().await.unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Fatal, "redirect"));
    assert_eq!(thief.count(), 0);
}

#[tokio::test]
async fn nothing_is_sent_to_a_foreign_host() {
    let thief = Server::answering(|_, _| ok()).await;
    let server = Server::answering(|_, _| ok()).await;
    let error = server.session().json::<Value>(&thief.request()).await.unwrap_err();
    assert_eq!(error.reason, "foreignHost");
    assert_eq!(thief.count(), 0);
}

#[tokio::test]
async fn no_secret_is_in_an_error() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap()
    };
    let nobody = Server { address: closed, requests: Arc::default() };
    let cutting = Server::answering(|_, _| cut(1000, b"{")).await;
    let refusing = Server::answering(|_, _| StatusCode::SERVICE_UNAVAILABLE).await;
    for server in [nobody, cutting, refusing] {
        let error = server.json().await.unwrap_err();
        assert!(error.is_passing(), "{error}");
        let text = format!("{error} {error:?}");
        assert!(!text.contains(SECRET) && !text.contains("query-secret"), "{text}");
    }
}

#[tokio::test]
async fn what_is_dropped_stops() {
    let server = Server::answering(|_, _| {
        Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>())
    })
    .await;
    let (session, _, _) = server.sessions();
    let request = server.request();
    let mut pending: Vec<_> = (0..40).map(|_| Box::pin(session.json::<Value>(&request))).collect();
    for waiting in &mut pending {
        assert!(futures::poll!(waiting).is_pending());
    }
    drop(pending);
    let free = Server::answering(|_, _| ok()).await;
    assert_eq!(free.json().await.unwrap()["fine"], true);
}

const CONTENT: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

fn md5_of_content() -> Option<ContentHash> {
    use md5::Digest as _;
    let value = md5::Md5::digest(CONTENT).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(ContentHash { kind: HashKind::Md5, value })
}

async fn download(server: &Server, change: impl FnOnce(&mut Download)) -> Result<Vec<u8>, CloudError> {
    let mut download = Download {
        request: server.request(),
        size: Some(CONTENT.len() as u64),
        hash: md5_of_content(),
        ranged: true,
        locate: None,
    };
    change(&mut download);
    let body = server.session().download(download);
    assert_eq!(server.count(), 0, "nothing is asked before it is polled");
    body.try_fold(Vec::new(), |mut all, chunk| async move {
        all.extend_from_slice(&chunk);
        Ok(all)
    })
    .await
}

fn from_range(request: &Incoming) -> Option<usize> {
    let range = request.headers().get(header::RANGE)?.to_str().unwrap();
    range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let server = Server::answering(|number, request| {
        let from = from_range(&request).unwrap_or(0);
        let end = if number < 4 { from + 7 } else { CONTENT.len() };
        let mut response = if number < 4 {
            cut(CONTENT.len() - from, &CONTENT[from..end])
        } else {
            CONTENT[from..].to_vec().into_response()
        };
        if from > 0 {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let range = format!("bytes {from}-{}/{}", CONTENT.len() - 1, CONTENT.len());
            response.headers_mut().insert(header::CONTENT_RANGE, range.parse().unwrap());
        }
        response
    })
    .await;
    assert_eq!(download(&server, |_| ()).await.unwrap(), CONTENT);
    assert_eq!(server.count(), 5);
}

#[tokio::test]
async fn a_server_that_ignores_ranges_is_coped_with() {
    let server = Server::answering(|number, _| {
        if number < 2 { cut(CONTENT.len(), &CONTENT[..10]) } else { CONTENT.to_vec().into_response() }
    })
    .await;
    assert_eq!(download(&server, |_| ()).await.unwrap(), CONTENT);
}

#[tokio::test]
async fn content_without_ranges_that_breaks_off_is_an_error() {
    let server = Server::answering(|_, _| cut(CONTENT.len(), &CONTENT[..10])).await;
    let error = download(&server, |d| d.ranged = false).await.unwrap_err();
    assert!(error.is_passing());
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn wrong_bytes_are_never_content() {
    let rows: [(&'static [u8], &str); 3] = [
        (b"0123456789abcdefghijklmnopqrstuvwxyZ", "wrongHash"),
        (b"0123456789abcdefghijklmnopqrstuvwxyz!", "wrongLength"),
        (b"0123", "wrongLength"),
    ];
    for (bytes, reason) in rows {
        let server = Server::answering(move |_, request| match from_range(&request) {
            Some(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            None => bytes.to_vec().into_response(),
        })
        .await;
        let error = download(&server, |_| ()).await.unwrap_err();
        assert!(error.reason == reason || error.status == Some(500), "{error}");
        assert!(error.is_passing());
    }
}

#[tokio::test]
async fn content_of_unknown_size_and_hash_is_read_to_its_end() {
    let server = Server::answering(|_, _| CONTENT.to_vec()).await;
    let got = download(&server, |d| (d.size, d.hash) = (None, None)).await.unwrap();
    assert_eq!(got, CONTENT);
    let server = Server::answering(|_, _| Vec::new()).await;
    assert_eq!(download(&server, |d| (d.size, d.hash) = (Some(0), None)).await.unwrap(), b"");
}
