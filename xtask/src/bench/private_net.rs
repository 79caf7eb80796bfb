//! A network of its own for programs that know a cloud by its real host names: they lead to this computer, where the
//! simulated cloud has a certificate for them. Nobody else sees any of it, and it ends with the process.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::step;

/// As root, and as anybody where the system lets everybody have name spaces.
const WAYS: [&[&str]; 2] = [&["--net", "--mount"], &["--net", "--mount", "--user", "--map-root-user"]];

const AUTHORITY: &str = "authority.pem";
/// The certificate chain of the hosts, in PEM.
pub const CERTIFICATE: &str = "hosts.pem";
/// Its key.
pub const KEY: &str = "hosts.key";
const HOSTS: &str = "hosts";

/// A command that runs this program again in a network of its own, in which it calls `enter` first. `None`, said aloud,
/// where the system allows that to nobody.
pub fn command(folder: &Path, hosts: &[&str]) -> Result<Option<Command>> {
    let Some(way) = WAYS.into_iter().find(|way| may(way)) else {
        eprintln!("!! NOT MEASURED: this system gives us no network of our own (`unshare --net --mount`).");
        return Ok(None);
    };
    certificate(folder, hosts)?;
    let lines: String = hosts.iter().map(|host| format!("127.0.0.1 {host}\n")).collect();
    let local = "127.0.0.1 localhost\n::1 localhost\n";
    fs::write(folder.join(HOSTS), format!("{local}{lines}")).context("cannot write the hosts")?;
    let mut command = Command::new("unshare");
    command.args(way).arg(std::env::current_exe().context("this program has no path")?);
    // Both rustls (by its way to the system's certificates) and Go's TLS believe this bundle instead of the system's.
    command.env("SSL_CERT_FILE", folder.join(AUTHORITY)).env_remove("SSL_CERT_DIR");
    Ok(Some(command))
}

/// Inside: the loopback network works, and the hosts lead to it.
pub fn enter(folder: &Path) -> Result<()> {
    step::run(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    step::run(Command::new("mount").arg("--bind").arg(folder.join(HOSTS)).arg("/etc/hosts"))
}

fn may(way: &[&str]) -> bool {
    let mut probe = Command::new("unshare");
    probe.args(way).args(["sh", "-c", "ip link set lo up && mount -t tmpfs tmpfs /mnt"]);
    probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

/// An authority that nobody else knows, and what it says of the hosts.
fn certificate(folder: &Path, hosts: &[&str]) -> Result<()> {
    let openssl = |arguments: &[&str]| {
        let mut command = Command::new("openssl");
        step::output(command.args(arguments).current_dir(folder)).map(drop)
    };
    let request =
        ["req", "-x509", "-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let authority = ["-subj", "/CN=Holdfast measures", "-keyout", "authority.key", "-out", AUTHORITY];
    openssl(&[&request[..], &authority].concat())?;
    let names: Vec<String> = hosts.iter().map(|host| format!("DNS:{host}")).collect();
    let names = format!("subjectAltName={}", names.join(","));
    let host = ["-subj", "/CN=hosts", "-addext", &names, "-addext", "basicConstraints=critical,CA:FALSE"];
    let signed = ["-CA", AUTHORITY, "-CAkey", "authority.key", "-keyout", KEY, "-out", CERTIFICATE];
    openssl(&[&request[..], &host, &signed].concat())
}
