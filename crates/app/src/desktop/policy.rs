//! The Domain's default Policy: shown, previewed, set.

use std::collections::BTreeSet;

use holdfast_engine::{
    PolicyEffect, PolicyTarget, Request, ServiceEffect, auto_backup_of_domain, domain_policy,
};
use holdfast_model::{
    CloudKind, ConnectionId, DriveDocuments, ExportFormat, Policy, PolicyOverride, RunHours, Service,
    SizeLimit,
};

use super::{Desktop, directory, limits};
use crate::error::Result;
use crate::views::{AppEvent, PolicyForm, PolicyPart, PolicyPreview, ServiceChoice};
use crate::{UserError, format};

/// Names that a preview spells out for each Service.
const MOST_NAMES: usize = 5;
/// Gmail's own categories, which are labels by these ids.
/// <https://developers.google.com/workspace/gmail/api/guides/labels>
const GMAIL_LABELS: [&str; 5] =
    ["CATEGORY_PROMOTIONS", "CATEGORY_SOCIAL", "CATEGORY_UPDATES", "CATEGORY_FORUMS", "CHAT"];

impl Desktop {
    /// The Domain's default Policy.
    pub async fn policy(&self, connection: i64) -> Result<PolicyForm> {
        let seat = self.seat().await?;
        let read = seat.engine.read(move |tx| {
            let known = directory::find(tx, connection)?;
            let policy = domain_policy(tx, known.id)?;
            let labels = GMAIL_LABELS.map(str::to_owned).to_vec();
            let services = choices(known.cloud);
            let add_new_users = auto_backup_of_domain(tx, known.id)?;
            Ok(PolicyForm { connection, policy, labels, services, add_new_users })
        });
        Ok(read.await?)
    }

    /// What a change of the Domain's default Policy does, without doing it.
    pub async fn preview_policy(&self, connection: i64, policy: Policy) -> Result<PolicyPreview> {
        let new = checked(policy)?;
        let seat = self.seat().await?;
        let read = seat.engine.read(move |tx| {
            let known = directory::find(tx, connection)?;
            domain_policy(tx, known.id)
        });
        let (old, connection) = (read.await?, ConnectionId(connection));
        let wanted = whole(new.clone());
        let effect = seat.engine.preview_policy(connection, PolicyTarget::Domain, wanted).await?;
        Ok(told(&effect, &old, &new))
    }

    /// Sets the Domain's default Policy.
    pub async fn set_policy(&self, connection: i64, policy: Policy) -> Result<PolicyForm> {
        let policy = whole(checked(policy)?);
        let seat = self.seat().await?;
        seat.engine.read(move |tx| directory::find(tx, connection).map(drop)).await?;
        let request = Request::SetPolicy {
            connection: Some(ConnectionId(connection)),
            target: PolicyTarget::Domain,
            policy,
        };
        self.ask(&seat, request).await?;
        self.tell(AppEvent::Settings);
        self.policy(connection).await
    }
}

/// The Services of a Cloud, each with the settings that mean something for it.
pub(super) fn choices(cloud: CloudKind) -> Vec<ServiceChoice> {
    let own = Service::ALL.into_iter().filter(|service| service.cloud() == cloud);
    own.map(|service| ServiceChoice {
        service,
        name: service.title().to_owned(),
        is_of_domain: service.is_of_domain(),
        settings: parts(service),
    })
    .collect()
}

fn parts(service: Service) -> Vec<PolicyPart> {
    match service {
        Service::Gmail => vec![PolicyPart::Mail],
        Service::Drive => {
            vec![PolicyPart::Files, PolicyPart::Trash, PolicyPart::Documents, PolicyPart::Export]
        }
        Service::BoxFiles => vec![PolicyPart::Files, PolicyPart::Documents, PolicyPart::Versions],
        Service::SharedDrive => vec![PolicyPart::Files, PolicyPart::Trash, PolicyPart::Export],
        // All of them is kept.
        Service::Calendar | Service::Contacts | Service::Tasks => Vec::new(),
    }
}

