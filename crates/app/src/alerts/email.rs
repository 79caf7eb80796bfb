//! E-mails by SMTP. The mail server's certificate is checked by the system; a password is never sent in the clear.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::settings::{EmailSettings, Encryption};
use crate::UserError;
use crate::error::Result;

/// All of it, from the name's lookup to the last answer.
const WITHIN: Duration = Duration::from_secs(60);

/// Sends one e-mail to all receivers.
pub(super) async fn send(
    settings: &EmailSettings,
    password: Option<&str>,
    subject: &str,
    body: &str,
) -> Result<()> {
    let failed = |why: String| UserError::of("alerts.email_failed", crate::format::one_line(&why));
    let (from, to) = addresses(settings)?;
    let mut message = Message::builder().from(from).subject(crate::format::one_line(subject));
    for receiver in to {
        message = message.to(receiver);
    }
    // Machines do not answer it: https://www.rfc-editor.org/rfc/rfc3834#section-5
    let message = message
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(body.to_owned())
        .map_err(|error| failed(error.to_string()))?;
    let server = settings.server.trim();
    let parameters = || {
        TlsParameters::builder(server.to_owned()).build_rustls().map_err(|error| failed(error.to_string()))
    };
    let tls = match settings.encryption {
        Encryption::Tls => Tls::Wrapper(parameters()?),
        Encryption::Starttls => Tls::Required(parameters()?),
        Encryption::None => Tls::None,
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
        .port(settings.port)
        .tls(tls)
        .timeout(Some(WITHIN));
    if let (Some(user), Some(password)) = (&settings.user, password) {
        transport = transport.credentials(Credentials::new(user.clone(), password.to_owned()));
    }
    let sending = transport.build();
    match tokio::time::timeout(WITHIN, sending.send(message)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(failed(explained(&error))),
        Err(_) => Err(failed(format!("{server} did not answer in time"))),
    }
}

/// The library's own words with what they stem from.
fn explained(error: &lettre::transport::smtp::Error) -> String {
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !told.contains(&words) {
            told = format!("{told}: {words}");
        }
        cause = inner.source();
    }
    told
}

/// The sender and the receivers, if they are addresses.
pub(super) fn addresses(settings: &EmailSettings) -> Result<(Mailbox, Vec<Mailbox>)> {
    let address = |text: &String| {
        text.trim().parse::<Mailbox>().map_err(|_| {
            UserError::of("input.bad", format!("'{}' is no e-mail address", crate::format::one_line(text)))
        })
    };
    Ok((address(&settings.from)?, settings.to.iter().map(address).collect::<Result<Vec<_>>>()?))
}

/// `Auto-Submitted: auto-generated`.
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
