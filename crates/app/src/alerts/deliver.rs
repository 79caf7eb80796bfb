//! Sends what is due over e-mail and webhook. Any process may do so at any time, several at once: what is sent is claimed
//! first, and given back where it does not go out. Then it is tried again a quarter of an hour later.

use holdfast_engine::catalog::{Notification, Subject, settings};
use holdfast_engine::clouds::http::send_hook;
use holdfast_engine::{Alarm, Channel, EngineError, Events};
use holdfast_model::Timestamp;
use serde_json::json;

use super::email;
use super::settings::{AlertSettings, EmailSettings, Kept};
use crate::desktop::told_when;
use crate::error::Result;
use crate::views::{AttentionView, Severity};
use crate::{App, UserError, format};

const EMAIL_FAILED: &str = "alerts.email_failed";
const WEBHOOK_FAILED: &str = "alerts.webhook_failed";
/// When each failed last; it is not tried again before a quarter of an hour is over.
const RETRY: [(&str, &str); 2] =
    [(EMAIL_FAILED, "alerts_email_failed_at"), (WEBHOOK_FAILED, "alerts_webhook_failed_at")];
const RETRY_AFTER_SECONDS: i64 = 15 * 60;
const PINGED: &str = "alerts_pinged_at";
const PING_AFTER_SECONDS: i64 = 23 * 3600;
const SUMMARISED: &str = "alerts_summarised_at";
const SUMMARY_AFTER_SECONDS: i64 = 7 * 24 * 3600;

/// What went out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// E-mails, the weekly summary included.
    pub emails: u64,
    /// Messages to the webhook.
    pub webhooks: u64,
    /// The monitor was pinged.
    pub pinged: bool,
}

impl App {
    /// Sends what is due now; while it is quiet, nothing that may pass by itself. What does not go out is a cause of its own,
    /// and no error here.
    pub async fn deliver_alerts(&self, is_quiet: bool, events: &Events) -> Result<Delivered> {
        let mut done = Delivered::default();
        let settings = self.alert_settings().await?;
        if settings == AlertSettings::default() {
            return Ok(done);
        }
        let secrets = self.alert_secrets().await?;
        if let Some(email) = &settings.email
            && self.may_try(EMAIL_FAILED).await?
        {
            let sent = self.deliver_emails(email, &secrets, is_quiet, &mut done.emails).await;
            self.note(EMAIL_FAILED, sent.err(), done.emails > 0, events).await?;
        }
        if (secrets.webhook.is_some() || secrets.ping.is_some()) && self.may_try(WEBHOOK_FAILED).await? {
            let sent = self.deliver_webhooks(&secrets, is_quiet, &mut done).await;
            self.note(WEBHOOK_FAILED, sent.err(), done.webhooks > 0 || done.pinged, events).await?;
        }
        Ok(done)
    }

    /// An e-mail that says nothing but that it came.
    pub async fn test_email(&self, events: &Events) -> Result<()> {
        let missing = || UserError::of("alerts.not_set", "no e-mail is set up");
        let email = self.alert_settings().await?.email.ok_or_else(missing)?;
        let secrets = self.alert_secrets().await?;
        let body =
            "This is a test. You will get an e-mail like this when something keeps a backup from running.\n";
        let sent = send(&email, &secrets, "Test message", body).await;
        self.note(EMAIL_FAILED, sent.clone().err(), sent.is_ok(), events).await?;
        sent
    }

    /// A message to the webhook, and a ping, that say nothing but that they came.
    pub async fn test_webhook(&self, events: &Events) -> Result<()> {
        let secrets = self.alert_secrets().await?;
        if secrets.webhook.is_none() && secrets.ping.is_none() {
            return Err(UserError::of("alerts.not_set", "no webhook is set up"));
        }
        let text = "Test message of Holdfast";
        let test = async {
            if let Some(url) = &secrets.webhook {
                hook(url, Some(json!({ "event": "test", "text": text }).to_string())).await?;
            }
            match &secrets.ping {
                Some(url) => hook(url, None).await,
                None => Ok(()),
            }
        };
        let sent = test.await;
        self.note(WEBHOOK_FAILED, sent.clone().err(), sent.is_ok(), events).await?;
        sent
    }

    async fn deliver_emails(
        &self,
        email: &EmailSettings,
        secrets: &Kept,
        is_quiet: bool,
        sent: &mut u64,
    ) -> Result<()> {
        let is_told = told_when(is_quiet);
        let due = self
            .engine
            .due_alarms(Channel::Email, move |cause| cause != EMAIL_FAILED && is_told(cause))
            .await?;
        let mut due = due.into_iter();
        while let Some(alarm) = due.next() {
            let words = self.alarm_words(&alarm).await?;
            let (subject, body) = letter(&words, &alarm);
            if let Err(error) = send(email, secrets, &subject, &body).await {
                for alarm in std::iter::once(alarm).chain(due) {
                    self.engine.alarm_was_not_told(Channel::Email, &alarm).await?;
                }
                return Err(error);
            }
            *sent += 1;
        }
        if email.weekly
            && let Some(before) = self.claim(SUMMARISED, SUMMARY_AFTER_SECONDS, false).await?
        {
            let (subject, body) = self.weekly_summary().await?;
            if let Err(error) = send(email, secrets, &subject, &body).await {
                self.give_back(SUMMARISED, before).await?;
                return Err(error);
            }
            *sent += 1;
        }
        Ok(())
    }