/// A Policy within its limits, with extensions as they are kept.
pub(super) fn checked(mut policy: Policy) -> Result<Policy> {
    check_override(&whole(policy.clone()))?;
    policy.exclude_extensions = tidied(&policy.exclude_extensions);
    Ok(policy)
}

/// The same for the settings of a level.
pub(super) fn checked_override(mut policy: PolicyOverride) -> Result<PolicyOverride> {
    check_override(&policy)?;
    policy.exclude_extensions = policy.exclude_extensions.as_ref().map(tidied);
    Ok(policy)
}

fn tidied(extensions: &BTreeSet<String>) -> BTreeSet<String> {
    let plain = extensions.iter().map(|extension| extension.trim().trim_start_matches('.').to_lowercase());
    plain.filter(|extension| !extension.is_empty()).collect()
}

/// Refuses settings out of their limits.
pub(super) fn check_override(policy: &PolicyOverride) -> Result<()> {
    for list in [&policy.exclude_labels, &policy.exclude_extensions].into_iter().flatten() {
        limits::words(list.iter())?;
    }
    if policy.frequency_hours.is_some_and(|hours| ![1, 2, 4, 6, 12, 24].contains(&hours)) {
        return Err(UserError::of("input.bad", "a backup runs every 1, 2, 4, 6, 12 or 24 hours"));
    }
    if policy.hours.is_some_and(|hours| !hours.is_valid()) {
        return Err(UserError::of("input.bad", "the hours in which a backup may begin are two of one day"));
    }
    if policy.export.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(UserError::of("input.bad", "Google documents need a format: Office files, PDF, or both"));
    }
    Ok(())
}

/// All fields of a Policy, set.
fn whole(policy: Policy) -> PolicyOverride {
    PolicyOverride {
        services: Some(policy.services),
        mail_trash: Some(policy.mail_trash),
        mail_spam: Some(policy.mail_spam),
        exclude_labels: Some(policy.exclude_labels),
        drive_documents: Some(policy.drive_documents),
        drive_trash: Some(policy.drive_trash),
        previous_versions: Some(policy.previous_versions),
        exclude_extensions: Some(policy.exclude_extensions),
        exclude_larger_than: policy.exclude_larger_than.map(SizeLimit::Bytes),
        export: Some(policy.export),
        frequency_hours: Some(policy.frequency_hours),
        hours: Some(policy.hours),
    }
}

/// What a change does, in lines.
pub(super) fn told(effect: &PolicyEffect, old: &Policy, new: &Policy) -> PolicyPreview {
    let line = |one: &ServiceEffect| match one.service.is_of_domain() {
        true => format::counted(one.whose.len() as u64, "shared drive", "shared drives"),
        false => format!("{} of {}", one.service.title(), spelled_out(&one.whose)),
    };
    let (gains, loses): (Vec<_>, Vec<_>) =
        (effect.gains.iter().map(line).collect(), effect.loses.iter().map(line).collect());
    let mut notes = notes(old, new, !loses.is_empty());
    if !effect.rescheduled.is_empty() {
        notes.push(format!("The backups of {} run at other times.", spelled_out(&effect.rescheduled)));
    }
    PolicyPreview { gains, loses, notes }
}

fn spelled_out(names: &[String]) -> String {
    let users = format::counted(names.len() as u64, "user", "users");
    let shown: Vec<_> = names.iter().take(MOST_NAMES).map(|name| format::one_line(name)).collect();
    let more = if names.len() > MOST_NAMES { ", …" } else { "" };
    format!("{users} ({}{more})", shown.join(", "))
}

