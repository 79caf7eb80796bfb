//! What is set for e-mail and webhook. Addresses of webhooks are secrets, as the mail server's password is: whoever has
//! one can speak in our name. They are kept with the other secrets; only their hosts are shown.

use holdfast_engine::catalog::settings;
use holdfast_engine::clouds::http::is_safe_hook;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::Url;
use zeroize::Zeroizing;

use crate::error::Result;
use crate::{App, UserError, format};

/// The setting, and the name of the secret.
const ALERTS: &str = "alerts";
/// The longest address that is taken.
const LONGEST: usize = 2_000;
const MOST_RECEIVERS: usize = 20;

/// What is set; no secret is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct AlertSettings {
    /// E-mails go out by this.
    pub email: Option<EmailSettings>,
    /// The host of the webhook, where there is one.
    pub webhook: Option<String>,
    /// The host that is pinged on each good day, where there is one.
    pub ping: Option<String>,
}

/// A mail server, and who writes to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EmailSettings {
    /// Its name.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way there is kept private.
    pub encryption: Encryption,
    /// The account there, where it wants one.
    pub user: Option<String>,
    /// The sender.
    pub from: String,
    /// The receivers.
    pub to: Vec<String>,
    /// A summary each week, also where all is well.
    pub weekly: bool,
}

/// How the way to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// From the first byte; usually port 465.
    Tls,
    /// From the first command; usually port 587.
    Starttls,
    /// Not at all: only to this computer itself.
    None,
}

/// The secrets beside the settings. One that is left out stays as it is; an empty one is forgotten.
#[derive(Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct AlertSecrets {
    /// The mail server's password.
    pub password: Option<String>,
    /// The webhook's address.
    pub webhook: Option<String>,
    /// The address that is pinged on each good day.
    pub ping: Option<String>,
}

/// As they are kept.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    #[serde(with = "wiped")]
    pub(super) password: Option<Zeroizing<String>>,
    #[serde(with = "wiped")]
    pub(super) webhook: Option<Zeroizing<String>>,
    #[serde(with = "wiped")]
    pub(super) ping: Option<Zeroizing<String>>,
}

/// Text that is wiped when dropped, as JSON knows it.
mod wiped {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use zeroize::Zeroizing;

    pub(super) fn serialize<S: Serializer>(
        text: &Option<Zeroizing<String>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        text.as_ref().map(|text| text.as_str()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Zeroizing<String>>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(Zeroizing::new))
    }
}

impl App {
    /// What is set for e-mail and webhook.
    pub async fn alert_settings(&self) -> Result<AlertSettings> {
        let read = self.engine.read(|tx| Ok(settings::get::<AlertSettings>(tx, ALERTS)?));
        Ok(read.await?.unwrap_or_default())
    }

    /// Sets it. The hosts of webhook and ping follow from their addresses.
    pub async fn set_alerts(
        &self,
        email: Option<EmailSettings>,
        secrets: AlertSecrets,
    ) -> Result<AlertSettings> {
        if let Some(email) = &email {
            check(email)?;
        }
        for secret in [&secrets.password, &secrets.webhook, &secrets.ping].into_iter().flatten() {
            if secret.len() > LONGEST {
                return Err(UserError::of(
                    "input.too_long",
                    format!("it is longer than {LONGEST} characters"),
                ));
            }
            self.redactor.hide(secret);
        }
        let mut kept = self.alert_secrets().await?;
        change(&mut kept.password, secrets.password);
        change(&mut kept.webhook, secrets.webhook);
        change(&mut kept.ping, secrets.ping);
        if email.is_none() {
            kept.password = None;
        }
        let settings = AlertSettings {
            email,
            webhook: kept.webhook.as_deref().map(|url| host(url)).transpose()?,
            ping: kept.ping.as_deref().map(|url| host(url)).transpose()?,
        };
        let is_empty = kept.password.is_none() && kept.webhook.is_none() && kept.ping.is_none();
        let json = serde_json::to_vec(&kept).map_err(|error| UserError::of("defect", error.to_string()))?;
        self.engine.keep_secret(ALERTS, (!is_empty).then(|| Zeroizing::new(json))).await?;
        let written = settings.clone();
        self.engine.write(move |tx| Ok(settings::set(tx, ALERTS, &written)?)).await?;
        Ok(settings)
    }

    /// True where a password for the mail server is kept.
    pub async fn has_mail_password(&self) -> Result<bool> {
        Ok(self.alert_secrets().await?.password.is_some())
    }

    pub(super) async fn alert_secrets(&self) -> Result<Kept> {
        let Some(json) = self.engine.kept_secret(ALERTS).await? else { return Ok(Kept::default()) };
        let kept: Kept = serde_json::from_slice(&json)
            .map_err(|_| UserError::of("secrets.damaged", "what is kept for alerts cannot be read"))?;
        for secret in [&kept.password, &kept.webhook, &kept.ping].into_iter().flatten() {
            self.redactor.hide(secret);
        }
        Ok(kept)
    }
}

fn change(kept: &mut Option<Zeroizing<String>>, given: Option<String>) {
    if let Some(given) = given.map(Zeroizing::new) {
        *kept = (!given.trim().is_empty()).then(|| Zeroizing::new(given.trim().to_owned()));
    }
}

/// The host of a webhook's address, if it may be used.
fn host(url: &str) -> Result<String> {
    let refused = |why: &str| UserError::of("input.bad", format!("the webhook's address {why}"));
    let url: Url = url.parse().map_err(|_| refused("is none"))?;
    if !is_safe_hook(&url) {
        return Err(refused("must begin with https"));
    }
    url.host_str().map(str::to_owned).ok_or_else(|| refused("has no host"))
}

fn check(email: &EmailSettings) -> Result<()> {
    let refused = |why: String| Err(UserError::of("input.bad", why));
    let server = email.server.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if server.is_empty() || server.len() > 255 || !server.chars().all(is_name) {
        return refused(format!("'{}' is no mail server", format::one_line(server)));
    }
    if email.port == 0 {
        return refused("the port of the mail server is missing".to_owned());
    }
    if email.encryption == Encryption::None && !is_this_computer(server) {
        return refused(format!("{server} would be spoken to in the clear: choose TLS or STARTTLS"));
    }
    if email.to.is_empty() || email.to.len() > MOST_RECEIVERS {
        return refused(format!("e-mails go to at least one and at most {MOST_RECEIVERS} addresses"));
    }
    super::email::addresses(email).map(drop)
}

fn is_this_computer(server: &str) -> bool {
    let bare = server.trim_matches(['[', ']']);
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