    async fn deliver_webhooks(&self, secrets: &Kept, is_quiet: bool, done: &mut Delivered) -> Result<()> {
        let is_told = told_when(is_quiet);
        if let Some(url) = &secrets.webhook {
            let due = self
                .engine
                .due_alarms(Channel::Webhook, move |cause| cause != WEBHOOK_FAILED && is_told(cause))
                .await?;
            let mut due = due.into_iter();
            while let Some(alarm) = due.next() {
                let message = message(&self.alarm_words(&alarm).await?, &alarm);
                if let Err(error) = hook(url, Some(message)).await {
                    for alarm in std::iter::once(alarm).chain(due) {
                        self.engine.alarm_was_not_told(Channel::Webhook, &alarm).await?;
                    }
                    return Err(error);
                }
                done.webhooks += 1;
            }
        }
        if let Some(url) = &secrets.ping
            && self.is_a_good_day().await?
            && let Some(before) = self.claim(PINGED, PING_AFTER_SECONDS, true).await?
        {
            if let Err(error) = hook(url, None).await {
                self.give_back(PINGED, before).await?;
                return Err(error);
            }
            done.pinged = true;
        }
        Ok(())
    }

    /// Somebody is protected, no copy is out of date, and nothing is red.
    async fn is_a_good_day(&self) -> Result<bool> {
        let causes = self.known_causes(None).await?;
        let is_bad = |cause: &AttentionView| {
            cause.severity == Severity::Red || cause.cause == holdfast_engine::notifications::STALE
        };
        let status = self.status().await?;
        Ok(status.protected > 0 && status.fresh > 0 && !causes.iter().any(is_bad))
    }

    async fn may_try(&self, what: &str) -> Result<bool> {
        let (key, now) = (retry_key(what), self.now());
        let failed = self.engine.read(move |tx| Ok(settings::get::<Timestamp>(tx, key)?)).await?;
        Ok(failed.is_none_or(|at| (now.as_second() - at.as_second()).abs() >= RETRY_AFTER_SECONDS))
    }

    /// What became of a way of telling: it failed, or it worked.
    async fn note(&self, what: &str, failed: Option<UserError>, worked: bool, events: &Events) -> Result<()> {
        let (key, now) = (retry_key(what), self.now());
        match failed {
            Some(error) => {
                let detail = error.detail.clone().unwrap_or_else(|| error.what.clone());
                tracing::warn!(code = error.code, %error, "people could not be told");
                self.engine.write(move |tx| Ok(settings::set(tx, key, &now)?)).await?;
                self.engine.found(what.to_owned(), Subject::default(), detail, events).await;
            }
            None if worked => {
                self.engine.write(move |tx| Ok(settings::clear(tx, key)?)).await?;
                let cause = what.to_owned();
                self.engine.fixed(events, move |open: &Notification| open.cause == cause).await;
            }
            None => {}
        }
        Ok(())
    }

    /// What is done once in a while is this process's to do now; the time before, to give it back. `at_once`: also the
    /// first time, else the first time is one period from now.
    async fn claim(&self, key: &'static str, after: i64, at_once: bool) -> Result<Option<Option<Timestamp>>> {
        let now = self.now();
        let claimed = self.engine.write(move |tx| {
            let before = settings::get::<Timestamp>(tx, key).ok().flatten();
            let is_due = before.map_or(at_once, |at| (now.as_second() - at.as_second()).abs() >= after);
            if is_due || before.is_none() {
                settings::set(tx, key, &now)?;
            }
            Ok::<_, EngineError>(is_due.then_some(before))
        });
        Ok(claimed.await?)
    }

    async fn give_back(&self, key: &'static str, before: Option<Timestamp>) -> Result<()> {
        let written = self.engine.write(move |tx| match before {
            Some(before) => Ok(settings::set(tx, key, &before)?),
            None => Ok(settings::clear(tx, key)?),
        });
        Ok(written.await?)
    }
}

fn retry_key(what: &str) -> &'static str {
    RETRY.iter().find(|(code, _)| *code == what).map_or(RETRY[0].1, |(_, key)| key)
}

async fn send(email: &EmailSettings, secrets: &Kept, subject: &str, body: &str) -> Result<()> {
    let password = secrets.password.as_deref().map(String::as_str);
    email::send(email, password, &format!("[Holdfast] {subject}"), body).await
}

async fn hook(url: &str, json: Option<String>) -> Result<()> {
    let failed = |why: String| UserError::of(WEBHOOK_FAILED, why);
    let url = url.parse().map_err(|_| failed("its address is none".to_owned()))?;
    send_hook(&url, json).await.map_err(|error| failed(error.detail))
}

fn letter(words: &AttentionView, alarm: &Alarm) -> (String, String) {
    let still = if alarm.times > 1 { "Still: " } else { "" };
    let since = words.since.map_or_else(String::new, |at| format!("Since {:.0}.\n", at));
    let again = match alarm.times {
        1 => "You will hear of it again after a day and after three, if nobody fixes it.",
        2 => "This is the second message about it; the last one comes two days from now.",
        _ => "This is the last message about it.",
    };
    let body = format!(
        "{}\n\n{}\n\n{since}Open Holdfast, Help > Fix a backup, to see what stands in the way.\n{again}\n\nCode: {}\n",
        words.what, words.todo, words.cause
    );
    (format!("{still}{}", words.title), body)
}

/// `text` is what chat programs show; the rest is for programs.
fn message(words: &AttentionView, alarm: &Alarm) -> String {
    let severity = match words.severity {
        Severity::Red => "red",
        Severity::Amber => "amber",
    };
    json!({
        "event": "problem",
        "cause": words.cause,
        "severity": severity,
        "title": words.title,
        "what": words.what,
        "todo": words.todo,
        "since": words.since,
        "times": alarm.times,
        "text": format!("{}: {} {}", words.title, format::one_line(&words.what), words.todo),
    })
    .to_string()
}