/// What is in and out from the next Runs on.
fn notes(old: &Policy, new: &Policy, loses: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let mut switched = |before: bool, after: bool, what: &str| {
        if before != after {
            let how = if after { "is kept" } else { "is left out" };
            notes.push(format!("{what} {how} from the next run on."));
        }
    };
    switched(old.mail_trash, new.mail_trash, "Mail in the trash");
    switched(old.mail_spam, new.mail_spam, "Mail marked as spam");
    switched(old.drive_trash, new.drive_trash, "What is in the trash of Drive");
    switched(old.previous_versions, new.previous_versions, "Each previous version of a file in Box");
    let all = DriveDocuments::All;
    switched(old.drive_documents == all, new.drive_documents == all, "What others share with a user");
    for label in new.exclude_labels.difference(&old.exclude_labels) {
        switched(true, false, &format!("Mail with the label {}", format::one_line(label)));
    }
    for label in old.exclude_labels.difference(&new.exclude_labels) {
        switched(false, true, &format!("Mail with the label {}", format::one_line(label)));
    }
    for extension in new.exclude_extensions.difference(&old.exclude_extensions) {
        switched(true, false, &format!("Every file that ends with .{}", format::one_line(extension)));
    }
    for extension in old.exclude_extensions.difference(&new.exclude_extensions) {
        switched(false, true, &format!("Every file that ends with .{}", format::one_line(extension)));
    }
    if old.exclude_larger_than != new.exclude_larger_than {
        notes.push(match new.exclude_larger_than {
            Some(most) => {
                format!("Files larger than {} are left out from the next run on.", format::bytes(most))
            }
            None => "Files of any size are kept from the next run on.".to_owned(),
        });
    }
    for (form, name) in [(ExportFormat::Office, "Office files"), (ExportFormat::Pdf, "PDF")] {
        let (before, after) = (old.export.contains(&form), new.export.contains(&form));
        if before != after {
            let how = if after { "also" } else { "no longer" };
            notes
                .push(format!("Google documents are {how} kept as {name}; they are fetched again for that."));
        }
    }
    if old.frequency_hours != new.frequency_hours {
        let hours = format::counted(u64::from(new.frequency_hours), "hour", "hours");
        notes.push(format!("A backup runs every {hours}."));
    }
    if old.hours != new.hours {
        notes.push(match new.hours {
            RunHours::ALL_DAY => "A backup may begin at any hour.".to_owned(),
            RunHours { from, until } => format!("A backup begins between {from}:00 and {until}:00."),
        });
    }
    if new.services.is_empty() {
        notes.push("No service is on: nobody is backed up by these settings.".to_owned());
    }
    if loses || !notes.is_empty() {
        notes.push("What is stored already stays.".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_told_and_no_change_is_not() {
        let old = Policy::default();
        assert_eq!(notes(&old, &old, false), Vec::<String>::new());
        let mut new = Policy {
            mail_spam: true,
            mail_trash: false,
            exclude_larger_than: Some(5_000_000),
            frequency_hours: 6,
            ..old.clone()
        };
        new.exclude_extensions.insert("iso".into());
        new.export.insert(ExportFormat::Pdf);
        let told = notes(&old, &new, false).join("\n");
        for words in
            ["trash is left out", "spam is kept", ".iso is left out", "5.0 MB", "6 hours", "also kept as PDF"]
        {
            assert!(told.contains(words), "{words}: {told}");
        }
    }

    #[test]
    fn settings_that_make_no_sense_are_refused_and_others_are_tidied() {
        for wrong in [
            Policy { frequency_hours: 5, ..Policy::default() },
            Policy { export: BTreeSet::new(), ..Policy::default() },
            Policy { exclude_labels: ["x".repeat(400)].into(), ..Policy::default() },
        ] {
            assert!(checked(wrong).unwrap_err().code.starts_with("input."));
        }
        let tidied =
            checked(Policy { exclude_extensions: [".ISO".into(), " ".into()].into(), ..Policy::default() });
        assert_eq!(tidied.unwrap().exclude_extensions, ["iso".to_owned()].into());
    }
}
