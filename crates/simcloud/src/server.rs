//! The HTTP server: connections, TLS, and the sending of finished answers as faults and the
//! simulated line want it.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, DATE, HeaderValue};
use axum::http::{Request, Response};
use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::boxcom;
use crate::google::{self, Ending, Reply, Wire};
use crate::options::Options;
use crate::start_line::{self, StartLine};
use crate::world::World;

/// Larger request bodies are refused; uploads come in pieces.
const MAX_REQUEST_BYTES: usize = 256 * 1024 * 1024;
/// Answers are sent in blocks of at most this size where they are paced.
const BLOCK_BYTES: usize = 32 * 1024;
/// Time for what was sent to leave before a connection is broken.
const FLUSH_WAIT: Duration = Duration::from_millis(5);

/// Why a simulated cloud did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or the state folder cannot be written.
    #[error("{0}: {1}")]
    Io(String, #[source] io::Error),
    /// The certificate or key cannot be used.
    #[error("the TLS certificate or key cannot be used: {0}")]
    Tls(String),
    /// The service account's key could not be made or read.
    #[error("the service account's key cannot be used: {0}")]
    Key(String),
    /// `--strict` needs the published descriptions.
    #[error("--strict: {0}")]
    Descriptions(#[from] crate::discovery::DescriptionError),
}

impl StartError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io(what, error)
    }
}

/// A running simulated cloud; it stops when this is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What `simcloud serve` prints.
    pub start_line: StartLine,
    stop: watch::Sender<bool>,
    accepting: tokio::task::JoinHandle<()>,
    /// The addresses of content alone, and of TLS alone; they stop with the first.
    beside: Vec<tokio::task::JoinHandle<()>>,
    world: Arc<World>,
    _temporary: Option<tempfile::TempDir>,
}

impl Running {
    /// `http://127.0.0.1:P`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.world.base_url
    }

    /// The simulated world, for tests that look into it.
    #[must_use]
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// Stops: closes every listener and connection. Afterwards all of its ports are free.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        for listening in self.beside.into_iter().chain([self.accepting]) {
            // A listener task that was cancelled or panicked is gone too, which is all that is wanted.
            drop(listening.await);
        }
    }

    /// Serves until the process ends.
    pub async fn wait(&mut self) {
        // The listener task ends only by shutdown; how it ended is of no use to anyone.
        drop((&mut self.accepting).await);
    }
}

/// Builds the company and starts serving it.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let temporary = match &options.state_dir {
        Some(_) => None,
        None => Some(
            tempfile::Builder::new()
                .prefix("simcloud-")
                .tempdir()
                .map_err(StartError::io("no temporary folder"))?,
        ),
    };
    let state_dir = match (&options.state_dir, &temporary) {
        (Some(dir), _) => dir.clone(),
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => return Err(StartError::Key("no state folder".into())),
    };
    start_line::make_private(&state_dir)
        .map_err(StartError::io(format!("the folder {}", state_dir.display())))?;
    let listener = bind(options.port).await?;
    let address = listener.local_addr().map_err(StartError::io("no local address"))?;
    let content =
        second_port(&state_dir, options.port != 0).await.map_err(StartError::io("no second port"))?;
    let content_address = content.local_addr().map_err(StartError::io("no local address"))?;
    let acceptor = match &options.tls {
        Some((certificate, key)) => Some(acceptor(certificate, key)?),
        None => None,
    };
    let (tls, apart) = match options.tls_port {
        Some(port) => (None, Some((bind(port).await?, acceptor))),
        None => (acceptor, None),
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let base_url = format!("{scheme}://127.0.0.1:{}", address.port());
    let content_url = format!("{scheme}://127.0.0.1:{}", content_address.port());
    let build_dir = state_dir.clone();
    let world =
        tokio::task::spawn_blocking(move || start_line::build(options, base_url, content_url, build_dir))
            .await
            .map_err(|e| StartError::Key(e.to_string()))??;
    let world = Arc::new(world);
    let start_line = start_line::write(&world)?;
    let (stop, stopped) = watch::channel(false);
    let serve =
        |listener, tls, door| tokio::spawn(accept(listener, tls, Arc::clone(&world), stopped.clone(), door));
    let mut beside = vec![serve(content, tls.clone(), Door::Content)];
    beside.extend(apart.map(|(listener, tls)| serve(listener, tls, Door::Main)));
    let accepting = serve(listener, tls, Door::Main);
    Ok(Running { address, start_line, stop, accepting, beside, world, _temporary: temporary })
}

