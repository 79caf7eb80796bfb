//! Whoever publishes Holdfast: a key, signatures as `tauri signer sign` makes them, and a server with `latest.json` as
//! `packaging/latest.py` writes it.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use tempfile::TempDir;

/// Tells the app of the newest version.
const LATEST: &str = "latest.json";
/// The system that `latest.py` knows, whose place this one takes here.
const THERE: &str = "windows-x86_64";

/// Signs releases. <https://jedisct1.github.io/minisign/#signature-format>
pub struct Signer(Ed25519KeyPair);

impl Signer {
    const KEY: [u8; 8] = *b"holdfast";

    /// One for each seed.
    pub fn new(seed: u8) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).ok().context("the seed makes no key")?;
        Ok(Self(pair))
    }

    /// What a build knows it by.
    pub fn public_key(&self) -> String {
        let key = [&b"Ed"[..], &Self::KEY, self.0.public_key().as_ref()].concat();
        let text = format!("untrusted comment: minisign public key\n{}\n", BASE64_STANDARD.encode(key));
        BASE64_STANDARD.encode(text)
    }

    /// The signature of a file that is this version.
    pub fn sign(&self, content: &[u8], version: &str) -> String {
        let signature = self.0.sign(content);
        let told = format!("timestamp:1764000000\tfile:Holdfast\tversion:{version}");
        let all = self.0.sign(&[signature.as_ref(), told.as_bytes()].concat());
        let signature = BASE64_STANDARD.encode([&b"Ed"[..], &Self::KEY, signature.as_ref()].concat());
        let all = BASE64_STANDARD.encode(all.as_ref());
        let text = format!("untrusted comment: signature\n{signature}\ntrusted comment: {told}\n{all}\n");
        BASE64_STANDARD.encode(text)
    }
}

/// The server; it ends when this is dropped.
pub struct Releases {
    folder: TempDir,
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
}

impl Releases {
    /// Nothing is published yet.
    pub fn start() -> Result<Self> {
        let folder = TempDir::new().context("no temporary folder")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port for releases")?;
        let address = listener.local_addr()?;
        let (asked, is_over) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicBool>::default());
        let (root, noted, over) = (folder.path().to_owned(), Arc::clone(&asked), Arc::clone(&is_over));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (root, noted) = (root.clone(), Arc::clone(&noted));
                // Who hangs up in the middle asked for nothing that a test looks at.
                thread::spawn(move || answer(stream, &root, &noted).ok());
            }
        });
        Ok(Self { folder, address, asked, is_over })
    }

    /// Where builds ask for the newest version.
    pub fn latest(&self) -> String {
        format!("http://{}/{LATEST}", self.address)
    }

    /// Publishes this content as a version, with the signature that it comes with.
    pub fn publish(&self, version: &str, content: &[u8], signature: &str) -> Result<()> {
        let folder = self.folder.path();
        for name in
            [format!("Holdfast-{version}-setup.exe"), format!("Holdfast-{version}-aarch64.app.tar.gz")]
        {
            fs::write(folder.join(&name), content)?;
            fs::write(folder.join(name + ".sig"), signature)?;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/latest.py");
        let mut python = Command::new("python3");
        python.arg(script).args([version, &format!("http://{}", self.address)]).arg(folder);
        ensure!(python.status().context("python3 does not start")?.success(), "latest.py failed");
        let latest = folder.join(LATEST);
        let here = format!("linux-{}", std::env::consts::ARCH);
        fs::write(&latest, fs::read_to_string(&latest)?.replace(THERE, &here))?;
        Ok(())
    }

    /// What was asked for so far, and how often.
    pub fn asked_for(&self, what: &str) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|path| path.ends_with(what)).count()
    }

    /// How often the newest version was asked for.
    pub fn looks(&self) -> usize {
        self.asked_for(LATEST)
    }
}

impl Drop for Releases {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the server, which then sees that it is over; where it is gone already, nothing is to be done.
        drop(TcpStream::connect(self.address));
    }
}

/// Answers one request with the file that it names.
fn answer(stream: TcpStream, root: &Path, noted: &Mutex<Vec<String>>) -> Result<()> {
    let mut lines = BufReader::new(&stream).lines();
    let first = lines.next().context("nothing was asked")??;
    while !lines.next().context("the request breaks off")??.is_empty() {}
    let path = first.split_whitespace().nth(1).context("no path was asked for")?.to_owned();
    noted.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
    let file: PathBuf = root.join(path.rsplit('/').next().unwrap_or_default());
    let (status, body) = match fs::read(&file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let mut stream = &stream;
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    Ok(stream.write_all(&body)?)
}
