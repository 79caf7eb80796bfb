//! A line to a simulated company that can be cut: it passes on what is sent through it, or ends every connection.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};

use crate::Company;

/// The APIs that go over the line. The token's host stays as it is: a token is asked for in its name.
const APIS: [&str; 3] = ["admin", "gmail", "drive"];

/// A line that can be cut.
pub struct Line {
    /// The addresses of the company's APIs, for `connect --endpoints`.
    pub endpoints_file: PathBuf,
    state: Arc<State>,
}

struct State {
    to: SocketAddr,
    is_cut: AtomicBool,
    refused: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

impl Line {
    /// Lays a line to the company; its endpoints file goes to `folder`.
    pub fn to(company: &Company, folder: &Path) -> Result<Self> {
        let address = &company.start.address;
        let to = address.strip_prefix("http://").unwrap_or(address);
        let to: SocketAddr = to.parse().with_context(|| format!("{address} is no address"))?;
        let state = State { to, is_cut: false.into(), refused: 0.into(), open: Mutex::default() };
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
        let ours = format!("http://{}", listener.local_addr().context("the line has no address")?);
        let endpoints = fs::read_to_string(&company.start.endpoints_file).context("no endpoints file")?;
        let is_ours = |row: &str| APIS.iter().any(|api| row.starts_with(&format!("{api} =")));
        let row =
            |row: &str| if is_ours(row) { row.replace(address.as_str(), &ours) } else { row.to_owned() };
        let rows: Vec<String> = endpoints.lines().map(row).collect();
        let endpoints_file = folder.join("endpoints-over-the-line.toml");
        fs::write(&endpoints_file, rows.join("\n")).context("cannot write the endpoints file")?;

        let line = Self { endpoints_file, state: Arc::new(state) };
        let state = Arc::clone(&line.state);
        // Ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                state.take(stream);
            }
        });
        Ok(line)
    }

    /// Ends what is under way and every connection from now on.
    pub fn cut(&self) {
        self.state.is_cut.store(true, Ordering::SeqCst);
        self.state.end_all();
    }

    /// Passes everything on again.
    pub fn mend(&self) {
        self.state.is_cut.store(false, Ordering::SeqCst);
    }

    /// Connections that were ended because the line was cut when they began.
    pub fn refused(&self) -> u64 {
        self.state.refused.load(Ordering::SeqCst)
    }
}

impl State {
    fn take(self: &Arc<Self>, near: TcpStream) {
        if self.is_cut.load(Ordering::SeqCst) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return;
        }
        let Ok(far) = TcpStream::connect(self.to) else { return };
        let pairs = [(near.try_clone(), far.try_clone()), (far.try_clone(), near.try_clone())];
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.extend([near, far]);
        drop(open);
        for pair in pairs {
            if let (Ok(from), Ok(to)) = pair {
                thread::spawn(move || pass(from, to));
            }
        }
        // It may have been cut while this connection was made.
        if self.is_cut.load(Ordering::SeqCst) {
            self.end_all();
        }
    }

    fn end_all(&self) {
        for stream in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            end(&stream);
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; 64 * 1024];
    let mut pass_one = || -> io::Result<bool> {
        let read = from.read(&mut buffer)?;
        to.write_all(&buffer[..read])?;
        Ok(read > 0)
    };
    while pass_one().unwrap_or(false) {}
    end(&from);
    end(&to);
}

fn end(stream: &TcpStream) {
    // It may have ended by itself.
    drop(stream.shutdown(Shutdown::Both));
}