async fn bind(port: u16) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    bound.map_err(StartError::io(format!("port {port} cannot be listened on")))
}

/// The port of the second host. A cloud that goes on at the port that it had has that of its content, too: who is connected
/// to it knows both.
async fn second_port(state_dir: &std::path::Path, goes_on: bool) -> std::io::Result<TcpListener> {
    let kept = state_dir.join("content-port");
    let known = std::fs::read_to_string(&kept).ok().and_then(|text| text.trim().parse().ok());
    let listener = match known.filter(|_| goes_on) {
        Some(port) => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?,
        None => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
    };
    std::fs::write(&kept, listener.local_addr()?.port().to_string())?;
    Ok(listener)
}

fn acceptor(certificate: &std::path::Path, key: &std::path::Path) -> Result<TlsAcceptor, StartError> {
    use rustls_pki_types::pem::PemObject as _;
    use rustls_pki_types::{CertificateDer, PrivateKeyDer};
    let bad = |e: &dyn std::fmt::Display| StartError::Tls(e.to_string());
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect).map_err(|e| bad(&e))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|e| bad(&e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| bad(&e))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| bad(&e))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Which address a connection came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Every API, and `/control`.
    Main,
    /// Box's content, as on `dl.boxcloud.com`.
    Content,
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    world: Arc<World>,
    mut stopped: watch::Receiver<bool>,
    door: Door,
) {
    loop {
        let connection = tokio::select! {
            connection = listener.accept() => connection,
            _ = stopped.changed() => return,
        };
        match connection {
            Ok((stream, _)) => {
                tokio::spawn(serve_connection(
                    stream,
                    tls.clone(),
                    Arc::clone(&world),
                    stopped.clone(),
                    door,
                ));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn serve_connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    world: Arc<World>,
    stopped: watch::Receiver<bool>,
    door: Door,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    match tls {
        None => serve_stream(stream, world, stopped, door).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => serve_stream(stream, world, stopped, door).await,
            Err(error) => tracing::debug!(%error, "a TLS handshake failed"),
        },
    }
}

async fn serve_stream<S>(stream: S, world: Arc<World>, mut stopped: watch::Receiver<bool>, door: Door)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let world = Arc::clone(&world);
        async move { answer(world, request, door).await }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(512 * 1024);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        result = connection => if let Err(error) = result {
            tracing::debug!(%error, "a connection ended early");
        },
        _ = stopped.changed() => {}
    }
}

/// A connection that a fault breaks.
#[derive(Debug, thiserror::Error)]
#[error("the connection was dropped by a fault")]
struct Dropped;

async fn answer(
    world: Arc<World>,
    request: Request<hyper::body::Incoming>,
    door: Door,
) -> Result<Response<Body>, Dropped> {
    let (parts, body) = request.into_parts();
    let body = match axum::body::to_bytes(Body::new(body), MAX_REQUEST_BYTES).await {
        Ok(body) => body,
        Err(_) => return Err(Dropped),
    };
    if door == Door::Content && parts.uri.path().starts_with(crate::google::people::PHOTO_PATH) {
        let reply = crate::google::people::serve_photo(&world, &parts).await;
        return send(&world, reply);
    }
    if door == Door::Content {
        let reply = boxcom::serve_content(&world, parts).await;
        return send(&world, reply);
    }
    if parts.uri.path() == "/control" || parts.uri.path().starts_with("/control/") {
        return Ok(crate::control::serve(&world, &parts, &body));
    }
    let running = world.counters.run();
    let reply = if boxcom::is_asked(&parts) {
        boxcom::serve(&world, parts, body).await
    } else {
        google::serve(&world, parts, body).await
    };
    drop(running);
    send(&world, reply)
}

