//! `alerts`: how people are told beside the window.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use holdfast_app::alerts::{AlertSecrets, AlertSettings, EmailSettings, Encryption, system};
use holdfast_app::language::Language;
use holdfast_app::{Result, UserError, events::Events, format};

use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::prompt;
use crate::table::facts;

/// What to do.
#[derive(Subcommand)]
pub enum Alerts {
    /// Show what is set
    Show,
    /// Send e-mails when something is wrong
    Email(Email),
    /// Send a message to a webhook when something is wrong, and ping a monitor on each good day
    Webhook(Webhook),
    /// Send a test over everything that is set, and show a notification
    Test,
}

/// Arguments of `alerts email`.
#[derive(Args)]
pub struct Email {
    /// The mail server
    #[arg(long, value_name = "HOST", required_unless_present = "off")]
    server: Option<String>,
    /// Its port; by default 465 for TLS, 587 for STARTTLS
    #[arg(long)]
    port: Option<u16>,
    /// How the way there is kept private; `none` is for a server on this computer only
    #[arg(long, value_enum, default_value = "starttls")]
    encryption: Encrypted,
    /// The account at the mail server
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// File with its password; `-` reads it from standard input. Without it, it is asked for
    #[arg(long, value_name = "FILE", requires = "user")]
    password_file: Option<PathBuf>,
    /// The sender
    #[arg(long, value_name = "ADDRESS", required_unless_present = "off")]
    from: Option<String>,
    /// A receiver; may be given several times
    #[arg(long = "to", value_name = "ADDRESS", required_unless_present = "off")]
    to: Vec<String>,
    /// Send a summary each week, also where all is well
    #[arg(long)]
    weekly: bool,
    /// Send no e-mails any more
    #[arg(long, conflicts_with_all = ["server", "from", "to"])]
    off: bool,
}

/// As `--encryption` is typed.
#[derive(Clone, Copy, ValueEnum)]
enum Encrypted {
    Tls,
    Starttls,
    None,
}

/// Arguments of `alerts webhook`.
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub struct Webhook {
    /// File with the address that takes a message as JSON; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    url_file: Option<PathBuf>,
    /// File with the address that is asked on each good day, so that a monitor notices silence
    #[arg(long, value_name = "FILE")]
    ping_file: Option<PathBuf>,
    /// Forget both addresses
    #[arg(long, conflicts_with_all = ["url_file", "ping_file"])]
    off: bool,
}

/// Shows or changes it.
pub async fn alerts(what: Alerts, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let before = app.alert_settings().await?;
    let settings = match what {
        Alerts::Show => before,
        Alerts::Email(what) => {
            let password = what.password()?;
            let secrets = AlertSecrets { password, ..AlertSecrets::default() };
            app.set_alerts(what.settings(), secrets).await?
        }
        Alerts::Webhook(what) => {
            let read = |file: Option<PathBuf>| -> Result<Option<String>> {
                let text = file.map(|file| prompt::from_file(&file)).transpose()?;
                Ok(text.map(|text| text.to_string()))
            };
            let off = || what.off.then(String::new);
            let secrets = AlertSecrets {
                webhook: read(what.url_file)?.or_else(off),
                ping: read(what.ping_file)?.or_else(off),
                ..AlertSecrets::default()
            };
            app.set_alerts(before.email, secrets).await?
        }
        Alerts::Test => return test(context).await,
    };
    output::document(context.json(), &settings, told)?;
    Ok(Exit::Done)
}

impl Email {
    fn password(&self) -> Result<Option<String>> {
        Ok(match (&self.password_file, &self.user) {
            (Some(file), _) => Some(prompt::from_file(file)?.to_string()),
            (None, Some(user)) => Some(prompt::hidden(&format!("Password of {user}"))?.to_string()),
            (None, None) => None,
        })
    }

    fn settings(self) -> Option<EmailSettings> {
        let encryption = match self.encryption {
            Encrypted::Tls => Encryption::Tls,
            Encrypted::Starttls => Encryption::Starttls,
            Encrypted::None => Encryption::None,
        };
        let usual = match encryption {
            Encryption::Tls => 465,
            Encryption::Starttls => 587,
            Encryption::None => 25,
        };
        Some(EmailSettings {
            server: self.server?,
            port: self.port.unwrap_or(usual),
            encryption,
            user: self.user,
            from: self.from?,
            to: self.to,
            weekly: self.weekly,
        })
    }
}

async fn test(context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let settings = app.alert_settings().await?;
    let mut lines = Vec::new();
    let shown = system::test(Language::English).await;
    app.notifications_tested(&shown, &Events::nobody()).await;
    lines.push(("notification", shown.evidence));
    let mut failed: Option<UserError> = None;
    if settings.email.is_some() {
        let sent = app.test_email(&Events::nobody()).await;
        lines.push(("e-mail", sent.as_ref().map_or_else(|error| error.what.clone(), |()| "sent".to_owned())));
        failed = sent.err();
    }
    if settings.webhook.is_some() || settings.ping.is_some() {
        let sent = app.test_webhook(&Events::nobody()).await;
        lines
            .push(("webhook", sent.as_ref().map_or_else(|error| error.what.clone(), |()| "sent".to_owned())));
        failed = failed.or(sent.err());
    }
    let document: serde_json::Map<_, _> =
        lines.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
    output::document(context.json(), &document, |_| facts(lines.clone()))?;
    match failed {
        Some(error) => Err(error),
        None => Ok(Exit::Done),
    }
}

fn told(settings: &AlertSettings) -> String {
    let none = || "none".to_owned();
    let email = settings.email.as_ref().map_or_else(none, |email| {
        let weekly = if email.weekly { ", and a summary each week" } else { "" };
        let to = format::one_line(&email.to.join(", "));
        format!("to {to} by {}:{}{weekly}", format::one_line(&email.server), email.port)
    });
    facts([
        ("e-mail", email),
        ("webhook", settings.webhook.clone().unwrap_or_else(none)),
        ("ping", settings.ping.clone().unwrap_or_else(none)),
    ])
}
