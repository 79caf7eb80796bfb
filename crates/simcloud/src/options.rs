//! What a simulated company is made of and how its server behaves.

use std::path::PathBuf;
use std::time::Duration;

/// How a simulated cloud is started; see `simcloud serve --help` for each setting.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Certificate chain and key (PEM) to serve TLS with.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// A second port, for TLS alone: then `port` serves without it. Programs that know the clouds by their own host
    /// names find them there.
    pub tls_port: Option<u16>,
    /// Where credentials and `endpoints.toml` are written; `None` makes a private temporary folder.
    pub state_dir: Option<PathBuf>,
    /// Everything in the company is derived from this number.
    pub seed: u64,
    /// Number of users, the admin among them.
    pub users: u32,
    /// Mails that each mailbox starts with.
    pub mail_per_user: u32,
    /// Files that each drive starts with.
    pub files_per_user: u32,
    /// Events that each calendar starts with.
    pub events_per_user: u32,
    /// Contacts that each user starts with.
    pub contacts_per_user: u32,
    /// A folder whose `.eml` files are served as mails, whose `.ics` and `.vcf` files also as events and contacts, and
    /// whose other files as Drive files.
    pub corpus: Option<PathBuf>,
    /// Added before every answer.
    pub latency: Duration,
    /// Bytes a second that all answers share.
    pub bandwidth: Option<u64>,
    /// Whether the published quotas are enforced.
    pub quotas: Quotas,
    /// Which generation of Google's quotas holds.
    pub quota_model: QuotaModel,
    /// How many times faster than the wall clock quota windows pass.
    pub time_scale: f64,
    /// Refuse whatever the published description does not allow.
    pub strict: bool,
    /// What mails contain.
    pub mail_bytes: MailBytes,
    /// Size of every file; `None` gives realistic sizes.
    pub file_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            tls: None,
            tls_port: None,
            state_dir: None,
            seed: 1,
            users: 12,
            mail_per_user: 120,
            files_per_user: 60,
            events_per_user: 40,
            contacts_per_user: 30,
            corpus: None,
            latency: Duration::ZERO,
            bandwidth: None,
            quotas: Quotas::Off,
            quota_model: QuotaModel::New,
            time_scale: 1.0,
            strict: false,
            mail_bytes: MailBytes::Normal,
            file_bytes: None,
        }
    }
}

/// Whether quotas are enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotas {
    /// As the provider publishes them.
    Published,
    /// Never refused; units are still counted.
    Off,
}

/// Google changed its quotas on 1 May 2026: projects that used an API before keep the old ones.
/// <https://developers.google.com/workspace/gmail/api/reference/quota>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaModel {
    /// A project made since 1 May 2026.
    New,
    /// A project that used the API between November 2025 and April 2026.
    Old,
}

/// What generated mails contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailBytes {
    /// Some 200 bytes each.
    Tiny,
    /// Realistic MIME: alternatives, attachments, inline images, many scripts, odd mails.
    Normal,
    /// 28 KB on average that do not repeat; every 250th carries one of ten shared attachments.
    Bench,
}