/// Makes the HTTP response, and breaks it where a fault says so.
fn send(world: &Arc<World>, reply: Reply) -> Result<Response<Body>, Dropped> {
    let Reply { status, headers, body, ending, method, user, slow_down: _ } = reply;
    if ending == Ending::Dropped {
        return Err(Dropped);
    }
    let length = body.length();
    let counts = !method.is_empty();
    if let Some(length) = length.filter(|_| counts) {
        world.counters.bytes(method, &user, length);
    }
    let is_paced = world.network.is_paced() || ending != Ending::Whole;
    let body = match body {
        Wire::Pieces(mut pieces) if !is_paced && pieces.len() <= 1 => {
            Body::from(pieces.pop().unwrap_or_default())
        }
        Wire::Pieces(pieces) if !is_paced => {
            Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)))
        }
        Wire::Blocks(known, blocks) if !is_paced => {
            let world = Arc::clone(world);
            let blocks = blocks.inspect(move |block| {
                if known.is_none() && counts {
                    world.counters.bytes(method, &user, block.len() as u64);
                }
            });
            Body::from_stream(stream::iter(blocks.map(Ok::<_, Infallible>)))
        }
        Wire::Pieces(pieces) => paced(world, Box::new(pieces.into_iter()), length, ending),
        Wire::Blocks(_, blocks) => paced(world, blocks, length, ending),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(length) = length.filter(|_| {
        status != axum::http::StatusCode::NO_CONTENT && status != axum::http::StatusCode::NOT_MODIFIED
    }) {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let Ok(date) = HeaderValue::from_str(&http_date(world.clock.now_ms())) {
        response.headers_mut().insert(DATE, date);
    }
    Ok(response)
}

/// `Sun, 22 Nov 2026 10:00:00 GMT`, from the simulated clock, so that clients can see their skew.
fn http_date(ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A body in small blocks, each waiting for the line or for its time.
fn paced(
    world: &Arc<World>,
    blocks: Box<dyn Iterator<Item = Bytes> + Send>,
    length: Option<u64>,
    ending: Ending,
) -> Body {
    let world = Arc::clone(world);
    let block_bytes = match (ending, length) {
        (Ending::Over(_), Some(length)) => {
            usize::try_from(length / 10 + 1).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES)
        }
        _ => BLOCK_BYTES,
    };
    let small = blocks.flat_map(move |mut block| {
        std::iter::from_fn(move || {
            let size = block.len().min(block_bytes);
            (size > 0).then(|| block.split_to(size))
        })
    });
    let total = length.unwrap_or(block_bytes as u64).max(1);
    let state = (world, small, 0_u64);
    Body::from_stream(
        stream::unfold(Some(state), move |state| async move {
            let (world, mut blocks, sent) = state?;
            let Some(mut block) = blocks.next() else {
                // All that there is was less than what is sent before the cut: it breaks off here.
                let is_cut = matches!(ending, Ending::CutAfter(_));
                tokio::time::sleep(if is_cut { FLUSH_WAIT } else { std::time::Duration::ZERO }).await;
                return is_cut.then(|| (Err(io::Error::from(io::ErrorKind::ConnectionReset)), None));
            };
            world.network.wait_for(block.len()).await;
            match ending {
                Ending::CutAfter(limit) => {
                    let left = usize::try_from(limit.saturating_sub(sent)).unwrap_or(usize::MAX);
                    if left == 0 {
                        // Buffered bytes are flushed only while the body waits; without that a cut looks like a drop.
                        tokio::time::sleep(FLUSH_WAIT).await;
                        return Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None));
                    }
                    block.truncate(left);
                }
                Ending::Over(time) => {
                    tokio::time::sleep(time.mul_f64((block.len() as f64 / total as f64).min(1.0))).await
                }
                Ending::Whole | Ending::Dropped => {}
            }
            let sent = sent + block.len() as u64;
            Some((Ok(block), Some((world, blocks, sent))))
        })
        .boxed(),
    )
}
