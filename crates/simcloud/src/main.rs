//! `simcloud`: starts the simulated clouds.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use simcloud::{MailBytes, Options, QuotaModel, Quotas};

/// Simulated clouds for tests, benchmarks and the sample company.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves until interrupted; the first line of output is JSON with addresses and credentials.
    Serve(Serve),
}

#[derive(Clone, Copy, ValueEnum)]
enum QuotaWord {
    Published,
    Off,
}

#[derive(Clone, Copy, ValueEnum)]
enum ModelWord {
    New,
    Old,
}

#[derive(Clone, Copy, ValueEnum)]
enum MailWord {
    Tiny,
    Normal,
    Bench,
}

#[derive(Args)]
struct Serve {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Serve TLS with this certificate chain and key (PEM files).
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"])]
    tls: Option<Vec<PathBuf>>,
    /// Serve TLS at this port of 127.0.0.1 only, beside the other one.
    #[arg(long, value_name = "P", requires = "tls")]
    tls_port: Option<u16>,
    /// Folder for credentials and endpoints.toml; a private temporary one by default.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Everything is derived from this number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of users, the admin among them.
    #[arg(long, default_value_t = 12)]
    users: u32,
    /// Mails in each mailbox.
    #[arg(long, default_value_t = 120)]
    mail_per_user: u32,
    /// Files in each drive.
    #[arg(long, default_value_t = 60)]
    files_per_user: u32,
    /// Events in each calendar.
    #[arg(long, default_value_t = 40)]
    events_per_user: u32,
    /// Contacts of each user.
    #[arg(long, default_value_t = 30)]
    contacts_per_user: u32,
    /// Folder with .eml and other files that are used as content.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Milliseconds before every answer.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Bytes a second that all answers share.
    #[arg(long, value_name = "BYTES/S")]
    bandwidth: Option<u64>,
    /// Whether published quotas are enforced.
    #[arg(long, value_enum, default_value = "off")]
    quotas: QuotaWord,
    /// Quotas of new projects, or of those from before May 2026.
    #[arg(long, value_enum, default_value = "new")]
    quota_model: ModelWord,
    /// How many times faster quota windows pass.
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    time_scale: f64,
    /// Refuse whatever the published description does not allow.
    #[arg(long)]
    strict: bool,
    /// What mails contain.
    #[arg(long, value_enum, default_value = "normal")]
    mail_bytes: MailWord,
    /// Size of every file.
    #[arg(long, value_name = "N")]
    file_bytes: Option<u64>,
}

impl From<Serve> for Options {
    fn from(serve: Serve) -> Self {
        let mut tls = serve.tls.unwrap_or_default().into_iter();
        Self {
            port: serve.port,
            tls: tls.next().zip(tls.next()),
            tls_port: serve.tls_port,
            state_dir: serve.state,
            seed: serve.seed,
            users: serve.users,
            mail_per_user: serve.mail_per_user,
            files_per_user: serve.files_per_user,
            events_per_user: serve.events_per_user,
            contacts_per_user: serve.contacts_per_user,
            corpus: serve.corpus,
            latency: Duration::from_millis(serve.latency),
            bandwidth: serve.bandwidth,
            quotas: match serve.quotas {
                QuotaWord::Published => Quotas::Published,
                QuotaWord::Off => Quotas::Off,
            },
            quota_model: match serve.quota_model {
                ModelWord::New => QuotaModel::New,
                ModelWord::Old => QuotaModel::Old,
            },
            time_scale: serve.time_scale,
            strict: serve.strict,
            mail_bytes: match serve.mail_bytes {
                MailWord::Tiny => MailBytes::Tiny,
                MailWord::Normal => MailBytes::Normal,
                MailWord::Bench => MailBytes::Bench,
            },
            file_bytes: serve.file_bytes,
        }
    }
}

fn main() -> ExitCode {
    let Command::Serve(serve) = Cli::parse().command;
    if !(serve.time_scale.is_finite() && serve.time_scale > 0.0) {
        eprintln!("simcloud: --time-scale must be a number above 0");
        return ExitCode::from(2);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("simcloud: no threads to run on: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(run(serve.into()))
}

async fn run(options: Options) -> ExitCode {
    let mut running = match simcloud::start(options).await {
        Ok(running) => running,
        Err(error) => {
            eprintln!("simcloud: {error}");
            return ExitCode::FAILURE;
        }
    };
    match serde_json::to_string(&running.start_line) {
        Ok(line) => println!("{line}"),
        Err(error) => {
            eprintln!("simcloud: {error}");
            return ExitCode::FAILURE;
        }
    }
    tokio::select! {
        () = running.wait() => {}
        () = interrupted() => {}
    }
    running.shutdown().await;
    ExitCode::SUCCESS
}

/// Returns at Ctrl-C or SIGTERM, so that temporary state is removed.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
